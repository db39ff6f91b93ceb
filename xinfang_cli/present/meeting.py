"""The sheet of a dispatch meeting in words, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.office.campaigns.meeting import Meeting, MeetingLine
from xinfang_cli.present.machine import Csv, csv_of

HEADINGS = {
    "n": "序号",
    "unit": "责任单位",
    "case_no": "登记编号",
    "title": "概况",
    "stage": "阶段",
    "clock": "时限",
    "due_on": "到期日",
    "days_left": "剩余天数",
    "lead": "包案领导",
    "batches": "积案批次",
    "promised": "已交办、承诺",
    "commitment": "本次承诺（措施、时限）",
    "result": "落实结果",
}
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
    return [{**line._asdict(), "promised": [one._asdict() for one in line.promised]} for line in view.lines]


def table(view: Meeting) -> Csv:
    return csv_of(in_words(view.lines), HEADINGS)
