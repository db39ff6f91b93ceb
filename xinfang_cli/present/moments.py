"""Moments of the book as the office's clock shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cache

_zone: list[Callable[[], tzinfo]] = []


def shown_in(zone: Callable[[], tzinfo]) -> None:
    """From now on moments are shown in the zone of the office that is worked for; asked once, when the first is shown."""
    _zone[:] = [cache(zone)]


def local(moment: str) -> str:
    """A moment of the book (UTC) as the office's clock shows it; this machine's where no office is known."""
    zone = _zone[0]() if _zone else None
    return datetime.fromisoformat(moment).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
