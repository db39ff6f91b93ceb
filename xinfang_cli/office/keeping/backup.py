"""A copy of the book, and of what is attached to its cases."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from xinfang_cli.errors import BadValue, Unusable, system_says
from xinfang_cli.office.session import Session


class Backup(NamedTuple):
    """A copy of the book and its event head. `files`: how many attached files were copied beside it; None where there are
    some and none was."""

    file: str
    events: int
    head: str
    files: int | None
    warnings: tuple[str, ...]


def backup(session: Session, target: Path, force: bool = False, files: bool = False) -> Backup:
    """Copy the book with SQLite's backup API, and with `files` what is attached beside it."""
    from xinfang_cli.office.work import evidence

    if target.exists():
        if session.place.exists() and target.samefile(session.path):
            raise BadValue("文件", str(target), "就是案件簿本身", "备份要写到另一个文件")
        if not force:
            raise BadValue("文件", str(target), "已经有了", "换个名字，或加 --force 覆盖")
    with session.reading() as book:
        try:
            events, head = book.keeping.backup(target)
        except OSError as error:
            raise Unusable(
                f"备份 {target} 写不下来（{system_says(error)}）",
                "请检查文件夹是否存在、能否写入、磁盘是否已满",
                code="output",
            ) from error
        copied = evidence.take_along(book, target) if files else None
        count = copied.files if copied else None if book.attachments.any_kept() else 0
    return Backup(str(target), events, head, count, tuple(copied.warnings) if copied else ())
