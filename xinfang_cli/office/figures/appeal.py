"""The file with which a unit's disputed rank is settled: the cases behind each of its figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from xinfang_cli.book.counting import Counting
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, GroupRow
from xinfang_cli.law.periods import Period
from xinfang_cli.office.figures.stats import OpenedCase, day_asked, figures, hidden_from, opened_all, optional_figures
from xinfang_cli.office.find.redacting import titles_for
from xinfang_cli.office.session import Session


class Appeal(NamedTuple):
    """A unit's figures of a period with its ranks, its group's beside them, and by rate the cases behind each."""

    unit: str
    group: str
    period: Period
    as_of: date
    figures: Figures
    row: GroupRow
    peers: tuple[GroupRow, ...]
    behind: Mapping[str, tuple[OpenedCase, ...]]


def appeal(session: Session, word: str, period: Period, *, as_of: date | None = None) -> Appeal:
    """Accusations that complain of this unit stay unnamed: the file goes to the unit (art. 30)."""
    with session.reading() as book:
        unit = book.units.find(word)
        day = day_asked(session, as_of)
        asked = Counting(period.first, period.last, day, by=("unit",), more=optional_figures(book))
        tables = book.counts.as_of(day)
        table = figures(book, tables, asked, True, period)
        mine = next(row for row in table.rows if row.key == (unit.id,))
        narrowed = asked._replace(by=(), only=(("unit", unit.id),))
        behind: dict[str, tuple[OpenedCase, ...]] = {}
        for key in mine.rates:
            rows = book.counts.behind(tables, narrowed, key)
            if DEFINITIONS[key].timed:
                rows += book.counts.behind(tables, narrowed, key, "pending")
            titles = titles_for(book, (row.case_id for row in rows), "unit")
            named = [row._replace(title=titles[row.case_id]) for row in rows]
            hidden = hidden_from(book, unit.id, rows)
            behind[key] = opened_all(named, day, hidden)
        peers = tuple(row for row in table.rows if row.group == mine.group)
        return Appeal(unit.name, mine.group, period, day, table, mine, peers, behind)
