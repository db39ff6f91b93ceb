"""Shared checks of events: days and obligatory fields."""

from __future__ import annotations

from collections.abc import Mapping

from xinfang_cli.errors import Refused
from xinfang_cli.law import terms
from xinfang_cli.law.case import NO_NUMBER, Case
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext


def refuse_named(
    called: str, said: str, hint: str = "", *, code: str, field: str = "", facts: Mapping[str, str] | None = None
) -> Refused:
    """A refusal about the case of that number; `said` goes on from the number (的办结日期…, 现为…)."""
    subject = "" if called == NO_NUMBER else called
    fact = said.removeprefix("的")
    return Refused(f"{called} {said}", hint, code=code, subject=subject, said=fact, field=field, facts=facts)


def refuse(
    case: Case, said: str, hint: str = "", *, code: str, field: str = "", facts: Mapping[str, str] | None = None
) -> Refused:
    """A refusal about this case."""
    return refuse_named(case.called, said, hint, code=code, field=field, facts=facts)


def stands(case: Case, asked: CheckContext) -> bool:
    """Whether a closing that waits to be checked was approved since: it then stands from the unit's day, and so do its
    delivery, what was done as promised, and the rating."""
    decided = (other.kind for other in asked.following if other.kind in ("approve", "return", "withdraw"))
    return case.stage == "reported" and next(decided, "") == "approve"


def not_before(case: Case, event: Event, asked: CheckContext, label: str, field: str, what: str) -> None:
    """A told or delivered day: not before its event, not after today."""
    day = event.data.get(field)
    if day is None:
        return
    if day < event.on:
        raise refuse(
            case,
            f"的{what} {day.isoformat()} 早于{label}日期 {event.on.isoformat()}",
            "请核对两个日期",
            code="order",
            field=field,
        )
    if day > asked.today:
        raise refuse(
            case,
            f"的{what} {day.isoformat()} 晚于今天 {asked.today.isoformat()}",
            "发生之后再登记",
            code="future",
            field=field,
            facts={"day": day.isoformat(), "today": asked.today.isoformat()},
        )


def need(case: Case, event: Event, asked: CheckContext, label: str, field: str, what: str, say: str) -> None:
    """Refuse a missing obligatory field; never for imported sheets, which may lack its column."""
    if asked.from_sheet:
        return
    if not event.data.get(field):
        raise refuse(case, f"的{label}没有写{what}", f"请加 {say}", code="missing", field=field)


def objection_window(case: Case) -> Clock | None:
    """The window of the present assignment, also when an objection that was overruled has used it."""
    return next((c for c in reversed(case.clocks) if c.kind == "objection" and c.opened_by == case.assign_seq), None)


def not_signed_after(case: Case, event: Event, label: str) -> None:
    """Refuse a day before the one on which the unit received the case."""
    if case.signed_on is not None and event.on < case.signed_on:
        raise refuse(
            case,
            f"的{label}日期 {event.on.isoformat()} 早于签收日期 {case.signed_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )


WAITS_FOR_APPROVAL = "先审核认定：⟦approve⟧；之后照实际日期补记"


def stage_refusal(case: Case, label: str, hint: str) -> Refused:
    """The refusal of an event that this stage does not allow."""
    stage = terms.STAGE.label(case.stage)
    facts = {"stage": stage, "event": label}
    return refuse(case, f"现为「{stage}」，不能{label}", hint, code="stage", facts=facts)


def its_unit(case: Case, event: Event) -> int | None:
    """The present unit of the case, the addressee of decisions about it."""
    return case.unit
