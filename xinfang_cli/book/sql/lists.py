"""The lists of cases and clocks: each one indexed query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from xinfang_cli.book.lines import CaseLine, DeadlineLine, OutsideCase, OutsideLine, closed
from xinfang_cli.book.part import Part
from xinfang_cli.book.sql.filters import RUNNING, where
from xinfang_cli.book.sql.predicates import among, not_accused, original, window
from xinfang_cli.law import terms
from xinfang_cli.law.conditions import CLOSED, ListFilter
from xinfang_cli.law.terms import CHANNEL_ALONE, GROUP_VISIT, VISITS, Vocabulary

_GUESSED = """EXISTS (SELECT 1 FROM clocks g WHERE g.guessed = 1 AND g.case_id = c.id AND g.kind = c.next_clock AND g.due_on = c.next_due_on)"""
_SHOWN = f"""c.case_no, c.external_no, c.title, c.stage, c.channel, c.kind, c.topic, c.region, c.received_on, u.name,
c.repeat, r.case_no, c.headcount, c.priority, c.assigned_on, c.accepted_on, c.closed_on, c.outcome, c.next_clock,
c.next_due_on, c.lead, c.excluded, c.returned_times, c.supervised,
{_GUESSED}"""


def _from(accusation: bool) -> str:
    return f"FROM cases c LEFT JOIN units u ON u.id = c.unit_id {original('r', accusation)}"


def case_line(row: tuple[Any, ...], today: date, accusation: bool = False) -> CaseLine:
    """A row of _SHOWN as a case in a list; of an accusation what is closed only with `accusation` (art. 30)."""
    due = row[19]
    left = None if due is None else (date.fromisoformat(due) - today).days
    group_visit = row[4] in VISITS and row[12] >= GROUP_VISIT
    flags = (bool(row[21]), row[22], bool(row[23]), bool(row[24]))
    line = CaseLine._make((*row[:10], not row[10], *row[11:13], group_visit, *row[13:20], left, row[20], *flags))
    return line if accusation else closed(line)


def _place(column: str, vocabulary: Vocabulary) -> str:
    """The order of a word in its vocabulary: stages follow the work, not their English names."""
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
    "guessed": _GUESSED,
}


def _order(key: str, accusation: bool) -> str:
    """The ORDER BY of a list; closed columns of an accusation do not affect its place."""
    said = ORDERS[key]
    if not accusation and key == "channel":
        alone = " ".join(f"WHEN '{form}' THEN '{group}'" for form, group in CHANNEL_ALONE.items())
        shown = f"CASE WHEN c.kind = 'accusation' THEN CASE c.channel {alone} ELSE c.channel END ELSE c.channel END"
        return _place(f"({shown})", terms.CHANNEL)
    return said if accusation or key not in CLOSED else f"CASE WHEN c.kind <> 'accusation' THEN {said} END"


_WINDOW = window("k.")


def _of_clocks(kinds: Sequence[str] | None, owners: Sequence[str] | None, values: list[Any]) -> str:
    """The condition for these kinds and owners; its values are appended to `values`."""
    clause = ""
    for column, wanted in (("k.kind", kinds), ("k.owner", owners)):
        if wanted is not None:
            clause += f" AND {among(column, wanted)}"
            values += wanted
    return clause


class Lists(Part):
    """Cases and deadlines by a filter, as lines of a list."""

    by_index = True
    """False while the rows of a past day stand in for the kept ones (as_of): these have no index."""

    def as_of(
        self, today: date, *, chosen: ListFilter | None = None, windows: bool = False, case_id: int | None = None
    ) -> AbstractContextManager[int]:
        """While it lasts the lists are as that day stood (book.sql.then)."""
        from xinfang_cli.book.sql.then import as_of

        return as_of(self.book, today, chosen=chosen, windows=windows, case_id=case_id)

    def moved_after(self, day: date) -> bool:
        """Whether anything is recorded of any case after that day."""
        sql = "SELECT 1 FROM cases WHERE last_on > ?1 OR received_on > ?1 LIMIT 1"
        return self.conn.execute(sql, (day.isoformat(),)).fetchone() is not None

    def one(self, case_id: int, today: date, accusation: bool = False) -> CaseLine:
        """The line of one case, which must be there."""
        sql = f"SELECT {_SHOWN} {_from(accusation)} WHERE c.id = ?"
        row = self.conn.execute(sql, (case_id,)).fetchone()
        if self.by_index and row[3] == "in_recheck":  # a hearing may still be ahead
            with self.as_of(today, case_id=case_id):
                row = self.conn.execute(sql, (case_id,)).fetchone() or row
        return case_line(row, today, accusation)

    def listed(
        self,
        chosen: ListFilter,
        today: date,
        limit: int = 0,
        order: Sequence[tuple[str, bool]] = (),
    ) -> list[CaseLine]:
        """Cases, newest first, or in the `order` of (key of ORDERS, descending), what is empty last."""
        return [case for _, case in self.matching(chosen, today, limit, order)]

    def matching(
        self,
        chosen: ListFilter,
        today: date,
        limit: int = 0,
        order: Sequence[tuple[str, bool]] = (),
    ) -> list[tuple[int, CaseLine]]:
        """`listed`, each case with its id."""
        clause, values = where(self.book, chosen._replace(match=""))
        source, newest = _from(chosen.accusation), "c.received_on DESC, c.id DESC"
        if chosen.match:
            # The index may hand its rows out newest first by itself; the case is then one step away.
            cases, matches, newest = self.book.search.NEWEST_FIRST
            source = source.replace("FROM cases c", cases)
            clause = (clause + " AND " if clause else " WHERE ") + matches
            values.append(chosen.match)
        placed = [(_order(key, chosen.accusation), down) for key, down in order]
        keys = [f"{said} IS NULL, {said}{' DESC' if down else ''}" for said, down in placed]
        sql = f"SELECT {_SHOWN}, c.id {source}{clause} ORDER BY {', '.join([*keys, newest])}"
        rows = self.conn.execute(sql + (f" LIMIT {int(limit)}" if limit else ""), values)
        return [(row[25], case_line(row, today, chosen.accusation)) for row in rows]

    def ids(self, chosen: ListFilter) -> list[int]:
        """The cases that `listed` would give, by their ids."""
        clause, values = where(self.book, chosen)
        return [row[0] for row in self.conn.execute(f"SELECT c.id FROM cases c{clause} ORDER BY c.id", values)]

    def names_somebody(self, words: Iterable[str]) -> bool:
        """Whether one of these words is a petitioner's name, ID number or phone (its last four digits too)."""
        from xinfang_cli.law.texts import phone_meant

        sql = "SELECT 1 FROM people WHERE name = ?1 OR id_no = ?1 LIMIT 1"
        by_phone = f"SELECT 1 FROM people WHERE case_id IN ({self.book.search.MATCHING}) LIMIT 1"
        return any(
            self.conn.execute(by_phone, (self.book.search.phone_query(phone),)).fetchone() is not None
            if (phone := phone_meant(word))
            else self.conn.execute(sql, (word.upper() if word.isascii() else word,)).fetchone() is not None
            for word in words
        )

    def how_many(self, chosen: ListFilter) -> int:
        """The number of cases that `listed` would give."""
        clause, values = where(self.book, chosen)
        return int(self.conn.execute(f"SELECT count(*) FROM cases c{clause}", values).fetchone()[0])

    def clocks_due(
        self,
        today: date,
        *,
        within: int | None = None,
        chosen: ListFilter | None = None,
        kinds: Sequence[str] | None = None,
        owners: Sequence[str] | None = None,
        windows: bool = False,
        limit: int = 0,
    ) -> list[DeadlineLine]:
        """The unfinished clocks past due (`within` None), or those with today ≤ due ≤ today + within; nearest first."""
        clause, values = self._of_units(chosen or ListFilter())
        clause += (" AND " if clause else " WHERE ") + (_WINDOW if windows else RUNNING)
        if within is None:
            clause += " AND k.due_on < ?"
            values.append(today.isoformat())
        else:
            clause += " AND k.due_on BETWEEN ? AND ?"
            values += [today.isoformat(), (today + timedelta(days=within)).isoformat()]
        clause += _of_clocks(kinds, owners, values)
        sql = f"""SELECT c.case_no, c.title, coalesce(ku.name, u.name), k.kind, k.start_on, k.due_on, c.stage, c.lead, k.guessed,
k.owner, c.kind, c.id, coalesce(k.unit_id, c.unit_id), k.base_due_on, c.complained_unit_id
FROM clocks k {"INDEXED BY clocks_running " if self.by_index and not windows else ""}JOIN cases c ON c.id = k.case_id
LEFT JOIN units ku ON ku.id = k.unit_id LEFT JOIN units u ON u.id = c.unit_id
{clause} ORDER BY k.due_on, c.case_no{f" LIMIT {int(limit)}" if limit else ""}"""
        lines = (
            DeadlineLine._make((*row[:6], (date.fromisoformat(row[5]) - today).days, *row[6:8], bool(row[8]), *row[9:]))
            for row in self.conn.execute(sql, values)
        )
        return list(lines) if chosen is not None and chosen.accusation else list(map(closed, lines))

    def _of_units(self, chosen: ListFilter) -> tuple[str, list[Any]]:
        """The WHERE of a filter over clocks: a clock is its own unit's, and an accusation no accused unit's."""
        if chosen.units is None:
            return where(self.book, chosen)
        clause, values = where(self.book, chosen._replace(units=None))
        said = [among("k.unit_id", chosen.units), *(one for one, _ in not_accused(self.book, chosen.units))]
        clause += (" AND " if clause else " WHERE ") + " AND ".join(said)
        return clause, [*values, *chosen.units]

    def outside_days(
        self,
        *,
        chosen: ListFilter | None = None,
        kinds: Sequence[str] | None = None,
        owners: Sequence[str] | None = None,
        limit: int = 0,
    ) -> list[OutsideLine]:
        """Counted clocks with a different due day in another system, by case number."""
        clause, values = self._of_units(chosen or ListFilter())
        clause += " AND " if clause else " WHERE "
        clause += "k.outside_due IS NOT NULL AND k.outside_due != k.due_on AND k.void = 0"
        clause += _of_clocks(kinds, owners, values)
        sql = f"""SELECT c.id, k.n, c.case_no, c.title, coalesce(ku.name, u.name), k.kind, k.start_on, k.due_on,
k.outside_due, c.stage, c.lead, k.owner, c.kind FROM clocks k INDEXED BY clocks_outside JOIN cases c ON c.id = k.case_id
LEFT JOIN units ku ON ku.id = k.unit_id LEFT JOIN units u ON u.id = c.unit_id
{clause} ORDER BY c.case_no, k.n{f" LIMIT {int(limit)}" if limit else ""}"""
        return [closed(OutsideLine._make(row)) for row in self.conn.execute(sql, values)]

    def outside_kept(self, chosen: ListFilter | None = None) -> int:
        """The clocks for which another system has a day, void ones too."""
        clause, values = self._of_units(chosen or ListFilter())
        sql = f"""SELECT count(*) FROM clocks k INDEXED BY clocks_outside JOIN cases c ON c.id = k.case_id
{clause}{" AND " if clause else " WHERE "}k.outside_due IS NOT NULL"""
        return int(self.conn.execute(sql, values).fetchone()[0])

    def outside_without_clock(self, chosen: ListFilter | None = None) -> list[OutsideCase]:
        """The cases of which another system has more days than we have clocks for, by case number."""
        clause, values = where(self.book, chosen or ListFilter())
        sql = f"""SELECT c.id, c.case_no, c.title, u.name, c.stage, c.lead, c.kind FROM cases c LEFT JOIN units u ON u.id = c.unit_id
JOIN (SELECT case_id, max(CASE WHEN instr(body, '"outside_completion_due"') > 0 THEN 1 ELSE 0 END)
 + max(CASE WHEN instr(body, '"outside_acceptance_due"') > 0 THEN 1 ELSE 0 END) AS said
FROM events WHERE kind IN ('register', 'edit', 'correct') AND instr(body, '"outside_') > 0 GROUP BY case_id) e ON e.case_id = c.id
{clause}{" AND " if clause else " WHERE "}e.said > (SELECT count(*) FROM clocks k WHERE k.case_id = c.id AND k.outside_due IS NOT NULL)
ORDER BY c.case_no"""
        return [closed(OutsideCase._make(row)) for row in self.conn.execute(sql, values)]

    def desk(self, today: date, sunday: date) -> dict[str, int]:
        """The counts of the morning: open cases by stage, clocks due this week and overdue, supervised cases."""
        stages = dict(
            self.conn.execute(
                f"SELECT stage, count(*) FROM cases {'INDEXED BY cases_stage ' if self.by_index else ''}WHERE closed_on IS NULL AND stage IN "
                "('registered','assigned','accepted','reported','objected') GROUP BY stage"
            ).fetchall()
        )
        overdue, due = self.conn.execute(
            f"SELECT count(*) FILTER (WHERE k.due_on < ?), count(*) FILTER (WHERE k.due_on >= ?) "
            f"FROM clocks k WHERE {RUNNING} AND k.due_on <= ?",
            (today.isoformat(), today.isoformat(), sunday.isoformat()),
        ).fetchone()
        supervised = self.conn.execute("SELECT count(*) FROM cases WHERE supervised = 1").fetchone()[0]
        return {
            "to_assign": stages.get("registered", 0),
            "to_accept": stages.get("assigned", 0),
            "in_hand": stages.get("accepted", 0),
            "to_check": stages.get("reported", 0) + stages.get("objected", 0),
            "due_this_week": due,
            "overdue": overdue,
            "supervised": supervised,
        }
