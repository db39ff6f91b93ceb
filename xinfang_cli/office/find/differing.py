"""Where another system's deadline is another day than ours, and how ours was reckoned."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.office.find.explaining import reckoned
from xinfang_cli.office.find.morning import unit_filter
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted


class Differing(NamedTuple):
    """One clock: our day, theirs, how many days theirs is later, and how ours came about, in one line."""

    case_no: str
    title: Redacted
    unit: str | None
    clock: str
    start: str
    due_on: str
    outside_due: str
    later: int
    state: str
    stage: str
    lead: str | None
    owner: str
    article: str
    explain: str


class DifferingDays(NamedTuple):
    lines: tuple[Differing, ...]
    limit: int = 0


def differing(
    session: Session,
    *,
    unit: str | None = None,
    kinds: tuple[str, ...] | None = None,
    owners: tuple[str, ...] | None = None,
    limit: int = 0,
) -> DifferingDays:
    """Every clock that stands and for which another system has another day, those that have stopped too."""
    made = []
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
    return DifferingDays(tuple(made), limit)
