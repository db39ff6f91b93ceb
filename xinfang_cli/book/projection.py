"""A case as rows: the state of its events, for the tables behind every list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from xinfang_cli.book.chain import encode, iso
from xinfang_cli.law.texts import names_nobody

if TYPE_CHECKING:
    from xinfang_cli.law.case import Case

NEVER_RATED = ("refused", "redirected", "withdrawn", "filed")


def _iso(day: date | None) -> str | None:
    return None if day is None else iso(day)


def _shown(case: Case) -> tuple[str, tuple[str, ...]]:
    """The title and the tags as every list may say them: through the gate, of an accusation nothing but what it is."""
    if not case.tags and case.kind != "accusation" and not _may_tell(case):
        return case.title, ()
    from xinfang_cli.law.redaction import ACCUSATION, Known, known_in, redact

    if case.rewritten or case.extras:
        person = {"name": case.name, "id_no": case.id_no, "phone": case.phone, "address": case.address}
        known = known_in([{**person, "extras": case.extras}, *case.rewritten])
    else:
        said = (case.name, case.id_no, case.phone, case.address)
        known = Known(*((value,) if value else () for value in said))
    tags = tuple(dict.fromkeys(redact(tag, known, "screen") for tag in case.tags))
    return ACCUSATION if case.kind == "accusation" else redact(case.title, known, "screen"), tags


def _may_tell(case: Case) -> bool:
    """Quickly, whether a title could name somebody: the gate is not even loaded for most."""
    if case.rewritten or case.extras:
        return True
    return not names_nobody(case.title, case.name, case.id_no, case.phone, case.address)


class CaseRows:
    """The rows that one case's events add up to."""

    __slots__ = ("backlog", "case", "clocks", "person")

    def __init__(self, case_id: int, case_no: str, case: Case, canonical: dict[int, int]) -> None:
        following = case.next_clock()
        unit = case.unit if case.unit is None else canonical.get(case.unit, case.unit)
        complained = case.complained_unit_id
        if complained is not None:
            complained = canonical.get(complained, complained)
        closed = case.first_closed_on is not None and case.stage not in NEVER_RATED
        ratable = int(closed and case.ratable)
        title, tags = _shown(case)
        self.case = (
            case_id,
            case_no,
            case.external_no,
            title,
            case.stage,
            case.channel,
            case.kind,
            case.topic,
            case.region,
            case.source,
            case.level,
            case.priority,
            iso(case.received_on),
            unit,
            _iso(case.assigned_on),
            _iso(case.accepted_on),
            _iso(case.closed_on) if case.stage != "reported" else None,
            _iso(case.first_closed_on),
            case.outcome,
            case.pathway,
            int(case.repeat),
            case.repeat_of,
            case.repeat_of_no if case.repeat_of is None else None,
            case.headcount,
            case.lead,
            encode(tags) if tags else None,
            int(case.excluded),
            ratable,
            _iso(case.reviewed_on),
            case.unit_rating,
            _iso(case.unit_rated_on),
            case.bureau_rating,
            _iso(case.bureau_rated_on),
            complained,
            None if following is None else following.kind,
            None if following is None else iso(following.due),
            case.returned_times,
            int(case.open_clock("supervision") is not None),
            iso(case.last_on),
            encode([one.unit for one in case.co_units]) if case.co_units else None,
            case.crossing,
            _iso(case.overwritten_on),
            case.title if title != case.title else None,
        )
        self.person = (
            (case_id, case.name, case.id_no, case.phone, case.address)
            if case.name or case.id_no or case.phone or case.address
            else None
        )
        first, counted = int(not case.repeat), not case.excluded
        self.clocks: list[tuple[object, ...]] = [
            (
                case_id,
                n,
                clock.kind,
                clock.owner,
                clock.unit if not canonical or clock.unit is None else canonical.get(clock.unit, clock.unit),
                iso(clock.start),
                iso(clock.due),
                iso(clock.base_due) if clock.base_due != clock.due else None,
                None if clock.stop is None else iso(clock.stop),
                int(clock.void),
                clock.why or None,
                int(counted and not clock.void and (clock.kind != "rating" or ratable)),
                first,
                unit,
                None,
                int(clock.guessed),
            )
            for n, clock in enumerate(case.clocks)
        ]
        if case.outside_completion_due is not None or case.outside_acceptance_due is not None:
            for n, day in case.outside_days():
                self.clocks[n] = (*self.clocks[n][:-2], iso(day), self.clocks[n][-1])
        self.backlog = [
            (
                batch,
                case_id,
                iso(entry.joined_on),
                _iso(entry.resolved_on),
                entry.how,
                _iso(entry.recognised_on),
                entry.unit if entry.unit is None else canonical.get(entry.unit, entry.unit),
                entry.guard_unit if entry.guard_unit is None else canonical.get(entry.guard_unit, entry.guard_unit),
            )
            for batch, entry in case.batches.items()
        ]
