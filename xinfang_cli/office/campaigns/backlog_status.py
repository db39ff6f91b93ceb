"""Progress of a backlog batch: counts, remaining work, ranks, laggards, burn-down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import floor

from xinfang_cli.book.campaigns import BacklogEntry
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import backlog as law
from xinfang_cli.law import terms
from xinfang_cli.law.backlog import Batch
from xinfang_cli.law.figures.definitions import percent, positions
from xinfang_cli.office.campaigns.batches import choose, counts_from, state_of
from xinfang_cli.office.session import Session


class Progress(NamedTuple):
    """A unit, a leader or a group of a batch: how many cases, how they stand, what the target still needs of it.

    `behind`: how many fewer are resolved than on a straight line to the target. The ranks are by count and by rate.
    """

    name: str
    group: str | None
    total: int
    resolved: int
    resolved_since: int
    waiting: int
    relapsed: int
    percent: float | None
    needed: int
    per_week: float | None
    behind: int
    rank_count: int | None = None
    rank_rate: int | None = None


class BurnDown(NamedTuple):
    """Unresolved cases at the end of a day; `line`: the number on the straight way to the target."""

    on: date
    open: int
    line: int | None


class BatchStatus(NamedTuple):
    """A batch's progress as of a day; entries belong to their 化解单位."""

    batch: str
    source: str | None
    as_of: date
    since: date
    handed_on: date | None
    recognise: bool
    total: int
    resolved: int
    resolved_since: int
    reported: int
    recognised: int
    waiting: int
    relapsed: int
    open: int
    excluded: int
    percent: float | None
    target_percent: float
    target_on: date | None
    target_count: int
    needed: int
    days_left: int | None
    per_week: float | None
    pace_per_week: float | None
    reached_on: date | None
    behind: int
    rows: tuple[Progress, ...]
    groups: tuple[Progress, ...]
    by_lead: tuple[Progress, ...]
    burn_down: tuple[BurnDown, ...]


class _Course(NamedTuple):
    """The measure common to all rows of a batch."""

    batch: Batch
    target: float
    began: date
    day: date
    since: date

    @property
    def days_left(self) -> int | None:
        return None if self.batch.target_on is None else (self.batch.target_on - self.day).days

    def line(self, total: int, on: date) -> int | None:
        """The number resolved on a day on a straight line to the target; None without a target day."""
        if self.batch.target_on is None:
            return None
        return floor(law.expected(total, self.target, self.began, self.batch.target_on, on))

    def progress(self, name: str, group: str | None, entries: Sequence[BacklogEntry]) -> Progress:
        states = [state_of(entry, self.batch) for entry in entries]
        total, resolved = len(entries), states.count("resolved")
        needed, left = law.needed(total, resolved, self.target), self.days_left
        lately = sum(
            state == "resolved" and counts_from(entry, self.batch) >= self.since
            for entry, state in zip(entries, states, strict=True)
        )
        return Progress(
            name,
            group,
            total,
            resolved,
            lately,
            states.count("waiting"),
            states.count("relapsed"),
            percent(resolved, total),
            needed,
            None if left is None else law.per_week(needed, left),
            max((self.line(total, self.day) or 0) - resolved, 0),
        )


def status(
    session: Session, batch: str | None = None, *, as_of: date | None = None, since: date | None = None
) -> BatchStatus:
    """A batch's progress as of a day. `since`: the first day of 本期 (default: the Monday of the week)."""
    day = as_of or session.today
    with session.reading() as book:
        about = choose(book, batch)
        listed = book.backlog.entries(book.counts.as_of(day), about.name)
        places = book.units.places()
        default_target = float(book.code.now.rules.targets["backlog"])
    counted = [entry for entry in listed if not entry.excluded]
    course = _Course(
        about,
        default_target if about.target_percent is None else about.target_percent,
        about.handed_on or min((entry.joined_on for entry in counted), default=day),
        day,
        since or day - timedelta(days=day.weekday()),
    )
    whole = course.progress(about.name, None, counted)
    rows = _by_unit(course, counted, places)
    names = dict.fromkeys(row.group for row in rows if row.group is not None)
    return BatchStatus(
        batch=about.name,
        source=about.source,
        as_of=day,
        since=course.since,
        handed_on=about.handed_on,
        recognise=about.recognise,
        total=whole.total,
        resolved=whole.resolved,
        resolved_since=whole.resolved_since,
        reported=whole.resolved + whole.waiting + whole.relapsed,
        recognised=sum(entry.recognised_on is not None for entry in counted),
        waiting=whole.waiting,
        relapsed=whole.relapsed,
        open=whole.total - whole.resolved - whole.waiting - whole.relapsed,
        excluded=len(listed) - len(counted),
        percent=whole.percent,
        target_percent=course.target,
        target_on=about.target_on,
        target_count=law.goal(whole.total, course.target),
        needed=whole.needed,
        days_left=course.days_left,
        per_week=whole.per_week,
        pace_per_week=law.per_week(whole.resolved, (day - course.began).days),
        reached_on=law.reached_on(whole.needed, whole.resolved, course.began, day),
        behind=whole.behind,
        rows=rows,
        groups=tuple(
            course.progress(name, name, [e for e in counted if e.unit_id in places and places[e.unit_id][1] == name])
            for name in names
        ),
        by_lead=_by_lead(course, counted),
        burn_down=_burn_down(course, counted),
    )


def _by_unit(
    course: _Course, counted: Sequence[BacklogEntry], places: Mapping[int, tuple[str, str, int]]
) -> tuple[Progress, ...]:
    """The units, ranked within their group, the best of each group first; cases without a unit last, unranked."""
    of_unit: dict[int | None, list[BacklogEntry]] = {}
    for entry in counted:
        of_unit.setdefault(entry.unit_id if entry.unit_id in places else None, []).append(entry)
    known = sorted((unit for unit in of_unit if unit is not None), key=lambda unit: places[unit][2])
    rows = [course.progress(places[unit][0], places[unit][1] or None, of_unit[unit]) for unit in known]
    groups = list(dict.fromkeys(row.group for row in rows))
    ranked = [row for group in groups for row in _ranked([row for row in rows if row.group == group])]
    alone = [course.progress(terms.NO_UNIT, None, of_unit[None])] if None in of_unit else []
    return (*ranked, *alone)


def _by_lead(course: _Course, counted: Sequence[BacklogEntry]) -> tuple[Progress, ...]:
    """The leaders, best first; cases without one last, unranked."""
    of_lead: dict[str | None, list[BacklogEntry]] = {}
    for entry in counted:
        of_lead.setdefault(entry.lead, []).append(entry)
    rows = [course.progress(name, None, of_lead[name]) for name in sorted(name for name in of_lead if name)]
    alone = [course.progress("未定包案领导", None, of_lead[None])] if None in of_lead else []
    return (*_ranked(rows), *alone)


def _ranked(rows: Iterable[Progress]) -> list[Progress]:
    """With two ranks, by how many and by what share, as printed; equal ones share a rank. Best share first."""
    rows = list(rows)
    count = positions({row.name: row.resolved for row in rows})
    rate = positions({row.name: row.percent or 0.0 for row in rows})
    ranked = [row._replace(rank_count=count[row.name], rank_rate=rate[row.name]) for row in rows]
    return sorted(ranked, key=lambda row: row.rank_rate or 0)


def _burn_down(course: _Course, counted: Sequence[BacklogEntry]) -> tuple[BurnDown, ...]:
    about, total = course.batch, len(counted)
    spans = [
        law.Span(counts_from(entry, about), entry.relapsed_on)
        for entry in counted
        if entry.resolved_on is not None and (not about.recognise or entry.recognised_on is not None)
    ]

    def may_be_open(on: date) -> int | None:
        line = course.line(total, on)
        return None if line is None else total - line

    return tuple(
        BurnDown(on, number, may_be_open(on)) for on, number in law.burn_down(total, spans, course.began, course.day)
    )
