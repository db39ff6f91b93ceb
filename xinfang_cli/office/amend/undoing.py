"""Taking back a whole command: its events on cases and what it wrote of the office."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.fold import fold
from xinfang_cli.office.amend import office_events
from xinfang_cli.office.keeping.accusations import against, check_change
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import CaseLine, Warned
from xinfang_cli.office.work import clearing
from xinfang_cli.office.work.done import Before, ChangedCase, Done

_SHOWN = 20
_WATCHED = 100  # of so many cases it is said which published numbers move
"""How many cases are shown as they were before."""


class Undone(NamedTuple):
    """The result of an undo: the cases now, the command's name, the cases before, its office events in words."""

    done: Done
    name: str
    before: tuple[CaseLine, ...]
    office_events: tuple[str, ...]


class Undoable(NamedTuple):
    """A command not undone; `office_events`: its office events in words."""

    command: int
    name: str
    recorded_at: str
    cases: int
    first_case: str | None
    office_events: tuple[str, ...]


class UndoableList(NamedTuple):
    """The commands that can be undone, the last first."""

    commands: tuple[Undoable, ...]


def undo(session: Session, on: date | None = None) -> Undone:
    """Take back the last command of this actor, all its cases and what it wrote of the office; refused when one has
    moved since. `on` is the day it was seen to be wrong, today unless given; the figures of every day forget it."""
    day = session.today if on is None else on
    if day > session.today:
        raise Refused(f"撤销日期 {day} 晚于今天 {session.today}", "请填今天或以前的日期", code="future")
    _say_why(session, day)
    with session.writing("undo") as (book, pen):
        last = book.events.last_command(session.actor)
        if last is None:
            raise Refused(
                f"「{session.actor}」没有可以撤销的操作", "只能撤销自己的操作；别人的请本人撤销", code="nothing"
            )
        command_id, name = last
        on_cases = dict(book.events.written_by(command_id))
        of_the_office = {event.kind for event in book.events.of_office(command_id)}
        if of_the_office & {"unit", "batch"}:
            session.watch_whole(book, "undo")
        elif len(on_cases) > _WATCHED or not on_cases:  # of many, and of what the office set, the sum is looked at
            session.watch_whole(book, "undo", cases=True)
        of_lists = bool(of_the_office & {"unit", "setting"})
        stood = against(book) if of_lists else ()
        said, left = office_events.take_back(book, pen, day, command_id, bool(on_cases))
        before = {id: book.lists.one(id, session.today) for id in list(on_cases)[:_SHOWN]}
        revoked = [_Revoked.of(book, pen, day, command_id, case_id, mine) for case_id, mine in on_cases.items()]
        if session.watch is not None and len(revoked) <= _WATCHED:
            for case in revoked:
                session.watch.told_anew(book, case.case_id, case.case_no, case.before, case.after)
        for case in revoked:
            if not case.gone:
                clearing.stand_anew(book, session, case.case_no, case.before, case.after)
        if of_lists:
            check_change(book, stood, session.sure)
        gone = [case for case in revoked if case.gone]
        for case in gone:  # once all are gone: a sheet brings repeats with their originals
            _check_not_original(book, case)
        pen.flush()
        book.events.mark_undone(command_id, pen.command.id)
        shown = tuple(
            ChangedCase(
                book.lists.one(case.case_id, session.today),
                (Before(before[case.case_id]),) if case.case_id in before else (),
            )
            for case in revoked
            if not case.gone
        )
        warnings = tuple(Warned("", text, "undone") for text in (*_spent(gone), *left))
        return Undone(Done(shown, warnings), name, tuple(before.values()), tuple(said))


def _say_why(session: Session, day: date) -> None:
    """Ask for the reason before undoing an edit that protects a case as an accusation or names the accused (art. 30)."""
    with session.reading() as book:
        last = book.events.last_command(session.actor)
        if last is None:
            return
        on_cases = dict(book.events.written_by(last[0]))
        laid_open = []
        for case_id in book.cases.accusations_among(on_cases):
            before = book.events.of(case_id)
            revoking = _revoking(book.cases.number_of(case_id), before, on_cases[case_id], day, last[0])
            was, case = fold(before, book.code), fold([*before, *revoking], book.code)
            if was is None or case is None:
                continue
            ordinary = case.kind != "accusation"
            if ordinary or any(getattr(was, key) not in (None, getattr(case, key)) for key in clearing.GUARDS):
                laid_open.append(case_id)
        clearing.lay_open(session, book, laid_open, "撤销后不再是检举控告、或改了被反映的是谁，")


class _Revoked(NamedTuple):
    """A case of which a command's events were taken back; `gone`: its registration was one of them."""

    case_id: int
    case_no: str
    gone: bool
    before: Sequence[Event]
    after: Sequence[Event]

    @classmethod
    def of(cls, book: Book, pen: Pen, day: date, command_id: int, case_id: int, mine: Collection[int]) -> _Revoked:
        case_no = book.cases.number_of(case_id)
        before = book.events.of(case_id)
        if any("purged" in event.data for event in before if event.seq in mine):
            raise Refused(f"{case_no} 的文字已按期清除，不能撤销", "要改的另记一笔：⟦correct⟧", code="purged")
        revoking = _revoking(case_no, before, mine, day, command_id)
        for event in revoking:
            pen.append(case_id, event)
        events = [*before, *revoking]
        case = fold(events, book.code)
        if case is None:
            book.cases.forget(case_id)
        else:
            book.cases.put(case_id, case_no, case)
        return cls(case_id, case_no, case is None, before, events)


def _revoking(case_no: str, events: Sequence[Event], mine: Collection[int], day: date, command_id: int) -> list[Event]:
    """The events that take a command's events of a case back."""
    targets = _targets(case_no, events, mine)
    return [
        Event("revoke", day, {"event": target, "command": command_id}, seq)
        for seq, target in enumerate(targets, events[-1].seq + 1)
    ]


def _targets(case_no: str, events: Sequence[Event], mine: Collection[int]) -> list[int]:
    """The events to be taken back, latest first; with the registration all of the case goes. Refused where somebody went
    on since."""
    taken_back = {event.data["event"] for event in events if event.kind == "revoke"}
    later = [e for e in events if e.seq > max(mine) and e.seq not in taken_back and e.kind != "revoke"]
    if later:
        raise Refused(
            f"{case_no} 之后又有「{EVENT.label(later[-1].kind)}」，不能撤销",
            "先撤销后面的操作，或用 ⟦correct⟧ 更正",
            code="moved",
        )
    registering = [event.seq for event in events if event.seq in mine and event.kind == "register"]
    return [seq for seq in registering or sorted(mine, reverse=True) if seq not in taken_back]


def _check_not_original(book: Book, case: _Revoked) -> None:
    """A registration that other cases name as their original may not be taken back."""
    repeats = book.cases.repeats_of(case.case_id)
    if repeats:
        raise Refused(
            f"{repeats[0][1]} 是 {case.case_no} 的重复件，不能撤销 {case.case_no} 的登记",
            "先改正那件的关联",
            code="original",
        )


def _spent(gone: Sequence[_Revoked]) -> list[str]:
    """Record the numbers of undone registrations as spent."""
    if not gone:
        return []
    more = f"等 {len(gone)} 件" if len(gone) > 3 else ""
    return [f"{'、'.join(case.case_no for case in gone[:3])} {more}的登记已撤销，号码不再使用"]


def undoable(session: Session, limit: int = 20) -> UndoableList:
    """The commands of this actor that still stand, latest first."""
    with session.reading() as book:
        return UndoableList(
            tuple(
                Undoable(
                    *row, tuple(office_events.in_words(book, event) for event in book.events.of_office(row[0])[:20])
                )
                for row in book.events.standing_commands(session.actor, limit)
            )
        )
