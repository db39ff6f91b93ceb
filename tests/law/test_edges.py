"""Edges of the law that a user would see move: each kept by one history, the day before and the day itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.conftest import Story
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.explain import Ran, explain
from xinfang_cli.law.finality import ended_for_good
from xinfang_cli.law.inforce import Code, InForce
from xinfang_cli.law.rules import statutory, with_settings

Step = tuple[Any, ...]
Make = Callable[..., Story]


def d(text: str) -> date:
    return date.fromisoformat(text)


ASSIGNED: tuple[Step, ...] = (("assign", "2023-03-02"),)
ACCEPTED: tuple[Step, ...] = (*ASSIGNED, ("accept", "2023-03-06"))
PROMISED: tuple[Step, ...] = (
    *ACCEPTED,
    ("close", "2023-04-03", {"delivered_on": "2023-04-03", "outcome": "supported", "fulfil_by": "2023-05-01"}),
)
CLOSED: tuple[Step, ...] = (*ACCEPTED, ("close", "2023-04-03", {"delivered_on": "2023-04-03"}))
IN_REVIEW: tuple[Step, ...] = (*CLOSED, ("review", "2023-04-20"))
IN_RECHECK: tuple[Step, ...] = (*IN_REVIEW, ("review_result", "2023-05-10"), ("recheck", "2023-06-01"))
RESOLVED: tuple[Step, ...] = (("join", "2023-03-02"), ("resolve", "2023-04-01"))


# ---- clocks -----------------------------------------------------------------------------------------------------


def test_accepted_and_moved_on_one_day_was_accepted_in_time(story: Make) -> None:
    told = story().walk(*ACCEPTED, ("assign", "2023-03-06", {"unit": 2}))
    assert [clock.state(d("2023-03-20")) for clock in told.clocks("acceptance")] == ["met", "running"]


@pytest.mark.parametrize(
    ("kept_on", "state"), [("2023-04-20", "met"), ("2023-05-02", "late"), (None, "void")], ids=["kept", "late", "open"]
)
def test_a_promise_that_was_kept_stays_kept_when_the_opinion_is_revoked(
    story: Make, kept_on: str | None, state: str
) -> None:
    told = story().walk(*PROMISED)
    if kept_on:
        told.do("fulfil", kept_on)
    on = "2023-05-03" if state == "late" else "2023-04-25"
    told.walk(("review", "2023-04-22"), ("review_result", on, {"result": "revoked", "redo_by": "2023-06-01"}))
    assert told.state("fulfilment") == state


def test_a_leaders_order_falls_when_the_case_goes_back_up(story: Make) -> None:
    told = story(source="forwarded").walk(("receive", "2023-03-02"), ("order", "2023-03-02"))
    told.do("return_up", "2023-03-05", reason="不属本级")
    assert told.state("order", "2023-03-06") == "void"


@pytest.mark.parametrize("first", [2, 3])
def test_an_assisting_unit_answers_for_itself_only(story: Make, first: int) -> None:
    told = story().walk(*ACCEPTED, ("assist", "2023-03-07", {"unit": 2}), ("assist", "2023-03-07", {"unit": 3}))
    told.do("answered", "2023-03-10", unit=first)
    assert {clock.unit: clock.stop for clock in told.clocks("assistance")} == {first: d("2023-03-10"), 5 - first: None}


@pytest.mark.parametrize(("given_up_from", "state"), [(5, "met"), (4, "void")])
def test_the_offices_own_clock_is_closed_under_the_rules_of_that_day(
    story: Make, code: Code, given_up_from: int, state: str
) -> None:
    calendar = code.now.calendar
    ten = with_settings({"clocks.office": (10, "本局规定")})
    changed = Code([InForce(0, ten, calendar), InForce(given_up_from, statutory(), calendar)])
    told = story(code=Code([InForce(0, ten, calendar)]), kind="inquiry").walk(*ACCEPTED, ("close", "2023-03-10"))
    told.code = changed
    assert told.state("office") == state


def test_told_later_does_not_make_the_objection_window_late(story: Make) -> None:
    told = story().walk(*ASSIGNED, ("accept", "2023-03-08", {"told_on": "2023-03-16"}))
    assert (told.clock("objection").stop, told.state("objection")) == (d("2023-03-08"), "met")
    assert (told.clock("acceptance").stop, told.state("acceptance")) == (d("2023-03-16"), "met")


def test_a_returned_closing_lets_the_objection_window_run_on(story: Make) -> None:
    told = story().walk(*ASSIGNED, ("close", "2023-03-03", {"checked": True}), ("return", "2023-03-04"))
    assert told.case.stage == "assigned"
    assert [told.state("objection", day) for day in ("2023-03-09", "2023-03-10")] == ["running", "lapsed"]


def test_a_hearing_moves_the_base_day_of_the_recheck_too(story: Make) -> None:
    told = story().walk(*IN_RECHECK, ("hearing", "2023-06-10", {"from_on": "2023-06-09", "to_on": "2023-06-10"}))
    clock = told.clock("recheck")
    assert (clock.due, clock.base_due) == (d("2023-07-03"), d("2023-07-03"))
    held = (d("2023-06-09"), d("2023-06-10"))
    reckoned = explain(clock, told.code, Ran(hearing=held), told.case.received_on)
    assert [row.counted for row in reckoned.table if row.what == "听证"] == ["不计（条例第三十六条）"]


# ---- what is allowed --------------------------------------------------------------------------------------------


def test_no_reminder_reaches_the_accused_assisting_unit(story: Make) -> None:
    told = story(kind="accusation", complained_unit="测试丙局", complained_unit_id=9)
    told.walk(*ASSIGNED).do("assist", "2023-03-03", unit=3)
    told.do("edit", "2023-03-04", set={"complained_unit_id": 3}, was={"complained_unit_id": 9})
    assert told.refused("remind", "2023-03-05", clock="assistance").code == "accused"
    told.do("remind", "2023-03-05", clock="acceptance")  # the responsible unit may be pressed
    assert article30.keeps_from(told.case, 3, CheckContext(told.today)) == "same"


@pytest.mark.parametrize(("day", "ended"), [("2023-04-03", False), ("2023-04-09", False), ("2023-04-10", True)])
def test_a_death_after_the_closing_ends_the_matter_from_that_day(
    story: Make, code: Code, day: str, ended: bool
) -> None:
    local = Code([InForce(0, with_settings({"local_finality": (True, "地方规定")}), code.now.calendar)])
    told = story(code=local).walk(*CLOSED)
    told.do("edit", "2023-04-12", set={"deceased_on": d("2023-04-10")}, was={"deceased_on": None})
    assert (ended_for_good(told.case, d(day)) is not None) == ended


@pytest.mark.parametrize("redo_by", ["2023-05-10", "2023-05-11"])
def test_a_day_to_redo_by_may_be_the_day_of_the_result(story: Make, redo_by: str) -> None:
    told = story().walk(*IN_REVIEW).do("review_result", "2023-05-10", result="revoked", redo_by=redo_by)
    assert told.clock("redo").due == d(redo_by)
    refused = story().walk(*IN_REVIEW).refused("review_result", "2023-05-10", result="revoked", redo_by="2023-05-09")
    assert refused.code == "order"


def test_a_hearing_may_begin_on_the_day_of_the_request(story: Make) -> None:
    told = story().walk(*IN_RECHECK)
    assert told.refused("hearing", "2023-06-02", from_on="2023-05-31", to_on="2023-06-02").code == "order"
    told.do("hearing", "2023-06-02", from_on="2023-06-01", to_on="2023-06-02")
    assert told.clock("recheck").extra == 2


def test_a_hearing_that_ends_today_is_held(story: Make) -> None:
    told = story(today="2023-06-10").walk(*IN_RECHECK)
    told.do("hearing", "2023-06-10", from_on="2023-06-09", to_on="2023-06-10")
    assert told.clock("recheck").extra == 2


def test_recognised_on_the_day_it_was_resolved(story: Make) -> None:
    told = story().walk(*RESOLVED)
    assert told.refused("recognise", "2023-03-31").code == "batch"
    told.do("recognise", "2023-04-01")
    assert told.case.batches["测试批次"].recognised_on == d("2023-04-01")


@pytest.mark.parametrize(
    ("before", "edited", "warned"),
    [(1, {}, False), (2, {}, True), (1, {"headcount": 2}, True), (2, {"headcount": 1}, False)],
)
def test_a_death_is_held_against_the_headcount_of_the_same_edit(
    story: Make, before: int, edited: dict[str, int], warned: bool
) -> None:
    told = story(headcount=before)
    told.do("edit", "2023-03-05", set={"deceased_on": d("2023-03-04"), **edited}, was={"deceased_on": None})
    assert ("not_alone" in [notice.code for notice in told.notices]) == warned


@pytest.mark.parametrize("answered", [False, True])
def test_an_assisting_unit_that_has_answered_is_not_warned_of(story: Make, answered: bool) -> None:
    told = story(kind="accusation", complained_unit="测试丙局", complained_unit_id=9)
    told.walk(*ASSIGNED).do("assist", "2023-03-03", unit=3)
    if answered:
        told.do("answered", "2023-03-04", unit=3)
    told.do("edit", "2023-03-05", set={"complained_unit_id": 3}, changes={"complained_unit": "测试丁局"})
    assert ("assisting_accused" in [notice.code for notice in told.notices]) != answered


@pytest.mark.parametrize(("people", "same_party", "taken"), [(0, False, False), (1, False, True), (0, True, True)])
def test_nobody_received_is_nobody_unless_counted_elsewhere(
    story: Make, people: int, same_party: bool, taken: bool
) -> None:
    said = {"people": people, "same_party": same_party or None}
    if taken:
        assert story().do("receive", "2023-03-02", **said).case.receptions[0].people == people
    else:
        assert story().refused("receive", "2023-03-02", **said).code == "people"
