"""The import, sentence by sentence of its contract, on rows made by hand. Everybody in them is invented."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import correct
from xinfang_cli.book import checking, projection
from xinfang_cli.book.sqlite.connection import Connection
from xinfang_cli.book.sqlite.schema import VERSION, schema_of_version
from xinfang_cli.documents.rejects import write_rejects
from xinfang_cli.errors import BadValue, NotFound, Refused, Unusable
from xinfang_cli.law.case import Case
from xinfang_cli.law.fold import fold
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.exchange.importing.report import Imported, ImportReport, file_sha256
from xinfang_cli.office.keeping import health
from xinfang_cli.office.keeping import units as unit_list
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework, originals, registering
from xinfang_cli.present import importing as words

TODAY = date(2023, 7, 31)
ROOT = Path(__file__).parents[2]
UGLY = ROOT / "tests" / "intake" / "ugly-export.xlsx"

Row = dict[str, object]
BASE: Row = {
    "登记编号": "",
    "收到日期": "2023-06-01",
    "信访形式": "来信",
    "信访目的": "申诉求决",
    "概况": "反映水压不足",
    "姓名": "测试甲",
    "住址": "测试路1号",
}
SENT: Row = {"责任单位": "测试局", "转办日期": "2023-06-05"}
ACCEPTED: Row = {**SENT, "受理日期": "2023-06-10"}
CLOSED: Row = {**ACCEPTED, "办结日期": "2023-07-10", "处理意见": "予以支持", "送达日期": "2023-07-11"}


def row(number: str | int = "", **cells: object) -> Row:
    """A row with a number of its own; keywords are headings."""
    if isinstance(number, int):
        number = f"XF2023-{number:06d}"
    return {**BASE, "登记编号": number, **cells}


class Desk:
    """A book in a folder, and sheets written beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = Session(folder / "book.db", TODAY, "测试员")
        self.files = 0

    def write(self, rows: Iterable[Row], *, encoding: str = "utf-8-sig", without: tuple[str, ...] = ()) -> Path:
        rows = list(rows)
        headings = [h for h in dict.fromkeys(h for r in rows for h in r) if h not in without]
        self.files += 1
        path = self.folder / f"sheet{self.files}.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, headings, extrasaction="ignore", restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def take(self, *rows: Row, without: tuple[str, ...] = (), **options: Any) -> ImportReport:
        return self.read(self.write(rows, without=without), **options)

    def read(self, path: Path, progress: Any = None, **options: Any) -> ImportReport:
        report = run.import_ledger(self.session, path, run.Choices(**options), progress=progress)
        assert report.rows == report.imported + report.already_there + report.rejected
        return report

    def refused(self, *rows: Row, **options: Any) -> list[tuple[int, str, str]]:
        return [found[:3] for found in self.take(*rows, **options).reasons()]

    def shown(self, word: str | int) -> dict[str, Any]:
        word = f"XF2023-{word:06d}" if isinstance(word, int) else word
        with self.session.reading() as book:
            return book.lists.one(book.cases.find(word)[0], TODAY)._asdict()

    def case(self, word: str | int) -> Case:
        with self.session.reading() as book:
            found = fold(book.events.of(self.id(word)), book.code)
        assert found is not None
        return found

    def id(self, word: str | int) -> int:
        word = f"XF2023-{word:06d}" if isinstance(word, int) else word
        with self.session.reading() as book:
            return book.cases.find(word)[0]

    def story(self, word: str | int) -> list[str]:
        """The events of a case with their days."""
        with self.session.reading() as book:
            return [f"{e.kind} {e.on.isoformat()[5:]}" for e in book.events.of(self.id(word))]

    def counted(self) -> tuple[int, int]:
        """Events and cases in the book; the chain and the stored rows are held to the events as well."""
        with self.session.reading() as book:
            walked, _, broken = checking.walk_chain(book.conn)
            assert not broken
            assert not list(checking.check_texts(book.conn))
            for case_id, events in book.events.by_case():
                case = fold(events, book.code)
                if case is None:
                    continue
                case_no = book.conn.execute("SELECT case_no FROM docket WHERE id = ?", (case_id,)).fetchone()[0]
                stored = book.conn.execute("SELECT * FROM cases WHERE id = ?", (case_id,)).fetchone()
                made = projection.CaseRows(case_id, case_no, case, book.canonical)
                assert stored == made.case
                clocks = book.conn.execute("SELECT * FROM clocks WHERE case_id = ? ORDER BY n", (case_id,)).fetchall()
                assert clocks == made.clocks
            return walked, book.cases.count()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# ---- the example -------------------------------------------------------------------------------------------------


def test_the_ugly_export(desk: Desk) -> None:
    report = desk.read(UGLY)
    assert (report.rows, report.imported, report.already_there, report.rejected) == (7, 4, 1, 2)
    assert report.new_units == ("区住建局", "人社局", "交通局")
    reasons = [(reason.row, reason.column) for reason in report.reasons()]
    assert reasons == [(8, "受理告知日期"), (9, "登记日期")]
    early, yearless = (reason.reason for reason in report.reasons())
    assert "2023-06-01 早于转送日期 2023-06-04" in early
    assert "没有年份" in yearless
    second = desk.shown("WX2023060002")
    assert second["headcount"] == 6
    assert second["accepted_on"] == "2023-06-13"  # the serial 45090
    seventh = desk.shown("WX2023060007")
    assert (seventh["first"], seventh["repeat_of"]) == (False, None)
    assert desk.counted()[1] == 4


def test_the_ugly_export_twice_adds_nothing(desk: Desk) -> None:
    desk.read(UGLY)
    before = desk.counted()
    again = desk.read(UGLY)
    assert (again.imported, again.already_there, again.rejected, again.updated) == (0, 5, 2, 0)
    assert not again.differs
    assert desk.counted() == before


def test_text_that_looks_like_a_formula_is_text(desk: Desk) -> None:
    """Row 8 of the export, its date mended."""
    title = "反映[入学]问题=SUM(1)"
    desk.take(row(1, 概况=title, 内容="=1+1\x00\x07🙂", 姓名="[bold]测试乙"))
    assert desk.shown(1)["title"] == title
    case = desk.case(1)
    assert (case.content, case.name) == ("=1+1🙂", "[bold]测试乙")


def test_the_example_ledger_has_no_bad_row(desk: Desk) -> None:
    desk.session._today = date(2023, 7, 17)
    with desk.session.writing("unit") as (book, pen), (ROOT / "data" / "units.csv").open(encoding="utf-8-sig") as file:
        for unit in csv.DictReader(file):
            aliases = tuple(word for word in unit["别名"].split("、") if word)
            book.units.add(
                pen,
                desk.session.today,
                unit["名称"],
                short=unit["简称"] or None,
                code=unit["代码"] or None,
                group=unit["分组"],
                aliases=aliases,
            )
    report = desk.read(ROOT / "data" / "ledger.csv")
    assert (report.rejected, report.new_units) == (0, ())
    assert report.imported == report.rows == desk.counted()[1]


# ---- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(desk: Desk, encoding: str) -> None:
    report = desk.read(desk.write([row(1, 概况="反映㐂㙍垃圾清运")], encoding=encoding))
    assert report.imported == 1
    assert desk.shown(1)["title"] == "反映㐂㙍垃圾清运"


def test_a_file_without_a_header_row(desk: Desk) -> None:
    path = desk.folder / "x.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(BadValue):
        desk.read(path)
    assert not desk.session.place.file.exists()
    with pytest.raises(Unusable):
        desk.read(desk.folder / "nowhere.csv")


def test_sheets_of_a_workbook(desk: Desk) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    first = book.active
    first.title = "上半年"
    second = book.create_sheet("下半年")
    book.create_sheet("空表")
    headings = ("登记编号", "收到日期", "概况", "原登记编号")
    first.append(headings)
    first.append(("XF2023-000002", date(2023, 6, 9), "乙", "XF2023-000001"))
    second.append(("标题",))
    second.append(headings)
    second.append(("XF2023-000001", date(2023, 6, 1), "甲", None))
    second.append(("XF2023-000003", "x", "丙", None))
    path = desk.folder / "两张表.xlsx"
    book.save(path)
    report = desk.read(path, dry_run=True)
    assert (report.rows, report.other_sheets) == (1, ("下半年",))
    report = desk.read(path, sheet="all")
    assert (report.rows, report.imported, report.rejected) == (3, 2, 1)
    assert [(found.sheet, found.row) for found in report.rejects or ()] == [("下半年", 4)]
    assert desk.shown(2)["repeat_of"] == "XF2023-000001"
    assert write_rejects(report, path).name == "两张表.rejected.xlsx"


def test_the_command_keeps_file_and_hash(desk: Desk) -> None:
    path = desk.write([row(1)])
    report = desk.read(path)
    with desk.session.reading() as book:
        found = book.conn.execute("SELECT source_name, source_sha256 FROM commands ORDER BY id DESC").fetchone()
    assert found == (path.name, report.sha256)
    assert report.sha256 == file_sha256(path)


def test_foot_rows_are_passed_over(desk: Desk) -> None:
    path = desk.folder / "foot.csv"
    path.write_text(
        "序号,登记编号,收到日期,概况\n1,XF2023-000001,2023-06-01,甲\n2,,,\n合计,,,1件\n,注：仅供参考,,\n3,,,没有日期\n",
        encoding="utf-8",
    )
    report = desk.read(path)
    assert (report.rows, report.imported, report.rejected, report.passed_over) == (2, 1, 1, 3)
    assert [tuple(reason)[:2] for reason in report.reasons()] == [(6, "收到日期")]


# ---- what a row says ---------------------------------------------------------------------------------------------


def test_a_whole_history_by_day_ties_in_workflow_order(desk: Desk) -> None:
    history = {**CLOSED, "签收日期": "2023-06-05", "延期天数": "10天", "满意度": "满意", "部门满意度": "基本满意"}
    history |= {"复查日期": "2023-07-20", "复查结果": "维持", "复查答复日期": "2023-07-28"}
    history |= {
        "积案批次": "测试批",
        "包案领导": "测试领导甲",
        "化解日期": "2023-07-30",
        "办理方式": "交办",
        "反馈期限": "2023-08-01",
    }
    report = desk.take(row(1, **history))
    assert report.imported == 1
    assert desk.story(1) == [
        *("register 06-01", "lead 06-01", "join 06-01", "assign 06-05", "sign 06-05", "accept 06-10", "extend 06-10"),
        *("close 07-10", "rate 07-10", "review 07-20", "review_result 07-28", "resolve 07-30"),
    ]
    case = desk.case(1)
    assert (case.mode, case.extended_days, case.unit_rated_on) == ("task", 10, date(2023, 7, 10))
    assert [e.data for e in _events(desk, 1) if e.kind == "extend"] == [
        {"days": 10, "approved_by": "表中未载", "reason": "表中未载"}
    ]
    assert case.batches["测试批"].resolved_on == date(2023, 7, 30)


def _events(desk: Desk, word: str | int) -> list[Any]:
    with desk.session.reading() as book:
        return book.events.of(desk.id(word))


def test_received_stands_in(desk: Desk) -> None:
    cells = {**row(1), "登记日期": "2023-06-03", "信访日期": "2023-06-02"}
    desk.take(cells, {**cells, "登记编号": "XF2023-000002", "收到日期": "-"})
    first, second = desk.case(1), desk.case(2)
    assert first.received_on == date(2023, 6, 1)
    assert (first.registered_on, first.petitioned_on) == (date(2023, 6, 3), date(2023, 6, 2))
    assert second.received_on == date(2023, 6, 3)
    assert second.petitioned_on == date(2023, 6, 2)


@pytest.mark.parametrize(
    ("cells", "stage", "mode"),
    [
        ({}, "registered", None),
        (SENT, "assigned", "forward"),
        ({**SENT, "办理方式": "转送"}, "assigned", "forward"),
        ({**SENT, "办理方式": "受理告知"}, "assigned", "forward"),
        ({**SENT, "办理方式": "交办", "反馈期限": "2023-07-01"}, "assigned", "task"),
        ({"办理方式": "直接回复", "办结日期": "2023-06-03", "处理意见": "已答复"}, "closed", None),
        ({"办结日期": "2023-06-03"}, "closed", None),
        ({"办理方式": "存"}, "filed", None),
        ({"办理方式": "存", "转办日期": "2023-06-04"}, "filed", None),
        ({"办理方式": "不予受理", "受理日期": "2023-06-04", "办结日期": "2023-06-08"}, "refused", None),
        ({"办理方式": "不再受理", "告知日期": "2023-06-04"}, "refused", None),
        ({"办理方式": "不予受理", "办结日期": "2023-06-04"}, "refused", None),
        ({**SENT, "办理方式": "不予受理", "告知日期": "2023-06-08"}, "refused", "forward"),
        (ACCEPTED, "accepted", "forward"),
        ({**SENT, "受理告知日期": "2023-06-08"}, "accepted", "forward"),
        (CLOSED, "closed", "forward"),
    ],
)
def test_ways_of_handling(desk: Desk, cells: Row, stage: str, mode: str | None) -> None:
    assert desk.take(row(1, **cells)).imported == 1
    case = desk.case(1)
    assert (case.stage, case.mode) == (stage, mode)


def test_days_of_filing_refusing_and_telling(desk: Desk) -> None:
    desk.take(
        row(1, 办理方式="存", 转办日期="2023-06-04"),
        row(2, 办理方式="不予受理", 告知日期="2023-06-06"),
        row(3, **SENT, 告知日期="2023-06-08"),
        row(4, **SENT, 受理日期="2023-06-08", 告知日期="2023-06-09"),
    )
    assert desk.story(1)[-1] == "file 06-04"
    assert desk.story(2)[-1] == "refuse 06-06"
    assert _events(desk, 2)[-1].data == {"ground": "unstated", "reason": "表中未载"}
    assert (desk.case(3).accepted_on, desk.case(3).told_on) == (date(2023, 6, 8), date(2023, 6, 8))
    assert (desk.case(4).accepted_on, desk.case(4).told_on) == (date(2023, 6, 8), date(2023, 6, 9))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({**SENT, "办理方式": "交办"}, "task_without_feedback"),
        ({**SENT, "反馈期限": "2023-07-01"}, "not_used"),
        ({**ACCEPTED, "办结日期": "2023-07-01"}, "no_outcome"),
        ({"证件号码": "110101199003070004"}, "id_checksum"),
        ({"联系电话": "12345"}, "phone_length"),
        ({"姓名": ""}, "no_name"),
        ({"住址": ""}, "no_address"),
        ({"概况": ""}, "no_title"),
        ({"信访形式": ""}, "no_channel"),
        ({"信访目的": ""}, "no_kind"),
        ({"初重件": "重复", "原登记编号": "XF2019-000009"}, "original_unknown"),
        ({"信访目的": "检举控告"}, "complained_unsaid"),
    ],
)
def test_doubts_are_warned_with_the_sheets_row(desk: Desk, cells: Row, kind: str) -> None:
    report = desk.take(row(1), row(2, **{"概况": "另一件", **cells}))
    assert report.imported == 2
    assert [(found.kind, found.count, found.rows) for found in report.warnings] == [(kind, 1, (3,))]


def test_warnings_list_the_first_ten_rows_and_a_missing_column_once(desk: Desk) -> None:
    report = desk.take(*(row(n, 姓名="") for n in range(1, 15)), without=("住址",))
    assert [(found.kind, found.count, found.rows) for found in report.warnings] == [
        ("missing_column", 1, (1,)),
        ("no_name", 14, tuple(range(2, 12))),
    ]
    document = json.loads(json.dumps(words.document(Imported(report))))
    assert document["warnings"][1] == {
        "kind": "no_name",
        "message": "没有信访人姓名",
        "count": 14,
        "rows": list(range(2, 12)),
    }


def test_channel_kind_and_topic_may_be_missing(desk: Desk) -> None:
    """And what it means for the cases is said: without a kind there is no day by which they must be closed."""
    report = desk.take(row(1, **ACCEPTED), without=("信访形式", "信访目的"))
    assert report.imported == 1
    assert (desk.case(1).channel, desk.case(1).kind) == ("other", "other")
    assert [clock.kind for clock in desk.case(1).clocks if clock.kind in ("completion", "office")] == []
    assert [words.message(found) for found in report.warnings] == [
        "表中没有「信访形式」这一列，各件记作「其他」",
        "表中没有「信访目的」这一列，各件记作「其他」，不计办结期限",
    ]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({**SENT, "转办日期": "2023-05-05"}, "转办日期 2023-05-05 早于收到日期 2023-06-01。请核对两个日期"),
        ({**SENT, "转办日期": "2023-08-05"}, "转办日期 2023-08-05 晚于今天 2023-07-31。请核对日期"),
        ({"收到日期": "2023-08-05"}, "收到日期 2023-08-05 晚于今天 2023-07-31。请核对日期"),
        ({**ACCEPTED, "告知日期": "2023-08-05"}, "告知日期 2023-08-05 晚于今天 2023-07-31。请核对日期"),
        ({"受理日期": "2023-06-03"}, "有受理日期，没有转送交办，不能受理。请补上责任单位和转办日期"),
        (
            {**ACCEPTED, "延期天数": "45"},
            "延期 45 日超过上限：总共不超过 30 日，已延 0 日（条例第三十四条）。最多还能延 30 日",
        ),
        ({**CLOSED, "送达日期": "2023-07-01"}, "送达日期 2023-07-01 早于办结日期 2023-07-10。请核对两个日期"),
    ],
)
def test_reasons_are_for_whoever_mends_the_sheet(desk: Desk, cells: Row, reason: str) -> None:
    """In the sheet's own words: no number that the case has not got yet, no command of a program he does not have."""
    assert [why for _, _, why in desk.refused(row("", **cells))] == [reason]


def test_a_revoked_review_without_a_day_is_warned_of_by_name(desk: Desk) -> None:
    report = desk.take(row(1, **CLOSED, 复查日期="2023-07-20", 复查结果="撤销", 复查答复日期="2023-07-30"))
    assert [(found.kind, words.message(found)) for found in report.warnings] == [
        ("redo_without_day", "撤销原意见没有重办期限，不计重办时限")
    ]


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"收到日期": ""}, "收到日期", "是空的"),
        ({"收到日期": "2023-08-01"}, "收到日期", "晚于今天"),
        ({"收到日期": "6月3日"}, "收到日期", "没有年份"),
        ({"收到日期": "2023-02-30"}, "收到日期", "只有 28 天"),
        ({"信访形式": "飞鸽传书"}, "信访形式", "不在规定的词语里"),
        ({"信访人数": "很多"}, "信访人数", "不是人数"),
        ({"责任单位": "测试局"}, "转办日期", "没有转办日期"),
        ({"转办日期": "2023-06-05"}, "责任单位", "没有责任单位"),
        ({**SENT, "办理方式": "随便"}, "办理方式", "不在规定的词语里"),
        ({"办理方式": "不予受理"}, "受理日期", "没有受理、告知或办结日期"),
        ({**SENT, "受理日期": "2023-06-03"}, "受理日期", "早于转办日期 2023-06-05"),
        ({**SENT, "受理日期": "2023-06-09", "签收日期": "2023-06-12"}, "受理日期", "早于签收日期 2023-06-12"),
        ({**ACCEPTED, "告知日期": "2023-06-08"}, "告知日期", "早于受理日期"),
        ({**ACCEPTED, "办结日期": "2023-06-08"}, "办结日期", "早于受理日期"),
        ({**CLOSED, "送达日期": "2023-07-08"}, "送达日期", "早于办结日期"),
        ({**ACCEPTED, "延期天数": "31"}, "延期天数", "不超过 30 日"),
        ({**ACCEPTED, "送达日期": "2023-07-08"}, "送达日期", "没有办结日期"),
        ({**CLOSED, "复查日期": "2023-07-20", "复查结果": "维持"}, "复查答复日期", "没有复查答复日期"),
        ({**CLOSED, "复查日期": "2023-07-09"}, "复查日期", "早于"),
        ({"化解日期": "2023-07-20"}, "积案批次", "没有积案批次"),
        ({**ACCEPTED, "满意度": "满意", "评价日期": "2023-07-01"}, "评价日期", "办结之后"),
        ({"满意度": "满意"}, "评价日期", "没有评价日期和办结日期"),
        ({"初重件": "初次", "原登记编号": "XF2022-000001"}, "初重件", "写的是初次"),
        ({"原登记编号": "XF2023-000001"}, "原登记编号", "自己"),
        ({"受理日期": "2023-06-03"}, "受理日期", "不能受理"),
    ],
)
def test_what_cannot_be_is_turned_back_with_row_column_and_reason(
    desk: Desk, cells: Row, column: str, words: str
) -> None:
    refused = desk.refused(row(1, **cells))
    assert len(refused) == 1
    line, heading, reason = refused[0]
    assert (line, heading) == (2, column)
    assert words in reason
    assert desk.counted()[1] == 0


def test_the_column_is_the_sheets_own_heading(desk: Desk) -> None:
    cells: Row = {
        "系统编号": "W1",
        "登记日期": "2023-06-01",
        "承办单位": "测试局",
        "转送日期": "2023-06-04",
        "受理告知日期": "2023-06-02",
    }
    assert desk.refused(cells) == [
        (2, "受理告知日期", "受理告知日期 2023-06-02 早于转送日期 2023-06-04。请核对两个日期")
    ]


def test_every_bad_cell_of_a_row_is_named(desk: Desk) -> None:
    refused = desk.refused(row(1, 信访形式="飞鸽", 办结日期="昨天"))
    assert [column for _, column, _ in refused] == ["信访形式", "办结日期"]


def test_a_review_late_or_revoked_is_never_refused_for_what_a_sheet_cannot_say(desk: Desk) -> None:
    closed = {**CLOSED, "办结日期": "2023-06-11", "送达日期": "2023-06-11"}
    report = desk.take(
        row(1, **closed, 复查日期="2023-07-20"),
        row(2, **closed, 复查日期="2023-06-20", 复查结果="撤销", 复查答复日期="2023-07-01"),
        row(3, **closed, 复查日期="2023-06-20", 复查结果="不予受理", 复查答复日期="2023-07-01"),
    )
    assert list(report.reasons()) == []
    assert [desk.case(n).stage for n in (1, 2, 3)] == ["in_review", "accepted", "closed"]


def test_assign_on_receipt(desk: Desk) -> None:
    report = desk.take(row(1, 责任单位="测试局"), assign_on_receipt=True)
    assert report.imported == 1
    assert desk.case(1).assigned_on == date(2023, 6, 1)
    assert [found.kind for found in report.warnings] == ["assigned_on_receipt"]


def test_unknown_columns_stay_with_the_registration(desk: Desk) -> None:
    desk.take(row(1, 备注="集体访", 来文号="测〔2023〕1号"))
    assert _events(desk, 1)[0].data["extras"] == {"备注": "集体访", "来文号": "测〔2023〕1号"}


# ---- repeats -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "repeat"),
    [
        ({"初重件": "初次"}, False),
        ({"初重件": ""}, False),
        ({"初重件": "初访"}, False),
        ({"初重件": "重复"}, True),
        ({"初重件": "重信"}, True),
        ({"是否初次": "否"}, True),
        ({"是否初次": "是"}, False),
    ],
)
def test_marks_of_first_and_repeat(desk: Desk, cells: Row, repeat: bool) -> None:
    desk.take(row(1, **cells))
    case = desk.case(1)
    assert (case.repeat, case.repeat_of, case.repeat_of_no) == (repeat, None, None)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_originals_by_either_number_in_any_order(desk: Desk, order: tuple[int, ...]) -> None:
    rows = [
        row(1, 外部编号="W1"),
        row(2, 收到日期="2023-06-20", 原登记编号="W1"),
        row(3, 收到日期="2023-07-20", 初重件="重复", 原登记编号="XF2023-000002"),
    ]
    report = desk.take(*(rows[n] for n in order))
    assert (report.imported, report.warnings) == (3, ())
    assert [desk.shown(n)["repeat_of"] for n in (1, 2, 3)] == [None, "XF2023-000001", "XF2023-000002"]
    desk.counted()


def test_an_original_in_the_book(desk: Desk) -> None:
    desk.take(row(1))
    desk.take(row(2, 收到日期="2023-06-20", 原登记编号="XF2023-000001"))
    assert desk.shown(2)["repeat_of"] == "XF2023-000001"


@pytest.mark.parametrize("number", ["XF2023-000001", "W1"])
def test_an_unknown_original_is_kept_and_linked_when_it_comes(desk: Desk, number: str) -> None:
    desk.take(row(2, 收到日期="2023-06-20", 原登记编号=number))
    case = desk.case(2)
    assert (case.repeat, case.repeat_of, case.repeat_of_no) == (True, None, number)
    report = desk.take(row(1, 外部编号="W1"))
    assert report.linked == 1
    assert desk.shown(2)["repeat_of"] == "XF2023-000001"
    assert desk.story(2)[-1] == "link 06-20"
    desk.counted()


def test_an_original_received_later_is_turned_back(desk: Desk) -> None:
    for first in (True, False):
        rows = [row(1, 收到日期="2023-06-10"), row(2, 收到日期="2023-06-01", 原登记编号="XF2023-000001", 概况="乙")]
        other = Desk(desk.folder / str(first))
        other.folder.mkdir()
        report = other.take(*(rows if first else reversed(rows)))
        assert report.imported == 1
        assert [(r.row, r.column, "早于原件" in r.reason) for r in report.reasons()] == [
            (3 if first else 2, "原登记编号", True)
        ]


def test_rings_are_turned_back_at_one_row(desk: Desk) -> None:
    report = desk.take(
        row(1, 原登记编号="XF2023-000002"),
        row(2, 原登记编号="XF2023-000003"),
        row(3, 原登记编号="XF2023-000001"),
        row(4, 原登记编号="XF2023-000003"),
    )
    assert [(r.row, r.column) for r in report.reasons()] == [(4, "原登记编号")]
    assert "不能互为重复" in next(iter(report.reasons())).reason
    assert [desk.case(n).repeat_of_no for n in (1, 2, 4)] == [None, "XF2023-000003", "XF2023-000003"]
    assert desk.shown(1)["repeat_of"] == "XF2023-000002"


def test_a_ring_through_the_book_is_turned_back(desk: Desk) -> None:
    desk.take(row(1, 原登记编号="XF2023-000002"))
    assert [found[1] for found in desk.refused(row(2, 原登记编号="XF2023-000001"))] == ["原登记编号"]


# ---- identity ----------------------------------------------------------------------------------------------------


def test_numbers_of_our_pattern_are_taken_and_move_the_serials(desk: Desk) -> None:
    desk.take(
        row("XF2023-000123"), row("xf2022-000007", 概况="乙"), row("甲信〔2023〕5号", 概况="丙"), row("", 概况="丁")
    )
    assert desk.shown("123")["case_no"] == "XF2023-000123"
    assert desk.shown("22-7")["title"] == "乙"
    assert desk.shown("甲信〔2023〕5号")["case_no"] == "XF2023-000124"  # kept, and findable
    assert desk.shown("23-125")["title"] == "丁"
    done = registering.add(desk.session, TODAY, {"channel": "letter", "kind": "appeal", "title": "戊"})
    assert done.cases[0].case.case_no == "XF2023-000126"


def test_a_row_without_a_number_never_takes_one_that_comes_later_in_the_file(desk: Desk) -> None:
    report = desk.take(row("", 概况="甲"), row("XF2023-000001", 概况="乙"))
    assert report.imported == 2
    assert desk.shown(1)["title"] == "乙"
    assert desk.shown(2)["title"] == "甲"
    desk.counted()


def test_without_any_number_the_intake_tells_rows_apart(desk: Desk) -> None:
    sheet: list[Row] = [{"序号": n, **row("", **ACCEPTED), "概况": f"第{n % 2}件"} for n in range(3)]
    report = desk.take(*sheet)
    assert (report.imported, report.already_there) == (3, 0)
    assert [(found.kind, found.rows) for found in report.warnings if found.kind == "identical_rows"] == [
        ("identical_rows", (2, 4))
    ]
    moved_on = [{**r, "序号": 99, "办结日期": "2023-07-20", "概况": f" {r['概况']}　"} for r in sheet]
    again = desk.take(*moved_on)
    assert (again.imported, again.already_there, len(again.differs)) == (0, 3, 3)


def test_the_external_number_is_unique(desk: Desk) -> None:
    desk.take(row(1, 外部编号="W1"))
    refused = desk.refused(row(2, 概况="乙", 外部编号="W1"))
    assert [found[1] for found in refused] == ["外部编号"]
    assert "XF2023-000001" in refused[0][2]


def test_an_import_of_repeats_with_their_originals_is_undone_and_goes_in_again(desk: Desk) -> None:
    rows = [row(n, 概况=f"第{n}件") for n in range(1, 301)]  # more than a chunk: the original is in the book by then
    rows += [
        row(301, 收到日期="2023-06-02", 原登记编号="XF2023-000001"),
        row(302, 原登记编号="XF2023-000303"),
        row(303),
    ]
    assert desk.take(*rows).imported == 303
    undoing.undo(desk.session)
    assert desk.counted()[1] == 0
    assert desk.take(*rows).imported == 303
    with desk.session.reading() as book:
        linked = book.conn.execute("SELECT count(*) FROM cases WHERE repeat_of IS NOT NULL").fetchone()[0]
    assert linked == 2
    assert health.check(desk.session, True).ok


def test_an_import_is_not_undone_under_a_later_repeat(desk: Desk) -> None:
    desk.take(row(1))
    repeat = desk.write([row(2, 收到日期="2023-06-02", 原登记编号="XF2023-000001")])
    assert run.import_ledger(Session(desk.session.place.file, TODAY, "另一人"), repeat).imported == 1
    with pytest.raises(Refused, match="重复件，不能撤销"):
        undoing.undo(desk.session)
    assert desk.counted()[1] == 2


def test_after_an_undone_import_the_file_goes_in_again_under_new_numbers(desk: Desk) -> None:
    path = desk.write([row(1), row("", 概况="乙")])
    desk.read(path)
    undoing.undo(desk.session)
    with pytest.raises(NotFound):
        desk.shown(1)
    report = desk.read(path)
    assert report.imported == 2
    assert desk.shown("XF2023-000001")["case_no"] == "XF2023-000003"
    assert desk.read(path).already_there == 2


LIKE = [
    (["教育局", "区教育局"], [("区教育局", "教育局")]),
    (["测试区教育局", "教育局"], [("测试区教育局", "教育局")]),
    (["教育局", "教育局（区）"], [("教育局（区）", "教育局")]),
    (["测试街道", "测试街道办事处"], [("测试街道办事处", "测试街道")]),
    (["测试镇人民政府", "测试镇"], [("测试镇人民政府", "测试镇")]),
    (["教育局", "市教育局"], []),
    (["公安局", "公安局交警大队"], []),
    (["教育局", "体育局"], []),
    (["市场监督管理局", "区市场监督管理局"], [("区市场监督管理局", "市场监督管理局")]),
]


@pytest.mark.parametrize(("names", "pairs"), LIKE)
def test_a_unit_under_two_names_is_pointed_out(desk: Desk, names: list[str], pairs: list[tuple[str, str]]) -> None:
    """Two rows in the ranking for one bureau would halve its numbers: said at once, in one sheet and over two."""
    rows = [row("", 概况=name, **{**SENT, "责任单位": name}) for name in names]

    def told(report: ImportReport) -> list[str]:
        return [words.message(found) for found in report.warnings if found.kind == "like_unit"]

    assert told(desk.take(*rows)) == [
        f"新单位「{name}」像是「{other}」；是同一单位的，并进去：xinfang unit merge {name} --into {other}"
        for name, other in pairs
    ]
    later = Desk(desk.folder / "later")
    later.folder.mkdir()
    assert told(later.take(rows[0])) == []
    said = [f"新单位「{names[1]}」像是「{names[0]}」"] if pairs else []
    assert [found.partition("；")[0] for found in told(later.take(rows[1]))] == said


# ---- what is there already ---------------------------------------------------------------------------------------


def test_twice_adds_nothing(desk: Desk) -> None:
    rows = [
        row(1, **CLOSED, 满意度="满意"),
        row(2, 收到日期="2023-06-20", 原登记编号="XF2023-000001"),
        row("", 概况="丙"),
    ]
    path = desk.write([*rows, rows[0]])
    first = desk.read(path)
    assert (first.imported, first.already_there) == (3, 1)
    before = desk.counted()
    for options in ({}, {"update": True}):
        again = desk.read(path, **options)
        assert (again.imported, again.already_there, again.updated, again.differs) == (0, 4, 0, ())
    assert desk.counted() == before


@pytest.mark.parametrize("update", [False, True])
def test_newest_first(desk: Desk, update: bool) -> None:
    """A case of the book below new ones in the same sheet."""
    desk.take(row(1, **SENT))
    report = desk.take(row(2, 概况="乙"), row(1, **CLOSED), row(3, 概况="丙", **SENT), update=update)
    assert (report.imported, report.already_there, report.updated) == (2, 1, int(update))
    assert desk.shown(1)["stage"] == ("closed" if update else "assigned")
    assert health.check(desk.session).ok


LATER: list[tuple[Row, Row, list[str]]] = [
    ({}, {"外部编号": "W9", "联系电话": "13000000001"}, ["edit"]),
    ({}, {"内容分类": "劳动社保", "问题属地": "测试镇"}, ["edit"]),
    ({}, SENT, ["assign"]),
    (SENT, {**SENT, "签收日期": "2023-06-06"}, ["sign"]),
    (SENT, ACCEPTED, ["accept"]),
    (SENT, CLOSED, ["accept", "close"]),
    (ACCEPTED, {**ACCEPTED, "延期天数": "10"}, ["extend"]),
    (ACCEPTED, {**ACCEPTED, "告知日期": "2023-06-12"}, ["correct"]),
    (ACCEPTED, {**ACCEPTED, "包案领导": "测试领导乙", "积案批次": "批", "化解日期": "2023-07-01"}, ["lead", "join", "resolve"]),
    ({**ACCEPTED, "办结日期": "2023-07-10"}, CLOSED, ["correct", "deliver"]),
    (CLOSED, {**CLOSED, "满意度": "满意"}, ["rate"]),
    ({**CLOSED, "满意度": "满意"}, {**CLOSED, "满意度": "不满意", "评价日期": "2023-07-20"}, ["rate"]),
    (CLOSED, {**CLOSED, "复查日期": "2023-07-15"}, ["review"]),
    ({**CLOSED, "复查日期": "2023-07-15"}, {**CLOSED, "复查日期": "2023-07-15", "复查结果": "维持", "复查答复日期": "2023-07-20"}, ["review_result"]),
    ({}, {"初重件": "重复"}, ["edit"]),
    ({}, {"原登记编号": "XF2022-000077"}, ["edit"]),
    ({}, {"原登记编号": "XF2023-000008"}, ["link"]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "kinds"), LATER)
def test_next_months_export(desk: Desk, before: Row, after: Row, kinds: list[str]) -> None:
    desk.take(row(8, 概况="原件"), row(1, **before))
    had = len(_events(desk, 1))
    report = desk.take(row(1, **after))
    assert (report.already_there, report.updated, len(report.differs)) == (1, 0, 1)
    assert report.differs[0].case_no == "XF2023-000001"
    assert len(_events(desk, 1)) == had
    updated = desk.take(row(1, **after), update=True)
    assert (updated.already_there, updated.updated) == (1, 1)
    assert sorted(event.kind for event in _events(desk, 1)[had:]) == sorted(kinds)
    again = desk.take(row(1, **after), update=True)
    assert (again.already_there, again.updated, again.differs) == (1, 0, ())
    fresh = Desk(desk.folder / "fresh")
    fresh.folder.mkdir()
    fresh.take(row(8, 概况="原件"), row(1, **after))
    keys = (
        "stage",
        "unit",
        "assigned_on",
        "accepted_on",
        "closed_on",
        "outcome",
        "first",
        "next_clock",
        "due_on",
        "lead",
        "topic",
    )
    assert {key: desk.shown(1)[key] for key in keys} == {key: fresh.shown(1)[key] for key in keys}
    desk.counted()


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"收到日期": "2023-06-02"}, "收到日期"),
        ({"概况": "别的事"}, "概况"),
        ({"信访目的": "建议意见"}, "信访目的"),
        ({"责任单位": "另一局"}, "责任单位"),
        ({"受理日期": "2023-06-11"}, "受理日期"),
        ({"办结日期": "2023-07-09"}, "办结日期"),
        ({"处理意见": "不予支持"}, "处理意见"),
        ({"送达日期": "2023-07-12"}, "送达日期"),
        ({"原登记编号": "XF2023-000009"}, "原登记编号"),
    ],
)
@pytest.mark.parametrize("update", [False, True])
def test_a_contradiction_is_turned_back(desk: Desk, cells: Row, column: str, update: bool) -> None:
    whole = row(1, **CLOSED, 原登记编号="XF2023-000008")
    desk.take(row(8), row(9), whole)
    before = desk.counted()
    refused = desk.refused({**whole, **cells}, update=update)
    assert [found[1] for found in refused] == [column]
    assert ("与案件簿不同" if column == "概况" else "案件簿是") in refused[0][2]  # what people wrote is not told
    assert desk.counted() == before


def test_what_the_clerk_set_right_since_is_no_contradiction(desk: Desk) -> None:
    path = desk.write([row(1, **ACCEPTED, 信访人数="3"), row(2, 概况="乙")])
    desk.read(path)
    casework.edit(desk.session, ["1"], {"headcount": 9})
    originals.link(desk.session, ["2"], "1", TODAY)
    correct(desk.session, "1", 3, on=date(2023, 6, 9), reason="记错", changes={})
    casework.close(desk.session, ["1"], TODAY, outcome="supported")
    report = desk.read(path)
    assert (report.already_there, report.rejected, report.differs) == (2, 0, ())


def test_an_update_that_the_law_refuses_is_turned_back_whole(desk: Desk) -> None:
    desk.take(row(1, **SENT, 办结日期="2023-07-10", 处理意见="予以支持"))
    before = desk.counted()
    late = {**CLOSED, "受理日期": "2023-07-11"}  # accepted after it was closed
    refused = desk.refused(row(1, **late, 联系电话="13000000001"), update=True)
    assert [found[1] for found in refused] == ["受理日期"]
    assert desk.counted() == before


# ---- units, topics, places ---------------------------------------------------------------------------------------


def test_units_are_made_grouped_and_listed(desk: Desk) -> None:
    report = desk.take(
        row(1, 责任单位="测试街道办事处", 转办日期="2023-06-05"),
        row(2, 责任单位="测试镇", 转办日期="2023-06-05"),
        row(3, 责任单位="区测试局", 转办日期="2023-06-05"),
        row(4, 责任单位="区测试局", 转办日期="2023-06-05", 办结日期="2023-06-01"),
        row(5, 责任单位="不会有的局", 转办日期="2023-06-05", 办结日期="2023-06-01"),
    )
    assert report.new_units == ("测试街道办事处", "测试镇", "区测试局")
    with desk.session.reading() as book:
        assert {u.name: u.group for u in book.units.all()} == {
            "测试街道办事处": "镇街",
            "测试镇": "镇街",
            "区测试局": "区直部门",
        }


def test_topics_and_places_are_made_and_reported(desk: Desk) -> None:
    report = desk.take(row(1, 内容分类="劳动社保", 问题属地="测试村"), row(2, 内容分类="低空经济", 问题属地="测试村"))
    assert (report.new_topics, report.new_regions) == (("低空经济",), ("测试村",))
    assert desk.shown(1)["topic"] == "劳动和社会保障"


def test_an_ambiguous_unit_lists_the_candidates(desk: Desk) -> None:
    with desk.session.writing("unit") as (book, pen):
        book.units.add(pen, TODAY, "交通局")
        book.units.add(pen, TODAY, "教体局")
    refused = desk.refused(row(1, 责任单位="jtj", 转办日期="2023-06-05"))
    assert refused[0][1] == "责任单位"
    assert "交通局" in refused[0][2]


# ---- all or nothing, dry runs, large files -----------------------------------------------------------------------


def test_a_dry_run_checks_all_and_writes_nothing(desk: Desk) -> None:
    report = desk.take(row(1, **SENT), row(2, 信访形式="飞鸽"), dry_run=True)
    assert (report.imported, report.rejected, report.new_units) == (1, 1, ("测试局",))
    assert not desk.session.place.file.exists()
    desk.take(row(3))
    before = desk.counted()
    assert desk.take(row(1, **SENT), dry_run=True).imported == 1
    assert desk.counted() == before


def test_all_or_nothing(desk: Desk) -> None:
    report = desk.take(row(1), row(2, 信访形式="飞鸽"), all_or_nothing=True)
    assert (report.imported, report.rejected, report.withheld, report.written) == (0, 2, 1, False)
    assert [reason.row for reason in report.reasons()] == [3]
    assert desk.counted()[1] == 0
    assert desk.take(row(1), row(2), all_or_nothing=True).imported == 2


def test_rejected_rows_mended_and_imported_again(desk: Desk) -> None:
    import openpyxl

    path = desk.write([row(1, **SENT), row(2, **SENT, 受理日期="2023-06-01"), row(3, 收到日期="6月3日")])
    report = desk.read(path)
    rejected = write_rejects(report, path)
    book = openpyxl.load_workbook(rejected)
    sheet = book.active
    headings = [cell.value for cell in sheet[1]]
    sheet.cell(2, headings.index("受理日期") + 1).value = "2023-06-08"
    sheet.cell(3, headings.index("收到日期") + 1).value = date(2023, 6, 3)
    book.save(rejected)
    again = desk.read(rejected)
    assert (again.rows, again.imported) == (2, 2)
    assert "extras" not in _events(desk, 3)[0].data  # 退回原因 is ours
    assert desk.read(path).already_there == 1


def test_a_backup_before_more_than_a_thousand_rows_into_a_book_that_was_there(desk: Desk) -> None:
    many = [row(n, 概况=f"第{n}件") for n in range(1, 1002)]
    assert desk.take(*many[:1000]).backup is None
    there = desk.counted()
    assert desk.take(*many[:1000]).backup is None
    steps: list[tuple[str, int, int]] = []
    report = desk.take(*many, progress=lambda *step: steps.append(step))
    assert report.backup is not None
    backup = report.backup.file
    assert backup.parent == desk.folder
    if os.name == "posix":
        assert backup.stat().st_mode & 0o777 == 0o600
    kept = Desk(desk.folder)
    kept.session = Session(backup, TODAY, "测试员")
    assert kept.counted() == there
    assert report.backup.events == there[0]
    assert steps[0][:2] == ("rows", 250)
    assert steps[-2:] == [("rows", 1001, 1001), ("writing", 1001, 1001)]


def test_no_copy_of_a_book_without_cases_and_three_copies_at_most(desk: Desk) -> None:
    unit_list.add(desk.session, unit_list.NewUnit("测试局"))
    assert desk.take(*[row(n, 概况=f"第{n}件") for n in range(1, 1002)]).backup is None
    made = [desk.take(*[row(n, 概况=f"第{n}件") for n in range(m * 2000, m * 2000 + 1001)]).backup for m in range(1, 5)]
    assert all(made)
    kept = {copy.file for copy in made[1:] if copy}
    assert set(desk.folder.glob("*.before-import-*")) == kept


def test_several_units_in_a_cell_are_no_new_unit(desk: Desk) -> None:
    [(line, column, why)] = desk.refused(row(1, **SENT), row(2, **SENT | {"责任单位": "测试局、甲局"}))
    assert (line, column, "几个单位" in why) == (3, "责任单位", True)
    unit_list.add(desk.session, unit_list.NewUnit("发改、统计局"))
    assert desk.refused(row(2, **SENT | {"责任单位": "发改、统计局"})) == []


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("测试局\n民政局", None),
        ("测试\n街道", "测试街道"),
        ("测试街道\n办事处", "测试街道办事处"),
        ("测试区住房和城乡\n建设局", "测试区住房和城乡建设局"),
        ("测试区\n教育局", "测试区教育局"),
    ],
)
def test_a_line_break_between_units_and_within_one(desk: Desk, cell: str, unit: str | None) -> None:
    refused = desk.refused(row(1, **SENT | {"责任单位": cell}))
    assert ["几个单位" in why for _, _, why in refused] == ([] if unit else [True])
    with desk.session.reading() as book:
        assert [one.name for one in book.units.all()] == ([unit] if unit else [])


def test_a_close_that_a_sheet_does_not_describe_is_taken_back_as_it_was_exported(desk: Desk) -> None:
    desk.take(row(1, **SENT | {"受理日期": "2023-06-05", "办结日期": "2023-06-20", "处理意见": "表中未载"}))
    assert _events(desk, 1)[-1].data["outcome"] == "unstated"


def test_no_backup_stays_of_an_import_that_wrote_nothing(desk: Desk) -> None:
    many = [row(n, 概况=f"第{n}件") for n in range(1, 1002)]
    desk.take(*many)

    def stop(phase: str, done: int, total: int) -> None:
        if phase == "writing":
            assert list(desk.folder.glob("*.before-import-*"))
            raise KeyboardInterrupt

    more = [row(n, 概况=f"第{n}件") for n in range(2001, 3002)]
    with pytest.raises(KeyboardInterrupt):
        desk.take(*more, progress=stop)
    assert desk.take(*more, row(4000, 收到日期=""), all_or_nothing=True).backup is None
    assert desk.take(*many).backup is None
    assert list(desk.folder.glob("*.before-import-*")) == []
    assert desk.counted()[1] == len(many)


def test_a_large_file_builds_its_indexes_again(desk: Desk) -> None:
    rows = [row(n, **CLOSED, 概况=f"第{n}件", 外部编号=f"W{n}") for n in range(1, 2101)]
    rows += [row(n + 3000, 概况="又", 收到日期="2023-07-20", 原登记编号=f"W{n}") for n in range(1, 2101, 7)]
    rows.reverse()
    report = desk.take(*rows)
    assert (report.imported, report.rejected) == (len(rows), 0)
    with desk.session.reading() as book:
        listed = {r[0] for r in book.conn.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        assert {name for name, what in schema_of_version(VERSION).items() if what.type == "index"} <= listed
        assert book.conn.execute("SELECT count(*) FROM cases WHERE repeat_of IS NOT NULL").fetchone()[0] == 300
    assert desk.counted()[1] == len(rows)


def test_an_import_that_finds_the_book_locked_waits_once(desk: Desk) -> None:
    desk.take(row(1))
    said: list[str] = []
    with desk.session.reading() as book:
        assert isinstance(book.conn, Connection)
        book.conn.set_trace_callback(said.append)
        with pytest.raises(ZeroDivisionError), book.bulk.roomy(False):
            raise ZeroDivisionError
        assert not any("checkpoint" in statement for statement in said)
        with book.bulk.roomy(False):
            pass
        assert any("checkpoint" in statement for statement in said)
        book.conn.set_trace_callback(None)


IMPORTING = """
import sys
from datetime import date
from pathlib import Path
from xinfang_cli.office.exchange.importing.run import import_ledger
from xinfang_cli.office.session import Session
import_ledger(Session(Path(sys.argv[1]), date(2023, 7, 31), "测试员"), Path(sys.argv[2]))
"""


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_in_the_middle_leaves_all_or_nothing(desk: Desk) -> None:
    desk.take(row(9000, 概况="在先"))
    path = desk.write(row(n, **CLOSED, 概况=f"第{n}件") for n in range(1, 2501))
    seen = set()
    for wait in (0.3, 0.5, 0.7, 1.0, 6.0):
        running = subprocess.Popen([sys.executable, "-c", IMPORTING, str(desk.session.place.file), str(path)], cwd=ROOT)
        time.sleep(wait)
        running.send_signal(signal.SIGKILL)
        running.wait()
        seen.add(desk.counted()[1])
    assert seen <= {1, 2501}
    assert 1 in seen
    for _ in range(2):
        report = desk.read(path)
    assert (report.imported, report.already_there) == (0, 2500)


def beside(desk: Desk) -> list[str]:
    return sorted(found.name for found in desk.folder.iterdir() if found.name.startswith((".", "book")))


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_at_the_first_import_leaves_no_book_and_what_it_left_goes_with_the_next(desk: Desk) -> None:
    path = desk.write(row(n, **CLOSED, 概况=f"第{n}件") for n in range(1, 2501))
    running = subprocess.Popen([sys.executable, "-c", IMPORTING, str(desk.session.place.file), str(path)], cwd=ROOT)
    while not (made := list(desk.folder.glob(f".book.db.{running.pid}.*new"))):
        assert running.poll() is None
        time.sleep(0.001)
    half = made[0]
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert beside(desk) == [half.name]
    others = desk.folder / f".book.db.{os.getppid()}.new"  # of a process that is still at it
    others.touch()
    assert desk.read(path).imported == 2500
    assert beside(desk) == [others.name, "book.db"]
    assert desk.counted()[1] == 2500


def test_a_book_that_somebody_else_began_meanwhile_takes_the_rows(desk: Desk) -> None:
    path = desk.write([row(7, **CLOSED), row("", **SENT, 概况="没有编号"), row(3, 收到日期="不知道")])
    other = Session(desk.session.place.file, TODAY, "测试员乙")
    told: list[str] = []

    def meanwhile(what: str, done: int, at_most: int) -> None:
        if not told:
            registering.add(other, TODAY, {"channel": "letter", "kind": "appeal", "title": "在先", "name": "测试乙"})
        told.append(what)

    report = desk.read(path, progress=meanwhile)
    assert (report.imported, report.rejected, report.written) == (2, 1, True)
    assert desk.counted()[1] == 3
    assert [desk.shown(n)["title"] for n in (1, 7, 8)] == ["在先", "反映水压不足", "没有编号"]
    assert beside(desk) == ["book.db"]


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_first_import_through_a_link_that_leads_nowhere(desk: Desk) -> None:
    desk.session.place.file.symlink_to(desk.folder / "没有的盘" / "book.db")
    with pytest.raises(Unusable, match="不存在"):
        desk.take(row(1, **CLOSED))
    assert beside(desk) == ["book.db"]


@pytest.mark.parametrize("option", ["dry_run", "all_or_nothing"])
def test_a_first_import_that_may_write_nothing(desk: Desk, option: str) -> None:
    chosen: dict[str, Any] = {option: True}
    report = desk.take(row(1, **CLOSED), row(2, 收到日期="不知道"), **chosen)
    assert report.rejected >= 1
    assert beside(desk) == ([] if option == "dry_run" else ["book.db"])
    if option == "all_or_nothing":
        assert desk.counted() == (1, 0)  # the calendar that every book begins with


def test_a_first_import_that_fails_leaves_nothing(desk: Desk) -> None:
    def fails(*_: object) -> None:
        raise OSError("测试")

    with pytest.raises(OSError, match="测试"):
        desk.take(row(1, **CLOSED), progress=fails)
    assert beside(desk) == []
