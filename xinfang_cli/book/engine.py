"""What the book asks of a storage engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from xinfang_cli.errors import Unusable
from xinfang_cli.records import Place


class Known(NamedTuple):
    """A case of the book: its id and the day it was received (ISO)."""

    id: int
    received_on: str


class NumbersKnown(NamedTuple):
    """Which of some numbers the book knows, by what they are there."""

    ours: dict[str, Known]
    outside: dict[str, Known]
    sheet: dict[str, Known]


Docketed = tuple[int, str, int, int, str | None, bytes | None]
"""id, case_no, year, serial, sheet_no, fingerprint"""


class Lacking(NamedTuple):
    """What a book has that its backup has not: since that one, or, of another book (`same` False), altogether."""

    same: bool
    cases: int
    events: int
    publications: int
    since: str | None
    """The moment of the first of them (UTC)."""


class Restored(NamedTuple):
    """What stands in the place now; where the book that stood there is kept, and what of it the backup had not."""

    events: int
    head: str
    kept: Path | None
    lacking: Lacking | None


class Copy(NamedTuple):
    """A copy of a book: what it holds, up to when (UTC), and whether it was found sound when it was read just now."""

    file: Path
    made_at: str
    cases: int | None
    events: int | None
    last_at: str | None
    head: str | None
    verified: bool
    why: str


class Examined(NamedTuple):
    """What a check of the whole book found. `checks`: how many problems each check found, `mendable`: those that a repair
    mends; `rebuilt`: how many cases were folded again, `differing`: the numbers of those that are stored otherwise (the
    first hundred)."""

    events: int
    head: str
    cases: int
    rebuilt: int
    differing: tuple[str, ...]
    problems: tuple[str, ...]
    checks: dict[str, int]
    mendable: frozenset[str] = frozenset()

    @property
    def ok(self) -> bool:
        return not self.problems


class Cursor(Protocol):
    """The rows of one statement."""

    @property
    def lastrowid(self) -> int | None: ...

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchmany(self, size: int = ..., /) -> list[Any]: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...

    def __next__(self) -> Any: ...


class Conn(Protocol):
    """A connection: statements with `?` or `:name` parameters, one transaction at a time."""

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, sql: str, values: Any = ..., /) -> Cursor: ...

    def executemany(self, sql: str, rows: Iterable[Any], /) -> Cursor: ...

    def insert_rows(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert whole rows, every column given, in their order."""

    def close(self) -> None: ...


class Store(Protocol):
    """An open book as its engine keeps it."""

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the engine's driver raises."""

    @property
    def place(self) -> Place: ...

    @property
    def conn(self) -> Conn: ...

    def begin(self, waits: Callable[[], None] | None) -> None:
        """Take the book for writing; `waits` is called once when another command keeps it for long."""

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def unusable(self, error: Exception) -> Unusable:
        """An error of the driver as one Chinese line that says what to do."""

    def close(self) -> None: ...


class AlreadyThereError(Exception):
    """Another process made the book while this one was still at it."""
