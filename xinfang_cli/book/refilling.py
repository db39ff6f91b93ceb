"""Stored rows rewritten from the events: the same on every engine, inside the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinfang_cli.book import checking, projection
from xinfang_cli.law.fold import fold

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book

AT_ONCE = 2000


def write_again(book: Book) -> int:
    """Write the units, every case, clock and backlog entry and the text index again from the events; how many cases."""
    conn = book.conn
    conn.execute(
        "INSERT INTO serials SELECT year, max(serial) FROM docket WHERE true GROUP BY year "
        "ON CONFLICT(year) DO UPDATE SET last = excluded.last WHERE excluded.last > serials.last"
    )
    book.units.put_right(checking.proven_units(conn))
    for table in ("clocks", "backlog", "people", "cases"):
        conn.execute(f"DELETE FROM {table}")
    numbers = dict(conn.execute("SELECT id, case_no FROM docket").fetchall())
    made: list[projection.CaseRows] = []
    count = 0
    code = book.code
    for case_id, listed in book.events.by_case():
        case = fold(listed, code)
        if case is None:
            continue
        made.append(projection.CaseRows(case_id, numbers[case_id], case, book.canonical))
        count += 1
        if len(made) >= AT_ONCE:
            book.cases.put_many(made)
            made = []
    book.cases.put_many(made)
    book.search.rebuild()
    return count


def take_out_strangers(book: Book) -> None:
    """Units that no event knows, undos that nothing took back go; lists stand as they were entered."""
    conn = book.conn
    book.units.remove_strangers(checking.proven_units(conn))
    pairs = checking.undone_pairs(conn)
    conn.execute("DELETE FROM undone WHERE by_command NOT IN (SELECT id FROM commands WHERE name = 'undo')")
    conn.executemany("DELETE FROM undone WHERE by_command = ?", [(by,) for _, by in pairs])
    conn.executemany("INSERT INTO undone VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(pairs))
    book.units.put_lists_right()
