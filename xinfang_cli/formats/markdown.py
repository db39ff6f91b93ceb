"""A report as Markdown."""

from __future__ import annotations

from xinfang_cli.formats.model import Document, Table, shown


def _cell(text: str) -> str:
    """Escape text so that it stays one Markdown cell."""
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, f"\\{mark}")
    return text


def table(one: Table) -> list[str]:
    """A table; a shared heading stands before each of its own."""
    headings = [f"{column.over}·{column.heading}" if column.over else column.heading for column in one.columns]
    right = ("count", "percent", "rank")
    lines = [
        "| " + " | ".join(_cell(heading) for heading in headings) + " |",
        "| " + " | ".join("---:" if column.kind in right else "---" for column in one.columns) + " |",
    ]
    for row in one.rows:
        cells = [_cell(shown(value, column.kind)) for value, column in zip(row.cells, one.columns, strict=True)]
        if row.kind != "unit":
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    if not one.rows:
        lines.append("| 无 |" + " |" * (len(one.columns) - 1))
    return lines


def text(document: Document) -> str:
    """The whole report."""
    lines = [_cell(document.number), "", f"# {_cell(document.title)}", ""]
    for notice in document.notice:
        lines += [f"> {_cell(notice)}", ""]
    if document.addressed:
        lines += [_cell(document.addressed), ""]
    for part in document.sections:
        lines += [f"## {_cell(part.heading)}", ""]
        for paragraph in part.paragraphs:
            lines += [_cell(paragraph), ""]
    lines += [line for said in document.attached for line in (f"{_cell(said)}  ",)]
    lines += [*([""] if document.attached else []), f"{_cell(document.issuer)}  ", document.signed, ""]
    for one in document.tables:
        lines += [f"## {_cell(one.title)}", "", *table(one), ""]
        if one.note:
            lines += [_cell(one.note), ""]
    lines += ["---", "", *(f"- {_cell(said)}" for said in document.foot)]
    if document.copied:
        lines += ["", f"抄送：{_cell(document.copied)}"]
    return "\n".join(lines) + "\n"
