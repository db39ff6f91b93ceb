"""A book's file that goes elsewhere, or comes from there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from xinfang_cli.book.engine import Store, Waits
from xinfang_cli.book.sqlite.connecting import connect
from xinfang_cli.book.sqlite.opening import SQLiteStore, new_store, unusable
from xinfang_cli.book.sqlite.placing import clear_beside, locked
from xinfang_cli.book.sqlite.schema import MOVED_ID
from xinfang_cli.files import placed


@contextmanager
def arriving(path: Path) -> Iterator[Store]:
    """A new file to be filled; placed whole when that went well."""
    with new_store(path) as store:
        yield store


@contextmanager
def leaving(path: Path, waits: Waits | None) -> Iterator[tuple[Store, Callable[[str], str]]]:
    """A file that nobody else reads or writes meanwhile. Closed, it stands under another name, and in its place a notice
    where it went: no command takes that for a book, or begins a new one there."""
    real = path.resolve()
    try:
        with locked(real, waits) as conn:

            def close(where: str) -> str:
                kept = _kept_as(real)
                with (
                    placed(real, publish=lambda made, _: _change(made, real, kept, conn)) as made,
                    closing(connect(made, isolation_level=None)) as notice,
                ):
                    notice.execute(f"PRAGMA application_id={MOVED_ID}")
                    notice.execute("CREATE TABLE moved (where_to TEXT NOT NULL)")
                    notice.execute("INSERT INTO moved VALUES (?)", (where,))
                beside = real.with_name(f"{real.name}.files")
                if beside.is_dir():
                    beside.rename(kept.with_name(f"{kept.name}.files"))
                return str(kept)

            yield SQLiteStore(real, conn), close
    except sqlite3.Error as error:
        raise unusable(error, path) from error


def _kept_as(path: Path) -> Path:
    kept, n = path.with_name(f"{path.stem}.moved{path.suffix}"), 2
    while kept.exists():
        kept, n = path.with_name(f"{path.stem}.moved-{n}{path.suffix}"), n + 1
    return kept


def _change(made: Path, real: Path, kept: Path, conn: sqlite3.Connection) -> None:
    """At every moment one of the two stands under the book's name."""
    if os.name != "posix":  # what is open has no other name there
        conn.close()
    try:
        os.link(real, kept)
    except OSError:  # a disk without hard links
        from shutil import copyfile

        with placed(kept) as copy:
            copyfile(real, copy)
    made.replace(real)
    clear_beside(real)
