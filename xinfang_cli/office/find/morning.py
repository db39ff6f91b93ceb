"""The morning's counts: open, overdue, due soon. Imports no law, for a fast start."""

from __future__ import annotations

from datetime import date, timedelta

from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import DeadlineLine


class Deadlines(NamedTuple):
    """Clocks past due (`within` None) or due within some days, nearest first.

    `presumed`, for windows only: of which lines the window runs from the answer, because no delivery was recorded
    (art. 35, 36).
    """

    lines: tuple[DeadlineLine, ...]
    within: int | None
    limit: int = 0
    presumed: tuple[bool, ...] | None = None


class Counts(NamedTuple):
    """Open cases by stage, clocks due this week and overdue, supervised cases."""

    to_assign: int
    to_accept: int
    in_hand: int
    to_check: int
    due_this_week: int
    overdue: int
    supervised: int


class Desk(NamedTuple):
    """The morning: `next_year_missing` is a year whose holidays the book lacks, from November on."""

    today: date
    book: str
    counts: Counts
    pressing: tuple[DeadlineLine, ...]
    next_year_missing: int | None = None


def unit_filter(book: Book, word: str | None) -> tuple[int, ...] | None:
    """The units a word of a filter names; 未转送 names none."""

    return None if word is None else (book.units.find(word).id,)


def deadlines(
    session: Session,
    within: int | None = None,
    *,
    unit: str | None = None,
    kinds: tuple[str, ...] | None = None,
    owners: tuple[str, ...] | None = None,
    windows: bool = False,
    limit: int = 0,
    accusation: bool = False,
) -> Deadlines:
    """The clocks past due (`within` None) or due from today to today + within, nearest first. With `accusation`, which is
    written to the access log, accusations by their titles."""
    with session.reading() as book, session.as_today_stands(book, windows=windows):
        lines = book.lists.clocks_due(
            session.today,
            within=within,
            chosen=ListFilter(units=unit_filter(book, unit), accusation=accusation),
            kinds=kinds,
            owners=owners,
            windows=windows,
            limit=limit,
        )
        presumed = tuple(_presumed(book, line, session.today) for line in lines) if windows else None
        if accusation:
            from xinfang_cli.office.find.redacting import with_accusations

            lines = with_accusations(book, [(line.case_id, line) for line in lines])
            what = "overdue" if within is None else "due"
            session.look(book, "search", what, ids=[line.case_id for line in lines], accusation=True)
    return Deadlines(tuple(lines), within, limit, presumed)


def _presumed(book: Book, line: DeadlineLine, today: date) -> bool:
    """Whether a petitioner's window runs from the answer, because no delivery was recorded (art. 35, 36)."""
    from xinfang_cli.law.fold import fold

    if line.clock not in ("review_window", "recheck_window"):
        return False
    case = fold(book.events.of(line.case_id), book.code, today)
    if case is None:
        return False
    return (case.delivered_on if line.clock == "review_window" else case.review_delivered_on) is None


def desk(session: Session, most: int = 10) -> Desk:
    """The counts of the morning and the most pressing clocks; overdue first, then nearest."""
    sunday = session.today + timedelta(days=6 - session.today.weekday())
    with session.reading() as book, session.as_today_stands(book):
        counts = Counts(**book.lists.desk(session.today, sunday))
        pressing = book.lists.clocks_due(session.today, limit=most)
        if len(pressing) < most:
            pressing += book.lists.clocks_due(session.today, within=60, limit=most - len(pressing))
        missing = _next_year_missing(book, session.today) if session.today.month >= 11 else None
    return Desk(session.today, str(session.place), counts, tuple(pressing), missing)


def _next_year_missing(book: Book, today: date) -> int | None:
    """From 1 November: next year, when the book lacks its arrangement."""
    from xinfang_cli.law.workdays import next_year_missing

    return next_year_missing(book.code.now.calendar, today)
