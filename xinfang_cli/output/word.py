"""A report as a Word (WPS) document in the form of Chinese office papers: real styles, repeated heads, page numbers.

The fonts are those that offices have; the font table names what stands in for each where it is missing. None is
embedded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from xinfang_cli.output.document import Document, Table, chinese_day, heading_lines, shown
from xinfang_cli.output.width import cells

TITLE, BODY, HEADING, NUMBERS = "方正小标宋简体", "仿宋_GB2312", "黑体", "Times New Roman"
TABLE_FONT = "宋体"
# What a program may use where the named font is missing (w:altName).
_INSTEAD = {
    TITLE: "宋体",
    BODY: "仿宋",
    HEADING: "SimHei",
    TABLE_FONT: "SimSun",
    "楷体_GB2312": "楷体",
}
_WIDTHS = {"count": 1.0, "percent": 1.55, "rank": 1.0, "day": 2.1, "text": 2.6}  # centimetres
_CHARACTER = 0.21  # a half-width character of the tables, with some air


def write(document: Document, target: Path) -> None:
    """Write the whole report."""
    from docx import Document as new_document
    from docx.enum.section import WD_ORIENT, WD_SECTION

    paper = new_document()
    _styles(paper)
    _page(paper.sections[0])
    _footer(paper.sections[0])
    properties = paper.core_properties
    properties.title, properties.author, properties.language = document.title, document.issuer, "zh-CN"
    properties.created = properties.modified = datetime.combine(document.day, time(), UTC)
    properties.last_modified_by, properties.comments = document.issuer, ""

    paper.add_paragraph(document.number, style="文号")
    paper.add_paragraph(_in_lines(document.title), style="Title")
    for said in document.notice:
        paper.add_paragraph(said, style="附注")
    if document.addressed:
        paper.add_paragraph(document.addressed, style="主送")
    for part in document.sections:
        paper.add_paragraph(part.heading, style="Heading 1")
        for paragraph in part.paragraphs:
            paper.add_paragraph(_plain(paragraph), style="Normal")
    paper.add_paragraph(document.issuer, style="落款").paragraph_format.keep_with_next = True
    paper.add_paragraph(chinese_day(document.day), style="落款")
    if document.copied:
        paper.add_paragraph(f"抄送：{document.copied}", style="附注")

    lying = False
    for place, table in enumerate(document.tables):
        turned = table.wide != lying or place == 0
        if turned:
            section = paper.add_section(WD_SECTION.NEW_PAGE)
            _page(section)
            lying = table.wide
            if lying:
                section.orientation = WD_ORIENT.LANDSCAPE
                section.page_width, section.page_height = section.page_height, section.page_width
                section.left_margin = section.right_margin = _cm(2.0)
                section.top_margin = section.bottom_margin = _cm(1.7)
                section.footer_distance = _cm(0.8)
            else:
                section.orientation = WD_ORIENT.PORTRAIT
        heading = paper.add_paragraph(table.title, style="Heading 2")
        heading.paragraph_format.page_break_before = table.wide and not turned
        _table(paper, table, section)
        if table.note:
            paper.add_paragraph(table.note, style="附注")
    paper.add_paragraph("说明", style="Heading 2")
    for said in document.foot:
        paper.add_paragraph(said, style="附注")
    _font_table(paper)
    paper.save(str(target))


def _in_lines(title: str) -> str:
    """A title too long for one line, broken where it reads well."""
    if cells(title) <= 36:
        return title
    middle = len(title) // 2
    breaks = [at for word in ("信访", "、", "情况") for at in (title.find(word, 4),) if 4 < at < len(title) - 3]
    at = min(breaks, key=lambda place: abs(place - middle), default=middle)
    return f"{title[:at]}\n{title[at:]}"


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _cm(size: float) -> Any:
    from docx.shared import Cm

    return Cm(size)


def _page(section: Any) -> None:
    """A4 with the margins of office papers."""
    section.page_width, section.page_height = _cm(21.0), _cm(29.7)
    section.top_margin, section.bottom_margin = _cm(3.7), _cm(3.5)
    section.left_margin, section.right_margin = _cm(2.8), _cm(2.6)
    section.footer_distance = _cm(2.2)


def _font(style: Any, east: str, points: float, bold: bool = False) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.bold = NUMBERS, Pt(points), bold
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), east)
    fonts.set(qn("w:hAnsi"), NUMBERS)
    fonts.set(qn("w:hint"), "eastAsia")


def _indent(style: Any, characters: int) -> None:
    """A first line so many characters in, whatever the size of the letters."""
    from docx.oxml.ns import qn

    size = style.font.size
    style.paragraph_format.first_line_indent = size * characters
    style.element.get_or_add_pPr().find(qn("w:ind")).set(qn("w:firstLineChars"), str(characters * 100))


def _styles(paper: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.oxml.ns import qn
    from docx.shared import Pt

    styles = paper.styles
    normal = styles["Normal"]
    _font(normal, BODY, 16)
    language = normal.element.get_or_add_rPr()
    lang = language.makeelement(qn("w:lang"), {qn("w:val"): "en-US", qn("w:eastAsia"): "zh-CN"})
    language.append(lang)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = Pt(28)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    _indent(normal, 2)

    def named(name: str, east: str, points: float, bold: bool = False, base: str | None = "Normal") -> Any:
        style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if base is not None:
            style.base_style = styles[base]
        _font(style, east, points, bold)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.quick_style = True
        return style

    title = named("Title", TITLE, 22)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(36)
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(14)
    border = title.element.get_or_add_pPr().find(qn("w:pBdr"))
    if border is not None:
        title.element.get_or_add_pPr().remove(border)
    _indent(title, 0)
    first = named("Heading 1", HEADING, 16)
    first.paragraph_format.keep_with_next = True
    first.paragraph_format.line_spacing = Pt(28)
    _indent(first, 2)
    second = named("Heading 2", HEADING, 14)
    second.paragraph_format.keep_with_next = True
    second.paragraph_format.space_before = Pt(8)
    second.paragraph_format.space_after = Pt(6)
    second.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _indent(second, 0)
    number = named("文号", BODY, 16)
    number.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _indent(number, 0)
    _indent(named("主送", BODY, 16), 0)
    sign = named("落款", BODY, 16)
    sign.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    sign.paragraph_format.right_indent = _cm(1.2)
    _indent(sign, 0)
    note = named("附注", BODY, 10.5)
    note.paragraph_format.line_spacing = Pt(16)
    _indent(note, 0)
    cell = named("表格文字", TABLE_FONT, 8.5)
    cell.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _indent(cell, 0)


def _footer(section: Any) -> None:
    """— 1 — at the foot, in the middle."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.first_line_indent = Pt(0)

    def run(text: str | None = None) -> Any:
        made = paragraph.add_run(text)
        made.font.size, made.font.name = Pt(14), NUMBERS
        made._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), TABLE_FONT)
        return made

    run("— ")
    for kind in ("begin", None, "separate", "text", "end"):
        made = run("1" if kind == "text" else None)
        if kind is None:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = " PAGE "
            made._element.append(instruction)
        elif kind != "text":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            made._element.append(mark)
    run(" —")


def _table(paper: Any, table: Table, section: Any) -> None:
    """A table with a border, its head repeated on each page, no line broken over two."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    style = paper.styles["表格文字"].style_id
    heads = heading_lines(table)
    top = 1 if heads is None else 2
    rows = table.rows
    made = paper.add_table(rows=top + max(len(rows), 1), cols=len(table.columns), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    widths = _widths(table, (section.page_width - section.left_margin - section.right_margin) / 360_000)
    _narrow_margins(made)
    grid = made._tbl.tblGrid.findall(qn("w:gridCol"))
    lines = list(made.rows)
    for line in lines[:top]:
        mark = OxmlElement("w:tblHeader")
        line._tr.get_or_add_trPr().append(mark)
    for line in lines:
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for place, width in enumerate(widths):
        grid[place].set(qn("w:w"), str(int(width * 567)))

    def put(cell: Any, text: str, kind: str = "head", bold: bool = False) -> None:
        from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = cell.paragraphs[0]
        paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = style  # by its id: looking it up costs 3 ms a cell
        run = paragraph.add_run(_plain(text))
        run.bold = bold or kind == "head"
        left = kind == "text"
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        if kind == "head":
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), "F2F4F7")
            cell._tc.get_or_add_tcPr().append(shade)

    boxes = [list(line.cells) for line in lines]
    if heads is None:
        for place, column in enumerate(table.columns):
            put(boxes[0][place], column.heading)
    else:
        at = 0
        for text, columns, deep in heads[0]:
            cell = boxes[0][at]
            if columns > 1 or deep > 1:
                cell = cell.merge(boxes[deep - 1][at + columns - 1])
            put(cell, text)
            at += columns
        for place, column in enumerate(table.columns):
            if column.over:
                put(boxes[1][place], column.heading)
    for line, row in zip(boxes[top:], rows, strict=False):
        for cell, value, column in zip(line, row.cells, table.columns, strict=True):
            kind = "code" if column.key == "case_no" else column.kind
            put(cell, shown(value, column.kind), kind, row.kind != "unit")
    if not rows:
        put(boxes[top][0].merge(boxes[top][-1]), "无", "text")
    for line in boxes:
        for cell, width in zip(line, widths, strict=True):
            if cell._tc.tcPr is None or cell._tc.grid_span == 1:
                cell.width = _cm(width)


def _narrow_margins(made: Any) -> None:
    """Less air beside the cells than Word's own, so that eighteen columns find room."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        one = OxmlElement(f"w:{side}")
        one.set(qn("w:w"), "40")
        one.set(qn("w:type"), "dxa")
        margins.append(one)
    properties = made._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)


def _widths(table: Table, room: float) -> Sequence[float]:
    """Centimetres a column, the whole room used: what is text takes what numbers, days and case numbers leave."""
    firm = [column.kind != "text" or column.key == "case_no" for column in table.columns]
    wanted = [
        column.width * _CHARACTER
        if column.width and column.kind == "text"
        else max(_WIDTHS[column.kind], min(cells(column.heading), 8) * 0.17 + 0.2)
        for column in table.columns
    ]
    fixed = sum(width for width, is_firm in zip(wanted, firm, strict=True) if is_firm)
    texts = sum(wanted) - fixed
    if not texts or fixed + texts * 0.5 > room:
        return [width * room / sum(wanted) for width in wanted]
    if fixed + texts <= room:
        return [width * room / (fixed + texts) for width in wanted]
    return [width if is_firm else width * (room - fixed) / texts for width, is_firm in zip(wanted, firm, strict=True)]


def _font_table(paper: Any) -> None:
    """Name what stands in for each font (w:altName), in the document's own font table."""
    from lxml import etree

    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    part = next(rel.target_part for rel in paper.part.rels.values() if rel.reltype.endswith("/fontTable"))
    root = etree.fromstring(part.blob)
    known = {font.get(f"{{{space}}}name") for font in root}
    for name, instead in _INSTEAD.items():
        if name in known:
            continue
        font = etree.SubElement(root, f"{{{space}}}font", {f"{{{space}}}name": name})
        etree.SubElement(font, f"{{{space}}}altName", {f"{{{space}}}val": instead})
        etree.SubElement(font, f"{{{space}}}charset", {f"{{{space}}}val": "86"})
        etree.SubElement(font, f"{{{space}}}family", {f"{{{space}}}val": "modern"})
        etree.SubElement(font, f"{{{space}}}pitch", {f"{{{space}}}val": "variable"})
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
