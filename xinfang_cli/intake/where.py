"""The language of `list --where`: combined conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from xinfang_cli.errors import BadValue
from xinfang_cli.intake import days
from xinfang_cli.law import terms
from xinfang_cli.law.conditions import EXTRA, Term
from xinfang_cli.law.terms import Vocabulary, half_width

WORDS: dict[str, tuple[str, Vocabulary]] = {
    "stage": ("阶段", terms.STAGE),
    "channel": ("形式", terms.CHANNEL),
    "kind": ("目的", terms.KIND),
    "outcome": ("意见", terms.OUTCOME),
    "priority": ("程度", terms.PRIORITY),
    "source": ("来源", terms.SOURCE),
    "level": ("层级", terms.LEVEL),
    "pathway": ("途径", terms.PATHWAY),
    "clock": ("时限", terms.CLOCK),
    "step": ("措施", terms.STEP),
    "crossing": ("三跨三分离", terms.CROSSING),
}
NAMES = {
    "unit": "单位",
    "topic": "分类",
    "region": "属地",
    "lead": "包案",
    "tag": "标签",
    "batch": "批次",
    "co_unit": "共同承办",
}
DAYS = {"received": "收到", "assigned": "转办", "accepted": "受理", "closed": "办结", "due": "到期"}
COUNTS = {"left": "剩余", "headcount": "人数", "returned": "退回"}
FLAGS = {
    "overdue": ("超期",),
    "open": ("在办", "未办结"),
    "done": ("已办", "已办结"),
    "first": ("初次", "初件"),
    "repeat": ("重复",),
    "supervised": ("督办",),
    "excluded": ("剔除",),
    "group": ("集体访",),
    "crossing": ("三跨三分离", "三跨"),
    "co_handled": ("共同承办",),
}
_EMPTY = ("无", "空", "none", "没有")
_FIELDS = {
    **{word: key for key, (label, vocabulary) in WORDS.items() for word in (key, label, vocabulary.field)},
    **{word: key for key, label in (NAMES | DAYS | COUNTS).items() for word in (key, label)},
    "责任单位": "unit",
    "内容分类": "topic",
    "问题属地": "region",
    "包案领导": "lead",
    "积案": "batch",
    **{f"{label}日期": key for key, label in DAYS.items()},
    "到期日": "due",
    "剩余天数": "left",
    "信访人数": "headcount",
    "is": "is",
    "是": "is",
}
_FLAG_WORDS = {word: key for key, words in FLAGS.items() for word in (key, *words)}
_TOKEN = re.compile(r'(?:"[^"]*"|“[^”]*”|[^\s"“])+')
_CONDITION = re.compile(r"([-!]?)(\w+)(<=|>=|:|=|<|>)(.*)", re.DOTALL)
_HINT = "写法：stage:办理中 unit:教育局 due<7d received>=2023-06-01 is:overdue -tag:扬言；只写词就在文字里找，-词 为除外；有空格的加引号"


def parse(
    text: str, today: date, is_heading: Callable[[str], bool] = lambda name: False
) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """(conditions, words required in the texts). Units, topics and regions are still words, as are words excluded from
    the texts. `is_heading`: whether a name is an extra column's.
    """
    found: list[Term] = []
    words: list[str] = []
    for token in _TOKEN.findall(text):
        condition = _CONDITION.fullmatch(half_width(token)) if token[0] not in '"“' else None
        if condition is None:
            without = len(token) > 1 and token[0] in "-!－！"
            found_words = re.sub(r'["“”]', " ", token[without:]).split()
            if without:
                found += [Term("text", ":", (word,), True) for word in found_words]
            else:
                words += found_words
            continue
        minus, name, op, value = condition.groups()
        key = _FIELDS.get(name.lower())
        if key is None and op in (":", "=") and is_heading(name):
            key = EXTRA + name
        if key is None:
            raise BadValue("⟦.where⟧", token, f"里没有「{name}」这一项", f"可用：{'、'.join(_listed())}")
        value = re.sub(r'["“”]', "", value).strip()
        if not value:
            raise BadValue("⟦.where⟧", token, "没有写值", _HINT)
        found.append(_term(key, ":" if op == "=" else op, value, bool(minus), token, today))
    if not found and not words:
        raise BadValue("⟦.where⟧", text, "是空的", _HINT)
    return tuple(found), tuple(words)


def _listed() -> list[str]:
    labels = [label for label, _ in WORDS.values()]
    return [*labels, *NAMES.values(), *DAYS.values(), *COUNTS.values(), "是"]


def _term(key: str, op: str, value: str, negated: bool, token: str, today: date) -> Term:
    if op != ":" and key not in DAYS and key not in COUNTS:
        raise BadValue("⟦.where⟧", token, "不能比大小", "日期和数可以用 < <= > >=，其他用 :")
    if key in DAYS:
        return _days(key, op, value, negated, today)
    if key in COUNTS:
        return _counts(key, op, value, negated, token, today)
    values: list[Any] = []
    for word in re.split("[,，、]", value):
        word = word.strip()
        if key == "is":
            values.append(_flag(word, token, today))
        elif word in _EMPTY and key not in ("stage", "channel", "kind"):
            values.append(None)
        elif key in WORDS:
            label, vocabulary = WORDS[key]
            values.append(vocabulary.find(word) or vocabulary.parse(word, f"⟦.where⟧ {label}"))
        elif word:
            values.append(word)
    return Term(key, ":", tuple(values), negated)


def _flag(word: str, token: str, today: date) -> Any:
    flag = _FLAG_WORDS.get(word.lower())
    if flag is None:
        said = "、".join(words[0] for words in FLAGS.values())
        raise BadValue("⟦.where⟧", token, "不认得", f"是: 后面可用：{said}")
    return (flag, today.isoformat()) if flag == "overdue" else flag


def _day(text: str, field: str, today: date, *, last: bool = False) -> date:
    """A day as anywhere else, or so many days from today: 7d, 7天, -30d; of a month its first or last one."""
    if found := re.fullmatch(r"([-+]?)([0-9]{1,4})(?:d|天|日)", text.strip().lower()):
        count = int(found[2])
        return today + timedelta(days=-count if found[1] == "-" else count)
    return days.edge(text, today, field, last=last)


def _days(key: str, op: str, value: str, negated: bool, today: date) -> Term:
    field = f"⟦.where⟧ {DAYS[key]}"
    if op != ":":
        return Term(key, op, (_day(value, field, today, last=op in (">", "<=")).isoformat(),), negated)
    spans: list[Any] = []
    for word in re.split("[,，、]", value):
        if word.strip() in _EMPTY:
            spans.append(None)
            continue
        first, last = _span(word, field, today)
        spans.append((first.isoformat(), last.isoformat()))
    return Term(key, ":", tuple(spans), negated)


def _span(word: str, field: str, today: date) -> tuple[date, date]:
    if ".." in word:
        start, _, end = word.partition("..")
        return (
            _day(start, field, today) if start.strip() else date.min,
            _day(end, field, today, last=True) if end.strip() else date.max,
        )
    period = days.any_period(word, today)
    if period is not None:
        return period
    day = _day(word, field, today)
    return day, day


def _counts(key: str, op: str, value: str, negated: bool, token: str, today: date) -> Term:
    if not re.fullmatch(r"-?[0-9]{1,7}", value):
        raise BadValue("⟦.where⟧", token, "后面不是整数", "如 人数>=5、剩余<3、退回>=2")
    number = int(value)
    if key == "left":  # days left are counted from today to the due day
        day = (today + timedelta(days=max(min(number, 40_000), -40_000))).isoformat()
        return Term("due", op, (((day, day),) if op == ":" else (day,)), negated)
    return Term(key, op, (number,), negated)


def parse_order(text: str, keys: Mapping[str, str], shown: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """`due,-received` as ((key, descending), …); `keys`: word → key; `shown`: the words to name to who said another."""
    order = []
    for part in re.split("[,，、]", text):
        word = half_width(part).strip()
        down = word.startswith("-")
        key = keys.get(word.removeprefix("-").lower())
        if key is None:
            raise BadValue("⟦.sort⟧", part, "不能排序", f"可用：{'、'.join(shown)}；前面加 - 为倒序")
        order.append((key, down))
    return tuple(order)
