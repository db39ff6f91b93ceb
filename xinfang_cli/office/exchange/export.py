"""Exports: cases, clocks, events, units, or everything for another book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, Refused, next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.closed_words import HANDLING
from xinfang_cli.intake.headings import CANONICAL, HISTORY_HEADINGS
from xinfang_cli.law import redaction, terms
from xinfang_cli.law.conditions import EXTRA, ListFilter
from xinfang_cli.office.exchange import office_sheets, whole_cases
from xinfang_cli.office.exchange.export_table import ExportTable
from xinfang_cli.office.find.lists import CasesAsked, resolved
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned

KINDS = {"cases": "信访件", "clocks": "时限", "events": "经过", "units": "单位"}
_LABELS = {
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "outcome": terms.OUTCOME,
    "unit_rating": terms.RATING,
    "bureau_rating": terms.RATING,
    "review_result": terms.RESULT,
    "mode": HANDLING,
}
CELL = 32_767


@dataclass
class Export:
    """The tables of an export, to be written while the book is open; `warnings` are whole once they are."""

    what: str
    tables: list[ExportTable]
    warnings: list[Warned] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    """The cases in it."""
    about: str = ""
    """What was asked for, for the record of looks."""


class ExportRequest(NamedTuple):
    """An export: rows of one kind by filter, or (`full`) whole cases for `import`, with units and settings.
    `accusation`: with accusers. `anonymous`: coarsened cases.
    """

    what: str
    asked: CasesAsked = CasesAsked()
    reveal: bool = False
    accusation: bool = False
    full: bool = False
    to_file: bool = False
    anonymous: bool = False


class ExportWritten(NamedTuple):
    """A written export: its file, and the personal data it shows."""

    file: Path
    what: str
    rows: int
    warnings: tuple[Warned, ...]
    masked: bool
    accusations_closed: bool


@contextmanager
def export(session: Session, request: ExportRequest) -> Iterator[Export]:
    """The tables of an export, while the book is open.

    The rows of one kind are masked when they are written; whole cases go through the gate here. With `reveal`, the asking
    is written to the access log.
    """
    what = request.what
    if what == "units" and (request.full or request.asked != CasesAsked()):
        raise BadValue("units", None, "不带筛选条件", "单位名单总是整份导出")
    if request.full and what != "cases":
        raise BadValue("⟦.full⟧", what, "只用于 cases", "连同全部经过导出：⟦export⟧ cases ⟦.full⟧ -o 文件.xlsx")
    with session.reading() as book:
        picked = resolved(book, request.asked._replace(accusation=request.reveal and request.accusation))
        if (request.full or what == "events") and book.lists.moved_after(session.today):
            raise Refused(
                f"{session.today.isoformat()} 以后又有记录，{'全部经过' if request.full else '经过'}只能照现在的样子导出",
                "去掉 ⟦.today⟧ 再导出；那一天的件和时限用 ⟦export⟧ cases、⟦export⟧ clocks",
                code="past",
            )
        if request.anonymous:
            made = _nobody(session, book, picked)
        elif request.full:
            made = _everything(book, picked, request)
        else:
            table = ExportTable(KINDS[what], _ROWS[what](book, picked, session.today))
            made = Export(what, [_with_extras(book, table, request) if what == "cases" else table])
        made.about = " ".join(word for word in (what, session.typed) if word)
        if what != "units":
            with session.as_today_stands(book, chosen=picked):
                made.ids = book.lists.ids(picked)
            if (
                request.reveal or not request.to_file
            ):  # of a file that is masked, what it is called is put down once it is
                session.look(
                    book, "export", made.about, ids=made.ids, accusation=request.accusation, revealed=request.reveal
                )
        with session.as_today_stands(book, chosen=picked) if what in ("cases", "clocks") else nullcontext():
            yield made


def _nobody(session: Session, book: Book, picked: ListFilter) -> Export:
    """The cases without any identifying detail."""
    from xinfang_cli.office.exchange import anonymous

    with session.as_today_stands(book, chosen=picked):
        found = anonymous.anonymous(book.exports.case_rows(picked, session.today))
    table = ExportTable(KINDS["cases"], found.rows, anonymous.COLUMNS)
    return Export("cases", [table], [Warned("", found.told(), "made_coarse")])


def _units(book: Book, picked: ListFilter, today: date) -> Iterable[Mapping[str, Any]]:
    return [
        {"name": u.name, "short": u.short, "code": u.code, "group": u.group, "order": u.order}
        | {"initials": u.initials, "aliases": list(u.aliases)}
        for u in book.units.all()
    ]


def _cases(book: Book, picked: ListFilter, today: date) -> Iterable[Mapping[str, Any]]:
    return book.exports.case_rows(picked, today)


def _clocks(book: Book, picked: ListFilter, today: date) -> Iterable[Mapping[str, Any]]:
    return book.exports.clock_rows(picked, today)


def _events(book: Book, picked: ListFilter, today: date) -> Iterable[Mapping[str, Any]]:
    return book.exports.event_rows(picked)


def _with_extras(book: Book, table: ExportTable, request: ExportRequest) -> ExportTable:
    """The cases with the columns of other offices, masked as the rest; of an accusation nothing unless it is revealed."""
    headings = book.extras.headings()
    if not headings:
        return table

    def rows() -> Iterator[Mapping[str, Any]]:
        kept = book.extras.in_order()
        at, extras = next(kept, _NO_MORE)
        for row in table.rows:
            while at < row["case_id"]:
                at, extras = next(kept, _NO_MORE)
            found: Mapping[str, Any] = extras if at == row["case_id"] else {}
            if row["kind"] == "accusation":
                found = found if request.reveal and request.accusation else {}
            elif not request.reveal:
                both = zip(row["known"], redaction.known_in([{"extras": found}]), strict=True)
                found = redaction.extras(found, redaction.Known(*(said + more for said, more in both)), "screen")
            yield {**row, "extras": dict(found), **{EXTRA + heading: value for heading, value in found.items()}}

    return table._replace(rows=rows(), more=tuple((EXTRA + heading, heading) for heading in headings))


_NO_MORE: tuple[float, Mapping[str, Any]] = (float("inf"), {})
_ROWS = {"units": _units, "cases": _cases, "clocks": _clocks, "events": _events}


def _everything(book: Book, picked: ListFilter, request: ExportRequest) -> Export:
    """Whole cases as a ledger for another book, and what the office had set."""
    made = Export("full", [])
    whole = whole_cases.whole_cases(book, picked, reveal=request.reveal, accusation=request.accusation)
    columns = (
        *((name, CANONICAL[name]) for name in whole_cases.LEDGER_FIELDS),
        *((f"history{n}", heading) for n, heading in enumerate(HISTORY_HEADINGS)),
    )
    made.tables.append(ExportTable("台账", _ledger(whole, made.warnings), columns))
    office = office_sheets.office_tables(office_sheets.office_of_book(book))
    made.tables += office if request.reveal else [table._replace(rows=map(_gated, table.rows)) for table in office]
    if book.attachments.any_kept():
        text = f"附件不在表里，导入后把 {book.place.file.name}.files 文件夹拷到新簿旁边，改名为“新簿的文件名.files”"
        made.warnings.append(Warned("", text, "attachments_apart"))
    moved = whole_cases.moved_by_present_law(book, picked)
    if moved:
        text = f"有 {moved} 件的时限按当时的设置或放假安排算定，导入别的簿时按现行的重算；要原样保留用 {next_step('backup')}"
        made.warnings.append(Warned("", text, "law_of_then"))
    return made


def _gated(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Redact an office record, which belongs to no case: no names are known, numbers are recognised by their shape."""
    from xinfang_cli.law.redaction import Known, redact

    return {key: redact(value, Known(), "screen") if isinstance(value, str) else value for key, value in row.items()}


def _ledger(found: Any, warnings: list[Warned]) -> Iterator[Mapping[str, Any]]:
    """Whole cases in the words of the ledger."""
    cut = 0
    for case in found:
        row: dict[str, Any] = {}
        for key, value in case.values.items():
            if key in _LABELS:
                value = _LABELS[key].label(value)
            elif key == "repeat_mark":
                value = "重复" if value == "repeat" else "初次"
            elif isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, str) and len(value) > CELL:
                cut += 1
            row[key] = value
        row |= {f"history{n}": piece for n, piece in enumerate(case.history)}
        yield row
    if cut:
        text = f"有 {cut} 格超过一格能放的 {CELL} 字，截短了；要原样保留用 {next_step('backup')}"
        warnings.append(Warned("", text, "cut_short"))
