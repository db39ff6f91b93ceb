"""The morning on the screen: deadlines, and the desk."""

from __future__ import annotations

from collections.abc import Sequence

from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.find.morning import Deadlines, Desk
from xinfang_cli.office.views import DeadlineLine
from xinfang_cli.present.cases import about, days_left
from xinfang_cli.present.morning import COUNTS
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.cases import foot, urgency
from xinfang_cli.terminal.screen import Column


def draw(view: Deadlines | Desk) -> None:
    """Deadlines, nearest first; or the desk of a morning."""
    if isinstance(view, Desk):
        _desk(view)
    elif not view.lines:
        screen.print_line("没有超期的时限" if view.within is None else f"{view.within} 天内没有到期的时限")
    else:
        _table(view.lines, view.presumed or ())
        if view.presumed and any(view.presumed):
            screen.print_line("（推定）没有送达日期，从答复作出之日推定；回执到了用 xinfang deliver 补记")
        foot(len(view.lines), view.limit, "条")


def _desk(view: Desk) -> None:
    """Counts by stage and deadline, and the most pressing clocks."""
    weekday = "星期" + "一二三四五六日"[view.today.weekday()]
    screen.print_line(f"{view.today.isoformat()} {weekday}  {view.book}")
    screen.table([Column(label, right=True) for label in COUNTS], [view.counts])
    if view.pressing:
        _table(view.pressing, (), "最急的几条")
    else:
        screen.print_line("没有在走的时限")
    if view.next_year_missing is not None:
        screen.print_notice(
            f"注意：{view.next_year_missing} 年的放假安排还没有；"
            "公布后升级程序再 xinfang workdays update，或 xinfang workdays import 文件.csv"
        )


def _table(lines: Sequence[DeadlineLine], presumed: Sequence[bool], title: str = "") -> None:
    screen.table(
        [
            Column(LABELS["case_no"]),
            Column(LABELS["title"], fixed=False, least=18, lines=3),
            Column(LABELS["unit"], fixed=False, least=10, lines=3),
            Column(LABELS["clock"]),
            Column(LABELS["due_on"]),
            Column(LABELS["left"], right=True),
        ],
        [
            (
                line.case_no,
                line.title,
                line.unit or terms.NO_UNIT,
                terms.CLOCK.label(line.clock) + ("（推定）" if presumed and presumed[place] else ""),
                about(line),
                days_left(line.days_left),
            )
            for place, line in enumerate(lines)
        ],
        title=title,
        styles=[urgency(line.days_left) for line in lines],
    )
