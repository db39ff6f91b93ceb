"""Personal and free text of cases that ended long ago may go; that it went is an event of the office."""

from __future__ import annotations

import sqlite3

from xinfang_cli.book.sqlite.settling import widen_check


def step(conn: sqlite3.Connection) -> None:
    widen_check(conn, "events", "kind", "purge")
