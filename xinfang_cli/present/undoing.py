"""The commands that can be undone, in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.events.registry import command_label
from xinfang_cli.office.amend.undoing import UndoableList
from xinfang_cli.present.machine import Csv
from xinfang_cli.present.moments import local

HEADINGS = ("序号", "操作", "时间", "件数", "首件或事项")


def document(view: UndoableList) -> list[dict[str, Any]]:
    return [one._asdict() for one in view.commands]


def table(view: UndoableList) -> Csv:
    return Csv(HEADINGS, rows(view))


def rows(view: UndoableList) -> list[tuple[Any, ...]]:
    return [
        (
            one.command,
            command_label(one.name),
            local(one.recorded_at),
            one.cases or "",
            one.first_case or "；".join(one.house[:2]) + ("……" if len(one.house) > 2 else ""),
        )
        for one in view.commands
    ]
