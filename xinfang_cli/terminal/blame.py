"""Attribution of late clocks, on the screen."""

from __future__ import annotations

from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.figures.blame import Blame
from xinfang_cli.present.blame import COLUMNS, in_words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.outlook import headline
from xinfang_cli.terminal.screen import Column

_KEYS = tuple(key for key in COLUMNS if key not in ("received_on", "other_days"))


def draw(view: Blame, cases: bool = False) -> None:
    """By unit, and with `cases` one by one."""
    screen.print_line(headline(view.first, view.last, view.as_of, view.only))
    if not view.cases:
        screen.print_line("没有逾期、超期的")
        return
    screen.table(
        [
            Column(LABELS["unit_name"], fixed=False),
            *screen.numbers(
                LABELS["late"],
                LABELS["overdue"],
                LABELS["days_over"],
                LABELS["bureau_days"],
                LABELS["unit_days"],
                "其他单位",
                "本局过限",
            ),
        ],
        [*([row.unit, *row.sum] for row in view.rows), ["合计", *view.total]],
        rules_after=frozenset({len(view.rows) - 1}),
    )
    if cases:
        screen.print_line()
        screen.table(
            [Column(COLUMNS[key], key not in ("title", "unit"), key.endswith(("days", "over"))) for key in _KEYS],
            [["" if line[key] is None else line[key] for key in _KEYS] for line in map(in_words, view.cases)],
        )
    screen.print_line(
        "天数从收到算到完成（未完成的算到截至日）。转办、单位签收之前和异议审核期间算本局；"
        f"本局过限：本局用天多于 {view.dispatch_limit} 天的条数。"
    )
