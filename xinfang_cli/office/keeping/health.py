"""Whether a book is sound, and what in it should be looked at; its rows written again from the events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from xinfang_cli.book.engine import Examined
from xinfang_cli.book.face import Book
from xinfang_cli.errors import Unusable
from xinfang_cli.files import BESIDE, make_private
from xinfang_cli.intake import cleaning
from xinfang_cli.office.keeping import heads
from xinfang_cli.office.keeping.accusations import with_the_accused
from xinfang_cli.office.session import Session


class Health(NamedTuple):
    """What a check of the book found: problems, and beside them what somebody should look at.

    `compared`: whether every case was folded again and compared. `mended`: files that others could read until now.
    `heads`: how many heads that were noted outside the chain was held against, `bad_heads` of them not in it.
    `doubtful`: by kind of doubt the open cases whose petitioner is doubtful, the newest first; they were registered all
    the same (art. 22).
    """

    book: Examined
    compared: bool
    problems: tuple[str, ...]
    heads: int
    bad_heads: int
    bad_files: int
    mended: tuple[str, ...]
    with_the_accused: tuple[str, ...]
    doubtful: Mapping[str, tuple[str, ...]]
    acceptance_missing: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


class Outside(NamedTuple):
    """What was noted down outside the book: a head, a file of heads; beside them the file that the office set is read."""

    head: str | None = None
    heads: Path | None = None


def check(
    session: Session,
    compare: bool = True,
    progress: Callable[[int, int], None] | None = None,
    outside: Outside = Outside(),  # noqa: B008 - frozen
) -> Health:
    """Check the book: SQLite's own check, the chain, the texts, the rebuilt cases against the stored ones, and the chain
    against what was noted outside."""
    from xinfang_cli.office.work import evidence

    with session.reading() as book:
        examined = book.keeping.examine(rebuild=compare, progress=progress)
        files = evidence.problems(book)
        noted, otherwise = _outside(book, outside)
        return Health(
            examined._replace(checks={**examined.checks, "heads": len(otherwise), "files": len(files)}),
            compare,
            (*examined.problems, *otherwise, *files),
            noted,
            len(otherwise),
            len(files),
            _closed_to_others(session.path),
            with_the_accused(book),
            _doubtful(book),
            tuple(book.cases.acceptance_missing()),
        )


def _outside(book: Book, outside: Outside) -> tuple[int, list[str]]:
    """(heads compared, what is otherwise): heads that somebody gives, and those of the office's own file."""
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
    """The files of the book that others could read until now."""
    mended = []
    for file in (path, *(Path(f"{path}{end}") for end in BESIDE)):
        with suppress(OSError):  # not ours, or not there
            if make_private(file):
                mended.append(str(file))
    return tuple(mended)


def _doubtful(book: Book) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {kind: [] for kind in cleaning.DOUBTS}
    for case_no, *said in book.people.of_open_cases():
        for kind, _ in cleaning.doubts(*said):
            found[kind].append(case_no)
    return {kind: tuple(numbers) for kind, numbers in found.items()}


def rebuild(session: Session) -> int:
    """Write every case and clock again from the events; how many cases."""
    with session.writing("rebuild") as (book, _):
        return book.keeping.rebuild()
