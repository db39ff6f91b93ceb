"""Two clerks at once: all numbers distinct, nobody's work lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.cli.conftest import ADD, MANY, Counter
from tests.conftest import FULL

Shell = Callable[..., tuple[list[str], dict[str, str]]]
NOTES = 500 if FULL else 15


EACH = 500  # what was asked for, in the short form too


@pytest.mark.long
def test_two_processes_adding_at_once(counter: Counter, shell: Shell) -> None:
    counter.path.unlink()  # both find no book, and both would make it
    _, around = shell()
    argv = [sys.executable, "-c", MANY, str(EACH), *ADD]
    running = [
        subprocess.Popen(
            argv, env={**around, "XINFANG_ACTOR": actor}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for actor in ("甲", "乙")
    ]
    said = [child.communicate() for child in running]
    assert [child.returncode for child in running] == [0, 0], said
    numbers = [line.split()[0] for out, _ in said for line in out.splitlines()]
    assert len(numbers) == len(set(numbers)) == 2 * EACH
    assert sorted(numbers) == [f"XF2023-{number:06d}" for number in range(1, 2 * EACH + 1)]
    assert {row["case_no"] for row in counter.ok("list")} == set(numbers)
    report = counter.ok("doctor")
    assert report["ok"]
    assert report["cases"] == 2 * EACH


def test_two_processes_on_the_same_case(counter: Counter, shell: Shell) -> None:
    counter.add()
    _, around = shell()
    argv = [sys.executable, "-c", MANY, str(NOTES), "note", "1", "--text", "甲"]
    running = [subprocess.Popen(argv, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    assert [child.wait() for child in running] == [0, 0]
    events = counter.ok("show", "1")["events"]
    assert [event["seq"] for event in events] == list(range(1, 2 * NOTES + 2))
    assert counter.ok("doctor")["ok"]
