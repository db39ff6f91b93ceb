"""补记 of a period on the screen."""

from __future__ import annotations

from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.figures.backdated import FEW, BackdatedSteps
from xinfang_cli.present.backdated import COLUMNS, in_words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

_COUNTS = ("经过", "后来记的", f"隔 1—{FEW} 天", f"{FEW} 天以上", "最长隔天", "凭此按期")
_KEYS = ("case_no", "kind", "unit", "actor", "on", "recorded_on", "days", "how", "saved", "due_on")


def draw(view: BackdatedSteps) -> None:
    """Back-dated steps by unit and by clerk; then those that met an expired clock, and the longest others."""
    narrowed = "".join(f"  {word}" for word in view.only.values())
    screen.print_line(f"{view.first.isoformat()} 至 {view.last.isoformat()}{narrowed}  写的日期和记入日期")
    if not view.total.steps:
        screen.print_line("没有经过" + (f"（台账导入的 {view.imported} 条不算）" if view.imported else ""))
        return
    for heading, groups in ((LABELS["unit_then"], view.by_unit), (LABELS["actor"], view.by_clerk)):
        rows = [[group.name, *group.lags] for group in groups]
        screen.table(
            [Column(heading, fixed=False), *screen.numbers(*_COUNTS)],
            [*rows, ["合计", *view.total]],
            rules_after=frozenset({len(rows) - 1}),
        )
        screen.print_line()
    saved = [step for step in view.steps if step.saved is not None]
    if saved:
        screen.print_line("记入时期限已过、凭所写的日期才按期的：")
        columns = [Column(COLUMNS[key], key not in ("unit", "actor", "how"), key == "days") for key in _KEYS]
        screen.table(columns, [[line[key] for key in _KEYS] for line in map(in_words, saved)])
    left_out = f"台账导入的 {view.imported} 条不算；" if view.imported else ""
    screen.print_line(f"按写的日期落在本期的算；{left_out}逐条的加 --csv。")
