"""Cases in words: what their columns are called, their values as people read them."""

from __future__ import annotations

from typing import Any, Protocol

from xinfang_cli.law import terms
from xinfang_cli.law.conditions import EXTRA
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.views import CaseLine, DeadlineLine

LIST_COLUMNS = labelled(
    "case_no",
    "received_on",
    "title",
    "channel",
    "kind",
    "topic",
    "region",
    "unit",
    "stage",
    "next_clock",
    "due_on",
    "days_left",
    "assigned_on",
    "accepted_on",
    "closed_on",
    "outcome",
    "first",
    "repeat_of",
    "headcount",
    "priority",
    "external_no",
    "lead",
    "guessed",
)
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
    """The heading of a list's column: ours, or another office's."""
    return LIST_COLUMNS.get(key) or key.removeprefix(EXTRA)
