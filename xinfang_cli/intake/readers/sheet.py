"""A reader's result: the sheets of a file, each with its possible readings of cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Protocol

from xinfang_cli.frozen import NamedTuple

Row = Sequence[object]
Lost = Mapping[int, Mapping[int, str]]
"""Row number → column, from 0 → `#N/A` of a formula that went wrong, nothing of one that was never worked out."""


class MarkedRow(tuple[object, ...]):
    """The cells of a row of which there is something to tell."""

    fault: str
    """Why it must be turned back whatever it says: a Chinese sentence; nothing of a row that may be taken."""
    struck: bool
    """All that is written in it is struck out."""
    hidden: bool
    """It is hidden in the sheet."""
    merged: bool
    """It has values of merged cells that it shares with the row above."""
    partly: bool
    """Some of what is written in it is struck out."""
    covered: bool
    """A merged cell hides something else that is written in it."""
    unseen: bool
    """Some of it is written in the colour of its ground, or under a format that shows nothing."""

    def __new__(
        cls,
        cells: Iterable[object],
        *,
        fault: str = "",
        struck: bool = False,
        hidden: bool = False,
        merged: bool = False,
        partly: bool = False,
        covered: bool = False,
    ) -> MarkedRow:
        row = super().__new__(cls, cells)
        row.fault, row.struck, row.hidden, row.merged, row.partly = fault, struck, hidden, merged, partly
        row.covered, row.unseen = covered, False
        return row

    def filled(self, cells: Iterable[object], *, merged: bool = True, covered: bool = False) -> MarkedRow:
        """The row with the values that are seen in its place."""
        row = MarkedRow(cells, fault=self.fault, struck=self.struck, hidden=self.hidden)
        row.partly, row.merged, row.covered = self.partly, self.merged or merged, self.covered or covered
        row.unseen = self.unseen
        return row


def row_with(cells: Row, struck: Collection[bool | None], unseen: Collection[bool] = (), *, hidden: bool) -> Row:
    """A row; marked where it is hidden, or some of its filled cells are struck out (None: in part) or nobody sees them."""
    whole, some = bool(struck) and all(struck), any(cell is not False for cell in struck)
    blank = bool(unseen) and all(unseen)
    if not (hidden or some or any(unseen)):
        return cells
    row = MarkedRow(cells, struck=whole, hidden=hidden or blank, partly=some and not whole)
    row.unseen = any(unseen) and not blank
    return row


def nothing_lost(header_row: int, columns: Collection[int]) -> Lost:
    """The answer of a reader that keeps every value."""
    return {}


class Held:
    """A file in memory, put right from one on the disk: unlocked, or with proper names of its parts."""

    def __init__(self, path: Path | Held, raw: bytes) -> None:
        self.name: str = path.name
        self.stem: str = path.stem
        self.raw = raw

    def open(self, mode: str = "rb") -> BytesIO:
        """As of a path."""
        return BytesIO(self.raw)

    def read_bytes(self) -> bytes:
        """As of a path."""
        return self.raw


File = Path | Held


class RowsOf(Protocol):
    """Gives the rows; once the header is known it is told its row and how many headings it has."""

    def __call__(self, header_row: int = 0, width: int = 0) -> Iterator[tuple[int, Row]]: ...


class Reading(NamedTuple):
    """One way of reading a sheet: the only one, but of a text file with each delimiter."""

    rows: RowsOf
    """Row number from 1 and cells of each row, from the first again at each call."""
    rows_at_most: int
    """No more rows than this (quoted line breaks make it too large)."""
    merged: tuple[tuple[int, int, int], ...] = ()
    """Cells merged downwards: first and last row number, column from 0."""
    lost: Callable[[int, Collection[int]], Lost] = nothing_lost
    """(header row, wanted columns) → the cells below it that have no value. Unusable where there is no end of them."""
    epoch1904: bool = False
    """Serial numbers count from 1904."""
    hidden_columns: Collection[int] = ()
    """From 0."""


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
