"""The book's tables, made and changed only by the frozen steps in migrations/, through sqlite_utils.migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xinfang_cli.book.sqlite.settling import Schema

VERSION = 18
"""The number of the last step."""
REBUILT_AT = 18
"""The last version that moved rows which are made from the events, or the law that makes them: in an older book they are
written again when it is opened."""
APPLICATION_ID = 0x58464231  # "XFB1"
MOVED_ID = APPLICATION_ID + 1
"""Of the notice that stands where a book was that went to a server."""
STEPS = Path(__file__).with_name("migrations")


def steps() -> list[tuple[str, Callable[[sqlite3.Connection], None]]]:
    """(name, what it does) of every step, in order."""
    from functools import partial
    from importlib import import_module

    found: list[tuple[str, Callable[[sqlite3.Connection], None]]] = []
    for file in sorted(STEPS.glob("[0-9]*_*.*")):
        if file.suffix == ".sql":
            found.append((file.stem, partial(run_script, script=file.read_text("utf-8"))))
        elif file.suffix == ".py":
            found.append((file.stem, import_module(f"xinfang_cli.book.sqlite.migrations.{file.stem}").step))
    return found


def migrate(conn: sqlite3.Connection) -> None:
    """Run the steps that a book has not had yet; inside the caller's transaction, foreign keys off."""
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    known = Migrations("xinfang")
    for name, step in steps():
        known(name=f"m{name}")(_on_connection(step))
    known.apply(sqlite_utils.Database(conn))
    conn.execute(f"PRAGMA user_version={VERSION}")


def _on_connection(step: Callable[[sqlite3.Connection], None]) -> Callable[[Any], None]:
    def run(db: Any) -> None:
        step(db.conn)

    return run


@cache
def schema_of_version(version: int) -> Schema:
    """The schema of a book of that version."""
    from xinfang_cli.book.sqlite.settling import schema_in

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        for _, step in steps()[:version]:
            step(conn)
        return MappingProxyType(schema_in(conn))


def run_script(conn: sqlite3.Connection, script: str) -> None:
    """Run statements one by one inside the caller's transaction (executescript would commit it)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            conn.execute(statement)
            statement = ""
