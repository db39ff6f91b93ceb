"""Cases in words: what their columns are called, their values as people read them."""

from __future__ import annotations

from typing import Any, Protocol

from xinfang_cli.law import terms
from xinfang_cli.law.conditions import EXTRA
from xinfang_cli.office.views import CaseLine, DeadlineLine

LIST_COLUMNS = {
    "case_no": "登记编号",
    "received_on": "收到日期",
    "title": "概况",
    "channel": "信访形式",
    "kind": "信访目的",
    "topic": "内容分类",
    "region": "问题属地",
    "unit": "责任单位",
    "stage": "阶段",
    "next_clock": "下一时限",
    "due_on": "到期日",
    "days_left": "剩余天数",
    "assigned_on": "转办日期",
    "accepted_on": "受理日期",
    "closed_on": "办结日期",
    "outcome": "处理意见",
    "first": "初次",
    "repeat_of": "原登记编号",
    "headcount": "信访人数",
    "priority": "重要程度",
    "external_no": "外部编号",
    "lead": "包案领导",
    "guessed": "到期日为约",
}
_VOCABULARIES = {
    "stage": terms.STAGE,
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "priority": terms.PRIORITY,
    "outcome": terms.OUTCOME,
    "next_clock": terms.CLOCK,
    "clock": terms.CLOCK,
}


def in_words(line: CaseLine | DeadlineLine) -> dict[str, Any]:
    """A line with labels instead of identifiers, for people and spreadsheets."""
    said: dict[str, Any] = {
        key: _VOCABULARIES[key].label(value) if key in _VOCABULARIES else value for key, value in line._asdict().items()
    }
    said["guessed"] = ABOUT if line.guessed else ""
    if "first" in said:
        said["first"] = "初次" if said["first"] else "重复"
    return said


ABOUT = "约"
"""A last day counted in a year whose arrangement is not announced yet: it is counted again when that comes."""


class Due(Protocol):
    """Anything with a last day that may be a guess."""

    @property
    def due_on(self) -> str | None: ...

    @property
    def guessed(self) -> bool: ...


def about(one: Due) -> str:
    """2027-02-15, or 2027-02-15（约）."""
    return f"{one.due_on or ''}（{ABOUT}）" if one.guessed else one.due_on or ""


def days_left(left: int) -> str:
    """还有 3 天, 今天到期, 超 2 天."""
    if left < 0:
        return f"超 {-left} 天"
    return "今天到期" if left == 0 else f"还有 {left} 天"


def column_heading(key: str) -> str:
    """What a column of a list is called: ours, or another office's."""
    return LIST_COLUMNS.get(key) or key.removeprefix(EXTRA)
