"""What the tests of a server have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from tests.postgres.offices import address


@pytest.fixture
def at(cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A counter at a new office; nothing may appear in the folder where the clerk stands."""
    monkeypatch.chdir(tmp_path)
    counter = Counter(address(cluster), monkeypatch)  # type: ignore[arg-type]
    assert counter("server", "init").code == 0
    assert counter("unit", "add", "教育局").code == 0
    return counter
