"""Undone and undoable commands on the screen."""

from __future__ import annotations

from xinfang_cli.law.events.registry import command_label
from xinfang_cli.office.amend.undoing import UndoableList, Undone
from xinfang_cli.office.work.done import ChangedCase
from xinfang_cli.present import undoing as words
from xinfang_cli.present.casework import sentence
from xinfang_cli.terminal import casework, screen
from xinfang_cli.terminal.screen import Column


def draw(view: UndoableList | Undone) -> None:
    """The undoable commands; or the undone one with its cases now."""
    if isinstance(view, Undone):
        _undone(view)
        return
    if not view.commands:
        screen.print_line("没有可以撤销的操作")
        return
    number, command, moment, cases, first = words.HEADINGS
    columns = [Column(number, right=True), Column(command), Column(moment), Column(cases, right=True)]
    screen.table([*columns, Column(first, fixed=False, least=16)], words.rows(view))


def _undone(view: Undone) -> None:
    screen.print_line(f"已撤销：{command_label(view.name)}")
    for said in view.office_events[:20]:
        screen.print_line(f"  {said}")
    for case in view.before[:5]:
        screen.print_line(f"  撤销前：{sentence(ChangedCase(case))}")
    if len(view.before) > 5:
        screen.print_line("  ……")
    casework.draw(view.done)
