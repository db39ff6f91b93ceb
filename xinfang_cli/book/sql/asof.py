"""The tables to count from, as of a day.

Figures as of a day A see no event after it. Cases that moved after A stand as of A in temporary tables, which are counted
in place of their rows: read back from these rows where nothing was overwritten after A, else folded again up to A.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from json import dumps
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.as_of import Told
from xinfang_cli.book.sql.cases import CLOCK_COLUMNS, COLUMNS
from xinfang_cli.book.sql.predicates import WITHOUT_ACCEPTANCE_CLOCK
from xinfang_cli.frozen import NamedTuple

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book
    from xinfang_cli.law.event import Event
    from xinfang_cli.law.inforce import Code

TABLES = ("cases", "clocks", "backlog")


def _by_then(column: str, day: str = "") -> str:
    """A column whose own day, or the day of another column, was not after the day asked for."""
    return f"CASE WHEN c.{day or column} <= :day THEN c.{column} END"


THEN_CASE: dict[str, str] = {
    # Set aside, objected to, reported, in or after a review: all of that is overwriting, so it was so on that day.
    "stage": "CASE WHEN c.stage NOT IN ('registered', 'assigned', 'accepted', 'closed', 'in_review')"
    " OR c.reviewed_on <= :day THEN c.stage WHEN c.closed_on <= :day THEN 'closed'"
    " WHEN c.accepted_on <= :day THEN 'accepted' WHEN c.assigned_on <= :day THEN 'assigned' ELSE 'registered' END",
    "unit_id": "CASE WHEN c.assigned_on > :day THEN NULL ELSE c.unit_id END",
    **{key: _by_then(key) for key in ("assigned_on", "accepted_on", "closed_on", "first_closed_on", "reviewed_on")},
    **{key: _by_then(key) for key in ("unit_rated_on", "bureau_rated_on")},
    "outcome": _by_then("outcome", "closed_on"),
    "pathway": _by_then("pathway", "accepted_on"),
    "ratable": "CASE WHEN c.ratable = 1 AND c.first_closed_on <= :day THEN 1 ELSE 0 END",
    "unit_rating": _by_then("unit_rating", "unit_rated_on"),
    "bureau_rating": _by_then("bureau_rating", "bureau_rated_on"),
    "next_clock": "NULL",  # nothing is counted by it
    "next_due_on": "NULL",
}
THEN_CLOCK = {
    # An acceptance that was recorded runs until the day on which the petitioner was told, be that later.
    "stop_on": "CASE WHEN k.stop_on <= :day OR k.kind = 'acceptance' AND c.accepted_on <= :day THEN k.stop_on END",
    "why": "CASE WHEN k.void = 1 OR k.stop_on <= :day THEN k.why END",
    "case_unit_id": "CASE WHEN c.assigned_on > :day THEN NULL ELSE k.case_unit_id END",
}
BEGUN = "k.start_on <= :day AND (k.kind <> 'duty' OR c.accepted_on <= :day)"  # duty counts from the receipt
CAN_BE_READ = "c.received_on <= :day AND (c.overwritten_on IS NULL OR c.overwritten_on <= :day)"


def stood(columns: str, then: dict[str, str], table: str) -> str:
    names = columns.replace(" ", "").split(",")
    return ", ".join(f"{then[name]} AS {name}" if name in then else f"{table}.{name}" for name in names)


HEARD_LATER = (
    "SELECT h.case_id FROM events h JOIN main.cases o ON o.id = h.case_id "
    "WHERE h.kind = 'hearing' AND o.overwritten_on > :day"
)
OF_BATCHES = "SELECT case_id FROM backlog UNION SELECT id FROM cases WHERE repeat_of IN (SELECT case_id FROM backlog)"


class Source(NamedTuple):
    """Tables to count from; the cases in `without` (a table of ids) stand in another source."""

    cases: str
    clocks: str
    backlog: str
    without: str = ""


def whole(sources: Sequence[Source]) -> Source:
    """The sources as one, for a query that is run once."""
    first = sources[0]
    if len(sources) == 1:
        return first
    ids = {"cases": "id", "clocks": "case_id", "backlog": "case_id"}
    return Source(
        *(
            f"(SELECT * FROM {old} WHERE {ids[table]} NOT IN (SELECT id FROM {first.without}) UNION ALL SELECT * FROM {new} n)"
            for table, old, new in zip(TABLES, first, sources[1], strict=False)
        )
    )


def filled(sql: str, source: Source, sources: Sequence[Source]) -> str:
    """A query over the tables of one source; {repeats} stands for those of all."""
    for table, name in zip(TABLES, source, strict=False):
        sql = sql.replace(f"{{{table}}}", name)
    if "{repeats}" in sql:
        columns = "SELECT repeat_of, received_on, excluded FROM"
        parts = [
            f"{columns} {one.cases} n" + (f" WHERE id NOT IN (SELECT id FROM {one.without})" if one.without else "")
            for one in sources
        ]
        sql = sql.replace("{repeats}", f"({' UNION ALL '.join(parts)})" if len(parts) > 1 else sources[0].cases)
    return sql


class AsOf:
    """The tables as of a day; with `known_until`, as the events up to that one had it.

    `upto`: no case received after that day will be counted, save as another's repeat. `batches_only`: nothing but the
    backlog will be. One at a time on a connection under one `name`: the cases that moved since stand in temporary tables.
    """

    def __init__(
        self,
        book: Book,
        as_of: date,
        known_until: int | None = None,
        *,
        upto: date | None = None,
        batches_only: bool = False,
        name: str = "then",
    ) -> None:
        self.book, self.as_of, self.known_until, self.name = book, as_of, known_until, name
        self.conn = conn = book.conn
        self._told: Sequence[Told] | None = None
        self._ended: AsOf | None = None
        self._has_excluded: bool | None = None
        self.folded = 0  # how many cases had to be told by their events
        self.sources = [Source(*TABLES)]
        code: Code | None = None
        # Of a hearing that is set ahead only the days held by then are not counted: it moves its case like a later event.
        moved = f"SELECT id, case_no, received_on FROM cases WHERE (last_on > :day OR id IN ({HEARD_LATER}))"
        if batches_only:
            moved += f" AND id IN ({OF_BATCHES})"
        elif upto is not None:
            moved += " AND (received_on <= :upto OR received_on <= :latest AND repeat_of IS NOT NULL)"
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
        asked: dict[str, Any] = {"day": as_of.isoformat(), "event": known_until}
        asked["upto"] = upto.isoformat() if upto else None
        asked["latest"] = max(upto, as_of).isoformat() if upto else None
        if conn.execute(f"SELECT 1 FROM ({moved}) m LIMIT 1", asked).fetchone() is None:
            return
        ids = f"temp.{name}_moved"
        conn.execute(f"DROP TABLE IF EXISTS {ids}")
        conn.execute(f"CREATE TEMP TABLE {name}_moved (id INTEGER PRIMARY KEY, case_no TEXT, received_on TEXT)")
        if known_until is not None:  # a case that two of them name: by the earlier day
            moved = f"SELECT id, case_no, min(received_on) FROM ({moved}) m GROUP BY id, case_no"
        conn.execute(f"INSERT INTO {ids} {moved}", asked)
        read_back = known_until is None and book.code.is_one()
        fold_of = (
            f"FROM {ids} m CROSS JOIN main.cases c ON c.id = m.id WHERE m.received_on <= :day AND NOT ({CAN_BE_READ})"
        )
        if not read_back:
            fold_of = f"FROM {ids} m WHERE m.received_on <= :day"
        known = conn.execute(f"SELECT m.id, m.case_no {fold_of} ORDER BY m.id", asked).fetchall()
        self.folded = len(known)
        self._make_tables()
        if read_back:
            self._read_back(ids, asked)
        if known:
            self._fold((Told(case_id, number, self.events(case_id)) for case_id, number in known), code or book.code)
        self._index()
        self.sources = [Source(*TABLES, without=ids), self._own()]

    @classmethod
    def only(cls, book: Book, told: Sequence[Told], as_of: date, name: str = "then") -> AsOf:
        """Tables that hold these cases, told by these events, and no other."""
        tables = cls.__new__(cls)
        tables.book, tables.conn, tables.as_of, tables.known_until, tables.name = book, book.conn, as_of, None, name
        tables._told, tables._ended, tables._has_excluded = told, None, None
        tables._make_tables()
        tables._fold(told, book.code)
        tables._index()
        tables.sources = [tables._own()]
        return tables

    def ended(self, last: date) -> AsOf:
        """The same as of the end of a period, for the backlog: nothing in a report is later than its period."""
        if last >= self.as_of:
            return self
        if self._ended is None or self._ended.as_of != last:
            if self._told is not None:
                self._ended = AsOf.only(self.book, self._told, last, "ended")
            else:
                self._ended = AsOf(self.book, last, self.known_until, batches_only=True, name="ended")
        return self._ended

    def events(self, case_id: int) -> Sequence[Event]:
        """The events of a case that are known here."""
        if self._told is not None:
            return next((one.events for one in self._told if one.case_id == case_id), ())
        events = self.book.events.of(case_id)
        if self.known_until is not None:
            events = [event for event in events if event.id <= self.known_until]
        return events

    def _own(self) -> Source:
        return Source(*(f"temp.{self.name}_{table}" for table in TABLES))

    def _make_tables(self) -> None:
        for table, mine in zip(TABLES, self._own(), strict=False):
            self.conn.execute(f"DROP TABLE IF EXISTS {mine}")
            self.conn.execute(f"CREATE TEMP TABLE {self.name}_{table} AS SELECT * FROM main.{table} LIMIT 0")

    def _read_back(self, ids: str, asked: dict[str, Any]) -> None:
        """Put in what the rows tell of the day: a fact on a later day had not come about yet."""
        own = self._own()
        source = f"FROM {ids} m CROSS JOIN main.cases c ON c.id = m.id"
        cases, clocks = stood(COLUMNS, THEN_CASE, "c"), stood(CLOCK_COLUMNS, THEN_CLOCK, "k")
        for sql in (
            f"INSERT INTO {own.cases} SELECT {cases} {source} WHERE {CAN_BE_READ}",
            f"INSERT INTO {own.clocks} SELECT {clocks} {source} CROSS JOIN main.clocks k ON k.case_id = c.id "
            f"WHERE {CAN_BE_READ} AND {BEGUN}",
            f"INSERT INTO {own.backlog} SELECT b.* {source} CROSS JOIN main.backlog b ON b.case_id = c.id "
            f"WHERE {CAN_BE_READ}",
        ):
            self.conn.execute(sql, asked)

    def _fold(self, told: Iterable[Told], code: Code) -> None:
        from xinfang_cli.book.projection import CaseRows
        from xinfang_cli.law.fold import fold

        self.book.code  # noqa: B018  (loads the merged units)
        conn, own = self.conn, self._own()
        made: dict[str, list[tuple[Any, ...]]] = {mine: [] for mine in own[:3]}
        for one in told:
            case = fold(one.events, code, until=self.as_of)
            if case is not None:
                rows = CaseRows(one.case_id, one.case_no, case, self.book.canonical)
                made[own.cases].append(rows.case)
                made[own.clocks] += rows.clocks
                made[own.backlog] += rows.backlog
        for mine, many in made.items():
            if many:
                conn.executemany(f"INSERT INTO {mine} VALUES ({','.join('?' * len(many[0]))})", many)

    def _index(self) -> None:
        conn = self.conn
        conn.execute(f"CREATE INDEX temp.{self.name}_repeat ON {self.name}_cases(repeat_of)")
        conn.execute(f"CREATE UNIQUE INDEX temp.{self.name}_id ON {self.name}_cases(id)")
        conn.execute(f"CREATE INDEX temp.{self.name}_clock ON {self.name}_clocks(case_id)")

    @property
    def has_excluded(self) -> bool:
        """Whether any case is excluded: mostly none is, and nothing has to be counted twice."""
        if self._has_excluded is None:
            self._has_excluded = any(
                self.conn.execute(f"SELECT 1 FROM {source.cases} WHERE excluded = 1 LIMIT 1").fetchone()
                for source in self.sources
            )
        return self._has_excluded

    @property
    def has_unaccepted(self) -> bool:
        """Whether any case was closed without a recorded acceptance (缺受理): in most books none was."""
        return any(
            self.conn.execute(f"SELECT 1 FROM {source.clocks} k WHERE {WITHOUT_ACCEPTANCE_CLOCK} LIMIT 1").fetchone()
            for source in self.sources
        )

    @property
    def has_guesses(self) -> bool:
        """Whether any last day is a guess (约): mostly none is."""
        return any(
            self.conn.execute(f"SELECT 1 FROM {source.clocks} WHERE guessed = 1 LIMIT 1").fetchone()
            for source in self.sources
        )

    def count(self, sql: str, of: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query over each of the sources in turn: {cases}, {clocks} and {backlog} are its tables, {here} limits it
        to the cases (column `of`) that stand in them. A group can come in several parts."""
        found: list[tuple[Any, ...]] = []
        values = self._with_batches(sql, values)
        for source in self.sources:
            here = f"{of} NOT IN (SELECT id FROM {source.without})" if source.without else "true"
            found += self.conn.execute(filled(sql.replace("{here}", here), source, self.sources), values)
        return found

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Run one query in which {cases}, {clocks} and {backlog} stand for the whole tables as of the day."""
        return self.conn.execute(
            filled(sql, whole(self.sources), self.sources), self._with_batches(sql, values)
        ).fetchall()

    def _with_batches(self, sql: str, values: dict[str, Any]) -> dict[str, Any]:
        if ":recognising" not in sql and ":handed_later" not in sql:
            return values
        known = self.book.backlog.batches(known_until=self.known_until)
        later = [name for name, batch in known.items() if batch.handed_on and batch.handed_on > self.as_of]
        asking = [name for name, batch in known.items() if batch.recognise]
        return values | {"recognising": dumps(asking), "handed_later": dumps(later)}
