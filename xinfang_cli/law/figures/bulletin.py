"""Whom a bulletin names: the first, the last, those below target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from xinfang_cli.law.figures.definitions import GroupRow


def ranked(rows: Iterable[GroupRow], key: str) -> list[GroupRow]:
    """The ranked rows of a rate, best first, ties in the office's order."""
    return sorted((row for row in rows if row.ranks.get(key)), key=lambda row: row.ranks[key] or 0)


NAMED = 3
"""How many a bulletin names at either end."""


def first_and_last(rows: Iterable[GroupRow], key: str, most: int = NAMED) -> tuple[list[GroupRow], list[GroupRow]]:
    """The first three places, and the three worst, worst first; ties with either third are included, nobody is in both."""
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
