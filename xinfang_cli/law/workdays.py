"""Working days: weekends and public holidays out, make-up Saturdays and Sundays in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from xinfang_cli.law.festivals import fixed_holidays

ONE_DAY = timedelta(days=1)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


class Calendar:
    """The arrangement of the years the book knows: day → (is a working day, name of the holiday).

    Only the days that differ from plain Monday-to-Friday stand in `special`. A year not in `years` counts weekends and
    the holidays that the law fixes as days off and is remembered in `unknown_asked`, for the caller to say so once.
    """

    def __init__(self, special: Mapping[date, tuple[bool, str]], years: frozenset[int]) -> None:
        self.special = special
        self.years = years
        self.unknown_asked: set[int] = set()
        self._added: dict[tuple[date, int], date] = {}

    def known_years(self) -> frozenset[int]:
        """The years whose arrangement is known."""
        return self.years

    def is_workday(self, day: date) -> bool:
        """Whether people work that day."""
        found = self.special.get(day)
        if found is not None:
            return found[0]
        if day.year not in self.years:
            self.unknown_asked.add(day.year)
            return day.weekday() < 5 and day not in fixed_holidays(day.year)
        return day.weekday() < 5

    def name(self, day: date) -> str:
        """The name of a day: 国庆节, 调休上班, or the weekday."""
        found = self.special.get(day)
        if found is None and day.year not in self.years:
            return fixed_holidays(day.year).get(day) or WEEKDAYS[day.weekday()]
        if found is None:
            return WEEKDAYS[day.weekday()]
        return found[1] or ("调休上班" if found[0] else "放假")

    def add(self, start: date, n: int) -> date:
        """The n-th working day after `start` (the start day itself is not counted)."""
        key = (start, n)
        found = self._added.get(key)
        if found is not None:
            return found
        day, left = start, n
        while left:
            day += ONE_DAY
            if self.is_workday(day):
                left -= 1
        self._added[key] = day
        return day

    def roll(self, day: date) -> date:
        """The day itself, or the next working day."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def skipped(self, start: date, end: date) -> list[tuple[date, str]]:
        """The days off after `start` up to `end`, by name."""
        days, day = [], start
        while day < end:
            day += ONE_DAY
            if not self.is_workday(day):
                days.append((day, self.name(day)))
        return days


def next_year_missing(calendar: Calendar, today: date) -> int | None:
    """From 1 November: next year, when its arrangement is missing."""
    if today.month < 11 or today.year + 1 in calendar.known_years():
        return None
    return today.year + 1


def filled(calendar: Calendar, later: Calendar) -> Calendar:
    """A calendar with the years it did not know yet as a later one gives them."""
    known = calendar.known_years()
    new = later.known_years() - known
    if not new:
        return calendar
    added = {day: said for day, said in later.special.items() if day.year in new}
    return Calendar({**added, **calendar.special}, known | new)


def plain_calendar() -> Calendar:
    """No arrangement known: weekends and the holidays that the law fixes are off."""
    return Calendar({}, frozenset())
