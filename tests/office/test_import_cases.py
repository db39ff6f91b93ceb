"""Files as offices have them (tests/office/cases), and what must come out of each."""

from __future__ import annotations

import csv
import random
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from xinfang_cli.intake.closed_words import Sense
from xinfang_cli.law.fold import fold
from xinfang_cli.office.exchange.headings import Asking, Headings, Like, UnknownWord
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.exchange.importing.report import ImportReport, Receipt
from xinfang_cli.office.find import people
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.session import Session
from xinfang_cli.present import importing as words
from xinfang_cli.present.steps import worded

CASES = Path(__file__).with_name("cases")
TODAY = date(2023, 7, 17)


def adds_up(receipt: Receipt) -> bool:
    """Whether every line went somewhere."""
    parts = receipt.cases + receipt.already_there + sum(receipt.passed_over.values()) + receipt.turned_back
    return receipt.lines == parts + receipt.identical + receipt.struck_out + receipt.hidden


@pytest.fixture
def at(session: Callable[..., Session]) -> Session:
    return session(today=TODAY)


def take(at: Session, name: str, **said: Any) -> ImportReport:
    """The file, with a receipt that adds up; and once more, which adds nothing."""
    headings = Headings(sense=Sense(**said)) if said else None
    report = run.import_ledger(at, CASES / name, headings=headings)
    assert adds_up(report.receipt)
    again = run.import_ledger(at, CASES / name, headings=headings)
    assert adds_up(again.receipt)
    assert (again.imported, again.already_there, again.written) == (0, report.imported, False)
    return report


def cases(at: Session) -> dict[str, Any]:
    """Sheet number or place → the case."""
    with at.reading() as book:
        found = {}
        for case_id in range(1, book.bulk.next_case_id()):
            case = fold(book.events.of(case_id), book.code)
            if case is not None:
                found[case.sheet_no or str(case_id)] = case
        return found


def extras(at: Session, case_id: int) -> dict[str, str]:
    with at.reading() as book:
        return dict(book.events.of(case_id)[0].data.get("extras", {}))


def kinds(report: ImportReport) -> dict[str, tuple[int, ...]]:
    return {found.kind: found.rows for found in report.warnings}


def test_a_comma_too_many_turns_its_row_back(at: Session) -> None:
    report = take(at, "shift.csv")
    assert (report.imported, [reason.row for reason in report.reasons()]) == (1, [2])
    assert list(cases(at)) == ["A2"]


def test_deadlines_of_another_system_close_nothing(at: Session) -> None:
    take(at, "suggest.xlsx")
    found = cases(at)
    assert [case.closed_on for case in found.values()] == [None, None]
    assert [case.outside_completion_due for case in found.values()] == [date(2023, 7, 5)] * 2
    assert [case.repeat for case in found.values()] == [True, False]


def test_groups_are_counted_or_named(at: Session) -> None:
    report = take(at, "group.xlsx")
    found = cases(at)
    assert [found[number].headcount for number in ("A1", "A2", "A3")] == [8, 5, 12]
    assert [found[number].name for number in ("A1", "A2", "A3")] == ["测试甲", "测试乙", "测试庚"]
    assert extras(at, 2)["联名信访人"] == "测试丙、测试丁、测试戊、测试己"
    assert kinds(report)["group_without_count"] == (5,)


@pytest.mark.parametrize(
    ("channel", "name", "count", "said", "out"),
    [
        ("来访", "测试甲、测试乙等12人", "", "", (12, 2, "测试乙")),
        ("集体访", "测试甲、测试乙、测试丙", "8", "", (8, 3, "测试乙、测试丙")),
        ("来访", "测试甲、测试乙", "", "", (2, None, "测试乙")),
        ("来信", "测试甲、测试乙等12人", "", "", (12, None, "测试乙")),
        ("来访", "测试庚等12人", "", "", (12, 1, None)),
        ("来信", "测试庚等12人", "", "", (12, None, None)),
        ("来访", "测试庚等人", "", "", (1, 1, None)),
        ("来访", "测试庚等3名代表", "", "", (3, None, None)),
        ("来访", "测试小区业主（30人）", "", "", (30, None, None)),
        ("来访", "测试庚（代表12人）", "", "", (12, 1, None)),
        ("来访", "测试庚等人", "8", "", (8, 1, None)),
        ("来访", "测试庚等人", "1", "", (1, None, None)),
        ("来访", "测试庚等12人", "", "5人", (12, 5, None)),
        ("来访", "测试甲、测试乙等12人", "", "3", (12, 3, "测试乙")),
        ("来访", "测试庚", "12", "0", (12, None, None)),
    ],
)
def test_who_speaks_for_a_group(
    at: Session, tmp_path: Path, channel: str, name: str, count: str, said: str, out: tuple[int, int | None, str | None]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        f"登记编号,收到日期,概况,信访形式,姓名,信访人数,代表人数\nA1,2023-05-04,反映供水,{channel},{name},{count},{said}\n",
        "utf-8",
    )
    assert run.import_ledger(at, path).imported == 1
    with at.reading() as book:
        case = fold(book.events.of(1), book.code)
    assert case is not None
    assert (case.headcount, case.representatives, (case.extras or {}).get("联名信访人")) == out
    assert run.import_ledger(at, path).already_there == 1


def test_a_cell_of_several_units_makes_none(at: Session) -> None:
    report = take(at, "units2.xlsx")
    assert sorted(cases(at)) == ["A11", "A19", "A5"]
    assert report.new_units == ("教育局", "卫健委")
    assert {reason.column for reason in report.reasons()} == {"责任单位"}


@pytest.mark.parametrize(
    ("cell", "lead", "helpers"),
    [
        ("教育局(主办)卫健委(协办)", "教育局", ["卫健委"]),
        ("主办：教育局 协办：卫健委、住建局", "教育局", ["卫健委", "住建局"]),
        ("教育局牵头，卫健委和住建局配合", "教育局", ["卫健委", "住建局"]),
        ("太和街道（主办）", "太和街道", []),
        ("教育局（协办）、卫健委（协办）", None, []),
        ("教育局（主办）、卫健委", None, []),
        ("教育局（主办）、教育局（协办）", None, []),
        ("教育局、卫健委（主办）", None, []),
    ],
)
def test_who_leads_and_who_assists(
    at: Session, tmp_path: Path, cell: str, lead: str | None, helpers: list[str]
) -> None:
    path = tmp_path / "a.csv"
    rows = [HEAD, ["A1", *GOOD[1:5], cell, "2023-06-05", ""]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    report = run.import_ledger(at, path)
    assert report.imported == (lead is not None)
    if lead is None:
        assert report.new_units == ()
        return
    with at.reading() as book:
        names = book.units.names_by_id()
        events = book.events.of(1)
        case = fold(events, book.code)
        assert case is not None
        assert case.unit is not None
        assert names[case.unit] == lead
        assert [names[event.data["unit"]] for event in events if event.kind == "assist"] == helpers
        assert not any(clock.kind == "assistance" for clock in case.clocks)
    assert ("assist_without_day" in kinds(report)) == bool(helpers)
    again = run.import_ledger(at, path)
    assert (again.already_there, again.differs, again.written) == (1, (), False)


def test_rounded_numbers_are_nobodys(at: Session) -> None:
    report = take(at, "collide.xlsx")
    assert (report.imported, kinds(report)["id_digits"], report.likely) == (2, (2, 3), 0)


def test_masked_values_are_nobodys(at: Session) -> None:
    report = take(at, "masked.xlsx")
    assert (report.imported, report.likely) == (2, 0)
    assert "masked" in kinds(report)


def test_two_anonymous_letters_of_a_day_are_two(at: Session) -> None:
    report = take(at, "same.xlsx")
    assert (report.imported, kinds(report)["identical_rows"]) == (2, (2, 3))


def test_a_third_one_names_all_three(at: Session, tmp_path: Path) -> None:
    head, row = "收到日期,概况\n", "2023-06-01,反映供水\n"
    for rows, imported, told in ((2, 2, (2, 3)), (2, 0, None), (3, 1, (2, 3, 4)), (5, 2, (2, 3, 4, 5, 6))):
        (tmp_path / "a.csv").write_text(head + row * rows, encoding="utf-8")
        report = run.import_ledger(at, tmp_path / "a.csv")
        assert (report.imported, kinds(report).get("identical_rows")) == (imported, told)


def test_equals_of_two_sheets_are_named_with_their_sheets(at: Session, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name, rows in (("甲", 2), ("乙", 1)):
            page = book.add_worksheet(name)
            for number, cells in enumerate([["收到日期", "概况"], *[["2023-06-01", "反映供水"]] * rows]):
                page.write_row(number, 0, cells)
    report = run.import_ledger(at, tmp_path / "a.xlsx", run.Choices(sheet="all"))
    told = {found.sheet: found.rows for found in report.warnings if found.kind == "identical_rows"}
    assert told == {"甲": (2, 3), "乙": (2,)}


def test_somebody_may_say_that_they_are_one(at: Session) -> None:
    asked: list[Any] = []

    def same(rows: Any) -> bool:
        asked.append(rows)
        return True

    ask = Asking(lambda like: {}, lambda missing, left: {}, lambda: "", same=same)
    report = run.import_ledger(at, CASES / "same.xlsx", headings=Headings(ask=ask))
    assert (report.imported, report.receipt.identical, asked) == (1, 1, [[(2, 3)]])
    assert adds_up(report.receipt)


def test_words_of_satisfaction(at: Session) -> None:
    report = take(at, "w.xlsx")
    found = {number: case.unit_rating for number, case in cases(at).items()}
    satisfied, fair, dissatisfied = ("A0", "A3", "A7", "A18"), ("A1", "A4", "A5", "A6"), ("A2", "A20")
    assert {number for number, rating in found.items() if rating == "satisfied"} == set(satisfied)
    assert {number for number, rating in found.items() if rating == "fair"} == set(fair)
    assert {number for number, rating in found.items() if rating == "dissatisfied"} == set(dissatisfied)
    assert {number for number, rating in found.items() if rating is None} == {f"A{n}" for n in range(8, 14)}
    assert kinds(report)["ordinary_is_fair"] == (7,)
    assert {reason.row for reason in report.reasons()} == {16, 17, 18, 19, 21}
    assert all("--word" in worded(reason.reason) for reason in report.reasons())
    with at.reading() as book:
        kept = [book.events.of(n)[0].data.get("extras", {}).get("满意度") for n in range(1, 17)]
    assert [word for word in kept if word] == [
        *("一般", "其他", "无法联系", "拒绝评价", "弃权", "未表态", "满意（电话回访）", "不满意（无理）"),
    ]


def test_a_word_that_was_explained(at: Session) -> None:
    said = {"满意度:0": "不满意", "满意度:1": "满意", "一般": "不满意"}
    report = take(at, "w.xlsx", words=said)
    found = {number: case.unit_rating for number, case in cases(at).items()}
    assert (found["A14"], found["A15"], found["A5"]) == ("dissatisfied", "satisfied", "dissatisfied")
    assert {reason.row for reason in report.reasons()} == {18, 19, 21}


def test_unknown_words_are_asked_once_and_kept(at: Session) -> None:
    asked: list[UnknownWord] = []

    def answer(unknown: Any) -> dict[str, str]:
        asked.extend(unknown)
        return {f"{one.heading}:{one.word}": "满意" for one in unknown}

    ask = Asking(lambda like: {}, lambda missing, left: {}, lambda: "", words=answer)
    report = run.import_ledger(at, CASES / "w.xlsx", headings=Headings(name="回访", ask=ask, sense=Sense(year=2023)))
    assert (report.rejected, {one.word for one in asked}) == (0, {"0", "1", "是", "否", "满意/满意"})
    again = run.import_ledger(at, CASES / "w.xlsx", headings=Headings(name="回访"))
    assert (again.already_there, again.rejected) == (21, 0)


def test_days_without_a_year(at: Session) -> None:
    report = run.import_ledger(at, CASES / "md.xlsx")
    assert report.imported == 0
    assert all("--year 2023" in worded(reason.reason) for reason in report.reasons())
    take(at, "md.xlsx", year=2023)
    case = cases(at)["A1"]
    days = [case.received_on, case.assigned_on, case.accepted_on, case.closed_on]
    assert days == [date(2023, 5, 4), date(2023, 5, 8), date(2023, 5, 12), date(2023, 6, 20)]


def test_the_year_of_the_title_is_asked_for(at: Session) -> None:
    asked: list[int] = []

    def it_is(year: int) -> bool:
        asked.append(year)
        return True

    ask = Asking(lambda like: {}, lambda missing, left: {}, lambda: "", year=it_is)
    assert run.import_ledger(at, CASES / "md.xlsx", headings=Headings(ask=ask)).imported == 1
    assert asked == [2023]


@pytest.mark.parametrize(
    ("name", "numbers", "passed_over"),
    [
        ("numrow.xlsx", ["A1", "A2"], {"column_numbers": 1}),
        ("rephead.xlsx", ["A1", "A2", "A3"], {"header": 2, "title": 1}),
        ("sections.xlsx", ["A1", "A2"], {"section": 2}),
        ("subtotal.xlsx", ["A1", "A2"], {"foot": 8, "total": 6}),
        ("example_row.xlsx", ["A1"], {"example": 1}),
    ],
)
def test_rows_that_are_no_cases(at: Session, name: str, numbers: list[str], passed_over: dict[str, int]) -> None:
    report = take(at, name)
    assert (list(cases(at)), report.rejected, report.receipt.passed_over) == (numbers, 0, passed_over)
    assert all(words.ground(ground) != ground for ground in report.receipt.passed_over)


def test_names_below_one_of_a_joint_petition(at: Session) -> None:
    report = take(at, "joint.xlsx")
    found = cases(at)
    assert (list(found), report.rejected) == (["A1", "A2"], 0)
    assert [case.headcount for case in found.values()] == [3, 1]
    assert extras(at, 1)["联名信访人"] == "测试乙 13900000000、测试丙 13700000000"


def test_headings_of_persons_are_known(at: Session) -> None:
    report = take(at, "leak.xlsx")
    case = cases(at)["A1"]
    assert (case.name, case.id_no, case.address) == ("测试甲", "110101199003070011", "望禾街道1号楼2单元")
    assert case.phone == "13812345678"
    assert set(extras(at, 1)) == {"联系方式", "备注"}
    assert [found.kind for found in report.warnings if found.kind == "unknown_column"] == []


def test_two_header_rows(at: Session) -> None:
    take(at, "head2.xlsx")
    case = cases(at)["A1"]
    assert (case.closed_on, case.outcome, case.phone) == (date(2023, 6, 20), "supported", "13800000000")
    assert (case.assigned_on, case.accepted_on, case.told_on) == (
        date(2023, 5, 8),
        date(2023, 5, 12),
        date(2023, 5, 13),
    )


@pytest.mark.parametrize("over", ["满意度评价", "群众满意度评价"])
@pytest.mark.parametrize("under", [("对单位", "对信访部门"), ("责任单位", "信访部门"), ("对承办单位", "对信访局")])
def test_satisfaction_over_two_heads(at: Session, tmp_path: Path, over: str, under: tuple[str, str]) -> None:
    rows = [
        ["登记编号", "收到日期", "概况", over, "", "责任单位", "转办日期", "办结日期", "评价日期"],
        ["", "", "", *under, "", "", "", ""],
        ["A1", "2023-06-01", "反映供水", "满意", "不满意", "测试局", "2023-06-02", "2023-06-19", "2023-06-20"],
    ]
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        page = book.add_worksheet()
        for number, cells in enumerate(rows):
            page.write_row(number, 0, cells)
        page.merge_range("D1:E1", over)
    report = run.import_ledger(at, tmp_path / "a.xlsx")
    assert (report.imported, report.kept_columns, kinds(report).get("unknown_column")) == (1, (), None)
    assert (cases(at)["A1"].unit_rating, cases(at)["A1"].bureau_rating) == ("satisfied", "dissatisfied")


# ---- the sum always comes out -----------------------------------------------------------------------------------

HEAD = ["登记编号", "收到日期", "信访形式", "概况", "姓名", "责任单位", "转办日期", "原登记编号"]
GOOD = ["", "2023-06-01", "来信", "反映水压", "测试甲", "测试局", "2023-06-05", ""]
DIRT: list[list[str]] = [
    GOOD,
    ["A1", *GOOD[1:]],
    ["A2", *GOOD[1:7], "A9"],
    ["A3", "2023-13-01", *GOOD[2:]],
    ["A4", "2023-06-01", "飞鸽", *GOOD[3:]],
    ["A5", *GOOD[1:5], "甲局、乙局", "2023-06-05", ""],
    [*GOOD[:4], "测试甲等8人", *GOOD[5:]],
    ["示例", *GOOD[1:]],
    [""] * 8,
    HEAD,
    [str(n) for n in range(1, 9)],
    ["合计", "3件", *[""] * 6],
    ["填报人：测试甲", *[""] * 7],
    ["一、镇街", *[""] * 7],
    ["2023年台账（续）", *[""] * 7],
    [*GOOD, "多出来的格"],
    ["A6"],
    ["不成样子的一行"],
]


DIRT += [
    ["A7", *GOOD[1:4], "测*", *GOOD[5:]],
    ["A8", *GOOD[1:3], "#REF!", *GOOD[4:]],
    ["A9", *GOOD[1:4], "测试甲、测试乙、测试丙", *GOOD[5:]],
    ["A10", *GOOD[1:2], "集体访", "反映水压", "测试甲、测试乙等12人", *GOOD[5:]],
    ["A11", *GOOD[1:5], "甲局（主办）、乙局（协办）", "2023-06-05", ""],
    ["A1", *GOOD[1:3], "另一件事", *GOOD[4:]],
    ["小计", *[""] * 3, "2件", *[""] * 3],
    ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"],
    ["二、教育局（3件）", *[""] * 7],
    ["共 3 件", *[""] * 7],
    ["第1页 共2页", *[""] * 7],
    ["导出时间：2023-06-30 08:00", *[""] * 7],
    ["", "", "", "", "测试丁", "", "", ""],
    ["同上", *GOOD[1:]],
    ["A12", GOOD[1], "某种渠道", *GOOD[3:]],
    ["A13", GOOD[1], "掌上信访", *GOOD[3:]],
    ["A14", *GOOD[1:4], "测试甲 测试乙", *GOOD[5:]],
    ["A15", *GOOD[1:4], "全体业主", *GOOD[5:]],
    ["A16", *GOOD[1:4], "等12人", *GOOD[5:]],
    ["小计", GOOD[1], *[""] * 6],
    ["A17", *GOOD[1:3], "字坏了\ufffd", *GOOD[4:]],
]
TWO_ROWS = ["登记编号", "收到日期", "信访形式", "概况", "姓名", "责任单位", "转办", "办结"], [*[""] * 6, "日期", "日期"]
EXPLAINED = Headings(sense=Sense(words={"掌上信访": "网上信访"}))


def _as_csv(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def _as_xlsx(path: Path, rows: list[list[str]]) -> None:
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for at, cells in enumerate(rows):
        page.write_row(at, 0, [cell or None for cell in cells])
    if len(rows) > 3:
        page.merge_range(1, 3, 2, 3, rows[1][3] if len(rows[1]) > 3 else "")
    book.close()


def _as_xls(path: Path, rows: list[list[str]]) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    for at, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            page.write(at, column, cell)
    book.save(path)


def _as_html(path: Path, rows: list[list[str]]) -> None:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    path.write_text(f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>", "utf-8")


def _as_ods(path: Path, rows: list[list[str]]) -> None:
    def cell(text: str) -> str:
        if not text:
            return "<table:table-cell/>"
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    table = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="台账">{table}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )


FORMS: dict[str, Callable[[Path, list[list[str]]], None]] = {
    "a.csv": _as_csv,
    "a.xlsx": _as_xlsx,
    "a.xls": _as_xls,
    "b.xls": _as_html,
    "a.ods": _as_ods,
}


@pytest.mark.long
@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=12, deadline=None)
@given(
    chosen=st.lists(st.sampled_from(range(len(DIRT))), max_size=16),
    seed=st.integers(0, 99),
    two=st.booleans(),
    explained=st.booleans(),
)
def test_every_line_is_somewhere(
    name: str, tmp_path_factory: pytest.TempPathFactory, chosen: list[int], seed: int, two: bool, explained: bool
) -> None:
    folder = tmp_path_factory.mktemp("sum")
    at = Session(folder / "book.db", TODAY, "测试员")
    path = folder / name
    rows = [DIRT[n] for n in chosen if not (two and DIRT[n] == HEAD)]  # which would be the better header
    random.Random(seed).shuffle(rows)
    FORMS[name](path, [*(TWO_ROWS if two else [HEAD]), *rows])
    said = EXPLAINED if explained else None
    report = run.import_ledger(at, path, headings=said)
    receipt = report.receipt
    assert adds_up(receipt)
    if name == "a.csv":
        assert receipt.lines == len(rows)
    else:  # what is blank below the last row is no line of a workbook
        assert sum(map(any, rows)) <= receipt.lines <= len(rows)
    assert report.rows == receipt.cases + receipt.already_there + receipt.turned_back
    with at.reading() as book:
        assert book.cases.count() == receipt.cases
    assert receipt.turned_back == len(report.rejects or ())
    again = run.import_ledger(at, path, headings=said)
    assert (again.imported, adds_up(again.receipt)) == (0, True)


@pytest.mark.parametrize(
    ("foot", "passed"),
    [
        *(("共 3 件", True), ("总共12条记录", True), ("第1页 共2页", True), ("- 1/3 -", True), ("1/3", False)),
        *(("导出时间：2023-06-30 08:00", True), ("打印人:测试甲", True), ("导出困难，反映多次", False)),
        ("共同反映小区停水", False),
    ],
)
def test_what_programs_write_below_a_table(at: Session, tmp_path: Path, foot: str, passed: bool) -> None:
    path = tmp_path / "a.csv"
    _as_csv(path, [HEAD, ["B1", *GOOD[1:]], [foot, *[""] * 7]])
    report = run.import_ledger(at, path)
    assert (report.imported, report.rejected) == (1, int(not passed))
    assert dict(report.receipt.passed_over) == ({"foot": 1} if passed else {})


@pytest.mark.parametrize(
    ("count", "people"), [("1,200", 1200), ("１，２００人", 1200), ("12,34", None), ("1,2000", None)]
)
def test_thousands_of_people(at: Session, tmp_path: Path, count: str, people: int | None) -> None:
    path = tmp_path / "a.csv"
    _as_csv(path, [[*HEAD[:5], "信访人数"], ["B1", "2023-06-01", "'来信", "反映水压", "测试甲", count]])
    report = run.import_ledger(at, path)
    assert report.imported == (people is not None)
    if people is not None:
        assert cases(at)["B1"].headcount == people


# ---- the folder -----------------------------------------------------------------------------------------------------


def test_every_file_of_the_folder_is_tested() -> None:
    tests = (Path(__file__), Path(__file__).parents[1] / "cli" / "test_office_files.py")
    said = "".join(path.read_text(encoding="utf-8") for path in tests)
    assert len(list(CASES.iterdir())) == 33
    assert [path.name for path in CASES.iterdir() if f'"{path.name}"' not in said] == []


# ---- headings between the rows --------------------------------------------------------------------------------------


def _sectioned(folder: Path, *words: str, unit: bool = False) -> Path:
    head = ["登记编号", "收到日期", "信访形式", "概况", "转办日期", *(["责任单位"] if unit else [])]
    rows = [head]
    for n, word in enumerate(words, 1):
        rows.append([f"{'一二三四'[n - 1]}、{word}", *[""] * (len(head) - 1)])
        rows.append([f"A{n}", "2023-06-01", "来信", "反映水压", "2023-06-05", *([f"测试{n}队"] if unit else [])])
    path = folder / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def _units(at: Session) -> dict[str, str]:
    with at.reading() as book:
        return {unit.name: unit.group for unit in book.units.all()}


def test_headings_between_the_rows_are_offered_as_the_unit(at: Session, tmp_path: Path) -> None:
    path = _sectioned(tmp_path, "教育局（1件）", "卫健委")
    offered = run.import_ledger(at, path)
    assert [(found.about, found.rows) for found in offered.warnings if found.kind == "sections"] == [
        (("责任单位", "教育局(1件)、卫健委"), (1,))
    ]
    said = Sense(defaults={"unit": "分段标题"})
    taken = run.import_ledger(at, path, headings=Headings(sense=said))
    assert (offered.imported, taken.imported, taken.new_units) == (0, 2, ("教育局", "卫健委"))
    assert [found.kind for found in taken.warnings if found.kind == "sections"] == []


def test_headings_between_the_rows_are_asked_about_and_kept(at: Session, tmp_path: Path) -> None:
    asked: list[Any] = []

    def yes(heading: str, words: Any) -> bool:
        asked.append((heading, list(words)))
        return True

    path = _sectioned(tmp_path, "教育局", "卫健委")
    ask = Asking(lambda like: {}, lambda missing, left: {}, lambda: "", sections=yes)
    report = run.import_ledger(at, path, headings=Headings(name="分段", ask=ask, sense=Sense(year=2023)))
    assert (report.new_units, asked) == (("教育局", "卫健委"), [("责任单位", ["教育局", "卫健委"])])
    assert ("责任单位", "分段标题") in report.learnt
    again = run.import_ledger(at, path, headings=Headings(name="分段", ask=ask))
    assert (again.already_there, again.differs, len(asked)) == (2, (), 1)


def test_headings_between_the_rows_are_the_group_of_new_units(at: Session, tmp_path: Path) -> None:
    path = _sectioned(tmp_path, "国企", "驻区单位", unit=True)
    offered = run.import_ledger(at, path, run.Choices(dry_run=True))
    assert [found.about[0] for found in offered.warnings if found.kind == "sections"] == ["单位分组"]
    run.import_ledger(at, path, headings=Headings(sense=Sense(defaults={"group": "分段标题"})))
    assert _units(at) == {"测试1队": "国企", "测试2队": "驻区单位"}


def test_other_headings_between_the_rows_are_not_offered(at: Session, tmp_path: Path) -> None:
    report = run.import_ledger(at, _sectioned(tmp_path, "上半年", "下半年", unit=True))
    assert (report.imported, [found for found in report.warnings if found.kind == "sections"]) == (2, [])


# ---- who is complained of (art. 30) -------------------------------------------------------------------------------------


def _accusation(folder: Path, unit: str, person: str, name: str = "a.csv") -> Path:
    path = folder / name
    rows = [
        ["登记编号", "收到日期", "信访形式", "信访目的", "概况", "被反映单位", "被反映人"],
        ["A1", "2023-06-01", "来信", "检举控告", "反映某事", unit, person],
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize(
    ("unit", "person", "out"),
    [
        ("", "被反映甲", (None, "被反映甲", None)),
        ("测试局", "被反映甲", ("测试局", "被反映甲", None)),
        ("", "", (None, None, "unstated")),
        ("", "不详", (None, None, "unknown")),
        ("不明", "", (None, None, "unknown")),
        ("测试局", "不明", ("测试局", None, None)),
    ],
)
def test_who_is_complained_of(at: Session, tmp_path: Path, unit: str, person: str, out: tuple[str | None, ...]) -> None:
    path = _accusation(tmp_path, unit, person)
    assert run.import_ledger(at, path).imported == 1
    case = cases(at)["A1"]
    assert (case.complained_unit, case.complained_person, case.complained) == out
    again = run.import_ledger(at, path)
    assert (again.already_there, again.differs, again.written) == (1, (), False)


@pytest.mark.parametrize(("person", "out"), [("被反映甲", ("被反映甲", None)), ("不明", (None, "unknown"))])
def test_a_later_sheet_may_say_who(
    at: Session, tmp_path: Path, person: str, out: tuple[str | None, str | None]
) -> None:
    run.import_ledger(at, _accusation(tmp_path, "", ""))
    report = run.import_ledger(at, _accusation(tmp_path, "", person, "b.csv"), run.Choices(update=True))
    assert (report.updated, report.rejected) == (1, 0)
    case = cases(at)["A1"]
    assert (case.complained_person, case.complained) == out


@pytest.mark.parametrize(
    ("id_no", "phone", "ground"),
    [
        ("1.10101E+17", "", None),
        ("110101199003070000", "", None),
        ("110***********0000", "", None),
        ("1101xxxx", "", None),
        ("", "1.38E+10", None),
        ("", "138****0000", None),
        ("", "110", None),
        ("110101199003070003", "", "id_no"),
        ("", "13000000000", "name_phone"),
        ("", "05391234567转801", "name_phone"),
    ],
)
def test_what_tells_one_person(at: Session, tmp_path: Path, id_no: str, phone: str, ground: str | None) -> None:
    path = tmp_path / "a.csv"
    rows = [f"A{n},2023-05-0{n},反映第{n}件事,测试甲,{id_no},{phone}" for n in (4, 5)]
    path.write_text("\n".join(["登记编号,收到日期,概况,姓名,证件号码,联系电话", *rows]), "utf-8")
    report = run.import_ledger(at, path)
    assert [found.ground for found in report.likely_first] == ([ground] if ground else [])
    listed = people.likely_duplicates(at, CasesAsked(), None).found
    assert [one.grounds for one in listed] == ([(ground,)] if ground else [])


def test_a_column_of_words_that_tells_what_was_done(at: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "登记编号,收到日期,概况,承办单位,转办日期,受理日期,办结日期,办理结果"
    rows = [f"A{n},2023-05-04,反映供水,测试局,2023-05-05,2023-05-06,2023-06-01,{done}" for n, done in DONE]
    path.write_text("\n".join([head, *rows]), "utf-8")
    report = run.import_ledger(at, path)
    assert report.rejected == 3
    [said] = [words.message(one) for one in report.warnings if one.kind == "unknown_column"]
    assert said == "「办理结果」这一列写的不是规定的词语，像「答复内容」；要这样认加 --map 办理结果=答复内容"
    asked: list[tuple[str, str, tuple[str, ...]]] = []

    def ask(like: Mapping[str, Like]) -> dict[str, str]:
        asked.extend((heading, str(field), field.samples) for heading, field in like.items())
        return {heading: str(field) for heading, field in like.items()}

    said_so = Headings(ask=Asking(ask, lambda missing, left: {}, lambda: ""))
    assert run.import_ledger(at, path, headings=said_so).imported == 3
    assert asked == [("办理结果", "reply", tuple(done for _, done in DONE))]
    with at.reading() as book:
        closing = book.events.of(1)[-1].data
    assert (closing["outcome"], closing["text"]) == ("unstated", DONE[0][1])


DONE = [(1, "经查属实，已更换管道"), (2, "已上门解释并修好"), (3, "不属实，已当面答复信访人")]


@pytest.mark.parametrize(
    ("cells", "passed"),
    [
        ("小计,2023-05-04,,", True),
        ("合计：3件,2023-05-04,,", True),
        ("小计,2023-05-04,反映小计不清,", False),
        ("小计,2023-05-04,,测试甲", False),
        ("总12号,2023-05-04,,", False),
    ],
)
def test_a_line_of_totals_may_have_a_day(at: Session, tmp_path: Path, cells: str, passed: bool) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"登记编号,收到日期,概况,姓名\nA1,2023-05-04,反映供水,测试甲\n{cells}\n", "utf-8")
    receipt = run.import_ledger(at, path).receipt
    assert (receipt.cases, dict(receipt.passed_over)) == ((1, {"total": 1}) if passed else (2, {}))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2.02307E+16", "变成了科学计数"),
        (202307010000000123, "存成了数字，第 16 位起已经丢了"),
        (999999999999999, ""),
        ("202307010000000123", ""),
        ("20230701.0", ""),
        ("A+12", ""),
    ],
)
def test_a_shortened_number_is_no_number(at: Session, tmp_path: Path, cell: object, why: str) -> None:
    """Two cases of one shortened number would be one, the second lost."""
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    for row, cells in enumerate([["登记编号", "收到日期", "概况"], [cell, "2023-05-04", "反映供水"]]):
        page.write_row(row, 0, cells)
    book.close()
    report = run.import_ledger(at, tmp_path / "a.xlsx")
    assert report.imported == int(not why)
    assert [why in found.reason for found in report.reasons()] == ([True] if why else [])
    if cell == "20230701.0":
        with at.reading() as kept:
            assert kept.cases.sheet_no_of(1) == "20230701"
