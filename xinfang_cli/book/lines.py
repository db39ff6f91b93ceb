"""The rows that lists are made of, as the book hands them out; days as the columns have them (ISO)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.conditions import CLOSED
from xinfang_cli.law.terms import CHANNEL_ALONE

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted


class CaseLine(NamedTuple):
    """A case in a list: contract.md's keys, in their order."""

    case_no: str
    external_no: str | None
    title: Redacted
    stage: str
    channel: str
    kind: str
    topic: str | None
    region: str | None
    received_on: str
    unit: str | None
    first: bool
    repeat_of: str | None
    headcount: int | None  # not told of an accusation
    group_visit: bool
    priority: str
    assigned_on: str | None
    accepted_on: str | None
    closed_on: str | None
    outcome: str | None
    next_clock: str | None
    due_on: str | None
    days_left: int | None
    lead: str | None
    excluded: bool
    returned_times: int
    supervised: bool
    guessed: bool  # 约: the last day was counted in a year whose arrangement is not known yet


class DeadlineLine(NamedTuple):
    """An unfinished clock in a list; after `owner` what only the office needs."""

    case_no: str
    title: Redacted
    unit: str | None
    clock: str
    start: str
    due_on: str
    days_left: int
    stage: str
    lead: str | None
    guessed: bool
    owner: str
    kind: str
    case_id: int
    unit_id: int | None
    base_due_on: str | None
    complained_unit_id: int | None


class OutsideLine(NamedTuple):
    """A clock for which another system has another day than ours; `n` is its place in the case."""

    case_id: int
    n: int
    case_no: str
    title: Redacted
    unit: str | None
    clock: str
    start: str
    due_on: str
    outside_due: str
    stage: str
    lead: str | None
    owner: str
    kind: str


class OutsideCase(NamedTuple):
    """A case with another system's due day for a clock that we do not have."""

    case_id: int
    case_no: str
    title: Redacted
    unit: str | None
    stage: str
    lead: str | None
    kind: str


Line = TypeVar("Line", bound=tuple[Any, ...])


def closed(line: Line) -> Line:
    """A line of a case as every list has it: of an accusation without what is closed (art. 30)."""
    made: Any = line
    if made.kind != "accusation":
        return line
    gone: dict[str, Any] = dict.fromkeys(CLOSED.intersection(made._fields))
    if isinstance(made, CaseLine):
        gone |= {"channel": CHANNEL_ALONE.get(made.channel, made.channel), "group_visit": False}
    shut: Line = made._replace(**gone)
    return shut


class CaseInBrief(NamedTuple):
    """A case in a few words."""

    case_no: str
    title: Redacted
    stage: str
    received_on: str


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
