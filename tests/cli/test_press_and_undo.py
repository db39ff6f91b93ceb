"""`remind` once a day; `undo` takes back the last command of the same actor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter


@pytest.fixture
def office(counter: Counter) -> Counter:
    """教育局 has acceptance clocks due on 07-16 (overdue), 07-19 (warning), 07-22 (notice), 07-23 (too early)."""
    counter.ok("unit", "add", "教育局")
    for day in ("2023-07-01", "2023-07-04", "2023-07-07", "2023-07-08"):
        number = counter.add(day, title=f"{day} 的件")
        counter.ok("assign", number, "--to", "教育局", "--on", day)
    return counter


def kinds(counter: Counter, number: str) -> list[str]:
    return [event["kind"] for event in counter.ok("show", number)["events"]]


def test_what_is_to_be_pressed(office: Counter) -> None:
    found = office.ok("remind", "--dry-run")
    assert [group["unit"] for group in found["units"]] == ["教育局"]
    levels = {item["case_no"][-1]: item["level"] for item in found["units"][0]["items"]}
    assert levels == {"1": "supervision", "2": "warning", "3": "notice"}
    assert kinds(office, "1") == ["register", "assign"]
    text = found["units"][0]["text"]
    for word in ("教育局", "XF2023-000001", "已超期1天", "还有2天", "还有5天", "2023年7月17日"):
        assert word in text
    assert "测试甲" not in text


def test_once_a_day(office: Counter) -> None:
    assert office.ok("remind")["recorded"] == 3
    for _ in range(2):
        again = office.ok("remind")
        assert again["recorded"] == 0
        assert all(item["already"] for group in again["units"] for item in group["items"])
    assert kinds(office, "1") == ["register", "assign", "remind"]
    assert office.ok("remind", today="2023-07-18")["recorded"] == 4
    assert office.ok("remind", actor="别人", today="2023-07-18")["recorded"] == 0


def test_only_those_named(office: Counter) -> None:
    assert office.ok("remind", "2")["recorded"] == 1
    assert office.ok("remind")["recorded"] == 2
    ran = office("remind", "4", "--json")
    assert ran.code == 1
    assert ran.error()["code"] == "early"
    assert "2023-07-23" in ran.error()["message"]


def test_the_screen_says_what_was_recorded(office: Counter) -> None:
    first = office("remind")
    assert "督办（1件）" in first.out
    assert "已记入 3 条" in first.err
    assert "没有重复记" in office("remind").err
    assert "今天没有要催办的" in office("remind", today="2023-07-02").out


def test_undo_takes_back_the_last_command_of_the_same_actor(office: Counter) -> None:
    office.ok("accept", "1", "--on", "2023-07-10", actor="甲")
    office.ok("accept", "2", "--on", "2023-07-10", actor="乙")
    assert office.ok("undo", actor="甲")["stage"] == "assigned"
    assert office.ok("show", "2")["stage"] == "accepted"
    assert kinds(office, "1") == ["register", "assign", "accept", "revoke"]
    ran = office(
        "undo",
        actor="丙",
    )
    assert ran.code == 1
    assert "丙" in ran.err


def test_undo_takes_back_all_cases_of_a_command(office: Counter) -> None:
    office.ok("accept", "1", "2", "3", "--on", "2023-07-10")
    found = office.ok("undo")
    assert [row["stage"] for row in found] == ["assigned"] * 3
    office.ok("remind")
    assert len(office.ok("undo")) == 3
    assert office.ok("remind")["recorded"] == 3


def test_undo_is_refused_when_a_case_has_moved(office: Counter) -> None:
    office.ok("accept", "1", "2", "--on", "2023-07-10", actor="甲")
    office.ok("note", "2", "--text", "进展", actor="乙")
    before = office.path.read_bytes()
    ran = office("undo", "--json", actor="甲")
    assert ran.code == 1
    assert ran.error()["code"] == "moved"
    assert "XF2023-000002" in ran.error()["message"]
    assert office.path.read_bytes() == before
    office.ok("undo", actor="乙")
    office.ok("undo", actor="甲")


def test_the_day_of_an_edit(office: Counter) -> None:
    office.ok("edit", "1", "--headcount", "6", "--on", "2023-07-10")
    assert [(event["kind"], event["on"]) for event in office.ok("show", "1")["events"]][-1] == ("edit", "2023-07-10")
    for day, why in (("2023-07-18", "future"), ("2023-06-01", "order")):
        assert office("edit", "1", "--headcount", "7", "--on", day, "--json").error()["code"] == why


def test_the_day_of_an_undo(office: Counter) -> None:
    office.ok("accept", "1", "--on", "2023-07-10")
    assert office("undo", "--on", "2023-07-18", "--json").error()["code"] == "future"
    office.ok("undo", "--on", "2023-07-16")
    assert [(event["kind"], event["on"]) for event in office.ok("show", "1")["events"]][-1] == ("revoke", "2023-07-16")


def test_an_import_that_is_taken_back_is_told_in_a_few_lines(counter: Counter, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.csv"
    ledger.write_text("收到日期,概况\n" + "".join(f"2023-07-{n:02d},反映第{n}事\n" for n in range(1, 11)), "utf-8")
    counter.ok("import", str(ledger))
    listed = counter("undo", "--list", "--csv").out.splitlines()
    assert listed[0].lstrip("\ufeff") == "序号,操作,时间,件数,首件或事项"
    assert ",导入台账," in listed[1]
    assert listed[1].endswith(",10,XF2023-000001")
    ran = counter("undo")
    assert ran.code == 0
    assert len((ran.out + ran.err).splitlines()) <= 9
    assert "XF2023-000001、XF2023-000002、XF2023-000003 等 10 件的登记已撤销" in ran.err
    assert counter.ok("list") == []


def test_undo_again_goes_one_further_back(office: Counter) -> None:
    office.ok("sign", "1", "--on", "2023-07-02")
    office.ok("accept", "1", "--on", "2023-07-10")
    office.ok("undo")
    office.ok("undo")
    assert kinds(office, "1") == ["register", "assign", "sign", "accept", "revoke", "revoke"]
    shown = office.ok("show", "1")
    assert shown["stage"] == "assigned"
    assert shown["signed_on"] is None
    assert office.ok("doctor")["ok"]


def test_undoing_a_registration_spends_the_number(office: Counter) -> None:
    number = office.add("2023-07-17")
    ran = office("undo")
    assert ran.code == 0
    assert number in ran.err
    assert number not in [row["case_no"] for row in office.ok("list")]
    again = office.add("2023-07-17")
    taken_back = office.ok("undo")
    assert (taken_back["case_no"], taken_back["revoked"]) == (again, True)
    assert office.add("2023-07-17") != number
    assert office.ok("stats", "--month", "2023-07")["volumes"]["cases"] == 5


def test_what_can_be_undone_is_listed(office: Counter) -> None:
    office.ok("accept", "1", "--on", "2023-07-10", actor="甲")
    listed = office.ok("undo", "--list", actor="甲")
    assert [(row["name"], row["cases"], row["first_case"]) for row in listed] == [("accept", 1, "XF2023-000001")]
    assert office.ok("undo", "--list", actor="丙") == []


def test_every_command_has_a_chinese_name_in_the_list(office: Counter) -> None:
    office.ok("reception", "log", "1", "--leader", "测试领导")
    office.ok("backlog", "join", "1", "--batch", "测试批次")
    office.ok("backlog", "resolve", "1", "--how", "息访协议")
    office.ok("step", "1", "--kind", "约谈", "--body", "测试联席会议")
    office.ok("remind", "2")
    rows = office("undo", "--list").out.splitlines()[1:]
    assert len(rows) >= 5
    for row in rows:
        name = row.split()[1]
        assert all("\u4e00" <= char <= "\u9fff" for char in name), row
