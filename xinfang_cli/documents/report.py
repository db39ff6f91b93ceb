"""A bulletin as a view: on the screen its text, as JSON its document, and where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinfang_cli.formats.model import Document, record
from xinfang_cli.frozen import NamedTuple


class Report(NamedTuple):
    """A bulletin as a document, and the file that it was written to."""

    made: Document
    file: Path | None = None


def document(view: Report) -> dict[str, Any]:
    """The JSON of `report` that was written to a file."""
    return {**record(view.made), "file": None if view.file is None else str(view.file)}


def notices(view: Report) -> Iterator[str]:
    """Notes for the report's reader."""
    return (f"注意：{said}" for said in view.made.notice)
