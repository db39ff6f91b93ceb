"""Leaders' reception in words and as JSON: the roster, what was logged, the loop of each matter, the counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.campaigns.reception_status import (
    Matter,
    MatterList,
    OrderLine,
    ReceptionStatus,
    Sitting,
    SittingList,
)
from xinfang_cli.office.campaigns.roster import DutyRoster, RosterDay, Swapped
from xinfang_cli.office.campaigns.visits import Cancelled, LogCounts
from xinfang_cli.present.machine import Csv, csv_of

ROSTER_COLUMNS = labelled("day=on", "weekday", "note", "leaders", "attended", "state=roster_state")
MATTER_COLUMNS = labelled(
    "on=received_by_on",
    "form=reception_form",
    "leaders",
    "people",
    "case_no",
    "title",
    "unit=ordered_unit",
    "answer_by=order_due",
    "carried_out",
    "fed_back",
    "followed_up",
    "state=progress",
)

View = DutyRoster | Swapped | MatterList | SittingList | Sitting | Cancelled | LogCounts | ReceptionStatus


def document(view: View) -> Any:
    """The JSON of the views of reception."""
    if isinstance(view, DutyRoster):
        return _roster(view)
    if isinstance(view, Swapped):
        return {"days": [day._asdict() for day in view.days]}
    if isinstance(view, MatterList):
        return [_matter(matter) for matter in view.matters]
    if isinstance(view, SittingList):
        return [sitting._asdict() for sitting in view.sittings]
    return status_document(view) if isinstance(view, ReceptionStatus) else view._asdict()


def _roster(view: DutyRoster) -> dict[str, Any]:
    said = {
        "from": view.first,
        "to": view.last,
        "days": [day._asdict() for day in view.days],
        "unarranged": view.unarranged,
    }
    if view.passed_over is not None:
        said["passed_over"] = [passed._asdict() for passed in view.passed_over]
    return said


def _matter(matter: Matter) -> dict[str, Any]:
    said = matter._asdict()
    del said["case_id"], said["kind"]
    return {**said, "orders": [order._asdict() for order in matter.orders]}


def status_document(view: ReceptionStatus) -> dict[str, Any]:
    """The JSON of the views of reception status."""
    said = view._asdict()
    return {
        "from": said.pop("first"),
        "to": said.pop("last"),
        "as_of": said.pop("as_of"),
        "days_on_duty": said.pop("days_on_duty"),
        "days_missing": view.days_missing,
        **said,
        "missing": [day._asdict() for day in view.missing],
        "by_form": {
            one.form: {"leader_times": one.leader_times, "groups": one.groups, "people": one.people}
            for one in view.by_form
        },
        "by_leader": [one._asdict() for one in view.by_leader],
        "states": dict(view.states),
    }


def table(view: View) -> Csv:
    """The rows of the views of reception for a spreadsheet."""
    if isinstance(view, DutyRoster):
        return csv_of(roster_rows(view), ROSTER_COLUMNS)
    assert isinstance(view, MatterList)
    return csv_of(matter_rows(view.matters), MATTER_COLUMNS)


def notices(view: View) -> Iterable[str]:
    """The fixed days that were not arranged."""
    if isinstance(view, DutyRoster):
        for passed in view.passed_over or ():
            yield f"注意：{passed.leader} 的固定接访日 {passed.day} 是休息日，没有排"


def roster_rows(view: DutyRoster) -> list[dict[str, Any]]:
    """A roster in words, for the screen, CSV and files."""
    return [
        {
            "day": day.day,
            "weekday": f"星期{day.weekday}",
            "note": day.note,
            "leaders": "、".join(day.leaders),
            "attended": "、".join(day.attended),
            "state": _state(day),
        }
        for day in view.days
    ]


def _state(day: RosterDay) -> str:
    if day.missing:
        return "缺" if day.leaders else "没有排班，无人接访"
    if day.attended and day.leaders and not set(day.attended) & set(day.leaders):
        return "他人代"
    return "到" if day.attended else ""


def matter_rows(matters: Iterable[Matter]) -> Iterator[dict[str, Any]]:
    """One line an order (one without orders), in words."""
    for matter in matters:
        orders: tuple[OrderLine | None, ...] = matter.orders or (None,)
        for order in orders:
            yield {
                **({} if order is None else order._asdict()),
                "on": matter.on,
                "case_no": matter.case_no,
                "title": matter.title,
                "people": "同批" if matter.same_party else matter.people,
                "form": terms.RECEPTION.label(matter.form),
                "leaders": "、".join(matter.leaders),
                "state": terms.LOOP_STATES[matter.state] + ("（超期）" if matter.overdue else ""),
                "overdue": matter.overdue,
            }


def head(view: ReceptionStatus) -> list[str]:
    """The counts in sentences."""
    return [
        f"领导接访  {view.first} 至 {view.last}  截至 {view.as_of}",
        f"领导接访 {view.leader_times} 人次，接待来访群众 {view.groups} 批 {view.people} 人；"
        f"接访 {view.days_on_duty} 天，缺 {view.days_missing} 天{roster_late(view)}",
        f"接访事项 {view.matters} 项，领导交办 {view.orders} 项，已落实 {view.carried_out} 项，"
        f"超期未落实 {view.orders_overdue} 项；未闭环 {view.open_matters} 项",
        f"无访 {view.days_without_visitor} 天，其中约访 {view.days_invited} 天",
    ]


def roster_late(view: ReceptionStatus) -> str:
    """The note that the roster behind the missed days was entered after the period."""
    on = view.roster_entered_on
    return f"（接访日程在期后 {on.isoformat()} 录入）" if on is not None and view.missing else ""


def loop(view: ReceptionStatus) -> str:
    return "闭环：" + "，".join(f"{terms.LOOP_STATES[key]} {count} 项" for key, count in view.states)


def sentence(view: Sitting | Cancelled | LogCounts) -> str:
    """The record in one line."""
    if isinstance(view, LogCounts):
        return f"登记接访 {view.visits} 批，无访值班 {view.without_visitor} 次"
    if isinstance(view, Cancelled):
        return f"已撤掉 {view.on} {'、'.join(view.leaders)} 的无访值班"
    invited = f"，约访 {'、'.join(view.invited)}" if view.invited else ""
    return f"{view.on.isoformat()}  {'、'.join(view.leaders)}  无访{invited}（记录号 {view.id}）"
