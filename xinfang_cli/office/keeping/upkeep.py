"""Keeping the house: the book itself, units, settings, working days."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from xinfang_cli.book.face import Book, create_book, open_book, put_in_place
from xinfang_cli.errors import BadValue, Refused, Unusable, system_says
from xinfang_cli.intake import cleaning
from xinfang_cli.office.session import Session
from xinfang_cli.records import Place


def init(session: Session) -> bool:
    """Make the book; False when it is already there (and opens)."""
    made = create_book(session.place, session.actor, session.now())
    open_book(session.place).close()
    return made


# ---- the file ---------------------------------------------------------------------------------------------------


def doctor(
    session: Session, rebuild: bool = True, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Check the book: SQLite's own check, the chain, the texts, and the rebuilt cases against the stored ones."""
    from xinfang_cli.office.work import evidence

    with session.reading() as book:
        report = book.keeping.examine(rebuild=rebuild, progress=progress)
        files = evidence.problems(book)
        report["problems"] += files
        report["bad_files"] = len(files)
        report["ok"] = not report["problems"]
        return report | _doubtful(book)


def _doubtful(book: Book) -> dict[str, dict[str, Any]]:
    """How many open cases have a petitioner about whom something is doubtful, and the newest of each kind; they were
    registered all the same (art. 22)."""
    found: dict[str, list[str]] = {kind: [] for kind in cleaning.DOUBTS}
    for case_no, *said in book.people.of_open_cases():
        for kind, _ in cleaning.doubts(*said):
            found[kind].append(case_no)
    return {
        "doubtful": {kind: len(numbers) for kind, numbers in found.items()},
        "doubtful_cases": {kind: numbers[:10] for kind, numbers in found.items()},
    }


def rebuild(session: Session) -> int:
    """Write every case and clock again from the events; how many cases."""
    with session.writing("rebuild") as (book, _):
        return book.keeping.rebuild()


def backup(session: Session, target: Path, force: bool = False, files: bool = False) -> dict[str, Any]:
    """Copy the book with SQLite's backup API; the copy's event head.

    With `files`, what is attached is copied beside it; without, `files` in the answer is None where there is any.
    """
    from xinfang_cli.office.work import evidence

    if target.exists() and not force:
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
    warnings = copied.warnings if copied else []
    return {"file": str(target), "events": events, "head": head, "files": count, "warnings": warnings}


def restore(session: Session, source: Path, force: bool) -> dict[str, Any]:
    """Put a backup in the book's place, after checking it; the book that was there is kept beside it."""
    if not source.exists():
        raise Unusable(f"备份 {source} 不存在", "请核对文件名", code="no_file")
    if session.place.exists() and not force:
        raise Refused(
            f"案件簿 {session.place} 已经有了", "确要用备份替换，加 --force（现有的会改名保存）", code="exists"
        )
    with open_book(Place(source)) as book:
        report = book.keeping.examine(rebuild=True)
        if not report["ok"]:
            raise Unusable(f"备份 {source} 本身不完好，没有恢复", "请换一份备份", code="damaged")
    from xinfang_cli.office.work import evidence

    done = put_in_place(source, session.place)
    with session.reading() as book:
        copied = evidence.bring_back(source, book)
    return {**done, "files": copied.files, "warnings": copied.warnings}
