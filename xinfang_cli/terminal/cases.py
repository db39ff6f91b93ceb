"""Cases on the screen: what a command did, lists, one case whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.errors import XinfangError
from xinfang_cli.law import terms
from xinfang_cli.present import machine
from xinfang_cli.records import Done
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

LIST_COLUMNS = {
    "case_no": "登记编号",
    "received_on": "收到日期",
    "title": "概况",
    "channel": "信访形式",
    "kind": "信访目的",
    "topic": "内容分类",
    "region": "问题属地",
    "unit": "责任单位",
    "stage": "阶段",
    "next_clock": "下一时限",
    "due_on": "到期日",
    "days_left": "剩余天数",
    "assigned_on": "转办日期",
    "accepted_on": "受理日期",
    "closed_on": "办结日期",
    "outcome": "处理意见",
    "first": "初次",
    "repeat_of": "原登记编号",
    "headcount": "信访人数",
    "priority": "重要程度",
    "external_no": "外部编号",
    "lead": "包案领导",
}
DUE_COLUMNS = {
    "case_no": "登记编号",
    "title": "概况",
    "unit": "责任单位",
    "clock": "时限",
    "start": "起算日",
    "due_on": "到期日",
    "days_left": "剩余天数",
    "stage": "阶段",
    "lead": "包案领导",
}
_VOCABULARIES = {
    "stage": terms.STAGE,
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "priority": terms.PRIORITY,
    "outcome": terms.OUTCOME,
    "next_clock": terms.CLOCK,
    "clock": terms.CLOCK,
}


def in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row with labels instead of identifiers, for people and spreadsheets."""
    said = {key: _VOCABULARIES[key].label(value) if key in _VOCABULARIES else value for key, value in row.items()}
    if "first" in said:
        said["first"] = "初次" if said["first"] else "重复"
    return said


def show_done(done: Done, as_json: bool, many: bool) -> int:
    """What an event did to its cases; the exit code (1 when some were refused)."""
    for warning in done.warnings:
        screen.tell(f"注意：{warning}")
    for number, error in done.failed:
        text = error.line() if isinstance(error, XinfangError) else str(error)
        screen.tell(f"出错：{number}：{text}")
    if as_json:
        listed: list[dict[str, Any]] = list(done.cases)
        for number, error in done.failed:
            if isinstance(error, XinfangError):
                what = {"code": error.code, "message": error.message, "hint": error.hint}
                listed.append({"case_no": number, "error": what})
        for case in listed:
            mine = [w.split("：", 1)[1] for w in done.warnings if w.startswith(f"{case['case_no']}：")]
            if mine:
                case["warnings"] = mine
        machine.print_json(listed if many or len(listed) != 1 else listed[0])
    else:
        for case in done.cases:
            screen.prose(sentence(case))
    return 1 if done.failed else 0


def say_attached(files: Sequence[dict[str, Any]]) -> None:
    """The files that a case now has."""
    for file in files:
        screen.say(f"附件：{file['name']}  {file['path']}")


def sentence(case: dict[str, Any]) -> str:
    """One case in a line: number, stage, unit, next deadline."""
    parts = [case["case_no"], case.get("refused_as") or terms.STAGE.label(case["stage"])]
    if case["unit"]:
        parts.append(case["unit"])
    elif case.get("group_visit"):
        parts.append(f"集体访 {case['headcount']} 人")
    if case["next_clock"]:
        parts.append(
            f"{terms.CLOCK.label(case['next_clock'])}最后一天 {case['due_on']}（{screen.days_left(case['days_left'])}）"
        )
    if loop := case.get("loop"):
        parts.append(f"这一项交办{terms.LOOP_STATES[loop]}")
    if (extended := case.get("extended")) and extended["clock"] != case["next_clock"]:
        parts.append(f"{terms.CLOCK.label(extended['clock'])}延到 {extended['due_on']}")
    for place in case.get("batches", ()):
        parts.append(f"「{place['batch']}」{terms.BACKLOG_STATE.label(place['state'])}")
    if case.get("objection_due_on"):
        parts.append(f"提出异议最后一天 {case['objection_due_on']}")
    return "  ".join(parts)


_SHOWN = ("case_no", "received_on", "title", "unit", "stage", "due_on", "days_left")
_SHAPES = {
    "received_on": Column("收到日期", drop=1),
    "title": Column("概况", fixed=False, least=18, lines=3),
    "unit": Column("责任单位", fixed=False, least=10, lines=3),
    "days_left": Column("剩余", right=True),
    "headcount": Column("信访人数", right=True),
    "topic": Column("内容分类", fixed=False),
    "region": Column("问题属地", fixed=False),
    "lead": Column("包案领导", fixed=False),
}


def show_list(
    rows: Sequence[dict[str, Any]],
    as_json: bool,
    as_csv: bool,
    limit: int = 0,
    columns: Sequence[str] | None = None,
) -> None:
    """Cases as a table, JSON or CSV; `columns`: keys of LIST_COLUMNS, for table and CSV."""
    if as_json:
        machine.print_json(list(rows))
        return
    if as_csv:
        machine.print_csv(map(in_words, rows), {key: LIST_COLUMNS[key] for key in columns or LIST_COLUMNS})
        return
    if not rows:
        screen.say("没有符合条件的件")
        return
    shapes = [_SHAPES.get(key, Column(LIST_COLUMNS[key])) for key in columns or _SHOWN]
    if columns:  # asked for by name: none is left out of a narrow window
        shapes = [shape._replace(drop=0) for shape in shapes]
    said = [{**in_words(row), "unit": row["unit"] or terms.NO_UNIT} for row in rows]
    screen.table(
        shapes,
        [[row[key] for key in columns or _SHOWN] for row in said],
        styles=[_style(row["days_left"]) for row in rows],
    )
    foot(len(rows), limit, "件")


def show_due(rows: Sequence[dict[str, Any]], as_json: bool, as_csv: bool, limit: int, nothing: str) -> None:
    """Clocks past due or coming due, nearest first."""
    kept: tuple[str, ...] = (
        "case_no",
        "title",
        "unit",
        "clock",
        "start",
        "due_on",
        "days_left",
        "stage",
        "lead",
        "owner",
    )
    if rows and "presumed" in rows[0]:
        kept = (*kept, "presumed")
    if as_json:
        machine.print_json([{key: row[key] for key in kept} for row in rows])
        return
    if as_csv:
        more = {"presumed": "推定"} if rows and "presumed" in rows[0] else {}
        machine.print_csv(map(in_words, rows), DUE_COLUMNS | more)
        return
    if not rows:
        screen.say(nothing)
        return
    due_table(rows)
    if any(row.get("presumed") for row in rows):
        screen.say("（推定）没有送达日期，从答复作出之日推定；回执到了用 xinfang deliver 补记")
    foot(len(rows), limit, "条")


def due_table(rows: Sequence[dict[str, Any]], title: str = "") -> None:
    """The table of clocks, used by the lists and the desk."""
    screen.table(
        [
            Column("登记编号"),
            Column("概况", fixed=False, least=18, lines=3),
            Column("责任单位", fixed=False, least=10, lines=3),
            Column("时限"),
            Column("到期日"),
            Column("剩余", right=True),
        ],
        [
            (
                row["case_no"],
                row["title"],
                row["unit"] or terms.NO_UNIT,
                terms.CLOCK.label(row["clock"]) + ("（推定）" if row.get("presumed") else ""),
                row["due_on"],
                screen.days_left(row["days_left"]),
            )
            for row in rows
        ],
        title=title,
        styles=[_style(row["days_left"]) for row in rows],
    )


def _style(left: int | None) -> str:
    if left is None or left > 5:
        return ""
    if left < 0:
        return "red"
    return "yellow" if left <= 2 else ""


def foot(shown: int, limit: int, unit: str) -> None:
    """How many were shown, and how to see the rest."""
    if limit and shown >= limit:
        screen.say(f"显示前 {shown} {unit}，全部用 --limit 0")
    else:
        screen.say(f"共 {shown} {unit}")
