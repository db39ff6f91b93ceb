"""Cells of a workbook, for every file we write: text is never a formula, a link or a number."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from xinfang_cli.present.width import cells as cells_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

ABOUT_FORMAT = 'yyyy-mm-dd"（约）"'
"""A day that is a guess stays a day, and says so."""
LAST_ROW = 1_048_575
"""The last row of a worksheet, from 0."""
LONGEST = 32_767
"""The characters that fit into one cell of a workbook."""
CUT = "……（一格只放得下 32767 字，后面的没有写）"
PLAIN_TEXT: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,  # else what stands in the sheets lies about in the temporary folder after a kill
}


def write_value(sheet: Worksheet, row: int, column: int, cell: object, looks: Looks) -> None:
    """A cell as what it is: a number, a day, a moment, or text."""
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, looks.moment)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, looks.day)
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, safe_text(str(cell)))


def write_boxed(
    sheet: Worksheet,
    row: int,
    column: int,
    cell: object,
    looks: Looks,
    *,
    late: bool = False,
    middle: bool = False,
    about: bool = False,
) -> None:
    """Write a bordered cell of a printed table: text in the `middle` or left, overdue in red, a guessed day with 约."""
    if cell is None or cell == "":
        sheet.write_blank(row, column, None, looks.boxed)
    elif isinstance(cell, date):
        look = (looks.boxed_late_about if late else looks.boxed_about) if about else None
        look = look or (looks.boxed_late if late else looks.boxed_day)
        sheet.write_datetime(row, column, datetime.combine(cell, time()), look)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, looks.boxed_late_number if late else looks.boxed_number)
    else:
        sheet.write_string(row, column, safe_text(str(cell)), looks.boxed_number if middle else looks.boxed)


def lines_of(value: object, width: float) -> int:
    """On how many lines a value stands in a column so many characters wide."""
    text = "" if value is None else str(value)
    return sum(max(-(-cells_of(part) // max(int(width), 2)), 1) for part in text.split("\n"))


def safe_text(text: str) -> str:
    """A text as XlsxWriter may have it: no longer than a cell, saying so where it was cut, and never between <r> and
    </r>, which it would write into the file as it is."""
    if len(text) > LONGEST:
        text = text[: LONGEST - len(CUT)] + CUT
    return f"{text[: LONGEST - 1]} " if text.endswith("</r>") else text


class Looks:
    """The formats of a workbook."""

    def __init__(self, book: Workbook) -> None:
        self.head: Format = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd", "align": "center"})
        self.moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.reason: Format = book.add_format({"font_color": "#C00000"})
        self.text: Format = book.add_format({"num_format": "@"})
        self.wrap: Format = book.add_format({"text_wrap": True, "valign": "top"})
        boxed = {"border": 1, "valign": "vcenter", "text_wrap": True}
        centred, red, dated = {**boxed, "align": "center"}, {"font_color": "#C00000"}, {"num_format": "yyyy-mm-dd"}
        self.boxed: Format = book.add_format(boxed)
        self.boxed_head: Format = book.add_format({**centred, "bold": True, "bg_color": "#DDE6F0"})
        self.boxed_number: Format = book.add_format(centred)
        self.boxed_day: Format = book.add_format({**centred, **dated})
        guess = {"num_format": ABOUT_FORMAT}
        self.boxed_about: Format = book.add_format({**centred, **guess})
        self.boxed_late_about: Format = book.add_format({**centred, **guess, **red})
        self.boxed_late: Format = book.add_format({**centred, **dated, **red})
        self.boxed_late_number: Format = book.add_format({**centred, **red})


def width_of(text: str) -> float:
    """A column's width in characters: a Chinese one takes two."""
    return min(max(sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) + 3, 8), 60)
