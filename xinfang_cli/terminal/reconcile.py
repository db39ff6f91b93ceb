"""The superior's table beside ours, on the screen."""

from __future__ import annotations

from xinfang_cli.law.figures.definitions import BASES
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.figures.reconcile import HeldCell, Reconciled
from xinfang_cli.present.reconcile import not_held, why
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: Reconciled, every: bool = False) -> None:
    """The differing cells, or all; with the cases that could explain each difference."""
    screen.print_line(
        f"{view.file}：{view.first} 至 {view.last}，截至 {view.as_of}，{BASES[view.basis]}"
        + ("，只算初次件" if view.first_only else "")
    )
    for column in view.columns:
        screen.print_line(f"  {column.heading} = {column.label}")
    for line in not_held(view):
        screen.print_notice(line)
    listed = [cell for cell in view.cells if every or not cell.same]
    if listed:
        screen.table(
            [
                Column(LABELS["unit_name"], fixed=False),
                Column(LABELS["indicator"], fixed=False),
                Column(LABELS["theirs"], right=True),
                Column(LABELS["ours"], right=True),
                Column(LABELS["difference"], right=True),
            ],
            [(cell.unit, cell.heading, _said(cell.theirs), _said(cell.ours), _signed(cell)) for cell in listed],
            styles=["" if cell.same else "red" for cell in listed],
        )
    for cell in view.cells:
        if cell.cases:
            screen.print_line(f"{cell.unit} {cell.heading}（差 {_signed(cell)}），可能是：")
            for case in cell.cases:
                screen.print_wrapped(f"  {case.case_no} {case.title}：{why(case.reason)}")
    screen.print_line(f"{len(view.cells)} 格：一致 {view.same}，不一致 {len(view.cells) - view.same}")


def _said(value: float | int | None) -> str:
    return "—" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _signed(cell: HeldCell) -> str:
    if cell.difference is None:
        return "—"
    return "" if cell.same else f"{cell.difference:+g}"
