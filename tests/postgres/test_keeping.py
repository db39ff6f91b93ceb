"""What keeps a book on a server: its rows written again, copies in a folder, texts whose time is over."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.cli.conftest import ADD, Counter
from tests.postgres import server
from xinfang_cli.book.face import open_book
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres import opening, wiping

SECRETS = ("龘靐齉", "13987654321", "灥厵滭", "饕餮魍", "籪籬籟", "醯醢齑")
CLERK = "清除甲"


def _does(where: str, sql: str) -> Any:
    conn = opening.connect(Place.of(where))
    with closing(conn), conn.raw.cursor() as cursor:
        conn.begin("; SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        found = cursor.fetchall() if cursor.description else None
        conn.commit()
        return found


DAMAGES = {
    "rows": "UPDATE cases SET stage = 'closed'; DELETE FROM clocks; UPDATE search SET title = 'x'",
    "numbers": "UPDATE serials SET last = 7; UPDATE docket SET case_no = 'XF2023-000009', serial = 9 WHERE id = 1",
    "lists": "DELETE FROM unit_words; INSERT INTO topics(name, parent, ord) VALUES ('没有的', NULL, 99)",
    "structure": "DROP INDEX cases_unit; ALTER TABLE events DISABLE TRIGGER extend; "
    "CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
}


@pytest.mark.long
def test_rows_are_written_again(at: Counter) -> None:
    """By the owner, from the chain, in one transaction; not where the chain proves nothing, not by a clerk."""
    at.add()
    assert at("assign", "1", "--to", "教育局").code == 0
    where, before = str(at.path), at("show", "1", "--json").out
    assert at("server", "user", "add", CLERK, "--role", "经办", "--no-password").code == 0
    for what, sql in DAMAGES.items():
        _does(where, sql)
        assert at("doctor", "--json").code == 1, what
        if what == "rows":
            ran = at("doctor", "--repair", "--json", db=where.replace(f"user={server.USER}", f"user={CLERK}"))
            assert (ran.code, ran.error()["code"]) == (3, "permission"), ran
        ran = at("doctor", "--repair", "--json")
        assert ran.code == 0, (what, ran)
        assert (ran.code, ran.json()["repaired"]) == (0, {"cases": 1, "kept": None}), (what, ran)
        assert at("server", "check").code == 0
        assert at("show", "1", "--json").out == before
    _does(where, "UPDATE events SET on_day = on_day + 1 WHERE id = 3; DELETE FROM clocks")
    ran = at("doctor", "--repair", "--json")
    assert (ran.code, ran.error()["code"]) == (1, "unproven")
    assert _does(where, "SELECT count(*) FROM clocks") == [(0,)]


def test_copies_in_a_folder(at: Counter, tmp_path: Path) -> None:
    """Called after the office, each sound and restored without a server; the oldest go."""
    folder = tmp_path / "备份"
    made = []
    for _ in range(3):
        at.add()
        made.append(Path(at.ok("backup", str(folder), "--keep", "2")["file"]))
    office = str(at.path).rpartition("=")[2]
    assert all(file.name.startswith(f"{office}.backup-") for file in made)
    assert sorted(folder.iterdir()) == sorted(made[1:])
    listed = at.ok("backup", "--list", str(folder))["copies"]
    assert [(one["cases"], one["verified"]) for one in listed] == [(3, True), (2, True)]
    assert at("restore", str(made[2]), db=str(tmp_path / "here.db")).code == 0
    assert len(at("list", "--json", db=str(tmp_path / "here.db")).json()) == 3
    ran = at("backup", "--list", "--json")
    assert (ran.code, ran.error()["code"]) == (2, "usage")


def test_no_copy_by_itself(at: Counter, tmp_path: Path) -> None:
    """What is set for a file would put every clerk's machine full of petitioners."""
    (tmp_path / "每日").mkdir()
    assert at("config", "set", "backup_folder", str(tmp_path / "每日")).code == 0
    assert at(*ADD).code == 0
    assert list((tmp_path / "每日").iterdir()) == []


def _raw(where: str) -> set[str]:
    """Which of the secrets stand in the files of the office's tables and indexes."""
    conn = opening.connect(Place.of(where))
    with closing(conn), conn.raw.cursor() as cursor:
        cursor.execute("CHECKPOINT; SHOW data_directory")
        (data,) = cursor.fetchone()
        cursor.execute(
            "SELECT pg_relation_filepath(c.oid) FROM pg_class c WHERE relkind IN ('r', 'i', 't') AND (relnamespace = %s::regnamespace "
            "OR oid IN (SELECT reltoastrelid FROM pg_class WHERE relnamespace = %s::regnamespace))",
            (conn.quoted, conn.quoted),
        )
        content = b"".join((Path(data) / path).read_bytes() for (path,) in cursor.fetchall())
    return {word for word in SECRETS if word.encode() in content}


@pytest.mark.long
def test_texts_go_for_good(at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = str(at.path)
    name, phone, title, note, file, held = SECRETS
    number = at.add("2023-01-03", name=name, phone=phone, title=f"{title}的事")
    at.add(name="测试乙", title="反映别的事")
    at.ok("assign", number, "--to", "教育局", "--on", "2023-01-10")
    at.ok("accept", number, "--on", "2023-01-16")
    at.ok("note", number, "--text", note, "--on", "2023-01-20")
    (tmp_path / f"{file}.txt").write_text(held, "utf-8")
    at.ok("attach", number, str(tmp_path / f"{file}.txt"))
    at.ok("close", number, "--outcome", "不予支持", "--delivered", "2023-02-01", "--on", "2023-02-01")
    assert at("person", name, "--reveal", "--why", "核对").code == 0
    at.ok("backup", str(tmp_path / "备份.db"))
    assert at("server", "user", "add", f"{CLERK}二", "--role", "经办", "--no-password").code == 0
    words = ("purge", "--closed-before", "2024-01-01")
    clerk = where.replace(f"user={server.USER}", f"user={CLERK}二")
    planned = at.ok(*words, "--dry-run", db=clerk, today="2031-03-03")
    assert planned["cases"] == [number]
    assert "备份.db" in {one["file"] for one in planned["given"]}
    ran = at(*words, "--yes", "--json", db=clerk, today="2031-03-03")
    assert (ran.code, ran.error()["code"]) == (3, "permission")
    assert _raw(where) == set(SECRETS)
    ran = at(*words, "--json", today="2031-03-03")  # nobody to ask
    assert (ran.code, ran.error()["code"]) == (1, "not_confirmed")
    purged = at.ok(*words, "--yes", today="2031-03-03")
    assert (purged["cases"], purged["files"]) == ([number], 1)
    assert len(purged["warnings"]) == 1
    assert _raw(where) == set()
    assert at("doctor", today="2031-03-03").code == 0
    assert at("server", "check").code == 0
    assert at("search", title, "--json", today="2031-03-03").json() == []
    for sql in ("UPDATE texts SET body = 'x'", "DELETE FROM files", "UPDATE access_log SET what = 'x'"):
        conn = opening.connect(Place.of(where))
        conn.begin()
        with closing(conn), pytest.raises(psycopg2.errors.CheckViolation):
            conn.execute(sql)
    ran = at(*words, "--yes", "--json", today="2031-03-03")
    assert (ran.code, ran.error()["code"]) == (1, "nothing")
    # somebody who began to read before keeps what he sees: told, and done with the next purge
    monkeypatch.setattr(wiping, "BUSY_MS", 300)
    number = at.add("2023-01-03", name=name, title=f"{title}的事")
    at.ok("undo")
    with closing(open_book(Place.of(where))) as book:
        book.cases.count()
        assert len(at.ok("purge", "--undone", "--yes")["warnings"]) == 2
    assert len(at.ok("purge", "--undone", "--yes")["warnings"]) == 1
    assert _raw(where) == set()
    assert at("doctor").code == 0


@pytest.mark.long
def test_a_demo_needs_no_server(at: Counter, tmp_path: Path) -> None:
    """It is a book of its own in a file, also for who has an address in XINFANG_DB."""
    assert at("demo", "--file", str(tmp_path / "demo.db"), "--json").code == 0
    assert at("list", "--count", "--json").json()["count"] == 0
    assert (tmp_path / "demo.db").exists()
