"""Every SQL text that the book's parts send, caught on its way to SQLite, and each analysed by a PostgreSQL.

`python -m tests.postgres tests/office/test_act.py …` runs those tests and says which of their statements PostgreSQL refuses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xinfang_cli.book
from xinfang_cli.book.postgres import dialect
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.book.sqlite.schema import VERSION, schema_of_version
from xinfang_cli.book.sqlite.text_index import Search

HERE = str(Path(xinfang_cli.book.__file__).parent)
OFFICE = "office"
Texts = dict[str, Any]
"""Each text with the values that it was first sent with."""

ENGINES_OWN = ("PRAGMA", "json_valid", "IS NOT date(", "INSERT INTO head ")
"""What asks an engine about its own, or is its own function there."""


@contextmanager
def recorded() -> Iterator[Texts]:
    """The texts that book/ sends while it lasts, those of book/sqlite left out: an engine has its own."""
    texts: Texts = {}

    def catching(name: str) -> Callable[..., Any]:
        send = getattr(Connection, name)

        def caught(self: Connection, sql: str, *values: Any) -> Any:
            sender = sys._getframe(1).f_code.co_filename
            if sql not in texts and sender.startswith(HERE) and "/sqlite/" not in sender.replace("\\", "/"):
                given = values[0] if values else ()
                if name == "executemany":
                    given = list(given)
                    values = (given,)
                    given = given[0] if given else None
                texts[sql] = given
            return send(self, sql, *values)

        return caught

    with_catching = {name: catching(name) for name in ("execute", "executemany")}
    for name, caught in with_catching.items():
        setattr(Connection, name, caught)
    try:
        yield texts
    finally:
        for name in with_catching:
            delattr(Connection, name)


def make_tables(cursor: Any) -> None:
    """The tables and indexes of this version in a schema of their own; without the text index, which is an engine's."""
    cursor.execute(f"DROP SCHEMA IF EXISTS {OFFICE} CASCADE")
    cursor.execute(f"CREATE SCHEMA {OFFICE}")
    cursor.execute(f"SET search_path = {OFFICE}")
    made = schema_of_version(VERSION)
    waiting = [what.sql for what in made.values() if what.type == "table" and "VIRTUAL" not in what.sql]
    while waiting:  # a table made anew by a later step stands behind those that refer to it
        there = {sql.split("(")[0].split()[2].strip('"') for sql in waiting}
        ready = [sql for sql in waiting if not any(f"REFERENCES {name}(" in sql for name in there - {_name(sql)})]
        for sql in ready:
            cursor.execute(dialect.table(sql))
        waiting = [sql for sql in waiting if sql not in ready]
    cursor.execute("CREATE VIEW house_texts AS SELECT * FROM texts")
    for what in made.values():
        if what.type == "index":
            cursor.execute(what.sql)


def _name(sql: str) -> str:
    return sql.split("(")[0].split()[2].strip('"')


def _portable(sql: str) -> str:
    """The engine's own pieces put out of a list's text."""
    cases, matches, newest = Search.NEWEST_FIRST
    return (
        sql.replace(Search.MATCHING, "SELECT id FROM cases WHERE title = ?")
        .replace(cases, "FROM cases c")
        .replace(matches, "c.title = ?")
        .replace(newest, "c.id DESC")
    )


def refused(cursor: Any, texts: Texts) -> dict[str, str]:
    """The texts that PostgreSQL refuses, each with what it says: tables for a while are made, the others analysed."""
    import psycopg2

    found: dict[str, str] = {}
    for sql, values in texts.items():
        if values is None or any(word in sql for word in ENGINES_OWN):
            continue
        said = dialect.translated(_portable(sql), OFFICE)
        given = values if said.places is None else [values[place] for place in said.places] or None
        doing = "" if said.sql.startswith(("CREATE", "DROP")) else "EXPLAIN "
        cursor.execute("SAVEPOINT one")
        try:
            cursor.execute(doing + said.sql, given)
        except (psycopg2.Error, ValueError) as error:
            cursor.execute("ROLLBACK TO SAVEPOINT one")
            if "already exists" not in str(error):
                found[sql] = f"{error}\n{said.sql}"
        else:
            cursor.execute("RELEASE SAVEPOINT one")
    return found
