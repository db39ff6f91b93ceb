"""The events: appended, chained, read back; never changed.

`events.prev` is the SHA-256 of the event before. An event's hash covers its place, its fields, its command (actor,
moment, source file) and the salted hash of its personal text, so that the text can be purged and the chain still holds.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from json import JSONEncoder, loads
from json import encoder as json_encoder
from typing import TYPE_CHECKING, Any, NamedTuple

from xinfang_cli.book.sqlite.inserting import insert_rows
from xinfang_cli.law.events.base import DAY_FIELDS, PRIVATE_FIELDS, Event

if TYPE_CHECKING:
    import hashlib

GENESIS = bytes(32)


@cache
def _sha256() -> Callable[[bytes], hashlib._Hash]:
    """hashlib's, loaded with the first hash: OpenSSL costs a quarter of an interpreter's start, and a list needs none."""
    from hashlib import sha256

    return sha256


BATCH = 20_000
REWORDING = frozenset({"edit", "correct", "revoke"})
"""What changes the texts in force without bringing one of its own."""


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return iso(value)
    raise TypeError(f"no JSON form for {type(value)}")


def _encoder() -> Callable[[Any], str]:
    """JSON as short as it gets. The standard library's encoder in C is made once here, not with every call."""
    make = getattr(json_encoder, "c_make_encoder", None)
    if make is None:  # a Python without its C parts
        return JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
    made = make(None, _plain, json_encoder.encode_basestring, None, ":", ",", False, False, False)
    return lambda value: "".join(made(value, 0))


encode = _encoder()
# A ledger has the same few thousand days over and over.
iso = cache(date.isoformat)


_COMMAND = "name, actor, recorded_at, source_name, source_sha256, part_of"


class Command(NamedTuple):
    """Who wrote, when (UTC), from what file; the first part of the command, where it is a later one."""

    id: int
    name: str
    actor: str
    recorded_at: str
    source_name: str | None
    source_sha256: str | None
    part_of: int | None = None

    def digest(self) -> str:
        """What the chain covers; of a command without parts the same as before there were any."""
        return "\x1f".join(str(part) for part in (self if self.part_of is not None else self[:-1]))


def link(
    prev: bytes, id: int, case_id: int | None, seq: int, kind: str, on: str, command: str, body: str, text: bytes | None
) -> bytes:
    """The SHA-256 of one event, which the next one carries."""
    said = f"{id}\x1f{case_id}\x1f{seq}\x1f{kind}\x1f{on}\x1f{command}\x1f{body}".encode()
    return _sha256()(prev + said if text is None else prev + said + text).digest()


def _random_salts() -> Iterator[bytes]:
    """16 random bytes each; asked of the system for many at a time."""
    while True:
        pool = os.urandom(16 * 256)
        for start in range(0, len(pool), 16):
            yield pool[start : start + 16]


class Pen:
    """Writes the events of one command, in order; rows go out in batches and at `flush`."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        name: str,
        actor: str,
        recorded_at: str,
        source: tuple[str, str] | None = None,
    ) -> None:
        self.conn = conn
        row = conn.execute("SELECT events, hash FROM head").fetchone()
        self.next_id: int = 1 if row is None else row[0] + 1
        self.head: bytes = GENESIS if row is None else row[1]
        self.first_id = self.next_id
        self.registered_from: int | None = None  # of the cases from this id on the text index knows nothing yet
        self.reworded: dict[int, int] = {}  # other cases whose texts may have changed → the event that was the first to
        self._what: tuple[Any, ...] = (name, actor, recorded_at, *(source or (None, None)), None)
        self._first: int | None = None
        self._command: Command | None = None
        self._digest = ""
        self._sha256 = _sha256()
        self._salts = _random_salts()
        self._events: list[tuple[Any, ...]] = []
        self._texts: list[tuple[Any, ...]] = []

    @property
    def command(self) -> Command:
        """This command's row, made with its first event: a command that did nothing leaves no trace."""
        if self._command is None:
            cursor = self.conn.execute(
                f"INSERT INTO commands({_COMMAND}) VALUES (?,?,?,?,?,?)",
                self._what,
            )
            assert cursor.lastrowid is not None
            self._command = Command(cursor.lastrowid, *self._what)
            self._digest = self._command.digest()
            self._first = self._first or cursor.lastrowid
        return self._command

    @property
    def wrote(self) -> bool:
        return self._command is not None

    def append(self, case_id: int | None, event: Event) -> None:
        """Add one event to the chain; sets `event.id`."""
        self.append_all(case_id, (event,))

    def append_all(self, case_id: int | None, events: Sequence[Event]) -> None:
        """Add events to the chain in their order; sets their ids."""
        command_id = (self._command or self.command).id
        digest, head, id = self._digest, self.head, self.next_id
        for event in events:
            body = event.data
            if None in body.values():
                body = {key: value for key, value in body.items() if value is not None}
            event.id = id
            text_hash: bytes | None = None
            if not PRIVATE_FIELDS.isdisjoint(body):
                salt = next(self._salts)
                text = encode({key: value for key, value in body.items() if key in PRIVATE_FIELDS})
                text_hash = self._sha256(salt + text.encode()).digest()
                self._texts.append((id, salt, text))
                body = {key: value for key, value in body.items() if key not in PRIVATE_FIELDS}
            if case_id is not None and (self.registered_from is None or case_id < self.registered_from):
                self._note_texts(case_id, event, text_hash is not None)
            kind, seq, on = event.kind, event.seq, iso(event.on)
            written = encode(body) if body else "{}"
            self._events.append((id, case_id, seq, kind, on, command_id, written, text_hash, head))
            head = link(head, id, case_id, seq, kind, on, digest, written, text_hash)
            id += 1
        self.head, self.next_id = head, id
        if len(self._events) >= BATCH:
            self._write()

    def _note_texts(self, case_id: int, event: Event, private: bool) -> None:
        """Remember whose texts the index must be told of."""
        if event.kind == "register":
            self.registered_from = case_id
        elif private or event.kind in REWORDING:
            self.reworded.setdefault(case_id, event.id)

    def told(self) -> None:
        """The text index has been told of the new cases so far, by who wrote them."""
        self.registered_from = None

    def _write(self) -> None:
        insert_rows(self.conn, "events", self._events)
        insert_rows(self.conn, "texts", self._texts)
        self._events.clear()
        self._texts.clear()

    def flush(self) -> None:
        """Write what is waiting, and the new head."""
        if self.next_id == self.first_id:
            return
        self._write()
        self.conn.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (self.next_id - 1, self.head))

    def go_on_from(self, source: tuple[str, str]) -> None:
        """What follows comes from another file: a part of the same command, taken back with it."""
        self._what = (*self._what[:3], *source, self._first)
        self._command = None


def log_access(conn: sqlite3.Connection, at: str, actor: str, what: str) -> None:
    """Note who looked at personal data, when (UTC), and at what."""
    conn.execute("INSERT INTO access_log(at, actor, what) VALUES (?, ?, ?)", (at, actor, what))


def accesses(conn: sqlite3.Connection, about: str, limit: int) -> list[tuple[str, str, str]]:
    """(moment in UTC, who, at what) of the looks at personal data that name `about`, latest first; 0: all of them."""
    return conn.execute(
        "SELECT at, actor, what FROM access_log WHERE instr(what, ?) ORDER BY id DESC LIMIT ?", (about, limit or -1)
    ).fetchall()


def head(conn: sqlite3.Connection) -> tuple[int, str]:
    """(number of events, hex hash of the last): what a backup prints."""
    row = conn.execute("SELECT events, hash FROM head").fetchone()
    return (0, GENESIS.hex()) if row is None else (row[0], row[1].hex())


def _days(data: dict[str, Any]) -> dict[str, Any]:
    for key in data.keys() & DAY_FIELDS:
        if data[key] is not None:  # of an edit or a correction: there was nothing, or nothing is left
            data[key] = date.fromisoformat(data[key])
    for key in ("set", "was"):
        if key in data:
            _days(data[key])
    if "new_on" in data:
        data["new_on"] = date.fromisoformat(data["new_on"])
    return data


def decode(kind: str, on: str, body: str, text: str | None, seq: int, id: int) -> Event:
    """An event as the law knows it."""
    data = loads(body) if body != "{}" else {}
    if text is not None:
        data.update(loads(text))
    return Event(kind, date.fromisoformat(on), _days(data), seq, id)


_OF_CASE = """SELECT e.kind, e.on_day, e.body, t.body, e.seq, e.id FROM events e
LEFT JOIN texts t ON t.event_id = e.id WHERE e.case_id = ? ORDER BY e.seq"""


def events_of(conn: sqlite3.Connection, case_id: int) -> list[Event]:
    """All events of a case in the order they were recorded."""
    return [decode(*row) for row in conn.execute(_OF_CASE, (case_id,))]


def timeline(conn: sqlite3.Connection, case_id: int) -> list[tuple[Event, Command]]:
    """The events of a case, each with the command that recorded it."""
    commands: dict[int, Command] = {}
    listed: list[tuple[Event, Command]] = []
    for *row, command_id in conn.execute(_OF_CASE.replace("e.id FROM", "e.id, e.command_id FROM"), (case_id,)):
        if command_id not in commands:
            commands[command_id] = command(conn, command_id)
        listed.append((decode(*row), commands[command_id]))
    return listed


def command(conn: sqlite3.Connection, command_id: int) -> Command:
    return Command(*conn.execute(f"SELECT id, {_COMMAND} FROM commands WHERE id = ?", (command_id,)).fetchone())


def all_cases(conn: sqlite3.Connection, case_ids: Iterable[int] | None = None) -> Iterator[tuple[int, list[Event]]]:
    """(case id, its events) for every case, or for the given ones, in the order of their ids."""
    if case_ids is not None:
        for case_id in case_ids:
            yield case_id, events_of(conn, case_id)
        return
    current: int | None = None
    listed: list[Event] = []
    for case_id, *row in conn.execute(
        "SELECT e.case_id, e.kind, e.on_day, e.body, t.body, e.seq, e.id FROM events e "
        "LEFT JOIN texts t ON t.event_id = e.id WHERE e.case_id IS NOT NULL ORDER BY e.case_id, e.seq"
    ):
        if case_id != current:
            if current is not None:
                yield current, listed
            current, listed = case_id, []
        listed.append(decode(*row))
    if current is not None:
        yield current, listed


class Broken(NamedTuple):
    """Where the chain does not hold."""

    event_id: int
    why: str


def walk_chain(conn: sqlite3.Connection) -> tuple[int, str, list[Broken]]:
    """Walk the whole chain: (events, head, breaks)."""
    digests = {row[0]: Command(*row).digest() for row in conn.execute(f"SELECT id, {_COMMAND} FROM commands")}
    prev, expected, broken = GENESIS, 1, []
    rows = conn.execute(
        "SELECT prev, id, case_id, seq, kind, on_day, command_id, body, text_hash FROM events ORDER BY id"
    )
    for was, id, case_id, seq, kind, on, command_id, body, text_hash in rows:
        if was != prev:
            broken.append(Broken(id, "与前一事件的哈希不符"))
        if id != expected:
            broken.append(Broken(id, f"编号不连续，应为 {expected}"))
            expected = id
        made = _sha256()(was)
        made.update(f"{id}\x1f{case_id}\x1f{seq}\x1f{kind}\x1f{on}\x1f{digests.get(command_id)}\x1f{body}".encode())
        if text_hash is not None:
            made.update(text_hash)
        prev = made.digest()
        expected += 1
        if len(broken) >= 20:
            break
    count, kept = head(conn)
    if not broken and (count, kept) != (expected - 1, prev.hex()):
        broken.append(Broken(expected - 1, "链尾与记录的链头不符，末尾可能被截"))
    return expected - 1, prev.hex(), broken


def check_texts(conn: sqlite3.Connection) -> Iterator[Broken]:
    """Personal texts that do not match their hash."""
    for id, text_hash, salt, body in conn.execute(
        "SELECT e.id, e.text_hash, t.salt, t.body FROM texts t JOIN events e ON e.id = t.event_id"
    ):
        if _sha256()(salt + body.encode()).digest() != text_hash:
            yield Broken(id, "文字与哈希不符")


# ---- commands, and what they wrote ------------------------------------------------------------------------------

_WHOLE = "coalesce(c.part_of, c.id)"
_PARTS = "(SELECT id FROM commands WHERE id >= ?1 AND (id = ?1 OR part_of = ?1))"
_STANDING = f"c.actor = ? AND c.name NOT IN ('undo', 'init') AND {_WHOLE} NOT IN (SELECT command_id FROM undone)"


def last_command(conn: sqlite3.Connection, actor: str) -> tuple[int, str] | None:
    """(id, name) of the actor's last command that still stands: on cases or on the house."""
    found: tuple[int, str] | None = conn.execute(
        f"SELECT {_WHOLE}, c.name FROM commands c WHERE {_STANDING} ORDER BY c.id DESC LIMIT 1", (actor,)
    ).fetchone()
    return found


def standing_commands(conn: sqlite3.Connection, actor: str, limit: int) -> list[tuple[int, str, str, int, str | None]]:
    """(id, name, recorded at, cases, number of the first) of the actor's commands that still stand, latest first."""
    return conn.execute(
        f"SELECT {_WHOLE}, c.name, c.recorded_at, count(DISTINCT e.case_id), min(d.case_no) FROM commands c "
        f"JOIN events e ON e.command_id = c.id LEFT JOIN docket d ON d.id = e.case_id WHERE {_STANDING} "
        f"GROUP BY {_WHOLE} ORDER BY c.id DESC LIMIT ?",
        (actor, limit),
    ).fetchall()


HOUSE_STANDS = "id NOT IN (SELECT json_extract(body, '$.event') FROM events WHERE case_id IS NULL AND kind = 'revoke')"
"""Of an event of the house: nobody took it back."""
_OF_HOUSE = """SELECT e.kind, e.on_day, e.body, t.body, e.seq, e.id FROM events e LEFT JOIN texts t ON t.event_id = e.id
WHERE e.case_id IS NULL AND e.kind <> 'revoke' AND e."""


def house_of(conn: sqlite3.Connection, command_id: int) -> list[Event]:
    """What a command wrote of the house rather than of a case, as far as it stands, in order."""
    rows = conn.execute(f"{_OF_HOUSE}{HOUSE_STANDS} AND e.command_id IN {_PARTS} ORDER BY e.id", (command_id,))
    return [decode(*row) for row in rows]


def house_since(conn: sqlite3.Connection, event_id: int, kind: str) -> list[Event]:
    """The standing events of the house of one kind that came after an event."""
    rows = conn.execute(f"{_OF_HOUSE}{HOUSE_STANDS} AND e.kind = ? AND e.id > ? ORDER BY e.id", (kind, event_id))
    return [decode(*row) for row in rows]


def written_by(conn: sqlite3.Connection, command_id: int) -> list[tuple[int, set[int]]]:
    """(case id, places of the events in the case) of what a command wrote, all its parts."""
    rows = conn.execute(
        f"SELECT case_id, group_concat(seq) FROM events WHERE case_id IS NOT NULL AND command_id IN {_PARTS} "
        "GROUP BY case_id",
        (command_id,),
    ).fetchall()
    return [(case_id, {int(seq) for seq in written.split(",")}) for case_id, written in rows]


def mark_undone(conn: sqlite3.Connection, command_id: int, by_command: int) -> None:
    conn.execute("INSERT INTO undone VALUES (?, ?)", (command_id, by_command))


def command_of(conn: sqlite3.Connection, event_id: int) -> Command:
    """The command that recorded an event."""
    return command(conn, conn.execute("SELECT command_id FROM events WHERE id = ?", (event_id,)).fetchone()[0])


def prev_of(conn: sqlite3.Connection, event_id: int) -> bytes | None:
    """What an event carries of the one before it; None where there is no such event."""
    row = conn.execute("SELECT prev FROM events WHERE id = ?", (event_id,)).fetchone()
    return None if row is None else bytes(row[0])


def since(conn: sqlite3.Connection, event_id: int, case_id: int) -> list[tuple[str, str, str, str, str]]:
    """(number, kind, day, recorded at, actor) of what was recorded after an event, of a case and of its repeats."""
    return conn.execute(
        """SELECT d.case_no, e.kind, e.on_day, m.recorded_at, m.actor FROM events e
JOIN commands m ON m.id = e.command_id JOIN docket d ON d.id = e.case_id
WHERE e.id > ?1 AND (e.case_id = ?2 OR e.case_id IN (SELECT id FROM cases WHERE repeat_of = ?2)) ORDER BY e.id""",
        (event_id, case_id),
    ).fetchall()


def reminded_on(conn: sqlite3.Connection, day: date) -> set[tuple[int, str]]:
    """(case id, clock) of the reminders of a day that still stand."""
    return set(
        conn.execute(
            "SELECT case_id, json_extract(body, '$.clock') FROM events e WHERE kind = 'remind' AND on_day = ? "
            "AND NOT EXISTS (SELECT 1 FROM events r WHERE r.case_id = e.case_id AND r.kind = 'revoke' "
            "AND json_extract(r.body, '$.event') = e.seq)",
            (day.isoformat(),),
        )
    )
