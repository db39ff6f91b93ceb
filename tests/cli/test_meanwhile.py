"""Two clerks, one case: who may not have seen what another did a moment ago is told, and asked or refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter
from tests.cli.test_prompts import answer, code, terminal  # noqa: F401  (fixture)
from xinfang_cli.office import session as sessions

A, B = "测试甲局", "测试乙局"


@pytest.fixture
def number(counter: Counter) -> str:
    made = counter.add("2023-07-10")
    for unit in (A, B):
        counter.ok("unit", "add", unit)
    return made


def _later(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    monkeypatch.setattr(sessions, "utc_now", lambda: moment.isoformat(timespec="seconds"))


def test_the_second_assignment_says_who_was_first(counter: Counter, number: str) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    refused = counter("assign", number, "--to", B, "--json", actor="乙")
    assert refused.code == 1
    error = refused.error()
    assert error["code"] == "meanwhile"
    assert all(word in error["message"] for word in (number, "甲", A))
    assert counter.ok("show", number)["unit"] == A
    assert (
        counter("assign", number, "--to", B, "--json", "--yes", actor="乙").code != 0
    )  # no agreement to what was not seen
    assert counter.ok("assign", number, "--to", B, "--anyway", actor="乙")["unit"] == B


def test_a_clerk_may_change_his_own_mind(counter: Counter, number: str) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    assert counter.ok("assign", number, "--to", B, actor="甲")["unit"] == B


def test_who_could_only_do_it_after_the_other_has_seen_it(counter: Counter, number: str) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    counter.ok("accept", number, actor="乙")
    counter.ok("note", number, "--text", "已电话告知", actor="丙")  # stands beside whatever else there is


def test_a_step_that_skips_what_another_did_is_asked_about(counter: Counter, number: str) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    error = counter("close", number, "--outcome", "解释说明", "--json", actor="乙").error()
    assert error["code"] == "meanwhile"  # a case that was not sent out can be closed too
    counter.ok("close", number, "--outcome", "解释说明", "--anyway", actor="乙")


def test_what_the_law_then_refuses_says_who_moved_the_case(counter: Counter, number: str) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    counter.ok("accept", number, actor="甲")
    error = counter("accept", number, "--json", actor="乙").error()
    assert error["code"] != "meanwhile"
    assert "甲" in error["hint"]


@pytest.mark.parametrize(("seconds", "told"), [(55, True), (65, False)])
def test_only_what_is_less_than_a_minute_old(
    counter: Counter, number: str, monkeypatch: pytest.MonkeyPatch, seconds: int, told: bool
) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    _later(monkeypatch, seconds)
    assert (counter("assign", number, "--to", B, actor="乙").code == 1) is told


@pytest.mark.parametrize(("field", "told"), [("phone", True), ("address", False)])
def test_two_edits_of_one_field(counter: Counter, number: str, field: str, told: bool) -> None:
    counter.ok("edit", number, "--phone", "13000000001", actor="甲")
    ran = counter("edit", number, f"--{field}", "13000000002" if told else "望禾街道一号", "--json", actor="乙")
    assert (ran.code == 1) is told
    if told:
        error = ran.error()
        assert error["code"] == "meanwhile"
        assert "13000000001" not in str(error)
        counter.ok("edit", number, "--phone", "13000000002", "--anyway", actor="乙")


def test_what_was_taken_back_again_is_no_matter(counter: Counter, number: str) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    counter.ok("undo", actor="甲")
    assert counter.ok("assign", number, "--to", B, actor="乙")["unit"] == B


def test_the_same_name_at_another_machine_is_another_clerk(
    counter: Counter, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.ok("assign", number, "--to", A)
    from xinfang_cli.office.work import acting

    monkeypatch.setattr(acting, "host", lambda: "另一台")
    assert counter("assign", number, "--to", B, "--json").error()["code"] == "meanwhile"


def test_with_several_cases_the_others_go_on(counter: Counter, number: str) -> None:
    second = counter.add(title="反映路灯不亮")
    counter.ok("assign", number, "--to", A, actor="甲")
    ran = counter("assign", number, second, "--to", B, "--keep-going", "--json", actor="乙")
    assert ran.code == 1
    assert counter.ok("show", number)["unit"] == A
    assert counter.ok("show", second)["unit"] == B


@pytest.mark.plain("another process has no key")
@pytest.mark.parametrize("said", ["y", "n"])
def test_somebody_at_a_terminal_is_asked(
    counter: Counter,
    number: str,
    terminal: Callable[..., Any],  # noqa: F811
    said: str,
) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    child = terminal("--actor", "乙", "assign", number, "--to", B)
    child.expect_exact("刚才有别人的记录")
    child.expect_exact(A)
    answer(child, ("仍要这样写吗", said))
    assert code(child) == (0 if said == "y" else 1)
    assert counter.ok("show", number)["unit"] == (B if said == "y" else A)


@pytest.mark.plain("another process has no key")
def test_what_happens_while_somebody_is_asked_is_told_too(
    counter: Counter,
    number: str,
    terminal: Callable[..., Any],  # noqa: F811
) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    child = terminal("--actor", "乙", "assign", number, "--to", B)
    child.expect_exact("仍要这样写吗")
    counter.ok("edit", number, "--phone", "13000000001", actor="甲")  # overrides nothing of his
    counter.ok("assign", number, "--to", "测试丙局", "--new-unit", "--anyway", actor="丙")
    child.sendline("y")
    child.expect_exact("测试丙局")
    answer(child, ("仍要这样写吗", "y"))
    assert code(child) == 0
    assert counter.ok("show", number)["unit"] == B


@pytest.mark.plain("another process has no key")
def test_a_correction_is_not_made_of_what_moved_while_it_was_read(
    counter: Counter,
    number: str,
    terminal: Callable[..., Any],  # noqa: F811
) -> None:
    counter.ok("assign", number, "--to", A, actor="甲")
    child = terminal("--actor", "乙", "correct", number, "--event", "2", "--on", "2023-07-16", "--reason", "录错")
    child.expect_exact("确认更正吗")
    counter.ok("note", number, "--text", "又来电话", actor="甲")
    child.sendline("y")
    child.expect_exact("刚才有了变动")
    assert code(child) == 1


def test_the_moment_is_told_by_the_clock_of_the_office(
    counter: Counter, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "utc_now", lambda: "2023-07-18T02:30:00+00:00")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        counter.ok("assign", number, "--to", A, actor="甲")
        assert f"{number} 10:30:00 甲" in counter("assign", number, "--to", B, actor="乙").err
        counter.ok("config", "set", "zone", "Asia/Urumqi", actor="甲")
        assert f"{number} 08:30:00 甲" in counter("assign", number, "--to", B, actor="乙").err
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_another_imported_a_moment_ago_is_his_doing(counter: Counter, tmp_path: Path) -> None:
    """A sheet says of a case what its clerk would have said: who may not have seen it is told."""
    sheet = tmp_path / "a.csv"
    sheet.write_text(
        f"收到日期,信访形式,信访目的,概况,责任单位,转办日期\n2023-07-03,来信,求决,测试件,{A},2023-07-04\n", "utf-8"
    )
    counter.ok("import", str(sheet), actor="甲")
    refused = counter("assign", "1", "--to", B, "--new-unit", "--json", actor="乙")
    assert refused.error()["code"] == "meanwhile"
    assert counter.ok("assign", "1", "--to", B, "--new-unit", actor="甲")["unit"] == B
