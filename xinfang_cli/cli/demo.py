"""`xinfang demo`: a fictional district on 17 July 2023, in a file of its own; with `--city`, a city's week in May."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli.cli import output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


def typed_name() -> str:
    """How to call this program in a shell: its name, or its path if the name is not on PATH."""
    called = Path(sys.argv[0])
    if shutil.which("xinfang") or called.stem != "xinfang":
        return "xinfang"
    try:
        return str(called.relative_to(Path.cwd()))
    except ValueError:
        return str(called)


@desk.command("demo")
def demo(
    ctx: typer.Context,
    file: Annotated[
        str | None, typer.Option("--file", metavar="文件", help="演示的案件簿放在哪里，默认临时文件夹")
    ] = None,
    city: Annotated[
        bool, typer.Option("--city", help="改看一个市：一万多件的台账，印出初次信访、积案化解情况周通报")
    ] = False,
    json: Json = False,
) -> None:
    """看一个虚构区的演示：另建一个案件簿，导入约一年的台账，显示工作台、超期、当月各率和累计。

    例：xinfang demo
        xinfang demo --city
    """
    from xinfang_cli.office.exchange import demo as office

    path = None if file is None else Path(file).expanduser()
    if city:
        from xinfang_cli.documents.demo import week_of

        output.show(week_of(office.city(ctx.obj, path)), json, called=typed_name())
    else:
        output.show(office.district(ctx.obj, path), json, called=typed_name())
