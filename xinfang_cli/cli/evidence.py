"""The desk of evidence: files attached to cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli.cli import options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json, Number, On
from xinfang_cli.office.work import evidence

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


@desk.command("attach")
def attach(
    ctx: typer.Context,
    number: Number,
    files: Annotated[list[str], typer.Argument(metavar="文件…", help="照片、扫描件、录音……可写几个")],
    on: On = None,
    json: Json = False,
) -> None:
    """把证据材料附到一件上：复制到案件簿旁边的 .files 文件夹，按内容的 SHA-256 存放，原文件不动。

    show 列出附件和存放处；doctor 检查附件都在、没有变；backup --with-files 连同附件备份。附错了用 undo。

    例：xinfang attach 123 现场照片.jpg 来信扫描.pdf
    """
    session = ctx.obj
    paths = [Path(file).expanduser() for file in files]
    output.show(evidence.attach(session, number, paths, options.on_day(session, on)), json)
