"""The file with which a unit's disputed rank is settled: the cases behind each of its figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinfang_cli.book.sql import counts
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.periods import Period
from xinfang_cli.office.figures.stats import day_asked, figures, opened, optional_figures
from xinfang_cli.office.find.redacting import titles_for
from xinfang_cli.office.session import Session


def appeal(session: Session, word: str, period: Period, *, as_of: date | None = None) -> dict[str, Any]:
    """A unit's figures of a period with its ranks, its group's beside them, and the cases behind each.

    Accusations that complain of this unit stay unnamed: the file goes to the unit (art. 30).
    """
    with session.reading() as book:
        unit = book.units.find(word)
        day = day_asked(session, as_of)
        asked = counts.Asked(period.first, period.last, day, by=("unit",), more=optional_figures(book))
        tables = counts.AsOf(book, day)
        table = figures(book, tables, asked, True, period)
        mine = next(row for row in table.rows if row.key == (unit.id,))
        narrowed = asked._replace(by=(), only=(("unit", unit.id),))
        behind: dict[str, list[dict[str, Any]]] = {}
        for key in mine.rates:
            rows = counts.behind(tables, narrowed, key)
            if DEFINITIONS[key].timed:
                rows += counts.behind(tables, narrowed, key, "pending")
            titles = titles_for(book, rows, "unit")
            behind[key] = [
                opened({**row, "title": title}, day, unit.id) for row, title in zip(rows, titles, strict=True)
            ]
        return {
            "unit": unit.name,
            "group": mine.group,
            "period": period,
            "as_of": day,
            "figures": table,
            "row": mine,
            "peers": [row for row in table.rows if row.group == mine.group],
            "behind": behind,
        }
