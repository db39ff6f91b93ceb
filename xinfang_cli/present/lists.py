"""Lists of cases for programs and spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.office.find.lists import CaseList, HowMany
from xinfang_cli.present.cases import LIST_COLUMNS, in_words
from xinfang_cli.present.machine import Csv, csv_of


def document(view: CaseList | HowMany) -> Any:
    """The JSON of `list`."""
    return {"count": view.cases} if isinstance(view, HowMany) else [line._asdict() for line in view.lines]


def table(view: CaseList | HowMany, columns: Sequence[str] | None = None) -> Csv:
    """The CSV of `list`; `columns`: keys of LIST_COLUMNS. A count is its number alone."""
    if isinstance(view, HowMany):
        return Csv(["件数"], [[view.cases]])
    return csv_of(map(in_words, view.lines), {key: LIST_COLUMNS[key] for key in columns or LIST_COLUMNS})
