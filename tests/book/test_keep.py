"""Backups come back whole, whatever they are put over."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Matter, shown_case
from xinfang_cli.book.kept import KeptList, Profile
from xinfang_cli.errors import Refused, Unusable
from xinfang_cli.office.exchange.importing.run import Choices, import_ledger
from xinfang_cli.office.find import kept_lists
from xinfang_cli.office.keeping import health, settings
from xinfang_cli.office.keeping.backup import backup, backup_into, listed
from xinfang_cli.office.keeping.daily import after_writing
from xinfang_cli.office.keeping.restore import restore
from xinfang_cli.office.session import Session

Make = Callable[..., Matter]
Open = Callable[..., Session]
OLD = Path(__file__).parent / "old"


def set_page_size(path: Path, size: int) -> None:
    """What an earlier version made, or somebody's VACUUM."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")
        conn.execute(f"PRAGMA page_size={size}")
        conn.execute("VACUUM")
        conn.execute("PRAGMA journal_mode=WAL")
        assert conn.execute("PRAGMA page_size").fetchone() == (size,)


def title(at: Session) -> str:
    return str(shown_case(at, "XF2023-000001", False)["title"])


@pytest.mark.parametrize(("backup_pages", "book_pages"), [(16384, 16384), (16384, 4096), (4096, 16384), (512, 65536)])
def test_a_backup_comes_back_over_a_book_of_other_pages(
    session: Open, case: Make, tmp_path: Path, backup_pages: int, book_pages: int
) -> None:
    case("2023-03-01", title="测试件甲")
    made = backup(session(), tmp_path / "a.bak")
    set_page_size(tmp_path / "a.bak", backup_pages)
    other = session(path=tmp_path / "other.db")
    case("2023-03-01", at=other, title="测试件乙")
    set_page_size(other.place.file, book_pages)
    with pytest.raises(Refused, match="已经有了"):
        restore(other, tmp_path / "a.bak", force=False)
    assert title(other) == "测试件乙"
    done = restore(other, tmp_path / "a.bak", force=True)
    assert (done.events, done.head) == (made.events, made.head)
    assert title(other) == "测试件甲"
    assert health.check(other).problems == ()
    with closing(sqlite3.connect(other.place.file)) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert title(session(path=Path(str(done.kept)))) == "测试件乙"
    case("2023-03-02", at=other, title="还能登记")


def test_a_backup_comes_back_over_a_book_that_is_no_more(session: Open, case: Make, tmp_path: Path) -> None:
    case("2023-03-01", title="测试件甲")
    backup(session(), tmp_path / "a.bak")
    for name, left in (("gone.db", None), ("damaged.db", b"SQLite format 3\0" + b"\xff" * 5000)):
        at = Session(tmp_path / name, session().today, "测试员")
        if left is not None:
            at.place.file.write_bytes(left)
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
    "units of nobody": "INSERT INTO units(name, grp, ord, initials) VALUES ('丙局', '国企', 9, 'bj')",
    "units with other names": """UPDATE units SET aliases = '["丁局"]'""",
    "words": "INSERT INTO unit_words SELECT '别的局', max(id) FROM units",
    "words in pinyin": "UPDATE units SET initials = 'xx'",
    "lists": "INSERT INTO regions VALUES ('无人登记镇', 1)",
    "lists in another order of parts": "UPDATE topics SET parent = '别的' WHERE ord = 1",
    "lists without one": "DELETE FROM regions",
    "numbers": "UPDATE serials SET last = 0",
    "numbers passed over": "UPDATE serials SET last = 90",
    "case_numbers": "UPDATE docket SET case_no = 'XF2023-000009', serial = 9",
    "case_numbers of another office": "UPDATE docket SET sheet_no = '别的编号'",
    "lists in another order": "UPDATE topics SET ord = 13 - ord",
    "undone": "INSERT INTO undone SELECT max(id), max(id) FROM commands",
    "texts": "DELETE FROM texts",
    "cases": "UPDATE clocks SET due_on = '2030-01-01'",
    "search": "UPDATE search_data SET block = x'00' WHERE id > 100",
    "schema": "DROP INDEX cases_last",
    "schema with an index": "CREATE INDEX more ON cases(lead)",
    "tables with a trigger": "CREATE TRIGGER search_more AFTER INSERT ON events BEGIN DELETE FROM views; END",
    "tables with a view": "CREATE VIEW more AS SELECT * FROM cases",
    "tables with a trigger of a name that is SQLite's": [
        "PRAGMA writable_schema=ON",
        "INSERT INTO sqlite_master VALUES ('trigger', 'sqlite_more', 'events', 0, "
        "'CREATE TRIGGER sqlite_more AFTER INSERT ON events BEGIN DELETE FROM views; END')",
    ],
    "tables beside the text index": "CREATE TABLE search_content(id)",
    "schema of the text index": "CREATE INDEX more ON search_data(id)",
    "search with a column more": "ALTER TABLE search_docsize ADD COLUMN more",
    "schema without a table": "DROP TABLE backlog",
    "tables": "CREATE TABLE more (x)",
    "tables of the record": "ALTER TABLE units ADD COLUMN more TEXT",
    "docket": "UPDATE docket SET serial = 9",
    "docket without a case": "INSERT INTO docket(case_no, year, serial) VALUES ('XF2023-000009', 2023, 9)",
    "commands": "INSERT INTO commands(name, actor, recorded_at) VALUES ('add', '测试甲', '2023-01-01T00:00:00+00:00')",
    "access": "INSERT INTO access_log VALUES (9, '2023-01-01', '测试甲', 'show')",
    "kept": "INSERT INTO views VALUES ('x', '{', '测试甲')",
    "kept of nobody": "INSERT INTO views VALUES ('x', '[]', '测试甲')",
    "kept otherwise": "UPDATE mappings SET fields = '{}'",
    "kept no more": "DELETE FROM views",
}
MENDED = ("case_numbers", "units", "words", "lists", "numbers", "undone", "cases", "search", "schema")


@pytest.mark.long
@pytest.mark.parametrize("forged", FORGED)
def test_the_doctor_sees_what_the_events_do_not_say(session: Open, case: Make, forged: str) -> None:
    at = session()
    case("2023-03-01", ("assign", "2023-03-02", {"to": "甲局"}), title="测试件")
    with at.writing("test") as (book, pen):
        book.units.add_region(pen, "测试镇", at.today)
        book.views.keep(pen, KeptList("测试列表", ("--stage", "办理中"), "测试员"))
        book.mappings.keep(pen, Profile("测试方案", ("甲", "乙"), {"甲": "title"}))
    sound = health.check(at).book.checks
    assert set(sound.values()) == {0}
    with closing(sqlite3.connect(at.place.file)) as conn, conn:
        said = FORGED[forged]
        for statement in [said] if isinstance(said, str) else said:
            conn.execute(statement)
    check = forged.split()[0]
    found = health.check(at)
    assert not found.ok
    assert found.book.checks[check] > 0
    assert found.mendable == (check in MENDED)
    if check in ("texts", "docket"):  # nothing proves what should be there
        with pytest.raises(Refused) as refused:
            health.repair(at)
        assert refused.value.code == "unproven"
        return
    done = health.repair(at)
    again = health.check(at, repaired=done)
    assert again.ok == (check in MENDED)
    assert again.book.checks[check] == 0 or check not in MENDED
    assert done.kept is not None
    with closing(sqlite3.connect(done.kept)) as conn:  # as it was, for whoever asks later
        assert conn.execute("SELECT count(*) FROM events").fetchone() == (again.book.events,)


def test_exchanged_numbers_are_named_and_given_back(session: Open, case: Make, tmp_path: Path) -> None:
    """Of cases of the counter, of a sheet, and of a book from before a registration said its number."""
    sheet = tmp_path / "a.csv"
    sheet.write_text(
        "登记编号,收到日期,信访形式,信访目的,概况\n,2023-03-01,来信,求决,测试件甲\nA-77,2023-03-02,来信,求决,测试件乙\n"
    )
    old = session(path=tmp_path / "old.db")
    old.place.file.write_bytes(gzip.decompress(next(OLD.glob("v14-*.db.gz")).read_bytes()))
    of_sheet = session(path=tmp_path / "sheet.db")
    import_ledger(of_sheet, sheet, Choices())
    case("2023-03-01", title="测试件甲")
    case("2023-03-02", title="测试件乙")
    for at in (session(), of_sheet, old):
        assert health.check(at).problems == ()
        with closing(sqlite3.connect(at.place.file)) as conn, conn:
            (a, one), (b, two) = conn.execute("SELECT id, case_no FROM docket ORDER BY id LIMIT 2").fetchall()
            for table in ("docket", "cases"):
                sql = f"UPDATE {table} SET case_no = ? WHERE id = ?"
                conn.executemany(sql, [("?", a), (one, b), (two, a)])
            conn.execute(
                "UPDATE docket SET serial = CAST(substr(case_no, -6) AS INTEGER), year = substr(case_no, 3, 4)"
            )
        found = health.check(at)
        assert found.problems[:2] == (f"{two} 登记时的编号是 {one}", f"{one} 登记时的编号是 {two}")
        assert found.mendable
        health.repair(at)
        assert health.check(at).problems == ()
        with closing(sqlite3.connect(at.place.file)) as conn:
            assert conn.execute("SELECT case_no FROM cases WHERE id = ?", (a,)).fetchone() == (one,)
    with closing(sqlite3.connect(of_sheet.place.file)) as conn, conn:
        conn.execute("UPDATE docket SET fingerprint = NULL")  # the next import would enter the row again
    assert health.check(of_sheet).book.checks["case_numbers"] == 1


def test_what_was_kept_comes_and_goes_with_the_chain(session: Open, case: Make) -> None:
    at = session()
    case("2023-03-01")
    kept_lists.save(at, "甲", ["--overdue"])
    kept_lists.save(at, "甲", ["--batch", "乙"])
    kept_lists.save(at, "丙", [])
    kept_lists.drop(at, "甲")
    assert health.check(at).problems == ()
    with at.reading() as book:  # nothing to take back
        assert (book.events.last_command(at.actor) or (0, ""))[1] != "view"


def test_numbers_spent_meanwhile_stand_in_the_chain(session: Open, case: Make, tmp_path: Path) -> None:
    at = session()
    case("2023-03-01")
    backup(at, tmp_path / "a.bak")
    case("2023-03-02")
    case("2023-03-03")
    restore(at, tmp_path / "a.bak", force=True)
    assert health.check(at).problems == ()
    assert case("2023-03-04").no == "XF2023-000004"
    with closing(sqlite3.connect(at.place.file)) as conn, conn:
        conn.execute("UPDATE serials SET last = 5")
    assert health.check(at).problems == ("2023 年的末号记为 5，实际已用到 4",)


def test_a_forged_chain_is_not_made_to_look_sound(session: Open, case: Make, tmp_path: Path) -> None:
    at = session()
    case("2023-03-01", title="测试件")
    head = health.check(at).book.head
    with closing(sqlite3.connect(at.place.file)) as conn, conn:
        conn.execute("DROP TRIGGER events_never_change")
        conn.execute("UPDATE events SET on_day = '2023-03-02' WHERE kind = 'register'")
    with pytest.raises(Refused):
        health.repair(at)
    assert not health.check(at).ok
    other = session(path=tmp_path / "other.db")
    case("2023-03-01", at=other)
    with pytest.raises(Refused):  # sound in itself, but not what was noted down
        health.repair(other, health.Outside(head=head))
    assert list(tmp_path.glob("*before-repair*")) == []


def test_the_doctor_looks_while_another_writes(session: Open, case: Make) -> None:
    at = session()
    case("2023-03-01")
    with closing(sqlite3.connect(at.place.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM clocks")
        assert health.check(at).problems == ()
        other.execute("ROLLBACK")


def test_two_units_that_changed_names_are_told_apart_again(session: Open, case: Make) -> None:
    case("2023-03-01", ("assign", "2023-03-02", {"to": "甲局"}))
    case("2023-03-01", ("assign", "2023-03-02", {"to": "乙局"}))
    at = session()
    with closing(sqlite3.connect(at.place.file)) as conn, conn:
        for name, other in (("甲局", "丙"), ("乙局", "甲局"), ("丙", "乙局")):
            conn.execute("UPDATE units SET name = ? WHERE name = ?", (other, name))
    assert health.check(at).book.checks["units"] == 2
    health.repair(at)
    assert health.check(at).problems == ()
    with at.reading() as book:
        assert book.units.find("甲局").id < book.units.find("乙局").id


# ---- copies made by themselves, listed and rotated --------------------------------------------------------------------


def clocked(at: Session, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setattr(at, "now", lambda: moment)


def test_a_folder_keeps_so_many_copies_and_never_loses_a_fuller_one(
    session: Open, case: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, folder = session(), tmp_path / "copies"
    case("2023-03-01", at=at)
    stranger = folder / f"{at.place.file.stem}.backup-20200101T000000{at.place.file.suffix}"
    made = []
    for minute in range(4):
        clocked(at, monkeypatch, f"2023-07-17T10:0{minute}:00+00:00")
        made.append(backup_into(at, folder, 3))
        if minute == 0:  # of another book that is called alike
            other = session(path=tmp_path / "other.db")
            case("2023-03-01", at=other)
            backup(other, stranger)
    assert [len(one.removed) for one in made] == [0, 0, 0, 1]
    assert made[3].removed == (made[0].file,)
    assert stranger.exists()
    found = listed(at, folder)
    assert [copy.verified for copy in found.copies] == [True] * 4
    ours = [copy for copy in found.copies if copy.file != stranger]
    assert [(copy.cases, copy.events) for copy in ours] == [(1, one.events) for one in reversed(made[1:])]
    assert [copy.head for copy in ours] == [one.head for one in reversed(made[1:])]
    case("2023-03-02", at=at)
    clocked(at, monkeypatch, "2023-07-17T10:05:00+00:00")
    fuller = backup_into(at, folder, 10).file
    restore(at, Path(made[3].file), force=True)  # the book holds less than that copy now
    clocked(at, monkeypatch, "2023-07-17T10:06:00+00:00")
    backup_into(at, folder, 1)
    assert Path(fuller).exists()
    assert not Path(made[1].file).exists()


def test_a_list_of_copies_says_which_is_not_sound(session: Open, case: Make, tmp_path: Path) -> None:
    at, folder = session(), tmp_path / "copies"
    case("2023-03-01", at=at)
    good, forged, torn = (Path(backup_into(at, folder, None).file) for _ in range(3))
    (folder / "notes.txt").write_text("no book")
    with closing(sqlite3.connect(forged)) as conn, conn:
        conn.execute("DROP TRIGGER events_never_change")
        conn.execute("UPDATE events SET body = '{}' WHERE id = 2")
    torn.write_bytes(torn.read_bytes()[:9000])
    found = {copy.file: copy for copy in listed(at, folder).copies}
    assert {file: copy.verified for file, copy in found.items()} == {good: True, forged: False, torn: False}
    assert found[forged].why
    with pytest.raises(Unusable, match="没有文件夹"):
        listed(at, tmp_path / "nowhere")


def test_a_copy_before_a_migration(session: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = session(path=tmp_path / "old.db")
    at.place.file.write_bytes(gzip.decompress((OLD / "v5-c308673.db.gz").read_bytes()))
    told: list[Path] = []
    at.upgraded = told.append
    from xinfang_cli.book.sqlite import copies

    with monkeypatch.context() as patched:  # no copy, no migration

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        patched.setattr(copies, "backup", full)
        with pytest.raises(Unusable, match="没有升级"), at.reading():
            pass
    with closing(sqlite3.connect(at.place.file)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (5,)
    with at.reading() as book:
        count = book.cases.count()
    with at.reading():
        pass
    assert len(told) == 1
    [copy] = listed(at, None).copies
    assert (copy.file, copy.cases, copy.verified) == (told[0], count, True)
    with closing(sqlite3.connect(copy.file)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (5,)


def test_once_a_day_a_copy_is_made_where_the_setting_says(
    session: Open, case: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, folder = session(), tmp_path / "daily"
    said: list[str] = []
    at.after_writing = lambda at, book: said.extend(map(str, after_writing(at, book)))
    case("2023-03-01", at=at)
    with pytest.raises(Unusable):
        settings.change(at, settings.Wanted("backup_folder", str(folder)))
    folder.mkdir()
    clocked(at, monkeypatch, "2023-07-17T00:30:00+00:00")
    settings.change(at, settings.Wanted("backup_folder", str(folder)))
    for moment in ("2023-07-17T01:00:00+00:00", "2023-07-17T15:59:00+00:00"):  # both the 17th in China
        clocked(at, monkeypatch, moment)
        case("2023-03-02", at=at)
    assert len(list(folder.iterdir())) == 1
    clocked(at, monkeypatch, "2023-07-17T16:00:00+00:00")
    case("2023-03-03", at=at)
    assert len(list(folder.iterdir())) == 2
    assert said == []
    shutil.rmtree(folder)
    folder.write_text("a file")
    clocked(at, monkeypatch, "2023-07-19T01:00:00+00:00")
    case("2023-03-04", at=at)  # is registered all the same
    assert len(said) == 1
    folder.unlink()
    case("2023-03-05", at=at)  # tried again
    assert len(list(folder.iterdir())) == 1
