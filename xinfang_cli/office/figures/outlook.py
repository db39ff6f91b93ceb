"""Possible results of a period, and the deciding cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from xinfang_cli.book.as_of import Tables
from xinfang_cli.book.counting import CountedCase, Counting
from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.figures.outlook import Goal, Outlook
from xinfang_cli.office.figures.stats import FiguresRequest, asked_of, hidden_among, opened, rules_now, unit_asked
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted

CLOCKED = tuple(key for key, row in DEFINITIONS.items() if row.clock and row.population.day in ("basis", "due"))
RATES = (*CLOCKED, "closure", "one_time", "satisfaction", "bureau_satisfaction")
WHY_NOT = {
    "repeat": "以后还会收到多少件、多少是重复的，没有人知道，说不出最好、最差",
    "backlog": "积案以后还会再交办、再反弹，说不出最好、最差；离目标还差几件看积案化解进度",
    "completion_of_closed": "期内还会办结哪些件不知道，说不出最好、最差",
}
"""The figures of which nobody can honestly say what they can become, and why."""
_MET = {"numerator": "on_time", "met_may_go": "on_time", "rest": "overdue"}
_CLOSED = ("closure", "one_time")  # what is supposed done is closed: nobody supposes how somebody will rate
_WAITING = ("pending", "overdue", "rest")
_CAN_OBJECT = ("assigned", "objected")


class PendingCase(NamedTuple):
    """A case with a clock not due yet, or not closed yet."""

    case_no: str | None
    title: Redacted
    unit: str | None
    due_on: str
    lead: str | None
    days_left: int | None
    guessed: bool = False  # 约


class RateOutlook(NamedTuple):
    """A rate's possible results, the distance to its target and to the next rank (only for a unit in its group)."""

    counts: Outlook
    target: float | None
    goal: Goal | None
    of_unit: bool = False
    next_rank: Goal | None = None
    cases: tuple[PendingCase, ...] = ()
    clocked: bool = True


class UnitOutlook(NamedTuple):
    """The rates of one unit."""

    name: str
    group: str
    rates: Mapping[str, RateOutlook]


class Supposed(NamedTuple):
    """A case tried out as done on a day."""

    case_no: str
    on: date


class PeriodOutlook(NamedTuple):
    """The possible results of a period as of a day; `rows` by unit if requested."""

    first: date
    last: date
    as_of: date
    first_only: bool
    only: Mapping[str, str]
    supposed: tuple[Supposed, ...]
    rates: Mapping[str, RateOutlook]
    rows: tuple[UnitOutlook, ...] | None

    @property
    def over(self) -> bool:
        """Whether the period had ended by the as-of day."""
        return self.last < self.as_of

    @property
    def ripe(self) -> bool:
        """Whether nothing of it moves any more."""
        return all(rate.counts.best == rate.counts.worst == rate.counts.so_far for rate in self.rates.values())


def outlook(
    session: Session,
    request: FiguresRequest,
    *,
    rates: Sequence[str] = RATES,
    by_unit: bool = False,
    target: float | None = None,
    suppose: Sequence[tuple[str, date]] = (),
) -> PeriodOutlook:
    """For each rate: so far, best, worst, distance to the target or next rank, pending cases nearest first.

    `suppose` tries out (case, its day of completion). The target is the office's unless given.
    """
    for key in rates:
        if key not in RATES:
            why = WHY_NOT.get(key, "不是能推算的率")
            raise BadValue("⟦.rate⟧", key, why, "可用：" + "、".join(DEFINITIONS[one].label for one in RATES))
    with session.reading() as book:
        asked, words = asked_of(book, session, request._replace(by=(), basis="due"))
        tables = book.counts.as_of(asked.as_of)
        targets = rules_now(book).targets
        units = book.units.places()
        supposed = {book.cases.find(number)[0]: on for number, on in suppose}
        numbers = {case_id: book.cases.number_of(case_id) for case_id in supposed}
        used: set[int] = set()
        found: dict[str, RateOutlook] = {}
        rows: dict[int, dict[str, RateOutlook]] = {}
        for key in rates:
            every = _every(book, tables, asked, key)
            goal = target if target is not None else targets.get(key)
            per_unit = {
                unit: _count(key, [row for row in every if row.unit_id == unit], supposed, asked.last) for unit in units
            }
            chosen = [row for row in every if _asked_for(row, asked)]
            used |= {row.case_id for row in chosen if _waits(key, row)} & supposed.keys()
            found[key] = _outlook(_count(key, chosen, supposed, asked.last), goal)._replace(clocked=key in CLOCKED)
            unit = unit_asked(asked)
            if unit is not None:
                found[key] = found[key]._replace(of_unit=True, next_rank=_next_rank(unit, per_unit, units))
            hidden = hidden_among(book, asked, chosen)
            waiting = _to_list(key, (row for row in chosen if row.case_id not in supposed), asked)
            waiting.sort(key=lambda row: row.case_id in hidden)  # where it stood would tell its day
            found[key] = found[key]._replace(cases=tuple(_pending(row, asked, hidden) for row in waiting))
            for unit_id, one in per_unit.items():
                if by_unit and one.anything:
                    mine = _outlook(one, goal)._replace(of_unit=True, next_rank=_next_rank(unit_id, per_unit, units))
                    mine = mine._replace(clocked=key in CLOCKED)
                    rows.setdefault(unit_id, {})[key] = mine
        for case_id in supposed.keys() - used:
            raise BadValue("⟦.if⟧", numbers[case_id], "在这一时期没有等着办的期限", "看有哪些：不加 ⟦.if⟧ 再运行一次")
    return PeriodOutlook(
        request.first,
        request.last,
        asked.as_of,
        request.first_only,
        words,
        tuple(Supposed(numbers[case_id], on) for case_id, on in supposed.items()),
        found,
        tuple(UnitOutlook(*units[unit][:2], rows[unit]) for unit in units if unit in rows) if by_unit else None,
    )


def _every(book: Book, tables: Tables, asked: Counting, key: str) -> list[CountedCase]:
    """The cases of every unit that fall due in the period, those still pending with them; of a rate without a clock those
    that it counts or can still count."""
    everything = asked._replace(only=tuple(pair for pair in asked.only if pair[0] != "unit"))
    if key not in CLOCKED:
        return book.counts.prospects(tables, everything, key)
    found = book.counts.behind(tables, everything, key) + book.counts.behind(tables, everything, key, "pending")
    if key == "participation":
        going = {row.case_id for row in book.counts.prospects(tables, everything, key)}
        return [row._replace(part="met_may_go") if _rated(row) and row.case_id in going else row for row in found]
    return found


def _rated(row: CountedCase) -> bool:
    return row.part == "numerator"


def _waits(key: str, row: CountedCase) -> bool:
    """Whether something is still to be done on it that the rate waits for."""
    if key in CLOCKED:
        return row.part in _WAITING
    return key in _CLOSED and row.part in ("missed_may_meet", "may_come", "may_come_met") and row.closed_on is None


def _to_list(key: str, rows: Iterable[CountedCase], asked: Counting) -> list[CountedCase]:
    """The cases by number, nearest due first: pending ones, and open ones received in the period. Possible raters
    appear as a count only.
    """
    if key in CLOCKED:
        return [row for row in rows if row.part == "pending"]
    first, last = asked.first.isoformat(), asked.last.isoformat()
    here = [row for row in rows if key == "closure" and _waits(key, row) and first <= row.received_on <= last]
    return sorted(here, key=lambda row: (row.due_on or "9999", row.case_no))


def _asked_for(row: CountedCase, asked: Counting) -> bool:
    return all(dimension != "unit" or row.unit_id == unit for dimension, unit in asked.only)


def _pending(row: CountedCase, asked: Counting, hidden: set[int]) -> PendingCase:
    shown = opened(row, asked.as_of, hidden)
    if shown.due_on is None:
        return PendingCase(shown.case_no, shown.title, shown.unit, "", None, None)
    left = (date.fromisoformat(shown.due_on) - asked.as_of).days
    return PendingCase(shown.case_no, shown.title, shown.unit, shown.due_on, shown.lead, left, shown.guessed)


def _count(key: str, rows: Sequence[CountedCase], supposed: Mapping[int, date], last: date) -> Outlook:
    """The parts of a rate, with what is supposed already done."""
    return (_of_clocks if key in CLOCKED else _of_cases)(key, rows, supposed, last)


def _of_clocks(key: str, rows: Sequence[CountedCase], supposed: Mapping[int, date], last: date) -> Outlook:
    parts = dict.fromkeys(("on_time", "late", "overdue", "pending"), 0)
    for row in rows:
        parts[_MET.get(row.part, row.part)] += 1
    found = Outlook(**parts, leaving=sum(row.part == "met_may_go" for row in rows))
    for row in rows:
        if row.case_id in supposed and row.part in _WAITING:
            in_time = supposed[row.case_id] <= date.fromisoformat(row.due_on or "")
            found.suppose(_MET.get(row.part, row.part), in_time or key == "participation")
    waiting = [row for row in rows if row.case_id not in supposed]
    if key == "participation":  # a petitioner may rate after the window, but not what went back to the superior since
        found.ratable = sum(row.part == "rest" and row.stage != "returned_up" for row in waiting)
        found.stuck = sum(row.part == "pending" and row.stage == "returned_up" for row in waiting)
    if key == "acceptance":  # while the unit has not accepted it may object, late too
        found.disputed = sum(row.part == "overdue" and row.stage in _CAN_OBJECT for row in waiting)
    return found


def _of_cases(key: str, rows: Sequence[CountedCase], supposed: Mapping[int, date], last: date) -> Outlook:
    done = {
        row.case_id
        for row in rows
        if row.case_id in supposed and _waits(key, row) and (key == "closure" or supposed[row.case_id] <= last)
    }
    parts = Counter(
        ("met_may_miss" if key == "one_time" else "met") if row.case_id in done else row.part for row in rows
    )
    met = parts["met"] + parts["met_may_miss"] + parts["met_may_go"]
    missed = parts["missed"] + parts["missed_may_meet"] + parts["missed_may_go"]
    return Outlook(
        met,
        0,
        missed,
        0,
        ratable=parts["missed_may_meet"],
        disputed=parts["missed_may_go"],
        losable=parts["met_may_miss"],
        leaving=parts["met_may_go"],
        coming_met=parts["may_come"] + parts["may_come_met"],
        coming_missed=parts["may_come"] + parts["may_come_missed"],
    )


def _next_rank(unit_id: int, per_unit: Mapping[int, Outlook], units: Mapping[int, tuple[str, str, int]]) -> Goal | None:
    group = units[unit_id][1]
    others = {
        units[other][0]: one.so_far for other, one in per_unit.items() if other != unit_id and units[other][1] == group
    }
    return per_unit[unit_id].next_rank(others)


def _outlook(found: Outlook, target: float | None) -> RateOutlook:
    return RateOutlook(found, target, None if target is None else found.to_reach(target))
