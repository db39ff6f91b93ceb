"""Changes since a publication as JSON; publications affected by a plan."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.periods import Period
from xinfang_cli.office.figures.sealing import Changes, CountedAs, MovedPublication


def document(view: Changes) -> dict[str, Any]:
    """The JSON of `report --changes`."""
    seal = view.seal
    return {
        "period": _period(seal.period),
        "published_on": seal.published_on,
        "recorded_at": seal.recorded_at,
        "actor": seal.actor,
        "as_of": seal.as_of,
        "events": seal.events,
        "head": seal.head,
        "head_matches": view.head_matches,
        "differs": len(view.cells),
        "cells": [cell._asdict() for cell in view.cells],
        "cases": [
            case._asdict()
            | {
                "before": [_counted(one) for one in case.before],
                "after": [_counted(one) for one in case.after],
                "changes": [one._asdict() for one in case.changes],
            }
            for case in view.cases
        ],
    }


def _period(period: Period) -> dict[str, Any]:
    return {"from": period.first, "to": period.last, "label": period.label}


def _counted(one: CountedAs) -> dict[str, Any]:
    return {key: value for key, value in one._asdict().items() if value is not None}


def moved_record(publication: MovedPublication) -> dict[str, Any]:
    """A publication that a correction would move, as JSON."""
    return {
        "period": _period(publication.period),
        "published_on": publication.published_on,
        "as_of": publication.as_of,
        "cells": [cell._asdict() for cell in publication.cells],
    }
