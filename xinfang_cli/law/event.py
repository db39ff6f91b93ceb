"""One thing that happened to a case, or to the office."""

from __future__ import annotations

from datetime import date
from typing import Any

REWORDING = ("correct", "edit", "revoke")
"""The amendments (law.events.intake): they change what other events say. Told apart here without loading every event."""


class Event:
    """One thing that happened. `on` is its effective day; `id` its place in the book's chain (0: not appended yet)."""

    __slots__ = ("data", "id", "kind", "on", "seq")

    def __init__(self, kind: str, on: date, data: dict[str, Any] | None = None, seq: int = 0, id: int = 0) -> None:
        self.kind = kind
        self.on = on
        self.data: dict[str, Any] = {} if data is None else data
        self.seq = seq
        self.id = id

    def __repr__(self) -> str:
        return f"Event({self.kind!r}, {self.on.isoformat()}, {self.data!r}, seq={self.seq})"
