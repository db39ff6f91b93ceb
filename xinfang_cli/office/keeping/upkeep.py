"""Keeping the house: the book itself, units, settings, working days."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from xinfang_cli.book.engine import Lacking, Restored
from xinfang_cli.book.face import Book, create_book, lacking, open_book, restore_book
from xinfang_cli.errors import BadValue, Refused, Unusable, system_says
from xinfang_cli.files import BESIDE, make_private
from xinfang_cli.intake import cleaning
from xinfang_cli.office.keeping.accusations import with_the_accused
from xinfang_cli.office.session import Session


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
        report["mended"] = _closed_to_others(session.path)
        report["with_the_accused"] = list(with_the_accused(book))
        files = evidence.problems(book)
        report["problems"] += files
        report["bad_files"] = len(files)
        report["ok"] = not report["problems"]
        missing = book.cases.acceptance_missing()
        return report | _doubtful(book) | {"acceptance_missing": {"count": len(missing), "cases": missing[:10]}}


def _closed_to_others(path: Path) -> list[str]:
    """The files of the book that others could read until now."""
    mended = []
    for file in (path, *(Path(f"{path}{end}") for end in BESIDE)):
        with suppress(OSError):  # not ours, or not there
            if make_private(file):
                mended.append(str(file))
    return mended


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
    warnings = copied.warnings if copied else []
    return {"file": str(target), "events": events, "head": head, "files": count, "warnings": warnings}


def restore(session: Session, source: Path, force: bool) -> dict[str, Any]:
    """Put a backup in the book's place, after checking it; the book that was there is kept beside it."""
    from xinfang_cli.office.work import evidence

    if not source.exists():
        raise Unusable(f"备份 {source} 不存在", "请核对文件名", code="no_file")
    if session.place.exists():
        if source.samefile(session.path):
            raise BadValue("备份", str(source), "就是案件簿本身", "请写备份的文件名")
        if not force:
            raise Refused(
                f"案件簿 {session.place} 已经有了{_what_would_go(session, source)}",
                "确要用备份替换，加 --force（现有的会改名保存）",
                code="exists",
            )

    def check(book: Book) -> None:
        if not book.keeping.examine(rebuild=True)["ok"]:
            raise Unusable(f"备份 {source} 本身不完好，没有恢复", "请换一份备份", code="damaged")

    done = restore_book(source, session.place, check, session.waits)
    with session.reading() as book:
        copied = evidence.bring_back(source, book)
    return {
        "db": str(session.place),
        "events": done.events,
        "head": done.head,
        "kept": str(done.kept) if done.kept else None,
        "lacking": done.lacking._asdict() if done.lacking else None,
        "files": copied.files,
        "warnings": [*_what_went(done), *copied.warnings],
    }


def _what_went(done: Restored) -> list[str]:
    if done.lacking is None or not done.lacking.events:
        return []
    return [f"换下的案件簿有备份没有的内容{_in_words(done.lacking)}；要补的，看 {done.kept}"]


def _what_would_go(session: Session, source: Path) -> str:
    """What the book has that the backup has not, in words; nothing where one of them cannot be read."""
    try:
        return _in_words(lacking(source, session.place))
    except Unusable:
        return ""


def _in_words(lost: Lacking) -> str:
    if not lost.same:
        return "，备份却是另一本案件簿的"
    if not lost.events:
        return "，与备份相同"
    since = f"（{lost.since[:10]} 起）" if lost.since else ""
    published = f"、{lost.publications} 次发布" if lost.publications else ""
    return f"，备份比它少 {lost.cases} 件、{lost.events} 个事件{published}{since}"
