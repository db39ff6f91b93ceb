"""The best and the worst that the outlook gives, against every lawful way that small random books can still go on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from xinfang_cli.errors import Refused
from xinfang_cli.law.decide import decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.figures.definitions import percent
from xinfang_cli.law.fold import fold
from xinfang_cli.law.inforce import Code
from xinfang_cli.office.figures import outlook
from xinfang_cli.office.figures.recount import Span, is_ratable
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.session import Session

FIRST, LAST, TODAY, END = date(2023, 7, 1), date(2023, 7, 31), date(2023, 7, 17), date(2023, 12, 31)
WAYS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("assign", {"unit": 2, "mode": "forward"}),
    ("object", {"reason": "不属本局", "late_reason": "收件迟"}),
    ("uphold", {}),
    ("overrule", {"reason": "属本局"}),
    ("accept", {"pathway": "opinion"}),
    ("extend", {"days": 30, "approved_by": "测试局长", "reason": "复杂", "clock": "completion"}),
    ("close", {"outcome": "explained"}),
    ("withdraw", {"reason": "不再反映"}),
    ("redirect", {"procedure": "arbitration", "where": "仲裁委", "how": "guided"}),
    ("rate", {"unit_rating": "fair"}),
)
DAYS = (TODAY, date(2023, 7, 24), LAST, date(2023, 8, 1), date(2023, 9, 29))
KINDS = {"dispatch": "dispatch", "acceptance": "acceptance", "completion": "completion", "rating": "participation"}
Ends = dict[str, set[tuple[int, int]]]
"""Figure → each (numerator, denominator) that a case can still add."""


def begin(rng: random.Random, case: Callable[..., Any], at: Session) -> None:
    """A case somewhere on its way, its clocks due about July."""

    def some(first: date, last: date) -> str:
        return (first + timedelta(days=rng.randint(0, (last - first).days))).isoformat()

    far = rng.choice(("registered", "assigned", "accepted", "closed", "rated"))
    if far == "registered":
        case(some(date(2023, 6, 20), TODAY), at=at)
        return
    if far == "assigned":
        day = some(date(2023, 6, 18), TODAY)
        case(day, ("assign", day), at=at)
        return
    if far == "accepted":
        day = some(date(2023, 5, 4), date(2023, 6, 1))
        case(day, ("assign", day), ("accept", day), at=at)
        return
    day, closed = some(date(2023, 5, 20), date(2023, 6, 1)), some(date(2023, 6, 2), date(2023, 6, 30))
    made = case(day, ("assign", day), ("accept", day), ("close", closed), at=at)
    if far == "rated":
        made.do("rate", some(date.fromisoformat(closed), TODAY), unit_rating="satisfied")


def ends(events: Sequence[Event], code: Code) -> Ends:
    """What the known clocks of a case can still add to each figure, whatever lawfully happens to it in two steps."""
    found: Ends = {}
    known = events[-1].seq
    for way in ((), *_steps(events, code)):
        case = fold([*events, *way], code)
        assert case is not None
        span = Span(FIRST, LAST, END)
        for kind, figure in KINDS.items():
            met = due = 0
            for clock in case.clocks:
                counts = clock.kind == kind and clock.opened_by <= known and not clock.void and span.holds(clock.due)
                if counts and (kind != "rating" or is_ratable(case)):
                    due += 1
                    met += clock.stop is not None and (kind == "rating" or clock.stop <= clock.due)
            found.setdefault(figure, set()).add((met, due))
    return found


def _steps(events: Sequence[Event], code: Code) -> Iterator[tuple[Event, ...]]:
    for first in _one(events, code):
        yield (first,)
        for second in _one([*events, first], code):
            yield first, second


def _one(events: Sequence[Event], code: Code) -> Iterator[Event]:
    for (kind, data), day in product(WAYS, DAYS):
        if day < events[-1].on:
            continue
        event = Event(kind, day, dict(data), events[-1].seq + 1)
        try:
            decide(list(events), event, code, CheckContext(END), case_no="XF2023-000001")
        except Refused:
            continue
        yield event


@pytest.mark.parametrize("seed", range(8))
def test_no_way_is_better_or_worse(seed: int, session: Callable[..., Session], case: Callable[..., Any]) -> None:
    rng = random.Random(seed)
    at = session(today=TODAY.isoformat())
    for _ in range(rng.randint(3, 4)):
        begin(rng, case, at)
    found = outlook.outlook(at, FiguresRequest(FIRST, LAST)).rates
    with at.reading() as book:
        each = [ends(events, book.code) for _, events in book.events.by_case()]
    for figure in KINDS.values():
        sums = {
            (sum(met for met, _ in way), sum(due for _, due in way)) for way in product(*(one[figure] for one in each))
        }
        rates = [Fraction(met, due) for met, due in sums if due]
        counts = found[figure].counts
        if not rates:
            assert counts.total == 0
            continue
        best, worst = max(rates), min(rates)
        assert counts.best == percent(best.numerator, best.denominator), (figure, counts, sorted(sums))
        assert counts.worst == percent(worst.numerator, worst.denominator), (figure, counts, sorted(sums))
