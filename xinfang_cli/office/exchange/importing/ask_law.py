"""A row's events put to the law, and its refusals in the words of the sheet."""

from __future__ import annotations

from collections.abc import Sequence

from xinfang_cli.errors import Refused
from xinfang_cli.intake.headings import COLUMNS, Layout
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import check, decide, replay_checked
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import UNRANKED, CheckContext, Notice
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.law.fold import evolve, settle
from xinfang_cli.law.inforce import Code
from xinfang_cli.office.exchange.row_plan import UNSTATED, Plan, Planned, RowRefused


def through_law(plan: Plan, code: Code, asked: CheckContext) -> tuple[Case, list[Notice]]:
    """Ask the law about every event of a new case in turn; the case, and what the law warns of. RowRefused says no."""
    case = Case(code)
    warnings: list[Notice] = []
    for event in plan.events:
        try:
            found = check(case, event, asked)
        except Refused as error:
            if error.code != "late" or event.kind != "review":
                steps = plan.steps()
                raise refused(steps, steps[plan.events.index(event)], error, plan.layout) from None
            event.data["late_reason"] = UNSTATED  # a sheet has no column for it
            found = check(case, event, asked)
        if found:
            warnings += found
        evolve(case, event)
    settle(case)
    return case, warnings


def more_through_law(
    events: Sequence[Event], missing: Sequence[Planned], code: Code, asked: CheckContext, layout: Layout
) -> None:
    """Ask the law about what is to be added to a case of the book; RowRefused says no."""
    so_far = list(events)
    for step in missing:
        event = step.event
        event.seq = so_far[-1].seq + 1
        event.data.pop("before", None)
        try:
            try:
                _ask(so_far, event, code, asked)
            except Refused as error:
                if error.code != "late" or event.kind != "review":
                    raise
                event.data["late_reason"] = UNSTATED
                _ask(so_far, event, code, asked)
        except Refused as error:
            raise refused(missing, step, error, layout) from None
        so_far.append(event)


def _ask(events: list[Event], event: Event, code: Code, asked: CheckContext) -> None:
    if event.kind == "correct":
        replay_checked([*events, event], code, asked)
    else:
        decide(events, event, code, asked)


def refused(steps: Sequence[Planned], step: Planned, error: Refused, layout: Layout) -> RowRefused:
    """The law's refusal in the words of the sheet: the column, and the column in conflict."""
    event, field = step.event, step.field
    if error.code == "stage":
        # By day, a step that lies before the one it needs meets the wrong stage: say which two days are crossed.
        crossed = _crossed(steps, step)
        if crossed is not None:
            late, early = crossed
            mine, theirs = layout.heading_of(late.field), layout.heading_of(early.field)
            days = f"{mine} {late.event.on.isoformat()} 早于{theirs} {early.event.on.isoformat()}"
            return RowRefused(late.field, f"{days}。请核对两个日期", (early.field,))
        if event.kind == "accept" and steps[0].event.kind == "register" and len(steps) > 1:
            return RowRefused(field, f"有{layout.heading_of(field)}，没有转送交办，不能受理。请补上责任单位和转办日期")
    if error.field in _OWN_COLUMN and error.field in event.data:
        field = error.field
    received = steps[0]
    if error.code == "order" and received.event.kind == "register" and event.on < received.event.on:
        days = f"{layout.heading_of(step.field)} {event.on.isoformat()}"
        theirs = f"{layout.heading_of(received.field)} {received.event.on.isoformat()}"
        return RowRefused(step.field, f"{days} 早于{theirs}。请核对两个日期", (received.field,))
    if error.code == "future":
        day, today = error.facts["day"], error.facts["today"]
        return RowRefused(field, f"{layout.heading_of(field)} {day} 晚于今天 {today}。请核对日期")
    return RowRefused(field, _of_a_row(error), DAYS if error.code == "order" else ())


def _of_a_row(error: Refused) -> str:
    """A refusal for a case without a number yet, without the command in its hint."""
    if error.subject or error.said == error.message:
        return error.line()
    hint = "请核对" if error.steps else error.hint
    return f"{error.said}。{hint}"


DAYS = tuple(column.field for column in COLUMNS if column.holds == "day")
"""The columns that an order of days may be about."""
_OWN_COLUMN = ("told_on", "delivered_on", "feedback_by")  # days that stand beside the event's own


def _crossed(steps: Sequence[Planned], step: Planned) -> tuple[Planned, Planned] | None:
    """(the later step of the workflow, the earlier one): two that lie the other way round by day."""
    rank, on = _rank(step), step.event.on
    needed = [other for other in steps if _rank(other) < rank and other.event.on > on]
    if needed:
        return step, max(needed, key=_rank)
    ahead = [other for other in steps if rank < _rank(other) < UNRANKED and other.event.on < on]
    return (min(ahead, key=_rank), step) if ahead else None


def _rank(step: Planned) -> int:
    return EVENTS[step.event.kind].rank
