"""Bulletins from an office's own Word templates: the same words and numbers as the program's own form, or one line why not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document as Word

from tests.output.test_letters import own_template
from tests.output.test_reports import JUNE, out_of_order, read_docx
from xinfang_cli import formats
from xinfang_cli.documents import bulletin as out
from xinfang_cli.documents.bulletin import template as templates
from xinfang_cli.errors import BadValue, Unusable
from xinfang_cli.law.periods import Period
from xinfang_cli.law.rules import statutory
from xinfang_cli.office.figures import bulletin as office
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.office.session import Session
from xinfang_cli.present.steps import worded

pytestmark = pytest.mark.long

PERIODS = {
    "week": Period("week", date(2023, 7, 10), date(2023, 7, 16)),
    "month": JUNE,
    "quarter": Period("quarter", date(2023, 4, 1), date(2023, 6, 30)),
    "year": Period("year", date(2023, 1, 1), date(2023, 12, 31)),
}
FOUR = tuple(statutory().settings["four_rates"])
Grid = list[list[str]]


def filled(made: Bulletin, path: Path) -> bytes:
    form = templates.form(made.period.kind, path, made.now.four_rates)
    return form.fill(templates.context(made, out.document(made)))


def paragraphs(content: bytes | Path) -> list[str]:
    word = Word(str(content) if isinstance(content, Path) else BytesIO(content))
    said = [paragraph.text.replace("\u200b", "").strip() for paragraph in word.paragraphs]
    return [text for text in said if text]


def same(made: Bulletin, folder: Path) -> None:
    """What the starting template makes is what the program's own form makes."""
    document = out.document(made)
    formats.write(document, folder / "own.docx")
    formats.write(templates.starting_document(made.period.kind, made.now.four_rates), folder / "template.docx")
    (folder / "filled.docx").write_bytes(filled(made, folder / "template.docx"))
    assert paragraphs(folder / "filled.docx") == [
        text for text in paragraphs(folder / "own.docx") if text != "抄送：" or document.copied
    ]

    def cells(path: Path) -> dict[str, Grid]:
        # a row that says 无 is one cell there and as many here as the columns
        return {title: [row if any(row[1:]) else row[:1] for row in grid] for title, grid in read_docx(path).items()}

    assert cells(folder / "filled.docx") == cells(folder / "own.docx")


@pytest.mark.parametrize("kind", PERIODS)
def test_the_template_to_start_from_makes_the_program_s_own_form(kind: str, district: Session, tmp_path: Path) -> None:
    same(office.bulletin(district, PERIODS[kind]), tmp_path)


@pytest.mark.parametrize("kind", PERIODS)
def test_also_where_there_is_next_to_nothing(
    kind: str, case: Callable[..., Any], session: Callable[..., Session], tmp_path: Path
) -> None:
    """No backlog, no reception, no rank of a superior, nothing closed."""
    case("2023-06-01", at=session(today="2023-07-17"))
    same(office.bulletin(session(today="2023-07-17"), PERIODS[kind]), tmp_path)


def test_four_rates_of_the_office_s_own_choice(own_district: Callable[..., Session], tmp_path: Path) -> None:
    from xinfang_cli.office.keeping import settings

    at = own_district()
    settings.change(at, settings.Wanted("four_rates", "dispatch,repeat,backlog"))
    same(office.bulletin(at, JUNE), tmp_path)


@pytest.mark.parametrize("kind", PERIODS)
def test_every_field_that_is_listed_can_be_written(kind: str, district: Session, tmp_path: Path) -> None:
    made = office.bulletin(district, PERIODS[kind])
    rows = [row._asdict() for row in templates.listed(kind, FOUR).fields]
    for way in ("name", "field"):
        lines = [
            f"{{{{ {row[way]} }}}}" for row in rows if not row[way].startswith("行.") and "整表" not in row["name"]
        ]
        whole = [f"{{{{p {row[way]} }}}}" for row in rows if "整表" in row["name"]]
        cells: list[str] = []
        table = ""
        for row in rows:
            if row["name"].startswith("行."):
                cells.append(f"{{{{ {row[way]} }}}}")
            elif "各行" in row["meaning"]:
                table = row[way]
                cells += ["{%tr endfor %}"] if cells else []
                cells.append(f"{{%tr for 行 in {table} %}}")
        path = own_template(tmp_path / f"{way}.docx", *lines, *whole, table=[*cells, "{%tr endfor %}"])
        assert len(paragraphs(filled(made, path))) > len(rows) / 2


def test_the_figures_of_a_template_are_those_of_stats(district: Session, tmp_path: Path) -> None:
    made = office.bulletin(district, JUNE)
    path = own_template(
        tmp_path / "t.docx",
        "{{ 时期 }}{{ 辖区 }}收到 {{ 本期.件数 }} 件，环比{{ 本期.件数.环比 }}，同比：{{ now.cases.year_ago }}；累计 {{ 累计.件数 }} 件",
        "{{ 本期.按期办结率 }}＝{{ 本期.按期办结率.分子 }}/{{ 本期.completion.denominator }}，{{ 本期.按期办结率.环比 }}",
        "{% if 本期.重复件 > 50 %}重复件 {{ 本期.重复件 }} 件{% endif %}",
        "{{ 累计.一次性化解率.句 }}",
        "{{ 落款单位 }}",
    )
    rate = made.now.rates["completion"]
    said = paragraphs(filled(made, path))
    assert said[0] == f"2023年6月全区收到 {made.now.volumes['cases']} 件，环比上升 1.26%，同比：无数据；累计 919 件"
    assert said[1] == f"{rate.percent}%＝{rate.numerator}/{rate.denominator}，下降 3.63 个百分点"
    assert said[2] == f"重复件 {made.now.volumes['repeat']} 件"
    assert said[3].startswith("一次性化解率 96.00%（648/675）")
    assert len(said) == 5


def test_a_whole_table_brings_its_form_along(district: Session, tmp_path: Path) -> None:
    """In a file that has none of the program's styles."""
    made = office.bulletin(district, JUNE)
    path = own_template(tmp_path / "t.docx", "表一", "{{p 四率表.整表 }}", "{{p overdue_table.whole }}")
    (tmp_path / "filled.docx").write_bytes(filled(made, path))
    word = Word(str(tmp_path / "filled.docx"))
    formats.write(out.document(made), tmp_path / "own.docx")
    own = [table for title, table in read_docx(tmp_path / "own.docx").items() if title[:3] in ("附件2", "附件3")]
    found = [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]
    assert found[0][2:] == own[0]
    assert found[1][1:] == own[2]
    with ZipFile(tmp_path / "filled.docx") as package:
        text = package.read("word/document.xml").decode()
    assert "w:tblBorders" in text
    assert 'w:tblStyle w:val="TableGrid"' not in text
    assert out_of_order(tmp_path / "filled.docx") == []


def test_what_people_wrote_stays_text(
    case: Callable[..., Any], session: Callable[..., Session], tmp_path: Path
) -> None:
    at = session(today="2024-06-30")
    case("2024-03-01", at=at, title="<w:p>{{ 标题 }}</w:p>\x07尾 & {%p if x %}").assign("2024-03-02", to="测试<b>镇")
    same(office.bulletin(at, Period("month", date(2024, 3, 1), date(2024, 3, 31))), tmp_path)


BROKEN: dict[str, tuple[tuple[str, ...], list[str] | None, str, str]] = {
    "a field that is not there": (("{{ 信访总数 }}",), None, "信访总数", "信访总量"),
    "a part that is not there": (("{{ 本期.按期办结率.分 }}",), None, "分", "分子"),
    "a figure that is not there": (("{{ 本期.件总数 }}",), None, "件总数", "件数"),
    "a cell that is not there": ((), ["{%tr for 行 in 四率表 %}", "{{ 行.单位名 }}", "{%tr endfor %}"], "单位名", "单位"),
    "a tag left open": (("{% if 抄送 %}抄送",), None, "{% %}", "endif"),
    "not to be read": (("{{ 标题 + }}",), None, "{{ 标题 + }}", "{{ 标题 }}"),
    "a table torn": (("{% if 积案表 %}",), ["{% endif %}"], "{% %}", "整段"),
    "of another kind": (("{{ 责任单位 }}",), None, "责任单位", "report --fields month"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "table", "field", "hint"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_template_says_what_is_wrong(
    lines: tuple[str, ...], table: list[str] | None, field: str, hint: str, tmp_path: Path
) -> None:
    path = own_template(tmp_path / "坏的.docx", *lines, table=table)
    with pytest.raises(BadValue) as said:
        templates.form("month", path, FOUR)
    assert f"「{field}」" in said.value.line()
    assert hint in worded(said.value.line())
    assert "\n" not in said.value.line()


ENDLESS = (
    "{{ 'x' * 9999999999 }}",
    "{{ 9 ** 999999999 }}",
    "{{ (9 ** 99999) ** 99999 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ 'x'|center(999999999) }}",
    "{{ 'x'.ljust(999999999) }}",
    "{{ '{:999999999}'.format(1) }}",
    "{{ '%999999999d'|format(1) }}",
    "{{ 标题.replace('', 'x' * 200) }}",
    "{% set x = 'x' * 99999 %}{% for a in x %}{% endfor %}",
    "{% for a in 'xxxxxxxx' %}{% endfor %}",
    "{% for a in 四率表 %}{% for b in 四率表 %}{% for c in 四率表 %}{% endfor %}{% endfor %}{% endfor %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% for a in range(99999) %}{% endfor %}",
    "{{ lipsum(n=99999999) }}",
)


@pytest.mark.parametrize("text", ENDLESS)
def test_a_template_without_end_is_refused(text: str, tmp_path: Path) -> None:
    path = own_template(tmp_path / "a.docx", text)
    began = time.process_time()
    with pytest.raises(BadValue) as said:
        templates.form("month", path, FOUR)
    assert "\n" not in said.value.line()
    assert time.process_time() - began < 60  # it ends at all; unbounded it would take hours


def test_what_an_office_may_well_reckon(district: Session, tmp_path: Path) -> None:
    lines = "{{ 标题.replace('年', '-') }}{{ '%d' % 3 }}{{ 标题|replace('月', '/')|upper }}{{ 2 * 3 }}{{ '=' * 40 }}"
    path = own_template(tmp_path / "a.docx", lines)
    assert templates.form("month", path, FOUR)


def test_a_template_that_is_not_there_or_no_word_file(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="不存在") as gone:
        templates.form("week", tmp_path / "no.docx", FOUR)
    assert "config set template.week --default" in worded(gone.value.hint)
    (tmp_path / "wrong.docx").write_bytes(b"PK nothing")
    with pytest.raises(Unusable, match="不是 Word 文档"):
        templates.form("week", tmp_path / "wrong.docx", FOUR)


def test_the_fields_have_two_names_each() -> None:
    for kind in PERIODS:
        context = next(iter(templates.fields(kind, FOUR).samples))
        names = set(context)
        chinese = {name for name in names if not name.isascii()}
        assert len(chinese) * 2 == len(names)
        assert all(re.fullmatch(r"[\w]+", name) for name in names)
