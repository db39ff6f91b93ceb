"""A report in the form its file name asks for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from xinfang_cli.errors import Unusable
from xinfang_cli.output.document import Document, record


def write(document: Document, target: Path) -> None:
    """Write the report as docx, xlsx, html, md or json; whole or not at all."""
    form = target.suffix.lower()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=form, dir=target.parent)
        os.close(handle)
        made = Path(name)
    except OSError as error:
        raise _cannot(target, error) from error
    try:
        if form == ".docx":
            from xinfang_cli.output import word

            word.write(document, made)
        elif form == ".xlsx":
            from xinfang_cli.output import workbook

            workbook.write(document, made)
        else:
            made.write_text(_text(document, form), "utf-8", newline="\n")
        made.chmod(0o644)
        made.replace(target)
    except OSError as error:
        raise _cannot(target, error) from error
    finally:
        made.unlink(missing_ok=True)


def _text(document: Document, form: str) -> str:
    if form == ".html":
        from xinfang_cli.output import page

        return page.text(document)
    if form == ".md":
        from xinfang_cli.output import markdown

        return markdown.text(document)
    from xinfang_cli.output.machine import as_json

    return as_json(record(document))


def _cannot(target: Path, error: OSError) -> Unusable:
    return Unusable(f"文件 {target} 写不了（{error.strerror}）", "请检查文件夹的权限和磁盘空间", code="permission")
