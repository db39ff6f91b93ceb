"""Two units on one matter, 回避, who is not the accused, what was looked up; 三跨三分离 as the case has it."""

from __future__ import annotations

import sqlite3

from xinfang_cli.book.sqlite.settling import widen_check


def step(conn: sqlite3.Connection) -> None:
    widen_check(conn, "events", "kind", "co_handle", "recuse", "not_the_accused", "access")
    # JSON: the units that answer beside the leading one, by the ids that were said.
    conn.execute("ALTER TABLE cases ADD COLUMN co_units TEXT")
    # Words of terms.CROSSING with commas between.
    conn.execute("ALTER TABLE cases ADD COLUMN crossing TEXT")
    conn.execute("CREATE INDEX cases_crossing ON cases(crossing) WHERE crossing IS NOT NULL")
    conn.execute("CREATE INDEX events_hearing ON events(case_id) WHERE kind = 'hearing'")
