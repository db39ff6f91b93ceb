"""Counts in SQL, grouped: every number is a count of rows that the same filter lists.

Figures as of a day A see no event after it. Cases that moved after A are folded again up to A into temporary tables,
which then stand in for their rows; all others are read as they are.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from json import dumps
from typing import Any, NamedTuple

from xinfang_cli.book import ledger
from xinfang_cli.book.campaigns import batches
from xinfang_cli.book.cases import Rows
from xinfang_cli.book.open import Book
from xinfang_cli.law.case import fold
from xinfang_cli.law.figures import GOOD_RATINGS, Rate, clock_rate
from xinfang_cli.law.terms import CHANNEL_GROUP, VISITS

Key = tuple[Any, ...]
Rates = dict[Key, dict[str, Rate]]

_COUNTED_KINDS = "k.kind IN ('dispatch','acceptance','completion','rating')"
_STOPPED_KINDS = "k.kind IN ('dispatch','acceptance','completion')"
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
    """Which figures: the period (both days counted), the day they are as of, the basis, and what is narrowed."""

    first: date
    last: date
    as_of: date
    basis: str = "due"
    first_only: bool = False
    by: tuple[str, ...] = ()


class AsOf:
    """The tables to count from, as of a day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self.conn = conn = book.conn
        day = as_of.isoformat()
        self.cases, self.clocks, self.backlog = "cases", "clocks", "backlog"
        if conn.execute("SELECT 1 FROM cases WHERE last_on > ? LIMIT 1", (day,)).fetchone() is None:
            return
        for name in ("cases", "clocks", "backlog"):
            conn.execute(f"DROP TABLE IF EXISTS temp.then_{name}")
            conn.execute(f"CREATE TEMP TABLE then_{name} AS SELECT * FROM main.{name} LIMIT 0")
        conn.execute("DROP TABLE IF EXISTS temp.moved")
        conn.execute("CREATE TEMP TABLE moved (id INTEGER PRIMARY KEY, case_no TEXT, received_on TEXT)")
        conn.execute("INSERT INTO moved SELECT id, case_no, received_on FROM cases WHERE last_on > ?", (day,))
        known = conn.execute("SELECT id, case_no FROM moved WHERE received_on <= ? ORDER BY id", (day,)).fetchall()
        code = book.code
        for case_id, case_no in known:
            case = fold(ledger.events_of(conn, case_id), code, until=as_of)
            if case is None:
                continue
            rows = Rows(case_id, case_no, case, book.canonical)
            conn.execute(f"INSERT INTO then_cases VALUES ({','.join('?' * len(rows.case))})", rows.case)
            if rows.clocks:
                marks = ",".join("?" * len(rows.clocks[0]))
                conn.executemany(f"INSERT INTO then_clocks VALUES ({marks})", rows.clocks)
            if rows.backlog:
                marks = ",".join("?" * len(rows.backlog[0]))
                conn.executemany(f"INSERT INTO then_backlog VALUES ({marks})", rows.backlog)
        conn.execute("CREATE INDEX temp.then_repeat ON then_cases(repeat_of)")
        conn.execute("CREATE UNIQUE INDEX temp.then_id ON then_cases(id)")
        self.cases = "(SELECT * FROM cases WHERE last_on <= :a UNION ALL SELECT * FROM then_cases)"
        self.clocks = (
            "(SELECT * FROM clocks WHERE case_id NOT IN (SELECT id FROM moved) UNION ALL SELECT * FROM then_clocks)"
        )
        self.backlog = (
            "(SELECT * FROM backlog WHERE case_id NOT IN (SELECT id FROM moved) UNION ALL SELECT * FROM then_backlog)"
        )

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query in which {cases}, {clocks} and {backlog} stand for the tables as of the day."""
        filled = sql.replace("{cases}", self.cases).replace("{clocks}", self.clocks).replace("{backlog}", self.backlog)
        return self.conn.execute(filled, values).fetchall()


def _keys(by: Sequence[str], unit: str = "c.unit_id") -> list[str]:
    """The columns to group by; `unit` says whose: the case's present unit, or the one a clock ran against."""
    return [unit if name == "unit" else DIMENSIONS[name] for name in by]


def _select(keys: list[str], what: str) -> str:
    return f"SELECT {''.join(key + ', ' for key in keys)}{what}"


def _group(keys: list[str]) -> str:
    return f" GROUP BY {', '.join(str(n) for n in range(1, len(keys) + 1))}" if keys else ""


_STATES = """sum(k.stop_on <= :a AND k.stop_on <= k.due_on), sum(k.stop_on <= :a AND k.stop_on > k.due_on),
sum((k.stop_on IS NULL OR k.stop_on > :a) AND k.due_on < :a), sum((k.stop_on IS NULL OR k.stop_on > :a) AND k.due_on >= :a)"""


def rates(tables: AsOf, asked: Asked) -> Rates:
    """group key → rate key → counts; the key is () when nothing is grouped."""
    found: Rates = defaultdict(dict)
    values = {"p": asked.first.isoformat(), "q": asked.last.isoformat(), "a": asked.as_of.isoformat()}
    first_case = " AND c.repeat = 0" if asked.first_only else ""
    n = len(asked.by)
    for kind in ("dispatch", "acceptance", "completion"):
        for row in _clock_counts(tables, asked, kind, values):
            found[tuple(row[:n])][kind] = clock_rate(*(int(part or 0) for part in row[n:]))
    keys = _keys(asked.by)

    def pairs(rate: str, numerator: str, source: str, condition: str, keys: list[str] = keys) -> None:
        sql = f"{_select(keys, f'coalesce(sum({numerator}), 0), count(*)')} {source} WHERE {condition}{first_case}{_group(keys)}"
        for row in tables.rows(sql, values):
            found[tuple(row[:n])][rate] = Rate(int(row[n]), int(row[n + 1]))

    received = "c.excluded = 0 AND c.received_on BETWEEN :p AND :q AND c.received_on <= :a"
    cases = "FROM {cases} c"
    pairs("closure", "c.first_closed_on IS NOT NULL", cases, f"{received} AND c.stage NOT IN {_GONE}")
    pairs("repeat", "c.repeat = 1", cases, received)
    pairs(
        "one_time",
        f"NOT (c.reviewed_on IS NOT NULL OR {_REPEATED})",
        cases,
        "c.first_closed_on IS NOT NULL AND c.first_closed_on BETWEEN :p AND :q AND c.repeat = 0 AND c.excluded = 0",
    )
    rated = "(k.stop_on IS NOT NULL AND k.stop_on <= :a)"
    rating_keys = _keys(asked.by, "k.case_unit_id")
    join = "" if all(key.startswith("k.") for key in rating_keys) else " CROSS JOIN {cases} c ON c.id = k.case_id"
    for row in tables.rows(
        f"{_select(rating_keys, f'coalesce(sum({rated}), 0), count(*)')} FROM {{clocks}} k{join} WHERE k.counted = 1 "
        f"AND {_COUNTED_KINDS} AND k.kind = 'rating' AND k.due_on BETWEEN :p AND :q AND ({rated} OR k.due_on < :a)"
        f"{_group(rating_keys)}",
        values,
    ):
        found[tuple(row[:n])]["participation"] = Rate(int(row[n]), int(row[n + 1]))
    good = ",".join(f"'{word}'" for word in GOOD_RATINGS)
    for rate, who in (("satisfaction", "unit"), ("bureau_satisfaction", "bureau")):
        # A rating before the closing waits for it: ratable means closed.
        pairs(
            rate,
            f"c.{who}_rating IN ({good})",
            cases,
            f"c.{who}_rated_on IS NOT NULL AND c.{who}_rated_on BETWEEN :p AND :q AND c.excluded = 0 AND c.ratable = 1",
        )
    values["recognising"] = dumps([name for name, batch in batches(tables.conn).items() if batch.recognise])
    pairs(
        "backlog",
        _RESOLVED,
        "FROM {backlog} b CROSS JOIN {cases} c ON c.id = b.case_id",
        "b.joined_on <= :a AND c.excluded = 0",
        [_BACKLOG_UNIT if key == DIMENSIONS["unit"] else key for key in keys],
    )
    return found


def _clock_counts(tables: AsOf, asked: Asked, kind: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    keys = _keys(asked.by, "k.case_unit_id" if kind == "dispatch" else "k.unit_id")
    join = "" if all(key.startswith("k.") for key in keys) else " CROSS JOIN {cases} c ON c.id = k.case_id"
    first = " AND k.first = 1" if asked.first_only else ""
    if asked.basis == "due":
        where = f"k.counted = 1 AND {_COUNTED_KINDS} AND k.kind = '{kind}' AND k.due_on BETWEEN :p AND :q"
    elif asked.basis == "stopped":
        where = (
            f"k.counted = 1 AND k.stop_on IS NOT NULL AND {_STOPPED_KINDS} AND k.kind = '{kind}' "
            "AND k.stop_on BETWEEN :p AND :q AND k.stop_on <= :a"
        )
    else:
        join = " JOIN {cases} c ON c.id = k.case_id"
        where = f"k.counted = 1 AND k.kind = '{kind}' AND c.received_on BETWEEN :p AND :q AND c.received_on <= :a"
    sql = f"{_select(keys, _STATES)} FROM {{clocks}} k{join} WHERE {where}{first}{_group(keys)}"
    return tables.rows(sql, values)


class Volumes(NamedTuple):
    """Counts of the cases received in a period, in all and by group."""

    total: dict[str, Any]
    rows: dict[Key, dict[str, int]]
    excluded: int


_NAMED = ("channel", "kind", "topic", "region", "level", "source")
_VISIT = f"c.channel IN ({','.join(repr(name) for name in VISITS)})"
_WRITTEN = (
    f"c.channel IN ({','.join(repr(name) for name, group in CHANNEL_GROUP.items() if group in ('来信', '网信'))})"
)
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
    values = {"p": asked.first.isoformat(), "q": asked.last.isoformat(), "a": asked.as_of.isoformat()}
    first = " AND c.repeat = 0" if asked.first_only else ""
    received = f"c.received_on BETWEEN :p AND :q AND c.received_on <= :a{first}"
    excluded = tables.rows(f"SELECT count(*) FROM {{cases}} c WHERE {received} AND c.excluded = 1", values)[0][0]
    received += " AND c.excluded = 0"
    keys = _keys(asked.by)
    grouped = {
        tuple(row[: len(keys)]): dict(zip(_SUMS, (int(number or 0) for number in row[len(keys) :]), strict=True))
        for row in tables.rows(
            f"{_select(keys, ', '.join(_SUMS.values()))} FROM {{cases}} c WHERE {received}{_group(keys)}", values
        )
    }
    total: dict[str, Any] = {name: sum(row[name] for row in grouped.values()) for name in _SUMS}
    rows = tables.rows(f"SELECT {', '.join(f'c.{name}' for name in _NAMED)} FROM {{cases}} c WHERE {received}", values)
    columns = list(zip(*rows, strict=True)) or [()] * len(_NAMED)
    for name, column in zip(_NAMED, columns, strict=True):
        total[f"by_{name}"] = dict(Counter(column).most_common())
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
    return {"days_mean": round(sum(days) / len(days), 2), "days_median": middle, "days_longest": days[-1]}


def unit_names(conn: sqlite3.Connection) -> dict[int, tuple[str, str, int]]:
    """id → (name, group, place in the office's order) of every unit in force."""
    from xinfang_cli.book.units import all_units

    return {unit.id: (unit.name, unit.group, place) for place, unit in enumerate(all_units(conn))}
