"""The reckoning of a deadline on the screen."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.terminal import screen


def show(found: dict[str, Any]) -> None:
    """Each clock: its day, then the days that lead to it."""
    if "case_no" in found:
        screen.say(f"{found['case_no']}  {found['title']}")
    for clock in found["clocks"]:
        state = f"  {terms.CLOCK_STATE.label(clock['state'])}" if "state" in clock else ""
        name = "简易办理" if clock["rule"] == "simple" else terms.CLOCK.label(clock["clock"])
        held = f"  {clock['held_by']}" if clock.get("held_by") else ""
        screen.say()
        screen.prose(
            f"{name}：最后一天 {clock['due'].isoformat()}（{clock['falls_on']}）{state}{held}  {clock['article']}"
        )
        screen.table(
            [
                screen.Column("日期"),
                screen.Column("事项", fixed=False, least=16),
                screen.Column("说明", fixed=False, least=12),
            ],
            [(row["days"], row["what"], row["counted"]) for row in clock["table"]],
        )
