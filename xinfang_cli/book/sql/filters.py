"""Filters of lists in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.sql.predicates import (
    NOT_ACCUSATION,
    among,
    among_channels,
    not_accused,
    not_accused_leader,
    running,
)
from xinfang_cli.law.conditions import CLOSED, ListFilter

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book

RUNNING = running("k.")
_AMONG = {"stage": "c.stage", "channel": "c.channel", "kind": "c.kind"}
_ONE = {
    "topic": "c.topic = ?",
    "region": "c.region = ?",
    "lead": "c.lead = ?",
    "received_from": "c.received_on >= ?",
    "received_to": "c.received_on <= ?",
    "overdue_on": f"c.id IN (SELECT k.case_id FROM clocks k WHERE {RUNNING} AND k.due_on < ?)",
    "batch": "c.id IN (SELECT case_id FROM backlog WHERE batch = ?)",
    "tag": "c.tags IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(c.tags) WHERE value = ?)",
    "returned_at_least": "c.returned_times >= ?",
}


def where(book: Book, chosen: ListFilter) -> tuple[str, list[Any]]:
    """The WHERE of a filter, over `cases c`."""
    parts: list[tuple[str, Sequence[Any]]] = []
    for field, column in _AMONG.items():
        if (wanted := getattr(chosen, field)) is not None:
            parts.append(
                among_channels(wanted, chosen.accusation) if field == "channel" else (among(column, wanted), wanted)
            )
    if chosen.units is not None:
        parts.append((among("c.unit_id", chosen.units), chosen.units))
        parts += not_accused(book, chosen.units)
    for field, said in _ONE.items():
        if (one := getattr(chosen, field)) is not None:
            open_ = "" if chosen.accusation or field not in CLOSED else f"{NOT_ACCUSATION} AND "
            parts.append((open_ + said, (one.isoformat() if isinstance(one, date) else one,)))
    if chosen.lead is not None and chosen.accusation:
        parts += not_accused_leader(book, chosen.lead)
    if chosen.first_only:
        parts.append(("c.repeat = 0", ()))
    if chosen.ids is not None:
        from json import dumps

        parts.append(("c.id IN (SELECT value FROM json_each(?))", (dumps(chosen.ids),)))
    if chosen.match:
        parts.append((f"c.id IN ({book.search.MATCHING})", (chosen.match,)))
    if chosen.terms:
        from xinfang_cli.book.sql.conditions import condition

        parts += [condition(book, term, chosen.accusation) for term in chosen.terms]
    clause = " AND ".join(said for said, _ in parts)
    return (f" WHERE {clause}" if clause else ""), [value for _, given in parts for value in given]
