"""The superior's table beside ours."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.figures.definitions import BASES
from xinfang_cli.present import machine
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

COLUMNS = {
    "unit": "单位",
    "heading": "指标",
    "theirs": "上级",
    "ours": "本局",
    "difference": "差",
    "same": "是否一致",
}


def show(found: dict[str, Any], as_json: bool, as_csv: bool, every: bool) -> None:
    """Cell by cell; on the screen those that differ, each with the cases that could explain it."""
    if as_json:
        machine.print_json(found)
        return
    if as_csv:
        machine.print_csv(({**cell, "same": "一致" if cell["same"] else "不一致"} for cell in found["cells"]), COLUMNS)
        return
    period = found["period"]
    screen.say(
        f"{found['file']}：{period['from']} 至 {period['to']}，截至 {found['as_of']}，{BASES[found['basis']]}"
        + ("，只算初次件" if found["first_only"] else "")
    )
    for column in found["columns"]:
        screen.say(f"  {column['heading']} = {column['label']}")
    if found["passed_over"]:
        screen.tell(f"注意：没有认出的列：{'、'.join(found['passed_over'])}；要对照的用 --map 列=指标")
    for row in found["unknown_rows"]:
        ours = f"像是「{row['like']}」" if row["like"] else "本局叫别的名称的"
        remedy = f"xinfang unit edit {row['like'] or '单位'} --alias {row['name']}"
        screen.tell(f"注意：第 {row['row']} 行「{row['name']}」不是本局的单位，没有对照；{ours}，加别名：{remedy}")
    listed = [cell for cell in found["cells"] if every or not cell["same"]]
    if listed:
        screen.table(
            [
                Column("单位", fixed=False),
                Column("指标", fixed=False),
                Column("上级", right=True),
                Column("本局", right=True),
                Column("差", right=True),
            ],
            [(c["unit"], c["heading"], _said(c["theirs"]), _said(c["ours"]), _signed(c)) for c in listed],
            styles=["" if cell["same"] else "red" for cell in listed],
        )
    for cell in found["cells"]:
        if cell["cases"]:
            screen.say(f"{cell['unit']} {cell['heading']}（差 {_signed(cell)}），可能是：")
            for case in cell["cases"]:
                screen.prose(f"  {case['case_no']} {case['title']}：{case['why']}")
    screen.say(f"{len(found['cells'])} 格：一致 {found['same']}，不一致 {found['different']}")


def _said(value: float | int | None) -> str:
    return "—" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _signed(cell: dict[str, Any]) -> str:
    if cell["difference"] is None:
        return "—"
    return "" if cell["same"] else f"{cell['difference']:+g}"
