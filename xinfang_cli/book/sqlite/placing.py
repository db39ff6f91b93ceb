"""A book given its place: nobody reads or writes what was there meanwhile, and no log of another file is taken for its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from xinfang_cli.book.engine import AlreadyThereError, Waits
from xinfang_cli.book.sqlite.connecting import connect
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.files import BESIDE, without_overwriting

BUSY_S = 15.0


def publish_new(made: Path, path: Path) -> None:
    """Give a finished book its name, where none is; AlreadyThereError when another process was first.

    Locked before it has the name: a log that an earlier book of that name left is gone before anybody reads it.
    """
    with closing(connect(made, isolation_level=None)) as conn:
        conn.execute("BEGIN EXCLUSIVE")
        try:
            without_overwriting(made, path)
        except FileExistsError:
            raise AlreadyThereError from None
        clear_beside(path)
        conn.execute("COMMIT")


def publish_over(made: Path, path: Path) -> None:
    """Give a finished copy its name, replacing a book that must not be in use."""
    if not path.exists():
        clear_beside(path)
        made.replace(path)
        return
    with suppress_unreadable(), locked(path):
        made.replace(path)
        clear_beside(path)
    if made.exists():  # what was there is no book
        made.replace(path)
        clear_beside(path)


@contextmanager
def suppress_unreadable() -> Iterator[None]:
    """Ignore files that are no book or not writable: they need no lock."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise OSError(f"正被另一个程序占用（{error}）") from error
    except sqlite3.DatabaseError:
        pass


@contextmanager
def locked(path: Path, waits: Waits | None = None) -> Iterator[Connection]:
    """A book that no other process reads or writes until the end, its write-ahead log folded in."""
    from xinfang_cli.book.sqlite.waiting import take

    with closing(_unshared(path, BUSY_S)) as conn:
        conn.execute("PRAGMA locking_mode=EXCLUSIVE")
        take(conn, "BEGIN EXCLUSIVE", waits, tell_s=1, most_s=BUSY_S + 1)
        conn.execute("COMMIT")  # the lock stays
        fold_log_in(conn)
        yield conn


def fold_log_in(conn: Connection) -> None:
    """Fold the write-ahead log of a book into it and keep the lock, with `locking_mode` EXCLUSIVE."""
    conn.execute("PRAGMA journal_mode=DELETE")
    conn.execute("BEGIN EXCLUSIVE")
    conn.execute("COMMIT")


def _unshared(path: Path, timeout: float) -> Connection:
    return connect(path, timeout=timeout, isolation_level=None)


def clear_beside(path: Path) -> None:
    """Remove the logs beside a place: they belong to a file that is no more."""
    for end in BESIDE:
        Path(f"{path}{end}").unlink(missing_ok=True)


def write_ahead(path: Path) -> None:
    """Switch a placed book to a write-ahead log, except on a share; if another process has it open, that one does."""
    from xinfang_cli.book.sqlite.network import share_of

    if share_of(path):
        return
    with suppress(sqlite3.OperationalError), closing(connect(path, timeout=1)) as conn:
        conn.execute("PRAGMA journal_mode=WAL")
