"""Today's pressing on the screen: a text a unit, ready to send."""

from __future__ import annotations

from xinfang_cli.office.work.pressing import Reminders
from xinfang_cli.terminal import screen


def draw(view: Reminders) -> None:
    """The texts, the cases left out, and the records made."""
    if not view.units:
        screen.print_line("今天没有要催办的")
    for group in view.units:
        screen.print_line(group.text)
        screen.print_line()
    if view.hidden:
        screen.print_notice(f"注意：有 {view.hidden} 条检举控告件的责任单位就是被检举单位，没有列出（条例第三十条）")
    if view.dry_run:
        screen.print_notice("试看，没有记入")
    elif view.units:
        already = sum(item.already for group in view.units for item in group.items)
        screen.print_notice(
            f"已记入 {view.recorded} 条" + (f"，今天已记过的 {already} 条没有重复记" if already else "")
        )
