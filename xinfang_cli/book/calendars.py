"""Working days as the calendar library knows them: what a new book begins with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from xinfang_cli.law.inforce import Code, InForce
from xinfang_cli.law.rules import with_settings
from xinfang_cli.law.workdays import Calendar


def library_arrangements(years: Iterable[int] | None = None) -> tuple[dict[str, tuple[int, str]], list[int]]:
    """The calendar library's days that differ from Monday to Friday, and the years it covers."""
    from chinese_calendar import constants

    names = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    known = sorted({day.year for day in constants.holidays} & {day.year for day in constants.workdays})
    chosen = known if years is None else sorted(set(years) & set(known))
    days: dict[str, tuple[int, str]] = {}
    for day, name in sorted(constants.holidays.items()):
        if day.year in chosen:
            days[day.isoformat()] = (0, names.get(name, name))
    for day, name in sorted(constants.workdays.items()):
        if day.year in chosen:
            days[day.isoformat()] = (1, f"{names.get(name, name)}调休上班")
    return days, chosen


def library_code() -> Code:
    """The law with the library's calendar, where there is no book yet."""
    days, years = library_arrangements()
    special = {date.fromisoformat(day): (bool(work), name) for day, (work, name) in days.items()}
    return Code([InForce(0, with_settings({}), Calendar(special, frozenset(years)))])
