"""What an office takes out of its book as files: cases, clocks, events, units, or everything for another book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xinfang_cli.errors import BadValue
from xinfang_cli.intake.headings import CANONICAL, HISTORY_HEADINGS
from xinfang_cli.intake.rows import HANDLING
from xinfang_cli.law import terms
from xinfang_cli.office.exchange import whole_cases
from xinfang_cli.office.find.lists import Asked, resolved
from xinfang_cli.office.session import Session
from xinfang_cli.records import ExportTable

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
    warnings: list[str] = field(default_factory=list)


@contextmanager
def export(
    session: Session,
    what: str,
    asked: Asked,
    *,
    reveal: bool,
    accusation: bool = False,
    full: bool = False,
) -> Iterator[Export]:
    """The rows of one kind by filter, or (`full`) whole cases as a ledger that `import` takes, with units and settings.

    Personal data is not masked here; with `reveal`, the asking is written to the access log.
    """
    if what == "units" and (full or asked != Asked()):
        raise BadValue("units", None, "不带筛选条件", "单位名单总是整份导出")
    if full and what != "cases":
        raise BadValue("--full", what, "只用于 cases", "连同全部经过导出：xinfang export cases --full -o 文件.xlsx")
    with session.reading() as book:
        picked = resolved(book, asked)
        if what == "units":
            listed = [
                {"name": u.name, "short": u.short, "code": u.code, "group": u.group, "order": u.order}
                | {"initials": u.initials, "aliases": list(u.aliases)}
                for u in book.units.all()
            ]
            made = Export(what, [ExportTable(KINDS[what], listed)])
        elif full:
            made = Export("full", [])
            made.tables.append(
                ExportTable(
                    "台账",
                    _ledger(whole_cases.whole_cases(book, picked, reveal=reveal, accusation=accusation), made.warnings),
                    (
                        *((name, CANONICAL[name]) for name in whole_cases.LEDGER_FIELDS),
                        *((f"history{n}", heading) for n, heading in enumerate(HISTORY_HEADINGS)),
                    ),
                )
            )
            made.tables += whole_cases.house_tables(whole_cases.house(book))
            if book.attachments.any_kept():
                made.warnings.append(
                    f"附件不在表里，导入后把 {book.path.name}.files 文件夹拷到新簿旁边，改名为“新簿的文件名.files”"
                )
            moved = whole_cases.moved_by_present_law(book, picked)
            if moved:
                made.warnings.append(
                    f"有 {moved} 件的时限按当时的设置或放假安排算定，导入别的簿时按现行的重算；要原样保留用 xinfang backup"
                )
        elif what == "cases":
            made = Export(what, [ExportTable(KINDS[what], book.exports.case_rows(picked, session.today))])
        elif what == "clocks":
            made = Export(what, [ExportTable(KINDS[what], book.exports.clock_rows(picked, session.today))])
        else:
            made = Export(what, [ExportTable(KINDS[what], book.exports.event_rows(picked))])
        if reveal and what in ("cases", "events"):
            book.access.log(session.now(), session.actor, f"export {what}{' --full' if full else ''}")
        yield made


def _ledger(found: Any, warnings: list[str]) -> Iterator[Mapping[str, Any]]:
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
        warnings.append(f"有 {cut} 格超过一格能放的 {CELL} 字，截短了；要原样保留用 xinfang backup")
