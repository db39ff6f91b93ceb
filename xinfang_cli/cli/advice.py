"""The desk of advice and standing: the three kinds of suggestion, a superior's ranks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinfang_cli.cli import options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json, On
from xinfang_cli.cli.periods import period
from xinfang_cli.errors import Missing
from xinfang_cli.law import terms
from xinfang_cli.office.campaigns import advice

desk = Desk()
advise_desk = Desk(
    "三项建议：改进工作、完善政策、追究责任（条例第四十条）。\n\n例：xinfang advise add 改进工作 --to 教育局 --text 限期整改 --answer-by 8-31\n    xinfang advise list --open"
)
standing_desk = Desk(
    "上级公布的排名：登记、列出，通报时与本区的数并列。\n\n例：xinfang standing add 积案化解率 --rank 7 --of 12 --on 2023-07-17"
)
GROUPS: dict[str, typer.Typer] = {"advise": advise_desk, "standing": standing_desk}


@advise_desk.command("add")
def add(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="类别", help="改进工作、完善政策、追究责任")],
    to: Annotated[str | None, typer.Option("--to", metavar="对象", help="向哪个机关、单位提出")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="建议的内容")] = None,
    answer_by: Annotated[str | None, typer.Option("--answer-by", metavar="日期", help="要求书面反馈的期限")] = None,
    case: Annotated[list[str] | None, typer.Option("--case", metavar="编号", help="因哪几件提出，可写几次")] = None,
    document: Annotated[str | None, typer.Option("--document", metavar="文号", help="建议书文号")] = None,
    not_the_accused: options.NotTheAccused = None,
    on: On = None,
    json: Json = False,
) -> None:
    """登记一项建议。

    例：xinfang advise add 完善政策 --to 区政府 --text "明确过渡期安置补助标准" --answer-by 2023-09-30
    """
    session = ctx.obj
    new = advice.NewAdvice(
        terms.ADVICE.parse(kind, "类别"),
        options.required(options.clean(options.required(to, "--to")), "--to"),
        options.on_day(session, on),
        options.clean(text),
        options.day(session, answer_by, "--answer-by"),
        tuple(case or ()),
        options.clean(document),
    )
    output.show(advice.advise(session, new), json)


@advise_desk.command("answer")
def answer(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="序号", help="第几号建议，看 xinfang advise list")],
    adopted: Annotated[bool | None, typer.Option("--adopted/--not-adopted", help="采纳了 / 没有采纳")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="答复的内容")] = None,
    on: On = None,
    json: Json = False,
) -> None:
    """登记对建议的书面反馈：采纳或不采纳（条例第四十条）；再登记一次以后一次为准。

    例：xinfang advise answer 1 --adopted --on 2023-08-20
    """
    session = ctx.obj
    if adopted is None:
        raise Missing("要写 --adopted 或 --not-adopted", "看用法：xinfang advise answer --help")
    wanted = options.whole_number(number, "序号", 1)
    assert wanted is not None
    found = advice.answer(session, wanted, adopted=adopted, on=options.on_day(session, on), text=options.clean(text))
    output.show(found, json)


@advise_desk.command("list")
def list_(
    ctx: typer.Context,
    open_only: Annotated[bool, typer.Option("--open", help="只列还没有答复的")] = False,
    year: Annotated[str | None, typer.Option("--year", metavar="年", help="某年提出的")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="日期", help="起日")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="日期", help="止日")] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """列出三项建议和采纳情况。

    例：xinfang advise list --open
        xinfang advise list --year 2023 --csv > 三项建议.csv
    """
    session = ctx.obj
    first = last = None
    if year is not None or from_ is not None or to is not None:
        first, last = period(session, None, None, year, None, from_, to)
    output.show(advice.advices(session, first, last, open_only=open_only), json, csv)


@standing_desk.command("add")
def standing_add(
    ctx: typer.Context,
    indicator: Annotated[
        str | None, typer.Argument(metavar="指标", help="本局的率（如 积案化解率），或上级自己的指标名")
    ] = None,
    rank: Annotated[str | None, typer.Option("--rank", metavar="名次", help="第几位")] = None,
    of: Annotated[str | None, typer.Option("--of", metavar="个数", help="共几个")] = None,
    value: Annotated[str | None, typer.Option("--value", metavar="数值", help="上级公布的数，如 60.00%")] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="来源", help="谁公布的")] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="文件", help="从名单登记：指标、名次、共几个、日期、数值、来源")
    ] = None,
    on: On = None,
    json: Json = False,
) -> None:
    """登记上级公布的名次；同一指标同一天再登记，以后一次为准。

    例：xinfang standing add 积案化解率 --rank 7 --of 12 --on 2023-07-17 --source 市信访联席办
    """
    session = ctx.obj
    if file is not None:
        output.show(advice.standings_from_file(session, Path(file).expanduser()), json)
        return
    place = options.whole_number(options.required(rank, "--rank"), "--rank", 1)
    assert place is not None
    new = advice.NewStanding(
        options.required(options.clean(options.required(indicator, "指标")), "指标"),
        place,
        options.whole_number(of, "--of", 1),
        options.on_day(session, on),
        options.clean(value),
        options.clean(source),
    )
    output.show(advice.standing_add(session, new), json)


@standing_desk.command("list")
def standing_list(
    ctx: typer.Context,
    indicator: Annotated[str | None, typer.Argument(metavar="[指标]", help="只看一个指标")] = None,
    latest: Annotated[bool, typer.Option("--latest", help="每个指标只列最近一次")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """列出上级公布的名次。

    例：xinfang standing list --latest
    """
    output.show(advice.standings(ctx.obj, indicator=options.clean(indicator), latest=latest), json, csv)
