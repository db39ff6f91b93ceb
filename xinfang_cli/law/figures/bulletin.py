"""What a bulletin is made of, and whom it names: the first, the last, those below target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from xinfang_cli.law.figures.definitions import Figures, GroupRow
from xinfang_cli.law.periods import Period
from xinfang_cli.law.redaction import Redacted
from xinfang_cli.law.terms import BY_BUREAU, NO_UNIT


class OverdueClock(NamedTuple):
    """A clock that ran out and is open still, as it may be published."""

    case_no: str
    title: Redacted
    unit: str
    clock: str
    due_on: date
    days_over: int
    lead: str | None
    guessed: bool = False  # 约


class ProblemCase(NamedTuple):
    """A case of the problems that a bulletin names; the days only where a clock was missed."""

    case_no: str
    title: Redacted
    unit: str
    due_on: date | None
    days_over: int | None
    guessed: bool = False  # 约


class BacklogLine(NamedTuple):
    """A unit's backlog: handed down, resolved in the period and so far, the rate, its rank, the leaders responsible."""

    unit: str
    group: str
    rankable: bool
    total: int
    now: int
    so_far: int
    percent: float | None
    rank: int | None
    leads: str


class WithoutUnit(NamedTuple):
    """The cases received that have no unit: answered by the bureau itself, and still to be forwarded."""

    by_bureau: int
    waiting: int

    @property
    def label(self) -> str:
        """What the row without a unit is called: nothing that the bureau answered is 未转送."""
        if self.by_bureau and self.waiting:
            return f"{BY_BUREAU}、{NO_UNIT}"
        return NO_UNIT if self.waiting else BY_BUREAU


@dataclass(slots=True)
class Bulletin:
    """Every figure of one bulletin, for the period and for the year so far; what all its forms are made from."""

    period: Period
    so_far: Period
    as_of: date
    made_on: date
    bureau: str
    area: str  # 全区, 全县
    number: str
    now: Figures
    total: Figures
    targets: dict[str, float]
    target_sources: dict[str, str]
    backlog: list[BacklogLine]
    overdue: list[OverdueClock]
    hidden_overdue: dict[str, int]
    excluded_overdue: int
    problems: dict[str, list[ProblemCase]]
    hidden_problems: dict[str, int]
    no_unit: WithoutUnit
    no_unit_so_far: WithoutUnit
    complained_of: list[tuple[str, int]] = field(default_factory=list)
    doings: dict[str, int] = field(default_factory=dict)
    reception: Any = None  # of the period (the office's ReceptionStatus); None where nobody sat and nobody was to sit
    reception_so_far: Any = None
    advices: tuple[Any, ...] = ()  # the office's Advice
    standings: tuple[Any, ...] = ()  # the office's Standing
    sealed: list[str] = field(default_factory=list)  # what to say of an earlier publication


def ranked(rows: Iterable[GroupRow], key: str) -> list[GroupRow]:
    """The rows that have a rank in that rate, the best first, the office's order among equals."""
    return sorted((row for row in rows if row.ranks.get(key)), key=lambda row: row.ranks[key] or 0)


NAMED = 3
"""How many a bulletin names at either end."""


def first_and_last(rows: Iterable[GroupRow], key: str, most: int = NAMED) -> tuple[list[GroupRow], list[GroupRow]]:
    """Those on the first three places and the three worst, the worst first; everyone who shares the third of either is
    named, nobody at both ends."""
    listed = ranked(rows, key)
    first = [row for row in listed if (row.ranks[key] or 0) <= most]
    rest = listed[len(first) :]
    if not rest:
        return first, []
    third = rest[-min(most, len(rest))].ranks[key] or 0
    return first, [row for row in reversed(rest) if (row.ranks[key] or 0) >= third]


def below(rows: Iterable[GroupRow], key: str, target: float) -> list[GroupRow]:
    """Every unit under the target, by the exact fraction; the lowest first."""
    wanted = Fraction(str(target)) / 100
    found = [
        row
        for row in rows
        if row.rankable
        and row.rates[key].denominator
        and Fraction(row.rates[key].numerator, row.rates[key].denominator) < wanted
    ]
    return sorted(found, key=lambda row: Fraction(row.rates[key].numerator, row.rates[key].denominator))


def groups(rows: Sequence[GroupRow]) -> dict[str, list[GroupRow]]:
    """The units' rows by their group, in the office's order."""
    found: dict[str, list[GroupRow]] = {}
    for row in rows:
        if row.rankable and row.group:
            found.setdefault(row.group, []).append(row)
    return found
