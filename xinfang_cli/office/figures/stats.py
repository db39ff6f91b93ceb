"""The figures of a period: what `stats` shows and bulletins print, and the cases behind each number."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from xinfang_cli.book.as_of import Tables
from xinfang_cli.book.counting import NO_VOLUMES, CountedCase, Counting, Rates
from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import closed
from xinfang_cli.errors import BadValue
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import periods, terms
from xinfang_cli.law.conditions import CLOSED
from xinfang_cli.law.figures.definitions import (
    DEFINITIONS,
    VOLUMES,
    WITHOUT_ACCEPTANCE_OF,
    Figures,
    GroupRow,
    Key,
    Rate,
    Scope,
    Value,
    clock_rate,
    rank,
)
from xinfang_cli.law.periods import Period
from xinfang_cli.law.rules import Rules
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted

NO_VALUE = "未填"
Narrowed = Mapping[str, str | None]


class FiguresRequest(NamedTuple):
    """A request for figures: period (both days counted), as-of day (default today), basis, filters as typed (dimension
    → word), grouping.
    """

    first: date
    last: date
    as_of: date | None = None
    basis: str = "due"
    first_only: bool = False
    only: Narrowed = MappingProxyType({})
    by: tuple[str, ...] = ()


class OpenedCase(NamedTuple):
    """A case behind a number as it may be shown; empty but for its part where article 30 hides it, and of an accusation
    without what is closed. `days_over`: of a clock that ran out."""

    case_no: str | None
    title: Redacted
    unit: str | None
    part: str
    kind: str | None
    stage: str | None
    received_on: str | None
    start: str | None
    due_on: str | None
    stop_on: str | None
    days_over: int | None
    closed_on: str | None
    headcount: int | None
    unit_rating: str | None
    bureau_rating: str | None
    lead: str | None
    guessed: bool


class CasesBehind(NamedTuple):
    """The cases behind a number: a figure or a volume, or one part of it."""

    key: str
    part: str | None
    cases: tuple[OpenedCase, ...]


def stats(
    session: Session, request: FiguresRequest, *, ranked: bool = False, compare: bool = False, trend: int = 0
) -> Figures:
    """Every figure of figures.md for the period, as of a day.

    `compare` adds the period before and the year before, `trend` that many periods up to this one; all as of the day.
    """
    with session.reading() as book:
        period = periods.period_of(request.first, request.last)
        asked, words = asked_of(book, session, request)
        asked = asked._replace(more=optional_figures(book))
        result = figures(book, book.counts.as_of(asked.as_of), asked, ranked, period)
        result.only = words
        if compare:
            result.against, result.missing = held_against(book, asked, period)
        result.trend, result.before_book = trend_of(book, asked, period, trend)
    return result


def asked_of(book: Book, session: Session, request: FiguresRequest) -> tuple[Counting, dict[str, str]]:
    """A request as the book counts it, and what it is narrowed to in words."""
    narrowed, words = narrowing(book, request.only)
    day = day_asked(session, request.as_of)
    asked = Counting(request.first, request.last, day, request.basis, request.first_only, request.by, narrowed)
    return asked, words


def day_asked(session: Session, as_of: date | None) -> date:
    """The day that figures are as of: today unless given, and never a day to come."""
    if as_of is not None and as_of > session.today:
        raise BadValue("⟦.as_of⟧", as_of.isoformat(), f"晚于今天（{session.today.isoformat()}）", "截至日写今天或以前")
    return as_of or session.today


def held_against(
    book: Book,
    asked: Counting,
    period: Period,
    names: Sequence[str] = ("previous", "year_ago"),
    named_on: date | None = None,
) -> tuple[dict[str, Figures], dict[str, Period]]:
    """The same figures of the period before and of the year before, each as of the same lag after its end; and the
    periods that the book has no data of."""
    start = book.counts.complete_from(asked.as_of)
    against: dict[str, Figures] = {}
    missing: dict[str, Period] = {}
    for name in names:
        held = {"previous": periods.previous, "year_ago": periods.year_ago}[name](period, asked.as_of)
        if periods.covers(start, held).complete:
            against[name] = _at_same_lag(book, asked, period, held, named_on)
        else:
            missing[name] = held
    return against, missing


def trend_of(book: Book, asked: Counting, period: Period, steps: int) -> tuple[list[Figures], tuple[Period, ...]]:
    """The last periods up to this one, each with the same lag after its end; and those without data."""
    start = book.counts.complete_from(asked.as_of) if steps else None
    every = [periods.back(period, step) if step else period for step in range(steps - 1, -1, -1)]
    held = [one for one in every if one == period or periods.covers(start, one).complete]
    without = tuple(one for one in every if one not in held)
    return [_at_same_lag(book, asked._replace(by=()), period, one) for one in held], without


def _at_same_lag(book: Book, asked: Counting, period: Period, held: Period, named_on: date | None = None) -> Figures:
    day = min(periods.lagged(period, asked.as_of, held), asked.as_of)
    if held == period:
        day = asked.as_of
    tables = book.counts.as_of(day, upto=held.last)
    asked = asked._replace(first=held.first, last=held.last, as_of=day)
    return figures(book, tables, asked, period=held, named_on=named_on)


def figures(
    book: Book,
    tables: Tables,
    asked: Counting,
    ranked: bool = False,
    period: Period | None = None,
    named_on: date | None = None,
) -> Figures:
    """The figures that were asked for, from the tables as of their day. `named_on`: the units as they were at the end of
    that day, without those that came to the list later and have nothing to count."""
    found = book.counts.rates(tables, asked)
    volumes = book.counts.volumes(tables, asked)
    rules = rules_now(book)
    four, minimum = ranking_rules(rules)
    keys = tuple(row.key for row in asked.definitions)
    rows: list[GroupRow] = []
    if asked.by:
        rows = _rows(asked.by, found, volumes.rows, book.units.places(named_on), keys, bare=bool(asked.only))
        if named_on is not None and (later := book.units.added_after(named_on)):
            rows = [row for row in rows if row.key[0] not in later or _counts_anything(row)]
        if asked.by == ("unit",) and (alone := next((row for row in rows if row.key == (None,)), None)):
            alone.name = book.counts.without_unit(tables, asked).label
    span = period or periods.period_of(asked.first, asked.last)
    result = Figures(
        Scope(span, asked.as_of, asked.basis, asked.first_only, asked.by),
        _complete(_sum(found.values()), keys),
        volumes.total,
        volumes.breakdown,
        volumes.excluded,
        rows,
        four,
    )
    result.coverage = periods.covers(book.counts.complete_from(asked.as_of), result.period)
    result.guesses = book.counts.guesses(tables, asked)
    result.small_base = int(rules.settings["small_base"])
    if asked.by and asked.by[0] == "unit":
        result.subtotals = _subtotals(rows)
    if ranked:
        rank(rows, four, minimum)
        result.ranked = True
        groups = list(dict.fromkeys(row.group for row in rows))
        last_place = len(rows) + 1  # counted inside the key it would be 1: a list being sorted looks empty
        rows.sort(key=lambda row: (groups.index(row.group), row.overall_rank or last_place))
    return result


def _counts_anything(row: GroupRow) -> bool:
    return any(row.volumes.values()) or any(
        rate.denominator or rate.excluded.cases or rate.acceptance_missing for rate in row.rates.values()
    )


def is_without_unit(word: str) -> bool:
    """Whether a word names the row of the cases without a unit, as a table of units may call it."""
    return all(part in _WITHOUT_UNIT for part in word.split("、"))


_WITHOUT_UNIT = {terms.NO_UNIT, terms.BY_BUREAU, *terms.STAGE.labels.values()}


def narrowing(book: Book, only: Narrowed) -> tuple[tuple[tuple[str, Value], ...], dict[str, str]]:
    """The typed filters of figures, as values of the book and in words."""
    pairs: list[tuple[str, Value]] = []
    words: dict[str, str] = {}
    for dimension, word in only.items():
        if word is None:
            continue
        value: Value = word
        said = word
        if word == NO_VALUE or (dimension == "unit" and is_without_unit(word)):
            value = None
        elif dimension == "unit":
            unit = book.units.find(word)
            value, said = unit.id, unit.name
        elif dimension in _VOCABULARIES:
            code = _VOCABULARIES[dimension].parse(word, f"--{dimension}")
            value, said = code, _VOCABULARIES[dimension].label(code)
        pairs.append((dimension, value))
        words[dimension] = said
    return tuple(pairs), words


def parts_of(key: str) -> tuple[str, ...]:
    """The parts that a number can be opened by."""
    if key not in DEFINITIONS:
        return ()
    return (*DEFINITIONS[key].parts, "excluded", *(("acceptance_missing",) if key in WITHOUT_ACCEPTANCE_OF else ()))


def cases_behind(session: Session, request: FiguresRequest, key: str, part: str | None = None) -> CasesBehind:
    """The cases behind a number of `stats` with the same words: as many as the number says.

    An accusation is not named in what is asked for the unit it complains of (art. 30).
    """
    if key not in DEFINITIONS and key not in VOLUMES:
        known = "、".join([*DEFINITIONS, *VOLUMES])
        raise BadValue("⟦.cases⟧", key, "不是率也不是数", f"可用：{known}")
    if part is not None and part not in parts_of(key):
        raise BadValue(
            "⟦.cases⟧", f"{key}:{part}", "没有这一部分", "可用：" + "、".join(parts_of(key) or ("（不分）",))
        )
    with session.reading() as book:
        asked, _ = asked_of(book, session, request._replace(by=()))
        tables = book.counts.as_of(asked.as_of)
        if part == "excluded":
            found = book.counts.behind(tables, asked, key, excluded=True)
        else:
            found = book.counts.behind(tables, asked, key, part)
        hidden = hidden_among(book, asked, found)
        return CasesBehind(key, part, opened_all(found, asked.as_of, hidden))


def unit_asked(asked: Counting) -> int | None:
    """The unit that figures are narrowed to."""
    unit = dict(asked.only).get("unit")
    return unit if isinstance(unit, int) else None


def hidden_among(book: Book, asked: Counting, rows: Iterable[CountedCase]) -> set[int]:
    """Accusations behind a number that article 30 hides from the requested unit; all of them if the number is narrowed
    by a closed field.
    """
    if any(dimension in CLOSED or dimension == "channel" for dimension, _ in asked.only):
        return {row.case_id for row in rows if row.kind == "accusation"}
    unit = unit_asked(asked)
    return set() if unit is None else hidden_from(book, unit, rows)


def hidden_from(book: Book, unit: int, rows: Iterable[CountedCase]) -> set[int]:
    """The accusations hidden from this unit, whoever holds them now."""
    return book.cases.kept_from([row.case_id for row in rows if row.kind == "accusation"], (unit,))


def opened_all(rows: Sequence[CountedCase], as_of: date, among: Container[int]) -> tuple[OpenedCase, ...]:
    """Cases behind a number as they may be shown, those that are hidden last: their place would tell their day."""
    placed = sorted(rows, key=lambda row: row.case_id in among)
    return tuple(opened(row, as_of, among) for row in placed)


def opened(row: CountedCase, as_of: date, among: Container[int] = ()) -> OpenedCase:
    """One case behind a number as shown; without its number if in `among`, the hidden ones (art. 30)."""
    over = None
    if row.part in ("late", "overdue") and row.due_on is not None:
        end = date.fromisoformat(row.stop_on) if row.stop_on else as_of
        over = (end - date.fromisoformat(row.due_on)).days
    shown = OpenedCase(
        row.case_no,
        row.title,
        row.unit,
        row.part,
        row.kind,
        row.stage,
        row.received_on,
        row.start,
        row.due_on,
        row.stop_on,
        over,
        row.closed_on,
        row.headcount,
        row.unit_rating,
        row.bureau_rating,
        row.lead,
        bool(row.guessed),
    )
    if row.case_id not in among:
        return closed(shown)
    # whoever reads that something is not shown learns neither what nor when
    return OpenedCase(None, HIDDEN, None, row.part, *(None,) * 12, False)


HIDDEN = cast("Redacted", "（依规定不列示）")


def rules_now(book: Book) -> Rules:
    """The office's rules in force, without the calendar."""
    from xinfang_cli.law.rules import with_settings

    return with_settings(book.settings.current())


def optional_figures(book: Book) -> tuple[str, ...]:
    """The figures beyond the usual ones that the office counts."""
    return tuple(rules_now(book).settings["more_figures"])


def ranking_rules(rules: Rules) -> tuple[tuple[str, ...], int]:
    """The ranked rates, and the smallest ranked denominator."""
    return tuple(rules.settings["four_rates"]), int(rules.settings["minimum_denominator"])


def _sum(many: Iterable[Mapping[str, Rate]]) -> dict[str, Rate]:
    total: dict[str, Rate] = {}
    for found in many:
        for key, rate in found.items():
            total.setdefault(key, Rate()).add(rate)
    return total


def _complete(found: dict[str, Rate], keys: Sequence[str]) -> dict[str, Rate]:
    """Every rate, in the order of the definitions; those nobody counted are 0 over 0."""
    return {key: found.get(key) or (clock_rate(0, 0, 0, 0) if DEFINITIONS[key].timed else Rate()) for key in keys}


_VOCABULARIES = {"channel": terms.CHANNEL, "kind": terms.KIND, "level": terms.LEVEL, "source": terms.SOURCE}


def _rows(
    by: tuple[str, ...],
    rates: Rates,
    volumes: dict[Key, dict[str, int]],
    units: dict[int, tuple[str, str, int]],
    figures: Sequence[str],
    bare: bool = False,
) -> list[GroupRow]:
    """One row a group, in the office's order; every unit has one, unless `bare`."""
    keys: set[Key] = set(rates) | set(volumes)
    if by == ("unit",) and not bare:
        keys |= {(unit,) for unit in units}

    def name(dimension: str, value: Value) -> str:
        if dimension == "unit":
            return units[value][0] if isinstance(value, int) and value in units else terms.NO_UNIT
        if value is None:
            return NO_VALUE
        return _VOCABULARIES[dimension].label(str(value)) if dimension in _VOCABULARIES else str(value)

    def order(key: Key) -> tuple[int | str, ...]:
        places: list[int | str] = []
        for dimension, value in zip(by, key, strict=True):
            if dimension == "unit":
                places.append(units[value][2] if isinstance(value, int) and value in units else len(units))
            elif dimension in _VOCABULARIES:
                known = list(_VOCABULARIES[dimension].labels)
                places.append(known.index(value) if value in known else len(known))
            elif dimension == "topic":
                known = list(terms.TOPICS)
                places.append(known.index(value) if value in known else len(known))
            places.append(str(value or "\uffff"))
        return tuple(places)

    rows = []
    for key in sorted(keys, key=order):
        its = key[by.index("unit")] if "unit" in by else None
        unit = its if isinstance(its, int) and its in units else None
        rows.append(
            GroupRow(
                " · ".join(name(dimension, value) for dimension, value in zip(by, key, strict=True)),
                "" if unit is None else units[unit][1],
                _complete(rates.get(key, {}), figures),
                volumes.get(key) or dict(NO_VOLUMES),
                rankable="unit" not in by or unit is not None,
                key=key,
            )
        )
    return rows


def _subtotals(rows: list[GroupRow]) -> list[GroupRow]:
    """One row a group of units."""
    made: dict[str, GroupRow] = {}
    for row in rows:
        if not row.group:
            continue
        total = made.setdefault(row.group, GroupRow(row.group, row.group, {}, {}, rankable=False))
        for key, rate in row.rates.items():
            total.rates.setdefault(key, Rate()).add(rate)
        for key, number in row.volumes.items():
            total.volumes[key] = total.volumes.get(key, 0) + number
    return list(made.values())


TOTAL = "合计"
"""The row of all in what is sealed."""


def cells(found: Figures) -> dict[str, dict[str, list[int]]]:
    """Every number of some figures: rates as numerator and denominator, volumes as they are."""
    alone = found.by == ("unit",)
    rows = {terms.NO_UNIT if alone and row.key == (None,) else row.name: (row.rates, row.volumes) for row in found.rows}
    rows[TOTAL] = (found.rates, found.volumes)
    return {
        name: {
            **{key: [rate.numerator, rate.denominator] for key, rate in rates.items()},
            **{key: [number] for key in NO_VOLUMES if key != "repeat" for number in (volumes[key],)},
        }
        for name, (rates, volumes) in rows.items()
    }
