"""Filled-in unit sheets taken back: each cell becomes an event of its case, checked by the law, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from json import loads
from pathlib import Path
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import Unit
from xinfang_cli.errors import BadValue, NotFound, Refused, Unusable, XinfangError, next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import cell_text
from xinfang_cli.intake.headings import REJECT_HEADING, field_of, known_with
from xinfang_cli.intake.no_cases import Passed
from xinfang_cli.intake.rows import LedgerRow, RowReader, day_text
from xinfang_cli.intake.tables import Look, SheetTable, named_sheets, open_tables
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.law.redaction import known_in, redact
from xinfang_cli.office.exchange.importing.report import file_sha256
from xinfang_cli.office.exchange.unit_sheets import FILL, KEPT_SHEET, KEPT_SIGNS, MARK
from xinfang_cli.office.session import Session

_LOOK = Look(known_with({FILL["note"]: "note"}))


class _Kept(NamedTuple):
    """One case on the hidden sheet: its events at that time, shown columns, cells to fill in."""

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
    table: SheetTable
    kept: dict[str, _Kept]


class _Step(NamedTuple):
    """The events that one row adds to a case."""

    case_id: int
    case_no: str
    events: list[Event]
    case: Case


class CaseChange(NamedTuple):
    """A row's additions to its case, redacted for the screen."""

    row: int
    case_no: str
    title: str
    says: tuple[str, ...]


class Refusal(NamedTuple):
    """A row that is not taken, and why."""

    row: int
    case_no: str
    column: str
    reason: str


class Remark(NamedTuple):
    """A point to look at in a row or sheet."""

    row: int
    case_no: str
    column: str
    message: str


class SavedClock(NamedTuple):
    """A clock met only by a day that the unit wrote after the deadline."""

    row: int
    case_no: str
    column: str
    on: date
    clock: str
    due_on: date


class Backdated(NamedTuple):
    """The back-dated entries of a unit, and the clocks met by them."""

    steps: int = 0
    earliest: date | None = None
    saved: tuple[SavedClock, ...] = ()


class CollectedFile(NamedTuple):
    """The contents of one workbook."""

    file: str
    sha256: str
    unit: str
    issued_on: str
    changes: tuple[CaseChange, ...]
    refused: tuple[Refusal, ...]
    warnings: tuple[Remark, ...]
    backdated: Backdated = Backdated()


class Collected(NamedTuple):
    """The contents of all workbooks; `refused` rows are left out whole."""

    files: tuple[CollectedFile, ...]
    cases: int
    events: int
    refused: int
    written: bool = False


class CollectPlan(NamedTuple):
    """The planned writes and their display; and the book's state they rely on (event count and head)."""

    files: tuple[_File, ...]
    shown: Collected
    steps: tuple[tuple[_Step, ...], ...]
    head: tuple[int, str]


def units_of(paths: Sequence[Path]) -> list[str]:
    """The units of these sheets."""
    return [_open(path).unit for path in paths]


def plan(session: Session, paths: Sequence[Path]) -> CollectPlan:
    """Read filled-in sheets back: changes and refusals. Nothing is written."""
    files = tuple(map(_open, paths))
    with session.reading() as book:
        head = book.events.head()
        return CollectPlan(files, *_planned(book, session, files), head)


def commit(session: Session, asked: CollectPlan) -> Collected:
    """Write what was shown, in one transaction; refused when the book has moved since.

    A row that the law refuses is left out whole and listed with its row, column and reason.
    """
    files = asked.files
    with session.writing("collect", (files[0].path.name, files[0].sha256)) as (book, pen):
        session.watch_whole(book, "collect", cases=True)
        steps = asked.steps
        if book.events.head() != asked.head:  # then, and only then, the others wait while it is planned again
            again, steps = _planned(book, session, files)
            if again != asked.shown:
                raise Refused("刚才又有人改了案件簿，没有写入", "请再收一次：⟦collect⟧", code="moved")
        for n, file in enumerate(files):
            if n:  # each file is a command of its own, so that every event knows the file it came from
                pen.go_on_from((file.path.name, file.sha256))
            for step in steps[n]:
                for event in step.events:
                    pen.append(step.case_id, event)
                book.cases.put(step.case_id, step.case_no, step.case)
        pen.flush()
    return asked.shown._replace(written=True)


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
            f"文件 {path.name} 不是 {next_step('sheet')} 发出的表，或转存时丢了隐藏的「{KEPT_SHEET}」表",
            "请单位在发出的 xlsx 文件里直接填写、保存",
            code="not_a_sheet",
        ) from None
    return _File(
        path, file_sha256(path), said["unit"], said["issued_on"], said["book"], max(tables, key=_to_fill), kept
    )


def _to_fill(table: SheetTable) -> int:
    """The number of the unit's columns in a sheet: a user may have inserted one before them."""
    return sum(map(table.layout.has, FILL))


def _planned(book: Book, session: Session, files: Sequence[_File]) -> tuple[Collected, tuple[tuple[_Step, ...], ...]]:
    mark = book.exports.mark_of()
    found: list[CollectedFile] = []
    steps: list[tuple[_Step, ...]] = []
    taken: dict[str, str] = {}
    for file in files:
        if file.book != mark:
            raise BadValue("文件", file.path.name, "不是本案件簿发出的", "请核对 ⟦.db⟧ 和文件")
        work = _Collecting(book, session, file, taken)
        steps.append(tuple(work.run()))
        found.append(work.found())
    cases = sum(len(one.changes) for one in found)
    events = sum(len(step.events) for taken_steps in steps for step in taken_steps)
    refused = sum(len({refusal.row for refusal in one.refused}) for one in found)
    return Collected(tuple(found), cases, events, refused), tuple(steps)


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
        self.changes: list[CaseChange] = []
        self.refused: list[Refusal] = []
        self.remarks: list[Remark] = []
        self.backdated = Backdated()

    def found(self) -> CollectedFile:
        file = self.file
        changes, refused, remarks = tuple(self.changes), tuple(self.refused), tuple(self.remarks)
        return CollectedFile(
            file.path.name, file.sha256, file.unit, file.issued_on, changes, refused, remarks, self.backdated
        )

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
        self.refused.append(Refusal(line, number, self.heading(field), why))

    def warn(self, line: int, number: str, column: str, message: str) -> None:
        self.remarks.append(Remark(line, number, column, message))

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
        asked = CheckContext(self.session.today, merged=self.book.canonical, related=self.book.units.relations)
        if article30.keeps_from(case, unit.id, asked) is not None:
            raise _CellRefused(
                "case_no",
                "这一件是检举控告本单位或与它有牵连的，不由本单位办理（条例第三十条）；"
                f"确不是的加 {next_step('.not_the_accused')} 理由",
            )

    def through_law(
        self, line: int, case_id: int, case_no: str, events: list[Event], case: Case, said: dict[str, Any]
    ) -> _Step:
        so_far, added, before = list(events), [], case
        asked = CheckContext(self.session.today, merged=self.book.canonical, related=self.book.units.relations)
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
            self.changes.append(CaseChange(line, case_no, title, tuple(says)))
        return _Step(case_id, case_no, added, case)

    def backdates(self, line: int, case_no: str, field: str, event: Event, case: Case) -> None:
        """Count back-dated entries, and name the clocks met only by them."""
        today, (steps, earliest, saved) = self.session.today, self.backdated
        if event.on >= today:
            return
        saved += tuple(
            SavedClock(line, case_no, self.heading(field), event.on, clock.kind, clock.due)
            for clock in case.clocks
            if clock.stopped_by == event.seq and clock.stop is not None and clock.stop <= clock.due < today
        )
        self.backdated = Backdated(steps + 1, min(earliest or event.on, event.on), saved)

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
            if case.stage == "assigned" and "accepted_on" not in fresh:
                data["acceptance_unstated"] = True
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
            raise _CellRefused(
                field, f"案件簿里已记{self.heading(field)} {text}。请核对；要改用 {next_step('correct')}"
            )
        return have is not None


def _same(now: str, kept: str) -> bool:
    """Whether a cell says what it said; of a long text only the beginning was kept."""
    return now == _plain(kept) or (len(kept) >= KEPT_SIGNS and now.startswith(_plain(kept)))


def _plain(cell: object) -> str:
    return "".join(cell_text(cell).split())
