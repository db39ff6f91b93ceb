"""The engine of books in SQLite files (book.engine.Engine). Each piece is loaded when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from xinfang_cli.book.chain import Pen
    from xinfang_cli.book.engine import Conn, Copy, Lacking, Offices, Restored, Serving, Store, Waits
    from xinfang_cli.book.face import Book
    from xinfang_cli.book.place import Place
    from xinfang_cli.book.sqlite.bulk import Bulk
    from xinfang_cli.book.sqlite.keeping import Keeping
    from xinfang_cli.book.sqlite.text_index import Search
    from xinfang_cli.errors import Unusable
    from xinfang_cli.keys import KeyFile


COPIES = True


def exists(place: Place) -> bool:
    return place.file.exists()


def open_store(
    place: Place, refill: Callable[[Store], object], aside: Callable[[Store], object] | None = None
) -> Store:
    from xinfang_cli.book.sqlite import opening

    return opening.open_store(place.file, refill, aside)


def before_upgrade(store: Store) -> Path:
    from xinfang_cli.book.sqlite import copies

    return copies.before_upgrade(store.place.file)


def new_store(place: Place) -> AbstractContextManager[Store]:
    from xinfang_cli.book.sqlite import opening

    return opening.new_store(place.file)


def arriving(place: Place) -> AbstractContextManager[Store]:
    from xinfang_cli.book.sqlite import relocating

    return relocating.arriving(place.file)


def leaving(place: Place, waits: Waits | None) -> AbstractContextManager[tuple[Store, Callable[[str], str]]]:
    from xinfang_cli.book.sqlite import relocating

    return relocating.leaving(place.file, waits)


def setting(place: Place, key: str) -> str | None:
    from xinfang_cli.book.sqlite import opening

    return opening.peek_setting(place.file, key)


def let_go(place: Place) -> None:
    """Nothing is held between two openings of a file."""


def copies_beside(place: Place) -> list[Copy]:
    from xinfang_cli.book.sqlite import copies

    return copies.beside(place.file)


def copies_within(folder: Path, place: Place) -> list[Copy]:
    from xinfang_cli.book.sqlite import copies

    return copies.within(folder, place.file)


def lacking(source: Path, place: Place) -> Lacking:
    from xinfang_cli.book.sqlite import copying

    return copying.lacking(place.file, source)


def restore(
    source: Path,
    place: Place,
    check: Callable[[Store], None],
    refill: Callable[[Store], object],
    waits: Waits | None,
    carry: Callable[[Store, Conn, int, Callable[[], Pen]], object] | None,
    anew: Callable[[Store, Conn, Callable[[], Pen]], object] | None,
) -> Restored:
    from xinfang_cli.book.sqlite import copying

    return copying.restore(source, place.file, check, refill, waits, carry, anew)


def holds_texts(copy: Path, case_ids: list[int], event_ids: list[int]) -> bool:
    from xinfang_cli.book.sqlite import copies

    return copies.holds_texts(copy, case_ids, event_ids)


def is_encrypted(place: Place) -> bool:
    from xinfang_cli.book.sqlite import copying

    return place.exists() and place.file.stat().st_size > 0 and not copying.is_plain(place.file)


def encrypt(place: Place, file: KeyFile | None, key: bytes, check: Callable[[Store], None]) -> None:
    from xinfang_cli.book.sqlite import encrypting

    encrypting.encrypt(place.file, file, key, check)


def decrypt(place: Place, check: Callable[[Store], None]) -> None:
    from xinfang_cli.book.sqlite import encrypting

    encrypting.decrypt(place.file, check)


def wipe(place: Place, waits: Waits | None) -> None:
    from xinfang_cli.book.sqlite import copying

    copying.wipe(place.file, waits)


def files_of(book: Book) -> None:
    """They stand in a folder beside it."""


def serving(place: Place) -> Serving:
    raise _no_server(place)


def offices(place: Place) -> Offices:
    raise _no_server(place)


def _no_server(place: Place) -> Unusable:
    from xinfang_cli.errors import Unusable

    return Unusable(f"案件簿 {place} 是文件，不在服务器上", "服务器上的地址用 ⟦.db⟧ postgresql://…", code="engine")


def bulk_of(book: Book) -> Bulk:
    from xinfang_cli.book.sqlite.bulk import Bulk

    return Bulk(book)


def keeping_of(book: Book) -> Keeping:
    from xinfang_cli.book.sqlite.keeping import Keeping

    return Keeping(book)


def search_of(book: Book) -> Search:
    from xinfang_cli.book.sqlite.text_index import Search

    return Search(book)
