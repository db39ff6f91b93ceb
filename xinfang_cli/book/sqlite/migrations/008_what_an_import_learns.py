"""申诉 and 求决 as purposes of their own; the days another system reckoned; what became of an import's lines."""

from __future__ import annotations

import sqlite3

from xinfang_cli.book.sqlite.settling import widen_check


def step(conn: sqlite3.Connection) -> None:
    widen_check(conn, "cases", "kind", "complaint_appeal", "request")
    # The day by which the superior's system wants a clock stopped, as its export said it.
    conn.execute("ALTER TABLE clocks ADD COLUMN outside_due TEXT")
    conn.execute("CREATE INDEX clocks_outside ON clocks(outside_due) WHERE outside_due IS NOT NULL")
    # JSON: words, year, sheet and what else a profile says beside its headings.
    conn.execute("ALTER TABLE mappings ADD COLUMN more TEXT NOT NULL DEFAULT '{}'")
    conn.execute(
        "CREATE TABLE receipts (command_id INTEGER PRIMARY KEY REFERENCES commands(id), body TEXT NOT NULL) STRICT"
    )
