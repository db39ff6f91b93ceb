"""Article 30 through the office: what is bound to the accused unit takes no accusation, and no change hides that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.conftest import Matter
from xinfang_cli.errors import BadValue, Refused
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.keeping import health, settings, units
from xinfang_cli.office.keeping.accusations import with_the_accused
from xinfang_cli.office.keeping.units import NewUnit, UnitEdit
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework

Make = Callable[..., Matter]


@pytest.fixture
def at(session: Callable[..., Session]) -> Session:
    made = session()
    for name in ("测试委", "测试局", "测试所", "旁的局"):
        units.add(made, NewUnit(name))
    units.edit(made, "测试局", UnitEdit(parent="测试委"))
    units.edit(made, "测试所", UnitEdit(parent="测试局", add_leaders=("甲某人",)))
    return made


def accuse(case: Make, at: Session, of: str) -> Matter:
    return case("2023-03-01", at=at, kind="accusation", complained_unit=of)


@pytest.mark.parametrize("unit", ["测试委", "测试局", "测试所"])
def test_the_accused_its_parents_and_children_get_nothing(case: Make, at: Session, unit: str) -> None:
    matter = accuse(case, at, "测试局")
    with pytest.raises(Refused) as caught:
        matter.assign("2023-03-02", unit)
    assert caught.value.code == "accused"
    matter.assign("2023-03-02", "旁的局")
    with pytest.raises(Refused):
        matter.do("assist", "2023-03-03", unit=next(u.unit.id for u in units.listed(at).units if u.unit.name == unit),
                  answer_by=date(2023, 3, 20))  # fmt: skip


def test_the_unit_of_a_leader_complained_of(case: Make, at: Session) -> None:
    matter = accuse(case, at, "甲某人所长")
    with pytest.raises(Refused):
        matter.assign("2023-03-02", "测试所")
    units.edit(at, "测试所", UnitEdit(drop_leaders=("甲某人",)))
    matter.assign("2023-03-02", "测试所")


def test_a_change_that_puts_accusations_with_the_accused_is_refused(case: Make, at: Session) -> None:
    matter = accuse(case, at, "测试局")
    matter.assign("2023-03-02", "旁的局")
    for change in (lambda sure: units.edit(at, "旁的局", UnitEdit(parent="测试所"), sure=sure),
                   lambda sure: units.merge(at, "旁的局", "测试局", sure=sure)):  # fmt: skip
        with pytest.raises(Refused, match=matter.no) as caught:
            change(False)
        assert caught.value.code == "accused"
        with at.reading() as book:
            assert with_the_accused(book) == ()
        change(True)
        with at.reading() as book:
            assert with_the_accused(book) == (matter.no,)
        assert health.check(at).with_the_accused == (matter.no,)
        undoing.undo(at)
    assert health.check(at).problems == ()


def test_parents_make_no_ring_and_are_given_up(at: Session) -> None:
    with pytest.raises(BadValue, match="下级"):
        units.edit(at, "测试委", UnitEdit(parent="测试所"))
    assert units.edit(at, "测试局", UnitEdit(parent="")).unit.parent is None
    undoing.undo(at)
    listed = {load.unit.name: load.parent for load in units.listed(at).units}
    assert listed == {"测试委": None, "测试局": "测试委", "测试所": "测试局", "旁的局": None}


def test_a_merged_units_children_go_along_and_come_back(at: Session) -> None:
    units.merge(at, "测试局", "旁的局")
    assert {load.unit.name: load.parent for load in units.listed(at).units}["测试所"] == "旁的局"
    undoing.undo(at)
    assert {load.unit.name: load.parent for load in units.listed(at).units}["测试所"] == "测试局"


def test_a_setting_that_puts_accusations_with_the_accused_is_refused(case: Make, at: Session) -> None:
    """某区 and 某市 are the office's own: without them 某区旁的局 and 某市旁的局 have one name."""
    units.add(at, NewUnit("某区甲乙局"))
    matter = accuse(case, at, "某市甲乙局分管人")
    wanted = settings.Wanted("area_chain", "某市 某区")
    at.not_the_accused = "另一级"
    matter.assign("2023-03-02", "某区甲乙局")
    at.not_the_accused = ""
    with pytest.raises(Refused, match=matter.no) as caught:
        settings.change(at, wanted)
    assert caught.value.code == "accused"
    assert health.check(at).with_the_accused == ()
    at.sure = True
    settings.change(at, wanted)
    at.sure = False
    assert health.check(at).with_the_accused == (matter.no,)
    undoing.undo(at)
    assert health.check(at).with_the_accused == ()


def test_taking_back_a_change_of_the_list_is_asked_about_too(case: Make, at: Session) -> None:
    units.edit(at, "旁的局", UnitEdit(parent="测试委"))
    units.edit(at, "旁的局", UnitEdit(parent=""))
    matter = accuse(case, at, "测试委")
    matter.assign("2023-03-02", "旁的局")
    at._actor = "另一员"
    units.edit(at, "旁的局", UnitEdit(code="D1"))
    with pytest.raises(Refused):
        units.edit(at, "旁的局", UnitEdit(parent="测试委"))
    at.sure = True
    units.edit(at, "旁的局", UnitEdit(parent="测试委"), sure=True)
    units.edit(at, "旁的局", UnitEdit(parent=""))
    at.sure = False
    with pytest.raises(Refused, match=matter.no) as caught:
        undoing.undo(at)
    assert caught.value.code == "accused"


def test_who_may_have_what_nobody_knows_of_is_looked_at_when_it_changes(case: Make, at: Session) -> None:
    units.edit(at, "旁的局", UnitEdit(role="discipline"))
    matter = case("2023-03-01", at=at, kind="accusation", complained="unknown")
    matter.assign("2023-03-02", "旁的局")
    with pytest.raises(Refused, match=matter.no):
        units.edit(at, "旁的局", UnitEdit(role="ordinary"))
    named = case(
        "2023-03-01", ("assign", "2023-03-02", {"to": "测试所"}), at=at, kind="accusation", complained_unit="别处"
    )
    with pytest.raises(Refused, match="不明") as caught:
        casework.edit(at, [named.no], {"complained": "unknown"})
    assert caught.value.code == "accused"
