"""The file of a book on the screen: made, copied, put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.keeping.backup import Backup, Copies
from xinfang_cli.office.keeping.making import BookMade
from xinfang_cli.office.keeping.restore import Restoration
from xinfang_cli.present.moments import local
from xinfang_cli.terminal import screen

if TYPE_CHECKING:
    from xinfang_cli.book.engine import Copy


def draw(view: BookMade | Backup | Copies | Restoration) -> None:
    """A line of what was done, with the event head to be noted down."""
    if isinstance(view, BookMade):
        screen.print_line(f"已建立案件簿 {view.db}" if view.created else f"案件簿 {view.db} 已经有了")
        return
    if isinstance(view, Copies):
        _draw_copies(view)
        return
    if isinstance(view, Backup):
        screen.print_line(f"已备份到 {view.file}，读回核对无误：{view.events} 个事件，链头 {view.head}")
        if view.removed:
            screen.print_line(f"已删去更早的备份 {len(view.removed)} 份")
    else:
        kept = f"；原来的存为 {view.kept}" if view.kept else ""
        screen.print_line(f"已恢复 {view.db}：{view.events} 个事件，链头 {view.head}{kept}")
        if view.carried is not None:
            screen.print_line(f"备份以后的 {view.carried.events} 个事件已补进来，涉及 {view.carried.cases} 件")
    if view.files:
        screen.print_line(f"连同附件 {view.files} 个")


def _draw_copies(view: Copies) -> None:
    if not view.copies:
        screen.print_line(f"{'、'.join(view.where)} 里没有备份")
        return
    columns = [
        *(
            screen.Column("备份"),
            screen.Column(LABELS["cases"], right=True),
            screen.Column(LABELS["event"], right=True),
        ),
        *(screen.Column("到"), screen.Column("链头"), screen.Column("核对", fixed=False)),
    ]
    screen.table(columns, [_row(copy) for copy in view.copies])


def _row(copy: Copy) -> list[str]:
    if copy.events is None:
        return [str(copy.file), "", "", "", "", f"读不出：{copy.why}"]
    return [
        str(copy.file),
        str(copy.cases),
        str(copy.events),
        local(copy.last_at) if copy.last_at else "",
        copy.head or "",
        "完好" if copy.verified else copy.why,
    ]
