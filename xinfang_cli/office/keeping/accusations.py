"""The accusations that stand with the very unit complained of, or with one bound to it (art. 30)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.case import Case
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.fold import fold


def with_the_accused(book: Book) -> tuple[str, ...]:
    """Numbers of open accusations held by the target or anybody bound to it (art. 30)."""
    asked = _asked(book)
    return tuple(number for number, case in _open(book) if article30.against(case, asked))


def against(book: Book) -> tuple[str, ...]:
    """The same, plus accusations with unknown targets held by ordinary units."""
    asked = _asked(book)
    return tuple(number for number, case in _open(book) if article30.stands_against(case, asked))


class Unsaid(NamedTuple):
    """Open accusations without a recorded target: no unit receives anything new of them until it is."""

    unanswered: tuple[str, ...]  # 表中未载, or taken down before the question was asked
    unknown: tuple[str, ...]  # 不明


def unsaid(book: Book) -> Unsaid:
    """Open accusations without a recorded target, and with 不明."""
    found = [(number, article30.complained_of(case)) for number, case in _open(book)]
    return Unsaid(
        tuple(number for number, of in found if not of.answered), tuple(number for number, of in found if of.unknown)
    )


class Cleared(NamedTuple):
    """A case in which somebody was put down as not the one complained of."""

    case_no: str
    unit: str
    relation: str


def cleared(book: Book) -> tuple[Cleared, ...]:
    """Every clearance that stands in an open accusation."""
    return tuple(
        Cleared(number, book.units.by_id(known.unit).name if known.unit is not None else known.name, known.relation)
        for number, case in _open(book)
        for known in case.cleared
    )


def check_change(book: Book, before: tuple[str, ...], sure: bool) -> None:
    """Refused where a change of the list of units puts accusations with the accused, unless the clerk is sure."""
    found = [number for number in against(book) if number not in before]
    if found and not sure:
        more = "……" if len(found) > _LISTED else ""
        raise Refused(
            f"这样改以后，有 {len(found)} 件检举控告件就在被检举的单位、与它有牵连的单位或不该办的单位手里："
            f"{'、'.join(found[:_LISTED])}{more}",
            "请先改派这些件（条例第三十条）；确要改加 ⟦.yes⟧",
            code="accused",
        )


_LISTED = 50


def _open(book: Book) -> Iterator[tuple[str, Case]]:
    """Number and case of the accusations that are being handled."""
    for case_id in book.cases.open_accusations():
        case = fold(book.events.of(case_id), book.code)
        if case is not None:
            yield book.cases.number_of(case_id), case


def _asked(book: Book) -> CheckContext:
    book.code  # noqa: B018  (loads which units were merged)
    return CheckContext(date.min, merged=book.canonical, related=book.units.relations)
