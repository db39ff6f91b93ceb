"""The sheet of a dispatch meeting as a workbook, to be printed and filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from xinfang_cli.files import PRIVATE, whole
from xinfang_cli.formats.cells import PLAIN_TEXT, Looks, lines_of, write_boxed
from xinfang_cli.law import terms
from xinfang_cli.office.campaigns.meeting import MeetingLine

# key → (heading, width); the last two are for the meeting to fill in.
COLUMNS = {
    "n": ("序号", 5),
    "unit": ("责任单位", 16),
    "case_no": ("登记编号", 16),
    "title": ("概况", 34),
    "stage": ("阶段", 10),
    "clock": ("时限", 10),
    "due_on": ("到期日", 12),
    "days_left": ("剩余天数", 9),
    "lead": ("包案领导", 11),
    "batches": ("积案批次", 14),
    "promised": ("已交办、承诺", 22),
    "commitment": ("本次承诺（措施、时限）", 26),
    "result": ("落实结果", 20),
}


def in_words(lines: Sequence[MeetingLine]) -> list[dict[str, Any]]:
    """The cells of the lines, numbered and with labels."""
    return [
        {
            **line._asdict(),
            "n": n,
            "stage": terms.STAGE.label(line.stage),
            "clock": terms.CLOCK.label(line.clock),
            "batches": "、".join(line.batches),
            "promised": "；".join(f"{terms.CLOCK.label(one.clock)} {one.due_on}" for one in line.promised),
            "commitment": "",
            "result": "",
        }
        for n, line in enumerate(lines, 1)
    ]


def record(lines: Sequence[MeetingLine]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [{**line._asdict(), "promised": [one._asdict() for one in line.promised]} for line in lines]


def write(lines: Sequence[MeetingLine], path: Path, bureau: str, today: date) -> None:
    """Write the sheet; the units' lines stand together, overdue days in red."""
    with whole(path, PRIVATE) as made:
        _write(lines, made, bureau, today)


def _write(lines: Sequence[MeetingLine], path: Path, bureau: str, today: date) -> None:
    from xlsxwriter import Workbook

    book = Workbook(str(path), dict(PLAIN_TEXT))
    sheet = book.add_worksheet("调度会")
    last = len(COLUMNS) - 1
    looks = Looks(book)
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    sheet.merge_range(0, 0, 0, last, f"{bureau}信访事项调度会议表", title)
    note = f"{today.isoformat()}　共 {len(lines)} 件，其中超期 {sum((one.days_left or 0) < 0 for one in lines)} 件"
    sheet.merge_range(1, 0, 1, last, note, book.add_format({"align": "right"}))
    for column, (heading, width) in enumerate(COLUMNS.values()):
        sheet.write_string(2, column, heading, looks.boxed_head)
        sheet.set_column(column, column, width)
    line = 3
    for unit, group in groupby(in_words(lines), key=lambda row: row["unit"]):
        start = line
        for row in group:
            over = (row["days_left"] or 0) < 0
            for column, key in enumerate(COLUMNS):
                value = date.fromisoformat(row[key]) if key == "due_on" and row[key] else row[key]
                about = key == "due_on" and row["guessed"]
                write_boxed(
                    sheet, line, column, value, looks, late=over and key in ("due_on", "days_left"), about=about
                )
            sheet.set_row(line, 16 * max(2, *(lines_of(row[key], width) for key, (_, width) in COLUMNS.items())))
            line += 1
        if line - start > 1:
            sheet.merge_range(start, 1, line - 1, 1, unit, looks.boxed)
    sheet.set_row(0, 28)
    sheet.freeze_panes(3, 3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4)
    sheet.repeat_rows(2)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    book.close()
