"""Leaders' reception on the screen: the roster, what was logged, the loop of each matter, the counts."""

from __future__ import annotations

from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.campaigns.reception_status import MatterList, ReceptionStatus, SittingList
from xinfang_cli.office.campaigns.roster import DutyRoster, Swapped
from xinfang_cli.present import reception as words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: words.View) -> None:
    """The views of reception on the screen."""
    if isinstance(view, DutyRoster):
        _roster(view)
    elif isinstance(view, Swapped):
        for each in view.days:
            screen.print_line(f"{each.day}  {'、'.join(each.leaders)}")
    elif isinstance(view, MatterList):
        _matters(view)
    elif isinstance(view, SittingList):
        _sittings(view)
    elif isinstance(view, ReceptionStatus):
        _status(view)
    else:
        screen.print_line(words.sentence(view))


def _roster(view: DutyRoster) -> None:
    """The duty days of a period."""
    rows = words.roster_rows(view)
    if not rows:
        screen.print_line("这段时间没有排班；排班：xinfang reception roster --month 2023-08 --leaders 甲,乙,丙")
        return
    shown = words.ROSTER_COLUMNS
    keys = [key for key in shown if key not in ("note", "attended", "state") or any(row[key] for row in rows)]
    free = ("leaders", "attended", "state")
    screen.table(
        [Column(shown[key], fixed=key not in free) for key in keys],
        [[row[key] for key in keys] for row in rows],
        styles=["red" if day.missing else "" for day in view.days],
    )
    missing = sum(day.missing for day in view.days)
    screen.print_line(
        f"共 {sum(bool(day.leaders) for day in view.days)} 个接访日" + (f"，缺 {missing} 天" if missing else "")
    )
    if view.unarranged:
        listed = "、".join(map(str, view.unarranged[:6])) + ("……" if len(view.unarranged) > 6 else "")
        screen.print_line(f"还有 {len(view.unarranged)} 个工作日没有排班：{listed}")


def _matters(view: MatterList) -> None:
    """The matters heard, each with its loop 接访→交办→落实→反馈→跟进."""
    if not view.matters:
        screen.print_line("没有符合条件的接访事项")
        return
    said = list(words.matter_rows(view.matters))
    keys = ["on", "leaders", "case_no", "title", "unit", "answer_by", "state"]
    free = ("leaders", "title", "unit", "state")
    screen.table(
        [Column(words.MATTER_COLUMNS[key], fixed=key not in free) for key in keys],
        [[row.get(key) or "" for key in keys] for row in said],
        styles=["red" if row["overdue"] else "" for row in said],
    )
    screen.print_line(f"共 {len(view.matters)} 项")


def _sittings(view: SittingList) -> None:
    """Duty without a visitor."""
    screen.table(
        [
            Column("记录号", right=True),
            Column(LABELS["on"]),
            Column(LABELS["reception_form"]),
            Column(LABELS["leader"], fixed=False),
            Column("约访", fixed=False),
        ],
        [
            (one.id, one.on, terms.RECEPTION.label(one.form), "、".join(one.leaders), "、".join(one.invited))
            for one in view.sittings
        ],
    )
    screen.print_line(f"共 {len(view.sittings)} 次无访")


def _status(view: ReceptionStatus) -> None:
    """Attendances, parties, people; coverage; the loop."""
    write = screen.print_line
    head(view)
    screen.table(
        [
            Column(LABELS["reception_form"]),
            Column("领导人次", right=True),
            Column(LABELS["groups"], right=True),
            Column(LABELS["heads"], right=True),
        ],
        [
            (terms.RECEPTION.label(one.form), one.leader_times, one.groups, one.people)
            for one in view.by_form
            if one.leader_times or one.groups
        ],
    )
    write()
    screen.table(
        [
            Column(LABELS["leader"], fixed=False),
            Column("人次", right=True),
            Column(LABELS["groups"], right=True),
            Column(LABELS["heads"], right=True),
            Column("未闭环", right=True),
        ],
        [(one.leader, one.times, one.groups, one.people, one.open_matters) for one in view.by_leader],
    )
    write()
    write(words.loop(view))
    if view.missing:
        listed = [f"{one.day}" + (f"（{'、'.join(one.leaders)}）" if one.leaders else "") for one in view.missing]
        write("缺：" + "、".join(listed[:12]) + ("……" if len(listed) > 12 else ""))
    write("人次按领导每天每种形式各计一次；几位领导一起接访的一批，在各人名下都列，合计不重复。")


def head(view: ReceptionStatus) -> None:
    """The counts in sentences."""
    for line in words.head(view):
        screen.print_line(line)
    screen.print_line()
