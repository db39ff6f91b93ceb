"""An office on a server, on the screen."""

from __future__ import annotations

from xinfang_cli.office.keeping.serving import Logins, OfficesThere
from xinfang_cli.present.serving import View, lines, table
from xinfang_cli.present.steps import worded
from xinfang_cli.terminal import screen


def draw(view: View | Logins | OfficesThere) -> None:
    """The result of a server command: changes, logins, or findings."""
    if isinstance(view, Logins | OfficesThere):
        if not view[-1]:
            screen.print_line("没有")
            return
        headings, rows = table(view)
        screen.table([screen.Column(heading) for heading in headings], rows)
        return
    for line in lines(view):
        screen.print_line(worded(line))
