"""An office's figures as its superior may count them: the statements of its own figures, of which only sums come out.

A server runs them for him (book.postgres.city); here is their text, and what their rows add up to: `counts` is asked for
the figures twice, first to hear what it would send, then with what the server answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from xinfang_cli.book.counting import Counting, Summed
from xinfang_cli.book.sql.asof import (
    BEGUN,
    CAN_BE_READ,
    HEARD_LATER,
    OF_BATCHES,
    TABLES,
    THEN_CASE,
    THEN_CLOCK,
    Source,
    filled,
    stood,
    whole,
)
from xinfang_cli.book.sql.cases import CLOCK_COLUMNS, COLUMNS
from xinfang_cli.book.sql.counts import guesses_of, rates_of, volumes_of
from xinfang_cli.book.sql.figure_predicates import DAYS
from xinfang_cli.book.sql.filters import RUNNING
from xinfang_cli.book.sql.predicates import OFFICE_STANDS, WITHOUT_ACCEPTANCE_CLOCK
from xinfang_cli.law.naming import FEW

Row = tuple[Any, ...]
Ask = Callable[[str, frozenset[str]], Sequence[Row]]
"""Hears a statement, and what of the office (`SELDOM`, moved, moved_ended) there must be for it to find anything."""

# Names of values: p and q, the period; a, the day; ended, the end of the period or the day before it; moved and
# moved_ended, the ids of the cases that moved after a and (of batches) after ended; recognising, handed_later as in counts.
MOVED = f"SELECT id FROM cases WHERE last_on > :day UNION {HEARD_LATER}"
"""The cases that stood otherwise on a day."""
MOVED_OF_BATCHES = f"SELECT id FROM ({MOVED}) m WHERE id IN ({OF_BATCHES})"
_LATER = (
    "('exclude', 'include', 'link', 'revoke', 'correct')",
    "(e.kind = 'recognise' AND json_extract(e.body, '$.returned') IS NOT NULL OR e.kind = 'resolve' AND "
    "json_extract(e.body, '$.again') IS NOT NULL)",
)
UNSETTLED = (
    f"SELECT count(*) FROM cases c WHERE c.id IN (SELECT id FROM unnest(:moved) AS m(id)) AND c.received_on <= :a AND NOT "
    f"({CAN_BE_READ.replace(':day', ':a')})"
)
"""How many cases stood on the day as only their events tell."""
ANY_CASE = "SELECT CASE WHEN EXISTS (SELECT 1 FROM cases) THEN 1 ELSE 0 END"
"""Whether the book has a case."""
UNSETTLED_OF_BATCHES = (
    "SELECT count(*) FROM cases c WHERE c.id IN (SELECT id FROM unnest(:moved_ended) AS m(id)) AND c.received_on <= :ended "
    f"AND EXISTS (SELECT 1 FROM events e WHERE e.case_id = c.id AND e.on_day > :ended AND (e.kind IN {_LATER[0]} OR {_LATER[1]}))"
)
"""The same of the backlog at the end of the period."""
_BATCHES = f"SELECT id, body FROM events WHERE case_id IS NULL AND kind = 'batch' AND {OFFICE_STANDS}"
HANDED_LATER = (
    "SELECT name FROM (SELECT DISTINCT ON (json_extract(body, '$.batch')) json_extract(body, '$.batch') AS name, "
    f"json_extract(body, '$.handed_on') AS handed_on FROM ({_BATCHES}) b "
    "WHERE json_extract(body, '$.handed_on') IS NOT NULL ORDER BY 1, id DESC) l WHERE handed_on > CAST(:ended AS TEXT)"
)
"""The batches that were handed down after the day."""
RECOGNISING = (
    "SELECT name FROM (SELECT DISTINCT ON (json_extract(body, '$.batch')) json_extract(body, '$.batch') AS name, "
    f"json_extract(body, '$.recognise') AS recognise FROM ({_BATCHES}) b "
    "WHERE json_extract(body, '$.recognise') IS NOT NULL ORDER BY 1, id DESC) l WHERE recognise = 'true'"
)
"""The batches whose resolutions the superior must recognise."""
BOOK_FROM = (
    "SELECT json_extract(body, '$.value') FROM events WHERE case_id IS NULL AND kind = 'setting' AND "
    f"json_extract(body, '$.key') = 'book_from' AND {OFFICE_STANDS} ORDER BY id DESC LIMIT 1"
)
"""From which day the office says that its book is complete."""
FIRST_OF_RUN = (
    "WITH RECURSIVE m(month) AS (SELECT CAST(date_trunc('month', max(received_on)) AS date) FROM cases WHERE received_on <= :a "
    "UNION ALL SELECT CAST(m.month - interval '1 month' AS date) FROM m WHERE EXISTS (SELECT 1 FROM cases WHERE received_on "
    ">= CAST(m.month - interval '1 month' AS date) AND received_on < m.month)) "
    "SELECT min(received_on) FROM cases WHERE received_on >= (SELECT min(month) FROM m)"
)
"""Without that: the first received day from which on every month up to the last has cases."""
OVERDUE = (
    "SELECT k.kind, count(*), count(*) FILTER (WHERE k.due_on < :long) FROM {clocks} k JOIN {cases} c ON c.id = k.case_id "
    f"WHERE {RUNNING} AND k.due_on < :a GROUP BY k.kind ORDER BY k.kind"
)
"""The clocks past due, of each kind how many, and how many for more than thirty days."""
SEALED = (
    "SELECT on_day, json_extract(body, '$.as_of'), json_extract(body, '$.cells.now.合计') FROM events WHERE case_id IS NULL "
    "AND kind = 'publish' AND json_extract(body, '$.kind') = :kind AND json_extract(body, '$.first') = CAST(:p AS TEXT) AND "
    f"json_extract(body, '$.last') = CAST(:q AS TEXT) AND {OFFICE_STANDS} ORDER BY id DESC LIMIT 1"
)
"""What the office published of the period in all: on which day, as of which, the numbers."""


_THEN_CASE = THEN_CASE | {"next_due_on": "CAST(NULL AS date)"}


SELDOM = {
    "excluded": ("c.excluded = 1", "EXISTS (SELECT 1 FROM cases WHERE excluded = 1)"),
    "guessed": ("k.guessed = 1", "EXISTS (SELECT 1 FROM clocks WHERE guessed = 1)"),
    "unaccepted": (WITHOUT_ACCEPTANCE_CLOCK, f"EXISTS (SELECT 1 FROM clocks k WHERE {WITHOUT_ACCEPTANCE_CLOCK})"),
}
"""In most offices there is none of it: a word of the statements that count it, and how it is asked whether there is any."""


class Sums:
    """Tables (book.as_of) of which another runs the statements: `ask` hears each of them and gives its rows."""

    as_of = date.max
    folded = 0
    has_excluded = True
    has_guesses = True
    has_unaccepted = True

    def __init__(self, ask: Ask, ended: bool = False) -> None:
        self._ask = ask
        self._is_ended = ended
        moved = "SELECT id FROM unnest(:moved) AS m(id)"
        of = f"FROM cases c WHERE c.id IN ({moved}) AND c.received_on <= :day"
        clocks = f"FROM cases c JOIN clocks k ON k.case_id = c.id WHERE c.id IN ({moved}) AND c.received_on <= :day"
        backlog = f"FROM cases c JOIN backlog b ON b.case_id = c.id WHERE c.id IN ({moved}) AND c.received_on <= :day"
        self.sources = [
            Source(*TABLES, without="unnest(:moved) AS m(id)"),
            Source(
                f"(SELECT {stood(COLUMNS, _THEN_CASE, 'c')} {of})",
                f"(SELECT {stood(CLOCK_COLUMNS, THEN_CLOCK, 'k')} {clocks} AND {BEGUN})",
                f"(SELECT b.case_id, b.batch, b.unit_id, b.joined_on, CASE WHEN b.resolved_on <= :day THEN b.resolved_on END "
                f"AS resolved_on, CASE WHEN b.recognised_on <= :day THEN b.recognised_on END AS recognised_on {backlog})",
            ),
        ]

    def ended(self, last: date) -> Sums:
        """The same as of the end of the period, for the backlog."""
        return Sums(self._ask, ended=True)

    def events(self, case_id: int) -> Sequence[Any]:
        """None: nobody above an office reads them."""
        return ()

    def count(self, sql: str, of: str, values: dict[str, Any]) -> list[Row]:
        """The rows over each of the sources in turn."""
        found: list[Row] = []
        seldom = {name for name, (word, _) in SELDOM.items() if word in sql}
        for source in self.sources:
            here = f"{of} NOT IN (SELECT id FROM {source.without})" if source.without else "true"
            needs = seldom if source.without else seldom | {"moved_ended" if self._is_ended else "moved"}
            said = self._named(filled(sql.replace("{here}", here), source, self.sources))
            found += self._ask(said, frozenset(needs))
        return found

    def rows(self, sql: str, values: dict[str, Any]) -> list[Row]:
        """The rows over the sources as one."""
        return list(self._ask(self._named(filled(sql, whole(self.sources), self.sources)), frozenset()))

    def _named(self, sql: str) -> str:
        """A statement with the names of this function's values."""
        if not self._is_ended:
            return re.sub(r":day\b", ":a", sql)
        return re.sub(r":moved\b", ":moved_ended", re.sub(r":(?:day|a)\b", ":ended", sql))


_KINDS = (
    f"WITH k AS (SELECT c.kind, count(*) AS n FROM {{cases}} c WHERE {DAYS['received']} AND c.excluded = 0 GROUP BY c.kind) "
    f"SELECT k.kind, CASE WHEN EXISTS (SELECT 1 FROM k f WHERE f.kind = 'accusation' AND f.n < {FEW}) AND (k.kind = "
    "'accusation' OR k.kind = (SELECT o.kind FROM k o WHERE o.kind <> 'accusation' ORDER BY o.n, o.kind LIMIT 1)) "
    "THEN NULL ELSE k.n END FROM k ORDER BY k.kind"
)
"""The cases received by purpose. Where accusations are few they are not counted out, nor is the smallest other purpose:
what the others leave of the whole would be they (as in bulletins)."""


def summed(asked: Counting, ask: Ask) -> Summed:
    """An office's figures of a period, its statements asked in their order."""
    tables = Sums(ask)
    found = rates_of(tables, asked)
    total, _, excluded = volumes_of(tables, asked)
    kinds = {str(kind): None if number is None else int(number) for kind, number in tables.rows(_KINDS, asked.values())}
    return Summed(found.get((), {}), total, excluded, kinds, guesses_of(tables, asked))


def overdue(ask: Ask) -> dict[str, tuple[int, int]]:
    """Clock → how many ran out and are open, and how many of them for more than thirty days."""
    return {str(kind): (int(n), int(long)) for kind, n, long in Sums(ask).rows(OVERDUE, {})}
