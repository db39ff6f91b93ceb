"""Cases read back to an earlier day from their rows, against the same cases folded up to that day from their events."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter
from tests.conftest import FULL
from xinfang_cli.book.as_of import Told
from xinfang_cli.book.face import Book, open_book
from xinfang_cli.book.place import Place
from xinfang_cli.book.sql.asof import AsOf

from . import histories, test_oracle

SIZE, DOINGS, DAYS = (3000, 400, 60) if FULL else (700, 120, 12)
CASES = (
    "SELECT id, stage, unit_id, assigned_on, accepted_on, closed_on, first_closed_on, outcome, pathway, repeat, repeat_of, "
    "headcount, lead, excluded, ratable, reviewed_on, unit_rating, unit_rated_on, bureau_rating, bureau_rated_on, "
    "returned_times FROM {cases} WHERE received_on <= :a"
)
# A window that closes unused is told by nobody's rows; of them only the rating is counted.
CLOCKS = (
    "SELECT k.case_id, k.kind, owner, k.unit_id, start_on, due_on, base_due_on, "
    "CASE WHEN stop_on <= :a THEN stop_on WHEN stop_on IS NOT NULL THEN 'later' END, void, counted, first, case_unit_id, guessed "
    "FROM {clocks} k JOIN {cases} c ON c.id = k.case_id WHERE c.received_on <= :a AND k.kind NOT IN "
    "('objection', 'review_window', 'recheck_window')"
)
BACKLOG = "SELECT * FROM {backlog}"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random histories, and what clerks did afterwards with single commands."""
    folder = tmp_path_factory.mktemp("as-of")
    path, sheet = folder / "book.db", folder / "histories.csv"
    rows = histories.make_rows(7, SIZE)
    histories.write_csv(sheet, rows, 7)
    with pytest.MonkeyPatch.context() as monkeypatch:
        counter = Counter(path, monkeypatch)
        monkeypatch.setattr(test_oracle, "xinfang", test_oracle.InThisProcess(counter))
        counter.ok("import", str(sheet), today=histories.TODAY.isoformat())
        for doing in histories.make_doings(rows, 7, DOINGS):
            test_oracle.do(path, doing)
    return path


def told(tables: AsOf, sql: str) -> list[tuple[Any, ...]]:
    return sorted(tables.rows(sql, {"a": tables.as_of.isoformat()}), key=repr)


def differing(book: Book, tables: AsOf) -> list[tuple[Any, ...]]:
    numbers = book.cases.numbers()
    anew = AsOf.only(
        book, [Told(id, numbers[id], events) for id, events in book.events.by_case()], tables.as_of, "anew"
    )
    return [
        pair
        for sql in (CASES, CLOCKS, BACKLOG)
        for pair in (
            *(("read", row) for row in set(told(tables, sql)) - set(told(anew, sql))),
            *(("folded", row) for row in set(told(anew, sql)) - set(told(tables, sql))),
        )
    ]


@pytest.mark.long
def test_what_is_read_back_is_what_the_events_say(book: Path) -> None:
    rng = random.Random(11)
    span = (histories.TODAY - histories.FIRST_DAY).days
    with open_book(Place(book)) as opened:
        folded = []
        for _ in range(DAYS):
            day = histories.FIRST_DAY + timedelta(days=rng.randint(1, span))
            tables = AsOf(opened, day)
            assert differing(opened, tables) == [], day
            folded.append(tables.folded)
        moved = opened.conn.execute("SELECT count(*) FROM cases").fetchone()[0] * DAYS // 2
        assert 0 < sum(folded) < moved // 4  # both ways are taken, and few are folded
