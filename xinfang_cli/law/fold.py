"""A case is the fold of its events: nothing about it is ever set by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import Clock, due_of, fall, let_lapse, settle_clock, stop
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import EventType
from xinfang_cli.law.events.registry import EVENTS, TIMELESS
from xinfang_cli.law.inforce import Code
from xinfang_cli.law.rules import in_brackets
from xinfang_cli.law.terms import WINDOWS, WITHOUT_ACCEPTANCE

REWRITING = frozenset({"edit", "correct"})
NO_NOTICE = "姓名、住址不清，不必告知"


def evolve(case: Case, event: Event) -> None:
    """Move a case over one event, clocks included. Total: refusals are the checks', not the fold's."""
    before = case.stage
    declared = EVENTS[event.kind]
    rewinds = declared.rewinds
    if rewinds is not True and not (rewinds and rewinds(case, event)):
        _overwrite(case, event)
    if declared.fold is not None:
        declared.fold(case, event)
    case.last_on = event.on
    falling = declared.fells_in.get(before, declared.fells)
    if declared.stops or falling:
        _end_clocks(case, event, declared, falling)
    if declared.clocks is not None:
        declared.clocks(case, event)


def _overwrite(case: Case, event: Event) -> None:
    """Mark the rows as changed for days before the event."""
    day = event.data["to_on"] if event.kind == "hearing" else event.on
    if case.overwritten_on is None or day > case.overwritten_on:
        case.overwritten_on = day


def _end_clocks(case: Case, event: Event, declared: EventType, falling: frozenset[str]) -> None:
    """Stop the clocks met by an event, and void those losing their ground."""
    for clock in case.clocks:
        # Told on a day still to come when this happened: until that day the clock ran on.
        if clock.void or (clock.stop is not None and clock.stop <= event.on):
            continue
        if clock.stop is None and clock.stopped_by:
            continue
        stopped, fallen = clock.kind in declared.stops, clock.kind in falling
        if fallen and clock.kind not in WINDOWS:
            _overwrite(case, event)
        if (stopped or fallen) and _given_up(case, event, clock):
            _overwrite(case, event)
            fall(clock, event, case.code, declared.why_fallen, always_void=True)
        elif stopped:
            _answer(case, event, clock)
        elif fallen:
            fall(clock, event, case.code, declared.why_fallen, event.kind == "uphold" and clock.owner == "unit")


def _given_up(case: Case, event: Event, clock: Clock) -> bool:
    """Whether the office no longer set the number of its own clock by then."""
    return clock.kind == "office" and not case.code.at(event.id).rules.clocks["office"].n


def _answer(case: Case, event: Event, clock: Clock) -> None:
    if event.kind == "accept" and clock.kind == "objection" and event.on > due_of(clock, case.code.at(event.id)):
        let_lapse(clock, event)  # it was never used: only an objection can be late
    elif event.kind == "accept" and clock.kind == "acceptance":
        if event.data.get("no_notice"):
            fall(clock, event, case.code, NO_NOTICE + in_brackets("no_notice", case.received_on), always_void=True)
        else:
            stop(clock, event.data["told_on"], event)
    elif event.kind == "close" and clock.kind == "acceptance":
        _end_unaccepted(case, event, clock)
    else:
        stop(clock, event.on, event)


def _end_unaccepted(case: Case, event: Event, clock: Clock) -> None:
    """缺受理: closed, and no acceptance recorded. What a sheet does not say was neither in time nor late."""
    if event.data.get("acceptance_unstated"):
        fall(clock, event, case.code, WITHOUT_ACCEPTANCE, always_void=True)
    else:
        stop(clock, event.on, event)
        clock.why = WITHOUT_ACCEPTANCE


def _never_stated(case: Case, later: Iterable[Event]) -> None:
    """Whether the petitioner was told in time is as unknown on every day before the closing that does not say it."""
    clock = case.open_clock("acceptance")
    closing = None
    for event in later:
        if event.kind == "accept" or EVENTS[event.kind].begins_turn:
            break
        if event.kind == "close" and event.data.get("acceptance_unstated"):
            closing = event
        elif event.kind == "return":
            closing = None
    if clock is not None and closing is not None:
        fall(clock, closing, case.code, WITHOUT_ACCEPTANCE, always_void=True)


def settle(case: Case) -> None:
    """Set the due day of every clock."""
    for clock in case.clocks:
        settle_clock(clock, case.code)


def in_force(events: Sequence[Event]) -> list[Event]:
    """The standing events of a case: revoked ones removed, corrected or edited ones updated, ordered by effective day;
    of one day the earlier recorded first, unless `before` is set.
    """
    if TIMELESS.isdisjoint([event.kind for event in events]):
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
    for event in list(standing.values()):
        if event.kind == "edit":
            _forget_clearances(standing, event)
            intake.update(event.data["set"])
            intake.update(event.data.get("changes", {}))
            if "pathway" in event.data:
                _set_pathway(standing, event)
        elif event.kind == "link":
            intake.update(repeat=True, repeat_of=event.data["repeat_of"])
    first = events[0]
    if intake and first.seq in standing:
        register = standing[first.seq]
        standing[first.seq] = Event("register", register.on, {**register.data, **intake}, register.seq, register.id)
    return _ordered([event for event in standing.values() if event.kind not in TIMELESS])


_COMPLAINED = frozenset({"complained_unit", "complained_unit_id", "complained_person", "complained"})


def _forget_clearances(standing: dict[int, Event], edit: Event) -> None:
    """Whoever was put down as not the one complained of, was so of the one complained of then (art. 30)."""
    if not _COMPLAINED.isdisjoint({*edit.data["set"], *edit.data.get("changes", ())}):
        for seq in [seq for seq, event in standing.items() if event.kind == "not_the_accused" and seq < edit.seq]:
            del standing[seq]


def _set_pathway(standing: dict[int, Event], edit: Event) -> None:
    """The pathway that an edit of the kind brought with it holds from the acceptance."""
    accepted = [seq for seq, event in standing.items() if event.kind == "accept" and seq < edit.seq]
    if accepted:
        was = standing[accepted[-1]]
        standing[was.seq] = Event(was.kind, was.on, {**was.data, "pathway": edit.data["pathway"]}, was.seq, was.id)


def _ordered(events: Iterable[Event]) -> list[Event]:
    listed = list(events)
    last = date.min
    for event in listed:
        if event.on < last or "before" in event.data:
            break
        last = event.on
    else:  # nearly always
        return listed
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


def _count_hearing(case: Case, until: date) -> None:
    """Count only the days of a future hearing held so far."""
    held = {day for day in case.hearing_days if day <= until}
    clock = next((clock for clock in reversed(case.clocks) if clock.kind == "recheck"), None)
    if clock is not None and held != case.hearing_days:
        clock.extra = len(held)


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
    if until is not None:
        _count_hearing(case, until)
        _never_stated(case, (event for event in standing if event.on > until))
    if not REWRITING.isdisjoint([event.kind for event in events]):
        said = (event for event in events if event.kind in ("register", "edit", "correct"))
        case.rewritten = tuple(event.data for event in said)
    settle(case)
    return case
