"""OpenDocument sheets before they are read: how large they become, and the formulas in them that went wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

from xinfang_cli.errors import Unusable
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.marks import Marks, code_of
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
    """Unusable for a bomb, and for days counted from where nobody counts them."""
    with guard.package(path) as archive:
        seen = look_over(guard.chunks(archive, archive.getinfo("content.xml")), MAX_CELLS)
    if seen.cells > MAX_CELLS:
        raise Unusable(
            f"文件 {path.name} 的单元格超过 {MAX_CELLS // 10_000} 万个，没有读取",
            "请核对来源；确是大表的，另存为 CSV 再导入",
        )
    if seen.null_date not in _NULL_DATES:
        raise Unusable(f"文件 {path.name} 的日期从 {seen.null_date} 数起，认不准", guard.SAVE_AS)

    def lost(name: str, header_row: int, wanted: Collection[int]) -> Lost:
        found = _wrong_cells([one for one in seen.wrong if one.sheet == name], header_row, wanted)
        if found is None:
            raise guard.endless_formulas(path, name)
        return found

    epoch1904 = _NULL_DATES[seen.null_date]
    return sheets_of(
        path, lost, epoch1904=epoch1904, marks=seen.marks.get, merged=lambda name: seen.merged.get(name, ())
    )


_NULL_DATES = {"1899-12-30": False, "1904-01-01": True}


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
        """The number of them."""
        return self.rows * self.columns


class _EnoughError(Exception):
    """Counted past the limit."""


class _Walk:
    """One trip through content.xml."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.cells = 0
        self.wrong: list[Wrong] = []
        self.null_date = "1899-12-30"
        self.marks: dict[str, Marks] = {}
        self.merged: dict[str, list[tuple[int, int, int, int]]] = {}
        self.sheet = ""
        self.row = self.rows = self.column = self.columns = 1
        self.filled = self.placed = 0
        self.formula = self.marked = self.valued = False
        self.text = ""
        self.styles = _StyleWalk()
        self.styled: list[str] = []
        """The styles of the filled cells of a row."""
        self.style = ""
        self.starts = {
            "table:table": self._table,
            "table:table-column": self._table_column,
            "table:table-row": self._table_row,
            "table:table-cell": self._cell,
            "table:covered-table-cell": self._cell,
            "text:p": self._paragraph,
            "table:null-date": self._null_date,
        }

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if (act := self.starts.get(tag)) is not None:
            act(attributes)
        elif tag.startswith(("style:", "number:")):
            self.styles.start(tag, attributes)

    def _table(self, attributes: Mapping[str, str]) -> None:
        self.sheet, self.row, self.rows = attributes.get("table:name", ""), 1, 0
        self.marks[self.sheet] = Marks()
        self.placed = 0

    def _table_column(self, attributes: Mapping[str, str]) -> None:
        first = self.placed
        self.placed += _count(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility", "visible") != "visible":
            self.marks[self.sheet].hide_columns(first, self.placed - 1)

    def _table_row(self, attributes: Mapping[str, str]) -> None:
        self.row += self.rows
        self.rows = _count(attributes, "table:number-rows-repeated")
        self.column = self.columns = self.filled = 0
        self.styled.clear()
        if attributes.get("table:visibility", "visible") != "visible" and self.rows < _REPEATED_TO_THE_END:
            self.marks[self.sheet].hidden.update(range(self.row, self.row + self.rows))

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self.column += self.columns
        self.columns = _count(attributes, "table:number-columns-repeated")
        if any(name.startswith("office:") for name in attributes):
            self.filled = self.column + self.columns
        self.formula = "table:formula" in attributes
        self.marked = attributes.get("calcext:value-type") == "error"
        self.valued = "office:value-type" in attributes
        if attributes.get("office:value", "").lower().lstrip("-") in ("nan", "inf", "infinity"):
            self.wrong.append(Wrong(self.sheet, self.row, self.rows, self.column, self.columns, "NaN"))
        self.text = ""
        down, across = (_count(attributes, f"table:number-{way}-spanned") for way in ("rows", "columns"))
        if down > 1 or across > 1:
            place = (self.row, self.row + down - 1, self.column, self.column + min(across, _MOST_REPEATED) - 1)
            self.merged.setdefault(self.sheet, []).append(place)
        self.style = attributes.get("table:style-name", "")
        if self.valued:
            self.styled.append(self.style)
        if attributes.get("office:value-type") == "boolean":
            self.marks[self.sheet].truths = True
        if attributes.get("office:value-type") == "float" and (code := self.styles.code(self.style)):
            for column in range(self.column, self.column + min(self.columns, _MOST_REPEATED)):
                self.marks[self.sheet].code(self.row, column, code, self.rows)

    def _paragraph(self, attributes: Mapping[str, str]) -> None:
        self.filled = self.column + self.columns

    def _null_date(self, attributes: Mapping[str, str]) -> None:
        self.null_date = attributes.get("table:date-value", self.null_date)

    def said(self, text: str) -> None:
        """Characters, perhaps a piece of them."""
        if self.formula and len(self.text) < 32:
            self.text += text
        self.styles.said(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "table:table-row":
            self.cells += self.filled * self.rows
            if self.cells > self.limit:
                raise _EnoughError
            struck = [style in self.styles.struck for style in self.styled]
            for row in range(self.row, self.row + self.rows) if any(struck) else ():
                self.marks[self.sheet].strike(row, struck)
        elif tag == "table:table-cell" and self.formula:
            shown = self.text.strip()
            if self.marked or _ERROR.fullmatch(shown) or not (self.valued or shown):
                self.wrong.append(Wrong(self.sheet, self.row, self.rows, self.column, self.columns, shown))
            self.formula = False
        elif tag.startswith("number:"):
            self.styles.end(tag)


_REPEATED_TO_THE_END = 100_000
"""Rows repeated so often are the empty ones below a sheet."""
_MOST_REPEATED = 64


class _StyleWalk:
    """The styles of cells that strike them out, or show a number as a code."""

    def __init__(self) -> None:
        self.struck: set[str] = set()
        self.codes: dict[str, str] = {}
        """Number style → its code."""
        self.of_cells: dict[str, str] = {}
        """Cell style → its number style."""
        self.cell = self.number = ""
        self.form: list[str] = []
        self.literal = False

    def code(self, cell_style: str) -> str:
        """The code a cell style shows numbers as, or nothing."""
        return self.codes.get(self.of_cells.get(cell_style, ""), "")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element of the styles begins."""
        if tag == "style:style":
            self.cell = attributes.get("style:name", "")
            self.of_cells[self.cell] = attributes.get("style:data-style-name", "")
        elif tag == "style:text-properties" and attributes.get("style:text-line-through-style", "none") != "none":
            self.struck.add(self.cell)
        elif tag == "number:number-style":
            self.number, self.form = attributes.get("style:name", ""), []
        elif tag == "number:number":
            plain = attributes.get("number:decimal-places", "0") == "0" and "number:grouping" not in attributes
            self.form.append("0" * _count(attributes, "number:min-integer-digits") if plain else ".")
        elif tag == "number:text":
            self.literal = True

    def said(self, text: str) -> None:
        """Characters of a literal in a number style."""
        if self.literal:
            self.form.append(f'"{text}"')

    def end(self, tag: str) -> None:
        """An element of a number style ends."""
        self.literal = False
        if tag == "number:number-style" and (code := code_of("".join(self.form))) is not None:
            self.codes[self.number] = code


class Seen(NamedTuple):
    """The facts collected in one pass over content.xml."""

    cells: int
    """How many its sheets become when repeats are written out, no further than past the limit."""
    wrong: list[Wrong]
    """The cells whose formula went wrong or was never worked out: calamine gives them as empty."""
    null_date: str
    """The day that numbers of days count from."""
    marks: dict[str, Marks]
    merged: dict[str, list[tuple[int, int, int, int]]]
    """Sheet → first and last row from 1, first and last column from 0, of cells that are one: calamine does not know."""


def look_over(chunks: Iterable[bytes], limit: int) -> Seen:
    """ValueError where it is no XML."""
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
    marks = {name: found for name, found in walk.marks.items() if found or found.columns}
    return Seen(walk.cells, walk.wrong, walk.null_date, marks, walk.merged)


def _count(attributes: Mapping[str, Any], name: str) -> int:
    text = str(attributes.get(name, "1"))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _wrong_cells(wrong: list[Wrong], header_row: int, wanted: Collection[int]) -> dict[int, dict[int, str]] | None:
    """The answer of `Reading.lost`; None if endless."""
    if sum(one.cells for one in wrong) > guard.MAX_LOST:
        return None
    lost: dict[int, dict[int, str]] = {}
    for one in wrong:
        for row in range(max(one.row, header_row + 1), one.row + one.rows):
            for column in range(one.column, one.column + one.columns):
                if column in wanted:
                    lost.setdefault(row, {})[column] = one.shown
    return lost
