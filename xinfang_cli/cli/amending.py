"""The desk of amendments: what was taken down wrong, and the last command taken back."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from xinfang_cli.cli import options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json, KeepGoing, Number, Numbers, On, Reason
from xinfang_cli.cli.recording import finish
from xinfang_cli.errors import Missing
from xinfang_cli.law import terms
from xinfang_cli.office.work import casework

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


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
