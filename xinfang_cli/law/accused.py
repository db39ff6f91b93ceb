"""Article 30 as a relation: how a unit stands to the unit or the person that an accusation complains of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Body(NamedTuple):
    """A unit in the office's list: what it is part of, and who leads it."""

    parent: int | None = None
    leaders: tuple[str, ...] = ()


def relation(said: str | None, meant: int | None, unit: int, bodies: Mapping[int, Body]) -> str | None:
    """`parent` or `child` of the unit complained of (at any remove), `leader` where its leader is complained of; None:
    nothing in the list binds them."""
    if meant is not None and meant != unit:
        if unit in _above(meant, bodies):
            return "parent"
        if meant in _above(unit, bodies):
            return "child"
    leaders = bodies[unit].leaders if unit in bodies else ()
    return "leader" if said and any(name in said for name in leaders) else None


def _above(unit: int, bodies: Mapping[int, Body]) -> Iterator[int]:
    """What a unit is part of, nearest first."""
    seen = {unit}
    current = bodies[unit].parent if unit in bodies else None
    while current is not None and current not in seen:
        yield current
        seen.add(current)
        current = bodies[current].parent if current in bodies else None
