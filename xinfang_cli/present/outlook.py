"""A period's possible results, as JSON and CSV."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.figures.outlook import Goal
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.figures.outlook import PeriodOutlook, RateOutlook
from xinfang_cli.present.cases import about
from xinfang_cli.present.machine import Csv, csv_of

COLUMNS = labelled("rate=indicator", "case_no", "title", "unit", "due_on=last_day", "days_left", "lead")


def document(view: PeriodOutlook) -> dict[str, Any]:
    """The JSON of `outlook`."""
    found: dict[str, Any] = {
        "period": {"from": view.first, "to": view.last},
        "as_of": view.as_of,
        "basis": "due",
        "first_only": view.first_only,
        "over": view.over,
        "only": dict(view.only),
        "if": [one._asdict() for one in view.supposed],
        "rates": {
            key: _rate(rate) | {"cases": [case._asdict() for case in rate.cases]} for key, rate in view.rates.items()
        },
    }
    if view.rows is not None:
        found["rows"] = [
            {"name": row.name, "group": row.group, "rates": {key: _rate(rate) for key, rate in row.rates.items()}}
            for row in view.rows
        ]
    return found


def _rate(rate: RateOutlook) -> dict[str, Any]:
    counts, goal = rate.counts, rate.goal
    found: dict[str, Any] = (
        {
            "on_time": counts.on_time,
            "late": counts.late,
            "overdue": counts.overdue,
            "pending": counts.pending,
            "may_still_rate": counts.ratable,
            "may_fall_away": counts.disputed + counts.leaving,
        }
        if rate.clocked
        else {
            "numerator": counts.on_time,
            "denominator": counts.total,
            "may_still_meet": counts.ratable,
            "may_still_miss": counts.losable,
            "may_fall_away": counts.disputed + counts.leaving,
            "may_come": counts.coming,
        }
    )
    found |= {
        "percent": counts.so_far,
        "best": counts.best,
        "worst": counts.worst,
        "target": rate.target,
        "needed": None if goal is None else goal.needed,
        "reachable": None if goal is None else goal.reachable,
    }
    return found | ({"next_rank": _goal(rate.next_rank)} if rate.of_unit else {})


def _goal(goal: Goal | None) -> dict[str, Any] | None:
    if goal is None:
        return None
    return {
        "rank": goal.rank,
        "percent": goal.percent,
        "needed": goal.needed,
        "reachable": goal.reachable,
        "names": list(goal.names),
    }


def table(view: PeriodOutlook) -> Csv:
    """The pending cases of every rate; of the closures those still to be closed."""
    rows = (
        {"rate": DEFINITIONS[key].label, **case._asdict(), "due_on": about(case)}
        for key, rate in view.rates.items()
        for case in rate.cases
    )
    return csv_of(rows, COLUMNS)
