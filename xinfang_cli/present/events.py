"""The fields of an event in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinfang_cli.law.events.base import EventType
from xinfang_cli.law.events.fields import Field
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.law.events.taken_down import EDITABLE

_INTAKE = {field.name: field for field in EDITABLE}
# A correction names a field of the event that it sets right, and any event calls what can be set right the same.
_CORRECTED = {field.name: field for declared in EVENTS.values() for field in declared.fields if field.correctable}


def title(event: Mapping[str, Any]) -> str:
    """An event's title: its step, or refusal for now or for good (不再受理)."""
    declared = EVENTS[event["kind"]]
    return declared.label if declared.titled is None else declared.titled(event)


def detail(event: Mapping[str, Any], *, intake: bool = False) -> str:
    """The fields of an event in words; of a registration only with `intake`."""
    declared = EVENTS[event["kind"]]
    if declared.kind == "register":
        return _registered({**event, "kind": event.get("case_kind")}) if intake else ""
    parts = []
    for field in _told(declared):
        value = event.get(field.name)
        if value is None or value is False or value == []:
            continue
        parts.append(field.label if value is True else f"{field.label} {_said(field, value)}")
    if changed := _changed(event):
        parts.append(changed)
    return "，".join(parts)


def _told(declared: EventType) -> Iterator[Field]:
    """The fields that the dossier tells, in its order."""
    by_name = {field.name: field for field in declared.fields if field.label}
    return (by_name[name] for name in declared.told or by_name)


def _registered(said: Mapping[str, Any]) -> str:
    """The intake fields."""
    parts = [
        f"{field.label} {_said(field, said[name])}"
        for name, field in _INTAKE.items()
        if field.asked and said.get(name) not in (None, "")
    ]
    if said.get("repeat"):
        original = said.get("repeat_of") or said.get("repeat_of_no")
        parts.append(f"重复件，原件 {original}" if original else "重复件")
    parts += [f"{heading} {value}" for heading, value in (said.get("extras") or {}).items()]
    return "，".join(parts)


def _changed(event: Mapping[str, Any]) -> str:
    """Old and new values of an edit or correction."""
    was, now = event.get("was", {}) | event.get("changed_from", {}), event.get("set", {}) | event.get("changes", {})
    fields = _CORRECTED if event["kind"] == "correct" else _INTAKE
    return "；".join(
        f"{field.label}：{_said(field, was.get(key))} → {_said(field, value)}"
        for key, value in now.items()
        if (field := fields.get(key) or Field(key, key)).label
    )


def _said(field: Field, value: Any) -> str:
    """A value of a field in words."""
    if value is None or value == "":
        return "空"
    if isinstance(value, list):
        return "、".join(map(str, value))
    if field.words is None:
        return str(value)
    return "、".join(map(field.words.label, value.split(","))) if field.nature == "words" else field.words.label(value)
