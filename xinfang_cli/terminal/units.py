"""Units on the screen."""

from __future__ import annotations

from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.keeping.units import UnitChange, UnitList, UnitMerge, UnitsAdded
from xinfang_cli.present import units as words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: UnitList | UnitChange | UnitMerge | UnitsAdded) -> None:
    """The views of units on the screen."""
    if not isinstance(view, UnitList):
        screen.print_line(words.sentence(view))
        return
    screen.table(
        [
            Column(LABELS["group"]),
            Column(LABELS["seq"], right=True),
            Column(LABELS["listed_name"], fixed=False, least=16),
            Column(LABELS["short"]),
            Column(LABELS["code"]),
            Column("首字母"),
            Column(LABELS["aliases"], fixed=False, least=16, drop=1),
            Column("在办", right=True),
        ],
        words.rows(view),
    )
