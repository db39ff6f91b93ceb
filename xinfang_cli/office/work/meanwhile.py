"""Another clerk's recent events of a case, perhaps unseen by this one: reported before they are overridden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any

from xinfang_cli.book.chain import Command
from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.decide import decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.events.registry import EVENT, EVENTS
from xinfang_cli.law.events.taken_down import EDITABLE
from xinfang_cli.office.session import zone_in

_LABELS = {field.name: field.label for field in EDITABLE}


class Unseen(NamedTuple):
    """Another clerk's event: author, moment (UTC; shown in the office's zone), description without private text."""

    case_no: str
    actor: str
    recorded_at: str
    what: str
    zone: tzinfo

    def line(self) -> str:
        """Time (in the office's zone), author and event, in one line."""
        moment = datetime.fromisoformat(self.recorded_at).astimezone(self.zone)
        return f"{self.case_no} {moment:%H:%M:%S} {self.actor} {self.what}"


def unseen(
    book: Book, case_no: str, events: Sequence[Event], event: Event, others: Mapping[int, Command], asked: CheckContext
) -> tuple[Unseen, ...]:
    """Others' recent events that this event would override.

    An event refusable before theirs proves that its clerk knows them.
    """
    overridden = [other for other in _standing(events, others) if _overrides(event, other)]
    for place, first in enumerate(overridden):
        older = [other for other in events if other.id < first.id]
        same = Event(event.kind, event.on, dict(event.data), len(older) + 1)
        with suppress(Refused):
            decide(older, same, book.code, asked, case_no=case_no)
            return tuple(_said(book, case_no, other, others[other.id]) for other in overridden[place:])
    return ()


def refused(found: Sequence[Unseen]) -> Refused:
    """For a command that nobody can be asked about."""
    return Refused(
        f"刚才有别人的记录：{'；'.join(one.line() for one in found)}",
        f"请看 ⟦show⟧ {found[0].case_no}；仍要照写加 ⟦.anyway⟧",
        code="meanwhile",
    )


def named(refusal: Refused, book: Book, case_no: str, events: Sequence[Event], others: Mapping[int, Command]) -> None:
    """A refusal caused by others' recent events: name author and event."""
    moved = [event for event in _standing(events, others) if EVENTS[event.kind].moves]
    if moved:
        refusal.hint += "；刚才" + "；".join(_said(book, case_no, event, others[event.id]).line() for event in moved)


def _standing(events: Sequence[Event], others: Mapping[int, Command]) -> list[Event]:
    """Others' events except those undone again."""
    theirs = [event for event in events if event.id in others]
    seqs = {event.seq for event in theirs}
    back = {event.data.get("event") for event in theirs if event.kind == "revoke"} & seqs
    return [
        event
        for event in theirs
        if event.seq not in back and not (event.kind == "revoke" and event.data.get("event") in back)
    ]


def _overrides(ours: Event, theirs: Event) -> bool:
    """Whether the later of the two stands in the place of the earlier."""
    if ours.kind == "edit":
        return theirs.kind == "edit" and not _edited(ours).isdisjoint(_edited(theirs))
    declared = EVENTS[ours.kind]
    if not (declared.moves or declared.replaces):
        return False
    return theirs.kind in ("revoke", ours.kind) or EVENTS[theirs.kind].moves


def _edited(event: Event) -> set[str]:
    return {*event.data.get("set", ()), *event.data.get("changes", ())}


def _said(book: Book, case_no: str, event: Event, command: Command) -> Unseen:
    data: dict[str, Any] = event.data
    what = EVENT.label(event.kind)
    if event.kind == "edit":
        what += "：" + "、".join(_LABELS.get(name, name) for name in sorted(_edited(event)))
    elif isinstance(data.get("unit"), int):
        what += f"：{book.units.names_by_id().get(data['unit'], '')}"
    return Unseen(case_no, command.actor, command.recorded_at, what, zone_in(book))
