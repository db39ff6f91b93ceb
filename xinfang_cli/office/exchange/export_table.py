"""One table that leaves the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xinfang_cli.frozen import NamedTuple


class ExportTable(NamedTuple):
    """One table that leaves the book: its rows by key, read while they are written, and its columns (key, heading);
    without columns the output has its own."""

    name: str
    rows: Iterable[Mapping[str, Any]]
    columns: tuple[tuple[str, str], ...] = ()
    more: tuple[tuple[str, str], ...] = ()
    """Columns (key, heading) after those that the output has."""
