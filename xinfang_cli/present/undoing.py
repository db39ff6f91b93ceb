"""Undone and undoable commands in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinfang_cli.law.events.registry import command_label
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.amend.undoing import Undoable, UndoableList, Undone
from xinfang_cli.office.work.done import ChangedCase, RegistrationRevoked
from xinfang_cli.present import casework
from xinfang_cli.present.machine import Csv
from xinfang_cli.present.moments import local

HEADINGS = (LABELS["seq"], LABELS["command"], LABELS["moment"], LABELS["cases"], "首件或事项")


def document(view: UndoableList | Undone) -> Any:
    """The undoable commands, or the cases of the undone one. An undone registration is in no list any more: its case is
    shown as before, with a mark.
    """
    if isinstance(view, UndoableList):
        return [_line(one) for one in view.commands]
    if not view.before:
        return {"name": view.name, "undone": view.office_events}
    still = {changed.case.case_no for changed in view.done.cases}
    gone = (ChangedCase(case, (RegistrationRevoked(),)) for case in view.before if case.case_no not in still)
    return casework.document(view.done._replace(cases=(*view.done.cases, *gone)))


def _line(one: Undoable) -> dict[str, Any]:
    said = one._asdict()
    return {"house" if key == "office_events" else key: value for key, value in said.items()}


def notices(view: UndoableList | Undone) -> Iterator[str]:
    """Further notes on the cases."""
    return casework.notices(view.done) if isinstance(view, Undone) else iter(())


def table(view: UndoableList) -> Csv:
    """The rows of the views of undoing for a spreadsheet."""
    return Csv(HEADINGS, rows(view))


def rows(view: UndoableList) -> list[tuple[Any, ...]]:
    return [
        (
            one.command,
            command_label(one.name),
            local(one.recorded_at),
            one.cases or "",
            one.first_case or "；".join(one.office_events[:2]) + ("……" if len(one.office_events) > 2 else ""),
        )
        for one in view.commands
    ]
