"""Small lists that an office keeps in a spreadsheet of its own: cases of a batch, leaders, receptions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinfang_cli.errors import BadValue, Unusable, system_says
from xinfang_cli.intake import cleaning, days, tables
from xinfang_cli.intake.headings import normalise_heading


def read_list(path: Path, wanted: Mapping[str, str], day_fields: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """The rows of a list by its headings (heading → field): {"row": its number, field: text or day}.

    The header is the row among the first ten with the most known headings. BadValue names the row of a wrong day.
    """
    listed = tables.plain_rows(path)
    best: dict[str, int] = {}
    at = 0
    for place, (_, cells) in enumerate(listed[:10]):
        found: dict[str, int] = {}
        for column, cell in enumerate(cells):
            field = wanted.get(normalise_heading(cell))
            if field is not None:
                found.setdefault(field, column)
        if len(found) > len(best):
            best, at = found, place
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
                label = f"第 {number} 行的{headings[field]}"
                day = days.parse_file_day(cell, label)
                if day is not None:
                    row[field] = day
            else:
                text = cleaning.clean_text(cleaning.cell_text(cell))
                if text and text not in days.BLANK_CELLS:
                    row[field] = text
        if len(row) > 1:
            rows.append(row)
    return rows


def read_plain_csv(path: Path, wanted: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of a small CSV by its headings (UTF-8 or GB18030)."""
    import csv

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unusable(f"文件 {path} 读不了（{system_says(error)}）", "请核对文件名和权限", code="no_file") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadValue("文件", path.name, "不是 UTF-8 或 GB18030 的 CSV", "请另存为 CSV 再试")
    rows = list(csv.reader(text.splitlines()))
    headings = [cell.strip() for cell in rows[0]] if rows else []
    places = {wanted[heading]: place for place, heading in enumerate(headings) if heading in wanted}
    if not places:
        raise BadValue("文件", path.name, "没有认得的列标题", "第一行应有：" + "、".join(wanted))
    return [
        {name: row[place].strip() for name, place in places.items() if place < len(row)}
        for row in rows[1:]
        if any(cell.strip() for cell in row)
    ]
