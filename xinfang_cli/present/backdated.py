"""补记 of a period as JSON and CSV."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.figures.backdated import Backdated, BackdatedSteps
from xinfang_cli.present.machine import Csv, csv_of

COLUMNS = labelled(
    "case_no",
    "kind=event_kind",
    "unit=unit_then",
    "actor",
    "os_user",
    "on=written_on",
    "recorded_on",
    "days",
    "how=recorded_how",
    "saved",
    "due_on=due_day",
)
_HOW = {"collect": "收回的办理表", "import": "导入"}


def document(view: BackdatedSteps) -> dict[str, Any]:
    """The JSON of `stats --backdated`."""
    return {
        "period": {"from": view.first, "to": view.last},
        "only": dict(view.only),
        "total": view.total._asdict(),
        "by_unit": [{"unit": one.name, **one.lags._asdict()} for one in view.by_unit],
        "by_clerk": [{"actor": one.name, **one.lags._asdict()} for one in view.by_clerk],
        "steps": [step._asdict() for step in view.steps],
        "imported": view.imported,
    }


def in_words(step: Backdated) -> dict[str, Any]:
    """A step of the list in words."""
    how = [_HOW.get(step.command, ""), "更正" if step.corrects else "", "补记漏记" if step.late_entry else ""]
    said = {"kind": EVENT.label(step.kind), "how": "、".join(filter(None, how)), "due_on": step.due_on or ""}
    return step._asdict() | said | {"saved": "" if step.saved is None else terms.CLOCK.label(step.saved)}


def table(view: BackdatedSteps) -> Csv:
    """The steps one by one."""
    return csv_of(map(in_words, view.steps), COLUMNS)
