"""A part of the book: what is asked of one kind of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book


class Part:
    """Made by the Book when first asked for; other parts are reached through it (`self.book.units`)."""

    __slots__ = ("book", "conn")

    def __init__(self, book: Book) -> None:
        self.book = book
        self.conn = book.conn
