"""Units in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.keeping.units import UnitChange, UnitList, UnitMerge, UnitsAdded
from xinfang_cli.office.views import Unit
from xinfang_cli.present.machine import Csv

COLUMNS = labelled("group", "order=seq", "name=listed_name", "short", "code", "initials", "aliases", "open_cases")


def record(unit: Unit, parent: str | None = None) -> dict[str, Any]:
    """A unit's JSON; `parent`: the name of the unit it is part of."""
    return {
        "name": unit.name,
        "short": unit.short,
        "code": unit.code,
        "group": unit.group,
        "order": unit.order,
        "initials": unit.initials,
        "aliases": list(unit.aliases),
        "parent": parent,
        "leaders": list(unit.leaders),
        "role": unit.role,
    }


def document(view: UnitList | UnitChange | UnitMerge | UnitsAdded) -> Any:
    """The JSON of the views of units."""
    if isinstance(view, UnitList):
        return [{**record(load.unit, load.parent), "open_cases": load.open_cases} for load in view.units]
    if isinstance(view, UnitMerge):
        return {**record(view.unit, view.parent), "merged": view.merged, "moved_cases": view.moved_cases}
    return record(view.unit, view.parent) if isinstance(view, UnitChange) else view._asdict()


def rows(view: UnitList) -> list[list[Any]]:
    """One row a unit, in the order of COLUMNS."""
    return [
        [
            *(load.unit.group, load.unit.order, load.unit.name, load.unit.short, load.unit.code, load.unit.initials),
            "、".join(load.unit.aliases),
            load.open_cases,
        ]
        for load in view.units
    ]


def table(view: UnitList) -> Csv:
    """The rows of the views of units for a spreadsheet."""
    return Csv(tuple(COLUMNS.values()), rows(view))


def sentence(view: UnitChange | UnitMerge | UnitsAdded) -> str:
    """The change in one line."""
    if isinstance(view, UnitMerge):
        return f"{view.merged} 的 {view.moved_cases} 件已并入 {view.unit.name}"
    if isinstance(view, UnitsAdded):
        return f"新增 {view.added} 个单位，已有 {view.already_there} 个"
    unit = view.unit
    names = [name for name in (unit.short, unit.code, *unit.aliases) if name]
    also = f"（{'、'.join(names)}）" if names else ""
    bound = [f"上级 {view.parent}"] if view.parent else []
    bound += [f"领导 {'、'.join(unit.leaders)}"] if unit.leaders else []
    bound += [terms.UNIT_ROLE.label(unit.role)] if unit.role != "ordinary" else []
    line = f"{'已增加' if view.made else '已修改'}：{unit.name}{also}  {unit.group}  {unit.initials}"
    return "  ".join([line, *bound])
