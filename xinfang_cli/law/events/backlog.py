"""Backlog batches (积案) and the leader in charge."""

from __future__ import annotations

from xinfang_cli.law import terms
from xinfang_cli.law.case import Backlog, Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext, EventType, Notice
from xinfang_cli.law.events.checks import refuse
from xinfang_cli.law.events.fields import UNIT, Field, flag, word
from xinfang_cli.law.rules import cited, in_brackets


def _check_lead(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    lead = event.data["lead"]
    if lead and any(one.person == lead for one in case.recusals):
        article = cited("recusal", case.received_on)
        raise refuse(case, "记有这个人的回避，不能作包案领导", f"请换一位包案领导（{article}）", code="recused")
    return []


def _fold_lead(case: Case, event: Event) -> None:
    case.lead = event.data["lead"]


def _check_join(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    entry = case.batches.get(data["batch"])
    if entry is None:
        return []
    if "unit" not in data and "guard" not in data:
        raise refuse(
            case,
            f"已在积案批次「{data['batch']}」里",
            "不必重复列入；改化解、稳控单位用 ⟦backlog.edit⟧",
            code="batch",
        )
    return []


def _fold_join(case: Case, event: Event) -> None:
    data = event.data
    entry = case.batches.get(data["batch"])
    if entry is None:
        entry = Backlog(event.on)
        case.batches = {**case.batches, data["batch"]: entry}
    entry.unit = data.get("unit", entry.unit)
    entry.guard_unit = data.get("guard", entry.guard_unit)


def _check_resolve(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    entry = case.batches.get(event.data["batch"])
    if entry is None:
        raise refuse(case, f"不在积案批次「{event.data['batch']}」里", "先列入：⟦join⟧", code="batch")
    if event.on < entry.joined_on:
        raise refuse(
            case,
            f"的化解日期 {event.on.isoformat()} 早于列入日期 {entry.joined_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    if entry.resolved_on is not None and not event.data.get("again"):
        raise refuse(case, f"已于 {entry.resolved_on.isoformat()} 化解", "不必重复登记", code="batch")
    if event.data.get("how") == "three_levels" and case.stage != "finalised":
        return [
            Notice(
                "not_final",
                f"化解方式写三级终结，此件现为「{terms.STAGE.label(case.stage)}」，没有复核意见，请核对"
                f"{in_brackets('recheck', case.received_on)}",
            )
        ]
    return []


def _fold_resolve(case: Case, event: Event) -> None:
    entry = case.batches.get(event.data["batch"])
    if entry is not None:
        if entry.resolved_on is not None:
            entry.resolved_before = (*entry.resolved_before, entry.resolved_on)
            entry.recognised_on = None
        entry.resolved_on, entry.how = event.on, event.data.get("how")


def _check_recognise(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    entry = case.batches.get(event.data["batch"])
    if entry is None or entry.resolved_on is None:
        raise refuse(case, "还没有化解", "先登记化解：⟦resolve⟧", code="batch")
    if event.on < entry.resolved_on:
        raise refuse(case, f"的认定日期早于化解日期 {entry.resolved_on}", "请核对两个日期", code="order")
    if entry.recognised_on is not None and not event.data.get("returned"):
        raise refuse(case, f"已于 {entry.recognised_on.isoformat()} 认定", "上级退回的加 ⟦.returned⟧", code="batch")
    return []


def _fold_recognise(case: Case, event: Event) -> None:
    entry = case.batches.get(event.data["batch"])
    if entry is None:
        return
    if event.data.get("returned"):
        entry.resolved_on = entry.how = entry.recognised_on = None
    else:
        entry.recognised_on = event.on


_BATCH = Field("batch", "批次")
EVENTS = (
    EventType(
        "lead",
        "包案",
        (Field("lead", "包案领导", about="包案领导", value="姓名", alias="name", required=True),),
        check=_check_lead,
        fold=_fold_lead,
        column="lead",
        about="指定包案领导。",
        examples=({"lead": "测试领导"},),
        replaces=True,
    ),
    EventType(
        "join",
        "列入积案",
        (UNIT, _BATCH, Field("guard", "稳控单位", "unit")),
        within="backlog",
        check=_check_join,
        fold=_fold_join,
        column="batch",
    ),
    EventType(
        "resolve",
        "化解",
        (_BATCH, word("how", "方式", terms.HOW_RESOLVED), flag("again")),
        within="backlog",
        check=_check_resolve,
        fold=_fold_resolve,
        column="resolved_on",
    ),
    EventType(
        "recognise",
        "上级认定",
        (_BATCH, flag("returned", "上级退回")),
        within="backlog",
        check=_check_recognise,
        fold=_fold_recognise,
    ),
)
