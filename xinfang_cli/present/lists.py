"""Lists of cases for programs and spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.law.conditions import EXTRA
from xinfang_cli.office.find.lists import CaseList, HowMany
from xinfang_cli.present.cases import LIST_COLUMNS, column_heading, in_words
from xinfang_cli.present.machine import Csv, csv_of


def document(view: CaseList | HowMany) -> Any:
    """The JSON of `list`."""
    if isinstance(view, HowMany):
        return {"count": view.cases}
    if not view.extras:
        return [line._asdict() for line in view.lines]
    return [{**line._asdict(), "extras": dict(extras)} for line, extras in zip(view.lines, view.extras, strict=True)]


def table(view: CaseList | HowMany, columns: Sequence[str] | None = None) -> Csv:
    """The CSV of `list`; `columns`: keys of LIST_COLUMNS, or another office's. A count is its number alone."""
    if isinstance(view, HowMany):
        return Csv(["件数"], [[view.cases]])
    rows = ({**in_words(line), **extras_of(view, place)} for place, line in enumerate(view.lines))
    return csv_of(rows, {key: column_heading(key) for key in columns or LIST_COLUMNS})


def extras_of(view: CaseList, place: int) -> dict[str, str]:
    """A line's cells under other offices' headings, by column key."""
    return {EXTRA + heading: value for heading, value in view.extras[place].items()} if view.extras else {}
