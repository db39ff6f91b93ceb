"""The arithmetic of campaigns, against numbers published or worked out by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from xinfang_cli.law import backlog as law
from xinfang_cli.law.backlog import Fixed, Span
from xinfang_cli.law.workdays import Calendar


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("total", "target", "goal"),
    [
        (167, 95, 159),  # 158.65: published, 罗庄区 2023
        (100, 95, 95),
        (101, 95, 96),  # 95.95
        (20, 95, 19),
        (1, 95, 1),
        (0, 95, 0),
        (1000, 57.5, 575),
        (1000, 57.51, 576),
        (3, 100, 3),
    ],
)
def test_goal(total: int, target: float, goal: int) -> None:
    assert law.goal(total, target) == goal


def test_needed_never_falls_below_zero() -> None:
    assert law.needed(167, 96, 95) == 63
    assert law.needed(167, 159, 95) == 0
    assert law.needed(167, 167, 95) == 0


@pytest.mark.parametrize(
    ("cases", "days", "pace"),
    [(63, 136, 3.24), (63, 7, 63.0), (1, 8, 0.88), (0, 30, 0.0), (1, 1, 7.0), (5, 0, None), (5, -1, None)],
)
def test_per_week(cases: int, days: int, pace: float | None) -> None:
    assert law.per_week(cases, days) == pace


def test_reached_on_by_the_pace_so_far() -> None:
    # 10 in 100 days: 5 more take 50 days.
    assert law.reached_on(5, 10, d("2023-01-01"), d("2023-04-11")) == d("2023-05-31")
    assert law.reached_on(0, 10, d("2023-01-01"), d("2023-04-11")) == d("2023-04-11")
    assert law.reached_on(5, 0, d("2023-01-01"), d("2023-04-11")) is None
    assert law.reached_on(5, 3, d("2023-04-11"), d("2023-04-11")) is None


def test_expected_is_a_straight_line_to_the_target() -> None:
    began, target_on = d("2023-01-01"), d("2023-04-11")  # 100 days
    assert law.expected(100, 90, began, target_on, d("2023-01-01")) == 0
    assert law.expected(100, 90, began, target_on, d("2023-02-20")) == 45
    assert law.expected(100, 90, began, target_on, d("2023-04-11")) == 90
    assert law.expected(100, 90, began, target_on, d("2024-01-01")) == 90
    assert law.expected(7, 90, began, target_on, d("2023-02-20")) == Fraction(7, 2)


def test_burn_down_keeps_a_relapse_open() -> None:
    spans = [Span(d("2023-01-05")), Span(d("2023-01-12"), d("2023-01-20"))]
    points = law.burn_down(3, spans, d("2023-01-01"), d("2023-01-22"))
    assert points == [(d("2023-01-01"), 3), (d("2023-01-08"), 2), (d("2023-01-15"), 1), (d("2023-01-22"), 2)]
    assert law.burn_down(3, spans, d("2023-01-22"), d("2023-01-22")) == [(d("2023-01-22"), 2)]
    assert len(law.burn_down(3, spans, d("2013-01-01"), d("2023-01-22"))) <= 15


# ---- duty -------------------------------------------------------------------------------------------------------


def test_rotation_over_the_national_day_of_2023(calendar: Calendar) -> None:
    """29 September to 6 October 2023 were off; Saturday 7 and Sunday 8 October were worked."""
    made = law.make_roster(["甲", "乙", "丙"], d("2023-09-27"), d("2023-10-10"), calendar)
    assert {day.isoformat()[5:]: who for day, who in made.days.items()} == {
        "09-27": ("甲",),
        "09-28": ("乙",),
        "10-07": ("丙",),
        "10-08": ("甲",),
        "10-09": ("乙",),
        "10-10": ("丙",),
    }
    assert made.passed_over == []


def test_holidays_are_in_for_a_major_event(calendar: Calendar) -> None:
    also = [d("2023-10-01"), d("2023-10-02")]
    made = law.make_roster(["甲", "乙"], d("2023-09-28"), d("2023-10-07"), calendar, include=also)
    assert [day.isoformat()[5:] for day in made.days] == ["09-28", "10-01", "10-02", "10-07"]


def test_fixed_days_are_their_leaders_and_the_rotation_goes_on(calendar: Calendar) -> None:
    made = law.make_roster(
        ["甲", "乙"], d("2023-07-17"), d("2023-07-21"), calendar, fixed=[Fixed("书记", weekday=2)], after="甲"
    )
    assert list(made.days.values()) == [("乙",), ("甲",), ("书记",), ("乙",), ("甲",)]


def test_a_fixed_day_on_a_day_off_is_told(calendar: Calendar) -> None:
    made = law.make_roster(["甲"], d("2023-10-01"), d("2023-10-31"), calendar, fixed=[Fixed("书记", month_day=1)])
    assert made.passed_over == [(d("2023-10-01"), "书记")]
    assert d("2023-10-01") not in made.days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("甲=周二", ["07-04", "07-11", "07-18", "07-25"]),
        ("甲=每周二", ["07-04", "07-11", "07-18", "07-25"]),
        ("甲＝星期二", ["07-04", "07-11", "07-18", "07-25"]),
        ("甲=每月第2个周二", ["07-11"]),
        ("甲=第二个周二", ["07-11"]),
        ("甲=第5个周一", ["07-31"]),
        ("甲=每月15日", ["07-15"]),
        ("甲=31日", ["07-31"]),
    ],
)
def test_fixed_days(text: str, days: list[str]) -> None:
    fixed = law.parse_fixed(text)
    assert fixed is not None
    assert fixed.leader == "甲"
    assert [day.isoformat()[5:] for day in fixed.days(d("2023-07-01"), d("2023-07-31"))] == days


@pytest.mark.parametrize("text", ["甲", "=周二", "甲=周八", "甲=32日", "甲=第6个周一", "甲=0日"])
def test_what_is_no_fixed_day(text: str) -> None:
    assert law.parse_fixed(text) is None


def test_coverage(calendar: Calendar) -> None:
    roster = {d("2023-07-17"): ("甲",), d("2023-07-18"): ("乙",), d("2023-07-19"): ("丙",)}
    attended = {d("2023-07-17"): {"甲"}, d("2023-07-19"): {"丁"}}  # somebody else sat on the 19th
    missing = law.coverage(roster, attended, d("2023-07-15"), d("2023-07-23"), calendar)
    assert missing == [(d("2023-07-18"), ("乙",))]
    # Where nothing is rostered in a month, its working days count: Friday 30 June was one, the weekend not.
    missing = law.coverage(roster, attended, d("2023-06-30"), d("2023-07-17"), calendar)
    assert missing == [(d("2023-06-30"), ())]
