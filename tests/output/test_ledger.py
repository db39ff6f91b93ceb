"""What is seen while an import runs."""

from __future__ import annotations

import io
import sys
import time
from itertools import count

import pytest

from xinfang_cli.terminal import importing


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("seconds", [0.2, 2.0])
def test_a_bar_in_chinese_once_it_takes_more_than_a_second(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    screen, clock = Terminal(), count(0, seconds / 2)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setenv("TERM", "xterm")
    with importing.progress("台账.csv", quiet=False) as step:
        assert step is not None
        for phase in ("rows", "indexes"):
            step(phase, 10, 20)
            step(phase, 20, 20)
    if seconds < 1:
        assert screen.getvalue() == ""
    else:
        assert "整理索引" in screen.getvalue()
        assert "rows" not in screen.getvalue()
        assert "indexes" not in screen.getvalue()


def test_no_bar_in_a_pipe_or_beside_json(monkeypatch: pytest.MonkeyPatch) -> None:
    with importing.progress("台账.csv", quiet=True) as step:
        assert step is None
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with importing.progress("台账.csv", quiet=False) as step:
        assert step is None
