"""The rows of a whole book carried between a file and an office on a server, and compared there."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

from xinfang_cli.errors import Unusable

if TYPE_CHECKING:
    from xinfang_cli.book.engine import Conn
    from xinfang_cli.book.face import Book

AT_ONCE = 20_000
TABLES: dict[str, str] = {
    "commands": "id",
    "docket": "id",
    "serials": "year",
    "events": "id",
    "texts": "event_id",
    "undone": "command_id",
    "access_log": "id",
    "units": "id",
    "unit_words": "word, unit_id",
    "topics": "name",
    "regions": "name",
    "cases": "id",
    "people": "case_id",
    "clocks": "case_id, n",
    "backlog": "batch, case_id",
    "views": "name",
    "mappings": "name",
    "receipts": "command_id",
}
"""Every table of a book with its key, those that others refer to first. The head follows from the events, the text index
from both."""


def columns_of(conn: Conn, table: str) -> list[str]:
    """The columns of a table in their order."""
    return [row[1] for row in conn.execute(f"PRAGMA table_info({table})").fetchall()]


def rows_of(conn: Conn, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """All rows of a table by its key, a few at a time."""
    said = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {TABLES[table]}"
    yield from map(tuple, conn.stream(said))


def copy_rows(source: Conn, target: Conn) -> None:
    """Copy everything except the text index into an empty book, inside the caller's transaction. A server checks the
    chain event by event.
    """
    for table in TABLES:
        columns = columns_of(target, table)
        if columns_of(source, table) != columns:
            raise Unusable(f"表 {table} 的列两边不一样，没有搬", "请两边都升级到同一版本再搬", code="schema")
        rows = rows_of(source, table, columns)
        while many := list(islice(rows, AT_ONCE)):
            target.insert_rows(table, many)
    events, head = source.execute("SELECT events, hash FROM head").fetchone() or (0, bytes(32))
    from xinfang_cli.book.chain import PUT_HEAD

    if events:
        target.execute(PUT_HEAD, (events, head))


def copy_book(source: Book, target: Book) -> None:
    """The rows of a book into one that holds nothing, its text index made there, in the caller's transaction or one of its
    own; each table read back and compared."""
    within = target.conn.in_transaction
    if not within:
        target.store.begin(None)
    copy_rows(source.conn, target.conn)
    target.search.rebuild()
    if not within:
        target.store.commit()
    before, after = digests(source), digests(target)
    wrong = [table for table in TABLES if before[table] != after[table]]
    if wrong or source.events.head() != target.events.head():
        raise Unusable(
            f"抄过去再读，与原件不符（{'、'.join(wrong) or '链头'}），没有写成",
            "请用 ⟦doctor⟧ 检查原来的案件簿",
            code="copy",
        )


def digests(book: Book) -> dict[str, tuple[int, str]]:
    """Table → how many rows it has, and the SHA-256 of all of them by their key: alike in a file and on a server."""
    found = {}
    for table in TABLES:
        said, count = sha256(), 0
        for row in rows_of(book.conn, table, columns_of(book.conn, table)):
            said.update(repr(row).encode())
            count += 1
        found[table] = count, said.hexdigest()
    return found
