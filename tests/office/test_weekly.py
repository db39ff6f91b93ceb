"""The published weekly bulletin of a city at its real size, counted from the rows of data/city: figures.md, example 2."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.district import DATA
from xinfang_cli.documents import bulletin as out
from xinfang_cli.law.figures.bulletin import first_and_last, ranked
from xinfang_cli.law.figures.definitions import GroupRow, Rate, rank
from xinfang_cli.law.periods import period_of
from xinfang_cli.office.campaigns import backlog_status, batches
from xinfang_cli.office.campaigns.backlog import EntriesAsked, entries
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.figures import bulletin, stats
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.keeping import settings, units
from xinfang_cli.office.session import Session

pytestmark = pytest.mark.long

CITY = DATA / "city"
AS_OF = date(2023, 5, 21)  # a Sunday; the bulletin does not say its year
MONDAY = AS_OF - timedelta(days=6)
TOLD: dict[str, Any] = tomllib.loads((DATA / "published.toml").read_text("utf-8-sig"))["linyi_weekly"]


def ledger() -> Iterator[dict[str, str]]:
    with (CITY / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Session:
    at = Session(tmp_path_factory.mktemp("city") / "city.db", AS_OF, "测试员")
    units.add_all(at, units.read_file(CITY / "units.csv"))
    for wanted in settings.read_file(CITY / "settings.csv"):
        settings.change(at, wanted)
    imported = run.import_ledger(at, CITY / "ledger.csv")
    assert (imported.rejected, imported.imported) == (0, sum(1 for _ in ledger()))
    batches.from_file(at, CITY / "batches.csv")
    return at


def said(city: Session) -> tuple[list[str], list[str]]:
    """The paragraphs of both parts of the bulletin."""
    made = out.document(bulletin.bulletin(city, period_of(MONDAY, AS_OF)))
    first, second = made.sections
    return first.paragraphs, second.paragraphs


def test_the_rows_are_cases_of_nobody() -> None:
    for row in ledger():
        assert re.fullmatch(r"测试\w{2}某", row["姓名"]), row


def test_first_time_cases_resolved_at_the_first_go(city: Session) -> None:
    told = TOLD["one_time"]
    found = stats.stats(city, FiguresRequest(date(2023, 1, 1), AS_OF, first_only=True, by=("unit",)), ranked=True)
    rate = found.rates["one_time"]
    assert (rate.numerator, rate.denominator, rate.percent) == (
        told["numerator"],
        told["denominator"],
        told["percent"],
    )
    rows = [row for row in found.rows if row.group == "县区"]
    assert len(rows) == TOLD["districts"]
    below = [row.name for row in rows if (row.rates["one_time"].percent or 0) < told["target_percent"]]
    assert len(below) == told["below_target"]
    by_rate = sorted(rows, key=lambda row: -(row.rates["one_time"].percent or 0))
    text = said(city)[0]
    assert f"办结初次信访事项 {told['denominator']} 件，一次性化解 {told['numerator']} 件" in text[0]
    assert f"一次性化解率 {told['percent']}%" in text[0]
    named = re.search(r"县区前三名：(.*?)；后三名：(.*?)。", text[0])
    assert named is not None
    percents = {row.name: f"{row.name}（{row.rates['one_time'].percent:.2f}%）" for row in rows}
    assert named[1] == "，".join(percents[row.name] for row in by_rate[:3])
    assert named[2] == "，".join(percents[row.name] for row in by_rate[:-4:-1])
    assert text[1] == (
        f"低于目标 {told['target_percent']:g}%（依据市信访联席办年度目标）的单位 1 个：{percents[below[0]]}。"
    )


def test_the_backlog_and_the_departments(city: Session) -> None:
    told, theirs = TOLD["backlog"], TOLD["backlog_departments"]
    found = backlog_status.status(city, since=MONDAY)
    assert (found.total, found.resolved_since, found.resolved, found.percent) == (
        told["total"],
        told["resolved_this_week"],
        told["resolved"],
        told["percent"],
    )
    assert found.relapsed > 0
    groups = {group.name: group for group in found.groups}
    assert (groups["市直部门"].resolved, groups["市直部门"].percent) == (theirs["resolved"], theirs["percent"])
    rate = stats.stats(city, FiguresRequest(date(2023, 1, 1), AS_OF)).rates["backlog"]
    assert (rate.numerator, rate.denominator) == (found.resolved, found.total)
    text = said(city)[1]
    assert (
        f"交办积案 {told['total']} 件，本周化解 {told['resolved_this_week']} 件，累计化解 {told['resolved']} 件，"
        f"化解率 {told['percent']}%"
    ) in text[0]
    assert re.search(
        r"县区前三名：\w+（[\d.]+%），\w+（[\d.]+%），\w+（[\d.]+%）；后三名：(\w+（[\d.]+%）.?){3}", text[0]
    )
    assert len(text) == 2
    assert f"累计化解 {theirs['resolved']} 件，化解率 {theirs['percent']}%" in text[1]


def test_the_week_before(city: Session) -> None:
    """As of the Sunday before, this week's are not resolved yet; the row of each unit agrees with the list behind it."""
    sunday = MONDAY - timedelta(days=1)
    now, then = backlog_status.status(city), backlog_status.status(city, as_of=sunday)
    told = TOLD["backlog"]
    assert then.resolved + then.relapsed == told["resolved"] + now.relapsed - told["resolved_this_week"]
    row = then.rows[0]
    listed = entries(city, EntriesAsked("市交积案", states=("resolved",), unit=row.name, as_of=sunday)).entries
    assert len(listed) == row.resolved


def numbers_in_code() -> Iterator[str]:
    for path in (Path(__file__).parents[2] / "xinfang_cli").rglob("*"):
        if path.suffix in (".py", ".toml", ".html"):
            yield path.read_text("utf-8")


def test_no_published_number_stands_in_the_code() -> None:
    one, backlog = TOLD["one_time"], TOLD["backlog"]
    numbers = [one["denominator"], one["numerator"], one["percent"], backlog["total"], backlog["percent"]]
    for text in numbers_in_code():
        for number in numbers:
            assert str(number) not in text


PLACES: dict[str, tuple[list[int], int, list[int], list[int]]] = {
    "all different": ([95, 90, 80, 70, 60, 50], 3, [95, 90, 80], [50, 60, 70]),
    "third place shared": ([95, 90, 80, 80, 60, 50, 40], 3, [95, 90, 80, 80], [40, 50, 60]),
    "third worst shared": ([95, 90, 85, 80, 60, 60, 50, 40], 3, [95, 90, 85], [40, 50, 60, 60]),
    "nobody at both ends": ([95, 90, 80, 70, 60], 3, [95, 90, 80], [60, 70]),
    "all the same": ([90, 90, 90], 3, [90, 90, 90], []),
    "one of each": ([95, 90, 80, 70], 1, [95], [70]),
}


@pytest.mark.parametrize(("percents", "most", "first", "last"), PLACES.values(), ids=PLACES.keys())
def test_whom_a_bulletin_names(percents: list[int], most: int, first: list[int], last: list[int]) -> None:
    rows = [
        GroupRow(f"测试{n}", "镇街", {"one_time": Rate(value, 100)}, key=(n,)) for n, value in enumerate(percents[::-1])
    ]
    rank(rows, ["one_time"])
    found = first_and_last(rows, "one_time", most)
    assert [[row.rates["one_time"].numerator for row in end] for end in found] == [first, last]
    assert len(ranked(rows, "one_time")) == len(percents)
