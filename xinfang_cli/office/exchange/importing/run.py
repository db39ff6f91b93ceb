"""Carrying a ledger in: each row a case with its whole history, through the same law as single commands.

read → identify → wait → plan → ask the law, or hold against the book → write; only the last changes the book.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from time import monotonic

from xinfang_cli.book import sealing
from xinfang_cli.book.chain import Pen
from xinfang_cli.book.engine import AlreadyThereError, Copy, Known, MovedMeanwhileError
from xinfang_cli.book.face import Book, keeps_copies, new_book, open_book
from xinfang_cli.book.place import Place
from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.files import scratch
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.headings import NUMBERS_ROWS, normalise_heading
from xinfang_cli.intake.rows import LedgerRow, missing_columns
from xinfang_cli.intake.sections import GROUP_OF_NEW, meant_by
from xinfang_cli.intake.tables import named_sheets
from xinfang_cli.law.case import Case
from xinfang_cli.law.events.base import CheckContext, Notice
from xinfang_cli.law.events.intake import COMPLAINED_FIELDS
from xinfang_cli.office.exchange.headings import Headings, Mapped, default_heading, open_mapped
from xinfang_cli.office.exchange.importing import receipts
from xinfang_cli.office.exchange.importing.against_book import AgainstBook, check_order
from xinfang_cli.office.exchange.importing.ask_law import more_through_law, through_law
from xinfang_cli.office.exchange.importing.identify import Identities, RowAt, RowFate, UnitWords
from xinfang_cli.office.exchange.importing.read import Line, Reading
from xinfang_cli.office.exchange.importing.rejects import RejectSpool
from xinfang_cli.office.exchange.importing.report import (
    COUNTED,
    Difference,
    ImportReport,
    Likely,
    SheetHead,
    Tally,
    file_sha256,
    withheld,
)
from xinfang_cli.office.exchange.importing.second_fault import second_fault
from xinfang_cli.office.exchange.importing.waiting import Guilty, Waiting
from xinfang_cli.office.exchange.importing.write import CHUNK, Writer
from xinfang_cli.office.exchange.office_sheets import (
    OFFICE_SHEETS,
    Office,
    office_of,
    read_office,
    read_office_events,
)
from xinfang_cli.office.exchange.row_plan import Plan, RowRefused, plan_row
from xinfang_cli.office.exchange.whole_cases import (
    hold_against,
    plan_whole,
    whole_through_law,
)
from xinfang_cli.office.session import Session, zone_in, zone_of_office
from xinfang_cli.office.work.holding import held
from xinfang_cli.office.work.registering import link_complained

BACKUP_FROM = 1000
"""More data rows than this into a book that was there: a backup is made first."""
REBUILD_FROM = 2000
"""Fewer rows than this never make the indexes be dropped and built again, and are read before the book is locked."""
APART_FROM = 1000
"""From so many rows on, into a book that is there, the import is planned in a copy, so that nobody waits for it."""
LEAST_S, SLOWLY = 15.0, 200
"""Of what is announced to those who wait: the least seconds, and how many rows a second a slow machine takes."""
ATTEMPTS = 2
"""So often, where others meanwhile wrote what it went by; then the book is held while it is planned."""
LIKELY_SHOWN = 20
"""Of the likely duplicates, so many are named; the rest are in xinfang duplicates."""

Progress = Callable[[str, int, int], None]
"""Told (what, rows done, rows at most) now and then; what is `rows`, then `indexes` once."""


class Choices(NamedTuple):
    """The clerk's choices for this import."""

    sheet: str | None = None
    dry_run: bool = False
    update: bool = False
    all_or_nothing: bool = False
    assign_on_receipt: bool = False


class Pair(NamedTuple):
    """A new case and an earlier one that it may repeat."""

    case_id: int
    earlier_id: int
    ground: str


class _NothingWrittenError(Exception):
    """Ends the transaction of a dry run, or of a file that is taken whole or not at all."""


def import_ledger(
    session: Session,
    path: Path,
    choices: Choices = Choices(),  # noqa: B008 - frozen
    *,
    headings: Headings | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Carry the cases of a spreadsheet in, in one transaction; `headings` are the office's own words for columns.

    The report's `rejects` are for documents.rejects.write_rejects. Unusable for a file or book that cannot be used,
    BadValue for one without a header row. A dry run, and `all_or_nothing` with a bad row, leave the book as it was.
    """
    found = open_mapped(session, path, choices.sheet, headings or Headings())
    tables = found.opened.tables
    at_most = sum(table.rows_at_most for table in tables)
    read = None
    if at_most < REBUILD_FROM:
        reading = Reading(tables, found.sense, zone_of_office(session.place), Tally())
        read = [line for sheet in range(len(tables)) for line in reading.lines(sheet)]
    left_out = _written_twice(reading.alike(read), headings) if read is not None else frozenset()
    file = _File(path, found, at_most, read, left_out)
    try:
        report = _carry_in(session, file, choices, progress)
    except AlreadyThereError:  # somebody began the book meanwhile: then into that one
        open_book(session.place).close()  # or it says why not
        report = _carry_in(session, file, choices, progress)
    if report.confirmed:
        with session.reading() as book:
            session.look(book, "import", "", ids=report.confirmed, file=report.file, sha256=report.sha256)
    return report


class _File(NamedTuple):
    """An opened file; with its lines if it is short enough to be read at once."""

    path: Path
    found: Mapped
    at_most: int
    lines: list[Line] | None
    left_out: frozenset[tuple[int, int]]
    """Sheet and line of rows that somebody said are other rows written again."""

    def tells_whole_cases(self) -> bool:
        return any(table.layout.has("history") for table in self.found.opened.tables)


def _written_twice(groups: Sequence[tuple[tuple[int, int], ...]], said: Headings | None) -> frozenset[tuple[int, int]]:
    """Equal rows without a number after the first, if confirmed to be one case."""
    if not groups or said is None or said.ask is None:
        return frozenset()
    if not said.ask.same([tuple(line for _, line in group) for group in groups]):
        return frozenset()
    return frozenset(place for group in groups for place in group[1:])


def _carry_in(session: Session, file: _File, choices: Choices, progress: Progress | None) -> ImportReport:
    """One transaction; AlreadyThereError, and nothing written, when the book is new and another process made it first."""
    with _no_collecting():
        if (
            file.at_most >= APART_FROM
            and not choices.dry_run
            and keeps_copies(session.place)
            and session.place.exists()
        ):
            for _ in range(ATTEMPTS):
                with suppress(MovedMeanwhileError):
                    report = _planned_apart(session, file, choices, progress)
                    if report is not None:
                        return report
                    break
        return _in_one(session, file, choices, progress)


def _of_file(file: _File, choices: Choices) -> ImportReport:
    """The report of an import before its first row."""
    found = file.found
    return ImportReport(
        file.path.name,
        file_sha256(file.path),
        dry_run=choices.dry_run,
        other_sheets=tuple(found.opened.other_sheets),
        profile=found.name,
        learnt=found.learnt,
        kept_columns=tuple(
            dict.fromkeys(
                heading
                for table in found.opened.tables
                for heading in table.layout.unknown()
                if normalise_heading(heading) not in found.like and heading not in NUMBERS_ROWS
            )
        ),
        sheets=tuple(SheetHead(table.name, table.headings, table.epoch1904) for table in found.opened.tables),
    )


def _in_one(session: Session, file: _File, choices: Choices, progress: Progress | None) -> ImportReport:
    """Planned and written while the book is held: into a new one, a trial, or few rows."""
    report = _of_file(file, choices)
    work: _Import | None = None
    with ExitStack() as stack:
        target, existed = session.place, session.place.exists()
        if choices.dry_run and keeps_copies(session.place):  # no copy of a server's book on a clerk's disk
            target = Place(stack.enter_context(scratch(session.place.folder)) / "dry-run.db")
            _copy_for_trial(session, target)
        book = stack.enter_context(_opened(session, target))
        session.check_clock(book)
        large = _is_large(file, book)
        stack.enter_context(book.bulk.roomy(large))
        try:
            with (
                held(session, "import") as taken,
                book.writing("import", session.actor, session.now(), (report.file, report.sha256)) as pen,
            ):
                if target == session.place:
                    taken(LEAST_S + file.at_most / SLOWLY)
                office = bring_office(session, book, pen, file.path) if file.tells_whole_cases() else None
                work = _Import(session, book, pen, file, choices)
                work.watch_what_moves(existed and not choices.dry_run)
                work.backs_up = (
                    existed and not choices.dry_run and keeps_copies(session.place) and book.cases.count() > 0
                )
                work.progress = progress
                report = work.take_all(report, large, office)
                report = report._replace(likely_first=_named(book, work.likely))
                if choices.dry_run:
                    raise _NothingWrittenError
                _keep_beside(book, pen, file, report)
                work.say_what_moves()
                report = report._replace(written=pen.wrote)
        except _NothingWrittenError:
            if work is not None and work.withheld is not None:
                report = work.withheld
        finally:
            if work is not None and work.backup is not None and not report.written:
                # Stopped, refused or with nothing new: the book is what its backup is, which is a whole unmasked copy.
                work.backup.file.unlink(missing_ok=True)
                report = report._replace(backup=None)
        if report.backup is not None:
            book.keeping.rotate("before-import")
        if report.written:
            session.has_written(book)
    return report


def _is_large(file: _File, book: Book) -> bool:
    return file.at_most >= REBUILD_FROM and file.at_most > book.cases.count() / 4


def _planned_apart(session: Session, file: _File, choices: Choices, progress: Progress | None) -> ImportReport | None:
    """Plan in a copy while others work; the book is locked only to write the result. None for a file with office sheets
    into a book without cases; MovedMeanwhileError if others changed what the plan relied on.
    """
    report = _of_file(file, choices)
    with ExitStack() as stack:
        begins = monotonic()
        copy = Place(stack.enter_context(scratch(session.place.folder)) / "planned.db")
        with session.reading() as book:
            if file.tells_whole_cases() and book.cases.count() == 0:
                return None
            session.check_clock(book)
            book.keeping.copy_for_trial(copy.file)
        with _opened(session, copy) as book:
            book.bulk.only_meanwhile()
            then, large, had_cases = book.bulk.stand(), _is_large(file, book), book.cases.count() > 0
            try:
                with (
                    book.bulk.roomy(large),
                    book.writing("import", session.actor, session.now(), (report.file, report.sha256)) as pen,
                ):
                    work = _Import(session, book, pen, file, choices, apart=True)
                    work.watch_what_moves(True)
                    work.progress = progress
                    report = work.take_all(report, large, None)
                    pen.flush()
                    work.say_what_moves()
                    wrote = pen.wrote
                    pen.told()
                    pen.reworded.clear()  # the index of the book itself is told
            except _NothingWrittenError:
                return work.withheld
        planned_in = monotonic() - begins
        book = stack.enter_context(_opened(session, session.place))
        if wrote and had_cases and report.rows > BACKUP_FROM:
            report = report._replace(backup=_back_up(session, book))
        stood, later = False, 0
        try:
            if progress is not None:
                progress("writing", report.rows, report.rows)
            stack.enter_context(book.bulk.roomy(large and wrote))
            stack.enter_context(book.bulk.beside(copy.file))
            with (
                held(session, "import") as taken,
                book.writing("import", session.actor, session.now(), (report.file, report.sha256)) as pen,
            ):
                taken(LEAST_S + planned_in)  # writing takes no longer than planning did, on the same busy machine
                if wrote:
                    went_by = {id for id in work.ids.went_by if id <= then.cases}
                    later = book.bulk.carry(pen, then, went_by, renumbers=not work.tells_numbers_of_new(), large=large)
                    taken(LEAST_S + planned_in)
                    sealing.seal_numbers(book.conn, pen, then.cases + later + 1)
                _keep_beside(book, pen, file, report)
                report = report._replace(written=pen.wrote)
            stood = report.written
        finally:
            if report.backup is not None and not stood:
                report.backup.file.unlink(missing_ok=True)
        now = {id: id + later * (id > then.cases) for pair in work.likely for id in (pair.case_id, pair.earlier_id)}
        pairs = [Pair(now[pair.case_id], now[pair.earlier_id], pair.ground) for pair in work.likely]
        report = report._replace(likely_first=_named(book, pairs))
        if report.backup is not None:
            book.keeping.rotate("before-import")
        if report.written:
            session.has_written(book)
    return report


def _keep_beside(book: Book, pen: Pen, file: _File, report: ImportReport) -> None:
    """Keep the profile and the receipt beside the cases."""
    if file.found.keep is not None:
        book.mappings.keep(pen, file.found.keep)
    if pen.wrote:
        receipts.keep(book, pen, report)
    pen.flush()


def _likely(book: Book, first: int, large: bool) -> tuple[int, list[Pair]]:
    """The number of new cases that may repeat an earlier one, and the first of them; nothing is linked."""
    found = book.duplicates.everywhere(accusations=False, first=first) if large else book.duplicates.of_new(first)
    seen: set[int] = set()
    told: list[Pair] = []
    for pair in found:
        if pair.case_id in seen:
            continue
        seen.add(pair.case_id)
        if len(told) < LIKELY_SHOWN:
            told.append(Pair(pair.case_id, pair.earlier_id, pair.ground))
    return len(seen), told


def _named(book: Book, pairs: Iterable[Pair]) -> tuple[Likely, ...]:
    number = book.cases.number_of
    return tuple(Likely(number(pair.case_id), number(pair.earlier_id), pair.ground) for pair in pairs)


def _back_up(session: Session, book: Book) -> Copy:
    """From a second connection, which sees the book as it was before this import began."""
    try:
        return book.keeping.set_aside("before-import", session.now())
    except OSError as error:
        raise Unusable(
            f"导入前的备份写不下来（{system_says(error)}），没有导入",
            "请看文件夹能否写入、磁盘是否已满",
            code="backup",
        ) from error


def bring_office(session: Session, book: Book, pen: Pen, path: Path) -> Office | None:
    """Read units and settings, written by `export --full` beside the cases, into a book without cases."""
    if book.cases.count() == 0 and (pages := named_sheets(path, OFFICE_SHEETS)):
        found = office_of(pages)
        if found is not None:
            read_office(book, pen, found, session.today)
        return found
    return None


def _copy_for_trial(session: Session, target: Place) -> None:
    """The copy for a dry run, which blocks nobody and waits for nobody."""
    if session.place.exists():
        with session.reading() as book:
            book.keeping.copy_for_trial(target.file)


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


class _Import:
    """One file on its way into the book."""

    def __init__(
        self, session: Session, book: Book, pen: Pen, file: _File, choices: Choices, *, apart: bool = False
    ) -> None:
        self.apart = apart
        self.likely: list[Pair] = []
        self.withheld: ImportReport | None = None
        """What is said where nothing is written, since some row was turned back."""
        self.session = session
        self.book = book
        self.pen = pen
        self.file = file
        self.tables = file.found.opened.tables
        self.choices = choices
        self.backs_up = False
        self.backup: Copy | None = None
        self.progress: Progress | None = None
        self.code = book.code
        self.asked = CheckContext(session.today, from_sheet=True)
        self.tally = Tally()
        self.reading = Reading(self.tables, file.found.sense, zone_in(book), self.tally, file.left_out)
        self.ids = Identities(book)
        self.words = UnitWords(book)
        self.waiting = Waiting()
        self.writer = Writer(book, pen, session.today, self.ids, self.words, self.tally)
        self.writer.stays = not choices.dry_run
        self.writer.tell = book.search.set_down if apart else book.search.put_new
        self.writer.seals = not apart
        self.writer.number_last = any(table.layout.has("case_no") for table in self.tables)
        self.against = AgainstBook(book, self.ids, self.words, session.today, self.writer.number_of)
        self.rejects = RejectSpool(session.place.folder)
        self.differs: list[tuple[int, int, int, tuple[str, ...], bool]] = []
        self.confirmed: set[int] = set()
        self._alike: dict[RowAt, list[RowAt]] = {}
        """The first of equal rows without a number → those that nothing was said of yet."""

    # ---- the whole file -----------------------------------------------------------------------------------------

    def take_all(self, report: ImportReport, large: bool, office: Office | None) -> ImportReport:
        """Write the whole file with the pen; _NothingWrittenError for a rejected row under all-or-nothing."""
        book, pen = self.book, self.pen
        began = book.cases.count() == 0
        report = self.run(report, large)
        if office is not None:
            read_office_events(book, pen, office)
        count, self.likely = _likely(book, self.writer.first_id, large)
        report = report._replace(likely=count)
        if self.choices.all_or_nothing and report.rejected:
            self.withheld = withheld(report._replace(likely_first=_named(book, self.likely)))
            raise _NothingWrittenError
        if began and not self.choices.dry_run and "book_from" not in book.settings.current():
            report = report._replace(book_from=book.counts.complete_from(self.session.today))
        return report

    def tells_numbers_of_new(self) -> bool:
        """Whether the numbers of new cases were told already, or stand between those that the sheet brings."""
        writer = self.writer
        return (
            writer.number_last or writer.named or any(case_id >= writer.first_id for _, _, case_id, *_ in self.differs)
        )

    def run(self, report: ImportReport, large: bool) -> ImportReport:
        stays = not (self.choices.dry_run or self.apart)
        dropped = self.book.bulk.drop_indexes() if large else []
        with self.book.search.many_at_once(large and stays):
            self.take_tables()
            self.writer.put_texts()
        self.writer.finish()
        if large:
            self.book.bulk.check_references()
        if dropped and stays:
            if self.progress is not None:
                self.progress("indexes", self.tally.lines, self.tally.lines)
            self.book.bulk.build_indexes(dropped)
        tally = self.tally
        self.warn_of_sections()
        tally.sheet = ""
        for name, other in self.book.units.alike(tally.new_units):
            tally.warn("like_unit", self.tables[0].header_row, name, other)
        return report._replace(
            receipt=tally.receipt(len(self.rejects)),
            noticed=tally.noticed(),
            rows=tally.rows,
            imported=tally.imported,
            already_there=tally.already_there,
            rejected=len(self.rejects),
            updated=tally.updated,
            linked=tally.linked,
            rejects=self.rejects,
            confirmed=tuple(sorted(self.confirmed)),
            backup=self.backup,
            warnings=tally.warnings(),
            differs=tuple(
                Difference(line, self.book.cases.number_of(case_id), says, updated, self.sheet_name(sheet))
                for sheet, line, case_id, says, updated in sorted(self.differs)
            ),
            new_units=tuple(tally.new_units),
            new_topics=tuple(tally.new_topics),
            new_regions=tuple(tally.new_regions),
        )

    def take_tables(self) -> None:
        """Every row of every sheet, then those that still wait."""
        self.warn_of_sheets()
        for lines in self.chunks():
            fates = self.reading.fates(lines)
            if self.backs_up and self.backup is None and self.tally.rows > BACKUP_FROM:
                self.backup = _back_up(self.session, self.book)
            self.ids.look_up(fate.row for fate in fates)
            for fate in fates:
                self.take(fate)
                self.take_ready()
            self.writer.flush()
            if self.progress is not None:
                self.progress("rows", min(self.tally.lines, self.file.at_most), self.file.at_most)
        for n, found in enumerate(self.waiting.at_the_end(), 1):
            if isinstance(found, Guilty):
                self.reject(found.fate, found.error)
            else:
                self.ids.look_up_again(found.row)
                self.take(found, may_wait=False)
            self.take_ready()
            if n % CHUNK == 0:
                self.writer.flush()
                self.ids.forget()
        self.writer.flush()
        if self.progress is not None:
            self.progress("rows", self.tally.lines, self.tally.lines)

    def warn_of_sheets(self) -> None:
        """Warn of unknown and missing columns, and of a hidden sheet taken as the only one."""
        self.tally.sheet = self.sheet_name(0)
        for heading, like in self.file.found.like.items():
            self.tally.warn("unknown_column", self.tables[0].header_row, heading, like)
        for sheet, table in enumerate(self.tables):
            self.tally.sheet = self.sheet_name(sheet)
            if table.hidden and len(self.tables) == 1:
                self.tally.warn("hidden_sheet_taken", table.header_row)
            if table.cut_at:
                self.tally.warn("cut_at", table.cut_at, str(table.cut_at))
            if hidden := table.hidden_headings():
                self.tally.warn("hidden_columns", table.header_row, "、".join(hidden))
            for kind, field in missing_columns(table.layout):
                self.tally.warn("missing_column", table.header_row, table.layout.heading_of(field), kind)

    def warn_of_sections(self) -> None:
        """Warn of section headings that stand for a missing column."""
        for sheet, words in self.tally.sections.items():
            table = self.tables[sheet]
            field = meant_by(list(words), table.layout)
            wanted = field is not None and field not in self.file.found.sense.defaults
            if field is not None and wanted and (field != GROUP_OF_NEW or self.tally.new_units):
                self.tally.sheet = self.sheet_name(sheet)
                self.tally.warn("sections", table.header_row, default_heading(field), "、".join(list(words)[:5]))

    def sheet_name(self, sheet: int) -> str:
        """The name of a sheet in a file with several, else empty."""
        return self.tables[sheet].name if len(self.tables) > 1 else ""

    def chunks(self) -> Iterator[Sequence[Line]]:
        read = self.file.lines
        sheets = [iter(read)] if read is not None else map(self.reading.lines, range(len(self.tables)))
        for lines in sheets:
            while chunk := list(islice(lines, CHUNK)):
                yield chunk

    def take_ready(self) -> None:
        for fate in self.waiting.ready():
            self.ids.look_up_again(fate.row)
            self.take(fate)

    # ---- one row ------------------------------------------------------------------------------------------------

    def take(self, fate: RowFate, *, may_wait: bool = True) -> None:
        """A row through the steps; refused by one of them it is kept with the rejected ones."""
        self.tally.sheet = self.sheet_name(fate.here.sheet)
        try:
            if fate.row.reasons:
                self.reject_unreadable(fate)
            elif (known := self.ids.identify(fate)) is not None:
                self.take_known(fate, known)
            elif may_wait and self.must_wait(fate):
                self.waiting.hold(fate, fate.row.said["repeat_of"])
            else:
                self.take_new(fate)
        except RowRefused as error:
            self.reject(fate, error)
        if self.words.unmade:
            self.words.forget()

    def reject(self, fate: RowFate, *errors: RowRefused) -> None:
        table = self.tables[fate.here.sheet]
        reasons = [*fate.row.reasons, *((table.layout.heading_of(error.field), error.why) for error in errors)]
        self.rejects.add(fate.here.sheet, table.name, fate.here.line, fate.here.cells, reasons)

    def reject_unreadable(self, fate: RowFate) -> None:
        """Reject an unreadable row, with a second certain fault if it is a new case."""
        row, layout = fate.row, self.tables[fate.here.sheet].layout
        if "history" in row.said or ("received_on" in row.said and self.ids.identify(fate) is not None):
            self.reject(fate)
            return

        def ask(trial: LedgerRow) -> None:
            plan = plan_row(trial, layout, self.words.of(trial.said), assign_on_receipt=self.choices.assign_on_receipt)
            through_law(plan, self.code, self.asked)

        error = second_fault(row, layout, self.session.today, ask)
        self.reject(fate, *[error] if error is not None else [])

    def must_wait(self, fate: RowFate) -> bool:
        """Whether the row names an original that has not come yet."""
        original = fate.row.said.get("repeat_of")
        return original is not None and not self.names_itself(fate) and self.ids.original_of(original) is None

    def names_itself(self, fate: RowFate) -> bool:
        said = fate.row.said
        return said["repeat_of"] in (said.get("case_no"), said.get("external_no"))

    def take_new(self, fate: RowFate) -> None:
        row = fate.row
        layout = self.tables[fate.here.sheet].layout
        self.check_outside_number(row)
        original = self.original_of(fate)
        if "history" in row.said:
            plan, related = plan_whole(row, layout, self.words.named)
        else:
            plan = plan_row(row, layout, self.words.of(row.said), assign_on_receipt=self.choices.assign_on_receipt)
            related = []
        register = plan.events[0].data
        if register.get("kind") == "accusation" and register.keys().isdisjoint(COMPLAINED_FIELDS):
            register["complained"] = "unstated"
        elif "complained_unit" in register:
            link_complained(self.book, register)
        if original is not None:
            register["repeat_of"] = original.id
        elif "repeat_of" in row.said:
            register["repeat_of_no"] = row.said["repeat_of"]
        case, warned = self.ask_law(row, plan)
        for on, other in related:
            self.writer.relate_later(on, other)
        self.writer.enter(fate, plan, case)
        self.waiting.came(fate.numbers())
        self.warn(fate, plan, warned)
        if original is None and "repeat_of" in row.said:
            self.tally.warn("original_unknown", fate.here.line)
        if register.get("complained") == "unstated":
            self.tally.warn("complained_unsaid", fate.here.line)

    def check_outside_number(self, row: LedgerRow) -> None:
        outside = row.said.get("external_no")
        if outside is not None and (owner := self.ids.known.outside.get(outside)) is not None:
            named = self.writer.number_of(owner.id)
            raise RowRefused("external_no", f"外部编号「{outside}」已用于 {named}。同一件请用同一个登记编号")

    def original_of(self, fate: RowFate) -> Known | None:
        """The original named by the row; RowRefused if impossible."""
        number = fate.row.said.get("repeat_of")
        if number is None:
            return None
        if self.names_itself(fate):
            raise RowRefused("repeat_of", f"原登记编号「{number}」是本件自己。请写原来那件的编号")
        known = self.ids.original_of(number)
        if known is not None:
            check_order(fate.row, number, known)
            self.check_cycle(fate, known)
        return known

    def check_cycle(self, fate: RowFate, known: Known) -> None:
        waiting = {case_id for number in fate.numbers() for case_id in self.writer.waiting.get(number, ())}
        if waiting:
            self.writer.flush()
            chain = {known.id, *self.book.bulk.originals(known.id)}
            self.ids.went_by |= chain
            if found := waiting & chain:
                named = self.writer.number_of(found.pop())
                raise RowRefused("repeat_of", f"{named} 已写作本件的重复件，不能互为重复。请核对哪一件在先")

    def ask_law(self, row: LedgerRow, plan: Plan) -> tuple[Case, list[Notice]]:
        if "history" not in row.said:
            return through_law(plan, self.code, self.asked)
        case, warned = whole_through_law(plan, self.code, self.asked)
        hold_against(row, plan, case, self.words.name)
        return case, warned

    def warn(self, fate: RowFate, plan: Plan, warned: Iterable[Notice]) -> None:
        line, warn = fate.here.line, self.tally.warn
        for notice in warned:
            if notice.code in COUNTED:
                warn(notice.code, line)
            else:
                warn("other", line, notice.text)
        if fate.row.doubts or plan.doubts:
            self.tally.doubt([*(doubt for doubt, _ in fate.row.doubts), *plan.doubts], line)
        if fate.like is not None:
            for place in (*self._alike.get(fate.like, (fate.like,)), RowAt(fate.here.sheet, line)):
                self.tally.warn_at(self.tables[place.sheet].name, "identical_rows", place.line)
            self._alike[fate.like] = []

    def watch_what_moves(self, existed: bool) -> None:
        """New cases too may belong to a period that was published."""
        if existed:
            self.session.watch_whole(self.book, "import", cases=True)

    def say_what_moves(self) -> None:
        """Before the commit, report published figures moved by the rows."""
        if self.session.watch is not None:
            self.session.watch.committing(self.pen.first_id - 1)

    def take_known(self, fate: RowFate, known: Known) -> None:
        """Compare a row with its case in the book; update the case if requested."""
        self.writer.flush_before(known.id)
        if fate.like is not None:
            self._alike.setdefault(fate.like, [fate.like]).append(RowAt(fate.here.sheet, fate.here.line))
        there = self.against.in_book(known.id)
        case = there.case
        if case.purged is not None:  # its texts went by rule: a sheet that still has them does not bring them back
            self.tally.already_there += 1
            self.tally.warn("purged", fate.here.line)
            return
        layout = self.tables[fate.here.sheet].layout
        found = self.against.compare(fate, there, layout, on_receipt=self.choices.assign_on_receipt)
        if case.kind == "accusation":
            self.tally.warn("accusation_known", fate.here.line)
            if fate.print is not None and known.id < self.writer.first_id:
                self.confirmed.add(known.id)
        if found.missing:
            update = self.choices.update
            if update:
                more_through_law(there.events, found.missing, self.code, self.asked, layout)
                more = [step.event for step in found.missing]
                case = self.writer.append(known.id, there.events, more)
                if (watch := self.session.watch) is not None:
                    told = [*there.events, *more]
                    watch.told_anew(self.book, known.id, self.book.cases.number_of(known.id), there.events, told)
                if (outside := fate.row.said.get("external_no")) is not None:
                    self.ids.known.outside[outside] = known
                self.tally.updated += 1
            self.differs.append((fate.here.sheet, fate.here.line, known.id, tuple(found.says), update))
        self.tally.already_there += 1
        self.tally.outside_differs += case.outside_differs()
