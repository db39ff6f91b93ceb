"""The desk of looking up: lists, one case whole, its history, why a deadline is what it is."""

from __future__ import annotations

from typing import Annotated

import typer

from xinfang_cli.cli import options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json, Limit, Number, Reveal
from xinfang_cli.errors import BadValue, Missing
from xinfang_cli.law import terms
from xinfang_cli.office.find import one_case

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


@desk.command("show")
def show(
    ctx: typer.Context,
    number: Number,
    reveal: Reveal = False,
    accusation: Annotated[
        bool, typer.Option("--accusation", help="检举控告件也显示概况、内容、经过里的文字（会记入查阅记录）")
    ] = False,
    why: options.Why = None,
    json: Json = False,
) -> None:
    """一件的全部：信访人、时限及条款、经过。个人信息默认遮盖；检举控告件只有编号、阶段、时限和单位，除非加 --accusation。

    例：xinfang show 123
        xinfang show 123 --reveal
    """
    output.show(one_case.show(ctx.obj, number, reveal, accusation), json)


@desk.command("history")
def history(
    ctx: typer.Context,
    number: Annotated[
        str | None,
        typer.Argument(metavar="[编号]", help="登记编号；23-123、123、外部编号也行；加 --access、--imports 可以不写"),
    ] = None,
    access: Annotated[bool, typer.Option("--access", help="查阅记录：谁在什么时候看过、导出过完整的个人信息")] = False,
    imports: Annotated[bool, typer.Option("--imports", help="历次导入的回执；后面写序号，看那一次的全部")] = False,
    limit: Limit = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """一件的操作记录：谁在什么时候记了什么，撤销的也在内；加 --access 看查阅记录，加 --imports 看历次导入的回执。

    例：xinfang history 123
        xinfang history --imports
        xinfang history --imports 12
        xinfang history --access
        xinfang history 123 --access
    """
    from xinfang_cli.office.find import history as records

    if imports:
        _imports(ctx, number, access, limit, json, csv)
        return
    if access:
        output.show(records.accesses(ctx.obj, number, options.limit_of(limit, json or csv)), json, csv)
        return
    if number is None:
        raise Missing("没有写编号", "写一件的编号；看查阅记录用 xinfang history --access")
    if limit is not None:
        raise BadValue("--limit", limit, "只和 --access 同用", "一件的操作记录总是全部列出")
    output.show(records.history(ctx.obj, number), json, csv)


def _imports(ctx: typer.Context, number: str | None, access: bool, limit: str | None, json: bool, csv: bool) -> None:
    """The receipts of imports: all of them, or one."""
    from xinfang_cli.office.exchange.importing import receipts

    if access:
        raise BadValue("--imports", None, "不和 --access 同用", "去掉一个")
    if number is None:
        output.show(receipts.imports(ctx.obj, options.limit_of(limit, json or csv)), json, csv)
    elif limit is not None:
        raise BadValue("--limit", limit, "不和一次导入的序号同用", "去掉一个")
    else:
        output.show(receipts.one(ctx.obj, number), json, csv)


@desk.command("explain")
def explain(
    ctx: typer.Context,
    number: Annotated[
        str | None, typer.Argument(metavar="[编号]", help="登记编号；不写编号就用 --from 和 --clock")
    ] = None,
    clock: Annotated[
        str | None,
        typer.Option(
            "--clock", metavar="时限", help="只看一种：受理、办结、复查……", autocompletion=options.words(terms.CLOCK)
        ),
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="日期", help="不针对某件：从这一天起算")] = None,
    json: Json = False,
) -> None:
    """期限为什么是这一天：起算日、跳过的休息日、延期、听证、条款，逐步列明。

    例：xinfang explain 123
        xinfang explain --from 2023-09-25 --clock 异议期
        xinfang explain --from 2023-09-25 --clock 简易办理
    """
    from xinfang_cli.office.find import explaining

    session = ctx.obj
    kind = None if clock is None else terms.RECKONED.find(clock) or terms.CLOCK.parse(clock, "--clock")
    if number is None:
        if from_ is None or kind is None:
            raise Missing("没有写编号", "写编号，或同时写 --from 日期 和 --clock 时限")
        start = options.day(session, from_, "--from")
        assert start is not None
        found = explaining.explain_day(session, kind, start)
    elif from_ is not None:
        raise BadValue("--from", from_, "不和编号同用", "去掉一个")
    else:
        found = explaining.explain_case(session, number, kind)
    output.show(found, json)
