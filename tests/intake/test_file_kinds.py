"""The kinds of files that offices bring, each made here, and what comes out of it: the two cases, a refusal with its
cause, or rows turned back."""

from __future__ import annotations

import base64
import contextlib
import csv
import datetime
import gzip
import io
import os
import quopri
import random
import re
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from xinfang_cli.errors import XinfangError
from xinfang_cli.intake.days import parse_file_day
from xinfang_cli.intake.no_cases import Passed
from xinfang_cli.intake.readers import biff, guard
from xinfang_cli.intake.readers.sheet import MarkedRow
from xinfang_cli.intake.rows import LedgerRow, RowReader
from xinfang_cli.intake.tables import open_tables

HEAD = ["登记编号", "收到日期", "概况", "姓名"]
TWO = [["A1", "2023-05-04", "反映供水", "测试甲"], ["A2", "2023-05-05", "反映“工资”, 两月", "测试乙"]]
GOOD = [
    ("A1", datetime.date(2023, 5, 4), "反映供水", "测试甲"),
    ("A2", datetime.date(2023, 5, 5), "反映“工资”, 两月", "测试乙"),
]
Make = Callable[[], bytes]
KINDS: dict[str, tuple[str, Make, object]] = {}
"""Name → (file name, its bytes, what comes out: GOOD, or words of the refusal)."""


def kind(name: str, file: str, out: object = GOOD) -> Callable[[Make], Make]:
    def kept(make: Make) -> Make:
        assert name not in KINDS
        KINDS[name] = file, make, out
        return make

    return kept


def add(name: str, file: str, content: bytes | str, out: object = GOOD) -> None:
    raw = content.encode() if isinstance(content, str) else content
    kind(name, file, out)(lambda: raw)


def came_out(path: Path) -> list[tuple[object, ...]]:
    """What the known columns of the first sheet with a header say, rows with a fault as their fault's beginning."""
    table = open_tables(path).tables[0]
    lost = table.lost()
    reader = RowReader(table.layout, epoch1904=table.epoch1904)
    got: list[tuple[object, ...]] = []
    for number, cells in table.rows():
        if isinstance(cells, MarkedRow) and (cells.fault or cells.struck or cells.hidden):
            got.append(("fault" if cells.fault else "struck" if cells.struck else "hidden",))
            continue
        if number in lost:
            got.append(("lost", *lost[number].values()))
            continue
        said = table.layout.read(cells)
        read = reader.read(number, cells)
        if isinstance(read, Passed) and read.ground == "example":
            got.append(("example",))
        elif said is not None:
            day = said.fields.get("received_on")
            came = parse_file_day(day, epoch1904=table.epoch1904) if day is not None else None
            got.append((said.fields.get("case_no"), came, said.fields.get("title"), said.fields.get("name")))
    return got


# --- text --------------------------------------------------------------------------------------------------------------


def text(rows: list[list[str]], delimiter: str = ",", ends: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=ends, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


ALL = [HEAD, *TWO]
for _encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"):
    for _name, _delimiter in (("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("bar", "|")):
        add(f"text {_encoding} {_name}", "a.csv", text(ALL, _delimiter).encode(_encoding))
for _name, _ends in (("lf", "\n"), ("cr", "\r")):
    add(f"text {_name}", "a.csv", text(ALL, ends=_ends).encode("gbk"))
add("text all quoted", "a.csv", text(ALL, quoting=csv.QUOTE_ALL))
add("text named xls", "a.xls", text(ALL, "\t").encode("gbk"))
add("text named xlsx", "a.xlsx", text(ALL))
add("text named txt", "a.txt", text(ALL, "|"))
add("text without last line end", "a.csv", text(ALL).rstrip())
add("text trailing NULs", "a.csv", text(ALL).encode() + b"\0" * 5000)
add("text blank lines", "a.csv", text([[], HEAD, [], TWO[0], [""] * 4, TWO[1], []]))
add("text title above", "a.csv", text([["2023年台账"], *ALL]))
add("text trailing commas", "a.csv", text([[*row, "", ""] for row in ALL]))
add("text armour", "a.csv", text(ALL).replace("A1", '="A1"'))
add("text tab armour", "a.csv", text([HEAD, [cell + "\t" for cell in TWO[0]], TWO[1]]))
add("text apostrophes", "a.csv", text(ALL).replace("2023-05-04", "'2023-05-04"))
add("text unpaired quote", "a.csv", text(ALL).replace("反映供水", '"反映供水'), [("fault",), GOOD[1]])
add("text unquoted comma", "a.csv", text(ALL).replace("反映供水", "反映,供水"), [("fault",), GOOD[1]])
add("text broken line", "a.csv", text(ALL).replace("反映供水", "反映\n供水"), [("fault",), ("fault",), GOOD[1]])
add("text odd byte", "a.csv", text(ALL).encode("gbk").replace("甲".encode("gbk"), b"\xff"), [("fault",), GOOD[1]])
add("text empty", "a.csv", b"", "是空的")
add("text of blanks", "a.csv", b" \r\n\t\r\n", "是空的")
add("text without header", "a.csv", "甲,乙\n1,2\n", "没有表头")
add("text only header", "a.csv", text([HEAD]), [])
add("text 20000 columns", "a.csv", ",".join(HEAD + [f"列{n}" for n in range(20_000)]), "20004 列")
TRADITIONAL = str.maketrans("编号概况", "編號概況")
_bytes = [text([row]).encode("utf-8") for row in ALL]
_as_gbk = [text([row]).encode("gbk") for row in ALL]
add("text utf-32", "a.csv", text(ALL).encode("utf-32"))
add(
    "text Big5",
    "a.csv",
    text([[c.translate(TRADITIONAL) for c in HEAD], ["A1"]]).encode("big5hkscs", "replace"),
    "Big5",
)
add("text in traditional characters", "a.csv", text([[cell.translate(TRADITIONAL) for cell in HEAD], *TWO]))
add("text half UTF-8", "a.csv", _bytes[0] + _as_gbk[1] + _bytes[2], "第 1 行是 UTF-8，第 2 行是 GB18030")
add("text half GB18030", "a.csv", _as_gbk[0] + _bytes[1] + _as_gbk[2], "第 2 行是 UTF-8，第 1 行是 GB18030")
add("text UTF-8 as GBK", "a.csv", text(ALL).encode().decode("gb18030", "replace"), "UTF-8 的当作 GBK 存过")
add("text GBK as Latin", "a.csv", text(ALL).encode("gbk").decode("latin-1"), "GBK 的当作西文存过")
add("text UTF-8 as Latin", "a.csv", text(ALL).encode().decode("latin-1"), "UTF-8 的当作西文存过")
add("text utf-7", "a.csv", text(ALL).encode("utf-7"), "UTF-7")
_BOM = b"\xef\xbb\xbf"
add("text quoted behind a mark", "a.csv", _BOM + text(ALL, quoting=csv.QUOTE_ALL).encode())
add("text of two files put together", "a.csv", _BOM + text(ALL[:2]).encode() + _BOM + text(ALL[2:]).encode())
add("text that names its separator", "a.csv", "sep=;\r\n" + text(ALL, ";"))
add("text with a NUL in a cell", "a.csv", text(ALL).replace("测试甲", "测试甲\0"))
add("text with separators of lines in a cell", "a.csv", text(ALL).replace("反映供水", "反映\x0b\x1c供水\x85"))
add(
    "text with backslashes before quotes",
    "a.csv",
    text(ALL).replace("反映供水", '"反映\\"供水\\""'),
    [("fault",), GOOD[1]],
)
add("text from DOS", "a.csv", text(ALL) + "\x1a")
add("text with line ends written twice", "a.csv", text(ALL).replace("\r\n", "\r\r\n"))
add("text with two bars", "a.csv", "\r\n".join("||".join(row) for row in ALL))
for _word in ("NULL", "None", "nan", "NaN", "\\N", "<NA>", "undefined"):
    add(f"text {_word} for nothing", "a.csv", text(ALL).replace("测试甲", _word), [(*GOOD[0][:3], None), GOOD[1]])
for _name, _parted in (("comma", "，"), ("enumeration comma", "、"), ("semicolon", "；")):
    add(f"text parted by a full-width {_name}", "a.csv", "\r\n".join(map(_parted.join, ALL)), "全角的标点")
for _name, _parted in (("blanks", "   "), ("carets", "^"), ("controls", "\x01"), ("tildes", "~")):
    add(f"text parted by {_name}", "a.csv", "\r\n".join(map(_parted.join, ALL)), "不是逗号、分号、制表符、竖线")
for _name, _quotes in (("single", "''"), ("Chinese", "“”")):
    _rows = [f"{_quotes[0]}{cell}{_quotes[1]}" for cell in HEAD]
    add(f"text in {_name} quotes", "a.csv", ",".join(_rows) + "\r\n1,2,3,4\r\n", "引号不是成对围住每一格的")
_lines = ['"' + line.replace('"', '""') + '"' for line in text(ALL).splitlines()]
add("text in which a line is one cell", "a.csv", "\r\n".join(_lines), "引号不是成对围住每一格的")
add(
    "text with blanks before quotes",
    "a.csv",
    "\r\n".join(", ".join(f'"{c}"' for c in r) for r in ALL),
    "逗号后面有空格",
)
add("text JSON", "a.csv", '[{"登记编号":"A1","收到日期":"2023-05-04"}]', "是 JSON 数据")
for _name, _begin, _what in (
    ("Access", b"\0\1\0\0Standard Jet DB\0", "是 Access 数据库"),
    ("dBase", b"\x03\x17\x05\x04\x02\0\0\0\x41\0", "dBase、FoxPro 的数据表"),
    ("a message", b"Return-Path: <a@test.invalid>\r\nMIME-Version: 1.0\r\n", "是邮件"),
):
    add(f"text no, {_name}", "a.csv", _begin + b"\0" * 40 if _what != "是邮件" else _begin, _what)
add("text that begins with a three", "a.csv", "\x03", "没有表头")
add("text with apostrophes before all", "a.csv", text([HEAD, *([f"'{cell}" for cell in row] for row in TWO)]))
add(
    "text with an apostrophe of its own",
    "a.csv",
    text(ALL).replace("反映供水", "'90年代供水"),
    [(*GOOD[0][:2], "'90年代供水", "测试甲"), GOOD[1]],
)
add(
    "text in single quotes within",
    "a.csv",
    text(ALL).replace("反映供水", "'反映'供水"),
    [(*GOOD[0][:2], "'反映'供水", "测试甲"), GOOD[1]],
)
for _name, _day in (("of a time zone", "2023-05-04T00:00:00+08:00"), ("of Java", "Thu May 04 00:00:00 CST 2023")):
    add(f"text with a day {_name}", "a.csv", text(ALL).replace("2023-05-04", _day))
add("binary", "a.csv", bytes(range(256)) * 40, "不是")

# --- xlsx --------------------------------------------------------------------------------------------------------------


def sheet(rows: list[list[Any]], edit: Callable[[Any], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(raw: bytes, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (changed := change(name, old.read(name))) is not None:
                new.writestr(*changed)
    return out.getvalue()


def in_sheet(old: str, new: str, rows: list[list[Any]] = ALL) -> bytes:
    def change(name: str, raw: bytes) -> tuple[str, bytes]:
        if name != "xl/worksheets/sheet1.xml":
            return name, raw
        assert old.encode() in raw, raw
        return name, raw.replace(old.encode(), new.encode())

    return repacked(sheet(rows), change)


def _without_places(raw: bytes) -> bytes:
    return re.sub(rb' r="[A-Z]*[0-9]+"', b"", raw) if b"<sheetData>" in raw else raw


_USUAL = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


def _prefixed(name: str, raw: bytes) -> bytes:
    if "sheet1" not in name:
        return raw
    return re.sub(rb"<(/?)(\w)", rb"<\1x:\2", raw).replace(b"xmlns=", b"xmlns:x=")


_TYPED = '<c r="B2" t="inlineStr"><is><t>2023-05-04</t></is></c>'
DATED = [[row[0], datetime.datetime.fromisoformat(row[1]), *row[2:]] for row in TWO]
DAYS = [(datetime.date.fromisoformat(row[1]) - datetime.date(1899, 12, 30)).days for row in TWO]
add("xlsx", "a.xlsx", sheet(ALL))
add("xlsx named xls", "a.xls", sheet(ALL))
add("xlsx named csv", "a.csv", sheet(ALL))
add("xlsx dates", "a.xlsx", sheet([HEAD, *DATED]))
add("xlsx serials", "a.xlsx", sheet([HEAD, *([row[0], day, *row[2:]] for row, day in zip(TWO, DAYS, strict=True))]))
add("xlsx serials as text", "a.xlsx", sheet([HEAD, *([r[0], str(d), *r[2:]] for r, d in zip(TWO, DAYS, strict=True))]))
add("xlsx title", "a.xlsx", sheet([["台账"], [], *ALL]))
add("xlsx trailing NULs", "a.xlsx", sheet(ALL) + b"\0" * 600)
add("xlsx backslashes", "a.xlsx", repacked(sheet(ALL), lambda name, raw: (name.replace("/", "\\"), raw)))
add("xlsx no numbers of rows and cells", "a.xlsx", repacked(sheet(ALL), lambda name, raw: (name, _without_places(raw))))


@kind("xlsx formula not worked out", "a.xlsx", [("lost", ""), GOOD[1]])
def _() -> bytes:
    return sheet([HEAD, ["A1", "=DATE(2023,5,4)", "反映供水", "测试甲"], TWO[1]])


@kind("xlsx NaN", "a.xlsx", [("lost", "NaN"), GOOD[1]])
def _() -> bytes:
    return in_sheet("<v>45050</v>", "<v>NaN</v>", [HEAD, ["A1", 45050, "反映供水", "测试甲"], TWO[1]])


@kind("xlsx INF", "a.xlsx", [("lost", "INF"), GOOD[1]])
def _() -> bytes:
    return in_sheet("<v>45050</v>", "<v>INF</v>", [HEAD, ["A1", 45050, "反映供水", "测试甲"], TWO[1]])


def _coded(book: Any) -> None:
    page = book.active
    for row, form in ((2, "00000"), (3, '"XF"2023-0000')):
        page.cell(row, 1).number_format = form


CODED = [("00012", *GOOD[0][1:]), ("XF2023-0007", *GOOD[1][1:])]
add("xlsx codes", "a.xlsx", sheet([HEAD, [12, *TWO[0][1:]], [7, *TWO[1][1:]]], _coded), CODED)


def _struck(book: Any) -> None:
    for cell in book.active[2]:
        cell.font = Font(strike=True)


def _half_struck(book: Any) -> None:
    book.active["C2"].font = Font(strike=True)


def _hidden_row(book: Any) -> None:
    book.active.row_dimensions[2].hidden = True


def _hidden_sheet(book: Any) -> None:
    book.active.sheet_state = "hidden"
    page = book.create_sheet("可见")
    for row in [HEAD, TWO[1]]:
        page.append(row)


_hidden = repacked(sheet(ALL, _hidden_row), lambda name, raw: (name, _without_places(raw)))
add("xlsx hidden row without places", "a.xlsx", _hidden, [("hidden",), GOOD[1]])
_empty_row = sheet([HEAD, [], *TWO], lambda book: setattr(book.active.row_dimensions[2], "hidden", True))
add(
    "xlsx empty hidden row closed in itself",
    "a.xlsx",
    repacked(
        _empty_row, lambda name, raw: (name, raw.replace(b'<row r="2" hidden="1"></row>', b'<row r="2" hidden="1"/>'))
    ),
    [("hidden",), *GOOD],
)
_failed_cell = '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>'
_failed = repacked(
    in_sheet(_TYPED, _failed_cell.replace("<c", '<c r="B2"')), lambda name, raw: (name, _without_places(raw))
)
add("xlsx failed formula without places", "a.xlsx", _failed, [("lost", "#DIV/0!"), GOOD[1]])
add("xlsx struck row", "a.xlsx", sheet(ALL, _struck), [("struck",), GOOD[1]])
add("xlsx one struck cell", "a.xlsx", sheet(ALL, _half_struck))
add("xlsx hidden row", "a.xlsx", sheet(ALL, _hidden_row), [("hidden",), GOOD[1]])
add("xlsx hidden sheet", "a.xlsx", sheet(ALL, _hidden_sheet), [GOOD[1]])
add("xlsx cut off", "a.xlsx", sheet(ALL)[:-400], "已损坏")


def _formatted_below(book: Any) -> None:
    for row in range(4, 40):
        book.active.cell(row, 2).font = Font(bold=True)


def zipped(name: str, raw: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr(name, raw)
    return out.getvalue()


def shared(old: str, new: str) -> bytes:
    """A workbook with its texts in a part of their own, one cell written otherwise."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for number, row in enumerate(ALL):
        for place, cell in enumerate(row):
            page.write_string(number, place, cell)
    book.close()
    raw = out.getvalue()
    assert any(old.encode() in zipfile.ZipFile(io.BytesIO(raw)).read(part) for part in (SHEET, TEXTS))
    return repacked(raw, lambda name, part: (name, part.replace(old.encode(), new.encode())))


SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
NAMELESS = [(*GOOD[0][:3], None), GOOD[1]]
D2 = '<c r="D2" t="s"><v>7</v></c>'
add(
    "xlsx text -1 of the list", "a.xlsx", shared(D2, D2.replace("7", "-1")), [("lost", "指向的文字不在文件里"), GOOD[1]]
)
add("xlsx text beyond the list", "a.xlsx", shared(D2, D2.replace("7", "99")), "已损坏")
add("xlsx text without a number", "a.xlsx", shared(D2, '<c r="D2" t="s"><v/></c>'), NAMELESS)
add("xlsx text without a value", "a.xlsx", shared(D2, '<c r="D2" t="s"/>'), NAMELESS)
add("xlsx inline text without one", "a.xlsx", shared(D2, '<c r="D2" t="inlineStr"/>'), NAMELESS)
add("xlsx empty text in the list", "a.xlsx", shared("<si><t>测试甲</t></si>", "<si></si>"), NAMELESS)
add("xlsx rich text", "a.xlsx", shared("<t>测试甲</t>", "<r><rPr><b/></rPr><t>测试</t></r><r><t>甲</t></r>"))
add("xlsx text with its reading", "a.xlsx", shared("<t>测试甲</t>", '<t>测试甲</t><rPh sb="0" eb="1"><t>ce</t></rPh>'))
add("xlsx escaped line end", "a.xlsx", shared("测试甲", "测试甲_x000D_"))
add("xlsx list in capitals", "a.xlsx", shared("测试甲", "测试甲").replace(b"sharedStrings", b"SharedStrings"))
add("xlsx first column empty", "a.xlsx", sheet([[], ["", ""], *(["", *row] for row in ALL)]))
add("xlsx column without a heading", "a.xlsx", sheet([[*row[:2], "" if row is HEAD else "x", *row[2:]] for row in ALL]))
add("xlsx rows with nothing but a format", "a.xlsx", sheet(ALL, _formatted_below))
add("xlsx chart sheet first", "a.xlsx", sheet(ALL, lambda book: book.create_chartsheet("图", 0)))
add("xlsx day of its own type", "a.xlsx", in_sheet(_TYPED, '<c r="B2" t="d"><v>2023-05-04</v></c>'))
add("xlsx a moment before midnight", "a.xlsx", sheet([HEAD, ["A1", 45050.99999999, *TWO[0][2:]], TWO[1]]))
add("zip of a workbook", "a.zip", zipped("台账.xlsx", sheet(ALL)), "是压缩包，要先解压")
add("word document", "a.docx", zipped("word/document.xml", b"<x/>"), "是 Word 文档")
add("zip of Numbers", "a.numbers", zipped("Index/Document.iwa", b"x"), "是 Numbers 表格")
add("xlsx macro workbook", "a.xlsm", sheet(ALL))
add("zip of something", "a.xlsx", repacked(sheet(ALL), lambda name, raw: ("x/" + name, raw)), "不是电子表格")
add("gzip", "a.csv.gz", gzip.compress(text(ALL).encode()), "压缩包")
add("pdf", "a.xls", b"%PDF-1.4 ...", "PDF")
add("xlsx prefixed names", "a.xlsx", repacked(sheet(ALL), lambda name, raw: (name, _prefixed(name, raw))))
add("xlsx strict", "a.xlsx", repacked(sheet(ALL), lambda name, raw: (name, raw.replace(_USUAL, _STRICT))))
add("xlsx wrong dimension", "a.xlsx", in_sheet("<sheetViews>", '<dimension ref="A1"/><sheetViews>'))
add("xlsx column beyond all", "a.xlsx", in_sheet('r="D3"', 'r="ZZZZZZ99"'), "放不下")
add("xlsx row beyond all", "a.xlsx", in_sheet('r="D3"', 'r="D4000000000"'), "放不下")
add("xlsx row number beyond all", "a.xlsx", in_sheet('<row r="3"', '<row r="4000000000"'), "放不下")
add(
    "xlsx locked with a password",
    "a.xlsx",
    b"\xd0\xcf\x11\xe0" + b"\0" * 508 + "EncryptedPackage".encode("utf-16-le"),
    "密码",
)


# --- web pages and XML -------------------------------------------------------------------------------------------------


def rows_of(tag: str = "td", attributes: str = "", rows: list[list[str]] = ALL) -> str:
    cells = ("".join(f"<{tag}{attributes}>{cell}</{tag}>" for cell in row) for row in rows)
    return "".join(f"<tr>{row}</tr>" for row in cells)


TABLE = f"<table border=1>{rows_of()}</table>"
OFFICE = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel" '
    'xmlns="http://www.w3.org/TR/REC-html40"><head><meta http-equiv=Content-Type content="text/html; charset={}">'
    "<!--[if gte mso 9]><xml><x:ExcelWorkbook></x:ExcelWorkbook></xml><![endif]--></head><body>{}</body></html>"
)
for _name, _page in {
    "bare table": TABLE,
    "bare rows": rows_of(),
    "style and table": f"<style>td{{mso-number-format:'\\@'}}</style>{TABLE}",
    "html and body": f"<html><body>{TABLE}</body></html>",
    "doctype": f"<!DOCTYPE html><html><head><title>x</title></head><body>{TABLE}</body></html>",
    "thead and tbody": f"<table><thead>{rows_of('th', rows=[HEAD])}</thead><tbody>{rows_of(rows=TWO)}</tbody></table>",
    "head in a table of its own": f"<table>{rows_of(rows=[HEAD])}</table><table>{rows_of(rows=TWO)}</table>",
    "title table above": f"<table><tr><td>台账</td></tr></table>{TABLE}",
    "title across": TABLE.replace("<tr>", "<tr><td colspan=4>2023年台账</td></tr><tr>", 1),
    "layout table around": f"<table><tr><td>{TABLE}</td></tr></table>",
    "form around": f"<form><div><center>{TABLE}</center></div></form>",
    "cells not closed": TABLE.replace("</td>", "").replace("</tr>", ""),
    "upper case": f"<HTML><BODY>{TABLE.replace('td>', 'TD>').replace('tr>', 'TR>')}</BODY></HTML>",
    "entities and blanks": TABLE.replace("“工资”", "&ldquo;工资&rdquo;").replace("测试甲", "&nbsp; 测试甲\r\n  "),
    "spans within": TABLE.replace("测试甲", "<span style='color:red'>测试</span><b>甲</b>"),
    "comment before": f"<!-- exported -->{TABLE}",
    "xml declaration": f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{TABLE}</body></html>',
    "script within": TABLE.replace("测试甲", "测试甲<script>var a = 1;</script>"),
}.items():
    for _encoding in ("utf-8", "gbk"):
        add(f"html {_name} {_encoding}", "a.xls", _page.encode(_encoding))
for _encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"):
    add(f"html of Excel {_encoding}", "a.xls", OFFICE.format("gb2312", TABLE).encode(_encoding))
    add(f"html that says utf-8 {_encoding}", "a.xls", OFFICE.format("utf-8", TABLE).encode(_encoding))
add("html utf-16 bare", "a.xls", TABLE.encode("utf-16"))
add("html trailing NULs", "a.xls", TABLE.encode() + b"\0" * 100)
add(
    "html line break",
    "a.xls",
    TABLE.replace("反映供水", "反映<br>供水"),
    [(*GOOD[0][:2], "反映\n供水", "测试甲"), GOOD[1]],
)
add("html hidden row", "a.xls", TABLE.replace("<tr><td>A1", "<tr style='display: none'><td>A1"), [("hidden",), GOOD[1]])
add("html struck row", "a.xls", re.sub(r"(A1|2023-05-04|反映供水|测试甲)", r"<s>\1</s>", TABLE), [("struck",), GOOD[1]])
add("html without a table", "a.xls", "<html><body>会话超时，请重新登录</body></html>", "没有表格")
add("xml of another kind", "a.xls", '<?xml version="1.0"?><data><row>A1</row></data>', "XML 数据")

MHT = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n{}--b--\r\n"
PART = '--b\r\nContent-Type: text/html; charset="{}"\r\nContent-Transfer-Encoding: {}\r\n\r\n{}\r\n'
FRAMES = PART.format("us-ascii", "7bit", "<html><frameset><frame src=sheet001.htm></frameset></html>")
for _encoding in ("utf-8", "gb2312"):
    _raw = TABLE.replace("“", "").replace("”", "").encode(_encoding)
    _out = [GOOD[0], (*GOOD[1][:2], "反映工资, 两月", "测试乙")]
    for _name, _written in (("base64", base64.encodebytes(_raw)), ("quoted-printable", quopri.encodestring(_raw))):
        _part = PART.format(_encoding, _name, _written.decode())
        add(f"mht {_encoding} {_name}", "a.mht", MHT.format(FRAMES + _part), _out)


MHT_SHEET = PART.replace("\r\n\r\n{}", "\r\nContent-Location: file:///C:/a.files/{}\r\n\r\n{}", 1)


def mht(*pages: str, listed: str = "") -> bytes:
    """As Excel saves a workbook: a page that lists the sheets, and a page for each."""
    parts = [PART.format("utf-8", "8bit", f"<html><xml>{listed}</xml><frameset></frameset></html>")]
    parts += [MHT_SHEET.format("utf-8", "8bit", f"sheet00{n}.htm", page) for n, page in enumerate(pages, 1)]
    return MHT.format("".join(parts)).encode()


def _in_list(name: str, place: int, more: str = "") -> str:
    source = f'<x:WorksheetSource HRef="a.files/sheet00{place}.htm"/>'
    return f"<x:ExcelWorksheet><x:Name>{name}</x:Name>{more}{source}</x:ExcelWorksheet>"


HIDDEN_IN_LIST = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"


def spreadsheet_ml(rows: str, styles: str = "", more: str = "") -> str:
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:x="urn:schemas-microsoft-com:office:excel">{more}<Styles>{styles}</Styles>'
        f'<Worksheet ss:Name="明细"><Table>{rows}</Table></Worksheet></Workbook>'
    )


def ml_row(cells: list[str], attributes: str = "") -> str:
    data = "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells)
    return f"<Row{attributes}>{data}</Row>"


ML = "".join(map(ml_row, ALL))
A1_DAY = '<Data ss:Type="String">2023-05-04</Data>'
add("SpreadsheetML", "a.xls", spreadsheet_ml(ML))
add("SpreadsheetML utf-16", "a.xls", spreadsheet_ml(ML).encode("utf-16"))
add(
    "SpreadsheetML DateTime",
    "a.xml",
    spreadsheet_ml(ML.replace(A1_DAY, '<Data ss:Type="DateTime">2023-05-04T00:00:00.000</Data>')),
)
add("SpreadsheetML serial", "a.xls", spreadsheet_ml(ML.replace(A1_DAY, f'<Data ss:Type="Number">{DAYS[0]}</Data>')))
add(
    "SpreadsheetML 1904",
    "a.xls",
    spreadsheet_ml(
        ML.replace(A1_DAY, f'<Data ss:Type="Number">{DAYS[0] - 1462}</Data>'),
        more="<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook>",
    ),
)
add(
    "SpreadsheetML index",
    "a.xls",
    spreadsheet_ml(ML.replace('<Cell><Data ss:Type="String">反', '<Cell ss:Index="3"><Data ss:Type="String">反')),
)
add("SpreadsheetML row index", "a.xls", spreadsheet_ml(ml_row(HEAD) + ml_row(TWO[0], ' ss:Index="5"') + ml_row(TWO[1])))
add(
    "SpreadsheetML formula",
    "a.xls",
    spreadsheet_ml(ML.replace(f"<Cell>{A1_DAY}", '<Cell ss:Formula="=NOW()">')),
    [("lost", ""), GOOD[1]],
)
add(
    "SpreadsheetML error",
    "a.xls",
    spreadsheet_ml(ML.replace(A1_DAY, '<Data ss:Type="Error">#N/A</Data>')),
    [("lost", "#N/A"), GOOD[1]],
)
add(
    "SpreadsheetML hidden",
    "a.xls",
    spreadsheet_ml(ml_row(HEAD) + ml_row(TWO[0], ' ss:Hidden="1"') + ml_row(TWO[1])),
    [("hidden",), GOOD[1]],
)
add(
    "SpreadsheetML code",
    "a.xls",
    spreadsheet_ml(
        ML.replace('<Cell><Data ss:Type="String">A1', '<Cell ss:StyleID="s1"><Data ss:Type="Number">12'),
        '<Style ss:ID="s1"><NumberFormat ss:Format="00000"/></Style>',
    ),
    [CODED[0], GOOD[1]],
)
add("SpreadsheetML broken", "a.xls", spreadsheet_ml(ML)[:-30], "已损坏")

# --- old workbooks -----------------------------------------------------------------------------------------------------


def old(
    edit: Callable[[xlwt.Worksheet], None] = lambda page: None, rows: list[list[Any]] = ALL, **options: Any
) -> bytes:
    book = xlwt.Workbook(**options)
    page = book.add_sheet("明细")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            page.write(number, place, cell)
    edit(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _overwrite(book_rows: list[list[Any]], row: int, column: int, value: Any, style: xlwt.XFStyle) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("明细", cell_overwrite_ok=True)
    for number, cells in enumerate(book_rows):
        for place, cell in enumerate(cells):
            page.write(number, place, cell)
    page.write(row, column, value, style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _struck_old() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("明细")
    for number, cells in enumerate(ALL):
        style = xlwt.easyxf("font: struck_out on") if number == 1 else xlwt.easyxf()
        for place, cell in enumerate(cells):
            page.write(number, place, cell, style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _hide(page: xlwt.Worksheet) -> None:
    page.row(1).hidden = True


def raw_records(rows: list[list[str]], begin: bytes, kind: int) -> bytes:
    """A stream of LABEL records, as grids of report programs write it."""
    out = begin
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            content = cell.encode("gbk")
            said = struct.pack("<HH", number, place)
            said += b"\0\0\0" + bytes([len(content)]) if kind == 4 else struct.pack("<HH", 0, len(content))
            out += struct.pack("<HH", kind, len(said + content)) + said + content
    return out + b"\x0a\0\0\0"


PLAIN = [HEAD, TWO[0], ["A2", "2023-05-05", "反映工资, 两月", "测试乙"]]
PLAIN_OUT = [GOOD[0], (*GOOD[1][:2], "反映工资, 两月", "测试乙")]
add("xls", "a.xls", old())
add("xls named xlsx", "a.xlsx", old())
add("xls of WPS", "a.et", old())
add("xls trailing NULs", "a.xls", old() + b"\0" * 512)
add("xls date", "a.xls", _overwrite(ALL, 1, 1, DATED[0][1], xlwt.easyxf(num_format_str="yyyy-mm-dd")))
add("xls code", "a.xls", _overwrite(ALL, 1, 0, 12, xlwt.easyxf(num_format_str="00000")), [CODED[0], GOOD[1]])
add(
    "xls formula",
    "a.xls",
    _overwrite(ALL, 1, 1, xlwt.Formula("DATE(2023,5,4)"), xlwt.easyxf()),
    [("lost", ""), GOOD[1]],
)
add("xls struck row", "a.xls", _struck_old(), [("struck",), GOOD[1]])
add("xls hidden row", "a.xls", old(_hide), [("hidden",), GOOD[1]])
add("xls cut off", "a.xls", old()[:1500], "已损坏")
add("records of Excel 2", "a.xls", raw_records(PLAIN, b"\x09\0\x04\0\0\0\x10\0", 4), PLAIN_OUT)
add("records of a grid", "a.xls", raw_records(PLAIN, b"\x09\x08\x08\0\0\0\x10\0\0\0\0\0", 0x204), PLAIN_OUT)
add("records cut off", "a.xls", raw_records(PLAIN, b"\x09\x08\x08\0\0\0\x10\0\0\0\0\0", 0x204)[:9], "xls")


def _endless() -> bytes:
    """The sectors of the workbook lead back to the first one: calamine followed them for ever."""
    raw = bytearray(old(rows=[HEAD, *TWO * 200]))
    table = (struct.unpack_from("<I", raw, 76)[0] + 1) * 512
    struct.pack_into("<I", raw, table + 4 * 5, 0)
    return bytes(raw)


kind("xls without end", "a.xls", "已损坏")(_endless)
add("compound file of Word", "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "不是电子表格")

# --- xlsb --------------------------------------------------------------------------------------------------------------


def _record(kind: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, rest = b"", len(body)
    while rest > 127:
        size, rest = size + bytes([rest & 0x7F | 0x80]), rest >> 7
    return number + size + bytes([rest]) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _binary_cell(column: int, cell: object, style: int) -> bytes:
    place = struct.pack("<II", column, style)
    if isinstance(cell, bytes):  # an error of a formula, by its number
        return _record(11, place, cell, struct.pack("<HII", 0, 0, 0))
    if isinstance(cell, float):
        return _record(5, place, struct.pack("<d", cell))
    return _record(6, place, _wide(str(cell)))


def _binary_sheet(rows: list[list[Any]], hidden: int, style: Callable[[int, int], int], columns: bytes = b"") -> bytes:
    out = _record(129) + _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, 3))
    out += (_record(390) + columns + _record(391) if columns else b"") + _record(145)
    for number, cells in enumerate(rows):
        flags = bytes([0, 0x10 if number == hidden else 0, 0])
        out += _record(0, struct.pack("<IIH", number, 0, 300), flags, struct.pack("<III", 1, 0, len(cells) - 1))
        out += b"".join(_binary_cell(n, cell, style(number, n)) for n, cell in enumerate(cells))
    return out + _record(146) + _record(130)


BINARY_STYLES = b"".join(
    (
        _record(278),
        *(_record(615, struct.pack("<I", 1)), _record(44, struct.pack("<H", 200), _wide("00000")), _record(616)),
        _record(611, struct.pack("<I", 2)),
        *(_record(43, struct.pack("<HH", 220, flags), bytes(21), _wide("宋体")) for flags in (0, 8)),
        _record(612),
        _record(626, struct.pack("<I", 1)) + _record(47, bytes(16)) + _record(627),
        _record(617, struct.pack("<I", 4)),
        *(
            _record(47, struct.pack("<HHH", 0, form, font), bytes(10))
            for form, font in ((0, 0), (0, 1), (200, 0), (14, 0))
        ),
        _record(618) + _record(279),
    )
)


def binary(
    rows: list[list[Any]] = ALL,
    hidden: int = -1,
    style: Callable[[int, int], int] = lambda row, column: 0,
    before: list[list[Any]] | None = None,
    columns: bytes = b"",
) -> bytes:
    """An xlsb; `before` are the rows of a hidden sheet that stands before it."""
    sheets = [*([(1, "旧", before)] if before else []), (0, "明细", rows)]
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        f'Target="worksheets/sheet{n}.bin"/>'
        for n in range(1, len(sheets) + 1)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("[Content_Types].xml", "<Types/>")
        new.writestr(
            "xl/_rels/workbook.bin.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{relations}</Relationships>",
        )
        bundle = b"".join(
            _record(156, struct.pack("<II", state, n), _wide(f"rId{n}"), _wide(name))
            for n, (state, name, _) in enumerate(sheets, 1)
        )
        properties = _record(153, bytes(12))
        new.writestr("xl/workbook.bin", _record(131) + properties + _record(143) + bundle + _record(144) + _record(132))
        new.writestr("xl/styles.bin", BINARY_STYLES)
        for n, (_, _, cells) in enumerate(sheets, 1):
            new.writestr(f"xl/worksheets/sheet{n}.bin", _binary_sheet(cells, hidden, style, columns))
    return out.getvalue()


FAILED: list[list[Any]] = [HEAD, ["A1", "2023-05-04", b"\x2a", "测试甲"], TWO[1]]
NO_NUMBER: list[list[Any]] = [HEAD, ["A1", float("nan"), *TWO[0][2:]], TWO[1]]
add("xlsb", "a.xlsb", binary())
add("xlsb failed formula", "a.xlsb", binary(FAILED), [("lost", "#N/A"), GOOD[1]])
add("xlsb no number", "a.xlsb", binary(NO_NUMBER), [("lost", "nan"), GOOD[1]])
add("xlsb hidden row", "a.xlsb", binary(hidden=1), [("hidden",), GOOD[1]])
add("xlsb struck row", "a.xlsb", binary(style=lambda row, column: int(row == 1)), [("struck",), GOOD[1]])
add("xlsb one struck cell", "a.xlsb", binary(style=lambda row, column: int((row, column) == (1, 2))))
add("xlsb hidden sheet", "a.xlsb", binary([HEAD, TWO[1]], before=[HEAD, TWO[0]]), [GOOD[1]])
add(
    "xlsb codes",
    "a.xlsb",
    binary([HEAD, [12.0, *TWO[0][1:]], TWO[1]], style=lambda row, column: 2 * ((row, column) == (1, 0))),
    [CODED[0], GOOD[1]],
)
add("xlsb cut off", "a.xlsb", binary()[:-300], "已损坏")

# --- OpenDocument ------------------------------------------------------------------------------------------------------

ODS = """<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0">
<office:automatic-styles>{}</office:automatic-styles><office:body><office:spreadsheet>{}<table:table table:name="明细">{}</table:table>
</office:spreadsheet></office:body></office:document-content>"""


def ods(rows: str, styles: str = "", settings: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        new.writestr("META-INF/manifest.xml", "<manifest/>")
        new.writestr("content.xml", ODS.format(styles, settings, rows))
    return out.getvalue()


def ods_row(cells: list[str], row: str = "", cell: str = "") -> str:
    filled = (
        f'<table:table-cell office:value-type="string"{cell}><text:p>{text}</text:p></table:table-cell>'
        for text in cells
    )
    return f"<table:table-row{row}>{''.join(filled)}</table:table-row>"


ODS_ROWS = "".join(map(ods_row, ALL))
ODS_DAY = '<table:table-cell office:value-type="string"><text:p>2023-05-04</text:p></table:table-cell>'
STRUCK = '<style:style style:name="s" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>'
CODE = (
    '<number:number-style style:name="N1"><number:number number:decimal-places="0" number:min-integer-digits="5"/>'
    '</number:number-style><style:style style:name="c" style:family="table-cell" style:data-style-name="N1"/>'
)
add("ods", "a.ods", ods(ODS_ROWS))
add("ods named xlsx", "a.xlsx", ods(ODS_ROWS))
add(
    "ods date",
    "a.ods",
    ods(ODS_ROWS.replace(ODS_DAY, '<table:table-cell office:value-type="date" office:date-value="2023-05-04"/>')),
)
add(
    "ods formula",
    "a.ods",
    ods(ODS_ROWS.replace(ODS_DAY, '<table:table-cell table:formula="of:=NOW()"/>')),
    [("lost", ""), GOOD[1]],
)
add(
    "ods NaN",
    "a.ods",
    ods(ODS_ROWS.replace(ODS_DAY, '<table:table-cell office:value-type="float" office:value="NaN"/>')),
    [("lost", "NaN"), GOOD[1]],
)
add(
    "ods struck row",
    "a.ods",
    ods(ods_row(HEAD) + ods_row(TWO[0], cell=' table:style-name="s"') + ods_row(TWO[1]), STRUCK),
    [("struck",), GOOD[1]],
)
add(
    "ods hidden row",
    "a.ods",
    ods(ods_row(HEAD) + ods_row(TWO[0], ' table:visibility="collapse"') + ods_row(TWO[1])),
    [("hidden",), GOOD[1]],
)
add(
    "ods code",
    "a.ods",
    ods(
        ODS_ROWS.replace(
            '<table:table-cell office:value-type="string"><text:p>A1',
            '<table:table-cell table:style-name="c" office:value-type="float" office:value="12"><text:p>00012',
        ),
        CODE,
    ),
    [CODED[0], GOOD[1]],
)
for _start, _less, _days in (("1904-01-01", 1462, GOOD), ("1900-01-01", 2, "数起")):
    add(
        f"ods days from {_start}",
        "a.ods",
        ods(
            ODS_ROWS.replace(
                ODS_DAY, f'<table:table-cell office:value-type="float" office:value="{DAYS[0] - _less}"/>'
            ),
            settings=f'<table:calculation-settings><table:null-date table:date-value="{_start}"/></table:calculation-settings>',
        ),
        _days,
    )


# --- packages as other programs write them -----------------------------------------------------------------------------


def _otherwise(name: str, old: str, new: str, rows: list[list[Any]] = ALL) -> bytes:
    """A workbook with something written otherwise in one of its parts."""

    def change(part: str, raw: bytes) -> tuple[str, bytes]:
        if part != name:
            return part, raw
        changed = re.sub(old.encode(), new.encode(), raw, count=1)
        assert changed != raw, raw
        return part, changed

    return repacked(sheet(rows), change)


RELATIONS = "xl/_rels/workbook.xml.rels"
for _extent in ("A0:D0", "1:3", "", "A:D", "Sheet1!A1:D3", "$A$1:$D$3", "R1C1:R3C4", "A1", "A1:B2", "D3:A1", "XFD1:A1"):
    add(f"xlsx extent {_extent}", "a.xlsx", _otherwise(SHEET, 'ref="[^"]*"', f'ref="{_extent}"'))
for _target in (
    "./worksheets/sheet1.xml",
    "../xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet1.xml",
    " /xl/worksheets/sheet1.xml",
):
    add(f"xlsx target {_target}", "a.xlsx", _otherwise(RELATIONS, '"/xl/worksheets/sheet1.xml"', f'"{_target}"'))
add(
    "xlsx target with backslash",
    "a.xlsx",
    _otherwise(RELATIONS, '"/xl/worksheets/sheet1.xml"', '"worksheets\\\\sheet1.xml"'),
)
add("xlsx names in capitals", "a.xlsx", repacked(sheet(ALL), lambda name, raw: (name.upper(), raw)))
add("xlsx sheet in capitals", "a.xlsx", repacked(sheet(ALL), lambda name, raw: (name.replace("sheet1", "Sheet1"), raw)))
for _folder in ("", "excel/"):
    add(
        f"xlsx in the folder {_folder or 'of the package'}",
        "a.xlsx",
        repacked(
            sheet(ALL),
            lambda name, raw, to=_folder: (  # type: ignore[misc]
                name if name.startswith("[") else re.sub("^xl/", to, name),
                raw.replace(b'"xl/', f'"{to}'.encode()).replace(b'"/xl/', f'"/{to}'.encode()),
            ),
        ),
    )
add(
    "xlsx without a list of the package",
    "a.xlsx",
    repacked(sheet(ALL), lambda n, raw: None if n == "_rels/.rels" else (n, raw)),
)
for _encoding in ("utf-16", "gb2312"):
    add(
        f"xlsx part in {_encoding}",
        "a.xlsx",
        repacked(
            sheet(ALL),
            lambda name, raw, to=_encoding: (  # type: ignore[misc]
                name,
                f'<?xml version="1.0" encoding="{to}"?>{raw.decode()}'.encode(to) if name == SHEET else raw,
            ),
        ),
    )
for _name, _slipped in (("a line", b"\r\n"), ("a mark", b"\xef\xbb\xbf"), ("a message", b"HTTP/1.1 200 OK\r\n\r\n")):
    add(f"xlsx behind {_name}", "a.xlsx", _slipped + sheet(ALL))
    add(f"xls behind {_name}", "a.xls", _slipped + old())


def _macros() -> bytes:
    """A sheet of macros of Excel 4 stands before the other."""
    kind = "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
    raw = _otherwise(
        RELATIONS,
        "</Relationships>",
        f'<Relationship Id="rM" Type="{kind}" Target="macrosheets/m.xml"/></Relationships>',
    )
    return repacked(
        raw,
        lambda name, part: (
            name,
            part.replace(
                b"<sheets>",
                b'<sheets><sheet name="M" sheetId="9" r:id="rM" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>',
            ),
        ),
    )


add("xlsx sheet of macros", "a.xlsx", _macros())
add(
    "xlsx row that is there twice",
    "a.xlsx",
    repacked(sheet([*ALL, TWO[1]]), lambda n, raw: (n, raw.replace(b'r="4"', b'r="3"'))),
    "第 3 行有两个",
)
add("xlsx rows out of order", "a.xlsx", _otherwise(SHEET, "(<row r=.2.*?</row>)(<row r=.3.*?</row>)", r"\2\1"))
add(
    "xlsx row of no height",
    "a.xlsx",
    _otherwise(SHEET, '<row r="2"', '<row r="2" ht="0" customHeight="1"'),
    [("hidden",), GOOD[1]],
)


# --- moments before midnight -------------------------------------------------------------------------------------------

LATE = DAYS[0] + 0.99999999999
"""23:59:59.999999, which readers give as the next day."""


def _late(form: str, *, epoch1904: bool = False) -> bytes:
    def edit(book: Any) -> None:
        book.active["B2"].number_format = form
        if epoch1904:
            book.epoch = CALENDAR_MAC_1904

    return sheet([HEAD, ["A1", LATE - 1462 * epoch1904, *TWO[0][2:]], TWO[1]], edit)


def _late_old(*, epoch1904: bool) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = epoch1904
    page = book.add_sheet("明细")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    rows: list[list[Any]] = [HEAD, ["A1", LATE - 1462 * epoch1904, *TWO[0][2:]], TWO[1]]
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            page.write(number, place, cell, style if (number, place) == (1, 1) else xlwt.easyxf())
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


for _epoch in (False, True):
    _name, _serial = f"of {1904 if _epoch else 1900}", repr(LATE - 1462 * _epoch)
    for _form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "General"):
        add(f"xlsx late {_form} {_name}", "a.xlsx", _late(_form, epoch1904=_epoch))
    _bare = repacked(_late("yyyy-mm-dd", epoch1904=_epoch), lambda name, raw: (name, _without_places(raw)))
    add(f"xlsx late without places {_name}", "a.xlsx", _bare)
    _power = f"{_serial[0]}.{_serial[1:].replace('.', '')}E4"
    _made = repacked(
        _late("yyyy-mm-dd", epoch1904=_epoch),
        lambda name, raw, old=_serial, new=_power: (name, raw.replace(old.encode(), new.encode())),  # type: ignore[misc]
    )
    add(f"xlsx late with an exponent {_name}", "a.xlsx", _made)
    add(f"xls late {_name}", "a.xls", _late_old(epoch1904=_epoch))
    add(
        f"SpreadsheetML late {_name}",
        "a.xls",
        spreadsheet_ml(
            ML.replace(A1_DAY, f'<Data ss:Type="Number">{_serial}</Data>'),
            more="<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook>" if _epoch else "",
        ),
    )
    add(
        f"ods late {_name}",
        "a.ods",
        ods(
            ODS_ROWS.replace(ODS_DAY, f'<table:table-cell office:value-type="float" office:value="{_serial}"/>'),
            settings='<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
            if _epoch
            else "",
        ),
    )
add(
    "xlsb late",
    "a.xlsb",
    binary([HEAD, ["A1", LATE, *TWO[0][2:]], TWO[1]], style=lambda row, column: 3 * ((row, column) == (1, 1))),
)
for _name, _moment in (
    ("late", "2023-05-04T23:59:59.9999999"),
    ("24:00", "2023-05-04T24:00:00"),
    ("of Greenwich", "2023-05-03T16:00:00.000Z"),
    ("of Greenwich before midnight", "2023-05-04T15:59:59.999Z"),
):
    add(f"text {_name}", "a.csv", text(ALL).replace("2023-05-04", _moment))
    add(f"html {_name}", "a.xls", TABLE.replace("2023-05-04", _moment))
    add(f"xlsx ISO {_name}", "a.xlsx", in_sheet(_TYPED, f'<c r="B2" t="d"><v>{_moment}</v></c>'))
    add(
        f"ods {_name}",
        "a.ods",
        ods(ODS_ROWS.replace(ODS_DAY, f'<table:table-cell office:value-type="date" office:date-value="{_moment}"/>')),
    )
    add(
        f"SpreadsheetML {_name}",
        "a.xls",
        spreadsheet_ml(ML.replace(A1_DAY, f'<Data ss:Type="DateTime">{_moment}</Data>')),
    )


@pytest.mark.parametrize("epoch", [0, 1])
def test_moments_before_midnight_of_records_before_1997(epoch: int) -> None:
    assert biff._value(3, LATE - 1462 * epoch, epoch) == datetime.datetime.fromisoformat("2023-05-04 23:59:59.999999")
    assert biff._value(3, float(DAYS[1] - 1462 * epoch), epoch) == datetime.datetime.fromisoformat("2023-05-05")


@pytest.mark.parametrize(("fraction", "late"), [(0.99999999999, True), (0.9999, False), (0.00000000001, False)])
def test_moments_that_a_spreadsheet_shows_as_the_next_day_are_told(tmp_path: Path, fraction: float, late: bool) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(sheet([HEAD, ["A1", DAYS[0] + fraction, *TWO[0][2:]]]))
    [(number, cells)] = open_tables(path).tables[0].rows()
    row = RowReader(open_tables(path).tables[0].layout).read(number, cells)
    assert isinstance(row, LedgerRow)
    assert row.said["received_on"] == GOOD[0][1]
    assert (("before_midnight", "") in row.doubts) == late
    assert row.reasons == []


# --- true and false, hidden columns ------------------------------------------------------------------------------------

COUNTED = ["登记编号", "收到日期", "概况", "信访人数", "是否重复"]


def _truths(form: str) -> tuple[str, bytes]:
    """True beside 1, which are one and the same to a dictionary."""
    rows: list[list[Any]] = [
        COUNTED,
        ["A1", "2023-05-04", "反映供水", True, True],
        ["A2", "2023-05-05", "反映噪声", 1, False],
    ]
    if form == "xlsx":
        return "a.xlsx", sheet(rows)
    if form == "xls":
        return "a.xls", old(rows=rows)
    if form == "SpreadsheetML":
        cells = [
            "".join(
                f'<Cell><Data ss:Type="{"Boolean" if isinstance(c, bool) else "Number" if isinstance(c, int) else "String"}">'
                f"{int(c) if isinstance(c, bool) else c}</Data></Cell>"
                for c in row
            )
            for row in rows
        ]
        return "a.xls", spreadsheet_ml("".join(f"<Row>{row}</Row>" for row in cells)).encode()
    made = ""
    for row in rows:
        made += "<table:table-row>"
        for c in row:
            said = (
                f'office:value-type="boolean" office:boolean-value="{str(c).lower()}"'
                if isinstance(c, bool)
                else f'office:value-type="float" office:value="{c}"'
                if isinstance(c, int)
                else 'office:value-type="string"'
            )
            made += f"<table:table-cell {said}><text:p>{c}</text:p></table:table-cell>"
        made += "</table:table-row>"
    return "a.ods", ods(made)


@pytest.mark.parametrize("form", ["xlsx", "xls", "SpreadsheetML", "ods"])
def test_true_is_not_one(tmp_path: Path, form: str) -> None:
    file, raw = _truths(form)
    (tmp_path / file).write_bytes(raw)
    table = open_tables(tmp_path / file).tables[0]
    reader = RowReader(table.layout)
    rows = [reader.read(number, cells) for number, cells in table.rows()]
    assert [row.said.get("headcount") for row in rows if isinstance(row, LedgerRow)] == [None, 1]
    assert [row.said.get("repeat_mark") for row in rows if isinstance(row, LedgerRow)] == ["repeat", "first"]
    assert [len(row.reasons) for row in rows if isinstance(row, LedgerRow)] == [1, 0]


def _hide_third(page: xlwt.Worksheet) -> None:
    page.col(2).hidden = True


HIDDEN_THIRD: dict[str, tuple[str, bytes]] = {
    "xlsx": ("a.xlsx", sheet(ALL, lambda book: setattr(book.active.column_dimensions["C"], "hidden", True))),
    "xls": ("a.xls", old(_hide_third)),
    "SpreadsheetML": ("a.xls", spreadsheet_ml('<Column ss:Index="3" ss:Hidden="1"/>' + ML).encode()),
    "ods": (
        "a.ods",
        ods(
            '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
            + ODS_ROWS
        ),
    ),
    "xlsb": ("a.xlsb", binary(columns=_record(60, struct.pack("<IIIIH", 2, 2, 0, 0, 1)))),
}


@pytest.mark.parametrize("form", HIDDEN_THIRD)
def test_hidden_columns_are_told(tmp_path: Path, form: str) -> None:
    file, raw = HIDDEN_THIRD[form]
    (tmp_path / file).write_bytes(raw)
    assert open_tables(tmp_path / file).tables[0].hidden_headings() == ["概况"]
    assert came_out(tmp_path / file) == GOOD


def test_what_a_spreadsheet_made_of_the_cells_of_strangers(tmp_path: Path) -> None:
    """A number that became a day, headings and words with radicals for characters, two tables side by side."""
    rows: list[list[Any]] = [
        ["登记编号", "收到\u200b⽇期", "概况\ufeff", "姓\xad名", "信访⼈数", "备注", "登记编号"],
        [datetime.date(2023, 2, 1), "2023-05-04", "反映供水", "测试甲", 1, "", ""],
        ["A2", "2023年5⽉4⽇", "反映供水", "测试⼀", "3⼈", 0.1 + 0.2, ""],
        ["A3", "2023.5.4.", "反映供水", "测试乙", 1, "", "B3"],
    ]
    (tmp_path / "a.xlsx").write_bytes(sheet(rows))
    table = open_tables(tmp_path / "a.xlsx").tables[0]
    reader = RowReader(table.layout)
    first, second, third = (reader.read(number, cells) for number, cells in table.rows())
    assert isinstance(first, LedgerRow)
    assert isinstance(second, LedgerRow)
    assert isinstance(third, LedgerRow)
    assert "变成了日期" in first.reasons[0][1]
    assert (second.said["name"], second.said["headcount"], second.extras) == ("测试一", 3, {"备注": "0.3"})
    assert (third.said["received_on"], third.extras) == (GOOD[0][1], {"登记编号": "B3"})
    assert ("said_twice", "") in third.doubts
    assert ("said_twice", "") not in second.doubts


# --- struck out in part ------------------------------------------------------------------------------------------------

RUN = "<r>{}<t>{}</t></r>"
STRUCK_RUN = RUN.format("<rPr><strike/></rPr>", "{}")
BIFF3 = b"\x09\x02\x06\0\0\0\x10\0\0\0"


def _rich(*runs: str) -> bytes:
    return shared("<t>测试甲</t>", "".join(runs))


def _old_struck_cell() -> bytes:
    return _overwrite(ALL, 1, 2, "反映供水", xlwt.easyxf("font: struck_out on"))


PARTLY: dict[str, tuple[str, bytes]] = {
    "xlsx a run": ("a.xlsx", _rich(STRUCK_RUN.format("测试"), RUN.format("", "甲"))),
    "xlsx a whole text": ("a.xlsx", _rich(STRUCK_RUN.format("测试"), STRUCK_RUN.format("甲"))),
    "xlsx a cell": ("a.xlsx", sheet(ALL, _half_struck)),
    "xls a cell": ("a.xls", _old_struck_cell()),
    "html a word": ("a.xls", TABLE.replace("测试甲", "<s>测试</s>甲").encode()),
    "html a cell": ("a.xls", TABLE.replace("测试甲", "<del>测试甲</del>").encode()),
    "SpreadsheetML a cell": (
        "a.xls",
        spreadsheet_ml(
            ML.replace('<Cell><Data ss:Type="String">A1', '<Cell ss:StyleID="s"><Data ss:Type="String">A1'),
            '<Style ss:ID="s"><Font ss:StrikeThrough="1"/></Style>',
        ).encode(),
    ),
    "ods a cell": (
        "a.ods",
        ods(
            ODS_ROWS.replace("<table:table-cell ", '<table:table-cell table:style-name="s" ', 5).replace(
                '<table:table-cell table:style-name="s" ', "<table:table-cell ", 4
            ),
            STRUCK,
        ),
    ),
}


@pytest.mark.parametrize("name", PARTLY)
def test_what_is_struck_out_in_part_is_told(tmp_path: Path, name: str) -> None:
    file, raw = PARTLY[name]
    path = tmp_path / file
    path.write_bytes(raw)
    rows = dict(open_tables(path).tables[0].rows())
    marked = {number for number, cells in rows.items() if isinstance(cells, MarkedRow) and cells.partly}
    assert marked == {2}
    assert not any(isinstance(cells, MarkedRow) and cells.struck for cells in rows.values())
    assert came_out(path) == GOOD


@pytest.mark.parametrize(
    "run",
    ["<r><rPr><strike val='0'/></rPr><t>测试甲</t></r>", "<r><rPr><b/></rPr><t>测试甲</t></r>", "<t>测试甲strike</t>"],
)
def test_what_is_not_struck_out(tmp_path: Path, run: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(shared("<t>测试甲</t>", run))
    assert not any(isinstance(cells, MarkedRow) for _, cells in open_tables(path).tables[0].rows())


def test_flags_of_workbooks_before_1997(tmp_path: Path) -> None:
    hidden = struct.pack("<HHIHHHHi", 0x208, 16, 1, 4, 0, 0, 0, 1 << 5)
    raw = raw_records(PLAIN, BIFF3, 0x204)
    path = tmp_path / "a.xls"
    path.write_bytes(raw[: len(BIFF3)] + hidden + raw[len(BIFF3) :])
    assert came_out(path) == [("hidden",), PLAIN_OUT[1]]


# --- what a sheet shows and its cells do not say, format by format ----------------------------------------------------

SAID = [HEAD, TWO[1]]


def _table(rows: list[list[str]], attributes: str = "") -> str:
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table{attributes}>{cells}</table>"


def _hidden_ml() -> str:
    hidden = (
        f'<Worksheet ss:Name="旧"><Table>{ml_row(HEAD)}{ml_row(TWO[0])}</Table><x:WorksheetOptions>'
        "<x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>"
    )
    return spreadsheet_ml("".join(map(ml_row, SAID))).replace("<Worksheet", hidden + "<Worksheet", 1)


def _hidden_old() -> bytes:
    book = xlwt.Workbook()
    for name, rows, visibility in (("旧", [HEAD, TWO[0]], 1), ("明细", SAID, 0)):
        page = book.add_sheet(name)
        page.visibility = visibility
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write(number, place, cell)
    book.active_sheet = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _hidden_ods() -> bytes:
    table = '</table:table><table:table table:name="可见">'
    style = (
        '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    rows = "".join(map(ods_row, [HEAD, TWO[0]])) + table + "".join(map(ods_row, SAID))
    raw = ods(rows, style)
    return repacked(
        raw,
        lambda name, part: (
            name,
            part.replace(b'table:name="\xe6\x98\x8e\xe7\xbb\x86"', b'table:style-name="h" table:name="x"'),
        ),
    )


add("html hidden table", "a.xls", _table([HEAD, TWO[0]], ' style="display: none"') + _table(SAID), [GOOD[1]])
add("html table in what is hidden", "a.xls", f"<div hidden>{_table([HEAD, TWO[0]])}</div>{_table(SAID)}", [GOOD[1]])
add("SpreadsheetML hidden sheet", "a.xls", _hidden_ml(), [GOOD[1]])
add(
    "SpreadsheetML struck row",
    "a.xls",
    spreadsheet_ml(
        ml_row(HEAD) + ml_row(TWO[0], ' ss:StyleID="s"') + ml_row(TWO[1]),
        '<Style ss:ID="s"><Font ss:StrikeThrough="1"/></Style>',
    ),
    [("struck",), GOOD[1]],
)
EXAMPLE = ["示例", "2023-05-01", "反映某事", "张某"]


def _ods_cell(text: str, more: str = "", tag: str = "table-cell") -> str:
    return f'<table:{tag} office:value-type="string"{more}><text:p>{text}</text:p></table:{tag}>'


def _ods_covered() -> str:
    """The title is one cell with the name beside it, under which somebody still stands."""
    cells = [_ods_cell("A1"), _ods_cell("2023-05-04"), _ods_cell("反映供水", ' table:number-columns-spanned="2"')]
    row = f"<table:table-row>{''.join(cells)}{_ods_cell('看不见的人', tag='covered-table-cell')}</table:table-row>"
    return ods_row(HEAD) + row + ods_row(TWO[1])


def _ods_merged_down() -> str:
    first = [
        _ods_cell("A1"),
        _ods_cell("2023-05-04"),
        _ods_cell("反映供水", ' table:number-rows-spanned="2"'),
        _ods_cell("测试甲"),
    ]
    second = [
        _ods_cell("A2"),
        _ods_cell("2023-05-05"),
        _ods_cell("看不见的字", tag="covered-table-cell"),
        _ods_cell("测试乙"),
    ]
    return ods_row(HEAD) + "".join(f"<table:table-row>{''.join(cells)}</table:table-row>" for cells in (first, second))


def _covered_xlsx() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        for number, row in enumerate([HEAD, TWO[0][:2], TWO[1]]):
            page.write_row(number, 0, row)
        page.merge_range("C2:D2", "反映供水")
        page.write("D2", "看不见的人")
    return out.getvalue()


FIRST, SECOND = _table([HEAD, TWO[0]]), _table(SAID)
add(
    "mht hidden sheet",
    "a.mht",
    mht(FIRST, SECOND, listed=_in_list("旧", 1, HIDDEN_IN_LIST) + _in_list("明细", 2)),
    [GOOD[1]],
)
add("mht hidden sheet by its page", "a.mht", mht(f"<xml>{HIDDEN_IN_LIST}</xml>{FIRST}", SECOND), [GOOD[1]])
add("mht two sheets", "a.mht", mht(FIRST, SECOND, listed=_in_list("一", 1) + _in_list("二", 2)), [GOOD[0]])
add(
    "mht hidden row",
    "a.mht",
    mht(TABLE.replace("<tr><td>A1", "<tr style='display:none'><td>A1")),
    [("hidden",), GOOD[1]],
)
add(
    "mht struck row",
    "a.mht",
    mht(re.sub(r"(A1|2023-05-04|反映供水|测试甲)", r"<s>\1</s>", TABLE)),
    [("struck",), GOOD[1]],
)
add("ods text under a merged cell", "a.ods", ods(_ods_covered()), [(*GOOD[0][:3], None), GOOD[1]])
add("xlsx text under a merged cell", "a.xlsx", _covered_xlsx(), [(*GOOD[0][:3], None), GOOD[1]])
add("ods merged downwards", "a.ods", ods(_ods_merged_down()), [GOOD[0], (*GOOD[1][:2], "反映供水", "测试乙")])
for _form, _file, _made in (
    ("csv", "a.csv", text([HEAD, EXAMPLE, *TWO]).encode()),
    ("xlsx", "a.xlsx", sheet([HEAD, EXAMPLE, *TWO])),
    ("xlsb", "a.xlsb", binary([HEAD, EXAMPLE, *TWO])),
    ("xls", "a.xls", old(rows=[HEAD, EXAMPLE, *TWO])),
    ("ods", "a.ods", ods("".join(map(ods_row, [HEAD, EXAMPLE, *TWO])))),
    ("html", "a.xls", _table([HEAD, EXAMPLE, *TWO]).encode()),
    ("mht", "a.mht", mht(_table([HEAD, EXAMPLE, *TWO]))),
    ("SpreadsheetML", "a.xls", spreadsheet_ml("".join(map(ml_row, [HEAD, EXAMPLE, *TWO]))).encode()),
):
    add(f"{_form} example row", _file, _made, [("example",), *GOOD])
add("xls hidden sheet", "a.xls", _hidden_old(), [GOOD[1]])
add("ods hidden sheet", "a.ods", _hidden_ods(), [GOOD[1]])


# --- the table ---------------------------------------------------------------------------------------------------------


HIDES = {
    "xlsx": (
        "hidden sheet",
        "hidden row",
        "struck row",
        "one struck cell",
        "formula not worked out",
        "NaN",
        "example row",
    ),
    "xlsb": (
        "hidden sheet",
        "hidden row",
        "struck row",
        "one struck cell",
        "failed formula",
        "no number",
        "example row",
    ),
    "xls": ("hidden sheet", "hidden row", "struck row", "formula", "example row"),
    "ods": ("hidden sheet", "hidden row", "struck row", "formula", "example row"),
    "html": ("hidden table", "hidden row", "struck row", "example row"),
    "mht": ("hidden sheet", "hidden row", "struck row", "example row"),
    "csv": ("example row",),
    "SpreadsheetML": ("hidden sheet", "hidden", "struck row", "formula", "error", "example row"),
}
"""What each format can hide or fail to say, and a row that only shows how to fill one in; that binary workbooks keep no
mark of a formula that was never worked out, and text files hide nothing, is why some are short. What failed shows as a word there: see rows.FAILED."""


def test_each_format_is_asked_for_what_it_hides() -> None:
    missing = [f"{form} {what}" for form, found in HIDES.items() for what in found if f"{form} {what}" not in KINDS]
    assert missing == []


def test_there_are_more_than_a_hundred() -> None:
    assert len(KINDS) > 150


@pytest.mark.parametrize("name", KINDS)
def test_what_comes_out(tmp_path: Path, name: str) -> None:
    file, make, out = KINDS[name]
    path = tmp_path / file
    path.write_bytes(make())
    if isinstance(out, str):
        with pytest.raises(XinfangError) as refused:
            came_out(path)
        assert out in refused.value.line()
        assert "\n" not in refused.value.line()
        return
    assert came_out(path) == out


@pytest.mark.parametrize("name", KINDS)
def test_damaged_ones_are_read_or_refused(tmp_path: Path, name: str) -> None:
    """Never another end than that, and no other text than the file's: a few random bytes changed, moved, cut off."""
    file, make, _ = KINDS[name]
    whole = make()
    path = tmp_path / file
    chance = random.Random(name)
    for _ in range(4):
        raw = bytearray(whole[:100_000])
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(raw) + 1)
            raw[at : at + chance.choice((0, 1, 1, 4))] = chance.randbytes(chance.choice((0, 1, 1, 4)))
        path.write_bytes(raw[: chance.choice((len(raw), len(raw), chance.randrange(len(raw) + 1)))])
        with contextlib.suppress(XinfangError):
            came_out(path)


def test_what_a_panic_writes_is_not_seen(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(XinfangError, match="已损坏"):
        guard.guarded(tmp_path / "a.xls", _panic)
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


class PanicException(BaseException):
    """As the reader's library calls it."""


def _panic() -> None:
    os.write(2, b"thread 'main' panicked\n")
    raise PanicException


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_pipes_and_devices_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    for path in (tmp_path / "a.csv", Path("/dev/zero")):
        with pytest.raises(XinfangError, match="不是普通文件"):
            open_tables(path)


CONVERTED = ["xls", "ods", "fods", "xlsx", "html", "csv:Text - txt - csv (StarCalc):44,34,76"]


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("form", CONVERTED)
def test_what_libreoffice_writes(tmp_path: Path, form: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(sheet([HEAD, *DATED]))
    made = tmp_path / "out"
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", form]
    subprocess.run(
        [*words, "--outdir", str(made), str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=120
    )
    [path] = made.iterdir()
    if form == "fods":
        with pytest.raises(XinfangError) as refused:
            open_tables(path)
        assert "另存为 .xlsx" in refused.value.line()
        return
    assert came_out(path) == GOOD
