"""What the period can still become, and which cases decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

RATES = tuple(key for key, row in DEFINITIONS.items() if row.clock and row.population.day in ("basis", "due"))
_MET = {"numerator": "on_time", "rest": "overdue"}
_WAITING = ("pending", "overdue", "rest")
_CAN_OBJECT = ("assigned", "objected")


class PendingCase(NamedTuple):
    """A case whose clock is still to fall due."""

    case_no: str | None
    title: Redacted
    unit: str | None
    due_on: str
    lead: str | None
    days_left: int | None
    guessed: bool = False  # 约


class RateOutlook(NamedTuple):
    """What one rate can still become, what the target asks, and what the next rank (only of a unit, beside its group)."""

    counts: Outlook
    target: float | None
    goal: Goal | None
    of_unit: bool = False
    next_rank: Goal | None = None
    cases: tuple[PendingCase, ...] = ()


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
    """What a period can still become, as of a day; `rows` by unit where they were asked for."""

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
        return self.last < self.as_of


def outlook(
    session: Session,
    request: FiguresRequest,
    *,
    rates: Sequence[str] = RATES,
    by_unit: bool = False,
    target: float | None = None,
    suppose: Sequence[tuple[str, date]] = (),
) -> PeriodOutlook:
    """Of each rate: so far, the best and the worst, what the target or the next rank asks, the pending nearest first.

    `suppose` tries out (case, the day it would be done). The target is the office's unless given.
    """
    for key in rates:
        if key not in RATES:
            raise BadValue("⟦.rate⟧", key, "没有期限可等", "可用：" + "、".join(RATES))
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
            every = _falling_due(book, tables, asked, key)
            goal = target if target is not None else targets.get(key)
            per_unit = {unit: _count(key, [row for row in every if row.unit_id == unit], supposed) for unit in units}
            chosen = [row for row in every if _asked_for(row, asked)]
            used |= {row.case_id for row in chosen if row.part in _WAITING} & supposed.keys()
            found[key] = _outlook(_count(key, chosen, supposed), goal)
            unit = unit_asked(asked)
            if unit is not None:
                found[key] = found[key]._replace(of_unit=True, next_rank=_next_rank(unit, per_unit, units))
            hidden = hidden_among(book, asked, chosen)
            waiting = [row for row in chosen if row.part == "pending" and row.case_id not in supposed]
            waiting.sort(key=lambda row: row.case_id in hidden)  # where it stood would tell its day
            found[key] = found[key]._replace(cases=tuple(_pending(row, asked, hidden) for row in waiting))
            for unit_id, one in per_unit.items():
                if by_unit and one.total:
                    mine = _outlook(one, goal)._replace(of_unit=True, next_rank=_next_rank(unit_id, per_unit, units))
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


def _falling_due(book: Book, tables: Tables, asked: Counting, key: str) -> list[CountedCase]:
    """The cases of every unit that fall due in the period, those still pending with them."""
    everything = asked._replace(only=tuple(pair for pair in asked.only if pair[0] != "unit"))
    return book.counts.behind(tables, everything, key) + book.counts.behind(tables, everything, key, "pending")


def _asked_for(row: CountedCase, asked: Counting) -> bool:
    return all(dimension != "unit" or row.unit_id == unit for dimension, unit in asked.only)


def _pending(row: CountedCase, asked: Counting, hidden: set[int]) -> PendingCase:
    shown = opened(row, asked.as_of, hidden)
    if shown.due_on is None:
        return PendingCase(shown.case_no, shown.title, shown.unit, "", None, None)
    left = (date.fromisoformat(shown.due_on) - asked.as_of).days
    return PendingCase(shown.case_no, shown.title, shown.unit, shown.due_on, shown.lead, left, shown.guessed)


def _count(key: str, rows: Sequence[CountedCase], supposed: Mapping[int, date]) -> Outlook:
    """The parts of a rate, with what is supposed already done."""
    parts = dict.fromkeys(("on_time", "late", "overdue", "pending"), 0)
    for row in rows:
        parts[_MET.get(row.part, row.part)] += 1
    found = Outlook(**parts)
    for row in rows:
        if row.case_id in supposed and row.part in _WAITING:
            in_time = supposed[row.case_id] <= date.fromisoformat(row.due_on or "")
            found.suppose(_MET.get(row.part, row.part), in_time or key == "participation")
    waiting = [row for row in rows if row.case_id not in supposed]
    if key == "participation":  # a petitioner may rate after the window
        found.ratable = sum(row.part == "rest" for row in waiting)
    if key == "acceptance":  # while the unit has not accepted it may object, late too
        found.disputed = sum(row.part == "overdue" and row.stage in _CAN_OBJECT for row in waiting)
    return found


def _next_rank(unit_id: int, per_unit: Mapping[int, Outlook], units: Mapping[int, tuple[str, str, int]]) -> Goal | None:
    group = units[unit_id][1]
    others = {
        units[other][0]: one.so_far for other, one in per_unit.items() if other != unit_id and units[other][1] == group
    }
    return per_unit[unit_id].next_rank(others)


def _outlook(found: Outlook, target: float | None) -> RateOutlook:
    return RateOutlook(found, target, None if target is None else found.to_reach(target))
