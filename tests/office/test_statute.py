"""What a clerk is told and kept from: accusations, second rounds, windows, reckonings; through the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.conftest import Matter, correct, explained_case, explained_day, looked, shown_case
from xinfang_cli.errors import BadValue, Refused, steps_in
from xinfang_cli.intake import where
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.office.amend import undoing
from xinfang_cli.office.find import explaining as why_days
from xinfang_cli.office.find import lists, morning, one_case
from xinfang_cli.office.find.lists import CasesAsked
from xinfang_cli.office.keeping import health, settings, units
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import acting, casework, letters, originals, pressing, registering
from xinfang_cli.present.casework import record
from xinfang_cli.present.morning import document
from xinfang_cli.present.steps import worded
from xinfang_cli.terminal import explaining as reckoning
from xinfang_cli.terminal import one_case as dossier

Make = Callable[..., Matter]
Open = Callable[..., Session]
Step = tuple[Any, ...]


def d(text: str) -> date:
    return date.fromisoformat(text)


def show(matter: Matter, **asked: Any) -> dict[str, Any]:
    return shown_case(matter.session, matter.no, asked.pop("reveal", False), **asked)


def due(at: Session, within: int | None, *, unit: str | None = None, windows: bool = False) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = document(morning.deadlines(at, within, unit=unit, windows=windows))
    return listed


# ---- accusations (art. 30) --------------------------------------------------------------------------------------


def accuse(case: Make, *steps: Step, **intake: Any) -> Matter:
    return case("2023-03-01", *steps, kind="accusation", complained_unit="甲局", **intake)


@pytest.mark.parametrize("word", ["甲局", "甲", "别名甲", "JJ01", "j"])
def test_art30_the_unit_complained_of_by_any_of_its_names(case: Make, session: Open, word: str) -> None:
    units.add(session(), units.NewUnit("甲局", short="甲", code="JJ01", aliases=("别名甲",)))
    units.add(session(), units.NewUnit("乙局"))
    matter = case("2023-03-01", kind="accusation", complained_unit=word)
    steps: list[Step] = [("assign", "2023-03-02", {"to": "甲局"})]
    for step in (*steps, ("assist", "2023-03-03", {"unit": "甲局", "answer_by": "2023-03-10"})):
        if step[0] == "assist":
            matter.assign("2023-03-02", to="乙局")
        with pytest.raises(Refused) as caught:
            matter.walk(step)
        assert caught.value.code == "accused"
        assert "第三十条" in caught.value.hint


def test_art30_a_merged_unit_is_still_the_one_complained_of(case: Make, session: Open) -> None:
    for unit in ("甲局", "乙局", "丙局"):
        units.add(session(), units.NewUnit(unit))
    matter = case("2023-03-01", kind="accusation", complained_unit="jj")  # by its initials
    units.merge(session(), "甲局", "乙局")
    for to in ("乙局", "甲局"):
        with pytest.raises(Refused) as caught:
            matter.assign("2023-03-02", to=to)
        assert caught.value.code == "accused"
    matter.assign("2023-03-02", to="丙局")
    assert health.check(session()).ok


def test_art30_a_name_that_is_near_is_refused_until_somebody_says_it_is_another(case: Make, session: Open) -> None:
    matter = accuse(case)
    units.add(session(), units.NewUnit("外测市甲局"))
    with pytest.raises(Refused) as caught:
        matter.assign("2023-03-02", to="外测市甲局")
    assert caught.value.facts == {"relation": "near"}
    matter.session.not_the_accused = "外市的局，与本区甲局无关"
    matter.assign("2023-03-02", to="外测市甲局")
    assert [(e.kind, e.data.get("relation"), e.data.get("reason")) for e in matter.events()][1:] == [
        ("not_the_accused", "near", "外市的局，与本区甲局无关"),
        ("assign", None, None),
    ]


@pytest.mark.parametrize("change", [{"kind": "accusation"}, {"complained_unit": "甲局"}], ids=lambda c: next(iter(c)))
def test_art30_an_edit_that_makes_the_present_unit_the_accused(
    case: Make, session: Open, change: dict[str, Any]
) -> None:
    at = session(today="2023-04-10")
    units.add(at, units.NewUnit("甲局"))
    kind = "appeal" if "kind" in change else "accusation"
    said = "甲局" if "kind" in change else "别的所"
    matter = case("2023-03-01", ("assign", "2023-03-02", {"to": "甲局"}), kind=kind, complained_unit=said, at=at)
    case("2023-03-01", ("assign", "2023-03-02", {"to": "甲局"}), at=at)
    assert len(lists.listed(at, CasesAsked(ListFilter(), unit="甲局")).lines) == len(due(at, None, unit="甲局")) == 2
    with pytest.raises(Refused) as caught:
        casework.edit(at, [matter.no], change)
    assert (caught.value.code, caught.value.subject) == ("accused", matter.no)
    at.sure = True
    done = casework.edit(at, [matter.no], change)
    at.sure = False
    assert any("立即改派" in text for text in map(str, done.warnings))
    assert [row.case_no for row in lists.listed(at, CasesAsked(ListFilter(), unit="甲局")).lines] == ["XF2023-000002"]
    assert [row["case_no"] for row in due(at, None, unit="甲局")] == ["XF2023-000002"]
    found = pressing.remind(at, [])
    assert [item.case_no for group in found.units for item in group.items] == ["XF2023-000002"]
    assert found.hidden == 1
    with pytest.raises(Refused) as caught:
        matter.do("supervise", "2023-04-10", answer_by="2023-04-20")
    assert caught.value.code == "accused"
    assert health.check(at).ok


def test_art30_the_bureaus_own_clock_is_pressed_all_the_same(case: Make, session: Open) -> None:
    at = session(today="2023-03-20")
    matter = accuse(case, at=at)
    assert [group.unit for group in pressing.remind(at, []).units] == ["信访部门"]
    assert [event.kind for event in matter.events()] == ["register", "remind"]


def test_art30_nor_by_another_body(case: Make, session: Open) -> None:
    units.add(session(), units.NewUnit("甲局", short="甲"))
    matter = accuse(case)
    for name in ("甲局", "甲"):
        for kind, said in (("redirect", {"procedure": "discipline", "how": "forwarded"}), ("report_up", {})):
            with pytest.raises(Refused) as caught:
                matter.do(kind, "2023-03-02", where=name, **said)
            assert caught.value.code == "accused"
    matter.do("redirect", "2023-03-02", procedure="discipline", how="forwarded", where="测试纪委监委")


def test_art30_the_accused_leads_nothing(case: Make, session: Open) -> None:
    matter = case("2023-03-01", ("lead", "2023-03-01", {"lead": "测试丙"}), kind="accusation", complained_unit="甲局")
    sure = session()
    sure.sure = True
    assert any(
        "包案领导" in text
        for text in map(str, casework.edit(sure, [matter.no], {"complained_unit": "测试丙"}).warnings)
    )
    with pytest.raises(Refused) as caught:
        matter.do("lead", "2023-03-02", lead="测试丙")
    assert caught.value.code == "accused"


def test_art30_a_complained_unit_set_right_leaves_no_trace_of_the_wrong_one(case: Make, session: Open) -> None:
    units.add(session(), units.NewUnit("甲局"))
    matter = accuse(case)
    casework.edit(session(), [matter.no], {"complained_unit": "名单外的某公司"})
    matter.assign("2023-03-02", to="甲局")
    assert health.check(session()).ok


def test_art30_who_accused_is_masked_even_when_asked_for(case: Make, session: Open) -> None:
    matter = accuse(case, name="测试甲", phone="13000000001")
    with_reveal = show(matter, reveal=True)
    assert (with_reveal["withheld"], with_reveal["revealed"]) == (True, False)
    assert with_reveal["petitioner"]["name"] is None
    assert "name" not in with_reveal["events"][0]
    both = show(matter, reveal=True, accusation=True)
    assert (both["withheld"], both["revealed"]) == (False, True)
    assert both["petitioner"]["name"] == "测试甲"
    assert looked(session()) == [f"reveal {matter.no}"]


def test_art30_nor_does_what_was_written_name_who_accused(case: Make, session: Open) -> None:
    matter = accuse(
        case, name="测试甲", phone="13000000001", title="测试甲举报甲局", content="测试甲（13000000001）反映乱收费"
    )
    matter.do("note", "2023-03-02", text="已约测试甲谈话")
    casework.edit(session(), [matter.no], {"content": "测试甲又说"})
    hidden, told = show(matter), show(matter, reveal=True, accusation=True)
    asked = show(matter, accusation=True)
    assert "测试甲" not in str({**hidden, "petitioner": None})
    assert "13000000001" not in str({**hidden, "petitioner": None})
    assert (hidden["title"], hidden["content"]) == ("检举控告件", None)
    assert asked["content"] == "信访人又说"
    assert "测试甲" not in str({**asked, "petitioner": None})
    assert (told["title"], told["content"]) == ("测试甲举报甲局", "测试甲又说")
    assert show(case("2023-03-01", name="测试甲", title="测试甲反映供水"))["title"] == "测**反映供水"


def test_a_merged_unit_answers_for_the_one_that_was_asked(case: Make, session: Open) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-02"), ("assist", "2023-03-03", {"answer_by": "2023-03-20"}))
    units.add(session(), units.NewUnit("丙局"))
    units.merge(session(), "协办局", "丙局")
    matter.assist("2023-03-10", unit="丙局")
    assert matter.clock("assistance")["stop"] == "2023-03-10"
    assert health.check(session()).ok


# ---- no second round (art. 36) ----------------------------------------------------------------------------------

CLOSED: tuple[Step, ...] = (
    ("assign", "2023-03-02"),
    ("accept", "2023-03-06"),
    ("close", "2023-04-03", {"delivered_on": "2023-04-03"}),
)
FINALISED: tuple[Step, ...] = (
    *CLOSED,
    ("review", "2023-04-20"),
    ("review_result", "2023-05-10", {"delivered_on": "2023-05-12"}),
    ("recheck", "2023-06-01", {"where": "测试市人民政府"}),
    ("recheck_result", "2023-06-20", {"reply_no": "测复核〔2023〕5号"}),
)


@pytest.mark.parametrize("how", ["add", "link", "link-to-a-repeat"])
def test_art36_a_finalised_matter_offers_the_refusal(case: Make, session: Open, how: str) -> None:
    first = case("2023-03-01", *FINALISED)
    if how == "add":
        fields = {"channel": "letter", "kind": "appeal", "title": "又来", "name": "测试甲"}
        done = registering.add(session(), d("2023-07-01"), fields, repeat_of=first.no)
    else:
        second, third = case("2023-07-01"), case("2023-08-01")
        done = originals.link(session(), [second.no], first.no, d("2023-07-01"))
        if how == "link-to-a-repeat":
            done = originals.link(session(), [third.no], second.no, d("2023-08-01"))
    found = record(done.cases[0])["no_longer"]
    assert (found["case_no"], found["on"], found["reply_no"]) == (first.no, d("2023-06-20"), "测复核〔2023〕5号")
    said = next(text for text in map(worded, map(str, done.warnings)) if "不再受理" in text)
    for word in (first.no, "2023-06-20", "测复核〔2023〕5号", "测试市人民政府", "第三十六条", "xinfang refuse"):
        assert word in said
    make = acting.simple("refuse", d("2023-08-02"), ground=found["ground"], reason=found["why"])
    done = acting.act(session(), "refuse", [done.cases[0].case.case_no], make)
    assert done.cases[0].case.stage == "refused"


@pytest.mark.parametrize(
    ("said", "label"),
    [
        pytest.param({"ground": "already_handled"}, "不予受理", id="art19"),
        pytest.param({"ground": "rechecked", "of": 1}, "不再受理", id="art36"),
        pytest.param({"ground": "unstated", "form": "不再受理"}, "不再受理", id="said-by-a-sheet"),
    ],
)
def test_a_refusal_for_good_is_called_so(
    case: Make, capsys: pytest.CaptureFixture[str], said: dict[str, Any], label: str
) -> None:
    matter = case("2023-03-01", ("refuse", "2023-03-05", said))
    shown = show(matter)
    assert shown["refused_as"] == label
    dossier.draw(one_case.show(matter.session, matter.no, False))
    out = capsys.readouterr().out
    assert f"XF2023-000001  {label}" in out
    assert (
        letters.compose(matter.session, "refuse", [matter.no], on=d("2023-03-06")).letters[0].facts["letter_name"]
        == f"{label}告知书"
    )


def test_art36_what_came_before_the_recheck_is_not_refused_for_it(case: Make, session: Open) -> None:
    """Not a petition after the recheck: that one is being handled already (art. 19)."""
    first = case("2023-03-01", *FINALISED)
    for received, offered in (("2023-06-19", False), ("2023-06-20", True)):
        done = originals.link(session(), [case(received).no], first.no, d("2023-07-01"))
        assert ("no_longer" in record(done.cases[0])) == offered
    taken_up = case("2023-07-01", *CLOSED[:0], ("assign", "2023-07-02"), ("accept", "2023-07-03"))
    assert "no_longer" not in record(originals.link(session(), [taken_up.no], first.no, d("2023-07-04")).cases[0])


def test_a_death_is_taken_down_shown_and_taken_back(case: Make, session: Open) -> None:
    matter = case("2023-03-01")
    with pytest.raises(Refused) as caught:
        casework.edit(session(), [matter.no], {"deceased_on": d("2025-01-01")})
    assert caught.value.code == "future"
    casework.edit(session(), [matter.no], {"deceased_on": d("2023-04-10")})
    assert show(matter)["deceased_on"] == d("2023-04-10")
    casework.edit(session(), [matter.no], {"deceased_on": None})
    assert show(matter)["deceased_on"] is None
    undoing.undo(session())
    assert show(matter)["deceased_on"] == d("2023-04-10")
    several = case("2023-03-01", headcount=3)
    assert any(
        "其他人" in text
        for text in map(str, casework.edit(session(), [several.no], {"deceased_on": d("2023-04-10")}).warnings)
    )
    assert health.check(session()).ok


def test_a_matter_that_is_not_ended_offers_nothing(case: Make, session: Open) -> None:
    first = case("2023-03-01", *FINALISED[:-1])
    done = originals.link(session(), [case("2023-07-01").no], first.no, d("2023-07-01"))
    assert "no_longer" not in record(done.cases[0])
    assert done.warnings == ()


DIED: Step = ("edit", "2023-05-01", {"set": {"deceased_on": d("2023-04-10")}})


@pytest.mark.parametrize(
    ("steps", "today", "why"),
    [
        pytest.param(CLOSED, "2023-05-03", None, id="review-last-day"),
        pytest.param(CLOSED, "2023-05-04", "逾期未申请复查", id="review-missed"),
        pytest.param(FINALISED[:5], "2023-06-11", None, id="recheck-last-day"),
        pytest.param(FINALISED[:5], "2023-06-12", "逾期未申请复核", id="recheck-missed"),
        pytest.param(
            (*CLOSED[:2], ("close", "2023-04-03", {"outcome": "settled"})), "2023-04-03", "和解", id="settled"
        ),
        pytest.param((("close", "2023-04-03"),), "2023-12-31", None, id="nothing-to-review"),
        pytest.param((*CLOSED, DIED), "2023-04-09", None, id="before-the-death"),
        pytest.param((*CLOSED, DIED), "2023-04-10", "信访人已去世", id="died"),
        pytest.param(
            (*CLOSED, (*DIED[:2], {"set": {"deceased_on": d("2023-03-20")}})),
            "2023-04-03",
            "信访人已去世",
            id="died-before-the-closing",
        ),
        pytest.param(
            (*CLOSED, DIED, ("edit", "2023-05-01", {"set": {"headcount": 2}})), "2023-04-10", None, id="one-of-two-died"
        ),
        pytest.param((*CLOSED[:2], DIED), "2023-04-10", None, id="died-while-it-was-handled"),
        pytest.param(
            (*CLOSED[:2], DIED, ("withdraw", "2023-04-12")), "2023-04-12", "信访人已去世", id="withdrawn-after-death"
        ),
        pytest.param(FINALISED, "2023-06-20", "已复核终结", id="rechecked"),
    ],
)
def test_local_finality_is_a_setting(
    case: Make, session: Open, steps: tuple[Step, ...], today: str, why: str | None
) -> None:
    matter = case("2023-03-01", *steps)
    for on in (False, True):
        settings.change(session(), settings.Wanted("local_finality", "是" if on else "否", "测试条例第四十六条"))
        at = session(today=today)
        shown = shown_case(at, matter.no, False)
        second = registering.add(
            at, d(today), {"channel": "letter", "kind": "appeal", "title": "又来"}, repeat_of=matter.no
        )
        ended = why is not None and (on or "复核终结" in why)
        assert (shown["ended"] is not None) == ended
        assert ("no_longer" in record(second.cases[0])) == ended
        if ended and why and "终结" not in why:
            assert why in record(second.cases[0])["no_longer"]["why"]
            assert record(second.cases[0])["no_longer"]["article"] == "测试条例第四十六条"
        if why and "逾期" in why:
            assert shown["review_window"].startswith(why)
        if ended:
            assert shown["ended"]["why"].endswith(why)


# ---- what was done about it (art. 39, 40) -----------------------------------------------------------------------


def test_art39_steps_are_shown_found_and_taken_back(case: Make, session: Open) -> None:
    one, two = case("2023-03-01", ("assign", "2023-03-02")), case("2023-03-01")
    said = {"where": "测试联席会议", "text": "约谈分管负责人"}
    acting.act(session(), "step", [one.no], acting.simple("step", d("2023-05-04"), step="talk", **said))
    acting.act(session(), "step", [one.no, two.no], acting.simple("step", d("2023-06-04"), step="listed", **said))

    def found(words: str) -> set[str]:
        terms, _ = where.parse(words, session().today)
        return {row.case_no for row in lists.listed(session(), CasesAsked(ListFilter(terms=terms))).lines}

    assert (found("措施:约谈"), found("措施:挂牌督办")) == ({one.no}, {one.no, two.no})
    assert (found("step:约谈,挂牌督办 单位:测试局"), found("-措施:约谈"), found("措施:无")) == (
        {one.no},
        {two.no},
        set(),
    )
    assert [(s["step"], s["on"], s["body"]) for s in show(one)["steps"]] == [
        ("talk", d("2023-05-04"), "测试联席会议"),
        ("listed", d("2023-06-04"), "测试联席会议"),
    ]
    assert len(lists.listed(session(), CasesAsked(ListFilter(), words=("分管负责人",))).lines) == 2
    undoing.undo(session())
    assert (found("措施:挂牌督办"), found("措施:无")) == (set(), {two.no})
    assert [s["step"] for s in show(one)["steps"]] == ["talk"]
    assert health.check(session()).ok


# ---- windows ----------------------------------------------------------------------------------------------------


def test_windows_about_to_lapse_and_presumed_ones(case: Make, session: Open) -> None:
    delivered = case("2023-03-01", *CLOSED)
    presumed = case("2023-03-01", *CLOSED[:2], ("close", "2023-04-03"))
    rows = [row for row in due(session(today="2023-04-30"), 7, windows=True) if row["clock"] == "review_window"]
    assert [(row["case_no"], row["due_on"], row["presumed"]) for row in rows] == [
        (delivered.no, "2023-05-03", False),
        (presumed.no, "2023-05-03", True),
    ]
    note = shown_case(session(today="2023-04-30"), presumed.no, False)["review_window"]
    assert note == "申请复查的最后一天 2023-05-03（没有送达日期，推定）"
    assert due(session(today="2023-05-04"), 7, windows=True) == []


def test_objection_last_day_when_assigning(case: Make, session: Open) -> None:
    at = session(today="2023-09-28")
    done = case("2023-09-20", at=at).assign("2023-09-28")
    assert record(done.cases[0])["objection_due_on"] == "2023-10-11"
    from xinfang_cli.present.casework import sentence

    assert sentence(done.cases[0]).endswith("提出异议最后一天 2023-10-11")


def test_to_and_fro_between_whom(case: Make, session: Open) -> None:
    matter = case(
        "2023-03-01",
        ("assign", "2023-03-02"),
        ("object", "2023-03-03"),
        ("uphold", "2023-03-06"),
        ("assign", "2023-03-07", {"to": "另一局"}),
        ("object", "2023-03-08"),
    )
    case("2023-03-01", ("assign", "2023-03-02"), ("object", "2023-03-03"))
    rows = lists.listed(session(), CasesAsked(ListFilter(returned_at_least=2))).lines
    assert [(row.case_no, row.returned_times) for row in rows] == [(matter.no, 2)]
    assert [(t["unit"], str(t["objected_on"]), t["late"], t["decision"]) for t in show(matter)["to_and_fro"]] == [
        ("测试局", "2023-03-03", False, "uphold"),
        ("另一局", "2023-03-08", False, None),
    ]


def test_art23_a_late_objection_is_marked(case: Make, capsys: pytest.CaptureFixture[str]) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-02"), ("object", "2023-03-10", {"late_reason": "材料补寄"}))
    assert [turn["late"] for turn in show(matter)["to_and_fro"]] == [True]
    dossier.draw(one_case.show(matter.session, matter.no, False))
    assert "2023-03-10 逾期异议" in capsys.readouterr().out


# ---- art. 20 and 25 ---------------------------------------------------------------------------------------------


def test_art20_more_than_five_representatives(case: Make, session: Open) -> None:
    def add(**fields: Any) -> Any:
        return registering.add(session(), d("2023-03-01"), {"kind": "appeal", "title": "测试件", **fields})

    for channel, count, warned in (("visit", 5, False), ("visit", 6, True), ("video", 6, True), ("letter", 6, False)):
        done = add(channel=channel, headcount=8, representatives=count)
        assert any("第二十条" in text for text in map(str, done.warnings)) == warned
        assert done.cases[0].case.group_visit == (channel != "letter")
    assert not add(channel="visit", headcount=4).cases[0].case.group_visit
    no = add(channel="visit", headcount=8).cases[0].case.case_no
    assert any("第二十条" in text for text in map(str, casework.edit(session(), [no], {"representatives": 7}).warnings))


def test_art25_an_urgent_matter_is_to_be_reported_up(case: Make, session: Open) -> None:
    fields = {"channel": "visit", "kind": "appeal", "title": "测试件"}
    done = registering.add(session(), d("2023-03-01"), {**fields, "priority": "urgent"})
    assert any("第二十五条" in text and "report_up" in steps_in(text) for text in map(str, done.warnings))
    no = registering.add(session(), d("2023-03-01"), fields).cases[0].case.case_no
    assert any(
        "第二十五条" in text for text in map(str, casework.edit(session(), [no], {"priority": "urgent"}).warnings)
    )


# ---- undo and correct -------------------------------------------------------------------------------------------


def test_undo_shows_before_and_after(case: Make, session: Open) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-02"))
    assert [row.name for row in undoing.undoable(session()).commands] == ["assign", "add"]
    done, *_ = undoing.undo(session())
    assert (record(done.cases[0])["before"]["stage"], done.cases[0].case.stage) == ("assigned", "registered")
    assert matter.shown()["unit"] is None


def test_a_correction_can_be_set_back_to_the_first_day(case: Make, session: Open) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-02"))
    for on, due_on in (("2023-03-04", "2023-03-19"), ("2023-03-02", "2023-03-17")):
        done, found = correct(session(), matter.no, 2, on=d(on), reason="录错", changes={})
        assert done.cases[0].case.due_on == due_on
        assert {row.clock for row in found.moved} == {"dispatch", "objection", "acceptance"}
    with pytest.raises(Refused, match="已经是这样"):
        correct(session(), matter.no, 2, on=d("2023-03-02"), reason="录错", changes={})


# ---- explain ----------------------------------------------------------------------------------------------------


def reckoned(matter: Matter, kind: str) -> dict[str, Any]:
    return dict(explained_case(matter.session, matter.no, kind)["clocks"][0])


def test_explain_names_every_day(case: Make) -> None:
    found = reckoned(case("2023-09-20", ("assign", "2023-09-28")), "objection")
    assert (found["day_zero"], found["due"]) == (d("2023-09-28"), d("2023-10-11"))
    assert [row["days"] for row in found["table"]] == [
        "2023-09-28",
        "2023-09-29",
        "2023-09-30 至 2023-10-06",
        "2023-10-07 至 2023-10-08",
        "2023-10-11",
    ]
    assert [entry["day"] for entry in found["made_up"]] == [d("2023-10-07"), d("2023-10-08")]
    assert len(found["skipped"]) == 8


def test_explain_extensions_hearings_and_falls(case: Make) -> None:
    matter = case(
        "2023-03-01", *CLOSED[:2], ("extend", "2023-04-01", {"days": 10}), ("extend", "2023-05-01", {"days": 5})
    )
    found = reckoned(matter, "completion")
    assert (found["base_due"], found["due"], found["extended_days"]) == (d("2023-05-05"), d("2023-05-20"), 15)
    assert [(e["on"], e["days"]) for e in found["extensions"]] == [(d("2023-04-01"), 10), (d("2023-05-01"), 5)]
    steps: tuple[Step, ...] = (
        *FINALISED[:-1],
        ("hearing", "2023-06-12", {"from_on": "2023-06-10", "to_on": "2023-06-12"}),
    )
    found = reckoned(case("2023-03-01", *steps), "recheck")
    assert (found["due"], found["hearing_days"]) == (d("2023-07-04"), 3)
    assert found["hearing"] == [d("2023-06-10"), d("2023-06-11"), d("2023-06-12")]
    assert any("2023-06-10 至 2023-06-12" in step for step in found["steps"])
    moved = case("2023-03-01", ("assign", "2023-03-02"), ("assign", "2023-03-06", {"to": "另一局"}))
    found = reckoned(moved, "acceptance")
    assert (found["void"], found["why"], found["ended_on"]) == (True, "改派其他单位", d("2023-03-06"))
    assert (found["table"][-1]["days"], found["table"][-1]["what"]) == ("2023-03-06", "失效：改派其他单位")


def test_explain_says_what_each_of_several_clocks_started_from(case: Make) -> None:
    """A case that was moved, sent back and asked about twice: nothing of the later clock is told of the earlier one."""
    matter = case(
        "2023-03-01",
        ("assign", "2023-03-02"), ("sign", "2023-03-04"), ("assign", "2023-03-10", {"to": "另一局"}), ("accept", "2023-03-13"),
        ("close", "2023-04-03", {"delivered_on": "2023-04-03"}), ("review", "2023-04-20"),
        ("review_result", "2023-05-10", {"result": "revoked", "redo_by": "2023-06-10"}), ("close", "2023-06-08"),
        ("review", "2023-06-20"), ("review_result", "2023-07-10"), ("deliver", "2023-07-10"), ("recheck", "2023-07-20"),
        ("hearing", "2023-07-25", {"from_on": "2023-07-24", "to_on": "2023-07-25"}),
        ("recheck_result", "2023-08-01", {"result": "declined", "reason": "材料不齐"}), ("recheck", "2023-08-05"),
        ("hearing", "2023-08-10"),
    )  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {}
    for clock in explained_case(matter.session, matter.no, None)["clocks"]:
        found.setdefault(clock["clock"], []).append(clock)
    assert [clock["started_by"] for clock in found["acceptance"]] == ["签收", "转送交办"]
    assert [clock["started_by"] for clock in found["review_window"]] == ["送达", "办结（没有送达日期，推定）"]
    assert [clock["started_by"] for clock in found["recheck_window"]] == ["送达"]
    assert [clock["hearing"] for clock in found["recheck"]] == [[d("2023-07-24"), d("2023-07-25")], [d("2023-08-10")]]
    assert [clock["due"] for clock in found["recheck"]] == [d("2023-08-21"), d("2023-09-05")]
    late = case(
        "2023-03-01", ("assign", "2023-03-02"), ("accept", "2023-03-06"), ("assign", "2023-05-06", {"to": "另一局"})
    )
    assert reckoned(late, "completion")["table"][-1] == {
        "days": "2023-05-06",
        "what": "转送交办（改派其他单位）",
        "counted": "逾期 1 日",
    }


def test_explain_where_closings_are_checked(case: Make, session: Open) -> None:
    for delivered, said in (("2023-04-05", "送达"), (None, "办结（没有送达日期，推定）")):
        matter = case("2023-03-01", *CLOSED[:2])
        acting.act(
            session(),
            "close",
            [matter.no],
            acting.simple(
                "close", d("2023-04-03"), outcome="explained", checked=True, delivered_on=delivered and d(delivered)
            ),
        )
        matter.do("approve", "2023-04-10")
        assert reckoned(matter, "review_window")["started_by"] == said


@pytest.mark.parametrize(
    ("kind", "start", "last"),
    [
        ("simple", "2023-01-16", "2023-02-02"),
        ("extension", "2023-03-01", "2023-05-30"),
        ("duty", "2023-12-31", "2024-02-29"),
        ("completion", "2024-01-01", "2024-03-01"),
        ("objection", "2023-04-28", "2023-05-09"),
    ],
)
def test_explain_from_a_day(session: Open, kind: str, start: str, last: str) -> None:
    assert explained_day(session(), kind, d(start))["clocks"][0]["due"] == d(last)


@pytest.mark.parametrize("kind", ["feedback", "office"])
def test_explain_from_a_day_of_a_clock_without_a_length(session: Open, kind: str) -> None:
    with pytest.raises(BadValue):
        explained_day(session(), kind, d("2023-03-01"))


def test_explain_on_the_screen(case: Make, capsys: pytest.CaptureFixture[str]) -> None:
    matter = case("2023-09-20", ("assign", "2023-09-28"))
    reckoning.draw(why_days.explain_case(matter.session, matter.no, "objection"))
    said = capsys.readouterr().out
    for word in ("异议期：最后一天 2023-10-11", "国庆节", "满 5 个工作日", "条例第二十三条", "测试局"):
        assert word in said


# ---- doctor -----------------------------------------------------------------------------------------------------


def test_doctor_finds_a_row_that_the_events_do_not_make(case: Make, session: Open) -> None:
    matter = case("2023-03-01", *CLOSED)
    with session().reading() as book:
        book.conn.execute("UPDATE clocks SET due_on = '2030-01-01' WHERE kind = 'review_window'")
    report = health.check(session())
    assert (report.ok, report.book.differing) == (False, (matter.no,))
    assert health.check(session(), compare=False).ok
    health.repair(session())
    assert health.check(session()).ok
