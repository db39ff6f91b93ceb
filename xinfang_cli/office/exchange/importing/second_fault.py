"""A second fault in a row with an unreadable cell, reported if it holds for every possible value of that cell: the law
is asked with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import product
from math import prod
from typing import Any

from xinfang_cli.intake.closed_words import CLOSED
from xinfang_cli.intake.headings import COLUMNS, Layout
from xinfang_cli.intake.rows import LedgerRow
from xinfang_cli.office.exchange.row_plan import RowRefused

MOST = 200
"""Rows with more that could be meant are not looked at a second time."""

_HOLDS = {column.field: column.holds for column in COLUMNS}


def second_fault(row: LedgerRow, layout: Layout, today: date, take: Callable[[LedgerRow], None]) -> RowRefused | None:
    """The second fault of a row with unreadable cells, raised by `take` for each possible value of them.

    The possible days are the row's other days: any order of days that can be kept at all can be kept with them.
    """
    headings = {heading for heading, _ in row.reasons}
    wrong = [field for field in _HOLDS if layout.heading_of(field) in headings]
    days = sorted({value for value in row.said.values() if isinstance(value, date)} | {today})
    meant = [_meant(field, days) for field in wrong]
    if "unit" in wrong or len(wrong) != len(headings) or prod(map(len, meant)) > MOST:
        return None
    found: RowRefused | None = None
    for values in product(*meant):
        said = row.said | {field: value for field, value in zip(wrong, values, strict=True) if value is not None}
        if "received_on" not in said:
            continue
        try:
            take(LedgerRow(row.line, said, {}, [], []))
        except RowRefused as error:
            if not {error.field, *error.against}.isdisjoint(wrong):
                continue  # it is about the unreadable cell
            if found is not None and (error.field, error.why) != (found.field, found.why):
                return None
            found = error
        else:
            return None
    return found


def _meant(field: str, days: Sequence[date]) -> list[Any]:
    """The possible values of a cell, empty included."""
    if _HOLDS[field] == "day":
        return [*days, None]
    return [None, *CLOSED[field].labels] if field in CLOSED else [None, 1] if _HOLDS[field] == "count" else [None]
