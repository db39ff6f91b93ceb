"""Headings of other systems: said once, kept under a name, used by themselves when they come again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import shown_case
from xinfang_cli.errors import BadValue, NotFound
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.office.exchange import headings
from xinfang_cli.office.exchange.headings import Asking, Headings, UnknownWord, parse_given
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.exchange.importing.report import ImportReport
from xinfang_cli.office.find import lists
from xinfang_cli.office.keeping.making import make as make_book
from xinfang_cli.office.session import Session
from xinfang_cli.present import importing as words
from xinfang_cli.present.steps import worded

THEIRS = ["系统编号", "受理件日", "概要", "来信人姓名", "诉求渠道"]
MAP = ["受理件日=收到日期", "概要=标题", "来信人姓名=姓名", "诉求渠道=信访形式"]


def sheet(path: Path, head: list[str], *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


@pytest.fixture
def at(session: Callable[..., Session]) -> Session:
    return session()


def take(at: Session, path: Path, *pairs: str, name: str | None = None, **given: Any) -> ImportReport:
    said = Headings(parse_given(pairs), name, given.pop("ask", None))
    progress = given.pop("progress", None)
    return run.import_ledger(at, path, run.Choices(**given), headings=said, progress=progress)


def titles(at: Session) -> list[str]:
    return [row.title for row in lists.listed(at, lists.CasesAsked(ListFilter())).lines]


def test_said_once_and_used_again(at: Session, tmp_path: Path) -> None:
    first = sheet(tmp_path / "六月.csv", THEIRS, ["W1", "2023-06-01", "反映甲", "测试甲", "来信"])
    report = take(at, first, *MAP, name="国家系统")
    assert (report.imported, report.profile) == (1, "国家系统")
    again = sheet(tmp_path / "七月.csv", THEIRS, ["W2", "2023-07-01", "反映乙", "测试乙", "来访"])
    report = take(at, again)
    assert (report.imported, report.profile) == (1, "国家系统")
    assert titles(at) == ["反映乙", "反映甲"]
    shown = shown_case(at, "W2", reveal=True)
    assert (shown["petitioner"]["name"], shown["channel"]) == ("测试乙", "visit")
    assert [found.name for found in headings.kept_sets(at)] == ["国家系统"]


def test_a_formula_without_a_value_under_a_heading_that_was_learnt(at: Session, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["系统编号", "收到日期", "概要"], ["W1", "2023-06-01", "=反映"]):
        book.active.append(row)
    path = tmp_path / "a.xlsx"
    book.save(path)
    said = take(at, path, "概要=标题", name="国家系统")
    learnt = take(at, path)
    asking = Asking(lambda like: {"概要": "title"}, lambda missing, left: {}, lambda: "")
    headings.forget(at, "国家系统")
    for report in (said, learnt, take(at, path, ask=asking)):
        assert [(column, "公式" in why) for _, column, why, _ in report.reasons()] == [("概要", True)]


def test_more_columns_than_last_month(at: Session, tmp_path: Path) -> None:
    take(at, sheet(tmp_path / "a.csv", THEIRS, ["W1", "2023-06-01", "反映甲", "", ""]), *MAP, name="国家系统")
    wider = sheet(tmp_path / "b.csv", ["序号", *THEIRS, "经办"], ["1", "W2", "2023-06-02", "反映乙", "", "", "某"])
    assert take(at, wider).profile == "国家系统"
    other = sheet(tmp_path / "c.csv", ["系统编号", "收到日期", "概要"], ["W3", "2023-06-03", "反映丙"])
    report = take(at, other)
    assert (report.profile, report.imported) == (None, 1)
    assert titles(at)[0] == ""


def test_two_sets_that_would_both_do(at: Session, tmp_path: Path) -> None:
    head = ["系统编号", "收到日期", "概要"]
    take(at, sheet(tmp_path / "a.csv", [*head, "甲"], ["W1", "2023-06-01", "一", ""]), "概要=标题", name="甲系统")
    take(at, sheet(tmp_path / "b.csv", [*head, "乙"], ["W2", "2023-06-01", "二", ""]), "概要=内容", name="乙系统")
    third = sheet(tmp_path / "c.csv", head, ["W3", "2023-06-01", "三"])
    assert take(at, third, dry_run=True).profile is None
    assert take(at, third, name="乙系统").profile == "乙系统"
    assert shown_case(at, "W3", reveal=True)["content"] == "三"
    exact = sheet(tmp_path / "d.csv", [*head, "甲"], ["W4", "2023-06-01", "四", ""])
    assert take(at, exact).profile == "甲系统"


def test_this_time_only_and_not_in_a_dry_run(at: Session, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", THEIRS, ["W1", "2023-06-01", "反映甲", "测试甲", "来信"])
    assert take(at, path, *MAP, name="国家系统", dry_run=True).imported == 1
    assert take(at, path, *MAP).imported == 1
    assert headings.kept_sets(at) == []


def test_ours_may_stand_for_something_else(at: Session, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", ["登记编号", "收到日期", "概况"], ["XF2023-000009", "2023-06-01", "甲"])
    take(at, path, "登记编号=外部编号")
    assert shown_case(at, "XF2023-000009", reveal=False)["case_no"] == "XF2023-000001"


@pytest.mark.parametrize("pair", ["概要", "概要=", "=标题", "概要=没有这列", "概要=完整经过"])
def test_words_that_are_not_taken(pair: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_given([pair])
    assert caught.value.hint


def test_a_heading_or_a_name_that_is_not_there(at: Session, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", ["系统编号", "收到日期", "概要"], ["W1", "2023-06-01", "甲"])
    with pytest.raises(BadValue, match="表里没有这一列"):
        take(at, path, "摘要=标题")
    with pytest.raises(NotFound, match="没有叫"):
        take(at, path, name="国家系统")
    with pytest.raises(NotFound):
        headings.forget(at, "国家系统")
    take(at, path, "概要=标题", name="国家系统")
    headings.forget(at, "国家系统")
    assert headings.kept_sets(at) == []


@pytest.mark.parametrize(
    ("heading", "ours"),
    [
        ("受理日", "受理日期"),
        ("结案时间", "办结日期"),
        ("应办结的日期", "上级办结期限"),
        ("限办期", None),
        ("稳控单位", None),
        ("信访来源", None),
        ("是否首次登记", None),
        ("来信人姓名", "姓名"),
        ("承办单位名称", "责任单位"),
        ("信访件概况", "概况"),
        ("备注", None),
        ("序号", None),
        ("经办人员", None),
        ("评价", "单位满意度"),
        ("群众评价结果", "单位满意度"),
        ("受理情况", None),
        ("转办", "转办日期"),
        ("复查时间", "复查日期"),
    ],
)
def test_columns_that_look_like_ours_are_named(at: Session, tmp_path: Path, heading: str, ours: str | None) -> None:
    fits = {"姓名": "测试甲", "责任单位": "教育局", "概况": "反映甲", "单位满意度": "满意"}
    cell = fits.get(ours or "", "2023-06-02")
    path = sheet(tmp_path / "a.csv", ["系统编号", "收到日期", heading], ["W1", "2023-06-01", cell])
    said = [words.message(found) for found in take(at, path, dry_run=True).warnings if found.kind == "unknown_column"]
    assert said == (
        [] if ours is None else [f"没有认出「{heading}」这一列，像「{ours}」；要这样认加 --map {heading}={ours}"]
    )


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("结案时间", "测试甲"), ("来信人姓名", "2023-06-02"), ("承办单位名称", "12"), ("评价", "教育局")],
)
def test_what_a_column_holds_must_agree_too(at: Session, tmp_path: Path, heading: str, cell: str) -> None:
    path = sheet(tmp_path / "a.csv", ["系统编号", "收到日期", heading], ["W1", "2023-06-01", cell])
    assert "unknown_column" not in {found.kind for found in take(at, path, dry_run=True).warnings}


def test_somebody_is_asked_once(at: Session, tmp_path: Path) -> None:
    asked: list[Mapping[str, str]] = []

    def fields(like: Mapping[str, str]) -> Mapping[str, str]:
        asked.append(like)
        return {heading: field for heading, field in like.items() if field == "accepted_on"}

    ask = Asking(fields, lambda missing, left: {}, lambda: "区里的表")
    head = ["系统编号", "收到日期", "责任单位", "转办日期", "受理日"]
    row = ["W1", "2023-06-01", "教育局", "2023-06-02", "2023-06-05"]
    report = take(at, sheet(tmp_path / "a.csv", head, row), ask=ask)
    assert (report.profile, asked) == ("区里的表", [{"受理日": "accepted_on"}])
    report = take(at, sheet(tmp_path / "b.csv", head, ["W2", *row[1:]]), ask=ask)
    assert (report.profile, len(asked)) == ("区里的表", 1)
    assert shown_case(at, "W2", reveal=False)["accepted_on"] == "2023-06-05"


def test_somebody_is_asked_once_though_another_terminal_begins_the_book_meanwhile(tmp_path: Path) -> None:
    late = Session(tmp_path / "new.db", date(2024, 6, 28), "测试员乙")
    asked: list[Mapping[str, str]] = []

    def fields(like: Mapping[str, str]) -> Mapping[str, str]:
        asked.append(like)
        return like

    def meanwhile(what: str, done: int, at_most: int) -> None:
        if not late.place.file.exists():
            assert make_book(late).created

    head = ["登记编号", "收到日期", "概况", "信访形式", "受理日"]
    row = ["W1", "2023-06-01", "测试", "来信", ""]
    ask = Asking(fields, lambda missing, left: {}, lambda: "")
    report = take(late, sheet(tmp_path / "a.csv", head, row), ask=ask, progress=meanwhile)
    assert (report.imported, asked) == (1, [{"受理日": "accepted_on"}])


def test_a_column_like_none_of_ours_is_asked_for(at: Session, tmp_path: Path) -> None:
    """Only what hardly a ledger is without: the day, and what it is about."""
    asked: list[tuple[Sequence[str], Sequence[str]]] = []

    def which(missing: Sequence[str], left: Sequence[str]) -> Mapping[str, str]:
        asked.append((missing, left))
        return {"事由": "title"} if "title" in missing else {}

    ask = Asking(lambda like: {}, which, lambda: "区里的表")
    head = ["系统编号", "收到日期", "事由", "经办人员"]
    report = take(at, sheet(tmp_path / "a.csv", head, ["W1", "2023-06-01", "反映甲", "某"]), ask=ask)
    assert (report.profile, asked) == ("区里的表", [(["title"], ["事由", "经办人员"])])
    report = take(at, sheet(tmp_path / "b.csv", head, ["W2", "2023-06-02", "反映乙", "某"]), ask=ask)
    assert (report.profile, len(asked), titles(at)) == ("区里的表", 1, ["反映乙", "反映甲"])
    whole = ["系统编号", "收到日期", "概况", "经办人员"]
    take(at, sheet(tmp_path / "c.csv", whole, ["W3", "2023-06-03", "反映丙", "某"]), ask=ask)
    assert len(asked) == 1


def test_the_turned_back_rows_come_in_again_by_the_same_headings(at: Session, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", THEIRS, ["W1", "2023-13-01", "反映甲", "", ""])
    report = take(at, path, *MAP, name="国家系统")
    assert [reason.column for reason in report.reasons()] == ["受理件日"]
    mended = sheet(tmp_path / "a.rejected.csv", [*THEIRS, "退回原因"], ["W1", "2023-06-01", "反映甲", "", "", "不存在"])
    assert take(at, mended).imported == 1


OWN = ["来件日期", "受理形式", "反映问题", "群众姓名", "负责部门", "交办日", "备注"]
OWN_ROW = ["2023-06-01", "来信", "反映甲", "测试甲", "教育局", "2023-06-02", "急"]
OWN_MAP = {
    "来件日期": "received_on",
    "受理形式": "channel",
    "反映问题": "title",
    "群众姓名": "name",
    "负责部门": "unit",
    "交办日": "assigned_on",
}


def test_a_ledger_in_an_offices_own_words_alone(at: Session, tmp_path: Path) -> None:
    """Not one heading is ours: nothing is guessed, but which row it is and what to write are said."""
    path = tmp_path / "a.csv"
    sheet(path, ["某区信访局登记台账"], OWN, OWN_ROW)
    with pytest.raises(BadValue, match="第 2 行像表头") as caught:
        take(at, path)
    assert "--map 来件日期=收到日期 --map 受理形式=信访形式 --map 反映问题=概况" in worded(caught.value.hint)
    assert caught.value.hint.endswith("还没有认出的列：备注；在终端上运行会逐列询问")
    asked: list[Mapping[str, str]] = []

    def fields(like: Mapping[str, str]) -> Mapping[str, str]:
        asked.append(like)
        return like

    report = take(at, path, ask=Asking(fields, lambda missing, left: {}, lambda: "旧台账"))
    assert (asked, report.imported, report.profile) == ([OWN_MAP], 1, "旧台账")
    again = sheet(tmp_path / "b.csv", ["七月"], OWN, ["2023-07-01", *OWN_ROW[1:]])
    assert (take(at, again).profile, len(asked)) == ("旧台账", 1)
    with pytest.raises(BadValue, match="没有表头"):
        take(at, sheet(tmp_path / "c.csv", ["摘要", "序号"], ["甲", "1"]))


def test_one_own_word_said_finds_the_header(at: Session, tmp_path: Path) -> None:
    report = take(at, sheet(tmp_path / "a.csv", ["台账"], OWN, OWN_ROW), "来件日期=收到日期", "反映问题=概况")
    assert (report.imported, titles(at)) == (1, ["反映甲"])
    assert any("--map 负责部门=责任单位" in words.message(found) for found in report.warnings)


def test_a_second_header_row_in_own_words(at: Session, tmp_path: Path) -> None:
    """Three of ours above, what is grouped below only like ours: its row is no data, its columns are asked for."""
    path = sheet(
        tmp_path / "a.csv",
        ["系统编号", "收到日期", "概况", "交办情况", "", "办结情况", ""],
        ["", "", "", "负责部门", "交办日", "办结日", "意见"],
        ["W1", "2023-06-01", "反映甲", "教育局", "2023-06-02", "", ""],
    )
    report = take(at, path, ask=Asking(lambda like: like, lambda missing, left: {}, lambda: ""))
    assert (report.rows, report.imported) == (1, 1)
    assert shown_case(at, "W1", reveal=False)["assigned_on"] == "2023-06-02"


@pytest.mark.parametrize(
    "head", [["系统编号", "收到日期", "概况", "姓名"], ["信访编号", "来件日期", "反映问题", "群众姓名"]]
)
def test_a_row_of_data_is_no_second_header(at: Session, tmp_path: Path, head: list[str]) -> None:
    """Though what stands in it, read on from the heading above, would be like one of ours."""
    rows = [
        [f"W{n}", f"2023-06-0{n}", "反映甲", "测试甲", "责任单位待定", "处理意见待定", "办理方式待定"] for n in (1, 2)
    ]
    path = sheet(tmp_path / "a.csv", [*head, "备注", "说明", "其他"], *rows)
    report = take(at, path, ask=Asking(lambda like: like, lambda missing, left: {}, lambda: ""))
    assert (report.rows, report.imported) == (2, 2)


@pytest.mark.parametrize(("name", "asked"), [("本局", 1), ("", 2)])
def test_a_word_said_under_known_headings_is_kept_too(at: Session, tmp_path: Path, name: str, asked: int) -> None:
    """No heading was asked for: the answer is kept under a name all the same, and asked for again where none is given."""
    head = ["外部编号", "收到日期", "概况", "信访形式"]
    words_asked: list[str] = []

    def answer(unknown: Sequence[UnknownWord]) -> Mapping[str, str]:
        words_asked.extend(one.word for one in unknown)
        return {one.word: "网上信访" for one in unknown}

    ask = Asking(lambda like: {}, lambda missing, left: {}, lambda: name, words=answer)
    first = take(at, sheet(tmp_path / "a.csv", head, ["W1", "2023-06-01", "反映甲", "随手拍"]), ask=ask)
    again = take(at, sheet(tmp_path / "b.csv", head, ["W2", "2023-06-02", "反映乙", "随手拍"]), ask=ask)
    assert (first.imported, again.imported) == (1, 1)
    assert (first.profile or "", again.profile or "") == (name, name)
    assert words_asked == ["随手拍"] * asked
