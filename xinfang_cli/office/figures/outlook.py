"""What the period can still become, and which cases decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xinfang_cli.book.sql import counts
from xinfang_cli.errors import BadValue
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.figures.outlook import Goal, Outlook
from xinfang_cli.office.figures.stats import Narrowed, day_asked, narrowing, opened, rules_now
from xinfang_cli.office.session import Session

RATES = tuple(key for key, row in DEFINITIONS.items() if row.clock and row.population.day in ("basis", "due"))
_MET = {"numerator": "on_time", "rest": "overdue"}
_WAITING = ("pending", "overdue", "rest")
_CAN_OBJECT = ("assigned", "objected")


def outlook(
    session: Session,
    first: date,
    last: date,
    *,
    as_of: date | None = None,
    rates: Sequence[str] = RATES,
    first_only: bool = False,
    only: Narrowed | None = None,
    by_unit: bool = False,
    target: float | None = None,
    suppose: Sequence[tuple[str, date]] = (),
) -> dict[str, Any]:
    """Of each rate: so far, the best and the worst, what the target or the next rank asks, the pending nearest first.

    `suppose` tries out (case, the day it would be done). The target is the office's unless given.
    """
    for key in rates:
        if key not in RATES:
            raise BadValue("--rate", key, "没有期限可等", "可用：" + "、".join(RATES))
    with session.reading() as book:
        day = day_asked(session, as_of)
        narrowed, words = narrowing(book, only or {})
        asked = counts.Asked(first, last, day, "due", first_only, (), narrowed)
        tables = counts.AsOf(book, day)
        rules = rules_now(book)
        units = book.units.places()
        supposed = {book.cases.find(number)[0]: on for number, on in suppose}
        numbers = {case_id: book.cases.number_of(case_id) for case_id in supposed}
        used: set[int] = set()
        found: dict[str, Any] = {}
        rows: dict[int | None, dict[str, Any]] = {}
        for key in rates:
            everything = asked._replace(only=tuple(pair for pair in narrowed if pair[0] != "unit"))
            all_rows = counts.behind(tables, everything, key)
            all_rows += counts.behind(tables, everything, key, "pending")
            unit = dict(narrowed).get("unit", ...)
            chosen = [row for row in all_rows if unit is ... or row["unit_id"] == unit]
            used |= {row["case_id"] for row in chosen if row["part"] in _WAITING} & supposed.keys()
            goal = target if target is not None else rules.targets.get(key)
            whole = _count(key, chosen, supposed)
            record = _record(whole, goal)
            per_unit = {
                unit_id: _count(key, [row for row in all_rows if row["unit_id"] == unit_id], supposed)
                for unit_id in units
            }
            if isinstance(unit, int):
                record["next_rank"] = _goal(_next_rank(unit, per_unit, units))
            waiting = [row for row in chosen if row["part"] == "pending" and row["case_id"] not in supposed]
            record["cases"] = [
                {
                    **{name: shown[name] for name in ("case_no", "title", "unit", "due_on", "lead")},
                    "days_left": (date.fromisoformat(row["due_on"]) - day).days,
                }
                for row, shown in ((row, opened(row, day, unit if isinstance(unit, int) else None)) for row in waiting)
            ]
            found[key] = record
            if by_unit:
                for unit_id, one in per_unit.items():
                    if one.total:
                        line = rows.setdefault(unit_id, {})
                        line[key] = _record(one, goal) | {"next_rank": _goal(_next_rank(unit_id, per_unit, units))}
        for case_id in supposed.keys() - used:
            raise BadValue("--if", numbers[case_id], "在这一时期没有等着办的期限", "看有哪些：不加 --if 再运行一次")
    document: dict[str, Any] = {
        "period": {"from": first, "to": last},
        "as_of": day,
        "basis": "due",
        "first_only": first_only,
        "over": last < day,
        "only": words,
        "if": [{"case_no": numbers[case_id], "on": on} for case_id, on in supposed.items()],
        "rates": found,
    }
    if by_unit:
        document["rows"] = [
            {"name": units[unit_id][0], "group": units[unit_id][1], "rates": rows[unit_id]}
            for unit_id in units
            if unit_id in rows
        ]
    return document


def _count(key: str, rows: Sequence[Mapping[str, Any]], supposed: Mapping[int, date]) -> Outlook:
    """The parts of a rate, with what is supposed already done."""
    parts = dict.fromkeys(("on_time", "late", "overdue", "pending"), 0)
    for row in rows:
        parts[_MET.get(row["part"], row["part"])] += 1
    found = Outlook(**parts)
    for row in rows:
        if row["case_id"] in supposed and row["part"] in _WAITING:
            in_time = supposed[row["case_id"]] <= date.fromisoformat(row["due_on"])
            found.suppose(_MET.get(row["part"], row["part"]), in_time or key == "participation")
    waiting = [row for row in rows if row["case_id"] not in supposed]
    if key == "participation":  # a petitioner may rate after the window
        found.ratable = sum(row["part"] == "rest" for row in waiting)
    if key == "acceptance":  # while the unit has not accepted it may object, late too
        found.disputed = sum(row["part"] == "overdue" and row["stage"] in _CAN_OBJECT for row in waiting)
    return found


def _next_rank(unit_id: int, per_unit: Mapping[int, Outlook], units: Mapping[int, tuple[str, str, int]]) -> Goal | None:
    group = units[unit_id][1]
    others = {
        units[other][0]: one.so_far for other, one in per_unit.items() if other != unit_id and units[other][1] == group
    }
    return per_unit[unit_id].next_rank(others)


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


def _record(found: Outlook, target: float | None) -> dict[str, Any]:
    goal = None if target is None else found.to_reach(target)
    return {
        "on_time": found.on_time,
        "late": found.late,
        "overdue": found.overdue,
        "pending": found.pending,
        "may_still_rate": found.ratable,
        "may_fall_away": found.disputed,
        "percent": found.so_far,
        "best": found.best,
        "worst": found.worst,
        "target": target,
        "needed": None if goal is None else goal.needed,
        "reachable": None if goal is None else goal.reachable,
    }
