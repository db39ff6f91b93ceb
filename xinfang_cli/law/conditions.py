"""Filters: the conditions of `--where`, and the filter shared by lists, exports and figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinfang_cli.frozen import NamedTuple

CLOSED = frozenset(
    {
        *(
            "topic",
            "region",
            "level",
            "headcount",
            "affected",
            "representatives",
            "lead",
            "leaders",
            "leader",
            "people",
        ),
        *("guard_unit", "tag", "tags", "add", "remove", "crossing", "repeat_of", "repeat_of_no", "extras"),
        *("name", "id_no", "phone", "address", "deceased_on"),
    }
)
"""What nothing tells of an accusation unless that is asked for (art. 30): it stands in no list, finds nothing, and puts
nothing in order. An accusation has its number, its stage, its clocks and days, and the unit that handles it."""
EXTRA = "extra:"
"""Before the heading of another office's column: what a condition, or a column of a list, is about."""


class Term(NamedTuple):
    """One condition of `list --where`: a field of intake.where, `:` or a comparison, the values (None: empty)."""

    field: str
    op: str
    values: tuple[Any, ...]
    negated: bool = False


class ListFilter(NamedTuple):
    """The filters of `list`, `search`, `overdue` and `due`; None: not requested."""

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
    accusation: bool = False
    """Accusations are found by what is closed of them too (art. 30)."""
