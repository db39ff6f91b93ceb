"""The rows that were not taken, kept until they are written beside the file."""

from __future__ import annotations

import os
import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from xinfang_cli.frozen import NamedTuple

HELD = 8 << 20
"""Bytes that stay in memory."""


class RejectedRow(NamedTuple):
    """A row that was not taken, its cells as they were."""

    sheet: str
    row: int
    cells: tuple[object, ...]
    reasons: tuple[tuple[str, str], ...]  # (column, reason)


class RejectSpool:
    """Rejected rows in a file without a name beside the book, in memory while small: a million of them fit."""

    def __init__(self, beside: Path) -> None:
        folder = str(beside) if os.access(beside, os.W_OK) else None  # of a trial alone
        self._file = tempfile.SpooledTemporaryFile(max_size=HELD, dir=folder)  # noqa: SIM115
        self._places = array("Q")  # sheet and row in one number: a million of them stay small
        self._offsets = array("Q")
        self._names: dict[int, str] = {}

    def add(
        self, sheet: int, name: str, line: int, cells: Iterable[object], reasons: Iterable[tuple[str, str]]
    ) -> None:
        """Put a turned-back line aside, on disk, with its reasons (column, reason)."""
        self._names[sheet] = name
        at = self._file.seek(0, 2)
        pickle.dump((tuple(cells), tuple(reasons)), self._file, protocol=5)
        self._places.append(sheet << 40 | line)
        self._offsets.append(at)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[RejectedRow]:
        for n in sorted(range(len(self)), key=self._places.__getitem__):
            self._file.seek(self._offsets[n])
            cells, reasons = pickle.load(self._file)  # written above, by this process
            sheet, line = divmod(self._places[n], 1 << 40)
            yield RejectedRow(self._names[sheet], line, cells, reasons)
