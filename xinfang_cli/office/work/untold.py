"""What a command wrote and could tell nobody, its output being full: kept beside the book, told by the next command."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from xinfang_cli.book.place import Place
from xinfang_cli.files import placed
from xinfang_cli.frozen import NamedTuple

END = ".untold"


class Untold(NamedTuple):
    """A command, when it ran (UTC), and, where it can be said, what it entered."""

    command: str
    at: str
    entered: str


def beside(place: Place) -> Path:
    """Where it is kept."""
    return Path(f"{place.file}{END}")


def keep(place: Place, untold: Untold) -> None:
    """Keep it; where not even that can be written it is lost, and `undo --list` shows the command all the same."""
    with suppress(OSError), placed(beside(place)) as made:
        made.write_text(json.dumps(untold._asdict(), ensure_ascii=False), "utf-8")


def read(place: Place) -> Untold | None:
    """What is to be told; None of what cannot be read, or is another user's."""
    try:
        return Untold(**json.loads(beside(place).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def forget(place: Place) -> None:
    """It was told."""
    with suppress(OSError):
        beside(place).unlink()
