"""OpenDocument sheets before they are read: how large they become, and the formulas in them that went wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

from xinfang_cli.errors import Unusable
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import Lost, SheetFile
from xinfang_cli.intake.readers.workbook import sheets_of

MAX_CELLS = 8_000_000
"""In an ods file a few bytes can repeat a text millions of times, each copy its own."""

# LibreOffice and WPS mark such a cell; older programs gave it the value 0 and showed the error.
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|(?:Err|错误)[:：]\s*[0-9]+")


def recognises(path: Path, head: bytes) -> bool:
    """A zip file with the one part that holds all sheets."""
    if not head.startswith(b"PK"):
        return False
    with guard.package(path) as archive:
        names = archive.namelist()
    return "content.xml" in names and not any(name.startswith("xl/workbook.") for name in names)


def read(path: Path, head: bytes) -> SheetFile:
    """Unusable for a bomb."""
    with guard.package(path) as archive:
        cells, wrong = look_over(guard.chunks(archive, archive.getinfo("content.xml")), MAX_CELLS)
        if cells > MAX_CELLS:
            raise Unusable(
                f"文件 {path.name} 的单元格超过 {MAX_CELLS // 10_000} 万个，没有读取",
                "请核对来源；确是大表的，另存为 CSV 再导入",
            )

    def lost(name: str, header_row: int, wanted: Collection[int]) -> Lost:
        found = _wrong_cells([one for one in wrong if one.sheet == name], header_row, wanted)
        if found is None:
            raise guard.endless_formulas(path, name)
        return found

    return sheets_of(path, lost)


class Wrong(NamedTuple):
    """Cells whose formula went wrong, one or a repeated one."""

    sheet: str
    row: int
    """From 1."""
    rows: int
    column: int
    """From 0."""
    columns: int
    shown: str
    """`#N/A`."""

    @property
    def cells(self) -> int:
        """How many they are."""
        return self.rows * self.columns


class _EnoughError(Exception):
    """Counted past the limit."""


class _Walk:
    """One trip through content.xml."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.cells = 0
        self.wrong: list[Wrong] = []
        self.sheet = ""
        self.row = self.rows = self.column = self.columns = 1
        self.filled = 0
        self.formula = self.marked = False
        self.text = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if tag == "table:table":
            self.sheet, self.row, self.rows = attributes.get("table:name", ""), 1, 0
        elif tag == "table:table-row":
            self.row += self.rows
            self.rows = _count(attributes, "table:number-rows-repeated")
            self.column = self.columns = self.filled = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.column += self.columns
            self.columns = _count(attributes, "table:number-columns-repeated")
            if any(name.startswith("office:") for name in attributes):
                self.filled = self.column + self.columns
            self.formula = "table:formula" in attributes
            self.marked = attributes.get("calcext:value-type") == "error"
            self.text = ""
        elif tag == "text:p":
            self.filled = self.column + self.columns

    def said(self, text: str) -> None:
        """Characters, perhaps a piece of them."""
        if self.formula and len(self.text) < 32:
            self.text += text

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "table:table-row":
            self.cells += self.filled * self.rows
            if self.cells > self.limit:
                raise _EnoughError
        elif tag == "table:table-cell" and self.formula:
            shown = self.text.strip()
            if self.marked or _ERROR.fullmatch(shown):
                self.wrong.append(Wrong(self.sheet, self.row, self.rows, self.column, self.columns, shown))
            self.formula = False


def look_over(chunks: Iterable[bytes], limit: int) -> tuple[int, list[Wrong]]:
    """Of content.xml: how many cells its sheets become when repeats are written out (no further than past the limit), and
    the cells whose formula went wrong, which the reader gives as empty. ValueError where it is no XML."""
    walk = _Walk(limit)
    parser = expat.ParserCreate()
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.said
    try:
        for chunk in chunks:
            parser.Parse(chunk)
    except _EnoughError:
        pass
    except expat.ExpatError as error:
        raise ValueError("content.xml") from error
    return walk.cells, walk.wrong


def _count(attributes: Mapping[str, Any], name: str) -> int:
    text = str(attributes.get(name, "1"))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _wrong_cells(wrong: list[Wrong], header_row: int, wanted: Collection[int]) -> dict[int, dict[int, str]] | None:
    """What `Reading.lost` says; None when there is no end of it."""
    if sum(one.cells for one in wrong) > guard.MAX_LOST:
        return None
    lost: dict[int, dict[int, str]] = {}
    for one in wrong:
        for row in range(max(one.row, header_row + 1), one.row + one.rows):
            for column in range(one.column, one.column + one.columns):
                if column in wanted:
                    lost.setdefault(row, {})[column] = one.shown
    return lost
