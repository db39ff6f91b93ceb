"""A report as a workbook: the text, one sheet a table with typed cells, and native charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from xinfang_cli.files import written_whole
from xinfang_cli.formats.cells import PLAIN_TEXT, lines_of, safe_text
from xinfang_cli.formats.model import Chart, Col, Document, Row, Table, heading_lines
from xinfang_cli.present.width import cells

_WIDTHS = {"count": 6.5, "percent": 9.0, "rank": 6.0, "day": 11.5, "text": 14.0}
_PAGE = 72  # half-width characters across an upright page
_LINE = 16.5  # points
_ROWS = 58  # of a printed page as wide as a chart
_TYPES = {"columns": "column", "bars": "bar", "lines": "line"}
_COLOURS = ("#2B6CB0", "#C05621", "#2F855A", "#6B46C1", "#97266D")


class _Formats:
    """The cell formats of a workbook."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[str, str], Any] = {}
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
        self.title = book.add_format({**base, "font_name": "黑体", "font_size": 16, "bold": True, "align": "center"})
        self.head = book.add_format(
            {**base, "bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": "#F2F4F7"}
        )
        self.heading = book.add_format({**base, "font_name": "黑体", "font_size": 13, "bold": True})
        self.words = book.add_format({**base, "text_wrap": True, "valign": "top"})
        self.right = book.add_format({**base, "align": "right", "indent": 2})
        self.centre = book.add_format({**base, "align": "center"})
        self.base = base

    def cell(self, kind: str, row: str) -> Any:
        """The format of a cell by its column and line."""
        found = self.made.get((kind, row))
        if found is None:
            given: dict[str, Any] = {**self.base, "border": 1}
            if kind == "percent":
                given |= {"num_format": "0.00%", "align": "right"}
            elif kind in ("count", "rank"):
                given |= {"num_format": "0", "align": "right"}
            elif kind == "day":
                given |= {"num_format": "yyyy-mm-dd", "align": "center"}
            else:
                given |= {"num_format": "@", "text_wrap": True}
            if row != "unit":
                given |= {"bold": True, "bg_color": "#F2F4F7"}
            found = self.made[kind, row] = self.book.add_format(given)
        return found


def write(document: Document, target: Path) -> None:
    """Write the whole report."""
    book = _new(target)
    book.set_properties(
        {"title": document.title, "author": document.issuer, "created": datetime.combine(document.day, time())}
    )
    formats = _Formats(book)
    _words(book, formats, document)
    for table in document.tables:
        add_table(book, formats, table)
    if document.charts:
        _charts(book, formats, document.charts)
    book.close()


def write_tables(tables: Sequence[Table], title: str, target: Path, mode: int | None = None) -> None:
    """Write tables, one per sheet, atomically; with that mode, else as a file to be handed on."""
    with written_whole(target, mode) as made:
        book = _new(made)
        book.set_properties({"title": title})
        formats = _Formats(book)
        for table in tables:
            add_table(book, formats, table)
        book.close()


def _new(target: Path) -> Any:
    """A workbook in which no text becomes a formula, a link or a number."""
    from xlsxwriter import Workbook

    return Workbook(str(target), dict(PLAIN_TEXT))


def _words(book: Any, formats: _Formats, document: Document) -> None:
    """The first sheet: what the report says."""
    sheet = book.add_worksheet("正文")
    sheet.set_column(0, 0, _PAGE)
    lines: list[tuple[str, Any]] = [(document.number, formats.centre), (document.title, formats.title)]
    lines += [(said, formats.words) for said in document.notice]
    if document.addressed:
        lines.append((document.addressed, formats.words))
    for part in document.sections:
        lines.append((part.heading, formats.heading))
        lines += [(f"　　{paragraph}", formats.words) for paragraph in part.paragraphs]
    lines += [(f"　　{line}", formats.words) for line in document.attached]
    lines += [(document.issuer, formats.right), (document.signed, formats.right)]
    lines += [(said, formats.words) for said in document.foot]
    if document.copied:
        lines.append((f"抄送：{document.copied}", formats.words))
    for place, (said, form) in enumerate(lines):
        sheet.write_string(place, 0, _plain(said), form)
        sheet.set_row(place, _LINE * lines_of(said, _PAGE - 4) + (12 if form is formats.title else 3))
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C— &P —")


def _across(sheet: Any, line: int, last: int, text: str, form: Any) -> None:
    """A text over all columns of a table."""
    if last:
        sheet.merge_range(line, 0, line, last, text, form)
    else:
        sheet.write_string(line, 0, text, form)


def _plain(text: str) -> str:
    return safe_text("".join(char if char.isprintable() or char == "\n" else " " for char in text))


def add_table(book: Any, formats: _Formats, table: Table) -> None:
    """A sheet with one table: title, one or two heading lines, the rows, the note."""
    sheet = book.add_worksheet(table.sheet)
    last = len(table.columns) - 1
    widths = [max(column.width, _WIDTHS[column.kind], cells(column.heading) + 2) for column in table.columns]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.merge_range(0, 0, 0, last, table.title, formats.title)
    sheet.set_row(0, 28)
    line = first = _heads(sheet, formats, table)
    for row in table.rows:
        write_row(sheet, formats, line, table.columns, row)
        tall = max(lines_of(str(value), width) for value, width in zip(row.cells, widths, strict=True))
        if tall > 1:
            sheet.set_row(line, _LINE * tall)
        line += 1
    if table.rows and not any(row.kind != "unit" for row in table.rows):
        sheet.autofilter(first - 1, 0, line - 1, last)
    if table.note:
        _across(sheet, line, last, _plain(table.note), formats.words)
        sheet.set_row(line, _LINE * lines_of(table.note, sum(widths) - 4))
    sheet.freeze_panes(first, 1)
    sheet.repeat_rows(0, first - 1)
    sheet.set_paper(9)
    if table.wide:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C— &P —")


def _heads(sheet: Any, formats: _Formats, table: Table) -> int:
    """The heading lines of a table, one or two; the first line below them."""
    heads = heading_lines(table)
    if heads is None:
        for place, column in enumerate(table.columns):
            sheet.write_string(1, place, column.heading, formats.head)
        return 2
    at = 0
    for text, columns, lines in heads[0]:
        if columns == 1 and lines == 1:
            sheet.write_string(1, at, text, formats.head)
        else:
            sheet.merge_range(1, at, lines, at + columns - 1, text, formats.head)
        at += columns
    for place, column in enumerate(table.columns):
        if column.over:
            sheet.write_string(2, place, column.heading, formats.head)
    return 3


def write_row(sheet: Any, formats: _Formats, line: int, columns: Sequence[Col], row: Row) -> None:
    """Write one line, each cell by its type: number, percentage, day, or text never taken for a formula."""
    for place, (column, value) in enumerate(zip(columns, row.cells, strict=True)):
        form = formats.cell(column.kind, row.kind)
        if value is None and column.kind in ("percent", "rank"):
            sheet.write_string(line, place, "—", form)
        elif value is None or value == "":
            sheet.write_blank(line, place, None, form)
        elif column.kind == "percent" and not isinstance(value, str):  # text: 3/4, of a handful of cases
            sheet.write_number(line, place, round(value / 100, 6), form)
        elif isinstance(value, date):
            sheet.write_datetime(line, place, datetime.combine(value, time()), form)
        elif isinstance(value, int | float):
            sheet.write_number(line, place, value, form)
        else:
            sheet.write_string(line, place, _plain(str(value)), form)


def _charts(book: Any, formats: _Formats, charts: Sequence[Chart]) -> None:
    """The native charts, over a sheet with the numbers they are drawn from."""
    shown = book.add_worksheet("图表")
    data = book.add_worksheet("图表数据")
    for sheet in (shown, data):
        sheet.set_paper(9)
    shown.fit_to_pages(1, 0)
    shown.set_margins(left=0.5, right=0.5)
    data.set_landscape()
    data.fit_to_pages(1, 0)
    column, line, breaks = 0, 0, [0]
    for one in charts:
        data.set_column(column, column, 20)
        data.write_string(0, column, one.title, formats.heading)
        for place, label in enumerate(one.labels):
            data.write_string(2 + place, column, label)
        chart = book.add_chart({"type": _TYPES[one.kind]})
        last = 1 + len(one.labels)
        for number, (name, values) in enumerate(one.series, 1):
            data.write_string(1, column + number, name)
            for place, value in enumerate(values):
                if value is not None:
                    form = formats.cell("percent" if one.percent else "count", "unit")
                    data.write_number(2 + place, column + number, round(value / 100, 6) if one.percent else value, form)
            colour = _COLOURS[(number - 1) % len(_COLOURS)]
            series: dict[str, Any] = {
                "name": ["图表数据", 1, column + number],
                "categories": ["图表数据", 2, column, last, column],
                "values": ["图表数据", 2, column + number, last, column + number],
            }
            if one.kind == "lines":
                series |= {"line": {"color": colour, "width": 2}, "marker": {"type": "circle", "size": 5}}
            else:
                series |= {"fill": {"color": colour}, "data_labels": {"value": True}, "gap": 60}
            chart.add_series(series)
        chart.set_title({"name": one.title, "name_font": {"size": 13}})
        if len(one.series) == 1:
            chart.set_legend({"none": True})
        else:
            chart.set_legend({"position": "bottom"})
        known = [value for _, listed in one.series for value in listed if value is not None]
        axis: dict[str, Any] = {"major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
        if one.percent:
            low = max(0, int((min(known) - 1) // 10 * 10)) / 100 if known and one.kind == "lines" else 0
            axis |= {"num_format": "0%", "max": 1, "min": low}
        else:
            axis |= {"name": "件", "name_font": {"size": 10, "bold": False}, "num_format": "0"}
        tall = 300
        if one.kind == "bars":
            chart.set_y_axis({"reverse": True, "crossing": "max"})  # the numbers at the foot
            chart.set_x_axis(axis)
            tall = 90 + 22 * len(one.labels)
        else:
            chart.set_y_axis(axis)
        chart.set_size({"width": 860, "height": tall})
        rows = tall // 20 + 2
        if line + rows - breaks[-1] > _ROWS:  # no chart is cut by the end of a page
            breaks.append(line)
        shown.insert_chart(line, 0, chart, {"description": one.alternative()[:2000], "y_offset": 6})
        line += rows
        column += len(one.series) + 2
    shown.set_h_pagebreaks(breaks[1:])
