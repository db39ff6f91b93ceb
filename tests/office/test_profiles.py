"""What a profile keeps of an office's sheets beside headings and words: days, codes, sheets, which column wins."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from xinfang_cli.book.kept import Profile
from xinfang_cli.errors import BadValue, Refused
from xinfang_cli.intake.closed_words import Sense
from xinfang_cli.office.exchange import profiles
from xinfang_cli.office.exchange.headings import Headings, parse_given
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.find import lists
from xinfang_cli.office.session import Session
from xinfang_cli.present.importing import message
from xinfang_cli.present.steps import worded

TODAY = date(2023, 7, 17)
HEAD = ["登记编号", "收到日期", "信访形式", "概况"]


@pytest.fixture
def at(session: Callable[..., Session]) -> Session:
    return session(today=TODAY)


def written(folder: Path, *rows: list[str], head: list[str] | None = None, name: str = "a.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head or HEAD, *rows])
    return path


def days(at: Session) -> list[str]:
    return sorted(line.received_on for line in lists.listed(at, lists.CasesAsked()).lines)


@pytest.mark.parametrize(
    ("order", "cell", "day"),
    [
        ("日月年", "4/5/2023", "2023-05-04"),
        ("月日年", "4/5/2023", "2023-04-05"),
        ("日月年", "04.05.23", "2023-05-04"),
        ("年月日", "23-5-4", "2023-05-04"),
        ("月日年", "5/4/2023 10:30", "2023-05-04"),
        ("月日年", "13/5/2023", None),
        ("年月日", "4/5/2023", None),
        ("", "4/5/2023", None),
        ("", "13/5/2023", None),
        ("日月年", "2023-05-04", "2023-05-04"),
    ],
)
def test_days_are_read_in_the_order_that_was_said(at: Session, tmp_path: Path, order: str, cell: str, day: str) -> None:
    path = written(tmp_path, ["A1", cell, "来信", "反映甲"])
    report = run.import_ledger(at, path, headings=Headings(sense=Sense(day_order=order)))
    assert (report.imported, report.rejected) == ((1, 0) if day else (0, 1))
    if day:
        assert days(at) == [day]
    elif not order:
        offered = "--day-order 日月年" if cell.startswith("13") else "--day-order 日月年 或 月日年"
        assert [worded(reason.reason).partition("，加 ")[2] for reason in report.reasons()] == [offered]


def test_codes_get_their_zeros_back(at: Session, tmp_path: Path) -> None:
    said = Headings(name="旧系统", sense=Sense(codes={"case_no": "00000"}))
    first = written(tmp_path, ["123", "2023-05-04", "来信", "反映甲"], ["W-7", "2023-05-05", "来信", "反映乙"])
    assert run.import_ledger(at, first, headings=said).imported == 2
    with at.reading() as book:
        assert [book.cases.sheet_no_of(n) for n in (1, 2)] == ["00123", "W-7"]
    whole = written(tmp_path, ["00123", "2023-05-04", "来信", "反映甲"], name="b.csv")
    assert run.import_ledger(at, whole, headings=Headings(name="旧系统")).already_there == 1


def test_which_of_two_columns_wins(at: Session, tmp_path: Path) -> None:
    head = [*HEAD, "手机号码", "家里电话"]
    path = written(tmp_path, ["A1", "2023-05-04", "来信", "反映甲", "13000000001", "05390000001"], head=head)
    for pairs, phone in (
        (["家里电话=联系电话"], "05390000001"),
        (["手机号码=联系电话", "家里电话=联系电话"], "13000000001"),
    ):
        own = Session(tmp_path / f"{phone}.db", TODAY, "测试员")
        run.import_ledger(own, path, headings=Headings(parse_given(pairs)))
        with own.reading() as book:
            data = book.events.of(1)[0].data
        assert data["phone"] == phone
        assert len(data["extras"]) == 1


def test_a_profile_keeps_its_sheet_and_all_that_was_said(at: Session, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for page, number, day in ((book.active, "A1", "1/5/2023"), (book.create_sheet("明细"), "A2", "4/5/2023")):
        page.append(HEAD)
        page.append([number, day, "来信", "反映甲"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    sense = Sense(day_order="日月年", codes={"external_no": "000"}, defaults={"unit": "分段标题"})
    run.import_ledger(at, path, run.Choices(sheet="明细"), headings=Headings(name="表", sense=sense))
    assert run.import_ledger(at, path, headings=Headings(name="表")).already_there == 1
    kept = profiles.one(at, "表")
    assert (kept.sheet, kept.day_order, dict(kept.codes), dict(kept.defaults)) == (
        "明细",
        "日月年",
        {"external_no": "000"},
        {"unit": "分段标题"},
    )
    profiles.write_file(at, "表", tmp_path / "表.json")
    other = Session(tmp_path / "other.db", TODAY, "测试员")
    run.import_ledger(other, written(tmp_path, ["B1", "2023-05-04", "来信", "反映甲"]))
    for _ in range(2):  # what is there already is no other
        assert profiles.read_file(other, tmp_path / "表.json") == kept
    own = profiles.edit(other, "表", profiles.Change(gone=("工作表",)))
    with pytest.raises(Refused) as refused:
        profiles.read_file(other, tmp_path / "表.json")
    assert (refused.value.code, profiles.one(other, "表")) == ("exists", own)
    assert profiles.read_file(other, tmp_path / "表.json", force=True) == profiles.one(other, "表") == kept
    changed = profiles.edit(
        at, "表", profiles.Change(gone=("日期顺序", "外部编号", "工作表", "责任单位"), codes={"case_no": "0000"})
    )
    assert (changed.sheet, changed.day_order, dict(changed.codes), dict(changed.defaults)) == (
        None,
        "",
        {"case_no": "0000"},
        {},
    )


@pytest.mark.parametrize("pair", ["登记编号", "概况=000", "登记编号=abc", "登记编号=0.00", "没有=000"])
def test_what_is_no_format_of_codes(pair: str) -> None:
    with pytest.raises(BadValue):
        profiles.parse_codes([pair])


def test_what_is_no_order_of_days() -> None:
    assert (profiles.parse_order(None), profiles.parse_order("月日年")) == ("", "月日年")
    with pytest.raises(BadValue):
        profiles.parse_order("dmy")


def test_columns_of_one_thing_that_differ_are_told(at: Session, tmp_path: Path) -> None:
    rows = [["A1", "2023-05-04", "反映供水", "教育局", "卫健委"], ["A2", "2023-05-04", "反映噪声", "教育局", "教育局"]]
    path = written(tmp_path, *rows, head=["登记编号", "收到日期", "概况", "责任单位", "承办单位"])
    report = run.import_ledger(at, path, run.Choices(assign_on_receipt=True))
    assert [(found.rows, found.kind) for found in report.warnings if "同一项" in message(found)] == [
        ((2,), "columns_differ")
    ]


def test_what_is_not_in_a_profile_cannot_be_taken_out(at: Session) -> None:
    profiles.keep(at, Profile("甲", (), {"反映问题": "title"}))
    with pytest.raises(BadValue, match="不在「甲」里"):
        profiles.edit(at, "甲", profiles.Change(gone=("反映事由",)))
    with pytest.raises(BadValue, match="没有写要改什么"):
        profiles.edit(at, "甲", profiles.Change())
    assert profiles.edit(at, "甲", profiles.Change(gone=("年份", "反映问题"))).fields == {}
