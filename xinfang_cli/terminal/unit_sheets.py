"""The sheets that went to units, on the screen."""

from __future__ import annotations

from xinfang_cli.office.exchange.unit_sheets import Issued
from xinfang_cli.terminal import screen


def draw(view: Issued) -> None:
    """Files and their destinations."""
    for sheet, path in zip(view.sheets, view.files, strict=True):
        over = sum(1 for row in sheet.rows if (row.cells["days_left"] or 0) < 0)
        screen.print_line(f"{path}：{len(sheet.rows)} 件" + (f"，超期 {over} 件" if over else ""))
        if sheet.hidden:
            screen.print_notice(f"注意：检举控告{sheet.unit}的 {sheet.hidden} 件没有列入（条例第三十条）")
    if not view.sheets:
        screen.print_line("没有单位有在办的件")
