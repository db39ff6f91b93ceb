"""The named predicates of the figures as SQL, each once: `c` the case, `k` its clock, `b` its entry in a batch.

`:p` and `:q` are the period's first and last day, `:a` the day the figures are as of. {repeats} stands for all
cases that repeat another.
"""

from __future__ import annotations

from collections.abc import Iterable

from xinfang_cli.book.sql.predicates import WITHOUT_ACCEPTANCE_CLOCK, due_counted, stopped_counted
from xinfang_cli.law.figures.definitions import GOOD_RATINGS
from xinfang_cli.law.terms import CHANNEL_GROUP, GROUP_VISIT, PATHWAY_OF_KIND, VISITS


def _among(column: str, words: Iterable[str]) -> str:
    return f"{column} IN ({','.join(repr(word) for word in words)})"


def _again(case: str, when: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {{repeats}} r WHERE r.repeat_of = {case} AND r.received_on {when} "
        "AND r.received_on <= :a AND r.excluded = 0)"
    )


_WRITTEN = [name for name, group in CHANNEL_GROUP.items() if group in ("来信", "网信")]
STOPPED = "(k.stop_on IS NOT NULL AND k.stop_on <= :a)"

PREDICATES = {
    "not_gone": f"NOT {_among('c.stage', ('withdrawn', 'refused', 'redirected', 'filed', 'returned_up'))}",
    "closed": "c.first_closed_on IS NOT NULL",
    "first_time": "c.repeat = 0",
    "repeat": "c.repeat = 1",
    "not_reviewed": "c.reviewed_on IS NULL",
    "not_repeated": f"NOT {_again('c.id', '>= c.first_closed_on')}",
    "ratable": "c.ratable = 1",  # a rating before the closing waits for it: ratable means closed
    "unit_satisfied": _among("c.unit_rating", GOOD_RATINGS),
    "bureau_satisfied": _among("c.bureau_rating", GOOD_RATINGS),
    "visit": _among("c.channel", VISITS),
    "written": _among("c.channel", _WRITTEN),
    "of_group": f"c.headcount >= {GROUP_VISIT}",
    "stopped_by_then": STOPPED,
    "rated_or_lapsed": f"({STOPPED} OR k.due_on < :a)",
    "rating_open": f"NOT {STOPPED} AND k.due_on >= :a",
    "joined": "b.joined_on <= :a",
    "handed_down": "b.batch NOT IN (SELECT value FROM json_each(:handed_later))",
    "resolved": "b.resolved_on IS NOT NULL",
    "recognised": "(b.recognised_on IS NOT NULL OR b.batch NOT IN (SELECT value FROM json_each(:recognising)))",
    "not_relapsed": f"NOT {_again('b.case_id', '> b.resolved_on')}",
}

DAYS = {
    "received": "c.received_on BETWEEN :p AND :q AND c.received_on <= :a",
    "closed": "c.first_closed_on IS NOT NULL AND c.first_closed_on BETWEEN :p AND :q",
    "unit_rated": "c.unit_rated_on IS NOT NULL AND c.unit_rated_on BETWEEN :p AND :q",
    "bureau_rated": "c.bureau_rated_on IS NOT NULL AND c.bureau_rated_on BETWEEN :p AND :q",
    "due": "k.due_on BETWEEN :p AND :q",
    "stopped": "k.stop_on BETWEEN :p AND :q AND k.stop_on <= :a",
    "": "true",
}
"""The day that must lie in the period."""

CLOCK_PARTS = {
    "on_time": f"{STOPPED} AND k.stop_on <= k.due_on",
    "late": f"{STOPPED} AND k.stop_on > k.due_on",
    "overdue": f"NOT {STOPPED} AND k.due_on < :a",
    "pending": f"NOT {STOPPED} AND k.due_on >= :a",
}

COUNTED = {"due": due_counted("k."), "stopped": stopped_counted("k."), "received": "k.counted = 1"}
"""Clocks that are in the figures, in the words of the index that the basis reads."""
EXCLUDED_CLOCK = "c.excluded = 1 AND k.void = 0 AND (k.kind <> 'rating' OR c.ratable = 1)"
"""A clock that would be in the figures, were its case not excluded."""


_WITHOUT = f"{WITHOUT_ACCEPTANCE_CLOCK} AND c.excluded = 0"
NOT_STATED = {
    "acceptance": f"{_WITHOUT} AND k.void = 1",
    "completion": f"{_WITHOUT} AND c.accepted_on IS NULL AND c.first_closed_on IS NOT NULL "
    f"AND {_among('c.kind', sorted(kind for kind, way in PATHWAY_OF_KIND.items() if way == 'opinion'))} "
    "AND k.n = (SELECT max(o.n) FROM {clocks} o WHERE o.case_id = c.id AND o.kind = 'acceptance')",
}
"""Closed, and nobody knows when it was accepted (缺受理): in neither figure; each of its clocks is that of its acceptance."""
NOT_STATED_DAYS = {
    ("acceptance", "due"): DAYS["due"],
    **{(key, "received"): DAYS["received"] for key in NOT_STATED},
}
"""The day that is asked of it: its completion falls due on no known day, and counts by its closing."""


def all_of(names: tuple[str, ...]) -> str:
    """Every one of these predicates."""
    return " AND ".join(PREDICATES[name] for name in names) or "true"
