"""Outlook and blame through the office: on a small book worked out by hand, and on the example district."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from xinfang_cli.errors import BadValue
from xinfang_cli.office.figures import blame, outlook, stats
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.session import Session
from xinfang_cli.present import blame as words_of_blame
from xinfang_cli.present import outlook as words_of_outlook


def outlook_of(at: Session, request: FiguresRequest, **how: Any) -> dict[str, Any]:
    """The outlook as its JSON has it."""
    return words_of_outlook.document(outlook.outlook(at, request, **how))


def blame_of(at: Session, request: FiguresRequest) -> dict[str, Any]:
    """The same of blame."""
    return words_of_blame.document(blame.blame(at, request))


JULY = (date(2023, 7, 1), date(2023, 7, 31))


@pytest.fixture
def july(session: Callable[..., Session], case: Callable[..., Any]) -> tuple[Session, list[str]]:
    """Acceptances due in July 2023, seen on the 17th: two met, one late, one overdue, two pending (20 and 25 July)."""
    at = session(today="2023-07-17")
    numbers: list[str] = []
    for assigned, accepted in (
        ("2023-06-18", "2023-06-20"),  # due 3 July
        ("2023-06-20", "2023-07-05"),  # due 5 July, on its last day
        ("2023-06-21", "2023-07-07"),  # due 6 July, a day late
        ("2023-06-25", None),  # due 10 July
        ("2023-07-05", None),  # due 20 July
        ("2023-07-10", None),  # due 25 July
    ):
        case(assigned, at=at, kind="inquiry").assign(assigned)
        numbers.append(f"XF2023-{len(numbers) + 1:06d}")
        if accepted:
            from xinfang_cli.office.work import casework

            casework.accept(at, [numbers[-1]], casework.Acceptance(date.fromisoformat(accepted)))
    return at, numbers


def test_the_outlook_of_a_small_month(july: tuple[Session, list[str]]) -> None:
    at, numbers = july
    found = outlook_of(at, FiguresRequest(*JULY), rates=("acceptance",), target=60.0)["rates"]["acceptance"]
    parts = {key: found[key] for key in ("on_time", "late", "overdue", "pending")}
    assert parts == {"on_time": 2, "late": 1, "overdue": 1, "pending": 2}
    # best: an objection to the overdue one may still be upheld, and then it counts no more
    assert (found["percent"], found["best"], found["worst"]) == (50.0, 80.0, 33.33)
    assert (found["needed"], found["reachable"]) == (2, True)  # 60 % of 6 is 3.6: four in all
    assert [(row["case_no"], row["due_on"], row["days_left"]) for row in found["cases"]] == [
        (numbers[4], "2023-07-20", 3),
        (numbers[5], "2023-07-25", 8),
    ]


def test_trying_it_out(july: tuple[Session, list[str]]) -> None:
    at, numbers = july

    def tried(*suppose: tuple[str, str]) -> dict[str, Any]:
        days = [(number, date.fromisoformat(on)) for number, on in suppose]
        return dict(outlook_of(at, FiguresRequest(*JULY), rates=("acceptance",), suppose=days)["rates"]["acceptance"])

    in_time = tried((numbers[4], "2023-07-20"))
    assert (in_time["on_time"], in_time["late"], in_time["pending"], in_time["percent"]) == (3, 1, 1, 60.0)
    assert [row["case_no"] for row in in_time["cases"]] == [numbers[5]]
    late = tried((numbers[4], "2023-07-21"), (numbers[3], "2023-07-18"))
    assert (late["on_time"], late["late"], late["overdue"], late["pending"]) == (2, 3, 0, 1)
    with pytest.raises(BadValue, match=numbers[0]):
        tried((numbers[0], "2023-07-20"))


def test_the_outlook_counts_what_stats_counts(district: Session) -> None:
    table = stats.stats(district, FiguresRequest(*JULY, by=("unit",)))
    found = outlook_of(district, FiguresRequest(*JULY), by_unit=True)
    for key in ("dispatch", "acceptance", "completion"):
        rate = table.rates[key]
        assert rate.parts == {part: found["rates"][key][part] for part in rate.parts or {}}
        assert found["rates"][key]["percent"] == rate.percent
        assert len(found["rates"][key]["cases"]) == found["rates"][key]["pending"]
        for row in table.rows[:-1]:
            counts = next((r["rates"].get(key) for r in found["rows"] if r["name"] == row.name), None)
            expected = row.rates[key].parts or {}
            assert sum(expected.values()) == 0 if counts is None else counts["pending"] == expected["pending"]
    rating = table.rates["participation"]
    assert found["rates"]["participation"]["percent"] == rating.percent
    days = [row["due_on"] for row in found["rates"]["acceptance"]["cases"]]
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("figure", "why"), [("repeat", "没有人知道"), ("backlog", "再反弹"), ("没有的率", "不是能推算")]
)
def test_what_nobody_can_say_is_refused_with_why(district: Session, figure: str, why: str) -> None:
    with pytest.raises(BadValue, match=why):
        outlook.outlook(district, FiguresRequest(*JULY), rates=(figure,))


def test_the_figures_without_a_clock_count_what_stats_counts(district: Session) -> None:
    table = stats.stats(district, FiguresRequest(*JULY))
    found = outlook_of(district, FiguresRequest(*JULY))["rates"]
    for key in ("closure", "one_time", "satisfaction", "bureau_satisfaction"):
        rate = table.rates[key]
        assert (found[key]["numerator"], found[key]["denominator"]) == (rate.numerator, rate.denominator), key
        assert found[key]["worst"] <= rate.percent <= found[key]["best"]
    assert len(found["closure"]["cases"]) == found["closure"]["may_still_meet"] + found["closure"]["may_come"]


def test_a_closing_tried_out_counts(session: Callable[..., Session], case: Callable[..., Any]) -> None:
    at = session(today="2023-07-17")
    open_one = case("2023-07-03", ("assign", "2023-07-04"), at=at)
    case("2023-07-03", at=at).walk(("close", "2023-07-05"))
    for day, closed, once in (("2023-07-20", (2, 2), (2, 2)), ("2023-08-02", (2, 2), (1, 1))):
        found = outlook_of(at, FiguresRequest(*JULY), suppose=[(open_one.no, date.fromisoformat(day))])["rates"]
        assert (found["closure"]["numerator"], found["closure"]["denominator"]) == closed
        assert (found["one_time"]["numerator"], found["one_time"]["denominator"]) == once


def test_one_unit_knows_what_it_takes_to_rise(district: Session) -> None:
    found = outlook_of(district, FiguresRequest(*JULY, only={"unit": "柳笛镇"}))["rates"]["completion"]
    ranked = stats.stats(district, FiguresRequest(*JULY, by=("unit",)), ranked=True)
    mine = next(row for row in ranked.rows if row.name == "柳笛镇")
    assert found["percent"] == mine.rates["completion"].percent
    assert found["next_rank"]["rank"] < (mine.ranks["completion"] or 0)


# ---- blame ------------------------------------------------------------------------------------------------------


def test_whose_days_they_were(case: Callable[..., Any]) -> None:
    """Received 1 March; 6 days to the first unit, which objects after 2; 3 days of deciding; 4 more in the bureau; the
    second unit signs a day after it was sent and accepts 20 days after signing."""
    matter = case("2024-03-01")
    matter.walk(
        ("assign", "2024-03-07", {"to": "甲局"}),
        ("object", "2024-03-09"),
        ("uphold", "2024-03-12"),
        ("assign", "2024-03-16", {"to": "乙局"}),
        ("sign", "2024-03-17"),
        ("accept", "2024-04-06"),
    )
    april = (date(2024, 4, 1), date(2024, 4, 30))
    found = blame_of(matter.session, FiguresRequest(*april))
    line = found["cases"][0]
    assert (line["unit"], line["clock"], line["part"], line["due_on"]) == ("乙局", "acceptance", "late", "2024-04-01")
    assert (line["bureau_days"], line["other_days"], line["unit_days"]) == (6 + 3 + 4 + 1, 2, 20)
    assert line["days_over"] == 5
    assert found["rows"] == [
        {
            "unit": "乙局",
            "late": 1,
            "overdue": 0,
            "days_over": 5,
            "bureau_days": 14,
            "unit_days": 20,
            "other_days": 2,
            "bureau_over_limit": 0,
        }
    ]


def test_the_days_of_an_objection_that_was_overruled_are_the_bureaus(case: Callable[..., Any]) -> None:
    """The unit's clock runs on from the first receipt (due 16 March); 5 of the days were the bureau's deciding."""
    matter = case("2024-03-01")
    matter.walk(
        ("assign", "2024-03-01", {"to": "甲局"}),
        ("object", "2024-03-05"),
        ("overrule", "2024-03-10"),
        ("accept", "2024-03-20"),
    )
    line = blame_of(matter.session, FiguresRequest(date(2024, 3, 1), date(2024, 3, 31)))["cases"][0]
    assert line["due_on"] == "2024-03-16"
    assert (line["bureau_days"], line["unit_days"], line["other_days"]) == (5, 4 + 10, 0)


def test_the_days_add_up_and_the_rows_are_the_late_ones(district: Session) -> None:
    june = (date(2023, 6, 1), date(2023, 6, 30))
    found = blame_of(district, FiguresRequest(*june))
    table = stats.stats(district, FiguresRequest(*june, by=("unit",)))
    for line in found["cases"]:
        end = date.fromisoformat(line["stop_on"]) if line["stop_on"] else district.today
        held = line["bureau_days"] + line["unit_days"] + line["other_days"]
        assert held == (end - date.fromisoformat(line["received_on"])).days
    for row in table.rows:
        both = [row.rates[key].parts or {} for key in ("acceptance", "completion")]
        line = next((r for r in found["rows"] if r["unit"] == row.name), {"late": 0, "overdue": 0})
        assert (line["late"], line["overdue"]) == tuple(
            sum(part[name] for part in both) for name in ("late", "overdue")
        )
    assert found["total"]["late"] == sum(row["late"] for row in found["rows"])
