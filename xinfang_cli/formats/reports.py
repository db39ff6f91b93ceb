"""A report in the form its file name asks for."""

from __future__ import annotations

from pathlib import Path

from xinfang_cli.documents.model import Document, record
from xinfang_cli.files import whole


def write(document: Document, target: Path) -> None:
    """Write the report as docx, xlsx, html, md or json; whole or not at all."""
    form = target.suffix.lower()
    with whole(target) as made:
        if form == ".docx":
            from xinfang_cli.formats import word

            word.write(document, made)
        elif form == ".xlsx":
            from xinfang_cli.formats import workbook

            workbook.write(document, made)
        else:
            made.write_text(_text(document, form), "utf-8", newline="\n")


def write_bytes(content: bytes, target: Path) -> None:
    """Write a file that is made already; whole or not at all."""
    with whole(target) as made:
        made.write_bytes(content)


def _text(document: Document, form: str) -> str:
    if form == ".html":
        from xinfang_cli.formats import page

        return page.text(document)
    if form == ".md":
        from xinfang_cli.formats import markdown

        return markdown.text(document)
    from xinfang_cli.present.machine import as_json

    return as_json(record(document))
