"""Several units on one matter with one leading (art. 24), and who may not handle it (art. 28)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Story
from xinfang_cli.errors import BadValue
from xinfang_cli.law import terms

Make = Callable[..., Story]
ASSIGNED = (("assign", "2023-03-02"),)


def test_a_unit_answers_beside_the_leading_one(story: Make) -> None:
    told = story().walk(
        *ASSIGNED, ("co_handle", "2023-03-03", {"unit": 2, "agreed": "conference", "where": "测试会议"})
    )
    (beside,) = told.case.co_units
    assert (beside.unit, beside.on.isoformat(), beside.agreed, beside.where) == (
        2,
        "2023-03-03",
        "conference",
        "测试会议",
    )
    assert told.case.unit == 1
    assert {clock.unit for clock in told.case.clocks if clock.owner == "unit"} == {1}
    told.do("co_handle", "2023-03-05", unit=2, ended=True, agreed=None)
    assert told.case.co_units == ()


@pytest.mark.parametrize(
    ("steps", "said", "refusal"),
    [
        ((), {"unit": 1}, "same_unit"),
        ((("co_handle", "2023-03-03", {"unit": 2}),), {"unit": 2}, "co_unit"),
        ((), {"unit": 2, "ended": True}, "co_unit"),
    ],
)
def test_a_unit_that_cannot_answer_beside(
    story: Make, steps: tuple[tuple[str, str, dict[str, int]], ...], said: dict[str, int], refusal: str
) -> None:
    assert story().walk(*ASSIGNED, *steps).refused("co_handle", "2023-03-04", **said).code == refusal


def test_who_leads_is_no_longer_beside(story: Make) -> None:
    told = story().walk(*ASSIGNED, ("co_handle", "2023-03-03", {"unit": 2}), ("co_handle", "2023-03-03", {"unit": 3}))
    told.do("assign", "2023-03-06", unit=2)
    assert [one.unit for one in told.case.co_units] == [3]


def test_it_belongs_to_the_turn_of_the_leading_unit(story: Make) -> None:
    told = story().walk(*ASSIGNED, ("assign", "2023-03-06", {"unit": 2}))
    assert told.refused("co_handle", "2023-03-05", unit=3).code == "order"
    told.do("co_handle", "2023-03-06", unit=3)


def test_who_withdrew_may_not_lead_the_case(story: Make) -> None:
    told = story().do("recuse", "2023-03-02")
    assert [notice.code for notice in told.notices] == []
    assert told.refused("lead", "2023-03-03", lead="测试丙").code == "recused"
    told.do("lead", "2023-03-03", lead="测试丁")


def test_a_leader_who_withdraws_is_to_be_replaced(story: Make) -> None:
    told = story().do("lead", "2023-03-02", lead="测试丙").do("recuse", "2023-03-03", replaced_by=None)
    assert [notice.code for notice in told.notices] == ["nobody_instead", "lead_recused"]
    assert "第二十八条" in told.warnings[1]


@pytest.mark.parametrize("said", [{"person": "测试丙"}, {"person": "测试戊", "replaced_by": "测试戊"}])
def test_a_recusal_that_says_nothing_new(story: Make, said: dict[str, str]) -> None:
    assert story().do("recuse", "2023-03-02").refused("recuse", "2023-03-03", **said).code == "recused"


@pytest.mark.parametrize("field", ["person", "reason"])
def test_a_recusal_says_who_and_why(story: Make, field: str) -> None:
    assert story().refused("recuse", "2023-03-02", **{field: None}).code == "missing"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("人户分离、跨地区", "regions,home_apart"),
        ("跨部门 跨部门", "departments"),
        ("是", "both"),
        ("三跨", "crossing"),
    ],
)
def test_words_of_three_crossings(said: str, kept: str) -> None:
    assert terms.crossing_of(said, "三跨三分离") == kept
    with pytest.raises(BadValue):
        terms.crossing_of("跨省界", "三跨三分离")
