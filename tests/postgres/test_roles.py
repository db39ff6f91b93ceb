"""Who may do what in an office on a server: through the program, and past it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.cli.conftest import ADD, Counter
from tests.postgres import server
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres import opening, probe

OFFICE, OTHER = "测试局", "邻局"
LOGINS = {"测试甲": "经办", "测试乙": "领导", "测试丙": "审核"}


@pytest.fixture(scope="module")
def office(cluster: Path) -> str:
    """An address without its login; two offices in a database that `server init` makes, and one login of each role."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (OFFICE, OTHER):
            counter = Counter(f"{_at(cluster)}&office={name}&user={server.USER}", patch)  # type: ignore[arg-type]
            made = counter("server", "init", "--json").json()
            assert (made["office"], made["created"], made["database_made"]) == (name, True, name == OFFICE)
        counter = Counter(f"{_at(cluster)}&office={OFFICE}&user={server.USER}", patch)  # type: ignore[arg-type]
        for login, role in LOGINS.items():
            assert counter("server", "user", "add", login, "--role", role, "--no-password").code == 0
        assert counter("unit", "add", "教育局").code == 0
    return f"{_at(cluster)}&office={OFFICE}"


def _at(cluster: Path) -> str:
    return f"postgresql:///offices?host={cluster}"


@pytest.fixture
def as_who(office: str, monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(f"{office}&user={server.USER}", monkeypatch)  # type: ignore[arg-type]


READS = "overdue|list|due|stats --month 2023-07 --by unit|outlook --month 2023-07|blame --month 2023-07|rules|reception status"


def test_what_each_role_may(office: str, as_who: Counter) -> None:
    clerk, director, reviewer = (f"{office}&user={login}" for login in ("测试甲", "测试乙", "测试丙"))
    assert as_who("config", "set", "check_closings", "是").code == 0
    ran = as_who(*ADD, "--json", db=clerk, actor=None)
    assert ran.code == 0, ran
    number = ran.json()["case_no"]
    assert as_who("assign", number, "--to", "教育局", db=clerk, actor=None).code == 0
    shown = as_who("history", number, "--json", db=clerk).json()
    assert {(one["actor"], one["os_user"]) for one in shown} == {("测试甲", "测试甲")}
    for command in READS.split("|"):
        assert as_who(*command.split(), db=director).code == 0, command
    refused = (
        ("show", number),
        ("person", "测试甲"),
        ("search", "供水"),
        ("doctor",),
        ("export", "--csv"),
        ADD,
        ("undo",),
    )
    for words in refused:
        ran = as_who(*words, "--json", db=director)
        assert (ran.code, ran.error()["code"]) == (3, "permission"), (words, ran)
    answered = ("--outcome", "予以支持", "--delivered", "2023-07-17", "--fulfil-by", "2023-08-01")
    assert as_who("accept", number, db=clerk, actor=None).code == 0
    assert as_who("close", number, *answered, db=clerk, actor=None).code == 0
    ran = as_who("approve", number, "--json", db=clerk)
    assert (ran.code, ran.error()["code"]) == (3, "permission"), ran
    assert as_who("approve", number, db=reviewer).code == 0
    assert as_who("doctor", db=clerk).code == 0


def test_logins(office: str, as_who: Counter, tmp_path: Path) -> None:
    listed = as_who("server", "user", "list", "--json").json()["logins"]
    wanted = {("测试甲", "clerk"), ("测试乙", "director"), ("测试丙", "reviewer"), (server.USER, "owner")}
    assert {(one["login"], one["role"]) for one in listed} == wanted
    secret = tmp_path / "secret"
    secret.write_text("geheim\n")
    secret.chmod(0o600)
    assert as_who("server", "user", "add", "测试戊", "--role", "经办", "--password-file", str(secret)).code == 0
    with closing(server.connect(Path(office.split("host=")[1].split("&")[0]))) as conn, conn.cursor() as cursor:
        cursor.execute("SELECT rolpassword FROM pg_authid WHERE rolname = '测试戊'")
        assert cursor.fetchone()[0].startswith("SCRAM-SHA-256$")
    other = f"{office}&user=测试戊"
    assert as_who("overdue", db=other).code == 0
    assert as_who("server", "grant", "测试戊", "--role", "经办", "--take").code == 0
    assert as_who("overdue", db=other).code == 3
    assert as_who("server", "grant", "测试戊", "--role", "领导").code == 0
    assert as_who("overdue", db=other).code == 0
    assert as_who(*ADD, db=other).code == 3
    for words in (
        ("测试甲", "--role", "经办", "--no-password"),  # there already
        ("测试己", "--role", "国王", "--no-password"),
        ('a"b', "--role", "经办", "--no-password"),
        ("测试己", "--role", "经办"),  # nobody to ask for a password
    ):
        assert as_who("server", "user", "add", *words).code == 1, words
    assert as_who("server", "grant", "没有的", "--role", "经办").code == 1
    for login in ("测试甲", "测试乙"):
        for asked in (
            ("user", "add", "测试己", "--role", "经办", "--no-password"),
            ("grant", login, "--role", "审核"),
            ("init",),
        ):
            assert as_who("server", *asked, db=f"{office}&user={login}").code == 3, asked
    assert as_who("server", "check").code == 0
    assert as_who("server", "check", db=str(tmp_path / "a.db")).code == 3


COMMAND = "(9999, 'add', '测试丁', '2023-07-17T00:00:00+00:00', NULL, NULL, NULL, '{}', 'h')"
BREAK_INS = {
    "测试甲": (
        ("change an event", "UPDATE {o}.events SET on_day = '2020-01-01' WHERE id = 1"),
        ("delete events", "DELETE FROM {o}.events"),
        ("change a text", "UPDATE {o}.texts SET body = 'x'"),
        ("move the head", "UPDATE {o}.head SET events = 1"),
        ("sign as another", f"INSERT INTO {{o}}.commands VALUES {COMMAND.format('测试丙')}"),
        ("change who did it", "UPDATE {o}.commands SET actor = '测试丁'"),
        ("empty the record", "TRUNCATE {o}.events CASCADE"),
        ("switch the trigger off", "ALTER TABLE {o}.events DISABLE TRIGGER extend"),
        (
            "replace what checks",
            "CREATE OR REPLACE FUNCTION {o}.extend() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        ),
        ("read another office", "SELECT * FROM {other}.cases"),
        ("take a role", "GRANT {reviewer} TO {me}"),
        ("replicate, without triggers", "SET session_replication_role = replica"),
        (
            "an event under no command",
            "INSERT INTO {o}.events SELECT events + 1, NULL, 1, 'note', '2023-07-17', 9998, 'x', NULL, hash FROM {o}.head",
        ),
        ("change a file", "UPDATE {o}.files SET data = ''"),
    ),
    "测试乙": (
        ("who petitions", "SELECT * FROM {o}.people"),
        ("what was written", "SELECT * FROM {o}.texts"),
        ("the index of it", "SELECT * FROM {o}.search"),
        ("through its function", "SELECT * FROM {o}.matching('[]')"),
        ("titles of accusations", "SELECT written_title FROM {o}.cases"),
        ("what is attached", "SELECT * FROM {o}.files"),
        ("write", "UPDATE {o}.cases SET stage = 'closed'"),
        ("begin a command", f"INSERT INTO {{o}}.commands VALUES {COMMAND.format('测试乙')}"),
    ),
}
REFUSED = (
    psycopg2.errors.InsufficientPrivilege,
    psycopg2.errors.CheckViolation,
    psycopg2.errors.ForeignKeyViolation,
    psycopg2.errors.SerializationFailure,
)


@pytest.mark.parametrize(("login", "what", "sql"), [(login, *one) for login, many in BREAK_INS.items() for one in many])
def test_a_break_in(office: str, login: str, what: str, sql: str) -> None:
    conn = opening.connect(Place.of(f"{office}&user={login}"))
    named = {"o": OFFICE, "other": OTHER, "reviewer": f"{OFFICE}_reviewer", "me": login}
    with closing(conn), conn.raw.cursor() as cursor:
        conn.begin()
        with pytest.raises(REFUSED):
            cursor.execute(sql.format(**{key: f'"{name}"' for key, name in named.items()}))
        conn.rollback()


def test_a_forged_event_is_refused(office: str, as_who: Counter) -> None:
    """As a clerk, past the program: one that does not follow the last, one with another id."""
    assert as_who(*ADD, db=f"{office}&user=测试甲").code == 0
    conn = opening.connect(Place.of(f"{office}&user=测试甲"))
    with closing(conn):
        count, head = conn.execute("SELECT events, hash FROM head").fetchone()
        command = conn.execute("SELECT max(id) FROM commands").fetchone()[0]
        conn.end_reading()
        for id, prev in ((count + 2, head), (count + 1, bytes(32)), (count, head)):
            conn.begin()
            with pytest.raises((psycopg2.errors.SerializationFailure, psycopg2.errors.UniqueViolation)):
                conn.insert_rows("events", [(id, None, 99, "note", "2023-07-17", command, "{}", None, prev)])
            conn.rollback()
    assert as_who("doctor").code == 0


def test_check_finds_a_right_too_many(office: str, as_who: Counter) -> None:
    o = f'"{OFFICE}"'
    with closing(opening.connect(Place.of(f"{office}&user={server.USER}"))) as conn, conn.raw.cursor() as cursor:
        for sql, code, back in (
            (f'GRANT UPDATE ON {o}.events TO "{OFFICE}_clerk"', "record", ""),
            (f'GRANT SELECT ON {o}.people TO "{OFFICE}_director"', "director", ""),
            (f"GRANT USAGE ON SCHEMA {o} TO PUBLIC", "public", ""),
            (
                f"ALTER TABLE {o}.events DISABLE TRIGGER extend",
                "schema",
                f"ALTER TABLE {o}.events ENABLE TRIGGER extend",
            ),
        ):
            cursor.execute(sql)
            ran = as_who("server", "check", "--json")
            assert ran.code == 1
            assert [one["code"] for one in ran.json()["findings"] if not one["ok"]] == [code]
            if back:
                cursor.execute(back)
            assert as_who("server", "init").code == 0
            assert as_who("server", "check").code == 0, sql


def test_check_says_what_an_engine_lacks(as_who: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = as_who("server", "check", "--json")
    (engine,) = [one for one in ran.json()["findings"] if one["code"] == "engine"]
    assert (ran.code, engine["ok"], str(len(probe.NEEDS)) in engine["what"]) == (0, True, True)
    monkeypatch.setattr(probe, "NEEDS", (*probe.NEEDS, ("测试功能", "SELECT no_such_thing()"), probe.NEEDS[0]))
    ran = as_who("server", "check", "--json")
    (engine,) = [one for one in ran.json()["findings"] if not one["ok"]]
    assert (ran.code, engine["code"]) == (1, "engine")
    assert engine["what"].startswith("PostgreSQL ")
    assert engine["what"].endswith("缺：测试功能")
