"""The cases of a batch, and leaders on duty, as `book.backlog` gives them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from xinfang_cli.frozen import NamedTuple

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted


class BacklogEntry(NamedTuple):
    """One case of a batch, as of a day."""

    batch: str
    case_id: int
    case_no: str
    title: Redacted
    kind: str
    stage: str
    region: str | None
    lead: str | None
    unit_id: int | None
    guard_unit_id: int | None
    joined_on: date
    resolved_on: date | None
    how: str | None
    recognised_on: date | None
    relapsed_on: date | None
    excluded: bool
    complained_unit_id: int | None


class Attendance(NamedTuple):
    """Duty days of a leader without a visitor; `invited`: cases whose petitioners the leader asked to come (无访约访)."""

    id: int
    on: date
    form: str
    leaders: tuple[str, ...]
    invited: tuple[int, ...]
