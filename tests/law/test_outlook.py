"""The outlook of a rate against trying every way it can end."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product

import pytest

from xinfang_cli.law.figures.outlook import Outlook


def printed(met: int, total: int) -> float | None:
    if not total:
        return None
    return float((Decimal(met * 100) / Decimal(total)).quantize(Decimal("0.01"), ROUND_HALF_UP))


SMALL = [(on, late, over, wait) for on, late, over, wait in product((0, 1, 4, 7), (0, 2), (0, 1), (0, 1, 3, 6))]


@pytest.mark.parametrize("parts", SMALL, ids=str)
def test_every_way_it_can_end(parts: tuple[int, int, int, int]) -> None:
    on_time, late, overdue, pending = parts
    found = Outlook(*parts)
    total = sum(parts)
    ends = [printed(on_time + met, total) for met in range(pending + 1)]
    assert found.best == ends[-1]
    assert found.worst == ends[0]
    assert found.so_far == printed(on_time, on_time + late + overdue)
    for target in (0.0, 33.33, 50.0, 66.67, 80.0, 92.5, 95.0, 100.0):
        goal = found.to_reach(target)
        if not total:
            assert goal is None
            continue
        assert goal is not None
        enough = [met for met in range(total + 1) if Fraction(on_time + met, total) * 100 >= Fraction(str(target))]
        if enough:
            assert goal.needed == enough[0]
            assert goal.reachable == (enough[0] <= pending)
        else:
            assert not goal.reachable


def test_what_was_published_of_the_backlog() -> None:
    """96 of 167 on 17 July; 95 % by 30 November takes 159, which is 63 more."""
    goal = Outlook(96, 0, 0, 71).to_reach(95.0)
    assert goal is not None
    assert (goal.needed, goal.reachable) == (63, True)


def test_the_next_rank_is_the_nearest_above() -> None:
    others = {"甲": 100.0, "乙": 90.0, "丙": 90.0, "丁": 80.0, "戊": None, "己": 20.0}
    goal = Outlook(6, 1, 1, 4).next_rank(others)  # 75 % so far, 12 in the end: 80 % takes 10
    assert goal is not None
    assert (goal.rank, goal.percent, goal.names, goal.needed, goal.reachable) == (4, 80.0, ("丁",), 4, True)
    lost = Outlook(6, 2, 2, 2).next_rank(others)  # 60 % so far, 12 in the end: at best 66.67 %
    assert lost is not None
    assert (lost.needed, lost.reachable) == (4, False)
    assert Outlook(5, 0, 0, 3).next_rank(others) is None  # at the top already
    assert Outlook(0, 0, 0, 3).next_rank(others) is None  # nothing decided yet


def test_supposing() -> None:
    found = Outlook(5, 1, 2, 3)
    found.suppose("pending", met=True)
    found.suppose("pending", met=False)
    found.suppose("overdue", met=False)
    assert (found.on_time, found.late, found.overdue, found.pending) == (6, 3, 1, 1)
    assert found.total == 11
