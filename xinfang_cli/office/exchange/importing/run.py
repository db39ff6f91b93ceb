"""Carrying a ledger in: each row a case with its whole history, through the same law as single commands."""

from __future__ import annotations

import gc
import pickle
import re
import tempfile
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.engine import AlreadyThereError, Docketed, Known, NumbersKnown
from xinfang_cli.book.face import Book, new_book, open_book
from xinfang_cli.book.projection import Rows
from xinfang_cli.errors import Ambiguous, NotFound, Refused, Unusable, system_says
from xinfang_cli.intake import cleaning
from xinfang_cli.intake.headings import Layout
from xinfang_cli.intake.rows import LedgerRow, RowReader
from xinfang_cli.intake.tables import Table, named_sheets
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import decide, replay_checked
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import Asked
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.fold import fold
from xinfang_cli.law.texts import Texts
from xinfang_cli.office.exchange.headings import Headings, Mapped, open_mapped, unknown_column
from xinfang_cli.office.exchange.importing.ask_law import (
    Plan,
    Planned,
    RowRefused,
    compare,
    plan_row,
    refused,
    through_law,
)
from xinfang_cli.office.exchange.importing.second_fault import second_fault
from xinfang_cli.office.exchange.whole_cases import (
    HOUSE_SHEETS,
    House,
    hold_against,
    house_of,
    plan_whole,
    read_house,
    read_house_events,
    whole_through_law,
)
from xinfang_cli.office.session import Session
from xinfang_cli.office.work.registering import link_complained
from xinfang_cli.records import Difference, ImportReport, ImportWarning, Place, RejectedRow, SheetHead

CHUNK = 250
BACKUP_FROM = 1000
"""More data rows than this into a book that was there: a backup is made first."""
REBUILD_FROM = 2000
"""Fewer rows than this never make the indexes be dropped and built again."""
TEXTS_HELD = 20_000
"""Cases whose texts wait for the text index: as many as it takes at once makes one piece of it."""
LIKELY_SHOWN = 20
"""Of the likely duplicates, so many are named; the rest are in xinfang duplicates."""
NEW_UNIT = -1
"""Stands for a unit that will be made once the law has taken the row."""

Progress = Callable[[str, int, int], None]
"""Told (what, rows done, rows at most) now and then; what is `rows`, then `indexes` once."""

MESSAGES = {
    "missing_column": "表中没有这一列",
    **cleaning.DOUBTS,
    "id_digits": "证件号码在表里存成了数字，第 16 位起已经丢了，请照原件改",
    "no_title": "没有概况",
    "no_channel": "没有信访形式，记作「其他」",
    "no_kind": "没有信访目的，记作「其他」，不计办结期限",
    "not_used": "与办理方式不合的格没有用，随登记保存",
    "assigned_on_receipt": "没有转办日期，按收到日期转送",
    "no_outcome": "办结没有处理意见",
    "redo_without_day": "撤销原意见没有重办期限，不计重办时限",
    "direct_not_closed": "直接回复没有办结日期，未办结",
    "task_without_feedback": "交办没有反馈期限，不计反馈时限",
    "feedback_after_report": "反馈期限不早于上级限报日期",
    "unusual_outcome": "处理意见与信访目的不常相配",
    "unusual_pathway": "办理途径与信访目的不常相配",
    "not_ratable": "不列入满意度评价，照记不计",
    "late_review": "申请复查已过期限，照记",
    "representatives": "代表超过 5 人",
    "original_unknown": "原件不在案件簿里，原编号留着，等它来了再关联",
    "original_later": "等这个原件的重复件收到更早，没有关联",
}


class _NothingWrittenError(Exception):
    """Ends the transaction of a dry run, or of a file that is taken whole or not at all."""


def file_sha256(path: Path) -> str:
    made = sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            made.update(chunk)
    return made.hexdigest()


def import_ledger(
    session: Session,
    path: Path,
    *,
    sheet: str | None = None,
    dry_run: bool = False,
    update: bool = False,
    all_or_nothing: bool = False,
    assign_on_receipt: bool = False,
    progress: Progress | None = None,
    headings: Headings | None = None,
) -> ImportReport:
    """Carry the cases of a spreadsheet in, in one transaction; `headings` are the office's own words for columns.

    The report's `rejects` are for output.sheets.write_rejects. Unusable for a file or book that cannot be used,
    BadValue for one without a header row. A dry run, and `all_or_nothing` with a bad row, leave the book as it was.
    """
    found = open_mapped(session, path, sheet, headings or Headings())
    carry = partial(
        _carry_in,
        session,
        path,
        found,
        progress,
        dry_run=dry_run,
        update=update,
        all_or_nothing=all_or_nothing,
        assign_on_receipt=assign_on_receipt,
    )
    try:
        return carry()
    except AlreadyThereError:  # somebody began the book meanwhile: then into that one
        open_book(session.place).close()  # or it says why not
        return carry()


def _carry_in(
    session: Session,
    path: Path,
    found: Mapped,
    progress: Progress | None,
    *,
    dry_run: bool,
    update: bool,
    all_or_nothing: bool,
    assign_on_receipt: bool,
) -> ImportReport:
    """One transaction; AlreadyThereError, and nothing written, when the book is new and another process made it first."""
    opened = found.opened
    report = ImportReport(path.name, file_sha256(path), dry_run=dry_run, other_sheets=opened.other_sheets)
    report.mapping = found.name
    with ExitStack() as stack:
        stack.callback(_drop_idle_backup, report)
        target, existed = session.place, session.place.exists()
        if not existed and dry_run:
            target = Place(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "dry-run.db")
        book = stack.enter_context(_opened(session, target))
        at_most = sum(table.rows_at_most for table in opened.tables)
        large = at_most >= REBUILD_FROM and at_most > book.cases.count() / 4
        stack.enter_context(book.bulk.roomy(large))
        stack.enter_context(_no_collecting())
        try:
            with book.writing("import", session.actor, session.now(), (report.file, report.sha256)) as pen:
                whole = any(table.layout.has("history") for table in opened.tables)
                house = bring_house(session, book, pen, path) if whole else None
                work = _Import(session, book, pen, report, opened.tables)
                work.update = update
                work.assign_on_receipt = assign_on_receipt
                work.backup = existed and not dry_run
                work.progress = progress
                work.stays = not dry_run
                for heading, field in found.like.items():
                    work.warn("unknown_column", opened.tables[0].header_row, unknown_column(heading, field))
                first = work.next_id
                work.run(at_most, large)
                if house is not None:
                    read_house_events(book, pen, house)
                report_likely(report, book, first, large)
                if found.keep is not None:
                    book.mappings.keep(found.keep, session.now())
                if dry_run or (all_or_nothing and report.rejected):
                    raise _NothingWrittenError
                report.written = pen.wrote
        except _NothingWrittenError:
            if all_or_nothing and report.rejected:
                report.withheld, report.imported, report.updated = report.imported, 0, 0
                report.linked = 0
                report.rejected += report.withheld
                report.new_units, report.new_topics, report.new_regions = [], [], []
                report.likely, report.likely_first = 0, []
    session.wrote = session.wrote or report.written
    return report


def _several(word: str) -> str:
    return (
        f"「{word}」像是几个单位。请只写主办的一个，协办的导入后用 xinfang assist；"
        f"确是一个单位的名称，先用 xinfang unit add {word} 加上"
    )


def _drop_idle_backup(report: ImportReport) -> None:
    """Stopped, refused or with nothing new: the book is what its backup is, which is a whole unmasked copy."""
    if report.backup is not None and not report.written:
        Path(report.backup).unlink(missing_ok=True)
        report.backup = report.backup_events = report.backup_head = None


def report_likely(report: ImportReport, book: Book, first: int, large: bool) -> None:
    """Tell which of the new cases may repeat an earlier one; nothing is linked."""
    found = book.duplicates.everywhere(accusations=False, first=first) if large else book.duplicates.of_new(first)
    seen: set[int] = set()
    for pair in found:
        if pair.case_id in seen:
            continue
        seen.add(pair.case_id)
        if len(report.likely_first) < LIKELY_SHOWN:
            mine, earlier = (book.cases.number_of(id) for id in (pair.case_id, pair.earlier_id))
            report.likely_first.append({"case_no": mine, "earlier": earlier, "ground": pair.ground})
    report.likely = len(seen)


def bring_house(session: Session, book: Book, pen: Pen, path: Path) -> House | None:
    """The units and settings that `export --full` writes beside the cases, into a book that has no cases yet."""
    if book.cases.count() == 0 and (pages := named_sheets(path, HOUSE_SHEETS)):
        found = house_of(pages)
        if found is not None:
            read_house(book, pen, found, session.today)
        return found
    return None


@contextmanager
def _opened(session: Session, place: Place) -> Iterator[Book]:
    if place.exists():
        book = session.open(place)
        try:
            yield book
        finally:
            session.close(book)
        return
    with new_book(place, session.actor, session.now()) as book:
        try:
            yield book
        finally:
            session.note_years(book)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """No cyclic garbage is made here, and looking for it costs a tenth of the import."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class RejectSpool:
    """Rows that were not taken, in a file of their own that goes when it is closed; a small one stays in memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115
        self._places = array("Q")  # sheet and row in one number: a million of them stay small
        self._offsets = array("Q")
        self._names: dict[int, str] = {}

    def add(
        self, sheet: int, name: str, line: int, cells: Iterable[object], reasons: Iterable[tuple[str, str]]
    ) -> None:
        self._names[sheet] = name
        at = self._file.seek(0, 2)
        pickle.dump((tuple(cells), tuple(reasons)), self._file, protocol=5)
        self._places.append(sheet << 40 | line)
        self._offsets.append(at)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[RejectedRow]:
        for n in sorted(range(len(self)), key=self._places.__getitem__):
            self._file.seek(self._offsets[n])
            cells, reasons = pickle.load(self._file)  # written above, by this process
            sheet, line = divmod(self._places[n], 1 << 40)
            yield RejectedRow(self._names[sheet], line, cells, reasons)


class _Here(NamedTuple):
    """Where a row stands: the sheet, the row's number in it, its cells as they are."""

    sheet: int
    line: int
    cells: tuple[object, ...]


class _Held(NamedTuple):
    """A repeat that waits for its original, which may stand further down: packed, for there may be many."""

    packed: bytes
    numbers: tuple[str, ...]
    original: str
    received_on: date
    place: tuple[int, int]


class _Import:
    """One file on its way into the book."""

    def __init__(self, session: Session, book: Book, pen: Pen, report: ImportReport, tables: list[Table]) -> None:
        self.update = self.assign_on_receipt = self.backup = False
        self.stays = True  # in a dry run no index is told or built
        self.progress: Progress | None = None
        self.session = session
        self.book = book
        self.pen = pen
        self.report = report
        self.tables = tables
        self.readers = [RowReader(table.layout, epoch1904=table.epoch1904, lost=table.lost()) for table in tables]
        self.code = book.code
        self.asked = Asked(session.today, from_sheet=True)
        prefix = str(self.code.now.rules.settings["prefix"])
        self.prefix = prefix
        self.own = re.compile(re.escape(prefix.upper()) + r"([0-9]{4})-(?!0{6})([0-9]{6}|[1-9][0-9]{6})")
        self.serials = self.book.bulk.last_serials()
        self.next_id = self.book.bulk.next_case_id()
        # Where some rows bring numbers, those without get theirs last, so that none is taken from under a later row.
        self.number_last = any(table.layout.has("case_no") for table in tables)
        self.unnumbered: list[tuple[int, int]] = []
        self.known = NumbersKnown({}, {}, {})
        self.prints: dict[bytes, Known] = {}
        self.waiting = self.book.bulk.waiting()
        self.undone = self.book.bulk.any_undone()
        self.held: dict[str, list[_Held]] = {}
        self.ready: deque[_Held] = deque()
        self.docketed: list[Docketed] = []
        self.rows: list[Rows] = []
        self.texts: list[tuple[int, Texts]] = []
        self.rejects = RejectSpool()
        self.warned: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
        self.differs: list[tuple[int, int, tuple[str, ...], bool]] = []
        self.unit_ids: dict[str, int | RowRefused] = {}
        self.topics: dict[str, str] = {}
        self.regions: dict[str, str] = {}
        self.related: list[tuple[int, date, str]] = []

    # ---- the whole file -----------------------------------------------------------------------------------------

    def run(self, at_most: int, large: bool) -> None:
        report = self.report
        dropped = self.book.bulk.drop_indexes() if large else []
        with self.book.search.many_at_once(large and self.stays):
            read = self.take_tables(at_most)
            self.put_texts()
        self.give_numbers()
        self.relate()
        self.book.bulk.keep_serials(self.serials)
        if large:
            self.book.bulk.check_references()
        if dropped and self.stays:
            if self.progress is not None:
                self.progress("indexes", read, read)
            self.book.bulk.build_indexes(dropped)
        for name, other in self.book.units.alike(report.new_units):
            text = f"新单位「{name}」像是「{other}」；是同一单位的，并进去：xinfang unit merge {name} --into {other}"
            self.warn("like_unit", self.tables[0].header_row, text)
        report.rejected = len(self.rejects)
        report.rejects = self.rejects
        report.warnings = [
            ImportWarning(kind, message, count[0], tuple(rows))
            for (kind, message), (count, rows) in self.warned.items()
        ]
        report.differs = [
            Difference(line, self.book.cases.number_of(case_id), says, updated)
            for line, case_id, says, updated in sorted(self.differs)
        ]

    def take_tables(self, at_most: int) -> int:
        """Every row of every sheet; how many rows there were."""
        read = 0
        for n, table in enumerate(self.tables):
            self.report.sheets.append(SheetHead(table.name, table.headings, table.epoch1904))
            for kind, heading in self.readers[n].missing_columns():
                effect = MESSAGES[kind].partition("，")[2]
                text = f"表中没有「{heading}」这一列" + (f"，各件{effect}" if effect else "")
                self.warn("missing_column", table.header_row, text)
            rows = table.rows()
            while chunk := list(islice(rows, CHUNK)):
                self.take_chunk(n, chunk)
                read += len(chunk)
                if self.progress is not None:
                    self.progress("rows", min(read, at_most), at_most)
        self.take_held()
        self.flush()
        if self.progress is not None:
            self.progress("rows", read, read)
        return read

    def take_chunk(self, sheet: int, chunk: list[tuple[int, Any]]) -> None:
        reader = self.readers[sheet]
        taken: list[tuple[_Here, LedgerRow]] = []
        for line, cells in chunk:
            row = reader.read(line, cells)
            if row is None:
                self.report.passed_over += 1
            else:
                taken.append((_Here(sheet, line, cells), row))
        before, self.report.rows = self.report.rows, self.report.rows + len(taken)
        if self.backup and before <= BACKUP_FROM < self.report.rows:
            self.make_backup()
        self.look_up(row for _, row in taken)
        for here, row in taken:
            self.take(here, row)
            while self.ready:
                self.take_again(self.ready.popleft())
        self.flush()

    def make_backup(self) -> None:
        """From a second connection, which sees the book as it was before this import began."""
        moment = re.sub(r"[^0-9T]", "", self.session.now()[:19])
        path = self.session.path
        target = path.with_name(f"{path.stem}.before-import-{moment}{path.suffix}")
        n = 2
        while target.exists():
            target = path.with_name(f"{path.stem}.before-import-{moment}-{n}{path.suffix}")
            n += 1
        try:
            with open_book(self.session.place) as copied:
                self.report.backup_events, self.report.backup_head = copied.keeping.backup(target)
        except OSError as error:
            raise Unusable(
                f"导入前的备份 {target} 写不下来（{system_says(error)}），没有导入",
                "请看文件夹能否写入、磁盘是否已满",
                code="backup",
            ) from error
        self.report.backup = str(target)

    def look_up(self, rows: Iterable[LedgerRow]) -> None:
        """Find out which numbers of these rows the book knows; the numbers of the rows before them are in it by now."""
        ours: set[str] = set()
        others: set[str] = set()
        for row in rows:
            said = row.said
            if (number := said.get("case_no")) is not None:
                (ours if self.own.fullmatch(number.upper()) else others).add(number)
            if (number := said.get("external_no")) is not None:
                others.add(number)
            if (number := said.get("repeat_of")) is not None:
                ours.add(number)
                if self.undone or not self.own.fullmatch(number.upper()):  # a spent number is that of the sheet only
                    others.add(number)
        self.known = self.book.bulk.numbers_known({number.upper() for number in ours}, others)

    def flush(self) -> None:
        """Everything so far into the book, parents first."""
        if self.docketed:
            self.book.bulk.enter_many(self.docketed)
            self.docketed.clear()
        self.pen.flush()
        if self.rows:
            self.book.cases.put_many(self.rows)
            self.rows.clear()
            self.prints.clear()
        if len(self.texts) >= TEXTS_HELD:
            self.put_texts()

    def put_texts(self) -> None:
        self.book.search.put_new(self.texts)
        self.texts.clear()

    # ---- one row ------------------------------------------------------------------------------------------------

    def take(self, here: _Here, row: LedgerRow, *, hold: bool = True) -> None:
        if row.reasons:
            self.reject(here, [*row.reasons, *self.second_fault(here, row)])
            return
        try:
            known, fingerprint = self.identify(row)
            if known is not None:
                self.take_known(here, row, known)
            else:
                self.take_new(here, row, fingerprint, hold)
        except RowRefused as error:
            self.reject(here, [(self.tables[here.sheet].layout.heading_of(error.field), error.why)])

    def reject(self, here: _Here, reasons: Iterable[tuple[str, str]]) -> None:
        self.rejects.add(here.sheet, self.tables[here.sheet].name, here.line, here.cells, reasons)

    def second_fault(self, here: _Here, row: LedgerRow) -> list[tuple[str, str]]:
        """What else is wrong with a row that has unreadable cells, where that is certain and the row a new case."""
        layout = self.tables[here.sheet].layout
        if "history" in row.said or ("received_on" in row.said and self.identify(row)[0] is not None):
            return []

        def take(trial: LedgerRow) -> None:
            plan = plan_row(trial, layout, self.unit_of(trial), assign_on_receipt=self.assign_on_receipt)
            through_law(plan, self.code, self.asked)

        error = second_fault(row, layout, self.session.today, take)
        return [] if error is None else [(layout.heading_of(error.field), error.why)]

    def warn(self, kind: str, line: int, message: str | None = None) -> None:
        key = kind, message or MESSAGES[kind]
        found = self.warned.get(key)
        if found is None:
            found = self.warned[key] = ([0], [])
        found[0][0] += 1
        if len(found[1]) < 10:
            found[1].append(line)

    def identify(self, row: LedgerRow) -> tuple[Known | None, bytes | None]:
        """The case a row is about, if it is in the book; and the fingerprint of a row that has no number."""
        said, known = row.said, self.known
        number, outside = said.get("case_no"), said.get("external_no")
        if number is not None:
            found = known.ours.get(number.upper()) or known.sheet.get(number)
            if found is None and self.undone:  # the number may have been spent, and the row come in under another
                found = self.book.bulk.numbers_known((), (number,)).sheet.get(number)
            return found, None
        if outside is not None:
            return known.outside.get(outside), None
        fingerprint = row.fingerprint()
        return self.prints.get(fingerprint) or self.book.bulk.by_fingerprint(fingerprint), fingerprint

    def original_of(self, number: str) -> Known | None:
        known = self.known
        return known.ours.get(number.upper()) or known.outside.get(number) or known.sheet.get(number)

    def take_new(self, here: _Here, row: LedgerRow, fingerprint: bytes | None, hold: bool) -> None:
        said = row.said
        outside, original = said.get("external_no"), said.get("repeat_of")
        if outside is not None and (owner := self.known.outside.get(outside)) is not None:
            self.flush()
            raise RowRefused(
                "external_no", f"外部编号「{outside}」已用于 {self.case_no(owner.id)}。同一件请用同一个登记编号"
            )
        known: Known | None = None
        if original is not None:
            if original in (said.get("case_no"), outside):
                raise RowRefused("repeat_of", f"原登记编号「{original}」是本件自己。请写原来那件的编号")
            known = self.original_of(original)
            if known is None and hold:
                self.hold(here, row, original)
                return
            if known is not None:
                self.check_order(row, original, known)
                if self.waiting:
                    self.check_cycle(row, known)
        layout = self.tables[here.sheet].layout
        whole = "history" in said
        related: list[tuple[date, str]] = []
        unit_id: int | None = None
        if whole:
            plan, related = plan_whole(row, layout, self.unit_made)
        else:
            unit_id = self.unit_of(row)
            plan = plan_row(row, layout, unit_id, assign_on_receipt=self.assign_on_receipt)
        register = plan.events[0].data
        if known is not None:
            register["repeat_of"] = known.id
        elif original is not None:
            register["repeat_of_no"] = original
        if whole:
            link_complained(self.book, register)
            case, warnings = whole_through_law(plan, self.code, self.asked)
            hold_against(row, plan, case, self.unit_name)
        else:
            case, warnings = through_law(plan, self.code, self.asked)
        if unit_id == NEW_UNIT:
            self.make_unit(said["unit"])
            self.take_new(here, row, fingerprint, hold)
            return
        self.listed(register)
        case.topic, case.region = register.get("topic"), register.get("region")
        if related:
            self.related += [(self.next_id, on, other) for on, other in related]
        self.enter(here, row, plan, case, fingerprint)
        for notice in warnings:
            counted = notice.code in MESSAGES
            self.warn(notice.code if counted else "other", here.line, None if counted else notice.text)
        for doubt, _ in row.doubts:
            self.warn(doubt, here.line)
        for doubt in plan.doubts:
            self.warn(doubt, here.line)
        if original is not None and known is None:
            self.warn("original_unknown", here.line)

    def check_order(self, row: LedgerRow, original: str, known: Known) -> None:
        if "history" in row.said:  # a received day that was set right may have crossed the other
            return
        received = row.said["received_on"].isoformat()
        if known.received_on > received:
            raise RowRefused(
                "repeat_of",
                f"本件收到于 {received}，早于原件 {original} 的 {known.received_on}。重复件不能早于原件，写反了请对调",
            )

    def check_cycle(self, row: LedgerRow, known: Known) -> None:
        waiting = {case_id for number in self.numbers_of(row) for case_id in self.waiting.get(number, ())}
        if waiting:
            self.flush()
            chain = {known.id, *self.book.bulk.originals(known.id)}
            if found := waiting & chain:
                named = self.case_no(found.pop())
                raise RowRefused("repeat_of", f"{named} 已写作本件的重复件，不能互为重复。请核对哪一件在先")

    def numbers_of(self, row: LedgerRow) -> Iterator[str]:
        for field in ("case_no", "external_no"):
            if (number := row.said.get(field)) is not None:
                yield number.upper()

    # ---- units, topics, places ----------------------------------------------------------------------------------

    def unit_of(self, row: LedgerRow) -> int | None:
        word = row.said.get("unit")
        if word is None:
            return None
        found = self.unit_ids.get(word)
        if found is None:
            try:
                found = self.book.units.find(word).id
            except NotFound:
                found = RowRefused("unit", _several(word)) if re.search("[、，,；;]", word) else NEW_UNIT
            except Ambiguous as error:
                found = RowRefused("unit", error.line())
            self.unit_ids[word] = found
        if isinstance(found, RowRefused):
            raise RowRefused(found.field, found.why)
        return found

    def unit_made(self, word: str) -> int:
        """The unit that a whole history names, made when nothing matches."""
        found = self.unit_ids.get(word)
        if found is None or found == NEW_UNIT:
            try:
                found = self.unit_ids[word] = self.book.units.find(word).id
            except NotFound:
                self.make_unit(word)
                found = self.unit_ids[word]
            except Ambiguous as error:
                raise RowRefused("unit", error.line()) from None
        if isinstance(found, RowRefused):
            raise RowRefused(found.field, found.why)
        return found

    def make_unit(self, word: str) -> None:
        made = self.book.units.add(self.pen, self.session.today, word)
        self.unit_ids[word] = made.id
        self.report.new_units.append(made.name)

    def unit_name(self, unit_id: int) -> str:
        return self.book.units.by_id(unit_id).name

    def listed(self, data: dict[str, Any]) -> None:
        """Topic and place by the office's own names; made and reported where its lists lack them."""
        if (word := data.get("topic")) is not None:
            if word not in self.topics:
                found = self.book.units.find_topic(word)
                if found is None:
                    found = self.book.units.add_topic(self.pen, word, self.session.today)
                    self.report.new_topics.append(found)
                self.topics[word] = found
            data["topic"] = self.topics[word]
        if (word := data.get("region")) is not None:
            if word not in self.regions:
                found = self.book.units.find_region(word)
                if found is None:
                    found = self.book.units.add_region(self.pen, word, self.session.today)
                    self.report.new_regions.append(found)
                self.regions[word] = found
            data["region"] = self.regions[word]

    # ---- into the book ------------------------------------------------------------------------------------------

    def number(self, row: LedgerRow) -> tuple[str, int, int, str | None]:
        """(case_no, year, serial, sheet_no) of a new case."""
        number = row.said.get("case_no")
        year: int = row.said["received_on"].year
        if number is not None:
            own = self.own.fullmatch(number.upper())
            if own and not (self.undone and self.book.bulk.spent(own[0])):
                year, serial = int(own[1]), int(own[2])
                if serial > self.serials.get(year, 0):
                    self.serials[year] = serial
                return own[0], year, serial, None
        if self.number_last:
            self.unnumbered.append((year, self.next_id))
            return f"?{self.next_id}", year, 0, number
        serial = self.serials[year] = self.serials.get(year, 0) + 1
        return f"{self.prefix}{year}-{serial:06d}", year, serial, number

    def enter(self, here: _Here, row: LedgerRow, plan: Plan, case: Case, fingerprint: bytes | None) -> None:
        case_no, year, serial, sheet_no = self.number(row)
        case_id = self.next_id
        self.next_id += 1
        if sheet_no is None:
            sheet_no = plan.events[0].data.get("sheet_no")
        else:
            plan.events[0].data["sheet_no"] = sheet_no
        self.docketed.append((case_id, case_no, year, serial, sheet_no, fingerprint))
        self.pen.append_all(case_id, plan.events)
        if self.stays:
            self.texts.append((case_id, self.book.search.texts_entered(plan.events)))
            self.pen.told()
        made = Rows(case_id, case_no, case, self.book.canonical)
        self.rows.append(made)
        self.report.imported += 1
        entered = Known(case_id, made.case[12])
        if fingerprint is not None:
            self.prints[fingerprint] = entered
        known = self.known
        if sheet_no is not None:
            known.sheet[sheet_no] = entered
        known.ours[case_no] = entered
        if (outside := row.said.get("external_no")) is not None:
            known.outside[outside] = entered
        if self.held or self.waiting:
            for number in self.numbers_of(row):
                self.ready.extend(self.held.pop(number, ()))
                if number in self.waiting:
                    self.link_waiting(self.waiting.pop(number), entered, here)
        if len(self.rows) >= CHUNK:
            self.flush()

    def link_waiting(self, waiting: list[int], original: Known, here: _Here) -> None:
        """Cases of the book that named this one before it came."""
        self.flush()
        for case_id in waiting:
            events = self.book.events.of(case_id)
            case = fold(events, self.code)
            if case is None:
                continue
            if case.received_on.isoformat() < original.received_on:
                self.warn("original_later", here.line)
                continue
            self.append(case_id, events, [Event("link", case.received_on, {"repeat_of": original.id})])
            self.report.linked += 1

    def append(self, case_id: int, events: list[Event], more: list[Event]) -> None:
        """Append events that the law has taken to a case of the book."""
        seq = events[-1].seq
        for event in more:
            seq += 1
            event.seq = seq
            self.pen.append(case_id, event)
        case = fold([*events, *more], self.code)
        assert case is not None
        self.flush()  # the cases entered before it first: their events stand in the same queue
        self.book.cases.put(case_id, self.book.cases.number_of(case_id), case)

    def give_numbers(self) -> None:
        """Numbers for the rows that brought none, after the last one that the file brought."""
        given = []
        for year, case_id in self.unnumbered:
            serial = self.serials[year] = self.serials.get(year, 0) + 1
            given.append((f"{self.prefix}{year}-{serial:06d}", serial, case_id))
        self.book.bulk.renumber(given)

    def relate(self) -> None:
        """What whole histories relate to each other, once all of them are there; it moves no clock."""
        self.flush()
        for case_id, on, number in self.related:
            other = self.book.bulk.numbers_known((number.upper(),), ()).ours.get(number.upper())
            if other is not None:
                events = self.book.events.of(case_id)
                self.append(case_id, events, [Event("relate", on, {"to": other.id})])

    # ---- repeats that stand before their originals --------------------------------------------------------------

    def hold(self, here: _Here, row: LedgerRow, original: str) -> None:
        packed = pickle.dumps((here.sheet, here.line, tuple(here.cells)), protocol=5)
        place = (here.sheet, here.line)
        held = _Held(packed, tuple(self.numbers_of(row)), original, row.said["received_on"], place)
        self.held.setdefault(original.upper(), []).append(held)

    def take_again(self, held: _Held, *, hold: bool = True) -> None:
        here = _Here(*pickle.loads(held.packed))
        row = self.readers[here.sheet].read(here.line, here.cells)
        assert row is not None
        before = self.known
        self.look_up([row])
        for kept, found in zip(before, self.known, strict=True):
            for number, known in found.items():
                kept.setdefault(number, known)
        self.known = before
        self.take(here, row, hold=hold)

    def take_held(self) -> None:
        """At the end of the file: what waits for an original that did not come, or for itself."""
        while self.held:
            waiting = [held for listed in self.held.values() for held in listed]
            numbers = {number: held for held in waiting for number in held.numbers}
            roots = [held for held in waiting if held.original.upper() not in numbers]
            if not roots:
                self.break_cycle(waiting[0], numbers)
                continue
            for held in roots:
                listed = self.held[held.original.upper()]
                listed.remove(held)
                if not listed:
                    del self.held[held.original.upper()]
            for n, held in enumerate(sorted(roots, key=lambda held: held.place)):
                self.take_again(held, hold=False)
                while self.ready:
                    self.take_again(self.ready.popleft())
                if n % CHUNK == 0:
                    self.flush()
                    self.known = NumbersKnown({}, {}, {})

    def break_cycle(self, start: _Held, numbers: dict[str, _Held]) -> None:
        """Of repeats that name each other in a ring, turn back the one whose original came later, else the last."""
        seen: list[_Held] = []
        current = start
        while current not in seen:
            seen.append(current)
            current = numbers[current.original.upper()]
        ring = seen[seen.index(current) :]
        later = [held for held in ring if numbers[held.original.upper()].received_on > held.received_on]
        guilty = min(later, key=lambda held: held.place) if later else max(ring, key=lambda held: held.place)
        listed = self.held[guilty.original.upper()]
        listed.remove(guilty)
        if not listed:
            del self.held[guilty.original.upper()]
        here = _Here(*pickle.loads(guilty.packed))
        if later:
            day = numbers[guilty.original.upper()].received_on.isoformat()
            why = (
                f"本件收到于 {guilty.received_on.isoformat()}，早于原件 {guilty.original} 的 {day}。"
                "重复件不能早于原件，写反了请对调"
            )
        else:
            why = f"{guilty.original} 已写作本件的重复件，不能互为重复。请核对哪一件在先"
        self.reject(here, [(self.tables[here.sheet].layout.heading_of("repeat_of"), why)])

    # ---- a case that is there already ---------------------------------------------------------------------------

    def take_known(self, here: _Here, row: LedgerRow, known: Known) -> None:
        if self.docketed and known.id >= self.docketed[0][0]:
            self.flush()
        said = row.said
        if (outside := said.get("external_no")) is not None:
            owner = self.known.outside.get(outside)
            if owner is not None and owner.id != known.id:
                raise RowRefused("external_no", f"外部编号「{outside}」已用于 {self.case_no(owner.id)}。请核对")
        events = self.book.events.of(known.id)
        case = fold(events, self.code)
        assert case is not None
        layout = self.tables[here.sheet].layout
        self.by_our_names(said)
        if "history" in said:
            plan, _ = plan_whole(row, layout, self.unit_made)
            there = {(event.kind, event.on) for event in events}
            missing = [Planned(event, "history") for event in plan.events[1:] if (event.kind, event.on) not in there]
            says = [f"{EVENT.label(step.event.kind)} {step.event.on.isoformat()}" for step in missing]
        else:
            plan = plan_row(row, layout, self.unit_of(row), assign_on_receipt=self.assign_on_receipt)

            def named(unit_id: int) -> str:
                return said["unit"] if unit_id == NEW_UNIT else self.unit_name(unit_id)

            found = compare(row, plan, events, case, self.session.today, named)
            missing, says = list(found.missing), list(found.says)
        self.compare_original(row, known, events, case, missing, says)
        if missing:
            if self.update:
                self.bring_up(row, layout, known, events, missing)
                self.report.updated += 1
            self.differs.append((here.line, known.id, tuple(says), self.update))
        self.report.already_there += 1

    def by_our_names(self, said: dict[str, Any]) -> None:
        """Topic and place as the office's lists have them, nothing made."""
        if (word := said.get("topic")) is not None:
            said["topic"] = self.book.units.find_topic(word) or word
        if (word := said.get("region")) is not None:
            said["region"] = self.book.units.find_region(word) or word

    def compare_original(
        self, row: LedgerRow, known: Known, events: list[Event], case: Case, missing: list[Planned], says: list[str]
    ) -> None:
        original = row.said.get("repeat_of")
        if original is None:
            return
        target = self.original_of(original)
        if target is not None and target.id == known.id:
            raise RowRefused("repeat_of", f"原登记编号「{original}」是本件自己。请写原来那件的编号")
        if case.repeat_of is not None:
            if target is not None and (
                target.id == case.repeat_of or any(event.data.get("repeat_of") == target.id for event in events)
            ):
                return
            book_says = self.case_no(case.repeat_of)
            raise RowRefused(
                "repeat_of", f"表中原登记编号是「{original}」，案件簿是「{book_says}」。请核对；要改用 xinfang link"
            )
        text = f"原登记编号 {original}"
        if target is None:
            if case.repeat_of_no is None:
                new = {"repeat": True, "repeat_of_no": original}
                data = {"set": new, "was": {"repeat": case.repeat, "repeat_of_no": None}}
                missing.append(Planned(Event("edit", self.session.today, data), "repeat_of"))
                says.append(text)
            elif case.repeat_of_no != original:
                raise RowRefused(
                    "repeat_of", f"表中原登记编号是「{original}」，案件簿是「{case.repeat_of_no}」。请核对"
                )
            return
        self.check_order(row, original, target)
        if known.id in self.book.bulk.originals(target.id):
            raise RowRefused("repeat_of", f"{original} 已写作本件的重复件，不能互为重复。请核对哪一件在先")
        missing.append(Planned(Event("link", case.received_on, {"repeat_of": target.id}), "repeat_of"))
        says.append(text)

    def bring_up(
        self, row: LedgerRow, layout: Layout, known: Known, events: list[Event], missing: list[Planned]
    ) -> None:
        """Append what the book lacks, each event through the law; RowRefused, and nothing of the row, if it says no."""
        if any(step.event.data.get("unit") == NEW_UNIT for step in missing):
            self.bring_up_checked(layout, events, missing)
            self.make_unit(row.said["unit"])
            for step in missing:
                if step.event.data.get("unit") == NEW_UNIT:
                    step.event.data["unit"] = self.unit_ids[row.said["unit"]]
        self.bring_up_checked(layout, events, missing)
        for step in missing:
            if step.event.kind == "edit":
                self.listed(step.event.data["set"])
        self.append(known.id, events, [step.event for step in missing])
        if (outside := row.said.get("external_no")) is not None:
            self.known.outside[outside] = known

    def bring_up_checked(self, layout: Layout, events: list[Event], missing: list[Planned]) -> None:
        so_far = list(events)
        for step in missing:
            event = step.event
            event.seq = so_far[-1].seq + 1
            event.data.pop("before", None)
            ask = partial(self.ask, so_far, event)
            try:
                try:
                    ask()
                except Refused as error:
                    if error.code != "late" or event.kind != "review":
                        raise
                    event.data["late_reason"] = "表中未载"
                    ask()
            except Refused as error:
                raise refused(missing, step, error, layout) from None
            so_far.append(event)

    def ask(self, events: list[Event], event: Event) -> None:
        if event.kind == "correct":
            replay_checked([*events, event], self.code, self.asked)
        else:
            decide(events, event, self.code, self.asked)

    def case_no(self, case_id: int) -> str:
        self.flush()
        found = self.book.cases.number_of(case_id)
        return "本表另一行" if found.startswith("?") else found
