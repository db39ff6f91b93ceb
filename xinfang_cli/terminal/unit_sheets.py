"""Unit sheets on the screen: which were issued, what came back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.present.importing import in_a_line
from xinfang_cli.records import UnitSheet
from xinfang_cli.terminal import screen


def show_issued(sheets: list[UnitSheet], paths: list[Path]) -> None:
    """Which files went where."""
    for sheet, path in zip(sheets, paths, strict=True):
        over = sum(1 for row in sheet.rows if (row.cells["days_left"] or 0) < 0)
        screen.say(f"{path}：{len(sheet.rows)} 件" + (f"，超期 {over} 件" if over else ""))
        if sheet.hidden:
            screen.tell(f"注意：检举控告{sheet.unit}的 {sheet.hidden} 件没有列入（条例第三十条）")


def show_collected(report: dict[str, Any]) -> None:
    """What came back: per case what changes, what was refused, what to look at."""
    for file in report["files"]:
        screen.say(f"{file['file']}（{file['unit']}，{file['issued_on']} 发出）")
        for found in file["changes"]:
            said = " ".join("；".join(found["says"]).split())
            screen.prose(f"  第 {found['row']} 行 {found['case_no']} {found['title']}：{said}")
        if not file["changes"]:
            screen.say("  没有新填的")
        for found in file["refused"]:
            why = in_a_line(found["column"], found["reason"])
            screen.prose(f"  不收：第 {found['row']} 行 {found['case_no']} {why}")
        _tell_backdated(file["backdated"])
        for found in file["warnings"]:
            column = f" {found['column']}" if found["column"] else ""
            screen.tell(f"注意：第 {found['row']} 行 {found['case_no']}{column}：{found['message']}")


def _tell_backdated(found: dict[str, Any]) -> None:
    if not found["steps"]:
        return
    screen.tell(
        f"注意：{found['steps']} 项写的日期早于今天，最早 {found['earliest']}；都记着今天收回（看 stats --backdated）"
    )
    for one in found["saved"]:
        screen.tell(
            f"注意：第 {one['row']} 行 {one['case_no']} {one['column']} {one['on']}："
            f"{terms.CLOCK.label(one['clock'])}到 {one['due_on']} 已过，凭这个日期才按期，请核对依据"
        )
