"""Their headings, not ours: said once, kept under a name, used by itself when the same headings come again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from xinfang_cli.errors import BadValue, NotFound
from xinfang_cli.intake.headings import (
    CANONICAL,
    KNOWN,
    RECEIVED_FIELDS,
    REJECT_HEADING,
    Layout,
    field_of,
    known_with,
    normalise_heading,
    suggest,
)
from xinfang_cli.intake.tables import Look, Opened, Table, open_tables
from xinfang_cli.office.session import Session
from xinfang_cli.records import HeadingSet

Answers = Mapping[str, str]


class Asking(NamedTuple):
    """How a clerk at a terminal is asked: whether headings stand for fields, which heading stands for a field that no
    column is like, and what to call the set (or '')."""

    fields: Callable[[Mapping[str, str]], Answers]
    which: Callable[[Sequence[str], Sequence[str]], Answers]
    name: Callable[[], str]


@dataclass
class Headings:
    """What was said about headings: `given` heading → word for a field, the name of a set, and whom to ask."""

    given: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    ask: Asking | None = None


class Mapped(NamedTuple):
    """A file opened with the headings that were said: the set used, one to keep, and columns that look like ours."""

    opened: Opened
    name: str | None = None
    keep: HeadingSet | None = None
    like: Mapping[str, str] = {}


def parse_given(pairs: Sequence[str]) -> dict[str, str]:
    """`概要=标题` → {概要: title}. BadValue for a word that names no column of ours."""
    given: dict[str, str] = {}
    for pair in pairs:
        heading, sign, word = pair.replace("＝", "=").partition("=")
        if not sign or not heading.strip() or not word.strip():
            raise BadValue("--map", pair, "看不懂", "写法：--map 表里的列=本程序的列，如 --map 概要=概况")
        found = field_of(word)
        if found is None or found == "history":
            raise BadValue("--map", word, "不是本程序的列", "可用的列见 xinfang template 生成的模板")
        given[normalise_heading(heading)] = found
    return given


def kept_sets(session: Session) -> list[HeadingSet]:
    """The sets of the book; none when there is no book yet."""
    if not session.place.exists():
        return []
    with session.reading() as book:
        return book.mappings.all_sets()


def forget(session: Session, name: str) -> None:
    """Take a set out of the book."""
    with session.reading() as book:
        if not book.mappings.remove(name):
            raise _no_set(name, book.mappings.all_sets())


def _no_set(name: str, there: Sequence[HeadingSet]) -> NotFound:
    names = "、".join(found.name for found in there)
    hint = f"有：{names}" if names else "第一次用时加 --map 列=列，就存在这个名字下"
    return NotFound(f"没有叫「{name}」的列标题对照", hint)


def open_mapped(session: Session, path: Path, sheet: str | None, said: Headings) -> Mapped:
    """Open a file with the headings that were said now or once. NotFound for a set that is not there, BadValue for a
    heading that the file has not."""
    there = kept_sets(session)
    if said.given or said.name is not None:
        own = next((found for found in there if found.name == said.name), None)
        if own is None and not said.given:
            raise _no_set(str(said.name), there)
        fields = {**(own.fields if own else {}), **said.given}
        opened = _opened(path, sheet, fields)
        table = opened.tables[0]
        present = _headings(table)
        for heading in said.given:
            if heading not in present:
                raise BadValue(
                    "--map", heading, "表里没有这一列", f"表里有：{'、'.join(h for h in table.headings if h)}"
                )
        keep = None if said.name is None else HeadingSet(said.name, tuple(sorted(present)), fields)
        return Mapped(opened, said.name, keep, _like(table))
    guessed: BadValue | None = None
    try:
        opened = open_tables(path, sheet, _look())
    except BadValue as error:
        for found in there:
            try:
                opened = open_tables(path, sheet, _look(found.fields))
            except BadValue:
                continue
            return Mapped(opened, found.name)
        opened, guessed = open_tables(path, sheet, _look(guess=True)), error
    chosen = _same_headings(opened.tables[0], there)
    if chosen is not None:
        known = known_with(chosen.fields)
        tables = [replace(table, layout=Layout.of(table.headings, known)) for table in opened.tables]
        return Mapped(Opened(tables, opened.other_sheets), chosen.name)
    like = _like(opened.tables[0])
    if guessed is not None and said.ask is None:
        raise _only_like(path, opened.tables[0], like)
    if said.ask is not None:
        fields = dict(said.ask.fields(like)) if like else {}
        left = [heading for heading in opened.tables[0].layout.unknown() if normalise_heading(heading) not in fields]
        missing = _missing(opened.tables[0], fields.values())
        if missing and left:
            fields |= said.ask.which(missing, left)
        if fields:
            name = said.ask.name()
            known = known_with(fields)
            tables = [replace(table, layout=Layout.of(table.headings, known)) for table in opened.tables]
            keep = HeadingSet(name, tuple(sorted(_headings(opened.tables[0]))), fields) if name else None
            return Mapped(Opened(tables, opened.other_sheets), name or None, keep, _like(tables[0]))
        if guessed is not None:
            raise guessed
        like = {}
    return Mapped(opened, like=like)


def _look(fields: Mapping[str, str] | None = None, guess: bool = False) -> Look:
    return Look(known_with(fields or {}), partial(suggest, taken=()), guess)


def _opened(path: Path, sheet: str | None, fields: Mapping[str, str]) -> Opened:
    """The file by these headings; by what is like ours where they alone make no header."""
    try:
        return open_tables(path, sheet, _look(fields))
    except BadValue:
        return open_tables(path, sheet, _look(fields, guess=True))


def _only_like(path: Path, table: Table, like: Mapping[str, str]) -> BadValue:
    said = " ".join(f"--map {heading}={CANONICAL[name]}" for heading, name in like.items())
    left = [heading for heading in table.layout.unknown() if normalise_heading(heading) not in like]
    others = f"；还没有认出的列：{'、'.join(left)}" if left else ""
    return BadValue(
        "文件",
        path.name,
        f"的列名是本局自己的，第 {table.header_row} 行像表头。请核对后说明各是哪一列",
        f"加 {said} --mapping 名称（存下来，下次自动用）{others}；在终端上运行会逐列询问",
    )


def _missing(table: Table, answered: Iterable[str]) -> list[str]:
    """What hardly a ledger is without and this one has no column for."""
    there = {*table.layout.columns, *answered}
    missing = [] if there & set(RECEIVED_FIELDS) else ["received_on"]
    return missing + (["title"] if "title" not in there else [])


def _headings(table: Table) -> set[str]:
    return {plain for cell in table.headings if (plain := normalise_heading(cell)) and plain != REJECT_HEADING}


def _same_headings(table: Table, there: Sequence[HeadingSet]) -> HeadingSet | None:
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


def _like(table: Table) -> dict[str, str]:
    """Columns that are not ours and look like one of ours that the sheet lacks: heading → field."""
    found: dict[str, str] = {}
    for heading in table.layout.unknown():
        likely = suggest(heading, {*table.layout.columns, *found.values()})
        if likely is not None:
            found[normalise_heading(heading)] = likely
    return found
