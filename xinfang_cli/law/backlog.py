"""Computations of campaigns and duty rosters: remaining work of a batch, required pace, duty order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.workdays import ONE_DAY, Calendar

if TYPE_CHECKING:
    from fractions import Fraction


class Batch(NamedTuple):
    """A batch handed down: from whom, on which day, goal and deadline."""

    name: str
    source: str | None = None
    handed_on: date | None = None
    target_percent: float | None = None
    target_on: date | None = None
    recognise: bool = False  # the superior must recognise a resolution before it counts


def goal(total: int, target_percent: float) -> int:
    """The target in cases: 95 % of 167 is 159."""
    from fractions import Fraction  # slow to load, and every count of the backlog knows Batch

    return -(-total * Fraction(str(target_percent)) // 100)


def needed(total: int, resolved: int, target_percent: float) -> int:
    """The number still to resolve for the target; never below zero."""
    return max(goal(total, target_percent) - resolved, 0)


def per_week(cases: int, days: int) -> float | None:
    """Cases a week over so many days, half-up to two decimals; None where no day is left."""
    return None if days <= 0 else (1400 * cases + days) // (2 * days) / 100


def reached_on(still: int, resolved: int, began: date, as_of: date) -> date | None:
    """Projected day of reaching the target; None where nothing was resolved yet."""
    days = (as_of - began).days
    if still == 0:
        return as_of
    if resolved == 0 or days <= 0:
        return None
    ahead = -(-still * days // resolved)
    return as_of + timedelta(days=ahead) if ahead < 36_500 else None


def expected(total: int, target_percent: float, began: date, target_on: date, as_of: date) -> Fraction:
    """The number resolved by `as_of` on a straight line from zero to the target."""
    from fractions import Fraction

    whole = (target_on - began).days
    if whole <= 0:
        return Fraction(goal(total, target_percent))
    passed = min(max((as_of - began).days, 0), whole)
    return goal(total, target_percent) * Fraction(passed, whole)


class Span(NamedTuple):
    """From when to when one case counts as resolved; `until`: it relapsed that day."""

    since: date
    until: date | None = None


def burn_down(total: int, spans: Sequence[Span], began: date, until: date, most: int = 14) -> list[tuple[date, int]]:
    """(day, how many were unresolved that evening), evenly by whole weeks, the last day always there."""
    if until <= began:
        return [(until, total - _resolved_by(spans, until))]
    weeks = -(-(until - began).days // 7)
    step = timedelta(weeks=max(-(-weeks // most), 1))
    days = [began]
    while days[-1] + step < until:
        days.append(days[-1] + step)
    return [(day, total - _resolved_by(spans, day)) for day in (*days, until)]


def _resolved_by(spans: Iterable[Span], day: date) -> int:
    return sum(span.since <= day and (span.until is None or span.until > day) for span in spans)


# ---- duty rosters -----------------------------------------------------------------------------------------------

_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


class Fixed(NamedTuple):
    """A leader's fixed reception day: each such weekday, the n-th of the month, or a day of the month."""

    leader: str
    weekday: int | None = None
    nth: int | None = None
    month_day: int | None = None

    def days(self, first: date, last: date) -> list[date]:
        """The fixed days in the period, both ends counted."""
        from datetime import datetime, time

        from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

        def span(frequency: int, **by: object) -> list[date]:
            rule = rrule(
                frequency,  # type: ignore[arg-type]
                dtstart=datetime.combine(first, time()),
                until=datetime.combine(last, time()),
                **by,  # type: ignore[arg-type]
            )
            return [moment.date() for moment in rule]

        if self.month_day is not None:
            return span(MONTHLY, bymonthday=self.month_day)
        assert self.weekday is not None
        if self.nth is not None:
            return span(MONTHLY, byweekday=weekday(self.weekday, self.nth))
        return span(WEEKLY, byweekday=self.weekday)


def parse_fixed(text: str) -> Fixed | None:
    """`测试领导甲=周二`, `=第2个周二`, `=15日`; None when it says none of these."""
    import re

    leader, _, when = text.replace("＝", "=").partition("=")
    leader, when = leader.strip(), when.replace("星期", "周").replace("每月", "").replace("每", "").strip()
    if not leader:
        return None
    found = re.fullmatch(r"(?:第([1-5一二三四五])个)?周([一二三四五六日天])", when)
    if found:
        nth = found.group(1)
        number = None if nth is None else "一二三四五".find(nth) + 1 or int(nth)
        return Fixed(leader, _WEEKDAYS[found.group(2)], number)
    found = re.fullmatch(r"([0-9]{1,2})[日号]", when)
    if found and 1 <= int(found.group(1)) <= 31:
        return Fixed(leader, month_day=int(found.group(1)))
    return None


class Roster(NamedTuple):
    """Leaders on duty by day, and fixed days that fell on a day off."""

    days: dict[date, tuple[str, ...]]
    passed_over: list[tuple[date, str]]


def make_roster(
    leaders: Sequence[str],
    first: date,
    last: date,
    calendar: Calendar,
    *,
    include: Iterable[date] = (),
    fixed: Sequence[Fixed] = (),
    after: str | None = None,
) -> Roster:
    """One leader a working day by rotation: make-up Saturdays in, holidays out but the days to `include`.

    A fixed day is its leader's; the rotation goes on with the next leader on the next free day. `after`: who was last.
    """
    also = set(include)
    fixed_days: dict[date, list[str]] = {}
    for rule in fixed:
        for day in rule.days(first, last):
            fixed_days.setdefault(day, []).append(rule.leader)
    turn = (leaders.index(after) + 1) if after in leaders else 0
    made: dict[date, tuple[str, ...]] = {}
    passed_over: list[tuple[date, str]] = []
    day = first
    while day <= last:
        theirs = fixed_days.get(day, [])
        if not calendar.is_workday(day) and day not in also:
            passed_over += [(day, leader) for leader in theirs]
        elif theirs:
            made[day] = tuple(theirs)
        elif leaders:
            made[day] = (leaders[turn % len(leaders)],)
            turn += 1
        day += ONE_DAY
    return Roster(made, passed_over)


def coverage(
    roster: Mapping[date, Sequence[str]], attended: Mapping[date, set[str]], first: date, last: date, calendar: Calendar
) -> list[tuple[date, tuple[str, ...]]]:
    """Missed duty days with the leaders due: days of the roster, or every working day in a month without one."""
    months = {(day.year, day.month) for day in roster}
    missing = []
    day = first
    while day <= last:
        wanted = tuple(roster.get(day, ()))
        due = bool(wanted) or ((day.year, day.month) not in months and calendar.is_workday(day))
        if due and not attended.get(day):
            missing.append((day, wanted))
        day += ONE_DAY
    return missing
