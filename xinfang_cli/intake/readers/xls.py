"""Old Excel workbooks (xls): calamine gives the errors in them as empty cells, so their records are gone over too."""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import Lost, SheetFile
from xinfang_cli.intake.readers.workbook import sheets_of


def recognises(path: Path, head: bytes) -> bool:
    """A compound file of Microsoft's."""
    return head.startswith(b"\xd0\xcf\x11\xe0")


def read(path: Path, head: bytes) -> SheetFile:
    """Unusable for a locked file, and a compound file of another program."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unusable(f"文件 {path.name} 打不开（{system_says(error)}）", "请看它是否正被别的程序打开") from None
    locked, epoch1904 = _flags(raw)
    if locked or "EncryptedPackage".encode("utf-16-le") in raw:
        raise guard.locked(path)
    if not any(name.encode("utf-16-le") in raw for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise guard.not_a_sheet(path)

    def lost(name: str, header_row: int, wanted: Collection[int]) -> Lost:
        found: dict[int, dict[int, str]] = {}
        for row, column, shown in _errors(raw, name):
            if row > header_row and column in wanted:
                found.setdefault(row, {})[column] = shown
        return found

    return sheets_of(path, lost, epoch1904)


_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
# The records FORMULA with an error for its value, and BOOLERR with one.
_MAY_HAVE_ERRORS = rb"(?s)\x06\x00.{8}\x02.[\x00\x07\x0f\x17\x1d\x24\x2a]...\xff\xff|\x05\x02\x08\x00.{6}[\x00\x07\x0f\x17\x1d\x24\x2a]\x01"


def _errors(raw: bytes, name: str) -> Iterator[tuple[int, int, str]]:
    """(row from 1, column from 0, `#N/A`) of the cells of a sheet whose formula went wrong: the reader gives them as empty."""
    if re.search(_MAY_HAVE_ERRORS, raw) is None:
        return
    stream = _stream(raw)
    at = _sheet(stream, name)
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
        if code in _ERRORS and depth == 1:
            row, column = struct.unpack_from("<HH", said)
            yield row + 1, column, _ERRORS[code]
        if depth <= 0:
            return
        at += 4 + size


def _sheet(stream: bytes, name: str) -> int:
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


def _stream(raw: bytes) -> bytes:
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
