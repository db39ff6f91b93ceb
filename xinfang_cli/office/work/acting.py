"""One event on one case or on several: find the case, ask the law, append, and show what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.book.sql import backlog
from xinfang_cli.book.sql.counts import AsOf
from xinfang_cli.errors import BadValue, NotFound, Refused, XinfangError
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import decide
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import Asked
from xinfang_cli.law.events.registry import EVENTS, INTAKE_FIELDS, PRIVATE_FIELDS
from xinfang_cli.law.finality import Ended, ended_for_good
from xinfang_cli.law.fold import fold, in_force
from xinfang_cli.office.session import Session
from xinfang_cli.records import Done, Unit

Maker = Callable[[Case], Event]


def act(
    session: Session,
    name: str,
    numbers: Sequence[str],
    make: Maker,
    *,
    unit_names: tuple[str, ...] = (),
    keep_going: bool = False,
) -> Done:
    """Append one event to each case named; all of them or none, unless `keep_going`.

    `make` gets the case as it stands and gives the event. Refused, NotFound and Ambiguous say why not.
    """
    with session.writing(name) as (book, pen):
        return act_within(book, pen, session, numbers, make, unit_names=unit_names, keep_going=keep_going)


def act_within(
    book: Book,
    pen: Pen,
    session: Session,
    numbers: Sequence[str],
    make: Maker,
    *,
    unit_names: tuple[str, ...] = (),
    keep_going: bool = False,
) -> Done:
    """`act` inside a transaction that the caller opened."""
    changed: list[tuple[int, str]] = []
    warnings: list[str] = []
    failed: list[tuple[str, Exception]] = []
    for number in numbers:
        try:
            case_id, case_no = book.cases.find(number)
            if (case_id, case_no) in changed:
                continue
            warnings += append(book, pen, session, case_id, case_no, make, unit_names)
            changed.append((case_id, case_no))
        except XinfangError as error:
            if not keep_going:
                raise
            failed.append((number, error))
    pen.flush()
    shown = [book.lists.one(case_id, session.today)._asdict() for case_id, _ in changed]
    return Done(shown, list(dict.fromkeys(warnings)), failed)


def append(
    book: Book,
    pen: Pen,
    session: Session,
    case_id: int,
    case_no: str,
    make: Maker,
    unit_names: tuple[str, ...] = (),
) -> list[str]:
    """Ask the law, append the event, replace the case's rows; the warnings."""
    pen.flush()
    events = book.events.of(case_id)
    current = fold(events, book.code)
    if current is None:
        raise NotFound(f"{case_no} 的登记已撤销", "请重新登记：xinfang add")
    current.case_no = case_no  # type: ignore[attr-defined]
    event = make(current)
    event.seq = events[-1].seq + 1
    if not unit_names and current.unit is not None and event.kind in ("remind", "supervise", "edit", "order"):
        unit_names = book.units.by_id(current.unit).names()
    if "where" in event.data and current.kind == "accusation" and current.complained_unit_id is not None:
        unit_names = book.units.by_id(current.complained_unit_id).names()
    asked = Asked(session.today, unit_names=unit_names, merged=book.canonical, related=book.units.relation)
    decision = decide(events, event, book.code, asked, case_no=case_no)
    pen.append(case_id, event)
    book.cases.put(case_id, case_no, decision.case)
    if session.watch is not None:
        session.watch.told_anew(book, case_id, case_no, events, [*events, event])
    return [f"{case_no}：{warning}" for warning in decision.warnings]


def simple(kind: str, on: date, **data: Any) -> Maker:
    """A maker for an event that does not depend on the case."""
    return lambda case: Event(kind, on, {key: value for key, value in data.items() if value is not None})


def unit_named(session: Session, book: Book, pen: Pen, word: str, new_unit: bool) -> Unit:
    """The unit a word names; with `new_unit`, made when nothing matches."""
    try:
        return book.units.find(word)
    except NotFound as error:
        if not new_unit:
            error.hint += "；新单位加 --new-unit"
            raise
        return book.units.add(pen, session.today, word)


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
        done = act_within(book, pen, session, numbers, make, unit_names=unit.names(), keep_going=keep_going)
        for case in done.cases:
            case["objection_due_on"] = book.cases.running_due(case["case_no"], "objection")
        return done


def extend(session: Session, numbers: Sequence[str], on: date, *, clock: str, keep_going: bool, **data: Any) -> Done:
    """延期 of the completion or the feedback clock (art. 34); the new last day, which need not be the next one."""
    with session.writing("extend") as (book, pen):
        make = simple("extend", on, clock=clock, **data)
        done = act_within(book, pen, session, numbers, make, keep_going=keep_going)
        for case in done.cases:
            case["extended"] = {"clock": clock, "due_on": book.cases.running_due(case["case_no"], clock)}
        return done


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
            return Event("answered", on, {"unit": next((u for u in asked if same(u) == found.id), found.id)})

        def same(unit: int) -> int:
            return book.canonical.get(unit, unit)

        make = answered if answer_by is None else simple("assist", on, unit=found.id, answer_by=answer_by)
        return act_within(book, pen, session, numbers, make, unit_names=found.names(), keep_going=keep_going)


def accept(
    session: Session,
    numbers: Sequence[str],
    *,
    on: date,
    told: date | None,
    pathway: str | None,
    due: date | None,
    reason: str | None = None,
    late_entry: bool = False,
    keep_going: bool,
) -> Done:
    """受理; the pathway follows the kind of the case unless given (art. 29-31). `late_entry`: it was missed, and is put
    in its place."""

    def make(case: Case) -> Event:
        data: dict[str, Any] = {"pathway": pathway or terms.PATHWAY_OF_KIND[case.kind], "told_on": told or on}
        more = {
            "due_on": due,
            "reason": reason,
            "told_said": told is not None or None,
            "late_entry": late_entry or None,
        }
        data |= {key: value for key, value in more.items() if value is not None}
        return Event("accept", on, data)

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
    for case in done.cases:
        case["refused_as"] = terms.refused_as(said)
    return done


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
        raise Refused(f"{case_no} {stage}，没有复核终结", "请写复核终结的那一件（条例第三十六条）", code="ground")
    return case_id


def close(session: Session, numbers: Sequence[str], on: date, keep_going: bool = False, **data: Any) -> Done:
    """办结; where the office has closings checked, the case waits as 待审核."""

    def make(case: Case) -> Event:
        given = {key: value for key, value in data.items() if value is not None}
        if case.code.now.rules.settings["check_closings"]:
            given["checked"] = True
        return Event("close", on, given)

    return act(session, "close", numbers, make, keep_going=keep_going)


def link(session: Session, numbers: Sequence[str], original: str, on: date, keep_going: bool = False) -> Done:
    """Say that cases repeat an earlier one; refused: itself, a cycle, an original received later."""
    with session.writing("link") as (book, pen):
        target, target_no = book.cases.find(original)

        def make(case: Case) -> Event:
            check_original(book, case.case_no, case.received_on, target, target_no)  # type: ignore[attr-defined]
            return Event("link", on, {"repeat_of": target})

        done = act_within(book, pen, session, numbers, make, keep_going=keep_going)
        for case in done.cases:
            done.warnings.extend(about_original(book, session, case, target, target_no))
        return done


def check_original(book: Book, case_no: str, received_on: date, target: int, target_no: str) -> None:
    """Refuse an original that cannot be one."""
    if case_no == target_no:
        raise Refused(f"{case_no} 不能是自己的重复件", "请写原来那件的编号", code="self")
    came = book.cases.received_on(target)
    if came > received_on:
        raise Refused(
            f"{case_no} 收到于 {received_on.isoformat()}，早于 {target_no} 的 {came.isoformat()}",
            "重复件不能早于原件；两件写反了请对调",
            code="order",
        )
    seen, current = {target}, target
    while True:
        found = book.cases.original_of(current)
        if found is None:
            return
        if found[1] == case_no:
            raise Refused(f"{target_no} 已是 {case_no} 的重复件，不能互为重复", "请核对哪一件在先", code="cycle")
        current = found[0]
        if current in seen:
            return
        seen.add(current)


def about_original(book: Book, session: Session, shown: dict[str, Any], target: int, target_no: str) -> list[str]:
    """What a clerk should know about the case that is said to be the original; a matter that is ended for good is put
    into the record as `no_longer`, with the refusal (不再受理) to be recorded."""
    case_no = shown["case_no"]
    case_id, _ = book.cases.find(case_no)
    mine, theirs = book.people.of(case_id)["name"], book.people.of(target)["name"]
    warnings = []
    if mine and theirs and mine != theirs:
        warnings.append(f"{case_no}：与 {target_no} 的信访人姓名不同，请核对")
    found = no_longer(book, date.fromisoformat(shown["received_on"]), target)
    if found is not None and shown["stage"] in EVENTS["refuse"].stages:
        shown["no_longer"] = found
        warnings.append(
            f"{case_no}：{found['why']}；同一事实和理由的不再受理（{found['article']}）：{refusal(case_no, found)}"
        )
    return warnings


def refusal(case_no: str, found: dict[str, Any]) -> str:
    """The command that records 不再受理."""
    return f'xinfang refuse {case_no} --ground {terms.GROUND.label(found["ground"])} --reason "{found["why"]}"'


def no_longer(book: Book, received_on: date, case_id: int) -> dict[str, Any] | None:
    """The case, or the one it repeats, that had ended the matter for good by the day a new petition came: number, day,
    by whom, under what article."""
    seen: set[int] = set()
    current: int | None = case_id
    while current is not None and current not in seen:
        seen.add(current)
        events = book.events.of(current)
        case = fold(events, book.code)
        if case is None:
            return None
        ended = ended_for_good(case, received_on)
        if ended is not None:
            return _ending(book, book.cases.number_of(current), ended, in_force(events))
        current = case.repeat_of
    return None


def _ending(book: Book, number: str, ended: Ended, events: Sequence[Event]) -> dict[str, Any]:
    def latest(kind: str) -> dict[str, Any]:
        return next((event.data for event in reversed(events) if event.kind == kind), {})

    rechecked = ended.ground == "rechecked"
    result = latest("recheck_result") if rechecked else {}
    body = latest("recheck").get("where") if rechecked else None
    cited = book.settings.current().get("local_finality", (None, ""))[1]
    said = "，".join(
        word
        for word in (
            f"{number} 于 {ended.on.isoformat()} {ended.why}",
            f"复核机关 {body}" if body else "",
            f"复核意见 {result['reply_no']}" if result.get("reply_no") else "",
            f"结果{terms.RESULT.label(result['result'])}" if result else "",
        )
        if word
    )
    return {
        "case_no": number,
        "on": ended.on,
        "ground": ended.ground,
        "why": said,
        "body": body,
        "reply_no": result.get("reply_no"),
        "result": result.get("result"),
        "article": terms.GROUND_ARTICLE["rechecked"] if rechecked else cited or terms.GROUND_ARTICLE[ended.ground],
    }


def relate(session: Session, numbers: Sequence[str], to: str, on: date, keep_going: bool = False) -> Done:
    """Relate cases of other people on the same matter."""
    with session.writing("relate") as (book, pen):
        target, target_no = book.cases.find(to)

        def make(case: Case) -> Event:
            if case.case_no == target_no:  # type: ignore[attr-defined]
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
    """Set intake fields right; old and new value both stay in the book. `pathway`: of a case that was accepted, where
    its new kind has a limit (art. 34)."""
    from xinfang_cli.office.work import registering

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


def edit_event(book: Book, on: date, case: Case, changes: dict[str, Any]) -> Event:
    """The event of an edit; refused when nothing changes or an outside number is taken."""
    changes = {key: value for key, value in changes.items() if getattr(case, key) != value}
    if not changes:
        raise Refused(f"{case.case_no} 已经是这样，没有要改的", "请核对要改的内容", code="same")  # type: ignore[attr-defined]
    unknown = changes.keys() - set(INTAKE_FIELDS)
    assert not unknown, unknown
    if changes.get("external_no"):
        check_external_no(book, changes["external_no"])
    kept: dict[str, Any] = {
        "set": {key: value for key, value in changes.items() if key not in PRIVATE_FIELDS},
        "was": {key: getattr(case, key) for key in changes if key not in PRIVATE_FIELDS},
    }
    private = {key: value for key, value in changes.items() if key in PRIVATE_FIELDS}
    if private:
        kept["changes"] = private
        kept["changed_from"] = {key: getattr(case, key) for key in private}
    return Event("edit", on, kept)


def check_external_no(book: Book, external_no: str) -> None:
    taken_by = book.cases.with_external_no(external_no)
    if taken_by is not None:
        raise BadValue("外部编号", external_no, f"已用于 {taken_by}", "同一件不要登记两次；号码写错了请改正")


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
        found = backlog.entries(AsOf(book, on), on, name, [case.case_no])  # type: ignore[attr-defined]
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
                    f"{case.case_no} 在 {len(names)} 个积案批次里",  # type: ignore[attr-defined]
                    "请加 --batch 批次名",
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
