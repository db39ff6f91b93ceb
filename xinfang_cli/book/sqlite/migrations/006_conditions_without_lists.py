"""A list in an index's condition cost a table of its own with every row that was written."""

from __future__ import annotations

import sqlite3


def step(conn: sqlite3.Connection) -> None:
    columns = {row[1] for row in conn.execute("PRAGMA table_info(clocks)")}
    if "case_unit_id" not in columns:  # of the first day: step 7 makes the table anew
        return
    counted = "(kind = 'dispatch' OR kind = 'acceptance' OR kind = 'completion'"
    for name, what in (
        (
            "clocks_running",
            "clocks(due_on, case_id, kind, unit_id, start_on, owner, stop_on, void) WHERE stop_on IS NULL AND void = 0"
            " AND kind <> 'objection' AND kind <> 'review_window' AND kind <> 'recheck_window' AND kind <> 'rating'",
        ),
        (
            "clocks_due",
            "clocks(kind, due_on, unit_id, case_unit_id, stop_on, first, counted)"
            f" WHERE counted = 1 AND {counted} OR kind = 'rating')",
        ),
        (
            "clocks_stopped",
            "clocks(kind, stop_on, unit_id, case_unit_id, due_on, first, counted)"
            f" WHERE counted = 1 AND stop_on IS NOT NULL AND {counted})",
        ),
    ):
        found = conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        if found is None or found[0] != f"CREATE INDEX {name} ON {what}":
            conn.execute(f"DROP INDEX IF EXISTS {name}")
            conn.execute(f"CREATE INDEX {name} ON {what}")
