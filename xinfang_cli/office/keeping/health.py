"""Whether a book is sound, and what in it should be looked at; its rows written again from the events."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from xinfang_cli.book.engine import Examined
from xinfang_cli.book.face import Book, keeps_copies
from xinfang_cli.errors import Refused, Unusable, system_says
from xinfang_cli.files import BESIDE, make_private
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake import cleaning
from xinfang_cli.office.find.attached import folder_of
from xinfang_cli.office.keeping import heads
from xinfang_cli.office.keeping.accusations import Cleared, Unsaid, cleared, unsaid, with_the_accused
from xinfang_cli.office.session import Session


class Repaired(NamedTuple):
    """A repair done: number of cases rewritten from their events, and the place of the old book."""

    cases: int
    kept: str | None


class Health(NamedTuple):
    """The result of a whole check: problems, and points to look at.

    `compared`: whether every case was folded again and compared. `mended`: files readable by others until now. `heads`:
    outside heads compared with the chain, `bad_heads` of them not in it. `doubtful`: open cases with doubtful
    petitioners by kind of doubt, newest first; they are registered all the same (art. 22).
    """

    book: Examined
    compared: bool
    problems: tuple[str, ...]
    heads: int
    bad_heads: int
    bad_files: int
    mended: tuple[str, ...]
    with_the_accused: tuple[str, ...]
    unsaid: Unsaid
    cleared: tuple[Cleared, ...]
    doubtful: Mapping[str, tuple[str, ...]]
    acceptance_missing: tuple[str, ...]
    repaired: Repaired | None = None

    @property
    def ok(self) -> bool:
        """Whether no problem was found."""
        return not self.problems

    @property
    def mendable(self) -> bool:
        """Whether all that is wrong with the book itself can be written again from its events."""
        wrong = {name for name, count in self.book.checks.items() if count} - {"heads", "files"}
        return bool(wrong) and wrong <= self.book.mendable


class Outside(NamedTuple):
    """Witnesses outside the book: a head, a file of heads; the office's own file is read as well."""

    head: str | None = None
    heads: Path | None = None


def check(
    session: Session,
    compare: bool = True,
    progress: Callable[[int, int], None] | None = None,
    outside: Outside = Outside(),  # noqa: B008 - frozen
    repaired: Repaired | None = None,
) -> Health:
    """Check the book: SQLite's own check, the chain, the texts, the rebuilt cases against the stored ones, and the chain
    against what was noted outside."""
    from xinfang_cli.office.work import evidence

    with session.reading() as book:
        examined = book.keeping.examine(rebuild=compare, progress=progress)
        files = evidence.problems(book) if not examined.checks["chain"] else []
        noted, otherwise = _outside(book, outside) if not examined.checks["chain"] else (0, [])
        sound = examined.ok  # what is to be looked at is read from rows that are what they should be
        return Health(
            examined._replace(checks={**examined.checks, "heads": len(otherwise), "files": len(files)}),
            compare,
            (*examined.problems, *otherwise, *files),
            noted,
            len(otherwise),
            len(files),
            () if session.place.address else _closed_to_others(session.place.file),
            with_the_accused(book) if sound else (),
            unsaid(book) if sound else Unsaid((), ()),
            cleared(book) if sound else (),
            _doubtful(book) if sound else {},
            tuple(book.cases.acceptance_missing()) if sound else (),
            repaired,
        )


def _outside(book: Book, outside: Outside) -> tuple[int, list[str]]:
    """(heads compared, contradictions) for given heads and the office's own file."""
    found: list[str] = []
    count = 0
    if outside.head is not None:
        digits = heads.whole_head(outside.head)
        count += 1
        if not book.events.knows_head(digits):
            found.append(f"链头 {outside.head} 不在事件链里：末尾被截了，或有事件被改写，或是另一本案件簿")
    files = [outside.heads] if outside.heads is not None else []
    own = book.code.now.rules.settings.get("heads_file")
    if own and Path(own) not in files:
        files.append(Path(own))
    for file in files:
        try:
            noted = heads.read(file)
        except Unusable as error:
            if file == outside.heads:
                raise
            found.append(f"{error.line()}；没有核对")
            continue
        count += len(noted)
        found += heads.against(book, noted)
    return count, found


def _closed_to_others(path: Path) -> tuple[str, ...]:
    """Parts of the book readable by others until now: files, attachments, and the folder if it holds nothing else."""
    mended = []
    attached = folder_of(path)
    below = [attached, *attached.rglob("*")] if attached.is_dir() else []
    folder = path.absolute().parent
    own = [folder] if folder.is_dir() and all(_of_the_book(name, path) for name in os.listdir(folder)) else []
    for file in (path, *(Path(f"{path}{end}") for end in BESIDE), *below, *own):
        with suppress(OSError):  # not ours, or not there
            if make_private(file):
                mended.append(str(file))
    return tuple(mended)


def _of_the_book(name: str, path: Path) -> bool:
    """Whether something in the book's folder is the book's: itself, its logs, its copies, what is attached."""
    return name.startswith((path.stem, f".{path.name}", ".xinfang-"))


def _doubtful(book: Book) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {kind: [] for kind in cleaning.DOUBTS}
    for case_no, *said in book.people.of_open_cases():
        for kind, _ in cleaning.doubts(*said):
            found[kind].append(case_no)
    return {kind: tuple(numbers) for kind, numbers in found.items()}


def repair(session: Session, outside: Outside = Outside()) -> Repaired:  # noqa: B008 - frozen
    """Write again what the chain proves; the book as it was is kept beside it.

    Refused where the chain is broken, or is not the one that was noted outside: what it says would be made to look sound.
    """
    with session.reading() as book:
        if problems := book.keeping.provable() or _outside(book, outside)[1]:
            raise Refused(
                f"事件链不能证明簿里该是什么（{problems[0]}），没有重写",
                "请恢复最近完好的备份：⟦backup⟧ ⟦.list⟧",
                code="unproven",
            )
        kept: Path | None = None
        try:
            if keeps_copies(session.place):
                kept = book.keeping.set_aside("before-repair", session.now(), sound=False).file
        except OSError as error:
            raise Unusable(
                f"重写前的副本写不下来（{system_says(error)}），没有重写",
                "请看文件夹能否写入、磁盘是否已满",
                code="backup",
            ) from error
    with session.writing("rebuild") as (book, _):
        count = book.keeping.repair()
    return Repaired(count, None if kept is None else str(kept))
