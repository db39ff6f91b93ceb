"""A clerk whose machine dies: the file opens, every acknowledged command is there, nothing is half done."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.cli.conftest import ADD, MANY, Counter
from tests.conftest import FULL

Shell = Callable[..., tuple[list[str], dict[str, str]]]
KILLS = 200 if FULL else 12


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_killed_at_any_moment(counter: Counter, shell: Shell) -> None:
    """Each round adds a case and moves it on, and is killed at a random moment of it."""
    _, around = shell()
    add = [sys.executable, "-c", MANY, "6", *ADD]
    began = time.monotonic()
    subprocess.run(add, env=around, capture_output=True, check=True)
    whole = time.monotonic() - began
    acknowledged = {row["case_no"] for row in counter.ok("list")}
    chance = random.Random(20230717)
    interrupted = 0
    for _ in range(KILLS):
        child = subprocess.Popen(add, env=around, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        time.sleep(chance.uniform(whole * 0.4, whole))
        child.send_signal(signal.SIGKILL)
        out, _ = child.communicate()
        interrupted += child.returncode != 0
        acknowledged |= {line.split()[0] for line in out.splitlines() if line.endswith("）")}
        there = {row["case_no"] for row in counter.ok("list")}
        assert acknowledged <= there
        acknowledged = there
    assert interrupted >= KILLS // 3
    report = counter.ok("doctor")
    assert report["ok"], report
    assert report["cases"] == len(acknowledged)
    assert counter(*ADD).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_killed_while_the_book_is_made(counter: Counter, shell: Shell) -> None:
    argv, around = shell(*ADD)
    chance = random.Random(7)
    for _ in range(max(KILLS // 3, 4)):
        counter.path.unlink(missing_ok=True)
        child = subprocess.Popen(argv, env=around, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        time.sleep(chance.uniform(0.05, 0.4))
        child.send_signal(signal.SIGKILL)
        out, _ = child.communicate()
        if counter.path.exists():
            report = counter.ok("doctor")
            assert report["ok"]
            assert report["cases"] >= ("XF2023-000001" in out)
        else:
            assert "XF2023" not in out
        assert counter(*ADD).code == 0
        assert counter.ok("doctor")["ok"]
