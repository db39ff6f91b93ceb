"""The empty ledger on the screen: where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinfang_cli.errors import typed
from xinfang_cli.terminal import screen

if TYPE_CHECKING:
    from xinfang_cli.documents.import_template import ImportTemplate


def draw(view: ImportTemplate) -> None:
    """The views of import template on the screen."""
    screen.print_line(f"已生成模板 {view.file}，填好后用 xinfang import {typed(str(view.file))} 导入")
