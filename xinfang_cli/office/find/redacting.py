"""What is known of the petitioners of some cases, and their titles through the gate of law/redaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.law.redaction import Known, Purpose, Redacted, known_in, redact


def known_of(book: Book, case_ids: Iterable[int]) -> dict[int, Known]:
    """case → every name, ID number, phone and address it ever had."""
    ids = sorted(set(case_ids))
    return {case_id: known_in(event.data for event in events) for case_id, events in book.events.by_case(ids)}


def titles_for(book: Book, rows: Sequence[Mapping[str, Any]], purpose: Purpose) -> list[Redacted]:
    """The titles of cases (by their `case_id`) as they may be read for a purpose."""
    known = known_of(book, (row["case_id"] for row in rows))
    return [redact(str(row["title"]), known[row["case_id"]], purpose) for row in rows]
