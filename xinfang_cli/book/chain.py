"""The events: appended, chained, read back; never changed.

`events.prev` is the SHA-256 of the event before. An event's hash covers its place, its fields, its command (actor,
moment, source file) and the salted hash of its personal text, so that the text can be purged and the chain still holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from json import JSONEncoder
from json import encoder as json_encoder
from typing import TYPE_CHECKING, Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.event import REWORDING, Event
from xinfang_cli.login import host, os_user

if TYPE_CHECKING:
    import hashlib

    from xinfang_cli.book.engine import Conn

GENESIS = bytes(32)
PUT_HEAD = (
    "INSERT INTO head VALUES (1, ?, ?) ON CONFLICT(one) DO UPDATE SET events = excluded.events, hash = excluded.hash"
)


@cache
def sha256() -> Callable[[bytes], hashlib._Hash]:
    """hashlib's, loaded with the first hash: OpenSSL costs a quarter of an interpreter's start, and a list needs none."""
    from hashlib import sha256 as hashed

    return hashed


BATCH = 20_000


# A ledger has the same few thousand days over and over.
iso = cache(date.isoformat)


def _encoder() -> Callable[[Any], str]:
    """JSON as short as it gets; days are what it has no form for. The standard library's encoder in C is made once here, not with every call."""
    make = getattr(json_encoder, "c_make_encoder", None)
    if make is None:  # a Python without its C parts
        return JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=iso).encode
    made = make(None, iso, json_encoder.encode_basestring, None, ":", ",", False, False, False)
    return lambda value: "".join(made(value, 0))


encode = _encoder()

COMMAND_COLUMNS = "name, actor, recorded_at, source_name, source_sha256, part_of, os_user, host"


class Command(NamedTuple):
    """A command: author, moment (UTC), source file; `part_of` is the first part of a command in several parts."""

    id: int
    name: str
    actor: str
    recorded_at: str
    source_name: str | None
    source_sha256: str | None
    part_of: int | None = None
    os_user: str | None = None
    host: str | None = None

    def digest(self) -> str:
        """The part of a command covered by the chain; unchanged for commands without parts, or recorded before logins
        were kept.
        """
        parts: list[object] = list(self[:6])
        if self.part_of is not None:
            parts.append(self.part_of)
        if self.os_user is not None:
            parts += [f"user {self.os_user}", f"host {self.host}"]
        return "\x1f".join(map(str, parts))


def link(prev: bytes, said: str, text: bytes | None) -> bytes:
    """The SHA-256 of one event, stored by its successor: over the previous hash, the event's open part and the hash of
    its private text.
    """
    covered = prev + said.encode()
    return sha256()(covered if text is None else covered + text).digest()


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
        conn: Conn,
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
        self._what: tuple[Any, ...] = (
            name,
            actor,
            recorded_at,
            *(source or (None, None)),
            None,
            login_of(conn),
            host(),
        )
        self._first: int | None = None
        self._command: Command | None = None
        self._digest = ""
        self._sha256 = sha256()
        self._salts = _random_salts()
        self._events: list[tuple[Any, ...]] = []
        self._texts: list[tuple[Any, ...]] = []

    @property
    def command(self) -> Command:
        """This command's row, made with its first event: a command that did nothing leaves no trace."""
        if self._command is None:
            cursor = self.conn.execute(
                f"INSERT INTO commands({COMMAND_COLUMNS}) VALUES (?,?,?,?,?,?,?,?)",
                self._what,
            )
            assert cursor.lastrowid is not None
            self._command = Command(cursor.lastrowid, *self._what)
            self._digest = self._command.digest()
            self._first = self._first or cursor.lastrowid
        return self._command

    @property
    def wrote(self) -> bool:
        """Whether this command has written anything yet."""
        return self._command is not None

    @property
    def recorded_at(self) -> str:
        """The moment of this command (UTC)."""
        return str(self._what[2])

    def register(self, case_id: int, case_no: str, event: Event) -> None:
        """Add a registration, and in it the number that the case was given."""
        said = Event(event.kind, event.on, {**event.data, "case_no": case_no}, event.seq)
        self.append(case_id, said)
        event.id = said.id

    def append(self, case_id: int | None, event: Event) -> None:
        """Add one event to the chain; sets `event.id`."""
        self.append_all(case_id, (event,))

    def append_all(self, case_id: int | None, events: Sequence[Event]) -> None:
        """Add events to the chain in their order; sets their ids."""
        from xinfang_cli.law.events.registry import PRIVATE_FIELDS as private

        command_id = (self._command or self.command).id
        digest, head, id = self._digest, self.head, self.next_id
        for event in events:
            body = event.data
            event.id = id
            text_hash: bytes | None = None
            written = "{}"
            if body:
                if None in body.values():
                    body = {key: value for key, value in body.items() if value is not None}
                if not private.isdisjoint(body):
                    open_part: dict[str, Any] = {}
                    text_part: dict[str, Any] = {}
                    for key, value in body.items():
                        (text_part if key in private else open_part)[key] = value
                    body, salt, text = open_part, next(self._salts), encode(text_part)
                    text_hash = self._sha256(salt + text.encode()).digest()
                    self._texts.append((id, salt, text))
                if body:
                    written = encode(body)
            if case_id is not None and (self.registered_from is None or case_id < self.registered_from):
                self._note_texts(case_id, event, text_hash is not None)
            kind, seq, on = event.kind, event.seq, iso(event.on)
            self._events.append((id, case_id, seq, kind, on, command_id, written, text_hash, head))
            said = f"{id}\x1f{case_id}\x1f{seq}\x1f{kind}\x1f{on}\x1f{digest}\x1f{written}"
            head = link(head, said, text_hash)
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
        """Mark new cases as indexed; the importer indexes them itself."""
        self.registered_from = None

    def _write(self) -> None:
        self.conn.insert_rows("events", self._events)
        self.conn.insert_rows("texts", self._texts)
        self._events.clear()
        self._texts.clear()

    def flush(self) -> None:
        """Write what is waiting, and the new head."""
        if self.next_id == self.first_id:
            return
        self._write()
        self.conn.execute(PUT_HEAD, (self.next_id - 1, self.head))

    def go_on_behind(self, command: Command, next_id: int, head: bytes) -> None:
        """Events of this command were carried in: what follows stands behind them."""
        self._what, self._command, self._digest = tuple(command[1:]), command, command.digest()
        self.next_id, self.head = next_id, head

    def go_on_from(self, source: tuple[str, str]) -> None:
        """Continue with another file as a part of the same command, undone together with it."""
        self._what = (*self._what[:3], *source, self._first, *self._what[6:])
        self._command = None


def login_of(conn: Conn) -> str:
    """The login at the server for a book on one, else the user of this machine."""
    return getattr(conn, "login", "") or os_user()


def head(conn: Conn) -> tuple[int, str]:
    """(number of events, hex hash of the last): what a backup prints."""
    row = conn.execute("SELECT events, hash FROM head").fetchone()
    return (0, GENESIS.hex()) if row is None else (row[0], row[1].hex())


def head_at(conn: Conn, events: int) -> str | None:
    """The hex hash of the chain after so many events; None where it has not so many."""
    count, last = head(conn)
    if events == count:
        return last
    row = conn.execute("SELECT prev FROM events WHERE id = ?", (events + 1,)).fetchone()
    return None if row is None or events > count else str(row[0].hex())
