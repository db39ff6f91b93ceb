"""What a ledger's row says as events (contract, import columns); and what it says more than the book, or against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from xinfang_cli.errors import Refused
from xinfang_cli.intake.headings import CANONICAL, Layout
from xinfang_cli.intake.rows import INTAKE, LedgerRow, day_text
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import check
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import UNRANKED, Asked, Notice
from xinfang_cli.law.events.registry import EVENTS, PRIVATE_FIELDS
from xinfang_cli.law.fold import evolve, in_force, settle
from xinfang_cli.law.inforce import Code

UNSTATED = terms.UNSTATED


class Planned(NamedTuple):
    """An event of a row, and the field whose column is to be named when the law refuses it."""

    event: Event
    field: str


class RowRefused(Exception):
    """The row cannot be taken: the field it is about, and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


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
        self.events.append(Event(kind, on, data))
        if field is not None:
            self.fields[kind] = field

    def steps(self) -> list[Planned]:
        """The events with the fields whose columns are named when the law refuses them."""
        return [Planned(event, self.fields.get(event.kind) or EVENTS[event.kind].column) for event in self.events]


def plan_row(row: LedgerRow, layout: Layout, unit_id: int | None, *, assign_on_receipt: bool = False) -> Plan:
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
        raise RowRefused("batch", f"有{_at('resolved_on', layout)}，没有积案批次。请补上批次")

    unused: list[str] = []
    if handling == "file":
        _plan_filing(row, plan, layout, received, unused, assign_on_receipt)
    else:
        _plan_assignment(row, plan, layout, unit_id, assign_on_receipt, unused)
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


def _on(step: Planned) -> date:
    return step.event.on


def _at(field: str, layout: Layout) -> str:
    return layout.heading_of(field)


def intake_data(row: LedgerRow) -> dict[str, Any]:
    """What a row's intake columns put into the registration."""
    said = row.said
    data = {field: said[field] for field in INTAKE if field in said}
    if said.get("repeat_mark") == "repeat" or "repeat_of" in said:
        if said.get("repeat_mark") == "first":
            raise RowRefused("repeat_mark", "写的是初次，又有原登记编号。两处只能对一处，请核对")
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
                raise RowRefused("unit", f"有{_at('assigned_on', layout)}，没有责任单位。请补上单位")
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
                "assigned_on", f"有责任单位，没有{heading}。请补上日期，或加 --assign-on-receipt 按收到日期转送"
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


def _plan_filing(
    row: LedgerRow, plan: Plan, layout: Layout, received: date, unused: list[str], on_receipt: bool
) -> None:
    """存: nothing was sent, so nothing that follows a sending can have happened."""
    said = row.said
    if "unit" in said and "assigned_on" not in said and not on_receipt:
        raise RowRefused("assigned_on", f"有责任单位，没有{_at('assigned_on', layout)}。请补上日期，或去掉责任单位")
    on = said.get("assigned_on") or received
    plan.add("file", on, {"reason": UNSTATED})
    for field in ("unit", "feedback_by", "extended_days", "told_on", "closed_on", "outcome", "delivered_on"):
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
        raise RowRefused("accepted_on", f"办理方式是{what}，没有受理、告知或办结日期。请补上作出决定的日期")
    data = {"ground": "unstated", "reason": UNSTATED}
    if said["mode"] == "refuse_again":
        data["form"] = "不再受理"
    plan.add("refuse", said[field], data, field)
    for other in ("accepted_on", "told_on", "closed_on", "outcome", "extended_days", "delivered_on"):
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
        plan.add("accept", accepted, data, None if field == "accepted_on" else field)
    if "extended_days" in said:
        if accepted is None:
            raise RowRefused("extended_days", f"有延期天数，没有{_at('accepted_on', layout)}。请补上受理日期")
        extension = {"days": said["extended_days"], "approved_by": UNSTATED, "reason": UNSTATED}
        plan.add("extend", accepted, extension)
    closed = get("closed_on")
    if closed is not None:
        closing: dict[str, Any] = {"outcome": get("outcome", "unstated")}
        if "delivered_on" in said:
            closing["delivered_on"] = said["delivered_on"]
        plan.add("close", closed, closing)
        if "outcome" not in said:
            plan.doubts.append("no_outcome")
        return
    if get("mode") == "direct":
        plan.doubts.append("direct_not_closed")
    if "outcome" in said:
        unused.append("outcome")
    if "delivered_on" in said:
        raise RowRefused(
            "delivered_on", f"有{_at('delivered_on', layout)}，没有{_at('closed_on', layout)}。请补上办结日期"
        )


def _plan_rating(row: LedgerRow, plan: Plan, layout: Layout) -> None:
    said = row.said
    data: dict[str, Any] = {field: said[field] for field in ("unit_rating", "bureau_rating") if field in said}
    if not data:
        return
    on = said.get("rated_on") or said.get("closed_on")
    if on is None:
        on = next((event.on for event in plan.events if event.kind in ("refuse", "file")), None)
    if on is None:
        raise RowRefused("rated_on", "有满意度，没有评价日期和办结日期。请补上评价日期")
    plan.add("rate", on, data, None if "rated_on" in said else next(iter(data)))


def _plan_review(row: LedgerRow, plan: Plan, layout: Layout) -> None:
    said = row.said
    asked, answered, result = (said.get(f) for f in ("review_on", "review_delivered_on", "review_result"))
    if asked is None:
        for field in ("review_result", "review_delivered_on"):
            if field in said:
                raise RowRefused(field, f"有{_at(field, layout)}，没有{_at('review_on', layout)}。请补上申请复查的日期")
        return
    plan.add("review", asked, {})
    if (answered is None) != (result is None):
        there, lacks = (
            ("review_delivered_on", "review_result") if result is None else ("review_result", "review_delivered_on")
        )
        raise RowRefused(lacks, f"有{_at(there, layout)}，没有{_at(lacks, layout)}。请补上")
    if answered is not None:
        data: dict[str, Any] = {"result": result}
        if result == "declined":
            data["reason"] = UNSTATED
        plan.add("review_result", answered, data)


# ---- the law ----------------------------------------------------------------------------------------------------


def through_law(plan: Plan, code: Code, asked: Asked) -> tuple[Case, list[Notice]]:
    """Ask the law about every event of a new case in turn; the case, and what the law warns of. RowRefused says no."""
    case = Case(code)
    warnings: list[Notice] = []
    for event in plan.events:
        try:
            found = check(case, event, asked)
        except Refused as error:
            if error.code != "late" or event.kind != "review":
                steps = plan.steps()
                raise refused(steps, steps[plan.events.index(event)], error, plan.layout) from None
            event.data["late_reason"] = UNSTATED  # a sheet has no column for it
            found = check(case, event, asked)
        if found:
            warnings += found
        evolve(case, event)
    settle(case)
    return case, warnings


def refused(steps: Sequence[Planned], step: Planned, error: Refused, layout: Layout) -> RowRefused:
    """The law's refusal in the words of the sheet: which column, and against which other column."""
    event, field = step.event, step.field
    if error.code == "stage":
        # By day, a step that lies before the one it needs meets the wrong stage: say which two days are crossed.
        crossed = _crossed(steps, step)
        if crossed is not None:
            late, early = crossed
            mine, theirs = layout.heading_of(late.field), layout.heading_of(early.field)
            days = f"{mine} {late.event.on.isoformat()} 早于{theirs} {early.event.on.isoformat()}"
            return RowRefused(late.field, f"{days}。请核对两个日期")
        if event.kind == "accept" and steps[0].event.kind == "register" and len(steps) > 1:
            return RowRefused(field, f"有{layout.heading_of(field)}，没有转送交办，不能受理。请补上责任单位和转办日期")
    if error.field in _OWN_COLUMN and error.field in event.data:
        field = error.field
    received = steps[0]
    if error.code == "order" and received.event.kind == "register" and event.on < received.event.on:
        days = f"{layout.heading_of(step.field)} {event.on.isoformat()}"
        theirs = f"{layout.heading_of(received.field)} {received.event.on.isoformat()}"
        return RowRefused(step.field, f"{days} 早于{theirs}。请核对两个日期")
    if error.code == "future":
        return RowRefused(
            field, f"{layout.heading_of(field)} {error.facts['day']} 晚于今天 {error.facts['today']}。请核对日期"
        )
    return RowRefused(field, _of_a_row(error))


def _of_a_row(error: Refused) -> str:
    """A refusal; of a case that has no number yet, without the command that its hint would have typed."""
    if error.subject or error.said == error.message:
        return error.line()
    hint = "请核对" if error.steps else error.hint
    return f"{error.said.removeprefix('的')}。{hint}"


_OWN_COLUMN = ("told_on", "delivered_on", "feedback_by")  # days that stand beside the event's own


def _crossed(steps: Sequence[Planned], step: Planned) -> tuple[Planned, Planned] | None:
    """(the later step of the workflow, the earlier one): two that lie the other way round by day."""
    rank, on = _rank(step), step.event.on
    needed = [other for other in steps if _rank(other) < rank and other.event.on > on]
    if needed:
        return step, max(needed, key=_rank)
    ahead = [other for other in steps if rank < _rank(other) < UNRANKED and other.event.on < on]
    return (min(ahead, key=_rank), step) if ahead else None


def _rank(step: Planned) -> int:
    return EVENTS[step.event.kind].rank


# ---- against the book -------------------------------------------------------------------------------------------


class Compared(NamedTuple):
    """What a row says more than the book: the events that would bring it up to date, in the order of their days."""

    missing: list[Planned]
    says: list[str]


Namer = Callable[[int], str]


def compare(row: LedgerRow, plan: Plan, events: Sequence[Event], case: Case, today: date, unit_name: Namer) -> Compared:
    """Hold a row against a case of the book. RowRefused where it contradicts it.

    A value that the book once had and that was since corrected is no contradiction: the sheet is merely older.
    """
    found = _Comparison(row, list(events), case, today, unit_name)
    found.intake()
    for step in plan.steps()[1:]:
        found.step(step)
    found.missing.sort(key=_on)
    return Compared(found.missing, found.says)


class _Comparison:
    def __init__(self, row: LedgerRow, events: list[Event], case: Case, today: date, unit_name: Namer) -> None:
        self.said = row.said
        self.events = events
        self.standing = in_force(events)
        self.case = case
        self.today = today
        self.unit_name = unit_name
        self.missing: list[Planned] = []
        self.says: list[str] = []

    def more(self, event: Event, field: str, text: str) -> None:
        self.missing.append(Planned(event, field))
        self.says.append(text)

    def against(self, field: str, sheet: object, book: object) -> RowRefused:
        return RowRefused(
            field,
            f"表中{CANONICAL[field]}是「{_shown(field, sheet)}」，案件簿是「{_shown(field, book)}」。"
            "请核对；要改案件簿用 xinfang edit 或 xinfang correct",
        )

    def once(self, field: str) -> set[Any]:
        """What an intake field has been in this case's past."""
        values = {self.events[0].data.get(field)}
        for event in self.events:
            if event.kind == "edit":
                for key in ("was", "changed_from"):
                    if field in event.data.get(key, {}):
                        values.add(event.data[key][field])
            elif event.kind == "correct" and event.data["event"] == self.events[0].seq:
                values.add(event.data.get("was", {}).get(field))
        return values

    def intake(self) -> None:
        said, case = self.said, self.case
        register = self.standing[0]
        if said["received_on"] != case.received_on and said["received_on"] != self.events[0].on:
            raise self.against("received_on", said["received_on"], case.received_on)
        new: dict[str, Any] = {}
        for field in INTAKE:
            if field not in said or said[field] == getattr(case, field):
                continue
            if register.data.get(field) is None:
                new[field] = said[field]
            elif said[field] not in self.once(field):
                raise self.against(field, said[field], getattr(case, field))
        if case.repeat and said.get("repeat_mark") == "first" and self.events[0].data.get("repeat"):
            raise self.against("repeat_mark", "初次", "重复")
        if said.get("repeat_mark") == "repeat" and not case.repeat and "repeat_of" not in said:
            new["repeat"] = True
        if new:
            data: dict[str, Any] = {
                "set": {k: v for k, v in new.items() if k not in PRIVATE_FIELDS},
                "was": {k: getattr(case, k) for k in new if k not in PRIVATE_FIELDS},
            }
            if private := {k: v for k, v in new.items() if k in PRIVATE_FIELDS}:
                data["changes"] = private
                data["changed_from"] = {k: getattr(case, k) for k in private}
            self.missing.append(Planned(Event("edit", self.today, data), next(iter(new))))
            self.says += [f"{CANONICAL.get(k, '初重件')} {_shown(k, v)}" for k, v in new.items() if k != "repeat"]
            self.says += ["初重件 重复"] if "repeat" in new else []

    def step(self, step: Planned) -> None:
        arm = getattr(self, f"_{step.event.kind}", None)
        if arm is not None:
            arm(step)
        else:
            self._dated(step)

    def _same_kind(self, kind: str) -> list[Event]:
        return [event for event in self.standing if event.kind == kind]

    def _dated(self, step: Planned) -> Event | None:
        """The book's event of that kind and day; None when the row says more, or only what the book once said."""
        event = step.event
        mine = self._same_kind(event.kind)
        for other in mine:
            if other.on == event.on:
                return other
        if not mine:
            self.more(event, step.field, f"{CANONICAL[step.field]} {event.on.isoformat()}")
        elif not any(other.kind == event.kind and other.on == event.on for other in self.events):
            raise self.against(step.field, event.on, mine[-1].on)
        return None

    def _assign(self, step: Planned) -> None:
        event = step.event
        mine = self._same_kind("assign")
        if mine and not any(other.data["unit"] == event.data["unit"] for other in mine):
            raise self.against("unit", self.unit_name(event.data["unit"]), self.unit_name(mine[-1].data["unit"]))
        same = self._dated(step)
        wanted = event.data.get("feedback_by")
        if same is not None and wanted is not None and same.data.get("feedback_by") != wanted:
            if same.data.get("feedback_by") is not None:
                raise self.against("feedback_by", wanted, same.data["feedback_by"])
            self._set(same, "feedback_by", wanted)

    def _set(self, target: Event, key: str, value: Any) -> None:
        """Add a field to an event of the book."""
        data = {"event": target.seq, "was_on": target.on.isoformat(), "reason": "导入的表补充"}
        data |= {"set": {key: value}, "was": {key: target.data.get(key)}}
        self.more(Event("correct", self.today, data), key, f"{CANONICAL[key]} {_shown(key, value)}")

    def _accept(self, step: Planned) -> None:
        same = self._dated(step)
        told = self.said.get("told_on")
        if same is None or told is None or same.data.get("told_on", same.on) == told:
            return
        if same.data.get("told_on", same.on) != same.on:
            raise self.against("told_on", told, same.data["told_on"])
        self._set(same, "told_on", told)

    def _extend(self, step: Planned) -> None:
        days, have = step.event.data["days"], self.case.extended_days
        if days < have:
            raise self.against("extended_days", days, have)
        if days > have:
            step.event.data["days"] = days - have
            self.more(step.event, "extended_days", f"延期天数 {days}")

    def _close(self, step: Planned) -> None:
        same = self._dated(step)
        if same is None:
            return
        outcome, have = self.said.get("outcome"), same.data.get("outcome")
        if outcome is not None and outcome != have:
            if have not in (None, "unstated"):
                raise self.against("outcome", outcome, have)
            self._set(same, "outcome", outcome)
        delivered = self.said.get("delivered_on")
        if delivered is None or delivered == self.case.delivered_on or delivered == same.data.get("delivered_on"):
            return
        if self.case.delivered_on is not None:
            raise self.against("delivered_on", delivered, self.case.delivered_on)
        self.more(Event("deliver", delivered), "delivered_on", f"送达日期 {delivered.isoformat()}")

    def _rate(self, step: Planned) -> None:
        event, case = step.event, self.case
        new = {}
        for field in ("unit_rating", "bureau_rating"):
            wanted, have = event.data.get(field), getattr(case, field)
            if wanted is None or wanted == have:
                continue
            since = case.unit_rated_on if field == "unit_rating" else case.bureau_rated_on
            if have is not None and since is not None and event.on <= since:
                if any(e.kind == "rate" and e.data.get(field) == wanted and e.on == event.on for e in self.events):
                    continue
                raise self.against(field, wanted, have)
            new[field] = wanted
        if new:
            text = "、".join(f"{CANONICAL[field]} {_shown(field, value)}" for field, value in new.items())
            self.more(Event("rate", event.on, new), step.field, text)

    def _lead(self, step: Planned) -> None:
        wanted = step.event.data["lead"]
        if wanted == self.case.lead:
            return
        if self.case.lead is None:
            self.more(step.event, "lead", f"包案领导 {wanted}")
        elif not any(event.kind == "lead" and event.data["lead"] == wanted for event in self.events):
            raise self.against("lead", wanted, self.case.lead)

    def _join(self, step: Planned) -> None:
        batch = step.event.data["batch"]
        if batch not in self.case.batches:
            self.more(step.event, "batch", f"积案批次 {batch}")

    def _resolve(self, step: Planned) -> None:
        entry = self.case.batches.get(step.event.data["batch"])
        if entry is not None and entry.resolved_on is not None:
            if entry.resolved_on != step.event.on:
                raise self.against("resolved_on", step.event.on, entry.resolved_on)
            return
        self.more(step.event, "resolved_on", f"化解日期 {step.event.on.isoformat()}")

    def _review_result(self, step: Planned) -> None:
        same = self._dated(step)
        if same is not None and same.data["result"] != step.event.data["result"]:
            raise self.against("review_result", step.event.data["result"], same.data["result"])


_LABELS = {
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "outcome": terms.OUTCOME,
    "unit_rating": terms.RATING,
    "bureau_rating": terms.RATING,
    "review_result": terms.RESULT,
}


def _shown(field: str, value: object) -> str:
    if value is None:
        return "空"
    vocabulary = _LABELS.get(field)
    text = vocabulary.label(str(value)) if vocabulary is not None else day_text(value)
    return text if len(text) <= 30 else text[:30] + "…"
