"""What a bulletin is made of, and whom it names: the first, the last, those below target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from xinfang_cli.law.figures import DEFINITIONS, Figures, GroupRow
from xinfang_cli.law.periods import Period


@dataclass(slots=True)
class Bulletin:
    """Every figure of one bulletin, for the period and for the year so far; what all its forms are made from."""

    period: Period
    so_far: Period
    as_of: date
    made_on: date
    bureau: str
    number: str
    now: Figures
    total: Figures
    targets: dict[str, float]
    backlog: list[dict[str, Any]]
    overdue: list[dict[str, Any]]
    hidden_overdue: dict[str, int]
    problems: dict[str, list[dict[str, Any]]]
    hidden_problems: dict[str, int]
    complained_of: list[tuple[str, int]] = field(default_factory=list)
    doings: dict[str, int] = field(default_factory=dict)
    doings_so_far: dict[str, int] = field(default_factory=dict)
    reception: dict[str, Any] | None = None  # of the period; None where nobody sat and nobody was to sit
    reception_so_far: dict[str, Any] | None = None
    advices: list[dict[str, Any]] = field(default_factory=list)
    standings: list[dict[str, Any]] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)  # what to say of an earlier publication


def ranked(rows: Iterable[GroupRow], key: str) -> list[GroupRow]:
    """The rows that have a rank in that rate, the best first, the office's order among equals."""
    return sorted((row for row in rows if row.ranks.get(key)), key=lambda row: row.ranks[key] or 0)


def first_three(rows: Iterable[GroupRow], key: str) -> list[GroupRow]:
    """Those on the first three places; everyone who shares one is named."""
    return [row for row in ranked(rows, key) if (row.ranks[key] or 0) <= 3]


def last_three(rows: Iterable[GroupRow], key: str) -> list[GroupRow]:
    """The three worst, the worst first, with everyone equal to the third; nobody who is as good as the best."""
    listed = ranked(rows, key)[::-1]
    if not listed:
        return []
    best = listed[-1].rates[key].percent
    third = listed[: 3 if len(listed) >= 3 else len(listed)][-1].rates[key].percent
    worse = DEFINITIONS[key].lower_is_better
    chosen = []
    for row in listed:
        value = row.rates[key].percent
        if value == best or value is None or third is None:
            continue
        if (value >= third) if worse else (value <= third):
            chosen.append(row)
    return chosen


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
