"""Of what was late: the days the bureau used before dispatch and the days the unit used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from xinfang_cli.book.sql import counts
from xinfang_cli.errors import BadValue
from xinfang_cli.law.figures.blame import BUREAU, days_held
from xinfang_cli.law.terms import CLOCK, NO_UNIT
from xinfang_cli.office.figures.stats import Narrowed, day_asked, narrowing, opened, rules_now
from xinfang_cli.office.session import Session

CLOCKS = ("acceptance", "completion")


def blame(
    session: Session,
    first: date,
    last: date,
    *,
    as_of: date | None = None,
    clocks: Sequence[str] = CLOCKS,
    first_only: bool = False,
    only: Narrowed | None = None,
) -> dict[str, Any]:
    """The units' late and overdue clocks due in the period, by unit and one by one.

    For each, the days from receipt to its stop (or the day asked): the bureau's, this unit's, other units'; they add up.
    """
    for kind in clocks:
        if kind not in CLOCKS:
            raise BadValue("--clock", CLOCK.label(kind), "不是责任单位的法定期限", "可用：受理告知、办结")
    with session.reading() as book:
        day = day_asked(session, as_of)
        narrowed, words = narrowing(book, only or {})
        asked = counts.Asked(first, last, day, "due", first_only, (), narrowed)
        tables = counts.AsOf(book, day)
        limit = rules_now(book).clocks["dispatch"].n
        book.code  # noqa: B018  (loads the merged units)
        listed: list[dict[str, Any]] = []
        for kind in clocks:
            for part in ("late", "overdue"):
                for row in counts.behind(tables, asked, kind, part):
                    end = date.fromisoformat(row["stop_on"]) if row["stop_on"] else day
                    held = days_held(book.events.of(row["case_id"]), end, book.canonical)
                    mine = held.pop(row["unit_id"], 0)
                    bureau = held.pop(BUREAU, 0)
                    shown = opened(row, day, dict(narrowed).get("unit"))
                    listed.append(
                        {
                            "case_no": shown["case_no"],
                            "title": shown["title"],
                            "unit": row["unit"] or NO_UNIT,
                            "clock": kind,
                            "part": part,
                            "received_on": row["received_on"],
                            "start": row["start"],
                            "due_on": row["due_on"],
                            "stop_on": row["stop_on"],
                            "days_over": shown["days_over"],
                            "bureau_days": bureau,
                            "unit_days": mine,
                            "other_days": sum(held.values()),
                        }
                    )
        order = {name: place for name, _, place in book.units.places().values()}
    rows: dict[str, dict[str, Any]] = {}
    for line in sorted(listed, key=lambda line: (order.get(line["unit"], len(order)), line["due_on"])):
        row = rows.setdefault(line["unit"], dict.fromkeys(_SUMS, 0))
        _add(row, line, limit)
    total: dict[str, Any] = dict.fromkeys(_SUMS, 0)
    for line in listed:
        _add(total, line, limit)
    return {
        "period": {"from": first, "to": last},
        "as_of": day,
        "basis": "due",
        "only": words,
        "dispatch_limit": limit,
        "total": total,
        "rows": [{"unit": name, **row} for name, row in rows.items()],
        "cases": listed,
    }


_SUMS = ("late", "overdue", "days_over", "bureau_days", "unit_days", "other_days", "bureau_over_limit")


def _add(row: dict[str, Any], line: dict[str, Any], limit: int) -> None:
    row[line["part"]] += 1
    row["bureau_over_limit"] += line["bureau_days"] > limit
    for name in ("days_over", "bureau_days", "unit_days", "other_days"):
        row[name] += line[name]
