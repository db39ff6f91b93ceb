"""Working-day arrangements in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.keeping.workdays import KnownYears, WorkdaysPlan
from xinfang_cli.present.machine import Csv


def document(view: KnownYears | WorkdaysPlan) -> Any:
    """The JSON of the views of workdays."""
    if isinstance(view, KnownYears):
        return view._asdict()
    return {"years": view.years, "moved": [clock._asdict() for clock in view.moved]}


def table(view: KnownYears) -> Csv:
    """The rows of the views of workdays for a spreadsheet."""
    return Csv(("已有放假安排的年份",), [(year,) for year in view.years])


def sentence(view: KnownYears | WorkdaysPlan) -> str:
    years = "、".join(map(str, view.years))
    return f"已有放假安排的年份：{years}" if isinstance(view, KnownYears) else f"已写入 {years} 年的放假安排"
