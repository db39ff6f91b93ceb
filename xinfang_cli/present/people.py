"""Petitioners and likely duplicates for programs and spreadsheets; the person is masked unless asked for by name."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import redaction, terms
from xinfang_cli.law.labels import LABELS, labelled
from xinfang_cli.office.find.people import Duplicate, Duplicates, Petitioner, Petitioners
from xinfang_cli.present.cases import LIST_COLUMNS, in_words
from xinfang_cli.present.machine import Csv, csv_of

_MASKS = {"names": redaction.name, "id_nos": redaction.id_no, "phones": redaction.phone, "addresses": redaction.address}
_HEADINGS = labelled("names", "id_nos=id_no", "phones=phone", "addresses=address")


def personal(view: Petitioner, revealed: bool) -> dict[str, list[str]]:
    """Names, ID numbers, phones and addresses of one person, masked unless `revealed`."""
    found: dict[str, list[str]] = {}
    for key, mask in _MASKS.items():
        values: tuple[str, ...] = getattr(view, key)
        found[key] = list(dict.fromkeys(values if revealed else (mask(value) or "" for value in values)))
    return found


def grounds(view: Duplicate) -> str:
    """Why a case may repeat another, in words."""
    return "；".join(terms.DUPLICATE.label(ground) for ground in view.grounds)


def document(view: Petitioners | Duplicates) -> list[dict[str, Any]]:
    """The JSON of `person` and of `duplicates`."""
    if isinstance(view, Petitioners):
        return [
            {
                **personal(person, view.revealed),
                "sure": person.sure,
                "volumes": person.volumes._asdict(),
                "cases": [case._asdict() for case in person.cases],
            }
            for person in view.people
        ]
    return [
        {**found.case._asdict(), "earlier": found.earlier._asdict(), "grounds": list(found.grounds)}
        for found in view.found
    ]


def table(view: Petitioners | Duplicates) -> Csv:
    """The CSV of `person` (a line a case) and of `duplicates`."""
    if isinstance(view, Petitioners):
        rows = (
            {**in_words(case), **{key: "、".join(values) for key, values in personal(person, view.revealed).items()}}
            for person in view.people
            for case in person.cases
        )
        return csv_of(rows, _HEADINGS | LIST_COLUMNS)
    pairs = (
        {
            **in_words(found.case),
            "earlier": found.earlier.case_no,
            "earlier_on": found.earlier.received_on,
            "earlier_title": found.earlier.title,
            "grounds": grounds(found),
        }
        for found in view.found
    )
    more = {
        "earlier": LABELS["earlier"],
        "earlier_on": LABELS["earlier_on"],
        "earlier_title": LABELS["earlier_title"],
        "grounds": LABELS["grounds"],
    }
    return csv_of(pairs, LIST_COLUMNS | more)
