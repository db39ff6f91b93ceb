"""OpenDocument sheets before they are read: how large they become, and the formulas in them that went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from xml.parsers import expat

# LibreOffice and WPS mark such a cell; older programs gave it the value 0 and showed the error.
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|(?:Err|错误)[:：]\s*[0-9]+")


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
