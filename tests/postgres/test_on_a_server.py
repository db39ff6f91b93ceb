"""What only a book on a server has: its address, what goes wrong with it, what it refuses."""

from __future__ import annotations

import importlib.util
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.cli.conftest import ADD, Counter
from tests.postgres import server
from tests.postgres.offices import address
from xinfang_cli.book import checking, relocating
from xinfang_cli.book.face import Book, open_book
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres import connection, opening
from xinfang_cli.book.postgres.address import address_of, with_defaults
from xinfang_cli.cli.app import COMMANDS, FILES_ONLY
from xinfang_cli.errors import Unusable


def test_refused_before_anything_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong addresses: exit 2, one line, and no password on the screen."""
    counter = Counter(tmp_path, monkeypatch)
    for word, said in (
        ("postgresql://clerk:geheim@host/x?office=局", "不能写密码"),
        ("postgresql://host/x?office=局&password=geheim", "不能写密码"),
        ("postgresql://host/x", "没有写是哪个局"),
        ("postgresql://host/x?office=pg_temp", "不能用"),
        ('postgresql://host/x?office="a"', "不能用"),
        ("postgresql://host/x?office=局&options=-c", "没有「options」"),
        ("postgresql://host:x/x?office=局", "看不懂"),
    ):
        ran = counter("overdue", db=word)
        assert (ran.code, ran.out) == (2, ""), word
        assert said in ran.err, ran.err
        assert ran.err.count("\n") == 1
        assert "geheim" not in ran.err
    ran = counter("overdue", db="mysql://clerk:geheim@host/x")
    assert ran.code == 3
    assert "geheim" not in ran.err
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "psycopg2" else found(name, *more)
    )
    ran = Counter(tmp_path, monkeypatch)("list", db="postgresql:///x?office=局")
    assert ran.code == 3
    assert "pip install 'xinfang[server]'" in ran.err
    assert ran.err.count("\n") == 1


def test_how_the_line_is_kept_from_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checked to the server's name off this machine, unless somebody who keeps the service says otherwise."""
    for name in ("PGHOST", "PGSSLMODE", "PGSERVICE", "PGSYSCONFDIR"):
        monkeypatch.delenv(name, raising=False)
    services = tmp_path / "services"
    services.write_text(
        "[xf]\nhost=db.example\n# [no]\n[own]\nhost=db.example\nsslmode=require\n[here]\nhost=127.0.0.1\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(services))

    def mode(word: str) -> str | None:
        return with_defaults(address_of(word).told).get("sslmode")

    assert mode("postgresql://db.example/x?office=局") == "verify-full"
    for pretender in ("127.0.0.1.example.com", "localhost.example.com", "127.example.com"):
        assert mode(f"postgresql://{pretender}/x?office=局") == "verify-full"
    for here in ("127.0.0.1", "localhost", "[::1]"):
        assert mode(f"postgresql://{here}/x?office=局") is None
    assert mode("postgresql://db.example/x?office=局&sslmode=require") == "require"
    assert mode("postgresql://localhost/x?office=局") is None
    assert mode("postgresql:///x?office=局") is None
    assert mode("postgresql:///x?office=局&service=xf") == "verify-full"
    assert mode("postgresql:///x?office=局&service=own") is None
    assert mode("postgresql:///x?office=局&service=here") is None
    monkeypatch.setenv("PGHOST", "db.example")
    assert mode("postgresql:///x?office=局") == "verify-full"
    with pytest.raises(Unusable, match="没有叫「no」的服务"):
        mode("postgresql:///x?office=局&service=no")


SAID_BY_LIBPQ = (
    ('connection to server at "h" failed: root certificate file "/x/root.crt" does not exist', "tls"),
    ("SSL error: certificate verify failed", "tls"),
    ('server certificate for "a" does not match host name "b"', "tls"),
    ("server does not support SSL, but SSL was required", "tls"),
    ("fe_sendauth: no password supplied", "permission"),
    ('FATAL:  password authentication failed for user "a"', "permission"),
    ('FATAL:  role "a" does not exist', "permission"),
    ('FATAL:  database "a" does not exist', "no_file"),
    ('could not translate host name "h" to address', "io"),
    ("timeout expired", "io"),
    ("Connection refused", "io"),
    ("FATAL:  sorry, too many clients already", "locked"),
    ("FATAL:  the database system is starting up", "io"),
    ("something else", "io"),
)


@pytest.mark.parametrize(("said", "code"), SAID_BY_LIBPQ)
def test_no_connection(said: str, code: str) -> None:
    told = opening.unconnected(psycopg2.OperationalError(said))
    assert (told.code, told.exit_code, bool(told.hint)) == (code, 3, True)


def test_nobody_answers(cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server, no database, no login, no office, no service: one line and what to do, and no file in their stead."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "none"))
    counter = Counter(tmp_path, monkeypatch)
    at = f"host={cluster}&user={server.USER}"
    for word, code in (
        ("postgresql://127.0.0.1:1/x?office=局", "io"),
        (f"postgresql:///nowhere?{at}&office=局", "no_file"),
        (f"postgresql:///postgres?host={cluster}&user=nobody1&office=局", "permission"),
        (f"postgresql:///postgres?{at}&office=局二", "no_file"),
        ("postgresql:///x?service=gone&office=局", "service"),
    ):
        for words in (
            ("list",),
            ("add", *ADD[1:]),
            ("config", "list"),
            ("stats", "--month", "2023-06"),
            ("unit", "add", "教育局"),
        ):
            ran = counter(*words, "--json", db=word)
            assert (ran.code, ran.error()["code"]) == (3, code), (word, words, ran)
            assert ran.error()["hint"]
    assert list(tmp_path.iterdir()) == []
    with closing(server.connect(cluster)) as conn, conn.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = '局二'")
        assert cursor.fetchone() == (0,)


def test_what_a_server_leaves_to_its_keeper(at: Counter, tmp_path: Path) -> None:
    """Refused in one line with exit 3, and nothing is made or done to a file in its stead."""
    assert at(*ADD).code == 0
    assert FILES_ONLY.keys() <= COMMANDS.keys()
    words = {"init": [], "restore": ["x.db"], "key": ["sheet"]}
    for command in FILES_ONLY:
        ran = at(command, *words.get(command, []))
        assert ran.code == 3, (command, ran)
        assert ran.err.count("\n") == 1
    assert "move --to" in at("restore", "x.db").err
    assert list(tmp_path.iterdir()) == []
    assert at("doctor").code == 0


def test_attached_files_stand_in_the_book(at: Counter, tmp_path: Path) -> None:
    assert at(*ADD).code == 0
    evidence = tmp_path / "in" / "照片.jpg"
    evidence.parent.mkdir()
    evidence.write_bytes(bytes(range(256)) * 8000)  # two pieces
    assert at("attach", "1", str(evidence)).code == 0
    assert at("attach", "1", str(evidence)).code == 1
    (shown,) = at("show", "1", "--json").json()["attachments"]
    assert (shown["name"], shown["size"], shown["there"], shown["path"]) == ("照片.jpg", 2_048_000, True, "")
    assert at("attach", "1", str(evidence), str(tmp_path / "gone")).code == 3
    out = tmp_path / "out"
    assert at("export", "-o", str(tmp_path / "a.xlsx"), "--files", str(out), "--reveal", "--why", "核对").code == 0
    (copied,) = [file for file in out.rglob("*") if file.is_file()]
    assert (copied.name, copied.read_bytes()) == ("照片.jpg", evidence.read_bytes())
    assert at("doctor").code == 0
    place = Place.of(str(at.path))
    conn = opening.connect(place)
    with closing(conn), conn.raw.cursor() as cursor:
        for sql in ("UPDATE {}.files SET data = 'x' WHERE part = 1", "DELETE FROM {}.files", "TRUNCATE {}.files"):
            with pytest.raises(psycopg2.errors.CheckViolation):
                cursor.execute(sql.format(conn.quoted))
        cursor.execute(f"ALTER TABLE {conn.quoted}.files DISABLE TRIGGER files_never")
        cursor.execute(f"UPDATE {conn.quoted}.files SET data = 'x' WHERE part = 1")
    ran = at("doctor", "--json")
    assert ran.code == 1
    assert {check for check, count in ran.json()["checks"].items() if count} == {"schema", "files"}


def test_an_import_as_into_a_file(at: Counter, cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger in two halves, so that the second comes into a book with cases; a trial and a refused one write nothing."""
    data = Path(__file__).parents[2] / "data"
    lines = (data / "ledger.csv").read_text("utf-8-sig").splitlines(keepends=True)
    halves = []
    for name, some in (("a.csv", lines[1:130]), ("b.csv", lines[130:260])):
        file = tmp_path / name
        file.write_text("".join([lines[0], *some]), "utf-8")
        halves.append(file)
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "".join([lines[0], *lines[260:262], lines[262].replace(lines[262].split(",")[2], "不是日期")]), "utf-8"
    )
    file = tmp_path / "book.db"
    answers = []
    where = address(cluster)
    for db in (str(file), where):
        assert at(*(("server", "init") if "://" in db else ("init",)), db=db).code == 0
        assert at("unit", "add", "--file", str(data / "units.csv"), db=db).code == 0
        said = []
        for ledger, *more in (
            (halves[0],),
            (halves[1], "--dry-run"),
            (halves[1],),
            (halves[1],),
            (bad, "--all-or-nothing"),
        ):
            ran = at("import", str(ledger), *more, "--json", db=db)
            said.append(
                (
                    ran.code,
                    {key: value for key, value in ran.json().items() if key not in ("db", "backup", "rejects_file")},
                )
            )
        answers.append(said)
        assert at("doctor", db=db).code == 0
    assert answers[0] == answers[1]
    with closing(open_book(Place(file))) as one, closing(open_book(Place.of(where))) as other:
        alike = [relocating.digests(book) for book in (one, other)]
    derived = ("docket", "serials", "cases", "people", "clocks", "units")
    assert [table for table in derived if alike[0][table] != alike[1][table]] == []
    assert one.place.file.exists()
    kept = {file.name for file in tmp_path.iterdir()}
    assert not any(name.startswith((".xinfang", "office")) for name in kept), kept


def test_a_lost_answer_is_looked_up(at: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line breaks around COMMIT: what was written is not said to be lost, nor the other way round."""
    commit = connection.Connection.commit_with

    def answered_never(self: Any, receipt: str) -> None:
        commit(self, receipt)
        self.raw.close()
        raise psycopg2.OperationalError("server closed the connection unexpectedly")

    def never_sent(self: Any, receipt: str) -> None:
        self.raw.close()
        raise psycopg2.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection.Connection, "commit_with", answered_never)
    ran = at(*ADD)
    assert ran.code == 0, ran
    monkeypatch.setattr(connection.Connection, "commit_with", never_sent)
    ran = at(*ADD)
    assert (ran.code, "没有写入" in ran.err) == (3, True), ran
    monkeypatch.setattr(connection.Connection, "commit_with", commit)
    assert at("list", "--count", "--json").json()["count"] == 1
    monkeypatch.setattr(connection.Connection, "commit_with", never_sent)
    connect, broken = opening.connect, False
    monkeypatch.setattr(
        opening,
        "connect",
        lambda place: connect(Place.of("postgresql://127.0.0.1:1/x?office=局")) if broken else connect(place),
    )

    def breaks(self: Any, receipt: str) -> None:
        nonlocal broken
        broken = True
        never_sent(self, receipt)

    monkeypatch.setattr(connection.Connection, "commit_with", breaks)
    ran = at(*ADD, "--json")
    assert (ran.code, ran.error()["code"]) == (3, "unknown"), ran


def test_the_chain_is_the_servers(at: Counter) -> None:
    """An event that does not follow the last, one with another id or hash, and a false head are refused."""
    assert at(*ADD).code == 0
    conn = opening.connect(Place.of(str(at.path)))
    with closing(conn):
        count, head = conn.execute("SELECT events, hash FROM head").fetchone()
        row = list(conn.execute("SELECT * FROM events ORDER BY id DESC LIMIT 1").fetchone())
        conn.end_reading()
        for id, prev in ((count + 2, head), (count + 1, bytes(32)), (count, head)):
            conn.begin()
            with pytest.raises((psycopg2.errors.SerializationFailure, psycopg2.errors.UniqueViolation)):
                conn.insert_rows("events", [(id, None, 99, "note", *row[4:8], prev)])
            conn.rollback()
        conn.begin()
        with pytest.raises(psycopg2.errors.SerializationFailure):
            conn.execute(
                "INSERT INTO head VALUES (1, ?, ?) ON CONFLICT(one) DO UPDATE SET events = excluded.events",
                (count, bytes(32)),
            )
        conn.rollback()
        for table in ("events", "commands", "texts"):
            for sql in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
                conn.begin()
                with pytest.raises(psycopg2.errors.CheckViolation):
                    conn.execute(sql)
                conn.rollback()
    assert at("doctor").code == 0


def test_the_check_of_a_moment(at: Counter) -> None:
    """Once a day, and before a publish: what gives wrong figures is found as in a file."""
    assert at(*ADD).code == 0
    assert at("assign", "1", "--to", "教育局").code == 0
    place = Place.of(str(at.path))
    conn = opening.connect(place)
    damages = {
        "a due day": "UPDATE clocks SET due_on = due_on + 1",
        "a unit": "UPDATE cases SET unit_id = NULL",
        "a case gone": "DELETE FROM clocks; DELETE FROM people; DELETE FROM cases",
        "a serial": "UPDATE serials SET last = 0",
        "an index": "DROP INDEX clocks_guessed",
    }
    with closing(conn), conn.raw.cursor() as cursor:
        for what, sql in damages.items():
            conn.begin()
            cursor.execute(sql)
            found = Book(opening.PostgresStore(place, conn)).keeping.glance()
            conn.rollback()
            assert len(found) == 1, (what, found)
        assert Book(opening.PostgresStore(place, conn)).keeping.glance() == []


def test_one_line_a_command(at: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The office's zone, the command, what is put down of a look, `server`: over one connection, which ends with it."""
    made, connect = [], psycopg2.connect

    def counted(*given: Any, **said: Any) -> Any:
        made.append(connect(*given, **said))
        return made[-1]

    monkeypatch.setattr(psycopg2, "connect", counted)
    assert at(*ADD).code == 0
    made.clear()
    for words in [
        "overdue",
        "list --json",
        "show 1",
        "show 1 --json",
        "stats --month 2023-07",
        "person 测试甲 --reveal --why 来访",
        "note 1 --text 已到现场",
        "undo",
        "search 供水",
        "doctor",
        "server check",
        "server init",
        "server user list",
        "server upgrade",
    ]:
        ran = at(*words.split(), today=None)
        assert ran.code == 0, ran
        assert (len(made), made[0].closed) == (1, 1), (words, made)
        made.clear()
    assert at("config", "set", "zone", "Asia/Tokyo").code == 0
    tried = []

    def away(*given: Any, **said: Any) -> Any:
        tried.append(said)
        raise psycopg2.OperationalError("timeout expired")

    monkeypatch.setattr(psycopg2, "connect", away)
    for asked in (("overdue",), ADD, ("server", "check")):  # each waits for it once
        assert at(*asked, today=None).code == 3
    assert len(tried) == 3


def test_a_line_that_waits_keeps_nothing(at: Counter) -> None:
    """Neither what is under way, nor tables of a moment; one that the server cut is not taken again."""
    place = Place.of(str(at.path))
    conn = opening.connect(place)
    conn.begin()
    conn.execute("CREATE TEMP TABLE lists_moved (id INTEGER PRIMARY KEY)")
    conn.execute("UPDATE meta SET held = 1")
    raw = conn.raw
    conn.close()
    again = opening.connect(place)
    assert again.raw is raw
    assert again.execute("SELECT held FROM meta").fetchone() == (None,)
    again.execute("CREATE TEMP TABLE lists_moved (id INTEGER PRIMARY KEY)")
    again.close()
    with closing(server.connect(Path(raw.info.host))) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (raw.info.backend_pid,))
    new = opening.connect(place)
    assert new.raw is not raw
    assert new.execute("SELECT 1").fetchone() == (1,)
    new.close()
    connection.let_go()


def test_moved_while_a_clerk_waited(at: Counter, tmp_path: Path) -> None:
    """Who opened the office before it went does not write into what stays behind."""
    assert at(*ADD).code == 0
    place = Place.of(str(at.path))
    with closing(open_book(place)) as book:
        assert at("move", "--to", str(tmp_path / "here.db"), "--yes").code == 0
        with pytest.raises(Unusable) as refused, book.writing("note", "测试甲", "2023-07-17T00:00:00+00:00"):
            pass
        assert refused.value.code == "moved"


DAMAGES = {
    "chain": (
        "UPDATE events SET body = replace(body, '来信', '来访') WHERE id = 2; UPDATE events SET body = '{}' WHERE id = 2",
        "UPDATE commands SET actor = '别人' WHERE id = 2",
        "DELETE FROM texts WHERE event_id = (SELECT max(id) FROM events); DELETE FROM events WHERE id = (SELECT max(id) FROM events)",
        "UPDATE events SET prev = sha256(prev) WHERE id = 2",
        "UPDATE events SET on_day = on_day + 1 WHERE id = 2",
        "UPDATE head SET hash = sha256(hash)",
    ),
    "texts": (
        "UPDATE texts SET body = replace(body, '甲', '乙')",
        "UPDATE texts SET salt = sha256(salt)",
        "DELETE FROM texts",
    ),
    "cases": ("UPDATE cases SET stage = 'closed'", "UPDATE clocks SET due_on = due_on + 1", "DELETE FROM people"),
    "search": ("UPDATE search SET title = '别的'", "DELETE FROM search"),
}


@pytest.mark.long
def test_what_is_damaged_is_found(at: Counter) -> None:
    """By statements of the server where it can; the same findings as in a file."""
    assert at(*ADD).code == 0
    assert at("assign", "1", "--to", "教育局").code == 0
    place = Place.of(str(at.path))
    conn = opening.connect(place)
    with closing(conn), conn.raw.cursor() as cursor:
        book = Book(opening.PostgresStore(place, conn))
        whole = book.keeping.examine()
        assert whole.ok
        assert (whole.events, whole.head) == book.events.head() == checking.walk_chain(conn)[:2]
        for check, damages in DAMAGES.items():
            for sql in damages:
                conn.begin("; SET LOCAL session_replication_role = replica")
                cursor.execute(sql)
                found = book.keeping.examine().checks
                walked = checking.walk_chain(conn)[2]
                assert bool(walked) == bool(found["chain"]), sql
                conn.rollback()
                assert {name for name, count in found.items() if count} >= {check}, (sql, found)


@pytest.mark.long
def test_a_pool_hands_nothing_to_another_office(cluster: Path, pooler: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One connection for everybody: neither an office's tables, nor the lists of a moment, nor a look's time are left on it."""
    offices = [address(pooler), address(pooler)]
    with server.pooled(cluster, size=1) as narrow:
        offices = [one.replace(str(pooler), str(narrow)) for one in offices]
        counter = Counter(offices[0], monkeypatch)  # type: ignore[arg-type]
        for n, one in enumerate(offices):
            assert counter("server", "init", db=one).code == 0
            assert counter("unit", "add", f"测试{n}局", db=one).code == 0
        for number, day in (("1", "2023-07-03"), ("2", "2023-07-17")):
            for n, one in enumerate(offices):
                assert counter(*ADD, "--title", f"第{n}局的事", today=day, db=one).code == 0
                assert counter("assign", number, "--to", f"测试{n}局", today=day, db=one).code == 0
        for n, one in enumerate(offices):
            for day, count in (("2023-07-10", 1), ("2023-07-17", 2)):  # the earlier one from tables of a moment
                listed = counter("list", "--json", today=day, db=one).json()
                assert [(row["title"], row["unit"]) for row in listed] == [(f"第{n}局的事", f"测试{n}局")] * count
            assert counter("doctor", db=one).code == 0
        with closing(server.connect(narrow)) as conn, conn.cursor() as cursor:
            cursor.execute("SHOW search_path")
            assert "o" + offices[0].rpartition("=o")[2] not in str(cursor.fetchall())
            cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()")
            assert cursor.fetchall() == []
