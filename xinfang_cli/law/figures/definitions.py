"""The figures: definitions, percentages, ranks. A definition is one row over named predicates, with its formula in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.periods import Coverage, Period
from xinfang_cli.law.terms import BY_BUREAU, NO_UNIT, STAGE


class Population(NamedTuple):
    """The counted set: cases, clocks or batch entries; the day that must lie in the period (`basis`: the requested
    one); further predicates.
    """

    of: str  # case, clock, batch
    day: str = ""  # received, closed, unit_rated, bureau_rated, due, stopped, basis
    where: tuple[str, ...] = ()
    clock: str = ""


class Definition(NamedTuple):
    """One rate: numerator and denominator in words and as predicates, the deciding day, the better direction."""

    key: str
    label: str
    short: str
    words: str
    basis: str
    population: Population
    numerator: tuple[str, ...]
    lower_is_better: bool = False
    ripens: bool = False  # it still grows after its period: compared as of the same lag after each period's end
    optional: bool = False  # counted only where the office asks for it (setting more_figures)

    @property
    def clock(self) -> str:
        """The clock it is counted from, if it is a rate of one."""
        return self.population.clock

    @property
    def timed(self) -> bool:
        """Whether its clocks fall into on_time, late, overdue and pending."""
        return self.numerator == ("on_time",)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the cases behind it."""
        if self.timed:
            return ("on_time", "late", "overdue", "pending")
        return ("numerator", "rest", "pending") if self.population.clock else ("numerator", "rest")


WITHOUT_ACCEPTANCE_OF = ("acceptance", "completion")
"""The figures that leave out what was closed without a known acceptance (缺受理), and say how many."""
_RECEIVED = Population("case", "received")

DEFINITIONS = {
    row.key: row
    for row in (
        Definition(
            "dispatch",
            "信访部门及时受理率",
            "及时受理",
            "15 日内转送、交办或作其他处理的 ÷ 应处理的（按期+逾期+超期未办）",
            "按所选口径",
            Population("clock", "basis", clock="dispatch"),
            ("on_time",),
        ),
        Definition(
            "acceptance",
            "责任单位及时受理率",
            "按期受理",
            "收到后 15 日内书面告知是否受理（或已办结、导入法定途径）的 ÷ 应受理的（按期+逾期+超期未办）",
            "按所选口径",
            Population("clock", "basis", clock="acceptance"),
            ("on_time",),
        ),
        Definition(
            "completion",
            "按期办结率",
            "按期办结",
            "受理后 60 日（简易办理 10 个工作日，批准延期的从延期）内办结的 ÷ 应办结的（按期+逾期+超期未办）",
            "按所选口径",
            Population("clock", "basis", clock="completion"),
            ("on_time",),
        ),
        Definition(
            "closure",
            "办结率",
            "办结率",
            "截至日已办结的 ÷ 期内收到的（扣除撤回、不予受理、导入法定途径、存查、退回上级）",
            "登记口径",
            _RECEIVED._replace(where=("not_gone",)),
            ("closed",),
            ripens=True,
        ),
        Definition(
            "one_time",
            "一次性化解率",
            "一次化解",
            "期内办结的初次件中，截至日没有重复信访、没有申请复查的 ÷ 期内办结的初次件（按首次办结日）",
            "办结口径",
            Population("case", "closed", ("first_time",)),
            ("not_reviewed", "not_repeated"),
            ripens=True,
        ),
        Definition(
            "participation",
            "参评率",
            "参评率",
            "评价期在期内届满的初次件（不含检举控告件）中，截至日已评价责任单位的 ÷ 已评价的+到期未评价的",
            "评价到期口径",
            Population("clock", "due", ("rated_or_lapsed",), "rating"),
            ("stopped_by_then",),
            ripens=True,
        ),
        Definition(
            "satisfaction",
            "群众满意率",
            "满意率",
            "满意、基本满意 ÷ 期内对责任单位的评价（初次件，不含检举控告件，每件取最近一次）",
            "评价口径",
            Population("case", "unit_rated", ("ratable",)),
            ("unit_satisfied",),
        ),
        Definition(
            "bureau_satisfaction",
            "信访部门满意率",
            "部门满意",
            "满意、基本满意 ÷ 期内对信访部门的评价（初次件，不含检举控告件，每件取最近一次）",
            "评价口径",
            Population("case", "bureau_rated", ("ratable",)),
            ("bureau_satisfied",),
        ),
        Definition(
            "repeat",
            "重复信访率",
            "重复率",
            "重复件 ÷ 期内收到的全部件",
            "登记口径",
            _RECEIVED,
            ("repeat",),
            lower_is_better=True,
            ripens=True,
        ),
        Definition(
            "backlog",
            "积案化解率",
            "积案化解",
            "期末（未到期末的，截至日）已化解（批次要求的，经上级认定）且未反弹（化解后未再重复信访）的 ÷ 其时已交办、列入批次的积案",
            "批次口径",
            Population("batch", "", ("joined", "handed_down")),
            ("resolved", "recognised", "not_relapsed"),
            ripens=True,
        ),
        Definition(
            "completion_of_closed",
            "结案按期率",
            "结案按期",
            "受理后 60 日（简易办理 10 个工作日，批准延期的从延期）内办结的 ÷ 期内办结的有办理期限的件（没有办结的不计）",
            "办结口径",
            Population("clock", "stopped", clock="completion"),
            ("on_time",),
            optional=True,
        ),
    )
}
BASES = {"due": "应办口径", "received": "登记口径", "stopped": "办结口径"}
GOOD_RATINGS = ("satisfied", "fair")


class Volume(NamedTuple):
    """A number of the cases received in the period, or of the people who came with them."""

    key: str
    label: str
    where: tuple[str, ...] = ()
    people: bool = False


VOLUMES = {
    row.key: row
    for row in (
        Volume("cases", "收到（件）"),
        Volume("people", "人数", people=True),
        Volume("groups", "来访（批）", ("visit",)),
        Volume("visit_people", "来访（人次）", ("visit",), people=True),
        Volume("group_visits", "集体访（批）", ("visit", "of_group")),
        Volume("group_visit_people", "集体访（人次）", ("visit", "of_group"), people=True),
        Volume("joint_letters", "联名（件）", ("written", "of_group")),
        Volume("first", "初次（件）", ("first_time",)),
        Volume("repeat", "重复（件）", ("repeat",)),
    )
}


class WithoutUnit(NamedTuple):
    """The cases received without a unit, by what became of them: stage (`closed` whatever came after) and how many."""

    stages: tuple[tuple[str, int], ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The parts in words; 未转送 never includes the bureau's own answers, 本局直接办理 only those."""
        called = {"closed": BY_BUREAU, "registered": NO_UNIT}
        said = [(called.get(stage) or STAGE.label(stage), number) for stage, number in self.stages]
        return tuple(sorted(said, key=lambda part: (part[0] != BY_BUREAU, part[0] != NO_UNIT)))

    @property
    def label(self) -> str:
        """The label of the row without a unit."""
        return "、".join(name for name, _ in self.parts) or NO_UNIT


VISIT_VOLUMES = ("groups", "visit_people", "group_visits", "group_visit_people")
PEOPLE_OF = {
    row.key: next(one.key for one in VOLUMES.values() if not one.people and one.where == row.where)
    for row in VOLUMES.values()
    if row.people
}
"""A number of people → the cases whose people it adds up."""


def percent(numerator: int, denominator: int) -> float | None:
    """Percent rounded half-up to two decimals from the exact fraction; None for a zero denominator."""
    if denominator == 0:
        return None
    return (20_000 * numerator + denominator) // (2 * denominator) / 100


class Excluded(NamedTuple):
    """The number of cases (clocks) removed from a figure by 剔除, and the misses among them."""

    cases: int = 0
    missed: int = 0

    def with_(self, other: Excluded) -> Excluded:
        """The sum of both."""
        return Excluded(self.cases + other.cases, self.missed + other.missed) if other is not _NONE_EXCLUDED else self


_NONE_EXCLUDED = Excluded()


class Rate:
    """A numerator over a denominator; clock rates also carry the four parts they were counted from."""

    __slots__ = ("acceptance_missing", "denominator", "excluded", "numerator", "parts")

    def __init__(self, numerator: int = 0, denominator: int = 0, parts: dict[str, int] | None = None) -> None:
        self.numerator = numerator
        self.denominator = denominator
        self.parts = parts
        self.excluded = _NONE_EXCLUDED
        self.acceptance_missing = 0  # closed, no acceptance recorded (缺受理): neither in time nor late

    @property
    def percent(self) -> float | None:
        """Numerator by denominator, in percent; None where nothing is counted."""
        return percent(self.numerator, self.denominator)

    def __eq__(self, other: object) -> bool:
        mine = (self.numerator, self.denominator, self.parts)
        return isinstance(other, Rate) and mine == (other.numerator, other.denominator, other.parts)

    def __hash__(self) -> int:
        return hash((self.numerator, self.denominator))

    def add(self, other: Rate) -> None:
        """Add another group's counts."""
        self.numerator += other.numerator
        self.denominator += other.denominator
        self.excluded = self.excluded.with_(other.excluded)
        self.acceptance_missing += other.acceptance_missing
        if other.parts is not None:
            if self.parts is None:
                self.parts = dict.fromkeys(other.parts, 0)
            for name, number in other.parts.items():
                self.parts[name] += number


def is_small(rate: Rate, floor: int) -> bool:
    """Whether a rate is over so few that a percentage says little: it is said in numbers."""
    return 0 < rate.denominator < floor


def clock_rate(on_time: int, late: int, overdue: int, pending: int) -> Rate:
    """The rate of a clock: on_time ÷ (on_time + late + overdue); the pending are shown beside it."""
    return Rate(
        on_time,
        on_time + late + overdue,
        {"on_time": on_time, "late": late, "overdue": overdue, "pending": pending},
    )


Value = str | int | None
"""What a dimension has: a code, a unit's id; None for what is not filled in."""
Key = tuple[Value, ...]
"""What a row stands for: of each dimension that is grouped by its value."""


class GroupRow:
    """One unit's (or channel's, topic's, …) figures."""

    def __init__(
        self,
        name: str,
        group: str = "",
        rates: dict[str, Rate] | None = None,
        volumes: dict[str, int] | None = None,
        *,
        rankable: bool = True,
        key: Key = (),
    ) -> None:
        self.name = name
        self.group = group
        self.rates = {} if rates is None else rates
        self.volumes = {} if volumes is None else volumes
        self.rankable = rankable
        self.key = key
        self.ranks: dict[str, int | None] = {}
        self.overall_rank: int | None = None


class Durations(NamedTuple):
    """Days from acceptance to the first close of the cases first closed in the period; how many reopened cases were closed
    again in it."""

    mean: float | None = None
    median: float | None = None
    longest: int | None = None
    later_closings: int = 0


class Breakdown(NamedTuple):
    """The cases received by channel, kind, topic, … and code (None: not filled in), and by group of channels; visits by
    level; and how long those closed took."""

    by: dict[str, dict[str | None, int]]
    by_channel_group: dict[str, int]
    levels: dict[str, dict[str, int]]
    appeals: int
    durations: Durations


class Scope(NamedTuple):
    """The scope of figures: period, as-of day, basis, first petitions only or all, grouping."""

    period: Period
    as_of: date
    basis: str
    first_only: bool
    by: tuple[str, ...]


class Figures:
    """All rates and volumes of a period as of a day, in all and by row."""

    def __init__(
        self,
        scope: Scope,
        rates: dict[str, Rate],
        volumes: dict[str, int],
        breakdown: Breakdown,
        excluded: int,
        rows: list[GroupRow],
        four_rates: tuple[str, ...],
    ) -> None:
        self.period, self.as_of, self.basis, self.first_only, self.by = scope
        self.rates = rates
        self.volumes = volumes
        self.breakdown = breakdown
        self.excluded = excluded  # received in the period; what each rate leaves out stands with the rate
        self.rows = rows
        self.four_rates = four_rates
        self.subtotals: list[GroupRow] = []
        self.ranked = False
        self.only: dict[str, str] = {}  # dimension → what it was narrowed to, in words
        self.coverage = Coverage(None, False)
        self.guesses: Mapping[str, int] = {}  # rate → how many of its clocks have a last day that is a guess (约)
        self.small_base = 0  # below it a change is said in numbers, not percent
        self.against: dict[str, Figures] = {}  # previous, year_ago: those that the book has the data of
        self.missing: dict[str, Period] = {}  # and those that it has not
        self.trend: list[Figures] = []
        self.before_book: tuple[Period, ...] = ()  # periods of the trend that the book has no data of

    @property
    def first(self) -> date:
        """The first day of the period."""
        return self.period.first

    @property
    def last(self) -> date:
        """The last day of the period."""
        return self.period.last


def positions(values: Mapping[str, float], lower_is_better: bool = False) -> dict[str, int]:
    """Competition ranks (1, 2, 2, 4) of named values, the best first."""
    ordered = sorted(values.values(), reverse=not lower_is_better)
    return {name: ordered.index(value) + 1 for name, value in values.items()}


def rank(rows: Sequence[GroupRow], four_rates: Iterable[str], minimum: int = 0) -> None:
    """Rank the rows within their groups, per rate as printed, and overall by the mean of the four ranks.

    A zero denominator, or one below `minimum`, is unranked; only rows ranked in all four have an overall rank.
    """
    four = list(four_rates)
    for group in dict.fromkeys(row.group for row in rows):
        members = {row.name: row for row in rows if row.group == group and row.rankable}
        for key, definition in DEFINITIONS.items():
            if not any(key in row.rates for row in members.values()):
                continue
            values = {}
            for name, row in members.items():
                rate = row.rates.get(key)
                if rate is not None and rate.percent is not None and rate.denominator >= minimum:
                    values[name] = rate.percent
            found = positions(values, definition.lower_is_better)
            for name, row in members.items():
                row.ranks[key] = found.get(name)
        sums = {}  # of as many ranks for every row, so their order is that of the means
        for name, row in members.items():
            ranks = [row.ranks[key] for key in four]
            if four and all(place is not None for place in ranks):
                sums[name] = sum(place for place in ranks if place is not None)
        overall = positions(sums, lower_is_better=True)
        for name, row in members.items():
            row.overall_rank = overall.get(name)
    for row in rows:
        if not row.rankable:
            row.ranks = dict.fromkeys(row.rates)
