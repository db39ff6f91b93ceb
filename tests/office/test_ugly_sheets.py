"""Sheets as offices have them, made by hand, each with what must come into the book; and broken ones."""

from __future__ import annotations

import csv
import datetime
import io
import random
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import shown_case
from xinfang_cli.documents import unit_sheets as out
from xinfang_cli.errors import XinfangError
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.office.exchange import collecting, unit_sheets
from xinfang_cli.office.exchange.headings import Headings
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.figures import reconcile
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.find import lists
from xinfang_cli.office.session import Session

pytestmark = pytest.mark.long

D = datetime.date
HEAD = ["登记编号", "收到日期", "概况", "姓名", "责任单位", "转办日期", "受理日期"]


@pytest.fixture
def at(session: Callable[..., Session]) -> Session:
    return session()


def taken(at: Session, path: Path) -> dict[str, tuple[Any, ...]]:
    """What came in: number → (received, title, unit, assigned, accepted)."""
    rows = lists.listed(at, lists.CasesAsked(ListFilter())).lines
    return {row.case_no: (row.received_on, row.title, row.unit, row.assigned_on, row.accepted_on) for row in rows}


def test_merged_hidden_two_headers_totals_notes_formulas(at: Session, tmp_path: Path) -> None:
    """One workbook with all of it: what a person sees as data comes in, hidden rows too; the foot does not."""
    path = tmp_path / "台账.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("6月")
    day = book.add_format({"num_format": "yyyy/m/d"})
    page.merge_range("A1:H1", "××区信访台账")
    page.merge_range("A2:H2", "填报单位：××镇  2023年6月")
    page.merge_range("A3:A4", "序号")
    page.merge_range("B3:B4", "登记编号")
    page.merge_range("C3:D3", "信访情况")
    page.merge_range("E3:G3", "办理情况")
    page.merge_range("H3:H4", "备注")
    for place, heading in enumerate(("收到日期", "概况", "责任单位", "转办日期", "受理时间")):
        page.write(3, 2 + place, heading)
    for n in range(4):
        page.write_formula(4 + n, 0, f"=ROW()-{4}", None, n + 1)
        page.write(4 + n, 1, f"XF2023-00000{n + 1}")
        page.write_datetime(4 + n, 2, D(2023, 6, 1 + n), day)
        page.write_formula(4 + n, 3, '="反映"&"路灯"', None, f"反映路灯{n + 1}")
        page.write(4 + n, 4, "教育局")
        page.write_number(4 + n, 5, 45078 + n)  # 2023-06-01, and no format to say so
        page.write_string(4 + n, 7, "  ")
    page.set_row(6, None, None, {"hidden": True})
    page.set_column(5, 5, None, None, {"hidden": True})
    page.write(9, 0, "合计")
    page.write_formula(9, 3, "=COUNTA(D5:D8)", None, 4)
    page.write(10, 0, "注：1.本表按月填报。2.不含越级访。")
    page.write(12, 1, "填表人：测试甲")
    book.close()
    said = Headings({"办理情况受理时间": "accepted_on"})
    report = run.import_ledger(at, path, headings=said)
    assert (report.rows, report.imported, report.rejected) == (4, 4, 0)
    assert taken(at, path)["XF2023-000003"] == ("2023-06-03", "反映路灯3", "教育局", "2023-06-03", None)


@pytest.mark.parametrize("old", [False, True])
def test_days_counted_from_1904(at: Session, tmp_path: Path, old: bool) -> None:
    path = tmp_path / ("a.xls" if old else "a.xlsx")
    row = ["XF2023-000001", D(2023, 6, 1), "反映甲", "测试甲", "教育局", D(2023, 6, 2), D(2023, 6, 5)]
    if old:
        legacy = xlwt.Workbook()
        legacy.dates_1904 = True
        page = legacy.add_sheet("表")
        style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        for place, (heading, cell) in enumerate(zip(HEAD, row, strict=True)):
            page.write(0, place, heading)
            page.write(1, place, cell, *([style] if isinstance(cell, D) else []))
        legacy.save(str(path))
    else:
        book = xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy-mm-dd"})
        page = book.add_worksheet()
        for place, (heading, cell) in enumerate(zip(HEAD, row, strict=True)):
            page.write(0, place, heading)
            page.write(1, place, cell)
        book.close()
    assert run.import_ledger(at, path).imported == 1
    assert taken(at, path)["XF2023-000001"] == ("2023-06-01", "反映甲", "教育局", "2023-06-02", "2023-06-05")


@pytest.mark.parametrize("blank", ["-", "/", "无", "\\N", "——", " ", "－"])
def test_what_stands_for_nothing(at: Session, tmp_path: Path, blank: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        f"登记编号,收到日期,概况,责任单位,转办日期,受理日期\nXF2023-000001,2023-06-01,甲,{blank},{blank},{blank}\n"
    )
    assert run.import_ledger(at, path).imported == 1
    assert taken(at, path)["XF2023-000001"] == ("2023-06-01", "甲", None, None, None)


def test_ticks_counts_names_and_two_days_in_a_cell(at: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "登记编号,收到日期,概况,姓名,信访人数,是否初次\n"
        "XF2023-000001,2023-06-01,甲,测 试　甲,共3人,√\n"
        "XF2023-000002,2023-06-02,乙,测试乙,６人,否\n"
        "XF2023-000003,2023-06-01至2023-06-02,丙,测试丙,1,是\n",
        encoding="utf-8",
    )
    report = run.import_ledger(at, path)
    assert [(reason.row, reason.column) for reason in report.reasons()] == [(4, "收到日期")]
    assert "两个日期" in next(iter(report.reasons())).reason
    first, second = (shown_case(at, f"XF2023-00000{n}", reveal=True) for n in (1, 2))
    assert (first["petitioner"]["name"], first["headcount"], first["first"]) == ("测试甲", 3, True)
    assert (second["headcount"], second["first"]) == (6, False)


PLAIN = ["XF2023-000001", "2023-06-01", "反映路灯,很暗", "测试甲", "教育局", "2023-06-02", "2023-06-05"]


def as_text(path: Path, encoding: str, delimiter: str, before: str = "", end: str = "\r\n", after: bytes = b"") -> None:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator=end).writerows([HEAD, PLAIN])
    path.write_bytes((before + made.getvalue()).encode(encoding) + after)


def as_book(path: Path, *rows: list[Any], change: Callable[[Any], None] = lambda book: None) -> None:
    book = openpyxl.Workbook()
    for row in rows or (HEAD, PLAIN):
        book.active.append(row)
    change(book)
    book.save(path)


def with_index(book: Any) -> None:
    page = book.create_sheet("目录", 0)
    for row in (["序号", "工作表", "说明"], [1, "Sheet", "六月台账"]):
        page.append(row)
    book.create_sheet("统计").append(["单位", "件数"])


def filtered_and_hidden(book: Any) -> None:
    page = book.active
    page.auto_filter.ref = "A1:G2"
    page.row_dimensions[2].hidden = True
    page.column_dimensions["F"].hidden = True
    page.freeze_panes = "B2"
    page.protection.sheet = True


def old_workbook(path: Path) -> None:
    """As WPS saves it: Chinese date formats, numbers as text."""
    book = xlwt.Workbook(encoding="gbk")
    page = book.add_sheet("Sheet1")
    style = xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日";@')
    for place, (heading, cell) in enumerate(zip(HEAD, PLAIN, strict=True)):
        page.write(0, place, heading)
        is_day = cell.startswith("2023-")
        page.write(1, place, D.fromisoformat(cell) if is_day else cell, *([style] if is_day else []))
    book.save(str(path))


AS_OFFICES_HAVE_THEM: dict[str, Callable[[Path], None]] = {
    "gb18030.csv": lambda path: as_text(path, "gb18030", ","),
    "utf8-bom.csv": lambda path: as_text(path, "utf-8-sig", ","),
    "tabs.csv": lambda path: as_text(path, "utf-8", "\t"),
    "semicolons.csv": lambda path: as_text(path, "gb18030", ";"),
    "sep-line.csv": lambda path: as_text(path, "gb18030", ",", "sep=,\r\n"),
    "sep-semicolon.csv": lambda path: as_text(path, "utf-8-sig", ";", "sep=;\r\n"),
    "unicode-text.txt": lambda path: as_text(path, "utf-16", "\t"),
    "unicode-be.csv": lambda path: as_text(path, "utf-16-be", "\t", "\ufeff"),
    "mac.csv": lambda path: as_text(path, "gb18030", ",", end="\r"),
    "ctrl-z.csv": lambda path: as_text(path, "gb18030", ",", after=b"\x1a"),
    "index-first.xlsx": lambda path: as_book(path, change=with_index),
    "filtered.xlsx": lambda path: as_book(path, change=filtered_and_hidden),
    "apostrophes.xlsx": lambda path: as_book(path, HEAD, [f"'{c}" if c[:1] in "X2" else c for c in PLAIN]),
    "blank-rows.xlsx": lambda path: as_book(path, [], ["台账"], [], HEAD, [], PLAIN, [], [None, "  "]),
    "headings.xlsx": lambda path: as_book(path, [f"{n}、*{h}（必填）：" for n, h in enumerate(HEAD, 1)], PLAIN),
    "full-width.xlsx": lambda path: as_book(
        path, HEAD, ["ＸＦ２０２３－０００００１", "２０２３．６．１", *PLAIN[2:5], "2023年6月2日 上午", "45082"]
    ),
    "wps.xls": old_workbook,
}


@pytest.mark.parametrize("name", AS_OFFICES_HAVE_THEM)
def test_sheets_as_offices_have_them(at: Session, tmp_path: Path, name: str) -> None:
    AS_OFFICES_HAVE_THEM[name](tmp_path / name)
    report = run.import_ledger(at, tmp_path / name)
    assert (report.rows, report.imported, list(report.reasons())) == (1, 1, [])
    want = ("2023-06-01", "反映路灯,很暗", "教育局", "2023-06-02", "2023-06-05")
    assert taken(at, tmp_path / name) == {"XF2023-000001": want}
    again = run.import_ledger(at, tmp_path / name)
    assert (again.imported, again.already_there, again.differs) == (0, 1, ())


def test_an_id_number_kept_as_a_number_has_lost_its_end(at: Session, tmp_path: Path) -> None:
    head, row = [*HEAD, "证件号码"], [*PLAIN, 110101199003070003]
    as_book(tmp_path / "a.xlsx", head, row, ["XF2023-000002", *PLAIN[1:], "110101199003070003"])
    report = run.import_ledger(at, tmp_path / "a.xlsx")
    assert report.imported == 2
    told = {warning.kind: warning.rows for warning in report.warnings}
    assert (told["id_digits"], "id_checksum" in told) == ((2,), False)


def test_what_another_row_says_and_what_a_formula_did_not(at: Session, tmp_path: Path) -> None:
    """Nothing is guessed and nothing lost without a word: such a row goes back with every cell named."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    page.append(HEAD)
    page.append(["XF2023-000001", D(2023, 6, 1), "甲", "测试甲", "教育局", D(2023, 6, 2), D(2023, 6, 5)])
    page.append(["XF2023-000002", D(2023, 6, 1), "乙", "同上", "同上", "〃", None])
    page.append(["XF2023-000003", D(2023, 6, 1), '="丙"', "测试丙", "#N/A", "=B2+1", None])
    page.append(["=A4", "=B4", None, None, None, None, None])
    page.append(["合计", None, "=COUNTA(C2:C4)", None, None, None, None])
    book.save(path)
    report = run.import_ledger(at, path)
    assert (report.rows, report.imported, report.passed_over) == (4, 1, 1)
    assert [(reason.row, reason.column) for reason in report.reasons()] == [
        *((3, heading) for heading in ("责任单位", "转办日期", "姓名")),
        *((4, heading) for heading in ("概况", "责任单位", "转办日期")),
        *((5, heading) for heading in ("登记编号", "收到日期")),
    ]
    assert report.new_units == ("教育局",)


@pytest.mark.parametrize("shown", ["#N/A", "#DIV/0!", "#REF!", "Err:502"])
def test_what_a_failed_formula_shows_is_no_text(at: Session, tmp_path: Path, shown: str) -> None:
    path = tmp_path / "a.csv"
    said = f"A1,2023-05-04,{shown},测试甲,教育局,2023-05-05\nA2,2023-05-05,反映供水,测试乙,{shown},2023-05-06\n"
    path.write_text(f"登记编号,收到日期,概况,姓名,责任单位,转办日期\n{said}A3,2023-05-06,#5楼漏水,测试丙,,\n", "utf-8")
    report = run.import_ledger(at, path)
    assert (report.imported, report.rejected) == (1, 2)
    assert report.rejects is not None
    assert [[reason[0] for reason in row.reasons] for row in report.rejects] == [["概况"], ["责任单位"]]
    assert all(shown in row.reasons[0][1] for row in report.rejects)


@pytest.mark.parametrize(("length", "told"), [(32_766, ()), (32_767, (2,)), (32_768, ())])
def test_a_cell_that_is_full_was_cut_off(at: Session, tmp_path: Path, length: int, told: tuple[int, ...]) -> None:
    for heading in ("内容", "别局的列"):
        path = tmp_path / f"{heading}.csv"
        path.write_text(
            f"登记编号,收到日期,概况,姓名,{heading}\n{heading[0]}1,2023-05-04,供水,测试甲,{'字' * length}\n", "utf-8"
        )
        warnings = {warning.kind: warning.rows for warning in run.import_ledger(at, path).warnings}
        assert tuple(warnings.get("cell_full", ())) == told


def test_headings_with_line_breaks_are_said_in_one_line(at: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["1、登记编号（必填）", "* 收到日期\n（必填）", "概况：", "【姓名】", "领导\n批示"])
    book.active.append(["XF2023-000001", "2023-06-01\n2023-06-02", "甲", "测试甲", "阅"])
    book.active.append(["XF2023-000002", "2023.6.2 上午", "乙", "测 试 乙", "转"])
    book.save(path)
    report = run.import_ledger(at, path)
    [reason] = report.reasons()
    assert (reason.row, reason.column) == (2, "* 收到日期 （必填）")
    assert "\n" not in reason.reason
    assert "两个日期" in reason.reason
    assert shown_case(at, "XF2023-000002", reveal=True)["received_on"] == "2023-06-02"


# ---- broken ones --------------------------------------------------------------------------------------------------


def read_as_everything(at: Session, path: Path) -> None:
    """A file handed to every command that reads one: taken or refused in one Chinese line, never anything else."""
    for act in (
        lambda: run.import_ledger(at, path, run.Choices(dry_run=True)),
        lambda: collecting.plan(at, [path]),
        lambda: reconcile.reconcile(at, path, FiguresRequest(D(2023, 6, 1), D(2023, 6, 30))),
    ):
        try:
            act()
        except XinfangError as error:
            said = error.line()
        else:
            said = "读了"
        assert said.splitlines() == [said]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(min_size=1, max_size=400),
    magic=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", "单位,件数\n".encode()]),
)
def test_random_bytes(at: Session, tmp_path: Path, content: bytes, magic: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(magic + content)
    read_as_everything(at, path)


def test_mutated_sheets_of_our_own(case: Callable[..., Any], at: Session, tmp_path: Path) -> None:
    """Bytes changed, cut and doubled in a workbook that went out to a unit."""
    case("2023-06-01", ("assign", "2023-06-02", {"to": "教育局"}))
    [path] = out.write_all(
        unit_sheets.issue(at, ["教育局"], every=False, reveal=False),
        tmp_path,
        force=True,
    )
    whole = path.read_bytes()
    chance = random.Random(7)
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        if chance.random() < 0.3:
            del broken[chance.randrange(len(broken)) :]
        path.write_bytes(bytes(broken))
        read_as_everything(at, path)


def test_cells_of_a_returned_sheet_that_hold_anything(case: Callable[..., Any], at: Session, tmp_path: Path) -> None:
    number = case("2023-06-01", ("assign", "2023-06-02", {"to": "教育局"})).no
    [path] = out.write_all(
        unit_sheets.issue(at, ["教育局"], every=False, reveal=False),
        tmp_path,
        force=True,
    )
    for value in (
        "=1+1",
        1e300,
        -1,
        True,
        "x" * 30000,
        "[红]",
        D(1901, 1, 1),
        datetime.time(8, 0),
        "2023-06-03 2023-06-04",
    ):
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        for cell in page[4][13:]:
            cell.value = value
        book.save(tmp_path / "b.xlsx")
        found = collecting.plan(at, [tmp_path / "b.xlsx"]).shown
        assert {refusal.case_no for refusal in found.files[0].refused} == {number}
        assert (found.refused, found.events) == (1, 0)


def test_a_bomb_is_refused_in_bounded_memory(at: Session, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (300 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read_as_everything(at, tmp_path / "a.xlsx")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000
