"""The offices of one database: which there are, that none has a role of another's, and what their superior may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import psycopg2

from xinfang_cli.book.engine import Finding, Login, OfficeThere
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres.address import at_office, server_of
from xinfang_cli.book.postgres.connection import Connection
from xinfang_cli.book.postgres.opening import MOVED, connected, unusable
from xinfang_cli.errors import Refused

_THERE = """SELECT n.nspname FROM pg_namespace n WHERE has_schema_privilege(n.oid, 'USAGE') AND (SELECT count(*) FROM pg_class c
WHERE c.relnamespace = n.oid AND c.relkind = 'r' AND c.relname IN ('meta', 'head', 'events')) = 3 ORDER BY n.nspname"""
_LOGINS = """SELECT count(DISTINCT l.oid) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
JOIN pg_roles l ON l.oid = m.member WHERE l.rolcanlogin AND NOT l.rolsuper AND r.rolname = ANY(?)"""


def quoted(name: str) -> str:
    """A name as PostgreSQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as PostgreSQL takes it."""
    return "'" + text.replace("'", "''") + "'"


def auditor(conn: Connection) -> str:
    """The role of the superior of all offices in this database; roles are known to the whole server, so it is called so."""
    return f"{conn.raw.info.dbname}_auditor"


def auditors(conn: Connection) -> list[Login]:
    """List who may count in every office of the database."""
    rows = conn.execute(
        "SELECT l.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l ON l.oid = m.member "
        "WHERE r.rolname = ? AND l.rolcanlogin AND NOT l.rolsuper ORDER BY 1",
        (auditor(conn),),
    )
    return [Login(row[0], "auditor") for row in rows.fetchall()]


def check_roles_are_free(conn: Connection, office: str, names: Sequence[str]) -> None:
    """Refuse an office whose roles are somebody's already: a login of that name, or an office of the same name in another
    database of the server, would get into this one."""
    for name in [*names, auditor(conn)]:
        found = conn.execute("SELECT oid, rolcanlogin FROM pg_roles WHERE rolname = ?", (name,)).fetchone()
        if found is None:
            continue
        if found[1]:
            raise Refused(
                f"服务器上有登录名「{name}」，和「{office}」的角色同名", "请换一个局名，或先改登录名", code="taken"
            )
        elsewhere = conn.execute(
            "SELECT d.datname FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid WHERE s.refclassid = "
            "'pg_authid'::regclass AND s.refobjid = ? AND d.datname <> current_database() ORDER BY 1 LIMIT 1",
            (found[0],),
        ).fetchone()
        if elsewhere is not None:
            raise Refused(
                f"这台服务器的另一个数据库（{elsewhere[0]}）里已有「{office}」，两边的登录名会互相进得去",
                "请换一个局名，或放到另一台服务器上",
                code="taken",
            )


def allow(conn: Connection, office: str) -> None:
    """Give the superior what he may in an office that is there."""
    name = auditor(conn)
    if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (name,)).fetchone() is None:
        conn.execute(f"CREATE ROLE {quoted(name)} NOLOGIN")
    role, schema = quoted(name), quoted(office)
    for said in (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
        f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM {role}",
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"GRANT SELECT (version, application) ON {schema}.meta TO {role}",
        f"GRANT CONNECT ON DATABASE {quoted(conn.raw.info.dbname)} TO {role}",
    ):
        conn.execute(said)


def check(conn: Connection, office: str) -> Iterator[Finding]:
    """Check that the superior sees no more of an office than its sums, and another office's login nothing."""
    name = auditor(conn)
    there = conn.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (name,)).fetchone() is not None
    sees = (
        [
            row[0]
            for row in conn.execute(
                "SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v') "
                "AND c.relname <> 'meta' AND (has_table_privilege(?, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') "
                "OR has_any_column_privilege(?, c.oid, 'SELECT, INSERT, UPDATE')) ORDER BY 1",
                (name, name),
            ).fetchall()
            if there
        ]
        if there
        else []
    )
    said = "没有上级的角色" if not there else f"上级看得到 {sees[0]}" if sees else "上级只看得到各局汇总的数"
    yield Finding("auditor", said, there and not sees, "用 ⟦server.init⟧ 再做一次")
    own = [f"{office}_{role}" for role in ("clerk", "reviewer", "director")]
    strange = conn.execute(
        "SELECT r.rolname FROM pg_roles r WHERE NOT has_schema_privilege('public', current_schema(), 'USAGE') "  # told apart
        "AND NOT r.rolsuper AND r.rolname !~ '^pg_' AND r.rolname <> ? AND "
        "has_schema_privilege(r.oid, current_schema()::regnamespace, 'USAGE') "
        "AND NOT pg_has_role(r.oid, (SELECT nspowner FROM pg_namespace WHERE nspname = current_schema()), 'MEMBER') "
        "AND NOT EXISTS (SELECT 1 FROM pg_roles o WHERE o.rolname = ANY(?) AND pg_has_role(r.oid, o.oid, 'MEMBER')) "
        "AND NOT EXISTS (SELECT 1 FROM pg_roles o WHERE o.rolname = ? AND pg_has_role(r.oid, o.oid, 'MEMBER')) ORDER BY 1",
        (name, own, name),
    ).fetchone()
    said = "没有谁越过角色进得来" if strange is None else f"「{strange[0]}」不是本局的，也进得来"
    yield Finding("others", said, strange is None, "请核对是谁给的，用 REVOKE 收回")


class Offices:
    """The offices of the database that an address names, whether it names one of them or not."""

    def __init__(self, place: Place) -> None:
        self.address = place.address

    def place(self, office: str) -> Place:
        """The place of the office of that name, there or not."""
        return Place.of(at_office(self.address, office))

    @contextmanager
    def _asking(self) -> Iterator[Connection]:
        """A connection that is of no office; what goes wrong with it is told."""
        with closing(connected(server_of(self.address)._replace(office=""))) as conn:
            try:
                yield conn
            except psycopg2.Error as error:
                raise unusable(error, Place.of(self.address)) from error

    def listed(self) -> tuple[OfficeThere, ...]:
        """The offices that this login may see, by name."""
        with self._asking() as conn:
            return _listed(conn)


def _listed(conn: Connection) -> tuple[OfficeThere, ...]:
    names = [row[0] for row in conn.execute(_THERE).fetchall()]
    if not names:
        return ()
    each = (f"SELECT {literal(name)}, version, application FROM {quoted(name)}.meta" for name in names)
    found = []
    for name, version, application in conn.execute(" UNION ALL ".join(each)).fetchall():
        moved = application.removeprefix(MOVED) if application.startswith(MOVED) else None
        roles = [f"{name}_{role}" for role in ("clerk", "reviewer", "director")]
        found.append(OfficeThere(name, version, moved, conn.execute(_LOGINS, (roles,)).fetchone()[0]))
    return tuple(found)
