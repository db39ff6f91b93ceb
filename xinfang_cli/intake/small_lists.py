"""Small lists that an office keeps in a spreadsheet of its own: cases of a batch, leaders, receptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xinfang_cli.errors import BadValue
from xinfang_cli.intake import cleaning, days, tables
from xinfang_cli.intake.headings import normalise_heading
from xinfang_cli.intake.readers.sheet import MarkedRow


def read_list(path: Path, wanted: Mapping[str, str], day_fields: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """The rows of a list by its headings (heading → field): {"row": its number, field: text or day}.

    The header is the row among the first ten with the most known headings. BadValue names the row of a wrong day.
    """
    listed = _rows(path)
    best, at = _header([cells for _, cells in listed[:10]], wanted)
    if not best:
        raise BadValue("文件", path.name, "没有认得的列名", "表头应有：" + "、".join(wanted))
    headings: dict[str, str] = {}
    for heading, field in wanted.items():
        headings.setdefault(field, heading)
    rows = []
    for number, cells in listed[at + 1 :]:
        row: dict[str, Any] = {"row": number}
        for field, column in best.items():
            cell = cells[column] if column < len(cells) else None
            if field in day_fields:
                value: object = days.parse_file_day(cell, f"第 {number} 行的{headings[field]}")
            else:
                text = cleaning.clean_text(cell)
                value = text if text not in days.BLANK_CELLS else None
            if value is not None:
                row[field] = value
        if len(row) > 1:
            rows.append(row)
    return rows


def read_plain_csv(path: Path, wanted: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of a small CSV whose headings stand in the first row."""
    rows = _rows(path)
    headings = [cleaning.clean_text(cell) for cell in rows[0][1]] if rows else []
    places = {wanted[heading]: place for place, heading in enumerate(headings) if heading in wanted}
    if not places:
        raise BadValue("文件", path.name, "没有认得的列标题", "第一行应有：" + "、".join(wanted))
    texts = [[cleaning.clean_text(cell) for cell in cells] for _, cells in rows[1:]]
    return [{name: row[place] for name, place in places.items() if place < len(row)} for row in texts if any(row)]


def _rows(path: Path) -> list[tuple[int, Sequence[object]]]:
    """The rows of a small list; BadValue for a broken one: it is taken whole or not at all."""
    rows = tables.plain_rows(path)
    for number, cells in rows:
        if isinstance(cells, MarkedRow) and cells.fault:
            raise BadValue(f"第 {number} 行", None, cells.fault.removeprefix("这一行"))
    return rows


def _header(top: Sequence[Sequence[object]], wanted: Mapping[str, str]) -> tuple[dict[str, int], int]:
    """(field → column, index) of the row with the most known headings."""
    best: dict[str, int] = {}
    at = 0
    for place, cells in enumerate(top):
        found: dict[str, int] = {}
        for column, cell in enumerate(cells):
            field = wanted.get(normalise_heading(cell))
            if field is not None:
                found.setdefault(field, column)
        if len(found) > len(best):
            best, at = found, place
    return best, at
