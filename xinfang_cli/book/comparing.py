"""Every case, or some, folded again from its events and compared with the rows that are stored: the same on every engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from xinfang_cli.book import projection
from xinfang_cli.book.sql.cases import CLOCK_COLUMNS, COLUMNS
from xinfang_cli.book.sql.predicates import numbered
from xinfang_cli.law.fold import fold

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book
    from xinfang_cli.law.event import Event

LAST_ID = (1 << 63) - 1
_ENTRY = "batch, case_id, joined_on, resolved_on, how, recognised_on, unit_id, guard_unit_id"
_STORED = (
    ("cases", "id", COLUMNS, "id"),
    ("people", "case_id", "case_id, name, id_no, phone, address", "case_id"),
    ("clocks", "case_id", CLOCK_COLUMNS, "case_id, n"),
    ("backlog", "case_id", f"case_id, {_ENTRY}", "case_id, batch"),
)
"""Table, the case in it, its columns with the case's id first, their order. Named one by one: a later program may have added
some."""

Each = Callable[[int, Sequence["Event"]], None]


def by_case(rows: Iterator[tuple[Any, ...]]) -> Callable[[int], list[tuple[Any, ...]]]:
    """Take the rows of one case after the other from rows in the order of their case."""
    groups = ((case_id, list(found)) for case_id, found in groupby(rows, itemgetter(0)))
    none: tuple[int, list[tuple[Any, ...]]] = (LAST_ID + 1, [])
    waiting = next(groups, none)

    def take(case_id: int) -> list[tuple[Any, ...]]:
        nonlocal waiting
        taken: list[tuple[Any, ...]] = []
        while waiting[0] <= case_id:
            taken = [*taken, *waiting[1]] if taken else waiting[1]
            waiting = next(groups, none)
        return taken

    return take


def compare(
    book: Book,
    ids: Collection[int] | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    each: Each | None = None,
) -> tuple[int, list[str]]:
    """(cases, numbers of those that are stored otherwise); `each` is handed every case's events on the way."""
    conn, code = book.conn, book.code

    def rows(table: str, key: str, columns: str, order: str) -> Iterator[Any]:
        which = "" if ids is None else f" WHERE {numbered(key, ids)}"
        return conn.stream(f"SELECT {columns} FROM {table}{which} ORDER BY {order}")

    total = len(ids) if ids is not None else conn.execute("SELECT count(*) FROM docket").fetchone()[0]
    numbers = by_case(rows("docket", "id", "id, case_no", "id"))
    stored = [by_case(rows(*one)) for one in _STORED]
    differing: list[str] = []
    done = 0
    for case_id, listed in book.events.by_case(ids):
        case = fold(listed, code)
        if each is not None:
            each(case_id, listed)
        number = next((row[1] for row in numbers(case_id) if row[0] == case_id), f"第 {case_id} 号")
        kept = [take(case_id) for take in stored]
        if case is None:
            wanted: list[list[tuple[Any, ...]]] = [[], [], [], []]
        else:
            made = projection.CaseRows(case_id, number, case, book.canonical)
            entries = [(case_id, *entry) for entry in sorted(made.backlog)]
            wanted = [[made.case], [made.person] if made.person else [], made.clocks, entries]
        if kept != wanted:
            differing.append(number)
        done += 1
        if progress is not None and done % 5000 == 0:
            progress(done, total)
    left = {row[0] for take in stored for row in take(LAST_ID)}
    differing += [f"第 {case_id} 号（没有登记）" for case_id in sorted(left)]
    return done, differing


def told(differing: Sequence[str]) -> Iterator[str]:
    """The first of such numbers, in words."""
    return (f"{case_no} 与按事件重算的结果不一致" for case_no in differing[:20])


def otherwise(book: Book, many: int) -> Iterator[str]:
    """Of so many cases taken at random, those that are stored otherwise than their events say, in words."""
    from random import sample

    (last,) = book.conn.execute("SELECT coalesce(max(id), 0) FROM docket").fetchone()
    return told(compare(book, sorted(sample(range(1, last + 1), min(many, last))))[1])
