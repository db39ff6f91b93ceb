"""One event on a case, through the office, on a real file: what is written, what is not, and what can be taken back."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FULL, Matter, correct, shown_case
from xinfang_cli.book import checking, projection
from xinfang_cli.book.face import create_book
from xinfang_cli.book.place import Place
from xinfang_cli.errors import Ambiguous, BadValue, NotFound, Refused, XinfangError
from xinfang_cli.law.events.registry import EVENT
from xinfang_cli.law.fold import fold
from xinfang_cli.office.amend import correcting, undoing
from xinfang_cli.office.keeping import health
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import casework, originals, registering
from xinfang_cli.present.casework import record

Make = Callable[..., Matter]
Open = Callable[..., Session]
Step = tuple[Any, ...]


def d(text: str) -> date:
    return date.fromisoformat(text)


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """All that stands in the file."""
    with session.reading() as book:
        tables = [row[0] for row in book.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(book.conn.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}


def whole(session: Session) -> None:
    """The chain holds, no text was touched, and the rows are what the events add up to (DESIGN, truths 2 and 3)."""
    with session.reading() as book:
        count, _, broken = checking.walk_chain(book.conn)
        assert broken == []
        assert count == book.conn.execute("SELECT count(*) FROM events").fetchone()[0]
        assert list(checking.check_texts(book.conn)) == []
        code, kept = book.code, {}
        for case_id, case_no in book.conn.execute("SELECT id, case_no FROM docket").fetchall():
            made = fold(book.events.of(case_id), code)
            if made is not None:
                kept[case_id] = projection.CaseRows(case_id, case_no, made, book.canonical)
        every = sorted(kept.values(), key=lambda rows: rows.case[0])

        def stored(table: str, order: str) -> list[tuple[Any, ...]]:
            return book.conn.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()

        assert stored("cases", "id") == [rows.case for rows in every]
        assert stored("clocks", "case_id, n") == [clock for rows in every for clock in rows.clocks]
        assert stored("people", "case_id") == [rows.person for rows in every if rows.person is not None]
        assert stored("backlog", "case_id, batch") == sorted(
            (entry for rows in every for entry in rows.backlog), key=lambda entry: (entry[1], entry[0])
        )


def kinds(matter: Matter) -> list[str]:
    return [event.kind for event in matter.events()]


# ---- every event ------------------------------------------------------------------------------------------------

ASSIGNED: tuple[Step, ...] = (("assign", "2023-03-02"),)
ACCEPTED: tuple[Step, ...] = (*ASSIGNED, ("accept", "2023-03-06"))
CLOSED: tuple[Step, ...] = (*ACCEPTED, ("close", "2023-04-03", {"delivered_on": "2023-04-05"}))

LIVES: list[tuple[str, dict[str, Any], tuple[Step, ...], str]] = [
    ("plain", {}, (
        *ACCEPTED, ("sign", "2023-03-04"), ("extend", "2023-04-01", {"days": 10}), ("note", "2023-04-02"), ("attach", "2023-04-02"),
        ("assist", "2023-04-03", {"answer_by": "2023-04-20"}), ("assist", "2023-04-18"),
        ("co_handle", "2023-04-19"), ("recuse", "2023-04-19"),
        ("remind", "2023-04-20"), ("supervise", "2023-04-21", {"answer_by": "2023-04-30"}), ("supervise_answered", "2023-04-25"),
        ("step", "2023-04-26"), ("close", "2023-05-04", {"outcome": "supported", "fulfil_by": "2023-08-01"}),
        ("deliver", "2023-05-06"), ("rate", "2023-05-08"), ("fulfil", "2023-07-30"),
    ), "closed"),
    ("task", {"source": "tasked", "report_by": "2023-06-30"}, (
        ("assign", "2023-03-02", {"mode": "task", "feedback_by": "2023-06-01"}), ("accept", "2023-03-06"),
        ("extend", "2023-05-20", {"clock": "feedback"}), ("note", "2023-06-20", {"report": True}), ("report_up", "2023-06-25"),
        ("close", "2023-06-26"),
    ), "closed"),
    ("to-and-fro", {"source": "forwarded"}, (
        *ASSIGNED, ("object", "2023-03-03"), ("overrule", "2023-03-06"), ("object", "2023-03-08"), ("uphold", "2023-03-09"),
        ("assign", "2023-03-10", {"to": "另一局"}), ("object", "2023-03-13"), ("return_up", "2023-03-15"),
    ), "returned_up"),
    ("simple", {}, (*ASSIGNED, ("accept", "2023-03-06", {"pathway": "simple"}), ("convert", "2023-03-10"), ("close", "2023-04-03")), "closed"),
    ("duty", {}, (*ASSIGNED, ("accept", "2023-03-06", {"pathway": "duty", "due": "2023-06-01"}), ("close", "2023-04-03")), "closed"),
    ("recheck", {}, (
        *CLOSED, ("review", "2023-04-20"), ("review_result", "2023-05-10", {"delivered_on": "2023-05-12"}), ("recheck", "2023-06-01"),
        ("hearing", "2023-06-10"), ("recheck_result", "2023-06-20", {"result": "changed"}),
    ), "finalised"),
    ("redo", {}, (
        *CLOSED, ("review", "2023-04-20"), ("review_result", "2023-05-10", {"result": "revoked", "redo_by": "2023-06-10"}),
        ("close", "2023-06-08"),
    ), "closed"),
    ("refused", {}, (("refuse", "2023-03-05"),), "refused"),
    ("redirected", {}, (("redirect", "2023-03-05"), ("close", "2023-06-01", {"outcome": "procedure_result"})), "closed"),
    ("filed", {}, (("file", "2023-03-05"),), "filed"),
    ("withdrawn", {}, (*ACCEPTED, ("withdraw", "2023-03-20")), "withdrawn"),
    ("backlog", {}, (
        ("join", "2023-03-02"), ("lead", "2023-03-02"), ("tag", "2023-03-02"), ("resolve", "2023-03-05"), ("recognise", "2023-03-06"),
        ("exclude", "2023-03-07"), ("include", "2023-03-08"),
    ), "registered"),
    ("received", {}, (
        ("assign", "2023-03-02"), ("receive", "2023-03-03"), ("order", "2023-03-03", {"answer_by": "2023-03-20"}),
        ("follow", "2023-03-18", {"order": 4}), ("follow", "2023-03-19", {"order": 4, "loop": "fed_back"}),
        ("follow", "2023-04-01", {"order": 4, "loop": "followed_up"}),
    ), "assigned"),
    ("checked", {}, (
        *ACCEPTED, ("close", "2023-04-03", {"checked": True}), ("return", "2023-04-04"), ("close", "2023-04-10", {"checked": True}),
        ("approve", "2023-04-12"),
    ), "closed"),
]  # fmt: skip


@pytest.mark.parametrize(("intake", "steps", "stage"), [pytest.param(*life[1:], id=life[0]) for life in LIVES])
def test_a_life(case: Make, intake: dict[str, Any], steps: tuple[Step, ...], stage: str) -> None:
    matter = case("2023-03-01", **intake)
    for n, step in enumerate(steps, 1):
        matter.walk(step)
        assert len(matter.events()) == n + 1
    assert matter.shown()["stage"] == stage
    whole(matter.session)


def test_the_lives_have_every_event() -> None:
    done = {step[0] for _, _, steps, _ in LIVES for step in steps} | {"register", "answered"}
    assert done | {"edit", "link", "relate", "revoke", "correct", "not_the_accused"} == set(EVENT.labels)


def test_what_an_event_gives_back(case: Make) -> None:
    matter = case("2023-03-01", headcount=6, channel="visit")
    done = matter.assign("2023-03-02")
    shown = record(done.cases[0])
    keys = (
        "case_no external_no title stage channel kind topic region received_on unit first repeat_of headcount priority "
        "assigned_on accepted_on closed_on outcome next_clock due_on days_left"
    )
    assert set(keys.split()) <= set(shown)
    assert shown["case_no"] == "XF2023-000001"
    assert (shown["stage"], shown["unit"], shown["assigned_on"]) == ("assigned", "测试局", "2023-03-02")
    assert (shown["next_clock"], shown["due_on"]) == ("acceptance", "2023-03-17")
    assert shown["days_left"] == -655  # 17 March 2023 to 31 December 2024
    assert matter.clock("dispatch") == {"start": "2023-03-01", "due": "2023-03-16", "stop": "2023-03-02", "void": 0}
    assert done.warnings == ()


def test_accept_follows_the_kind_and_tells_on_the_day(case: Make) -> None:
    for kind, pathway in (
        ("appeal", "opinion"),
        ("suggestion", "suggestion"),
        ("accusation", "accusation"),
        ("inquiry", "answer"),
        ("other", "answer"),
    ):
        said = case("2023-03-01", *ACCEPTED, kind=kind).events()[-1].data
        assert (said["pathway"], said["told_on"]) == (pathway, d("2023-03-06"))


def test_closings_are_checked_where_the_office_wants_it(case: Make, session: Open) -> None:
    with session().writing("config") as (book, pen):
        book.settings.write(pen, "check_closings", True, "区信访办〔2023〕1号", d("2023-03-01"))
    matter = case("2023-03-01", *CLOSED)
    shown = matter.shown()
    assert (shown["stage"], shown["closed_on"]) == ("reported", None)
    matter.do("approve", "2023-04-10")
    assert matter.shown()["closed_on"] == "2023-04-03"
    whole(matter.session)


def test_art30_in_the_office(case: Make) -> None:
    """By short name, too: the accused unit's names are all asked."""
    matter = case("2023-03-01", kind="accusation", complained_unit="测试局")
    for step in (
        ("assign", "2023-03-02"),
        ("assign", "2023-03-03", {"to": "另一局"}),
        ("assist", "2023-03-04", {"unit": "测试局", "answer_by": "2023-03-20"}),
    ):
        if step[0] == "assign" and len(step) == 3:
            matter.walk(step)
            continue
        before = everything(matter.session)
        with pytest.raises(Refused, match="检举控告") as caught:
            matter.walk(step)
        assert caught.value.code == "accused"
        assert everything(matter.session) == before


# ---- nothing is written when the law says no --------------------------------------------------------------------

REFUSED: list[tuple[str, tuple[Step, ...], Step]] = [
    ("stage", (), ("accept", "2023-03-02")),
    ("future", (), ("assign", "2025-01-01")),
    ("order", ASSIGNED, ("accept", "2023-03-01")),
    ("missing", ACCEPTED, ("close", "2023-04-03", {"outcome": None})),
    ("late", ASSIGNED, ("object", "2023-03-20")),
    ("limit", ACCEPTED, ("extend", "2023-04-03", {"days": 31})),
    ("conflict", (*ACCEPTED, ("extend", "2023-04-20")), ("close", "2023-04-03")),
    ("no_review", (("close", "2023-03-10"),), ("review", "2023-03-20")),
    ("same_unit", ASSIGNED, ("assign", "2023-03-03")),
    ("batch", (), ("resolve", "2023-03-03")),
]


@pytest.mark.parametrize(("code", "lead", "step"), [pytest.param(c, lead, s, id=c) for c, lead, s in REFUSED])
def test_nothing_is_written_when_refused(case: Make, code: str, lead: tuple[Step, ...], step: Step) -> None:
    matter = case("2023-03-01", *lead)
    before = everything(matter.session)
    with pytest.raises(Refused) as caught:
        matter.walk(step)
    assert caught.value.code == code
    assert matter.no in caught.value.message
    assert everything(matter.session) == before


def test_a_refused_registration_spends_no_number(case: Make, session: Open) -> None:
    at = session()
    before = everything(at)
    refused: list[tuple[str, dict[str, Any]]] = [
        ("2025-01-01", {}),
        ("2023-03-01", {"topic": "测试没有的分类"}),
        ("2023-03-01", {"region": "测试没有的镇"}),
        ("2023-03-01", {"repeat_of": "XF2023-000999"}),
    ]
    for received, intake in refused:
        with pytest.raises(XinfangError):
            case(received, **intake)
        assert everything(at) == before
    assert case("2023-03-01").no == "XF2023-000001"


def test_a_new_unit_is_not_left_behind_by_a_refusal(case: Make) -> None:
    matter = case("2023-03-01")
    before = everything(matter.session)
    with pytest.raises(Refused):
        matter.assign("2025-01-01", to="没有过的局")
    assert everything(matter.session) == before


# ---- several cases ----------------------------------------------------------------------------------------------


def assign_all(at: Session, numbers: list[str], *, keep_going: bool = False) -> Any:
    return casework.assign(
        at,
        numbers,
        "测试局",
        mode="forward",
        feedback_by=None,
        on=d("2023-03-02"),
        new_unit=True,
        keep_going=keep_going,
    )


def test_several_cases_all_or_none(case: Make, session: Open) -> None:
    at = session()
    one, two, three = (case("2023-03-01") for _ in range(3))
    two.assign("2023-03-02", to="另一局")
    two.accept("2023-03-03")
    two.close("2023-03-04")
    before = everything(at)
    with pytest.raises(Refused, match=two.no):
        assign_all(at, [one.no, two.no, three.no])
    with pytest.raises(NotFound, match="23-999"):
        assign_all(at, [one.no, "23-999"])
    assert everything(at) == before
    done = assign_all(at, [one.no, three.no])
    assert [changed.case.case_no for changed in done.cases] == [one.no, three.no]
    with at.reading() as book:
        names = book.conn.execute(
            "SELECT count(DISTINCT command_id) FROM events WHERE kind = 'assign' AND on_day = '2023-03-02'"
        )
        assert names.fetchone()[0] == 2  # two.assign, and one command for both others
    whole(at)


def test_keep_going_does_what_it_can_and_reports_the_rest(case: Make, session: Open) -> None:
    at = session()
    one, two, three = (case("2023-03-01") for _ in range(3))
    two.walk(("refuse", "2023-03-02"))
    done = assign_all(at, [one.no, two.no, "23-999", three.no], keep_going=True)
    assert [changed.case.case_no for changed in done.cases] == [one.no, three.no]
    assert [number for number, _ in done.failed] == [two.no, "23-999"]
    assert [type(error) for _, error in done.failed] == [Refused, NotFound]
    assert [kinds(m) for m in (one, two, three)] == [
        ["register", "assign"],
        ["register", "refuse"],
        ["register", "assign"],
    ]
    whole(at)


def test_a_case_named_twice_is_done_once(case: Make, session: Open) -> None:
    one = case("2023-03-01")
    done = assign_all(session(), [one.no, "23-1", "1"])
    assert len(done.cases) == 1
    assert kinds(one) == ["register", "assign"]


def test_how_a_case_is_named(case: Make, session: Open) -> None:
    at = session()
    one = case("2023-03-01", external_no="37130020230000123")
    case("2023-03-01")
    case("2024-03-01")
    with at.reading() as book:
        for word in (
            "XF2023-000001",
            "xf2023-000001",
            "23-1",
            "2023-1",
            "２３－１",
            " 23-000001 ",
            "37130020230000123",
        ):
            assert book.cases.find(word)[1] == one.no, word
        assert book.cases.find("2")[1] == "XF2023-000002"
        with pytest.raises(Ambiguous, match="XF2023-000001、XF2024-000001"):
            book.cases.find("1")
        with pytest.raises(NotFound, match="99"):
            book.cases.find("99")


# ---- numbers ----------------------------------------------------------------------------------------------------


def test_numbers_run_by_year_of_receipt(case: Make) -> None:
    numbers = [case(on).no for on in ("2023-03-01", "2024-01-02", "2023-12-31", "2024-02-01")]
    assert numbers == ["XF2023-000001", "XF2024-000001", "XF2023-000002", "XF2024-000002"]


def test_an_outside_number_is_used_once(case: Make, session: Open) -> None:
    one = case("2023-03-01", external_no="测外1")
    with pytest.raises(BadValue, match=f"已用于 {one.no}"):
        case("2023-03-02", external_no="测外1")
    two = case("2023-03-02")
    with pytest.raises(BadValue, match=f"已用于 {one.no}"):
        casework.edit(session(), [two.no], {"external_no": "测外1"})


# ---- undo -------------------------------------------------------------------------------------------------------


def undo(at: Session) -> tuple[Any, str]:
    done, name, *_ = undoing.undo(at)
    return done, name


def test_undo_takes_back_the_last_command_with_all_its_cases(case: Make, session: Open) -> None:
    at = session()
    one, two = case("2023-03-01"), case("2023-03-01")
    shown = [m.shown() for m in (one, two)]
    assign_all(at, [one.no, two.no])
    done, name = undo(at)
    assert name == "assign"
    assert [c.case.case_no for c in done.cases] == [one.no, two.no]
    assert [m.shown() for m in (one, two)] == shown
    assert kinds(one) == ["register", "assign", "revoke"]
    whole(at)


def test_undo_twice_takes_the_one_before(case: Make, session: Open) -> None:
    at = session()
    matter = case("2023-03-01", *CLOSED)
    for name, stage in (("close", "accepted"), ("accept", "assigned"), ("assign", "registered")):
        assert undo(at)[1] == name
        assert matter.shown()["stage"] == stage
    matter.assign("2023-03-03")
    assert undo(at)[1] == "assign"
    assert matter.shown()["stage"] == "registered"
    whole(at)


def test_undoing_a_registration_leaves_the_number_spent(case: Make, session: Open) -> None:
    at = session()
    first, second = case("2023-03-01"), case("2023-03-01", tags=["扬言"])
    done, name = undo(at)
    assert name == "add"
    assert done.cases == ()
    assert second.no in str(done.warnings[0])
    with at.reading() as book:
        with pytest.raises(NotFound, match="登记已撤销"):
            book.cases.find(second.no)
        for table in ("cases", "clocks", "people"):
            key = "id" if table == "cases" else "case_id"
            assert book.conn.execute(f"SELECT count(*) FROM {table} WHERE {key} = 2").fetchone()[0] == 0
        assert book.conn.execute("SELECT count(*) FROM events WHERE case_id = 2").fetchone()[0] == 3
    assert case("2023-03-01").no == "XF2023-000003"
    assert first.shown()["stage"] == "registered"
    whole(at)


def test_undo_is_refused_when_the_case_has_moved_since(case: Make, session: Open) -> None:
    """All of the command's cases or none, though only one has moved."""
    at, other = session(), session(actor="测试员乙")
    one, two = case("2023-03-01"), case("2023-03-01")
    assign_all(at, [one.no, two.no])
    Matter(other, two.no).accept("2023-03-05")
    before = everything(at)
    with pytest.raises(Refused, match=f"{two.no} 之后又有「受理」") as caught:
        undo(at)
    assert caught.value.code == "moved"
    assert everything(at) == before
    undo(other)
    assert undo(at)[1] == "assign"
    whole(at)


def test_undo_is_each_clerks_own(case: Make, session: Open) -> None:
    case("2023-03-01")
    with pytest.raises(Refused, match="测试员乙") as caught:
        undo(session(actor="测试员乙"))
    assert caught.value.code == "nothing"


def test_an_original_stays_while_another_case_names_it(case: Make, session: Open) -> None:
    at, other = session(), session(actor="测试员乙")
    original = case("2023-03-01")
    case("2023-04-01", at=other, repeat_of=original.no)
    with pytest.raises(Refused, match=original.no):
        undo(at)


@pytest.mark.parametrize("what", ["edit", "correct", "link", "relate"])
def test_undo_of_what_holds_for_every_day(case: Make, session: Open, what: str) -> None:
    at = session()
    original, matter = case("2023-01-01"), case("2023-03-01", *CLOSED)
    before, clock = matter.shown(), matter.clock("completion")
    if what == "edit":
        casework.edit(at, [matter.no], {"headcount": 9, "title": "改过的测试件"})
    elif what == "correct":
        correct(at, matter.no, 4, on=d("2023-04-10"), changes={"delivered_on": d("2023-04-12")})
    elif what == "link":
        originals.link(at, [matter.no], original.no, d("2023-05-01"))
    else:
        casework.relate(at, [matter.no], original.no, d("2023-05-01"))
    if what != "relate":
        assert matter.shown() != before
    assert undo(at)[1] == what
    assert matter.shown() == before
    assert matter.clock("completion") == clock
    whole(at)


# ---- correct ----------------------------------------------------------------------------------------------------


def test_correct_refolds_the_case(case: Make, session: Open) -> None:
    matter = case("2023-03-01", *CLOSED)
    _, correction = correct(session(), matter.no, 3, on=d("2023-03-20"))
    assert matter.shown()["accepted_on"] == "2023-03-20"
    assert matter.clock("completion") == {"start": "2023-03-20", "due": "2023-05-19", "stop": "2023-04-03", "void": 0}
    assert matter.clock("acceptance") == {"start": "2023-03-02", "due": "2023-03-17", "stop": "2023-03-20", "void": 0}
    moved = {row.clock: row for row in correction.moved}
    assert set(moved) == {"objection", "acceptance", "completion"}
    assert (moved["completion"].due_before, moved["completion"].due_after) == (d("2023-05-05"), d("2023-05-19"))
    assert (moved["acceptance"].state_before, moved["acceptance"].state_after) == ("met", "late")
    assert correction.published == ()
    events = matter.events()
    assert [event.kind for event in events] == ["register", "assign", "accept", "close", "correct"]
    assert events[2].on == d("2023-03-06")  # what was recorded stays
    assert events[4].data["was_on"] in ("2023-03-06", d("2023-03-06"))
    whole(matter.session)


@pytest.mark.parametrize(
    ("steps", "seq", "changes", "clock", "due"),
    [
        pytest.param((("assign", "2023-03-02", {"mode": "task", "feedback_by": "2023-05-08"}),), 2,
                     {"feedback_by": date(2023, 6, 1)}, "feedback", "2023-06-01", id="feedback-by"),
        pytest.param(ASSIGNED, 2, {"mode": "task", "feedback_by": date(2023, 5, 8)}, "feedback", "2023-05-08", id="mode"),
        pytest.param((*ASSIGNED, ("supervise", "2023-03-10", {"answer_by": "2023-03-20"})), 3,
                     {"answer_by": date(2023, 3, 25)}, "supervision", "2023-03-25", id="answer-by"),
        pytest.param((*ACCEPTED, ("close", "2023-04-03", {"outcome": "supported", "fulfil_by": "2023-06-01"})), 4,
                     {"fulfil_by": date(2023, 6, 2)}, "fulfilment", "2023-06-02", id="fulfil-by"),
        pytest.param((*CLOSED, ("review", "2023-04-20"), ("review_result", "2023-05-10", {"delivered_on": "2023-05-12"})), 6,
                     {"delivered_on": date(2023, 5, 15)}, "recheck_window", "2023-06-14", id="result-delivered"),
        pytest.param((*CLOSED, ("review", "2023-04-20"), ("review_result", "2023-05-10", {"delivered_on": "2023-05-12"}),
                      ("recheck", "2023-06-01"), ("hearing", "2023-06-12", {"from_on": "2023-06-10", "to_on": "2023-06-12"})), 8,
                     {"from_on": date(2023, 6, 11)}, "recheck", "2023-07-03", id="hearing-from"),
        pytest.param(ACCEPTED, 3, {"pathway": "duty"}, "duty", "2023-05-01", id="pathway"),
        pytest.param((*ACCEPTED, ("close", "2023-04-03")), 4, {"delivered_on": date(2023, 4, 10)}, "review_window", "2023-05-10",
                     id="what-was-not-said-before"),
    ],
)  # fmt: skip
def test_correct_a_field(
    case: Make, session: Open, steps: tuple[Step, ...], seq: int, changes: dict[str, Any], clock: str, due: str
) -> None:
    matter = case("2023-03-01", *steps)
    correct(session(), matter.no, seq, changes=changes)
    assert matter.clock(clock)["due"] == due
    whole(matter.session)


def test_edit_a_day_that_was_not_said_before(case: Make, session: Open) -> None:
    matter = case("2023-03-01", source="tasked")
    casework.edit(session(), [matter.no], {"report_by": d("2023-04-20")})
    assert matter.clock("report_up")["due"] == "2023-04-20"
    casework.edit(session(), [matter.no], {"report_by": None})
    assert matter.shown()["next_clock"] == "dispatch"
    whole(matter.session)


def test_correct_the_received_day_keeps_the_number(case: Make, session: Open) -> None:
    matter = case("2023-03-01", *ASSIGNED)
    correct(session(), matter.no, 1, on=d("2022-12-30"))
    assert matter.shown()["received_on"] == "2022-12-30"
    assert matter.clock("dispatch")["due"] == "2023-01-14"
    assert matter.shown()["case_no"] == "XF2023-000001"
    whole(matter.session)


@pytest.mark.parametrize(
    ("seq", "on", "changes", "code"),
    [
        pytest.param(3, "2023-03-01", {}, "stage", id="accepted-before-it-was-assigned"),
        pytest.param(2, "2023-02-01", {}, "order", id="assigned-before-it-was-received"),
        pytest.param(1, "2023-03-10", {}, "order", id="received-after-it-was-assigned"),
        pytest.param(4, "2023-04-07", {}, "order", id="closed-after-it-was-delivered"),
        pytest.param(4, "2025-01-01", {}, "future", id="after-today"),
        pytest.param(9, "2023-03-05", {}, "event", id="no-such-event"),
        pytest.param(3, "2023-03-06", {}, "same", id="no-change"),
        pytest.param(
            3, None, {"pathway": "answer", "due_on": date(2023, 6, 1)}, "pathway", id="a-field-the-law-refuses"
        ),
        pytest.param(2, None, {"told_on": date(2023, 3, 8)}, "field", id="a-field-of-another-event"),
        pytest.param(3, None, {"pathway": "opinion"}, "same", id="a-field-as-it-is"),
        pytest.param(3, "2023-03-07", {"told_on": date(2023, 3, 6)}, "order", id="told-as-it-is-before-the-new-day"),
        pytest.param(2, None, {"mode": "task"}, "missing", id="task-without-a-day"),
        pytest.param(2, None, {"feedback_by": date(2023, 4, 8)}, "mode", id="a-day-without-a-task"),
    ],
)
def test_correct_is_refused_when_the_law_then_refuses(
    case: Make, session: Open, seq: int, on: str | None, changes: dict[str, Any], code: str
) -> None:
    matter = case("2023-03-01", *CLOSED)
    before = everything(matter.session)
    with pytest.raises(Refused) as caught:
        correct(session(), matter.no, seq, on=None if on is None else d(on), changes=changes)
    assert caught.value.code == code
    assert everything(matter.session) == before


def test_correct_needs_a_reason_and_a_plan_writes_nothing(case: Make, session: Open) -> None:
    matter = case("2023-03-01", *CLOSED)
    before = everything(matter.session)
    with pytest.raises(Refused, match="理由"):
        correct(session(), matter.no, 4, on=d("2023-04-02"), reason="")
    correcting.plan(session(), correcting.CorrectionRequest(matter.no, 4, d("2023-04-02"), "记错了", {}))
    assert everything(matter.session) == before


def test_what_was_taken_back_cannot_be_corrected(case: Make, session: Open) -> None:
    matter = case("2023-03-01", *CLOSED)
    undo(session())
    with pytest.raises(Refused, match="没有可更正的第 4 号事件") as caught:
        correct(session(), matter.no, 4, on=d("2023-04-02"))
    assert "3 受理" in caught.value.hint


# ---- edit, link, relate -----------------------------------------------------------------------------------------


def test_edit_keeps_the_old_value_and_the_new(case: Make, session: Open) -> None:
    matter = case("2023-03-01", headcount=3)
    casework.edit(session(), [matter.no], {"headcount": 8, "name": "测试戊"})
    said = matter.events()[-1].data
    assert (said["was"], said["set"]) == ({"headcount": 3}, {"headcount": 8})
    assert (said["changed_from"], said["changes"]) == ({"name": "测试甲"}, {"name": "测试戊"})
    assert matter.shown()["headcount"] == 8
    with session().reading() as book:
        assert book.people.of(1)["name"] == "测试戊"
        body = book.conn.execute("SELECT body FROM events WHERE kind = 'edit'").fetchone()[0]
    assert "测试" not in body  # names stand in the texts only
    whole(matter.session)


def test_edit_of_nothing_is_refused(case: Make, session: Open) -> None:
    matter = case("2023-03-01", headcount=3)
    before = everything(matter.session)
    with pytest.raises(Refused, match="没有要改的"):
        casework.edit(session(), [matter.no], {"headcount": 3})
    assert everything(matter.session) == before


def test_edit_of_the_superiors_day_moves_its_clock(case: Make, session: Open) -> None:
    matter = case("2023-03-01", source="tasked", report_by="2023-06-01")
    casework.edit(session(), [matter.no], {"report_by": d("2023-07-01")})
    assert matter.clock("report_up")["due"] == "2023-07-01"
    whole(matter.session)


def test_link_and_its_refusals(case: Make, session: Open) -> None:
    at = session()
    old, middle, new = case("2023-01-10"), case("2023-02-10"), case("2023-03-10")
    originals.link(at, [middle.no], old.no, d("2023-05-01"))
    originals.link(at, [new.no], middle.no, d("2023-05-01"))
    assert [m.shown()["repeat_of"] for m in (old, middle, new)] == [None, old.no, middle.no]
    assert [m.shown()["first"] for m in (old, middle, new)] == [True, False, False]
    before = everything(at)
    for number, original, code in ((old.no, old.no, "self"), (old.no, new.no, "order")):
        with pytest.raises(Refused) as caught:
            originals.link(at, [number], original, d("2023-05-01"))
        assert caught.value.code == code
        assert number in caught.value.message
        assert caught.value.hint
    assert everything(at) == before
    whole(at)


def test_link_in_a_circle_is_refused(case: Make, session: Open) -> None:
    at = session()
    one, two, three = (case("2023-03-10") for _ in range(3))
    originals.link(at, [two.no], one.no, d("2023-05-01"))
    originals.link(at, [three.no], two.no, d("2023-05-01"))
    with pytest.raises(Refused, match="不能互为重复") as caught:
        originals.link(at, [one.no], three.no, d("2023-05-01"))
    assert caught.value.code == "cycle"


def test_link_of_another_name_only_warns(case: Make, session: Open) -> None:
    old, new = case("2023-01-10"), case("2023-03-10", name="测试己")
    done = originals.link(session(), [new.no], old.no, d("2023-05-01"))
    assert any("姓名不同" in text for text in map(str, done.warnings))


def test_a_repeat_is_in_no_first_time_clock(case: Make, session: Open) -> None:
    old, new = case("2023-01-10"), case("2023-03-01", *CLOSED)
    assert new.clock("rating")["due"] == "2023-05-03"
    originals.link(session(), [new.no], old.no, d("2023-05-01"))
    with session().reading() as book:
        rows = book.conn.execute("SELECT kind, first FROM clocks WHERE case_id = 2").fetchall()
    assert {first for _, first in rows} == {0}
    assert "rating" not in {kind for kind, _ in rows}


def test_relate(case: Make, session: Open) -> None:
    one, two = case("2023-03-01"), case("2023-03-01")
    casework.relate(session(), [one.no], two.no, d("2023-03-05"))
    assert one.events()[-1].data == {"to": 2}
    with pytest.raises(Refused, match="不能关联自己"):
        casework.relate(session(), [one.no], one.no, d("2023-03-05"))


# ---- append-only ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET on_day = '2023-01-01'",
        "UPDATE events SET body = '{}' WHERE id = 2",
        "DELETE FROM events",
        "DELETE FROM events WHERE id = (SELECT max(id) FROM events)",
        "UPDATE commands SET actor = '别人'",
        "DELETE FROM commands",
    ],
)
def test_events_are_append_only(case: Make, statement: str) -> None:
    matter = case("2023-03-01", *CLOSED)
    with matter.session.reading() as book, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        book.conn.execute(statement)
    whole(matter.session)


def test_a_changed_event_shows_in_the_chain(case: Make) -> None:
    """Someone with another tool takes the trigger away and changes a day."""
    matter = case("2023-03-01", *CLOSED)
    with matter.session.reading() as book:
        book.conn.execute("DROP TRIGGER events_never_change")
        book.conn.execute("UPDATE events SET on_day = '2023-03-05' WHERE kind = 'accept'")
        assert checking.walk_chain(book.conn)[2]


def test_a_cut_off_tail_shows_in_the_chain(case: Make) -> None:
    matter = case("2023-03-01", *CLOSED)
    with matter.session.reading() as book:
        book.conn.execute("DROP TRIGGER events_never_go")
        book.conn.execute("DELETE FROM texts WHERE event_id = (SELECT max(id) FROM events)")
        book.conn.execute("DELETE FROM events WHERE id = (SELECT max(id) FROM events)")
        assert checking.walk_chain(book.conn)[2]


# ---- two terminals ----------------------------------------------------------------------------------------------

ADDING = """
import sys
from datetime import date
from pathlib import Path
from xinfang_cli.office.work import registering
from xinfang_cli.office.session import Session

session = Session(Path(sys.argv[1]), date(2023, 7, 18), sys.argv[2])
for n in range(int(sys.argv[3])):
    fields = {"channel": "letter", "kind": "appeal", "title": f"测试件{n}", "name": "测试甲"}
    print(registering.add(session, date(2023, 7, 18), fields).cases[0].case.case_no, flush=True)
"""


@pytest.mark.plain("another process has no key")
@pytest.mark.parametrize("there", [True, False], ids=["a-book-that-is-there", "a-book-that-each-would-make"])
def test_two_processes_add_at_once(tmp_path: Path, there: bool) -> None:
    count = 500 if FULL else 50
    path = tmp_path / "共用 案件簿.db"
    if there:
        assert create_book(Place(path), "init", "2023-01-01T00:00:00+00:00")
    started = [
        subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", ADDING, str(path), actor, str(count)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for actor in ("测试员甲", "测试员乙")
    ]
    said = [process.communicate(timeout=500) for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    numbers = [line for out, _ in said for line in out.split()]
    assert sorted(numbers) == [f"XF2023-{n:06d}" for n in range(1, 2 * count + 1)]
    at = Session(path, d("2023-07-18"), "测试员")
    with at.reading() as book:
        actors = dict(book.conn.execute("SELECT actor, count(*) FROM commands WHERE name = 'add' GROUP BY actor"))
    assert actors == {"测试员甲": count, "测试员乙": count}
    whole(at)
    assert not [leftover for leftover in tmp_path.iterdir() if leftover.name.endswith(".new")]


def test_registration_keeps_doubtful_people_with_a_warning(session: Open) -> None:
    """Everything received must be registered (art. 22)."""
    fields = {"channel": "visit", "kind": "appeal", "title": "测试件", "name": "测试甲", "id_no": "123", "phone": "12"}
    done = registering.add(session(), d("2023-03-01"), dict(fields))
    assert len(done.cases) == 1
    assert len(done.warnings) >= 2
    no = done.cases[0].case.case_no
    assert len(shown_case(session(), no, False)["doubts"]) == 3
    report = health.check(session())
    empty = {"no_name": (), "masked": ()}
    assert report.doubtful == {**empty, "no_address": (no,), "id_checksum": (no,), "phone_length": (no,)}
    assert report.ok  # doubtful is not wrong
