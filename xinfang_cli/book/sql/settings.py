"""Office settings and the working days of each year, as office events in the chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from json import loads
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.part import Part
from xinfang_cli.book.sql.predicates import OFFICE_STANDS, among
from xinfang_cli.law.event import Event
from xinfang_cli.law.inforce import Code, InForce
from xinfang_cli.law.rules import DATED, Rules, with_settings
from xinfang_cli.law.terms import GROUP, TOPICS
from xinfang_cli.law.workdays import Calendar

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen


@lru_cache(maxsize=16)
def _arranged(bodies: tuple[str, ...]) -> tuple[dict[date, tuple[bool, str]], frozenset[int]]:
    """The arranged days and the years they are of, a later arrangement of a year in the place of an earlier one; worked
    out once for the same words: a process that opens a book many times reads its thousand days once."""
    special: dict[date, tuple[bool, str]] = {}
    years: set[int] = set()
    for body in bodies:
        arrangement = loads(body)
        for year in arrangement["years"]:
            if year in years:
                special = {day: value for day, value in special.items() if day.year != year}
            years.add(year)
        for day, (work, name) in arrangement["days"].items():
            special[date.fromisoformat(day)] = (bool(work), name)
    return special, frozenset(years)


class StoredCalendar(Calendar):
    """The working days that stand in the book, read when the first one is asked for."""

    def __init__(self, bodies: list[str]) -> None:
        super().__init__({}, frozenset())
        self._bodies = bodies

    def _load(self) -> None:
        self.special, self.years = _arranged(tuple(self._bodies))
        self._bodies = []

    def is_workday(self, day: date) -> bool:
        """Whether the office works on that day, by the arrangements kept in the book."""
        if self._bodies:
            self._load()
        return super().is_workday(day)

    def name(self, day: date) -> str:
        """The name of a day: 国庆节, 调休上班, or the weekday."""
        if self._bodies:
            self._load()
        return super().name(day)

    def known_years(self) -> frozenset[int]:
        """Years whose arrangement has been announced."""
        if self._bodies:
            self._load()
        return self.years


def _set(values: dict[str, tuple[Any, str]], change: dict[str, Any], on: str, since: dict[str, str]) -> None:
    """A setting without a value is back to the default (an event keeps no empty field). What holds from a day
    (`DATED`) gives way to what holds from a later one, whichever was said first."""
    if change["key"].startswith(DATED):
        if on < since.get(change["key"], ""):
            return
        since[change["key"]] = on
    if change.get("value") is None:
        values.pop(change["key"], None)
    else:
        values[change["key"]] = (change["value"], change.get("citation", ""))


class Settings(Part):
    """The bureau's settings, each with its citation, and the calendar."""

    def office_events(self, *kinds: str) -> list[tuple[int, str, str, str]]:
        """(id, kind, day, body) of the office's standing events of those kinds, in order."""
        return self._office(kinds, f" AND {OFFICE_STANDS}")

    def _office(self, kinds: tuple[str, ...], which: str = "") -> list[tuple[int, str, str, str]]:
        return self.conn.execute(
            f"SELECT id, kind, on_day, body FROM events WHERE case_id IS NULL AND {among('kind', kinds)}{which} ORDER BY id",
            kinds,
        ).fetchall()

    def load_code(self) -> Code:
        """The law through time: a new version after each command that changed a setting or the calendar, or took such a
        change back."""
        values: dict[str, tuple[Any, str]] = {}
        since: dict[str, str] = {}
        changes: dict[int, tuple[str, dict[str, Any]]] = {}
        bodies: dict[int, str] = {}
        versions: list[InForce] = []
        rules: Rules = with_settings({})
        calendar: Calendar = StoredCalendar([])
        for id, kind, on, body in self._office(("setting", "workdays", "revoke")):
            if kind == "setting":
                changes[id] = on, loads(body)
                _set(values, changes[id][1], on, since)
                rules = with_settings(values)
            elif kind == "workdays":
                bodies[id] = body
                calendar = StoredCalendar(list(bodies.values()))
            else:
                event = loads(body)["event"]
                if changes.pop(event, None) is not None:
                    values, since = {}, {}
                    for day, change in changes.values():
                        _set(values, change, day, since)
                    rules = with_settings(values)
                elif bodies.pop(event, None) is not None:
                    calendar = StoredCalendar(list(bodies.values()))
                else:
                    continue
            versions.append(InForce(id, rules, calendar))
        return Code(versions or [InForce(0, rules, calendar)])

    def current(self, until: date | None = None, *, dated: str = DATED) -> dict[str, tuple[Any, str]]:
        """key → (value, citation) of the office's settings; with `until`, keys beginning with `dated` (targets) only if
        they apply by that day.
        """
        values: dict[str, tuple[Any, str]] = {}
        since: dict[str, str] = {}
        for _, _, on, body in self.office_events("setting"):
            change = loads(body)
            if until is None or on <= until.isoformat() or not change["key"].startswith(dated):
                _set(values, change, on, since)
        return values

    def group_names(self) -> dict[str, str]:
        """The office's names for groups of units."""
        own = self.current()
        return {group: own.get(f"groups.{group}", (group, ""))[0] for group in GROUP.labels}

    def group_of_word(self, word: str, field: str = "单位分组") -> str:
        """The group that a word names: by the office's own name for it, or as anybody calls it."""
        own = {name: group for group, name in self.group_names().items()}
        return own.get(word.strip()) or GROUP.parse(word, field)

    def write_workdays(
        self, pen: Pen, days: Mapping[str, tuple[int, str]], years: list[int], source: str, on: date
    ) -> None:
        """Put the arrangement of some years into the chain; it replaces what stood for them."""
        pen.append(None, Event("workdays", on, {"source": source, "years": years, "days": dict(days)}))

    def write(self, pen: Pen, key: str, value: Any, citation: str, on: date) -> None:
        """Record a changed setting as an event of the office."""
        pen.append(None, Event("setting", on, {"key": key, "value": value, "citation": citation}))

    def begin(self, pen: Pen) -> None:
        """Write a new book's first content: the known calendar years and the topics."""
        from importlib.metadata import version

        from xinfang_cli.book.calendars import library_arrangements

        days, years = library_arrangements()
        source = f"chinesecalendar {version('chinesecalendar')}"
        self.write_workdays(pen, days, years, source, date.fromisoformat(pen.command.recorded_at[:10]))
        self.conn.executemany(
            "INSERT INTO topics(name, parent, ord) VALUES (?, NULL, ?)", [(name, n) for n, name in enumerate(TOPICS, 1)]
        )
