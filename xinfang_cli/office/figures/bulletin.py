"""The figures of a bulletin, gathered once for all its forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from xinfang_cli.book.as_of import Tables
from xinfang_cli.book.counting import CountedCase, Counting, OpenClock, as_counted
from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import naming, periods, terms
from xinfang_cli.law.backlog import Batch
from xinfang_cli.law.event import Event
from xinfang_cli.law.events.registry import DONE
from xinfang_cli.law.figures.definitions import Figures, GroupRow, WithoutUnit
from xinfang_cli.law.naming import Listed
from xinfang_cli.law.periods import Period
from xinfang_cli.law.redaction import Redacted
from xinfang_cli.law.rules import statutory, with_settings
from xinfang_cli.office.campaigns import advice, reception_status
from xinfang_cli.office.campaigns.advice import Advice, Standing
from xinfang_cli.office.campaigns.batches import counts_from, state_of
from xinfang_cli.office.campaigns.reception_status import ReceptionStatus
from xinfang_cli.office.figures.stats import (
    day_asked,
    figures,
    held_against,
    optional_figures,
    ranking_rules,
    rules_now,
    trend_of,
)
from xinfang_cli.office.find.redacting import titles_for
from xinfang_cli.office.session import Session

_STEPS_BACK = {"week": 12, "month": 12, "quarter": 8, "year": 5}


class TemplateField(NamedTuple):
    """A field of bulletin templates: Chinese name, English name, description."""

    name: str
    field: str
    meaning: str


class TemplateFields(NamedTuple):
    """The fields of one kind of bulletin."""

    kind: str
    fields: tuple[TemplateField, ...]


class TemplateSaved(NamedTuple):
    """The template of a kind of bulletin, saved to be changed."""

    kind: str
    file: Path


class OverdueClock(NamedTuple):
    """A clock that ran out and is open still, as it may be published."""

    case_no: str
    title: Redacted
    unit: str
    clock: str
    due_on: date
    days_over: int
    lead: str | None
    guessed: bool = False  # 约


class ProblemCase(NamedTuple):
    """A case named among a bulletin's problems; with days for a missed clock only."""

    case_no: str
    title: Redacted
    unit: str
    due_on: date | None
    days_over: int | None
    guessed: bool = False  # 约


class BacklogLine(NamedTuple):
    """A unit's backlog: handed down, resolved in the period and so far, the rate, its rank, the leaders responsible."""

    unit: str
    group: str
    rankable: bool
    total: int
    now: int
    so_far: int
    percent: float | None
    rank: int | None
    leads: str


class Bulletin(NamedTuple):
    """Every figure of one bulletin, for the period and for the year so far; what all its forms are made from."""

    period: Period
    so_far: Period
    as_of: date
    made_on: date
    bureau: str
    area: str  # 全区, 全县
    number: str
    now: Figures
    total: Figures
    targets: Mapping[str, float]
    target_sources: Mapping[str, str]
    backlog: tuple[BacklogLine, ...]
    overdue: tuple[OverdueClock, ...]
    hidden_overdue: Mapping[str, int]
    excluded_overdue: int
    problems: Mapping[str, tuple[ProblemCase, ...]]
    hidden_problems: Mapping[str, int]
    no_unit: WithoutUnit
    no_unit_so_far: WithoutUnit
    complained_of: tuple[tuple[str, int], ...] = ()
    doings: Mapping[str, int] = MappingProxyType({})
    reception: ReceptionStatus | None = None  # of the period; None where nobody sat and nobody was to sit
    reception_so_far: ReceptionStatus | None = None
    advices: tuple[Advice, ...] = ()
    standings: tuple[Standing, ...] = ()
    set_later: tuple[str, ...] = ()  # what of how it is made the office set otherwise after the period
    sealed: tuple[str, ...] = ()  # what to say of an earlier publication
    head: tuple[int, str] | None = None  # of the chain that a publication stands on: events, hash of the last
    beside: frozenset[tuple[str, str]] = (
        frozenset()
    )  # (listed for, number) of ordinary cases unnamed beside accusations


def bulletin(session: Session, period: Period, *, as_of: date | None = None, number: str = "") -> Bulletin:
    """Everything the bulletin of a week, month, quarter or year says."""
    with session.reading() as book:
        made = gather(book, period, day_asked(session, as_of), session.today, number)
    return complete(session, made)


def template_of(session: Session, kind: str) -> tuple[str | None, tuple[str, ...]]:
    """The office's own Word template of a kind of bulletin, or None; and the four rates that it ranks."""
    rules = statutory()
    if session.place.exists():
        with session.reading() as book:
            rules = rules_now(book)
    return rules.settings.get(f"template.{kind}") or None, ranking_rules(rules)[0]


def complete(session: Session, made: Bulletin) -> Bulletin:
    """Add what is not counted from cases: the leaders' reception, the suggestions made, the superior's ranks."""
    period, so_far, day = made.period, made.so_far, min(made.period.last, made.as_of)
    now, far = (reception_status.status(session, one.first, one.last, day) for one in (period, so_far))
    if is_held(far):
        made = made._replace(reception=now, reception_so_far=far)
    return made._replace(
        advices=advice.advices(session, period.first, day, as_of=day).advices,
        standings=advice.standings(session, as_of=day, latest=True).standings,
    )


def is_held(so_far: ReceptionStatus) -> bool:
    """Whether leaders' reception is told of: somebody sat in the year, or was to sit."""
    return bool(so_far.days_on_duty or so_far.matters or any(one.leaders for one in so_far.missing))


def gather(book: Book, period: Period, as_of: date, made_on: date, number: str = "") -> Bulletin:
    """The same, from an open book."""
    tables = book.counts.as_of(as_of)
    rules = rules_now(book)
    start = book.counts.complete_from(as_of)
    held, so_far = _held(period, start), _held(periods.so_far(period), start)
    asked = Counting(held.first, held.last, as_of, by=("unit",), more=optional_figures(book))
    asked_so_far = asked._replace(first=so_far.first)

    named_on = min(as_of, period.last)
    now = figures(book, tables, asked, True, held, named_on)
    total = figures(book, tables, asked_so_far, True, so_far, named_on)
    order, then = book.units.places(), book.units.places(named_on)
    for whole in (now, total):  # a bulletin's tables stand in the office's own order
        whole.rows.sort(key=lambda row: order.get(unit_of(row) or 0, ("", "", len(order)))[2])

    done = book.counts.doings(tables, held.first, min(period.last, as_of), DONE)
    returned = {case_id for case_id, event in done if event.kind == "return"}
    targets, sources = _targets(book, tables.ended(held.last), min(as_of, held.last))
    open_clocks = [row for row in book.counts.overdue(tables, as_of) if date.fromisoformat(row.due_on) <= period.last]
    found = _problem_rows(book, tables, asked, returned)
    beside = naming.unnamed(_listed(book, tables, asked, period, (open_clocks, found, done)))
    problems, hidden = _problems(book, found, as_of)
    overdue, hidden_overdue, excluded_overdue = _overdue(book, open_clocks, as_of)
    handed = _backlog(book, tables, asked, total.rows)
    complained = book.counts.complained_of(tables, asked) if period.kind == "year" else []
    no_unit, no_unit_so_far = book.counts.without_unit(tables, asked), book.counts.without_unit(tables, asked_so_far)
    # The tables of other days take the place of these.
    now.against, now.missing = held_against(book, asked, held, named_on=named_on)
    total.against, total.missing = held_against(book, asked_so_far, so_far, ("year_ago",), named_on)
    now.trend, now.before_book = trend_of(book, asked, held, _STEPS_BACK.get(period.kind, 0))
    made = Bulletin(
        period,
        so_far,
        as_of,
        made_on,
        str(rules.settings["bureau"]),
        str(rules.settings["area"]),
        number,
        now,
        total,
        targets,
        sources,
        tuple(handed),
        tuple(overdue),
        hidden_overdue,
        excluded_overdue,
        problems,
        hidden,
        no_unit,
        no_unit_so_far,
        tuple(complained),
        _doings(event for _, event in done),
        set_later=_set_later(book, named_on),
        beside=beside,
    )
    return _named_as_on(made, {name: then[unit][0] for unit, (name, *_) in order.items() if then[unit][0] != name})


def _named_as_on(made: Bulletin, then: Mapping[str, str]) -> Bulletin:
    """The units of its lists by the names they had, as those of its tables have."""
    if not then:
        return made
    problems = {
        what: tuple(case._replace(unit=then.get(case.unit, case.unit)) for case in cases)
        for what, cases in made.problems.items()
    }
    return made._replace(
        overdue=tuple(clock._replace(unit=then.get(clock.unit, clock.unit)) for clock in made.overdue),
        hidden_overdue={then.get(unit, unit): number for unit, number in made.hidden_overdue.items()},
        problems=problems,
        complained_of=tuple((then.get(unit, unit), number) for unit, number in made.complained_of),
    )


def _held(period: Period, start: date | None) -> Period:
    """The part of a period in the book, from its first complete day."""
    return period if start is None or not period.first < start <= period.last else period._replace(first=start)


def _targets(book: Book, ended: Tables, day: date) -> tuple[dict[str, float], dict[str, str]]:
    """The targets as of that day with their source: the document named by the office, the office, or the program's
    default; for the backlog, the goals of batches handed down by then, if equal.
    """
    own = book.settings.current(until=day)
    targets = dict(with_settings(own).targets)
    sources = {
        key: (f"依据{own[name][1]}" if own[name][1] else "本局设置") if (name := f"targets.{key}") in own else "默认值"
        for key in targets
    }
    there = {entry.batch for entry in book.backlog.entries(ended)}
    batches = [
        batch
        for batch in book.backlog.batches(until=day).values()
        if batch.name in there
        and batch.target_percent is not None
        and not (batch.handed_on is not None and batch.handed_on > day)
    ]
    if batches and len({batch.target_percent for batch in batches}) == 1:
        targets["backlog"] = float(batches[0].target_percent or 0)
        named = dict.fromkeys(batch.source for batch in batches if batch.source)
        sources["backlog"] = f"{'、'.join(named)}交办时定" if named else "批次所定"
    return targets, sources


_HOW_IT_IS_MADE = ("four_rates", "small_base", "minimum_denominator", "more_figures")


def _set_later(book: Book, day: date) -> tuple[str, ...]:
    """The settings of how a bulletin is made that were others at the end of its period."""
    now, then = with_settings(book.settings.current()), with_settings(book.settings.current(until=day, dated=""))
    return tuple(key for key in _HOW_IT_IS_MADE if now.settings[key] != then.settings[key])


def _doings(events: Iterable[Event]) -> dict[str, int]:
    """Counts of the bureau's activities: forwarding, orders, supervision, pressing, talks."""
    found: Counter[str] = Counter()
    for event in events:
        what = event.kind
        if what == "assign":
            what = str(event.data.get("mode", "forward"))
        elif what == "step":
            what = str(event.data.get("step", "step"))
        found[what] += 1
    return dict(found)


def _overdue(book: Book, every: Sequence[OpenClock], as_of: date) -> tuple[list[OverdueClock], dict[str, int], int]:
    """The clocks that ran out by the period's end and are open still, by unit in the office's order, as they may be
    published; accusations and those of excluded cases only counted."""
    found = [row for row in every if not row.excluded]
    order = book.units.places()
    hidden = Counter(_unit_of_clock(row) for row in found if row.kind == "accusation")
    shown = [row for row in found if row.kind != "accusation"]
    shown.sort(key=lambda row: order.get(row.unit_id or 0, ("", "", len(order)))[2])
    titles = titles_for(book, (row.case_id for row in shown), "public")
    rows = []
    for row in shown:
        due = date.fromisoformat(row.due_on)
        unit, over = _unit_of_clock(row), (as_of - due).days
        rows.append(
            OverdueClock(row.case_no, titles[row.case_id], unit, row.clock, due, over, row.lead, bool(row.guessed))
        )
    return rows, dict(hidden), len(every) - len(found)


def unit_of(row: GroupRow) -> int | None:
    """The unit that a row of figures by unit stands for."""
    unit = row.key[0]
    return unit if isinstance(unit, int) else None


def _unit_of_clock(row: OpenClock) -> str:
    """The unit of a clock; without one, not forwarded or the bureau's own."""
    return row.unit or (terms.NO_UNIT if row.clock in ("dispatch", "redispatch") else terms.BY_BUREAU)


def _problem_rows(book: Book, tables: Tables, asked: Counting, returned: set[int]) -> dict[str, list[CountedCase]]:
    """Not accepted in time, not closed in time, rated dissatisfied, sent back to be done again."""
    return {
        "acceptance": _missed(book, tables, asked, "acceptance"),
        "completion": _missed(book, tables, asked, "completion"),
        "dissatisfied": book.counts.dissatisfied(tables, asked),
        "returned": book.counts.cases_by_id(tables, asked, returned),
        "without_clock": book.counts.without_clock(tables, asked),
    }


def _missed(book: Book, tables: Tables, asked: Counting, clock: str) -> list[CountedCase]:
    return [row for part in ("late", "overdue") for row in book.counts.behind(tables, asked, clock, part)]


def _problems(
    book: Book, found: Mapping[str, Sequence[CountedCase]], as_of: date
) -> tuple[dict[str, tuple[ProblemCase, ...]], dict[str, int]]:
    """Name those cases as they may be published, and count the accusations."""
    problems: dict[str, tuple[ProblemCase, ...]] = {}
    hidden: dict[str, int] = {}
    for what, rows in found.items():
        hidden[what] = sum(row.kind == "accusation" for row in rows)
        shown = [row for row in rows if row.kind != "accusation"]
        titles = titles_for(book, (row.case_id for row in shown), "public")
        timed = what in _TIMED
        problems[what] = tuple(_problem(row, titles[row.case_id], as_of, timed) for row in shown)
    return problems, hidden


_TIMED = ("acceptance", "completion")


def _listed(
    book: Book,
    tables: Tables,
    asked: Counting,
    period: Period,
    found: tuple[Sequence[OpenClock], Mapping[str, Sequence[CountedCase]], Sequence[tuple[int, Event]]],
) -> Iterator[Listed]:
    """Everything that the lists of a bulletin would name, each with the month for which it is listed. Of a clock that is
    open since before the period all that were missed in its month, as the bulletin of that month had them."""
    open_clocks, problems, done = found
    if period.kind == "week":
        return  # lists no cases
    order = book.units.places()

    def one(what: str, month: str, row: CountedCase | OpenClock) -> Listed:
        place = order.get(row.unit_id or 0, ("", "", len(order)))[2]
        return Listed(what, month[:7], place, str(row.unit_id), row.case_no, row.kind == "accusation")

    running = [row for row in open_clocks if not row.excluded]
    yield from (one(row.clock, row.due_on, row) for row in running)
    since = min([asked.first, *(date.fromisoformat(row.due_on) for row in running if row.clock in _TIMED)]).replace(
        day=1
    )
    before = asked._replace(first=since, last=asked.first - timedelta(days=1))
    for clock in _TIMED:
        missed = [*problems[clock], *(_missed(book, tables, before, clock) if since < asked.first else ())]
        yield from (one(clock, row.due_on or "", row) for row in missed)
    if period.kind == "year":
        return  # lists what is overdue only
    by_id = {row.case_id: row for row in problems["returned"]}
    sent_back = [(case_id, event.on) for case_id, event in done if event.kind == "return" and case_id in by_id]
    yield from (one("returned", on.isoformat(), by_id[case_id]) for case_id, on in sent_back)
    for first, last in periods.months(asked.first, asked.last):
        of_month = asked._replace(first=first, last=last)
        rated = problems["dissatisfied"] if of_month == asked else book.counts.dissatisfied(tables, of_month)
        yield from (one("dissatisfied", first.isoformat(), row) for row in rated)


def _problem(row: CountedCase, title: Redacted, as_of: date, timed: bool) -> ProblemCase:
    due = date.fromisoformat(row.due_on) if timed and row.due_on else None
    end = as_of if row.stop_on is None else date.fromisoformat(row.stop_on)
    over = None if due is None else (end - due).days
    # Rated or sent back without a unit: the bureau answered it itself.
    return ProblemCase(row.case_no, title, row.unit or terms.BY_BUREAU, due, over, bool(row.guessed))


def _backlog(book: Book, tables: Tables, asked: Counting, rows: Sequence[GroupRow]) -> list[BacklogLine]:
    """Backlog by unit: handed down, resolved in the period, resolved in all, rate, rank, responsible leaders."""
    tables, asked = as_counted(tables, asked, "backlog")
    known = book.backlog.batches()
    resolved: Counter[int | None] = Counter()
    leads: dict[int | None, dict[str, None]] = {}
    for entry in book.backlog.entries(tables):
        if entry.excluded:
            continue
        batch = known.get(entry.batch, Batch(entry.batch))
        if batch.handed_on is not None and batch.handed_on > asked.as_of:
            continue
        if state_of(entry, batch) == "resolved" and asked.first <= counts_from(entry, batch) <= asked.last:
            resolved[entry.unit_id] += 1
        if entry.lead and entry.kind != "accusation":
            leads.setdefault(entry.unit_id, {})[entry.lead] = None
    return [
        BacklogLine(
            row.name,
            row.group,
            row.rankable,
            row.rates["backlog"].denominator,
            resolved[unit_of(row)],
            row.rates["backlog"].numerator,
            row.rates["backlog"].percent,
            row.ranks.get("backlog"),
            "、".join(leads.get(unit_of(row), {})),
        )
        for row in rows
        if row.rates["backlog"].denominator
    ]
