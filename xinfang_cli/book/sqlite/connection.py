"""A SQLite connection as the book uses it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

AT_ONCE = 100
"""Rows a statement: handed over one by one (`executemany`) they cost half as much again. More save nothing."""

# Of every value that is no number and no text, sqlite3 asks whether it can be adapted, and finds out by an exception.
# For nothing and for bytes it is told here that they stay what they are: writing many rows takes a quarter less.
sqlite3.register_adapter(type(None), {}.get)  # type: ignore[arg-type]
sqlite3.register_adapter(bytes, bytes)


class ManyRows:
    """Many rows into a table at once."""

    if TYPE_CHECKING:

        def execute(self, sql: str, values: Any = ..., /) -> Any: ...

        def executemany(self, sql: str, rows: Any, /) -> Any: ...

    def stream(self, sql: str) -> Iterator[Any]:
        """The rows of a long list; none is read before it is asked for."""
        return self.execute(sql)  # type: ignore[no-any-return]

    def insert_rows(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert whole rows, every column given, in their order."""
        rest = len(rows) % AT_ONCE
        for start in range(0, len(rows) - rest, AT_ONCE):
            values = tuple(chain.from_iterable(rows[start : start + AT_ONCE]))
            self.execute(_statement(table, len(rows[0]), AT_ONCE), values)
        if rest:
            self.executemany(_statement(table, len(rows[0]), 1), rows[-rest:])


class Connection(sqlite3.Connection, ManyRows):
    """sqlite3's, and many rows into a table at once."""


@cache
def _statement(table: str, width: int, rows: int) -> str:
    one = f"({','.join('?' * width)})"
    return f"INSERT INTO {table} VALUES {','.join([one] * rows)}"
