"""The record of a case and the access log, for programs and spreadsheets."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.find.history import Access, Accesses, History
from xinfang_cli.present.machine import Csv
from xinfang_cli.present.moments import local

HISTORY = (
    LABELS["seq"],
    LABELS["on"],
    LABELS["event"],
    LABELS["actor"],
    LABELS["os_user"],
    LABELS["machine"],
    "记录时间",
    LABELS["file"],
    LABELS["remark"],
)
ACCESSES = (
    LABELS["moment"],
    LABELS["actor"],
    LABELS["os_user"],
    LABELS["machine"],
    "看了什么",
    LABELS["cases"],
    "事由",
    "文件",
    "SHA-256",
)


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
            one.os_user,
            one.host,
            local(one.recorded_at),
            one.file,
            "已撤销" if one.revoked else "",
        )
        for one in view.events
    ]


def looks(view: Accesses) -> list[tuple[Any, ...]]:
    """A line a look."""
    return [
        (local(one.at), one.actor, one.os_user, one.host, _what(one), one.rows, one.why, one.file, one.sha256)
        for one in view.looks
    ]


def _what(look: Access) -> str:
    more = "、".join(look.cases)
    if look.cases and (look.rows or 0) > len(look.cases):
        more += " 等"
    marks = "，显示个人信息" if look.revealed and look.what != "reveal" else ""
    marks += "，含检举控告件" if look.accusation else ""
    return " ".join(word for word in (terms.LOOK.label(look.what), look.filter or "", more) if word) + marks
