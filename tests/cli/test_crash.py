"""A clerk whose machine dies: the file opens, every acknowledged command is there, nothing is half done."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.cli.conftest import ADD, Counter
from tests.conftest import FULL

Shell = Callable[..., tuple[list[str], dict[str, str]]]
KILLS = 200 if FULL else 12


# A morning in one process: each command as the shell would run it, and told of once it is done. Numbers are the shell's.
MORNING = """
import io, sys
from xinfang_cli.cli import app
told = sys.stdout
for round in range(int(sys.argv[1])):
    number = None
    for words in (
        ["add", "--channel", "来信", "--kind", "申诉求决", "--title", "反映供水压力不足", "--name", "测试甲"],
        ["assign", "{}", "--to", "教育局", "--new-unit"],
        ["accept", "{}"],
        ["note", "{}", "--text", "已约见"],
        ["undo"],
        ["close", "{}", "--outcome", "解释说明", "--delivered", "今天"],
    ):
        sys.argv = ["xinfang", *(word.format(number) for word in words), "--json"]
        sys.stdout = io.StringIO()
        try:
            app.run()
        except SystemExit as left:
            if left.code:
                sys.exit(left.code)
        if number is None:
            number = sys.stdout.getvalue().partition('"case_no": "')[2][:13]
        told.write(f"{words[0]} {number}\\n")
        told.flush()
"""
MEANT = {"add": "register", "assign": "assign", "accept": "accept", "note": "note", "undo": "revoke", "close": "close"}


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_killed_at_any_moment(counter: Counter, shell: Shell) -> None:
    """Each round adds cases and moves them on, and is killed at a random moment of it: what was told of is there."""
    _, around = shell()
    morning = [sys.executable, "-c", MORNING, "3"]
    chance = random.Random(20230717)
    interrupted = 0
    cut_at: set[str] = set()
    told: list[tuple[str, str]] = []
    for _ in range(KILLS):
        child = subprocess.Popen(morning, env=around, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert child.stdout is not None
        out = "".join(child.stdout.readline() for _ in range(chance.randint(1, 16)))
        time.sleep(chance.uniform(0, 0.03))  # a command takes about as long
        child.send_signal(signal.SIGKILL)
        out += child.communicate()[0]
        assert child.returncode in (0, -signal.SIGKILL)
        interrupted += child.returncode != 0
        lines = [line.split() for line in out.splitlines()]
        told += [(words[0], words[1]) for words in lines if len(words) == 2 and len(words[1]) == 13]
        cut_at.add(told[-1][0] if told else "")
    assert interrupted >= KILLS // 2
    assert len(cut_at) > 2
    kinds: dict[str, list[str]] = {row["case_no"]: [] for row in counter.ok("list")}  # of each case, in order
    for event in counter.ok("export", "events"):
        kinds[event["case_no"]].append(event["event"])
    for doing, number in told:
        assert MEANT[doing] in kinds[number], (doing, number)
    for number, happened in kinds.items():
        assert happened == list(MEANT.values())[: len(happened)], number  # no step without the one before it
    report = counter.ok("doctor")
    assert report["ok"], report
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
