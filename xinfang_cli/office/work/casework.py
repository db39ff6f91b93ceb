"""The events of casework that need more than their fields: a unit, a pathway, an outcome, a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Ambiguous, NotFound, Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import INTAKE_FIELDS, PRIVATE_FIELDS
from xinfang_cli.law.fold import fold
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import clearing, registering
from xinfang_cli.office.work.acting import act, act_within, simple, unit_named
from xinfang_cli.office.work.done import Done, Extended, ObjectionWindow, RefusedAs


def assign(
    session: Session,
    numbers: Sequence[str],
    to: str,
    *,
    mode: str,
    feedback_by: date | None,
    on: date,
    new_unit: bool,
    keep_going: bool,
) -> Done:
    """转送 or 交办 to a unit (art. 22)."""
    with session.writing("assign") as (book, pen):
        unit = unit_named(session, book, pen, to, new_unit)
        make = simple("assign", on, unit=unit.id, mode=mode, feedback_by=feedback_by)
        done = act_within(book, pen, session, numbers, make, keep_going=keep_going)
        if session.late_entry:  # the case may long be another unit's
            return done
        return done._replace(
            cases=tuple(
                changed.beside(ObjectionWindow(*book.cases.running_due(changed.case.case_no, "objection")))
                for changed in done.cases
            )
        )


def extend(session: Session, numbers: Sequence[str], on: date, *, clock: str, keep_going: bool, **data: Any) -> Done:
    """延期 of the completion or the feedback clock (art. 34); the new last day, which need not be the next one."""
    with session.writing("extend") as (book, pen):
        make = simple("extend", on, clock=clock, **data)
        done = act_within(book, pen, session, numbers, make, keep_going=keep_going)
        return done._replace(
            cases=tuple(
                changed.beside(Extended(clock, *book.cases.running_due(changed.case.case_no, clock)))
                for changed in done.cases
            )
        )


def assist(
    session: Session,
    numbers: Sequence[str],
    unit: str,
    *,
    answer_by: date | None,
    on: date,
    new_unit: bool,
    keep_going: bool = False,
) -> Done:
    """Ask another unit for its part by a day, or (without a day) record that it answered."""
    with session.writing("assist") as (book, pen):
        found = unit_named(session, book, pen, unit, new_unit and answer_by is not None)

        def answered(case: Case) -> Event:
            # A unit that has been merged answers for the one that was asked.
            asked = (c.unit for c in case.clocks if c.kind == "assistance" and c.unit is not None and not c.ended)
            unit = next((u for u in asked if same(u) == found.id), found.id)
            return simple("answered", on, unit=unit)(case)

        def same(unit: int) -> int:
            return book.canonical.get(unit, unit)

        make = answered if answer_by is None else simple("assist", on, unit=found.id, answer_by=answer_by)
        return act_within(book, pen, session, numbers, make, keep_going=keep_going)


class Acceptance(NamedTuple):
    """受理: its day; the day of notice (None: the same) unless `no_notice`; the pathway, by default from the kind (art.
    29-31).
    """

    on: date
    told: date | None = None
    pathway: str | None = None
    due: date | None = None
    reason: str | None = None
    no_notice: bool = False


def accept(session: Session, numbers: Sequence[str], said: Acceptance, *, keep_going: bool = False) -> Done:
    """受理 of cases."""

    def make(case: Case) -> Event:
        data: dict[str, Any] = {"pathway": said.pathway or terms.PATHWAY_OF_KIND[case.kind]}
        data |= {"no_notice": True} if said.no_notice else {"told_on": said.told or said.on}
        more = {
            "due_on": said.due,
            "reason": said.reason,
            "told_said": said.told is not None or None,
        }
        data |= {key: value for key, value in more.items() if value is not None}
        return Event("accept", said.on, data)

    return act(session, "accept", numbers, make, keep_going=keep_going)


def refuse(
    session: Session,
    numbers: Sequence[str],
    ground: str,
    reason: str | None,
    *,
    on: date,
    of: str | None = None,
    keep_going: bool = False,
) -> Done:
    """不予受理 (art. 19) or 不再受理 (art. 36), as the ground says; `of`: the case whose recheck ended the matter."""
    said = {"ground": ground, "reason": reason}
    with session.writing("refuse") as (book, pen):
        ended = None if of is None else _rechecked(book, of)
        make = simple("refuse", on, **said, of=ended)
        done = act_within(book, pen, session, numbers, make, keep_going=keep_going)
    word = RefusedAs(terms.refused_as(said))
    return done._replace(cases=tuple(changed.beside(word) for changed in done.cases))


def redirect(
    session: Session,
    numbers: Sequence[str],
    procedure: str,
    where: str | None,
    how: str | None,
    *,
    on: date,
    keep_going: bool = False,
) -> Done:
    """导入法定途径: letters, and what a discipline organ handles, are forwarded; others are guided (art. 22)."""

    def make(case: Case) -> Event:
        written = terms.CHANNEL_GROUP[case.channel] == "来信" or procedure == "discipline"
        usual = "forwarded" if written else "guided"
        return simple("redirect", on, procedure=procedure, where=where, how=how or usual)(case)

    return act(session, "redirect", numbers, make, keep_going=keep_going)


def _rechecked(book: Book, number: str) -> int:
    """The case of that number; refused unless a recheck ended it (art. 36)."""
    case_id, case_no = book.cases.find(number)
    case = fold(book.events.of(case_id), book.code)
    if case is None or case.stage != "finalised":
        stage = "登记已撤销" if case is None else f"现为「{terms.STAGE.label(case.stage)}」"
        raise Refused(f"{case_no} {stage}，没有复核终结", "请写复核终结的那一件", code="ground")
    return case_id


def close(session: Session, numbers: Sequence[str], on: date, keep_going: bool = False, **data: Any) -> Done:
    """办结; where the office has closings checked, the case waits as 待审核."""

    def make(case: Case) -> Event:
        given = {key: value for key, value in data.items() if value is not None}
        if case.code.now.rules.settings["check_closings"]:
            given["checked"] = True
        return Event("close", on, given)

    return act(session, "close", numbers, make, keep_going=keep_going)


def relate(session: Session, numbers: Sequence[str], to: str, on: date, keep_going: bool = False) -> Done:
    """Relate cases of other people on the same matter."""
    with session.writing("relate") as (book, pen):
        target, target_no = book.cases.find(to)

        def make(case: Case) -> Event:
            if case.case_no == target_no:
                raise Refused(f"{target_no} 不能关联自己", "请写另一件的编号", code="self")
            return Event("relate", on, {"to": target})

        return act_within(book, pen, session, numbers, make, keep_going=keep_going)


def edit(
    session: Session,
    numbers: Sequence[str],
    changes: dict[str, Any],
    new_topic: bool = False,
    new_region: bool = False,
    keep_going: bool = False,
    on: date | None = None,
    pathway: str | None = None,
) -> Done:
    """Correct intake fields; old and new values stay in the book. `pathway`: for an accepted case whose new kind has a
    time limit (art. 34).
    """
    _say_why(session, numbers, changes)
    with session.writing("edit") as (book, pen):
        registering.known_word(book, pen, session, changes, "topic", new_topic)
        registering.known_word(book, pen, session, changes, "region", new_region)
        registering.link_complained(book, changes)

        def make(case: Case) -> Event:
            event = edit_event(book, on or session.today, case, changes)
            if pathway is not None:
                event.data["pathway"] = pathway
            return event

        return act_within(book, pen, session, numbers, make, keep_going=keep_going)


def _say_why(session: Session, numbers: Sequence[str], changes: Mapping[str, Any]) -> None:
    """Put down why accusations shall be none any more, or complain of somebody else: whatever keeps their words and the
    accused apart would be gone with that (art. 30)."""
    another = changes.get("kind", "accusation") != "accusation"
    unsaid = changes.get("complained") == "unknown"
    if not another and not unsaid and not any(key in changes for key in clearing.GUARDS):
        return
    with session.reading() as book:
        ids = set()
        for number in numbers:
            with suppress(NotFound, Ambiguous):  # which the edit itself tells
                ids.add(book.cases.find(number)[0])
        found = ((case_id, fold(book.events.of(case_id), book.code)) for case_id in book.cases.accusations_among(ids))
        laid_open = [
            case_id
            for case_id, case in found
            if another or any((unsaid or key in changes) and getattr(case, key, None) for key in clearing.GUARDS)
        ]
        clearing.lay_open(session, book, laid_open, "改信访目的" if another else "改被反映的是谁")


def _guessed(case: Case, field: str) -> bool:
    """Refuse setting a closed field of an accusation to its present value, which would confirm a guess (art. 30)."""
    if case.kind != "accusation":
        return False
    from xinfang_cli.office.find.redacting import is_closed

    return is_closed(field)


def edit_event(book: Book, on: date, case: Case, changes: dict[str, Any]) -> Event:
    """The event of an edit; refused when nothing changes or an outside number is taken."""
    changes = {key: value for key, value in changes.items() if getattr(case, key) != value or _guessed(case, key)}
    if not changes:
        raise Refused(f"{case.case_no} 已经是这样，没有要改的", "请核对要改的内容", code="same")
    unknown = changes.keys() - set(INTAKE_FIELDS)
    assert not unknown, unknown
    if changes.get("external_no"):
        registering.check_external_no(book, changes["external_no"])
    kept: dict[str, Any] = {
        "set": {key: value for key, value in changes.items() if key not in PRIVATE_FIELDS},
        "was": {key: getattr(case, key) for key in changes if key not in PRIVATE_FIELDS},
    }
    private = {key: value for key, value in changes.items() if key in PRIVATE_FIELDS}
    if private:
        kept["changes"] = private
        kept["changed_from"] = {key: getattr(case, key) for key in private}
    return Event("edit", on, kept)


def backlog_entry(
    session: Session,
    numbers: Sequence[str],
    kind: str,
    batch: str | None,
    on: date,
    keep_going: bool = False,
    **data: Any,
) -> Done:
    """join, resolve or recognise a case of a backlog batch; the batch may be left out where the case is in one only."""

    def relapsed(book: Book, case: Case, name: str) -> bool:
        """Whether somebody came again after the resolution: then it may be resolved again."""

        found = book.backlog.entries(book.counts.as_of(on), name, [case.case_no])
        return any(entry.relapsed_on is not None for entry in found)

    def event_of(book: Book, case: Case) -> Event:
        chosen = batch
        if chosen is None:
            open_ones = [
                name
                for name, entry in case.batches.items()
                if kind != "resolve" or entry.resolved_on is None or relapsed(book, case, name)
            ]
            names = open_ones or list(case.batches)
            if len(names) != 1:
                raise Refused(
                    f"{case.case_no} 在 {len(names)} 个积案批次里",
                    "请加 ⟦.batch⟧ 批次名",
                    code="batch",
                )
            chosen = names[0]
        said = {"batch": chosen, **{k: v for k, v in data.items() if v is not None}}
        entry = case.batches.get(chosen)
        if kind == "resolve" and entry is not None and entry.resolved_on is not None and relapsed(book, case, chosen):
            said["again"] = True
        return Event(kind, on, said)

    with session.writing(kind) as (book, pen):
        return act_within(book, pen, session, numbers, lambda case: event_of(book, case), keep_going=keep_going)
