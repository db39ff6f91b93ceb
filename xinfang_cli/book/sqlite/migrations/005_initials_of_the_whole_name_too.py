"""A unit with a short name was found by the initials of that alone."""

from __future__ import annotations

import sqlite3


def step(conn: sqlite3.Connection) -> None:
    named = conn.execute("SELECT id, name, short FROM units WHERE short IS NOT NULL").fetchall()
    if not named:
        return
    from pypinyin import Style, lazy_pinyin

    for id, *names in named:
        letters = ("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower() for name in names)
        conn.execute("UPDATE units SET initials = ? WHERE id = ?", (" ".join(dict.fromkeys(letters)), id))
