"""Outlook and blame on the screen, as JSON and CSV."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.present import machine
from xinfang_cli.present.cases import days_left
from xinfang_cli.present.figures import percent
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def _period(found: dict[str, Any]) -> str:
    narrowed = "".join(f"  {word}" for word in found["only"].values())
    first, last = found["period"]["from"], found["period"]["to"]
    return f"{first.isoformat()} 至 {last.isoformat()}{narrowed}  应办口径  截至 {found['as_of'].isoformat()}"


def _goal(rate: dict[str, Any]) -> str:
    if rate["target"] is None or rate["needed"] is None:
        return ""
    if rate["needed"] == 0:
        return "已够"
    return f"还须按期 {rate['needed']} 件" if rate["reachable"] else "已达不到"


def _next(rate: dict[str, Any]) -> str:
    goal = rate.get("next_rank")
    if goal is None:
        return ""
    how = f"还须按期 {goal['needed']} 件" if goal["reachable"] else "本期追不上"
    return f"第 {goal['rank']} 名（{goal['percent']:.2f}%）{how}"


def show_outlook(found: dict[str, Any], as_json: bool, as_csv: bool) -> None:
    """What the period can still become."""
    if as_json:
        machine.print_json(found)
        return
    if as_csv:
        _outlook_csv(found)
        return
    screen.say(_period(found))
    for one in found["if"]:
        screen.say(f"假设 {one['case_no']} 于 {one['on'].isoformat()} 办成")
    ranked = any("next_rank" in rate for rate in found["rates"].values())
    lines = [_line(DEFINITIONS[key].label, rate, ranked) for key, rate in found["rates"].items()]
    screen.table(_columns("指标", ranked), lines)
    if "rows" in found:
        for key in found["rates"]:
            rows = [row for row in found["rows"] if key in row["rates"]]
            screen.say()
            screen.table(
                _columns("单位", True),
                [_line(row["name"], row["rates"][key], True) for row in rows],
                title=DEFINITIONS[key].label,
            )
    for key, rate in found["rates"].items():
        if rate["cases"]:
            _show_waiting(key, rate)
    for key, rate in found["rates"].items():
        _say_counted_in(key, rate)
    ripe = not any(rate["may_still_rate"] or rate["may_fall_away"] for rate in found["rates"].values())
    if found["over"] and ripe:
        screen.say("这一时期已过，上面就是结果。")
    elif not found["over"]:
        screen.say("最好、最差按现在已知的件推算；以后才受理或转送的件到期日也在本期的，会再加进来。")
    screen.prose("剔除、更正、补记不在推算之内。")


def _show_waiting(key: str, rate: dict[str, Any]) -> None:
    screen.say()
    screen.table(
        [
            Column("登记编号"),
            Column("概况", fixed=False),
            Column("责任单位", fixed=False),
            Column("最后一天"),
            Column("剩余", right=True),
        ],
        [
            (c["case_no"], c["title"], c["unit"] or terms.NO_UNIT, c["due_on"], days_left(c["days_left"]))
            for c in rate["cases"]
        ],
        title=f"{DEFINITIONS[key].label}：未到期 {len(rate['cases'])} 件，先到期的在前",
    )


def _say_counted_in(key: str, rate: dict[str, Any]) -> None:
    if rate["may_still_rate"]:
        screen.prose(
            f"{DEFINITIONS[key].label}：评价期已过未评的 {rate['may_still_rate']} 件，补评仍计入，已算进最好。"
        )
    if rate["may_fall_away"]:
        screen.prose(
            f"{DEFINITIONS[key].label}：超期未办的 {rate['may_fall_away']} 件，单位还可提异议，同意退回的不再计，已算进最好。"
        )


def _columns(name: str, ranked: bool) -> list[Column]:
    numbers = ("目前", "最好", "最差", "按期", "逾期", "超期未办", "未到期", "目标")
    found = [Column(name), *(Column(heading, right=True) for heading in numbers), Column("要达目标", fixed=False)]
    return [*found, Column("要升一名", fixed=False)] if ranked else found


def _line(name: str, rate: dict[str, Any], ranked: bool) -> list[Any]:
    line: list[Any] = [name, percent(rate["percent"]), percent(rate["best"]), percent(rate["worst"])]
    line += [rate["on_time"], rate["late"], rate["overdue"], rate["pending"]]
    line += ["" if rate["target"] is None else f"{rate['target']:g}%", _goal(rate)]
    return [*line, _next(rate)] if ranked else line


def _outlook_csv(found: dict[str, Any]) -> None:
    rows = []
    for key, rate in found["rates"].items():
        rows += [{"rate": DEFINITIONS[key].label, **case} for case in rate["cases"]]
    machine.print_csv(
        rows,
        {
            "rate": "指标",
            "case_no": "登记编号",
            "title": "概况",
            "unit": "责任单位",
            "due_on": "最后一天",
            "days_left": "剩余天数",
            "lead": "包案领导",
        },
    )


BLAME_COLUMNS = {
    "case_no": "登记编号",
    "title": "概况",
    "unit": "责任单位",
    "clock": "时限",
    "received_on": "收到日期",
    "due_on": "应办日",
    "stop_on": "完成日",
    "days_over": "超期天数",
    "bureau_days": "本局用天",
    "unit_days": "单位用天",
    "other_days": "其他单位用天",
}


def show_blame(found: dict[str, Any], with_cases: bool, as_json: bool, as_csv: bool) -> None:
    """Of the late: whose days they were."""
    if as_json:
        machine.print_json(found)
        return
    said = [{**line, "clock": terms.CLOCK.label(line["clock"])} for line in found["cases"]]
    if as_csv:
        machine.print_csv(said, BLAME_COLUMNS)
        return
    screen.say(_period(found))
    if not said:
        screen.say("没有逾期、超期的")
        return
    total = {"unit": "合计", **found["total"]}
    screen.table(
        [
            Column("单位", fixed=False),
            Column("逾期", right=True),
            Column("超期未办", right=True),
            Column("超期天数", right=True),
            Column("本局用天", right=True),
            Column("单位用天", right=True),
            Column("其他单位", right=True),
            Column("本局过限", right=True),
        ],
        [
            [
                row["unit"],
                row["late"],
                row["overdue"],
                row["days_over"],
                row["bureau_days"],
                row["unit_days"],
                row["other_days"],
                row["bureau_over_limit"],
            ]
            for row in [*found["rows"], total]
        ],
        rules_after=frozenset({len(found["rows"]) - 1}),
    )
    if with_cases:
        screen.say()
        screen.table(
            [
                Column(heading, key not in ("title", "unit"), key.endswith(("days", "over")))
                for key, heading in BLAME_COLUMNS.items()
                if key not in ("received_on", "other_days")
            ],
            [
                [
                    line[key] or "" if key == "stop_on" else line[key]
                    for key in BLAME_COLUMNS
                    if key not in ("received_on", "other_days")
                ]
                for line in said
            ],
        )
    screen.say(
        f"天数从收到算到完成（未完成的算到截至日）。转办、单位签收之前和异议审核期间算本局；"
        f"本局过限：本局用天多于 {found['dispatch_limit']} 天的条数。"
    )
