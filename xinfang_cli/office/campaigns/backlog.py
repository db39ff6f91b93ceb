"""The cases of a backlog batch: joining, naming who resolves them, recognition, the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import Unit
from xinfang_cli.errors import BadValue, NotFound, Refused, XinfangError, next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Batch
from xinfang_cli.office.campaigns.batches import check_known, state_of
from xinfang_cli.office.find import lists
from xinfang_cli.office.find.morning import unit_filter
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import acting, casework
from xinfang_cli.office.work.done import BatchPlace, BatchPlaces, Done
from xinfang_cli.office.work.done import done as told

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted


class Joining(NamedTuple):
    """A case about to join a batch, with its entry in the list."""

    number: str
    unit: str | None = None
    guard_unit: str | None = None
    lead: str | None = None
    joined_on: date | None = None
    resolved_on: date | None = None
    how: str | None = None
    row: int | None = None


class Joined(NamedTuple):
    """The result of a join: cases joined, and cases already in the batch."""

    done: Done
    already: list[str]


JOIN_COLUMNS = {
    "登记编号": "number",
    "信访件编号": "number",
    "编号": "number",
    "外部编号": "number",
    "化解单位": "unit",
    "责任单位": "unit",
    "稳控单位": "guard_unit",
    "包案领导": "lead",
    "列入日期": "joined_on",
    "交办日期": "joined_on",
    "化解日期": "resolved_on",
    "化解方式": "how",
}


def read_joining(path: Path) -> tuple[Joining, ...]:
    """The cases that a list (xlsx, xls, csv) names for a batch."""
    from xinfang_cli.intake.small_lists import read_list

    rows = read_list(path, JOIN_COLUMNS, frozenset({"joined_on", "resolved_on"}))
    listed = []
    for row in rows:
        if "number" not in row:
            raise BadValue("文件", path.name, f"第 {row['row']} 行没有登记编号", "积案须先在簿中登记：⟦import⟧")
        if "how" in row:
            how = terms.HOW_RESOLVED.find(row["how"])
            row["how"] = how or terms.HOW_RESOLVED.parse(row["how"], f"第 {row['row']} 行的化解方式")
        listed.append(Joining(**row))
    return tuple(listed)


class JoinRequest(NamedTuple):
    """Cases to join a batch, the day, and common details.

    `passing`: cases already in the batch are skipped (list, filter); named by number they are refused.
    """

    batch: str
    listed: tuple[Joining, ...]
    on: date
    passing: bool = False
    resolve_unit: str | None = None
    guard_unit: str | None = None
    lead: str | None = None
    new_unit: bool = False
    keep_going: bool = False


def matching(session: Session, asked: lists.CasesAsked) -> tuple[Joining, ...]:
    """The cases that a filter finds, to join a batch."""
    with session.reading() as book:
        narrowed = lists.resolved(book, asked)
        listed = tuple(Joining(case.case_no) for case in book.lists.listed(narrowed, session.today))
    if not listed:
        raise NotFound("没有符合条件的件", "先用 ⟦list⟧ 看看条件")
    return listed


def join(session: Session, request: JoinRequest) -> Joined:
    """Put cases into a batch: those named, those of a list, or those a filter found."""
    batch = request.batch
    with session.writing("join") as (book, pen):
        found = _Entering(session, book, pen, request)
        for entry in request.listed:
            try:
                found.enter(entry)
            except XinfangError as error:
                if entry.row is not None:
                    error.message = f"第 {entry.row} 行：{error.message}"
                    error.args = (error.message,)
                if not request.keep_going:
                    raise
                found.failed.append((entry.number, error))
        pen.flush()
        if batch not in book.backlog.batches():
            text = f"积案批次「{batch}」还没有登记来源、目标和目标日：{next_step('backlog.batch.edit')} {batch}"
            found.warnings.append(Warned("", text, "bare_batch"))
        shown = (book.lists.one(case_id, session.today) for case_id in found.changed)
        return Joined(told(shown, found.warnings, found.failed), found.already)


class _Entering:
    """The cases of one join, one after the other."""

    def __init__(self, session: Session, book: Book, pen: Pen, request: JoinRequest) -> None:
        self.session, self.book, self.pen, self.request = session, book, pen, request
        self.units = [self._unit(word) for word in (request.resolve_unit, request.guard_unit)]
        self.changed: dict[int, str] = {}
        self.already: list[str] = []
        self.warnings: list[Warned] = []
        self.failed: list[tuple[str, XinfangError]] = []

    def _unit(self, word: str | None) -> Unit | None:
        if word is None:
            return None
        return acting.unit_named(self.session, self.book, self.pen, word, self.request.new_unit)

    def enter(self, entry: Joining) -> None:
        asked = self.request
        case_id, case_no = self.book.cases.find(entry.number)
        if case_id in self.changed:
            return
        if asked.passing and asked.batch in self.book.backlog.batches_of(case_id):
            self.already.append(case_no)
            return
        unit, guard = (
            self._unit(word) or given for given, word in zip(self.units, (entry.unit, entry.guard_unit), strict=True)
        )
        on = entry.joined_on or asked.on
        said = {"batch": asked.batch, "unit": unit and unit.id, "guard": guard and guard.id}
        self._append(case_id, case_no, "join", on, **said)
        lead = entry.lead or asked.lead
        if lead:
            self._append(case_id, case_no, "lead", on, lead=lead)
        if entry.resolved_on is not None:
            self._append(case_id, case_no, "resolve", entry.resolved_on, batch=asked.batch, how=entry.how)
        self.changed[case_id] = case_no

    def _append(self, case_id: int, case_no: str, kind: str, on: date, **data: Any) -> None:
        make = acting.simple(kind, on, **data)
        self.warnings += acting.append(self.book, self.pen, self.session, case_id, case_no, make)


class Responsible(NamedTuple):
    """Persons and units of a batch's case: resolving unit, contact unit (稳控), lead; None: not given."""

    resolve_unit: str | None = None
    guard_unit: str | None = None
    lead: str | None = None


def edit(
    session: Session,
    numbers: Sequence[str],
    batch: str | None,
    on: date,
    who: Responsible,
    *,
    new_unit: bool = False,
    keep_going: bool = False,
) -> Done:
    """Set the resolving unit, contact unit (稳控) and lead of cases in a batch."""
    with session.writing("backlog") as (book, pen):
        unit, guard = (
            None if word is None else acting.unit_named(session, book, pen, word, new_unit)
            for word in (who.resolve_unit, who.guard_unit)
        )
        warnings: list[Warned] = []
        failed: list[tuple[str, XinfangError]] = []
        changed: dict[int, None] = {}
        for number in numbers:
            try:
                case_id, case_no = book.cases.find(number)
                mine = batch or _only_batch(book, case_id, case_no)
                _in_batch(book, case_id, case_no, mine)
                if unit is not None or guard is not None:
                    make = acting.simple("join", on, batch=mine, unit=unit and unit.id, guard=guard and guard.id)
                    warnings += acting.append(book, pen, session, case_id, case_no, make)
                if who.lead is not None:
                    make = acting.simple("lead", on, lead=who.lead)
                    warnings += acting.append(book, pen, session, case_id, case_no, make)
                changed[case_id] = None
            except XinfangError as error:
                if not keep_going:
                    raise
                failed.append((number, error))
        pen.flush()
        return told((book.lists.one(case_id, session.today) for case_id in changed), warnings, failed)


def _in_batch(book: Book, case_id: int, case_no: str, batch: str) -> None:
    if batch not in book.backlog.batches_of(case_id):
        raise Refused(f"{case_no} 不在积案批次「{batch}」里", "先列入：⟦backlog.join⟧", code="batch")


def _only_batch(book: Book, case_id: int, case_no: str) -> str:
    names = book.backlog.batches_of(case_id)
    if len(names) != 1:
        raise Refused(f"{case_no} 在 {len(names)} 个积案批次里", "请加 ⟦.batch⟧ 批次名", code="batch")
    return str(names[0])


def recognise(
    session: Session, numbers: Sequence[str], batch: str | None, on: date, returned: bool, keep_going: bool = False
) -> Done:
    """The superior recognises a resolution (上级认定), or returns it (退回)."""
    done = casework.backlog_entry(session, numbers, "recognise", batch, on, keep_going, returned=returned or None)
    if returned:
        return done
    with session.reading() as book:
        known = book.backlog.batches()
        not_asked = [name for name in book.backlog.batch_names() if not known.get(name, Batch(name)).recognise]
        if batch is None or batch in not_asked:
            said = tuple(
                Warned(changed.case.case_no, "所在批次不要求上级认定，认定照记，不影响化解率", "not_asked")
                for changed in done.cases
                if not set(book.backlog.batches_of(book.cases.find(changed.case.case_no)[0])) - {*not_asked}
            )
            return done._replace(warnings=(*done.warnings, *said))
    return done


# ---- the list ---------------------------------------------------------------------------------------------------


class EntryLine(NamedTuple):
    """A case of a batch: who resolves it, how it stands as of the day asked about."""

    batch: str
    case_no: str
    title: Redacted
    stage: str
    unit: str | None
    guard_unit: str | None
    lead: str | None
    joined_on: date
    resolved_on: date | None
    how: str | None
    recognised_on: date | None
    relapsed_on: date | None
    state: str
    excluded: bool


class EntryList(NamedTuple):
    """The cases asked for, of which `limit` are to be shown (0: all)."""

    entries: tuple[EntryLine, ...]
    limit: int = 0


class EntriesAsked(NamedTuple):
    """A selection of batch entries; None: not requested."""

    batch: str | None = None
    states: tuple[str, ...] = ()
    unit: str | None = None
    guard_unit: str | None = None
    lead: str | None = None
    as_of: date | None = None
    numbers: tuple[str, ...] | None = None


def entries(session: Session, asked: EntriesAsked, limit: int = 0) -> EntryList:
    """The cases of a batch, or of all, each with its state as of a day; with `numbers`, those only."""
    day = asked.as_of or session.today
    with session.reading() as book:
        known = book.backlog.batches()
        if asked.batch is not None:
            check_known(book, asked.batch)
        names: dict[int | None, str] = {key: place[0] for key, place in book.units.places().items()}
        by_unit, by_guard = unit_filter(book, asked.unit), unit_filter(book, asked.guard_unit)
        hidden: set[int] = set()  # art. 30
        for units in (by_unit, by_guard):
            hidden |= set() if units is None else book.cases.hidden_from(units)
        lines = []
        for entry in book.backlog.entries(book.counts.as_of(day), asked.batch, asked.numbers):
            state = state_of(entry, known.get(entry.batch, Batch(entry.batch)))
            if entry.kind == "accusation":
                entry = entry._replace(lead=None, guard_unit_id=None)
            if (
                (asked.states and state not in asked.states)
                or (by_guard is not None and entry.guard_unit_id not in by_guard)
                or (asked.lead is not None and entry.lead != asked.lead)
                or (by_unit is not None and entry.unit_id not in by_unit)
                or entry.case_id in hidden
            ):
                continue
            lines.append(
                EntryLine(
                    entry.batch,
                    entry.case_no,
                    entry.title,
                    entry.stage,
                    names.get(entry.unit_id),
                    names.get(entry.guard_unit_id),
                    entry.lead,
                    entry.joined_on,
                    entry.resolved_on,
                    entry.how,
                    entry.recognised_on,
                    entry.relapsed_on,
                    state,
                    entry.excluded,
                )
            )
        return EntryList(tuple(lines), limit)


def placed(session: Session, done: Done) -> Done:
    """Beside each case, the batches it is in and how it stands there today."""
    mine: dict[str, list[BatchPlace]] = {changed.case.case_no: [] for changed in done.cases}
    for row in entries(session, EntriesAsked(numbers=tuple(mine))).entries:
        mine[row.case_no].append(BatchPlace(row.batch, row.state))
    return done._replace(
        cases=tuple(changed.beside(BatchPlaces(tuple(mine[changed.case.case_no]))) for changed in done.cases)
    )
