"""Excel's XML of 2003 (SpreadsheetML), which report systems write because it is text."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.html import LARGEST
from xinfang_cli.intake.readers.marks import WHITE, Unseen, as_shown, shown_by, unseen_under
from xinfang_cli.intake.readers.sheet import Lost, Reading, Row, Sheet, SheetFile, row_with

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{_NAMESPACE}}}"
_MOST_COLUMNS, _MOST_ROWS = 16_384, 1_048_576


def recognises(path: Path, head: bytes) -> bool:
    """Recognise XML with Excel's namespace; Unusable for other XML except web pages."""
    start = head[:8192].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if not start.startswith(b"<") or re.match(rb"<\?xml|<!--|<\w+:?\w*Workbook\b", start) is None:
        return False
    if _NAMESPACE.encode() in start and b"<html" not in start.lower():
        return True
    if start.startswith(b"<?xml") and re.search(rb"<(?:html|table|!doctype html)\b", start, re.IGNORECASE) is None:
        raise Unusable(f"文件 {path.name} 是 XML 数据，不是电子表格", guard.SAVE_AS)
    return False


def read(path: Path, head: bytes) -> SheetFile:
    """Unusable for broken XML, and for what is too large to be held."""
    from lxml import etree

    try:
        if path.stat().st_size > LARGEST:
            raise Unusable(f"文件 {path.name} 是 XML，超过 {LARGEST >> 20} MiB，没有读取", guard.SAVE_AS)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=False)
        root = etree.fromstring(_utf8(path.read_bytes()), parser)
    except OSError as error:
        raise Unusable(f"文件 {path.name} 打不开（{system_says(error)}）", "请看它是否正被别的程序打开") from None
    except (etree.XMLSyntaxError, ValueError):
        raise guard.damaged(path) from None
    epoch1904 = root.find(".//{urn:schemas-microsoft-com:office:excel}Date1904") is not None
    styles = _Styles(root)
    sheets = [
        Sheet(
            page.get(f"{_SS}Name", ""),
            partial(_reading, page, styles, epoch1904),
            hidden=(page.findtext(".//{urn:schemas-microsoft-com:office:excel}Visible") or "").startswith("Sheet"),
        )
        for page in root.iter(f"{_SS}Worksheet")
    ]
    if not sheets:
        raise guard.damaged(path)
    return SheetFile(sheets)


def _utf8(raw: bytes) -> bytes:
    """UTF-16 in UTF-8, for zeros behind the end are taken off; what it says of its encoding goes with it."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = re.sub(r"^\s*<\?xml[^>]*\?>", "", raw.decode("utf-16", "replace").strip("\ufeff\0")).encode()
    return raw.strip(b"\0 \r\n\t")


class _Styles:
    """Styles with strike-through, and number formats that turn numbers into codes."""

    def __init__(self, root: _Element) -> None:
        self.struck: set[str] = set()
        self.codes: dict[str, str] = {}
        self.unseen: dict[str, Unseen] = {}
        for style in root.iter(f"{_SS}Style"):
            name = style.get(f"{_SS}ID", "")
            font, form = style.find(f"{_SS}Font"), style.find(f"{_SS}NumberFormat")
            if font is not None and font.get(f"{_SS}StrikeThrough") == "1":
                self.struck.add(name)
            said = form.get(f"{_SS}Format", "") if form is not None else ""
            said = "0.00%" if said == "Percent" else said
            if (code := shown_by(said)) is not None:
                self.codes[name] = code
            colour = font.get(f"{_SS}Color", "").lower().lstrip("#") if font is not None else ""
            if any(unseen := unseen_under(said, colour=colour or None, ground=_ground(style.find(f"{_SS}Interior")))):
                self.unseen[name] = unseen


def _ground(interior: _Element | None) -> str | None:
    """Of a style, as rrggbb; None under a pattern."""
    pattern = "None" if interior is None else interior.get(f"{_SS}Pattern", "None")
    if interior is None or pattern == "None":
        return WHITE
    return interior.get(f"{_SS}Color", "").lower().lstrip("#") if pattern == "Solid" else None


def _reading(page: _Element, styles: _Styles, epoch1904: bool) -> Iterator[Reading]:
    found = _Page(page, styles)

    def rows(header_row: int = 0, width: int = 0) -> Iterator[tuple[int, Row]]:
        return ((number, found.rows.get(number, [])) for number in range(1, max(found.rows, default=0) + 1))

    def lost(header_row: int, columns: Collection[int]) -> Lost:
        return {
            row: kept
            for row, cells in found.lost.items()
            if row > header_row and (kept := {column: shown for column, shown in cells.items() if column in columns})
        }

    yield Reading(
        rows, max(found.rows, default=0), tuple(found.merged), lost, epoch1904, frozenset(_hidden_columns(page))
    )


def _hidden_columns(page: _Element) -> Iterator[int]:
    at = 0
    for column in page.iter(f"{_SS}Column"):
        first = _index(column, at + 1, _MOST_COLUMNS)
        at = first + _whole(column.get(f"{_SS}Span"))
        if column.get(f"{_SS}Hidden") == "1" or column.get(f"{_SS}Width") in ("0", "0.0"):
            yield from range(first - 1, min(at, _MOST_COLUMNS))


class _Page:
    """The rows of a worksheet."""

    def __init__(self, page: _Element, styles: _Styles) -> None:
        self.styles = styles
        self.rows: dict[int, Row] = {}
        self.lost: dict[int, dict[int, str]] = {}
        self.merged: list[tuple[int, int, int]] = []
        number = 0
        for row in page.iter(f"{_SS}Row"):
            number = _index(row, number + 1, _MOST_ROWS)
            self._row(row, number)
            number += _whole(row.get(f"{_SS}Span"))

    def _row(self, row: _Element, number: int) -> None:
        cells: list[object] = []
        struck: list[bool] = []
        blank: list[bool] = []
        for cell in row.iterchildren(f"{_SS}Cell"):
            at = _index(cell, len(cells) + 1, _MOST_COLUMNS) - 1
            cells += [""] * (at - len(cells))
            style = cell.get(f"{_SS}StyleID") or row.get(f"{_SS}StyleID") or ""
            value = self._value(cell, style, number, at)
            if value != "":
                struck.append(style in self.styles.struck)
                unseen = self.styles.unseen.get(style)
                blank.append(unseen is not None and unseen[isinstance(value, str)])
            if down := _whole(cell.get(f"{_SS}MergeDown")):
                self.merged.append((number, number + down, at))
            cells[at:] = [value, *[""] * min(_whole(cell.get(f"{_SS}MergeAcross")), _MOST_COLUMNS)]
        hidden = row.get(f"{_SS}Hidden") == "1" or row.get(f"{_SS}Height") in ("0", "0.0")
        self.rows[number] = row_with(cells, struck, blank, hidden=hidden)

    def _value(self, cell: _Element, style: str, row: int, column: int) -> object:
        data = cell.find(f"{_SS}Data")
        if data is None:
            data = cell.find("{http://www.w3.org/TR/REC-html40}Data")
        if data is None:
            if cell.get(f"{_SS}Formula"):
                self.lost.setdefault(row, {})[column] = ""
            return ""
        text, kind = "".join(data.itertext()), data.get(f"{_SS}Type", "String")
        if kind == "Error":
            self.lost.setdefault(row, {})[column] = text
            return ""
        if kind == "DateTime":
            return _day(text)
        if kind == "Boolean":
            return "是" if text.strip() == "1" else "否"
        if kind == "Number":
            number = _number(text)
            if number is None:
                self.lost.setdefault(row, {})[column] = text
                return ""
            return as_shown(number, self.styles.codes[style]) if style in self.styles.codes else number
        return text


def _index(element: _Element, following: int, most: int) -> int:
    """Its number, from 1: the one that it says, or the following one."""
    return min(max(_whole(element.get(f"{_SS}Index")), following), most)


def _whole(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 8 else 0


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _day(text: str) -> object:
    """A moment; as text what has a time zone, or is the end of a day."""
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return moment if moment.tzinfo is None and "T24" not in text else text
