"""The typed records that rooms hand each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli.frozen import NamedTuple


class Unit(NamedTuple):
    """A unit as the book knows it; `order` is the office's own order, within its group."""

    id: int
    name: str
    short: str | None
    code: str | None
    group: str
    order: int
    initials: str
    aliases: tuple[str, ...] = ()
    parent: int | None = None
    leaders: tuple[str, ...] = ()
    role: str = "ordinary"

    def names(self) -> tuple[str, ...]:
        """Everything it is called."""
        return tuple(word for word in (self.name, self.short, self.code, *self.aliases) if word)


EXTRA = "extra:"
"""Before the heading of another office's column: what a condition, or a column of a list, is about."""


class Term(NamedTuple):
    """One condition of `list --where`: a field of intake.where, `:` or a comparison, the values (None: empty)."""

    field: str
    op: str
    values: tuple[Any, ...]
    negated: bool = False


class ListFilter(NamedTuple):
    """What `list`, `search`, `overdue` and `due` can be narrowed by; None: not asked."""

    stage: tuple[str, ...] | None = None
    units: tuple[int, ...] | None = None
    channel: tuple[str, ...] | None = None
    kind: tuple[str, ...] | None = None
    topic: str | None = None
    region: str | None = None
    lead: str | None = None
    received_from: date | None = None
    received_to: date | None = None
    overdue_on: date | None = None
    first_only: bool = False
    batch: str | None = None
    tag: str | None = None
    returned_at_least: int | None = None
    terms: tuple[Term, ...] = ()
    ids: tuple[int, ...] | None = None
    match: str = ""
    """What must stand in the texts, as the text index is asked (book.search.query)."""


class ExportTable(NamedTuple):
    """One table that leaves the book: its rows by key, read while they are written, and its columns (key, heading);
    without columns the output has its own."""

    name: str
    rows: Iterable[Mapping[str, Any]]
    columns: tuple[tuple[str, str], ...] = ()
    more: tuple[tuple[str, str], ...] = ()
    """Columns (key, heading) after those that the output has."""


class Profile(NamedTuple):
    """How an office's sheets of one kind are read: every heading of the sheet it was learnt from, heading → field, and
    what was said of their words (intake.closed_words.Sense) and of the worksheet."""

    name: str
    headings: tuple[str, ...]
    fields: Mapping[str, str]
    words: Mapping[str, str] = {}
    year: int | None = None
    defaults: Mapping[str, str] = {}
    sheet: str | None = None
    day_order: str = ""
    codes: Mapping[str, str] = {}


class Place(NamedTuple):
    """Where a book is."""

    file: Path

    def __str__(self) -> str:
        return str(self.file)

    def exists(self) -> bool:
        return self.file.exists()
