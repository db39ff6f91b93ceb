"""The superior's table beside our figures, cell by cell, and the cases that could explain a difference."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.book.face import Book
from xinfang_cli.book.lines import Unit
from xinfang_cli.book.nearness import Compared, Near
from xinfang_cli.book.nearness import Reason as Reason
from xinfang_cli.errors import BadValue, XinfangError
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import cell_text, clean_name, clean_text, half_width
from xinfang_cli.intake.days import BLANK_CELLS
from xinfang_cli.intake.headings import normalise_heading
from xinfang_cli.intake.tables import Look, SheetTable, open_tables
from xinfang_cli.law.figures.definitions import Rate
from xinfang_cli.law.figures.indicators import HEADINGS, INDICATORS, TOTAL_WORDS, VOLUMES, Indicator
from xinfang_cli.office.figures import stats
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.law.redaction import Redacted

MOST = 8
"""So many cases are named for a cell."""
_CLOCKS = ("dispatch", "acceptance", "completion")
_TOTAL, _SUBTOTAL = "合计", "小计"


def parse_given(pairs: Sequence[str]) -> dict[str, str]:
    """`他们的列=我们的指标` → {heading: indicator}."""
    given: dict[str, str] = {}
    for pair in pairs:
        heading, sign, word = pair.replace("＝", "=").partition("=")
        found = HEADINGS.get(normalise_heading(word)) or (word.strip() if word.strip() in INDICATORS else None)
        if not sign or not heading.strip() or found is None:
            raise BadValue(
                "⟦.map⟧",
                pair,
                "看不懂",
                f"写法：⟦.map⟧ 表里的列=指标，如 转交件=转送总数；指标有：{'、'.join(HEADINGS)}",
            )
        given[normalise_heading(heading)] = found
    return given


class ReadColumn(NamedTuple):
    """A column of the superior's table, and the indicator it was read as."""

    heading: str
    indicator: str
    label: str


class UnknownRow(NamedTuple):
    """A row about none of our units; with similar names."""

    row: int
    name: str
    like: str | None


class LikelyCase(NamedTuple):
    """A case that could explain a difference."""

    case_no: str
    title: Redacted
    reason: Reason


class HeldCell(NamedTuple):
    """A cell of theirs against ours."""

    row: int
    unit: str
    heading: str
    indicator: str
    theirs: float | int
    ours: float | int | None
    difference: float | int | None
    same: bool
    cases: tuple[LikelyCase, ...]


class Reconciled(NamedTuple):
    """The superior's table beside ours, for the same period and basis."""

    file: str
    first: date
    last: date
    as_of: date
    basis: str
    first_only: bool
    columns: tuple[ReadColumn, ...]
    passed_over: tuple[str, ...]
    cells: tuple[HeldCell, ...]
    unknown_rows: tuple[UnknownRow, ...]

    @property
    def same(self) -> int:
        """The number of cells equal to ours."""
        return sum(cell.same for cell in self.cells)


class _Cell(NamedTuple):
    """A filled cell of a row that is about one of ours; `unit` None for a total."""

    row: int
    name: str
    unit: int | None
    indicator: Indicator
    value: object


class _Ours(NamedTuple):
    """Our figures by the name of their row."""

    rows: Mapping[str, tuple[Mapping[str, Rate], Mapping[str, int]]]
    basis: str
    period: Compared

    def value(self, name: str, indicator: Indicator) -> float | int | None:
        return value_of(indicator, *self.rows[name])


def reconcile(
    session: Session,
    path: Path,
    request: stats.FiguresRequest,
    *,
    sheet: str | None = None,
    given: Mapping[str, str] | None = None,
) -> Reconciled:
    """Hold the cells of a table (a unit a row, a figure a column) against ours for the same period and basis."""
    table = _open(path, sheet, {**HEADINGS, **(given or {})})
    found = stats.stats(session, request._replace(as_of=request.as_of or session.today, by=("unit",)))
    columns = {INDICATORS[name]: place for name, place in table.layout.columns.items() if name in INDICATORS}
    rows = {row.name: (row.rates, row.volumes) for row in (*found.rows, *found.subtotals)}
    rows[_TOTAL] = (found.rates, found.volumes)
    ours = _Ours(rows, request.basis, Compared(request.first, request.last, found.as_of))
    with session.reading() as book:
        held, unknown = _read(book, table, columns, rows)
        cells = _hold(book, ours, held, {i: table.headings[place] for i, place in columns.items()})
    return Reconciled(
        path.name,
        request.first,
        request.last,
        found.as_of,
        request.basis,
        request.first_only,
        tuple(ReadColumn(table.headings[place], i.id, i.label) for i, place in columns.items()),
        tuple(name for name in table.layout.unknown() if normalise_heading(name) not in ("序号", "名次", "排名")),
        cells,
        unknown,
    )


def _read(
    book: Book, table: SheetTable, columns: Mapping[Indicator, int], ours: Collection[str]
) -> tuple[list[_Cell], tuple[UnknownRow, ...]]:
    """The filled cells of our units' rows, and the other rows."""
    called, group = book.settings.group_names(), ""
    held: list[_Cell] = []
    unknown: list[UnknownRow] = []
    for line, cells in table.rows():
        word = _word_of(cells, table.layout.columns["unit"])
        values = [(i, cells[place]) for i, place in columns.items() if place < len(cells) and _filled(cells[place])]
        if not word or not values:
            continue
        name = _row_name(book, group + word if word == _SUBTOTAL else word, ours)
        if name is None:
            like = next((shorter for _, shorter in book.units.alike([word])), None)
            unknown.append(UnknownRow(line, word, like))
            continue
        known = None if name == _TOTAL else _unit(book, name)
        unit, group = (known.id, called[known.group]) if known else (None, group)
        held += [_Cell(line, name, unit, indicator, cell) for indicator, cell in values]
    return held, tuple(unknown)


def _hold(book: Book, ours: _Ours, held: Sequence[_Cell], headings: Mapping[Indicator, str]) -> tuple[HeldCell, ...]:
    """Compare each cell with ours; for differences, with the cases that could explain them."""
    fractions = _fractions((cell.indicator, cell.value, ours.value(cell.name, cell.indicator)) for cell in held)
    found = []
    for cell in held:
        indicator, heading = cell.indicator, headings[cell.indicator]
        theirs = _number(cell.value, heading, cell.row, indicator in fractions)
        mine = ours.value(cell.name, indicator)
        same = _same(theirs, mine, indicator)
        difference = None if mine is None else round(theirs - mine, 2)
        may_name = not same and (cell.name == _TOTAL or cell.unit is not None)
        near_cases = (
            _explain(book, indicator, cell.unit, ours.period, difference or 0, ours.basis) if may_name else iter(())
        )
        found.append(
            HeldCell(cell.row, cell.name, heading, indicator.id, theirs, mine, difference, same, _named(near_cases))
        )
    return tuple(found)


def _open(path: Path, sheet: str | None, words: Mapping[str, str]) -> SheetTable:
    known = {heading: (field, n) for n, (heading, field) in enumerate(words.items())}
    hint = "要有单位一列，和至少一列认得的指标；别的叫法用 ⟦.map⟧ 转交件=转送总数 说明"
    try:
        table = open_tables(path, sheet, Look(known)).tables[0]
    except BadValue as error:
        if error.field != "文件":
            raise
        raise BadValue("文件", path.name, "里没有认得的指标表头", hint) from None
    if "unit" not in table.layout.columns:
        raise BadValue("文件", path.name, "里没有单位一列", hint)
    return table


def value_of(indicator: Indicator, rates: Mapping[str, Rate], volumes: Mapping[str, int]) -> float | int | None:
    """Our number; None for a rate over nothing."""
    if indicator.part == "volume":
        return int(volumes.get(indicator.key, 0))
    rate = rates.get(indicator.key, Rate())  # one that the office does not count is over nothing
    if indicator.part == "percent":
        return rate.percent
    if indicator.part == "missed":
        return rate.denominator - rate.numerator
    return rate.numerator if indicator.part == "numerator" else rate.denominator


def _word_of(cells: Sequence[object], place: int) -> str:
    """The subject of a row: its unit, or 合计 or 小计 before the unit's column (序号 and 单位 in one)."""
    word = clean_name(cells[place]) if len(cells) > place else ""
    if word:
        return word
    before = (clean_name(cell) for cell in cells[:place])
    return next((word for word in before if word in TOTAL_WORDS or word.endswith(_SUBTOTAL)), "")


def _row_name(book: Book, word: str, rows: Collection[str]) -> str | None:
    """Our name for a row: a unit, a group's subtotal, or the total."""
    if word in TOTAL_WORDS:
        return _TOTAL
    plain = word.removesuffix(_SUBTOTAL).removesuffix(_TOTAL)
    if plain != word and plain in rows:
        return plain
    try:
        return book.units.find(word).name
    except XinfangError:
        return word if word in rows else None


def _unit(book: Book, name: str) -> Unit | None:
    try:
        return book.units.find(name)
    except XinfangError:
        return None


def _filled(cell: object) -> bool:
    return clean_text(cell) not in BLANK_CELLS


def _fractions(held: Iterable[tuple[Indicator, object, float | int | None]]) -> set[Indicator]:
    """The rates that the table has as fractions of one (a workbook's own percent cells): none of them is over one. Only a
    重复信访率 is low enough to have nothing but percents below one; it is read as what is nearer to ours."""
    numbers: dict[Indicator, list[tuple[float, float | int | None]]] = {}
    for indicator, cell, mine in held:
        if indicator.part == "percent" and isinstance(cell, (int, float)) and not isinstance(cell, bool):
            numbers.setdefault(indicator, []).append((float(cell), mine))

    def nearer(pairs: list[tuple[float, float | int | None]]) -> bool:
        known = [(number, mine) for number, mine in pairs if mine is not None]
        return sum(abs(n * 100 - mine) for n, mine in known) <= sum(abs(n - mine) for n, mine in known)

    return {
        indicator
        for indicator, pairs in numbers.items()
        if max(number for number, _ in pairs) <= 1 and (indicator.key != "repeat" or nearer(pairs))
    }


def _number(cell: object, heading: str, line: int, fraction: bool) -> float | int:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = round(float(cell) * 100, 4) if fraction else float(cell)
    else:
        text = "".join(half_width(clean_text(cell)).split()).rstrip("%件人批次").replace(",", "")
        if not re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?", text):
            raise BadValue(f"第 {line} 行 {heading}", cell_text(cell), "不是数", "请改成数，没有的空着")
        number = float(text)
    return int(number) if number == int(number) else number


def _same(theirs: float | int, ours: float | int | None, indicator: Indicator) -> bool:
    """Equal, a rate to as many decimals as the table has, two at most."""
    if ours is None:
        return theirs == 0
    if indicator.part != "percent":
        return theirs == ours
    decimals = min(len(f"{theirs:g}".partition(".")[2]), 2)
    return abs(theirs - ours) < 0.0051 or (decimals > 0 and abs(round(theirs, 2) - ours) <= 0.5 * 10**-decimals + 1e-9)


def _named(found: Iterator[Near]) -> tuple[LikelyCase, ...]:
    """The likeliest of them, each case once."""
    chosen: dict[str, Near] = {}
    for one in found:
        chosen.setdefault(one.case_no, one)
    likely = sorted(chosen.values(), key=lambda one: one.rank)[:MOST]
    return tuple(LikelyCase(one.case_no, one.title, one.reason) for one in likely)


def _explain(
    book: Book, indicator: Indicator, unit: int | None, period: Compared, difference: float, basis: str
) -> Iterator[Near]:
    """The cases that ours counts otherwise than the table may: first the likeliest."""
    key, part, more = indicator.key, indicator.part, difference > 0
    if part == "missed":
        more = not more
    judged = part in ("numerator", "percent", "missed")
    if key in _CLOCKS:
        if judged:
            yield from book.nearby.clocks_judged(key, unit, period, more)
        if basis == "due":
            yield from book.nearby.clocks_near(key, unit, period, more if part != "missed" else not more)
    elif key in ("satisfaction", "bureau_satisfaction"):
        if judged:
            yield from book.nearby.rated(unit, period, "unit" if key == "satisfaction" else "bureau", more)
    elif key == "participation":
        yield from book.nearby.clocks_near("rating", unit, period, more)
    elif key == "one_time":
        if judged:
            yield from book.nearby.closed_once(unit, period, more, True)
        yield from book.nearby.closed_once(unit, period, more, False)
    elif key in VOLUMES or key == "repeat":
        only = "first" if key == "first" else "repeat" if key == "repeat" else "all"
        yield from book.nearby.received_near(unit, period, more, only)
