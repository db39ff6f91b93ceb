"""The desk of a city: the figures of several offices on one server, for their superior."""

# No postponed annotations here: Typer would compile each of some thirty a command anew, a quarter of F.

from typing import Annotated

import typer

from xinfang_cli.cli import options, output
from xinfang_cli.cli.chinese import Desk
from xinfang_cli.cli.options import Csv, Json
from xinfang_cli.cli.periods import Span, spanned
from xinfang_cli.errors import Missing

desk = Desk()
city_desk = Desk(
    "全市：一个服务器上几个局的数，一局一行和合计；只有汇总的数，看不到件、人、文字。\n\n例：xinfang city stats --month 2023-06"
)
GROUPS: dict[str, typer.Typer] = {"city": city_desk}


@city_desk.command("stats")
@spanned
def stats(
    ctx: typer.Context,
    span: Span,
    published: Annotated[bool, typer.Option("--published", help="用各局发布时封存的数，没有发布的不计入")] = False,
    rank: Annotated[bool, typer.Option("--rank", help="各局排名")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """各局一段时期的各项率和数，一局一行，和该局自己的 stats 一样；合计是分子、分母各自相加。

    应办口径，截至今天。发布过本期的局，写明和发布的数是否一致；没有数据、版本不同、搬走了的局列在下面，不作零。

    例：xinfang --db "postgresql://主机/xinfang" city stats --month 2023-06
        xinfang city stats --year 2023 --rank
        xinfang city stats --month 2023-06 --published
    """
    from xinfang_cli.office.figures import city as office

    first, last = span
    found = office.stats(ctx.obj, first, last, published=published)
    if json or csv:
        output.show(found, json, csv)
    else:
        output.show(found, ranked=rank)


@city_desk.command("overdue")
def overdue(ctx: typer.Context, json: Json = False, csv: Csv = False) -> None:
    """各局今天已经超期的时限各几个，和该局自己的 overdue 一样多。

    例：xinfang city overdue
    """
    from xinfang_cli.office.figures import city as office

    output.show(office.overdue(ctx.obj), json, csv)


@city_desk.command("report")
def report(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="种类 时期", help="week 周、month 月、quarter 季度、year 年 加时期")
    ] = None,
    output_file: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="文件", help=".docx、.xlsx、.html、.md、.json；不写就显示出来"),
    ] = None,
    number: Annotated[str, typer.Option("--number", metavar="文号", help="文号")] = "",
    issuer: Annotated[str, typer.Option("--issuer", metavar="名称", help="落款：发通报的机关")] = "",
    force: options.Force = False,
    json: Json = False,
) -> None:
    """全市的通报：各局一行的表和合计，本期和今年累计；只有汇总的数。

    例：xinfang city report week 2023-07-10 -o 全市周通报.docx --issuer 测试市信访局
        xinfang city report month 2023-06 -o 全市六月.xlsx
    """
    from xinfang_cli.cli.reports import named_period, report_kind
    from xinfang_cli.documents import city as documents
    from xinfang_cli.documents.report import Report
    from xinfang_cli.office.figures import city as office

    if words is None or len(words) != 2:
        raise Missing("种类和时期没有写全", "如 xinfang city report week 2023-07-10 -o 全市周通报.docx")
    kind = report_kind(words[0])
    target = options.target_of(output_file, force)
    period = named_period(ctx.obj, kind, words[1])
    made = documents.bulletin(
        office.bulletin(ctx.obj, period, options.clean(number) or "", options.clean(issuer) or "")
    )
    if target is not None:
        from xinfang_cli import formats

        formats.write(made, target)
    output.show(Report(made, target), json)
