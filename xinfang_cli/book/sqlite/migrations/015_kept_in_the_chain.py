"""What no event said of itself is said by one: the numbers of cases, lists and profiles kept, receipts, numbers spent."""

from __future__ import annotations

import sqlite3

from xinfang_cli.book.sqlite.settling import widen_check


def step(conn: sqlite3.Connection) -> None:
    widen_check(conn, "events", "kind", "kept")
