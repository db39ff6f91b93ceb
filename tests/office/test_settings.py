"""The office's own rules and the working days: events in the chain, running clocks follow, stopped ones keep theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import Matter, explained_case, explained_day
from xinfang_cli.errors import BadValue, Refused, XinfangError
from xinfang_cli.office.find import morning
from xinfang_cli.office.keeping import health, settings, workdays
from xinfang_cli.office.keeping.refolding import MovedClock
from xinfang_cli.office.keeping.rules import rules_in_force
from xinfang_cli.office.session import Session
from xinfang_cli.office.work import pressing
from xinfang_cli.present import rules
from xinfang_cli.present.steps import worded

pytestmark = pytest.mark.usefixtures("engine")

Make = Callable[..., Matter]
Open = Callable[..., Session]
CITED = "区信联办〔2023〕1号"


def d(text: str) -> date:
    return date.fromisoformat(text)


def put(at: Session, key: str, value: str | None, citation: str = CITED) -> settings.SettingPlan:
    return settings.change(at, settings.Wanted(key, value, citation))


def whole(at: Session) -> None:
    report = health.check(at)
    assert report.problems == ()


def test_running_clocks_follow_and_stopped_ones_keep_their_rule(case: Make, session: Open) -> None:
    stopped = case("2023-03-01", ("assign", "2023-03-02"), ("accept", "2023-03-10"))
    running = case("2023-03-01", ("assign", "2023-03-02"))
    change = put(session(), "clocks.acceptance", "10")
    assert (change.before, change.after) == (15, 10)
    assert change.moved == (MovedClock(running.no, "acceptance", d("2023-03-17"), d("2023-03-12")),)
    assert stopped.clock("acceptance")["due"] == "2023-03-17"
    said = explained_case(session(), running.no, "acceptance")["clocks"][0]
    assert (said["article"], said["statutory_article"], said["n"], said["office"]) == (
        CITED,
        "条例第二十三条",
        10,
        True,
    )
    said = explained_case(session(), stopped.no, "acceptance")["clocks"][0]
    assert (said["article"], said["n"]) == ("条例第二十三条", 15)
    assert put(session(), "clocks.acceptance", None).moved[0].after == d("2023-03-17")
    whole(session())


def test_what_would_move_is_shown_before_anything_is_written(case: Make, session: Open) -> None:
    matter = case("2023-03-01", ("assign", "2023-03-02"), ("accept", "2023-03-10"))
    planned = settings.plan(session(), settings.Wanted("clocks.completion", "45", CITED))
    assert [(row.before, row.after) for row in planned.moved] == [(d("2023-05-09"), d("2023-04-24"))]
    assert matter.clock("completion")["due"] == "2023-05-09"
    assert settings.listed(session()).settings[0].own is False
    whole(session())


def test_roll_and_both_days_in_explain(case: Make, session: Open) -> None:
    matter = case("2023-03-03")  # the fifteenth day is a Saturday
    plain = explained_case(session(), matter.no, "dispatch")["clocks"][0]
    assert (plain["due"], plain["rolled"]["due"], plain["rolled"]["roll"]) == (d("2023-03-18"), d("2023-03-20"), True)
    assert "若设为顺延，为 2023-03-20" in plain["steps"][-1]
    change = put(session(), "roll", "是", "")
    assert [(row.before, row.after) for row in change.moved] == [(d("2023-03-18"), d("2023-03-20"))]
    rolled = explained_case(session(), matter.no, "dispatch")["clocks"][0]
    assert (rolled["due"], rolled["rolled"]["due"]) == (d("2023-03-20"), d("2023-03-18"))
    assert "若不顺延，为 2023-03-18" in rolled["steps"][-1]
    whole(session())


@pytest.mark.parametrize(
    ("key", "value", "citation", "error", "says"),
    [
        ("clocks.completion", "45", "", Refused, "--citation"),
        ("limits.extension", "20", "", Refused, "--citation"),
        ("clocks.completion", "0", CITED, BadValue, "1 以上"),
        ("clocks.completion", "四十五", CITED, BadValue, "整数"),
        ("clocks.feedback", "10", CITED, BadValue, "没有这一项"),
        ("reminders.rating.notice", "3", "", BadValue, "没有这一项"),
        ("roll", "也许", "", BadValue, "是 或 否"),
        ("prefix", "X-F", "", BadValue, "字母和数字"),
        ("bureau", " ", "", BadValue, "不能空"),
        ("four_rates", "acceptance,名次", "", BadValue, "不认识"),
        ("targets.completion", "101", "", BadValue, "0 到 100"),
    ],
)
def test_what_cannot_be_set(
    session: Open, key: str, value: str, citation: str, error: type[XinfangError], says: str
) -> None:
    with pytest.raises(error) as caught:
        put(session(), key, value, citation)
    assert says in worded(caught.value.line())


def test_each_clock_may_have_reminder_steps_of_its_own(case: Make, session: Open) -> None:
    at = session(today="2023-03-10")
    case("2023-03-01", ("assign", "2023-03-02"), at=at)  # acceptance due 17 March, 7 days left
    case("2023-03-02", at=at)  # dispatch due 17 March
    assert pressing.remind(at, [], dry_run=True).units == ()
    put(at, "reminders.acceptance.notice", "7", "")
    found = pressing.remind(at, [], dry_run=True).units
    assert [(group.unit, [item.level for item in group.items]) for group in found] == [("测试局", ["notice"])]
    put(at, "reminders.acceptance.warning", "7", "")
    assert pressing.remind(at, [], dry_run=True).units[0].items[0].level == "warning"
    listed = {row.key: row.value for row in settings.listed(at).settings}
    assert (listed["reminders.acceptance.notice"], listed["reminders.dispatch.notice"]) == (7, None)
    put(at, "reminders.acceptance.notice", None, "")
    put(at, "reminders.acceptance.warning", None, "")
    assert pressing.remind(at, [], dry_run=True).units == ()


def test_an_office_clock_the_office_gives_up_falls_away(case: Make, session: Open) -> None:
    put(session(), "clocks.office", "30")
    matter = case("2023-03-01", ("assign", "2023-03-02"), ("accept", "2023-03-10"), kind="suggestion")
    assert matter.clock("office")["due"] == "2023-04-09"
    assert put(session(), "clocks.office", None).moved == (MovedClock(matter.no, "office", d("2023-04-09"), None),)
    assert matter.clock("office")["void"] == 1
    assert matter.shown()["next_clock"] is None
    matter.close("2023-06-01", "adopted")
    assert (matter.clock("office")["void"], matter.clock("office")["stop"]) == (1, None)
    whole(session())


def test_rules_say_where_each_number_comes_from(session: Open) -> None:
    put(session(), "clocks.completion", "45")
    put(session(), "limits.extension", "20")
    put(session(), "minimum_denominator", "5", "")
    rows = {row["key"]: row for row in rules.document(rules_in_force(session()))}
    assert (rows["clocks.completion"]["n"], rows["clocks.completion"]["statutory"]) == (45, 60)
    assert rows["clocks.completion"]["citation"] == CITED
    assert (rows["clocks.dispatch"]["article"], rows["clocks.dispatch"]["citation"]) == ("条例第二十二条", "")
    assert (rows["limits.extension"]["n"], rows["limits.extension"]["statutory"]) == (20, 30)
    assert rows["limits.representatives"]["article"] == "条例第二十条"
    assert (rows["minimum_denominator"]["value"], rows["minimum_denominator"]["article"]) == (5, "本局设置")
    assert rows["roll"]["article"] == "默认"
    assert (rows["hearing"]["article"], rows["hearing"]["article_2005"]) == (
        "条例第三十六条",
        "2005年《信访条例》第三十五条",
    )


def test_an_extension_limit_of_the_office(case: Make, session: Open) -> None:
    put(session(), "limits.extension", "20")
    matter = case("2023-03-01", ("assign", "2023-03-02"), ("accept", "2023-03-10"))
    with pytest.raises(Refused, match="不超过 20 日"):
        matter.do("extend", "2023-03-20", days=21)
    matter.do("extend", "2023-03-20", days=20)


def test_prefix_and_bureau(case: Make, session: Open) -> None:
    put(session(), "prefix", "lx", "")
    put(session(), "bureau", "测试区信访局", "")
    at = session(today="2023-03-16")
    matter = case("2023-03-01", at=at)
    assert matter.no == "LX2023-000001"
    assert pressing.remind(at, [], dry_run=True).units[0].text.startswith("【测试区信访局】")


# ---- working days -----------------------------------------------------------------------------------------------


def arranged(at: Session, tmp_path: Path, *lines: str) -> tuple[tuple[int, ...], tuple[MovedClock, ...]]:
    file = tmp_path / "days.csv"
    file.write_text("day,kind,name\n" + "\n".join(lines) + "\n", "utf-8")
    given = workdays.of_list(at, workdays.read_file(file), file.name)
    done = workdays.commit(at, workdays.plan(at, given))
    return done.years, done.moved


def test_a_year_the_library_lacks(case: Make, session: Open, tmp_path: Path) -> None:
    at = session(today="2031-10-10")
    matter = case("2031-09-29", ("assign", "2031-09-29"), at=at)
    assert matter.clock("objection")["due"] == "2031-10-09"  # 1 to 3 October are off in any year
    assert at.unknown_years == {2031}
    before = matter.clock("acceptance")
    years, moved = arranged(
        at, tmp_path, "2031-10-01,off,国庆节", "2031-10-02,off,国庆节", "2031-10-11,work,国庆节调休"
    )
    assert years == (2031,)
    assert moved == (MovedClock(matter.no, "objection", d("2031-10-09"), d("2031-10-08")),)
    assert matter.clock("acceptance") == before
    put(at, "roll", "是", "")  # `explain` then reckons the stopped one the other way too
    later = session(today="2031-10-10")
    explained_case(later, matter.no, None)
    assert explained_case(later, matter.no, "objection")["clocks"][0]["skipped"][0]["name"] == "国庆节"
    assert later.unknown_years == set()
    whole(at)


@pytest.mark.parametrize(
    "head", ["日期,类型,名称", "日期,班休,节日", "放假日期;类别;备注", "日期\t性质\t说明", '"日期","安排","名称"']
)
def test_an_arrangement_with_chinese_headings_and_words(tmp_path: Path, head: str) -> None:
    file = tmp_path / "days.csv"
    between = ";" if ";" in head else "\t" if "\t" in head else ","
    rows = (
        ("2031年10月1日", "休", "国庆节"),
        ("2031/10/2", "放假", ""),
        ("2031-10-11", "补班", ""),
        ("20311012", "班", ""),
    )
    file.write_text("\n".join([head, *map(between.join, rows)]), "gb18030")
    assert workdays.read_file(file) == [
        (date(2031, 10, 1), False, "国庆节"),
        (date(2031, 10, 2), False, ""),
        (date(2031, 10, 11), True, ""),
        (date(2031, 10, 12), True, ""),
    ]
    file.write_text(f"{head}\n{between.join(('2031-10-01', '调休', ''))}\n", "gb18030")
    with pytest.raises(BadValue, match="不认得"):
        workdays.read_file(file)


def test_the_same_arrangement_again_adds_nothing(case: Make, session: Open, tmp_path: Path) -> None:
    at = session(today="2031-10-10")
    case("2031-09-29", at=at)
    year = ("2031-10-01,off,国庆节", "2031-10-11,work,国庆节调休")
    assert arranged(at, tmp_path, *year) == ((2031,), ())
    before = health.check(at).book.events
    assert arranged(at, tmp_path, *year) == ((2031,), ())
    assert health.check(at).book.events == before
    arranged(at, tmp_path, *year, "2031-10-02,off,国庆节")
    assert health.check(at).book.events == before + 1


def test_a_stopped_clock_that_was_a_guess_is_counted_again(case: Make, session: Open, tmp_path: Path) -> None:
    at = session(today="2031-10-10")
    matter = case("2031-09-29", ("assign", "2031-09-29"), ("accept", "2031-10-03"), at=at)
    moved = arranged(at, tmp_path, "2031-10-01,off,国庆节")[1]
    assert moved == (MovedClock(matter.no, "objection", d("2031-10-09"), d("2031-10-07")),)
    assert matter.clock("objection")["due"] == "2031-10-07"
    whole(at)


def test_a_few_days_do_not_take_a_years_place(case: Make, session: Open, tmp_path: Path) -> None:
    """The notice for a year may name days of the December before it."""
    at = session(today="2024-03-01")
    year = [f"2031-10-0{n},off,国庆节" for n in range(1, 8)]
    assert arranged(at, tmp_path, "2023-12-29,off,元旦", *year)[0] == (2031,)
    assert explained_day(at, "objection", d("2023-09-28"))["clocks"][0]["due"] == d("2023-10-11")
    assert explained_day(at, "objection", d("2023-12-27"))["clocks"][0]["due"] == d("2024-01-05")
    assert arranged(at, tmp_path, "2023-03-07,off,临时放假")[0] == (2023,)
    assert explained_day(at, "objection", d("2023-03-01"))["clocks"][0]["due"] == d("2023-03-09")
    assert explained_day(at, "objection", d("2023-09-28"))["clocks"][0]["due"] == d("2023-10-11")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2031-10-01,假,国庆节", "off（放假）"),
        ("10-01,off,国庆节", "10-01"),
        (",off,国庆节", "空"),
        ("2031-10-01,off,甲\n2031-10-01,work,乙", "重复"),
    ],
)
def test_a_bad_line_of_an_arrangement(session: Open, tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(BadValue) as caught:
        arranged(session(), tmp_path, line)
    assert says in caught.value.line()


def test_from_november_the_desk_says_what_is_missing(session: Open, tmp_path: Path) -> None:
    def desk(today: str) -> int | None:
        return morning.desk(session(today=today)).next_year_missing

    assert desk("2030-10-31") is None
    assert desk("2030-11-01") == 2031
    assert desk("2030-11-01") == 2031
    arranged(session(today="2030-11-02"), tmp_path, "2031-10-01,off,国庆节")
    assert desk("2030-11-03") is None
