"""Cases folded again under other rules or another calendar, and their moved clocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.case import Case
from xinfang_cli.law.fold import fold
from xinfang_cli.law.inforce import Code


class MovedClock(NamedTuple):
    """A clock whose last day moves; `before` None: it was not there, `after` None: it is void."""

    case_no: str
    clock: str
    before: date | None
    after: date | None


class Refolded(NamedTuple):
    """A case under the other law with its moved clocks; none if a guessed day is confirmed."""

    case_id: int
    case_no: str
    case: Case
    moved: tuple[MovedClock, ...]


def refolded(book: Book, code: Code, kinds: Iterable[str], years: Iterable[int] = ()) -> Iterator[Refolded]:
    """Cases with an unfinished clock of these kinds, or any clock due in these years, and a clock moving under that
    law, windows included. `years`: just arranged, so their earlier days were guesses.
    """
    for case_id in book.cases.with_unfinished(kinds, years):
        case = fold(book.events.of(case_id), code)
        if case is None:
            continue
        before = book.cases.clock_days(case_id)
        after = [(clock.due.isoformat(), clock.void, clock.guessed) for clock in case.clocks]
        if [before.get(n) for n in range(len(after))] == after:
            continue
        case_no = book.cases.number_of(case_id)
        moved = tuple(
            MovedClock(
                case_no,
                clock.kind,
                date.fromisoformat(before[n][0]) if n in before else None,
                None if clock.void else clock.due,
            )
            for n, clock in enumerate(case.clocks)
            if n not in before or before[n][:2] != after[n][:2]
        )
        yield Refolded(case_id, case_no, case, moved)


def what_moves(book: Book, code: Code, kinds: Iterable[str], years: Iterable[int] = ()) -> tuple[MovedClock, ...]:
    """Clocks that would move under that law; nothing is written."""
    return tuple(clock for found in refolded(book, code, kinds, years) for clock in found.moved) if kinds else ()


def refold(book: Book, kinds: Iterable[str], years: Iterable[int] = ()) -> tuple[MovedClock, ...]:
    """Store the cases as the law now in force has them; the clocks that moved."""
    moved: list[MovedClock] = []
    for found in refolded(book, book.code, kinds, years) if kinds else ():
        book.cases.put(found.case_id, found.case_no, found.case)
        moved += found.moved
    return tuple(moved)
