"""Purges on the screen."""

from __future__ import annotations

from xinfang_cli.office.keeping.purging import Purged, PurgePlan
from xinfang_cli.present.purging import given, kept, named, texts
from xinfang_cli.terminal import screen


def draw(view: PurgePlan | Purged) -> None:
    """Planned or done removals, and exceptions."""
    if isinstance(view, Purged):
        screen.print_line(
            f"已清除 {len(view.cases)} 件的文字：{texts(view.texts) or '无'}，删去附件 {view.files} 个文件"
        )
        screen.print_line(f"{view.events} 个事件，链头 {view.head}")
        return
    screen.print_wrapped(f"要清除的 {len(view.cases)} 件：{named(view.cases) or '无'}")
    if view.events:
        screen.print_line(f"另有撤销了的记录 {len(view.events)} 条")
    if view.texts:
        screen.print_line(f"文字：{texts(view.texts)}")
    for draft in view.drafts:
        screen.print_line(f"草稿：{draft}")
    for line in kept(view):
        screen.print_wrapped(line)
    if view.given:
        screen.print_line("案件簿外面还有这些文字的文件，清除不到，请自己找出来删去：")
        for line in given(view):
            screen.print_wrapped(f"  {line}")
    if view.left_over and not view.cases and not view.events:
        screen.print_line("上次清除以后，案件簿的文件没有记下已整理，清除时再整理一次")
