"""How an event is declared: what it is called, what it says, where it may happen, and what it does to a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from xinfang_cli.errors import steps_in
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.terms import Vocabulary

ANY: tuple[str, ...] = tuple(terms.STAGE.labels)
UNRANKED = 99
CLOCKED = ("opinion", "duty", "simple")
"""The pathways that have a statutory day of completion."""
NONE: frozenset[str] = frozenset()


Related = Callable[[str | None, int | None, int], str | None]
"""(who is complained of as taken down, the unit found for it, a unit) → how they are bound (law.accused)."""


class Asked(NamedTuple):
    """Context of a check: the clerk's day, whether the data come from a sheet (what it cannot say is never refused)."""

    today: date
    from_sheet: bool = False
    unit_names: tuple[str, ...] = ()  # what the unit in question is called, beside its number
    merged: Mapping[int, int] = MappingProxyType({})  # units that became another's
    following: Sequence[Event] = ()  # what happened after the moment that is asked about
    related: Related | None = None  # how a unit stands to who is complained of; None: the office's list is not asked


class Notice(NamedTuple):
    """What a clerk should know about an event that is taken: a code for programs, the sentence for people."""

    code: str
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def steps(self) -> tuple[str, ...]:
        """The events and fields that the sentence names as the next step."""
        return steps_in(self.text)


class Field(NamedTuple):
    """One thing an event says. `private`: personal or free text, kept under a salted hash so that it can be purged
    without breaking the chain (DESIGN, truth 1). `needed`: a person must say it, and this is what a refusal calls it; `sample` an example of it."""

    name: str
    label: str = ""
    nature: str = "text"  # text, day, number, flag, word (of a vocabulary), unit, case, list, record
    words: Vocabulary | None = None
    private: bool = False
    correctable: bool = False
    needed: str = ""
    sample: str = ""


class EventType(NamedTuple):
    """One kind of event, declared once; everything that lists events is made from these."""

    kind: str
    label: str
    fields: tuple[Field, ...] = ()
    stages: tuple[str, ...] = ANY
    moves: bool = False  # to another stage
    hint: str = ""  # what to do instead, where the stage does not allow it
    hinted: tuple[str, ...] = ()  # the stages in which the hint is of use; none said: all
    stops: frozenset[str] = NONE  # the clocks it answers
    fells: frozenset[str] = NONE  # the clocks whose ground it takes away
    fells_in: Mapping[str, frozenset[str]] = MappingProxyType({})  # the same, where the stage decides
    why_fallen: str = ""
    check: Callable[[Case, Event, Asked], list[Notice]] | None = None
    fold: Callable[[Case, Event], None] | None = None
    clocks: Callable[[Case, Event], None] | None = None  # what it starts, recounts or stops beside `stops`
    turn: bool | str = False  # belongs to the turn of the unit that then has the case; a name: where that field is said
    timeless: bool = False  # holds for every day a report looks at, whenever it was recorded
    column: str = ""  # the import column its day stands in
    rank: int = UNRANKED  # its place among the events of one day of a sheet's row
    instead: str = ""  # what to do where undoing it would be refused


def day(name: str, label: str = "", *, correctable: bool = False) -> Field:
    """A field that is a day."""
    return Field(name, label, "day", correctable=correctable)


def number(name: str, label: str = "", *, correctable: bool = False) -> Field:
    """A field that is a whole number."""
    return Field(name, label, "number", correctable=correctable)


def word(name: str, label: str, words: Vocabulary, *, correctable: bool = False, needed: str = "") -> Field:
    """A field that is one word of a vocabulary."""
    return Field(name, label, "word", words, correctable=correctable, needed=needed)


def text(name: str, label: str = "", *, correctable: bool = False, needed: str = "", sample: str = "") -> Field:
    """A field of free text, which is private."""
    return Field(name, label, "text", None, True, correctable, needed, sample)


def flag(name: str, label: str = "") -> Field:
    """A field that is yes or not said."""
    return Field(name, label, "flag")


REASON = text("reason", "理由")
NEEDED_REASON = text("reason", "理由", needed="理由", sample="理由")
LATE_REASON = text("late_reason", "逾期理由")
APPROVED_BY = Field("approved_by", "批准人", needed="批准人", sample="姓名")
UNIT = Field("unit", "单位", "unit")
REPLY_NO = Field("reply_no", "文号")
DELIVERED_ON = day("delivered_on", "送达", correctable=True)
ANSWER_BY = day("answer_by", "答复期限", correctable=True)
WHERE = text("where", "机关")
TEXT = text("text", "内容", correctable=True)
HOW = word("how", "方式", terms.DELIVERY)
