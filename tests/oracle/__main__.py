"""The program against plain Python over as many random histories as asked for: `python -m tests.oracle --histories 200000`.

One book after the other in this process, each with cases, doings and questions of its own seed; prints what was held
against what, and every difference. Exit 1 where there is one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Counter

from . import test_oracle

SIZE, DOINGS, SAMPLE = 3000, 150, 24


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.oracle")
    asked.add_argument("--histories", type=int, default=200_000)
    asked.add_argument("--seed", type=int, default=1000, help="of the first book")
    said = asked.parse_args()
    os.environ["NO_COLOR"] = "1"
    test_oracle.SAMPLE = SAMPLE
    done = differing = commands = 0
    began, seed = time.monotonic(), said.seed
    with pytest.MonkeyPatch.context() as monkeypatch:
        while done < said.histories:
            size = min(SIZE, said.histories - done)
            with tempfile.TemporaryDirectory() as folder:
                clerk = test_oracle.InThisProcess(Counter(Path(folder) / "book.db", monkeypatch))
                monkeypatch.setattr(test_oracle, "xinfang", clerk)
                try:
                    found = test_oracle.one_book(seed, size, DOINGS, Path(folder))
                except AssertionError as refused:  # a command that should have been taken
                    found = [str(refused)]
            for difference in found:
                sys.stdout.write(f"seed {seed}: {difference}\n")
            done, differing, commands, seed = done + size, differing + len(found), commands + clerk.commands, seed + 1
            minutes = (time.monotonic() - began) / 60
            sys.stdout.write(
                f"{done} histories, {commands} commands, {differing} differences, {minutes:.1f} min (next seed {seed})\n"
            )
            sys.stdout.flush()
    raise SystemExit(differing > 0)


if __name__ == "__main__":
    main()
