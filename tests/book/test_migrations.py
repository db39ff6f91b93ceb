"""A book of an earlier version is brought up to date when it is opened, and is the same book."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Matter
from xinfang_cli.book.schema import VERSION
from xinfang_cli.office import upkeep
from xinfang_cli.office.session import Session


def put_back(path: Path, version: int) -> None:
    """Make a book look as one that a program of that version wrote."""
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE substr(name, 2, 3) > ?", (f"{version:03d}",))
        if version < 2:
            conn.execute("DROP TABLE said")
        if version < 3:
            conn.execute("UPDATE units SET initials = 'cz' WHERE name = '财政局'")
        conn.execute(f"PRAGMA user_version = {version}")


@pytest.mark.parametrize("version", range(1, VERSION))
def test_an_earlier_book_is_brought_up_to_date(
    session: Callable[..., Session], case: Callable[..., Matter], version: int
) -> None:
    at = session()
    upkeep.unit_add(at, "财政局", short="财政")
    upkeep.unit_add(at, "教育局")
    matter = case("2024-03-01", ("assign", "2024-03-02", {"to": "czj"}))
    before = matter.shown(), upkeep.unit_list(at)
    put_back(at.path, version)
    assert (matter.shown(), upkeep.unit_list(at)) == before
    matter.assign("2024-03-03", "教育局")
    assert matter.assign("2024-03-04", "czj").cases[0]["unit"] == "财政局"
    assert upkeep.doctor(at)["problems"] == []
    with closing(sqlite3.connect(at.path)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (VERSION,)
