"""A report before it is a file: headings, paragraphs, tables, charts. Word, Excel, HTML, Markdown and JSON are made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xinfang_cli.frozen import NamedTuple


class Col(NamedTuple):
    """A column: `kind` is text, count, percent, rank or day; `over` a heading shared with its neighbours."""

    key: str
    heading: str
    kind: str = "text"
    over: str = ""
    width: float = 0  # in characters; 0 by its kind


class Row(NamedTuple):
    """The cells of a line; `kind`: unit, subtotal, total; across: one text over all columns."""

    cells: tuple[Any, ...]
    kind: str = "unit"


class Chart(NamedTuple):
    """A chart: columns, bars (sideways) or lines over labels."""

    kind: str
    title: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    percent: bool = False

    def alternative(self) -> str:
        """The numbers in words, for those who cannot see it."""
        said = []
        for name, values in self.series:
            numbers = (
                f"{label} {shown(value, 'percent' if self.percent else 'count')}"
                for label, value in zip(self.labels, values, strict=True)
            )
            said.append(f"{name}：{'，'.join(numbers)}")
        return f"{self.title}。{'；'.join(said)}"


@dataclass(slots=True)
class Table:
    """A table of a report; `sheet` is its name in a workbook."""

    key: str
    title: str
    sheet: str
    columns: list[Col]
    rows: list[Row] = field(default_factory=list)
    note: str = ""
    like: Table | None = None  # whose columns are as wide: of a template, the table it will be

    @property
    def wide(self) -> bool:
        """Whether it needs the page lying on its side."""
        return len(self.columns) > 9


class Section(NamedTuple):
    """A part of the text: a heading and its paragraphs; `key` is its name in a template."""

    heading: str
    paragraphs: list[str]
    key: str = ""


@dataclass(slots=True)
class Document:
    """A whole report."""

    title: str
    number: str
    addressed: str
    sections: list[Section]
    tables: list[Table]
    charts: list[Chart]
    issuer: str
    day: date
    signed: str  # the day as it stands under the text
    foot: list[str]
    data: dict[str, Any]
    copied: str = ""
    attached: list[str] = field(default_factory=list)  # 附件：1．信访总量, a line each
    notice: list[str] = field(default_factory=list)
    compact: bool = False  # meant for one sheet: smaller letters


def shown(value: Any, kind: str) -> str:
    """A cell as people read it: two decimals, — for a zero denominator or no rank."""
    if isinstance(value, str):
        return "".join(char if char.isprintable() else " " for char in value)
    if kind == "percent":
        return "—" if value is None else f"{value:.2f}%"
    if kind == "rank":
        return "—" if value is None else str(value)
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return "".join(char if char.isprintable() else " " for char in str(value))


def chinese_day(day: date) -> str:
    """2023年7月17日."""
    return f"{day.year}年{day.month}月{day.day}日"


def heading_lines(table: Table) -> tuple[list[tuple[str, int, int]], list[str]] | None:
    """For a two-line head: the upper cells as (text, columns, lines), and the lower ones; None for a plain one."""
    if not any(column.over for column in table.columns):
        return None
    upper: list[tuple[str, int, int]] = []
    lower: list[str] = []
    for column in table.columns:
        if not column.over:
            upper.append((column.heading, 1, 2))
            continue
        lower.append(column.heading)
        if upper and upper[-1][2] == 1 and upper[-1][0] == column.over:
            upper[-1] = (column.over, upper[-1][1] + 1, 1)
        else:
            upper.append((column.over, 1, 1))
    return upper, lower


def table_record(table: Table) -> dict[str, Any]:
    """A table as JSON."""
    return {
        "key": table.key,
        "title": table.title,
        "columns": [
            {"key": column.key, "heading": column.heading, "over": column.over or None, "kind": column.kind}
            for column in table.columns
        ],
        "rows": [
            {"row": row.kind, **{column.key: value for column, value in zip(table.columns, row.cells, strict=True)}}
            for row in table.rows
        ],
        "note": table.note or None,
    }


def record(document: Document) -> dict[str, Any]:
    """The whole report as JSON."""
    return {
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "day": document.day,
        **document.data,
        "attached": document.attached,
        "sections": [{"heading": part.heading, "paragraphs": part.paragraphs} for part in document.sections],
        "tables": [table_record(table) for table in document.tables],
        "charts": [
            {
                "kind": chart.kind,
                "title": chart.title,
                "labels": list(chart.labels),
                "series": [{"name": name, "values": list(values)} for name, values in chart.series],
                "percent": chart.percent,
            }
            for chart in document.charts
        ],
        "notice": document.notice,
        "foot": document.foot,
    }
