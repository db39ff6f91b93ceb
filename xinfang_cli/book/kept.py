"""An office's lists and files beside its cases: saved lists, import receipts, attachments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinfang_cli.frozen import NamedTuple


class KeptList(NamedTuple):
    """A list under a name; `words` as typed, so that days stay relative."""

    name: str
    words: tuple[str, ...]
    made_by: str


class KeptReceipt(NamedTuple):
    """One receipt with its command: moment (UTC), author, file, undone or not; `body` is JSON."""

    id: int
    recorded_at: str
    actor: str
    file: str
    sha256: str
    undone: int
    body: str


class Text(NamedTuple):
    """The private part of an event."""

    event_id: int
    kind: str
    said: Mapping[str, Any]


class Given(NamedTuple):
    """A file outside the book with a case in it: kind (law.purging.GIVEN), name, day."""

    what: str
    file: str
    on: str


class Stays(NamedTuple):
    """A field of a case that an earlier version wrote into the open part of an event: the chain holds it."""

    case_no: str
    kind: str
    field: str


class Taken(NamedTuple):
    """The purged parts of a book. `cases`: case → its first event, `events`: single events; each event with its
    predecessor's hash, to recognise it in another book.
    """

    cases: Mapping[int, tuple[int, bytes]]
    events: Mapping[int, bytes]


class Attachment(NamedTuple):
    """One file as it was attached."""

    case_no: str
    seq: int
    on: str
    name: str
    sha256: str
    size: int


class Profile(NamedTuple):
    """The mapping for an office's sheets of one kind: all headings of the original sheet, heading → field, meaning of
    words (intake.closed_words.Sense), worksheet.
    """

    name: str
    headings: tuple[str, ...]
    fields: Mapping[str, str]
    words: Mapping[str, str] = {}
    year: int | None = None
    defaults: Mapping[str, str] = {}
    sheet: str | None = None
    day_order: str = ""
    codes: Mapping[str, str] = {}
