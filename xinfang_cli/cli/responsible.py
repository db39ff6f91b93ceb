"""The desk of who answers for a case and who may not handle it."""

from __future__ import annotations

from typing import Annotated

import typer

from xinfang_cli.cli import options
from xinfang_cli.cli.casework import finish
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Json, KeepGoing, NewUnit, Numbers, On, Reason
from xinfang_cli.law import terms
from xinfang_cli.office.work import responsible

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}


@desk.command("co-handle")
def co_handle(
    ctx: typer.Context,
    numbers: Numbers,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="与牵头单位共同承办的单位")] = None,
    agreed: Annotated[
        str | None,
        typer.Option("--agreed", metavar="方式", help="牵头怎么定的：协商确定、共同上级决定、联席会议协调"),
    ] = None,
    body: Annotated[str | None, typer.Option("--body", metavar="机关", help="决定或协调的机关")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="这个单位不再共同承办")] = False,
    on: On = None,
    new_unit: NewUnit = False,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """涉及几个单位的件：牵头单位（责任单位）答复，另外的单位共同承办（条例第二十四条）。

    时限和各项率只算在牵头单位名下；换一个单位牵头用 assign。

    例：xinfang co-handle 123 --unit 财政局 --agreed 协商
        xinfang co-handle 123 --unit 财政局 --agreed 共同上级决定 --body 区政府
        xinfang co-handle 123 --unit 财政局 --ended
    """
    done = responsible.co_handle(
        ctx.obj,
        options.read_numbers(numbers),
        options.required(unit, "--unit"),
        agreed=None if agreed is None else terms.AGREED.parse(agreed, "--agreed"),
        where=options.clean(body),
        ended=ended,
        on=options.on_day(ctx.obj, on),
        new_unit=new_unit,
        keep_going=keep_going,
    )
    finish(done, numbers, json)


@desk.command("recuse")
def recuse(
    ctx: typer.Context,
    numbers: Numbers,
    person: Annotated[str | None, typer.Option("--person", metavar="姓名", help="回避的人")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="他是哪个单位的；不写即本局的")] = None,
    replaced_by: Annotated[str | None, typer.Option("--replaced-by", metavar="姓名", help="接办的人")] = None,
    reason: Reason = None,
    on: On = None,
    keep_going: KeepGoing = False,
    json: Json = False,
) -> None:
    """经办人与信访事项或信访人有直接利害关系的，登记回避（条例第二十八条）。

    回避的人不能再作包案领导；他再记这一件的事会提醒。

    例：xinfang recuse 123 --person 测试丙 --reason "与信访人是亲属" --replaced-by 测试丁
    """
    done = responsible.recuse(
        ctx.obj,
        options.read_numbers(numbers),
        options.clean(options.required(person, "--person")),
        unit=unit,
        replaced_by=options.clean(replaced_by),
        reason=options.clean(reason),
        on=options.on_day(ctx.obj, on),
        keep_going=keep_going,
    )
    finish(done, numbers, json)
