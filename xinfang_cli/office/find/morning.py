"""The morning: what is open, overdue and coming due. Knows no law, so that the lists start fast."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.office.session import Session
from xinfang_cli.records import ListFilter


def unit_filter(book: Book, word: str | None) -> tuple[int, ...] | None:
    """The units a word of a filter names; 未转送 names none."""

    return None if word is None else (book.units.find(word).id,)


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
        rows = book.lists.clocks_due(
            session.today,
            within=within,
            chosen=chosen._replace(units=unit_filter(book, unit)),
            kinds=kinds,
            owners=owners,
            windows=windows,
            limit=limit,
        )
        if windows:
            _say_presumed(book, rows)
        return rows


def _say_presumed(book: Book, rows: list[dict[str, Any]]) -> None:
    """Which of the petitioners' windows run from the answer, because no delivery was recorded (art. 35, 36)."""
    from xinfang_cli.law.fold import fold

    for row in rows:
        row["presumed"] = False
        if row["clock"] in ("review_window", "recheck_window"):
            case = fold(book.events.of(row["case_id"]), book.code)
            if case is not None:
                delivered = case.delivered_on if row["clock"] == "review_window" else case.review_delivered_on
                row["presumed"] = delivered is None


def desk(session: Session, sunday: date, most: int = 10, *, aloud: bool = True) -> dict[str, Any]:
    """The counts of the morning and the most pressing clocks; overdue first, then nearest."""
    with session.reading() as book:
        counts = book.lists.desk(session.today, sunday)
        pressing = book.lists.clocks_due(session.today, limit=most)
        if len(pressing) < most:
            pressing += book.lists.clocks_due(session.today, within=60, limit=most - len(pressing))
        missing = _next_year_missing(book, session.today, aloud) if session.today.month >= 11 else None
    return {"today": session.today, "counts": counts, "pressing": pressing, "next_year_missing": missing}


def _next_year_missing(book: Book, today: date, aloud: bool) -> tuple[int, bool] | None:
    """From 1 November: next year, when the book lacks its arrangement; and whether to say so, once a day."""
    from xinfang_cli.law.workdays import next_year_missing

    year = next_year_missing(book.code.now.calendar, today)
    if year is None:
        return None
    return year, aloud and book.keeping.first_time_today(f"workdays {year}", today)
