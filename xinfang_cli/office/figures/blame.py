"""Late clocks: the days used by the bureau before dispatch, and by the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from xinfang_cli.book.counting import CountedCase, Counting
from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.figures.blame import BUREAU, days_held
from xinfang_cli.law.terms import CLOCK, NO_UNIT
from xinfang_cli.office.figures.stats import HIDDEN, FiguresRequest, asked_of, hidden_among, opened, rules_now
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted

CLOCKS = ("acceptance", "completion")


class BlamedClock(NamedTuple):
    """A late or overdue clock, with its days by holder: bureau, this unit, other units."""

    case_no: str | None
    title: Redacted
    unit: str
    clock: str
    part: str
    received_on: str
    start: str
    due_on: str
    stop_on: str | None
    days_over: int | None
    bureau_days: int | None
    unit_days: int | None
    other_days: int | None
    guessed: bool = False  # 约


class BlameSum(NamedTuple):
    """Totals of some clocks: late or overdue ones, days by holder, and those delayed by the bureau."""

    late: int
    overdue: int
    days_over: int
    bureau_days: int
    unit_days: int
    other_days: int
    bureau_over_limit: int


class UnitBlame(NamedTuple):
    """The sum of one unit."""

    unit: str
    sum: BlameSum


class Blame(NamedTuple):
    """Attribution of late clocks due in a period. `dispatch_limit`: the bureau's own days."""

    first: date
    last: date
    as_of: date
    only: Mapping[str, str]
    dispatch_limit: int
    total: BlameSum
    rows: tuple[UnitBlame, ...]
    cases: tuple[BlamedClock, ...]


def blame(session: Session, request: FiguresRequest, *, clocks: Sequence[str] = CLOCKS) -> Blame:
    """The units' late and overdue clocks due in the period, by unit and one by one.

    For each, the days from receipt to its stop (or the day asked): the bureau's, this unit's, other units'; they add up.
    """
    for kind in clocks:
        if kind not in CLOCKS:
            raise BadValue("⟦.clock⟧", CLOCK.label(kind), "不是责任单位的法定期限", "可用：受理告知、办结")
    with session.reading() as book:
        asked, words = asked_of(book, session, request._replace(by=(), basis="due"))
        tables = book.counts.as_of(asked.as_of)
        limit = rules_now(book).clocks["dispatch"].n
        book.code  # noqa: B018  (loads the merged units)
        rows = [
            (kind, row)
            for kind in clocks
            for part in ("late", "overdue")
            for row in book.counts.behind(tables, asked, kind, part)
        ]
        hidden = hidden_among(book, asked, (row for _, row in rows))
        listed = [_blamed(book, asked, kind, row) for kind, row in rows]
        shown = [line for line, (_, row) in zip(listed, rows, strict=True) if row.case_id not in hidden]
        shown += [_shut(line) for line, (_, row) in zip(listed, rows, strict=True) if row.case_id in hidden]
        order = {name: place for name, _, place in book.units.places().values()}
    by_unit: dict[str, list[BlamedClock]] = {}
    for line in sorted(listed, key=lambda line: (order.get(line.unit, len(order)), line.due_on)):
        by_unit.setdefault(line.unit, []).append(line)
    return Blame(
        request.first,
        request.last,
        asked.as_of,
        words,
        limit,
        _sum(listed, limit),
        tuple(UnitBlame(unit, _sum(lines, limit)) for unit, lines in by_unit.items()),
        tuple(shown),
    )


def _shut(line: BlamedClock) -> BlamedClock:
    """A clock of an accusation that is not to be shown here: by its days it could be found among others (art. 30)."""
    return BlamedClock(None, HIDDEN, "", line.clock, line.part, "", "", "", None, None, None, None, None)


def _blamed(book: Book, asked: Counting, kind: str, row: CountedCase) -> BlamedClock:
    end = date.fromisoformat(row.stop_on) if row.stop_on else asked.as_of
    held = days_held(book.events.of(row.case_id), end, book.canonical)
    mine = 0 if row.unit_id is None else held.pop(row.unit_id, 0)
    bureau = held.pop(BUREAU, 0)
    shown = opened(row, asked.as_of)
    return BlamedClock(
        shown.case_no,
        shown.title,
        row.unit or NO_UNIT,
        kind,
        row.part,
        shown.received_on or "",
        shown.start or "",
        shown.due_on or "",
        shown.stop_on,
        shown.days_over or 0,
        bureau,
        mine,
        sum(held.values()),
        shown.guessed,
    )


def _sum(lines: Sequence[BlamedClock], limit: int) -> BlameSum:
    return BlameSum(
        sum(line.part == "late" for line in lines),
        sum(line.part == "overdue" for line in lines),
        sum(line.days_over or 0 for line in lines),
        sum(line.bureau_days or 0 for line in lines),
        sum(line.unit_days or 0 for line in lines),
        sum(line.other_days or 0 for line in lines),
        sum((line.bureau_days or 0) > limit for line in lines),
    )
