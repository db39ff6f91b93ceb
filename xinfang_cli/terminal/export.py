"""An export that was written, on the screen."""

from __future__ import annotations

from xinfang_cli.office.exchange.export import ExportWritten
from xinfang_cli.present.export import masking
from xinfang_cli.terminal import screen


def draw(view: ExportWritten) -> None:
    """The views of export on the screen."""
    screen.print_line(f"已导出 {view.rows} 行到 {view.file}{masking(view)}")
