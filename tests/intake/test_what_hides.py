"""What a table hides and what a format does with a value: told of every format by one rule; and what is only half a file."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlwt
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color

from tests.intake.test_file_kinds import (
    ALL,
    GOOD,
    HEAD,
    ODS_ROWS,
    TWO,
    _record,
    _wide,
    binary,
    came_out,
    mht,
    ml_row,
    ods,
    ods_row,
    old,
    repacked,
    sheet,
    spreadsheet_ml,
)
from xinfang_cli.intake.readers import xls
from xinfang_cli.intake.readers.sheet import MarkedRow
from xinfang_cli.intake.tables import open_tables

CASES = Path(__file__).parents[1] / "office" / "cases"
SEEN, SOME, ALL_OF_IT = "seen", "some of it unseen", "hidden"


def told(path: Path) -> list[str]:
    """Of each row below the header, what is told of it."""
    found = []
    for _, cells in open_tables(path).tables[0].rows():
        if not isinstance(cells, MarkedRow):
            found.append(SEEN)
            continue
        assert not cells.struck
        assert not cells.fault
        found.append(ALL_OF_IT if cells.hidden else SOME if cells.unseen else SEEN)
    return found


# --- white on white, ;;; -----------------------------------------------------------------------------------------------

NUMBERED: list[list[Any]] = [[*HEAD, "信访人数"], [*TWO[0], 3], [*TWO[1], 4]]


def _white(**where: Any) -> bytes:
    def edit(book: Any) -> None:
        for place, (font, fill, form) in where.items():
            cell = book.active[place]
            cell.number_format = form or "General"
            if font is not None:
                cell.font = font
            if fill is not None:
                cell.fill = fill

    return sheet(NUMBERED, edit)


W, BLUE, LIGHT = (
    Font(color="FFFFFFFF"),
    PatternFill("solid", fgColor="FF0000FF"),
    PatternFill("solid", fgColor="FFFFFFFF"),
)
ROW = ("A2", "B2", "C2", "D2", "E2")
XLSX = {
    "nothing": ({}, [SEEN, SEEN]),
    "white cell": ({"C2": (W, None, "")}, [SOME, SEEN]),
    "white cell on white": ({"C2": (W, LIGHT, "")}, [SOME, SEEN]),
    "white row": (dict.fromkeys(ROW, (W, None, "")), [ALL_OF_IT, SEEN]),
    "white of the theme": ({"C2": (Font(color=Color(theme=0)), None, "")}, [SOME, SEEN]),
    "grey of the theme": ({"C2": (Font(color=Color(theme=0, tint=-0.35)), None, "")}, [SEEN, SEEN]),
    "white of the palette": ({"C2": (Font(color=Color(indexed=9)), None, "")}, [SOME, SEEN]),
    "white on blue": ({"C2": (W, BLUE, "")}, [SEEN, SEEN]),
    "blue on blue": ({"C2": (Font(color="FF0000FF"), BLUE, "")}, [SOME, SEEN]),
    "black on nothing": ({"C2": (Font(color="FF000000"), None, "")}, [SEEN, SEEN]),
    "white header": ({"A1": (W, BLUE, ""), "B1": (W, None, "")}, [SEEN, SEEN]),
    "nothing shown of a text": ({"C2": (None, None, ";;;")}, [SOME, SEEN]),
    "nothing shown of a number": ({"E2": (None, None, ";;;")}, [SOME, SEEN]),
    "nothing shown of numbers, texts are": ({"C2": (None, None, ";;")}, [SEEN, SEEN]),
    "a number under that": ({"E3": (None, None, ";;;@")}, [SEEN, SOME]),
    "no zeros shown": ({"E2": (None, None, "0;-0;;@")}, [SEEN, SEEN]),
    "no negatives shown": ({"E2": (None, None, "0;;")}, [SEEN, SEEN]),
    "under an empty cell": ({"F2": (W, None, ";;;")}, [SEEN, SEEN]),
}


@pytest.mark.parametrize("name", XLSX)
def test_cells_that_nobody_sees_in_xlsx(tmp_path: Path, name: str) -> None:
    cells, out = XLSX[name]
    (tmp_path / "a.xlsx").write_bytes(_white(**cells))
    assert told(tmp_path / "a.xlsx") == out


def _old(row: int, column: int, style: str, form: str = "General") -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("明细", cell_overwrite_ok=True)
    for number, cells in enumerate(NUMBERED):
        for place, cell in enumerate(cells):
            page.write(number, place, cell)
    page.write(row, column, NUMBERED[row][column], xlwt.easyxf(style, num_format_str=form))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ml(style: str, cell: str = "反映供水") -> str:
    body = "".join(ml_row(row) for row in ALL)
    old_cell = f'<Cell><Data ss:Type="String">{cell}'
    assert old_cell in body
    return spreadsheet_ml(body.replace(old_cell, old_cell.replace("<Cell>", '<Cell ss:StyleID="s1">'), 1), style)


def _page(style: str, cell: str = "", row: str = "", column: str = "", before: str = "") -> str:
    rows = "".join(f"<td>{text}</td>" for text in HEAD)
    first = "".join(f"<td{cell if at == 2 else ''}>{text}</td>" for at, text in enumerate(TWO[0]))
    last = "".join(f"<td>{text}</td>" for text in TWO[1])
    return (
        f"<html><head><meta charset=utf-8><style><!-- {style} --></style></head><body>{before}<table>{column}"
        f"<tr>{rows}</tr><tr{row}>{first}</tr><tr>{last}</tr></table></body></html>"
    )


WHITE_ODS = (
    '<style:style style:name="w" style:family="table-cell" style:parent-style-name="{}"><style:table-cell-properties '
    'fo:background-color="{}"/><style:text-properties fo:color="#FFFFFF"/></style:style>'
)


def _ods_white(ground: str) -> bytes:
    rows = ODS_ROWS.replace("<text:p>反映供水", "<text:p>反映供水", 1).replace(
        '<table:table-cell office:value-type="string"><text:p>反映供水',
        '<table:table-cell office:value-type="string" table:style-name="w"><text:p>反映供水',
    )
    return ods(rows, WHITE_ODS.format("Default", ground))


def _ods_shown(value: str, shown: str) -> bytes:
    return ods(ODS_ROWS.replace('office:value-type="string"><text:p>反映供水</text:p>', f"{value}>{shown}"))


_STRING = 'office:value-type="string" office:string-value="反映供水"'
ONE, NONE = [SOME, SEEN], [SEEN, SEEN]
OTHERS: dict[str, tuple[str, bytes | str, list[str]]] = {
    "xls white": ("a.xls", _old(1, 2, "font: colour white"), ONE),
    "xls white on blue": ("a.xls", _old(1, 2, "font: colour white; pattern: pattern solid, fore_colour blue"), NONE),
    "xls white on white": ("a.xls", _old(1, 2, "font: colour white; pattern: pattern solid, fore_colour white"), ONE),
    "xls red": ("a.xls", _old(1, 2, "font: colour red"), NONE),
    "xls nothing shown": ("a.xls", _old(1, 2, "", ";;;"), ONE),
    "xls nothing shown of numbers": ("a.xls", _old(1, 4, "", ";;"), ONE),
    "xls nothing shown of numbers, a text": ("a.xls", _old(1, 2, "", ";;"), NONE),
    "SpreadsheetML white": ("a.xls", _ml('<Style ss:ID="s1"><Font ss:Color="#FFFFFF"/></Style>'), ONE),
    "SpreadsheetML white on blue": (
        "a.xls",
        _ml('<Style ss:ID="s1"><Font ss:Color="#FFFFFF"/><Interior ss:Color="#0000FF" ss:Pattern="Solid"/></Style>'),
        NONE,
    ),
    "SpreadsheetML nothing shown": ("a.xls", _ml('<Style ss:ID="s1"><NumberFormat ss:Format=";;;"/></Style>'), ONE),
    "ods white": ("a.ods", _ods_white("transparent"), ONE),
    "ods white on blue": ("a.ods", _ods_white("#0000ff"), NONE),
    "ods nothing shown": ("a.ods", _ods_shown(_STRING, "<text:p/>"), ONE),
    "ods shown": ("a.ods", _ods_shown(_STRING, "<text:p>反映供水</text:p>"), NONE),
    "ods that writes no text": ("a.ods", _ods_shown(_STRING, ""), NONE),
    "ods empty text": ("a.ods", _ods_shown('office:value-type="string" office:string-value=""', "<text:p/>"), NONE),
    "page white by class": ("a.xls", _page("td.w {color:white;}", cell=" class=w"), ONE),
    "page white, not by the end of a name": ("a.xls", _page("td.w {mso-color:white}", cell=" class=w"), NONE),
    "page white on blue by class": ("a.xls", _page(".w {color:white;background:#00f;}", cell=" class=w"), NONE),
    "page white on a blue row": ("a.xls", _page(".w {color:#fff}", cell=" class=w", row=" bgcolor=blue"), NONE),
    "page white in itself": ("a.xls", _page("", cell=" style='COLOR: #FFFFFF'"), ONE),
    "page that breaks no lines": ("a.xls", _page("", cell=" style='white-space:nowrap'"), NONE),
    "page cell not displayed": ("a.xls", _page(".n {display:none}", cell=" class='a n'"), ONE),
    "page row not displayed by class": ("a.xls", _page("tr.n, tr.m {display:none}", row=" class=m"), [ALL_OF_IT, SEEN]),
    "page class of another": ("a.xls", _page(".n .x {display:none}", row=" class=n"), NONE),
}


@pytest.mark.parametrize("name", OTHERS)
def test_cells_that_nobody_sees_in_other_formats(tmp_path: Path, name: str) -> None:
    file, raw, out = OTHERS[name]
    (tmp_path / file).write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    assert told(tmp_path / file) == out


def _binary_styles(colour: bytes, pattern: int, ground: bytes, form: str) -> bytes:
    font = struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 0, 0, 0)
    return b"".join(
        (
            _record(278),
            *(_record(615, struct.pack("<I", 1)), _record(44, struct.pack("<H", 200), _wide(form)), _record(616)),
            _record(611, struct.pack("<I", 2)),
            *(_record(43, font, kept, b"\0", _wide("宋体")) for kept in (bytes(8), colour)),
            _record(612),
            _record(603, struct.pack("<I", 2)),
            *(
                _record(45, struct.pack("<I", kind), kept, bytes(8), bytes(48))
                for kind, kept in ((0, bytes(8)), (pattern, ground))
            ),
            _record(604),
            _record(617, struct.pack("<I", 2)),
            *(_record(47, struct.pack("<HHHH", 0, 200 * n, n, n), bytes(8)) for n in (0, 1)),
            _record(618) + _record(279),
        )
    )


_RGB = bytes([2 << 1 | 1, 0, 0, 0])


@pytest.mark.parametrize(
    ("colour", "pattern", "ground", "form", "out"),
    [
        (_RGB + b"\xff\xff\xff\xff", 0, bytes(8), "0", ONE),
        (bytes([3 << 1, 0, 0, 0, 0, 0, 0, 0]), 0, bytes(8), "0", ONE),
        (_RGB + b"\xff\xff\xff\xff", 1, _RGB + b"\0\0\xff\xff", "0", NONE),
        (_RGB + b"\0\0\0\xff", 0, bytes(8), "0", NONE),
        (bytes(8), 0, bytes(8), ";;;", ONE),
        (bytes(8), 0, bytes(8), "@", NONE),
    ],
)
def test_cells_that_nobody_sees_in_xlsb(
    tmp_path: Path, colour: bytes, pattern: int, ground: bytes, form: str, out: list[str]
) -> None:
    made = binary(ALL, style=lambda row, column: int((row, column) == (1, 2)))

    def change(name: str, raw: bytes) -> tuple[str, bytes]:
        return name, _binary_styles(colour, pattern, ground, form) if name == "xl/styles.bin" else raw

    (tmp_path / "a.xlsb").write_bytes(repacked(made, change))
    assert told(tmp_path / "a.xlsb") == out


# --- columns and rows of no size ---------------------------------------------------------------------------------------


def _narrow(page: xlwt.Worksheet) -> None:
    page.col(2).width = 0


def _no_width(name: str, raw: bytes) -> tuple[str, bytes]:
    cols = b'<cols><col min="3" max="3" width="0" customWidth="1"/></cols><sheetData>'
    return name, raw.replace(b"<sheetData>", cols)


def _every_third(attributes: str) -> str:
    return "".join(
        "<tr>" + "".join(f"<td{attributes if at == 2 else ''}>{text}</td>" for at, text in enumerate(row)) + "</tr>"
        for row in ALL
    )


NARROW: dict[str, tuple[str, bytes | str]] = {
    "xlsx": ("a.xlsx", repacked(sheet(ALL), _no_width)),
    "xls": ("a.xls", old(_narrow)),
    "xlsb": ("a.xlsb", binary(columns=_record(60, struct.pack("<IIIIH", 2, 2, 0, 0, 2)))),
    "SpreadsheetML": ("a.xls", spreadsheet_ml('<Column ss:Index="3" ss:Width="0"/>' + "".join(map(ml_row, ALL)))),
    "page, not displayed": (
        "a.xls",
        _page("", column="<col span=2><col style='display:none;mso-width-source:userset'>"),
    ),
    "page, no width": ("a.xls", _page("", column="<colgroup><col><col><col width=0><col></colgroup>")),
    "page, no width by style": ("a.xls", _page("", column="<col><col><col style='width:0pt'>")),
    "page, no cell displayed": ("a.xls", f"<table>{_every_third(' style=display:none')}</table>"),
}


@pytest.mark.parametrize("name", NARROW)
def test_columns_of_no_width_are_told_as_hidden_ones(tmp_path: Path, name: str) -> None:
    file, raw = NARROW[name]
    (tmp_path / file).write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    assert open_tables(tmp_path / file).tables[0].hidden_headings() == ["概况"]
    assert came_out(tmp_path / file) == GOOD


def test_a_page_of_usual_columns_hides_none(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text(_page("", column="<col><col><col width=72 style='width:54pt'><col>"), "utf-8")
    assert open_tables(tmp_path / "a.xls").tables[0].hidden_headings() == []


def test_rows_that_are_hidden_unless_they_are_filled_are_seen(tmp_path: Path) -> None:
    """`zeroHeight` hides the rows that are not in the file, and no other."""

    def change(name: str, raw: bytes) -> tuple[str, bytes]:
        return name, raw.replace(b"<sheetFormatPr ", b'<sheetFormatPr zeroHeight="1" ')

    (tmp_path / "a.xlsx").write_bytes(repacked(sheet(ALL), change))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as made:
        assert b"zeroHeight" in made.read("xl/worksheets/sheet1.xml")
    assert told(tmp_path / "a.xlsx") == [SEEN, SEEN]


def test_a_row_of_no_height_in_spreadsheetml_is_hidden(tmp_path: Path) -> None:
    rows = ml_row(HEAD) + ml_row(TWO[0], ' ss:Height="0"') + ml_row(TWO[1])
    (tmp_path / "a.xls").write_text(spreadsheet_ml(rows), "utf-8")
    assert told(tmp_path / "a.xls") == [ALL_OF_IT, SEEN]


# --- styles that stand elsewhere ---------------------------------------------------------------------------------------


def test_classes_of_a_saved_page_strike_out(tmp_path: Path) -> None:
    """Excel writes what strikes a cell out into a sheet of styles, in an MHT into a part of its own."""
    page = _page("").replace("<tr><td>A1", "<tr class=gone><td>A1")
    css = (
        "--b\r\nContent-Location: file:///C:/a.files/stylesheet.css\r\nContent-Type: text/css\r\n\r\n"
        "tr {mso-height-source:auto;}\r\ntr.gone\r\n\t{display:none;}\r\n"
    )
    (tmp_path / "a.mht").write_bytes(mht(page).replace(b"--b--", f"{css}--b--".encode()))
    assert told(tmp_path / "a.mht") == [ALL_OF_IT, SEEN]
    struck = _page(".xl65 {font-weight:400;\n\ttext-decoration:line-through;}")
    for cell in TWO[0]:
        struck = struck.replace(f"<td>{cell}", f"<td class=xl65>{cell}")
    (tmp_path / "b.xls").write_text(struck, "utf-8")
    assert came_out(tmp_path / "b.xls") == [("struck",), GOOD[1]]


NAMED = (
    '<style:style style:name="划去" style:family="table-cell" style:data-style-name="N1"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style><number:number-style style:name="N1"><number:number '
    'number:decimal-places="0" number:min-integer-digits="5"/></number:number-style>'
)


def test_styles_that_an_ods_keeps_in_the_part_beside(tmp_path: Path) -> None:
    """A named style, one that goes on from it and takes the line off again, and that of a whole column."""
    styles = (
        '<style:style style:name="c" style:family="table-cell" style:parent-style-name="划去"><style:text-properties '
        'style:text-line-through-style="none"/></style:style>'
    )
    number = '<table:table-cell office:value-type="float" office:value="{}"><text:p>000{}</text:p></table:table-cell>'
    rows = ods_row(HEAD)
    for at, row in enumerate(TWO):
        struck = ' table:style-name="划去"' if at == 0 else ""
        cells = ods_row(row, cell=struck)
        first = f'<table:table-cell office:value-type="string"{struck}><text:p>{row[0]}</text:p></table:table-cell>'
        assert first in cells
        coded = number.format(12 + at, 12 + at)
        rows += cells.replace(first, coded.replace("<table:table-cell", f"<table:table-cell{struck}"))
    columns = (
        '<table:table-column table:default-cell-style-name="c"/><table:table-column table:number-columns-repeated="3"/>'
    )
    made = ods(columns + rows, styles)
    out = io.BytesIO(made)
    with zipfile.ZipFile(out, "a") as package:
        with package.open("content.xml") as content:
            head = content.read().decode().partition("<office:automatic-styles")[0]
        head = head.replace("office:document-content", "office:document-styles")
        package.writestr("styles.xml", f"{head}<office:styles>{NAMED}</office:styles></office:document-styles>")
    (tmp_path / "a.ods").write_bytes(out.getvalue())
    assert came_out(tmp_path / "a.ods") == [("struck",), ("00013", *GOOD[1][1:])]


# --- what a number is shown as -----------------------------------------------------------------------------------------

RATE: list[list[Any]] = [[*HEAD, "办结率"], [*TWO[0], 0.075], [*TWO[1], 0.225]]


def _rates(path: Path) -> list[object]:
    return [cells[4] for _, cells in open_tables(path).tables[0].rows()]


@pytest.mark.parametrize(
    ("form", "out"),
    [
        ("0.0%", ["7.5%", "22.5%"]),
        ("0%", ["8%", "23%"]),
        ("0.00%", ["7.50%", "22.50%"]),
        ("#,##0.0%", ["7.5%", "22.5%"]),
        ("0.00", [0.075, 0.225]),
        ('0"%"', [0.075, 0.225]),
    ],
)
def test_a_share_is_what_the_cell_shows(tmp_path: Path, form: str, out: list[object]) -> None:
    def edit(book: Any) -> None:
        for row in (2, 3):
            book.active.cell(row, 5).number_format = form

    (tmp_path / "a.xlsx").write_bytes(sheet(RATE, edit))
    assert _rates(tmp_path / "a.xlsx") == out
    book = xlwt.Workbook()
    page = book.add_sheet("明细")
    style = xlwt.easyxf(num_format_str=form)
    for number, cells in enumerate(RATE):
        for place, cell in enumerate(cells):
            page.write(number, place, cell, style if number and place == 4 else xlwt.Style.default_style)
    book.save(tmp_path / "a.xls")
    assert _rates(tmp_path / "a.xls") == out
    rows = "".join(ml_row([str(cell) for cell in row]) for row in RATE)
    for rate in (0.075, 0.225):
        cell = f'<Cell><Data ss:Type="String">{rate}'
        assert cell in rows
        rows = rows.replace(cell, f'<Cell ss:StyleID="p"><Data ss:Type="Number">{rate}')
    quoted = form.replace('"', "&quot;")
    style_of = f'<Style ss:ID="p"><NumberFormat ss:Format="{"Percent" if form == "0.00%" else quoted}"/></Style>'
    (tmp_path / "b.xls").write_text(spreadsheet_ml(rows, style_of), "utf-8")
    assert _rates(tmp_path / "b.xls") == out


def test_a_share_in_ods(tmp_path: Path) -> None:
    styles = (
        '<number:percentage-style style:name="P"><number:number number:decimal-places="1" number:min-integer-digits="1"/>'
        "<number:text>%</number:text></number:percentage-style>"
        '<style:style style:name="p" style:family="table-cell" style:data-style-name="P"/>'
    )
    share = (
        '<table:table-cell table:style-name="p" office:value-type="percentage" office:value="{}"/></table:table-row>'
    )
    rows = ods_row([str(cell) for cell in RATE[0]])
    for row in RATE[1:]:
        rows += ods_row([str(cell) for cell in row[:4]]).replace("</table:table-row>", share.format(row[4]))
    (tmp_path / "a.ods").write_bytes(ods(rows, styles))
    assert _rates(tmp_path / "a.ods") == ["7.5%", "22.5%"]


# --- whole files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "cut"), [(65_536, 65_536), (65_535, 0), (16_384, 16_384)])
def test_a_sheet_that_is_full_was_cut_off(tmp_path: Path, rows: int, cut: int) -> None:
    """The last row that an xls can have is filled: what came after it is nowhere."""

    def edit(page: xlwt.Worksheet) -> None:
        for place, cell in enumerate(["A3", *TWO[1][1:]]):
            page.write(rows - 1, place, cell)

    path = tmp_path / "a.xls"
    path.write_bytes(old(edit))
    table = open_tables(path).tables[0]
    assert table.cut_at == cut
    last = [(number, cells[0]) for number, cells in table.rows() if any(cells)]
    assert last[-1] == (rows, "A3")


@pytest.mark.parametrize("last", ["\r\n", ""])
def test_a_text_file_as_long_as_a_full_sheet(tmp_path: Path, last: str) -> None:
    lines = ["登记编号,收到日期", *["A1,2023-05-04"] * 65_535]
    (tmp_path / "a.csv").write_text("\r\n".join(lines) + last, "utf-8", newline="")
    assert open_tables(tmp_path / "a.csv").tables[0].cut_at == 65_536
    (tmp_path / "a.csv").write_text("\r\n".join(lines[:-1]) + last, "utf-8", newline="")
    assert open_tables(tmp_path / "a.csv").tables[0].cut_at == 0


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of these streams, each in sectors of 512 bytes."""
    padded = {name: raw + b"\0" * max(4096 - len(raw), -len(raw) % 512) for name, raw in streams.items()}
    sizes = [1, *(len(raw) // 512 for raw in padded.values())]
    fats = 1 + (sum(sizes) + 1) // 127
    links = [0xFFFFFFFD] * fats
    begins = []
    for size in sizes:
        begins.append(len(links))
        links += [*range(len(links) + 1, len(links) + size), 0xFFFFFFFE]
    links += [0xFFFFFFFF] * (fats * 128 - len(links))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, fats, begins[0], 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", *range(fats), *[0xFFFFFFFF] * (109 - fats))

    def entry(name: str, kind: int, right: int, child: int, begin: int, size: int) -> bytes:
        said = name.encode("utf-16-le")
        return (
            said.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(said) + 2 if name else 0, kind, 1, 0xFFFFFFFF, right, child)
            + bytes(36)
            + struct.pack("<III", begin, size, 0)
        )

    entries = entry("Root Entry", 5, 0xFFFFFFFF, 1, 0xFFFFFFFE, 0)
    for number, (name, raw) in enumerate(streams.items(), 1):
        right = number + 1 if number < len(streams) else 0xFFFFFFFF
        entries += entry(name, 2, right, 0xFFFFFFFF, begins[number], max(len(raw), 4096))
    body = struct.pack(f"<{len(links)}I", *links) + entries.ljust(512, b"\0") + b"".join(padded.values())
    assert len(head) == 512
    return head + body


def _stream_of(rows: list[list[Any]]) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("明细")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            page.write(number, place, cell)
    return bytes(book.get_biff_data())


@pytest.mark.parametrize("order", [("Book", "Workbook"), ("Workbook", "Book")])
def test_a_workbook_for_two_versions_of_excel_is_read_as_the_newer(tmp_path: Path, order: tuple[str, str]) -> None:
    """Saved as "Excel 97-2003 and 5.0/95" it has both streams, and later programs changed only one of them."""
    older = xls._stream((CASES / "biff5_936.xls").read_bytes())
    assert older[:2] == b"\x09\x08"
    streams = {"Book": older, "Workbook": _stream_of(ALL)}
    (tmp_path / "a.xls").write_bytes(compound({name: streams[name] for name in order}))
    assert came_out(tmp_path / "a.xls") == GOOD
    (tmp_path / "b.xls").write_bytes(compound({"Book": older}))
    assert len(came_out(tmp_path / "b.xls")) == 29


def _reserved(stream: bytes) -> bytes:
    """The same with a password to write, and advice to open it for reading only."""
    user = "测试甲"
    sharing = struct.pack("<HHH", 1, 0xCE4B, len(user)) + b"\x01" + user.encode("utf-16-le")
    more = struct.pack("<HH", 0x86, 0) + struct.pack("<HH", 0x5B, len(sharing)) + sharing
    out = bytearray(stream)
    at = 0
    while at < len(out):
        kind, size = struct.unpack_from("<HH", out, at)
        if kind == 0x85:
            struct.pack_into("<I", out, at + 4, struct.unpack_from("<I", out, at + 4)[0] + len(more))
        if kind == 0x0A:
            break
        at += 4 + size
    first = 4 + struct.unpack_from("<H", out, 2)[0]
    return bytes(out[:first]) + more + bytes(out[first:])


def test_files_that_are_reserved_for_writing_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(compound({"Workbook": _reserved(_stream_of(ALL))}))
    assert came_out(tmp_path / "a.xls") == GOOD

    def change(name: str, raw: bytes) -> tuple[str, bytes]:
        if name == "xl/workbook.xml":
            asked = '<fileSharing readOnlyRecommended="1" userName="测试甲" reservationPassword="CE4B"/><workbookPr'
            raw = raw.replace(b"<workbookPr", asked.encode(), 1)
            assert b"fileSharing" in raw
        if "sheet1" in name:
            raw = raw.replace(b"</sheetData>", b'</sheetData><sheetProtection sheet="1" password="CE4B"/>')
        return name, raw

    (tmp_path / "a.xlsx").write_bytes(repacked(sheet([HEAD, *_dated()]), change))
    assert came_out(tmp_path / "a.xlsx") == GOOD


def _dated() -> list[list[Any]]:
    return [[row[0], datetime.datetime.fromisoformat(row[1]), *row[2:]] for row in TWO]
