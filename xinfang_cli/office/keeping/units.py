"""The office's list of units: adding, editing, merging, and what is on each unit's desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from xinfang_cli.errors import Refused
from xinfang_cli.office.session import Session
from xinfang_cli.records import Unit


class UnitLoad(NamedTuple):
    """A unit under the office's own name for its group, and how many open cases it has."""

    unit: Unit
    open_cases: int


class UnitList(NamedTuple):
    """All units in the office's order."""

    units: tuple[UnitLoad, ...]


class UnitChange(NamedTuple):
    """A unit that was made or edited, as it now is."""

    unit: Unit
    made: bool


class UnitMerge(NamedTuple):
    """The unit that took another over, the name of the other, and how many cases moved."""

    unit: Unit
    merged: str
    moved_cases: int


class UnitsAdded(NamedTuple):
    """What became of a list of units."""

    added: int
    already_there: int


class NewUnit(NamedTuple):
    """A unit as a list or a clerk describes it, before it is in the book."""

    name: str
    short: str | None = None
    code: str | None = None
    group: str | None = None
    order: int | None = None
    aliases: tuple[str, ...] = ()


def listed(session: Session) -> UnitList:
    """All units in the office's order, each with its open cases."""
    with session.reading() as book:
        open_cases, called = book.cases.open_by_unit(), book.settings.group_names()
        return UnitList(
            tuple(
                UnitLoad(unit._replace(group=called[unit.group]), open_cases.get(unit.id, 0))
                for unit in book.units.all()
            )
        )


def add(session: Session, unit: NewUnit) -> UnitChange:
    """Add a unit; refused when the name is taken."""
    with session.writing("unit") as (book, pen):
        return UnitChange(book.units.add(pen, session.today, **unit._asdict()), made=True)


def add_all(session: Session, listed: list[NewUnit]) -> UnitsAdded:
    """Add the units of a list; those already there stay as they are."""
    added = already = 0
    with session.writing("unit") as (book, pen):
        for unit in listed:
            if book.units.is_name(unit.name):
                already += 1
                continue
            book.units.add(pen, session.today, **unit._asdict())
            added += 1
    return UnitsAdded(added, already)


def edit(session: Session, word: str, changes: dict[str, Any], add_aliases: tuple[str, ...] = ()) -> UnitChange:
    """Change a unit's names, code, group or place; `changes` holds fields of records.Unit."""
    with session.writing("unit", begins=False) as (book, pen):
        unit = book.units.find(word)
        changes = dict(changes)
        if add_aliases:
            changes["aliases"] = tuple(dict.fromkeys((*unit.aliases, *add_aliases)))
        if "group" in changes:
            changes["group"] = book.settings.group_of_word(changes["group"], "--group")
        if not changes:
            raise Refused(f"{unit.name} 没有要改的", "看用法：xinfang unit edit --help", code="same")
        return UnitChange(book.units.edit(pen, session.today, unit, changes), made=False)


def merge(session: Session, old: str, into: str) -> UnitMerge:
    """Everything of one unit becomes the other's."""
    with session.writing("unit", begins=False) as (book, pen):
        first, second = book.units.find(old), book.units.find(into)
        moved = book.cases.count_of_unit(first.id)
        book.units.merge(pen, session.today, first, second)
        return UnitMerge(book.units.by_id(second.id), first.name, moved)


_COLUMNS = {"名称": "name", "简称": "short", "代码": "code", "分组": "group", "别名": "aliases"}


def read_file(path: Path) -> list[NewUnit]:
    """A list of units: 名称, 简称, 代码, 分组, 别名 (several with 、)."""
    from xinfang_cli.intake.small_lists import read_plain_csv

    return [
        NewUnit(
            row["name"],
            row.get("short") or None,
            row.get("code") or None,
            row.get("group") or None,
            aliases=tuple(word for word in row.get("aliases", "").replace(",", "、").split("、") if word),
        )
        for row in read_plain_csv(path, _COLUMNS)
        if row.get("name")
    ]
