"""The self-check before a bulletin is sealed: every number a second time, and what a reader should know first."""

from __future__ import annotations

from collections.abc import Iterator

from xinfang_cli.book.face import Book
from xinfang_cli.book.sql import counts
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, is_small
from xinfang_cli.office.figures import recount
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.office.figures.stats import cells, optional_figures

TOTAL = "合计"


class Doubt(NamedTuple):
    """Something to read before sealing. `code`: differs, no_data, small_base, excluded, guesses, running.

    `figure`: a rate or a volume, or which comparison has no data; `said` as the bulletin has it, `counted` a second time.
    """

    code: str
    span: str  # now, so_far
    row: str
    figure: str
    said: tuple[int, ...] = ()
    counted: tuple[int, ...] = ()


def check(book: Book, made: Bulletin) -> tuple[Doubt, ...]:
    """What the bulletin says, held against the cases: those whose events are told anew, and those listed behind each
    rate; then what has no data, a small base, or something left out."""
    found = list(_second_count(book, made))
    found += _lists(book, made)
    for span, one in (("now", made.now), ("so_far", made.total)):
        found += [Doubt("no_data", span, TOTAL, name) for name in one.missing]
        found += _of_rates(span, one)
    if made.period.last > made.as_of:
        found.append(Doubt("running", "now", TOTAL, ""))
    return tuple(found)


def _second_count(book: Book, made: Bulletin) -> Iterator[Doubt]:
    """The figures again, from the events of the cases and by none of the queries that counted first."""
    known = recount.told(book, min(made.now.first, made.total.first), made.now.last, made.as_of)
    more = optional_figures(book)
    for span, one in (("now", made.now), ("so_far", made.total)):
        said = {(row, key): tuple(numbers) for row, found in cells(one).items() for key, numbers in found.items()}
        again = recount.count(book, known, recount.Span(one.first, one.last, one.as_of), TOTAL)
        for row, key in dict.fromkeys([*said, *again]):
            if key in DEFINITIONS and DEFINITIONS[key].optional and key not in more:
                continue
            first, second = said.get((row, key), ()), again.get((row, key), ())
            if first != second and (any(first) or any(second)):
                yield Doubt("differs", span, row, key, first, second)


def _lists(book: Book, made: Bulletin) -> Iterator[Doubt]:
    """Each rate against the list of cases that opens behind it."""
    tables = counts.AsOf(book, made.as_of)
    for span, one in (("now", made.now), ("so_far", made.total)):
        asked = _asked(book, one, ())
        for key, rate in one.rates.items():
            good = DEFINITIONS[key].parts[0]
            listed = (len(counts.behind(tables, asked, key, good)), len(counts.behind(tables, asked, key)))
            if listed != (rate.numerator, rate.denominator):
                yield Doubt("differs", span, TOTAL, key, (rate.numerator, rate.denominator), listed)


def _asked(book: Book, one: Figures, by: tuple[str, ...]) -> counts.Asked:
    return counts.Asked(one.first, one.last, one.as_of, by=by, more=optional_figures(book))


def _of_rates(span: str, one: Figures) -> Iterator[Doubt]:
    for key, rate in one.rates.items():
        if is_small(rate, one.small_base):
            yield Doubt("small_base", span, TOTAL, key, (rate.numerator, rate.denominator))
        if rate.excluded.cases:
            yield Doubt("excluded", span, TOTAL, key, tuple(rate.excluded))
        if key in one.guesses:
            yield Doubt("guesses", span, TOTAL, key, (one.guesses[key],))
