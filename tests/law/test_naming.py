"""No list that leaves the office tells by what it leaves out of which unit an accusation is (law/naming)."""

from __future__ import annotations

import random

import pytest

from xinfang_cli.law.naming import FEW, Listed, unnamed

Seen = dict[tuple[str, str, str], tuple[int, frozenset[str]]]


def one(unit: int, n: int, accusation: bool = False, month: str = "2023-06", what: str = "acceptance") -> Listed:
    return Listed(what, month, unit, f"测试{unit}局", f"XF2023-{unit:02d}{n:04d}", accusation)


def seen(listed: list[Listed]) -> Seen:
    """What a reader has: of each unit how many there are, and which of them are named."""
    gone = unnamed(listed)
    keys = {(row.what, row.month, row.unit) for row in listed}
    return {
        key: (
            sum((row.what, row.month, row.unit) == key for row in listed),
            frozenset(
                row.case_no
                for row in listed
                if (row.what, row.month, row.unit) == key and not row.accusation and (row.what, row.case_no) not in gone
            ),
        )
        for key in keys
    }


def counts(read: Seen) -> dict[tuple[str, str, str], tuple[int, int]]:
    """The same where no number of a case that is not named is known."""
    return {key: (whole, len(named)) for key, (whole, named) in read.items()}


def moved(listed: list[Listed], to: Listed) -> list[Listed]:
    return [row._replace(accusation=row == to) for row in listed]


@pytest.mark.parametrize("seed", range(60))
def test_the_same_is_read_wherever_among_three_units_the_accusation_is(seed: int) -> None:
    """For each unit that leaves cases out there is a book with the accusation elsewhere that reads the same."""
    chance = random.Random(seed)
    listed = [one(unit, n) for unit in range(chance.randint(2, 9)) for n in range(chance.choice((1, 1, 2, 3, 7)))]
    accusation = chance.choice(listed)
    listed = moved(listed, accusation)
    read, gone = seen(listed), unnamed(listed)
    units = {row.unit for row in listed if (row.what, row.case_no) in gone} | {accusation.unit}
    assert len(units) >= min(FEW, len({row.unit for row in listed}))
    for row in listed:
        if (row.what, row.case_no) in gone:
            assert counts(seen(moved(listed, row))) == counts(read), row


@pytest.mark.parametrize(
    ("cases", "accusations", "named"),
    # of one unit of three: as many as it has; how many of the neighbour's are accusations; how many of it are named
    [(1, 1, 0), (2, 1, 0), (3, 1, 1), (4, 1, 2), (3, 2, 1), (3, 3, 0), (4, 3, 1), (5, 0, 5), (1, 0, 1)],
)
def test_two_are_left_out_of_each_unit_and_none_where_there_are_no_more(
    cases: int, accusations: int, named: int
) -> None:
    listed = [one(0, n) for n in range(cases)] + [one(1, n, n < accusations) for n in range(4)] + [one(2, 0)]
    read = seen(listed)
    assert len(read["acceptance", "2023-06", "测试0局"][1]) == named
    assert len(read["acceptance", "2023-06", "测试1局"][1]) == (4 - max(accusations, 2) if accusations else 4)


def test_units_far_off_and_other_months_stay_named() -> None:
    far = [one(unit, 0) for unit in range(3, 6)]
    july = [one(unit, 1, month="2023-07") for unit in range(3)]
    closing = [one(unit, 2, what="completion") for unit in range(3)]
    listed = [one(0, 0, True), one(1, 0), one(2, 0), *far, *july, *closing]
    assert unnamed(listed) == {("acceptance", row.case_no) for row in listed[1:3]}
    assert unnamed(listed[1:]) == frozenset()


def test_a_month_a_quarter_and_a_later_list_leave_out_the_same() -> None:
    june = [one(unit, n, unit == n == 4) for unit in range(8) for n in range(6)]
    quarter = [*june, *(one(unit, n, unit == 2, "2023-05") for unit in range(8) for n in range(10, 12))]
    assert unnamed(june) <= unnamed(quarter)
    assert unnamed(june) == unnamed([*june, *june[::-1]])  # a case on two lists of a bulletin
