"""Workbooks older than xls of 1997 and bare record streams of report programs, by xlrd: calamine reads neither."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinfang_cli.errors import Unusable
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import File, Lost, Reading, Row, Sheet, SheetFile

if TYPE_CHECKING:
    import xlrd

_STREAMS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
"""The record that begins a sheet, of Excel 2 to 8."""


def recognises(path: Path, head: bytes) -> bool:
    """A stream of records that is in no compound file."""
    return head.startswith(_STREAMS) and head[2:4] in (b"\x04\x00", b"\x06\x00", b"\x08\x00", b"\x10\x00")


def read(path: File, head: bytes) -> SheetFile:
    """Unusable for what xlrd cannot read either."""
    import xlrd

    try:
        book = _opened(path, None)
        if book.codepage is None and book.biff_version < 80:
            book = _opened(path, "gb18030")  # says nothing of its text, and comes from a Chinese program
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError) as error:
        raise (guard.locked(path) if "encrypted" in str(error) else guard.damaged(path)) from None
    except Exception:  # xlrd goes by what the file says, and a damaged one may say anything
        raise Unusable(
            f"文件 {path.name} 是很旧的 xls（Excel 97 以前，或报表程序直接写的），读不出来", guard.SAVE_AS
        ) from None
    return SheetFile(
        [
            Sheet(page.name, partial(_readings, page, book.datemode), hidden=page.visibility != 0)
            for page in book.sheets()
            if page.nrows
        ]
    )


def _opened(path: File, encoding: str | None) -> xlrd.book.Book:
    import xlrd

    return xlrd.open_workbook(file_contents=path.read_bytes(), encoding_override=encoding, logfile=StringIO())


def _readings(page: Any, datemode: int) -> Iterator[Reading]:
    import xlrd

    def rows(header_row: int = 0, width: int = 0) -> Iterator[tuple[int, Row]]:
        for number in range(page.nrows):
            kinds, values = page.row_types(number), page.row_values(number)
            yield number + 1, [_value(kind, value, datemode) for kind, value in zip(kinds, values, strict=True)]

    def lost(header_row: int, columns: Collection[int]) -> Lost:
        found: dict[int, dict[int, str]] = {}
        for number in range(header_row, page.nrows):
            for column, kind in enumerate(page.row_types(number)):
                if kind == xlrd.XL_CELL_ERROR and column in columns:
                    shown = xlrd.error_text_from_code.get(page.cell_value(number, column), "#N/A")
                    found.setdefault(number + 1, {})[column] = shown
        return found

    yield Reading(rows, page.nrows, lost=lost, epoch1904=bool(datemode))


def _value(kind: int, value: Any, datemode: int) -> object:
    import xlrd

    if kind == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(value, datemode)
        except (OverflowError, ValueError):
            return value
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return "" if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR) else value
