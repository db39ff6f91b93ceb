"""The desk of letters: notices to petitioners and units, and their templates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from xinfang_cli.cli import options
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json, KeepGoing, Why
from xinfang_cli.errors import BadValue, Missing, XinfangError
from xinfang_cli.law.letters import ITEM_FIELDS, LETTER
from xinfang_cli.present import machine
from xinfang_cli.records import Composed
from xinfang_cli.terminal import screen

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
    force: Annotated[bool, typer.Option("--force", help="文件已有时覆盖")] = False,
    fields: Annotated[bool, typer.Option("--fields", help="列出各种文书；写了文书的，列出它的模板可用的字段")] = False,
    export_template: Annotated[
        bool, typer.Option("--export-template", help="把自带的模板另存出来修改：letter --export-template 文书 文件")
    ] = False,
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
        _show_fields(chosen, json)
        return
    if chosen is None:
        raise Missing("没有写文书", "可用：" + "、".join(LETTER.labels.values()))
    if export_template:
        files = numbers or []
        if len(files) != 1:
            raise Missing("没有写另存到哪个文件", f"xinfang letter --export-template {LETTER.label(chosen)} 文件.docx")
        path = _docx(files[0])
        out.export_template(chosen, path, force)
        _say_exported(chosen, path, json)
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
    for made, letter in zip(paths, composed.letters, strict=True):
        ctx.obj.gave("letter", made, f"{letter.name} {letter.about}", rows=len(letter.cases))
    _say_written(composed, paths, many, json)
    if composed.failed:
        raise typer.Exit(1)


def _docx(text: str) -> Path:
    path = Path(text).expanduser()
    if path.suffix.lower() != ".docx":
        raise BadValue("文件", text, "不是 .docx", "文件名以 .docx 结尾；写进文件夹的以 / 结尾")
    return path


def _say_written(composed: Composed, paths: list[Path], many: bool, json: bool) -> None:
    for warning in composed.warnings:
        screen.tell(f"注意：{warning}")
    rows: list[dict[str, Any]] = [
        {
            "kind": letter.kind,
            "name": letter.name,
            "cases": list(letter.cases),
            "unit": letter.unit,
            "file": str(path),
            "warnings": [w.partition("：")[2] for w in composed.warnings if w.startswith(f"{letter.about}：")],
        }
        for letter, path in zip(composed.letters, paths, strict=True)
    ]
    for number, error in composed.failed:
        assert isinstance(error, XinfangError)
        screen.tell(f"出错：{number}：{error.line()}")
        what = {"code": error.code, "message": error.message, "hint": error.hint}
        rows.append({"cases": [number], "error": what})
    if json:
        machine.print_json(rows if many or len(rows) != 1 else rows[0])
        return
    for row in rows:
        if "file" in row:
            screen.say(f"{row['name']}  {'、'.join(row['cases'])}  {row['file']}")


def _say_exported(kind: str, path: Path, json: bool) -> None:
    if json:
        machine.print_json({"kind": kind, "name": LETTER.label(kind), "file": str(path)})
    else:
        screen.say(f"已另存为 {path}；改好后：xinfang config set template.letter.{kind} {path}")


def _show_fields(kind: str | None, json: bool) -> None:
    """The kinds of letters, or the fields of one."""
    from xinfang_cli.documents import letters as out

    if kind is None:
        rows = out.kinds()
        if json:
            machine.print_json(rows)
            return
        columns = [screen.Column("文书"), screen.Column("英文名"), screen.Column("给谁")]
        screen.table(
            [*columns, screen.Column("什么时候可以出", fixed=False, least=16)],
            [(row["name"], row["kind"], row["to"], row["when"]) for row in rows],
        )
        screen.say("某一种的模板字段：xinfang letter --fields 转送函")
        return
    found = out.fields_of(kind)
    if json:
        document: dict[str, Any] = {"kind": kind, "name": LETTER.label(kind), "fields": found}
        if any(row["field"] == "items" for row in found):
            document["item_fields"] = ITEM_FIELDS
        machine.print_json(document)
        return
    columns = [screen.Column("模板里写"), screen.Column("或写"), screen.Column("说明", fixed=False, least=16)]
    rows_said = [(f"{{{{ {row['name']} }}}}", row["field"], row["meaning"]) for row in found]
    if any(row["field"] == "items" for row in found):
        rows_said += [(f"{{{{ 件.{name} }}}}", f"件.{key}", "每项的") for key, name in ITEM_FIELDS.items()]
    screen.table(columns, rows_said, title=LETTER.label(kind))
