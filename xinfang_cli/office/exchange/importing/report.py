"""The result of an import: receipt, warnings, additions to lists; and the tally kept during it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from xinfang_cli.book.engine import Copy
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.exchange.importing.rejects import RejectedRow

ROWS_NAMED = 10
"""Of the rows that a warning is about, so many are named."""


COUNTED = frozenset(
    {
        *("no_outcome", "redo_without_day", "task_without_feedback", "feedback_after_report", "representatives"),
        *(
            "unusual_outcome",
            "unusual_pathway",
            "not_ratable",
            "late_review",
            "acceptance_missing",
            "closed_unaccepted",
            "late_sign",
        ),
    }
)
"""What the law notices of many rows: counted without the words about each."""


MERGED = "merged"
"""Of a row that shares a merged cell with the one above: counted, not warned of."""


class RejectedRows(Protocol):
    """The rows that were not taken, by sheet and row."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[RejectedRow]: ...


class Reason(NamedTuple):
    """Why a row was not taken: the sheet's own row number, the column's heading, the reason."""

    row: int
    column: str
    reason: str
    sheet: str = ""


class SheetHead(NamedTuple):
    """The head of a sheet, repeated in the rejects file."""

    name: str
    headings: tuple[str, ...]
    epoch1904: bool


@dataclass(frozen=True, slots=True)
class ImportWarning:
    """A doubt about some rows, once per sheet, code and subject; `rows` are the first ten."""

    kind: str
    about: tuple[str, ...]
    count: int
    rows: tuple[int, ...]
    sheet: str = ""
    """Of a file of which several sheets were read."""


class Difference(NamedTuple):
    """A case already in the book with more in the sheet."""

    row: int
    case_no: str
    says: tuple[str, ...]
    updated: bool
    sheet: str = ""


class Likely(NamedTuple):
    """A new case that may repeat an earlier one, and the ground."""

    case_no: str
    earlier: str
    ground: str


class Receipt(NamedTuple):
    """The destination of every line below the header: the other fields add up to `lines`."""

    lines: int
    cases: int
    already_there: int
    passed_over: Mapping[str, int]
    turned_back: int
    identical: int = 0
    struck_out: int = 0
    hidden: int = 0


class Noticed(NamedTuple):
    """In how many of the rows that went in, or were there, something was noticed: parts of no sum."""

    doubted: int = 0
    rounded: int = 0
    """A number of more digits than a spreadsheet keeps of one."""
    merged: int = 0
    """A value stands in a merged cell that the row shares with the one above."""
    hidden_rows: int = 0
    outside_differs: int = 0
    """The day by which another system wants it is another than ours."""


class ImportReport(NamedTuple):
    """The result of an import. `rows` = imported + already_there + rejected; `withheld` good rows count as rejected."""

    file: str
    sha256: str
    receipt: Receipt = Receipt(0, 0, 0, {}, 0)
    noticed: Noticed = Noticed()
    dry_run: bool = False
    written: bool = False
    rows: int = 0
    imported: int = 0
    already_there: int = 0
    rejected: int = 0
    updated: int = 0
    linked: int = 0
    withheld: int = 0
    rejects: RejectedRows | None = None
    confirmed: tuple[int, ...] = ()
    """Accusations that a whole row without a number is one of: who has the row learns that the book has it."""
    backup: Copy | None = None
    """The copy made before a large import."""
    profile: str | None = None
    other_sheets: tuple[str, ...] = ()
    sheets: tuple[SheetHead, ...] = ()
    warnings: tuple[ImportWarning, ...] = ()
    differs: tuple[Difference, ...] = ()
    likely: int = 0
    likely_first: tuple[Likely, ...] = ()
    new_units: tuple[str, ...] = ()
    new_topics: tuple[str, ...] = ()
    new_regions: tuple[str, ...] = ()
    learnt: tuple[tuple[str, str], ...] = ()
    """Headings and words that were said for this file, and what each stands for."""
    kept_columns: tuple[str, ...] = ()
    """Headings that stand for no field of ours: what is below them is kept with the registration."""
    book_from: date | None = None
    """Of a book's first cases: from which day it is taken to be complete, where nobody has said so."""

    @property
    def passed_over(self) -> int:
        """The number of lines passed over, on any ground."""
        return sum(self.receipt.passed_over.values())

    def reasons(self) -> Iterator[Reason]:
        """Every reason of every rejected row, in the order of the rows."""
        for rejected in self.rejects or ():
            for column, reason in rejected.reasons:
                yield Reason(rejected.row, column, reason, rejected.sheet)


class Imported(NamedTuple):
    """The result of an import, and the file of its rejected rows."""

    report: ImportReport
    rejects_file: Path | None = None


class Tally:
    """Counts while the rows go by."""

    def __init__(self) -> None:
        self.lines = self.rows = self.imported = self.already_there = self.updated = self.linked = 0
        self.identical = self.struck_out = self.hidden = 0
        self.passed_over: Counter[str] = Counter()
        self.sections: dict[int, dict[str, None]] = {}
        """Sheet → the headings between its rows."""
        self.new_units: list[str] = []
        self.new_topics: list[str] = []
        self.new_regions: list[str] = []
        self.doubted = self.rounded = self.merged = self.hidden_rows = self.outside_differs = 0
        self.sheet = ""
        """The sheet at hand, where there are several."""
        self._warned: dict[tuple[str, str, tuple[str, ...]], tuple[list[int], list[int]]] = {}

    def warn(self, kind: str, line: int, *about: str) -> None:
        """Count a warning about a row; the first rows are named."""
        found = self._warned.get((self.sheet, kind, about))
        if found is None:
            found = self._warned[self.sheet, kind, about] = ([0], [])
        found[0][0] += 1
        if len(found[1]) < ROWS_NAMED:
            found[1].append(line)

    def warn_at(self, sheet: str, kind: str, line: int) -> None:
        """The same about a row that may be of another sheet than the one at hand."""
        here, self.sheet = self.sheet, sheet if self.sheet else ""
        self.warn(kind, line)
        self.sheet = here

    def warnings(self) -> tuple[ImportWarning, ...]:
        """The warnings counted, with their rows."""
        return tuple(
            ImportWarning(kind, about, count[0], tuple(rows), sheet)
            for (sheet, kind, about), (count, rows) in self._warned.items()
        )

    def doubt(self, kinds: Iterable[str], line: int) -> None:
        """Count the doubts about an accepted row."""
        plain = set(kinds)
        self.rounded += "id_digits" in plain
        self.merged += MERGED in plain
        self.hidden_rows += "hidden_row" in plain
        plain.discard(MERGED)
        self.doubted += bool(plain)
        for kind in kinds:
            if kind != MERGED:
                self.warn(kind, line)

    def noticed(self) -> Noticed:
        """The notes on accepted rows."""
        return Noticed(self.doubted, self.rounded, self.merged, self.hidden_rows, self.outside_differs)

    def receipt(self, turned_back: int) -> Receipt:
        """The destination of every line."""
        return Receipt(
            self.lines,
            self.imported,
            self.already_there,
            dict(sorted(self.passed_over.items())),
            turned_back,
            self.identical,
            self.struck_out,
            self.hidden,
        )


def withheld(report: ImportReport) -> ImportReport:
    """The report of a file that is taken whole or not at all, when it is not: the good rows count as rejected."""
    good = report.imported
    receipt = report.receipt
    return report._replace(
        receipt=receipt._replace(cases=0, turned_back=receipt.turned_back + good),
        noticed=Noticed(),
        withheld=good,
        imported=0,
        updated=0,
        linked=0,
        rejected=report.rejected + good,
        new_units=(),
        new_topics=(),
        new_regions=(),
        likely=0,
        likely_first=(),
    )


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    made = sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            made.update(chunk)
    return made.hexdigest()
