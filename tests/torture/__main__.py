"""Attacks on a book, counted: `python -m tests.torture` (about two minutes), `--full` for the long form.

Kills while commands write, writers beside each other, restores against writers, logs left by a crash, writes that fail,
power cuts, and damages by SQL on every table: insert, update, delete, schema. Printed: acknowledged commands lost, cases half done, books that do not open, damages that doctor does not see,
tracebacks. Exit 1 where one of them is not zero.

The long form may be taken in parts, `--only kills --times 500 --seed 7 --log FILE`, whose counts `--sum FILE` adds up.
On a disk in memory (TMPDIR=/dev/shm) it takes half as long; the power cuts are simulated either way.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.torture import disk_attacks
from tests.torture.disk import shim
from tests.torture.scenes import OLD, PASSPHRASE, TODAY, Running, at, words_in
from xinfang_cli import keys
from xinfang_cli.book.face import encrypt_book
from xinfang_cli.book.kept import Profile
from xinfang_cli.book.sqlite.connecting import connect
from xinfang_cli.errors import Unusable, XinfangError
from xinfang_cli.office.exchange.importing.run import Choices, import_ledger
from xinfang_cli.office.find import kept_lists
from xinfang_cli.office.keeping import health
from xinfang_cli.office.keeping.backup import backup
from xinfang_cli.office.keeping.restore import restore
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework, registering

BADLY = ("lost", "half", "unopened", "undetected", "tracebacks")

ENCRYPTED: list[tuple[keys.KeyFile, bytes]] = []
"""The key of the books that are attacked, and its file, where they are to be encrypted."""


def hold_passphrase(folder: Path) -> None:
    """Other processes, and whoever judges, find the passphrase of a book; stretched little, since nobody guesses here."""
    said = folder / "passphrase"
    said.touch(0o600)
    said.write_text(PASSPHRASE, "utf-8")
    os.environ[keys.SOURCE] = str(said)
    keys._N = 1 << 4


def begin_encrypted() -> None:
    """From now on the books are encrypted, all with one key."""
    key = os.urandom(32)
    ENCRYPTED.append((keys.wrap(key, PASSPHRASE, keys.new_code()), key))


def closed(session: Session) -> Session:
    """The session of a book, which is encrypted by then where that is wanted."""
    for file, key in ENCRYPTED:
        encrypt_book(session.place, file, keys.hold(key), lambda book: None)
        assert not session.place.file.read_bytes().startswith(b"SQLite format 3")
    return session


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


def judged(path: Path, told: set[str], found: Counter[str]) -> None:
    """Count what is wrong with a book that was attacked; what was told with a minus is not a title any more."""
    try:
        there = words_in(path)
        report = health.check(at(path))
    except XinfangError:
        found["unopened"] += 1
        return
    except Exception as error:
        print(f"  {path.name}: {type(error).__name__} {error}", flush=True)
        found["tracebacks"] += 1
        return
    found["lost"] += sum(word[1:] in there if word.startswith("-") else word not in there for word in told)
    found["half"] += not report.ok
    for problem in report.problems[:3]:
        print(f"  {path.name}: {problem}", flush=True)


def _write(path: Path, name: str, ends: Callable[[int], bool]) -> None:
    n = 0
    while not ends(n):
        title = f"{name}-{n}"
        registering.add(at(path), TODAY, {"channel": "letter", "kind": "other", "title": title})
        os.write(1, f"{title}\n".encode())
        n += 1
        time.sleep(0.01)


def writer(path: Path, name: str, ends: Callable[[int], bool]) -> Running:
    """A process that registers cases until it `ends`."""
    return Running(partial(_write, path, name, ends))


def heard(running: Running, found: Counter[str]) -> set[str]:
    """What a writer said was done, until it ended."""
    ran = running.ended()
    found["tracebacks"] += ran.traceback
    found["refused"] += ran.code in (1, 3)
    found["adds"] += len(ran.told)
    return ran.told


def writers(folder: Path, seconds: int, found: Counter[str], luck: random.Random) -> None:
    del luck
    session = begun(folder)
    ends = time.monotonic() + seconds
    running = [writer(session.place.file, f"w{n}", lambda _: time.monotonic() > ends) for n in range(8)]
    judged(session.place.file, set().union(*(heard(process, found) for process in running)), found)
    found["writers"] += seconds


def restores(folder: Path, times: int, found: Counter[str], luck: random.Random) -> None:
    session = begun(folder)
    backup(session, folder / "a.bak")
    stop = folder / "stop"
    running = [writer(session.place.file, f"r{n}", lambda _: stop.exists()) for n in range(2)]
    kept = []
    try:
        while found["restores"] < times:
            time.sleep(luck.uniform(0.1, 0.4))
            try:
                kept.append(Path(str(restore(session, folder / "a.bak", force=True).kept)))
                found["restores"] += 1
            except Unusable:  # the two were always at it
                found["refused"] += 1
    finally:
        stop.touch()
    told = set().union(*(heard(process, found) for process in running))
    there = set().union(*(words_in(path) for path in (session.place.file, *kept)))
    found["lost"] += len(told - there)
    for path in (session.place.file, *kept):
        judged(path, set(), found)


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
        judged(session.place.file, {"-在日志里的件"}, found)
        found["left logs"] += 1
        shutil.rmtree(session.place.file.parent)


UNPROVEN = {
    ("_sqlite_migrations", "id"): "the library's own numbering of the steps; their names are compared",
    ("_sqlite_migrations", "migration_set"): "the library's name of the set; without it the steps count as not done",
    ("schema", "user_version"): "an older number has the book brought up to date when it is opened",
    ("search_config", "*"): "a setting of the text index that is gone has FTS5's own value, which is ours",
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
    """(table, column, statement): two rows of each table that have each other's value in each column."""
    with closing(connect(path)) as conn:
        tables = conn.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        for (table,) in tables:
            if table.startswith(BEHIND):
                continue
            info = conn.execute(f"PRAGMA table_info({table})").fetchall()
            key = [row[1] for row in info if row[5]] or ["rowid"]
            for column in (row[1] for row in info if row[1] not in key):
                keys = ", ".join(f"quote({one})" for one in key)
                rows = conn.execute(f"SELECT quote({column}), {keys} FROM {table} GROUP BY {column} LIMIT 2").fetchall()
                if len(rows) == 2:
                    one, two = (
                        " AND ".join(f"{name} = {value}" for name, value in zip(key, row[1:], strict=True))
                        for row in rows
                    )
                    said = f"CASE WHEN {one} THEN {rows[1][0]} ELSE {rows[0][0]} END WHERE ({one}) OR ({two})"
                    yield table, column, f"UPDATE {table} SET {column} = {said}"


def hidden(path: Path) -> Iterator[tuple[str, str, str]]:
    """(`schema`, name, statements): what is written into the schema itself, past SQLite's rules."""
    begins = "PRAGMA writable_schema=ON; INSERT INTO sqlite_master VALUES "
    acts = "'CREATE TRIGGER sqlite_more AFTER INSERT ON events BEGIN DELETE FROM people; END'"
    yield "schema", "sqlite_more", f"{begins}('trigger', 'sqlite_more', 'events', 0, {acts})"
    yield (
        "schema",
        "sqlite_more",
        f"{begins}('view', 'sqlite_more', 'sqlite_more', 0, 'CREATE VIEW sqlite_more AS SELECT 1')",
    )
    yield "schema", "search_content", "CREATE TABLE search_content(id)"
    for part in ("data", "idx", "docsize", "config"):
        yield "schema", f"search_{part}", f"ALTER TABLE search_{part} ADD COLUMN more"
    with closing(connect(path)) as conn:
        made = conn.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'search%'"
        ).fetchall()
    for name, sql in made:
        for old, new in LOOSER:
            if old in sql and "sqlite" not in name:
                other = sql.replace(old, new).replace("'", "''")
                changed = f"UPDATE sqlite_master SET sql = '{other}' WHERE name = '{name}'"
                yield "schema", name, f"PRAGMA writable_schema=ON; {changed}"


LOOSER = (
    ("NOT NULL", ""),
    (" STRICT", ""),
    ("RAISE(ABORT", "RAISE(IGNORE"),
    ("UNIQUE", ""),
    (" WHERE ", " WHERE 1 = 1 AND "),
    ("CHECK", "CHECK (1) CHECK"),
    ("REFERENCES", "NOT NULL REFERENCES"),
)
"""What of a table, an index, a trigger may be written otherwise, and still opens."""


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
                for one in statement.split("; ", 1) if statement.startswith("PRAGMA writable") else [statement]:
                    changed = conn.execute(one).rowcount
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
    listed = [*changes(session.place.file), *exchanges(session.place.file), *hidden(session.place.file)]
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


def on_a_disk(attack: Callable[[disk_attacks.Stage, int, Counter[str], random.Random], None]) -> Attack:
    def attacked(folder: Path, times: int, found: Counter[str], luck: random.Random) -> None:
        if SHIM not in os.environ:
            print("  no C compiler: the disk is not attacked")
            return
        attack(disk_attacks.Stage(folder, begun, judged, encrypted=bool(ENCRYPTED)), times, found, luck)

    return attacked


ATTACKS: dict[str, tuple[Attack, int, int]] = {
    "kills": (on_a_disk(disk_attacks.kills), 60, 10_000),
    "writers": (writers, 5, 60),
    "restores": (restores, 4, 100),
    "left logs": (left_logs, 4, 100),
    "faults": (on_a_disk(disk_attacks.faults), 40, 2_000),
    "cuts": (on_a_disk(disk_attacks.cuts), 80, 2_000),
    "damages": (damages, 60, 1_000),
}
"""name → (attack, how many in the short form, in the full form: of the eight writers, seconds); of the damages the full
form takes all there are, which is more. What was done is counted under the attack's name."""
SHIM = "XF_SHIM"


def behind_the_shim() -> None:
    """Begin again with the shim between this process, with all that it forks, and the disk; without a compiler go on
    without it."""
    if SHIM in os.environ:
        os.environ.pop("LD_PRELOAD", None)
        shutil.rmtree(os.environ[SHIM], ignore_errors=True)  # it is loaded
        return
    folder = Path(tempfile.mkdtemp(prefix="xinfang-shim-"))
    library = shim(folder)
    if library is None:
        shutil.rmtree(folder)
        return
    given = os.environ | {SHIM: str(folder), "LD_PRELOAD": str(library)}
    os.execve(sys.executable, [sys.executable, "-m", "tests.torture", *sys.argv[1:]], given)


def summed(log: Path) -> int:
    """Print what the parts of a file of counts come to; how much of it is bad."""
    total: dict[tuple[str, bool], Counter[str]] = {}
    for line in log.read_text("utf-8").splitlines():
        part = json.loads(line)
        counts = total.setdefault((part["attack"], part["encrypted"]), Counter())
        counts.update(part["counts"] | {"parts": 1, "seconds": part["seconds"]})
    for (name, encrypted), found in total.items():
        print(
            f"{name}{' (encrypted)' if encrypted else ''} {found[name]} of {ATTACKS[name][2]}: {_in_words(name, found)}"
        )
    return sum(found[key] for found in total.values() for key in BADLY)


def _in_words(name: str, found: Counter[str]) -> str:
    return ", ".join(f"{key} {found[key]}" for key in (*BADLY, *sorted(found.keys() - {name, *BADLY})))


def attacked(name: str, times: int, given: argparse.Namespace) -> Counter[str]:
    """One attack, counted and printed, and added to the file of counts."""
    found: Counter[str] = Counter()
    begins = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="xinfang-torture-") as folder:
        ATTACKS[name][0](Path(folder), times, found, random.Random(f"{given.seed} {name}"))
    seconds = round(time.monotonic() - begins)
    print(f"{name} {found[name]}: {_in_words(name, found)} ({seconds} s)", flush=True)
    if given.log is not None:
        part = {"attack": name, "seed": given.seed, "encrypted": given.encrypted, "seconds": seconds, "counts": found}
        with given.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(part) + "\n")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.torture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="the long form")
    parser.add_argument("--only", choices=sorted(ATTACKS), help="one attack alone")
    parser.add_argument(
        "--times", type=int, help="so many of each: the long form in parts, each with a seed of its own"
    )
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--encrypted", action="store_true", help="a third of the short form, on encrypted books")
    parser.add_argument("--log", type=Path, metavar="FILE", help="add the counts to a file")
    parser.add_argument("--sum", type=Path, metavar="FILE", help="add up the counts in a file, and attack nothing")
    given = parser.parse_args()
    if given.sum is not None:
        return 1 if summed(given.sum) else 0
    behind_the_shim()
    print(f"seed {given.seed}")
    worst = 0
    with tempfile.TemporaryDirectory(prefix="xinfang-torture-") as lasting:
        hold_passphrase(Path(lasting))
        if given.encrypted:
            begin_encrypted()
        for name, (_, short, full) in ATTACKS.items():
            if given.only in (None, name):
                all_there_are = 0 if name == "damages" else full
                long, quick = all_there_are, max(2, short // 3) if given.encrypted else short
                found = attacked(name, given.times or (long if given.full else quick), given)
                worst += sum(found[key] for key in BADLY)
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
