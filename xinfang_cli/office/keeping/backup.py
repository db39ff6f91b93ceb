"""Copies of the book: made to a file or into a folder, read back, listed; the oldest go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from xinfang_cli.book.engine import Copy
from xinfang_cli.book.face import Book, back_up, copies_in, copies_of, keeps_copies, set_aside
from xinfang_cli.errors import BadValue, Missing, Unusable, system_says
from xinfang_cli.files import BESIDE
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.office.find.attached import folder_of
from xinfang_cli.office.session import Session, sha256_of
from xinfang_cli.office.views import Warned


class Backup(NamedTuple):
    """A copy of the book and its event head. `files`: how many attached files were copied beside it; None where there are
    some and none was. `removed`: older copies that went."""

    file: str
    events: int
    head: str
    files: int | None
    warnings: tuple[Warned, ...]
    removed: tuple[str, ...] = ()


class Copies(NamedTuple):
    """Copies of books, each read just now: the newest first."""

    where: tuple[str, ...]
    copies: tuple[Copy, ...]


class _Attached:
    """The attached files that go along with a copy, where that is wanted: how many, and what was missing."""

    def __init__(self, book: Book, wanted: bool) -> None:
        self.book, self.wanted = book, wanted
        self.count: int | None = None if book.attachments.any_kept() else 0
        self.warnings: tuple[Warned, ...] = ()

    def take(self, target: Path) -> None:
        """Copy them, before the copy has its name: where that one stands, its files do."""
        if self.wanted:
            from xinfang_cli.office.work import evidence

            copied = evidence.take_along(self.book, target)
            self.count, self.warnings = copied.files, tuple(copied.warnings)


def backup(session: Session, target: Path, force: bool = False, files: bool = False) -> Backup:
    """Copy the book with SQLite's backup API, and with `files` what is attached beside it."""
    if target.exists():
        if keeps_copies(session.place) and session.place.exists() and target.samefile(session.place.file):
            raise BadValue("文件", str(target), "就是案件簿本身", "备份要写到另一个文件")
        if any(log.exists() and log.stat().st_size for log in (Path(f"{target}{end}") for end in BESIDE)):
            raise BadValue("文件", str(target), "旁边有写前日志，像是正在用的案件簿", "备份要写到另一个文件")
        if not force:
            raise BadValue("文件", str(target), "已经有了", "换个名字，或加 ⟦.force⟧ 覆盖")
    with session.reading() as book:
        session.look(book, "backup", file=target.name)  # before the copy, which has it too
        attached = _Attached(book, files)
        try:
            events, head = back_up(book, target, attached.take)
        except OSError as error:
            raise _unwritten(target, error) from error
        _looked(session, book, target)
        warnings = (*attached.warnings, *_carried(session, book, target, (events, head)))
        return Backup(str(target), events, head, attached.count, warnings)


def _looked(session: Session, book: Book, made: Path) -> None:
    """Log the copy: name, SHA-256, all cases."""
    session.look(book, "backup", ids=book.lists.ids(ListFilter()), file=made.name, sha256=sha256_of(made))


def backup_into(session: Session, folder: Path, keep: int | None, files: bool = False) -> Backup:
    """Copy the book into a folder under the name of the moment; with `keep` no more than so many stay."""
    with session.reading() as book:
        return into(session, book, folder, keep, files)


def into(session: Session, book: Book, folder: Path, keep: int | None, files: bool = False) -> Backup:
    """`backup_into` of an open book."""
    from xinfang_cli.files import make_folder

    attached = _Attached(book, files)
    try:
        make_folder(folder)
        made, removed = set_aside(book, session.now(), folder, keep, attached.take)
    except OSError as error:
        raise _unwritten(folder, error) from error
    _looked(session, book, made.file)
    _remove_attached(removed)
    assert made.events is not None
    assert made.head is not None
    warnings = (*attached.warnings, *_carried(session, book, made.file, (made.events, made.head)))
    return Backup(str(made.file), made.events, made.head, attached.count, warnings, tuple(map(str, removed)))


def _carried(session: Session, book: Book, made: Path, at: tuple[int, str]) -> tuple[Warned, ...]:
    """Seal a copy if the office signs; returns a failure in words."""
    if not book.code.now.rules.settings["seal_key"]:
        return ()
    from xinfang_cli.office.keeping import signing

    return signing.carried(session, book, made, at)


def _unwritten(target: Path, error: OSError) -> Unusable:
    return Unusable(
        f"备份 {target} 写不下来（{system_says(error)}）",
        "请检查文件夹是否存在、能否写入、磁盘是否已满",
        code="output",
    )


def _remove_attached(copies: Iterable[Path]) -> None:
    """Remove attached files and seals of deleted copies."""
    from shutil import rmtree

    for copy in copies:
        rmtree(folder_of(copy), ignore_errors=True)
        copy.with_name(f"{copy.name}.seal").unlink(missing_ok=True)


def listed(session: Session, folder: Path | None) -> Copies:
    """The copies in a folder; without one those beside the book and in the folder of the daily ones."""
    if folder is not None:
        if not folder.is_dir():
            raise Unusable(f"没有文件夹 {folder}", "请核对备份放在哪里", code="no_file")
        return _newest_first([folder], copies_in(folder, session.place))
    if session.place.address:
        raise Missing("案件簿在服务器上，旁边没有备份", "请写备份所在的文件夹：⟦backup⟧ 文件夹 ⟦.list⟧")
    where = [session.place.file.parent]
    found = copies_of(session.place)
    daily = daily_folder(session)
    if daily is not None and daily.is_dir() and not daily.samefile(session.place.file.parent):
        where.append(daily)
        found += copies_in(daily, session.place)
    return _newest_first(where, found)


def daily_folder(session: Session) -> Path | None:
    """The office's folder for daily copies."""
    from xinfang_cli.office.keeping.settings import in_force

    rules, _ = in_force(session)
    said = rules.settings.get("backup_folder")
    return Path(said) if said else None


def _newest_first(where: Iterable[Path], found: Iterable[Copy]) -> Copies:
    ordered = sorted(found, key=lambda copy: (copy.last_at or "", copy.events or 0, copy.made_at), reverse=True)
    return Copies(tuple(map(str, where)), tuple(ordered))
