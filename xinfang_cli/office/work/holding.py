"""A notice beside the book during long locks, shown to waiting commands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from xinfang_cli.book.place import Place
from xinfang_cli.files import is_running
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.login import host
from xinfang_cli.office.session import Session

END = ".held"


class Holding(NamedTuple):
    """The holder of the lock: person, command, start (UTC), machine, process; the moment by which it will be done."""

    what: str
    actor: str
    since: str
    host: str
    pid: int
    until: str | None = None

    def left(self, now: str) -> float:
        """Seconds from now until the announced end; 0 when there is none or it has passed."""
        if self.until is None:
            return 0.0
        return max(0.0, (datetime.fromisoformat(self.until) - datetime.fromisoformat(now)).total_seconds())


def _beside(place: Place) -> Path:
    return Path(f"{place.file}{END}")


@contextmanager
def held(session: Session, what: str) -> Iterator[Callable[[float], None]]:
    """Announce a long lock; the returned function marks the book as taken for so many seconds at most, again where it takes
    longer, and the notice goes when the book is free again."""
    noted: Path | None = None
    since = ""

    def note(seconds: float) -> None:
        nonlocal noted, since
        if session.place.address:
            return
        file = _beside(session.place)
        now = session.now()
        since = since or now
        until = (datetime.fromisoformat(now) + timedelta(seconds=round(seconds))).isoformat()
        said = Holding(what, session.actor, since, host(), os.getpid(), until)
        with suppress(OSError):  # then nobody is told more than that somebody writes
            mode = session.place.file.stat().st_mode & 0o666
            noted = file
            os.close(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
            file.write_text(json.dumps(said._asdict(), ensure_ascii=False), "utf-8")
            file.chmod(mode)

    try:
        yield note
    finally:
        if noted is not None:
            with suppress(OSError):
                noted.unlink()


def holder(place: Place) -> Holding | None:
    """The announced and still active holder of a book's lock."""
    if place.address:
        return None
    try:
        found = Holding(**json.loads(_beside(place).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if found.host == host() and not is_running(found.pid):
        return None
    return found
