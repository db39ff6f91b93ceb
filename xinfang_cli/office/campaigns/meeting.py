"""The sheet of a dispatch meeting (调度会): each unit's open cases, promises, space for results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import CaseLine
from xinfang_cli.errors import NotFound, Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Batch
from xinfang_cli.law.redaction import Redacted
from xinfang_cli.office.campaigns.batches import state_of
from xinfang_cli.office.find.lists import CasesAsked, resolved
from xinfang_cli.office.find.redacting import titles_for
from xinfang_cli.office.session import Session

# The clocks that somebody promised or was ordered to keep.
PROMISES = ("feedback", "assistance", "fulfilment", "redo", "supervision", "order")


class Promise(NamedTuple):
    """A promise or order to a unit, with its clock."""

    clock: str
    due_on: str


class MeetingLine(NamedTuple):
    """One case on the table of the meeting."""

    unit: str
    case_no: str
    title: Redacted
    received_on: str
    stage: str
    clock: str | None
    due_on: str | None
    guessed: bool
    days_left: int | None
    lead: str | None
    batches: tuple[str, ...]
    promised: tuple[Promise, ...]


class Meeting(NamedTuple):
    """The table of a meeting, and the workbook it was written to."""

    lines: tuple[MeetingLine, ...]
    file: Path | None = None


def _without_the_accused(book: Book, listed: list[CaseLine], numbers: Sequence[str]) -> list[CaseLine]:
    """Leave out accusations barred from the listed unit by article 30; refused if requested by number."""
    units = {name: unit for unit, (name, _, _) in book.units.places().items()}
    hidden = {
        row.case_no
        for row in listed
        if row.kind == "accusation"
        and row.unit is not None
        and book.cases.kept_from([book.cases.find(row.case_no)[0]], (units[row.unit],))
    }
    if hidden and numbers:
        raise Refused(
            f"{'、'.join(sorted(hidden))} 是检举控告件，责任单位就是被检举的单位或与它有牵连，不上调度会",
            "请先改派（条例第三十条）；确不是被反映对象的，加 ⟦.not_the_accused⟧ 理由",
            code="accused",
        )
    return [row for row in listed if row.case_no not in hidden]


def rows(session: Session, asked: CasesAsked, numbers: Sequence[str] = ()) -> tuple[MeetingLine, ...]:
    """One line a case, by unit in the office's order, then nearest due first. Of a batch, those not resolved.

    No petitioner's name stands there, and an accusation by its number alone: its matter is not for the table of a meeting
    (art. 30).
    """
    with session.reading() as book:
        if numbers:
            ids = dict.fromkeys(book.cases.find(number)[0] for number in numbers)
            listed = [book.lists.one(case_id, session.today) for case_id in ids]
        else:
            listed = list(book.lists.listed(resolved(book, asked), session.today))
        listed = _without_the_accused(book, listed, numbers)
        known = book.backlog.batches()
        batches: dict[str, list[str]] = {}
        done = set()
        for entry in book.backlog.entries(book.counts.as_of(session.today)):
            state = state_of(entry, known.get(entry.batch, Batch(entry.batch)))
            if state == "resolved":
                if entry.batch == asked.chosen.batch:
                    done.add(entry.case_no)
            else:
                batches.setdefault(entry.case_no, []).append(entry.batch)
        listed = [row for row in listed if row.case_no not in done]
        if not listed:
            raise NotFound("没有符合条件的件", "先用 ⟦list⟧ 看看条件")
        case_ids = [book.cases.find(row.case_no)[0] for row in listed]
        public = titles_for(book, case_ids, "public")
        titles = {row.case_no: public[case_id] for row, case_id in zip(listed, case_ids, strict=True)}
        promised = book.cases.clocks_of(case_ids, PROMISES)
        places = {name: place for name, _, place in book.units.places().values()}
    listed.sort(key=lambda row: (places.get(row.unit or "", len(places)), row.due_on or "9999", row.case_no))
    return tuple(
        MeetingLine(
            row.unit or terms.no_unit(row.stage, row.stage in terms.CLOSED_AND_LATER),
            row.case_no,
            titles[row.case_no],
            row.received_on,
            row.stage,
            row.next_clock,
            row.due_on,
            row.guessed,
            row.days_left,
            row.lead,
            tuple(batches.get(row.case_no, ())),
            tuple(Promise(kind, due) for kind, due in promised.get(row.case_no, ())),
        )
        for row in listed
    )
