"""The declaration of an event: label, fields, stages, effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from xinfang_cli.errors import marked, steps_in
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.fields import Field

if TYPE_CHECKING:
    from xinfang_cli.law.accused import Relations

ANY: tuple[str, ...] = tuple(terms.STAGE.labels)
UNRANKED = 99
NONE: frozenset[str] = frozenset()


Related = Callable[[], "Relations"]
"""The office's list of units, asked for only where an accusation goes somewhere (law.accused)."""


class CheckContext(NamedTuple):
    """Context of a check: the clerk's day, whether the data come from a sheet (what it cannot say is never refused)."""

    today: date
    from_sheet: bool = False
    merged: Mapping[int, int] = MappingProxyType({})  # units that became another's
    following: Sequence[Event] = ()  # what happened after the moment that is asked about
    related: Related | None = None  # the office's list of units, for art. 30; None: nobody handed it over
    more: bool = False  # what was missed with it follows in the same command: whether all fits is asked at the last
    stood: Sequence[Event] | None = None  # the case's events before the first of such a command; None: those there are


class _Notice(NamedTuple):
    code: str
    text: str


class Notice(_Notice):
    """A note about an accepted event: a code for programs, a sentence for people."""

    __slots__ = ()

    def __new__(cls, code: str, text: str) -> Notice:
        return super().__new__(cls, code, marked(text))

    def __str__(self) -> str:
        return self.text

    @property
    def steps(self) -> tuple[str, ...]:
        """The events and fields that the sentence names as the next step."""
        return steps_in(self.text)


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
    check: Callable[[Case, Event, CheckContext], list[Notice]] | None = None
    fold: Callable[[Case, Event], None] | None = None
    clocks: Callable[[Case, Event], None] | None = None  # what it starts, recounts or stops beside `stops`
    goes_to: Callable[[Case, Event], int | None] | None = None  # the unit it goes to beside those that its fields name
    brings: bool = False  # nothing goes by it to the unit in its fields: that is who it comes from, or who it is about
    turn: bool | str = False  # belongs to the turn of the unit that then has the case; a name: where that field is said
    begins_turn: bool = False  # a unit's turn begins with it, or ends
    sent: bool = False  # the bureau sent it out by what it knew: never in the way of recording what had happened before
    counted: bool = False  # a bulletin says how often it was done, or of which cases
    answers: str = ""  # the event whose form says its `result` too
    within: str = ""  # the desk on which its form lies, where that is not among the others
    timeless: bool = False  # holds for every day a report looks at, whenever it was recorded
    column: str = ""  # the import column its day stands in
    rank: int = UNRANKED  # its place among the events of one day of a sheet's row
    replaces: bool = False  # what was said of the same thing before no longer counts
    rewinds: bool | Callable[[Case, Event], bool] = False  # whether the rows still tell how the case stood before it
    instead: str = ""  # what to do where undoing it would be refused
    about: str = ""  # what a form says of it; none: no form is made of it
    examples: tuple[Mapping[str, str | bool], ...] = (MappingProxyType({}),)  # what could be said; `on`, `cases` too
    told: tuple[str, ...] = ()  # the fields in the order of the dossier, where that is another
    titled: Callable[[Mapping[str, Any]], str] | None = None  # what the dossier calls it, where its fields decide

    @property
    def missable(self) -> bool:
        """Whether it can be put into its place later (补记): it moves the case or a clock, and somebody records it."""
        if self.timeless or self.kind == "register":
            return False
        return self.moves or bool(self.turn) or bool(self.stops) or self.clocks is not None
