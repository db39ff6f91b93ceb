"""Lists kept under a name, on the screen."""

from __future__ import annotations

from xinfang_cli.office.find.kept_lists import Dropped, KeptLists, Saved
from xinfang_cli.present.kept_lists import HEADINGS, rows
from xinfang_cli.terminal import screen


def draw(view: KeptLists | Saved | Dropped) -> None:
    """The saved lists, or the result for one of them."""
    if isinstance(view, Saved):
        screen.print_line(f"{'已保存' if view.new else '已更新'}：xinfang list @{view.name}")
    elif isinstance(view, Dropped):
        screen.print_line(f"已删去「{view.name}」")
    elif not view.lists:
        screen.print_line("还没有保存过列表")
    else:
        name, words, who = HEADINGS
        columns = [screen.Column(name), screen.Column(words, fixed=False), screen.Column(who, fixed=False)]
        screen.table(columns, rows(view))
