"""The lists of a bulletin as they are published: cases named, and cases only counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xinfang_cli.law.naming import FEW
from xinfang_cli.office.figures.bulletin import Bulletin


def as_published(bulletin: Bulletin) -> Bulletin:
    """The bulletin with other cases unnamed beside the accusations (law/naming)."""
    named = {
        what: tuple(row for row in rows if (what, row.case_no) not in bulletin.beside)
        for what, rows in bulletin.problems.items()
    }
    still = tuple(row for row in bulletin.overdue if (row.clock, row.case_no) not in bulletin.beside)
    overdue = sum(bulletin.hidden_overdue.values()) + len(bulletin.overdue) - len(still)
    return bulletin._replace(
        overdue=still,
        hidden_overdue={"": overdue} if overdue else {},
        problems=named,
        hidden_problems={
            what: bulletin.hidden_problems[what] + len(rows) - len(named[what])
            for what, rows in bulletin.problems.items()
        },
    )


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
