"""Keeping the book: backups."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from xinfang_cli.book import ledger


def backup(conn: sqlite3.Connection, target: Path) -> tuple[int, str]:
    """Copy the book as it stands, through SQLite's backup API; (number of events, head) of the copy.

    Readable by its owner only. Appears under its name when it is whole; OSError or sqlite3.Error when it cannot.
    """
    made = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        copy = sqlite3.connect(made)
        try:
            conn.backup(copy)
            found = ledger.head(copy)
        finally:
            copy.close()
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)
    return found
