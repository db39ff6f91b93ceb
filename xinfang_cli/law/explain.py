"""Why a deadline is the day it is, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from xinfang_cli.law.clocks import Clock, due_day
from xinfang_cli.law.inforce import Code, InForce
from xinfang_cli.law.rules import IN_FORCE_2022, article_of, cited
from xinfang_cli.law.workdays import ONE_DAY, Calendar

UNITS = {"day": "日", "workday": "个工作日", "month": "个月"}


def explain(
    clock: Clock,
    code: Code,
    started_by: str = "",
    *,
    stopped_by: str = "",
    ended_on: date | None = None,
    received_on: date | None = None,
    extensions: Sequence[dict[str, Any]] = (),
    hearing: Sequence[date] = (),
) -> dict[str, Any]:
    """The reckoning of one clock: start, day zero, length, days passed over, extensions, hearing, article, roll."""
    law = code.at(clock.law_at) if clock.law_at else code.now
    return _reckon(
        clock.kind,
        clock.rule,
        clock.start,
        law,
        extra=clock.extra,
        fixed=clock.fixed,
        received_on=received_on,
        more={
            "started_by": started_by,
            "stop": clock.stop,
            "stopped_by": stopped_by,
            "ended_on": ended_on,
            "void": clock.void,
            "why": clock.why,
            "extensions": list(extensions),
            "hearing": list(hearing),
        },
    )


def explain_from(kind: str, start: date, code: Code, rule: str | None = None, extra: int = 0) -> dict[str, Any]:
    """The reckoning of a clock of that kind from a day, without a case."""
    return _reckon(kind, rule or kind, start, code.now, extra=extra, fixed=None, received_on=None, more={})


def _reckon(
    kind: str,
    rule_key: str,
    start: date,
    law: InForce,
    *,
    extra: int,
    fixed: date | None,
    received_on: date | None,
    more: dict[str, Any],
) -> dict[str, Any]:
    rule = law.rules.clocks[rule_key]
    article = article_of(rule, received_on or IN_FORCE_2022)
    due = due_day(rule_key, start, law, extra, fixed)
    base = due_day(rule_key, start, law, 0, fixed)
    found: dict[str, Any] = {
        "clock": kind,
        "rule": rule_key,
        "article": rule.cited or article,
        "statutory_article": article,
        "office": rule.office or bool(rule.cited),
        "start": start,
        "day_zero": start,
        "n": None if fixed is not None else rule.n,
        "unit": "fixed" if fixed is not None else rule.unit,
        "base_due": base,
        "due": due,
        "hearing_article": cited("recheck", received_on or IN_FORCE_2022),
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
    found["roll"] = law.rules.roll
    found["rolled"] = _rolled(rule_key, start, law, extra, fixed)
    found["steps"] = _steps(found)
    found["table"] = _table(found)
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
    return {"roll": not law.rules.roll, "due": day, "falls_on": law.calendar.name(day)}


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
        each = "；".join(
            f"{e['on'].isoformat()} 延 {e['days']} 日，批准人 {e['approved_by'] or '表中未载'}"
            for e in found.get("extensions", ())
        )
        steps.append(
            f"延期 {found['extended_days']} 日，到 {found['due'].isoformat()}" + (f"（{each}）" if each else "")
        )
    if found["hearing_days"]:
        days = "、".join(_spans(found.get("hearing", ())))
        steps.append(
            f"听证 {found['hearing_days']} 日不计{'：' + days if days else ''}，到 {found['due'].isoformat()}（{found['hearing_article']}）"
        )
    if found["rolled"] is not None:
        other = found["rolled"]
        if other["roll"]:
            steps.append(
                f"最后一天 {found['due'].isoformat()} 是{found['falls_on']}，本局设置为不顺延；若设为顺延，为 {other['due'].isoformat()}"
            )
        else:
            steps.append(
                f"原为 {other['due'].isoformat()}（{other['falls_on']}），本局设置为顺延到下一个工作日，"
                f"为 {found['due'].isoformat()}；若不顺延，为 {other['due'].isoformat()}"
            )
    if found.get("void"):
        fell_on = f"{found['ended_on'].isoformat()} 起" if found.get("ended_on") else ""
        steps.append(f"此时限{fell_on}已失效：{found['why'] or '前提不再存在'}")
    elif found.get("stop") is not None:
        stop: date = found["stop"]
        state = "按期" if stop <= found["due"] else f"逾期 {(stop - found['due']).days} 日"
        why = f"（{found['why']}）" if found.get("why") else ""
        by = f" {found['stopped_by']}" if found.get("stopped_by") else " 完成"
        steps.append(f"{stop.isoformat()}{by}，{state}{why}")
    return steps


def _table(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The reckoning as rows of a table: day or days, what they are, whether they count."""
    rows: list[dict[str, Any]] = []

    def row(days: str, what: str, counted: str = "") -> None:
        rows.append({"days": days, "what": what, "counted": counted})

    row(found["start"].isoformat(), found.get("started_by") or "起算", "不计（当天）")
    if found["unit"] == "fixed":
        row(found["base_due"].isoformat(), "要求方指定的最后一天")
    else:
        marked = [(e["day"], e["name"], False) for e in found["skipped"]]
        marked += [(e["day"], e["name"], True) for e in found["made_up"]]
        for first, last, name, work in _together(sorted(marked)):
            row(_span(first, last), name, "计" if work else "不计")
        unrolled = found["base_due"]
        row(unrolled.isoformat(), f"满 {found['n']} {UNITS[found['unit']]}", found["article"])
    for extension in found.get("extensions", ()):
        row(extension["on"].isoformat(), f"批准延期 {extension['days']} 日", extension["approved_by"] or "")
    for span in _spans(found.get("hearing", ())):
        row(span, "听证", f"不计（{found['hearing_article']}）")
    if found["due"] != found["base_due"]:
        row(found["due"].isoformat(), "延期后的最后一天" if found["extended_days"] else "最后一天")
    if found["rolled"] is not None:
        said = "若设为遇休息日顺延" if found["rolled"]["roll"] else "若不顺延"
        row(found["rolled"]["due"].isoformat(), said, found["rolled"]["falls_on"])
    if found.get("void"):
        fell_on = found["ended_on"].isoformat() if found.get("ended_on") else ""
        row(fell_on, f"失效：{found['why'] or '前提不再存在'}")
    elif found.get("stop") is not None:
        late = (found["stop"] - found["due"]).days
        why = f"（{found['why']}）" if found.get("why") else ""
        what = (found.get("stopped_by") or "完成") + why
        row(found["stop"].isoformat(), what, f"逾期 {late} 日" if late > 0 else "按期")
    return rows


def _span(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()} 至 {last.isoformat()}"


def _spans(days: Sequence[date]) -> list[str]:
    """Days, consecutive ones together."""
    return [_span(first, last) for first, last, *_ in _together([(day, "", True) for day in days])]


def _together(days: Sequence[tuple[date, str, bool]]) -> list[tuple[date, date, str, bool]]:
    runs: list[tuple[date, date, str, bool]] = []
    for day, name, counted in days:
        said = "周末" if name in ("周六", "周日") and runs and runs[-1][2] in ("周六", "周末") else name
        if (
            runs
            and (day - runs[-1][1]).days == 1
            and (said == "周末" or runs[-1][2] == name)
            and runs[-1][3] == counted
        ):
            runs[-1] = (runs[-1][0], day, said, counted)
        else:
            runs.append((day, day, name, counted))
    return runs


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
