"""What a rate can still become: the best, the worst, and how many of the pending must be met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from xinfang_cli.law.figures.definitions import percent


@dataclass(slots=True, frozen=True)
class Goal:
    """How many more must be met on time to reach a percentage; `reachable` when that many are still pending."""

    percent: float
    needed: int
    reachable: bool
    rank: int | None = None
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Outlook:
    """One rate of a period that is not over. `late` can no longer be met; of the overdue, `ratable` can: a petitioner may
    rate after the window; and `disputed` can fall away: an objection of the unit may be upheld (art. 23).

    Beside these a pending clock can fall away or be extended beyond the period, which lies between met and missed.
    """

    on_time: int
    late: int
    overdue: int
    pending: int
    ratable: int = 0
    disputed: int = 0

    @property
    def total(self) -> int:
        """The denominator at the end: all that falls due."""
        return self.on_time + self.late + self.overdue + self.pending

    @property
    def so_far(self) -> float | None:
        return percent(self.on_time, self.on_time + self.late + self.overdue)

    @property
    def best(self) -> float | None:
        """Every pending one met, every one that can still be mended mended."""
        return percent(self.on_time + self.open, self.total - self.disputed or self.total)

    @property
    def open(self) -> int:
        """How many can still be met."""
        return self.pending + self.ratable

    @property
    def worst(self) -> float | None:
        """None of them met."""
        return percent(self.on_time, self.total)

    def suppose(self, was: str, met: bool) -> None:
        """One of the pending or overdue ends: on time or late."""
        if was == "pending":
            self.pending -= 1
        elif was == "overdue":
            self.overdue -= 1
            self.ratable = min(self.ratable, self.overdue)
            self.disputed = min(self.disputed, self.overdue)
        if met:
            self.on_time += 1
        else:
            self.late += 1

    def to_reach(self, target: float) -> Goal | None:
        """What the target asks, counted from the exact fraction; None where nothing falls due."""
        if not self.total:
            return None
        wanted = Fraction(str(target)) * self.total / 100
        needed = max(-(-wanted.numerator // wanted.denominator) - self.on_time, 0)
        return Goal(target, needed, needed <= self.open)

    def next_rank(self, others: Mapping[str, float | None]) -> Goal | None:
        """What it takes to stand beside the nearest one above, were the others to stay as printed so far."""
        mine = self.so_far
        if mine is None or not self.total:
            return None
        above = sorted({value for value in others.values() if value is not None and value > mine})
        if not above:
            return None
        goal = above[0]
        needed = next((k for k in range(self.total + 1) if (percent(self.on_time + k, self.total) or 0) >= goal), 0)
        rank = 1 + sum(value is not None and value > goal for value in others.values())
        names = tuple(name for name, value in others.items() if value == goal)
        return Goal(goal, needed, needed <= self.open, rank, names)
