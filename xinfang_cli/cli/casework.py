"""The desk of casework: one command an event of the workflow."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from xinfang_cli.cli import options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json, KeepGoing, LateEntry, NewUnit, Number, Numbers, On, Reason
from xinfang_cli.errors import BadValue, Missing
from xinfang_cli.law import terms
from xinfang_cli.office.work import acting, casework, originals
from xinfang_cli.office.work.done import Done

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


def finish(done: Done, numbers: list[str], json: bool) -> None:
    """Show what became of the cases; exit 1 when some were refused."""
    output.show(done._replace(several=len(numbers) > 1 or "-" in numbers), json)
    if done.failed:
        raise typer.Exit(1)


def happen(
    ctx: typer.Context,
    kind: str,
    numbers: list[str],
    on: str | None,
    json: bool,
    keep_going: bool = False,
    **data: Any,
) -> None:
    """One event on each of the cases named."""
    make = acting.simple(kind, options.on_day(ctx.obj, on), **data)
    finish(acting.act(ctx.obj, kind, options.read_numbers(numbers), make, keep_going=keep_going), numbers, json)


@desk.command("assign")
def assign(
    ctx: typer.Context,
    numbers: Numbers,
    to: Annotated[str | None, typer.Option("--to", metavar="单位", help="名称、简称、代码、别名或拼音首字母")] = None,
    mode: Annotated[str, typer.Option("--mode", metavar="方式", help="forward 转送（默认）或 task 交办")] = "forward",
    feedback_by: Annotated[
        str | None, typer.Option("--feedback-by", metavar="日期", help="交办件要求反馈结果的期限")
    ] = None,
    on: On = None,
    new_unit: NewUnit = False,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """转送或交办给责任单位（条例第二十二条）；再次转送即为改派。

    例：xinfang assign 123 --to 教育局
        xinfang assign 23-123 124 --to jyj --mode task --feedback-by 2023-08-31
    """
    session = ctx.obj
    done = casework.assign(
        session,
        options.read_numbers(numbers),
        options.required(to, "--to"),
        mode=terms.MODE.parse(mode, "--mode"),
        feedback_by=options.day(session, feedback_by, "--feedback-by"),
        on=options.on_day(session, on),
        new_unit=new_unit,
        keep_going=keep_going,
    )
    finish(done, numbers, json)


@desk.command("sign")
def sign(
    ctx: typer.Context,
    numbers: Numbers,
    late_entry: LateEntry = False,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """单位签收：收到日与转送日不同时登记，受理和异议期限从签收日起算。

    例：xinfang sign 123 --on 昨天
    """
    happen(ctx, "sign", numbers, on, json, keep_going, late_entry=late_entry or None)


@desk.command("object")
def object_(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Reason = None,
    late_reason: Annotated[
        str | None, typer.Option("--late-reason", metavar="文字", help="超过 5 个工作日才提出的理由，记为逾期异议")
    ] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """单位提出异议，申请退回（收到后 5 个工作日内，条例第二十三条）。

    例：xinfang object 123 --reason "不属本单位职权"
    """
    happen(
        ctx,
        "object",
        numbers,
        on,
        json,
        keep_going,
        reason=options.clean(reason),
        late_reason=options.clean(late_reason),
    )


@desk.command("uphold")
def uphold(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """同意退回：单位的时限作废，重新等待转送。

    例：xinfang uphold 123
    """
    happen(ctx, "uphold", numbers, on, json, keep_going, reason=options.clean(reason))


@desk.command("overrule")
def overrule(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """不同意退回：仍由原单位办理，时限从原收到日连续计算。

    例：xinfang overrule 123 --reason "属该单位法定职责"
    """
    happen(ctx, "overrule", numbers, on, json, keep_going, reason=options.clean(reason))


@desk.command("accept")
def accept(
    ctx: typer.Context,
    numbers: Numbers,
    told: Annotated[
        str | None, typer.Option("--told", metavar="日期", help="书面告知信访人的日期，默认与受理日相同")
    ] = None,
    pathway: Annotated[
        str | None,
        typer.Option(
            "--pathway", metavar="途径", help="opinion 处理意见书、duty 依法履职、simple 简易…，默认随信访目的"
        ),
    ] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="日期", help="依法履职件的法定期限")] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="理由", help="申诉求决件走没有办结期限的途径时的理由")
    ] = None,
    no_notice: Annotated[bool, typer.Option("--no-notice", help="姓名、住址不清，不必告知（条例第二十三条）")] = False,
    late_entry: LateEntry = False,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """受理并告知（条例第二十三条）；申诉求决件从受理日起 60 日内办结（第三十四条）。

    例：xinfang accept 123 --on 昨天
        xinfang accept 123 --on 2023-06-10 --told 2023-06-12
    """
    session = ctx.obj
    done = casework.accept(
        session,
        options.read_numbers(numbers),
        on=options.on_day(session, on),
        told=options.day(session, told, "--told"),
        pathway=None if pathway is None else terms.PATHWAY.parse(pathway, "--pathway"),
        due=options.day(session, due, "--due"),
        reason=options.clean(reason),
        late_entry=late_entry,
        no_notice=no_notice,
        keep_going=keep_going,
    )
    finish(done, numbers, json)


@desk.command("convert")
def convert(
    ctx: typer.Context,
    numbers: Numbers,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """简易程序转普通程序：受理日不变，改按 60 日计算。

    例：xinfang convert 123
    """
    happen(ctx, "convert", numbers, on, json, keep_going)


@desk.command("refuse")
def refuse(
    ctx: typer.Context,
    numbers: Numbers,
    ground: Annotated[
        str | None,
        typer.Option(
            "--ground", metavar="理由", help="已受理或正在办理、越级走访、逾期未申请复查、已经复核、按地方规定终结"
        ),
    ] = None,
    reason: Reason = None,
    of: Annotated[str | None, typer.Option("--of", metavar="编号", help="已经复核的：复核终结的是哪一件")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """不予受理（条例第十九条）或不再受理（第三十六条）。

    例：xinfang refuse 123 --ground 正在办理 --reason "区住建局正在办理 XF2023-000088"
    """
    done = casework.refuse(
        ctx.obj,
        options.read_numbers(numbers),
        terms.GROUND.parse(options.required(ground, "--ground"), "--ground"),
        options.clean(reason),
        on=options.on_day(ctx.obj, on),
        of=of,
        keep_going=keep_going,
    )
    finish(done, numbers, json)


@desk.command("redirect")
def redirect(
    ctx: typer.Context,
    numbers: Numbers,
    to: Annotated[
        str | None, typer.Option("--to", metavar="途径", help="诉讼、仲裁、党员申诉、行政程序、纪检监察、其他")
    ] = None,
    where: Annotated[str | None, typer.Option("--where", metavar="机关", help="向哪个机关提出")] = None,
    how: Annotated[
        str | None,
        typer.Option("--how", metavar="方式", help="guided 引导，或 forwarded 转送（来信、纪检监察默认）"),
    ] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """导入法定途径（条例第二十二条、第三十一条）。

    例：xinfang redirect 123 --to 仲裁 --where 区劳动人事争议仲裁委
    """
    done = casework.redirect(
        ctx.obj,
        options.read_numbers(numbers),
        terms.PROCEDURE.parse(options.required(to, "--to"), "--to"),
        options.clean(options.required(where, "--where")),
        None if how is None else terms.HOW_REDIRECTED.parse(how, "--how"),
        on=options.on_day(ctx.obj, on),
        keep_going=keep_going,
    )
    finish(done, numbers, json)


@desk.command("file")
def file(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """存查：首件在办期间的重复件、内容不清、没有诉求的件。

    例：xinfang file 123 --reason "首件正在办理"
    """
    happen(ctx, "file", numbers, on, json, keep_going, reason=options.clean(reason))


@desk.command("return-up")
def return_up(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """退回上级：上级转送、交办来的件，不属本级职权的。

    例：xinfang return-up 123 --reason "属市级事权"
    """
    happen(ctx, "return_up", numbers, on, json, keep_going, reason=options.clean(reason))


@desk.command("extend")
def extend(
    ctx: typer.Context,
    numbers: Numbers,
    days: Annotated[str | None, typer.Option("--days", metavar="天数", help="延长几日，总共不超过 30 日")] = None,
    approved_by: Annotated[str | None, typer.Option("--approved-by", metavar="姓名", help="批准的负责人")] = None,
    reason: Reason = None,
    clock: Annotated[
        str, typer.Option("--clock", metavar="时限", help="completion 办结（默认）或 feedback 反馈")
    ] = "completion",
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """延长办理期限（条例第三十四条）：届满之前、负责人批准、告知信访人。

    例：xinfang extend 123 --days 15 --approved-by 测试局长 --reason "需要鉴定"
    """
    chosen = terms.CLOCK.parse(clock, "--clock")
    if chosen not in ("completion", "feedback"):
        raise BadValue("--clock", clock, "不能延期", "可用：completion 办结、feedback 反馈")
    done = casework.extend(
        ctx.obj,
        options.read_numbers(numbers),
        options.on_day(ctx.obj, on),
        clock=chosen,
        keep_going=keep_going,
        days=options.whole(options.required(days, "--days"), "--days", 1),
        approved_by=options.clean(approved_by),
        reason=options.clean(reason),
    )
    finish(done, numbers, json)


@desk.command("note")
def note(
    ctx: typer.Context,
    numbers: Numbers,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="记录的内容")] = None,
    report: Annotated[
        bool, typer.Option("--report", help="这是上级或信访部门要求的办结报告，反馈时限到此为止")
    ] = False,
    late_entry: LateEntry = False,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """办理记录；加 --report 为交办件的办结报告（条例第二十二条）。

    例：xinfang note 123 --text "已约见信访人"
        xinfang note 123 --report --text "办结报告已收"
    """
    if not report and not (text or "").strip():
        raise Missing("缺少选项 --text", "看用法：xinfang note --help")
    happen(
        ctx,
        "note",
        numbers,
        on,
        json,
        keep_going,
        text=options.clean(text),
        report=report or None,
        late_entry=late_entry or None,
    )


@desk.command("assist")
def assist(
    ctx: typer.Context,
    numbers: Numbers,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="协办单位")] = None,
    answer_by: Annotated[str | None, typer.Option("--answer-by", metavar="日期", help="要求答复的期限")] = None,
    answered: Annotated[bool, typer.Option("--answered", help="协办单位已答复")] = False,
    on: On = None,
    new_unit: NewUnit = False,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """请其他单位协办，或记其答复。

    例：xinfang assist 123 --unit 财政局 --answer-by 7-28
        xinfang assist 123 --unit 财政局 --answered
    """
    session = ctx.obj
    if answered == (answer_by is not None):
        raise Missing(
            "要写 --answer-by 日期（请协办）或 --answered（已答复），只写一个", "看用法：xinfang assist --help"
        )
    done = casework.assist(
        session,
        options.read_numbers(numbers),
        options.required(unit, "--unit"),
        answer_by=options.day(session, answer_by, "--answer-by"),
        on=options.on_day(session, on),
        new_unit=new_unit,
        keep_going=keep_going,
    )
    finish(done, numbers, json)


@desk.command("close")
def close(
    ctx: typer.Context,
    numbers: Numbers,
    outcome: Annotated[
        str | None,
        typer.Option(
            "--outcome",
            metavar="意见",
            help="予以支持、部分支持、解释说明、不予支持、采纳、部分采纳、不予采纳、调解和解、已答复、法定途径处理结果",
        ),
    ] = None,
    delivered: Annotated[
        str | None, typer.Option("--delivered", metavar="日期", help="书面答复送达信访人的日期")
    ] = None,
    how: Annotated[str | None, typer.Option("--how", metavar="方式", help="送达方式：当面、邮寄、其他")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="信访人拒签")] = False,
    report: Annotated[bool, typer.Option("--report", help="同时提交了办结报告")] = False,
    fulfil_by: Annotated[
        str | None, typer.Option("--fulfil-by", metavar="日期", help="支持的诉求最迟哪天落实（条例第三十二条）")
    ] = None,
    reply_no: Annotated[str | None, typer.Option("--reply-no", metavar="文号", help="答复意见书文号")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="答复内容")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """办结。未转送的件直接办结，即为信访部门自行答复。

    例：xinfang close 123 --outcome 予以支持 --delivered 今天 --how 当面
    """
    session = ctx.obj
    done = casework.close(
        session,
        options.read_numbers(numbers),
        options.on_day(session, on),
        keep_going,
        outcome=terms.OUTCOME.parse(options.required(outcome, "--outcome"), "--outcome"),
        delivered_on=options.day(session, delivered, "--delivered"),
        how=None if how is None else terms.DELIVERY.parse(how, "--how"),
        receipt="refused" if refused else None,
        report=report or None,
        fulfil_by=options.day(session, fulfil_by, "--fulfil-by"),
        reply_no=options.clean(reply_no),
        text=options.clean(text),
    )
    finish(done, numbers, json)


@desk.command("deliver")
def deliver(
    ctx: typer.Context,
    numbers: Numbers,
    how: Annotated[str | None, typer.Option("--how", metavar="方式", help="当面、邮寄、其他")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="信访人拒签")] = False,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """补记送达：--on 为信访人收到书面答复的日期，申请复查、复核的期限随之重算。

    例：xinfang deliver 123 --on 2023-07-10 --how 邮寄
    """
    method = None if how is None else terms.DELIVERY.parse(how, "--how")
    happen(ctx, "deliver", numbers, on, json, keep_going, how=method, receipt="refused" if refused else None)


@desk.command("approve")
def approve(
    ctx: typer.Context, numbers: Numbers, on: On = None, keep_going: KeepGoing = False, json: Json = False
) -> None:
    """审核认定：办结从单位办结之日起算。

    例：xinfang approve 123
    """
    happen(ctx, "approve", numbers, on, json, keep_going)


@desk.command("return")
def return_(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """审核不通过，退回重办：时限接着原来的走。

    例：xinfang return 123 --reason "没有答复诉求二"
    """
    happen(ctx, "return", numbers, on, json, keep_going, reason=options.clean(reason))


@desk.command("fulfil")
def fulfil(
    ctx: typer.Context,
    numbers: Numbers,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """办结时承诺的事项已经落实（条例第三十二条）。

    例：xinfang fulfil 123
    """
    happen(ctx, "fulfil", numbers, on, json, keep_going)


@desk.command("withdraw")
def withdraw(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """信访人撤回；复查、复核期间只撤回申请。

    例：xinfang withdraw 123 --reason "问题已自行解决"
    """
    happen(ctx, "withdraw", numbers, on, json, keep_going, reason=options.clean(reason))


Result = Annotated[
    str | None,
    typer.Option("--result", metavar="结果", help="upheld 维持、changed 变更、revoked 撤销、declined 不予受理"),
]
Delivered = Annotated[str | None, typer.Option("--delivered", metavar="日期", help="书面意见送达的日期")]
RedoBy = Annotated[str | None, typer.Option("--redo-by", metavar="日期", help="撤销后重新办理的期限")]
ReplyNo = Annotated[str | None, typer.Option("--reply-no", metavar="文号", help="复查或复核意见的文号")]
Body = Annotated[str | None, typer.Option("--body", metavar="机关", help="复查或复核机关")]
LateReason = Annotated[str | None, typer.Option("--late-reason", metavar="文字", help="逾期申请仍接收的理由")]


def _second_look(
    ctx: typer.Context,
    kind: str,
    numbers: list[str],
    result: str | None,
    on: str | None,
    json: bool,
    keep_going: bool,
    *,
    delivered: str | None,
    redo_by: str | None,
    reason: str | None,
    body: str | None,
    late_reason: str | None,
    reply_no: str | None = None,
    back_to: str | None = None,
) -> None:
    session = ctx.obj
    if result is None:
        happen(
            ctx, kind, numbers, on, json, keep_going, where=options.clean(body), late_reason=options.clean(late_reason)
        )
        return
    happen(
        ctx,
        f"{kind}_result",
        numbers,
        on,
        json,
        keep_going,
        result=terms.RESULT.parse(result, "--result"),
        delivered_on=options.day(session, delivered, "--delivered"),
        redo_by=options.day(session, redo_by, "--redo-by"),
        reason=options.clean(reason),
        reply_no=options.clean(reply_no),
        back_to=back_to,
    )


@desk.command("review")
def review(
    ctx: typer.Context,
    numbers: Numbers,
    body: Body = None,
    late_reason: LateReason = None,
    result: Result = None,
    delivered: Delivered = None,
    redo_by: RedoBy = None,
    reply_no: ReplyNo = None,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """申请复查（收到答复 30 日内，条例第三十五条）；加 --result 记复查结果。

    例：xinfang review 123 --body 市住建局
        xinfang review 123 --result 维持 --delivered 今天
    """
    _second_look(
        ctx,
        "review",
        numbers,
        result,
        on,
        json,
        keep_going,
        delivered=delivered,
        redo_by=redo_by,
        reason=reason,
        body=body,
        late_reason=late_reason,
        reply_no=reply_no,
    )


@desk.command("recheck")
def recheck(
    ctx: typer.Context,
    numbers: Numbers,
    body: Body = None,
    late_reason: LateReason = None,
    result: Result = None,
    back_to: Annotated[
        str, typer.Option("--back-to", metavar="谁", help="撤销后退给 unit 责任单位（默认）或 reviewer 复查机关")
    ] = "unit",
    delivered: Delivered = None,
    redo_by: RedoBy = None,
    reply_no: ReplyNo = None,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """申请复核（收到复查意见 30 日内，条例第三十六条）；加 --result 记复核结果。

    例：xinfang recheck 123 --body 市人民政府
        xinfang recheck 123 --result 撤销 --redo-by 2023-09-30 --back-to unit
    """
    words = {"unit": "unit", "责任单位": "unit", "reviewer": "reviewer", "复查机关": "reviewer"}
    if back_to not in words:
        raise BadValue("--back-to", back_to, "不在规定的词语里", "可用：unit 责任单位、reviewer 复查机关")
    _second_look(
        ctx,
        "recheck",
        numbers,
        result,
        on,
        json,
        keep_going,
        delivered=delivered,
        redo_by=redo_by,
        reason=reason,
        body=body,
        late_reason=late_reason,
        reply_no=reply_no,
        back_to="reviewer" if result is not None and words[back_to] == "reviewer" else None,
    )


@desk.command("hearing")
def hearing(
    ctx: typer.Context,
    numbers: Numbers,
    from_: Annotated[str | None, typer.Option("--from", metavar="日期", help="听证开始日")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="日期", help="听证结束日")] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="日期", help="记在哪一天，默认听证结束日；还没到的记在今天")
    ] = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """复核听证的起止日：首尾两天都不计入复核期限（条例第三十六条）。

    例：xinfang hearing 123 --from 2023-08-01 --to 2023-08-03
    """
    session = ctx.obj
    first = options.day(session, options.required(from_, "--from"), "--from")
    last = options.day(session, options.required(to, "--to"), "--to")
    # Recorded later, perhaps with the result that came after it, it still happened on its own days.
    # One that is set ahead stands on today.
    on_day = on if on is not None else min(last, session.today).isoformat()
    happen(ctx, "hearing", numbers, on_day, json, keep_going, from_on=first, to_on=last)


@desk.command("report-up")
def report_up(
    ctx: typer.Context,
    numbers: Numbers,
    to: Annotated[str | None, typer.Option("--to", metavar="机关", help="报告给谁")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="报告内容")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """报告上级：重大紧急事项（条例第二十五条），或上级限期要的报告。

    例：xinfang report-up 123 --to 市信访局
    """
    whom = options.clean(options.required(to, "--to"))
    happen(ctx, "report_up", numbers, on, json, keep_going, where=whom, text=options.clean(text))


@desk.command("rate")
def rate(
    ctx: typer.Context,
    numbers: Numbers,
    unit_rating: Annotated[
        str | None, typer.Option("--unit-rating", metavar="评价", help="对责任单位：满意、基本满意、不满意")
    ] = None,
    bureau_rating: Annotated[
        str | None, typer.Option("--bureau-rating", metavar="评价", help="对信访部门：满意、基本满意、不满意")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="来源", help="自评、电话回访、其他")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """满意度评价：对信访部门、对责任单位分别评，以最近一次为准。

    例：xinfang rate 123 --unit-rating 满意 --bureau-rating 满意 --source 电话回访
    """

    def given(word: str | None, flag: str) -> str | None:
        found = None if word is None else terms.RATING.parse(word, flag)
        if found == "none":
            raise BadValue(flag, word, "不是一次评价", "可用：满意、基本满意、不满意")
        return found

    happen(
        ctx,
        "rate",
        numbers,
        on,
        json,
        keep_going,
        unit_rating=given(unit_rating, "--unit-rating"),
        bureau_rating=given(bureau_rating, "--bureau-rating"),
        source=None if source is None else terms.RATING_SOURCE.parse(source, "--source"),
    )


@desk.command("supervise")
def supervise(
    ctx: typer.Context,
    numbers: Numbers,
    answer_by: Annotated[str | None, typer.Option("--answer-by", metavar="日期", help="要求答复的期限")] = None,
    answered: Annotated[bool, typer.Option("--answered", help="单位已答复督办")] = False,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="督办要求或答复内容")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """督办（条例第四十条），或记单位对督办的答复。

    例：xinfang supervise 123 --answer-by 7-28 --text "限期反馈办理情况"
        xinfang supervise 123 --answered
    """
    if answered == (answer_by is not None):
        raise Missing(
            "要写 --answer-by 日期（督办）或 --answered（已答复），只写一个", "看用法：xinfang supervise --help"
        )
    kind = "supervise_answered" if answered else "supervise"
    by = options.day(ctx.obj, answer_by, "--answer-by")
    happen(ctx, kind, numbers, on, json, keep_going, answer_by=by, text=options.clean(text))


@desk.command("step")
def step(
    ctx: typer.Context,
    numbers: Numbers,
    kind: Annotated[str | None, typer.Option("--kind", metavar="措施", help="约谈、挂牌督办、问责")] = None,
    body: Annotated[
        str | None, typer.Option("--body", metavar="机关", help="作出决定的机关，如信访工作联席会议")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="对谁、因何、要求")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """记一次约谈、挂牌督办或问责，和作出决定的机关（条例第三十九条、第四十条）。

    例：xinfang step 123 --kind 约谈 --body 区信访工作联席会议 --text "约谈测试局分管负责人，限期整改"
        xinfang step 123 124 --kind 挂牌督办 --body 区信访工作联席会议
    """
    taken = terms.STEP.parse(options.required(kind, "--kind"), "--kind")
    whose = options.clean(options.required(body, "--body"))
    happen(ctx, "step", numbers, on, json, keep_going, step=taken, where=whose, text=options.clean(text))


@desk.command("link")
def link(
    ctx: typer.Context,
    numbers: Numbers,
    repeat_of: Annotated[str | None, typer.Option("--repeat-of", metavar="编号", help="原来那件")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """关联为重复件：同一信访人、同一事项。

    例：xinfang link 123 --repeat-of 88
    """
    original = options.required(repeat_of, "--repeat-of")
    done = originals.link(ctx.obj, options.read_numbers(numbers), original, options.on_day(ctx.obj, on), keep_going)
    finish(done, numbers, json)
    if len(done.cases) == 1 and not json:
        from xinfang_cli.cli import adding, asking

        if asking.somebody_there():
            adding.offer_no_longer(ctx.obj, done.cases[0])


@desk.command("relate")
def relate(
    ctx: typer.Context,
    numbers: Numbers,
    to: Annotated[str | None, typer.Option("--to", metavar="编号", help="另一件")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """关联他人反映的同一事项。

    例：xinfang relate 123 --to 120
    """
    other = options.required(to, "--to")
    done = casework.relate(ctx.obj, options.read_numbers(numbers), other, options.on_day(ctx.obj, on), keep_going)
    finish(done, numbers, json)


@desk.command("lead")
def lead(
    ctx: typer.Context,
    numbers: Numbers,
    name: Annotated[str | None, typer.Option("--name", metavar="姓名", help="包案领导")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """指定包案领导。

    例：xinfang lead 123 --name 测试领导
    """
    happen(ctx, "lead", numbers, on, json, keep_going, lead=options.clean(options.required(name, "--name")))


@desk.command("tag")
def tag(
    ctx: typer.Context,
    numbers: Numbers,
    add: Annotated[list[str] | None, typer.Option("--add", metavar="标签", help="加标签，可写几次")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", metavar="标签", help="减标签，可写几次")] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """加减标签：涉法涉诉、匿名、扬言、三跨三分离、重点群体……

    例：xinfang tag 123 --add 涉法涉诉 --remove 匿名
    """
    if not add and not remove:
        raise Missing("缺少选项 --add 或 --remove", "看用法：xinfang tag --help")
    happen(
        ctx,
        "tag",
        numbers,
        on,
        json,
        keep_going,
        add=[word for word in map(options.clean, add or []) if word] or None,
        remove=[word for word in map(options.clean, remove or []) if word] or None,
    )


ApprovedBy = Annotated[str | None, typer.Option("--approved-by", metavar="姓名", help="批准人")]


@desk.command("exclude")
def exclude(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Reason = None,
    approved_by: ApprovedBy = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """从统计中剔除：须有理由和批准人，各表都会注明剔除几件。

    例：xinfang exclude 123 --reason "市局同意剔除" --approved-by 测试局长
    """
    happen(
        ctx,
        "exclude",
        numbers,
        on,
        json,
        keep_going,
        reason=options.clean(reason),
        approved_by=options.clean(approved_by),
    )


@desk.command("include")
def include(
    ctx: typer.Context,
    numbers: Numbers,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """恢复统计。

    例：xinfang include 123
    """
    happen(ctx, "include", numbers, on, json, keep_going, reason=options.clean(reason))


@desk.command("edit")
def edit(
    ctx: typer.Context,
    numbers: Numbers,
    title: Annotated[str | None, typer.Option("--title", metavar="文字", help="概况")] = None,
    content: Annotated[str | None, typer.Option("--content", metavar="文字", help="内容")] = None,
    channel: Annotated[str | None, typer.Option("--channel", metavar="形式", help="信访形式")] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="目的", help="信访目的")] = None,
    topic: Annotated[str | None, typer.Option("--topic", metavar="分类", help="内容分类")] = None,
    region: Annotated[str | None, typer.Option("--region", metavar="属地", help="问题属地")] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="来源", help="来源")] = None,
    priority: Annotated[str | None, typer.Option("--priority", metavar="程度", help="重要程度")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="姓名", help="信访人")] = None,
    id_no: Annotated[str | None, typer.Option("--id-no", metavar="号码", help="证件号码")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="号码", help="联系电话")] = None,
    address: Annotated[str | None, typer.Option("--address", metavar="住址", help="住址")] = None,
    headcount: Annotated[str | None, typer.Option("--headcount", metavar="人数", help="信访人数")] = None,
    affected: Annotated[str | None, typer.Option("--affected", metavar="人数", help="涉及人数")] = None,
    representatives: Annotated[str | None, typer.Option("--representatives", metavar="人数", help="代表人数")] = None,
    external_no: Annotated[str | None, typer.Option("--external-no", metavar="编号", help="外部编号")] = None,
    complained_unit: Annotated[str | None, typer.Option("--complained-unit", metavar="单位", help="被反映单位")] = None,
    level: Annotated[str | None, typer.Option("--level", metavar="层级", help="到访层级")] = None,
    crossing: Annotated[
        str | None, typer.Option("--crossing", metavar="情形", help="三跨三分离，如 跨地区、人户分离；不是的写 无")
    ] = None,
    report_by: Annotated[
        str | None, typer.Option("--report-by", metavar="日期", help="上级限报日期；没有限报写 无")
    ] = None,
    deceased_on: Annotated[
        str | None, typer.Option("--deceased-on", metavar="日期", help="信访人去世的日期；记错了写 无")
    ] = None,
    pathway: Annotated[
        str | None,
        typer.Option("--pathway", metavar="途径", help="受理后改为申诉求决的：opinion、duty、simple，从受理日起算"),
    ] = None,
    new_topic: Annotated[bool, typer.Option("--new-topic", help="内容分类名单里没有就新增")] = False,
    new_region: Annotated[bool, typer.Option("--new-region", help="问题属地名单里没有就新增")] = False,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """改正登记内容；旧值新值都留在经过里。收到日期用 correct 更正。

    例：xinfang edit 123 --phone 13000000001 --headcount 6
    """
    from xinfang_cli.cli.adding import intake_fields

    changes = intake_fields(
        ctx.obj,
        title=title,
        content=content,
        channel=channel,
        kind=kind,
        topic=topic,
        region=region,
        source=source,
        priority=priority,
        name=name,
        id_no=id_no,
        phone=phone,
        address=address,
        headcount=headcount,
        affected=affected,
        representatives=representatives,
        external_no=external_no,
        complained_unit=complained_unit,
        level=level,
        crossing=crossing,
        report_by=report_by,
        deceased_on=deceased_on,
    )
    if not changes:
        raise Missing("没有写要改的内容", "看用法：xinfang edit --help")
    on_day = options.on_day(ctx.obj, on)
    way = None if pathway is None else terms.PATHWAY.parse(pathway, "--pathway")
    done = casework.edit(
        ctx.obj, options.read_numbers(numbers), changes, new_topic, new_region, keep_going, on_day, pathway=way
    )
    finish(done, numbers, json)


@desk.command("correct")
def correct(
    ctx: typer.Context,
    number: Number,
    event: Annotated[str | None, typer.Option("--event", metavar="序号", help="show 里经过的序号")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="日期", help="更正后的日期")] = None,
    told: Annotated[str | None, typer.Option("--told", metavar="日期", help="更正受理的告知日期")] = None,
    pathway: Annotated[str | None, typer.Option("--pathway", metavar="途径", help="更正受理的办理途径")] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="日期", help="更正依法履职件的法定期限")] = None,
    mode: Annotated[
        str | None, typer.Option("--mode", metavar="方式", help="更正转送为交办（task，同时写 --feedback-by）或反过来")
    ] = None,
    feedback_by: Annotated[str | None, typer.Option("--feedback-by", metavar="日期", help="更正交办的反馈期限")] = None,
    days: Annotated[str | None, typer.Option("--days", metavar="天数", help="更正延期天数")] = None,
    answer_by: Annotated[
        str | None, typer.Option("--answer-by", metavar="日期", help="更正协办、督办、领导交办的答复期限")
    ] = None,
    delivered: Annotated[
        str | None, typer.Option("--delivered", metavar="日期", help="更正办结、复查复核结果的送达日期")
    ] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", metavar="意见", help="更正办结的处理意见")] = None,
    fulfil_by: Annotated[str | None, typer.Option("--fulfil-by", metavar="日期", help="更正办结的落实期限")] = None,
    redo_by: Annotated[str | None, typer.Option("--redo-by", metavar="日期", help="更正撤销后的重办期限")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="日期", help="更正听证开始日")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="日期", help="更正听证结束日")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="更正记录的内容")] = None,
    reason: Reason = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    json: Json = False,
) -> None:
    """更正一条经过：先显示哪些时限、哪些已发布的通报会变，确认后重新推算；法规不允许的会被拒绝。

    例：xinfang correct 123 --event 3 --on 2023-06-12 --reason "日期录错"
    """
    session = ctx.obj
    changes: dict[str, Any] = {
        "told_on": options.day(session, told, "--told"),
        "pathway": None if pathway is None else terms.PATHWAY.parse(pathway, "--pathway"),
        "due_on": options.day(session, due, "--due"),
        "mode": None if mode is None else terms.MODE.parse(mode, "--mode"),
        "feedback_by": options.day(session, feedback_by, "--feedback-by"),
        "days": options.whole(days, "--days", 1),
        "answer_by": options.day(session, answer_by, "--answer-by"),
        "delivered_on": options.day(session, delivered, "--delivered"),
        "outcome": None if outcome is None else terms.OUTCOME.parse(outcome, "--outcome"),
        "fulfil_by": options.day(session, fulfil_by, "--fulfil-by"),
        "redo_by": options.day(session, redo_by, "--redo-by"),
        "from_on": options.day(session, from_, "--from"),
        "to_on": options.day(session, to, "--to"),
        "text": options.clean(text),
    }
    changes = {key: value for key, value in changes.items() if value is not None}
    seq = options.whole(options.required(event, "--event"), "--event", 1)
    why = options.clean(options.required(reason, "--reason")) or ""
    assert seq is not None
    from xinfang_cli.cli import asking
    from xinfang_cli.office.amend import correcting
    from xinfang_cli.terminal.correcting import tell_plan

    request = correcting.CorrectionRequest(number, seq, options.day(session, on, "--on"), why, changes)
    plan = correcting.plan(session, request)
    tell_plan(plan)
    asking.confirm("确认更正吗", "没有更正", sure=yes or json)
    finish(correcting.commit(session, plan), [number], json)


@desk.command("undo")
def undo(
    ctx: typer.Context,
    on: On = None,
    listing: Annotated[bool, typer.Option("--list", help="只列出自己可撤销的操作")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """撤销自己的上一个操作（涉及的各件一起撤）；之后又有别的操作的不能撤。

    积案批次、接访排班、三项建议、上级排名、设置、单位、发布的通报也一样撤。

    例：xinfang undo
        xinfang undo --list
    """
    from xinfang_cli.office.amend import undoing

    found = undoing.undoable(ctx.obj) if listing else undoing.undo(ctx.obj, options.day(ctx.obj, on, "--on"))
    output.show(found, json, csv and listing)
