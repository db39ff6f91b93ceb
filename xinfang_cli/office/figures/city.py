"""A city's figures for the superior of its offices: by office, and their sum; nothing of a case, a person or a text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from xinfang_cli.book.counting import NO_VOLUMES, Counting
from xinfang_cli.book.engine import OfficeOverdue, OfficeSums, SealedThen
from xinfang_cli.book.face import offices
from xinfang_cli.errors import NotFound
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import periods
from xinfang_cli.law.figures.definitions import DEFINITIONS, GroupRow, Rate, clock_rate, rank
from xinfang_cli.law.periods import Coverage, Period
from xinfang_cli.law.rules import with_settings
from xinfang_cli.office.figures.stats import TOTAL, ranking_rules
from xinfang_cli.office.session import Session

KEYS = tuple(key for key, row in DEFINITIONS.items() if not row.optional)
"""The figures that every office counts."""
Kinds = dict[str, int | None]


class ChangedSince(NamedTuple):
    """A published number of an office in all that is another now: numerator and denominator, or one."""

    figure: str
    published: tuple[int, ...]
    now: tuple[int, ...]


class SealedBeside(NamedTuple):
    """An office's own publication of the period, and its numbers that are others now."""

    published_on: date
    as_of: date
    differing: tuple[ChangedSince, ...]


class District(NamedTuple):
    """An office's figures in all. `kinds`: cases received by purpose, None where it is not told (art. 30); `unsettled`: how
    many cases may stand otherwise in its own figures."""

    office: str
    rates: dict[str, Rate]
    volumes: dict[str, int]
    kinds: Kinds
    excluded: int
    guesses: dict[str, int]
    coverage: Coverage
    unsettled: int
    sealed: SealedBeside | None


class Aside(NamedTuple):
    """An office that is not counted, and why: moved, version, permission; no_cases, before_book (complete from `start`),
    no_data (nothing in the period); unpublished."""

    office: str
    why: str
    version: int
    start: date | None = None


class CityFigures(NamedTuple):
    """The figures of a period by office, their sum, and the offices without. `published`: as each office published them."""

    period: Period
    as_of: date
    published: bool
    districts: tuple[District, ...]
    total: District
    aside: tuple[Aside, ...]
    four_rates: tuple[str, ...]
    small_base: int
    ranks: dict[str, dict[str, int | None]]
    """Office → figure → its place among the offices; `overall` by the four."""


class OverdueThere(NamedTuple):
    """An office's clocks past due: by kind, and how many for more than thirty days."""

    office: str
    clocks: dict[str, int]
    long: int
    unsettled: int

    @property
    def number(self) -> int:
        """How many in all."""
        return sum(self.clocks.values())


class CityOverdue(NamedTuple):
    """The clocks past due by office and in all, and the offices that cannot be counted."""

    as_of: date
    offices: tuple[OverdueThere, ...]
    total: OverdueThere
    aside: tuple[Aside, ...]


class CityBulletin(NamedTuple):
    """A bulletin's figures: of the period, and of the year so far."""

    now: CityFigures
    so_far: CityFigures
    made_on: date
    number: str
    issuer: str


def stats(session: Session, first: date, last: date, *, published: bool = False) -> CityFigures:
    """The figures of a period by office, as each office's own of today (应办口径), or as it published them."""
    period = periods.period_of(first, last)
    asked = Counting(first, last, session.today)
    found = offices(session.place).counts(asked, period.kind)
    if not found:
        raise NotFound("这个登录名在这个数据库里没有可以汇总的局", "请核对地址里的数据库，或请管理员给上级的角色")
    counted, aside = [], []
    for one in found:
        why = _why_not(one, period, published)
        if why:
            aside.append(Aside(one.office, why, one.version, one.start))
        else:
            counted.append(_as_published(one, period) if published else _district(one, period))
    rules = with_settings({})  # each office has its own; the superior those of the law
    four, minimum = ranking_rules(rules)
    rows = [GroupRow(one.office, rates=one.rates, volumes=one.volumes) for one in counted]
    rank(rows, four, minimum)
    ranks = {row.name: {**row.ranks, "overall": row.overall_rank} for row in rows}
    return CityFigures(
        period,
        session.today,
        published,
        tuple(counted),
        _total(counted, len(found) == len(counted)),
        tuple(aside),
        four,
        int(rules.settings["small_base"]),
        ranks,
    )


def _why_not(found: OfficeSums, period: Period, published: bool) -> str:
    """The reason why an office has no row; empty where it has one."""
    if found.why or found.sums is None:
        return found.why
    if published:
        return "" if found.sealed is not None else "unpublished"
    if found.start is None:
        return "no_cases"
    if period.last < found.start:
        return "before_book"
    sums = found.sums
    anything = any(sums.volumes.values()) or any(
        rate.denominator or rate.excluded.cases or any((rate.parts or {}).values()) for rate in sums.rates.values()
    )
    return "" if anything or sums.excluded else "no_data"


def _complete(rates: dict[str, Rate]) -> dict[str, Rate]:
    return {key: rates.get(key) or _nothing(key) for key in KEYS}


def _nothing(key: str) -> Rate:
    return clock_rate(0, 0, 0, 0) if DEFINITIONS[key].timed else Rate()


def _district(found: OfficeSums, period: Period) -> District:
    assert found.sums is not None
    sums = found.sums
    rates = _complete(sums.rates)
    sealed = None if found.sealed is None else _beside(found.sealed, rates, sums.volumes)
    coverage = periods.covers(found.start, period)
    return District(
        found.office, rates, sums.volumes, sums.kinds, sums.excluded, sums.guesses, coverage, found.unsettled, sealed
    )


def _beside(sealed: SealedThen, rates: dict[str, Rate], volumes: dict[str, int]) -> SealedBeside:
    """A publication beside today's numbers: each that is in it and is another now."""
    now: dict[str, tuple[int, ...]] = {key: (number,) for key, number in volumes.items()}
    for key, rate in rates.items():
        now[key] = rate.numerator, rate.denominator
        now[f"excluded:{key}"], now[f"excluded_missed:{key}"] = (rate.excluded.cases,), (rate.excluded.missed,)
        now[f"acceptance_missing:{key}"] = (rate.acceptance_missing,)
    differing = tuple(
        ChangedSince(key, tuple(then), now[key])
        for key, then in sealed.cells.items()
        if key in now and tuple(then) != now[key]
    )
    return SealedBeside(sealed.published_on, sealed.as_of, differing)


def _as_published(found: OfficeSums, period: Period) -> District:
    """The numbers of an office's publication in the place of today's."""
    assert found.sealed is not None
    cells = found.sealed.cells
    rates = {key: Rate(cells[key][0], cells[key][1]) for key in KEYS if key in cells}
    volumes = {key: cells[key][0] for key in NO_VOLUMES if key in cells and key not in DEFINITIONS}
    if "repeat" in rates:
        volumes["repeat"] = rates["repeat"].numerator
    sealed = SealedBeside(found.sealed.published_on, found.sealed.as_of, ())
    return District(found.office, rates, volumes, {}, 0, {}, periods.covers(found.start, period), 0, sealed)


def _total(counted: Iterable[District], all_of_them: bool) -> District:
    """The sum of the offices' numbers: a rate of all is the sum of numerators over that of denominators. What one office
    does not tell of a purpose is not told in all."""
    rates: dict[str, Rate] = {}
    volumes: dict[str, int] = {}
    kinds: Kinds = {}
    guesses: dict[str, int] = {}
    excluded = unsettled = 0
    complete = all_of_them
    for one in counted:
        for key, rate in one.rates.items():
            rates.setdefault(key, Rate()).add(rate)
        for key, number in one.volumes.items():
            volumes[key] = volumes.get(key, 0) + number
        for key, told in one.kinds.items():
            so_far = kinds.get(key, 0)
            kinds[key] = None if told is None or so_far is None else so_far + told
        for key, number in one.guesses.items():
            guesses[key] = guesses.get(key, 0) + number
        excluded, unsettled = excluded + one.excluded, unsettled + one.unsettled
        complete = complete and one.coverage.complete
    return District(TOTAL, rates, volumes, kinds, excluded, guesses, Coverage(None, complete), unsettled, None)


def overdue(session: Session) -> CityOverdue:
    """Count what is past due today by office, each as many as its own list has."""
    found = offices(session.place).overdue(session.today)
    if not found:
        raise NotFound("这个登录名在这个数据库里没有可以汇总的局", "请核对地址里的数据库，或请管理员给上级的角色")
    counted = [_overdue(one) for one in found if one.clocks is not None]
    aside = tuple(Aside(one.office, one.why, one.version) for one in found if one.clocks is None)
    total: dict[str, int] = {}
    for one in counted:
        for key, number in one.clocks.items():
            total[key] = total.get(key, 0) + number
    long, unsettled = sum(one.long for one in counted), sum(one.unsettled for one in counted)
    return CityOverdue(session.today, tuple(counted), OverdueThere(TOTAL, total, long, unsettled), aside)


def _overdue(found: OfficeOverdue) -> OverdueThere:
    clocks = found.clocks or {}
    numbers = {key: number for key, (number, _) in clocks.items()}
    return OverdueThere(found.office, numbers, sum(long for _, long in clocks.values()), found.unsettled)


def bulletin(session: Session, period: Period, number: str = "", issuer: str = "") -> CityBulletin:
    """The figures of a city's bulletin."""
    now = stats(session, period.first, period.last)
    far = periods.so_far(period)
    so_far = now if far[1:] == period[1:] else stats(session, far.first, far.last)
    return CityBulletin(now._replace(period=period), so_far, session.today, number, issuer)
