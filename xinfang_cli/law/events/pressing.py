"""Pressing a case on, and telling those above: reminder, supervision, recorded steps, report (art. 25, 39, 40)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import stop
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext, EventType, Notice
from xinfang_cli.law.events.checks import refuse
from xinfang_cli.law.events.fields import ANSWER_BY, TEXT, WHERE, day, word
from xinfang_cli.law.terms import OPEN_STAGES


def _pressed(case: Case, event: Event) -> int | None:
    """Whom a reminder or a supervision goes to: the unit of its clock, else the unit of the case; None: no unit."""
    clock = case.open_clock(event.data["clock"]) if event.data.get("clock") else None
    return case.unit if clock is None else clock.unit


def _check_press(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    answer_by = event.data.get("answer_by")
    if event.kind == "supervise":
        if case.unit is None:
            raise refuse(case, "还没有责任单位，不能督办", "先转送交办：⟦assign⟧", code="unit")
        if answer_by is None:
            raise refuse(case, "的督办没有写答复期限", "请加 ⟦.answer_by⟧ 日期", code="missing")
        if answer_by < event.on:
            raise refuse(
                case,
                f"的督办答复期限 {answer_by.isoformat()} 早于 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
            )
    return []


def _fold_supervise(case: Case, event: Event) -> None:
    case.supervised = True


def _move_supervise(case: Case, event: Event) -> None:
    case.start_clock("supervision", event.on, event.seq, event.data["answer_by"])


def _check_supervise_answered(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    if case.open_clock("supervision") is None:
        raise refuse(case, "没有待答复的督办", "先登记督办：⟦supervise⟧", code="clock")
    return []


def _fold_supervise_answered(case: Case, event: Event) -> None:
    case.supervised = False


def _move_supervise_answered(case: Case, event: Event) -> None:
    for clock in case.clocks:
        if clock.kind == "supervision" and not clock.ended:
            stop(clock, event.on, event)


def _step(said: Mapping[str, Any]) -> str:
    return terms.STEP.label(said["step"])


REMIND = EventType(
    "remind",
    "催办",
    (word("level", "级别", terms.REMINDER), word("clock", "时限", terms.CLOCK), day("clock_due")),
    sent=True,
    counted=True,
    stages=OPEN_STAGES,
    hint="已了结的件不必催办",
    rewinds=True,
    check=_check_press,
    goes_to=_pressed,
)
SUPERVISE = EventType(
    "supervise",
    "督办",
    (ANSWER_BY._replace(about="要求答复的期限"), TEXT._replace(about="督办要求或答复内容")),
    sent=True,
    counted=True,
    stages=OPEN_STAGES,
    hint="已了结的件不必督办",
    rewinds=True,
    check=_check_press,
    goes_to=_pressed,
    fold=_fold_supervise,
    clocks=_move_supervise,
    about="督办（条例第四十条），或记单位对督办的答复。",
    examples=({"answer_by": "7-28", "text": "限期反馈办理情况"}, {"answered": True}),
    replaces=True,
)
REPORT_UP = EventType(
    "report_up",
    "报告上级",
    (WHERE._replace(alias="to", about="报告给谁", required=True), TEXT._replace(about="报告内容")),
    counted=True,
    stops=frozenset({"report_up"}),
    rewinds=True,
    about="报告上级：重大紧急事项（条例第二十五条），或上级限期要的报告。",
    examples=({"where": "市信访局"},),
    told=("text", "where"),
)
EVENTS = (
    REMIND,
    SUPERVISE,
    EventType(
        "supervise_answered",
        "督办答复",
        (TEXT,),
        rewinds=True,
        check=_check_supervise_answered,
        fold=_fold_supervise_answered,
        clocks=_move_supervise_answered,
    ),
    REPORT_UP,
    EventType(
        "step",
        "问责措施",
        (
            word("step", "", terms.STEP, about="约谈、挂牌督办、问责", value="措施")._replace(
                alias="kind", required=True
            ),
            WHERE._replace(
                needed="作出决定的机关",
                sample="机关",
                about="作出决定的机关，如信访工作联席会议",
                required=True,
            ),
            TEXT._replace(about="对谁、因何、要求"),
        ),
        about="记一次约谈、挂牌督办或问责，和作出决定的机关（条例第三十九条、第四十条）。",
        counted=True,
        examples=(
            {"step": "约谈", "where": "区信访工作联席会议", "text": "约谈测试局分管负责人，限期整改"},
            {"cases": "123 124", "step": "挂牌督办", "where": "区信访工作联席会议"},
        ),
        told=("text", "where"),
        titled=_step,
        rewinds=True,
    ),
)
