"""The counter, called as a shell would: words in; exit code, stdout and stderr out. In this process, so it is fast."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from json import loads
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from xinfang_cli.cli import app, parser

TODAY = "2023-07-17"
ADD = ("add", "--channel", "来信", "--kind", "申诉求决", "--title", "反映供水压力不足", "--name", "测试甲", "--yes")


# One process that runs many commands one after the other, each as the shell would: a new book, a new transaction.
MANY = """
import sys
from xinfang_cli.cli import app
given = sys.argv[2:]
for number in range(int(sys.argv[1])):
    sys.argv = ["xinfang", *given]
    try:
        app.run()
    except SystemExit as left:
        if left.code:
            sys.exit(left.code)
    sys.stdout.flush()
"""


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return loads(self.out)

    def error(self) -> dict[str, str]:
        """The error document of `--json`."""
        document = loads(self.out)
        assert set(document) == {"error"}
        assert set(document["error"]) == {"code", "message", "hint"}
        return dict(document["error"])


class Screen(io.TextIOWrapper):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        return True


class Counter:
    """One book and one clerk; `counter("list", "--json")` is `xinfang list --json`."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.monkeypatch = monkeypatch

    def __call__(
        self,
        *words: str,
        today: str | None = TODAY,
        actor: str | None = "测试员",
        db: Path | str | None = None,
        stdin: str | bytes = "",
        terminal: bool = False,
        env: dict[str, str] | None = None,
    ) -> Ran:
        before = ["--db", str(db or self.path)]
        before += [] if today is None else ["--today", today]
        before += [] if actor is None else ["--actor", actor]
        return self.raw(*before, *words, stdin=stdin, terminal=terminal, env=env)

    def raw(
        self, *words: str, stdin: str | bytes = "", terminal: bool = False, env: dict[str, str] | None = None
    ) -> Ran:
        """Without any global option."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        kind = Screen if terminal else io.TextIOWrapper
        out, err = kind(io.BytesIO(), encoding="utf-8"), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with self.monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["xinfang", *words])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as left:
                app.run()
        out.flush()
        err.flush()
        code = left.value.code
        assert isinstance(code, int)
        return Ran(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]

    def ok(self, *words: str, **given: Any) -> Any:
        """The JSON of a command that must succeed."""
        ran = self(*words, "--json", **given)
        assert ran.code == 0, ran
        return ran.json()

    def add(self, received: str = TODAY, **fields: str) -> str:
        """Register a case; its number."""
        said = {"channel": "来信", "kind": "申诉求决", "title": "反映供水压力不足", "name": "测试甲"} | fields
        if said["kind"] == "检举控告" and not any(key.startswith("complained") for key in said):
            said["complained_person"] = "被反映甲"  # it goes nowhere without an answer (art. 30)
        words = [word for key, value in said.items() for word in (f"--{key.replace('_', '-')}", value)]
        return str(self.ok("add", "--received", received, *words)["case_no"])


@pytest.fixture
def counter(tmp_path: Path, empty_book: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    path = tmp_path / "book.db"
    shutil.copyfile(empty_book, path)
    return Counter(path, monkeypatch)


def tree() -> list[tuple[tuple[str, ...], parser.Command, parser.Context]]:
    """Every command by its words, groups included, the root first."""
    from typer.main import get_group

    found: list[tuple[tuple[str, ...], parser.Command, parser.Context]] = []

    def walk(words: tuple[str, ...], command: parser.Command, parent: parser.Context | None) -> None:
        ctx = parser.Context(command, info_name=words[-1] if words else "xinfang", parent=parent)
        found.append((words, command, ctx))
        if isinstance(command, parser.Group):
            for name in command.list_commands(ctx):
                sub = command.get_command(ctx, name)
                assert sub is not None
                walk((*words, name), sub, ctx)

    walk((), get_group(app.app), None)
    return found


@pytest.fixture
def shell(counter: Counter, own_user: Path) -> Callable[..., tuple[list[str], dict[str, str]]]:
    """shell(*words, **env): (argv, environment) of a process of its own on the same book."""

    def prepare(*words: str, **env: str) -> tuple[list[str], dict[str, str]]:
        around = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))}
        around |= {"XINFANG_DB": str(counter.path), "XINFANG_TODAY": TODAY, "XINFANG_ACTOR": "测试员"}
        around |= {"LANG": "C.UTF-8", **env}
        return [sys.executable, "-m", "xinfang_cli", *words], around

    return prepare
