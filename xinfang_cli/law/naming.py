"""Cases that a list which leaves the office names, and those it only counts beside accusations (art. 30)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from xinfang_cli.frozen import NamedTuple

FEW = 3
"""Of fewer than this many cases of a unit none is named beside an accusation; fewer accusations are not counted out."""


class Listed(NamedTuple):
    """A case on such a list: what it is listed for and in which month that was, the unit with its place in the office's
    order, its number."""

    what: str
    month: str
    place: int
    unit: str
    case_no: str
    accusation: bool


def unnamed(listed: Iterable[Listed]) -> frozenset[tuple[str, str]]:
    """(what, number) of the ordinary cases that stay unnamed beside the accusations.

    Whoever takes the named cases from a unit's own figure must not have the unit of an accusation. So the units of one
    month are taken by threes, in their order; where one of the three has an accusation, all three leave as many cases
    unnamed: two, or all that they have. Which three it is, every figure that is published tells; which of the three has
    the accusation, none does. What was missed in a month stays what it is, so that a month, its quarter and every later
    list leave out the same cases.
    """
    months: dict[tuple[str, str], dict[tuple[int, str], list[Listed]]] = {}
    for one in sorted(set(listed)):
        months.setdefault((one.what, one.month), {}).setdefault((one.place, one.unit), []).append(one)
    return frozenset(
        (one.what, one.case_no)
        for units in months.values()
        for three in _threes([*units.values()])
        for one in _of(three)
    )


def _threes(units: Sequence[Sequence[Listed]]) -> Iterator[Sequence[Sequence[Listed]]]:
    """The units by threes; one or two that are left over go with the last."""
    whole = max(len(units) // FEW, 1)
    for n in range(whole):
        yield units[n * FEW : (n + 1) * FEW if n + 1 < whole else len(units)]


def _of(three: Sequence[Sequence[Listed]]) -> Iterator[Listed]:
    most = max(sum(one.accusation for one in cases) for cases in three)
    if not most:
        return
    for cases in three:
        ordinary = [one for one in cases if not one.accusation]
        ordinary.sort(key=lambda one: sha256(one.case_no.encode()).digest())
        yield from ordinary[: max(most, FEW - 1) - (len(cases) - len(ordinary))]
