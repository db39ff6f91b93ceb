"""A duty roster to hang on the wall (docx), to keep (xlsx), to subscribe to (ics)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from xinfang_cli.errors import BadValue
from xinfang_cli.files import written_whole
from xinfang_cli.formats.cells import PLAIN_TEXT, Looks, write_boxed
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.campaigns.roster import DutyRoster
from xinfang_cli.present.reception import roster_rows

_HEADINGS = labelled("day=on", "weekday", "leaders", "note")


def write(found: DutyRoster, path: Path, bureau: str, stamp: str) -> None:
    """Write a roster as what its name ends in: .docx, .xlsx, .ics. `stamp`: the machine's moment, UTC ISO."""
    writers = {".docx": _docx, ".xlsx": _xlsx, ".ics": _ics}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise BadValue("-o", path.name, "不认得这种文件", "可用：.docx、.xlsx、.ics")
    rows = [row for row in roster_rows(found) if row["leaders"]]
    with written_whole(path) as made:
        writer(rows, made, f"{bureau}领导干部接访日程", _period(found), stamp)


def _period(found: DutyRoster) -> str:
    return f"{_said(found.first)}至{_said(found.last)}"


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _docx(rows: Sequence[dict[str, Any]], path: Path, title: str, period: str, stamp: str) -> None:
    """A page in the form of an office document: 宋体 title, 仿宋 body, the header row repeated."""
    from docx import Document
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document: Any = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.7)

    def font(style: Any, name: str, size: float, bold: bool = False) -> None:
        style.font.name, style.font.size, style.font.bold = name, Pt(size), bold
        style.font.color.rgb = None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:eastAsia", "w:ascii", "w:hAnsi"):
            fonts.set(qn(attribute), name)

    font(document.styles["Normal"], "仿宋", 14)
    font(document.styles["Title"], "宋体", 22, bold=True)
    heading = document.add_paragraph(title, style="Title")
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for border in heading.style.element.findall(".//" + qn("w:pBdr")):
        border.getparent().remove(border)
    document.add_paragraph(period).alignment = WD_ALIGN_PARAGRAPH.CENTER
    table = document.add_table(rows=1, cols=len(_HEADINGS), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    widths = (Cm(3.6), Cm(2.6), Cm(6.0), Cm(3.4))
    for cell, text in zip(table.rows[0].cells, _HEADINGS.values(), strict=True):
        run = cell.paragraphs[0].add_run(text)
        run.bold = True
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in rows:
        cells = table.add_row().cells
        for cell, key in zip(cells, _HEADINGS, strict=True):
            cell.paragraphs[0].add_run(str(row[key]))
    for line in table.rows:
        for cell, width in zip(line.cells, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_after = Pt(0)
    document.core_properties.title = title
    document.core_properties.author = ""
    document.save(str(path))


def _xlsx(rows: Sequence[dict[str, Any]], path: Path, title: str, period: str, stamp: str) -> None:
    from xlsxwriter import Workbook

    book = Workbook(str(path), dict(PLAIN_TEXT))
    sheet = book.add_worksheet("接访日程")
    looks = Looks(book)
    sheet.merge_range(0, 0, 0, 3, title, book.add_format({"bold": True, "align": "center", "font_size": 16}))
    sheet.merge_range(1, 0, 1, 3, period, book.add_format({"align": "center"}))
    for column, (text, width) in enumerate(zip(_HEADINGS.values(), (14, 10, 28, 16), strict=True)):
        sheet.write_string(2, column, text, looks.boxed_head)
        sheet.set_column(column, column, width)
    for line, row in enumerate(rows, 3):
        for column, key in enumerate(_HEADINGS):
            write_boxed(sheet, line, column, row[key], looks, middle=True)
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    sheet.set_paper(9)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_row(0, 28)
    book.close()


def _ics(rows: Sequence[dict[str, Any]], path: Path, title: str, period: str, stamp: str) -> None:
    """RFC 5545: one all-day event a duty day, lines folded at 75 octets."""
    moment = datetime.fromisoformat(stamp).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//xinfang//roster//ZH", f"X-WR-CALNAME:{_escaped(title)}"]
    for row in rows:
        day: date = row["day"]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day:%Y%m%d}-reception@xinfang",
            f"DTSTAMP:{moment}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped('领导接访：' + row['leaders'])}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    path.write_bytes(b"".join(_folded(line) for line in lines))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line of at most 75 octets, continued after a blank; a character is never cut."""
    pieces: list[bytes] = [b""]
    for char in line:
        octets = char.encode()
        if len(pieces[-1]) + len(octets) > (75 if len(pieces) == 1 else 74):
            pieces.append(b"")
        pieces[-1] += octets
    return b"\r\n ".join(pieces) + b"\r\n"
