"""One event on one case or on several: find the case, ask the law, append, and show what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from xinfang_cli.book.chain import Command, Pen, login_of
from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import Unit
from xinfang_cli.errors import NotFound, Refused, XinfangError, next_step
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import Decision, decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.fold import fold
from xinfang_cli.login import host
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import clearing
from xinfang_cli.office.work.done import Done, done

Maker = Callable[[Case], Event]


def act(
    session: Session,
    name: str,
    numbers: Sequence[str],
    make: Maker,
    *,
    keep_going: bool = False,
) -> Done:
    """Append one event to each case named; all of them or none, unless `keep_going`.

    `make` gets the case as it stands and gives the event. Refused, NotFound and Ambiguous say why not.
    """
    with session.writing(name) as (book, pen):
        return act_within(book, pen, session, numbers, make, keep_going=keep_going)


def act_within(
    book: Book,
    pen: Pen,
    session: Session,
    numbers: Sequence[str],
    make: Maker,
    *,
    keep_going: bool = False,
) -> Done:
    """`act` inside a transaction that the caller opened."""
    changed: list[tuple[int, str]] = []
    warnings: list[Warned] = []
    failed: list[tuple[str, XinfangError]] = []
    for number in numbers:
        try:
            case_id, case_no = book.cases.find(number)
            if (case_id, case_no) in changed:
                continue
            warnings += append(book, pen, session, case_id, case_no, make)
            changed.append((case_id, case_no))
        except XinfangError as error:
            if not keep_going:
                raise
            failed.append((number, error))
    pen.flush()
    return done((book.lists.one(case_id, session.today) for case_id, _ in changed), warnings, failed)


def append(
    book: Book,
    pen: Pen,
    session: Session,
    case_id: int,
    case_no: str,
    make: Maker,
) -> list[Warned]:
    """Ask the law, append the event, replace the case's rows; the warnings."""
    pen.flush()
    events = book.events.of(case_id)
    current = fold(events, book.code)
    if current is None:
        raise NotFound(f"{case_no} 的登记已撤销", "请重新登记：⟦add⟧")
    current.case_no = case_no
    event = make(current)
    if session.late_entry:
        event.data["late_entry"] = True
    stood = session.stood.setdefault(case_id, list(events)) if session.more or session.stood else None
    asked = CheckContext(
        session.today, merged=book.canonical, related=book.units.relations, more=session.more, stood=stood
    )
    if event.kind in clearing.LINKS:
        other = event.data[clearing.LINKS[event.kind]]
        clearing.check_linked(book, pen, session, (case_id, current), other, asked)
        pen.flush()
        events = book.events.of(case_id)  # something may have been put down in this very case
    clearing.check_kin(book, pen, session, (case_id, current), event, asked)
    before = list(events)
    for cleared in clearing.first(session, current, event, asked):
        cleared.seq = events[-1].seq + 1
        decide(events, cleared, book.code, asked, case_no=case_no)
        pen.append(case_id, cleared)
        events.append(cleared)
    event.seq = events[-1].seq + 1
    decision = _decided(session, book, (case_id, case_no), events, event, asked)
    if event.kind == "edit":
        clearing.stand_anew(book, session, case_no, events, [*events, event])
    pen.append(case_id, event)
    book.cases.put(case_id, case_no, decision.case)
    if session.watch is not None and not session.more:
        session.watch.told_anew(book, case_id, case_no, stood or before, [*events, event])
    warned = [Warned(case_no, notice.text, notice.code) for notice in decision.warnings]
    if article30.kept(current, article30.Target("actor", leader=session.actor), asked) is not None:
        said = (
            f"经办人{session.actor}和被反映的人同名，或是有牵连的单位的领导；是本人的请回避，由别人办理（条例第三十条）"
        )
        warned.append(Warned(case_no, said, "accused_actor"))
    if any(one.person == session.actor for one in current.recusals):
        warned.append(Warned(case_no, f"经办人{session.actor}已记回避，请由别人办理", "recused"))
    return warned


_RECENT = timedelta(minutes=1)
"""So long what another recorded may not have been seen by who types a command."""


def _others(session: Session, book: Book, case_id: int) -> dict[int, Command]:
    """The events of a case possibly unseen by its clerk, by id: recorded by others since the clerk saw the case, or in
    the last minute.
    """
    since = (datetime.fromisoformat(session.now()) - _RECENT).isoformat(timespec="seconds")
    lately = book.events.lately(case_id, since, session.seen)
    me = (session.actor, login_of(book.conn), host())
    return {id: command for id, command in lately if (command.actor, command.os_user, command.host) != me}


def _decided(
    session: Session, book: Book, named: tuple[int, str], events: Sequence[Event], event: Event, asked: CheckContext
) -> Decision:
    """Ask the law; also refuse an event overriding another clerk's recent one, unless this clerk confirms."""
    case_id, case_no = named
    others = {} if session.anyway else _others(session, book, case_id)
    if not others:
        return decide(events, event, book.code, asked, case_no=case_no)
    from xinfang_cli.office.work import meanwhile

    try:
        decision = decide(events, event, book.code, asked, case_no=case_no)
    except Refused as refusal:
        meanwhile.named(refusal, book, case_no, events, others)
        raise
    found = meanwhile.unseen(book, case_no, events, event, others, asked)
    if found and not (session.watch is not None and session.watch.meanwhile(found)):
        raise meanwhile.refused(found)
    return decision


def simple(kind: str, on: date, **data: Any) -> Maker:
    """A maker for an event that does not depend on the case."""
    return lambda case: Event(kind, on, {key: value for key, value in data.items() if value is not None})


def unit_named(session: Session, book: Book, pen: Pen, word: str, new_unit: bool) -> Unit:
    """The unit a word names; with `new_unit`, made when nothing matches."""
    try:
        return book.units.find(word)
    except NotFound as error:
        if not new_unit:
            error.hint += f"；新单位加 {next_step('.new_unit')}"
            raise
        return book.units.add(pen, session.today, word)
