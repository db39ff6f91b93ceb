"""Evidence: copied under its hash, checked by the doctor, taken along."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import Matter, shown_case
from xinfang_cli import keys
from xinfang_cli.documents import exports
from xinfang_cli.errors import NotFound, Refused, Unusable
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.exchange import export
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.find.attached import folder_of
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.keeping import health
from xinfang_cli.office.keeping.backup import backup, backup_into
from xinfang_cli.office.keeping.restore import restore
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import evidence
from xinfang_cli.present.casework import record

Make = Callable[..., Matter]
DAY = date(2023, 3, 5)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "现场 照片.JPG"
    path.write_bytes(b"\xff\xd8" + b"x" * 3_000_000)
    return path


def stored(session: Session) -> list[Path]:
    return sorted(path for path in folder_of(session.place.file).rglob("*") if path.is_file())


def test_a_file_is_copied_under_its_hash_and_shown(case: Make, photo: Path) -> None:
    matter = case("2023-03-01")
    kept = record(evidence.attach(matter.session, matter.no, [photo], DAY).cases[0])["attachments"]
    digest = sha256(photo.read_bytes()).hexdigest()
    place = folder_of(matter.session.place.file) / digest[:2] / f"{digest}.jpg"
    assert kept == [
        {"name": "现场 照片.JPG", "on": "2023-03-05", "size": 3_000_002, "sha256": digest, "path": str(place), "there": True}
    ]  # fmt: skip
    assert b"".join(keys.opened(place)) == photo.read_bytes()
    if sys.platform != "win32":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert shown_case(matter.session, matter.no, False)["attachments"] == kept
    assert health.check(matter.session).ok


def test_the_same_file_again(case: Make, photo: Path, tmp_path: Path) -> None:
    matter, other = case("2023-03-01"), case("2023-03-01")
    evidence.attach(matter.session, matter.no, [photo], DAY)
    with pytest.raises(Refused):
        evidence.attach(matter.session, matter.no, [photo], DAY)
    second = tmp_path / "b.txt"
    second.write_text("乙")
    done = evidence.attach(matter.session, matter.no, [photo, second, second], DAY)
    assert len(done.warnings) == 2
    assert len(record(done.cases[0])["attachments"]) == 2
    evidence.attach(other.session, other.no, [photo], DAY)
    assert len(stored(matter.session)) == 2


def test_what_cannot_be_attached_leaves_nothing(case: Make, photo: Path, tmp_path: Path) -> None:
    matter = case("2023-03-01")
    for number, files, day, error in (
        ("99", [photo], DAY, NotFound),
        (matter.no, [photo, tmp_path / "没有.jpg"], DAY, FileNotFoundError),
        (matter.no, [photo, tmp_path], DAY, OSError),
        (matter.no, [photo], date(2025, 1, 1), Refused),
    ):
        with pytest.raises(error):
            evidence.attach(matter.session, number, files, day)
        assert stored(matter.session) == []
    assert len(matter.events()) == 1
    with pytest.raises(Refused):
        matter.do("attach", "2023-03-05", sha256="../../etc/passwd")


def test_undo_takes_it_off_the_case(case: Make, photo: Path) -> None:
    matter = case("2023-03-01")
    evidence.attach(matter.session, matter.no, [photo], DAY)
    undoing.undo(matter.session)
    assert shown_case(matter.session, matter.no, False)["attachments"] == []
    stored(matter.session)[0].unlink()
    assert health.check(matter.session).ok


def test_the_doctor_misses_what_is_gone_and_sees_what_changed(case: Make, photo: Path) -> None:
    matter = case("2023-03-01")
    evidence.attach(matter.session, matter.no, [photo], DAY)
    (place,) = stored(matter.session)
    place.write_bytes(b"changed")
    report = health.check(matter.session, compare=False)
    assert not report.ok
    assert "内容变了" in report.problems[0]
    place.unlink()
    assert "不见了" in health.check(matter.session).problems[0]
    assert shown_case(matter.session, matter.no, False)["attachments"][0]["there"] is False


def test_backup_and_restore_take_it_along(case: Make, photo: Path, tmp_path: Path) -> None:
    matter = case("2023-03-01")
    target = tmp_path / "备份" / "b.db"
    target.parent.mkdir()
    assert backup(matter.session, target).files == 0
    evidence.attach(matter.session, matter.no, [photo], DAY)
    assert backup(matter.session, target, force=True).files is None
    assert backup(matter.session, target, force=True, files=True).files == 1
    elsewhere = Session(tmp_path / "新" / "book.db", date(2024, 1, 1), "测试员")
    assert restore(elsewhere, target, force=False).files == 1
    assert health.check(elsewhere).ok
    shutil.rmtree(folder_of(target))
    bare = Session(tmp_path / "空" / "book.db", date(2024, 1, 1), "测试员")
    restored = restore(bare, target, force=False)
    assert (restored.files, [warned.code for warned in restored.warnings]) == (0, ["not_with_the_backup"])
    again = backup(bare, tmp_path / "c.db", files=True)
    assert (again.files, [warned.code for warned in again.warnings]) == (0, ["gone"])


def test_a_copy_stands_there_with_its_files_or_not_at_all(
    case: Make, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or a kill, while attached files are copied left a copy under its name without them."""
    matter = case("2023-03-01")
    evidence.attach(matter.session, matter.no, [photo], DAY)
    there: list[bool] = []

    def full(source: Path, target: Path) -> None:
        there.append((tmp_path / "b.db").exists())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(Unusable, match="磁盘"):
        backup(matter.session, tmp_path / "b.db", files=True)
    with pytest.raises(Unusable, match="磁盘"):
        backup_into(matter.session, tmp_path / "备份", 3, files=True)
    assert there == [False, False]
    assert [file.suffix for file in tmp_path.rglob("*.db") if file != matter.session.place.file] == []


def test_export_takes_it_along(case: Make, photo: Path, tmp_path: Path) -> None:
    one = case("2023-03-01")
    accusation = case("2023-03-01", kind="accusation")
    copy = tmp_path / "别处" / photo.name
    copy.parent.mkdir()
    copy.write_bytes(b"other")
    evidence.attach(one.session, one.no, [photo, copy], DAY)
    evidence.attach(one.session, accusation.no, [photo], DAY)
    target = tmp_path / "附件"
    assert evidence.copy_out(one.session, CasesAsked(), target, False) == (2, [])
    names = sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())
    assert [Path(name).name for name in names] == ["现场 照片-2.JPG", "现场 照片.JPG"]
    assert {Path(name).parts[0] for name in names} == {one.no}
    assert evidence.copy_out(one.session, CasesAsked(), target, True) == (3, [])
    (place, other) = stored(one.session)
    place.unlink()
    other.write_bytes(b"changed")
    found = evidence.copy_out(one.session, CasesAsked(), target, False)
    assert found.files == 1
    assert (
        {warned.code == "gone" for warned in found.warnings}
        == {warned.code == "changed" for warned in found.warnings}
        == {True, False}
    )


def test_a_whole_book_says_that_its_files_go_another_way(case: Make, photo: Path, tmp_path: Path) -> None:
    matter = case("2023-03-01")
    evidence.attach(matter.session, matter.no, [photo], DAY)
    with export.export(matter.session, export.ExportRequest("cases", reveal=True, full=True)) as found:
        exports.write(tmp_path / "全部.xlsx", found.what, found.tables, True, True, beside=tmp_path)
    assert "book.db.files 文件夹拷到" in str(found.warnings[0])
    other = Session(tmp_path / "新.db", matter.session.today, "测试员")
    assert run.import_ledger(other, tmp_path / "全部.xlsx").imported == 1
    assert "不见了" in health.check(other).problems[0]
    shutil.copytree(folder_of(matter.session.place.file), folder_of(other.place.file))
    assert health.check(other).ok
    for at in (matter.session, other):  # its own name and hash, not those of the workbook that brought it
        event = shown_case(at, matter.no, reveal=True)["events"][-1]
        assert (event["file"], event["sha256"]) == (photo.name, sha256(photo.read_bytes()).hexdigest())


def test_what_is_gone_or_changed_is_put_back_by_attaching_it_again(case: Make, photo: Path) -> None:
    matter = case("2023-03-01")
    evidence.attach(matter.session, matter.no, [photo], DAY)
    (place,) = stored(matter.session)
    for harm in (place.unlink, lambda: place.write_bytes(b"changed")):
        harm()
        done = evidence.attach(matter.session, matter.no, [photo], DAY)
        assert "已按这份放回" in str(done.warnings[0])
        assert health.check(matter.session).ok
    assert len(matter.events()) == 2


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_the_files_of_a_linked_book_stand_beside_the_book_itself(case: Make, photo: Path, tmp_path: Path) -> None:
    matter = case("2023-03-01")
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(matter.session.place.file)
    through = Session(link, matter.session.today, "测试员")
    evidence.attach(through, matter.no, [photo], date(2023, 3, 2))
    assert [file.name for file in link.parent.iterdir()] == ["link.db"]
    assert health.check(matter.session).problems == ()
    assert health.check(through).problems == ()
