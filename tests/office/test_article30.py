"""Article 30 as an adversary would try it: every way a case can go, and everything that could move it there unseen."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from tests.conftest import SAID, Matter, looked
from xinfang_cli.errors import Refused
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.events import article30
from xinfang_cli.law.events.base import EventType
from xinfang_cli.law.events.registry import EVENTS
from xinfang_cli.law.periods import Period
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.campaigns import backlog
from xinfang_cli.office.find import history, lists, morning, people
from xinfang_cli.office.find.access_month import access_month
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.keeping import backup, health, settings, units
from xinfang_cli.office.keeping.security import security
from xinfang_cli.office.keeping.units import NewUnit, UnitEdit
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting, casework, letters, originals, pressing
from xinfang_cli.present.security import lines

Make = Callable[..., Matter]
UNIT_FIELDS = [
    pytest.param(declared, field.name, id=f"{kind}-{field.name}")
    for kind, declared in EVENTS.items()
    for field in declared.fields
    if field.nature == "unit" or field.name in ("where", "lead", "leaders", "leader")
]
BRINGS = {"answered", "recuse", "not_the_accused"}
"""What nothing goes to a unit by: a new kind here must be argued for."""


@pytest.fixture
def at(session: Callable[..., Session]) -> Session:
    made = session()
    for name in ("测试委", "测试局", "测试所", "旁的局", "外测市测试局"):
        units.add(made, NewUnit(name))
    units.edit(made, "测试局", UnitEdit(parent="测试委", add_leaders=("甲某人",)))
    units.edit(made, "测试所", UnitEdit(parent="测试局"))
    return made


def accuse(case: Make, at: Session, **said: Any) -> Matter:
    return case("2023-03-01", at=at, kind="accusation", **({"complained_unit": "测试局"} | said))


def unit_of(at: Session, name: str) -> int:
    with at.reading() as book:
        return book.units.find(name).id


def test_what_brings_is_known() -> None:
    assert {kind for kind, declared in EVENTS.items() if declared.brings} == BRINGS


@pytest.mark.parametrize(("declared", "field"), UNIT_FIELDS)
def test_no_event_takes_an_accusation_to_the_accused(case: Make, at: Session, declared: EventType, field: str) -> None:
    """Walks every event type: whatever names a unit, a body or a leader is asked about."""
    matter = accuse(case, at)
    with at.reading() as book:
        from xinfang_cli.law.events.base import CheckContext as Context
        from xinfang_cli.law.fold import fold

        stands = fold(book.events.of(book.cases.find(matter.no)[0]), book.code)
        asked = Context(at.today, merged=book.canonical, related=book.units.relations)
        assert stands is not None
        accused: Any = unit_of(at, "测试局")
        if field == "where":
            accused = "测试局"
        elif field in ("lead", "leader"):
            accused = "甲某人"
        elif field == "leaders":
            accused = ["甲某人"]
        from xinfang_cli.law.event import Event

        event = Event(declared.kind, date(2023, 3, 2), {**SAID.get(declared.kind, {}), field: accused})
        goes = list(article30.targets(stands, event, declared))
        if declared.kind in BRINGS:
            assert not any(target.field == field for target in goes)
            return
        with pytest.raises(Refused) as caught:
            article30.check(stands, event, declared, asked)
        assert caught.value.code == "accused"


@pytest.mark.parametrize("kind", ["remind", "supervise", "order", "overrule", "return"])
def test_what_goes_to_the_unit_of_the_case_without_naming_it(kind: str) -> None:
    assert EVENTS[kind].goes_to is not None


@pytest.mark.parametrize("unit", ["测试局", "测试委", "测试所", "外测市测试局"])
def test_refused_until_somebody_puts_down_why_not(case: Make, at: Session, unit: str) -> None:
    matter = accuse(case, at)
    with pytest.raises(Refused):
        matter.assign("2023-03-02", unit)
    at.not_the_accused = "测试理由"
    matter.assign("2023-03-02", unit)
    at.not_the_accused = ""
    assert [event.kind for event in matter.events()] == ["register", "not_the_accused", "assign"]
    ((number, name, _),) = health.check(at).cleared
    assert (number, name) == (matter.no, unit)
    undoing.undo(at)
    with pytest.raises(Refused):
        matter.assign("2023-03-02", unit)


def test_a_clearance_falls_with_who_is_complained_of(case: Make, at: Session) -> None:
    matter = accuse(case, at)
    matter.do("not_the_accused", "2023-03-02", unit=unit_of(at, "外测市测试局"), reason="另一个市的")
    casework.edit(at, [matter.no], {"complained_unit": "外测市测试局"})
    with pytest.raises(Refused):
        matter.assign("2023-03-02", "外测市测试局")


def test_a_clearance_of_a_near_name_is_none_of_a_child(case: Make, at: Session) -> None:
    matter = accuse(case, at)
    matter.do("not_the_accused", "2023-03-02", unit=unit_of(at, "外测市测试局"), reason="另一个市的")
    matter.assign("2023-03-02", "外测市测试局")
    with pytest.raises(Refused) as caught:
        units.edit(at, "外测市测试局", UnitEdit(parent="测试局"))
    assert caught.value.code == "accused"


def test_without_an_answer_it_goes_nowhere(case: Make, at: Session) -> None:
    matter = accuse(case, at, complained_unit=None, complained="unstated")
    steps: tuple[Callable[[], object], ...] = (
        lambda: matter.assign("2023-03-02", "旁的局"),
        lambda: matter.do("redirect", "2023-03-02", procedure="discipline", how="forwarded", where="测试纪委"),
        lambda: matter.do("lead", "2023-03-02", lead="乙某人"),
    )
    for step in steps:
        with pytest.raises(Refused) as caught:
            step()
        assert caught.value.code == "unanswered"
    assert health.check(at).unsaid.unanswered == (matter.no,)
    casework.edit(at, [matter.no], {"complained_person": "丙某人"})
    matter.assign("2023-03-02", "旁的局")
    assert health.check(at).unsaid.unanswered == ()


def test_nobody_known_goes_to_discipline_only(case: Make, at: Session) -> None:
    matter = accuse(case, at, complained_unit=None, complained="unknown")
    with pytest.raises(Refused) as caught:
        matter.assign("2023-03-02", "旁的局")
    assert caught.value.code == "unknown_accused"
    units.edit(at, "旁的局", UnitEdit(role="discipline"))
    matter.assign("2023-03-02", "旁的局")
    assert health.check(at).unsaid.unknown == (matter.no,)


@pytest.mark.parametrize(
    ("said", "code"), [({"complained": "unstated"}, "unanswered"), ({"complained": "unknown"}, "unknown_accused")]
)
def test_one_of_our_units_named_as_a_body_is_that_unit(
    case: Make, at: Session, said: dict[str, str], code: str
) -> None:
    matter = accuse(case, at, complained_unit=None, **said)
    units.add(at, NewUnit("测试纪委"))
    units.edit(at, "测试纪委", UnitEdit(role="discipline"))
    for body in ("旁的局", "（某）旁的局"):
        with pytest.raises(Refused) as caught:
            matter.do("step", "2023-03-02", step="talk", where=body)
        assert caught.value.code == code
    if code == "unknown_accused":
        matter.do("step", "2023-03-02", step="talk", where="测试纪委")


@pytest.mark.parametrize(("actor", "told"), [("甲某人", True), ("丙某人", True), ("乙某人", False)])
def test_who_is_complained_of_is_told_to_leave_it(case: Make, at: Session, actor: str, told: bool) -> None:
    """By his own name, or as a leader of the unit complained of."""
    matter = accuse(case, at, complained_person="丙某人")
    at._actor = actor
    done = acting.act(at, "note", [matter.no], acting.simple("note", date(2023, 3, 2), text="某事"))
    assert ("accused_actor" in {warning.code for warning in done.warnings}) == told


def test_what_had_happened_stands_and_nothing_new_goes(case: Make, at: Session) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-02", {"to": "旁的局"}), at=at)
    casework.edit(at, [matter.no], {"kind": "accusation"})  # nobody said whom it complains of
    assert matter.shown()["unit"] == "旁的局"
    with pytest.raises(Refused) as caught:
        matter.do("supervise", "2023-03-05", answer_by="2023-03-20")
    assert caught.value.code == "unanswered"
    assert pressing.remind(at, []).hidden == 1
    with pytest.raises(Refused):
        letters.compose(at, "forward", [matter.no], on=date(2023, 3, 5))


@pytest.mark.parametrize("unit", ["测试局", "测试委", "测试所"])
def test_hidden_from_the_lists_of_the_accused_its_parent_and_child(case: Make, at: Session, unit: str) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-02", {"to": unit}), ("lead", "2023-03-02"), at=at)
    backlog.join(at, backlog.JoinRequest("测试批次", (backlog.Joining(matter.no),), at.today))
    seen: tuple[Callable[[], int], ...] = (
        lambda: len(lists.listed(at, CasesAsked(ListFilter(), unit=unit)).lines),
        lambda: len(morning.deadlines(at, None, unit=unit).lines),
        lambda: len(backlog.entries(at, backlog.EntriesAsked(unit=unit)).entries),
    )
    assert [count() > 0 for count in seen] == [True] * 3
    at.sure = True
    casework.edit(at, [matter.no], {"kind": "accusation", "complained_unit": "测试局"})
    assert [count() for count in seen] == [0, 0, 0]
    assert health.check(at).with_the_accused == (matter.no,)


def test_no_link_leads_from_the_accused_to_the_accusation(case: Make, at: Session) -> None:
    theirs = case("2023-02-01", ("assign", "2023-02-02", {"to": "测试局"}), at=at)
    matter = accuse(case, at)
    for one, other in ((matter, theirs), (theirs, matter)):
        with pytest.raises(Refused) as caught:
            casework.relate(at, [one.no], other.no, date(2023, 3, 2))
        assert caught.value.code == "accused"
    with pytest.raises(Refused):
        originals.link(at, [matter.no], theirs.no, date(2023, 3, 2))


def test_taking_back_a_move_away_from_the_accused_is_asked_about(case: Make, at: Session) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-02", {"to": "测试局"}), at=at)
    at.sure = True
    casework.edit(at, [matter.no], {"kind": "accusation", "complained_unit": "测试局"})
    at.sure = False
    matter.assign("2023-03-05", "旁的局")
    with pytest.raises(Refused) as caught:
        undoing.undo(at)
    assert (caught.value.code, caught.value.subject) == ("accused", matter.no)
    assert matter.shown()["unit"] == "旁的局"


# ---- who, what for ----------------------------------------------------------------------------------------------


def test_the_accuser_is_shown_to_nobody_without_a_reason(case: Make, at: Session) -> None:
    accuse(case, at, name="测试甲")
    at.why = ""
    with pytest.raises(Refused) as caught:
        people.person(at, "测试甲", reveal=True, accusation=True)
    assert (caught.value.code, looked(at)) == ("missing", [])
    at.why = "核对身份"
    people.person(at, "测试甲", reveal=True, accusation=True)
    (seen,) = history.accesses(at, None).looks
    assert (seen.why, seen.what, seen.filter, seen.accusation, seen.revealed) == (
        "核对身份",
        "person",
        "＊＊＊",
        True,
        True,
    )
    assert seen.os_user
    assert seen.host


def test_a_setting_asks_for_a_reason_of_every_look(case: Make, at: Session) -> None:
    case("2023-03-01", at=at)
    at.why = ""
    people.person(at, "测试甲", reveal=True, accusation=False)
    settings.change(at, settings.Wanted("why_always", "是"))
    with pytest.raises(Refused):
        people.person(at, "测试甲", reveal=True, accusation=False)


def test_a_look_is_in_the_chain_and_no_step_to_take_back(case: Make, at: Session, tmp_path: Any) -> None:
    matter = case("2023-03-01", at=at)
    before = health.check(at).book.events
    people.person(at, "测试甲", reveal=True, accusation=False)
    backup.backup(at, tmp_path / "备份.db")
    assert health.check(at).book.events == before + 3  # a backup is put down before, and with its SHA-256 after
    assert health.check(at).ok
    digest = sha256((tmp_path / "备份.db").read_bytes()).hexdigest()
    assert history.accesses(at, matter.no).looks[0].sha256 == digest
    backup.backup_into(at, tmp_path / "多份", None)
    kept = next((tmp_path / "多份").glob("*.db"))
    look = history.accesses(at, matter.no).looks[0]
    assert (look.file, look.sha256) == (kept.name, sha256(kept.read_bytes()).hexdigest())
    undone = undoing.undo(at)  # the registration, not the look
    assert undone.name == "add"
    assert [line.split()[0] for line in looked(at)] == ["person", "backup", "backup", "backup"]


def test_the_looks_of_a_month(case: Make, at: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the machine's moment in the office's zone: the last evening of June in China is still June."""
    matter = accuse(case, at, name="测试甲")
    for moment in (
        "2023-05-31T15:59:59+00:00",
        "2023-05-31T16:00:00+00:00",
        "2023-06-30T15:59:59+00:00",
        "2023-06-30T16:00:00+00:00",
    ):
        monkeypatch.setattr(at, "now", lambda moment=moment: moment)
        people.person(at, "测试甲", reveal=True, accusation=True)
    june = Period("month", date(2023, 6, 1), date(2023, 6, 30))
    found = access_month(at, june)
    assert [look.at for look in found.looks] == ["2023-05-31T16:00:00+00:00", "2023-06-30T15:59:59+00:00"]
    (one,) = found.by
    assert (one.what, one.times, one.cases, one.accusations, one.without_why) == ("person", 2, 2, 2, 0)
    assert found.looks[0].cases == (matter.no,)


def test_the_page_of_secrecy(case: Make, at: Session) -> None:
    matter = accuse(case, at, complained_unit=None, complained="unstated", name="测试甲")
    at.place.file.chmod(0o644)
    people.person(at, "测试甲", reveal=True, accusation=True)
    found = security(at)
    assert (found.looks, found.looks_without_why, found.looks_at_accusations) == (1, 0, 1)
    assert found.unsaid.unanswered == (matter.no,)
    assert [one.closed for one in found.files if one.name == at.place.file.name] == [os.name == "nt"]
    page = "\n".join(lines(found))
    assert matter.no in page
    assert "测试甲" not in page
