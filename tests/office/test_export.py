"""What leaves the book: masked, typed, never a formula; and a whole book carried into another one."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import ACTOR, TODAY, Matter, correct, day, shown_case
from xinfang_cli.book.campaigns import Attendance
from xinfang_cli.documents import exports as out
from xinfang_cli.errors import BadValue, XinfangError
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.campaigns import advice, backlog, batches, reception_status, roster, visits
from xinfang_cli.office.campaigns.batches import BatchFields
from xinfang_cli.office.exchange import export
from xinfang_cli.office.exchange.importing import run
from xinfang_cli.office.figures import stats
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.find import history, lists
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.keeping import health, settings, units
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting, casework, registering
from xinfang_cli.present import importing as words
from xinfang_cli.present import units as unit_words

pytestmark = pytest.mark.long

D = datetime.date
ALL = CasesAsked()
PERSON = {"name": "测试甲", "id_no": "110101199003070003", "phone": "13000000001", "address": "测试街道测试路1号"}


def take_out(
    session: Session,
    path: Path,
    what: str = "cases",
    asked: CasesAsked = ALL,
    *,
    reveal: bool = False,
    accusation: bool = False,
    full: bool = False,
) -> list[str]:
    with export.export(session, export.ExportRequest(what, asked, reveal, accusation, full)) as found:
        out.write(path, found.what, found.tables, reveal, accusation, beside=path.parent)
        return [*map(str, found.warnings)]


def page(path: Path, sheet: int = 0) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(path).worksheets[sheet].iter_rows(values_only=True)
    return [{str(key): value for key, value in zip(head, row, strict=True) if value is not None} for row in rows]


@pytest.fixture
def grown(grown_book: Path, tmp_path: Path) -> Session:
    """A copy of the book with cases that went every way the workflow has, by more than one unit."""
    shutil.copyfile(grown_book, tmp_path / "grown.db")
    made = Session(tmp_path / "grown.db", day(TODAY), ACTOR)
    made.why = "测试核对"
    return made


@pytest.fixture(scope="module")
def grown_book(tmp_path_factory: pytest.TempPathFactory, empty_book: Path) -> Path:
    path = tmp_path_factory.mktemp("grown") / "book.db"
    shutil.copyfile(empty_book, path)
    at = Session(path, day(TODAY), ACTOR)
    at.why = "测试核对"

    def case(received: str, *steps: tuple[Any, ...], repeat_of: str | None = None, **intake: Any) -> Matter:
        if "report_by" in intake:
            intake["report_by"] = day(intake["report_by"])
        fields = {"channel": "letter", "kind": "appeal", "title": "测试件", "name": "测试甲", **intake}
        done = registering.add(at, day(received), fields, repeat_of=repeat_of)
        return Matter(at, done.cases[0].case.case_no).walk(*steps)

    units.add(at, units.NewUnit("教育局", short="教育", code="201", aliases=("教体局",)))
    units.add(at, units.NewUnit("测试街道", group="镇街", order=7))
    units.edit(at, "教育局", units.UnitEdit(parent="测试街道", add_leaders=("测试领导甲",), role="discipline"))
    settings.change(at, settings.Wanted("bureau", "某某区信访局"))
    case("2023-03-01")
    plain = case("2023-03-02", ("assign", "2023-03-03", {"to": "教育局"}), ("accept", "2023-03-10"), **PERSON)
    plain.walk(
        ("extend", "2023-04-20", {"days": 20}),
        ("close", "2023-05-25", {"delivered_on": "2023-05-30"}),
        ("rate", "2023-06-01", {"unit_rating": "satisfied", "bureau_rating": "fair"}),
    )
    back = case("2023-03-03", ("assign", "2023-03-06", {"to": "教育局"}), ("object", "2023-03-08"))
    back.walk(("uphold", "2023-03-20"), ("assign", "2023-03-22", {"to": "测试街道"}), ("sign", "2023-03-24"))
    kept = case("2023-03-04", ("assign", "2023-03-06"), ("object", "2023-03-08"), ("overrule", "2023-03-09"))
    kept.walk(
        ("accept", "2023-03-15", {"told": "2023-03-17"}), ("supervise", "2023-04-01", {"answer_by": D(2023, 4, 10)})
    )
    late = case("2023-01-04", ("assign", "2023-01-30"), ("accept", "2023-03-15"))
    late.walk(("assign", "2023-07-01", {"to": "教育局"}), ("accept", "2023-07-02"), ("close", "2023-07-20"))
    late.walk(
        ("review", "2023-08-01"), ("review_result", "2023-08-20", {"result": "revoked", "redo_by": D(2023, 9, 20)})
    )
    late.walk(("close", "2023-09-25", {"delivered_on": "2023-09-26"}), ("review", "2023-10-01"))
    late.walk(("review_result", "2023-10-20", {"delivered_on": D(2023, 10, 21)}), ("recheck", "2023-11-01"))
    late.walk(("hearing", "2023-11-10", {"to_on": D(2023, 11, 12)}), ("recheck_result", "2023-12-05"))
    case("2023-04-01", ("refuse", "2023-04-03"))
    case("2023-04-02", ("file", "2023-04-03"))
    case("2023-04-03", ("redirect", "2023-04-05"), ("close", "2023-04-09", {"outcome": "procedure_result"}))
    case("2023-04-04", ("return_up", "2023-04-05"), source="forwarded", report_by="2023-06-01")
    case("2023-04-05", ("assign", "2023-04-06"), ("withdraw", "2023-04-07"))
    case("2023-04-06", ("close", "2023-04-07", {"outcome": "answered"}), kind="inquiry", channel="phone")
    task = case("2023-04-07", ("assign", "2023-04-08", {"mode": "task", "feedback_by": "2023-05-08"}))
    task.walk(
        ("assist", "2023-04-09", {"unit": "教育局", "answer_by": "2023-04-20"}),
        ("accept", "2023-04-12", {"pathway": "simple"}),
    )
    task.walk(("convert", "2023-04-20"), ("close", "2023-05-10", {"outcome": "supported", "fulfil_by": D(2023, 8, 1)}))
    task.walk(("fulfil", "2023-08-03"))
    again = case("2023-06-01", repeat_of=plain.no, channel="visit", headcount=6)
    again.walk(
        ("relate", "2023-06-02", {"to": 1}), ("lead", "2023-06-02"), ("tag", "2023-06-02"), ("join", "2023-06-03")
    )
    again.walk(("resolve", "2023-09-01"), ("recognise", "2023-09-03"), ("exclude", "2023-09-04"))
    case("2023-06-05", ("assign", "2023-06-06"), kind="accusation", complained_unit="教育局", **PERSON)
    fixed = case("2023-06-07", ("assign", "2023-06-20"), ("accept", "2023-06-30"))
    correct(at, fixed.no, 2, on=D(2023, 6, 25), reason="记错", changes={})
    casework.edit(at, [fixed.no], {"title": "=SUM(1)", "content": "后来补的内容 [甲]\n第二行", "priority": "key"})
    back.do("note", "2023-04-01", text="@测试 一段  话")
    undoing.undo(at)
    casework.edit(at, [plain.no], {"deceased_on": D(2024, 1, 5)})
    order = {"unit": 2, "answer_by": D(2023, 4, 20)}
    back.walk(("receive", "2023-04-05"), ("order", "2023-04-05", order), ("step", "2023-04-06"))
    seq = back.events()[-2].seq  # not its place among the events in force
    back.walk(("follow", "2023-04-19", {"order": seq}), ("follow", "2023-04-20", {"order": seq, "loop": "fed_back"}))
    acting.act(at, "join", [kept.no], acting.simple("join", D(2023, 4, 1), batch="测试批次", unit=2, guard=3))
    batches.add(at, "测试批次", BatchFields(recognise=True, target_percent=80.0, target_on=D(2024, 6, 30)))
    acting.act(
        at, "resolve", [kept.no], acting.simple("resolve", D(2023, 4, 10), batch="测试批次")
    )  # nobody recognised it
    stands = case("2023-06-07", ("assign", "2023-06-08"), ("accept", "2023-06-09"))
    promise = {"outcome": "supported", "checked": True, "fulfil_by": D(2023, 6, 20)}
    acting.act(at, "close", [stands.no], acting.simple("close", D(2023, 6, 10), **promise))
    stands.walk(("approve", "2023-06-30"), ("deliver", "2023-06-12"), ("fulfil", "2023-06-19"))
    checked = case("2023-06-08", ("assign", "2023-06-09"), ("accept", "2023-06-10"))
    acting.act(at, "close", [checked.no], acting.simple("close", D(2023, 6, 12), outcome="explained", checked=True))
    with at.reading() as book:
        book.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def figures(session: Session, first: D, last: D, basis: str, as_of: D) -> Any:
    found = stats.stats(session, FiguresRequest(first, last, as_of=as_of, basis=basis, by=("unit",)), ranked=True)
    rows = [(row.name, row.group, counted(row.rates), row.volumes, row.ranks, row.overall_rank) for row in found.rows]
    return counted(found.rates), found.volumes, found.excluded, rows


def counted(rates: Any) -> dict[str, Any]:
    return {key: (rate.numerator, rate.denominator, rate.parts) for key, rate in rates.items()}


def without_seq(told: Any) -> Any:
    """Numbers of events are made anew."""
    if isinstance(told, list):
        return [without_seq(one) for one in told]
    return {key: value for key, value in told.items() if key != "seq"} if isinstance(told, dict) else told


def clocks(session: Session) -> list[Any]:
    """Every clock but for the titles, which a masked export has not."""
    with export.export(session, export.ExportRequest("clocks", ALL)) as found:
        return [{**row, "known": None, "title": None} for row in found.tables[0].rows]


def same_book(one: Session, other: Session) -> None:
    assert clocks(one) == clocks(other)
    for month in range(1, 13):
        first = D(2023, month, 1)
        last = D(2023, month + 1, 1) - datetime.timedelta(1) if month < 12 else D(2023, 12, 31)
        for basis in ("due", "received", "stopped"):
            for as_of in (last, D(2024, 12, 31)):
                assert figures(one, first, last, basis, as_of) == figures(other, first, last, basis, as_of)


@pytest.mark.parametrize("reveal", [False, True])
def test_a_whole_book_goes_into_an_empty_one(
    grown: Session, session: Callable[..., Session], tmp_path: Path, reveal: bool
) -> None:
    path = tmp_path / "全部.xlsx"
    assert take_out(grown, path, full=True, reveal=reveal, accusation=reveal) == []
    other = session(path=tmp_path / "other.db")
    taken = run.import_ledger(other, path)
    assert list(taken.reasons()) == []
    assert taken.imported == taken.rows == len(lists.listed(grown, ALL).lines)
    assert "原单位已受理，改派后由新单位重新受理" in {words.message(warning) for warning in taken.warnings}
    same_book(grown, other)
    assert health.check(other, True).ok
    mine, theirs = (lists.listed(at, ALL).lines for at in (grown, other))
    assert mine == theirs
    assert {row.stage for row in mine} >= {"registered", "assigned", "finalised", "refused", "filed", "reported"}
    assert unit_words.document(units.listed(grown)) == unit_words.document(units.listed(other))
    assert batches.listed(grown) == batches.listed(other)
    kept = "deceased_on related source content complained_unit tags backlog returned_by report_by"
    for number in (row.case_no for row in mine):
        old, new = (shown_case(at, number, reveal=True, accusation=True) for at in (grown, other))
        closed = old["kind"] == "accusation" and not reveal
        for key in (*kept.split(), "steps", "orders"):
            if closed and key in ("content", "tags", "complained_unit"):
                assert not new[key]
                continue
            assert without_seq(old[key]) == without_seq(new[key]), (number, key)
        assert (old["petitioner"] == new["petitioner"]) == (reveal or not old["petitioner"]["name"])
    again = run.import_ledger(other, path)
    assert (again.imported, again.already_there, again.differs) == (0, taken.rows, ())


@pytest.mark.parametrize("undone", [False, True])
def test_what_the_house_did_goes_along(
    case: Callable[..., Matter], session: Callable[..., Session], tmp_path: Path, undone: bool
) -> None:
    """Who was on duty and sat without a visitor is counted in the reception's figures; so are advice and ranks kept."""
    gone, one = case("2023-06-01"), case("2023-06-02")
    at = one.session
    first, last = D(2023, 6, 5), D(2023, 7, 7)
    roster.make(at, roster.RosterRequest(("测试甲", "测试乙"), first, last))
    roster.swap(at, D(2023, 6, 6), D(2023, 6, 7), None)
    visits.log(at, visits.Visit(D(2023, 6, 5), "open", ("测试甲",), numbers=(one.no,)))
    visits.attend(at, D(2023, 6, 6), "open", ["测试甲"], [one.no])
    wrong = visits.attend(at, D(2023, 6, 7), "open", ["测试乙"])
    visits.cancel(at, wrong.id)
    advice.advise(at, advice.NewAdvice("improve_work", "教育局", first, "=限期", last, (one.no,)))
    advice.answer(at, 1, adopted=True, on=D(2023, 6, 20), text=None)
    advice.standing_add(at, advice.NewStanding("积案化解率", 7, 12, first))
    path = tmp_path / "全部.xlsx"
    assert take_out(at, path, full=True) == []
    book = openpyxl.load_workbook(path)
    page = book["台账"]
    page.delete_rows(next(cell.row for cell in page["A"] if cell.value == gone.no))  # other ids than before
    book.save(path)
    other = session(path=tmp_path / "other.db")
    assert run.import_ledger(other, path, run.Choices(dry_run=True)).imported == 1
    if undone:  # the numbers are spent: the cases come in again under others
        run.import_ledger(other, path)
        undoing.undo(other)
    for _ in range(2):
        assert run.import_ledger(other, path).rejected == 0
    now = shown_case(other, one.no, reveal=False)["case_no"]
    assert (now == one.no) is not undone
    for told in (
        lambda of: reception_status.status(of, first, last),
        lambda of: roster.show(of, first, last),
        lambda of: [sat._replace(id=0, invited=()) for sat in sittings(of)],
        advice.advices,
        advice.standings,
    ):
        assert repr(told(at)).replace(one.no, now) == repr(told(other))
    with other.reading() as book:
        [sat] = sittings(other)
        assert [book.cases.number_of(id) for id in sat.invited] == [now]
    assert health.check(other, True).ok


def sittings(session: Session) -> list[Attendance]:
    with session.reading() as book:
        return book.backlog.attendances()


def test_what_the_house_did_cannot_be_read(case: Callable[..., Matter], tmp_path: Path) -> None:
    path = tmp_path / "全部.xlsx"
    take_out(case().session, path, full=True)
    book = openpyxl.load_workbook(path)
    book["本局设置"].append(["reception", '{"doing":"attend"}', ""])
    book.save(path)
    other = Session(tmp_path / "other.db", day(TODAY), ACTOR)
    other.why = "测试核对"
    with pytest.raises(BadValue, match="本局设置"):
        run.import_ledger(other, path)
    assert not other.place.file.exists()


def test_what_was_done_before_the_registration_was_set_right(
    case: Callable[..., Matter], session: Callable[..., Session], tmp_path: Path
) -> None:
    """An edit and a link hold for the whole case, also for what the law would not have allowed under them."""
    simple = ("accept", "2023-06-08", {"pathway": "simple"})
    other, repeat = (case("2023-06-01", ("assign", "2023-06-02"), simple) for _ in range(2))
    accused = case("2023-06-01", ("assign", "2023-06-02", {"to": "教育局"}), kind="accusation", name="")
    at = session()
    at.sure = True
    casework.edit(at, [other.no], {"kind": "suggestion"})
    acting.act(at, "link", [repeat.no], acting.simple("link", D(2023, 6, 9), repeat_of=1))
    casework.edit(at, [accused.no], {"complained_unit": "教育局", "complained_unit_id": 1})
    above = {"source": "forwarded", "report_by": "2023-06-30"}
    back = case("2023-06-01", ("return_up", "2023-06-05"), **above)
    casework.edit(at, [back.no], {"source": "own"})
    case("2023-06-03", ("assign", "2023-06-04"), ("accept", "2023-06-05"), ("extend", "2023-06-20", {"days": 30}))
    settings.change(at, settings.Wanted("limits.extension", "9", "测试文〔2023〕1号"))
    later, earlier = case("2023-06-02"), case("2023-06-06", repeat_of="XF2023-000006")
    correct(at, earlier.no, 1, on=D(2023, 6, 1), reason="记错", changes={})
    assert later.no == "XF2023-000006"
    take_out(at, tmp_path / "a.xlsx", full=True, reveal=True, accusation=True)
    into = session(path=tmp_path / "other.db")
    taken = run.import_ledger(into, tmp_path / "a.xlsx")
    assert list(taken.reasons()) == []
    same_book(at, into)


def test_a_column_changed_beside_the_history_is_turned_back(
    grown: Session, session: Callable[..., Session], tmp_path: Path
) -> None:
    path = tmp_path / "全部.xlsx"
    take_out(grown, path, full=True, reveal=True)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    place = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(3, place["办结日期"]).value = D(2023, 5, 26)
    sheet.cell(4, place["完整经过"]).value = '[{},["close","2023-05-25",{"outcome":5}]]'
    sheet.cell(5, place["完整经过"]).value = "[[[["
    sheet.cell(2, place["概况"]).value = "改过的概况"
    book.save(path)
    taken = run.import_ledger(session(path=tmp_path / "other.db"), path)
    reasons = [(reason.row, reason.column) for reason in taken.reasons()]
    assert reasons[:3] == [(3, "办结日期"), (4, "完整经过"), (5, "完整经过")]
    assert "与完整经过不符" in next(iter(taken.reasons())).reason


def test_numbers_days_and_texts(grown: Session, tmp_path: Path) -> None:
    path = tmp_path / "信访件.xlsx"
    take_out(grown, path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert (sheet.freeze_panes, sheet.auto_filter.ref is not None) == ("B2", True)
    rows = page(path)
    assert len(rows) == len(lists.listed(grown, ALL).lines)
    closed = rows[1]
    assert closed["收到日期"].date() == D(2023, 3, 2)
    assert (closed["阶段"], closed["处理意见"], closed["单位满意度"], closed["信访人数"]) == (
        "已办结",
        "解释说明",
        "满意",
        1,
    )
    assert (closed["姓名"], closed["证件号码"], closed["联系电话"]) == ("测**", "110**************3", "130****0001")
    harmful = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=SUM(1)")
    assert harmful.data_type == "s"
    assert [row["内容"] for row in rows if row["概况"] == "=SUM(1)"] == ["后来补的内容 [甲]\n第二行"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_no_cell_becomes_a_formula(case: Callable[..., Matter], tmp_path: Path, sign: str) -> None:
    at = case(title=f"{sign}1+1", content=f"{sign}cmd").session
    take_out(at, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "d"}
    take_out(at, tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_text("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert row["概况"] == f"'{sign}1+1"


def test_masks_and_the_access_log(grown: Session, tmp_path: Path) -> None:
    for what in ("cases", "events"):
        take_out(grown, tmp_path / "a.json", what)
        assert PERSON["phone"] not in (tmp_path / "a.json").read_text("utf-8")
    take_out(grown, tmp_path / "a.json", reveal=True)
    looks = history.accesses(grown, None).looks
    assert [(one.filter, one.revealed, one.rows) for one in looks] == [
        ("cases", True, 17),
        ("events", False, 17),
        ("cases", False, 17),
    ]
    inside = history.accesses(grown, "2").looks  # found inside each bulk look
    assert [one.at for one in inside] == [one.at for one in looks]
    text = (tmp_path / "a.json").read_text("utf-8")
    assert text.count(PERSON["phone"]) == 1  # the accusation's petitioner stays masked
    take_out(grown, tmp_path / "b.json", reveal=True, accusation=True)
    assert (tmp_path / "b.json").read_text("utf-8").count(PERSON["phone"]) == 2
    assert (tmp_path / "b.json").stat().st_mode & 0o077 == 0 or shutil.os.name == "nt"  # type: ignore[attr-defined]


def test_an_accusation_is_not_in_the_export_of_the_unit_complained_of(
    case: Callable[..., Matter], tmp_path: Path
) -> None:
    shown = case("2023-06-05", ("assign", "2023-06-06", {"to": "教育局"}), kind="accusation")
    shown.session.sure = True
    casework.edit(shown.session, [shown.no], {"complained_unit": "教育局", "complained_unit_id": 1})
    for what in ("cases", "clocks", "events"):
        take_out(shown.session, tmp_path / "a.json", what, CasesAsked(unit="教育局"))
        assert (tmp_path / "a.json").read_text("utf-8").split() == ["[", "]"]


def test_events_are_told_in_words(grown: Session, tmp_path: Path) -> None:
    [batched, *_] = [row.case_no for row in lists.listed(grown, ALL).lines]
    backlog.join(grown, backlog.JoinRequest("另一批", (backlog.Joining(batched),), grown.today, guard_unit="测试街道"))
    take_out(grown, tmp_path / "a.csv", "events", reveal=True, accusation=True)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["事件"] for row in rows} >= {"登记", "导入法定途径", "更正", "更正登记内容", "听证", "列入积案", "化解"}
    foreign = [row for row in rows for key in ("事件", "内容", "操作") if re.search("[a-z_]{3,}", row[key])]
    assert foreign == []
    said = {(row["事件"], row["内容"]) for row in rows}
    assert ("导入法定途径", "机关 测试法院，法定途径 诉讼，方式 引导") in said
    assert ("列入积案", "批次 另一批，稳控单位 测试街道") in said
    assert any("信访人数 6，重复件，原件 XF2023-000002" in text for _, text in said)
    take_out(grown, tmp_path / "a.json", "events", reveal=True)
    rows = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert "测试街道" in {row["data"].get("guard") for row in rows if row["data"].get("batch") == "另一批"}


def test_filters_and_units(grown: Session, tmp_path: Path) -> None:
    take_out(grown, tmp_path / "a.xlsx", "clocks", CasesAsked(ListFilter(stage=("finalised",))))
    rows = page(tmp_path / "a.xlsx")
    assert {row["阶段"] for row in rows} == {"已复核终结"}
    assert ("办结", "逾期完成") in {(row["时限"], row["时限状态"]) for row in rows}
    take_out(grown, tmp_path / "b.csv", "units")
    text = (tmp_path / "b.csv").read_text("utf-8-sig")
    assert [row["名称"] for row in csv.DictReader(io.StringIO(text))][:1] == ["测试街道"]
    with pytest.raises(BadValue, match="不带筛选"):
        take_out(grown, tmp_path / "c.csv", "units", CasesAsked(unit="教育局"))
    with pytest.raises(XinfangError):
        out.check_target(tmp_path / "b.csv", False, False)
    with pytest.raises(BadValue, match=r"xlsx"):
        out.check_target(tmp_path / "b.csv", True, True)


def test_rules_that_changed_are_said(grown: Session, tmp_path: Path) -> None:
    settings.change(grown, settings.Wanted("clocks.completion", "50", "某信联办〔2023〕1号"))
    [warning] = take_out(grown, tmp_path / "全部.xlsx", full=True)
    assert "按当时的设置" in warning


soffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")


def converted(path: Path, to: str, folder: Path) -> Path:
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            to,
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / f"{path.stem}.{to.split(':')[0]}"


@soffice
@pytest.mark.parametrize("to", ["xlsx", "csv:Text - txt - csv (StarCalc):44,34,85"])
def test_a_whole_book_through_libreoffice(
    grown: Session, session: Callable[..., Session], tmp_path: Path, to: str
) -> None:
    path, folder = tmp_path / "全部.xlsx", tmp_path / "out"
    folder.mkdir()
    take_out(grown, path, full=True, reveal=True, accusation=True)
    back = converted(path, to, folder)
    if back.suffix == ".csv":
        back = next(folder.glob("*.csv"))
        assert "收到日期" in back.read_text("gb18030")
    other = session(path=tmp_path / "other.db")
    if back.suffix == ".csv":  # one sheet only: the units come without their groups, the batches without their terms
        units.add(other, units.NewUnit("测试街道", group="镇街", order=7))
        batches.add(other, "测试批次", BatchFields(recognise=True))
    taken = run.import_ledger(other, back)
    assert list(taken.reasons()) == []
    if back.suffix == ".xlsx":
        same_book(grown, other)
    else:
        assert clocks(grown) == clocks(other)
        for basis in ("due", "received", "stopped"):
            mine, theirs = (
                figures(at, D(2023, 1, 1), day("2023-12-31"), basis, D(2024, 1, 1)) for at in (grown, other)
            )
            assert mine[:3] == theirs[:3]


def test_a_title_that_looks_like_markup_of_the_file(case: Callable[..., Matter], tmp_path: Path) -> None:
    """XlsxWriter writes what stands between <r> and </r> into the sheet's XML as it is."""
    at = case(title="<r><t>甲</t></r><c r='A9'/>&</r>").session
    case(title="<r>&</r>")
    take_out(at, tmp_path / "a.xlsx")
    assert [row["概况"].strip() for row in page(tmp_path / "a.xlsx")] == [
        "<r><t>甲</t></r><c r='A9'/>&</r>",
        "<r>&</r>",
    ]
