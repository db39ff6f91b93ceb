"""The desk of retention: personal and free text whose time is over."""

from __future__ import annotations

from typing import Annotated

import typer

from xinfang_cli.cli import asking, options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json
from xinfang_cli.errors import Refused
from xinfang_cli.office.keeping import purging

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


@desk.command("purge")
def purge(
    ctx: typer.Context,
    closed_before: Annotated[
        str | None, typer.Option("--closed-before", metavar="日期", help="清除在这一天以前办结（或终了）的件的文字")
    ] = None,
    undone: Annotated[
        bool, typer.Option("--undone", help="清除已撤销的：登记错了的件，撤销了的记录、附件，不等期限")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出，不清除")] = False,
    json: Json = False,
) -> None:
    """按期清除文字：信访人、概况内容、办理记录、其他列、附件从案件簿里彻底去掉，不能恢复；编号、经过、时限、各项率不变。

    先列出有几件、哪些文字、哪些备份里还有，确认后才清除；在办的、还能申请复查复核的、还有期限在走的、积案没有化解的、
    在办的件与它关联的、发布的数因它有变的，不清除，逐类说明。清除本身记入事件链，doctor 认得；
    再导入原来的表、恢复以前的备份，文字都不会回来。标签、批准人也去掉；文号、包案和接访的领导、导入的文件名留着，
    早先版本记下的标签、批准人在事件里，去不掉，哪些件有逐项列出。案件簿外面的文件（原表、退回的行、导出的）点名列出，请自己删去。

    例：xinfang purge --closed-before 2018-01-01 --dry-run
        xinfang purge --closed-before 2018-01-01
        xinfang purge --undone --yes
    """
    planned = purging.plan(ctx.obj, options.day(ctx.obj, closed_before, "--closed-before"), undone)
    if dry_run:
        output.show(planned, json)
        return
    output.before_asking(planned, json)
    if planned.nothing:
        raise Refused("没有要清除的", "看哪些件、为什么不清除：加 --dry-run", code="nothing")
    if not yes and not asking.somebody_there():
        raise Refused("清除的文字不能恢复，要先确认，没有清除", "看过 --dry-run 列出的，加 --yes", code="not_confirmed")
    asking.confirm(f"清除 {len(planned.cases)} 件的文字，不能恢复，确认吗", "没有清除", sure=yes)
    output.show(purging.purge(ctx.obj, planned), json)
