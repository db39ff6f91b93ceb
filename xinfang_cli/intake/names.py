"""The cell that names the petitioners: one name, several, or one for many (测试甲等8人)."""

from __future__ import annotations

import re

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import clean_name, clean_text, half_width

_NAME = r"[\u3400-\u9fff·\U00020000-\U000323af]{2,12}"
_DIGITS = "零一二三四五六七八九"
_FOR_MANY = re.compile(
    r"(.+?)\s*等\s*(?:共|一行|村民|居民|业主|职工|群众)?\s*([0-9]{1,5}|[一二两三四五六七八九十百]{1,5})\s*(?:余|多)?[人名位户](?:联名|集体|代表)?"
)
_AND_OTHERS = re.compile(r"(.+?)\s*等(?:人|若干人|多人|群众|村民|居民|业主|职工)?")
_BETWEEN = re.compile(r"[、，,;；/|\n]+")
_PARTED = frozenset("等、，,/;；")
_NOBODY = frozenset({"匿名", "无名氏", "佚名", "未署名", "不详", "无名", "匿名信", "匿名件"})
GROUP_WORDS = ("集体", "联名")
"""In the cell of 信访形式: more than one person."""


class People(NamedTuple):
    """The first name, the other names, how many they are said to be, whether others are meant without a number."""

    first: str
    others: tuple[str, ...] = ()
    number: int | None = None
    more: bool = False


def clean_names(cell: object) -> str:
    """A name, or several parted by 、 where a line break parts whole names."""
    text = cell if cell.__class__ is str else clean_text(cell)
    if "\n" in text or "\r" in text:
        text = clean_text(text)
        lines = [name for line in text.splitlines() if (name := clean_name(line))]
        if len(lines) > 1 and all(re.fullmatch(_NAME, line) for line in lines):
            return "、".join(lines)
    return clean_name(text)


def may_be_several(name: str) -> bool:
    """Whether a cell is worth a closer look: cheap, for every row is asked."""
    return not _PARTED.isdisjoint(name)


def people_of(name: str) -> People:
    """Who is named: 测试甲、测试乙 are two, 测试甲等8人 is one for eight. A cell that cannot be read so is one name."""
    plain = half_width(name)
    count, more = None, False
    if found := _FOR_MANY.fullmatch(plain):
        plain, count = found[1], _number(found[2])
    elif (found := _AND_OTHERS.fullmatch(plain)) and len(found[1]) > 1:
        plain, more = found[1], True
    parts = [part for part in (clean_name(part) for part in _BETWEEN.split(plain)) if part]
    if len(parts) > 1 and all(re.fullmatch(_NAME, part) for part in parts):
        return People(parts[0], tuple(parts[1:]), count, more)
    if count is not None or more:
        return People(clean_name(plain), (), count, more)
    return People(name)


def is_nobody(name: str) -> bool:
    """匿名 and the like: a word for no name."""
    return name in _NOBODY


def _number(word: str) -> int:
    if word.isascii():
        return int(word)
    total = 0
    unit = 0
    for sign in word.replace("两", "二"):
        if sign in "十百":
            total += (unit or 1) * (10 if sign == "十" else 100)
            unit = 0
        else:
            unit = _DIGITS.index(sign)
    return total + unit
