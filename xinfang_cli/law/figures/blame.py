"""Attribution of a case's days, from receipt to the stop of a clock, to its holders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from xinfang_cli.law.event import Event
from xinfang_cli.law.fold import in_force

BUREAU = 0  # stands among the units' ids for the bureau itself


def days_held(events: Sequence[Event], end: date, canonical: Mapping[int, int] | None = None) -> dict[int, int]:
    """Days held by holder from receipt to `end`: a unit's id, or BUREAU.

    A unit holds the case from its signing, else its assignment. Earlier days, and days of deciding its objection (art.
    23), are the bureau's. The sum is the days from receipt to `end`.
    """
    holder, since = BUREAU, None
    unit = BUREAU
    held: dict[int, int] = {}
    for event in in_force(events):
        if event.on > end:
            break
        following = holder
        if event.kind == "assign":
            unit = (canonical or {}).get(event.data["unit"], event.data["unit"])
            following = unit
        elif event.kind in ("object", "uphold"):
            following = BUREAU
        elif event.kind == "overrule":
            following = unit
        elif event.kind == "sign" and since is not None and holder == unit:
            held[BUREAU] = held.get(BUREAU, 0) + (event.on - since).days
            since = event.on
        elif event.kind == "register":
            since = event.on
        if following != holder and since is not None:
            held[holder] = held.get(holder, 0) + (event.on - since).days
            holder, since = following, event.on
    if since is not None:
        held[holder] = held.get(holder, 0) + max((end - since) // timedelta(days=1), 0)
    return held
