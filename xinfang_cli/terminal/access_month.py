"""查阅情况 of a month on the screen."""

from __future__ import annotations

from xinfang_cli.office.find.access_month import AccessMonth
from xinfang_cli.present import access_month as words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: AccessMonth) -> None:
    """Looks by person, count and extent, with the place of each in the log."""
    screen.print_line(f"{view.period.label}查阅情况：{len(view.looks)} 次")
    if view.by:
        who, user, what, *counts = words.HEADINGS
        columns = [Column(who, fixed=False, least=8), Column(user), Column(what)]
        screen.table([*columns, *(Column(count, right=True) for count in counts)], words.rows(view))
        screen.print_line("逐次的看 xinfang history --access，一件的加编号")
