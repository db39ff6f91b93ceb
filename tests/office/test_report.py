"""Figures and the cases behind them: as many rows as the number says, for every rate, part and unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from xinfang_cli.errors import BadValue
from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, GroupRow
from xinfang_cli.law.terms import NO_UNIT
from xinfang_cli.office.figures import blame, stats
from xinfang_cli.office.figures.stats import HIDDEN, NO_VALUE, FiguresRequest
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework
from xinfang_cli.present.figures import document


def behind(at: Session, request: FiguresRequest, key: str, part: str | None = None) -> list[dict[str, Any]]:
    """The cases behind a number as their JSON has them."""
    return list(document(stats.cases_behind(at, request, key, part)))


JUNE = (date(2023, 6, 1), date(2023, 6, 30))
COUNTED_VOLUMES = ("cases", "groups", "group_visits", "joint_letters", "first")


def said(row: GroupRow | Figures, key: str, part: str | None) -> int:
    """The number that stands in the table."""
    if key not in DEFINITIONS:
        return int(row.volumes[key])
    rate = row.rates[key]
    if part is None:
        return rate.denominator
    if part == "excluded":
        return rate.excluded.cases
    if part == "acceptance_missing":
        return rate.acceptance_missing
    if rate.parts is not None:
        return rate.parts[part]
    return {"numerator": rate.numerator, "rest": rate.denominator - rate.numerator}[part]


def every_number() -> list[tuple[str, str | None]]:
    numbers: list[tuple[str, str | None]] = [(key, None) for key in COUNTED_VOLUMES]
    for key in (row.key for row in DEFINITIONS.values() if not row.optional):
        numbers.append((key, None))
        numbers += [(key, part) for part in stats.parts_of(key) if (key, part) != ("participation", "pending")]
    return numbers


@pytest.mark.parametrize("how", [{}, {"basis": "received"}, {"basis": "stopped"}, {"first_only": True}], ids=str)
def test_as_many_cases_as_the_number_says(district: Session, how: dict[str, Any]) -> None:
    by_unit = stats.stats(district, FiguresRequest(*JUNE, by=("unit",), **how))
    for key, part in every_number():
        rows = behind(district, FiguresRequest(*JUNE, **how), key, part)
        assert len(rows) == said(by_unit, key, part), (key, part)
        # and of each unit, at once from the listing and (a few) by the filter itself
        alone = next((row.name for row in by_unit.rows if row.key == (None,)), NO_UNIT)
        counts = Counter(row["unit"] or alone for row in rows)
        for row in by_unit.rows:
            assert counts[row.name] == said(row, key, part), (key, part, row.name)
        for row in by_unit.rows[:2] + by_unit.rows[-1:]:
            only = behind(district, FiguresRequest(*JUNE, only={"unit": row.name}, **how), key, part)
            assert len(only) == said(row, key, part), (key, part, row.name)


@pytest.mark.parametrize("by", ["channel", "kind", "topic", "region", "level", "source"])
def test_every_dimension_can_be_opened(district: Session, by: str) -> None:
    table = stats.stats(district, FiguresRequest(*JUNE, by=(by,)))
    for row in table.rows:
        for key, part in (("completion", "on_time"), ("acceptance", "late"), ("cases", None), ("one_time", "rest")):
            rows = behind(district, FiguresRequest(*JUNE, only={by: row.name}), key, part)
            assert len(rows) == said(row, key, part), (row.name, key, part)
        alone = stats.stats(district, FiguresRequest(*JUNE, only={by: row.name}))
        assert alone.rates == row.rates
        assert {key: alone.volumes[key] for key in row.volumes} == row.volumes


def test_two_dimensions_at_once(district: Session) -> None:
    both = stats.stats(district, FiguresRequest(*JUNE, by=("unit", "channel")))
    cells = [row for row in both.rows if row.rates["completion"].denominator > 2]
    assert len(cells) > 5
    for row in cells:
        unit, channel = row.name.split(" · ")
        only = {"unit": unit, "channel": channel}
        assert len(behind(district, FiguresRequest(*JUNE, only=only), "completion")) == said(row, "completion", None)
        assert stats.stats(district, FiguresRequest(*JUNE, only=only)).rates == row.rates
    assert sum(row.volumes["cases"] for row in both.rows) == both.volumes["cases"]


@pytest.mark.parametrize("as_of", ["2023-06-20", "2023-07-05"])
def test_as_of_an_earlier_day(district: Session, as_of: str) -> None:
    day = date.fromisoformat(as_of)
    table = stats.stats(district, FiguresRequest(*JUNE, as_of=day))
    for key, part in every_number():
        rows = behind(district, FiguresRequest(*JUNE, as_of=day), key, part)
        assert len(rows) == said(table, key, part), (key, part)
        assert all(row["received_on"] <= as_of for row in rows)
        assert all(row["stop_on"] is None or row["stop_on"] <= as_of for row in rows)


def test_a_listed_case_is_what_its_part_says(district: Session) -> None:
    for row in behind(district, FiguresRequest(*JUNE), "completion", "late"):
        assert row["stop_on"] > row["due_on"]
        assert row["days_over"] == (date.fromisoformat(row["stop_on"]) - date.fromisoformat(row["due_on"])).days
        assert "2023-06-01" <= row["due_on"] <= "2023-06-30"
    for row in behind(district, FiguresRequest(*JUNE), "acceptance", "overdue"):
        assert row["stop_on"] is None
        assert row["days_over"] == (district.today - date.fromisoformat(row["due_on"])).days
    visits = behind(district, FiguresRequest(*JUNE), "groups")
    named = sum(row["headcount"] or 0 for row in visits)  # how many made an accusation is not told
    accusations = stats.stats(district, FiguresRequest(*JUNE, only={"kind": "检举控告"})).volumes["visit_people"]
    assert named + accusations == stats.stats(district, FiguresRequest(*JUNE)).volumes["visit_people"]
    assert [row["headcount"] is None for row in visits] == [row["kind"] == "accusation" for row in visits]


@pytest.mark.parametrize(("key", "part"), [("closer", None), ("completion", "numerator"), ("closure", "late")])
def test_what_cannot_be_opened(district: Session, key: str, part: str | None) -> None:
    with pytest.raises(BadValue):
        behind(district, FiguresRequest(*JUNE), key, part)


def test_a_blank_dimension_has_a_name(district: Session) -> None:
    topics = stats.stats(district, FiguresRequest(*JUNE, by=("level",)))
    blank = next(row for row in topics.rows if row.name == NO_VALUE)
    assert len(behind(district, FiguresRequest(*JUNE, only={"level": NO_VALUE}), "cases")) == blank.volumes["cases"]


@pytest.mark.parametrize("complained", ["测试纪委", "测试纪委办公室", "某区测试纪委"])
def test_an_accusation_is_not_named_to_the_unit_it_complains_of(case: Callable[..., Any], complained: str) -> None:
    matter = case("2024-03-01", kind="accusation", complained_unit="测试局", title="不该让他看见的话")
    matter.assign("2024-03-02", to="测试纪委")
    at = matter.session
    march = (date(2024, 3, 1), date(2024, 3, 31))
    assert [row["title"] for row in behind(at, FiguresRequest(*march), "cases")] == ["检举控告件"]
    at.sure = True  # as if an old sheet had sent it to a part of the accused
    casework.edit(at, [matter.no], {"complained_unit": complained})
    (row,) = behind(at, FiguresRequest(*march, only={"unit": "测试纪委"}), "cases")
    assert {value for key, value in row.items() if key not in ("unit", "part")} <= {None, HIDDEN, 0}
    (line,) = blame.blame(at, FiguresRequest(*march, only={"unit": "测试纪委"})).cases
    assert (line.case_no, line.title, line.received_on, line.due_on) == (None, HIDDEN, "", "")


# ---- 环比, 同比, trends -------------------------------------------------------------------------------------------


def test_compare_is_the_figures_of_the_other_period(district: Session) -> None:
    table = stats.stats(district, FiguresRequest(*JUNE, by=("unit",)), compare=True)
    # 17 July is 17 days after June: May is held against it as of 17 days after May
    may = stats.stats(
        district, FiguresRequest(date(2023, 5, 1), date(2023, 5, 31), by=("unit",), as_of=date(2023, 6, 17))
    )
    before = table.against["previous"]
    assert (before.rates, before.volumes) == (may.rates, may.volumes)
    assert [(row.name, row.volumes) for row in before.rows] == [(row.name, row.volumes) for row in may.rows]
    assert "year_ago" not in table.against  # the book begins in July 2022
    assert table.missing["year_ago"][1:] == (date(2022, 6, 1), date(2022, 6, 30))


def test_a_trend_is_the_figures_of_each_month(district: Session) -> None:
    table = stats.stats(district, FiguresRequest(*JUNE), trend=12)
    assert [one.period.label for one in table.trend] == [
        *(f"2022年{month}月" for month in range(7, 13)),
        *(f"2023年{month}月" for month in range(1, 7)),
    ]
    for one in table.trend[::4]:
        same = stats.stats(district, FiguresRequest(one.first, one.last, as_of=one.as_of))
        assert one.as_of - one.last == district.today - JUNE[1]
        assert (one.rates, one.volumes) == (same.rates, same.volumes)
    assert sum(one.volumes["cases"] for one in table.trend) == len(
        behind(district, FiguresRequest(date(2022, 7, 1), JUNE[1]), "cases")
    )


def test_a_month_that_is_not_over_is_compared_by_its_days(district: Session) -> None:
    july = stats.stats(district, FiguresRequest(date(2023, 7, 1), date(2023, 7, 31)), compare=True)
    assert july.against["previous"].last == date(2023, 6, 17)
    assert july.against["previous"].last - july.against["previous"].first == district.today - july.first
    assert july.against["year_ago"].last == district.today - timedelta(days=365)
