"""An office of an earlier version brought to this one's, and what the server's own parts should be put back to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2

from xinfang_cli.book.engine import Store, Upgrade, Waits
from xinfang_cli.book.postgres import schema
from xinfang_cli.book.postgres.opening import PostgresStore, connect, meta_of, unusable
from xinfang_cli.errors import Unusable

if TYPE_CHECKING:
    from xinfang_cli.book.place import Place
    from xinfang_cli.book.postgres.connection import Connection

STEPS = Path(__file__).with_name("migrations")


def steps_after(version: int) -> list[tuple[int, Path]]:
    """(number, file) of every step that an office of a version has not had."""
    found = [(int(file.name[:3]), file) for file in sorted(STEPS.glob("[0-9]*_*.*")) if file.suffix in (".sql", ".py")]
    return [(number, file) for number, file in found if number > version]


def what_it_does(file: Path) -> str:
    """The sentence with which a step begins."""
    return file.read_text("utf-8").partition("\n")[0].lstrip("-# ").strip()


def _run(conn: Connection, file: Path) -> None:
    if file.suffix == ".py":
        import_module(f"xinfang_cli.book.postgres.migrations.{file.stem}").step(conn)
        return
    with conn.raw.cursor() as cursor:
        cursor.execute(file.read_text("utf-8"))


def standing(conn: Connection) -> Upgrade:
    """Plan the upgrade of the office to this version; Unusable if impossible, or for this login."""
    there, _ = meta_of(conn)
    here = schema.version()
    if there > here:
        raise Unusable(
            f"服务器上的案件簿是第 {there} 版，比本程序（第 {here} 版）新",
            "请升级本程序：pip install -U 'xinfang[server]'",
            code="newer",
        )
    if not conn.execute(
        "SELECT pg_has_role(session_user, nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = ?", (conn.office,)
    ).fetchone()[0]:
        raise Unusable("只有管理员能升级案件簿，没有升级", "请管理员用自己的登录名做", code="permission")
    steps = steps_after(there)
    if [number for number, _ in steps] != list(range(there + 1, here + 1)):
        raise Unusable(
            f"服务器上的案件簿是第 {there} 版，本程序没有从它升级的步骤",
            "请用当时的程序把它搬到文件（⟦move⟧），用现在的程序打开一次，再搬回服务器",
            code="schema",
        )
    anew = there < schema.rebuilt_at()
    again = () if steps else tuple(schema.otherwise(conn))
    return Upgrade(there, here, tuple(what_it_does(file) for _, file in steps), again, anew, schema.oldest())


def plan(place: Place) -> Upgrade:
    """Plan an upgrade; nothing is written."""
    conn = connect(place)
    try:
        return standing(conn)
    except psycopg2.Error as error:
        raise unusable(error, place) from error
    finally:
        conn.close()


@contextmanager
def upgrading(
    place: Place,
    refill: Callable[[Store], object],
    waits: Waits | None,
    allow: Callable[[Connection], None],
) -> Iterator[Store]:
    """The office at this version, nobody else writing, before it is kept: what goes wrong meanwhile leaves it as it was."""
    conn = connect(place)
    store = PostgresStore(place, conn)
    try:
        store.begin(waits)
        conn.execute("SET LOCAL statement_timeout = 0")
        found = standing(conn)  # another may have been first
        for _, file in steps_after(found.there):
            _run(conn, file)
        settle(conn)
        if found.rewrites:
            refill(store)
        conn.execute("ALTER TABLE meta ADD COLUMN IF NOT EXISTS oldest integer")
        conn.execute("UPDATE meta SET version = ?, oldest = ?", (found.here, found.oldest))
        allow(conn)
        yield store
        store.commit()
    except psycopg2.Error as error:
        raise store.unusable(error) from error
    finally:
        if conn.in_transaction:
            conn.rollback()
        conn.close()


def settle(conn: Connection) -> None:
    """Make functions, triggers, views and indexes as this version has them, whatever they are now."""
    there = {
        row[0]
        for row in conn.execute("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace")
    }
    with conn.raw.cursor() as cursor:
        for sql in schema.statements(conn.quoted):
            for one in re.split(r"\n(?=CREATE |INSERT |--)", sql):
                made = re.match(r"\s*CREATE (?:UNIQUE )?(\w+) (?:IF NOT EXISTS )?(\w+)(?: .*? ON (\w+))?", one)
                if made is None:
                    continue
                kind, name, table = made.groups()
                if kind in ("FUNCTION", "TRIGGER", "VIEW"):
                    cursor.execute(re.sub(r"\bCREATE (?=FUNCTION|TRIGGER|VIEW)", "CREATE OR REPLACE ", one, count=1))
                    if kind == "TRIGGER":
                        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
                elif kind == "INDEX" and name not in there:
                    cursor.execute(one)
