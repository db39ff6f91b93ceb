"""Two things wrong with one row, told at once where the second is certain."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.test_import import ACCEPTED, CLOSED, SENT, Desk, row
from xinfang_cli.intake.headings import CANONICAL, COLUMNS, Layout
from xinfang_cli.intake.rows import LedgerRow
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.inforce import Code
from xinfang_cli.office.exchange.importing.ask_law import through_law
from xinfang_cli.office.exchange.importing.second_fault import second_fault
from xinfang_cli.office.exchange.row_plan import RowRefused, Units, plan_row

D = datetime.date
TODAY = D(2023, 7, 31)
BAD = "七月八日"


@pytest.fixture
def desk(tmp_path: Any) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({"责任单位": "测试局", "办结日期": BAD}, ["办结日期", "转办日期"]),
        ({"责任单位": "测试局", "收到日期": BAD}, ["收到日期", "转办日期"]),
        ({"责任单位": "测试局", "信访人数": "3、4", "办结日期": BAD}, ["信访人数", "办结日期", "转办日期"]),
        ({**ACCEPTED, "受理日期": "2023-05-01", "信访形式": "来吃"}, ["信访形式", "受理日期"]),
        ({**ACCEPTED, "受理日期": "2023-08-01", "办结日期": BAD}, ["办结日期", "受理日期"]),
        # the unreadable cell may be what the rest lacks
        ({"责任单位": "测试局", "转办日期": BAD}, ["转办日期"]),
        ({"责任单位": "测试局", "办理方式": "转转"}, ["办理方式"]),
        ({**SENT, "受理日期": BAD, "办结日期": "2023-07-10", "处理意见": "予以支持"}, ["受理日期"]),
        ({**CLOSED, "办结日期": BAD}, ["办结日期"]),
        ({**CLOSED, "收到日期": BAD}, ["收到日期"]),
        ({"责任单位": '"', "办结日期": BAD}, ["办结日期", "责任单位"]),
        ({**CLOSED, "初重件": "也许", "原登记编号": "XF2020-000001"}, ["初重件"]),
    ],
)
def test_what_is_told(desk: Desk, cells: dict[str, Any], columns: list[str]) -> None:
    assert sorted(column for _, column, _ in desk.refused(row(**cells))) == sorted(columns)
    assert desk.counted()[1] == 0


def test_a_case_that_is_there_is_not_held_against_itself_twice(desk: Desk) -> None:
    desk.take(row(1, **SENT))
    assert desk.refused(row(1, 责任单位="测试局", 办结日期=BAD)) == [
        (2, "办结日期", desk.refused(row(2, 办结日期=BAD))[0][2])
    ]


def test_the_unit_that_a_row_names_is_the_one_that_is_told(desk: Desk) -> None:
    """Among several that are not in the book."""
    desk.take(row(1, **SENT), row(2, **SENT))
    again = row(1, 责任单位="甲局", 转办日期="2023-06-05"), row(2, 责任单位="乙局", 转办日期="2023-06-05")
    reasons = [why for _, _, why in desk.refused(*again)]
    assert ["甲局" in reasons[0], "乙局" in reasons[1]] == [True, True]


DAYS = [column.field for column in COLUMNS if column.holds == "day" and column.field not in ("feedback_by",)]
LAYOUT = Layout.of(list(CANONICAL.values()))
CODE = Code()


def take(trial: LedgerRow) -> None:
    unit = 1 if "unit" in trial.said else None
    through_law(plan_row(trial, LAYOUT, Units(unit)), CODE, CheckContext(TODAY, from_sheet=True))


@given(
    st.dictionaries(st.sampled_from(DAYS), st.dates(D(2023, 7, 1), D(2023, 7, 12)), min_size=2),
    st.sets(st.sampled_from(DAYS), min_size=1, max_size=2),
    st.sampled_from([{}, {"unit": "测试局"}, {"unit": "测试局", "outcome": "explained", "mode": "task"}]),
    st.lists(st.dates(D(2023, 6, 28), D(2023, 7, 15)), min_size=12, max_size=12),
)
def test_nothing_that_could_have_been_meant_would_have_made_it_good(
    days: dict[str, D], wrong: set[str], words: dict[str, Any], meant: list[D]
) -> None:
    said = {"received_on": D(2023, 7, 2), "kind": "appeal", **days, **words}
    said = {field: value for field, value in said.items() if field not in wrong}
    found = second_fault(LedgerRow(2, said, {}, [(CANONICAL[field], "") for field in wrong], []), LAYOUT, TODAY, take)
    if found is not None:
        assert found.field not in wrong
        for first, last in zip(meant[:6], meant[6:], strict=True):
            trial = said | dict(zip(sorted(wrong), (first, last), strict=False))
            if "received_on" in trial:
                with pytest.raises(RowRefused):
                    take(LedgerRow(2, trial, {}, [], []))
