"""The backlog through the office: batches, joining, recognition, relapse, status."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Matter
from tests.office.test_act import everything, whole
from xinfang_cli.errors import BadValue, NotFound, Refused
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.office.campaigns import backlog, backlog_status, batches
from xinfang_cli.office.campaigns.backlog import EntriesAsked, Joining, JoinRequest, Responsible
from xinfang_cli.office.campaigns.batches import BatchFields
from xinfang_cli.office.figures import stats
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.keeping import units
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework

pytestmark = pytest.mark.usefixtures("engine")

Make = Callable[..., Matter]
Open = Callable[..., Session]


def d(text: str) -> date:
    return date.fromisoformat(text)


def join(at: Session, *matters: Matter, batch: str = "市交积案", on: str = "2023-03-10", **more: Any) -> Any:
    return backlog.join(at, JoinRequest(batch, tuple(Joining(matter.no) for matter in matters), d(on), **more))


def settle(matter: Matter, on: str, batch: str = "市交积案") -> None:
    casework.backlog_entry(matter.session, [matter.no], "resolve", batch, d(on), how="agreement")


def stats_backlog(at: Session, as_of: str) -> tuple[int, int]:
    rate = stats.stats(at, FiguresRequest(d("2023-01-01"), d(as_of), as_of=d(as_of))).rates["backlog"]
    return rate.numerator, rate.denominator


@pytest.fixture
def five(case: Make) -> list[Matter]:
    return [case("2023-03-01", ("assign", "2023-03-02", {"to": "甲局" if n < 3 else "乙局"})) for n in range(5)]


def test_recognition_counts_only_where_the_batch_asks(five: list[Matter]) -> None:
    at = five[0].session
    batches.add(at, "市交积案", BatchFields(recognise=True, target_percent=80.0, target_on=d("2023-12-31")))
    join(at, *five)
    settle(five[0], "2023-04-01")
    settle(five[1], "2023-04-01")
    found = backlog_status.status(at, as_of=d("2023-04-10"))
    assert (found.resolved, found.reported, found.waiting, found.recognised) == (0, 2, 2, 0)
    assert stats_backlog(at, "2023-04-10") == (0, 5)
    backlog.recognise(at, [five[0].no], None, d("2023-04-12"), returned=False)
    backlog.recognise(at, [five[1].no], None, d("2023-04-12"), returned=True)
    for as_of, counts in (("2023-04-11", (0, 2, 2, 0)), ("2023-04-12", (1, 1, 0, 1))):
        found = backlog_status.status(at, as_of=d(as_of))
        assert (found.resolved, found.reported, found.waiting, found.recognised) == counts
        assert stats_backlog(at, as_of) == (counts[0], 5)
    assert (found.target_count, found.needed, found.percent) == (4, 3, 20.0)
    batches.edit(at, "市交积案", BatchFields(recognise=False))
    settle(five[1], "2023-04-20")
    assert stats_backlog(at, "2023-04-20") == (2, 5)
    whole(at)


def test_a_relapse_is_subtracted(five: list[Matter], case: Make) -> None:
    at = five[0].session
    join(at, *five)
    settle(five[0], "2023-04-01")
    case("2023-04-01", repeat_of=five[0].no)  # on the day itself: none
    assert backlog_status.status(at).resolved == 1
    again = case("2023-04-02", repeat_of=five[0].no)
    found = backlog_status.status(at)
    assert (found.resolved, found.relapsed, found.open) == (0, 1, 4)
    assert [row.state for row in backlog.entries(at, EntriesAsked()).entries] == ["relapsed", *["open"] * 4]
    assert stats_backlog(at, "2023-12-31") == (0, 5)
    again.do("exclude", "2023-04-03")
    assert backlog_status.status(at).resolved == 1


def test_excluded_cases_are_in_no_count(five: list[Matter]) -> None:
    at = five[0].session
    join(at, *five)
    settle(five[0], "2023-04-01")
    five[0].do("exclude", "2023-04-03")
    found = backlog_status.status(at)
    assert (found.total, found.resolved, found.excluded) == (4, 0, 1)


def test_the_unit_that_resolves_need_not_be_the_cases_own(five: list[Matter]) -> None:
    at = five[0].session
    join(at, *five)
    units.add(at, units.NewUnit("丙街道"))
    backlog.edit(at, [five[4].no], None, d("2023-03-11"), Responsible("丙街道", "甲局", "测试领导甲"))
    settle(five[4], "2023-04-01")
    found = backlog_status.status(at)
    assert {row.name: (row.total, row.resolved, row.rank_count, row.rank_rate) for row in found.rows} == {
        "丙街道": (1, 1, 1, 1),  # towns are ranked among themselves
        "甲局": (3, 0, 1, 1),
        "乙局": (1, 0, 1, 1),
    }
    by_unit = stats.stats(at, FiguresRequest(d("2023-01-01"), d("2023-12-31"), by=("unit",)))
    assert {row.name: (row.rates["backlog"].numerator, row.rates["backlog"].denominator) for row in by_unit.rows} == {
        "丙街道": (1, 1),
        "甲局": (0, 3),
        "乙局": (0, 1),
    }
    (entry,) = backlog.entries(at, EntriesAsked("市交积案", unit="丙街道")).entries
    assert (entry.guard_unit, entry.lead, entry.state) == ("甲局", "测试领导甲", "resolved")
    units.merge(at, "丙街道", "乙局")
    assert [row.name for row in backlog_status.status(at).rows] == ["乙局", "甲局"]
    whole(at)


def test_two_rankings_of_one_list(five: list[Matter]) -> None:
    """甲局 1 of 3, 乙局 1 of 2: equal by count, second by rate."""
    at = five[0].session
    join(at, *five)
    settle(five[0], "2023-04-01")
    settle(five[4], "2023-04-01")
    rows = backlog_status.status(at).rows
    assert [(row.name, row.rank_count, row.rank_rate) for row in rows] == [("乙局", 1, 1), ("甲局", 1, 2)]


def test_joining_by_filter_passes_over_what_is_there(five: list[Matter], case: Make) -> None:
    at = five[0].session
    join(at, five[0])
    listed = backlog.matching(at, CasesAsked(ListFilter(stage=("assigned",)), "甲局"))
    assert len(listed) == 3
    found = backlog.join(at, JoinRequest("市交积案", listed, d("2023-03-12"), passing=True))
    assert found.already == [five[0].no]
    assert {changed.case.case_no for changed in found.done.cases} == {five[1].no, five[2].no}
    with pytest.raises(Refused, match="已在积案批次"):
        join(at, five[0])
    with pytest.raises(NotFound):
        backlog.matching(at, CasesAsked(ListFilter(stage=("finalised",))))


def test_joining_from_a_list(five: list[Matter], tmp_path: Path) -> None:
    at = five[0].session
    file = tmp_path / "名单.csv"
    file.write_text(
        "全区积案名单,,,,,\n登记编号,化解单位,稳控单位,包案领导,列入日期,化解日期,化解方式\n"
        f"{five[0].no},乙局,甲局,测试领导甲,2023年3月10日,2023.4.1,签订息访协议\n{five[1].no},,,,,,—\n",
        encoding="gb18030",
    )
    listed = backlog.read_joining(file)
    done = backlog.join(at, JoinRequest("市交积案", listed, d("2023-03-12"), passing=True)).done
    assert len(done.cases) == 2
    first, second = backlog.entries(at, EntriesAsked("市交积案")).entries
    assert (first.unit, first.guard_unit, first.lead) == ("乙局", "甲局", "测试领导甲")
    assert (first.joined_on, first.resolved_on, first.how) == (d("2023-03-10"), d("2023-04-01"), "agreement")
    assert (second.unit, second.joined_on, second.state) == ("甲局", d("2023-03-12"), "open")
    assert backlog.join(at, JoinRequest("市交积案", listed, d("2023-03-12"), passing=True)).already == [
        five[0].no,
        five[1].no,
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [("XF2023-000009,,2023-04-01", "第 2 行"), (",乙局,", "没有登记编号"), ("XF2023-000001,,昨天", "第 2 行")],
)
def test_a_list_with_a_wrong_row_writes_nothing(five: list[Matter], tmp_path: Path, line: str, says: str) -> None:
    at = five[0].session
    file = tmp_path / "名单.csv"
    file.write_text(f"登记编号,化解单位,化解日期\n{line}\n", encoding="utf-8")
    before = everything(at)
    with pytest.raises((BadValue, NotFound), match=says):
        backlog.join(at, JoinRequest("市交积案", backlog.read_joining(file), d("2023-03-12"), passing=True))
    assert everything(at) == before


def test_art30_the_accused_unit_neither_resolves_nor_guards(case: Make) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-02", {"to": "纪检组"}), kind="accusation", complained_unit="甲局")
    at = matter.session
    units.add(at, units.NewUnit("甲局"))
    for more in ({"resolve_unit": "甲局"}, {"guard_unit": "甲局"}):
        before = everything(at)
        with pytest.raises(Refused) as caught:
            join(at, matter, **more)
        assert caught.value.code == "accused"
        assert everything(at) == before


def test_batches_are_described_once_and_set_right(session: Open) -> None:
    at = session()
    batches.add(at, "市交积案", BatchFields(source="市联席办", handed_on=d("2023-01-03"), target_on=d("2023-11-30")))
    with pytest.raises(Refused, match="已经有了"):
        batches.add(at, "市交积案", BatchFields())
    with pytest.raises(Refused, match="目标日"):
        batches.edit(at, "市交积案", BatchFields(target_on=d("2022-11-30")))
    with pytest.raises(NotFound):
        batches.edit(at, "没有的批次", BatchFields(target_percent=90.0))
    batches.edit(at, "市交积案", BatchFields(target_percent=95.5))
    (row,) = batches.listed(at).lines
    assert (row.batch.source, row.batch.target_percent, row.batch.target_on) == ("市联席办", 95.5, d("2023-11-30"))
    assert (row.total, row.percent) == (0, None)


def test_without_a_target_day_there_is_no_pace_to_keep(five: list[Matter]) -> None:
    at = five[0].session
    assert "还没有登记" in str(join(at, *five).done.warnings[0])
    found = backlog_status.status(at)
    assert (found.target_percent, found.needed, found.per_week, found.target_on) == (95.0, 5, None, None)
    join(at, *five, batch="另一批")
    with pytest.raises(Refused, match="2 个积案批次"):
        backlog_status.status(at)


def test_three_levels_wants_a_recheck(five: list[Matter]) -> None:
    at = five[0].session
    join(at, *five)
    done = casework.backlog_entry(at, [five[0].no], "resolve", "市交积案", d("2023-04-01"), how="three_levels")
    assert "三级终结" in str(done.warnings[0])
