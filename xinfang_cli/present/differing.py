"""Other systems' deadlines beside ours, for programs and spreadsheets."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.find.differing import NO_CLOCK, Differing, DifferingDays
from xinfang_cli.present.machine import Csv, csv_of

COLUMNS = labelled(
    "case_no", "title", "unit", "clock", "start", "due_on=our_due_on", "outside_due", "later", "state", "explain"
)


NO_CLOCK_SAID = "本局没有这项时限"


def document(view: DifferingDays) -> list[dict[str, Any]]:
    """The JSON of `due --differs`."""
    return [line._asdict() for line in view.lines]


def table(view: DifferingDays) -> Csv:
    """The CSV of it."""
    return csv_of(map(in_words, view.lines), COLUMNS)


def notices(view: DifferingDays) -> list[str]:
    """The meaning of an empty list."""
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
