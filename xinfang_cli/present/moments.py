"""Moments of the book as this machine's clock shows them."""

from __future__ import annotations


def local(moment: str) -> str:
    """A moment of the book (UTC) as this machine's clock shows it."""
    from datetime import datetime

    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S")
