"""A lost output of a writing command (full disk or pipe): kept beside the book, shown by the next command."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from xinfang_cli.book.place import Place
from xinfang_cli.files import placed
from xinfang_cli.frozen import NamedTuple

END = ".untold"


class Untold(NamedTuple):
    """A command with its moment (UTC) and, if known, its entry."""

    command: str
    at: str
    entered: str


def beside(place: Place) -> Path:
    """The path of the kept notice."""
    return Path(f"{place.file}{END}")


def keep(place: Place, untold: Untold) -> None:
    """Keep a notice; if unwritable it is lost, and `undo --list` still shows the command."""
    with suppress(OSError), placed(beside(place)) as made:
        made.write_text(json.dumps(untold._asdict(), ensure_ascii=False), "utf-8")


def read(place: Place) -> Untold | None:
    """The pending notices of this user; unreadable ones are skipped."""
    try:
        return Untold(**json.loads(beside(place).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def forget(place: Place) -> None:
    """It was told."""
    with suppress(OSError):
        beside(place).unlink()
