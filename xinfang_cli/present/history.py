"""The record of a case and the access log, for programs and spreadsheets."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.office.find.history import Access, Accesses, History
from xinfang_cli.present.machine import Csv
from xinfang_cli.present.moments import local

HISTORY = ("序号", "日期", "事件", "经办人", "记录时间", "来自文件", "备注")
ACCESSES = ("时间", "经办人", "看了什么")
_LOOKED = {
    "show": "查看",
    "person": "查信访人",
    "search": "查找",
    "duplicates": "查重复",
    "export": "导出",
    "letter": "出文书",
    "sheet": "下发办理表",
}


def document(view: History | Accesses) -> list[dict[str, Any]]:
    """The JSON of `history`, and of `history --access`."""
    return [one._asdict() for one in (view.events if isinstance(view, History) else view.looks)]


def table(view: History | Accesses) -> Csv:
    """The same as CSV."""
    return Csv(HISTORY, events(view)) if isinstance(view, History) else Csv(ACCESSES, looks(view))


def events(view: History) -> list[tuple[Any, ...]]:
    """A line an event."""
    return [
        (
            one.seq,
            one.on,
            EVENT.label(one.kind),
            one.actor,
            local(one.recorded_at),
            one.file,
            "已撤销" if one.revoked else "",
        )
        for one in view.events
    ]


def looks(view: Accesses) -> list[tuple[str, str, str]]:
    """A line a look."""
    return [(local(one.at), one.actor, _what(one)) for one in view.looks]


def _what(look: Access) -> str:
    command, _, rest = look.what.partition(" ")
    if command == "letter":
        from xinfang_cli.law.letters import LETTER

        letter, _, about = rest.partition(" ")
        rest = f"{LETTER.label(letter)} {about}"
    return f"{_LOOKED.get(command, command)} {rest}"
