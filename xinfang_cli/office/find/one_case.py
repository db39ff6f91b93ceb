"""One case in full: matter, petitioner, clocks with articles, timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import NotFound
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import doubts_of
from xinfang_cli.law import redaction, terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import CASE_NAMES, TIMELESS, UNIT_NAMES
from xinfang_cli.law.finality import Ended, ended_for_good, why_no_review
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.law.redaction import Known, Purpose, redact
from xinfang_cli.law.rules import article_of
from xinfang_cli.office.find.attached import AttachedFile, of_case
from xinfang_cli.office.find.redacting import closed, with_accusations
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import CaseLine

PERSONAL = ("name", "id_no", "phone", "address")


def load(book: Book, number: str, today: date | None = None) -> tuple[int, str, list[Event], Case]:
    """A case by number, with its events; with `today`, as that day stood."""
    case_id, case_no = book.cases.find(number)
    events = book.events.of(case_id)
    case = fold(events, book.code, today)
    if case is None:
        if today is not None and (later := fold(events, book.code)) is not None:
            came = later.received_on.isoformat()
            raise NotFound(
                f"{case_no} 收到于 {came}，{today.isoformat()} 还没有这一件", "去掉 ⟦.today⟧，或写收到以后的日期"
            )
        raise NotFound(f"{case_no} 的登记已撤销", "号码不再使用")
    if today is not None:
        days = {event.seq: event.on for event in in_force(events)}  # as corrected
        events = [e for e in events if days.get(e.seq, e.on) <= today or e.kind in TIMELESS]
    return case_id, case_no, events, case


class Petitioner(NamedTuple):
    """The petitioner."""

    name: str | None
    id_no: str | None
    phone: str | None
    address: str | None


class CoUnitLine(NamedTuple):
    """A unit that answers beside the leading one (共同承办, art. 24)."""

    unit: str | None
    since: date
    agreed: str | None
    body: str | None


class RecusalLine(NamedTuple):
    """Someone who may not handle the case (回避, art. 28)."""

    person: str | None
    on: date
    unit: str | None
    replaced_by: str | None


class SentBack(NamedTuple):
    """A unit sent the case back: when, and what the bureau decided, when."""

    unit: str | None
    objected_on: date
    late: bool
    decision: str | None = None
    decided_on: date | None = None


class StepTaken(NamedTuple):
    """A supervision step, with its participants."""

    seq: int
    on: date
    step: str
    body: str | None


class BacklogPlace(NamedTuple):
    """A batch of the backlog that the case is in."""

    batch: str
    joined_on: date
    resolved_on: date | None
    how: str | None
    recognised_on: date | None
    unit: str | None
    guard_unit: str | None
    resolved_before: tuple[date, ...]


class ReceptionLine(NamedTuple):
    """A reception by leaders."""

    seq: int
    on: date
    form: str
    leaders: tuple[str, ...]
    people: int | None
    settled: bool


class OrderLine(NamedTuple):
    """A leader's order at a reception; `steps`: the day of each step, None while open."""

    seq: int
    on: date
    leader: str | None
    unit: str | None
    answer_by: date | None
    steps: Mapping[str, date | None]


class ClockLine(NamedTuple):
    """A clock of the case, as of the day it is shown. `outside_due`: the superior's day for the same clock; `late_entry`:
    what began or ended it was entered late (补记)."""

    kind: str
    owner: str
    unit: str | None
    start: date
    due: date
    base_due: date
    stop: date | None
    state: str
    article: str
    why: str | None
    guessed: bool
    outside_due: date | None
    late_entry: bool


class EventLine(NamedTuple):
    """An event of the case; `said` are its fields, units and cases by their names, `source` the file it came from."""

    seq: int
    kind: str
    on: date
    recorded_at: str
    actor: str
    revoked: bool
    said: Mapping[str, object]
    source: tuple[str, str] | None
    os_user: str | None = None
    host: str | None = None


class CaseFile(NamedTuple):
    """Everything about one case. `revealed`: the petitioner was asked for by name; `withheld`: it is an accusation, whose
    words and people were not asked for (art. 30). Masks are the fronts' doing."""

    line: CaseLine
    sheet_no: str | None
    content: str | None
    source: str
    level: str | None
    pathway: str | None
    told_on: date | None
    delivered_on: date | None
    co_units: tuple[CoUnitLine, ...]
    recusals: tuple[RecusalLine, ...]
    crossing: tuple[str, ...]
    signed_on: date | None
    first_closed_on: date | None
    extended_days: int
    affected: int | None
    representatives: int | None
    complained_unit: str | None
    report_by: date | None
    deceased_on: date | None
    tags: tuple[str, ...]
    repeat_of_no: str | None
    repeats: tuple[str, ...]
    related: tuple[str, ...]
    unit_rating: str | None
    bureau_rating: str | None
    returned_by: tuple[str | None, ...]
    to_and_fro: tuple[SentBack, ...]
    steps: tuple[StepTaken, ...]
    attachments: tuple[AttachedFile, ...]
    backlog: tuple[BacklogPlace, ...]
    receptions: tuple[ReceptionLine, ...]
    orders: tuple[OrderLine, ...]
    petitioner: Petitioner
    doubts: tuple[str, ...]
    no_review: str
    review_window: str
    refused_as: str | None
    ended: Ended | None
    clocks: tuple[ClockLine, ...]
    events: tuple[EventLine, ...]
    revealed: bool
    withheld: bool
    purged: date | None = None


class _Names:
    """The names of units, each read once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.known: dict[int, str] = {}

    def __call__(self, unit_id: int | None) -> str | None:
        if unit_id is None:
            return None
        if unit_id not in self.known:
            self.known[unit_id] = self.book.units.by_id(unit_id).name
        return self.known[unit_id]


def show(session: Session, number: str, reveal: bool, accusation: bool = False) -> CaseFile:
    """Everything about one case. With `reveal`, the asking is written to the access log; of an accusation there are number,
    stage, clocks and units alone unless `accusation` asks for its words, which is written there too (art. 30)."""
    with session.reading() as book:
        case_id, _, all_events, case = load(book, number, session.today)
        withheld = case.kind == "accusation" and not accusation
        reveal = reveal and not withheld
        with session.as_today_stands(book, case_id=case_id):
            line = book.lists.one(case_id, session.today, accusation)
        named, standing = _Names(book), in_force(all_events)
        # What was set right later holds for the day too; that it was is later than the day.
        known = {event.seq for event in all_events if event.kind not in TIMELESS or event.on <= session.today}
        repeats = book.cases.repeats_of(case_id, session.today)
        others = (*(other for other, _ in repeats), *case.related)
        untold = set() if accusation else _accusations_beside(book, all_events, others)
        entered_late = frozenset(event.seq for event in standing if event.data.get("late_entry"))
        person = Petitioner(case.name, case.id_no, case.phone, case.address)
        found = CaseFile(
            line=line,
            sheet_no=book.cases.sheet_no_of(case_id),
            content=case.content,
            source=case.source,
            level=case.level,
            pathway=case.pathway,
            told_on=case.told_on,
            delivered_on=case.delivered_on,
            co_units=tuple(CoUnitLine(named(one.unit), one.on, one.agreed, one.where) for one in case.co_units),
            recusals=tuple(RecusalLine(one.person, one.on, named(one.unit), one.replaced_by) for one in case.recusals),
            crossing=tuple(case.crossing.split(",")) if case.crossing else (),
            signed_on=case.signed_on,
            first_closed_on=case.first_closed_on,
            extended_days=case.extended_days,
            affected=case.affected,
            representatives=case.representatives,
            complained_unit=case.complained_unit,
            report_by=case.report_by,
            deceased_on=case.deceased_on,
            tags=tuple(case.tags),
            repeat_of_no=case.repeat_of_no if case.repeat_of is None else None,
            repeats=tuple(number for other, number in repeats if other not in untold),
            related=tuple(book.cases.number_of(other) for other in case.related if other not in untold),
            unit_rating=case.unit_rating,
            bureau_rating=case.bureau_rating,
            returned_by=tuple(named(unit) for unit in case.objectors),
            to_and_fro=_to_and_fro(standing, named),
            steps=_steps(standing),
            attachments=tuple(one for one in of_case(book, case_id) if one.on <= session.today.isoformat()),
            backlog=_backlog(case, named),
            receptions=_receptions(case),
            orders=_orders(case, named),
            petitioner=person,
            doubts=(*doubts_of(person._asdict()), *_without_acceptance(case)),
            no_review=why_no_review(case) if case.stage == "closed" else "",
            review_window=_window_note(case, session.today),
            refused_as=_refused_as(standing) if case.stage == "refused" else None,
            ended=ended_for_good(case, session.today),
            clocks=tuple(
                _clock_line(clock, session.today, named(clock.unit), book, case, entered_late) for clock in case.clocks
            ),
            events=tuple(one for one in _events(book, case_id, reveal, named, untold) if one.seq in known),
            revealed=reveal,
            withheld=withheld,
            purged=case.purged,
        )
        if reveal or accusation:
            session.look(book, "reveal", ids=[case_id], accusation=accusation, revealed=reveal)
        if reveal:
            return found._replace(line=line._replace(title=redact(case.title, Known(), "petitioner")))
        if withheld:
            return _closed(found)
        if accusation:
            found = found._replace(line=with_accusations(book, [(case_id, line)])[0])
        return _through_the_gate(found, all_events, "public" if case.kind == "accusation" else "screen")


def _steps(standing: Sequence[Event]) -> tuple[StepTaken, ...]:
    steps = (event for event in standing if event.kind == "step")
    return tuple(StepTaken(one.seq, one.on, one.data["step"], one.data.get("where")) for one in steps)


def _backlog(case: Case, named: _Names) -> tuple[BacklogPlace, ...]:
    return tuple(
        BacklogPlace(
            batch,
            one.joined_on,
            one.resolved_on,
            one.how,
            one.recognised_on,
            named(one.unit),
            named(one.guard_unit),
            one.resolved_before,
        )
        for batch, one in case.batches.items()
    )


def _receptions(case: Case) -> tuple[ReceptionLine, ...]:
    return tuple(
        ReceptionLine(one.seq, one.on, one.form, tuple(one.leaders), one.people, one.settled) for one in case.receptions
    )


def _orders(case: Case, named: _Names) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            one.seq,
            one.on,
            one.leader,
            named(one.unit),
            one.answer_by,
            {step: one.steps.get(step) for step in terms.LOOP_STEPS},
        )
        for one in case.orders
    )


def _events(book: Book, case_id: int, reveal: bool, named: _Names, untold: set[int]) -> Iterator[EventLine]:
    """The timeline of a case; personal data only with `reveal`, no case in `untold`."""
    timeline = book.events.timeline(case_id)
    revoked = {event.data["event"] for event, _ in timeline if event.kind == "revoke"}
    for event, command in timeline:
        data = {key: value for key, value in event.data.items() if reveal or key not in PERSONAL}
        for field in ("changes", "changed_from"):
            if field in data and not reveal:
                data[field] = {k: ("***" if k in PERSONAL else v) for k, v in data[field].items()}
        for field in UNIT_NAMES & data.keys():
            if isinstance(data.get(field), int):
                data[field] = named(data[field])
        for field in CASE_NAMES & data.keys():
            if isinstance(other := data.get(field), int):
                data[field] = None if other in untold else book.cases.number_of(other)
        data.pop("complained_unit_id", None)
        if "kind" in data:
            data["case_kind"] = data.pop("kind")
        yield EventLine(
            event.seq,
            event.kind,
            event.on,
            command.recorded_at,
            command.actor,
            event.seq in revoked,
            data,
            (command.source_name, command.source_sha256 or "") if command.source_name else None,
            command.os_user,
            command.host,
        )


def _accusations_beside(book: Book, events: Sequence[Event], others: Sequence[int]) -> set[int]:
    """The accusations among the cases that this one is said to have to do with."""
    named = (event.data.get(field) for event in events for field in CASE_NAMES)
    return set(book.cases.accusations_among({*others, *(one for one in named if isinstance(one, int))}))


def _closed(found: CaseFile) -> CaseFile:
    """An accusation as lists show it, with its clocks and what was done when (art. 30)."""
    nobody = Petitioner(None, None, None, None)
    gone: dict[str, Any] = dict.fromkeys(("crossing", "tags", "repeats", "related", "doubts"), ())
    gone |= dict.fromkeys(("content", "level", "affected", "representatives", "complained_unit", "deceased_on"))
    return found._replace(
        **gone,
        repeat_of_no=None,
        petitioner=nobody,
        recusals=tuple(one._replace(person=None, replaced_by=None) for one in found.recusals),
        co_units=tuple(one._replace(body=None) for one in found.co_units),
        steps=tuple(one._replace(body=None) for one in found.steps),
        attachments=tuple(one._replace(name=redaction.FILE_OF_ACCUSATION) for one in found.attachments),
        backlog=tuple(one._replace(guard_unit=None) for one in found.backlog),
        receptions=tuple(one._replace(leaders=(), people=None) for one in found.receptions),
        orders=tuple(one._replace(leader=None) for one in found.orders),
        events=tuple(one._replace(said=closed(one.said, one.kind), source=None) for one in found.events),
    )


def _through_the_gate(found: CaseFile, events: Sequence[Event], purpose: Purpose) -> CaseFile:
    """The same with all users' text redacted for the screen; of an accusation nothing identifies the accuser. List
    titles are redacted already, and petitioners masked on display.
    """
    known = redaction.known_in(event.data for event in events)

    def told(text: str) -> str:
        return redact(text, known, purpose)

    return found._replace(
        content=found.content and told(found.content),
        complained_unit=found.complained_unit and told(found.complained_unit),
        tags=tuple(map(told, found.tags)),
        steps=tuple(step._replace(body=step.body and told(step.body)) for step in found.steps),
        attachments=tuple(file._replace(name=told(file.name)) for file in found.attachments),
        events=tuple(
            event._replace(
                said=redaction.data(event.said, known, purpose),
                source=event.source and (told(event.source[0]), event.source[1]),
            )
            for event in found.events
        ),
    )


def _without_acceptance(case: Case) -> tuple[str, ...]:
    """The doubt of a case closed without a recorded acceptance (缺受理)."""
    if not case.acceptance_missing:
        return ()
    return (terms.ACCEPTANCE_UNSTATED if case.acceptance_unstated else terms.ACCEPTANCE_MISSING,)


def _clock_line(
    clock: Clock, today: date, unit: str | None, book: Book, case: Case, entered_late: frozenset[int]
) -> ClockLine:
    rule = (book.code.at(clock.law_at) if clock.law_at else book.code.now).rules.clocks[clock.rule]
    outside = {"completion": case.outside_completion_due, "acceptance": case.outside_acceptance_due}
    latest = next(other for other in reversed(case.clocks) if other.kind == clock.kind)
    return ClockLine(
        clock.kind,
        clock.owner,
        unit,
        clock.start,
        clock.due,
        clock.base_due,
        clock.stop,
        clock.state(today),
        rule.cited or article_of(rule, case.received_on),
        clock.why,
        clock.guessed,
        outside.get(clock.kind) if clock is latest else None,
        not entered_late.isdisjoint((clock.opened_by, clock.stopped_by)),
    )


def _refused_as(events: list[Event]) -> str:
    return terms.refused_as(next(event.data for event in reversed(events) if event.kind == "refuse"))


def _to_and_fro(events: Sequence[Event], named: _Names) -> tuple[SentBack, ...]:
    turns: list[SentBack] = []
    unit: int | None = None
    for event in events:
        if event.kind == "assign":
            unit = event.data["unit"]
        elif event.kind == "object":
            turns.append(SentBack(named(unit), event.on, bool(event.data.get("late_reason"))))
        elif event.kind in ("uphold", "overrule", "return_up", "withdraw") and turns and turns[-1].decided_on is None:
            turns[-1] = turns[-1]._replace(decision=event.kind, decided_on=event.on)
    return tuple(turns)


def _window_note(case: Case, today: date) -> str:
    """The state of the window for review or recheck, in words; empty without one."""
    if case.stage not in ("closed", "reviewed"):
        return ""
    kind, what = ("review_window", "复查") if case.stage == "closed" else ("recheck_window", "复核")
    clock = next((c for c in reversed(case.clocks) if c.kind == kind and not c.ended), None)
    if clock is None:
        return ""
    delivered = case.delivered_on if case.stage == "closed" else case.review_delivered_on
    presumed = "" if delivered else "没有送达日期，推定"
    if today <= clock.due:
        return f"申请{what}的最后一天 {clock.due.isoformat()}" + (f"（{presumed}）" if presumed else "")
    return f"逾期未申请{what}（最后一天 {clock.due.isoformat()}{'，' if presumed else ''}{presumed}）"
