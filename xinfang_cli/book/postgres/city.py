"""The offices of one database: which there are, that none has a role of another's, and what their superior may."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from functools import cache
from itertools import count
from json import loads
from typing import Any

import psycopg2

from xinfang_cli.book.counting import Counting
from xinfang_cli.book.engine import Finding, Login, OfficeOverdue, OfficeSums, OfficeThere, SealedThen
from xinfang_cli.book.place import Place
from xinfang_cli.book.postgres.address import at_office, server_of
from xinfang_cli.book.postgres.connection import Connection, literal, quoted
from xinfang_cli.book.postgres.dialect import translated
from xinfang_cli.book.postgres.opening import MOVED, connected, unusable
from xinfang_cli.book.postgres.schema import version as tables_version
from xinfang_cli.book.sql import sums
from xinfang_cli.errors import Refused

_THERE = """SELECT n.nspname FROM pg_namespace n WHERE has_schema_privilege(n.oid, 'USAGE') AND (SELECT count(*) FROM pg_class c
WHERE c.relnamespace = n.oid AND c.relkind = 'r' AND c.relname IN ('meta', 'head', 'events')) = 3 ORDER BY n.nspname"""
_LOGINS = """SELECT count(DISTINCT l.oid) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
JOIN pg_roles l ON l.oid = m.member WHERE l.rolcanlogin AND NOT l.rolsuper AND r.rolname = ANY(?)"""


ROLES = ("clerk", "reviewer", "director")
"""What an office's own logins can be; its owner needs no role."""


def role_of(office: str, role: str) -> str:
    """The name of an office's role: known to the whole server, so it begins with the office."""
    return f"{office}_{role}"


def roles_of(office: str) -> list[str]:
    """The names of an office's roles."""
    return [role_of(office, role) for role in ROLES]


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


# ---- what the superior may ask of an office --------------------------------------------------------------------

_VALUES = {
    "p": "asked_first",
    "q": "asked_last",
    "a": "asked_day",
    "ended": "asked_end",
    "long": "asked_long",
    "kind": "asked_kind",
    "moved": "asked_moved",
    "moved_ended": "asked_moved_end",
    "recognising": "asked_recognising",
    "handed_later": "asked_handed_later",
}
ABOUT, SEALED = -1, -2
"""The numbers of the rows that are no statement of the figures."""


def _said(sql: str) -> str:
    """A statement of book.sql as it stands in a function: its values are the function's."""
    text = translated(sql.replace("main.", ""), "").sql
    return re.sub(r"%\((\w+)\)s", lambda found: _VALUES[found[1]], text).replace("%%", "%")


def _moved(sql: str, day: str) -> str:
    return _said(sql.replace(":day", f":{day}"))


def _there_is(name: str) -> str:
    """The condition under which a statement can find anything: rows that moved, or what is seldom."""
    return f"cardinality({_VALUES[name]}) > 0" if name in _VALUES else f"any_{name}"


def _asked(n: int, sql: str, needs: frozenset[str]) -> str:
    returned = f"RETURN QUERY SELECT {n}, row_to_json(x) FROM ({sql}) x;"
    return f"IF {' AND '.join(map(_there_is, sorted(needs)))} THEN {returned} END IF;" if needs else returned


@cache
def bodies() -> dict[str, str]:
    """Function → its text: the statements of an office's own figures, and of its list of what is overdue. They read the
    office's rows by its owner's right; what comes out are sums."""
    statements: list[tuple[str, frozenset[str]]] = []

    def heard(sql: str, needs: frozenset[str]) -> list[Any]:
        statements.append((_said(sql), needs))
        return []

    sums.summed(Counting(date.min, date.max, date.max), heard)
    figures = "\n".join(_asked(n, sql, needs) for n, (sql, needs) in enumerate(statements))
    statements.clear()
    sums.overdue(heard)
    seldom = "\n  ".join(f"{_there_is(name)} boolean := {_said(asks)};" for name, (_, asks) in sums.SELDOM.items())
    counts = f"""
#variable_conflict use_column
DECLARE
  asked_end date := least(asked_day, asked_last);
  asked_moved bigint[] := ARRAY({_moved(sums.MOVED, "a")});
  asked_moved_end bigint[] := ARRAY({_moved(sums.MOVED_OF_BATCHES, "ended")});
  asked_recognising text := to_json(ARRAY({_said(sums.RECOGNISING)}))::text;
  asked_handed_later text := to_json(ARRAY({_said(sums.HANDED_LATER)}))::text;
  {seldom}
BEGIN
RETURN QUERY SELECT {ABOUT}, row_to_json(x) FROM (SELECT coalesce(({_said(sums.BOOK_FROM)})::date, ({_said(sums.FIRST_OF_RUN)})),
  ({_said(sums.UNSETTLED)}) + ({_said(sums.UNSETTLED_OF_BATCHES)})) x;
RETURN QUERY SELECT {SEALED}, row_to_json(x) FROM ({_said(sums.SEALED)}) x;
{figures}
END"""
    overdue = f"""
#variable_conflict use_column
DECLARE
  asked_long date := asked_day - 30;
  asked_moved bigint[] := ARRAY({_moved(sums.MOVED, "a")});
BEGIN
RETURN QUERY SELECT {ABOUT}, row_to_json(x) FROM (SELECT ({_said(sums.UNSETTLED)}), ({_said(sums.ANY_CASE)})) x;
RETURN QUERY SELECT 0, row_to_json(x) FROM ({statements[0][0]}) x;
END"""
    return {"city_counts": counts, "city_overdue": overdue}


_ASKED = {
    "city_counts": "asked_first date, asked_last date, asked_day date, asked_kind text",
    "city_overdue": "asked_day date",
}


def allow(conn: Connection, office: str) -> None:
    """Give the superior what he may in an office that is there: two functions that count, made anew."""
    name = auditor(conn)
    if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (name,)).fetchone() is None:
        conn.execute(f"CREATE ROLE {quoted(name)} NOLOGIN")
    role, schema = quoted(name), quoted(office)
    there = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname = ANY(?)"
    for (function,) in conn.execute(there, (list(_ASKED),)).fetchall():
        conn.execute(f"DROP FUNCTION {function}")
    with conn.raw.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}")
        cursor.execute(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM {role}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
        cursor.execute(f"GRANT SELECT (version, application) ON {schema}.meta TO {role}")
        cursor.execute(f"GRANT CONNECT ON DATABASE {quoted(conn.raw.info.dbname)} TO {role}")
        for function, body in bodies().items():
            cursor.execute(
                f"CREATE FUNCTION {schema}.{function}({_ASKED[function]}) RETURNS TABLE(nth integer, told json) "
                f"LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp SET datestyle = 'ISO' "
                f"SET jit = off AS $city${body}$city$"
            )
            cursor.execute(f"REVOKE ALL ON FUNCTION {schema}.{function} FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {schema}.{function} TO {role}")


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
    texts = dict(
        conn.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname = ANY(?)",
            (list(_ASKED),),
        ).fetchall()
    )
    current = texts == bodies()
    yield Finding(
        "sums", f"上级汇总用的函数{'是' if current else '不是'}本版本的", current, "用 ⟦server.init⟧ 再做一次"
    )
    said = "没有上级的角色" if not there else f"上级看得到 {sees[0]}" if sees else "上级只看得到各局汇总的数"
    yield Finding("auditor", said, there and not sees, "用 ⟦server.init⟧ 再做一次")
    strange = conn.execute(
        "SELECT r.rolname FROM pg_roles r WHERE NOT has_schema_privilege('public', current_schema(), 'USAGE') "  # told apart
        "AND NOT r.rolsuper AND r.rolname !~ '^pg_' AND r.rolname <> ? AND "
        "has_schema_privilege(r.oid, current_schema()::regnamespace, 'USAGE') "
        "AND NOT pg_has_role(r.oid, (SELECT nspowner FROM pg_namespace WHERE nspname = current_schema()), 'MEMBER') "
        "AND NOT EXISTS (SELECT 1 FROM pg_roles o WHERE o.rolname = ANY(?) AND pg_has_role(r.oid, o.oid, 'MEMBER')) "
        "AND NOT EXISTS (SELECT 1 FROM pg_roles o WHERE o.rolname = ? AND pg_has_role(r.oid, o.oid, 'MEMBER')) ORDER BY 1",
        (name, roles_of(office), name),
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

    def counts(self, asked: Counting, kind: str) -> tuple[OfficeSums, ...]:
        """The figures of each office in all, out of one statement; `kind`: of what sort of period a publication is."""
        with self._asking() as conn:
            every = _callable(conn, "city_counts")
            names = [name for name, (_, why) in every.items() if not why]
            values = (asked.first, asked.last, asked.as_of, kind)
            found = _answered(conn, names, "city_counts", "?::date, ?::date, ?::date, ?::text", values)
            return tuple(_sums(name, *what, found.get(name, {}), asked) for name, what in every.items())

    def overdue(self, day: date) -> tuple[OfficeOverdue, ...]:
        """Count the clocks past due in each office, out of one statement."""
        with self._asking() as conn:
            every = _callable(conn, "city_overdue")
            names = [name for name, (_, why) in every.items() if not why]
            found = _answered(conn, names, "city_overdue", "?::date", (day,))
            return tuple(_overdue(name, *what, found.get(name, {})) for name, what in every.items())


def _listed(conn: Connection) -> tuple[OfficeThere, ...]:
    names = [row[0] for row in conn.execute(_THERE).fetchall()]
    if not names:
        return ()
    each = (f"SELECT {literal(name)}, version, application FROM {quoted(name)}.meta" for name in names)
    found = []
    for name, version, application in conn.execute(" UNION ALL ".join(each)).fetchall():
        moved = application.removeprefix(MOVED) if application.startswith(MOVED) else None
        found.append(OfficeThere(name, version, moved, conn.execute(_LOGINS, (roles_of(name),)).fetchone()[0]))
    return tuple(found)


Answers = dict[int, list[tuple[Any, ...]]]
"""The rows of each of a function's statements."""


def _callable(conn: Connection, function: str) -> dict[str, tuple[int, str]]:
    """Office → the version of its tables, and why it cannot be counted (moved, version, permission), or nothing."""
    there = _listed(conn)
    rows = conn.execute(
        "SELECT n.nspname, p.prosrc, has_function_privilege(p.oid, 'EXECUTE') FROM pg_proc p JOIN pg_namespace n ON "
        "n.oid = p.pronamespace WHERE p.proname = ? AND n.nspname = ANY(?) ORDER BY 1",
        (function, [one.office for one in there]),
    ).fetchall()
    texts = {name: (text, may) for name, text, may in rows}
    found = {}
    for one in there:
        text, may = texts.get(one.office, ("", 1))
        why = "moved" if one.moved_to is not None else ""
        if not why and (one.version != tables_version() or text != bodies()[function]):
            why = "version"
        found[one.office] = one.version, why or ("" if may else "permission")
    return found


def _answered(
    conn: Connection, names: Sequence[str], function: str, marks: str, values: tuple[Any, ...]
) -> dict[str, Answers]:
    """Office → what its function answered; all offices in one statement."""
    if not names:
        return {}
    each = " UNION ALL ".join(
        f"SELECT {place} AS office, nth, told FROM {quoted(name)}.{function}({marks})"
        for place, name in enumerate(names)
    )
    found: dict[str, Answers] = {}
    for place, nth, told in conn.execute(each, values * len(names)).fetchall():
        row = loads(told, object_pairs_hook=lambda pairs: tuple(value for _, value in pairs))
        found.setdefault(names[place], {}).setdefault(nth, []).append(row)
    return found


def _sums(office: str, version: int, why: str, answers: Answers, asked: Counting) -> OfficeSums:
    if why:
        return OfficeSums(office, version, why)
    nth = count()
    made = sums.summed(asked, lambda sql, needs: answers.get(next(nth), []))
    ((start, unsettled),) = answers[ABOUT]
    sealed = None
    for published_on, as_of, cells in answers.get(SEALED, []):
        each = dict(loads(cells, object_pairs_hook=dict))
        sealed = SealedThen(date.fromisoformat(published_on), date.fromisoformat(as_of), each)
    return OfficeSums(
        office, version, "", None if start is None else date.fromisoformat(start), unsettled, made, sealed
    )


def _overdue(office: str, version: int, why: str, answers: Answers) -> OfficeOverdue:
    if why:
        return OfficeOverdue(office, version, why)
    ((unsettled, any_case),) = answers[ABOUT]
    clocks = sums.overdue(lambda sql, needs: answers.get(0, []))
    return (
        OfficeOverdue(office, version, "", unsettled, clocks)
        if any_case
        else OfficeOverdue(office, version, "no_cases")
    )
