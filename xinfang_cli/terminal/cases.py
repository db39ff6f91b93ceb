"""Common parts of case lists on the screen: foot, urgency of a line."""

from __future__ import annotations

from xinfang_cli.terminal import screen


def urgency(left: int | None) -> str:
    """The colour of a line by the days it has left."""
    if left is None or left > 5:
        return ""
    if left < 0:
        return "red"
    return "yellow" if left <= 2 else ""


def foot(shown: int, limit: int, unit: str) -> None:
    """The number of lines shown, and how to see the rest."""
    if limit and shown >= limit:
        screen.print_line(f"显示前 {shown} {unit}，全部用 --limit 0")
    else:
        screen.print_line(f"共 {shown} {unit}")
