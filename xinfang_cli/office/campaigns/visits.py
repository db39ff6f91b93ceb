"""Leaders' reception (领导接访): who is on duty, whom they received, what they ordered, and whether it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.book.sql.backlog import Attendance
from xinfang_cli.errors import BadValue, NotFound, Refused, XinfangError
from xinfang_cli.law import backlog as law
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Fixed
from xinfang_cli.law.case import Case, Order, Reception
from xinfang_cli.law.event import Event
from xinfang_cli.law.workdays import Calendar
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting, registering
from xinfang_cli.records import Done

# ---- the roster -------------------------------------------------------------------------------------------------

LEADER_COLUMNS = {"姓名": "leader", "领导": "leader", "领导姓名": "leader", "接访领导": "leader"}


def read_leaders(path: Path) -> list[str]:
    """The leaders of a list, in its order."""
    from xinfang_cli.intake.small_lists import read_list

    return list(dict.fromkeys(row["leader"] for row in read_list(path, LEADER_COLUMNS) if "leader" in row))


def make_roster(
    session: Session,
    leaders: Sequence[str],
    first: date,
    last: date,
    *,
    fixed: Sequence[Fixed] = (),
    include_holidays: Sequence[tuple[date, date]] = (),
    replace: bool = False,
) -> dict[str, Any]:
    """Arrange the duty days of a period; refused over days that are arranged already unless `replace`.

    The rotation goes on after the leader of the list who was last on duty before the period.
    """
    if last < first:
        raise BadValue("--to", last.isoformat(), f"早于 --from {first.isoformat()}", "请对调")
    if (last - first).days > 750:
        raise BadValue("--to", last.isoformat(), "排得太远", "一次最多排两年")
    include = [
        start + timedelta(days=n) for start, end in include_holidays for n in range(max((end - start).days + 1, 0))
    ]
    with session.writing("roster") as (book, pen):
        known = book.backlog.roster()
        taken = [day for day in known if first <= day <= last]
        if taken and not replace:
            raise Refused(
                f"{taken[0].isoformat()} 等 {len(taken)} 天已经排过班",
                "重排加 --replace；换人用 xinfang reception swap",
            )
        after = next(
            (who for day, names in reversed(known.items()) if day < first for who in names if who in leaders), None
        )
        made = law.make_roster(leaders, first, last, book.code.now.calendar, include=include, fixed=fixed, after=after)
        days: dict[str, list[str]] = {day.isoformat(): [] for day in taken}
        days |= {day.isoformat(): list(names) for day, names in made.days.items()}
        if not any(days.values()):
            raise Refused(
                f"{first.isoformat()} 至 {last.isoformat()} 没有可排的日子", "节假日要排的加 --include-holidays"
            )
        pen.append(None, Event("reception", session.today, {"doing": "roster", "days": days}))
        pen.flush()
        found = _roster(book, session, first, last)
    return {**found, "passed_over": [{"day": day, "leader": leader} for day, leader in made.passed_over]}


def show_roster(session: Session, first: date, last: date) -> dict[str, Any]:
    """The duty days of a period with who came; who is missing."""
    with session.reading() as book:
        return _roster(book, session, first, last)


def _roster(book: Book, session: Session, first: date, last: date) -> dict[str, Any]:
    calendar = book.code.now.calendar
    known = book.backlog.roster()
    arranged = {day: names for day, names in known.items() if first <= day <= last}
    came = _attended(_matters(book, session.today, {}), book.backlog.attendances(session.today))
    missing = dict(_missing(known, came, first, min(last, session.today - timedelta(days=1)), calendar))
    came = {day: leaders for day, leaders in came.items() if first <= day <= last}
    days = []
    for day in sorted({*arranged, *came, *missing}):
        names = arranged.get(day, ())
        days.append(
            {
                "day": day,
                "weekday": "一二三四五六日"[day.weekday()],
                "note": "" if day.weekday() < 5 and calendar.is_workday(day) else calendar.name(day),
                "leaders": list(names),
                "attended": sorted(came.get(day, set())),
                "missing": day in missing,
            }
        )
    unarranged = []
    day = first
    while day <= last:
        if calendar.is_workday(day) and day not in arranged:
            unarranged.append(day)
        day += timedelta(days=1)
    return {"from": first, "to": last, "days": days, "unarranged": unarranged}


def swap(session: Session, day: date, other: date | None, leader: str | None) -> dict[str, Any]:
    """Two duty days change leaders, or another leader takes one day."""
    with session.writing("roster", begins=False) as (book, pen):
        known = book.backlog.roster()

        def on_duty(which: date) -> list[str]:
            if which not in known:
                raise NotFound(f"{which.isoformat()} 没有排班", "先排班：xinfang reception roster")
            return list(known[which])

        if other is not None:
            days = {day.isoformat(): on_duty(other), other.isoformat(): on_duty(day)}
            if days[day.isoformat()] == days[other.isoformat()]:
                raise Refused(f"{day.isoformat()} 和 {other.isoformat()} 是同一位领导", "不必对调", code="same")
        else:
            assert leader is not None
            if on_duty(day) == [leader]:
                raise Refused(f"{day.isoformat()} 已经是 {leader}", "不必换人", code="same")
            days = {day.isoformat(): [leader]}
        pen.append(None, Event("reception", session.today, {"doing": "roster", "days": days}))
        return {"days": [{"day": each, "leaders": names} for each, names in sorted(days.items())]}


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
    warnings: list[str] = []
    numbers = list(visit.numbers)
    if visit.intake is not None:
        fields = {"channel": "video" if visit.form == "video" else "visit", **visit.intake}
        if visit.people is not None:
            fields.setdefault("headcount", visit.people)
        done = registering.add_within(book, pen, session, visit.on, fields, new_topic=new_topic)
        warnings += done.warnings
        numbers.append(done.cases[0]["case_no"])
    if not numbers:
        raise BadValue("接访", visit.on.isoformat(), "没有写信访事项", "写登记编号，或用 --title 当场登记")
    unit = None if visit.to is None else acting.unit_named(session, book, pen, visit.to, new_unit)
    names = () if unit is None else unit.names()
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
            warnings += acting.append(book, pen, session, case_id, case_no, make, names)
        changed[case_id] = case_no
    pen.flush()
    return Done(
        [book.lists.one(case_id, session.today)._asdict() for case_id in changed], list(dict.fromkeys(warnings))
    )


def attend(
    session: Session, on: date, form: str, leaders: Sequence[str], invited: Sequence[str] = ()
) -> dict[str, Any]:
    """A leader sat and nobody came; `invited`: the cases whose petitioners were asked to come (无访约访)."""
    if on > session.today:
        raise Refused(
            f"值班日期 {on.isoformat()} 晚于今天 {session.today.isoformat()}", "值班之后再登记", code="future"
        )
    with session.writing("attend") as (book, pen):
        return _attend(book, pen, on, form, leaders, invited)


def _attend(
    book: Book, pen: Pen, on: date, form: str, leaders: Sequence[str], invited: Sequence[str]
) -> dict[str, Any]:
    found = [book.cases.find(number) for number in invited]
    data = {"doing": "attend", "form": form, "leaders": list(leaders)}
    event = Event("reception", on, data | ({"invited": [case_id for case_id, _ in found]} if found else {}))
    pen.append(None, event)
    return {"id": event.id, "on": on, "form": form, "leaders": list(leaders), "invited": [no for _, no in found]}


def cancel(session: Session, number: int) -> dict[str, Any]:
    """Take back an attendance without a visitor that was recorded by mistake."""
    with session.writing("reception") as (book, pen):
        known = {attendance.id: attendance for attendance in book.backlog.attendances()}
        if number not in known:
            raise NotFound(
                f"没有记录号为 {number} 的值班",
                "记录号看 xinfang reception list --no-visitor；接访了人的用 xinfang undo",
            )
        pen.append(None, Event("reception", session.today, {"doing": "cancel", "event": number}))
        return {"id": number, "on": known[number].on, "leaders": list(known[number].leaders)}


def order(
    session: Session,
    numbers: Sequence[str],
    on: date,
    *,
    leader: str | None,
    to: str | None,
    answer_by: date,
    text: str | None,
    new_unit: bool = False,
    keep_going: bool = False,
) -> Done:
    """What a leader ordered on cases he received: which unit, by when."""
    with session.writing("reception") as (book, pen):
        unit = None if to is None else acting.unit_named(session, book, pen, to, new_unit)

        def make(case: Case) -> Event:
            if not case.receptions:
                raise Refused(
                    f"{case.case_no} 没有接访记录，不能记接访交办",  # type: ignore[attr-defined]
                    "先登记接访：xinfang reception log",
                    code="loop",
                )
            data = {
                "leader": leader or case.receptions[-1].leaders[0],
                "unit": unit and unit.id,
                "answer_by": answer_by,
                "text": text,
            }
            return Event("order", on, {key: value for key, value in data.items() if value is not None})

        names = () if unit is None else unit.names()
        return acting.act_within(book, pen, session, numbers, make, unit_names=names, keep_going=keep_going)


def follow(
    session: Session,
    numbers: Sequence[str],
    step: str,
    on: date,
    *,
    to: str | None,
    text: str | None,
    keep_going: bool = False,
) -> Done:
    """落实, 反馈 or 跟进 of an order; `to` names the unit where a case has several orders waiting for that step."""
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
                    f"{case.case_no} 有 {len(waiting)} 项交办等着{terms.LOOP.label(step)}",  # type: ignore[attr-defined]
                    "请加 --to 单位",
                    code="loop",
                )
            # With none waiting the law says why: the latest order is asked about.
            chosen = waiting or mine[-1:]
            data = {"order": chosen[0].seq if chosen else 0, "loop": step, "text": text}
            return Event("follow", on, {key: value for key, value in data.items() if value is not None})

        done = acting.act_within(book, pen, session, numbers, make, keep_going=keep_going)
        for case in done.cases:
            case["loop"] = "done" if step == terms.LOOP_STEPS[-1] else step
        return done


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


def log_file(session: Session, path: Path) -> dict[str, int]:
    """Record the receptions of a list; a row without a number is a duty day without a visitor. All of it or nothing."""
    from xinfang_cli.intake.small_lists import read_list

    rows = read_list(path, LOG_COLUMNS, _LOG_DAYS)
    visits = attended = 0
    with session.writing("reception") as (book, pen):
        for row in rows:
            try:
                if "numbers" in row:
                    _log_row(book, pen, session, row)
                    visits += 1
                else:
                    on, form, leaders = _who(row, session)
                    _attend(book, pen, on, form, leaders, _split(row.get("invited", "")))
                    attended += 1
            except XinfangError as error:
                error.message = f"第 {row['row']} 行：{error.message}"
                error.args = (error.message,)
                raise
    return {"rows": len(rows), "visits": visits, "without_visitor": attended}


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


def _log_row(book: Book, pen: Pen, session: Session, row: dict[str, Any]) -> None:
    from xinfang_cli.intake import cleaning

    on, form, leaders = _who(row, session)
    people = cleaning.headcount(row["people"]) if "people" in row else None
    settled = cleaning.yes_no(row["settled"], "当场答复") if "settled" in row else None
    if "to" in row and "answer_by" not in row:
        raise BadValue("交办期限", None, "是空的", "有交办单位就要写期限")
    numbers = _split(row["numbers"])
    visit = Visit(
        on,
        form,
        leaders,
        people,
        numbers,
        None,
        bool(settled),
        None,
        row.get("order"),
        row.get("to"),
        row.get("answer_by"),
    )
    done = _log(book, pen, session, visit, new_unit=True)
    for step in terms.LOOP_STEPS:
        if step in row:
            for case in done.cases:

                def make(found: Case, step: str = step) -> Event:
                    return Event(
                        "follow", row[step], {"order": found.orders[-1].seq if found.orders else 0, "loop": step}
                    )

                case_id, case_no = book.cases.find(case["case_no"])
                acting.append(book, pen, session, case_id, case_no, make)


# ---- lists and status -------------------------------------------------------------------------------------------


def _matter_state(reception: Reception, orders: Sequence[Order]) -> str:
    """How far the loop of one matter has come: received (nothing ordered yet), ordered, the steps, or done."""
    if not orders:
        return "done" if reception.settled else "received"
    waiting = [found.next_step for found in orders]
    if all(step is None for step in waiting):
        return "done"
    first = min(terms.LOOP_STEPS.index(step) for step in waiting if step is not None)
    return ("ordered", *terms.LOOP_STEPS)[first]


def _matters(book: Book, as_of: date, names: dict[int, str]) -> list[dict[str, Any]]:
    """Every matter heard up to a day: who heard it, and the loop 接访→交办→落实→反馈→跟进."""
    found = []
    for case_id, case_no, case in book.backlog.received_cases(as_of):
        for reception in case.receptions:
            orders = [order for order in case.orders if order.reception == reception.seq]
            state = _matter_state(reception, orders)
            found.append(
                {
                    "case_id": case_id,
                    "case_no": case_no,
                    "title": case.title,
                    "on": reception.on,
                    "form": reception.form,
                    "leaders": list(reception.leaders),
                    "people": reception.people,
                    "same_party": reception.same_party,
                    "state": state,
                    "orders": [_order_record(order, names) for order in orders],
                    "overdue": any(order.answer_by < as_of and "carried_out" not in order.steps for order in orders),
                }
            )
    found.sort(key=lambda row: (row["on"], row["case_no"]))
    return found


def _order_record(order: Order, names: dict[int, str]) -> dict[str, Any]:
    return {
        "leader": order.leader,
        "unit": None if order.unit is None else names.get(order.unit),
        "on": order.on,
        "answer_by": order.answer_by,
        **{step: order.steps.get(step) for step in terms.LOOP_STEPS},
    }


def _attended(matters: Sequence[dict[str, Any]], sat: Sequence[Attendance]) -> dict[date, set[str]]:
    """day → the leaders who sat or received somebody that day."""
    came: dict[date, set[str]] = {}
    for on, leaders in (*((row["on"], row["leaders"]) for row in matters), *((a.on, a.leaders) for a in sat)):
        came.setdefault(on, set()).update(leaders)
    return came


def _missing(
    arranged: Mapping[date, Sequence[str]], came: Mapping[date, set[str]], first: date, last: date, calendar: Calendar
) -> list[tuple[date, tuple[str, ...]]]:
    """The days of a period on which a leader should have sat and none did; of the time before the book's first roster or
    reception nothing is known."""
    begins = max(first, min((*arranged, *came), default=last))
    return law.coverage(arranged, came, begins, last, calendar)


def status(session: Session, first: date, last: date, as_of: date | None = None) -> dict[str, Any]:
    """Leaders' attendances (人次), parties (批), people (人), duty days and those nobody sat, orders and open matters.

    An attendance is a leader on a day in one form of reception. A matter is open until its orders were carried out, fed
    back and followed up; without an order, until it was answered on the spot.
    """
    day = as_of or session.today
    until = min(last, day)
    with session.reading() as book:
        matters = _matters(book, day, book.units.names_by_id())
        sat = book.backlog.attendances(day)
        came = _attended(matters, sat)
        over = min(until, session.today - timedelta(days=1))
        missing = _missing(book.backlog.roster(), came, first, over, book.code.now.calendar)
        matters = [row for row in matters if first <= row["on"] <= until]
        sat = [a for a in sat if first <= a.on <= until]
        numbers = book.backlog.case_rows(tuple(case_id for a in sat for case_id in a.invited))
    times = {(row["on"], row["form"], leader) for row in matters for leader in row["leaders"]}
    times |= {(a.on, a.form, leader) for a in sat for leader in a.leaders}
    parties = [row for row in matters if not row["same_party"]]
    orders = [order for row in matters for order in row["orders"]]
    visited = {row["on"] for row in matters}
    alone = sorted({a.on for a in sat} - visited)
    invited = {a.on for a in sat if a.invited}
    states = {key: sum(row["state"] == key for row in matters) for key in terms.LOOP_STATES}
    leaders = sorted({leader for _, _, leader in times})
    return {
        "from": first,
        "to": last,
        "as_of": day,
        "days_on_duty": sum(first <= on <= until for on in came),
        "days_missing": len(missing),
        "missing": [{"day": each, "leaders": list(names)} for each, names in missing],
        "leader_times": len(times),
        "groups": len(parties),
        "people": sum(row["people"] for row in parties),
        "by_form": {
            form: {
                "leader_times": sum(key[1] == form for key in times),
                "groups": sum(row["form"] == form for row in parties),
                "people": sum(row["people"] for row in parties if row["form"] == form),
            }
            for form in terms.RECEPTION.labels
        },
        "by_leader": [
            {
                "leader": leader,
                "times": sum(key[2] == leader for key in times),
                "groups": sum(leader in row["leaders"] for row in parties),
                "people": sum(row["people"] for row in parties if leader in row["leaders"]),
                "open_matters": sum(leader in row["leaders"] and row["state"] != "done" for row in matters),
            }
            for leader in leaders
        ],
        "matters": len(matters),
        "orders": len(orders),
        "carried_out": sum(order["carried_out"] is not None for order in orders),
        "orders_overdue": sum(order["carried_out"] is None and order["answer_by"] < day for order in orders),
        "open_matters": sum(row["state"] != "done" for row in matters),
        "states": states,
        "days_without_visitor": len(alone),
        "days_invited": len([each for each in alone if each in invited]),
        "invited": sorted(no for no, _ in numbers.values()),
    }


def matters(
    session: Session, first: date, last: date, *, open_only: bool, leader: str | None, unit: str | None
) -> list[dict[str, Any]]:
    """The matters heard in a period, each with its loop, earliest first."""
    with session.reading() as book:
        wanted = None if unit is None else book.units.find(unit)
        hidden = set()
        if wanted is not None:  # art. 30: an accusation is not in the list of the unit complained of
            hidden = book.cases.accusations_of(wanted.id)
        rows = _matters(book, session.today, book.units.names_by_id())
    return [
        {key: value for key, value in row.items() if key != "case_id"}
        for row in rows
        if first <= row["on"] <= last
        and not (open_only and row["state"] == "done")
        and (leader is None or leader in row["leaders"])
        and (wanted is None or any(order["unit"] == wanted.name for order in row["orders"]))
        and row["case_id"] not in hidden
    ]


def sittings(session: Session, first: date, last: date) -> list[dict[str, Any]]:
    """The attendances without a visitor of a period, with the record number that `cancel` takes."""
    with session.reading() as book:
        listed: list[Attendance] = [a for a in book.backlog.attendances() if first <= a.on <= last]
        numbers = book.backlog.case_rows(tuple(case_id for a in listed for case_id in a.invited))
    return [
        {
            "id": a.id,
            "on": a.on,
            "form": a.form,
            "leaders": list(a.leaders),
            "invited": [numbers[case_id][0] for case_id in a.invited if case_id in numbers],
        }
        for a in listed
    ]


def on_duty(session: Session, on: date) -> tuple[str, ...]:
    """Who the roster has for a day."""
    with session.reading() as book:
        return book.backlog.roster().get(on, ())


def bureau(session: Session) -> str:
    """The office's own name, for the head of what it prints."""
    with session.reading() as book:
        return str(book.code.now.rules.settings["bureau"])
