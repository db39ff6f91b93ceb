"""The possible results of a rate: best, worst, and the number of pending ones still to meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from xinfang_cli.law.figures.definitions import percent


@dataclass(slots=True, frozen=True)
class Goal:
    """The number still to meet on time for a percentage; `reachable` if enough are pending."""

    percent: float
    needed: int
    reachable: bool
    rank: int | None = None
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Outlook:
    """One rate of a period and its possible results. On time, overdue and pending stand for met, missed and open in
    rates without a clock.

    `late` ones and `stuck` pending ones can no longer be met. Of the overdue, `ratable` ones still can (a petitioner
    may rate after the window, a case be closed at any time), and `disputed` ones can drop out by an upheld objection
    (art. 23). Of the met, `losable` ones can still be missed, and `leaving` ones drop out. Newcomers are `coming_met`
    at best, `coming_missed` at worst. Each case is in one of these groups, a newcomer mostly in both.

    A pending clock can also drop out or be extended beyond the period; that result lies between met and missed.
    """

    on_time: int
    late: int
    overdue: int
    pending: int
    stuck: int = 0
    ratable: int = 0
    disputed: int = 0
    losable: int = 0
    leaving: int = 0
    coming_met: int = 0
    coming_missed: int = 0

    @property
    def total(self) -> int:
        """The final denominator: everything due as far as known."""
        return self.on_time + self.late + self.overdue + self.pending

    @property
    def anything(self) -> bool:
        """Whether there is, or can come, anything to count."""
        return bool(self.total or self.coming)

    @property
    def coming(self) -> int:
        """The number of possible newcomers."""
        return max(self.coming_met, self.coming_missed)

    @property
    def so_far(self) -> float | None:
        """The rate of the decided ones in percent; None without any."""
        return percent(self.on_time, self.on_time + self.late + self.overdue)

    @property
    def best(self) -> float | None:
        """The best case: every pending one met, every reparable one repaired, every newcomer met."""
        whole = self.total + self.coming_met - self.disputed
        if not whole:
            return 0.0 if self.anything else None
        return percent(self.on_time + self.open + self.coming_met, whole)

    @property
    def open(self) -> int:
        """The number of counted ones still to meet."""
        return self.pending - self.stuck + self.ratable

    @property
    def worst(self) -> float | None:
        """The worst case: no pending one met, everything losable lost, every newcomer missed."""
        whole = self.total + self.coming_missed - self.leaving
        if not whole:
            return 100.0 if self.anything else None
        return percent(self.on_time - self.losable - self.leaving, whole)

    def suppose(self, was: str, met: bool) -> None:
        """One of the pending or overdue ends, on time or late; or one that was to come in does."""
        if was == "pending":
            self.pending -= 1
            self.stuck = min(self.stuck, self.pending)
        elif was == "overdue":
            self.overdue -= 1
            self.ratable = min(self.ratable, self.overdue)
            self.disputed = min(self.disputed, self.overdue)
        if met:
            self.on_time += 1
        else:
            self.late += 1

    def to_reach(self, target: float) -> Goal | None:
        """The number still needed for a target, computed from exact fractions; None with nothing due."""
        if not self.anything:
            return None
        if not self.total:  # nothing to be a percentage of yet
            return Goal(target, 1, self.coming_met > 0)
        part = Fraction(str(target)) / 100
        lacking = part * self.total - self.on_time
        needed = _at_least(lacking)
        if needed > self.open and self.coming_met and part < 1:
            # one that comes in adds to the denominator too
            needed = self.open + _at_least((lacking - self.open) / (1 - part))
        return Goal(target, needed, needed <= self.open + self.coming_met)

    def next_rank(self, others: Mapping[str, float | None]) -> Goal | None:
        """The number needed to reach the next higher rank, with the others unchanged."""
        mine = self.so_far
        if mine is None or not self.anything:
            return None
        above = sorted({value for value in others.values() if value is not None and value > mine})
        if not above:
            return None
        goal, most = above[0], self.open + self.coming_met
        enough = (k for k in range(max(self.total, most) + 1) if (self._after(k) or 0) >= goal)
        needed = next(enough, most + 1)
        rank = 1 + sum(value is not None and value > goal for value in others.values())
        names = tuple(name for name, value in others.items() if value == goal)
        return Goal(goal, needed, needed <= most, rank, names)

    def _after(self, more: int) -> float | None:
        """The rate after that many more are met: first counted ones, then newcomers."""
        coming = min(max(more - self.open, 0), self.coming_met)
        return percent(self.on_time + more, self.total + coming)


def _at_least(number: Fraction) -> int:
    return max(-(-number.numerator // number.denominator), 0)
