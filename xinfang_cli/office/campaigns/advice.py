"""What the bureau asks of others and what others say of it: 三项建议 (art. 40), and a superior's ranks of districts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, NotFound, Refused
from xinfang_cli.law.event import Event
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.office.session import Session

# ---- 三项建议 ---------------------------------------------------------------------------------------------------


def advise(
    session: Session,
    kind: str,
    to: str,
    *,
    text: str | None,
    on: date,
    answer_by: date | None,
    numbers: tuple[str, ...] = (),
    document: str | None = None,
) -> dict[str, Any]:
    """Record a suggestion (改进工作, 完善政策, 追究责任): to whom, on what cases, answered by when."""
    if on > session.today:
        raise Refused(f"建议日期 {on} 晚于今天 {session.today}", "发出之后再登记", code="future")
    if answer_by is not None and answer_by < on:
        raise Refused(f"答复期限 {answer_by} 早于建议日期 {on}", "请核对两个日期", code="order")
    with session.writing("advise") as (book, pen):
        found = tuple(book.cases.find(number)[0] for number in numbers)
        number = book.backlog.advice_given() + 1
        data = {
            "doing": "add",
            "number": number,
            "advice": kind,
            "to": to,
            "answer_by": answer_by,
            "document": document,
            "cases": list(found) or None,
            "text": text,
        }
        pen.append(None, Event("advise", on, data))
        pen.flush()
        return _record(book, session, _advice(book)[number])


def answer(session: Session, number: int, *, adopted: bool, on: date, text: str | None) -> dict[str, Any]:
    """The written answer (art. 40): adopted or not. A second answer replaces the first."""
    if on > session.today:
        raise Refused(f"答复日期 {on} 晚于今天 {session.today}", "收到之后再登记", code="future")
    with session.writing("advise", begins=False) as (book, pen):
        known = _advice(book)
        if number not in known:
            raise NotFound(f"没有第 {number} 号建议", "看有哪些：xinfang advise list")
        if on < known[number]["on"]:
            raise Refused(f"答复日期 {on} 早于建议日期 {known[number]['on']}", "请核对两个日期", code="order")
        pen.append(None, Event("advise", on, {"doing": "answer", "number": number, "adopted": adopted, "text": text}))
        pen.flush()
        return _record(book, session, _advice(book)[number])


def _advice(book: Book) -> dict[int, dict[str, Any]]:
    """number → the suggestion with its latest answer."""
    known: dict[int, dict[str, Any]] = {}
    for event in book.backlog.office_events("advise"):
        data = event.data
        if data["doing"] == "add":
            known[data["number"]] = {**data, "on": event.on, "answered_on": None, "adopted": None, "answer": None}
        else:
            known[data["number"]] |= {
                "answered_on": event.on,
                "adopted": data["adopted"],
                "answer": data.get("text"),
            }
    return known


def _record(book: Book, session: Session, found: dict[str, Any], as_of: date | None = None) -> dict[str, Any]:
    numbers = book.backlog.case_rows(tuple(found.get("cases", ())))
    due, day = found.get("answer_by"), as_of or session.today
    answered = found["answered_on"] is not None and found["answered_on"] <= day
    return {
        "number": found["number"],
        "kind": found["advice"],
        "to": found["to"],
        "on": found["on"],
        "document": found.get("document"),
        "text": found.get("text"),
        "cases": [numbers[case_id][0] for case_id in found.get("cases", ()) if case_id in numbers],
        "answer_by": due,
        "days_left": None if due is None or answered else (due - day).days,
        "answered_on": found["answered_on"] if answered else None,
        "adopted": found["adopted"] if answered else None,
        "answer": found["answer"] if answered else None,
    }


def advices(
    session: Session,
    first: date | None = None,
    last: date | None = None,
    *,
    open_only: bool = False,
    as_of: date | None = None,
) -> list[dict[str, Any]]:
    """The suggestions made in a period (art. 41), as of a day; `open_only`: those not answered."""
    with session.reading() as book:
        rows = [
            _record(book, session, found, as_of)
            for found in _advice(book).values()
            if (first is None or found["on"] >= first) and (last is None or found["on"] <= last)
        ]
    return [row for row in rows if not (open_only and row["answered_on"] is not None)]


# ---- standing among others --------------------------------------------------------------------------------------


def _indicator(word: str) -> tuple[str | None, str]:
    """(rate key, name): one of our figures by key or name, or the superior's own indicator."""
    for key, definition in DEFINITIONS.items():
        if word in (key, definition.label):
            return key, definition.label
    return None, word


def standing_add(
    session: Session,
    indicator: str,
    rank: int,
    of: int | None,
    on: date,
    *,
    value: str | None = None,
    source: str | None = None,
) -> dict[str, Any]:
    """Record where a superior ranked us. The same indicator and day again sets it right."""
    _check_standing(session, rank, of, on)
    with session.writing("standing") as (_, pen):
        key, name = _indicator(indicator)
        data = {"indicator": name, "rate": key, "rank": rank, "of": of, "value": value, "source": source}
        pen.append(None, Event("standing", on, data))
        return _standing(Event("standing", on, {k: v for k, v in data.items() if v is not None}))


def _check_standing(session: Session, rank: int, of: int | None, on: date) -> None:
    if on > session.today:
        raise Refused(f"名次日期 {on} 晚于今天 {session.today}", "公布之后再登记", code="future")
    if rank < 1 or (of is not None and rank > of):
        raise BadValue("--rank", rank, f"不在 1 到 {of or '……'} 之间", "请核对名次")


def _standing(event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "indicator": data["indicator"],
        "key": data.get("rate"),
        "rank": data["rank"],
        "of": data.get("of"),
        "on": event.on,
        "value": data.get("value"),
        "source": data.get("source"),
    }


def standings(
    session: Session, *, indicator: str | None = None, as_of: date | None = None, latest: bool = False
) -> list[dict[str, Any]]:
    """The ranks a superior published, earliest first; `latest`: the last one of each indicator up to a day."""
    wanted = None if indicator is None else _indicator(indicator)[1]
    known: dict[tuple[str, date], dict[str, Any]] = {}
    with session.reading() as book:
        for event in book.backlog.office_events("standing"):
            if (as_of is None or event.on <= as_of) and wanted in (None, event.data["indicator"]):
                known[event.data["indicator"], event.on] = _standing(event)
    rows = sorted(known.values(), key=lambda row: row["on"])
    return list({row["indicator"]: row for row in rows}.values()) if latest else rows


STANDING_COLUMNS = {
    "指标": "indicator",
    "名次": "rank",
    "共几个": "of",
    "参评数": "of",
    "日期": "on",
    "数值": "value",
    "来源": "source",
}


def standings_from_file(session: Session, path: Path) -> int:
    """Record the ranks of a list; how many. All of it or nothing."""
    from xinfang_cli.intake.small_lists import read_list

    rows = read_list(path, STANDING_COLUMNS, frozenset({"on"}))
    with session.writing("standing") as (_, pen):
        for row in rows:
            where = f"第 {row['row']} 行的"
            for field, label in (("indicator", "指标"), ("rank", "名次"), ("on", "日期")):
                if field not in row:
                    raise BadValue(f"{where}{label}", None, "是空的", "指标、名次、日期都要写")
            for field, label in (("rank", "名次"), ("of", "共几个")):
                if field in row and not (row[field].isascii() and row[field].isdigit()):
                    raise BadValue(f"{where}{label}", row[field], "不是整数", "请填 1 以上的整数")
            rank, of = int(row["rank"]), int(row["of"]) if "of" in row else None
            _check_standing(session, rank, of, row["on"])
            key, name = _indicator(row["indicator"])
            data = {"indicator": name, "rate": key, "rank": rank, "of": of}
            pen.append(
                None, Event("standing", row["on"], {**data, "value": row.get("value"), "source": row.get("source")})
            )
    return len(rows)
