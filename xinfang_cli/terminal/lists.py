"""Lists of cases on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.find.lists import CaseList, HowMany
from xinfang_cli.present.cases import LIST_COLUMNS, about, column_heading, in_words
from xinfang_cli.present.lists import extras_of
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.cases import foot, urgency
from xinfang_cli.terminal.screen import Column

_SHOWN = ("case_no", "received_on", "title", "unit", "stage", "due_on", "days_left")
_SHAPES = {
    "received_on": Column(LABELS["received_on"], drop=1),
    "title": Column(LABELS["title"], fixed=False, least=18, lines=3),
    "unit": Column(LABELS["unit"], fixed=False, least=10, lines=3),
    "days_left": Column(LABELS["left"], right=True),
    "headcount": Column(LABELS["headcount"], right=True),
    "topic": Column(LABELS["topic"], fixed=False),
    "region": Column(LABELS["region"], fixed=False),
    "lead": Column(LABELS["lead"], fixed=False),
}


def draw(view: CaseList | HowMany, columns: Sequence[str] | None = None) -> None:
    """Cases as a table, or how many there are; `columns`: keys of LIST_COLUMNS."""
    if isinstance(view, HowMany):
        screen.print_line(str(view.cases))
        return
    if not view.lines:
        screen.print_line("没有符合条件的件")
        return
    shapes = [_SHAPES.get(key) or Column(column_heading(key), fixed=key in LIST_COLUMNS) for key in columns or _SHOWN]
    if columns:  # asked for by name: none is left out of a narrow window
        shapes = [shape._replace(drop=0) for shape in shapes]
    said = [
        {
            **in_words(line),
            **extras_of(view, place),
            "unit": line.unit or terms.no_unit(line.stage, line.closed_on is not None),
            "due_on": about(line) or None,
        }
        for place, line in enumerate(view.lines)
    ]
    screen.table(
        shapes,
        [[row.get(key) for key in columns or _SHOWN] for row in said],
        styles=[urgency(line.days_left) for line in view.lines],
    )
    foot(len(view.lines), view.limit, "件")
