"""Cases on the screen: what a command did, the foot of a list, how urgent a line is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.errors import XinfangError
from xinfang_cli.law import terms
from xinfang_cli.present import machine
from xinfang_cli.present.cases import days_left
from xinfang_cli.records import Done
from xinfang_cli.terminal import screen


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
            f"{terms.CLOCK.label(case['next_clock'])}最后一天 {case['due_on']}（{days_left(case['days_left'])}）"
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


def urgency(left: int | None) -> str:
    """The colour of a line by the days it has left."""
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
