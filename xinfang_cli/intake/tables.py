"""Spreadsheets and text files as tables of rows: where the header stands, and the rows below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

from xinfang_cli.errors import BadValue, Unusable
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import clean_text, half_width
from xinfang_cli.intake.headings import CANONICAL, KNOWN, Known, Layout, cell_value, field_of
from xinfang_cli.intake.readers import biff, csv, guard, html, ods, xls, xlsx, xml2003
from xinfang_cli.intake.readers.sheet import Lost, MarkedRow, Reading, Row, Sheet, SheetFile

HEADER_ROWS = 10
HEADER_NEEDS = 2
GUESS_NEEDS = 4
"""What is only like our headings makes a header of a row when there is more of it, and it is most of the row."""


MAX_COLUMNS = 16_384
FULL = frozenset({16_384, 65_536, 1_048_576})
"""Rows that a sheet holds, of Excel to 1995, of xls and of xlsx: what filled one went on, and was cut off there."""


class Reader(NamedTuple):
    """A file format: its recognition by the first bytes, and its reader."""

    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path, bytes], SheetFile]


READERS = (
    Reader(ods.recognises, ods.read),
    Reader(xlsx.recognises, xlsx.read),
    Reader(xls.recognises, xls.read),
    Reader(biff.recognises, biff.read),
    Reader(xml2003.recognises, xml2003.read),
    Reader(html.recognises, html.read),
    Reader(csv.recognises, csv.read),
)
"""Asked in this order; the last takes what no other does."""


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One sheet with a header row."""

    name: str
    header_row: int
    """The header's row number in the sheet, from 1."""
    above: tuple[Row, ...]
    """The rows above the header: titles."""
    layout: Layout
    hidden: bool
    """The sheet itself is hidden."""
    reading: Reading
    """The sheet's cells, those of the header and above too."""

    @property
    def headings(self) -> tuple[str, ...]:
        """The header row's cells, blanks taken off."""
        return self.layout.headings

    @property
    def epoch1904(self) -> bool:
        """Serial numbers in this sheet count from 1904: pass on to parse_file_day."""
        return self.reading.epoch1904

    @property
    def rows_at_most(self) -> int:
        """For a progress bar: no more rows than this stand below the header."""
        return self.reading.rows_at_most - self.header_row

    @property
    def cut_at(self) -> int:
        """The last row, where it is the last that such a sheet can have; 0 of others."""
        return self.reading.rows_at_most if self.reading.rows_at_most in FULL else 0

    def hidden_headings(self) -> list[str]:
        """The headings of columns that are hidden in the sheet."""
        return [name for at, name in enumerate(self.headings) if name and at in self.reading.hidden_columns]

    @property
    def title_year(self) -> int | None:
        """The only year that the title above the header or the sheet's name says: 2023年度信访台账."""
        text = half_width(" ".join([self.name, *(clean_text(cell) for row in self.above for cell in row)]))
        found = set(re.findall(r"(?<![0-9])(20[0-9]{2})年", text))
        return int(found.pop()) if len(found) == 1 else None

    def lost(self) -> Lost:
        """Lost cells of known columns: row number → column → `#N/A` for an error, empty for an uncomputed formula.
        Unusable if endless.
        """
        columns = {entry[0] for entry in self.layout.plan} | {entry[0] for entry in self.layout.more}
        return self.reading.lost(self.header_row, columns)

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row number in the sheet and raw cells of each row below the header, from the first again at each call."""
        width = max((n for n, heading in enumerate(self.headings, 1) if heading), default=0)
        rows = islice(self.reading.rows(self.header_row, width), self.header_row, None)
        merged = [place for place in self.reading.merged if place[0] > self.header_row]
        if not merged:
            return rows
        own = {self.layout.columns[name] for name in _OWN if name in self.layout.columns}
        return _filled_down(rows, merged, own)


# What a row must say itself to be a case of its own, and not the second line of the one above.
_OWN = ("case_no", "external_no", "title", "content")


def _filled_down(
    rows: Iterator[tuple[int, Row]], merged: Iterable[tuple[int, int, int]], own: set[int]
) -> Iterator[tuple[int, Row]]:
    """The rows with every cell that a merged one covers as a person sees it."""
    begin: dict[int, list[tuple[int, int]]] = {}
    for first, last, column in merged:
        begin.setdefault(first, []).append((last, column))
    over: dict[int, tuple[int, object]] = {}
    for number, cells in rows:
        if over:
            over = {column: (last, cell) for column, (last, cell) in over.items() if last >= number}
            if any(cell_value(cells[column], False) for column in own if column not in over and column < len(cells)):
                filled = [over[n][1] if n in over else cell for n, cell in enumerate(cells)]
                covered = any(cell not in ("", None, filled[n]) for n, cell in enumerate(cells) if n in over)
                row = cells if isinstance(cells, MarkedRow) else MarkedRow(cells)
                cells = row.filled(filled, covered=covered)
        for last, column in begin.get(number, ()):
            over[column] = last, cells[column] if column < len(cells) else ""
        yield number, cells


class Opened(NamedTuple):
    """The contents of a file for an import."""

    tables: list[SheetTable]
    other_sheets: list[str]
    """Sheets that have a header row too and were not asked for."""


class Look(NamedTuple):
    """How to find the header: known headings, similar ones, and whether similarity alone suffices."""

    known: Known = KNOWN
    near: Callable[[str], str | None] | None = None
    guess: bool = False

    def field(self, heading: object) -> str | None:
        """The field that a heading stands for, or else is like."""
        found = field_of(heading, self.known)
        return found or (self.near(str(heading)) if self.near and len(str(heading)) <= _LONGEST_LIKE else None)


_LONGEST_LIKE = 16
OURS = Look()


def open_tables(path: Path, sheet: str | None = None, look: Look = OURS) -> Opened:
    """The first sheet with a header row, the named one, or `all`.

    Raises Unusable for a bad file, BadValue for no header.
    """
    found = _recognised(path)
    if found.is_text and sheet not in (None, "all", path.stem):
        raise BadValue("工作表", sheet, f"在 {path.name} 里没有", "CSV 只有一张表，不用 ⟦.sheet⟧")
    try:
        return _choose(path, found.sheets, sheet, look)
    except BadValue:
        cause = csv.misread(path, lambda word: field_of(word, look.known) is not None) if found.is_text else None
        if cause is None:
            raise
    raise cause


def _recognised(path: Path) -> SheetFile:
    head = guard.beginning(path)
    return next(reader.read(path, head) for reader in READERS if reader.recognises(path, head))


def named_sheets(path: Path, names: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of small sheets by name in a workbook with a ledger; nothing for a CSV."""
    found = _recognised(path)
    if found.is_text:
        return {}
    return {sheet.name: [cells for _, cells in _first_rows(sheet)] for sheet in found.sheets if sheet.name in names}


def plain_rows(path: Path) -> list[tuple[int, Row]]:
    """Row number and cells of the first sheet of a small list, whatever its headings, of a text file in the reading that
    makes most columns of the top. Unusable for a bad file."""
    found = _recognised(path)
    if not found.sheets:
        raise guard.damaged(path)
    if not found.is_text:
        return list(_first_rows(found.sheets[0]))

    def columns(reading: Reading) -> int:
        return max((len(cells) for _, cells in islice(reading.rows(), HEADER_ROWS)), default=0)

    return list(max(found.sheets[0].readings(), key=columns).rows())


def _first_rows(sheet: Sheet) -> Iterator[tuple[int, Row]]:
    return next(iter(sheet.readings())).rows()


# --- header rows -----------------------------------------------------------------------------------------------------


class _Header(NamedTuple):
    """The last row of a header, from 0; its cells, those of two rows in one; how many fields they name."""

    at: int
    cells: Row
    fields: int
    two: bool = False


def _find_header(rows: Sequence[Row], look: Look) -> _Header | None:
    """The row with the most fields, the first among equals; or two rows with more fields together. The lower one may
    use similar headings.
    """
    exact = _most(rows, look.known, partial(field_of, known=look.known), HEADER_NEEDS)
    if look.near is None:
        return exact
    if exact is None:
        likely = _most(rows, look.known, look.field, GUESS_NEEDS) if look.guess else None
        filled = sum(bool(clean_text(cell)) for cell in likely.cells) if likely else 0
        return likely if likely and likely.fields * 2 >= filled else None
    if exact.two:
        return exact
    below = _most(rows[exact.at : exact.at + 2], look.known, look.field, GUESS_NEEDS)
    return below._replace(at=exact.at + 1) if below and below.two else exact


def _most(rows: Sequence[Row], known: Known, field: Callable[[object], str | None], needs: int) -> _Header | None:
    best: _Header | None = None
    top = [[clean_text(cell) for cell in row] for row in rows[:HEADER_ROWS]]
    for index, cells in enumerate(top):
        if (fields := _fields(cells, field)) > (best.fields if best else needs - 1):
            best = _Header(index, cells, fields)
    for index, (upper, lower) in enumerate(pairwise(top)):
        both = _joined(upper, lower, known, field)
        if both and any(not field_of(name, known) and field(name) for name in both) and _is_data(upper, lower, field):
            continue
        if both and (fields := _fields(both, field)) > (best.fields if best else needs - 1):
            best = _Header(index + 1, both, fields, two=True)
    return best


def _is_data(upper: Sequence[str], lower: Sequence[str], field: Callable[[object], str | None]) -> bool:
    """Whether the lower row fills a column that has its heading already and is no group: as a second header would not."""
    after = [*upper[1:], "the end"]
    return any(
        title and sub and nearby and field(title) for title, sub, nearby in zip(upper, lower, after, strict=False)
    )


def _fields(cells: Sequence[str], field: Callable[[object], str | None]) -> int:
    """The number of different fields named by these cells as headings."""
    return len({found for cell in cells if cell and (found := field(cell))})


def _joined(
    upper: Sequence[str], lower: Sequence[str], known: Known, field: Callable[[object], str | None]
) -> list[str] | None:
    """Two header rows joined: the lower within the groups of the upper (复查 over 日期 and 结果). None if the lower row looks
    like data, with headings in less than half of its cells.
    """
    width = max(len(upper), len(lower))
    above, below = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
    group, names, named = "", [], 0
    for title, sub in zip(above, below, strict=True):
        if title or not sub:
            group = title if sub else ""
        if sub:
            both = f"{group}{sub}"
            found = next((name for name in (both, sub) if field_of(name, known)), None)
            found = found or next((name for name in (both, sub) if field(name)), None)
            named += found is not None
            names.append(found or both)
        else:
            names.append(title)
    return names if named and named * 2 >= sum(map(bool, below)) else None


def _no_header(path: Path, sheet: str | None = None) -> BadValue:
    where = f"{path.name} 的「{sheet}」" if sheet else path.name
    some = "、".join(CANONICAL[name] for name in ("case_no", "received_on", "title", "name", "unit"))
    return BadValue(
        "文件",
        where,
        f"的前 {HEADER_ROWS} 行里没有表头：至少要有两个认得的列名，如 {some}",
        "用 ⟦template⟧ 生成模板对照，把列名改成模板里的",
    )


def _choose(path: Path, sheets: Sequence[Sheet], wanted: str | None, look: Look) -> Opened:
    if wanted is not None and wanted != "all":
        exact = [sheet for sheet in sheets if sheet.name == wanted]
        found = next(iter(exact or [sheet for sheet in sheets if sheet.name.strip() == wanted.strip()]), None)
        if found is None:
            names = "、".join(sheet.name for sheet in sheets)
            raise BadValue("工作表", wanted, f"在 {path.name} 里没有", f"有：{names}")
        table = _read(found, look)
        if table is None:
            raise _no_header(path, found.name)
        return Opened([table], [])
    tables: list[SheetTable] = []
    others: list[str] = []
    for sheet in sheets if wanted else sorted(sheets, key=lambda sheet: sheet.hidden):
        if tables and wanted is None:
            with suppress(Unusable):  # nobody asked for that sheet
                if _read(sheet, look) is not None:
                    others.append(sheet.name)
        elif (table := _read(sheet, look)) is not None:
            tables.append(table)
    if not tables:
        raise _no_header(path)
    return Opened(tables, others)


def _read(sheet: Sheet, look: Look) -> SheetTable | None:
    """The reading with the most fields in its header, the first among equals; None without a header."""
    best: SheetTable | None = None
    fields = 0
    broken: Unusable | None = None
    for reading in sheet.readings():
        first: list[Row] = []
        try:
            for _, cells in islice(reading.rows(), HEADER_ROWS):
                first.append(cells)
        except Unusable as error:  # perhaps only in this reading; else rows() comes upon it again
            broken = error
        if (width := max(map(len, first), default=0)) > MAX_COLUMNS:
            raise Unusable(
                f"表「{sheet.name}」有 {width} 列，超出电子表格能有的 {MAX_COLUMNS} 列", "请核对来源和分隔符"
            )
        header = _find_header(first, look)
        if header is not None and header.fields > fields:
            fields = header.fields
            best = SheetTable(
                name=sheet.name,
                header_row=header.at + 1,
                above=tuple(first[: header.at]),
                layout=Layout.of(header.cells, look.known),
                hidden=sheet.hidden,
                reading=reading,
            )
    if best is None and broken is not None:
        raise broken
    return best
