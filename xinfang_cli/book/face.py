"""An open book: its parts, each loaded when first asked for, and one command's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.place import Place

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen
    from xinfang_cli.book.engine import (
        Along,
        Bulk,
        Conn,
        Copy,
        Engine,
        Files,
        Keeping,
        Lacking,
        Offices,
        Restored,
        Search,
        Serving,
        Store,
        Waits,
    )
    from xinfang_cli.book.kept import Taken
    from xinfang_cli.book.sql.access import Access
    from xinfang_cli.book.sql.attachments import Attachments
    from xinfang_cli.book.sql.backlog import Backlog
    from xinfang_cli.book.sql.cases import Cases
    from xinfang_cli.book.sql.completing import Completing
    from xinfang_cli.book.sql.counts import Counts
    from xinfang_cli.book.sql.duplicates import Duplicates
    from xinfang_cli.book.sql.events import Events
    from xinfang_cli.book.sql.exports import Exports
    from xinfang_cli.book.sql.extras import Extras
    from xinfang_cli.book.sql.lists import Lists
    from xinfang_cli.book.sql.mappings import Mappings
    from xinfang_cli.book.sql.nearby import Nearby
    from xinfang_cli.book.sql.people import People
    from xinfang_cli.book.sql.purging import Purging
    from xinfang_cli.book.sql.receipts import Receipts
    from xinfang_cli.book.sql.settings import Settings
    from xinfang_cli.book.sql.units import Units
    from xinfang_cli.book.sql.views import Views
    from xinfang_cli.keys import KeyFile
    from xinfang_cli.law.inforce import Code


class Book:
    """Reads anywhere; writes inside `writing()`, one transaction a command."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.engine = engine_of(store.place)
        self.conn: Conn = store.conn
        self._code: Code | None = None
        self.canonical: dict[int, int] = {}
        self.waits: Waits | None = None

    @property
    def place(self) -> Place:
        return self.store.place

    @property
    def code(self) -> Code:
        """The law through time as this book's settings and calendar have it."""
        if self._code is None:
            self._code = self.settings.load_code()
            self.canonical = self.units.merged()
        return self._code

    @property
    def code_asked(self) -> Code | None:
        """The law, if anything asked for it so far."""
        return self._code

    def forget_code(self) -> None:
        """After a setting, the calendar or a unit's identity changed."""
        self._code = None
        self.units.forget_relations()

    @contextmanager
    def guarded(self) -> Iterator[Book]:
        """Turn storage errors into Unusable (exit 3)."""
        try:
            yield self
        except self.store.errors as error:
            raise self.store.unusable(error) from error

    @contextmanager
    def writing(self, name: str, actor: str, recorded_at: str, source: tuple[str, str] | None = None) -> Iterator[Pen]:
        """One command's transaction: all of it or nothing."""
        from xinfang_cli.book.chain import Pen

        with self.guarded():
            self.store.begin(self.waits)
            self.forget_code()
            try:
                pen = Pen(self.conn, name, actor, recorded_at, source)
                yield pen
                pen.flush()
                if pen.registered_from is not None or pen.reworded:
                    self.search.keep_up(pen)
                self.store.commit()
            except BaseException:
                if self.conn.in_transaction:
                    self.store.rollback()
                self.forget_code()
                raise

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()

    # ---- parts ----------------------------------------------------------------------------------------------------

    @cached_property
    def access(self) -> Access:
        from xinfang_cli.book.sql.access import Access

        return Access(self)

    @cached_property
    def attachments(self) -> Attachments:
        from xinfang_cli.book.sql.attachments import Attachments

        return Attachments(self)

    @cached_property
    def backlog(self) -> Backlog:
        from xinfang_cli.book.sql.backlog import Backlog

        return Backlog(self)

    @cached_property
    def cases(self) -> Cases:
        from xinfang_cli.book.sql.cases import Cases

        return Cases(self)

    @cached_property
    def completing(self) -> Completing:
        from xinfang_cli.book.sql.completing import Completing

        return Completing(self)

    @cached_property
    def counts(self) -> Counts:
        from xinfang_cli.book.sql.counts import Counts

        return Counts(self)

    @cached_property
    def duplicates(self) -> Duplicates:
        from xinfang_cli.book.sql.duplicates import Duplicates

        return Duplicates(self)

    @cached_property
    def events(self) -> Events:
        from xinfang_cli.book.sql.events import Events

        return Events(self)

    @cached_property
    def exports(self) -> Exports:
        from xinfang_cli.book.sql.exports import Exports

        return Exports(self)

    @cached_property
    def lists(self) -> Lists:
        from xinfang_cli.book.sql.lists import Lists

        return Lists(self)

    @cached_property
    def mappings(self) -> Mappings:
        from xinfang_cli.book.sql.mappings import Mappings

        return Mappings(self)

    @cached_property
    def nearby(self) -> Nearby:
        from xinfang_cli.book.sql.nearby import Nearby

        return Nearby(self)

    @cached_property
    def people(self) -> People:
        from xinfang_cli.book.sql.people import People

        return People(self)

    @cached_property
    def purging(self) -> Purging:
        from xinfang_cli.book.sql.purging import Purging

        return Purging(self)

    @cached_property
    def settings(self) -> Settings:
        from xinfang_cli.book.sql.settings import Settings

        return Settings(self)

    @cached_property
    def units(self) -> Units:
        from xinfang_cli.book.sql.units import Units

        return Units(self)

    @cached_property
    def views(self) -> Views:
        from xinfang_cli.book.sql.views import Views

        return Views(self)

    @cached_property
    def bulk(self) -> Bulk:
        return self.engine.bulk_of(self)

    @cached_property
    def files(self) -> Files | None:
        return self.engine.files_of(self)

    @cached_property
    def keeping(self) -> Keeping:
        return self.engine.keeping_of(self)

    @cached_property
    def extras(self) -> Extras:
        from xinfang_cli.book.sql.extras import Extras

        return Extras(self)

    @cached_property
    def receipts(self) -> Receipts:
        from xinfang_cli.book.sql.receipts import Receipts

        return Receipts(self)

    @cached_property
    def search(self) -> Search:
        return self.engine.search_of(self)


def engine_of(place: Place) -> Engine:
    """The engine that keeps the books of such a place."""
    if place.address:
        return _server(place)
    from xinfang_cli.book import sqlite

    return sqlite


def _server(place: Place) -> Engine:
    from importlib.util import find_spec

    from xinfang_cli.errors import Unusable

    if not place.address.startswith(("postgresql://", "postgres://")):
        raise Unusable(
            f"没有能打开 {place} 的存储", "案件簿请写文件的路径：⟦.db⟧ 文件，或 postgresql://…", code="engine"
        )
    if find_spec("psycopg2") is None:
        raise Unusable("没有装连接服务器的程序", "请先运行 pip install 'xinfang[server]'", code="engine")
    from xinfang_cli.book import postgres

    return postgres


def keeps_copies(place: Place) -> bool:
    """Whether a book is copied as a whole on this machine; not where it is on a server."""
    return engine_of(place).COPIES


def back_up(book: Book, target: Path, along: Along | None = None) -> tuple[int, str]:
    """Copy a book to a file; (number of events, head) of the copy, read back from it. That of a server is a book in a
    file too, as of one moment, which is restored without a server; OSError when it cannot be written."""
    if book.engine.COPIES:
        return book.keeping.backup(target, along)
    from xinfang_cli.book.relocating import copy_book
    from xinfang_cli.files import scratch

    with scratch(target.parent) as folder:
        made = Place(folder / "copy.db")
        with engine_of(made).arriving(made) as store:
            copy_book(book, Book(store))
        with open_book(made) as copy:
            return copy.keeping.backup(target, along)


def set_aside(
    book: Book, moment: str, folder: Path, keep: int | None, along: Along | None = None
) -> tuple[Copy, list[Path]]:
    """Copy a book into a folder under the name of the moment, with `keep` so many of its copies at most: the copy, and the
    older ones removed. That of a server is called after the office."""
    if book.engine.COPIES:
        made = book.keeping.set_aside("backup", moment, folder, along=along)
        return made, book.keeping.rotate("backup", keep, folder) if keep else []
    from xinfang_cli.book.relocating import copy_book
    from xinfang_cli.files import scratch

    with scratch(folder) as within:
        place = Place(within / f"{serving(book.place).office}.db")
        with engine_of(place).arriving(place) as store:
            copy_book(book, Book(store))
        with open_book(place) as copy:
            return set_aside(copy, moment, folder, keep, along)


def serving(place: Place) -> Serving:
    """The server of a book as its owner sees it; Unusable of a book in a file."""
    return engine_of(place).serving(place)


@contextmanager
def upgrading(place: Place, waits: Waits | None) -> Iterator[Book]:
    """An office on a server at this program's version while nobody else writes; kept so when this went well."""
    with serving(place).upgrading(_refill, waits) as store:
        yield Book(store)


def offices(place: Place) -> Offices:
    """The offices of the server that an address names; Unusable of a book in a file."""
    return engine_of(place).offices(place)


def open_book(place: Place, upgraded: Callable[[Path], None] | None = None) -> Book:
    """Open a book that is there; Unusable (exit 3) when it is missing, damaged, newer than this program, or no book.

    A book of an earlier version is brought to this one's form; `upgraded` is told where it is kept as it was.
    """
    engine = engine_of(place)
    kept: list[Path] = []

    def aside(store: Store) -> None:
        kept.append(engine.before_upgrade(store))

    book = Book(engine.open_store(place, _refill, aside))
    if kept and upgraded is not None:
        upgraded(kept[0])
    return book


def copies_of(place: Place) -> list[Copy]:
    """The copies beside a book, each read and checked."""
    return engine_of(place).copies_beside(place)


def copies_in(folder: Path, place: Place) -> list[Copy]:
    """The books in a folder, each read and checked."""
    if place.address:  # whose copies are files
        place = Place(folder / ".")
    return engine_of(place).copies_within(folder, place)


def holding(copies: Iterable[Copy], case_ids: Iterable[int], event_ids: Iterable[int]) -> list[Copy]:
    """The copies still holding texts of these cases or single events."""
    ids = list(case_ids), list(event_ids)
    return [copy for copy in copies if engine_of(Place(copy.file)).holds_texts(copy.file, *ids)]


def is_encrypted(place: Place) -> bool:
    """Whether the book's file is encrypted."""
    return engine_of(place).is_encrypted(place)


def key_of(place: Place) -> bytes | None:
    """The key of an encrypted book, unlocked; None of one that is not."""
    if not is_encrypted(place):
        return None
    from xinfang_cli import keys

    return keys.unlock(place.file)


def encrypt_book(place: Place, file: KeyFile | None, key: bytes, check: Callable[[Book], None]) -> None:
    """Encrypt a book's file once `check` let the copy pass; `file`: the key, to stand beside it, where it does not yet."""
    engine_of(place).encrypt(place, file, key, lambda store: check(Book(store)))


def decrypt_book(place: Place, check: Callable[[Book], None]) -> None:
    """Write a book's file as an ordinary one again, once `check` let the copy pass."""
    engine_of(place).decrypt(place, lambda store: check(Book(store)))


def wipe(place: Place, waits: Waits | None) -> None:
    """Leave nothing in a book's file of what was purged; nobody may be using it."""
    engine_of(place).wipe(place, waits)


def zone_of(place: Place) -> str | None:
    """The office's own time zone setting; None without one, or without a book."""
    return engine_of(place).setting(place, "zone")


def let_go(place: Place) -> None:
    """End what is held of a place for the command's next opening: the command is done."""
    if place.address:
        engine_of(place).let_go(place)


@contextmanager
def new_book(place: Place, actor: str, recorded_at: str) -> Iterator[Book]:
    """A new book, filled under a temporary name and placed whole on success; AlreadyThereError if one is there."""
    with engine_of(place).new_store(place) as store:
        book = Book(store)
        with book.writing("init", actor, recorded_at) as pen:
            book.settings.begin(pen)
        yield book


def create_book(place: Place, actor: str, recorded_at: str) -> bool:
    """Make a new book; False when one was already there, or another process was first."""
    if engine_of(place).exists(place):
        return False
    from xinfang_cli.book.engine import AlreadyThereError

    try:
        with new_book(place, actor, recorded_at):
            pass
    except AlreadyThereError:
        return False
    return True


def _refill(store: Store) -> None:
    """Write the rows of an older book again; what its chain did not say by then is said as of now."""
    from datetime import UTC, datetime

    from xinfang_cli.book import sealing
    from xinfang_cli.book.chain import Pen
    from xinfang_cli.login import os_user

    Book(store).keeping.rebuild()
    pen = Pen(store.conn, "upgrade", os_user(), datetime.now(UTC).isoformat(timespec="seconds"))
    sealing.seal_all(store.conn, pen)
    pen.flush()


def lacking(source: Path, place: Place) -> Lacking:
    """Content of the book at this place missing in a backup."""
    return engine_of(place).lacking(source, place)


def restore_book(
    source: Path,
    place: Place,
    check: Callable[[Book], None],
    waits: Waits | None,
    carry: Callable[[Book, Conn, int, Callable[[], Pen]], object] | None = None,
    purge: Callable[[Book, Taken, Callable[[], Pen]], object] | None = None,
) -> Restored:
    """Put a copy of a backup in a book's place once `check` let it pass; the backup itself is only read. `carry` takes over
    what the book there recorded since, `purge` takes the texts that it purged."""
    from xinfang_cli.book.sql.purging import taken_in

    def newer(store: Store, old: Conn, after: int, pen: Callable[[], Pen]) -> None:
        if carry is not None:
            carry(Book(store), old, after, pen)

    def anew(store: Store, old: Conn, pen: Callable[[], Pen]) -> None:
        if purge is not None:
            purge(Book(store), taken_in(old), pen)

    taken = None if carry is None else newer
    return engine_of(place).restore(source, place, lambda store: check(Book(store)), _refill, waits, taken, anew)
