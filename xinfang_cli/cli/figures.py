"""The desk of figures: what the bureau publishes."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from xinfang_cli.cli import options
from xinfang_cli.cli.options import Csv, Json
from xinfang_cli.cli.wording import Desk
from xinfang_cli.errors import BadValue, Missing
from xinfang_cli.intake import days
from xinfang_cli.office.session import Session

desk = Desk()
GROUPS: dict[str, typer.Typer] = {}

_BASES = {
    "due": "due",
    "应办口径": "due",
    "received": "received",
    "登记口径": "received",
    "stopped": "stopped",
    "办结口径": "stopped",
}
_DIMENSIONS = {
    "unit": "unit",
    "单位": "unit",
    "责任单位": "unit",
    "channel": "channel",
    "形式": "channel",
    "信访形式": "channel",
    "kind": "kind",
    "目的": "kind",
    "信访目的": "kind",
    "topic": "topic",
    "内容分类": "topic",
    "region": "region",
    "属地": "region",
    "问题属地": "region",
}


def period(
    session: Session,
    month: str | None,
    quarter: str | None,
    year: str | None,
    week: str | None,
    from_: str | None,
    to: str | None,
) -> tuple[date, date]:
    """The first and the last day of the period asked for; this month when none is."""
    given = [word for word in (month, quarter, year, week, from_ or to) if word is not None]
    if len(given) > 1:
        raise Missing("时期写了不止一种", "--month、--quarter、--year、--week、--from/--to 只用一种")
    if quarter is not None:
        return days.quarter_period(quarter, session.today)
    if year is not None:
        return days.year_period(year, session.today)
    if week is not None:
        return days.week_period(days.parse_day(week, session.today, "--week"))
    if from_ is not None or to is not None:
        if from_ is None:
            raise Missing("缺少选项 --from", "时期要写 --from 日期 --to 日期")
        first = days.parse_day(from_, session.today, "--from")
        last = session.today if to is None else days.parse_day(to, session.today, "--to")
        if last < first:
            raise BadValue("--to", to or last.isoformat(), f"早于 --from {first.isoformat()}", "请对调")
        return first, last
    return days.month_period(month or f"{session.today:%Y-%m}", session.today)


@desk.command("stats")
def stats(
    ctx: typer.Context,
    month: Annotated[str | None, typer.Option("--month", metavar="年-月", help="某月，如 2023-06；默认本月")] = None,
    quarter: Annotated[str | None, typer.Option("--quarter", metavar="年Q季", help="某季度，如 2023Q2")] = None,
    year: Annotated[str | None, typer.Option("--year", metavar="年", help="某年")] = None,
    week: Annotated[str | None, typer.Option("--week", metavar="日期", help="这一天所在的周（周一至周日）")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="日期", help="起日")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="日期", help="止日，默认今天")] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="分组",
            help="unit 单位、channel 形式、kind 目的、topic 分类、region 属地；可两个，如 unit,channel",
        ),
    ] = None,
    basis: Annotated[
        str, typer.Option("--basis", metavar="口径", help="due 应办口径（默认）、received 登记口径、stopped 办结口径")
    ] = "due",
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="日期", help="截至日，默认今天；之后的事不看")] = None,
    first_only: Annotated[bool, typer.Option("--first-only", help="只算初次件（四初）")] = False,
    rank: Annotated[bool, typer.Option("--rank", help="组内排名")] = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """一段时期的各项率和数；每个率都给出分子和分母。

    例：xinfang stats --month 2023-06 --by unit --rank
        xinfang stats --from 2023-01-01 --to 2023-07-17 --first-only
    """
    from xinfang_cli.office import report
    from xinfang_cli.output import figures as out

    session = ctx.obj
    if basis not in _BASES:
        raise BadValue("--basis", basis, "不在规定的词语里", "可用：due 应办口径、received 登记口径、stopped 办结口径")
    chosen: tuple[str, ...] = ()
    if by is not None:
        words = [word.strip() for word in by.replace("，", ",").split(",") if word.strip()]
        for word in words:
            if word not in _DIMENSIONS:
                raise BadValue("--by", word, "不能分组", "可用：unit、channel、kind、topic、region")
        chosen = tuple(dict.fromkeys(_DIMENSIONS[word] for word in words))
        if len(chosen) > 2:
            raise BadValue("--by", by, "分组太多", "最多两个")
    if rank and not chosen:
        chosen = ("unit",)
    first, last = period(session, month, quarter, year, week, from_, to)
    found = report.stats(
        session,
        first,
        last,
        as_of=options.day(session, as_of, "--as-of"),
        basis=_BASES[basis],
        first_only=first_only,
        by=chosen,
        ranked=rank,
    )
    out.show(found, json, csv)
