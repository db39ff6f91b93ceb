"""A case with nothing left out, as one row of a sheet: the ledger's columns for people, and beside them all its events
as one text (完整经过), so that an import makes the same case and the same clocks of it.

Left out are who recorded an event and when, and what was taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from json import dumps, loads
from typing import Any

from xinfang_cli.book.face import Book
from xinfang_cli.errors import Refused
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import clean_name
from xinfang_cli.intake.headings import COLUMNS, HISTORY_HEADINGS, Layout
from xinfang_cli.intake.rows import INTAKE, LedgerRow
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.decide import check
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import CheckContext, Notice
from xinfang_cli.law.events.registry import DAY_FIELDS, EVENTS, SENT, TIMELESS, UNIT_FIELDS
from xinfang_cli.law.fold import evolve, fold, in_force, settle
from xinfang_cli.law.inforce import Code
from xinfang_cli.law.redaction import ACCUSATION, data, known_in
from xinfang_cli.office.exchange.row_plan import Plan, RowRefused, intake_data
from xinfang_cli.office.find.redacting import closed

LEDGER_FIELDS = tuple(column.field for column in COLUMNS if column.ours and column.field != "history")
PIECE = 32_000
"""Characters of one cell of the history; 32 767 fit."""

# Said when the case was registered and in no column of the ledger.
_MORE_INTAKE = (
    *(
        "source",
        "level",
        "priority",
        "representatives",
        "complained_unit",
        "crossing",
        "complained_person",
        "complained",
        "guard_unit",
        "report_by",
        "sheet_no",
    ),
    "deceased_on",
    "extras",
)
# What the law let stand though it would refuse it today (workflow._fit); two units that have become one since; what was
# done before an edit or a link made the case what its registration says now, or before a rule was what it is now.
_STANDS = frozenset({"late", "same_unit", "pathway", "accused", "unanswered", "unknown_accused", "source", "limit"})
_WORDS = {
    "outcome": terms.OUTCOME,
    "pathway": terms.PATHWAY,
    "mode": terms.MODE,
    "result": terms.RESULT,
    "unit_rating": terms.RATING,
    "bureau_rating": terms.RATING,
    "clock": terms.CLOCK,
    "step": terms.STEP,
}


class Whole(NamedTuple):
    """One case: field of the ledger → value as the law knows it; the history in pieces that fit into cells."""

    values: dict[str, Any]
    history: tuple[str, ...]


# ---- out of the book --------------------------------------------------------------------------------------------


def whole_cases(book: Book, chosen: ListFilter, *, reveal: bool, accusation: bool) -> Iterable[Whole]:
    """The cases chosen, in the order of their numbers. Unless personal data may be seen, every text goes through the gate,
    and an accusation has none; other columns of an earlier import stay behind: nobody knows what is in them."""
    names = book.units.names_by_id()
    numbers = book.cases.numbers()
    untold = set() if reveal and accusation else book.cases.accusations()
    for case_id, case_no, sheet_no in book.exports.chosen_ids(chosen):
        events = book.events.of(case_id)
        case = fold(events, book.code)
        if case is None:
            continue
        standing = in_force(events)
        values = ledger_values(case, standing, names.__getitem__)
        values["case_no"] = case_no
        original = numbers.get(case.repeat_of) if case.repeat_of is not None else case.repeat_of_no
        if original is not None and case.repeat_of not in untold:
            values["repeat_of"] = original
        seen = reveal and (accusation or case.kind != "accusation")
        said = {key: getattr(case, key) for key in _MORE_INTAKE if key not in ("extras", "sheet_no")}
        said |= {"sheet_no": sheet_no, "extras": standing[0].data.get("extras") if seen else None}
        later = [event for event in standing[1:] if event.data.get(_LINKS.get(event.kind, "")) not in untold]
        if not seen and case.kind == "accusation":
            values, said = closed(values), closed(said)
            later = [_closed(event) for event in later if event.kind not in _CLOSED_WHOLE]
            values["title"] = ACCUSATION
            # nor whom it complains of: where it is read, nothing new goes to a unit
            said["complained"] = "unknown" if case.complained == "unknown" else "unstated"
        elif not seen:
            known = known_in(event.data for event in events)
            values, said = data(values, known, "screen"), data(said, known, "screen")
            later = [Event(event.kind, event.on, data(event.data, known, "screen"), event.seq) for event in later]
        yield Whole(values, _history(case_no, said, later, names, numbers))


_LINKS = {"link": "repeat_of", "relate": "to"}
_CLOSED_WHOLE = ("lead", "tag", *_LINKS)
"""What of an accusation is closed whole."""
_INSTEAD: Mapping[str, Mapping[str, Any]] = {
    "receive": {"leaders": [terms.UNSTATED], "people": 1},
    "order": {"leader": terms.UNSTATED},
}


def _closed(event: Event) -> Event:
    """An event of an accusation as it may leave, so that another book can take it."""
    said = {**closed(event.data, event.kind), **_INSTEAD.get(event.kind, {})}
    return Event(event.kind, event.on, said, event.seq)


def ledger_values(case: Case, standing: Sequence[Event], unit_name: Callable[[int], str]) -> dict[str, Any]:
    """A case as the ledger's columns: field → value, filled ones only. The present assignment, the standing closing,
    the latest review, the first batch.
    """
    last = {event.kind: event for event in standing}
    said: dict[str, Any] = {field: getattr(case, field) for field in INTAKE}
    said["received_on"] = case.received_on
    said["repeat_mark"] = "repeat" if case.repeat else "first"
    said["headcount"] = case.headcount
    said["mode"] = _handling(case, last)
    if case.unit is not None:
        said["unit"] = unit_name(case.unit)
        said["assigned_on"] = case.assigned_on
        said["feedback_by"] = last["assign"].data.get("feedback_by") if "assign" in last else None
        said["signed_on"], said["told_on"] = case.signed_on, case.told_on
        said["accepted_on"] = case.accepted_on
        said["extended_days"] = case.extended_days or None
    if case.stage != "reported":
        said["closed_on"], said["outcome"] = case.closed_on, case.outcome
        said["delivered_on"] = case.delivered_on
    said["unit_rating"], said["bureau_rating"] = case.unit_rating, case.bureau_rating
    said["rated_on"] = case.unit_rated_on or case.bureau_rated_on
    if "review" in last:
        said["review_on"] = last["review"].on
        result = last.get("review_result")
        if result is not None and result.seq > last["review"].seq:
            said["review_result"], said["review_delivered_on"] = result.data["result"], result.on
    said["lead"] = case.lead
    for batch, entry in case.batches.items():
        said["batch"], said["resolved_on"] = batch, entry.resolved_on
        break
    return {field: value for field, value in said.items() if value not in (None, "")}


def _handling(case: Case, last: Mapping[str, Event]) -> str | None:
    if case.stage == "filed":
        return "file"
    if case.stage == "refused":
        return "refuse_again" if terms.refused_as(last["refuse"].data) == "不再受理" else "refuse"
    if case.unit is None:
        return "direct" if case.closed_on is not None else None
    return case.mode


def _history(
    case_no: str, said: dict[str, Any], events: Iterable[Event], names: dict[int, str], numbers: dict[int, str]
) -> tuple[str, ...]:
    listed: list[Any] = [{key: value for key, value in said.items() if value not in (None, "", "normal", "own")}]
    places: dict[int, int] = {}
    for event in events:
        places[event.seq] = len(listed)
        data = {key: value for key, value in event.data.items() if value is not None and key != "before"}
        for field in UNIT_FIELDS.get(event.kind, ()):
            if field in data:
                data[field] = names[data[field]]
        if event.kind == "relate":
            data["to"] = numbers[data["to"]]
        elif event.kind == "follow":  # its order by the place in this list: the numbers of the events are made anew
            data["order"] = places[data["order"]]
        listed.append([event.kind, event.on, data])
    text = _unbroken(dumps(listed, ensure_ascii=False, separators=(",", ":"), default=date.isoformat))
    pieces = tuple(text[at : at + PIECE] for at in range(0, len(text), PIECE))
    if len(pieces) > len(HISTORY_HEADINGS):
        raise Refused(
            f"{case_no} 的经过有 {len(text)} 字，一行放不下",
            "用筛选条件把这一件除外，或改用 ⟦backup⟧",
            code="long",
        )
    return pieces


def _unbroken(text: str) -> str:
    """JSON without blanks or unprintable characters, so that no program alters it in a cell."""
    if text.isprintable() and " " not in text:
        return text
    return "".join(
        sign if sign.isprintable() and not sign.isspace() else dumps(sign)[1:-1] if ord(sign) != 0x20 else "\\u0020"
        for sign in text
    )


def moved_by_present_law(book: Book, chosen: ListFilter) -> int:
    """The number of chosen cases with a clock under older rules or calendar, which an import cannot reproduce."""
    if len(book.code.versions) < 2:
        return 0
    now = Code([book.code.now])
    moved = 0
    for case_id, _, _ in book.exports.chosen_ids(chosen):
        events = book.events.of(case_id)
        kept, made = fold(events, book.code), fold(events, now)
        if kept is not None and made is not None and _days(kept) != _days(made):
            moved += 1
    return moved


def _days(case: Case) -> list[tuple[Any, ...]]:
    return [(clock.kind, clock.start, clock.due, clock.stop, clock.void) for clock in case.clocks]


# ---- into a book ------------------------------------------------------------------------------------------------


def plan_whole(row: LedgerRow, layout: Layout, unit_id: Callable[[str], int]) -> tuple[Plan, list[tuple[date, str]]]:
    """The events of a row that brings its history; and the cases it is related to, by day and number.

    RowRefused where the text is not as we wrote it.
    """
    plan = Plan(layout)
    try:
        said, *events = loads("".join([row.said["history"], *_more(row)]))
        data = {field: value for field, value in intake_data(row).items() if field != "extras"}
        data |= {key: value for key, value in dated(said).items() if key in _MORE_INTAKE}
        plan.events.append(Event("register", row.said["received_on"], data, 1))
        related: list[tuple[date, str]] = []
        seqs: dict[int, int] = {}
        for place, (kind, on, detail) in enumerate(events, 1):
            if kind == "register" or kind in TIMELESS or kind not in EVENTS:
                raise ValueError(kind)
            day, detail = date.fromisoformat(on), dated(detail)
            for field, vocabulary in _WORDS.items():
                if field in detail and detail[field] not in vocabulary:
                    raise ValueError(field)
            if kind == "relate":
                related.append((day, str(detail["to"])))
                continue
            for field in UNIT_FIELDS.get(kind, ()):
                if field in detail:
                    detail[field] = unit_id(detail[field])
            if kind == "follow":
                detail["order"] = seqs[detail["order"]]
            seqs[place] = len(plan.events) + 1
            plan.events.append(Event(kind, day, detail, len(plan.events) + 1))
    except RowRefused:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise RowRefused(
            "history", "完整经过读不懂，多半改动过。请用原来导出的文件；要按各列导入，把这一格清空"
        ) from None
    return plan, related


def _more(row: LedgerRow) -> list[str]:
    return [row.extras[heading] for heading in HISTORY_HEADINGS[1:] if heading in row.extras]


def dated(data: dict[str, Any]) -> dict[str, Any]:
    """The data of an event from JSON: its days are days."""
    return {key: date.fromisoformat(value) if key in DAY_FIELDS else value for key, value in data.items()}


def whole_through_law(plan: Plan, code: Code, asked: CheckContext) -> tuple[Case, list[Notice]]:
    """Ask the law about every event in turn; what it once let stand stands. RowRefused says no."""
    case = Case(code)
    warnings: list[Notice] = []
    for place, event in enumerate(plan.events, 1):
        try:
            warnings += check(case, event, asked._replace(following=plan.events[place:]))
            evolve(case, event)
        except Refused as error:
            if error.code not in _STANDS and event.kind not in SENT:
                raise RowRefused("history", f"完整经过里 {event.on.isoformat()} 的一条：{error.line()}") from None
            evolve(case, event)
        except (KeyError, TypeError, AttributeError, ValueError):
            raise RowRefused("history", "完整经过读不懂，多半改动过。请用原来导出的文件") from None
    settle(case)
    return case, warnings


_HELD_AGAINST = tuple(
    field for field in LEDGER_FIELDS if field not in (*INTAKE, "case_no", "received_on", "repeat_mark", "repeat_of")
)


def hold_against(row: LedgerRow, plan: Plan, case: Case, unit_name: Callable[[int], str]) -> None:
    """RowRefused when a column was changed after the history beside it was written: one of the two is not true."""
    expected = ledger_values(case, plan.events, unit_name)
    for field in _HELD_AGAINST:
        value = expected.get(field)
        if isinstance(value, str):
            value = clean_name(value)
        if row.said.get(field) != value:
            raise RowRefused(
                field, "与完整经过不符，导出后改动过。要以各列为准，把这一行的完整经过清空；否则把这一格改回去"
            )
