"""The check of a moment: what gives wrong figures is found before they are published."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import Matter
from xinfang_cli.book import checking
from xinfang_cli.book.sqlite import keeping
from xinfang_cli.errors import XinfangError
from xinfang_cli.law.periods import period_of
from xinfang_cli.office.figures import sealing
from xinfang_cli.office.keeping import settings
from xinfang_cli.office.session import Session

DAMAGES = {
    "a due day": "UPDATE clocks SET due_on = '2031-01-01'",
    "a unit": "UPDATE cases SET unit_id = NULL",
    "a case gone": "DELETE FROM clocks; DELETE FROM people; DELETE FROM cases",
    "a serial": "UPDATE serials SET last = 0",
    "an index": "DROP INDEX clocks_guessed",
    "a tail cut": "DROP TRIGGER events_never_go; DELETE FROM events WHERE id = (SELECT max(id) FROM events); "
    "CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
}


def _damage(path: Path, how: str) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(how)


def _glance(at: Session) -> list[str]:
    with at.reading() as book:
        return book.keeping.glance()


@pytest.mark.parametrize("how", DAMAGES.values(), ids=DAMAGES.keys())
def test_nothing_is_published_of_a_damaged_book(case: Callable[..., Matter], how: str) -> None:
    matter = case("2024-06-03")
    matter.assign("2024-06-04")
    at = matter.session
    assert _glance(at) == []
    _damage(at.place.file, how)
    assert _glance(at)
    with pytest.raises(XinfangError) as refused:
        sealing.prepare(at, period_of(date(2024, 6, 1), date(2024, 6, 30)))
    assert refused.value.code in ("damaged", "differs")  # the second count may find it first


def test_the_end_of_a_long_chain_is_walked(case: Callable[..., Matter], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "GLANCED_EVENTS", 2)
    matter = case("2024-06-03")
    for n in range(4):
        matter.do("note", "2024-06-04", text=f"第{n}次")
    assert _glance(matter.session) == []
    with matter.session.reading() as book:
        whole = checking.walk_chain(book.conn)
        assert checking.walk_chain(book.conn, 2) == whole
        assert checking.walk_chain(book.conn, 10_000) == whole


def test_once_a_day_where_something_is_done_daily(case: Callable[..., Matter], tmp_path: Path) -> None:
    from xinfang_cli.office.keeping.daily import after_writing

    matter = case("2024-06-03")
    at = matter.session
    settings.change(at, settings.Wanted("heads_file", str(tmp_path / "链头.csv")))
    _damage(at.place.file, "UPDATE clocks SET due_on = '2031-01-01'")
    later = Session(at.place, at.today, at.actor)  # the next command, on another day
    later.now = lambda: "2099-01-01T00:00:00+00:00"  # type: ignore[method-assign]
    said: list[list[str]] = []
    later.after_writing = lambda at, book: said.append([warned.code for warned in after_writing(at, book)])
    for _ in range(2):
        with later.writing("test") as (book, pen):
            book.units.add_region(pen, f"测试镇{len(said)}", at.today)
    assert ["damaged" in codes for codes in said] == [True, False]
