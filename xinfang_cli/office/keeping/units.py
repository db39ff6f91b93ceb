"""The office's list of units: adding, editing, merging, and what is on each unit's desk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import Unit
from xinfang_cli.errors import BadValue, Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.keeping.accusations import against, check_change
from xinfang_cli.office.session import Session


class UnitLoad(NamedTuple):
    """A unit under the office's own name for its group, and how many open cases it has."""

    unit: Unit
    open_cases: int
    parent: str | None


class UnitList(NamedTuple):
    """All units in the office's order."""

    units: tuple[UnitLoad, ...]


class UnitChange(NamedTuple):
    """A unit that was made or edited, as it now is."""

    unit: Unit
    made: bool
    parent: str | None = None


class UnitMerge(NamedTuple):
    """The unit that took another over, the name of the other, and how many cases moved."""

    unit: Unit
    merged: str
    moved_cases: int
    parent: str | None = None


class UnitsAdded(NamedTuple):
    """The result of a list of units."""

    added: int
    already_there: int


class UnitEdit(NamedTuple):
    """Changes to a unit; None: unchanged. An empty `parent` removes the parent."""

    name: str | None = None
    short: str | None = None
    code: str | None = None
    group: str | None = None
    order: int | None = None
    role: str | None = None
    parent: str | None = None
    add_aliases: tuple[str, ...] = ()
    add_leaders: tuple[str, ...] = ()
    drop_leaders: tuple[str, ...] = ()


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
        units = book.units.all()
        names = {unit.id: unit.name for unit in units}
        return UnitList(
            tuple(
                UnitLoad(
                    unit._replace(group=called[unit.group]), open_cases.get(unit.id, 0), _name_of(names, unit.parent)
                )
                for unit in units
            )
        )


def _name_of(names: Mapping[int, str], unit_id: int | None) -> str | None:
    return None if unit_id is None else names.get(unit_id)


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


def edit(session: Session, word: str, wanted: UnitEdit, *, sure: bool = False) -> UnitChange:
    """Change a unit; refused without `sure` if an accusation would then be with its target (art. 30)."""
    with session.writing("unit", begins=False) as (book, pen):
        unit = book.units.find(word)
        changes = _changes(book, unit, wanted)
        if not changes:
            raise Refused(f"{unit.name} 没有要改的", "看用法：⟦unit.edit⟧ ⟦.help⟧", code="same")
        before = against(book)
        after = book.units.edit(pen, session.today, unit, changes)
        check_change(book, before, sure)
        return UnitChange(after, False, _name_of(book.units.names_by_id(), after.parent))


def _changes(book: Book, unit: Unit, wanted: UnitEdit) -> dict[str, Any]:
    """The fields of the unit that change."""
    said = wanted._asdict()
    changes = {key: said[key] for key in ("name", "short", "code", "order", "role") if said[key] is not None}
    if wanted.group is not None:
        changes["group"] = book.settings.group_of_word(wanted.group, "⟦.group⟧")
    if wanted.add_aliases:
        changes["aliases"] = tuple(dict.fromkeys((*unit.aliases, *wanted.add_aliases)))
    if wanted.add_leaders or wanted.drop_leaders:
        kept = dict.fromkeys((*unit.leaders, *wanted.add_leaders))
        changes["leaders"] = tuple(name for name in kept if name not in wanted.drop_leaders)
    if wanted.parent is not None:
        changes["parent"] = _parent(book, unit, wanted.parent) if wanted.parent else None
    return changes


def _parent(book: Book, unit: Unit, word: str) -> int:
    """The new parent unit; refused if it is a descendant."""
    parent = book.units.find(word)
    above: Unit | None = parent
    while above is not None:
        if above.id == unit.id:
            raise BadValue("⟦.parent⟧", word, f"是 {unit.name} 自己或它的下级", "请核对上下级")
        above = None if above.parent is None else book.units.by_id(above.parent)
    return parent.id


def merge(session: Session, old: str, into: str, *, sure: bool = False) -> UnitMerge:
    """Merge a unit into another; refused without `sure` if an accusation would then be with its target."""
    with session.writing("unit", begins=False) as (book, pen):
        first, second = book.units.find(old), book.units.find(into)
        moved = book.cases.count_of_unit(first.id)
        before = against(book)
        session.watch_whole(book, "unit")
        book.units.merge(pen, session.today, first, second)
        pen.flush()
        book.forget_code()
        check_change(book, before, sure)
        now = book.units.by_id(second.id)
        return UnitMerge(now, first.name, moved, _name_of(book.units.names_by_id(), now.parent))


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
