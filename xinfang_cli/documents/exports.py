"""Exports as files: xlsx with typed days, a frozen header and filters; csv; json. Masked unless someone asks by name."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from json import JSONEncoder
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from xinfang_cli.errors import BadValue
from xinfang_cli.files import scratch, whole_file
from xinfang_cli.formats.cells import LAST_ROW, PLAIN_TEXT, Looks, safe_text, width_of
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import redaction, terms
from xinfang_cli.law.conditions import CLOSED, EXTRA
from xinfang_cli.law.events.registry import EVENT, command_label
from xinfang_cli.law.labels import kind, labelled
from xinfang_cli.office.exchange.export_table import ExportTable
from xinfang_cli.office.find.redacting import closed
from xinfang_cli.present import machine
from xinfang_cli.present.width import cells as cells_of

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

Row = Mapping[str, Any]

CASES = labelled(
    "case_no",
    "external_no",
    "sheet_no",
    "received_on",
    "source",
    "channel",
    "kind",
    "topic",
    "region",
    "title",
    "content",
    "name",
    "id_no",
    "phone",
    "address",
    "headcount",
    "first=repeat_mark",
    "repeat_of",
    "priority",
    "level",
    "unit",
    "stage",
    "assigned_on",
    "accepted_on",
    "closed_on",
    "outcome",
    "unit_rating",
    "bureau_rating",
    "lead",
    "tags",
    "batches",
    "next_clock",
    "due_on",
    "days_left",
    "returned_times",
    "supervised",
    "excluded",
    "crossing",
    "guessed",
)
CLOCKS = labelled(
    "case_no",
    "title",
    "unit",
    "stage",
    "clock",
    "owner",
    "clock_unit",
    "start",
    "base_due",
    "due_on",
    "stop",
    "state",
    "why",
    "days_left",
    "lead",
    "excluded",
    "guessed",
)
EVENTS = labelled(
    "case_no",
    "seq",
    "on",
    "event",
    "unit=unit_name",
    "data=content",
    "revoked",
    "actor",
    "recorded_at",
    "command",
    "file",
    "sha256",
)
UNITS = labelled("name=listed_name", "short", "code", "group", "order=seq", "initials", "aliases")
COLUMNS = {"cases": CASES, "clocks": CLOCKS, "events": EVENTS, "units": UNITS}
_VOCABULARIES = {
    "stage": terms.STAGE,
    "source": terms.SOURCE,
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "priority": terms.PRIORITY,
    "level": terms.LEVEL,
    "outcome": terms.OUTCOME,
    "unit_rating": terms.RATING,
    "bureau_rating": terms.RATING,
    "next_clock": terms.CLOCK,
    "clock": terms.CLOCK,
    "owner": terms.OWNER,
    "state": terms.CLOCK_STATE,
    "event": EVENT,
}
_NO_COLUMN = ("case_kind", "known", "case_id")
_WIDEST = 46
_SAMPLE = 300


# ---- masks and words --------------------------------------------------------------------------------------------


def masked(rows: Iterable[Row], reveal: bool, accusation: bool) -> Iterator[Row]:
    """The rows as they may leave: through the gate, and of an accusation neither text nor petitioner, unless revealed;
    an accusation only when that is asked for by name too (art. 30)."""
    for row in rows:
        secret = row.get("case_kind", row.get("kind")) in ("accusation", terms.KIND.label("accusation"))
        shown = reveal and (accusation or not secret)
        if shown:
            yield row
            continue
        made = dict(row)
        if "case_no" in made:
            known = made.get("known", redaction.Known())
            made |= {key: made[key] and redaction.redact(made[key], known, "screen") for key in _TEXTS if key in made}
            made |= {key: hide(made[key]) for key, hide in redaction.MASKS.items() if key in made}
            if "data" in made:
                made["data"] = redaction.data(made["data"], known, "screen")
            if secret:
                made = _closed(made)
        yield made


def _closed(made: dict[str, Any]) -> dict[str, Any]:
    """The open fields of an accusation: number, days, stage, units."""
    made |= {"title": redaction.ACCUSATION} if "title" in made else {}
    made |= {key: None for key in made if key == "content" or key in CLOSED}
    made |= {"extras": {}} if "extras" in made else {}
    made |= {"channel": terms.CHANNEL_ALONE.get(made["channel"], made["channel"])} if "channel" in made else {}
    if "data" in made:
        made["data"] = closed(made["data"], made["event"])
    return made


_TEXTS = ("title", "content")


def _spoken(rows: Iterable[Row]) -> Iterator[Row]:
    """Events as people read them."""
    from xinfang_cli.present import events

    for row in rows:
        data = row["data"]
        said = events.detail({**data, "kind": row["event"], "case_kind": data.get("kind")}, intake=True)
        yield {**row, "data": said, "command": command_label(row["command"])}


def _word(key: str) -> Callable[[Any], Any]:
    """The writer of a column's cells for people."""
    if key in _VOCABULARIES:
        labels = _VOCABULARIES[key].labels
        return lambda value: labels.get(value, value)
    if key == "first":
        return lambda value: "初次" if value else "重复"
    if key in ("supervised", "excluded", "revoked", "guessed"):
        return lambda value: "是" if value else None
    if key == "crossing":
        return terms.crossing_label
    if key in ("tags", "aliases"):
        return lambda value: value if isinstance(value, str) else "、".join(value)
    return lambda value: value


def _columns(what: str, table: ExportTable) -> list[tuple[str, str]]:
    return [*(table.columns or COLUMNS[what].items()), *table.more]


# ---- files ------------------------------------------------------------------------------------------------------


def check_target(path: Path, force: bool, full: bool) -> None:
    """BadValue for an existing file or an unknown file extension."""
    endings = (".xlsx",) if full else (".xlsx", ".csv", ".json")
    if path.suffix.lower() not in endings:
        raise BadValue("文件名", path.name, f"的结尾不是 {'、'.join(endings)}", "如 -o 信访件.xlsx")
    if path.exists() and not force:
        raise BadValue("文件", path, "已经有了", "换个名字，或加 ⟦.force⟧ 覆盖")


def write(path: Path, what: str, tables: Sequence[ExportTable], reveal: bool, accusation: bool, *, beside: Path) -> int:
    """Write the tables to a file by its ending, whole or not at all; the number of rows of the first one. A table that
    brings its columns went through the gate already. `beside`: the book's folder, for what is needed meanwhile."""
    shown = [
        table if table.columns else table._replace(rows=masked(table.rows, reveal, accusation)) for table in tables
    ]
    if what == "events" and path.suffix.lower() != ".json":
        shown[0] = shown[0]._replace(rows=_spoken(shown[0].rows))
    if path.suffix.lower() == ".xlsx":
        with whole_file(path, "w+b") as file:
            return _write_xlsx(file, what, shown, beside)
    if path.suffix.lower() == ".csv":
        with whole_file(path, "w", encoding="utf-8-sig", newline="") as file:
            return _write_csv(file, what, shown[0])
    with whole_file(path, "w", encoding="utf-8", newline="\n") as file:
        return _write_json(file, shown[0].rows)


class Poured(NamedTuple):
    """Rows that go to stdout as they are read: there may be a million of them."""

    what: str
    table: ExportTable
    reveal: bool
    accusation: bool

    def print_json(self) -> None:
        """One JSON list."""
        _write_json(sys.stdout, masked(self.table.rows, self.reveal, self.accusation))

    def print_csv(self) -> None:
        """CSV with a BOM."""
        rows = masked(self.table.rows, self.reveal, self.accusation)
        sys.stdout.write("\ufeff")
        _write_csv(sys.stdout, self.what, self.table._replace(rows=_spoken(rows) if self.what == "events" else rows))


def _write_csv(file: IO[str], what: str, table: ExportTable) -> int:
    columns = _columns(what, table)
    plan = [(key, _word(key)) for key, _ in columns]
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([heading for _, heading in columns])
    rows = 0
    for row in table.rows:
        said = [None if row.get(key) is None else word(row[key]) for key, word in plan]
        writer.writerow(["" if value is None else machine.harmless(value) for value in said])
        rows += 1
    return rows


def _write_json(file: IO[str], rows: Iterable[Row]) -> int:
    plain = JSONEncoder(ensure_ascii=False).encode

    def encode(row: Any) -> str:
        return machine.seen(plain(row))

    count = 0
    file.write("[")
    for row in rows:
        file.write(
            ("\n" if count == 0 else ",\n")
            + encode({k: v for k, v in row.items() if k not in _NO_COLUMN and not k.startswith(EXTRA)})
        )
        count += 1
    file.write("\n]\n")
    return count


def _write_xlsx(file: IO[bytes], what: str, tables: Sequence[ExportTable], beside: Path) -> int:
    from xlsxwriter import Workbook

    with scratch(beside) as folder:
        book = Workbook(file, {**PLAIN_TEXT, "constant_memory": True, "in_memory": False, "tmpdir": str(folder)})
        looks = Looks(book)
        counts = [_write_table(book, looks, what, table) for table in tables]
        book.close()
    return counts[0]


_TEXT, _DAY, _NUMBER = range(3)
_EPOCH = date(1899, 12, 30).toordinal()  # Excel counts a 29 February 1900 that never was


def _write_table(book: Workbook, looks: Looks, what: str, table: ExportTable) -> int:
    """One table over as many sheets as it needs; the number of its rows."""
    pages = _Pages(book, looks, table.name, _columns(what, table))
    for row in table.rows:
        pages.write(row)
    return pages.close()


class _Pages:
    """The sheets of a large table: cell writers chosen once a column, widths taken from the first rows."""

    def __init__(self, book: Workbook, looks: Looks, name: str, columns: Sequence[tuple[str, str]]) -> None:
        self.book, self.looks, self.name, self.columns = book, looks, name, columns
        self.plan = [(place, key, _holds(key), _word(key)) for place, (key, _) in enumerate(columns)]
        self.widths = [width_of(heading) for _, heading in columns]
        self.serials: dict[str, int] = {}
        self.rows = self.sheets = 0
        self.at = LAST_ROW
        self.sheet: Any = None

    def write(self, row: Row) -> None:
        """The next line, on a new sheet where the last is full."""
        if self.at >= LAST_ROW:
            self._turn()
        self.at += 1
        self.rows += 1
        at, text, number, day = self.at, self.text, self.number, self.looks.day
        measured = self.rows < _SAMPLE
        for place, key, holds, word in self.plan:
            value = row.get(key)
            if value is None or value == "":
                continue
            if holds == _TEXT:
                value = word(value)
                if value is None or value == "":
                    continue
                value = safe_text(str(value))
                text(at, place, value)
                if measured:
                    self.widths[place] = max(self.widths[place], cells_of(value[:_WIDEST]) + 2)
            elif holds == _DAY:
                number(at, place, self._serial(value, place), day)
            else:
                number(at, place, value)

    def _serial(self, value: str, place: int) -> int:
        serial = self.serials.get(value)
        if serial is None:
            serial = self.serials[value] = date.fromisoformat(value).toordinal() - _EPOCH
            self.widths[place] = max(self.widths[place], 12)
        return serial

    def _turn(self) -> None:
        """The next sheet, with its head."""
        self._finish()
        self.sheets += 1
        self.sheet = self.book.add_worksheet(self.name if self.sheets == 1 else f"{self.name}({self.sheets})")
        _head(self.sheet, self.columns, self.looks)
        self.text, self.number = _direct(self.sheet, "write_string"), _direct(self.sheet, "write_number")
        self.at = 0

    def _finish(self) -> None:
        if self.sheet is None:
            return
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, min(width, _WIDEST))
        self.sheet.autofilter(0, 0, max(self.at, 1), len(self.columns) - 1)

    def close(self) -> int:
        """The number of rows; a table without any has a sheet with a head."""
        if self.sheet is None:
            self._turn()
        self._finish()
        return self.rows


def _holds(key: str) -> int:
    """The content of a column: numbers, days or text."""
    return {"number": _NUMBER, "day": _DAY, "text": _TEXT}[kind(key)]


def _direct(sheet: Any, name: str) -> Callable[..., Any]:
    """A method without the wrapper that also takes `A1`: a tenth of the time of a large export."""
    method = getattr(type(sheet), name)
    return partial(getattr(method, "__wrapped__", method), sheet)


def _head(sheet: Any, columns: Sequence[tuple[str, str]], looks: Looks) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    for place, (_, heading) in enumerate(columns):
        sheet.write_string(0, place, heading, looks.head)
