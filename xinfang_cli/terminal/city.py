"""A city's figures by office on the screen."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.figures.city import CityFigures, CityOverdue
from xinfang_cli.present.city import OFFICE, headline, notes, shown
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: CityFigures | CityOverdue, ranked: bool = False) -> None:
    """A row an office, the sum last; what must be known of them below."""
    if isinstance(view, CityOverdue):
        _overdue(view)
    else:
        _figures(view, ranked)
    for line in notes(view):
        screen.print_wrapped(line)


def _overdue(view: CityOverdue) -> None:
    clocks = [key for key in terms.CLOCK.labels if key in view.total.clocks]
    labels = [LABELS["overdue_clocks"], *map(terms.CLOCK.label, clocks), LABELS["over_30"]]
    screen.print_line(
        f"截至 {view.as_of.isoformat()}  {len(view.offices) + len(view.aside)} 个局，计入 {len(view.offices)} 个"
    )
    if not view.offices:
        return
    screen.table(
        [Column(OFFICE, fixed=False, least=12), *screen.numbers(*labels)],
        [
            [one.office, one.number, *(one.clocks.get(key, 0) for key in clocks), one.long]
            for one in (*view.offices, view.total)
        ],
    )


def _figures(view: CityFigures, ranked: bool) -> None:
    screen.print_line(headline(view))
    if not view.districts:
        return
    keys = [key for key in dict.fromkeys((*view.four_rates, "one_time", "backlog")) if key in view.total.rates]
    columns = [Column(OFFICE, fixed=False, least=12), Column(LABELS["cases"], right=True)]
    for key in keys:
        columns.append(Column(DEFINITIONS[key].short, right=True))
        if ranked:
            columns.append(Column(LABELS["rank"], right=True, joined=True))
    lines: list[list[Any]] = []
    for one in (*view.districts, view.total):
        places = view.ranks.get(one.office)
        line: list[Any] = [one.office, one.volumes.get("cases", 0)]
        for key in keys:
            line.append(shown(one, key))
            if ranked:
                line.append("" if places is None else places.get(key) or "—")
        lines.append(line)
    screen.table(columns, lines)
