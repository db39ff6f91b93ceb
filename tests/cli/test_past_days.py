"""`--today` in the past: the lists as that day stood. Whatever a list said on a day, it says when the day is asked again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter

A, B = "测试甲局", "测试乙局"
# Day → what was typed on it.
HISTORY: dict[str, list[str]] = {
    "2023-03-01": [f"assign 1 --to {A} --new-unit", "tag 2 --add 扬言"],
    "2023-03-03": ["object 1 --reason 不属本单位", f"assign 2 --to {A}"],
    "2023-03-06": ["uphold 1", "accept 2", "lead 2 --name 测试领导"],
    "2023-03-07": [f"assign 1 --to {B} --new-unit", "backlog batch add 第一批 --target 90", "backlog join 2 --batch 第一批"],
    "2023-03-20": ["sign 1 --on 2023-03-08"],
    "2023-03-28": ["accept 1 --told 2023-03-28", f"co-handle 1 --unit {A}"],
    "2023-04-25": ["extend 2 --days 20 --approved-by 测试局长 --reason 复杂"],
    "2023-05-02": ["note 1 --text 后来才记的紫荆", "tag 1 --add 扬言"],
    "2023-05-10": ["close 2 --outcome 不予支持 --delivered 2023-05-10", "supervise 1 --answer-by 2023-05-20"],
    "2023-05-26": ["review 2 --body 测试市局", "supervise 1 --answered"],
    "2023-06-05": ["review 2 --result 维持 --delivered 2023-06-05", "backlog resolve 2 --batch 第一批"],
    "2023-06-20": ["recheck 2 --body 测试市政府"],
    "2023-06-21": ["hearing 2 --from 2023-06-27 --to 2023-06-29"],
    "2023-07-03": ["close 1 --outcome 解释说明"],
    "2023-07-05": ["rate 1 --unit-rating 满意"],
    "2023-07-10": ["recheck 2 --result 撤销 --redo-by 2023-08-10"],
    "2023-07-12": ["close 2 --outcome 予以支持"],
}  # fmt: skip
LISTS = (
    "list",
    "list --stage 办理中",
    "list --where is:在办",
    f"list --unit {B}",
    "list --overdue",
    "list --batch 第一批",
    "list --where 共同承办:测试甲局",
    "list --sort 到期日",
    "overdue",
    "due --within 30",
    "due --within 60 --windows",
    "search 供水",
    "search 紫荆",
    "search 供水 紫荆",
    "search 紫荆 --limit 1",
    "history 1",
    "history 2",
    "person 测试乙 --accusation --why 核对",
    "export cases",
    "export clocks",
    "remind --dry-run",
    "",
    "show 1",
    "show 2",
)


def asked(counter: Counter, day: str) -> dict[str, Any]:
    said = {}
    for words in LISTS:
        ran = counter(*words.split(), "--json", today=day)
        document: Any = ran.json() if ran.out else None
        said[words] = (ran.code, document)
    return said


@pytest.mark.long
def test_a_list_says_again_what_it_said_on_the_day(counter: Counter) -> None:
    counter.add("2023-02-20", name="测试甲")
    counter.add("2023-02-21", name="测试乙")
    counter.ok("unit", "add", B)
    then = {}
    for day, commands in HISTORY.items():
        for words in commands:
            ran = counter(*words.split(), today=day)
            assert ran.code == 0, (words, ran)
        then[day] = asked(counter, day)
    number = counter.add("2023-07-14")
    counter.ok("link", number, "--repeat-of", "1", today="2023-07-14")
    scan = counter.path.with_name("测试扫描件.txt")
    scan.write_text("后来才收的", "utf-8")
    counter.ok("attach", "1", str(scan), today="2023-07-14")
    for day, said in then.items():
        again = asked(counter, day)
        for words in LISTS:
            assert again[words] == said[words], (day, words)
    assert counter.ok("doctor")["problems"] == []


def test_it_is_said_that_the_day_is_told_anew(counter: Counter) -> None:
    number = counter.add("2023-07-03")
    assert "当天的样子" not in counter("overdue", today="2023-07-10").err
    counter.ok("assign", number, "--to", A, "--new-unit", "--on", "2023-07-12")
    ran = counter("list", "--json", today="2023-07-10")
    assert "按 2023-07-10 当天的样子显示：有 1 件" in ran.err
    assert [row["stage"] for row in ran.json()] == ["registered"]
    assert "当天的样子" not in counter("list", today="2023-07-12").err


def test_a_case_that_had_not_come_yet(counter: Counter) -> None:
    number = counter.add("2023-07-03")
    assert counter.ok("list", today="2023-07-02") == []
    assert counter.ok("list", "--count", today="2023-07-02") == {"count": 0}
    assert counter.ok(today="2023-07-02")["to_assign"] == 0
    assert counter("show", number, today="2023-07-02").code == 1
    assert counter("show", number, today="2023-07-03").code == 0


def test_a_hearing_ahead_is_not_counted_before_it_is_held(counter: Counter) -> None:
    """Its days are left out as they are held: today, tomorrow and after it, in lists and in what is kept (art. 36)."""
    number = counter.add("2023-02-20")
    for words, day in (
        (f"assign 1 --to {A} --new-unit", "2023-02-21"),
        ("accept 1", "2023-02-22"),
        ("close 1 --outcome 不予支持 --delivered 2023-03-01", "2023-03-01"),
        ("review 1", "2023-03-10"),
        ("review 1 --result 维持 --delivered 2023-03-20", "2023-03-20"),
        ("recheck 1", "2023-03-30"),
    ):
        assert counter(*words.split(), today=day).code == 0
    done = counter.ok("hearing", number, "--from", "2023-04-10", "--to", "2023-04-12", today="2023-04-03")
    assert done["due_on"] == "2023-04-29"
    due = {}
    for day in (
        "2023-04-03",
        "2023-04-09",
        "2023-04-10",
        "2023-04-11",
        "2023-04-12",
        "2023-04-13",
        "2023-05-02",
        "2023-05-03",
    ):
        lines = counter.ok("due", "--within", "60", today=day) + counter.ok("overdue", today=day)
        due[day] = lines[0]["due_on"]
        clocks = counter.ok("show", number, today=day)["clocks"]
        assert next(clock["due"] for clock in clocks if clock["kind"] == "recheck") == due[day]
        assert counter.ok("list", today=day)[0]["due_on"] == due[day]
    assert due == {
        "2023-04-03": "2023-04-29",
        "2023-04-09": "2023-04-29",
        "2023-04-10": "2023-04-30",
        "2023-04-11": "2023-05-01",
        "2023-04-12": "2023-05-02",
        "2023-04-13": "2023-05-02",
        "2023-05-02": "2023-05-02",
        "2023-05-03": "2023-05-02",
    }
    assert counter.ok("overdue", today="2023-05-02") == []
    assert len(counter.ok("overdue", today="2023-05-03")) == 1
    assert "当天的样子" not in counter("due", "--within", "60", today="2023-04-05").err


def test_a_hearing_ahead_is_overdue_in_the_report_and_in_its_second_count(counter: Counter, tmp_path: Path) -> None:
    """Due on 29 April while no day of it is held: the report as of 5 May has it, though the row counts all its days."""
    number = counter.add("2023-02-20")
    for words, day in (
        (f"assign 1 --to {A} --new-unit", "2023-02-21"),
        ("accept 1", "2023-02-22"),
        ("close 1 --outcome 不予支持 --delivered 2023-03-01", "2023-03-01"),
        ("review 1", "2023-03-10"),
        ("review 1 --result 维持 --delivered 2023-03-20", "2023-03-20"),
        ("recheck 1", "2023-03-30"),
        ("hearing 1 --from 2023-05-20 --to 2023-05-25", "2023-04-03"),
    ):
        assert counter(*words.split(), today=day).code == 0
    made = counter("report", "month", "2023-04", today="2023-05-05").out
    assert f"| {number} |" in made
    assert "| 复核 | 2023-04-29 | 6 |" in made
    at = str(tmp_path / "四月.md")
    assert counter("report", "month", "2023-04", "--publish", "--yes", "-o", at, today="2023-05-05").code == 0


def test_what_cannot_be_told_of_a_past_day_is_refused(counter: Counter, tmp_path: Path) -> None:
    counter.add("2023-02-20")
    counter.ok("assign", "1", "--to", A, "--new-unit", "--on", "2023-02-22", today="2023-02-22")
    refused = counter("export", "events", "--json", today="2023-02-21").error()
    assert (refused["code"], "以后又有记录" in refused["message"]) == ("past", True)
    whole = counter("export", "cases", "--full", "-o", str(tmp_path / "全.xlsx"), today="2023-02-21")
    assert (whole.code, "以后又有记录" in whole.err) == (1, True)
    assert not list(tmp_path.glob("全*"))
    assert counter("export", "events", "--json", today="2023-02-22").code == 0


def test_a_year_that_the_table_of_festivals_lacks_is_said(counter: Counter) -> None:
    """Up to 2050 the days of the lunar calendar are known; of a later year that they are not is said."""
    counter.add()
    said = {year: counter("explain", "--clock", "异议期", "--from", f"{year}-02-01").err for year in (2050, 2051)}
    for year, text in said.items():
        assert f"{year} 年的放假安排未知，按周末和法定节假日休息计算" in text
    assert "没有日期" not in said[2050]
    assert "2051 年的春节、清明、端午、中秋本程序没有日期" in said[2051]
