"""A book's file encrypted, or written as an ordinary one again: beside it first, checked, then in its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from xinfang_cli import keys
from xinfang_cli.book.sqlite import cipher
from xinfang_cli.book.sqlite.opening import SQLiteStore, making, open_store, unusable
from xinfang_cli.book.sqlite.placing import BUSY_S, clear_beside, fold_log_in, write_ahead
from xinfang_cli.errors import Unusable
from xinfang_cli.files import placed

Check = Callable[[SQLiteStore], None]


def encrypt(path: Path, file: keys.KeyFile | None, key: bytes, check: Check) -> None:
    """Put an encrypted book in the place of an ordinary one, its key beside it first; what stood in the old file is
    overwritten. Killed at any moment, one of the two stands there whole."""
    with making(path), _alone(path) as conn:
        if file is not None:
            keys.write(Path(f"{path.resolve()}{keys.END}"), file)
        keys.hold(key)
        _replace(path, conn, key, check)


def decrypt(path: Path, check: Check) -> None:
    """Put an ordinary book in the place of an encrypted one; the key stays beside it, for the copies that need it."""
    with making(path), _alone(path) as conn:
        _replace(path, conn, None, check)


@contextmanager
def _alone(path: Path) -> Iterator[Any]:
    """The book in this library's hands, and in nobody else's."""
    try:
        with closing(cipher.opened(path)) as conn:
            conn.execute(f"PRAGMA busy_timeout={int(BUSY_S * 1000)}")
            conn.execute("PRAGMA locking_mode=EXCLUSIVE")
            conn.execute("BEGIN EXCLUSIVE")
            conn.execute("COMMIT")  # the lock stays
            fold_log_in(conn)
            yield conn
    except sqlite3.Error as error:
        raise unusable(error, path) from error


def _replace(path: Path, conn: Any, key: bytes | None, check: Check) -> None:
    real = path.resolve()

    def publish(made: Path, _: Path) -> None:
        if os.name != "posix":  # what is open cannot be replaced there, nor overwritten afterwards
            conn.close()
            made.replace(real)
            clear_beside(real)
            return
        with real.open("r+b") as old:
            made.replace(real)
            clear_beside(real)
            _overwrite(old.fileno())

    with placed(real, publish=publish) as made:
        cipher.convert(conn, made, key)
        with closing(cipher.opened(made)) as copy:
            if cipher.tables(copy) != cipher.tables(conn):
                raise Unusable(f"案件簿 {path} 写完再读，与原件不符，没有换", "请检查磁盘，看 ⟦doctor⟧", code="copy")
        with closing(open_store(made, _never)) as store:
            check(store)
            store.conn.execute("PRAGMA journal_mode=DELETE")
    conn.close()
    write_ahead(real)


def _never(_: SQLiteStore) -> None:
    """Both are of this version."""


def _overwrite(handle: int) -> None:
    left = os.fstat(handle).st_size
    os.lseek(handle, 0, os.SEEK_SET)
    while left > 0:
        left -= os.write(handle, bytes(min(left, 1 << 20)))
    os.fsync(handle)
