"""Further published numbers that may move: topics, forms and levels, lists, activities, resolved backlog; reception,
suggestions and rankings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from xinfang_cli.book.as_of import Told
from xinfang_cli.book.face import Book
from xinfang_cli.law import periods, terms
from xinfang_cli.law.case import Case
from xinfang_cli.law.fold import fold
from xinfang_cli.law.inforce import Code
from xinfang_cli.law.periods import Period
from xinfang_cli.office.campaigns.reception_status import status_of
from xinfang_cli.office.figures import recount, relisted
from xinfang_cli.office.figures.bulletin import Bulletin, is_held
from xinfang_cli.office.figures.checking import TOTAL
from xinfang_cli.office.figures.recount import Span
from xinfang_cli.office.figures.relisted import About

Parts = Mapping[tuple[str, str, str], int]
"""(now or so_far, row, what) → how many; of a rank which."""
_VISITS = ("groups", "visit_people", "group_visits", "group_visit_people")
_MONTHLY = {
    *("topic", "form", *_VISITS, "no_unit", "overdue", "problem", "hidden", "excluded", "resolved", "standing"),
    "lead",
    *(f"reception:{key}" for key in ("leader_times", "groups", "people", "orders", "carried_out", "orders_overdue")),
    *(f"reception:{key}" for key in ("open_matters", "days_missing", "days_without_visitor", "days_invited")),
}
_PUBLISHED = {
    "week": {"resolved"},
    "year": _MONTHLY | {"kind", "region", "complained_of", "done", "advice"},
}
"""What a bulletin of that kind says, by the first part of the name; another kind says what a monthly one says."""
_SO_FAR = {"form", "reception:leader_times", "reception:groups", "reception:people"}
_BY_CASE = ("overdue", "problem")
HOLDS_LEADS = ("now", TOTAL, "lead")
"""Marks a publication that holds which leader is named for which unit; an earlier program did not seal that."""


def said(made: Bulletin) -> Parts:
    """The numbers of a bulletin."""
    found = Counter[tuple[str, str, str]]()
    for span, one in (("now", made.now), ("so_far", made.total)):
        _put(found, made.period, span, relisted.parts_said(one, TOTAL).items())
    _put(found, made.period, "now", relisted.lists_said(made, TOTAL).items())
    return {key: number for key, number in found.items() if number} | {HOLDS_LEADS: 1}


def now(book: Book, about: About, known: recount.Told) -> Parts:
    """The same as the book has it today, of all cases that can count."""
    found = _of(book, about, known)
    found.update(of_office(book, about))
    return {key: number for key, number in found.items() if number}


def of_case(book: Book, about: About, told: Told, kin: Iterable[Told]) -> Parts:
    """The numbers contributed by one case under these events, together with its repeats and original."""
    first = min(about.now.first, about.far.first)
    events = [(one.case_id, list(one.events)) for one in (told, *kin)]
    known = recount.told_of(book, events, Span(first, about.now.last, about.now.as_of))
    return _of(book, about, known)


def by_case(book: Book, about: About, known: recount.Told) -> dict[int, Parts]:
    """The numbers contributed by each of these cases."""
    found: dict[int, Parts] = {}
    for case_id in known.cases.keys() | known.ended.keys():
        alone = known._replace(
            cases={case_id: known.cases[case_id]} if case_id in known.cases else {},
            ended={case_id: known.ended[case_id]} if case_id in known.ended else {},
            done={case_id: known.done[case_id]} if case_id in known.done else {},
        )
        found[case_id] = _of(book, about, alone)
    return found


def between(book: Book, about: About, upto: int) -> tuple[recount.Told, recount.Told, set[int]]:
    """The cases with anything recorded after an event, or a clock that a later setting moved, and their kin: as they were
    told up to it, under the law of then, and as they are told now; and which they are."""
    first = min(about.now.first, about.far.first)
    changed = set(book.events.cases_after(upto))
    then = Code([version for version in book.code.versions if version.since <= upto])
    if len(then.versions) < len(book.code.versions):
        years = set(book.code.now.calendar.known_years()) - set(then.now.calendar.known_years())
        changed |= set(book.cases.with_unfinished(terms.CLOCK.labels.keys() - terms.WINDOWS, years))
    if any(event.id > upto for event in book.backlog.office_events("batch")):
        changed |= set(book.backlog.in_batches())
    around = book.cases.kin_of(changed)
    told = list(book.events.by_case(changed | around))
    span = Span(first, about.now.last, about.now.as_of)
    before = [(case_id, kept) for case_id, events in told if (kept := [one for one in events if one.id <= upto])]
    return recount.told_of(book, before, span, code=then, known_until=upto), recount.told_of(book, told, span), changed


def of_told(book: Book, about: About, known: recount.Told) -> Parts:
    """The numbers contributed by these cases together."""
    return _of(book, about, known)


def still_named(book: Book, about: About, row: str, what: str, without: Iterable[int]) -> bool:
    """Whether a leader is named for a unit by another case than these."""
    others = [case_id for case_id in book.backlog.led_by(what.partition(":")[2]) if case_id not in set(without)]
    first = min(about.now.first, about.far.first)
    span = Span(first, about.now.last, about.now.as_of)
    known = recount.told_of(book, list(book.events.by_case(others)), span)
    numbers = {case_id: book.cases.number_of(case_id) for case_id in others}
    return ("now", row, what) in _of(book, about._replace(numbers=numbers), known)


def of_reception(book: Book, about: About, told: Told) -> Parts:
    """Leaders' reception with one case told by these events."""
    found = Counter[tuple[str, str, str]]()
    case = fold(told.events, book.code, until=about.end)
    _put_reception(found, book, about, {told.case_id: (told.case_no, case)})
    return found


def _put_reception(
    found: Counter[tuple[str, str, str]],
    book: Book,
    about: About,
    told: Mapping[int, tuple[str, Case | None]] | None = None,
) -> None:
    spans = (("now", about.period), ("so_far", periods.so_far(about.period)))
    each = {span: status_of(book, period.first, period.last, about.end, about.made_on, told) for span, period in spans}
    if is_held(each["so_far"]):
        for span, status in each.items():
            numbers = relisted.reception_said(status).items()
            _put(found, about.period, span, ((("", key), number) for key, number in numbers))


def hears(book: Book, about: About, told: Told) -> object:
    """The numbers contributed to leaders' reception by the case."""
    case = fold(told.events, book.code, until=about.end)
    return None if case is None else (case.receptions, case.orders)


def of_office(book: Book, about: About) -> Parts:
    """Numbers without a single case: leaders' reception, suggestions, ranks."""
    found = Counter[tuple[str, str, str]]()
    _put_reception(found, book, about)
    listed = Counter[tuple[str, str]]()
    relisted.of_office(listed, book, about.period.first, about.end)
    _put(found, about.period, "now", listed.items())
    return found


def _of(book: Book, about: About, known: recount.Told) -> Counter[tuple[str, str, str]]:
    found = Counter[tuple[str, str, str]]()
    for name, span in (("now", about.now), ("so_far", about.far)):
        _put(found, about.period, name, relisted.parts_of(known, span, TOTAL).items())
    _put(found, about.period, "now", relisted.cases_listed(book, known, about, TOTAL).items())
    return found


def _put(
    found: Counter[tuple[str, str, str]],
    period: Period,
    span: str,
    listed: Iterable[tuple[tuple[str, str], float]],
) -> None:
    """Numbers by row, of what such a bulletin says; the cases of a list only counted."""
    published = _PUBLISHED.get(period.kind, _MONTHLY)
    for (row, what), number in listed:
        head, _, rest = what.partition(":")
        where = row if head == "reception" and row in ("now", "so_far") else rest if head == "no_unit" else span
        name = what if head == "reception" else head
        if name not in published or (where == "so_far" and name not in _SO_FAR):
            continue
        if head in _BY_CASE:
            found[where, TOTAL, f"{head}:{rest.partition(':')[0]}"] += int(number)
        elif head == "reception":
            found[where, TOTAL, what] += int(number)
        elif head == "no_unit":
            found[where, row, head] += int(number)
        elif head == "standing":
            found[where, row, head] = int(rest.partition(":")[0])
        else:
            found[where, row, what] += int(number)
