"""A report on secrecy for the files: readers of the book, looks, conflicts with article 30."""

from __future__ import annotations

import platform
import stat
from datetime import date
from pathlib import Path

from xinfang_cli import __version__
from xinfang_cli.book.face import is_encrypted
from xinfang_cli.files import BESIDE
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.find.attached import folder_of
from xinfang_cli.office.find.history import accesses
from xinfang_cli.office.keeping.accusations import Cleared, Unsaid, cleared, unsaid, with_the_accused
from xinfang_cli.office.session import Session


class FileMode(NamedTuple):
    """A file or folder of the book and who may read it, as the system writes it; `closed`: nobody else can."""

    name: str
    mode: str
    closed: bool


class AtRest(NamedTuple):
    """Whether who has the file can read the book. Of an encrypted one: whether this user's keyring opens it, the copies and
    the attached files that are ordinary files all the same."""

    encrypted: bool
    in_keyring: bool
    plain_copies: tuple[str, ...]
    plain_files: int


class Security(NamedTuple):
    """The state of the book on a day: files, encryption (None: on a server), chain, looks, accusations to look at."""

    today: date
    bureau: str
    program: str
    python: str
    files: tuple[FileMode, ...]
    at_rest: AtRest | None
    events: int
    head: str
    looks: int
    looks_without_why: int
    looks_at_accusations: int
    why_always: bool
    with_the_accused: tuple[str, ...]
    unsaid: Unsaid
    cleared: tuple[Cleared, ...]


def security(session: Session) -> Security:
    """Nothing is mended by it, and nothing written."""
    looks = accesses(session, None).looks
    with session.reading() as book:
        settings = book.code.now.rules.settings
        events, head = book.events.head()
        return Security(
            session.today,
            str(settings["bureau"]),
            __version__,
            platform.python_version(),
            () if session.place.address else tuple(_modes(session.place.file)),
            None if session.place.address else _at_rest(session),
            events,
            head,
            len(looks),
            sum(look.revealed and not look.why for look in looks),
            sum(look.accusation for look in looks),
            bool(settings["why_always"]),
            with_the_accused(book),
            unsaid(book),
            cleared(book),
        )


def _at_rest(session: Session) -> AtRest:
    path = session.place.file
    if not is_encrypted(session.place):
        return AtRest(False, False, (), 0)
    from xinfang_cli import keys
    from xinfang_cli.office.keeping.encrypting import plain_copies

    below = folder_of(path).rglob("*") if folder_of(path).is_dir() else ()
    plain = sum(file.is_file() and not keys.is_sealed(file) for file in below)
    kept = keys.from_keyring(keys.read(keys.beside(path)).id) is not None
    return AtRest(True, kept, plain_copies(session), plain)


def _modes(path: Path) -> list[FileMode]:
    found = []
    beside = (*(Path(f"{path}{end}") for end in BESIDE), folder_of(path))
    for file in (path, *beside, path.absolute().parent):
        if file.exists():
            mode = file.stat().st_mode
            found.append(FileMode(file.name or str(file), stat.filemode(mode), not mode & 0o077))
    return found
