"""Every command that writes, by the name it writes under: how it says what it moves of what was published."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import xinfang_cli

PACKAGE = Path(xinfang_cli.__file__).parent
BY_CASE = "each case before and after (session.watch.told_anew)"
WHOLE = "the published numbers before and after (session.watch_whole)"
NAMED = {
    **dict.fromkeys(
        ("add", "assign", "extend", "assist", "refuse", "relate", "edit", "link", "attach", "remind"), BY_CASE
    ),
    **dict.fromkeys(("co_handle", "not_the_accused", "join", "backlog", "reception"), BY_CASE),
    **dict.fromkeys(("unit", "config", "workdays", "collect", "batch", "undo"), WHOLE),
    **dict.fromkeys(("attend", "roster", "advise", "standing"), WHOLE),
    "correct": "its plan, before it is asked about",
    "publish": "it seals",
    "rebuild": "it writes what the events say; doctor named the differences",
    **dict.fromkeys(("view", "profile", "look"), "nothing is counted from it"),
    "purge": "texts alone; no figure is counted from them",
}
""" `unit` is merging alone: another name or group leaves every number as it is."""


def names() -> dict[str, set[str]]:
    """Name → the files whose functions write under it."""
    found: dict[str, set[str]] = {}
    for file in sorted((PACKAGE / "office").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "writing"
            ):
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                found.setdefault(str(node.args[0].value), set()).add(file.relative_to(PACKAGE).as_posix())
    return found


def test_no_command_writes_without_being_thought_of() -> None:
    there = set(names())
    there.discard("import")  # opens the book itself: watched as a whole, and each row that updates a case
    assert there == set(NAMED)


def test_what_is_watched_as_a_whole_says_so() -> None:
    for name, files in names().items():
        if NAMED.get(name) == WHOLE or name == "import":
            texts = [(PACKAGE / file).read_text("utf-8") for file in files]
            assert all(
                re.search(rf'watch_whole\((self\.)?book, "{name}"(, (office|cases)=True)?\)', text) for text in texts
            ), name
