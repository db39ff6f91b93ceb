"""The office's own sheets in an export of everything: the basis of clocks and ranks beside the cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from json import dumps, loads
from typing import Any

from xinfang_cli.book import chain
from xinfang_cli.book.face import Book
from xinfang_cli.errors import BadValue
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import cell_text
from xinfang_cli.law import terms
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import DAY_FIELDS
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.exchange.export_table import ExportTable
from xinfang_cli.office.exchange.whole_cases import dated


class Office(NamedTuple):
    """The office's own data behind clocks and ranks, beside its cases."""

    units: list[dict[str, Any]]
    settings: list[tuple[str, Any, str]]
    topics: list[str]
    regions: list[str]


def office_of_book(book: Book) -> Office:
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
    rows += [(kind, value, "") for kind, value in _office_events(book)]
    listed = book.units.all()
    names = {unit.id: unit.name for unit in listed}
    return Office(
        [
            {"name": u.name, "short": u.short, "code": u.code, "group": u.group, "order": u.order, "aliases": u.aliases}
            | {"parent": None if u.parent is None else names.get(u.parent), "leaders": u.leaders, "role": u.role}
            for u in listed
        ],
        rows,
        book.units.topics(),
        book.units.regions(),
    )


def _office_events(book: Book) -> Iterable[tuple[str, dict[str, Any]]]:
    """Rosters, attendance, suggestions and superiors' rankings, with case numbers. A roster is split by months, each
    with its arrangement day: as one cell it could be too long.
    """
    numbers = book.cases.numbers()
    months: dict[tuple[date, str], dict[str, list[str]]] = {}
    for day, (leaders, on) in book.backlog.rostered().items():
        months.setdefault((on, f"{day:%Y-%m}"), {})[day.isoformat()] = list(leaders)
    for (on, _), days in sorted(months.items()):
        yield "reception", {"on": on.isoformat(), "doing": "roster", "days": days}
    for sat in book.backlog.attendances():
        value = {"on": sat.on.isoformat(), "doing": "attend", "form": sat.form, "leaders": list(sat.leaders)}
        yield "reception", value | ({"invited": [numbers[id] for id in sat.invited]} if sat.invited else {})
    for kind in ("advise", "standing"):
        for event in book.backlog.office_events(kind):
            value = {key: str(v) if key in DAY_FIELDS else v for key, v in event.data.items() if v is not None}
            if "cases" in event.data:
                value["cases"] = [numbers[id] for id in event.data["cases"]]
            yield kind, {"on": event.on.isoformat(), **value}


_EVENTS = ("reception", "advise", "standing")
_UNITS, _SETTINGS, _LISTS = "单位名册", "本局设置", "分类属地"
OFFICE_SHEETS = (_UNITS, _SETTINGS, _LISTS)
_UNIT_COLUMNS = (
    *(
        ("name", LABELS["listed_name"]),
        ("short", LABELS["short"]),
        ("code", LABELS["code"]),
        ("group", LABELS["group"]),
        ("order", LABELS["seq"]),
    ),
    *(("aliases", LABELS["aliases"]), ("parent", LABELS["theirs"]), ("leaders", LABELS["leader"]), ("role", "职能")),
)
_UNIT_BEGINS = 6
"""How many columns an export from before units had a parent has."""
_SETTING_COLUMNS = (("key", LABELS["setting"]), ("value", "值"), ("citation", LABELS["grounds"]))
_LIST_COLUMNS = (("list", "名单"), ("name", LABELS["listed_name"]))
_LISTED = {"topics": LABELS["topic"], "regions": LABELS["region"]}


def office_tables(found: Office) -> list[ExportTable]:
    """The office as sheets of their own."""
    names = [(label, getattr(found, key)) for key, label in _LISTED.items()]
    return [
        ExportTable(_UNITS, [_unit_row(unit) for unit in found.units], _UNIT_COLUMNS),
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


def _unit_row(unit: Mapping[str, Any]) -> dict[str, Any]:
    words = {"aliases": "、".join(unit["aliases"]), "leaders": "、".join(unit["leaders"])}
    return {**unit, **words, "role": terms.UNIT_ROLE.label(unit["role"])}


def _unit_of(cells: Sequence[str]) -> dict[str, Any]:
    """A unit as a row of the sheet says it; the last columns are not there in an older export."""
    name, short, code, group, order, aliases, parent, leaders, role = [*cells, "", "", ""][:9]
    return {
        "name": name,
        "short": short or None,
        "code": code or None,
        "group": terms.GROUP.parse(group),
        "order": int(order),
        "aliases": tuple(word for word in aliases.split("、") if word),
        "parent": parent or None,
        "leaders": tuple(word for word in leaders.split("、") if word),
        "role": terms.UNIT_ROLE.parse(role) if role else "ordinary",
    }


def office_of(pages: Mapping[str, Sequence[Sequence[object]]]) -> Office | None:
    """The office as `office_tables` wrote it; None when the sheets of those names are somebody else's."""
    try:
        rows = {name: [[cell_text(cell) for cell in row] for row in pages[name]] for name in OFFICE_SHEETS}
        columns = dict(zip(OFFICE_SHEETS, (_UNIT_COLUMNS, _SETTING_COLUMNS, _LIST_COLUMNS), strict=True))
        for name, listed in rows.items():
            least = _UNIT_BEGINS if name == _UNITS else len(columns[name])
            headings = [heading for _, heading in columns[name]]
            if len(listed[0]) < least or listed[0][: len(headings)] != headings[: len(listed[0])]:
                return None
        return Office(
            [_unit_of(cells) for cells in rows[_UNITS][1:]],
            [(key, loads(value), citation) for key, value, citation in rows[_SETTINGS][1:]],
            [name for label, name in rows[_LISTS][1:] if label == _LISTED["topics"]],
            [name for label, name in rows[_LISTS][1:] if label == _LISTED["regions"]],
        )
    except (KeyError, ValueError, IndexError, BadValue):
        return None


def _read_units(book: Book, pen: chain.Pen, found: Office, today: date) -> None:
    """The units first, then what binds them: a parent may stand after its children."""
    known = {unit.name for unit in book.units.all()}
    bound = ("parent", "leaders", "role")
    new = [unit for unit in found.units if unit["name"] not in known]
    for unit in new:
        book.units.add(pen, today, **{key: value for key, value in unit.items() if key not in bound})
    ids = {unit.name: unit.id for unit in book.units.all()}
    for unit in new:
        said = {"parent": ids.get(unit["parent"] or ""), "leaders": unit["leaders"], "role": unit["role"]}
        made = book.units.by_id(ids[unit["name"]])
        changes = {key: value for key, value in said.items() if value != getattr(made, key)}
        if changes:
            book.units.edit(pen, today, made, changes)


def read_office(book: Book, pen: chain.Pen, found: Office, today: date) -> None:
    """Give an empty book the units, lists and settings that came with the cases."""
    from xinfang_cli.office.keeping.settings import registry

    _read_units(book, pen, found, today)
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
            pen.append(None, Event("batch", today, dated(value)))
        elif key in names:
            book.settings.write(pen, key, value, citation, today)
    pen.flush()
    book.forget_code()


def read_office_events(book: Book, pen: chain.Pen, found: Office) -> None:
    """Read the office's events after their cases; kinds already present in the book are skipped."""
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
            data = dated(value)
            on = date.fromisoformat(data.pop("on"))
            for field in ("invited", "cases"):
                if field in data:
                    data[field] = [ids[number] for number in data[field] if number in ids]
            if data.get("doing") == "roster":
                data["days"] = {str(date.fromisoformat(day)): list(leaders) for day, leaders in data["days"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BadValue(_SETTINGS, kind, "读不懂，多半改动过", "请用原来导出的文件") from None
        pen.append(None, Event(kind, on, data))
