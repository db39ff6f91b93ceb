"""The accusations that stand with the very unit complained of, or with one bound to it (art. 30)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused
from xinfang_cli.law.case import Case
from xinfang_cli.law.events.base import Asked
from xinfang_cli.law.events.checks import accused
from xinfang_cli.law.fold import fold


def with_the_accused(book: Book) -> tuple[str, ...]:
    """The numbers of the open accusations that are with the unit complained of, its parent or child, or its leader's."""
    found = []
    for case_id in book.cases.open_accusations():
        case = fold(book.events.of(case_id), book.code)
        if case is not None and any(_accused(book, case, unit) for unit in _holders(case)):
            found.append(book.cases.number_of(case_id))
    return tuple(found)


def check_change(book: Book, before: tuple[str, ...], sure: bool) -> None:
    """Refused where a change of the list of units puts accusations with the accused, unless the clerk is sure."""
    found = [number for number in with_the_accused(book) if number not in before]
    if found and not sure:
        more = "……" if len(found) > 10 else ""
        raise Refused(
            f"这样改以后，有 {len(found)} 件检举控告件就在被检举的单位或其上下级手里：{'、'.join(found[:10])}{more}",
            "请先改派这些件（条例第三十条）；确要改加 --yes",
            code="accused",
        )


def _holders(case: Case) -> Iterator[int]:
    """The units that have the case: its own, those assisting, those ordered to act, those of its batches."""
    units = {case.unit, *(clock.unit for clock in case.clocks if not clock.ended)}
    units |= {order.unit for order in case.orders if order.next_step is not None}
    for entry in case.batches.values():
        units |= {entry.unit, entry.guard_unit}
    return (unit for unit in units if unit is not None)


def _accused(book: Book, case: Case, unit: int) -> bool:
    names = book.units.by_id(unit).names()
    return accused(case, unit, Asked(date.min, unit_names=names, merged=book.canonical, related=book.units.relation))
