"""The fields of events, each declared once."""

from __future__ import annotations

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.terms import Vocabulary


class Field(NamedTuple):
    """One thing an event says. `private`: personal or free text, kept under a salted hash so that it can be purged
    without breaking the chain (DESIGN, truth 1). `needed`: a person must say it, and this is what a refusal calls it; `sample` an example of it."""

    name: str
    label: str = ""  # what the dossier calls it; none: it is not told there
    nature: str = "text"  # text, day, number, flag, word (of a vocabulary) or words, unit, case, list, record
    words: Vocabulary | None = None
    private: bool = False
    correctable: bool = False
    needed: str = ""
    sample: str = ""
    about: str = ""  # what a form says of it; none: its label
    value: str = ""  # what stands for its value in a form; none: by its nature
    alias: str = ""  # what a form calls it, where that is not its name
    usual: str = ""  # the word that a form fills in
    required: bool = False  # no form goes without it
    asked: bool = True  # whether a form asks for it
    mended: str = ""  # what the form of a correction says of it


def day(
    name: str, label: str = "", *, correctable: bool = False, about: str = "", alias: str = "", mended: str = ""
) -> Field:
    """A field that is a day."""
    return Field(name, label, "day", correctable=correctable, about=about, alias=alias, mended=mended)


def number(name: str, label: str = "", *, correctable: bool = False, about: str = "", mended: str = "") -> Field:
    """A field that is a whole number."""
    return Field(name, label, "number", correctable=correctable, about=about, mended=mended)


def word(
    name: str,
    label: str,
    words: Vocabulary,
    *,
    correctable: bool = False,
    needed: str = "",
    about: str = "",
    value: str = "",
    mended: str = "",
) -> Field:
    """A field that is one word of a vocabulary."""
    return Field(
        name, label, "word", words, correctable=correctable, needed=needed, about=about, value=value, mended=mended
    )


def text(
    name: str,
    label: str = "",
    *,
    correctable: bool = False,
    needed: str = "",
    sample: str = "",
    about: str = "",
    value: str = "",
) -> Field:
    """A field of free text, which is private."""
    return Field(name, label, "text", None, True, correctable, needed, sample, about, value)


def flag(name: str, label: str = "", *, about: str = "", asked: bool = True) -> Field:
    """A field that is yes or not said."""
    return Field(name, label, "flag", about=about, asked=asked)


REASON = text("reason", "理由")
NEEDED_REASON = text("reason", "理由", needed="理由", sample="理由")
LATE_REASON = text("late_reason", "逾期理由")
APPROVED_BY = Field("approved_by", "批准人", private=True, needed="批准人", sample="姓名", value="姓名")
UNIT = Field("unit", "单位", "unit")
REPLY_NO = Field("reply_no", "文号", value="文号")
DELIVERED_ON = day(
    "delivered_on", "送达", correctable=True, alias="delivered", mended="更正办结、复查复核结果的送达日期"
)
ANSWER_BY = day("answer_by", "答复期限", correctable=True, mended="更正协办、督办、领导交办的答复期限")
WHERE = text("where", "机关", value="机关")._replace(alias="body")
TEXT = text("text", "内容", correctable=True)._replace(mended="更正记录的内容")
HOW = word("how", "方式", terms.DELIVERY, about="当面、邮寄、其他")
LATE_ENTRY = flag("late_entry", "补记", asked=False)
"""What may be missed says it of itself (EventType.missable); no family declares it."""
RECEIPT = Field("receipt", nature="flag", about="信访人拒签", alias="refused", usual="refused")
"""That the letter was refused is what its receipt says."""
