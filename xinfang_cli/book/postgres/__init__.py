"""The engine of books on a PostgreSQL server (book.engine.Engine): one office is one schema. Each piece is loaded when it
is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinfang_cli.errors import Unusable

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from xinfang_cli.book.engine import Copy, Lacking, Restored, Store
    from xinfang_cli.book.face import Book
    from xinfang_cli.book.place import Place
    from xinfang_cli.book.postgres.bulk import Bulk
    from xinfang_cli.book.postgres.keeping import Keeping
    from xinfang_cli.book.postgres.search import Search


def not_here(what: str) -> Unusable:
    """What a book on a server leaves to those who keep the server."""
    return Unusable(f"服务器上的案件簿不用「{what}」", "请管理员用 pg_dump、pg_restore 备份和恢复", code="engine")


def exists(place: Place) -> bool:
    from xinfang_cli.book.postgres import opening

    return opening.exists(place)


def open_store(
    place: Place, refill: Callable[[Store], object], aside: Callable[[Store], object] | None = None
) -> Store:
    from xinfang_cli.book.postgres import opening

    return opening.open_store(place)


def before_upgrade(store: Store) -> Path:
    raise not_here("升级前的副本")


def new_store(place: Place) -> AbstractContextManager[Store]:
    from xinfang_cli.book.postgres import opening

    return opening.new_store(place)


def setting(place: Place, key: str) -> str | None:
    from xinfang_cli.book.postgres import opening

    return opening.peek_setting(place, key)


def copies_beside(place: Place) -> list[Copy]:
    return []


def copies_within(folder: Path, place: Place) -> list[Copy]:
    return []


def lacking(source: Path, place: Place) -> Lacking:
    raise not_here("restore")


def restore(
    source: Path,
    place: Place,
    check: Callable[[Store], None],
    refill: Callable[[Store], object],
    waits: Callable[[], None] | None,
    *more: object,
    **others: object,
) -> Restored:
    raise not_here("restore")


def holds_texts(copy: Path, case_ids: list[int], event_ids: list[int]) -> bool:
    return False


def wipe(place: Place, waits: Callable[[], None] | None) -> None:
    """The server's VACUUM does it."""


def bulk_of(book: Book) -> Bulk:
    from xinfang_cli.book.postgres.bulk import Bulk

    return Bulk(book)


def keeping_of(book: Book) -> Keeping:
    from xinfang_cli.book.postgres.keeping import Keeping

    return Keeping(book)


def search_of(book: Book) -> Search:
    from xinfang_cli.book.postgres.search import Search

    return Search(book)
