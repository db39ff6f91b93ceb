"""查阅情况 of a month as JSON and as a table."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.find.access_month import AccessMonth
from xinfang_cli.present.machine import Csv

HEADINGS = (LABELS["actor"], LABELS["os_user"], "查阅方式", "次数", "件次", "含检举控告件", "没有写事由")


def document(view: AccessMonth) -> dict[str, Any]:
    """The JSON of the views of access month."""
    return {
        "from": view.period.first,
        "to": view.period.last,
        "by": [one._asdict() for one in view.by],
        "looks": [one._asdict() for one in view.looks],
    }


def rows(view: AccessMonth) -> list[tuple[Any, ...]]:
    """A line a person and kind of look."""
    return [
        (
            *(one.actor, one.os_user, terms.LOOK.label(one.what), one.times, one.cases),
            *(one.accusations, one.without_why),
        )
        for one in view.by
    ]


def table(view: AccessMonth) -> Csv:
    """The rows of the views of access month for a spreadsheet."""
    return Csv(HEADINGS, rows(view))
