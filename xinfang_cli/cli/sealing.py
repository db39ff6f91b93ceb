"""The desk of seals: the head of the chain signed, and a seal checked by anyone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli.cli import output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json
from xinfang_cli.errors import BadValue
from xinfang_cli.office.keeping import signing

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


@desk.command("seal")
def seal(
    ctx: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="文件", help="连同哪个文件一起签；不写只签链头")] = None,
    target: Annotated[
        str | None, typer.Option("-o", "--output", metavar="文件", help="签封写到哪里，默认文件旁边的 文件名.seal")
    ] = None,
    new_key: Annotated[
        str | None,
        typer.Option(
            "--new-key", metavar="文件", help="做一把新钥匙（只有本人能读），以后用它签；写 钥匙串 就放进系统的钥匙串"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """签封：用本局的钥匙（Ed25519）签下现在的链头，可以连同一个文件；有公钥的人不用案件簿就能核对。

    设了钥匙以后，backup、每天的自动备份、report --publish -o 的文件旁边都写上签封。

    例：xinfang seal --new-key /U盘/本局.key
        xinfang seal --new-key 钥匙串
        xinfang seal -o 2023-07-17.seal
        xinfang seal 六月通报.docx
    """
    if new_key is not None:
        if file is not None or target is not None:
            raise BadValue("--new-key", new_key, "和别的一起写了", "先做钥匙，再签")
        ring = new_key in ("钥匙串", "keyring")
        output.show(signing.make_key(ctx.obj, None if ring else Path(new_key).expanduser().resolve()), json)
        return
    named = [None if word is None else Path(word).expanduser() for word in (file, target)]
    if named[1] is not None and named[1].suffix != signing.END:
        raise BadValue("-o", target, "不是 .seal 文件", "如 -o 2023-07-17.seal")
    output.show(signing.seal(ctx.obj, *named), json)


@desk.command("verify")
def verify(
    file: Annotated[str, typer.Argument(metavar="文件", help="有签封的文件（旁边有 文件名.seal），或签封本身")],
    public_key: Annotated[
        str | None, typer.Option("--public-key", metavar="公钥", help="该局公布的公钥，64 位，或存有它的文件")
    ] = None,
    json: Json = False,
) -> None:
    """核对签封：是不是这把钥匙签的，签过以后文件改过没有；不要案件簿，谁都可以核对。不符退出码 1。

    例：xinfang verify 六月通报.docx --public-key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    """
    found = signing.verify(Path(file).expanduser(), public_key)
    output.show(found, json)
    if not found.ok:
        raise typer.Exit(1)
