"""The sheets of a workbook as calamine reads them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.sheet import Lost, Reading, Sheet, SheetFile

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

LostOf = Callable[[str, int, Collection[int]], Lost]
"""(sheet, header row, wanted columns) → the cells without a value."""


def sheets_of(
    path: Path, lost: LostOf, epoch1904: bool = False, check: Callable[[str], None] = lambda name: None
) -> SheetFile:
    """The worksheets in file order; `check` may refuse one by its name before it is laid out."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    book = guard.load(path)
    return SheetFile(
        [
            Sheet(
                found.name,
                partial(_readings, path, book, found.name, lost, epoch1904, check),
                hidden=found.visible != SheetVisibleEnum.Visible,
            )
            for found in book.sheets_metadata
            if found.typ == SheetTypeEnum.WorkSheet
        ]
    )


def _readings(
    path: Path, book: CalamineWorkbook, name: str, lost: LostOf, epoch1904: bool, check: Callable[[str], None]
) -> Iterator[Reading]:
    check(name)
    loaded: CalamineSheet = guard.guarded(path, lambda: book.get_sheet_by_name(name))
    yield Reading(
        rows=lambda header_row=0, width=0: enumerate(loaded.iter_rows(), 1),
        rows_at_most=loaded.end[0] + 1 if loaded.end else 0,
        merged=tuple(
            (first_row + 1, last_row + 1, column)
            for (first_row, column), (last_row, _) in loaded.merged_cell_ranges or ()
            if last_row > first_row
        ),
        lost=partial(lost, name),
        epoch1904=epoch1904,
    )
