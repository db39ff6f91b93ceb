"""The protocols of a storage engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from xinfang_cli.book.place import Place
from xinfang_cli.errors import Unusable
from xinfang_cli.frozen import NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from xinfang_cli.book.chain import Pen
    from xinfang_cli.book.counting import Counting, Summed
    from xinfang_cli.book.face import Book
    from xinfang_cli.keys import KeyFile
    from xinfang_cli.law.event import Event
    from xinfang_cli.law.texts import Texts


class Stand(NamedTuple):
    """The state of a book: event count, head, last ids, number of undone commands, last serials."""

    events: int
    head: bytes
    commands: int
    cases: int
    undone: int
    serials: Mapping[int, int]


class Known(NamedTuple):
    """A case of the book: its id and the day it was received (ISO)."""

    id: int
    received_on: str


class NumbersKnown(NamedTuple):
    """The known ones among some numbers, by kind: ours, outside, of a sheet."""

    ours: dict[str, Known]
    outside: dict[str, Known]
    sheet: dict[str, Known]


Waits = Callable[[bool], float]
"""Called when another command keeps the book: the first time (True) to say so, later to ask again; for how many seconds
from now on that one said it will keep it, 0 where it did not."""
Along = Callable[[Path], object]
"""What is to stand beside a copy, which will be there, before that has its name."""
Docketed = tuple[int, str, int, int, str | None, bytes | None]
"""id, case_no, year, serial, sheet_no, fingerprint"""


class Finding(NamedTuple):
    """One finding about a server: fine (`ok`), or a problem and its remedy."""

    code: str
    what: str
    ok: bool
    remedy: str


class Login(NamedTuple):
    """A login of a server and a role that it has in an office."""

    login: str
    role: str


class Upgrade(NamedTuple):
    """The plan of upgrading a server's office to the program's version: its steps in words; for an equal version the
    parts to be made `again`; whether stored rows are rewritten from the events; the oldest program version allowed
    afterwards.
    """

    there: int
    here: int
    steps: tuple[str, ...]
    again: tuple[str, ...]
    rewrites: bool
    oldest: int

    @property
    def nothing(self) -> bool:
        """Whether it is as it should be."""
        return not self.steps and not self.again


class OfficeThere(NamedTuple):
    """An office on a server as a login sees it: the version of its tables, where it went to, how many logins work in it."""

    office: str
    version: int
    moved_to: str | None
    logins: int


class SealedThen(NamedTuple):
    """An office's publication of a period: when, as of which day, and each figure's numbers in all."""

    published_on: date
    as_of: date
    cells: dict[str, list[int]]


class OfficeSums(NamedTuple):
    """An office's figures of a period in all, or why there are none (moved, version, permission); from which day its book
    is complete, how many cases stood on the day as only their events tell, and its publication of the period."""

    office: str
    version: int
    why: str
    start: date | None = None
    unsettled: int = 0
    sums: Summed | None = None
    sealed: SealedThen | None = None


class OfficeOverdue(NamedTuple):
    """An office's clocks past due by kind, with those past due for more than thirty days; or why there are none (moved,
    version, permission, no_cases)."""

    office: str
    version: int
    why: str
    unsettled: int = 0
    clocks: dict[str, tuple[int, int]] | None = None


class Lacking(NamedTuple):
    """Content of the book missing in its backup: since the backup, or all of it if that is another book (`same` False)."""

    same: bool
    cases: int
    events: int
    publications: int
    since: str | None
    """The moment of the first of them (UTC)."""


class Restored(NamedTuple):
    """A restored book: what it holds, where the replaced one is kept, what the backup lacked."""

    events: int
    head: str
    kept: Path | None
    lacking: Lacking | None


class Copy(NamedTuple):
    """A copy of a book: what it holds, up to when (UTC), and whether it was found sound when it was read just now."""

    file: Path
    made_at: str
    cases: int | None
    events: int | None
    last_at: str | None
    head: str | None
    verified: bool
    why: str


class Examined(NamedTuple):
    """The result of a whole check. `checks`: problems per check; `mendable`: those that a repair mends; `rebuilt`:
    cases folded again; `differing`: the first hundred numbers of cases stored differently.
    """

    events: int
    head: str
    cases: int
    rebuilt: int
    differing: tuple[str, ...]
    problems: tuple[str, ...]
    checks: dict[str, int]
    mendable: frozenset[str] = frozenset()

    @property
    def ok(self) -> bool:
        return not self.problems


class Cursor(Protocol):
    """The rows of one statement."""

    @property
    def lastrowid(self) -> int | None: ...

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchmany(self, size: int = ..., /) -> list[Any]: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...

    def __next__(self) -> Any: ...


class Conn(Protocol):
    """A connection: statements with `?` or `:name` parameters, one transaction at a time."""

    @property
    def in_transaction(self) -> bool: ...

    def execute(self, sql: str, values: Any = ..., /) -> Cursor: ...

    def executemany(self, sql: str, rows: Iterable[Any], /) -> Cursor: ...

    def insert_rows(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert whole rows, every column given, in their order."""

    def stream(self, sql: str) -> Iterator[Any]:
        """The rows of a long list, never all at once."""

    def close(self) -> None: ...


class Store(Protocol):
    """An open book as its engine keeps it."""

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """The exceptions of the engine's driver."""

    @property
    def place(self) -> Place: ...

    @property
    def conn(self) -> Conn: ...

    @property
    def share(self) -> str | None:
        """The kind of network share under the book; empty on a disk, None before the first write."""

    @property
    def newly_shared(self) -> bool:
        """Whether the book was brought to a share's way of keeping just now."""

    def begin(self, waits: Waits | None) -> None:
        """Take the book for writing; `waits` is called when another command keeps it for long."""

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def unusable(self, error: Exception) -> Unusable:
        """A driver's error as one Chinese line with its remedy."""

    def close(self) -> None: ...


class Bulk(Protocol):
    """Number lookups and bulk writes of an import."""

    def numbers_known(self, ours: Iterable[str], others: Iterable[str]) -> NumbersKnown: ...

    def spent(self, case_no: str) -> bool: ...

    def any_undone(self) -> bool: ...

    def by_fingerprint(self, fingerprint: bytes) -> Known | None: ...

    def waiting(self) -> dict[str, list[int]]: ...

    def originals(self, case_id: int) -> Iterator[int]: ...

    def next_case_id(self) -> int: ...

    def next_unit_id(self) -> int: ...

    def last_serials(self) -> dict[int, int]: ...

    def keep_serials(self, last: dict[int, int]) -> None: ...

    def enter_many(self, entries: Sequence[Docketed]) -> None: ...

    def renumber(self, numbers: Sequence[tuple[str, int, int]]) -> None: ...

    def drop_indexes(self) -> list[str]: ...

    def build_indexes(self, statements: list[str]) -> None: ...

    def check_references(self) -> None: ...

    def roomy(self, large: bool) -> AbstractContextManager[None]: ...

    def stand(self) -> Stand: ...

    def only_meanwhile(self) -> None:
        """Mark this book as a temporary copy for planning, deleted after the carry."""

    def beside(self, copy: Path) -> AbstractContextManager[None]:
        """While it lasts, and before the transaction, what was planned in a copy is at hand."""

    def carry(self, pen: Pen, then: Stand, went_by: Collection[int], *, renumbers: bool, large: bool) -> int:
        """Put the rows new in the copy (`beside`) since `then` into the book under the pen's command; returns the
        offset of new case ids. MovedMeanwhileError if others changed what the plan relied on.
        """


class Keeping(Protocol):
    """Copies, checks, rows written again, and what is done once a day."""

    def backup(self, target: Path, along: Along | None = None) -> tuple[int, str]: ...

    def set_aside(
        self, what: str, moment: str, folder: Path | None = None, *, sound: bool = True, along: Along | None = None
    ) -> Copy: ...

    def copy_for_trial(self, target: Path) -> None: ...

    def rotate(self, what: str, keep: int | None = None, folder: Path | None = None) -> list[Path]: ...

    def examine(self, rebuild: bool = True, progress: Callable[[int, int], None] | None = None) -> Examined: ...

    def glance(self) -> list[str]:
        """The findings of a quick check, in words."""

    def provable(self) -> list[str]:
        """Obstacles to a repair, which needs an intact chain and intact texts."""

    def repair(self) -> int: ...

    def rebuild(self) -> int: ...

    def copied_since(self, what: str, moment: str, folder: Path) -> bool:
        """Whether a folder has a copy of one kind that was made from a moment on, by its name."""

    def taking_texts(self) -> AbstractContextManager[None]:
        """While it lasts texts may be replaced, and what is deleted is overwritten; on a server the owner alone may."""


class Files(Protocol):
    """Attached files that stand in the book itself, under their SHA-256 (hexadecimal)."""

    def sizes(self) -> dict[str, int]:
        """SHA-256 → how long that file is."""

    def put(self, digest: str, pieces: Iterable[bytes]) -> None: ...

    def pieces(self, digest: str) -> Iterator[bytes]: ...

    def remove(self, digests: Collection[str]) -> int:
        """Take files out (`Keeping.taking_texts`); how many were there."""

    def changed(self) -> set[str]:
        """Attached files that no longer match their SHA-256."""


class Serving(Protocol):
    """An office's server as its owner sees it: the database and roles, the logins, whether they are as they should be."""

    office: str

    @property
    def local_name(self) -> str:
        """The office and where its server is, short enough for the name of a file on this machine."""

    def prepare(self) -> bool:
        """Make the database where there is none, and the roles; whether the database was made."""

    def allow(self) -> None:
        """Grant each role its rights in an existing office."""

    def add_login(self, login: str, role: str, password: str | None) -> None: ...

    def grant(self, login: str, role: str, *, take: bool) -> None: ...

    def drop(self) -> None:
        """Take out an office that was made a moment ago."""

    def upgrade(self) -> Upgrade:
        """Plan an upgrade; Unusable if impossible."""

    def upgrading(self, refill: Callable[[Store], object], waits: Waits | None) -> AbstractContextManager[Store]:
        """The office at this program's version while nobody else writes; kept so when what is done with it goes well."""

    def logins(self) -> list[Login]: ...

    def check(self) -> list[Finding]: ...


class Offices(Protocol):
    """The offices of one database of a server."""

    def place(self, office: str) -> Place:
        """The place of the office of that name, there or not."""

    def listed(self) -> tuple[OfficeThere, ...]:
        """The offices that this login may see, by name."""

    def counts(self, asked: Counting, kind: str) -> tuple[OfficeSums, ...]:
        """The figures of each office in all, out of one statement; `kind`: of what sort of period a publication is."""

    def overdue(self, day: date) -> tuple[OfficeOverdue, ...]:
        """Count the clocks past due in each office, out of one statement."""


class Search(Protocol):
    """The texts of the cases, searched word by word. `MATCHING` and `NEWEST_FIRST` are the engine's pieces of a list's SQL."""

    MATCHING: str
    NEWEST_FIRST: tuple[str, str, str]

    def keep_up(self, pen: Pen) -> None: ...

    def many_at_once(self, many: bool) -> AbstractContextManager[None]: ...

    def put_new(self, cases: Iterable[tuple[int, Texts]]) -> None: ...

    def set_down(self, cases: Iterable[tuple[int, Texts]]) -> None:
        """Keep in a copy (`Bulk.only_meanwhile`) what the index of its book is to be told of new cases."""

    def reworded(self, cases: Mapping[int, int]) -> None:
        """Tell the index of earlier cases: id → the event from which on they are told otherwise."""

    def texts_in(self, case_ids: Sequence[int]) -> dict[int, Texts]: ...

    def rebuild(self) -> None: ...

    def reword(self, case_id: int, before: Sequence[Event], after: Sequence[Event]) -> None:
        """Put a case's texts as they are now in the place of what they were."""

    def forget_for_good(self) -> None:
        """Leave nothing of what was taken out."""

    def texts_entered(self, events: Sequence[Event], /) -> Texts: ...

    def query(self, words: Sequence[str], /, *, accusers: bool = False, columns: str = "") -> str: ...

    def phone_query(self, word: str, /) -> str: ...


class Engine(Protocol):
    """A storage engine: opens, makes, copies and replaces books, and supplies the engine-specific parts.

    The other parts (book/sql: cases, events, counts, people, units, lists, …) are shared: they send statements through
    the store's `conn`, and an engine of another dialect translates them. An engine is a module (book/sqlite).
    """

    COPIES: bool
    """Whether a book is copied as a whole: before an import, to plan one in, to keep. A server's stays where it is."""

    def exists(self, place: Place) -> bool: ...

    def open_store(
        self, place: Place, refill: Callable[[Store], object], aside: Callable[[Store], object] | None = None
    ) -> Store:
        """A book that is there; `refill` writes the rows made from the events again, `aside` is called before a book of an
        earlier version is changed."""

    def before_upgrade(self, store: Store) -> Path:
        """Copy a book of an earlier version; where the copy is."""

    def new_store(self, place: Place) -> AbstractContextManager[Store]:
        """A new book to be filled; in its place when that went well, AlreadyThereError if one is there."""

    def arriving(self, place: Place) -> AbstractContextManager[Store]:
        """Empty tables for a whole book, which stand in the place when it went well."""

    def leaving(self, place: Place, waits: Waits | None) -> AbstractContextManager[tuple[Store, Callable[[str], str]]]:
        """A book locked against writers; the returned call closes it for good, records the new place, and returns the
        path of the old one.
        """

    def setting(self, place: Place, key: str) -> str | None:
        """A setting, read without opening the book for work."""

    def let_go(self, place: Place) -> None:
        """End what is held for the command's next opening of the place."""

    def copies_beside(self, place: Place) -> list[Copy]: ...

    def copies_within(self, folder: Path, place: Place) -> list[Copy]: ...

    def lacking(self, source: Path, place: Place) -> Lacking: ...

    def restore(
        self,
        source: Path,
        place: Place,
        check: Callable[[Store], None],
        refill: Callable[[Store], object],
        waits: Waits | None,
        carry: Callable[[Store, Conn, int, Callable[[], Pen]], object] | None,
        anew: Callable[[Store, Conn, Callable[[], Pen]], object] | None,
    ) -> Restored:
        """`carry` is handed the copy before it takes its place, the book that it replaces, with how many events both begin,
        and the pen of what is written then; `anew`, after it, the same two and the pen."""

    def holds_texts(self, copy: Path, case_ids: list[int], event_ids: list[int]) -> bool:
        """Whether texts of cases, or of single events, stand in a copy."""

    def is_encrypted(self, place: Place) -> bool: ...

    def encrypt(self, place: Place, file: KeyFile | None, key: bytes, check: Callable[[Store], None]) -> None:
        """Put an encrypted book in the place of an ordinary one, once `check` let it pass; its key's file beside it first."""

    def decrypt(self, place: Place, check: Callable[[Store], None]) -> None:
        """The way back; the key's file stays."""

    def wipe(self, place: Place, waits: Waits | None) -> None:
        """Leave nothing in a book's file of what was deleted; Unusable while somebody uses it."""

    def files_of(self, book: Book) -> Files | None:
        """The store of attached files inside the book; None for a folder beside it."""

    def serving(self, place: Place) -> Serving:
        """Unusable of a book in a file."""

    def offices(self, place: Place) -> Offices:
        """The offices of an address's database, whether it names one of them or not; Unusable of a book in a file."""

    def bulk_of(self, book: Book) -> Bulk: ...

    def keeping_of(self, book: Book) -> Keeping: ...

    def search_of(self, book: Book) -> Search: ...


class MovedMeanwhileError(Exception):
    """Others wrote what a plan went by: it is to be made again."""


class AlreadyThereError(Exception):
    """Another process made the book while this one was still at it."""
