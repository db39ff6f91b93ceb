"""The self-check before a bulletin is sealed: every number a second time, and what a reader should know first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from xinfang_cli.book.counting import Counting
from xinfang_cli.book.face import Book
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.figures.definitions import DEFINITIONS, WITHOUT_ACCEPTANCE_OF, Figures, is_small
from xinfang_cli.office.figures import recount, relisted
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.office.figures.stats import cells, optional_figures

TOTAL = "合计"


class Doubt(NamedTuple):
    """Something to read before sealing. `code`: differs, no_data, small_base, excluded, guesses, acceptance_missing (counted
    by its closing), acceptance_unstated (not counted), running.

    `figure`: a rate or a volume, or which comparison has no data; `said` as the bulletin has it, `counted` a second time.
    """

    code: str
    span: str  # now, so_far, previous, year_ago, trend
    row: str
    figure: str
    said: tuple[float, ...] = ()
    counted: tuple[float, ...] = ()


def check(book: Book, made: Bulletin) -> tuple[Doubt, ...]:
    """Check a bulletin against its cases: refolded events and the lists behind the rates; then claims without data,
    small bases, exclusions.
    """
    known = recount.told(book, min(made.period.first, made.so_far.first), made.now.last, made.as_of)
    found = list(_second_count(book, made, known))
    found += _parts(book, made, known)
    found += _earlier(book, made)
    found += _lists(book, made)
    for span, one in (("now", made.now), ("so_far", made.total)):
        found += [Doubt("no_data", span, TOTAL, name) for name in one.missing]
        found += _of_rates(span, one)
        found += _without_acceptance(span, one, known)
        found += _left_out(span, one, known)
    if made.period.last > made.as_of:
        found.append(Doubt("running", "now", TOTAL, ""))
    return tuple(found)


def _second_count(book: Book, made: Bulletin, known: recount.Told) -> Iterator[Doubt]:
    """The figures again, from the events of the cases and by none of the queries that counted first."""
    more = optional_figures(book)
    for span, one in (("now", made.now), ("so_far", made.total)):
        said = {(row, key): tuple(numbers) for row, found in cells(one).items() for key, numbers in found.items()}
        again = recount.count(book, known, _span(one), TOTAL)
        for row, key in dict.fromkeys([*said, *again]):
            if key in DEFINITIONS and DEFINITIONS[key].optional and key not in more:
                continue
            yield from _differs(span, row, key, said.get((row, key), ()), again.get((row, key), ()))


def _earlier(book: Book, made: Bulletin) -> Iterator[Doubt]:
    """The periods that it is compared with, and those of the trend, each from cases told as of its own day."""
    spans = [(name, one) for figures in (made.now, made.total) for name, one in figures.against.items()]
    spans += [("trend", one) for one in made.now.trend if one.first != made.now.first]
    kept = recount.Kept()
    for span, one in sorted(spans, key=lambda held: held[1].as_of):
        known = recount.told(book, one.first, one.last, one.as_of, kept, min(made.now.last, made.as_of))
        again = recount.count(book, known, _span(one), TOTAL)
        said = {(row, key): tuple(numbers) for row, found in cells(one).items() for key, numbers in found.items()}
        for row, key in dict.fromkeys([*said, *again]):
            if (span != "trend" or row == TOTAL) and (key not in DEFINITIONS or key in one.rates):
                yield from _differs(span, row, key, said.get((row, key), ()), again.get((row, key), ()))


def _differs(span: str, row: str, key: str, first: tuple[float, ...], second: tuple[float, ...]) -> Iterator[Doubt]:
    if first != second and (any(first) or any(second)):
        yield Doubt("differs", span, row, key, first, second)


def _parts(book: Book, made: Bulletin, known: recount.Told) -> Iterator[Doubt]:
    """Recount topics, levels, forms, durations, overdue and problem cases, activities, backlog and reception from the
    same cases.
    """
    held = [
        (span, relisted.parts_said(one, TOTAL), relisted.parts_of(known, _span(one), TOTAL))
        for span, one in (("now", made.now), ("so_far", made.total))
    ]
    held.append(("now", relisted.lists_said(made, TOTAL), relisted.lists_of(book, known, made, TOTAL)))
    for span, said, again in held:
        for row, what in dict.fromkeys([*said, *again]):
            yield from _differs(span, row, what, (said.get((row, what), 0),), (again.get((row, what), 0),))


def _left_out(span: str, one: Figures, known: recount.Told) -> Iterator[Doubt]:
    """How many each figure leaves out since nobody knows when they were accepted (缺受理), a second time."""
    again = Counter(
        key for case in known.cases.values() if not case.excluded for key in recount.not_stated(case, _span(one))
    )
    for key in WITHOUT_ACCEPTANCE_OF:
        said = one.rates[key].acceptance_missing
        yield from _differs(span, TOTAL, f"acceptance_missing:{key}", (said,), (again[key],))


def _span(one: Figures) -> recount.Span:
    return recount.Span(one.first, one.last, one.as_of)


def _lists(book: Book, made: Bulletin) -> Iterator[Doubt]:
    """Each rate against the list of cases that opens behind it."""
    tables = book.counts.as_of(made.as_of)
    for span, one in (("now", made.now), ("so_far", made.total)):
        asked = _asked(book, one, ())
        for key, rate in one.rates.items():
            good = DEFINITIONS[key].parts[0]
            listed = (len(book.counts.behind(tables, asked, key, good)), len(book.counts.behind(tables, asked, key)))
            if listed != (rate.numerator, rate.denominator):
                yield Doubt("differs", span, TOTAL, key, (rate.numerator, rate.denominator), listed)


def _asked(book: Book, one: Figures, by: tuple[str, ...]) -> Counting:
    return Counting(one.first, one.last, one.as_of, by=by, more=optional_figures(book))


def _without_acceptance(span: str, one: Figures, known: recount.Told) -> Iterator[Doubt]:
    """How many acceptance clocks of the rate ended by a closing, since no acceptance is recorded (缺受理); and how many of
    those too late: the book does not know when the petitioner was told."""
    ended = [
        good
        for case in known.cases.values()
        if case.acceptance_missing and not case.excluded
        for key, _, good, _ in recount.of_clocks(case, _span(one))
        if key == "acceptance"
    ]
    if ended:
        yield Doubt("acceptance_missing", span, TOTAL, "acceptance", (len(ended), ended.count(False)))


def _of_rates(span: str, one: Figures) -> Iterator[Doubt]:
    for key, rate in one.rates.items():
        if is_small(rate, one.small_base):
            yield Doubt("small_base", span, TOTAL, key, (rate.numerator, rate.denominator))
        if rate.acceptance_missing:
            yield Doubt("acceptance_unstated", span, TOTAL, key, (rate.acceptance_missing,))
        if rate.excluded.cases:
            yield Doubt("excluded", span, TOTAL, key, tuple(rate.excluded))
        if key in one.guesses:
            yield Doubt("guesses", span, TOTAL, key, (one.guesses[key],))
