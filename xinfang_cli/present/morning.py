"""The morning for programs and spreadsheets: deadlines, and the desk."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.labels import labelled
from xinfang_cli.office.find.morning import Deadlines, Desk
from xinfang_cli.office.views import DeadlineLine
from xinfang_cli.present.cases import in_words
from xinfang_cli.present.machine import Csv, csv_of

COLUMNS = labelled("case_no", "title", "unit", "clock", "start", "due_on", "days_left", "stage", "lead", "guessed")
COUNTS = ("待转送", "待受理", "办理中", "待审核", "本周到期", "已超期", "督办中")
_KEYS = DeadlineLine._fields[: DeadlineLine._fields.index("owner")]  # what a program is told of a deadline


def _deadline(line: DeadlineLine) -> dict[str, Any]:
    return dict(zip(_KEYS, line, strict=False))


def document(view: Deadlines | Desk) -> Any:
    """The JSON of `overdue` and `due`, and of the desk."""
    if isinstance(view, Desk):
        pressing = [_deadline(line) for line in view.pressing]
        year = view.next_year_missing
        return {"today": view.today, **view.counts._asdict(), "pressing": pressing, "next_year_missing": year}
    if view.presumed is None:
        return [{**_deadline(line), "owner": line.owner} for line in view.lines]
    return [
        {**_deadline(line), "owner": line.owner, "presumed": presumed}
        for line, presumed in zip(view.lines, view.presumed, strict=True)
    ]


def table(view: Deadlines) -> Csv:
    """The CSV of `overdue` and `due`."""
    if not view.presumed:
        return csv_of(map(in_words, view.lines), COLUMNS)
    rows = ({**in_words(line), "presumed": guess} for line, guess in zip(view.lines, view.presumed, strict=True))
    return csv_of(rows, COLUMNS | {"presumed": "推定"})
