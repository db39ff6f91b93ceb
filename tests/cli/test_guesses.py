"""A last day counted in a year whose arrangement is unknown is marked 约 wherever it is shown, until the year comes."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from .conftest import Counter

BEFORE, AFTER = "2027-02-13", "2027-03-05"
DUE = "2027-02-15"
MARKED = f"{DUE}（约）"


@pytest.fixture
def guessed(counter: Counter) -> Counter:
    """A simple acceptance of 28 January 2027: ten working days on, over a Spring Festival that nobody announced yet."""
    fields = (
        "--channel",
        "来信",
        "--kind",
        "申诉求决",
        "--title",
        "反映路灯不亮",
        "--name",
        "测试甲",
        "--address",
        "某街",
    )
    counter.ok("add", "--received", "2027-01-20", *fields, "--yes", today=BEFORE)
    counter.ok("assign", "1", "--to", "测试局", "--new-unit", "--on", "2027-01-21", today=BEFORE)
    counter.ok("accept", "1", "--pathway", "simple", "--on", "2027-01-28", today=BEFORE)
    return counter


@pytest.mark.parametrize(
    ("words", "today"),
    [
        (("list",), BEFORE),
        (("due", "--within", "9"), BEFORE),
        (("overdue",), AFTER),
        ((), AFTER),
        (("show", "1"), BEFORE),
        (("search", "路灯"), BEFORE),
        (("explain", "1"), BEFORE),
        (("outlook", "--month", "2027-02"), BEFORE),
        (("outlook", "--month", "2027-02", "--csv"), BEFORE),
        (("blame", "--month", "2027-02", "--cases"), AFTER),
        (("blame", "--month", "2027-02", "--csv"), AFTER),
        (("stats", "--month", "2027-02", "--cases", "completion"), AFTER),
    ],
)
def test_every_list_marks_it(guessed: Counter, words: tuple[str, ...], today: str) -> None:
    assert MARKED in guessed(*words, today=today).out


def test_the_appeal_file_marks_it(guessed: Counter, tmp_path: Path) -> None:
    at = tmp_path / "申诉.xlsx"
    guessed("report", "unit", "测试局", "2027-02", "-o", str(at), today=AFTER)
    with ZipFile(at) as book:
        assert any(MARKED in book.read(part).decode("utf-8", "ignore") for part in book.namelist())


def test_a_late_entry_says_that_the_day_it_moves_to_is_one(guessed: Counter) -> None:
    ran = guessed("convert", "1", "--late-entry", "--on", "2027-02-01", today=BEFORE)
    assert ran.code == 0
    assert "到期日 2027-02-15 → 2027-03-29，" in ran.err, "sixty plain days are no guess"
    ran = guessed("correct", "1", "--event", "3", "--on", "2027-01-27", "--reason", "记错", "--yes", today=BEFORE)
    assert ran.code == 0
    guessed("undo", today=BEFORE)
    guessed("undo", today=BEFORE)
    ran = guessed("correct", "1", "--event", "3", "--on", "2027-01-27", "--reason", "记错", "--yes", today=BEFORE)
    assert "2027-02-12（约）" in ran.err


@pytest.mark.parametrize(
    ("words", "today"), [(("list",), BEFORE), (("due", "--within", "9"), BEFORE), (("overdue",), AFTER)]
)
def test_programs_and_sheets_are_told(guessed: Counter, words: tuple[str, ...], today: str) -> None:
    (row,) = guessed.ok(*words, today=today)
    assert (row["due_on"], row["guessed"]) == (DUE, True)
    (line,) = csv.DictReader(io.StringIO(guessed(*words, "--csv", today=today).out.removeprefix("\ufeff")))
    assert (line["到期日"], line["到期日为约"]) == (DUE, "约")


def test_reminders_and_exports_mark_it(guessed: Counter, tmp_path: Path) -> None:
    assert "期限2月15日（约）" in guessed("remind", "--dry-run", today=BEFORE).out
    for what in ((), ("clocks",)):
        rows: Any = guessed("export", *what, "--json", today=BEFORE).json()
        marked = [row for row in rows if row["guessed"]]
        assert DUE in [row["due_on"] for row in marked]


def test_a_unit_sheet_has_a_day_that_says_so(guessed: Counter, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    guessed.ok("sheet", "测试局", "-o", str(tmp_path), today=BEFORE)
    (file,) = tmp_path.glob("*.xlsx")
    page = load_workbook(file).worksheets[0]
    heads = [cell.value for cell in page[3]]
    cell = page.cell(4, heads.index("到期日") + 1)
    assert (cell.value.date().isoformat(), "约" in cell.number_format) == (DUE, True)
    assert guessed("collect", str(file), "--dry-run", today=BEFORE).code == 0


def test_figures_and_reports_say_how_many_days_are_guesses(guessed: Counter, tmp_path: Path) -> None:
    february = ("stats", "--month", "2027-02")
    assert guessed.ok(*february, today=AFTER)["guesses"] == {"completion": 1}
    assert "按期办结率 1 个" in guessed(*february, today=AFTER).out
    report = ("report", "month", "2027-02")
    said = guessed(*report, today=AFTER).out
    assert "到期日为约" in said
    assert MARKED in said  # in the table of what is overdue
    ran = guessed(*report, "--publish", "--yes", "-o", str(tmp_path / "february.md"), today=AFTER)
    assert "本期按期办结率里有 1 个期限的到期日为约" in ran.err


def test_it_is_a_guess_no_more_when_the_year_comes(guessed: Counter, tmp_path: Path) -> None:
    sheet = tmp_path / "2027.csv"
    off = [f"2027-02-{day:02},off,春节" for day in range(5, 9)]
    sheet.write_text(
        "day,kind,name\n" + "\n".join(["2027-01-01,off,元旦", *off, "2027-10-01,off,国庆节"]) + "\n", "utf-8"
    )
    guessed.ok("workdays", "import", str(sheet), "--yes", today=AFTER)
    (row,) = guessed.ok("overdue", today=AFTER)
    assert (row["due_on"], row["guessed"]) == (DUE, False)  # the day holds good, and is certain now
    assert guessed.ok("stats", "--month", "2027-02", today=AFTER)["guesses"] == {}
    assert guessed.ok("doctor", today=AFTER)["problems"] == []


def test_nothing_is_a_guess_in_a_year_that_is_known(counter: Counter) -> None:
    counter.add("2023-07-03")
    (row,) = counter.ok("list")
    assert row["guessed"] is False
    assert "约" not in counter("list").out
