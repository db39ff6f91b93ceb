"""The desk of campaigns: the backlog."""

from __future__ import annotations

from typing import Annotated

import typer

from xinfang_cli.cli import options
from xinfang_cli.cli.casework import finish
from xinfang_cli.cli.options import Json, KeepGoing, Numbers, On
from xinfang_cli.cli.wording import Desk
from xinfang_cli.law import terms
from xinfang_cli.office import act

desk = Desk()
backlog_desk = Desk("积案：列入批次、化解、上级认定。\n\n例：xinfang backlog join 123 --batch 市交积案2023")
GROUPS: dict[str, typer.Typer] = {"backlog": backlog_desk}

Batch = Annotated[str | None, typer.Option("--batch", metavar="批次", help="积案批次；只在一个批次里的件可以不写")]


@backlog_desk.command("join")
def join(
    ctx: typer.Context,
    numbers: Numbers,
    batch: Batch = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """把件列入积案批次。

    例：xinfang backlog join 123 124 --batch 市交积案2023
    """
    name = options.clean(options.required(batch, "--batch"))
    done = act.backlog_entry(
        ctx.obj, options.read_numbers(numbers), "join", name, options.on_day(ctx.obj, on), keep_going
    )
    finish(done, numbers, json)


@backlog_desk.command("resolve")
def resolve(
    ctx: typer.Context,
    numbers: Numbers,
    batch: Batch = None,
    how: Annotated[
        str | None,
        typer.Option(
            "--how", metavar="方式", help="诉求解决、签订息访协议、三级终结、导入法定程序、教育疏导、帮扶救助、依法处理"
        ),
    ] = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """登记积案化解。

    例：xinfang backlog resolve 123 --how 诉求解决
    """
    method = None if how is None else terms.HOW_RESOLVED.parse(how, "--how")
    done = act.backlog_entry(
        ctx.obj,
        options.read_numbers(numbers),
        "resolve",
        options.clean(batch),
        options.on_day(ctx.obj, on),
        keep_going,
        how=method,
    )
    finish(done, numbers, json)


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
    """
    done = act.backlog_entry(
        ctx.obj,
        options.read_numbers(numbers),
        "recognise",
        options.clean(batch),
        options.on_day(ctx.obj, on),
        keep_going,
        returned=returned or None,
    )
    finish(done, numbers, json)
