"""Waiting for a book that another command has: as long as anyone waits, or as long as that one said it will take."""

from __future__ import annotations

import sqlite3
from time import monotonic
from typing import TYPE_CHECKING

from xinfang_cli.book.sqlite.connection import Connection

if TYPE_CHECKING:
    from xinfang_cli.book.engine import Waits

SLICE_S = 1.0
"""So long Ctrl+C waits for SQLite."""


def take(conn: Connection, statement: str, waits: Waits | None, *, tell_s: float, most_s: float) -> None:
    """Begin a transaction; after `tell_s` another command's is waited for until `most_s` have passed, or later where its
    writer said so. sqlite3.OperationalError when the book is not to be had."""
    try:
        _try(conn, statement, min(tell_s, most_s))
        return
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) or most_s <= tell_s:
            raise
    asked, ends = True, monotonic() + most_s - tell_s
    while True:
        if waits is not None:
            ends, asked = max(ends, monotonic() + waits(asked)), False
        left = ends - monotonic()
        try:
            _try(conn, statement, max(0.0, min(SLICE_S, left)))
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or left <= 0:
                raise


def _try(conn: Connection, statement: str, seconds: float) -> None:
    conn.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
    conn.execute(statement)
