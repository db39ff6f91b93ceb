"""The harness itself: what it counts as bad is bad, and its parts add up."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.torture.__main__ import begun, judged, summed
from tests.torture.scenes import Here, Running, words_in


def test_parts_add_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = [
        {"attack": "kills", "seed": 1, "encrypted": False, "seconds": 60, "counts": {"kills": 500}},
        {"attack": "kills", "seed": 2, "encrypted": False, "seconds": 70, "counts": {"kills": 400, "lost": 1}},
        {"attack": "kills", "seed": 2, "encrypted": True, "seconds": 5, "counts": {"kills": 20}},
    ]
    log = tmp_path / "log"
    log.write_text("".join(f"{json.dumps(part)}\n" for part in parts), "utf-8")
    assert summed(log) == 1
    assert capsys.readouterr().out.splitlines() == [
        "kills 900 of 10000: lost 1, half 0, unopened 0, undetected 0, tracebacks 0, parts 2, seconds 130",
        "kills (encrypted) 20 of 10000: lost 0, half 0, unopened 0, undetected 0, tracebacks 0, parts 1, seconds 5",
    ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the attacks fork")
def test_what_is_bad_is_counted(tmp_path: Path) -> None:
    session = begun(tmp_path)
    here, path = Here(tmp_path), session.place.file

    def killed() -> None:
        here.add("说了的件")
        os.kill(os.getpid(), signal.SIGKILL)

    ran = Running(killed).ended()
    assert (ran.code, ran.told, ran.traceback) == (-signal.SIGKILL, {"说了的件"}, False)
    assert Running(lambda: print([][0])).ended().traceback
    assert "说了的件" in words_in(path)
    found: Counter[str] = Counter()
    judged(path, {"说了的件", "-没有说的件"}, found)
    assert found.total() == 0
    judged(path, {"没有的件", "-说了的件"}, found)
    with session.reading() as book:
        book.conn.execute("UPDATE cases SET title = '改了的件' WHERE id = 1")
    judged(path, set(), found)
    path.write_bytes(b"no book")
    judged(path, set(), found)
    assert found == {"lost": 2, "half": 1, "unopened": 1}
