"""The published weekly bulletin of a city at its real size, counted from rows: figures.md, example 2."""

from __future__ import annotations

from datetime import date

import pytest

from tests import weekly
from xinfang_cli.office import bulk, campaign, report, upkeep
from xinfang_cli.office.session import Session


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("city")
    at = Session(folder / "city.db", weekly.AS_OF, "测试员")
    upkeep.units_from_file(at, weekly.units())
    written = weekly.write(folder / "市台账.csv")
    imported = bulk.import_ledger(at, folder / "市台账.csv")
    assert (imported.rejected, imported.imported) == (0, written)
    return at


def test_first_time_cases_resolved_at_the_first_go(city: Session) -> None:
    told = weekly.published()["one_time"]
    found = report.stats(city, date(2023, 1, 1), weekly.AS_OF, first_only=True, by=("unit",), ranked=True)
    rate = found.rates["one_time"]
    assert (rate.numerator, rate.denominator, rate.percent) == (
        told["numerator"],
        told["denominator"],
        told["percent"],
    )
    rows = [row for row in found.rows if row.group == "镇街"]
    assert len(rows) == weekly.published()["districts"]
    below = [row.name for row in rows if (row.rates["one_time"].percent or 0) < told["target_percent"]]
    assert below == ["测试一区"]
    assert len(below) == told["below_target"]
    last = max(row.ranks["one_time"] or 0 for row in rows)
    assert [row.name for row in rows if row.ranks["one_time"] == last] == below


def test_the_backlog_and_the_departments(city: Session) -> None:
    told = weekly.published()
    found = campaign.status(city, since=weekly.MONDAY)
    assert (found["total"], found["resolved_since"], found["resolved"], found["percent"]) == (
        told["backlog"]["total"],
        told["backlog"]["resolved_this_week"],
        told["backlog"]["resolved"],
        told["backlog"]["percent"],
    )
    assert found["relapsed"] == 7
    groups = {group["name"]: group for group in found["groups"]}
    assert (groups["区直部门"]["resolved"], groups["区直部门"]["percent"]) == (
        told["departments"]["resolved"],
        told["departments"]["percent"],
    )
    rate = report.stats(city, date(2023, 1, 1), weekly.AS_OF).rates["backlog"]
    assert (rate.numerator, rate.denominator) == (found["resolved"], found["total"])


def test_the_week_before(city: Session) -> None:
    """As of the Sunday before, this week's are not resolved yet; the row of each unit agrees with the list behind it."""
    told = weekly.published()["backlog"]
    sunday = date(2023, 5, 14)
    found = campaign.status(city, as_of=sunday)
    assert found["resolved"] + found["relapsed"] == told["resolved"] + 7 - told["resolved_this_week"]
    row = found["rows"][0]
    listed = campaign.entries(city, weekly.BATCH, states=("resolved",), unit=row["name"], as_of=sunday)
    assert len(listed) == row["resolved"]
