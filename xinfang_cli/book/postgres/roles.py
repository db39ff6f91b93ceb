"""Roles and logins of an office on a server, and their check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import psycopg2
from psycopg2.extensions import encrypt_password

from xinfang_cli.book.engine import Finding, Login, Store, Upgrade, Waits
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres import city, probe, schema, upgrading
from xinfang_cli.book.postgres.address import check_office, server_of
from xinfang_cli.book.postgres.connection import Connection, literal, quoted
from xinfang_cli.book.postgres.opening import connect, connected, reached, unusable
from xinfang_cli.errors import Refused, Unusable

_WHERE = ("service", "host", "port", "dbname")
ROLES = (*city.ROLES, "owner")
LEAST = 150000
"""The oldest PostgreSQL that takes our tables (server_version_num)."""
RECORD = ("commands", "docket", "events", "texts", "undone", "files", "written")
"""What is only ever added to."""
OWNERS = ("head", "meta", "access_log")
"""What no clerk writes: the head is the trigger's, the rest is made with the office."""
OF_DIRECTOR = (
    *(
        "head",
        "meta",
        "docket",
        "serials",
        "commands",
        "undone",
        "events",
        "house_texts",
        "units",
        "unit_words",
        "topics",
        "regions",
    ),
    *("clocks", "backlog", "views", "mappings"),
)
"""What the director reads: whole tables, and of the cases all but what was written of an accusation. Who petitions and
every text stand in others, which are refused to him; rows that were left out unseen would make a figure false."""


def _named(office: str, role: str) -> str:
    return quoted(city.role_of(office, role))


def make_database(place: Place) -> bool:
    """The database of an address, where the server has none yet; ordered by code points, as a file is."""
    wanted = dict(server_of(place.address).told).get("dbname")
    if wanted is None or reached(place):
        return False
    with closing(connected(server_of(place.address), dbname="postgres")) as conn, conn.raw.cursor() as cursor:
        name = quoted(wanted)
        try:
            cursor.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
            cursor.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        except psycopg2.Error as error:
            raise unusable(error, place) from error
    return True


def grants(office: str, tables: list[str], case_columns: list[str]) -> Iterator[str]:
    """The GRANT statements of each role, in a valid order and repeatable."""
    schema_name = quoted(office)
    clerk, reviewer, director = map(quoted, city.roles_of(office))
    roles = f"{clerk}, {director}"
    yield f"REVOKE ALL ON SCHEMA {schema_name} FROM PUBLIC"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema_name} FROM PUBLIC, {clerk}, {reviewer}, {director}"
    yield f"REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema_name} FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA {schema_name} TO {roles}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema_name} TO {roles}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema_name} TO {clerk}"
    yield f"GRANT INSERT ON {', '.join(f'{schema_name}.{table}' for table in RECORD)} TO {clerk}"
    free = [table for table in tables if table not in RECORD and table not in OWNERS]
    yield f"GRANT INSERT, UPDATE, DELETE ON {', '.join(f'{schema_name}.{table}' for table in free)} TO {clerk}"
    yield f"GRANT DELETE ON {schema_name}.written TO {clerk}"
    yield f"GRANT UPDATE (case_no, serial) ON {schema_name}.docket TO {clerk}"  # an import gives its new cases their numbers
    yield f"GRANT UPDATE (held) ON {schema_name}.meta TO {clerk}"  # what FOR UPDATE asks for; it means nothing
    yield f"GRANT {clerk} TO {reviewer}"
    open_to_him = [table for table in OF_DIRECTOR if table in (*tables, "house_texts")]
    yield f"GRANT SELECT ON {', '.join(f'{schema_name}.{table}' for table in open_to_him)} TO {director}"
    shown = ", ".join(column for column in case_columns if column != "written_title")
    yield f"GRANT SELECT ({shown}) ON {schema_name}.cases TO {director}"


class Serving:
    """An office's server as its owner sees it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.office = server_of(place.address).office

    @property
    def local_name(self) -> str:
        """The office and where its server is, whoever is logged in."""
        from hashlib import sha256

        told = sorted(pair for pair in server_of(self.place.address).told if pair[0] in _WHERE)
        return f"{self.office}-{sha256(repr(told).encode()).hexdigest()[:8]}"

    @contextmanager
    def _owning(self) -> Iterator[Connection]:
        """A connection in a transaction; what goes wrong with it is told."""
        line = connect(self.place) if self.office else connected(server_of(self.place.address))
        with closing(line) as conn:
            try:
                conn.begin()
                yield conn
                conn.commit()
            except psycopg2.Error as error:
                raise unusable(error, self.place) from error

    def prepare(self) -> bool:
        """Make the database where there is none, and the roles; whether the database was made."""
        check_office(self.office)
        made = make_database(self.place)
        with self._owning() as conn:
            wrong = [one for one in _of_server(conn) if not one.ok]
            if wrong:
                raise Unusable(f"这个数据库放不了案件簿：{wrong[0].what}", wrong[0].remedy, code="server")
            city.check_roles_are_free(conn, self.office, city.roles_of(self.office))
            self._make_roles(conn)
        return made

    def allow(self) -> None:
        """Grant each role its rights in an existing office."""
        with self._owning() as conn:
            self._allow(conn)

    def _allow(self, conn: Connection) -> None:
        tables = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
        columns = [row[1] for row in conn.execute("PRAGMA table_info(cases)").fetchall()]
        for said in grants(self.office, tables, columns):
            conn.execute(said)
        database = quoted(conn.raw.info.dbname)
        for role in ("clerk", "director"):
            conn.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {_named(self.office, role)}")
        city.allow(conn, self.office)

    def _make_roles(self, conn: Connection) -> None:
        for name in city.roles_of(self.office):
            if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (name,)).fetchone() is None:
                conn.execute(f"CREATE ROLE {quoted(name)} NOLOGIN")

    def upgrade(self) -> Upgrade:
        """Plan an upgrade; Unusable if impossible."""
        return upgrading.plan(self.place)

    def upgrading(self, refill: Callable[[Store], object], waits: Waits | None) -> AbstractContextManager[Store]:
        """The office at this program's version, its roles with what they may, before it is kept so."""

        def allow(conn: Connection) -> None:
            self._make_roles(conn)
            self._allow(conn)

        return upgrading.upgrading(self.place, refill, waits, allow)

    def add_login(self, login: str, role: str, password: str | None) -> None:
        """A login of the server with one role; its password goes over the line as a SCRAM verifier alone."""
        name = quoted(login)
        with self._owning() as conn:
            self._there(conn, role)
            if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (login,)).fetchone() is not None:
                raise Refused(f"登录名「{login}」已经有了", "给它权限用 ⟦server.grant⟧", code="already")
            how = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
            if password is not None:
                verifier = encrypt_password(password, login, conn.raw, "scram-sha-256")
                how += f" PASSWORD {literal(verifier)}"
            conn.execute(f"CREATE ROLE {name} {how}")
            conn.execute(f"GRANT {self._role(conn, role)} TO {name}")

    def grant(self, login: str, role: str, *, take: bool) -> None:
        """Give a login a role of this office, or take it."""
        name = quoted(login)
        with self._owning() as conn:
            self._there(conn, role)
            if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = ? AND rolcanlogin", (login,)).fetchone() is None:
                raise Refused(f"服务器上没有登录名「{login}」", "增加用 ⟦server.user.add⟧", code="not_found")
            said = f"{'REVOKE' if take else 'GRANT'} {self._role(conn, role)} {'FROM' if take else 'TO'} {name}"
            conn.execute(said)

    def drop(self) -> None:
        """Remove an office made a moment ago and not yet announced."""
        with self._owning() as conn:
            conn.execute(f'DROP SCHEMA IF EXISTS "{self.office}" CASCADE')

    def _role(self, conn: Connection, role: str) -> str:
        """The server's role: of this office, of the superior one of the whole database."""
        return quoted(city.auditor(conn)) if role == "auditor" else _named(self.office, role)

    def _there(self, conn: Connection, role: str) -> None:
        """Refuse a role that no office was set up with."""
        if role != "auditor":
            check_office(self.office)
        name = self._role(conn, "auditor" if role == "auditor" else "clerk").strip('"')
        if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (name,)).fetchone() is None:
            what = f"「{self.office}」" if self.office else "案件簿"
            raise Refused(f"服务器上还没有建立{what}", "先用 ⟦server.init⟧ 或 ⟦server.office.add⟧", code="no_file")

    def logins(self) -> list[Login]:
        """Logins by role in this office; a superuser counts as `owner`."""
        with self._owning() as conn:
            return [*(_logins(conn, self.office) if self.office else []), *city.auditors(conn)]

    def check(self) -> list[Finding]:
        """Check the server, the office and its roles; lists what is fine and what is not."""
        check_office(self.office)
        with self._owning() as conn:
            found = [*_of_server(conn), *probe.findings(conn)]
            if conn.execute("SELECT to_regclass('meta')").fetchone()[0] is None:
                return [
                    *found,
                    Finding("no_office", f"服务器上没有「{self.office}」的案件簿", False, "新建用 ⟦server.init⟧"),
                ]
            wrong = schema.otherwise(conn)
            found.append(
                Finding(
                    "schema",
                    wrong[0] if wrong else "表、索引、触发器、函数都是本版本的",
                    not wrong,
                    "请核对是谁改的；核对后用 ⟦server.upgrade⟧ 照本版本重做",
                )
            )
            found += _of_roles(conn, self.office)
            found += city.check(conn, self.office)
            return found


def _of_server(conn: Connection) -> Iterator[Finding]:
    version = int(conn.execute("SELECT current_setting('server_version_num')").fetchone()[0])
    yield Finding(
        "version", f"PostgreSQL {version // 10000}.{version % 10000}", version >= LEAST, "请升级到 PostgreSQL 15 以上"
    )
    encoding, order = conn.execute(
        "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    plain = encoding == "UTF8" and order.upper().replace("-", "") in ("C", "POSIX", "C.UTF8")
    yield Finding(
        "order",
        f"数据库的编码 {encoding}、排序 {order}",
        plain,
        "请新建一个库：CREATE DATABASE … ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0（⟦server.init⟧ 自己会建）",
    )


def _of_roles(conn: Connection, office: str) -> Iterator[Finding]:
    names = city.roles_of(office)
    there = {row[0] for row in conn.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(?)", (names,))}
    yield Finding("roles", "经办、审核、领导三种角色", there == set(names), "用 ⟦server.init⟧ 再做一次")
    if there != set(names):
        return
    may = {
        (table, right): conn.execute(
            "SELECT has_table_privilege(?, ?, ?)", (role, f'"{office}".{table}', right)
        ).fetchone()[0]
        for role in names[:2]
        for table in ("events", "texts", "commands", "head", "files", "docket")
        for right in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
    }
    beyond = [f"{table} {right}" for (table, right), yes in may.items() if yes]
    yield Finding(
        "record",
        f"经办人改不了记录{'' if not beyond else '：多出 ' + beyond[0]}",
        not beyond,
        "用 ⟦server.init⟧ 再做一次",
    )
    sees = [
        table
        for table in ("people", "texts", "search", "files")
        if conn.execute("SELECT has_table_privilege(?, ?, 'SELECT')", (names[2], f'"{office}".{table}')).fetchone()[0]
    ]
    yield Finding(
        "director",
        f"领导看不到信访人和文字{'' if not sees else '：看得到 ' + sees[0]}",
        not sees,
        "用 ⟦server.init⟧ 再做一次",
    )
    everybody = conn.execute("SELECT has_schema_privilege('public', ?, 'USAGE')", (office,)).fetchone()[0]
    yield Finding("public", "别的登录名进不来", not everybody, "用 ⟦server.init⟧ 再做一次")


def _logins(conn: Connection, office: str) -> list[Login]:
    found = []
    for role in city.ROLES:
        for login, all_powerful in conn.execute(
            "SELECT l.rolname, l.rolsuper FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
            "JOIN pg_roles l ON l.oid = m.member WHERE r.rolname = ? AND l.rolcanlogin ORDER BY 1",
            (city.role_of(office, role),),
        ).fetchall():
            if not all_powerful:
                found.append(Login(login, role))
    for (login,) in conn.execute(
        "SELECT rolname FROM pg_roles WHERE rolcanlogin AND (rolsuper OR oid = (SELECT nspowner FROM pg_namespace "
        "WHERE nspname = ?)) ORDER BY 1",
        (office,),
    ).fetchall():
        found.append(Login(login, "owner"))
    return found
