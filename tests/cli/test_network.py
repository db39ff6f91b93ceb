"""A book on a share of the network: no write-ahead log, and one line that says so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from xinfang_cli.book.sqlite import network


def journal(path: Path) -> str:
    with closing(sqlite3.connect(path)) as conn:
        return str(conn.execute("PRAGMA journal_mode").fetchone()[0])


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "mounts"
    monkeypatch.setattr(network, "MOUNTS", made)
    return made


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("//server/x {} cifs rw 0 0", "cifs"),
        ("server:/x {} nfs4 rw 0 0", "nfs4"),
        ("me@x: {} fuse.sshfs rw 0 0", "fuse.sshfs"),
        ("/dev/sda1 {} ext4 rw 0 0", ""),
        ("server:/x {} nfs rw 0 0\n/dev/sdb1 {} ext4 rw 0 0", ""),  # a disk over it
        ("server:/x {}x nfs rw 0 0", ""),  # a neighbour
    ],
)
def test_what_kind_of_share_a_file_lies_on(table: Path, tmp_path: Path, line: str, kind: str) -> None:
    folder = tmp_path / "案 件"
    folder.mkdir()
    place = str(folder).replace(" ", "\\040")
    table.write_text(f"/dev/root / ext4 rw 0 0\n{line.replace('{}', place)}\n", "utf-8")
    assert network.share_of(folder / "book.db") == kind
    table.unlink()
    assert network.share_of(folder / "book.db") == ""


def test_a_book_on_a_share_keeps_a_rollback_journal(counter: Counter, table: Path, tmp_path: Path) -> None:
    table.write_text("/dev/root / ext4 rw 0 0\n", "utf-8")
    counter.add()
    assert journal(counter.path) == "wal"
    table.write_text(f"server:/x {tmp_path} nfs4 rw 0 0\n", "utf-8")  # the book is carried there
    first = counter("note", "1", "--text", "记一笔")
    assert (first.code, first.err.count("网络盘（nfs4）")) == (0, 1)
    assert journal(counter.path) == "delete"
    assert "网络盘" not in counter("note", "1", "--text", "又一笔").err
    assert not Path(f"{counter.path}-wal").exists()
    fresh = tmp_path / "new.db"
    assert "网络盘" in counter("add", "--yes", "--channel", "来信", "--kind", "咨询", "--title", "新簿", db=fresh).err
    assert journal(fresh) == "delete"
    counter.ok("doctor")
    table.unlink()  # and back on a disk
    counter.ok("note", "1", "--text", "再一笔")
    assert journal(counter.path) == "wal"
