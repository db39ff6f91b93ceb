"""Finding cases by filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.conditions import ListFilter, Term
from xinfang_cli.law.texts import normal, phone_meant
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import CaseLine

MOST_WORDS = 50


class CasesAsked(NamedTuple):
    """A request of `list`, `search` and `export`: filters, words in the texts, order."""

    chosen: ListFilter = ListFilter()
    unit: str | None = None
    words: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    accusation: bool = False
    """Accusations by their titles and words too (art. 30)."""


def units_in(asked: CasesAsked) -> list[str]:
    """The units that a list is narrowed to, as they were typed."""
    found = [
        str(word) for term in asked.chosen.terms if _names(term, "unit", "co_unit") for word in term.values if word
    ]
    return found if asked.unit is None else [asked.unit, *found]


def leaders_in(asked: CasesAsked) -> list[str]:
    """The leaders in charge that it is narrowed to."""
    found = [str(word) for term in asked.chosen.terms if _names(term, "lead") for word in term.values if word]
    return found if asked.chosen.lead is None else [asked.chosen.lead, *found]


def _names(term: Term, *fields: str) -> bool:
    return term.field in fields and not term.negated


class CaseList(NamedTuple):
    """Cases in the order asked for; `limit` is how many were asked for at most, 0 for all."""

    lines: tuple[CaseLine, ...]
    limit: int = 0
    extras: tuple[Mapping[str, str], ...] = ()
    """Of each line, as far as the screen shows it, what stands under headings that are not ours, where that was asked."""


class HowMany(NamedTuple):
    """The number of cases under a filter."""

    cases: int


def resolved(book: Book, asked: CasesAsked) -> ListFilter:
    """The filter with units, topics and regions as the office's lists have them, and with the words; BadValue names the
    nearest."""
    chosen = asked.chosen._replace(accusation=asked.accusation)
    if asked.words:
        chosen = chosen._replace(match=book.search.query(compared(asked.words), accusers=asked.accusation))
    if asked.unit is None and not (chosen.topic or chosen.region or chosen.terms):
        return chosen
    units = book.units
    return chosen._replace(
        units=None if asked.unit is None else (book.units.find(asked.unit).id,),
        topic=in_list(chosen.topic, "⟦.topic⟧", units.find_topic, units.topics),
        region=in_list(chosen.region, "⟦.region⟧", units.find_region, units.regions),
        terms=tuple(_term(book, term, asked.accusation) for term in chosen.terms),
    )


def _term(book: Book, term: Term, accusation: bool) -> Term:
    units = book.units

    def listed(word: str) -> Any:
        if term.field in ("unit", "co_unit"):
            return units.find(word).id
        if term.field == "topic":
            return in_list(word, "⟦.where⟧ 分类", units.find_topic, units.topics)
        return in_list(word, "⟦.where⟧ 属地", units.find_region, units.regions)

    if term.field == "text":
        query = book.search.query
        return term._replace(values=tuple(query(compared([str(word)]), accusers=accusation) for word in term.values))
    if term.field not in ("unit", "co_unit", "topic", "region"):
        return term
    return term._replace(values=tuple(None if word is None else listed(word) for word in term.values))


def in_list(
    word: str | None,
    flag: str,
    find: Callable[[str], str | None],
    everything: Callable[[], list[str]],
) -> str | None:
    """The entry of the office's list that a word of a filter means; BadValue with the nearest ones."""
    if word is None:
        return None
    found = find(word)
    if found is None:
        from difflib import get_close_matches

        listed = everything()
        near = get_close_matches(word, listed, n=4, cutoff=0.3) or listed[:6]
        raise BadValue(flag, word, "不在本局的名单里", f"相近的有：{'、'.join(near)}" if near else "名单还是空的")
    return found


def compared(words: Sequence[str]) -> tuple[str, ...]:
    """Words as the index has them; BadValue when nothing is left to look for."""
    found = tuple(dict.fromkeys(word for text in words for word in map(normal, text.split()) if word))
    plain = len(found) == 1 and found[0].isprintable()
    if not plain and phone_meant(whole := normal("".join(map(_seen, words)))):  # 138 0000 0001
        return (whole,)
    if not found:
        raise BadValue("要找的词", " ".join(words), "是空的", "请写要找的词，如 ⟦search⟧ 供水")
    if len(found) > MOST_WORDS:
        raise BadValue("要找的词", " ".join(words), "太多", f"最多 {MOST_WORDS} 个词，请只写最要紧的几个")
    return found


def _seen(text: str) -> str:
    """Remove invisible characters copied from elsewhere."""
    if text.isprintable():
        return text
    from xinfang_cli.intake.cleaning import visible

    return visible(text)


def listed(session: Session, asked: CasesAsked, limit: int = 0) -> CaseList:
    """Cases by filter, newest first unless ordered. With `accusation`, which is written to the access log, accusations
    by their titles."""
    with session.reading() as book:
        chosen = resolved(book, asked)
        with session.as_today_stands(book, chosen=chosen):
            if not asked.accusation:
                return CaseList(tuple(book.lists.listed(chosen, session.today, limit, asked.order)), limit)
            from xinfang_cli.office.find.redacting import with_accusations

            found = book.lists.matching(chosen, session.today, limit, asked.order)
            lines = with_accusations(book, found)
        session.look(book, "search", "list", ids=[case_id for case_id, _ in found], accusation=True)
    return CaseList(tuple(lines), limit)


def with_extras(session: Session, found: CaseList, accusation: bool = False) -> CaseList:
    """A list with the columns of other offices beside its lines."""
    with session.reading() as book:
        extras = book.extras.of_numbers([line.case_no for line in found.lines], accusation)
    return found._replace(extras=tuple(extras.get(line.case_no, {}) for line in found.lines))


def headings(session: Session) -> list[str]:
    """The headings of other offices' columns that are kept with the cases of the book."""
    if not session.place.exists():
        return []
    with session.reading() as book:
        return book.extras.headings()


def how_many(session: Session, asked: CasesAsked) -> HowMany:
    """The number of cases of a filter."""
    with session.reading() as book:
        chosen = resolved(book, asked)
        with session.as_today_stands(book, chosen=chosen):
            number = book.lists.how_many(chosen)
            ids = book.lists.ids(chosen) if asked.accusation else []
        if asked.accusation:
            session.look(book, "search", "list count", ids=ids, accusation=True)
        return HowMany(number)
