"""A book of an earlier version is brought up to date when it is opened, and is the same book."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from tests.conftest import Matter
from xinfang_cli.book.counting import Counting
from xinfang_cli.book.sql.predicates import running
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.book.sqlite.schema import VERSION
from xinfang_cli.law import terms
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.terms import WINDOWS
from xinfang_cli.office.find import morning
from xinfang_cli.office.keeping import health, units
from xinfang_cli.office.session import Session


def test_initials_of_a_book_that_kept_those_of_the_short_name_only(
    session: Callable[..., Session], case: Callable[..., Matter]
) -> None:
    at = session()
    units.add(at, units.NewUnit("财政局", short="财政"))
    units.add(at, units.NewUnit("教育局"))
    matter = case("2024-03-01", ("assign", "2024-03-02", {"to": "czj"}))
    before = matter.shown(), units.listed(at)
    with closing(sqlite3.connect(at.place.file)) as conn, conn:
        conn.execute("UPDATE units SET initials = 'cz' WHERE name = '财政局'")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm005%'")
        conn.execute("PRAGMA user_version = 4")
    assert (matter.shown(), units.listed(at)) == before
    matter.assign("2024-03-03", "教育局")
    assert matter.assign("2024-03-04", "czj").cases[0].case.unit == "财政局"
    assert health.check(at).problems == ()
    with closing(sqlite3.connect(at.place.file)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (VERSION,)


EARLIER = {
    "clocks_running": "clocks(due_on, case_id, kind, unit_id, start_on, owner, stop_on, void)"
    " WHERE stop_on IS NULL AND void = 0 AND kind NOT IN ('objection','review_window','recheck_window','rating')",
    "clocks_due": "clocks(kind, due_on, unit_id, case_unit_id, stop_on, first, counted)"
    " WHERE counted = 1 AND kind IN ('dispatch','acceptance','completion','rating')",
    "clocks_stopped": "clocks(kind, stop_on, unit_id, case_unit_id, due_on, first, counted)"
    " WHERE counted = 1 AND stop_on IS NOT NULL AND kind IN ('dispatch','acceptance','completion')",
}


def test_indexes_whose_condition_was_a_list(session: Callable[..., Session], case: Callable[..., Matter]) -> None:
    at = session()
    case("2024-03-01", ("assign", "2024-03-02", {"to": "甲局"}), ("accept", "2024-03-05"), ("close", "2024-04-01"))
    waiting = case("2024-03-01", ("assign", "2024-03-02", {"to": "甲局"}))
    with closing(sqlite3.connect(at.place.file)) as conn, conn:
        new = conn.execute(
            "SELECT name, sql FROM sqlite_master WHERE name IN ('clocks_running','clocks_due','clocks_stopped')"
        )
        kept = dict(new.fetchall())
        for name, what in EARLIER.items():
            conn.execute(f"DROP INDEX {name}")
            conn.execute(f"CREATE INDEX {name} ON {what}")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm006%'")
        conn.execute("PRAGMA user_version = 5")
    rows = morning.deadlines(at).lines
    assert {row.case_no for row in rows} == {waiting.no}
    with closing(sqlite3.connect(at.place.file)) as conn:
        there = dict(conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'").fetchall())
    assert {name: there[name] for name in EARLIER} == kept
    assert not any(" IN (" in sql for sql in there.values() if sql)
    assert health.check(at).problems == ()


def test_what_asks_for_clocks_is_answered_by_their_indexes(session: Callable[..., Session]) -> None:
    """A query that says the condition of an index in other words would read every clock."""
    at = session()
    asked: list[str] = []
    with at.reading() as book:
        assert isinstance(book.conn, Connection)
        book.conn.set_trace_callback(asked.append)
        book.lists.clocks_due(at.today)
        book.lists.listed(ListFilter(overdue_on=at.today), at.today)
        for basis in ("due", "stopped"):
            want = Counting(at.today, at.today, at.today, basis=basis)
            book.counts.rates(book.counts.as_of(at.today), want)
        book.counts.overdue(book.counts.as_of(at.today), at.today)
        book.conn.set_trace_callback(None)
        plans = [
            step[3]
            for query in asked
            if query.startswith("SELECT")
            for step in book.conn.execute(f"EXPLAIN QUERY PLAN {query}")
            if " k " in step[3]
        ]
    assert {name for name in EARLIER if any(name in plan for plan in plans)} == set(EARLIER)
    few = "USING INDEX clocks_without_acceptance"  # an index of nothing but the clocks that are asked for
    assert not [plan for plan in plans if plan.startswith("SCAN") and few not in plan]


def test_what_runs_is_no_window() -> None:
    assert {kind for kind in terms.CLOCK.labels if f"'{kind}'" in running()} == WINDOWS
