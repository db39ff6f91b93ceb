"""The sheet of a dispatch meeting on the screen."""

from __future__ import annotations

from xinfang_cli.office.campaigns.meeting import Meeting
from xinfang_cli.present.meeting import HEADINGS, in_words
from xinfang_cli.terminal import screen

_SHOWN = ("unit", "case_no", "title", "clock", "due_on", "days_left", "promised")
_FOLDED = ("unit", "title", "promised")


def draw(view: Meeting) -> None:
    """The cases on the table, overdue ones in red; or where the workbook is."""
    if view.file is not None:
        screen.print_line(f"已写入 {view.file}，共 {len(view.lines)} 件")
        return
    said = in_words(view.lines)
    screen.table(
        [screen.Column(HEADINGS[key], fixed=key not in _FOLDED, right=key == "days_left") for key in _SHOWN],
        [[row[key] for key in _SHOWN] for row in said],
        styles=["red" if (row["days_left"] or 0) < 0 else "" for row in said],
    )
    screen.print_line(f"共 {len(view.lines)} 件")
