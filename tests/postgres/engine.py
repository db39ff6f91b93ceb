"""The suite on PostgreSQL: `XINFANG_TEST_ENGINE=postgres` lets every book that a test names by a file be an office on a server.

Beside the file's name stands a small file that says which office it is, so that a test may copy, move and remove the book;
a book that a fixture brings as a SQLite file is carried over when it is first opened.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.postgres import server
from xinfang_cli.book import face, postgres
from xinfang_cli.book.engine import AlreadyThereError, Store
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres import connection, opening, schema
from xinfang_cli.errors import Unusable

MARK = b"office "
folder: Path | None = None


def address(office: str) -> Place:
    return Place(Path(), f"postgresql:///postgres?host={folder}&user={server.USER}&office={office}")


def _office_in(file: Path) -> str | None:
    found = file.read_bytes()[:64]
    return found.removeprefix(MARK).split(b"\n")[0].decode() if found.startswith(MARK) else None


def _told(file: Path, office: str) -> bytes:
    return MARK + f"{office}\n{file.resolve()}".encode()


def _new() -> str:
    return f"o{uuid.uuid4().hex[:12]}"


def _made(conn: connection.Connection, fill: Callable[[Any], None]) -> None:
    with conn.raw.cursor() as cursor:
        cursor.execute("BEGIN")
        schema.make(conn.raw, conn.quoted)
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no references: rows as they are
        fill(cursor)
        cursor.execute("COMMIT")


def _tables(cursor: Any, office: str) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", (office,))
    return [row[0] for row in cursor.fetchall()]


def _carried_over(file: Path) -> str:
    """A SQLite book made an office: by the engine's own bulk."""
    from xinfang_cli.book.sqlite import opening as files

    files.open_store(file, face._refill).close()  # of this version
    office = _new()
    conn = opening.connect(address(office))
    with closing(sqlite3.connect(file)) as old, closing(conn):

        def fill(cursor: Any) -> None:
            cursor.execute("DELETE FROM head")
            there = {row[0] for row in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table in _tables(cursor, office):
                if table in there and table != "search":
                    rows = old.execute(f"SELECT * FROM {table}").fetchall()
                    if rows:
                        marks = ",".join(["%s"] * len(rows[0]))
                        cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

        _made(conn, fill)
        book = face.Book(opening.PostgresStore(address(office), conn))
        conn.begin()
        book.search.rebuild()
        conn.commit()
    return office


def _copied(source: str) -> str:
    office = _new()
    conn = opening.connect(address(office))
    with closing(conn):

        def fill(cursor: Any) -> None:
            cursor.execute("DELETE FROM head; DELETE FROM meta")
            for table in _tables(cursor, office):
                cursor.execute(f"INSERT INTO {table} SELECT * FROM {source}.{table}")

        _made(conn, fill)
    return office


def _place(file: Path) -> Place:
    office = _office_in(file)
    if office is None:
        office = _carried_over(file)
        file.write_bytes(_told(file, office))
    elif file.read_bytes() != _told(file, office):
        office = _copied(office)
        file.write_bytes(_told(file, office))
    return address(office)


class _Store(opening.PostgresStore):
    def __init__(self, place: Place, conn: Any) -> None:
        super().__init__(place, conn)


def open_store(place: Place, refill: Any, aside: Any = None) -> Store:
    if not place.file.exists():
        raise Unusable(
            f"案件簿 {place.file} 不存在",
            "先登记第一件（xinfang add）或导入台账（xinfang import），会自动建立",
            code="no_file",
        )
    store = opening.open_store(_place(place.file))
    store.place = place  # type: ignore[misc]
    return store


@contextmanager
def new_store(place: Place) -> Iterator[Store]:
    if place.file.exists():
        raise AlreadyThereError
    office = _new()
    with opening.new_store(address(office)) as store:
        store.place = place  # type: ignore[misc]
        yield store
    place.file.parent.mkdir(parents=True, exist_ok=True)
    place.file.write_bytes(_told(place.file, office))


def setting(place: Place, key: str) -> str | None:
    return opening.peek_setting(_place(place.file), key) if place.file.is_file() else None


class Engine:
    """book.postgres, its offices named by files."""

    open_store = staticmethod(open_store)
    new_store = staticmethod(new_store)
    exists = staticmethod(lambda place: place.file.exists())
    setting = staticmethod(setting)

    def __getattr__(self, name: str) -> Any:
        return getattr(postgres, name)


@contextmanager
def everywhere() -> Iterator[None]:
    """Books are offices of a server while it lasts."""
    global folder
    with server.running() as folder:
        before = face.engine_of
        face.engine_of = lambda place: Engine()
        try:
            yield
        finally:
            face.engine_of = before
