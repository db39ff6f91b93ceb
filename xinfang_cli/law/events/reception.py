"""Leaders' reception of petitioners and what they order there (art. 18)."""

from __future__ import annotations

from xinfang_cli.law import terms
from xinfang_cli.law.case import Case, Order, Reception
from xinfang_cli.law.clocks import stop
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext, EventType, Notice
from xinfang_cli.law.events.checks import refuse
from xinfang_cli.law.events.fields import ANSWER_BY, TEXT, UNIT, Field, flag, number, word


def _check_receive(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    if data["people"] < (0 if data.get("same_party") else 1):
        raise refuse(case, f"的接访人数 {data['people']} 不对", "请填 1 以上的整数", code="people")
    return []


def _fold_receive(case: Case, event: Event) -> None:
    case.receptions = (*case.receptions, Reception(event))


def _ordered(case: Case, event: Event) -> int | None:
    """Whom a leader's order goes to: the unit it names, else the unit of the case."""
    unit: int | None = event.data.get("unit", case.unit)
    return unit


def _check_order(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    data = event.data
    if _ordered(case, event) is None:
        raise refuse(case, "还没有责任单位，领导交办没有写单位", "请加 ⟦.to⟧ 单位", code="unit")
    if data["answer_by"] < event.on:
        raise refuse(
            case,
            f"的交办期限 {data['answer_by'].isoformat()} 早于 {event.on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    return []


def _fold_order(case: Case, event: Event) -> None:
    reception = case.receptions[-1].seq if case.receptions else None
    case.orders = (*case.orders, Order(event, event.data.get("unit", case.unit), reception))


def _move_order(case: Case, event: Event) -> None:
    """A leader's order names its unit: moving the case to another does not end it."""
    clock = case.start_clock("order", event.on, event.seq, event.data["answer_by"])
    clock.unit = event.data.get("unit", case.unit)


def _check_follow(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    order = next((order for order in case.orders if order.seq == event.data["order"]), None)
    step = event.data["loop"]
    label = terms.LOOP.label(step)
    if order is None:
        raise refuse(case, f"没有领导交办，不能记{label}", "先登记交办：⟦order⟧", code="loop")
    if step in order.steps:
        raise refuse(case, f"已于 {order.steps[step].isoformat()} {label}", "不必重复登记", code="loop")
    if order.next_step != step:
        before = terms.LOOP.label(order.next_step)
        raise refuse(
            case,
            f"的交办还没有{before}，不能记{label}",
            f"先记{before}：⟦follow⟧ {before} {case.called}",
            code="loop",
        )
    since = max([order.on, *order.steps.values()])
    if event.on < since:
        raise refuse(
            case,
            f"的{label}日期 {event.on.isoformat()} 早于上一步的 {since.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    return []


def _fold_follow(case: Case, event: Event) -> None:
    for order in case.orders:
        if order.seq == event.data["order"]:
            order.steps[event.data["loop"]] = event.on


def _move_follow(case: Case, event: Event) -> None:
    if event.data["loop"] == "carried_out":
        for clock in case.clocks:
            if clock.kind == "order" and clock.opened_by == event.data["order"] and not clock.ended:
                stop(clock, event.on, event)


_SAID = TEXT._replace(correctable=False)
EVENTS = (
    EventType(
        "receive",
        "领导接访",
        (
            _SAID,
            word("form", "形式", terms.RECEPTION),
            Field("leaders", "领导", "list"),
            number("people", "人数"),
            flag("same_party"),
            flag("settled", "当场答复"),
        ),
        check=_check_receive,
        fold=_fold_receive,
    ),
    EventType(
        "order",
        "领导交办",
        (UNIT, ANSWER_BY, _SAID, Field("leader", "领导")),
        within="reception",
        check=_check_order,
        goes_to=_ordered,
        fold=_fold_order,
        clocks=_move_order,
    ),
    EventType(
        "follow",
        "接访跟进",
        (number("order"), _SAID, word("loop", "闭环", terms.LOOP)),
        within="reception",
        check=_check_follow,
        fold=_fold_follow,
        clocks=_move_follow,
    ),
)
