"""A book on a PostgreSQL server beside the same book in a file, in one run: `python -m tests.bench.server [--cases 100000]`.

The two sides of a ratio run in turn; the median of the paired ratios is printed beside what must be reached. The server is
the tests' own, on this machine, and brings what it commits to the disk as it does by default. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.__main__ import ENVIRONMENT, TODAY, line, run, write_ledger, xinfang
from tests.postgres import server
from tests.postgres.offices import address

ROUNDS = 9
EACH = 25
"""Cases that each writer adds."""
ADDS = """
import io, json, sys, time
from xinfang_cli.cli import app
given, took, out = sys.argv[2:], [], sys.stdout
for number in range(int(sys.argv[1])):
    sys.argv, sys.stdout = ["xinfang", *given], io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    began = time.perf_counter()
    try:
        app.run()
    except SystemExit as left:
        if left.code:
            raise
    took.append(time.perf_counter() - began)
out.write(json.dumps(took))
"""


def beside(name: str, here: str, there: str, words: tuple[str, ...], must: str) -> None:
    """The whole command on the server beside the same on the file."""
    for book in (here, there):
        run(xinfang(book, *words))
    ratios = [run(xinfang(there, *words)) / run(xinfang(here, *words)) for _ in range(ROUNDS)]
    line(f"{name}, server / file", statistics.median(ratios), must, "-")


def adds(book: str, writers: int) -> tuple[float, float, float]:
    """(adds a second of so many writers together, median and slowest hundredth of one add in seconds)."""
    words = [
        "--db",
        book,
        "--today",
        TODAY.isoformat(),
        "add",
        "--channel",
        "来信",
        "--kind",
        "申诉求决",
        "--title",
        "测试",
        "--yes",
    ]
    began = time.perf_counter()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", ADDS, str(EACH), *words],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(writers)
    ]
    took: list[float] = []
    for one in running:
        out, _ = one.communicate()
        if one.returncode:
            raise SystemExit(f"a writer of {writers} failed")
        took += json.loads(out)
    seconds = time.perf_counter() - began
    took.sort()
    return len(took) / seconds, statistics.median(took), took[min(len(took) - 1, len(took) * 99 // 100)]


def measure(cases: int, folder: Path) -> None:
    """Everything, for a book of that many cases."""
    ledger, file = folder / "ledger.csv", str(folder / "book.db")
    write_ledger(ledger, cases)
    with server.running(durable=True) as socket:
        office, moved = address(socket), address(socket)
        run(xinfang(office, "server", "init"))
        on_file = run(xinfang(file, "import", str(ledger), "--json"))
        on_server = run(xinfang(office, "import", str(ledger), "--json"))
        line(f"import CSV, {cases}, server / file", on_server / on_file, "<= 1.5", "-")
        number = f"XF{TODAY.year}-000001"
        for name, words, must in (
            ("overdue --limit 50 --json", ("overdue", "--limit", "50", "--json"), "<= 1.3"),
            ("the desk, --json", ("--json",), "<= 1.3"),
            ("stats --month --by unit --json", ("stats", "--month", "2023-06", "--by", "unit", "--json"), "<= 1.1"),
            ("stats --year --by unit --json", ("stats", "--year", "2022", "--by", "unit", "--json"), "-"),
            ("show --json", ("show", number, "--json"), "<= 1.5"),
            ("list --limit 50 --json", ("list", "--limit", "50", "--json"), "-"),
            ("search 办理 --json", ("search", "办理", "--limit", "50", "--json"), "-"),
            ("search 测试29999 --json", ("search", "测试29999", "--limit", "50", "--json"), "-"),
        ):
            beside(name, file, office, words, must)
        rate, _, _ = adds(file, 1)
        line("adds a second, one writer, file", rate, "-", "-")
        for writers in (1, 4, 8, 16):
            together, median, slowest = adds(office, writers)
            line(
                f"adds a second, {writers} writers, server / one on the file",
                together / rate,
                ">= 0.8" if writers == 16 else "-",
                "-",
            )
            line(
                f"slowest hundredth / median, {writers} writers",
                slowest / median,
                "<= 10" if writers == 16 else "-",
                "-",
            )
        seconds = run(xinfang(office, "doctor"))
        line("doctor, server / file", seconds / run(xinfang(file, "doctor")), "-", "-")
        line(
            "move to a server / import into the file",
            run(xinfang(file, "move", "--to", moved, "--yes")) / on_file,
            "-",
            "-",
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(given.cases, Path(folder))


if __name__ == "__main__":
    main()
