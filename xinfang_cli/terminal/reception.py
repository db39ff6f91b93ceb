"""Leaders' reception on the screen: the roster, what was logged, the loop of each matter, the counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.present import machine
from xinfang_cli.present.reception import roster_rows
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column

ROSTER_COLUMNS = {
    "day": "日期",
    "weekday": "星期",
    "note": "说明",
    "leaders": "接访领导",
    "attended": "实到",
    "state": "情况",
}
MATTER_COLUMNS = {
    "on": "接访日期",
    "form": "形式",
    "leaders": "接访领导",
    "people": "人数",
    "case_no": "登记编号",
    "title": "概况",
    "unit": "交办单位",
    "answer_by": "交办期限",
    "carried_out": "落实",
    "fed_back": "反馈",
    "followed_up": "跟进",
    "state": "进度",
}


def show_roster(found: dict[str, Any], as_json: bool, as_csv: bool) -> None:
    """The duty days of a period."""
    if as_json:
        machine.print_json(found)
        return
    rows = roster_rows(found)
    if as_csv:
        machine.print_csv(rows, ROSTER_COLUMNS)
        return
    if not rows:
        screen.say("这段时间没有排班；排班：xinfang reception roster --month 2023-08 --leaders 甲,乙,丙")
        return
    keys = [key for key in ROSTER_COLUMNS if key not in ("note", "attended", "state") or any(row[key] for row in rows)]
    free = ("leaders", "attended", "state")
    screen.table(
        [Column(ROSTER_COLUMNS[key], fixed=key not in free) for key in keys],
        [[row[key] for key in keys] for row in rows],
        styles=["red" if row["missing"] else "" for row in rows],
    )
    missing = sum(row["missing"] for row in rows)
    screen.say(f"共 {sum(bool(row['leaders']) for row in rows)} 个接访日" + (f"，缺 {missing} 天" if missing else ""))
    if found["unarranged"]:
        listed = "、".join(map(str, found["unarranged"][:6])) + ("……" if len(found["unarranged"]) > 6 else "")
        screen.say(f"还有 {len(found['unarranged'])} 个工作日没有排班：{listed}")


def tell_passed_over(found: dict[str, Any]) -> None:
    for entry in found.get("passed_over", []):
        screen.tell(f"注意：{entry['leader']} 的固定接访日 {entry['day']} 是休息日，没有排")


def matter_rows(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line an order (one without orders), in words."""
    said = []
    for row in rows:
        for order in row["orders"] or [{}]:
            said.append(
                {
                    **order,
                    **{key: row[key] for key in ("on", "case_no", "title")},
                    "people": "同批" if row["same_party"] else row["people"],
                    "form": terms.RECEPTION.label(row["form"]),
                    "leaders": "、".join(row["leaders"]),
                    "state": terms.LOOP_STATES[row["state"]] + ("（超期）" if row["overdue"] else ""),
                    "overdue": row["overdue"],
                }
            )
    return said


def show_matters(rows: Sequence[dict[str, Any]], as_json: bool, as_csv: bool) -> None:
    """The matters heard, each with its loop 接访→交办→落实→反馈→跟进."""
    if as_json:
        machine.print_json(list(rows))
        return
    said = matter_rows(rows)
    if as_csv:
        machine.print_csv(said, MATTER_COLUMNS)
        return
    if not rows:
        screen.say("没有符合条件的接访事项")
        return
    keys = ["on", "leaders", "case_no", "title", "unit", "answer_by", "state"]
    free = ("leaders", "title", "unit", "state")
    screen.table(
        [Column(MATTER_COLUMNS[key], fixed=key not in free) for key in keys],
        [[row.get(key) or "" for key in keys] for row in said],
        styles=["red" if row["overdue"] else "" for row in said],
    )
    screen.say(f"共 {len(rows)} 项")


def show_sittings(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    """Duty without a visitor."""
    if as_json:
        machine.print_json(list(rows))
        return
    screen.table(
        [
            Column("记录号", right=True),
            Column("日期"),
            Column("形式"),
            Column("领导", fixed=False),
            Column("约访", fixed=False),
        ],
        [
            (
                row["id"],
                row["on"],
                terms.RECEPTION.label(row["form"]),
                "、".join(row["leaders"]),
                "、".join(row["invited"]),
            )
            for row in rows
        ],
    )
    screen.say(f"共 {len(rows)} 次无访")


def show_status(found: dict[str, Any], as_json: bool) -> None:
    """Attendances, parties, people; coverage; the loop."""
    if as_json:
        machine.print_json(found)
        return
    say = screen.say
    show_head(found)
    forms = [(form, counts) for form, counts in found["by_form"].items() if counts["leader_times"] or counts["groups"]]
    screen.table(
        [Column("形式"), Column("领导人次", right=True), Column("批", right=True), Column("人", right=True)],
        [(terms.RECEPTION.label(form), c["leader_times"], c["groups"], c["people"]) for form, c in forms],
    )
    say()
    screen.table(
        [
            Column("领导", fixed=False),
            Column("人次", right=True),
            Column("批", right=True),
            Column("人", right=True),
            Column("未闭环", right=True),
        ],
        [
            (row["leader"], row["times"], row["groups"], row["people"], row["open_matters"])
            for row in found["by_leader"]
        ],
    )
    say()
    say("闭环：" + "，".join(f"{terms.LOOP_STATES[key]} {count} 项" for key, count in found["states"].items()))
    if found["missing"]:
        listed = [
            f"{entry['day']}" + (f"（{'、'.join(entry['leaders'])}）" if entry["leaders"] else "")
            for entry in found["missing"]
        ]
        say("缺：" + "、".join(listed[:12]) + ("……" if len(listed) > 12 else ""))
    say("人次按领导每天每种形式各计一次；几位领导一起接访的一批，在各人名下都列，合计不重复。")


def show_head(found: dict[str, Any]) -> None:
    """The counts in sentences."""
    say = screen.say
    say(f"领导接访  {found['from']} 至 {found['to']}  截至 {found['as_of']}")
    say(
        f"领导接访 {found['leader_times']} 人次，接待来访群众 {found['groups']} 批 {found['people']} 人；"
        f"接访 {found['days_on_duty']} 天，缺 {found['days_missing']} 天"
    )
    say(
        f"接访事项 {found['matters']} 项，领导交办 {found['orders']} 项，已落实 {found['carried_out']} 项，"
        f"超期未落实 {found['orders_overdue']} 项；未闭环 {found['open_matters']} 项"
    )
    say(f"无访 {found['days_without_visitor']} 天，其中约访 {found['days_invited']} 天")
    say()
