"""The effects of a command: clocks of its case, and published figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.decide import turned
from xinfang_cli.law.event import Event
from xinfang_cli.law.fold import fold
from xinfang_cli.office.figures import sealing


class ClockMove(NamedTuple):
    """A clock that would move, begin, or never have begun: its days and state before and after."""

    clock: str
    start_before: date | None
    start_after: date | None
    due_before: date | None
    due_after: date | None
    stop_before: date | None
    stop_after: date | None
    state_before: str | None
    state_after: str | None
    guessed: bool = False  # the last day that it would have is a guess (约)


class Turned(NamedTuple):
    """An event that would be another unit's than it was recorded as."""

    kind: str
    on: date
    unit_before: str | None
    unit_after: str | None


class Moves(NamedTuple):
    """The effects of retelling a case: clocks, unit of the turn with the event, published figures; `kind` is the
    causing event.
    """

    case_no: str
    kind: str
    moved: tuple[ClockMove, ...]
    published: tuple[sealing.MovedPublication, ...]
    turned: tuple[Turned, ...] = ()


def moves(
    book: Book, case_id: int, case_no: str, before: Sequence[Event], after: Sequence[Event], today: date
) -> Moves:
    """The effects of a case's changed events."""
    published = sealing.moved_by(book, case_id, case_no, before, after)
    moved = clock_moves(fold(before, book.code), fold(after, book.code), today)
    names = book.units.names_by_id()
    others = (
        Turned(event.kind, event.on, names.get(was or 0), names.get(now or 0))
        for event, was, now in turned(before, after)
    )
    return Moves(case_no, after[-1].kind, moved, published, tuple(others))


def clock_moves(before: Case | None, after: Case | None, today: date) -> tuple[ClockMove, ...]:
    """Clocks with a changed day, end or state, new ones and voided ones."""
    old, new = _by_opening(before), _by_opening(after)
    moves = []
    for key in dict.fromkeys([*old, *new]):
        was, now = _said(old.get(key), today), _said(new.get(key), today)
        if was != now:
            after_it = new.get(key)
            guess = after_it is not None and after_it.guessed
            moves.append(ClockMove(key[0], was[0], now[0], was[1], now[1], was[2], now[2], was[3], now[3], guess))
    return tuple(moves)


def _said(clock: Clock | None, today: date) -> tuple[date | None, date | None, date | None, str | None]:
    return (None,) * 4 if clock is None else (clock.start, clock.due, clock.stop, clock.state(today))


def _by_opening(case: Case | None) -> dict[tuple[str, int], Clock]:
    """The clocks by kind and the event that set them running: a correction may put events in another order."""
    return {} if case is None else {(clock.kind, clock.opened_by): clock for clock in case.clocks}
