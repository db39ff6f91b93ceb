"""A whole book from a file to a server and back: nothing is lost on the way, and the old one is closed last."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ADD, Counter
from tests.district import DATA
from tests.postgres.offices import address
from xinfang_cli.book import relocating
from xinfang_cli.book.face import open_book
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres import connection
from xinfang_cli.office.exchange import relocating as moving
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.keeping import units
from xinfang_cli.office.session import Session


def _digests(where: str) -> dict[str, tuple[int, str]]:
    with closing(open_book(Place.of(where))) as book:
        return relocating.digests(book)


ROWS = 60


@pytest.fixture(scope="module")
def some_of_the_district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of the first rows of the example district."""
    folder = tmp_path_factory.mktemp("some")
    clerk = Session(folder / "book.db", date(2023, 7, 17), "测试员")
    units.add_all(clerk, units.read_file(DATA / "units.csv"))
    lines = (DATA / "ledger.csv").read_text("utf-8-sig").splitlines(keepends=True)
    (folder / "some.csv").write_text("".join(lines[: ROWS + 1]), "utf-8")
    run.import_ledger(clerk, folder / "some.csv")
    return folder / "book.db"


@pytest.fixture
def at(some_of_the_district: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """That book with a file attached to a case."""
    file = tmp_path / "book.db"
    shutil.copyfile(some_of_the_district, file)
    counter = Counter(file, monkeypatch)
    evidence = tmp_path / "照片.jpg"
    evidence.write_bytes(b"\x00\xff" * 3000)
    counter.number = counter("list", "--limit", "1", "--json").json()[0]["case_no"]  # type: ignore[attr-defined]
    assert counter("attach", counter.number, str(evidence)).code == 0  # type: ignore[attr-defined]
    return counter


@pytest.mark.long
def test_there_and_back(at: Counter, cluster: Path, tmp_path: Path) -> None:
    where, back, number = address(cluster), tmp_path / "back.db", at.number  # type: ignore[attr-defined]
    count = at("list", "--count", "--json").json()["count"]
    shown = at("show", number, "--json").json()
    listed = at("list", "--json").out
    ran = at("move", "--to", where, "--yes", "--json")
    assert ran.code == 0, ran
    moved = ran.json()
    kept = Path(moved["kept"])
    assert (moved["cases"], moved["files"], kept.name) == (count, 1, "book.moved.db")
    assert at("list", "--json", db=where).out == listed
    there = at("show", number, "--json", db=where).json()
    assert {**there, "attachments": []} == {**shown, "attachments": []}
    assert [(one["sha256"], one["there"]) for one in there["attachments"]] == [
        (one["sha256"], one["there"]) for one in shown["attachments"]
    ]
    assert _digests(str(kept)) == _digests(where)
    for words in (("list",), ADD, ("init",), ("doctor",)):
        ran = at(*words, "--json")
        assert (ran.code, ran.error()["code"]) == (3, "moved"), words
        assert where in ran.error()["message"]
    assert at("doctor", db=where).code == 0
    assert at("doctor", db=kept).code == 0
    assert at("server", "check", db=where).code == 0
    assert at(*ADD, db=where).code == 0

    copy = tmp_path / "copy.db"
    assert at("backup", str(copy), "--with-files", db=where).code == 0
    assert at("backup", str(copy), db=where).code == 1  # there already
    assert at("doctor", db=copy).code == 0
    assert at("restore", str(copy), db=tmp_path / "restored.db").code == 0
    assert len(at("list", "--json", db=tmp_path / "restored.db").json()) == count + 1
    assert at("show", number, "--json", db=tmp_path / "restored.db").json()["attachments"][0]["there"]

    ran = at("move", "--to", str(back), "--yes", "--json", db=where)
    assert ran.code == 0, ran
    moved = ran.json()
    assert (moved["cases"], moved["files"]) == (count + 1, 1)
    ran = at("list", "--json", db=where)
    assert (ran.code, ran.error()["code"]) == (3, "moved")
    assert at(*ADD, db=where).code == 3
    assert at("doctor", db=back).code == 0
    assert at("show", number, "--json", db=back).json()["attachments"][0]["there"]
    assert at("undo", db=back).code == 0


def test_refused(at: Counter, cluster: Path, tmp_path: Path) -> None:
    where, other = address(cluster), tmp_path / "other.db"
    assert at("move", "--to", str(other), "--yes").code == 1
    assert at("server", "init", db=where).code == 0
    ran = at("move", "--to", where, "--yes", "--json")
    assert (ran.code, ran.error()["code"]) == (1, "exists")
    other.write_bytes(b"")
    assert at("move", "--to", str(other), "--yes", db=where).code == 1
    assert at("move", "--to", "postgresql://127.0.0.1:1/x?office=局", "--yes").code == 3
    assert at("move", "--to", address(cluster), "--yes", db=tmp_path / "none.db").code == 3
    assert at("doctor").code == 0
    assert at("undo").code == 0


def test_broken_off(at: Counter, cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it breaks the old book is whole and open, and the same words do it the next time."""
    where, before = address(cluster), _digests(str(at.path))
    monkeypatch.setattr(moving, "MONTHS", 1)
    rows = connection.Connection.insert_rows

    def breaks(self: Any, table: str, many: Any) -> None:
        rows(self, table, many)
        if table == broken:
            raise KeyboardInterrupt

    monkeypatch.setattr(connection.Connection, "insert_rows", breaks)
    for table in ("commands", "events", "clocks"):
        broken = table
        assert at("move", "--to", where, "--yes").code == 1
        assert at("list", db=where).code == 3
    monkeypatch.setattr(connection.Connection, "insert_rows", rows)

    def otherwise(session: Any, book: Any, request: Any) -> object:
        return object()

    counted = moving._counted
    monkeypatch.setattr(moving, "_counted", otherwise)
    ran = at("move", "--to", where, "--yes", "--json")
    assert (ran.code, ran.error()["code"]) == (3, "copy")
    monkeypatch.setattr(moving, "_counted", counted)
    assert at("list", db=where).code == 3
    assert at("doctor").code == 0
    after = _digests(str(at.path))
    apart = [table for table in before if before[table] != after[table]]
    assert apart == ["commands", "events", "texts"]  # the looks: that a copy was to be made
    assert at("move", "--to", where, "--yes").code == 0
    assert at("doctor", db=where).code == 0


def test_the_old_one_cannot_be_closed(
    at: Counter, cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clerk, who may not; on a disk that is full: then what was written elsewhere goes, and the old one goes on."""
    from xinfang_cli.book.sqlite import relocating as files

    monkeypatch.setattr(moving, "MONTHS", 1)
    where, back = address(cluster), tmp_path / "back.db"
    change = files._change

    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_change", full)
    assert at("move", "--to", where, "--yes").code == 3
    assert at("list", db=where).code == 3
    assert at("doctor").code == 0
    assert [file.name for file in tmp_path.iterdir() if "moved" in file.name or file.name.endswith(".new")] == []
    monkeypatch.setattr(files, "_change", change)
    assert at("move", "--to", where, "--yes").code == 0
    assert at("server", "user", "add", "测试庚", "--role", "经办", "--no-password", db=where).code == 0
    ran = at("move", "--to", str(back), "--yes", "--json", db=where.replace("user=postgres", "user=测试庚"))
    assert (ran.code, ran.error()["code"]) == (3, "permission")
    assert not back.exists()
    assert at("doctor", db=where).code == 0
