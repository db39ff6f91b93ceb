"""A unit's figures with the cases behind them, as a workbook: one sheet a rate, the definition on each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli.files import PRIVATE
from xinfang_cli.formats.model import Col, Row, Table, table_record
from xinfang_cli.formats.workbook import write_tables
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import BASES, DEFINITIONS, WITHOUT_ACCEPTANCE_OF
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.figures.appeal import Appeal
from xinfang_cli.office.figures.stats import OpenedCase
from xinfang_cli.present.cases import about
from xinfang_cli.present.figures import PARTS, missed_word, rate_record


class AppealFile(NamedTuple):
    """A unit's figures with the cases behind them, and the workbook they were written to."""

    appeal: Appeal
    file: Path | None = None


def tables(found: Appeal) -> list[Table]:
    """The sheets: the figures with rank, the group beside them, and each rate's cases with their days."""
    made = [_summary(found), _peers(found)]
    for key, rows in found.behind.items():
        if rows:
            made.append(_cases(found, key, rows))
    return made


def _where(found: Appeal) -> str:
    return f"{found.period.label}，{BASES['due']}，截至 {found.as_of.isoformat()}"


def _summary(found: Appeal) -> Table:
    row = found.row
    columns = [
        Col("rate", LABELS["indicator"], width=20),
        Col("numerator", LABELS["numerator"], "count"),
        Col("denominator", LABELS["denominator"], "count"),
        Col("percent", LABELS["percentage"], "percent"),
        Col("rank", "组内名次", "rank"),
        Col("excluded", LABELS["excluded"], "count"),
        Col("missed", "剔除中未达", width=14),
        Col("acceptance_missing", LABELS["acceptance_missing"], "count"),
        Col("words", LABELS["definition"], width=70),
    ]
    rows = [
        Row(
            (
                *(DEFINITIONS[key].label, rate.numerator, rate.denominator, rate.percent, row.ranks.get(key)),
                *(rate.excluded.cases, f"{missed_word(key)} {rate.excluded.missed}" if rate.excluded.missed else ""),
                rate.acceptance_missing if key in WITHOUT_ACCEPTANCE_OF else None,
                DEFINITIONS[key].words,
            )
        )
        for key, rate in row.rates.items()
    ]
    note = (
        f"{_where(found)}。综合名次：{row.overall_rank or '—'}（{found.group}）。每张表的件数就是分母，另列未到期的。"
    )
    return Table("summary", f"{found.unit}各项指标", "各项指标", columns, rows, note)


def _peers(found: Appeal) -> Table:
    four = found.figures.four_rates
    columns = [Col("unit", LABELS["unit_name"], width=20)]
    for key in four:
        label = DEFINITIONS[key].label
        columns += [
            Col(f"{key}.numerator", LABELS["numerator"], "count", label),
            Col(f"{key}.denominator", LABELS["denominator"], "count", label),
            Col(f"{key}.percent", LABELS["percentage"], "percent", label),
            Col(f"{key}.rank", LABELS["rank"], "rank", label),
        ]
    columns.append(Col("overall", LABELS["overall_rank"], "rank"))
    rows = []
    for row in found.peers:
        cells: list[Any] = [row.name]
        for key in four:
            rate = row.rates[key]
            cells += [rate.numerator, rate.denominator, rate.percent, row.ranks.get(key)]
        rows.append(Row((*cells, row.overall_rank), "total" if row is found.row else "unit"))
    return Table("peers", f"{found.group}各单位名次", "组内名次", columns, rows, _where(found))


def _cases(found: Appeal, key: str, listed: Sequence[OpenedCase]) -> Table:
    of_clock = any(row.due_on for row in listed)
    columns = [
        Col("part", LABELS["part"], width=10),
        Col("case_no", LABELS["case_no"], width=16),
        Col("title", LABELS["title"], width=40),
    ]
    if of_clock:
        columns += [
            Col("start", LABELS["start"], "day"),
            Col("due_on", LABELS["due_day"], "day"),
            Col("stop_on", LABELS["stop"], "day"),
            Col("days_over", LABELS["days_over"], "count"),
        ]
    else:
        columns += [
            Col("received_on", LABELS["received_on"], "day"),
            Col("closed_on", LABELS["closed_on"], "day"),
            Col("stage", LABELS["stage"], width=14),
            Col("unit_rating", "单位评价", width=10),
        ]
    rows = [Row(tuple(_cell(row, column) for column in columns)) for row in listed]
    definition = DEFINITIONS[key]
    note = f"{definition.label}：{definition.words}。{_where(found)}。"
    return Table(key, f"{definition.label}：{found.unit}的件", definition.label, columns, rows, note)


def _cell(row: OpenedCase, column: Col) -> Any:
    value = getattr(row, column.key)
    if column.key == "part":
        return PARTS[value]
    if column.key in _WORDS:
        return "" if value is None else _WORDS[column.key].label(value)
    if column.key == "due_on" and row.guessed:
        return about(row)
    if column.kind == "day":
        return None if value is None else date.fromisoformat(value)
    return "" if value is None and column.kind == "text" else value


_WORDS = {"stage": terms.STAGE, "unit_rating": terms.RATING}


def write(found: Appeal, target: Path) -> None:
    """Write the workbook."""
    write_tables(tables(found), f"{found.unit} {found.period.label}", target, PRIVATE)


def document(view: AppealFile) -> dict[str, Any]:
    """The same as JSON."""
    found = view.appeal
    row = found.row
    return {
        "unit": found.unit,
        "group": found.group,
        "period": {"from": found.period.first, "to": found.period.last, "label": found.period.label},
        "as_of": found.as_of,
        "basis": "due",
        "rates": {key: rate_record(key, rate) for key, rate in row.rates.items()},
        "ranks": row.ranks,
        "overall_rank": row.overall_rank,
        "tables": [table_record(table) for table in tables(found)],
        "file": None if view.file is None else str(view.file),
    }
