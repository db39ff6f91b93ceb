"""Before a bulletin is sealed somebody reads what the self-check found."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Counter


def late_cases(counter: Counter) -> None:
    for place in range(3):
        counter.add("2023-04-03", title=f"反映测试{place}", address="某街")
    numbers = ("1", "2", "3")
    counter.ok("assign", *numbers, "--to", "测试局", "--new-unit", "--on", "2023-04-04")
    counter.ok("accept", *numbers, "--on", "2023-04-10")
    counter.ok("close", "2", "3", "--outcome", "explained", "--on", "2023-06-01")
    counter.ok("exclude", "1", "--reason", "测试", "--approved-by", "测试局长")


JUNE = ("report", "month", "2023-06", "--publish")


def test_without_a_terminal_nothing_is_sealed_unread(counter: Counter) -> None:
    late_cases(counter)
    for words in (JUNE, (*JUNE, "--json")):
        ran = counter(*words, today="2023-12-31")
        assert ran.code == 1, ran
        assert "--yes" in ran.err
    assert counter("report", "--changes", "2023-06", today="2023-12-31").code == 1


def test_the_self_check_is_told_and_what_was_read_is_sealed(counter: Counter) -> None:
    late_cases(counter)
    ran = counter(*JUNE, "--yes", today="2023-12-31")
    assert ran.code == 0, ran
    assert "各数逐件再数一遍，都一致" in ran.err
    assert "本期按期办结率剔除了 1 件，其中" in ran.err
    assert "本期按期办结率只有 2 件，写 2/2，不写百分比" in ran.err
    assert "本期没有上年同期的数据，不作比较" in ran.err
    assert counter.ok("report", "--changes", "2023-06", today="2023-12-31")["differs"] == 0


def test_a_row_that_no_longer_follows_from_its_events_stops_it(counter: Counter) -> None:
    import sqlite3

    late_cases(counter)
    with sqlite3.connect(counter.path) as book:
        book.execute("UPDATE clocks SET stop_on = due_on WHERE kind = 'completion' AND stop_on IS NOT NULL")
        book.execute("UPDATE cases SET headcount = 7")
    ran = counter(*JUNE, "--yes", today="2023-12-31")
    assert ran.code == 1, ran
    assert "与逐件再数的不一致" in ran.err
    assert "doctor" in ran.err


def test_on_a_monday_the_week_that_has_begun_is_said_to_be_a_day_long(counter: Counter) -> None:
    counter.add("2023-07-12")
    monday = counter("report", "week", "2023-07-17", today="2023-07-17")
    assert "xinfang report week 2023-07-16" in monday.err
    assert "星期一" not in counter("report", "week", "2023-07-16", today="2023-07-17").err
    assert "星期一" not in counter("report", "week", "2023-07-17", today="2023-07-18").err


CHANGES = ("report", "--changes", "2023-06")


def of(cases: list[dict[str, object]], figure: str) -> list[object]:
    return [case["case_no"] for case in cases if case["figure"] == figure]


def test_a_whole_command_tells_all_that_it_moves_and_the_changes_name_the_cases(
    counter: Counter, tmp_path: Path
) -> None:
    """Beside rates and volumes: topics, lists of overdue and problem cases, resolved backlog and its leaders, 剔除."""
    today = "2023-12-31"
    late_cases(counter)
    counter.add("2023-06-05", title="反映路灯", topic="城乡建设", address="某街")
    counter.ok("assign", "4", "--to", "测试局", "--on", "2023-06-06")
    counter.ok("accept", "4", "--on", "2023-06-08")
    for number in ("2", "3"):
        counter.ok("backlog", "join", number, "--batch", "测试批次", "--on", "2023-06-01")
        counter.ok("lead", number, "--name", "测试区长", "--on", "2023-06-01")
    assert counter(*JUNE, "--yes", today=today).code == 0
    assert counter.ok(*CHANGES, today=today)["cells"] == []

    sheet = tmp_path / "台账.csv"
    sheet.write_text(
        "收到日期,信访形式,信访目的,内容分类,概况,姓名,住址,责任单位,转办日期,受理日期,办结日期,处理意见\n"
        "2023-06-07,来信,求决,城乡建设,测试台账,测试己,某街,测试局,2023-06-08,2023-07-20,2023-07-21,解释说明\n",
        "utf-8-sig",
    )
    said = counter("import", str(sheet), today=today).err
    assert "内容分类" in said
    assert "通报的件" in said
    changed = counter.ok(*CHANGES, today=today)["cases"]
    for figure in ("topic", "form", "problem:acceptance", "acceptance"):
        assert of(changed, figure) == ["XF2023-000005"], figure

    said = counter("config", "set", "clocks.completion", "10", "--citation", "测试", "--yes", today=today).err
    assert "超期未办" in said
    assert of(counter.ok(*CHANGES, today=today)["cases"], "overdue:completion") == ["XF2023-000004"]
    assert "超期未办" in counter("undo", today=today).err
    assert of(counter.ok(*CHANGES, today=today)["cases"], "overdue:completion") == []

    said = counter("backlog", "batch", "edit", "测试批次", "--handed-on", "2023-07-02", today=today).err
    assert "包案领导测试区长：-1" in said
    assert of(counter.ok(*CHANGES, today=today)["cases"], "lead:测试区长") == ["XF2023-000002", "XF2023-000003"]
    assert "包案领导测试区长：+1" in counter("undo", today=today).err

    said = counter("lead", "2", "--name", "测试书记", "--on", "2023-06-02", today=today).err
    assert "测试局 包案领导测试书记：+1" in said
    assert "包案领导测试区长" not in said  # case 3 is still his
    said = counter("lead", "3", "--name", "测试书记", "--on", "2023-06-02", today=today).err
    assert "测试局 包案领导测试区长：-1" in said
    assert of(counter.ok(*CHANGES, today=today)["cases"], "lead:测试书记") == ["XF2023-000002", "XF2023-000003"]
    counter.ok("include", "1", today=today)
    changed = counter.ok(*CHANGES, today=today)["cases"]
    assert of(changed, "excluded:completion") == of(changed, "excluded_missed:completion") == ["XF2023-000001"]
    counter.add("2023-06-09", kind="检举控告", topic="城乡建设", complained_unit="测试乙局")
    changed = counter.ok(*CHANGES, today=today)["cases"]
    assert "XF2023-000006" not in of(changed, "topic") + of(changed, "form")  # what an accusation is about (art. 30)
