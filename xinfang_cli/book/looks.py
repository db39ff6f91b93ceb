"""Looks at personal data, as they are put down, and which cases each was at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from xinfang_cli.frozen import NamedTuple


class Look(NamedTuple):
    """One look at personal data, as it was put down; `seen`: the cases, as `ranges` writes them."""

    at: str
    actor: str
    os_user: str | None
    host: str | None
    what: str
    filter: str | None = None
    rows: int | None = None
    seen: str = ""
    file: str | None = None
    sha256: str | None = None
    why: str | None = None
    accusation: bool = False
    revealed: bool = False


def ranges(ids: Iterable[int]) -> str:
    """Numbers of cases as 1-5,9: of an export of many it says each."""
    parts: list[list[int]] = []
    for id in sorted(set(ids)):
        if parts and parts[-1][1] == id - 1:
            parts[-1][1] = id
        else:
            parts.append([id, id])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def among(id: int, written: str) -> bool:
    """Whether a case is one of those that `ranges` wrote."""
    for part in written.split(",") if written else ():
        first, _, last = part.partition("-")
        if int(first) <= id <= int(last or first):
            return True
    return False


def any_among(ids: Sequence[int], written: str) -> bool:
    """Whether one of some ids, sorted, is one of those that `ranges` wrote."""
    for part in written.split(",") if written else ():
        first, _, last = part.partition("-")
        place = bisect_left(ids, int(first))
        if place < len(ids) and ids[place] <= int(last or first):
            return True
    return False


def numbers_in(written: str) -> Iterator[int]:
    """The numbers that `ranges` wrote."""
    for part in written.split(",") if written else ():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
