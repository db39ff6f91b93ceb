"""From which day the book is complete."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book


def book_from(book: Book, as_of: date) -> date | None:
    """What the office said (setting book_from), else the first received day from which, up to that of the figures, every
    month has cases."""
    said = book.settings.current().get("book_from")
    if said is not None and said[0]:
        return date.fromisoformat(said[0])
    found = None
    latest = book.conn.execute(
        "SELECT max(received_on) FROM cases WHERE received_on <= ?", (as_of.isoformat(),)
    ).fetchone()[0]
    while latest is not None and (found is None or _month_after(latest) == found[:7]):
        month = latest[:7]
        found, latest = book.conn.execute(
            "SELECT (SELECT min(received_on) FROM cases WHERE received_on >= ?1), "
            "(SELECT max(received_on) FROM cases WHERE received_on < ?1)",
            (f"{month}-01",),
        ).fetchone()
    return None if found is None else date.fromisoformat(found)


def _month_after(day: str) -> str:
    year, month = int(day[:4]), int(day[5:7])
    return f"{year + month // 12}-{month % 12 + 1:02d}"
