"""The sheets of a workbook as calamine reads them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from xinfang_cli.intake.readers import guard
from xinfang_cli.intake.readers.marks import Marks
from xinfang_cli.intake.readers.sheet import File, Lost, Reading, Row, Sheet, SheetFile

LostOf = Callable[[str, int, Collection[int]], Lost]
"""(sheet, header row, wanted columns) → the cells without a value."""


MarksOf = Callable[[str], Marks | None]


def sheets_of(
    path: File,
    lost: LostOf,
    epoch1904: bool = False,
    check: Callable[[str], None] = lambda name: None,
    marks: MarksOf = lambda name: None,
) -> SheetFile:
    """The worksheets in file order; `check` may refuse one by its name before it is laid out."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    book = guard.load(path)

    def readings(name: str) -> Iterator[Reading]:
        check(name)
        loaded = guard.guarded(path, lambda: book.get_sheet_by_name(name))
        marked = marks(name)

        def rows(header_row: int = 0, width: int = 0) -> Iterator[tuple[int, Row]]:
            plain = enumerate(loaded.iter_rows(), 1)
            return marked.over(plain) if marked else plain

        yield Reading(
            rows=rows,
            rows_at_most=loaded.end[0] + 1 if loaded.end else 0,
            merged=tuple(
                (first_row + 1, last_row + 1, column)
                for (first_row, column), (last_row, _) in loaded.merged_cell_ranges or ()
                if last_row > first_row
            ),
            lost=partial(lost, name),
            epoch1904=epoch1904,
        )

    return SheetFile(
        [
            Sheet(found.name, partial(readings, found.name), hidden=found.visible != SheetVisibleEnum.Visible)
            for found in book.sheets_metadata
            if found.typ == SheetTypeEnum.WorkSheet
        ]
    )
