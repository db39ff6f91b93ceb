"""Tables changed while their rows stay, and a book brought to the form that its version has."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from functools import cache

from xinfang_cli.frozen import NamedTuple

DERIVED = ("cases", "people", "clocks", "backlog", "search")
"""Tables that are made again from the events: where their columns change they are made empty."""


BEHIND = ("_sqlite_migrations", *(f"search_{part}" for part in ("data", "idx", "docsize", "config")))
"""Tables of the libraries."""


class Object(NamedTuple):
    """A table, index or trigger as sqlite_master has it."""

    type: str
    table: str
    sql: str


Schema = Mapping[str, Object]


def schema_in(conn: sqlite3.Connection) -> dict[str, Object]:
    """A book's schema by name, without SQLite's own tables and those of the libraries. Nothing else hides behind such a
    name: SQLite lets nobody make it, and does not look twice where somebody wrote it."""
    rows = conn.execute(
        "SELECT name, type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL "
        "AND NOT (type = 'table' AND (name GLOB 'sqlite_stat[1-4]' OR name = 'sqlite_sequence')) "
        f"AND NOT (type = 'table' AND name IN ({','.join('?' * len(BEHIND))})) "
        "AND NOT (type = 'index' AND tbl_name = '_sqlite_migrations') ORDER BY rowid",
        BEHIND,
    )
    return {name: Object(type, table, sql) for name, type, table, sql in rows}


@cache
def plain(sql: str) -> str:
    """A statement normalised: no comments, no quotes around names, no spare blanks; SQLite rewrites statements so after
    a rename.
    """
    said = re.sub(r"--[^\n]*", " ", sql).replace('"', "")
    said = re.sub(r"\s+", " ", said)
    return re.sub(r" ?([(),]) ?", r"\1", said).strip()


def differences(conn: sqlite3.Connection, wanted: Schema) -> list[tuple[str, str]]:
    """(name, `missing`, `other` or `extra`) of what is not as it should be."""
    there = schema_in(conn)
    found = [
        (name, "other" if name in there else "missing")
        for name, what in wanted.items()
        if name not in there or plain(there[name].sql) != plain(what.sql)
    ]
    return found + [(name, "extra") for name in there if name not in wanted]


def settle(conn: sqlite3.Connection, wanted: Schema, *, copying: bool = True) -> list[str]:
    """Make every missing or differing part of the wanted schema; returns their names. Foreign parts stay.

    The caller refills remade DERIVED tables. Without `copying`, a differing table of the record stays as it is.
    """
    changed = [name for name, how in differences(conn, wanted) if how != "extra"]
    there = schema_in(conn)
    for name in changed:
        what = wanted[name]
        if what.type != "table":
            continue
        if name not in there or name in DERIVED:
            conn.execute(f"DROP TABLE IF EXISTS {name}")
            conn.execute(what.sql)
        elif copying:
            copy_table(conn, name, what.sql)
    for name, what in wanted.items():
        if what.type == "table":
            continue
        kept = conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        if kept is None or plain(kept[0]) != plain(what.sql):
            conn.execute(f"DROP {what.type} IF EXISTS {name}")
            conn.execute(what.sql)
    return changed


def rebuild_table(conn: sqlite3.Connection, name: str, sql: str) -> None:
    """Give a table another definition (`CREATE TABLE name …`), its rows, indexes and triggers kept.

    For what ALTER TABLE cannot do, such as a CHECK that takes another word. A column that is new gets its default.
    """
    others = conn.execute(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type <> 'table' AND sql IS NOT NULL ORDER BY rowid",
        (name,),
    ).fetchall()
    copy_table(conn, name, sql)
    for (statement,) in others:
        conn.execute(statement)


def widen_check(conn: sqlite3.Connection, table: str, column: str, *words: str) -> None:
    """Let a column's CHECK, a chain of `column = 'word'`, take further words; a word that it takes already stays as it is."""
    (sql,) = conn.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    found = re.search(rf"CHECK \({column} = [^)]*", sql)
    if found is None:
        raise ValueError(f"{table}.{column} has no chain of words")
    new = [word for word in words if f"{column} = '{word}'" not in found.group()]
    if new:
        chain = found.group() + "".join(f" OR {column} = '{word}'" for word in new)
        rebuild_table(conn, table, sql[: found.start()] + chain + sql[found.end() :])


def copy_table(conn: sqlite3.Connection, name: str, sql: str) -> None:
    """`rebuild_table` without the indexes and triggers. References to the table stay: foreign keys are off meanwhile."""
    made = f"new_{name}"
    conn.execute(re.sub(rf'^(CREATE TABLE )"?{name}"?', rf"\g<1>{made}", sql, count=1))
    old, new = ([row[1] for row in conn.execute(f"PRAGMA table_info({table})").fetchall()] for table in (name, made))
    shared = ", ".join(column for column in new if column in old)
    conn.execute(f"INSERT INTO {made}({shared}) SELECT {shared} FROM {name}")
    conn.execute(f"DROP TABLE {name}")
    conn.execute(f"ALTER TABLE {made} RENAME TO {name}")
