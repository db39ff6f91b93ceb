"""Questions to `book.counts` and the rows of their answers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from xinfang_cli.book.as_of import Tables
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.figures.definitions import DEFINITIONS, VOLUMES, Breakdown, Definition, Key, Rate, Value

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted

Rates = dict[Key, dict[str, Rate]]
NO_VOLUMES = dict.fromkeys(VOLUMES, 0)


class Counting(NamedTuple):
    """A question about figures: the period (both days counted), the as-of day, the basis, the filters.

    `only` holds (dimension, value) pairs, a unit by its id; None stands for an empty field.
    """

    first: date
    last: date
    as_of: date
    basis: str = "due"
    first_only: bool = False
    by: tuple[str, ...] = ()
    only: tuple[tuple[str, Value], ...] = ()
    more: tuple[str, ...] = ()  # the optional figures that the office counts

    def values(self) -> dict[str, Value]:
        """The parameters of every query that counts."""
        days = {"p": self.first.isoformat(), "q": self.last.isoformat(), "a": self.as_of.isoformat()}
        return {**days, **{f"only{place}": value for place, (_, value) in enumerate(self.only)}}

    @property
    def definitions(self) -> list[Definition]:
        """The figures that are counted."""
        return [row for row in DEFINITIONS.values() if not row.optional or row.key in self.more]


class CountedCase(NamedTuple):
    """A case behind a number: its part of the figure, and the days of its clock if clocks are counted."""

    case_id: int
    case_no: str
    title: Redacted
    unit: str | None
    kind: str
    stage: str
    received_on: str
    headcount: int
    closed_on: str | None
    lead: str | None
    unit_rating: str | None
    bureau_rating: str | None
    part: str
    start: str | None
    due_on: str | None
    stop_on: str | None
    unit_id: int | None
    complained_unit_id: int | None
    resolved_on: str | None
    guessed: bool


class OpenClock(NamedTuple):
    """A clock that ran out and has not stopped."""

    case_id: int
    case_no: str
    title: Redacted
    kind: str
    lead: str | None
    unit: str | None
    clock: str
    due_on: str
    unit_id: int | None
    excluded: bool
    guessed: bool


class Volumes(NamedTuple):
    """Counts of the cases received in a period, in all and by group."""

    total: dict[str, int]
    breakdown: Breakdown
    rows: dict[Key, dict[str, int]]
    excluded: int


class Summed(NamedTuple):
    """An office's figures in all as its superior may see them; `kinds`: the cases received by purpose, None where it is
    not told (art. 30)."""

    rates: dict[str, Rate]
    volumes: dict[str, int]
    excluded: int
    kinds: dict[str, int | None]
    guesses: dict[str, int]


def as_counted(tables: Tables, asked: Counting, key: str) -> tuple[Tables, Counting]:
    """The tables and the as-of day of a figure: for the backlog of a past period, the end of that period."""
    if key in DEFINITIONS and DEFINITIONS[key].population.of == "batch":
        return tables.ended(asked.last), asked._replace(as_of=min(asked.as_of, asked.last))
    return tables, asked
