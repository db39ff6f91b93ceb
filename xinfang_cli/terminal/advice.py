"""三项建议 and standings on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.present import machine
from xinfang_cli.present.cases import days_left
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

ADVICE_COLUMNS = {
    "number": "序号",
    "on": "建议日期",
    "kind": "类别",
    "to": "对象",
    "text": "内容",
    "cases": "涉及件",
    "document": "文号",
    "answer_by": "答复期限",
    "answered_on": "答复日期",
    "state": "情况",
}
STANDING_COLUMNS = {
    "on": "日期",
    "indicator": "指标",
    "rank": "名次",
    "of": "共几个",
    "value": "数值",
    "source": "来源",
}


def in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A suggestion with labels; whether it was adopted, or how long it still has."""
    if row["answered_on"]:
        state = "已采纳" if row["adopted"] else "未采纳"
    elif row["days_left"] is None:
        state = "待答复"
    else:
        state = f"待答复，{days_left(row['days_left'])}"
    return {**row, "kind": terms.ADVICE.label(row["kind"]), "cases": "、".join(row["cases"]), "state": state}


def sentence(row: dict[str, Any]) -> str:
    said = in_words(row)
    by = f"  {row['answer_by']} 前答复" if row["answer_by"] and not row["answered_on"] else ""
    return f"第 {row['number']} 号  {row['on']}  {said['kind']}  {row['to']}{by}  {said['state']}"


def show_advices(rows: Sequence[dict[str, Any]], as_json: bool, as_csv: bool) -> None:
    """The suggestions, with how many were adopted."""
    if as_json:
        machine.print_json(list(rows))
        return
    said = [in_words(row) for row in rows]
    if as_csv:
        machine.print_csv(said, ADVICE_COLUMNS)
        return
    if not rows:
        screen.say("没有三项建议")
        return
    keys = ("number", "on", "kind", "to", "text", "answer_by", "state")
    screen.table(
        [Column(ADVICE_COLUMNS[key], fixed=key not in ("to", "text"), right=key == "number") for key in keys],
        [[row[key] or "" for key in keys] for row in said],
        styles=["red" if (row["days_left"] or 0) < 0 else "" for row in rows],
    )
    adopted, answered = sum(bool(row["adopted"]) for row in rows), sum(bool(row["answered_on"]) for row in rows)
    screen.say(f"共 {len(rows)} 件，已答复 {answered} 件，采纳 {adopted} 件")


def standing_line(row: dict[str, Any]) -> str:
    of = f"（共 {row['of']} 个）" if row["of"] else ""
    value = f"，{row['value']}" if row["value"] else ""
    source = f"，{row['source']}" if row["source"] else ""
    return f"{row['indicator']} 第 {row['rank']} 位{of}{value}  {row['on']}{source}"


def show_standings(rows: Sequence[dict[str, Any]], as_json: bool, as_csv: bool) -> None:
    """The ranks a superior published."""
    if as_json:
        machine.print_json(list(rows))
    elif as_csv:
        machine.print_csv(rows, STANDING_COLUMNS)
    elif not rows:
        screen.say("还没有登记上级排名；登记：xinfang standing add 积案化解率 --rank 7 --of 12 --on 2023-07-17")
    else:
        screen.table(
            [
                Column(heading, fixed=key not in ("indicator", "source"), right=key in ("rank", "of"))
                for key, heading in STANDING_COLUMNS.items()
            ],
            [[row[key] or "" for key in STANDING_COLUMNS] for row in rows],
        )
