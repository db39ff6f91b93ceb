"""Looking things up: lists, one case whole, its history, why a deadline is what it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, NotFound
from xinfang_cli.intake.cleaning import doubts_of
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import EVENT, TIMELESS
from xinfang_cli.law.explain import explain, explain_from
from xinfang_cli.law.finality import ended_for_good, why_no_review
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.law.rules import article_of
from xinfang_cli.office.find.attached import of_case
from xinfang_cli.office.session import Session

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
                f"{case_no} 收到于 {came}，{today.isoformat()} 还没有这一件", "去掉 --today，或写收到以后的日期"
            )
        raise NotFound(f"{case_no} 的登记已撤销", "号码不再使用")
    if today is not None:
        days = {event.seq: event.on for event in in_force(events)}  # as corrected
        events = [e for e in events if days.get(e.seq, e.on) <= today or e.kind in TIMELESS]
    return case_id, case_no, events, case


def show(session: Session, number: str, reveal: bool, accusation: bool = False) -> dict[str, Any]:
    """Everything about one case. With `reveal`, the asking is written to the access log; who made an accusation stays
    masked (`revealed` False) unless `accusation` asks for it too (art. 30)."""
    with session.reading() as book:
        case_id, case_no, all_events, case = load(book, number, session.today)
        withheld = reveal and case.kind == "accusation" and not accusation
        reveal = reveal and not withheld
        with session.as_today_stands(book, case_id=case_id):
            shown = book.lists.one(case_id, session.today)._asdict()
        names: dict[int, str] = {}

        def unit_name(unit_id: int | None) -> str | None:
            if unit_id is None:
                return None
            if unit_id not in names:
                names[unit_id] = book.units.by_id(unit_id).name
            return names[unit_id]

        ended = ended_for_good(case, session.today)
        known = {event.seq for event in all_events}
        entered_late = frozenset(event.seq for event in in_force(all_events) if event.data.get("late_entry"))
        events = [one for one in _events_record(book, case_id, reveal, unit_name) if one["seq"] in known]
        shown |= {
            "sheet_no": book.cases.sheet_no_of(case_id),
            "content": case.content,
            "source": case.source,
            "level": case.level,
            "pathway": case.pathway,
            "told_on": case.told_on,
            "delivered_on": case.delivered_on,
            "co_units": [
                {"unit": unit_name(one.unit), "since": one.on, "agreed": one.agreed, "body": one.where}
                for one in case.co_units
            ],
            "recusals": [
                {"person": one.person, "on": one.on, "unit": unit_name(one.unit), "replaced_by": one.replaced_by}
                for one in case.recusals
            ],
            "crossing": case.crossing.split(",") if case.crossing else [],
            "signed_on": case.signed_on,
            "first_closed_on": case.first_closed_on,
            "extended_days": case.extended_days,
            "affected": case.affected,
            "representatives": case.representatives,
            "complained_unit": case.complained_unit,
            "report_by": case.report_by,
            "deceased_on": case.deceased_on,
            "tags": list(case.tags),
            "repeat_of_no": case.repeat_of_no if case.repeat_of is None else None,
            "repeats": book.cases.repeats_of(case_id),
            "related": [book.cases.number_of(other) for other in case.related],
            "unit_rating": case.unit_rating,
            "bureau_rating": case.bureau_rating,
            "returned_by": [unit_name(unit) for unit in case.objectors],
            "to_and_fro": [{**turn, "unit": unit_name(turn["unit"])} for turn in _to_and_fro(in_force(all_events))],
            "steps": [
                {"seq": e.seq, "on": e.on, "step": e.data["step"], "body": e.data.get("where")}
                for e in in_force(all_events)
                if e.kind == "step"
            ],
            "attachments": [file._asdict() for file in of_case(book, case_id)],
            "backlog": [
                {
                    "batch": batch,
                    "joined_on": entry.joined_on,
                    "resolved_on": entry.resolved_on,
                    "how": entry.how,
                    "recognised_on": entry.recognised_on,
                    "unit": unit_name(entry.unit),
                    "guard_unit": unit_name(entry.guard_unit),
                }
                for batch, entry in case.batches.items()
            ],
            "receptions": [
                {
                    "seq": reception.seq,
                    "on": reception.on,
                    "form": reception.form,
                    "leaders": list(reception.leaders),
                    "people": reception.people,
                    "settled": reception.settled,
                }
                for reception in case.receptions
            ],
            "orders": [
                {
                    "seq": order.seq,
                    "on": order.on,
                    "leader": order.leader,
                    "unit": unit_name(order.unit),
                    "answer_by": order.answer_by,
                    **{step: order.steps.get(step) for step in terms.LOOP_STEPS},
                }
                for order in case.orders
            ],
            "petitioner": {key: getattr(case, key) for key in PERSONAL},
            "doubts": doubts_of({key: getattr(case, key) for key in PERSONAL}),
            "no_review": why_no_review(case) if case.stage == "closed" else "",
            "review_window": _window_note(case, session.today),
            "refused_as": _refused_as(in_force(all_events)) if case.stage == "refused" else None,
            "ended": None if ended is None else {"on": ended.on, "ground": ended.ground, "why": ended.why},
            "revealed": reveal,
            "withheld": withheld,
            "clocks": [
                _clock_record(clock, session.today, unit_name(clock.unit), book, case, entered_late)
                for clock in case.clocks
            ],
            "events": events,
        }
        if reveal:
            book.access.log(session.now(), session.actor, f"show {case_no}")
        elif case.kind == "accusation":
            _without_the_accuser(shown, case)
        return shown


def _events_record(
    book: Book, case_id: int, reveal: bool, unit_name: Callable[[int | None], str | None]
) -> list[dict[str, Any]]:
    """The timeline of a case; what is personal only with `reveal`."""
    events = []
    timeline = book.events.timeline(case_id)
    revoked = {event.data["event"] for event, _ in timeline if event.kind == "revoke"}
    for event, command in timeline:
        data = {key: value for key, value in event.data.items() if reveal or key not in PERSONAL}
        for field in ("changes", "changed_from"):
            if field in data and not reveal:
                data[field] = {k: ("***" if k in PERSONAL else v) for k, v in data[field].items()}
        for field in ("unit", "guard"):
            if isinstance(data.get(field), int):
                data[field] = unit_name(data[field])
        for field in ("repeat_of", "to"):
            if isinstance(data.get(field), int):
                data[field] = book.cases.number_of(data[field])
        data.pop("complained_unit_id", None)
        if "kind" in data:
            data["case_kind"] = data.pop("kind")
        source = {"file": command.source_name, "sha256": command.source_sha256} if command.source_name else {}
        events.append(
            {
                **data,
                "seq": event.seq,
                "kind": event.kind,
                "on": event.on,
                "recorded_at": command.recorded_at,
                "actor": command.actor,
                "revoked": event.seq in revoked,
                **{key: value for key, value in source.items() if key not in data},  # an attachment has its own
            }
        )
    return events


def _without_the_accuser(shown: dict[str, Any], case: Case) -> None:
    """Nor does what was written name who made an accusation (art. 30)."""
    from xinfang_cli.law.letters import unnamed

    said = ("title", "content", "text", "reason", "late_reason")
    records = [
        shown,
        *shown["events"],
        *(e[key] for e in shown["events"] for key in ("changes", "changed_from") if key in e),
    ]
    for record in records:
        for key in said:
            if record.get(key):
                record[key] = unnamed(record[key], case.name, case.id_no, case.phone, case.address)


def _clock_record(
    clock: Clock, today: date, unit: str | None, book: Book, case: Case, entered_late: frozenset[int]
) -> dict[str, Any]:
    """`late_entry`: what began or ended it was entered late (补记); `outside_due`: the superior's day for the same clock."""
    outside = {"completion": case.outside_completion_due, "acceptance": case.outside_acceptance_due}
    latest = next(other for other in reversed(case.clocks) if other.kind == clock.kind)
    rule = (book.code.at(clock.law_at) if clock.law_at else book.code.now).rules.clocks[clock.rule]
    return {
        "kind": clock.kind,
        "owner": clock.owner,
        "unit": unit,
        "start": clock.start,
        "due": clock.due,
        "base_due": clock.base_due,
        "stop": clock.stop,
        "state": clock.state(today),
        "article": rule.cited or article_of(rule, case.received_on),
        "why": clock.why,
        "guessed": clock.guessed,
        "outside_due": outside.get(clock.kind) if clock is latest else None,
        "late_entry": not entered_late.isdisjoint((clock.opened_by, clock.stopped_by)),
    }


def _refused_as(events: list[Event]) -> str:
    return terms.refused_as(next(event.data for event in reversed(events) if event.kind == "refuse"))


def _to_and_fro(events: list[Event]) -> list[dict[str, Any]]:
    """Each time a unit sent the case back: who, when, and what the bureau decided, when."""
    turns: list[dict[str, Any]] = []
    unit: int | None = None
    for event in events:
        if event.kind == "assign":
            unit = event.data["unit"]
        elif event.kind == "object":
            late = bool(event.data.get("late_reason"))
            turns.append({"unit": unit, "objected_on": event.on, "late": late, "decision": None, "decided_on": None})
        elif (
            event.kind in ("uphold", "overrule", "return_up", "withdraw") and turns and turns[-1]["decided_on"] is None
        ):
            turns[-1] |= {"decision": event.kind, "decided_on": event.on}
    return turns


def _window_note(case: Case, today: date) -> str:
    """Where the window for review or recheck stands, in words; empty when there is none."""
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


def explain_case(session: Session, number: str, kind: str | None) -> dict[str, Any]:
    """The reckoning of a case's clocks, or of those of one kind."""
    kind = "completion" if kind == "extension" else kind
    with session.reading() as book:
        _, case_no, events, case = load(book, number, session.today)
        standing = in_force(events)
        chosen = [clock for clock in case.clocks if kind is None or clock.kind == kind or clock.rule == kind]
        if not chosen:
            have = "、".join(dict.fromkeys(terms.CLOCK.label(clock.kind) for clock in case.clocks))
            raise BadValue(
                "--clock", terms.RECKONED.label(terms.CLOCK.label(kind)), f"在 {case_no} 里没有", f"这一件有：{have}"
            )
        clocks = []
        for clock in chosen:
            found = reckoned(book, clock, standing)
            found["owner"] = clock.owner
            found["held_by"] = None if clock.unit is None else book.units.by_id(clock.unit).name
            found["state"] = clock.state(session.today)
            clocks.append(found)
        return {"case_no": case_no, "title": case.title, "clocks": clocks}


def reckoned(book: Book, clock: Clock, standing: list[Event]) -> dict[str, Any]:
    """The reckoning of a clock of a case with these events in force."""
    by_seq = {event.seq: event for event in standing}
    stopped = by_seq.get(clock.stopped_by)
    ran = _while_it_ran(clock, standing)
    return explain(
        clock,
        book.code,
        _started_by(clock, by_seq[clock.opened_by], standing),
        stopped_by=EVENT.label(stopped.kind) if stopped else "",
        ended_on=stopped.on if stopped else None,
        received_on=standing[0].on,
        extensions=_extensions(clock, ran),
        hearing=_hearing(clock, ran),
    )


def _while_it_ran(clock: Clock, standing: list[Event]) -> list[Event]:
    """The events after the one that set a clock running, up to the one that ended it."""
    seqs = [event.seq for event in standing]
    first = seqs.index(clock.opened_by)
    last = seqs.index(clock.stopped_by) if clock.stopped_by in seqs else len(seqs)
    return standing[first + 1 : last + 1]


def _extensions(clock: Clock, ran: list[Event]) -> list[dict[str, Any]]:
    """The extensions of this clock, each with its day and who approved it."""
    return [
        {"on": event.on, "days": event.data["days"], "approved_by": event.data.get("approved_by")}
        for event in ran
        if event.kind == "extend" and event.data.get("clock", "completion") == clock.kind
    ]


def _hearing(clock: Clock, ran: list[Event]) -> list[date]:
    days = {
        event.data["from_on"] + timedelta(days=n)
        for event in ran
        if clock.kind == "recheck" and event.kind == "hearing"
        for n in range((event.data["to_on"] - event.data["from_on"]).days + 1)
    }
    return sorted(days)


def _started_by(clock: Clock, opened: Event, standing: list[Event]) -> str:
    """What a clock starts from, in words: its event, or the signing or the delivery that moved its start."""
    if opened.kind == "approve":  # what stands, stands from the closing
        opened = next(e for e in reversed(standing[: standing.index(opened)]) if e.kind == "close")
    event = EVENT.label(opened.kind)
    if clock.kind in ("objection", "acceptance", "feedback"):
        return event if clock.start == opened.on else EVENT.label("sign")
    if clock.kind == "duty":
        return "收到（依法履职从收到起算）"
    if clock.kind in ("review_window", "recheck_window"):
        slip = any(e.kind == "deliver" and e.on == clock.start for e in _while_it_ran(clock, standing))
        delivered = slip or opened.data.get("delivered_on") == clock.start
        return "送达" if delivered else f"{event}（没有送达日期，推定）"
    return event


def explain_day(session: Session, kind: str, start: date) -> dict[str, Any]:
    """The reckoning of a clock from a day, without a case."""
    from xinfang_cli.law.inforce import Code

    def reckon(code: Code) -> dict[str, Any]:
        if kind == "extension":
            most = code.now.rules.limits["extension"].n
            return explain_from("completion", start, code, extra=most)
        rule = code.now.rules.clocks[kind]
        if not rule.n and rule.unit != "fixed":
            raise BadValue(
                "--clock", terms.CLOCK.label(kind), "本局没有设天数", f"先设：xinfang config set clocks.{kind}"
            )
        if rule.unit == "fixed":
            raise BadValue("--clock", terms.CLOCK.label(kind), "没有法定长度，期限由要求方指定", "请换一个时限")
        return explain_from("completion" if kind == "simple" else kind, start, code, kind)

    if session.place.exists():
        with session.reading() as book:
            return {"clocks": [reckon(book.code)]}
    from xinfang_cli.book.sql.settings import library_code

    return {"clocks": [reckon(library_code())]}
