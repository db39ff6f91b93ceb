"""Every kind of event, and the tables that follow from their declarations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xinfang_cli.law.events import backlog, handling, intake, office, pressing, reception, review, transfer
from xinfang_cli.law.events.base import EventType
from xinfang_cli.law.events.fields import LATE_ENTRY
from xinfang_cli.law.events.taken_down import EDITABLE
from xinfang_cli.law.terms import PLACED, Vocabulary


def _table(*families: tuple[EventType, ...]) -> Mapping[str, EventType]:
    return MappingProxyType({declared.kind: _with_late_entry(declared) for family in families for declared in family})


def _with_late_entry(declared: EventType) -> EventType:
    if not declared.missable:
        return declared
    told = (*declared.told, LATE_ENTRY.name) if declared.told else ()
    return declared._replace(fields=(*declared.fields, LATE_ENTRY), told=told)


EVENTS = _table(
    intake.EVENTS,
    transfer.EVENTS,
    handling.EVENTS,
    review.EVENTS,
    backlog.EVENTS,
    pressing.EVENTS,
    reception.EVENTS,
    intake.AMENDMENTS,
)
OFFICE_EVENTS = _table(office.EVENTS)
"""Events of the office rather than of one case; they stand in the same chain."""
_ALL = (*EVENTS.values(), *OFFICE_EVENTS.values())

EVENT = Vocabulary("事件", {kind: declared.label for kind, declared in EVENTS.items()})
OFFICE_EVENT = Vocabulary("事务", {kind: declared.label for kind, declared in OFFICE_EVENTS.items()})
MOVING = frozenset(kind for kind, declared in EVENTS.items() if declared.moves)
SENT = frozenset(kind for kind, declared in EVENTS.items() if declared.sent)
TURNS = frozenset(kind for kind, declared in EVENTS.items() if declared.begins_turn)
DONE = tuple(kind for kind, declared in EVENTS.items() if declared.counted)
"""The events of which a bulletin says how often they were done, or of which cases."""
TIMELESS = frozenset(kind for kind, declared in EVENTS.items() if declared.timeless)
DAY_FIELDS = frozenset(field.name for declared in _ALL for field in declared.fields if field.nature == "day")
PRIVATE_FIELDS = frozenset(field.name for declared in _ALL for field in declared.fields if field.private)
NOTES = frozenset(
    field.name
    for declared in EVENTS.values()
    for field in declared.fields
    if field.private and field.nature == "text" and field.name not in PLACED
)
"""What somebody wrote of a case, beside its title and content: searched and shown as its notes."""


def _names(nature: str) -> frozenset[str]:
    return frozenset(field.name for declared in _ALL for field in declared.fields if field.nature == nature)


UNIT_NAMES, CASE_NAMES = _names("unit"), _names("case")
"""What fields are called that hold a unit's, a case's number within the book."""
INTAKE_FIELDS = tuple(field.name for field in EDITABLE)
UNIT_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        kind: named
        for kind, declared in EVENTS.items()
        if (named := tuple(field.name for field in declared.fields if field.nature == "unit"))
    }
)
"""Which fields of which event name units."""


def _correctable() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for kind, declared in EVENTS.items():
        for field in declared.fields:
            if field.correctable:
                found[field.name] = (*found.get(field.name, ()), kind)
    return found


CORRECTABLE: Mapping[str, tuple[str, ...]] = MappingProxyType(_correctable())
"""What a correction may set right beside the day, and the events that say it."""

# Commands that are called otherwise than the event they record.
_COMMANDS = {
    "add": "登记",
    "import": "导入台账",
    "collect": "收回各单位的表",
    "undo": "撤销",
    "backlog": "修改积案",
    "roster": "接访排班",
    "reception": "领导接访",
    "attend": "无访值班",
    "unit": "单位变动",
    "config": "改设置",
    "upgrade": "升级",
    "restore": "恢复备份",
    "view": "保存列表",
    "profile": "列标题对照",
}


def command_label(name: str) -> str:
    """The Chinese name of a command."""
    return _COMMANDS.get(name) or (EVENT if name in EVENT.labels else OFFICE_EVENT).label(name)
