"""A bulletin on the screen: its text, or where it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinfang_cli.terminal import screen

if TYPE_CHECKING:
    from xinfang_cli.documents.report import Report


def draw(view: Report) -> None:
    """The text; of one that was written, its file."""
    if view.file is not None:
        screen.print_line(f"已写成 {view.file}：{view.made.title}")
        return
    from xinfang_cli.formats import markdown

    screen.print_line(markdown.text(view.made).rstrip("\n"))
