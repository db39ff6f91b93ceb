"""The cases that could explain why another office counts otherwise, and the days that a comparison is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from xinfang_cli.frozen import NamedTuple

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted

NEAR = 5
"""So many days from the edge of a period, another office's day may fall on the other side."""


class Near(NamedTuple):
    """A case and why it may be counted otherwise; the reasons of a lower rank are the likelier ones."""

    case_no: str
    title: Redacted
    why: str
    rank: int = 0


class Compared(NamedTuple):
    """The days a comparison is about, and the day it is as of."""

    first: date
    last: date
    as_of: date

    def near(self, day: str) -> str:
        """Which edge a day is near to, in words; empty when it is near to none."""
        found = date.fromisoformat(day)
        margin = timedelta(days=NEAR)
        if self.first <= found <= self.last:
            if found - self.first < margin:
                return "靠近期初"
            return "靠近期末" if self.last - found < margin else ""
        if self.first - margin <= found < self.first:
            return "在期初之前"
        return "在期末之后" if self.last < found <= self.last + margin else ""
