"""A case as its events so far say it is; only the fold (law.fold) changes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.clocks import Clock, find_open, run_on
from xinfang_cli.law.event import Event
from xinfang_cli.law.inforce import Code
from xinfang_cli.law.terms import LOOP_STEPS, PATHWAY_OF_KIND, WITHOUT_ACCEPTANCE

NO_NUMBER = "本件"


class Backlog:
    """A case's place in one backlog batch (积案)."""

    __slots__ = ("guard_unit", "how", "joined_on", "recognised_on", "resolved_before", "resolved_on", "unit")

    def __init__(self, joined_on: date) -> None:
        self.joined_on = joined_on
        self.unit: int | None = None  # 化解单位, where it is not the case's own unit
        self.guard_unit: int | None = None  # 稳控单位
        self.resolved_on: date | None = None
        self.how: str | None = None
        self.resolved_before: tuple[date, ...] = ()  # resolutions that did not last (反弹)
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
    """A leader's order on a case: unit, deadline, and the days of its steps."""

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


class CoUnit(NamedTuple):
    """A jointly responsible unit (共同承办, art. 24): first day, ground, decided by."""

    unit: int
    on: date
    agreed: str | None
    where: str | None


class Recusal(NamedTuple):
    """A person barred from the case (回避, art. 28): unit (None: the bureau), substitute."""

    person: str | None
    on: date
    unit: int | None
    replaced_by: str | None


class Clearance(NamedTuple):
    """A recorded clearance despite a relation (art. 30): our unit, or an outside body or leader by name; and the
    relation.
    """

    unit: int | None
    name: str
    relation: str


class Case:
    """One petition matter as its events so far say it is. Class-level values are what a new case starts with."""

    case_no = ""
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
    extras: Mapping[str, str] | None = None  # what columns of another office said at intake
    rewritten: tuple[
        Mapping[str, Any], ...
    ] = ()  # what it was registered with and what was set right, taken back or not
    deceased_on: date | None = None
    purged: date | None = None  # the day its texts were purged
    headcount = 1
    affected: int | None = None
    representatives: int | None = None
    repeat = False
    repeat_of: int | None = None
    repeat_of_no: str | None = None
    crossing: str | None = None
    complained_unit: str | None = None
    complained_unit_id: int | None = None
    complained_person: str | None = None
    complained: str | None = None  # why neither is said (terms.COMPLAINED)
    guard_unit: str | None = None
    report_by: date | None = None
    outside_completion_due: date | None = None
    outside_acceptance_due: date | None = None
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
    closed_from = ""  # the stage the latest closing came from
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
    overwritten_on: date | None = (
        None  # the last day on which something happened that cannot be read back from the rows
    )

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
        self.co_units: tuple[CoUnit, ...] = ()
        self.recusals: tuple[Recusal, ...] = ()
        self.receptions: tuple[Reception, ...] = ()
        self.orders: tuple[Order, ...] = ()
        self.cleared: tuple[Clearance, ...] = ()

    @property
    def first(self) -> bool:
        """初次: not a repeat."""
        return not self.repeat

    @property
    def ratable(self) -> bool:
        """First-time, not an accusation, and not led into another procedure; being closed is asked where it matters."""
        return not self.repeat and self.kind != "accusation" and self.redirected_on is None

    @property
    def acceptance_missing(self) -> bool:
        """缺受理: a unit closed it, and no acceptance is recorded; one led into another procedure needs none."""
        return (
            self.closed_on is not None
            and self.unit is not None
            and self.accepted_on is None
            and self.redirected_on is None
        )

    @property
    def acceptance_unstated(self) -> bool:
        """Whether it was a sheet that said of no acceptance: then nobody knows whether it was in time."""
        return any(clock.void and clock.why == WITHOUT_ACCEPTANCE for clock in self.clocks)

    @property
    def reviewable(self) -> bool:
        """Whether a written opinion is what answers it: review is for nothing else (art. 35). A closing without a
        recorded acceptance is taken as the answer usual for its kind."""
        if self.redirected_on is not None:
            return False
        if self.acceptance_missing:
            return PATHWAY_OF_KIND[self.kind] == "opinion"
        return self.pathway in ("opinion", "simple")

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

    def outside_days(self) -> Iterator[tuple[int, date]]:
        """The days that another system reckoned, each with the place of our clock of its kind: the last, if any."""
        for day, kinds in self._outside():
            places = [n for kind in kinds for n, clock in enumerate(self.clocks) if clock.kind == kind]
            if day is not None and places:
                yield max(places), day

    def outside_without_clock(self) -> Iterator[tuple[str, date]]:
        """Outside due days without a clock of ours, each with its kind."""
        for day, kinds in self._outside():
            if day is not None and not any(clock.kind in kinds for clock in self.clocks):
                yield kinds[0], day

    def _outside(self) -> tuple[tuple[date | None, tuple[str, ...]], ...]:
        return (
            (self.outside_completion_due, ("completion", "duty")),
            (self.outside_acceptance_due, ("acceptance",)),
        )

    def outside_differs(self) -> bool:
        """Whether another system's day for a clock that stands is not ours."""
        return any(not self.clocks[n].void and self.clocks[n].due != day for n, day in self.outside_days())

    @property
    def called(self) -> str:
        """Its number, or 本件 before it has one."""
        return self.case_no or NO_NUMBER

    def open_clock(self, kind: str) -> Clock | None:
        """The latest running clock of that kind."""
        return find_open(self.clocks, kind)

    def start_clock(self, kind: str, day: date, opened_by: int, fixed: date | None = None) -> Clock:
        """Set a clock running; a unit's is the present unit's."""
        owner = self.code.now.rules.clocks[kind].owner
        clock = Clock(kind, owner, self.unit if owner == "unit" else None, day, opened_by, fixed)
        self.clocks.append(clock)
        return clock

    def reopen_window(self, kind: str) -> None:
        """A request that was withdrawn or declined leaves the right while its window runs (art. 35, 36)."""
        clock = next((clock for clock in reversed(self.clocks) if clock.kind == kind), None)
        if clock is not None and not clock.void:
            run_on(clock)

    def enter(self, stage: str, on: date) -> None:
        """Go over into a stage."""
        self.stage = stage
        self.stage_since = on
