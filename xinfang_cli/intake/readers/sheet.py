"""What a reader gives: the sheets of a file, and for each the ways in which its cells may be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

Row = Sequence[object]
Lost = Mapping[int, Mapping[int, str]]
"""Row number → column, from 0 → `#N/A` of a formula that went wrong, nothing of one that was never worked out."""


def nothing_lost(header_row: int, columns: Collection[int]) -> Lost:
    """Of a reader that keeps every value."""
    return {}


class Reading(NamedTuple):
    """One way of reading a sheet: the only one, but of a text file with each delimiter."""

    rows: Callable[[], Iterator[tuple[int, Row]]]
    """Row number from 1 and cells of each row, from the first again at each call."""
    rows_at_most: int
    """No more rows than this (quoted line breaks make it too large)."""
    merged: tuple[tuple[int, int, int], ...] = ()
    """Cells merged downwards: first and last row number, column from 0."""
    lost: Callable[[int, Collection[int]], Lost] = nothing_lost
    """(header row, wanted columns) → the cells below it that have no value. Unusable where there is no end of them."""
    epoch1904: bool = False
    """Serial numbers count from 1904."""


class Sheet(NamedTuple):
    """One sheet, not read yet."""

    name: str
    readings: Callable[[], Iterable[Reading]]
    """Unusable for a sheet that cannot be read."""
    hidden: bool = False


class SheetFile(NamedTuple):
    """A file that a reader has recognised."""

    sheets: list[Sheet]
    is_text: bool = False
    """It has one sheet, named after the file."""
