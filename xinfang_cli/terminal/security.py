"""The page of doctor --security on the screen."""

from __future__ import annotations

from xinfang_cli.office.keeping.security import Security
from xinfang_cli.present.security import lines
from xinfang_cli.terminal import screen


def draw(view: Security) -> None:
    """The views of security on the screen."""
    for line in lines(view):
        screen.print_line(line)
