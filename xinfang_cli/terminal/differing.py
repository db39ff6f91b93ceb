"""Other systems' deadlines beside ours, on the screen."""

from __future__ import annotations

from xinfang_cli.office.find.differing import DifferingDays
from xinfang_cli.present.differing import apart, in_words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.cases import foot


def draw(view: DifferingDays) -> None:
    """Each clock: both days, then how ours was reckoned."""
    if not view.lines:
        return
    for line in view.lines:
        said = in_words(line)
        screen.print_wrapped(f"{line.case_no}  {line.title}  {said['unit']}")
        if line.later is None:
            screen.print_wrapped(f"  {said['clock']}：上级 {line.outside_due}，{said['state']}")
        else:
            screen.print_wrapped(
                f"  {said['clock']}：本局 {line.due_on}，上级 {line.outside_due}（{apart(line.later)}），{said['state']}"
            )
        screen.print_wrapped(f"  {line.explain}")
    foot(len(view.lines), view.limit, "条")
