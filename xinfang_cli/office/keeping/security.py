"""The state of secrecy as a page to file: who can read the book, who looked, what stands against article 30."""

from __future__ import annotations

import platform
import stat
from datetime import date
from pathlib import Path

from xinfang_cli import __version__
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


class Security(NamedTuple):
    """How the book stands on a day: its files, its chain, the looks that were put down, the accusations to look at."""

    today: date
    bureau: str
    program: str
    python: str
    files: tuple[FileMode, ...]
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


def _modes(path: Path) -> list[FileMode]:
    found = []
    beside = (*(Path(f"{path}{end}") for end in BESIDE), folder_of(path))
    for file in (path, *beside, path.absolute().parent):
        if file.exists():
            mode = file.stat().st_mode
            found.append(FileMode(file.name or str(file), stat.filemode(mode), not mode & 0o077))
    return found
