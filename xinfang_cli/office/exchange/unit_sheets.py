"""The sheet that goes to a unit without access: its open cases, with cells to fill in; `collecting` takes it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import Unit
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import redaction, terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.fold import fold
from xinfang_cli.law.labels import labelled
from xinfang_cli.law.redaction import ACCUSATION, MASKS, Known, known_in, redact
from xinfang_cli.office.session import Session

FILL = labelled("signed_on", "accepted_on", "closed_on", "outcome", "delivered_on", "note=remark")
"""The columns a unit fills in."""
KEPT_SHEET = "交换"
"""Hidden in the workbook: what it said when it went out."""
MARK = "xinfang-sheet-1"
KEPT_SIGNS = 400
"""So much of a text is kept there."""
DELIVERY_WAIT = 60
"""For so many days after closing a case without a delivery day stays in the unit's sheet."""
_OPEN_AT = {
    "assigned": frozenset(FILL),
    "accepted": frozenset(FILL) - {"signed_on", "accepted_on"},
    "closed": frozenset({"delivered_on", "note"}),
}


class UnitSheetRow(NamedTuple):
    """One case in a unit's sheet: its cells by key, those that may be filled, how many events it had when it went out."""

    case_no: str
    seq: int
    cells: Mapping[str, Any]
    open: frozenset[str]
    secret: bool


class UnitSheet(NamedTuple):
    """One unit's sheet: its open cases, and those without a delivery day."""

    unit: str
    bureau: str
    issued_on: date
    book: str
    rows: list[UnitSheetRow]
    hidden: int


class Issued(NamedTuple):
    """The sheets of a call, and the workbook of each."""

    sheets: tuple[UnitSheet, ...]
    files: tuple[Path, ...]


def issue(
    session: Session, words: Sequence[str], *, every: bool, reveal: bool, accusation: bool = False
) -> list[UnitSheet]:
    """Sheets for each named unit (or `every` unit with an open case). Accusations about it are left out (art. 30).

    Users' texts are redacted for units, unless `reveal`; an accusation has neither petitioner nor text, unless
    `accusation` too.
    """
    with session.reading() as book:
        chosen = book.units.all() if every else [book.units.find(word) for word in words]
        made = [_sheet_of(book, session, unit, reveal, accusation) for unit in dict.fromkeys(chosen)]
        if every:
            made = [sheet for sheet in made if sheet.rows]
        if reveal:
            names = "、".join(sheet.unit for sheet in made)
            ids = [book.cases.find(row.case_no)[0] for sheet in made for row in sheet.rows]
            session.look(book, "sheet", names, ids=ids, accusation=accusation, revealed=True)
        return made


def _sheet_of(book: Book, session: Session, unit: Unit, reveal: bool, accusation: bool) -> UnitSheet:
    today = session.today
    rows, hidden = [], 0
    named = bool(book.code.now.rules.settings["unit_sees_names"])
    asked = CheckContext(today, merged=book.canonical, related=book.units.relations)
    stages = ("assigned", "accepted", "objected", "reported", "closed")
    # by the law rather than by the filter of lists, which knows the unit complained of only by its place among ours
    for case_id, case_no in book.exports.of_unit(unit.id, stages, today - timedelta(days=DELIVERY_WAIT)):
        events = book.events.of(case_id)
        case = fold(events, book.code)
        if case is None or (case.stage == "closed" and (case.delivered_on is not None or not case.reviewable)):
            continue
        if article30.why_not_to(case, unit.id, asked) is not None:
            hidden += 1
            continue
        secret = case.kind == "accusation"
        cells = _cells(case, today)
        if secret and not (reveal and accusation):
            cells |= {"title": ACCUSATION, **dict.fromkeys(("content", *MASKS), None)}
        elif not reveal:
            cells |= _for_a_unit(cells, known_in(event.data for event in events), named)
        rows.append(UnitSheetRow(case_no, events[-1].seq, cells, _open_cells(case), secret))
    rows.sort(key=lambda row: (row.cells["due_on"] or date.max, row.case_no))
    bureau = str(book.code.now.rules.settings["bureau"])
    return UnitSheet(unit.name, bureau, today, book.exports.mark_of(), rows, hidden)


def _for_a_unit(cells: dict[str, Any], known: Known, named: bool) -> dict[str, Any]:
    """The cells of an ordinary case for its unit; with the petitioner if the office's setting allows."""
    texts = {key: redact(cells[key], known, "unit", named=named) for key in ("title", "content")}
    return texts | {key: redaction.field(key, cells[key], "unit", named=named) for key in ("name", "phone", "address")}


def _cells(case: Case, today: date) -> dict[str, Any]:
    clock = case.next_clock()
    return {
        "received_on": case.received_on,
        "title": case.title,
        "content": case.content,
        "kind": terms.KIND.label(case.kind),
        "name": case.name,
        "phone": case.phone,
        "address": case.address,
        "assigned_on": case.assigned_on,
        "stage": terms.STAGE.label(case.stage),
        "clock": None if clock is None else terms.CLOCK.label(clock.kind),
        "due_on": None if clock is None else clock.due,
        "guessed": clock is not None and clock.guessed,
        "days_left": None if clock is None else (clock.due - today).days,
        "signed_on": case.signed_on,
        "accepted_on": case.accepted_on,
        "closed_on": case.closed_on,
        "outcome": None if case.outcome is None else terms.OUTCOME.label(case.outcome),
        "delivered_on": case.delivered_on,
        "note": None,
    }


def _open_cells(case: Case) -> frozenset[str]:
    """The cells of a case that wait to be filled."""
    there = _OPEN_AT.get(case.stage, frozenset({"note"}))
    return frozenset(field for field in there if field == "note" or getattr(case, field) is None)
