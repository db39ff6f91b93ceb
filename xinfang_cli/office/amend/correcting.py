"""Setting right the day or a field of an earlier event, by an event of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import replay_checked
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.events.registry import CORRECTABLE, EVENT, PRIVATE_FIELDS
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.law.rules import in_brackets
from xinfang_cli.office.figures import sealing
from xinfang_cli.office.figures.moving import ClockMove, clock_moves
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import clearing
from xinfang_cli.office.work.done import ChangedCase, Done


class CorrectionRequest(NamedTuple):
    """A correction: the event, its right day (None: unchanged), the right fields, the reason."""

    number: str
    seq: int
    on: date | None
    reason: str
    changes: Mapping[str, Any]


class CorrectionPlan(NamedTuple):
    """A correction worked out but not written: the clocks and the publications that it would move."""

    request: CorrectionRequest
    events: int  # of the case when it was worked out
    moved: tuple[ClockMove, ...]
    published: tuple[sealing.MovedPublication, ...]
    warnings: tuple[Warned, ...]


class _Worked(NamedTuple):
    case_id: int
    case_no: str
    event: Event
    after: Case
    plan: CorrectionPlan


def plan(session: Session, request: CorrectionRequest) -> CorrectionPlan:
    """The effects of a correction; refused if the law then refuses. Nothing is written."""
    with session.reading() as book:
        return _worked_out(book, session.today, request).plan


def commit(session: Session, planned: CorrectionPlan) -> Done:
    """Write the correction and fold the case anew; refused where it would move something else by now."""
    with session.writing("correct") as (book, pen):
        worked = _worked_out(book, session.today, planned.request)
        if worked.plan != planned:
            raise Refused(f"{worked.case_no} 刚才有了变动，没有更正", "请再试一次，看清会变什么", code="moved")
        events = book.events.of(worked.case_id)
        clearing.stand_anew(book, session, worked.case_no, events, [*events, worked.event])
        pen.append(worked.case_id, worked.event)
        book.cases.put(worked.case_id, worked.case_no, worked.after)
        pen.flush()
        changed = ChangedCase(book.lists.one(worked.case_id, session.today), (planned,))
        return Done((changed,), planned.warnings)


def _worked_out(book: Book, today: date, request: CorrectionRequest) -> _Worked:
    case_id, case_no = book.cases.find(request.number)
    events = book.events.of(case_id)
    target = _target(case_no, in_force(events), request)
    changes = {field: value for field, value in request.changes.items() if target.data.get(field) != value}
    if target.kind == "assign":
        _check_mode(case_no, next(event.on for event in in_force(events)), target, changes)
    if not request.reason:
        raise Refused(f"{case_no} 的更正没有写理由", "请加 ⟦.reason⟧ 理由", code="missing")
    if request.on is not None and request.on > today:
        raise Refused(f"更正后的日期 {request.on.isoformat()} 晚于今天 {today.isoformat()}", "请核对", code="future")
    data = _data(target, request, changes)
    if data.keys().isdisjoint({"new_on", "set", "changes"}):
        raise Refused(f"{case_no} 的第 {request.seq} 号事件已经是这样", "请加 ⟦.on⟧ 日期，或要改的内容", code="same")
    event = Event("correct", today, data, events[-1].seq + 1)
    told_anew = [*events, event]
    before = fold(events, book.code)
    asked = CheckContext(today, from_sheet=True, merged=book.canonical, related=book.units.relations)
    warnings = replay_checked(told_anew, book.code, asked, case_no=case_no)
    after = fold(told_anew, book.code)
    assert before is not None
    assert after is not None
    found = CorrectionPlan(
        request,
        len(events),
        clock_moves(before, after, today),
        sealing.moved_by(book, case_id, case_no, events, told_anew),
        tuple(Warned(case_no, notice.text, notice.code) for notice in dict.fromkeys(warnings)),
    )
    return _Worked(case_id, case_no, event, after, found)


def _target(case_no: str, standing: Sequence[Event], request: CorrectionRequest) -> Event:
    """The event to correct, with its earlier corrections; refused if missing or without that field."""
    target = next((event for event in standing if event.seq == request.seq), None)
    if target is None:
        listed = "、".join(f"{event.seq} {EVENT.label(event.kind)}" for event in standing)
        raise Refused(f"{case_no} 没有可更正的第 {request.seq} 号事件", f"可更正的有：{listed}", code="event")
    for field in request.changes:
        if target.kind not in CORRECTABLE[field]:
            has = "、".join(EVENT.label(kind) for kind in CORRECTABLE[field])
            raise Refused(
                f"{case_no} 的第 {request.seq} 号是{EVENT.label(target.kind)}，没有这一项可更正",
                f"这一项属于{has}；序号看 ⟦show⟧ {case_no}",
                code="field",
            )
    return target


def _check_mode(case_no: str, received_on: date, assigned: Event, changes: Mapping[str, Any]) -> None:
    """转送 or 交办 as corrected: the day the result is wanted by goes with 交办 only (art. 22)."""
    now = {**assigned.data, **changes}
    if now["mode"] == "task" and now.get("feedback_by") is None and "mode" in changes:
        raise Refused(
            f"{case_no} 更正为交办，没有写反馈期限",
            f"请加 ⟦.feedback_by⟧ 日期{in_brackets('feedback', received_on)}",
            code="missing",
        )
    if now["mode"] != "task" and "feedback_by" in changes:
        raise Refused(f"{case_no} 转送不带反馈期限", "是交办的再加 ⟦.mode⟧ task", code="mode")


def _data(target: Event, request: CorrectionRequest, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a correcting event: old and new day, old and new fields."""
    public = {field: value for field, value in changes.items() if field not in PRIVATE_FIELDS}
    private = {field: value for field, value in changes.items() if field in PRIVATE_FIELDS}
    on = None if request.on == target.on else request.on
    # A told day that was said is never moved; one taken from the day of acceptance goes with it.
    told_said = "told_on" in request.changes or "told_said" in target.data
    if target.kind == "accept" and on is not None and not told_said and target.data.get("told_on") == target.on:
        public["told_on"] = on
    data: dict[str, Any] = {"event": request.seq, "was_on": target.on.isoformat(), "reason": request.reason}
    if on is not None:
        data["new_on"] = on
    if public:
        data |= {"set": public, "was": {field: target.data.get(field) for field in public}}
    if private:
        data |= {"changes": private, "changed_from": {field: target.data.get(field) for field in private}}
    return data
