"""Search results for programs and spreadsheets."""

from __future__ import annotations

from typing import Any

from xinfang_cli.office.find.search import Hit, SearchResult
from xinfang_cli.present.cases import LIST_COLUMNS, in_words
from xinfang_cli.present.machine import Csv, csv_of

FIELDS = {"title": "概况", "content": "内容", "note": "记录", "name": "信访人", "phone": "电话"}


def hit_line(hit: Hit) -> str:
    """The field, then the words around."""
    return f"{FIELDS[hit.field]}：{hit.text}"


def document(view: SearchResult) -> list[dict[str, Any]]:
    """The JSON of `search`."""
    return [{**found.case._asdict(), "hits": [hit._asdict() for hit in found.hits]} for found in view.found]


def table(view: SearchResult) -> Csv:
    """The CSV of `search`."""
    rows = ({**in_words(found.case), "hits": "；".join(map(hit_line, found.hits))} for found in view.found)
    return csv_of(rows, LIST_COLUMNS | {"hits": "命中"})
