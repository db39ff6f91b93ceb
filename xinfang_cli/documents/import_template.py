"""An empty ledger to fill in: the headings an import knows, with lists and checks, and how to fill it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli.errors import BadValue, next_step
from xinfang_cli.files import whole
from xinfang_cli.formats.cells import LAST_ROW, PLAIN_TEXT, Looks, width_of
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.terms import Vocabulary
from xinfang_cli.present.steps import worded


class ImportTemplate(NamedTuple):
    """The file that the empty ledger was written to."""

    file: Path


def document(view: ImportTemplate) -> dict[str, Any]:
    return {"file": str(view.file)}


# The headings an import knows, in the order of the contract, each with what goes into it.
_TEXT, _DAY, _COUNT = "文字", "日期，须有年份，如 2023-07-18", "整数"
TEMPLATE: tuple[tuple[str, str], ...] = (
    ("登记编号", "本局的编号，如 XF2023-000123；没有的留空，导入时给号。别处的编号也可以填，能按它查到"),
    ("外部编号", "国家或省信访系统里的编号"),
    ("收到日期", f"{_DAY}。必填；空着时用登记日期，再空着用信访日期"),
    ("登记日期", _DAY),
    ("信访日期", _DAY),
    ("信访形式", "从下拉表里选"),
    ("信访目的", "从下拉表里选"),
    ("内容分类", "从下拉表里选；本局另有分类的可以直接写，导入时补进分类表"),
    ("问题属地", "镇街名"),
    ("概况", "一句话写清什么事"),
    ("内容", _TEXT),
    ("姓名", _TEXT),
    ("证件号码", "18 位；有疑问的照收，导入后提示"),
    ("联系电话", "几个号码用“、”隔开"),
    ("住址", _TEXT),
    ("信访人数", "整数，如 6，也可写 6人；空着算 1 人"),
    ("涉及人数", _COUNT),
    ("初重件", "初次或重复；空着算初次"),
    ("原登记编号", "重复件写原来那件的编号，登记编号、外部编号都可以，先后不论"),
    ("责任单位", "单位全称、简称或代码；没有的单位导入时新建"),
    ("办理方式", "从下拉表里选；空着算转送"),
    ("转办日期", f"{_DAY}。填了责任单位的必填"),
    ("反馈期限", f"{_DAY}。交办件填"),
    ("签收日期", _DAY),
    ("受理日期", _DAY),
    ("告知日期", f"书面告知信访人的日期；受理日期空着时用它。{_DAY}"),
    ("延期天数", "整数，总共不超过 30"),
    ("办结日期", _DAY),
    ("处理意见", "从下拉表里选"),
    ("送达日期", f"信访人收到答复的日期。{_DAY}"),
    ("单位满意度", "从下拉表里选"),
    ("部门满意度", "对信访部门的评价，从下拉表里选"),
    ("评价日期", f"{_DAY}。空着算办结日期"),
    ("复查日期", f"申请复查的日期。{_DAY}"),
    ("复查结果", "从下拉表里选，要有复查答复日期"),
    ("复查答复日期", _DAY),
    ("积案批次", "批次名称"),
    ("包案领导", _TEXT),
    ("化解日期", f"{_DAY}。要有积案批次"),
)


def _labels(vocabulary: Vocabulary) -> list[str]:
    return [*vocabulary.sayable.values()]


def _choices() -> dict[str, list[str]]:
    ratings = _labels(terms.RATING)
    return {
        "信访形式": _labels(terms.CHANNEL),
        "信访目的": _labels(terms.KIND),
        "内容分类": list(terms.TOPICS),
        "初重件": ["初次", "重复"],
        "办理方式": ["转送", "交办", "直接回复", "存", "受理告知", "不予受理", "不再受理"],
        "处理意见": _labels(terms.OUTCOME),
        "单位满意度": ratings,
        "部门满意度": ratings,
        "复查结果": _labels(terms.RESULT),
    }


def write_template(path: Path) -> None:
    """Write an empty ledger to fill in: .csv (UTF-8 with BOM) or xlsx by its ending."""
    ending = path.suffix.lower()
    if ending not in (".csv", ".xlsx"):
        raise BadValue("文件名", path.name, "的结尾不是 .xlsx 或 .csv", "如 ⟦template⟧ 台账.xlsx")
    with whole(path) as made:
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
    for column, (heading, meaning) in enumerate(TEMPLATE):
        is_day = heading.endswith(("日期", "期限"))
        look = looks.day if is_day else None if heading.endswith(("人数", "天数")) else looks.text
        widest = max(map(width_of, [heading, *choices.get(heading, ())]))
        width = 40 if heading in ("概况", "内容") else max(widest, 12 if is_day else 0, _WIDER.get(heading, 0))
        sheet.set_column(column, column, width, look)
        sheet.write_string(0, column, heading, looks.head)
        if heading in choices:
            sheet.data_validation(1, column, LAST_ROW, column, _drop_down(heading, choices[heading]))
        elif is_day:
            sheet.data_validation(1, column, LAST_ROW, column, _DAY_CHECK)
        how.write_string(column + 1, 0, heading, looks.head)
        how.write_string(column + 1, 1, meaning, looks.wrap)
        how.write_string(column + 1, 2, "、".join(choices.get(heading, ())), looks.wrap)
    sheet.autofilter(0, 0, 0, len(TEMPLATE) - 1)
    for column, (heading, width) in enumerate((("列", 16), ("填什么", 60), ("可选的词", 60))):
        how.write_string(0, column, heading, looks.head)
        how.set_column(column, column, width)
    how.freeze_panes(1, 0)
    for n, line in enumerate(_HOW, len(TEMPLATE) + 2):
        how.write_string(n, 1, worded(line), looks.wrap)
    book.close()


_WIDER = {
    "登记编号": 18,
    "外部编号": 20,
    "证件号码": 22,
    "联系电话": 16,
    "住址": 30,
    "姓名": 12,
    "责任单位": 20,
    "原登记编号": 18,
}
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
