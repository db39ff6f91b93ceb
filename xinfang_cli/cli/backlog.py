"""The desk of campaigns: the backlog."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli.cli import asking, filters, options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json, KeepGoing, Limit, NewUnit, NotTheAccused, Numbers, On
from xinfang_cli.cli.recording import finish
from xinfang_cli.errors import Missing
from xinfang_cli.law import terms
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.office.campaigns import backlog, backlog_status, batches
from xinfang_cli.office.find.lists import CasesAsked, leaders_in, units_in
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework
from xinfang_cli.terminal import screen

desk = Desk()
backlog_desk = Desk(
    "积案：批次、列入、化解、上级认定、进度。\n\n例：xinfang backlog join 123 --batch 市交积案2023\n    xinfang backlog status"
)
batch_desk = Desk("积案批次：来源、目标、目标日。\n\n例：xinfang backlog batch list")
backlog_desk.add_typer(batch_desk, name="batch")
GROUPS: dict[str, typer.Typer] = {"backlog": backlog_desk}

Batch = Annotated[str | None, typer.Option("--batch", metavar="批次", help="积案批次；只有一个批次的可以不写")]
ResolveUnit = Annotated[
    str | None, typer.Option("--resolve-unit", metavar="单位", help="化解单位；不写就是该件的责任单位")
]
GuardUnit = Annotated[str | None, typer.Option("--guard-unit", metavar="单位", help="稳控单位")]
Lead = Annotated[str | None, typer.Option("--lead", metavar="姓名", help="包案领导")]

# What a command that works on a filter is narrowed by.
_WITHIN = ("stage", "unit", "channel", "kind", "topic", "region", "tag", "received", "overdue", "first_only")
_MEETING = ("batch", *_WITHIN[:6], "lead", *_WITHIN[6:])


# ---- batches ----------------------------------------------------------------------------------------------------

BatchName = Annotated[str, typer.Argument(metavar="批次", help="批次名，如 市交积案2023")]
Source = Annotated[str | None, typer.Option("--source", metavar="来源", help="谁交办的，如 市信访联席办")]
HandedOn = Annotated[str | None, typer.Option("--handed-on", metavar="日期", help="交办日，进度从这一天算起")]
Target = Annotated[str | None, typer.Option("--target", metavar="百分比", help="目标化解率，如 95")]
TargetOn = Annotated[str | None, typer.Option("--target-on", metavar="日期", help="目标日")]
Recognise = Annotated[
    bool | None, typer.Option("--recognise/--no-recognise", help="化解要上级认定才算数 / 不要（默认）")
]


def _batch_fields(
    session: Session,
    source: str | None,
    handed_on: str | None,
    target: str | None,
    target_on: str | None,
    recognise: bool | None,
) -> batches.BatchFields:
    return batches.BatchFields(
        options.clean(source),
        options.day(session, handed_on, "--handed-on"),
        None if target is None else batches.target_of(target, "--target"),
        options.day(session, target_on, "--target-on"),
        recognise,
    )


@batch_desk.command("add")
def batch_add(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="批次", help="批次名，如 市交积案2023")] = None,
    source: Source = None,
    handed_on: HandedOn = None,
    target: Target = None,
    target_on: TargetOn = None,
    recognise: Recognise = None,
    file: Annotated[
        str | None,
        typer.Option("--file", metavar="文件", help="从名单登记：批次、来源、交办日期、目标、目标日、上级认定"),
    ] = None,
    json: Json = False,
) -> None:
    """登记一个积案批次：来源、交办日、目标、目标日、是否要上级认定。

    例：xinfang backlog batch add 市交积案2023 --source 市信访联席办 --target 95 --target-on 2023-11-30
    """
    if file is not None:
        output.show(batches.from_file(ctx.obj, Path(file).expanduser()), json)
        return
    fields = _batch_fields(ctx.obj, source, handed_on, target, target_on, recognise)
    output.show(batches.add(ctx.obj, options.required(options.clean(name), "批次"), fields), json)


@batch_desk.command("edit")
def batch_edit(
    ctx: typer.Context,
    name: BatchName,
    source: Source = None,
    handed_on: HandedOn = None,
    target: Target = None,
    target_on: TargetOn = None,
    recognise: Recognise = None,
    json: Json = False,
) -> None:
    """修改积案批次；导入的批次没有登记过的，也在这里补。

    例：xinfang backlog batch edit 市交积案2023 --target-on 2023-12-31 --recognise
    """
    fields = _batch_fields(ctx.obj, source, handed_on, target, target_on, recognise)
    output.show(batches.edit(ctx.obj, options.required(options.clean(name), "批次"), fields), json)


@batch_desk.command("list")
def batch_list(ctx: typer.Context, json: Json = False, csv: Csv = False) -> None:
    """列出积案批次，连同件数和化解率。

    例：xinfang backlog batch list
    """
    output.show(batches.listed(ctx.obj), json, csv)


# ---- cases of a batch -------------------------------------------------------------------------------------------


@backlog_desk.command("join")
@filters.narrowed(*_WITHIN, within=True)
def join(
    ctx: typer.Context,
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="[编号…]", help="登记编号，可写几件；- 从标准输入读")
    ] = None,
    batch: Batch = None,
    file: Annotated[
        str | None,
        typer.Option(
            "--file",
            metavar="文件",
            help="从名单列入（xlsx、xls、csv）：登记编号、化解单位、稳控单位、包案领导、列入日期、化解日期、化解方式",
        ),
    ] = None,
    resolve_unit: ResolveUnit = None,
    guard_unit: GuardUnit = None,
    lead: Lead = None,
    asked: CasesAsked = filters.ALL,
    new_unit: NewUnit = False,
    not_the_accused: NotTheAccused = None,
    yes: Annotated[bool, typer.Option("--yes", help="按条件列入时不再询问")] = False,
    keep_going: KeepGoing = False,
    on: On = None,
    json: Json = False,
) -> None:
    """把件列入积案批次：写编号，或用 --file 名单，或写条件（已在批次里的跳过）。

    例：xinfang backlog join 123 124 --batch 市交积案2023 --lead 测试领导甲 --guard-unit 望禾街道
        xinfang backlog join --batch 市交积案2023 --file 积案名单.xlsx
        xinfang backlog join --batch 自查积案 --stage 办理中 --received 2022-01-01..2022-12-31
    """
    session: Session = ctx.obj
    name = options.required(options.clean(options.required(batch, "--batch")), "--batch")
    filtered = asked != CasesAsked()
    if sum((bool(numbers), file is not None, filtered)) != 1:
        raise Missing("要写编号、--file 名单或条件，只用一种", "看用法：xinfang backlog join --help")
    if file is not None:
        listed = backlog.read_joining(Path(file).expanduser())
    elif numbers:
        listed = tuple(backlog.Joining(number) for number in options.read_numbers(numbers))
    else:
        listed = backlog.matching(session, asked)
        screen.print_notice(f"符合条件的有 {len(listed)} 件")
        asking.confirm(f"全部列入「{name}」吗", "没有列入", sure=yes or json)
    request = backlog.JoinRequest(
        name,
        listed,
        options.on_day(session, on),
        filtered or file is not None,
        resolve_unit,
        guard_unit,
        options.clean(lead),
        new_unit,
        keep_going,
    )
    found = backlog.join(session, request)
    if found.already:
        screen.print_notice(f"已在批次里的 {len(found.already)} 件没有重复列入")
    finish(backlog.placed(session, found.done), numbers or ["-"], json)


@backlog_desk.command("edit")
def edit(
    ctx: typer.Context,
    numbers: Numbers,
    batch: Batch = None,
    resolve_unit: ResolveUnit = None,
    guard_unit: GuardUnit = None,
    lead: Lead = None,
    new_unit: NewUnit = False,
    not_the_accused: NotTheAccused = None,
    keep_going: KeepGoing = False,
    on: On = None,
    json: Json = False,
) -> None:
    """改积案的化解单位、稳控单位、包案领导。

    例：xinfang backlog edit 123 --resolve-unit 自规局 --guard-unit 望禾街道 --lead 测试领导甲
    """
    if resolve_unit is None and guard_unit is None and lead is None:
        raise Missing("没有写要改的", "写 --resolve-unit、--guard-unit 或 --lead")
    done = backlog.edit(
        ctx.obj,
        options.read_numbers(numbers),
        options.clean(batch),
        options.on_day(ctx.obj, on),
        backlog.Responsible(resolve_unit, guard_unit, options.clean(lead)),
        new_unit=new_unit,
        keep_going=keep_going,
    )
    finish(backlog.placed(ctx.obj, done), numbers, json)


@backlog_desk.command("resolve")
def resolve(
    ctx: typer.Context,
    numbers: Numbers,
    batch: Batch = None,
    how: Annotated[
        str | None,
        typer.Option(
            "--how",
            metavar="方式",
            help="诉求解决、签订息访协议、三级终结、导入法定程序、教育疏导、帮扶救助、依法处理",
            autocompletion=options.words(terms.HOW_RESOLVED),
        ),
    ] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """登记积案化解（已报结）；批次要上级认定的，认定之后才算化解。

    例：xinfang backlog resolve 123 --how 诉求解决
    """
    method = None if how is None else terms.HOW_RESOLVED.parse(how, "--how")
    done = casework.backlog_entry(
        ctx.obj,
        options.read_numbers(numbers),
        "resolve",
        options.clean(batch),
        options.on_day(ctx.obj, on),
        keep_going,
        how=method,
    )
    finish(backlog.placed(ctx.obj, done), numbers, json)


@backlog_desk.command("recognise")
def recognise(
    ctx: typer.Context,
    numbers: Numbers,
    batch: Batch = None,
    returned: Annotated[bool, typer.Option("--returned", help="上级退回，化解不算数")] = False,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """上级认定积案已化解，或退回。

    例：xinfang backlog recognise 123
        xinfang backlog recognise 124 --returned
    """
    done = backlog.recognise(
        ctx.obj, options.read_numbers(numbers), options.clean(batch), options.on_day(ctx.obj, on), returned, keep_going
    )
    finish(backlog.placed(ctx.obj, done), numbers, json)


@backlog_desk.command("list")
def list_(
    ctx: typer.Context,
    batch: Batch = None,
    state: Annotated[
        list[str] | None, typer.Option("--state", metavar="状态", help="未化解、待上级认定、已化解、反弹，可写几次")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="化解单位")] = None,
    guard_unit: GuardUnit = None,
    lead: Lead = None,
    not_the_accused: options.NotTheAccused = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="日期", help="截至日，默认今天")] = None,
    limit: Limit = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """列出积案：化解单位、稳控单位、包案领导、状态。

    例：xinfang backlog list --state 未化解 --unit 自规局
        xinfang backlog list --batch 市交积案2023 --csv > 积案.csv
    """
    wanted = backlog.EntriesAsked(
        options.clean(batch),
        tuple(terms.BACKLOG_STATE.parse(word, "--state") for word in state or ()),
        unit,
        guard_unit,
        options.clean(lead),
        options.day(ctx.obj, as_of, "--as-of"),
    )
    options.not_the_accused(ctx.obj, unit, guard_unit, leaders=[wanted.lead])
    most = 0 if (json or csv) and limit is None else options.limit_of(limit)
    output.show(backlog.entries(ctx.obj, wanted, most), json, csv)


@backlog_desk.command("status")
def status(
    ctx: typer.Context,
    batch: Batch = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="日期", help="截至日，默认今天")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="日期", help="本期从哪天起，默认截至日所在周的周一")
    ] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """批次的进度：化解率、还差几件、每周要几件、按单位和按领导的两种排名、谁落后、未化解件数的走势。

    例：xinfang backlog status
        xinfang backlog status --batch 市交积案2023 --as-of 2023-07-17 --json
    """
    session: Session = ctx.obj
    found = backlog_status.status(
        session,
        options.clean(batch),
        as_of=options.day(session, as_of, "--as-of"),
        since=options.day(session, since, "--since"),
    )
    output.show(found, json, csv)


# ---- the dispatch meeting ---------------------------------------------------------------------------------------


@desk.command("meeting")
@filters.narrowed(*_MEETING, within=True)
def meeting(
    ctx: typer.Context,
    only: Annotated[list[str] | None, typer.Argument(metavar="[编号…]", help="只排这几件；不写就按条件")] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="文件", help="写成哪个 .xlsx；不写就显示在屏幕上")
    ] = None,
    force: options.Force = False,
    asked: CasesAsked = filters.ALL,
    not_the_accused: options.NotTheAccused = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """调度会议表：单位、事项、期限、已交办和承诺，留出本次承诺和落实结果；不带条件就是全部在办件。

    例：xinfang meeting --overdue -o 调度会.xlsx
        xinfang meeting --batch 市交积案2023 -o 积案调度.xlsx
    """
    from xinfang_cli.cli import output as out
    from xinfang_cli.documents import meeting as sheet
    from xinfang_cli.office.campaigns import meeting as desk_meeting
    from xinfang_cli.office.campaigns.roster import bureau

    session: Session = ctx.obj
    if asked == CasesAsked():
        asked = CasesAsked(ListFilter(stage=terms.OPEN_STAGES))
    path = options.target_of(output, force, (".xlsx",))
    listed = options.read_numbers(only) if only else []
    options.not_the_accused(session, *units_in(asked), leaders=leaders_in(asked), numbers=listed)
    lines = desk_meeting.rows(session, asked, listed)
    if path is not None:
        sheet.write(lines, path, bureau(session), session.today)
    out.show(desk_meeting.Meeting(lines, path), json, csv and path is None)
