"""Returned unit sheets, on the screen."""

from __future__ import annotations

from xinfang_cli.law import terms
from xinfang_cli.office.exchange.collecting import Backdated, Collected, CollectedFile
from xinfang_cli.present.importing import in_a_line
from xinfang_cli.terminal import screen


def draw(view: Collected, listed: bool = True, dry_run: bool = False) -> None:
    """The contents of each file; with `listed`, already shown, only the outcome."""
    if listed:
        for file in view.files:
            _file(file)
        if dry_run:
            screen.print_line("试运行，什么也没有写")
    elif view.written:
        screen.print_line(f"已写入 {view.cases} 件" + (f"，不收 {view.refused} 行" if view.refused else ""))
    else:
        screen.print_notice("没有写入")


def _file(file: CollectedFile) -> None:
    """A returned sheet: changes, refusals and notes per case."""
    screen.print_line(f"{file.file}（{file.unit}，{file.issued_on} 发出）")
    for found in file.changes:
        said = " ".join("；".join(found.says).split())
        screen.print_wrapped(f"  第 {found.row} 行 {found.case_no} {found.title}：{said}")
    if not file.changes:
        screen.print_line("  没有新填的")
    for refusal in file.refused:
        screen.print_wrapped(
            f"  不收：第 {refusal.row} 行 {refusal.case_no} {in_a_line(refusal.column, refusal.reason)}"
        )
    _tell_backdated(file.backdated)
    for remark in file.warnings:
        column = f" {remark.column}" if remark.column else ""
        screen.print_notice(f"注意：第 {remark.row} 行 {remark.case_no}{column}：{remark.message}")


def _tell_backdated(found: Backdated) -> None:
    if not found.steps:
        return
    screen.print_notice(
        f"注意：{found.steps} 项写的日期早于今天，最早 {found.earliest}；都记着今天收回（看 stats --backdated）"
    )
    for one in found.saved:
        screen.print_notice(
            f"注意：第 {one.row} 行 {one.case_no} {one.column} {one.on}："
            f"{terms.CLOCK.label(one.clock)}到 {one.due_on} 已过，凭这个日期才按期，请核对依据"
        )
