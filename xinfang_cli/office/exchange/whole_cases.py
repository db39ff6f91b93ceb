"""A case with nothing left out, as one row of a sheet: the ledger's columns for people, and beside them all its events
as one text (完整经过), so that an import makes the same case and the same clocks of it.

Left out are who recorded an event and when, and what was taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from json import dumps, loads
from typing import Any, NamedTuple

from xinfang_cli.book import chain
from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue, Refused
from xinfang_cli.intake.cleaning import cell_text, clean_name
from xinfang_cli.intake.headings import COLUMNS, HISTORY_HEADINGS, Layout
from xinfang_cli.intake.rows import INTAKE, LedgerRow
from xinfang_cli.law import terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.decide import check
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.base import Asked, Notice
from xinfang_cli.law.events.registry import DAY_FIELDS, EVENTS, TIMELESS, UNIT_FIELDS
from xinfang_cli.law.fold import evolve, fold, in_force, settle
from xinfang_cli.law.inforce import Code
from xinfang_cli.office.exchange.importing.plan import Plan, RowRefused, intake_data
from xinfang_cli.records import ExportTable, ListFilter

LEDGER_FIELDS = tuple(column.field for column in COLUMNS if column.field != "history")
PIECE = 32_000
"""Characters of one cell of the history; 32 767 fit."""

# Said when the case was registered and in no column of the ledger.
_MORE_INTAKE = (
    *("source", "level", "priority", "representatives", "complained_unit", "guard_unit", "report_by", "sheet_no"),
    "deceased_on",
    "extras",
)
# What the law let stand though it would refuse it today (workflow._fit); two units that have become one since; what was
# done before an edit or a link made the case what its registration says now, or before a rule was what it is now.
_STANDS = frozenset({"late", "same_unit", "pathway", "accused", "source", "limit"})
_SENT = frozenset({"remind", "supervise"})
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
    """The cases chosen, in the order of their numbers. What other columns an earlier import kept goes along only where
    personal data may be seen: nobody knows what is in them."""
    names = book.units.names_by_id()
    numbers = book.cases.numbers()
    for case_id, case_no, sheet_no in book.exports.chosen_ids(chosen):
        events = book.events.of(case_id)
        case = fold(events, book.code)
        if case is None:
            continue
        standing = in_force(events)
        values = ledger_values(case, standing, names.__getitem__)
        values["case_no"] = case_no
        original = numbers.get(case.repeat_of) if case.repeat_of is not None else case.repeat_of_no
        if original is not None:
            values["repeat_of"] = original
        seen = reveal and (accusation or case.kind != "accusation")
        said = {key: getattr(case, key) for key in _MORE_INTAKE if key not in ("extras", "sheet_no")}
        said |= {"sheet_no": sheet_no, "extras": standing[0].data.get("extras") if seen else None}
        yield Whole(values, _history(case_no, said, standing[1:], names, numbers))


def ledger_values(case: Case, standing: Sequence[Event], unit_name: Callable[[int], str]) -> dict[str, Any]:
    """What the ledger's columns say of a case: field → value, the filled ones only. The present assignment, the closing
    in force, the latest review, the first batch."""
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
            "用筛选条件把这一件除外，或改用 xinfang backup",
            code="long",
        )
    return pieces


def _unbroken(text: str) -> str:
    """JSON without a blank or an unprintable sign, so that no program that carries the cell on can change it."""
    if text.isprintable() and " " not in text:
        return text
    return "".join(
        sign if sign.isprintable() and not sign.isspace() else dumps(sign)[1:-1] if ord(sign) != 0x20 else "\\u0020"
        for sign in text
    )


class House(NamedTuple):
    """What the clocks and the ranks of a book stand on, beside its cases."""

    units: list[dict[str, Any]]
    settings: list[tuple[str, Any, str]]
    topics: list[str]
    regions: list[str]


def house(book: Book) -> House:
    """The units, settings and lists of a book, and the working days that it did not have from the first day."""
    rows: list[tuple[str, Any, str]] = [
        (key, value, citation) for key, (value, citation) in book.settings.current().items()
    ]
    for _, _, _, body in book.settings.office_events("workdays")[1:]:
        said = loads(body)
        rows.append(("workdays", {"years": said["years"], "days": said["days"]}, said.get("source", "")))
    for name, batch in book.backlog.batches().items():  # whether the superior must recognise moves a rate
        known = {key: value for key, value in batch._asdict().items() if key != "name" and value not in (None, False)}
        rows.append(("batch", {"batch": name} | {k: str(v) if k in DAY_FIELDS else v for k, v in known.items()}, ""))
    rows += [(kind, value, "") for kind, value in _house_events(book)]
    return House(
        [
            {"name": u.name, "short": u.short, "code": u.code, "group": u.group, "order": u.order, "aliases": u.aliases}
            for u in book.units.all()
        ],
        rows,
        book.units.topics(),
        book.units.regions(),
    )


def _house_events(book: Book) -> Iterable[tuple[str, dict[str, Any]]]:
    """Who was on duty and sat without a visitor, what was advised, where superiors ranked us: as it stands, with the
    numbers of cases. A roster by months: all of it may be more than a cell holds."""
    numbers = book.cases.numbers()
    months: dict[str, dict[str, list[str]]] = {}
    for day, leaders in book.backlog.roster().items():
        months.setdefault(f"{day:%Y-%m}-01", {})[day.isoformat()] = list(leaders)
    for first, days in months.items():
        yield "reception", {"on": first, "doing": "roster", "days": days}
    for sat in book.backlog.attendances():
        value = {"on": sat.on.isoformat(), "doing": "attend", "form": sat.form, "leaders": list(sat.leaders)}
        yield "reception", value | ({"invited": [numbers[id] for id in sat.invited]} if sat.invited else {})
    for kind in ("advise", "standing"):
        for event in book.backlog.office_events(kind):
            value = {key: str(v) if key in DAY_FIELDS else v for key, v in event.data.items() if v is not None}
            if "cases" in event.data:
                value["cases"] = [numbers[id] for id in event.data["cases"]]
            yield kind, {"on": event.on.isoformat(), **value}


def moved_by_present_law(book: Book, chosen: ListFilter) -> int:
    """How many of the cases chosen have a clock that keeps an older rule or calendar, which an import cannot know."""
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


_EVENTS = ("reception", "advise", "standing")
_UNITS, _SETTINGS, _LISTS = "单位名册", "本局设置", "分类属地"
HOUSE_SHEETS = (_UNITS, _SETTINGS, _LISTS)
_UNIT_COLUMNS = (
    *(("name", "名称"), ("short", "简称"), ("code", "代码"), ("group", "分组"), ("order", "序号")),
    ("aliases", "别名"),
)
_SETTING_COLUMNS = (("key", "设置项"), ("value", "值"), ("citation", "依据"))
_LIST_COLUMNS = (("list", "名单"), ("name", "名称"))
_LISTED = {"topics": "内容分类", "regions": "问题属地"}


def house_tables(found: House) -> list[ExportTable]:
    """The house as sheets of their own."""
    names = [(label, getattr(found, key)) for key, label in _LISTED.items()]
    return [
        ExportTable(_UNITS, [{**unit, "aliases": "、".join(unit["aliases"])} for unit in found.units], _UNIT_COLUMNS),
        ExportTable(
            _SETTINGS,
            [
                {"key": key, "value": dumps(value, ensure_ascii=False, separators=(",", ":")), "citation": citation}
                for key, value, citation in found.settings
            ],
            _SETTING_COLUMNS,
        ),
        ExportTable(
            _LISTS, [{"list": label, "name": name} for label, listed in names for name in listed], _LIST_COLUMNS
        ),
    ]


def house_of(pages: Mapping[str, Sequence[Sequence[object]]]) -> House | None:
    """The house as `house_tables` wrote it; None when the sheets of those names are somebody else's."""
    try:
        rows = {name: [[cell_text(cell) for cell in row] for row in pages[name]] for name in HOUSE_SHEETS}
        columns = dict(zip(HOUSE_SHEETS, (_UNIT_COLUMNS, _SETTING_COLUMNS, _LIST_COLUMNS), strict=True))
        for name, listed in rows.items():
            if listed[0][: len(columns[name])] != [heading for _, heading in columns[name]]:
                return None
        return House(
            [
                {
                    "name": name,
                    "short": short or None,
                    "code": code or None,
                    "group": terms.GROUP.parse(group),
                    "order": int(order),
                    "aliases": tuple(word for word in aliases.split("、") if word),
                }
                for name, short, code, group, order, aliases in rows[_UNITS][1:]
            ],
            [(key, loads(value), citation) for key, value, citation in rows[_SETTINGS][1:]],
            [name for label, name in rows[_LISTS][1:] if label == _LISTED["topics"]],
            [name for label, name in rows[_LISTS][1:] if label == _LISTED["regions"]],
        )
    except (KeyError, ValueError, IndexError, BadValue):
        return None


# ---- into a book ------------------------------------------------------------------------------------------------


def read_house(book: Book, pen: chain.Pen, found: House, today: date) -> None:
    """Give an empty book the units, lists and settings that came with the cases."""
    from xinfang_cli.office.keeping.settings import registry

    known = {unit.name for unit in book.units.all()}
    for unit in found.units:
        if unit["name"] not in known:
            book.units.add(pen, today, **unit)
    for topic in found.topics:
        if book.units.find_topic(topic) is None:
            book.units.add_topic(pen, topic, today)
    there = set(book.units.regions())
    for region in found.regions:
        if region not in there:
            book.units.add_region(pen, region, today)
    names = registry()
    for key, value, citation in found.settings:
        if key == "workdays":
            days = {day: (int(work), str(name)) for day, (work, name) in value["days"].items()}
            book.settings.write_workdays(pen, days, [int(year) for year in value["years"]], citation, today)
        elif key == "batch":
            pen.append(None, Event("batch", today, _dated(value)))
        elif key in names:
            book.settings.write(pen, key, value, citation, today)
    pen.flush()
    book.forget_code()


def read_house_events(book: Book, pen: chain.Pen, found: House) -> None:
    """What the house did, once the cases that it names are there; nothing of a kind that the book has some of."""
    there = {kind for kind in _EVENTS if book.backlog.office_events(kind)}
    ids: dict[str, int] = {}
    for id, case_no, sheet_no in book.exports.chosen_ids(ListFilter()):
        ids[case_no] = id
        if sheet_no is not None:  # the number was spent here, and the case came in under another
            ids.setdefault(sheet_no, id)
    for kind, value, _ in found.settings:
        if kind not in _EVENTS or kind in there:
            continue
        try:
            data = _dated(value)
            on = date.fromisoformat(data.pop("on"))
            for field in ("invited", "cases"):
                if field in data:
                    data[field] = [ids[number] for number in data[field] if number in ids]
            if data.get("doing") == "roster":
                data["days"] = {str(date.fromisoformat(day)): list(leaders) for day, leaders in data["days"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BadValue(_SETTINGS, kind, "读不懂，多半改动过", "请用原来导出的文件") from None
        pen.append(None, Event(kind, on, data))


def plan_whole(row: LedgerRow, layout: Layout, unit_id: Callable[[str], int]) -> tuple[Plan, list[tuple[date, str]]]:
    """The events of a row that brings its history; and the cases it is related to, by day and number.

    RowRefused where the text is not as we wrote it.
    """
    plan = Plan(layout)
    try:
        said, *events = loads("".join([row.said["history"], *_more(row)]))
        data = {field: value for field, value in intake_data(row).items() if field != "extras"}
        data |= {key: value for key, value in _dated(said).items() if key in _MORE_INTAKE}
        plan.events.append(Event("register", row.said["received_on"], data, 1))
        related: list[tuple[date, str]] = []
        seqs: dict[int, int] = {}
        for place, (kind, on, detail) in enumerate(events, 1):
            if kind == "register" or kind in TIMELESS or kind not in EVENTS:
                raise ValueError(kind)
            day, detail = date.fromisoformat(on), _dated(detail)
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


def _dated(data: dict[str, Any]) -> dict[str, Any]:
    return {key: date.fromisoformat(value) if key in DAY_FIELDS else value for key, value in data.items()}


def whole_through_law(plan: Plan, code: Code, asked: Asked) -> tuple[Case, list[Notice]]:
    """Ask the law about every event in turn; what it once let stand stands. RowRefused says no."""
    case = Case(code)
    warnings: list[Notice] = []
    for place, event in enumerate(plan.events, 1):
        try:
            warnings += check(case, event, asked._replace(following=plan.events[place:]))
            evolve(case, event)
        except Refused as error:
            if error.code not in _STANDS and event.kind not in _SENT:
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
