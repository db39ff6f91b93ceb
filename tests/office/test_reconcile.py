"""The superior's table beside ours: the numbers by hand, the difference, and the cases named for it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.conftest import Matter
from xinfang_cli.errors import BadValue
from xinfang_cli.law.figures.indicators import HEADINGS, INDICATORS
from xinfang_cli.office.figures import reconcile
from xinfang_cli.office.figures.stats import FiguresRequest
from xinfang_cli.office.keeping import units
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import originals
from xinfang_cli.present.reconcile import document, why

D = datetime.date
JUNE = (D(2023, 6, 1), D(2023, 6, 30))


@pytest.fixture
def june(case: Callable[..., Matter]) -> dict[str, Matter]:
    """教育局 in June: acceptance due 4 times (3 on time, 1 late), one more on 2 July; 卫健局: once, on time."""
    to = {"to": "教育局"}
    made = {
        "early": case("2023-05-18", ("assign", "2023-05-20", to), ("accept", "2023-05-25")),
        "middle": case("2023-05-28", ("assign", "2023-06-01", to), ("accept", "2023-06-10")),
        "late": case("2023-05-28", ("assign", "2023-06-02", to), ("accept", "2023-06-25")),
        "last": case("2023-06-01", ("assign", "2023-06-14", to), ("accept", "2023-06-29")),
        "after": case("2023-06-10", ("assign", "2023-06-17", to), ("accept", "2023-06-20")),
        "other": case("2023-06-01", ("assign", "2023-06-05", {"to": "卫健局"}), ("accept", "2023-06-10")),
    }
    made["middle"].walk(("close", "2023-06-20"), ("rate", "2023-06-21", {"unit_rating": "satisfied"}))
    made["late"].walk(("close", "2023-06-28"), ("rate", "2023-06-29", {"unit_rating": "dissatisfied"}))
    return made


def table(path: Path, *rows: list[Any]) -> Path:
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            page.write(number, place, cell)
    book.close()
    return path


def held(at: Session, path: Path, **given: Any) -> dict[str, Any]:
    asked = FiguresRequest(*JUNE, basis=given.pop("basis", "due"))
    return document(reconcile.reconcile(at, path, asked, **given))


def cell(found: dict[str, Any], unit: str, heading: str) -> dict[str, Any]:
    return next(one for one in found["cells"] if (one["unit"], one["heading"]) == (unit, heading))


@pytest.fixture
def at(june: dict[str, Matter]) -> Session:
    return june["early"].session


def test_cell_by_cell(at: Session, june: dict[str, Matter], tmp_path: Path) -> None:
    path = table(
        tmp_path / "通报.xlsx",
        ["××市6月通报"],
        ["序号", "单位", "转送总数", "受理按期办结", "按期受理率", "办结初件", "满意率", "名次"],
        [1, "教育局", 5, 3, 0.6, 2, "50.0%", 1],
        [2, "卫健局", 1, 1, 1, 0, "—", 2],
        ["", "合计", 6, 4, 0.6667, 2, 0.5, ""],
        [3, "外区某局", 9, 9, 1, 9, "", ""],
        ["注：初次信访"],
    )
    found = held(at, path)
    assert [column["indicator"] for column in found["columns"]] == [
        "acceptance.denominator",
        "acceptance.numerator",
        "acceptance.percent",
        "one_time.denominator",
        "satisfaction.percent",
    ]
    assert found["passed_over"] == ()
    assert found["unknown_rows"] == [{"row": 6, "name": "外区某局", "like": None}]
    total = cell(found, "教育局", "转送总数")
    assert (total["theirs"], total["ours"], total["difference"], total["same"]) == (5, 4, 1, False)
    assert total["cases"] == [{"case_no": june["after"].no, "title": "测试件", "why": "到期日 2023-07-02，在期末之后"}]
    assert cell(found, "教育局", "受理按期办结")["same"]
    assert (cell(found, "教育局", "按期受理率")["theirs"], cell(found, "教育局", "按期受理率")["ours"]) == (60, 75)
    assert cell(found, "教育局", "办结初件")["same"]
    assert cell(found, "教育局", "满意率")["same"]
    assert (cell(found, "合计", "转送总数")["ours"], cell(found, "合计", "受理按期办结")["ours"]) == (5, 4)
    assert (found["same"], found["different"]) == (10, 4)


@pytest.mark.parametrize(
    ("heading", "cells", "repeats", "theirs"),
    [
        ("重复信访率", (0.5, 0.25), False, [0.5, 0.25]),  # percents, all of them below one
        ("重复信访率", (0.5, 0.3333), True, [50, 33.33]),  # a workbook's own percent cells: ours are 50 % and 33.33 %
        ("重复信访率", (0.5, 2), False, [0.5, 2]),
        ("满意率", (0.5, 0.5), False, [50, 50]),
    ],
)
def test_a_rate_below_one(
    at: Session,
    june: dict[str, Matter],
    tmp_path: Path,
    heading: str,
    cells: tuple[float, float],
    repeats: bool,
    theirs: list[float],
) -> None:
    if repeats:
        originals.link(at, [june["last"].no], june["early"].no, D(2023, 6, 29))
    path = table(tmp_path / "通报.xlsx", ["单位", heading], ["教育局", cells[0]], ["合计", cells[1]])
    assert [one["theirs"] for one in held(at, path)["cells"]] == theirs


def test_totals_that_stand_before_the_column_of_units(at: Session, tmp_path: Path) -> None:
    """合计 in one merged cell over 序号 and 单位; 小计 is of the group of the units above it."""
    units.edit(at, "教育局", units.UnitEdit(group="区直部门"))
    units.edit(at, "卫健局", units.UnitEdit(group="区直部门"))
    path = table(
        tmp_path / "通报.xlsx",
        ["序号", "单位", "转送总数"],
        [1, "教育局", 4],
        [2, "卫健局", 1],
        ["小计", "", 5],
        ["", "小 计", 6],
        ["合 计", "", 5],
    )
    found = held(at, path)
    assert [(one["row"], one["unit"], one["difference"]) for one in found["cells"]] == [
        *((2, "教育局", 0), (3, "卫健局", 0), (4, "区直部门", 0), (5, "区直部门", 1), (6, "合计", 0)),
    ]
    assert found["unknown_rows"] == []


def test_the_cases_behind_a_difference(at: Session, june: dict[str, Matter], tmp_path: Path) -> None:
    head = ["单位", "转送总数", "按期受理", "受理超期", "满意率", "件数"]
    found = held(at, table(tmp_path / "a.xlsx", head, ["教育局", 3, 4, 0, "100%", 1]))
    why = {one["heading"]: {c["case_no"]: c["why"] for c in one["cases"]} for one in found["cells"]}
    assert why["转送总数"][june["early"].no] == "到期日 2023-06-04，靠近期初"
    assert why["转送总数"][june["last"].no] == "到期日 2023-06-29，靠近期末"
    assert why["按期受理"][june["late"].no] == "逾期完成：到期 2023-06-17，完成 2023-06-25"
    assert june["late"].no in why["受理超期"]
    assert why["满意率"] == {june["late"].no: "2023-06-29 评价不满意"}
    assert why["件数"] == {june["last"].no: "收到日期 2023-06-01，靠近期初"}
    june["late"].do("exclude", "2023-07-01")
    found = held(at, table(tmp_path / "b.xlsx", head, ["教育局", 4, 3, 1, "50%", 2]))
    assert cell(found, "教育局", "转送总数")["cases"][0] == {
        "case_no": june["late"].no,
        "title": "测试件",
        "why": "已剔除",
    }


def test_their_words_and_two_header_rows(at: Session, tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.xlsx",
        ["单位", "受理", "", "", "其他"],
        ["", "转交件", "按期办结", "率", "占比"],
        ["教育局", 4, 3, 0.75, 0.1],
    )
    given = reconcile.parse_given(["受理转交件=转送总数", "受理率＝按期受理率"])
    found = held(at, path, given=given)
    assert [one["same"] for one in found["cells"]] == [True, True, True]
    assert found["passed_over"] == ("其他占比",)
    for pair in ("转交件", "转交件=没有", "=件数"):
        with pytest.raises(BadValue):
            reconcile.parse_given([pair])


@pytest.mark.parametrize(
    ("theirs", "same"), [("66.67", True), ("66.7%", True), (66.67, True), (66.6, False), ("67", False), (0.6667, True)]
)
def test_a_rate_is_compared_as_it_is_printed(
    case: Callable[..., Matter], tmp_path: Path, theirs: Any, same: bool
) -> None:
    for accepted in ("2023-06-05", "2023-06-05", "2023-06-25"):
        at = case("2023-05-28", ("assign", "2023-06-01", {"to": "教育局"}), ("accept", accepted)).session
    found = held(at, table(tmp_path / "a.xlsx", ["单位", "按期受理率"], ["教育局", theirs]))
    assert found["cells"][0]["ours"] == 66.67
    assert found["cells"][0]["same"] is same


def test_a_table_without_what_is_needed(at: Session, tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="没有认得的指标"):
        held(at, table(tmp_path / "a.xlsx", ["甲", "乙"], ["教育局", 1]))
    with pytest.raises(BadValue, match="单位一列"):
        held(at, table(tmp_path / "b.xlsx", ["转送总数", "满意率"], [1, 1]))
    for cell in ("约5件左右", "inf", "1e5", "５件半", "--5"):
        with pytest.raises(BadValue, match="不是数"):
            held(at, table(tmp_path / "c.xlsx", ["单位", "转送总数"], ["教育局", cell]))


def test_what_is_a_number_and_what_is_nothing(at: Session, june: dict[str, Matter], tmp_path: Path) -> None:
    cells = ["９ 件", "1,234", "-", "无", "\\N", "nan", "　"]
    rows = [["教育局", cell] for cell in cells]
    found = held(at, table(tmp_path / "a.xlsx", ["单位", "转送总数"], *rows))
    assert [cell["theirs"] for cell in found["cells"]] == [9, 1234]


def test_every_heading_names_one_indicator() -> None:
    assert set(HEADINGS.values()) - {"unit"} == set(INDICATORS)
    assert all(found.label for found in INDICATORS.values())


def test_every_reason_of_the_book_has_its_words() -> None:
    """The book names a reason by a code, and present words all of them."""
    from xinfang_cli.book.nearness import Reason
    from xinfang_cli.book.sql import nearby

    codes = set(re.findall(r'Reason\(\s*"([a-z_]+)"', Path(nearby.__file__).read_text("utf-8")))
    codes |= set(re.findall(r'else "([a-z_]+)"', Path(nearby.__file__).read_text("utf-8"))) - {""}
    assert len(codes) >= 19
    others = {"stage": "refused", "rated": "satisfied"}
    for code in codes:
        said = why(Reason(code, "2023-06-30", "last", others.get(code, "2023-07-02")))
        assert said, code
        assert "{" not in said, code
