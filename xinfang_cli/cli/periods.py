"""The options of a period: a month, a quarter, a year, a week, or two days."""

# No postponed annotations here: Typer would compile each anew.

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Annotated, Any

import typer

from xinfang_cli.cli import forms
from xinfang_cli.errors import BadValue, Missing
from xinfang_cli.office.session import Session


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
    from xinfang_cli.intake import days

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


Month = Annotated[str | None, typer.Option("--month", metavar="年-月", help="某月，如 2023-06；默认本月")]
Quarter = Annotated[str | None, typer.Option("--quarter", metavar="年Q季", help="某季度，如 2023Q2")]
Year = Annotated[str | None, typer.Option("--year", metavar="年", help="某年")]
Week = Annotated[str | None, typer.Option("--week", metavar="日期", help="这一天所在的周（周一至周日）")]
From = Annotated[str | None, typer.Option("--from", metavar="日期", help="起日")]
To = Annotated[str | None, typer.Option("--to", metavar="日期", help="止日，默认今天")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="日期", help="截至日，默认今天；之后的事不看")]
PERIOD: forms.Shape = {
    "month": (Month, None),
    "quarter": (Quarter, None),
    "year": (Year, None),
    "week": (Week, None),
    "from_": (From, None),
    "to": (To, None),
}
Span = tuple[date, date]


def spanned(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameter `span` stands for the options of a period: it is given the first and the last day."""

    @wraps(command)
    def spanning(ctx: typer.Context, **typed: Any) -> None:
        said = [typed.pop(name) for name in PERIOD]
        command(ctx, span=period(ctx.obj, *said), **typed)

    return forms.shaped(spanning, forms.in_place_of(command, "span", PERIOD))


FirstOnly = Annotated[bool, typer.Option("--first-only", help="只算初次件（四初）")]
