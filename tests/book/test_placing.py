"""A book in its place: no log of another file is taken for its own, nobody else reads it, nothing told as done is lost."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import Matter
from xinfang_cli import files
from xinfang_cli.book.face import open_book
from xinfang_cli.book.place import Place
from xinfang_cli.book.sqlite.placing import locked
from xinfang_cli.documents import letters
from xinfang_cli.errors import BadValue, Refused, Unusable
from xinfang_cli.files import BESIDE, make_private, placed, scratch, sweep, without_overwriting, written_whole
from xinfang_cli.office.keeping import health
from xinfang_cli.office.keeping.backup import backup
from xinfang_cli.office.keeping.making import make as make_book
from xinfang_cli.office.keeping.restore import restore
from xinfang_cli.office.session import Session

Make = Callable[..., Matter]
Open = Callable[..., Session]
OLD = Path(__file__).parent / "old"
posix = pytest.mark.skipif(os.name != "posix", reason="modes of files")
DEAD = 99_999_999  # no process has this number


@contextmanager
def left_log(at: Session, case: Make) -> Iterator[None]:
    """The machine dies with two cases in the log; the clerk deletes the book alone."""
    case("2023-03-01", at=at, title="旧簿的件")
    with closing(sqlite3.connect(at.place.file)) as conn:  # as long as somebody reads, the log stays
        conn.execute("BEGIN")
        conn.execute("SELECT count(*) FROM cases").fetchone()
        case("2023-03-02", at=at, title="旧簿的又一件")
        for end in ("-wal", "-shm"):
            shutil.copyfile(f"{at.place.file}{end}", f"{at.place.file}{end}.kept")
    at.place.file.unlink()
    for end in ("-wal", "-shm"):
        Path(f"{at.place.file}{end}.kept").replace(f"{at.place.file}{end}")
    assert Path(f"{at.place.file}-wal").stat().st_size > 0
    yield


def titles(at: Session) -> list[str]:
    with at.reading() as book:
        return [row[0] for row in book.conn.execute("SELECT title FROM cases ORDER BY id")]


def test_a_left_log_is_not_taken_into_a_new_book(session: Open, case: Make) -> None:
    at = session()
    with left_log(at, case):
        assert make_book(at).created
        case("2023-04-01", at=at, title="新簿的件")
        assert titles(at) == ["新簿的件"]
        assert health.check(at).problems == ()


def test_a_left_log_is_not_taken_into_what_a_backup_brings_back(session: Open, case: Make, tmp_path: Path) -> None:
    other = session(path=tmp_path / "other.db")
    case("2023-05-01", at=other, title="备份的件")
    backup(other, tmp_path / "a.bak")
    at = session()
    with left_log(at, case):
        restore(at, tmp_path / "a.bak", force=False)
        assert titles(at) == ["备份的件"]
        assert health.check(at).problems == ()


@pytest.mark.long
def test_a_left_log_is_not_taken_into_a_forced_backup(session: Open, case: Make, tmp_path: Path) -> None:
    other = session(path=tmp_path / "other.db")
    case("2023-05-01", at=other, title="备份的件")
    at = session()
    with left_log(at, case):
        backup(other, at.place.file, force=True)
        assert titles(at) == ["备份的件"]
    with closing(sqlite3.connect(at.place.file)) as using:
        using.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unusable, match="占用"):
            backup(other, at.place.file, force=True)
    assert titles(at) == ["备份的件"]


def test_a_backup_is_not_written_over_the_book_itself(session: Open, case: Make) -> None:
    at = session()
    case("2023-03-01")
    with pytest.raises(BadValue, match="案件簿本身"):
        backup(at, at.place.file, force=True)
    with pytest.raises(BadValue, match="案件簿本身"):
        restore(at, at.place.file, force=True)
    assert health.check(at).problems == ()


def test_a_restore_says_what_the_backup_lacks_and_spends_no_number_twice(
    session: Open, case: Make, tmp_path: Path
) -> None:
    at = session()
    case("2023-03-01", title="甲")
    backup(at, tmp_path / "a.bak")
    with pytest.raises(Refused, match="与备份相同"):
        restore(at, tmp_path / "a.bak", force=False)
    told = case("2023-03-02", title="乙")
    told.assign("2023-03-03", "甲局")
    with pytest.raises(Refused, match="少 1 件、3 个事件"):
        restore(at, tmp_path / "a.bak", force=False)
    before = (tmp_path / "a.bak").read_bytes()
    done = restore(at, tmp_path / "a.bak", force=True)
    assert done.lacking is not None
    assert (done.lacking.cases, done.lacking.events, done.lacking.same) == (1, 3, True)
    assert titles(at) == ["甲"]
    assert titles(session(path=Path(str(done.kept)))) == ["甲", "乙"]
    assert case("2023-03-04", title="丙").no != told.no  # told to one petitioner, given to no other
    assert health.check(at).problems == ()
    assert (tmp_path / "a.bak").read_bytes() == before
    other = session(path=tmp_path / "other.db")
    with pytest.raises(Refused, match="另一本"):
        restore(other, tmp_path / "a.bak", force=False)


def test_an_old_backup_comes_back_from_a_folder_that_cannot_be_written(tmp_path: Path, session: Open) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    source = folder / "old.bak"
    source.write_bytes(gzip.decompress((OLD / "v5-c308673.db.gz").read_bytes()))
    with closing(sqlite3.connect(source)) as conn:  # as earlier programs left it
        conn.execute("PRAGMA journal_mode=WAL")
    before = source.read_bytes()
    source.chmod(0o400)
    folder.chmod(0o500)
    try:
        at = Session(tmp_path / "new" / "book.db", session().today, "测试员")
        restore(at, source, force=False)
    finally:
        folder.chmod(0o700)
    assert source.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == ["old.bak"]
    assert health.check(at).problems == ()


ADDING = """
import sys
from datetime import date
from pathlib import Path
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import registering
at = Session(Path(sys.argv[1]), date(2023, 7, 18), "测试员" + sys.argv[2])
for n in range(60):
    title = f"{sys.argv[2]}-{n}"
    registering.add(at, at.today, {"channel": "letter", "kind": "other", "title": title})
    print(title, flush=True)
"""


@posix
def test_what_was_told_while_a_backup_comes_back_is_in_one_or_the_other(
    session: Open, case: Make, tmp_path: Path
) -> None:
    at = session()
    case("2023-03-01", title="甲")
    backup(at, tmp_path / "a.bak")
    writers = [
        subprocess.Popen([sys.executable, "-c", ADDING, str(at.place.file), str(n)], stdout=subprocess.PIPE, text=True)
        for n in range(2)
    ]
    told: list[str] = []
    for writer in writers:  # both are at it
        assert writer.stdout is not None
        told.append(writer.stdout.readline().strip())
    kept = [Path(str(restore(at, tmp_path / "a.bak", force=True).kept)) for _ in range(3)]
    for writer in writers:
        assert writer.stdout is not None
        told += writer.stdout.read().split()  # not communicate: it passes over what readline has read ahead
        assert writer.wait(timeout=120) == 0
    assert len(told) == 120
    there = {title for path in (at.place.file, *kept) for title in titles(Session(path, at.today, "测试员"))}
    assert [title for title in told if title not in there] == []
    assert health.check(at).problems == ()


def test_a_book_that_somebody_uses_is_waited_for_and_then_refused(
    session: Open, case: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinfang_cli.book.sqlite import placing

    monkeypatch.setattr(placing, "BUSY_S", 0.1)
    at = session()
    case("2023-03-01", title="甲")
    backup(at, tmp_path / "a.bak")
    said: list[bool] = []

    def waits(first: bool) -> float:
        said.append(first)
        return 0.0

    at.waits = waits
    with closing(sqlite3.connect(at.place.file)) as using:
        using.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unusable, match="占用"):
            restore(at, tmp_path / "a.bak", force=True)
    assert (said[0], any(said[1:])) == (True, False)
    assert titles(at) == ["甲"]
    assert list(tmp_path.glob("*before-restore*")) == []


def test_a_locked_book_is_read_by_nobody(session: Open, case: Make) -> None:
    at = session()
    case("2023-03-01")
    with (
        locked(at.place.file),
        closing(sqlite3.connect(at.place.file, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("SELECT count(*) FROM cases").fetchone()
    assert len(titles(at)) == 1


@posix
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_nobody_else_reads_the_book(umask: int, tmp_path: Path, session: Open, case: Make) -> None:
    was = os.umask(umask)
    try:
        at = Session(tmp_path / "a" / "b" / "book.db", session().today, "测试员")
        assert make_book(at).created
        with at.reading() as book:
            book.conn.execute("SELECT count(*) FROM cases").fetchone()
            case("2023-03-01", at=at)
            for file in (at.place.file, Path(f"{at.place.file}-wal"), Path(f"{at.place.file}-shm")):
                assert file.stat().st_mode & 0o777 == 0o600, file
        for folder in (at.place.file.parent, at.place.file.parent.parent):
            assert folder.stat().st_mode & 0o777 == 0o700
        with written_whole(tmp_path / "report.md") as made:
            made.write_text("x")
        assert (tmp_path / "report.md").stat().st_mode & 0o777 == 0o666 & ~umask
    finally:
        os.umask(was)


@posix
def test_the_doctor_closes_the_book_to_others_and_says_so(session: Open, case: Make) -> None:
    at = session()
    case("2023-03-01")
    at.place.file.chmod(0o644)
    assert str(at.place.file) in health.check(at).mended
    assert at.place.file.stat().st_mode & 0o777 == 0o600
    assert health.check(at).mended == ()
    attached = at.place.file.with_name("book.db.files") / "ab"
    attached.mkdir(parents=True)
    (attached / "abc.pdf").write_text("x")
    for one in (attached, attached.parent, at.place.file.parent):
        one.chmod(0o755)
    (attached / "abc.pdf").chmod(0o644)
    assert len(health.check(at).mended) == 4  # the folder holds nothing but the book
    assert [one.stat().st_mode & 0o777 for one in (attached / "abc.pdf", attached, at.place.file.parent)] == [
        0o600,
        0o700,
        0o700,
    ]
    at.place.file.parent.chmod(0o755)
    at.place.file.with_name("别人的文件").write_text("x")
    assert health.check(at).mended == ()  # nor is anybody else shut out of his own
    at.place.file.chmod(0o664)  # a group that was let write was meant to
    assert make_private(at.place.file)
    assert at.place.file.stat().st_mode & 0o777 == 0o660


def test_what_killed_processes_left_goes(tmp_path: Path, session: Open) -> None:
    at = session()
    left = [tmp_path / f".{at.place.file.name}.{DEAD}.new{end}" for end in ("", *BESIDE)]
    others = [tmp_path / f".other.db.{DEAD}.new", tmp_path / f".{at.place.file.name}.x.new"]
    for file in (*left, *others):
        file.write_text("x")
    sweep(at.place.file)
    assert [file for file in left if file.exists()] == []
    assert all(file.exists() for file in others)
    with scratch(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o077 == 0 or os.name != "posix"
        dead = folder.with_name(folder.name.replace(f"-{os.getpid()}-", f"-{DEAD}-"))
        dead.mkdir()
    session().place.file  # noqa: B018
    with session().reading():
        assert not dead.exists()


def test_nothing_stays_of_what_went_wrong(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), placed(target) as made:
        made.write_text(f"half{1 // 0}")
    with pytest.raises(FileExistsError), placed(target, publish=without_overwriting) as made:
        made.write_text("new")
    assert target.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_dry_run_waits_for_nobody(session: Open, case: Make, tmp_path: Path) -> None:
    from xinfang_cli.office.exchange.importing.run import Choices, import_ledger

    at = session()
    case("2023-03-01", title="甲")
    sheet = tmp_path / "a.csv"
    sheet.write_text("登记编号,收到日期,信访形式,信访目的,概况\n旧-1,2023-06-01,来信,其他,测试件\n", "utf-8")
    with closing(sqlite3.connect(at.place.file)) as using:
        using.execute("BEGIN IMMEDIATE")
        report = import_ledger(at, sheet, Choices(dry_run=True))
    assert (report.imported, report.written) == (1, False)
    assert titles(at) == ["甲"]


def test_a_number_that_was_given_already_names_the_remedy(session: Open, case: Make) -> None:
    at = session()
    case("2023-03-01")
    with closing(sqlite3.connect(at.place.file)) as conn, conn:
        conn.execute("UPDATE serials SET last = 0")
    with pytest.raises(Unusable) as refused:
        case("2023-03-02")
    assert refused.value.code == "numbers"
    health.repair(at)
    case("2023-03-02")
    assert len(titles(at)) == 2


def test_a_clock_that_went_back_gives_no_numbers(session: Open, case: Make) -> None:
    at = session()
    case("2023-03-01")
    with at.reading() as book:
        last = book.events.last_written()
    assert last is not None
    recorded = date.fromisoformat(last[1][:10])
    for back, taken in ((1, True), (2, False)):
        clerk = Session(at.place.file, recorded - timedelta(days=back), "测试员")
        clerk.today_by_clock = True
        if taken:
            with clerk.writing("add"):
                pass
        else:
            with pytest.raises(Refused) as refused, clerk.writing("add"):
                pass
            assert refused.value.code == "clock"
            clerk.today_by_clock = False  # somebody says so
            with clerk.writing("add"):
                pass


def test_an_address_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place may be an address of another engine; of one that nobody knows no file is made."""
    monkeypatch.chdir(tmp_path)
    place = Place.of("other://host/book")
    assert (str(place), Place.of("a/b.db")) == ("other://host/book", Place(Path("a/b.db")))
    assert place.exists()  # for whoever would go on without it
    with pytest.raises(Unusable, match="没有文件"):
        _ = place.file
    with pytest.raises(Unusable, match="没有能打开 other://host/book 的存储"):
        open_book(place)
    assert list(tmp_path.iterdir()) == []


def test_many_letters_bring_their_folder_to_the_disk_once_and_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    original = files.sync

    def sync(path: Path) -> None:
        done.append(path.name)
        original(path)

    monkeypatch.setattr(files, "sync", sync)
    letters._write_all([tmp_path / f"{n}.docx" for n in range(3)], [b"1", b"2", b"3"])
    assert len(done) == 4
    assert [name.endswith(".new") for name in done] == [True, True, True, False]
    assert done[-1] == tmp_path.name
