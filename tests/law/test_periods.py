"""Periods against a calendar on the wall: what comes before, the same a year ago, and changes in words."""

from __future__ import annotations

from datetime import date

import pytest

from xinfang_cli.law import periods

LATER = date(2030, 1, 1)


def span(text: str) -> tuple[date, date]:
    first, last = text.split(" ")
    return date.fromisoformat(first), date.fromisoformat(last)


@pytest.mark.parametrize(
    ("days", "kind", "label", "previous", "year_ago"),
    [
        ("2023-06-01 2023-06-30", "month", "2023年6月", "2023-05-01 2023-05-31", "2022-06-01 2022-06-30"),
        ("2023-01-01 2023-01-31", "month", "2023年1月", "2022-12-01 2022-12-31", "2022-01-01 2022-01-31"),
        ("2024-02-01 2024-02-29", "month", "2024年2月", "2024-01-01 2024-01-31", "2023-02-01 2023-02-28"),
        ("2023-02-01 2023-02-28", "month", "2023年2月", "2023-01-01 2023-01-31", "2022-02-01 2022-02-28"),
        ("2025-02-01 2025-02-28", "month", "2025年2月", "2025-01-01 2025-01-31", "2024-02-01 2024-02-29"),
        ("2023-04-01 2023-06-30", "quarter", "2023年第二季度", "2023-01-01 2023-03-31", "2022-04-01 2022-06-30"),
        ("2023-01-01 2023-03-31", "quarter", "2023年第一季度", "2022-10-01 2022-12-31", "2022-01-01 2022-03-31"),
        ("2023-01-01 2023-12-31", "year", "2023年", "2022-01-01 2022-12-31", "2022-01-01 2022-12-31"),
        ("2023-05-15 2023-05-21", "week", "2023年5月15日至21日", "2023-05-08 2023-05-14", "2022-05-16 2022-05-22"),
        ("2023-06-05 2023-06-14", "span", "2023年6月5日至14日", "2023-05-26 2023-06-04", "2022-06-05 2022-06-14"),
        ("2024-02-29 2024-02-29", "span", "2024年2月29日", "2024-02-28 2024-02-28", "2023-02-28 2023-02-28"),
        (
            "2022-12-20 2023-01-05",
            "span",
            "2022年12月20日至2023年1月5日",
            "2022-12-03 2022-12-19",
            "2021-12-20 2022-01-05",
        ),
    ],
)
def test_what_a_period_is_held_against(days: str, kind: str, label: str, previous: str, year_ago: str) -> None:
    period = periods.period_of(*span(days))
    assert (period.kind, period.label) == (kind, label)
    assert periods.previous(period, LATER)[1:] == span(previous)
    assert periods.year_ago(period, LATER)[1:] == span(year_ago)


@pytest.mark.parametrize(
    ("days", "as_of", "previous", "year_ago"),
    [
        ("2023-07-01 2023-07-31", "2023-07-17", "2023-06-01 2023-06-17", "2022-07-01 2022-07-17"),
        ("2023-03-01 2023-03-31", "2023-03-30", "2023-02-01 2023-02-28", "2022-03-01 2022-03-30"),
        ("2023-07-01 2023-07-31", "2023-07-31", "2023-06-01 2023-06-30", "2022-07-01 2022-07-31"),
        ("2023-01-01 2023-12-31", "2023-07-17", "2022-01-01 2022-07-17", "2022-01-01 2022-07-17"),
        ("2023-08-01 2023-08-31", "2023-07-17", "2023-07-01 2023-07-31", "2022-08-01 2022-08-31"),
    ],
)
def test_a_period_that_is_not_over_is_held_against_as_many_days(
    days: str, as_of: str, previous: str, year_ago: str
) -> None:
    period, day = periods.period_of(*span(days)), date.fromisoformat(as_of)
    assert periods.previous(period, day)[1:] == span(previous)
    assert periods.year_ago(period, day)[1:] == span(year_ago)


@pytest.mark.parametrize(
    ("now", "before", "percent", "words"),
    [
        (161, 159, 1.26, "上升 1.26%"),  # 2 ÷ 159 = 1.2578…
        (3, 8, -62.5, "下降 62.50%"),
        (10, 10, 0.0, "持平"),
        (5, 0, None, "上期为零"),
        (0, 0, None, "持平"),
        (0, 4, -100.0, "下降 100.00%"),
        (201, 200, 0.5, "上升 0.50%"),
        (80_001, 80_000, 0.0, "上升 0.00%"),
        (20_001, 20_000, 0.01, "上升 0.01%"),  # 0.005 exactly: half up
    ],
)
def test_changes(now: int, before: int, percent: float | None, words: str) -> None:
    assert periods.change_percent(now, before) == percent
    assert periods.change_in_words(now, before) == words


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (96.15, 98.55, "下降 2.40 个百分点"),
        (98.73, 98.72, "上升 0.01 个百分点"),
        (100.0, 100.0, "持平"),
        (None, 100.0, "—"),
        (100.0, None, "—"),
    ],
)
def test_points(now: float | None, before: float | None, words: str) -> None:
    assert periods.points_in_words(now, before) == words


def test_the_year_so_far_is_of_the_year_the_period_ends_in() -> None:
    week = periods.period_of(*span("2024-12-30 2025-01-05"))
    assert periods.so_far(week)[1:] == span("2025-01-01 2025-01-05")


def test_a_leap_year_under_way_is_held_against_the_same_days() -> None:
    year = periods.Period("year", date(2024, 1, 1), date(2024, 12, 31))
    for day, last in ((date(2024, 2, 29), date(2023, 2, 28)), (date(2024, 7, 17), date(2023, 7, 17))):
        assert periods.previous(year, day)[1:] == periods.year_ago(year, day)[1:] == (date(2023, 1, 1), last)
