"""One report in five forms: the numbers read back from each are the same numbers, and those of `stats`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from xinfang_cli import formats
from xinfang_cli.documents import bulletin as out
from xinfang_cli.documents.bulletin import unnamed
from xinfang_cli.formats import model
from xinfang_cli.formats.model import Document
from xinfang_cli.law.periods import Period, period_of
from xinfang_cli.office.campaigns import advice, meeting, visits
from xinfang_cli.office.figures import bulletin as office
from xinfang_cli.office.figures import stats
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.find import lists
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting
from xinfang_cli.present import figures as figures_out

JUNE = period_of(date(2023, 6, 1), date(2023, 6, 30))
FORMS = ("docx", "xlsx", "html", "md", "json")
Grid = list[list[str]]


@pytest.fixture(scope="module")
def june(district_book: Path) -> Document:
    return out.document(
        office.bulletin(Session(district_book, date(2023, 7, 17), "测试员"), JUNE, number="测试〔2023〕7号")
    )


@pytest.fixture(scope="module")
def files(june: Document, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("report")
    for form in FORMS:
        formats.write(june, folder / f"june.{form}")
    return {form: folder / f"june.{form}" for form in FORMS}


def as_text(table: model.Table) -> Grid:
    rows = [[model.shown(v, c.kind) for v, c in zip(row.cells, table.columns, strict=True)] for row in table.rows]
    return rows or [["无"]]


# ---- reading each form back with another library -----------------------------------------------------------------


def read_docx(path: Path) -> dict[str, Grid]:
    from docx import Document as Word
    from docx.oxml.ns import qn

    word = Word(str(path))
    found: dict[str, Grid] = {}
    heading = ""
    for child in word.element.body:
        if child.tag == qn("w:p"):
            style = child.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            text = "".join(node.text or "" for node in child.iter(qn("w:t")))
            if style is not None and word.styles.get_by_id(style.get(qn("w:val")), 1).name == "Heading 2":
                heading = text
        elif child.tag == qn("w:tbl"):
            grid = []
            for row in child.findall(qn("w:tr")):
                if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None:
                    grid.append(
                        ["".join(n.text or "" for n in cell.iter(qn("w:t"))) for cell in row.findall(qn("w:tc"))]
                    )
            found[heading] = grid
    return found


def read_xlsx(path: Path) -> dict[str, Grid]:
    from openpyxl import load_workbook

    def text(cell: Any) -> str:
        if cell.value is None:
            return ""
        if cell.number_format == "0.00%" and isinstance(cell.value, int | float):
            return f"{round(cell.value * 100, 4):.2f}%"
        if isinstance(cell.value, datetime):
            return cell.value.date().isoformat()
        return str(cell.value)

    found = {}
    for sheet in load_workbook(path).worksheets:
        if sheet.title in ("正文", "图表", "图表数据"):
            continue
        first = int(re.sub(r"\D", "", sheet.freeze_panes or "2"))
        rows = [[text(cell) for cell in row] for row in sheet.iter_rows(min_row=first, max_col=sheet.max_column)]
        noted = [row for row in rows if row[0].endswith("。") and sum(map(bool, row)) == 1]
        found[str(sheet.cell(1, 1).value)] = [row for row in rows if row not in noted] or [["无"]]
    return found


class Page(HTMLParser):
    """The tables of a page by the heading before them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Grid] = {}
        self.heading = self.cell = ""
        self.inside = ""
        self.body = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in ("h2", "td"):
            self.inside, self.cell = tag, ""
        elif tag == "tbody":
            self.body = True
            self.found[self.heading] = []
        elif tag == "tr" and self.body:
            self.found[self.heading].append([])

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside == "h2":
            self.heading = self.cell
        elif tag == self.inside == "td":
            self.found[self.heading][-1].append(self.cell)
        elif tag == "tbody":
            self.body = False
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cell += data


def read_html(path: Path) -> dict[str, Grid]:
    page = Page()
    page.feed(path.read_text("utf-8"))
    return page.found


def read_md(path: Path) -> dict[str, Grid]:
    found: dict[str, Grid] = {}
    heading, lines = "", 0
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            heading, lines = re.sub(r"\\(.)", r"\1", line[3:]), 0
        elif line.startswith("|"):
            lines += 1
            if lines > 2:
                cells = [
                    re.sub(r"\\(.)", r"\1", cell.strip().removeprefix("**").removesuffix("**"))
                    for cell in line[1:-1].split(" |")
                ]
                found.setdefault(heading, []).append(cells)
    return found


def read_json(path: Path) -> dict[str, Grid]:
    found = {}
    for table in json.loads(path.read_text("utf-8"))["tables"]:
        kinds = {column["key"]: column["kind"] for column in table["columns"]}
        rows = [[model.shown(row[key], kind) for key, kind in kinds.items()] for row in table["rows"]]
        found[table["title"]] = rows or [["无"]]
    return found


READERS: dict[str, Callable[[Path], dict[str, Grid]]] = {
    "docx": read_docx,
    "xlsx": read_xlsx,
    "html": read_html,
    "md": read_md,
    "json": read_json,
}


@pytest.mark.parametrize("form", FORMS)
def test_the_numbers_are_the_same_in_every_form(form: str, june: Document, files: dict[str, Path]) -> None:
    found = READERS[form](files[form])
    assert [table.title for table in june.tables] == list(found)
    for table in june.tables:
        assert found[table.title] == as_text(table), table.title


def test_and_they_are_those_of_stats(june: Document, files: dict[str, Path], district: Session) -> None:
    said = json.loads(files["json"].read_text("utf-8"))
    for key, first in (("figures", JUNE.first), ("figures_so_far", date(2023, 1, 1))):
        shown = stats.stats(district, FiguresRequest(first, JUNE.last, by=("unit",)), ranked=True)
        expected = json.loads(json.dumps(figures_out.record(shown), default=str))
        for part in ("rates", "volumes", "excluded", "as_of", "subtotals"):
            assert said[key][part] == expected[part], part
        assert {row["name"]: (row["rates"], row["ranks"], row["volumes"]) for row in said[key]["rows"]} == {
            row["name"]: (row["rates"], row["ranks"], row["volumes"]) for row in expected["rows"]
        }
        table = {"figures": "rates", "figures_so_far": "rates_so_far"}[key]
        rows = next(t for t in said["tables"] if t["key"] == table)["rows"]
        names = {row["name"]: row for row in expected["rows"]}
        for row in rows:
            if row["row"] != "unit":
                continue
            rate = names[row["unit"]]["rates"]["completion"]
            assert row["completion.denominator"] == rate["denominator"]
            assert row["completion.numerator"] == rate["numerator"]
            assert row["completion.percent"] == rate["percent"]
        total = rows[-1]
        assert (total["row"], total["completion.percent"]) == ("total", expected["rates"]["completion"]["percent"])
        assert sum(r["completion.denominator"] for r in rows if r["row"] == "unit") == total["completion.denominator"]


@pytest.mark.parametrize(
    ("kind", "first", "last", "title", "says"),
    [
        (
            "week",
            "2023-07-17",
            "2023-07-23",
            "初次信访、积案化解情况周通报（截至7月17日）",
            "办结初次信访事项 729 件，一次性化解 700 件，一次性化解率 96.02%",
        ),
        (
            "quarter",
            "2023-04-01",
            "2023-06-30",
            "关于2023年第二季度全区信访工作情况的通报",
            "2023年第二季度，全区共收到信访事项",
        ),
        ("year", "2023-01-01", "2023-12-31", "2023年度信访情况报告", "提出改进工作、完善政策、追究责任建议"),
    ],
)
def test_the_other_kinds(district: Session, kind: str, first: str, last: str, title: str, says: str) -> None:
    period = Period(kind, date.fromisoformat(first), date.fromisoformat(last))
    made = out.document(office.bulletin(district, period))
    assert made.title == title
    text = "\n".join(part.heading + "".join(part.paragraphs) for part in made.sections)
    assert says in text
    if kind == "week":  # the published figures of example 1, counted
        assert "交办积案 167 件" in text
        assert "累计化解 96 件，化解率 57.49%" in text
        assert len(made.tables) == 1
    if kind == "year":
        assert re.search(r"今年以来转送 \d+ 件次，交办 \d+ 件次", text)


def by_key(document: Document) -> dict[str, model.Table]:
    return {table.key: table for table in document.tables}


def test_the_attachments_are_numbered_as_they_come(
    june: Document, case: Callable[..., Any], session: Callable[..., Session]
) -> None:
    assert [table.title for table in june.tables] == [
        "附件1　信访总量",
        "附件2　四率（本期）",
        "附件2　四率（累计）",
        "附件3　超期未办",
        "附件4　积案化解",
        "附件5　通报的件",
        "附件6　走势",
    ]
    assert june.attached[0] == "附件：1．信访总量"
    assert [line.split("．")[1] for line in june.attached] == [
        "信访总量",
        "四率",
        "超期未办",
        "积案化解",
        "通报的件",
        "走势",
    ]
    at = session(today="2024-06-30")
    case("2024-03-01", at=at).assign("2024-03-02", to="测试镇")
    bare = out.document(office.bulletin(at, period_of(date(2024, 3, 1), date(2024, 3, 31))))
    assert [line.split("．")[1] for line in bare.attached] == ["信访总量", "四率", "超期未办", "通报的件", "走势"]
    assert [table.title[:3] for table in bare.tables] == ["附件1", "附件2", "附件2", "附件3", "附件4", "附件5"]
    said = "".join(paragraph for part in bare.sections for paragraph in part.paragraphs)
    assert "仍超期未办的期限 1 个，见附件3" in said
    assert by_key(bare)["overdue"].title.startswith("附件3")


def test_the_backlog_has_its_subtotals(june: Document) -> None:
    rows = by_key(june)["backlog"].rows
    groups = [row.cells[0] for row in rows if row.kind == "subtotal"]
    assert groups == ["镇街小计", "区直部门小计", "国企小计", "驻区单位小计"]
    whole = rows[-1]
    for place in (1, 2, 3):
        assert sum(row.cells[place] for row in rows if row.kind == "subtotal") == whole.cells[place]
        assert sum(row.cells[place] for row in rows if row.kind == "unit") == whole.cells[place]


def test_every_table_says_how_many_were_excluded(case: Callable[..., Any], session: Callable[..., Session]) -> None:
    at = session(today="2024-06-30")
    kept, gone = (case("2024-03-01", at=at).assign("2024-03-02", to="测试镇") and at for _ in range(2))
    for number in ("XF2024-000001", "XF2024-000002"):
        acting.act(at, "join", [number], acting.simple("join", date(2024, 3, 3), batch="测试批"))
    acting.act(
        at, "exclude", ["XF2024-000002"], acting.simple("exclude", date(2024, 3, 31), reason="测试", approved_by="测试")
    )
    assert kept is gone
    tables = by_key(out.document(office.bulletin(at, period_of(date(2024, 3, 1), date(2024, 3, 31)))))
    assert {key: table.note for key, table in tables.items()} == {
        "volumes": "本期收到的件中剔除 1 件，累计收到的件中剔除 1 件。上年同期无数据，不列同比。",
        "rates": "剔除：责任单位及时受理率 1 件（其中逾期、超期 1 件）。",
        "rates_so_far": "剔除：责任单位及时受理率 1 件（其中逾期、超期 1 件）。",
        "overdue": "截至 2024年6月30日，3月31日以前到期、仍超期未办的。剔除件的超期期限 1 个，不在内。",
        "backlog": "截至3月31日。剔除：积案化解率 1 件（其中未化解 1 件）。",
        "problems": "剔除：责任单位及时受理率 1 件（其中逾期、超期 1 件）。",
        "trend": "各期收到的件中共剔除 1 件。2024年2月及以前簿中没有完整的数据，不列。",
    }
    assert len(tables["overdue"].rows) == 1
    assert tables["backlog"].rows[-1].cells[1] == 1


def test_a_period_that_is_not_over_says_up_to_when(district: Session) -> None:
    july = out.document(office.bulletin(district, period_of(date(2023, 7, 1), date(2023, 7, 31))))
    first = july.sections[0].paragraphs
    assert first[0].startswith("2023年7月（截至7月17日），全区共收到信访事项")
    assert first[-1].startswith("今年以来（2023年1月1日至7月17日）共收到")
    year = out.document(office.bulletin(district, Period("year", date(2023, 1, 1), date(2023, 12, 31))))
    text = "".join(paragraph for part in year.sections for paragraph in part.paragraphs)
    assert text.startswith("2023年（截至7月17日），全区共收到")
    assert "累计 " not in text  # it would be the same number twice
    assert year.addressed == "区委、区政府，上一级党委和政府信访部门："
    assert year.copied == ""
    assert [table.key for table in year.tables] == ["volumes", "rates", "overdue", "backlog", "trend", "topics"]


# ---- what may not stand in it -------------------------------------------------------------------------------------


def test_no_petitioner_and_no_accusation_is_named(case: Callable[..., Any], session: Callable[..., Session]) -> None:
    at = session(today="2024-06-30")
    case("2024-03-01", at=at, name="测试某甲", title="测试某甲反映道路失修").assign("2024-03-02", to="测试镇")
    several = {
        "name": "测试某丙、测试某丁等5人",
        "phone": "13000001234",
        "title": "测试某丙和测试某丁（13000001234）反映停水",
    }
    case("2024-03-01", at=at, **several).assign("2024-03-02", to="测试镇")
    case("2024-03-01", at=at, name="测试某乙", title="不许登出来的检举", kind="accusation").assign(
        "2024-03-02", to="测试局"
    )
    made = office.bulletin(at, period_of(date(2024, 3, 1), date(2024, 3, 31)))
    document = out.document(made)
    text = json.dumps(model.record(document), ensure_ascii=False, default=str)
    assert "信访人反映道路失修" in {row.title for row in made.problems["acceptance"]}
    for forbidden in ("测试某甲", "测试某乙", "测试某丙", "测试某丁", "13000001234", "不许登出来的检举"):
        assert forbidden not in text
    sheet = json.dumps(meeting.rows(at, lists.CasesAsked()), ensure_ascii=False)
    assert not any(forbidden in sheet for forbidden in ("测试某甲", "测试某丙", "13000001234", "不许登出来的检举"))
    overdue = next(table for table in document.tables if table.key == "overdue")
    assert overdue.note == "截至 2024年6月30日，3月31日以前到期、仍超期未办的。另有 3 个期限不列名。"
    problems = next(table for table in document.tables if table.key == "problems")
    assert "未按期受理 3 件" in problems.note
    paragraph = next(p for part in document.sections for p in part.paragraphs if p.startswith("未按期受理"))
    assert paragraph == "未按期受理 3 件，不列名。"  # with two named, the third would be the accusation


def test_what_people_wrote_stays_text(
    case: Callable[..., Any], session: Callable[..., Session], tmp_path: Path
) -> None:
    at = session(today="2024-06-30")
    nasty = "=1+1<script>alert(1)</script>|[b]*a*\x07尾"
    case("2024-03-01", at=at, title=nasty).assign("2024-03-02", to="测试<b>镇")
    document = out.document(office.bulletin(at, period_of(date(2024, 3, 1), date(2024, 3, 31))))
    for form in FORMS:
        formats.write(document, tmp_path / f"nasty.{form}")
        table = next(t for t in document.tables if t.key == "overdue")
        found = READERS[form](tmp_path / f"nasty.{form}")[table.title]
        assert found == as_text(table)
    assert "<script>" not in (tmp_path / "nasty.html").read_text("utf-8")
    with ZipFile(tmp_path / "nasty.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in sheet for sheet in sheets)


def test_reception_suggestions_and_standing_stand_in_it(
    case: Callable[..., Any], session: Callable[..., Session]
) -> None:
    at = session(today="2023-12-31")
    case("2023-03-01", at=at)
    for on in ("2023-03-06", "2023-06-05", "2023-06-06"):
        visits.attend(at, date.fromisoformat(on), "open", ["测试领导甲", "测试领导乙"])
    spring = date(2023, 4, 1)
    advice.advise(at, advice.NewAdvice("improve_work", "测试局", spring))
    advice.advise(at, advice.NewAdvice("improve_work", "测试镇", spring))
    advice.advise(at, advice.NewAdvice("accountability", "测试委", spring))
    advice.answer(at, 1, adopted=True, on=date(2023, 5, 1), text=None)
    advice.standing_add(at, advice.NewStanding("按期办结率", 3, 16, date(2023, 6, 30), source="测试市信访局"))

    june = out.document(office.bulletin(at, JUNE))
    text = "".join(paragraph for part in june.sections for paragraph in part.paragraphs)
    assert "2023年6月，领导干部接访 4 人次，接待群众 0 批 0 人；今年以来（至6月30日）领导干部接访 6 人次" in text
    assert "按期办结率第 3 名（共 16 个）（测试市信访局，2023年6月30日）" in text
    year = out.document(office.bulletin(at, Period("year", date(2023, 1, 1), date(2023, 12, 31))))
    third = next(part for part in year.sections if part.heading.startswith("三、"))
    assert third.paragraphs == [
        "改进工作建议 2 件（向测试局、测试镇提出），已答复 1 件，采纳 1 件。",
        "追究责任建议 1 件（向测试委提出），已答复 0 件，采纳 0 件。",
    ]
    assert len(year.data["advices"]) == 3
    json.dumps(model.record(year), default=str)


# ---- each form as an office opens it ------------------------------------------------------------------------------


def test_the_word_document_has_the_form_of_an_office_paper(files: dict[str, Path], june: Document) -> None:
    from docx import Document as Word
    from docx.oxml.ns import qn
    from docx.shared import Cm

    word = Word(str(files["docx"]))
    styles = [paragraph.style and paragraph.style.name for paragraph in word.paragraphs]
    assert styles[:2] == ["文号", "Title"]
    assert styles.count("Heading 1") == len(june.sections)
    assert word.paragraphs[0].text == "测试〔2023〕7号"

    def east_asian(style: str) -> str:
        return str(word.styles[style].element.rPr.rFonts.get(qn("w:eastAsia")))

    assert [east_asian(name) for name in ("Normal", "Title", "Heading 1")] == ["仿宋_GB2312", "方正小标宋简体", "黑体"]
    paper = word.sections[0]
    assert paper.page_width
    assert paper.page_height
    assert (round(paper.page_width / Cm(1), 1), round(paper.page_height / Cm(1), 1)) == (21.0, 29.7)
    wide = [section for section in word.sections if (section.page_width or 0) > (section.page_height or 0)]
    assert wide
    for table in word.tables:
        first = table.rows[0]._tr.trPr
        assert first is not None
        assert first.find(qn("w:tblHeader")) is not None
    with ZipFile(files["docx"]) as package:
        footer = next(name for name in package.namelist() if "footer" in name and name.endswith(".xml"))
        assert " PAGE " in package.read(footer).decode()
        assert 'w:altName w:val="仿宋"' in package.read("word/fontTable.xml").decode()


# The order in which Word wants what stands in these (ECMA-376, part 1); out of it a file may count as damaged.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang "
    "eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
}


def out_of_order(path: Path) -> list[str]:
    from lxml import etree

    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    found = []
    with ZipFile(path) as package:
        for name in ("word/document.xml", "word/styles.xml", "word/footer1.xml"):
            if name not in package.namelist():
                continue
            for parent, order in ORDER.items():
                places = {f"{space}{tag}": place for place, tag in enumerate(order.split())}
                for element in etree.fromstring(package.read(name)).iter(f"{space}{parent}"):
                    given = [places[child.tag] for child in element if child.tag in places]
                    if given != sorted(given):
                        found.append(f"{name} {parent}: {[str(child.tag).removeprefix(space) for child in element]}")
    return found


@pytest.mark.long
def test_word_finds_everything_in_its_order(every_kind: dict[str, tuple[Document, Path]], tmp_path: Path) -> None:
    from xinfang_cli.documents.bulletin import template
    from xinfang_cli.formats import word

    for kind, (document, folder) in every_kind.items():
        assert out_of_order(folder / f"{kind}.docx") == []
        word.write(template.starting_document(kind, ("acceptance", "completion")), tmp_path / "t.docx")
        assert out_of_order(tmp_path / "t.docx") == []
        assert document.tables


def test_the_workbook_has_native_charts_and_typed_cells(files: dict[str, Path], june: Document) -> None:
    from openpyxl import load_workbook

    book = load_workbook(files["xlsx"])
    assert book.sheetnames == ["正文", *(table.sheet for table in june.tables), "图表", "图表数据"]
    with ZipFile(files["xlsx"]) as package:
        charts = [name for name in package.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) == len(june.charts) == 5
    overdue = book["超期未办"]
    assert isinstance(overdue["E3"].value, datetime)
    assert isinstance(overdue["F3"].value, int)
    assert book["四率本期"].freeze_panes == "B4"
    assert book["四率本期"].print_title_rows == "$1:$3"


def test_every_chart_of_the_page_has_its_marks_and_an_alternative(files: dict[str, Path], june: Document) -> None:
    page = files["html"].read_text("utf-8")
    drawn = re.findall(r'<svg .*?role="img".*?</svg>', page, re.S)
    assert len(drawn) == len(june.charts)
    for chart, svg in zip(june.charts, drawn, strict=True):
        known = sum(value is not None for _, values in chart.series for value in values)
        assert svg.count('class="mark"') == known
        assert f"<title>{chart.title}</title>" in svg
        assert f"<desc>{chart.title}。" in svg
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


@pytest.fixture(scope="module")
def every_kind(district_book: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Document, Path]]:
    """The four kinds of bulletin of the example district, each as a document and the folder of its files."""
    at = Session(district_book, date(2023, 7, 17), "测试员")
    made = {}
    for period in (
        Period("week", date(2023, 7, 10), date(2023, 7, 16)),
        JUNE,
        Period("quarter", date(2023, 4, 1), date(2023, 6, 30)),
        Period("year", date(2023, 1, 1), date(2023, 12, 31)),
    ):
        folder = tmp_path_factory.mktemp(period.kind)
        document = out.document(office.bulletin(at, period))
        for form in ("docx", "xlsx", "html"):
            formats.write(document, folder / f"{period.kind}.{form}")
        made[period.kind] = (document, folder)
    return made


def as_pdf(paths: list[Path], folder: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not here")
    command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), *map(str, paths)], check=True, capture_output=True, timeout=180)


def words_of(pdf: Path) -> tuple[int, str]:
    """How many pages, and the text without blanks, in the order in which it was drawn.

    Not in the order of reading: that is guessed from the columns, which are others with other fonts.
    """
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not here")
    done = subprocess.run([program, "-raw", str(pdf), "-"], check=True, capture_output=True, timeout=60)
    text = done.stdout.decode()
    return text.count("\f"), re.sub(r"[\s\u200b]", "", text)


@pytest.mark.long
def test_libreoffice_opens_word_and_excel(every_kind: dict[str, tuple[Document, Path]], tmp_path: Path) -> None:
    """Turned into pages by another office program: every heading, unit and number of every table is on them."""
    paths = [folder / f"{kind}.docx" for kind, (_, folder) in every_kind.items()]
    as_pdf(paths, tmp_path)
    for kind, (document, _) in every_kind.items():
        pages, text = words_of(tmp_path / f"{kind}.pdf")
        assert pages == 2 if kind == "week" else pages > 8, kind  # the weekly one is a single sheet
        for table in document.tables:
            assert re.sub(r"\s", "", table.title) in text
            for column in table.columns:
                assert column.heading in text, (kind, table.key, column.heading)
            for row in table.rows:
                for value, column in zip(row.cells, table.columns, strict=True):
                    assert re.sub(r"\s", "", model.shown(value, column.kind))[:6] in text
        for part in document.sections:
            for paragraph in part.paragraphs:
                for number in re.findall(r"\d+\.\d\d%", paragraph):
                    assert number in text
    (tmp_path / "sheets").mkdir()
    as_pdf([folder / f"{kind}.xlsx" for kind, (_, folder) in every_kind.items()], tmp_path / "sheets")
    for kind, (document, _) in every_kind.items():
        _, text = words_of(tmp_path / "sheets" / f"{kind}.pdf")
        for chart in document.charts:
            assert re.sub(r"\s", "", chart.title) in text, (kind, chart.title)


BROWSER = """
<script>
addEventListener('load', () => {
  const wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
  const cut = [...document.querySelectorAll('svg text')].filter(t => {
    const box = t.getBBox(), view = t.ownerSVGElement.viewBox.baseVal;
    return box.x < -1 || box.y < -1 || box.x + box.width > view.width + 1 || box.y + box.height > view.height + 1;
  }).map(t => t.textContent);
  const hidden = [...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth + 1)
    .map(s => (s.querySelector('table') || {}).id || 'chart');
  const mute = [...document.querySelectorAll('svg')].filter(s => s.getAttribute('role') != 'img'
    || !s.querySelector(':scope > title').textContent || !s.querySelector(':scope > desc').textContent).length;
  const flat = [...document.querySelectorAll('.mark')].filter(m => !m.getBoundingClientRect().height).length;
  document.title = JSON.stringify({wide, room, cut, hidden, mute, flat,
    marks: document.querySelectorAll('.mark').length, errors: window.errors});
});
</script>
"""


@pytest.mark.long
@pytest.mark.parametrize("width", [400, 794, 1280])
@pytest.mark.parametrize("kind", ["week", "month", "quarter", "year"])
def test_chromium_draws_it_without_error_or_overflow(
    width: int, kind: str, every_kind: dict[str, tuple[Document, Path]], tmp_path: Path
) -> None:
    """In a real browser: nothing in its console, every chart with its marks and words, nothing wider than the window."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not here")
    document, folder = every_kind[kind]
    watch = "<script>window.errors = []; addEventListener('error', e => errors.push(e.message), true);</script>"
    page = (folder / f"{kind}.html").read_text("utf-8").replace("<head>", f"<head>{watch}")
    (tmp_path / "page.html").write_text(page.replace("</body>", f"{BROWSER}</body>"), "utf-8")
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile",
         "--enable-logging=stderr", f"--window-size={width},1200", "--virtual-time-budget=2000", "--dump-dom",
         f"file://{tmp_path}/page.html"],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    found = re.search(r"<title>(\{.*?\})</title>", done.stdout.decode())
    assert found
    seen = json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&"))
    assert "CONSOLE" not in done.stderr.decode(errors="replace")
    assert seen["errors"] == []
    assert seen["cut"] == []
    assert seen["mute"] == 0
    assert seen["wide"] <= seen["room"]
    assert seen["marks"] == sum(v is not None for c in document.charts for _, values in c.series for v in values)
    if width == 1280:
        assert seen["hidden"] == []  # at a desk nothing has to be scrolled sideways


@pytest.mark.long
@pytest.mark.parametrize("kind", ["week", "month", "quarter", "year"])
def test_printed_on_a4_no_column_is_cut(
    kind: str, every_kind: dict[str, tuple[Document, Path]], tmp_path: Path
) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not here")
    document, folder = every_kind[kind]
    subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile",
         "--no-pdf-header-footer", f"--print-to-pdf={tmp_path}/page.pdf", f"file://{folder}/{kind}.html"],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not here")
    done = subprocess.run(
        [program, "-bbox", str(tmp_path / "page.pdf"), "-"], check=True, capture_output=True, timeout=60
    )
    boxes = done.stdout.decode()
    for page in re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', boxes, re.S):
        wide, tall = float(page[0]), float(page[1])
        assert sorted((round(wide), round(tall))) in ([595, 841], [595, 842])
        for right in re.findall(r'xMax="([\d.]+)"', page[2]):
            assert float(right) <= wide
    text = re.sub(r"\s", "", "".join(re.findall(r"<word[^>]*>(.*?)</word>", boxes)))
    for table in document.tables:
        for column in table.columns:
            assert column.heading in text, (table.key, column.heading)


@pytest.mark.parametrize("accused", ["乙", "丙"])
def test_no_unit_is_left_over_by_the_named_cases(
    accused: str, case: Callable[..., Any], session: Callable[..., Session]
) -> None:
    """Whoever takes the named cases from each unit's own figure, of a month, its quarter and later lists, has three units:
    the same, whichever of them has the accusation."""
    at = session(today="2024-09-30")
    for unit in "甲乙丙丁戊己":
        kind = "accusation" if unit == accused else "appeal"
        case("2024-03-01", at=at, kind=kind).assign("2024-03-02", to=f"测试{unit}局")
        case("2024-02-01", at=at).assign("2024-02-02", to=f"测试{unit}局")  # open since, of ordinary cases alone
    spans = (("month", 3, 3), ("quarter", 1, 3), ("month", 4, 4), ("month", 7, 7), ("year", 1, 12))
    left: dict[str, set[str]] = {}
    named = set()
    for kind, first, last in spans:
        period = Period(kind, date(2024, first, 1), date(2024, last, {3: 31, 4: 30, 7: 31, 12: 31}[last]))
        made = unnamed.as_published(office.bulletin(at, period))
        named |= {(row.clock, row.case_no) for row in made.overdue}
        named |= {(what, row.case_no) for what, rows in made.problems.items() for row in rows}
        for what in ("acceptance", "completion"):
            for row in made.now.rows if period.kind != "year" and period.last.month < 5 else ():
                late = row.rates[what].denominator - row.rates[what].numerator
                if late > sum(one.unit == row.name for one in made.problems[what]):
                    left.setdefault(what, set()).add(row.name)
    assert left["acceptance"] == {"测试甲局", "测试乙局", "测试丙局"}
    assert not {("acceptance", f"XF2024-{n:06d}") for n in (1, 3, 5)} & named
    assert {("acceptance", f"XF2024-{n:06d}") for n in (2, 4, 6, 7, 9, 11)} <= named
    assert [unnamed.few(n) for n in (1, 2, 3, 4)] == ["<3", "<3", "3", "4"]


@pytest.mark.parametrize("accused", [2, 4])
def test_a_unit_does_not_find_in_its_own_file_which_of_its_cases_is_an_accusation(
    accused: int, case: Callable[..., Any], session: Callable[..., Session]
) -> None:
    """Neither one that complains of it nor another is named, nor the ordinary case beside it, on any sheet."""
    from xinfang_cli.documents import appeal as workbook
    from xinfang_cli.office.figures.appeal import appeal

    at = session(today="2024-06-30")
    for n in range(5):
        kind = "accusation" if n == accused else "appeal"
        case("2024-03-01", at=at, kind=kind).assign("2024-03-02", to="测试局")
    found = appeal(at, "测试局", period_of(date(2024, 3, 1), date(2024, 3, 31)))
    assert found.row.rates["acceptance"].denominator == len(found.behind["acceptance"]) == 5
    gone = [row for row in found.behind["acceptance"] if row.case_no is None]
    assert len(gone) == 2
    assert [row._replace(part="") for row in gone] == [
        stats.OpenedCase(None, stats.HIDDEN, None, "", *(None,) * 12, False)
    ] * 2
    named = [{row.case_no for row in rows} for rows in found.behind.values() if rows]
    assert all(row == named[0] for row in named)
    assert f"XF2024-{accused + 1:06d}" not in str(workbook.tables(found))
