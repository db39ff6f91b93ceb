"""Finding cases by the words in their texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xinfang_cli.law.texts import Texts, is_phone_word, phone_words, places
from xinfang_cli.office.find.lists import Asked, compared, resolved
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import CaseLine

AROUND = 18
"""Characters shown before and after a hit."""


class Hit(NamedTuple):
    """A place where a word stands: title, content, note, name or phone; names and phones as written."""

    field: str
    text: str


class Found(NamedTuple):
    """A case with the places where the words stand."""

    case: CaseLine
    hits: tuple[Hit, ...]


class SearchResult(NamedTuple):
    """The cases in whose texts all the words stand; `words` as the index has them."""

    found: tuple[Found, ...]
    words: tuple[str, ...]
    limit: int = 0


def search(
    session: Session, words: Sequence[str], asked: Asked, limit: int = 0, *, best: bool = False, accusers: bool = False
) -> SearchResult:
    """Cases in whose texts all the words stand, newest first.

    With `best` those with all words in the title come first, then title and content, then the rest. Who made an
    accusation is found by name or phone only with `accusers`, which is written to the access log.
    """
    wanted = compared((*words, *asked.words))
    with session.reading() as book:
        chosen = resolved(book, asked)
        tiers = ("title", "title content", "") if best else ("",)
        found: dict[int, CaseLine] = {}
        for columns in tiers:
            chosen = chosen._replace(match=book.search.query(wanted, accusers=accusers, columns=columns))
            most = limit + len(found) if limit else 0
            for case_id, case in book.lists.found(chosen, session.today, most, asked.order):
                if not limit or len(found) < limit:
                    found.setdefault(case_id, case)
        written = book.search.texts_in(list(found))
        if accusers:
            session.look(book, "search", " ".join(words), ids=found, accusation=True)
    return SearchResult(
        tuple(Found(case, hits(written[case_id], wanted, accusers)) for case_id, case in found.items()), wanted, limit
    )


def hits(texts: Texts, words: Sequence[str], accusers: bool = False) -> tuple[Hit, ...]:
    """Where the words stand: the field, and the text around the first of them.

    What was written of an accusation is quoted without the name of who made it, unless that was asked for (art. 30).
    """
    listed = [("title", texts.title), ("content", texts.content), *(("note", note) for note in texts.notes)]
    if texts.accusation and not accusers:
        from xinfang_cli.law.letters import unnamed

        listed = [(field, unnamed(text, texts.name, *texts.phones)) for field, text in listed]
    found = [
        Hit(field, excerpt(text, at[0][0], at[0][1]) if field != "title" else text)
        for field, text in listed
        if (at := places(text, words))
    ]
    if not texts.accusation or accusers:
        if places(texts.name, words):
            found.append(Hit("name", texts.name))
        for phone in texts.phones:
            if any(word in phone_words(phone) for word in words if is_phone_word(word)):
                found.append(Hit("phone", phone))
    return tuple(found)


def excerpt(text: str, first: int, last: int) -> str:
    """A piece of a text around a hit, in one line."""
    start, end = max(first - AROUND, 0), min(max(last, first + 1) + AROUND, len(text))
    piece = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{piece}{'…' if end < len(text) else ''}"
