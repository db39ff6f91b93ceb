"""Predicates that queries and the conditions of indexes share word for word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from typing import TYPE_CHECKING, Any

from xinfang_cli.law.terms import CHANNEL_ALONE, WITHOUT_ACCEPTANCE

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book


def one_of(column: str, *words: str) -> str:
    """`column IN (words)` as an OR chain. For a list SQLite 3.40 builds a table of its own anew with every row, in the
    condition of an index as in a CHECK. A query that is to use the index repeats its condition word for word."""
    return either(column, [f"'{word}'" for word in words])


def either(column: str, literals: Iterable[str]) -> str:
    """A condition that the column is one of these SQL literals."""
    return "(" + " OR ".join(f"{column} = {literal}" for literal in literals) + ")"


def among(column: str, wanted: Sized) -> str:
    """`column IN (?, …)` with one mark per value; without values nothing matches."""
    return f"{column} IN ({','.join('?' * len(wanted))})" if wanted else "false"


def numbered(column: str, ids: Iterable[int]) -> str:
    """`column IN (1, …)`; where there are no ids, nothing is found."""
    listed = ",".join(str(int(id)) for id in ids)
    return f"{column} IN ({listed})" if listed else "false"


_WINDOWS = ("objection", "review_window", "recheck_window", "rating")


def window(k: str = "") -> str:
    """A window that is open: nothing stopped it; `k` is the table's name with a dot."""
    return f"{k}stop_on IS NULL AND {k}void = 0 AND " + one_of(f"{k}kind", *_WINDOWS)


def running(k: str = "") -> str:
    """A clock that runs and is no window."""
    return f"{k}stop_on IS NULL AND {k}void = 0 AND " + " AND ".join(f"{k}kind <> '{word}'" for word in _WINDOWS)


WITHOUT_ACCEPTANCE_CLOCK = f"k.why = '{WITHOUT_ACCEPTANCE}'"
"""The acceptance clock of a case that was closed without a recorded acceptance (缺受理); void where a sheet said nothing."""


def due_counted(k: str = "") -> str:
    """A clock that a rate counts by the day it is due."""
    return f"{k}counted = 1 AND " + one_of(f"{k}kind", "dispatch", "acceptance", "completion", "rating")


def stopped_counted(k: str = "") -> str:
    """A clock that a rate counts by the day it was stopped."""
    return f"{k}counted = 1 AND {k}stop_on IS NOT NULL AND " + one_of(
        f"{k}kind", "dispatch", "acceptance", "completion"
    )


def original(r: str, accusation: bool = False) -> str:
    """The join to the docket row of a case's original; an accusation as original stays hidden (art. 30)."""
    told = (
        "" if accusation else f" AND NOT EXISTS (SELECT 1 FROM cases a WHERE a.id = {r}.id AND a.kind = 'accusation')"
    )
    return f"LEFT JOIN docket {r} ON {r}.id = c.repeat_of{told}"


NOT_ACCUSATION = "c.kind <> 'accusation'"


def among_channels(wanted: Sequence[Any], accusation: bool) -> tuple[str, Sequence[Any]]:
    """Cases that came in one of these forms; an accusation by the group of its form alone (art. 30)."""
    shown = [*(form for form in wanted if form not in CHANNEL_ALONE)]
    shown += [form for form, group in CHANNEL_ALONE.items() if group in wanted]
    if accusation or sorted(shown) == sorted(wanted):
        return among("c.channel", wanted), wanted
    mine, theirs = among("c.channel", wanted), among("c.channel", shown)
    return f"({mine} AND {NOT_ACCUSATION} OR {theirs} AND NOT {NOT_ACCUSATION})", (*wanted, *shown)


OFFICE_STANDS = "id NOT IN (SELECT json_extract(body, '$.event') FROM events WHERE case_id IS NULL AND kind = 'revoke')"
"""Of an event of the office: nobody took it back."""


def not_accused(book: Book, units: Sequence[int]) -> list[tuple[str, Sequence[Any]]]:
    """An accusation is hidden from the lists of whom article 30 keeps it from."""
    return _but(book.cases.hidden_from(units))


def not_accused_leader(book: Book, name: str) -> list[tuple[str, Sequence[Any]]]:
    """The same of the list of a leader in charge."""
    return _but(book.cases.hidden_from_leader(name))


def _but(hidden: set[int]) -> list[tuple[str, Sequence[Any]]]:
    return [(f"NOT {numbered('c.id', sorted(hidden))}", ())] if hidden else []
