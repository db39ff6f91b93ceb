"""Receipts kept with the imports, and other systems' deadlines beside ours."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from xinfang_cli.office.amend import undoing
from xinfang_cli.office.exchange.importing import receipts, run
from xinfang_cli.office.exchange.importing.report import Imported
from xinfang_cli.office.find.differing import DifferingDays, differing
from xinfang_cli.office.keeping import settings
from xinfang_cli.office.session import Session
from xinfang_cli.present import importing as words
from xinfang_cli.present.differing import notices
from xinfang_cli.present.receipts import document, lines, table

TODAY = date(2023, 7, 17)
HEAD = [
    "登记编号",
    "收到日期",
    "信访形式",
    "信访目的",
    "概况",
    "责任单位",
    "转办日期",
    "受理日期",
    "办结日期",
    "限办时间",
]
ROW = ["A1", "2023-05-04", "来信", "申诉求决", "反映水压", "测试局", "2023-05-08", "2023-05-12", "", "2023-07-11"]


@pytest.fixture
def at(session: Callable[..., Session]) -> Session:
    return session(today=TODAY)


def written(folder: Path, *rows: list[str], name: str = "a.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return path


def due(number: str, day: str, closed: str = "") -> list[str]:
    return [number, *ROW[1:8], closed, day]


def test_a_receipt_is_kept_with_what_was_written(at: Session, tmp_path: Path) -> None:
    path = written(tmp_path, ROW, due("A2", "2023-07-12"), ["A3", "2023-13-01", *ROW[2:]], ["合计", "3件"])
    report = run.import_ledger(at, path)
    [kept] = receipts.imports(at).imports
    assert kept.receipt == report.receipt
    assert (kept.receipt.lines, kept.receipt.cases, kept.receipt.turned_back) == (4, 2, 1)
    assert (kept.noticed, kept.warnings, kept.undone) == (report.noticed, report.warnings, False)
    assert (kept.file, kept.sha256, kept.turned_back) == ("a.csv", report.sha256, {"收到日期": 1})
    assert receipts.one(at, str(kept.number)) == kept


def test_what_adds_nothing_or_is_only_tried_leaves_none(at: Session, tmp_path: Path) -> None:
    path = written(tmp_path, ROW)
    run.import_ledger(at, path, run.Choices(dry_run=True))
    assert receipts.imports(at).imports == ()
    run.import_ledger(at, path)
    run.import_ledger(at, path)
    run.import_ledger(at, written(tmp_path, ["A4", "x"], name="b.csv"), run.Choices(all_or_nothing=True))
    assert len(receipts.imports(at).imports) == 1


def test_a_receipt_names_nobody(at: Session, tmp_path: Path) -> None:
    path = tmp_path / "测试甲丁13000000001上访材料.csv"
    path.write_text("登记编号,收到日期,概况,姓名\nA1,2023-05-04,反映水压,测试甲丁\n", encoding="utf-8")
    run.import_ledger(at, path)
    seen = "测***130****0001上访材料.csv"

    def shown() -> set[str]:
        every, one = receipts.imports(at), receipts.one(at, str(receipts.imports(at).imports[0].number))
        said = (output(every), output(one), str(table(every)), str(lines(every)))
        assert not any("测试甲丁" in text or "13000000001" in text for text in said)
        return {every.imports[0].file, one.file}

    assert shown() == {seen}
    undoing.undo(at)  # he is no petitioner of the book any more, and his name still his
    assert shown() == {seen}


def output(view: receipts.Imports | receipts.Import) -> str:
    return json.dumps(document(view), ensure_ascii=False)


def test_an_undone_import_keeps_its_receipt(at: Session, tmp_path: Path) -> None:
    run.import_ledger(at, written(tmp_path, ROW))
    undoing.undo(at)
    [kept] = receipts.imports(at).imports
    assert (kept.undone, kept.receipt.cases) == (True, 1)


def test_no_words_of_a_row_stand_in_a_receipt(at: Session, tmp_path: Path) -> None:
    head = [*HEAD, "姓名", "证件号码", "联系电话"]
    row = [*ROW, "测试甲", "110101199003070012", "1300000000"]
    bad = ["A2", "测试乙的日期", *ROW[2:], "测试乙", "", ""]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, row, bad])
    assert run.import_ledger(at, path).rejected == 1
    with at.reading() as book:
        [kept] = book.receipts.every()
    assert "id_checksum" in kept.body
    assert not any(word in kept.body for word in ("测试甲", "测试乙", "110101", "130000", "反映水压"))


# ---- another system's days --------------------------------------------------------------------------------------


def test_only_days_that_are_not_ours_are_listed(at: Session, tmp_path: Path) -> None:
    late, same, early = due("A1", "2023-07-12"), due("A2", "2023-07-11"), due("A3", "2023-07-10", "2023-06-20")
    unaccepted = ["A4", *ROW[1:7], "", "", "2023-07-01"]
    report = run.import_ledger(at, written(tmp_path, late, same, early, unaccepted))
    assert (report.imported, report.noticed.outside_differs) == (4, 2)
    found = differing(at).lines
    assert [(line.due_on, line.outside_due, line.later, line.state) for line in found] == [
        ("2023-07-11", "2023-07-12", 1, "overdue"),
        ("2023-07-11", "2023-07-10", -1, "met"),
        (None, "2023-07-01", None, "none"),
    ]
    assert found[2].explain == "没有记受理，办结期限从受理起算"
    assert differing(at).kept == 4
    assert found[0].explain.startswith("2023-05-12")
    assert found[0].explain == found[1].explain
    assert [line.case_no for line in differing(at, limit=1).lines] == [found[0].case_no]
    assert differing(at, kinds=("acceptance",)).lines == ()
    assert len(differing(at, unit="测试局").lines) == 3
    again = run.import_ledger(at, tmp_path / "a.csv")
    assert (again.already_there, again.noticed.outside_differs) == (4, 2)


def test_nothing_differs_where_nothing_is_kept_and_where_all_agree(at: Session, tmp_path: Path) -> None:
    run.import_ledger(at, written(tmp_path, ["A0", *due("A0", "2023-07-11")[1:-1], ""]))
    assert differing(at) == DifferingDays((), kept=0)
    assert len(words_of_none := notices(differing(at))) == 1
    run.import_ledger(at, written(tmp_path, due("A1", "2023-07-11"), name="b.csv"))
    assert differing(at) == DifferingDays((), kept=1)
    assert notices(differing(at)) != words_of_none
    assert differing(at, owners=("bureau",)).lines == differing(at, kinds=("acceptance",)).lines == ()


def test_the_day_of_acceptance_has_its_own_heading(at: Session, tmp_path: Path) -> None:
    head = [*HEAD[:7], "应受理日期"]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, ["A1", *ROW[1:6], "2023-06-20", "2023-07-06"]])
    assert run.import_ledger(at, path).noticed.outside_differs == 1
    [line] = differing(at).lines
    assert (line.clock, line.due_on, line.later) == ("acceptance", "2023-07-05", 1)


def test_a_deadline_that_the_superior_moves_is_taken_along(at: Session, tmp_path: Path) -> None:
    run.import_ledger(at, written(tmp_path, due("A1", "2023-07-12")))
    later = run.import_ledger(at, written(tmp_path, due("A1", "2023-07-11"), name="b.csv"), run.Choices(update=True))
    assert (later.updated, later.noticed.outside_differs, differing(at).lines) == (1, 0, ())


# ---- from which day the book is complete --------------------------------------------------------------------------


def test_the_first_import_says_from_which_day(at: Session, tmp_path: Path) -> None:
    report = run.import_ledger(at, written(tmp_path, ROW))
    assert report.book_from == date(2023, 5, 4)
    assert run.import_ledger(at, written(tmp_path, due("A2", ""), name="b.csv")).book_from is None
    assert receipts.imports(at).imports[-1].book_from == "2023-05-04"


def test_nothing_is_assumed_where_it_was_said(at: Session, tmp_path: Path) -> None:
    with at.writing("config") as (book, pen):
        book.settings.write(pen, "book_from", "2023-01-01", "", TODAY)
    assert settings.line(at, "book_from").value == "2023-01-01"
    assert run.import_ledger(at, written(tmp_path, ROW)).book_from is None


# ---- several sheets -----------------------------------------------------------------------------------------------


def test_every_message_names_its_sheet(at: Session, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    second = book.create_sheet("下半年")
    first.title = "上半年"
    for page, rows in (
        (first, [ROW, ["A2", "2023-13-01", *ROW[2:]]]),
        (second, [due("A1", "2023-07-12"), ["A3", "x"]]),
    ):
        for row in [HEAD, *rows]:
            page.append(row)
    second.cell(1, 5).value = "说明"
    path = tmp_path / "a.xlsx"
    book.save(path)
    run.import_ledger(at, written(tmp_path, [*ROW[:9], ""]))
    report = run.import_ledger(at, path, run.Choices(sheet="all"))
    assert {found.sheet for found in report.warnings} == {"上半年", "下半年"}
    assert [found.sheet for found in report.differs] == ["上半年", "下半年"]
    said = words.document(Imported(report))
    assert [(reason["sheet"], reason["row"]) for reason in said["reasons"]] == [("上半年", 3), ("下半年", 3)]
    assert all(warning["sheet"] for warning in said["warnings"])
    assert all(words.warning_line(found).startswith("「") for found in report.warnings)
    one = words.document(Imported(run.import_ledger(at, path)))
    assert not any("sheet" in entry for key in ("reasons", "warnings", "differs") for entry in one[key])


@pytest.mark.parametrize(
    ("rows", "ground"),
    [
        ([["-" * 8] * len(HEAD)], "rule"),
        ([[":---:", "---"]], "rule"),
        ([["必填", "格式：2023-01-01", "选填", "必填，50字以内"]], "example"),
        ([["", "（yyyy-mm-dd）"]], "example"),
        ([["已选择 2 行。"]], "foot"),
        ([["(2 rows)"]], "foot"),
        ([["2 rows in set (0.00 sec)"]], "foot"),
    ],
)
def test_lines_of_programs_and_templates_are_no_cases(
    at: Session, tmp_path: Path, rows: list[list[str]], ground: str
) -> None:
    report = run.import_ledger(at, written(tmp_path, *rows, ROW))
    assert (report.imported, report.rejected, report.receipt.passed_over) == (1, 0, {ground: 1})


def test_rows_that_only_begin_like_those_are_turned_back(at: Session, tmp_path: Path) -> None:
    rows = [["A1", "必填", *ROW[2:]], ["A2", "---", "来信", "", "反映水压"], ["已选择", "", "", "", "反映供水"]]
    report = run.import_ledger(at, written(tmp_path, *rows))
    assert (report.imported, report.rejected) == (0, 3)
