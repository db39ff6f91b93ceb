"""The reckoning of a deadline on the screen."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.output import screen


def show(found: dict[str, Any]) -> None:
    """Each clock: its day, then the steps that lead to it."""
    if "case_no" in found:
        screen.say(f"{found['case_no']}  {found['title']}")
    for clock in found["clocks"]:
        state = f"  {terms.CLOCK_STATE.label(clock['state'])}" if "state" in clock else ""
        name = terms.CLOCK.label(clock["clock"])
        screen.say()
        screen.prose(f"{name}：最后一天 {clock['due'].isoformat()}（{clock['falls_on']}）{state}  {clock['article']}")
        for number, step in enumerate(clock["steps"], 1):
            screen.prose(f"  {number}. {step}")
        if clock["skipped"]:
            screen.table(
                [screen.Column("不计的日子"), screen.Column("为什么")],
                [(entry["day"].isoformat(), entry["name"]) for entry in clock["skipped"]],
            )
