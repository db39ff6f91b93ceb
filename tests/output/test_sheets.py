"""The workbook of rejected rows and the template, read back by another library."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from xinfang_cli.documents.import_template import TEMPLATE, write_template
from xinfang_cli.documents.rejects import REJECT_HEADING, write_rejects
from xinfang_cli.intake.headings import COLUMNS
from xinfang_cli.intake.rows import LedgerRow, RowReader
from xinfang_cli.intake.tables import open_tables
from xinfang_cli.office.exchange.importing.rejects import RejectedRow
from xinfang_cli.office.exchange.importing.report import ImportReport, SheetHead

REASONS = (("收到日期", "没有年份"), ("信访形式", "不认得"))


class Rejected:
    def __init__(self, *rows: RejectedRow) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RejectedRow]:
        return iter(self.rows)


def report(headings: tuple[str, ...], *cells: tuple[object, ...], epoch1904: bool = False) -> ImportReport:
    rejected = Rejected(*(RejectedRow("台账", n, row, REASONS) for n, row in enumerate(cells, 2)))
    return ImportReport("x.csv", "", sheets=(SheetHead("台账", headings, epoch1904),), rejects=rejected)


def read(path: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_cells_as_they_were_with_the_reason(tmp_path: Path) -> None:
    cells = (
        "=SUM(1)",
        "[入学]",
        "http://测试.example",
        "007",
        6.0,
        date(2023, 6, 1),
        datetime.fromisoformat("2023-06-01T09:30"),
        "",
        None,
    )
    headings = tuple("甲乙丙丁戊己庚辛壬")
    path = write_rejects(report(headings, cells), tmp_path / "台账.csv")
    assert path == tmp_path / "台账.rejected.xlsx"
    head, row = read(path)
    assert head == [*headings, REJECT_HEADING]
    assert row[:4] == ["=SUM(1)", "[入学]", "http://测试.example", "007"]
    assert row[4:9] == [6, datetime.fromisoformat("2023-06-01"), datetime.fromisoformat("2023-06-01T09:30"), None, None]
    assert row[9] == "收到日期：没有年份；信访形式：不认得"
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [sheet.cell(2, n).data_type for n in (1, 2, 3, 4)] == ["s"] * 4
    assert sheet.cell(2, 3).hyperlink is None
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_control_signs_long_texts_and_cells_beyond_the_headings(tmp_path: Path) -> None:
    path = write_rejects(report(("甲",), ("长" * 40_000, "后面的"), ("\x01\x00[b]🙂",)), tmp_path / "a.csv")
    _, long, odd = read(path)
    assert len(str(long[0])) == 32_767
    assert long[1:] == ["收到日期：没有年份；信访形式：不认得", "后面的"]
    (table,) = open_tables(write_rejects(report(("概况", "收到日期"), ("\x01[b]🙂", "x")), tmp_path / "b.csv")).tables
    assert [cells[0] for _, cells in table.rows()] == ["\x01[b]🙂"]
    assert "🙂" in str(odd[0])


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    names = [write_rejects(report(("甲",), ("1",)), source).name for _ in range(3)]
    assert names == ["a.rejected.xlsx", "a.rejected-2.xlsx", "a.rejected-3.xlsx"]
    again = write_rejects(report(("甲",), ("1",)), tmp_path / "a.rejected.xlsx")
    assert again.name == "a.rejected-4.xlsx"
    named = [write_rejects(report(("甲",), ("1",)), source, tmp_path / "退.xlsx").name for _ in range(2)]
    assert named == ["退.xlsx", "退-2.xlsx"]


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_where_the_folder_cannot_be_written_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert write_rejects(report(("甲",), ("1",)), tmp_path / "nowhere" / "a.csv") == here / "a.rejected.xlsx"


def test_the_reason_of_last_time_gives_way(tmp_path: Path) -> None:
    path = write_rejects(report(("甲", REJECT_HEADING, "乙"), ("1", "旧的", "2")), tmp_path / "a.csv")
    assert read(path) == [["甲", REJECT_HEADING, "乙"], ["1", "收到日期：没有年份；信访形式：不认得", "2"]]


def test_serial_numbers_keep_their_epoch(tmp_path: Path) -> None:
    path = write_rejects(report(("概况", "收到日期"), ("甲", 43628.0), epoch1904=True), tmp_path / "a.xlsx")
    (table,) = open_tables(path).tables
    assert table.epoch1904
    (line, cells) = next(table.rows())
    row = RowReader(table.layout, epoch1904=True).read(line, cells)
    assert isinstance(row, LedgerRow)
    assert row.said["received_on"] == date(2023, 6, 13)


def test_several_sheets(tmp_path: Path) -> None:
    made = report(("甲",), ("1",))
    rejected = Rejected(RejectedRow("台账", 2, ("1",), REASONS), RejectedRow("[二]:", 2, ("2",), REASONS))
    made = made._replace(sheets=(*made.sheets, SheetHead("[二]:", ("乙",), False)), rejects=rejected)
    book = openpyxl.load_workbook(write_rejects(made, tmp_path / "a.xlsx"))
    assert book.sheetnames == ["台账", "（二）："]
    assert book.worksheets[1].cell(2, 1).value == "2"


def test_the_template_has_every_canonical_heading_in_order() -> None:
    assert [heading for heading, _ in TEMPLATE] == [
        column.headings[0]
        for column in COLUMNS
        if column.ours and column.field != "history"  # `export --full` writes it, nobody fills it
    ]


def test_the_template_as_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["台账", "填表说明"]
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [heading for heading, _ in TEMPLATE]
    assert sheet.freeze_panes == "A2"
    lists = {str(v.sqref).split(":")[0]: v for v in sheet.data_validations.dataValidation}
    assert lists["F2"].type == "list"
    assert "来信" in lists["F2"].formula1
    assert lists["C2"].type == "date"
    assert all(len(v.formula1) <= 257 for v in lists.values())
    widths = [sheet.column_dimensions[letter].width for letter in "CD"]
    assert min(widths) >= 11
    (table,) = open_tables(path).tables
    assert list(table.layout.columns) == [c.field for c in COLUMNS if c.ours and c.field != "history"]


def test_the_template_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "模板.csv"
    write_template(path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)) == [heading for heading, _ in TEMPLATE]


def test_what_is_filled_in_from_the_drop_down_lists_is_taken(tmp_path: Path) -> None:
    from xinfang_cli.documents.import_template import _choices
    from xinfang_cli.law.labels import LABELS

    layout = open_tables(_template_csv(tmp_path)).tables[0].layout
    reader = RowReader(layout)
    headings = [heading for heading, _ in TEMPLATE]
    for field, words in _choices().items():
        for word in words:
            cells = [""] * len(headings)
            cells[headings.index("收到日期")] = "2023-06-01"
            cells[headings.index(LABELS[field])] = word
            row = reader.read(2, cells)
            assert isinstance(row, LedgerRow)
            assert row.reasons == [], (field, word)


def _template_csv(folder: Path) -> Path:
    path = folder / "t.csv"
    write_template(path)
    return path
