"""Lists that somebody keeps under a name: the words after `list`, not what they found."""

from __future__ import annotations

import sqlite3
from json import dumps, loads
from typing import NamedTuple


class View(NamedTuple):
    """A list under a name; `words` as typed, so that days stay relative."""

    name: str
    words: list[str]
    made_by: str


def kept(conn: sqlite3.Connection) -> list[View]:
    """All of them, by name."""
    rows = conn.execute("SELECT name, words, made_by FROM views ORDER BY name")
    return [View(name, loads(words), made_by) for name, words, made_by in rows]


def keep(conn: sqlite3.Connection, view: View) -> bool:
    """Keep a list, in place of one of the same name; whether the name is new."""
    new = conn.execute("SELECT 1 FROM views WHERE name = ?", (view.name,)).fetchone() is None
    words = dumps(view.words, ensure_ascii=False)
    conn.execute("INSERT OR REPLACE INTO views VALUES (?, ?, ?)", (view.name, words, view.made_by))
    return new


def drop(conn: sqlite3.Connection, name: str) -> None:
    conn.execute("DELETE FROM views WHERE name = ?", (name,))
