"""The records of binary workbooks (MS-XLSB), for what calamine does not tell: failed formulas, rows hidden or struck out."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isfinite

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.marks import BUILT_IN, WHITE, Marks, Unseen, is_late, shown_by, unseen_under

_ROW, _BLANK, _CELL_ERROR, _TRUTH, _REAL, _FORMULA_REAL, _FORMULA_TRUTH, _FORMULA_ERROR = 0, 1, 3, 4, 5, 9, 10, 11
_FONT, _FORMAT, _FILL, _XF, _WORKBOOK, _SHEET = 43, 44, 45, 47, 153, 156
_CELL_XFS, _CELL_XFS_END = 617, 618
_COLUMNS = 60
_TEXTS = (6, 7, 8)
_NUMBER = struct.Struct("<d")
_HIDDEN, _STRUCK = 0x10, 0x08
ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}
_LARGEST = 32 << 20
"""No record of a sheet is longer."""


def records(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each record of a part: kind and content, up to the end of the part or the first invalid record."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        at = 0
        while (found := _head(rest, at)) is not None:
            kind, begin, size = found
            if size > _LARGEST:
                return
            if begin + size > len(rest):
                break
            yield kind, rest[begin : begin + size]
            at = begin + size
        rest = rest[at:]


def _head(raw: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, position and size of the record at that offset; None for a truncated head."""
    end = len(raw)
    if at >= end:
        return None
    kind = raw[at]
    at += 1
    if kind & 0x80:
        if at >= end:
            return None
        kind = (kind & 0x7F) | (raw[at] & 0x7F) << 7
        at += 1
    size = 0
    for shift in (0, 7, 14, 21):
        if at >= end:
            return None
        byte = raw[at]
        at += 1
        size |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return kind, at, size


def _text(raw: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    (length,) = struct.unpack_from("<I", raw, at)
    end = at + 4 + 2 * length
    return raw[at + 4 : end].decode("utf-16-le", "replace"), end


class Workbook(NamedTuple):
    """The workbook's parts besides its sheets."""

    epoch1904: bool
    sheets: Mapping[str, str]
    """Name → the number of its relation."""


def workbook(part: bytes) -> Workbook:
    """Parse xl/workbook.bin."""
    epoch1904, sheets = False, {}
    for kind, raw in records([part]):
        if kind == _WORKBOOK:
            epoch1904 = bool(raw[:1] and raw[0] & 1)
        elif kind == _SHEET and len(raw) > 12:
            relation, end = _text(raw, 8)
            sheets[_text(raw, end)[0]] = relation
    return Workbook(epoch1904, sheets)


class Styles(NamedTuple):
    """The cell styles of which something is to be told."""

    codes: Mapping[int, str]
    struck: frozenset[int]
    unseen: Mapping[int, Unseen]


def styles(part: bytes) -> Styles:
    """Parse xl/styles.bin."""
    formats = dict(BUILT_IN)
    fonts: list[bool] = []
    colours: list[str | None] = []
    grounds: list[str | None] = []
    codes: dict[int, str] = {}
    struck: set[int] = set()
    unseen: dict[int, Unseen] = {}
    style, inside = 0, False
    for kind, raw in records([part]):
        if kind == _FORMAT and len(raw) >= 6:
            formats[int.from_bytes(raw[:2], "little")] = _text(raw, 2)[0]
        elif kind == _FONT and len(raw) >= 4:
            fonts.append(bool(raw[2] & _STRUCK))
            colours.append(_colour(raw[12:20]))
        elif kind == _FILL and len(raw) >= 12:
            pattern = int.from_bytes(raw[:4], "little")
            grounds.append(WHITE if pattern == 0 else _colour(raw[4:12]) if pattern == 1 else None)
        elif kind in (_CELL_XFS, _CELL_XFS_END):
            inside = kind == _CELL_XFS
        elif kind == _XF and inside and len(raw) >= 6:
            form, font = struct.unpack_from("<HH", raw, 2)
            fill = int.from_bytes(raw[6:8], "little") if len(raw) >= 8 else 0
            if (code := shown_by(formats.get(form, ""))) is not None:
                codes[style] = code
            if font < len(fonts) and fonts[font]:
                struck.add(style)
            colour, ground = colours[font : font + 1], grounds[fill : fill + 1]
            if any(
                found := unseen_under(
                    formats.get(form, ""), colour=colour[0] if colour else None, ground=ground[0] if ground else WHITE
                )
            ):
                unseen[style] = found
            style += 1
    return Styles(codes, frozenset(struck), unseen)


def _colour(raw: bytes) -> str | None:
    """As rrggbb; None of one that is not written out."""
    if len(raw) < 8:
        return None
    kind, number = raw[0] >> 1, raw[1]
    if (kind == 1 and number in (1, 9, 65)) or (kind == 3 and number == 0 and raw[2:4] == b"\0\0"):
        return WHITE
    return raw[4:7].hex() if kind == 2 else None


class Scanned(NamedTuple):
    """The facts found in a sheet."""

    rows: int
    columns: int
    """The last row and column with something in it."""
    lost: Mapping[int, Mapping[int, str]]
    """Row → column from 0 → `#N/A` of a cell without a value."""
    endless: bool
    """There is no end of these."""
    marks: Marks


class _Scan:
    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.marks = Marks()
        self.row = self.last_row = self.last_column = self.count = 0
        self.lost: dict[int, dict[int, str]] = {}
        self.filled: list[bool | None] = []
        self.blank: list[bool] = []

    def begin_row(self, raw: bytes) -> None:
        self.end_row()
        self.row = int.from_bytes(raw[:4], "little") + 1
        if len(raw) > 11 and raw[11] & _HIDDEN:
            self.marks.hidden.add(self.row)

    def end_row(self) -> None:
        self.marks.strike(self.row, self.filled)
        self.marks.unsee(self.row, self.blank)
        self.filled, self.blank = [], []

    def cell(self, kind: int, raw: bytes) -> None:
        column, style = int.from_bytes(raw[:4], "little"), int.from_bytes(raw[4:7], "little")
        self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, column + 1)
        shown = _lost(kind, raw)
        if (
            shown is None
            and kind in (_REAL, _FORMULA_REAL)
            and len(raw) >= 16
            and is_late(*_NUMBER.unpack_from(raw, 8))
        ):
            self.marks.late.setdefault(self.row, []).append(column)
        if shown is not None:
            self.lost.setdefault(self.row, {})[column] = shown
            self.count += 1
        self.filled.append(style in self.styles.struck)
        unseen = self.styles.unseen.get(style)
        self.blank.append(unseen is not None and (unseen.texts if kind in _TEXTS else unseen.numbers))
        if style in self.styles.codes:
            self.marks.code(self.row, column, self.styles.codes[style])


def _lost(kind: int, raw: bytes) -> str | None:
    """The display of a cell without a value."""
    if kind in (_CELL_ERROR, _FORMULA_ERROR):
        return ERRORS.get(raw[8] if len(raw) > 8 else 42, "#N/A")
    if kind in (_REAL, _FORMULA_REAL) and len(raw) >= 16:
        (value,) = _NUMBER.unpack_from(raw, 8)
        return None if isfinite(value) else str(value)
    return None


def scan(chunks: Callable[[], Iterable[bytes]], styles: Styles) -> Scanned:
    """Scan one sheet in one pass."""
    found = _Scan(styles)
    for kind, raw in records(chunks()):
        if kind == _ROW:
            found.begin_row(raw)
        elif kind == _COLUMNS and len(raw) >= 18 and (raw[16] & 1 or raw[8:12] == b"\0\0\0\0"):
            found.marks.hide_columns(*struct.unpack_from("<II", raw))
        elif _BLANK < kind <= _FORMULA_ERROR and found.row and len(raw) >= 8:
            found.cell(kind, raw)
            if found.count > guard.MAX_LOST:
                break
    found.end_row()
    endless = found.count > guard.MAX_LOST
    return Scanned(found.last_row, found.last_column, found.lost, endless, found.marks)


def part_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """A small part, whole; nothing where there is none."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as file:
        return file.read(_LARGEST)
