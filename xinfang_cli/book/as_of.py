"""The tables that figures as of a day are counted from: the engine's temporary tables, and the folds that fill them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from xinfang_cli.frozen import NamedTuple

if TYPE_CHECKING:
    from xinfang_cli.law.event import Event


class Told(NamedTuple):
    """A case and the events that it is told by."""

    case_id: int
    case_no: str
    events: Sequence[Event]


class Tables(Protocol):
    """The tables to count from, as of a day; `book.counts` makes them."""

    as_of: date
    folded: int

    def ended(self, last: date) -> Tables:
        """The same as of the end of a period, for the backlog."""

    def events(self, case_id: int) -> Sequence[Event]:
        """The events of a case that are known here."""

    @property
    def has_excluded(self) -> bool:
        """Whether any case is excluded."""

    @property
    def has_unaccepted(self) -> bool:
        """Whether any case was closed without a recorded acceptance (缺受理)."""

    @property
    def has_guesses(self) -> bool:
        """Whether any last day is a guess (约)."""

    def count(self, sql: str, of: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Run a query over each source in turn; a group can come in several parts."""

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Run one query over the whole tables as of the day."""
