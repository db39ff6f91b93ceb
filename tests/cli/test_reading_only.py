"""Reading never writes: after every reading command the book is byte for byte what it was, with nothing beside it; and a
book that may not be written, in a folder that may not be written, is read all the same. The access log alone is written,
where personal data is asked for by name."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import TODAY, Counter
from tests.cli.test_everywhere import nobody

READING = (
    "",
    "list",
    "list --csv",
    "overdue",
    "due --windows",
    "due --differs",
    "search 供水",
    "show 1",
    "history 1",
    "history --access",
    "history --imports",
    "explain 1",
    "stats --month 2023-07 --by unit --rank --compare --trend 3",
    "stats --month 2023-06 --as-of 2023-07-01",
    "stats --month 2023-07 --cases 收到",
    "outlook --by unit",
    "blame",
    "report month 2023-07",
    "remind --dry-run",
    "unit list",
    "config list",
    "workdays list",
    "rules",
    "view list",
    "meeting",
    "backlog list",
    "backlog status",
    "reception status",
    "advise list",
    "standing list",
    "doctor",
    "completion --answer show",
)


@pytest.fixture
def filled(counter: Counter) -> Counter:
    counter.add("2023-06-01")
    counter.add("2023-07-10", name="测试乙", title="反映噪声扰民")
    counter.ok("assign", "1", "--to", "测试局", "--new-unit", "--on", "2023-06-02")
    counter.ok("backlog", "join", "1", "--batch", "第一批", "--on", "2023-07-01")
    counter.ok("doctor")  # closes the file to others
    return counter


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.startswith("book.db")}


def test_reading_leaves_no_byte(filled: Counter) -> None:
    before = files(filled.path.parent)
    assert list(before) == ["book.db"]
    for today in (TODAY, "2023-11-20"):  # in November the desk says which year is missing
        for words in READING:
            ran = filled(*words.split(), today=today)
            assert ran.code == 0, (words, ran)
            assert files(filled.path.parent) == before, words
    for words in ("show 1 --reveal", "person 测试甲", "search 测试甲", "export --csv"):
        assert filled(*words.split()).code == 0
        assert files(filled.path.parent) != before, words  # who asked is in the access log
        before = files(filled.path.parent)


@pytest.fixture
def guarded(filled: Counter) -> Iterator[Path]:
    """The book alone in a folder that anyone may enter and nobody may write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(filled.path, folder / "book.db")
        yield folder
        folder.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o555), (0o444, 0o755), (0o666, 0o555)])
def test_what_may_not_be_written_is_read(filled: Counter, guarded: Path, file: int, folder: int) -> None:
    book = guarded / "book.db"
    said = {words: filled(*words.split()).out for words in READING}  # and every module is loaded
    book.chmod(file)
    guarded.chmod(folder)
    before = files(guarded)
    with nobody():
        for words in READING:
            ran = filled(*words.split(), db=book)
            assert ran.code == 0, (words, ran)
            assert ran.out.replace(str(book), str(filled.path)) == said[words], words
            assert files(guarded) == before, words
        for words in ("person 测试甲", "search 测试甲", "export --csv"):  # masked: read where nobody can write
            assert filled(*words.split(), db=book).code == 0, words
        asked = filled("show", "1", "--reveal", "--json", db=book)  # not shown, since it cannot be written down
        assert (asked.code, asked.error()["code"]) == (3, "permission")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
def test_a_book_that_changes_while_it_is_read_is_said_so(
    filled: Counter, guarded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinfang_cli.book.sql.lists import Lists

    book = guarded / "book.db"
    guarded.chmod(0o555)
    real = Lists.listed

    def meanwhile(self: Lists, *asked: object, **how: object) -> object:
        found = real(self, *asked, **how)  # type: ignore[arg-type]
        os.utime(book, (1, 1))
        return found

    book.chmod(0o644)
    if os.geteuid() == 0:
        os.chown(book, 65534, -1)
        os.chown(guarded, 65534, -1)
    with nobody():
        assert filled("list", db=book).code == 0
        monkeypatch.setattr(Lists, "listed", meanwhile)
        ran = filled("list", "--json", db=book)
    assert (ran.code, ran.error()["code"]) == (3, "locked")
