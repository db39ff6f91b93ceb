"""Each number the rules cite stands in the text they cite; what no text holds is called the office's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from tests.conftest import Story
from xinfang_cli.law.explain import Ran, explain
from xinfang_cli.law.finality import why_no_review
from xinfang_cli.law.numbers import ClockRule, Limit
from xinfang_cli.law.rules import IN_FORCE_2022, article_of, cited, statutory

Make = Callable[..., Story]

# 信访工作条例 (2022): article → the numbers of days (people) that stand in it, copied from its text.
IN_2022 = {
    "二十": {5},  # 代表人数不得超过5人
    "二十二": {15},  # 在15日内分别按照下列方式处理
    "二十三": {15, 5},  # 自收到之日起15日内书面告知；5个工作日内提出异议
    "三十四": {60, 30},  # 60日内办结；延长期限不得超过30日
    "三十五": {30},  # 30日内请求复查；30日内提出复查意见
    "三十六": {30},  # 30日内请求复核；30日内提出复核意见
}
# 信访条例 (2005, 国务院令第431号): article → its words that are relied on, copied from its text as 行政法规/信访条例(2005-01-10).md
# of LawRefBook/Laws has it (2026-11-28).
WORDS_2005 = {
    "十": "应当建立行政机关负责人信访接待日制度，由行政机关负责人协调处理信访事项",
    "十六": "信访事项已经受理或者正在办理的，信访人在规定期限内向受理、办理机关的上级机关再提出同一信访事项的，该上级机关不予受理",
    "十八": "应当推选代表，代表人数不得超过5人",
    "二十一": "应当予以登记，并区分情况，在15日内分别按下列方式处理；(一)对已经或者依法应当通过诉讼、仲裁、行政复议等法定途径解决的，"
    "不予受理，但应当告知信访人；(四)要求其在指定办理期限内反馈结果，提交办结报告；"
    "应当自收到转送、交办的信访事项之日起15日内决定是否受理并书面告知信访人",
    "二十二": "应当自收到信访事项之日起15日内书面告知信访人。但是，信访人的姓名(名称)、住址不清的除外",
    "二十三": "不得将信访人的检举、揭发材料及有关情况透露或者转给被检举、揭发的人员或者单位",
    "二十四": "涉及两个或者两个以上行政机关的信访事项，由所涉及的行政机关协商受理",
    "二十六": "可能造成社会影响的重大、紧急信访事项和信访信息",
    "三十": "行政机关工作人员与信访事项或者信访人有直接利害关系的，应当回避",
    "三十二": "经调查核实，分别作出以下处理，并书面答复信访人；作出支持信访请求意见的，应当督促有关机关或者单位执行",
    "三十三": "信访事项应当自受理之日起60日内办结；延长期限不得超过30日，并告知信访人延期理由",
    "三十四": "自收到书面答复之日起30日内请求原办理行政机关的上一级行政机关复查；应当自收到复查请求之日起30日内提出复查意见",
    "三十五": "自收到书面答复之日起30日内向复查机关的上一级行政机关请求复核；应当自收到复核请求之日起30日内提出复核意见；"
    "听证所需时间不计算在前款规定的期限内；各级人民政府信访工作机构和其他行政机关不再受理",
    "三十六": "应当及时督办，并提出改进建议；收到改进建议的行政机关应当在30日内书面反馈情况",
}
IN_2005 = {article: {int(n) for n in re.findall(r"\d+(?=日|人)", words)} for article, words in WORDS_2005.items()}
# What has no number: the articles of 2022 and of 2005 whose text is about it, and what that of 2005 says.
ABOUT: dict[str, tuple[str, str | None, str]] = {
    "feedback": ("二十二", "二十一", "指定办理期限内反馈结果，提交办结报告"),
    "no_notice": ("二十三", "二十二", "住址不清的除外"),
    "several_units": ("二十四", "二十四", "协商受理"),
    "urgent": ("二十五", "二十六", "重大、紧急"),
    "recusal": ("二十八", "三十", "应当回避"),
    "accused": ("三十", "二十三", "不得将信访人的检举、揭发材料"),
    "accusation": ("三十", "二十一", "分别按下列方式处理"),  # 2005 said nothing of its own of accusations but 23
    "pathways": ("三十一", None, ""),
    "opinion": ("三十一", "三十二", "书面答复信访人"),
    "other_ways": ("三十一", "二十一", "法定途径"),
    "litigation": ("三十一", "二十一", "诉讼"),
    "arbitration": ("三十一", "二十一", "仲裁"),
    "administrative": ("三十一", "二十一", "行政复议"),
    "party": ("三十一", "二十一", "分别按下列方式处理"),  # it names no party body
    "discipline": ("二十二", "二十一", "分别按下列方式处理"),
    "already_handled": ("十九", "十六", "该上级机关不予受理"),
    "fulfilment": ("三十二", "三十二", "督促有关机关或者单位执行"),
    "completion": ("三十四", "三十三", "60日内办结"),
    "review": ("三十五", "三十四", "复查"),
    "recheck": ("三十六", "三十五", "不再受理"),
    "hearing": ("三十六", "三十五", "听证所需时间不计算在前款规定的期限内"),
}
CITED: dict[str, ClockRule | Limit] = {**statutory().clocks, **statutory().limits}
NUMBERED = [name for name, rule in CITED.items() if rule.n]


@pytest.mark.parametrize("name", NUMBERED)
def test_a_number_stands_in_the_text_that_is_cited(name: str) -> None:
    rule = CITED[name]
    if "本局规定" in rule.article:
        return
    if "试行" in rule.article:
        assert f" {rule.n} 个工作日" in rule.article
    elif "行政诉讼法第四十七条" in rule.article:
        assert "两个月" in rule.article
    else:
        article = re.search("条例第([一二三四五六七八九十]+)条", rule.article)
        assert article
        assert rule.n in IN_2022[article[1]]


@pytest.mark.parametrize("name", [name for name in NUMBERED if CITED[name].article_2005])
def test_the_same_number_stood_in_the_text_of_2005(name: str) -> None:
    rule = CITED[name]
    article = re.search("《信访条例》第([一二三四五六七八九十]+)条", rule.article_2005)
    assert article
    assert rule.n in IN_2005[article[1]]


@pytest.mark.parametrize("name", [name for name in CITED if CITED[name].article_2005])
def test_every_article_of_2005_is_one_that_was_read(name: str) -> None:
    articles = re.findall("第([一二三四五六七八九十]+)条", CITED[name].article_2005)
    assert articles
    assert set(articles) <= set(WORDS_2005)


def test_every_statutory_number_has_its_article_of_2005() -> None:
    lacking = {name for name in NUMBERED if not CITED[name].article_2005}
    assert {name for name in lacking if re.search("^条例第", CITED[name].article)} == {"objection"}


@pytest.mark.parametrize(("received", "year"), [("2022-04-30", 2005), ("2022-05-01", 2022)])
def test_a_case_carries_the_articles_of_the_day_it_came(received: str, year: int) -> None:
    rule = statutory().clocks["completion"]
    expected = rule.article if year == 2022 else rule.article_2005
    assert article_of(rule, date.fromisoformat(received)) == expected
    assert date(2022, 5, 1) == IN_FORCE_2022


@pytest.mark.parametrize(("received", "clocks"), [("2022-04-30", 0), ("2022-05-01", 1)])
def test_the_regulation_of_2005_knew_no_five_days_for_an_objection(story: Make, received: str, clocks: int) -> None:
    told = story(received).walk(("assign", "2022-05-02"))
    assert len(told.clocks("objection")) == clocks
    if not clocks:
        told.do("object", "2022-05-30")
        assert told.warnings == []
    assert (told.clock("acceptance").due - told.clock("acceptance").start).days == 15


@pytest.mark.parametrize(
    ("received", "says"), [("2022-04-01", "2005年《信访条例》第三十三条"), ("2022-06-01", "条例第三十四条")]
)
def test_a_refusal_cites_the_text_of_its_case(story: Make, received: str, says: str) -> None:
    told = story(received).walk(("assign", "2022-06-02"), ("accept", "2022-06-06"))
    assert says in told.refused("extend", "2022-07-01", days=31).message


@pytest.mark.parametrize(("on", "late"), [("2023-03-07", False), ("2023-03-08", True)])
def test_a_simple_case_is_accepted_within_three_working_days(story: Make, on: str, late: bool) -> None:
    told = story("2023-03-01").walk(("assign", "2023-03-02"), ("accept", on, {"pathway": "simple"}))
    assert ("simple_late" in [notice.code for notice in told.notices]) == late


@pytest.mark.parametrize("name", statutory().articles)
def test_what_has_no_number_is_cited_by_its_article_in_either_text(name: str) -> None:
    rule = statutory().articles[name]
    now, then, words = ABOUT[name]
    assert re.match(f"条例第{now}条", rule.article)
    assert (re.match(f"2005年《信访条例》第{then}条", rule.article_2005) is not None) == (then is not None)
    assert then is None or words in WORDS_2005[then]
    assert cited(name, date(2022, 5, 1)) == rule.article
    assert cited(name, date(2022, 4, 30)) == rule.article_2005


def test_every_article_in_the_table_is_cited() -> None:
    assert set(ABOUT) == set(statutory().articles)


NEW = "条例第"
OLD = "2005年《信访条例》第"


@pytest.mark.parametrize("received", ["2022-04-30", "2022-05-01"])
def test_refusals_and_notices_speak_of_one_text(story: Make, received: str) -> None:
    """Whatever the law says of a case, it says with the articles of the day the case came."""
    said: list[str] = []
    told = story(received, priority="urgent", channel="visit", representatives=6, address="测试路1号")
    said += told.warnings
    said.append(told.refused("assign", "2022-05-02", mode="task").hint)
    said.append(told.refused("refuse", "2022-05-02", ground="rechecked").hint)
    told.do("assign", "2022-05-02")
    said.append(told.refused("accept", "2022-05-05", no_notice=True).hint)
    said.append(told.refused("accept", "2022-05-05", pathway="answer").hint)
    told.do("accept", "2022-05-05")
    said.append(told.refused("extend", "2022-07-05").hint)
    said.append(told.refused("extend", "2022-06-05", days=31).message)
    said.append(told.refused("close", "2022-06-05", outcome="rejected", fulfil_by="2022-08-01").hint)
    told.do("close", "2022-06-05", delivered_on="2022-06-05")
    said.append(told.refused("review", "2022-07-06").message)
    told.walk(("join", "2022-06-06"), ("lead", "2022-06-06", {"lead": "测试丙"}))
    said += told.do("resolve", "2022-06-07", how="three_levels").warnings
    said += told.do("recuse", "2022-06-08").warnings
    here, other = (OLD, NEW) if received < "2022-05-01" else (NEW, OLD)
    assert len(said) >= 11
    for text in said:
        assert here in text, text
        assert other not in text, text


@pytest.mark.parametrize(("received", "says"), [("2022-04-30", OLD), ("2022-05-01", NEW)])
def test_what_a_case_is_told_by_cites_the_same_text(story: Make, received: str, says: str) -> None:
    told = story(received, kind="suggestion", name=None).walk(
        ("assign", "2022-05-02"),
        ("accept", "2022-05-05", {"no_notice": True, "told_on": None}),
        ("close", "2022-06-05"),
    )
    assert says in told.clock("acceptance").why
    assert says in why_no_review(told.case)
    reckoned = explain(told.clock("dispatch"), told.code, Ran(), told.case.received_on)
    assert says in reckoned.article
    assert says in reckoned.hearing_article


def test_the_three_days_of_the_simplified_procedure_are_the_offices_own() -> None:
    limit = statutory().limits["simple_acceptance"]
    assert (limit.n, limit.unit, limit.office) == (3, "workday", True)
    assert limit.article.startswith("本局规定")


@pytest.mark.parametrize(("received", "says"), [("2022-04-30", OLD), ("2022-05-01", NEW)])
def test_accusations_are_kept_from_the_accused_by_the_text_of_their_day(story: Make, received: str, says: str) -> None:
    told = story(received, kind="accusation", complained_unit="测试局", complained_unit_id=1)
    assert says in told.refused("assign", "2022-05-02").hint
