"""The file of a book on the screen: made, copied, put back."""

from __future__ import annotations

from xinfang_cli.office.keeping.backup import Backup
from xinfang_cli.office.keeping.making import BookMade
from xinfang_cli.office.keeping.restore import Restoration
from xinfang_cli.terminal import screen


def draw(view: BookMade | Backup | Restoration) -> None:
    """A line of what was done, with the event head to be noted down."""
    if isinstance(view, BookMade):
        screen.say(f"已建立案件簿 {view.db}" if view.created else f"案件簿 {view.db} 已经有了")
        return
    if isinstance(view, Backup):
        screen.say(f"已备份到 {view.file}：{view.events} 个事件，链头 {view.head}")
    else:
        kept = f"；原来的存为 {view.kept}" if view.kept else ""
        screen.say(f"已恢复 {view.db}：{view.events} 个事件，链头 {view.head}{kept}")
    if view.files:
        screen.say(f"连同附件 {view.files} 个")
