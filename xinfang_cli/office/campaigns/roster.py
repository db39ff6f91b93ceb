"""The duty roster of leaders' reception (领导接访): arranging it, changing it, who was there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, NotFound, Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import backlog as law
from xinfang_cli.law.backlog import Fixed
from xinfang_cli.law.event import Event
from xinfang_cli.office.campaigns.reception_status import attended, matters_heard, missing
from xinfang_cli.office.session import Session


class RosterDay(NamedTuple):
    """A day of a roster: leaders due, leaders present; `missing`: due and absent."""

    day: date
    weekday: str
    note: str
    leaders: tuple[str, ...]
    attended: tuple[str, ...]
    missing: bool


class PassedOver(NamedTuple):
    """A leader's fixed day that fell on a day off."""

    day: date
    leader: str


class DutyRoster(NamedTuple):
    """The duty days of a period, the working days without one; `passed_over` where it was arranged just now."""

    first: date
    last: date
    days: tuple[RosterDay, ...]
    unarranged: tuple[date, ...]
    passed_over: tuple[PassedOver, ...] | None = None


class DutyDay(NamedTuple):
    """A day of the roster and the leaders on duty."""

    day: date
    leaders: tuple[str, ...]


class Swapped(NamedTuple):
    """Changed duty days with their new leaders."""

    days: tuple[DutyDay, ...]


class RosterRequest(NamedTuple):
    """A roster to generate: rotation, period, fixed days; in the spans of `include_holidays` also on days off."""

    leaders: tuple[str, ...]
    first: date
    last: date
    fixed: tuple[Fixed, ...] = ()
    include_holidays: tuple[tuple[date, date], ...] = ()
    replace: bool = False


_LEADER_COLUMNS = {"姓名": "leader", "领导": "leader", "领导姓名": "leader", "接访领导": "leader"}


def read_leaders(path: Path) -> tuple[str, ...]:
    """The leaders of a list, in its order."""
    from xinfang_cli.intake.small_lists import read_list

    return tuple(dict.fromkeys(row["leader"] for row in read_list(path, _LEADER_COLUMNS) if "leader" in row))


def make(session: Session, request: RosterRequest) -> DutyRoster:
    """Arrange the duty days of a period; refused over days that are arranged already unless `replace`.

    The rotation goes on after the leader of the list who was last on duty before the period.
    """
    first, last = request.first, request.last
    if last < first:
        raise BadValue("⟦.to⟧", last.isoformat(), f"早于 ⟦.from⟧ {first.isoformat()}", "请对调")
    if (last - first).days > 750:
        raise BadValue("⟦.to⟧", last.isoformat(), "排得太远", "一次最多排两年")
    include = [day for span in request.include_holidays for day in _days(*span)]
    with session.writing("roster") as (book, pen):
        session.watch_whole(book, "roster", office=True)
        known = book.backlog.roster()
        taken = [day for day in known if first <= day <= last]
        if taken and not request.replace:
            raise Refused(
                f"{taken[0].isoformat()} 等 {len(taken)} 天已经排过班",
                "重排加 ⟦.replace⟧；换人用 ⟦reception.swap⟧",
            )
        after = _last_of(request.leaders, known, first)
        calendar = book.code.now.calendar
        made = law.make_roster(
            request.leaders, first, last, calendar, include=include, fixed=request.fixed, after=after
        )
        days: dict[str, list[str]] = {day.isoformat(): [] for day in taken}
        days |= {day.isoformat(): list(names) for day, names in made.days.items()}
        if not any(days.values()):
            raise Refused(
                f"{first.isoformat()} 至 {last.isoformat()} 没有可排的日子", "节假日要排的加 ⟦.include_holidays⟧"
            )
        pen.append(None, Event("reception", session.today, {"doing": "roster", "days": days}))
        pen.flush()
        passed_over = tuple(PassedOver(day, leader) for day, leader in made.passed_over)
        return _roster(book, session.today, first, last)._replace(passed_over=passed_over)


def _days(first: date, last: date) -> list[date]:
    """The days of a span, both ends counted."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _last_of(leaders: Sequence[str], known: dict[date, tuple[str, ...]], before: date) -> str | None:
    """The leader of the list who was last on duty before a day."""
    return next(
        (who for day, names in reversed(known.items()) if day < before for who in names if who in leaders), None
    )


def show(session: Session, first: date, last: date) -> DutyRoster:
    """The duty days of a period with attendance and absences."""
    with session.reading() as book:
        return _roster(book, session.today, first, last)


def _roster(book: Book, today: date, first: date, last: date) -> DutyRoster:
    calendar = book.code.now.calendar
    known = book.backlog.roster()
    arranged = {day: names for day, names in known.items() if first <= day <= last}
    came = attended(matters_heard(book, today), book.backlog.attendances(today))
    nobody = {day for day, _ in missing(known, came, first, min(last, today - timedelta(days=1)), calendar)}
    came = {day: leaders for day, leaders in came.items() if first <= day <= last}
    days = tuple(
        RosterDay(
            day,
            "一二三四五六日"[day.weekday()],
            "" if day.weekday() < 5 and calendar.is_workday(day) else calendar.name(day),
            arranged.get(day, ()),
            tuple(sorted(came.get(day, set()))),
            day in nobody,
        )
        for day in sorted({*arranged, *came, *nobody})
    )
    unarranged = tuple(day for day in _days(first, last) if calendar.is_workday(day) and day not in arranged)
    return DutyRoster(first, last, days, unarranged)


def swap(session: Session, day: date, other: date | None, leader: str | None) -> Swapped:
    """Two duty days change leaders, or another leader takes one day."""
    with session.writing("roster", begins=False) as (book, pen):
        session.watch_whole(book, "roster", office=True)
        known = book.backlog.roster()

        def on_duty(which: date) -> tuple[str, ...]:
            if which not in known:
                raise NotFound(f"{which.isoformat()} 没有排班", "先排班：⟦reception.roster⟧")
            return known[which]

        if other is not None:
            days = {day: on_duty(other), other: on_duty(day)}
            if days[day] == days[other]:
                raise Refused(f"{day.isoformat()} 和 {other.isoformat()} 是同一位领导", "不必对调", code="same")
        else:
            assert leader is not None
            if on_duty(day) == (leader,):
                raise Refused(f"{day.isoformat()} 已经是 {leader}", "不必换人", code="same")
            days = {day: (leader,)}
        said = {each.isoformat(): list(names) for each, names in days.items()}
        pen.append(None, Event("reception", session.today, {"doing": "roster", "days": said}))
        return Swapped(tuple(DutyDay(each, names) for each, names in sorted(days.items())))


def on_duty(session: Session, on: date) -> tuple[str, ...]:
    """The leaders on the roster of a day."""
    with session.reading() as book:
        return book.backlog.roster().get(on, ())


def bureau(session: Session) -> str:
    """The office's own name, for the head of what it prints."""
    with session.reading() as book:
        return str(book.code.now.rules.settings["bureau"])
