"""What `search` found, for programs and spreadsheets; names and phones among the hits are masked."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import redaction
from xinfang_cli.office.find.search import Found, Hit, SearchResult
from xinfang_cli.present.cases import LIST_COLUMNS, in_words
from xinfang_cli.present.machine import Csv, csv_of

FIELDS = {"title": "概况", "content": "内容", "note": "记录", "name": "信访人", "phone": "电话"}
_MASKS = {"name": redaction.name, "phone": redaction.phone}


def masked(found: Found) -> tuple[Hit, ...]:
    """The hits of a case, names and phones masked."""
    return tuple(
        hit._replace(text=_MASKS[hit.field](hit.text) or "") if hit.field in _MASKS else hit for hit in found.hits
    )


def said(hit: Hit) -> str:
    """The field, then the words around."""
    return f"{FIELDS[hit.field]}：{hit.text}"


def document(view: SearchResult) -> list[dict[str, Any]]:
    """The JSON of `search`."""
    return [{**found.case._asdict(), "hits": [hit._asdict() for hit in masked(found)]} for found in view.found]


def table(view: SearchResult) -> Csv:
    """The CSV of `search`."""
    rows = ({**in_words(found.case), "hits": "；".join(map(said, masked(found)))} for found in view.found)
    return csv_of(rows, LIST_COLUMNS | {"hits": "命中"})
