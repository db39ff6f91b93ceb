"""Cases named by number, several at once, units named by a word."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Counter

Shell = Callable[..., tuple[list[str], dict[str, str]]]


@pytest.fixture
def several(counter: Counter) -> Counter:
    """2022: 1, 2; 2023: 1, 2, 3 (3 has an outside number)."""
    for received in ("2022-05-01", "2022-05-02", "2023-05-01", "2023-05-02"):
        counter.add(received)
    counter.add("2023-05-03", external_no="GJ-88")
    return counter


@pytest.mark.parametrize(
    "word",
    [
        "XF2023-000003",
        "xf2023-000003",
        "ＸＦ２０２３－０００００３",
        "23-3",
        "2023-3",
        "23-000003",
        " 23-3 ",
        "3",
        "003",
        "GJ-88",
        "gj-88",
        "ＧＪ－８８",
    ],
)
def test_a_number_in_any_form(several: Counter, word: str) -> None:
    assert several.ok("show", word)["case_no"] == "XF2023-000003"


def test_an_outside_number_is_kept_half_width(several: Counter) -> None:
    number = several.add("2023-06-01", external_no="ＧＪ２０２３ ００７")
    assert several.ok("show", "GJ2023007")["case_no"] == number
    assert several.ok("show", number)["external_no"] == "GJ2023007"
    for words in (
        ("edit", "23-1", "--external-no", " ＧＪ２０２３００７"),
        ("edit", "23-1", "--external-no", "GJ2023007"),
    ):
        assert number in several(*words, "--json").error()["message"]


@pytest.mark.parametrize("word", ["4", "24-3", "2023-9", "XF2023-3x", "GJ-8", "0", "--", "反映", "1 2"])
def test_no_such_number(several: Counter, word: str) -> None:
    ran = several("show", "--json", "--", word)
    assert ran.code == 1
    assert ran.error()["code"] == "not_found"


def test_an_ambiguous_serial_lists_the_candidates(several: Counter) -> None:
    for said in (("show", "1"), ("history", "1"), ("accept", "1"), ("link", "3", "--repeat-of", "1")):
        ran = several(*said, "--json")
        assert ran.code == 1
        error = ran.error()
        assert error["code"] == "ambiguous"
        assert "XF2022-000001" in error["message"]
        assert "XF2023-000001" in error["message"]


def test_a_serial_that_is_also_an_outside_number_is_not_guessed(several: Counter) -> None:
    several.add("2023-06-01", external_no="3")
    ran = several("show", "3", "--json")
    assert ran.error()["code"] == "ambiguous"
    assert "XF2023-000003" in ran.error()["message"]
    assert "XF2023-000004" in ran.error()["message"]
    assert several.ok("show", "23-3")["case_no"] == "XF2023-000003"


def test_a_number_taken_back(several: Counter) -> None:
    number = several.add("2023-07-01")
    several.ok("undo")
    for word in (number, "23-4", "4"):
        ran = several("show", word, "--json")
        assert ran.code == 1
        assert "已撤销" in ran.error()["message"]
    assert several.add("2023-07-02") == "XF2023-000005"
    assert number not in [row["case_no"] for row in several.ok("list")]


# ---- several at once --------------------------------------------------------------------------------------------


def test_all_of_one_call_or_none(several: Counter) -> None:
    before = several.path.read_bytes()
    ran = several("assign", "22-1", "22-2", "999", "--to", "教育局", "--new-unit", "--json")
    assert ran.code == 1
    assert several.path.read_bytes() == before
    several.ok("assign", "22-1", "--to", "教育局", "--new-unit")
    ran = several("sign", "22-1", "22-2")  # the second was never sent to anyone
    assert ran.code == 1
    assert "XF2022-000002" in ran.err
    assert [event["kind"] for event in several.ok("show", "22-1")["events"]] == ["register", "assign"]


def test_keep_going_does_what_it_can_and_reports_the_rest(several: Counter) -> None:
    several.ok("assign", "22-1", "23-1", "--to", "教育局", "--new-unit")
    ran = several("sign", "22-1", "22-2", "999", "23-1", "--keep-going", "--json")
    assert ran.code == 1
    document = ran.json()
    assert [row["case_no"] for row in document if "error" not in row] == ["XF2022-000001", "XF2023-000001"]
    assert [(row["case_no"], row["error"]["code"]) for row in document if "error" in row] == [
        ("22-2", "stage"),
        ("999", "not_found"),
    ]
    assert "22-2" in ran.err
    assert "999" in ran.err
    assert several("sign", "22-1", "23-1", "--keep-going", "--on", "今天").code == 0


def test_keep_going_on_every_command_that_takes_several() -> None:
    from tests.cli.conftest import tree

    for words, command, _ in tree():
        params = {param.name: param for param in command.params}
        if "numbers" in params and words != ("remind",):
            assert "keep_going" in params, words
            assert params["numbers"].nargs == -1
            assert "json" in params


def test_one_gives_an_object_several_a_list(several: Counter) -> None:
    assert isinstance(several.ok("note", "23-1", "--text", "甲"), dict)
    assert [row["case_no"] for row in several.ok("note", "23-1", "23-2", "--text", "乙")] == [
        "XF2023-000001",
        "XF2023-000002",
    ]
    assert isinstance(several.ok("note", "-", "--text", "丙", stdin="23-1\n"), list)


def test_the_same_case_twice_is_once(several: Counter) -> None:
    several.ok("note", "23-1", "XF2023-000001", "2023-1", "--text", "一次")
    assert len(several.ok("show", "23-1")["events"]) == 2


@pytest.mark.parametrize(
    "given",
    [
        "23-1\n23-2\n",
        "\ufeff23-1\r\n\r\n  23-2  \r\n",
        "２３－１\n23-2",
        "23-1\n23-2\n23-1\n",
    ],
)
def test_numbers_from_stdin(several: Counter, given: str) -> None:
    listed = several.ok("note", "-", "--text", "甲", stdin=given)
    assert [row["case_no"] for row in listed] == ["XF2023-000001", "XF2023-000002"]


def test_stdin_in_gb18030(several: Counter) -> None:
    ran = several("note", "-", "--text", "甲", "--json", stdin="编号一\n".encode("gb18030"))
    assert ran.code == 1
    assert "编号一" in ran.error()["message"]


def test_nothing_on_stdin(several: Counter) -> None:
    assert several("note", "-", "--text", "甲", stdin="\n \n").code == 2


def test_a_list_piped_into_a_command(several: Counter, shell: Shell) -> None:
    listed, around = shell("list", "--received", "2023-01-01..", "--csv")
    taken, _ = shell("note", "-", "--text", "批量")
    pipe = f"{shlex.join(listed)} | tail -n +2 | cut -d, -f1 | {shlex.join(taken)}"
    ran = subprocess.run(["bash", "-c", pipe], env=around, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("XF2023-") == 3


def test_the_numbers_of_a_list_alone(several: Counter, shell: Shell) -> None:
    """A CSV of one column goes into a command as it is: its mark and its heading are no numbers."""
    listed = several("list", "--received", "2023-01-01..", "--columns", "编号", "--csv").out
    assert listed.startswith("\ufeff登记编号\r\n")
    assert len(several("note", "-", "--text", "批量", "--json", stdin=listed).json()) == 3
    assert several("note", "-", "--text", "批量", "--json", stdin="23-1\n登记编号\n").code == 1


# ---- units ------------------------------------------------------------------------------------------------------


@pytest.fixture
def town(several: Counter) -> Counter:
    several.ok("unit", "add", "教育局", "--short", "教育", "--code", "201", "--alias", "教体局")
    several.ok("unit", "add", "交通运输局", "--short", "交通局")
    several.ok("unit", "add", "建设局")
    return several


@pytest.mark.parametrize("word", ["教育局", "教育", "201", "２０１", "教体局", " 教育局 ", "jy", "JY", "jyj", "ＪＹＪ"])
def test_a_unit_by_any_of_its_names(town: Counter, word: str) -> None:
    assert town.ok("assign", "23-1", "--to", word)["unit"] == "教育局"


def test_initials_that_two_units_share(town: Counter) -> None:
    town.ok("unit", "add", "交易局")  # jyj
    for said in (
        ("assign", "23-1", "--to", "jyj"),
        ("list", "--unit", "jyj"),
        ("unit", "merge", "jyj", "--into", "建设局"),
    ):
        ran = town(*said, "--json")
        assert ran.code == 1
        assert ran.error()["code"] == "ambiguous"
        assert "交易局" in ran.error()["message"]
        assert "教育局" in ran.error()["message"]
    ran = town("assign", "23-1", "--to", "jyj", "--new-unit", "--json")  # ambiguous is not unknown
    assert ran.code == 1


def test_an_unknown_unit_names_the_nearest(town: Counter) -> None:
    ran = town("assign", "23-1", "--to", "教育厅", "--json")
    assert ran.error()["code"] == "not_found"
    assert "教育局" in ran.error()["hint"]
    assert "--new-unit" in ran.error()["hint"]


def test_new_unit_makes_one_and_is_harmless_when_it_is_there(town: Counter) -> None:
    assert town.ok("assign", "23-1", "--to", "望禾街道", "--new-unit")["unit"] == "望禾街道"
    before = {unit["name"]: unit for unit in town.ok("unit", "list")}
    assert before["望禾街道"]["group"] == "镇街"
    assert town.ok("assign", "23-2", "--to", "whjd", "--new-unit")["unit"] == "望禾街道"
    assert town.ok("assign", "23-3", "--to", "教体局", "--new-unit")["unit"] == "教育局"
    assert set(before) == {unit["name"] for unit in town.ok("unit", "list")}


def test_a_refused_assign_makes_no_unit(town: Counter) -> None:
    assert town("assign", "23-1", "--to", "新局", "--new-unit", "--on", "2022-01-01").code == 1
    assert "新局" not in [unit["name"] for unit in town.ok("unit", "list")]


def test_merged_units_keep_answering_to_the_old_name(town: Counter) -> None:
    town.ok("assign", "23-1", "--to", "建设局")
    found = town.ok("unit", "merge", "建设局", "--into", "交通局")
    assert found["moved_cases"] == 1
    assert town.ok("show", "23-1")["unit"] == "交通运输局"
    assert town.ok("assign", "23-2", "--to", "建设局")["unit"] == "交通运输局"
    assert town.ok("doctor")["ok"]


def test_every_change_as_json_has_the_case(several: Counter) -> None:
    promised = {"case_no", "external_no", "title", "stage", "channel", "kind", "topic", "region", "received_on", "unit"}
    promised |= {"first", "repeat_of", "headcount", "priority", "assigned_on", "accepted_on", "closed_on", "outcome"}
    promised |= {"next_clock", "due_on", "days_left"}

    def holds(row: dict[str, Any]) -> None:
        assert promised <= set(row)

    several.ok("unit", "add", "教育局")
    holds(several.ok("assign", "23-1", "--to", "教育局", "--on", "2023-05-04"))
    holds(several.ok("sign", "23-1", "--on", "2023-05-05"))
    holds(several.ok("accept", "23-1", "--on", "2023-05-06"))
    holds(
        several.ok(
            "extend", "23-1", "--days", "10", "--approved-by", "测试局长", "--reason", "鉴定", "--on", "2023-06-01"
        )
    )
    holds(several.ok("lead", "23-1", "--name", "测试领导"))
    holds(several.ok("tag", "23-1", "--add", "扬言"))
    holds(several.ok("edit", "23-1", "--headcount", "6"))
    holds(several.ok("close", "23-1", "--outcome", "予以支持", "--on", "2023-07-01"))
    holds(several.ok("deliver", "23-1", "--on", "2023-07-02"))
    holds(several.ok("rate", "23-1", "--unit-rating", "满意"))
    holds(several.ok("review", "23-1", "--on", "2023-07-10"))
    holds(several.ok("undo"))
    holds(several.ok("link", "23-2", "--repeat-of", "23-1"))
    holds(several.ok("backlog", "join", "23-2", "--batch", "测试批次"))
    for row in several.ok("list"):
        holds(row)
