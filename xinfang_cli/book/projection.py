"""The cases as of their last event: written beside the events in the same transaction, listed with one indexed query."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.chain import encode, iso
from xinfang_cli.book.sqlite.inserting import insert_rows
from xinfang_cli.book.sqlite.schema import running, window
from xinfang_cli.errors import Ambiguous, NotFound
from xinfang_cli.law import terms
from xinfang_cli.law.terms import GROUP_VISIT, VISITS, Vocabulary, half_width
from xinfang_cli.records import ListFilter

if TYPE_CHECKING:
    from xinfang_cli.book.sqlite.opening import Book
    from xinfang_cli.law.case import Case

COLUMNS = (
    "id, case_no, external_no, title, stage, channel, kind, topic, region, source, level, priority, received_on, "
    "unit_id, assigned_on, accepted_on, closed_on, first_closed_on, outcome, pathway, repeat, repeat_of, repeat_of_no, "
    "headcount, lead, tags, excluded, ratable, reviewed_on, unit_rating, unit_rated_on, bureau_rating, bureau_rated_on, "
    "complained_unit_id, next_clock, next_due_on, returned_times, supervised, last_on"
)
_PUT_CASE = f"INSERT OR REPLACE INTO cases VALUES ({','.join('?' * 39)})"
_PUT_PERSON = "INSERT OR REPLACE INTO people VALUES (?,?,?,?,?)"
_PUT_CLOCK = "INSERT INTO clocks VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
NEVER_RATED = ("refused", "redirected", "withdrawn", "filed")
_PUT_BACKLOG = "INSERT INTO backlog VALUES (?,?,?,?,?,?,?,?)"


def _iso(day: date | None) -> str | None:
    return None if day is None else iso(day)


class Rows:
    """The rows that one case's events add up to."""

    __slots__ = ("backlog", "case", "clocks", "person")

    def __init__(self, case_id: int, case_no: str, case: Case, canonical: dict[int, int]) -> None:
        following = case.next_clock()
        unit = case.unit if case.unit is None else canonical.get(case.unit, case.unit)
        complained = case.complained_unit_id
        if complained is not None:
            complained = canonical.get(complained, complained)
        closed = case.first_closed_on is not None and case.stage not in NEVER_RATED
        ratable = int(closed and case.ratable)
        self.case = (
            case_id,
            case_no,
            case.external_no,
            case.title,
            case.stage,
            case.channel,
            case.kind,
            case.topic,
            case.region,
            case.source,
            case.level,
            case.priority,
            iso(case.received_on),
            unit,
            _iso(case.assigned_on),
            _iso(case.accepted_on),
            _iso(case.closed_on) if case.stage != "reported" else None,
            _iso(case.first_closed_on),
            case.outcome,
            case.pathway,
            int(case.repeat),
            case.repeat_of,
            case.repeat_of_no if case.repeat_of is None else None,
            case.headcount,
            case.lead,
            encode(case.tags) if case.tags else None,
            int(case.excluded),
            ratable,
            _iso(case.reviewed_on),
            case.unit_rating,
            _iso(case.unit_rated_on),
            case.bureau_rating,
            _iso(case.bureau_rated_on),
            complained,
            None if following is None else following.kind,
            None if following is None else iso(following.due),
            case.returned_times,
            int(any(c.kind == "supervision" and c.stop is None and not c.void for c in case.clocks)),
            iso(case.last_on),
        )
        self.person = (
            (case_id, case.name, case.id_no, case.phone, case.address)
            if case.name or case.id_no or case.phone or case.address
            else None
        )
        first, counted = int(not case.repeat), not case.excluded
        self.clocks = [
            (
                case_id,
                n,
                clock.kind,
                clock.owner,
                clock.unit if not canonical or clock.unit is None else canonical.get(clock.unit, clock.unit),
                iso(clock.start),
                iso(clock.due),
                iso(clock.base_due) if clock.base_due != clock.due else None,
                None if clock.stop is None else iso(clock.stop),
                int(clock.void),
                clock.why or None,
                int(counted and not clock.void and (clock.kind != "rating" or ratable)),
                first,
                unit,
            )
            for n, clock in enumerate(case.clocks)
        ]
        self.backlog = [
            (
                batch,
                case_id,
                iso(entry.joined_on),
                _iso(entry.resolved_on),
                entry.how,
                _iso(entry.recognised_on),
                entry.unit if entry.unit is None else canonical.get(entry.unit, entry.unit),
                entry.guard_unit if entry.guard_unit is None else canonical.get(entry.guard_unit, entry.guard_unit),
            )
            for batch, entry in case.batches.items()
        ]


def put(book: Book, case_id: int, case_no: str, case: Case, *, known: bool = True) -> None:
    """Replace what the book shows of one case; `known` False for a case that has no rows yet."""
    book.code  # noqa: B018  (loads the merged units)
    rows = Rows(case_id, case_no, case, book.canonical)
    conn = book.conn
    if known:
        conn.execute("DELETE FROM clocks WHERE case_id = ?", (case_id,))
        conn.execute("DELETE FROM backlog WHERE case_id = ?", (case_id,))
        conn.execute("DELETE FROM people WHERE case_id = ?", (case_id,))
    conn.execute(_PUT_CASE, rows.case)
    if rows.person is not None:
        conn.execute(_PUT_PERSON, rows.person)
    conn.executemany(_PUT_CLOCK, rows.clocks)
    if rows.backlog:
        conn.executemany(_PUT_BACKLOG, rows.backlog)


def put_many(conn: sqlite3.Connection, many: Sequence[Rows]) -> None:
    """Write the rows of many new cases at once."""
    insert_rows(conn, "cases", [made.case for made in many])
    insert_rows(conn, "people", [made.person for made in many if made.person is not None])
    insert_rows(conn, "clocks", [clock for made in many for clock in made.clocks])
    insert_rows(conn, "backlog", [entry for made in many for entry in made.backlog])


def forget(conn: sqlite3.Connection, case_id: int) -> None:
    """Take a case whose registration was taken back out of every list."""
    for table in ("clocks", "backlog", "people"):
        conn.execute(f"DELETE FROM {table} WHERE case_id = ?", (case_id,))
    conn.execute("DELETE FROM cases WHERE id = ?", (case_id,))


def count(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT count(*) FROM cases").fetchone()[0])


# ---- numbers ----------------------------------------------------------------------------------------------------


def next_number(conn: sqlite3.Connection, prefix: str, year: int) -> tuple[str, int]:
    """The next free number of a year, spent at once."""
    serial = conn.execute(
        "INSERT INTO serials VALUES (?, 1) ON CONFLICT(year) DO UPDATE SET last = last + 1 RETURNING last", (year,)
    ).fetchone()[0]
    return f"{prefix}{year}-{serial:06d}", serial


def enter(
    conn: sqlite3.Connection,
    case_no: str,
    year: int,
    serial: int,
    sheet_no: str | None = None,
    fingerprint: bytes | None = None,
) -> int:
    """Spend a number: the case's row in the docket, and its id."""
    cursor = conn.execute(
        "INSERT INTO docket(case_no, year, serial, sheet_no, fingerprint) VALUES (?,?,?,?,?)",
        (case_no, year, serial, sheet_no, fingerprint),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _there(conn: sqlite3.Connection, case_id: int) -> bool:
    """Whether the case is in the lists: its registration was not taken back."""
    return conn.execute("SELECT 1 FROM cases WHERE id = ?", (case_id,)).fetchone() is not None


def _by_serial(conn: sqlite3.Connection, text: str) -> list[tuple[int, str]]:
    """The numbers that 23-123, 2023-123 or 123 stands for, those taken back included."""
    year, dash, serial = text.rpartition("-")
    if not (text.isascii() and serial.isdigit() and len(serial) <= 9):
        return []
    if not dash:
        return conn.execute("SELECT id, case_no FROM docket WHERE serial = ?", (int(serial),)).fetchall()
    if not year.isdigit() or len(year) not in (2, 4):
        return []
    full = int(year) if len(year) == 4 else 2000 + int(year)
    return conn.execute("SELECT id, case_no FROM docket WHERE serial = ? AND year = ?", (int(serial), full)).fetchall()


def find(conn: sqlite3.Connection, word: str) -> tuple[int, str]:
    """(id, number) of the case a word names: full number, 23-123, a serial that is unique, or an outside number."""
    text = half_width(word).strip()
    rows = conn.execute("SELECT id, case_no FROM docket WHERE case_no = ?", (text.upper(),)).fetchall()
    if not rows or not _there(conn, rows[0][0]):
        # a number spent on a case that was taken back may have come in again with a sheet
        rows = (
            conn.execute(
                "SELECT c.id, c.case_no FROM cases c WHERE c.external_no IN (?1, ?2) UNION "
                "SELECT d.id, d.case_no FROM docket d JOIN cases c ON c.id = d.id WHERE d.sheet_no IN (?1, ?2)",
                (text, text.upper()),
            ).fetchall()
            or rows
        )
    if not rows or rows[0][1] != text.upper():
        by_serial = _by_serial(conn, text)
        standing = [row for row in by_serial if _there(conn, row[0])]
        rows = list(dict.fromkeys((*rows, *(standing if rows or standing else by_serial[:1]))))
    if not rows:
        raise NotFound(f"没有登记编号「{word[:40]}」", "请核对编号；按条件找用 xinfang list")
    if len(rows) > 1:
        named = "、".join(row[1] for row in rows[:8]) + ("……" if len(rows) > 8 else "")
        raise Ambiguous(f"编号「{word[:40]}」不止一件：{named}", f"请写全号，如 {rows[-1][1]}")
    if not _there(conn, rows[0][0]):
        raise NotFound(f"{rows[0][1]} 的登记已撤销", "号码不再使用；请重新登记：xinfang add")
    return int(rows[0][0]), str(rows[0][1])


# ---- lists ------------------------------------------------------------------------------------------------------

_SHOWN = """c.case_no, c.external_no, c.title, c.stage, c.channel, c.kind, c.topic, c.region, c.received_on, u.name,
c.repeat, r.case_no, c.headcount, c.priority, c.assigned_on, c.accepted_on, c.closed_on, c.outcome, c.next_clock,
c.next_due_on, c.lead, c.excluded, c.returned_times, c.supervised"""
_FROM = """FROM cases c LEFT JOIN units u ON u.id = c.unit_id LEFT JOIN docket r ON r.id = c.repeat_of"""


def shown(row: tuple[Any, ...], today: date) -> dict[str, Any]:
    """A case as contract.md's JSON has it."""
    due = row[19]
    return {
        "case_no": row[0],
        "external_no": row[1],
        "title": row[2],
        "stage": row[3],
        "channel": row[4],
        "kind": row[5],
        "topic": row[6],
        "region": row[7],
        "received_on": row[8],
        "unit": row[9],
        "first": not row[10],
        "repeat_of": row[11],
        "headcount": row[12],
        "group_visit": row[4] in VISITS and row[12] >= GROUP_VISIT,
        "priority": row[13],
        "assigned_on": row[14],
        "accepted_on": row[15],
        "closed_on": row[16],
        "outcome": row[17],
        "next_clock": row[18],
        "due_on": due,
        "days_left": None if due is None else (date.fromisoformat(due) - today).days,
        "lead": row[20],
        "excluded": bool(row[21]),
        "returned_times": row[22],
        "supervised": bool(row[23]),
    }


def one(conn: sqlite3.Connection, case_id: int, today: date) -> dict[str, Any]:
    row = conn.execute(f"SELECT {_SHOWN} {_FROM} WHERE c.id = ?", (case_id,)).fetchone()
    return shown(row, today)


def where(chosen: ListFilter) -> tuple[str, list[Any]]:
    """The WHERE of a filter, over `cases c`."""
    parts: list[str] = []
    values: list[Any] = []

    def among(column: str, wanted: Sequence[Any] | None) -> None:
        if wanted is not None:
            parts.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values.extend(wanted)

    def equal(column: str, wanted: Any) -> None:
        if wanted is not None:
            parts.append(f"{column} = ?")
            values.append(wanted)

    among("c.stage", chosen.stage)
    if chosen.units is not None:
        among("c.unit_id", chosen.units)
        for unit in chosen.units:  # an accusation is hidden from the lists of the unit complained of (art. 30)
            parts.append(
                "NOT (c.kind = 'accusation' AND c.complained_unit_id IS NOT NULL AND c.complained_unit_id = ?)"
            )
            values.append(unit)
    among("c.channel", chosen.channel)
    among("c.kind", chosen.kind)
    equal("c.topic", chosen.topic)
    equal("c.region", chosen.region)
    equal("c.lead", chosen.lead)
    if chosen.received_from is not None:
        parts.append("c.received_on >= ?")
        values.append(chosen.received_from.isoformat())
    if chosen.received_to is not None:
        parts.append("c.received_on <= ?")
        values.append(chosen.received_to.isoformat())
    if chosen.overdue_on is not None:
        parts.append(f"c.id IN (SELECT k.case_id FROM clocks k WHERE {RUNNING} AND k.due_on < ?)")
        values.append(chosen.overdue_on.isoformat())
    if chosen.first_only:
        parts.append("c.repeat = 0")
    if chosen.batch is not None:
        parts.append("c.id IN (SELECT case_id FROM backlog WHERE batch = ?)")
        values.append(chosen.batch)
    if chosen.tag is not None:
        parts.append("c.tags IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(c.tags) WHERE value = ?)")
        values.append(chosen.tag)
    if chosen.returned_at_least is not None:
        parts.append("c.returned_times >= ?")
        values.append(chosen.returned_at_least)
    if chosen.ids is not None:
        parts.append("c.id IN (SELECT value FROM json_each(?))")
        values.append(encode(chosen.ids))
    if chosen.match:
        from xinfang_cli.book.sqlite.text_index import MATCHING

        parts.append(f"c.id IN ({MATCHING})")
        values.append(chosen.match)
    if chosen.terms:
        from xinfang_cli.book.sql.conditions import condition

        for term in chosen.terms:
            said, given = condition(term)
            parts.append(said)
            values += given
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def _place(column: str, vocabulary: Vocabulary) -> str:
    """Where a word stands in its vocabulary: stages in the order of the work, not of their English names."""
    return f"instr(',{','.join(vocabulary.labels)},', ',' || {column} || ',')"


ORDERS = {
    **{key: f"c.{key}" for key in ("case_no", "external_no", "received_on", "title", "headcount", "lead")},
    **{key: f"c.{key}" for key in ("assigned_on", "accepted_on", "closed_on", "returned_times")},
    **{key: f"(SELECT ord FROM {key}s WHERE name = c.{key})" for key in ("topic", "region")},
    "channel": _place("c.channel", terms.CHANNEL),
    "kind": _place("c.kind", terms.KIND),
    "stage": _place("c.stage", terms.STAGE),
    "outcome": _place("c.outcome", terms.OUTCOME),
    "priority": _place("c.priority", terms.PRIORITY),
    "next_clock": _place("c.next_clock", terms.CLOCK),
    "unit": f"({_place('u.grp', terms.GROUP)} * 100000 + u.ord)",
    "due_on": "c.next_due_on",
    "first": "c.repeat",
    "repeat_of": "coalesce(r.case_no, c.repeat_of_no)",
}


def listed(
    conn: sqlite3.Connection,
    chosen: ListFilter,
    today: date,
    limit: int = 0,
    order: Sequence[tuple[str, bool]] = (),
) -> list[dict[str, Any]]:
    """Cases, newest first, or in the `order` of (key of ORDERS, descending), what is empty last."""
    return [case for _, case in found(conn, chosen, today, limit, order)]


def found(
    conn: sqlite3.Connection,
    chosen: ListFilter,
    today: date,
    limit: int = 0,
    order: Sequence[tuple[str, bool]] = (),
) -> list[tuple[int, dict[str, Any]]]:
    """`listed`, each case with its id."""
    clause, values = where(chosen._replace(match=""))
    source, newest = _FROM, "c.received_on DESC, c.id DESC"
    if chosen.match:
        # The index hands its rows out newest first by itself; the case is then one step away.
        from xinfang_cli.book.sqlite.text_index import CASE_ID

        source = _FROM.replace("FROM cases c", f"FROM search CROSS JOIN cases c ON c.id = search.rowid & {CASE_ID}")
        clause = (clause + " AND " if clause else " WHERE ") + "search MATCH ?"
        values.append(chosen.match)
        newest = "search.rowid DESC"
    keys = [f"{ORDERS[key]} IS NULL, {ORDERS[key]}{' DESC' if down else ''}" for key, down in order]
    sql = f"SELECT {_SHOWN}, c.id {source}{clause} ORDER BY {', '.join([*keys, newest])}"
    rows = conn.execute(sql + (f" LIMIT {int(limit)}" if limit else ""), values)
    return [(row[24], shown(row, today)) for row in rows]


def how_many(conn: sqlite3.Connection, chosen: ListFilter) -> int:
    """The number of cases that `listed` would give."""
    clause, values = where(chosen)
    return int(conn.execute(f"SELECT count(*) FROM cases c{clause}", values).fetchone()[0])


RUNNING = running("k.")
_WINDOW = window("k.")


def clocks_due(
    conn: sqlite3.Connection,
    today: date,
    *,
    within: int | None = None,
    chosen: ListFilter | None = None,
    kinds: Sequence[str] | None = None,
    owners: Sequence[str] | None = None,
    windows: bool = False,
    limit: int = 0,
) -> list[dict[str, Any]]:
    """The unfinished clocks past due (`within` None), or those with today ≤ due ≤ today + within; nearest first."""
    clause, values = where(chosen or ListFilter())
    if chosen is not None and chosen.units is not None:
        clause, values = where(chosen._replace(units=None))
        marks = ",".join("?" * len(chosen.units))
        clause += (" AND " if clause else " WHERE ") + (
            f"k.unit_id IN ({marks}) AND NOT (c.kind = 'accusation' AND coalesce(c.complained_unit_id, 0) IN ({marks}))"
        )
        values += [*chosen.units, *chosen.units]
    clause += (" AND " if clause else " WHERE ") + (_WINDOW if windows else RUNNING)
    if within is None:
        clause += " AND k.due_on < ?"
        values.append(today.isoformat())
    else:
        clause += " AND k.due_on BETWEEN ? AND ?"
        values += [today.isoformat(), (today + timedelta(days=within)).isoformat()]
    if kinds is not None:
        clause += f" AND k.kind IN ({','.join('?' * len(kinds))})"
        values += kinds
    if owners is not None:
        clause += f" AND k.owner IN ({','.join('?' * len(owners))})"
        values += owners
    sql = f"""SELECT c.case_no, c.title, coalesce(ku.name, u.name), k.kind, k.start_on, k.due_on, c.stage, c.lead,
k.owner, c.kind, c.id, coalesce(k.unit_id, c.unit_id), k.base_due_on, c.complained_unit_id
FROM clocks k {"INDEXED BY clocks_running " if not windows else ""}JOIN cases c ON c.id = k.case_id
LEFT JOIN units ku ON ku.id = k.unit_id LEFT JOIN units u ON u.id = c.unit_id
{clause} ORDER BY k.due_on, c.case_no{f" LIMIT {int(limit)}" if limit else ""}"""
    return [
        {
            "case_no": row[0],
            "title": row[1],
            "unit": row[2],
            "clock": row[3],
            "start": row[4],
            "due_on": row[5],
            "days_left": (date.fromisoformat(row[5]) - today).days,
            "stage": row[6],
            "lead": row[7],
            "owner": row[8],
            "kind": row[9],
            "case_id": row[10],
            "unit_id": row[11],
            "base_due_on": row[12],
            "complained_unit_id": row[13],
        }
        for row in conn.execute(sql, values)
    ]


def desk(conn: sqlite3.Connection, today: date, sunday: date) -> dict[str, int]:
    """The counts of the morning: open cases by stage, clocks due this week and overdue, supervised cases."""
    stages = dict(
        conn.execute(
            "SELECT stage, count(*) FROM cases INDEXED BY cases_stage WHERE closed_on IS NULL AND stage IN "
            "('registered','assigned','accepted','reported','objected') GROUP BY stage"
        ).fetchall()
    )
    overdue, due = conn.execute(
        f"SELECT count(*) FILTER (WHERE k.due_on < ?), count(*) FILTER (WHERE k.due_on >= ?) "
        f"FROM clocks k WHERE {RUNNING} AND k.due_on <= ?",
        (today.isoformat(), today.isoformat(), sunday.isoformat()),
    ).fetchone()
    supervised = conn.execute("SELECT count(*) FROM cases WHERE supervised = 1").fetchone()[0]
    return {
        "to_assign": stages.get("registered", 0),
        "to_accept": stages.get("assigned", 0),
        "in_hand": stages.get("accepted", 0),
        "to_check": stages.get("reported", 0) + stages.get("objected", 0),
        "due_this_week": due,
        "overdue": overdue,
        "supervised": supervised,
    }


def running_due(conn: sqlite3.Connection, case_no: str, kind: str) -> str | None:
    """The last day of a case's clock of that kind, while it runs."""
    row = conn.execute(
        "SELECT k.due_on FROM docket d JOIN clocks k ON k.case_id = d.id AND k.kind = ? "
        "WHERE d.case_no = ? AND k.stop_on IS NULL AND k.void = 0 ORDER BY k.n DESC LIMIT 1",
        (kind, case_no),
    ).fetchone()
    return None if row is None else str(row[0])


def people_of(conn: sqlite3.Connection, case_id: int) -> dict[str, Any]:
    row = conn.execute("SELECT name, id_no, phone, address FROM people WHERE case_id = ?", (case_id,)).fetchone()
    return dict(zip(("name", "id_no", "phone", "address"), row or (None, None, None, None), strict=True))


def clocks_of(
    conn: sqlite3.Connection, case_ids: Sequence[int], kinds: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """number → (kind, due) of the unfinished clocks of those kinds, nearest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    marks = ",".join("?" * len(kinds))
    for start in range(0, len(case_ids), 500):
        chunk = case_ids[start : start + 500]
        for case_no, kind, due in conn.execute(
            "SELECT d.case_no, k.kind, k.due_on FROM clocks k JOIN docket d ON d.id = k.case_id "
            f"WHERE k.case_id IN ({','.join('?' * len(chunk))}) AND k.kind IN ({marks}) AND k.stop_on IS NULL "
            "AND k.void = 0 ORDER BY k.due_on",
            (*chunk, *kinds),
        ):
            found.setdefault(case_no, []).append((kind, due))
    return found


# ---- one fact of one case ---------------------------------------------------------------------------------------


def number_of(conn: sqlite3.Connection, case_id: int) -> str:
    """The number of a case by its id, also of one whose registration was taken back."""
    return str(conn.execute("SELECT case_no FROM docket WHERE id = ?", (case_id,)).fetchone()[0])


def sheet_no_of(conn: sqlite3.Connection, case_id: int) -> str | None:
    """The other office's number that a case came in with."""
    found = conn.execute("SELECT sheet_no FROM docket WHERE id = ?", (case_id,)).fetchone()[0]
    return None if found is None else str(found)


def received_on(conn: sqlite3.Connection, case_id: int) -> date:
    return date.fromisoformat(conn.execute("SELECT received_on FROM cases WHERE id = ?", (case_id,)).fetchone()[0])


def original_of(conn: sqlite3.Connection, case_id: int) -> tuple[int, str] | None:
    """(id, number) of the case that this one repeats."""
    found: tuple[int, str] | None = conn.execute(
        "SELECT c.repeat_of, d.case_no FROM cases c JOIN docket d ON d.id = c.repeat_of WHERE c.id = ?", (case_id,)
    ).fetchone()
    return found


def repeats_of(conn: sqlite3.Connection, case_id: int) -> list[str]:
    """The numbers of the cases that repeat this one, in the order they came."""
    rows = conn.execute("SELECT case_no FROM cases WHERE repeat_of = ? ORDER BY received_on", (case_id,))
    return [row[0] for row in rows]


def kin(conn: sqlite3.Connection, case_id: int) -> list[tuple[int, str]]:
    """(id, number) of the case that this one repeats, of those that repeat this one, and of those that repeat that one."""
    return conn.execute(
        "WITH about(id) AS (SELECT ?1 UNION SELECT repeat_of FROM cases WHERE id = ?1 AND repeat_of IS NOT NULL) "
        "SELECT id, case_no FROM cases WHERE id != ?1 AND (id IN about OR repeat_of IN about) ORDER BY id",
        (case_id,),
    ).fetchall()


def waiting_for(conn: sqlite3.Connection, case_no: str, external_no: str | None) -> int:
    """How many repeats name a case of that number that was not in the book when they came."""
    sql = "SELECT count(*) FROM cases WHERE repeat_of_no IN (?, ?)"
    return int(conn.execute(sql, (case_no, external_no)).fetchone()[0])


def with_external_no(conn: sqlite3.Connection, external_no: str) -> str | None:
    """The number of the case that has that outside number."""
    row = conn.execute("SELECT case_no FROM cases WHERE external_no = ?", (external_no,)).fetchone()
    return None if row is None else str(row[0])


def accusations_of(conn: sqlite3.Connection, unit_id: int) -> set[int]:
    """The accusations that complain of a unit."""
    sql = "SELECT id FROM cases WHERE kind = 'accusation' AND complained_unit_id = ?"
    return {row[0] for row in conn.execute(sql, (unit_id,))}


def with_unfinished(conn: sqlite3.Connection, kinds: Iterable[str]) -> list[int]:
    """The cases with an unfinished clock of one of these kinds."""
    listed = sorted(kinds)
    rows = conn.execute(
        "SELECT DISTINCT case_id FROM clocks WHERE stop_on IS NULL AND void = 0 "
        f"AND kind IN ({','.join('?' * len(listed))}) ORDER BY case_id",
        listed,
    )
    return [row[0] for row in rows]


def clock_days(conn: sqlite3.Connection, case_id: int) -> dict[int, tuple[str, bool]]:
    """n → (due day, void) of a case's clocks as stored."""
    rows = conn.execute("SELECT n, due_on, void FROM clocks WHERE case_id = ?", (case_id,))
    return {n: (due, bool(void)) for n, due, void in rows}


def open_by_unit(conn: sqlite3.Connection) -> dict[int | None, int]:
    """How many open cases each unit has."""
    return dict(
        conn.execute(
            "SELECT unit_id, count(*) FROM cases WHERE closed_on IS NULL AND stage IN "
            "('registered','assigned','accepted','reported','objected') GROUP BY unit_id"
        ).fetchall()
    )


def count_of_unit(conn: sqlite3.Connection, unit_id: int) -> int:
    """How many cases, open or not, are with a unit."""
    return int(conn.execute("SELECT count(*) FROM cases WHERE unit_id = ?", (unit_id,)).fetchone()[0])


def numbers(conn: sqlite3.Connection) -> dict[int, str]:
    """id → number of every case there ever was."""
    return dict(conn.execute("SELECT id, case_no FROM docket").fetchall())
