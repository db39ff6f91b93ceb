"""The working days of each year: the State Council's arrangements, from the library or from a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from xinfang_cli.book.calendars import library_arrangements
from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.workdays import Calendar
from xinfang_cli.office.keeping.refolding import MovedClock, refold, what_moves
from xinfang_cli.office.session import Session

WHOLE_YEAR = 5  # rows from which a list is that year's arrangement, not some days of it


class Arrangement(NamedTuple):
    """Days off and days worked that differ from Monday to Friday: day → (worked, name); `years` given whole."""

    source: str
    days: Mapping[date, tuple[bool, str]]
    years: tuple[int, ...]

    def touched(self) -> tuple[int, ...]:
        """The years given whole, else those of the days."""
        return self.years or tuple(sorted({day.year for day in self.days}))


class WorkdaysPlan(NamedTuple):
    """A planned arrangement: its years, and running clocks that would move."""

    arrangement: Arrangement
    years: tuple[int, ...]
    moved: tuple[MovedClock, ...]


class KnownYears(NamedTuple):
    """The years whose arrangement the book has."""

    years: tuple[int, ...]


def of_list(session: Session, rows: list[tuple[date, bool, str]], source: str) -> Arrangement:
    """The arrangement that a list gives.

    A few days of a year that the book has already (the end of December in the notice for the next year, a day off
    announced later) are added to that year; they do not take its place.
    """
    if not rows:
        raise BadValue("文件", source, "没有一天", "每行一天：day,kind,name，kind 写 off 或 work")
    count = Counter(day.year for day, _, _ in rows)
    known = known_years(session).years
    most = max(count.values())
    years = sorted(year for year, n in count.items() if n >= WHOLE_YEAR or (year not in known and n == most))
    return Arrangement(source, {day: (work, name) for day, work, name in rows}, tuple(years))


def of_library(session: Session) -> Arrangement:
    """The years that the calendar library has and the book has not."""
    known = known_years(session).years
    days, years = library_arrangements()
    new = tuple(year for year in years if year not in known)
    if not new:
        raise Refused("没有新的放假安排", "国务院公布后升级程序，或用 ⟦workdays.import⟧ 导入", code="nothing")
    chosen = {date.fromisoformat(day): (bool(work), name) for day, (work, name) in days.items()}
    return Arrangement("chinesecalendar", {day: said for day, said in chosen.items() if day.year in new}, new)


def plan(session: Session, arrangement: Arrangement) -> WorkdaysPlan:
    """The effects of the arrangement; nothing is written."""
    if not session.place.exists():
        return WorkdaysPlan(arrangement, arrangement.touched(), ())
    with session.reading() as book:
        return _planned(book, arrangement)


def commit(session: Session, planned: WorkdaysPlan) -> WorkdaysPlan:
    """Put the arrangement into the book; the running clocks follow. What the book has already adds nothing."""
    arrangement = planned.arrangement
    with session.writing("workdays") as (book, pen):
        if _adds_nothing(book, arrangement):
            return planned
        if _planned(book, arrangement) != planned:
            raise Refused("案件簿刚才有了变动，没有导入", "请再试一次，看清会变什么", code="moved")
        session.watch_whole(book, "workdays", cases=True)
        days = {day.isoformat(): (int(work), name) for day, (work, name) in arrangement.days.items()}
        book.settings.write_workdays(pen, days, list(arrangement.years), arrangement.source, session.today)
        pen.flush()
        book.forget_code()
        refold(book, terms.CLOCK.labels, _guessed_years(arrangement))
    return planned


def _planned(book: Book, arrangement: Arrangement) -> WorkdaysPlan:
    if _adds_nothing(book, arrangement):
        return WorkdaysPlan(arrangement, arrangement.touched(), ())
    now = book.code.now
    calendar = Calendar(_with(now.calendar, arrangement), now.calendar.known_years() | {*arrangement.years})
    code = book.code.changed_to(now.rules, calendar)
    return WorkdaysPlan(
        arrangement, arrangement.touched(), what_moves(book, code, terms.CLOCK.labels, _guessed_years(arrangement))
    )


def _guessed_years(arrangement: Arrangement) -> set[int]:
    """The years in which a due day may have been a guess until now: counted from these, it may lie in the next."""
    return {later for year in arrangement.years for later in (year, year + 1)}


def _with(calendar: Calendar, arrangement: Arrangement) -> dict[date, tuple[bool, str]]:
    """The days of a calendar once the arrangement stands: it replaces the years it gives whole."""
    calendar.known_years()  # read before its days are
    kept = {day: said for day, said in calendar.special.items() if day.year not in arrangement.years}
    return kept | dict(arrangement.days)


def _adds_nothing(book: Book, arrangement: Arrangement) -> bool:
    """Whether the same arrangement stands in the book already."""
    calendar = book.code.now.calendar
    return calendar.known_years().issuperset(arrangement.years) and _with(calendar, arrangement) == calendar.special


def known_years(session: Session) -> KnownYears:
    """Years with an arrangement in the book; without a book, in the library."""
    if not session.place.exists():
        return KnownYears(tuple(library_arrangements()[1]))
    with session.reading() as book:
        return KnownYears(tuple(sorted(book.code.now.calendar.known_years())))


_COLUMNS = {
    **dict.fromkeys(("day", "日期", "日", "放假日期"), "day"),
    **dict.fromkeys(("kind", "类型", "类别", "性质", "班休", "安排"), "kind"),
    **dict.fromkeys(("name", "名称", "节日", "节假日", "假日", "备注", "说明"), "name"),
}
_WORKED = dict.fromkeys(("off", "放假", "休", "休息", "休假", "节假日", "法定节假日"), False)
_WORKED |= dict.fromkeys(("work", "上班", "班", "调休上班", "补班", "工作日", "调休补班"), True)


def read_file(path: Path) -> list[tuple[date, bool, str]]:
    """A year's arrangement: day, kind (off or work), name."""
    from xinfang_cli.intake.days import parse_file_day
    from xinfang_cli.intake.small_lists import read_plain_csv

    found: dict[date, tuple[bool, str]] = {}
    for number, row in enumerate(read_plain_csv(path, _COLUMNS), 2):
        day = parse_file_day(row.get("day", ""), f"第 {number} 行 day")
        if day is None:
            raise BadValue(f"第 {number} 行 day", None, "是空的", "请写日期，如 2027-01-01")
        kind = row.get("kind", "").lower()
        if kind not in _WORKED:
            raise BadValue(
                f"第 {number} 行 kind", row.get("kind", ""), "不认得", "请写 off（放假）、休，或 work（上班）、班、补班"
            )
        if day in found:
            raise BadValue(f"第 {number} 行 day", day.isoformat(), "重复", "一天只写一行")
        found[day] = (_WORKED[kind], row.get("name", ""))
    return [(day, work, name) for day, (work, name) in sorted(found.items())]
