"""The desk of the key: the book encrypted at rest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli import keys
from xinfang_cli.cli import output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json
from xinfang_cli.errors import BadValue, Refused
from xinfang_cli.office.keeping import encrypting

desk = Desk()
key_desk = Desk("加密的钥匙：换口令、存进系统的钥匙串。\n\n例：xinfang key change")
GROUPS: dict[str, typer.Typer] = {"key": key_desk}

NewPassphrase = Annotated[
    str | None,
    typer.Option(
        "--new-passphrase-file",
        metavar="文件",
        help="新口令在哪里：只有本人能读的文件的第一行，或 fd:3；不写就在终端上问",
    ),
]


def new_passphrase(where: str | None, called: str = "口令", flag: str = "--new-passphrase-file") -> str:
    """A new passphrase, asked twice; never from the words of the command."""
    if where is not None:
        return keys.passphrase_in(where)
    first = keys.typed_unseen(f"新{called}：")
    if first is None:
        raise Refused(f"没有终端，问不了新{called}", f"{called}写进只有本人能读的文件，加 {flag} 文件", code="missing")
    if keys.typed_unseen("再输一次：") != first:
        raise BadValue(called, None, "两次不一样", "请再试一次")
    return first


@desk.command("encrypt")
def encrypt(
    ctx: typer.Context,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="文件", help="恢复单写到这个文件，供打印；不写就显示恢复码")
    ] = None,
    new_passphrase_file: NewPassphrase = None,
    json: Json = False,
) -> None:
    """加密案件簿和附件（要装 xinfang[encrypted]）：以后打开要口令，备份也是加密的。

    先写好加密的一份，逐表核对、检查完好，才换下原来的，原来的内容抹掉；没有加密的备份逐份点名。
    口令不写在命令里，也不放环境变量：在终端上问；脚本用 XINFANG_PASSPHRASE_FILE 指只有本人能读的文件（或 fd:3）；
    或存进系统的钥匙串：xinfang key remember。忘了口令，凭恢复单：xinfang key change --recovery。

    例：xinfang encrypt --sheet 恢复单.txt
    """
    path = None if sheet is None else Path(sheet).expanduser()
    output.show(encrypting.encrypt(ctx.obj, lambda: new_passphrase(new_passphrase_file), path), json)


@desk.command("decrypt")
def decrypt(ctx: typer.Context, json: Json = False) -> None:
    """解密：案件簿和附件写回普通文件；钥匙文件留着，加密的备份还要用它。

    例：xinfang decrypt
    """
    output.show(encrypting.decrypt(ctx.obj), json)


@key_desk.command("change")
def change(
    ctx: typer.Context,
    recovery: Annotated[bool, typer.Option("--recovery", help="忘了口令，凭恢复单上的恢复码换")] = False,
    recovery_file: Annotated[
        str | None, typer.Option("--recovery-file", metavar="文件", help="恢复码在只有本人能读的文件里，或 fd:3")
    ] = None,
    new_passphrase_file: NewPassphrase = None,
    json: Json = False,
) -> None:
    """换口令：只重新包一遍钥匙，案件簿不用重写，恢复单照旧有效。

    例：xinfang key change
        xinfang key change --recovery
    """

    def code() -> str:
        said = keys.passphrase_in(recovery_file) if recovery_file is not None else keys.typed_unseen("恢复码：")
        if said is None:
            raise Refused("没有终端，问不了恢复码", "加 --recovery-file 文件", code="missing")
        return said

    by_code = code if recovery or recovery_file is not None else None
    output.show(encrypting.change(ctx.obj, lambda: new_passphrase(new_passphrase_file), by_code), json)


@key_desk.command("remember")
def remember(ctx: typer.Context, json: Json = False) -> None:
    """把钥匙存进系统的钥匙串：在这台机器上以这个用户登录的，不再问口令，打开也不用再算。

    例：xinfang key remember
    """
    output.show(encrypting.remember(ctx.obj), json)


@key_desk.command("forget")
def forget(ctx: typer.Context, json: Json = False) -> None:
    """从系统的钥匙串里去掉。

    例：xinfang key forget
    """
    output.show(encrypting.forget(ctx.obj), json)
