"""Attacks on a book, counted: `python -m tests.torture` (about two minutes), `--full` for the long form of several hours.

Kills while commands write, writers beside each other, restores against writers, logs left by a crash, writes that fail,
power cuts, and damages by SQL on every table: insert, update, delete, schema. Printed: acknowledged commands lost, cases half done, books that do not open, damages that doctor does not see,
tracebacks. Exit 1 where one of them is not zero.
"""

from __future__ import annotations

import argparse
import gzip
import os
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

from tests.torture import disk_attacks
from xinfang_cli import keys
from xinfang_cli.book.face import encrypt_book
from xinfang_cli.book.kept import Profile
from xinfang_cli.book.sqlite.connecting import connect
from xinfang_cli.errors import XinfangError
from xinfang_cli.office.exchange.importing.run import Choices, import_ledger
from xinfang_cli.office.find import kept_lists
from xinfang_cli.office.keeping import health
from xinfang_cli.office.keeping.backup import backup
from xinfang_cli.office.keeping.restore import restore
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework, registering

TODAY = date(2023, 7, 18)
OLD = Path(__file__).parents[1] / "book" / "old"
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


ENCRYPTED: list[tuple[keys.KeyFile, bytes]] = []
"""The key of the books that are attacked, and its file, where they are to be encrypted."""


def begin_encrypted(folder: Path) -> None:
    """From now on the books are encrypted, all with one key; other processes find its passphrase."""
    key, passphrase = os.urandom(32), "一句很长的测试口令"
    ENCRYPTED.append((keys.wrap(key, passphrase, keys.new_code()), key))
    said = folder / "passphrase"
    said.touch(0o600)
    said.write_text(passphrase, "utf-8")
    os.environ[keys.SOURCE] = str(said)


def closed(session: Session) -> Session:
    """The session of a book, which is encrypted by then where that is wanted."""
    for file, key in ENCRYPTED:
        encrypt_book(session.place, file, keys.hold(key), lambda book: None)
        assert not session.place.file.read_bytes().startswith(b"SQLite format 3")
    return session


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
    return closed(session)


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
        with closing(connect(session.place.file)) as conn:  # as long as somebody reads, the log stays
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
    ("_sqlite_migrations", "id"): "the library's own numbering of the steps; their names are compared",
    ("_sqlite_migrations", "migration_set"): "the library's name of the set; without it the steps count as not done",
    ("schema", "user_version"): "an older number has the book brought up to date when it is opened",
    ("_sqlite_migrations", "applied_at"): "when a step was run, which nothing reads",
}
"""What nothing proves, and why it need not be: counted apart."""


def old_book(folder: Path) -> Session:
    """A book of an earlier version, with every table filled, brought to this one."""
    session = at(folder / "old.db")
    keys.current.clear()  # it is an ordinary file first
    latest = max((OLD).glob("v*.db.gz"), key=lambda file: int(file.name.split("-")[0][1:]))
    session.place.file.write_bytes(gzip.decompress(latest.read_bytes()))
    kept_lists.save(session, "测试列表", ["--overdue"])
    with session.writing("profile") as (book, pen):
        book.mappings.keep(pen, Profile("测试方案", ("甲",), {"甲": "title"}))
    sheet = folder / "a.csv"
    sheet.write_text(
        "登记编号,收到日期,信访形式,信访目的,概况\n,2023-03-01,来信,求决,测试件甲\nA-77,2023-03-02,来信,求决,测试件乙\n"
    )
    import_ledger(session, sheet, Choices())
    return closed(session)


def changes(path: Path) -> Iterator[tuple[str, str, str]]:
    """(table, column or `*`, statement): in every table the first and the last row gone, put in twice, changed in each
    column; of every table its form."""
    with closing(connect(path)) as conn:
        tables = [
            row[0]
            for row in conn.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            )
        ]
        for table in tables:
            yield from changes_of_rows(conn, table)
            if not table.startswith(BEHIND):
                yield from changes_of_form(conn, table)


BEHIND = ("search", "_sqlite_migrations")
"""Tables whose form is the libraries' own."""


def changes_of_form(conn: sqlite3.Connection, table: str) -> Iterator[tuple[str, str, str]]:
    columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
    for statement in (
        f"ALTER TABLE {table} ADD COLUMN more TEXT",
        f"ALTER TABLE {table} RENAME COLUMN {columns[-1]} TO other",
        f"DROP TABLE {table}",
        f"CREATE INDEX more ON {table}({columns[0]})",
        f"CREATE VIEW more AS SELECT * FROM {table}",
        f"CREATE TRIGGER more AFTER INSERT ON {table} BEGIN SELECT 1; END",
    ):
        yield "schema", table, statement


def changes_of_rows(conn: sqlite3.Connection, table: str) -> Iterator[tuple[str, str, str]]:
    """Rows gone, put in, changed. The text index takes none of it: it is changed through the tables behind it."""
    if table == "search":
        return
    info = conn.execute(f"PRAGMA table_info({table})").fetchall()
    columns, types = [row[1] for row in info], {row[1]: row[2] for row in info}
    key = [row[1] for row in info if row[5]] or ["rowid"]
    ordered = f"SELECT {', '.join(f'quote({one})' for one in key)} FROM {table} ORDER BY {', '.join(key)}"
    rows = conn.execute(ordered).fetchall()
    for row in dict.fromkeys((*rows[:1], *rows[-1:])):
        where = "WHERE " + " AND ".join(f"{one} = {value}" for one, value in zip(key, row, strict=True))
        yield table, "*", f"DELETE FROM {table} {where}"
        more = ", ".join(OTHER[types[one]].format(one) if one in key or one in UNIQUE else one for one in columns)
        yield table, "*", f"INSERT INTO {table} SELECT {more} FROM {table} {where}"
        for column in columns:
            values = ["NULL", *(value.format(column) for value in VALUES[types[column]])]
            values += [
                value
                for (value,) in conn.execute(
                    f"SELECT DISTINCT quote({column}) FROM {table} ORDER BY 1 LIMIT 3"
                ).fetchall()
            ]
            for said in values:
                yield table, column, f"UPDATE {table} SET {column} = {said} {where} AND {column} IS NOT {said}"
    if not rows:
        yield table, "*", f"INSERT INTO {table} VALUES ({', '.join(NEW[types[one]] for one in columns)})"


OTHER = {"INTEGER": "{0} + 1", "TEXT": "{0} || 'x'", "BLOB": "zeroblob(7)", "": "{0} || 'x'"}
UNIQUE = ("case_no", "name")
VALUES = {
    "INTEGER": ("{0} + 7", "0", "1"),
    "TEXT": ("coalesce({0}, '') || 'x'", "'2001-01-01'", "'[\"x\"]'", "''"),
    "BLOB": ("zeroblob(32)", "x''"),
    "": ("{0} || 'x'", "0"),
}
NEW = {"INTEGER": "1", "TEXT": "'2001-01-01'", "BLOB": "x'00'", "": "'x'"}
"""By the type of a column: another value, so that a key is free; values that somebody may put there; that of a new row."""


def exchanges(path: Path) -> Iterator[tuple[str, str, str]]:
    """(table, column, statement): two rows that have each other's value, where no index forbids it on the way."""
    with closing(connect(path)) as conn:
        for table, column in (
            ("docket", "serial"),
            ("units", "ord"),
            ("texts", "body"),
            ("people", "name"),
            ("events", "body"),
        ):
            key = conn.execute(f"PRAGMA table_info({table})").fetchone()[1]
            rows = conn.execute(
                f"SELECT {key} FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} LIMIT 2"
            ).fetchall()
            if len(rows) == 2:
                (one,), (two,) = rows
                yield (
                    table,
                    column,
                    (
                        f"UPDATE {table} SET {column} = (SELECT {column} FROM {table} o WHERE o.{key} = "
                        f"CASE {table}.{key} WHEN {one} THEN {two} ELSE {one} END) WHERE {key} IN ({one}, {two})"
                    ),
                )


def damages(folder: Path, times: int, found: Counter[str], luck: random.Random) -> None:
    for name, session in (("new", begun(folder / "new")), ("old", old_book(folder))):
        damaged_each(folder, name, session, times and times // 2, found, luck)


def exchanged_numbers(conn: sqlite3.Connection) -> None:
    """Two cases have each other's number, wherever it stands."""
    (a, one), (b, two) = conn.execute("SELECT id, case_no FROM docket ORDER BY id LIMIT 2").fetchall()
    for table in ("docket", "cases"):
        conn.executemany(f"UPDATE {table} SET case_no = ? WHERE id = ?", [("?", a), (one, b), (two, a)])
    conn.execute("UPDATE docket SET serial = CAST(substr(case_no, -6) AS INTEGER), year = substr(case_no, -11, 4)")


def done(path: Path, statement: str, *, keeps_triggers: bool) -> bool:
    """Whether a statement changed a book, its CHECKs aside; the triggers that forbid it are there again afterwards."""
    with closing(connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA ignore_check_constraints=ON")
        triggers = (
            []
            if keeps_triggers
            else conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        )
        for name, _ in triggers:
            conn.execute(f"DROP TRIGGER {name}")
        try:
            if statement == "exchanged":
                exchanged_numbers(conn)
                changed = 2
            else:
                changed = conn.execute(statement).rowcount
        except sqlite3.Error:
            changed = 0  # a type, a key that is there, NOT NULL
        for _, sql in triggers:
            conn.execute(sql)
        return changed != 0


def damaged_each(
    folder: Path, name: str, session: Session, times: int, found: Counter[str], luck: random.Random
) -> None:
    with session.reading():
        pass
    listed = [*changes(session.place.file), *exchanges(session.place.file)]
    with closing(connect(session.place.file)) as conn:
        objects = conn.execute(
            "SELECT type, name FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        )
        listed += [("schema", name, f"DROP {type} {name}") for type, name in objects if "migration" not in name]
    listed += [("schema", "*", f"PRAGMA {one}") for one in ("user_version = 99", "application_id = 7")]
    listed.append(("schema", "user_version", "PRAGMA user_version = 3"))
    luck.shuffle(listed)
    listed = [("docket", "case_no", "exchanged"), *(listed[:times] if times else listed)]
    for n, (table, column, statement) in enumerate(listed):
        damaged = folder / f"{name}{n}.db"
        shutil.copyfile(session.place.file, damaged)
        if not done(damaged, statement, keeps_triggers=table == "schema"):
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
            proven = (table, column) not in UNPROVEN
            found["undetected" if proven else "unproven"] += 1
            if proven:
                print(f"  not seen: {statement[:300]}", flush=True)
        damaged.unlink()


Attack = Callable[[Path, int, Counter[str], random.Random], None]


def on_a_disk(
    attack: Callable[[Path, int, Counter[str], random.Random, Callable[[Path], object], disk_attacks.Judge], None],
) -> Attack:
    return lambda folder, times, found, luck: attack(folder, times, found, luck, begun, judged)


ATTACKS: dict[str, tuple[Attack, int, int]] = {
    "kills": (kills, 10, 10_000),
    "writers": (writers, 10, 1_000),
    "restores": (restores, 4, 100),
    "left logs": (left_logs, 4, 100),
    "faults": (on_a_disk(disk_attacks.faults), 12, 2_000),
    "cuts": (on_a_disk(disk_attacks.cuts), 80, 2_000),
    "damages": (damages, 40, 0),
}
"""name → (attack, how many in the short form, in the full form; 0: all there are)."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the long form")
    parser.add_argument("--only", choices=sorted(ATTACKS), help="one attack alone")
    parser.add_argument(
        "--times", type=int, help="so many of each: the long form in parts, each with a seed of its own"
    )
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--encrypted", action="store_true", help="a third of the short form, on encrypted books")
    given = parser.parse_args()
    luck = random.Random(given.seed)
    print(f"seed {given.seed}")
    worst = 0
    lasting = tempfile.TemporaryDirectory(prefix="xinfang-torture-")
    if given.encrypted:
        begin_encrypted(Path(lasting.name))
    for name, (attack, short, full) in ATTACKS.items():
        if given.only not in (None, name):
            continue
        found: Counter[str] = Counter()
        begins = time.monotonic()
        times = given.times or (full if given.full else max(2, short // 3) if given.encrypted else short)
        with tempfile.TemporaryDirectory(prefix="xinfang-torture-") as folder:
            attack(Path(folder), times, found, luck)
        counts = ", ".join(f"{key} {found[key]}" for key in (*BADLY, *sorted(found.keys() - set(BADLY))))
        print(f"{name} × {times}: {counts} ({time.monotonic() - begins:.0f} s)", flush=True)
        worst += sum(found[key] for key in BADLY)
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
