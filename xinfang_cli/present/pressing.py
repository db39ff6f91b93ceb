"""Today's pressing, as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.work.pressing import PressedClock, PressedUnit, Reminders

_KEYS = PressedClock._fields[: PressedClock._fields.index("case_id")]  # what a program is told of a clock


def document(view: Reminders) -> dict[str, Any]:
    """The JSON of `remind`."""
    return {
        "today": view.today,
        "units": [_unit(group, view) for group in view.units],
        "recorded": view.recorded,
        "hidden": view.hidden,
    }


def _unit(group: PressedUnit, view: Reminders) -> dict[str, Any]:
    items = [dict(zip(_KEYS, item, strict=False)) for item in group.items]
    letter = {} if view.letters is None else {"letter": view.letters.get(group.unit)}
    return {"unit": group.unit, "items": items, "text": group.text, **letter}
