"""The morning: what is open, overdue and coming due. Knows no law, so that the lists start fast."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinfang_cli.book import cases
from xinfang_cli.book.open import Book
from xinfang_cli.office.session import Session
from xinfang_cli.records import ListFilter


def unit_filter(book: Book, word: str | None) -> tuple[int, ...] | None:
    """The units a word of a filter names; 未转送 names none."""
    from xinfang_cli.book import units

    return None if word is None else (units.find_unit(book.conn, word).id,)


def clocks_due(
    session: Session,
    *,
    within: int | None,
    chosen: ListFilter,
    unit: str | None,
    kinds: tuple[str, ...] | None,
    owners: tuple[str, ...] | None,
    windows: bool,
    limit: int,
) -> list[dict[str, Any]]:
    """The clocks past due (`within` None) or due from today to today + within, nearest first."""
    with session.reading() as book:
        return cases.clocks_due(
            book.conn,
            session.today,
            within=within,
            chosen=chosen._replace(units=unit_filter(book, unit)),
            kinds=kinds,
            owners=owners,
            windows=windows,
            limit=limit,
        )


def desk(session: Session, sunday: date, most: int = 10) -> dict[str, Any]:
    """The counts of the morning and the most pressing clocks; overdue first, then nearest."""
    from xinfang_cli.office.upkeep import next_year_missing

    with session.reading() as book:
        counts = cases.desk(book.conn, session.today, sunday)
        pressing = cases.clocks_due(book.conn, session.today, limit=most)
        if len(pressing) < most:
            pressing += cases.clocks_due(book.conn, session.today, within=60, limit=most - len(pressing))
        missing = next_year_missing(book, session.today) if session.today.month >= 11 else None
    return {"today": session.today, "counts": counts, "pressing": pressing, "next_year_missing": missing}
