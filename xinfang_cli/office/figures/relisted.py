"""The second count of a bulletin's parts and lists: receipts by topic, channel, level and petitioner, cases without a
unit, durations, overdue and problem lists, activities, resolved backlog, reception.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction

from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.accused import FEWEST_COMPLAINTS
from xinfang_cli.law.backlog import Batch
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.figures.definitions import Figures
from xinfang_cli.law.periods import Period
from xinfang_cli.office.campaigns.reception_status import ReceptionStatus
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.office.figures.recount import Span, Told, is_ratable, solved, volumes_of

Listed = Mapping[tuple[str, str], float]
"""(row, what) → how many; of a list each case is a row, once."""
DIMENSIONS = ("channel", "kind", "topic", "region", "level", "source")


# ---- as the bulletin has them -------------------------------------------------------------------------------------


def parts_said(one: Figures, whole: str) -> Listed:
    """The statements on a span besides rates and volumes."""
    breakdown = one.breakdown
    found: dict[tuple[str, str], float] = {}
    for name in DIMENSIONS:
        found |= {(value or "", name): number for value, number in breakdown.by[name].items()}
    found |= {(level, key): n for level, visits in breakdown.levels.items() for key, n in visits.items()}
    found |= {(group, "form"): number for group, number in breakdown.by_channel_group.items()}
    found[whole, "appeals"] = breakdown.appeals
    days = breakdown.durations
    found[whole, "later_closings"] = days.later_closings
    if days.mean is not None and days.median is not None and days.longest is not None:
        found |= {(whole, "mean"): days.mean, (whole, "median"): days.median, (whole, "longest"): days.longest}
    return found


def lists_said(made: Bulletin, whole: str) -> Listed:
    """Cases named or counted in the bulletin, and its stated activities."""
    found: Counter[tuple[str, str]] = Counter()
    found.update((clock.case_no, f"overdue:{clock.clock}:{clock.due_on}") for clock in made.overdue)
    found[whole, "hidden:overdue"] = sum(made.hidden_overdue.values())
    found[whole, "excluded:overdue"] = made.excluded_overdue
    for what, cases in made.problems.items():
        found.update((case.case_no, f"problem:{what}") for case in cases)
        found[whole, f"hidden:{what}"] = made.hidden_problems[what]
    for span, parts in (("now", made.no_unit), ("so_far", made.no_unit_so_far)):
        for stage, number in parts.stages:
            found[stage, f"no_unit:{span}"] = number
    for what, number in made.doings.items():
        if what != "return":
            found[what, "done"] = number
    for row in made.backlog:
        unit = row.unit if row.rankable else terms.NO_UNIT
        found[unit, "resolved"] = row.now
        found.update((unit, f"lead:{name}") for name in row.leads.split("、") if name)
    found.update({(unit, "complained_of"): number for unit, number in made.complained_of})
    for span, status in (("now", made.reception), ("so_far", made.reception_so_far)):
        found.update({(span, key): number for key, number in reception_said(status).items()})
    for advice in made.advices:
        found.update(_advice(advice.kind, advice.to, advice.answered_on is not None, bool(advice.adopted)))
    for rank in made.standings:
        found[rank.indicator, _rank(rank.rank, rank.of, rank.on, rank.value, rank.source)] += 1
    return found


_DAYS = ("days_on_duty", "days_missing", "days_without_visitor", "days_invited")


def _advice(kind: str, to: str, answered: bool, adopted: bool) -> Iterator[tuple[str, str]]:
    yield kind, "advice:given"
    yield to, f"advice:to:{kind}"
    if answered:
        yield kind, "advice:answered"
    if adopted:
        yield kind, "advice:adopted"


def _rank(rank: int, of: int | None, on: date, value: str | None, source: str | None) -> str:
    return f"standing:{rank}:{of}:{on}:{value}:{source}"


def reception_said(status: ReceptionStatus | None) -> dict[str, int]:
    """The numbers of leaders' reception."""
    if status is None:
        return {}
    keys = ("leader_times", "groups", "people", "matters", "orders", "carried_out", "orders_overdue", "open_matters")
    found = {f"reception:{key}": int(getattr(status, key)) for key in (*keys, *_DAYS)}
    if status.roster_entered_on is not None:
        found["reception:roster_entered_on"] = status.roster_entered_on.toordinal()
    for one in status.by_form:
        found |= {f"reception:{one.form}:groups": one.groups, f"reception:{one.form}:people": one.people}
    return found


# ---- a second time ------------------------------------------------------------------------------------------------


def parts_of(known: Told, span: Span, whole: str) -> Listed:
    """The same of the cases as they are told."""
    found: Counter[tuple[str, str]] = Counter()
    days: list[int] = []
    for case_id, case in known.cases.items():
        if case.excluded:
            continue
        if span.holds(case.received_on):
            _received(found, case, whole)
        if span.holds(case.first_closed_on) and case.first_closed_on is not None:
            accepted = known.first_accepted.get(case_id, case.accepted_on)
            if accepted is not None and accepted <= case.first_closed_on:
                days.append((case.first_closed_on - accepted).days)
        if _closed_on(case) != case.first_closed_on and span.holds(_closed_on(case)):
            found[whole, "later_closings"] += 1
    return {**found, **{(whole, key): number for key, number in _spread(sorted(days))}}


def _closed_on(case: Case) -> date | None:
    """The day of the closing in force; one that waits to be checked (待审核) is not."""
    return None if case.stage == "reported" else case.closed_on


def _received(found: Counter[tuple[str, str]], case: Case, whole: str) -> None:
    found.update((str(getattr(case, name) or ""), name) for name in DIMENSIONS)
    found[terms.CHANNEL_GROUP[case.channel], "form"] += 1
    found[whole, "appeals"] += case.kind in terms.APPEALS
    if case.level is not None and case.channel in terms.VISITS:
        for key, number in volumes_of(case):
            if key in ("groups", "visit_people", "group_visits", "group_visit_people"):
                found[case.level, key] += number


def _spread(days: list[int]) -> Iterator[tuple[str, float]]:
    """Mean to two places half-up, median, longest."""
    if days:
        whole, odd = len(days), len(days) % 2
        yield "mean", int(Fraction(100 * sum(days), whole) + Fraction(1, 2)) / 100
        yield "median", float(days[whole // 2]) if odd else (days[whole // 2 - 1] + days[whole // 2]) / 2
        yield "longest", days[-1]


def _without_few(found: Counter[tuple[str, str]]) -> None:
    """Units of which few complain are not named."""
    for key in [key for key, number in found.items() if key[1] == "complained_of" and number < FEWEST_COMPLAINTS]:
        del found[key]


class About(NamedTuple):
    """The scope of the lists: period, its span and the year's so far, the day of printing, the case numbers."""

    period: Period
    now: Span
    far: Span
    made_on: date
    numbers: Mapping[int, str]

    @property
    def end(self) -> date:
        """The last day that the figures can know of."""
        return min(self.period.last, self.now.as_of)


def lists_of(book: Book, known: Told, made: Bulletin, whole: str) -> Listed:
    """The same of the cases as they are told, and of their events."""
    now = Span(made.now.first, made.now.last, made.as_of)
    far = Span(made.total.first, made.total.last, made.as_of)
    about = About(made.period, now, far, made.made_on, book.cases.numbers())
    found = cases_listed(book, known, about, whole)
    _without_few(found)
    for name, period, status in (
        ("now", made.period, made.reception),
        ("so_far", made.so_far, made.reception_so_far),
    ):
        if status is not None:  # of the whole period, also where the book has the cases of a part of it alone
            span = Span(period.first, period.last, made.as_of)
            said = {**_reception(book, known, span), **_duty(book, known, span, made.made_on)}
            found.update({(name, key): number for key, number in said.items()})
    of_office(found, book, made.period.first, about.end)
    return found


def cases_listed(book: Book, known: Told, about: About, whole: str) -> Counter[tuple[str, str]]:
    """The lists and counts from these cases alone."""
    now, numbers = about.now, about.numbers
    found: Counter[tuple[str, str]] = Counter()
    for case_id, case in known.cases.items():
        _overdue(found, case, numbers[case_id], about.end, now.as_of, whole)
        for name, span in (("now", now), ("so_far", about.far)):
            if case.unit is None and not case.excluded and span.holds(case.received_on):
                found["closed" if _closed_on(case) is not None else case.stage, f"no_unit:{name}"] += 1
        if about.period.kind == "year" and not case.excluded and now.holds(case.received_on):
            unit = book.canonical.get(case.complained_unit_id or 0, case.complained_unit_id or 0)
            if unit in known.names:
                found[known.names[unit], "complained_of"] += 1
        for what in () if case.excluded else _problems(case, now, known.done.get(case_id, ())):
            if case.kind == "accusation":
                found[whole, f"hidden:{what}"] += 1
            else:
                found[numbers[case_id], f"problem:{what}"] += 1
    for case_id, events in known.done.items():
        if not known.cases[case_id].excluded:
            found.update((_doing(one), "done") for one in events if one.kind != "return" and now.holds(one.on))
    _backlog(found, book, known, now)
    return found


def of_office(found: Counter[tuple[str, str]], book: Book, first: date, day: date) -> None:
    """Suggestions made in the period with their last answer by its end; the superior's last rank of each indicator."""
    given, answers, ranks = {}, {}, dict[str, Event]()
    for event in book.backlog.office_events("advise"):
        if event.data["doing"] == "add" and first <= event.on <= day:
            given[event.data["number"]] = event.data
        elif event.data["doing"] != "add" and event.on <= day:
            answers[event.data["number"]] = event.data
    for number, data in given.items():
        answer = answers.get(number)
        found.update(_advice(data["advice"], data["to"], answer is not None, bool(answer and answer["adopted"])))
    for event in book.backlog.office_events("standing"):
        known = ranks.get(event.data["indicator"])
        if event.on <= day and (known is None or event.on >= known.on):
            ranks[event.data["indicator"]] = event
    for name, event in ranks.items():
        data = event.data
        found[name, _rank(data["rank"], data.get("of"), event.on, data.get("value"), data.get("source"))] += 1


def _doing(event: Event) -> str:
    if event.kind == "assign":
        return str(event.data.get("mode", "forward"))
    return str(event.data.get("step", "step")) if event.kind == "step" else event.kind


def _overdue(found: Counter[tuple[str, str]], case: Case, number: str, last: date, as_of: date, whole: str) -> None:
    for clock in case.clocks:
        stopped = clock.stop is not None and clock.stop <= as_of
        if clock.void or clock.kind in terms.WINDOWS or stopped or clock.due >= as_of or clock.due > last:
            continue
        if case.excluded:
            found[whole, "excluded:overdue"] += 1
        elif case.kind == "accusation":
            found[whole, "hidden:overdue"] += 1
        else:
            found[number, f"overdue:{clock.kind}:{clock.due}"] += 1


def _problems(case: Case, span: Span, done: Iterable[Event]) -> Iterator[str]:
    for clock in case.clocks:
        if clock.void or clock.kind not in ("acceptance", "completion") or not span.first <= clock.due <= span.last:
            continue
        stopped = clock.stop is not None and clock.stop <= span.as_of
        if (stopped and clock.stop is not None and clock.stop > clock.due) or (not stopped and clock.due < span.as_of):
            yield clock.kind
    if is_ratable(case) and span.holds(case.unit_rated_on) and case.unit_rating == "dissatisfied":
        yield "dissatisfied"
    if any(event.kind == "return" and span.holds(event.on) for event in done):
        yield "returned"
    without = case.kind in terms.APPEALS and case.pathway is not None and case.pathway not in terms.CLOCKED
    if without and span.holds(case.accepted_on):
        yield "without_clock"


def _backlog(found: Counter[tuple[str, str]], book: Book, known: Told, span: Span) -> None:
    """Resolved in the period, by unit, as of its end; the leaders responsible."""
    batches = known.batches
    for case_id, case in known.ended.items():
        if case.excluded:
            continue
        for name, entry in case.batches.items():
            batch = batches.get(name, Batch(name))
            if batch.handed_on is not None and batch.handed_on > min(span.last, span.as_of):
                continue
            unit = case.unit if entry.unit is None else entry.unit
            row = known.names.get(book.canonical.get(unit or 0, unit or 0), terms.NO_UNIT)
            day = entry.recognised_on if batch.recognise else entry.resolved_on
            if solved(entry, batch.recognise, known.ended_again.get(case_id, ())) and day is not None:
                found[row, "resolved"] += span.first <= day <= span.last
            if case.lead and case.kind != "accusation":
                found[row, f"lead:{case.lead}"] = 1


def _reception(book: Book, known: Told, span: Span) -> dict[str, int]:
    """Attendances, parties and people of the span; matters with their orders, as far as the loop had come at its end."""
    times, found = set(), Counter[str]()
    until = min(span.last, span.as_of)
    for sat in book.backlog.attendances(until):
        times |= {(sat.on, sat.form, leader) for leader in sat.leaders if span.holds(sat.on)}
    for case in known.ended.values():
        for one in case.receptions:
            if not span.holds(one.on):
                continue
            times |= {(one.on, one.form, leader) for leader in one.leaders}
            found["matters"] += 1
            for key in ("", f"{one.form}:"):
                found[f"{key}groups"] += not one.same_party
                found[f"{key}people"] += 0 if one.same_party else one.people
            orders = [order for order in case.orders if order.reception == one.seq]
            found["orders"] += len(orders)
            found["carried_out"] += sum("carried_out" in order.steps for order in orders)
            found["orders_overdue"] += sum(
                order.answer_by < until and "carried_out" not in order.steps for order in orders
            )
            steps = all(len(order.steps) == len(terms.LOOP_STEPS) for order in orders)
            found["open_matters"] += not (steps if orders else one.settled)
    found["leader_times"] = len(times)
    return {f"reception:{key}": number for key, number in found.items()}


def _duty(book: Book, known: Told, span: Span, today: date) -> dict[str, int]:
    """On how many days leaders sat, should have sat and none did, sat and nobody came; and how many of those they asked
    somebody to come. A day is due where the roster names somebody, or in a month without any roster where it is worked."""
    until = min(span.last, span.as_of)
    heard: set[date] = set()
    sat: dict[date, bool] = {}
    roster: dict[date, date] = {}  # day → when it was arranged
    for event in book.backlog.office_events("reception"):
        for day, leaders in event.data.get("days", {}).items():
            roster.pop(date.fromisoformat(day), None)
            if leaders:
                roster[date.fromisoformat(day)] = event.on
    for one in book.backlog.attendances(until):
        sat[one.on] = sat.get(one.on, False) or bool(one.invited)
    for case in known.ended.values():
        heard |= {one.on for one in case.receptions}
    # Of the time before the first roster or reception nothing is known: that of every case, not of these alone.
    begins = min(
        [
            *roster,
            *sat,
            *heard,
            *(min(one.on for one in case.receptions) for _, _, case in book.backlog.received_cases(until)),
        ],
        default=until + timedelta(days=1),
    )
    found = Counter[str]()
    arranged = {(day.year, day.month) for day in roster}
    day = max(span.first, begins)
    while day <= until:
        due = day in roster or ((day.year, day.month) not in arranged and book.code.now.calendar.is_workday(day))
        found["days_missing"] += due and day not in heard and day not in sat and day < today
        day += timedelta(days=1)
    alone = {day for day in sat if day not in heard and span.first <= day <= until}
    found["days_on_duty"] = sum(span.first <= day <= until for day in {*heard, *sat})
    found["days_without_visitor"], found["days_invited"] = len(alone), sum(sat[day] for day in alone)
    late = [on for day, on in roster.items() if span.first <= day <= until and on > span.last]
    found["roster_entered_on"] = max(late).toordinal() if late else 0
    return {f"reception:{key}": number for key, number in found.items()}
