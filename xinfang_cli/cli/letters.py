"""The desk of letters: notices to petitioners and units, and their templates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli.cli import options
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json, KeepGoing, Why
from xinfang_cli.cli.output import show
from xinfang_cli.errors import BadValue, Missing
from xinfang_cli.law.letters import LETTER

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


@desk.command("letter")
def letter(
    ctx: typer.Context,
    kind: Annotated[
        str | None, typer.Argument(metavar="[文书]", help="受理告知书、转送函……或 accept、forward；--fields 列出全部")
    ] = None,
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="[编号…]", help="登记编号，可写几件；- 从标准输入读，一行一件")
    ] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="文件", help="写到哪个 .docx；几件的写文件夹")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="日期", help="成文日期，默认今天")] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", metavar="单位", help="落款单位，默认责任单位或本局")] = None,
    force: options.Force = False,
    fields: Annotated[bool, typer.Option("--fields", help="列出各种文书；写了文书的，列出它的模板可用的字段")] = False,
    export_template: Annotated[
        bool, typer.Option("--export-template", help="把自带的模板另存出来修改：letter --export-template 文书 文件")
    ] = False,
    not_the_accused: options.NotTheAccused = None,
    why: Why = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """给信访人、责任单位的文书（Word 文档）：受理告知、转送、延期、送达回证、督办、催办等。

    寄给信访人的写全姓名住址，并记入查阅记录；发给单位的检举控告件不写信访人。案件阶段不到的不出。
    模板可以换成本局的：另存出来用 Word 或 WPS 修改，再 xinfang config set template.letter.文书 文件。

    例：xinfang letter 受理告知书 123 -o 受理告知书.docx
        xinfang letter 转送函 123 124 125 -o 转送函/
        xinfang letter --fields 转送函
        xinfang letter --export-template 转送函 我局转送函.docx
    """
    from xinfang_cli.documents import letters as out
    from xinfang_cli.office.work import letters as office

    chosen = None if kind is None else LETTER.parse(kind, "文书")
    if fields:
        show(office.LetterKinds() if chosen is None else office.fields_of(chosen), json)
        return
    if chosen is None:
        raise Missing("没有写文书", "可用：" + "、".join(LETTER.labels.values()))
    if export_template:
        files = numbers or []
        if len(files) != 1:
            raise Missing("没有写另存到哪个文件", f"xinfang letter --export-template {LETTER.label(chosen)} 文件.docx")
        path = _docx(files[0])
        out.export_template(chosen, path, force)
        show(office.TemplateCopied(chosen, path), json)
        return
    listed = options.read_numbers(numbers or [])
    target = options.required(output, "-o")
    many = len(listed) > 1 or "-" in (numbers or [])
    folder = many or target.endswith(("/", os.sep)) or Path(target).expanduser().is_dir()
    if many and target.lower().endswith(".docx") and not Path(target).expanduser().is_dir():
        raise BadValue("-o", target, "只够写一件", "几件的写文件夹：-o 文件夹/")
    path = Path(target).expanduser() if folder else _docx(target)
    composed = office.compose(
        ctx.obj,
        chosen,
        listed,
        on=options.on_day(ctx.obj, on),
        issuer=options.clean(issuer),
        keep_going=keep_going,
    )
    if len(composed.letters) > 1 and not folder:
        raise BadValue("-o", target, "只够写一份", "几份的写文件夹：-o 文件夹/")
    paths = out.write(composed.letters, path, folder=folder, force=force)
    made = zip(paths, composed.letters, strict=True)
    ctx.obj.gave_each("letter", [(path, letter.name, letter.cases) for path, letter in made])
    show(office.written(composed, paths, many), json)
    if composed.failed:
        raise typer.Exit(1)


def _docx(text: str) -> Path:
    path = Path(text).expanduser()
    if path.suffix.lower() != ".docx":
        raise BadValue("文件", text, "不是 .docx", "文件名以 .docx 结尾；写进文件夹的以 / 结尾")
    return path
