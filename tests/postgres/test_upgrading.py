"""An office of an earlier version is brought to this program's; of a later one it says so."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from json import loads
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ADD, Counter
from tests.postgres import server
from tests.postgres.offices import address
from xinfang_cli.book import relocating
from xinfang_cli.book.face import Book, open_book
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres import opening, upgrading
from xinfang_cli.book.sqlite import schema

OLD = Path(__file__).parent / "old"
BOOKS = Path(__file__).parents[1] / "book" / "old"
SHAPES = {
    "columns": "SELECT relname, row_number() OVER (PARTITION BY relname ORDER BY attnum), attname, atttypid::regtype::text, "
    "attnotnull, pg_get_expr(adbin, adrelid) FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid AND relkind IN ('r', 'v') "
    "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE relnamespace = {o}::regnamespace AND attnum > 0 "
    "AND NOT attisdropped ORDER BY 1, 2",
    "constraints": "SELECT relname, contype, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid "
    "WHERE relnamespace = {o}::regnamespace ORDER BY 1, 2, 3",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = {s} ORDER BY 1, 2",
    "triggers": "SELECT relname, tgname, tgenabled, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
    "WHERE relnamespace = {o}::regnamespace AND NOT tgisinternal ORDER BY 1, 2",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = {o}::regnamespace ORDER BY 1",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = {s} ORDER BY 1",
}


def _shape(where: str) -> dict[str, list[Any]]:
    """What an office is made of, without its name."""
    conn = opening.connect(Place.of(where))
    with closing(conn), conn.raw.cursor() as cursor:
        found = {}
        for what, sql in SHAPES.items():
            cursor.execute(sql.format(o="'" + conn.quoted + "'", s=f"'{conn.office}'"))
            found[what] = [
                tuple(one.replace(conn.office, "OFFICE") if isinstance(one, str) else one for one in row)
                for row in cursor.fetchall()
            ]
        return found


def _says(where: str, sql: str) -> Any:
    conn = opening.connect(Place.of(where))
    with closing(conn), conn.raw.cursor() as cursor:
        cursor.execute(f"SET search_path TO {conn.quoted}")
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def _as_it_was(where: str, version: int, book: Path) -> None:
    """An office as a program of that version made it, with the rows of a book of that version."""
    conn = opening.connect(Place.of(where))
    made = (OLD / f"v{version}.sql").read_text("utf-8").replace("{office}", conn.office)
    with closing(conn), conn.raw.cursor() as cursor, closing(sqlite3.connect(book)) as old:
        cursor.execute(f"CREATE SCHEMA {conn.quoted}")
        conn.begin()
        cursor.execute(made)
        cursor.execute("SET LOCAL session_replication_role = replica; DELETE FROM head")
        for (table,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table in relocating.TABLES or table in ("said", "head"):
                rows = old.execute(f"SELECT * FROM {table}").fetchall()
                if rows:
                    cursor.executemany(f"INSERT INTO {table} VALUES ({','.join(['%s'] * len(rows[0]))})", rows)
        Book(opening.PostgresStore(Place.of(where), conn)).search.rebuild()
        conn.commit()


@pytest.fixture
def at(cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    monkeypatch.chdir(tmp_path)
    return Counter(address(cluster), monkeypatch)  # type: ignore[arg-type]


@pytest.fixture
def cases(at: Counter) -> Counter:
    """A new office with a few cases."""
    assert at("server", "init").code == 0
    assert at("unit", "add", "教育局").code == 0
    for number in ("1", "2"):
        at.add()
        assert at("assign", number, "--to", "教育局").code == 0
    return at


STEP = """-- 信访件多一列，多一张表
ALTER TABLE cases ADD COLUMN later text NOT NULL DEFAULT 'x';
CREATE TABLE more (id bigint PRIMARY KEY, about text);
ALTER TABLE events DROP CONSTRAINT events_kind_check;
"""
STEP_OF_FILES = "ALTER TABLE cases ADD COLUMN later TEXT NOT NULL DEFAULT 'x';\nCREATE TABLE more (id INTEGER PRIMARY KEY, about TEXT) STRICT;\nCREATE INDEX more_about ON more(about);\n"


@contextmanager
def a_later_program(tmp_path: Path, more: str = "", *, rewrites: bool = False) -> Iterator[None]:
    """The program of the next version, which nobody has written yet."""
    version = schema.VERSION + 1
    steps, files = tmp_path / "steps", tmp_path / "steps of files"
    shutil.copytree(upgrading.STEPS, steps, dirs_exist_ok=True)
    shutil.copytree(schema.STEPS, files, dirs_exist_ok=True)
    (steps / f"{version:03}_a_trial.sql").write_text(STEP + more, "utf-8")
    (files / f"{version:03}_a_trial.sql").write_text(STEP_OF_FILES, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upgrading, "STEPS", steps)
        patch.setattr(schema, "STEPS", files)
        patch.setattr(schema, "VERSION", version)
        if rewrites:
            patch.setattr(schema, "REBUILT_AT", version)
        yield


def test_each_step_of_a_file_has_its_counterpart() -> None:
    """Under the same number and name, with a sentence for who runs it; the first office was of version 16."""
    ours = [file.stem for _, file in upgrading.steps_after(0)]
    assert ours == [name for name, _ in schema.steps()[16:]]
    assert all(upgrading.what_it_does(file) for _, file in upgrading.steps_after(0))


@pytest.mark.long
@pytest.mark.parametrize("version", [16, 17])
def test_an_office_of_an_earlier_version(
    at: Counter, cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    """Made from the frozen SQL of a version and filled from a book of it; its real steps are run."""
    (name,) = [file.name.removesuffix(".db.gz") for file in BOOKS.glob(f"v{version}-*.db.gz")]
    book = tmp_path / "old.db"
    book.write_bytes(gzip.decompress((BOOKS / f"{name}.db.gz").read_bytes()))
    where = str(at.path)
    _as_it_was(where, version, book)
    for words in (("overdue",), ADD, ("list",), ("doctor",), ("move", "--to", str(tmp_path / "x.db"), "--yes")):
        ran = at(*words, "--json")
        assert (ran.code, ran.error()["code"], "xinfang server upgrade" in ran.error()["hint"]) == (
            3,
            "schema",
            True,
        ), ran
    clerk = f"升级{version}"
    _says(
        where,
        f'CREATE ROLE "{clerk}" LOGIN; GRANT USAGE ON SCHEMA {opening.connect(Place.of(where)).quoted} TO "{clerk}"; GRANT SELECT ON meta TO "{clerk}"',
    )
    ran = at("server", "upgrade", "--yes", "--json", db=where.replace(f"user={server.USER}", f"user={clerk}"))
    assert (ran.code, ran.error()["code"]) == (3, "permission"), ran
    _says(where, f'DROP OWNED BY "{clerk}"')  # `server check` would tell of the right
    planned = at("server", "upgrade", "--dry-run", "--json").json()
    assert (planned["there"], planned["here"]) == (version, schema.VERSION)
    assert (len(planned["steps"]), planned["rewrites"]) == (schema.VERSION - version, True)
    with monkeypatch.context() as patch:
        patch.setattr("xinfang_cli.cli.asking.somebody_there", lambda: True)
        ran = at("server", "upgrade", stdin="n\n")
    assert (ran.code, "全部信访件" in ran.out) == (1, True), ran
    assert _says(where, "SELECT version FROM meta") == [(version,)]
    ran = at("server", "upgrade", "--yes", "--json")
    assert ran.code == 0, ran
    done = ran.json()
    assert (done["before"], done["version"], done["rewritten"]) == (version, schema.VERSION, done["cases"])
    assert at("doctor").code == 0
    assert at("server", "check").code == 0
    other = address(cluster)
    assert at("server", "init", db=other).code == 0
    assert _shape(where) == _shape(other)
    for said in ("list --json", "overdue --json", "stats --month 2023-06 --by unit --json"):
        assert at(*said.split()).out == at(*said.split(), db=book).out
    assert at("server", "upgrade", "--json").json()["nothing"] is True
    assert at(*ADD).code == 0


def test_the_next_version(cases: Counter, tmp_path: Path, cluster: Path) -> None:
    """Upgraded by the next program, an office goes on being worked on by this one; not by one still older."""
    where = str(cases.path)
    kinds = _says(
        where,
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'events_kind_check' AND connamespace = current_schema()::regnamespace",
    )
    check = f"ALTER TABLE events ADD CONSTRAINT events_kind_check {kinds[0][0]};"
    with a_later_program(tmp_path, check):
        ran = cases(*ADD, "--json")
        assert (ran.code, ran.error()["code"]) == (3, "schema")
        ran = cases("server", "upgrade", "--yes", "--json")
        assert ran.code == 0, ran
        assert (ran.json()["version"], ran.json()["oldest"]) == (schema.VERSION, schema.VERSION - 1)
        other = address(cluster)
        assert cases("server", "init", db=other).code == 0
        assert _shape(where) == _shape(other)
        assert cases("doctor").code == 0
        cases.add()
        assert cases("server", "check").code == 0
    assert cases.add() == "XF2023-000004"
    assert cases("assign", "4", "--to", "教育局").code == 0
    assert len(cases("list", "--json").json()) == 4
    assert cases("undo").code == 0
    assert cases("doctor").code == 0
    units = tmp_path / "units.csv"
    units.write_text("名称\n" + "".join(f"测试{n}局\n" for n in range(80)), "utf-8")
    assert cases("unit", "add", "--file", str(units)).code == 0
    ran = cases("server", "upgrade", "--yes", "--json")
    assert (ran.code, ran.error()["code"], "pip install -U" in ran.error()["hint"]) == (3, "newer", True)
    with a_later_program(tmp_path, check):
        assert cases("doctor").code == 0
        assert cases("server", "upgrade", "--json").json()["nothing"] is True
    ours = schema.VERSION
    for version, oldest in ((ours + 1, ours + 1), (ours + 2, ours)):
        _says(where, f"UPDATE meta SET version = {version}, oldest = {oldest}")
        for words in (("list",), ADD, ("server", "upgrade", "--yes")):
            ran = cases(*words, "--json")
            assert (ran.code, ran.error()["code"], "pip install -U" in ran.error()["hint"]) == (3, "newer", True), ran


def test_rows_are_written_again(cases: Counter, tmp_path: Path) -> None:
    """Where the next version makes them otherwise; then no older program may write them its own way."""
    moves = "UPDATE clocks SET due_on = due_on + 1; UPDATE cases SET title = '另一个'; UPDATE search SET title = 'x';"
    before = cases("list", "--json").out
    with a_later_program(
        tmp_path, moves + "DROP TABLE more; CREATE TABLE more (id bigint PRIMARY KEY, about text);", rewrites=True
    ):
        assert cases("server", "upgrade", "--dry-run", "--json").json()["rewrites"] is True
        ran = cases("server", "upgrade", "--yes", "--json")
        assert ran.code == 0, ran
        assert (ran.json()["rewritten"], ran.json()["oldest"]) == (2, schema.VERSION)
        assert cases("doctor").code == 0
        assert cases("list", "--json").out == before
    ran = cases("list", "--json")
    assert (ran.code, ran.error()["code"]) == (3, "newer")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("UPDATE clocks SET due_on = due_on + 1", "damaged"),
        (
            "ALTER TABLE events DISABLE TRIGGER events_never; UPDATE events SET on_day = on_day + 1 WHERE id = 3",
            "damaged",
        ),
        ("SELECT * FROM nowhere", "schema"),
    ],
)
def test_what_is_not_sound_is_taken_back(cases: Counter, tmp_path: Path, more: str, code: str) -> None:
    where = str(cases.path)
    before = _shape(where), cases("list", "--json").out
    with a_later_program(tmp_path, more):
        ran = cases("server", "upgrade", "--yes", "--json")
        assert (ran.code, ran.error()["code"]) == (3, code), ran
    assert (_shape(where), cases("list", "--json").out) == before
    assert _says(where, "SELECT version FROM meta") == [(schema.VERSION,)]
    assert cases("doctor").code == 0


def test_what_somebody_changed_is_made_again(cases: Counter) -> None:
    """By the owner, of the same version; said before."""
    where = str(cases.path)
    before = _shape(where)
    _says(
        where,
        "CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
        "ALTER TABLE events DISABLE TRIGGER extend; DROP INDEX cases_unit",
    )
    assert cases("server", "check").code == 1
    planned = cases("server", "upgrade", "--dry-run", "--json").json()
    assert (planned["steps"], len(planned["again"])) == ([], 3)
    assert cases("server", "upgrade", "--yes").code == 0
    assert cases("server", "check").code == 0
    assert _shape(where) == before


def test_nobody_writes_meanwhile(cases: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BUSY_MS", 1500)
    with a_later_program(tmp_path), closing(opening.connect(Place.of(str(cases.path)))) as conn:
        conn.begin()
        conn.execute("SELECT held FROM meta WHERE one = 1 FOR UPDATE")
        ran = cases("server", "upgrade", "--yes", "--json")
        assert (ran.code, ran.error()["code"]) == (3, "locked"), ran
    with closing(open_book(Place.of(str(cases.path)))) as book:
        assert book.cases.count() == 2


def test_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = Counter(tmp_path / "book.db", monkeypatch)("server", "upgrade", "--yes", "--json")
    assert ran.code == 3
    assert loads(ran.out)["error"]["hint"]
