"""Carrying the result of a long command from a copy into the book in one short transaction.

A large import is planned in a copy, so that the book stays free. When the book is locked, others' changes are checked:
if the plan did not rely on them, ids, numbers and chain continue behind theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.chain import BATCH, COMMAND_COLUMNS, Command, encode, link
from xinfang_cli.book.engine import MovedMeanwhileError, Stand
from xinfang_cli.book.sqlite.connecting import attach
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.law.events.registry import EVENTS

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen

TOLD = "CREATE TABLE told(row INTEGER PRIMARY KEY, title TEXT, content TEXT, notes TEXT, who TEXT, accuser TEXT) STRICT"
"""In the copy: what the text index is to be told of the new cases."""
_LISTS = {"units": "ORDER BY id", "unit_words": "", "topics": "ORDER BY ord", "regions": "ORDER BY ord"}
"""Tables to which rows are only added; in the order in which they were."""


def stand(conn: Connection) -> Stand:
    """The state of a book."""
    events, head = conn.execute("SELECT coalesce(max(events), 0), coalesce(max(hash), x'') FROM head").fetchone()
    commands, cases, undone = conn.execute(
        "SELECT (SELECT coalesce(max(id), 0) FROM commands), (SELECT coalesce(max(id), 0) FROM docket), "
        "(SELECT count(*) FROM undone)"
    ).fetchone()
    return Stand(events, head, commands, cases, undone, dict(conn.execute("SELECT year, last FROM serials")))


@contextmanager
def beside(conn: Connection, copy: Path) -> Iterator[None]:
    """While it lasts the copy is there as `made`."""
    attach(conn, copy, "made")
    try:
        yield
    finally:
        conn.execute("DETACH made")


class Carrying:
    """One copy into its book, inside the book's transaction."""

    def __init__(self, conn: Connection, pen: Pen, then: Stand, *, renumbers: bool) -> None:
        self.conn = conn
        self.then = then
        self.now = stand(conn)
        self.pen = pen
        self.moved = (self.now.events, self.now.head) != (then.events, then.head)
        self.later = self.now.cases - then.cases
        """How many cases others entered: so much higher is the id of each new case."""
        self.serials: dict[int, int] = {}
        """Year → how many numbers of it others took."""
        self.renumbers = renumbers

    def check(self, went_by: Collection[int]) -> None:
        """MovedMeanwhileError if others changed what the plan relied on: the cases it read, lists and settings, or a
        number it gives or looked up.
        """
        conn, then, now = self.conn, self.then, self.now
        if now.events < then.events or now.undone != then.undone:
            raise MovedMeanwhileError
        written = conn.execute(
            "SELECT DISTINCT case_id, kind FROM events WHERE id > ? AND (case_id IS NOT NULL OR kind <> 'access')",
            (then.events,),
        ).fetchall()
        others = {case_id for case_id, _ in written}
        touched = {row[0] for row in conn.execute(f"SELECT id FROM made.cases WHERE id IN ({_TOUCHED})", self._since())}
        if None in others or not others.isdisjoint(went_by) or not others.isdisjoint(touched):
            raise MovedMeanwhileError
        for year, last in now.serials.items():
            taken = last - then.serials.get(year, 0)
            if taken and self._numbered_in(year):
                if not self.renumbers:
                    raise MovedMeanwhileError
                self.serials[year] = taken
        for case_id in others:
            self._check_numbers(case_id)

    def _numbered_in(self, year: int) -> bool:
        sql = "SELECT 1 FROM made.docket WHERE id > ? AND year = ? AND serial > ?"
        return self.conn.execute(sql, (self.then.cases, year, self.then.serials.get(year, 0))).fetchone() is not None

    def _check_numbers(self, case_id: int) -> None:
        """A case that another entered or changed shares no number with the new ones."""
        theirs = self.conn.execute(
            "SELECT upper(d.case_no), upper(d.sheet_no), upper(c.external_no), d.fingerprint, upper(c.repeat_of_no) "
            "FROM docket d LEFT JOIN cases c ON c.id = d.id WHERE d.id = ?",
            (case_id,),
        ).fetchone()
        shared = self.conn.execute(
            f"SELECT 1 FROM made.docket d JOIN made.cases c ON c.id = d.id WHERE d.id > ?6 AND ({self._number('d')} = ?1 "
            "OR upper(d.sheet_no) IN (?1, ?2, ?3, ?5) OR upper(c.external_no) IN (?1, ?2, ?3, ?5) OR d.fingerprint = ?4 "
            f"OR upper(c.repeat_of_no) IN (?1, ?2, ?3) OR {self._number('d')} = ?5) LIMIT 1",
            (*theirs, self.then.cases),
        ).fetchone()
        if shared is not None:
            raise MovedMeanwhileError

    def _number(self, table: str) -> str:
        """The number of a new case, behind those that others took."""
        number = f"{table}.case_no"
        for year, taken in self.serials.items():
            new = f"{table}.year = {year} AND {table}.serial > {self.then.serials.get(year, 0)}"
            behind = f"rtrim({table}.case_no, '0123456789') || printf('%06d', {table}.serial + {taken})"
            number = f"CASE WHEN {new} THEN {behind} ELSE {number} END"
        return number

    def _serial(self) -> str:
        serial = "serial"
        for year, taken in self.serials.items():
            last = self.then.serials.get(year, 0)
            serial = f"CASE WHEN year = {year} AND serial > {last} THEN serial + {taken} ELSE {serial} END"
        return serial

    def _case(self, column: str) -> str:
        """The id of a case: of a new one behind those that others entered."""
        return f"{column} + {self.later} * ({column} > {self.then.cases})" if self.later else column

    def _since(self) -> tuple[int, int]:
        return self.then.events, self.then.cases

    def carry(self) -> list[int]:
        """Carry over everything new in the copy; returns earlier cases with new events."""
        conn, then = self.conn, self.then
        commands, events = self.now.commands - then.commands, self.now.events - then.events
        moment = "?1" if self.moved else "recorded_at"  # a later event is not recorded earlier
        conn.execute(
            f"INSERT INTO commands SELECT id + {commands}, name, actor, {moment}, source_name, source_sha256, "
            f"part_of + {commands}, os_user, host FROM made.commands WHERE id > ?2 ORDER BY id",
            (self.pen.recorded_at, then.commands),
        )
        for table, order in _LISTS.items():
            added = f"SELECT * FROM made.{table} EXCEPT SELECT * FROM main.{table}"
            conn.execute(f"INSERT INTO {table} SELECT * FROM ({added}) {order}")
        conn.execute(
            f"INSERT INTO docket SELECT id + {self.later}, {self._number('docket')}, year, {self._serial()}, sheet_no, "
            "fingerprint FROM made.docket WHERE id > ? ORDER BY id",
            (then.cases,),
        )
        if self.moved:
            head = self._chain_behind(events, commands)
        else:
            head = conn.execute("SELECT hash FROM made.head").fetchone()[0]
            conn.execute("INSERT INTO events SELECT * FROM made.events WHERE id > ? ORDER BY id", (then.events,))
        conn.execute(
            f"INSERT INTO texts SELECT event_id + {events}, salt, body FROM made.texts WHERE event_id > ? ORDER BY event_id",
            (then.events,),
        )
        touched = self._put_rows()
        for year, last in conn.execute("SELECT year, last FROM made.serials").fetchall():
            conn.execute(
                "INSERT INTO serials VALUES (?, ?) ON CONFLICT(year) DO UPDATE SET last = max(last, excluded.last)",
                (year, last + self.serials.get(year, 0)),
            )
        conn.execute(
            f"INSERT INTO search(rowid, title, content, notes, who, accuser) SELECT row + {self.later}, title, content, "
            "notes, who, accuser FROM made.told ORDER BY row"
        )
        command = conn.execute(f"SELECT id, {COMMAND_COLUMNS} FROM commands ORDER BY id DESC LIMIT 1").fetchone()
        last = conn.execute("SELECT max(id) FROM events").fetchone()[0]
        self.pen.go_on_behind(Command(*command), last + 1, head)
        return touched

    def _chain_behind(self, events: int, commands: int) -> bytes:
        """The new events behind those of others; the hash of the last."""
        conn, then, prev = self.conn, self.then, self.now.head
        digests = {
            id: Command(id, *row).digest()
            for id, *row in conn.execute(
                f"SELECT id, {COMMAND_COLUMNS} FROM commands WHERE id > ?", (self.now.commands,)
            )
        }
        rows = conn.execute(
            "SELECT id, case_id, seq, kind, on_day, command_id, body, text_hash FROM made.events WHERE id > ? ORDER BY id",
            (then.events,),
        )
        referring = {kind: named for kind, named in _REFERRING.items() if self.later}
        while batch := list(islice(rows, BATCH)):
            made: list[tuple[Any, ...]] = []
            for id, case_id, seq, kind, on, command_id, body, text_hash in batch:
                if case_id is not None and case_id > then.cases:
                    case_id += self.later
                if kind in referring:
                    body = self._referring(body, referring[kind])
                id, command_id = id + events, command_id + commands
                made.append((id, case_id, seq, kind, on, command_id, body, text_hash, prev))
                said = f"{id}\x1f{case_id}\x1f{seq}\x1f{kind}\x1f{on}\x1f{digests[command_id]}\x1f{body}"
                prev = link(prev, said, text_hash)
            conn.insert_rows("events", made)
        return prev

    def _referring(self, body: str, names: Collection[str]) -> str:
        """The event's content with new case ids as they are now."""
        said = loads(body)
        new = {name: said[name] + self.later for name in names if said.get(name, 0) > self.then.cases}
        return encode({**said, **new}) if new else body

    def _put_rows(self) -> list[int]:
        conn, then, since = self.conn, self.then, self._since()
        touched = [row[0] for row in conn.execute(f"SELECT id FROM made.cases WHERE id IN ({_TOUCHED})", since)]
        for table in ("clocks", "backlog", "people"):
            conn.executemany(f"DELETE FROM {table} WHERE case_id = ?", [(id,) for id in touched])
        for table, id in (("cases", "id"), ("people", "case_id"), ("clocks", "case_id"), ("backlog", "case_id")):
            columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
            given = [self._case(name) if name in _CASE_IDS else name for name in columns]
            if table == "cases":
                given[columns.index("case_no")] = (
                    f"(SELECT d.case_no FROM main.docket d WHERE d.id = {self._case('c.id')})"
                )
            for which, values in ((f"{id} > ?", (then.cases,)), (f"{id} IN ({_TOUCHED})", since)):
                conn.execute(
                    f"INSERT OR REPLACE INTO {table} SELECT {', '.join(given)} FROM made.{table} c WHERE {which} ORDER BY {id}",
                    values,
                )
        return touched


_CASE_IDS = ("id", "case_id", "repeat_of")
_TOUCHED = "SELECT DISTINCT case_id FROM made.events WHERE id > ? AND case_id <= ?"
"""The cases that were there before and were told more of."""
_REFERRING = {
    kind: named
    for kind, declared in EVENTS.items()
    if (named := tuple(field.name for field in declared.fields if field.nature == "case"))
}
