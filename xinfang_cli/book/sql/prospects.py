"""Possible outcomes of figures without a clock, case by case.

The parts: met, missed; `met_may_miss`, `met_may_go` (drops out), `missed_may_meet`, `missed_may_go`; and not counted
yet: `may_come` (met or missed), `may_come_met`, `may_come_missed`. A case is in the first that holds.
"""

from __future__ import annotations

from xinfang_cli.book.sql.figure_predicates import DAYS, PREDICATES, STOPPED
from xinfang_cli.law.terms import OPEN_STAGES

WAITS_FOR_APPROVAL = "waits"
"""A closing of a period that is over, still to be checked: its day, which only its events tell, decides."""
RUNNING = ":a <= :q"  # the period is not over


def _in_stage(*stages: str) -> str:
    return f"c.stage IN ({','.join(repr(stage) for stage in stages)})"


_OPEN = _in_stage(*OPEN_STAGES)
# A review can be asked for after its window too, for a reason; an opinion that is revoked can then be withdrawn.
_REOPENS = (
    f"({_OPEN} OR {_in_stage('in_review', 'reviewed', 'in_recheck')} OR {_in_stage('closed')} AND EXISTS (SELECT 1 FROM "
    "{clocks} w WHERE w.case_id = c.id AND w.kind = 'review_window' AND w.void = 0 AND w.start_on >= c.closed_on))"
)
RATED_MAY_GO = f"{STOPPED} AND {_REOPENS}"
"""A rating window that was used, of a case that can still be withdrawn."""
_NEVER_CLOSED = "c.first_closed_on IS NULL"
_WILL_BE_RATABLE = f"{_NEVER_CLOSED} AND c.repeat = 0 AND c.kind <> 'accusation' AND {_OPEN}"


def _closure() -> dict[str, str]:
    received, closed, stays = DAYS["received"], PREDICATES["closed"], PREDICATES["not_gone"]
    return {
        "met_may_go": f"{received} AND {stays} AND {closed} AND {_REOPENS}",
        "met": f"{received} AND {stays} AND {closed}",
        "missed_may_meet": f"{received} AND {stays}",
        "may_come_met": f"{received} AND {_in_stage('redirected')}",
    }


def _one_time() -> dict[str, str]:
    closed = f"c.repeat = 0 AND {DAYS['closed']}"
    never = f"c.repeat = 0 AND {_NEVER_CLOSED}"
    return {
        "met_may_miss": f"{closed} AND {PREDICATES['not_reviewed']} AND {PREDICATES['not_repeated']}",
        "missed": closed,
        "may_come": f"{RUNNING} AND {never} AND ({_OPEN} OR {_in_stage('redirected')})",
        WAITS_FOR_APPROVAL: f"{never} AND {_in_stage('reported')}",
    }


def _ratings(whose: str) -> dict[str, str]:
    given, good = DAYS[f"{whose}_rated"], PREDICATES[f"{whose}_satisfied"]
    counted = f"{given} AND {PREDICATES['ratable']}"
    fixed = _in_stage("returned_up") if whose == "unit" else "false"
    again = f"{counted} AND NOT {fixed}"  # the latest of a case counts: it can be rated again, in the period or after
    return {
        "met_may_miss": f"{RUNNING} AND {again} AND {good}",
        "missed_may_meet": f"{RUNNING} AND {again}",
        "met_may_go": f"{again} AND {good}",
        "missed_may_go": again,
        "met": f"{counted} AND {good}",
        "missed": counted,
        "may_come": f"{RUNNING} AND (c.ratable = 1 AND NOT {fixed} OR {_WILL_BE_RATABLE})",
        "may_come_met": f"{given} AND {_WILL_BE_RATABLE} AND {good}",
        "may_come_missed": f"{given} AND {_WILL_BE_RATABLE}",
    }


PROSPECTS = {
    "closure": _closure(),
    "one_time": _one_time(),
    "satisfaction": _ratings("unit"),
    "bureau_satisfaction": _ratings("bureau"),
}
