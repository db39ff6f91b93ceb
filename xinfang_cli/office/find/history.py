"""A case's record, and the looks at personal data."""

from __future__ import annotations

from datetime import date

from xinfang_cli.book.face import Book
from xinfang_cli.book.looks import Look
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.redaction import Known, redact
from xinfang_cli.office.find.redacting import file_names, known_of
from xinfang_cli.office.session import Session


class Recorded(NamedTuple):
    """An event with its author, moment and command; `id` is its place in the chain."""

    id: int
    seq: int
    kind: str
    on: date
    recorded_at: str
    actor: str
    os_user: str | None
    host: str | None
    command: str
    file: str | None
    revoked: bool


class History(NamedTuple):
    """Every event of a case up to today, those taken back included; how many lie on later days."""

    events: tuple[Recorded, ...]
    later: int = 0


class Access(NamedTuple):
    """A look at personal data (book.looks.Look): author, moment (UTC), subject, cases (first ones)."""

    at: str
    actor: str
    os_user: str | None
    host: str | None
    what: str
    filter: str | None
    rows: int | None
    cases: tuple[str, ...]
    file: str | None
    sha256: str | None
    why: str | None
    accusation: bool
    revealed: bool


class Accesses(NamedTuple):
    """The looks at personal data, latest first."""

    looks: tuple[Access, ...]
    limit: int = 0


def history(session: Session, number: str) -> History:
    """The record of a case: event, author, moment."""
    with session.reading() as book:
        case_id = book.cases.find(number)[0]
        timeline = book.events.timeline(case_id)
        named = file_names(book, case_id)
    upto = [(event, command) for event, command in timeline if event.on <= session.today]
    revoked = {event.data["event"] for event, _ in upto if event.kind == "revoke"}
    return History(
        tuple(
            Recorded(
                event.id,
                event.seq,
                event.kind,
                event.on,
                command.recorded_at,
                command.actor,
                command.os_user,
                command.host,
                command.name,
                command.source_name and named(command.source_name),
                event.seq in revoked,
            )
            for event, command in upto
        ),
        len(timeline) - len(upto),
    )


def accesses(session: Session, number: str | None, limit: int = 0) -> Accesses:
    """Looks at personal data: of one case, or of the whole book."""
    with session.reading() as book:
        case_id, case_no = (None, "") if number is None else book.cases.find(number)
        return Accesses(tuple(_seen(book, look) for look in book.access.looks(case_id, case_no, limit)), limit)


_NAMED = 3
"""So many cases of a look are named; of the others there is the count."""


def _seen(book: Book, look: Look) -> Access:
    """As anybody may read it: who was looked for by name or number is told by the cases alone."""
    first = [int(part.partition("-")[0]) for part in look.seen.split(",")[:_NAMED] if part]
    numbers = tuple(book.cases.number_of(case_id) for case_id in first)
    said = look._asdict()
    del said["seen"]
    if look.accusation and look.what in ("person", "search"):
        said["filter"] = said["filter"] and _ASKED_FOR
    known = _known_in(book, look.seen)
    said |= {key: said[key] and redact(said[key], known, "screen") for key in ("filter", "why", "file")}
    return Access(**said, cases=numbers)


_ASKED_FOR = "＊＊＊"
_FEW = 20


def _known_in(book: Book, seen: str) -> Known:
    """Known identities of a look's cases (the first of many), since a reason or file name could name one."""
    ids = [int(part.partition("-")[0]) for part in seen.split(",")[:_FEW] if part]
    found = known_of(book, ids).values()
    return Known(*(tuple(value for known in found for value in known[place]) for place in range(len(Known._fields))))
