"""Several files collected at once: each event knows its own file, and undo takes all of them back together."""

from __future__ import annotations

import sqlite3


def step(conn: sqlite3.Connection) -> None:
    # Two programs brought the column under other names of their step.
    if "part_of" not in {row[1] for row in conn.execute("PRAGMA table_info(commands)")}:
        conn.execute("ALTER TABLE commands ADD COLUMN part_of INTEGER REFERENCES commands(id)")
