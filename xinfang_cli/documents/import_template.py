"""An empty ledger to fill in: the headings an import knows, with lists and checks, and how to fill it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli.errors import BadValue, next_step
from xinfang_cli.files import written_whole
from xinfang_cli.formats.cells import LAST_ROW, PLAIN_TEXT, Looks, width_of
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS, WIDTHS, kind
from xinfang_cli.law.terms import Vocabulary
from xinfang_cli.present.steps import worded


class ImportTemplate(NamedTuple):
    """The file that the empty ledger was written to."""

    file: Path


def document(view: ImportTemplate) -> dict[str, Any]:
    """The JSON of `template`."""
    return {"file": str(view.file)}


# The headings an import knows, in the order of the contract, each with what goes into it.
_TEXT, _DAY, _COUNT = "文字", "日期，须有年份，如 2023-07-18", "整数"
_MEANINGS: tuple[tuple[str, str], ...] = (
    ("case_no", "本局的编号，如 XF2023-000123；没有的留空，导入时给号。别处的编号也可以填，能按它查到"),
    ("external_no", "国家或省信访系统里的编号"),
    ("received_on", f"{_DAY}。必填；空着时用登记日期，再空着用信访日期"),
    ("registered_on", _DAY),
    ("petitioned_on", _DAY),
    ("channel", "从下拉表里选"),
    ("kind", "从下拉表里选"),
    ("topic", "从下拉表里选；本局另有分类的可以直接写，导入时补进分类表"),
    ("region", "镇街名"),
    ("title", "一句话写清什么事"),
    ("content", _TEXT),
    ("name", _TEXT),
    ("id_no", "18 位；有疑问的照收，导入后提示"),
    ("phone", "几个号码用“、”隔开"),
    ("address", _TEXT),
    ("headcount", "整数，如 6，也可写 6人；空着算 1 人"),
    ("affected", _COUNT),
    ("repeat_mark", "初次或重复；空着算初次"),
    ("repeat_of", "重复件写原来那件的编号，登记编号、外部编号都可以，先后不论"),
    ("unit", "单位全称、简称或代码；没有的单位导入时新建"),
    ("mode", "从下拉表里选；空着算转送"),
    ("assigned_on", f"{_DAY}。填了责任单位的必填"),
    ("feedback_by", f"{_DAY}。交办件填"),
    ("signed_on", _DAY),
    ("accepted_on", _DAY),
    ("told_on", f"书面告知信访人的日期；受理日期空着时用它。{_DAY}"),
    ("extended_days", "整数，总共不超过 30"),
    ("closed_on", _DAY),
    ("outcome", "从下拉表里选"),
    ("delivered_on", f"信访人收到答复的日期。{_DAY}"),
    ("unit_rating", "从下拉表里选"),
    ("bureau_rating", "对信访部门的评价，从下拉表里选"),
    ("rated_on", f"{_DAY}。空着算办结日期"),
    ("review_on", f"申请复查的日期。{_DAY}"),
    ("review_result", "从下拉表里选，要有复查答复日期"),
    ("review_delivered_on", _DAY),
    ("batches", "批次名称"),
    ("lead", _TEXT),
    ("resolved_on", f"{_DAY}。要有积案批次"),
)
TEMPLATE = tuple((LABELS[id], meaning) for id, meaning in _MEANINGS)


def _labels(vocabulary: Vocabulary) -> list[str]:
    return [*vocabulary.sayable.values()]


def _choices() -> dict[str, list[str]]:
    ratings = _labels(terms.RATING)
    return {
        "channel": _labels(terms.CHANNEL),
        "kind": _labels(terms.KIND),
        "topic": list(terms.TOPICS),
        "repeat_mark": ["初次", "重复"],
        "mode": ["转送", "交办", "直接回复", "存", "受理告知", "不予受理", "不再受理"],
        "outcome": _labels(terms.OUTCOME),
        "unit_rating": ratings,
        "bureau_rating": ratings,
        "review_result": _labels(terms.RESULT),
    }


def write_template(path: Path) -> None:
    """Write an empty ledger to fill in: .csv (UTF-8 with BOM) or xlsx by its ending."""
    ending = path.suffix.lower()
    if ending not in (".csv", ".xlsx"):
        raise BadValue("文件名", path.name, "的结尾不是 .xlsx 或 .csv", "如 ⟦template⟧ 台账.xlsx")
    with written_whole(path) as made:
        if ending == ".csv":
            with made.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerow([heading for heading, _ in TEMPLATE])
        else:
            _write_template(made)


def _write_template(path: Path) -> None:
    from xlsxwriter import Workbook

    book = Workbook(str(path), dict(PLAIN_TEXT))
    book.set_size(2400, 1200)
    looks = Looks(book)
    sheet = book.add_worksheet("台账")
    how = book.add_worksheet("填表说明")
    sheet.freeze_panes(1, 0)
    choices = _choices()
    for column, (id, meaning) in enumerate(_MEANINGS):
        heading, is_day, listed = LABELS[id], kind(id) == "day", choices.get(id, ())
        look = looks.day if is_day else None if kind(id) == "number" else looks.text
        widest = max(map(width_of, [heading, *listed]))
        width = WIDTHS[id] if id in ("title", "content") else max(widest, 12 if is_day else 0, WIDTHS.get(id, 0))
        sheet.set_column(column, column, width, look)
        sheet.write_string(0, column, heading, looks.head)
        if listed:
            sheet.data_validation(1, column, LAST_ROW, column, _drop_down(heading, listed))
        elif is_day:
            sheet.data_validation(1, column, LAST_ROW, column, _DAY_CHECK)
        how.write_string(column + 1, 0, heading, looks.head)
        how.write_string(column + 1, 1, meaning, looks.wrap)
        how.write_string(column + 1, 2, "、".join(listed), looks.wrap)
    sheet.autofilter(0, 0, 0, len(TEMPLATE) - 1)
    for column, (heading, width) in enumerate((("列", 16), ("填什么", 60), ("可选的词", 60))):
        how.write_string(0, column, heading, looks.head)
        how.set_column(column, column, width)
    how.freeze_panes(1, 0)
    for n, line in enumerate(_HOW, len(TEMPLATE) + 2):
        how.write_string(n, 1, worded(line), looks.wrap)
    book.close()


_DAY_CHECK: dict[str, Any] = {
    "validate": "date",
    "criteria": "between",
    "minimum": date(1950, 1, 1),
    "maximum": date(2099, 12, 31),
    "error_type": "warning",
    "error_title": "日期",
    "error_message": "请填日期，须有年份，如 2023-07-18",
}
_HOW = (
    "一行一件，连同办理经过；还没有发生的空着。",
    "列的先后不论，多出的列随登记保存；表头可以在前十行的任何一行。",
    "日期可写 2023-07-18、2023/7/18、2023.7.18、2023年7月18日、20230718，须有年份。",
    "办理方式：交办的填反馈期限；直接回复是信访部门自己答复，填办结日期；存是存查；不予受理、不再受理填受理、告知或办结日期。",
    f"同一个文件导入两次不会重复；下个月的表里多出来的日期，用 {next_step('import')} 文件 {next_step('.update')} 补进去。",
    "退回的行在“原文件名.rejected.xlsx”里，照退回原因改好，再导入一次。",
)


def _drop_down(heading: str, words: list[str]) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": words,
        "error_type": "warning",
        "error_title": heading,
        "error_message": "不在可选的词里；常见的别的说法导入时也认",
    }
