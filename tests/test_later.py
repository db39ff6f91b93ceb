"""What a library imports for nothing is put off, and is right at any moment; what a daily command loads is counted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# In a process of its own: here everything is loaded long since.
STANDS_IN = """
import sys
from xinfang_cli.later import put_off

with put_off({"uuid": "UUID", "difflib": "get_close_matches", "shlex": "", "textwrap": "dedent", "colorsys": "", "os": ""}):
    import os, shlex, textwrap, uuid
    from difflib import get_close_matches
    from textwrap import dedent, indent  # one that was not named: loaded at once
    from uuid import UUID

    maybe: "UUID | None" = None
    assert UUID | None
loaded = [name for name in ("uuid", "difflib", "shlex", "textwrap", "colorsys") if name in sys.modules]
assert loaded == ["textwrap"], loaded
assert os is sys.modules["os"] and os.sep  # was loaded before: nothing stands in for it
assert not isinstance(3, UUID) and not issubclass(int, UUID) and UUID != int and UUID == UUID and hash(UUID)
assert "uuid" not in sys.modules  # while it is not loaded, nothing can be one of its classes
assert shlex.split("a 'b c'") == ["a", "b c"] and "shlex" in sys.modules
assert get_close_matches("abc", ["abd"]) == ["abd"] and dedent("  a") == "a" and indent("a", " ") == " a"
made = UUID(int=7)
import uuid as real
assert type(made) is real.UUID and isinstance(made, UUID) and issubclass(real.UUID, UUID) and UUID == real.UUID
assert uuid.NAMESPACE_DNS == real.NAMESPACE_DNS and uuid.UUID.int is real.UUID.int and real.UUID is not UUID
try:
    uuid.nothing
except AttributeError as error:
    print(error)
"""


def test_a_stand_in_is_right_at_any_moment() -> None:
    done = subprocess.run([sys.executable, "-c", STANDS_IN], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "module 'uuid' has no attribute 'nothing'\n"


# Who brings them costs every start a tenth.
HEAVY = (
    "uuid platform subprocess signal traceback textwrap difflib shutil bz2 lzma zlib gettext locale tokenize ipaddress"
)
NEVER = {*HEAVY.split(), "shlex", "dataclasses", "tempfile", "random", "ssl", "importlib.metadata", "csv", "decimal"}
NEVER |= {"rich", "sqlite_utils", "typer.completion", "typer.rich_utils", "shellingham"}
LIMITS = {
    "--help": 118,
    "--json": 164,
    "overdue --json": 164,
    "search 测试 --json": 173,
    "stats --month 2023-06 --by unit --json": 207,
    "completion --answer -- show XF": 187,
    "add --channel letter --kind appeal --title 测试": 222,
}


@pytest.mark.parametrize("words", LIMITS)
def test_modules_that_a_daily_command_loads(district_book: Path, tmp_path: Path, words: str) -> None:
    book = tmp_path / "book.db"
    shutil.copyfile(district_book, book)
    listing = "import sys, os; from xinfang_cli.__main__ import main; leave = os._exit\n"
    listing += "os._exit = lambda code: (sys.stderr.write('\\n'.join(sys.modules)), sys.stderr.flush(), leave(code))\n"
    command = [sys.executable, "-c", f"{listing}main()", "--db", str(book), "--today", "2023-07-17", *words.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.split())
    assert not loaded & NEVER
    if sys.version_info[:2] == (3, 11):  # what the standard library loads of itself differs
        assert len(loaded) <= LIMITS[words], sorted(loaded)
