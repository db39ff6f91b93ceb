"""The lists as a past day stood, and with the hearings that are still ahead of today: cases told anew by their events.

What is kept of a case is as of its last event, every day of a hearing counted. Where that is not so yet on the day that is
asked about, the few cases concerned are folded up to it, and stand in for their rows while the lists are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from xinfang_cli.book.sql.filters import where
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.terms import WINDOWS

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book

_SHADOWED = ("cases", "clocks", "backlog")
_AHEAD = (
    "SELECT case_id FROM events h WHERE kind = 'hearing' AND (json_extract(body, '$.to_on') > :day OR EXISTS (SELECT 1 "
    "FROM events r WHERE r.case_id = h.case_id AND r.kind = 'correct' AND json_extract(r.body, '$.set.to_on') > :day))"
)
# Of the cases that moved since, those that can have been open, or had a running clock, on the day.
_OPEN_THEN = (
    "(c.closed_on IS NULL OR c.closed_on > :day OR c.first_closed_on > :day OR c.closed_on <> c.first_closed_on OR "
    "EXISTS (SELECT 1 FROM events e WHERE e.case_id = c.id AND e.kind = 'approve') OR EXISTS (SELECT 1 FROM clocks k "
    "WHERE k.case_id = c.id AND (k.stop_on IS NULL OR k.stop_on > :day OR k.void = 1)"
    + "".join(f" AND k.kind <> '{kind}'" for kind in sorted(WINDOWS))
    + "))"
)


@contextmanager
def as_of(
    book: Book, today: date, *, chosen: ListFilter | None = None, windows: bool = False, case_id: int | None = None
) -> Iterator[int]:
    """While it lasts `book.lists` reads the cases as that day stood; how many had moved since.

    `chosen`: every case of that filter, whatever its stage; without it the open ones and those with a running clock (with
    `windows`, with any clock); or the one of `case_id`. Nothing may be written meanwhile.
    """
    told = _tell_anew(book, today, chosen, windows, case_id)
    if told is None:
        yield 0
        return
    conn, day = book.conn, today.isoformat()
    ids = {"cases": "id", "clocks": "case_id", "backlog": "case_id"}
    try:
        for table in _SHADOWED:
            still = f"{ids[table]} NOT IN (SELECT id FROM temp.lists_moved)"
            if table == "cases":
                still += f" AND received_on <= '{day}'"
            conn.execute(
                f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} WHERE {still} "
                f"UNION ALL SELECT * FROM temp.lists_{table}"
            )
        book.lists.by_index = False
        yield told
    finally:
        book.lists.by_index = True
        for table in _SHADOWED:
            conn.execute(f"DROP VIEW IF EXISTS temp.{table}")


def _tell_anew(book: Book, today: date, chosen: ListFilter | None, windows: bool, case_id: int | None) -> int | None:
    """Fold the cases that differed on that day into temporary tables; None if there are none."""
    conn, asked = book.conn, {"day": today.isoformat(), "id": case_id}
    one = "" if case_id is None else " AND id = :id"
    moved = conn.execute(f"SELECT 1 FROM cases WHERE last_on > :day{one} LIMIT 1", asked).fetchone() is not None
    ahead = _AHEAD if case_id is None else f"{_AHEAD} AND case_id = :id"
    if not moved and conn.execute(f"{ahead} LIMIT 1", asked).fetchone() is None:
        return None
    values: list[object] = []
    which = "c.last_on > :day"
    if case_id is not None:
        which += " AND c.id = :id"
    elif chosen is not None:
        clause, values = where(book, _lasting(chosen))
        which += clause.replace(" WHERE ", " AND ", 1)
    elif not windows:
        which += f" AND {_OPEN_THEN}"
    wanted = conn.execute(
        _bound(f"SELECT c.id, c.case_no FROM cases c WHERE c.received_on <= :day AND {which}", asked), values
    ).fetchall()
    told = len(wanted)
    wanted += conn.execute(
        f"SELECT c.id, c.case_no FROM cases c WHERE c.received_on <= :day AND c.id IN ({ahead})", asked
    ).fetchall()
    from xinfang_cli.book.as_of import Told
    from xinfang_cli.book.sql.asof import AsOf

    numbers = dict(wanted)
    conn.execute("DROP TABLE IF EXISTS temp.lists_moved")
    conn.execute("CREATE TEMP TABLE lists_moved (id INTEGER PRIMARY KEY)")
    conn.executemany("INSERT INTO temp.lists_moved VALUES (?)", [(id,) for id in numbers])
    conn.execute(
        "INSERT INTO temp.lists_moved SELECT id FROM cases WHERE received_on > :day "
        "AND id NOT IN (SELECT id FROM temp.lists_moved)",
        asked,
    )
    AsOf.only(book, [Told(id, number, book.events.of(id)) for id, number in numbers.items()], today, "lists")
    return told


def _bound(sql: str, asked: Mapping[str, object]) -> str:
    """The day and the number put into the query itself: the words of a filter are bound by their places."""
    return sql.replace(":day", f"'{asked['day']}'").replace(":id", str(asked["id"]))


def _lasting(chosen: ListFilter) -> ListFilter:
    """The part of a filter that holds on every day: intake fields, corrected or not, and words of the texts."""
    return ListFilter(
        channel=chosen.channel,
        kind=chosen.kind,
        topic=chosen.topic,
        region=chosen.region,
        received_from=chosen.received_from,
        received_to=chosen.received_to,
        first_only=chosen.first_only,
        ids=chosen.ids,
        match=chosen.match,
        accusation=chosen.accusation,
    )
