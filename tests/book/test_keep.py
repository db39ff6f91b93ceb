"""Backups come back whole, whatever they are put over."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Matter
from xinfang_cli.errors import Refused, Unusable
from xinfang_cli.office.find import one_case
from xinfang_cli.office.keeping import health
from xinfang_cli.office.keeping.backup import backup
from xinfang_cli.office.keeping.restore import restore
from xinfang_cli.office.session import Session

Make = Callable[..., Matter]
Open = Callable[..., Session]


def set_page_size(path: Path, size: int) -> None:
    """What an earlier version made, or somebody's VACUUM."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")
        conn.execute(f"PRAGMA page_size={size}")
        conn.execute("VACUUM")
        conn.execute("PRAGMA journal_mode=WAL")
        assert conn.execute("PRAGMA page_size").fetchone() == (size,)


def title(at: Session) -> str:
    return str(one_case.show(at, "XF2023-000001", False)["title"])


@pytest.mark.parametrize(("backup_pages", "book_pages"), [(16384, 16384), (16384, 4096), (4096, 16384), (512, 65536)])
def test_a_backup_comes_back_over_a_book_of_other_pages(
    session: Open, case: Make, tmp_path: Path, backup_pages: int, book_pages: int
) -> None:
    case("2023-03-01", title="测试件甲")
    made = backup(session(), tmp_path / "a.bak")
    set_page_size(tmp_path / "a.bak", backup_pages)
    other = session(path=tmp_path / "other.db")
    case("2023-03-01", at=other, title="测试件乙")
    set_page_size(other.path, book_pages)
    with pytest.raises(Refused, match="已经有了"):
        restore(other, tmp_path / "a.bak", force=False)
    assert title(other) == "测试件乙"
    done = restore(other, tmp_path / "a.bak", force=True)
    assert (done.events, done.head) == (made.events, made.head)
    assert title(other) == "测试件甲"
    assert health.check(other).problems == ()
    with closing(sqlite3.connect(other.path)) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert title(session(path=Path(str(done.kept)))) == "测试件乙"
    case("2023-03-02", at=other, title="还能登记")


def test_a_backup_comes_back_over_a_book_that_is_no_more(session: Open, case: Make, tmp_path: Path) -> None:
    case("2023-03-01", title="测试件甲")
    backup(session(), tmp_path / "a.bak")
    for name, left in (("gone.db", None), ("damaged.db", b"SQLite format 3\0" + b"\xff" * 5000)):
        at = Session(tmp_path / name, session().today, "测试员")
        if left is not None:
            at.path.write_bytes(left)
        done = restore(at, tmp_path / "a.bak", force=True)
        assert title(at) == "测试件甲"
        assert (done.kept is None) == (left is None)
        if left is not None:
            assert Path(str(done.kept)).read_bytes() == left


def test_a_damaged_backup_replaces_nothing(session: Open, case: Make, tmp_path: Path) -> None:
    case("2023-03-01", title="测试件甲")
    backup(session(), tmp_path / "a.bak")
    with closing(sqlite3.connect(tmp_path / "a.bak")) as conn, conn:
        conn.execute("UPDATE cases SET title = '改过'")
    with pytest.raises(Unusable, match="不完好"):
        restore(session(), tmp_path / "a.bak", force=True)
    assert title(session()) == "测试件甲"


FORGED = {
    "units": "UPDATE units SET grp = '国企' WHERE name = '甲局'",
    "lists": "INSERT INTO regions VALUES ('无人登记镇', 1)",
    "numbers": "UPDATE serials SET last = 0",
    "undone": "INSERT INTO undone SELECT max(id), max(id) FROM commands",
    "texts": "DELETE FROM texts",
    "cases": "UPDATE clocks SET due_on = '2030-01-01'",
    "schema": "DROP INDEX cases_last",
}


@pytest.mark.parametrize("check", FORGED)
def test_the_doctor_sees_what_the_events_do_not_say(session: Open, case: Make, check: str) -> None:
    case("2023-03-01", ("assign", "2023-03-02", {"to": "甲局"}), title="测试件")
    at = session()
    assert set(health.check(at).book.checks.values()) == {0}
    with closing(sqlite3.connect(at.path)) as conn, conn:
        conn.execute(FORGED[check])
    found = health.check(at)
    assert not found.ok
    assert found.book.checks[check] > 0
    if check in ("units", "numbers", "cases", "schema"):  # what the events prove is written again
        health.rebuild(at)
        assert health.check(at).problems == ()


def test_two_units_that_changed_names_are_told_apart_again(session: Open, case: Make) -> None:
    case("2023-03-01", ("assign", "2023-03-02", {"to": "甲局"}))
    case("2023-03-01", ("assign", "2023-03-02", {"to": "乙局"}))
    at = session()
    with closing(sqlite3.connect(at.path)) as conn, conn:
        for name, other in (("甲局", "丙"), ("乙局", "甲局"), ("丙", "乙局")):
            conn.execute("UPDATE units SET name = ? WHERE name = ?", (other, name))
    assert health.check(at).book.checks["units"] == 2
    health.rebuild(at)
    assert health.check(at).problems == ()
    with at.reading() as book:
        assert book.units.find("甲局").id < book.units.find("乙局").id
