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
    for ground, label in (("正在办理", "不予受理"), ("已经复核", "不再受理")):
        number = counter.add("2023-07-01")
        said = counter("refuse", number, "--ground", ground, "--reason", "测试").out
        assert said == f"{number}  {label}\n"
