"""The desk of casework: what a clerk types, and what it becomes where the words leave something out."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Counter


@pytest.fixture
def in_recheck(counter: Counter) -> Counter:
    counter.add("2023-03-01")
    for words in (
        ("assign", "1", "--to", "测试局", "--new-unit", "--on", "2023-03-02"),
        ("accept", "1", "--on", "2023-03-06"),
        ("close", "1", "--outcome", "解释说明", "--on", "2023-04-03", "--delivered", "2023-04-03"),
        ("review", "1", "--on", "2023-04-20"),
        ("review", "1", "--result", "维持", "--on", "2023-05-10", "--delivered", "2023-05-12"),
        ("recheck", "1", "--on", "2023-06-01"),
    ):
        counter.ok(*words)
    return counter


def test_a_hearing_happened_on_its_own_days(in_recheck: Counter) -> None:
    """Taken down weeks later, it is not in the way of the result that followed it."""
    in_recheck.ok("hearing", "1", "--from", "2023-06-10", "--to", "2023-06-12")
    assert in_recheck.ok("show", "1")["events"][-1]["on"] == "2023-06-12"
    in_recheck.ok("hearing", "1", "--from", "2023-06-12", "--to", "2023-06-13", "--on", "2023-06-14")
    assert in_recheck.ok("show", "1")["events"][-1]["on"] == "2023-06-14"
    done = in_recheck.ok("recheck", "1", "--result", "维持", "--on", "2023-06-20", "--delivered", "2023-06-20")
    assert done["stage"] == "finalised"
    clock = next(c for c in in_recheck.ok("show", "1")["clocks"] if c["kind"] == "recheck")
    assert (clock["due"], clock["state"]) == ("2023-07-05", "met")


def test_step(counter: Counter) -> None:
    counter.add("2023-03-01")
    counter.add("2023-03-01")
    done = counter.ok(
        "step", "1", "2", "--kind", "约谈", "--body", "测试联席会议", "--text", "限期整改", "--on", "2023-05-04"
    )
    assert [case["case_no"][-1] for case in done] == ["1", "2"]
    shown = counter("show", "1").out
    assert "2023-05-04 约谈（测试联席会议）" in shown
    assert "机关 测试联席会议" in shown
    assert [row["case_no"][-1] for row in counter.ok("list", "--where", "措施:约谈")] == ["2", "1"]
    assert "约谈 2 件次" in counter("report", "year", "2023").out
    counter.ok("undo")
    assert counter.ok("list", "--where", "措施:约谈") == []
    for wrong in ("通报", ""):
        ran = counter("step", "1", "--kind", wrong, "--body", "测试联席会议", "--json")
        assert ran.code == 1
        assert "--kind" in ran.error()["message"]


def test_each_way_out_has_its_own_article(counter: Counter) -> None:
    found = {row["label"]: row["article"] for row in counter.ok("rules", "--pathways")}
    assert found["信访处理意见"] == "条例第三十一条第（六）项"
    for number, label in zip("一二三四", ("诉讼", "仲裁", "党员申诉", "行政程序"), strict=True):
        assert found[label] == f"条例第三十一条第（{number}）项"
    assert "第三十条" in found["纪检监察"]


def test_a_refusal_for_good_is_called_so(counter: Counter) -> None:
    for ground, label in (("正在办理", "不予受理"), ("按地方规定终结", "不再受理")):
        number = counter.add("2023-07-01")
        said = counter("refuse", number, "--ground", ground, "--reason", "测试").out
        assert said == f"{number}  {label}\n"


def test_the_line_says_what_was_done_where_the_next_deadline_is_another(counter: Counter) -> None:
    counter.add("2023-03-01")
    counter.ok(
        *("assign", "1", "--to", "测试局", "--new-unit", "--mode", "task"),
        *("--feedback-by", "2023-04-20", "--on", "2023-03-02"),
    )
    counter.ok("accept", "1", "--on", "2023-03-06")
    words = ("extend", "1", "--approved-by", "测试局长", "--reason", "鉴定", "--on", "2023-03-07")
    line = counter(*words, "--days", "10").out
    assert "反馈结果最后一天 2023-04-20" in line
    assert line.rstrip().endswith("办结延到 2023-05-15")
    assert "延到" not in counter(*words, "--days", "5", "--clock", "feedback").out  # it is the next one itself
    counter.ok(
        "reception", "log", "1", "--leader", "测试甲", "--order", "办", "--by", "2023-04-01", "--on", "2023-03-08"
    )
    assert counter("reception", "follow", "落实", "1", "--on", "2023-03-09").out.count("这一项交办已落实，待反馈") == 1
    counter.ok("reception", "follow", "反馈", "1", "--on", "2023-03-09")
    assert "这一项交办已闭环" in counter("reception", "follow", "跟进", "1", "--on", "2023-03-09").out
    assert "已闭环" in counter("reception", "list", "--from", "2023-03-01").out


@pytest.mark.parametrize(
    ("words", "why"),
    [(("--repeat",), "重复件"), (("--kind", "检举控告", "--complained-unit", "某局"), "检举控告件"), ((), None)],
)
def test_a_rating_that_does_not_count_says_why(counter: Counter, words: tuple[str, ...], why: str | None) -> None:
    given = words if "--kind" in words else ("--kind", "申诉求决", *words)
    counter.ok("add", "--received", "2023-03-01", "--channel", "来信", "--title", "反映供水", *given)
    counter.ok("close", "1", "--outcome", "已答复", "--on", "2023-03-06", "--delivered", "2023-03-06")
    ran = counter("rate", "1", "--unit-rating", "满意", "--on", "2023-03-07")
    assert ("不列入满意度评价" in ran.err) == (why is not None)
    assert why is None or f"{why}不列入满意度评价，照记不计" in ran.err
