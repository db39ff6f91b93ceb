"""A case is the fold of its events: nothing here is ever set by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from xinfang_cli.law.clocks import Clock, Code, advance, settle
from xinfang_cli.law.events.base import TIMELESS, Event
from xinfang_cli.law.terms import LOOP_STEPS


class Backlog:
    """A case's place in one backlog batch (积案)."""

    __slots__ = ("guard_unit", "how", "joined_on", "recognised_on", "resolved_on", "unit")

    def __init__(self, joined_on: date) -> None:
        self.joined_on = joined_on
        self.unit: int | None = None  # 化解单位, where it is not the case's own unit
        self.guard_unit: int | None = None  # 稳控单位
        self.resolved_on: date | None = None
        self.how: str | None = None
        self.recognised_on: date | None = None


class Reception:
    """One party received by leaders on this case (领导接访); `same_party`: counted with another case of the visit."""

    __slots__ = ("form", "leaders", "on", "people", "same_party", "seq", "settled")

    def __init__(self, event: Event) -> None:
        data = event.data
        self.seq = event.seq
        self.on = event.on
        self.form: str = data["form"]
        self.leaders: tuple[str, ...] = tuple(data["leaders"])
        self.people: int = data["people"]
        self.same_party = bool(data.get("same_party"))
        self.settled = bool(data.get("settled"))  # answered on the spot: nothing to order


class Order:
    """What a leader ordered on this case: which unit, by when, and how far the loop has come (step → day)."""

    __slots__ = ("answer_by", "leader", "on", "reception", "seq", "steps", "unit")

    def __init__(self, event: Event, unit: int | None, reception: int | None) -> None:
        self.seq = event.seq
        self.on = event.on
        self.leader: str | None = event.data.get("leader")
        self.unit = unit
        self.answer_by: date = event.data["answer_by"]
        self.reception = reception
        self.steps: dict[str, date] = {}

    @property
    def next_step(self) -> str | None:
        """落实, 反馈, 跟进: the first that has not been done."""
        return next((step for step in LOOP_STEPS if step not in self.steps), None)


class Case:
    """One petition matter as its events so far say it is. Class-level values are what a new case starts with."""

    stage = ""
    stage_since: date
    last_on: date
    received_on: date
    registered_on: date | None = None
    petitioned_on: date | None = None
    external_no: str | None = None
    sheet_no: str | None = None
    channel = "other"
    kind = "other"
    topic: str | None = None
    region: str | None = None
    source = "own"
    level: str | None = None
    priority = "normal"
    title = ""
    content: str | None = None
    name: str | None = None
    id_no: str | None = None
    phone: str | None = None
    address: str | None = None
    deceased_on: date | None = None
    headcount = 1
    affected: int | None = None
    representatives: int | None = None
    repeat = False
    repeat_of: int | None = None
    repeat_of_no: str | None = None
    complained_unit: str | None = None
    complained_unit_id: int | None = None
    guard_unit: str | None = None
    report_by: date | None = None
    unit: int | None = None
    mode: str | None = None
    assign_seq = 0
    assigned_on: date | None = None
    signed_on: date | None = None
    accepted_on: date | None = None
    told_on: date | None = None
    pathway: str | None = None
    closed_on: date | None = None
    first_closed_on: date | None = None
    close_seq = 0
    outcome: str | None = None
    delivered_on: date | None = None
    redirected_on: date | None = None
    reviewed_on: date | None = None  # the first request for review
    review_delivered_on: date | None = None
    unit_rating: str | None = None
    unit_rated_on: date | None = None
    bureau_rating: str | None = None
    bureau_rated_on: date | None = None
    lead: str | None = None
    excluded = False
    returned_times = 0
    extended_days = 0
    supervised = False

    def __init__(self, code: Code) -> None:
        self.code = code
        self.clocks: list[Clock] = []
        self.tags: tuple[str, ...] = ()
        self.batches: dict[str, Backlog] = {}
        self.related: tuple[int, ...] = ()
        self.hearing_days: set[date] = set()
        self.close_data: dict[str, Any] = {}
        self.before_approval: dict[str, Event] = {}  # clock → what stopped it while the closing waited to be checked
        self.objectors: tuple[int | None, ...] = ()
        self.receptions: tuple[Reception, ...] = ()
        self.orders: tuple[Order, ...] = ()

    @property
    def first(self) -> bool:
        """初次: not a repeat."""
        return not self.repeat

    @property
    def ratable(self) -> bool:
        """First-time, not an accusation, and not led into another procedure; being closed is asked where it matters."""
        return not self.repeat and self.kind != "accusation" and self.redirected_on is None

    @property
    def reviewable(self) -> bool:
        """Whether a written opinion is what answers it: review is for nothing else (art. 35)."""
        return self.pathway in ("opinion", "simple") and self.redirected_on is None

    def next_clock(self) -> Clock | None:
        """The earliest unfinished clock that is no window."""
        found: Clock | None = None
        for clock in self.clocks:
            if (
                clock.stop is None
                and not clock.void
                and clock.owner != "petitioner"
                and clock.kind != "objection"
                and (found is None or clock.due < found.due)
            ):
                found = clock
        return found


def _enter(case: Case, stage: str, event: Event) -> None:
    case.stage = stage
    case.stage_since = event.on


def _register(case: Case, event: Event) -> None:
    fields = case.__dict__
    fields.update(event.data)
    fields.pop("extras", None)
    fields.pop("doubts", None)
    case.received_on = event.on
    _enter(case, "registered", event)


def _assign(case: Case, event: Event) -> None:
    data = event.data
    case.unit = data["unit"]
    case.mode = data["mode"]
    case.assign_seq = event.seq
    case.assigned_on = event.on
    case.signed_on = case.accepted_on = case.told_on = case.pathway = None
    case.extended_days = 0
    _enter(case, "assigned", event)


def _sign(case: Case, event: Event) -> None:
    case.signed_on = event.on


def _object(case: Case, event: Event) -> None:
    case.objectors = (*case.objectors, case.unit)
    case.returned_times += 1
    _enter(case, "objected", event)


def _uphold(case: Case, event: Event) -> None:
    case.unit = case.mode = case.assigned_on = case.signed_on = None
    _enter(case, "registered", event)


def _overrule(case: Case, event: Event) -> None:
    _enter(case, "assigned", event)


def _accept(case: Case, event: Event) -> None:
    data = event.data
    if "told_on" not in data:
        data["told_on"] = event.on
    case.accepted_on = event.on
    case.told_on = data["told_on"]
    case.pathway = data["pathway"]
    _enter(case, "accepted", event)


def _convert(case: Case, event: Event) -> None:
    case.pathway = "opinion"


def _refuse(case: Case, event: Event) -> None:
    _enter(case, "refused", event)


def _redirect(case: Case, event: Event) -> None:
    case.redirected_on = event.on
    _enter(case, "redirected", event)


def _file(case: Case, event: Event) -> None:
    _enter(case, "filed", event)


def _return_up(case: Case, event: Event) -> None:
    _enter(case, "returned_up", event)


def _extend(case: Case, event: Event) -> None:
    if event.data.get("clock", "completion") == "completion":
        case.extended_days += event.data["days"]


def _close(case: Case, event: Event) -> None:
    data = event.data
    case.close_data = data
    case.close_seq = event.seq
    case.closed_on = event.on
    case.outcome = data.get("outcome")
    case.delivered_on = data.get("delivered_on")
    if data.get("checked"):
        _enter(case, "reported", event)
    else:
        case.first_closed_on = case.first_closed_on or event.on
        _enter(case, "closed", event)


def _approve(case: Case, event: Event) -> None:
    case.first_closed_on = case.first_closed_on or case.closed_on
    _enter(case, "closed", event)


def _return(case: Case, event: Event) -> None:
    case.closed_on = case.outcome = case.delivered_on = None
    _enter(case, "accepted", event)


def _deliver(case: Case, event: Event) -> None:
    if case.stage == "reviewed":
        case.review_delivered_on = event.on
    else:
        case.delivered_on = event.on


def _withdraw(case: Case, event: Event) -> None:
    if case.stage == "in_review":
        _enter(case, "closed", event)
    elif case.stage == "in_recheck":
        _enter(case, "reviewed", event)
    else:
        case.closed_on = case.outcome = case.delivered_on = None  # a closing that waited to be checked never stood
        _enter(case, "withdrawn", event)


def _review(case: Case, event: Event) -> None:
    if case.reviewed_on is None:
        case.reviewed_on = event.on
    _enter(case, "in_review", event)


def _reopen(case: Case, event: Event) -> None:
    if event.data.get("back_to") == "reviewer":
        _enter(case, "in_review", event)
        return
    case.closed_on = case.outcome = case.delivered_on = None
    _enter(case, "accepted", event)


def _review_result(case: Case, event: Event) -> None:
    result = event.data["result"]
    case.review_delivered_on = event.data.get("delivered_on")
    if result == "revoked":
        _reopen(case, event)
    else:
        _enter(case, "closed" if result == "declined" else "reviewed", event)


def _recheck(case: Case, event: Event) -> None:
    case.hearing_days = set()
    _enter(case, "in_recheck", event)


def _recheck_result(case: Case, event: Event) -> None:
    result = event.data["result"]
    if result == "revoked":
        _reopen(case, event)
    else:
        _enter(case, "reviewed" if result == "declined" else "finalised", event)


def _hearing(case: Case, event: Event) -> None:
    first, last = event.data["from_on"], event.data["to_on"]
    case.hearing_days = case.hearing_days | {first + timedelta(days=n) for n in range((last - first).days + 1)}


def _rate(case: Case, event: Event) -> None:
    data = event.data
    # The latest counts: by effective day, then by the order of recording.
    if data.get("unit_rating", "none") != "none":
        case.unit_rating, case.unit_rated_on = data["unit_rating"], event.on
    if data.get("bureau_rating", "none") != "none":
        case.bureau_rating, case.bureau_rated_on = data["bureau_rating"], event.on


def _relate(case: Case, event: Event) -> None:
    if event.data["to"] not in case.related:
        case.related = (*case.related, event.data["to"])


def _lead(case: Case, event: Event) -> None:
    case.lead = event.data["lead"]


def _tag(case: Case, event: Event) -> None:
    kept = [tag for tag in case.tags if tag not in event.data.get("remove", ())]
    case.tags = (*kept, *(tag for tag in event.data.get("add", ()) if tag not in kept))


def _join(case: Case, event: Event) -> None:
    data = event.data
    entry = case.batches.get(data["batch"])
    if entry is None:
        entry = Backlog(event.on)
        case.batches = {**case.batches, data["batch"]: entry}
    entry.unit = data.get("unit", entry.unit)
    entry.guard_unit = data.get("guard", entry.guard_unit)


def _resolve(case: Case, event: Event) -> None:
    entry = case.batches.get(event.data["batch"])
    if entry is not None:
        entry.resolved_on, entry.how = event.on, event.data.get("how")


def _recognise(case: Case, event: Event) -> None:
    entry = case.batches.get(event.data["batch"])
    if entry is None:
        return
    if event.data.get("returned"):
        entry.resolved_on = entry.how = entry.recognised_on = None
    else:
        entry.recognised_on = event.on


def _receive(case: Case, event: Event) -> None:
    case.receptions = (*case.receptions, Reception(event))


def _order(case: Case, event: Event) -> None:
    reception = case.receptions[-1].seq if case.receptions else None
    case.orders = (*case.orders, Order(event, event.data.get("unit", case.unit), reception))


def _follow(case: Case, event: Event) -> None:
    for order in case.orders:
        if order.seq == event.data["order"]:
            order.steps[event.data["loop"]] = event.on


def _exclude(case: Case, event: Event) -> None:
    case.excluded = True


def _include(case: Case, event: Event) -> None:
    case.excluded = False


def _supervise(case: Case, event: Event) -> None:
    case.supervised = True


def _supervise_answered(case: Case, event: Event) -> None:
    case.supervised = False


_EVOLVE: dict[str, Callable[[Case, Event], None]] = {
    "register": _register,
    "assign": _assign,
    "sign": _sign,
    "object": _object,
    "uphold": _uphold,
    "overrule": _overrule,
    "accept": _accept,
    "convert": _convert,
    "refuse": _refuse,
    "redirect": _redirect,
    "file": _file,
    "return_up": _return_up,
    "extend": _extend,
    "close": _close,
    "approve": _approve,
    "return": _return,
    "deliver": _deliver,
    "withdraw": _withdraw,
    "review": _review,
    "review_result": _review_result,
    "recheck": _recheck,
    "recheck_result": _recheck_result,
    "hearing": _hearing,
    "rate": _rate,
    "relate": _relate,
    "lead": _lead,
    "tag": _tag,
    "join": _join,
    "resolve": _resolve,
    "recognise": _recognise,
    "exclude": _exclude,
    "include": _include,
    "supervise": _supervise,
    "supervise_answered": _supervise_answered,
    "receive": _receive,
    "order": _order,
    "follow": _follow,
}


def evolve(case: Case, event: Event) -> None:
    """Move a case over one event, clocks included. Total: the law's refusals are workflow's, not the fold's."""
    before = case.stage
    arm = _EVOLVE.get(event.kind)
    if arm is not None:
        arm(case, event)
    case.last_on = event.on
    advance(case, event, before)


def in_force(events: Sequence[Event]) -> list[Event]:
    """The events of a case as they stand: what was revoked is out, what was corrected or edited is set right, in the
    order of their effective days; an event recorded later for the same day comes later, unless it says `before`."""
    if not any(event.kind in TIMELESS for event in events):
        return _ordered(events)
    revoked = {event.data["event"] for event in events if event.kind == "revoke"}
    standing = {event.seq: event for event in events if event.seq not in revoked and event.kind != "revoke"}
    for event in list(standing.values()):
        if event.kind == "correct":
            target = standing.get(event.data["event"])
            if target is not None:
                data = {**target.data, **event.data.get("set", {}), **event.data.get("changes", {})}
                on = event.data.get("new_on") or target.on
                standing[target.seq] = Event(target.kind, on, data, target.seq, target.id)
    intake: dict[str, Any] = {}
    for event in standing.values():
        if event.kind == "edit":
            intake.update(event.data["set"])
            intake.update(event.data.get("changes", {}))
        elif event.kind == "link":
            intake.update(repeat=True, repeat_of=event.data["repeat_of"])
    first = events[0]
    if intake and first.seq in standing:
        register = standing[first.seq]
        standing[first.seq] = Event("register", register.on, {**register.data, **intake}, register.seq, register.id)
    return _ordered([event for event in standing.values() if event.kind not in TIMELESS])


def _ordered(events: Iterable[Event]) -> list[Event]:
    listed = list(events)
    moved = [event for event in listed if "before" in event.data]
    if moved:  # once its neighbour is taken back or set to another day, an event stands where its own day puts it
        days = {event.seq: event.on for event in listed}
        moved = [event for event in moved if days.get(event.data["before"]) == event.on]
        listed = [event for event in listed if event not in moved]
    if any(listed[i].on < listed[i - 1].on for i in range(1, len(listed))):
        listed.sort(key=lambda event: (event.on, event.seq))
    for event in moved:
        place = next(i for i, other in enumerate(listed) if other.seq == event.data["before"])
        listed.insert(place, event)
    return listed


def fold(events: Sequence[Event], code: Code, until: date | None = None) -> Case | None:
    """The case that these events of one case make, with its clocks settled; None when its registration was revoked.

    With `until`, as of the end of that day: what happened later is left out; revoke, correct, edit and link hold.
    """
    standing = in_force(events)
    if not standing or standing[0].kind != "register":
        return None
    case = Case(code)
    for event in standing:
        if until is None or event.on <= until:
            evolve(case, event)
    if not case.stage:
        return None
    settle(case)
    return case
