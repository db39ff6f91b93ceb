"""Ask the law whether an event may happen: `check` at one moment, `decide` for one more event of a case,
`replay_checked` after a correction. The rules stand with their events (law.events)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xinfang_cli.errors import Refused, marked
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.case import NO_NUMBER, Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import CheckContext, EventType, Notice
from xinfang_cli.law.events.checks import WAITS_FOR_APPROVAL, need, refuse, refuse_named, stage_refusal, stands
from xinfang_cli.law.events.registry import EVENTS, MOVING, SENT, TIMELESS, TURNS
from xinfang_cli.law.fold import evolve, fold, in_force, settle
from xinfang_cli.law.inforce import Code


def check(case: Case, event: Event, asked: CheckContext) -> list[Notice]:
    """Whether the law lets this event happen to the case as it stands; notices, or Refused."""
    declared = EVENTS[event.kind]
    if case.stage not in declared.stages and not (
        (event.kind == "remind" and case.next_clock() is not None)
        or (event.kind in ("deliver", "fulfil") and stands(case, asked))
    ):
        raise _refuse_stage(case, declared)
    _check_day(case, event, declared, asked)
    if not asked.from_sheet:
        for field in declared.fields:
            if field.needed:
                say = f"⟦.{field.alias or field.name}⟧ {field.sample}".rstrip()
                need(case, event, asked, declared.label, field.name, field.needed, say)
    notices = article30.check(case, event, declared, asked)
    if declared.check is None:
        return notices
    found = declared.check(case, event, asked)
    return notices + found if notices else found


def _refuse_stage(case: Case, declared: EventType) -> Refused:
    hint = declared.hint if not declared.hinted or case.stage in declared.hinted else ""
    if case.stage == "reported" and declared.kind in ("deliver", "fulfil"):
        hint = WAITS_FOR_APPROVAL
    if not hint:
        allowed = [
            f"{other.label} ⟦~{kind}⟧" for kind, other in EVENTS.items() if other.moves and case.stage in other.stages
        ]
        hint = "此阶段可以：" + "、".join(allowed) if allowed else "此件已了结；记错了用 ⟦undo⟧ 或 ⟦correct⟧"
    return stage_refusal(case, declared.label, hint)


def _check_day(case: Case, event: Event, declared: EventType, asked: CheckContext) -> None:
    """No day after today, before the stage began (what moves the stage), or before the case was received."""
    on = event.on
    if on > asked.today:
        which = f"{case.called} 的{declared.label}日期" if case.stage else "收到日期"
        raise Refused(
            f"{which} {on.isoformat()} 晚于今天 {asked.today.isoformat()}",
            "事情发生后再登记；日期写错了请改正",
            code="future",
            subject=case.called if case.stage else "",
            facts={"day": on.isoformat(), "today": asked.today.isoformat()},
        )
    if not case.stage:
        return
    if declared.moves:
        if on < case.stage_since:
            raise refuse(
                case,
                f"的{declared.label}日期 {on.isoformat()} 早于进入"
                f"「{terms.STAGE.label(case.stage)}」的 {case.stage_since.isoformat()}",
                f"请填 {case.stage_since.isoformat()} 或以后的日期；前一步记错了用 ⟦correct⟧",
                code="order",
            )
    elif on < case.received_on:
        raise refuse(
            case,
            f"的{declared.label}日期 {on.isoformat()} 早于收到日期 {case.received_on.isoformat()}",
            "请填收到日期或以后的日期",
            code="order",
        )


class Decision(NamedTuple):
    """The law's answer: the case after the event, the event as it will stand, warnings."""

    case: Case
    event: Event
    warnings: list[Notice]


def decide(events: Sequence[Event], event: Event, code: Code, asked: CheckContext, **known: Any) -> Decision:
    """Ask the law about one more event of a case; Refused, or the case with it.

    An event that moves the stage follows all others of its day. Any other, and one that was missed and is entered late
    (`late_entry`), may be back-dated to a day on which it would have been allowed: on the evening of that day, or else
    earlier on it (`before` keeps its place). Neither may make what is already recorded impossible, and what belongs to
    a unit's turn may not be put into an earlier unit's, unless it was missed there.
    """
    standing = in_force(events)
    late = bool(event.data.get("late_entry"))
    last_of_day = event.kind in MOVING and not late
    _check_turn(standing, event, known)
    if event.kind == "register":
        warnings = check(Case(code), event, asked)
    elif last_of_day or not standing or event.on >= standing[-1].on:
        case = _replay(standing, code, known)
        if case is None:
            raise Refused("登记已撤销，不能再记事", "请重新登记：⟦add⟧", code="gone")
        try:
            warnings = check(case, event, asked)
        except Refused as refusal:
            if last_of_day or not standing or event.on > standing[-1].on:
                if last_of_day and event.on <= case.last_on:
                    _hint_at_late_entry(refusal, events, event, code, asked, known)
                raise
            warnings = _check_earlier(standing, events, event, code, asked, known)
        else:
            if standing and (event.on < standing[-1].on or late) and event.kind not in TIMELESS:
                _fit(standing, events, event, code, asked, known)
    else:
        warnings = _check_earlier(standing, events, event, code, asked, known)
    case = fold([*events, event], code)
    assert case is not None
    return Decision(case, event, warnings)


def _hint_at_late_entry(
    refusal: Refused, events: Sequence[Event], event: Event, code: Code, asked: CheckContext, known: dict[str, Any]
) -> None:
    """The remedy for an event refused at its place because the case has moved on, if it would be accepted as a late
    entry.
    """
    missed = Event(event.kind, event.on, {**event.data, "late_entry": True}, event.seq, event.id)
    try:
        decide(events, missed, code, asked, **known)
    except Refused:
        return
    refusal.hint += marked("；那时漏记的加 ⟦.late_entry⟧ 补记")


def _turn_at(standing: Sequence[Event]) -> int:
    """The start of the present unit's turn: the index of its assignment, or of the uphold that ended the objection."""
    return max((place for place, other in enumerate(standing) if other.kind in TURNS), default=0)


def _of_a_turn(event: Event) -> bool:
    turn = EVENTS[event.kind].turn
    return bool(event.data.get(turn) if isinstance(turn, str) else turn)


def _check_turn(standing: Sequence[Event], event: Event, known: dict[str, Any]) -> None:
    """Refuse to rewrite an earlier unit's turn by an event that belongs to the present one's."""
    declared = EVENTS[event.kind]
    if not _of_a_turn(event) or event.data.get("late_entry"):
        return
    turn = _turn_at(standing)
    earlier = [other for other in standing[:turn] if other.kind in TURNS and other.on <= event.on]
    if earlier and event.on < standing[turn].on:
        began = standing[turn].on.isoformat()
        missed = "；那时漏记的加 ⟦.late_entry⟧ 补记" if declared.missable else ""
        raise refuse_named(
            known.get("case_no") or NO_NUMBER,
            f"的{declared.label}日期 {event.on.isoformat()} 早于现承办单位接到此件的 {began}",
            f"请填 {began} 或以后的日期{missed}",
            code="order",
            field="on",
        )


def _check_earlier(
    standing: list[Event], events: Sequence[Event], event: Event, code: Code, asked: CheckContext, known: dict[str, Any]
) -> list[Notice]:
    """Find the latest moment of the event's day at which it is allowed; the evening's refusal if there is none."""
    name = known.get("case_no") or NO_NUMBER
    upto = [other for other in standing if other.on <= event.on]
    turn = _turn_at(upto) if _of_a_turn(event) and not event.data.get("late_entry") else 0
    refusal: Refused | None = None
    for cut in range(len(upto), turn, -1):
        if cut < len(upto) and upto[cut].on < event.on:
            break
        case = _replay(upto[:cut], code, known)
        if case is None:
            break
        if cut < len(upto):
            event.data["before"] = upto[cut].seq
        try:
            warnings = check(case, event, asked._replace(following=standing[cut:]))
            if event.kind not in TIMELESS:  # a link or an edit never undoes what was done before it was known
                _fit(standing, events, event, code, asked, known)
        except Refused as error:
            event.data.pop("before", None)
            refusal = refusal or error
            continue
        return warnings
    if refusal is not None:
        if refusal.code == "stage":  # the stage of that day, which need not be the present one
            said = "在 {on} 为「{stage}」，不能{event}".format(on=event.on.isoformat(), **refusal.facts)
            raise refuse_named(name, said, refusal.hint, code="stage", facts=refusal.facts)
        raise refusal
    raise refuse_named(
        name,
        f"的{EVENTS[event.kind].label}日期 {event.on.isoformat()} 早于收到日期 {standing[0].on.isoformat()}",
        "请填收到日期或以后的日期",
        code="order",
    )


def _fit(
    standing: list[Event], events: Sequence[Event], event: Event, code: Code, asked: CheckContext, known: dict[str, Any]
) -> None:
    """Refuse a back-dated event that would make a later one impossible: a second extension beyond the limit, a unit
    signing for a case that had been moved on. A right that was exercised in time by what was known then stays so."""
    if asked.more:
        return
    stood = standing if asked.stood is None else in_force(asked.stood)
    for other, refusal in _newly_refused(stood, in_force([*events, event]), code, asked, known):
        if other.seq == event.seq:
            raise refusal
        if refusal.code != "late" and other.kind not in SENT:
            late = "；同时还漏记了下一步的用 ⟦.then⟧ 一起写" if event.data.get("late_entry") else ""
            raise refuse_named(
                known.get("case_no") or NO_NUMBER,
                f"已记有 {other.on.isoformat()} 的{EVENTS[other.kind].label}，与 {event.on.isoformat()} 的"
                f"{EVENTS[event.kind].label}不能并存：{refusal.said}",
                f"日期写错了请改正；先前那一条记错了用 ⟦undo⟧ 或 ⟦correct⟧{late}",
                code="conflict",
            )


def _asked_again(
    standing: Sequence[Event], code: Code, asked: CheckContext, known: dict[str, Any]
) -> Iterator[tuple[Event, list[Notice] | Refused]]:
    """Check each event of a case again; a refusal by the law is raised before the event is applied."""
    case = Case(code)
    for key, value in known.items():
        setattr(case, key, value)
    asked = asked._replace(from_sheet=True)  # what was taken once is not asked for again
    for place, event in enumerate(standing, 1):
        try:
            yield event, check(case, event, asked._replace(following=standing[place:]))
        except Refused as refusal:
            yield event, refusal
        evolve(case, event)


def _newly_refused(
    before: Sequence[Event], after: Sequence[Event], code: Code, asked: CheckContext, known: dict[str, Any]
) -> Iterator[tuple[Event, Refused]]:
    """The events that the law refuses now and did not refuse as the case stood."""
    stood = {(e.seq, said.code) for e, said in _asked_again(before, code, asked, known) if isinstance(said, Refused)}
    for event, said in _asked_again(after, code, asked, known):
        if isinstance(said, Refused) and (event.seq, said.code) not in stood:
            yield event, said


def _replay(standing: Sequence[Event], code: Code, known: dict[str, Any]) -> Case | None:
    if not standing or standing[0].kind != "register":
        return None
    case = Case(code)
    for key, value in known.items():
        setattr(case, key, value)
    for event in standing:
        evolve(case, event)
    settle(case)
    return case


def turned(before: Sequence[Event], after: Sequence[Event]) -> list[tuple[Event, int | None, int | None]]:
    """Events moved from one unit's turn to another's by a late entry, each with its former and present unit."""
    was, now = _turns(in_force(before)), _turns(in_force(after))
    return [(event, was[seq][1], unit) for seq, (event, unit) in now.items() if seq in was and was[seq][1] != unit]


def _turns(standing: Sequence[Event]) -> dict[int, tuple[Event, int | None]]:
    found: dict[int, tuple[Event, int | None]] = {}
    unit: int | None = None
    for event in standing:
        if event.kind in TURNS:
            unit = event.data.get("unit") if event.kind == "assign" else None
        elif _of_a_turn(event) or event.kind == "close":
            found[event.seq] = (event, unit)
    return found


def _check_same_turn(before: Sequence[Event], after: Sequence[Event], seq: int, name: str) -> None:
    """Refuse a correction that puts an event of one unit's turn into another's."""

    def turn(standing: Sequence[Event]) -> tuple[Event, int]:
        place = next(place for place, event in enumerate(standing) if event.seq == seq)
        began = standing[_turn_at(standing[:place])]
        return standing[place], began.seq if began.kind in TURNS else 0

    (_, was), (event, now) = turn(before), turn(after)
    if _of_a_turn(event) and was and now and was != now:
        raise refuse_named(
            name,
            f"第 {seq} 号{EVENTS[event.kind].label}改到 {event.on.isoformat()}，就成了另一个单位承办时的事",
            "请核对日期；转送交办记错了的，先更正转送交办",
            code="order",
        )


def replay_checked(events: Sequence[Event], code: Code, asked: CheckContext, **known: Any) -> list[Notice]:
    """Ask the law again about a whole case after its last event, a correction; Refused names the first event that it
    refuses now and did not before. The new warnings."""
    name = known.get("case_no") or NO_NUMBER
    before, after = in_force(events[:-1]), in_force(events)
    if after[0].kind != "register":
        received = next(event.on for event in after if event.kind == "register")
        raise refuse_named(
            name,
            f"的{EVENTS[after[0].kind].label}日期 {after[0].on.isoformat()} 早于收到日期 {received.isoformat()}",
            "两个日期都错了的，先更正后面的，再更正前面的",
            code="order",
        )
    _check_same_turn(before, after, events[-1].data["event"], name)
    for event, refusal in _newly_refused(before, after, code, asked, known):
        if event.seq == events[-1].data["event"]:
            raise refusal
        if event.kind not in SENT:
            raise refuse_named(
                name,
                f"这样更正，{event.on.isoformat()} 的{EVENTS[event.kind].label}（第 {event.seq} 号）就不能成立："
                f"{refusal.said}",
                "日期写错了请改正；那一条也记错了的，先更正那一条",
                code=refusal.code,
            )
    warned = [said for _, said in _asked_again(before, code, asked, known) if not isinstance(said, Refused)]
    known_before = {text for said in warned for text in said}
    said_now = [said for _, said in _asked_again(after, code, asked, known) if not isinstance(said, Refused)]
    return [text for said in said_now for text in said if text not in known_before]
