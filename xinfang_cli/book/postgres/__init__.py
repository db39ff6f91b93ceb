"""The engine of books on a PostgreSQL server (book.engine.Engine): one office is one schema. Each piece is loaded when it
is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinfang_cli.book.postgres.refusals import not_here

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from xinfang_cli.book.engine import Copy, Lacking, Offices, Restored, Serving, Store, Waits
    from xinfang_cli.book.face import Book
    from xinfang_cli.book.place import Place
    from xinfang_cli.book.postgres.bulk import Bulk
    from xinfang_cli.book.postgres.files import Files
    from xinfang_cli.book.postgres.keeping import Keeping
    from xinfang_cli.book.postgres.search import Search
    from xinfang_cli.keys import KeyFile


COPIES = False


def exists(place: Place) -> bool:
    from xinfang_cli.book.postgres import opening

    return opening.exists(place)


def open_store(
    place: Place, refill: Callable[[Store], object], aside: Callable[[Store], object] | None = None
) -> Store:
    from xinfang_cli.book.postgres import opening

    return opening.open_store(place)


def before_upgrade(store: Store) -> Path:
    raise not_here("由本程序升级")


def new_store(place: Place) -> AbstractContextManager[Store]:
    from xinfang_cli.book.postgres import opening

    return opening.new_store(place)


def arriving(place: Place) -> AbstractContextManager[Store]:
    from xinfang_cli.book.postgres import opening

    return opening.arriving(place)


def leaving(place: Place, waits: Waits | None) -> AbstractContextManager[tuple[Store, Callable[[str], str]]]:
    from xinfang_cli.book.postgres import opening

    return opening.leaving(place, waits)


def setting(place: Place, key: str) -> str | None:
    from xinfang_cli.book.postgres import opening

    return opening.peek_setting(place, key)


def let_go(place: Place) -> None:
    from xinfang_cli.book.postgres.connection import let_go

    let_go()


def copies_beside(place: Place) -> list[Copy]:
    return []


def copies_within(folder: Path, place: Place) -> list[Copy]:
    return []


def lacking(source: Path, place: Place) -> Lacking:
    raise not_here("恢复（restore）")


def restore(
    source: Path,
    place: Place,
    check: Callable[[Store], None],
    refill: Callable[[Store], object],
    waits: Waits | None,
    *more: object,
    **others: object,
) -> Restored:
    raise not_here("恢复（restore）")


def holds_texts(copy: Path, case_ids: list[int], event_ids: list[int]) -> bool:
    raise not_here("清除（purge）")


def is_encrypted(place: Place) -> bool:
    """Never: the server's disk is the business of who keeps it."""
    return False


def encrypt(place: Place, file: KeyFile | None, key: bytes, check: Callable[[Store], None]) -> None:
    raise not_here("加密（encrypt）")


def decrypt(place: Place, check: Callable[[Store], None]) -> None:
    raise not_here("解密（decrypt）")


def wipe(place: Place, waits: Waits | None) -> None:
    from xinfang_cli.book.postgres import wiping

    wiping.wipe(place, waits)


def files_of(book: Book) -> Files:
    from xinfang_cli.book.postgres.files import Files

    return Files(book)


def serving(place: Place) -> Serving:
    from xinfang_cli.book.postgres.roles import Serving

    return Serving(place)


def offices(place: Place) -> Offices:
    from xinfang_cli.book.postgres.city import Offices

    return Offices(place)


def bulk_of(book: Book) -> Bulk:
    from xinfang_cli.book.postgres.bulk import Bulk

    return Bulk(book)


def keeping_of(book: Book) -> Keeping:
    from xinfang_cli.book.postgres.keeping import Keeping

    return Keeping(book)


def search_of(book: Book) -> Search:
    from xinfang_cli.book.postgres.search import Search

    return Search(book)
