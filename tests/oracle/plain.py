"""Every figure of the definitions, counted from sheet rows by plain Python: slow, obvious, nothing of the program's.

A case is the list of what happened to it. As of a day, later happenings are dropped and the rest is walked through once
(`as_of`); a figure is then two lists of case numbers. Percentages come from whole numbers, rounded half-up.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

DISPATCH_DAYS, ACCEPTANCE_DAYS, COMPLETION_DAYS, RATING_DAYS = 15, 15, 60, 30
GROUP_VISIT = 5
FOUR_RATES = ("acceptance", "completion", "participation", "satisfaction")
PARTS = ("on_time", "late", "overdue", "pending", "yes", "no")
CLOCK_RATES = ("dispatch", "acceptance", "completion")
RATES = (
    *CLOCK_RATES,
    *("closure", "one_time", "participation", "satisfaction", "bureau_satisfaction", "repeat", "backlog"),
)
NO_UNIT = "未转送"

CHANNEL = {
    "来信": "letter",
    "传真": "fax",
    "来访": "visit",
    "走访": "visit",
    "视频": "video",
    "网上信访": "web",
    "网信": "web",
    "网上": "web",
    "领导信箱": "mailbox",
    "来电": "phone",
    "其他": "other",
}
KIND = {
    "建议意见": "suggestion",
    "检举控告": "accusation",
    "揭发控告": "accusation",
    "申诉求决": "appeal",
    "申诉": "complaint_appeal",
    "求决": "request",
    "申诉求决类": "appeal",
    "咨询": "inquiry",
    "其他": "other",
    "": "other",
}
TOPIC = {
    "自然资源": "国土资源",
    "劳动社保": "劳动和社会保障",
    "生态环境": "环境保护",
    "卫生健康": "卫生计生",
}
RATING = {"满意": "satisfied", "基本满意": "fair", "不满意": "dissatisfied"}
VISITS = ("visit", "video")
WRITTEN = ("letter", "fax", "web", "mailbox")


@dataclass(frozen=True)
class Happening:
    """One thing that happened on a day; `rank` orders a row's own same-day events, `late` those of later commands."""

    on: date
    late: int
    rank: int
    what: str
    data: Mapping[str, object]


@dataclass
class Case:
    number: str
    external: str
    received: date
    channel: str
    kind: str
    topic: str
    region: str
    headcount: int
    repeats: bool
    original: str
    lead: str
    happenings: list[Happening]


class Ledger(dict[str, Case]):
    """The cases by number; and the batches in which a resolution counts only once the superior has recognised it."""

    recognising: frozenset[str] = frozenset()
    handed_on: Mapping[str, date] = {}
    """On what day a batch was handed down, where that was said: before it there is no such batch."""


@dataclass
class Clock:
    kind: str
    unit: str
    start: date
    due: date
    stop: date | None = None
    void: bool = False
    told: date | None = None
    unaccepted: bool = False
    """Closed, and no acceptance recorded: of a sheet nobody knows whether in time, and then the clock is void."""
    by: Happening | None = None
    """What stopped it."""

    @property
    def running(self) -> bool:
        return self.stop is None and not self.void

    def ground_falls(self, day: date) -> None:
        """On or before the due day the clock is void; after it, it stops and stays late."""
        if day <= self.due:
            self.void = True
        else:
            self.stop = day


@dataclass
class View:
    """A case as a day saw it."""

    case: Case
    stage: str = "registered"
    before: str = ""  # the stage a closing that waits came from
    unit: str = NO_UNIT
    accepted: date | None = None
    close: date | None = None
    first_close: date | None = None
    waiting: Happening | None = None  # a closing that waits to be checked
    first_length: int | None = None  # days from acceptance to the first close
    reviewed: bool = False
    excluded: bool = False
    clocks: list[Clock] = field(default_factory=list)
    unit_rating: tuple[str, date] | None = None
    bureau_rating: tuple[str, date] | None = None
    batch: str = ""
    resolved: date | None = None
    recognised: date | None = None

    def running(self, kind: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.kind == kind and clock.running), None)

    @property
    def ratable(self) -> bool:
        if self.case.repeats or self.case.kind == "accusation" or self.first_close is None:
            return False
        return self.stage not in ("refused", "redirected", "withdrawn", "filed")

    @property
    def can_reopen(self) -> bool:
        """Open again, under review, or closed with a written opinion, of which a review can be asked late too."""
        if self.stage == "closed":
            answered = self.accepted is not None or self.unit != NO_UNIT
            return answered and self.case.kind in ("appeal", "complaint_appeal", "request")
        return self.stage not in ("finalised", "returned_up")


def _day(cell: object) -> date | None:
    return cell if isinstance(cell, date) else None


def read(rows: Sequence[Mapping[str, object]], doings: Iterable[Mapping[str, object]] = ()) -> Ledger:
    """Rows, and the commands given afterwards, as cases by number."""
    cases = Ledger({str(row["登记编号"]): _case(row) for row in rows})
    by_external = {case.external: case.number for case in cases.values() if case.external}
    for case in cases.values():
        case.original = by_external.get(case.original, case.original)
    for order, doing in enumerate(doings, 1):
        case = cases[str(doing["case_no"])]
        if doing["do"] == "link":
            case.repeats, case.original = True, str(doing["original"])
        elif doing["do"] == "correct":
            wrong = next(one for one in case.happenings if one.what == doing["what"] and not one.late)
            case.happenings.remove(wrong)
            day = _day(doing["on"])
            assert day
            case.happenings.append(replace(wrong, on=day))
        elif doing["do"] == "edit":
            case.headcount = int(str(doing["headcount"]))
        else:
            on = _day(doing["on"])
            assert on
            case.happenings.append(Happening(on, order, 0, str(doing["do"]), doing))
    for case in cases.values():
        case.happenings.sort(key=lambda happening: (happening.on, happening.late, happening.rank))
    return cases


def _case(row: Mapping[str, object]) -> Case:
    received = _day(row["收到日期"])
    assert received
    happenings: list[Happening] = []

    def put(on: date | None, rank: int, what: str, **data: object) -> None:
        if on:
            happenings.append(Happening(on, 0, rank, what, data))

    mode, closed = row["办理方式"], _day(row["办结日期"])
    accepted, told = _day(row["受理日期"]), _day(row["告知日期"])
    if row["责任单位"]:
        put(_day(row["转办日期"]), 1, "assign", unit=row["责任单位"])
        put(_day(row["签收日期"]), 2, "sign")
    if mode == "存":
        put(_day(row["转办日期"]) or received, 3, "file")
    elif mode in ("不予受理", "不再受理"):
        put(accepted or told or closed, 3, "refuse")
    else:
        put(accepted or told, 3, "accept", told=told, days=row["延期天数"] or 0)
        put(closed, 4, "close", unstated=bool(row["责任单位"]) and not (accepted or told))
    put(_day(row["复查日期"]), 6, "review")
    put(_day(row["评价日期"]) or closed, 5, "rate", unit_rating=row["单位满意度"], bureau_rating=row["部门满意度"])
    if row["积案批次"]:
        put(received, 0, "join", batch=row["积案批次"])
        put(_day(row["化解日期"]), 7, "resolve")
    original = str(row["原登记编号"])
    return Case(
        number=str(row["登记编号"]),
        external=str(row["外部编号"]),
        received=received,
        channel=CHANNEL[str(row["信访形式"])],
        kind=KIND[str(row["信访目的"])],
        topic=TOPIC.get(str(row["内容分类"]), str(row["内容分类"])),
        region=str(row["问题属地"]),
        headcount=int(str(row["信访人数"] or 1)),
        repeats=row["初重件"] == "重复" or original != "",
        original=original,
        lead=str(row.get("包案领导", "")),
        happenings=happenings,
    )


def as_of(case: Case, day: date) -> View:
    """The case as `day` saw it: a later happening is none, a later told day is no stop."""
    view = View(case)
    due = case.received + timedelta(days=DISPATCH_DAYS)
    view.clocks.append(Clock("dispatch", "", case.received, due))
    for happening in case.happenings:
        if happening.on <= day:
            _walk(view, happening)
    for clock in view.clocks:
        if clock.running and clock.told and clock.told <= day:
            clock.stop = clock.told
    _leave_out(view)
    return view


def _leave_out(view: View) -> None:
    """A sheet's closing that says of no acceptance: whether it was in time is unknown on the days before it too."""
    turn = -1
    for happening in view.case.happenings:
        if happening.what == "assign":
            turn += 1
        elif happening.what == "close" and happening.data.get("unstated"):
            for clock in [one for one in view.clocks if one.kind == "acceptance"][turn : turn + 1]:
                clock.void = clock.unaccepted = True


def _walk(view: View, happening: Happening) -> None:
    on, data = happening.on, happening.data
    dispatch, acceptance, completion = (view.running(kind) for kind in CLOCK_RATES)

    def stop(clock: Clock | None) -> None:
        if clock:
            clock.stop, clock.by = min(on, clock.told) if clock.told else on, happening

    def fall(clock: Clock | None) -> None:
        if clock and clock.told and clock.told <= on:
            clock.stop = clock.told
        elif clock:
            clock.ground_falls(on)

    match happening.what:
        case "assign":
            stop(dispatch)
            fall(acceptance)
            fall(completion)
            view.stage, view.unit, view.accepted = "assigned", str(data["unit"]), None
            view.clocks.append(Clock("acceptance", view.unit, on, on + timedelta(days=ACCEPTANCE_DAYS)))
        case "sign":
            assert acceptance
            if on <= acceptance.due:  # signed after it ran out: 逾期签收, which moves nothing
                acceptance.start, acceptance.due = on, on + timedelta(days=ACCEPTANCE_DAYS)
        case "accept":
            assert acceptance
            view.stage, view.accepted = "accepted", on
            told = data.get("told")
            acceptance.told = told if isinstance(told, date) else on
            if view.case.kind in ("appeal", "complaint_appeal", "request"):
                days = COMPLETION_DAYS + int(str(data.get("days", 0)))
                view.clocks.append(Clock("completion", view.unit, on, on + timedelta(days=days)))
        case "refuse" | "file":
            view.stage = "refused" if happening.what == "refuse" else "filed"
            stop(dispatch)
            stop(acceptance)
        case "redirect":
            view.stage = "redirected"
            stop(dispatch)
            stop(acceptance)
            fall(completion)
        case "withdraw":
            view.stage = "withdrawn"
            fall(dispatch)
            fall(acceptance)
            fall(completion)
        case "close" | "report_close":
            if view.stage == "assigned" and acceptance:
                acceptance.unaccepted = True
            if happening.what == "close":
                _close(view, on)
            else:
                view.before, view.stage, view.waiting = view.stage, "reported", happening
            stop(dispatch)
            stop(acceptance)
            stop(completion)
        case "approve":  # from the unit's day
            assert view.waiting
            _close(view, view.waiting.on)
        case "return":
            view.stage = view.before
            for clock in view.clocks:
                if clock.by is view.waiting:
                    clock.stop = clock.by = None
                    clock.unaccepted = False
        case "review":
            view.reviewed = True
        case "revoked":
            view.stage, view.close = "accepted", None
        case "object":
            view.stage = "objected"
        case "uphold":  # it was never this unit's
            view.stage, view.unit = "registered", NO_UNIT
            if acceptance:
                acceptance.void = True
        case "overrule":
            view.stage = "assigned"
        case "exclude":
            view.excluded = True
        case "include":
            view.excluded = False
        case "rate":
            for whose in ("unit_rating", "bureau_rating"):
                word = RATING.get(str(data.get(whose, "")))
                if word:
                    setattr(view, whose, (word, on))
        case "join":
            view.batch = str(data["batch"])
        case "resolve":
            view.resolved = on
        case "recognise":
            view.recognised = on
        case unknown:
            raise AssertionError(unknown)


def _close(view: View, on: date) -> None:
    view.stage, view.close = "closed", on
    if view.first_close is None and view.accepted:
        view.first_length = (on - view.accepted).days
    view.first_close = view.first_close or on


def percent(numerator: int, denominator: int) -> Decimal | None:
    """Half-up to two decimals from the exact fraction; None for a zero denominator."""
    if denominator == 0:
        return None
    hundredths = (Fraction(numerator * 10000, denominator) + Fraction(1, 2)).__floor__()
    return Decimal(hundredths) / 100


@dataclass
class Tally:
    """The cases behind one set of figures, by figure and by what each counts as."""

    cases: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    people: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    days: list[int] = field(default_factory=list)
    later_closings: int = 0
    disputed: int = 0
    """Acceptance clocks that ran out while the unit can still object."""
    leaving: int = 0
    """Rated, and could still be reviewed, the opinion revoked and the petition withdrawn: then it is not ratable."""
    excluded: int = 0
    gone: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    """Of each figure, in which parts the excluded cases would have been."""

    def put(self, key: str, part: str, number: str) -> None:
        self.cases[key][part].append(number)

    def count(self, key: str, *parts: str) -> int:
        return sum(len(self.cases[key][part]) for part in parts)

    def rate(self, key: str) -> dict[str, object]:
        if key in CLOCK_RATES:
            counts = {part: self.count(key, part) for part in ("on_time", "late", "overdue", "pending")}
            numerator = counts["on_time"]
            denominator = numerator + counts["late"] + counts["overdue"]
        else:
            counts = {}
            numerator = self.count(key, "yes")
            denominator = numerator + self.count(key, "no")
        shown = {"numerator": numerator, "denominator": denominator, "percent": percent(numerator, denominator)}
        gone = {part: number for part, number in self.gone[key].items() if part != "pending"}
        bad = ("yes",) if key == "repeat" else ("no", "late", "overdue")
        excluded = {"cases": sum(gone.values()), "missed": sum(gone.get(part, 0) for part in bad)}
        missing = {"acceptance_missing": self.count(key, "acceptance_missing")}
        return {**shown, **counts, "excluded": excluded, **(missing if key in ("acceptance", "completion") else {})}

    def rates(self) -> dict[str, dict[str, object]]:
        return {key: self.rate(key) for key in RATES}

    def volumes(self) -> dict[str, object]:
        found = self.cases["volume"]
        keys = ("cases", "groups", "group_visits", "joint_letters", "first", "repeat")
        counts = {key: len(found[key]) for key in keys}
        people = {key: self.people[key] for key in ("people", "visit_people", "group_visit_people")}
        by = {
            f"by_{name}": {
                part.removeprefix(f"{name}:"): len(cases)
                for part, cases in found.items()
                if part.startswith(f"{name}:")
            }
            for name in ("channel", "kind", "topic", "region")
        }
        appeals = sum(by["by_kind"].get(kind, 0) for kind in ("appeal", "complaint_appeal", "request"))
        return {**counts, **people, **by, "appeals": appeals}

    def durations(self) -> dict[str, object]:
        """Days from acceptance to close of what was closed in the period: mean (half-up), median, longest."""
        days = sorted(self.days)
        later = {"later_closings": self.later_closings}
        if not days:
            return {**dict.fromkeys(("days_mean", "days_median", "days_longest")), **later}
        middle = Fraction(days[(len(days) - 1) // 2] + days[len(days) // 2], 2)
        mean = Decimal((Fraction(sum(days) * 100, len(days)) + Fraction(1, 2)).__floor__()) / 100
        return {
            "days_mean": mean,
            "days_median": Decimal(middle.numerator) / middle.denominator,
            "days_longest": days[-1],
            **later,
        }

    def add(self, other: Tally) -> None:
        for key, parts in other.cases.items():
            for part, cases in parts.items():
                self.cases[key][part] += cases
        for key, number in other.people.items():
            self.people[key] += number
        for key, gone in other.gone.items():
            for part, number in gone.items():
                self.gone[key][part] += number


def stats(
    cases: Ledger,
    start: date,
    end: date,
    day: date,
    basis: str = "due",
    *,
    first_only: bool = False,
    by: Sequence[str] = (),
) -> tuple[Tally, dict[tuple[str, ...], Tally]]:
    """The period's figures as of `day`: of everything, and by unit, channel, kind, topic, region, or two of them."""
    total = Tally()
    rows: defaultdict[tuple[str, ...], Tally] = defaultdict(Tally)
    views, repeats_of = seen(cases, day)
    ended, relapses = (views, repeats_of) if end >= day else seen(cases, end)

    def in_period(on: date | None) -> bool:
        return on is not None and start <= on <= end

    def putting(view: View) -> Putting:
        def put(key: str, part: str, unit: str = "") -> None:
            tallies = [total]
            if by:
                mine = tuple(
                    (unit or view.unit) if dimension == "unit" else str(getattr(view.case, dimension))
                    for dimension in by
                )
                tallies.append(rows[mine])
            for tally in tallies:
                if view.excluded:
                    tally.gone[key][part] += 1
                else:
                    tally.put(key, part, view.case.number)

        return put

    for view in views.values():
        case = view.case
        if first_only and case.repeats:
            continue
        put = putting(view)
        for key in _unaccepted(view, basis, in_period):
            put(key, "acceptance_missing", view.unit)
        for clock in view.clocks:
            if clock.void:
                continue
            chosen = {"due": clock.due, "received": case.received, "stopped": clock.stop}[basis]
            if in_period(chosen):
                put(clock.kind, _state(clock, day), clock.unit)
                waiting = clock.kind == "acceptance" and view.stage in ("assigned", "objected") and not view.excluded
                total.disputed += waiting and _state(clock, day) == "overdue"
        if in_period(case.received):
            if view.excluded:
                total.excluded += 1
            else:
                mine = tuple(view.unit if dimension == "unit" else str(getattr(case, dimension)) for dimension in by)
                _volumes(case, put, [total, rows[mine]] if by else [total])
            put("repeat", "yes" if case.repeats else "no")
            if view.stage not in ("withdrawn", "refused", "redirected", "filed"):
                put("closure", "yes" if view.first_close else "no")
        if not view.excluded and in_period(view.first_close) and view.first_length is not None:
            total.days.append(view.first_length)
        if not view.excluded and view.close and view.close != view.first_close and in_period(view.close):
            total.later_closings += 1
        if not case.repeats and view.first_close and in_period(view.first_close):
            again = any(received >= view.first_close for received in repeats_of[case.number])
            put("one_time", "no" if again or view.reviewed else "yes")
        if view.ratable and view.first_close:
            due = view.first_close + timedelta(days=RATING_DAYS)
            if in_period(due) and (view.unit_rating or due < day):
                put("participation", "yes" if view.unit_rating else "no")
                total.leaving += bool(view.unit_rating) and not view.excluded and view.can_reopen
            elif in_period(due):
                put("participation", "pending")
            for key, rating in (("satisfaction", view.unit_rating), ("bureau_satisfaction", view.bureau_rating)):
                if rating and in_period(rating[1]):
                    put(key, "no" if rating[0] == "dissatisfied" else "yes")
    for view in ended.values():
        there = cases.handed_on.get(view.batch, date.min) <= min(day, end)
        if view.batch and there and not (first_only and view.case.repeats):
            state = backlog_state(view, relapses, cases.recognising)
            putting(view)("backlog", "yes" if state == "resolved" else "no")
    return total, dict(rows)


def leads(cases: Ledger, end: date) -> set[tuple[str, str]]:
    """Which leader is named beside which unit in the table of the backlog at the end of a period."""
    return {
        (view.unit, view.case.lead)
        for view in seen(cases, end)[0].values()
        if view.batch and view.case.lead and not view.excluded and view.case.kind != "accusation"
        if cases.handed_on.get(view.batch, date.min) <= end
    }


OPEN = ("registered", "assigned", "accepted", "reported", "objected")
MET, MISSED, GONE = "+", "-", "0"


def bounds(
    cases: Ledger, key: str, start: date, end: date, day: date
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """A figure without a clock so far, at best and at worst: each case by all that may still become of it."""
    views, again = seen(cases, day)
    now, may = [], []
    for view in views.values():
        if not view.excluded:
            counts, become = _may_become(view, key, start, end, day, again[view.case.number])
            now.append(counts)
            may.append(become | {counts})
    met, missed = now.count(MET), now.count(MISSED)
    best = [next(one for one in (MET, GONE, MISSED) if one in become) for become in may]
    worst = [next(one for one in (MISSED, GONE, MET) if one in become) for become in may]
    ends = [
        percent(chosen.count(MET), chosen.count(MET) + chosen.count(MISSED)) if set(chosen) - {GONE} else other
        for chosen, other in ((best, Decimal(0)), (worst, Decimal(100)))
    ]
    anything = any(become != {GONE} for become in may)
    return percent(met, met + missed), *(ends if anything else (None, None))


def _may_become(view: View, key: str, start: date, end: date, day: date, again: Sequence[date]) -> tuple[str, set[str]]:
    """How the case counts, and how it may count yet: met, missed, or not at all."""
    case, closed, runs = view.case, view.first_close, day <= end

    def here(on: date | None) -> bool:
        return on is not None and start <= on <= end

    if key == "closure":
        if not here(case.received) or view.stage in ("withdrawn", "refused", "filed", "returned_up"):
            return GONE, set()
        if view.stage == "redirected":  # its procedure may end yet
            return GONE, {MET}
        return (MET, {GONE} if view.can_reopen else set()) if closed else (MISSED, {MET, GONE})
    if key == "one_time":
        if case.repeats:
            return GONE, set()
        if closed:
            good = not view.reviewed and not any(on >= closed for on in again)
            return ((MET, {MISSED}) if good else (MISSED, set())) if here(closed) else (GONE, set())
        waits = view.stage == "reported" and view.waiting is not None and here(view.waiting.on)
        comes = waits or (runs and view.stage in (*OPEN, "redirected"))
        return GONE, {MET, MISSED} if comes else set()
    rating = view.unit_rating if key == "satisfaction" else view.bureau_rating
    given = rating is not None and here(rating[1])
    mark = MISSED if rating and rating[0] == "dissatisfied" else MET
    over = key == "satisfaction" and view.stage == "returned_up"  # nobody rates the unit of it any more
    if view.ratable and given:
        return mark, set() if over else {MET, MISSED} if runs else {GONE}
    will_be = not closed and not case.repeats and case.kind != "accusation" and view.stage in OPEN
    if runs and (will_be or (view.ratable and not over)):
        return GONE, {MET, MISSED}
    return GONE, {mark} if will_be and given else set()


def _unaccepted(view: View, basis: str, in_period: Callable[[date | None], bool]) -> Iterator[str]:
    """The figures that leave the case out since nobody knows when it was accepted."""
    case = view.case
    clock = next((one for one in reversed(view.clocks) if one.kind == "acceptance"), None)
    if view.excluded or clock is None or not clock.unaccepted:
        return
    by_closing = case.received if basis == "received" else view.first_close
    if clock.void and in_period(clock.due if basis == "due" else by_closing):
        yield "acceptance"
    appeal = case.kind in ("appeal", "complaint_appeal", "request")
    if appeal and view.accepted is None and view.first_close and in_period(by_closing):
        yield "completion"


Putting = Callable[..., None]


def seen(cases: Ledger, day: date) -> tuple[dict[str, View], dict[str, list[date]]]:
    """Every case as `day` saw it, and on which days others came again after which case."""
    views = {number: as_of(case, day) for number, case in cases.items() if case.received <= day}
    repeats_of: dict[str, list[date]] = defaultdict(list)
    for view in views.values():
        if view.case.original and not view.excluded:
            repeats_of[view.case.original].append(view.case.received)
    return views, repeats_of


def book_from(cases: Ledger, as_of: date) -> date:
    """The first received day from which every month has cases, of those received by the day of the figures."""
    days = sorted((case.received for case in cases.values() if case.received <= as_of), reverse=True)
    first = days[0]
    for day in days:
        if (first.year * 12 + first.month) - (day.year * 12 + day.month) > 1:
            break
        first = day
    return first


def backlog_state(view: View, repeats_of: Mapping[str, Sequence[date]], recognising: frozenset[str]) -> str:
    """open, relapsed (somebody came again after the resolve day), waiting (for the superior) or resolved."""
    if view.resolved is None:
        return "open"
    if any(on > view.resolved for on in repeats_of[view.case.number]):
        return "relapsed"
    return "waiting" if view.batch in recognising and view.recognised is None else "resolved"


def backlog(cases: Ledger, batch: str, day: date) -> dict[str, dict[str, dict[str, list[str]]]]:
    """The cases of a batch as of a day: by `all`, by unit, by leader; and by state."""
    views = [as_of(case, day) for case in cases.values() if case.received <= day]
    repeats_of: dict[str, list[date]] = defaultdict(list)
    for view in views:
        if view.case.original and not view.excluded:
            repeats_of[view.case.original].append(view.case.received)
    found: dict[str, dict[str, dict[str, list[str]]]] = {"all": {}, "unit": {}, "lead": {}}
    for view in views:
        if view.batch == batch and not view.excluded:
            state = backlog_state(view, repeats_of, cases.recognising)
            for kind, name in (("all", ""), ("unit", view.unit), ("lead", view.case.lead)):
                found[kind].setdefault(name, defaultdict(list))[state].append(view.case.number)
    return found


def most_needed(target: int, total: int) -> int:
    """How many of so many are the target: the next whole number up."""
    return -(-target * total // 100)


def _state(clock: Clock, day: date) -> str:
    if clock.stop:
        return "on_time" if clock.stop <= clock.due else "late"
    return "overdue" if clock.due < day else "pending"


def _volumes(case: Case, put: object, tallies: Iterable[Tally]) -> None:
    assert callable(put)
    put("volume", "cases")
    put("volume", "repeat" if case.repeats else "first")
    for name in ("channel", "kind", "topic", "region"):
        put("volume", f"{name}:{getattr(case, name)}")
    visit, many = case.channel in VISITS, case.headcount >= GROUP_VISIT
    if visit:
        put("volume", "groups")
        if many:
            put("volume", "group_visits")
    if many and case.channel in WRITTEN:
        put("volume", "joint_letters")
    for tally in tallies:
        tally.people["people"] += case.headcount
        tally.people["visit_people"] += case.headcount if visit else 0
        tally.people["group_visit_people"] += case.headcount if visit and many else 0


def group_of(unit: str) -> str:
    return "镇街" if any(word in unit for word in ("街道", "镇", "乡")) else "区直部门"


def competition(values: Mapping[str, Decimal | Fraction], *, highest_first: bool = True) -> dict[str, int]:
    """1, 2, 2, 4: a rank is one more than how many are better."""
    better = operator.gt if highest_first else operator.lt
    return {name: 1 + sum(better(other, value) for other in values.values()) for name, value in values.items()}


def ranks(
    rows: Mapping[str, Tally], minimum: int = 0
) -> tuple[dict[str, dict[str, int | None]], dict[str, int | None]]:
    """Within each group: the rank per figure of each unit, and its overall rank from the four."""
    units = [name for name in rows if name != NO_UNIT]
    per_rate: dict[str, dict[str, int | None]] = {name: dict.fromkeys(RATES) for name in rows}
    overall: dict[str, int | None] = dict.fromkeys(rows)
    for group in sorted({group_of(name) for name in units}):
        members = [name for name in units if group_of(name) == group]
        for key in RATES:
            values = {}
            for name in members:
                rate = rows[name].rate(key)
                if isinstance(rate["percent"], Decimal) and int(str(rate["denominator"])) >= minimum:
                    values[name] = rate["percent"]
            for name, place in competition(values, highest_first=key != "repeat").items():
                per_rate[name][key] = place
        means: dict[str, Decimal | Fraction] = {}
        for name in members:
            four = [rank for key in FOUR_RATES if (rank := per_rate[name][key]) is not None]
            if len(four) == len(FOUR_RATES):
                means[name] = Fraction(sum(four), len(four))
        overall.update(competition(means, highest_first=False))
    return per_rate, overall


# --- whose days, the next place, what was sealed ------------------------------------------------------------------------


@dataclass
class Late:
    """A late or overdue clock of a unit, and whose days lay between the receipt and its end."""

    number: str
    unit: str
    kind: str
    part: str
    days_over: int
    bureau: int
    its: int
    others: int


def blame(cases: Ledger, start: date, end: date, day: date) -> list[Late]:
    """The acceptance and completion clocks due in the period that were missed."""
    found = []
    for view in seen(cases, day)[0].values():
        for clock in view.clocks:
            if view.excluded or clock.void or clock.kind == "dispatch" or not start <= clock.due <= end:
                continue
            part = _state(clock, day)
            if part in ("late", "overdue"):
                last = clock.stop or day
                whose = held(view.case, last)
                its, bureau = whose.pop(clock.unit, 0), whose.pop(NO_UNIT, 0)
                over = (last - clock.due).days
                found.append(
                    Late(view.case.number, clock.unit, clock.kind, part, over, bureau, its, sum(whose.values()))
                )
    return found


def held(case: Case, end: date) -> dict[str, int]:
    """Who had it on how many of the days from the receipt: a unit from its signing, else from the assignment."""
    days: dict[str, int] = defaultdict(int)
    turns = [(case.received, NO_UNIT)]
    unit = NO_UNIT
    for happening in case.happenings:
        if happening.on > end:
            break
        match happening.what:
            case "assign":
                unit = str(happening.data["unit"])
                turns.append((happening.on, unit))
            case "sign":
                turns[-1] = (happening.on, turns[-1][1])  # until then it was still the bureau's
            case "object" | "uphold":
                turns.append((happening.on, NO_UNIT))
            case "overrule":
                turns.append((happening.on, unit))
    for (since, who), (until, _) in zip(turns, [*turns[1:], (end, "")], strict=True):
        days[who] += (until - since).days
    return dict(days)


def next_place(mine: Mapping[str, int], others: Mapping[str, Decimal | None]) -> dict[str, object] | None:
    """What it takes to stand beside the nearest one above: how many of all that fall due, were the others to stay."""
    whole = sum(mine.values())
    so_far = percent(mine["on_time"], whole - mine["pending"])
    above = [value for value in others.values() if value is not None and so_far is not None and value > so_far]
    if not above:
        return None
    goal, needed = min(above), 0
    while (percent(mine["on_time"] + needed, whole) or 0) < goal:
        needed += 1
    rank = 1 + sum(value > goal for value in above)
    names = sorted(name for name, value in others.items() if value == goal)
    return {"percent": goal, "needed": needed, "rank": rank, "names": names}


def cells(total: Tally, rows: Mapping[tuple[str, ...], Tally]) -> dict[tuple[str, str], tuple[int, ...]]:
    """Every number of a table by unit that is sealed: (row, figure) → numbers, those that are nothing left out."""
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for name, tally in (*((key[0], tally) for key, tally in rows.items()), ("合计", total)):
        for key, rate in tally.rates().items():
            found[name, key] = (int(str(rate["numerator"])), int(str(rate["denominator"])))
        volumes = tally.volumes()
        for key in (
            "cases",
            "people",
            "groups",
            "visit_people",
            "group_visits",
            "group_visit_people",
            "joint_letters",
            "first",
        ):
            found[name, key] = (int(str(volumes[key])),)
    return {key: numbers for key, numbers in found.items() if any(numbers)}
