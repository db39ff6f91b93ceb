"""Excel workbooks, xlsx and xlsb: looked over before they are handed to calamine, which gives errors as empty cells."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Collection
from itertools import chain, pairwise
from pathlib import Path

from xinfang_cli.errors import Unusable
from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import Lost, SheetFile
from xinfang_cli.intake.readers.workbook import sheets_of


def recognises(path: Path, head: bytes) -> bool:
    """Any zip file: the reader of OpenDocument is asked before."""
    return head.startswith(b"PK")


def read(path: Path, head: bytes) -> SheetFile:
    """Unusable for a zip file that is no workbook, a bomb, or one whose cells reach too far."""
    far: dict[str, tuple[int, int]] = {}
    doubtful: set[str] = set()
    with guard.package(path) as archive:
        names = set(archive.namelist())
        if not names & {"xl/workbook.xml", "xl/workbook.bin"}:
            raise guard.not_a_sheet(path)
        for entry in guard.entries(archive):
            rows, columns, doubt = _extent(archive, entry)
            if rows * columns > guard.MAX_CELLS:
                far[entry.filename] = rows, columns
            if doubt:
                doubtful.add(entry.filename)
        parts = _sheet_parts(archive, names) if far or doubtful else {}
        epoch1904 = _epoch1904(archive, names)

    def check(name: str) -> None:
        part = parts.get(name)
        if far and (part is None or part in far):
            rows, columns = far[part] if part else next(iter(far.values()))
            raise Unusable(
                f"文件 {path.name} 的工作表「{name}」内容远到第 {rows} 行、第 {columns} 列，放不下",
                "请删去表格右边、下边远处的零星内容后另存，再导入",
            )

    def lost(name: str, header_row: int, wanted: Collection[int]) -> Lost:
        part = parts.get(name)
        if part is None or part not in doubtful:
            return {}
        with zipfile.ZipFile(path) as archive:
            found = _lost_cells(archive, archive.getinfo(part), header_row, wanted)
        if found is None:
            raise guard.endless_formulas(path, name)
        return found

    return sheets_of(path, lost, epoch1904, check)


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


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int, bool]:
    """The last row and column that a sheet names, (0, 0) when it stays within columns that fit at any length; and whether
    it may have a formula without a value."""
    far, alone, error = re.compile(_FAR), re.compile(_FORMULA_ALONE), re.compile(_ERROR)
    tail = b""
    found = formulas = doubt = False
    for chunk in guard.chunks(archive, entry):
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
    for chunk in guard.chunks(archive, entry):
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
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, header_row: int, wanted: Collection[int]
) -> dict[int, dict[int, str]] | None:
    """What `Reading.lost` says; None when there is no end of it."""
    begins, place = re.compile(_CELL_BEGINS), re.compile(_CELL)
    lost: dict[int, dict[int, str]] = {}
    count = 0
    rest = b""
    for chunk in chain(guard.chunks(archive, entry), (b"<c>",)):
        rest = rest[-8 * guard.CHUNK :] + chunk
        openings = list(begins.finditer(rest))
        for this, following in pairwise(openings):
            shown = _lost_value(this[1], rest[this.end() : following.start()])
            at = place.search(this[1]) if shown is not None else None
            if at is not None and int(at[2]) > header_row and (column := _column_number(at[1]) - 1) in wanted:
                lost.setdefault(int(at[2]), {})[column] = shown or ""
                count += 1
        if count > guard.MAX_LOST:
            return None
        rest = rest[openings[-1].start() :] if openings else rest
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


def _epoch1904(archive: zipfile.ZipFile, names: set[str]) -> bool:
    if "xl/workbook.xml" in names:
        return (
            re.search(rb"""date1904\s*=\s*["'](?:1|true|on)["']""", guard.read_part(archive, "xl/workbook.xml"))
            is not None
        )
    if "xl/workbook.bin" in names:
        return _xlsb_1904(guard.read_part(archive, "xl/workbook.bin"))
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
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", guard.read_part(archive, rels).decode("utf-8", "replace")):
        found = dict(re.findall(r"""\b(Id|Target)\s*=\s*["']([^"']*)["']""", tag))
        target = found.get("Target", "")
        targets[found.get("Id", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    parts: dict[str, str] = {}
    for tag in re.findall(
        r"<(?:\w+:)?sheet\b[^>]*>", guard.read_part(archive, "xl/workbook.xml").decode("utf-8", "replace")
    ):
        found = dict(re.findall(r"""\b(name|\w+:id)\s*=\s*["']([^"']*)["']""", tag))
        identity = next((value for key, value in found.items() if key != "name"), "")
        if identity in targets:
            parts[html.unescape(found.get("name", ""))] = targets[identity]
    return parts
