"""What an event would move: the clocks of its case, and the figures that were published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from xinfang_cli.book.face import Book
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.event import Event
from xinfang_cli.law.fold import fold
from xinfang_cli.office.figures import sealing


class MovedClock(NamedTuple):
    """A clock whose days or state change; None where it was not, or will not be."""

    clock: str
    start_before: str | None
    start_after: str | None
    due_before: str | None
    due_after: str | None
    stop_before: str | None
    stop_after: str | None
    state_before: str | None
    state_after: str | None


class Moves(NamedTuple):
    """What one event on one case moves of what was published."""

    case_no: str
    kind: str
    clocks: tuple[MovedClock, ...]
    published: tuple[dict[str, Any], ...]


def moves(book: Book, case_id: int, case_no: str, events: Sequence[Event], event: Event, today: date) -> Moves | None:
    """None where no published number moves."""
    after = [*events, event]
    published = sealing.moved_by(book, case_id, case_no, events, after)
    if not published:
        return None
    clocks = moved_clocks(fold(events, book.code), fold(after, book.code), today)
    return Moves(case_no, event.kind, tuple(clocks), tuple(published))


def moved_clocks(before: Case | None, after: Case | None, today: date) -> list[MovedClock]:
    """The clocks whose day, end or state changes, and those that would begin or never have begun."""
    old, new = _by_opening(before), _by_opening(after)
    moved = []
    for key in dict.fromkeys([*old, *new]):
        was, now = _said(old.get(key), today), _said(new.get(key), today)
        if was != now:
            pairs = [value for pair in zip(was, now, strict=True) for value in pair]
            moved.append(MovedClock(key[0], *pairs))
    return moved


def _said(clock: Clock | None, today: date) -> tuple[str | None, ...]:
    if clock is None:
        return (None, None, None, None)
    stop = None if clock.stop is None else clock.stop.isoformat()
    return clock.start.isoformat(), clock.due.isoformat(), stop, clock.state(today)


def _by_opening(case: Case | None) -> dict[tuple[str, int], Clock]:
    """The clocks by kind and the event that set them running: a correction may put events in another order."""
    return {} if case is None else {(clock.kind, clock.opened_by): clock for clock in case.clocks}
