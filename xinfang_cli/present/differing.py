"""Other systems' deadlines beside ours, for programs and spreadsheets."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.office.find.differing import NO_CLOCK, Differing, DifferingDays
from xinfang_cli.present.machine import Csv, csv_of

COLUMNS = {
    "case_no": "登记编号",
    "title": "概况",
    "unit": "责任单位",
    "clock": "时限",
    "start": "起算日",
    "due_on": "本局到期日",
    "outside_due": "上级期限",
    "later": "上级晚几天",
    "state": "时限状态",
    "explain": "本局怎么算的",
}


NO_CLOCK_SAID = "本局没有这项时限"


def document(view: DifferingDays) -> list[dict[str, Any]]:
    """The JSON of `due --differs`."""
    return [line._asdict() for line in view.lines]


def table(view: DifferingDays) -> Csv:
    """The CSV of it."""
    return csv_of(map(in_words, view.lines), COLUMNS)


def notices(view: DifferingDays) -> list[str]:
    """What an empty list means."""
    if view.lines:
        return []
    if not view.kept:
        return ["没有上级期限可比：导入的表里有限办时间、应办结日期、应受理日期的才有"]
    return [f"{view.kept} 个上级期限与本局算的都是同一天，或所限的时限已经失效"]


def in_words(line: Differing) -> dict[str, Any]:
    state = NO_CLOCK_SAID if line.state == NO_CLOCK else terms.CLOCK_STATE.label(line.state)
    said = {"clock": terms.CLOCK.label(line.clock), "state": state}
    return {**line._asdict(), **said, "unit": line.unit or terms.NO_UNIT}


def apart(later: int) -> str:
    """晚 2 天, 早 1 天."""
    return f"晚 {later} 天" if later > 0 else f"早 {-later} 天"
