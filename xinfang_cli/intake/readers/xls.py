"""Old Excel workbooks (xls): calamine gives the errors in them as empty cells, so their records are gone over too."""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Collection, Iterator, Sequence
from io import BytesIO
from pathlib import Path

from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.readers import biff, guard, xlsx
from xinfang_cli.intake.readers.marks import BUILT_IN, WHITE, Marks, Unseen, is_late, shown_by, unseen_under
from xinfang_cli.intake.readers.sheet import File, Held, Lost, SheetFile
from xinfang_cli.intake.readers.workbook import sheets_of


def recognises(path: Path, head: bytes) -> bool:
    """A compound file of Microsoft's."""
    return head.startswith(_BEGINS) or guard.begins_late(head, _BEGINS) > 0


_BEGINS = b"\xd0\xcf\x11\xe0"


def read(path: File, head: bytes) -> SheetFile:
    """Unusable for a locked file, and a compound file of another program."""
    path = guard.from_its_beginning(path, head, _BEGINS)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unusable(f"文件 {path.name} 打不开（{system_says(error)}）", "请看它是否正被别的程序打开") from None
    packed = "EncryptedPackage".encode("utf-16-le") in raw
    if packed or _flags(raw)[0]:
        unlocked = _unlocked(path, raw)
        if packed:
            return xlsx.read(unlocked, b"PK")
        path, raw = unlocked, unlocked.raw
    _, epoch1904 = _flags(raw)
    if len(raw) < _DIRECTORY_BEGINS + 4 or (struct.unpack_from("<I", raw, _DIRECTORY_BEGINS)[0] + 1) * 512 > len(raw):
        raise guard.damaged(path)
    if not any(name.encode("utf-16-le") in raw for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise guard.not_a_sheet(path, "，是 Word 文档" if "WordDocument".encode("utf-16-le") in raw else "")

    try:
        stream = _stream(raw)
    except _EndlessError:
        raise guard.damaged(path) from None
    if stream[:2] == _BOF_BYTES and stream[4:6] != _BIFF8:
        return biff.read(path, head)
    styles = _styles(stream)

    def lost(name: str, header_row: int, wanted: Collection[int]) -> Lost:
        found: dict[int, dict[int, str]] = {}
        for row, column, shown in _without_value(stream, name):
            if row > header_row and column in wanted:
                found.setdefault(row, {})[column] = shown
        return found

    def marks(name: str) -> Marks | None:
        return _marks(stream, name, styles)

    return sheets_of(path, lost, epoch1904, marks=marks)


_DIRECTORY_BEGINS = 48
"""Where a compound file says in which sector the list of its streams begins."""
_STANDARD_PASSWORD = "VelvetSweatshop"
"""Excel encrypts with it what has a protected structure and no password to open, and opens it without asking."""


def _unlocked(path: File, raw: bytes) -> Held:
    """Decrypt a workbook with the standard password, if the extra is installed; else Unusable."""
    try:
        import msoffcrypto
    except ImportError:
        raise guard.locked(path) from None
    made = BytesIO()
    try:
        file = msoffcrypto.OfficeFile(BytesIO(raw))
        file.load_key(password=_STANDARD_PASSWORD)
        file.decrypt(made)
    except Exception:  # another password, a damaged file, or one encrypted in a way that it does not know
        raise guard.locked(path) from None
    return Held(path, made.getvalue())


_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
# The records FORMULA with an error, with an empty text or marked to be worked out, and BOOLERR with an error.
_MAY_HAVE_NO_VALUE = (
    rb"(?s)\x06\x00.{8}(?:\x02.[\x00\x07\x0f\x17\x1d\x24\x2a]...|\x03.....)\xff\xff|\x06\x00.{8}\0{8}[\x02\x03]"
    rb"|\x05\x02\x08\x00.{6}[\x00\x07\x0f\x17\x1d\x24\x2a]\x01"
)
_FORMULA, _BOOLERR, _ROW, _NUMBER, _RK, _MULRK = 0x0006, 0x0205, 0x0208, 0x0203, 0x027E, 0x00BD
_BOF, _EOF, _FONT, _XF, _FORMAT, _BOUNDSHEET = 0x0809, 0x000A, 0x0031, 0x00E0, 0x041E, 0x0085
_LABELS = (0x00FD, 0x0204, 0x00D6)  # texts
_BOF_BYTES, _BIFF8 = b"\x09\x08", b"\x00\x06"
_EMPTY_TEXT = b"\x17\x00"  # the constant "" in a formula, which may well give an empty text


def _without_value(stream: bytes, name: str) -> Iterator[tuple[int, int, str]]:
    """(row from 1, column from 0, `#N/A`) of the cells of a sheet whose formula went wrong or (nothing) was never worked
    out: calamine gives them as empty, or as 0."""
    if re.search(_MAY_HAVE_NO_VALUE, stream) is None:
        return
    for kind, said in _records(stream, _sheet(stream, name)):
        shown = None
        if kind == _FORMULA and len(said) >= 20:
            shown = _of_formula(said)
        elif kind == _BOOLERR and len(said) >= 8 and said[7] == 1:
            shown = _ERRORS.get(said[6])
        if shown is not None:
            row, column = struct.unpack_from("<HH", said)
            yield row + 1, column, shown


def _of_formula(said: bytes) -> str | None:
    if said[12:14] == b"\xff\xff":
        if said[6] == 2:
            return _ERRORS.get(said[8])
        return "" if said[6] == 3 and _EMPTY_TEXT not in said[22:] else None
    return "" if said[14] & 2 and not any(said[6:14]) else None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a sheet that begins there, but those of the charts in it."""
    depth = 0
    while 0 <= at <= len(stream) - 4:
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        if depth <= 0:
            return
        at += 4 + size


class _Styles(NamedTuple):
    codes: dict[int, str]
    """Cell style → its number format as marks.shown_by has it, where it shows numbers otherwise."""
    struck: set[int]
    unseen: dict[int, Unseen]


def _styles(stream: bytes) -> _Styles:
    fonts: list[tuple[bool, str | None]] = []
    cells: dict[int, tuple[int, int, str | None]] = {}
    number = 0
    formats = dict(BUILT_IN)
    for kind, said in _records(stream, 0):
        if kind == _FONT and len(said) >= 4:
            fonts.append((bool(said[2] & 8), WHITE if said[4:6] in _WHITES else None))
            if len(fonts) == 4:  # there is no font of the number 4
                fonts.append((False, None))
        elif kind == _XF and len(said) >= 4:
            if len(said) < 6 or not said[4] & 4:  # a style of cells, and no named one that such a style began with
                cells[number] = (*struct.unpack_from("<HH", said), _ground(said))
            number += 1
        elif kind == _FORMAT and len(said) >= 5:
            text = said[5:].decode("utf-16-le" if said[4] & 1 else "latin-1", "replace")
            formats[struct.unpack_from("<H", said)[0]] = text
    found = _Styles({}, set(), {})
    for number, (font, form, ground) in cells.items():
        struck, colour = fonts[font] if font < len(fonts) else (False, None)
        if struck:
            found.struck.add(number)
        if (code := shown_by(formats.get(form, ""))) is not None:
            found.codes[number] = code
        if any(unseen := unseen_under(formats.get(form, ""), colour=colour, ground=ground)):
            found.unseen[number] = unseen
    return found


_WHITES = (b"\x01\0", b"\x09\0", b"\x41\0")


def _ground(said: bytes) -> str | None:
    """White of a cell style that fills nothing or in white; None: another colour."""
    if len(said) < 20 or (pattern := said[17] >> 2) == 0:
        return WHITE
    return WHITE if pattern == 1 and bytes([said[18] & 0x7F, 0]) in _WHITES else None


# ROW, or COLINFO, with the flag for hidden.
_HIDES = (
    rb"(?s)\x08\x02\x10\x00.{12}[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]|\x7d\x00[\x0a-\x0c]\x00.{8}[\x01\x03\x05\x07]"
    rb"|\x7d\x00[\x0a-\x0c]\x00.{4}\0\0"
)
_COLINFO = 0x007D


# A number from 2^14 to 2^17 whose fraction begins with 26 ones: days from 1944 on, shortly before midnight.
_LATE = rb"(?s)[\xf0-\xff]\xff\xff[\x0f\x1f\x2f\x3f\x4f\x5f\x6f\x7f\x8f\x9f\xaf\xbf\xcf\xdf\xef\xff].[\xd0-\xff]@"


# BOOLERR, or the value of a FORMULA, that is true or false.
_TRUTH = rb"(?s)\x05\x02\x08\x00.{6}[\x00\x01]\x00|\x06\x00.{8}\x01.[\x00\x01]...\xff\xff"


def _is_late_cell(kind: int, said: bytes) -> bool:
    if kind == _FORMULA and said[12:14] == b"\xff\xff":  # a text, an error
        return False
    return kind in (_NUMBER, _FORMULA) and len(said) >= 14 and is_late(*struct.unpack_from("<d", said, 6))


def _marks(stream: bytes, name: str, styles: _Styles) -> Marks | None:
    late = re.search(_LATE, stream) is not None
    truths = re.search(_TRUTH, stream) is not None
    if not (any(styles) or late or truths) and re.search(_HIDES, stream) is None:
        return None
    marks = Marks()
    marks.truths = truths
    filled: dict[int, set[bool | None]] = {}
    """Row → whether its cells are struck out."""
    blank: dict[int, set[bool]] = {}
    """Row → whether nobody sees them."""
    for kind, said in _records(stream, _sheet(stream, name)):
        if kind == _ROW and len(said) >= 16:
            if said[12] & 0x20:
                marks.hidden.add(struct.unpack_from("<H", said)[0] + 1)
            continue
        if kind == _COLINFO and len(said) >= 10 and (said[8] & 1 or said[4:6] == b"\0\0"):
            marks.hide_columns(*struct.unpack_from("<HH", said))
        if late and _is_late_cell(kind, said):
            row, column = struct.unpack_from("<HH", said)
            marks.late.setdefault(row + 1, []).append(column)
        for row, column, style in _styled(kind, said):
            filled.setdefault(row, set()).add(style in styles.struck)
            unseen = styles.unseen.get(style)
            blank.setdefault(row, set()).add(unseen is not None and (unseen[kind in _LABELS]))
            if style in styles.codes and kind not in _LABELS:
                marks.code(row, column, styles.codes[style])
    for row, struck in filled.items():
        marks.strike(row, struck)
        marks.unsee(row, blank[row])
    return marks


def _styled(kind: int, said: bytes) -> Iterator[tuple[int, int, int]]:
    """(row from 1, column from 0, style) of the cells that a record fills."""
    if kind in (_FORMULA, _BOOLERR, _NUMBER, _RK, *_LABELS) and len(said) >= 6:
        row, column, style = struct.unpack_from("<HHH", said)
        yield row + 1, column, style
    elif kind == _MULRK and len(said) >= 6:
        row, column = struct.unpack_from("<HH", said)
        for place in range((len(said) - 6) // 6):
            yield row + 1, column + place, struct.unpack_from("<H", said, 4 + 6 * place)[0]


def _sheet(stream: bytes, name: str) -> int:
    """The offset of a sheet's records, -1 if missing."""
    at = 0
    while at <= len(stream) - 4:
        kind, size = struct.unpack_from("<HH", stream, at)
        said = stream[at + 4 : at + 4 + size]
        if kind == _BOUNDSHEET and size >= 8:
            text = said[8:].decode("utf-16-le" if said[7] & 1 else "latin-1", "replace")
            if text[: said[6]] == name:
                return int(struct.unpack_from("<I", said)[0])
        elif kind == _EOF:
            break
        at += 4 + size
    return -1


class _Compound:
    """A compound file: sectors linked to streams, small ones in sectors of 64 bytes within one of them. struct.error,
    IndexError or KeyError where it is not as it should be."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.size = {9: 512, 12: 4096}[struct.unpack_from("<H", raw, 30)[0]]
        size = self.size
        fats, more, blocks = list(struct.unpack_from("<109I", raw, 76)), *struct.unpack_from("<II", raw, 68)
        for _ in range(min(blocks, len(raw) // size)):
            *listed, more = struct.unpack_from(f"<{size // 4}I", raw, (more + 1) * size)
            fats += listed
        self.links = array("I")
        for sector in fats[: len(raw) // (size * size // 4) + 1]:  # no more than it takes to link every sector once
            if sector < _NO_SECTOR:
                self.links.extend(struct.unpack_from(f"<{size // 4}I", raw, (sector + 1) * size))
        self.entries_at, self.small_links_at = (
            struct.unpack_from("<I", raw, 48)[0],
            struct.unpack_from("<I", raw, 60)[0],
        )
        self.entries = self.gathered(self.entries_at)
        small_links = self.gathered(self.small_links_at)
        self.small_links = array("I", small_links[: len(small_links) // 4 * 4])

    def gathered(self, sector: int) -> bytes:
        """The sectors of a chain."""
        parts: list[bytes] = []
        while sector < _NO_SECTOR and len(parts) <= len(self.links):
            parts.append(self.raw[(sector + 1) * self.size : (sector + 2) * self.size])
            sector = self.links[sector]
        return b"".join(parts)

    def streams(self) -> Iterator[tuple[str, int, int]]:
        """Name, first sector and length of each stream, the one of the small sectors first."""
        for at in range(0, len(self.entries) - 127, 128):
            name = self.entries[at : at + 64].decode("utf-16-le", "replace").rstrip("\0").lower()
            yield name, *struct.unpack_from("<II", self.entries, at + 116)

    def is_endless(self) -> bool:
        """Whether a chain leads back into itself: calamine would follow it for ever."""
        chains = [(self.entries_at, self.links), (self.small_links_at, self.links)]
        for number, (_, begins, length) in enumerate(self.streams()):
            chains.append((begins, self.links if number == 0 or length >= _SMALL else self.small_links))
        return any(_leads_back(begins, links) for begins, links in chains)


_SMALL = 4096


def _leads_back(sector: int, links: Sequence[int]) -> bool:
    for _ in range(len(links) + 1):
        if sector >= len(links):
            return False
        sector = links[sector]
    return True


def _stream(raw: bytes) -> bytes:
    """The workbook stream of a compound file, put together from its sectors; nothing when it is not as it should be.
    _EndlessError where it has no end."""
    try:
        file = _Compound(raw)
        if file.is_endless():
            raise _EndlessError
        # one saved for the programs before 1997 too has both: the newer is the one that is shown
        for name, begins, length in sorted(file.streams(), reverse=True):
            if name in ("workbook", "book"):
                if length >= _SMALL:
                    return file.gathered(begins)[:length]
                small = file.gathered(next(file.streams())[1])
                parts: list[bytes] = []
                while begins < _NO_SECTOR and len(parts) <= len(file.small_links):
                    parts.append(small[begins * 64 : (begins + 1) * 64])
                    begins = file.small_links[begins]
                return b"".join(parts)[:length]
    except (struct.error, IndexError, KeyError):
        pass
    return b""


class _EndlessError(Exception):
    """A chain of sectors leads back into itself."""


_NO_SECTOR = 0xFFFFFFFA


def _flags(raw: bytes) -> tuple[bool, bool]:
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
