"""Attacks on a book, counted: `python -m tests.torture` (under three minutes), `--full` for the long form of several hours.

Kills while commands write, writers beside each other, restores against writers, logs left by a crash, and damages by SQL on
every table. Printed: acknowledged commands lost, cases half done, books that do not open, damages that doctor does not see,
tracebacks. Exit 1 where one of them is not zero.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from xinfang_cli.errors import XinfangError
from xinfang_cli.office.keeping import health
from xinfang_cli.office.keeping.backup import backup
from xinfang_cli.office.keeping.restore import restore
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework, registering

TODAY = date(2023, 7, 18)
BADLY = ("lost", "half", "unopened", "undetected", "tracebacks")
WRITER = """
import sys
from datetime import date
from pathlib import Path
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import registering
at = Session(Path(sys.argv[1]), date(2023, 7, 18), "测试员")
for n in range(int(sys.argv[3])):
    title = f"{sys.argv[2]}-{n}"
    registering.add(at, at.today, {"channel": "letter", "kind": "other", "title": title})
    print(title, flush=True)
"""


def at(path: Path) -> Session:
    return Session(path, TODAY, "测试员")


def begun(folder: Path, cases: int = 3) -> Session:
    """A book with some cases, a unit and lists of its own."""
    session = at(folder / "book.db")
    for n in range(cases):
        said = {
            "channel": "letter",
            "kind": "appeal",
            "title": f"测试件{n}",
            "name": f"测试{n}",
            "phone": "13800000000",
        }
        registering.add(session, TODAY, said)
    with session.writing("test") as (book, pen):
        book.units.add(pen, TODAY, "测试局", short="测局", code="9")
        book.units.add_region(pen, "测试镇", TODAY)
        book.units.add_topic(pen, "测试分类", TODAY)
    casework.assign(
        session, ["1"], "测试局", mode="forward", feedback_by=None, on=TODAY, new_unit=False, keep_going=False
    )
    return session


def titles(path: Path) -> set[str]:
    with at(path).reading() as book:
        return {row[0] for row in book.conn.execute("SELECT title FROM cases")}


def judged(path: Path, told: set[str], found: Counter[str]) -> None:
    """Count what is wrong with a book that was attacked."""
    try:
        there = titles(path)
        report = health.check(at(path))
    except XinfangError:
        found["unopened"] += 1
        return
    except Exception:
        found["tracebacks"] += 1
        return
    found["lost"] += len(told - there)
    found["half"] += not report.ok


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def heard(process: subprocess.Popen[str], found: Counter[str]) -> set[str]:
    """What a writer said was done, until it ended."""
    out, err = process.communicate(timeout=300)
    if process.returncode > 0:
        found["tracebacks"] += "Traceback" in err
    return set(out.split())


def kills(folder: Path, times: int, found: Counter[str], luck: random.Random) -> None:
    session = begun(folder)
    told: set[str] = set()
    for n in range(times):
        process = writer(session.place.file, f"k{n}", 1000)
        assert process.stdout is not None
        told.add(process.stdout.readline().strip())
        time.sleep(luck.uniform(0, 0.2))
        process.kill()
        told |= {line for line in process.stdout.read().split("\n")[:-1] if line}
        process.wait()
    judged(session.place.file, told - {""}, found)


def writers(folder: Path, each: int, found: Counter[str], luck: random.Random) -> None:
    del luck
    session = begun(folder)
    running = [writer(session.place.file, f"w{n}", each) for n in range(8)]
    judged(session.place.file, set().union(*(heard(process, found) for process in running)), found)


def restores(folder: Path, times: int, found: Counter[str], luck: random.Random) -> None:
    session = begun(folder)
    backup(session, folder / "a.bak")
    running = [writer(session.place.file, f"r{n}", 20 * times) for n in range(2)]
    kept = []
    for _ in range(times):
        time.sleep(luck.uniform(0.2, 0.6))
        kept.append(Path(str(restore(session, folder / "a.bak", force=True).kept)))
    told = set().union(*(heard(process, found) for process in running))
    there = set().union(*(titles(path) for path in (session.place.file, *kept)))
    found["lost"] += len(told - there)
    judged(session.place.file, set(), found)


def left_logs(folder: Path, times: int, found: Counter[str], luck: random.Random) -> None:
    """The machine dies, the clerk deletes the book alone, and begins anew or restores."""
    other = begun(folder / "other")
    backup(other, folder / "a.bak")
    for n in range(times):
        session = begun(folder / f"left{n}")
        with closing(sqlite3.connect(session.place.file)) as conn:  # as long as somebody reads, the log stays
            conn.execute("BEGIN")
            conn.execute("SELECT count(*) FROM cases").fetchone()
            registering.add(session, TODAY, {"channel": "letter", "kind": "other", "title": "在日志里的件"})
            for end in ("-wal", "-shm"):
                shutil.copyfile(f"{session.place.file}{end}", f"{session.place.file}{end}.kept")
        session.place.file.unlink()
        for end in ("-wal", "-shm"):
            Path(f"{session.place.file}{end}.kept").replace(f"{session.place.file}{end}")
        if luck.random() < 0.5:
            restore(session, folder / "a.bak", force=False)
        else:
            registering.add(session, TODAY, {"channel": "letter", "kind": "other", "title": "新簿的件"})
        found["half"] += "在日志里的件" in titles(session.place.file)
        judged(session.place.file, set(), found)


UNPROVEN = {
    ("said", "*"): "no part of the record",
    ("mappings", "*"): "no event tells of it",
    ("views", "*"): "no event tells of it",
    ("receipts", "*"): "no event tells of it",
    ("access_log", "actor"): "no event tells of it",
    ("access_log", "at"): "no event tells of it",
    ("access_log", "what"): "no event tells of it",
    ("serials", "last"): "a number may be spent without a case",
    ("docket", "sheet_no"): "no event tells of it",
    ("docket", "fingerprint"): "no event tells of it",
    ("topics", "ord"): "no event tells of it",
    ("regions", "ord"): "no event tells of it",
}
"""What the chain does not cover: counted apart, as unproven."""


def changes(path: Path) -> Iterator[tuple[str, str, str]]:
    """(table, column or `*`, statement): every table emptied of a row, every column of a row changed."""
    with closing(sqlite3.connect(path)) as conn:
        tables = [
            row[0]
            for row in conn.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search%' "
                "AND name <> '_sqlite_migrations'"
            )
        ]
        for table in tables:
            if conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0:
                continue
            columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
            last = columns[0]
            where = f"WHERE {last} = (SELECT max({last}) FROM {table})"
            yield table, "*", f"DELETE FROM {table} {where}"
            for column in columns:
                more = f"CASE typeof({column}) WHEN 'integer' THEN {column} + 7 WHEN 'blob' THEN zeroblob(32) ELSE {{}} END"
                for value in (f"coalesce({column}, '') || 'x'", "'2001-01-01'", "'[\"x\"]'"):
                    yield table, column, f"UPDATE {table} SET {column} = {more.format(value)} {where}"


def damages(folder: Path, times: int, found: Counter[str], luck: random.Random) -> None:
    session = begun(folder)
    with session.reading():
        pass
    listed = list(changes(session.place.file))
    with closing(sqlite3.connect(session.place.file)) as conn:
        objects = conn.execute(
            "SELECT type, name FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        )
        listed += [("schema", name, f"DROP {type} {name}") for type, name in objects if "migration" not in name]
    luck.shuffle(listed)
    for n, (table, column, statement) in enumerate(listed[:times] if times else listed):
        damaged = folder / f"damaged{n}.db"
        shutil.copyfile(session.place.file, damaged)
        try:
            with closing(sqlite3.connect(damaged)) as conn, conn:
                for name in [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
                    if table != "schema":
                        conn.execute(f"DROP TRIGGER {name}")
                changed = conn.execute(statement).rowcount
        except sqlite3.Error:
            changed = 0  # a CHECK does not let it
        if table != "schema":
            with closing(sqlite3.connect(damaged)) as conn, conn, closing(sqlite3.connect(session.place.file)) as whole:
                for (sql,) in whole.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'"):
                    conn.execute(sql.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"))
        if changed == 0:
            damaged.unlink()
            continue
        found["damages"] += 1
        try:
            seen = not health.check(at(damaged)).ok
        except XinfangError:
            seen = True
        except Exception as error:
            found["tracebacks"] += 1
            print(f"  {statement}: {type(error).__name__} {error}")
            seen = True
        if not seen:
            proven = not UNPROVEN.keys() & {(table, column), (table, "*")}
            found["undetected" if proven else "unproven"] += 1
            if proven:
                print(f"  not seen: {statement}")
        damaged.unlink()


Attack = Callable[[Path, int, Counter[str], random.Random], None]
ATTACKS: dict[str, tuple[Attack, int, int]] = {
    "kills": (kills, 20, 10_000),
    "writers": (writers, 10, 1_000),
    "restores": (restores, 5, 100),
    "left logs": (left_logs, 5, 100),
    "damages": (damages, 60, 0),
}
"""name → (attack, how many in the short form, in the full form; 0: all there are)."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the long form")
    parser.add_argument("--only", choices=sorted(ATTACKS), help="one attack alone")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    luck = random.Random(given.seed)
    print(f"seed {given.seed}")
    worst = 0
    for name, (attack, short, full) in ATTACKS.items():
        if given.only not in (None, name):
            continue
        found: Counter[str] = Counter()
        begins = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="xinfang-torture-") as folder:
            attack(Path(folder), full if given.full else short, found, luck)
        counts = ", ".join(f"{key} {found[key]}" for key in (*BADLY, *sorted(found.keys() - set(BADLY))))
        print(f"{name} × {full if given.full else short}: {counts} ({time.monotonic() - begins:.0f} s)", flush=True)
        worst += sum(found[key] for key in BADLY)
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
