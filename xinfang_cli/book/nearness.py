"""Cases that could explain a difference between two offices' counts, and the days compared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from xinfang_cli.frozen import NamedTuple

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted

NEAR = 5
"""So many days from the edge of a period, another office's day may fall on the other side."""


class Reason(NamedTuple):
    """Why a case may be counted otherwise (present/reconcile words each code), with the day, and what else it names."""

    code: str
    on: str = ""
    edge: str = ""  # of the period, that the day is near to: first, last, before, after
    other: str = ""  # a second day, a case, a stage, a rating, why a clock is void


class Near(NamedTuple):
    """A case and why it may be counted otherwise; the reasons of a lower rank are the likelier ones."""

    case_no: str
    title: Redacted
    reason: Reason
    rank: int = 0


class Compared(NamedTuple):
    """The days a comparison is about, and the day it is as of."""

    first: date
    last: date
    as_of: date

    def near(self, day: str) -> str:
        """The edge of the period close to a day (ISO): first, last, before, after; empty if none."""
        found = date.fromisoformat(day)
        margin = timedelta(days=NEAR)
        if self.first <= found <= self.last:
            if found - self.first < margin:
                return "first"
            return "last" if self.last - found < margin else ""
        if self.first - margin <= found < self.first:
            return "before"
        return "after" if self.last < found <= self.last + margin else ""
