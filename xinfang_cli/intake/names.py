"""The cell that names the petitioners: one name, several, or one for many (测试甲等8人)."""

from __future__ import annotations

import re

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import clean_name, clean_text, half_width, visible

_NAME = r"[\u3400-\u9fff·\U00020000-\U000323af]{2,12}"
_DIGITS = "零一二三四五六七八九"
_FOLK_WORDS = (
    *("村民", "居民", "业主", "职工", "群众", "家长", "工人", "农民工", "商户", "学生", "住户", "户主", "家属", "亲属"),
    *("家人", "代表", "信访人", "人员"),
)
_FOLK = f"(?:{'|'.join(_FOLK_WORDS)})"
_FOLK_ENDS = frozenset(word[-2:] for word in _FOLK_WORDS)
_HOW = f"(?:{_FOLK}|共同|联名|集体|签名|来访|来信|上访)*"
_MANY = r"([0-9]{1,5}|[一二两三四五六七八九十百]{1,5})\s*(?:余|多|来)?\s*(?:人|名|位|户)"
_FOR_MANY = re.compile(
    rf"(.*?)\s*(?:等|一行|代表|及(?:其他)?)\s*(?:共计?|一行|其他|{_FOLK})?\s*{_MANY}{_HOW}"
    rf"|(.+?)\s*[(]\s*(?:等|共计?|代表|一行)?\s*{_MANY}{_HOW}\s*[)]"
)
_AND_OTHERS = re.compile(rf"(.+?)\s*(?:等|及其?(?={_FOLK}))\s*(?:若干人|多人|人|户)?{_HOW}")
_PAIR = re.compile(r"(.{2,4}?)(?:夫妇|夫妻|两口子|父子|父女|母子|母女|兄弟俩|姐妹俩|姐弟俩|兄妹俩|婆媳)(?:二人|两人)?")
_FOLK_ALONE = re.compile(rf".{{0,24}}?(?:全体|部分|众多|广大)?{_FOLK}(?:们|代表)*")
"""全体业主, 测试小区居民: nobody's name, and more than one."""
_AND = re.compile("[与和及暨]")
_BETWEEN = re.compile(r"[、，,;；/|\n]+")
_PARTED = frozenset("等、，,/;；与和及暨妇妻口父母俩婆行表")
_SURNAME_OF_TWO = frozenset(
    (
        *(
            "欧阳",
            "上官",
            "司马",
            "诸葛",
            "皇甫",
            "尉迟",
            "公孙",
            "慕容",
            "令狐",
            "司徒",
            "夏侯",
            "东方",
            "独孤",
            "南宫",
        ),
        *(
            "长孙",
            "宇文",
            "端木",
            "轩辕",
            "淳于",
            "单于",
            "申屠",
            "钟离",
            "闻人",
            "东郭",
            "百里",
            "呼延",
            "澹台",
            "太史",
        ),
    )
)
_NOBODY = frozenset({"匿名", "无名氏", "佚名", "未署名", "不详", "无名", "匿名信", "匿名件"})
GROUP_WORDS = ("集体", "联名")
"""In the cell of 信访形式: more than one person."""


class People(NamedTuple):
    """The first name, the other names, how many they are said to be, whether others are meant without a number, whether
    who is named speaks for those who are not, whether the cell is rather not one name and could not be told apart."""

    first: str
    others: tuple[str, ...] = ()
    number: int | None = None
    more: bool = False
    speaks: bool = False
    unclear: bool = False


def clean_names(cell: object) -> str:
    """One name, or several joined by 、: split at line breaks between whole names, or at blanks between likely names;
    blanks within a name (测 试 甲) are removed.
    """
    text = cell if cell.__class__ is str else clean_text(cell)
    if "\n" in text or "\r" in text:
        text = clean_text(text)
        lines = [name for line in text.splitlines() if (name := clean_name(line))]
        if len(lines) > 1 and all(re.fullmatch(_NAME, line) for line in lines):
            return "、".join(lines)
    name = clean_name(text)
    if len(name) > _SHORT and len(parts := visible(text).split()) > 1 and all(2 <= len(part) <= 4 for part in parts):
        return " ".join(parts) if all(re.fullmatch(_NAME, part) for part in parts) else name
    return name


_SHORT = 3
"""A longer cell is looked at more closely."""


def _like_a_name(part: str) -> bool:
    most = 4 if part[:2] in _SURNAME_OF_TWO else 3
    return 2 <= len(part) <= most and re.fullmatch(_NAME, part) is not None


def may_be_several(name: str) -> bool:
    """Whether a cell is worth a closer look: cheap, for every row is asked."""
    if len(name) <= _SHORT and name.isalnum():
        return not _PARTED.isdisjoint(name)
    if len(name) > _WHOLE_NAME or name[-2:] in _FOLK_ENDS or not (name.isalnum() or "·" in name):
        return True
    return not _PARTED.isdisjoint(name)


_WHOLE_NAME = 6
_number_within = re.compile("[0-9０-９]{5}").search


def people_of(name: str) -> People:
    """The people named: 测试甲、测试乙 are two, 测试甲等8人 one for eight. Anything else is one name."""
    if name.isalnum() and _PARTED.isdisjoint(name) and name[-2:] not in _FOLK_ENDS:
        return People(name, unclear=_number_within(name) is not None)  # one word, and only its length is odd
    plain = half_width(name)
    count, more, speaks = None, False, False
    if found := _FOR_MANY.fullmatch(plain):
        speaks = not plain.endswith("代表")  # 等3名代表: three came, and it is they who speak
        plain, number = (found[1], found[2]) if found[2] else (found[3], found[4])
        count = _number(number)
    elif (found := _AND_OTHERS.fullmatch(plain)) and len(found[1]) > 1:
        plain, more, speaks = found[1], True, True
    elif found := _PAIR.fullmatch(plain):
        plain, count = found[1], 2
    elif _FOLK_ALONE.fullmatch(plain) and len(plain) > _SHORT:
        return People(name, more=True)
    if not plain:
        return People("", (), count, more)
    parts = _told_apart(plain)
    if len(parts) > 1 and all(re.fullmatch(_NAME, part) for part in parts):
        return People(parts[0], tuple(parts[1:]), count, more, speaks)
    first = clean_name(plain)
    by_blank = plain.split()
    unclear = len(parts) > 1 or _number_within(plain) is not None or _is_two(plain)
    unclear = unclear or (
        len(by_blank) > 1 and re.fullmatch(_NAME, first) is not None and by_blank[0] not in _SURNAME_OF_TWO
    )
    if count is not None or more:
        if _FOLK_ALONE.fullmatch(first):
            speaks = False
        return People(first, (), count, more, speaks, unclear)
    return People(first if " " in name else name, unclear=unclear)


def _told_apart(plain: str) -> list[str]:
    """The pieces of a cell between signs; between blanks where no piece could be a surname alone."""
    parts = [part for part in (clean_name(part) for part in _BETWEEN.split(plain)) if part]
    by_blank = plain.split()
    alone = len(by_blank) > 2 or (len(by_blank) == 2 and by_blank[0] not in _SURNAME_OF_TWO)
    return by_blank if len(parts) == 1 and alone and all(map(_like_a_name, by_blank)) else parts


def _is_two(plain: str) -> bool:
    """测试甲和测试乙: two names, if 和 is not of one of them."""
    return any(
        _like_a_name(plain[: found.start()]) and _like_a_name(plain[found.end() :]) for found in _AND.finditer(plain)
    )


def says_more(name: str, first: str) -> bool:
    """Whether a cell says more of those behind the first name than how many they are: 夫妇, 及家属, 联名."""
    return re.fullmatch(rf"\s*等?\s*(?:{_MANY}|人|多人)?", half_width(name).removeprefix(first)) is None


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
