"""Excel workbooks, xlsx and xlsb: looked over before they are handed to calamine, which gives errors as empty cells."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from itertools import chain, pairwise
from pathlib import Path
from xml.etree import ElementTree

from xinfang_cli.errors import Unusable
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.readers import guard, package, xlsb
from xinfang_cli.intake.readers.marks import BUILT_IN, WHITE, Marks, Unseen, is_late, shown_by, unseen_under
from xinfang_cli.intake.readers.sheet import File, Lost, SheetFile
from xinfang_cli.intake.readers.workbook import sheets_of


def recognises(path: Path, head: bytes) -> bool:
    """Any zip file: the reader of OpenDocument is asked before."""
    return head.startswith(b"PK") or guard.begins_late(head, _BEGINS) > 0


_BEGINS = b"PK\x03\x04"
_OTHER_KINDS: tuple[tuple[Callable[[str], object], str], ...] = (
    (re.compile("word/").match, "，是 Word 文档"),
    (re.compile("ppt/").match, "，是演示文稿"),
    (re.compile(r"(?i).*\.iwa$").match, "，是 Numbers 表格，要在里面导出成 Excel"),
    (re.compile(r"(?i).*\.(?:xlsx?|csv|et)$").match, "，是压缩包，要先解压"),
)
"""By the name of a part."""


def read(path: File, head: bytes) -> SheetFile:
    """Unusable for a zip file without a workbook, a zip bomb, or oversized sheets."""
    path = package.proper(guard.from_its_beginning(path, head, _BEGINS))
    seen: dict[str, _Extent] = {}
    with guard.package(path) as archive:
        names = set(archive.namelist())
        if not names & {"xl/workbook.xml", "xl/workbook.bin"}:
            raise guard.not_a_sheet(path, next((what for sign, what in _OTHER_KINDS if any(map(sign, names))), ""))
        if "xl/workbook.xml" not in names:
            return _binary(path, archive)
        styles = _styles(archive, names)
        for entry in guard.entries(archive):
            seen[entry.filename] = _extent(archive, entry, styles)
        far = {name: extent for name, extent in seen.items() if extent.rows * extent.columns > guard.MAX_CELLS}
        parts = _sheet_parts(archive, names) if any(map(any, seen.values())) else {}
        epoch1904 = _epoch1904(archive)

    def check(name: str) -> None:
        part = parts.get(name)
        if far and (part is None or part in far):
            extent = far[part] if part else next(iter(far.values()))
            raise _too_far(path, name, extent.rows, extent.columns)
        if part in seen and seen[part].mixed:
            _check_rows(path, part, name)

    def lost(name: str, header_row: int, wanted: Collection[int]) -> Lost:
        part = parts.get(name, "")
        if part not in seen or not seen[part].doubt:
            return {}
        with guard.package(path) as archive:
            found = _lost_cells(archive, archive.getinfo(part), header_row, wanted)
        if found is None:
            raise guard.endless_formulas(path, name)
        return found

    def marks(name: str) -> Marks | None:
        return _marks_of(path, parts.get(name, ""), seen, styles)

    return sheets_of(path, lost, epoch1904, check, marks)


def _marks_of(path: File, part: str, seen: Mapping[str, _Extent], styles: _Styles) -> Marks | None:
    """Formatting marks of a sheet beyond its cells, read only if the styles allow any."""
    if part not in seen:
        return None
    texts = next((name for name in seen if name.lower() == _TEXTS), "")
    struck_texts = bool(texts) and seen[texts].strikes
    found = Marks()
    if seen[part].is_marked() or struck_texts:
        with guard.package(path) as archive:
            struck = _struck_texts(archive, archive.getinfo(texts)) if struck_texts else {}
            found = _marks(archive, archive.getinfo(part), styles, struck, truths=seen[part].truths)
    for first, last in seen[part].columns_hidden:
        found.hide_columns(first, last)
    return found


def _check_rows(path: File, part: str, name: str) -> None:
    """Unusable for a repeated row: calamine would return only the later one."""
    seen: set[int] = set()
    with guard.package(path) as archive:
        for row, column, *_ in _cells(archive, archive.getinfo(part)):
            if column < 0 and row in seen:
                raise Unusable(
                    f"文件 {path.name} 的工作表「{name}」已损坏：第 {row} 行有两个，会丢掉一个", guard.SAVE_AS
                )
            if column < 0:
                seen.add(row)


def _too_far(path: File, name: str, rows: int, columns: int) -> Unusable:
    return Unusable(
        f"文件 {path.name} 的工作表「{name}」内容远到第 {rows} 行、第 {columns} 列，放不下",
        "请删去表格右边、下边远处的零星内容后另存，再导入",
    )


def _binary(path: File, archive: zipfile.ZipFile) -> SheetFile:
    """The sheets of an xlsb, each looked over when it is asked for."""
    book = xlsb.workbook(xlsb.part_of(archive, "xl/workbook.bin"))
    styles = xlsb.styles(xlsb.part_of(archive, "xl/styles.bin"))
    targets = _targets(xlsb.part_of(archive, "xl/_rels/workbook.bin.rels"))
    seen: dict[str, xlsb.Scanned] = {}

    def check(name: str) -> None:
        part = targets.get(book.sheets.get(name, ""), "")
        with guard.package(path) as parts:
            if part not in parts.namelist():
                raise guard.damaged(path)
            found = seen[name] = xlsb.scan(partial(guard.chunks, parts, parts.getinfo(part)), styles)
        if found.rows * found.columns > guard.MAX_CELLS:
            raise _too_far(path, name, found.rows, found.columns)

    def lost(name: str, header_row: int, wanted: Collection[int]) -> Lost:
        if seen[name].endless:
            raise guard.endless_formulas(path, name)
        below = {row: cells for row, cells in seen[name].lost.items() if row > header_row}
        return {row: known for row, cells in below.items() if (known := {n: cells[n] for n in cells if n in wanted})}

    return sheets_of(path, lost, book.epoch1904, check, lambda name: seen[name].marks)


# --- styles ------------------------------------------------------------------------------------------------------------


class _Styles(NamedTuple):
    """Cell styles with something to report, by style number."""

    codes: Mapping[bytes, str]
    """Those whose number format shows a number otherwise, as in marks.shown_by."""
    struck: frozenset[bytes]
    unseen: Mapping[bytes, Unseen]


_NO_STYLES = _Styles({}, frozenset(), {})


def _styles(archive: zipfile.ZipFile, names: set[str]) -> _Styles:
    """Nothing where the part is not there or no XML."""
    if "xl/styles.xml" not in names:
        return _NO_STYLES
    try:
        with archive.open("xl/styles.xml") as file:
            root = ElementTree.fromstring(file.read(_LARGEST_STYLES))
    except (ElementTree.ParseError, ValueError):
        return _NO_STYLES
    return _told_by(root)


def _told_by(root: ElementTree.Element) -> _Styles:
    formats = {str(number): form for number, form in BUILT_IN.items()}
    for found in root.iterfind("{*}numFmts/{*}numFmt"):
        formats[found.get("numFmtId", "")] = found.get("formatCode", "")
    codes = {number: code for number, form in formats.items() if (code := shown_by(form)) is not None}
    fonts = list(root.iterfind("{*}fonts/{*}font"))
    struck = {
        str(number)
        for number, font in enumerate(fonts)
        if (line := font.find("{*}strike")) is not None and line.get("val", "1") not in ("0", "false")
    }
    colours = {str(number): _colour(font.find("{*}color")) for number, font in enumerate(fonts)}
    grounds = {str(number): _ground(fill) for number, fill in enumerate(root.iterfind("{*}fills/{*}fill"))}
    cells = [(str(n).encode(), cell) for n, cell in enumerate(root.iterfind("{*}cellXfs/{*}xf"))]
    unseen = {
        n: unseen_under(
            formats.get(cell.get("numFmtId", ""), ""),
            colour=colours.get(cell.get("fontId", "")),
            ground=grounds.get(cell.get("fillId", ""), WHITE),
        )
        for n, cell in cells
    }
    return _Styles(
        {n: codes[number] for n, cell in cells if (number := cell.get("numFmtId", "")) in codes},
        frozenset(n for n, cell in cells if cell.get("fontId", "") in struck),
        {n: found for n, found in unseen.items() if any(found)},
    )


def _colour(said: ElementTree.Element | None) -> str | None:
    """As rrggbb; None of one that is not written out."""
    if said is None:
        return None
    if said.get("theme") == "0" and float(said.get("tint", "0")) == 0:
        return WHITE
    if said.get("indexed") in ("1", "9", "65"):
        return WHITE
    rgb = said.get("rgb", "").lower()
    return rgb[-6:] if len(rgb) in (6, 8) else None


def _ground(fill: ElementTree.Element) -> str | None:
    pattern = fill.find("{*}patternFill")
    kind = "" if pattern is None else pattern.get("patternType", "none")
    if kind == "none":
        return WHITE
    return _colour(pattern.find("{*}fgColor")) if pattern is not None and kind == "solid" else None


_LARGEST_STYLES = 32 << 20


_TEXTS = "xl/sharedstrings.xml"


def _struck_texts(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> dict[bytes, bool | None]:
    """The texts of the workbook, by their numbers, that are struck out, or in part (None)."""
    found: dict[bytes, bool | None] = {}
    rest, number = b"", 0
    for chunk in guard.chunks(archive, entry):
        *texts, rest = re.split(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>", rest[-8 * guard.CHUNK :] + chunk)
        for text in texts:
            if b"strike" in text and (struck := _struck_runs(text)) is not False:
                found[str(number).encode()] = struck
            number += 1
    return found


def _struck_runs(text: bytes) -> bool | None:
    """Whether a rich text is struck out; None: some of its runs are."""
    runs = [run for run in re.findall(rb"<(?:\w+:)?r>(.*?)</(?:\w+:)?r>", text, re.DOTALL) if _says_something(run)]
    struck = [re.search(rb"<(?:\w+:)?strike(?!\s+val=[\"'](?:0|false))", run) is not None for run in runs]
    return True if struck and all(struck) else None if any(struck) else False


def _says_something(run: bytes) -> bool:
    return any(text.strip() for text in re.findall(rb"<(?:\w+:)?t[^<>]*>([^<]*)", run))


class _Cell(NamedTuple):
    """A cell, or (in no column) the beginning of a row."""

    row: int
    column: int
    """From 0; -1 of a row."""
    said: bytes
    """Its attributes."""
    inside: bytes
    """What stands between it and the next."""


def _cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[_Cell]:
    """The rows and cells of a sheet in order; a cell without a reference follows its predecessor."""
    begins, place = re.compile(_ROW_OR_CELL_BEGINS), re.compile(_CELL)
    row = column = 0
    rest = b""
    for chunk in chain(guard.chunks(archive, entry), (b"<row>",)):
        rest = rest[-8 * guard.CHUNK :] + chunk
        openings = list(begins.finditer(rest))
        for this, following in pairwise(openings):
            said = this[2]
            if this[1] == b"row":
                number = _attribute(said, b"r") or b""
                row, column = int(number) if number.isdigit() and len(number) < _LONGEST_NUMBER else row + 1, -1
                yield _Cell(row, -1, said, b"")
                continue
            column += 1
            if (at := place.search(said)) is not None:
                row, column = int(at[2]), _column_number(at[1]) - 1
            yield _Cell(row, column, said, b"" if said.endswith(b"/") else rest[this.end() : following.start()])
        rest = rest[openings[-1].start() :] if openings else rest


_ROW_OR_CELL_BEGINS = rb"<(?:\w+:)?(row|c)\b([^<>]*)>"
_LONGEST_NUMBER = 9


def _marks(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    styles: _Styles,
    texts: Mapping[bytes, bool | None],
    *,
    truths: bool,
) -> Marks:
    """Row by row: the codes, the moments before midnight, and whether it is hidden or struck out."""
    marks = Marks()
    marks.truths = truths
    filled: list[bool | None] = []
    blank: list[bool] = []
    of = 0
    for row, column, said, inside in _cells(archive, entry):
        if row != of:
            marks.strike(of, filled)
            marks.unsee(of, blank)
            of, filled, blank = row, [], []
        if column < 0:
            if _attribute(said, b"hidden") in (b"1", b"true") or _attribute(said, b"ht") in (b"0", b"0.0"):
                marks.hidden.add(row)
        elif re.search(rb"<(?:\w+:)?(?:v|is)>", inside):
            style = _attribute(said, b"s") or b"0"
            filled.append(style in styles.struck or _struck_text(said, inside, texts))
            blank.append(style in styles.unseen and _is_unseen(said, styles.unseen[style]))
            if style in styles.codes:
                marks.code(row, column, styles.codes[style])
            if b"99999" in inside and (number := re.search(_NUMBER, inside)) and is_late(float(number[1])):
                marks.late.setdefault(row, []).append(column)
    marks.strike(of, filled)
    marks.unsee(of, blank)
    return marks


def _is_unseen(said: bytes, by_style: Unseen) -> bool:
    return by_style.texts if _attribute(said, b"t") in (b"s", b"str", b"inlineStr") else by_style.numbers


_NUMBER = rb"<(?:\w+:)?v>\s{0,16}([0-9]{1,16}\.[0-9]{1,32}(?:[eE][+-]?[0-9]{1,2})?)\s{0,16}</"


def _struck_text(said: bytes, inside: bytes, texts: Mapping[bytes, bool | None]) -> bool | None:
    """Whether the text of a cell is struck out; None: in part."""
    if b"strike" in inside:
        return _struck_runs(inside)
    if texts and (value := re.search(rb"<(?:\w+:)?v>([0-9]+)<", inside)) and _attribute(said, b"t") == b"s":
        return texts.get(value[1], False)
    return False


def _attribute(said: bytes, name: bytes) -> bytes | None:
    found = re.search(rb"(?:^|\s)" + name + rb"\s*=\s*[\"']([^\"']*)", said)
    return found[1] if found else None


# --- extent ------------------------------------------------------------------------------------------------------------

# a column past the 50th: 50 stay below MAX_CELLS at any number of rows
_FAR = rb"""r=["'](?:(?:[A-Z]{3,9}|A[Y-Z]|[B-Z][A-Z])[0-9]|[A-Z]{0,9}[0-9]{8})"""
_CELL = rb"""r=["']([A-Z]{1,9})([0-9]{1,12})["']"""
_ROW = rb"""<(?:\w+:)?row\b[^<>]*\sr=["']([0-9]{8,12})["']"""
_GAP = rb"\s{0,16}"  # bounded: a sheet of nothing but blanks would be gone over again and again
_NO_VALUE = (
    _GAP + rb"(?:<(?:\w+:)?v>" + _GAP + rb"</(?:\w+:)?v>|<(?:\w+:)?v" + _GAP + rb"/>)?" + _GAP + rb"</(?:\w+:)?c>"
)
_FORMULA_ALONE = rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^<>]*/>)" + _NO_VALUE
_HIDDEN_ROW = rb"""<(?:\w+:)?row\b[^<>]*\s(?:hidden=["'](?:1|true)|ht=["']0(?:\.0+)?["'])"""
_ERROR = rb"""t=["']e["']"""
_TRUTH_OR_ERROR = rb"""t=["'][be]["']"""
_NO_NUMBER = rb"-?inf|nan"


class _Extent(NamedTuple):
    """The facts found in a part in one pass."""

    rows: int = 0
    columns: int = 0
    """The last row and column that it names, 0 when it stays within columns that fit at any length."""
    doubt: bool = False
    """It may have a formula without a value."""
    marked: bool = False
    """It has hidden rows, or cells in one of the styles that are looked for."""
    strikes: bool = False
    """It has text that is struck out of itself."""
    late: bool = False
    """It may have a moment shortly before midnight."""
    truths: bool = False
    """It has cells that are true or false."""
    mixed: bool = False
    """Its rows do not follow each other: two may have one number."""
    columns_hidden: tuple[tuple[int, int], ...] = ()
    """First and last of each run of hidden columns, from 0."""

    def is_marked(self) -> bool:
        """Whether something is to be told of its cells."""
        return self.marked or self.strikes or self.late or self.truths


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, styles: _Styles = _NO_STYLES) -> _Extent:
    far, typed, error = re.compile(_FAR), re.compile(_TRUTH_OR_ERROR), re.compile(_ERROR)
    doubtful, marking, order = _DoubtSearch(), _MarkSearch(styles), _OrderSearch()
    tail = b""
    found = strikes = late = truths = False
    hidden: tuple[tuple[int, int], ...] = ()
    for chunk in guard.chunks(archive, entry):
        piece = tail + chunk
        strikes = strikes or b"strike" in piece
        late = late or _NINES in piece
        if not (truths and doubtful.found) and typed.search(piece) is not None:
            truths = truths or b't="b"' in piece or b"t='b'" in piece
            doubtful.found = doubtful.found or error.search(piece) is not None
        order.look(chunk)
        if not tail and (b"hidden" in chunk or _NO_WIDTH in chunk):
            hidden = _hidden_columns(chunk)
        found = found or far.search(piece) is not None
        doubtful.look(piece)
        marking.look(piece)
        tail = piece[-_TAIL:]
    rows, columns = _last_cell(archive, entry) if found else (0, 0)
    return _Extent(rows, columns, doubtful.found, marking.found, strikes, late, truths, order.mixed, hidden)


_NO_WIDTH = b'width="0'
_NINES = b"99999999"
"""What stands in a number whose fraction is that of a moment before midnight, whether or not with an exponent."""


def _hidden_columns(beginning: bytes) -> tuple[tuple[int, int], ...]:
    """Hidden columns, from the part before the rows."""
    columns = re.search(rb"<(?:\w+:)?cols>.*?</(?:\w+:)?cols>", beginning, re.DOTALL)
    found = []
    for said in re.findall(rb"<(?:\w+:)?col\b([^<>]*)>", columns[0] if columns else b""):
        first, last = _attribute(said, b"min") or b"", _attribute(said, b"max") or b""
        hidden = _attribute(said, b"hidden") in (b"1", b"true") or _attribute(said, b"width") in (b"0", b"0.0")
        if hidden and first.isdigit() and last.isdigit():
            found.append((int(first[:7]) - 1, int(last[:7]) - 1))
    return tuple(found)


class _DoubtSearch:
    """Looks for what is no number, and for formulas without a value."""

    def __init__(self) -> None:
        self.alone = re.compile(_FORMULA_ALONE)
        self.found = self.formulas = False

    def look(self, piece: bytes) -> None:
        """The next piece, with the end of the one before."""
        self.found = self.found or b"NaN<" in piece or b"INF<" in piece or (b"-" in piece and b">-1<" in piece)
        self.formulas = self.formulas or b"f>" in piece
        if self.formulas and not self.found:
            self.found = self.alone.search(piece) is not None


class _OrderSearch:
    """Looks for a row that does not come after the one before."""

    def __init__(self) -> None:
        self.last = 0
        self.mixed = False
        self.rest = b""
        """The tag that goes on in the next piece."""

    def look(self, chunk: bytes) -> None:
        """The next piece. The search begins with letters: it would look at every tag of the sheet otherwise."""
        text = self.rest + chunk
        cut = text.rfind(b"<")
        self.rest = text[cut:] if 0 <= len(text) - cut < _LONGEST_TAG else b""
        begins = rb"<row" if b"<row" in text else rb":row"
        numbers = [self.last, *map(int, re.compile(begins + _ROW_NUMBER).findall(text, 0, max(cut, 0)))]
        self.mixed = self.mixed or numbers != sorted(set(numbers))
        self.last = numbers[-1]


_ROW_NUMBER = rb"""\b[^<>]{0,200}?\sr=["']([0-9]{1,9})["']"""
_LONGEST_TAG = 4096
_TAIL = 64


class _MarkSearch:
    """Looks for hidden rows, and for cells of styles of which something is to be told."""

    def __init__(self, styles: _Styles) -> None:
        wanted = b"|".join(sorted({*styles.codes, *styles.struck, *styles.unseen}))
        self.style = re.compile(rb"\ss=[\"'](?:" + wanted + rb")[\"']") if wanted else None
        self.found = False

    def look(self, piece: bytes) -> None:
        """The next piece, with the end of the one before."""
        if not self.found and (b"hidden=" in piece or b"ht=" in piece):
            self.found = re.search(_HIDDEN_ROW, piece) is not None
        if not self.found and self.style is not None:
            self.found = self.style.search(piece) is not None


def _last_cell(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    cell, row_number = re.compile(_CELL), re.compile(_ROW)
    last_row = 0
    columns: set[bytes] = set()
    tail = b""
    for chunk in guard.chunks(archive, entry):
        for column, row in cell.findall(tail + chunk):
            columns.add(column)
            if (number := int(row)) > last_row:
                last_row = number
        last_row = max([last_row, *map(int, row_number.findall(tail + chunk))])
        tail = chunk[-64:]
    return last_row, max(map(_column_number, columns), default=1)


def _column_number(letters: bytes) -> int:
    """A 1, B 2, …, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _lost_cells(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, header_row: int, wanted: Collection[int]
) -> dict[int, dict[int, str]] | None:
    """The answer of `Reading.lost`; None if endless."""
    lost: dict[int, dict[int, str]] = {}
    count = 0
    for row, column, said, inside in _cells(archive, entry):
        if row > header_row and column in wanted and (shown := _lost_value(said, inside)) is not None:
            lost.setdefault(row, {})[column] = shown
            count += 1
            if count > guard.MAX_LOST:
                return None
    return lost


def _lost_value(said: bytes, inside: bytes) -> str | None:
    """The lost value of a cell, from its attributes and content: `#N/A` for an error, empty for an uncomputed formula,
    None for a present value.
    """
    inside = inside[: re.search(rb"</(?:\w+:)?c>|$", inside).start()]  # type: ignore[union-attr]
    value = re.search(rb">([^<>]+)</(?:\w+:)?v>", inside)
    if re.search(_ERROR, said):
        return value[1].decode("utf-8", "replace") if value else "#N/A" if inside else None
    if (
        value
        and re.search(rb"""\bt=["'](?!n["'])""", said) is None
        and re.fullmatch(_NO_NUMBER, value[1], re.IGNORECASE)
    ):
        return value[1].decode()
    if value and value[1].startswith(b"-") and re.search(rb"""\bt=["']s["']""", said):
        return "指向的文字不在文件里"  # calamine gives the first text of the workbook
    if value or b't="str"' in said or b"t='str'" in said:
        return None
    return "" if re.search(rb"<(?:\w+:)?f\b", inside) else None


def _epoch1904(archive: zipfile.ZipFile) -> bool:
    said = guard.read_part(archive, "xl/workbook.xml")
    return re.search(rb"""date1904\s*=\s*["'](?:1|true|on)["']""", said) is not None


def _targets(relations: bytes) -> dict[str, str]:
    """The number of each relation of the workbook → the part of the package that it leads to."""
    targets: dict[str, str] = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", relations.decode("utf-8", "replace")):
        found = dict(re.findall(r"""\b(Id|Target)\s*=\s*["']([^"']*)["']""", tag))
        target = found.get("Target", "")
        targets[found.get("Id", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return targets


def _sheet_parts(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Sheet name → the part of the package it stands in."""
    rels = "xl/_rels/workbook.xml.rels"
    if "xl/workbook.xml" not in names or rels not in names:
        return {}
    targets = _targets(guard.read_part(archive, rels))
    parts: dict[str, str] = {}
    for tag in re.findall(
        r"<(?:\w+:)?sheet\b[^>]*>", guard.read_part(archive, "xl/workbook.xml").decode("utf-8", "replace")
    ):
        found = dict(re.findall(r"""\b(name|\w+:id)\s*=\s*["']([^"']*)["']""", tag))
        identity = next((value for key, value in found.items() if key != "name"), "")
        if identity in targets:
            parts[html.unescape(found.get("name", ""))] = targets[identity]
    return parts
