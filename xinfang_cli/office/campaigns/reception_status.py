"""The results of leaders' reception: matters with their steps, duty coverage, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from xinfang_cli.book.campaigns import Attendance
from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import backlog as law
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case, Order, Reception
from xinfang_cli.law.workdays import Calendar
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted

# ---- matters ----------------------------------------------------------------------------------------------------


class OrderLine(NamedTuple):
    """A leader's order: unit, deadline, day of each step."""

    leader: str | None
    unit: str | None
    on: date
    answer_by: date
    carried_out: date | None
    fed_back: date | None
    followed_up: date | None


class Matter(NamedTuple):
    """A matter that leaders heard on a day, and how far its loop 接访→交办→落实→反馈→跟进 has come.

    `same_party`: its party came on another matter that day and is counted there.
    """

    case_id: int
    case_no: str
    title: Redacted
    on: date
    form: str
    leaders: tuple[str, ...]
    people: int | None
    same_party: bool
    state: str
    orders: tuple[OrderLine, ...]
    overdue: bool
    kind: str

    @property
    def open(self) -> bool:
        """Whether what the leader ordered is not yet carried out, answered and followed up."""
        return self.state != "done"


class MatterList(NamedTuple):
    """Matters that leaders ordered at reception."""

    matters: tuple[Matter, ...]


class MattersAsked(NamedTuple):
    """A selection of matters: heard in the period, by a leader, ordered of a unit, with unfinished steps."""

    first: date
    last: date
    open_only: bool = False
    leader: str | None = None
    unit: str | None = None


def matters(session: Session, asked: MattersAsked) -> MatterList:
    """The matters heard in a period, each with its loop, earliest first."""
    with session.reading() as book:
        wanted = None if asked.unit is None else book.units.find(asked.unit)
        hidden: set[int] = set()
        if wanted is not None:  # art. 30: an accusation is not in the list of the unit complained of
            hidden = book.cases.hidden_from((wanted.id,))
        heard = list(map(_listed, matters_heard(book, session.today)))
    return MatterList(
        tuple(
            matter
            for matter in heard
            if asked.first <= matter.on <= asked.last
            and (matter.open or not asked.open_only)
            and (asked.leader is None or asked.leader in matter.leaders)
            and (wanted is None or any(order.unit == wanted.name for order in matter.orders))
            and matter.case_id not in hidden
        )
    )


def _listed(matter: Matter) -> Matter:
    """A matter as lists have it: of an accusation without the leaders, and how many came (art. 30)."""
    if matter.kind != "accusation":
        return matter
    orders = tuple(order._replace(leader=None) for order in matter.orders)
    return matter._replace(leaders=(), people=None, orders=orders)


def matters_heard(book: Book, as_of: date, told: Mapping[int, tuple[str, Case | None]] | None = None) -> list[Matter]:
    """Every matter heard up to a day, earliest first; `told`: cases that are told otherwise than the book has them."""
    names = book.units.names_by_id()
    found = []
    heard = book.backlog.received_cases(as_of)
    if told:
        heard = [one for one in heard if one[0] not in told]
        heard += [(case_id, case_no, case) for case_id, (case_no, case) in told.items() if case and case.receptions]
    titles = book.backlog.case_rows(case_id for case_id, _, _ in heard)
    for case_id, case_no, case in heard:
        for reception in case.receptions:
            orders = [order for order in case.orders if order.reception == reception.seq]
            found.append(
                Matter(
                    case_id,
                    case_no,
                    titles[case_id][1],
                    reception.on,
                    reception.form,
                    tuple(reception.leaders),
                    reception.people,
                    reception.same_party,
                    _state(reception, orders),
                    tuple(_order(order, names) for order in orders),
                    any(order.answer_by < as_of and "carried_out" not in order.steps for order in orders),
                    case.kind,
                )
            )
    return sorted(found, key=lambda matter: (matter.on, matter.case_no))


def _state(reception: Reception, orders: Sequence[Order]) -> str:
    """The progress of one matter: received (nothing ordered yet), ordered, the steps, or done."""
    if not orders:
        return "done" if reception.settled else "received"
    waiting = [found.next_step for found in orders]
    if all(step is None for step in waiting):
        return "done"
    first = min(terms.LOOP_STEPS.index(step) for step in waiting if step is not None)
    return ("ordered", *terms.LOOP_STEPS)[first]


def _order(order: Order, names: Mapping[int, str]) -> OrderLine:
    unit = None if order.unit is None else names.get(order.unit)
    done = (order.steps.get(step) for step in terms.LOOP_STEPS)
    return OrderLine(order.leader, unit, order.on, order.answer_by, *done)


# ---- who sat ----------------------------------------------------------------------------------------------------


class Sitting(NamedTuple):
    """Leaders on duty without a visitor; `invited`: cases whose petitioners were asked to come (无访约访)."""

    id: int
    on: date
    form: str
    leaders: tuple[str, ...]
    invited: tuple[str, ...] = ()


class SittingList(NamedTuple):
    """Sittings of leaders at reception."""

    sittings: tuple[Sitting, ...]


def sittings(session: Session, first: date, last: date) -> SittingList:
    """The attendances without a visitor of a period, with the record number that `cancel` takes."""
    with session.reading() as book:
        listed = [a for a in book.backlog.attendances() if first <= a.on <= last]
        asked = {case_id for a in listed for case_id in a.invited}
        numbers = book.backlog.case_rows(asked.difference(book.cases.accusations_among(asked)))
    return SittingList(
        tuple(
            Sitting(
                a.id, a.on, a.form, a.leaders, tuple(numbers[case_id][0] for case_id in a.invited if case_id in numbers)
            )
            for a in listed
        )
    )


def attended(heard: Sequence[Matter], sat: Sequence[Attendance]) -> dict[date, set[str]]:
    """day → leaders present or receiving that day."""
    came: dict[date, set[str]] = {}
    for on, leaders in (*((matter.on, matter.leaders) for matter in heard), *((a.on, a.leaders) for a in sat)):
        came.setdefault(on, set()).update(leaders)
    return came


def missing(
    arranged: Mapping[date, Sequence[str]], came: Mapping[date, set[str]], first: date, last: date, calendar: Calendar
) -> list[tuple[date, tuple[str, ...]]]:
    """The days of a period on which a leader should have sat and none did; of the time before the book's first roster or
    reception nothing is known."""
    begins = max(first, min((*arranged, *came), default=last + timedelta(days=1)))
    return law.coverage(arranged, came, begins, last, calendar)


# ---- the counts -------------------------------------------------------------------------------------------------


class FormCount(NamedTuple):
    """One form of reception: attendances of leaders (人次), parties (批), people (人)."""

    form: str
    leader_times: int
    groups: int
    people: int


class LeaderCount(NamedTuple):
    """One leader's receptions in the period: sittings, groups, people, open matters."""

    leader: str
    times: int
    groups: int
    people: int
    open_matters: int


class MissingDay(NamedTuple):
    """A missed duty day; `leaders`: those due."""

    day: date
    leaders: tuple[str, ...]


class ReceptionStatus(NamedTuple):
    """Leaders' reception over a period, as of a day.

    An attendance is a leader on a day in one form of reception. A matter is open until its orders were carried out, fed
    back and followed up; without an order, until it was answered on the spot.
    """

    first: date
    last: date
    as_of: date
    days_on_duty: int
    missing: tuple[MissingDay, ...]
    leader_times: int
    groups: int
    people: int
    by_form: tuple[FormCount, ...]
    by_leader: tuple[LeaderCount, ...]
    matters: int
    orders: int
    carried_out: int
    orders_overdue: int
    open_matters: int
    states: tuple[tuple[str, int], ...]
    days_without_visitor: int
    days_invited: int
    invited: tuple[str, ...]
    roster_entered_on: date | None = None  # where the roster of the period was put down after it

    @property
    def days_missing(self) -> int:
        """On how many duty days nothing was recorded."""
        return len(self.missing)


def status(session: Session, first: date, last: date, as_of: date | None = None) -> ReceptionStatus:
    """Leaders' attendances (人次), parties (批), people (人), duty days and those nobody sat, orders and open matters."""
    with session.reading() as book:
        return status_of(book, first, last, as_of or session.today, session.today)


def status_of(
    book: Book,
    first: date,
    last: date,
    day: date,
    today: date,
    told: Mapping[int, tuple[str, Case | None]] | None = None,
) -> ReceptionStatus:
    """The same of an open book; `told`: cases that are told otherwise than the book has them."""
    until = min(last, day)
    heard, sat = matters_heard(book, day, told), book.backlog.attendances(day)
    came = attended(heard, sat)
    over = min(until, today - timedelta(days=1))
    rostered = book.backlog.rostered()
    nobody = missing(
        {each: leaders for each, (leaders, _) in rostered.items()}, came, first, over, book.code.now.calendar
    )
    heard = [matter for matter in heard if first <= matter.on <= until]
    sat = [a for a in sat if first <= a.on <= until]
    invited = book.backlog.case_rows(tuple(case_id for a in sat for case_id in a.invited))
    times = {(matter.on, matter.form, leader) for matter in heard for leader in matter.leaders}
    times |= {(a.on, a.form, leader) for a in sat for leader in a.leaders}
    parties = [matter for matter in heard if not matter.same_party]
    orders = [order for matter in heard for order in matter.orders]
    alone = {a.on for a in sat} - {matter.on for matter in heard}
    not_carried_out = [order for order in orders if order.carried_out is None]
    states = [matter.state for matter in heard]
    return ReceptionStatus(
        first=first,
        last=last,
        as_of=day,
        days_on_duty=sum(first <= on <= until for on in came),
        missing=tuple(MissingDay(each, names) for each, names in nobody),
        leader_times=len(times),
        groups=len(parties),
        people=sum(party.people or 0 for party in parties),
        by_form=tuple(_of_form(form, times, parties) for form in terms.RECEPTION.labels),
        by_leader=tuple(_of_leader(leader, times, heard) for leader in sorted({leader for _, _, leader in times})),
        matters=len(heard),
        orders=len(orders),
        carried_out=len(orders) - len(not_carried_out),
        orders_overdue=sum(order.answer_by < day for order in not_carried_out),
        open_matters=sum(matter.open for matter in heard),
        states=tuple((state, states.count(state)) for state in terms.LOOP_STATES),
        days_without_visitor=len(alone),
        days_invited=len(alone & {a.on for a in sat if a.invited}),
        invited=tuple(sorted(number for number, _ in invited.values())),
        roster_entered_on=max(
            (on for each, (_, on) in rostered.items() if first <= each <= until and on > last), default=None
        ),
    )


Times = set[tuple[date, str, str]]
"""Attendances: day, form, leader."""


def _of_form(form: str, times: Times, parties: Sequence[Matter]) -> FormCount:
    mine = [party for party in parties if party.form == form]
    return FormCount(
        form, sum(attendance[1] == form for attendance in times), len(mine), sum(party.people or 0 for party in mine)
    )


def _of_leader(leader: str, times: Times, heard: Sequence[Matter]) -> LeaderCount:
    mine = [matter for matter in heard if leader in matter.leaders]
    parties = [matter for matter in mine if not matter.same_party]
    return LeaderCount(
        leader,
        sum(attendance[2] == leader for attendance in times),
        len(parties),
        sum(party.people or 0 for party in parties),
        sum(matter.open for matter in mine),
    )
