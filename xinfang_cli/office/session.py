"""The session handed to every use-case: actor, day, book."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from os import listdir
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from xinfang_cli.book.face import Book, create_book, let_go, open_book, zone_of
from xinfang_cli.book.place import Place as Place
from xinfang_cli.errors import Refused, Unusable

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from xinfang_cli.book.chain import Pen
    from xinfang_cli.book.engine import Waits
    from xinfang_cli.law.conditions import ListFilter
    from xinfang_cli.law.event import Event
    from xinfang_cli.office.work.meanwhile import Unseen

FIRST_COMMANDS = frozenset(
    {"add", "import", "unit", "config", "workdays", "batch", "roster", "attend", "advise", "standing"}
)


def utc_now() -> str:
    """The machine's moment; `--today` never moves it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def today_of(place: Place) -> date:
    """The day it is in the office's time zone, whatever the machine's."""
    return datetime.now(zone_of_office(place)).date()


def zone_of_office(place: Place) -> tzinfo:
    """The office's time zone; China's without a setting."""
    zone = zone_of(place)
    if zone is None:
        return _CHINA
    from zoneinfo import ZoneInfo

    return ZoneInfo(zone)


def zone_in(book: Book) -> ZoneInfo:
    """The same of a book that is open."""
    from zoneinfo import ZoneInfo

    return ZoneInfo(str(book.code.now.rules.settings["zone"]))


_CHINA = timezone(timedelta(hours=8))


def _sweep(folder: Path) -> None:
    """Remove leftovers of killed processes beside the book; the remover is imported only if there are any
    (files.scratch).
    """
    try:
        left = any(name.startswith(".xinfang-") for name in listdir(folder))
    except OSError:
        return
    if left:
        from xinfang_cli.files import sweep_scratch

        sweep_scratch(folder)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    from hashlib import file_digest

    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class Watch(Protocol):
    """A front's observer of a command's effects before its commit."""

    def told_anew(
        self, book: Book, case_id: int, case_no: str, before: Sequence[Event], after: Sequence[Event]
    ) -> None: ...

    def hold_published(self, book: Book, command: str, office: bool, cases: bool) -> None: ...

    def meanwhile(self, found: Sequence[Unseen]) -> bool:
        """Whether the clerk is asked about what another did."""

    def committing(self, upto: int) -> None: ...


class Session:
    """One invocation. `today` is the clerk's day and travels as an argument; where the book has to be asked for it, it is
    asked when the day is first needed. `now` gives the machine's moment."""

    def __init__(self, place: Place | Path, today: date | Callable[[], date], actor: str) -> None:
        self.place = place if isinstance(place, Place) else Place(place)
        self._today = today
        self._actor = actor
        self.unknown_years: set[int] = set()
        self.told_anew = 0
        """How many cases that moved after today were told as today stood."""
        self.wrote = False
        """Whether something stands in the book by now, whatever becomes of what is still to be said or saved."""
        self.waits: Waits | None = None
        """Called when another command keeps the book, and this one waits."""
        self.began_after: int | None = None
        """The last command of the book before the first of this invocation."""
        self.today_by_clock = False
        """Whether `today` is what the machine's clock says, and nobody said it."""
        self.upgraded: Callable[[Path], None] | None = None
        """Told where a book of an earlier version is kept as it was."""
        self.after_writing: Callable[[Session, Book], None] | None = None
        """Called with the open book when a command has written: what is done once a day."""
        self.first_today: bool | None = None
        """Whether this invocation is the first to write on its day and has written nothing yet; None until that is asked."""
        self.not_the_accused = ""
        """Why what an accusation would go to by this command is not who it complains of, as the clerk says (art. 30)."""
        self.sure = False
        """Whether the clerk was told what stands against article 30 after this command, and wants it all the same."""
        self.anyway = False
        """Whether the clerk wants it whatever another recorded meanwhile."""
        self.seen: int | None = None
        """The last event of the book when the clerk was shown what he works on; None: he knows it from elsewhere."""
        self.typed = ""
        """What this command lists and how, as it was typed: for the record of looks."""
        self.why = ""
        """What somebody wants personal data for, as he says it."""
        self.late_entry = False
        """Whether what this command records was missed, and is put into its place (补记)."""
        self.more = False
        """Whether what was missed with it follows within the same command."""
        self.stood: dict[int, list[Event]] = {}
        """The events of a case before the first of such a command."""
        self._held: tuple[Book, Pen] | None = None
        self.watch: Watch | None = None
        """Sees how each case is told before and after, and may stop the command before it is written for good."""

    @property
    def today(self) -> date:
        """The clerk's day."""
        if not isinstance(self._today, date):
            self._today = self._today()
        return self._today

    @property
    def actor(self) -> str:
        """The actor: as given, else the system's user, asked only before writing."""
        if not self._actor:
            import getpass

            try:
                self._actor = getpass.getuser()
            except (OSError, KeyError, ImportError):
                self._actor = "未署名"
        return self._actor

    @contextmanager
    def as_today_stands(
        self, book: Book, *, chosen: ListFilter | None = None, windows: bool = False, case_id: int | None = None
    ) -> Iterator[None]:
        """While it lasts the lists are as of today: also where events of later days, or a hearing, are still ahead."""
        with book.lists.as_of(self.today, chosen=chosen, windows=windows, case_id=case_id) as told:
            self.told_anew = max(self.told_anew, told)  # what is listed twice is told once
            yield

    def now(self) -> str:
        """The machine's moment (UTC, ISO); `--today` never moves it."""
        return utc_now()

    @contextmanager
    def reading(self) -> Iterator[Book]:
        """An open book; Unusable (exit 3) when there is none."""
        book = self.open(self.place)
        try:
            with book.guarded():
                yield book
        finally:
            self.close(book)

    @contextmanager
    def writing(
        self, name: str, source: tuple[str, str] | None = None, *, begins: bool = True
    ) -> Iterator[tuple[Book, Pen]]:
        """The book inside one transaction. A command that can be the first makes a missing book; others (`begins`
        False) do not.
        """
        if self._held is not None:
            yield self._held
            return
        if begins and name in FIRST_COMMANDS and not self.place.exists():
            create_book(self.place, self.actor, self.now())
        book = self.open(self.place)
        try:
            self.check_clock(book)
            with book.writing(name, self.actor, self.now(), source) as pen:
                yield book, pen
                pen.flush()
                if self.watch is not None:
                    self.watch.committing(pen.first_id - 1)
            if pen.wrote:
                self.seen = pen.next_id - 1  # which is shown now
                self.has_written(book)
        finally:
            self.close(book)

    @contextmanager
    def together(self, name: str) -> Iterator[None]:
        """While it lasts all use-cases write in one transaction, as one command of that name."""
        with self.writing(name) as self._held:
            try:
                yield
            finally:
                self._held = None

    def watch_whole(self, book: Book, command: str, *, office: bool = False, cases: bool = False) -> None:
        """Start watching all published numbers, before a command writes that moves many cases or their counting;
        `office`: only numbers without cases (attendance, suggestions, ranks); `cases`: it moves cases, by events or
        settings, but no unit.
        """
        if self.watch is not None:
            self.watch.hold_published(book, command, office, cases)

    def check_clock(self, book: Book) -> None:
        """Refuse a machine clock more than a day behind the book's last record: numbers and deadlines depend on it."""
        with book.guarded():
            last = book.events.last_written()
        if last is None:
            return
        if self.began_after is None:
            self.began_after = last[0]
        if self.today_by_clock and date.fromisoformat(last[1][:10]) - self.today > timedelta(days=1):
            raise Refused(
                f"电脑的日期是 {self.today}，早于案件簿最后一次记录的 {last[1][:10]}",
                "请校正电脑的日期；确是这一天的，加 ⟦.today⟧ 写明",
                code="clock",
            )

    def has_written(self, book: Book) -> None:
        """A command's transaction stands in the book: what is done once a day is done now."""
        self.wrote = True
        if self.after_writing is not None:
            self.after_writing(self, book)
        self.first_today = False

    def look(self, book: Book, what: str, about: str = "", *, ids: Iterable[int] = (), **said: Any) -> None:
        """Put down a look at personal data (law.terms.LOOK), in the chain and before anything is shown; refused where it
        needs a reason that was not given. `said`: rows, file, sha256, accusation, revealed."""
        self.looks(book, what, [(about, ids, said)])

    def looks(self, book: Book, what: str, each: Iterable[tuple[str, Iterable[int], dict[str, Any]]]) -> None:
        """Log several looks of one kind, each with subject, cases and details."""
        from xinfang_cli.book.looks import ranges
        from xinfang_cli.law.event import Event

        events, open_to_all = [], True
        for about, ids, said in each:
            always = said.get("revealed") and book.code.now.rules.settings["why_always"]
            if (said.get("accusation") or always) and not self.why:
                which = "检举控告件的信访人" if said.get("accusation") else "完整的个人信息"
                raise Refused(f"查阅{which}没有写事由", "请加 ⟦.why⟧ 事由（记入查阅记录）", code="missing", field="why")
            seen = set(ids)
            data = {"what": what, "filter": about or None, "cases": ranges(seen) or None, "why": self.why or None}
            data |= {"rows": len(seen) or None} | {key: value for key, value in said.items() if value}
            events.append(Event("access", self.today, data))
            open_to_all = open_to_all and not (said.get("revealed") or said.get("accusation"))
        if not events:
            return
        try:
            with book.writing("look", self.actor, self.now()) as pen:
                pen.append_all(None, events)
        except Unusable as error:
            if error.code != "permission" or not open_to_all:
                raise  # what is masked may be read on a disk that cannot be written

    def gave(
        self,
        what: str,
        path: Path,
        about: str = "",
        *,
        ids: Iterable[int] = (),
        numbers: Iterable[str] = (),
        **said: Any,
    ) -> None:
        """Put down a file that left the book: its name, its SHA-256, the cases in it."""
        with self.reading() as book:
            seen = [*ids, *(book.cases.find(number)[0] for number in numbers)]
            self.look(book, what, about, ids=seen, file=path.name, sha256=sha256_of(path), **said)

    def gave_each(self, what: str, files: Iterable[tuple[Path, str, Iterable[str]]]) -> None:
        """Log files leaving the book together, each with subject and case numbers."""
        with self.reading() as book:
            self.looks(
                book,
                what,
                [
                    (
                        about,
                        [book.cases.find(number)[0] for number in numbers],
                        {"file": path.name, "sha256": sha256_of(path)},
                    )
                    for path, about, numbers in files
                ],
            )

    def open(self, place: Place) -> Book:
        """A book that is there, as this invocation uses it; to be given back to `close`."""
        self.today  # noqa: B018 - asked of the book before anything is locked
        if not place.address:
            _sweep(place.file.parent)
        book = open_book(place, self.upgraded)
        book.waits = self.waits
        if place.address and not self._actor:  # the server knows who is logged in
            from xinfang_cli.book.chain import login_of

            self._actor = login_of(book.conn)
        return book

    def close(self, book: Book) -> None:
        """Close the book, and note which years' calendars were missing."""
        self.note_years(book)
        book.close()

    def goes_by_this_machine(self) -> None:
        """Nobody can be asked for the office's day: it is the machine's moment in China."""
        if not isinstance(self._today, date):
            self._today = datetime.now(_CHINA).date()

    def leave(self) -> None:
        """End what this invocation holds of its book."""
        with suppress(Unusable):
            let_go(self.place)

    def note_years(self, book: Book) -> None:
        """Record the calendar's unknown years among those requested."""
        code = book.code_asked
        if code is not None:
            # Asked of the calendar in force then, which a clock that stopped keeps: known by now is known.
            asked = {year for version in code.versions for year in version.calendar.unknown_asked}
            self.unknown_years |= asked - code.now.calendar.known_years() if asked else asked
