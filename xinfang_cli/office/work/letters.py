"""Letters: the facts of each, from the case and the office's settings; who saw a petitioner's name is written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import Unit
from xinfang_cli.errors import BadValue, Refused, XinfangError, next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.fold import in_force
from xinfang_cli.law.inforce import InForce
from xinfang_cli.law.letters import (
    FIELDS,
    ITEM_FIELDS,
    LETTER,
    LETTERS,
    Fact,
    Facts,
    Letter,
    cite,
    day_in_words,
    facts_of,
)
from xinfang_cli.law.redaction import ACCUSATION, Known, Purpose, Redacted, field, known_in, redact
from xinfang_cli.office.find.one_case import load
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import pressing
from xinfang_cli.office.work.pressing import PressedClock, Reminders


class LetterToWrite(NamedTuple):
    """A letter with its facts, before it has been put on paper; `template` is the office's own file, or None."""

    kind: str
    name: str  # what it is called: 受理告知书
    about: str  # what its file is called after: a case's number, or a unit
    cases: tuple[str, ...]
    unit: str | None
    facts: Facts
    template: str | None
    warnings: tuple[Warned, ...] = ()


class Composed(NamedTuple):
    """The letters of one call, notes for the clerk, and cases without a letter."""

    letters: list[LetterToWrite]
    warnings: list[Warned]
    failed: Sequence[tuple[str, XinfangError]] = ()


class WrittenLetter(NamedTuple):
    """A written letter: kind, case, path, notes."""

    kind: str
    name: str
    cases: tuple[str, ...]
    unit: str | None
    file: Path
    warnings: tuple[Warned, ...]


class WrittenLetters(NamedTuple):
    """The letters of one call, notes for the clerk, cases without a letter; `many`: several were requested."""

    letters: tuple[WrittenLetter, ...]
    warnings: tuple[Warned, ...]
    failed: tuple[tuple[str, XinfangError], ...]
    many: bool


class TemplateCopied(NamedTuple):
    """A template that was copied out to be changed."""

    kind: str
    file: Path


class LetterKinds(NamedTuple):
    """The kinds of letters that there are."""

    kinds: tuple[str, ...] = tuple(LETTERS)


class LetterFields(NamedTuple):
    """The fields of one kind of template."""

    kind: str
    fields: tuple[str, ...]


def fields_of(kind: str) -> LetterFields:
    """The fields of one kind of letter."""
    return LetterFields(kind, LETTERS[kind].fields())


def written(composed: Composed, files: Sequence[Path], many: bool) -> WrittenLetters:
    """The written letters of a call, each with its notes."""
    letters = tuple(
        WrittenLetter(letter.kind, letter.name, letter.cases, letter.unit, file, letter.warnings)
        for letter, file in zip(composed.letters, files, strict=True)
    )
    return WrittenLetters(letters, tuple(composed.warnings), tuple(composed.failed), many)


BLANK = "＿＿＿＿＿＿"
"""What stands in a letter where the book has nothing: a line to write on."""


def template_key(kind: str) -> str:
    """The setting that names the office's own template of a letter."""
    return f"template.letter.{kind}"


def _template(law: InForce, kind: str) -> str | None:
    return law.rules.settings.get(template_key(kind)) or None


def template_of(session: Session, kind: str) -> str | None:
    """The office's own template of a kind, or None for the one that comes with the program."""
    with session.reading() as book:
        return _template(book.code.now, kind)


def compose(
    session: Session,
    kind: str,
    numbers: Sequence[str],
    *,
    on: date,
    issuer: str | None = None,
    keep_going: bool = False,
) -> Composed:
    """One letter a case; nothing is recorded but, as a look, that a petitioner's name was taken out.

    Refused where a case's stage does not allow the letter, and to the unit that an accusation complains of (art. 30).
    """
    if on > session.today:
        raise BadValue("⟦.on⟧", on.isoformat(), f"晚于今天 {session.today.isoformat()}", "成文日期不能在今天之后")
    if kind == "remind":
        if on != session.today:
            raise BadValue("⟦.on⟧", on.isoformat(), "不用于催办函", "催办函写的是今天的情况，去掉 ⟦.on⟧")
        cleared = _clear_first(session, numbers, None)
        composed = reminders(session, pressing.remind(session, numbers, dry_run=True), issuer)
        if not composed.letters:
            raise Refused(
                "没有可发的催办函：" + "；".join(map(str, composed.warnings)),
                "看一看：⟦remind⟧ ⟦.dry_run⟧",
                code="none",
            )
        return composed._replace(warnings=[*cleared, *composed.warnings])
    letters: list[LetterToWrite] = []
    warnings: list[Warned] = _clear_first(session, numbers, issuer)
    failed: list[tuple[str, XinfangError]] = []
    with session.reading() as book:
        named: list[LetterToWrite] = []
        made: set[str] = set()
        for number in dict.fromkeys(numbers):
            try:
                letter = _compose(book, session, kind, number, on, issuer)
            except XinfangError as error:
                if not keep_going:
                    raise
                failed.append((number, error))
                continue
            if letter.about in made:
                continue
            made.add(letter.about)
            letters.append(letter)
            warnings += letter.warnings
            if any(letter.facts[key] not in ("", BLANK) for key in ("petitioner", "address", "phone")):
                named.append(letter)
        about = LETTER.label(kind)
        each = [(about, [book.cases.find(no)[0] for no in letter.cases], {"revealed": True}) for letter in named]
        session.looks(book, "letter", each)
    return Composed(letters, warnings, failed)


def _clear_first(session: Session, numbers: Sequence[str], issuer: str | None) -> list[Warned]:
    """Record the clearances given by the clerk for the units of these cases and for the issuer."""
    if not session.not_the_accused:
        return []
    from xinfang_cli.office.work.clearing import clear_of_holders

    cleared = clear_of_holders(session, numbers, bodies=[issuer] if issuer else [])
    return [
        Warned(number, "已写明不是被反映对象，单独记入经过", "not_the_accused") for number in dict.fromkeys(cleared)
    ]


def _compose(book: Book, session: Session, kind: str, number: str, on: date, issuer: str | None) -> LetterToWrite:
    _, case_no, events, case = load(book, number)
    if case.purged is not None:
        raise Refused(f"{case_no} 的文字已按期清除，出不了文书", "请查纸质档案", code="purged")
    letter = LETTERS[kind]
    own = facts_of(kind, case, in_force(events), case_no, on)
    unit = None if case.unit is None else book.units.by_id(case.unit)
    to_unit = letter.to == "unit"
    if to_unit and unit is not None:
        _not_to_the_accused(book, session, case, case_no, unit, str(own["letter_name"]))
    if issuer is not None:
        _not_signed_by_the_accused(book, session, case, issuer)
    elif not to_unit and unit is not None and kind not in ("review", "recheck"):
        _not_to_the_accused(book, session, case, case_no, unit, str(own["letter_name"]))
    law = book.code.now
    bureau = str(law.rules.settings["bureau"])
    warnings: list[Warned] = []
    if kind in ("review", "recheck"):
        signed = own["body"] or bureau
        if not own["body"] and not issuer:
            text = f"没有记复查复核机关，落款写「{bureau}」；另定用 {next_step('.issuer')}"
            warnings.append(Warned(case_no, text, "no_body"))
    else:
        signed = bureau if to_unit or unit is None else unit.name
    reader = _reader(letter, case, events, law)
    facts: dict[str, Fact] = {
        **_of_case(case, case_no, unit, reader),
        **{key: reader.text(value) if isinstance(value, str) else value for key, value in own.items()},
        "bureau": bureau,
        "issuer": issuer or signed,
        "letter_on": on,
    }
    wanted = [*letter.needs, *(() if to_unit else ("petitioner", "address"))]
    missing = [key for key in wanted if facts.get(key) in (None, "", terms.UNSTATED)]
    if missing:
        said_so = "、".join(FIELDS[key][0] for key in missing)
        warnings.append(Warned(case_no, f"没有记{said_so}，文书里留空，请手填", "left_blank"))
    facts |= dict.fromkeys(missing, BLANK)
    facts = {key: "" if facts.get(key) is None else facts[key] for key in letter.fields()}
    return LetterToWrite(
        kind,
        str(facts["letter_name"]),
        case_no,
        (case_no,),
        unit.name if unit is not None else None,
        facts,
        _template(law, kind),
        tuple(warnings),
    )


def _not_to_the_accused(book: Book, session: Session, case: Case, case_no: str, unit: Unit, name: str) -> None:
    """The case may have become an accusation of this unit after it was sent there; or nobody says whom it complains of."""
    asked = CheckContext(session.today, merged=book.canonical, related=book.units.relations)
    why = article30.why_not_to(case, unit.id, asked)
    if why == "unanswered":
        raise Refused(
            f"{case_no} 是检举控告件，没有写反映的是谁，不能向单位发{name}",
            "先写：⟦edit⟧ 编号 ⟦.complained_unit⟧ 单位，或 ⟦.complained_person⟧ 姓名；问过仍不明的写 ⟦.complained_unknown⟧（条例第三十条）",
            code="unanswered",
        )
    if why is not None:
        raise Refused(
            f"{case_no} 是检举控告件，不能向被检举的单位或与它有牵连的单位发{name}",
            "请改派有管理权限的纪检监察机关或其他单位（条例第三十条）；确不是被反映对象的，加 ⟦.not_the_accused⟧ 理由",
            code="accused" if why != "unknown" else "unknown_accused",
        )


def _not_signed_by_the_accused(book: Book, session: Session, case: Case, issuer: str) -> None:
    """Refuse the accused as the signer of a letter."""
    asked = CheckContext(session.today, merged=book.canonical, related=book.units.relations)
    if article30.kept(case, article30.Target("issuer", body=issuer), asked) is not None:
        raise Refused(
            f"{case.called} 是检举控告件，落款不能是被检举的单位或与它有牵连的单位",
            "请换落款单位（条例第三十条）；确不是被反映对象的，加 ⟦.not_the_accused⟧ 理由",
            code="accused",
            field="issuer",
        )


def _of_case(case: Case, case_no: str, unit: Unit | None, reader: _Reader) -> dict[str, Fact]:
    """Intake fields for the letter's reader."""
    found: dict[str, Fact] = {
        "case_no": case_no,
        "external_no": case.external_no if reader.knows_who else None,
        "received_on": case.received_on,
        "channel": terms.CHANNEL.label(case.channel),
        "kind": terms.KIND.label(case.kind),
        "topic": case.topic,
        "region": case.region,
        "headcount": case.headcount,
        "title": reader.text(case.title) if reader.reads_matter else ACCUSATION,
        "content": reader.text(case.content),
        "unit": None if unit is None else unit.name,
        "complained_unit": case.complained_unit,
        "accusation": case.kind == "accusation",
    }
    if not reader.reads_matter:  # a template of the office may ask for what its own letter does not say
        found |= dict.fromkeys(("topic", "region", "headcount", "complained_unit"))
        found["channel"] = terms.CHANNEL.label(terms.CHANNEL_ALONE.get(case.channel, case.channel))
    if not reader.knows_who:
        return found | {"petitioner": "", "address": "", "phone": ""}
    several = f"等{case.headcount}人" if case.headcount > 1 and case.name and "等" not in case.name else ""
    return found | {
        "petitioner": f"{reader.field('name', case.name)}{several}" if case.name else None,
        "address": reader.field("address", case.address) or None,
        "phone": reader.field("phone", case.phone) or None,
    }


class _Reader(NamedTuple):
    """The reader of a letter: petitioner or unit. A unit never learns the accuser, and a pressing letter tells it
    neither an accusation's content nor any petitioner's name (art. 30).
    """

    purpose: Purpose
    known: Known
    knows_who: bool = True
    reads_matter: bool = True
    named: bool = False

    def text(self, said: str | None) -> Redacted:
        return redact(said, self.known, self.purpose, named=self.named)

    def field(self, key: str, value: str | None) -> Redacted:
        return field(key, value, self.purpose, named=self.named)


def _reader(letter: Letter, case: Case, events: Sequence[Event], law: InForce) -> _Reader:
    known = known_in(event.data for event in events)
    if letter.to != "unit":
        return _Reader("petitioner", known)
    if case.kind == "accusation":
        return _Reader("public", known, knows_who=False, reads_matter=letter.asks_content)
    known = known.without_addresses()  # where the matter lies, a unit has to know
    if letter.asks_content:
        return _Reader("unit", known, named=bool(law.rules.settings["unit_sees_names"]))
    return _Reader("public", known, knows_who=False)


def reminders(session: Session, found: Reminders, issuer: str | None = None) -> Composed:
    """One letter per unit for the cases of `press.remind`. Duties of the bureau or of a reviewing body need none."""
    with session.reading() as book:
        law = book.code.now
    bureau = str(law.rules.settings["bureau"])
    letters: list[LetterToWrite] = []
    warnings: list[Warned] = []
    for group in found.units:
        items = group.items
        if not group.addressed:
            warnings.append(Warned("", f"{group.unit}的 {len(items)} 项不发催办函", "not_addressed"))
            continue
        rows = [_item(n, item, law) for n, item in enumerate(items, 1)]
        articles = dict.fromkeys(str(row["article"]) for row in rows)
        facts: dict[str, Fact] = {
            "letter_name": LETTER.label("remind"),
            "unit": group.unit,
            "bureau": bureau,
            "issuer": issuer or bureau,
            "letter_on": session.today,
            "items": rows,
            "count": len(items),
            "overdue_count": sum(item.days_left < 0 for item in items),
            "article": "、".join(article for article in articles if article),
        }
        numbers = tuple(dict.fromkeys(item.case_no for item in items))
        name = group.unit
        letters.append(
            LetterToWrite("remind", LETTER.label("remind"), name, numbers, name, facts, _template(law, "remind"))
        )
    if found.hidden:
        text = f"有 {found.hidden} 条检举控告件的责任单位就是被检举单位，不发催办函（条例第三十条）"
        warnings.append(Warned("", text, "accused"))
    return Composed(letters, warnings)


def _item(n: int, item: PressedClock, law: InForce) -> dict[str, str | int]:
    row: dict[str, str | int] = {
        "n": n,
        "case_no": item.case_no,
        "title": item.subject,
        "clock": terms.CLOCK.label(item.clock),
        "due_on": day_in_words(date.fromisoformat(item.due_on)) + ("（约）" if item.guessed else ""),
        "state": pressing.state_of(item.days_left),
        "level": terms.REMINDER.label(item.level),
        "article": cite(law.rules.clocks[item.clock].article),
    }
    assert row.keys() == ITEM_FIELDS.keys()
    return row
