"""The file formats a report can be written in, by the ending of the file's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xinfang_cli.files import written_whole
from xinfang_cli.formats.model import Document


def _docx(document: Document, target: Path) -> None:
    from xinfang_cli.formats import word

    word.write(document, target)


def _xlsx(document: Document, target: Path) -> None:
    from xinfang_cli.formats import workbook

    workbook.write(document, target)


def _html(document: Document, target: Path) -> None:
    from xinfang_cli.formats import page

    _text(page.text(document), target)


def _md(document: Document, target: Path) -> None:
    from xinfang_cli.formats import markdown

    _text(markdown.text(document), target)


def _json(document: Document, target: Path) -> None:
    from xinfang_cli.formats.model import record
    from xinfang_cli.present.machine import as_json

    _text(as_json(record(document)), target)


def _text(text: str, target: Path) -> None:
    target.write_text(text, "utf-8", newline="\n")


FORMATS: dict[str, Callable[[Document, Path], None]] = {
    ".docx": _docx,
    ".xlsx": _xlsx,
    ".html": _html,
    ".md": _md,
    ".json": _json,
}


def write(document: Document, target: Path) -> None:
    """Write a report in the format its file name asks for; whole or not at all."""
    with written_whole(target) as made:
        FORMATS[target.suffix.lower()](document, made)
