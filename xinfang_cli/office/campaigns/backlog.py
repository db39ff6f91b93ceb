"""The backlog (积案): batches handed down, who is in them, who resolves them, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from math import floor
from pathlib import Path
from typing import Any, NamedTuple

from xinfang_cli.book.chain import Pen
from xinfang_cli.book.face import Book
from xinfang_cli.book.sql import backlog
from xinfang_cli.book.sql.counts import AsOf
from xinfang_cli.errors import BadValue, NotFound, Refused, XinfangError
from xinfang_cli.law import backlog as law
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Batch
from xinfang_cli.law.event import Event
from xinfang_cli.law.figures.definitions import percent, positions
from xinfang_cli.office.find import lists
from xinfang_cli.office.find.morning import unit_filter
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting
from xinfang_cli.records import Done, Unit

# ---- batches ----------------------------------------------------------------------------------------------------


def batch_record(batch: Batch, **more: Any) -> dict[str, Any]:
    return {
        "batch": batch.name,
        "source": batch.source,
        "handed_on": batch.handed_on,
        "target_percent": batch.target_percent,
        "target_on": batch.target_on,
        "recognise": batch.recognise,
        **more,
    }


def batch_add(session: Session, name: str, **fields: Any) -> dict[str, Any]:
    """Describe a batch; refused when that name is described already."""
    return _describe(session, name, fields, new=True)


def batch_edit(session: Session, name: str, **fields: Any) -> dict[str, Any]:
    """Set right what is known of a batch, or describe one that cases were joined to before."""
    return _describe(session, name, fields, new=False)


BATCH_COLUMNS = {
    "批次": "name",
    "积案批次": "name",
    "来源": "source",
    "交办日期": "handed_on",
    "交办日": "handed_on",
    "目标": "target_percent",
    "目标日": "target_on",
    "目标日期": "target_on",
    "上级认定": "recognise",
}


def batches_from_file(session: Session, path: Path) -> list[dict[str, Any]]:
    """Describe the batches of a list; one that is described already is set right. All of them or none."""
    from xinfang_cli.intake.cleaning import yes_no
    from xinfang_cli.intake.small_lists import read_list

    made = []
    with session.writing("batch") as (book, pen):
        for row in read_list(path, BATCH_COLUMNS, frozenset({"handed_on", "target_on"})):
            where = f"第 {row.pop('row')} 行的"
            if "name" not in row:
                raise BadValue(f"{where}批次", None, "是空的", "请写批次名")
            if "target_percent" in row:
                row["target_percent"] = target_of(row["target_percent"], f"{where}目标")
            if "recognise" in row:
                row["recognise"] = yes_no(row["recognise"], f"{where}上级认定")
            made.append(_write(book, pen, session, row.pop("name"), row))
    return made


def target_of(text: str, field: str) -> float:
    """A target in percent as somebody wrote it: 95, 95%."""
    try:
        wanted = float(terms.half_width(text).strip().removesuffix("%"))
    except ValueError:
        wanted = -1.0
    if not 0 < wanted <= 100:
        raise BadValue(field, text, "不是合适的百分比", "请填 0 到 100，如 95")
    return wanted


def _describe(session: Session, name: str, fields: dict[str, Any], new: bool) -> dict[str, Any]:
    fields = {key: value for key, value in fields.items() if value is not None}
    with session.writing("batch", begins=new) as (book, pen):
        known = book.backlog.batches()
        if new and name in known:
            raise Refused(f"积案批次「{name}」已经有了", f"修改用 xinfang backlog batch edit {name}", code="exists")
        if not new:
            _known_batch(book, name)
            if not fields:
                raise Refused(f"积案批次「{name}」没有要改的", "看用法：xinfang backlog batch edit --help", code="same")
        return _write(book, pen, session, name, fields)


def _write(book: Book, pen: Pen, session: Session, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    pen.flush()
    batch = book.backlog.batches().get(name, Batch(name))._replace(**fields)
    if batch.handed_on is not None and batch.target_on is not None and batch.target_on <= batch.handed_on:
        raise Refused(
            f"积案批次「{name}」的目标日 {batch.target_on.isoformat()} 不晚于交办日 {batch.handed_on.isoformat()}",
            "请核对两个日期",
            code="order",
        )
    pen.append(None, Event("batch", session.today, {"batch": name, **fields}))
    return batch_record(batch)


def _known_batch(book: Book, name: str) -> None:
    names = book.backlog.batch_names()
    if name not in names:
        have = f"有：{'、'.join(names)}" if names else "还没有批次：xinfang backlog batch add 批次名"
        raise NotFound(f"没有积案批次「{name}」", have)


def batch_list(session: Session) -> list[dict[str, Any]]:
    """Every batch with how many cases it has and how many of them are resolved today."""
    with session.reading() as book:
        known = book.backlog.batches()
        listed = backlog.entries(AsOf(book, session.today), session.today, None)
        rows = []
        for name in book.backlog.batch_names():
            batch = known.get(name, Batch(name))
            mine = [entry for entry in listed if entry.batch == name and not entry.excluded]
            counted = sum(state_of(entry, batch) == "resolved" for entry in mine)
            rows.append(batch_record(batch, total=len(mine), resolved=counted, percent=percent(counted, len(mine))))
        return rows


# ---- joining ----------------------------------------------------------------------------------------------------


class Joining(NamedTuple):
    """One case that is to join a batch, and what a list says of it."""

    number: str
    unit: str | None = None
    guard_unit: str | None = None
    lead: str | None = None
    joined_on: date | None = None
    resolved_on: date | None = None
    how: str | None = None
    row: int | None = None


class Joined(NamedTuple):
    """What became of a join: the cases, and those that were in the batch already."""

    done: Done
    already: list[str]


JOIN_COLUMNS = {
    "登记编号": "number",
    "信访件编号": "number",
    "编号": "number",
    "外部编号": "number",
    "化解单位": "unit",
    "责任单位": "unit",
    "稳控单位": "guard_unit",
    "包案领导": "lead",
    "列入日期": "joined_on",
    "交办日期": "joined_on",
    "化解日期": "resolved_on",
    "化解方式": "how",
}


def read_joining(path: Path) -> list[Joining]:
    """The cases that a list (xlsx, xls, csv) names for a batch."""
    from xinfang_cli.intake.small_lists import read_list

    rows = read_list(path, JOIN_COLUMNS, frozenset({"joined_on", "resolved_on"}))
    listed = []
    for row in rows:
        if "number" not in row:
            raise BadValue("文件", path.name, f"第 {row['row']} 行没有登记编号", "积案须先在簿中登记：xinfang import")
        if "how" in row:
            how = terms.HOW_RESOLVED.find(row["how"])
            row["how"] = how or terms.HOW_RESOLVED.parse(row["how"], f"第 {row['row']} 行的化解方式")
        listed.append(Joining(**row))
    return listed


def join(
    session: Session,
    batch: str,
    listed: Sequence[Joining],
    on: date,
    *,
    asked: lists.Asked | None = None,
    resolve_unit: str | None = None,
    guard_unit: str | None = None,
    lead: str | None = None,
    new_unit: bool = False,
    keep_going: bool = False,
    confirm: Callable[[int], bool] = lambda count: True,
) -> Joined:
    """Put cases into a batch: those named, those of a list, or those a filter finds.

    A list or a filter passes over the cases that are in the batch already; naming one of them is refused.
    """
    with session.writing("join") as (book, pen):
        passing = asked is not None or any(entry.row is not None for entry in listed)
        if asked is not None:
            narrowed = lists.resolved(book, asked)
            listed = [Joining(row["case_no"]) for row in book.lists.listed(narrowed, session.today)]
            if not listed:
                raise NotFound("没有符合条件的件", "先用 xinfang list 看看条件")
            if not confirm(len(listed)):
                raise Refused("没有列入", "未确认", code="not_confirmed")
        shared = (
            None if resolve_unit is None else acting.unit_named(session, book, pen, resolve_unit, new_unit),
            None if guard_unit is None else acting.unit_named(session, book, pen, guard_unit, new_unit),
        )
        found = _Entering(session, book, pen, batch, on, passing)
        for entry in listed:
            try:
                found.enter(entry, shared, lead, new_unit)
            except XinfangError as error:
                if entry.row is not None:
                    error.message = f"第 {entry.row} 行：{error.message}"
                    error.args = (error.message,)
                if not keep_going:
                    raise
                found.failed.append((entry.number, error))
        pen.flush()
        if batch not in book.backlog.batches():
            found.warnings.append(
                f"积案批次「{batch}」还没有登记来源、目标和目标日：xinfang backlog batch edit {batch}"
            )
        shown = [book.lists.one(case_id, session.today) for case_id in found.changed]
        return Joined(Done(shown, list(dict.fromkeys(found.warnings)), found.failed), found.already)


class _Entering:
    """The cases of one join, one after the other."""

    def __init__(self, session: Session, book: Book, pen: Pen, batch: str, on: date, passing: bool) -> None:
        self.session, self.book, self.pen = session, book, pen
        self.batch, self.on, self.passing = batch, on, passing
        self.changed: dict[int, str] = {}
        self.already: list[str] = []
        self.warnings: list[str] = []
        self.failed: list[tuple[str, Exception]] = []

    def enter(self, entry: Joining, shared: tuple[Unit | None, Unit | None], lead: str | None, new_unit: bool) -> None:
        case_id, case_no = self.book.cases.find(entry.number)
        if case_id in self.changed:
            return
        if self.passing and self.batch in self.book.backlog.batches_of(case_id):
            self.already.append(case_no)
            return
        unit, guard = (
            given if word is None else acting.unit_named(self.session, self.book, self.pen, word, new_unit)
            for given, word in zip(shared, (entry.unit, entry.guard_unit), strict=True)
        )
        on = entry.joined_on or self.on
        said = {"batch": self.batch, "unit": unit and unit.id, "guard": guard and guard.id}
        names = tuple(name for found in (unit, guard) if found is not None for name in found.names())
        self._append(case_id, case_no, "join", on, names, **said)
        if entry.lead or lead:
            self._append(case_id, case_no, "lead", on, lead=entry.lead or lead)
        if entry.resolved_on is not None:
            self._append(case_id, case_no, "resolve", entry.resolved_on, batch=self.batch, how=entry.how)
        self.changed[case_id] = case_no

    def _append(
        self, case_id: int, case_no: str, kind: str, on: date, names: tuple[str, ...] = (), **data: Any
    ) -> None:
        make = acting.simple(kind, on, **data)
        self.warnings += acting.append(self.book, self.pen, self.session, case_id, case_no, make, names)


def edit(
    session: Session,
    numbers: Sequence[str],
    batch: str | None,
    on: date,
    *,
    resolve_unit: str | None,
    guard_unit: str | None,
    lead: str | None,
    new_unit: bool = False,
    keep_going: bool = False,
) -> Done:
    """Name who resolves a case of a batch, who keeps contact (稳控), who leads it."""
    with session.writing("backlog") as (book, pen):
        unit = None if resolve_unit is None else acting.unit_named(session, book, pen, resolve_unit, new_unit)
        guard = None if guard_unit is None else acting.unit_named(session, book, pen, guard_unit, new_unit)
        names = tuple(name for found in (unit, guard) if found is not None for name in found.names())
        warnings: list[str] = []
        failed: list[tuple[str, Exception]] = []
        changed: dict[int, None] = {}
        for number in numbers:
            try:
                case_id, case_no = book.cases.find(number)
                mine = batch or _only_batch(book, case_id, case_no)
                _in_batch(book, case_id, case_no, mine)
                if unit is not None or guard is not None:
                    make = acting.simple("join", on, batch=mine, unit=unit and unit.id, guard=guard and guard.id)
                    warnings += acting.append(book, pen, session, case_id, case_no, make, names)
                if lead is not None:
                    warnings += acting.append(
                        book, pen, session, case_id, case_no, acting.simple("lead", on, lead=lead)
                    )
                changed[case_id] = None
            except XinfangError as error:
                if not keep_going:
                    raise
                failed.append((number, error))
        pen.flush()
        return Done([book.lists.one(case_id, session.today) for case_id in changed], warnings, failed)


def _in_batch(book: Book, case_id: int, case_no: str, batch: str) -> None:
    if batch not in book.backlog.batches_of(case_id):
        raise Refused(f"{case_no} 不在积案批次「{batch}」里", "先列入：xinfang backlog join", code="batch")


def _only_batch(book: Book, case_id: int, case_no: str) -> str:
    names = book.backlog.batches_of(case_id)
    if len(names) != 1:
        raise Refused(f"{case_no} 在 {len(names)} 个积案批次里", "请加 --batch 批次名", code="batch")
    return str(names[0])


def recognise(
    session: Session, numbers: Sequence[str], batch: str | None, on: date, returned: bool, keep_going: bool = False
) -> Done:
    """The superior recognises a resolution (上级认定), or returns it (退回)."""
    done = acting.backlog_entry(session, numbers, "recognise", batch, on, keep_going, returned=returned or None)
    if returned:
        return done
    with session.reading() as book:
        known = book.backlog.batches()
        not_asked = [name for name in book.backlog.batch_names() if not known.get(name, Batch(name)).recognise]
        if batch is None or batch in not_asked:
            said = [
                f"{case['case_no']}：所在批次不要求上级认定，认定照记，不影响化解率"
                for case in done.cases
                if not set(book.backlog.batches_of(book.cases.find(case["case_no"])[0])) - {*not_asked}
            ]
            return done._replace(warnings=[*done.warnings, *said])
    return done


# ---- lists and status -------------------------------------------------------------------------------------------


def state_of(entry: backlog.Entry, batch: Batch) -> str:
    """open, waiting (for the superior, where the batch asks), resolved, relapsed: a case is in exactly one."""
    if entry.resolved_on is None:
        return "open"
    if entry.relapsed_on is not None:
        return "relapsed"
    return "waiting" if batch.recognise and entry.recognised_on is None else "resolved"


def placed(session: Session, done: Done) -> Done:
    """Beside each case, the batches it is in and how it stands there today: `batches` of {batch, state}."""
    mine: dict[str, list[dict[str, Any]]] = {case["case_no"]: [] for case in done.cases}
    for row in entries(session, None, numbers=list(mine)):
        mine[row["case_no"]].append({"batch": row["batch"], "state": row["state"]})
    for case in done.cases:
        case["batches"] = mine[case["case_no"]]
    return done


def _choose(book: Book, name: str | None) -> Batch:
    """The batch asked for; without a name, the only one there is."""
    if name is None:
        names = book.backlog.batch_names()
        if len(names) != 1:
            raise Refused(
                f"有 {len(names)} 个积案批次：{'、'.join(names)}" if names else "还没有积案批次",
                "请加 --batch 批次名" if names else "先列入：xinfang backlog join 编号 --batch 批次名",
                code="batch",
            )
        name = names[0]
    _known_batch(book, name)
    return book.backlog.batches().get(name, Batch(name))


def entries(
    session: Session,
    batch: str | None,
    *,
    states: Iterable[str] = (),
    unit: str | None = None,
    guard_unit: str | None = None,
    lead: str | None = None,
    as_of: date | None = None,
    numbers: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """The cases of a batch, or of all, each with its state as of a day; with `numbers`, those only."""
    day = as_of or session.today
    wanted = set(states)
    with session.reading() as book:
        known = book.backlog.batches()
        if batch is not None:
            _known_batch(book, batch)
        names = {key: value[0] for key, value in book.units.places().items()}
        by_unit, by_guard = unit_filter(book, unit), unit_filter(book, guard_unit)
        rows = []
        for entry in backlog.entries(AsOf(book, day), day, batch, numbers):
            state = state_of(entry, known.get(entry.batch, Batch(entry.batch)))
            if (
                (wanted and state not in wanted)
                or (by_unit is not None and entry.unit_id not in by_unit)
                or (by_guard is not None and entry.guard_unit_id not in by_guard)
                or (lead is not None and entry.lead != lead)
                or (by_unit is not None and entry.kind == "accusation" and entry.complained_unit_id in by_unit)
            ):
                continue
            rows.append(
                {
                    "batch": entry.batch,
                    "case_no": entry.case_no,
                    "title": entry.title,
                    "stage": entry.stage,
                    "unit": names.get(entry.unit_id) if entry.unit_id is not None else None,
                    "guard_unit": names.get(entry.guard_unit_id) if entry.guard_unit_id is not None else None,
                    "lead": entry.lead,
                    "joined_on": entry.joined_on,
                    "resolved_on": entry.resolved_on,
                    "how": entry.how,
                    "recognised_on": entry.recognised_on,
                    "relapsed_on": entry.relapsed_on,
                    "state": state,
                    "excluded": entry.excluded,
                }
            )
        return rows


class _Count:
    """The entries of one row, counted."""

    def __init__(self) -> None:
        self.total = self.resolved = self.waiting = self.relapsed = self.open = self.lately = 0

    def add(self, entry: backlog.Entry, batch: Batch, since: date) -> None:
        self.total += 1
        state = state_of(entry, batch)
        setattr(self, state, getattr(self, state) + 1)
        if state == "resolved" and counts_from(entry, batch) >= since:
            self.lately += 1

    @property
    def percent(self) -> float | None:
        return percent(self.resolved, self.total)


def counts_from(entry: backlog.Entry, batch: Batch) -> date:
    """The day from which a resolved entry counts: the superior's, where the batch asks for it."""
    day = entry.recognised_on if batch.recognise else entry.resolved_on
    assert day is not None
    return day


def status(
    session: Session, batch: str | None = None, *, as_of: date | None = None, since: date | None = None
) -> dict[str, Any]:
    """How far a batch has come as of a day: counts, what the target still needs and at what pace, by unit and by leader
    with two ranks (by count, by rate), who is behind the straight line to the target, the burn-down.

    `since`: the first day of 本期 (the Monday of the week unless given). The unit of an entry is its 化解单位.
    """
    day = as_of or session.today
    first = since or day - timedelta(days=day.weekday())
    with session.reading() as book:
        about = _choose(book, batch)
        listed = backlog.entries(AsOf(book, day), day, about.name)
        places = book.units.places()
        default_target = float(book.code.now.rules.targets["backlog"])
    counted = [entry for entry in listed if not entry.excluded]
    target = default_target if about.target_percent is None else about.target_percent
    began = about.handed_on or min((entry.joined_on for entry in counted), default=day)
    whole = _Count()
    by_unit: dict[int | None, _Count] = {}
    by_lead: dict[str | None, _Count] = {}
    by_group: dict[str, _Count] = {}
    for entry in counted:
        unit = entry.unit_id if entry.unit_id in places else None
        for count in (whole, by_unit.setdefault(unit, _Count()), by_lead.setdefault(entry.lead, _Count())):
            count.add(entry, about, first)
        if unit is not None:
            by_group.setdefault(places[unit][1], _Count()).add(entry, about, first)

    left = None if about.target_on is None else (about.target_on - day).days

    def row(name: str, group: str, count: _Count) -> dict[str, Any]:
        behind = 0
        if about.target_on is not None:
            line = law.expected(count.total, target, began, about.target_on, day)
            behind = max(floor(line) - count.resolved, 0)
        return {
            "name": name,
            "group": group or None,
            "total": count.total,
            "resolved": count.resolved,
            "resolved_since": count.lately,
            "waiting": count.waiting,
            "relapsed": count.relapsed,
            "percent": count.percent,
            "needed": (wanted := law.needed(count.total, count.resolved, target)),
            "per_week": None if left is None else law.per_week(wanted, left),
            "behind": behind,
        }

    known = sorted((unit for unit in by_unit if unit is not None), key=lambda unit: places[unit][2])
    rows = [row(*places[unit][:2], by_unit[unit]) for unit in known]
    leads = [row(name, "", count) for name, count in sorted(by_lead.items(), key=lambda kv: kv[0] or "") if name]
    for group in dict.fromkeys(found["group"] for found in rows):
        _rank([found for found in rows if found["group"] == group])
    _rank(leads)
    groups = list(dict.fromkeys(found["group"] for found in rows))
    rows.sort(key=lambda found: (groups.index(found["group"]), found["rank_rate"]))
    leads.sort(key=lambda found: found["rank_rate"])
    unranked = {"rank_count": None, "rank_rate": None}
    if None in by_unit:
        rows.append(row(terms.NO_UNIT, "", by_unit[None]) | unranked)
    if None in by_lead:
        leads.append(row("未定包案领导", "", by_lead[None]) | unranked)
    still = law.needed(whole.total, whole.resolved, target)
    passed = (day - began).days
    spans = [
        law.Span(counts_from(entry, about), entry.relapsed_on)
        for entry in counted
        if entry.resolved_on is not None and (not about.recognise or entry.recognised_on is not None)
    ]
    whole_row = row(about.name, "", whole)
    return {
        "batch": about.name,
        "source": about.source,
        "as_of": day,
        "since": first,
        "handed_on": about.handed_on,
        "recognise": about.recognise,
        "total": whole.total,
        "resolved": whole.resolved,
        "resolved_since": whole.lately,
        "reported": whole.resolved + whole.waiting + whole.relapsed,
        "recognised": sum(entry.recognised_on is not None for entry in counted),
        "waiting": whole.waiting,
        "relapsed": whole.relapsed,
        "open": whole.open,
        "excluded": len(listed) - len(counted),
        "percent": whole.percent,
        "target_percent": target,
        "target_on": about.target_on,
        "target_count": law.goal(whole.total, target),
        "needed": still,
        "days_left": left,
        "per_week": None if left is None else law.per_week(still, left),
        "pace_per_week": law.per_week(whole.resolved, passed),
        "reached_on": law.reached_on(still, whole.resolved, began, day),
        "behind": whole_row["behind"],
        "rows": rows,
        "groups": [row(group, group, by_group[group]) for group in groups],
        "by_lead": leads,
        "burn_down": [
            {"on": on, "open": number, "line": _line(whole.total, target, began, about.target_on, on)}
            for on, number in law.burn_down(whole.total, spans, began, day)
        ],
    }


def _line(total: int, target: float, began: date, target_on: date | None, on: date) -> int | None:
    """How many may be open on a day if it goes straight to the target; None without a target day."""
    return None if target_on is None else total - floor(law.expected(total, target, began, target_on, on))


def _rank(rows: list[dict[str, Any]]) -> None:
    """Two ranks, by how many and by what share, as printed; equal ones share a rank."""
    count = positions({found["name"]: found["resolved"] for found in rows})
    rate = positions({found["name"]: found["percent"] for found in rows})
    for found in rows:
        found["rank_count"], found["rank_rate"] = count[found["name"]], rate[found["name"]]
