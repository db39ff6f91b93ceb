"""A ledger row as events (contract, import columns)."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinfang_cli.errors import next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.headings import Layout
from xinfang_cli.intake.rows import INTAKE, LedgerRow, day_text
from xinfang_cli.law import terms
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import EVENTS

UNSTATED = terms.UNSTATED


class Planned(NamedTuple):
    """An event of a row, and the field whose column is to be named when the law refuses it."""

    event: Event
    field: str


class RowRefused(Exception):
    """The row cannot be taken: the field it is about, why, and the other fields that it holds the first against."""

    def __init__(self, field: str, why: str, against: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.field = field
        self.why = why
        self.against = against


class Plan:
    """A row's events in the order in which they are appended, and the doubts it leaves."""

    __slots__ = ("doubts", "events", "fields", "layout", "unit_at")

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.events: list[Event] = []
        self.fields: dict[str, str] = {}
        self.doubts: list[str] = []
        self.unit_at: Event | None = None

    def add(self, kind: str, on: date, data: dict[str, Any], field: str | None = None) -> None:
        """Add an event; `field` is the column that a refusal of it names."""
        self.events.append(Event(kind, on, data))
        if field is not None:
            self.fields[kind] = field

    def steps(self) -> list[Planned]:
        """The events with the fields whose columns are named when the law refuses them."""
        return [Planned(event, self.fields.get(event.kind) or EVENTS[event.kind].column) for event in self.events]


class Units(NamedTuple):
    """The units of a row: lead, jointly responsible, assisting."""

    leading: int | None = None
    beside: tuple[int, ...] = ()
    helping: tuple[int, ...] = ()


def plan_row(
    row: LedgerRow,
    layout: Layout,
    units: Units,
    *,
    assign_on_receipt: bool = False,
) -> Plan:
    """The events of a row, by day, ties in workflow order; RowRefused where two of its cells cannot both be."""
    said = row.said
    get = said.get
    plan = Plan(layout)
    received: date = said["received_on"]
    kind = get("kind", "other")
    handling = get("mode", "forward")
    plan.add("register", received, intake_data(row))
    if "lead" in said:
        plan.add("lead", received, {"lead": said["lead"]})
    if "batch" in said:
        plan.add("join", received, {"batch": said["batch"]})
    elif "resolved_on" in said:
        raise RowRefused("batch", f"有{_at('resolved_on', layout)}，没有积案批次。请补上批次", ("resolved_on",))

    unused: list[str] = []
    if handling == "file":
        _plan_filing(row, plan, layout, received, unused, assign_on_receipt)
    else:
        _plan_assignment(row, plan, layout, units.leading, assign_on_receipt, unused)
        _plan_others(plan, layout, units)
        if handling in ("refuse", "refuse_again"):
            _plan_refusal(row, plan, layout, unused)
        else:
            _plan_handling(row, plan, layout, kind, unused)
    _plan_rating(row, plan, layout)
    _plan_review(row, plan, layout)
    if "resolved_on" in said:
        resolved = {"batch": said["batch"], "how": "unstated"}
        plan.add("resolve", said["resolved_on"], resolved)

    if unused:
        plan.doubts.append("not_used")
        extras = plan.events[0].data.setdefault("extras", {})
        for field in unused:
            extras[layout.heading_of(field)] = day_text(said[field])
    events = plan.events
    last = received
    for event in events:
        if event.on < last:
            events[1:] = sorted(events[1:], key=_day_of)
            break
        last = event.on
    for seq, event in enumerate(events, 1):
        event.seq = seq
    return plan


def _day_of(event: Event) -> date:
    return event.on


def _at(field: str, layout: Layout) -> str:
    return layout.heading_of(field)


def intake_data(row: LedgerRow) -> dict[str, Any]:
    """The registration fields of a row's intake columns."""
    said = row.said
    data = {field: said[field] for field in INTAKE if field in said}
    if said.get("repeat_mark") == "repeat" or "repeat_of" in said:
        if said.get("repeat_mark") == "first":
            raise RowRefused("repeat_mark", "写的是初次，又有原登记编号。两处只能对一处，请核对", ("repeat_of",))
        data["repeat"] = True
    if row.extras:
        data["extras"] = dict(row.extras)
    return data


def _plan_assignment(
    row: LedgerRow, plan: Plan, layout: Layout, unit_id: int | None, on_receipt: bool, unused: list[str]
) -> None:
    said = row.said
    handling = said.get("mode", "forward")
    on = said.get("assigned_on")
    if unit_id is None:
        if on is not None:
            if handling in ("forward", "task"):
                raise RowRefused("unit", f"有{_at('assigned_on', layout)}，没有责任单位。请补上单位", ("assigned_on",))
            unused.append("assigned_on")
        if "feedback_by" in said:
            unused.append("feedback_by")
        if "signed_on" in said:
            plan.add("sign", said["signed_on"], {})
        return
    if on is None:
        if not on_receipt:
            heading = _at("assigned_on", layout)
            raise RowRefused(
                "assigned_on",
                f"有责任单位，没有{heading}。请补上日期，或加 {next_step('.assign_on_receipt')} 按收到日期转送",
            )
        on = said["received_on"]
        plan.doubts.append("assigned_on_receipt")
    data: dict[str, Any] = {"unit": unit_id, "mode": "task" if handling == "task" else "forward"}
    if "feedback_by" in said:
        if handling == "task":
            data["feedback_by"] = said["feedback_by"]
        else:
            unused.append("feedback_by")
    event = plan.unit_at = Event("assign", on, data)
    plan.events.append(event)
    if "signed_on" in said:
        plan.add("sign", said["signed_on"], {})


def _plan_others(plan: Plan, layout: Layout, units: Units) -> None:
    """The jointly responsible (art. 24) and assisting units, from the day of the case's assignment. Sheets set no
    deadline for assisting units.
    """
    if units.beside and plan.unit_at is None:
        raise RowRefused("co_unit", f"有{_at('co_unit', layout)}，没有责任单位。请补上牵头的单位", ("unit",))
    if plan.unit_at is None:
        return
    for unit in units.beside:
        plan.add("co_handle", plan.unit_at.on, {"unit": unit})
    for unit in units.helping:
        plan.add("assist", plan.unit_at.on, {"unit": unit}, "unit")
    if units.helping:
        plan.doubts.append("assist_without_day")


def _plan_filing(
    row: LedgerRow, plan: Plan, layout: Layout, received: date, unused: list[str], on_receipt: bool
) -> None:
    """存: nothing was sent, so nothing that follows a sending can have happened."""
    said = row.said
    if "unit" in said and "assigned_on" not in said and not on_receipt:
        raise RowRefused("assigned_on", f"有责任单位，没有{_at('assigned_on', layout)}。请补上日期，或去掉责任单位")
    on = said.get("assigned_on") or received
    plan.add("file", on, {"reason": UNSTATED})
    for field in ("unit", "feedback_by", "extended_days", "told_on", "closed_on", "outcome", "reply", "delivered_on"):
        if field in said:
            unused.append(field)
    if "signed_on" in said:
        plan.add("sign", said["signed_on"], {})
    if "accepted_on" in said:
        accepting = {"pathway": "answer", "told_on": said["accepted_on"]}
        plan.add("accept", said["accepted_on"], accepting)


def _plan_refusal(row: LedgerRow, plan: Plan, layout: Layout, unused: list[str]) -> None:
    said = row.said
    field = next((field for field in ("accepted_on", "told_on", "closed_on") if field in said), None)
    if field is None:
        what = terms.STAGE.label("refused") if said["mode"] == "refuse" else "不再受理"
        raise RowRefused(
            "accepted_on", f"办理方式是{what}，没有受理、告知或办结日期。请补上作出决定的日期", ("told_on", "closed_on")
        )
    data = {"ground": "unstated", "reason": UNSTATED}
    if said["mode"] == "refuse_again":
        data["form"] = "不再受理"
    plan.add("refuse", said[field], data, field)
    for other in ("accepted_on", "told_on", "closed_on", "outcome", "reply", "extended_days", "delivered_on"):
        if other in said and other != field:
            unused.append(other)


def _plan_handling(row: LedgerRow, plan: Plan, layout: Layout, kind: str, unused: list[str]) -> None:
    said = row.said
    get = said.get
    field = "accepted_on" if "accepted_on" in said else "told_on"
    accepted = get(field)
    if get("mode") == "direct" and plan.unit_at is None and accepted is not None:
        unused += [name for name in ("accepted_on", "told_on") if name in said]
        accepted = None
    if accepted is not None:
        data = {"pathway": terms.PATHWAY_OF_KIND[kind], "told_on": get("told_on") or accepted}
        if "told_on" in said and "accepted_on" in said:
            data["told_said"] = True
        plan.add("accept", accepted, data, None if field == "accepted_on" else field)
    if "extended_days" in said:
        if accepted is None:
            raise RowRefused(
                "extended_days", f"有延期天数，没有{_at('accepted_on', layout)}。请补上受理日期", ("accepted_on",)
            )
        extension = {"days": said["extended_days"], "approved_by": UNSTATED, "reason": UNSTATED}
        plan.add("extend", accepted, extension)
    closed = get("closed_on")
    if closed is not None:
        _plan_closing(row, plan, closed, unaccepted=plan.unit_at is not None and accepted is None)
        return
    if get("mode") == "direct":
        plan.doubts.append("direct_not_closed")
    if "outcome" in said:
        unused.append("outcome")
    if "reply" in said:
        unused.append("reply")
    if "delivered_on" in said:
        raise RowRefused(
            "delivered_on",
            f"有{_at('delivered_on', layout)}，没有{_at('closed_on', layout)}。请补上办结日期",
            ("closed_on",),
        )


def _plan_closing(row: LedgerRow, plan: Plan, closed: date, *, unaccepted: bool) -> None:
    said = row.said
    closing: dict[str, Any] = {"outcome": said.get("outcome", "unstated")}
    if unaccepted:
        closing["acceptance_unstated"] = True
    if "reply" in said:
        closing["text"] = said["reply"]
    if "delivered_on" in said:
        closing["delivered_on"] = said["delivered_on"]
    plan.add("close", closed, closing)
    if "outcome" not in said:
        plan.doubts.append("no_outcome")


def _plan_rating(row: LedgerRow, plan: Plan, layout: Layout) -> None:
    said = row.said
    data: dict[str, Any] = {field: said[field] for field in ("unit_rating", "bureau_rating") if field in said}
    if not data:
        return
    on = said.get("rated_on") or said.get("closed_on")
    if on is None:
        on = next((event.on for event in plan.events if event.kind in ("refuse", "file")), None)
    if on is None:
        raise RowRefused("rated_on", "有满意度，没有评价日期和办结日期。请补上评价日期", ("closed_on",))
    plan.add("rate", on, data, None if "rated_on" in said else next(iter(data)))


def _plan_review(row: LedgerRow, plan: Plan, layout: Layout) -> None:
    said = row.said
    asked, answered, result = (said.get(f) for f in ("review_on", "review_delivered_on", "review_result"))
    if asked is None:
        for field in ("review_result", "review_delivered_on"):
            if field in said:
                raise RowRefused(
                    field,
                    f"有{_at(field, layout)}，没有{_at('review_on', layout)}。请补上申请复查的日期",
                    ("review_on",),
                )
        return
    plan.add("review", asked, {})
    if (answered is None) != (result is None):
        there, lacks = (
            ("review_delivered_on", "review_result") if result is None else ("review_result", "review_delivered_on")
        )
        raise RowRefused(lacks, f"有{_at(there, layout)}，没有{_at(lacks, layout)}。请补上", (there,))
    if answered is not None:
        data: dict[str, Any] = {"result": result}
        if result == "declined":
            data["reason"] = UNSTATED
        plan.add("review_result", answered, data)
