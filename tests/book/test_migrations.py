"""A book of an earlier version is brought up to date when it is opened, and is the same book."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from tests.conftest import Matter
from xinfang_cli.book.schema import VERSION
from xinfang_cli.office import upkeep
from xinfang_cli.office.session import Session


def test_initials_of_a_book_that_kept_those_of_the_short_name_only(
    session: Callable[..., Session], case: Callable[..., Matter]
) -> None:
    at = session()
    upkeep.unit_add(at, "财政局", short="财政")
    upkeep.unit_add(at, "教育局")
    matter = case("2024-03-01", ("assign", "2024-03-02", {"to": "czj"}))
    before = matter.shown(), upkeep.unit_list(at)
    with closing(sqlite3.connect(at.path)) as conn, conn:
        conn.execute("UPDATE units SET initials = 'cz' WHERE name = '财政局'")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm005%'")
        conn.execute("PRAGMA user_version = 4")
    assert (matter.shown(), upkeep.unit_list(at)) == before
    matter.assign("2024-03-03", "教育局")
    assert matter.assign("2024-03-04", "czj").cases[0]["unit"] == "财政局"
    assert upkeep.doctor(at)["problems"] == []
    with closing(sqlite3.connect(at.path)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (VERSION,)
