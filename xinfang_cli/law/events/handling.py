"""The unit's handling of a case: acceptance, extension, assistance, closing, delivery, promise, rating (art. 29-34)."""

from __future__ import annotations

from datetime import date

from xinfang_cli.law import terms
from xinfang_cli.law.case import Case, Recusal
from xinfang_cli.law.clocks import UNIT_CLOCKS, due_of, run_on, stop
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext, EventType, Notice
from xinfang_cli.law.events.checks import (
    WAITS_FOR_APPROVAL,
    its_unit,
    not_before,
    not_signed_after,
    refuse,
    stage_refusal,
    stands,
)
from xinfang_cli.law.events.fields import (
    ANSWER_BY,
    APPROVED_BY,
    DELIVERED_ON,
    HOW,
    NEEDED_REASON,
    RECEIPT,
    REPLY_NO,
    TEXT,
    UNIT,
    day,
    flag,
    number,
    text,
    word,
)
from xinfang_cli.law.events.intake import report_feedback
from xinfang_cli.law.rules import article_of, cited, in_brackets
from xinfang_cli.law.terms import OPEN_STAGES


def _after_close(case: Case, day: date, event: Event) -> None:
    """Start the clocks of a final closing: review window, rating, promise (art. 35, 32)."""
    data = case.close_data
    if case.reviewable:
        case.start_clock("review_window", case.delivered_on or day, event.seq)
    if case.ratable and "rating" not in [clock.kind for clock in case.clocks]:
        case.start_clock("rating", day, event.seq)
    promised = data.get("fulfil_by")
    if promised is not None:
        case.start_clock("fulfilment", day, event.seq, promised)


def _simple_late(case: Case, event: Event) -> list[Notice]:
    """The simplified procedure is accepted within three working days of receipt (试行办法): said, never refused."""
    clock = case.open_clock("acceptance")
    if clock is None:
        return []
    law = case.code.at(event.id)
    limit = law.rules.limits["simple_acceptance"]
    last = law.calendar.add(clock.start, limit.n)
    if event.on <= last:
        return []
    said = f"简易办理应在收到之日起 {limit.n} 个工作日内受理，最后一天是 {last.isoformat()}"
    return [Notice("simple_late", f"{said}（{limit.cited or '本局规定，简易办理办法（试行）'}）")]


def _check_accept(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    notices: list[Notice] = []
    not_signed_after(case, event, ACCEPT.label)
    not_before(case, event, asked, ACCEPT.label, "told_on", "告知日期")
    if data.get("no_notice") and case.name and case.address:
        raise refuse(
            case,
            "有姓名和住址，不能免告知",
            f"只有姓名、住址不清的可以不告知{in_brackets('no_notice', case.received_on)}；告知了的写 ⟦.told⟧ 日期",
            code="notice",
            field="no_notice",
        )
    pathway = data["pathway"]
    if pathway in ("duty", "simple") and case.kind not in terms.APPEALS:
        raise refuse(
            case,
            f"是{terms.KIND.label(case.kind)}件，不走{terms.PATHWAY.label(pathway)}",
            f"依法履职和简易办理只用于申诉求决件{in_brackets('pathways', case.received_on)}",
            code="pathway",
        )
    if pathway == "simple" and case.repeat:
        raise refuse(case, "是重复件，不能简易办理", "简易办理只用于初次信访，请用普通程序", code="pathway")
    due = data.get("due_on")
    if due is not None:
        if pathway != "duty":
            raise refuse(case, "不是依法履职，不能自定办结日", "只有 ⟦.pathway⟧ duty 可以加 ⟦.due⟧", code="pathway")
        if due < event.on:
            raise refuse(
                case,
                f"的办结期限 {due.isoformat()} 早于受理日期 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
            )
    if pathway == "simple":
        notices += _simple_late(case, event)
    usual = terms.PATHWAY_OF_KIND[case.kind]
    if usual == "opinion" and pathway not in terms.CLOCKED and not (data.get("reason") or asked.from_sheet):
        raise refuse(
            case,
            f"是{terms.KIND.label(case.kind)}件，按「{terms.PATHWAY.label(pathway)}」受理就没有办结期限，要写理由",
            f"请加 ⟦.reason⟧ 理由，或改 ⟦.pathway⟧{in_brackets('completion', case.received_on)}",
            code="missing",
            field="reason",
        )
    if pathway != usual and not (case.kind in terms.APPEALS and pathway in ("duty", "simple")):
        said = f"{terms.KIND.label(case.kind)}件通常走「{terms.PATHWAY.label(usual)}」"
        notices.append(Notice("unusual_pathway", said))
    return notices


def _fold_accept(case: Case, event: Event) -> None:
    data = event.data
    if "told_on" not in data and not data.get("no_notice"):
        data["told_on"] = event.on
    case.accepted_on = event.on
    case.told_on = data.get("told_on")
    case.pathway = data["pathway"]
    case.enter("accepted", event.on)


def _told_in_writing(case: Case, event: Event) -> bool:
    return not event.data.get("no_notice")


def _move_accept(case: Case, event: Event) -> None:
    pathway = case.pathway
    if pathway in ("opinion", "simple"):
        clock = case.start_clock("completion", event.on, event.seq)
        if pathway == "simple":
            clock.rule = "simple"
    elif pathway == "duty":
        case.start_clock("duty", _reached_the_unit(case) or case.received_on, event.seq, event.data.get("due_on"))
    elif case.code.at(event.id).rules.clocks["office"].n:
        case.start_clock("office", event.on, event.seq)


def _reached_the_unit(case: Case) -> date | None:
    """The day on which the authority received the case, where it signed for it; a late signing moves nothing."""
    begun = next((c for c in case.clocks if c.kind == "acceptance" and c.opened_by == case.assign_seq), None)
    return case.signed_on if begun is not None and begun.start == case.signed_on else None


def _check_convert(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    if case.pathway != "simple":
        raise refuse(case, "不是简易办理件", CONVERT.hint, code="pathway")
    return []


def _fold_convert(case: Case, event: Event) -> None:
    case.pathway = "opinion"


def _move_convert(case: Case, event: Event) -> None:
    clock = case.open_clock("completion")
    if clock is not None:
        clock.rule = "completion"


def _check_extend(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    kind = data.get("clock", "completion")
    clock = case.open_clock(kind)
    if clock is None or clock.rule == "simple":
        if clock is not None:
            why, hint = "按简易程序办理，不能延期", "先转普通程序：⟦convert⟧"
        elif kind == "feedback":
            why, hint = "没有在走的反馈期限", "交办件才有反馈期限"
        else:
            why = "没有在走的 60 日办结期限，不必延期"
            hint = f"只有出具处理意见书的件有 60 日期限{in_brackets('completion', case.received_on)}"
        raise refuse(case, f"{why}", hint, code="clock")
    days = data["days"]
    if days < 1:
        raise refuse(case, f"的延期天数 {days} 不对", "请填 1 以上的整数", code="days")
    due = due_of(clock, case.code.at(event.id))
    if kind == "completion":
        limit = case.code.at(event.id).rules.limits["extension"]
        most, article = limit.n, limit.cited or article_of(limit, case.received_on)
        if case.extended_days + days > most:
            left = most - case.extended_days
            raise refuse(
                case,
                f"延期 {days} 日超过上限：总共不超过 {most} 日，已延 {case.extended_days} 日（{article}）",
                f"最多还能延 {left} 日" if left > 0 else "不能再延期",
                code="limit",
            )
    if event.on > due:
        raise refuse(
            case,
            f"的期限 {due.isoformat()} 已过，{event.on.isoformat()} 不能再延期",
            f"延期须在期限届满之前批准{in_brackets('completion', case.received_on)}",
            code="late",
        )
    return []


def _fold_extend(case: Case, event: Event) -> None:
    if event.data.get("clock", "completion") == "completion":
        case.extended_days += event.data["days"]


def _move_extend(case: Case, event: Event) -> None:
    clock = case.open_clock(event.data.get("clock", "completion"))
    if clock is not None:
        clock.extra += event.data["days"]


def _check_assist(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    if case.unit is not None and event.data["unit"] == asked.merged.get(case.unit, case.unit):
        raise refuse(case, "的责任单位就是它，不能再作协办", "协办请写另一个单位", code="same_unit")
    answer_by = event.data.get("answer_by")
    if answer_by is None and not asked.from_sheet:
        raise refuse(case, "的协办没有写答复期限", "请加 ⟦.answer_by⟧ 日期", code="missing")
    if answer_by is not None and answer_by < event.on:
        raise refuse(
            case,
            f"的协办答复期限 {answer_by.isoformat()} 早于 {event.on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    return []


def _move_assist(case: Case, event: Event) -> None:
    if event.data.get("answer_by") is None:  # a sheet that names who helps sets no day
        return
    clock = case.start_clock("assistance", event.on, event.seq, event.data["answer_by"])
    clock.unit = event.data["unit"]


def _check_answered(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    unit = event.data["unit"]
    if not any(c.kind == "assistance" and c.unit == unit and not c.ended for c in case.clocks):
        raise refuse(case, "没有等这个单位协办答复", "先登记协办：⟦assist⟧", code="clock")
    return []


def _move_answered(case: Case, event: Event) -> None:
    for clock in case.clocks:
        if clock.kind == "assistance" and clock.unit == event.data["unit"] and not clock.ended:
            stop(clock, event.on, event)


def _will_be_reviewable(case: Case) -> bool:
    if case.stage == "assigned":
        return terms.PATHWAY_OF_KIND[case.kind] == "opinion"
    return case.reviewable


def _check_close(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    not_before(case, event, asked, CLOSE.label, "delivered_on", "送达日期")
    if case.stage == "assigned":
        not_signed_after(case, event, CLOSE.label)
    outcome = data.get("outcome")
    warnings = []
    if not outcome:
        if not asked.from_sheet:
            raise refuse(
                case,
                "办结没有写处理意见",
                "请加 ⟦.outcome⟧：" + "、".join(terms.OUTCOME.labels[k] for k in list(terms.OUTCOME.labels)[:-1]),
                code="missing",
            )
        warnings.append(Notice("no_outcome", "办结没有处理意见"))
    promised = data.get("fulfil_by")
    if promised is not None:
        if outcome not in ("supported", "partly_supported"):
            raise refuse(
                case,
                "的处理意见不是支持，不能定落实期限",
                f"去掉 ⟦.fulfil_by⟧{in_brackets('fulfilment', case.received_on)}",
                code="outcome",
            )
        if promised < event.on:
            raise refuse(
                case,
                f"的落实期限 {promised.isoformat()} 早于办结日期 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
            )
    usual = terms.USUAL_OUTCOMES.get(case.kind)
    if outcome and outcome != "unstated" and usual and outcome not in usual and case.stage != "redirected":
        warnings.append(
            Notice(
                "unusual_outcome", f"{terms.KIND.label(case.kind)}件写「{terms.OUTCOME.label(outcome)}」不常见，请核对"
            )
        )
    if case.stage == "assigned":
        code, known = "closed_unaccepted", terms.ACCEPTANCE_MISSING
        if data.get("acceptance_unstated"):
            code, known = "acceptance_missing", terms.ACCEPTANCE_UNSTATED
        warnings.append(Notice(code, f"{known}；受理过的用 ⟦accept⟧ ⟦.late_entry⟧ ⟦.on⟧ 受理日期 补记"))
    if data.get("delivered_on") is None and not asked.from_sheet:
        window = "，申请复查的期限从办结日推定" if _will_be_reviewable(case) else ""
        warnings.append(Notice("not_delivered", f"没有送达日期{window}；回执到了用 ⟦deliver⟧ 补记"))
    if data.get("report") and case.open_clock("feedback") is None:
        warnings.append(Notice("report_not_ordered", "没有在走的反馈期限"))
    return warnings


def _fold_close(case: Case, event: Event) -> None:
    data = event.data
    case.close_data = data
    case.closed_from = case.stage
    case.close_seq = event.seq
    case.closed_on = event.on
    case.outcome = data.get("outcome")
    case.delivered_on = data.get("delivered_on")
    if data.get("checked"):
        case.enter("reported", event.on)
    else:
        case.first_closed_on = case.first_closed_on or event.on
        case.enter("closed", event.on)


def _closed_first(case: Case, event: Event) -> bool:
    return case.first_closed_on is None and case.stage != "redirected" and not event.data.get("checked")


def _move_close(case: Case, event: Event) -> None:
    if event.data.get("report"):
        report_feedback(case, event)
    case.before_approval = {}
    if not event.data.get("checked"):
        _after_close(case, event.on, event)


def _fold_approve(case: Case, event: Event) -> None:
    case.first_closed_on = case.first_closed_on or case.closed_on
    case.enter("closed", event.on)


def _move_approve(case: Case, event: Event) -> None:
    if case.closed_on is not None:
        _after_close(case, case.closed_on, event)
    for kind, earlier in case.before_approval.items():
        clock = case.open_clock(kind)
        if clock is not None:
            stop(clock, earlier.on, earlier)


def _fold_return(case: Case, event: Event) -> None:
    case.closed_on = case.outcome = case.delivered_on = None
    case.enter(case.closed_from, event.on)


def _move_return(case: Case, event: Event) -> None:
    """退回重办: the closing is undone and its clocks run on."""
    for clock in case.clocks:
        if clock.stopped_by == case.close_seq:
            run_on(clock)
            if clock.kind == "acceptance" and case.told_on is not None:
                stop(clock, case.told_on, event)


def _check_deliver(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    since = case.stage_since
    if event.on < since:
        raise refuse(
            case,
            f"的送达日期 {event.on.isoformat()} 早于答复日期 {since.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    told = case.review_delivered_on if case.stage == "reviewed" else case.delivered_on
    recorded = (other.on for other in asked.following if other.kind == "deliver" and other.seq < event.seq)
    first = next(recorded, told)
    if first is not None and event.on < first:
        raise refuse(
            case,
            f"已记有 {first.isoformat()} 送达，不能再记更早的 {event.on.isoformat()}",
            "原来的送达日期记错了用 ⟦correct⟧",
            code="delivered",
        )
    return []


def _fold_deliver(case: Case, event: Event) -> None:
    if case.stage == "reviewed":
        case.review_delivered_on = event.on
    else:
        case.delivered_on = event.on


def _move_deliver(case: Case, event: Event) -> None:
    for kind in ("recheck_window", "review_window"):
        for clock in case.clocks:
            if clock.kind == kind and not clock.ended:
                clock.start = event.on
                return


def _check_recuse(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    person, instead = data.get("person"), data.get("replaced_by")
    if person and any(one.person == person for one in case.recusals):
        raise refuse(case, "已记有这个人的回避", "不必重复登记；记错了用 ⟦undo⟧", code="recused")
    if person and person == instead:
        raise refuse(case, "的接办人就是回避的人", "请写另一个人", code="recused", field="replaced_by")
    notices = []
    if not instead:
        notices.append(Notice("nobody_instead", "没有写接办人，定了再记：⟦note⟧"))
    if person and case.lead == person:
        article = cited("recusal", case.received_on)
        notices.append(Notice("lead_recused", f"包案领导就是回避的人，请另换：⟦lead⟧（{article}）"))
    return notices


def _fold_recuse(case: Case, event: Event) -> None:
    data = event.data
    one = Recusal(data.get("person"), event.on, data.get("unit"), data.get("replaced_by"))
    case.recusals = (*case.recusals, one)


def _check_fulfil(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    if case.open_clock("fulfilment") is None and not (case.stage == "reported" and case.close_data.get("fulfil_by")):
        raise refuse(case, "没有待落实的承诺", "办结时用 ⟦.fulfil_by⟧ 写明落实期限", code="clock")
    if event.on < (case.closed_on or event.on):
        raise refuse(case, "的落实日期早于办结日期", "请核对两个日期", code="order")
    return []


def _not_waiting(case: Case, event: Event) -> bool:
    return case.stage != "reported"


def _move_fulfil(case: Case, event: Event) -> None:
    if case.stage == "reported":
        case.before_approval = {**case.before_approval, "fulfilment": event}


def _fold_withdraw(case: Case, event: Event) -> None:
    if case.stage == "in_review":
        case.enter("closed", event.on)
    elif case.stage == "in_recheck":
        case.enter("reviewed", event.on)
    else:
        case.closed_on = case.outcome = case.delivered_on = None  # a closing that waited to be checked never stood
        case.enter("withdrawn", event.on)


def _move_withdraw(case: Case, event: Event) -> None:
    if case.stage == "closed":
        case.reopen_window("review_window")
    elif case.stage == "reviewed":
        case.reopen_window("recheck_window")


def _check_rate(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    unit_rating, bureau_rating = event.data.get("unit_rating", "none"), event.data.get("bureau_rating", "none")
    if unit_rating == bureau_rating == "none":
        raise refuse(case, "的评价没有内容", "请加 ⟦.unit_rating⟧ 或 ⟦.bureau_rating⟧", code="missing")
    if unit_rating != "none":
        if case.stage not in terms.CLOSED_AND_LATER and not stands(case, asked):
            hint = "对责任单位的评价在办结之后；办结前可评价信访部门"
            raise stage_refusal(case, RATE.label, WAITS_FOR_APPROVAL if case.stage == "reported" else hint)
        if not case.ratable:
            why = "重复件" if case.repeat else "检举控告件" if case.kind == "accusation" else "导入法定途径的件"
            return [Notice("not_ratable", f"{why}不列入满意度评价，照记不计")]
    return []


def _fold_rate(case: Case, event: Event) -> None:
    data = event.data
    # The latest counts: by effective day, then by the order of recording.
    if data.get("unit_rating", "none") != "none":
        case.unit_rating, case.unit_rated_on = data["unit_rating"], event.on
    if data.get("bureau_rating", "none") != "none":
        case.bureau_rating, case.bureau_rated_on = data["bureau_rating"], event.on


def _rated_first(case: Case, event: Event) -> bool:
    if case.stage == "reported":
        return False
    said = event.data
    return (case.unit_rating is None or said.get("unit_rating", "none") == "none") and (
        case.bureau_rating is None or said.get("bureau_rating", "none") == "none"
    )


def _move_rate(case: Case, event: Event) -> None:
    if event.data.get("unit_rating", "none") != "none":
        clock = case.open_clock("rating")
        if clock is not None:
            stop(clock, event.on, event)
        elif case.stage == "reported":
            case.before_approval = {**case.before_approval, "rating": event}


ACCEPT = EventType(
    "accept",
    "受理",
    (
        day(
            *("told_on", "告知"),
            correctable=True,
            alias="told",
            about="书面告知信访人的日期，默认与受理日相同",
            mended="更正受理的告知日期",
        ),
        word(
            *("pathway", "途径", terms.PATHWAY),
            correctable=True,
            about="opinion 处理意见书、duty 依法履职、simple 简易…，默认随信访目的",
            mended="更正受理的办理途径",
        ),
        day(
            "due_on",
            "期限",
            correctable=True,
            alias="due",
            about="依法履职件的法定期限",
            mended="更正依法履职件的法定期限",
        ),
        text("reason", "理由", about="申诉求决件走没有办结期限的途径时的理由", value="理由"),
        flag("told_said", asked=False),  # told_on was said, not taken from the day of acceptance
        flag("no_notice", "姓名住址不清，不必告知", about="姓名、住址不清，不必告知（条例第二十三条）"),
    ),
    turn=True,
    stages=("assigned",),
    moves=True,
    hint="先转送交办：⟦assign⟧",
    hinted=("registered",),
    stops=frozenset({"objection", "acceptance"}),
    rewinds=_told_in_writing,
    check=_check_accept,
    fold=_fold_accept,
    clocks=_move_accept,
    column="accepted_on",
    rank=3,
    about="受理并告知（条例第二十三条）；申诉求决件从受理日起 60 日内办结（第三十四条）。",
    examples=({"on": "昨天"}, {"on": "2023-06-10", "told_on": "2023-06-12"}),
)
CONVERT = EventType(
    "convert",
    "转普通程序",
    stages=("accepted",),
    hint="只有按简易程序受理的在办件可以转普通程序",
    check=_check_convert,
    fold=_fold_convert,
    clocks=_move_convert,
    about="简易程序转普通程序：受理日不变，改按 60 日计算。",
)
CLOSE = EventType(
    "close",
    "办结",
    (
        word(
            *("outcome", "处理意见", terms.OUTCOME),
            correctable=True,
            about="予以支持、部分支持、解释说明、不予支持、采纳、部分采纳、不予采纳、调解和解、已答复、法定途径处理结果",
            value="意见",
            mended="更正办结的处理意见",
        )._replace(required=True),
        DELIVERED_ON._replace(about="书面答复送达信访人的日期"),
        HOW._replace(about="送达方式：当面、邮寄、其他"),
        RECEIPT,
        flag("report", "办结报告", about="同时提交了办结报告"),
        day(
            *("fulfil_by", "落实期限"),
            correctable=True,
            about="支持的诉求最迟哪天落实（条例第三十二条）",
            mended="更正办结的落实期限",
        ),
        REPLY_NO._replace(about="答复意见书文号"),
        TEXT._replace(about="答复内容"),
        flag("checked", asked=False),
        flag("acceptance_unstated", asked=False),  # a sheet's row that says of no acceptance
    ),
    stages=("registered", "assigned", "accepted", "redirected"),
    moves=True,
    stops=frozenset({"dispatch", "redispatch", "acceptance", "completion", "duty", "office", "assistance", "redo"}),
    fells=frozenset({"objection"}),
    why_fallen="已办结",
    rewinds=_closed_first,
    check=_check_close,
    fold=_fold_close,
    clocks=_move_close,
    column="closed_on",
    rank=7,
    about="办结。未转送的件直接办结，即为信访部门自行答复。",
    examples=({"outcome": "予以支持", "delivered_on": "今天", "how": "当面"},),
    told=("delivered_on", "fulfil_by", "outcome", "text", "reply_no", "report", "how"),
)
RATE = EventType(
    "rate",
    "满意度评价",
    (
        word("unit_rating", "对单位", terms.RATING, about="对责任单位：满意、基本满意、不满意", value="评价"),
        word("bureau_rating", "对信访部门", terms.RATING, about="对信访部门：满意、基本满意、不满意", value="评价"),
        word("source", "", terms.RATING_SOURCE, about="自评、电话回访、其他", value="来源"),
    ),
    rewinds=_rated_first,
    check=_check_rate,
    fold=_fold_rate,
    clocks=_move_rate,
    column="rated_on",
    rank=8,
    about="满意度评价：对信访部门、对责任单位分别评，以最近一次为准。",
    examples=({"unit_rating": "满意", "bureau_rating": "满意", "source": "电话回访"},),
    replaces=True,
)
EVENTS = (
    ACCEPT,
    CONVERT,
    EventType(
        "extend",
        "延期",
        (
            number(
                "days", "天数", correctable=True, about="延长几日，总共不超过 30 日", mended="更正延期天数"
            )._replace(required=True),
            APPROVED_BY._replace(about="批准的负责人"),
            NEEDED_REASON,
            word("clock", "时限", terms.CLOCK, about="completion 办结（默认）或 feedback 反馈")._replace(
                usual="completion"
            ),
        ),
        turn=True,
        stages=("accepted",),
        hint="只有办理中的件可以延期",
        check=_check_extend,
        fold=_fold_extend,
        clocks=_move_extend,
        column="extended_days",
        rank=6,
        about="延长办理期限（条例第三十四条）：届满之前、负责人批准、告知信访人。",
        examples=({"days": "15", "approved_by": "测试局长", "reason": "需要鉴定"},),
        replaces=True,
    ),
    EventType(
        "assist",
        "协办",
        (UNIT._replace(about="协办单位"), ANSWER_BY._replace(about="要求答复的期限")),
        turn=True,
        stages=("assigned", "accepted"),
        rewinds=True,
        check=_check_assist,
        clocks=_move_assist,
        about="请其他单位协办，或记其答复。",
        examples=({"unit": "财政局", "answer_by": "7-28"}, {"unit": "财政局", "answered": True}),
    ),
    EventType(
        "answered",
        "协办答复",
        (UNIT,),
        turn=True,
        stages=("assigned", "accepted"),
        rewinds=True,
        brings=True,
        check=_check_answered,
        clocks=_move_answered,
    ),
    EventType(
        "recuse",
        "回避",
        (
            text("person", "回避人", needed="回避的人", sample="姓名", about="回避的人", value="姓名")._replace(
                required=True
            ),
            UNIT._replace(about="他是哪个单位的；不写即本局的"),
            text("replaced_by", "接办人", about="接办的人", value="姓名"),
            NEEDED_REASON,
        ),
        check=_check_recuse,
        fold=_fold_recuse,
        about="经办人与信访事项或信访人有直接利害关系的，登记回避（条例第二十八条）。\n\n"
        "回避的人不能再作包案领导；他再记这一件的事会提醒。",
        examples=({"person": "测试丙", "reason": "与信访人是亲属", "replaced_by": "测试丁"},),
        brings=True,
    ),
    CLOSE,
    EventType(
        "approve",
        "审核认定",
        stages=("reported",),
        moves=True,
        hint="没有待审核的办结",
        fold=_fold_approve,
        clocks=_move_approve,
        about="审核认定：办结从单位办结之日起算。",
    ),
    EventType(
        "return",
        "退回重办",
        (NEEDED_REASON,),
        stages=("reported",),
        counted=True,
        moves=True,
        hint="没有待审核的办结",
        fold=_fold_return,
        clocks=_move_return,
        goes_to=its_unit,
        about="审核不通过，退回重办：时限接着原来的走。",
        examples=({"reason": "没有答复诉求二"},),
    ),
    EventType(
        "deliver",
        "送达",
        (HOW, RECEIPT),
        stages=("closed", "reviewed", "redirected"),
        hint="办结或复查之后才有送达",
        hinted=(*OPEN_STAGES, "in_review", "in_recheck"),
        rewinds=True,
        check=_check_deliver,
        fold=_fold_deliver,
        clocks=_move_deliver,
        about="补记送达：⟦.on⟧ 为信访人收到书面答复的日期，申请复查、复核的期限随之重算。",
        examples=({"on": "2023-07-10", "how": "邮寄"},),
        replaces=True,
    ),
    EventType(
        "fulfil",
        "落实",
        (TEXT._replace(correctable=False, asked=False),),
        stages=terms.CLOSED_AND_LATER,
        hint="办结之后才有落实",
        hinted=OPEN_STAGES,
        stops=frozenset({"fulfilment"}),
        rewinds=_not_waiting,
        check=_check_fulfil,
        clocks=_move_fulfil,
        about="办结时承诺的事项已经落实（条例第三十二条）。",
    ),
    EventType(
        "withdraw",
        "撤回",
        (NEEDED_REASON,),
        stages=(*OPEN_STAGES, "in_review", "in_recheck"),
        moves=True,
        fells=UNIT_CLOCKS
        | {"assistance", "dispatch", "redispatch", "decision", "report_up", "fulfilment", "rating", "order"},
        fells_in={"in_review": frozenset({"review"}), "in_recheck": frozenset({"recheck"})},
        why_fallen="信访人撤回",
        fold=_fold_withdraw,
        clocks=_move_withdraw,
        about="信访人撤回；复查、复核期间只撤回申请。",
        examples=({"reason": "问题已自行解决"},),
    ),
    RATE,
)
