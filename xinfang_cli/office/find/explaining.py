"""Why a deadline is what it is: the reckoning of a case's clocks, or of a clock from a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.clocks import Clock
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.explain import Extension, Ran, Reckoning, explain, explain_from
from xinfang_cli.law.fold import in_force
from xinfang_cli.office.find.one_case import load
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted


class ExplainedClock(NamedTuple):
    """The computation of a clock; for a case's clock also its owner, holder and state."""

    reckoning: Reckoning
    owner: str | None = None
    held_by: str | None = None
    state: str | None = None


class Explanation(NamedTuple):
    """The clocks of a case, or one from a day without a case."""

    case_no: str | None
    title: Redacted | None
    clocks: tuple[ExplainedClock, ...]


def explain_case(session: Session, number: str, kind: str | None) -> Explanation:
    """The reckoning of a case's clocks, or of those of one kind."""
    kind = "completion" if kind == "extension" else kind
    with session.reading() as book:
        case_id, case_no, events, case = load(book, number, session.today)
        standing = in_force(events)
        chosen = [clock for clock in case.clocks if kind is None or clock.kind == kind or clock.rule == kind]
        if not chosen:
            have = "、".join(dict.fromkeys(terms.CLOCK.label(clock.kind) for clock in case.clocks))
            raise BadValue(
                "⟦.clock⟧", terms.RECKONED.label(terms.CLOCK.label(kind)), f"在 {case_no} 里没有", f"这一件有：{have}"
            )
        clocks = tuple(
            ExplainedClock(
                reckoned(book, clock, standing),
                clock.owner,
                None if clock.unit is None else book.units.by_id(clock.unit).name,
                clock.state(session.today),
            )
            for clock in chosen
        )
        return Explanation(case_no, book.lists.one(case_id, session.today).title, clocks)


def reckoned(book: Book, clock: Clock, standing: list[Event]) -> Reckoning:
    """The reckoning of a clock of a case with these events in force."""
    by_seq = {event.seq: event for event in standing}
    stopped, ran = by_seq.get(clock.stopped_by), _while_it_ran(clock, standing)
    how = Ran(
        _started_by(clock, by_seq[clock.opened_by], standing),
        stopped_by=EVENT.label(stopped.kind) if stopped else "",
        ended_on=stopped.on if stopped else None,
        extensions=_extensions(clock, ran),
        hearing=_hearing(clock, ran),
    )
    return explain(clock, book.code, how, standing[0].on)


def _while_it_ran(clock: Clock, standing: list[Event]) -> list[Event]:
    """The events between the start and the end of a clock."""
    seqs = [event.seq for event in standing]
    first = seqs.index(clock.opened_by)
    last = seqs.index(clock.stopped_by) if clock.stopped_by in seqs else len(seqs)
    return standing[first + 1 : last + 1]


def _extensions(clock: Clock, ran: list[Event]) -> tuple[Extension, ...]:
    """The extensions of this clock, each with its day and who approved it."""
    return tuple(
        Extension(event.on, event.data["days"], event.data.get("approved_by"))
        for event in ran
        if event.kind == "extend" and event.data.get("clock", "completion") == clock.kind
    )


def _hearing(clock: Clock, ran: list[Event]) -> tuple[date, ...]:
    days = {
        event.data["from_on"] + timedelta(days=n)
        for event in ran
        if clock.kind == "recheck" and event.kind == "hearing"
        for n in range((event.data["to_on"] - event.data["from_on"]).days + 1)
    }
    return tuple(sorted(days))


def _started_by(clock: Clock, opened: Event, standing: list[Event]) -> str:
    """The start of a clock in words: its event, or the signing or delivery that shifted it."""
    if opened.kind == "approve":  # what stands, stands from the closing
        opened = next(e for e in reversed(standing[: standing.index(opened)]) if e.kind == "close")
    event = EVENT.label(opened.kind)
    if clock.kind in ("objection", "acceptance", "feedback"):
        return event if clock.start == opened.on else EVENT.label("sign")
    if clock.kind == "duty":
        before = standing[: standing.index(opened)]
        signed = next((e for e in reversed(before) if e.kind in ("sign", "assign")), opened)
        if signed.kind == "sign" and signed.on == clock.start:
            return "单位签收（依法履职从单位收到起算）"
        return "收到（依法履职应从单位收到起算，没有签收日期，从信访部门收到起算）"
    if clock.kind in ("review_window", "recheck_window"):
        slip = any(e.kind == "deliver" and e.on == clock.start for e in _while_it_ran(clock, standing))
        delivered = slip or opened.data.get("delivered_on") == clock.start
        return "送达" if delivered else f"{event}（没有送达日期，推定）"
    return event


def explain_day(session: Session, kind: str, start: date) -> Explanation:
    """The reckoning of a clock from a day, without a case."""
    from xinfang_cli.law.inforce import Code

    def reckon(code: Code) -> Reckoning:
        if kind == "extension":
            most = code.now.rules.limits["extension"].n
            return explain_from("completion", start, code, extra=most)
        rule = code.now.rules.clocks[kind]
        if not rule.n and rule.unit != "fixed":
            raise BadValue("⟦.clock⟧", terms.CLOCK.label(kind), "本局没有设天数", f"先设：⟦config.set⟧ clocks.{kind}")
        if rule.unit == "fixed":
            raise BadValue("⟦.clock⟧", terms.CLOCK.label(kind), "没有法定长度，期限由要求方指定", "请换一个时限")
        return explain_from("completion" if kind == "simple" else kind, start, code, kind)

    if session.place.exists():
        with session.reading() as book:
            return Explanation(None, None, (ExplainedClock(reckon(book.code)),))
    from xinfang_cli.book.calendars import library_code

    return Explanation(None, None, (ExplainedClock(reckon(library_code())),))
