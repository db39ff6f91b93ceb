"""JSON and CSV: the same rows for other programs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from json import JSONEncoder
from typing import Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.present.steps import worded_json


class Csv(NamedTuple):
    """A table for other programs: headings, then rows in the same order."""

    headings: Iterable[str]
    rows: Iterable[Iterable[Any]]


def record(value: Any) -> Any:
    """A view with all views in it as JSON has them: an object of the fields of each, in their order."""
    if hasattr(value, "_asdict"):
        return {key: record(held) for key, held in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [record(held) for held in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)


def print_json(document: Any) -> None:
    """One JSON document on stdout, and nothing else."""
    sys.stdout.write(seen(worded_json(JSONEncoder(ensure_ascii=False, default=_plain).encode(document))) + "\n")


def as_json(document: Any) -> str:
    """A JSON document for a file, in lines."""
    return seen(worded_json(JSONEncoder(ensure_ascii=False, indent=1, default=_plain).encode(document))) + "\n"


# Signs that a terminal obeys and nobody sees: controls, writing direction, ends of lines that are none to a program.
_OBEYED = r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"


def seen(encoded: str) -> str:
    """A JSON document with such signs as escapes: the same document to a program."""
    if encoded.isprintable():
        return encoded
    return re.sub(_OBEYED, lambda sign: f"\\u{ord(sign[0]):04x}", encoded)


# Excel in a Chinese or Japanese locale takes the full-width signs too, and passes over blanks and line breaks before one.
_BEGINS_FORMULA = frozenset("=+-@＝＋－＠")


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, made text again."""
    if not isinstance(value, str) or not value:
        return value
    if value[0] in "\t\r" or value.lstrip()[:1] in _BEGINS_FORMULA:
        return f"'{value}"
    return value


def csv_of(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> Csv:
    """Rows by key under their headings; `columns` maps keys to headings, a key that a row lacks stays empty."""
    return Csv(columns.values(), ([row.get(key) for key in columns] for row in rows))


def print_csv_rows(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """CSV with a BOM: headings, then rows in the same order."""
    import csv

    sys.stdout.write("\ufeff")
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(list(headings))
    for row in rows:
        writer.writerow([harmless("" if value is None else value) for value in row])
