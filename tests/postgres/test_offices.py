"""Several offices on one server: set up together, each with its own book; nobody of one gets into another's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.cli.conftest import ADD, Counter
from tests.postgres import server
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres import opening

A, B = "甲局", "乙局"
LOGINS = {
    "甲经办": (A, "经办"),
    "甲审核": (A, "审核"),
    "甲领导": (A, "领导"),
    "乙经办": (B, "经办"),
    "测试督": ("", "上级"),
}


def at(cluster: Path, office: str = "", user: str = server.USER, database: str = "city") -> str:
    named = f"&office={office}" if office else ""
    return f"postgresql:///{database}?host={cluster}&user={user}{named}"


@pytest.fixture(scope="module")
def city(cluster: Path) -> str:
    """Two offices out of an empty cluster, a case in each, and a login of each role; the address of none of them."""
    where = at(cluster)
    with pytest.MonkeyPatch.context() as patch:
        counter = Counter(where, patch)  # type: ignore[arg-type]
        assert counter("server", "office", "list", "--json").error()["code"] == "no_file"
        ran = counter("server", "office", "add", A, B, "--json")
        assert ran.code == 0, ran
        made = ran.json()["offices"]
        assert [(one["office"], one["database_made"], one["created"]) for one in made] == [
            (A, True, True),
            (B, False, True),
        ]
        again = counter("server", "office", "add", B, A, "--json").json()["offices"]
        assert [(one["office"], one["created"]) for one in again] == [(B, False), (A, False)]
        for login, (office, role) in LOGINS.items():
            ran = counter("server", "user", "add", login, "--role", role, "--no-password", db=at(cluster, office))
            assert ran.code == 0, ran
        for office in (A, B):
            for words in (("unit", "add", "教育局"), ADD):
                assert counter(*words, db=at(cluster, office)).code == 0
    return where


@pytest.fixture
def run(city: str, monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(city, monkeypatch)  # type: ignore[arg-type]


def test_the_list_of_offices(cluster: Path, run: Counter, tmp_path: Path) -> None:
    """Each login sees the offices that it gets into, and no other."""
    for login, wanted in (
        (server.USER, [(B, 1), (A, 3)]),
        ("甲经办", [(A, 3)]),
        ("甲审核", [(A, 3)]),
        ("甲领导", [(A, 3)]),
        ("乙经办", [(B, 1)]),
        ("测试督", [(B, 1), (A, 3)]),
    ):
        for office in ("", A):
            ran = run("server", "office", "list", "--json", db=at(cluster, office, login))
            found = [(one["office"], one["logins"], one["moved_to"]) for one in ran.json()["offices"]]
            assert found == [(*one, None) for one in wanted], (login, ran)
    assert A in run("server", "office", "list").out
    listed = run("server", "user", "list", "--json").json()
    assert listed == {"office": "", "logins": [{"login": "测试督", "role": "auditor"}]}
    assert ("测试督", "auditor") in {
        tuple(one.values()) for one in run("server", "user", "list", "--json", db=at(cluster, A)).json()["logins"]
    }
    ran = run("server", "office", "list", "--json", db=str(tmp_path / "a.db"))
    assert (ran.code, ran.error()["code"]) == (3, "engine")


def test_the_superiors_role_is_given_and_taken(cluster: Path, run: Counter) -> None:
    """By an address of no office; what a login has in its own office stays."""
    assert run("server", "grant", "甲领导", "--role", "上级").code == 0
    ran = run("city", "stats", "--json", db=at(cluster, "", "甲领导"))
    assert (ran.code, [one["office"] for one in ran.json()["offices"]]) == (0, [B, A])
    assert run("server", "grant", "甲领导", "--role", "上级", "--take").code == 0
    found = run("city", "stats", "--json", db=at(cluster, "", "甲领导")).json()
    assert [(one["office"], one["why"]) for one in found["not_counted"]] == [(A, "permission")]
    assert run("overdue", db=at(cluster, A, "甲领导")).code == 0


NOBODYS = "overdue|list|server init|server check|server user add 某人 --role 经办 --no-password"


def test_only_the_keeper_adds_an_office(cluster: Path, run: Counter) -> None:
    for login in ("甲经办", "甲领导", "测试督"):
        for words in (("office", "add", "丙局"), ("user", "add", "某人", "--role", "上级", "--no-password")):
            ran = run("server", *words, db=at(cluster, A, login))
            assert ran.code == 3, (login, ran)
    for name in ("pg_x", 'a"b', "public", "", "很" * 20):
        before = run("server", "office", "list", "--json").json()
        assert run("server", "office", "add", "丁局", name).code == 2, name
        assert run("server", "office", "list", "--json").json() == before
    for command in NOBODYS.split("|"):
        ran = run(*command.split())
        assert (ran.code, ran.err.count("\n")) == (2, 1), (command, ran)


def test_a_name_that_would_let_somebody_in(cluster: Path, run: Counter) -> None:
    """A login called as an office's role would be; an office of the same name in another database of the server."""
    assert run("server", "user", "add", "丙局_clerk", "--role", "经办", "--no-password", db=at(cluster, A)).code == 0
    ran = run("server", "office", "add", "丙局", "--json")
    assert (ran.code, ran.error()["code"]) == (1, "taken"), ran
    ran = run("server", "office", "add", A, "--json", db=at(cluster, database="another"))
    assert (ran.code, ran.error()["code"]) == (1, "taken"), ran
    assert run("server", "office", "add", "戊局", db=at(cluster, database="another")).code == 0
    assert [one["office"] for one in run("server", "office", "list", "--json").json()["offices"]] == [B, A]


BREAK_INS = (
    "SELECT * FROM {b}.cases",
    "SELECT * FROM {b}.people",
    "SELECT * FROM {b}.texts",
    "SELECT * FROM {b}.events",
    "SELECT count(*) FROM {b}.docket",
    "SELECT * FROM {b}.files",
    "SELECT * FROM {b}.head",
    "SELECT * FROM {b}.units",
    "SELECT * FROM {b}.house_texts",
    "SELECT version FROM {b}.meta",
    "SELECT * FROM {b}.matching('[]')",
    "SELECT {b}.is_head(1, '')",
    "SELECT {b}.is_owner()",
    "SELECT nextval('{b}.x')",
    "INSERT INTO {b}.written VALUES (gen_random_uuid())",
    "INSERT INTO {b}.commands SELECT * FROM {a}.commands",
    "INSERT INTO {b}.events SELECT * FROM {a}.events",
    "UPDATE {b}.cases SET stage = 'closed'",
    "UPDATE {b}.meta SET held = 1",
    "DELETE FROM {b}.people",
    "TRUNCATE {b}.views",
    "SELECT held FROM {b}.meta FOR UPDATE",
    "LOCK TABLE {b}.meta",
    "COPY {b}.people TO STDOUT",
    "CREATE TABLE {b}.x (y integer)",
    "CREATE FUNCTION {b}.x() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE VIEW pg_temp.x AS SELECT * FROM {b}.people",
    "CREATE SCHEMA x",
    "ALTER SCHEMA {b} RENAME TO x",
    "DROP SCHEMA {b} CASCADE",
    'SET ROLE "乙局_clerk"',
    'GRANT "乙局_clerk" TO "甲经办"',
    'GRANT "city_auditor" TO "甲经办"',
    'GRANT "甲局_clerk" TO "乙经办"',
    "GRANT USAGE ON SCHEMA {a} TO PUBLIC",
    'ALTER ROLE "乙经办" LOGIN',
    "SET SESSION AUTHORIZATION '乙经办'",
    "DO $$ BEGIN PERFORM * FROM {b}.people; END $$",
)
REFUSED = (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidGrantOperation)


@pytest.mark.parametrize("login", ["甲经办", "甲审核", "甲领导"])
def test_no_break_in_to_another_office(cluster: Path, city: str, login: str) -> None:
    named = {"a": f'"{A}"', "b": f'"{B}"'}
    got_in = []
    with closing(opening.connect(Place.of(at(cluster, A, login)))) as conn, conn.raw.cursor() as cursor:
        for sql in BREAK_INS:
            conn.begin()
            try:
                cursor.execute(sql.format(**named))
                if sql.startswith("GRANT USAGE"):  # a grant of what one does not own is but a warning
                    cursor.execute(f"SELECT has_schema_privilege('乙经办', '{A}', 'USAGE')")
                    if not cursor.fetchone()[0]:
                        continue
                got_in.append(sql)
            except REFUSED:
                pass
            finally:
                conn.rollback()
    assert got_in == []


def test_no_command_gets_into_another_office(cluster: Path, run: Counter) -> None:
    """The program at another office's address: exit 3, one line, nothing written there."""
    before = run("doctor", "--json", db=at(cluster, B)).json()
    for login in ("甲经办", "甲审核", "甲领导", "测试督"):
        for words in (
            ("overdue",),
            ("list",),
            ("show", "1"),
            ("stats",),
            ADD,
            ("undo",),
            ("search", "供水"),
            ("doctor",),
            ("export", "--csv"),
        ):
            ran = run(*words, db=at(cluster, B, login), actor=None)
            assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1), (login, words, ran)
    after = run("doctor", "--json", db=at(cluster, B)).json()
    assert (after["events"], after["head"]) == (before["events"], before["head"])


def test_a_shadow_of_a_name_changes_nothing(cluster: Path, run: Counter) -> None:
    """A clerk's own table of the same name is not what the office's functions read."""
    with closing(opening.connect(Place.of(at(cluster, A, "甲经办")))) as conn, conn.raw.cursor() as cursor:
        conn.begin()
        cursor.execute("CREATE TEMP TABLE head (one integer, events bigint, hash bytea)")
        cursor.execute("INSERT INTO head VALUES (1, 0, '')")
        cursor.execute("SELECT max(id) FROM commands")
        command = cursor.fetchone()[0]
        with pytest.raises((psycopg2.errors.SerializationFailure, psycopg2.errors.UniqueViolation)):
            cursor.execute(
                f"INSERT INTO \"{A}\".events VALUES (1, NULL, 99, 'note', '2023-07-17', {command}, '{{}}', NULL, '')"
            )
        conn.rollback()
    assert run("doctor", db=at(cluster, A)).code == 0


def test_check_finds_a_strangers_right(cluster: Path, run: Counter) -> None:
    for sql, code, back in (
        (f'GRANT USAGE ON SCHEMA "{A}" TO "乙经办"', "others", f'REVOKE USAGE ON SCHEMA "{A}" FROM "乙经办"'),
        (f'GRANT SELECT ON "{A}".cases TO city_auditor', "auditor", ""),
        (f'GRANT SELECT (title) ON "{A}".cases TO city_auditor', "auditor", ""),
        (f'DROP FUNCTION "{A}".city_overdue', "sums", ""),
    ):
        with closing(opening.connect(Place.of(at(cluster, A)))) as conn, conn.raw.cursor() as cursor:
            cursor.execute(sql)
            ran = run("server", "check", "--json", db=at(cluster, A))
            assert [one["code"] for one in ran.json()["findings"] if not one["ok"]] == [code], sql
            if back:
                cursor.execute(back)
        assert run("server", "init", db=at(cluster, A)).code == 0
        assert run("server", "check", db=at(cluster, A)).code == 0, sql
