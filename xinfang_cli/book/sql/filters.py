"""What a list is narrowed to, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.chain import encode
from xinfang_cli.book.sql.predicates import running
from xinfang_cli.records import ListFilter

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book

RUNNING = running("k.")


def where(book: Book, chosen: ListFilter) -> tuple[str, list[Any]]:
    """The WHERE of a filter, over `cases c`."""
    parts: list[str] = []
    values: list[Any] = []

    def among(column: str, wanted: Sequence[Any] | None) -> None:
        if wanted is not None:
            parts.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values.extend(wanted)

    def equal(column: str, wanted: Any) -> None:
        if wanted is not None:
            parts.append(f"{column} = ?")
            values.append(wanted)

    among("c.stage", chosen.stage)
    if chosen.units is not None:
        among("c.unit_id", chosen.units)
        for unit in chosen.units:  # an accusation is hidden from the lists of the unit complained of (art. 30)
            parts.append(
                "NOT (c.kind = 'accusation' AND c.complained_unit_id IS NOT NULL AND c.complained_unit_id = ?)"
            )
            values.append(unit)
    among("c.channel", chosen.channel)
    among("c.kind", chosen.kind)
    equal("c.topic", chosen.topic)
    equal("c.region", chosen.region)
    equal("c.lead", chosen.lead)
    if chosen.received_from is not None:
        parts.append("c.received_on >= ?")
        values.append(chosen.received_from.isoformat())
    if chosen.received_to is not None:
        parts.append("c.received_on <= ?")
        values.append(chosen.received_to.isoformat())
    if chosen.overdue_on is not None:
        parts.append(f"c.id IN (SELECT k.case_id FROM clocks k WHERE {RUNNING} AND k.due_on < ?)")
        values.append(chosen.overdue_on.isoformat())
    if chosen.first_only:
        parts.append("c.repeat = 0")
    if chosen.batch is not None:
        parts.append("c.id IN (SELECT case_id FROM backlog WHERE batch = ?)")
        values.append(chosen.batch)
    if chosen.tag is not None:
        parts.append("c.tags IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(c.tags) WHERE value = ?)")
        values.append(chosen.tag)
    if chosen.returned_at_least is not None:
        parts.append("c.returned_times >= ?")
        values.append(chosen.returned_at_least)
    if chosen.ids is not None:
        parts.append("c.id IN (SELECT value FROM json_each(?))")
        values.append(encode(chosen.ids))
    if chosen.match:
        parts.append(f"c.id IN ({book.search.MATCHING})")
        values.append(chosen.match)
    if chosen.terms:
        from xinfang_cli.book.sql.conditions import condition

        for term in chosen.terms:
            said, given = condition(book, term)
            parts.append(said)
            values += given
    return (" WHERE " + " AND ".join(parts) if parts else ""), values
