"""Ugly sheets, each with what must come out; files that are no sheets; bombs."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import random
import re
import shutil
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinfang_cli.errors import BadValue, Unusable, XinfangError
from xinfang_cli.intake.days import parse_file_day
from xinfang_cli.intake.headings import Values
from xinfang_cli.intake.readers import guard, xlsb, xlsx
from xinfang_cli.intake.tables import SheetTable, open_tables

D = datetime.date
UGLY = Path(__file__).with_name("ugly-export.xlsx")
HEADINGS = ["登记编号", "收到日期", "概况", "姓名", "信访人数"]
ROWS = [["A1", "2023-06-01", "反映[入学]问题", "测试甲", "1"], ["A2", "2023/6/2 8:30", "=SUM(1)", "测试乙", "6人"]]


def values(table: SheetTable) -> dict[int, Values]:
    return {number: got for number, cells in table.rows() if (got := table.layout.read(cells))}


def only(path: Path, sheet: str | None = None) -> SheetTable:
    [table] = open_tables(path, sheet).tables
    return table


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def write_xlsx(path: Path, pages: dict[str, list[list[Any]]], options: dict[str, Any] | None = None) -> Path:
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", **(options or {})})
    for name, rows in pages.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(number, place, cell)
                else:
                    page.write(number, place, cell)
    book.close()
    return path


# --- the workbook as offices have them ---------------------------------------------------------------------------------


def test_the_ugly_export() -> None:
    opened = open_tables(UGLY)
    [table] = opened.tables
    assert (table.name, table.header_row, table.epoch1904, opened.other_sheets) == ("信访件明细", 4, False, [])
    assert len(table.above) == 3
    assert table.above[0][0] == "××区信访事项登记台账"
    got = values(table)
    assert list(got) == [5, 6, 7, 8, 9, 10, 11]
    first = got[5].fields
    assert first["external_no"] == "WX2023060001"
    assert first["registered_on"] == D(2023, 6, 1)
    assert first["id_no"] == "110101199003070003"
    assert first["phone"] == "13000000001"
    assert "received_on" not in first
    assert got[6].fields["headcount"] == "6人"
    assert parse_file_day(got[6].fields["told_on"]) == D(2023, 6, 13)
    assert parse_file_day(got[7].fields["registered_on"]) == D(2023, 6, 2)
    assert "phone" not in got[7].fields
    assert got[8].fields["title"] == "反映[入学]问题=SUM(1)"
    assert got[8].extras == {"序号": "4", "备注": "受理早于转送：应退回"}
    with pytest.raises(BadValue, match="没有年份"):
        parse_file_day(got[9].fields["registered_on"], table.layout.heading_of("registered_on"))
    assert table.rows_at_most == 10
    assert values(table) == got


# --- CSV ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_encoding_and_delimiter_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    table = only(write_csv(tmp_path / "六月.csv", [HEADINGS, *ROWS], encoding, delimiter))
    assert (table.name, table.header_row) == ("六月", 1)
    assert table.headings == tuple(HEADINGS)
    got = values(table)
    assert list(got) == [2, 3]
    assert got[2].fields == {
        "case_no": "A1",
        "received_on": "2023-06-01",
        "title": "反映[入学]问题",
        "name": "测试甲",
        "headcount": "1",
    }


def test_csv_gb18030_beyond_gbk(tmp_path: Path) -> None:
    table = only(
        write_csv(tmp_path / "a.csv", [HEADINGS, ["A1", "2023-06-01", "反映𠮷字😀", "测试㐀", "1"]], "gb18030")
    )
    assert values(table)[2].fields["title"] == "反映𠮷字😀"


def test_csv_row_numbers_count_records_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        '台账标题,,\r\n\r\n登记编号,收到日期,概况\r\nA1,2023-06-01,"第一行\r\n第二行"\r\n\r\n,,\r\nA2,2023-06-02,乙\r\n'.encode()
    )
    table = only(path)
    assert table.header_row == 3
    got = values(table)
    assert list(got) == [4, 7]
    assert got[4].fields["title"] == "第一行\n第二行"
    assert table.rows_at_most >= 4


def test_csv_ragged_rows_nul_and_controls(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("登记编号,收到日期,概况\nA1\nA2,2023-06-01,甲\0乙\x1b,多,余\n".encode())
    got = values(only(path))
    assert got[2].fields == {"case_no": "A1"}
    assert got[3].fields["title"] == "甲乙"


def test_csv_header_in_the_tenth_row_but_not_in_the_eleventh(tmp_path: Path) -> None:
    title = [["某区台账"]]
    assert only(write_csv(tmp_path / "a.csv", [*title * 9, HEADINGS, *ROWS])).header_row == 10
    with pytest.raises(BadValue) as caught:
        open_tables(write_csv(tmp_path / "b.csv", [*title * 10, HEADINGS, *ROWS]))
    assert caught.value.exit_code == 1
    assert "b.csv" in caught.value.message
    assert "template" in caught.value.steps


@pytest.mark.parametrize(
    ("headings", "found"), [(["登记编号"], False), (["登记编号", "姓名"], True), (["姓名", "信访人"], False)]
)
def test_a_header_row_has_two_known_headings(tmp_path: Path, headings: list[str], found: bool) -> None:
    path = write_csv(tmp_path / "a.csv", [[*headings, "别的"], ["A1", "测试甲", ""]])
    if found:
        assert only(path).header_row == 1
    else:
        with pytest.raises(BadValue, match="没有表头"):
            open_tables(path)


def test_the_row_with_most_known_headings_wins_the_first_of_equals(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["姓名", "住址", "合计"], HEADINGS, HEADINGS, *ROWS])
    assert only(path).header_row == 2


@pytest.mark.parametrize(
    ("upper", "lower", "joined"),
    [
        (
            ["登记编号", "收到日期", "信访人", "", "", "责任单位"],
            ["", "", "姓名", "联系电话", "住址", ""],
            ["登记编号", "收到日期", "信访人姓名", "信访人联系电话", "信访人住址", "责任单位"],
        ),
        (
            ["登记编号", "收到日期", "概况", "复查", "", "", "评价", ""],
            ["", "", "", "日期", "结果", "意见", "单位满意度", "备注"],
            ["登记编号", "收到日期", "概况", "复查日期", "复查结果", "复查意见", "单位满意度", "评价备注"],
        ),
        (
            ["基本情况", "", "", "办理"],
            ["登记编号", "收到日期", "概况", "责任单位"],
            ["登记编号", "收到日期", "概况", "责任单位"],
        ),
    ],
)
def test_two_header_rows(tmp_path: Path, upper: list[str], lower: list[str], joined: list[str]) -> None:
    data = [[f"{n}" for n in range(len(upper))]]
    table = only(write_csv(tmp_path / "a.csv", [["某区台账"], upper, lower, *data]))
    assert (table.header_row, list(table.headings)) == (3, joined)
    assert [number for number, _ in table.rows()] == [4]
    table = only(write_xlsx(tmp_path / "a.xlsx", {"表": [["某区台账"], upper, lower, *data]}))
    assert (table.header_row, list(table.headings)) == (3, joined)


def test_a_row_of_data_is_no_second_header_row(tmp_path: Path) -> None:
    rows = [["登记编号", "收到日期", "概况", "信访人", "内容"], ["A1", "2023-06-01", "内容", "姓名", "标题"]]
    assert only(write_csv(tmp_path / "a.csv", rows)).header_row == 1
    rows = [["登记编号", "收到日期", "", "信访人"], ["A1", "2023-06-01", "概况", ""]]
    assert only(write_csv(tmp_path / "b.csv", rows)).header_row == 1


def test_csv_unclosed_quote_is_one_line_not_the_whole_file_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        '登记编号,收到日期,概况\nA1,2023-06-01,"没有结尾\n' + "A2,2023-06-02,乙\n" * 20_000, encoding="utf-8"
    )
    rows = [cells for _, cells in only(path).rows()]
    assert len(rows) == 20_001
    assert [getattr(cells, "fault", "")[:9] for cells in rows[:2]] == ["这一行的引号没有配", ""]
    assert {tuple(cells) for cells in rows[1:]} == {("A2", "2023-06-02", "乙")}


def test_a_quote_that_only_another_delimiter_would_trip_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('登记编号,收到日期,概况\nA1,2023-06-01,甲;"乙\n' + "A2,2023-06-02,乙\n" * 20_000, encoding="utf-8")
    assert len(values(only(path))) == 20_001


def test_csv_is_streamed(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", [HEADINGS, *[[f"A{n}", "2023-06-01", "字" * 50, "测试甲", "1"] for n in range(20_000)]]
    )
    tracemalloc.start()
    try:
        table = only(path)
        assert sum(1 for _ in table.rows()) == 20_000
        assert tracemalloc.get_traced_memory()[1] < path.stat().st_size * 3 / 2 + (4 << 20)
        tracemalloc.reset_peak()
        read = table.layout.read
        assert sum(read(cells) is not None for _, cells in table.rows()) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_csv_has_no_other_sheet(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *ROWS])
    assert only(path, "all").name == "a"
    assert only(path, "a").name == "a"
    with pytest.raises(BadValue, match="六月"):
        open_tables(path, "六月")


# --- workbooks ---------------------------------------------------------------------------------------------------------


def test_numbers_days_and_texts_of_a_workbook(tmp_path: Path) -> None:
    moment = datetime.datetime.fromisoformat("2023-06-01 08:30:00")
    rows: list[list[Any]] = [
        ["台账", None, None, None, None, None, None, None],
        ["序号", "登记编号", "收到日期", "转办日期", "联系电话", "证件号码", "信访人数", "概况"],
        [1, 20230001, D(2023, 6, 1), moment, 13000000001, 110101900307000, 6, "甲"],
        [2, "A2", 45090, "２０２３年６月５日", "130 0000 0001", "-", "６人", "乙"],
        ["合计", None, None, None, None, None, 7, None],
        ["注：系统导出", None, None, None, None, None, None, None],
    ]
    table = only(write_xlsx(tmp_path / "a.xlsx", {"明细": rows}))
    got = values(table)
    assert list(got) == [3, 4]
    assert got[3].fields == {
        "case_no": "20230001",
        "received_on": D(2023, 6, 1),
        "assigned_on": moment,
        "phone": "13000000001",
        "id_no": "110101900307000",
        "headcount": "6",
        "title": "甲",
    }
    assert parse_file_day(got[3].fields["assigned_on"]) == D(2023, 6, 1)
    assert parse_file_day(got[4].fields["received_on"]) == D(2023, 6, 13)
    assert parse_file_day(got[4].fields["assigned_on"]) == D(2023, 6, 5)


def test_1904_workbook_dates_and_serials(tmp_path: Path) -> None:
    rows: list[list[Any]] = [HEADINGS, ["A1", D(2023, 6, 13), "日期", "测试甲", 1], ["A2", 43628, "序号", "测试乙", 1]]
    table = only(write_xlsx(tmp_path / "a.xlsx", {"明细": rows}, {"date_1904": True}))
    assert table.epoch1904
    for got in values(table).values():
        assert parse_file_day(got.fields["received_on"], epoch1904=table.epoch1904) == D(2023, 6, 13)


@pytest.mark.parametrize("dates_1904", [False, True])
def test_old_xls(tmp_path: Path, dates_1904: bool) -> None:
    book = xlwt.Workbook()
    book.dates_1904 = dates_1904
    page = book.add_sheet("明细")
    page.write_merge(0, 0, 0, 4, "某区台账")
    for place, heading in enumerate(HEADINGS):
        page.write(2, place, heading)
    page.write(3, 0, "A1")
    serial = 43628 if dates_1904 else 45090
    page.write(3, 1, serial, xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    page.write(4, 0, "A2")
    page.write(4, 1, serial)
    page.write(4, 4, 6)
    path = tmp_path / "a.xls"
    book.save(str(path))
    table = only(path)
    assert (table.header_row, table.epoch1904) == (3, dates_1904)
    got = values(table)
    assert list(got) == [4, 5]
    assert got[4].fields["received_on"] == D(2023, 6, 13)
    assert got[5].fields["headcount"] == "6"
    assert parse_file_day(got[5].fields["received_on"], epoch1904=table.epoch1904) == D(2023, 6, 13)


def test_a_wrong_extension_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(UGLY.read_bytes())
    assert len(values(only(path))) == 7
    text = write_csv(tmp_path / "b.xlsx", [HEADINGS, *ROWS], "gb18030")
    assert len(values(only(text))) == 2


def test_merged_titles_blank_margins_formulas_and_errors(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.merge_cells("B2:F2")
    page["B2"] = "某区信访事项台账"
    for place, heading in enumerate(HEADINGS):
        page.cell(5, 3 + place, heading)
        page.cell(6, 3 + place, ROWS[0][place])
    page.cell(7, 3, "A3")
    page.cell(7, 5, "=1/0")
    page.row_dimensions[6].hidden = True
    path = tmp_path / "a.xlsx"
    book.save(path)
    table = only(path)
    assert table.header_row == 5
    got = values(table)
    assert list(got) == [6, 7]
    assert got[7].fields == {"case_no": "A3"}


CELLS = {  # a cell as different programs write it → what is lost with it, None: nothing
    '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>': "#DIV/0!",
    "<c r='C2' t='e'><v>#N/A</v></c>": "#N/A",
    '<c r="C2" t="e"/>': None,
    '<c r="C2"><f>B2</f></c>': "",
    '<c r="C2"><f>B2</f><v></v></c>': "",
    '<c r="C2"><f>B2</f><v/></c>': "",
    '<c r="B2"><f t="shared" ref="B2:C2" si="0">A2</f><v>1</v></c><c r="C2"><f t="shared" si="0"/></c>': "",
    '<c r="C2" s="1"><f t="shared" ref="C2:C9" si="0">B2</f><v /></c>': "",
    '<c r="C2"><f>B2</f><v>45090</v></c>': None,
    '<c r="C2" t="str"><f>IF(1,"")</f><v></v></c>': None,
    '<c r="C2" t="str"><f>"反"</f><v>反</v></c>': None,
    '<c r="C2" t="inlineStr"><is><t>f</t></is></c>': None,
    '<c r="B2"/><c r="C2"><f>B2</f></c><c r="D2"/>': "",
    '<c r="Z2"><f>B2</f></c>': None,  # in no column of ours
}


@pytest.mark.parametrize("cell", CELLS)
def test_formulas_without_a_value(tmp_path: Path, cell: str) -> None:
    plain = write_xlsx(tmp_path / "plain.xlsx", {"明细": [["登记编号", "外部编号", "收到日期"], ["A1", "B1", "#"]]})
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(plain) as archive:
        whole = archive.read(part).decode()
    mine = re.sub(r'<c r="C2".*?</c>', lambda _: cell, whole, count=1)
    assert mine != whole
    lost = only(repack(plain, tmp_path / "a.xlsx", {part: mine.encode()})).lost()
    assert lost == ({} if CELLS[cell] is None else {2: {2: CELLS[cell]}})


def test_formulas_without_a_value_wherever_the_parts_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["登记编号", "收到日期", "概况"])
    for n in range(40):
        page.append([f"A{n}", "=B1" if n % 3 else "2023-06-01", "#REF!" if n % 2 else "反映"])
    book.save(tmp_path / "a.xlsx")
    want = {n + 2: ({1: ""} if n % 3 else {}) | ({2: "#REF!"} if n % 2 else {}) for n in range(40) if n % 3 or n % 2}

    def cut(size: int, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        whole = archive.read(entry)
        return (whole[at : at + size] for at in range(0, len(whole), size))

    for size in (97, 333, 1 << 20):
        monkeypatch.setattr(guard, "chunks", partial(cut, size))
        assert only(tmp_path / "a.xlsx").lost() == want


@pytest.mark.parametrize(
    "filler",
    [
        b'<c r="C3" t="e">' * 200_000,
        b"<c r='C3' t='e'><f>" + b" " * 5_000_000,
        (b"<c><f/>" + b" " * 1000) * 3000,
        b"</f>" + b"\n" * 5_000_000 + b'<c t="e">',
        b"<" * 5_000_000 + b"</f></c>",
        b'<c r="C3" t="e"><v>#N/A</v></c>' * 50_000,
    ],
)
def test_a_sheet_made_to_be_gone_over_for_ever(tmp_path: Path, filler: bytes) -> None:
    plain = write_xlsx(tmp_path / "plain.xlsx", {"明细": [["登记编号", "外部编号", "收到日期"], ["A1", "B1", "#"]]})
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(plain) as archive:
        whole = archive.read(part)
    path = repack(plain, tmp_path / "a.xlsx", {part: whole.replace(b"</sheetData>", filler + b"</sheetData>")})
    began = time.process_time()
    with contextlib.suppress(XinfangError):
        open_tables(path)
    assert time.process_time() - began < 5


def test_formulas_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["登记编号", "收到日期"])
    for _ in range(30):
        page.append(["=A1", "=B1"])
    book.save(tmp_path / "a.xlsx")
    monkeypatch.setattr(guard, "MAX_LOST", 50)
    with pytest.raises(Unusable, match="只有公式、没有值"):
        only(tmp_path / "a.xlsx").lost()


@pytest.mark.parametrize("filler", [0, 2_000])
def test_formulas_that_went_wrong_in_an_old_xls(tmp_path: Path, filler: int) -> None:
    """As a value (BOOLERR) and as what a formula gave (FORMULA); in a stream of sectors, and in a small one."""
    book = xlwt.Workbook()
    book.add_sheet("别的").write(0, 0, "甲")
    page = book.add_sheet("明细")
    for place, heading in enumerate(["登记编号", "收到日期", "概况", "序号"]):
        page.write(1, place, heading)
    page.row(2).set_cell_error(1, 42)
    page.row(2).set_cell_error(3, 42)  # of a column that is not ours
    page.write(3, 2, xlwt.Formula("1/3"))
    page.write(3, 1, xlwt.Formula('"a"'))
    for row in range(filler):
        page.write(row + 4, 2, f"反映第{row}件")
    path = tmp_path / "a.xls"
    book.save(str(path))
    raw = bytearray(path.read_bytes())
    at = raw.index(b"\x06\x00", raw.index(struct.pack("<HH", 3, 2), raw.index(struct.pack("<HHH", 0x0205, 8, 2))) - 4)
    raw[at + 10 : at + 18] = b"\x02\x00\x07\x00\x00\x00\xff\xff"
    path.write_bytes(raw)
    assert only(path).lost() == {3: {1: "#N/A"}, 4: {1: "", 2: "#DIV/0!"}}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("form", ["xls", "ods"])
def test_formulas_that_went_wrong_in_a_small_file_of_libreoffice(tmp_path: Path, form: str) -> None:
    """An xls so small that its stream lies in sectors of 64 bytes."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["登记编号", "收到日期", "序号", "概况"])
    page.append(["甲", "=NA()", "=1/0", "=1/0"])
    page.append(["乙", "=DATE(2023,6,1)", 1, '="反映"&"#N/A"'])
    page.append([])
    page.append(["丙", "2023-06-01", "", "=FOO(1)"])
    book.save(tmp_path / "a.xlsx")
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", form]
    subprocess.run([*words, "--outdir", tmp_path, tmp_path / "a.xlsx"], check=True, capture_output=True, timeout=120)
    assert only(tmp_path / f"a.{form}").lost() == {2: {1: "#N/A", 3: "#DIV/0!"}, 5: {3: "#NAME?"}}


@pytest.mark.parametrize("old", [False, True])
def test_cells_merged_downwards(tmp_path: Path, old: bool) -> None:
    """A unit over its cases is each one's; of a case over several lines the further lines are no cases of their own."""
    rows = [
        ["责任单位", "登记编号", "收到日期", "概况", "姓名"],
        ["教育局", "A1", "2023-06-01", "甲", "测试甲"],
        ["", "A2", "", "乙", "测试乙"],
        ["", "A3", "2023-06-03", "丙", "测试丙"],
        ["", "", "", "", "测试丁"],
        ["", "A4", "2023-06-04", "戊", "测试戊"],
    ]
    merged = [(1, 4, 0), (1, 2, 2), (3, 4, 1), (3, 4, 2), (3, 4, 3)]
    path = tmp_path / ("a.xls" if old else "a.xlsx")
    if old:
        legacy = xlwt.Workbook()
        sheet = legacy.add_sheet("表")
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write(at, place, cell)
        sheet.merged_ranges.extend((first, last, column, column) for first, last, column in merged)
        legacy.save(str(path))
    else:
        book = openpyxl.Workbook()
        page = book.active
        assert page is not None
        for row in rows:
            page.append([cell or None for cell in row])
        for first, last, column in merged:
            page.merge_cells(start_row=first + 1, end_row=last + 1, start_column=column + 1, end_column=column + 1)
        book.save(path)
    got = values(only(path))
    assert [(found.fields.get("unit"), found.fields.get("received_on")) for found in got.values()] == [
        ("教育局", "2023-06-01"),
        ("教育局", "2023-06-01"),
        ("教育局", "2023-06-03"),
        (None, None),
        (None, "2023-06-04"),
    ]
    assert got[5].fields == {"name": "测试丁"}


def test_several_sheets(tmp_path: Path) -> None:
    pages: dict[str, list[list[Any]]] = {
        "说明": [["填表说明"]],
        "五月": [HEADINGS, *ROWS],
        "空": [],
        "六月": [["台账"], HEADINGS, *ROWS],
    }
    path = write_xlsx(tmp_path / "a.xlsx", pages)
    opened = open_tables(path)
    assert [table.name for table in opened.tables] == ["五月"]
    assert opened.other_sheets == ["六月"]
    opened = open_tables(path, "all")
    assert [(table.name, table.header_row) for table in opened.tables] == [("五月", 1), ("六月", 2)]
    assert opened.other_sheets == []
    assert all(len(values(table)) == 2 for table in opened.tables)
    opened = open_tables(path, "六月")
    assert [table.name for table in opened.tables] == ["六月"]
    assert opened.other_sheets == []
    with pytest.raises(BadValue) as caught:
        open_tables(path, "七月")
    assert caught.value.exit_code == 1
    assert "七月" in caught.value.message
    assert "说明、五月、空、六月" in caught.value.hint
    for name in ("说明", "空"):
        with pytest.raises(BadValue, match=f"「a.xlsx 的「{name}」"):
            open_tables(path, name)


def test_a_hidden_sheet_comes_after_the_visible_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    for name in ("旧", "新"):
        page = book.add_worksheet(name)
        page.write_row(0, 0, HEADINGS)
        if name == "旧":
            page.hide()
        else:
            page.activate()
            page.set_first_sheet()
    book.close()
    opened = open_tables(path)
    assert ([table.name for table in opened.tables], opened.other_sheets) == (["新"], ["旧"])


def ods(path: Path, body: str, doctype: str = "") -> Path:
    spaces = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content {spaces} office:version="1.2"><office:body>'
            f'<office:spreadsheet><table:table table:name="表">{body}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
    return path


def ods_row(*cells: str, repeated: int = 1) -> str:
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return (
        f'<table:table-row table:number-rows-repeated="{repeated}">{inner}'
        '<table:table-cell table:number-columns-repeated="16379"/></table:table-row>'
    )


def test_ods_with_the_usual_empty_million_below(tmp_path: Path) -> None:
    body = ods_row(*HEADINGS) + ods_row(*ROWS[0]) + ods_row(repeated=1_048_570)
    assert len(values(only(ods(tmp_path / "a.ods", body)))) == 1


def ods_wrong(shown: str, columns: int = 1, said: str = 'office:value-type="float" office:value="0"') -> str:
    return (
        f'<table:table-cell table:formula="of:=1/0" {said} table:number-columns-repeated="{columns}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


@pytest.mark.parametrize(
    ("body", "lost"),
    [
        (
            f"<table:table-row>{ods_wrong('#DIV/0!')}</table:table-row>",
            {2: {0: "#DIV/0!"}},
        ),  # as older programs wrote it
        (f"<table:table-row>{ods_wrong('Err:508')}</table:table-row>", {2: {0: "Err:508"}}),
        (f"<table:table-row>{ods_wrong('0.5')}</table:table-row>", {}),
        (
            f'{ods_row("甲", repeated=2)}<table:table-row table:number-rows-repeated="2"><table:table-cell/>'
            f"{ods_wrong('#N/A', columns=2)}</table:table-row>",
            {row: {1: "#N/A", 2: "#N/A"} for row in (4, 5)},
        ),
        (f"<table:table-row><table:covered-table-cell/>{ods_wrong('#REF!')}</table:table-row>", {2: {1: "#REF!"}}),
    ],
)
def test_formulas_that_went_wrong_in_an_ods(tmp_path: Path, body: str, lost: dict[int, dict[int, str]]) -> None:
    head = ods_row("登记编号", "收到日期", "概况")
    assert only(ods(tmp_path / "a.ods", head + body)).lost() == lost


def test_formulas_that_went_wrong_without_end_in_an_ods(tmp_path: Path) -> None:
    body = f'<table:table-row table:number-rows-repeated="900000">{ods_wrong("#N/A")}</table:table-row>'
    with pytest.raises(Unusable, match="只有公式、没有值"):
        only(ods(tmp_path / "a.ods", ods_row("登记编号", "收到日期") + body)).lost()


# --- what is no sheet ----------------------------------------------------------------------------------------------------


def read_all(path: Path) -> int:
    return sum(len(values(table)) for table in open_tables(path).tables)


def refused(path: Path) -> XinfangError:
    with pytest.raises((BadValue, Unusable)) as caught:
        read_all(path)
    line = caught.value.line()
    assert "\n" not in line
    assert path.name in line
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.xls"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "是空的"),
        (b"\xef\xbb\xbf\r\n\r\n", "是空的"),
        (b"\0" * 4096, "是空的"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "没有表头"),
        ("<html><body>请登录</body></html>".encode(), "网页，里面没有表格"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "XML 数据"),
        (b"PK\x03\x04" + b"x" * 200, "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "不是电子表格"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\0" * 600, "已损坏"),
        ("EncryptedPackage".encode("utf-16-le").join([b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 600]), "密码"),
        (b"\xff\xff\xff\xff\n" * 50, "编码"),
        (b"hello, world\n", "没有表头"),
        (b"\x7fELF" + b"\0\1" * 600, "不是电子表格"),
    ],
)
def test_not_a_sheet(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert said in refused(path).line()


def test_missing_folder_and_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.xlsx", tmp_path):
        error = refused(path)
        assert isinstance(error, Unusable)
        assert error.exit_code == 3


def test_word_document(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "不是电子表格" in refused(path).message


def test_password_of_an_old_xls(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("明细").write(0, 0, "登记编号")
    path = tmp_path / "a.xls"
    book.save(str(path))
    raw = path.read_bytes()
    backup = struct.pack("<HHH", 0x40, 2, 0)  # the BACKUP record turned into FILEPASS
    assert raw.count(backup) == 1
    path.write_bytes(raw.replace(backup, struct.pack("<HHH", 0x2F, 2, 1)))
    assert "密码" in refused(path).message


def test_encrypted_zip_entry(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"明细": [HEADINGS]})
    raw = bytearray(path.read_bytes())
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := raw.find(magic, at + 1)) >= 0:
            raw[at + flags] |= 1
    path.write_bytes(raw)
    assert "密码" in refused(path).message


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    content=st.binary(max_size=400),
    magic=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf"]),
)
def test_random_bytes_never_trace_back(tmp_path: Path, content: bytes, magic: bytes) -> None:
    path = tmp_path / "随机.xlsx"
    path.write_bytes(magic + content)
    refused(path)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv"])
def test_mutated_files_are_read_or_refused(tmp_path: Path, kind: str) -> None:
    if kind == "xlsx":
        raw = UGLY.read_bytes()
    elif kind == "xls":
        book = xlwt.Workbook()
        page = book.add_sheet("明细")
        for number, row in enumerate([HEADINGS, *ROWS]):
            for place, cell in enumerate(row):
                page.write(number, place, cell)
        held = io.BytesIO()
        book.save(held)
        raw = held.getvalue()
    else:
        raw = write_csv(tmp_path / "raw.csv", [HEADINGS, *ROWS], "gb18030").read_bytes()
    chance = random.Random(20230731)
    path = tmp_path / f"变.{kind}"
    for _ in range(150):
        mutated = bytearray(raw)
        for _ in range(chance.randint(1, 6)):
            mutated[chance.randrange(len(mutated))] = chance.randrange(256)
        if chance.random() < 0.3:
            del mutated[chance.randrange(1, len(mutated)) :]
        path.write_bytes(mutated)
        with contextlib.suppress(BadValue, Unusable):
            read_all(path)


# --- bombs -----------------------------------------------------------------------------------------------------------------


def repack(source: Path, target: Path, change: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change.get(entry.filename, old.read(entry)))
    return target


PEAK = """
import re, sys
from pathlib import Path
from xinfang_cli.errors import XinfangError
from xinfang_cli.intake.tables import open_tables
from xinfang_cli.present.steps import worded
try:
    for table in open_tables(Path(sys.argv[1])).tables:
        for _, cells in table.rows():
            table.layout.read(cells)
    said = "READ"
except XinfangError as error:
    said = type(error).__name__ + " " + error.line()
print(int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024, said)
"""


def peak(path: Path) -> tuple[int, str]:
    """MiB and outcome of reading the file in a process of its own."""
    if not Path("/proc/self/status").exists():
        pytest.skip("peak memory is read from /proc")
    out = subprocess.run(
        [sys.executable, "-c", PEAK, str(path)], capture_output=True, encoding="utf-8", timeout=120, check=True
    ).stdout
    mebibytes, said = out.split(" ", 1)
    return int(mebibytes), said


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "plain.xlsx", {"明细": [HEADINGS, *ROWS]})


def test_zip_bomb(tmp_path: Path, plain: Path) -> None:
    strings = b"<sst><si><t>" + b" " * (200 << 20) + b"</t></si></sst>"
    mebibytes, said = peak(repack(plain, tmp_path / "bomb.xlsx", {"xl/sharedStrings.xml": strings}))
    assert "解开后有 200 MiB" in said
    assert mebibytes < 100


def test_zip_bomb_that_lies_about_its_size(tmp_path: Path, plain: Path) -> None:
    strings = b"<sst><si><t>" + b" " * (200 << 20) + b"</t></si></sst>"
    path = repack(plain, tmp_path / "bomb.xlsx", {"xl/sharedStrings.xml": strings})
    raw = bytearray(path.read_bytes())
    size = struct.pack("<I", len(strings))
    assert raw.count(size) == 2
    path.write_bytes(raw.replace(size, struct.pack("<I", 1000)))
    mebibytes, said = peak(path)
    assert "已损坏" in said
    assert mebibytes < 100


def test_entity_bomb(tmp_path: Path, plain: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE sst [<!ENTITY l0 "哈哈哈哈哈哈哈哈哈哈">{laughs}]>'
    sst = f'<?xml version="1.0"?>{doctype}<sst><si><t>&l9;</t></si></sst>'.encode()
    mebibytes, _ = peak(repack(plain, tmp_path / "laughs.xlsx", {"xl/sharedStrings.xml": sst}))
    assert mebibytes < 100
    mebibytes, _ = peak(ods(tmp_path / "laughs.ods", ods_row("&l9;"), doctype))
    assert mebibytes < 100


@pytest.mark.parametrize(
    ("row", "column", "fits"), [(1_048_575, 49, True), (1_048_575, 16_383, False), (9, 16_383, True)]
)
def test_one_stray_cell_far_away(tmp_path: Path, row: int, column: int, fits: bool) -> None:
    path = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("明细")
    page.write_row(0, 0, HEADINGS)
    page.write_row(1, 0, ROWS[0])
    page.write(row, column, "碎片")
    page = book.add_worksheet("第二张")
    page.write_row(0, 0, HEADINGS)
    book.close()
    if fits and row < 10:
        assert list(values(only(path))) == [2]
    elif not fits:
        assert f"「明细」内容远到第 {row + 1} 行、第 {column + 1} 列" in refused(path).message
        assert only(path, "第二张").name == "第二张"
    else:
        with zipfile.ZipFile(path) as archive:
            assert xlsx._extent(archive, archive.getinfo("xl/worksheets/sheet1.xml")) == xlsx._Extent()


def test_a_far_sheet_that_nobody_asked_for_is_let_alone(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("明细").write_row(0, 0, HEADINGS)
    book.add_worksheet("远").write(1_048_575, 16_383, "碎片")
    book.close()
    opened = open_tables(path)
    assert ([table.name for table in opened.tables], opened.other_sheets) == (["明细"], [])


def test_ods_repeat_bomb(tmp_path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>字</text:p></table:table-cell>'
    body = f'<table:table-row table:number-rows-repeated="1000">{cell}</table:table-row>'
    mebibytes, said = peak(ods(tmp_path / "bomb.ods", body))
    assert "超过 800 万个" in said
    assert mebibytes < 100


def test_1904_flag_of_xlsb() -> None:
    def record(kind: bytes, body: bytes) -> bytes:
        return kind + bytes([len(body)]) + body

    begin, version, properties = b"\x83\x01", b"\x80\x01", b"\x99\x01"
    for flag in (0, 1):
        part = (
            record(begin, b"")
            + record(version, b"x" * 40)
            + record(properties, bytes([flag | 0x20, 0, 1, 0]) + b"\0" * 8)
        )
        assert xlsb.workbook(part).epoch1904 is bool(flag)
    assert xlsb.workbook(b"").epoch1904 is False
    assert xlsb.workbook(b"\x83").epoch1904 is False
    assert xlsb.workbook(b"\x99\x01").epoch1904 is False
