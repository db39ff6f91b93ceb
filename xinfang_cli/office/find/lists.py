"""Finding cases: by filter, by the words in their texts, under a name somebody gave a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from xinfang_cli.book.face import Book
from xinfang_cli.book.sql import views
from xinfang_cli.errors import BadValue, NotFound
from xinfang_cli.law.texts import Texts, is_phone_word, normal, phone_words, places
from xinfang_cli.office.session import Session
from xinfang_cli.records import ListFilter, Term

MOST_WORDS = 50
AROUND = 18
"""Characters shown before and after a hit."""


class Asked(NamedTuple):
    """What `list`, `search` and `export` are asked for: filters, words in the texts, order."""

    chosen: ListFilter = ListFilter()
    unit: str | None = None
    words: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()


def resolved(book: Book, asked: Asked) -> ListFilter:
    """The filter with units, topics and regions as the office's lists have them, and with the words; BadValue names the
    nearest."""
    chosen = asked.chosen
    if asked.words:
        chosen = chosen._replace(match=book.search.query(compared(asked.words)))
    if asked.unit is None and not (chosen.topic or chosen.region or chosen.terms):
        return chosen
    units = book.units
    return chosen._replace(
        units=None if asked.unit is None else (book.units.find(asked.unit).id,),
        topic=in_list(chosen.topic, "--topic", units.find_topic, units.topics),
        region=in_list(chosen.region, "--region", units.find_region, units.regions),
        terms=tuple(_term(book, term) for term in chosen.terms),
    )


def _term(book: Book, term: Term) -> Term:
    units = book.units

    def listed(word: str) -> Any:
        if term.field == "unit":
            return units.find(word).id
        if term.field == "topic":
            return in_list(word, "--where 分类", units.find_topic, units.topics)
        return in_list(word, "--where 属地", units.find_region, units.regions)

    if term.field == "text":
        return term._replace(values=tuple(book.search.query(compared([str(word)])) for word in term.values))
    if term.field not in ("unit", "topic", "region"):
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
    if not found:
        raise BadValue("要找的词", " ".join(words), "是空的", "请写要找的词，如 xinfang search 供水")
    if len(found) > MOST_WORDS:
        raise BadValue("要找的词", " ".join(words), "太多", f"最多 {MOST_WORDS} 个词，请只写最要紧的几个")
    return found


def listed(session: Session, asked: Asked, limit: int) -> list[dict[str, Any]]:
    """Cases by filter, newest first unless ordered."""
    with session.reading() as book:
        return book.lists.listed(resolved(book, asked), session.today, limit, asked.order)


def how_many(session: Session, asked: Asked) -> int:
    """The number of cases of a filter."""
    with session.reading() as book:
        return book.lists.how_many(resolved(book, asked))


def search_texts(
    session: Session, words: Sequence[str], asked: Asked, limit: int, *, best: bool = False, accusers: bool = False
) -> list[dict[str, Any]]:
    """Cases in whose texts all the words stand, each with `hits`: [{field, text}].

    Newest first; with `best` those with all words in the title come first, then title and content, then the rest.
    Who made an accusation is found by name or phone only with `accusers`, which is written to the access log.
    Names and phones in `hits` are as written: the output masks them.
    """
    wanted = compared((*words, *asked.words))
    with session.reading() as book:
        chosen = resolved(book, asked)
        tiers = ("title", "title content", "") if best else ("",)
        found: dict[int, dict[str, Any]] = {}
        for columns in tiers:
            chosen = chosen._replace(match=book.search.query(wanted, accusers=accusers, columns=columns))
            most = limit + len(found) if limit else 0
            for case_id, case in book.lists.found(chosen, session.today, most, asked.order):
                if not limit or len(found) < limit:
                    found.setdefault(case_id, case)
        written = book.search.texts_in(list(found))
        if accusers:
            book.access.log(session.now(), session.actor, "search --accusation")
    return [{**case, "hits": hits(written[case_id], wanted, accusers)} for case_id, case in found.items()]


def hits(texts: Texts, words: Sequence[str], accusers: bool = False) -> list[dict[str, str]]:
    """Where the words stand: the field, and the text around the first of them.

    What was written of an accusation is quoted without the name of who made it, unless that was asked for (art. 30).
    """
    listed = [("title", texts.title), ("content", texts.content), *(("note", note) for note in texts.notes)]
    if texts.accusation and not accusers:
        from xinfang_cli.law.letters import unnamed

        listed = [(field, unnamed(text, texts.name, *texts.phones)) for field, text in listed]
    found = [
        {"field": field, "text": excerpt(text, at[0][0], at[0][1]) if field != "title" else text}
        for field, text in listed
        if (at := places(text, words))
    ]
    if not texts.accusation or accusers:
        if places(texts.name, words):
            found.append({"field": "name", "text": texts.name})
        for phone in texts.phones:
            if any(word in phone_words(phone) for word in words if is_phone_word(word)):
                found.append({"field": "phone", "text": phone})
    return found


def excerpt(text: str, first: int, last: int) -> str:
    """A piece of a text around a hit, in one line."""
    start, end = max(first - AROUND, 0), min(max(last, first + 1) + AROUND, len(text))
    piece = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{piece}{'…' if end < len(text) else ''}"


# ---- lists under a name -----------------------------------------------------------------------------------------


def view_words(session: Session, name: str) -> list[str]:
    """The words behind the name of a list; NotFound names the others."""
    with session.reading() as book:
        kept = {view.name: view for view in book.views.kept()}
        if name not in kept:
            raise NotFound(
                f"没有保存过的列表「{name}」",
                f"有：{'、'.join(kept)}" if kept else "先保存：xinfang view save 名字 --stage 办理中",
            )
        return kept[name].words


def view_list(session: Session) -> list[dict[str, Any]]:
    """The lists kept under a name."""
    with session.reading() as book:
        return [view._asdict() for view in book.views.kept()]


def view_save(session: Session, name: str, words: Sequence[str]) -> bool:
    """Keep the words of a list under a name; whether the name is new."""
    if not name or any(char.isspace() for char in name):
        raise BadValue("名字", name, "不能用", "名字不能空，也不要有空格")
    with session.writing("view") as (book, _):
        return book.views.keep(views.View(name, list(words), session.actor))


def view_drop(session: Session, name: str) -> None:
    view_words(session, name)
    with session.writing("view") as (book, _):
        book.views.drop(name)
