"""A book that was moved, on the screen."""

from __future__ import annotations

from xinfang_cli.office.exchange.relocating import Moved
from xinfang_cli.present.relocating import lines
from xinfang_cli.terminal import screen


def draw(view: Moved) -> None:
    """The new place, and the old one."""
    for line in lines(view):
        screen.print_line(line)
