"""The law through time: the rules and the calendar that were in force when an event was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from sys import maxsize

from xinfang_cli.law.rules import Rules, statutory
from xinfang_cli.law.workdays import Calendar, filled, plain_calendar


class InForce:
    """The rules and the calendar as of one event of the chain, and the due days counted under them so far."""

    __slots__ = ("by_workdays", "calendar", "counted", "rules", "since")

    def __init__(self, since: int, rules: Rules, calendar: Calendar) -> None:
        self.since = since
        self.rules = rules
        self.calendar = calendar
        self.by_workdays = frozenset(k for k, rule in rules.clocks.items() if rule.unit == "workday" or rules.roll)
        self.counted: dict[str, dict[date, date]] = {}


class Code:
    """The law through time: a stopped clock keeps the rules and the calendar it stopped under (DESIGN, truth 2)."""

    def __init__(self, versions: Iterable[InForce] = ()) -> None:
        self._filled: dict[int, InForce] = {}
        self.versions: list[InForce] = list(versions) or [InForce(0, statutory(), plain_calendar())]
        self.now = self.versions[-1]

    def at(self, event_id: int) -> InForce:
        """The law in force at the recording of the event with that id (0: now). A year without an arrangement at that
        time uses the later one, since the first count was a guess.
        """
        if event_id == 0 or len(self.versions) == 1:
            return self.versions[-1]
        found = self.versions[0]
        for version in self.versions:
            if version.since <= event_id:
                found = version
        if found is self.versions[-1]:
            return found
        if found.since not in self._filled:
            calendar = filled(found.calendar, self.versions[-1].calendar)
            same = calendar is found.calendar
            self._filled[found.since] = found if same else InForce(found.since, found.rules, calendar)
        return self._filled[found.since]

    def is_one(self) -> bool:
        """Whether no clock falls due on another day under an earlier version than under the present one."""
        now = self.now
        lengths = {kind: (rule.unit, rule.n) for kind, rule in now.rules.clocks.items()}
        for version in {id(one): one for one in self.versions}.values():
            then = self.at(version.since)
            if then is now:
                continue
            if then.rules.roll != now.rules.roll:
                return False
            if then.rules is not now.rules and lengths != {
                kind: (rule.unit, rule.n) for kind, rule in then.rules.clocks.items()
            }:
                return False
            if then.calendar is not now.calendar and (
                then.calendar.known_years() != now.calendar.known_years()
                or then.calendar.special != now.calendar.special
            ):
                return False
        return True

    def changed_to(self, rules: Rules, calendar: Calendar) -> Code:
        """The same law, under other rules or another calendar from now on."""
        return Code([*self.versions, InForce(maxsize, rules, calendar)])
