"""The record of a case and the access log, on the screen."""

from __future__ import annotations

from xinfang_cli.office.find.history import Accesses, History
from xinfang_cli.present import history as words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.cases import foot
from xinfang_cli.terminal.screen import Column


def draw(view: History | Accesses) -> None:
    """Events by author and moment, or looks by person and moment."""
    if isinstance(view, History):
        number, day, event, who, user, host, moment, file, note = words.HISTORY
        columns = [Column(number, right=True), Column(day), Column(event), Column(who, fixed=False, least=8)]
        columns += [
            Column(user, drop=2),
            Column(host, fixed=False, drop=3),
            Column(moment),
            Column(file, fixed=False, drop=1),
            Column(note),
        ]
        screen.table(columns, words.events(view))
        if view.later:
            screen.print_line(f"以后的日期还有 {view.later} 项，没有列出")
    elif not view.looks:
        screen.print_line("没有查阅记录")
    else:
        moment, who, user, host, what, rows, why, file, digest = words.ACCESSES
        columns = [
            Column(moment),
            Column(who, fixed=False, least=8),
            Column(user, drop=3),
            Column(host, fixed=False, drop=4),
        ]
        columns += [Column(what, fixed=False), Column(rows, right=True), Column(why, fixed=False)]
        columns += [Column(file, fixed=False, drop=2), Column(digest, fixed=False, drop=5)]
        screen.table(columns, words.looks(view))
        foot(len(view.looks), view.limit, "条")
