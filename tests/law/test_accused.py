"""Article 30 as a relation: the parent, the child, the leader's unit."""

from __future__ import annotations

import pytest

from xinfang_cli.law.accused import Body, relation

BODIES = {
    1: Body(),  # 测试委
    2: Body(1),  # 测试局, of 测试委
    3: Body(2, ("测试领导甲",)),  # 测试所, of 测试局
    4: Body(5),  # a ring, which only a damaged book has
    5: Body(4),
    6: Body(),
}


@pytest.mark.parametrize(
    ("said", "meant", "unit", "bound"),
    [
        ("测试所", 3, 2, "parent"),
        ("测试所", 3, 1, "parent"),
        ("测试委", 1, 3, "child"),
        ("测试局", 2, 6, None),
        ("测试所", 3, 3, None),  # the unit itself is known by its number
        ("测试领导甲所长", None, 3, "leader"),
        ("测试领导乙", None, 3, None),
        (None, None, 3, None),
        ("甲", 4, 6, None),
        ("甲", 4, 5, "parent"),
    ],
)
def test_relation(said: str | None, meant: int | None, unit: int, bound: str | None) -> None:
    assert relation(said, meant, unit, BODIES) == bound
