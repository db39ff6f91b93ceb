"""Due days that differ in another system, with the computation of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.law.terms import PATHWAY
from xinfang_cli.office.find.explaining import reckoned
from xinfang_cli.office.find.morning import unit_filter
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book
    from xinfang_cli.law.case import Case
    from xinfang_cli.law.redaction import Redacted


class Differing(NamedTuple):
    """One clock: our day, theirs, how many days theirs is later, and how ours came about, in one line; of a case without
    such a clock why it has none."""

    case_no: str
    title: Redacted
    unit: str | None
    clock: str
    start: str | None
    due_on: str | None
    outside_due: str
    later: int | None
    state: str
    stage: str
    lead: str | None
    owner: str
    article: str
    explain: str


class DifferingDays(NamedTuple):
    """Deadlines for which another system has another day than ours."""

    lines: tuple[Differing, ...]
    limit: int = 0
    kept: int = 0
    """So many deadlines of another system there are, those that agree too."""


NO_CLOCK = "none"
"""As the state of a clock: we have none of that kind."""


def differing(
    session: Session,
    *,
    unit: str | None = None,
    kinds: tuple[str, ...] | None = None,
    owners: tuple[str, ...] | None = None,
    limit: int = 0,
) -> DifferingDays:
    """Every counted clock, stopped ones included, with a different due day in another system."""
    made: list[Differing] = []
    with session.reading() as book:
        chosen = ListFilter(units=unit_filter(book, unit))
        for line in book.lists.outside_days(chosen=chosen, kinds=kinds, owners=owners, limit=limit):
            events = book.events.of(line.case_id)
            case = fold(events, book.code)
            assert case is not None
            clock = case.clocks[line.n]
            found = reckoned(book, clock, in_force(events))
            steps = found.steps[: -1 if clock.stop is not None else None]  # when it was done moves no deadline
            made.append(
                Differing(
                    line.case_no,
                    line.title,
                    line.unit,
                    line.clock,
                    line.start,
                    line.due_on,
                    line.outside_due,
                    (date.fromisoformat(line.outside_due) - date.fromisoformat(line.due_on)).days,
                    clock.state(session.today),
                    line.stage,
                    line.lead,
                    line.owner,
                    found.article,
                    "；".join(steps),
                )
            )
        kept = book.lists.outside_kept(chosen)
        theirs = _without_clock(book, chosen) if owners is None or "unit" in owners else iter(())
        wanted = (line for line in theirs if kinds is None or line.clock in kinds)
        without = list(islice(wanted, limit - len(made) if limit else None))
    made += without
    return DifferingDays(tuple(made[:limit] if limit else made), limit, kept + len(without))


def _without_clock(book: Book, chosen: ListFilter) -> Iterator[Differing]:
    """Another system's days for which we have no clock at all, and why."""
    for line in book.lists.outside_without_clock(chosen):
        case = fold(book.events.of(line.case_id), book.code)
        assert case is not None
        for kind, day in case.outside_without_clock():
            yield Differing(
                line.case_no,
                line.title,
                line.unit,
                kind,
                None,
                None,
                day.isoformat(),
                None,
                NO_CLOCK,
                line.stage,
                line.lead,
                "unit",
                "",
                _why_none(case, kind),
            )


def _why_none(case: Case, kind: str) -> str:
    """Why a case has no clock of that kind."""
    if kind == "acceptance":
        return "没有转送责任单位，受理期限从转送起算"
    if case.accepted_on is None:
        return "没有记受理，办结期限从受理起算"
    return f"按「{PATHWAY.label(case.pathway or '')}」办理，没有办结期限"
