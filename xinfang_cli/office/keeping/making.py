"""A book made before anything stands in it."""

from __future__ import annotations

from xinfang_cli.book.face import create_book, open_book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.session import Session


class BookMade(NamedTuple):
    """The place of the book; not `created` if it already existed."""

    db: str
    created: bool


def make(session: Session) -> BookMade:
    """Make the book, or open the one that is there."""
    created = create_book(session.place, session.actor, session.now())
    open_book(session.place).close()
    return BookMade(str(session.place), created)
