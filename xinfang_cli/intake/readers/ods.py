"""OpenDocument sheets before they are read: how large they become, and the formulas in them that went wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from xml.parsers import expat

from xinfang_cli.errors import Unusable
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.marks import WHITE, Marks, code_of
from xinfang_cli.intake.readers.sheet import Lost, SheetFile
from xinfang_cli.intake.readers.workbook import sheets_of

_T = TypeVar("_T")
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
        styles = _StyleWalk()
        if "styles.xml" in archive.namelist():
            _gone_through(guard.chunks(archive, archive.getinfo("styles.xml")), styles.start, styles.said, styles.end)
        seen = look_over(guard.chunks(archive, archive.getinfo("content.xml")), MAX_CELLS, styles)
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

    def __init__(self, limit: int, styles: _StyleWalk) -> None:
        self.limit = limit
        self.cells = 0
        self.wrong: list[Wrong] = []
        self.null_date = "1899-12-30"
        self.marks: dict[str, Marks] = {}
        self.merged: dict[str, list[tuple[int, int, int, int]]] = {}
        self.sheet = ""
        self.row = self.rows = self.column = self.columns = 1
        self.filled = self.placed = 0
        self.formula = self.marked = self.valued = self.worded = False
        self.text = ""
        self.paragraphs = 0
        self.styles = styles
        self.styled: list[str] = []
        """The styles of the filled cells of a row."""
        self.unseen: list[bool] = []
        """Whether nobody sees these cells."""
        self.style = self.of_row = ""
        self.of_columns: list[tuple[int, str]] = []
        """End and style of runs of columns: that of cells which name none."""
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
        self.of_columns = []

    def _table_column(self, attributes: Mapping[str, str]) -> None:
        first = self.placed
        self.placed += _count(attributes, "table:number-columns-repeated")
        self.of_columns.append((self.placed, attributes.get("table:default-cell-style-name", "")))
        if attributes.get("table:visibility", "visible") != "visible":
            self.marks[self.sheet].hide_columns(first, self.placed - 1)

    def _table_row(self, attributes: Mapping[str, str]) -> None:
        self.row += self.rows
        self.rows = _count(attributes, "table:number-rows-repeated")
        self.column = self.columns = self.filled = 0
        self.styled.clear()
        self.unseen.clear()
        self.of_row = attributes.get("table:default-cell-style-name", "")
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
        self.worded = bool(attributes.get("office:value") or attributes.get("office:string-value"))
        if attributes.get("office:value", "").lower().lstrip("-") in ("nan", "inf", "infinity"):
            self.wrong.append(Wrong(self.sheet, self.row, self.rows, self.column, self.columns, "NaN"))
        self.text, self.paragraphs = "", 0
        down, across = (_count(attributes, f"table:number-{way}-spanned") for way in ("rows", "columns"))
        if down > 1 or across > 1:
            place = (self.row, self.row + down - 1, self.column, self.column + min(across, _MOST_REPEATED) - 1)
            self.merged.setdefault(self.sheet, []).append(place)
        self.style = attributes.get("table:style-name") or self.of_row or self._style_of_column()
        if self.valued:
            self.styled.append(self.style)
            self.unseen.append(self.styles.is_white(self.style))
        if attributes.get("office:value-type") == "boolean":
            self.marks[self.sheet].truths = True
        if attributes.get("office:value-type") in ("float", "percentage") and (code := self.styles.code(self.style)):
            for column in range(self.column, self.column + min(self.columns, _MOST_REPEATED)):
                self.marks[self.sheet].code(self.row, column, code, self.rows)

    def _style_of_column(self) -> str:
        return next((style for end, style in self.of_columns if self.column < end), "")

    def _paragraph(self, attributes: Mapping[str, str]) -> None:
        self.filled = self.column + self.columns
        self.paragraphs += 1

    def _null_date(self, attributes: Mapping[str, str]) -> None:
        self.null_date = attributes.get("table:date-value", self.null_date)

    def said(self, text: str) -> None:
        """Characters, perhaps a piece of them."""
        if (self.formula or self.worded) and len(self.text) < 32:
            self.text += text
        self.styles.said(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "table:table-row":
            self.cells += self.filled * self.rows
            if self.cells > self.limit:
                raise _EnoughError
            struck = [self.styles.is_struck(style) for style in self.styled]
            for row in range(self.row, self.row + self.rows) if any(struck) or any(self.unseen) else ():
                self.marks[self.sheet].strike(row, struck)
                self.marks[self.sheet].unsee(row, self.unseen)
            return
        if tag == "table:table-cell" and self.worded and self.paragraphs and not self.text.strip():
            self.unseen[-1:] = [True]  # the text that is shown is none
        if tag == "table:table-cell" and self.formula:
            shown = self.text.strip()
            if self.marked or _ERROR.fullmatch(shown) or not (self.valued or shown):
                self.wrong.append(Wrong(self.sheet, self.row, self.rows, self.column, self.columns, shown))
            self.formula = False
        elif tag.startswith("number:"):
            self.styles.end(tag)
        if tag == "table:table-cell":
            self.worded = False


_REPEATED_TO_THE_END = 100_000
"""Rows repeated so often are the empty ones below a sheet."""
_MOST_REPEATED = 64


class _StyleWalk:
    """The styles of cells that strike them out, write white on white, or show a number otherwise; of the parts in turn."""

    def __init__(self) -> None:
        self.struck: dict[str, bool] = {}
        self.colours: dict[str, str] = {}
        self.grounds: dict[str, str] = {}
        self.parents: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        """Number style → how it shows numbers."""
        self.of_cells: dict[str, str] = {}
        """Cell style → its number style."""
        self.cell = self.number = ""
        self.places = 0
        self.form: list[str] = []
        self.literal = False

    def _said(self, said: Mapping[str, _T], style: str, otherwise: _T) -> _T:
        """Look up what a cell style says, or the one that it goes on from."""
        for _ in range(_MOST_PARENTS):
            if style in said:
                return said[style]
            style = self.parents.get(style, "")
        return otherwise

    def is_struck(self, style: str) -> bool:
        """Whether a cell style strikes out."""
        return bool(self.struck) and self._said(self.struck, style, False)

    def is_white(self, style: str) -> bool:
        """Whether a cell style writes white on white."""
        if not self.colours or self._said(self.colours, style, "") != WHITE:
            return False
        return self._said(self.grounds, style, "transparent") in ("transparent", WHITE)

    def code(self, cell_style: str) -> str:
        """How a cell style shows numbers, or nothing."""
        return self.codes.get(self._said(self.of_cells, cell_style, ""), "") if self.codes else ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element of the styles begins."""
        if tag == "style:style":
            self.cell = attributes.get("style:name", "")
            self.parents[self.cell] = attributes.get("style:parent-style-name", "")
            if "style:data-style-name" in attributes:
                self.of_cells[self.cell] = attributes["style:data-style-name"]
        elif tag == "style:text-properties":
            if "style:text-line-through-style" in attributes:
                self.struck[self.cell] = attributes["style:text-line-through-style"] != "none"
            if "fo:color" in attributes:
                self.colours[self.cell] = attributes["fo:color"].lower().lstrip("#")
            elif attributes.get("style:use-window-font-color") == "true":
                self.colours[self.cell] = ""
        elif tag == "style:table-cell-properties" and "fo:background-color" in attributes:
            self.grounds[self.cell] = attributes["fo:background-color"].lower().lstrip("#")
        elif tag in ("number:number-style", "number:percentage-style"):
            self.number, self.form = attributes.get("style:name", ""), []
            self.places = 0
        elif tag == "number:number":
            self.places = _count({"n": attributes.get("number:decimal-places", "0")}, "n")
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
        elif tag == "number:percentage-style":
            self.codes[self.number] = f"%{min(self.places, _MOST_PLACES)}"


_MOST_PARENTS = 16
_MOST_PLACES = 15


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


def look_over(chunks: Iterable[bytes], limit: int, styles: _StyleWalk) -> Seen:
    """ValueError where it is no XML; the styles are those of the part beside it."""
    walk = _Walk(limit, styles)
    with suppress(_EnoughError):
        _gone_through(chunks, walk.start, walk.said, walk.end)
    marks = {name: found for name, found in walk.marks.items() if found or found.columns}
    return Seen(walk.cells, walk.wrong, walk.null_date, marks, walk.merged)


def _gone_through(
    chunks: Iterable[bytes],
    start: Callable[[str, dict[str, str]], object],
    said: Callable[[str], object],
    end: Callable[[str], object],
) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, said, end
    try:
        for chunk in chunks:
            parser.Parse(chunk)
    except expat.ExpatError as error:
        raise ValueError("no XML") from error


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
