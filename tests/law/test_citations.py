"""Each number the rules cite stands in the text they cite; what no text holds is called the office's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from tests.conftest import Story
from xinfang_cli.law.rules import IN_FORCE_2022, ClockRule, Limit, article_of, statutory

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
# 信访条例 (2005).
IN_2005 = {
    "十八": {5},  # 代表人数不得超过5人
    "二十一": {15},  # 在15日内处理；15日内决定是否受理
    "三十三": {60, 30},  # 60日内办结；延长期限不得超过30日
    "三十四": {30},
    "三十五": {30},
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
