"""Before a bulletin is sealed somebody reads what the self-check found."""

from __future__ import annotations

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
