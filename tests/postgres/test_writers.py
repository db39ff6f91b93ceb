"""Several clerks at once while the server cuts their lines: what was said to be done is there once, and nothing else is."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.cli.conftest import ADD, TODAY, Counter
from tests.postgres import server
from tests.postgres.offices import address
from xinfang_cli.book.postgres import connection

WRITERS, EACH = 4, 8
RUNS = """
import sys
from xinfang_cli.book.postgres import connection
from xinfang_cli.cli import app
connection.ISOLATION = sys.argv.pop(2)
for number in range(int(sys.argv[1])):
    sys.argv = ["xinfang", *sys.argv[2:]] if number == 0 else ["xinfang", *given]
    given = sys.argv[1:]
    sys.argv = ["xinfang", *(word.replace("#", str(number)) for word in given)]
    try:
        app.run()
        code = 0
    except SystemExit as left:
        code = left.code or 0
    sys.stdout.flush()
    print("CODE", number, code, flush=True)
"""


@pytest.mark.parametrize(
    ("isolation", "pooled"),
    [
        ("READ COMMITTED", False),
        pytest.param("SERIALIZABLE", False, marks=pytest.mark.long),
        pytest.param("READ COMMITTED", True, marks=pytest.mark.long),
    ],
)
def test_writers_whose_lines_are_cut(
    cluster: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, isolation: str, pooled: bool
) -> None:
    where = address(request.getfixturevalue("pooler") if pooled else cluster)
    at = Counter(where, monkeypatch)  # type: ignore[arg-type]
    assert at("server", "init").code == 0
    words = [
        "--db",
        where,
        "--today",
        TODAY,
        "add",
        "--channel",
        "来信",
        "--kind",
        "申诉求决",
        "--name",
        "测试甲",
        "--yes",
    ]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", RUNS, str(EACH), isolation, *words, "--title", f"甲{n}之#件"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for n in range(WRITERS)
    ]
    cut = 0
    chance = random.Random(15)
    with closing(server.connect(cluster)) as conn, conn.cursor() as cursor:
        conn.autocommit = True
        while any(one.poll() is None for one in writers):
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity "
                "WHERE application_name = 'xinfang' ORDER BY random() LIMIT 1) AS one"
            )
            cut += cursor.fetchone()[0]
            time.sleep(chance.uniform(0.02, 0.2))
    done: dict[str, int] = {}
    for n, one in enumerate(writers):
        out, _ = one.communicate(timeout=60)
        for line in out.splitlines():
            if line.startswith("CODE "):
                _, number, code = line.split()
                done[f"甲{n}之{number}件"] = int(code)
    assert len(done) == WRITERS * EACH
    assert cut > 0
    listed = at("list", "--json").json()
    titles = [one["title"] for one in listed]
    assert sorted(titles) == sorted(set(titles))  # none twice
    said = {title for title, code in done.items() if code == 0}
    assert said <= set(titles)  # none lost
    assert set(titles) - said <= {title for title, code in done.items() if code == 3}
    numbers = sorted(int(one["case_no"].rpartition("-")[2]) for one in listed)
    assert numbers == list(range(1, len(numbers) + 1))  # no gap
    assert at("doctor").code == 0


def test_a_cut_line_is_tried_again(cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to five times, with nothing written before; not where an answer was read."""
    at = Counter(address(cluster), monkeypatch)  # type: ignore[arg-type]
    assert at("server", "init").code == 0
    assert at("unit", "add", "教育局").code == 0
    rows, left = connection.Connection.insert_rows, 0

    def cut(self: Any, table: str, many: Any) -> None:
        nonlocal left
        if left and table == "events":
            left -= 1
            self.raw.close()
            raise psycopg2.OperationalError("terminating connection due to administrator command")
        rows(self, table, many)

    monkeypatch.setattr(connection.Connection, "insert_rows", cut)
    for times, code, count in ((4, 0, 1), (5, 3, 1)):
        left = times
        ran = at(*ADD)
        assert (ran.code, left) == (code, 0), ran
        assert at("list", "--count", "--json").json()["count"] == count
        assert ("出错" in ran.err) == bool(code)
    left = 1
    ran = at("assign", "-", "--to", "教育局", stdin="1\n")
    assert (ran.code, left) == (3, 0)
    assert at("assign", "-", "--to", "教育局", stdin="1\n").code == 0
    assert at("doctor").code == 0
