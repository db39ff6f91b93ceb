"""`undo` takes back what a command wrote of the house too, or refuses; never an older command in its stead."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import TODAY, Counter

BATCH = ("backlog", "batch")
ROSTER = ("reception", "roster", "--month", "2023-07")
JUNE = "2023-06"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves the office's book for those that follow."""
    return tmp_path_factory.mktemp("office") / "office.db"


@pytest.fixture
def office(counter: Counter, kept: Path) -> Counter:
    """Two units, a case in hand at each, a backlog batch, a roster, a suggestion, a rank, a publication."""
    if kept.exists():
        shutil.copyfile(kept, counter.path)
        return counter
    counter.ok("unit", "add", "教育局", "--alias", "教体局")
    counter.ok("unit", "add", "民政局")
    for unit in ("教育局", "民政局"):
        number = counter.add("2023-06-01", title=f"{unit}的件")
        counter.ok("assign", number, "--to", unit, "--on", "2023-06-02")
        counter.ok("accept", number, "--on", "2023-06-05")
    counter.ok(*BATCH, "add", "甲批", "--target", "95", "--target-on", "2023-11-30")
    counter.ok("backlog", "join", "1", "--batch", "甲批", "--on", "2023-06-10")
    counter.ok(*ROSTER, "--leaders", "测试领导甲、测试领导乙")
    counter.ok("reception", "log", "1", "--on", "2023-07-03", "--people", "2")
    counter.ok("advise", "add", "改进工作", "--to", "教育局", "--on", "2023-07-01")
    counter.ok("standing", "add", "completion", "--rank", "7", "--of", "12")
    counter.ok("report", "month", JUNE, "--publish", "--yes")
    counter.ok("backup", str(kept))
    return counter


SEEN: dict[str, tuple[str, ...]] = {
    "units": ("unit", "list"),
    "settings": ("config", "list"),
    "workdays": ("workdays", "list"),
    "batches": (*BATCH, "list"),
    "backlog": ("backlog", "status", "--batch", "甲批"),
    "roster": ROSTER,
    "reception": ("reception", "status"),
    "visits": ("reception", "list"),
    "advice": ("advise", "list"),
    "standing": ("standing", "list"),
    "figures": ("stats", "--month", JUNE, "--by", "unit", "--rank"),
    "cases": ("list",),
    "clocks": ("due", "--within", "3650", "--windows"),
    "published": ("report", "--changes", JUNE),
}


def seen(counter: Counter) -> dict[str, Any]:
    return {name: counter.ok(*words) for name, words in SEEN.items()}


HOUSE: dict[str, tuple[str, ...]] = {
    "a unit": ("unit", "add", "新局", "--alias", "新委"),
    "a unit renamed": ("unit", "edit", "教育局", "--name", "教育和体育局", "--short", "教体", "--group", "国企"),
    "an alias": ("unit", "edit", "教育局", "--alias", "教委"),
    "units merged": ("unit", "merge", "民政局", "--into", "教育局", "--yes"),
    "a name": ("config", "set", "bureau", "某某区信访局"),
    "a deadline": ("config", "set", "clocks.completion", "45", "--citation", "某信联办〔2023〕1号", "--yes"),
    "rolling": ("config", "set", "roll", "是", "--yes"),
    "a target": ("config", "set", "targets.completion", "95"),
    "a batch": (*BATCH, "add", "乙批"),
    "a batch set right": (*BATCH, "edit", "甲批", "--target", "80", "--recognise"),
    "duty days": ("reception", "roster", "--month", "2023-08", "--leaders", "测试领导丙"),
    "duty days again": (*ROSTER, "--leaders", "测试领导丙", "--replace"),
    "a swap": ("reception", "swap", "7-18", "--leader", "测试领导丁"),
    "nobody came": ("reception", "log", "--no-visitor", "--on", "2023-07-04", "--invited", "2"),
    "a suggestion": ("advise", "add", "完善政策", "--to", "区政府"),
    "an answer": ("advise", "answer", "1", "--adopted"),
    "a rank": ("standing", "add", "积案化解率", "--rank", "3"),
    "a rank set right": ("standing", "add", "completion", "--rank", "6", "--of", "12"),
    "published again": ("report", "month", JUNE, "--publish", "--yes", "--number", "测信联办〔2023〕2号"),
    "published": ("report", "quarter", "2023Q2", "--publish", "--yes"),
}


@pytest.mark.long
@pytest.mark.parametrize("words", HOUSE.values(), ids=HOUSE.keys())
def test_everything_is_as_it_was_before(office: Counter, words: tuple[str, ...]) -> None:
    before = seen(office)
    done = office(*words)
    assert done.code == 0, done
    ran = office("undo", "--list")
    assert ran.code == 0
    undone = office.ok("undo")
    assert undone["undone"]
    assert undone["undone"][0] in ran.out.replace("\n", "")
    assert seen(office) == before
    assert office.ok("doctor")["ok"]
    again = office(*words)  # and the same may be done once more
    assert again.code == 0, again


def test_a_list_of_units_goes_as_it_came(counter: Counter, tmp_path: Any) -> None:
    listed = tmp_path / "单位.csv"
    listed.write_text("名称,分组\n甲局,区直部门\n乙镇,镇街\n", "utf-8")
    counter.ok("unit", "add", "教育局")
    before = counter.ok("unit", "list")
    counter.ok("unit", "add", "--file", str(listed))
    assert len(counter.ok("undo")["undone"]) == 2
    assert counter.ok("unit", "list") == before


def test_working_days(office: Counter, tmp_path: Any) -> None:
    """The days that moved move back; a year that was not known is unknown again."""
    listed = tmp_path / "放假.csv"
    listed.write_text("day,kind,name\n2023-07-18,off,测试\n2023-07-19,off,测试\n", "utf-8")
    office.ok("assign", "2", "--to", "教育局", "--on", "2023-07-14")  # five working days to object
    before = seen(office)
    office.ok("workdays", "import", str(listed), "--yes")
    assert seen(office)["clocks"] != before["clocks"]
    office.ok("undo")
    assert seen(office) == before
    assert office.ok("doctor")["ok"]


def test_a_log_of_receptions_goes_with_those_to_whom_nobody_came(office: Counter, tmp_path: Any) -> None:
    log = tmp_path / "接访.csv"
    log.write_text("日期,接访领导,登记编号,人数,约访\n2023-07-05,测试领导甲,2,1,\n2023-07-06,测试领导乙,,,\n", "utf-8")
    before = seen(office)
    office.ok("reception", "log", "--file", str(log))
    assert office.ok("reception", "status")["days_without_visitor"] == 1
    office.ok("undo")
    assert seen(office) == before


def test_a_unit_that_came_with_a_case_stays_and_is_named(office: Counter) -> None:
    office.ok("assign", "1", "--to", "新局", "--new-unit", "--on", TODAY)
    ran = office("undo")
    assert ran.code == 0
    assert "新增的新局还在名单里" in ran.err
    assert "xinfang unit merge" in ran.err
    assert office.ok("show", "1")["unit"] == "教育局"
    assert [row["name"] for row in office.ok("unit", "list")] == ["教育局", "民政局", "新局"]


MOVED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "a unit that has a case": (("unit", "add", "新局"), ("assign", "1", "--to", "新局", "--anyway")),
    "a unit renamed since": (("unit", "add", "新局"), ("unit", "edit", "新局", "--name", "新委")),
    "an edited unit edited again": (HOUSE["an alias"], HOUSE["a unit renamed"]),
    "a merge on a merge": (HOUSE["units merged"], ("unit", "edit", "教育局", "--short", "教")),
    "a setting set again": (HOUSE["a target"], ("config", "set", "targets.completion", "96")),
    "a batch edited since": (HOUSE["a batch"], (*BATCH, "edit", "乙批", "--target", "90")),
    "duty days swapped since": (HOUSE["duty days"], ("reception", "swap", "8-1", "--leader", "测试领导甲")),
    "a suggestion answered": (HOUSE["a suggestion"], ("advise", "answer", "2", "--adopted")),
    "a rank set right": (HOUSE["a rank"], ("standing", "add", "积案化解率", "--rank", "4")),
    "published anew": (HOUSE["published"], HOUSE["published"]),
}


@pytest.mark.parametrize(("mine", "theirs"), MOVED.values(), ids=MOVED.keys())
def test_refused_where_somebody_changed_the_same_since(
    office: Counter, mine: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    assert office(*mine, actor="甲").code == 0
    assert office(*theirs, actor="乙").code == 0
    before = office.path.read_bytes()
    ran = office("undo", "--json", actor="甲")
    assert ran.code == 1
    assert ran.error()["code"] == "moved"
    assert "xinfang" in ran.error()["hint"]
    assert office.path.read_bytes() == before
    if mine[:2] != ("unit", "add"):  # a unit's number would be shown in what was taken back
        assert office("undo", actor="乙").code == 0
        assert office("undo", actor="甲").code == 0


def test_what_others_did_elsewhere_is_no_hindrance(office: Counter) -> None:
    office.ok("unit", "add", "新局", actor="甲")
    office.ok("unit", "add", "别局", actor="乙")
    office.ok("config", "set", "targets.acceptance", "90", actor="乙")
    office.ok("assign", "1", "--to", "别局", "--anyway", actor="乙")
    assert office.ok("undo", actor="甲")["undone"] == ["增加单位 新局"]
    assert [row["name"] for row in office.ok("unit", "list")] == ["教育局", "民政局", "别局"]


def test_an_advice_number_stays_spent(office: Counter) -> None:
    assert office.ok(*HOUSE["a suggestion"], actor="甲")["number"] == 2
    assert office.ok(*HOUSE["a suggestion"], actor="乙")["number"] == 3
    office.ok("undo", actor="甲")
    assert office.ok(*HOUSE["a suggestion"], actor="甲")["number"] == 4
    assert [row["number"] for row in office.ok("advise", "list")] == [1, 3, 4]


def test_a_cancelled_duty_comes_back(office: Counter) -> None:
    found = office.ok(*HOUSE["nobody came"])
    before = seen(office)
    office.ok("reception", "cancel", str(found["id"]))
    office.ok("undo")
    assert seen(office) == before


def test_a_new_book_has_nothing_to_take_back(counter: Counter, tmp_path: Any) -> None:
    counter.ok("init", db=tmp_path / "new.db")
    assert counter("undo", db=tmp_path / "new.db").code == 1
    assert counter.ok("undo", "--list", db=tmp_path / "new.db") == []
