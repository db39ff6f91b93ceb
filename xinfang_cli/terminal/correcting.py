"""The effects of a correction, shown before the question."""

from __future__ import annotations

from xinfang_cli.office.amend.correcting import CorrectionPlan
from xinfang_cli.office.figures.moving import Moves
from xinfang_cli.present.correcting import moved_lines
from xinfang_cli.terminal import changes, screen


def tell_plan(plan: CorrectionPlan | Moves) -> None:
    for line in moved_lines(plan):
        screen.print_notice(line)
    changes.tell_moved(plan.published)
