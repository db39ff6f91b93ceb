"""A correction in words and as JSON: the clocks and the publications that it moves."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.office.amend.correcting import CorrectionPlan
from xinfang_cli.office.figures.moving import ClockMove, Moves
from xinfang_cli.present.cases import ABOUT
from xinfang_cli.present.changes import moved_record


def moves_record(plan: CorrectionPlan | Moves) -> dict[str, Any]:
    """The JSON beside a retold case."""
    turned = {"turned": [one._asdict() for one in plan.turned]} if isinstance(plan, Moves) else {}
    return {
        **turned,
        "moved": [move._asdict() for move in plan.moved],
        "published": [moved_record(one) for one in plan.published],
    }


def moved_lines(plan: CorrectionPlan | Moves) -> list[str]:
    """Moved clocks, one a line, and events changing units."""
    lines = [f"  {_sentence(move)}" for move in plan.moved] or ["  时限不变"]
    turned = plan.turned if isinstance(plan, Moves) else ()
    return lines + [
        f"  {one.on.isoformat()} 的{EVENT.label(one.kind)}：{one.unit_before or '—'} 的 → {one.unit_after or '—'} 的"
        for one in turned
    ]


def _sentence(move: ClockMove) -> str:
    due_after = f"{move.due_after}（{ABOUT}）" if move.guessed else move.due_after
    days = (
        ("起算日", move.start_before, move.start_after),
        ("到期日", move.due_before, due_after),
        ("完成日", move.stop_before, move.stop_after),
    )
    said = [f"{name} {before or '—'} → {after or '—'}" for name, before, after in days if before != after]
    before, after = (terms.CLOCK_STATE.label(state) or "无" for state in (move.state_before, move.state_after))
    said.append(f"{before} → {after}" if before != after else f"仍为{after}")
    return f"{terms.CLOCK.label(move.clock)}：{'，'.join(said)}"
