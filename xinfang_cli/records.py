"""The typed records that rooms hand each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple


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

    def names(self) -> tuple[str, ...]:
        """Everything it is called."""
        return tuple(word for word in (self.name, self.short, self.code, *self.aliases) if word)


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


class Done(NamedTuple):
    """What a command that changed cases hands to the output: the cases as they now are, and what to tell the clerk."""

    cases: list[dict[str, Any]]
    warnings: list[str]
    failed: Sequence[tuple[str, Exception]] = ()
