"""Why a deadline is what it is, as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.explain import Ran
from xinfang_cli.office.find.explaining import ExplainedClock, Explanation
from xinfang_cli.present.machine import record


def document(view: Explanation) -> dict[str, Any]:
    """The JSON of `explain`."""
    about = {} if view.case_no is None else {"case_no": view.case_no, "title": view.title}
    return {**about, "clocks": [_clock(one) for one in view.clocks]}


def _clock(one: ExplainedClock) -> dict[str, Any]:
    found = one.reckoning
    own = {} if one.state is None else {"owner": one.owner, "held_by": one.held_by, "state": one.state}
    return {
        "clock": found.clock,
        "rule": found.rule,
        "article": found.article,
        "statutory_article": found.statutory_article,
        "office": found.office,
        "start": found.start,
        "day_zero": found.start,
        "n": found.n,
        "unit": found.unit,
        "base_due": found.base_due,
        "due": found.due,
        "hearing_article": found.hearing_article,
        "extended_days": found.extended_days,
        "hearing_days": found.hearing_days,
        "skipped": record(found.skipped),
        "made_up": record(found.made_up),
        "falls_on": found.falls_on,
        "guessed": found.guessed,
        **_ran(found.ran),
        "roll": found.roll,
        "rolled": record(found.rolled),
        "steps": found.steps,
        "table": record(found.table),
        **own,
    }


def _ran(ran: Ran | None) -> dict[str, Any]:
    return {} if ran is None else dict(record(ran))
