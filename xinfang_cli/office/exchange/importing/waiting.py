"""Repeats that stand before their originals: they wait until the original has come, or the file ends."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.rows import LedgerRow
from xinfang_cli.office.exchange.importing.identify import Here, RowFate
from xinfang_cli.office.exchange.row_plan import RowRefused


class _Held(NamedTuple):
    """A waiting row, packed to save memory, with its numbers."""

    packed: bytes
    numbers: tuple[str, ...]
    original: str
    received_on: date
    place: tuple[int, int]


class Guilty(NamedTuple):
    """The row that breaks a ring of repeats naming each other, and why it is turned back."""

    fate: RowFate
    error: RowRefused


class Waiting:
    """Rows by the number of the original that they wait for."""

    def __init__(self) -> None:
        self._held: dict[str, list[_Held]] = {}
        self._ready: deque[_Held] = deque()

    def __bool__(self) -> bool:
        return bool(self._held)

    def hold(self, fate: RowFate, original: str) -> None:
        """Keep a row until the row of its original has been read."""
        here, row = fate.here, fate.row
        packed = pickle.dumps((tuple(here), tuple(row), fate.print, fate.like), protocol=5)
        place = (here.sheet, here.line)
        held = _Held(packed, tuple(fate.numbers()), original, row.said["received_on"], place)
        self._held.setdefault(original.upper(), []).append(held)

    def came(self, numbers: Iterable[str]) -> None:
        """The case of these numbers is in the book: those that waited for it may go on."""
        for number in numbers:
            self._ready.extend(self._held.pop(number, ()))

    def ready(self) -> Iterator[RowFate]:
        """The rows whose originals have come, until there are none; taking one may make others ready."""
        while self._ready:
            yield _unpacked(self._ready.popleft())

    def at_the_end(self) -> Iterator[RowFate | Guilty]:
        """Rows whose original did not come, in file order; of each ring one row as guilty. Accepting one may release
        others.
        """
        while self._held:
            waiting = [held for listed in self._held.values() for held in listed]
            numbers = {number: held for held in waiting for number in held.numbers}
            roots = [held for held in waiting if held.original.upper() not in numbers]
            if not roots:
                yield self._of_a_ring(waiting[0], numbers)
                continue
            for held in roots:
                self._drop(held)
            for held in sorted(roots, key=lambda held: held.place):
                yield _unpacked(held)

    def _drop(self, held: _Held) -> None:
        listed = self._held[held.original.upper()]
        listed.remove(held)
        if not listed:
            del self._held[held.original.upper()]

    def _of_a_ring(self, start: _Held, numbers: dict[str, _Held]) -> Guilty:
        """In a ring of repeats, the one with a later original, else the last."""
        seen: list[_Held] = []
        current = start
        while current not in seen:
            seen.append(current)
            current = numbers[current.original.upper()]
        ring = seen[seen.index(current) :]
        later = [held for held in ring if numbers[held.original.upper()].received_on > held.received_on]
        guilty = min(later, key=lambda held: held.place) if later else max(ring, key=lambda held: held.place)
        self._drop(guilty)
        if later:
            day = numbers[guilty.original.upper()].received_on.isoformat()
            why = (
                f"本件收到于 {guilty.received_on.isoformat()}，早于原件 {guilty.original} 的 {day}。"
                "重复件不能早于原件，写反了请对调"
            )
        else:
            why = f"{guilty.original} 已写作本件的重复件，不能互为重复。请核对哪一件在先"
        return Guilty(_unpacked(guilty), RowRefused("repeat_of", why))


def _unpacked(held: _Held) -> RowFate:
    here, row, print, like = pickle.loads(held.packed)  # packed above, by this process
    return RowFate(Here(*here), LedgerRow(*row), print, like)
