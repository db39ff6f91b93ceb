"""Figures that know their time: the smallest histories in which a number once went out wrong, and what is right."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from .conftest import Counter

pytestmark = pytest.mark.long

APPEAL = ("add", "--channel", "letter", "--kind", "appeal", "--title", "t", "--topic", "其他", "--name", "测试")


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(tmp_path / "book.db", monkeypatch)


@pytest.fixture
def demo(district_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    path = tmp_path / "district.db"
    shutil.copyfile(district_book, path)
    return Counter(path, monkeypatch)


def received(counter: Counter, day: str) -> None:
    counter.ok(*APPEAL, "--address", "某街", "--received", day, "--yes")


def test_a_rate_says_what_it_leaves_out(counter: Counter) -> None:
    for _ in range(3):
        received(counter, "2023-04-03")
    counter.ok("assign", "1", "2", "3", "--to", "测试局", "--new-unit", "--on", "2023-04-04")
    counter.ok("accept", "1", "2", "3", "--on", "2023-04-10")
    counter.ok("close", "2", "3", "--outcome", "explained", "--on", "2023-06-01")
    june = ("stats", "--month", "2023-06", "--by", "unit")
    before = counter.ok(*june)["rates"]["completion"]
    assert (before["numerator"], before["denominator"], before["excluded"]) == (2, 3, {"cases": 0, "missed": 0})
    counter.ok("exclude", "1", "--reason", "r", "--approved-by", "局长")
    said = counter.ok(*june)
    for rates in (said["rates"], said["rows"][0]["rates"], said["subtotals"][0]["rates"]):
        after = rates["completion"]
        assert (after["numerator"], after["denominator"], after["excluded"]) == (2, 2, {"cases": 1, "missed": 1})
    assert said["excluded"] == 0  # none of those received in June
    listed: Any = counter.ok("stats", "--month", "2023-06", "--cases", "按期办结率:剔除")
    assert [(row["case_no"], row["part"]) for row in listed] == [("XF2023-000001", "overdue")]
    code, out, _ = counter(*june)
    assert code == 0
    assert "按期办结率 1 件（其中逾期、超期 1 件）" in out
    _, out, _ = counter(*june, "--csv")
    assert "按期办结率剔除中未达" in out


def test_a_reopened_case_keeps_its_first_length_and_the_later_close_is_told_apart(counter: Counter) -> None:
    for words in (
        (*APPEAL, "--address", "某街", "--received", "2023-09-01", "--yes"),
        ("assign", "1", "--to", "测试局", "--new-unit", "--on", "2023-09-10"),
        ("accept", "1", "--on", "2023-09-16"),
        ("close", "1", "--outcome", "explained", "--on", "2023-09-18", "--delivered", "2023-09-18"),
        ("review", "1", "--on", "2023-10-16"),
        ("review", "1", "--result", "revoked", "--redo-by", "2024-01-31", "--on", "2023-11-16"),
    ):
        counter.ok(*words, today="2023-12-31")
    third = ("stats", "--quarter", "2023Q3")
    assert counter.ok(*third, today="2023-12-31")["volumes"]["days_longest"] == 2
    counter.ok("close", "1", "--outcome", "explained", "--on", "2024-01-28", today="2024-06-05")
    assert counter.ok(*third, today="2024-06-05")["volumes"]["days_longest"] == 2
    first = counter.ok("stats", "--quarter", "2024Q1", today="2024-06-05")["volumes"]
    assert (first["days_longest"], first["later_closings"]) == (None, 1)


def test_no_batch_before_it_was_handed_down(demo: Counter) -> None:
    demo.ok("backlog", "batch", "add", "市交积案2023", "--handed-on", "2023-01-03")
    for period in (("--month", "2022-08"), ("--year", "2022")):
        assert demo.ok("stats", *period)["rates"]["backlog"]["denominator"] == 0
    later = demo.ok("stats", "--month", "2023-06")["rates"]["backlog"]
    now = demo.ok("stats", "--month", "2023-07")["rates"]["backlog"]
    assert (later["numerator"], later["denominator"]) == (90, 167)  # as of 30 June
    assert (now["numerator"], now["denominator"]) == (96, 167)


def test_no_comparison_before_the_book_begins(demo: Counter) -> None:
    for period in (("--month", "2023-06"), ("--from", "2023-01-01", "--to", "2023-06-30")):
        said = demo.ok("stats", *period, "--compare")["compare"]["year_ago"]
        assert (said["rates"], said["volumes"], said["reason"]) == (None, None, "no_data")
    code, out, _ = demo("stats", "--month", "2023-06", "--compare")
    assert code == 0
    assert "上年同期（2022年6月）无数据" in out
    assert "上年同期为零" not in out
    demo.ok("config", "set", "book_from", "2023-06-01")
    said = demo.ok("stats", "--month", "2023-06", "--compare", "--trend", "3")
    assert said["coverage"] == {"from": "2023-06-01", "complete": True}
    assert said["compare"]["previous"]["reason"] == "no_data"
    assert [one["label"] for one in said["trend"]] == ["2023年6月"]
    assert said["trend_no_data"] == ["2023年4月", "2023年5月"]
    assert demo.ok("stats", "--month", "2023-05")["coverage"]["complete"] is False


def test_like_is_held_against_like(demo: Counter) -> None:
    said = demo.ok("stats", "--month", "2023-06", "--compare")["compare"]["previous"]
    may = demo.ok("stats", "--month", "2023-05", "--as-of", "2023-06-17")
    assert said["as_of"] == "2023-06-17"
    for key in ("one_time", "closure", "participation", "repeat", "backlog"):
        mine = {part: said["rates"][key][part] for part in ("numerator", "denominator", "percent")}
        assert mine == {part: may["rates"][key][part] for part in mine}, key


def test_a_change_over_a_handful_is_said_in_numbers(demo: Counter) -> None:
    volumes = demo.ok("stats", "--month", "2023-06", "--compare")["compare"]["previous"]["volumes"]
    assert volumes["cases"]["words"] == "上升 1.26%"
    small = volumes["group_visits"]
    assert small["before"] < 20
    assert "%" not in small["words"]
    demo.ok("config", "set", "small_base", "200")
    volumes = demo.ok("stats", "--month", "2023-06", "--compare")["compare"]["previous"]["volumes"]
    assert volumes["cases"]["words"] == "增加 2 件"


@pytest.mark.parametrize("words", [("stats", "--month", "2023-06"), ("outlook",), ("blame",)])
def test_no_figure_as_of_a_day_to_come(demo: Counter, words: tuple[str, ...]) -> None:
    code, _, err = demo(*words, "--as-of", "2023-07-18")
    assert code == 1
    assert "晚于今天" in err
    assert demo(*words, "--as-of", "2023-07-17")[0] == 0


PUBLISHED = ("report", "month", "2023-06", "--publish", "--yes")


@pytest.fixture
def published(counter: Counter, tmp_path: Path) -> Counter:
    """Two cases completed on time in June, one late; June is published."""
    for _ in range(3):
        received(counter, "2023-04-03")
    counter.ok("assign", "1", "2", "3", "--to", "测试局", "--new-unit", "--on", "2023-04-04")
    counter.ok("accept", "1", "2", "3", "--on", "2023-04-10")
    counter.ok("close", "2", "3", "--outcome", "explained", "--on", "2023-06-01")
    counter.ok("close", "1", "--outcome", "explained", "--on", "2023-06-20")
    ran = counter(*PUBLISHED, "-o", str(tmp_path / "june.md"))
    assert ran.code == 0, ran
    return counter


@pytest.mark.parametrize(
    "words",
    [
        ("exclude", "1", "--reason", "r", "--approved-by", "局长"),
        ("edit", "1", "--headcount", "8"),
        ("rate", "1", "--unit-rating", "dissatisfied", "--on", "2023-06-25"),
        ("review", "1", "--on", "2023-06-25"),
        ("standing", "add", "积案化解率", "--rank", "7", "--of", "12", "--on", "2023-06-10"),
        ("reception", "log", "1", "--leader", "测试领导甲", "--on", "2023-06-12", "--settled"),
        ("reception", "log", "--no-visitor", "--leader", "测试领导甲", "--on", "2023-06-12"),
        ("reception", "roster", "--month", "2023-06", "--leaders", "测试领导甲"),
    ],
)
def test_what_a_command_moves_of_what_was_published_is_said_first(published: Counter, words: tuple[str, ...]) -> None:
    code, _, err = published(*words)
    assert code == 0, err
    assert "已发布的2023年6月" in err
    assert published.ok("report", "--changes", "2023-06")["differs"] > 0
    undone = published("undo")
    assert undone.code == 0
    assert "已发布的2023年6月" in undone.err
    left = published.ok("report", "--changes", "2023-06")
    assert left["differs"] == 0, left["cells"]


def test_what_moves_only_what_was_left_out_is_said_too(published: Counter, tmp_path: Path) -> None:
    """An excluded case is in no rate; how many were left out, and how many of them as late, was published beside it."""
    published.ok("exclude", "1", "--reason", "r", "--approved-by", "局长")
    assert published(*PUBLISHED, "-o", str(tmp_path / "again.md")).code == 0
    err = published("correct", "1", "--event", "4", "--on", "2023-06-05", "--reason", "r", "--yes").err
    assert "本期 合计 按期办结率剔除的（逾期、超期）：-1（发布的是 1）" in err


def test_what_a_case_moves_beside_the_rates_is_said_by_how_much(counter: Counter, tmp_path: Path) -> None:
    """Topic, level, a year's areas and doings; a week says nothing of them."""
    counter.ok("add", *("--received", "2023-06-05", "--kind", "求决", "--title", "测试", "--topic", "城乡建设"),
               *("--channel", "来访", "--level", "到市", "--name", "测试甲", "--headcount", "6", "--yes"))  # fmt: skip
    for period in ("month 2023-06", "week 2023-06-05"):
        file = tmp_path / f"{period[:4]}.md"
        assert counter("report", *period.split(), "--publish", "--yes", "-o", str(file)).code == 0
    err = counter("edit", "1", "--topic", "环境保护").err
    assert "本期 城乡建设 内容分类：-1（发布的是 1）" in err
    assert "本期 环境保护 内容分类：+1（发布的是 —）" in err
    assert "周" not in err
    changes = counter("report", "--changes", "2023-06").out
    assert "环境保护" in changes
    assert "XF2023-000001  内容分类  城乡建设 → 环境保护" in changes
    err = counter("edit", "1", "--level", "赴省").err
    assert "本期 到市 集体访（人次）：-6（发布的是 6）" in err
    assert "本期 赴省 来访（批）：+1（发布的是 —）" in err


@pytest.mark.parametrize(
    "words", [("note", "1", "--text", "t"), ("remind", "--dry-run"), ("exclude", "9", "--reason", "r")]
)
def test_what_moves_nothing_says_nothing(published: Counter, words: tuple[str, ...]) -> None:
    _, _, err = published(*words)
    assert "已发布" not in err


def test_at_a_terminal_it_is_asked_first_and_a_no_writes_nothing(
    published: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinfang_cli.cli.asking.somebody_there", lambda: True)
    words = ("exclude", "1", "--reason", "r", "--approved-by", "局长")
    refused = published(*words, stdin="n\n")
    assert refused.code == 1
    assert "会有" in refused.err
    june = ("stats", "--month", "2023-06")
    assert published.ok(*june)["rates"]["completion"]["denominator"] == 3
    assert published(*words, stdin="y\n").code == 0
    assert published.ok(*june)["rates"]["completion"]["denominator"] == 2


def test_a_lapsed_window_can_still_be_rated(counter: Counter) -> None:
    """Best and worst of a small book against every way on which it can go on: 3 × 3 × 2 futures."""
    for _ in range(3):
        received(counter, "2023-05-01")
    counter.ok("assign", "1", "2", "3", "--to", "测试局", "--new-unit", "--on", "2023-05-02")
    counter.ok("accept", "1", "2", "3", "--on", "2023-05-03")
    for number, day in (("1", "2023-06-10"), ("2", "2023-06-25"), ("3", "2023-06-20")):
        counter.ok("close", number, "--outcome", "explained", "--on", day)
    counter.ok("rate", "3", "--unit-rating", "fair", "--on", "2023-07-01")
    july = ("--month", "2023-07")
    said = counter.ok("outlook", *july, "--rate", "participation")["rates"]["participation"]
    assert (said["on_time"], said["overdue"], said["pending"], said["may_still_rate"]) == (1, 1, 1, 1)
    ends = set()
    for first, second in product((None, "2023-07-20", "2023-08-20"), repeat=2):
        path = counter.path.with_name(f"{first}-{second}.db")
        shutil.copyfile(counter.path, path)
        other = Counter(path, counter.monkeypatch)
        for number, rated in (("1", first), ("2", second)):
            if rated is not None:
                other.ok("rate", number, "--unit-rating", "dissatisfied", "--on", rated, today="2023-09-01")
        ends.add(other.ok("stats", *july, today="2023-09-01")["rates"]["participation"]["percent"])
    assert said["best"] == max(ends) == 100.0
    assert (said["worst"], min(ends)) == (0.0, 33.33)  # the one rated may be reopened, and then withdrawn


def test_what_is_overdue_can_still_fall_away(counter: Counter) -> None:
    for _ in range(3):
        received(counter, "2023-06-20")
    counter.ok("assign", "1", "2", "3", "--to", "测试局", "--new-unit", "--on", "2023-06-25")  # due 07-10
    counter.ok("accept", "1", "--on", "2023-07-01")
    counter.ok("accept", "3", "--on", "2023-07-12")  # late for good
    july = ("--month", "2023-07")
    said = counter.ok("outlook", *july, "--rate", "acceptance")["rates"]["acceptance"]
    assert (said["on_time"], said["late"], said["overdue"], said["may_fall_away"]) == (1, 1, 1, 1)
    ends = set()
    for future in (
        (),
        (("accept", "2", "--on", "2023-07-20"),),
        (
            ("object", "2", "--reason", "r", "--late-reason", "r", "--on", "2023-07-18"),
            ("uphold", "2", "--on", "2023-07-19"),
        ),
        (("assign", "2", "--to", "别的局", "--new-unit", "--on", "2023-07-18"),),
        (("withdraw", "2", "--reason", "r", "--on", "2023-07-18"),),
    ):
        path = counter.path.with_name(f"{'-'.join(words[0] for words in future)}.db")
        shutil.copyfile(counter.path, path)
        other = Counter(path, counter.monkeypatch)
        for words in future:
            other.ok(*words, today="2023-07-31")
        ends.add(other.ok("stats", *july, today="2023-07-31")["rates"]["acceptance"]["percent"])
    assert (said["best"], said["worst"]) == (max(ends), min(ends)) == (50.0, 33.33)


def test_a_figure_that_the_office_adds_is_everywhere(demo: Counter, tmp_path: Path) -> None:
    june = ("stats", "--month", "2023-06")
    assert "completion_of_closed" not in demo.ok(*june)["rates"]
    demo.ok("config", "set", "more_figures", "结案按期率")
    said = demo.ok(*june, "--rank")
    rate = said["rates"]["completion_of_closed"]
    same = demo.ok(*june, "--basis", "stopped")["rates"]["completion"]
    assert {key: rate[key] for key in ("numerator", "denominator")} == {
        key: same[key] for key in ("numerator", "denominator")
    }
    assert any(row["ranks"]["completion_of_closed"] for row in said["rows"])
    assert len(demo.ok(*june, "--cases", "结案按期率")) == rate["denominator"]
    assert "结案按期率" in demo(*june).out
    assert "结案按期率" in demo("rules", "--figures").out
    sheet = tmp_path / "theirs.csv"
    sheet.write_text("单位,结案按期率\n合计,50\n", "utf-8")
    theirs = demo("reconcile", str(sheet), "--month", "2023-06", "--json")
    assert theirs.json()["cells"][0]["ours"] == rate["percent"]


@pytest.mark.parametrize(
    "words",
    [
        ("unit", "merge", "测试局", "--into", "别的局"),
        ("config", "set", "clocks.completion", "20", "--citation", "测试〔2023〕1号"),
        ("undo",),
    ],
    ids=lambda words: words[0],
)
def test_what_moves_many_cases_says_first_what_it_moves(
    counter: Counter, tmp_path: Path, words: tuple[str, ...]
) -> None:
    counter.ok("unit", "add", "别的局")
    received(counter, "2023-04-03")
    counter.ok("assign", "1", "--to", "测试局", "--new-unit", "--on", "2023-04-04")
    counter.ok("accept", "1", "--on", "2023-05-10")
    counter.ok("config", "set", "clocks.completion", "45", "--citation", "测试〔2023〕1号")
    assert counter(*PUBLISHED, "-o", str(tmp_path / "june.md")).code == 0
    if words == ("undo",):
        counter.ok("config", "set", "clocks.completion", "20", "--citation", "测试〔2023〕1号")
    ran = counter(*words, "--yes") if words[0] == "config" else counter(*words)
    assert ran.code == 0, ran
    assert "已发布的2023年6月" in ran.err
    assert (counter.ok("report", "--changes", "2023-06")["differs"] > 0) is (words != ("undo",))


def test_a_setting_that_moves_nothing_says_nothing(published: Counter) -> None:
    assert "已发布" not in published("config", "set", "bureau", "测试信访局").err


def test_a_sheet_with_cases_of_a_published_month_says_what_it_moves(published: Counter, tmp_path: Path) -> None:
    sheet = tmp_path / "late.csv"
    sheet.write_text(
        "登记编号,收到日期,信访形式,信访目的,概况,姓名\nXF2023-000099,2023-06-05,来信,申诉求决,测试,测试乙\n", "utf-8"
    )
    ran = published("import", str(sheet))
    assert ran.code == 0, ran
    assert "已发布的2023年6月" in ran.err
