"""Random commands over random days, through the office on a real file, held against a small model of the workflow.

The model below is written from the tables of the workflow: what may follow what, and which clock starts, stops, falls
away and is due when. It shares no code with the program (nothing of `law` is imported) and works a case out from the
beginning after every command. Compared after each: whether the command was taken, the stage, the unit and every clock;
at the end the lists and what `doctor` finds when it rebuilds the book.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.conftest import FULL, correct, explained_case, shown_case
from xinfang_cli.book.face import create_book
from xinfang_cli.book.place import Place
from xinfang_cli.book.sqlite import opening
from xinfang_cli.errors import Refused
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.find import lists as finding
from xinfang_cli.office.find import morning
from xinfang_cli.office.keeping import health, units, workdays
from xinfang_cli.office.keeping import settings as office_settings
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting, casework, originals, registering

FIRST, LAST = date(2023, 1, 3), date(2024, 6, 20)
UNITS = ("甲局", "乙局", "丙局", "丁局")
ACCUSED = "丙局"
MERGED, INTO = "丁局", "甲局"  # at some time, in some books


def d(text: str) -> date:
    return date.fromisoformat(text)


# ---- days, by hand from the State Council's arrangements of 2023 and 2024 ----------------------------------------

OFF = {
    *(d(f"2023-{day}") for day in ("01-02", "01-23", "01-24", "01-25", "01-26", "01-27", "04-05", "05-01", "05-02")),
    *(d(f"2023-{day}") for day in ("05-03", "06-22", "06-23", "09-29", "10-02", "10-03", "10-04", "10-05", "10-06")),
    *(d(f"2024-{day}") for day in ("01-01", "02-12", "02-13", "02-14", "02-15", "02-16", "04-04", "04-05", "05-01")),
    *(d(f"2024-{day}") for day in ("05-02", "05-03", "06-10", "09-16", "09-17", "10-01", "10-02", "10-03", "10-04")),
    d("2024-10-07"),
}
WORKED = {
    *(d(f"2023-{day}") for day in ("01-28", "01-29", "04-23", "05-06", "06-25", "10-07", "10-08")),
    *(d(f"2024-{day}") for day in ("02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12")),
}


Notices = tuple[tuple[date, bool], ...]  # what was announced later: (day, whether people work)


def worked(day: date, notices: Notices = ()) -> bool:
    said = dict(notices).get(day)
    return said if said is not None else day in WORKED or (day.weekday() < 5 and day not in OFF)


def plus(day: date, n: int) -> date:
    return day + timedelta(days=n)


def workdays_after(day: date, n: int, notices: Notices) -> date:
    while n:
        day = plus(day, 1)
        n -= worked(day, notices)
    return day


def two_months_after(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month + 1, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


# ---- the law, as the tables have it ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Law:
    """What an office can set, as it was when an event was recorded."""

    plain: tuple[tuple[str, int], ...] = (
        ("dispatch", 15),
        ("acceptance", 15),
        ("completion", 60),
        ("review_window", 30),
        ("recheck_window", 30),
        ("review", 30),
        ("recheck", 30),
        ("rating", 30),
    )
    roll: bool = False
    checked: bool = False
    office: int = 0  # days to answer what the law gives no time for; 0: none
    longest: int = 30  # days of extension in all
    notices: Notices = ()

    def with_days(self, kind: str, n: int) -> Law:
        return replace(self, plain=tuple((k, n if k == kind else was) for k, was in self.plain))


WORKING = {"redispatch": 5, "decision": 5, "objection": 5, "simple": 10}
OWNER = {
    **dict.fromkeys(("dispatch", "redispatch", "decision", "report_up"), "bureau"),
    **dict.fromkeys(("objection", "acceptance", "completion", "duty", "feedback", "fulfilment", "redo"), "unit"),
    **dict.fromkeys(("review_window", "recheck_window", "rating"), "petitioner"),
    **dict.fromkeys(("review", "recheck"), "body"),
    **dict.fromkeys(("office", "supervision", "order"), "unit"),
    "assistance": "assisting_unit",
}
WINDOWS = {"objection", "review_window", "recheck_window", "rating"}
OF_THE_UNIT = {"objection", "acceptance", "completion", "duty", "office", "feedback", "redo", "supervision"}
BEFORE_A_UNIT = {"dispatch", "redispatch"}
STOPS: dict[str, set[str]] = {
    "assign": BEFORE_A_UNIT,
    "refuse": {*BEFORE_A_UNIT, "acceptance"},
    "redirect": {*BEFORE_A_UNIT, "acceptance"},
    "file": BEFORE_A_UNIT,
    "close": {*BEFORE_A_UNIT, "acceptance", "completion", "duty", "office", "assistance", "redo"},
    "return_up": {*BEFORE_A_UNIT, "decision"},
    "uphold": {"decision"},
    "overrule": {"decision"},
    "object": {"objection"},
    "accept": {"objection", "acceptance"},
    "report_up": {"report_up"},
    "fulfil": {"fulfilment"},
    "review": {"review_window"},
    "review_result": {"review"},
    "recheck": {"recheck_window"},
    "recheck_result": {"recheck"},
    "supervise_answered": {"supervision"},
}
FALLS: dict[str, set[str]] = {
    "assign": OF_THE_UNIT,
    "uphold": {*OF_THE_UNIT, "assistance"},
    "redirect": {*OF_THE_UNIT, "assistance"},
    "refuse": {"objection", "assistance"},
    "close": {"objection"},
    "return_up": {*OF_THE_UNIT, "assistance", "report_up", "order"},
    "withdraw": {*OF_THE_UNIT, *BEFORE_A_UNIT, "assistance", "decision", "report_up", "rating", "order"},
}
OPEN = ("registered", "assigned", "accepted", "reported", "objected")
LATER = ("closed", "in_review", "reviewed", "in_recheck", "finalised")
MOVES: dict[str, tuple[str, ...]] = {
    "assign": ("registered", "assigned", "accepted"),
    "object": ("assigned",),
    "uphold": ("objected",),
    "overrule": ("objected",),
    "accept": ("assigned",),
    "refuse": ("registered", "assigned"),
    "redirect": ("registered", "assigned", "accepted"),
    "file": ("registered",),
    "return_up": ("registered", "objected"),
    "close": ("registered", "assigned", "accepted", "redirected"),
    "approve": ("reported",),
    "return": ("reported",),
    "withdraw": (*OPEN, "in_review", "in_recheck"),
    "review": ("closed",),
    "review_result": ("in_review",),
    "recheck": ("reviewed",),
    "recheck_result": ("in_recheck",),
}
STAYS: dict[str, tuple[str, ...] | None] = {  # None: at any stage
    "sign": ("assigned",),
    "convert": ("accepted",),
    "extend": ("accepted",),
    "note": None,
    "assist": ("assigned", "accepted"),
    "answered": ("assigned", "accepted"),
    "deliver": ("closed", "reviewed", "redirected"),
    "fulfil": LATER,
    "hearing": ("in_recheck",),
    "report_up": None,
    "rate": None,
    "exclude": None,
    "include": None,
    "supervise": OPEN,
    "supervise_answered": None,
    "remind": None,  # at an open stage, or while a duty's clock runs
    "order": None,
    "follow": None,
    "step": None,
    "tag": None,
}
LOOP = ("carried_out", "fed_back", "followed_up")


@dataclass
class Ev:
    kind: str
    on: date
    said: dict[str, Any]
    seq: int
    law: Law
    before: int | None = None  # the event of the same day that it went in front of


@dataclass
class Clock:
    kind: str
    unit: str | None
    start: date
    by: int
    fixed: date | None = None
    simple: bool = False
    extra: int = 0
    stop: date | None = None
    void: bool = False
    over: bool = False  # a window that nobody used, shut by what came after
    law: Law | None = None  # of the event that ended it
    ender: int = 0

    def due(self, law: Law) -> date:
        if self.fixed is not None:
            return plus(self.fixed, self.extra)
        kind = "simple" if self.simple else self.kind
        if kind == "duty":
            day = two_months_after(self.start)
        elif kind == "office":
            day = plus(self.start, law.office)
        elif kind in WORKING:
            day = workdays_after(self.start, WORKING[kind], law.notices)
        else:
            day = plus(self.start, dict(law.plain)[kind])
        day = plus(day, self.extra)
        while law.roll and not worked(day, law.notices):
            day = plus(day, 1)
        return day

    def given_up(self, law: Law) -> bool:
        """The office set this time itself and takes it back while it runs."""
        return self.kind == "office" and not law.office

    @property
    def open(self) -> bool:
        return self.stop is None and not self.void and not self.over

    def end(self, event: Ev, on: date | None = None) -> None:
        self.stop, self.law, self.ender = on or event.on, event.law, event.seq

    def run_on(self) -> None:
        self.stop, self.void, self.over, self.law, self.ender = None, False, False, None, 0

    def fall(self, event: Ev, whatever_the_day: bool = False) -> None:
        if whatever_the_day or event.on <= self.due(event.law):
            self.end(event)
            self.stop, self.void = None, True
        elif self.kind in WINDOWS:
            self.end(event)
            self.stop, self.over = None, True
        else:
            self.end(event)

    def state(self, today: date, law: Law) -> str:
        due = self.due(self.law or law)
        if self.void or (self.open and self.given_up(law)):
            return "void"
        if self.stop is not None and self.stop <= today:
            return "late" if self.stop > due else "met"
        if today <= due:
            return "running"
        return "lapsed" if self.kind in WINDOWS else "overdue"


@dataclass
class State:
    """A case after some of its events."""

    merged: bool = False  # whether the one unit is part of the other by now
    stage: str = ""
    since: date = FIRST
    received: date = FIRST
    source: str = "own"
    kind: str = "appeal"
    repeat: bool = False
    unit: str | None = None
    assigned: date | None = None
    assign_seq: int = 0
    signed: date | None = None
    reached: date | None = None  # signed for in time: the authority has it
    told: date | None = None
    pathway: str | None = None
    closed: date | None = None
    close_seq: int = 0
    closed_from: str = ""
    promise: date | None = None
    delivered: date | None = None
    result_delivered: date | None = None
    redirected: bool = False
    extended: int = 0
    excluded: bool = False
    later: Sequence[Ev] = ()  # what happened after the moment that is asked about
    stands: bool = False  # the closing that waits was approved later
    early: dict[str, Ev] = field(default_factory=dict)  # what stopped a clock before the approval that started it
    hearing: set[date] = field(default_factory=set)
    orders: dict[int, dict[str, date]] = field(default_factory=dict)  # by event: its day, and those of the steps done
    clocks: list[Clock] = field(default_factory=list)

    def find(self, kind: str) -> Clock | None:
        return next((c for c in reversed(self.clocks) if c.kind == kind and c.open), None)

    def now_called(self, unit: str | None) -> str | None:
        return INTO if self.merged and unit == MERGED else unit

    @property
    def reviewable(self) -> bool:
        missing = self.closed is not None and self.unit is not None and self.pathway is None  # 缺受理
        written = self.kind == "appeal" if missing else self.pathway in ("opinion", "simple")
        return written and not self.redirected

    # -- may it happen? "late" where a right was used after its last day; what an edit, a link or a merger can bring about
    # afterwards has words of its own; "no" for everything else

    def against(self, event: Ev, today: date, later: Sequence[Ev] = ()) -> str | None:
        kind, on, said = event.kind, event.on, event.said
        # A closing that was approved stands from the unit's day; what followed it may have come before the approval.
        decision = next((other.kind for other in later if other.kind in ("approve", "return", "withdraw")), "")
        self.stands, self.later = self.stage == "reported" and decision == "approve", later
        if kind == "register":
            return "no" if self.stage or on > today or (said.get("report_by") or on) < on else None
        allowed = (
            MOVES.get(kind)
            or STAYS[kind]
            or (*OPEN, *LATER, "refused", "redirected", "filed", "withdrawn", "returned_up")
        )
        if (self.stage not in allowed and not (self.stands and kind in ("deliver", "fulfil"))) or on > today:
            return "no"
        if on < (self.since if kind in MOVES else self.received):
            return "no"
        check: Callable[[Ev, date], str | None] | None = getattr(self, f"_{kind}", None)
        if check is not None:
            return check(event, today)
        if kind in ("review_result", "recheck_result"):
            wrong = self._told_or_delivered(said.get("delivered_on"), event, today)
            return wrong or ("no" if said["result"] == "revoked" and said["redo_by"] < on else None)
        return None

    def _told_or_delivered(self, day: date | None, event: Ev, today: date) -> str | None:
        return "no" if day is not None and not event.on <= day <= today else None

    def _is_accused(self, unit: str | None) -> bool:
        return self.kind == "accusation" and unit == ACCUSED

    def _before_sign(self, event: Ev) -> bool:
        return self.signed is not None and event.on < self.signed

    def _assign(self, event: Ev, today: date) -> str | None:
        said = event.said
        if self._is_accused(said["unit"]):
            return "accused"
        if self._before_sign(event):
            return "no"
        if said["unit"] == self.now_called(self.unit):
            return "same unit"
        if (said["mode"] == "task") != (said.get("feedback_by") is not None):
            return "no"
        return "no" if said["mode"] == "task" and said["feedback_by"] < event.on else None

    def _sign(self, event: Ev, today: date) -> str | None:
        assert self.assigned is not None
        used = next((c for c in self.clocks if c.kind == "objection" and c.by == self.assign_seq), None)
        after_objection = used is not None and used.stop is not None and event.on > used.stop
        return "no" if event.on < self.assigned or after_objection else None

    def _object(self, event: Ev, today: date) -> str | None:
        if self._before_sign(event):
            return "no"
        window = next(c for c in self.clocks if c.kind == "objection" and c.by == self.assign_seq)
        return "late" if event.on > window.due(event.law) and not event.said.get("late_reason") else None

    def _accept(self, event: Ev, today: date) -> str | None:
        said = event.said
        pathway, due = said["pathway"], said.get("due_on")
        if self._before_sign(event) or self._told_or_delivered(said["told_on"], event, today):
            return "no"
        if (pathway in ("duty", "simple") and self.kind != "appeal") or (pathway == "simple" and self.repeat):
            return "pathway"
        if due is not None and pathway != "duty":
            return "pathway"
        return "no" if due is not None and due < event.on else None

    def _convert(self, event: Ev, today: date) -> str | None:
        return None if self.pathway == "simple" else "no"

    def _return_up(self, event: Ev, today: date) -> str | None:
        return "source" if self.source == "own" else None

    def _extend(self, event: Ev, today: date) -> str | None:
        said = event.said
        clock = self.find(said["clock"])
        if clock is None or clock.simple:
            return "no"
        if said["clock"] == "completion" and self.extended + said["days"] > event.law.longest:
            return "no"
        return "late" if event.on > clock.due(event.law) else None

    def _assist(self, event: Ev, today: date) -> str | None:
        unit = event.said["unit"]
        if self._is_accused(unit):
            return "accused"
        if unit == self.now_called(self.unit):
            return "same unit"
        return "no" if event.said["answer_by"] < event.on else None

    def _answered(self, event: Ev, today: date) -> str | None:
        waiting = any(c.kind == "assistance" and c.unit == event.said["unit"] and c.open for c in self.clocks)
        return None if waiting else "no"

    def _close(self, event: Ev, today: date) -> str | None:
        said = event.said
        if self._told_or_delivered(said.get("delivered_on"), event, today):
            return "no"
        if self.stage == "assigned" and self._before_sign(event):
            return "no"
        promise = said.get("fulfil_by")
        return "no" if promise is not None and (said["outcome"] != "supported" or promise < event.on) else None

    def _deliver(self, event: Ev, today: date) -> str | None:
        told = self.result_delivered if self.stage == "reviewed" else self.delivered
        first = next((other.on for other in self.later if other.kind == "deliver" and other.seq < event.seq), told)
        return "no" if event.on < self.since or (first is not None and event.on < first) else None

    def _fulfil(self, event: Ev, today: date) -> str | None:
        promised = self.find("fulfilment") is not None or (self.stands and self.promise is not None)
        return "no" if not promised or (self.closed and event.on < self.closed) else None

    def _in_time(self, event: Ev, window: str, delivered: date | None) -> str | None:
        clock = next((c for c in reversed(self.clocks) if c.kind == window), None)
        if clock is None:
            return None
        if delivered is not None and event.on < delivered:
            return "no"
        if event.on <= clock.due(event.law) or delivered is None or event.said.get("late_reason"):
            return None
        return "late"

    def _review(self, event: Ev, today: date) -> str | None:
        return self._in_time(event, "review_window", self.delivered) if self.reviewable else "no"

    def _recheck(self, event: Ev, today: date) -> str | None:
        return self._in_time(event, "recheck_window", self.result_delivered)

    def _hearing(self, event: Ev, today: date) -> str | None:
        first, last = event.said["from_on"], event.said["to_on"]
        return None if self.since <= first <= last else "no"

    def _rate(self, event: Ev, today: date) -> str | None:
        return "no" if event.said.get("unit_rating") and not (self.stands or self.stage in LATER) else None

    def _exclude(self, event: Ev, today: date) -> str | None:
        return "no" if self.excluded else None

    def _include(self, event: Ev, today: date) -> str | None:
        return None if self.excluded else "no"

    def _supervise(self, event: Ev, today: date) -> str | None:
        if self._is_accused(self.unit):
            return "accused"
        return "no" if self.unit is None or event.said["answer_by"] < event.on else None

    def _supervise_answered(self, event: Ev, today: date) -> str | None:
        return None if self.find("supervision") else "no"

    def _remind(self, event: Ev, today: date) -> str | None:
        duty = any(c.open and OWNER[c.kind] != "petitioner" and c.kind != "objection" for c in self.clocks)
        if not duty and self.stage not in OPEN:
            return "no"
        return "accused" if self._is_accused(self.unit) else None

    def _order(self, event: Ev, today: date) -> str | None:
        unit = event.said.get("unit") or self.unit
        if self._is_accused(unit):
            return "accused"
        return "no" if unit is None or event.said["answer_by"] < event.on else None

    def _follow(self, event: Ev, today: date) -> str | None:
        done = self.orders.get(event.said["order"])
        if done is None or event.said["loop"] != next((step for step in LOOP if step not in done), None):
            return "no"
        return "no" if event.on < max(done.values()) else None

    # -- what it does

    def happen(self, event: Ev) -> None:
        kind, on, said = event.kind, event.on, event.said
        stops, falls = STOPS.get(kind, set()), FALLS.get(kind, set())
        if kind == "withdraw" and self.stage in ("in_review", "in_recheck"):
            falls = {"review" if self.stage == "in_review" else "recheck"}
        for clock in self.clocks:
            if clock.void or clock.over or (clock.stop is not None and clock.stop <= on):
                continue  # told on a day still to come: until that day the clock ran on
            if clock.kind in stops | falls and clock.given_up(event.law):
                clock.fall(event, whatever_the_day=True)
            elif clock.kind in stops:
                if kind == "accept" and clock.kind == "objection" and on > clock.due(event.law):
                    clock.fall(event)
                else:
                    clock.end(event, said["told_on"] if kind == "accept" and clock.kind == "acceptance" else on)
            elif clock.kind in falls:
                clock.fall(event, kind == "uphold" and OWNER[clock.kind] == "unit")
        self._become(event)

    def _start(self, kind: str, event: Ev, day: date, fixed: date | None = None, unit: str | None = None) -> Clock:
        clock = Clock(kind, unit or (self.unit if OWNER[kind] == "unit" else None), day, event.seq, fixed)
        self.clocks.append(clock)
        return clock

    def _enter(self, stage: str, event: Ev) -> None:
        self.stage, self.since = stage, event.on

    def _become(self, event: Ev) -> None:
        kind, on, said = event.kind, event.on, event.said
        match kind:
            case "register":
                self.received, self.source, self.kind = on, said["source"], said["kind"]
                self.repeat = said.get("repeat", False)
                self._enter("registered", event)
                self._start("dispatch", event, on)
                if said.get("report_by"):
                    self._start("report_up", event, on, said["report_by"])
            case "assign":
                self.unit, self.assigned, self.assign_seq = said["unit"], on, event.seq
                self.signed = self.reached = self.told = self.pathway = None
                self.extended = 0
                self._enter("assigned", event)
                self._start("objection", event, on)
                self._start("acceptance", event, on)
                if said["mode"] == "task":
                    self._start("feedback", event, on, said["feedback_by"])
            case "sign":
                self.signed = on
                mine = [clock for clock in self.clocks if clock.by == self.assign_seq and clock.open]
                late = any(clock.kind == "acceptance" and on > clock.due(event.law) for clock in mine)
                for clock in () if late else mine:
                    clock.start = on
                self.reached = self.reached if late else on
            case "object":
                self._enter("objected", event)
                self._start("decision", event, on)
            case "uphold":
                self.unit = self.assigned = self.signed = None
                self._enter("registered", event)
                self._start("redispatch", event, on)
            case "overrule":
                self._enter("assigned", event)
            case "accept":
                self.told, self.pathway = said["told_on"], said["pathway"]
                self._enter("accepted", event)
                if self.pathway in ("opinion", "simple"):
                    self._start("completion", event, on).simple = self.pathway == "simple"
                elif self.pathway == "duty":
                    self._start("duty", event, self.reached or self.received, said.get("due_on"))
                elif event.law.office:
                    self._start("office", event, on)
            case "convert":
                self.pathway = "opinion"
                if running := self.find("completion"):
                    running.simple = False
            case "refuse" | "redirect" | "file" | "return_up":
                self.redirected = self.redirected or kind == "redirect"
                names = {"refuse": "refused", "redirect": "redirected", "file": "filed", "return_up": "returned_up"}
                self._enter(names[kind], event)
            case "extend":
                if running := self.find(said["clock"]):
                    running.extra += said["days"]
                if said["clock"] == "completion":
                    self.extended += said["days"]
            case "note" if said.get("report"):
                if running := self.find("feedback"):
                    running.end(event)
            case "assist":
                self._start("assistance", event, on, said["answer_by"], said["unit"])
            case "answered":
                for clock in self.clocks:
                    if clock.kind == "assistance" and clock.unit == said["unit"] and clock.open:
                        clock.end(event)
            case "close":
                self.close_seq, self.closed, self.delivered = event.seq, on, said.get("delivered_on")
                self.closed_from = self.stage
                self.promise, self.early = said.get("fulfil_by"), {}
                if said.get("report") and (running := self.find("feedback")):
                    running.end(event)
                if said.get("checked"):
                    self._enter("reported", event)
                else:
                    self._enter("closed", event)
                    self._stands(event, on)
            case "approve":
                self._enter("closed", event)
                if self.closed:  # else refused: asked what would follow, no more
                    self._stands(event, self.closed)
                for name, earlier in self.early.items():
                    if running := self.find(name):
                        running.end(earlier)
            case "return":
                self.closed = self.delivered = None
                self._enter(self.closed_from, event)
                for clock in self.clocks:
                    if clock.ender == self.close_seq:
                        clock.run_on()
                        if clock.kind == "acceptance" and self.told:
                            clock.end(event, self.told)
            case "deliver":
                if self.stage == "reviewed":
                    self.result_delivered = on
                else:
                    self.delivered = on
                waiting = self.find("recheck_window") or self.find("review_window")
                if waiting:
                    waiting.start = on
            case "withdraw":
                if self.stage == "in_review":
                    self._enter("closed", event)
                    self._right_again("review_window")
                elif self.stage == "in_recheck":
                    self._enter("reviewed", event)
                    self._right_again("recheck_window")
                else:
                    self.closed = self.delivered = None
                    self._enter("withdrawn", event)
            case "review":
                self._enter("in_review", event)
                self._start("review", event, on)
            case "recheck":
                self.hearing = set()
                self._enter("in_recheck", event)
                self._start("recheck", event, on)
            case "review_result" | "recheck_result":
                self._result(event)
            case "hearing":
                self.hearing |= {plus(said["from_on"], n) for n in range((said["to_on"] - said["from_on"]).days + 1)}
                if running := self.find("recheck"):
                    running.extra = len(self.hearing)
            case "rate" if said.get("unit_rating"):
                if running := self.find("rating"):
                    running.end(event)
                elif self.stage == "reported":
                    self.early["rating"] = event
            case "fulfil" if self.stage == "reported":
                self.early["fulfilment"] = event
            case "exclude" | "include":
                self.excluded = kind == "exclude"
            case "supervise":
                self._start("supervision", event, on, said["answer_by"])
            case "order":
                self._start("order", event, on, said["answer_by"], said.get("unit"))
                self.orders[event.seq] = {"": on}
            case "follow":
                self.orders.get(said["order"], {})[said["loop"]] = on
                if said["loop"] == "carried_out":
                    for clock in self.clocks:
                        if clock.kind == "order" and clock.by == said["order"] and clock.open:
                            clock.end(event)

    def _stands(self, event: Ev, day: date) -> None:
        if self.reviewable:
            self._start("review_window", event, self.delivered or day)
        ratable = not self.repeat and self.kind != "accusation" and not self.redirected
        if ratable and not any(clock.kind == "rating" for clock in self.clocks):
            self._start("rating", event, day)
        if self.promise:
            self._start("fulfilment", event, day, self.promise)

    def _reopened(self, event: Ev) -> None:
        self.closed = self.delivered = None
        self._enter("accepted", event)

    def _right_again(self, window: str) -> None:
        """A request that came to nothing leaves the right."""
        clock = next((c for c in reversed(self.clocks) if c.kind == window), None)
        if clock is not None and not clock.void:
            clock.run_on()

    def _result(self, event: Ev) -> None:
        said, review = event.said, event.kind == "review_result"
        result = said["result"]
        if review:
            self.result_delivered = said.get("delivered_on")
        if result == "revoked" and said.get("back_to") == "reviewer":
            self._enter("in_review", event)
            self._start("review", event, event.on, said["redo_by"])
        elif result == "revoked":
            for clock in self.clocks:
                if clock.kind == "fulfilment" and clock.open:
                    clock.fall(event)
            self._reopened(event)
            self._start("redo", event, event.on, said["redo_by"])
        elif result == "declined":
            self._enter("closed" if review else "reviewed", event)
            self._right_again("review_window" if review else "recheck_window")
        else:
            self._enter("reviewed" if review else "finalised", event)
            if review:
                self._start("recheck_window", event, said.get("delivered_on") or event.on)


def in_order(events: Sequence[Ev]) -> list[Ev]:
    """By day, then as recorded; one that went in front of another of its day stays there while that one is there."""
    days = {event.seq: event.on for event in events}
    in_front = [e for e in events if e.before is not None and days.get(e.before) == e.on]
    listed = sorted((e for e in events if e not in in_front), key=lambda e: (e.on, e.seq))
    for event in sorted(in_front, key=lambda e: e.seq):  # one may stand in front of another
        listed.insert(next(n for n, other in enumerate(listed) if other.seq == event.before), event)
    return listed


def after(events: Sequence[Ev], merged: bool = False) -> State:
    state = State(merged=merged)
    for event in events:
        state.happen(event)
    return state


def refused(events: Sequence[Ev], today: date, merged: bool) -> set[tuple[int, str]]:
    """What the law has against each event as things stood when it happened."""
    state, found = State(merged=merged), set()
    for place, event in enumerate(events, 1):
        why = state.against(event, today, events[place:])
        if why is not None:
            found.add((event.seq, why))
        state.happen(event)
    return found


TURN = ("sign", "accept", "object", "extend", "assist", "answered")
"""They belong to the turn of the unit that has the case; so does its report, a note of another kind."""


def of_a_turn(event: Ev) -> bool:
    return event.kind in TURN or (event.kind == "note" and bool(event.said.get("report")))


def turn_began(log: Sequence[Ev]) -> int:
    return max((place for place, other in enumerate(log) if other.kind in ("assign", "uphold")), default=0)


def in_its_turn(log: Sequence[Ev], event: Ev) -> bool:
    began = turn_began(log)
    earlier = any(other.kind in ("assign", "uphold") and other.on <= event.on for other in log[:began])
    return not earlier or event.on >= log[began].on


def turn_of(log: Sequence[Ev], seq: int) -> int:
    """The event that began the turn an event lies in; 0 where nobody has had the case."""
    place = next(place for place, event in enumerate(log) if event.seq == seq)
    began = log[turn_began(log[:place])]
    return began.seq if began.kind in ("assign", "uphold") else 0


@dataclass
class File:
    """One case: all that was recorded, and what is taken back."""

    no: str
    events: list[Ev] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    repeat_of: str | None = None
    count: int = 0  # events recorded, of whatever kind
    merged: bool = False

    def standing(self) -> list[Ev]:
        """In force, in the order they happened; corrections and links applied."""
        kept = {e.seq: replace(e) for e in self.events if e.seq not in self.gone}
        intake: dict[str, Any] = {}
        for event in list(kept.values()):
            if event.kind == "correct" and event.said["event"] in kept:
                target = kept[event.said["event"]]
                target.on = event.said["on"]
                target.said = {**target.said, **event.said["set"]}
            elif event.kind == "link":
                intake["repeat"] = True
            elif event.kind == "edit":
                intake |= event.said
        happened = [e for e in kept.values() if e.kind not in TIMELESS]
        if intake and happened and happened[0].kind == "register":
            happened[0].said = {**happened[0].said, **intake}
        return in_order(happened)

    def state(self, today: date | None = None) -> State:
        """After all that stands; as of a day, with only those days of a hearing set ahead that were held by it."""
        state = after(self.standing(), self.merged)
        if today is not None and (running := state.find("recheck")):
            running.extra = sum(day <= today for day in state.hearing)
        return state

    def take(self, event: Ev, today: date) -> bool:
        """Add an event if the law lets it happen."""
        if not self._fits_in(event, today):
            return False
        self.events.append(event)
        return True

    def _fits_in(self, event: Ev, today: date) -> bool:
        log = self.standing()
        last = log[-1].on
        if of_a_turn(event) and not in_its_turn(log, event):
            return False
        unlimited = event.kind == "accept" and event.said["pathway"] not in ("opinion", "simple", "duty")
        if unlimited and log[0].said["kind"] == "appeal":  # without a reason
            return False
        if event.kind in MOVES or event.on >= last:
            if after(log, self.merged).against(event, today) is None:
                return event.on >= last or self._leaves_the_rest(log, event, today)
            if event.kind in MOVES or event.on > last:
                return False
        upto = [other for other in log if other.on <= event.on]
        least = turn_began(upto) if of_a_turn(event) else 0
        for cut in range(len(upto), least, -1):  # the evening of its day, or else earlier on it
            if cut < len(upto) and upto[cut].on < event.on:
                return False
            event.before = upto[cut].seq if cut < len(upto) else None
            if after(upto[:cut], self.merged).against(event, today, log[cut:]) is None and self._leaves_the_rest(
                log, event, today
            ):
                return True
        return False

    def _leaves_the_rest(self, log: list[Ev], event: Ev, today: date) -> bool:
        """Nothing recorded becomes impossible; a right used in time by what was known then stays used in time, and
        what the bureau sent out before it knew better is not in the way."""
        new = refused(in_order([*log, event]), today, self.merged) - refused(log, today, self.merged)
        sent = {other.seq for other in log if other.kind in SENT}
        return not any(seq == event.seq or (why != "late" and seq not in sent) for seq, why in new)

    def correct(self, seq: int, on: date | None, fields: dict[str, Any], today: date, law: Law) -> bool:
        log = self.standing()
        target = next(e for e in log if e.seq == seq)
        other = {name: value for name, value in fields.items() if target.said.get(name) != value}
        if (on is not None and on > today) or (on in (None, target.on) and not other):
            return False
        fields = dict(fields)
        told = target.said.get("told_on")
        said = "told_on" in fields or target.said.get("told_said")
        if target.kind == "accept" and on is not None and not said and told == target.on:
            fields["told_on"] = on
        event = Ev("correct", today, {"event": seq, "on": on or target.on, "set": fields}, self.count + 1, law)
        self.events.append(event)
        new = self.standing()
        sent = {other.seq for other in log if other.kind in SENT and other.seq != seq}
        found = refused(new, today, self.merged) - refused(log, today, self.merged)
        wrong = {one for one in found if one[0] not in sent}
        was, now = turn_of(log, seq), turn_of(new, seq)
        if of_a_turn(target) and was and now and was != now:
            wrong.add((seq, "no"))
        if new[0].kind != "register" or wrong:
            self.events.pop()
            return False
        return True


TIMELESS = ("link", "correct", "edit")
SENT = ("supervise", "remind")


# ---- the machine -------------------------------------------------------------------------------------------------

BACK = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 5, 8, 13, 21, 40, -1)
AHEAD = (-1, 0, 2, 5, 12, 30)
SOON = (-1, 0, 0, 0, 0, 1, 3, 6)
CLERKS = ("测试甲", "测试甲", "测试甲", "测试乙")
OFFICE = "测试主任"  # sets rules and days off, and takes them back
LIKELY = {  # so that a case comes far
    "registered": ["assign"] * 8 + ["close"],
    "assigned": ["accept"] * 5 + ["object"] * 2 + ["assign", "close"],
    "closed": ["review"] * 6 + ["deliver"],
    "reviewed": ["recheck", "recheck", "deliver"],
    "accepted": ["close", "close", "close", "assign"],
}
AT_REST = ("finalised", "refused", "redirected", "filed", "withdrawn", "returned_up")
ENDINGS = ("refuse", "redirect", "file", "return_up", "withdraw")
SEED = st.integers(0, 2**63)
APPROVED = {"approved_by": "测试甲", "reason": "测试"}
PATHWAY = {"appeal": "opinion", "suggestion": "suggestion", "accusation": "accusation", "inquiry": "answer"}


class Office(RuleBasedStateMachine):
    """Two clerks, a few cases, many days."""

    empty: Path
    taken: ClassVar[Counter[str]] = Counter()

    @initialize(checked=st.booleans())
    def open(self, checked: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="xinfang-machine-"))
        self.path = self.folder / "book.db"
        shutil.copyfile(self.empty, self.path)
        self.today, self.rolled = FIRST, 0
        self.law = Law()
        self.files: dict[str, File] = {}
        self.commands: list[tuple[str, dict[str, list[int]]]] = []
        self.undone: set[int] = set()
        self.laws: list[Law] = []  # before each thing that the office changed and has not taken back
        self.registered = 0
        self.merged = False
        for unit in UNITS:
            units.add(self.clerk("测试局长"), units.NewUnit(unit))
        if checked:
            self.law = replace(self.law, checked=True)
            office_settings.change(self.clerk("测试局长"), office_settings.Wanted("check_closings", "是"))
        self.ids = {unit: place for place, unit in enumerate(UNITS, 1)}

    def clerk(self, actor: str) -> Session:
        made = Session(self.path, self.today, actor)
        made.anyway = True  # they work at one moment, and know of each other's doings
        made.why = "登记写错了"  # and say why where an accusation is laid open
        return made

    def dice(self, seed: int) -> Random:
        """Hypothesis likes some numbers and gives them again and again: with what came before, each is a new one."""
        self.rolled = hash((self.rolled, seed))
        return Random(self.rolled)

    def tried(self, does: Callable[[], Any]) -> Any:
        try:
            return does()
        except Refused as refusal:
            self.refusal = refusal
            return None

    def record(self, actor: str, written: dict[str, list[int]]) -> None:
        if written:
            self.commands.append((actor, written))

    # -- rules

    @rule(n=st.sampled_from((0, 1, 1, 2, 3, 5, 8, 13, 20, 35)))
    def days_pass(self, n: int) -> None:
        self.today = min(plus(self.today, n), LAST)

    @rule(seed=SEED)
    def a_letter_comes(self, seed: int) -> None:
        self.register(self.dice(seed))

    def register(self, rng: Random) -> None:
        draw = rng.choice
        received = plus(self.today, -draw(BACK))
        kind = draw(("appeal", "appeal", "appeal", "appeal", "suggestion", "accusation", "inquiry"))
        report = draw((None, None, None, 20, 45, -2))
        actor = draw(CLERKS)
        fields: dict[str, Any] = {"channel": "letter", "kind": kind, "title": "测试件"}
        fields["source"] = draw(("own", "own", "forwarded", "tasked"))
        if report is not None:
            fields["report_by"] = plus(received, report)
        said = dict(fields)
        if kind == "accusation":
            fields["complained_unit"] = ACCUSED
        done = self.tried(lambda: registering.add(self.clerk(actor), received, fields))
        assert (done is None) == (received > self.today or (report or 0) < 0)
        if done is not None:
            no = done.cases[0].case.case_no
            self.registered += 1
            self.files[no] = File(no, [Ev("register", received, said, 1, self.law)], count=1, merged=self.merged)
            self.record(actor, {no: [1]})
            self.compare(no)

    @precondition(lambda self: self.files)
    @rule(seed=SEED)
    def a_morning(self, seed: int) -> None:
        self.work(self.dice(seed))

    @precondition(lambda self: self.files)
    @rule(seed=SEED)
    def an_afternoon(self, seed: int) -> None:
        self.work(self.dice(seed))

    @precondition(lambda self: self.files)
    @rule(seed=SEED)
    def an_evening(self, seed: int) -> None:
        rng = self.dice(seed)
        for _ in range(5):
            self.something_rarer(rng)

    def something_rarer(self, rng: Random) -> None:
        if not self.files:  # the last one was taken back
            return
        office = (
            *(self.the_office_sets_a_rule, self.a_day_off_is_announced, self.units_merge),
            self.the_office_thinks_better_of_it,
        )
        rng.choice((self.correct, self.correct, self.correct, self.edit, self.link, self.undo, rng.choice(office)))(rng)

    def work(self, rng: Random) -> None:
        for _ in range(25):
            if rng.random() < 0.15 and len(self.files) < 15:
                self.register(rng)
            if self.files:
                self.something_happens(rng)
            if rng.random() < 0.12:
                self.something_rarer(rng)
            self.today = min(plus(self.today, rng.choice((0, 0, 1, 2, 4, 9))), LAST)

    def something_happens(self, rng: Random) -> None:
        draw = rng.choice
        stages = {no: file.state().stage for no, file in self.files.items()}
        lively = [no for no in sorted(stages) if stages[no] not in AT_REST and rng.random() < 0.9]
        known = lively or sorted(stages)
        numbers = rng.sample(known, min(draw((1, 1, 1, 2)), len(known)))
        actor = draw(CLERKS)
        stage = stages[numbers[0]]
        moves = LIKELY.get(stage) or [kind for kind, where in MOVES.items() if stage in where and kind not in ENDINGS]
        endings = [kind for kind in ENDINGS if stage in MOVES[kind]]
        stays = [kind for kind, where in STAYS.items() if where is not None and stage in where and stage != "closed"]
        stays += ["extend"] * 4 * (stage == "accepted")
        anytime = [kind for kind, where in STAYS.items() if where is None]
        kind = draw(draw([kinds for kinds in (moves, moves, moves, stays, stays, stays, anytime) if kinds]))
        if rng.random() < 0.06 and endings:
            kind = draw(endings)
        if rng.random() < 0.08:
            kind = draw([*MOVES, *STAYS])
        on = plus(self.today, -draw(BACK))
        said = self.say(kind, on, draw)
        keep_going = len(numbers) > 1 and draw((True, False))
        done = self.tried(lambda: self.do(actor, kind, numbers, on, said, keep_going))
        written: dict[str, list[int]] = {}
        taken: list[str] = []
        for no in numbers:
            file = self.files[no]
            full = dict(said)
            if kind == "accept":
                full["pathway"] = said["pathway"] or PATHWAY[file.state().kind]
                full["told_said"] = said["told_on"] is not None
            if kind == "close" and self.law.checked:
                full["checked"] = True
            if kind == "answered":
                full["unit"] = self.asked_unit(file, said["unit"])
            if kind == "order" and full["unit"] is None:
                del full["unit"]
            if file.take(Ev(kind, on, full, file.count + 1, self.law), self.today):
                if said.get("unit") == ACCUSED and kind != "answered" and self.beside_an_accusation(no):
                    file.events.pop()  # it leads there (art. 30)
                else:
                    taken.append(no)
        if len(taken) < len(numbers) and not keep_going:
            for no in taken:
                self.files[no].events.pop()
            taken = []
            assert done is None, f"{kind} {on} {said} was taken for {numbers}, the model refuses"
        else:
            assert done is not None, (
                f"{kind} {on} {said} was refused for {numbers}, the model takes it: {self.refusal!r}"
            )
            assert [changed.case.case_no for changed in done.cases] == taken
        for no in taken:
            self.files[no].count += 1
            written[no] = [self.files[no].count]
        self.record(actor, written)
        self.taken[kind] += len(taken)
        for no in taken or numbers[:1]:
            self.compare(no)

    def beside_an_accusation(self, no: str) -> bool:
        """Whether a case repeats an accusation, or one repeats it, or they repeat the same."""
        about = {no, self.files[no].repeat_of}
        kin = {other for other, file in self.files.items() if other in about or file.repeat_of in about - {None}}
        return any(self.files[other].state().kind == "accusation" for other in kin - {no})

    def asked_unit(self, file: File, unit: str) -> str:
        """A unit that took another in answers for the one that was asked."""
        asked = [c.unit for c in file.state().clocks if c.kind == "assistance" and c.open]
        state = State(merged=self.merged)
        return next((str(one) for one in asked if state.now_called(one) == unit), unit)

    def say(self, kind: str, on: date, draw: Callable[[Sequence[Any]], Any]) -> dict[str, Any]:
        def ahead(days: Sequence[int]) -> date:
            return plus(on, draw(days))

        unit = State(merged=self.merged).now_called(draw(UNITS))
        match kind:
            case "assign":
                mode = draw(("forward", "forward", "task"))
                by = ahead(AHEAD) if mode == "task" else None
                return {"unit": unit, "mode": mode, "feedback_by": by}
            case "object":
                return {"reason": "测试", "late_reason": draw((None, None, "测试"))}
            case "accept":
                pathway = draw((None, None, None, "simple", "duty", "opinion", "answer"))
                due = ahead(AHEAD) if pathway == "duty" and draw((True, False)) else None
                return {"told_on": ahead(SOON), "pathway": pathway, "due_on": due}
            case "extend":
                return {"days": draw((5, 10, 20, 30)), "clock": draw(CLOCKS_EXTENDED), **APPROVED}
            case "note":
                return {"text": "测试", "report": draw((None, True))}
            case "assist":
                return {"unit": unit, "answer_by": ahead(AHEAD)}
            case "answered":
                return {"unit": unit}
            case "order":
                return {"unit": draw((None, unit)), "answer_by": ahead(AHEAD)}
            case "follow":
                known = [seq for file in self.files.values() for seq in file.state().orders]
                return {"order": draw(known or (2,)), "loop": draw((LOOP[0], *LOOP))}
            case "remind":
                return {"level": "notice"}
            case "step":
                return {"step": "talk", "where": "测试联席会议"}
            case "tag":
                return {"add": ["扬言"]}
            case "close":
                outcome = draw(("supported", "supported", "explained"))
                promise = ahead(AHEAD) if draw((True, False)) and outcome == "supported" else None
                delivered = ahead(SOON) if draw((True, False)) else None
                report = draw((None, True))
                return {"outcome": outcome, "delivered_on": delivered, "fulfil_by": promise, "report": report}
            case "review" | "recheck":
                return {"late_reason": draw((None, None, "测试"))}
            case "review_result" | "recheck_result":
                result = draw(("upheld", "changed", "revoked", "declined"))
                said: dict[str, Any] = {"result": result, "reason": "测试"}
                if result in ("upheld", "changed") and draw((True, False)):
                    said["delivered_on"] = ahead(SOON)
                if result == "revoked":
                    said["redo_by"] = ahead(AHEAD)
                    if kind == "recheck_result" and draw((True, False)):
                        said["back_to"] = "reviewer"
                return said
            case "hearing":
                first = plus(on, -draw((0, 1, 2, 4)))
                return {"from_on": first, "to_on": plus(first, draw((0, 0, 1, 2, -1)))}
            case "rate":
                return {draw(("unit_rating", "bureau_rating")): "fair"}
            case "supervise":
                return {"answer_by": ahead(AHEAD)}
            case "refuse":
                return {"ground": "already_handled", "reason": "测试"}
            case "redirect":
                return {"procedure": "arbitration", "where": "测试委", "how": "guided"}
            case "report_up":
                return {"where": "测试市信访局"}
            case "exclude":
                return dict(APPROVED)
            case _:
                return {"reason": "测试"}

    def do(self, actor: str, kind: str, numbers: list[str], on: date, said: dict[str, Any], keep_going: bool) -> Any:
        at = self.clerk(actor)
        match kind:
            case "assign":
                return casework.assign(
                    at, numbers, said["unit"], mode=said["mode"], feedback_by=said["feedback_by"],
                    on=on, new_unit=False, keep_going=keep_going,
                )  # fmt: skip
            case "accept":
                told, pathway, due = said["told_on"], said["pathway"], said["due_on"]
                return casework.accept(at, numbers, casework.Acceptance(on, told, pathway, due), keep_going=keep_going)
            case "assist" | "answered":
                by = said.get("answer_by")
                return casework.assist(
                    at, numbers, said["unit"], answer_by=by, on=on, new_unit=False, keep_going=keep_going
                )
            case "close":
                return casework.close(at, numbers, on, keep_going, **said)
            case "order":
                said = {**said, "unit": self.ids.get(said["unit"])}
                return acting.act(at, kind, numbers, acting.simple(kind, on, **said), keep_going=keep_going)
            case _:
                return acting.act(at, kind, numbers, acting.simple(kind, on, **said), keep_going=keep_going)

    def link(self, rng: Random) -> None:
        no, original = rng.choice(sorted(self.files)), rng.choice(sorted(self.files))
        done = self.tried(lambda: originals.link(self.clerk("测试甲"), [no], original, self.today))
        mine, other = self.files[no], self.files[original]
        above: list[str | None] = [original]
        while above[-1] is not None:
            above.append(self.files[above[-1]].repeat_of)
        pair = (mine.state(), other.state())
        told = any(one._is_accused(another.now_called(another.unit)) for one, another in (pair, pair[::-1]))  # art. 30
        allowed = no not in above and pair[1].received <= pair[0].received and not told
        assert (done is not None) == allowed, self.refusal if done is None else "it was taken"
        if allowed:
            mine.count += 1
            mine.events.append(Ev("link", self.today, {"to": original}, mine.count, self.law))
            self.relink(mine)
            self.record("测试甲", {no: [mine.count]})
            self.compare(no)

    def relink(self, file: File) -> None:
        links = [e for e in file.events if e.kind == "link" and e.seq not in file.gone]
        file.repeat_of = links[-1].said["to"] if links else None

    def correct(self, rng: Random) -> None:
        no = rng.choice(sorted(self.files))
        file = self.files[no]
        event = rng.choice(file.standing())
        seq, back = event.seq, rng.choice((0, 1, 1, 2, 3, 5, 8, 13, 30, -1))
        on = rng.choice((None, plus(self.today, -back), plus(event.on, back), plus(event.on, -back)))
        fields = self.set_right(event, rng.choice) if on is None or rng.random() < 0.2 else {}
        at = self.clerk("测试甲")
        done = self.tried(lambda: correct(at, no, seq, on=on, reason="测试", changes=fields))
        taken = file.correct(seq, on, fields, self.today, self.law)
        said = f"correct {seq} {event.kind} to {on} {fields}"
        assert (done is not None) == taken, f"{said}: {'taken' if done else 'refused'}, not so the model"
        self.taken["correct"] += taken
        if taken:
            file.count += 1
            self.record("测试甲", {no: [file.count]})
        self.compare(no)

    def set_right(self, event: Ev, draw: Callable[[Sequence[Any]], Any]) -> dict[str, Any]:
        """Another value for one field of an event."""

        def near(field: str) -> dict[str, Any]:
            return {field: plus(event.said.get(field) or event.on, draw((-8, -1, 0, 1, 3, 8, 20)))}

        match event.kind:
            case "assign" if event.said["mode"] == "task":
                return near("feedback_by")
            case "accept":
                pathway = {"pathway": draw(("opinion", "simple", "duty", "answer"))}
                return dict(draw((near("told_on"), pathway, near("due_on"))))
            case "extend":
                return {"days": draw((1, 5, 10, 25, 31))}
            case "assist" | "supervise" | "order":
                return near("answer_by")
            case "close":
                return dict(
                    draw((near("delivered_on"), near("fulfil_by"), {"outcome": draw(("supported", "explained"))}))
                )
            case "review_result" | "recheck_result":
                return dict(draw((near("delivered_on"), near("redo_by"))))
            case "hearing":
                return dict(draw((near("from_on"), near("to_on"))))
        return {}

    def edit(self, rng: Random) -> None:
        no = rng.choice(sorted(self.files))
        file, state = self.files[no], self.files[no].state()
        original = next(event for event in file.events if event.kind == "register").said["kind"]
        wanted: dict[str, Any] = {
            "kind": rng.choice(("appeal", "appeal", "suggestion", "inquiry", original)),
            "source": rng.choice(("own", "forwarded", "tasked")),
            "report_by": rng.choice((None, plus(self.today, rng.choice((0, 20))), plus(state.received, -1))),
        }
        wanted = {key: wanted[key] for key in rng.sample(sorted(wanted), rng.choice((1, 1, 2)))}
        done = self.tried(lambda: casework.edit(self.clerk("测试甲"), [no], dict(wanted)))
        was = {"kind": state.kind, "source": state.source, "report_by": self.report_by(file)}
        new = {key: value for key, value in wanted.items() if was[key] != value}
        early = new.get("report_by") is not None and new["report_by"] < state.received
        unlimited = state.pathway not in (None, "opinion", "simple", "duty")  # then its pathway must be said
        asked = unlimited and new.get("kind") == "appeal"
        assert (done is not None) == (bool(new) and not early and not asked), wanted
        if done is not None:
            file.count += 1
            file.events.append(Ev("edit", self.today, new, file.count, self.law))
            self.record("测试甲", {no: [file.count]})
            self.taken["edit"] += 1
        self.compare(no)

    def report_by(self, file: File) -> date | None:
        said: date | None = file.standing()[0].said.get("report_by")
        return said

    def a_day_off_is_announced(self, rng: Random) -> None:
        day = plus(self.today, rng.randint(-20, 20))
        self.laws.append(self.law)
        self.law = replace(self.law, notices=(*self.law.notices, (day, not worked(day, self.law.notices))))
        rows = [(day, worked(day, self.law.notices), "临时安排")]
        at = self.clerk(OFFICE)
        workdays.commit(at, workdays.plan(at, workdays.of_list(at, rows, "测试通知")))
        for no in self.files:
            self.compare(no)

    def units_merge(self, rng: Random) -> None:
        if self.merged or rng.random() < 0.5:
            return
        units.merge(self.clerk("测试局长"), MERGED, INTO)
        self.merged = True
        for no, file in self.files.items():
            file.merged = True
            self.compare(no)

    def undo(self, rng: Random) -> None:
        actor = rng.choice(CLERKS)
        place = next(
            (n for n in range(len(self.commands) - 1, -1, -1) if self.commands[n][0] == actor and n not in self.undone),
            None,
        )
        done = self.tried(lambda: undoing.undo(self.clerk(actor)))
        written = {} if place is None else self.commands[place][1]
        allowed = place is not None
        for no, seqs in written.items():
            file = self.files[no]
            if any(event.seq > max(seqs) and event.seq not in file.gone for event in file.events):
                allowed = False
            if 1 in seqs and any(other.repeat_of == no for other in self.files.values()):
                allowed = False
        assert (done is not None) == allowed, self.refusal if done is None else "it was taken"
        if done is None or place is None:
            return
        self.undone.add(place)
        for no, seqs in written.items():
            file = self.files[no]
            file.gone |= set(seqs)
            file.count += len(seqs)  # the revocations take a number each
            if 1 in seqs:
                del self.files[no]
                continue
            self.relink(file)
            self.compare(no)

    def the_office_sets_a_rule(self, rng: Random) -> None:
        what = rng.choice(
            ("checked", "roll", "acceptance", "completion", "review_window", "office", "office", "longest")
        )
        n = rng.randint(5, 70)
        self.laws.append(self.law)
        if what in ("checked", "roll"):
            key, value = {"checked": "check_closings", "roll": "roll"}[what], "是" if n % 2 else "否"
            self.law = replace(self.law, **dict[str, Any]({what: bool(n % 2)}))
        elif what == "office":
            n = rng.choice((0, 15, 40))
            key, value, self.law = "clocks.office", str(n), replace(self.law, office=n)
        elif what == "longest":
            key, value, self.law = "limits.extension", str(n), replace(self.law, longest=n)
        else:
            key, value = f"clocks.{what}", str(n)
            self.law = self.law.with_days(what, n)
        office_settings.change(self.clerk(OFFICE), office_settings.Wanted(key, value, "测试〔2023〕1号"))
        for no in self.files:
            self.compare(no)

    def the_office_thinks_better_of_it(self, rng: Random) -> None:
        """The last rule or day off is taken back: what stopped meanwhile keeps it, what runs does not."""
        done = self.tried(lambda: undoing.undo(self.clerk(OFFICE)))
        assert (done is not None) == bool(self.laws)
        if self.laws:
            self.law = self.laws.pop()
        for no in self.files:
            self.compare(no)

    # -- what is compared

    def clocks_of(self, state: State) -> list[tuple[Any, ...]]:
        return [
            (
                clock.kind,
                OWNER[clock.kind],
                state.now_called(clock.unit),
                clock.start,
                clock.due(clock.law or self.law),
                clock.stop,
                clock.state(self.today, self.law),
            )
            for clock in state.clocks
        ]

    def compare(self, no: str) -> None:
        state = self.files[no].state(self.today)
        shown = shown_case(self.clerk("测试甲"), no, False)
        assert (shown["stage"], shown["unit"]) == (state.stage, state.now_called(state.unit))
        assert (shown["received_on"], shown["first"]) == (state.received.isoformat(), not state.repeat)
        keys = ("kind", "owner", "unit", "start", "due", "stop", "state")
        assert [tuple(clock[key] for key in keys) for clock in shown["clocks"]] == self.clocks_of(state)
        running = [c for c in state.clocks if c.open and c.kind not in WINDOWS and not c.given_up(self.law)]
        soonest = min((clock.due(self.law) for clock in running), default=None)
        assert shown["due_on"] == (soonest.isoformat() if soonest else None)

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        try:
            self.lists()
            report = health.check(self.clerk("测试甲"))
            assert report.problems == ()
            assert report.ok
            assert report.book.rebuilt == self.registered
        finally:
            shutil.rmtree(self.folder)

    def lists(self) -> None:
        states = {no: file.state(self.today) for no, file in self.files.items()}
        for no, state in states.items():  # and each day can be told how it was reckoned
            told = explained_case(self.clerk("测试甲"), no, None)["clocks"]
            assert [(c["clock"], c["start"], c["due"]) for c in told] == [
                (clock.kind, clock.start, clock.due(clock.law or self.law)) for clock in state.clocks
            ]
            for one, clock in zip(told, state.clocks, strict=True):
                assert (
                    sum(entry["days"] for entry in one["extensions"]) + sum(day <= self.today for day in one["hearing"])
                    == clock.extra
                )
        open_clocks = [
            (no, clock, clock.due(self.law))
            for no, state in states.items()
            for clock in state.clocks
            if clock.open and not clock.given_up(self.law)
        ]
        for within, windows in ((None, False), (0, False), (40, False), (40, True)):
            rows = morning.deadlines(self.clerk("测试甲"), within, windows=windows).lines
            wanted = [
                (due.isoformat(), no, clock.kind)
                for no, clock, due in open_clocks
                if (clock.kind in WINDOWS) == windows
                and (due < self.today if within is None else self.today <= due <= plus(self.today, within))
            ]
            assert sorted((row.due_on, row.case_no, row.clock) for row in rows) == sorted(wanted)
        for stage in (*OPEN, *LATER, "refused", "redirected", "filed", "withdrawn", "returned_up"):
            listed = finding.listed(self.clerk("测试甲"), finding.CasesAsked(ListFilter(stage=(stage,)))).lines
            assert {row.case_no for row in listed} == {no for no, state in states.items() if state.stage == stage}


CLOCKS_EXTENDED = ("completion", "completion", "feedback")


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "book.db"
    assert create_book(Place(path), "init", "2023-01-01T00:00:00+00:00")
    return path


@pytest.mark.long
def test_the_program_and_the_model_agree(blank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = opening._connect

    def without_waiting_for_the_disk(path: Path) -> Any:  # a power cut is tried elsewhere
        conn = connect(path)
        conn.execute("PRAGMA synchronous=OFF")
        return conn

    monkeypatch.setattr(opening, "_connect", without_waiting_for_the_disk)
    Office.empty = blank
    Office.taken.clear()
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=150 if FULL else 7,
            stateful_step_count=40 if FULL else 25,
            deadline=None,
            derandomize=not FULL,
            database=None,
            phases=[Phase.generate],  # a failure prints its steps; shortening them would take longer than the test
            suppress_health_check=list(HealthCheck),
        ),
    )
    if FULL:  # the short form does not come everywhere
        assert {*MOVES, *STAYS, "correct", "edit"} - {kind for kind, times in Office.taken.items() if times} == set()
