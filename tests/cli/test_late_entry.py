"""补记: a missed event is put into its place, in its unit's turn, and says that it was entered late."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter

pytestmark = pytest.mark.usefixtures("engine")

A, B, C = "测试甲局", "测试乙局", "测试丙局"


@pytest.fixture
def moved(counter: Counter) -> str:
    """Received 07-01; 甲 from 07-03, accepted 07-05; 乙 from 07-10, accepted 07-12."""
    number = counter.add("2023-07-01")
    for unit in (A, B, C):
        counter.ok("unit", "add", unit)
    for unit, sent, accepted in ((A, "2023-07-03", "2023-07-05"), (B, "2023-07-10", "2023-07-12")):
        counter.ok("assign", number, "--to", unit, "--on", sent)
        counter.ok("accept", number, "--on", accepted)
    return number


MISSED: list[tuple[str, list[str], str]] = [
    ("sign", [], "2023-07-04"),
    ("extend", ["--days", "5", "--approved-by", "测试局长", "--reason", "复杂"], "2023-07-06"),
    ("assist", ["--unit", C, "--answer-by", "2023-07-20"], "2023-07-06"),
    ("co-handle", ["--unit", C], "2023-07-06"),
]


@pytest.mark.parametrize(("command", "words", "on"), MISSED, ids=[row[0] for row in MISSED])
def test_a_missed_event_goes_into_the_turn_it_belongs_to(
    counter: Counter, moved: str, command: str, words: list[str], on: str
) -> None:
    refused = counter(command, moved, *words, "--on", on, "--json").error()
    assert refused["code"] == "order"
    assert "--late-entry" in refused["hint"]
    before = {(c["kind"], c["unit"]): c["due"] for c in counter.ok("show", moved)["clocks"] if c["unit"] == B}
    counter.ok(command, moved, *words, "--on", on, "--late-entry")
    shown = counter.ok("show", moved)
    event = shown["events"][-1]
    assert (event["on"], event["late_entry"]) == (on, True)
    assert {(c["kind"], c["unit"]): c["due"] for c in shown["clocks"] if c["unit"] == B} == before
    assert "补记" in counter("show", moved).out
    assert counter.ok("doctor")["problems"] == []
    counter.ok("undo")
    assert counter.ok("show", moved)["events"][-1]["kind"] == "revoke"


def test_the_clocks_say_what_was_entered_late(counter: Counter) -> None:
    number = counter.add("2023-07-01")
    counter.ok("assign", number, "--to", A, "--new-unit", "--on", "2023-07-03")
    counter.ok("close", number, "--outcome", "解释说明", "--on", "2023-07-14")
    assert not any(clock["late_entry"] for clock in counter.ok("show", number)["clocks"])
    counter.ok("accept", number, "--late-entry", "--on", "2023-07-05")
    late = {clock["kind"]: clock["late_entry"] for clock in counter.ok("show", number)["clocks"]}
    assert late == {
        "dispatch": False,
        "objection": True,
        "acceptance": True,
        "completion": True,
        "rating": False,
        "review_window": False,
    }


LATER = "2023-12-31"


def closed_in_time(counter: Counter) -> str:
    """Received 07-01, to 甲 07-03, accepted 07-05, closed and delivered 07-25."""
    number = counter.add("2023-07-01")
    for unit in (A, B, C):
        counter.ok("unit", "add", unit)
    counter.ok("assign", number, "--to", A, "--on", "2023-07-03")
    counter.ok("accept", number, "--on", "2023-07-05")
    counter.ok("close", number, "--outcome", "解释说明", "--on", "2023-07-25", "--delivered", "2023-07-25", today=LATER)
    return number


STEPS: list[tuple[str, list[str], str, list[str], str]] = [
    # command, its words, its day, what was missed after it, the stage after all of it
    ("assign", ["--to", C], "2023-07-02", [], "closed"),
    ("assign", ["--to", C], "2023-07-04", [], "closed"),
    ("object", ["--reason", "不属本局"], "2023-07-04", ["overrule --on 2023-07-05 --reason 属本局"], "closed"),
    (
        "object",
        ["--reason", "不属"],
        "2023-07-03",
        ["uphold --on 2023-07-04", f"assign --to {C} --on 2023-07-04"],
        "closed",
    ),
    (
        "close",
        ["--outcome", "不予支持", "--delivered", "2023-07-08"],
        "2023-07-08",
        ["review --on 2023-07-10", "review --result 撤销 --redo-by 2023-07-30 --on 2023-07-20"],
        "closed",
    ),
    ("review", [], "2023-08-01", ["review --result 维持 --delivered 2023-08-20 --on 2023-08-20"], "reviewed"),
    ("review", [], "2023-08-01", ["withdraw --reason 不再请求 --on 2023-08-05"], "in_review"),
    ("redirect", ["--to", "仲裁", "--where", "仲裁委"], "2023-07-10", [], "closed"),
    ("refuse", ["--ground", "正在办理", "--reason", "在办"], "2023-07-02", [], "conflict"),
    ("close", ["--outcome", "解释说明"], "2023-07-10", [], "conflict"),
    ("object", ["--reason", "不属"], "2023-07-04", [], "conflict"),
]


@pytest.mark.parametrize(
    ("command", "words", "on", "then", "stage"), STEPS, ids=[f"{s[0]}-{n}" for n, s in enumerate(STEPS)]
)
def test_every_step_that_can_be_missed(
    counter: Counter, command: str, words: list[str], on: str, then: list[str], stage: str
) -> None:
    """It goes into its place, with what was missed after it; where that cannot have been, nothing is written."""
    number = closed_in_time(counter)
    if command == "review":
        counter.ok("note", number, "--text", "此后的记录", "--on", "2023-09-10", today=LATER)
    if stage == "in_review":
        counter.ok("review", number, "--on", "2023-08-10", today=LATER)
    following = [word for step in then for word in ("--then", step)]
    before = counter.ok("show", number, today=LATER)
    ran = counter(command, number, *words, "--on", on, "--late-entry", *following, "--json", today=LATER)
    after = counter.ok("show", number, today=LATER)
    if stage == "conflict":
        assert ran.error()["code"] == "conflict"
        assert "--then" in ran.error()["hint"]
        assert after == before
        return
    assert ran.code == 0, ran.out
    assert after["stage"] == stage
    entered = after["events"][len(before["events"]) :]
    assert len(entered) == 1 + len(then)
    assert all(event["late_entry"] for event in entered)
    assert ran.json()["moved"], "what it changes is said"
    assert counter.ok("doctor")["problems"] == []
    counter.ok("undo", today=LATER)
    undone = counter.ok("show", number, today=LATER)
    assert (undone["stage"], undone["clocks"]) == (before["stage"], before["clocks"])


def test_events_that_become_another_units_are_named(counter: Counter) -> None:
    number = closed_in_time(counter)
    ran = counter("assign", number, "--to", C, "--on", "2023-07-04", "--late-entry", today=LATER)
    assert f"2023-07-05 的受理：{A} 的 → {C} 的" in ran.err
    assert f"2023-07-25 的办结：{A} 的 → {C} 的" in ran.err


@pytest.mark.parametrize(("answer", "taken"), [("n\n", False), ("y\n", True)])
def test_a_clerk_at_the_terminal_is_shown_and_asked(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, answer: str, taken: bool
) -> None:
    number = closed_in_time(counter)
    monkeypatch.setattr("xinfang_cli.cli.asking.somebody_there", lambda: True)
    words = ("assign", number, "--to", C, "--on", "2023-07-02", "--late-entry")
    ran = counter(*words, stdin=answer, today=LATER)
    assert "这样补记，确认吗" in ran.err
    assert "受理告知：" in ran.err
    assert (ran.code == 0) is taken
    assert len(counter.ok("show", number, today=LATER)["events"]) == (5 if taken else 4)
    if not taken:
        assert counter(*words, "--yes", today=LATER).code == 0
        assert len(counter.ok("show", number, today=LATER)["events"]) == 5


def test_where_it_was_missed_the_refusal_says_how(counter: Counter) -> None:
    number = closed_in_time(counter)
    refused = counter("assign", number, "--to", C, "--on", "2023-07-02", "--json", today=LATER).error()
    assert "--late-entry" in refused["hint"]
    refused = counter("assign", number, "--to", C, "--on", "2023-06-30", "--json", today=LATER).error()
    assert "--late-entry" not in refused["hint"]


def test_then_goes_with_a_late_entry_only(counter: Counter) -> None:
    number = closed_in_time(counter)
    assert counter("review", number, "--then", "withdraw --reason 理由", today=LATER).code == 2
    late = ("review", number, "--late-entry", "--on", "2023-07-26", "--then")
    for step in ("list", "review '", "add --kind 咨询", ""):
        assert counter(*late, step, today=LATER).code == 1
    assert counter(*late, "withdraw --on 2023-07-25 --reason 理由", today=LATER).code == 1  # before what it withdraws


HEADINGS = "登记编号,收到日期,信访形式,信访目的,概况,姓名,责任单位,转办日期,受理日期,办结日期,处理意见\n"


def row(accepted: str) -> str:
    return f"XF2023-000901,2023-06-01,来信,申诉求决,反映供水,测试甲,{A},2023-06-02,{accepted},2023-06-30,予以支持\n"


def carried_in(counter: Counter, tmp_path: Path, accepted: str, *flags: str) -> dict[str, Any]:
    sheet = tmp_path / f"台账{accepted or '缺'}.csv"
    sheet.write_text(HEADINGS + row(accepted), "utf-8")
    found: dict[str, Any] = counter("import", str(sheet), *flags, "--json").json()
    return found


def june(counter: Counter) -> tuple[Any, Any]:
    rates = counter.ok("stats", "--month", "2023-06", "--basis", "received")["rates"]
    return tuple((rates[key]["numerator"], rates[key]["denominator"]) for key in ("acceptance", "completion"))  # type: ignore[return-value]


def test_an_acceptance_that_a_later_sheet_brings(counter: Counter, tmp_path: Path) -> None:
    """No figure is invented before; with `--update` it goes into its place, and what changes is listed."""
    assert carried_in(counter, tmp_path, "")["imported"] == 1
    shown = counter.ok("show", "901")
    assert (shown["stage"], shown["accepted_on"]) == ("closed", None)
    assert june(counter)[1] == (0, 0)
    differs = carried_in(counter, tmp_path, "2023-06-05")
    assert (differs["imported"], differs["already_there"]) == (0, 1)
    assert "受理日期 2023-06-05" in str(differs["differs"])
    assert counter.ok("show", "901")["accepted_on"] is None
    updated = carried_in(counter, tmp_path, "2023-06-05", "--update")
    assert (updated["rejected"], updated["updated"]) == (0, 1)
    assert "受理日期 2023-06-05" in str(updated["differs"])
    shown = counter.ok("show", "901")
    assert (shown["stage"], shown["accepted_on"], shown["closed_on"]) == ("closed", "2023-06-05", "2023-06-30")
    assert next(e for e in shown["events"] if e["kind"] == "accept")["late_entry"] is True
    assert june(counter) == ((1, 1), (1, 1))
    assert counter.ok("doctor")["problems"] == []


def test_what_a_later_sheet_moves_of_what_was_published_is_said(counter: Counter, tmp_path: Path) -> None:
    carried_in(counter, tmp_path, "")
    counter.ok("report", "month", "2023-06", "--publish", "--yes", "-o", str(tmp_path / "六月.md"))
    sheet = tmp_path / "台账2023-06-05.csv"
    sheet.write_text(HEADINGS + row("2023-06-05"), "utf-8")
    ran = counter("import", str(sheet), "--update")
    assert ran.code == 0
    assert "XF2023-000901 受理：" in ran.err
    assert "2023年6月" in ran.err


@pytest.mark.parametrize("accepted", ["2023-06-01", "2023-07-01"])
def test_an_acceptance_that_cannot_be_in_its_place(counter: Counter, tmp_path: Path, accepted: str) -> None:
    """Before the case was sent, or after it was closed."""
    carried_in(counter, tmp_path, "")
    assert carried_in(counter, tmp_path, accepted, "--update")["rejected"] == 1
    assert counter.ok("show", "901")["accepted_on"] is None
