"""The table of the workflow cell by cell, every refusal with its words, back-dating, and what an event does to a case.

The table below was written out from the workflow's page, not from the code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.conftest import Story
from xinfang_cli.errors import Refused
from xinfang_cli.law import terms
from xinfang_cli.law.decide import check, decide, replay_checked
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.events.registry import EVENT, EVENTS, TIMELESS
from xinfang_cli.law.finality import why_no_review
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.law.inforce import Code
from xinfang_cli.present.steps import worded

Step = tuple[Any, ...]
Make = Callable[..., Story]
NO = "XF2023-000001"
SOME: Mapping[str, Any] = MappingProxyType({})


def d(text: str) -> date:
    return date.fromisoformat(text)


STAGES = [
    *("registered", "assigned", "accepted", "reported", "closed", "objected", "in_review", "reviewed", "in_recheck"),
    *("finalised", "refused", "redirected", "filed", "withdrawn", "returned_up"),
]
ANY = " ".join(STAGES)
OPEN = "registered assigned accepted reported objected"
LATER = "closed in_review reviewed in_recheck finalised"

# event: where it is allowed; where it leads ("" where the stage stays).
TABLE: dict[str, tuple[str, str]] = {
    "register": ("", "registered"),
    "assign": ("registered assigned accepted", "assigned"),
    "sign": ("assigned", ""),
    "object": ("assigned", "objected"),
    "uphold": ("objected", "registered"),
    "overrule": ("objected", "assigned"),
    "accept": ("assigned", "accepted"),
    "convert": ("accepted", ""),
    "refuse": ("registered assigned", "refused"),
    "redirect": ("registered assigned accepted", "redirected"),
    "file": ("registered", "filed"),
    "return_up": ("registered objected", "returned_up"),
    "extend": ("accepted", ""),
    "note": (ANY, ""),
    "assist": ("assigned accepted", ""),
    "answered": ("assigned accepted", ""),
    "co_handle": ("assigned accepted", ""),
    "recuse": (ANY, ""),
    "not_the_accused": (ANY, ""),
    "close": ("registered assigned accepted redirected", "closed"),
    "deliver": ("closed reviewed redirected", ""),
    "approve": ("reported", "closed"),
    "return": ("reported", "accepted"),
    "fulfil": (LATER, ""),
    "withdraw": (f"{OPEN} in_review in_recheck", "withdrawn"),
    "review": ("closed", "in_review"),
    "review_result": ("in_review", "reviewed"),
    "recheck": ("reviewed", "in_recheck"),
    "recheck_result": ("in_recheck", "finalised"),
    "hearing": ("in_recheck", ""),
    "report_up": (ANY, ""),
    "rate": (LATER, ""),  # the unit's; the bureau's below
    "link": (ANY, ""),
    "relate": (ANY, ""),
    "lead": (ANY, ""),
    "tag": (ANY, ""),
    "join": (ANY, ""),
    "resolve": (ANY, ""),
    "recognise": (ANY, ""),
    "exclude": (ANY, ""),
    "include": (ANY, ""),
    # A reminder presses a running clock: the open stages, and the reviewing body's while it decides.
    "remind": (f"{OPEN} in_review in_recheck", ""),
    "supervise": (OPEN, ""),
    # The clock stops at the answer only, also after the case was closed.
    "supervise_answered": (ANY, ""),
    "step": (ANY, ""),
    "attach": (ANY, ""),
    "receive": (ANY, ""),
    "order": (ANY, ""),
    "follow": (ANY, ""),
    "edit": (ANY, ""),
}

ASSIGNED: tuple[Step, ...] = (("assign", "2023-03-02"),)
ACCEPTED: tuple[Step, ...] = (*ASSIGNED, ("accept", "2023-03-06"))
CLOSED: tuple[Step, ...] = (*ACCEPTED, ("close", "2023-04-03", {"delivered_on": "2023-04-05"}))
OBJECTED: tuple[Step, ...] = (*ASSIGNED, ("object", "2023-03-03"))
IN_REVIEW: tuple[Step, ...] = (*CLOSED, ("review", "2023-04-20"))
REVIEWED: tuple[Step, ...] = (*IN_REVIEW, ("review_result", "2023-05-10", {"delivered_on": "2023-05-12"}))
IN_RECHECK: tuple[Step, ...] = (*REVIEWED, ("recheck", "2023-06-01"))
LEADS: dict[str, tuple[Step, ...]] = {
    "registered": (),
    "assigned": ASSIGNED,
    "accepted": ACCEPTED,
    "reported": (*ACCEPTED, ("close", "2023-04-03", {"checked": True})),
    "closed": CLOSED,
    "objected": OBJECTED,
    "in_review": IN_REVIEW,
    "reviewed": REVIEWED,
    "in_recheck": IN_RECHECK,
    "finalised": (*IN_RECHECK, ("recheck_result", "2023-06-20")),
    "refused": (("refuse", "2023-03-03"),),
    "redirected": (("redirect", "2023-03-03"),),
    "filed": (("file", "2023-03-03"),),
    "withdrawn": (("withdraw", "2023-03-03"),),
    "returned_up": (("return_up", "2023-03-03"),),
}
# What must have happened on the received day before an event makes sense at all.
FIRST: dict[str, tuple[Step, ...]] = {
    "resolve": (("join", "2023-03-01"),),
    "recognise": (("join", "2023-03-01"), ("resolve", "2023-03-01")),
    "include": (("exclude", "2023-03-01"),),
    "follow": (("receive", "2023-03-01"), ("order", "2023-03-01")),
}
# On a day on which it is lawful in every stage that allows it; most events do not care.
ON = {
    "object": "2023-03-09",
    "extend": "2023-05-05",
    "review": "2023-05-05",
    "recheck": "2023-06-11",
}


def lead_to(make: Make, stage: str, event: str = "") -> Story:
    """A case in that stage, in which the event lacks nothing but a stage that allows it."""
    told = make(source="forwarded").walk(*FIRST.get(event, ()))
    for kind, on, *rest in LEADS[stage]:
        said = dict(rest[0]) if rest else {}
        if kind == "accept" and event == "convert":
            said["pathway"] = "simple"
        if kind == "close" and event == "fulfil":
            said |= {"outcome": "supported", "fulfil_by": "2023-12-30"}
        told.do(kind, on, **said)
        if kind == "assign" and event == "supervise_answered":
            told.do("supervise", on)
        if kind == "assign" and event == "answered":
            told.do("assist", on)
    if event == "not_the_accused":
        said = {"kind": "accusation", "complained_unit_id": 9}
        told.events.append(Event("edit", d("2023-03-03"), {"set": said}, len(told.events) + 1))
    if event == "supervise_answered" and told.case.unit is None:
        told.events.append(Event("supervise", d("2023-03-03"), {"answer_by": d("2023-12-01")}, len(told.events) + 1))
    return told


def test_table_is_the_whole_of_the_workflow() -> None:
    assert set(TABLE) | {"revoke", "correct"} == set(EVENTS) == set(EVENT.labels)
    assert set(STAGES) == set(terms.STAGE.labels)


@pytest.mark.parametrize(
    ("kind", "stage"), [pytest.param(kind, stage, id=f"{kind}-{stage}") for kind in TABLE for stage in STAGES]
)
def test_cell(story: Make, kind: str, stage: str) -> None:
    """Allowed: it happens and leads where the table says. Not: refused with the stage by name, and what to do."""
    told = lead_to(story, stage, kind)
    assert told.case.stage == stage
    allowed, leads_to = TABLE[kind]
    on = ON.get(kind, "2023-12-01") if stage in allowed.split() else "2023-12-01"
    if kind == "supervise" and stage == "registered":
        refusal = told.refused(kind, on)
        assert refusal.code == "unit"  # there is nobody to press
    elif stage in allowed.split():
        told.do(kind, on, **({"unit": 2} if kind == "assign" else {}))
        expected = leads_to or stage
        if kind == "withdraw" and stage in ("in_review", "in_recheck"):
            expected = {"in_review": "closed", "in_recheck": "reviewed"}[stage]
        assert told.case.stage == expected
    elif kind == "register":
        with pytest.raises(Refused, match="不能登记"):
            check(told.case, Event("register", d(on), {}), CheckContext(told.today))
    else:
        refusal = told.refused(kind, on)
        assert refusal.code == "stage"
        assert refusal.exit_code == 1
        assert refusal.message == f"{NO} 现为「{terms.STAGE.label(stage)}」，不能{EVENT.label(kind)}"
        assert refusal.hint
        for step in refusal.steps:  # a remedy that can be taken in that stage
            assert step in ("undo", "correct") or stage in TABLE[step][0].split(), refusal.hint


@pytest.mark.parametrize("stage", STAGES)
def test_the_bureau_may_be_rated_at_any_time(story: Make, stage: str) -> None:
    told = lead_to(story, stage).do("rate", "2023-12-01", unit_rating=None, bureau_rating="dissatisfied")
    assert told.case.bureau_rating == "dissatisfied"
    assert told.case.stage == stage


@pytest.mark.parametrize(
    ("lead", "step", "stage"),
    [
        (ACCEPTED, ("close", "2023-04-03", {"checked": True}), "reported"),
        (IN_REVIEW, ("review_result", "2023-05-10", {"result": "changed"}), "reviewed"),
        (IN_REVIEW, ("review_result", "2023-05-10", {"result": "declined", "reason": "逾期"}), "closed"),
        (IN_REVIEW, ("review_result", "2023-05-10", {"result": "revoked", "redo_by": "2023-06-09"}), "accepted"),
        (IN_RECHECK, ("recheck_result", "2023-06-20", {"result": "changed"}), "finalised"),
        (IN_RECHECK, ("recheck_result", "2023-06-20", {"result": "declined", "reason": "逾期"}), "reviewed"),
        (IN_RECHECK, ("recheck_result", "2023-06-20", {"result": "revoked", "redo_by": "2023-07-20"}), "accepted"),
        (
            IN_RECHECK,
            ("recheck_result", "2023-06-20", {"result": "revoked", "redo_by": "2023-07-20", "back_to": "reviewer"}),
            "in_review",
        ),
        (IN_REVIEW, ("withdraw", "2023-05-01"), "closed"),
        (IN_RECHECK, ("withdraw", "2023-06-10"), "reviewed"),
    ],
)
def test_where_a_result_leads(story: Make, lead: tuple[Step, ...], step: Step, stage: str) -> None:
    assert story().walk(*lead, step).case.stage == stage


# ---- refusals ---------------------------------------------------------------------------------------------------


class No(NamedTuple):
    """An event the law refuses: after what, which, and what the message and the remedy must name."""

    name: str
    lead: tuple[Step, ...]
    event: Step
    code: str
    says: str  # blank-separated words of the message
    remedy: str
    intake: Mapping[str, Any] = SOME


ACCUSATION = {"kind": "accusation", "complained_unit": "测试局", "complained_unit_id": 1}
ABOVE = {"source": "forwarded"}
SIMPLE: tuple[Step, ...] = (*ASSIGNED, ("accept", "2023-03-06", {"pathway": "simple"}))
TASK: Step = ("assign", "2023-03-02", {"mode": "task", "feedback_by": "2023-05-08"})
REVOKE = {"result": "revoked", "redo_by": "2023-06-09"}

REFUSALS = [
    No("art22-task-without-a-day", (), ("assign", "2023-03-02", {"mode": "task"}), "missing", "反馈期限", "--feedback-by 第二十二条"),
    No("art22-task-due-before-it-began", (), ("assign", "2023-03-02", {"mode": "task", "feedback_by": "2023-03-01"}),
       "order", "2023-03-01 2023-03-02", "核对"),
    No("art22-forward-with-a-feedback-day", (), ("assign", "2023-03-02", {"feedback_by": "2023-05-01"}), "mode", "转送", "--mode task"),
    No("assign-to-the-unit-that-has-it", ASSIGNED, ("assign", "2023-03-05"), "same_unit", "已经在这个单位", "xinfang correct"),
    No("moved-before-it-was-signed-for", (*ASSIGNED, ("sign", "2023-03-06")), ("assign", "2023-03-04", {"unit": 2}), "order",
       "2023-03-04 签收 2023-03-06", "核对"),
    No("art30-assign-to-the-accused", (), ("assign", "2023-03-02"), "accused", "检举控告 不能转送交办到这个单位", "第三十条", ACCUSATION),
    No("art30-reassign-to-the-accused", (("assign", "2023-03-02", {"unit": 2}),), ("assign", "2023-03-05"), "accused",
       "检举控告", "第三十条", ACCUSATION),
    No("art30-assign-to-the-accused-by-name", (), ("assign", "2023-03-02", {"unit": 7, "unit_names": ("测局", "测试局")}),
       "accused", "检举控告", "第三十条", {"kind": "accusation", "complained_unit": "测试局"}),
    No("art30-assist-by-the-accused", (("assign", "2023-03-02", {"unit": 2}),),
       ("assist", "2023-03-05", {"unit": 1, "answer_by": "2023-03-20"}), "accused", "检举控告 协办 到这个单位", "第三十条", ACCUSATION),
    No("art30-redirect-to-the-accused", (), ("redirect", "2023-03-02", {"where": "测试局", "how": "forwarded"}), "accused",
       "导入法定途径 到这个单位", "第三十条", ACCUSATION),
    No("art30-redirect-to-the-accused-by-another-name", (), ("redirect", "2023-03-02", {"where": "测局", "unit_names": ("测局", "测试局")}),
       "accused", "导入法定途径", "第三十条", ACCUSATION),
    No("art30-redirect-near-the-accused", (), ("redirect", "2023-03-02", {"where": "外测市测试局"}), "accused", "不能 到这个单位", "第三十条",
       {"kind": "accusation", "complained_unit": "测试局"}),
    No("art30-assign-without-an-answer", (), ("assign", "2023-03-02"), "unanswered", "没有写反映的是谁", "--complained-unit",
       {"kind": "accusation", "complained": "unstated"}),
    No("art30-redirect-without-an-answer", (), ("redirect", "2023-03-02", {"where": "测试纪委"}), "unanswered", "没有写反映的是谁",
       "--complained-person", {"kind": "accusation", "complained": "unstated"}),
    No("art30-lead-without-an-answer", (), ("lead", "2023-03-02"), "unanswered", "没有写反映的是谁", "--complained-unknown",
       {"kind": "accusation", "complained": "unstated"}),
    No("art30-nobody-known-to-an-ordinary-unit", (), ("assign", "2023-03-02"), "unknown_accused", "不明", "纪检监察",
       {"kind": "accusation", "complained": "unknown"}),
    No("art30-overrule-back-to-the-accused", (*OBJECTED, ("edit", "2023-03-05", {"set": {"complained_unit_id": 1}})),
       ("overrule", "2023-03-06"), "accused", "不同意退回", "第三十条", {"kind": "accusation"}),
    No("clear-where-nothing-binds", (), ("not_the_accused", "2023-03-02", {"unit": 5, "reason": "测试"}), "not_bound", "牵连", "直接办理",
       {"kind": "accusation", "complained_unit": "测试局"}),
    No("clear-what-is-no-accusation", (), ("not_the_accused", "2023-03-02", {"unit": 5, "reason": "测试"}), "kind", "检举控告", "直接办理"),
    No("art30-report-up-to-the-accused", (), ("report_up", "2023-03-02", {"where": "测试局"}), "accused", "报告上级", "第三十条", ACCUSATION),
    No("art30-review-by-the-accused",
       (("assign", "2023-03-02", {"unit": 2}), ("accept", "2023-03-06", {"pathway": "opinion"}), ("close", "2023-04-03")),
       ("review", "2023-04-05", {"where": "测试局"}), "accused", "申请复查", "第三十条", ACCUSATION),
    No("art30-accused-as-lead", (), ("lead", "2023-03-02", {"lead": "测试丙"}), "accused", "不能包案", "第三十条",
       {"kind": "accusation", "complained_unit": "测试局测试丙"}),
    No("sign-before-assignment", ASSIGNED, ("sign", "2023-03-01"), "stage", "待转送交办 不能签收", "xinfang assign"),
    No("art23-sign-after-objecting", (*OBJECTED, ("overrule", "2023-03-07")), ("sign", "2023-03-08"), "order",
       "2023-03-08 2023-03-03", "原收到日"),
    No("art23-object-without-reason", ASSIGNED, ("object", "2023-03-03", {"reason": ""}), "missing", "理由", "--reason"),
    No("art23-object-day-6", ASSIGNED, ("object", "2023-03-10"), "late", "最后一天 2023-03-09 第二十三条", "--late-reason 逾期异议"),
    No("art23-object-day-6-from-sign", (*ASSIGNED, ("sign", "2023-03-06")), ("object", "2023-03-14"), "late", "2023-03-13", "--late-reason"),
    No("art23-object-again-after-overrule", (*OBJECTED, ("overrule", "2023-03-07")), ("object", "2023-03-10"), "late",
       "2023-03-09", "--late-reason"),
    No("object-before-sign", (*ASSIGNED, ("sign", "2023-03-06")), ("object", "2023-03-05"), "order", "2023-03-05 签收 2023-03-06", "核对"),
    No("overrule-without-reason", OBJECTED, ("overrule", "2023-03-05", {"reason": ""}), "missing", "理由", "--reason"),
    No("accept-before-sign", (*ASSIGNED, ("sign", "2023-03-06")), ("accept", "2023-03-05"), "order", "2023-03-05 签收 2023-03-06", "核对"),
    No("told-before-acceptance", ASSIGNED, ("accept", "2023-03-06", {"told_on": "2023-03-05"}), "order", "告知 2023-03-05 2023-03-06", "核对"),
    No("told-after-today", ASSIGNED, ("accept", "2023-03-06", {"told_on": "2025-01-01"}), "future", "告知 2025-01-01 2024-12-31", "发生之后"),
    No("art31-5-duty-for-an-inquiry", ASSIGNED, ("accept", "2023-03-06", {"pathway": "duty"}), "pathway", "咨询", "第三十一条", {"kind": "inquiry"}),
    No("simple-for-a-suggestion", ASSIGNED, ("accept", "2023-03-06", {"pathway": "simple"}), "pathway", "建议意见", "申诉求决", {"kind": "suggestion"}),
    No("simple-for-a-repeat", ASSIGNED, ("accept", "2023-03-06", {"pathway": "simple"}), "pathway", "重复件", "普通程序", {"repeat": True}),
    No("own-due-day-without-duty", ASSIGNED, ("accept", "2023-03-06", {"due_on": "2023-06-01"}), "pathway", "依法履职", "--pathway duty"),
    No("duty-due-before-acceptance", ASSIGNED, ("accept", "2023-03-06", {"pathway": "duty", "due_on": "2023-03-05"}), "order",
       "2023-03-05 2023-03-06", "核对"),
    No("convert-what-is-not-simple", ACCEPTED, ("convert", "2023-03-10"), "pathway", "不是简易办理", "普通程序"),
    No("convert-twice", (*SIMPLE, ("convert", "2023-03-10")), ("convert", "2023-03-10"), "pathway", "不是简易办理", "普通程序"),
    No("art19-refuse-without-ground", (), ("refuse", "2023-03-05", {"ground": None}), "missing", "不受理理由", "--ground"),
    No("refuse-without-reason", (), ("refuse", "2023-03-05", {"reason": ""}), "missing", "说明", "--reason"),
    No("art39-step-of-nobody", (), ("step", "2023-03-05", {"where": None}), "missing", "作出决定的机关", "--body"),
    No("report-by-before-receipt", (), ("edit", "2023-03-05", {"set": {"report_by": date(2023, 2, 28)}}), "order",
       "2023-02-28 2023-03-01", "核对"),
    No("file-without-reason", (), ("file", "2023-03-05", {"reason": ""}), "missing", "理由", "--reason"),
    No("return-up-of-our-own", (), ("return_up", "2023-03-05"), "source", "本级登记", "上级"),
    No("return-up-without-reason", (), ("return_up", "2023-03-05", {"reason": ""}), "missing", "理由", "--reason", ABOVE),
    No("art34-extend-31", ACCEPTED, ("extend", "2023-04-01", {"days": 31}), "limit", "31 30 第三十四条", "30"),
    No("art34-extend-20-and-11", (*ACCEPTED, ("extend", "2023-04-01", {"days": 20})), ("extend", "2023-04-02", {"days": 11}),
       "limit", "11 30 20", "10"),
    No("art34-extend-twice-on-one-day", (*ACCEPTED, ("extend", "2023-04-01", {"days": 20})), ("extend", "2023-04-01", {"days": 20}),
       "limit", "20 30", "10"),
    No("art34-extend-earlier-beyond-the-limit", (*ACCEPTED, ("extend", "2023-04-20", {"days": 20})), ("extend", "2023-04-01", {"days": 11}),
       "conflict", "2023-04-20 2023-04-01 30", "xinfang correct"),
    No("art34-extend-after-the-limit-is-used", (*ACCEPTED, ("extend", "2023-04-01")), ("extend", "2023-04-02", {"days": 1}), "limit", "30", "不能再延期"),
    No("art34-extend-the-day-after", ACCEPTED, ("extend", "2023-05-06"), "late", "2023-05-05 2023-05-06", "第三十四条"),
    No("art34-extend-without-approver", ACCEPTED, ("extend", "2023-05-05", {"approved_by": ""}), "missing", "批准人", "--approved-by"),
    No("art34-extend-without-reason", ACCEPTED, ("extend", "2023-05-05", {"reason": ""}), "missing", "理由", "--reason"),
    No("art34-extend-by-nothing", ACCEPTED, ("extend", "2023-05-05", {"days": 0}), "days", "0", "1"),
    No("extend-simple", SIMPLE, ("extend", "2023-03-10"), "clock", "简易程序", "xinfang convert"),
    No("extend-duty", (*ASSIGNED, ("accept", "2023-03-06", {"pathway": "duty"})), ("extend", "2023-03-10"), "clock", "60", "第三十四条"),
    No("extend-feedback-that-was-not-ordered", ACCEPTED, ("extend", "2023-03-10", {"clock": "feedback"}), "clock", "反馈期限", "交办"),
    No("extend-feedback-too-late", (TASK, ("accept", "2023-03-06")), ("extend", "2023-05-09", {"clock": "feedback"}), "late", "2023-05-08", "之前"),
    No("note-without-text", (), ("note", "2023-03-05", {"text": ""}), "missing", "内容", "--text"),
    No("assist-by-the-unit-itself", ACCEPTED, ("assist", "2023-03-10", {"unit": 1}), "same_unit", "责任单位", "另一个单位"),
    No("assist-answer-before-asking", ACCEPTED, ("assist", "2023-03-10", {"answer_by": "2023-03-09"}), "order", "2023-03-09 2023-03-10", "核对"),
    No("answered-without-asking", ACCEPTED, ("answered", "2023-03-10"), "clock", "协办", "xinfang assist"),
    No("answered-by-another", (*ACCEPTED, ("assist", "2023-03-10")), ("answered", "2023-03-10", {"unit": 8}), "clock", "协办", "xinfang assist"),
    No("answered-twice-on-one-day", (*ACCEPTED, ("assist", "2023-03-10"), ("answered", "2023-03-12")), ("answered", "2023-03-12"),
       "clock", "协办", "xinfang assist"),
    No("close-without-outcome", ACCEPTED, ("close", "2023-04-03", {"outcome": None}), "missing", "处理意见", "--outcome 予以支持"),
    No("close-before-delivery-is-fine-but-not-after-today", ACCEPTED, ("close", "2023-04-03", {"delivered_on": "2025-01-01"}), "future",
       "送达 2025-01-01", "发生之后"),
    No("delivered-before-closing", ACCEPTED, ("close", "2023-04-03", {"delivered_on": "2023-04-02"}), "order", "送达 2023-04-02 2023-04-03", "核对"),
    No("close-before-sign", (*ASSIGNED, ("sign", "2023-03-06")), ("close", "2023-03-05"), "order", "签收 2023-03-06", "核对"),
    No("art32-promise-without-support", ACCEPTED, ("close", "2023-04-03", {"outcome": "rejected", "fulfil_by": "2023-06-01"}), "outcome",
       "支持", "--fulfil-by"),
    No("art32-promise-before-closing", ACCEPTED, ("close", "2023-04-03", {"outcome": "supported", "fulfil_by": "2023-04-02"}), "order",
       "2023-04-02 2023-04-03", "核对"),
    No("slip-before-closing", (*ACCEPTED, ("close", "2023-04-03")), ("deliver", "2023-04-02"), "stage", "办理中 不能送达", "办结"),
    No("slip-before-the-review-opinion", (*IN_REVIEW, ("review_result", "2023-05-10")), ("deliver", "2023-05-09"), "stage", "复查中", "复查"),
    No("return-without-reason", LEADS["reported"], ("return", "2023-04-05", {"reason": ""}), "missing", "理由", "--reason"),
    No("art32-nothing-was-promised", CLOSED, ("fulfil", "2023-05-01"), "clock", "承诺", "--fulfil-by"),
    No("withdraw-without-reason", (), ("withdraw", "2023-03-05", {"reason": ""}), "missing", "理由", "--reason"),
    No("art35-review-of-an-answer", CLOSED, ("review", "2023-04-20"), "no_review", "不适用复查 答复办理 第三十五条", "法定程序", {"kind": "inquiry"}),
    No("art35-review-of-a-suggestion", CLOSED, ("review", "2023-04-20"), "no_review", "不适用复查 建议意见办理", "法定程序", {"kind": "suggestion"}),
    No("art35-review-of-an-accusation", CLOSED, ("review", "2023-04-20"), "no_review", "不适用复查 检举控告办理", "法定程序", {"kind": "accusation"}),
    No("art35-review-of-a-duty", (*ASSIGNED, ("accept", "2023-03-06", {"pathway": "duty"}), ("close", "2023-04-03")), ("review", "2023-04-20"),
       "no_review", "不适用复查 依法履职", "法定程序"),
    No("art35-review-of-the-bureaus-own-answer", (("close", "2023-03-10"),), ("review", "2023-03-20"), "no_review", "不适用复查 未经受理", "法定程序"),
    No("art35-review-of-what-was-redirected", (*ACCEPTED, ("redirect", "2023-03-10"), ("close", "2023-04-03")), ("review", "2023-04-20"),
       "no_review", "不适用复查 法定途径", "法定程序"),
    No("art35-review-day-31", CLOSED, ("review", "2023-05-06"), "late", "2023-05-05 30 第三十五条", "--late-reason"),
    No("art35-review-before-delivery", (*ACCEPTED, ("close", "2023-04-03", {"delivered_on": "2023-04-10"})), ("review", "2023-04-09"), "order",
       "2023-04-09 送达 2023-04-10", "核对"),
    No("art36-recheck-day-31", REVIEWED, ("recheck", "2023-06-12"), "late", "2023-06-11 30 第三十六条", "--late-reason"),
    No("art36-recheck-before-delivery", REVIEWED, ("recheck", "2023-05-11"), "order", "2023-05-11 送达 2023-05-12", "核对"),
    No("art35-result-delivered-before-it-was-made", IN_REVIEW, ("review_result", "2023-05-10", {"delivered_on": "2023-05-09"}), "order",
       "送达 2023-05-09 2023-05-10", "核对"),
    No("art35-revoked-without-a-day", IN_REVIEW, ("review_result", "2023-05-10", {"result": "revoked"}), "missing", "重办期限", "--redo-by"),
    No("art35-revoked-to-a-day-gone", IN_REVIEW, ("review_result", "2023-05-10", {"result": "revoked", "redo_by": "2023-05-09"}), "order",
       "2023-05-09 2023-05-10", "核对"),
    No("art35-declined-without-reason", IN_REVIEW, ("review_result", "2023-05-10", {"result": "declined"}), "missing", "理由", "--reason"),
    No("art36-declined-without-reason", IN_RECHECK, ("recheck_result", "2023-06-20", {"result": "declined"}), "missing", "理由", "--reason"),
    No("art36-hearing-backwards", IN_RECHECK, ("hearing", "2023-06-20", {"from_on": "2023-06-12", "to_on": "2023-06-10"}), "order",
       "2023-06-10 2023-06-12", "核对"),
    No("art36-hearing-before-the-request", IN_RECHECK, ("hearing", "2023-06-20", {"from_on": "2023-05-31", "to_on": "2023-06-10"}), "order",
       "2023-05-31 2023-06-01", "核对"),
    No("rating-of-nothing", CLOSED, ("rate", "2023-04-10", {"unit_rating": None}), "missing", "评价", "--unit-rating"),
    No("rating-none", CLOSED, ("rate", "2023-04-10", {"unit_rating": "none"}), "missing", "评价", "--unit-rating"),
    No("unit-rated-before-closing", ACCEPTED, ("rate", "2023-04-02"), "stage", "办理中 满意度评价", "办结之后"),
    No("unit-rated-before-the-close-day", CLOSED, ("rate", "2023-04-02"), "stage", "办理中 满意度评价", "办结之后"),
    No("join-twice", (("join", "2023-03-02"),), ("join", "2023-03-02"), "batch", "测试批次", "重复"),
    No("resolve-what-is-not-in", (), ("resolve", "2023-03-02"), "batch", "测试批次", "xinfang backlog join"),
    No("resolve-before-joining", (("join", "2023-03-05"),), ("resolve", "2023-03-04"), "batch", "测试批次", "xinfang backlog join"),
    No("resolve-twice", (("join", "2023-03-02"), ("resolve", "2023-03-05")), ("resolve", "2023-03-05"), "batch", "2023-03-05", "重复"),
    No("recognise-what-is-not-resolved", (("join", "2023-03-02"),), ("recognise", "2023-03-05"), "batch", "化解", "xinfang backlog resolve"),
    No("exclude-without-reason", (), ("exclude", "2023-03-05", {"reason": ""}), "missing", "理由", "--reason"),
    No("exclude-without-approver", (), ("exclude", "2023-03-05", {"approved_by": ""}), "missing", "批准人", "--approved-by"),
    No("exclude-twice", (("exclude", "2023-03-05"),), ("exclude", "2023-03-05"), "excluded", "已经剔除", "xinfang include"),
    No("include-what-is-in", (), ("include", "2023-03-05"), "excluded", "没有剔除", "恢复"),
    No("include-twice", (("exclude", "2023-03-05"), ("include", "2023-03-05")), ("include", "2023-03-05"), "excluded", "没有剔除", "恢复"),
    No("art40-supervise-nobody", (), ("supervise", "2023-03-05"), "unit", "责任单位", "xinfang assign"),
    No("art40-supervise-without-a-day", ASSIGNED, ("supervise", "2023-03-05", {"answer_by": None}), "missing", "答复期限", "--answer-by"),
    No("art40-supervise-to-a-day-gone", ASSIGNED, ("supervise", "2023-03-05", {"answer_by": "2023-03-04"}), "order", "2023-03-04 2023-03-05", "核对"),
    No("art40-answer-to-nothing", ASSIGNED, ("supervise_answered", "2023-03-05"), "clock", "督办", "xinfang supervise"),
    # days
    No("before-the-stage-began", ACCEPTED, ("close", "2023-03-05"), "order", "办结 2023-03-05 办理中 2023-03-06", "2023-03-06 xinfang correct"),
    No("before-it-was-received", (), ("assign", "2023-02-28"), "order", "2023-02-28 2023-03-01", "xinfang correct"),
    No("a-note-before-it-was-received", (), ("note", "2023-02-28"), "order", "2023-02-28 收到日期 2023-03-01", "收到日期"),
    No("after-today", ACCEPTED, ("close", "2025-01-01"), "future", "办结 2025-01-01 2024-12-31", "发生后再登记"),
    No("a-note-after-today", ACCEPTED, ("note", "2025-01-01"), "future", "办理记录 2025-01-01 2024-12-31", "发生后再登记"),
]  # fmt: skip


@pytest.mark.parametrize("no", REFUSALS, ids=lambda no: no.name)
def test_refusal(story: Make, no: No) -> None:
    """Refused with exit code 1, naming the case, what is wrong with which day, and what to do instead."""
    kind, on, *rest = no.event
    refusal = story(**no.intake).walk(*no.lead).refused(kind, on, **(rest[0] if rest else {}))
    assert refusal.code == no.code, refusal.line()
    assert refusal.exit_code == 1
    assert NO in refusal.message
    for word in no.says.split():
        assert word in refusal.message
    for word in no.remedy.split():
        assert word in worded(refusal.hint)
    assert "\n" not in refusal.line()
    assert refusal.line().count(NO) == 1


def test_register_refusals(story: Make) -> None:
    with pytest.raises(Refused, match="收到日期 2025-01-01 晚于今天 2024-12-31") as caught:
        story("2025-01-01")
    assert caught.value.code == "future"
    with pytest.raises(Refused, match="2023-02-28 早于收到日期 2023-03-01"):
        story(source="tasked", report_by="2023-02-28")


WARNINGS = [
    ("art20-more-than-5-representatives", (), None, "代表 6 人 5 第二十条", {"channel": "visit", "representatives": 6}),
    ("art22-3-feedback-not-before-the-superiors-day", (), ("assign", "2023-03-02", {"mode": "task", "feedback_by": "2023-04-20"}),
     "2023-04-20", {"source": "tasked", "report_by": "2023-04-20"}),
    ("moved-after-acceptance", ACCEPTED, ("assign", "2023-03-10", {"unit": 2}), "重新受理", {}),
    ("art23-late-objection", ASSIGNED, ("object", "2023-03-10", {"late_reason": "材料晚到"}), "逾期异议 2023-03-09", {}),
    ("unusual-pathway", ASSIGNED, ("accept", "2023-03-06", {"pathway": "opinion"}), "咨询 答复办理", {"kind": "inquiry"}),
    ("report-that-nobody-ordered", ACCEPTED, ("note", "2023-03-10", {"report": True}), "反馈期限", {}),
    ("unusual-outcome", ACCEPTED, ("close", "2023-04-03", {"outcome": "adopted", "delivered_on": "2023-04-03"}), "申诉求决 采纳", {}),
    ("no-delivery-day", ACCEPTED, ("close", "2023-04-03"), "送达日期 推定 xinfang deliver", {}),
    ("no-delivery-day-of-what-has-no-review", (*ASSIGNED, ("accept", "2023-03-06", {"pathway": "duty"})), ("close", "2023-04-03"),
     "没有送达日期；回执", {}),
    ("art35-presumed-window-over", (*ACCEPTED, ("close", "2023-04-03")), ("review", "2023-05-04"), "推定 2023-05-03", {}),
    ("art35-late-with-a-reason", CLOSED, ("review", "2023-05-06", {"late_reason": "住院"}), "逾期申请复查 2023-05-05", {}),
    ("art36-late-with-a-reason", REVIEWED, ("recheck", "2023-06-12", {"late_reason": "住院"}), "逾期申请复核 2023-06-11", {}),
    ("rated-but-not-ratable", CLOSED, ("rate", "2023-04-10"), "不列入", {"repeat": True}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lead", "step", "says", "intake"), [pytest.param(lead, e, s, i, id=n) for n, lead, e, s, i in WARNINGS]
)
def test_warning(story: Make, lead: tuple[Step, ...], step: Step | None, says: str, intake: dict[str, Any]) -> None:
    told = story(**intake).walk(*lead)
    if step is not None:
        told.walk(step)
    text = "；".join(told.warnings)
    for word in says.split():
        assert word in text


@pytest.mark.parametrize(
    ("lead", "step", "intake"),
    [
        pytest.param((), ("assign", "2023-03-02", {"mode": "task", "feedback_by": "2023-04-19"}),
                     {"source": "tasked", "report_by": "2023-04-20"}, id="feedback-the-day-before-the-superiors"),
        pytest.param(ASSIGNED, ("object", "2023-03-09"), {}, id="art23-object-day-5"),
        pytest.param(OBJECTED, ("overrule", "2023-03-07"), {}, id="overrule"),
        pytest.param(ACCEPTED, ("extend", "2023-05-05"), {}, id="art34-extend-30-on-the-last-day"),
        pytest.param(CLOSED, ("review", "2023-05-05"), {}, id="art35-review-day-30"),
        pytest.param(CLOSED, ("review", "2023-04-05"), {}, id="art35-review-on-the-day-of-delivery"),
        pytest.param(REVIEWED, ("recheck", "2023-06-11"), {}, id="art36-recheck-day-30"),
        pytest.param(CLOSED, ("rate", "2024-12-31"), {}, id="a-late-rating-is-taken"),
        pytest.param((), ("assign", "2023-03-02", {"unit": 2}), ACCUSATION, id="art30-to-another-unit"),
        pytest.param((), ("assign", "2023-03-02"), {**ACCUSATION, "kind": "appeal"}, id="art30-accusations-only"),
        pytest.param((*OBJECTED, ("uphold", "2023-03-06")), ("assign", "2023-03-07"), {}, id="the-same-unit-again-after-uphold"),
        pytest.param((), ("register_representatives", "", {}), {"channel": "letter", "representatives": 6}, id="art20-letters"),
    ],
)  # fmt: skip
def test_no_warning_on_the_lawful_side(story: Make, lead: tuple[Step, ...], step: Step, intake: dict[str, Any]) -> None:
    told = story(**intake).walk(*lead)
    if step[0] != "register_representatives":
        told.walk(step)
    assert told.warnings == []


@pytest.mark.parametrize(
    ("lead", "step"),
    [
        pytest.param((), ("assign", "2023-03-02", {"mode": "task"}), id="task-without-a-day"),
        pytest.param(ACCEPTED, ("extend", "2023-03-06", {"approved_by": None, "reason": None}), id="extension"),
        pytest.param((), ("refuse", "2023-03-06", {"ground": None, "reason": None}), id="refusal"),
        pytest.param((), ("file", "2023-03-06", {"reason": None}), id="filing"),
        pytest.param(ACCEPTED, ("close", "2023-04-03", {"outcome": None}), id="outcome"),
        pytest.param(IN_REVIEW, ("review_result", "2023-05-10", {"result": "revoked"}), id="redo-day"),
        pytest.param(IN_REVIEW, ("review_result", "2023-05-10", {"result": "declined"}), id="reason-of-declining"),
    ],
)
def test_what_a_sheet_cannot_say_is_never_refused(story: Make, lead: tuple[Step, ...], step: Step) -> None:
    kind, on, said = step
    told = story().walk(*lead)
    told.refused(kind, on, **said)
    told.do(kind, on, from_sheet=True, **said)


@pytest.mark.parametrize(
    ("lead", "intake", "why"),
    [
        (CLOSED, {}, ""),
        (CLOSED, {"kind": "inquiry"}, "答复办理"),
        ((("close", "2023-03-10"),), {}, "未经受理"),
        ((("redirect", "2023-03-10"), ("close", "2023-03-20")), {}, "法定途径"),
    ],
)
def test_why_no_review(story: Make, lead: tuple[Step, ...], intake: dict[str, Any], why: str) -> None:
    said = why_no_review(story(**intake).walk(*lead).case)
    assert bool(said) is bool(why)
    assert why in said


# ---- back-dating ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead", "step", "seqs"),
    [
        pytest.param(CLOSED, ("note", "2023-03-10"), [1, 2, 3, 5, 4], id="a-note-between"),
        pytest.param(ACCEPTED, ("sign", "2023-03-03"), [1, 2, 4, 3], id="sign-after-acceptance-was-recorded"),
        pytest.param(ACCEPTED, ("sign", "2023-03-06"), [1, 2, 4, 3], id="sign-on-the-day-of-acceptance"),
        pytest.param(CLOSED, ("extend", "2023-04-03"), [1, 2, 3, 5, 4], id="extension-on-the-day-of-closing"),
        pytest.param(CLOSED, ("extend", "2023-04-02"), [1, 2, 3, 5, 4], id="extension-the-day-before-closing"),
        pytest.param(IN_REVIEW, ("deliver", "2023-04-20"), [1, 2, 3, 4, 6, 5], id="slip-on-the-day-of-the-request"),
        pytest.param(ACCEPTED, ("note", "2023-03-06"), [1, 2, 3, 4], id="the-evening-of-the-day"),
        pytest.param(
            CLOSED, ("supervise", "2023-03-20", {"answer_by": "2023-03-30"}), [1, 2, 3, 5, 4], id="supervision"
        ),
    ],
)
def test_an_event_that_leaves_the_stage_finds_its_place(
    story: Make, lead: tuple[Step, ...], step: Step, seqs: list[int]
) -> None:
    told = story().walk(*lead)
    stage = told.case.stage
    told.walk(step)
    assert [event.seq for event in in_force(told.events)] == seqs
    assert told.case.stage == stage


@pytest.mark.parametrize(
    ("lead", "step", "why"),
    [
        pytest.param(CLOSED, ("sign", "2023-03-07"), "stage", id="signed-after-acceptance"),
        pytest.param(CLOSED, ("extend", "2023-03-05"), "stage", id="extended-before-acceptance"),
        pytest.param(CLOSED, ("extend", "2023-04-04"), "stage", id="extended-after-closing"),
        pytest.param(CLOSED, ("hearing", "2023-04-04"), "stage", id="heard-without-recheck"),
        pytest.param(CLOSED, ("assist", "2023-03-01"), "stage", id="assisting-before-anybody-had-it"),
        pytest.param(ACCEPTED, ("deliver", "2023-03-07"), "stage", id="delivered-before-anything-was-closed"),
    ],
)
def test_not_on_a_day_on_which_it_would_have_been_refused(
    story: Make, lead: tuple[Step, ...], step: Step, why: str
) -> None:
    kind, on = step
    told = story().walk(*lead)
    refusal = told.refused(kind, on)
    assert refusal.code == why
    # the stage of that day, where it is not the present one
    assert (f"现为「{terms.STAGE.label(told.case.stage)}」" in refusal.message) != (f" 在 {on} 为「" in refusal.message)


@pytest.mark.parametrize(
    ("lead", "step", "names"),
    [
        pytest.param((*ASSIGNED, ("sign", "2023-03-06")), ("refuse", "2023-03-04"), "签收 2023-03-06", id="refused-before-it-was-signed-for"),
        pytest.param((*ACCEPTED, ("extend", "2023-04-10")), ("close", "2023-04-03"), "延期 2023-04-10", id="closed-before-it-was-extended"),
        pytest.param((*SIMPLE, ("convert", "2023-03-10")), ("close", "2023-03-08"), "转普通程序 2023-03-10", id="closed-before-it-was-converted"),
        pytest.param((*ACCEPTED, ("assist", "2023-04-10")), ("withdraw", "2023-04-03"), "协办 2023-04-10", id="withdrawn-before-others-were-asked"),
        pytest.param((*IN_RECHECK, ("hearing", "2023-06-15")), ("recheck_result", "2023-06-14"), "听证 2023-06-15", id="decided-before-it-was-heard"),
        pytest.param((("join", "2023-03-10"),), ("join", "2023-03-05"), "列入积案 2023-03-10", id="joined-before-it-was-joined"),
        pytest.param((("exclude", "2023-03-10"),), ("exclude", "2023-03-05"), "剔除 2023-03-10", id="excluded-before-it-was-excluded"),
    ],
)  # fmt: skip
def test_back_dating_may_not_make_a_later_event_impossible(
    story: Make, lead: tuple[Step, ...], step: Step, names: str
) -> None:
    kind, on, *rest = step
    refusal = story().walk(*lead).refused(kind, on, **(rest[0] if rest else {}))
    assert refusal.code == "conflict"
    for word in (*names.split(), on, NO):
        assert word in refusal.message
    assert "correct" in refusal.steps


def test_what_was_pressed_in_the_meantime_is_not_in_the_way(story: Make) -> None:
    told = story().walk(*ACCEPTED, ("remind", "2023-04-10"), ("supervise", "2023-04-11"), ("note", "2023-04-12"))
    told.do("close", "2023-04-03")
    assert told.case.stage == "closed"
    assert told.case.closed_on == d("2023-04-03")


def test_a_slip_that_came_late_does_not_unmake_a_review(story: Make) -> None:
    """CheckContext for by what was presumed; the delivery day that turns up later leaves the request standing."""
    told = story().walk(*ACCEPTED, ("close", "2023-04-03"), ("review", "2023-05-20"))
    told.do("deliver", "2023-04-10")
    assert told.case.stage == "in_review"
    assert told.clock("review_window").due == d("2023-05-10")
    assert told.state("review_window") == "late"


def test_a_moving_event_may_share_the_day_of_the_one_before(story: Make) -> None:
    on = "2023-03-01"
    told = story(on).walk(("assign", on), ("accept", on), ("close", on, {"delivered_on": on}), ("review", on))
    told.walk(("review_result", on, {"delivered_on": on}), ("recheck", on), ("recheck_result", on))
    assert told.case.stage == "finalised"


def test_sign_lies_before_the_acceptance_of_the_same_day_for_good(story: Make) -> None:
    told = story().walk(*ACCEPTED, ("sign", "2023-03-06"), ("note", "2023-03-06"))
    assert [event.seq for event in in_force(told.events)] == [1, 2, 4, 3, 5]
    told.take_back(5).take_back(3)  # the acceptance, too: sign stands where its own day puts it
    told.do("accept", "2023-03-08")
    assert [event.kind for event in in_force(told.events)] == ["register", "assign", "sign", "accept"]
    assert told.clock("acceptance").start == d("2023-03-06")


def test_the_days_of_today_before_the_book(story: Make) -> None:
    """--today may lie before what the book holds: nothing that stands is refused for it."""
    told = story().walk(*CLOSED)
    told.today = d("2023-03-20")
    told.do("note", "2023-03-20")
    assert told.refused("note", "2023-03-21").code == "future"
    assert told.refused("review", "2023-04-20").code == "future"


# ---- what an event does to the case -----------------------------------------------------------------------------


def test_moved_on_case_forgets_what_the_unit_before_did(story: Make) -> None:
    case = story().walk(*ACCEPTED, ("assign", "2023-03-20", {"unit": 2})).case
    assert (case.unit, case.assigned_on) == (2, d("2023-03-20"))
    assert (case.signed_on, case.accepted_on, case.told_on, case.pathway) == (None, None, None, None)


def test_reopened_case_keeps_its_first_closing(story: Make) -> None:
    told = story().walk(*IN_REVIEW, ("review_result", "2023-05-10", REVOKE))
    assert (told.case.closed_on, told.case.outcome, told.case.first_closed_on) == (None, None, d("2023-04-03"))
    told.do("close", "2023-06-01", outcome="supported")
    assert (told.case.closed_on, told.case.first_closed_on) == (d("2023-06-01"), d("2023-04-03"))


def test_closing_that_was_never_approved_is_none(story: Make) -> None:
    for then in ("withdraw", "return"):
        case = story().walk(*LEADS["reported"], (then, "2023-04-10")).case
        assert (case.closed_on, case.first_closed_on, case.outcome) == (None, None, None)


def test_to_and_fro_is_counted(story: Make) -> None:
    told = story().walk(
        *OBJECTED, ("uphold", "2023-03-06"), ("assign", "2023-03-07", {"unit": 2}), ("object", "2023-03-08")
    )
    assert told.case.returned_times == 2
    assert told.case.objectors == (1, 2)


def test_the_latest_rating_counts_by_its_day(story: Make) -> None:
    told = story().walk(*CLOSED, ("rate", "2023-04-20"), ("rate", "2023-04-10", {"unit_rating": "dissatisfied"}))
    assert (told.case.unit_rating, told.case.unit_rated_on) == ("satisfied", d("2023-04-20"))
    told.do("rate", "2023-04-20", unit_rating="fair")
    assert told.case.unit_rating == "fair"


@pytest.mark.parametrize(
    ("intake", "lead", "ratable"),
    [
        ({}, CLOSED, True),
        ({"repeat": True}, CLOSED, False),
        ({"kind": "accusation"}, CLOSED, False),
        ({}, (("redirect", "2023-03-05"), ("close", "2023-03-10")), False),
    ],
)
def test_ratable(story: Make, intake: dict[str, Any], lead: tuple[Step, ...], ratable: bool) -> None:
    assert story(**intake).walk(*lead).case.ratable is ratable


def test_backlog_entry(story: Make) -> None:
    told = story().walk(("join", "2023-03-02"), ("resolve", "2023-03-05"), ("recognise", "2023-03-08"))
    entry = told.case.batches["测试批次"]
    assert (entry.joined_on, entry.resolved_on, entry.recognised_on) == (
        d("2023-03-02"),
        d("2023-03-05"),
        d("2023-03-08"),
    )
    told.do("recognise", "2023-03-10", returned=True)
    assert told.case.batches["测试批次"].resolved_on is None
    told.do("resolve", "2023-03-12")
    assert told.case.batches["测试批次"].resolved_on == d("2023-03-12")


def test_tags_lead_relate(story: Make) -> None:
    told = story().walk(
        ("tag", "2023-03-02", {"add": ["扬言", "匿名"]}),
        ("tag", "2023-03-03", {"add": ["匿名"], "remove": ["扬言"]}),
        ("lead", "2023-03-02", {"lead": "测试乙"}),
        ("lead", "2023-03-03", {"lead": "测试丁"}),
        ("relate", "2023-03-02", {"to": 5}),
        ("relate", "2023-03-03", {"to": 5}),
        ("relate", "2023-03-03", {"to": 6}),
    )
    assert (told.case.tags, told.case.lead, told.case.related) == (("匿名",), "测试丁", (5, 6))


def test_as_of_an_earlier_day(story: Make) -> None:
    told = story().walk(*CLOSED)
    stages = {"2023-02-28": None, "2023-03-01": "registered", "2023-03-02": "assigned", "2023-04-02": "accepted"}
    for on, stage in stages.items():
        case = told.as_of(on)
        assert (None if case is None else case.stage) == stage
    early = told.as_of("2023-04-02")
    assert early is not None
    assert early.closed_on is None
    assert [(c.kind, c.stop) for c in early.clocks if c.stop is None] == [("completion", None)]


# ---- in force: revoke, correct, edit, link ----------------------------------------------------------------------


def test_revoke_takes_an_event_back_and_leaves_it_in_the_book(story: Make) -> None:
    told = story().walk(*CLOSED).take_back(4)
    assert told.case.stage == "accepted"
    assert told.clock("completion").stop is None
    assert [event.seq for event in told.events] == [1, 2, 3, 4, 5]
    assert [event.seq for event in in_force(told.events)] == [1, 2, 3]


def test_revoked_registration_leaves_no_case(story: Make, code: Code) -> None:
    told = story().walk(*ACCEPTED).take_back(1)
    assert fold(told.events, code) is None
    note = Event("note", d("2023-03-10"), {"text": "测试"}, 9)
    with pytest.raises(Refused, match="登记已撤销") as caught:
        decide(told.events, note, code, CheckContext(told.today))
    assert caught.value.steps == ("add",)


def test_correct_moves_a_day_and_the_clocks_follow(story: Make) -> None:
    told = story().walk(*CLOSED).set_right(3, on="2023-03-20", told_on="2023-03-20")
    assert told.case.accepted_on == d("2023-03-20")
    assert told.clock("completion").start == d("2023-03-20")
    assert told.state("acceptance") == "late"
    told.set_right(3, on="2023-03-10", told_on="2023-03-10")
    assert told.clock("completion").start == d("2023-03-10")
    told.take_back(6)  # the second correction, too, can be taken back
    assert told.clock("completion").start == d("2023-03-20")


def test_correct_a_field_only(story: Make) -> None:
    told = story().walk(*CLOSED).set_right(4, outcome="supported")
    assert told.case.outcome == "supported"
    assert told.case.closed_on == d("2023-04-03")


def test_correct_the_received_day(story: Make) -> None:
    told = story().walk(*ACCEPTED).set_right(1, on="2023-02-10")
    assert told.case.received_on == d("2023-02-10")
    assert told.clock("dispatch").due == d("2023-02-25")
    assert told.state("dispatch") == "late"


def test_edit_and_link_hold_for_every_day(story: Make) -> None:
    told = story().walk(*CLOSED)
    told.events.append(Event("edit", d("2024-01-05"), {"set": {"headcount": 7}, "changes": {"name": "测试戊"}}, 5))
    told.events.append(Event("link", d("2024-01-06"), {"repeat_of": 42}, 6))
    early = told.as_of("2023-03-02")
    assert early is not None
    assert (early.headcount, early.name, early.repeat, early.repeat_of) == (7, "测试戊", True, 42)
    assert not told.clocks("rating")  # it never was a first-time case
    told.take_back(6)
    assert told.case.repeat is False
    assert told.clocks("rating")
    assert frozenset({"edit", "link", "correct", "revoke"}) == TIMELESS


def test_later_edit_wins(story: Make) -> None:
    told = story()
    for seq, count in ((2, 7), (3, 8)):
        told.events.append(Event("edit", d("2024-01-05"), {"set": {"headcount": count}}, seq))
    assert told.case.headcount == 8
    told.take_back(3)
    assert told.case.headcount == 7


def corrected(told: Story, seq: int, on: str | None = None, **changes: Any) -> list[str]:
    told.set_right(seq, on, **changes)
    asked = CheckContext(told.today, from_sheet=True)
    return [notice.text for notice in replay_checked(told.events, told.code, asked, case_no=NO)]


def test_a_correction_is_refused_when_the_law_then_refuses(story: Make) -> None:
    with pytest.raises(Refused, match="现为「已办结」，不能受理"):
        corrected(story().walk(*CLOSED), 3, "2023-04-04", told_on="2023-04-04")
    with pytest.raises(Refused, match="这样更正，2023-03-06 的受理（第 3 号）就不能成立：现为「待转送交办」"):
        corrected(story().walk(*CLOSED), 2, "2023-03-07")
    with pytest.raises(Refused, match="现为「已办结」"):
        corrected(story().walk(*CLOSED), 3, "2023-04-04", told_on="2023-04-04")
    with pytest.raises(Refused, match="最后一天是 2023-03-09"):
        corrected(story().walk(*OBJECTED), 3, "2023-03-10")
    with pytest.raises(Refused, match="延期"):
        corrected(story().walk(*ACCEPTED, ("extend", "2023-05-05")), 3, "2023-03-05", told_on="2023-03-05")
    with pytest.raises(Refused, match="2023-05-05"):
        corrected(story().walk(*CLOSED, ("review", "2023-05-05")), 5, "2023-05-06")


def test_a_correction_is_not_refused_for_what_was_so_before(story: Make) -> None:
    """The kind was set right after the case had been handled as an appeal: other mistakes can still be mended."""
    told = story().walk(*SIMPLE, ("close", "2023-03-20"))
    told.events.append(Event("edit", d("2024-01-05"), {"set": {"kind": "inquiry"}}, 5))
    assert corrected(told, 4, "2023-03-10") == []
    assert told.case.closed_on == d("2023-03-10")


def test_a_correction_passes_over_reminders(story: Make) -> None:
    told = story().walk(*ACCEPTED, ("remind", "2023-04-10"), ("close", "2023-04-20"))
    corrected(told, 5, "2023-04-03")
    assert told.case.closed_on == d("2023-04-03")


def test_a_correction_tells_new_warnings_only(story: Make) -> None:
    told = story().walk(*ACCEPTED, ("close", "2023-04-03"))  # warned of its missing delivery day already
    assert corrected(told, 4, outcome="adopted") == ["申诉求决件写「采纳」不常见，请核对"]
