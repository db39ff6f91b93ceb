"""Attribution of late clocks, as JSON and CSV."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.figures.blame import Blame, BlamedClock
from xinfang_cli.present.cases import about
from xinfang_cli.present.machine import Csv, csv_of

COLUMNS = labelled(
    "case_no",
    "title",
    "unit",
    "clock",
    "received_on",
    "due_on=due_day",
    "stop_on=stop",
    "days_over",
    "bureau_days",
    "unit_days",
    "other_days",
)


def document(view: Blame) -> dict[str, Any]:
    """The JSON of `blame`."""
    return {
        "period": {"from": view.first, "to": view.last},
        "as_of": view.as_of,
        "basis": "due",
        "only": dict(view.only),
        "dispatch_limit": view.dispatch_limit,
        "total": view.total._asdict(),
        "rows": [{"unit": row.unit, **row.sum._asdict()} for row in view.rows],
        "cases": [line._asdict() for line in view.cases],
    }


def in_words(line: BlamedClock) -> dict[str, Any]:
    """A clock of the list, its kind in words."""
    return line._asdict() | {"clock": terms.CLOCK.label(line.clock), "due_on": about(line)}


def table(view: Blame, cases: bool = False) -> Csv:
    """The clocks one by one."""
    return csv_of(map(in_words, view.cases), COLUMNS)
