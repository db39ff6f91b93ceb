"""Reports and figures of the demonstration, word for word as they were once looked at.

`XINFANG_GOLDEN=1` writes the files anew; what changed in them is then to be read, line by line, before it is kept.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Counter

GOLDEN = Path(__file__).parents[1] / "golden"
WRITE = os.environ.get("XINFANG_GOLDEN") == "1"
SAID: dict[str, tuple[str, ...]] = {
    "week.md": ("report", "week", "2023-07-16"),
    "month.md": ("report", "month", "2023-06"),
    "quarter.md": ("report", "quarter", "2023Q2"),
    "year.md": ("report", "year", "2023"),
    "month-before-the-book.md": ("report", "month", "2022-05"),
    "first-month.md": ("report", "month", "2022-07"),
    "second-month.md": ("report", "month", "2022-08"),
    "first-year.md": ("report", "year", "2022"),
    "stats.txt": ("stats", "--month", "2023-06", "--by", "unit", "--rank", "--compare"),
    "trend.txt": ("stats", "--month", "2023-06", "--trend", "12", "--chart"),
    "outlook.txt": ("outlook", "--month", "2023-07", "--target", "96", "--by", "unit"),
    "blame.txt": ("blame", "--month", "2023-06", "--cases"),
    "backlog.txt": ("backlog", "status"),
    "reception.txt": ("reception", "status"),
    "definitions.txt": ("rules", "--figures"),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    with pytest.MonkeyPatch.context() as monkeypatch:
        path = tmp_path_factory.mktemp("golden") / "demo.db"
        counter = Counter(path, monkeypatch)
        assert counter.raw("demo", "--file", str(path), "--json").code == 0
        return counter


@pytest.mark.parametrize("name", SAID)
def test_as_it_was_looked_at(demo: Counter, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = Counter(demo.path, monkeypatch)(*SAID[name])
    assert ran.code == 0, ran
    file = GOLDEN / name
    if WRITE:
        file.write_text(ran.out, "utf-8", newline="\n")
    assert ran.out == file.read_text("utf-8")
