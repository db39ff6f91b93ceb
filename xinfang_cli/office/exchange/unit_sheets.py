"""The round trip with units that have no access: a sheet of its open cases goes to each, and comes back filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from json import loads
from pathlib import Path
from typing import Any, NamedTuple

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, NotFound, Refused, Unusable, XinfangError
from xinfang_cli.intake.cleaning import cell_text
from xinfang_cli.intake.headings import REJECT_HEADING, field_of, known_with
from xinfang_cli.intake.no_cases import Passed
from xinfang_cli.intake.rows import LedgerRow, RowReader, day_text
from xinfang_cli.intake.tables import Look, Table, named_sheets, open_tables
from xinfang_cli.law import redaction, terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import Asked
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.law.redaction import ACCUSATION, MASKS, Known, known_in, redact
from xinfang_cli.office.exchange.importing.report import file_sha256
from xinfang_cli.office.session import Session
from xinfang_cli.records import Unit, UnitSheet, UnitSheetRow

FILL = {
    "signed_on": "签收日期",
    "accepted_on": "受理日期",
    "closed_on": "办结日期",
    "outcome": "处理意见",
    "delivered_on": "送达日期",
    "note": "备注",
}
"""The columns a unit fills in."""
KEPT_SHEET = "交换"
"""Hidden in the workbook: what it said when it went out."""
MARK = "xinfang-sheet-1"
KEPT_SIGNS = 400
"""So much of a text is kept there."""
DELIVERY_WAIT = 60
"""For so many days after closing a case without a delivery day stays in the unit's sheet."""
_LOOK = Look(known_with({FILL["note"]: "note"}))

_OPEN_AT = {
    "assigned": frozenset(FILL),
    "accepted": frozenset(FILL) - {"signed_on", "accepted_on"},
    "closed": frozenset({"delivered_on", "note"}),
}


# ---- out --------------------------------------------------------------------------------------------------------


def issue(
    session: Session, words: Sequence[str], *, every: bool, reveal: bool, accusation: bool = False
) -> list[UnitSheet]:
    """What each unit named (or `every` unit with something open) is to be sent. Accusations of it are left out (art. 30).

    What people wrote goes through the gate for a unit's eyes, unless `reveal`; an accusation has neither petitioner nor text
    there, unless `accusation` too.
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
    asked = Asked(today, merged=book.canonical, related=book.units.relations)
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
    """What a unit may read of an ordinary case, by the office's setting with who wrote it."""
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


# ---- back -------------------------------------------------------------------------------------------------------


class _Kept(NamedTuple):
    """What the hidden sheet says of one case: its events then, what each column showed, which cells waited."""

    seq: int
    shown: dict[str, str]
    open: frozenset[str]


class _File(NamedTuple):
    """One workbook that came back."""

    path: Path
    sha256: str
    unit: str
    issued_on: str
    book: str
    table: Table
    kept: dict[str, _Kept]


class _Step(NamedTuple):
    """The events that one row adds to a case."""

    case_id: int
    case_no: str
    events: list[Event]
    case: Case


Report = dict[str, Any]
Confirm = Callable[[Report], bool]


def collect(session: Session, paths: Sequence[Path], confirm: Confirm, *, dry_run: bool = False) -> Report:
    """Read filled-in sheets back: what would change is shown to `confirm`, then all of it is written in one transaction.

    A row that the law refuses is left out whole and listed with its row, column and reason.
    """
    files = [_open(path) for path in paths]
    with session.reading() as book:
        report = _plan(book, session, files)[0]
    if dry_run or not report["events"] or not confirm(report):
        return report
    with session.writing("collect", (files[0].path.name, files[0].sha256)) as (book, pen):
        session.watch_whole(book, "collect")
        again, steps = _plan(book, session, files)
        if again != report:
            raise Refused("刚才又有人改了案件簿，没有写入", "请再收一次：xinfang collect", code="moved")
        for n, file in enumerate(files):
            if n:  # each file is a command of its own, so that every event knows the file it came from
                pen.go_on_from((file.path.name, file.sha256))
            for step in steps[n]:
                for event in step.events:
                    pen.append(step.case_id, event)
                book.cases.put(step.case_id, step.case_no, step.case)
        pen.flush()
    report["written"] = True
    return report


def _open(path: Path) -> _File:
    tables = open_tables(path, "all", _LOOK).tables
    pages = named_sheets(path, [KEPT_SHEET])
    try:
        rows = pages[KEPT_SHEET]
        said = {cell_text(row[0]): cell_text(row[1]) for row in rows[:4]}
        if said["mark"] != MARK:
            raise ValueError
        kept: dict[str, _Kept] = {}
        for number, seq, shown, waiting in (row[:4] for row in rows[5:] if cell_text(row[0])):
            kept[cell_text(number)] = _Kept(
                int(cell_text(seq)), dict(loads(cell_text(shown))), frozenset(loads(cell_text(waiting)))
            )
    except (KeyError, ValueError, IndexError, TypeError):
        raise Unusable(
            f"文件 {path.name} 不是 xinfang sheet 发出的表，或转存时丢了隐藏的「{KEPT_SHEET}」表",
            "请单位在发出的 xlsx 文件里直接填写、保存",
            code="not_a_sheet",
        ) from None
    return _File(
        path, file_sha256(path), said["unit"], said["issued_on"], said["book"], max(tables, key=_to_fill), kept
    )


def _to_fill(table: Table) -> int:
    """How many of the unit's columns a sheet has: another one may have been put before ours."""
    return sum(map(table.layout.has, FILL))


def _plan(book: Book, session: Session, files: Sequence[_File]) -> tuple[Report, list[list[_Step]]]:
    mark = book.exports.mark_of()
    report: Report = {"files": [], "cases": 0, "events": 0, "refused": 0, "written": False}
    steps: list[list[_Step]] = []
    taken: dict[str, str] = {}
    for file in files:
        if file.book != mark:
            raise BadValue("文件", file.path.name, "不是本案件簿发出的", "请核对 --db 和文件")
        work = _Collecting(book, session, file, taken)
        steps.append(list(work.run()))
        report["files"].append(work.report)
        report["cases"] += len(work.report["changes"])
        report["events"] += sum(len(step.events) for step in steps[-1])
        report["refused"] += len({found["row"] for found in work.report["refused"]})
    return report, steps


class _CellRefused(Exception):
    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


class _Collecting:
    """One file against the book."""

    def __init__(self, book: Book, session: Session, file: _File, taken: dict[str, str]) -> None:
        self.book = book
        self.session = session
        self.file = file
        self.taken = taken
        """Number → the file before this one that brings something of it."""
        self.seen: set[str] = set()
        self.layout = file.table.layout
        self.columns = {
            field_of(heading, _LOOK.known) or heading: place
            for place, heading in enumerate(file.table.headings)
            if heading and heading != REJECT_HEADING
        }
        try:
            self.unit: Unit | None = book.units.find(file.unit)
        except XinfangError:
            self.unit = None
        self.report: Report = {
            "file": file.path.name,
            "sha256": file.sha256,
            "unit": file.unit,
            "issued_on": file.issued_on,
            "changes": [],
            "refused": [],
            "warnings": [],
            "backdated": {"steps": 0, "earliest": None, "saved": []},
        }

    def run(self) -> Iterator[_Step]:
        reader = RowReader(self.layout, epoch1904=self.file.table.epoch1904, lost=self.file.table.lost())
        gone = [heading for field, heading in FILL.items() if field not in self.columns]
        if gone:
            self.warn(self.file.table.header_row, "", "", f"表里没有「{'、'.join(gone)}」列了，这些列没有收")
        for line, cells in self.file.table.rows():
            row = reader.read(line, cells)
            if isinstance(row, Passed):
                continue
            number = str(row.said.get("case_no", ""))
            try:
                step = self.take(row, number, cells)
            except _CellRefused as error:
                self.refuse(line, number, error.field, error.why)
            else:
                if step is not None and step.events:
                    self.taken[number] = self.file.path.name
                    yield step

    def heading(self, field: str) -> str:
        return FILL.get(field) or self.layout.heading_of(field)

    def refuse(self, line: int, number: str, field: str, why: str) -> None:
        self.report["refused"].append({"row": line, "case_no": number, "column": self.heading(field), "reason": why})

    def warn(self, line: int, number: str, column: str, message: str) -> None:
        self.report["warnings"].append({"row": line, "case_no": number, "column": column, "message": message})

    def take(self, row: LedgerRow, number: str, cells: Sequence[object]) -> _Step | None:
        kept = self.file.kept.get(number)
        if kept is None:
            raise _CellRefused("case_no", f"编号「{number}」不在发给{self.file.unit}的表里。另有的件请另行报送")
        filled = self.filled(row, number, cells, kept)
        if not filled:
            return None
        if number in self.seen:
            raise _CellRefused("case_no", "同一件收了两行。请只留一行")
        self.seen.add(number)
        if number in self.taken:
            raise _CellRefused("case_no", f"{self.taken[number]} 里也有这一件。先收那一份，再收这一份")
        wrong = {self.layout.heading_of(field): field for field in filled}
        unread = [(wrong[heading], why) for heading, why in row.reasons if heading in wrong]
        if unread:
            for field, why in unread[:-1]:
                self.refuse(row.line, number, field, why)
            raise _CellRefused(*unread[-1])
        try:
            case_id, case_no = self.book.cases.find(number)
        except NotFound as error:
            raise _CellRefused("case_no", error.line()) from None
        events = self.book.events.of(case_id)
        case = fold(events, self.book.code)
        assert case is not None
        later = [event for event in events if event.seq > kept.seq]
        if later:
            own = {
                event.seq
                for event, command in self.book.events.timeline(case_id)
                if command.source_sha256 == self.file.sha256
            }
            later = [event for event in later if event.seq not in own]
        if later:
            named = "、".join(f"{EVENT.label(event.kind)} {event.on.isoformat()}" for event in later[:4])
            self.warn(row.line, number, "", f"发表以后案件簿里又有：{named}{' 等' if len(later) > 4 else ''}")
        self.check_unit(case)
        said = {field: row.said[field] for field in filled}
        if "outcome" in said and said["outcome"] not in terms.OUTCOME.sayable:
            listed = "、".join(terms.OUTCOME.sayable.values())
            raise _CellRefused("outcome", f"「{terms.OUTCOME.label(said['outcome'])}」不是处理意见。可用：{listed}")
        return self.through_law(row.line, case_id, case_no, events, case, said)

    def filled(self, row: LedgerRow, number: str, cells: Sequence[object], kept: _Kept) -> list[str]:
        """The waiting cells that were filled; every other cell must be as it went out."""
        found = []
        for field, place in self.columns.items():
            now = _plain(cells[place] if place < len(cells) else "")
            if field in kept.open:
                if field in row.said or self.reason_in(row, field):
                    found.append(field)
            elif field in kept.shown and not _same(now, kept.shown[field]):
                self.warn(row.line, number, self.heading_at(place), "这一格不该填，改动没有收")
        return [field for field in FILL if field in found]

    def heading_at(self, place: int) -> str:
        return self.file.table.headings[place]

    def reason_in(self, row: LedgerRow, field: str) -> bool:
        return any(heading == self.layout.heading_of(field) for heading, _ in row.reasons)

    def check_unit(self, case: Case) -> None:
        unit = self.unit
        present = None if case.unit is None else self.book.units.by_id(case.unit)
        if unit is None or present is None or present.id != unit.id:
            where = terms.NO_UNIT if present is None else present.name
            raise _CellRefused("case_no", f"这一件已不在{self.file.unit}，现在是：{where}。请与信访部门核对")
        asked = Asked(self.session.today, merged=self.book.canonical, related=self.book.units.relations)
        if article30.keeps_from(case, unit.id, asked) is not None:
            raise _CellRefused("case_no", "这一件是检举控告本单位的，不由本单位办理（条例第三十条）")

    def through_law(
        self, line: int, case_id: int, case_no: str, events: list[Event], case: Case, said: dict[str, Any]
    ) -> _Step:
        so_far, added, before = list(events), [], case
        asked = Asked(self.session.today, merged=self.book.canonical, related=self.book.units.relations)
        for field, event in self.planned(case, in_force(events), said):
            event.seq = so_far[-1].seq + 1
            try:
                decision = decide(so_far, event, self.book.code, asked, case_no=case_no)
            except Refused as error:
                raise _CellRefused("outcome" if error.code == "missing" else field, error.line()) from None
            for warning in decision.warnings:
                self.warn(line, case_no, self.heading(field), warning.text)
            so_far.append(event)
            added.append(event)
            case = decision.case
            self.backdates(line, case_no, field, event, case)
        if added:
            noted = added[-1].kind == "note"
            known = known_in(event.data for event in so_far)
            new = {
                name: terms.OUTCOME.label(value) if name == "outcome" else day_text(value)
                for name, value in said.items()
                if (noted if name == "note" else getattr(before, name) is None)
            }
            if case.kind == "accusation" and "note" in new:  # what was written of it is for its file alone
                new["note"] = "（已填）"
            says = [redact(f"{self.heading(name)} {value}", known, "screen") for name, value in new.items()]
            title = self.book.lists.one(case_id, self.session.today).title
            self.report["changes"].append({"row": line, "case_no": case_no, "title": title, "says": says})
        return _Step(case_id, case_no, added, case)

    def backdates(self, line: int, case_no: str, field: str, event: Event, case: Case) -> None:
        """Count what a unit writes of days gone by, and name the clocks that are met by the day it writes alone."""
        today, found = self.session.today, self.report["backdated"]
        if event.on >= today:
            return
        found["steps"] += 1
        found["earliest"] = min(found["earliest"] or event.on, event.on)
        for clock in case.clocks:
            if clock.stopped_by == event.seq and clock.stop is not None and clock.stop <= clock.due < today:
                met = {"column": self.heading(field), "on": event.on, "clock": clock.kind, "due_on": clock.due}
                found["saved"].append({"row": line, "case_no": case_no} | met)

    def planned(self, case: Case, standing: Sequence[Event], said: dict[str, Any]) -> Iterator[tuple[str, Event]]:
        """The events behind the cells, in workflow order; what the book has already is no event."""
        fresh = {field: value for field, value in said.items() if field == "note" or not self.known(case, field, value)}
        if "signed_on" in fresh:
            yield "signed_on", Event("sign", fresh["signed_on"])
        if "accepted_on" in fresh:
            on = fresh["accepted_on"]
            yield "accepted_on", Event("accept", on, {"pathway": terms.PATHWAY_OF_KIND[case.kind], "told_on": on})
        if "closed_on" in fresh:
            data: dict[str, Any] = {key: value for key, value in fresh.items() if key in ("outcome", "delivered_on")}
            if case.code.now.rules.settings["check_closings"]:
                data["checked"] = True
            yield "closed_on", Event("close", fresh["closed_on"], data)
        elif "outcome" in fresh:
            raise _CellRefused("outcome", "有处理意见，没有办结日期。请补上办结日期")
        elif "delivered_on" in fresh:
            if case.closed_on is None:
                raise _CellRefused("delivered_on", "有送达日期，没有办结日期。请补上办结日期")
            yield "delivered_on", Event("deliver", fresh["delivered_on"])
        text = said.get("note")
        if text and not any(event.kind == "note" and event.data.get("text") == text for event in standing):
            yield "note", Event("note", self.session.today, {"text": text})

    def known(self, case: Case, field: str, value: Any) -> bool:
        """Whether the book says the same by now; refused when it says something else."""
        have = getattr(case, field)
        if have is not None and have != value:
            text = terms.OUTCOME.label(have) if field == "outcome" else day_text(have)
            raise _CellRefused(field, f"案件簿里已记{self.heading(field)} {text}。请核对；要改用 xinfang correct")
        return have is not None


def _same(now: str, kept: str) -> bool:
    """Whether a cell says what it said; of a long text only the beginning was kept."""
    return now == _plain(kept) or (len(kept) >= KEPT_SIGNS and now.startswith(_plain(kept)))


def _plain(cell: object) -> str:
    return "".join(cell_text(cell).split())
