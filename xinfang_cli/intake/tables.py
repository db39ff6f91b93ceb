"""Spreadsheets and CSV as tables of rows: what kind of file it is, where the header stands, and the rows below it."""

from __future__ import annotations

import codecs
import csv
import html
import re
import struct
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from xinfang_cli.errors import BadValue, Unusable, system_says
from xinfang_cli.intake.cleaning import clean_text
from xinfang_cli.intake.headings import CANONICAL, KNOWN, Known, Layout, cell_value, field_of

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    from xinfang_cli.intake.readers import ods

Row = Sequence[object]
_T = TypeVar("_T")

HEADER_ROWS = 10
HEADER_NEEDS = 2
GUESS_NEEDS = 4
"""What is only like our headings makes a header of a row when there is more of it, and it is most of the row."""

# A workbook says how large it will be once unpacked; one that says or turns out to be more than an office can have is a bomb.
MAX_UNPACKED = 1536 << 20
MAX_RATIO = 250
RATIO_MATTERS_FROM = 96 << 20
# calamine lays a sheet out as one full rectangle, 24 bytes a cell: one stray cell at XFD1048576 asked for 512 GiB and
# the process was killed.
MAX_CELLS = 60_000_000
MAX_ODS_CELLS = 8_000_000  # in an ods file a few bytes can repeat a text millions of times, each copy its own

_CHUNK = 1 << 20
_SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx，再导入"


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet with a header row."""

    name: str
    header_row: int
    """The header's row number in the sheet, from 1."""
    above: tuple[Row, ...]
    """The rows above the header: titles."""
    layout: Layout
    epoch1904: bool
    """Serial numbers in this sheet count from 1904: pass on to parse_file_day."""
    rows_at_most: int
    """For a progress bar: no more rows than this stand below the header (quoted line breaks make it too large)."""
    _open: Callable[[], Iterator[tuple[int, Row]]]
    merged: tuple[tuple[int, int, int], ...] = ()
    """Cells merged downwards below the header: first and last row number, column from 0."""
    _lost: Callable[[Layout], Mapping[int, Mapping[int, str]]] | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        """The header row's cells, blanks taken off."""
        return self.layout.headings

    def lost(self) -> Mapping[int, Mapping[int, str]]:
        """Cells of known columns without a value: row number → column → `#N/A` where a formula went wrong, nothing where
        it was never worked out. The reader of workbooks gives both as empty. Unusable where there is no end of them."""
        return self._lost(self.layout) if self._lost else {}

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row number in the sheet and raw cells of each row below the header, from the first again at each call."""
        rows = islice(self._open(), self.header_row, None)
        if not self.merged:
            return rows
        own = {self.layout.columns[name] for name in _OWN if name in self.layout.columns}
        return _filled_down(rows, self.merged, own)


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
                cells = [over[n][1] if n in over else cell for n, cell in enumerate(cells)]
        for last, column in begin.get(number, ()):
            over[column] = last, cells[column] if column < len(cells) else ""
        yield number, cells


class Opened(NamedTuple):
    """What a file holds for an import."""

    tables: list[Table]
    other_sheets: list[str]
    """Sheets that have a header row too and were not asked for."""


class Look(NamedTuple):
    """The headings to look for; what a heading is like that is none of them; whether likeness alone makes a header."""

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
    try:
        with path.open("rb") as file:
            head = file.read(_CHUNK)
    except FileNotFoundError:
        raise Unusable(f"找不到文件 {path.name}", "请核对文件名和所在文件夹") from None
    except IsADirectoryError:
        raise Unusable(f"{path.name} 是文件夹，不是文件", "请给出要导入的表格文件") from None
    except OSError as error:
        raise Unusable(
            f"文件 {path.name} 打不开（{system_says(error)}）", "请看它是否正被别的程序打开、有无读取权限"
        ) from None
    if not head.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise Unusable(f"文件 {path.name} 是空的", "请核对是否导出成功")
    if head.startswith(b"PK"):
        return _open_zip(path, sheet, look)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _open_xls(path, sheet, look)
    return _open_csv(path, head, sheet, look)


def named_sheets(path: Path, names: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of the sheets of those names that a workbook has, small ones that go with a ledger; nothing of a CSV."""
    with path.open("rb") as file:
        if not file.read(4).startswith((b"PK", b"\xd0\xcf")):
            return {}
    book = _load(path)

    def rows(name: str) -> list[Row]:
        return list(book.get_sheet_by_name(name).iter_rows())

    return {name: _guarded(path, partial(rows, name)) for name in names if name in book.sheet_names}


# --- header rows -----------------------------------------------------------------------------------------------------


class _Header(NamedTuple):
    """The last row of a header, from 0; its cells, those of two rows in one; how many fields they name."""

    at: int
    cells: Row
    fields: int
    two: bool = False


def _find_header(rows: Sequence[Row], look: Look) -> _Header | None:
    """The row that names most fields, the first of equals; or two rows that name more together. The lower of the two
    may say it in words that are only like ours."""
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
    """How many different fields these cells, read as headings, would name."""
    return len({found for cell in cells if cell and (found := field(cell))})


def _joined(
    upper: Sequence[str], lower: Sequence[str], known: Known, field: Callable[[object], str | None]
) -> list[str] | None:
    """Two header rows as one: the lower names what the upper groups (复查 over 日期 and 结果). None where the lower row
    looks like data: less than half of its cells are headings."""
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
        "用 xinfang template 生成模板对照，把列名改成模板里的",
    )


def _choose(
    path: Path,
    names: Sequence[str],
    sheet: str | None,
    read: Callable[[str], Table | None],
) -> Opened:
    if sheet is not None and sheet != "all":
        wanted = sheet if sheet in names else next((name for name in names if name.strip() == sheet.strip()), None)
        if wanted is None:
            raise BadValue("工作表", sheet, f"在 {path.name} 里没有", f"有：{'、'.join(names)}")
        table = read(wanted)
        if table is None:
            raise _no_header(path, wanted)
        return Opened([table], [])
    tables: list[Table] = []
    others: list[str] = []
    for name in names:
        if tables and sheet is None:
            with suppress(Unusable):  # nobody asked for that sheet
                if read(name) is not None:
                    others.append(name)
        elif (table := read(name)) is not None:
            tables.append(table)
    if not tables:
        raise _no_header(path)
    return Opened(tables, others)


# --- workbooks -------------------------------------------------------------------------------------------------------


def _load(path: Path) -> CalamineWorkbook:
    import python_calamine

    def load() -> CalamineWorkbook:
        with path.open(
            "rb"
        ) as file:  # by its content: given the path, the reader goes by the extension, often a wrong one
            return python_calamine.CalamineWorkbook.from_filelike(file)

    return _guarded(path, load)


def _guarded(path: Path, act: Callable[[], _T]) -> _T:
    import python_calamine

    try:
        return act()
    except python_calamine.PasswordError:
        raise _locked(path) from None
    except (python_calamine.CalamineError, OSError, ValueError, MemoryError):
        raise _damaged(path) from None
    except BaseException as error:
        # a panic inside the Rust reader is no Exception
        if type(error).__name__ == "PanicException":
            raise _damaged(path) from None
        raise


def _locked(path: Path) -> Unusable:
    return Unusable(f"文件 {path.name} 有打开密码，读不了", "请在 Excel 或 WPS 里去掉密码后另存，再导入")


def _damaged(path: Path) -> Unusable:
    return Unusable(f"文件 {path.name} 已损坏，读不出来", "请重新导出，或" + _SAVE_AS.removeprefix("请"))


def _not_a_sheet(path: Path, what: str = "") -> Unusable:
    return Unusable(f"文件 {path.name} 不是电子表格{what}", "请给出 xlsx、xls 或 csv 文件")


def _open_workbook(
    path: Path,
    sheet: str | None,
    look: Look,
    epoch1904: bool,
    check: Callable[[str], None] | None = None,
    lost: Callable[[str, int, Layout], dict[int, dict[int, str]]] | None = None,
) -> Opened:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    book = _load(path)
    sheets = [found for found in book.sheets_metadata if found.typ == SheetTypeEnum.WorkSheet]
    if sheet is None:
        sheets.sort(key=lambda found: found.visible != SheetVisibleEnum.Visible)

    def read(name: str) -> Table | None:
        if check:
            check(name)
        loaded = _guarded(path, lambda: book.get_sheet_by_name(name))
        first = _guarded(path, lambda: list(islice(loaded.iter_rows(), HEADER_ROWS)))
        header = _find_header(first, look)
        if header is None:
            return None
        layout = Layout.of(header.cells, look.known)
        return Table(
            name=name,
            header_row=header.at + 1,
            above=tuple(first[: header.at]),
            layout=layout,
            epoch1904=epoch1904,
            rows_at_most=_bottom(loaded) - header.at - 1,
            _open=lambda: enumerate(loaded.iter_rows(), 1),
            merged=tuple(
                (first_row + 1, last_row + 1, column)
                for (first_row, column), (last_row, _) in loaded.merged_cell_ranges or ()
                if last_row > first_row > header.at
            ),
            _lost=partial(lost, name, header.at + 1) if lost else None,
        )

    return _choose(path, [found.name for found in sheets], sheet, read)


def _bottom(loaded: CalamineSheet) -> int:
    return loaded.end[0] + 1 if loaded.end else 0


def _open_zip(path: Path, sheet: str | None, look: Look) -> Opened:
    """An xlsx, xlsb or ods file: looked over before it is handed to the reader."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
                raise _not_a_sheet(path)
            far, doubtful, wrong = _look_over(path, archive)
            parts = _sheet_parts(archive, names) if far or doubtful else {}
            epoch1904 = _epoch1904(archive, names)
    except RuntimeError:  # zipfile's word for an encrypted entry
        raise _locked(path) from None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError):
        raise _damaged(path) from None

    def check(name: str) -> None:
        part = parts.get(name)
        if far and (part is None or part in far):
            rows, columns = far[part] if part else next(iter(far.values()))
            raise Unusable(
                f"文件 {path.name} 的工作表「{name}」内容远到第 {rows} 行、第 {columns} 列，放不下",
                "请删去表格右边、下边远处的零星内容后另存，再导入",
            )

    def lost(name: str, header_row: int, layout: Layout) -> dict[int, dict[int, str]]:
        part = parts.get(name)
        if part is None or part not in doubtful:
            found = _wrong_cells([one for one in wrong if one.sheet == name], header_row, layout)
        else:
            with zipfile.ZipFile(path) as archive:
                found = _lost_cells(archive, archive.getinfo(part), header_row, layout)
        if found is None:
            raise Unusable(
                f"文件 {path.name} 的工作表「{name}」有 {_MOST_LOST // 10_000} 万个以上的格只有公式、没有值",
                "请用 Excel 或 WPS 打开这个表、保存，再导入",
            )
        return found

    return _open_workbook(path, sheet, look, epoch1904, check, lost)


class _Seen(NamedTuple):
    """Of a package that is no bomb."""

    far: dict[str, tuple[int, int]]
    """The sheets that reach too far, with their last row and column."""
    doubtful: set[str]
    """Those in which a formula may have no value."""
    wrong: list[ods.Wrong]
    """In an ods file, the cells whose formula went wrong."""


def _look_over(path: Path, archive: zipfile.ZipFile) -> _Seen:
    """Refuses a bomb, before the file is handed to the reader."""
    entries = [entry for entry in archive.infolist() if "/media/" not in entry.filename]
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_MATTERS_FROM and unpacked > packed * MAX_RATIO):
        raise Unusable(
            f"文件 {path.name} 解开后有 {unpacked >> 20} MiB，超出正常表格，没有读取",
            "请核对来源；确是大表的，另存为 CSV 再导入",
        )
    far: dict[str, tuple[int, int]] = {}
    doubtful: set[str] = set()
    wrong: list[ods.Wrong] = []
    for entry in entries:
        if entry.filename == "content.xml":
            from xinfang_cli.intake.readers import ods

            cells, wrong = ods.look_over(_chunks(archive, entry), MAX_ODS_CELLS)
            if cells > MAX_ODS_CELLS:
                raise Unusable(
                    f"文件 {path.name} 的单元格超过 {MAX_ODS_CELLS // 10_000} 万个，没有读取",
                    "请核对来源；确是大表的，另存为 CSV 再导入",
                )
            continue
        # Reading an entry to its end also fails the checksum of one that is longer than the directory says.
        rows, columns, doubt = _extent(archive, entry)
        if rows * columns > MAX_CELLS:
            far[entry.filename] = rows, columns
        if doubt:
            doubtful.add(entry.filename)
    return _Seen(far, doubtful, wrong)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


# a column past the 50th: 50 stay below MAX_CELLS at any number of rows
_FAR = rb"""r=["'](?:[A-Z]{3}|A[Y-Z]|[B-Z][A-Z])[0-9]"""
_CELL = rb"""r=["']([A-Z]{1,3})([0-9]{1,7})["']"""
_GAP = rb"\s{0,16}"  # bounded: a sheet of nothing but blanks would be gone over again and again
_NO_VALUE = (
    _GAP + rb"(?:<(?:\w+:)?v>" + _GAP + rb"</(?:\w+:)?v>|<(?:\w+:)?v" + _GAP + rb"/>)?" + _GAP + rb"</(?:\w+:)?c>"
)
_FORMULA_ALONE = rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^<>]*/>)" + _NO_VALUE
_CELL_BEGINS = rb"<(?:\w+:)?c\b([^<>]*)>"
_ERROR = rb"""t=["']e["']"""
_MOST_LOST = 200_000


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int, bool]:
    """The last row and column that a sheet names, (0, 0) when it stays within columns that fit at any length; and whether
    it may have a formula without a value."""
    far, alone, error = re.compile(_FAR), re.compile(_FORMULA_ALONE), re.compile(_ERROR)
    tail = b""
    found = formulas = doubt = False
    for chunk in _chunks(archive, entry):
        piece = tail + chunk
        found = found or far.search(piece) is not None
        doubt = doubt or error.search(piece) is not None
        formulas = formulas or b"f>" in piece
        if formulas and not doubt:
            doubt = alone.search(piece) is not None
        tail = chunk[-64:]
    if not found:
        return 0, 0, doubt
    cell = re.compile(_CELL)
    last_row = last_column = 0
    columns: set[bytes] = set()
    tail = b""
    for chunk in _chunks(archive, entry):
        for column, row in cell.findall(tail + chunk):
            columns.add(column)
            if (number := int(row)) > last_row:
                last_row = number
        tail = chunk[-16:]
    for column in columns:
        last_column = max(last_column, _column_number(column))
    return last_row, last_column, doubt


def _column_number(letters: bytes) -> int:
    """A 1, B 2, …, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _lost_cells(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, header_row: int, layout: Layout
) -> dict[int, dict[int, str]] | None:
    """What `Table.lost` says, of the columns that the layout knows; None when there is no end of it."""
    wanted = {column for column, *_ in (*layout.plan, *layout.more)}
    begins, place = re.compile(_CELL_BEGINS), re.compile(_CELL)
    lost: dict[int, dict[int, str]] = {}
    count = 0
    rest = b""
    for chunk in chain(_chunks(archive, entry), (b"<c>",)):
        rest = rest[-8 * _CHUNK :] + chunk
        openings = list(begins.finditer(rest))
        for this, following in pairwise(openings):
            shown = _lost_value(this[1], rest[this.end() : following.start()])
            at = place.search(this[1]) if shown is not None else None
            if at is not None and int(at[2]) > header_row and (column := _column_number(at[1]) - 1) in wanted:
                lost.setdefault(int(at[2]), {})[column] = shown or ""
                count += 1
        if count > _MOST_LOST:
            return None
        rest = rest[openings[-1].start() :] if openings else rest
    return lost


def _wrong_cells(wrong: Sequence[ods.Wrong], header_row: int, layout: Layout) -> dict[int, dict[int, str]] | None:
    """The same of an ods file."""
    wanted = {column for column, *_ in (*layout.plan, *layout.more)}
    if sum(one.cells for one in wrong) > _MOST_LOST:
        return None
    lost: dict[int, dict[int, str]] = {}
    for one in wrong:
        for row in range(max(one.row, header_row + 1), one.row + one.rows):
            for column in range(one.column, one.column + one.columns):
                if column in wanted:
                    lost.setdefault(row, {})[column] = one.shown
    return lost


def _lost_value(said: bytes, inside: bytes) -> str | None:
    """Of one cell, its attributes and what follows them: `#N/A` of an error, nothing of a formula that was not worked
    out, None where a value stands."""
    inside = b"" if said.endswith(b"/") else inside[: re.search(rb"</(?:\w+:)?c>|$", inside).start()]  # type: ignore[union-attr]
    value = re.search(rb">([^<>]+)</(?:\w+:)?v>", inside)
    if re.search(_ERROR, said):
        return value[1].decode("utf-8", "replace") if value else "#N/A" if inside else None
    if value or b't="str"' in said or b"t='str'" in said:
        return None
    return "" if re.search(rb"<(?:\w+:)?f\b", inside) else None


def _read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(_CHUNK)


def _epoch1904(archive: zipfile.ZipFile, names: set[str]) -> bool:
    if "xl/workbook.xml" in names:
        return (
            re.search(rb"""date1904\s*=\s*["'](?:1|true|on)["']""", _read_part(archive, "xl/workbook.xml")) is not None
        )
    if "xl/workbook.bin" in names:
        return _xlsb_1904(_read_part(archive, "xl/workbook.bin"))
    return False


def _xlsb_1904(part: bytes) -> bool:
    """The first flag of the BrtWbProp record (153)."""
    at = 0
    while at + 2 <= len(part):
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (part[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while at < len(part) and shift < 28:
            byte = part[at]
            size |= (byte & 0x7F) << shift
            shift += 7
            at += 1
            if not byte & 0x80:
                break
        if kind == 153:
            return at < len(part) and bool(part[at] & 1)
        at += size
    return False


def _sheet_parts(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Sheet name → the part of the package it stands in."""
    rels = "xl/_rels/workbook.xml.rels"
    if "xl/workbook.xml" not in names or rels not in names:
        return {}
    targets: dict[str, str] = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", _read_part(archive, rels).decode("utf-8", "replace")):
        found = dict(re.findall(r"""\b(Id|Target)\s*=\s*["']([^"']*)["']""", tag))
        target = found.get("Target", "")
        targets[found.get("Id", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    parts: dict[str, str] = {}
    for tag in re.findall(
        r"<(?:\w+:)?sheet\b[^>]*>", _read_part(archive, "xl/workbook.xml").decode("utf-8", "replace")
    ):
        found = dict(re.findall(r"""\b(name|\w+:id)\s*=\s*["']([^"']*)["']""", tag))
        identity = next((value for key, value in found.items() if key != "name"), "")
        if identity in targets:
            parts[html.unescape(found.get("name", ""))] = targets[identity]
    return parts


def _open_xls(path: Path, sheet: str | None, look: Look) -> Opened:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unusable(f"文件 {path.name} 打不开（{system_says(error)}）", "请看它是否正被别的程序打开") from None
    locked, epoch1904 = _xls_flags(raw)
    if locked or "EncryptedPackage".encode("utf-16-le") in raw:
        raise _locked(path)
    if not any(name.encode("utf-16-le") in raw for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise _not_a_sheet(path)

    def lost(name: str, header_row: int, layout: Layout) -> dict[int, dict[int, str]]:
        wanted = {column for column, *_ in (*layout.plan, *layout.more)}
        found: dict[int, dict[int, str]] = {}
        for row, column, shown in _xls_errors(raw, name):
            if row > header_row and column in wanted:
                found.setdefault(row, {})[column] = shown
        return found

    return _open_workbook(path, sheet, look, epoch1904, lost=lost)


_XLS_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
# The records FORMULA with an error for its value, and BOOLERR with one.
_XLS_MAY_HAVE_ERRORS = rb"(?s)\x06\x00.{8}\x02.[\x00\x07\x0f\x17\x1d\x24\x2a]...\xff\xff|\x05\x02\x08\x00.{6}[\x00\x07\x0f\x17\x1d\x24\x2a]\x01"


def _xls_errors(raw: bytes, name: str) -> Iterator[tuple[int, int, str]]:
    """(row from 1, column from 0, `#N/A`) of the cells of a sheet whose formula went wrong: the reader gives them as empty."""
    if re.search(_XLS_MAY_HAVE_ERRORS, raw) is None:
        return
    stream = _xls_stream(raw)
    at = _xls_sheet(stream, name)
    depth = 0
    while 0 <= at <= len(stream) - 4:
        kind, size = struct.unpack_from("<HH", stream, at)
        said = stream[at + 4 : at + 4 + size]
        if kind == 0x0809:  # a chart in the sheet begins and ends like the sheet
            depth += 1
        elif kind == 0x0A:
            depth -= 1
        code = None
        if kind == 0x0006 and size >= 14 and said[6] == 2 and said[12:14] == b"\xff\xff":
            code = said[8]
        elif kind == 0x0205 and size >= 8 and said[7] == 1:
            code = said[6]
        if code in _XLS_ERRORS and depth == 1:
            row, column = struct.unpack_from("<HH", said)
            yield row + 1, column, _XLS_ERRORS[code]
        if depth <= 0:
            return
        at += 4 + size


def _xls_sheet(stream: bytes, name: str) -> int:
    """Where the records of a sheet begin, -1 when it is not found."""
    at = 0
    while at <= len(stream) - 4:
        kind, size = struct.unpack_from("<HH", stream, at)
        said = stream[at + 4 : at + 4 + size]
        if kind == 0x85 and size >= 8:
            text = said[8:].decode("utf-16-le" if said[7] & 1 else "latin-1", "replace")
            if text[: said[6]] == name:
                return int(struct.unpack_from("<I", said)[0])
        elif kind == 0x0A:
            break
        at += 4 + size
    return -1


def _xls_stream(raw: bytes) -> bytes:
    """The workbook stream of a compound file, put together from its sectors; nothing when it is not as it should be."""
    try:
        size = {9: 512, 12: 4096}[struct.unpack_from("<H", raw, 30)[0]]
        fats, more, blocks = list(struct.unpack_from("<109I", raw, 76)), *struct.unpack_from("<II", raw, 68)
        for _ in range(min(blocks, len(raw) // size)):
            *listed, more = struct.unpack_from(f"<{size // 4}I", raw, (more + 1) * size)
            fats += listed
        fat = array("I")
        for sector in fats[: len(raw) // (size * size // 4) + 1]:  # no more than it takes to link every sector once
            if sector < _NO_SECTOR:
                fat.extend(struct.unpack_from(f"<{size // 4}I", raw, (sector + 1) * size))

        def gathered(sector: int, links: Sequence[int], of: bytes, size: int, skip: int) -> bytes:
            parts: list[bytes] = []
            while sector < _NO_SECTOR and len(parts) <= len(links):
                parts.append(of[(sector + skip) * size : (sector + skip + 1) * size])
                sector = links[sector]
            return b"".join(parts)

        entries = gathered(struct.unpack_from("<I", raw, 48)[0], fat, raw, size, 1)
        for at in range(0, len(entries) - 127, 128):
            if entries[at : at + 64].decode("utf-16-le", "replace").rstrip("\0").lower() in ("workbook", "book"):
                begins, length = struct.unpack_from("<II", entries, at + 116)
                if length >= 4096:
                    return gathered(begins, fat, raw, size, 1)[:length]
                small = gathered(struct.unpack_from("<I", entries, 116)[0], fat, raw, size, 1)
                links = gathered(struct.unpack_from("<I", raw, 60)[0], fat, raw, size, 1)
                return gathered(begins, array("I", links[: len(links) // 4 * 4]), small, 64, 0)[:length]
    except (struct.error, IndexError, KeyError):
        pass
    return b""


_NO_SECTOR = 0xFFFFFFFA


def _xls_flags(raw: bytes) -> tuple[bool, bool]:
    """Whether FILEPASS (0x2F) stands there, and DATEMODE (0x22): among the workbook stream's first records, never cut apart."""
    at = raw.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    while at >= 0 and at + 6 <= len(raw):
        kind, size = int.from_bytes(raw[at : at + 2], "little"), int.from_bytes(raw[at + 2 : at + 4], "little")
        if kind == 0x2F:
            return True, False
        if kind == 0x22:
            return False, raw[at + 4] == 1
        if kind in (0x0A, 0x85) or size > 8224:  # end of the globals, first sheet, or no record at all
            break
        at += 4 + size
    return False, False


# --- CSV -------------------------------------------------------------------------------------------------------------

_OTHER_KINDS = (
    (b"%PDF", "，是 PDF"),
    (b"{\\rtf", "，是 RTF 文档"),
    (b"\x89PNG", "，是图片"),
    (b"\xff\xd8\xff", "，是图片"),
)


def _open_csv(path: Path, head: bytes, sheet: str | None, look: Look) -> Opened:
    for magic, what in _OTHER_KINDS:
        if head.startswith(magic):
            raise _not_a_sheet(path, what)
    start = head[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"<head", b"mime-version:")):
        raise Unusable(f"文件 {path.name} 其实是网页或 XML，不是工作簿（不少系统导出的 xls 是这样）", _SAVE_AS)
    if sheet not in (None, "all", path.stem):
        raise BadValue("工作表", sheet, f"在 {path.name} 里没有", "CSV 只有一张表，不用 --sheet")
    encoding, lines = _encoding(path, head)

    def open_with(delimiter: str) -> Iterator[tuple[int, Row]]:
        return _csv_rows(path, encoding, delimiter)

    best: tuple[_Header, str, list[Row]] | None = None
    broken: Unusable | None = None
    for delimiter in ",;\t":
        first: list[Row] = []
        try:
            for _, cells in islice(open_with(delimiter), HEADER_ROWS):
                first.append(cells)
        except Unusable as error:  # perhaps only under the wrong delimiter; else rows() comes upon it again
            broken = error
        header = _find_header(first, look)
        if header is not None and (best is None or header.fields > best[0].fields):
            best = header, delimiter, first
    if best is None and broken is not None:
        raise broken
    if best is None:
        raise _no_header(path)
    header, delimiter, first = best
    table = Table(
        name=path.stem,
        header_row=header.at + 1,
        above=tuple(first[: header.at]),
        layout=Layout.of(header.cells, look.known),
        epoch1904=False,
        rows_at_most=lines - header.at,
        _open=lambda: open_with(delimiter),
    )
    return Opened([table], [])


def _csv_rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, Row]]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            yield from enumerate(reader, 1)
        except csv.Error:
            raise Unusable(
                f"文件 {path.name} 第 {reader.line_num} 行附近读不下去：引号没有配对，或一格超过 {csv.field_size_limit()} 字",
                _SAVE_AS,
            ) from None
        except UnicodeDecodeError:
            raise Unusable(f"文件 {path.name} 在读的时候变了", "请关掉正在写它的程序，再导入") from None


def _encoding(path: Path, head: bytes) -> tuple[str, int]:
    """The encoding that the whole file obeys, and its number of lines."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried = ["utf-16"]
    elif b"\0" in head and head.count(b"\0") * 50 > len(head):
        raise _not_a_sheet(path)
    else:
        tried = ["utf-8-sig", "gb18030"]
    for encoding in tried:
        decoder = codecs.getincrementaldecoder(encoding)()
        lines = 0
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
                    lines += chunk.count(b"\n")
                decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        return encoding, lines
    raise Unusable(f"文件 {path.name} 不是工作簿，也不是 UTF-8 或 GB18030 编码的文本", _SAVE_AS)


# --- small lists -----------------------------------------------------------------------------------------------------


def plain_rows(path: Path) -> list[tuple[int, Row]]:
    """Row number and cells of the first sheet of a small list, whatever its headings. Unusable for a bad file."""
    try:
        with path.open("rb") as file:
            head = file.read(_CHUNK)
    except OSError as error:
        raise Unusable(f"文件 {path} 读不了（{system_says(error)}）", "请核对文件名和权限", code="no_file") from None
    if not head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        encoding, _ = _encoding(path, head)
        return list(_csv_rows(path, encoding, ","))
    if head.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as archive:
                far = _look_over(path, archive).far
        except RuntimeError:
            raise _locked(path) from None
        except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError):
            raise _damaged(path) from None
        if far:
            raise Unusable(f"文件 {path.name} 的内容铺得太远", "请删去表格右边、下边远处的零星内容后另存")
    book = _load(path)
    if not book.sheet_names:
        raise _damaged(path)
    return _guarded(path, lambda: list(enumerate(book.get_sheet_by_index(0).iter_rows(), 1)))
