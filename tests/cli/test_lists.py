"""Lists: order, filters, what the JSON and the CSV promise; `due` never holds what is overdue."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from xinfang_cli.office import session


@pytest.fixture
def office(counter: Counter) -> Counter:
    """Seven cases around 17 July 2023: dispatch clocks due 07-14 (two), 07-17, 07-19, 07-22, 07-31; one closed."""
    counter.ok("unit", "add", "教育局")
    counter.ok("unit", "add", "望禾街道")
    for received, fields in (
        ("2023-06-29", {"title": "甲", "channel": "来访", "headcount": "6", "topic": "教育文体"}),
        ("2023-06-29", {"title": "乙"}),
        ("2023-07-02", {"title": "丙", "kind": "咨询", "region": "望禾街道"}),
        ("2023-07-04", {"title": "丁", "channel": "网上信访"}),
        ("2023-07-07", {"title": "戊"}),
        ("2023-07-16", {"title": "己"}),
        ("2023-05-01", {"title": "庚"}),
    ):
        counter.add(received, **fields)
    counter.ok("close", "7", "--outcome", "解释说明", "--on", "2023-05-10", "--delivered", "2023-05-10")
    return counter


def numbers(rows: list[dict[str, object]]) -> list[int]:
    return [int(str(row["case_no"])[-6:]) for row in rows]


def test_overdue_and_due_part_the_running_clocks(office: Counter) -> None:
    overdue, due = office.ok("overdue"), office.ok("due", "--within", "5")
    assert numbers(overdue) == [1, 2]
    assert numbers(due) == [3, 4, 5]
    assert [row["days_left"] for row in overdue] == [-3, -3]
    assert [row["days_left"] for row in due] == [0, 2, 5]
    assert numbers(office.ok("due", "--within", "4")) == [3, 4]
    assert numbers(office.ok("due", "--within", "0")) == [3]
    assert numbers(office.ok("due")) == [3, 4, 5]
    everything = numbers(office.ok("due", "--within", "365"))
    assert everything == [3, 4, 5, 6]
    assert not set(everything) & {1, 2}


def test_every_day_a_clock_is_overdue_or_due_never_both(office: Counter) -> None:
    for day in ("2023-07-13", "2023-07-14", "2023-07-15", "2023-07-31", "2023-08-01"):
        overdue = {(row["case_no"], row["clock"]) for row in office.ok("overdue", today=day)}
        due = {(row["case_no"], row["clock"]) for row in office.ok("due", "--within", "3650", today=day)}
        assert not overdue & due
        assert len(overdue | due) == (6 if day >= "2023-07-16" else 5)  # the sixth came on that day


def test_what_overdue_and_due_promise(office: Counter) -> None:
    promised = {"case_no", "title", "unit", "clock", "start", "due_on", "days_left", "stage", "lead"}
    for rows in (office.ok("overdue"), office.ok("due")):
        for row in rows:
            assert promised <= set(row)
            left = date.fromisoformat(row["due_on"]) - date(2023, 7, 17)
            assert row["days_left"] == left.days
        assert rows == sorted(rows, key=lambda row: (row["due_on"], row["case_no"]))


def test_windows_are_never_overdue(office: Counter) -> None:
    office.ok("assign", "3", "--to", "教育局", "--on", "2023-07-03")
    clocks = {row["clock"] for row in office.ok("due", "--within", "60", "--windows", today="2023-07-05")}
    assert "objection" in clocks
    assert {row["clock"] for row in office.ok("overdue", today="2023-07-20")} == {"dispatch", "acceptance"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), [6, 5, 4, 3, 2, 1, 7]),
        (("--limit", "2"), [6, 5]),
        (("--limit", "0"), [6, 5, 4, 3, 2, 1, 7]),
        (("--channel", "走访"), [1]),
        (("--channel", "来访", "--channel", "网信"), [4, 1]),
        (("--kind", "咨询"), [3]),
        (("--topic", "教育文体"), [1]),
        (("--region", "望禾街道"), [3]),
        (("--stage", "已办结"), [7]),
        (("--stage", "registered", "--received", "2023-07-01..2023-07-05"), [4, 3]),
        (("--overdue",), [2, 1]),
        (("--unit", "教育局"), []),
        (("--first-only",), [6, 5, 4, 3, 2, 1, 7]),
    ],
)
def test_the_filters(office: Counter, words: tuple[str, ...], expected: list[int]) -> None:
    assert numbers(office.ok("list", *words)) == expected


def test_filters_of_clocks(office: Counter) -> None:
    office.ok("assign", "1", "--to", "教育局", "--on", "2023-07-01")
    assert numbers(office.ok("overdue", "--unit", "jyj", today="2023-07-20")) == [1]
    assert numbers(office.ok("overdue", "--clock", "受理", today="2023-07-20")) == [1]
    assert numbers(office.ok("overdue", "--owner", "责任单位", today="2023-07-20")) == [1]
    assert 1 not in numbers(office.ok("overdue", "--owner", "bureau", today="2023-07-20"))
    assert len(office.ok("overdue", "--limit", "1")) == 1


def test_more_filters(office: Counter) -> None:
    office.ok("lead", "2", "--name", "测试领导")
    office.ok("tag", "3", "--add", "扬言")
    office.ok("backlog", "join", "4", "--batch", "测试批次")
    office.ok("link", "5", "--repeat-of", "2")
    assert numbers(office.ok("list", "--lead", "测试领导")) == [2]
    assert numbers(office.ok("list", "--tag", "扬言")) == [3]
    assert numbers(office.ok("list", "--batch", "测试批次")) == [4]
    assert 5 not in numbers(office.ok("list", "--first-only"))


def test_the_desk(office: Counter) -> None:
    found = office.ok()
    assert found["to_assign"] == 6
    assert found["overdue"] == 2
    assert found["due_this_week"] == 3  # Monday 17 July to Sunday 23 July
    assert len(found["pressing"]) == 6
    assert numbers(found["pressing"]) == [1, 2, 3, 4, 5, 6]
    assert office.ok(today="2023-07-23")["due_this_week"] == 0
    assert "待转送" in office().out


def test_show_promises(office: Counter) -> None:
    office.ok("assign", "1", "--to", "教育局", "--on", "2023-07-01")
    shown = office.ok("show", "1")
    for clock in shown["clocks"]:
        assert {"kind", "owner", "start", "due", "stop", "state"} <= set(clock)
        assert clock["state"] in ("running", "met", "late", "overdue", "void", "lapsed")
        assert "条" in clock["article"]
    assert shown["clocks"][0]["kind"] == "dispatch"
    for event in shown["events"]:
        assert {"seq", "kind", "on", "recorded_at", "actor"} <= set(event)
    assert [event["seq"] for event in shown["events"]] == [1, 2]
    assert set(shown["petitioner"]) == {"name", "id_no", "phone", "address"}
    assert office.ok("show", "1", today="2023-08-30")["clocks"][-1]["state"] == "overdue"


def test_stats_promises(office: Counter) -> None:
    found = office.ok("stats", "--month", "2023-07", "--by", "channel", "--rank")
    assert found["period"] == {"from": "2023-07-01", "to": "2023-07-31"}
    assert found["as_of"] == "2023-07-17"
    assert found["basis"] == "due"
    for rate in found["rates"].values():
        assert {"numerator", "denominator", "percent"} <= set(rate)
        assert rate["percent"] is None or isinstance(rate["percent"], float | int)
    for key in ("dispatch", "acceptance", "completion"):
        assert {"on_time", "late", "overdue", "pending"} <= set(found["rates"][key])
    assert {"cases", "people", "groups", "first", "repeat", "by_channel"} <= set(found["volumes"])
    for row in found["rows"]:
        assert {"name", "rates", "ranks", "overall_rank"} <= set(row)
    assert "rows" not in office.ok("stats", "--month", "2023-07")
    periods = {
        ("--quarter", "2023Q2"): ("2023-04-01", "2023-06-30"),
        ("--year", "2022"): ("2022-01-01", "2022-12-31"),
        ("--week", "2023-07-17"): ("2023-07-17", "2023-07-23"),
        ("--from", "2023-01-05", "--to", "2023-02-01"): ("2023-01-05", "2023-02-01"),
    }
    for words, (first, last) in periods.items():
        assert office.ok("stats", *words)["period"] == {"from": first, "to": last}


def test_units_without_an_overall_rank_come_last(office: Counter) -> None:
    """Every unit here lacks one of the four rates but 教育局; it stands first although added after."""
    office.ok("unit", "add", "甲局", "--order", "1")
    found = office.ok("stats", "--month", "2023-07", "--by", "unit", "--rank")
    ranked = [row["overall_rank"] for row in found["rows"] if row["group"] == "区直部门"]
    assert ranked == sorted(ranked, key=lambda rank: (rank is None, rank))


# ---- CSV and plain text -----------------------------------------------------------------------------------------


def rows_of(out: str) -> list[dict[str, str]]:
    assert out.startswith("\ufeff")
    assert "\r\n" in out
    return list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"), newline="")))


def test_csv_opens_as_a_sheet(office: Counter) -> None:
    ran = office("list", "--csv")
    rows = rows_of(ran.out)
    assert [row["概况"] for row in rows] == list("己戊丁丙乙甲庚")
    assert rows[0]["阶段"] == "待转送交办"
    assert rows[0]["下一时限"] == "转送交办"
    assert [row["剩余天数"] for row in rows_of(office("overdue", "--csv").out)] == ["-3", "-3"]
    assert rows_of(office("unit", "list", "--csv").out)[0]["名称"] == "望禾街道"
    assert rows_of(office("history", "1", "--csv").out)[0]["事件"] == "登记"
    assert rows_of(office("stats", "--csv").out)[-1]["名称"] == "合计"
    assert rows_of(office("config", "list", "--csv").out)[0]["设置项"] == "bureau"
    for words in (("due", "--csv"), ("stats", "--by", "channel", "--rank", "--csv")):
        assert rows_of(office(*words).out)


def test_the_smaller_lists_open_as_sheets_too(office: Counter, tmp_path: Path) -> None:
    office.ok("view", "save", "来访", "--channel", "来访")
    ledger = tmp_path / "l.csv"
    ledger.write_text("收到日期,概要,姓名\n2023-07-01,甲,测试乙\n", "utf-8")
    office.ok("import", str(ledger), "--map", "概要=概况", "--mapping", "国家系统")
    view = rows_of(office("view", "list", "--csv").out)[0]
    assert (view["名字"], view["保存人"]) == ("来访", "测试员")
    assert view["选项"].startswith("'--channel")  # a cell that begins with - is no formula
    mapped = rows_of(office("mapping", "list", "--csv").out)
    assert {"名称": "国家系统", "表里的列": "概要", "当作": "概况"} in mapped
    assert "2023" in [row["已有放假安排的年份"] for row in rows_of(office("workdays", "list", "--csv").out)]
    clocks = {row["规定"]: row for row in rows_of(office("rules", "--csv").out)}
    assert clocks["办结"] == {"规定": "办结", "责任方": "责任单位", "现行": "60 日", "依据": "条例第三十四条"}
    assert clocks["编号前缀"]["现行"] == "XF"
    assert len(rows_of(office("rules", "--figures", "--csv").out)) == len(office.ok("rules", "--figures"))
    assert len(rows_of(office("rules", "--pathways", "--csv").out)) == len(office.ok("rules", "--pathways"))
    people = rows_of(office("person", "测试乙", "--csv").out)
    assert [(row["信访人"], row["概况"]) for row in people] == [("测**", "甲")]
    people = rows_of(office("person", "测试甲", "--csv", "--reveal").out)
    assert {row["信访人"] for row in people} == {"测试甲"}
    assert len(people) == 7


def test_moments_are_the_machines_own(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The book keeps UTC; a clerk reads the clock on the wall (the tests stand in Shanghai)."""
    monkeypatch.setattr(session, "utc_now", lambda: "2023-07-16T22:05:09+00:00")
    counter.add()
    assert "2023-07-17 06:05:09" in counter("history", "1").out
    assert rows_of(counter("history", "1", "--csv").out)[0]["记录时间"] == "2023-07-17 06:05:09"
    assert counter.ok("history", "1")[0]["recorded_at"] == "2023-07-16T22:05:09+00:00"


def test_cells_that_look_like_formulas_are_text(counter: Counter) -> None:
    titles = ["=1+1", "+86", "-5元", "@SUM(A1)", '=HYPERLINK("http://x")', '正常，带"引号"和,逗号\n换行']
    for title in titles:
        counter.add(title=title)
    found = [row["概况"] for row in rows_of(counter("list", "--csv").out)]
    assert found == [f"'{title}" if title[0] in "=+-@" else title for title in reversed(titles)]
    assert [row["title"] for row in counter.ok("list")] == list(reversed(titles))


def test_an_empty_list_says_so(counter: Counter) -> None:
    assert counter("list").out == "没有符合条件的件\n"
    assert counter("overdue").out == "没有超期的时限\n"
    assert counter("due", "--within", "3").out == "3 天内没有到期的时限\n"
    assert counter.ok("list") == []
    assert rows_of(counter("list", "--csv").out) == []


def test_a_pipe_gets_plain_text_and_nothing_is_cut(office: Counter) -> None:
    title = "反映" + "很长的概况" * 60
    office.add("2023-07-17", title=title)
    for words in (("list",), ("due", "--within", "30"), ()):
        for env in ({}, {"COLUMNS": "40"}):
            ran = office(*words, env=env)
            assert title in ran.out
            assert "\x1b" not in ran.out
            assert "…" not in ran.out


def test_limit_says_that_there_is_more(office: Counter) -> None:
    assert office("list", "--limit", "2").out.endswith("显示前 2 件，全部用 --limit 0\n")
    assert office("list").out.endswith("共 7 件\n")


def test_json_is_one_document_without_colour(office: Counter) -> None:
    for words in (("list",), ("overdue",), ("show", "1"), ("stats",), ("remind", "--dry-run"), ("rules",), ()):
        ran = office(*words, "--json", terminal=True)
        assert ran.code == 0
        assert "\x1b" not in ran.out
        ran.json()
        assert ran.err == ""


def test_every_command_takes_json() -> None:
    from tests.cli.conftest import tree

    for words, command, _ in tree():
        if not hasattr(command, "commands") and words and words != ("completion",):  # which prints a shell script
            flags = {flag for param in command.params for flag in param.opts}
            assert "--json" in flags, words
