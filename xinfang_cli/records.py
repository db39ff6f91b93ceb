"""The typed records that rooms hand each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol


class Unit(NamedTuple):
    """A unit as the book knows it; `order` is the office's own order, within its group."""

    id: int
    name: str
    short: str | None
    code: str | None
    group: str
    order: int
    initials: str
    aliases: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Everything it is called."""
        return tuple(word for word in (self.name, self.short, self.code, *self.aliases) if word)


class Term(NamedTuple):
    """One condition of `list --where`: a field of intake.where, `:` or a comparison, the values (None: empty)."""

    field: str
    op: str
    values: tuple[Any, ...]
    negated: bool = False


class ListFilter(NamedTuple):
    """What `list`, `search`, `overdue` and `due` can be narrowed by; None: not asked."""

    stage: tuple[str, ...] | None = None
    units: tuple[int, ...] | None = None
    channel: tuple[str, ...] | None = None
    kind: tuple[str, ...] | None = None
    topic: str | None = None
    region: str | None = None
    lead: str | None = None
    received_from: date | None = None
    received_to: date | None = None
    overdue_on: date | None = None
    first_only: bool = False
    batch: str | None = None
    tag: str | None = None
    returned_at_least: int | None = None
    terms: tuple[Term, ...] = ()
    ids: tuple[int, ...] | None = None
    match: str = ""
    """What must stand in the texts, as the text index is asked (book.search.query)."""


class Done(NamedTuple):
    """What a command that changed cases hands to the output: the cases as they now are, and what to tell the clerk."""

    cases: list[dict[str, Any]]
    warnings: list[str]
    failed: Sequence[tuple[str, Exception]] = ()


class Reason(NamedTuple):
    """Why a row was not taken: the sheet's own row number, the column's heading, the reason."""

    row: int
    column: str
    reason: str


class RejectedRow(NamedTuple):
    """A row that was not taken, its cells as they were."""

    sheet: str
    row: int
    cells: tuple[object, ...]
    reasons: tuple[tuple[str, str], ...]  # (column, reason)


class RejectedRows(Protocol):
    """The rows that were not taken, by sheet and row; kept in a file while they wait, so that a million of them fit."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[RejectedRow]: ...


class SheetHead(NamedTuple):
    """What the file of rejected rows repeats of a sheet."""

    name: str
    headings: tuple[str, ...]
    epoch1904: bool


class ImportWarning:
    """What is doubtful in some rows, once for each kind; `rows` are the first ten."""

    def __init__(self, kind: str, message: str, count: int, rows: tuple[int, ...]) -> None:
        self.kind = kind
        self.message = message
        self.count = count
        self.rows = rows


class Difference(NamedTuple):
    """A case that was in the book already and of which the sheet says more."""

    row: int
    case_no: str
    says: tuple[str, ...]
    updated: bool


class ImportReport:
    """What became of a file. `rows` = imported + already_there + rejected; `withheld` good rows count as rejected."""

    written: bool = False
    rows: int = 0
    imported: int = 0
    already_there: int = 0
    rejected: int = 0
    updated: int = 0
    linked: int = 0
    withheld: int = 0
    passed_over: int = 0
    rejects: RejectedRows | None = None
    backup: str | None = None
    backup_events: int | None = None
    backup_head: str | None = None
    mapping: str | None = None

    def __init__(self, file: str, sha256: str, *, dry_run: bool = False, other_sheets: list[str] | None = None) -> None:
        self.file = file
        self.sha256 = sha256
        self.dry_run = dry_run
        self.other_sheets = other_sheets or []
        self.likely = 0  # new cases that may repeat an earlier one
        self.likely_first: list[dict[str, str]] = []
        self.differs: list[Difference] = []
        self.warnings: list[ImportWarning] = []
        self.new_units: list[str] = []
        self.new_topics: list[str] = []
        self.new_regions: list[str] = []
        self.sheets: list[SheetHead] = []

    def reasons(self) -> Iterator[Reason]:
        """Every reason of every rejected row, in the order of the rows."""
        for rejected in self.rejects or ():
            for column, reason in rejected.reasons:
                yield Reason(rejected.row, column, reason)

    def document(self, rejects_file: str | None) -> dict[str, Any]:
        """The JSON of `import`."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "already_there": self.already_there,
            "rejected": self.rejected,
            "rejects_file": rejects_file,
            "reasons": [reason._asdict() for reason in self.reasons()],
            "warnings": [
                {"kind": found.kind, "message": found.message, "count": found.count, "rows": list(found.rows)}
                for found in self.warnings
            ],
            "new_units": self.new_units,
            "new_topics": self.new_topics,
            "new_regions": self.new_regions,
            "updated": self.updated,
            "linked": self.linked,
            "withheld": self.withheld,
            "passed_over": self.passed_over,
            "differs": [{**found._asdict(), "says": list(found.says)} for found in self.differs],
            "likely_duplicates": {"count": self.likely, "first": self.likely_first},
            "other_sheets": self.other_sheets,
            "file": self.file,
            "sha256": self.sha256,
            "dry_run": self.dry_run,
            "written": self.written,
            "backup": self.backup,
            "backup_head": self.backup_head,
            "mapping": self.mapping,
        }


class LetterToWrite(NamedTuple):
    """A letter with its facts, before it has been put on paper; `template` is the office's own file, or None."""

    kind: str
    name: str  # what it is called: 受理告知书
    about: str  # what its file is called after: a case's number, or a unit
    cases: tuple[str, ...]
    unit: str | None
    facts: dict[str, Any]
    template: str | None


class Composed(NamedTuple):
    """The letters of one call, what to tell the clerk, and the cases that have none."""

    letters: list[LetterToWrite]
    warnings: list[str]
    failed: Sequence[tuple[str, Exception]] = ()


class ExportTable(NamedTuple):
    """One table that leaves the book: its rows by key, read while they are written, and its columns (key, heading);
    without columns the output has its own."""

    name: str
    rows: Iterable[Mapping[str, Any]]
    columns: tuple[tuple[str, str], ...] = ()


class UnitSheetRow(NamedTuple):
    """One case in a unit's sheet: its cells by key, those that may be filled, how many events it had when it went out."""

    case_no: str
    seq: int
    cells: Mapping[str, Any]
    open: frozenset[str]
    secret: bool


class UnitSheet(NamedTuple):
    """What one unit is sent: its open cases, and those it still owes the delivery day of."""

    unit: str
    bureau: str
    issued_on: date
    book: str
    rows: list[UnitSheetRow]
    hidden: int


class HeadingSet(NamedTuple):
    """An office's own headings under a name: every heading of the sheet they were learnt from, and heading → field."""

    name: str
    headings: tuple[str, ...]
    fields: Mapping[str, str]


class Place(NamedTuple):
    """Where a book is."""

    file: Path

    def __str__(self) -> str:
        return str(self.file)

    def exists(self) -> bool:
        return self.file.exists()
