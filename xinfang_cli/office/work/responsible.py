"""Responsibility for a case: jointly responsible units (art. 24), 回避 (art. 28), the target of an accusation and
clearances (art. 30).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.office.session import Session
from xinfang_cli.office.work.acting import act_within, simple, unit_named
from xinfang_cli.office.work.done import Done


class CoHandling(NamedTuple):
    """A jointly responsible unit: ground, decided by; `ended`: no longer."""

    unit: str
    on: date
    agreed: str | None = None
    where: str | None = None
    ended: bool = False


def co_handle(
    session: Session, numbers: Sequence[str], said: CoHandling, *, new_unit: bool, keep_going: bool = False
) -> Done:
    """A unit answers beside the leading one, or no longer does."""
    on = said.on
    with session.writing("co_handle") as (book, pen):
        found = unit_named(session, book, pen, said.unit, new_unit and not said.ended)

        def no_longer(case: Case) -> Event:
            # A unit that has been merged leaves in the place of the one that joined.
            joined = (one.unit for one in case.co_units)
            meant = next((mine for mine in joined if book.canonical.get(mine, mine) == found.id), found.id)
            return simple("co_handle", on, unit=meant, ended=True)(case)

        joins = simple("co_handle", on, unit=found.id, agreed=said.agreed, where=said.where)
        make = no_longer if said.ended else joins
        return act_within(book, pen, session, numbers, make, keep_going=keep_going)


def not_the_accused(
    session: Session,
    numbers: Sequence[str],
    *,
    unit: str | None,
    where: str | None,
    person: str | None,
    reason: str | None,
    on: date,
    keep_going: bool = False,
) -> Done:
    """Record the clearance of a unit, body or leader in an accusation (art. 30)."""
    said = {"where": where, "person": person, "reason": reason}
    return _about_a_unit(session, "not_the_accused", numbers, unit, said, on=on, keep_going=keep_going)


def recuse(
    session: Session,
    numbers: Sequence[str],
    person: str | None,
    *,
    unit: str | None,
    replaced_by: str | None,
    reason: str | None,
    on: date,
    keep_going: bool = False,
) -> Done:
    """Someone withdraws from handling a case; `unit`: of which unit, none: of the bureau."""
    said = {"person": person, "replaced_by": replaced_by, "reason": reason}
    return _about_a_unit(session, "recuse", numbers, unit, said, on=on, keep_going=keep_going)


def _about_a_unit(
    session: Session,
    kind: str,
    numbers: Sequence[str],
    unit: str | None,
    said: Mapping[str, str | None],
    *,
    on: date,
    keep_going: bool,
) -> Done:
    """An event naming an existing unit; no new unit is made."""
    with session.writing(kind) as (book, pen):
        found = None if unit is None else book.units.find(unit).id
        return act_within(book, pen, session, numbers, simple(kind, on, unit=found, **said), keep_going=keep_going)
