"""The words that a ledger's columns of closed words take, beside those of the law."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from xinfang_cli.errors import BadValue, typed
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import visible
from xinfang_cli.law import terms
from xinfang_cli.law.terms import Vocabulary, half_width

HANDLING = Vocabulary(
    "办理方式",
    {
        "forward": ("转送", "转办", "转送办理", "转交", "转送交办", "转送/交办"),
        "task": ("交办", "交办件", "交办办理"),
        "direct": ("直接回复", "直接答复", "直接办理", "当场答复", "当面答复", "自办"),
        "file": ("存", "存查", "存档", "暂存", "阅存", "已存查"),
        "told": ("受理告知", "告知", "受理", "已受理", "予以受理"),
        "refuse": ("不予受理", "不受理"),
        "refuse_again": ("不再受理", "不再予以受理"),
    },
)
REPEAT = Vocabulary(
    "初重件",
    {
        "first": (
            *("初次", "初", "初信", "初访", "初网", "初电", "初件", "初信初访", "初次信访", "首次"),
            *("是", "√", "✓", "✔", "y", "yes", "true", "1"),
        ),
        "repeat": (
            *("重复", "重", "重信", "重访", "重网", "重电", "重件", "重复件", "重复信访", "重信重访", "再次", "多次"),
            *("否", "不是", "×", "✗", "✘", "x", "n", "no", "false", "0"),
        ),
    },
)
AGAIN = Vocabulary(
    "是否重复",
    {
        "repeat": (
            *("是", "√", "✓", "✔", "y", "yes", "true", "1"),
            *("重复", "重复件", "重件", "重信", "重访", "重复信访", "再次", "多次"),
        ),
        "first": (
            *("否", "不是", "×", "✗", "✘", "x", "n", "no", "false", "0"),
            *("初次", "初件", "初信", "初访", "首次", "不重复"),
        ),
    },
)
CLOSED: Mapping[str, Vocabulary] = {
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "outcome": terms.OUTCOME,
    "mode": HANDLING,
    "review_result": terms.RESULT,
    "repeat_mark": REPEAT,
    "again": AGAIN,
    "unit_rating": terms.RATING,
    "bureau_rating": terms.RATING,
}
"""Field → the words that its cells may be."""


BY_SECTION = "分段标题"
"""As what an empty cell says: the word of the heading between the rows that it stands under (一、教育局)."""


class Sense(NamedTuple):
    """The office's meaning of the words in its sheets."""

    words: Mapping[str, str] = {}
    """Word, or heading:word, as it stands in the sheet → the word of ours that it stands for."""
    year: int | None = None
    """Of days written without a year."""
    defaults: Mapping[str, str] = {}
    """Field → what an empty cell of it says."""
    day_order: str = ""
    """Of days whose year does not come first: 日月年, 月日年; of those with two digits for it, 年月日."""
    codes: Mapping[str, str] = {}
    """Field → the number format (00000) under which the sheet showed its codes before it lost their zeros."""

    def by_section(self) -> list[str]:
        """Fields filled from the section heading above the rows."""
        return [field for field, word in self.defaults.items() if word == BY_SECTION]

    def ours(self, heading: str, word: str) -> str | None:
        """The meaning of a word under a heading."""
        return self.words.get(f"{heading}:{word}") or self.words.get(word)


class Noted(NamedTuple):
    """A word with more meaning than its value: the value or None, and its doubt; the word is kept."""

    value: str | date | None
    word: str
    doubt: str | None = None


_REMARK = re.compile(r"(.+?)\s*[(（\[【].*[)）\]】]")
_ORDINARY = "一般"


def closed_word(field: str, word: str, heading: str, sense: Sense) -> str | Noted | None:
    """The value of a closed-word cell; BadValue for an unexplained word."""
    vocabulary = CLOSED[field]
    plain = half_width(visible(word)).strip().lstrip("'")  # by which a spreadsheet is told that a cell is text
    said = sense.ours(heading, plain)
    found = vocabulary.find(said or plain)
    if found is None and field == "mode":
        found = "task" if "交办" in plain else "forward" if "转送" in plain or "转办" in plain else None
    if found is None and (remark := _REMARK.fullmatch(plain)):
        found = vocabulary.find(remark[1])
        if found is not None:
            return Noted(None if vocabulary is terms.RATING and found == "none" else found, word)
    if found is None:
        raise _unknown(vocabulary, plain, heading)
    if vocabulary is terms.RATING:
        if found == "none":
            return None if said or plain in _SAYS_NOTHING else Noted(None, word)
        if plain == _ORDINARY and said is None:
            return Noted(found, word, "ordinary_is_fair")
    return found


_SAYS_NOTHING = ("未评价", "none", "无", "-", "—")


def _unknown(vocabulary: Vocabulary, word: str, heading: str) -> BadValue:
    from difflib import get_close_matches

    labels = list(vocabulary.sayable.values())
    near = get_close_matches(word, labels, n=1, cutoff=0.3)
    target = near[0] if near else "其中一个"
    return BadValue(
        heading,
        word,
        "不在规定的词语里",
        f"可用：{'、'.join(labels)}；都指一个意思的加 ⟦.word⟧ {typed(f'{word}={target}')}",
    )
