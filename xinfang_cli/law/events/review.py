"""Review, recheck and hearing (art. 35, 36)."""

from __future__ import annotations

from datetime import date, timedelta

from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import due_of, fall
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext, EventType, Notice
from xinfang_cli.law.events.checks import need, not_before, refuse
from xinfang_cli.law.events.fields import DELIVERED_ON, LATE_REASON, REASON, REPLY_NO, WHERE, Field, day, word
from xinfang_cli.law.finality import why_no_review
from xinfang_cli.law.rules import article_of
from xinfang_cli.law.terms import OPEN_STAGES


def _late_window(case: Case, event: Event, kind: str, delivered: date | None, what: str) -> list[Notice]:
    """A right exercised too late is refused naming the last day; where delivery is presumed, only warned."""
    clock = next((c for c in reversed(case.clocks) if c.kind == kind), None)
    if clock is None:
        return []
    law = case.code.at(event.id)
    last, rule = due_of(clock, law), law.rules.clocks[kind]
    article = rule.cited or article_of(rule, case.received_on)
    if delivered is not None and event.on < delivered:
        raise refuse(
            case,
            f"的{what}日期 {event.on.isoformat()} 早于送达日期 {delivered.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    if event.on <= last:
        return []
    if delivered is None:
        return [Notice("late_review", f"没有送达日期，推定的最后一天 {last.isoformat()} 已过")]
    if event.data.get("late_reason"):
        return [Notice("late_review", f"逾期{what}：最后一天是 {last.isoformat()}")]
    raise refuse(
        case,
        f"{what}的最后一天是 {last.isoformat()}（收到书面答复之日起 {rule.n} 日，{article}）",
        "确有理由的加 ⟦.late_reason⟧",
        code="late",
    )


def _check_result(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    label = (REVIEW_RESULT if event.kind == "review_result" else RECHECK_RESULT).label
    not_before(case, event, asked, label, "delivered_on", "送达日期")
    result = data["result"]
    if result == "revoked":
        redo = data.get("redo_by")
        if redo is None:
            if not asked.from_sheet:
                raise refuse(case, "撤销原意见没有写重办期限", "请加 ⟦.redo_by⟧ 日期", code="missing")
            return [Notice("redo_without_day", "撤销原意见没有重办期限，不计重办时限")]
        if redo < event.on:
            raise refuse(
                case,
                f"的重办期限 {redo.isoformat()} 早于 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
            )
    if result == "declined":
        need(case, event, asked, label, "reason", "理由", "⟦.reason⟧ 理由")
    return []


def _reopen(case: Case, event: Event) -> None:
    if event.data.get("back_to") == "reviewer":
        case.enter("in_review", event.on)
        return
    case.closed_on = case.outcome = case.delivered_on = None
    case.enter("accepted", event.on)


def _revoked(case: Case, event: Event) -> None:
    """A revoked result sends the case back: to the unit with a day to redo it by, or to the reviewer."""
    if event.data.get("back_to") == "reviewer":
        case.start_clock("review", event.on, event.seq, event.data.get("redo_by"))
        return
    for clock in case.clocks:
        if clock.kind == "fulfilment" and not clock.ended:
            fall(
                clock, event, case.code, (REVIEW_RESULT if event.kind == "review_result" else RECHECK_RESULT).why_fallen
            )
    if event.data.get("redo_by") is not None:
        case.start_clock("redo", event.on, event.seq, event.data["redo_by"])


def _check_review(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    why = why_no_review(case)
    if why:
        raise refuse(case, f"不适用复查：{why}", "不服的，引导走相应的法定程序", code="no_review")
    return [
        *_late_window(case, event, "review_window", case.delivered_on, "申请复查"),
    ]


def _fold_review(case: Case, event: Event) -> None:
    if case.reviewed_on is None:
        case.reviewed_on = event.on
    case.enter("in_review", event.on)


def _reviewed_first(case: Case, event: Event) -> bool:
    return case.reviewed_on is None and case.stage == "closed"


def _move_review(case: Case, event: Event) -> None:
    case.start_clock("review", event.on, event.seq)


def _fold_review_result(case: Case, event: Event) -> None:
    result = event.data["result"]
    case.review_delivered_on = event.data.get("delivered_on")
    if result == "revoked":
        _reopen(case, event)
    else:
        case.enter("closed" if result == "declined" else "reviewed", event.on)


def _move_review_result(case: Case, event: Event) -> None:
    result = event.data["result"]
    if result == "revoked":
        _revoked(case, event)
    elif result == "declined":
        case.reopen_window("review_window")
    else:
        case.start_clock("recheck_window", event.data.get("delivered_on") or event.on, event.seq)


def _check_recheck(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    return [
        *_late_window(case, event, "recheck_window", case.review_delivered_on, "申请复核"),
    ]


def _fold_recheck(case: Case, event: Event) -> None:
    case.hearing_days = set()
    case.enter("in_recheck", event.on)


def _move_recheck(case: Case, event: Event) -> None:
    case.start_clock("recheck", event.on, event.seq)


def _fold_recheck_result(case: Case, event: Event) -> None:
    result = event.data["result"]
    if result == "revoked":
        _reopen(case, event)
    else:
        case.enter("reviewed" if result == "declined" else "finalised", event.on)


def _move_recheck_result(case: Case, event: Event) -> None:
    if event.data["result"] == "revoked":
        _revoked(case, event)
    elif event.data["result"] == "declined":
        case.reopen_window("recheck_window")


def _check_hearing(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    first, last = event.data["from_on"], event.data["to_on"]
    if last < first:
        raise refuse(case, f"的听证结束日 {last} 早于开始日 {first}", "请核对两个日期", code="order")
    if first < case.stage_since:
        raise refuse(case, f"的听证开始日 {first} 早于复核申请日 {case.stage_since}", "请核对两个日期", code="order")
    if last > asked.today:
        return [Notice("hearing_ahead", f"听证排到 {last}，听证日不计入复核期限；改期或没有举行的，更正或撤销这一条")]
    return []


def _fold_hearing(case: Case, event: Event) -> None:
    first, last = event.data["from_on"], event.data["to_on"]
    case.hearing_days = case.hearing_days | {first + timedelta(days=n) for n in range((last - first).days + 1)}


def _move_hearing(case: Case, event: Event) -> None:
    """The hearing's days are not counted (art. 36): first and last day both, overlapping days once."""
    clock = case.open_clock("recheck")
    if clock is not None:
        clock.extra = len(case.hearing_days)


_RESULT = (
    DELIVERED_ON._replace(about="书面意见送达的日期"),
    day("redo_by", "重办期限", correctable=True, about="撤销后重新办理的期限", mended="更正撤销后的重办期限"),
    REASON,
    word("result", "结果", terms.RESULT, about="upheld 维持、changed 变更、revoked 撤销、declined 不予受理"),
    REPLY_NO._replace(about="复查或复核意见的文号"),
)
_WHERE = WHERE._replace(about="复查或复核机关")
_LATE_REASON = LATE_REASON._replace(about="逾期申请仍接收的理由")


def _result_of(request: str, what: str, stage: str, before: str) -> EventType:
    """The result of a review or a recheck, which is decided in `stage` and asked for in the one `before`."""
    return EventType(
        f"{request}_result",
        f"{what}结果",
        _RESULT,
        stages=(stage,),
        moves=True,
        hint=f"先登记{what}申请：⟦{request}⟧",
        hinted=(before,),
        stops=frozenset({request}),
        answers=request,
        why_fallen=f"{what}撤销原意见",
        check=_check_result,
    )


REVIEW = EventType(
    "review",
    "申请复查",
    (_LATE_REASON, _WHERE),
    stages=("closed",),
    moves=True,
    hint="办结之后才能申请复查",
    hinted=OPEN_STAGES,
    stops=frozenset({"review_window"}),
    rewinds=_reviewed_first,
    check=_check_review,
    fold=_fold_review,
    clocks=_move_review,
    column="review_on",
    rank=9,
    about="申请复查（收到答复 30 日内，条例第三十五条）；加 ⟦.result⟧ 记复查结果。",
    examples=({"where": "市住建局"}, {"result": "维持", "delivered_on": "今天"}),
)
REVIEW_RESULT = _result_of("review", "复查", "in_review", "closed")._replace(
    fold=_fold_review_result,
    clocks=_move_review_result,
    column="review_result",
    rank=10,
)
RECHECK = EventType(
    "recheck",
    "申请复核",
    (_LATE_REASON, _WHERE),
    stages=("reviewed",),
    moves=True,
    hint="先有复查意见才能申请复核",
    hinted=(*OPEN_STAGES, "closed", "in_review"),
    stops=frozenset({"recheck_window"}),
    check=_check_recheck,
    fold=_fold_recheck,
    clocks=_move_recheck,
    about="申请复核（收到复查意见 30 日内，条例第三十六条）；加 ⟦.result⟧ 记复核结果。",
    examples=({"where": "市人民政府"}, {"result": "撤销", "redo_by": "2023-09-30", "back_to": "unit"}),
)
RECHECK_RESULT = _result_of("recheck", "复核", "in_recheck", "reviewed")._replace(
    fields=(
        *_RESULT,
        Field("back_to", about="撤销后退给 unit 责任单位（默认）或 reviewer 复查机关", value="谁", usual="unit"),
    ),
    fold=_fold_recheck_result,
    clocks=_move_recheck_result,
)
EVENTS = (
    REVIEW,
    REVIEW_RESULT,
    RECHECK,
    RECHECK_RESULT,
    EventType(
        "hearing",
        "听证",
        (
            day("from_on", "起", correctable=True, alias="from", about="听证开始日", mended="更正听证开始日")._replace(
                required=True
            ),
            day("to_on", "止", correctable=True, alias="to", about="听证结束日", mended="更正听证结束日")._replace(
                required=True
            ),
        ),
        stages=("in_recheck",),
        hint="复核期间才登记听证",
        check=_check_hearing,
        fold=_fold_hearing,
        clocks=_move_hearing,
        about="复核听证的起止日：首尾两天都不计入复核期限（条例第三十六条：听证所需时间不计算在内）；可以先排，开一日扣一日。",
        examples=({"from_on": "2023-08-01", "to_on": "2023-08-03"},),
        replaces=True,
    ),
)
