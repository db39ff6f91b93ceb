"""The file with which a unit's disputed rank is settled: the cases behind each of its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from xinfang_cli.book.counting import CountedCase, Counting
from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import naming
from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, GroupRow
from xinfang_cli.law.fold import fold
from xinfang_cli.law.naming import Listed
from xinfang_cli.law.periods import Period
from xinfang_cli.office.figures.stats import OpenedCase, day_asked, figures, opened_all, optional_figures
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
    """The file goes to the unit: no accusation is named, whether it complains of this unit or of another (art. 30), unless
    somebody put down that it does not; and ordinary cases stay unnamed beside it."""
    with session.reading() as book:
        unit = book.units.find(word)
        day = day_asked(session, as_of)
        asked = Counting(period.first, period.last, day, by=("unit",), more=optional_figures(book))
        tables = book.counts.as_of(day)
        table = figures(book, tables, asked, True, period)
        mine = next(row for row in table.rows if row.key == (unit.id,))
        narrowed = asked._replace(by=(), only=(("unit", unit.id),))
        found: dict[str, list[CountedCase]] = {}
        for key in mine.rates:
            found[key] = book.counts.behind(tables, narrowed, key)
            if DEFINITIONS[key].timed:
                found[key] += book.counts.behind(tables, narrowed, key, "pending")
        hidden = _unnamed(book, unit.id, found)
        behind: dict[str, tuple[OpenedCase, ...]] = {}
        for key, rows in found.items():
            titles = titles_for(book, (row.case_id for row in rows), "unit")
            behind[key] = opened_all([row._replace(title=titles[row.case_id]) for row in rows], day, hidden)
        peers = tuple(row for row in table.rows if row.group == mine.group)
        return Appeal(unit.name, mine.group, period, day, table, mine, peers, behind)


def _unnamed(book: Book, unit: int, found: Mapping[str, Sequence[CountedCase]]) -> set[int]:
    """The accusations behind these figures, and the ordinary cases that stay unnamed beside them in all."""
    every = [(key, row) for key, rows in found.items() for row in rows]
    accusations = {row.case_id for _, row in every if row.kind == "accusation"}
    hidden = accusations - _put_down(book, unit, accusations)
    listed = [Listed(key, "", 0, "", row.case_no, row.case_id in hidden) for key, row in every]
    beside = {number for _, number in naming.unnamed(listed)}
    return hidden | {row.case_id for _, row in every if row.case_no in beside}


def _put_down(book: Book, unit: int, accusations: set[int]) -> set[int]:
    """The accusations of which somebody put down that they do not complain of the unit."""
    same = book.canonical.get
    cases = ((case_id, fold(book.events.of(case_id), book.code)) for case_id in accusations)
    known = {
        case_id
        for case_id, case in cases
        if case is not None
        and any(one.unit is not None and same(one.unit, one.unit) == same(unit, unit) for one in case.cleared)
    }
    return known - book.cases.kept_from(known, (unit,))
