"""The sheets of a workbook as calamine reads them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.marks import Marks
from xinfang_cli.intake.readers.sheet import File, Lost, MarkedRow, Reading, Row, Sheet, SheetFile

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

LostOf = Callable[[str, int, Collection[int]], Lost]
"""(sheet, header row, wanted columns) → the cells without a value."""


Merged = Sequence[tuple[int, int, int, int]]
"""Cells that are one: first and last row from 1, first and last column from 0."""
MarksOf = Callable[[str], Marks | None]


def sheets_of(
    path: File,
    lost: LostOf,
    epoch1904: bool = False,
    check: Callable[[str], None] = lambda name: None,
    marks: MarksOf = lambda name: None,
    merged: Callable[[str], Merged] | None = None,
) -> SheetFile:
    """The worksheets in file order; `check` may refuse one by its name before it is laid out; `merged` where calamine does
    not know."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    book = guard.load(path)

    def readings(name: str) -> Iterator[Reading]:
        check(name)
        loaded = guard.guarded(path, lambda: book.get_sheet_by_name(name))
        marked = marks(name)
        ranges = merged(name) if merged is not None else _merged_of(loaded)
        beside = _beside(ranges)

        def rows(header_row: int = 0, width: int = 0) -> Iterator[tuple[int, Row]]:
            plain: Iterator[tuple[int, Row]] = enumerate(loaded.iter_rows(), 1)
            shown = marked.over(plain) if marked else plain
            return _as_seen(shown, beside) if beside else shown

        yield Reading(
            rows=rows,
            rows_at_most=loaded.end[0] + 1 if loaded.end else 0,
            merged=tuple((first, last, column) for first, last, column, _ in ranges if last > first),
            lost=partial(lost, name),
            epoch1904=epoch1904,
            hidden_columns=frozenset(marked.columns) if marked is not None else (),
        )

    return SheetFile(
        [
            Sheet(found.name, partial(readings, found.name), hidden=found.visible != SheetVisibleEnum.Visible)
            for found in book.sheets_metadata
            if found.typ == SheetTypeEnum.WorkSheet
        ]
    )


def _merged_of(loaded: CalamineSheet) -> Merged:
    return [
        (first_row + 1, last_row + 1, first, last)
        for (first_row, first), (last_row, last) in loaded.merged_cell_ranges or ()
    ]


def _beside(merged: Merged) -> dict[int, list[int]]:
    """Row → columns covered by a merged cell to their left: invisible text."""
    found: dict[int, list[int]] = {}
    for first_row, last_row, first, last in merged:
        if last > first:
            for row in range(first_row, last_row + 1):
                found.setdefault(row, []).extend(range(first + 1, last + 1))
    return found


def _as_seen(rows: Iterator[tuple[int, Row]], beside: dict[int, list[int]]) -> Iterator[tuple[int, Row]]:
    """The rows without what is under a merged cell."""
    for number, cells in rows:
        covered = beside.get(number, ())
        if any(column < len(cells) and cells[column] not in ("", None) for column in covered):
            seen = ["" if column in covered else cell for column, cell in enumerate(cells)]
            row = cells if isinstance(cells, MarkedRow) else MarkedRow(cells)
            yield number, row.filled(seen, merged=False, covered=True)
        else:
            yield number, cells
