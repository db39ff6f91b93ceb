"""Whether a book is sound, and what in it should be looked at; its rows written again from the events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from xinfang_cli.book.engine import Examined
from xinfang_cli.book.face import Book
from xinfang_cli.files import BESIDE, make_private
from xinfang_cli.intake import cleaning
from xinfang_cli.office.keeping.accusations import with_the_accused
from xinfang_cli.office.session import Session


class Health(NamedTuple):
    """What a check of the book found: problems, and beside them what somebody should look at.

    `compared`: whether every case was folded again and compared. `mended`: files that others could read until now.
    `doubtful`: by kind of doubt the open cases whose petitioner is doubtful, the newest first; they were registered all
    the same (art. 22).
    """

    book: Examined
    compared: bool
    problems: tuple[str, ...]
    bad_files: int
    mended: tuple[str, ...]
    with_the_accused: tuple[str, ...]
    doubtful: Mapping[str, tuple[str, ...]]
    acceptance_missing: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def check(session: Session, compare: bool = True, progress: Callable[[int, int], None] | None = None) -> Health:
    """Check the book: SQLite's own check, the chain, the texts, and the rebuilt cases against the stored ones."""
    from xinfang_cli.office.work import evidence

    with session.reading() as book:
        examined = book.keeping.examine(rebuild=compare, progress=progress)
        files = evidence.problems(book)
        return Health(
            examined,
            compare,
            (*examined.problems, *files),
            len(files),
            _closed_to_others(session.path),
            with_the_accused(book),
            _doubtful(book),
            tuple(book.cases.acceptance_missing()),
        )


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
