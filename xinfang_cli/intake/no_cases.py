"""Rows of a sheet that are no cases: totals, signatures, headings between the rows. Each is passed over by its ground."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import clean_text, half_width
from xinfang_cli.intake.headings import FOOT_WORDS, KNOWN, filled_text, normalise_heading


class Passed(NamedTuple):
    """A row that is no case: the ground for passing it over, and its word (such as a section's)."""

    ground: str
    word: str = ""


SECTION = "section"
GROUNDS = {
    "blank": "空行",
    "unknown_columns": "只有不认得的列有内容",
    "header": "重复的表头",
    "column_numbers": "列号",
    "rule": "分隔线",
    "total": "合计",
    SECTION: "分段标题",
    "title": "表格标题",
    "foot": "表尾",
    "example": "示例",
    "joint_names": "联名信访人，并入上一件",
}

_TOTAL = re.compile(
    r"(?:本[页月季年周]|以上|当[月年])?(?:合计|总计|小计).*"
    r"|.{0,24}(?:合计|总计|小计|共计|累计)[:]?(?:[0-9]+[件批人次]*)*"
)
_TOTAL_BEGINS = frozenset("合总小本以当共累月季年全")
_SIGNED = "填报|制表|制单|审核|审批|负责人|单位负责人|主管|联系人|经办|报送|打印|截至|截止|以下空白|附注|附:"
_FOOT = re.compile(rf"(?:{'|'.join(FOOT_WORDS)})")
# 共 3 件, 第1页 共2页, 导出时间：2023-06-01 08:00: what programs write below a table; nothing else stands in such a row
_BELOW = re.compile(
    r"(?:总?共(?:计|有)?[0-9]+[件条批行人项页](?:记录|数据)?|第[0-9]+页.{0,12}|-+[0-9]+(?:/[0-9]+)?-+"
    r"|已(?:选择|选定|导出|查询)[0-9]+[行条件](?:记录|数据)?。?|[0-9]+rows?(?:[)]|selected.?|inset.*)?"
    r"|(?:导出|打印|统计|制表|生成|查询|数据)(?:时间|日期|人|人员|单位)[:].*)"
)
_SIGNATURE = re.compile(rf"(?:{_SIGNED})")
_SIGNATURE_CELLS = 4
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_SECTION = re.compile(rf"(?:{_NUMERAL}[、.．]|[(]{_NUMERAL}[)]|第{_NUMERAL}[部分类章节])(.{{1,20}})")
_TITLE = re.compile(r".*(?:台账|台帐|登记表|登记簿|统计表|汇总表|明细表|一览表|清单|[(]续.?[)]).*")
_EXAMPLE = re.compile("示例|样例|范例|举例|示范")
_RULE = re.compile("[-=+:_—─|]{3,}")
# what a template writes below its headings
_HOW_TO = re.compile(r"[(【\[]?(?:必填|选填|非必填|可不填|格式[:为]|yyyy)", re.IGNORECASE)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_example(*words: str) -> bool:
    """Whether a number or name says that the row only shows how to fill one in."""
    return any(_EXAMPLE.search(word) for word in words)


def is_total(number: str) -> bool:
    """Whether the cell of the number column marks a totals row, which may have a day too."""
    return number[0] in _TOTAL_BEGINS and _TOTAL.fullmatch(number) is not None


def no_case(cells: Sequence[object], headings: Sequence[str]) -> Passed | None:
    """The ground for passing over a row without a received day; None if it may be a case."""
    filled = [(index, text) for index, cell in enumerate(cells) if (text := filled_text(cell))]
    if not filled:
        return Passed("blank")
    if _repeats_header(filled, headings):
        return Passed("header")
    if _counts_columns([text for _, text in filled]):
        return Passed("column_numbers")
    if all(_RULE.fullmatch(text) for _, text in filled):
        return Passed("rule")
    if sum(_HOW_TO.match(half_width(text)) is not None for _, text in filled) * 2 >= len(filled):
        return Passed("example", filled[0][1])
    first = "".join(half_width(filled[0][1]).split())
    plain = first.lstrip("(【[※*★●■◆ ")
    if _TOTAL.fullmatch(plain):
        return Passed("total", first)
    if _FOOT.match(plain) or (len(filled) <= _SIGNATURE_CELLS and _SIGNATURE.match(plain)):
        return Passed("foot", first)
    if len(filled) == 1:
        if _BELOW.fullmatch(plain):
            return Passed("foot", first)
        if found := _SECTION.fullmatch(first):
            return Passed(SECTION, found[1])
        if _TITLE.fullmatch(first):
            return Passed("title", first)
    return None


def _repeats_header(filled: Sequence[tuple[int, str]], headings: Sequence[str]) -> bool:
    same = sum(index < len(headings) and " ".join(text.split()) == headings[index] for index, text in filled)
    known = sum(normalise_heading(text) in KNOWN for _, text in filled)
    return len(filled) >= 2 and max(same, known) * 2 > len(filled) and max(same, known) >= 2


def _counts_columns(texts: Sequence[str]) -> bool:
    """1 2 3, (1) (2) (3), 甲乙丙, A B C: one more from each cell to the next."""
    if len(texts) < 3:
        return False
    places = [_place(clean_text(text)) for text in texts]
    steps = [None not in pair and pair[1] - pair[0] == 1 for pair in pairwise(places)]  # type: ignore[operator]
    return sum(steps) * 2 >= len(steps) and places[0] is not None and places[0] < 4


def _place(text: str) -> int | None:
    plain = half_width(text).strip("()[]栏列. ")
    plain = plain.removesuffix(".0")
    if plain.isascii() and plain.isdigit() and len(plain) < 4:
        return int(plain)
    if len(plain) == 1:
        for row in (_STEMS, _LETTERS):
            if plain in row:
                return row.index(plain) + 1
    return None
