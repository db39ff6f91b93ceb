"""Settings and the rules in force, in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.office.keeping.refolding import MovedClock
from xinfang_cli.office.keeping.settings import (
    SettingLine,
    SettingList,
    SettingPlan,
)
from xinfang_cli.present.machine import Csv


def words(value: Any) -> str:
    """A setting's value as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(DEFINITIONS[key].label if key in DEFINITIONS else str(key) for key in value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def document(view: SettingList | SettingLine | SettingPlan) -> Any:
    """The JSON of the views of settings."""
    if isinstance(view, SettingList):
        return [line._asdict() for line in view.settings]
    if isinstance(view, SettingLine):
        return view._asdict()
    return {
        "key": view.wanted.key,
        "before": view.before,
        "after": view.after,
        "moved": [clock._asdict() for clock in view.moved],
    }


def table(view: SettingList) -> Csv:
    """The rows of the views of settings for a spreadsheet."""
    return Csv(
        ("设置项", "含义", "现值", "默认", "依据"),
        [(row.key, row.name, words(row.value), words(row.default), row.citation) for row in view.settings],
    )


def moved_lines(moved: tuple[MovedClock, ...], most: int = 20) -> list[str]:
    """The clocks whose day moves, one a line."""
    if not moved:
        return ["没有在走的时限因此变动"]
    lines = [f"{len(moved)} 个在走的时限会变动："]
    for row in moved[:most]:
        lines.append(f"  {row.case_no} {terms.CLOCK.label(row.clock)}：{row.before} → {row.after or '失效'}")
    if len(moved) > most:
        lines.append(f"  …… 还有 {len(moved) - most} 个")
    return lines
