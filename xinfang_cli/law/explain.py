"""Why a deadline is the day it is, step by step."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from xinfang_cli.law.clocks import Clock, Code, InForce, due_day
from xinfang_cli.law.workdays import ONE_DAY, Calendar

UNITS = {"day": "日", "workday": "个工作日", "month": "个月"}


def explain(clock: Clock, code: Code, started_by: str = "") -> dict[str, Any]:
    """The reckoning of one clock: start, day zero, length, days passed over, extensions, hearing, article, roll."""
    law = code.at(clock.law_at) if clock.law_at else code.now
    return _reckon(
        clock.kind,
        clock.rule,
        clock.start,
        law,
        extra=clock.extra,
        fixed=clock.fixed,
        more={
            "started_by": started_by,
            "stop": clock.stop,
            "void": clock.void,
            "why": clock.why,
        },
    )


def explain_from(kind: str, start: date, code: Code, rule: str | None = None) -> dict[str, Any]:
    """The reckoning of a clock of that kind from a day, without a case."""
    return _reckon(kind, rule or kind, start, code.now, extra=0, fixed=None, more={})


def _reckon(
    kind: str, rule_key: str, start: date, law: InForce, *, extra: int, fixed: date | None, more: dict[str, Any]
) -> dict[str, Any]:
    rule = law.rules.clocks[rule_key]
    due = due_day(rule_key, start, law, extra, fixed)
    base = due_day(rule_key, start, law, 0, fixed)
    found: dict[str, Any] = {
        "clock": kind,
        "article": rule.cited or rule.article,
        "office": rule.office or bool(rule.cited),
        "start": start,
        "day_zero": start,
        "n": None if fixed is not None else rule.n,
        "unit": "fixed" if fixed is not None else rule.unit,
        "base_due": base,
        "due": due,
        "extended_days": extra if kind != "recheck" else 0,
        "hearing_days": extra if kind == "recheck" else 0,
        "skipped": [],
        "made_up": [],
        "falls_on": law.calendar.name(due),
        **more,
    }
    if fixed is None and rule.unit == "workday":
        plain = law.calendar.add(start, rule.n)
        found["skipped"] = [{"day": day, "name": name} for day, name in law.calendar.skipped(start, plain)]
        found["made_up"] = _made_up(start, plain, law.calendar)
    found["rolled"] = _rolled(rule_key, start, law, extra, fixed)
    found["steps"] = _steps(found)
    return found


def _made_up(start: date, end: date, calendar: Calendar) -> list[dict[str, Any]]:
    days, day = [], start
    while day < end:
        day += ONE_DAY
        if day.weekday() >= 5 and calendar.is_workday(day):
            days.append({"day": day, "name": calendar.name(day)})
    return days


def _rolled(rule_key: str, start: date, law: InForce, extra: int, fixed: date | None) -> dict[str, Any] | None:
    """What the other roll setting would give, where it gives another day."""
    if fixed is not None:
        return None
    other = {**law.rules.settings, "roll": not law.rules.roll}
    flipped = InForce(law.since, law.rules._replace(settings=other), law.calendar)
    day = due_day(rule_key, start, flipped, extra)
    if day == due_day(rule_key, start, law, extra):
        return None
    return {"roll": not law.rules.roll, "due": day}


def _steps(found: dict[str, Any]) -> list[str]:
    """The reckoning in sentences."""
    start: date = found["start"]
    steps = []
    if found.get("started_by"):
        steps.append(f"{start.isoformat()} {found['started_by']}，从这一天起算")
    else:
        steps.append(f"从 {start.isoformat()} 起算")
    if found["unit"] == "fixed":
        steps.append(f"期限由要求方指定为 {found['base_due'].isoformat()}")
    else:
        steps.append(f"当天不计，第 1 日是 {(start + timedelta(days=1)).isoformat()}")
        if found["unit"] == "workday":
            off = _runs(found["skipped"])
            if off:
                steps.append("不计：" + "、".join(off))
            if found["made_up"]:
                steps.append(
                    "照计：" + "、".join(f"{entry['day'].isoformat()} {entry['name']}" for entry in found["made_up"])
                )
        steps.append(f"{found['n']} {UNITS[found['unit']]}满，到 {found['base_due'].isoformat()}（{found['article']}）")
    if found["extended_days"]:
        steps.append(f"延期 {found['extended_days']} 日，到 {found['due'].isoformat()}")
    if found["hearing_days"]:
        steps.append(f"听证 {found['hearing_days']} 日不计，到 {found['due'].isoformat()}（条例第三十六条）")
    if found["rolled"] is not None:
        other = found["rolled"]
        said = "若设为顺延" if other["roll"] else "若不顺延"
        steps.append(
            f"最后一天 {found['due'].isoformat()} 是{found['falls_on']}；{said}，为 {other['due'].isoformat()}"
        )
    if found.get("void"):
        steps.append(f"此时限已失效：{found['why'] or '前提不再存在'}")
    elif found.get("stop") is not None:
        stop: date = found["stop"]
        state = "按期" if stop <= found["due"] else f"逾期 {(stop - found['due']).days} 日"
        why = f"（{found['why']}）" if found.get("why") else ""
        steps.append(f"{stop.isoformat()} 完成，{state}{why}")
    return steps


def _runs(skipped: list[dict[str, Any]]) -> list[str]:
    """Days off by name, consecutive ones of one name together."""
    runs: list[list[Any]] = []
    for entry in skipped:
        weekend = entry["name"] in ("周六", "周日")
        name = "周末" if weekend else entry["name"]
        if runs and runs[-1][2] == name and (entry["day"] - runs[-1][1]).days == 1:
            runs[-1][1] = entry["day"]
        else:
            runs.append([entry["day"], entry["day"], name])
    return [
        f"{first.isoformat()} {name}" if first == last else f"{first.isoformat()} 至 {last.isoformat()} {name}"
        for first, last, name in runs
    ]
