"""SQL stands in the book's room and nowhere else (DESIGN)."""

from __future__ import annotations

import re
from pathlib import Path

import xinfang_cli

HERE = Path(xinfang_cli.__file__).parent
STATEMENT = re.compile(
    r"\.execute(?:many|script)?\(|\bSELECT .+ FROM\b|\bINSERT INTO\b|\bDELETE FROM\b|\bUPDATE \w+ SET\b"
)


def test_no_other_room_speaks_sql() -> None:
    found = [
        f"{path.relative_to(HERE)}:{number}"
        for path in sorted(HERE.rglob("*.py"))
        if path.relative_to(HERE).parts[0] != "book"
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        if STATEMENT.search(line)
    ]
    assert found == []
