"""What several events are checked for: days, what must be said, and the unit complained of (art. 30)."""

from __future__ import annotations

from collections.abc import Mapping

from xinfang_cli.errors import Refused
from xinfang_cli.law import terms
from xinfang_cli.law.case import NO_NUMBER, Case
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import Asked, Notice


def refuse_named(
    called: str, said: str, hint: str = "", *, code: str, field: str = "", facts: Mapping[str, str] | None = None
) -> Refused:
    """A refusal about the case of that number."""
    subject = "" if called == NO_NUMBER else called
    return Refused(f"{called} {said}", hint, code=code, subject=subject, said=said, field=field, facts=facts)


def refuse(
    case: Case, said: str, hint: str = "", *, code: str, field: str = "", facts: Mapping[str, str] | None = None
) -> Refused:
    """A refusal about this case."""
    return refuse_named(case.called, said, hint, code=code, field=field, facts=facts)


def stands(case: Case, asked: Asked) -> bool:
    """Whether a closing that waits to be checked was approved since: it then stands from the unit's day, and so do its
    delivery, what was done as promised, and the rating."""
    decided = (other.kind for other in asked.following if other.kind in ("approve", "return", "withdraw"))
    return case.stage == "reported" and next(decided, "") == "approve"


def not_before(case: Case, event: Event, asked: Asked, label: str, field: str, what: str) -> None:
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


def need(case: Case, event: Event, asked: Asked, label: str, field: str, what: str, say: str) -> None:
    """Refuse what a person must say; what a sheet cannot say is never refused."""
    if asked.from_sheet:
        return
    if not event.data.get(field):
        raise refuse(case, f"的{label}没有写{what}", f"请加 {say}", code="missing", field=field)


def accused(case: Case, unit: int | None, asked: Asked) -> bool:
    """Whether that unit, called `asked.unit_names`, is the one an accusation complains of (art. 30)."""
    return case.kind == "accusation" and is_meant(case.complained_unit, case.complained_unit_id, unit, asked)


def is_meant(said: str | None, meant: int | None, unit: int | None, asked: Asked) -> bool:
    """Whether the unit complained of, as it was taken down and as it was found among ours, is that unit, its parent or
    child, or the unit of a leader complained of."""
    if unit is None:
        return False
    if meant is not None and asked.merged.get(unit, unit) == asked.merged.get(meant, meant):
        return True
    if said and said in asked.unit_names:
        return True
    canonical = asked.merged.get
    found = None if meant is None else canonical(meant, meant)
    return asked.related is not None and asked.related(said, found, canonical(unit, unit)) is not None


def where_not_accused(case: Case, event: Event, asked: Asked, label: str) -> list[Notice]:
    """Never send an accusation outside the bureau to the accused unit: as a procedure's, the superior's or a reviewing body."""
    where, said = event.data.get("where"), case.complained_unit
    if case.kind != "accusation" or not where or not said:
        return []
    if where == said or where in asked.unit_names:
        raise refuse(
            case,
            f"是检举控告件，{label}的机关不能是被检举的单位",
            "请写有管理权限的纪检监察机关或其他机关（条例第三十条）",
            code="accused",
        )
    if said in where or where in said:
        return [
            Notice("near_accused", f"被检举的「{said}」与「{where}」名称相近；是同一单位的不能转给它（条例第三十条）")
        ]
    return []


def is_lead(complained_unit: str | None, lead: str | None) -> bool:
    """Whether the leader in charge is the one complained of."""
    return bool(complained_unit and lead) and (lead in complained_unit or complained_unit in lead)  # type: ignore[operator]


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


def not_accused(case: Case, event: Event, asked: Asked, doing: str, what: str = "") -> list[Notice]:
    if accused(case, event.data.get("unit"), asked):
        raise refuse(
            case,
            f"是检举控告件，不能{doing}被检举的单位{what}",
            "请交给有管理权限的纪检监察机关或其他单位（条例第三十条）",
            code="accused",
        )
    said = case.complained_unit
    if case.kind == "accusation" and said and any(said in name or name in said for name in asked.unit_names):
        return [
            Notice(
                "near_accused", f"被检举的「{said}」与这个单位名称相近；是同一单位的不能{doing}它{what}（条例第三十条）"
            )
        ]
    return []
