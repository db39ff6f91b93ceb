"""补记: effective day against recorded day of the steps in a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from xinfang_cli.book.chain import Command
from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.fold import fold
from xinfang_cli.law.terms import NO_UNIT
from xinfang_cli.office.figures.stats import FiguresRequest, narrowing
from xinfang_cli.office.session import Session, zone_in

FEW = 3
"""So many days later a step is still of the same working week or the next: 隔 1—3 天."""


class Backdated(NamedTuple):
    """A step recorded after its day. `saved`: the clock met by it that had run out at the recording."""

    case_no: str
    kind: str
    unit: str
    actor: str
    os_user: str | None
    on: date
    recorded_on: date
    days: int
    corrects: bool
    late_entry: bool
    command: str
    saved: str | None
    due_on: date | None


class Lags(NamedTuple):
    """Totals of some steps: count, back-dated by at most `FEW` days or by more, longest lag in days, and clocks met
    after their expiry.
    """

    steps: int
    later: int
    few: int
    many: int
    longest: int
    saved: int


class LagsOf(NamedTuple):
    """The lags of one unit's steps, or of one clerk's."""

    name: str
    lags: Lags


class BackdatedSteps(NamedTuple):
    """Back-dated steps of a period, by unit and by clerk. `imported`: steps from ledgers, counted nowhere else."""

    first: date
    last: date
    only: Mapping[str, str]
    total: Lags
    by_unit: tuple[LagsOf, ...]
    by_clerk: tuple[LagsOf, ...]
    steps: tuple[Backdated, ...]
    imported: int


class _Step(NamedTuple):
    unit: str
    clerk: str
    late: Backdated | None
    imported: bool


def backdated(session: Session, request: FiguresRequest) -> BackdatedSteps:
    """Steps with their day in the period, recorded that day or later; accusations are left out for units barred by
    article 30.
    """
    with session.reading() as book:
        narrowed, words = narrowing(book, request.only)
        zone = zone_in(book)
        wanted = dict(narrowed)
        hidden: set[int] = set()
        if isinstance(wanted.get("unit"), int):
            hidden = book.cases.hidden_from((int(str(wanted["unit"])),))
        named = book.units.names_by_id()
        only = None if "unit" not in wanted else named.get(wanted["unit"], NO_UNIT)  # type: ignore[arg-type]
        found: list[_Step] = []
        imported = 0
        for case_id, places in _by_case(book.events.on_days(request.first, request.last)):
            if case_id in hidden:
                continue
            for step in _steps(book, case_id, places, zone, named):
                if only is not None and step.unit != only:
                    continue
                if step.imported:
                    imported += 1
                else:
                    found.append(step)
        order = {name: place for name, _, place in book.units.places().values()}
    late = [step.late for step in found if step.late is not None]
    return BackdatedSteps(
        request.first,
        request.last,
        words,
        _lags(found),
        tuple(LagsOf(name, _lags(steps)) for name, steps in _grouped(found, "unit", order)),
        tuple(LagsOf(name, _lags(steps)) for name, steps in _grouped(found, "clerk", {})),
        tuple(sorted(late, key=lambda step: (step.saved is None, -step.days, step.case_no))),
        imported,
    )


def _by_case(rows: Sequence[tuple[int, int]]) -> Iterator[tuple[int, set[int]]]:
    by_case: dict[int, set[int]] = {}
    for case_id, seq in rows:
        by_case.setdefault(case_id, set()).add(seq)
    yield from by_case.items()


def _steps(book: Book, case_id: int, places: set[int], zone: ZoneInfo, named: Mapping[int, str]) -> Iterator[_Step]:
    timeline = book.events.timeline(case_id)
    events = [event for event, _ in timeline]
    taken_back = {event.data["event"] for event in events if event.kind == "revoke"}
    case = fold(events, book.code)
    if case is None:
        return
    number = book.cases.number_of(case_id)
    for place, (event, command) in enumerate(timeline):
        if event.seq not in places or event.seq in taken_back:
            continue
        before = fold(events[:place], book.code)
        held = None if before is None else before.unit
        unit = NO_UNIT if held is None else named.get(held, NO_UNIT)
        imported = command.name == "import"
        late = None if imported else _late(event, events, case, command, zone, number, unit)
        yield _Step(unit, command.actor, late, imported)


def _late(
    event: Event, events: Sequence[Event], case: Case, command: Command, zone: ZoneInfo, number: str, unit: str
) -> Backdated | None:
    """A back-dated step, or None."""
    corrects = event.kind == "correct"
    about = next((one for one in events if one.seq == event.data["event"]), event) if corrects else event
    on: date = event.data["new_on"] if corrects else event.on
    recorded_on = datetime.fromisoformat(command.recorded_at).astimezone(zone).date()
    if on >= recorded_on:
        return None
    met = next(
        (
            clock
            for clock in case.clocks
            if clock.stopped_by == about.seq and clock.stop is not None and clock.stop <= clock.due < recorded_on
        ),
        None,
    )
    return Backdated(
        number,
        about.kind,
        unit,
        command.actor,
        command.os_user,
        on,
        recorded_on,
        (recorded_on - on).days,
        corrects,
        bool(about.data.get("late_entry")),
        command.name,
        None if met is None else met.kind,
        None if met is None else met.due,
    )


def _grouped(steps: Sequence[_Step], key: str, order: Mapping[str, int]) -> list[tuple[str, list[_Step]]]:
    groups: dict[str, list[_Step]] = {}
    for step in steps:
        groups.setdefault(getattr(step, key), []).append(step)
    return sorted(groups.items(), key=lambda group: (order.get(group[0], len(order)), group[0]))


def _lags(steps: Sequence[_Step]) -> Lags:
    late = [step.late for step in steps if step.late is not None]
    few = sum(step.days <= FEW for step in late)
    longest = max((step.days for step in late), default=0)
    return Lags(len(steps), len(late), few, len(late) - few, longest, sum(step.saved is not None for step in late))
