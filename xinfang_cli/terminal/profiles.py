"""Profiles of other offices' sheets on the screen."""

from __future__ import annotations

from xinfang_cli.office.exchange.profiles import MappingList, ProfileFile, ProfileList, ProfileRemoved, ShownProfile
from xinfang_cli.present.profiles import View
from xinfang_cli.terminal import screen


def draw(view: View) -> None:
    """The profiles or one of them; the written file; or the removal."""
    if isinstance(view, MappingList):
        for one in view.profiles:
            screen.print_line(f"{one.name}：" + "、".join(f"{heading}={meant}" for heading, meant in one.map.items()))
        if not view.profiles:
            screen.print_line("没有存下的列标题对照")
    elif isinstance(view, ProfileList):
        for one in view.profiles:
            year = f"、{one.year} 年" if one.year else ""
            screen.print_line(f"{one.name}：{len(one.map)} 列、{len(one.words)} 个词{year}")
        if not view.profiles:
            screen.print_line("没有存下的对照方案")
    elif isinstance(view, ProfileFile):
        screen.print_line(f"已写到 {view.file}")
    elif isinstance(view, ProfileRemoved):
        screen.print_line(f"已删去「{view.removed}」")
    else:
        _draw_one(view)


def _draw_one(view: ShownProfile) -> None:
    screen.print_line(view.name)
    for label, pairs in (("列", view.map), ("词", view.words), ("空着时", view.default), ("编号格式", view.codes)):
        for word, meant in pairs.items():
            screen.print_line(f"  {label}  {word}={meant}")
    if view.year:
        screen.print_line(f"  年份  {view.year}")
    if view.day_order:
        screen.print_line(f"  日期顺序  {view.day_order}")
    if view.sheet:
        screen.print_line(f"  工作表  {view.sheet}")
