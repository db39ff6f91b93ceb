"""The reckoning of a deadline on the screen."""

from __future__ import annotations

from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.find.explaining import Explanation
from xinfang_cli.present.cases import ABOUT
from xinfang_cli.terminal import screen


def draw(view: Explanation) -> None:
    """Each clock: its day, then the days that lead to it."""
    if view.case_no is not None:
        screen.print_line(f"{view.case_no}  {view.title}")
    for one in view.clocks:
        found = one.reckoning
        state = "" if one.state is None else f"  {terms.CLOCK_STATE.label(one.state)}"
        name = "简易办理" if found.rule == "simple" else terms.CLOCK.label(found.clock)
        held = f"  {one.held_by}" if one.held_by else ""
        guess = f"（{ABOUT}）" if found.guessed else ""
        screen.print_line()
        screen.print_wrapped(
            f"{name}：最后一天 {found.due.isoformat()}{guess}（{found.falls_on}）{state}{held}  {found.article}"
        )
        screen.table(
            [
                screen.Column(LABELS["on"]),
                screen.Column("事项", fixed=False, least=16),
                screen.Column(LABELS["note"], fixed=False, least=12),
            ],
            found.table,
        )
