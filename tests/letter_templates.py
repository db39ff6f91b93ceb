"""Makes the letter templates that come with the program: `python -m tests.letter_templates [FOLDER]`.

They are ordinary Word files that an office edits in Word or WPS; this script only saves having to draw eleven of them by
hand alike. Page and type follow the form of Chinese office documents (A4, title 小标宋 二号, body 仿宋 三号, page number
below); fonts are named, with those every machine has beside them, and none is embedded. Run it after a change of
wording and commit the files; a test holds the files against it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TARGET = Path(__file__).parent.parent / "xinfang_cli" / "documents" / "templates"
TITLE_FONT, BODY_FONT, HEAD_FONT, LATIN = "方正小标宋简体", "仿宋", "黑体", "Times New Roman"
# What Word and WPS take where a font is missing.
FALL_BACK = {TITLE_FONT: ("宋体", "roman"), BODY_FONT: ("仿宋_GB2312", "modern"), HEAD_FONT: ("SimHei", "modern")}
KEPT_STYLES = {"Normal", "Default Paragraph Font", "Normal Table", "No List", "Title", "Footer", "Table Grid"}

# (style, text); a style of "table" has rows, "items" the list of a reminder
Part = tuple[str, Any]


def _heading() -> list[Part]:
    return [("Title", "{{ 文书名称 }}"), ("编号", "登记编号：{{ 登记编号 }}"), ("称谓", "{{ 信访人 }}：")]


SIGNED: list[Part] = [("落款", "{{ 落款单位 }}"), ("日期", "{{ 成文日期 }}")]
CONTACT: list[Part] = [("附记", "联系人：　　　　　　联系电话：")]
TO_UNIT = [*CONTACT, *SIGNED]
TO_PETITIONER: list[Part] = [("附记", "寄送地址：{{ 住址 }}"), ("附记续", CONTACT[0][1]), *SIGNED]
RECEIVED = "{{ 收到日期 }}收到您提出的信访事项“{{ 概况 }}”（{{ 信访形式 }}）。"
ASKED = "{%p if 申请天数 %}"
SENT_ROWS = [
    ("收到日期", "{{ 收到日期 }}", ""),
    ("信访形式", "{{ 信访形式 }}", ""),
    ("信访人", "{{ 信访人 }}", "信访人"),
    ("联系电话", "{{ 联系电话 }}", "联系电话"),
    ("住　址", "{{ 住址 }}", "住址"),
    ("被反映单位", "{{ 被反映单位 }}", "被反映单位"),
    ("概　况", "{{ 概况 }}", ""),
    ("内　容", "{{ 内容 }}", "内容"),
]
ANSWERING: list[Part] = [
    (
        "正文",
        "属于你单位职权范围的，请在{{ 告知截止日 }}以前（含当日）书面告知信访人；不属于的，请在{{ 异议截止日 }}以前（含当日）"
        "写明理由申请退回，不要自行转出（{{ 告知条款 }}）。",
    ),
]
SECRET: list[Part] = [
    ("正文", "{%p if 检举控告件 %}"),
    (
        "末段",
        "本件是检举控告，请严格保密：有关材料和情况不得让被检举控告的人员、单位知道（《信访工作条例》第三十条）。",
    ),
    ("正文", "{%p endif %}"),
]


def _sent(opening: str, more: list[Part]) -> list[Part]:
    answering = [(style if more else "末段", text) for style, text in ANSWERING]
    return [
        ("Title", "{{ 文书名称 }}"),
        ("编号", "登记编号：{{ 登记编号 }}"),
        ("称谓", "{{ 责任单位 }}："),
        ("正文", opening),
        ("table", SENT_ROWS),
        *answering,
        *more,
        *SECRET,
        *TO_UNIT,
    ]


def _second_look(word: str, after: list[Part]) -> list[Part]:
    return [
        *_heading(),
        ("正文", "{%p if not 结果 %}"),
        (
            "正文",
            f"您{{{{ 申请日期 }}}}就“{{{{ 概况 }}}}”提出的{word}申请已经收到，将在{{{{ 答复期限 }}}}以前提出{word}意见"
            f"并书面答复您（{{{{ 依据条款 }}}}）。",
        ),
        ("正文", "{%p elif 不予受理 %}"),
        (
            "正文",
            f"您{{{{ 申请日期 }}}}就“{{{{ 概况 }}}}”提出的{word}申请，经审查不予受理。理由：{{{{ 理由 }}}}。",
        ),
        ("正文", "{%p else %}"),
        (
            "正文",
            f"您{{{{ 申请日期 }}}}就“{{{{ 概况 }}}}”提出的{word}申请，已于{{{{ 结果日期 }}}}作出{word}意见：{{{{ 结果 }}}}"
            f"（{{{{ 依据条款 }}}}）。{word}意见书随本告知书送达。",
        ),
        ("正文", "{%p if 重办期限 %}"),
        ("正文", "已要求重新办理，在{{ 重办期限 }}以前答复您。"),
        ("正文", "{%p endif %}"),
        *after,
        ("正文", "{%p endif %}"),
        *TO_PETITIONER,
    ]


LETTERS: dict[str, list[Part]] = {
    "accept": [
        *_heading(),
        ("正文", RECEIVED + "经审查，属于本单位职权范围，已于{{ 受理日期 }}受理（{{ 依据条款 }}）。"),
        (
            "正文",
            "办理途径为“{{ 办理途径 }}”，{% if 办结期限 %}在{{ 办结期限 }}以前办结（{{ 期限依据 }}），{% endif %}办理结果书面答复您。",
        ),
        ("正文", "{%p if 可复查 %}"),
        (
            "正文",
            "对信访处理意见不服的，可以自收到书面答复之日起{{ 申请天数 }}日内，请求原办理单位的上一级机关、单位复查（{{ 申请条款 }}）。",
        ),
        ("正文", "{%p endif %}"),
        *TO_PETITIONER,
    ],
    "refuse": [
        *_heading(),
        ("正文", RECEIVED),
        (
            "正文",
            "经审查，属于“{{ 理由类别 }}”的情形（{{ 依据条款 }}），{{ 决定日期 }}决定{{ 受理决定 }}。理由：{{ 理由 }}。",
        ),
        *TO_PETITIONER,
    ],
    "forward": _sent("现将下列信访事项转送你单位，请依法按政策办理（{{ 依据条款 }}）。", []),
    "task": _sent(
        "现将下列信访事项交你单位办理（{{ 依据条款 }}）。",
        [("末段", "请在{{ 反馈期限 }}以前（含当日）把办理结果连同办结报告报送我局。")],
    ),
    "extend": [
        *_heading(),
        (
            "正文",
            "您提出的信访事项“{{ 概况 }}”，本单位{{ 受理日期 }}受理，原定{{ 原办结期限 }}以前办结。因情况复杂（{{ 理由 }}），经本单位负责人"
            "批准，延长{{ 延期天数 }}日，在{{ 办结期限 }}以前办结（{{ 依据条款 }}）。",
        ),
        ("正文", "特此告知。"),
        *TO_PETITIONER,
    ],
    "delivery": [
        ("Title", "信访处理意见书{{ 文书名称 }}"),
        ("编号", "登记编号：{{ 登记编号 }}"),
        (
            "table",
            [
                ("送达文书", "信访处理意见书{% if 文号 %}（{{ 文号 }}）{% endif %}", ""),
                ("信访事项", "{{ 概况 }}", ""),
                ("处理意见", "{{ 处理意见 }}（{{ 办结日期 }}）", ""),
                ("受送达人", "{{ 信访人 }}", ""),
                ("送达地点", "{{ 住址 }}", ""),
                ("送达方式", "{% if 送达方式 %}{{ 送达方式 }}{% else %}□当面　□邮寄　□其他：{% endif %}", ""),
                ("送达日期", "{% if 送达日期 %}{{ 送达日期 }}{% else %}　　　　年　　月　　日{% endif %}", ""),
                ("受送达人签名", "{% if 拒签 %}拒签{% endif %}", ""),
                ("代收人签名及与受送达人的关系", "", ""),
                ("拒签情况及见证人", "", ""),
                ("送达人签名", "", ""),
                (
                    "告知事项",
                    "对处理意见不服的，可以自收到书面答复之日起{{ 申请天数 }}日内"
                    "{% if 申请截止日 %}（最后一天为{{ 申请截止日 }}）{% endif %}，请求原办理单位的上一级机关、单位复查"
                    "（{{ 申请条款 }}）。",
                    "",
                ),
            ],
        ),
        *SIGNED,
    ],
    "review": _second_look(
        "复查",
        [
            ("正文", ASKED),
            (
                "正文",
                "对复查意见不服的，可以自收到书面答复之日起{{ 申请天数 }}日内{% if 申请截止日 %}（最后一天为{{ 申请截止日 }}）"
                "{% endif %}，请求复查机关、单位的上一级机关、单位复核（{{ 申请条款 }}）。",
            ),
            ("正文", "{%p endif %}"),
        ],
    ),
    "recheck": _second_look(
        "复核",
        [
            ("正文", "{%p if 终结 %}"),
            ("正文", "今后以同样的事实和理由再提出，将不再受理（{{ 依据条款 }}）。"),
            ("正文", "{%p endif %}"),
        ],
    ),
    "redirect": [
        *_heading(),
        ("正文", RECEIVED + "经审查，应当通过“{{ 法定途径 }}”途径处理（{{ 依据条款 }}）。"),
        ("正文", "{%p if 已转送 %}"),
        ("正文", "有关材料已于{{ 决定日期 }}转送{{ 受理机关 }}，请向该机关了解办理情况。"),
        ("正文", "{%p else %}"),
        ("正文", "请您按规定向{{ 受理机关 }}提出；有法定时效的，请注意不要错过。"),
        ("正文", "{%p endif %}"),
        *TO_PETITIONER,
    ],
    "supervise": [
        ("Title", "{{ 文书名称 }}"),
        ("编号", "登记编号：{{ 登记编号 }}"),
        ("称谓", "{{ 责任单位 }}："),
        (
            "正文",
            "你单位办理的信访事项“{{ 概况 }}”（{{ 收到日期 }}收到），{% if 超期情况 %}{{ 超期情况 }}。{% endif %}"
            "现予督办（{{ 依据条款 }}）。",
        ),
        ("正文", "{%p if 督办要求 %}"),
        ("正文", "要求：{{ 督办要求 }}。"),
        ("正文", "{%p endif %}"),
        ("正文", "请查明原因，抓紧办理，并在{{ 答复期限 }}以前（含当日）书面报告办理情况。"),
        *SECRET,
        *TO_UNIT,
    ],
    "remind": [
        ("Title", "{{ 文书名称 }}"),
        ("称谓", "{{ 责任单位 }}："),
        (
            "正文",
            "截至{{ 成文日期 }}，你单位有{{ 项数 }}项信访工作时限已经超期或者快要到期"
            "{% if 超期项数 %}，其中已超期{{ 超期项数 }}项{% endif %}。请尽快办理，并将结果告知我局。",
        ),
        ("items", None),
        ("正文", "上述时限的依据：{{ 依据条款 }}。"),
        *TO_UNIT,
    ],
}
ITEMS = [("序号", "序号", 10), ("登记编号", "登记编号", 34), ("概　况", "概况", 35), ("时　限", "时限", 18)]
ITEMS += [("到期日", "到期日", 35), ("情　况", "情况", 24)]


def _fonts(element: Any, east: str) -> None:
    properties = element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", east)):
        fonts.set(qn(f"w:{name}"), font)


def _style(
    paper: Any, name: str, east: str, size: float, *, line: float = 28, base: str | None = "Normal", chars: float = 0
) -> Any:
    styles = paper.styles
    style = styles[name] if name in [s.name for s in styles] else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if base is not None:
        style.base_style = styles[base]
    _fonts(style.element, east)
    style.font.size, style.font.bold, style.font.italic, style.font.color.rgb = Pt(size), False, False, None
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    if chars:
        _indent(style.element.get_or_add_pPr(), "firstLine", chars, size)
    return style


def _indent(properties: Any, side: str, chars: float, size: float) -> None:
    indent = properties.get_or_add_ind()
    indent.set(qn(f"w:{side}Chars"), str(int(chars * 100)))
    indent.set(qn(f"w:{side}"), str(int(chars * size * 20)))


def _styles(paper: Any) -> None:
    for style in list(paper.styles):
        if style.name not in KEPT_STYLES:
            style.delete()
    for element in paper.styles.element.findall(qn("w:latentStyles")):
        paper.styles.element.remove(element)
    _style(paper, "Normal", BODY_FONT, 16, base=None)
    title = _style(paper, "Title", TITLE_FONT, 22, line=36)
    for border in title.element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    for spacing in ("w:spacing", "w:kern"):
        for found in title.element.rPr.findall(qn(spacing)):
            title.element.rPr.remove(found)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(14), Pt(10)
    _style(paper, "编号", BODY_FONT, 14).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _style(paper, "称谓", BODY_FONT, 16).paragraph_format.space_before = Pt(14)
    _style(paper, "正文", BODY_FONT, 16, chars=2).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _style(paper, "末段", BODY_FONT, 16, base="正文", chars=2).paragraph_format.keep_with_next = True
    _style(paper, "附记", BODY_FONT, 16, chars=2).paragraph_format.space_before = Pt(14)
    _style(paper, "附记续", BODY_FONT, 16, base="附记", chars=2)
    for name in ("附记", "附记续"):
        paper.styles[name].paragraph_format.keep_with_next = True
    for name, chars in (("落款", 2), ("日期", 4)):
        style = _style(paper, name, BODY_FONT, 16)
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        style.paragraph_format.keep_together = True
        _indent(style.element.get_or_add_pPr(), "right", chars, 16)
    paper.styles["落款"].paragraph_format.space_before = Pt(28)
    paper.styles["落款"].paragraph_format.keep_with_next = True
    _style(paper, "表中", BODY_FONT, 12, line=18)
    _style(paper, "表头", HEAD_FONT, 12, line=18)
    _style(paper, "清单", BODY_FONT, 10.5, line=16)
    for name in ("autoSpaceDE", "autoSpaceDN"):
        off = OxmlElement(f"w:{name}")
        off.set(qn("w:val"), "0")
        paper.styles["清单"].element.get_or_add_pPr().insert_element_before(off, "w:ind", "w:jc", "w:spacing")
    _style(paper, "清单头", HEAD_FONT, 10.5, line=16).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _style(paper, "表距", BODY_FONT, 5, line=6)
    _style(paper, "Footer", "宋体", 14, line=18).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _page(paper: Any) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    foot = section.footer.paragraphs[0]
    foot.style = paper.styles["Footer"]
    foot.add_run("— ")
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = foot.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)
    foot.add_run(" —")


def _cell(cell: Any, text: str, style: Any, width: float) -> None:
    cell.width = Mm(width)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    cell.paragraphs[0].style = style
    cell.paragraphs[0].add_run(text)


def _table(paper: Any, widths: list[float]) -> Any:
    table = paper.add_table(rows=0, cols=len(widths))
    table.style = paper.styles["Table Grid"]
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "60")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _tag_row(table: Any, tag: str) -> None:
    table.add_row().cells[0].text = tag


def _facts(paper: Any, rows: list[tuple[str, str, str]]) -> None:
    """Two columns; a row with a condition is left out where that fact is empty."""
    table = _table(paper, [34, 122])
    for label, text, condition in rows:
        if condition:
            _tag_row(table, f"{{%tr if {condition} %}}")
        row = table.add_row()
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Mm(9)
        cells = row.cells
        _cell(cells[0], label, paper.styles["表头"], 34)
        _cell(cells[1], text, paper.styles["表中"], 122)
        if condition:
            _tag_row(table, "{%tr endif %}")


def _items(paper: Any) -> None:
    table = _table(paper, [width for _, _, width in ITEMS])
    head = table.add_row()
    repeated = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeated)
    for cell, (label, _, width) in zip(head.cells, ITEMS, strict=True):
        _cell(cell, label, paper.styles["清单头"], width)
    _tag_row(table, "{%tr for 件 in 事项 %}")
    row = table.add_row()
    whole = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(whole)
    for cell, (_, field, width) in zip(row.cells, ITEMS, strict=True):
        _cell(cell, f"{{{{ 件.{field} }}}}", paper.styles["清单"], width)
    _tag_row(table, "{%tr endfor %}")


def _fall_backs(paper: Any) -> None:
    """Beside each font the one to take where it is missing."""
    part = next(r.target_part for r in paper.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{family}"/></w:font>'
        for name, (other, family) in FALL_BACK.items()
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    part._blob = f'{head}<w:fonts xmlns:w="{space}">{fonts}</w:fonts>'.encode()


def make(kind: str) -> Any:
    """The template of one kind of letter, as a document."""
    paper = Document()
    for name in ("customXml", "numbering", "stylesWithEffects", "webSettings"):
        for key in [k for k, r in paper.part.rels.items() if r.reltype.endswith(f"/{name}")]:
            del paper.part.rels[key]
    package = paper.part.package
    for key in [k for k, r in package.rels.items() if r.reltype.endswith("/thumbnail")]:
        del package.rels[key]
    _styles(paper)
    _page(paper)
    _fall_backs(paper)
    for style, content in LETTERS[kind]:
        if style in ("table", "items"):
            paper.add_paragraph("", paper.styles["表距"])
            _facts(paper, content) if style == "table" else _items(paper)
            paper.add_paragraph("", paper.styles["表距"])
        else:
            paper.add_paragraph(content, paper.styles[style])
    paper.settings.element.find(qn("w:zoom")).set(qn("w:percent"), "100")
    about = paper.core_properties
    about.author = about.last_modified_by = about.comments = about.title = about.keywords = ""
    return paper


def save(kind: str, target: Path) -> None:
    """Save a template, the same bytes each time."""
    made = target.with_suffix(".made")
    make(kind).save(str(made))
    with ZipFile(made) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for info in source.infolist():
            entry = ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            copy.writestr(entry, source.read(info))
    made.unlink()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    folder.mkdir(parents=True, exist_ok=True)
    for kind in LETTERS:
        save(kind, folder / f"{kind}.docx")


if __name__ == "__main__":
    main()
