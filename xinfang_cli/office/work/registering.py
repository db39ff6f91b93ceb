"""登记: one matter at the counter."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.book.matching import Seen
from xinfang_cli.errors import BadValue, Refused, next_step
from xinfang_cli.intake import cleaning
from xinfang_cli.law import terms
from xinfang_cli.law.decide import decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.fold import fold
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import clearing, originals
from xinfang_cli.office.work.done import ChangedCase, Done, Earlier, EarlierCase


def add(
    session: Session,
    received_on: date,
    fields: dict[str, Any],
    *,
    repeat_of: str | None = None,
    new_topic: bool = False,
    new_region: bool = False,
    source: tuple[str, str] | None = None,
) -> Done:
    """Register a case: number, event, clocks; the record of the case, and warnings.

    `fields` are clean intake values (law.events.INTAKE_FIELDS, `repeat`, `tags`). BadValue for an unknown topic or
    region; Refused for a received day after today. Doubtful personal data only warn (art. 22). `source`: name and SHA-256
    of the draft it was put down in before; EnteredBefore if that one was registered already.
    """
    with session.writing("add", source) as (book, pen):
        if source is not None and (number := book.cases.registered_from(source[1])) is not None:
            raise EnteredBefore(number)
        return add_within(
            book, pen, session, received_on, fields, repeat_of=repeat_of, new_topic=new_topic, new_region=new_region
        )


class EnteredBefore(Refused):
    """A draft that was registered already, though its file is still there; as which case."""

    def __init__(self, case_no: str) -> None:
        super().__init__(f"早已登记为 {case_no}", "不用再登记", code="already", subject=case_no)


def add_within(
    book: Book,
    pen: Pen,
    session: Session,
    received_on: date,
    fields: dict[str, Any],
    *,
    repeat_of: str | None = None,
    new_topic: bool = False,
    new_region: bool = False,
) -> Done:
    """`add` inside a transaction that the caller opened."""
    fields = {key: value for key, value in fields.items() if value is not None and value != ""}
    tags = fields.pop("tags", None)
    known_word(book, pen, session, fields, "topic", new_topic)
    known_word(book, pen, session, fields, "region", new_region)
    link_complained(book, fields)
    fields = {key: value for key, value in fields.items() if value is not None}
    if fields.get("external_no"):
        check_external_no(book, fields["external_no"])
    target: tuple[int, str] | None = None
    if repeat_of is not None:
        target = book.cases.find(repeat_of)
        originals.check_original(book, "本件", received_on, *target)
        fields["repeat"], fields["repeat_of"] = True, target[0]
    prefix = str(book.code.now.rules.settings["prefix"])
    event = Event("register", received_on, fields, 1)
    decision = decide([], event, book.code, CheckContext(session.today))
    case_no, serial = book.cases.next_number(prefix, received_on.year)
    case_id = book.cases.enter(case_no, received_on.year, serial)
    pen.register(case_id, case_no, event)
    case = decision.case
    if tags:
        tagging = Event("tag", received_on, {"add": tags}, 2)
        pen.append(case_id, tagging)
        made = fold([event, tagging], book.code)
        assert made is not None
        case = made
    book.cases.put(case_id, case_no, case, known=False)
    if target is not None:
        asked = CheckContext(session.today, merged=book.canonical, related=book.units.relations)
        clearing.check_linked(book, pen, session, (case_id, case), target[0], asked)
    if session.watch is not None:
        session.watch.told_anew(book, case_id, case_no, [], [event])
    waiting = book.cases.waiting_for(case_no, case.external_no)
    pen.flush()
    warnings = [Warned(case_no, notice.text, notice.code) for notice in decision.warnings]
    warnings += [Warned(case_no, text, "doubtful") for text in cleaning.doubts_of(fields)]
    warnings += unit_unsaid(book, case_no, fields)
    if waiting:
        warnings.append(Warned("", f"有 {waiting} 件把本件写作原件，用 {next_step('link')} 关联", "waiting"))
    changed = ChangedCase(book.lists.one(case_id, session.today))
    if target is None:
        known = {**fields, "title": case.title, "region": case.region}
        changed = changed.beside(Earlier(_likely(book, known, received_on, case_id)))
    else:
        changed, said = originals.about_original(book, changed, *target)
        warnings += said
    return Done((changed,), tuple(warnings))


def earlier(session: Session, fields: dict[str, Any], on: date) -> tuple[EarlierCase, ...]:
    """Likely earlier cases of what is about to be registered, for the prompt of `add`; none when there is no book yet."""
    if not session.place.exists():
        return ()
    with session.reading() as book:
        region = fields.get("region")
        return _likely(book, {**fields, "region": region and book.units.find_region(region)}, on, 0)


def _likely(book: Book, fields: dict[str, Any], on: date, case_id: int) -> tuple[EarlierCase, ...]:
    """Likely earlier cases, each with its ground (terms.DUPLICATE)."""
    case = Seen(
        case_id,
        on.isoformat(),
        fields.get("title") or "",
        fields.get("region"),
        fields.get("name"),
        fields.get("id_no"),
        fields.get("phone"),
    )
    return tuple(
        EarlierCase(book.duplicates.briefly(found.earlier_id), found.ground) for found in book.duplicates.of_case(case)
    )


def check_external_no(book: Book, external_no: str) -> None:
    """BadValue where another case already has this number of another system."""
    taken_by = book.cases.with_external_no(external_no)
    if taken_by is not None:
        raise BadValue("外部编号", external_no, f"已用于 {taken_by}", "同一件不要登记两次；号码写错了请改正")


def known_word(book: Book, pen: Pen, session: Session, fields: dict[str, Any], key: str, new: bool) -> None:
    """Put the office's own name of the `topic` or the `region`; made with `new`, else refused with the nearest ones."""
    word = fields.get(key)
    if not word:
        return
    found = book.units.find_topic(word) if key == "topic" else book.units.find_region(word)
    if found is None:
        if not new:
            raise Unlisted(key, word, _listed(book, key))
        make = book.units.add_topic if key == "topic" else book.units.add_region
        found = make(pen, word, session.today)
    fields[key] = found


class Unlisted(BadValue):
    """A topic or region missing in the office's list; `near`: similar entries, none for an empty list."""

    def __init__(self, key: str, word: str, listed: list[str]) -> None:
        from difflib import get_close_matches

        self.near = tuple(get_close_matches(word, listed, n=4, cutoff=0.3) or listed[:6])
        hint = f"{near_in_words(self.near)}；" if self.near else ""
        if key == "topic":
            super().__init__("内容分类", word, "不在本局的分类里", f"{hint}新分类加 ⟦.new_topic⟧")
        else:
            super().__init__("问题属地", word, "不在本局的属地里", f"{hint}新属地加 ⟦.new_region⟧")


def near_in_words(near: tuple[str, ...]) -> str:
    """Similar entries of a list, in words."""
    return f"相近的有：{'、'.join(near)}"


def link_complained(book: Book, fields: dict[str, Any]) -> None:
    """Record our unit's id for the accused unit, for the checks of art. 30."""
    from xinfang_cli.law.accused import names_nobody

    for key in ("complained_unit", "complained_person"):
        if fields.get(key) and names_nobody(fields[key]):
            raise BadValue(f"⟦.{key}⟧", fields[key], "没有说反映的是谁", "问过仍不明的写 ⟦.complained_unknown⟧")
    word = fields.get("complained_unit")
    if word:
        found = book.units.find_all(word)
        if len(found) == 1:
            fields["complained_unit_id"] = found[0].id
    if "complained_unit" in fields:
        fields.setdefault("complained_unit_id", None)
    if fields.get("complained") == "unknown":
        if word or fields.get("complained_person"):
            raise BadValue("⟦.complained_unknown⟧", "不明", "和写明的单位、人矛盾", "去掉一个")
        fields |= dict.fromkeys(("complained_unit", "complained_unit_id", "complained_person"))
    elif word or fields.get("complained_person"):
        fields["complained"] = None


def mentioned(session: Session, fields: dict[str, Any]) -> tuple[str, ...]:
    """Our units mentioned in the case's texts."""
    if not session.place.exists():
        return ()
    with session.reading() as book:
        return _mentioned(book, fields)


def _mentioned(book: Book, fields: dict[str, Any]) -> tuple[str, ...]:
    found = book.units.relations().mentioned(f"{fields.get('title') or ''}\n{fields.get('content') or ''}")
    return tuple(book.units.by_id(unit).name for unit in found)


def unit_unsaid(book: Book, case_no: str, fields: dict[str, Any]) -> list[Warned]:
    """Ask about units mentioned in an accusation without a recorded target unit (art. 30)."""
    if fields.get("kind") != "accusation" or fields.get("complained_unit"):
        return []
    named = _mentioned(book, fields)
    if not named:
        return []
    text = f"文字里写到{'、'.join(named[:5])}，没有写被反映单位；反映的是它就写：{next_step('edit')} {case_no} {next_step('.complained_unit')} {named[0]}"
    return [Warned(case_no, text, "unit_in_text")]


def check_given(
    session: Session, fields: dict[str, Any], repeat_of: str | None, new_topic: bool, new_region: bool
) -> None:
    """Check the flags before asking anything; nothing is written."""
    new = {"topic": new_topic, "region": new_region}
    check_lists(session, {key: fields.get(key) for key in new if not new[key]})
    if session.place.exists():
        with session.reading() as book:
            if fields.get("external_no"):
                check_external_no(book, fields["external_no"])
            if repeat_of is not None:
                book.cases.find(repeat_of)


def check_lists(session: Session, fields: dict[str, Any]) -> None:
    """BadValue when a topic or region is not in the office's lists; nothing is written."""
    for key in ("topic", "region"):
        word = fields.get(key)
        if not word:
            continue
        if not session.place.exists():  # a new book knows the usual topics and no place
            if key == "region" or terms.usual_topic(word) is None:
                raise Unlisted(key, word, listed(session, key))
            continue
        with session.reading() as book:
            if (book.units.find_topic if key == "topic" else book.units.find_region)(word) is None:
                raise Unlisted(key, word, _listed(book, key))


def listed(session: Session, key: str) -> list[str]:
    """The office's topics or regions; for a new book, its initial ones."""
    if not session.place.exists():
        return list(terms.TOPICS) if key == "topic" else []
    with session.reading() as book:
        return _listed(book, key)


def _listed(book: Book, key: str) -> list[str]:
    if key == "topic":
        return book.units.topics()
    towns = (unit.name for unit in book.units.all() if unit.group == "镇街")
    return list(dict.fromkeys((*book.units.regions(), *towns)))
