"""Encrypted books: SQLCipher under the same connection; loaded only where a key stands beside a file, or is held."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from xinfang_cli import keys
from xinfang_cli.book.sqlite.connection import Connection, ManyRows

try:
    from sqlcipher3 import dbapi2
except ImportError:
    raise keys.not_installed("sqlcipher3") from None

PLAIN = b"SQLite format 3\0"
PAGE_SIZE = 16 * 1024
_SAME = {
    name: getattr(sqlite3, name)
    for name in (
        *("Warning", "Error", "InterfaceError", "DatabaseError", "DataError", "OperationalError", "IntegrityError"),
        *("InternalError", "ProgrammingError", "NotSupportedError"),
    )
}


def _as_usual(error: Exception) -> Exception:
    """An error of this library as its sqlite3 counterpart, the type expected by the engine."""
    made: Exception = _SAME.get(type(error).__name__, sqlite3.DatabaseError)(*error.args)
    made.__dict__.update(error.__dict__)
    return made


class Cursor(dbapi2.Cursor):  # type: ignore[misc, unused-ignore]
    """sqlcipher3's, with the errors of sqlite3."""

    def execute(self, *given: Any) -> Any:
        try:
            return super().execute(*given)
        except dbapi2.Error as error:
            raise _as_usual(error) from error

    def executemany(self, *given: Any) -> Any:
        try:
            return super().executemany(*given)
        except dbapi2.Error as error:
            raise _as_usual(error) from error

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except dbapi2.Error as error:
            raise _as_usual(error) from error

    def fetchmany(self, *given: Any) -> Any:
        try:
            return super().fetchmany(*given)
        except dbapi2.Error as error:
            raise _as_usual(error) from error

    def fetchall(self) -> Any:
        try:
            return super().fetchall()
        except dbapi2.Error as error:
            raise _as_usual(error) from error

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except dbapi2.Error as error:
            raise _as_usual(error) from error


class EncryptedConnection(ManyRows, dbapi2.Connection):  # type: ignore[misc, unused-ignore]
    """sqlcipher3's connection, used like ours."""

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, values: Any = (), /) -> Any:
        return self.cursor().execute(sql, values)

    def executemany(self, sql: str, rows: Any, /) -> Any:
        return self.cursor().executemany(sql, rows)

    def commit(self) -> None:
        try:
            super().commit()
        except dbapi2.Error as error:
            raise _as_usual(error) from error

    def backup(self, target: Any, **how: Any) -> None:
        try:
            super().backup(target, **how)
        except dbapi2.Error as error:
            raise _as_usual(error) from error


def is_plain(path: Path) -> bool:
    """Whether a file is an ordinary SQLite database."""
    try:
        with path.open("rb") as file:
            return file.read(len(PLAIN)) == PLAIN
    except OSError:
        return False


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def connect(address: str, path: Path, **how: Any) -> Any:
    """A connection to a file, with the key of the encrypted book at its place, if any."""
    if is_plain(path) or not (keys.current or _size(path)):
        return sqlite3.connect(address, factory=Connection, **how)
    return _connect(address, _key_of(path), **how)


def _key_of(path: Path) -> bytes:
    if _size(path) and keys.beside(path).exists():
        return keys.unlock(path)
    return keys.current[0]


def _connect(address: str, key: bytes | None, **how: Any) -> Any:
    try:
        conn = dbapi2.connect(address, factory=EncryptedConnection, **how)
    except dbapi2.Error as error:
        raise _as_usual(error) from error
    conn.execute("PRAGMA cipher_log_level=NONE")
    if key is not None:
        conn.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        conn.execute(f"PRAGMA cipher_page_size={PAGE_SIZE}")
    return conn


def attach(conn: Any, path: Path, name: str) -> None:
    """Attach an encrypted file, which is read at once: its pages have not the size that the library takes for granted."""
    conn.execute(f"PRAGMA cipher_default_page_size={PAGE_SIZE}")
    conn.execute(f"ATTACH ? AS {name} KEY \"x'{_key_of(path).hex()}'\"", (str(path),))


def convert(conn: Any, target: Path, key: bytes | None) -> None:
    """Write a whole book, open in this library, into an empty file: encrypted with the key, or, without one, as an ordinary
    one."""
    said = "''" if key is None else f"\"x'{key.hex()}'\""
    conn.execute(f"ATTACH ? AS made KEY {said}", (str(target),))
    pragma = "page_size" if key is None else "cipher_page_size"
    conn.execute(f"PRAGMA made.{pragma}={PAGE_SIZE}")
    conn.execute("SELECT sqlcipher_export('made')").fetchone()
    for pragma in ("user_version", "application_id"):
        (value,) = conn.execute(f"PRAGMA main.{pragma}").fetchone()
        conn.execute(f"PRAGMA made.{pragma}={value}")
    conn.execute("DETACH made")


def opened(path: Path) -> Any:
    """A connection of this library to an ordinary file or to an encrypted one."""
    return _connect(str(path), None if is_plain(path) else _key_of(path), isolation_level=None)


def tables(conn: Any) -> dict[str, str]:
    """Table → SHA-256 of its rows, to compare a book with its copy; of sqlite_master what everything is made of."""
    from hashlib import sha256

    schema = conn.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    found = {"sqlite_master": sha256(repr(schema).encode()).hexdigest()}
    for type, name, _, sql in schema:
        if type != "table" or sql.startswith("CREATE VIRTUAL"):
            continue
        digest = sha256()
        width = len(conn.execute(f'PRAGMA table_info("{name}")').fetchall())
        for row in conn.execute(f'SELECT * FROM "{name}" ORDER BY {",".join(str(n + 1) for n in range(width))}'):
            digest.update(repr(row).encode())
        found[name] = digest.hexdigest()
    return found
