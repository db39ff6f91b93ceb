"""The results of case commands for the fronts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol, TypeVar

from xinfang_cli.errors import XinfangError
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.office.find.attached import AttachedFile
from xinfang_cli.office.views import CaseInBrief, CaseLine, Warned

Also = TypeVar("Also")


class ObjectionWindow(NamedTuple):
    """By when the unit may send the case back."""

    due_on: str | None
    guessed: bool = False


class Extended(NamedTuple):
    """An extended clock and its new last day, not necessarily the case's next one."""

    clock: str
    due_on: str | None
    guessed: bool = False


class RefusedAs(NamedTuple):
    """不予受理 or 不再受理."""

    word: str


class NoLonger(NamedTuple):
    """The matter had been ended for good, so that a new petition is not taken up (不再受理)."""

    case_no: str
    on: date
    ground: str
    why: str
    body: str | None
    reply_no: str | None
    result: str | None
    article: str


class EarlierCase(NamedTuple):
    """A case that a new one may repeat, and the ground."""

    case: CaseInBrief
    ground: str


class Earlier(NamedTuple):
    """The cases that a new one may repeat."""

    cases: tuple[EarlierCase, ...]


class Attached(NamedTuple):
    """All files that a case has now."""

    files: tuple[AttachedFile, ...]


class LoopStep(NamedTuple):
    """The progress of a reception's order."""

    step: str


class BatchPlace(NamedTuple):
    """A batch that a case is in, and how it stands there."""

    batch: str
    state: str


class BatchPlaces(NamedTuple):
    """The batches that a case is in."""

    places: tuple[BatchPlace, ...]


class Before(NamedTuple):
    """The case as it was before an undo."""

    case: CaseLine


class RegistrationRevoked(NamedTuple):
    """The case is in no list any more: it is shown as it was."""


class Beside(Protocol):
    """One of the records above."""

    def _asdict(self) -> Mapping[str, object]: ...


class ChangedCase(NamedTuple):
    """A case as it now is, and what this command has to say beside it: the records above, in the order of their JSON."""

    case: CaseLine
    also: tuple[Beside, ...] = ()

    def get(self, kind: type[Also]) -> Also | None:
        """The additional result of that kind, if any."""
        return next((one for one in self.also if isinstance(one, kind)), None)

    def beside(self, *more: Beside) -> ChangedCase:
        """The same with more said beside it."""
        return self._replace(also=(*self.also, *more))


class Done(NamedTuple):
    """The cases as they are now, notes for the clerk, and refusals under --keep-going.

    `several`: several cases or a list were requested.
    """

    cases: tuple[ChangedCase, ...]
    warnings: tuple[Warned, ...] = ()
    failed: tuple[tuple[str, XinfangError], ...] = ()
    several: bool = False


def done(
    lines: Iterable[CaseLine],
    warnings: Iterable[Warned] = (),
    failed: Iterable[tuple[str, XinfangError]] = (),
) -> Done:
    """A Done of cases with nothing beside them; a warning is given once."""
    return Done(tuple(map(ChangedCase, lines)), tuple(dict.fromkeys(warnings)), tuple(failed))
