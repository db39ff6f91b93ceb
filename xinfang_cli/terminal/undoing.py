"""The commands that can be undone, on the screen."""

from __future__ import annotations

from xinfang_cli.office.amend.undoing import UndoableList
from xinfang_cli.present import undoing as words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: UndoableList) -> None:
    if not view.commands:
        screen.say("没有可以撤销的操作")
        return
    number, command, moment, cases, first = words.HEADINGS
    columns = [Column(number, right=True), Column(command), Column(moment), Column(cases, right=True)]
    screen.table([*columns, Column(first, fixed=False, least=16)], words.rows(view))
