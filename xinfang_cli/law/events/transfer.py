"""The way of a case: assigned, signed for, objected to, refused, redirected, filed, returned to above (art. 22, 23)."""

from __future__ import annotations

from xinfang_cli.law import terms
from xinfang_cli.law.case import Case, CoUnit
from xinfang_cli.law.clocks import UNIT_CLOCKS, due_of
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext, EventType, Notice
from xinfang_cli.law.events.checks import its_unit, not_signed_after, objection_window, refuse
from xinfang_cli.law.events.fields import (
    LATE_REASON,
    NEEDED_REASON,
    REPLY_NO,
    UNIT,
    WHERE,
    Field,
    day,
    flag,
    text,
    word,
)
from xinfang_cli.law.rules import IN_FORCE_2022, in_brackets


def _check_assign(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    warnings: list[Notice] = []
    not_signed_after(case, event, ASSIGN.label)
    if case.unit is not None and data["unit"] == asked.merged.get(case.unit, case.unit):
        raise refuse(
            case,
            "已经在这个单位",
            "要改转送日期、反馈期限，或改转送为交办，用 ⟦correct⟧",
            code="same_unit",
        )
    wanted = data.get("feedback_by")
    if data["mode"] == "task":
        if wanted is None:
            if not asked.from_sheet:
                raise refuse(
                    case,
                    "交办没有写反馈期限",
                    f"请加 ⟦.feedback_by⟧ 日期{in_brackets('feedback', case.received_on)}",
                    code="missing",
                    field="feedback_by",
                )
            warnings.append(Notice("task_without_feedback", "交办没有反馈期限，不计反馈时限"))
        elif wanted < event.on:
            raise refuse(
                case,
                f"的反馈期限 {wanted.isoformat()} 早于交办日期 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
                field="feedback_by",
            )
        elif case.report_by is not None and wanted >= case.report_by:
            warnings.append(
                Notice(
                    "feedback_after_report",
                    f"反馈期限 {wanted.isoformat()} 不早于上级限报日期 {case.report_by.isoformat()}",
                )
            )
    elif wanted is not None:
        if not asked.from_sheet:
            raise refuse(case, "转送不带反馈期限", "要求反馈结果请用 ⟦.mode⟧ task", code="mode")
        warnings.append(Notice("forward_with_feedback", "转送不带反馈期限，不计反馈时限"))
    if case.stage == "accepted":
        warnings.append(Notice("accepted_already", "原单位已受理，改派后由新单位重新受理"))
    return warnings


def _fold_assign(case: Case, event: Event) -> None:
    data = event.data
    case.unit = data["unit"]
    case.mode = data["mode"]
    case.assign_seq = event.seq
    case.assigned_on = event.on
    case.signed_on = case.accepted_on = case.told_on = case.pathway = None
    case.extended_days = 0
    if case.co_units:
        case.co_units = tuple(one for one in case.co_units if one.unit != data["unit"])  # it leads now
    case.enter("assigned", event.on)


def _assigned_first(case: Case, event: Event) -> bool:
    return case.assign_seq == 0 and case.stage == "registered"


def _move_assign(case: Case, event: Event) -> None:
    if case.received_on >= IN_FORCE_2022:  # the regulation of 2005 knew no time limit for an objection
        case.start_clock("objection", event.on, event.seq)
    case.start_clock("acceptance", event.on, event.seq)
    wanted = event.data.get("feedback_by")
    if wanted is not None and event.data["mode"] == "task":
        case.start_clock("feedback", event.on, event.seq, wanted)


def _check_sign(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    if case.assigned_on is not None and event.on < case.assigned_on:
        raise refuse(
            case,
            f"的签收日期 {event.on.isoformat()} 早于转送日期 {case.assigned_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    window = objection_window(case)
    if window is not None and window.stop is not None and event.on > window.stop:
        raise refuse(
            case,
            f"的签收日期 {event.on.isoformat()} 晚于申请退回的 {window.stop.isoformat()}",
            "单位提出异议时已经收到；时限从原收到日接着算（条例第二十三条）",
            code="order",
        )
    if _signed_late(case, event):
        return [
            Notice("late_sign", "逾期签收：从转送日起算的受理期限已过，照记，期限不变；更早收到的用 ⟦correct⟧ 改签收日")
        ]
    return []


def _fold_sign(case: Case, event: Event) -> None:
    case.signed_on = event.on


def _signed_late(case: Case, event: Event) -> bool:
    """Whether the acceptance clock counted from the assignment had run out: then signing moves nothing (逾期签收)."""
    clock = next((c for c in case.clocks if c.kind == "acceptance" and c.opened_by == case.assign_seq), None)
    return clock is not None and not clock.ended and event.on > due_of(clock, case.code.at(event.id))


def _sign_moves_nothing(case: Case, event: Event) -> bool:
    return event.on == case.assigned_on or _signed_late(case, event)


def _move_sign(case: Case, event: Event) -> None:
    if _signed_late(case, event):
        return
    for clock in case.clocks:
        if clock.opened_by == case.assign_seq and not clock.ended:
            clock.start = event.on


def _check_object(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    not_signed_after(case, event, OBJECT.label)
    clock = objection_window(case)
    if clock is None:
        return []
    last = due_of(clock, case.code.at(event.id))
    if event.on > last and not event.data.get("late_reason"):
        raise refuse(
            case,
            f"提出异议的最后一天是 {last.isoformat()}（收到后 5 个工作日，条例第二十三条）",
            "确有理由的加 ⟦.late_reason⟧，记为逾期异议",
            code="late",
        )
    return [Notice("late_objection", f"逾期异议：最后一天是 {last.isoformat()}")] if event.on > last else []


def _beside(case: Case, unit: int, asked: CheckContext) -> CoUnit | None:
    """The entry of a unit that answers beside the leading one, under any number it has had."""
    same = asked.merged.get
    return next((one for one in case.co_units if same(one.unit, one.unit) == same(unit, unit)), None)


def _check_co_handle(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    unit, there = event.data["unit"], _beside(case, event.data["unit"], asked)
    if event.data.get("ended"):
        if there is None:
            raise refuse(case, "没有共同承办的这个单位", "列入用 ⟦co_handle⟧ ⟦.unit⟧ 单位", code="co_unit")
        return []
    if case.unit is not None and asked.merged.get(unit, unit) == asked.merged.get(case.unit, case.unit):
        raise refuse(
            case, "的牵头单位就是它", "另一个单位牵头的先改派：⟦assign⟧；共同承办写另一个单位", code="same_unit"
        )
    if there is not None:
        raise refuse(case, f"这个单位 {there.on.isoformat()} 起已共同承办", "不再共同承办的加 ⟦.ended⟧", code="co_unit")
    return []


def _fold_co_handle(case: Case, event: Event) -> None:
    data = event.data
    kept = tuple(one for one in case.co_units if one.unit != data["unit"])
    joined = () if data.get("ended") else (CoUnit(data["unit"], event.on, data.get("agreed"), data.get("where")),)
    case.co_units = (*kept, *joined)


def _fold_object(case: Case, event: Event) -> None:
    case.objectors = (*case.objectors, case.unit)
    case.returned_times += 1
    case.enter("objected", event.on)


def _move_object(case: Case, event: Event) -> None:
    case.start_clock("decision", event.on, event.seq)


def _fold_uphold(case: Case, event: Event) -> None:
    case.unit = case.mode = case.assigned_on = case.signed_on = None
    case.enter("registered", event.on)


def _move_uphold(case: Case, event: Event) -> None:
    case.start_clock("redispatch", event.on, event.seq)


def _fold_overrule(case: Case, event: Event) -> None:
    case.enter("assigned", event.on)


def _check_refuse(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    said = asked.from_sheet or case.repeat_of is not None or event.data.get("of") is not None
    if event.data.get("ground") == "rechecked" and not said:
        raise refuse(
            case,
            "写已经复核终结，没有写是哪一件的复核",
            f"请加 ⟦.of⟧ 复核终结那一件的编号，或先关联：⟦link⟧{in_brackets('recheck', case.received_on)}",
            code="missing",
            field="of",
        )
    return []


def _fold_refuse(case: Case, event: Event) -> None:
    case.enter("refused", event.on)


def _fold_redirect(case: Case, event: Event) -> None:
    case.redirected_on = event.on
    case.enter("redirected", event.on)


def _fold_file(case: Case, event: Event) -> None:
    case.enter("filed", event.on)


def _check_return_up(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    if case.source == "own":
        raise refuse(case, "是本级登记的件，没有上级可退", "只有上级转送、交办的件可以退回上级", code="source")
    return []


def _fold_return_up(case: Case, event: Event) -> None:
    case.enter("returned_up", event.on)


_DISPATCH = frozenset({"dispatch", "redispatch"})
_UNIT_AND_HELPERS = UNIT_CLOCKS | {"assistance"}

ASSIGN = EventType(
    "assign",
    "转送交办",
    (
        UNIT._replace(alias="to", about="名称、简称、代码、别名或拼音首字母", required=True),
        word(
            *("mode", "方式", terms.MODE),
            correctable=True,
            about="forward 转送（默认）或 task 交办",
            mended="更正转送为交办（task，同时写 ⟦.feedback_by⟧）或反过来",
        )._replace(usual="forward"),
        day("feedback_by", "反馈期限", correctable=True, about="交办件要求反馈结果的期限", mended="更正交办的反馈期限"),
    ),
    stages=("registered", "assigned", "accepted"),
    begins_turn=True,
    counted=True,
    moves=True,
    hint="已办结的件要重办，走复查复核或 ⟦~undo⟧",
    hinted=("closed", "reviewed"),
    stops=_DISPATCH,
    fells=UNIT_CLOCKS,
    why_fallen="改派其他单位",
    rewinds=_assigned_first,
    check=_check_assign,
    fold=_fold_assign,
    clocks=_move_assign,
    column="assigned_on",
    rank=1,
    about="转送或交办给责任单位（条例第二十二条）；再次转送即为改派。",
    examples=(
        {"unit": "教育局"},
        {"cases": "23-123 124", "unit": "jyj", "mode": "task", "feedback_by": "2023-08-31"},
    ),
)
OBJECT = EventType(
    "object",
    "申请退回",
    (NEEDED_REASON, LATE_REASON._replace(about="超过 5 个工作日才提出的理由，记为逾期异议")),
    turn=True,
    stages=("assigned",),
    moves=True,
    hint="受理之后不能再申请退回，可由信访部门改派：⟦assign⟧",
    hinted=("accepted",),
    stops=frozenset({"objection"}),
    check=_check_object,
    fold=_fold_object,
    clocks=_move_object,
    about="单位提出异议，申请退回（收到后 5 个工作日内，条例第二十三条）。",
    examples=({"reason": "不属本单位职权"},),
)
REDIRECT = EventType(
    "redirect",
    "导入法定途径",
    (
        word(
            *("procedure", "法定途径", terms.PROCEDURE),
            about="诉讼、仲裁、党员申诉、行政程序、纪检监察、其他",
            value="途径",
        )._replace(alias="to", required=True),
        WHERE._replace(about="向哪个机关提出", alias="where", required=True),
        word("how", "方式", terms.HOW_REDIRECTED, about="guided 引导，或 forwarded 转送（来信、纪检监察默认）"),
        REPLY_NO._replace(asked=False),
    ),
    stages=("registered", "assigned", "accepted"),
    moves=True,
    stops=_DISPATCH | {"acceptance"},
    fells=_UNIT_AND_HELPERS,
    why_fallen="导入法定途径",
    fold=_fold_redirect,
    about="导入法定途径（条例第二十二条、第三十一条）。",
    examples=({"procedure": "仲裁", "where": "区劳动人事争议仲裁委"},),
    told=("where", "procedure", "reply_no", "how"),
)
EVENTS = (
    ASSIGN,
    EventType(
        "sign",
        "签收",
        turn=True,
        stages=("assigned",),
        hint="先转送交办：⟦assign⟧",
        hinted=("registered",),
        rewinds=_sign_moves_nothing,
        check=_check_sign,
        fold=_fold_sign,
        clocks=_move_sign,
        column="signed_on",
        rank=2,
        about="单位签收：收到日与转送日不同时登记，受理和异议期限从签收日起算。",
        examples=({"on": "昨天"},),
    ),
    OBJECT,
    EventType(
        "co_handle",
        "共同承办",
        (
            UNIT._replace(about="与牵头单位共同承办的单位", required=True),
            word(
                *("agreed", "确定方式", terms.AGREED),
                about="牵头怎么定的：协商确定、共同上级决定、联席会议协调",
                value="方式",
            ),
            WHERE._replace(about="决定或协调的机关"),
            flag("ended", "不再共同承办", about="这个单位不再共同承办"),
        ),
        turn=True,
        stages=("assigned", "accepted"),
        hint="先转送交办给牵头单位：⟦assign⟧",
        hinted=("registered",),
        check=_check_co_handle,
        fold=_fold_co_handle,
        column="co_unit",
        rank=2,
        about="涉及几个单位的件：牵头单位（责任单位）答复，另外的单位共同承办（条例第二十四条）。\n\n"
        "时限和各项率只算在牵头单位名下；换一个单位牵头用 ⟦~assign⟧。",
        examples=(
            {"unit": "财政局", "agreed": "协商"},
            {"unit": "财政局", "agreed": "共同上级决定", "where": "区政府"},
            {"unit": "财政局", "ended": True},
        ),
    ),
    EventType(
        "uphold",
        "同意退回",
        (text("reason", "理由"),),
        stages=("objected",),
        begins_turn=True,
        moves=True,
        hint="没有待审核的退回申请",
        stops=frozenset({"decision"}),
        fells=_UNIT_AND_HELPERS,
        why_fallen="同意退回",
        fold=_fold_uphold,
        clocks=_move_uphold,
        about="同意退回：单位的时限作废，重新等待转送。",
    ),
    EventType(
        "overrule",
        "不同意退回",
        (NEEDED_REASON,),
        stages=("objected",),
        moves=True,
        hint="没有待审核的退回申请",
        stops=frozenset({"decision"}),
        fold=_fold_overrule,
        about="不同意退回：仍由原单位办理，时限从原收到日连续计算。",
        examples=({"reason": "属该单位法定职责"},),
        goes_to=its_unit,
    ),
    EventType(
        "refuse",
        "不予受理",
        (
            word(
                *("ground", "理由类别", terms.GROUND),
                needed="不受理理由",
                about="已受理或正在办理、越级走访、逾期未申请复查、已经复核、按地方规定终结",
                value="理由",
            )._replace(required=True),
            text("reason", "理由", needed="说明", sample="说明"),
            Field("of", nature="case", about="已经复核的：复核终结的是哪一件"),
            Field("form", "形式", asked=False),  # what a sheet calls it
        ),
        stages=("registered", "assigned"),
        moves=True,
        hint="受理之后只能办结、导入法定途径或撤回",
        hinted=("accepted",),
        stops=_DISPATCH | {"acceptance"},
        fells=frozenset({"objection", "assistance"}),
        why_fallen="不予受理",
        check=_check_refuse,
        fold=_fold_refuse,
        column="accepted_on",
        rank=4,
        about="不予受理（条例第十九条）或不再受理（第三十六条）。",
        examples=({"ground": "正在办理", "reason": "区住建局正在办理 XF2023-000088"},),
        told=("reason", "ground", "form"),
        titled=terms.refused_as,
    ),
    REDIRECT,
    EventType(
        "file",
        "存查",
        (NEEDED_REASON,),
        stages=("registered",),
        moves=True,
        hint="已转送的件不能存查",
        hinted=("assigned", "accepted", "objected", "reported"),
        stops=_DISPATCH,
        fold=_fold_file,
        column="assigned_on",
        rank=5,
        about="存查：首件在办期间的重复件、内容不清、没有诉求的件。",
        examples=({"reason": "首件正在办理"},),
    ),
    EventType(
        "return_up",
        "退回上级",
        (NEEDED_REASON,),
        stages=("registered", "objected"),
        moves=True,
        stops=_DISPATCH | {"decision"},
        fells=_UNIT_AND_HELPERS | {"dispatch", "redispatch", "decision", "report_up", "order"},
        why_fallen="退回上级",
        check=_check_return_up,
        fold=_fold_return_up,
        about="退回上级：上级转送、交办来的件，不属本级职权的。",
        examples=({"reason": "属市级事权"},),
    ),
)
