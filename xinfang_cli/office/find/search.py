"""Finding cases by the words in their texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import redaction
from xinfang_cli.law.redaction import Redacted, known_in, redact
from xinfang_cli.law.texts import Texts, phone_meant, phone_words, places, texts_of
from xinfang_cli.office.find.lists import CasesAsked, compared, resolved
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import CaseLine

AROUND = 18
"""Characters shown before and after a hit."""


class Hit(NamedTuple):
    """A place where a word stands: title, content, note, name or phone, as the screen may show it."""

    field: str
    text: Redacted


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
    session: Session,
    words: Sequence[str],
    asked: CasesAsked,
    limit: int = 0,
    *,
    best: bool = False,
    accusers: bool = False,
) -> SearchResult:
    """Cases in whose texts all the words stand, newest first.

    With `best` those with all words in the title come first, then title and content, then the rest. An accusation is
    found, by whatever word, only with `accusers`, which is written to the access log, as is who was searched for by name,
    phone or ID number.
    """
    wanted = compared((*words, *asked.words))
    with session.reading() as book:
        chosen = resolved(book, asked._replace(accusation=accusers))
        tiers = ("title", "title content", "") if best else ("",)
        found: dict[int, CaseLine] = {}
        everywhere = chosen._replace(match=book.search.query(wanted, accusers=accusers, columns=""))
        then = _Then(book, session.today)
        with session.as_today_stands(book, chosen=everywhere):
            for columns in tiers:
                chosen = chosen._replace(match=book.search.query(wanted, accusers=accusers, columns=columns))
                most = limit + len(found) if limit and not then.later else 0
                for case_id, case in then.stood(book.lists.matching(chosen, session.today, most, asked.order), wanted):
                    if not limit or len(found) < limit:
                        found.setdefault(case_id, case)
        written = {**book.search.texts_in(list(found)), **{one: then.texts[one] for one in found if one in then.texts}}
        if accusers:
            from xinfang_cli.office.find.redacting import with_accusations

            found = dict(zip(found, with_accusations(book, list(found.items())), strict=True))
            session.look(book, "search", " ".join(words), ids=found, accusation=True)
        elif found and book.lists.names_somebody((*wanted, *words)):
            session.look(book, "search", " ".join(words), ids=found)
    return SearchResult(
        tuple(Found(case, hits(written[case_id], wanted)) for case_id, case in found.items()), wanted, limit
    )


class _Then:
    """Texts of cases as of a past day: the index holds all later ones too."""

    def __init__(self, book: Book, today: date) -> None:
        self.book, self.today = book, today
        self.later = book.lists.moved_after(today)
        self.texts: dict[int, Texts] = {}

    def stood(self, found: Iterable[tuple[int, CaseLine]], words: Sequence[str]) -> Iterator[tuple[int, CaseLine]]:
        """Cases with all the words in their texts on that day; later corrections count for it too."""
        cases = list(found)
        if not self.later:
            yield from cases
            return
        from xinfang_cli.law.events.registry import TIMELESS

        told = dict(self.book.events.by_case(case_id for case_id, _ in cases if case_id not in self.texts))
        for case_id, case in cases:
            events = told.get(case_id, ())
            known = [event for event in events if event.on <= self.today or event.kind in TIMELESS]
            if len(known) < len(events):
                now, texts = texts_of(events), texts_of(known)
                if now is None or texts is None or any(_has(now, one) and not _has(texts, one) for one in words):
                    continue
                self.texts[case_id] = texts
            yield case_id, case


def _has(texts: Texts, word: str) -> bool:
    told = (texts.title, texts.content, texts.name, *texts.notes)
    meant = phone_meant(word)
    return any(places(text, (word,)) for text in told) or any(
        meant in phone_words(one) for one in texts.phones if meant
    )


def hits(texts: Texts, words: Sequence[str]) -> tuple[Hit, ...]:
    """The passages of the words, redacted for the screen: the field, and the text around the first one.

    A word removed by the redaction (a name, a phone) shows the beginning of its text.
    """
    known = known_in(texts.said)
    found = []
    for field, text in (("title", texts.title), ("content", texts.content), *(("note", note) for note in texts.notes)):
        if places(text, words):
            seen = redact(text, known, "screen")
            at = places(seen, words) or [(0, AROUND)]
            found.append(Hit(field, seen if field == "title" else excerpt(seen, *at[0])))
    if places(texts.name, words):
        found.append(Hit("name", redaction.field("name", texts.name, "screen")))
    for phone in texts.phones:
        if any(meant in phone_words(phone) for word in words if (meant := phone_meant(word))):
            found.append(Hit("phone", redaction.field("phone", phone, "screen")))
    return tuple(found)


def excerpt(text: Redacted, first: int, last: int) -> Redacted:
    """A piece of a text around a hit, in one line."""
    start, end = max(first - AROUND, 0), min(max(last, first + 1) + AROUND, len(text))
    piece = " ".join(text[start:end].split())
    return Redacted(f"{'…' if start else ''}{piece}{'…' if end < len(text) else ''}")
