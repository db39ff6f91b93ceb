"""The numbers of a bulletin counted a second time, case by case from the events: plainly, and by none of the queries that
counted them first. Only cases that can count in the period are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Batch
from xinfang_cli.law.case import Backlog, Case
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import DONE
from xinfang_cli.law.figures.definitions import GOOD_RATINGS
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.law.inforce import Code
from xinfang_cli.law.rules import Rules

SET_ASIDE = ("withdrawn", "refused", "redirected", "filed", "returned_up")
NEVER_RATED = ("withdrawn", "refused", "redirected", "filed")
TIMED = ("dispatch", "acceptance", "completion")
Numbers = dict[tuple[str, str], tuple[int, ...]]
"""(row, figure) → numerator and denominator, or a volume."""


class Told(NamedTuple):
    """The countable cases as of the figures' day and of the period's end; repeats with their day, for both; activities
    in the period; acceptances of reopened cases before the first close.
    """

    cases: Mapping[int, Case]
    again: Mapping[int, list[date]]
    ended: Mapping[int, Case]
    ended_again: Mapping[int, list[date]]
    done: Mapping[int, list[Event]]
    first_accepted: Mapping[int, date | None]
    names: Mapping[int, str]
    batches: Mapping[str, Batch]


class Kept:
    """Data of the last recounted period for reuse: events of its cases, and cases unchanged after its day."""

    def __init__(self) -> None:
        self.events: dict[int, list[Event]] = {}
        self.over: dict[int, Case] = {}

    def of(self, book: Book, ids: Sequence[int]) -> Iterator[tuple[int, list[Event]]]:
        """The events of the cases, those that were told before not read again."""
        read = dict(book.events.by_case(case_id for case_id in ids if case_id not in self.events))
        self.events = {case_id: self.events[case_id] for case_id in ids if case_id in self.events} | read
        self.over = {case_id: case for case_id, case in self.over.items() if case_id in self.events}
        yield from self.events.items()

    def fold(self, code: Code, case_id: int, events: Sequence[Event], as_of: date) -> Case | None:
        """The case as of a day at or after that of the last recounted period."""
        if case_id in self.over:
            return self.over[case_id]
        case = fold(events, code, until=as_of)
        if case is not None and all(event.on <= as_of and event.kind != "correct" for event in events):
            self.over[case_id] = case
        return case


def told(
    book: Book, first: date, last: date, as_of: date, kept: Kept | None = None, named_on: date | None = None
) -> Told:
    """The cases with anything recorded in the period or as long before it as a clock can run, with those that repeat them;
    all in a batch; all of which a clock was open."""
    since = first - timedelta(days=max(_longest(version.rules) for version in book.code.versions))
    ids = book.events.touched(since, min(last, as_of))
    kept = kept or Kept()
    return told_of(book, kept.of(book, ids), Span(first, last, as_of), kept, named_on)


def told_of(
    book: Book,
    events_of: Iterable[tuple[int, list[Event]]],
    span: Span,
    kept: Kept | None = None,
    named_on: date | None = None,
    code: Code | None = None,
    known_until: int | None = None,
) -> Told:
    """The same of the cases whose events are given; where that is said, under the law and with the batches of another
    time."""
    code = code or book.code
    first, last, as_of = span
    cases: dict[int, Case] = {}
    ended: dict[int, Case] = {}
    done: dict[int, list[Event]] = {}
    first_accepted: dict[int, date | None] = {}
    end = min(last, as_of)
    kept = kept or Kept()
    for case_id, events in events_of:
        case = kept.fold(code, case_id, events, as_of)
        if case is not None and case.received_on <= as_of:
            cases[case_id] = case
            if any(event.kind in DONE and first <= event.on <= end for event in events):
                standing = in_force(events)
                done[case_id] = [event for event in standing if event.kind in DONE and first <= event.on <= end]
            if case.first_closed_on is not None and case.closed_on != case.first_closed_on:
                at_first = fold(events, code, until=case.first_closed_on)
                first_accepted[case_id] = None if at_first is None else at_first.accepted_on
            # Only what is counted as of the end of the period is told as of it.
            counted_at_end = (
                case.batches or case.receptions or case.repeat_of is not None
            )  # whose repeat it is, relapsed
            same = end == as_of or case.last_on <= end or not counted_at_end
            then = case if same else fold(events, code, until=end)
            if then is not None and then.received_on <= end:
                ended[case_id] = then
    names = {unit: name for unit, (name, *_) in book.units.places(named_on or end).items()}
    return Told(
        cases,
        _again(cases),
        ended,
        _again(ended),
        done,
        first_accepted,
        names,
        book.backlog.batches(known_until=known_until),
    )


def _longest(rules: Rules) -> int:
    """More days than any counted clock can run: months and working days taken wide, extensions and days off beside."""
    kinds = (*TIMED, "simple", "rating")
    longest = max(
        rules.clocks[kind].n * {"day": 1, "workday": 2, "month": 31}[rules.clocks[kind].unit] for kind in kinds
    )
    return longest + rules.limits["extension"].n + 30


def _again(cases: Mapping[int, Case]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = {}
    for case in cases.values():
        if case.repeat_of is not None and not case.excluded:
            found.setdefault(case.repeat_of, []).append(case.received_on)
    return found


class Span(NamedTuple):
    """The days of a period up to the day of the figures."""

    first: date
    last: date
    as_of: date

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in the span and is known by its as-of day."""
        return day is not None and self.first <= day <= self.last and day <= self.as_of


Counted = tuple[str, int | None, bool | None, int]
"""What a case adds: to which figure, of which unit, whether it is good (None: a volume), how many."""


def count(book: Book, known: Told, span: Span, total: str) -> Numbers:
    """Every rate and volume of the period, in all and by unit."""
    counted: Counter[tuple[str, str, int]] = Counter()

    def put(found: Iterable[Counted]) -> None:
        for key, unit, good, number in found:
            name = terms.NO_UNIT if unit is None else known.names[book.canonical.get(unit, unit)]
            for row in (name, total):
                counted[row, key, 0] += number if good is None or good else 0
                if good is not None:
                    counted[row, key, 1] += number

    for case_id, case in known.cases.items():
        if not case.excluded:
            put(of_clocks(case, span))
            put(_received(case, span))
            put(_answered(case, span, known.again.get(case_id, ())))
    batches = known.batches
    for case_id, case in known.ended.items():
        if not case.excluded:
            put(of_batches(case, batches, min(span.last, span.as_of), known.ended_again.get(case_id, ())))
    return _together(counted)


def _received(case: Case, span: Span) -> Iterable[Counted]:
    if span.holds(case.received_on):
        yield "repeat", case.unit, case.repeat, 1
        if case.stage not in SET_ASIDE:
            yield "closure", case.unit, case.first_closed_on is not None, 1
        for key, number in volumes_of(case):
            yield key, case.unit, None, number


def _answered(case: Case, span: Span, again: Iterable[date]) -> Iterable[Counted]:
    closed = case.first_closed_on
    if closed is not None and span.holds(closed) and not case.repeat:
        yield "one_time", case.unit, case.reviewed_on is None and not any(day >= closed for day in again), 1
    if is_ratable(case):
        if span.holds(case.unit_rated_on):
            yield "satisfaction", case.unit, case.unit_rating in GOOD_RATINGS, 1
        if span.holds(case.bureau_rated_on):
            yield "bureau_satisfaction", case.unit, case.bureau_rating in GOOD_RATINGS, 1


def of_batches(case: Case, batches: Mapping[str, Batch], end: date, again: Iterable[date]) -> Iterable[Counted]:
    """Whether the case is resolved in each of its batches that were handed down by then."""
    for batch, entry in case.batches.items():
        about = batches.get(batch, Batch(batch))
        if about.handed_on is None or about.handed_on <= end:
            unit = case.unit if entry.unit is None else entry.unit
            yield "backlog", unit, solved(entry, about.recognise, again), 1


def of_clocks(case: Case, span: Span) -> Iterable[Counted]:
    """The clocks due in the period that were stopped or ran out by the day, and whether they were met."""
    for clock in case.clocks:
        if clock.void:
            continue
        stopped = clock.stop is not None and clock.stop <= span.as_of
        due = span.first <= clock.due <= span.last and (stopped or clock.due < span.as_of)
        if due and clock.kind in TIMED:
            yield clock.kind, case.unit if clock.kind == "dispatch" else clock.unit, stopped and _in_time(clock), 1
        elif due and clock.kind == "rating" and is_ratable(case):
            yield "participation", case.unit, stopped, 1
        if clock.kind == "completion" and span.holds(clock.stop):
            yield "completion_of_closed", clock.unit, _in_time(clock), 1


def left_out(case: Case, span: Span, again: Iterable[date]) -> Iterator[str]:
    """The numbers beside the figures (剔除, 缺受理) in which a case stands."""
    if not case.excluded:
        yield from (f"acceptance_missing:{key}" for key in not_stated(case, span))
        return
    for key, _, good, _ in (*of_clocks(case, span), *_received(case, span), *_answered(case, span, again)):
        if good is not None:
            yield f"excluded:{key}"
            if good == (key == "repeat"):
                yield f"excluded_missed:{key}"


def heard(case: Case, span: Span) -> Iterator[str]:
    """The numbers of leaders' reception in which a case stands."""
    until = min(span.last, span.as_of)
    for one in case.receptions:
        if not span.holds(one.on):
            continue
        orders = [order for order in case.orders if order.reception == one.seq]
        yield from ("reception:leader_times", "reception:matters", "reception:days_missing")
        if not one.same_party:
            yield from ("reception:groups", *("reception:people" for _ in range(one.people)))
        for order in orders:
            yield "reception:orders"
            if "carried_out" in order.steps:
                yield "reception:carried_out"
            elif order.answer_by < until:
                yield "reception:orders_overdue"
        if not (all(len(one.steps) == len(terms.LOOP_STEPS) for one in orders) if orders else one.settled):
            yield "reception:open_matters"


def not_stated(case: Case, span: Span) -> Iterable[str]:
    """The figures that leave the case out since no acceptance of it is recorded (缺受理), once for each clock."""
    closed = case.first_closed_on
    missing = [clock for clock in case.clocks if clock.why == terms.WITHOUT_ACCEPTANCE]
    for clock in missing:
        if clock.void and span.first <= clock.due <= span.last:
            yield "acceptance"
    latest = next((clock for clock in reversed(case.clocks) if clock.kind == "acceptance"), None)
    here = closed is not None and span.first <= closed <= span.last
    if here and latest in missing and case.accepted_on is None and terms.PATHWAY_OF_KIND[case.kind] == "opinion":
        yield "completion"


def _in_time(clock: Clock) -> bool:
    return clock.stop is not None and clock.stop <= clock.due


def is_ratable(case: Case) -> bool:
    """Whether the case could have been rated by its petitioner."""
    return case.ratable and case.first_closed_on is not None and case.stage not in NEVER_RATED


def solved(entry: Backlog, asks: bool, again: Iterable[date]) -> bool:
    """Resolved, recognised where the batch asks for it, and nobody came again since."""
    if entry.resolved_on is None or (asks and entry.recognised_on is None):
        return False
    return not any(day > entry.resolved_on for day in again)


def volumes_of(case: Case) -> Iterable[tuple[str, int]]:
    """A case's contribution to each volume: (figure, number)."""
    yield "cases", 1
    yield "people", case.headcount
    if not case.repeat:
        yield "first", 1
    many = case.headcount >= terms.GROUP_VISIT
    if case.channel in terms.VISITS:
        yield "groups", 1
        yield "visit_people", case.headcount
        if many:
            yield "group_visits", 1
            yield "group_visit_people", case.headcount
    elif many and terms.CHANNEL_GROUP[case.channel] in ("来信", "网信"):
        yield "joint_letters", 1


def _together(counted: Counter[tuple[str, str, int]]) -> Numbers:
    rates = {(row, key) for row, key, place in counted if place == 1}
    numbers: Numbers = {cell: (counted[*cell, 0], counted[*cell, 1]) for cell in rates}
    return numbers | {(row, key): (n,) for (row, key, place), n in counted.items() if (row, key) not in rates and n}
