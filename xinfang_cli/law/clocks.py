"""Clocks: one deadline of one case, on what day it falls due, and how it stops, falls away or lapses.

`due = start + n`: the start day is not counted. On time: `stop ≤ due`. Overdue on day T: no stop and `T > due`.
A clock whose ground falls away on or before its due day is void; after it, it stops that day and is late: moving a
case washes nothing away. A clock exists only if it started.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from xinfang_cli.law.event import Event
from xinfang_cli.law.inforce import Code, InForce
from xinfang_cli.law.terms import WINDOWS
from xinfang_cli.law.workdays import ONE_DAY

UNIT_CLOCKS = frozenset({"objection", "acceptance", "completion", "duty", "office", "feedback", "redo", "supervision"})
NO_LONGER_SET = "本局已不设这一期限"


class Clock:
    """One clock of one case. `due`, `base_due` (without extensions) and `guessed` (约) are set by `settle`."""

    __slots__ = (
        "base_due",
        "due",
        "extra",
        "fixed",
        "guessed",
        "kind",
        "law_at",
        "opened_by",
        "owner",
        "rule",
        "start",
        "stop",
        "stopped_by",
        "unit",
        "void",
        "why",
    )

    def __init__(
        self, kind: str, owner: str, unit: int | None, start: date, opened_by: int, fixed: date | None = None
    ) -> None:
        self.kind = kind
        self.rule = kind
        self.owner = owner
        self.unit = unit
        self.start = start
        self.fixed = fixed
        self.extra = 0
        self.stop: date | None = None
        self.void = False
        self.guessed = False
        self.why = ""
        self.opened_by = opened_by
        self.stopped_by = 0
        self.law_at = 0
        self.due: date = start
        self.base_due: date = start

    @property
    def ended(self) -> bool:
        """Whether the clock no longer runs: met, stopped, or void."""
        return self.void or self.stop is not None or self.stopped_by != 0

    def state(self, today: date) -> str:
        """running, met, late, overdue, void, or lapsed (windows)."""
        if self.void:
            return "void"
        if self.stop is not None and self.stop <= today:
            return "met" if self.stop <= self.due else "late"
        if today <= self.due:
            return "running"
        return "lapsed" if self.kind in WINDOWS else "overdue"


@cache
def _months(n: int) -> object:
    from dateutil.relativedelta import relativedelta

    return relativedelta(months=n)


def due_day(kind: str, start: date, law: InForce, extra: int = 0, fixed: date | None = None) -> date:
    """The last day of a clock: the only place that computes deadlines."""
    if fixed is not None:
        return fixed + timedelta(days=extra) if extra else fixed
    if extra:
        return _count(kind, start, law, extra)
    try:
        return law.counted[kind][start]
    except KeyError:
        found = law.counted.setdefault(kind, {})[start] = _count(kind, start, law, 0)
        return found


def _count(kind: str, start: date, law: InForce, extra: int) -> date:
    rule = law.rules.clocks[kind]
    if rule.unit == "workday":
        day = law.calendar.add(start, rule.n)
    elif rule.unit == "month":
        day = start + _months(rule.n)  # type: ignore[operator]
    else:
        day = start + timedelta(days=rule.n)
    if extra:
        day += timedelta(days=extra)
    return law.calendar.roll(day) if law.rules.settings["roll"] else day


def due_of(clock: Clock, law: InForce) -> date:
    """The due day of this clock under that law."""
    return due_day(clock.rule, clock.start, law, clock.extra, clock.fixed)


def find_open(clocks: Iterable[Clock], kind: str) -> Clock | None:
    """The latest running clock of that kind."""
    found = None
    for clock in clocks:
        if clock.kind == kind and clock.stop is None and not clock.void:
            found = clock
    return found


def stop(clock: Clock, day: date, event: Event) -> None:
    """Stop a clock: met on that day, by that event."""
    clock.stop = day
    clock.stopped_by = event.seq
    clock.law_at = event.id


def fall(clock: Clock, event: Event, code: Code, why: str, always_void: bool = False) -> None:
    """Its ground fell away: void on or before the due day, late after it."""
    if always_void or event.on <= due_of(clock, code.at(event.id)):
        clock.void, clock.stop = True, None
        clock.stopped_by = event.seq
        clock.law_at = event.id
        clock.why = why
    elif clock.kind not in WINDOWS:
        stop(clock, event.on, event)
        clock.why = why
    else:
        let_lapse(clock, event)  # what comes is another unit's


def let_lapse(clock: Clock, event: Event) -> None:
    """A window over its last day is over for good, under the law of that day; it has no stop."""
    clock.stopped_by, clock.law_at = event.seq, event.id


def run_on(clock: Clock) -> None:
    """Restart a clock whose stopping event was undone."""
    clock.stop, clock.stopped_by, clock.law_at, clock.void, clock.why = None, 0, 0, False, ""


def is_guess(rule: str, start: date, due: date, law: InForce, fixed: date | None) -> bool:
    """Whether the due day was counted over working days of a year whose arrangement is not known yet (约)."""
    if rule not in law.by_workdays or fixed is not None:
        return False
    return not law.calendar.known_years().issuperset(range((start + ONE_DAY).year, due.year + 1))


def settle_clock(clock: Clock, code: Code) -> None:
    """Set the due day: a stopped clock's under the law it stopped under, a running one's under today's."""
    now = code.now
    if clock.kind == "office" and not clock.ended and not now.rules.clocks["office"].n:
        clock.void, clock.why = True, NO_LONGER_SET
    law = code.at(clock.law_at) if clock.law_at else now
    clock.due = due_day(clock.rule, clock.start, law, clock.extra, clock.fixed)
    clock.guessed = not clock.void and is_guess(clock.rule, clock.start, clock.due, law, clock.fixed)
    extended = clock.extra and clock.kind != "recheck"
    clock.base_due = due_day(clock.rule, clock.start, law, 0, clock.fixed) if extended else clock.due
