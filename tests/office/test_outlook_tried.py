"""The best and the worst that the outlook gives, against every lawful way that small random books can still go on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from xinfang_cli.errors import Refused
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.law.figures.definitions import percent
from xinfang_cli.law.fold import fold
from xinfang_cli.law.inforce import Code
from xinfang_cli.office.figures import outlook
from xinfang_cli.office.figures.recount import Span, is_ratable
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.session import Session

FIRST, LAST, END = date(2023, 7, 1), date(2023, 7, 31), date(2023, 12, 31)
RUNNING, OVER = date(2023, 7, 17), date(2023, 8, 5)
REVOKED = {"result": "revoked", "redo_by": date(2023, 12, 1), "reason": "事实不清"}
WAYS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("assign", {"unit": 2, "mode": "forward"}),
    ("object", {"reason": "不属本局", "late_reason": "收件迟"}),
    ("uphold", {}),
    ("overrule", {"reason": "属本局"}),
    ("accept", {"pathway": "opinion"}),
    ("extend", {"days": 30, "approved_by": "测试局长", "reason": "复杂", "clock": "completion"}),
    ("close", {"outcome": "explained"}),
    ("close", {"outcome": "procedure_result"}),
    ("approve", {}),
    ("return", {"reason": "没有答复诉求"}),
    ("withdraw", {"reason": "不再反映"}),
    ("redirect", {"procedure": "arbitration", "where": "仲裁委", "how": "guided"}),
    ("return_up", {"reason": "不属本区"}),
    ("review", {"late_reason": "住院"}),
    ("review_result", REVOKED),
    ("review_result", {"result": "upheld"}),
    ("recheck", {"late_reason": "住院"}),
    ("recheck_result", {**REVOKED, "back_to": "unit"}),
    ("recheck_result", {"result": "upheld"}),
    ("rate", {"unit_rating": "fair", "bureau_rating": "fair"}),
    ("rate", {"unit_rating": "dissatisfied", "bureau_rating": "dissatisfied"}),
    ("rate", {"bureau_rating": "satisfied"}),
    ("rate", {"bureau_rating": "dissatisfied"}),
)
KINDS = {"dispatch": "dispatch", "acceptance": "acceptance", "completion": "completion", "rating": "participation"}
FIGURES = (*KINDS.values(), "closure", "one_time", "satisfaction", "bureau_satisfaction")
FARS = (
    *("registered", "assigned", "accepted", "closed", "rated", "unhappy", "bureau", "accusation", "repeat", "above"),
    *("in July", "reported", "redirected", "in review", "reviewed", "reopened", "finalised", "suggestion"),
    *("led away", "handed back", "sent back"),
)
STEPS = 3
Counts = tuple[int, int]
Ends = dict[str, set[Counts]]
"""Figure → each (numerator, denominator) that a case can still add."""


def begin(rng: random.Random, today: date, far: str, case: Callable[..., Any], at: Session) -> None:
    """A case somewhere on its way, its clocks due about July."""

    def some(first: date, last: date) -> str:
        return (first + timedelta(days=rng.randint(0, max((last - first).days, 0)))).isoformat()

    july = some(FIRST, min(today, LAST))
    if far == "registered":
        case(some(date(2023, 6, 20), min(today, LAST)), at=at)
        return
    if far == "above":
        case(july, at=at, source="forwarded")
        return
    if far == "assigned":
        day = some(date(2023, 6, 18), today)
        case(day, ("assign", day), at=at)
        return
    if far == "accepted":
        day = some(date(2023, 5, 4), date(2023, 6, 1))
        case(day, ("assign", day), ("accept", day), at=at)
        return
    if far in ("reported", "in July", "redirected"):
        day = rng.choice((FIRST.isoformat(), "2023-06-20"))
        made = case(day, ("assign", day), ("accept", day), at=at)
        if far == "redirected":
            made.do("redirect", july, procedure="arbitration", where="仲裁委", how="guided")
        else:
            made.do("close", july, **({"checked": True} if far == "reported" else {}))
        return
    kind = {"accusation": "accusation", "suggestion": "suggestion"}.get(far, "appeal")
    day, closed = some(date(2023, 5, 20), date(2023, 6, 1)), some(date(2023, 6, 2), date(2023, 6, 30))
    intake = {"kind": kind, "repeat": True} if far == "repeat" else {"kind": kind}
    if far in ("led away", "handed back", "sent back"):
        day = closed = FIRST.isoformat()
        intake["source"] = "forwarded"
    made = case(day, ("assign", day), ("accept", day), ("close", closed), at=at, **intake)
    since = some(date(2023, 7, 1), min(today, LAST) - timedelta(days=1))  # on the day itself it could be rated yet
    if far in ("rated", "unhappy", "accusation", "repeat", "finalised", "handed back"):
        good = "dissatisfied" if far == "unhappy" else "satisfied"
        latest = today if far != "handed back" else FIRST
        made.do(
            "rate",
            some(FIRST if far == "handed back" else date.fromisoformat(closed), latest),
            unit_rating=good,
            bureau_rating=good,
        )
    if far == "bureau":
        case(
            july,
            ("rate", july, {"unit_rating": "none", "bureau_rating": rng.choice(("satisfied", "dissatisfied"))}),
            at=at,
        )
    if far in ("in review", "reviewed", "reopened", "finalised", "led away", "handed back", "sent back"):
        made.do("review", since, late_reason="住院")
    if far in ("reopened", "led away", "handed back", "sent back"):
        made.do("review_result", since, result="revoked", redo_by=date(2023, 12, 1))
    if far == "led away":
        made.do("redirect", since, procedure="arbitration", where="仲裁委", how="guided")
        made.do("close", since, outcome="procedure_result")
    if far in ("handed back", "sent back"):
        made.walk(("assign", since, {"to": "测试乙局"}), ("object", since, {"reason": "不属本局"}), ("uphold", since))
        made.do("return_up", since, reason="不属本区")
    if far in ("reviewed", "finalised"):
        made.do("review_result", since, result="upheld")
    if far == "finalised":
        made.do("recheck", since, late_reason="住院")
        made.do("recheck_result", since, result="upheld")


def ends(events: Sequence[Event], code: Code, today: date) -> Ends:
    """What the known clocks of a case, and the case, can still add to each figure, whatever lawfully happens to it in a
    few steps; somebody may also come again about it on any day."""
    found: Ends = {figure: set() for figure in FIGURES}
    known = events[-1].seq
    for case in _ways(list(events), code, today):
        for figure, counts in _adds(case, known).items():
            found[figure] |= counts
    return found


def prospects(now: Mapping[str, Counts], each: Ends) -> dict[str, str]:
    """Of each figure of cases: what may still become of this case in it."""
    found = {}
    for figure in FIGURES[len(KINDS) :]:
        ways = each[figure]
        if now[figure] == (1, 1):
            found[figure] = "losable" if (0, 1) in ways else "leaving" if (0, 0) in ways else ""
        elif now[figure] == (0, 1):
            found[figure] = "ratable" if (1, 1) in ways else "disputed" if (0, 0) in ways else ""
        else:
            found[figure] = " ".join(
                name for name, way in (("coming_met", (1, 1)), ("coming_missed", (0, 1))) if way in ways
            )
    return found


def _adds(case: Case, known: int) -> Ends:
    """What the case adds to each figure as it then stands."""
    span = Span(FIRST, LAST, END)
    found: Ends = {}
    for kind, figure in KINDS.items():
        met = due = 0
        for clock in case.clocks:
            counts = clock.kind == kind and clock.opened_by <= known and not clock.void and span.holds(clock.due)
            if counts and (kind != "rating" or is_ratable(case)):
                due += 1
                met += clock.stop is not None and (kind == "rating" or clock.stop <= clock.due)
        found[figure] = {(met, due)}
    gone = case.stage in ("withdrawn", "refused", "redirected", "filed", "returned_up")
    found["closure"] = {(0, 0)}
    if span.holds(case.received_on) and not gone:
        found["closure"] = {(int(case.first_closed_on is not None), 1)}
    found["one_time"] = {(0, 0)}
    if span.holds(case.first_closed_on) and case.first:
        found["one_time"] = {(int(case.reviewed_on is None), 1), (0, 1)}  # at last: somebody came again
    for figure, on, how in (
        ("satisfaction", case.unit_rated_on, case.unit_rating),
        ("bureau_satisfaction", case.bureau_rated_on, case.bureau_rating),
    ):
        found[figure] = {(int(how != "dissatisfied"), 1) if is_ratable(case) and span.holds(on) else (0, 0)}
    return found


def _ways(events: list[Event], code: Code, today: date) -> Iterator[Case]:
    """The case as it stands, and after each lawful way on; ways that come to the same are gone once."""
    days = sorted({today, *(day for day in (date(2023, 7, 24), LAST, LAST + timedelta(days=1)) if day >= today)})
    days.append(date(2023, 9, 29))
    known = events[-1].seq
    seen: set[object] = set()
    now = fold(events, code)
    assert now is not None
    level = [(now, events)]
    for step in range(STEPS + 1):
        coming = []
        for case, told in level:
            came_to = repr((_adds(case, known), case.stage, case.stage_since, case.reviewable, len(case.clocks)))
            if came_to not in seen:
                seen.add(came_to)
                yield case
                if step < STEPS:
                    coming += list(_one(case, told, code, days))
        level = coming


def _one(case: Case, events: list[Event], code: Code, days: Sequence[date]) -> Iterator[tuple[Case, list[Event]]]:
    for (kind, data), day in product(WAYS, days):
        if day < max(events[-1].on, case.stage_since) or case.stage not in (EVENTS[kind].stages or (case.stage,)):
            continue
        event = Event(kind, day, dict(data), events[-1].seq + 1)
        try:
            decision = decide(events, event, code, CheckContext(END), case_no="XF2023-000001")
        except Refused:
            continue
        yield decision.case, [*events, event]


@pytest.mark.long
@pytest.mark.parametrize("today", [RUNNING, OVER], ids=["running", "over"])
@pytest.mark.parametrize("seed", range(7))
def test_no_way_is_better_or_worse(
    seed: int, today: date, session: Callable[..., Session], case: Callable[..., Any]
) -> None:
    rng = random.Random(seed)
    at = session(today=today.isoformat())
    for far in (*rng.sample(FARS, 2), FARS[3 * seed], FARS[3 * seed + 1], FARS[3 * seed + 2]):
        begin(rng, today, far, case, at)
    found = outlook.outlook(at, FiguresRequest(FIRST, LAST)).rates
    assert tuple(found) == FIGURES
    with at.reading() as book:
        each = [ends(events, book.code, today) for _, events in book.events.by_case()]
        cases = [fold(events, book.code) for _, events in book.events.by_case()]
    told: Counter[tuple[str, str]] = Counter()
    for one, now in zip(each, cases, strict=True):
        assert now is not None
        adds = {figure: max(ways) for figure, ways in _adds(now, 10**6).items()}
        told.update((figure, what) for figure, said in prospects(adds, one).items() for what in said.split())
    for figure in FIGURES[len(KINDS) :]:
        for what in ("losable", "leaving", "ratable", "disputed", "coming_met", "coming_missed"):
            assert getattr(found[figure].counts, what) == told[figure, what], (figure, what)
    for figure in FIGURES:
        sums = {(0, 0)}
        for one in each:
            sums = {(met + more, due + of) for met, due in sums for more, of in one[figure]}
        rates = [Fraction(met, due) for met, due in sums if due]
        counts = found[figure].counts
        if not rates:
            assert not counts.anything
            continue
        best, worst = max(rates), min(rates)
        assert counts.best == percent(best.numerator, best.denominator), (figure, counts, sorted(sums))
        assert counts.worst == percent(worst.numerator, worst.denominator), (figure, counts, sorted(sums))
