"""What the walls of pyproject.toml cannot say: who knows SQLite, what crosses from room to room, where the form is chosen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import xinfang_cli

HOUSE = Path(xinfang_cli.__file__).parent


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for file in sorted((HOUSE / room).rglob("*.py")):
            yield file.relative_to(HOUSE).as_posix(), ast.parse(file.read_text("utf-8"))


def test_only_its_engine_knows_sqlite() -> None:
    for file, tree in modules("."):
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "sqlite3" for name in names):
                assert file.startswith("book/sqlite/"), file


# What may still cross untyped, and why.
UNTYPED = {
}


def _untyped(annotation: ast.expr | None) -> bool:
    """Any, or a dictionary of anything."""
    if annotation is None:
        return False
    said = ast.unparse(annotation)
    return said == "Any" or any(part in said for part in ("dict[str, Any]", "dict[str, object]", "Any,", ", Any]"))


def _public(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and (inner.name == "__init__" or not inner.name.startswith("_")):
                    yield f"{node.name}.{inner.name}", inner


def test_no_dictionary_of_anything_crosses_a_room() -> None:
    """A use-case gives a record, a law takes one."""
    found = set()
    for file, tree in modules("office", "law"):
        for name, function in _public(tree):
            arguments = function.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            annotations = [one.annotation for one in (*every, arguments.vararg, arguments.kwarg) if one is not None]
            if any(map(_untyped, [*annotations, function.returns])):
                found.add(f"{file}:{name}")
    assert found == set(UNTYPED)
