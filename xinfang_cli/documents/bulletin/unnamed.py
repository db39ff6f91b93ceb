"""The choice between named and merely counted cases in the lists of a bulletin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from xinfang_cli.office.figures.bulletin import Bulletin, OverdueClock, ProblemCase

FEW = 3
"""Fewer than this are not counted out where accusations are among them."""
Row = TypeVar("Row", OverdueClock, ProblemCase)


def as_published(bulletin: Bulletin) -> Bulletin:
    """The bulletin with other cases unnamed beside the accusations: were those alone without a name, whoever takes the named
    ones from a unit's own figure would have the unit that handles one (art. 30)."""
    overdue = sum(bulletin.hidden_overdue.values())
    beside = _beside(bulletin.overdue, overdue)
    for what, rows in bulletin.problems.items():
        beside |= _beside(rows, bulletin.hidden_problems[what])
    named = {what: _named(rows, beside) for what, rows in bulletin.problems.items()}
    still = _named(bulletin.overdue, beside)
    overdue += len(bulletin.overdue) - len(still)
    return bulletin._replace(
        overdue=still,
        hidden_overdue={"": overdue} if overdue else {},
        problems=named,
        hidden_problems={
            what: bulletin.hidden_problems[what] + len(rows) - len(named[what])
            for what, rows in bulletin.problems.items()
        },
    )


def _named(rows: Sequence[Row], beside: set[str]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.case_no not in beside)


def _beside(rows: Sequence[Row], accusations: int) -> set[str]:
    """The cases that stay unnamed beside so many accusations: twice as many, of as many units as there are. Always the same
    ones, so that two bulletins do not tell them apart."""
    if not accusations:
        return set()
    order = sorted(rows, key=lambda row: sha256(row.case_no.encode()).digest())
    units: dict[str, int] = {}
    turns = []
    for row in order:
        units[row.unit] = units.get(row.unit, 0) + 1
        turns.append((units[row.unit], row.case_no))
    turns.sort(key=lambda turn: turn[0])
    return {case_no for _, case_no in turns[: 2 * accusations]}


def few(number: int) -> str:
    """3 and more as they are, fewer as <3."""
    return str(number) if number >= FEW else f"<{FEW}"


def kinds_told(by_kind: Mapping[str, int | None]) -> dict[str, int | None]:
    """Cases by purpose without the accusations, and without the smallest other purpose: what they leave of the whole would
    be the accusations."""
    told = dict(by_kind)
    if told.get("accusation"):
        told["accusation"] = None
        others = [kind for kind, number in told.items() if number]
        if others:
            told[min(others, key=lambda kind: told[kind] or 0)] = None
    return told


def without_few(record: dict[str, Any], every: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A record of figures as it is published. Where accusations are few in any of those published together, they are counted
    out in none: a sum less its parts would be the part that is hidden."""
    if not any(0 < (_kinds(part).get("accusation") or 0) < FEW for one in every for part in _parts(one)):
        return record
    made = _with_kinds_told(record)
    return made | {"trend": [_with_kinds_told(one) for one in record["trend"]]} if "trend" in record else made


def _with_kinds_told(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "volumes": {**record["volumes"], "by_kind": kinds_told(_kinds(record))}}


def _parts(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [record, *record.get("trend", ())]


def _kinds(record: dict[str, Any]) -> dict[str, int | None]:
    found: dict[str, int | None] = record["volumes"].get("by_kind") or {}
    return found
