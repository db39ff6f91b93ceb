"""The statutory clocks: which event starts, stops or voids which clock, and on what day it falls due.

`due = start + n`: the start day is not counted. On time: `stop ≤ due`. Overdue on day T: no stop and `T > due`.
A clock whose ground falls away on or before its due day is void; after it, it stops that day and is late: moving a
case washes nothing away. A clock exists only if it started.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from xinfang_cli.law.events.base import Event
from xinfang_cli.law.rules import Rules, statutory
from xinfang_cli.law.terms import WINDOWS
from xinfang_cli.law.workdays import Calendar, plain_calendar

if TYPE_CHECKING:
    from xinfang_cli.law.case import Case

UNIT_CLOCKS = frozenset({"objection", "acceptance", "completion", "duty", "office", "feedback", "redo", "supervision"})

STOPPED_BY: dict[str, frozenset[str]] = {
    "assign": frozenset({"dispatch", "redispatch"}),
    "refuse": frozenset({"dispatch", "redispatch", "acceptance"}),
    "redirect": frozenset({"dispatch", "redispatch", "acceptance"}),
    "file": frozenset({"dispatch", "redispatch"}),
    "close": frozenset({"dispatch", "redispatch", "acceptance", "completion", "duty", "office", "assistance", "redo"}),
    "return_up": frozenset({"dispatch", "redispatch", "decision"}),
    "uphold": frozenset({"decision"}),
    "overrule": frozenset({"decision"}),
    "object": frozenset({"objection"}),
    "accept": frozenset({"objection", "acceptance"}),
    "report_up": frozenset({"report_up"}),
    "fulfil": frozenset({"fulfilment"}),
    "review": frozenset({"review_window"}),
    "review_result": frozenset({"review"}),
    "recheck": frozenset({"recheck_window"}),
    "recheck_result": frozenset({"recheck"}),
}
FALLEN_BY: dict[str, frozenset[str]] = {
    "assign": UNIT_CLOCKS,
    "uphold": UNIT_CLOCKS | {"assistance"},
    "redirect": UNIT_CLOCKS | {"assistance"},
    "refuse": frozenset({"objection", "assistance"}),
    "close": frozenset({"objection"}),
    "return_up": UNIT_CLOCKS | {"assistance", "dispatch", "redispatch", "decision", "report_up", "order"},
    "withdraw": UNIT_CLOCKS
    | {"assistance", "dispatch", "redispatch", "decision", "report_up", "fulfilment", "rating", "order"},
}
WHY_FALLEN = {
    "assign": "改派其他单位",
    "uphold": "同意退回",
    "redirect": "导入法定途径",
    "refuse": "不予受理",
    "close": "已办结",
    "return_up": "退回上级",
    "withdraw": "信访人撤回",
    "review_result": "复查撤销原意见",
    "recheck_result": "复核撤销原意见",
}


class Clock:
    """One clock of one case. `due` and `base_due` (without extensions) are set by `settle`."""

    __slots__ = (
        "base_due",
        "due",
        "extra",
        "fixed",
        "kind",
        "law_at",
        "opened_by",
        "owner",
        "rule",
        "start",
        "stop",
        "stopped_by",
        "unit",
        "void",
        "why",
    )

    def __init__(
        self, kind: str, owner: str, unit: int | None, start: date, opened_by: int, fixed: date | None = None
    ) -> None:
        self.kind = kind
        self.rule = kind
        self.owner = owner
        self.unit = unit
        self.start = start
        self.fixed = fixed
        self.extra = 0
        self.stop: date | None = None
        self.void = False
        self.why = ""
        self.opened_by = opened_by
        self.stopped_by = 0
        self.law_at = 0
        self.due: date = start
        self.base_due: date = start

    @property
    def ended(self) -> bool:
        return self.void or self.stop is not None or self.stopped_by != 0

    def state(self, today: date) -> str:
        """running, met, late, overdue, void, or lapsed (windows)."""
        if self.void:
            return "void"
        if self.stop is not None and self.stop <= today:
            return "met" if self.stop <= self.due else "late"
        if today <= self.due:
            return "running"
        return "lapsed" if self.kind in WINDOWS else "overdue"


class InForce:
    """The rules and the calendar as of one event of the chain, and the due days counted under them so far."""

    __slots__ = ("calendar", "counted", "rules", "since")

    def __init__(self, since: int, rules: Rules, calendar: Calendar) -> None:
        self.since = since
        self.rules = rules
        self.calendar = calendar
        self.counted: dict[str, dict[date, date]] = {}


class Code:
    """The law through time: a stopped clock keeps the rules and the calendar it stopped under (DESIGN, truth 2)."""

    def __init__(self, versions: Iterable[InForce] = ()) -> None:
        self.versions: list[InForce] = list(versions) or [InForce(0, statutory(), plain_calendar())]
        self.now = self.versions[-1]

    def at(self, event_id: int) -> InForce:
        """What was in force when the event with that place in the chain was recorded (0: now)."""
        if event_id == 0 or len(self.versions) == 1:
            return self.versions[-1]
        found = self.versions[0]
        for version in self.versions:
            if version.since <= event_id:
                found = version
        return found


@cache
def _months(n: int) -> object:
    from dateutil.relativedelta import relativedelta

    return relativedelta(months=n)


def due_day(kind: str, start: date, law: InForce, extra: int = 0, fixed: date | None = None) -> date:
    """The last day of a clock of that kind: the only place where a deadline is counted."""
    if fixed is not None:
        return fixed + timedelta(days=extra) if extra else fixed
    if extra:
        return _count(kind, start, law, extra)
    try:
        return law.counted[kind][start]
    except KeyError:
        found = law.counted.setdefault(kind, {})[start] = _count(kind, start, law, 0)
        return found


def _count(kind: str, start: date, law: InForce, extra: int) -> date:
    rule = law.rules.clocks[kind]
    if rule.unit == "workday":
        day = law.calendar.add(start, rule.n)
    elif rule.unit == "month":
        day = start + _months(rule.n)  # type: ignore[operator]
    else:
        day = start + timedelta(days=rule.n)
    if extra:
        day += timedelta(days=extra)
    return law.calendar.roll(day) if law.rules.settings["roll"] else day


def due_of(clock: Clock, law: InForce) -> date:
    """When this clock falls due under that law."""
    return due_day(clock.rule, clock.start, law, clock.extra, clock.fixed)


def find_open(case: Case, kind: str) -> Clock | None:
    """The latest clock of that kind that still runs."""
    for clock in reversed(case.clocks):
        if clock.kind == kind and clock.stop is None and not clock.void:
            return clock
    return None


def _stop(clock: Clock, day: date, event: Event) -> None:
    clock.stop = day
    clock.stopped_by = event.seq
    clock.law_at = event.id


def _fall(clock: Clock, event: Event, code: Code, always_void: bool = False) -> None:
    if always_void or event.on <= due_of(clock, code.at(event.id)):
        clock.void, clock.stop = True, None
        clock.stopped_by = event.seq
        clock.law_at = event.id
        clock.why = WHY_FALLEN.get(event.kind, "")
    elif clock.kind not in WINDOWS:
        _stop(clock, event.on, event)
        clock.why = WHY_FALLEN.get(event.kind, "")
    else:
        _let_lapse(clock, event)  # what comes is another unit's


def _let_lapse(clock: Clock, event: Event) -> None:
    """A window over its last day is over for good, under the law of that day; it has no stop."""
    clock.stopped_by, clock.law_at = event.seq, event.id


def _start(case: Case, kind: str, day: date, event: Event, fixed: date | None = None) -> Clock:
    owner = case.code.now.rules.clocks[kind].owner
    unit = case.unit if owner == "unit" else None
    clock = Clock(kind, owner, unit, day, event.seq, fixed)
    case.clocks.append(clock)
    return clock


def _after_close(case: Case, day: date, event: Event) -> None:
    """What a closing that stands sets running: the window for review, the rating, the promise (art. 35, 32)."""
    data = case.close_data
    if case.reviewable:
        _start(case, "review_window", case.delivered_on or day, event)
    if case.ratable and not any(clock.kind == "rating" for clock in case.clocks):
        _start(case, "rating", day, event)
    promised = data.get("fulfil_by")
    if promised is not None:
        _start(case, "fulfilment", day, event, promised)


def advance(case: Case, event: Event, before: str) -> None:
    """Move the clocks of a case over one event; the case's fields are already those after it, `before` its old stage."""
    kind, on, data = event.kind, event.on, event.data
    code = case.code
    stopping = STOPPED_BY.get(kind)
    falling = FALLEN_BY.get(kind)
    if kind == "withdraw" and before in ("in_review", "in_recheck"):
        falling = frozenset({"review" if before == "in_review" else "recheck"})
    if stopping or falling:
        day = data["told_on"] if kind == "accept" else on
        for clock in case.clocks:
            # Told on a day still to come when this happened: until that day the clock ran on.
            if clock.void or (clock.stop is not None and clock.stop <= on):
                continue
            if clock.stop is None and clock.stopped_by:
                continue
            touched = (stopping and clock.kind in stopping) or (falling and clock.kind in falling)
            if touched and clock.kind == "office" and not code.at(event.id).rules.clocks["office"].n:
                _fall(clock, event, code, always_void=True)  # the office had given it up by then
            elif stopping and clock.kind in stopping:
                if kind == "accept" and clock.kind == "objection" and on > due_of(clock, code.at(event.id)):
                    _let_lapse(clock, event)  # it was never used: only an objection can be late
                else:
                    _stop(clock, day if clock.kind == "acceptance" else on, event)
            elif falling and clock.kind in falling:
                _fall(clock, event, code, kind == "uphold" and clock.owner == "unit")
    start = _STARTS.get(kind)
    if start is not None:
        start(case, event, before)


def _on_register(case: Case, event: Event, before: str) -> None:
    _start(case, "dispatch", event.on, event)
    if case.report_by is not None:
        _start(case, "report_up", event.on, event, case.report_by)


def _on_assign(case: Case, event: Event, before: str) -> None:
    _start(case, "objection", event.on, event)
    _start(case, "acceptance", event.on, event)
    wanted = event.data.get("feedback_by")
    if wanted is not None and event.data["mode"] == "task":
        _start(case, "feedback", event.on, event, wanted)


def _on_sign(case: Case, event: Event, before: str) -> None:
    for clock in case.clocks:
        if clock.opened_by == case.assign_seq and not clock.ended:
            clock.start = event.on


def _on_object(case: Case, event: Event, before: str) -> None:
    _start(case, "decision", event.on, event)


def _on_uphold(case: Case, event: Event, before: str) -> None:
    _start(case, "redispatch", event.on, event)


def _on_accept(case: Case, event: Event, before: str) -> None:
    pathway = case.pathway
    if pathway in ("opinion", "simple"):
        clock = _start(case, "completion", event.on, event)
        if pathway == "simple":
            clock.rule = "simple"
    elif pathway == "duty":
        _start(case, "duty", case.received_on, event, event.data.get("due_on"))
    elif case.code.at(event.id).rules.clocks["office"].n:
        _start(case, "office", event.on, event)


def _on_convert(case: Case, event: Event, before: str) -> None:
    clock = find_open(case, "completion")
    if clock is not None:
        clock.rule = "completion"


def _on_extend(case: Case, event: Event, before: str) -> None:
    clock = find_open(case, event.data.get("clock", "completion"))
    if clock is not None:
        clock.extra += event.data["days"]


def _on_note(case: Case, event: Event, before: str) -> None:
    if event.data.get("report"):
        clock = find_open(case, "feedback")
        if clock is not None:
            _stop(clock, event.on, event)


def _on_assist(case: Case, event: Event, before: str) -> None:
    clock = _start(case, "assistance", event.on, event, event.data["answer_by"])
    clock.unit = event.data["unit"]


def _on_answered(case: Case, event: Event, before: str) -> None:
    for clock in case.clocks:
        if clock.kind == "assistance" and clock.unit == event.data["unit"] and not clock.ended:
            _stop(clock, event.on, event)


def _on_close(case: Case, event: Event, before: str) -> None:
    if event.data.get("report"):
        _on_note(case, event, before)
    case.before_approval = {}
    if not event.data.get("checked"):
        _after_close(case, event.on, event)


def _on_approve(case: Case, event: Event, before: str) -> None:
    if case.closed_on is not None:
        _after_close(case, case.closed_on, event)
    for kind, earlier in case.before_approval.items():
        clock = find_open(case, kind)
        if clock is not None:
            _stop(clock, earlier.on, earlier)


def _on_fulfil(case: Case, event: Event, before: str) -> None:
    if case.stage == "reported":
        case.before_approval = {**case.before_approval, "fulfilment": event}


def _on_return(case: Case, event: Event, before: str) -> None:
    """退回重办: the closing is undone and its clocks run on."""
    for clock in case.clocks:
        if clock.stopped_by == case.close_seq and clock.kind != "objection":
            clock.stop, clock.stopped_by, clock.law_at, clock.void, clock.why = None, 0, 0, False, ""
            if clock.kind == "acceptance" and case.told_on is not None:
                _stop(clock, case.told_on, event)


def _on_deliver(case: Case, event: Event, before: str) -> None:
    for kind in ("recheck_window", "review_window"):
        for clock in case.clocks:
            if clock.kind == kind and not clock.ended:
                clock.start = event.on
                return


def _on_review(case: Case, event: Event, before: str) -> None:
    _start(case, "review", event.on, event)


def _revoked(case: Case, event: Event) -> None:
    """A revoked result sends the case back: to the unit with a day to redo it by, or to the reviewer."""
    if event.data.get("back_to") == "reviewer":
        _start(case, "review", event.on, event, event.data.get("redo_by"))
        return
    for clock in case.clocks:
        if clock.kind == "fulfilment" and not clock.ended:
            _fall(clock, event, case.code)
    if event.data.get("redo_by") is not None:
        _start(case, "redo", event.on, event, event.data["redo_by"])


def _on_review_result(case: Case, event: Event, before: str) -> None:
    result = event.data["result"]
    if result == "revoked":
        _revoked(case, event)
    elif result in ("upheld", "changed"):
        _start(case, "recheck_window", event.data.get("delivered_on") or event.on, event)


def _on_recheck(case: Case, event: Event, before: str) -> None:
    _start(case, "recheck", event.on, event)


def _on_recheck_result(case: Case, event: Event, before: str) -> None:
    if event.data["result"] == "revoked":
        _revoked(case, event)


def _on_hearing(case: Case, event: Event, before: str) -> None:
    """The hearing's days are not counted (art. 36): first and last day both, overlapping days once."""
    clock = find_open(case, "recheck")
    if clock is not None:
        clock.extra = len(case.hearing_days)


def _on_rate(case: Case, event: Event, before: str) -> None:
    if event.data.get("unit_rating", "none") != "none":
        clock = find_open(case, "rating")
        if clock is not None:
            _stop(clock, event.on, event)
        elif case.stage == "reported":
            case.before_approval = {**case.before_approval, "rating": event}


def _on_supervise(case: Case, event: Event, before: str) -> None:
    _start(case, "supervision", event.on, event, event.data["answer_by"])


def _on_supervise_answered(case: Case, event: Event, before: str) -> None:
    for clock in case.clocks:
        if clock.kind == "supervision" and not clock.ended:
            _stop(clock, event.on, event)


def _on_order(case: Case, event: Event, before: str) -> None:
    """A leader's order names its unit: moving the case to another does not end it."""
    clock = _start(case, "order", event.on, event, event.data["answer_by"])
    clock.unit = event.data.get("unit", case.unit)


def _on_follow(case: Case, event: Event, before: str) -> None:
    if event.data["loop"] == "carried_out":
        for clock in case.clocks:
            if clock.kind == "order" and clock.opened_by == event.data["order"] and not clock.ended:
                _stop(clock, event.on, event)


_STARTS = {
    "register": _on_register,
    "assign": _on_assign,
    "sign": _on_sign,
    "object": _on_object,
    "uphold": _on_uphold,
    "accept": _on_accept,
    "convert": _on_convert,
    "extend": _on_extend,
    "note": _on_note,
    "assist": _on_assist,
    "answered": _on_answered,
    "close": _on_close,
    "approve": _on_approve,
    "return": _on_return,
    "deliver": _on_deliver,
    "fulfil": _on_fulfil,
    "review": _on_review,
    "review_result": _on_review_result,
    "recheck": _on_recheck,
    "recheck_result": _on_recheck_result,
    "hearing": _on_hearing,
    "rate": _on_rate,
    "supervise": _on_supervise,
    "supervise_answered": _on_supervise_answered,
    "order": _on_order,
    "follow": _on_follow,
}


def settle(case: Case) -> None:
    """Set the due day of every clock: a stopped one under the law it stopped under, a running one under today's."""
    code = case.code
    now = code.now
    for clock in case.clocks:
        if clock.kind == "office" and not clock.ended and not now.rules.clocks["office"].n:
            clock.void, clock.why = True, "本局已不设这一期限"
        law = code.at(clock.law_at) if clock.law_at else now
        clock.due = due_day(clock.rule, clock.start, law, clock.extra, clock.fixed)
        clock.base_due = (
            due_day(clock.rule, clock.start, law, 0, clock.fixed)
            if clock.extra and clock.kind != "recheck"
            else clock.due
        )
