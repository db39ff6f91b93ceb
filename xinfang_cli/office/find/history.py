"""What was recorded of a case, and who looked at personal data."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from xinfang_cli.office.session import Session


class Recorded(NamedTuple):
    """An event with who recorded it, when, by what command; `id` is its place in the chain."""

    id: int
    seq: int
    kind: str
    on: date
    recorded_at: str
    actor: str
    command: str
    file: str | None
    revoked: bool


class History(NamedTuple):
    """Every event of a case, those taken back included."""

    events: tuple[Recorded, ...]


class Access(NamedTuple):
    """Who looked at personal data, when (UTC), and at what."""

    at: str
    actor: str
    what: str


class Accesses(NamedTuple):
    """The looks at personal data, latest first."""

    looks: tuple[Access, ...]
    limit: int = 0


def history(session: Session, number: str) -> History:
    """Who recorded what of a case, when."""
    with session.reading() as book:
        timeline = book.events.timeline(book.cases.find(number)[0])
    revoked = {event.data["event"] for event, _ in timeline if event.kind == "revoke"}
    return History(
        tuple(
            Recorded(
                event.id,
                event.seq,
                event.kind,
                event.on,
                command.recorded_at,
                command.actor,
                command.name,
                command.source_name,
                event.seq in revoked,
            )
            for event, command in timeline
        )
    )


def accesses(session: Session, number: str | None, limit: int = 0) -> Accesses:
    """Who looked at personal data: of one case, or of the whole book."""
    with session.reading() as book:
        about = "" if number is None else book.cases.find(number)[1]
        return Accesses(tuple(Access(*row) for row in book.access.about(about, limit)), limit)
