"""A PostgreSQL connection as the book uses it: SQLite's words translated, values as SQLite gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import StringIO
from itertools import count, islice
from select import select
from typing import Any

import psycopg2
from psycopg2 import extensions as pg
from psycopg2.extras import execute_batch

from xinfang_cli.book.postgres.dialect import translated

AT_ONCE = 200
ISOLATION = "READ COMMITTED"
"""Of who writes: what is read after the office's lock is what the one before wrote."""
STATEMENT_MS = 300_000
IDLE_MS = 600_000
FETCHED = 5000
INSERTED = 500
COPIED = 50
"""From so many rows on COPY is quicker than INSERT."""


def quoted(name: str) -> str:
    """A name as PostgreSQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as PostgreSQL takes it."""
    return "'" + text.replace("'", "''") + "'"


def _plain(value: str | None, cursor: Any) -> str | None:
    return value


def _number(value: str | None, cursor: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.lstrip("-").isdigit() else float(value)


def _bytes(value: str | None, cursor: Any) -> bytes | None:
    return None if value is None else bytes.fromhex(value[2:])


def _truth(value: str | None, cursor: Any) -> int | None:
    return None if value is None else int(value == "t")


# Days as ISO text, bytes as bytes, yes and no as 1 and 0, sums as whole numbers, JSON as it stands.
AS_SQLITE = (
    pg.new_type((1082,), "DAY", _plain),
    pg.new_type((17,), "BYTES", _bytes),
    pg.new_type((16,), "TRUTH", _truth),
    pg.new_type((1700,), "NUMBER", _number),
    pg.new_type((114, 3802), "JSON", _plain),
)
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


_NUMBERS = count()


class Inserted:
    """The result of an INSERT with a server-generated id."""

    def __init__(self, id: int) -> None:
        self.lastrowid = id
        self.rowcount = 1

    def fetchone(self) -> None:
        return None

    def fetchmany(self, size: int = 1) -> list[Any]:
        return []

    def fetchall(self) -> list[Any]:
        return []

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __next__(self) -> Any:
        raise StopIteration


class Connection:
    """One office's book on a server: every transaction says itself which office it is of, since a pool hands the same
    connection to others."""

    def __init__(self, raw: Any, office: str) -> None:
        self.raw = raw
        self.office = office
        self.quoted = quoted(office)
        self._set = (
            f"SET LOCAL search_path TO {self.quoted}; SET LOCAL statement_timeout = {STATEMENT_MS}; "
            f"SET LOCAL idle_in_transaction_session_timeout = {IDLE_MS}; SET LOCAL jit = off; SET LOCAL datestyle = ISO"
        )
        raw.autocommit = True  # BEGIN and COMMIT are said here
        for kind in AS_SQLITE:
            pg.register_type(kind, raw)
        self.in_transaction = False
        """Whether a command is writing; a reader's transaction does not count."""
        self._reading = False
        self.kept_as = ""
        """The address under which it waits, once closed, for who opens the same one within the command."""
        self.works_as = 0
        """The version as whose program this one may work on the office, once that was looked at."""
        self.ahead = False
        """Whether the office is of the next version: its tables may have further columns, the last ones."""

    @property
    def login(self) -> str:
        """The login, as reported by the server."""
        return str(self.raw.get_parameter_status("session_authorization"))

    def begin(self, more: str = "") -> None:
        """A transaction for writing, in one trip."""
        self.end_reading()
        self._send(f"BEGIN ISOLATION LEVEL {ISOLATION}; {self._set}{more}")
        self.in_transaction = True

    def commit(self) -> None:
        self._send("COMMIT")
        self.in_transaction = False

    def commit_with(self, receipt: str) -> None:
        """Commit, and in the same trip leave a receipt, which stays for a day."""
        with self.raw.cursor() as cursor:
            cursor.execute(
                "DELETE FROM written WHERE at < now() - interval '1 day'; INSERT INTO written VALUES (%s); COMMIT",
                (receipt,),
            )
        self.in_transaction = False

    def go_on_over(self, other: Connection) -> None:
        """Take another's line for one that was cut."""
        self.raw, self.in_transaction, self._reading = other.raw, False, False

    def rollback(self) -> None:
        """Take back what is under way; the server does it itself when the line is cut."""
        self.in_transaction = False
        self._reading = False
        if not self.raw.closed:
            with suppress(psycopg2.OperationalError, psycopg2.InterfaceError):
                self._send("ROLLBACK")

    def end_reading(self) -> None:
        """Nothing of a reader stays: a pool hands his connection, and tables made for a moment, to others."""
        if self._reading:
            self._reading = False
            self._send("ROLLBACK")

    def _send(self, sql: str) -> None:
        with self.raw.cursor() as cursor:
            cursor.execute(sql)

    def _cursor(self) -> Any:
        if not self.in_transaction and not self._reading:
            self._send(f"BEGIN ISOLATION LEVEL REPEATABLE READ; {self._set}")  # a command reads one moment
            self._reading = True
        return self.raw.cursor()

    def _after_failure(self) -> None:
        """A reader goes on after an error, as with SQLite; who writes takes everything back."""
        if self._reading and not self.raw.closed:
            self._reading = False
            self._send("ROLLBACK")

    def execute(self, sql: str, values: Any = (), /) -> Any:
        said = translated(sql, self.quoted)
        cursor = self._cursor()
        given = values if said.places is None else [values[place] for place in said.places] or None
        try:
            cursor.execute(said.sql, given)
        except psycopg2.Error:
            self._after_failure()
            raise
        except ValueError as error:  # a text with a NUL, which no text of PostgreSQL holds
            raise psycopg2.DataError(str(error)) from error
        if said.gives_id:
            return Inserted(cursor.fetchone()[0])
        return cursor

    def stream(self, sql: str) -> Iterator[Any]:
        """The rows of a long list, a few thousand at a time: the server keeps the rest."""
        name = f"long_{next(_NUMBERS)}"
        cursor = self._cursor()
        cursor.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {translated(sql, self.quoted).sql}")
        while True:
            cursor.execute(f"FETCH {FETCHED} FROM {name}")
            rows = cursor.fetchall()
            yield from rows
            if len(rows) < FETCHED:
                cursor.execute(f"CLOSE {name}")
                return

    def executemany(self, sql: str, rows: Iterable[Any], /) -> Any:
        said = translated(sql, self.quoted)
        cursor = self._cursor()
        given = rows if said.places is None else ([row[place] for place in said.places or ()] for row in rows)
        execute_batch(cursor, said.sql, given, page_size=AT_ONCE)
        return cursor

    def insert_rows(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert whole rows, every column given, in their order."""
        if not rows:
            return
        cursor = self._cursor()
        if len(rows) < COPIED or self.ahead:  # COPY asks for every column
            one = f"({','.join(['%s'] * len(rows[0]))})"
            for start in range(0, len(rows), INSERTED):
                some = rows[start : start + INSERTED]
                values = [value for row in some for value in row]
                cursor.execute(f"INSERT INTO {table} VALUES {','.join([one] * len(some))}", values)
            return
        waiting = iter(rows)
        while many := list(islice(waiting, 20_000)):
            cursor.copy_expert(f"COPY {table} FROM STDIN", StringIO("".join(map(_line, many))))

    def close(self) -> None:
        """Take back what is under way, and wait for the command's next one, or end the line."""
        if self.raw.closed:
            return
        if self.kept_as and self.kept_as not in _WAITING:
            with suppress(psycopg2.Error):
                self._send("ROLLBACK; DISCARD TEMP")  # the lists as of a day are this one's alone
                self.in_transaction = self._reading = False
                _WAITING[self.kept_as] = self
                return
        self.raw.close()


_WAITING: dict[str, Connection] = {}


def waiting(address: str) -> Connection | None:
    """Take the connection that waits under an address, if its line still holds."""
    found = _WAITING.pop(address, None)
    if found is None or found.raw.closed:
        return None
    if select([found.raw.fileno()], [], [], 0)[0]:  # it says something unasked: that it goes
        found.raw.close()
        return None
    return found


AWAY: dict[str, Exception] = {}
"""Address → why nobody answered there: a command waits for that once."""


def let_go() -> None:
    """End the lines that wait: the command is done."""
    AWAY.clear()
    while _WAITING:
        _WAITING.popitem()[1].raw.close()


def _line(row: Sequence[Any]) -> str:
    return "\t".join(map(_field, row)) + "\n"


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, str):
        return value.translate(_ESCAPED)
    return str(int(value) if isinstance(value, bool) else value)
