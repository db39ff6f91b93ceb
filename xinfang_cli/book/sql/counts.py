"""Counts in SQL, grouped: every number is a count of rows that the same filter lists.

What is counted stands in law/figures/definitions, each predicate in predicates, the tables as of a day in asof.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.as_of import Tables, Told
from xinfang_cli.book.counting import (
    NO_VOLUMES,
    CountedCase,
    Counting,
    OpenClock,
    Rates,
    Volumes,
    as_counted,
)
from xinfang_cli.book.part import Part
from xinfang_cli.book.sql.asof import AsOf
from xinfang_cli.book.sql.figure_predicates import (
    CLOCK_PARTS,
    COUNTED,
    DAYS,
    EXCLUDED_CLOCK,
    NOT_STATED,
    NOT_STATED_DAYS,
    PREDICATES,
    all_of,
)
from xinfang_cli.book.sql.filters import RUNNING
from xinfang_cli.book.sql.predicates import among, numbered
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.accused import FEWEST_COMPLAINTS
from xinfang_cli.law.figures.definitions import (
    DEFINITIONS,
    VISIT_VOLUMES,
    VOLUMES,
    Breakdown,
    Definition,
    Durations,
    Excluded,
    Key,
    Rate,
    WithoutUnit,
    clock_rate,
)
from xinfang_cli.law.terms import APPEALS, CHANNEL_GROUP, CLOCKED, STAGE

if TYPE_CHECKING:
    from xinfang_cli.law.event import Event
    from xinfang_cli.law.inforce import Code


DIMENSIONS = {
    "unit": "c.unit_id",
    "channel": "c.channel",
    "kind": "c.kind",
    "topic": "c.topic",
    "region": "c.region",
    "level": "c.level",
    "source": "c.source",
}


_BACKLOG_UNIT = "coalesce(b.unit_id, c.unit_id)"  # who must resolve it (化解单位) where one was named


class Counted(NamedTuple):
    """The rows and parts of a number; `unit` names the column of the responsible unit, `of` that of the case."""

    source: str
    where: str
    parts: dict[str, str]
    unit: str = "c.unit_id"
    of: str = "c.id"


_CASE = "{cases} c"


_CLOCKS_FIRST = "{clocks} k CROSS JOIN {cases} c ON c.id = k.case_id"


_CASES_FIRST = "{cases} c CROSS JOIN {clocks} k ON k.case_id = c.id"


def counted(key: str, asked: Counting, *, with_case: bool = True, excluded: bool = False) -> Counted:
    """The counted set of a rate or volume; without `with_case` a rate of clocks does not read the case's row.

    `excluded`: the excluded cases it would count.
    """
    if key not in DEFINITIONS:
        numerator = all_of(VOLUMES[key].where)
        return _of_cases("received", "true", numerator, asked, excluded)
    row = DEFINITIONS[key]
    where = all_of(row.population.where)
    if row.population.of == "clock":
        return _of_clocks(row, where, asked, with_case, excluded)
    numerator = all_of(row.numerator)
    if row.population.of == "case":
        return _of_cases(row.population.day, where, numerator, asked, excluded)
    where = f"c.excluded = {int(excluded)} AND {where}" + (" AND c.repeat = 0" if asked.first_only else "")
    source = "{backlog} b CROSS JOIN {cases} c ON c.id = b.case_id"
    return Counted(source, where, _halves(numerator), _BACKLOG_UNIT)


def _halves(numerator: str) -> dict[str, str]:
    return {"numerator": numerator, "rest": f"({numerator}) IS NOT TRUE"}


def _of_cases(day: str, where: str, numerator: str, asked: Counting, excluded: bool) -> Counted:
    where = f"{DAYS[day]} AND c.excluded = {int(excluded)} AND {where}"
    return Counted(_CASE, where + (" AND c.repeat = 0" if asked.first_only else ""), _halves(numerator))


def _of_clocks(row: Definition, where: str, asked: Counting, with_case: bool, excluded: bool) -> Counted:
    day = asked.basis if row.population.day == "basis" else row.population.day
    unit = "k.case_unit_id" if row.clock in ("dispatch", "rating") else "k.unit_id"
    parts = CLOCK_PARTS if row.timed else _halves(all_of(row.numerator))
    first = " AND k.first = 1" if asked.first_only else ""
    where = f"{DAYS[day]} AND {where}{first}"
    if excluded or day == "received":
        # A kind in plain words would have all clocks of that kind walked for every case.
        among = EXCLUDED_CLOCK if excluded else COUNTED[day]
        return Counted(_CASES_FIRST, f"{among} AND +k.kind = '{row.clock}' AND {where}", parts, unit)
    where = f"{COUNTED[day]} AND k.kind = '{row.clock}' AND {where}"
    return Counted(_CLOCKS_FIRST if with_case else "{clocks} k", where, parts, unit, "k.case_id")


def not_stated(key: str, asked: Counting) -> Counted:
    """The cases that are in neither part of the figure since no acceptance of them is recorded (缺受理)."""
    day = NOT_STATED_DAYS.get((key, asked.basis), DAYS["closed"])
    where = f"{NOT_STATED[key]} AND {day}" + (" AND c.repeat = 0" if asked.first_only else "")
    return Counted(_CLOCKS_FIRST, where, {"acceptance_missing": "true"}, "k.unit_id", "k.case_id")


def pending_ratings(asked: Counting) -> Counted:
    """The rating windows of the period that are still open and unused."""
    row = DEFINITIONS["participation"]
    found = _of_clocks(row, PREDICATES["rating_open"], asked, with_case=True, excluded=False)
    return found._replace(parts={"pending": "true"})


def _column(dimension: str, unit: str) -> str:
    return unit if dimension == "unit" else DIMENSIONS[dimension]


def _narrowed(asked: Counting, unit: str) -> str:
    return "".join(
        f" AND {_column(dimension, unit)} IS :only{place}" for place, (dimension, _) in enumerate(asked.only)
    )


def _group(keys: list[str]) -> str:
    """Grouped by the first columns, the groups in the order of their words (of the same number of cases the first stays
    first), what is not filled in before all others."""
    places = range(1, len(keys) + 1)
    ordered = ", ".join(f"{n} NULLS FIRST" for n in places)
    return f" GROUP BY {', '.join(map(str, places))} ORDER BY {ordered}" if keys else ""


def _rate(row: Definition, numbers: Sequence[int]) -> Rate:
    return clock_rate(*numbers) if row.timed else Rate(numbers[0], numbers[0] + numbers[1])


def _counts(tables: Tables, asked: Counting, row: Definition, excluded: bool = False) -> dict[Key, list[int]]:
    """group key → how many fall in each part."""
    tables, asked = as_counted(tables, asked, row.key)
    dimensions = {*asked.by, *(dimension for dimension, _ in asked.only)}
    what = counted(row.key, asked, with_case=bool(dimensions - {"unit"}), excluded=excluded)
    keys = [_column(dimension, what.unit) for dimension in asked.by]
    columns = "".join(column + ", " for column in keys)
    source = f"FROM {what.source} WHERE {what.where}{_narrowed(asked, what.unit)} AND {{here}}"
    counts: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    n = len(keys)
    if row.timed:
        # Grouped by the part each clock falls in: a sum for each of the four parts would take twice as long.
        part = "".join(f"WHEN {condition} THEN {place} " for place, condition in enumerate(what.parts.values()))
        sql = f"SELECT {columns}CASE {part}END, count(*) {source}{_group([*keys, part])}"
        for found in tables.count(sql, what.of, asked.values()):
            counts[tuple(found[:n])][found[n]] += found[n + 1]
        return counts
    sql = f"SELECT {columns}count(*) FILTER (WHERE {what.parts['numerator']}), count(*) {source}{_group(keys)}"
    for found in tables.count(sql, what.of, asked.values()):
        numbers = counts[tuple(found[:n])]
        numbers[0] += found[n]
        numbers[1] += found[n + 1] - found[n]
    return counts


def _not_stated(tables: Tables, asked: Counting, row: Definition) -> dict[Key, int]:
    """group key → how many cases are left out of the figure since no acceptance of them is recorded."""
    what = not_stated(row.key, asked)
    keys = [_column(dimension, what.unit) for dimension in asked.by]
    columns = "".join(column + ", " for column in keys)
    sql = f"SELECT {columns}count(*) FROM {what.source} WHERE {what.where}{_narrowed(asked, what.unit)} AND {{here}}"
    counts: dict[Key, int] = defaultdict(int)
    for found in tables.count(sql + _group(keys), what.of, asked.values()):
        counts[tuple(found[:-1])] += found[-1]
    return {group: number for group, number in counts.items() if number}


_OF_CASE = (
    "SELECT c.id, c.case_no, c.title, u.name, c.kind, c.stage, c.received_on, c.headcount, c.closed_on, c.lead, "
    "c.unit_rating, c.bureau_rating"
)


_NAMED = ("channel", "kind", "topic", "region", "level", "source")


def _sum_of(key: str) -> str:
    row = VOLUMES[key]
    if not row.where:
        return "sum(c.headcount)" if row.people else "count(*)"
    which = f"FILTER (WHERE {all_of(row.where)})"
    return f"coalesce(sum(c.headcount) {which}, 0)" if row.people else f"count(*) {which}"


def _breakdown(tables: Tables, asked: Counting, received: str) -> Breakdown:
    """The cases by channel, kind, topic, …; the visits by level with their batches and people."""
    by_name: dict[str, Counter[str | None]] = {name: Counter() for name in _NAMED}
    levels: dict[str, dict[str, int]] = {}
    named = ", ".join(f"c.{name}" for name in _NAMED)
    sql = f"SELECT {named}, count(*), {', '.join(map(_sum_of, VISIT_VOLUMES))} {received}{_group([*_NAMED])}"
    for row in tables.count(sql, "c.id", asked.values()):
        said, number, visits = row[: len(_NAMED)], row[len(_NAMED)], row[len(_NAMED) + 1 :]
        for name, value in zip(_NAMED, said, strict=True):
            by_name[name][value] += number
        level = said[_NAMED.index("level")]
        if level is not None and visits[0]:
            mine = levels.setdefault(level, dict.fromkeys(VISIT_VOLUMES, 0))
            for name, count in zip(VISIT_VOLUMES, visits, strict=True):
                mine[name] += int(count)
    groups: Counter[str] = Counter()
    for channel, count in by_name["channel"].items():
        if channel is not None:
            groups[CHANNEL_GROUP[channel]] += count
    appeals = sum(by_name["kind"][kind] for kind in APPEALS)  # 申诉, 求决, and what says no more
    found = {name: dict(counts.most_common()) for name, counts in by_name.items()}
    return Breakdown(found, dict(groups.most_common()), levels, appeals, Durations())


def _durations(code: Callable[[], Code], tables: Tables, asked: Counting, first: str) -> Durations:
    """Days from acceptance to the first close of the cases first closed in the period: mean, median, longest; and how
    many reopened cases were closed again in it."""
    closed = f"FROM {{cases}} c WHERE {DAYS['closed']} AND c.excluded = 0{first} AND {{here}}"
    once = f"SELECT CAST(julianday(c.first_closed_on) - julianday(c.accepted_on) AS INTEGER) {closed} "
    once += "AND c.accepted_on <= c.first_closed_on AND c.closed_on = c.first_closed_on"
    days = [row[0] for row in tables.count(once, "c.id", asked.values())]
    again = f"SELECT c.id, c.first_closed_on {closed} AND (c.closed_on IS NULL OR c.closed_on <> c.first_closed_on)"
    days += _first_times(code(), tables, tables.count(again, "c.id", asked.values()))
    days.sort()
    later = (
        "SELECT count(*) FROM {cases} c WHERE c.closed_on <> c.first_closed_on AND c.closed_on BETWEEN :p AND :q "
        f"AND c.excluded = 0{first} AND {{here}}"
    )
    again_closed = sum(row[0] for row in tables.count(later, "c.id", asked.values()))
    if not days:
        return Durations(later_closings=again_closed)
    middle = (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
    mean = (200 * sum(days) + len(days)) // (2 * len(days)) / 100  # half-up, from the exact fraction
    return Durations(mean, middle, days[-1], again_closed)


def _first_times(code: Code, tables: Tables, reopened: Iterable[tuple[Any, ...]]) -> list[int]:
    """The days from acceptance to the first close of cases that were reopened: they are few, and told by their events."""
    days: list[int] = []
    reopened = list(reopened)
    if not reopened:
        return days
    from xinfang_cli.law.fold import fold

    for case_id, closed_on in reopened:
        case = fold(tables.events(case_id), code, until=date.fromisoformat(closed_on))
        if case is not None and case.accepted_on is not None:
            days.append((date.fromisoformat(closed_on) - case.accepted_on).days)
    return days


_FIRST_DUE = f"FROM {{clocks}} k WHERE k.case_id = c.id AND {RUNNING} ORDER BY k.due_on, k.n LIMIT 1)"
_NEXT_CLOCK = (
    f"(SELECT k.start_on {_FIRST_DUE}, (SELECT k.due_on {_FIRST_DUE}, NULL",
    f"(SELECT k.guessed {_FIRST_DUE}",
)
_OWN_CLOCK = ("k.start_on, k.due_on, CASE WHEN k.stop_on <= :a THEN k.stop_on END", "k.guessed")
_NO_CLOCK = ("NULL, NULL, NULL", "0")


def _listed(
    tables: Tables, asked: Counting, what: Counted, resolved: str = "NULL", clock: tuple[str, str] | None = None
) -> list[CountedCase]:
    """The rows of these parts, nearest due or oldest first; `clock`: the days of which clock, and whether a guess."""
    of_clock = " k" in what.source
    days, guessed = clock or (_OWN_CLOCK if of_clock else _NO_CLOCK)
    which = " ".join(f"WHEN {condition} THEN '{name}'" for name, condition in what.parts.items())
    any_part = " OR ".join(f"({condition})" for condition in what.parts.values())
    sql = (
        f"{_OF_CASE}, CASE {which} END, {days}, {what.unit}, c.complained_unit_id, {resolved}, {guessed} "
        f"FROM {what.source} LEFT JOIN units u ON u.id = {what.unit} "
        f"WHERE {what.where}{_narrowed(asked, what.unit)} AND ({any_part}) AND {{here}}"
    )
    rows = [CountedCase._make(row) for row in tables.count(sql, what.of, asked.values())]
    rows.sort(key=lambda row: ((row.due_on or "") if of_clock else row.received_on, row.case_no))
    return rows


def _month_after(day: str) -> str:
    year, month = int(day[:4]), int(day[5:7])
    return f"{year + month // 12}-{month % 12 + 1:02d}"


def rates_of(tables: Tables, asked: Counting) -> Rates:
    """group key → rate key → counts; the key is () when nothing is grouped."""
    found: Rates = defaultdict(dict)
    for row in asked.definitions:
        for group, numbers in _counts(tables, asked, row).items():
            found[group][row.key] = _rate(row, numbers)
        here, _ = as_counted(tables, asked, row.key)
        if here.has_excluded:
            for group, numbers in _counts(tables, asked, row, excluded=True).items():
                rate = found[group].setdefault(row.key, _rate(row, [0, 0, 0, 0]))
                gone = _rate(row, numbers)
                missed = gone.numerator if row.lower_is_better else gone.denominator - gone.numerator
                rate.excluded = Excluded(gone.denominator, missed)
        if row.key in NOT_STATED and here.has_unaccepted:
            for group, number in _not_stated(tables, asked, row).items():
                found[group].setdefault(row.key, _rate(row, [0, 0, 0, 0])).acceptance_missing = number
    return found


def guesses_of(tables: Tables, asked: Counting) -> dict[str, int]:
    """The number of guessed last days (约) among counted or pending clocks, by rate."""
    found: dict[str, int] = {}
    for row in asked.definitions if tables.has_guesses else ():
        if not row.clock:
            continue
        what = counted(row.key, asked)
        parts = " OR ".join(f"({condition})" for condition in what.parts.values())
        sql = f"SELECT count(*) FROM {what.source} WHERE {what.where}{_narrowed(asked, what.unit)} AND ({parts})"
        number = sum(one[0] for one in tables.count(f"{sql} AND k.guessed = 1 AND {{here}}", what.of, asked.values()))
        if number:
            found[row.key] = number
    return found


def _first_of(asked: Counting) -> str:
    return (" AND c.repeat = 0" if asked.first_only else "") + _narrowed(asked, "c.unit_id")


def _received(first: str) -> str:
    return f"FROM {{cases}} c WHERE {DAYS['received']}{first} AND {{here}}"


def volumes_of(tables: Tables, asked: Counting) -> tuple[dict[str, int], dict[Key, dict[str, int]], int]:
    """The volumes in all and by group, and how many of the cases received are excluded."""
    received = _received(_first_of(asked))
    excluded = 0
    if tables.has_excluded:
        sql = f"SELECT count(*) {received} AND c.excluded = 1"
        excluded = sum(row[0] for row in tables.count(sql, "c.id", asked.values()))
    received += " AND c.excluded = 0"
    keys = [_column(dimension, "c.unit_id") for dimension in asked.by]
    sums = ", ".join(map(_sum_of, VOLUMES))
    grouped: dict[Key, dict[str, int]] = {}
    sql = f"SELECT {''.join(f'{column}, ' for column in keys)}{sums} {received}{_group(keys)}"
    for row in tables.count(sql, "c.id", asked.values()):
        mine = grouped.setdefault(tuple(row[: len(keys)]), dict(NO_VOLUMES))
        for name, number in zip(VOLUMES, row[len(keys) :], strict=True):
            mine[name] += int(number or 0)
    return {name: sum(row[name] for row in grouped.values()) for name in VOLUMES}, grouped, excluded


class Counts(Part):
    """Counts and rates of cases and deadlines, as they stood at the end of a day."""

    def as_of(self, day: date, known_until: int | None = None, *, upto: date | None = None) -> Tables:
        """The tables as of a day; with `known_until`, as the events up to that one had it. `upto`: no case received after
        that day will be counted."""
        return AsOf(self.book, day, known_until, upto=upto)

    def of_cases(self, told: Sequence[Told], day: date) -> Tables:
        """Tables that hold these cases, told by these events, and no other."""
        return AsOf.only(self.book, told, day)

    def complete_from(self, as_of: date) -> date | None:
        """The first day of complete data: the setting book_from, else the first received day followed by cases in every
        month up to `as_of`.
        """
        said = self.book.settings.current().get("book_from")
        if said is not None and said[0]:
            return date.fromisoformat(said[0])
        found = None
        latest = self.conn.execute(
            "SELECT max(received_on) FROM cases WHERE received_on <= ?", (as_of.isoformat(),)
        ).fetchone()[0]
        while latest is not None and (found is None or _month_after(latest) == found[:7]):
            month = latest[:7]
            found, latest = self.conn.execute(
                "SELECT (SELECT min(received_on) FROM cases WHERE received_on >= ?1), "
                "(SELECT max(received_on) FROM cases WHERE received_on < ?1)",
                (f"{month}-01",),
            ).fetchone()
        return None if found is None else date.fromisoformat(found)

    def rates(self, tables: Tables, asked: Counting) -> Rates:
        """Group key → rate key → counts; key () when nothing is grouped."""
        return rates_of(tables, asked)

    def guesses(self, tables: Tables, asked: Counting) -> dict[str, int]:
        """Of each rate of clocks: how many of its counted or pending clocks have a guessed last day (约)."""
        return guesses_of(tables, asked)

    def behind(
        self, tables: Tables, asked: Counting, key: str, part: str | None = None, *, excluded: bool = False
    ) -> list[CountedCase]:
        """The rows behind a number: the same source and conditions as its count, nearest due or oldest first.

        Without a part, those of the denominator (a rate) or of the volume. `excluded`: those it would count of the excluded.
        """
        tables, asked = as_counted(tables, asked, key)
        if part == "acceptance_missing":
            what = not_stated(key, asked)
        elif key == "participation" and part == "pending":
            what = pending_ratings(asked)
        else:
            what = counted(key, asked, excluded=excluded)
        wanted = [part] if part else [name for name in what.parts if name != "pending"]
        if key not in DEFINITIONS:
            wanted = ["numerator"]
        parts = {name: condition for name, condition in what.parts.items() if name in wanted}
        return _listed(tables, asked, what._replace(parts=parts), "b.resolved_on" if key == "backlog" else "NULL")

    def prospects(self, tables: Tables, asked: Counting, key: str) -> list[CountedCase]:
        """Cases that a figure counts or can still count, each in its part (see prospects) with the due day of its next
        clock, if any; also ratings given in time that can still drop out.
        """
        from xinfang_cli.book.sql.prospects import PROSPECTS, RATED_MAY_GO, WAITS_FOR_APPROVAL

        if key not in PROSPECTS:
            what = counted(key, asked)
            return _listed(tables, asked, what._replace(parts={"met_may_go": RATED_MAY_GO}))
        where = "c.excluded = 0" + (" AND c.repeat = 0" if asked.first_only else "")
        found = _listed(tables, asked, Counted(_CASE, where, PROSPECTS[key]), clock=_NEXT_CLOCK)
        return [
            row._replace(part="may_come") if row.part == WAITS_FOR_APPROVAL else row
            for row in found
            if row.part != WAITS_FOR_APPROVAL or self._closed_in(tables, asked, row.case_id)
        ]

    def _closed_in(self, tables: Tables, asked: Counting, case_id: int) -> bool:
        """Whether a closing that waits to be checked lies in the period."""
        from xinfang_cli.law.fold import fold

        case = fold(tables.events(case_id), self.book.code, until=asked.as_of)
        return case is not None and case.closed_on is not None and asked.first <= case.closed_on <= asked.last

    def overdue(self, tables: Tables, as_of: date) -> list[OpenClock]:
        """Every clock that ran out before the day and has not stopped by it, whatever the period; the oldest first. Those of
        excluded cases are among."""
        shown = """SELECT c.id, c.case_no, c.title, c.kind, c.lead, u.name, k.kind, k.due_on, coalesce(k.unit_id, c.unit_id),
    c.excluded, k.guessed FROM {clocks} k CROSS JOIN {cases} c ON c.id = k.case_id
    LEFT JOIN units u ON u.id = coalesce(k.unit_id, c.unit_id) WHERE {here} AND k.due_on < :a AND """
        # Only a telling can lie after the event that says it, and so after the day.
        told_later = f"{COUNTED['stopped']} AND k.kind = 'acceptance' AND k.stop_on > :a"
        rows = tables.count(f"{shown}{RUNNING} UNION ALL {shown}{told_later}", "k.case_id", {"a": as_of.isoformat()})
        rows.sort(key=lambda row: (row[7], row[1], row[6]))
        return [OpenClock._make(row) for row in rows]

    def dissatisfied(self, tables: Tables, asked: Counting) -> list[CountedCase]:
        """The cases behind the satisfaction of the period that were rated 不满意."""
        return [row for row in self.behind(tables, asked, "satisfaction", "rest") if row.unit_rating == "dissatisfied"]

    def doings(self, tables: Tables, first: date, last: date, kinds: Sequence[str]) -> list[tuple[int, Event]]:
        """(case, event) of those kinds, on a day of the period, of cases in the figures; what was revoked or corrected as
        it now stands."""
        from xinfang_cli.book.sql.events import decode
        from xinfang_cli.law.fold import in_force

        rows = self.conn.execute(
            f"SELECT case_id, kind, on_day, body, NULL, seq, id FROM events WHERE case_id IS NOT NULL AND "
            f"(kind IN ('revoke','correct') OR ({among('kind', kinds)} AND on_day BETWEEN ? AND ?)) ORDER BY id",
            (*kinds, first.isoformat(), last.isoformat()),
        ).fetchall()
        mended = {row[0] for row in rows if row[1] in ("revoke", "correct")}
        found = [(row[0], decode(*row[1:])) for row in rows if row[0] not in mended]
        for case_id in sorted(mended):
            standing = in_force(self.book.events.of(case_id))
            if standing and standing[0].kind == "register":
                found += [(case_id, event) for event in standing if event.kind in kinds and first <= event.on <= last]
        excluded = {
            row[0] for row in tables.rows("SELECT c.id FROM {cases} c WHERE c.excluded = 1", {"a": last.isoformat()})
        }
        return [(case_id, event) for case_id, event in found if case_id not in excluded]

    def without_clock(self, tables: Tables, asked: Counting) -> list[CountedCase]:
        """The appeals accepted in the period on a pathway without a statutory last day, in the form of `cases_by_id`."""
        kinds, pathways = (",".join(f"'{word}'" for word in words) for words in (APPEALS, CLOCKED))
        rows = tables.count(
            f"SELECT c.id FROM {{cases}} c WHERE c.accepted_on BETWEEN :p AND :q AND c.accepted_on <= :a AND c.excluded = 0 "
            f"AND c.kind IN ({kinds}) AND c.pathway NOT IN ({pathways}) AND {{here}}",
            "c.id",
            asked.values(),
        )
        return self.cases_by_id(tables, asked, (row[0] for row in rows))

    def cases_by_id(self, tables: Tables, asked: Counting, ids: Iterable[int]) -> list[CountedCase]:
        """These cases in the form of `behind`, without a clock."""
        sql = (
            f"{_OF_CASE}, '', NULL, NULL, NULL, c.unit_id, c.complained_unit_id, NULL, 0 "
            f"FROM {{cases}} c LEFT JOIN units u ON u.id = c.unit_id WHERE {numbered('c.id', ids)} AND {{here}}"
        )
        rows = [CountedCase._make(row) for row in tables.count(sql, "c.id", asked.values())]
        return sorted(rows, key=lambda row: row.case_no)

    def complained_of(self, tables: Tables, asked: Counting) -> list[tuple[str, int]]:
        """Received cases by the unit they are about, largest first. Only units of the book, and none with few enough
        cases to reveal one naming it (art. 30).
        """
        rows = tables.rows(
            f"SELECT u.name, count(*) FROM {{cases}} c JOIN units u ON u.id = c.complained_unit_id WHERE {DAYS['received']} "
            f"AND c.excluded = 0 GROUP BY u.id HAVING count(*) >= {FEWEST_COMPLAINTS} ORDER BY 2 DESC, u.ord, u.id",
            asked.values(),
        )
        return [(row[0], row[1]) for row in rows]

    def without_unit(self, tables: Tables, asked: Counting) -> WithoutUnit:
        """Cases received without a unit, by state: answered by the bureau itself, to be forwarded, ended."""
        only = asked._replace(only=tuple(pair for pair in asked.only if pair[0] != "unit"))
        first = (" AND c.repeat = 0" if asked.first_only else "") + _narrowed(only, "c.unit_id")
        sql = (
            f"SELECT CASE WHEN c.closed_on IS NOT NULL THEN 'closed' ELSE c.stage END, count(*) FROM {{cases}} c "
            f"WHERE c.unit_id IS NULL AND {DAYS['received']}{first} AND c.excluded = 0 AND {{here}} GROUP BY 1 ORDER BY 1"
        )
        found: Counter[str] = Counter()
        for stage, number in tables.count(sql, "c.id", only.values()):
            found[stage] += number
        return WithoutUnit(tuple((stage, found[stage]) for stage in STAGE.labels if found[stage]))

    def volumes(self, tables: Tables, asked: Counting) -> Volumes:
        """件, 人次, 批: `groups` and `visit_people` of visits, `people` of all channels; by channel, kind, topic, …"""
        total, grouped, excluded = volumes_of(tables, asked)
        first = _first_of(asked)
        parts = _breakdown(tables, asked, _received(first) + " AND c.excluded = 0")._replace(
            durations=_durations(lambda: self.book.code, tables, asked, first)
        )
        return Volumes(total, parts, grouped if asked.by else {}, excluded)
