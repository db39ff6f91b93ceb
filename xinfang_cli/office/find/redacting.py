"""Known identities of petitioners, and redacted titles (law/redaction)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import CaseLine, DeadlineLine
from xinfang_cli.law.conditions import CLOSED
from xinfang_cli.law.events.registry import CASE_NAMES, PRIVATE_FIELDS
from xinfang_cli.law.redaction import FILE_OF_ACCUSATION, Known, Purpose, Redacted, known_in, redact
from xinfang_cli.law.terms import CHANNEL_ALONE


def known_of(book: Book, case_ids: Iterable[int]) -> dict[int, Known]:
    """case → every name, ID number, phone and address it ever had."""
    ids = sorted(set(case_ids))
    return {case_id: known_in(event.data for event in events) for case_id, events in book.events.by_case(ids)}


def file_names(book: Book, case_id: int) -> Callable[[str], Redacted]:
    """File names of a case for the screen; none for accusations (art. 30)."""
    if book.cases.accusations_among([case_id]):
        return lambda _: FILE_OF_ACCUSATION
    known = known_of(book, [case_id])[case_id]
    return lambda name: redact(name, known, "screen")


def of_anybody(book: Book, texts: Iterable[str], undone: Iterable[int] = ()) -> Callable[[str], Redacted]:
    """Texts without a case, such as a file name, redacted for the screen: names of the book, or of these undone
    commands, found whole in them are masked, as is every personal number.
    """
    known = Known(names=tuple(book.people.named_in(texts, undone)))
    return lambda text: redact(text, known, "screen")


def titles_for(
    book: Book, case_ids: Iterable[int], purpose: Purpose, *, accusations: bool = False
) -> dict[int, Redacted]:
    """id → the title of a case as it may be read for a purpose; an accusation by what it is alone, unless asked for."""
    written = book.cases.written_titles(case_ids, accusations=accusations)
    known = known_of(book, written)
    return {case_id: redact(title, known[case_id], purpose) for case_id, title in written.items()}


_NEVER_SAID = PRIVATE_FIELDS | CLOSED | {"guard", "doubts", "complained", "complained_unit_id"}


def is_closed(field: str) -> bool:
    """Whether an accusation's field is closed: neither shown nor usable in comparisons without `--accusation` (art.
    30).
    """
    return field in _NEVER_SAID or field == "channel"


def closed(said: Mapping[str, Any], kind: str = "") -> dict[str, Any]:
    """An accusation's registration or event without closed fields (art. 30): no users' text, place, leader or other
    case.
    """
    gone = _NEVER_SAID | (CASE_NAMES if kind == "relate" else frozenset())
    made = {key: value for key, value in said.items() if key not in gone}
    if "channel" in made:
        made["channel"] = CHANNEL_ALONE.get(made["channel"], made["channel"])
    return {key: closed(value) if isinstance(value, Mapping) else value for key, value in made.items()}


Line = TypeVar("Line", CaseLine, DeadlineLine)


def with_accusations(book: Book, lines: Sequence[tuple[int, Line]]) -> list[Line]:
    """(case, line) with accusations under their own titles, accusers left out."""
    ids = [case_id for case_id, line in lines if line.kind == "accusation"]
    if not ids:
        return [line for _, line in lines]
    titles = titles_for(book, ids, "screen", accusations=True)
    return [line._replace(title=titles[case_id]) if case_id in titles else line for case_id, line in lines]
