"""Books that earlier programs made, one of every schema that stood on main (tests/book/old/make.py), open as they are."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from json import loads
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.conftest import Counter
from tests.conftest import Matter
from xinfang_cli.book.lines import CaseLine
from xinfang_cli.book.sqlite.schema import REBUILT_AT, VERSION, schema_of_version, steps
from xinfang_cli.book.sqlite.settling import differences, plain, rebuild_table, schema_in, widen_check
from xinfang_cli.errors import Unusable
from xinfang_cli.law.conditions import CLOSED, ListFilter
from xinfang_cli.office.keeping import health
from xinfang_cli.office.session import Session
from xinfang_cli.present.steps import worded

OLD = Path(__file__).parent / "old"
BOOKS = sorted(file.name.removesuffix(".db.gz") for file in OLD.glob("*.db.gz"))
TODAY = "2023-07-18"


def same(then: Any, now: Any) -> Any:
    """`now` with nothing in it that `then` did not have: what was said once is still said, what came since is left out."""
    if isinstance(then, dict) and isinstance(now, dict):
        return {key: same(value, now[key]) for key, value in then.items()}
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [same(*pair) for pair in zip(then, now, strict=True)]
    return now


def rows_of(at: Session) -> list[CaseLine]:
    with at.reading() as book:
        return book.lists.listed(ListFilter(), at.today)


@pytest.mark.parametrize("name", BOOKS)
def test_an_old_book_is_the_same_book(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "book.db"
    path.write_bytes(gzip.decompress((OLD / f"{name}.db.gz").read_bytes()))
    said = loads((OLD / f"{name}.json").read_text("utf-8"))
    counter = Counter(path, monkeypatch)

    def ask(*words: str) -> Any:
        return counter(*words, "--json", today=TODAY).json()

    accusations = {line["case_no"] for line in said["list"] if line["kind"] == "accusation"}
    for line in (*said["list"], *said["overdue"]):
        if line["case_no"] in accusations:  # what it says was told to everybody then
            line |= dict.fromkeys(CLOSED.intersection(line)) | {"title": "检举控告件"}
    assert same(said["list"], ask("list")) == said["list"]
    assert same(said["overdue"], ask("overdue")) == said["overdue"]
    stats = ask("stats", "--from", "2023-01-01", "--to", TODAY, "--by", "unit")
    assert same(said["stats"], stats) == said["stats"]
    report = ask("doctor")
    assert (report["problems"], report["differing"], report["cases"]) == ([], [], 8)
    with closing(sqlite3.connect(path)) as conn:
        assert differences(conn, schema_of_version(VERSION)) == []
        assert conn.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert counter("add", "--yes", "--channel", "来信", "--title", "又一件", "--kind", "咨询", today=TODAY).code == 0
    assert counter("attach", "1", str(Path(__file__)), today=TODAY).code == 0
    assert counter("search", "供水", "--json", today=TODAY).json()


@pytest.mark.parametrize("name", [BOOKS[0], BOOKS[-1], *(one for one in BOOKS if one.startswith(("v5", "v13")))])
def test_a_sheet_of_an_old_book_is_collected_and_taken_back(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first command on the book is the one that upgrades it: sheet, then collect, then undo of collect and of what
    the old program did last."""
    path = tmp_path / "book.db"
    path.write_bytes(gzip.decompress((OLD / f"{name}.db.gz").read_bytes()))
    with closing(sqlite3.connect(path)) as conn:
        by, body = conn.execute(
            "SELECT c.actor, e.body FROM commands c JOIN events e ON e.command_id = c.id ORDER BY e.id DESC"
        ).fetchone()
        told = loads(body)
    counter = Counter(path, monkeypatch)
    before = loads((OLD / f"{name}.json").read_text("utf-8"))["list"]
    issued = counter("sheet", "--all", "-o", str(tmp_path / "out"), "--json", today=TODAY).json()
    book = openpyxl.load_workbook(issued[0]["file"])
    page = book.worksheets[0]
    headings = [cell.value for cell in page[3]]
    number = page.cell(4, headings.index("登记编号") + 1).value
    page.cell(4, headings.index("备注") + 1).value = "单位在表里写的话"
    book.save(tmp_path / "back.xlsx")
    found = counter("collect", str(tmp_path / "back.xlsx"), "--json", today=TODAY).json()
    assert (found["events"], found["refused"], found["written"]) == (1, 0, True)
    assert "单位在表里写的话" in str(counter("show", number, "--json", today=TODAY).json())
    assert counter("undo", "--yes", today=TODAY).code == 0
    assert "单位在表里写的话" not in str(
        [event for event in counter("show", number, "--json", today=TODAY).json()["events"] if not event["revoked"]]
    )
    assert [line["stage"] for line in counter("list", "--json", today=TODAY).json()] == [
        line["stage"] for line in before
    ]
    assert "合并单位 旧局" in counter("--actor", by, "undo", "--list", today=TODAY).out
    last = counter("--actor", by, "undo", "--yes", today=TODAY)
    if told["doing"] == "merge" and "was" not in told:  # it did not write down what would have to be put back
        assert (last.code, "合并单位 旧局 → 测试乙局不能撤销" in last.err) == (1, True)
    else:
        assert last.code == 0
    report = counter("doctor", "--json", today=TODAY).json()
    assert (report["problems"], report["differing"]) == ([], [])


def test_there_is_a_book_of_every_version() -> None:
    assert {int(name.split("-")[0][1:]) for name in BOOKS} == {1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}
    assert len(steps()) == VERSION >= REBUILT_AT


def test_a_book_that_lacks_an_index_is_named_and_mended(session: Callable[..., Session]) -> None:
    at = session()
    with closing(sqlite3.connect(at.place.file)) as conn, conn:
        conn.execute("DROP INDEX clocks_running")
        conn.execute("DROP TRIGGER events_never_change")
        conn.execute("CREATE TRIGGER forger AFTER INSERT ON events BEGIN SELECT 1; END")
    with pytest.raises(Unusable, match="clocks_running") as refused, at.reading() as book:
        book.lists.clocks_due(at.today)
    assert refused.value.code == "schema"
    assert "doctor --repair" in worded(refused.value.hint)
    named = ["结构：缺索引 clocks_running", "结构：缺触发器 events_never_change", "结构：多出触发器 forger"]
    assert sorted(health.check(at).problems) == sorted(named)
    health.repair(at)
    assert health.check(at).problems == ("结构：多出触发器 forger",)  # somebody made it: it is not silently dropped


def test_a_table_whose_check_grows_keeps_its_rows(session: Callable[..., Session], case: Callable[..., Matter]) -> None:
    at = session()
    case("2024-03-01", ("assign", "2024-03-02", {"to": "甲局"}), ("accept", "2024-03-05"))
    before = rows_of(at)
    with closing(sqlite3.connect(at.place.file, isolation_level=None)) as conn:
        was = schema_in(conn)
        rows = conn.execute("SELECT * FROM events ORDER BY id").fetchall()
        conn.execute("BEGIN")
        widen_check(conn, "events", "kind", "register", "sealed")
        conn.execute("COMMIT")
        now = schema_in(conn)
        assert {name for name in was if plain(was[name].sql) != plain(now[name].sql)} == {"events"}
        assert now.keys() == was.keys()
        assert now["events"].sql.count("'sealed'") == now["events"].sql.count("'register'") == 1
        assert conn.execute("SELECT * FROM events ORDER BY id").fetchall() == rows
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            conn.execute("DELETE FROM events")
        with pytest.raises(ValueError, match="no chain"):
            widen_check(conn, "events", "body", "x")
    assert rows_of(at) == before
    assert health.check(at).problems == ("结构：不是本版本的表 events",)


def test_a_new_column_gets_its_default() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, gone TEXT)")
        conn.execute("INSERT INTO a VALUES (1, 'x')")
        rebuild_table(conn, "a", "CREATE TABLE a (id INTEGER PRIMARY KEY, new TEXT NOT NULL DEFAULT 'y') STRICT")
        assert conn.execute("SELECT * FROM a").fetchall() == [(1, "y")]
