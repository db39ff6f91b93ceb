"""Leaders' reception (领导接访): visitors, orders, and their follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, NotFound, Refused, XinfangError
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.office.campaigns.reception_status import Sitting
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import acting, registering
from xinfang_cli.office.work.done import Done, LoopStep
from xinfang_cli.office.work.done import done as told

# ---- logging ----------------------------------------------------------------------------------------------------


class Visit(NamedTuple):
    """One party that leaders received: on cases of the book, or on a matter taken down on the spot."""

    on: date
    form: str
    leaders: tuple[str, ...]
    people: int | None = None
    numbers: tuple[str, ...] = ()
    intake: dict[str, Any] | None = None
    settled: bool = False
    text: str | None = None
    order: str | None = None
    to: str | None = None
    answer_by: date | None = None


def log(session: Session, visit: Visit, *, new_unit: bool = False, new_topic: bool = False) -> Done:
    """Record a visit: 接访 on each of its cases (one party, counted once), and what the leader ordered on them."""
    with session.writing("reception") as (book, pen):
        return _log(book, pen, session, visit, new_unit, new_topic)


def _log(book: Book, pen: Pen, session: Session, visit: Visit, new_unit: bool, new_topic: bool = False) -> Done:
    if not visit.leaders:
        raise BadValue("接访领导", None, "是空的", "请写接访的领导")
    warnings: list[Warned] = []
    numbers = list(visit.numbers)
    if visit.intake is not None:
        fields = {"channel": "video" if visit.form == "video" else "visit", **visit.intake}
        if visit.people is not None:
            fields.setdefault("headcount", visit.people)
        done = registering.add_within(book, pen, session, visit.on, fields, new_topic=new_topic)
        warnings += done.warnings
        numbers.append(done.cases[0].case.case_no)
    if not numbers:
        raise BadValue("接访", visit.on.isoformat(), "没有写信访事项", "写登记编号，或用 ⟦.title⟧ 当场登记")
    unit = None if visit.to is None else acting.unit_named(session, book, pen, visit.to, new_unit)
    changed: dict[int, str] = {}
    for number in numbers:
        case_id, case_no = book.cases.find(number)
        if case_id in changed:
            continue

        def receive(case: Case, first: bool = not changed) -> Event:
            data: dict[str, Any] = {
                "form": visit.form,
                "leaders": list(visit.leaders),
                "people": (visit.people or case.headcount) if first else 0,
                "same_party": None if first else True,
                "settled": visit.settled or None,
                "text": visit.text,
            }
            return Event("receive", visit.on, {key: value for key, value in data.items() if value is not None})

        warnings += acting.append(book, pen, session, case_id, case_no, receive)
        if visit.answer_by is not None:
            make = acting.simple(
                "order",
                visit.on,
                leader=visit.leaders[0],
                unit=unit and unit.id,
                answer_by=visit.answer_by,
                text=visit.order,
            )
            warnings += acting.append(book, pen, session, case_id, case_no, make)
        changed[case_id] = case_no
    pen.flush()
    return told((book.lists.one(case_id, session.today) for case_id in changed), warnings)


def attend(session: Session, on: date, form: str, leaders: Sequence[str], invited: Sequence[str] = ()) -> Sitting:
    """A leader sat and nobody came; `invited`: the cases whose petitioners were asked to come (无访约访)."""
    if on > session.today:
        raise Refused(
            f"值班日期 {on.isoformat()} 晚于今天 {session.today.isoformat()}", "值班之后再登记", code="future"
        )
    with session.writing("attend") as (book, pen):
        session.watch_whole(book, "attend", office=True)
        return _attend(book, pen, on, form, leaders, invited)


def _attend(book: Book, pen: Pen, on: date, form: str, leaders: Sequence[str], invited: Sequence[str]) -> Sitting:
    found = [book.cases.find(number) for number in invited]
    data = {"doing": "attend", "form": form, "leaders": list(leaders)}
    event = Event("reception", on, data | ({"invited": [case_id for case_id, _ in found]} if found else {}))
    pen.append(None, event)
    return Sitting(event.id, on, form, tuple(leaders), tuple(number for _, number in found))


class Cancelled(NamedTuple):
    """An attendance without a visitor that was taken back."""

    id: int
    on: date
    leaders: tuple[str, ...]


def cancel(session: Session, number: int) -> Cancelled:
    """Take back an attendance without a visitor that was recorded by mistake."""
    with session.writing("reception") as (book, pen):
        session.watch_whole(book, "reception", office=True)
        known = {attendance.id: attendance for attendance in book.backlog.attendances()}
        if number not in known:
            raise NotFound(
                f"没有记录号为 {number} 的值班",
                "记录号看 ⟦reception.list⟧ ⟦.no_visitor⟧；接访了人的用 ⟦undo⟧",
            )
        pen.append(None, Event("reception", session.today, {"doing": "cancel", "event": number}))
        return Cancelled(number, known[number].on, known[number].leaders)


class NewOrder(NamedTuple):
    """A leader's order: unit (None: the case's own), deadline; `leader` None: the last to receive the petitioner."""

    answer_by: date
    to: str | None = None
    leader: str | None = None
    text: str | None = None
    new_unit: bool = False


def order(session: Session, numbers: Sequence[str], on: date, ordered: NewOrder, *, keep_going: bool = False) -> Done:
    """Record what a leader ordered on cases he received."""
    with session.writing("reception") as (book, pen):
        unit = None
        if ordered.to is not None:
            unit = acting.unit_named(session, book, pen, ordered.to, ordered.new_unit)

        def make(case: Case) -> Event:
            if not case.receptions:
                raise Refused(
                    f"{case.case_no} 没有接访记录，不能记接访交办",
                    "先登记接访：⟦reception.log⟧",
                    code="loop",
                )
            data = {
                "leader": ordered.leader or case.receptions[-1].leaders[0],
                "unit": unit and unit.id,
                "answer_by": ordered.answer_by,
                "text": ordered.text,
            }
            return Event("order", on, {key: value for key, value in data.items() if value is not None})

        return acting.act_within(book, pen, session, numbers, make, keep_going=keep_going)


def follow(
    session: Session,
    numbers: Sequence[str],
    step: str,
    on: date,
    *,
    to: str | None = None,
    text: str | None = None,
    keep_going: bool = False,
) -> Done:
    """落实, 反馈 or 跟进 of an order; `to` names the unit if several orders await that step."""
    with session.writing("reception") as (book, pen):
        unit = None if to is None else book.units.find(to)
        book.code  # noqa: B018  (loads the merged units)
        merged = book.canonical

        def make(case: Case) -> Event:
            mine = [
                found for found in case.orders if unit is None or merged.get(found.unit or 0, found.unit) == unit.id
            ]
            waiting = [found for found in mine if found.next_step == step]
            if len(waiting) > 1:
                raise Refused(
                    f"{case.case_no} 有 {len(waiting)} 项交办等着{terms.LOOP.label(step)}",
                    "请加 ⟦.to⟧ 单位",
                    code="loop",
                )
            # With none waiting the law says why: the latest order is asked about.
            chosen = waiting or mine[-1:]
            data = {"order": chosen[0].seq if chosen else 0, "loop": step, "text": text}
            return Event("follow", on, {key: value for key, value in data.items() if value is not None})

        done = acting.act_within(book, pen, session, numbers, make, keep_going=keep_going)
        reached = LoopStep("done" if step == terms.LOOP_STEPS[-1] else step)
        return done._replace(cases=tuple(changed.beside(reached) for changed in done.cases))


LOG_COLUMNS = {
    "日期": "on",
    "接访日期": "on",
    "形式": "form",
    "接访形式": "form",
    "接访领导": "leaders",
    "领导": "leaders",
    "人数": "people",
    "信访人数": "people",
    "登记编号": "numbers",
    "编号": "numbers",
    "约访": "invited",
    "交办单位": "to",
    "交办期限": "answer_by",
    "交办要求": "order",
    "落实日期": "carried_out",
    "反馈日期": "fed_back",
    "跟进日期": "followed_up",
    "当场答复": "settled",
}
_LOG_DAYS = frozenset({"on", "answer_by", "carried_out", "fed_back", "followed_up"})


class LogCounts(NamedTuple):
    """The contents of a reception list: parties received, duty days without a visitor."""

    rows: int
    visits: int
    without_visitor: int


def log_file(session: Session, path: Path) -> LogCounts:
    """Record the receptions of a list; a row without a number is a duty day without a visitor. All of it or nothing."""
    from xinfang_cli.intake.small_lists import read_list

    rows = read_list(path, LOG_COLUMNS, _LOG_DAYS)
    visits = 0
    with session.writing("reception") as (book, pen):
        if not all("numbers" in row for row in rows):
            session.watch_whole(book, "reception", office=True)
        for row in rows:
            try:
                on, form, leaders = _who(row, session)
                if "numbers" in row:
                    _log_row(book, pen, session, row, Visit(on, form, leaders))
                    visits += 1
                else:
                    _attend(book, pen, on, form, leaders, _split(row.get("invited", "")))
            except XinfangError as error:
                error.message = f"第 {row['row']} 行：{error.message}"
                error.args = (error.message,)
                raise
    return LogCounts(len(rows), visits, len(rows) - visits)


def _split(text: str) -> tuple[str, ...]:
    for sign in ("，", ",", "；", ";", " "):
        text = text.replace(sign, "、")
    return tuple(word for word in text.split("、") if word)


def _who(row: dict[str, Any], session: Session) -> tuple[date, str, tuple[str, ...]]:
    if "on" not in row:
        raise BadValue("日期", None, "是空的", "请写接访日期")
    if row["on"] > session.today:
        raise Refused(f"接访日期 {row['on']} 晚于今天 {session.today}", "接访之后再登记", code="future")
    leaders = _split(row.get("leaders", ""))
    if not leaders:
        raise BadValue("接访领导", None, "是空的", "请写接访的领导")
    return row["on"], terms.RECEPTION.parse(row.get("form", "接访"), "形式"), leaders


def _log_row(book: Book, pen: Pen, session: Session, row: dict[str, Any], visit: Visit) -> None:
    from xinfang_cli.intake import cleaning

    if "to" in row and "answer_by" not in row:
        raise BadValue("交办期限", None, "是空的", "有交办单位就要写期限")
    visit = visit._replace(
        people=cleaning.headcount(row["people"]) if "people" in row else None,
        numbers=_split(row["numbers"]),
        settled=bool(cleaning.yes_no(row["settled"], "当场答复")) if "settled" in row else False,
        order=row.get("order"),
        to=row.get("to"),
        answer_by=row.get("answer_by"),
    )
    done = _log(book, pen, session, visit, new_unit=True)
    for step in terms.LOOP_STEPS:
        if step in row:
            for case in done.cases:

                def make(found: Case, step: str = step) -> Event:
                    return Event(
                        "follow", row[step], {"order": found.orders[-1].seq if found.orders else 0, "loop": step}
                    )

                case_id, case_no = book.cases.find(case.case.case_no)
                acting.append(book, pen, session, case_id, case_no, make)
