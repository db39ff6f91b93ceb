"""The rows an import turned back, as a workbook to mend and import again. Text is never a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from xinfang_cli.errors import Unusable, system_says
from xinfang_cli.files import placed, scratch, without_overwriting
from xinfang_cli.formats.cells import LAST_ROW, LONGEST, PLAIN_TEXT, Looks, width_of, write_value
from xinfang_cli.office.exchange.importing.rejects import RejectedRow
from xinfang_cli.office.exchange.importing.report import ImportReport, SheetHead
from xinfang_cli.present.importing import in_a_line

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

REJECT_HEADING = "退回原因"
_NOT_IN_NAMES = str.maketrans("[]:*?/\\", "（）：＊？／＼")


def write_rejects(report: ImportReport, source: Path, target: Path | None = None) -> Path:
    """Write the rows an import turned back, their cells as they were, with the reasons; the path it went to.

    Beside the source as NAME.rejected.xlsx, or at `target`; -2, -3 where that is taken, and in the current folder where
    the other cannot be written. Readable by its owner only: nothing in it is masked.
    """
    if target is None:
        stem = source.stem.partition(".rejected")[0] or source.stem
        target = source.with_name(f"{stem}.rejected.xlsx")
    refused: OSError | None = None
    for folder in (target.parent, Path.cwd()):
        try:
            return _write_beside(folder / target.name, report)
        except OSError as error:
            refused = refused or error
    assert refused is not None
    raise _unwritable(target, refused) from refused


def _write_beside(wanted: Path, report: ImportReport) -> Path:
    """At the name wanted, or the next one that is free."""
    for path in _names(wanted):
        if path.exists():
            continue
        try:
            with (
                placed(path, publish=without_overwriting) as made,
                scratch(path.parent) as folder,
                made.open("w+b") as file,
            ):
                _write_rejects(file, report.rejects or (), {head.name: head for head in report.sheets}, folder)
        except FileExistsError:  # another import was first
            continue
        except Exception as error:
            if type(error).__name__ == "FileCreateError" and error.args and isinstance(error.args[0], OSError):
                raise error.args[0] from error  # XlsxWriter's, around what the system said
            raise
        return path
    raise AssertionError


def _write_rejects(file: BinaryIO, rows: Iterable[RejectedRow], heads: dict[str, SheetHead], folder: Path) -> None:
    from xlsxwriter import Workbook

    epoch1904 = any(head.epoch1904 for head in heads.values())
    book = Workbook(
        file, {**PLAIN_TEXT, "constant_memory": True, "date_1904": epoch1904, "in_memory": False, "tmpdir": str(folder)}
    )
    looks = Looks(book)
    used: set[str] = set()
    for name, group in groupby(rows, key=lambda row: row.sheet):
        head = heads[name]
        at = LAST_ROW
        for row in group:
            if at >= LAST_ROW:
                sheet = book.add_worksheet(_sheet_name(name, used))
                _write_head(sheet, head, looks)
                at = 0
            at += 1
            reason, ours = _reason_column(head), REJECT_HEADING in head.headings
            for column, cell in enumerate(row.cells):
                if column != reason or not ours:  # the reason of last time gives way to that of this time
                    write_value(sheet, at, column + (column >= reason and not ours), cell, looks)
            text = "；".join(in_a_line(column, why) for column, why in row.reasons)
            sheet.write_string(at, reason, text[:LONGEST], looks.reason)
    book.close()


def _reason_column(head: SheetHead) -> int:
    """Its own column when the file came from us before, else one after the last heading."""
    return head.headings.index(REJECT_HEADING) if REJECT_HEADING in head.headings else len(head.headings)


def _write_head(sheet: Worksheet, head: SheetHead, looks: Looks) -> None:
    reason = _reason_column(head)
    for column, heading in enumerate(head.headings):
        sheet.set_column(column, column, width_of(heading))
    sheet.set_column(reason, reason, 60)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(head.headings):
        sheet.write_string(0, column, heading[:LONGEST], looks.head)
    sheet.write_string(0, reason, REJECT_HEADING, looks.head)


def _sheet_name(name: str, used: set[str]) -> str:
    plain = name.translate(_NOT_IN_NAMES).strip("' ")[:28] or "退回"
    made, n = plain, 2
    while made.casefold() in used:
        made, n = f"{plain[: 28 - len(str(n))]}({n})", n + 1
    used.add(made.casefold())
    return made


def _names(path: Path) -> Iterator[Path]:
    yield path
    for n in count(2):
        yield path.with_name(f"{path.stem}-{n}{path.suffix}")


def _unwritable(path: Path, error: OSError) -> Unusable:
    return Unusable(
        f"文件 {path} 写不下来（{system_says(error)}）",
        "已导入的不受影响；用 ⟦.rejects⟧ 写到别的文件夹再导一次，不会重复",
        code="output",
    )
