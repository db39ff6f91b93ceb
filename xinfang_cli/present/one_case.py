"""One case whole, as JSON; the petitioner masked unless asked for by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinfang_cli.law import redaction
from xinfang_cli.office.find.one_case import CaseFile, EventLine, OrderLine
from xinfang_cli.present.machine import record


def document(view: CaseFile) -> dict[str, Any]:
    """The JSON of `show`."""
    found: dict[str, Any] = record(view.line)
    found |= {key: record(value) for key, value in view._asdict().items() if key not in _NOT_IN_JSON}
    if view.purged is not None:
        found["purged"] = view.purged
    return found | {
        "orders": [_order(one) for one in view.orders],
        "petitioner": petitioner(view),
        "events": [said_of(event) for event in view.events],
    }


_NOT_IN_JSON = ("line", "revealed", "withheld", "purged")


def _order(order: OrderLine) -> dict[str, Any]:
    found = order._asdict()
    return found | dict(found.pop("steps"))


def petitioner(view: CaseFile) -> dict[str, str | None]:
    """The petitioner, redacted."""
    return redaction.person(view.petitioner._asdict(), view.revealed)


def extras(view: CaseFile) -> Mapping[str, Any]:
    """Another office's columns of the case, redacted."""
    said: Any = view.events[0].said.get("extras") if view.events else None
    return said or {}


def said_of(event: EventLine) -> dict[str, Any]:
    """An event with its fields; the file it came from, unless the event has a file of its own."""
    own = {key: value for key, value in event._asdict().items() if key not in ("said", "source")}
    source = dict(zip(("file", "sha256"), event.source, strict=True)) if event.source else {}
    return {**event.said, **own, **{key: value for key, value in source.items() if key not in event.said}}


def notices(view: CaseFile) -> Iterator[str]:
    """The note that an accusation's content and accuser are hidden."""
    if view.withheld:
        yield "注意：检举控告件只显示编号、阶段、时限和单位（条例第三十条）；确有需要加 --accusation --why 事由，信访人另加 --reveal，会记入查阅记录"
