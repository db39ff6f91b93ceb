"""The sheet of a dispatch meeting in words, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.campaigns.meeting import Meeting, MeetingLine
from xinfang_cli.present.machine import Csv, csv_of

HEADINGS = labelled(
    "n=seq",
    "unit",
    "case_no",
    "title",
    "stage",
    "clock",
    "due_on",
    "days_left",
    "lead",
    "batches",
    "promised",
    "commitment",
    "result",
)
"""The last two are for the meeting to fill in."""


def in_words(lines: Sequence[MeetingLine]) -> list[dict[str, Any]]:
    """The cells of the lines, numbered and with labels."""
    return [
        {
            **line._asdict(),
            "n": n,
            "stage": terms.STAGE.label(line.stage),
            "clock": terms.CLOCK.label(line.clock),
            "batches": "、".join(line.batches),
            "promised": "；".join(f"{terms.CLOCK.label(one.clock)} {one.due_on}" for one in line.promised),
            "commitment": "",
            "result": "",
        }
        for n, line in enumerate(lines, 1)
    ]


def document(view: Meeting) -> list[dict[str, Any]]:
    """The JSON of the views of meeting."""
    return [{**line._asdict(), "promised": [one._asdict() for one in line.promised]} for line in view.lines]


def table(view: Meeting) -> Csv:
    """The rows of the views of meeting for a spreadsheet."""
    return csv_of(in_words(view.lines), HEADINGS)
