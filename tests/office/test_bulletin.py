"""What a bulletin gathers besides the figures: the overdue of the day, and what the bureau did, as it now stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.conftest import correct
from xinfang_cli.law.periods import period_of
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.campaigns import batches, roster
from xinfang_cli.office.figures import bulletin
from xinfang_cli.office.find import morning
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework

MARCH = period_of(date(2024, 3, 1), date(2024, 3, 31))


def test_the_overdue_of_the_day_are_those_of_the_list_that_ran_out_by_the_periods_end(district: Session) -> None:
    made = bulletin.bulletin(district, period_of(date(2023, 6, 1), date(2023, 6, 30)))
    listed = morning.deadlines(district).lines
    assert sorted((row.case_no, row.clock, row.due_on.isoformat()) for row in made.overdue) == sorted(
        (row.case_no, row.clock, row.due_on) for row in listed if row.due_on <= "2023-06-30"
    )


def test_a_petitioner_who_is_told_after_the_day_is_overdue_on_it(case: Callable[..., Any]) -> None:
    matter = case("2024-03-01").walk(("assign", "2024-03-01"))
    at, number = matter.session, matter.no
    casework.accept(at, [number], casework.Acceptance(date(2024, 3, 10), date(2024, 4, 5)))
    on_the_day = bulletin.bulletin(at, MARCH, as_of=date(2024, 3, 31))
    assert [(row.case_no, row.clock, row.days_over) for row in on_the_day.overdue] == [(number, "acceptance", 15)]
    assert bulletin.bulletin(at, MARCH, as_of=date(2024, 4, 5)).overdue == ()


def test_what_the_bureau_did_as_it_now_stands(case: Callable[..., Any]) -> None:
    first = case("2024-03-01").walk(("assign", "2024-03-02"), ("supervise", "2024-03-05"))
    moved = case("2024-03-01").walk(("assign", "2024-03-02", {"mode": "task", "feedback_by": "2024-04-30"}))
    case("2024-03-01").walk(("assign", "2024-04-02"))
    at = first.session
    gone = case("2024-03-01").walk(("assign", "2024-03-20"))
    undoing.undo(at)
    out = case("2024-03-01").walk(("assign", "2024-03-20"))
    out.do("exclude", "2024-03-21")
    made = bulletin.bulletin(at, MARCH)
    assert made.doings == {"forward": 1, "task": 1, "supervise": 1}
    seq = next(event.seq for event in moved.events() if event.kind == "assign")
    correct(at, moved.no, seq, on=date(2024, 4, 1), changes={}, reason="录错")
    assert bulletin.bulletin(at, MARCH).doings == {"forward": 1, "supervise": 1}
    assert gone.shown()["stage"] == "registered"


def test_a_resolution_counts_from_the_day_the_superior_recognised_it(case: Callable[..., Any]) -> None:
    """Where the batch asks for it; resolved in March and recognised in April, it is April's."""
    matter = case("2024-01-01").walk(("assign", "2024-01-02"), ("accept", "2024-01-05"), ("close", "2024-02-01"))
    at = matter.session
    batches.add(at, "测试批", batches.BatchFields(recognise=True, target_percent=90.0))
    matter.do("join", "2024-02-02", batch="测试批")
    matter.do("resolve", "2024-03-05", batch="测试批")
    assert [row.now for row in bulletin.bulletin(at, MARCH).backlog] == [0]
    matter.do("recognise", "2024-04-03", batch="测试批")
    april = period_of(date(2024, 4, 1), date(2024, 4, 30))
    assert [row.now for row in bulletin.bulletin(at, MARCH).backlog] == [0]
    found = bulletin.bulletin(at, april)
    assert [(row.now, row.so_far) for row in found.backlog] == [(1, 1)]
    assert (found.targets["backlog"], found.target_sources["backlog"]) == (90.0, "批次所定")


def test_an_office_without_receptions_says_nothing_of_them(case: Callable[..., Any]) -> None:
    """Working days on which nobody was to sit are nobody's absence; a roster that nobody kept is."""
    at = case("2024-03-01").session
    assert bulletin.bulletin(at, MARCH).reception is None
    roster.make(at, roster.RosterRequest(("测试领导甲",), date(2024, 3, 4), date(2024, 3, 8)))
    made = bulletin.bulletin(at, MARCH)
    assert made.reception is not None
    assert made.reception.days_missing == 5
