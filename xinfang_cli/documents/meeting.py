"""The sheet of a dispatch meeting as a workbook, to be printed and filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from xinfang_cli.files import PRIVATE, written_whole
from xinfang_cli.formats.cells import PLAIN_TEXT, Looks, lines_of, write_boxed
from xinfang_cli.office.campaigns.meeting import MeetingLine
from xinfang_cli.present.meeting import HEADINGS, in_words

_WIDTHS = (5, 16, 16, 34, 10, 10, 12, 9, 11, 14, 22, 26, 20)
COLUMNS = {key: (heading, width) for (key, heading), width in zip(HEADINGS.items(), _WIDTHS, strict=True)}
"""Key → (heading, width)."""


def write(lines: Sequence[MeetingLine], path: Path, bureau: str, today: date) -> None:
    """Write the sheet; the units' lines stand together, overdue days in red."""
    with written_whole(path, PRIVATE) as made:
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
