"""Every clock of the workflow as decision tables: both sides of every limit.

The days were counted by hand on the State Council's arrangements, not by the code:
  2023: Spring Festival 21-27 January off, Saturday 28 and Sunday 29 worked; Labour Day 29 April to 3 May off, Saturday
  6 May worked; Mid-Autumn and National Day 29 September to 6 October off, Saturday 7 and Sunday 8 October worked.
  2024: New Year Monday 1 January off; Spring Festival 10-17 February off, Sundays 4 and 18 February worked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.conftest import Story
from xinfang_cli.law import terms
from xinfang_cli.law.clocks import due_day
from xinfang_cli.law.inforce import Code, InForce
from xinfang_cli.law.rules import Rules, statutory, with_settings
from xinfang_cli.law.terms import WINDOWS
from xinfang_cli.law.workdays import Calendar

Step = tuple[Any, ...]
Make = Callable[..., Story]
ONE_DAY = timedelta(days=1)


def d(text: str) -> date:
    return date.fromisoformat(text)


class Limit(NamedTuple):
    """A clock as the `lead` sets it running, its last day, and the events that stop it."""

    name: str
    clock: str
    lead: tuple[Step, ...]
    start: str
    due: str
    stoppers: tuple[Step, ...]  # (kind, {what is said})
    received: str = "2023-03-01"
    intake: Mapping[str, Any] = MappingProxyType({})


LATE_OBJECT = ("object", {"late_reason": "材料晚到"})
LATE_REVIEW = ("review", {"late_reason": "住院"})
LATE_RECHECK = ("recheck", {"late_reason": "住院"})
AWAY = (("assign",), ("refuse",), ("redirect",), ("file",), ("close",))
FROM_ABOVE = {"source": "forwarded"}
TO_CLOSE = (("assign", "2023-03-01"), ("accept", "2023-03-01"))
CLOSED = (*TO_CLOSE, ("close", "2023-04-03", {"delivered_on": "2023-04-03"}))
IN_REVIEW = (*CLOSED, ("review", "2023-04-20"))
REVIEWED = (*IN_REVIEW, ("review_result", "2023-05-10", {"delivered_on": "2023-05-15"}))
IN_RECHECK = (*REVIEWED, ("recheck", "2023-06-01"))
REVOKED = (*IN_REVIEW, ("review_result", "2023-05-10", {"result": "revoked", "redo_by": "2023-06-09"}))
BACK_TO_UNIT = (*IN_RECHECK, ("recheck_result", "2023-06-20", {"result": "revoked", "redo_by": "2023-07-20"}))
BACK_TO_REVIEWER = (
    *IN_RECHECK,
    ("recheck_result", "2023-06-20", {"result": "revoked", "back_to": "reviewer", "redo_by": "2023-07-20"}),
)
OBJECTED = (("assign", "2023-03-01"), ("object", "2023-03-03"))
TASK = ("assign", "2023-03-01", {"mode": "task", "feedback_by": "2023-05-08"})

LIMITS = [
    # dispatch: 15 plain days from the received day, whatever the weekday
    Limit("art22-dispatch-15", "dispatch", (), "2023-03-01", "2023-03-16", (*AWAY, ("return_up",)), intake=FROM_ABOVE),
    Limit("art22-dispatch-spring-festival", "dispatch", (), "2023-01-10", "2023-01-25", AWAY, "2023-01-10"),
    Limit("art22-dispatch-leap-february", "dispatch", (), "2024-02-20", "2024-03-06", AWAY, "2024-02-20"),
    Limit("art22-dispatch-common-february", "dispatch", (), "2023-02-20", "2023-03-07", AWAY, "2023-02-20"),
    Limit("art22-dispatch-year-end", "dispatch", (), "2023-12-20", "2024-01-04", AWAY, "2023-12-20"),
    # redispatch: 5 working days from the day the objection was upheld
    Limit(
        "office-redispatch-5-workdays", "redispatch", (*OBJECTED, ("uphold", "2023-03-06")),
        "2023-03-06", "2023-03-13", (*AWAY, ("return_up",)), intake=FROM_ABOVE,
    ),
    Limit(
        "office-redispatch-spring-festival", "redispatch",
        (("assign", "2023-01-10"), ("object", "2023-01-12"), ("uphold", "2023-01-18")),
        "2023-01-18", "2023-01-30", AWAY, "2023-01-09",
    ),
    # decision: the bureau's own 5 working days
    Limit(
        "art23-decision-5-workdays", "decision", OBJECTED, "2023-03-03", "2023-03-10",
        (("uphold",), ("overrule",), ("return_up",)), intake=FROM_ABOVE,
    ),
    Limit(
        "art23-decision-national-day", "decision", (("assign", "2023-09-25"), ("object", "2023-09-27")),
        "2023-09-27", "2023-10-10", (("uphold",), ("overrule",)), "2023-09-20",
    ),
    Limit(
        "art22-3-report-up", "report_up", (), "2023-03-01", "2023-04-20", (("report_up",),),
        intake={"source": "tasked", "report_by": "2023-04-20"},
    ),
    # objection: 5 working days
    *(
        Limit(f"art23-objection-{name}", "objection", (("assign", start),), start, due, (LATE_OBJECT, ("accept",)), start)
        for name, start, due in (
            ("plain-week", "2023-03-01", "2023-03-08"),
            ("from-saturday", "2023-03-04", "2023-03-10"),
            ("spring-festival-2023", "2023-01-18", "2023-01-30"),
            ("spring-festival-2023-eve", "2023-01-20", "2023-02-01"),
            ("spring-festival-2024", "2024-02-08", "2024-02-21"),
            ("spring-festival-2024-makeup-sunday", "2024-02-02", "2024-02-08"),
            ("labour-day-2023-makeup-saturday", "2023-04-28", "2023-05-09"),
            ("national-day-2023-makeup-weekend", "2023-09-28", "2023-10-11"),
            ("year-end-2023", "2023-12-27", "2024-01-04"),
        )
    ),
    Limit(
        "art23-objection-from-sign", "objection", (("assign", "2023-03-01"), ("sign", "2023-03-06")),
        "2023-03-06", "2023-03-13", (LATE_OBJECT, ("accept",)),
    ),
    # acceptance: 15 plain days
    Limit(
        "art23-acceptance-15", "acceptance", (("assign", "2023-03-01"),), "2023-03-01", "2023-03-16",
        (("accept",), ("refuse",), ("redirect",), ("close",)),
    ),
    Limit(
        "art23-acceptance-from-sign", "acceptance", (("assign", "2023-03-01"), ("sign", "2023-03-06")),
        "2023-03-06", "2023-03-21", (("accept",), ("refuse",), ("redirect",), ("close",)),
    ),
    Limit(
        "art23-acceptance-leap-february", "acceptance", (("assign", "2024-02-15"),), "2024-02-15", "2024-03-01",
        (("accept",), ("close",)), "2024-02-15",
    ),
    Limit(
        "art23-acceptance-year-end", "acceptance", (("assign", "2023-12-25"),), "2023-12-25", "2024-01-09",
        (("accept",),), "2023-12-25",
    ),
    Limit(
        "art23-acceptance-runs-on-after-overrule", "acceptance", (*OBJECTED, ("overrule", "2023-03-08")),
        "2023-03-01", "2023-03-16", (("accept",), ("refuse",), ("redirect",), ("close",)),
    ),
    # completion: 60 plain days, and extensions
    Limit("art34-completion-60", "completion", TO_CLOSE, "2023-03-01", "2023-04-30", (("close",),)),
    Limit(
        "art34-completion-common-february", "completion", (("assign", "2023-01-01"), ("accept", "2023-01-01")),
        "2023-01-01", "2023-03-02", (("close",),), "2023-01-01",
    ),
    Limit(
        "art34-completion-leap-february", "completion", (("assign", "2024-01-01"), ("accept", "2024-01-01")),
        "2024-01-01", "2024-03-01", (("close",),), "2024-01-01",
    ),
    Limit(
        "art34-completion-year-end", "completion", (("assign", "2023-12-01"), ("accept", "2023-12-01")),
        "2023-12-01", "2024-01-30", (("close",),), "2023-12-01",
    ),
    Limit(
        "art34-completion-extended-30", "completion", (*TO_CLOSE, ("extend", "2023-04-30")),
        "2023-03-01", "2023-05-30", (("close",),),
    ),
    Limit(
        "art34-completion-extended-10-and-20", "completion",
        (*TO_CLOSE, ("extend", "2023-04-01", {"days": 10}), ("extend", "2023-05-10", {"days": 20})),
        "2023-03-01", "2023-05-30", (("close",),),
    ),
    Limit(
        "simple-completion-10-workdays", "completion",
        (("assign", "2023-03-01"), ("accept", "2023-03-01", {"pathway": "simple"})),
        "2023-03-01", "2023-03-15", (("close",),),
    ),
    Limit(
        "simple-completion-spring-festival", "completion",
        (("assign", "2023-01-16"), ("accept", "2023-01-16", {"pathway": "simple"})),
        "2023-01-16", "2023-02-02", (("close",),), "2023-01-16",
    ),
    Limit(
        "simple-completion-national-day", "completion",
        (("assign", "2023-09-25"), ("accept", "2023-09-25", {"pathway": "simple"})),
        "2023-09-25", "2023-10-13", (("close",),), "2023-09-25",
    ),
    Limit(
        "simple-converted-60-from-the-accept-day", "completion",
        (("assign", "2023-03-01"), ("accept", "2023-03-01", {"pathway": "simple"}), ("convert", "2023-03-15")),
        "2023-03-01", "2023-04-30", (("close",),),
    ),
    # duty: two calendar months from the received day, clipped to the month
    *(
        Limit(
            f"art31-5-duty-{name}", "duty", (("assign", received), ("accept", received, {"pathway": "duty"})),
            received, due, (("close",),), received,
        )
        for name, received, due in (
            ("two-months", "2023-03-01", "2023-05-01"),
            ("to-common-february", "2022-12-31", "2023-02-28"),
            ("to-leap-february", "2023-12-31", "2024-02-29"),
            ("29-december-to-leap-february", "2023-12-29", "2024-02-29"),
            ("from-leap-day", "2024-02-29", "2024-04-29"),
            ("to-a-month-of-30", "2023-07-31", "2023-09-30"),
        )
    ),
    # from the authority's receipt where it signed for it (行政诉讼法第四十七条); a late signing moves nothing
    Limit(
        "art31-5-duty-from-the-signing", "duty",
        (("assign", "2023-03-01"), ("sign", "2023-03-06"), ("accept", "2023-03-08", {"pathway": "duty"})),
        "2023-03-06", "2023-05-06", (("close",),), "2023-02-27",
    ),
    Limit(
        "art31-5-duty-signed-late", "duty",
        (("assign", "2023-03-01"), ("sign", "2023-03-20"), ("accept", "2023-03-20", {"pathway": "duty"})),
        "2023-02-27", "2023-04-27", (("close",),), "2023-02-27",
    ),
    Limit(
        "art31-5-duty-own-day", "duty",
        (("assign", "2023-03-01"), ("accept", "2023-03-08", {"pathway": "duty", "due_on": "2023-06-15"})),
        "2023-03-01", "2023-06-15", (("close",),),
    ),
    # feedback: the report only
    Limit("art22-3-feedback", "feedback", (TASK,), "2023-03-01", "2023-05-08", (("note", {"report": True}),)),
    Limit(
        "art22-3-feedback-from-sign", "feedback", (TASK, ("sign", "2023-03-03")), "2023-03-03", "2023-05-08",
        (("note", {"report": True}), ("close", {"report": True})),
    ),
    Limit(
        "art22-3-feedback-extended", "feedback",
        (TASK, ("accept", "2023-03-05"), ("extend", "2023-05-08", {"days": 45, "clock": "feedback"})),
        "2023-03-01", "2023-06-22", (("note", {"report": True}), ("close", {"report": True})),
    ),
    Limit(
        "assistance", "assistance", (*TO_CLOSE, ("assist", "2023-03-10", {"answer_by": "2023-03-20"})),
        "2023-03-10", "2023-03-20", (("answered",), ("close",)),
    ),
    Limit(
        "art32-fulfilment", "fulfilment",
        (*TO_CLOSE, ("close", "2023-04-03", {"outcome": "supported", "fulfil_by": "2023-06-30"})),
        "2023-04-03", "2023-06-30", (("fulfil",),),
    ),
    Limit("art35-redo", "redo", REVOKED, "2023-05-10", "2023-06-09", (("close",),)),
    Limit("art36-redo-by-the-unit", "redo", BACK_TO_UNIT, "2023-06-20", "2023-07-20", (("close",),)),
    Limit(
        "art36-redo-by-the-reviewer", "review", BACK_TO_REVIEWER, "2023-06-20", "2023-07-20", (("review_result",),)
    ),
    # the petitioner's windows: from delivery, else presumed from the closing
    Limit("art35-review-window-delivered", "review_window", CLOSED, "2023-04-03", "2023-05-03", (LATE_REVIEW,)),
    Limit(
        "art35-review-window-delivered-later", "review_window",
        (*TO_CLOSE, ("close", "2023-04-03", {"delivered_on": "2023-04-10"})),
        "2023-04-10", "2023-05-10", (LATE_REVIEW,),
    ),
    Limit(
        "art35-review-window-presumed", "review_window", (*TO_CLOSE, ("close", "2023-04-03")),
        "2023-04-03", "2023-05-03", (("review",),),
    ),
    Limit(
        "art35-review-window-slip-came-later", "review_window",
        (*TO_CLOSE, ("close", "2023-04-03"), ("deliver", "2023-04-12")),
        "2023-04-12", "2023-05-12", (LATE_REVIEW,),
    ),
    Limit("art36-recheck-window-delivered", "recheck_window", REVIEWED, "2023-05-15", "2023-06-14", (LATE_RECHECK,)),
    Limit(
        "art36-recheck-window-presumed", "recheck_window", (*IN_REVIEW, ("review_result", "2023-05-10")),
        "2023-05-10", "2023-06-09", (("recheck",),),
    ),
    Limit(
        "art36-recheck-window-slip-came-later", "recheck_window",
        (*IN_REVIEW, ("review_result", "2023-05-10"), ("deliver", "2023-05-18")),
        "2023-05-18", "2023-06-17", (LATE_RECHECK,),
    ),
    # the reviewing bodies
    Limit("art35-review-30", "review", IN_REVIEW, "2023-04-20", "2023-05-20", (("review_result",),)),
    Limit("art36-recheck-30", "recheck", IN_RECHECK, "2023-06-01", "2023-07-01", (("recheck_result",),)),
    Limit(
        "art36-recheck-30-and-a-hearing-of-3", "recheck",
        (*IN_RECHECK, ("hearing", "2023-06-12", {"from_on": "2023-06-10", "to_on": "2023-06-12"})),
        "2023-06-01", "2023-07-04", (("recheck_result",),),
    ),
    Limit(
        "art36-recheck-hearings-that-overlap-count-once", "recheck",
        (
            *IN_RECHECK,
            ("hearing", "2023-06-12", {"from_on": "2023-06-10", "to_on": "2023-06-12"}),
            ("hearing", "2023-06-14", {"from_on": "2023-06-12", "to_on": "2023-06-14"}),
        ),
        "2023-06-01", "2023-07-06", (("recheck_result",),),
    ),
    Limit("office-rating-30", "rating", CLOSED, "2023-04-03", "2023-05-03", (("rate",),)),
    Limit(
        "art40-supervision", "supervision", (*TO_CLOSE, ("supervise", "2023-03-10", {"answer_by": "2023-03-24"})),
        "2023-03-10", "2023-03-24", (("supervise_answered",),),
    ),
    Limit(
        "reception-order", "order", (*TO_CLOSE, ("receive", "2023-03-10"), ("order", "2023-03-10", {"answer_by": "2023-03-24"})),
        "2023-03-10", "2023-03-24", (("follow", {"order": 5}),),
    ),
]  # fmt: skip


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_last_day(story: Make, limit: Limit) -> None:
    """An open clock is running on its last day and over on the day after."""
    told = story(limit.received, **limit.intake).walk(*limit.lead)
    clock = told.clock(limit.clock)
    assert (clock.start, clock.due) == (d(limit.start), d(limit.due))
    assert clock.stop is None
    assert not clock.void
    assert clock.state(clock.due) == "running"
    assert clock.state(clock.due + ONE_DAY) == ("lapsed" if limit.clock in WINDOWS else "overdue")


@pytest.mark.parametrize(
    ("limit", "stopper"),
    [pytest.param(x, s, id=f"{x.name}-{s[0]}") for x in LIMITS for s in x.stoppers],
)
def test_stopped_on_either_side(story: Make, limit: Limit, stopper: Step) -> None:
    """Stopped on the last day: on time. On the day after: late; an objection that was never made is not late but over."""
    kind, *said = stopper
    for days, state in ((0, "met"), (1, "late")):
        on = d(limit.due) + timedelta(days=days)
        told = story(limit.received, **limit.intake).walk(*limit.lead)
        clock_no = len(told.clocks(limit.clock)) - 1
        clock = told.do(kind, on, **(said[0] if said else {})).clocks(limit.clock)[clock_no]
        unused = limit.clock == "objection" and kind == "accept" and days == 1
        assert (clock.due, clock.stop, clock.void) == (d(limit.due), None if unused else on, False)
        assert clock.state(on) == ("lapsed" if unused else state)


def test_every_clock_has_a_table() -> None:
    assert {limit.clock for limit in LIMITS} | {"office"} == set(terms.CLOCK.labels)


# ---- what does not stop a clock ---------------------------------------------------------------------------------

GOES_ON = [
    ("art22-3-feedback-not-by-close", "feedback", (TASK, ("accept", "2023-03-05"), ("close", "2023-04-03"))),
    ("art22-3-feedback-not-by-a-plain-note", "feedback", (TASK, ("note", "2023-04-03"))),
    ("art22-3-feedback-not-by-refuse", "feedback", (TASK, ("refuse", "2023-03-05"))),
    ("reception-order-not-by-close", "order", (*TO_CLOSE, ("order", "2023-03-10"), ("close", "2023-04-03"))),
    ("reception-order-not-by-a-move", "order", (*TO_CLOSE, ("order", "2023-03-10"), ("assign", "2023-04-03", {"unit": 2}))),
    ("art40-supervision-not-by-close", "supervision", (*TO_CLOSE, ("supervise", "2023-03-10"), ("close", "2023-04-03"))),
    ("art23-acceptance-not-by-object", "acceptance", OBJECTED),
    ("art22-3-report-up-not-by-close", "report_up", (("close", "2023-03-10"),)),
    ("art32-fulfilment-not-by-review", "fulfilment",
     (*TO_CLOSE, ("close", "2023-04-03", {"outcome": "supported", "fulfil_by": "2023-06-30"}), ("review", "2023-04-20"))),
    ("art32-fulfilment-not-by-a-review-sent-back-to-the-reviewer", "fulfilment",
     (*TO_CLOSE,
      ("close", "2023-04-03", {"outcome": "supported", "fulfil_by": "2023-12-30", "delivered_on": "2023-04-03"}),
      *BACK_TO_REVIEWER[3:])),
    ("assistance-not-by-reassignment", "assistance",
     (*TO_CLOSE, ("assist", "2023-03-10"), ("assign", "2023-03-20", {"unit": 2}))),
]  # fmt: skip


@pytest.mark.parametrize(("clock", "steps"), [pytest.param(c, s, id=n) for n, c, s in GOES_ON])
def test_runs_on(story: Make, clock: str, steps: tuple[Step, ...]) -> None:
    told = story(source="tasked", report_by="2023-12-01").walk(*steps)
    assert told.clock(clock).stop is None
    assert not told.clock(clock).void


# ---- day zero, told days, bases ---------------------------------------------------------------------------------


def test_art23_acceptance_stops_on_the_day_the_petitioner_was_told(story: Make) -> None:
    for told_on, state in (("2023-03-16", "met"), ("2023-03-17", "late")):
        told = story().walk(("assign", "2023-03-01"), ("accept", "2023-03-10", {"told_on": told_on}))
        assert told.clock("acceptance").stop == d(told_on)
        assert told.state("acceptance") == state
        assert told.clock("completion").start == d("2023-03-10")


def test_art23_told_later_than_the_report_day_is_not_yet_told(story: Make) -> None:
    told = story().walk(("assign", "2023-03-01"), ("accept", "2023-03-10", {"told_on": "2023-03-20"}))
    assert told.state("acceptance", "2023-03-16") == "running"
    assert told.state("acceptance", "2023-03-19") == "overdue"
    assert told.state("acceptance", "2023-03-20") == "late"


def test_art23_moved_on_before_the_petitioner_was_told(story: Make) -> None:
    """The day of telling was still to come: the acceptance had not stopped."""
    accepted = (("assign", "2023-03-01"), ("accept", "2023-03-10", {"told_on": "2023-03-20"}))
    for on, state in (("2023-03-16", "void"), ("2023-03-17", "late")):
        told = story().walk(*accepted, ("assign", on, {"unit": 2}))
        first = told.clocks("acceptance")[0]
        assert first.state(told.today) == state
        assert first.stop == (None if state == "void" else d(on))
    told = story().walk(*accepted, ("assign", "2023-03-21", {"unit": 2}))
    assert told.clocks("acceptance")[0].stop == d("2023-03-20")


def test_art23_sign_leaves_a_report_that_was_in_before(story: Make) -> None:
    told = story().walk(TASK, ("note", "2023-03-02", {"report": True}), ("sign", "2023-03-06"))
    assert (told.clock("feedback").start, told.clock("feedback").stop) == (d("2023-03-01"), d("2023-03-02"))
    assert told.clock("acceptance").start == d("2023-03-06")


def test_art34_the_day_without_extensions_is_kept_beside_it(story: Make) -> None:
    clock = story().walk(*TO_CLOSE, ("extend", "2023-04-01", {"days": 12})).clock("completion")
    assert (clock.base_due, clock.due) == (d("2023-04-30"), d("2023-05-12"))


def test_art34_a_case_moved_on_gets_sixty_days_and_extensions_of_its_own(story: Make) -> None:
    told = story().walk(
        *TO_CLOSE,
        ("extend", "2023-04-01", {"days": 30}),
        ("assign", "2023-05-10", {"unit": 2}),
        ("accept", "2023-05-12"),
        ("extend", "2023-07-11", {"days": 30}),
    )
    assert told.clock("completion").due == d("2023-08-10")
    assert told.refused("extend", "2023-07-11", days=1).code == "limit"


def test_art32_no_fulfilment_clock_outlives_a_closing_that_was_revoked(story: Make) -> None:
    closed = (*TO_CLOSE, ("close", "2023-04-03", {"outcome": "supported", "fulfil_by": "2023-05-31"}))
    revoked = {"result": "revoked", "redo_by": "2023-07-01"}
    told = story().walk(*closed, ("review", "2023-04-20"), ("review_result", "2023-05-31", revoked))
    assert told.state("fulfilment") == "void"
    told = story().walk(*closed, ("review", "2023-04-20"), ("review_result", "2023-06-01", revoked))
    assert told.state("fulfilment") == "late"


def test_art22_3_no_feedback_clock_where_nothing_was_ordered(story: Make) -> None:
    told = story().do("assign", "2023-03-01", mode="forward", feedback_by="2023-05-08", from_sheet=True)
    assert told.warnings == ["转送不带反馈期限，不计反馈时限"]
    assert told.clocks("feedback") == []


@pytest.mark.parametrize(
    ("kind", "pathway", "clock"),
    [
        ("appeal", "opinion", "completion"),
        ("appeal", "simple", "completion"),
        ("appeal", "duty", "duty"),
        ("suggestion", "suggestion", None),
        ("accusation", "accusation", None),
        ("inquiry", "answer", None),
        ("other", "answer", None),
    ],
)
def test_art29_30_31_34_only_a_written_opinion_runs_sixty_days(
    story: Make, kind: str, pathway: str, clock: str | None
) -> None:
    told = story(kind=kind).walk(("assign", "2023-03-01"), ("accept", "2023-03-02", {"pathway": pathway}))
    running = {c.kind for c in told.case.clocks} - {"dispatch", "objection", "acceptance"}
    assert running == (set() if clock is None else {clock})


@pytest.mark.parametrize(
    ("intake", "steps", "windows"),
    [
        pytest.param({}, TO_CLOSE, {"review_window", "rating"}, id="opinion"),
        pytest.param(
            {}, (TO_CLOSE[0], ("accept", "2023-03-01", {"pathway": "simple"})), {"review_window", "rating"}, id="simple"
        ),
        pytest.param({}, (TO_CLOSE[0], ("accept", "2023-03-01", {"pathway": "duty"})), {"rating"}, id="duty"),
        pytest.param({"repeat": True}, TO_CLOSE, {"review_window"}, id="repeat"),
        pytest.param({"kind": "accusation"}, TO_CLOSE, set(), id="accusation"),
        pytest.param({"kind": "inquiry"}, TO_CLOSE, {"rating"}, id="inquiry"),
        pytest.param({}, (), {"rating"}, id="answered-by-the-bureau-itself"),
        pytest.param({}, (*TO_CLOSE, ("redirect", "2023-03-20")), set(), id="redirected-then-closed"),
    ],
)
def test_what_a_closing_sets_running(
    story: Make, intake: dict[str, Any], steps: tuple[Step, ...], windows: set[str]
) -> None:
    told = story(**intake).walk(*steps, ("close", "2023-04-03"))
    assert {c.kind for c in told.case.clocks if not c.ended} & (WINDOWS - {"objection"}) == windows


def test_a_reopened_case_is_asked_for_a_rating_once(story: Make) -> None:
    told = story().walk(*REVOKED, ("close", "2023-06-01"))
    assert [c.start for c in told.clocks("rating")] == [d("2023-04-03")]
    assert [c.start for c in told.clocks("review_window")] == [d("2023-04-03"), d("2023-06-01")]
    assert len(told.clocks("completion")) == 1  # none is invented


def test_bureau_rating_leaves_the_window_open(story: Make) -> None:
    told = story().walk(*CLOSED, ("rate", "2023-04-05", {"unit_rating": None, "bureau_rating": "fair"}))
    assert told.state("rating", "2023-04-05") == "running"
    told.do("rate", "2023-04-06", unit_rating="none", bureau_rating="fair")
    assert told.case.unit_rating is None
    assert told.state("rating", "2023-04-06") == "running"


# ---- sign -------------------------------------------------------------------------------------------------------


def test_art23_sign_moves_the_start_of_the_present_assignment_only(story: Make) -> None:
    told = story().walk(
        ("assign", "2023-03-01"),
        ("sign", "2023-03-03"),
        ("assign", "2023-03-10", {"unit": 2, "mode": "task", "feedback_by": "2023-05-01"}),
        ("sign", "2023-03-14"),
    )
    assert [(c.start, c.unit) for c in told.clocks("acceptance")] == [(d("2023-03-03"), 1), (d("2023-03-14"), 2)]
    assert [(c.start, c.due) for c in told.clocks("objection")] == [
        (d("2023-03-03"), d("2023-03-10")),
        (d("2023-03-14"), d("2023-03-21")),
    ]
    assert told.clock("feedback").start == d("2023-03-14")


def test_art23_sign_recorded_after_acceptance(story: Make) -> None:
    told = story().walk(("assign", "2023-03-01"), ("accept", "2023-03-18"))
    assert told.state("acceptance") == "late"
    told.do("sign", "2023-03-03")
    assert told.state("acceptance") == "met"
    assert told.case.signed_on == d("2023-03-03")


# ---- void or late: moving washes nothing away -------------------------------------------------------------------

SUPERVISED = ("supervise", "2023-03-05", {"answer_by": "2023-03-20"})
ORDERED = ("order", "2023-03-06", {"answer_by": "2023-03-20"})
ASSISTED = ("assist", "2023-03-05", {"answer_by": "2023-03-20"})
TO_OTHER = ("assign", {"unit": 2})
MOVES = [
    # (name, clock, its last day, lead, move)
    ("art23-acceptance-assign", "acceptance", "2023-03-16", TO_CLOSE[:1], TO_OTHER),
    ("art23-acceptance-withdraw", "acceptance", "2023-03-16", TO_CLOSE[:1], ("withdraw",)),
    ("art23-acceptance-return-up", "acceptance", "2023-03-16", OBJECTED, ("return_up",)),
    ("art23-acceptance-withdraw-objected", "acceptance", "2023-03-16", OBJECTED, ("withdraw",)),
    ("art34-completion-assign", "completion", "2023-04-30", TO_CLOSE, TO_OTHER),
    ("art34-completion-withdraw", "completion", "2023-04-30", TO_CLOSE, ("withdraw",)),
    ("art34-completion-redirect", "completion", "2023-04-30", TO_CLOSE, ("redirect",)),
    ("art34-completion-extended-assign", "completion", "2023-05-30", (*TO_CLOSE, ("extend", "2023-04-01")), TO_OTHER),
    ("art31-5-duty-assign", "duty", "2023-05-01",
     (TO_CLOSE[0], ("accept", "2023-03-01", {"pathway": "duty"})), TO_OTHER),
    ("art31-5-duty-withdraw", "duty", "2023-05-01",
     (TO_CLOSE[0], ("accept", "2023-03-01", {"pathway": "duty"})), ("withdraw",)),
    ("art31-5-duty-redirect", "duty", "2023-05-01",
     (TO_CLOSE[0], ("accept", "2023-03-01", {"pathway": "duty"})), ("redirect",)),
    ("art22-3-feedback-assign", "feedback", "2023-05-08", (TASK,), TO_OTHER),
    ("art22-3-feedback-withdraw", "feedback", "2023-05-08", (TASK,), ("withdraw",)),
    ("art22-3-feedback-redirect", "feedback", "2023-05-08", (TASK,), ("redirect",)),
    ("art22-3-feedback-return-up", "feedback", "2023-05-08", (TASK, ("object", "2023-03-03")), ("return_up",)),
    ("art40-supervision-assign", "supervision", "2023-03-20", (*TO_CLOSE, SUPERVISED), TO_OTHER),
    ("reception-order-withdraw", "order", "2023-03-20", (*TO_CLOSE, ORDERED), ("withdraw",)),
    ("art40-supervision-withdraw", "supervision", "2023-03-20", (*TO_CLOSE, SUPERVISED), ("withdraw",)),
    ("art40-supervision-redirect", "supervision", "2023-03-20", (*TO_CLOSE, SUPERVISED), ("redirect",)),
    ("assistance-withdraw", "assistance", "2023-03-20", (*TO_CLOSE, ASSISTED), ("withdraw",)),
    ("assistance-redirect", "assistance", "2023-03-20", (*TO_CLOSE, ASSISTED), ("redirect",)),
    ("assistance-refuse", "assistance", "2023-03-20", (TO_CLOSE[0], ASSISTED), ("refuse",)),
    ("assistance-uphold", "assistance", "2023-03-20",
     (TO_CLOSE[0], ASSISTED, ("object", "2023-03-08")), ("uphold",)),
    ("art22-dispatch-withdraw", "dispatch", "2023-03-16", (), ("withdraw",)),
    ("office-redispatch-withdraw", "redispatch", "2023-03-13", (*OBJECTED, ("uphold", "2023-03-06")), ("withdraw",)),
    ("art23-decision-withdraw", "decision", "2023-03-10", OBJECTED, ("withdraw",)),
    ("art22-3-report-up-withdraw", "report_up", "2023-04-20", (), ("withdraw",)),
    ("art22-3-report-up-return-up", "report_up", "2023-04-20", (), ("return_up",)),
    ("art35-redo-assign", "redo", "2023-06-09", REVOKED, TO_OTHER),
    ("art35-redo-withdraw", "redo", "2023-06-09", REVOKED, ("withdraw",)),
    ("art35-redo-redirect", "redo", "2023-06-09", REVOKED, ("redirect",)),
    ("art35-review-withdraw", "review", "2023-05-20", IN_REVIEW, ("withdraw",)),
    ("art36-recheck-withdraw", "recheck", "2023-07-01", IN_RECHECK, ("withdraw",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("clock", "due", "lead", "move"), [pytest.param(c, u, lead, m, id=n) for n, c, u, lead, m in MOVES]
)
def test_moving_washes_nothing_away(story: Make, clock: str, due: str, lead: tuple[Step, ...], move: Step) -> None:
    kind, *said = move
    for days, state in ((0, "void"), (1, "late")):
        on = d(due) + timedelta(days=days)
        told = story(source="tasked", report_by="2023-04-20").walk(*lead)
        count, owner = len(told.clocks(clock)) - 1, told.clock(clock).unit
        moved = told.do(kind, on, **(said[0] if said else {})).clocks(clock)[count]
        assert (moved.due, moved.state(on), moved.unit) == (d(due), state, owner)
        assert moved.stop == (None if state == "void" else on)
        assert moved.why


def test_moving_leaves_an_unused_window_lapsed(story: Make) -> None:
    """The objection window of a unit that has lost the case is not stopped by what the next unit does."""
    for last in ("accept", "object"):
        told = story().walk(TO_CLOSE[0], ("assign", "2023-03-10", {"unit": 2}), (last, "2023-03-13"))
        first, second = told.clocks("objection")
        assert first.state(d("2023-03-13")) == "lapsed"
        assert first.stop is None
        assert second.state(d("2023-03-13")) == "met"
    told = story().walk(TO_CLOSE[0], ("assign", "2023-03-08", {"unit": 2}))
    assert told.clocks("objection")[0].state(d("2023-03-08")) == "void"


@pytest.mark.parametrize(
    ("lead", "clocks"),
    [
        pytest.param((TASK, ("object", "2023-03-03")), {"acceptance", "feedback"}, id="task"),
        pytest.param((TASK, SUPERVISED, ("object", "2023-03-06")), {"acceptance", "supervision"}, id="supervised"),
    ],
)
def test_art23_upheld_objection_voids_the_units_clocks_whatever_the_day(
    story: Make, lead: tuple[Step, ...], clocks: set[str]
) -> None:
    for on in ("2023-03-07", "2023-12-01"):
        told = story().walk(*lead, ("uphold", on))
        for kind in clocks:
            assert told.state(kind, on) == "void"
        assert told.case.unit is None
        assert told.clock("decision").state(d(on)) == ("met" if on == "2023-03-07" else "late")


def test_art23_upheld_objection_leaves_the_clocks_of_the_unit_before(story: Make) -> None:
    told = story().walk(
        TO_CLOSE[0],
        ("assign", "2023-03-20", {"unit": 2}),
        ("object", "2023-03-21"),
        ("uphold", "2023-03-22"),
    )
    assert [(c.unit, c.state(told.today)) for c in told.clocks("acceptance")] == [(1, "late"), (2, "void")]
    assert [(c.unit, c.state(told.today)) for c in told.clocks("objection")] == [(1, "lapsed"), (2, "met")]


def test_what_stopped_before_the_move_stays_stopped(story: Make) -> None:
    told = story().walk(*TO_CLOSE, ("assign", "2023-03-10", {"unit": 2}))
    assert [c.state(told.today) for c in told.clocks("acceptance")] == ["met", "overdue"]
    assert told.state("dispatch") == "met"


# ---- closings that are checked ----------------------------------------------------------------------------------


def test_closing_returned_by_the_checker_runs_its_clocks_on(story: Make) -> None:
    lead = (TASK, ("accept", "2023-03-05"), ("assist", "2023-03-10", {"answer_by": "2023-03-31"}))
    told = story().walk(*lead, ("close", "2023-04-03", {"checked": True, "report": True}))
    assert told.case.stage == "reported"
    assert told.state("completion") == told.state("feedback") == "met"
    assert told.state("assistance") == "late"
    assert told.clocks("review_window") == told.clocks("rating") == []
    told.do("return", "2023-04-06")
    assert told.case.stage == "accepted"
    assert told.case.closed_on is None
    for clock, due in (("completion", "2023-05-04"), ("feedback", "2023-05-08"), ("assistance", "2023-03-31")):
        assert told.clock(clock).stop is None
        assert told.clock(clock).due == d(due)
    told.do("close", "2023-05-05", checked=True)
    assert told.state("completion") == "late"


def test_closing_that_is_approved_stands_from_the_units_day(story: Make) -> None:
    told = story().walk(*TO_CLOSE, ("close", "2023-04-30", {"checked": True}), ("approve", "2023-05-12"))
    assert told.state("completion") == "met"
    assert told.case.closed_on == told.case.first_closed_on == d("2023-04-30")
    assert told.clock("review_window").due == d("2023-05-30")
    assert told.clock("rating").due == d("2023-05-30")


def test_what_came_between_a_closing_and_its_approval_stands_from_its_own_day(story: Make) -> None:
    """The closing stands from the unit's day, and with it the delivery, the promise kept in time, the rating."""
    waiting = (*TO_CLOSE, ("close", "2023-04-03", {"checked": True, "outcome": "supported", "fulfil_by": "2023-04-20"}))
    between = (("deliver", "2023-04-05"), ("fulfil", "2023-04-20"), ("rate", "2023-04-06"))
    for kind, on in between:
        assert story().walk(*waiting).refused(kind, on).code == "stage"
        assert story().walk(*waiting, ("return", "2023-04-25")).refused(kind, on).code == "stage"
    told = story().walk(*waiting, ("approve", "2023-04-25"), *between)
    assert (told.clock("review_window").start, told.clock("review_window").due) == (d("2023-04-05"), d("2023-05-05"))
    assert (told.clock("fulfilment").stop, told.state("fulfilment")) == (d("2023-04-20"), "met")
    assert (told.clock("rating").stop, told.state("rating")) == (d("2023-04-06"), "met")
    late = story().walk(*waiting, ("approve", "2023-04-25"), ("fulfil", "2023-04-21"))
    assert late.state("fulfilment") == "late"
    assert story().walk(*waiting, ("approve", "2023-04-25")).refused("deliver", "2023-04-02").code == "stage"


def test_closing_returned_leaves_a_telling_told(story: Make) -> None:
    told = story().walk(
        TO_CLOSE[0],
        ("accept", "2023-03-10", {"told_on": "2023-03-14"}),
        ("close", "2023-03-12", {"checked": True}),
        ("return", "2023-03-13"),
    )
    assert told.clock("acceptance").stop == d("2023-03-14")


# ---- rules and calendars through time ---------------------------------------------------------------------------


def two_laws(calendar: Calendar, since: int, later: Rules | None = None, then: Calendar | None = None) -> Code:
    return Code([InForce(0, statutory(), calendar), InForce(since, later or statutory(), then or calendar)])


def test_stopped_clock_keeps_the_rule_it_stopped_under(story: Make, calendar: Calendar) -> None:
    """Events 1-3 were recorded under the statutory numbers, event 4 and everything running under the office's."""
    ten = with_settings({"clocks.acceptance": (10, "区信访办〔2023〕1号"), "clocks.completion": (45, "同上")})
    code = two_laws(calendar, 4, ten)
    told = story(code=code).walk(
        ("assign", "2023-03-01"), ("accept", "2023-03-16"), ("assign", "2023-03-20", {"unit": 2})
    )
    first, second = told.clocks("acceptance")
    assert (first.due, first.state(told.today)) == (d("2023-03-16"), "met")
    assert second.due == d("2023-03-30")
    assert told.clock("completion").due == d("2023-04-30")  # fell with event 4: under the new 45 days
    told.do("accept", "2023-03-21")
    assert told.clock("completion").due == d("2023-05-05")


def test_void_clock_keeps_the_rule_it_fell_under(story: Make, calendar: Calendar) -> None:
    code = two_laws(calendar, 5, with_settings({"clocks.completion": (45, "区信访办〔2023〕1号")}))
    told = story(code=code).walk(*TO_CLOSE, ("withdraw", "2023-04-30"))
    assert told.state("completion") == "void"
    assert told.clock("completion").due == d("2023-04-30")


def test_running_clock_follows_a_calendar_that_changed(story: Make, calendar: Calendar) -> None:
    off = Calendar({**calendar.special, d("2023-03-07"): (False, "临时放假")}, calendar.years)
    told = story(code=two_laws(calendar, 9, then=off)).do("assign", "2023-03-01")
    assert told.clock("objection").due == d("2023-03-09")
    told = story(code=two_laws(calendar, 9, then=off)).walk(("assign", "2023-03-01"), ("accept", "2023-03-08"))
    assert told.clock("objection").due == d("2023-03-08")


@pytest.mark.parametrize(("n", "due"), [(0, None), (30, "2023-04-09"), (45, "2023-04-24")])
def test_office_clock_only_where_the_office_sets_a_number(
    story: Make, calendar: Calendar, n: int, due: str | None
) -> None:
    """◇ suggestions, accusations and answers have no statutory last day (art. 29, 30)."""
    code = Code([InForce(0, with_settings({"clocks.office": (n, "区信访办〔2023〕1号")} if n else {}), calendar)])
    for kind in ("suggestion", "accusation", "inquiry", "other"):
        told = story(code=code, kind=kind).walk(("assign", "2023-03-01"), ("accept", "2023-03-10"))
        assert [c.due for c in told.clocks("office")] == ([] if due is None else [d(due)])
        if due is not None:
            assert told.do("close", d(due) + ONE_DAY).state("office") == "late"


@pytest.mark.parametrize(
    "move", [("assign", {"unit": 2}), ("withdraw",), ("redirect",), ("close",)], ids=lambda m: m[0]
)
def test_office_clock_that_the_office_gave_up_is_nobodys_lateness(story: Make, calendar: Calendar, move: Step) -> None:
    set_then_given_up = two_laws(calendar, 4)
    set_then_given_up.versions[0].rules = with_settings({"clocks.office": (30, "区信访办〔2023〕1号")})
    told = story(code=set_then_given_up, kind="inquiry").walk(("assign", "2023-03-01"), ("accept", "2023-03-10"))
    assert told.state("office") == "void"
    kind, *said = move
    told.do(kind, "2023-05-01", **(said[0] if said else {}))
    assert (told.state("office"), told.clock("office").stop) == ("void", None)


ROLLS = [
    # plain last day, and the one when the office rolls it
    ("sunday-in-labour-day", "completion", "2023-03-01", "2023-04-30", "2023-05-04"),
    ("holiday-to-makeup-saturday", "dispatch", "2023-01-08", "2023-01-23", "2023-01-28"),
    ("saturday", "dispatch", "2023-03-03", "2023-03-18", "2023-03-20"),
    ("makeup-saturday-stays", "dispatch", "2023-04-21", "2023-05-06", "2023-05-06"),
    ("working-day-stays", "dispatch", "2023-03-01", "2023-03-16", "2023-03-16"),
    ("duty-sunday-to-monday", "duty", "2023-05-16", "2023-07-16", "2023-07-17"),
    ("duty-year-end", "duty", "2023-10-30", "2023-12-30", "2024-01-02"),
]


@pytest.mark.parametrize(("kind", "start", "plain", "rolled"), [pytest.param(*r[1:], id=r[0]) for r in ROLLS])
def test_roll_is_a_setting(calendar: Calendar, kind: str, start: str, plain: str, rolled: str) -> None:
    rolling = with_settings({"roll": (True, "区信访办〔2023〕1号")})
    assert due_day(kind, d(start), InForce(0, statutory(), calendar)) == d(plain)
    assert due_day(kind, d(start), InForce(0, rolling, calendar)) == d(rolled)


def test_roll_comes_after_the_extension_and_never_moves_a_day_that_was_ordered(calendar: Calendar) -> None:
    rolling = InForce(0, with_settings({"roll": (True, "x")}), calendar)
    assert due_day("completion", d("2023-03-01"), rolling, 6) == d("2023-05-06")
    assert due_day("completion", d("2023-03-01"), rolling, 7) == d("2023-05-08")
    assert due_day("feedback", d("2023-03-01"), rolling, 0, d("2023-04-30")) == d("2023-04-30")


def test_a_year_the_calendar_lacks_counts_weekends_and_is_remembered(story: Make, calendar_2023: Calendar) -> None:
    calendar = Calendar(calendar_2023.special, calendar_2023.years)
    told = story("2024-02-08", code=Code([InForce(0, statutory(), calendar)])).do("assign", "2024-02-08")
    assert told.clock("objection").due == d("2024-02-15")  # the Spring Festival of 2024 is not known here
    assert calendar.unknown_asked == {2024}
    assert calendar.add(d("2023-09-28"), 5) == d("2023-10-11")
    assert calendar.unknown_asked == {2024}


def test_plain_days_ask_no_calendar(story: Make) -> None:
    calendar = Calendar({}, frozenset())
    assert due_day("completion", d("2023-03-01"), InForce(0, statutory(), calendar)) == d("2023-04-30")
    assert calendar.unknown_asked == set()


def test_calendar_by_name(calendar: Calendar) -> None:
    assert calendar.skipped(d("2023-09-28"), d("2023-10-09")) == [
        (d("2023-09-29"), "中秋"),
        *((d("2023-09-30") + timedelta(days=n), "国庆节") for n in range(7)),
    ]
    assert "调休上班" in calendar.name(d("2023-10-07"))
    assert calendar.name(d("2023-10-09")) == "周一"
