"""A report as a Word (WPS) document in the form of Chinese office papers: real styles, repeated heads, page numbers.

The fonts are those that offices have; the font table names what stands in for each where it is missing. None is
embedded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from xinfang_cli.formats.model import Document, Table, heading_lines, shown
from xinfang_cli.present.width import cells

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
_SHORT = 2.4  # centimetres of a text that stays on one line


def write(document: Document, target: Path) -> None:
    """Write the whole report."""
    from docx import Document as new_document
    from docx.enum.section import WD_ORIENT, WD_SECTION

    paper = new_document()
    _styles(paper, document.compact)
    _page(paper.sections[0], document.compact)
    _footer(paper.sections[0])
    properties = paper.core_properties
    properties.title, properties.author, properties.language = document.title, document.issuer, "zh-CN"
    properties.created = properties.modified = datetime.combine(document.day, time(), UTC)
    properties.last_modified_by, properties.comments = document.issuer, ""

    paper.add_paragraph(document.number, style="文号")
    paper.add_paragraph(in_lines(document.title), style="Title")
    for said in document.notice:
        paper.add_paragraph(said, style="附注")
    if document.addressed:
        paper.add_paragraph(document.addressed, style="主送")
    for part in document.sections:
        paper.add_paragraph(part.heading, style="Heading 1")
        for paragraph in part.paragraphs:
            paper.add_paragraph(breakable(_plain(paragraph)), style="Normal")
    for line in document.attached:
        paper.add_paragraph(line, style="附件").paragraph_format.keep_with_next = True
    signed = paper.add_paragraph(document.issuer, style="落款").paragraph_format
    signed.keep_with_next, signed.space_before = True, _points(10 if document.compact else 28)
    paper.add_paragraph(document.signed, style="落款")
    if document.copied:
        paper.add_paragraph(f"抄送：{document.copied}", style="抄送")

    lying = False
    for place, table in enumerate(document.tables):
        turned = table.wide != lying or place == 0
        if turned:
            section = paper.add_section(WD_SECTION.NEW_PAGE)
            _page(section, document.compact)
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
        for line in table.note.splitlines():
            paper.add_paragraph(line, style="附注")
    paper.add_paragraph("说明", style="Heading 2")
    for said in document.foot:
        paper.add_paragraph(said, style="附注")
    _font_table(paper)
    paper.save(str(target))


def in_lines(title: str) -> str:
    """A title too long for one line, broken where it reads well."""
    if cells(title) <= 36:
        return title
    middle = len(title) // 2
    breaks = [at for word in ("周通报", "信访", "情况") for at in (title.find(word, 4),) if 4 < at < len(title) - 3]
    at = min(breaks, key=lambda place: abs(place - middle), default=middle)
    return f"{title[:at]}\n{title[at:]}"


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def breakable(text: str) -> str:
    """A figure and the bracket after it may stand on two lines, or lines set to both edges are torn apart."""
    return text.replace("%（", "%\u200b（")


def _cm(size: float) -> Any:
    from docx.shared import Cm

    return Cm(size)


def _page(section: Any, compact: bool = False) -> None:
    """A4 with the margins of office papers."""
    section.page_width, section.page_height = _cm(21.0), _cm(29.7)
    section.top_margin, section.bottom_margin = (_cm(2.6), _cm(2.2)) if compact else (_cm(3.7), _cm(3.5))
    section.left_margin, section.right_margin = _cm(2.8), _cm(2.6)
    section.footer_distance = _cm(1.2) if compact else _cm(2.2)


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


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _styles(paper: Any, compact: bool = False) -> None:
    """三号 in lines of 28 points; 四号 in lines of 20 for a paper of one sheet."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.oxml.ns import qn
    from docx.shared import Pt

    styles = paper.styles
    body, line = (14, 20) if compact else (16, 28)
    normal = styles["Normal"]
    _font(normal, BODY, body)
    language = normal.element.get_or_add_rPr()
    lang = language.makeelement(qn("w:lang"), {qn("w:val"): "en-US", qn("w:eastAsia"): "zh-CN"})
    language.append(lang)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = Pt(line)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
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
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(8 if compact else 14)
    border = title.element.get_or_add_pPr().find(qn("w:pBdr"))
    if border is not None:
        title.element.get_or_add_pPr().remove(border)
    _indent(title, 0)
    first = named("Heading 1", HEADING, body)
    first.paragraph_format.keep_with_next = True
    first.paragraph_format.line_spacing = Pt(line)
    _indent(first, 2)
    second = named("Heading 2", HEADING, 14)
    second.paragraph_format.keep_with_next = True
    second.paragraph_format.space_before = Pt(8)
    second.paragraph_format.space_after = Pt(6)
    second.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _indent(second, 0)
    number = named("文号", BODY, body)
    number.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _indent(number, 0)
    _indent(named("主送", BODY, body), 0)
    _indent(named("附件", BODY, body), 2)
    sign = named("落款", BODY, body)
    sign.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    sign.paragraph_format.right_indent = _cm(1.2)
    _indent(sign, 0)
    note = named("附注", BODY, 10.5)
    note.paragraph_format.line_spacing = Pt(16)
    _indent(note, 0)
    copied = named("抄送", BODY, 14)
    copied.paragraph_format.left_indent = copied.paragraph_format.right_indent = Pt(14)
    _indent(copied, 0)
    _rules(copied)
    cell = named("表格文字", TABLE_FONT, 8.5)
    cell.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _indent(cell, 0)


def _rules(style: Any) -> None:
    """A line above and below, as around the last words of an office paper."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:pBdr")
    for side in ("top", "bottom"):
        one = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "4"), ("color", "000000")):
            one.set(qn(f"w:{name}"), value)
        borders.append(one)
    properties = style.element.get_or_add_pPr()
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        properties.append(borders)
    else:
        spacing.addprevious(borders)


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
    top = 1 if heading_lines(table) is None else 2
    rows = table.rows
    made = paper.add_table(rows=top + max(len(rows), 1), cols=len(table.columns), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    widths = _widths(table.like or table, (section.page_width - section.left_margin - section.right_margin) / 360_000)
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

    boxes = [list(line.cells) for line in lines]
    _table_heads(boxes, table, style)
    for line, row in zip(boxes[top:], rows, strict=False):
        if row.kind == "across":
            _put(line[0].merge(line[-1]), str(row.cells[0]), style, "text")
            continue
        for cell, value, column in zip(line, row.cells, table.columns, strict=True):
            kind = "code" if column.key == "case_no" else column.kind
            _put(cell, shown(value, column.kind), style, kind, row.kind != "unit")
    if not rows:
        _put(boxes[top][0].merge(boxes[top][-1]), "无", style, "text")
    for line in boxes:
        for cell, width in zip(line, widths, strict=True):
            if cell._tc.tcPr is None or cell._tc.grid_span == 1:
                cell.width = _cm(width)


def _table_heads(boxes: list[list[Any]], table: Table, style: str) -> None:
    """The heading line, or the two with shared headings over their neighbours."""
    heads = heading_lines(table)
    if heads is None:
        for place, column in enumerate(table.columns):
            _put(boxes[0][place], column.heading, style)
        return
    at = 0
    for text, columns, deep in heads[0]:
        cell = boxes[0][at]
        if columns > 1 or deep > 1:
            cell = cell.merge(boxes[deep - 1][at + columns - 1])
        _put(cell, text, style)
        at += columns
    for place, column in enumerate(table.columns):
        if column.over:
            _put(boxes[1][place], column.heading, style)


def _put(cell: Any, text: str, style: str, kind: str = "head", bold: bool = False) -> None:
    """A cell's text; `style` by its id: looking it up costs 3 ms a cell."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = cell.paragraphs[0]
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = style
    run = paragraph.add_run(_plain(text))
    run.bold = bold or kind == "head"
    left = kind == "text"
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    if kind == "head":  # Word asks for the shade before the alignment
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "F2F4F7")
        cell._tc.get_or_add_tcPr().append(shade)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


@cache
def _paper(wide: bool) -> Any:
    """An empty sheet that tables are set on and taken from; its styles take longer to make than most tables."""
    from docx import Document as new_document

    paper = new_document()
    _styles(paper)
    section = paper.sections[0]
    _page(section)
    if wide:
        section.page_width, section.page_height = section.page_height, section.page_width
        section.left_margin = section.right_margin = _cm(2.0)
    return paper


def table_xml(table: Table) -> str:
    """A table as it goes into another Word file: its form stands in itself, since that file's styles are not ours."""
    from docx.oxml.ns import qn
    from docx.shared import Pt
    from docx.text.paragraph import Paragraph
    from lxml import etree

    paper = _paper(table.wide)
    _table(paper, table, paper.sections[0])
    made = paper.tables[0]._tbl
    made.getparent().remove(made)
    properties = made.tblPr
    properties.style = None
    borders = etree.Element(qn("w:tblBorders"))
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = etree.SubElement(borders, qn(f"w:{side}"))
        line.set(qn("w:val"), "single")
        line.set(qn("w:sz"), "4")
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    layout.set(qn("w:type"), "autofit")
    width = properties.find(qn("w:tblW"))  # as wide as the page it comes to
    width.set(qn("w:type"), "pct")
    width.set(qn("w:w"), "5000")
    for element in made.iter(qn("w:p")):
        paragraph = Paragraph(element, paper)
        properties = element.get_or_add_pPr()
        properties.style = None
        form = paragraph.paragraph_format
        form.space_before = form.space_after = form.first_line_indent = Pt(0)
        form.line_spacing = 1.0
        for run in paragraph.runs:
            run.font.size, run.font.name = Pt(8.5), NUMBERS
            run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), TABLE_FONT)
    return str(etree.tostring(made, encoding="unicode"))


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


def _long(text: str) -> float:
    """Centimetres of a cell with this text on one line, with a broad stand-in for the numbers' font."""
    return sum(0.30 if cells(char) > 1 else 0.19 for char in text) + 0.3


def _widths(table: Table, room: float) -> Sequence[float]:
    """Centimetres a column, the whole room used: numbers, days, case numbers and short words stay on one line, longer
    texts share what is left."""
    wanted = [
        max([_long(shown(row.cells[place], column.kind)) for row in table.rows] + [min(_long(column.heading), 1.5)])
        for place, column in enumerate(table.columns)
    ]
    if sum(wanted) <= room:
        return [width * room / sum(wanted) for width in wanted]
    firm = [
        column.kind != "text" or column.key == "case_no" or width <= _SHORT
        for column, width in zip(table.columns, wanted, strict=True)
    ]
    fixed = sum(width for width, is_firm in zip(wanted, firm, strict=True) if is_firm)
    shares = [0.0 if is_firm else min(width, 9.0) for width, is_firm in zip(wanted, firm, strict=True)]
    left = room - fixed
    if not any(shares) or left < 0.4 * sum(shares):
        return [width * room / sum(wanted) for width in wanted]
    return [share * left / sum(shares) if share else width for width, share in zip(wanted, shares, strict=True)]


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
