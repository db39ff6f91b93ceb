"""What is known of the petitioners of some cases, and their titles through the gate of law/redaction."""

from __future__ import annotations

from collections.abc import Iterable

from xinfang_cli.book.face import Book
from xinfang_cli.law.redaction import Known, Purpose, Redacted, known_in, redact


def known_of(book: Book, case_ids: Iterable[int]) -> dict[int, Known]:
    """case → every name, ID number, phone and address it ever had."""
    ids = sorted(set(case_ids))
    return {case_id: known_in(event.data for event in events) for case_id, events in book.events.by_case(ids)}


def titles_for(book: Book, cases: Iterable[tuple[int, str]], purpose: Purpose) -> dict[int, Redacted]:
    """The titles of cases, given as (id, title), as they may be read for a purpose."""
    titles = dict(cases)
    known = known_of(book, titles)
    return {case_id: redact(title, known[case_id], purpose) for case_id, title in titles.items()}
