"""Counts in SQL, grouped: every number is a count of rows that the same filter lists.

Figures as of a day A see no event after it. Cases that moved after A are folded again up to A into temporary tables,
which then stand in for their rows; all others are read as they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from json import dumps
from typing import TYPE_CHECKING, Any, NamedTuple

from xinfang_cli.book.engine import Conn
from xinfang_cli.book.face import Book
from xinfang_cli.book.projection import Rows
from xinfang_cli.book.sql.events import decode
from xinfang_cli.book.sql.filters import RUNNING
from xinfang_cli.book.sql.predicates import due_counted, stopped_counted
from xinfang_cli.law.figures.definitions import CLOCK_RATES, DEFINITIONS, GOOD_RATINGS, Rate, clock_rate
from xinfang_cli.law.terms import CHANNEL_GROUP, VISITS

if TYPE_CHECKING:
    from xinfang_cli.law.event import Event
    from xinfang_cli.law.inforce import Code

Key = tuple[Any, ...]
Rates = dict[Key, dict[str, Rate]]

_BY_DUE = due_counted("k.")
_BY_STOP = stopped_counted("k.")
_GONE = "('withdrawn','refused','redirected','filed','returned_up')"
_REPEATED = """EXISTS (SELECT 1 FROM {cases} r WHERE r.repeat_of = c.id AND r.received_on >= c.first_closed_on
AND r.received_on <= :a AND r.excluded = 0)"""
_RELAPSED = """EXISTS (SELECT 1 FROM {cases} r WHERE r.repeat_of = b.case_id AND r.received_on > b.resolved_on
AND r.received_on <= :a AND r.excluded = 0)"""
# The unit that must resolve it (化解单位) where one was named, else the case's own; the superior's word where asked for.
_RESOLVED = f"""b.resolved_on IS NOT NULL AND NOT {_RELAPSED}
AND (b.recognised_on IS NOT NULL OR b.batch NOT IN (SELECT value FROM json_each(:recognising)))"""
_BACKLOG_UNIT = "coalesce(b.unit_id, c.unit_id)"

DIMENSIONS = {
    "unit": "c.unit_id",
    "channel": "c.channel",
    "kind": "c.kind",
    "topic": "c.topic",
    "region": "c.region",
    "level": "c.level",
    "source": "c.source",
}


class Asked(NamedTuple):
    """Which figures: the period (both days counted), the day they are as of, the basis, and what is narrowed.

    `only` narrows to (dimension, value) pairs, a unit by its id; None stands for what is not filled in.
    """

    first: date
    last: date
    as_of: date
    basis: str = "due"
    first_only: bool = False
    by: tuple[str, ...] = ()
    only: tuple[tuple[str, Any], ...] = ()

    def values(self) -> dict[str, Any]:
        """The parameters of every query of this module."""
        days = {"p": self.first.isoformat(), "q": self.last.isoformat(), "a": self.as_of.isoformat()}
        return days | {f"only{place}": value for place, (_, value) in enumerate(self.only)}


class AsOf:
    """The tables to count from, as of a day; with `known_until`, as the events up to that one had it.

    One at a time on a connection: the cases that moved since stand in temporary tables.
    """

    def __init__(self, book: Book, as_of: date, known_until: int | None = None) -> None:
        self.book = book
        self.conn = conn = book.conn
        day = as_of.isoformat()
        self.cases, self.clocks, self.backlog = "cases", "clocks", "backlog"
        moved = "SELECT id, case_no, received_on FROM cases WHERE last_on > :day"
        code: Code | None = None
        if known_until is not None:
            code = book.code
            moved += (
                " UNION SELECT id, case_no, :day FROM docket WHERE id IN (SELECT case_id FROM events WHERE id > :event)"
            )
            then = [version for version in code.versions if version.since <= known_until]
            if len(then) < len(code.versions):  # running clocks follow a later setting
                code = type(code)(then)
                moved += (
                    " UNION SELECT id, case_no, received_on FROM cases WHERE id IN"
                    " (SELECT case_id FROM clocks WHERE stop_on IS NULL AND void = 0)"
                )
        asked = {"day": day, "event": known_until}
        if conn.execute(f"SELECT 1 FROM ({moved}) LIMIT 1", asked).fetchone() is None:
            return
        from xinfang_cli.law.fold import fold

        code = code or book.code
        _empty_tables(conn)
        conn.execute("DROP TABLE IF EXISTS temp.moved")
        conn.execute("CREATE TEMP TABLE moved (id INTEGER PRIMARY KEY, case_no TEXT, received_on TEXT)")
        conn.execute(f"INSERT OR IGNORE INTO moved {moved}", asked)
        known = conn.execute("SELECT id, case_no FROM moved WHERE received_on <= ? ORDER BY id", (day,)).fetchall()
        for case_id, case_no in known:
            events = book.events.of(case_id)
            if known_until is not None:
                events = [event for event in events if event.id <= known_until]
            case = fold(events, code, until=as_of)
            if case is not None:
                _put_rows(conn, Rows(case_id, case_no, case, book.canonical))
        _index_tables(conn)
        self.cases = "(SELECT * FROM cases WHERE id NOT IN (SELECT id FROM moved) UNION ALL SELECT * FROM then_cases)"
        if known_until is None:
            self.cases = "(SELECT * FROM cases WHERE last_on <= :a UNION ALL SELECT * FROM then_cases)"
        self.clocks = (
            "(SELECT * FROM clocks WHERE case_id NOT IN (SELECT id FROM moved) UNION ALL SELECT * FROM then_clocks)"
        )
        self.backlog = (
            "(SELECT * FROM backlog WHERE case_id NOT IN (SELECT id FROM moved) UNION ALL SELECT * FROM then_backlog)"
        )

    @classmethod
    def only(cls, book: Book, many: Iterable[Rows]) -> AsOf:
        """Tables that hold these cases and no other."""
        tables = cls.__new__(cls)
        tables.book, tables.conn = book, book.conn
        _empty_tables(book.conn)
        for rows in many:
            _put_rows(book.conn, rows)
        _index_tables(book.conn)
        tables.cases, tables.clocks, tables.backlog = "then_cases", "then_clocks", "then_backlog"
        return tables

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query in which {cases}, {clocks} and {backlog} stand for the tables as of the day."""
        filled = sql.replace("{cases}", self.cases).replace("{clocks}", self.clocks).replace("{backlog}", self.backlog)
        if ":recognising" in filled:
            asking = [name for name, batch in self.book.backlog.batches().items() if batch.recognise]
            values = values | {"recognising": dumps(asking)}
        return self.conn.execute(filled, values).fetchall()


def _empty_tables(conn: Conn) -> None:
    for name in ("cases", "clocks", "backlog"):
        conn.execute(f"DROP TABLE IF EXISTS temp.then_{name}")
        conn.execute(f"CREATE TEMP TABLE then_{name} AS SELECT * FROM main.{name} LIMIT 0")


def _put_rows(conn: Conn, rows: Rows) -> None:
    for name, many in (("cases", [rows.case]), ("clocks", rows.clocks), ("backlog", rows.backlog)):
        if many:
            conn.executemany(f"INSERT INTO then_{name} VALUES ({','.join('?' * len(many[0]))})", many)


def _index_tables(conn: Conn) -> None:
    conn.execute("CREATE INDEX temp.then_repeat ON then_cases(repeat_of)")
    conn.execute("CREATE UNIQUE INDEX temp.then_id ON then_cases(id)")


# ---- what is counted: one place for the numbers and for the lists behind them -------------------------------------

_STOPPED = "(k.stop_on IS NOT NULL AND k.stop_on <= :a)"
_CLOCK_PARTS = {
    "on_time": f"{_STOPPED} AND k.stop_on <= k.due_on",
    "late": f"{_STOPPED} AND k.stop_on > k.due_on",
    "overdue": f"NOT {_STOPPED} AND k.due_on < :a",
    "pending": f"NOT {_STOPPED} AND k.due_on >= :a",
}
_GOOD = ",".join(f"'{word}'" for word in GOOD_RATINGS)
_RECEIVED = "c.excluded = 0 AND c.received_on BETWEEN :p AND :q AND c.received_on <= :a"
_VISIT = f"c.channel IN ({','.join(repr(name) for name in VISITS)})"
_WRITTEN = (
    f"c.channel IN ({','.join(repr(name) for name, group in CHANNEL_GROUP.items() if group in ('来信', '网信'))})"
)
# The volumes that can be opened: which of the cases received they are.
VOLUMES = {
    "cases": "1",
    "groups": _VISIT,
    "group_visits": f"{_VISIT} AND c.headcount >= 5",
    "joint_letters": f"{_WRITTEN} AND c.headcount >= 5",
    "first": "c.repeat = 0",
}


class Counted(NamedTuple):
    """The rows a number is counted from, and the parts they fall into; `unit` is the column that says whose they are."""

    source: str
    where: str
    parts: dict[str, str]
    unit: str = "c.unit_id"


def counted(key: str, asked: Asked, with_case: bool = True) -> Counted:
    """What a rate or a volume counts; without `with_case` a rate of clocks leaves the case's own row unread."""
    case = "{cases} c"
    joined = "{clocks} k CROSS JOIN {cases} c ON c.id = k.case_id"  # the clocks' own index first
    if key in CLOCK_RATES:
        first = " AND k.first = 1" if asked.first_only else ""
        kind = f"k.kind = '{key}'"
        if asked.basis == "due":
            where = f"{_BY_DUE} AND {kind} AND k.due_on BETWEEN :p AND :q"
        elif asked.basis == "stopped":
            where = f"{_BY_STOP} AND {kind} AND k.stop_on BETWEEN :p AND :q AND k.stop_on <= :a"
        else:
            with_case, joined = True, "{clocks} k JOIN {cases} c ON c.id = k.case_id"
            where = f"k.counted = 1 AND {kind} AND c.received_on BETWEEN :p AND :q AND c.received_on <= :a"
        unit = "k.case_unit_id" if key == "dispatch" else "k.unit_id"
        return Counted(joined if with_case else "{clocks} k", where + first, _CLOCK_PARTS, unit)
    unit = "c.unit_id"
    if key in VOLUMES:
        source, where, numerator = case, _RECEIVED, VOLUMES[key]
    elif key == "closure":
        source, where = case, f"{_RECEIVED} AND c.stage NOT IN {_GONE}"
        numerator = "c.first_closed_on IS NOT NULL"
    elif key == "repeat":
        source, where, numerator = case, _RECEIVED, "c.repeat = 1"
    elif key == "one_time":
        source, numerator = case, f"NOT (c.reviewed_on IS NOT NULL OR {_REPEATED})"
        where = (
            "c.first_closed_on IS NOT NULL AND c.first_closed_on BETWEEN :p AND :q AND c.repeat = 0 AND c.excluded = 0"
        )
    elif key == "participation":
        where = f"{_BY_DUE} AND k.kind = 'rating' AND k.due_on BETWEEN :p AND :q AND ({_STOPPED} OR k.due_on < :a)"
        parts = {"numerator": _STOPPED, "rest": f"NOT {_STOPPED}"}
        return Counted(joined if with_case else "{clocks} k", where, parts, "k.case_unit_id")  # all of first-time cases
    elif key == "backlog":
        source, numerator, unit = "{backlog} b CROSS JOIN {cases} c ON c.id = b.case_id", _RESOLVED, _BACKLOG_UNIT
        where = "b.joined_on <= :a AND c.excluded = 0"
    else:
        who = "unit" if key == "satisfaction" else "bureau"
        # A rating before the closing waits for it: ratable means closed.
        source, numerator = case, f"c.{who}_rating IN ({_GOOD})"
        where = (
            f"c.{who}_rated_on IS NOT NULL AND c.{who}_rated_on BETWEEN :p AND :q AND c.excluded = 0 AND c.ratable = 1"
        )
    first = " AND c.repeat = 0" if asked.first_only else ""
    return Counted(source, where + first, {"numerator": numerator, "rest": f"NOT coalesce({numerator}, 0)"}, unit)


def pending_ratings(asked: Asked) -> Counted:
    """The rating windows of the period that are still open and unused."""
    where = f"{_BY_DUE} AND k.kind = 'rating' AND k.due_on BETWEEN :p AND :q AND NOT {_STOPPED} AND k.due_on >= :a"
    return Counted("{clocks} k CROSS JOIN {cases} c ON c.id = k.case_id", where, {"pending": "1"}, "k.case_unit_id")


def _column(dimension: str, unit: str) -> str:
    return unit if dimension == "unit" else DIMENSIONS[dimension]


def _narrowed(asked: Asked, unit: str) -> str:
    return "".join(
        f" AND {_column(dimension, unit)} IS :only{place}" for place, (dimension, _) in enumerate(asked.only)
    )


def _group(keys: list[str]) -> str:
    return f" GROUP BY {', '.join(str(n) for n in range(1, len(keys) + 1))}" if keys else ""


def rates(tables: AsOf, asked: Asked) -> Rates:
    """group key → rate key → counts; the key is () when nothing is grouped."""
    found: Rates = defaultdict(dict)
    values = asked.values()
    n = len(asked.by)
    dimensions = {*asked.by, *(dimension for dimension, _ in asked.only)}
    for key in DEFINITIONS:
        what = counted(key, asked, with_case=bool(dimensions - {"unit"}))
        keys = [_column(dimension, what.unit) for dimension in asked.by]
        columns = "".join(column + ", " for column in keys)
        source = f"FROM {what.source} WHERE {what.where}{_narrowed(asked, what.unit)}"
        if key not in CLOCK_RATES:
            sums = f"coalesce(sum({what.parts['numerator']}), 0), count(*)"
            for row in tables.rows(f"SELECT {columns}{sums} {source}{_group(keys)}", values):
                found[tuple(row[:n])][key] = Rate(int(row[n]), int(row[n + 1]))
            continue
        # Grouped by the part each clock falls in: a sum for each of the four parts would take twice as long.
        part = "".join(f"WHEN {condition} THEN {place} " for place, condition in enumerate(what.parts.values()))
        counts: dict[Key, list[int]] = {}
        for row in tables.rows(f"SELECT {columns}CASE {part}END, count(*) {source}{_group([*keys, part])}", values):
            counts.setdefault(tuple(row[:n]), [0, 0, 0, 0])[row[n]] = row[n + 1]
        for group, numbers in counts.items():
            found[group][key] = clock_rate(*numbers)
    return found


_LISTED = (
    "case_id",
    "case_no",
    "title",
    "unit",
    "kind",
    "stage",
    "received_on",
    "headcount",
    "closed_on",
    "lead",
    "unit_rating",
    "bureau_rating",
    "part",
    "start",
    "due_on",
    "stop_on",
    "unit_id",
    "complained_unit_id",
    "resolved_on",
)


def behind(tables: AsOf, asked: Asked, key: str, part: str | None = None) -> list[dict[str, Any]]:
    """The rows behind a number: the same source and conditions as its count, nearest due or oldest first.

    Without a part, those of the denominator (a rate) or of the volume.
    """
    what = pending_ratings(asked) if key == "participation" and part == "pending" else counted(key, asked)
    wanted = [part] if part else [name for name in what.parts if name != "pending"]
    if key in VOLUMES:
        wanted = ["numerator"]
    which = " ".join(f"WHEN {condition} THEN '{name}'" for name, condition in what.parts.items() if name in wanted)
    of_clock = " k " in f"{what.source} "
    clock = "k.start_on, k.due_on, CASE WHEN k.stop_on <= :a THEN k.stop_on END" if of_clock else "NULL, NULL, NULL"
    order = "k.due_on, c.case_no" if of_clock else "c.received_on, c.case_no"
    sql = (
        "SELECT c.id, c.case_no, c.title, u.name, c.kind, c.stage, c.received_on, c.headcount, c.closed_on, c.lead, "
        f"c.unit_rating, c.bureau_rating, CASE {which} END AS part, {clock}, {what.unit}, c.complained_unit_id, "
        f"{'b.resolved_on' if key == 'backlog' else 'NULL'} "
        f"FROM {what.source} LEFT JOIN units u ON u.id = {what.unit} "
        f"WHERE {what.where}{_narrowed(asked, what.unit)} AND part IS NOT NULL ORDER BY {order}"
    )
    return [dict(zip(_LISTED, row, strict=True)) for row in tables.rows(sql, asked.values())]


def overdue(tables: AsOf, as_of: date) -> list[dict[str, Any]]:
    """Every clock that ran out before the day and has not stopped by it, whatever the period; the oldest first. Those of
    excluded cases are marked."""
    names = ("case_id", "case_no", "title", "kind", "lead", "unit", "clock", "due_on", "unit_id", "excluded")
    shown = """SELECT c.id, c.case_no, c.title, c.kind, c.lead, u.name, k.kind, k.due_on, coalesce(k.unit_id, c.unit_id),
c.excluded FROM {clocks} k CROSS JOIN {cases} c ON c.id = k.case_id
LEFT JOIN units u ON u.id = coalesce(k.unit_id, c.unit_id) WHERE k.due_on < :a AND """
    # Only a telling can lie after the event that says it, and so after the day.
    told_later = f"{_BY_STOP} AND k.kind = 'acceptance' AND k.stop_on > :a"
    rows = tables.rows(f"{shown}{RUNNING} UNION ALL {shown}{told_later} ORDER BY 8, 2, 7", {"a": as_of.isoformat()})
    return [dict(zip(names, row, strict=True)) for row in rows]


def backlog_excluded(tables: AsOf, as_of: date) -> int:
    """How many cases of the batches are in no figure."""
    sql = "SELECT count(*) FROM {backlog} b CROSS JOIN {cases} c ON c.id = b.case_id WHERE b.joined_on <= :a AND c.excluded = 1"
    return int(tables.rows(sql, {"a": as_of.isoformat()})[0][0])


def dissatisfied(tables: AsOf, asked: Asked) -> list[dict[str, Any]]:
    """The cases behind the satisfaction of the period that were rated 不满意."""
    return [row for row in behind(tables, asked, "satisfaction", "rest") if row["unit_rating"] == "dissatisfied"]


def doings(book: Book, tables: AsOf, first: date, last: date, kinds: Sequence[str]) -> list[tuple[int, Event]]:
    """(case, event) of those kinds, on a day of the period, of cases in the figures; what was revoked or corrected as
    it now stands."""
    from xinfang_cli.law.fold import in_force

    conn, marks = tables.conn, ",".join("?" * len(kinds))
    rows = conn.execute(
        f"SELECT case_id, kind, on_day, body, NULL, seq, id FROM events WHERE case_id IS NOT NULL AND "
        f"(kind IN ('revoke','correct') OR (kind IN ({marks}) AND on_day BETWEEN ? AND ?)) ORDER BY id",
        (*kinds, first.isoformat(), last.isoformat()),
    ).fetchall()
    mended = {row[0] for row in rows if row[1] in ("revoke", "correct")}
    found = [(row[0], decode(*row[1:])) for row in rows if row[0] not in mended]
    for case_id in sorted(mended):
        standing = in_force(tables.book.events.of(case_id))
        if standing and standing[0].kind == "register":
            found += [(case_id, event) for event in standing if event.kind in kinds and first <= event.on <= last]
    excluded = {
        row[0] for row in tables.rows("SELECT c.id FROM {cases} c WHERE c.excluded = 1", {"a": last.isoformat()})
    }
    return [(case_id, event) for case_id, event in found if case_id not in excluded]


def cases_by_id(tables: AsOf, asked: Asked, ids: Iterable[int]) -> list[dict[str, Any]]:
    """Those cases in the form of `behind`, without a clock."""
    marks = ",".join(str(int(case_id)) for case_id in ids)
    sql = (
        "SELECT c.id, c.case_no, c.title, u.name, c.kind, c.stage, c.received_on, c.headcount, c.closed_on, c.lead, "
        "c.unit_rating, c.bureau_rating, '', NULL, NULL, NULL, c.unit_id, c.complained_unit_id, NULL "
        f"FROM {{cases}} c LEFT JOIN units u ON u.id = c.unit_id WHERE c.id IN ({marks}) ORDER BY c.case_no"
    )
    return [dict(zip(_LISTED, row, strict=True)) for row in tables.rows(sql, asked.values())]


def complained_of(tables: AsOf, asked: Asked) -> list[tuple[str, int]]:
    """How many of the cases received are about which unit; the most first. Units of the book only."""
    rows = tables.rows(
        f"SELECT u.name, count(*) FROM {{cases}} c JOIN units u ON u.id = c.complained_unit_id WHERE {_RECEIVED} "
        "GROUP BY u.id ORDER BY 2 DESC, u.ord, u.id",
        asked.values(),
    )
    return [(row[0], row[1]) for row in rows]


class Volumes(NamedTuple):
    """Counts of the cases received in a period, in all and by group."""

    total: dict[str, Any]
    rows: dict[Key, dict[str, int]]
    excluded: int


_NAMED = ("channel", "kind", "topic", "region", "level", "source")
_SUMS = {
    "cases": "count(*)",
    "people": "sum(c.headcount)",
    "groups": f"sum({_VISIT})",
    "visit_people": f"sum(({_VISIT}) * c.headcount)",
    "group_visits": f"sum(({_VISIT}) AND c.headcount >= 5)",
    "group_visit_people": f"sum((({_VISIT}) AND c.headcount >= 5) * c.headcount)",
    "joint_letters": f"sum(({_WRITTEN}) AND c.headcount >= 5)",
    "first": "sum(c.repeat = 0)",
    "repeat": "sum(c.repeat)",
}
NO_VOLUMES = dict.fromkeys(_SUMS, 0)


def volumes(tables: AsOf, asked: Asked) -> Volumes:
    """件, 人次, 批: `groups` and `visit_people` of visits, `people` of all channels; by channel, kind, topic, …"""
    values = asked.values()
    first = (" AND c.repeat = 0" if asked.first_only else "") + _narrowed(asked, "c.unit_id")
    received = f"c.received_on BETWEEN :p AND :q AND c.received_on <= :a{first}"
    excluded = tables.rows(f"SELECT count(*) FROM {{cases}} c WHERE {received} AND c.excluded = 1", values)[0][0]
    received += " AND c.excluded = 0"
    keys = [_column(dimension, "c.unit_id") for dimension in asked.by]
    columns = "".join(f"{column}, " for column in keys)
    grouped = {
        tuple(row[: len(keys)]): dict(zip(_SUMS, (int(number or 0) for number in row[len(keys) :]), strict=True))
        for row in tables.rows(
            f"SELECT {columns}{', '.join(_SUMS.values())} FROM {{cases}} c WHERE {received}{_group(keys)}", values
        )
    }
    total: dict[str, Any] = {name: sum(row[name] for row in grouped.values()) for name in _SUMS}
    by_name: dict[str, Counter[str | None]] = {name: Counter() for name in _NAMED}
    named = ", ".join(f"c.{name}" for name in _NAMED)
    for *said, number in tables.rows(
        f"SELECT {named}, count(*) FROM {{cases}} c WHERE {received}{_group([*_NAMED])}", values
    ):
        for name, value in zip(_NAMED, said, strict=True):
            by_name[name][value] += number
    total |= {f"by_{name}": dict(counted_by.most_common()) for name, counted_by in by_name.items()}
    groups: Counter[str] = Counter()
    for name, count in total["by_channel"].items():
        groups[CHANNEL_GROUP[name]] += count
    total["by_channel_group"] = dict(groups.most_common())
    total |= _durations(tables, values, first)
    return Volumes(total, grouped if keys else {}, excluded)


def _durations(tables: AsOf, values: dict[str, Any], first: str) -> dict[str, float | int | None]:
    """Days from acceptance to close of the cases closed in the period: mean, median, longest."""
    days = [
        row[0]
        for row in tables.rows(
            "SELECT CAST(julianday(c.closed_on) - julianday(c.accepted_on) AS INTEGER) FROM {cases} c "
            "WHERE c.first_closed_on IS NOT NULL AND c.first_closed_on BETWEEN :p AND :q AND c.excluded = 0 "
            f"AND c.closed_on IS NOT NULL AND c.accepted_on IS NOT NULL{first}",
            values,
        )
    ]
    days.sort()
    if not days:
        return {"days_mean": None, "days_median": None, "days_longest": None}
    middle = (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
    mean = (200 * sum(days) + len(days)) // (2 * len(days)) / 100  # half-up, from the exact fraction
    return {"days_mean": mean, "days_median": middle, "days_longest": days[-1]}
