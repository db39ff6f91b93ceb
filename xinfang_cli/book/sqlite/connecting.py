"""The one way to a book's file, encrypted or not."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from xinfang_cli.book.sqlite.connection import Connection


def connect(path: Path | str, options: str = "", **how: Any) -> Connection:
    """The only way to open a book's file; `options` of the URI (mode=ro). Encrypted if a key stands beside it or this
    process works on an encrypted book.
    """
    address = f"{_address(Path(path))}?{options}" if options else str(path)
    how = {**how, "uri": True} if options else how
    if (
        os.path.exists(f"{path}.key")
        or _held()
        or (os.path.islink(path) and os.path.exists(f"{os.path.realpath(path)}.key"))
    ):
        from xinfang_cli.book.sqlite import cipher

        made: Connection = cipher.connect(address, Path(path), **how)
        return made
    return sqlite3.connect(address, factory=Connection, **how)


_AS_IT_IS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~/:")


def _address(path: Path) -> str:
    """As `Path.as_uri`, which loads the parsing of all addresses of the web; a share keeps its two strokes, as SQLite wants."""
    whole = os.fsencode(path.absolute().as_posix())
    quoted = "".join(chr(byte) if byte in _AS_IT_IS else f"%{byte:02X}" for byte in whole)
    return f"file://{quoted}" if quoted.startswith("/") else f"file:///{quoted}"


def _held() -> bool:
    """Whether this process holds a key; what would, is loaded then."""
    keys = sys.modules.get("xinfang_cli.keys")
    return keys is not None and bool(keys.current)


def empty_like(conn: Connection, path: Path, **how: Any) -> Connection:
    """Connect to an empty file, which is to be encrypted if the book of a connection is."""
    return (
        sqlite3.connect(path, factory=Connection, **how)
        if isinstance(conn, sqlite3.Connection)
        else connect(path, **how)
    )


def attach(conn: Connection, path: Path, name: str) -> None:
    """Attach a file made by `empty_like` to its book's connection."""
    if isinstance(conn, sqlite3.Connection):
        conn.execute(f"ATTACH ? AS {name}", (str(path),))
    else:
        from xinfang_cli.book.sqlite import cipher

        cipher.attach(conn, path, name)


def copy(source: Connection, target: Connection, made: Path) -> None:
    """Copy a whole book into an empty one at `made`; from an ordinary one into an encrypted one by its statements."""
    if isinstance(source, sqlite3.Connection) == isinstance(target, sqlite3.Connection):
        source.backup(target)
        return
    from xinfang_cli import keys
    from xinfang_cli.book.sqlite import cipher

    (_, _, file) = source.execute("PRAGMA database_list").fetchone()
    target.close()
    with closing(cipher.opened(Path(file))) as conn:
        cipher.convert(conn, made, keys.current[0] if isinstance(source, sqlite3.Connection) else None)
