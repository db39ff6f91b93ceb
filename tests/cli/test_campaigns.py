"""Backlog, reception, advice, standing and the meeting sheet at the counter; the published figures of the demo."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.conftest import Counter
from xinfang_cli.cli import app

DATA = Path(__file__).parents[2] / "data"
PUBLISHED = tomllib.loads((DATA / "published.toml").read_text("utf-8-sig"))["luozhuang_2023_07"]
DEMO_PATH: dict[str, Path] = {}


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """The demonstration's book, built once; the tests that use it only read."""
    if "path" not in DEMO_PATH:
        path = tmp_path_factory.mktemp("demo") / "demo.db"
        assert Counter(path, monkeypatch).raw("demo", "--file", str(path), "--json").code == 0
        DEMO_PATH["path"] = path
    return Counter(DEMO_PATH["path"], monkeypatch)


def test_backlog_status_has_what_was_published(demo: Counter) -> None:
    told = PUBLISHED["backlog"]
    found = demo.ok("backlog", "status")
    promised = {"batch", "total", "resolved", "percent", "target_percent", "target_on", "needed", "per_week", "rows"}
    assert promised <= found.keys()
    for key in ("total", "resolved", "percent", "target_percent", "needed"):
        assert found[key] == told[key]
    assert (found["batch"], found["target_on"]) == (PUBLISHED["demo"]["batch"], told["target_on"].isoformat())
    # 17 July to 30 November: 14 + 31 + 30 + 31 + 30 days; 63 cases over 136 days are 3.24 a week.
    assert (found["target_count"], found["days_left"], found["per_week"]) == (159, 136, 3.24)
    assert sum(row["total"] for row in found["rows"]) == found["total"]
    assert sum(row["resolved"] for row in found["by_lead"]) == found["resolved"]
    shown = demo("backlog", "status").out
    assert "57.49%" in shown
    assert "还差 63 件，还有 136 天，每周须化解 3.24 件" in shown
    rate = demo.ok("stats", "--from", "2023-01-01", "--to", "2023-07-17")["rates"]["backlog"]
    assert (rate["numerator"], rate["denominator"]) == (found["resolved"], found["total"])


def test_every_number_of_the_status_is_a_list(demo: Counter) -> None:
    found = demo.ok("backlog", "status")
    for row in found["rows"]:
        assert len(demo.ok("backlog", "list", "--unit", row["name"])) == row["total"]
        assert len(demo.ok("backlog", "list", "--unit", row["name"], "--state", "已化解")) == row["resolved"]
    assert len(demo.ok("backlog", "list", "--state", "反弹")) == found["relapsed"]


def test_reception_status_has_what_was_published(demo: Counter) -> None:
    told = PUBLISHED["reception"]
    found = demo.ok("reception", "status")
    promised = {"from", "to", "days_on_duty", "days_missing", "leader_times", "groups", "people", "open_matters"}
    assert promised <= found.keys()
    assert {key: found[key] for key in told} == told
    assert (found["from"], found["to"]) == ("2023-01-01", "2023-07-17")
    listed = demo.ok("reception", "list")
    assert len({row["case_no"] + row["on"] for row in listed if not row["same_party"]}) == told["groups"]
    assert sum(row["people"] for row in listed) == told["people"]
    assert len(demo.ok("reception", "list", "--open")) == found["open_matters"]
    days = demo.ok("reception", "roster", "--from", "2023-01-01", "--to", "2023-07-17")["days"]
    assert sum(day["missing"] for day in days) == found["days_missing"]


def test_standings_of_the_demo(demo: Counter) -> None:
    ranks = {row["indicator"]: row["rank"] for row in demo.ok("standing", "list", "--latest")}
    assert ranks == {
        "积案化解数": PUBLISHED["backlog"]["rank_by_count"],
        "积案化解率": PUBLISHED["backlog"]["rank_by_rate"],
        "一次性化解率": PUBLISHED["standing"]["one_time_rank"],
    }


def test_the_published_numbers_stand_in_no_code() -> None:
    """They are counted."""
    for path in (Path(app.__file__).parents[1]).rglob("*.py"):
        text = path.read_text("utf-8")
        assert "57.49" not in text, path
        assert "96.02" not in text, path


def test_the_demo_book_is_whole(demo: Counter) -> None:
    assert demo.ok("doctor")["ok"] is True


# ---- words in, exit codes out -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["backlog", "join", "1"], 2),
        (["backlog", "join", "--batch", "甲"], 2),
        (["backlog", "join", "1", "--batch", "甲", "--stage", "待转送"], 2),
        (["backlog", "join", "--batch", "甲", "--stage", "已办结"], 1),
        (["backlog", "join", "--batch", "甲", "--file", "没有的.xlsx"], 3),
        (["backlog", "batch", "add", "甲", "--target", "101"], 1),
        (["backlog", "batch", "edit", "甲", "--target", "90"], 1),
        (["backlog", "list", "--state", "x"], 1),
        (["backlog", "status"], 1),
        (["backlog", "edit", "1"], 2),
        (["reception", "log"], 2),
        (["reception", "log", "1"], 2),  # nobody on the roster, no --leader
        (["reception", "log", "1", "--leader", "甲", "--to", "乙局"], 2),
        (["reception", "log", "1", "--leader", "甲", "--form", "x"], 1),
        (["reception", "log", "1", "--leader", "甲", "--no-visitor"], 2),
        (["reception", "follow", "落实", "1"], 1),
        (["reception", "follow", "x", "1"], 1),
        (["reception", "roster", "--month", "2023-07", "--fixed", "甲=周八"], 1),
        (["reception", "roster", "--month", "2023-07", "--replace"], 2),
        (["reception", "roster", "--month", "2023-07", "-o", "x.pdf"], 1),
        (["reception", "swap", "7-18"], 2),
        (["reception", "swap", "7-18", "7-19"], 1),
        (["reception", "cancel", "5"], 1),
        (["advise", "add", "x", "--to", "乙局"], 1),
        (["advise", "add", "改进工作"], 2),
        (["advise", "answer", "1", "--adopted"], 1),
        (["standing", "add", "积案化解率", "--rank", "0"], 1),
        (["standing", "add", "积案化解率"], 2),
        (["meeting", "-o", "x.docx"], 1),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, list) else None,
)
def test_exit_codes(counter: Counter, words: list[str], code: int) -> None:
    counter.add("2023-07-01")
    ran = counter(*words, "--json")
    assert ran.code == code, ran
    assert ran.error()["message"]


def test_a_morning_of_reception(counter: Counter) -> None:
    counter.ok("reception", "roster", "--month", "2023-07", "--leaders", "测试领导甲、测试领导乙")
    number = counter.add("2023-07-10")
    counter.ok("assign", number, "--to", "教育局", "--new-unit", "--on", "2023-07-11")
    (case,) = counter.ok("reception", "log", "-", "--by", "7-14", "--on", "7-12", stdin=number)
    assert case["case_no"] == number
    assert [row["clock"] for row in counter.ok("overdue")] == ["order"]
    assert "接访交办" in counter("overdue").out
    made = counter.ok(
        "reception",
        "log",
        "--title",
        "测试事项",
        "--name",
        "测试甲",
        "--people",
        "5",
        "--settled",
        "--leader",
        "测试领导甲",
    )
    assert (made["channel"], made["headcount"]) == ("visit", 5)
    alone = counter("reception", "log", "--no-visitor", "--on", "7-13")
    assert "没有记约访了谁" in alone.err
    assert counter.ok("reception", "log", "--no-visitor", "--on", "7-14", "--invited", number)["invited"] == [number]
    counter.ok("reception", "follow", "落实", number)
    found = counter.ok("reception", "status", "--month", "2023-07")
    assert (found["leader_times"], found["groups"], found["people"], found["open_matters"]) == (4, 2, 6, 1)
    assert (found["days_without_visitor"], found["days_invited"]) == (2, 1)
    shown = counter("show", number).out
    assert "领导接访" in shown
    assert "测试领导" in shown


def test_the_terminal_is_asked_whom_they_invited(counter: Counter) -> None:
    counter.add("2023-07-10")
    ran = counter("reception", "log", "--leader", "测试领导甲", stdin="\n1\n")
    assert ran.code == 2  # nobody is there to be asked


def test_join_by_filter_and_meeting_sheet(counter: Counter, tmp_path: Path) -> None:
    first, second = counter.add("2023-07-10"), counter.add("2023-07-11", kind="检举控告", title="反映某人")
    assert "不在本局的名单里" in counter("backlog", "join", "--batch", "自查", "--topic", "没有的").err
    joined = counter.ok("backlog", "join", "--batch", "自查", "--stage", "待转送", "--lead", "测试领导甲", "--yes")
    assert {row["case_no"] for row in joined} == {first, second}
    again = counter("backlog", "join", "--batch", "自查", "--stage", "待转送")
    assert again.code == 0
    assert "2 件没有重复列入" in again.err
    file = tmp_path / "调度.xlsx"
    assert counter("meeting", "--batch", "自查", "-o", str(file)).code == 0
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    cells: list[list[Any]] = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[2][:5] == ["序号", "责任单位", "登记编号", "概况", "阶段"]
    assert {row[2]: row[3] for row in cells[3:]} == {first: "反映供水压力不足", second: "检举控告件"}
    assert cells[3][8] == "测试领导甲"
    counter.ok("backlog", "resolve", first)
    assert [row["case_no"] for row in counter.ok("meeting", "--batch", "自查")] == [second]


def test_what_is_said_of_a_case_in_its_batch(counter: Counter) -> None:
    number = counter.add("2023-07-10")
    counter.ok("backlog", "batch", "add", "市交", "--recognise")
    assert "「市交」未化解" in counter("backlog", "join", number, "--batch", "市交").out
    assert "「市交」未化解" in counter("backlog", "edit", number, "--lead", "测试领导甲").out
    assert "「市交」待上级认定" in counter("backlog", "resolve", number).out
    assert [row["case_no"] for row in counter.ok("backlog", "list", "--state", "待认定")] == [number]
    assert "「市交」已化解" in counter("backlog", "recognise", number).out
    joined = counter("backlog", "join", number, "--batch", "自查").out
    assert "「市交」已化解" in joined
    assert "「自查」未化解" in joined
    told = counter.ok("backlog", "resolve", number, "--batch", "自查")
    assert told["batches"] == [{"batch": "市交", "state": "resolved"}, {"batch": "自查", "state": "resolved"}]
    assert "可用：未化解、待上级认定、已化解、反弹" in counter("backlog", "list", "--state", "x").err


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".ics"])
def test_the_roster_on_paper(counter: Counter, tmp_path: Path, suffix: str) -> None:
    counter.ok("reception", "roster", "--month", "2023-10", "--leaders", "测试领导甲,测试领导乙")
    file = tmp_path / f"日程{suffix}"
    assert counter("reception", "roster", "--month", "2023-10", "-o", str(file)).code == 0
    readers: dict[str, Callable[[Path], list[str]]] = {".docx": _docx, ".xlsx": _xlsx, ".ics": _ics}
    days = readers[suffix](file)
    # After the holiday: Saturday 7 and Sunday 8 October 2023 are worked.
    assert days[:3] == ["2023-10-07 测试领导甲", "2023-10-08 测试领导乙", "2023-10-09 测试领导甲"]
    assert len(days) == 19


def _docx(path: Path) -> list[str]:
    import docx

    table = docx.Document(str(path)).tables[0]
    return [f"{row.cells[0].text} {row.cells[2].text}" for row in table.rows[1:]]


def _xlsx(path: Path) -> list[str]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [f"{row[0].value:%Y-%m-%d} {row[2].value}" for row in sheet.iter_rows(min_row=4)]


def _ics(path: Path) -> list[str]:
    raw = path.read_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    lines = raw.decode().replace("\r\n ", "").split("\r\n")
    starts = [line.split(":")[1] for line in lines if line.startswith("DTSTART")]
    named = [line.split("：")[1] for line in lines if line.startswith("SUMMARY")]
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    return [f"{day[:4]}-{day[4:6]}-{day[6:]} {who}" for day, who in zip(starts, named, strict=True)]


@pytest.mark.parametrize(
    "words",
    [
        ("meeting", "-o", "调度.xlsx"),
        ("reception", "roster", "--month", "2023-10", "-o", "日程.ics"),
        pytest.param(
            ("doctor", "--security", "-o", "保密检查.md"), marks=pytest.mark.plain("the tests' key stands in no file")
        ),
    ],
)
def test_a_file_that_is_there_is_not_written_over_unasked(
    counter: Counter, tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a meeting's sheet the results are written down by hand."""
    monkeypatch.chdir(tmp_path)
    counter.add("2023-07-10")
    file = tmp_path / words[-1]
    file.write_text("手写的落实结果", encoding="utf-8")
    refused = counter(*words)
    assert (refused.code, "加 --force 覆盖" in refused.err) == (1, True)
    assert file.read_text(encoding="utf-8") == "手写的落实结果"
    assert counter(*words, "--force").code == 0
    assert file.read_bytes() != "手写的落实结果".encode()
