"""Their headings, not ours: said once, kept under a name, used by itself when the same headings come again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import islice
from pathlib import Path

from xinfang_cli.book.kept import Profile
from xinfang_cli.errors import BadValue, NotFound, typed
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.closed_words import BY_SECTION, CLOSED, Sense, closed_word
from xinfang_cli.intake.headings import (
    CANONICAL,
    KNOWN,
    RECEIVED_FIELDS,
    REJECT_HEADING,
    Layout,
    agrees,
    by_content,
    field_of,
    filled_text,
    known_with,
    normalise_heading,
    suggest,
)
from xinfang_cli.intake.rows import PLAIN as NOTHING_SAID
from xinfang_cli.intake.rows import without_year
from xinfang_cli.intake.sections import GROUP_HEADING, GROUP_OF_NEW, meant_by, words_in
from xinfang_cli.intake.tables import Look, Opened, SheetTable, open_tables
from xinfang_cli.office.session import Session

Answers = Mapping[str, str]
SAMPLES = 3
"""Values of a column that are shown with the question about it."""
LOOKED_AT = 60
"""Rows whose cells are looked at before a heading is taken for like one of ours."""


class Like(str):
    """Our field resembling an unknown heading, and sample cells."""

    samples: tuple[str, ...]

    def __new__(cls, field: str, samples: Sequence[str] = ()) -> Like:
        made = super().__new__(cls, field)
        made.samples = tuple(samples)
        return made


class UnknownWord(NamedTuple):
    """A word in a column of closed words that nobody has explained yet."""

    heading: str
    word: str
    rows: int
    labels: tuple[str, ...]


def _no_answers(words: Sequence[UnknownWord]) -> Answers:
    return {}


class Asking(NamedTuple):
    """The questions for a clerk at a terminal: fields of similar headings; the heading of a field without one; the
    profile's name (or ''); unknown words; the year of all days; equal rows without a number as one case; section
    headings as a column.
    """

    fields: Callable[[Mapping[str, Like]], Answers]
    which: Callable[[Sequence[str], Sequence[str]], Answers]
    name: Callable[[], str]
    words: Callable[[Sequence[UnknownWord]], Answers] = _no_answers
    year: Callable[[int], bool] = lambda year: False
    same: Callable[[Sequence[tuple[int, ...]]], bool] = lambda rows: False
    sections: Callable[[str, Sequence[str]], bool] = lambda heading, words: False


@dataclass
class Headings:
    """The mapping given for a sheet: `given` heading → field, profile name, dialogue, words, year, defaults."""

    given: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    ask: Asking | None = None
    sense: Sense = NOTHING_SAID

    def says_something(self) -> bool:
        """Whether anything was said about headings, words or days."""
        return bool(self.given) or self.sense != NOTHING_SAID


class Mapped(NamedTuple):
    """A file opened with a mapping: profile used, profile to keep, similar columns, meaning of words."""

    opened: Opened
    name: str | None = None
    keep: Profile | None = None
    like: Mapping[str, Like] = {}
    sense: Sense = NOTHING_SAID
    learnt: tuple[tuple[str, str], ...] = ()


def parse_given(pairs: Sequence[str]) -> dict[str, str]:
    """`概要=标题` → {概要: title}. BadValue for a word that names no column of ours."""
    given: dict[str, str] = {}
    for pair in pairs:
        heading, sign, word = pair.replace("＝", "=").partition("=")
        if not sign or not heading.strip() or not word.strip():
            raise BadValue("⟦.map⟧", pair, "看不懂", "写法：⟦.map⟧ 表里的列=本程序的列，如 ⟦.map⟧ 概要=概况")
        found = field_of(word)
        if found is None or found == "history":
            raise BadValue("⟦.map⟧", word, "不是本程序的列", "可用的列见 ⟦template⟧ 生成的模板")
        given[normalise_heading(heading)] = found
    return given


def default_heading(field: str) -> str:
    """The heading for a default value."""
    return GROUP_HEADING if field == GROUP_OF_NEW else CANONICAL[field]


def kept_sets(session: Session) -> list[Profile]:
    """The sets of the book; none when there is no book yet."""
    if not session.place.exists():
        return []
    with session.reading() as book:
        return book.mappings.all_sets()


def forget(session: Session, name: str) -> None:
    """Take a set out of the book."""
    with session.writing("profile") as (book, pen):
        if not book.mappings.remove(pen, name):
            raise no_set(name, book.mappings.all_sets())


def no_set(name: str, there: Sequence[Profile]) -> NotFound:
    """There is no profile of that name: those there are, or how one is made."""
    names = "、".join(found.name for found in there)
    hint = f"有：{names}" if names else "第一次用时加 ⟦.map⟧ 列=列，就存在这个名字下"
    return NotFound(f"没有叫「{name}」的列标题对照", hint)


def open_mapped(session: Session, path: Path, sheet: str | None, said: Headings) -> Mapped:
    """Open a file by the present or a saved mapping. NotFound for an unknown profile, BadValue for a heading missing in
    the file.
    """
    there = kept_sets(session)
    own = next((found for found in there if found.name == said.name), None)
    if said.name is not None and own is None and not said.says_something():
        raise no_set(said.name, there)
    if own is not None:
        sheet = sheet or own.sheet
    if said.given or said.name is not None:
        found = _as_said(path, sheet, said, own)
    else:
        found = _by_itself(path, sheet, said, there)
    used = next((one for one in there if one.name == found.name), None)
    found = _with_sense(found, said, used)
    if sheet is not None and found.keep is not None:
        found = found._replace(keep=found.keep._replace(sheet=sheet))
    return found


def _as_said(path: Path, sheet: str | None, said: Headings, own: Profile | None) -> Mapped:
    """Open by the headings given now and those of the named profile."""
    fields = {**(own.fields if own else {}), **said.given}
    opened = _opened(path, sheet, fields)
    table = opened.tables[0]
    present = _headings(table)
    for heading in said.given:
        if heading not in present:
            raise BadValue("⟦.map⟧", heading, "表里没有这一列", f"表里有：{'、'.join(h for h in table.headings if h)}")
    keep = None
    if said.name is not None:
        keep = (own or Profile(said.name, (), {}))._replace(headings=tuple(sorted(present)), fields=fields)
    return Mapped(opened, said.name, keep, _like(table), learnt=_learnt(said.given))


def _by_itself(path: Path, sheet: str | None, said: Headings, there: Sequence[Profile]) -> Mapped:
    """Open by our headings, by a matching profile, or by a clerk's answers."""
    guessed: BadValue | None = None
    try:
        opened = open_tables(path, sheet, _look())
    except BadValue as error:
        if (found := _by_a_profile(path, sheet, there)) is not None:
            return found
        opened, guessed = open_tables(path, sheet, _look(guess=True)), error
    chosen = _same_headings(opened.tables[0], there)
    if chosen is not None:
        return Mapped(_read_as(opened, chosen.fields), chosen.name)
    like = _like(opened.tables[0])
    if said.ask is not None:
        answered = _by_answers(opened, like, said.ask)
        if answered is None and guessed is not None:
            raise guessed
        return answered or Mapped(opened)
    if guessed is not None:
        raise _only_like(path, opened.tables[0], like)
    return Mapped(opened, like=like)


def _by_a_profile(path: Path, sheet: str | None, there: Sequence[Profile]) -> Mapped | None:
    for found in there:
        try:
            return Mapped(open_tables(path, sheet, _look(found.fields)), found.name)
        except BadValue:
            continue
    return None


def _by_answers(opened: Opened, like: Mapping[str, Like], ask: Asking) -> Mapped | None:
    """The mapping by a clerk's answers; None without any."""
    table = opened.tables[0]
    fields = {heading: str(field) for heading, field in ask.fields(like).items()} if like else {}
    left = [heading for heading in table.layout.unknown() if normalise_heading(heading) not in fields]
    missing = _missing(table, fields.values())
    if missing and left:
        fields |= ask.which(missing, left)
    if not fields:
        return None
    name = ask.name()
    opened = _read_as(opened, fields)
    keep = Profile(name, tuple(sorted(_headings(table))), fields) if name else None
    return Mapped(opened, name or None, keep, _like(opened.tables[0]), learnt=_learnt(fields))


def _read_as(opened: Opened, fields: Mapping[str, str]) -> Opened:
    known = known_with(fields)
    tables = [replace(table, layout=Layout.of(table.headings, known)) for table in opened.tables]
    return Opened(tables, opened.other_sheets)


def _learnt(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((heading, CANONICAL[field]) for heading, field in fields.items())


# ---- words, year, defaults --------------------------------------------------------------------------------------


def _with_sense(found: Mapped, said: Headings, used: Profile | None) -> Mapped:
    """Add the rest of the mapping: words, year of the days, default values."""
    kept = Sense(*(getattr(used, name) for name in Sense._fields)) if used is not None else Sense()
    sense = Sense(
        {**kept.words, **said.sense.words},
        said.sense.year or kept.year,
        {**kept.defaults, **said.sense.defaults},
        said.sense.day_order or kept.day_order,
        {**kept.codes, **said.sense.codes},
    )
    learnt = [*found.learnt, *((word, meant) for word, meant in said.sense.words.items())]
    unasked = sense
    if said.ask is not None:
        if sense.year is None and (year := _year_of_title(found.opened.tables)) and said.ask.year(year):
            sense = sense._replace(year=year)
        if (field := _by_section(found.opened.tables, sense, said.ask)) is not None:
            sense = sense._replace(defaults={**sense.defaults, field: BY_SECTION})
            learnt.append((default_heading(field), BY_SECTION))
        if unknown := unknown_words(found.opened.tables, sense):
            answers = said.ask.words(unknown)
            learnt += answers.items()
            sense = sense._replace(words={**sense.words, **answers})
    if sense.year != kept.year:
        learnt.append(("年份", str(sense.year)))
    keep, name = found.keep, found.name
    if keep is None and used is not None and sense != kept:
        keep = used
    if keep is None and not found.learnt and said.ask is not None and sense != unasked and (name := said.ask.name()):
        keep = Profile(name, tuple(sorted(_headings(found.opened.tables[0]))), {})
    if keep is not None:
        keep = keep._replace(**sense._asdict())
    return found._replace(name=name or None, sense=sense, keep=keep, learnt=tuple(learnt))


def _by_section(tables: Sequence[SheetTable], sense: Sense, ask: Asking) -> str | None:
    """The field filled from section headings, if the clerk confirms."""
    words = list(dict.fromkeys(word for table in tables for word in words_in(table)))
    field = meant_by(words, tables[0].layout)
    if field is None or field in sense.defaults or not ask.sections(default_heading(field), words):
        return None
    return field


def _year_of_title(tables: Sequence[SheetTable]) -> int | None:
    """The year in a title above the header, for days without a year."""
    for table in tables:
        if (year := table.title_year) and any(without_year(cell) for cell in _day_cells(table)):
            return year
    return None


def _day_cells(table: SheetTable) -> Iterator[object]:
    days = [index for index, _, typed in table.layout.plan if typed]
    for _, cells in islice(table.rows(), LOOKED_AT):
        yield from (cells[index] for index in days if index < len(cells))


def unknown_words(tables: Sequence[SheetTable], sense: Sense) -> list[UnknownWord]:
    """The words of closed columns that cannot be read, those of most rows first."""
    counted: dict[tuple[str, str, str], int] = {}
    for table in tables:
        closed = [(index, name, table.headings[index]) for index, name, _ in table.layout.plan if name in CLOSED]
        known: set[tuple[int, object]] = set()
        for _, cells in table.rows() if closed else ():
            for index, name, heading in closed:
                cell = cells[index] if index < len(cells) else ""
                if not cell or (index, cell) in known:
                    continue
                word = filled_text(cell)
                try:
                    if word:
                        closed_word(name, word, heading, sense)
                    known.add((index, cell))
                except BadValue:
                    if word != heading:
                        counted[name, heading, word] = counted.get((name, heading, word), 0) + 1
    return [
        UnknownWord(heading, word, rows, tuple(CLOSED[name].sayable.values()))
        for (name, heading, word), rows in sorted(counted.items(), key=lambda entry: -entry[1])
    ]


def _look(fields: Mapping[str, str] | None = None, guess: bool = False) -> Look:
    return Look(known_with(fields or {}), cache(partial(suggest, taken=())), guess)


def _opened(path: Path, sheet: str | None, fields: Mapping[str, str]) -> Opened:
    """Open by these headings; if they make no header, by similar ones too."""
    try:
        return open_tables(path, sheet, _look(fields))
    except BadValue:
        return open_tables(path, sheet, _look(fields, guess=True))


def _only_like(path: Path, table: SheetTable, like: Mapping[str, str]) -> BadValue:
    said = " ".join(f"⟦.map⟧ {typed(f'{heading}={CANONICAL[name]}')}" for heading, name in like.items())
    left = [heading for heading in table.layout.unknown() if normalise_heading(heading) not in like]
    others = f"；还没有认出的列：{'、'.join(left)}" if left else ""
    return BadValue(
        "文件",
        path.name,
        f"的列名是本局自己的，第 {table.header_row} 行像表头。请核对后说明各是哪一列",
        f"加 {said} ⟦.mapping⟧ 名称（存下来，下次自动用）{others}；在终端上运行会逐列询问",
    )


def _missing(table: SheetTable, answered: Iterable[str]) -> list[str]:
    """Usual columns missing in this sheet."""
    there = {*table.layout.columns, *answered}
    missing = [] if there & set(RECEIVED_FIELDS) else ["received_on"]
    return missing + (["title"] if "title" not in there else [])


def _headings(table: SheetTable) -> set[str]:
    return {plain for cell in table.headings if (plain := normalise_heading(cell)) and plain != REJECT_HEADING}


def _same_headings(table: SheetTable, there: Sequence[Profile]) -> Profile | None:
    """The set learnt from a sheet with the same headings; else the only one whose own words are all there."""
    present = _headings(table)
    for found in there:
        if present == set(found.headings):
            return found
    theirs = [
        found
        for found in there
        if set(found.fields) <= present and any(heading not in KNOWN for heading in found.fields)
    ]
    return theirs[0] if len(theirs) == 1 else None


def _like(table: SheetTable) -> dict[str, Like]:
    """Unknown columns resembling a missing one of ours by heading and cells: heading → field."""
    found: dict[str, Like] = {}
    likely: list[tuple[int, str, str]] = []
    for index, heading in table.layout.unknown_at():
        field = suggest(heading, {*table.layout.columns, *(name for _, _, name in likely)})
        if field is not None:
            likely.append((index, heading, field))
    told = [
        (index, name) for index, name, _ in table.layout.plan if name == "outcome" and not table.layout.has("reply")
    ]
    if not likely and not told:
        return found
    rows = [cells for _, cells in islice(table.rows(), LOOKED_AT)]
    for index, name in told:
        cells = [cells[index] for cells in rows if index < len(cells)]
        if not agrees(name, cells) and agrees("reply", cells):  # 办理结果 of other offices tells what was done
            found[normalise_heading(table.headings[index])] = _like_with(cells, "reply")
    taken = {*table.layout.columns, *(name for _, _, name in likely)}
    for index, heading, like in likely:
        cells = [cells[index] for cells in rows if index < len(cells)]
        if (field := by_content(like, cells, taken)) and field not in found.values():
            found[normalise_heading(heading)] = _like_with(cells, field)
    return found


def _like_with(cells: Sequence[object], field: str) -> Like:
    samples = dict.fromkeys(text for cell in cells if (text := filled_text(cell)))
    return Like(field, list(samples)[:SAMPLES])
