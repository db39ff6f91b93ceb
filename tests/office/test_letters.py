"""Letters from a real book: whom they name, what is written down about it, what is left blank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Matter, day, looked
from xinfang_cli.errors import BadValue, Refused
from xinfang_cli.law.terms import UNSTATED
from xinfang_cli.office.keeping import settings
from xinfang_cli.office.keeping import units as unit_list
from xinfang_cli.office.session import Session
from xinfang_cli.office.views import Warned
from xinfang_cli.office.work import casework, letters, pressing
from xinfang_cli.office.work.letters import Composed
from xinfang_cli.present.steps import worded

PERSON = {"name": "测试甲", "phone": "13000000001", "address": "测试镇测试村1号", "id_no": "000000"}
ACCUSATION = {
    **PERSON,
    "kind": "accusation",
    "title": "测试甲反映测试所收费",
    "content": "我是测 试 甲，13000000001，家住测试镇测试村1号，证件000000。",
    "complained_unit": "测试所",
    "external_no": "WX1",
}


def compose(matter: Matter, kind: str, on: str = "2023-06-30", **given: Any) -> Composed:
    at = Session(matter.session.place.file, day("2023-06-30"), "测试员")
    return letters.compose(at, kind, [matter.no], on=day(on), **given)


def test_a_letter_to_the_petitioner_names_him_and_is_written_down(case: Callable[..., Matter]) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-03"), ("accept", "2023-03-10"), headcount=3, **PERSON)
    events = len(matter.events())
    (letter,) = compose(matter, "accept").letters
    assert (letter.facts["petitioner"], letter.facts["address"]) == ("测试甲等3人", "测试镇测试村1号")
    assert (letter.facts["issuer"], letter.about, letter.cases) == ("测试局", matter.no, (matter.no,))
    assert looked(matter.session) == [f"letter 受理告知书 {matter.no}"]
    assert len(matter.events()) == events
    assert "id_no" not in letter.facts


def test_a_letter_that_sends_a_case_names_the_petitioner_one_that_presses_does_not(case: Callable[..., Matter]) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-03"), title="测试甲反映收费", **PERSON)
    matter.do("supervise", "2023-06-01", answer_by="2023-06-30")
    (sent,) = compose(matter, "forward").letters
    assert (sent.facts["petitioner"], sent.facts["phone"]) == ("测某", "尾号0001")
    assert sent.facts["title"] == "测某反映收费"
    assert sent.facts["issuer"] == "区信访局"
    (pressed,) = compose(matter, "supervise").letters
    assert (pressed.facts["petitioner"], pressed.facts["address"], pressed.facts["phone"]) == ("", "", "")
    assert pressed.facts["title"] == "信访人反映收费"
    assert looked(matter.session) == [f"letter 转送函 {matter.no}"]


@pytest.mark.parametrize("kind", ["forward", "supervise", "remind"])
def test_no_unit_learns_who_made_an_accusation(case: Callable[..., Matter], kind: str) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-03"), **ACCUSATION)
    matter.do("supervise", "2023-06-01", answer_by="2023-06-30")
    (letter,) = compose(matter, kind).letters
    said = repr(letter.facts)
    for word in ("测试甲", "测 试 甲", "13000000001", "测试村1号", "000000'", "证件000000", "WX1"):
        assert word not in said
    assert ("信访人反映测试所收费" in said) is (kind == "forward")  # one that presses says no more than what it is
    assert ("检举控告件" in said) is (kind != "forward")
    assert looked(matter.session) == []


def test_the_accuser_himself_is_written_to(case: Callable[..., Matter]) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-03"), ("accept", "2023-03-10"), **ACCUSATION)
    (letter,) = compose(matter, "accept").letters
    assert letter.facts["petitioner"] == "测试甲"
    assert looked(matter.session) == [f"letter 受理告知书 {matter.no}"]


@pytest.mark.parametrize("how", ["edit", "name", "merge"])
@pytest.mark.parametrize("kind", ["forward", "supervise", "remind"])
def test_never_to_the_unit_complained_of(case: Callable[..., Matter], how: str, kind: str) -> None:
    """Also where it became that only after the case was sent there."""
    matter = case("2023-03-01", ("assign", "2023-03-03"), **{**ACCUSATION, "complained_unit": "测试所"})
    matter.do("supervise", "2023-06-01", answer_by="2023-06-20")
    session = matter.session
    if how == "edit":
        with session.reading() as book:
            unit = book.units.find("测试局")
        changes = {"complained_unit": "测试局", "complained_unit_id": unit.id}
        session.sure = True
        casework.edit(session, [matter.no], changes)
    elif how == "name":
        unit_list.edit(session, "测试局", unit_list.UnitEdit(add_aliases=("测试所",)), sure=True)
    else:
        unit_list.add(session, unit_list.NewUnit("测试所"))
        casework.edit(session, [matter.no], {"complained_unit": "测试所", "title": "换"})
        unit_list.merge(session, "测试所", "测试局", sure=True)
    with pytest.raises(Refused) as caught:
        compose(matter, kind)
    assert "第三十条" in caught.value.line()


def test_what_the_book_lacks_is_left_blank(case: Callable[..., Matter]) -> None:
    steps = (("assign", "2023-03-03"), ("accept", "2023-03-10"))
    matter = case("2023-03-01", *steps, name=None, title="反映收费")
    matter.do("extend", "2023-04-01", days=5, reason=UNSTATED, approved_by="测试乙")
    found = compose(matter, "extend")
    assert [*map(str, found.warnings)] == [f"{matter.no}：没有记理由、信访人、住址，文书里留空，请手填"]
    facts = found.letters[0].facts
    assert facts["reason"] == facts["petitioner"] == facts["address"] == letters.BLANK
    assert looked(matter.session) == []


def test_who_signs(case: Callable[..., Matter]) -> None:
    refused = case("2023-03-01", ("refuse", "2023-03-05"), **PERSON)
    assert compose(refused, "refuse").letters[0].facts["issuer"] == "区信访局"
    assert compose(refused, "refuse", issuer="测试区人民政府").letters[0].facts["issuer"] == "测试区人民政府"
    steps = (("assign", "2023-03-03"), ("accept", "2023-03-10"), ("close", "2023-04-01"))
    matter = case("2023-03-01", *steps, **PERSON)
    matter.do("review", "2023-04-10")
    found = compose(matter, "review")
    assert found.letters[0].facts["issuer"] == "区信访局"
    assert [worded(str(warned)) for warned in found.warnings] == [
        f"{matter.no}：没有记复查复核机关，落款写「区信访局」；另定用 --issuer"
    ]


def test_the_day_of_a_letter(case: Callable[..., Matter]) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-03"), ("accept", "2023-03-10"), **PERSON)
    assert compose(matter, "accept", "2023-03-10").letters[0].facts["letter_on"] == day("2023-03-10")
    with pytest.raises(Refused, match="早于 2023-03-10"):
        compose(matter, "accept", "2023-03-09")
    with pytest.raises(BadValue, match="晚于今天"):
        compose(matter, "accept", "2023-07-01")
    with pytest.raises(BadValue, match="不用于催办函"):
        compose(matter, "remind", "2023-03-10")


def test_all_or_none_unless_asked(case: Callable[..., Matter]) -> None:
    good = case("2023-03-01", ("assign", "2023-03-03"), ("accept", "2023-03-10"), **PERSON)
    bad = case("2023-03-01", **PERSON)
    session, numbers = good.session, [good.no, bad.no, good.no]
    with pytest.raises(Refused):
        letters.compose(session, "accept", numbers, on=session.today)
    assert looked(session) == []
    found = letters.compose(session, "accept", numbers, on=session.today, keep_going=True)
    assert [letter.about for letter in found.letters] == [good.no]
    assert [number for number, _ in found.failed] == [bad.no]
    assert len(looked(session)) == 1


def test_one_reminder_a_unit(case: Callable[..., Matter]) -> None:
    late = case("2023-03-01", ("assign", "2023-03-03"), title="测试甲反映收费", **PERSON)
    case("2023-06-01", ("assign", "2023-06-14"), title="反映道路", **PERSON)
    case("2023-06-01", ("assign", "2023-06-10", {"to": "另一局"}), **PERSON)
    case("2023-03-01", title="本局还没有转送", **PERSON)
    session = Session(late.session.place.file, day("2023-06-28"), "测试员")
    found = pressing.remind(session, [], dry_run=True)
    made = letters.reminders(session, found)
    assert [(letter.about, letter.facts["count"], letter.facts["overdue_count"]) for letter in made.letters] == [
        ("测试局", 2, 1),
        ("另一局", 1, 1),
    ]
    assert made.warnings == [Warned("", "信访部门的 1 项不发催办函", "not_addressed")]
    items = made.letters[0].facts["items"]
    assert isinstance(items, list)
    first, second = items
    assert first == {
        "n": 1,
        "case_no": late.no,
        "title": "信访人反映收费",
        "clock": "受理告知",
        "due_on": "2023年3月18日",
        "state": "已超期102天",
        "level": "督办",
        "article": "《信访工作条例》第二十三条",
    }
    assert (second["due_on"], second["state"], second["level"]) == ("2023年6月29日", "还有1天", "预警")
    assert made.letters[0].facts["article"] == "《信访工作条例》第二十三条"
    texts = "".join(group.text for group in found.units)
    assert "测试甲" not in texts


def test_no_reminder_where_nothing_presses(case: Callable[..., Matter]) -> None:
    matter = case("2023-06-29", ("assign", "2023-06-30"), **PERSON)
    with pytest.raises(Refused, match="还不到催办的时候"):
        compose(matter, "remind")
    own = case("2023-03-01", **PERSON)
    with pytest.raises(Refused, match="没有可发的催办函"):
        compose(own, "remind")


def test_the_office_s_own_template_is_kept_by_path(session: Callable[..., Session], tmp_path: Any) -> None:
    at = session()
    path = tmp_path / "我局.docx"
    path.write_bytes(b"")
    settings.change(at, settings.Wanted("template.letter.accept", str(path)))
    assert letters.template_of(at, "accept") == str(path)
    assert letters.template_of(at, "forward") is None
    settings.change(at, settings.Wanted("template.letter.accept", None))
    assert letters.template_of(at, "accept") is None
