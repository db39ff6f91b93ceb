"""The desk of a server: an office set up there, its logins and what they may."""

from __future__ import annotations

from typing import Annotated

import typer

from xinfang_cli.cli import asking, options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.encrypting import new_passphrase
from xinfang_cli.cli.options import Json
from xinfang_cli.law import terms
from xinfang_cli.office.exchange import relocating
from xinfang_cli.office.keeping import serving
from xinfang_cli.office.session import Place

desk = Desk()
server_desk = Desk(
    "服务器上的案件簿（要装 xinfang[server]，--db postgresql://…）：建立、升级、登录名、权限、检查。\n\n例：xinfang server check"
)
user_desk = Desk("服务器的登录名：增加、列出。\n\n例：xinfang server user list")
office_desk = Desk(
    "一个服务器上的几个局：增加、列出。各局有自己的案件簿、编号和角色，互相看不到。\n\n例：xinfang server office list"
)
server_desk.add_typer(user_desk, name="user")
server_desk.add_typer(office_desk, name="office")
GROUPS: dict[str, typer.Typer] = {"server": server_desk}

LoginName = Annotated[str, typer.Argument(metavar="登录名", help="登录名，最好就是经办人的姓名：经办人记作它")]
Role = Annotated[
    str,
    typer.Option(
        "--role",
        metavar="角色",
        help="经办；审核（另可审核认定、退回重办）；领导（只看数和列表，看不到信访人和文字）；上级（只看各局汇总的数）",
        autocompletion=options.words(terms.ROLE_ON_SERVER),
    ),
]


@desk.command("move")
def move(
    ctx: typer.Context,
    to: Annotated[
        str, typer.Option("--to", metavar="地址或文件", help="搬到哪里：postgresql://…（管理员的登录名），或文件的路径")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    json: Json = False,
) -> None:
    """把整本案件簿连同附件搬到服务器上，或从服务器搬回文件。

    搬的时候别人不能写；逐表核对、检查完好、按单位对过十二个月的数，才关上原来的。原来的留着，另起名字；
    谁再用原来的地址，都会说搬到了哪里。中途断了，原来的照旧能用，再搬一次就是。

    例：xinfang move --to "postgresql://主机/xinfang?office=罗庄"
        xinfang --db "postgresql://主机/xinfang?office=罗庄" move --to 信访.db
    """
    session, target = ctx.obj, Place.of(to)
    asking.confirm(f"把 {session.place} 搬到 {target}？", "没有搬", sure=yes)
    output.show(relocating.move(session, target), json)


@server_desk.command("init")
def init(ctx: typer.Context, json: Json = False) -> None:
    """在服务器上建立本局的案件簿：没有数据库就建，连同三种角色和各自的权限。

    由管理员做一次；再做一次只把权限放回该有的样子，案件簿不动。

    例：xinfang --db "postgresql://主机/xinfang?office=罗庄" server init
    """
    output.show(serving.make(ctx.obj), json)


@server_desk.command("upgrade")
def upgrade(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会做什么，不升级")] = False,
    json: Json = False,
) -> None:
    """装了新的程序以后，把服务器上的案件簿升级到它的版本；由管理员做。

    先说会做什么，确认后一次做完：升级时别人不能写；做完照 doctor 检查，有一处不对就整个退回，案件簿还是原来的。
    触发器、函数被人改过的，也照本版本重做。

    例：xinfang server upgrade
        xinfang server upgrade --dry-run
    """
    planned = serving.plan_upgrade(ctx.obj)
    if dry_run or planned.upgrade.nothing:
        output.show(planned, json)
        return
    output.before_asking(planned, json)
    asking.confirm("现在升级，确认吗", "没有升级", sure=yes)
    output.show(serving.upgrade(ctx.obj, planned), json)


@office_desk.command("add")
def office_add(
    ctx: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="局名...", help="局的名称，可几个；只用汉字、字母、数字")],
    json: Json = False,
) -> None:
    """在一个服务器上建立几个局的案件簿：没有数据库就建，各局有自己的角色，互相看不到。

    地址里不用写 office=。由管理员做；再做一次只把权限放回该有的样子，案件簿不动。

    例：xinfang --db "postgresql://主机/xinfang" server office add 罗庄 兰山 河东
    """
    output.show(serving.add_offices(ctx.obj, names), json)


@office_desk.command("list")
def office_list(ctx: typer.Context, json: Json = False, csv: options.Csv = False) -> None:
    """服务器的这个数据库里有哪些局：第几版、几个登录名、是否搬走了；只列这个登录名进得去的。

    例：xinfang --db "postgresql://主机/xinfang" server office list
    """
    output.show(serving.list_offices(ctx.obj), json, csv)


@user_desk.command("add")
def user_add(
    ctx: typer.Context,
    login: LoginName,
    role: Role,
    password_file: Annotated[
        str | None,
        typer.Option(
            "--password-file",
            metavar="文件",
            help="密码在哪里：只有本人能读的文件的第一行，或 fd:3；不写就在终端上问",
        ),
    ] = None,
    no_password: Annotated[bool, typer.Option("--no-password", help="不设密码：用证书或操作系统的用户登录")] = False,
    json: Json = False,
) -> None:
    """增加一个登录名，给它一种角色。

    例：xinfang server user add 测试甲 --role 经办
    """
    asked = (lambda: None) if no_password else (lambda: new_passphrase(password_file, "密码", "--password-file"))
    output.show(serving.add_user(ctx.obj, login, role, asked), json)


@user_desk.command("list")
def user_list(ctx: typer.Context, json: Json = False, csv: options.Csv = False) -> None:
    """谁有哪种角色；管理员也在内。

    例：xinfang server user list
    """
    output.show(serving.listed(ctx.obj), json, csv)


@server_desk.command("grant")
def grant(
    ctx: typer.Context,
    login: LoginName,
    role: Role,
    take: Annotated[bool, typer.Option("--take", help="收回这种角色")] = False,
    json: Json = False,
) -> None:
    """给已有的登录名一种角色，或收回（--take）。

    例：xinfang server grant 测试甲 --role 审核
    """
    output.show(serving.grant(ctx.obj, login, role, take), json)


@server_desk.command("check")
def check(ctx: typer.Context, json: Json = False) -> None:
    """检查服务器、案件簿的结构和各种角色的权限是不是该有的样子；有不对的，退出码 1。

    例：xinfang server check
    """
    view = serving.check(ctx.obj)
    output.show(view, json)
    if not view.ok:
        raise typer.Exit(1)
