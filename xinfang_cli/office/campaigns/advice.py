"""Suggestions by the bureau, 三项建议 (art. 40), and superiors' rankings of the district."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, NotFound, Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.article30 import Target
from xinfang_cli.law.events.base import CheckContext
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.fold import fold
from xinfang_cli.law.redaction import Redacted, known_in, redact
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import clearing

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen

# ---- 三项建议 ---------------------------------------------------------------------------------------------------


class Advice(NamedTuple):
    """A suggestion and its answer; `days_left` until it is to be answered, None where it is or nobody said by when."""

    number: int
    kind: str
    to: str
    on: date
    document: str | None
    text: str | None
    cases: tuple[str, ...]
    answer_by: date | None
    days_left: int | None
    answered_on: date | None
    adopted: bool | None
    answer: str | None


class AdviceList(NamedTuple):
    """The bureau's suggestions (三项建议)."""

    advices: tuple[Advice, ...]


class NewAdvice(NamedTuple):
    """A new suggestion: kind, addressee, cases, deadline of the answer."""

    kind: str
    to: str
    on: date
    text: str | None = None
    answer_by: date | None = None
    numbers: tuple[str, ...] = ()
    document: str | None = None


def advise(session: Session, new: NewAdvice) -> Advice:
    """Record a suggestion (改进工作, 完善政策, 追究责任)."""
    if new.on > session.today:
        raise Refused(f"建议日期 {new.on} 晚于今天 {session.today}", "发出之后再登记", code="future")
    if new.answer_by is not None and new.answer_by < new.on:
        raise Refused(f"答复期限 {new.answer_by} 早于建议日期 {new.on}", "请核对两个日期", code="order")
    with session.writing("advise") as (book, pen):
        session.watch_whole(book, "advise", office=True)
        found = [book.cases.find(number)[0] for number in new.numbers]
        for case_id in found:
            _not_to_the_accused(book, pen, session, case_id, new)
        number = book.backlog.advice_given() + 1
        data = {
            "doing": "add",
            "number": number,
            "advice": new.kind,
            "to": new.to,
            "answer_by": new.answer_by,
            "document": new.document,
            "cases": found or None,
            "text": new.text,
        }
        pen.append(None, Event("advise", new.on, data))
        pen.flush()
        return _advices(book, session.today)[number]


def _not_to_the_accused(book: Book, pen: Pen, session: Session, case_id: int, new: NewAdvice) -> None:
    """Refuse a suggestion arising from an accusation if its addressee is bound to the target (art. 30)."""
    case = fold(book.events.of(case_id), book.code)
    if case is None or case.kind != "accusation":
        return
    asked = CheckContext(session.today, merged=book.canonical, related=book.units.relations)
    target = Target("to", body=new.to)
    if session.not_the_accused and clearing.put_down(book, pen, session, case_id, target, asked):
        return
    case.case_no = book.cases.number_of(case_id)
    clearing.check_goes_to(book, case, target, asked, "因它向人提建议，建议对象不能是")


def answer(session: Session, number: int, *, adopted: bool, on: date, text: str | None) -> Advice:
    """The written answer (art. 40): adopted or not. A second answer replaces the first."""
    if on > session.today:
        raise Refused(f"答复日期 {on} 晚于今天 {session.today}", "收到之后再登记", code="future")
    with session.writing("advise", begins=False) as (book, pen):
        session.watch_whole(book, "advise", office=True)
        known = _advices(book, session.today)
        if number not in known:
            raise NotFound(f"没有第 {number} 号建议", "看有哪些：⟦advise.list⟧")
        if on < known[number].on:
            raise Refused(f"答复日期 {on} 早于建议日期 {known[number].on}", "请核对两个日期", code="order")
        pen.append(None, Event("advise", on, {"doing": "answer", "number": number, "adopted": adopted, "text": text}))
        pen.flush()
        return _advices(book, session.today)[number]


def _advices(book: Book, as_of: date) -> dict[int, Advice]:
    """number → the suggestion with its latest answer, as it stood on a day."""
    given: dict[int, Event] = {}
    answers: dict[int, Event] = {}
    for event in book.backlog.office_events("advise"):
        if event.data["doing"] == "add":
            given[event.data["number"]] = event
        elif event.on <= as_of:  # a later answer does not hide the one of then
            answers[event.data["number"]] = event
    return {number: _as_of(book, event, answers.get(number), as_of) for number, event in given.items()}


def _as_of(book: Book, given: Event, answered: Event | None, day: date) -> Advice:
    said = given.data
    ids = tuple(said.get("cases", ()))
    numbers = book.backlog.case_rows(ids)
    told = _gate(book, ids)
    due = said.get("answer_by")
    return Advice(
        said["number"],
        said["advice"],
        said["to"],
        given.on,
        said.get("document"),
        told(said.get("text")),
        tuple(numbers[case_id][0] for case_id in ids if case_id in numbers),
        due,
        None if due is None or answered is not None else (due - day).days,
        None if answered is None else answered.on,
        None if answered is None else answered.data["adopted"],
        None if answered is None else told(answered.data.get("text")),
    )


def _gate(book: Book, ids: Sequence[int]) -> Callable[[str | None], Redacted | None]:
    """A suggestion's texts redacted for the screen, without its cases' petitioners."""
    known = known_in(event.data for case_id in ids for event in book.events.of(case_id))
    return lambda text: None if text is None else redact(text, known, "screen")


def advices(
    session: Session,
    first: date | None = None,
    last: date | None = None,
    *,
    open_only: bool = False,
    as_of: date | None = None,
) -> AdviceList:
    """The suggestions made in a period (art. 41), as of a day; `open_only`: those not answered."""
    with session.reading() as book:
        found = _advices(book, as_of or session.today).values()
    return AdviceList(
        tuple(
            advice
            for advice in found
            if (first is None or advice.on >= first)
            and (last is None or advice.on <= last)
            and not (open_only and advice.answered_on is not None)
        )
    )


# ---- standing among others --------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """Our rank by a superior's indicator on a day; `key`: our corresponding rate, if any."""

    indicator: str
    key: str | None
    rank: int
    of: int | None
    on: date
    value: str | None
    source: str | None


class StandingList(NamedTuple):
    """The ranks that superiors gave us."""

    standings: tuple[Standing, ...]


class StandingsAdded(NamedTuple):
    """The number of rankings recorded."""

    added: int


class NewStanding(NamedTuple):
    """A rank to be recorded; `indicator`: one of our figures by key or name, or the superior's own."""

    indicator: str
    rank: int
    of: int | None
    on: date
    value: str | None = None
    source: str | None = None


def _indicator(word: str) -> tuple[str | None, str]:
    """(rate key, name): one of our figures by key or name, or the superior's own indicator."""
    for key, definition in DEFINITIONS.items():
        if word in (key, definition.label):
            return key, definition.label
    return None, word


def standing_add(session: Session, new: NewStanding) -> Standing:
    """Record where a superior ranked us. The same indicator and day again sets it right."""
    event = _standing_event(session, new)
    with session.writing("standing") as (book, pen):
        session.watch_whole(book, "standing", office=True)
        pen.append(None, event)
    return _standing(event)


def _standing_event(session: Session, new: NewStanding) -> Event:
    if new.on > session.today:
        raise Refused(f"名次日期 {new.on} 晚于今天 {session.today}", "公布之后再登记", code="future")
    if new.rank < 1 or (new.of is not None and new.rank > new.of):
        raise BadValue("⟦.rank⟧", new.rank, f"不在 1 到 {new.of or '……'} 之间", "请核对名次")
    key, name = _indicator(new.indicator)
    data = {"indicator": name, "rate": key, "rank": new.rank, "of": new.of, "value": new.value, "source": new.source}
    return Event("standing", new.on, {field: value for field, value in data.items() if value is not None})


def _standing(event: Event) -> Standing:
    data = event.data
    return Standing(
        data["indicator"],
        data.get("rate"),
        data["rank"],
        data.get("of"),
        event.on,
        data.get("value"),
        data.get("source"),
    )


def standings(
    session: Session, *, indicator: str | None = None, as_of: date | None = None, latest: bool = False
) -> StandingList:
    """The ranks a superior published, earliest first; `latest`: the last one of each indicator up to a day."""
    wanted = None if indicator is None else _indicator(indicator)[1]
    known: dict[tuple[str, date], Standing] = {}
    with session.reading() as book:
        for event in book.backlog.office_events("standing"):
            if (as_of is None or event.on <= as_of) and wanted in (None, event.data["indicator"]):
                known[event.data["indicator"], event.on] = _standing(event)
    found = sorted(known.values(), key=lambda standing: standing.on)
    if latest:
        found = list({standing.indicator: standing for standing in found}.values())
    return StandingList(tuple(found))


_COLUMNS = {
    "指标": "indicator",
    "名次": "rank",
    "共几个": "of",
    "参评数": "of",
    "日期": "on",
    "数值": "value",
    "来源": "source",
}


def standings_from_file(session: Session, path: Path) -> StandingsAdded:
    """Record the ranks of a list. All of it or nothing."""
    from xinfang_cli.intake.small_lists import read_list

    rows = read_list(path, _COLUMNS, frozenset({"on"}))
    with session.writing("standing") as (book, pen):
        session.watch_whole(book, "standing", office=True)
        for row in rows:
            pen.append(None, _standing_event(session, _of_row(row)))
    return StandingsAdded(len(rows))


def _of_row(row: dict[str, Any]) -> NewStanding:
    where = f"第 {row['row']} 行的"
    for field, label in (("indicator", "指标"), ("rank", "名次"), ("on", "日期")):
        if field not in row:
            raise BadValue(f"{where}{label}", None, "是空的", "指标、名次、日期都要写")
    for field, label in (("rank", "名次"), ("of", "共几个")):
        if field in row and not (row[field].isascii() and row[field].isdigit()):
            raise BadValue(f"{where}{label}", row[field], "不是整数", "请填 1 以上的整数")
    of = int(row["of"]) if "of" in row else None
    return NewStanding(row["indicator"], int(row["rank"]), of, row["on"], row.get("value"), row.get("source"))
