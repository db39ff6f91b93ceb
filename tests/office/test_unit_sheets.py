"""The round trip with units: what goes out, what may be filled, and what comes back through the law."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest

from tests.conftest import Matter, looked, shown_case
from tests.office.test_export import converted, soffice
from xinfang_cli.documents import unit_sheets as out
from xinfang_cli.errors import BadValue, Refused, Unusable
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.exchange import collecting, unit_sheets
from xinfang_cli.office.exchange.unit_sheets import UnitSheet
from xinfang_cli.office.keeping import health, settings
from xinfang_cli.office.keeping.making import make as make_book
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting
from xinfang_cli.present import collecting as words
from xinfang_cli.present.casework import record
from xinfang_cli.present.steps import worded

D = datetime.date
TODAY = "2023-07-17"
HEAD = 3


def issued(session: Session, folder: Path, *words: str, reveal: bool = False) -> Path:
    sheets = unit_sheets.issue(session, words or ["教育局"], every=False, reveal=reveal)
    [path] = out.write_all(sheets, folder, force=True)
    return path


class Filled:
    """A workbook as somebody at the unit fills it in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)
        self.page = self.book.worksheets[0]
        self.column = {cell.value: cell.column for cell in self.page[HEAD]}
        number = self.column["登记编号"]
        self.line = {self.page.cell(row, number).value: row for row in range(HEAD + 1, self.page.max_row + 1)}

    def cell(self, no: str, heading: str) -> Any:
        return self.page.cell(self.line[no], self.column[heading])

    def fill(self, no: str, **cells: Any) -> Filled:
        for heading, value in cells.items():
            self.cell(no, heading).value = value
        return self

    def save(self, name: str = "back.xlsx") -> Path:
        path = self.path.with_name(name)
        self.book.save(path)
        return path


def collect(session: Session, *paths: Path, dry_run: bool = False, sure: bool = True) -> dict[str, Any]:
    """As `collect` does it: planned, then written where somebody says so."""
    plan = collecting.plan(session, paths)
    found = plan.shown
    if sure and found.events and not dry_run:
        found = collecting.commit(session, plan)
    return cast("dict[str, Any]", json.loads(json.dumps(words.document(found), default=str)))


@pytest.fixture
def at(session: Callable[..., Session]) -> Session:
    return session(TODAY)


@pytest.fixture
def three(case: Callable[..., Matter], at: Session) -> list[Matter]:
    """待受理, 办理中, 已办结 without a delivery day; all with 教育局."""
    to = {"to": "教育局"}
    new = case("2023-07-01", ("assign", "2023-07-03", to), at=at, content="内容甲", phone="13000000001")
    begun = case("2023-05-01", ("assign", "2023-05-04", to), ("accept", "2023-05-10"), at=at)
    done = case("2023-06-01", ("assign", "2023-06-02", to), ("accept", "2023-06-05"), ("close", "2023-07-05"), at=at)
    return [new, begun, done]


def test_what_goes_out(three: list[Matter], at: Session, tmp_path: Path) -> None:
    new, begun, done = three
    sheet = Filled(issued(at, tmp_path))
    assert sheet.path.name == "教育局-20230717.xlsx"
    assert set(sheet.line) == {matter.no for matter in three}
    assert list(sheet.line) == [begun.no, new.no, done.no]  # by due day
    waits = {
        (no, heading)
        for no in sheet.line
        for heading in unit_sheets.FILL.values()
        if not sheet.cell(no, heading).protection.locked
    }
    assert waits == {(new.no, heading) for heading in unit_sheets.FILL.values()} | {
        (begun.no, heading) for heading in ("办结日期", "处理意见", "送达日期", "备注")
    } | {(done.no, "送达日期"), (done.no, "备注")}
    assert sheet.page.protection.sheet
    assert sheet.cell(begun.no, "剩余天数").value == -8
    assert sheet.cell(begun.no, "到期日").fill.bgColor.rgb != sheet.cell(new.no, "到期日").fill.bgColor.rgb or (
        sheet.cell(begun.no, "到期日").fill.fgColor.rgb != sheet.cell(new.no, "到期日").fill.fgColor.rgb
    )
    assert sheet.cell(new.no, "联系电话").value == "尾号0001"
    kinds = {check.type for check in sheet.page.data_validations.dataValidation}
    assert kinds == {"list", "date"}
    lists = next(check for check in sheet.page.data_validations.dataValidation if check.type == "list")
    assert "予以支持" in lists.formula1
    assert sheet.book["交换"].sheet_state == "veryHidden"


def test_revealed_only_by_name(three: list[Matter], at: Session, tmp_path: Path) -> None:
    assert Filled(issued(at, tmp_path, reveal=True)).cell(three[0].no, "联系电话").value == "13000000001"
    assert looked(at) == [f"sheet 教育局 {three[0].no}"]


def test_an_accusation_keeps_its_petitioner(case: Callable[..., Matter], at: Session, tmp_path: Path) -> None:
    said = {"kind": "accusation", "phone": "13000000001"}
    matter = case("2023-07-01", ("assign", "2023-07-03", {"to": "教育局"}), at=at, **said)
    sheet = Filled(issued(at, tmp_path, reveal=True))
    assert sheet.cell(matter.no, "概况").value == "检举控告件"
    assert [sheet.cell(matter.no, heading).value for heading in ("内容", "姓名", "联系电话", "住址")] == [None] * 4


def test_a_unit_knows_names_where_the_office_says_so(three: list[Matter], at: Session, tmp_path: Path) -> None:
    new = three[0]
    assert Filled(issued(at, tmp_path)).cell(new.no, "姓名").value == "测某"
    settings.change(at, settings.Wanted("unit_sees_names", "是"))
    sheet = Filled(issued(at, tmp_path))
    assert (sheet.cell(new.no, "姓名").value, sheet.cell(new.no, "联系电话").value) == ("测试甲", "13000000001")


def test_filled_in_and_taken_back(three: list[Matter], at: Session, tmp_path: Path) -> None:
    new, begun, done = three
    sheet = Filled(issued(at, tmp_path))
    sheet.fill(new.no, 签收日期=D(2023, 7, 4), 受理日期="2023年7月10日", 备注="已联系信访人")
    sheet.fill(begun.no, 办结日期="2023.7.3", 处理意见="支持", 送达日期=D(2023, 7, 6))
    sheet.fill(done.no, 送达日期=D(2023, 7, 7))
    back = sheet.save()
    trial = collect(at, back, dry_run=True)
    assert (trial["cases"], trial["events"], trial["refused"], trial["written"]) == (3, 5, 0, False)
    assert len(new.events()) == 2
    assert not collect(at, back, sure=False)["written"]
    report = collect(at, back)
    assert report["written"]
    [file] = report["files"]
    said = {found["case_no"]: found["says"] for found in file["changes"]}
    assert said[begun.no] == ["办结日期 2023-07-03", "处理意见 予以支持", "送达日期 2023-07-06"]
    assert [(e.kind, e.on) for e in new.events()[2:]] == [
        ("sign", D(2023, 7, 4)),
        ("accept", D(2023, 7, 10)),
        ("note", D(2023, 7, 17)),
    ]
    assert new.clock("completion")["due"] == "2023-09-08"
    assert begun.shown()["outcome"] == "supported"
    assert done.clock("review_window")["start"] == "2023-07-07"
    last = shown_case(at, new.no, reveal=False)["events"][-1]
    assert (last["file"], last["sha256"]) == ("back.xlsx", sha256(back.read_bytes()).hexdigest())
    again = collect(at, back)
    assert (again["events"], again["written"]) == (0, False)
    assert again["files"][0]["warnings"] == []
    assert health.check(at, True).problems == ()


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"受理日期": "2023-07-02"}, "受理日期", "早于"),
        ({"受理日期": "2023-07-18"}, "受理日期", "晚于今天"),
        ({"受理日期": "7-10"}, "受理日期", "没有年份"),
        ({"签收日期": "2023-07-10", "受理日期": "2023-07-05"}, "受理日期", "早于签收日期"),
        ({"办结日期": "2023-07-10"}, "处理意见", "没有写处理意见"),
        ({"处理意见": "解释说明"}, "处理意见", "没有办结日期"),
        ({"办结日期": "=TODAY()", "处理意见": "解释说明"}, "办结日期", "没有算出的值"),
        ({"受理日期": "#N/A"}, "受理日期", "公式出错（#N/A）"),
        ({"送达日期": "2023-07-10"}, "送达日期", "没有办结日期"),
        ({"办结日期": "2023-07-10", "处理意见": "好了"}, "处理意见", "不在规定的词语里"),
        ({"办结日期": "2023-07-10", "处理意见": "解释说明", "送达日期": "2023-07-09"}, "办结日期", "送达日期"),
    ],
)
def test_what_the_law_refuses(
    case: Callable[..., Matter], at: Session, tmp_path: Path, cells: dict[str, Any], column: str, reason: str
) -> None:
    new = case("2023-07-01", ("assign", "2023-07-03", {"to": "教育局"}), at=at)
    other = case("2023-07-01", ("assign", "2023-07-03", {"to": "教育局"}), at=at)
    sheet = Filled(issued(at, tmp_path)).fill(new.no, **cells, 备注="同一行的也不收").fill(other.no, 备注="收")
    report = collect(at, sheet.save())
    [found] = report["files"][0]["refused"]
    assert (found["row"], found["case_no"], found["column"]) == (sheet.line[new.no], new.no, column)
    assert reason in found["reason"]
    assert len(new.events()) == 2
    assert [event.kind for event in other.events()] == ["register", "assign", "note"]


def test_cells_that_were_not_to_be_filled(three: list[Matter], at: Session, tmp_path: Path) -> None:
    new, begun, _ = three
    sheet = Filled(issued(at, tmp_path))
    sheet.fill(new.no, 概况="改过", 收到日期=D(2023, 7, 2), 备注="好").fill(begun.no, 受理日期=D(2023, 5, 11))
    file = collect(at, sheet.save())["files"][0]
    assert {(found["case_no"], found["column"]) for found in file["warnings"]} == {
        (new.no, "概况"),
        (new.no, "收到日期"),
        (begun.no, "受理日期"),
    }
    assert new.shown()["title"] == "测试件"
    assert begun.shown()["accepted_on"] == "2023-05-10"


def test_cases_that_moved_on_since(three: list[Matter], at: Session, tmp_path: Path) -> None:
    new, begun, done = three
    sheet = Filled(issued(at, tmp_path))
    sheet.fill(new.no, 受理日期="2023-07-10").fill(begun.no, 备注="好").fill(done.no, 送达日期="2023-07-08")
    new.accept("2023-07-11")
    begun.assign("2023-07-16", "另一局")
    done.do("lead", "2023-07-16")
    file = collect(at, sheet.save())["files"][0]
    reasons = {found["case_no"]: (found["column"], found["reason"]) for found in file["refused"]}
    assert reasons[new.no][0] == "受理日期"
    assert "已记受理日期 2023-07-11" in reasons[new.no][1]
    assert "现在是：另一局" in reasons[begun.no][1]
    assert [found["message"] for found in file["warnings"] if found["case_no"] == done.no] == [
        "发表以后案件簿里又有：包案 2023-07-16"
    ]
    assert done.clock("review_window")["start"] == "2023-07-08"


def test_accusations_of_the_unit_stay_out(case: Callable[..., Matter], at: Session, tmp_path: Path) -> None:
    case("2023-07-01", ("assign", "2023-07-03", {"to": "教育局"}), at=at)
    matter = case("2023-07-01", ("assign", "2023-07-03", {"to": "教育局"}), at=at, kind="accusation")
    sheet = Filled(issued(at, tmp_path))
    assert matter.no in sheet.line
    with at.writing("test") as (book, pen):
        acting.append(book, pen, at, 2, matter.no, lambda case: _complaint(at))
    [again] = unit_sheets.issue(at, ["教育局"], every=False, reveal=False)
    assert ([row.case_no for row in again.rows], again.hidden) == (["XF2023-000001"], 1)
    file = collect(at, sheet.fill(matter.no, 受理日期="2023-07-10").save())["files"][0]
    assert "第三十条" in file["refused"][0]["reason"]


def _complaint(at: Session) -> Any:
    from xinfang_cli.law.event import Event

    # as an older book has it: the law would not let it be taken down today
    data: dict[str, dict[str, Any]] = {
        "set": {},
        "was": {},
        "changes": {"complained_unit": "教育局 某科", "title": "测试件"},
        "changed_from": {},
    }
    data["set"] = {"complained_unit_id": 1}
    return Event("correct", at.today, {"event": 1, "was_on": "2023-07-01", "reason": "补记", **data})


def test_a_closing_without_an_acceptance_is_in_no_acceptance_figure(
    three: list[Matter], at: Session, tmp_path: Path
) -> None:
    """缺受理, as in any sheet: neither in time nor late; sent back by who checks it, the clock runs on."""
    new, begun, _ = three
    settings.change(at, settings.Wanted("check_closings", "是"))
    sheet = Filled(issued(at, tmp_path))
    sheet.fill(new.no, 办结日期="2023-07-10", 处理意见="解释说明")
    sheet.fill(begun.no, 办结日期="2023-07-03", 处理意见="支持")
    assert collect(at, sheet.save())["written"]
    assert [(one.clock("acceptance")["stop"], one.clock("acceptance")["void"]) for one in (new, begun)] == [
        (None, 1),
        ("2023-05-10", 0),
    ]
    new.do("return", TODAY, reason="没有受理日期")
    assert (new.clock("acceptance")["stop"], new.clock("acceptance")["void"]) == (None, 0)
    new.do("close", TODAY)
    assert new.clock("acceptance")["stop"] == TODAY  # by hand it is known when


def test_several_files_in_one_transaction(case: Callable[..., Matter], at: Session, tmp_path: Path) -> None:
    one = case("2023-07-01", ("assign", "2023-07-03", {"to": "教育局"}), at=at)
    two = case("2023-07-01", ("assign", "2023-07-03", {"to": "卫健局"}), at=at)
    first = Filled(issued(at, tmp_path, "教育局")).fill(one.no, 受理日期="2023-07-10").save("a.xlsx")
    second = Filled(issued(at, tmp_path, "卫健局")).fill(two.no, 受理日期="2023-07-11").save("b.xlsx")
    assert collect(at, first, second)["events"] == 2
    files = [shown_case(at, matter.no, reveal=False)["events"][-1]["file"] for matter in (one, two)]
    assert files == ["a.xlsx", "b.xlsx"]
    report = collect(at, first, second)
    assert report["events"] == 0
    assert health.check(at, True).problems == ()


def test_a_unit_sends_the_same_sheet_twice_each_time_further(three: list[Matter], at: Session, tmp_path: Path) -> None:
    """`collect 回收/*.xlsx` over the first and the later copy of one sheet: what the first brought stands already."""
    new, begun, _ = three
    sheet = Filled(issued(at, tmp_path))
    first = sheet.fill(new.no, 受理日期="2023-07-05").fill(begun.no, 办结日期="七月八日").save("a.xlsx")
    sheet.fill(new.no, 办结日期="2023-07-10", 处理意见="解释说明").fill(begun.no, 办结日期="2023-07-08")
    second = sheet.fill(begun.no, 处理意见="解释说明").save("b.xlsx")
    report = collect(at, first, second)
    one, other = report["files"]
    assert [found["case_no"] for found in one["changes"]] == [new.no]
    assert [found["case_no"] for found in other["changes"]] == [begun.no]  # what is refused in one may come in another
    assert [found["reason"] for found in other["refused"]] == ["a.xlsx 里也有这一件。先收那一份，再收这一份"]
    one, other = collect(at, first, second)["files"]
    assert one["changes"] == []
    assert [found["says"] for found in other["changes"]] == [["办结日期 2023-07-10", "处理意见 解释说明"]]
    assert health.check(at, True).problems == ()


def test_another_sheet_put_before_ours(three: list[Matter], at: Session, tmp_path: Path) -> None:
    sheet = Filled(issued(at, tmp_path)).fill(three[0].no, 受理日期="2023-07-05")
    other = sheet.book.create_sheet("汇总", 0)
    for row in (["登记编号", "收到日期", "概况", "办结日期"], ["甲", "2023-07-01", "乙", "2023-07-02"]):
        other.append(row)
    [file] = collect(at, sheet.save(), dry_run=True)["files"]
    assert ([found["case_no"] for found in file["changes"]], file["refused"], file["warnings"]) == (
        [three[0].no],
        [],
        [],
    )


@pytest.mark.parametrize("word", ["已办结", "表中未载"])
def test_an_outcome_that_is_none_is_told_those_there_are(
    three: list[Matter], at: Session, tmp_path: Path, word: str
) -> None:
    sheet = Filled(issued(at, tmp_path)).fill(three[1].no, 办结日期="2023-07-05", 处理意见=word)
    [found] = collect(at, sheet.save())["files"][0]["refused"]
    assert found["reason"].startswith(f"「{word}」") or f"「{word}」" in found["reason"]
    assert ("予以支持" in found["reason"], "表中未载" in found["reason"].partition("可用")[2]) == (True, False)


def test_every_cell_of_a_row_that_cannot_be_read_is_told(three: list[Matter], at: Session, tmp_path: Path) -> None:
    sheet = Filled(issued(at, tmp_path)).fill(three[0].no, 受理日期="七月八日", 办结日期="7-9", 备注="甲")
    report = collect(at, sheet.save())
    assert [found["column"] for found in report["files"][0]["refused"]] == ["受理日期", "办结日期"]
    assert (report["refused"], report["events"]) == (1, 0)


def test_a_row_twice_in_one_file(three: list[Matter], at: Session, tmp_path: Path) -> None:
    new, begun, _ = three
    sheet = Filled(issued(at, tmp_path))
    sheet.fill(new.no, 受理日期="2023-07-05").fill(begun.no, 登记编号=new.no, 备注="甲")
    found = collect(at, sheet.save())["files"][0]["refused"][-1]
    assert found["reason"] == "同一件收了两行。请只留一行"


def test_remarks_that_say_nothing_and_remarks_that_cannot_be_read(
    three: list[Matter], at: Session, tmp_path: Path
) -> None:
    new, begun, done = three
    sheet = Filled(issued(at, tmp_path))
    sheet.fill(new.no, 备注="无").fill(begun.no, 备注="=-已约谈").fill(done.no, 备注="-已约谈\n另行答复")
    [file] = collect(at, sheet.save())["files"]
    assert [(found["case_no"], found["column"]) for found in file["refused"]] == [(begun.no, "备注")]
    assert "公式" in file["refused"][0]["reason"]
    assert [(found["case_no"], found["says"]) for found in file["changes"]] == [(done.no, ["备注 -已约谈\n另行答复"])]


def test_several_files_are_taken_back_as_one_command(case: Callable[..., Matter], at: Session, tmp_path: Path) -> None:
    matters = [case("2023-07-01", ("assign", "2023-07-03", {"to": to}), at=at) for to in ("教育局", "卫健局", "民政局")]
    files = [
        Filled(issued(at, tmp_path, to)).fill(matter.no, 受理日期="2023-07-10").save(f"{to}.xlsx")
        for matter, to in zip(matters, ("教育局", "卫健局", "民政局"), strict=True)
    ]
    matters[0].do("lead", "2023-07-11")
    empty = files[0]
    Filled(empty).fill(matters[0].no, 受理日期=None).save(empty.name)  # the first file brings nothing
    before = undoing.undoable(at).commands
    assert collect(at, *files)["events"] == 2
    [mine, *others] = undoing.undoable(at).commands
    assert (mine.name, mine.cases, mine.first_case) == ("collect", 2, matters[1].no)
    assert tuple(others) == before
    done, name, was, _ = undoing.undo(at)
    assert (name, [line.case_no for line in was]) == ("collect", [matters[1].no, matters[2].no])
    assert {record(moved)["stage"] for moved in done.cases} == {"assigned"}
    assert undoing.undoable(at).commands == before
    assert health.check(at, True).problems == ()
    assert undoing.undo(at)[1] == "lead"


def test_another_book_another_row_another_file(
    three: list[Matter], at: Session, session: Callable[..., Session], tmp_path: Path
) -> None:
    path = issued(at, tmp_path)
    sheet = Filled(path)
    sheet.page.cell(sheet.line[three[0].no], sheet.column["登记编号"]).value = "XF2023-000099"
    sheet.page.cell(sheet.line[three[0].no], sheet.column["备注"]).value = "好"
    found = collect(at, sheet.save())["files"][0]["refused"][0]
    assert "不在发给教育局的表里" in found["reason"]
    other = Session(tmp_path / "other.db", at.today, "测试员")
    make_book(other)
    with pytest.raises(BadValue, match="不是本案件簿发出的"):
        collect(other, path)
    book = openpyxl.load_workbook(path)
    del book["交换"]
    book.save(tmp_path / "bare.xlsx")
    with pytest.raises(Unusable, match="发出的表") as caught:
        collect(at, tmp_path / "bare.xlsx")
    assert "xinfang sheet 发出" in worded(caught.value.line())


def test_somebody_else_writes_between_the_question_and_the_answer(
    three: list[Matter], at: Session, tmp_path: Path
) -> None:
    back = Filled(issued(at, tmp_path)).fill(three[0].no, 受理日期="2023-07-10").save()

    plan = collecting.plan(at, [back])
    three[0].do("lead", "2023-07-16")
    with pytest.raises(Refused, match="刚才又有人改了"):
        collecting.commit(at, plan)
    assert [event.kind for event in three[0].events()] == ["register", "assign", "lead"]


def test_names_taken_and_every_unit(three: list[Matter], at: Session, tmp_path: Path) -> None:
    sheets: list[UnitSheet] = unit_sheets.issue(at, [], every=True, reveal=False)
    assert [sheet.unit for sheet in sheets] == ["教育局"]
    out.write_all(sheets, tmp_path / "新", force=False)
    with pytest.raises(BadValue, match="已经有了"):
        out.write_all(sheets, tmp_path / "新", force=False)


@soffice
def test_saved_again_by_libreoffice(three: list[Matter], at: Session, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    path = issued(at, tmp_path)
    back = converted(Filled(path).fill(three[0].no, 受理日期=D(2023, 7, 10)).save(), "xlsx", folder)
    report = collect(at, back)
    assert (report["events"], report["refused"]) == (1, 0)
    assert report["files"][0]["warnings"] == []
    shutil.rmtree(folder)
