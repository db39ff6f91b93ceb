"""What may follow what: the table of the workflow and its refusals, each once, beside its article.

`check(case, event, day)` raises Refused, or returns the warnings a clerk should read. It asks about the case as it
stood when the event happened; the fold itself (law.case) never refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from xinfang_cli.errors import Refused
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case, evolve, fold, in_force
from xinfang_cli.law.clocks import Clock, Code, due_of, find_open, settle
from xinfang_cli.law.events.base import EVENT, Event

ANY: tuple[str, ...] = tuple(terms.STAGE.labels)
OPEN = terms.OPEN_STAGES
LATER = terms.CLOSED_AND_LATER


class Row(NamedTuple):
    """One row of the table: where an event may happen, and whether it moves the case to another stage."""

    stages: tuple[str, ...]
    moves: bool
    hint: str = ""
    hinted: tuple[str, ...] = ()  # the stages in which the hint is of use; none said: all


WORKFLOW: dict[str, Row] = {
    "register": Row(("",), True),
    "assign": Row(
        ("registered", "assigned", "accepted"), True, "已办结的件要重办，走复查复核或 undo", ("closed", "reviewed")
    ),
    "sign": Row(("assigned",), False, "先转送交办：xinfang assign", ("registered",)),
    "object": Row(("assigned",), True, "受理之后不能再申请退回，可由信访部门改派：xinfang assign", ("accepted",)),
    "uphold": Row(("objected",), True, "没有待审核的退回申请"),
    "overrule": Row(("objected",), True, "没有待审核的退回申请"),
    "accept": Row(("assigned",), True, "先转送交办：xinfang assign", ("registered",)),
    "convert": Row(("accepted",), False, "只有按简易程序受理的在办件可以转普通程序"),
    "refuse": Row(("registered", "assigned"), True, "受理之后只能办结、导入法定途径或撤回", ("accepted",)),
    "redirect": Row(("registered", "assigned", "accepted"), True),
    "file": Row(("registered",), True, "已转送的件不能存查", ("assigned", "accepted", "objected", "reported")),
    "return_up": Row(("registered", "objected"), True),
    "extend": Row(("accepted",), False, "只有办理中的件可以延期"),
    "note": Row(ANY, False),
    "attach": Row(ANY, False),
    "assist": Row(("assigned", "accepted"), False),
    "answered": Row(("assigned", "accepted"), False),
    "close": Row(("registered", "assigned", "accepted", "redirected"), True),
    "deliver": Row(
        ("closed", "reviewed", "redirected"), False, "办结或复查之后才有送达", (*OPEN, "in_review", "in_recheck")
    ),
    "approve": Row(("reported",), True, "没有待审核的办结"),
    "return": Row(("reported",), True, "没有待审核的办结"),
    "fulfil": Row(LATER, False, "办结之后才有落实", OPEN),
    "withdraw": Row((*OPEN, "in_review", "in_recheck"), True),
    "review": Row(("closed",), True, "办结之后才能申请复查", OPEN),
    "review_result": Row(("in_review",), True, "先登记复查申请：xinfang review", ("closed",)),
    "recheck": Row(("reviewed",), True, "先有复查意见才能申请复核", (*OPEN, "closed", "in_review")),
    "recheck_result": Row(("in_recheck",), True, "先登记复核申请：xinfang recheck", ("reviewed",)),
    "hearing": Row(("in_recheck",), False, "复核期间才登记听证"),
    "report_up": Row(ANY, False),
    "rate": Row(ANY, False),
    "link": Row(ANY, False),
    "relate": Row(ANY, False),
    "lead": Row(ANY, False),
    "tag": Row(ANY, False),
    "join": Row(ANY, False),
    "resolve": Row(ANY, False),
    "recognise": Row(ANY, False),
    "exclude": Row(ANY, False),
    "include": Row(ANY, False),
    "remind": Row(OPEN, False, "已了结的件不必催办"),
    "supervise": Row(OPEN, False, "已了结的件不必督办"),
    "supervise_answered": Row(ANY, False),
    "step": Row(ANY, False),
    "receive": Row(ANY, False),
    "order": Row(ANY, False),
    "follow": Row(ANY, False),
    "edit": Row(ANY, False),
    "revoke": Row(ANY, False),
    "correct": Row(ANY, False),
}
_COMMANDS = {"review_result": "review --result", "recheck_result": "recheck --result"}
MOVING = frozenset(kind for kind, row in WORKFLOW.items() if row.moves)


class Asked(NamedTuple):
    """Under what a check is made: the clerk's day, whether a sheet speaks (what it cannot say is never refused)."""

    today: date
    from_sheet: bool = False
    unit_names: tuple[str, ...] = ()  # what the unit in question is called, beside its number
    merged: Mapping[int, int] = MappingProxyType({})  # units that became another's
    following: Sequence[Event] = ()  # what happened after the moment that is asked about


def _name(case: Case) -> str:
    return getattr(case, "case_no", "") or "本件"


def _refuse_stage(case: Case, event: Event, row: Row) -> Refused:
    stage = terms.STAGE.label(case.stage)
    hint = row.hint if not row.hinted or case.stage in row.hinted else ""
    if case.stage == "reported" and event.kind in ("deliver", "fulfil", "rate"):
        hint = "先审核认定：xinfang approve；之后照实际日期补记"
    if not hint:
        allowed = [
            f"{EVENT.label(kind)} {_COMMANDS.get(kind) or kind.replace('_', '-')}"
            for kind, other in WORKFLOW.items()
            if other.moves and case.stage in other.stages
        ]
        hint = (
            "此阶段可以：" + "、".join(allowed) if allowed else "此件已了结；记错了用 xinfang undo 或 xinfang correct"
        )
    return Refused(f"{_name(case)} 现为「{stage}」，不能{EVENT.label(event.kind)}", hint, code="stage")


def check(case: Case, event: Event, asked: Asked) -> list[str]:
    """Whether the law lets this event happen to the case as it stands; warnings, or Refused."""
    row = WORKFLOW[event.kind]
    if case.stage not in row.stages and not (
        (event.kind == "remind" and case.next_clock() is not None)
        or (event.kind in ("deliver", "fulfil") and _stands(case, asked))
    ):
        raise _refuse_stage(case, event, row)
    on = event.on
    if on > asked.today:
        which = f"{_name(case)} 的{EVENT.label(event.kind)}日期" if case.stage else "收到日期"
        raise Refused(
            f"{which} {on.isoformat()} 晚于今天 {asked.today.isoformat()}",
            "事情发生后再登记；日期写错了请改正",
            code="future",
        )
    if case.stage:
        if row.moves:
            if on < case.stage_since:
                raise Refused(
                    f"{_name(case)} 的{EVENT.label(event.kind)}日期 {on.isoformat()} 早于进入"
                    f"「{terms.STAGE.label(case.stage)}」的 {case.stage_since.isoformat()}",
                    f"请填 {case.stage_since.isoformat()} 或以后的日期；前一步记错了用 xinfang correct",
                    code="order",
                )
        elif on < case.received_on:
            raise Refused(
                f"{_name(case)} 的{EVENT.label(event.kind)}日期 {on.isoformat()} 早于收到日期 {case.received_on.isoformat()}",
                "请填收到日期或以后的日期",
                code="order",
            )
    checker = _CHECKS.get(event.kind)
    return checker(case, event, asked) if checker is not None else []


def _stands(case: Case, asked: Asked) -> bool:
    """Whether a closing that waits to be checked was approved since: it then stands from the unit's day, and so do its
    delivery, what was done as promised, and the rating."""
    decided = (other.kind for other in asked.following if other.kind in ("approve", "return", "withdraw"))
    return case.stage == "reported" and next(decided, "") == "approve"


def _not_before(case: Case, event: Event, asked: Asked, field: str, label: str) -> None:
    """A told or delivered day: not before its event, not after today."""
    day = event.data.get(field)
    if day is None:
        return
    if day < event.on:
        raise Refused(
            f"{_name(case)} 的{label} {day.isoformat()} 早于{EVENT.label(event.kind)}日期 {event.on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    if day > asked.today:
        raise Refused(
            f"{_name(case)} 的{label} {day.isoformat()} 晚于今天 {asked.today.isoformat()}",
            "发生之后再登记",
            code="future",
        )


def _need(case: Case, event: Event, asked: Asked, field: str, label: str, flag: str) -> None:
    if asked.from_sheet:
        return
    if not event.data.get(field):
        raise Refused(f"{_name(case)} 的{EVENT.label(event.kind)}没有写{label}", f"请加 {flag}", code="missing")


def accused(case: Case, unit: int | None, asked: Asked) -> bool:
    """Whether that unit, called `asked.unit_names`, is the one an accusation complains of (art. 30)."""
    return case.kind == "accusation" and _is_meant(case.complained_unit, case.complained_unit_id, unit, asked)


def _is_meant(said: str | None, meant: int | None, unit: int | None, asked: Asked) -> bool:
    """Whether the unit complained of, as it was taken down and as it was found among ours, is that unit."""
    if unit is None:
        return False
    if meant is not None and asked.merged.get(unit, unit) == asked.merged.get(meant, meant):
        return True
    return bool(said) and said in asked.unit_names


def _not_accused(case: Case, event: Event, asked: Asked, doing: str, what: str = "") -> list[str]:
    if accused(case, event.data.get("unit"), asked):
        raise Refused(
            f"{_name(case)} 是检举控告件，不能{doing}被检举的单位{what}",
            "请交给有管理权限的纪检监察机关或其他单位（条例第三十条）",
            code="accused",
        )
    said = case.complained_unit
    if case.kind == "accusation" and said and any(said in name or name in said for name in asked.unit_names):
        return [f"被检举的「{said}」与这个单位名称相近；是同一单位的不能{doing}它{what}（条例第三十条）"]
    return []


def _where_not_accused(case: Case, event: Event, asked: Asked) -> list[str]:
    """Nor may it leave the house for the unit complained of: as a procedure's, the superior's or a reviewing body."""
    where, said = event.data.get("where"), case.complained_unit
    if case.kind != "accusation" or not where or not said:
        return []
    if where == said or where in asked.unit_names:
        raise Refused(
            f"{_name(case)} 是检举控告件，{EVENT.label(event.kind)}的机关不能是被检举的单位",
            "请写有管理权限的纪检监察机关或其他机关（条例第三十条）",
            code="accused",
        )
    if said in where or where in said:
        return [f"被检举的「{said}」与「{where}」名称相近；是同一单位的不能转给它（条例第三十条）"]
    return []


def _is_lead(complained_unit: str | None, lead: str | None) -> bool:
    """Whether the leader in charge is the one complained of."""
    return bool(complained_unit and lead) and (lead in complained_unit or complained_unit in lead)  # type: ignore[operator]


def _about_intake(case: Case, channel: str, representatives: int | None, priority: str) -> list[str]:
    """What a clerk should know about what was taken down: too many representatives, a matter to be reported up."""
    warnings = []
    most = case.code.now.rules.limits["representatives"].n
    if channel in terms.VISITS and (representatives or 0) > most:
        warnings.append(f"代表 {representatives} 人，走访推选代表不得超过 {most} 人（条例第二十条）")
    if priority == "urgent":
        warnings.append(
            "重大紧急事项：及时报告本级党委和政府、上一级信访部门和国家信访局，报告后用 xinfang report-up 登记（条例第二十五条）"
        )
    return warnings


def _check_register(case: Case, event: Event, asked: Asked) -> list[str]:
    data = event.data
    warnings = _about_intake(case, data.get("channel", ""), data.get("representatives"), data.get("priority", "normal"))
    _not_before_receipt("", data.get("report_by"), event.on)
    return warnings


def _not_before_receipt(whose: str, report_by: date | None, received_on: date) -> None:
    if report_by is not None and report_by < received_on:
        raise Refused(
            f"{whose}上级限报日期 {report_by.isoformat()} 早于收到日期 {received_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )


def _check_assign(case: Case, event: Event, asked: Asked) -> list[str]:
    data = event.data
    warnings = _not_accused(case, event, asked, "转给")
    _not_signed_after(case, event)
    if case.unit is not None and data["unit"] == asked.merged.get(case.unit, case.unit):
        raise Refused(
            f"{_name(case)} 已经在这个单位",
            "要改转送日期、反馈期限，或改转送为交办，用 xinfang correct",
            code="same_unit",
        )
    wanted = data.get("feedback_by")
    if data["mode"] == "task":
        if wanted is None:
            if not asked.from_sheet:
                raise Refused(
                    f"{_name(case)} 交办没有写反馈期限", "请加 --feedback-by 日期（条例第二十二条）", code="missing"
                )
            warnings.append("交办没有反馈期限，不计反馈时限")
        elif wanted < event.on:
            raise Refused(
                f"{_name(case)} 的反馈期限 {wanted.isoformat()} 早于交办日期 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
            )
        elif case.report_by is not None and wanted >= case.report_by:
            warnings.append(f"反馈期限 {wanted.isoformat()} 不早于上级限报日期 {case.report_by.isoformat()}")
    elif wanted is not None:
        if not asked.from_sheet:
            raise Refused(f"{_name(case)} 转送不带反馈期限", "要求反馈结果请用 --mode task", code="mode")
        warnings.append("转送不带反馈期限，不计反馈时限")
    if case.stage == "accepted":
        warnings.append("原单位已受理，改派后由新单位重新受理")
    return warnings


def _check_sign(case: Case, event: Event, asked: Asked) -> list[str]:
    if case.assigned_on is not None and event.on < case.assigned_on:
        raise Refused(
            f"{_name(case)} 的签收日期 {event.on.isoformat()} 早于转送日期 {case.assigned_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    window = _objection_window(case)
    if window is not None and window.stop is not None and event.on > window.stop:
        raise Refused(
            f"{_name(case)} 的签收日期 {event.on.isoformat()} 晚于申请退回的 {window.stop.isoformat()}",
            "单位提出异议时已经收到；时限从原收到日接着算（条例第二十三条）",
            code="order",
        )
    return []


def _objection_window(case: Case) -> Clock | None:
    """The window of the present assignment, also when an objection that was overruled has used it."""
    return next((c for c in reversed(case.clocks) if c.kind == "objection" and c.opened_by == case.assign_seq), None)


def _check_object(case: Case, event: Event, asked: Asked) -> list[str]:
    _need(case, event, asked, "reason", "理由", "--reason 理由")
    _not_signed_after(case, event)
    clock = _objection_window(case)
    if clock is None:
        return []
    last = due_of(clock, case.code.at(event.id))
    if event.on > last and not event.data.get("late_reason"):
        raise Refused(
            f"{_name(case)} 提出异议的最后一天是 {last.isoformat()}（收到后 5 个工作日，条例第二十三条）",
            "确有理由的加 --late-reason，记为逾期异议",
            code="late",
        )
    return [f"逾期异议：最后一天是 {last.isoformat()}"] if event.on > last else []


def _not_signed_after(case: Case, event: Event) -> None:
    if case.signed_on is not None and event.on < case.signed_on:
        raise Refused(
            f"{_name(case)} 的{EVENT.label(event.kind)}日期 {event.on.isoformat()} 早于签收日期 {case.signed_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )


def _check_accept(case: Case, event: Event, asked: Asked) -> list[str]:
    data = event.data
    _not_signed_after(case, event)
    _not_before(case, event, asked, "told_on", "告知日期")
    pathway = data["pathway"]
    if pathway in ("duty", "simple") and case.kind != "appeal":
        raise Refused(
            f"{_name(case)} 是{terms.KIND.label(case.kind)}件，不走{terms.PATHWAY.label(pathway)}",
            "依法履职和简易办理只用于申诉求决件（条例第三十一条）",
            code="pathway",
        )
    if pathway == "simple" and case.repeat:
        raise Refused(f"{_name(case)} 是重复件，不能简易办理", "简易办理只用于初次信访，请用普通程序", code="pathway")
    due = data.get("due_on")
    if due is not None:
        if pathway != "duty":
            raise Refused(
                f"{_name(case)} 不是依法履职，不能自定办结日", "只有 --pathway duty 可以加 --due", code="pathway"
            )
        if due < event.on:
            raise Refused(
                f"{_name(case)} 的办结期限 {due.isoformat()} 早于受理日期 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
            )
    usual = terms.PATHWAY_OF_KIND[case.kind]
    if pathway != usual and not (case.kind == "appeal" and pathway in ("duty", "simple")):
        return [f"{terms.KIND.label(case.kind)}件通常走「{terms.PATHWAY.label(usual)}」"]
    return []


def _check_convert(case: Case, event: Event, asked: Asked) -> list[str]:
    if case.pathway != "simple":
        raise Refused(f"{_name(case)} 不是简易办理件", WORKFLOW["convert"].hint, code="pathway")
    return []


def _check_refuse(case: Case, event: Event, asked: Asked) -> list[str]:
    _need(case, event, asked, "ground", "不受理理由", "--ground")
    _need(case, event, asked, "reason", "说明", "--reason 说明")
    return []


def _check_reason(case: Case, event: Event, asked: Asked) -> list[str]:
    _need(case, event, asked, "reason", "理由", "--reason 理由")
    return []


def _check_return_up(case: Case, event: Event, asked: Asked) -> list[str]:
    if case.source == "own":
        raise Refused(
            f"{_name(case)} 是本级登记的件，没有上级可退", "只有上级转送、交办的件可以退回上级", code="source"
        )
    return _check_reason(case, event, asked)


def _check_extend(case: Case, event: Event, asked: Asked) -> list[str]:
    data = event.data
    kind = data.get("clock", "completion")
    clock = find_open(case, kind)
    if clock is None or clock.rule == "simple":
        if clock is not None:
            why, hint = "按简易程序办理，不能延期", "先转普通程序：xinfang convert"
        elif kind == "feedback":
            why, hint = "没有在走的反馈期限", "交办件才有反馈期限"
        else:
            why, hint = "没有在走的 60 日办结期限，不必延期", "只有出具处理意见书的件有 60 日期限（条例第三十四条）"
        raise Refused(f"{_name(case)} {why}", hint, code="clock")
    days = data["days"]
    if days < 1:
        raise Refused(f"{_name(case)} 的延期天数 {days} 不对", "请填 1 以上的整数", code="days")
    due = due_of(clock, case.code.at(event.id))
    if kind == "completion":
        most = case.code.at(event.id).rules.limits["extension"].n
        if case.extended_days + days > most:
            left = most - case.extended_days
            raise Refused(
                f"{_name(case)} 延期 {days} 日超过上限：总共不超过 {most} 日，已延 {case.extended_days} 日（条例第三十四条）",
                f"最多还能延 {left} 日" if left > 0 else "不能再延期",
                code="limit",
            )
    if event.on > due:
        raise Refused(
            f"{_name(case)} 的期限 {due.isoformat()} 已过，{event.on.isoformat()} 不能再延期",
            "延期须在期限届满之前批准（条例第三十四条）",
            code="late",
        )
    _need(case, event, asked, "approved_by", "批准人", "--approved-by 姓名")
    _need(case, event, asked, "reason", "理由", "--reason 理由")
    return []


def _check_note(case: Case, event: Event, asked: Asked) -> list[str]:
    if event.data.get("report") and find_open(case, "feedback") is None:
        return ["没有在走的反馈期限，按普通办理记录保存"]
    if not event.data.get("report"):
        _need(case, event, asked, "text", "内容", "--text 内容")
    return []


def _check_attach(case: Case, event: Event, asked: Asked) -> list[str]:
    """A file is known by its hash: that is where it stands, so nothing else may be said there."""
    _need(case, event, asked, "file", "文件名", "xinfang attach 编号 文件")
    digest = str(event.data.get("sha256"))
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise Refused(f"{_name(case)} 的附件没有 SHA-256", "请用 xinfang attach 附文件", code="hash")
    return []


def _check_assist(case: Case, event: Event, asked: Asked) -> list[str]:
    warnings = _not_accused(case, event, asked, "请", "协办")
    if case.unit is not None and event.data["unit"] == asked.merged.get(case.unit, case.unit):
        raise Refused(f"{_name(case)} 的责任单位就是它，不能再作协办", "协办请写另一个单位", code="same_unit")
    if event.data["answer_by"] < event.on:
        raise Refused(
            f"{_name(case)} 的协办答复期限 {event.data['answer_by'].isoformat()} 早于 {event.on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    return warnings


def _check_answered(case: Case, event: Event, asked: Asked) -> list[str]:
    unit = event.data["unit"]
    if not any(c.kind == "assistance" and c.unit == unit and not c.ended for c in case.clocks):
        raise Refused(f"{_name(case)} 没有等这个单位协办答复", "先登记协办：xinfang assist", code="clock")
    return []


def _check_close(case: Case, event: Event, asked: Asked) -> list[str]:
    data = event.data
    _not_before(case, event, asked, "delivered_on", "送达日期")
    if case.stage == "assigned":
        _not_signed_after(case, event)
    outcome = data.get("outcome")
    warnings = []
    if not outcome:
        if not asked.from_sheet:
            raise Refused(
                f"{_name(case)} 办结没有写处理意见",
                "请加 --outcome：" + "、".join(terms.OUTCOME.labels[k] for k in list(terms.OUTCOME.labels)[:-1]),
                code="missing",
            )
        warnings.append("办结没有处理意见")
    promised = data.get("fulfil_by")
    if promised is not None:
        if outcome not in ("supported", "partly_supported"):
            raise Refused(
                f"{_name(case)} 的处理意见不是支持，不能定落实期限",
                "去掉 --fulfil-by（条例第三十二条）",
                code="outcome",
            )
        if promised < event.on:
            raise Refused(
                f"{_name(case)} 的落实期限 {promised.isoformat()} 早于办结日期 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
            )
    usual = terms.USUAL_OUTCOMES.get(case.kind)
    if outcome and outcome != "unstated" and usual and outcome not in usual and case.stage != "redirected":
        warnings.append(f"{terms.KIND.label(case.kind)}件写「{terms.OUTCOME.label(outcome)}」不常见，请核对")
    if data.get("delivered_on") is None and not asked.from_sheet:
        window = "，申请复查的期限从办结日推定" if case.reviewable else ""
        warnings.append(f"没有送达日期{window}；回执到了用 xinfang deliver 补记")
    if data.get("report") and find_open(case, "feedback") is None:
        warnings.append("没有在走的反馈期限")
    return warnings


def _check_deliver(case: Case, event: Event, asked: Asked) -> list[str]:
    since = case.stage_since
    if event.on < since:
        raise Refused(
            f"{_name(case)} 的送达日期 {event.on.isoformat()} 早于答复日期 {since.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    return []


def _check_fulfil(case: Case, event: Event, asked: Asked) -> list[str]:
    if find_open(case, "fulfilment") is None and not (case.stage == "reported" and case.close_data.get("fulfil_by")):
        raise Refused(f"{_name(case)} 没有待落实的承诺", "办结时用 --fulfil-by 写明落实期限", code="clock")
    if event.on < (case.closed_on or event.on):
        raise Refused(f"{_name(case)} 的落实日期早于办结日期", "请核对两个日期", code="order")
    return []


def _late_window(case: Case, event: Event, kind: str, delivered: date | None, what: str, article: str) -> list[str]:
    """A right exercised too late is refused naming the last day; where delivery is presumed, only warned."""
    clock = next((c for c in reversed(case.clocks) if c.kind == kind), None)
    if clock is None:
        return []
    last = due_of(clock, case.code.at(event.id))
    if delivered is not None and event.on < delivered:
        raise Refused(
            f"{_name(case)} 的{what}日期 {event.on.isoformat()} 早于送达日期 {delivered.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    if event.on <= last:
        return []
    if delivered is None:
        return [f"没有送达日期，推定的最后一天 {last.isoformat()} 已过"]
    if event.data.get("late_reason"):
        return [f"逾期{what}：最后一天是 {last.isoformat()}"]
    raise Refused(
        f"{_name(case)} {what}的最后一天是 {last.isoformat()}（收到书面答复之日起 30 日，{article}）",
        "确有理由的加 --late-reason",
        code="late",
    )


class Ended(NamedTuple):
    """A matter that is ended for good: since when, as what ground of a refusal (不再受理), and why."""

    on: date
    ground: str
    why: str


def ended_for_good(case: Case, today: date) -> Ended | None:
    """Whether a petition of that day on the same facts is 不再受理: after a recheck (art. 36), or by local rule where the
    office has set one: no review or recheck asked for in time, a settlement, or the death of who alone had asked."""
    ends = []
    if case.stage == "finalised":
        ends = [Ended(case.stage_since, "rechecked", "已复核终结")]
    elif case.code.now.rules.settings["local_finality"]:
        ends = [Ended(on, "ended_locally", why) for on, why in _local_ends(case, today)]
    return min((end for end in ends if end.on <= today), default=None)


def _local_ends(case: Case, today: date) -> Iterator[tuple[date, str]]:
    if case.stage == "closed" and case.outcome == "settled":
        yield case.stage_since, "已达成和解"
    if case.stage in ("closed", "reviewed", "withdrawn") and case.deceased_on is not None and case.headcount == 1:
        yield max(case.deceased_on, case.stage_since), "信访人已去世"
    kind, what = ("review_window", "复查") if case.stage == "closed" else ("recheck_window", "复核")
    clock = _unused_window(case, kind) if case.stage in ("closed", "reviewed") else None
    if clock is not None and today > clock.due:
        yield clock.due, f"逾期未申请{what}"


def _unused_window(case: Case, kind: str) -> Clock | None:
    return next((c for c in reversed(case.clocks) if c.kind == kind and not c.ended), None)


def why_no_review(case: Case) -> str:
    """Why this closed case has no review (不适用复查), or an empty text."""
    if case.reviewable:
        return ""
    if case.redirected_on is not None:
        return "已导入法定途径，不出具信访处理意见书（条例第三十一条）"
    if case.pathway is None:
        return "没有出具信访处理意见书（未经受理直接办结）"
    return f"按「{terms.PATHWAY.label(case.pathway)}」办理，不出具信访处理意见书（条例第三十五条只对处理意见书）"


def _check_review(case: Case, event: Event, asked: Asked) -> list[str]:
    why = why_no_review(case)
    if why:
        raise Refused(f"{_name(case)} 不适用复查：{why}", "不服的，引导走相应的法定程序", code="no_review")
    return [
        *_where_not_accused(case, event, asked),
        *_late_window(case, event, "review_window", case.delivered_on, "申请复查", "条例第三十五条"),
    ]


def _check_recheck(case: Case, event: Event, asked: Asked) -> list[str]:
    return [
        *_where_not_accused(case, event, asked),
        *_late_window(case, event, "recheck_window", case.review_delivered_on, "申请复核", "条例第三十六条"),
    ]


def _check_result(case: Case, event: Event, asked: Asked) -> list[str]:
    data = event.data
    _not_before(case, event, asked, "delivered_on", "送达日期")
    result = data["result"]
    if result == "revoked":
        redo = data.get("redo_by")
        if redo is None:
            if not asked.from_sheet:
                raise Refused(f"{_name(case)} 撤销原意见没有写重办期限", "请加 --redo-by 日期", code="missing")
            return ["撤销原意见没有重办期限，不计重办时限"]
        if redo < event.on:
            raise Refused(
                f"{_name(case)} 的重办期限 {redo.isoformat()} 早于 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
            )
    if result == "declined":
        _need(case, event, asked, "reason", "理由", "--reason 理由")
    return []


def _check_hearing(case: Case, event: Event, asked: Asked) -> list[str]:
    first, last = event.data["from_on"], event.data["to_on"]
    if last < first:
        raise Refused(f"{_name(case)} 的听证结束日 {last} 早于开始日 {first}", "请核对两个日期", code="order")
    if first < case.stage_since:
        raise Refused(
            f"{_name(case)} 的听证开始日 {first} 早于复核申请日 {case.stage_since}", "请核对两个日期", code="order"
        )
    if last > asked.today:
        raise Refused(f"{_name(case)} 的听证结束日 {last} 晚于今天 {asked.today}", "听证结束后再登记", code="future")
    return []


def _check_rate(case: Case, event: Event, asked: Asked) -> list[str]:
    unit_rating, bureau_rating = event.data.get("unit_rating", "none"), event.data.get("bureau_rating", "none")
    if unit_rating == bureau_rating == "none":
        raise Refused(f"{_name(case)} 的评价没有内容", "请加 --unit-rating 或 --bureau-rating", code="missing")
    if unit_rating != "none":
        if case.stage not in LATER and not _stands(case, asked):
            raise _refuse_stage(case, event, Row(LATER, False, "对责任单位的评价在办结之后；办结前可评价信访部门"))
        if not case.ratable:
            why = "重复件" if case.repeat else "检举控告件" if case.kind == "accusation" else "导入法定途径的件"
            return [f"{why}不列入满意度评价，照记不计"]
    return []


def _check_resolve(case: Case, event: Event, asked: Asked) -> list[str]:
    entry = case.batches.get(event.data["batch"])
    if entry is None:
        raise Refused(
            f"{_name(case)} 不在积案批次「{event.data['batch']}」里", "先列入：xinfang backlog join", code="batch"
        )
    if event.on < entry.joined_on:
        raise Refused(
            f"{_name(case)} 的化解日期 {event.on.isoformat()} 早于列入日期 {entry.joined_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    if entry.resolved_on is not None:
        raise Refused(f"{_name(case)} 已于 {entry.resolved_on.isoformat()} 化解", "不必重复登记", code="batch")
    if event.data.get("how") == "three_levels" and case.stage != "finalised":
        return [
            f"化解方式写三级终结，此件现为「{terms.STAGE.label(case.stage)}」，没有复核意见，请核对（条例第三十六条）"
        ]
    return []


def _check_recognise(case: Case, event: Event, asked: Asked) -> list[str]:
    entry = case.batches.get(event.data["batch"])
    if entry is None or entry.resolved_on is None:
        raise Refused(f"{_name(case)} 还没有化解", "先登记化解：xinfang backlog resolve", code="batch")
    if event.on < entry.resolved_on:
        raise Refused(f"{_name(case)} 的认定日期早于化解日期 {entry.resolved_on}", "请核对两个日期", code="order")
    if entry.recognised_on is not None and not event.data.get("returned"):
        raise Refused(
            f"{_name(case)} 已于 {entry.recognised_on.isoformat()} 认定", "上级退回的加 --returned", code="batch"
        )
    return []


def _check_join(case: Case, event: Event, asked: Asked) -> list[str]:
    data = event.data
    for who in ("unit", "guard"):
        if accused(case, data.get(who), asked):
            raise Refused(
                f"{_name(case)} 是检举控告件，化解、稳控不能交给被检举的单位",
                "请换一个单位（条例第三十条）",
                code="accused",
            )
    entry = case.batches.get(data["batch"])
    if entry is None:
        return []
    if "unit" not in data and "guard" not in data:
        raise Refused(
            f"{_name(case)} 已在积案批次「{data['batch']}」里",
            "不必重复列入；改化解、稳控单位用 xinfang backlog edit",
            code="batch",
        )
    return []


def _check_exclude(case: Case, event: Event, asked: Asked) -> list[str]:
    _need(case, event, asked, "reason", "理由", "--reason 理由")
    _need(case, event, asked, "approved_by", "批准人", "--approved-by 姓名")
    if case.excluded:
        raise Refused(f"{_name(case)} 已经剔除", "恢复用 xinfang include", code="excluded")
    return []


def _check_include(case: Case, event: Event, asked: Asked) -> list[str]:
    if not case.excluded:
        raise Refused(f"{_name(case)} 没有剔除", "不必恢复", code="excluded")
    return []


def _pressed(case: Case, event: Event) -> int | None:
    """Whom a reminder or a supervision goes to: the unit of its clock, else the unit of the case; None: no unit."""
    clock = find_open(case, event.data["clock"]) if event.data.get("clock") else None
    return case.unit if clock is None else clock.unit


def _check_press(case: Case, event: Event, asked: Asked) -> list[str]:
    if accused(case, _pressed(case, event), asked):
        raise Refused(
            f"{_name(case)} 是检举控告件，不能向被检举的单位发{EVENT.label(event.kind)}",
            "请改派给其他单位：xinfang assign（条例第三十条）",
            code="accused",
        )
    answer_by = event.data.get("answer_by")
    if event.kind == "supervise":
        if case.unit is None:
            raise Refused(f"{_name(case)} 还没有责任单位，不能督办", "先转送交办：xinfang assign", code="unit")
        if answer_by is None:
            raise Refused(f"{_name(case)} 的督办没有写答复期限", "请加 --answer-by 日期", code="missing")
        if answer_by < event.on:
            raise Refused(
                f"{_name(case)} 的督办答复期限 {answer_by.isoformat()} 早于 {event.on.isoformat()}",
                "请核对两个日期",
                code="order",
            )
    return []


def _check_step(case: Case, event: Event, asked: Asked) -> list[str]:
    _need(case, event, asked, "where", "作出决定的机关", "--body 机关")
    return []


def _check_supervise_answered(case: Case, event: Event, asked: Asked) -> list[str]:
    if find_open(case, "supervision") is None:
        raise Refused(f"{_name(case)} 没有待答复的督办", "先登记督办：xinfang supervise", code="clock")
    return []


def _check_lead(case: Case, event: Event, asked: Asked) -> list[str]:
    lead = event.data["lead"]
    if case.kind == "accusation" and _is_lead(case.complained_unit, lead):
        raise Refused(
            f"{_name(case)} 是检举控告件，被检举人不能作包案领导", "请换一位包案领导（条例第三十条）", code="accused"
        )
    return []


def _check_edit(case: Case, event: Event, asked: Asked) -> list[str]:
    """What was taken down wrong is always set right; what follows from it under art. 20, 25 and 30 is said."""
    now = {**event.data.get("set", {}), **event.data.get("changes", {})}
    warnings = []
    _not_before_receipt(f"{_name(case)} 的", now.get("report_by"), case.received_on)
    died = now.get("deceased_on")
    if died is not None and died > asked.today:
        raise Refused(
            f"{_name(case)} 的去世日期 {died.isoformat()} 晚于今天 {asked.today.isoformat()}", "请核对", code="future"
        )
    if died is not None and now.get("headcount", case.headcount) > 1:
        warnings.append("信访人不止一人：其他人仍可信访，此件不因一人去世终结")
    if now.keys() & {"channel", "representatives", "priority"}:
        priority = now.get("priority", "normal")  # said when it becomes urgent, not each time
        channel, count = now.get("channel", case.channel), now.get("representatives", case.representatives)
        warnings += _about_intake(case, channel, count, priority)
    if now.keys() & {"kind", "complained_unit"} and now.get("kind", case.kind) == "accusation":
        said = now.get("complained_unit", case.complained_unit)
        meant = now.get("complained_unit_id", case.complained_unit_id)
        if _is_meant(said, meant, case.unit, asked):
            warnings.append("责任单位就是被检举的单位，请立即改派：xinfang assign（条例第三十条）")
        helping = [c.unit for c in case.clocks if c.kind == "assistance" and not c.ended]
        if any(_is_meant(None, meant, unit, asked) for unit in helping):
            warnings.append("协办单位就是被检举的单位，不要再请它协办（条例第三十条）")
        if _is_lead(said, case.lead):
            warnings.append("包案领导就是被检举的人，请另换：xinfang lead（条例第三十条）")
    return warnings


def _check_receive(case: Case, event: Event, asked: Asked) -> list[str]:
    data = event.data
    if case.kind == "accusation" and any(_is_lead(case.complained_unit, leader) for leader in data["leaders"]):
        raise Refused(f"{_name(case)} 是检举控告件，被检举人不能接访", "请换一位领导（条例第三十条）", code="accused")
    if data["people"] < (0 if data.get("same_party") else 1):
        raise Refused(f"{_name(case)} 的接访人数 {data['people']} 不对", "请填 1 以上的整数", code="people")
    return []


def _check_order(case: Case, event: Event, asked: Asked) -> list[str]:
    data = event.data
    unit = data.get("unit", case.unit)
    if unit is None:
        raise Refused(f"{_name(case)} 还没有责任单位，领导交办没有写单位", "请加 --to 单位", code="unit")
    if accused(case, unit, asked):
        raise Refused(
            f"{_name(case)} 是检举控告件，不能交办给被检举的单位", "请换一个单位（条例第三十条）", code="accused"
        )
    if data["answer_by"] < event.on:
        raise Refused(
            f"{_name(case)} 的交办期限 {data['answer_by'].isoformat()} 早于 {event.on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    return []


def _check_follow(case: Case, event: Event, asked: Asked) -> list[str]:
    order = next((order for order in case.orders if order.seq == event.data["order"]), None)
    step = event.data["loop"]
    label = terms.LOOP.label(step)
    if order is None:
        raise Refused(f"{_name(case)} 没有领导交办，不能记{label}", "先登记交办：xinfang reception order", code="loop")
    if step in order.steps:
        raise Refused(f"{_name(case)} 已于 {order.steps[step].isoformat()} {label}", "不必重复登记", code="loop")
    if order.next_step != step:
        before = terms.LOOP.label(order.next_step)
        raise Refused(
            f"{_name(case)} 的交办还没有{before}，不能记{label}",
            f"先记{before}：xinfang reception follow {before} {_name(case)}",
            code="loop",
        )
    since = max([order.on, *order.steps.values()])
    if event.on < since:
        raise Refused(
            f"{_name(case)} 的{label}日期 {event.on.isoformat()} 早于上一步的 {since.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    return []


_CHECKS: dict[str, Callable[[Case, Event, Asked], list[str]]] = {
    "register": _check_register,
    "assign": _check_assign,
    "sign": _check_sign,
    "object": _check_object,
    "overrule": _check_reason,
    "accept": _check_accept,
    "convert": _check_convert,
    "refuse": _check_refuse,
    "redirect": _where_not_accused,
    "report_up": _where_not_accused,
    "file": _check_reason,
    "return_up": _check_return_up,
    "extend": _check_extend,
    "note": _check_note,
    "attach": _check_attach,
    "assist": _check_assist,
    "answered": _check_answered,
    "close": _check_close,
    "deliver": _check_deliver,
    "return": _check_reason,
    "fulfil": _check_fulfil,
    "withdraw": _check_reason,
    "review": _check_review,
    "review_result": _check_result,
    "recheck": _check_recheck,
    "recheck_result": _check_result,
    "hearing": _check_hearing,
    "rate": _check_rate,
    "resolve": _check_resolve,
    "recognise": _check_recognise,
    "join": _check_join,
    "exclude": _check_exclude,
    "include": _check_include,
    "remind": _check_press,
    "supervise": _check_press,
    "supervise_answered": _check_supervise_answered,
    "step": _check_step,
    "lead": _check_lead,
    "edit": _check_edit,
    "receive": _check_receive,
    "order": _check_order,
    "follow": _check_follow,
}


class Decision(NamedTuple):
    """What the law answers: the case after the event, the event as it will stand, and warnings."""

    case: Case
    event: Event
    warnings: list[str]


# What the bureau sent out before it knew that the case had ended is never in the way of recording that it had.
_SENT = frozenset({"remind", "supervise"})


def decide(events: Sequence[Event], event: Event, code: Code, asked: Asked, **known: Any) -> Decision:
    """Ask the law about one more event of a case; Refused, or the case with it.

    An event that moves the stage follows all others of its day. Any other may be back-dated to a day on which it would
    have been allowed: on the evening of that day, or else earlier on it (`before` keeps its place). Neither may make
    what is already recorded impossible.
    """
    standing = in_force(events)
    if event.kind == "register":
        warnings = check(Case(code), event, asked)
    elif event.kind in MOVING or not standing or event.on >= standing[-1].on:
        case = _replay(standing, code, known)
        if case is None:
            raise Refused("登记已撤销，不能再记事", "请重新登记：xinfang add", code="gone")
        try:
            warnings = check(case, event, asked)
        except Refused:
            if event.kind in MOVING or not standing or event.on > standing[-1].on:
                raise
            warnings = _check_earlier(standing, events, event, code, asked, known)
        else:
            if standing and event.on < standing[-1].on:
                _fit(standing, events, event, code, asked, known)
    else:
        warnings = _check_earlier(standing, events, event, code, asked, known)
    case = fold([*events, event], code)
    assert case is not None
    return Decision(case, event, warnings)


def _check_earlier(
    standing: list[Event], events: Sequence[Event], event: Event, code: Code, asked: Asked, known: dict[str, Any]
) -> list[str]:
    """Find the latest moment of the event's day at which it is allowed; the evening's refusal if there is none."""
    upto = [other for other in standing if other.on <= event.on]
    refusal: Refused | None = None
    for cut in range(len(upto), 0, -1):
        if cut < len(upto) and upto[cut].on < event.on:
            break
        case = _replay(upto[:cut], code, known)
        if case is None:
            break
        if cut < len(upto):
            event.data["before"] = upto[cut].seq
        try:
            warnings = check(case, event, asked._replace(following=standing[cut:]))
            _fit(standing, events, event, code, asked, known)
        except Refused as error:
            event.data.pop("before", None)
            refusal = refusal or error
            continue
        return warnings
    if refusal is not None:
        if refusal.code == "stage":  # the stage of that day, which need not be the present one
            said = refusal.message.replace(" 现为「", f" 在 {event.on.isoformat()} 为「", 1)
            raise Refused(said, refusal.hint, code="stage")
        raise refusal
    raise Refused(
        f"{known.get('case_no') or '本件'} 的{EVENT.label(event.kind)}日期 {event.on.isoformat()} "
        f"早于收到日期 {standing[0].on.isoformat()}",
        "请填收到日期或以后的日期",
        code="order",
    )


def _fit(
    standing: list[Event], events: Sequence[Event], event: Event, code: Code, asked: Asked, known: dict[str, Any]
) -> None:
    """Refuse a back-dated event that would make a later one impossible: a second extension beyond the limit, a unit
    signing for a case that had been moved on. A right that was exercised in time by what was known then stays so."""
    for other, refusal in _newly_refused(standing, in_force([*events, event]), code, asked, known):
        if other.seq == event.seq:
            raise refusal
        if refusal.code != "late" and other.kind not in _SENT:
            name = known.get("case_no") or "本件"
            raise Refused(
                f"{name} 已记有 {other.on.isoformat()} 的{EVENT.label(other.kind)}，与 {event.on.isoformat()} 的"
                f"{EVENT.label(event.kind)}不能并存：{refusal.message.removeprefix(name).strip()}",
                "日期写错了请改正；先前那一条记错了用 xinfang undo 或 xinfang correct",
                code="conflict",
            )


def _asked_again(
    standing: Sequence[Event], code: Code, asked: Asked, known: dict[str, Any]
) -> Iterator[tuple[Event, list[str] | Refused]]:
    """Ask the law about each event of a case in turn; what it says comes before the case moves on over that event."""
    case = Case(code)
    for key, value in known.items():
        setattr(case, key, value)
    asked = asked._replace(from_sheet=True, unit_names=())  # what was taken once is not asked for again
    for place, event in enumerate(standing, 1):
        try:
            yield event, check(case, event, asked._replace(following=standing[place:]))
        except Refused as refusal:
            yield event, refusal
        evolve(case, event)


def _newly_refused(
    before: Sequence[Event], after: Sequence[Event], code: Code, asked: Asked, known: dict[str, Any]
) -> Iterator[tuple[Event, Refused]]:
    """The events that the law refuses now and did not refuse as the case stood."""
    stood = {(e.seq, said.code) for e, said in _asked_again(before, code, asked, known) if isinstance(said, Refused)}
    for event, said in _asked_again(after, code, asked, known):
        if isinstance(said, Refused) and (event.seq, said.code) not in stood:
            yield event, said


def _replay(standing: Sequence[Event], code: Code, known: dict[str, Any]) -> Case | None:
    if not standing or standing[0].kind != "register":
        return None
    case = Case(code)
    for key, value in known.items():
        setattr(case, key, value)
    for event in standing:
        evolve(case, event)
    settle(case)
    return case


def replay_checked(events: Sequence[Event], code: Code, asked: Asked, **known: Any) -> list[str]:
    """Ask the law again about a whole case after its last event, a correction; Refused names the first event that it
    refuses now and did not before. The new warnings."""
    before, after = in_force(events[:-1]), in_force(events)
    if after[0].kind != "register":
        received = next(event.on for event in after if event.kind == "register")
        raise Refused(
            f"{known.get('case_no') or '本件'} 的{EVENT.label(after[0].kind)}日期 {after[0].on.isoformat()} "
            f"早于收到日期 {received.isoformat()}",
            "两个日期都错了的，先更正后面的，再更正前面的",
            code="order",
        )
    name = known.get("case_no") or "本件"
    for event, refusal in _newly_refused(before, after, code, asked, known):
        if event.seq == events[-1].data["event"]:
            raise refusal
        if event.kind not in _SENT:
            raise Refused(
                f"{name} 这样更正，{event.on.isoformat()} 的{EVENT.label(event.kind)}（第 {event.seq} 号）就不能成立："
                f"{refusal.message.removeprefix(name).strip()}",
                "日期写错了请改正；那一条也记错了的，先更正那一条",
                code=refusal.code,
            )
    warned = [said for _, said in _asked_again(before, code, asked, known) if not isinstance(said, Refused)]
    known_before = {text for said in warned for text in said}
    said_now = [said for _, said in _asked_again(after, code, asked, known) if not isinstance(said, Refused)]
    return [text for said in said_now for text in said if text not in known_before]
