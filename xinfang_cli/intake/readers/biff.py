"""Workbooks older than xls of 1997 and bare record streams of report programs, by xlrd: calamine reads neither."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinfang_cli.errors import Unusable
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.marks import WHITE, as_shown, is_late, on_its_day, shown_by, unseen_under
from xinfang_cli.intake.readers.sheet import File, Lost, Reading, Row, Sheet, SheetFile, row_with

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

    raw, said = path.read_bytes(), {"encoding_override": encoding, "logfile": StringIO()}
    try:
        return xlrd.open_workbook(file_contents=raw, formatting_info=True, **said)
    except xlrd.XLRDError:
        raise
    except Exception:  # a damaged style: without the styles then
        return xlrd.open_workbook(file_contents=raw, **said)


def _readings(page: Any, datemode: int) -> Iterator[Reading]:
    import xlrd

    def rows(header_row: int = 0, width: int = 0) -> Iterator[tuple[int, Row]]:
        for number in range(page.nrows):
            kinds, values = page.row_types(number), page.row_values(number)
            cells = [_value(kind, value, datemode) for kind, value in zip(kinds, values, strict=True)]
            cells = [_under(page, number, place, cell) for place, cell in enumerate(cells)]
            found = page.rowinfo_map.get(number)
            struck = [_is_struck(page, number, place) for place, cell in enumerate(cells) if cell != ""]
            unseen = [_is_unseen(page, number, place, cell) for place, cell in enumerate(cells) if cell != ""]
            yield number + 1, row_with(cells, struck, unseen, hidden=found is not None and bool(found.hidden))

    def lost(header_row: int, columns: Collection[int]) -> Lost:
        found: dict[int, dict[int, str]] = {}
        for number in range(header_row, page.nrows):
            for column, kind in enumerate(page.row_types(number)):
                if kind == xlrd.XL_CELL_ERROR and column in columns:
                    shown = xlrd.error_text_from_code.get(page.cell_value(number, column), "#N/A")
                    found.setdefault(number + 1, {})[column] = shown
        return found

    hidden = frozenset(column for column, found in page.colinfo_map.items() if found.hidden or not found.width)
    yield Reading(rows, page.nrows, lost=lost, epoch1904=bool(datemode), hidden_columns=hidden)


def _style(page: Any, row: int, column: int) -> Any:
    """The style of a cell, where the file has styles."""
    book = page.book
    at = page.cell_xf_index(row, column) if book.formatting_info else -1
    return book.xf_list[at] if 0 <= at < len(book.xf_list) else None


def _is_struck(page: Any, row: int, column: int) -> bool:
    style = _style(page, row, column)
    fonts = page.book.font_list
    return style is not None and style.font_index < len(fonts) and bool(fonts[style.font_index].struck_out)


def _under(page: Any, row: int, column: int, cell: object) -> object:
    """A number under a code format (00000), as shown."""
    if cell.__class__ is not float or (style := _style(page, row, column)) is None:
        return cell
    code = shown_by(_format(page, style))
    return cell if code is None else as_shown(cell, code)


def _format(page: Any, style: Any) -> str:
    form = page.book.format_map.get(style.format_key)
    return form.format_str if form is not None else ""


def _is_unseen(page: Any, row: int, column: int, cell: object) -> bool:
    """Whether a cell is written in white on white, or under a format that shows nothing of it."""
    if (style := _style(page, row, column)) is None:
        return False
    fonts, fill = page.book.font_list, style.background
    white = style.font_index < len(fonts) and fonts[style.font_index].colour_index in _WHITES
    on_white = fill.fill_pattern == 0 or (fill.fill_pattern == 1 and fill.pattern_colour_index in _WHITES)
    found = unseen_under(_format(page, style), colour=WHITE if white and on_white else None, ground=WHITE)
    return found.texts if isinstance(cell, str) else found.numbers


_WHITES = (1, 9, 65)


def _value(kind: int, value: Any, datemode: int) -> object:
    import xlrd

    if kind == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate_as_datetime(value, datemode)
            return on_its_day(moment) if is_late(value) else moment
        except (OverflowError, ValueError):
            return value
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "是" if value else "否"
    return "" if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR) else value
