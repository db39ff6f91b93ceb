"""What the book cannot see of itself: a cut tail, a lost log, a chain written anew. The head outside shows it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Matter
from xinfang_cli.book.chain import COMMAND_COLUMNS, GENESIS, Command, link
from xinfang_cli.errors import BadValue, Unusable
from xinfang_cli.office.keeping import health, settings
from xinfang_cli.office.keeping.daily import after_writing
from xinfang_cli.office.session import Session

Make = Callable[..., Matter]
Open = Callable[..., Session]


@pytest.fixture
def kept(session: Open, case: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Session, Path, list[str]]:
    """A book whose heads go to a file, three cases on two days."""
    at, file = session(), tmp_path / "disk" / "heads.csv"
    file.parent.mkdir()
    said: list[str] = []
    at.after_writing = lambda at, book: said.extend(map(str, after_writing(at, book)))
    monkeypatch.setattr(at, "now", lambda: "2023-07-17T01:00:00+00:00")
    settings.change(at, settings.Wanted("heads_file", str(file)))
    case("2023-03-01", at=at, title="甲")
    monkeypatch.setattr(at, "now", lambda: "2023-07-18T01:00:00+00:00")
    case("2023-03-02", at=at, title="乙")
    case("2023-03-03", at=at, title="丙")
    return at, file, said


def cut(path: Path, events: int) -> None:
    """Cut the tail off so that the chain holds again."""
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("PRAGMA foreign_keys=OFF")
        for name in ("events_never_go", "events_never_change"):
            conn.execute(f"DROP TRIGGER {name}")
        prev = conn.execute("SELECT prev FROM events WHERE id = ?", (events + 1,)).fetchone()[0]
        cases = "SELECT case_id FROM events WHERE id > ?1 AND kind = 'register'"
        for table, column in (("cases", "id"), ("people", "case_id"), ("clocks", "case_id"), ("docket", "id")):
            conn.execute(f"DELETE FROM {table} WHERE {column} IN ({cases})", (events,))
        conn.execute("DELETE FROM texts WHERE event_id > ?", (events,))
        conn.execute("DELETE FROM events WHERE id > ?", (events,))
        conn.execute("DROP TRIGGER commands_never_go")
        conn.execute("DELETE FROM commands WHERE id NOT IN (SELECT command_id FROM events)")
        conn.execute("UPDATE head SET events = ?, hash = ?", (events, prev))
    _triggers_back(path)


def rewrite(path: Path, event: int, body: str) -> None:
    """Change an event and write the whole chain after it anew."""
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("DROP TRIGGER events_never_change")
        conn.execute("UPDATE events SET body = ? WHERE id = ?", (body, event))
        digests = {
            row[0]: Command(*row).digest() for row in conn.execute(f"SELECT id, {COMMAND_COLUMNS} FROM commands")
        }
        prev, count = GENESIS, 0
        for id, case_id, seq, kind, on, command, said, text in conn.execute(
            "SELECT id, case_id, seq, kind, on_day, command_id, body, text_hash FROM events ORDER BY id"
        ).fetchall():
            conn.execute("UPDATE events SET prev = ? WHERE id = ?", (prev, id))
            prev = link(prev, f"{id}\x1f{case_id}\x1f{seq}\x1f{kind}\x1f{on}\x1f{digests[command]}\x1f{said}", text)
            count = id
        conn.execute("UPDATE head SET hash = ?, events = ?", (prev, count))
    _triggers_back(path)


def _triggers_back(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn, conn:
        for name, what, table, why in (
            ("events_never_change", "UPDATE", "events", "events are append-only"),
            ("events_never_go", "DELETE", "events", "events are append-only"),
            ("commands_never_go", "DELETE", "commands", "append-only"),
        ):
            conn.execute(
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )


def test_a_line_a_day_with_the_last_head_of_the_day(kept: tuple[Session, Path, list[str]]) -> None:
    at, file, said = kept
    lines = [line.split(",") for line in file.read_text().splitlines()]
    found = health.check(at)
    assert [line[0] for line in lines] == ["2023-07-17", "2023-07-18"]
    assert lines[1][1:] == [str(found.book.events), found.book.head]
    assert int(lines[0][1]) < int(lines[1][1])
    assert (found.heads, found.problems, said) == (2, (), [])
    assert file.stat().st_mode & 0o077 == 0


def test_a_cut_tail_is_found_by_the_head_outside_alone(
    kept: tuple[Session, Path, list[str]], case: Make, tmp_path: Path
) -> None:
    at, file, said = kept
    full = health.check(at)
    cut(at.place.file, full.book.events - 1)
    found = health.check(at)
    assert found.bad_heads == 1
    assert {name for name, count in found.book.checks.items() if count} <= {
        "heads",
        "numbers",
        "cases",
        "commands",
        "search",
    }
    assert health.check(at, outside=health.Outside(head=full.book.head[:16])).bad_heads == 2
    before = file.read_text()
    case("2023-03-04", at=at, title="丁")  # as many events as before, others
    assert said
    assert file.read_text() == before  # what was known outside stays there
    assert health.check(at).bad_heads == 1


def test_a_lost_log_is_found(kept: tuple[Session, Path, list[str]], case: Make) -> None:
    at, _, _ = kept
    with closing(sqlite3.connect(at.place.file)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.execute("BEGIN")  # as long as somebody reads, the log stays
        conn.execute("SELECT count(*) FROM cases").fetchone()
        case("2023-03-04", at=at, title="在日志里的件")
        shutil.copyfile(at.place.file, at.place.file.with_name("without-log.db"))
    bare = Session(at.place.file.with_name("without-log.db"), at.today, "测试员")
    found = health.check(bare)
    assert found.book.problems == ()  # nothing in the book shows it
    assert found.bad_heads == 1


def test_a_chain_written_anew_is_found(kept: tuple[Session, Path, list[str]]) -> None:
    at, file, _ = kept
    heads = file.read_text().splitlines()
    with at.reading() as book:
        [(id, body)] = book.conn.execute("SELECT id, body FROM events WHERE kind = 'register' LIMIT 1").fetchall()
    rewrite(at.place.file, id, body.replace("}", ',"region":"测试镇"}'))
    found = health.check(at)
    assert found.book.checks["chain"] == 0
    assert found.bad_heads == 2
    assert health.check(at, outside=health.Outside(head=heads[0].split(",")[2])).bad_heads == 3
    genuine = health.Outside(head=found.book.head[:16])
    assert health.check(at, outside=genuine).bad_heads == 2


@pytest.mark.parametrize("word", ["", "xyz", "0123456789abcde", "0" * 65])
def test_a_head_that_is_none(session: Open, case: Make, word: str) -> None:
    case("2023-03-01")
    with pytest.raises(BadValue):
        health.check(session(), outside=health.Outside(head=word))


def test_a_file_of_heads_that_cannot_be_read_or_is_none(
    kept: tuple[Session, Path, list[str]], case: Make, tmp_path: Path
) -> None:
    at, file, said = kept
    other = tmp_path / "other.csv"
    other.write_text("2023-07-17,3\n")
    with pytest.raises(BadValue, match="第 1 行"):
        health.check(at, outside=health.Outside(heads=other))
    with pytest.raises(Unusable):
        health.check(at, outside=health.Outside(heads=tmp_path / "none.csv"))
    shutil.copyfile(file, other)
    assert health.check(at, outside=health.Outside(heads=other)).heads == 4
    shutil.rmtree(file.parent)  # the other disk is not there: said, and nothing else fails
    assert health.check(at).bad_heads == 1
    case("2023-03-04", at=at)
    assert len(said) > 0
