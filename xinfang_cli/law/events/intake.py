"""Intake and its corrections: registration, notes, links, marks, amendments."""

from __future__ import annotations

from datetime import date

from xinfang_cli.errors import Refused
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import stop
from xinfang_cli.law.event import Event
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import CheckContext, EventType, Notice
from xinfang_cli.law.events.checks import need, refuse
from xinfang_cli.law.events.fields import (
    APPROVED_BY,
    NEEDED_REASON,
    REASON,
    TEXT,
    UNIT,
    WHERE,
    Field,
    day,
    flag,
    number,
    text,
    word,
)
from xinfang_cli.law.events.taken_down import EDITABLE
from xinfang_cli.law.rules import IN_FORCE_2022, article_of, in_brackets

COMPLAINED_FIELDS = ("complained_unit", "complained_unit_id", "complained_person", "complained")
_AGAINST = {
    "unit": Notice("unit_accused", "责任单位就是被检举的单位或其上下级，请立即改派：⟦assign⟧"),
    "assist": Notice("assisting_accused", "协办、督办、共同承办的单位里有被检举的单位或其上下级，不要再请它办"),
    "order": Notice("order_accused", "领导交办的单位就是被检举的单位或其上下级，请另行交办"),
    "batch": Notice("batch_accused", "化解、稳控单位就是被检举的单位或其上下级，请另换：⟦backlog.edit⟧"),
    "lead": Notice("lead_accused", "包案领导就是被检举的人，请另换：⟦lead⟧"),
}


def _about_intake(
    case: Case, received_on: date, channel: str, representatives: int | None, priority: str
) -> list[Notice]:
    """Notes on an intake: too many representatives, a matter to be reported up."""
    warnings = []
    limit = case.code.now.rules.limits["representatives"]
    most = limit.n
    if channel in terms.VISITS and (representatives or 0) > most:
        article = limit.cited or article_of(limit, received_on)
        warnings.append(
            Notice("representatives", f"代表 {representatives} 人，走访推选代表不得超过 {most} 人（{article}）")
        )
    if priority == "urgent":
        whom = "本级党委和政府、上一级信访部门和国家信访局" if received_on >= IN_FORCE_2022 else "本级和上一级人民政府"
        said = f"重大紧急事项：及时报告{whom}，报告后用 ⟦report_up⟧ 登记{in_brackets('urgent', received_on)}"
        warnings.append(Notice("urgent", said))
    return warnings


def _not_before_receipt(whose: str, report_by: date | None, received_on: date) -> None:
    if report_by is not None and report_by < received_on:
        raise Refused(
            f"{whose}上级限报日期 {report_by.isoformat()} 早于收到日期 {received_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )


def _check_register(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    warnings = _about_intake(
        case, event.on, data.get("channel", ""), data.get("representatives"), data.get("priority", "normal")
    )
    if data.get("kind") == "accusation" and not asked.from_sheet and data.keys().isdisjoint(COMPLAINED_FIELDS):
        said = "没有写反映的是谁，写明以前不能转出去：⟦edit⟧ 编号 ⟦.complained_unit⟧ 单位，或 ⟦.complained_person⟧ 姓名，或 ⟦.complained_unknown⟧"
        said += in_brackets("accused", event.on)
        warnings.append(Notice("unanswered", said))
    _not_before_receipt("", data.get("report_by"), event.on)
    return warnings


def _fold_register(case: Case, event: Event) -> None:
    fields = case.__dict__
    fields.update(event.data)
    fields.pop("doubts", None)
    case.received_on = event.on
    case.enter("registered", event.on)


def _move_register(case: Case, event: Event) -> None:
    case.start_clock("dispatch", event.on, event.seq)
    if case.report_by is not None:
        case.start_clock("report_up", event.on, event.seq, case.report_by)


def _ask_pathway(case: Case, event: Event, asked: CheckContext, kind: str) -> None:
    """A kind whose completion the law limits needs its pathway, once the case was accepted on one without a limit."""
    if case.pathway is None or case.pathway in terms.CLOCKED or terms.PATHWAY_OF_KIND[kind] != "opinion":
        return
    if kind != case.kind and event.data.get("pathway") not in terms.CLOCKED and not asked.from_sheet:
        raise refuse(
            case,
            f"已按「{terms.PATHWAY.label(case.pathway)}」受理，改为{terms.KIND.label(kind)}件要写办理途径",
            f"请加 ⟦.pathway⟧ opinion，60 日从受理之日起算{in_brackets('completion', case.received_on)}；依法履职写 duty，简易办理写 simple",
            code="pathway",
            field="pathway",
        )


def _pathway_stays(case: Case, kind: str) -> list[Notice]:
    """A kind whose completion the law does not limit takes no running limit away: the pathway was told to the petitioner."""
    if kind == case.kind or case.pathway not in terms.CLOCKED or terms.PATHWAY_OF_KIND[kind] == "opinion":
        return []
    said = f"改为{terms.KIND.label(kind)}件，仍按受理时的「{terms.PATHWAY.label(case.pathway)}」办理，期限不变"
    return [Notice("pathway_stays", f"{said}；途径写错了的，用 ⟦correct⟧ 更正受理的途径")]


def _check_edit(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    """Corrections of intake fields are always accepted; consequences under art. 20, 25 and 30 are reported."""
    now = {**event.data.get("set", {}), **event.data.get("changes", {})}
    warnings = []
    _not_before_receipt(f"{case.called} 的", now.get("report_by"), case.received_on)
    _ask_pathway(case, event, asked, now.get("kind", case.kind))
    if not asked.from_sheet:
        warnings += _pathway_stays(case, now.get("kind", case.kind))
    died = now.get("deceased_on")
    if died is not None and died > asked.today:
        raise refuse(case, f"的去世日期 {died.isoformat()} 晚于今天 {asked.today.isoformat()}", "请核对", code="future")
    if died is not None and now.get("headcount", case.headcount) > 1:
        warnings.append(Notice("not_alone", "信访人不止一人：其他人仍可信访，此件不因一人去世终结"))
    if now.keys() & {"channel", "representatives", "priority"}:
        priority = now.get("priority", "normal")  # said when it becomes urgent, not each time
        channel, count = now.get("channel", case.channel), now.get("representatives", case.representatives)
        warnings += _about_intake(case, case.received_on, channel, count, priority)
    if now.keys() & {"kind", *COMPLAINED_FIELDS}:
        held = {standing.target.field for standing in article30.against(case, asked, now)}
        article = in_brackets("accused", case.received_on)
        warnings += [Notice(one.code, one.text + article) for field, one in _AGAINST.items() if field in held]
    return warnings


def _fold_relate(case: Case, event: Event) -> None:
    if event.data["to"] not in case.related:
        case.related = (*case.related, event.data["to"])


def _fold_tag(case: Case, event: Event) -> None:
    kept = [tag for tag in case.tags if tag not in event.data.get("remove", ())]
    case.tags = (*kept, *(tag for tag in event.data.get("add", ()) if tag not in kept))


def _check_exclude(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    if case.excluded:
        raise refuse(case, "已经剔除", "恢复用 ⟦include⟧", code="excluded")
    return []


def _fold_exclude(case: Case, event: Event) -> None:
    case.excluded = True


def _check_include(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    if not case.excluded:
        raise refuse(case, "没有剔除", "不必恢复", code="excluded")
    return []


def _fold_include(case: Case, event: Event) -> None:
    case.excluded = False


def _check_note(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    if event.data.get("report") and case.open_clock("feedback") is None:
        return [Notice("report_not_ordered", "没有在走的反馈期限，按普通办理记录保存")]
    if not event.data.get("report"):
        need(case, event, asked, NOTE.label, "text", "内容", "⟦.text⟧ 内容")
    return []


def report_feedback(case: Case, event: Event) -> None:
    """The report that was ordered is in (art. 22)."""
    if event.data.get("report"):
        clock = case.open_clock("feedback")
        if clock is not None:
            stop(clock, event.on, event)


def _check_attach(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    """The hash is the storage path, so it must be a SHA-256."""
    need(case, event, asked, ATTACH.label, "file", "文件名", "⟦attach⟧ 编号 文件")
    digest = str(event.data.get("sha256"))
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise refuse(case, "的附件没有 SHA-256", "请用 ⟦attach⟧ 附文件", code="hash")
    return []


REGISTER = EventType(
    "register",
    "登记",
    (
        *EDITABLE,
        day("registered_on", "登记日期"),
        day("petitioned_on", "信访日期"),
        Field("sheet_no", "原编号"),
        flag("repeat", "重复件"),
        Field("repeat_of", "原件", "case"),
        Field("repeat_of_no", "原件"),
        Field("tags", "标签", "list", private=True),
        Field("extras", "其他列", "record", private=True),
        Field("doubts", "存疑", "list"),
        day("purged")._replace(private=True),
    ),
    stages=("",),
    moves=True,
    rewinds=True,
    check=_check_register,
    fold=_fold_register,
    clocks=_move_register,
    column="received_on",
    rank=0,
)
NOTE = EventType(
    "note",
    "办理记录",
    (
        TEXT._replace(about="记录的内容"),
        flag("report", "办结报告", about="这是上级或信访部门要求的办结报告，反馈时限到此为止"),
    ),
    turn="report",
    rewinds=True,
    check=_check_note,
    clocks=report_feedback,
    about="办理记录；加 ⟦.report⟧ 为交办件的办结报告（条例第二十二条）。",
    examples=({"text": "已约见信访人"}, {"report": True, "text": "办结报告已收"}),
)
ATTACH = EventType(
    "attach",
    "附件",
    (text("file", "文件"), Field("sha256", "SHA-256"), number("size")),
    rewinds=True,
    check=_check_attach,
)
NOT_THE_ACCUSED = EventType(
    "not_the_accused",
    "不是被反映对象",
    (
        UNIT._replace(about="确不是被反映对象的单位"),
        WHERE._replace(about="确不是被反映对象的机关，名单以外的"),
        text("person", "领导", about="确不是被反映的领导", value="姓名"),
        word("relation", "关系", terms.ACCUSED)._replace(asked=False),
        NEEDED_REASON,
    ),
    about="检举控告件：写明一个单位、机关或领导确不是被反映对象，之后可以交给它（条例第三十条）。\n\n"
    "单独记入经过；改了被反映单位、被反映人的，要重新写明。⟦~doctor⟧ 列出所有写明过的。",
    examples=({"unit": "教育局", "reason": "邻县同名单位"},),
    check=article30.check_clearance,
    fold=article30.fold_clearance,
    brings=True,
)
EXCLUDE = EventType(
    "exclude",
    "剔除",
    (NEEDED_REASON, APPROVED_BY),
    check=_check_exclude,
    fold=_fold_exclude,
    about="从统计中剔除：须有理由和批准人，各表都会注明剔除几件。",
    examples=({"reason": "市局同意剔除", "approved_by": "测试局长"},),
    told=("approved_by", "reason"),
    replaces=True,
)
EVENTS = (
    REGISTER,
    NOTE,
    ATTACH,
    EventType(
        "link",
        "重复件关联",
        (Field("repeat_of", "原件", "case", about="原来那件", required=True),),
        timeless=True,
        about="关联为重复件：同一信访人、同一事项。",
        examples=({"repeat_of": "88"},),
    ),
    EventType(
        "relate",
        "关联",
        (Field("to", "关联", "case", about="另一件", required=True),),
        rewinds=True,
        fold=_fold_relate,
        about="关联他人反映的同一事项。",
        examples=({"to": "120"},),
    ),
    EventType(
        "tag",
        "标签",
        (
            Field("add", "加", "list", private=True, about="加标签，可写几次", value="标签"),
            Field("remove", "减", "list", private=True, about="减标签，可写几次", value="标签"),
        ),
        rewinds=True,
        fold=_fold_tag,
        about="加减标签：涉法涉诉、匿名、扬言、三跨三分离、重点群体……",
        examples=({"add": "涉法涉诉", "remove": "匿名"},),
    ),
    NOT_THE_ACCUSED,
    EXCLUDE,
    EventType("include", "恢复", (REASON,), check=_check_include, fold=_fold_include, about="恢复统计。"),
)
_CHANGES = (
    Field("set", nature="record"),
    Field("was", nature="record"),
    Field("changes", nature="record", private=True),
    Field("changed_from", nature="record", private=True),
)
AMENDMENTS = (
    EventType(
        "edit",
        "更正登记内容",
        (
            *_CHANGES,
            word(
                *("pathway", "途径", terms.PATHWAY),
                about="受理后改为申诉求决的：opinion、duty、simple，从受理日起算",
            ),
        ),
        check=_check_edit,
        timeless=True,
    ),
    EventType("revoke", "撤销操作", (number("event", "第几号"), number("command")), timeless=True),
    EventType(
        "correct",
        "更正",
        (REASON, number("event", "第几号"), Field("new_on", "改为"), Field("was_on", "原为"), *_CHANGES),
        timeless=True,
    ),
)
