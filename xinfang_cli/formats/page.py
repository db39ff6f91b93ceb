"""A report as one HTML page: charts inline, nothing from the network, ready to print on A4."""

from __future__ import annotations

from pathlib import Path

from xinfang_cli.formats import svg
from xinfang_cli.formats.model import Document, heading_lines, shown


def text(document: Document) -> str:
    """The whole page; whatever people wrote is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup, escape

    def breakable(said: str) -> Markup:
        """A figure and the bracket after it may stand on two lines."""
        return Markup(str(escape(said)).replace("%（", "%<wbr>（"))  # escaped just before

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["breakable"] = breakable
    tables = []
    for table in document.tables:
        heads = heading_lines(table)
        tables.append(
            {
                "key": table.key,
                "title": table.title,
                "wide": table.wide,
                "note": table.note,
                "columns": table.columns,
                "upper": heads[0] if heads else None,
                "lower": heads[1] if heads else None,
                "rows": [
                    {
                        "kind": row.kind,
                        "cells": [
                            {
                                "text": shown(value, column.kind),
                                "kind": "code" if column.key == "case_no" else column.kind,
                            }
                            for value, column in zip(row.cells, table.columns, strict=True)
                        ],
                    }
                    for row in table.rows
                ],
            }
        )
    # svg escapes every text it is given; the marks around them are our own
    figures = [{"title": one.title, "svg": Markup(svg.chart(one))} for one in document.charts]
    page = environment.get_template("report.html")
    return page.render(doc=document, tables=tables, figures=figures)
