"""The file for a disputed rank on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinfang_cli.terminal import screen

if TYPE_CHECKING:
    from xinfang_cli.documents.appeal import AppealFile


def draw(view: AppealFile) -> None:
    """The written file."""
    screen.print_line(f"已写成 {view.file}：{view.appeal.unit} {view.appeal.period.label}")
