"""The desk of figures and reports at the counter: words in, JSON and files out, refusals in Chinese."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Counter
from tests.district import DATA


@pytest.fixture
def june(tmp_path: Path, district_book: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """The counter on the example district, on 17 July 2023."""
    path = tmp_path / "district.db"
    shutil.copyfile(district_book, path)
    monkeypatch.setenv("XINFANG_TODAY", "2023-07-17")
    return Counter(path, monkeypatch)


MONTH = ("--month", "2023-06")


def test_compare_trend_and_chart(june: Counter) -> None:
    said = june.ok("stats", *MONTH, "--by", "unit", "--compare", "--trend", "3")
    assert said["compare"]["previous"]["period"] == {"from": "2023-05-01", "to": "2023-05-31"}
    cases = said["compare"]["previous"]["volumes"]["cases"]
    assert cases["change"] == said["volumes"]["cases"] - cases["before"]
    assert cases["words"] == "上升 1.26%"
    assert said["compare"]["previous"]["as_of"] == "2023-06-17"  # the same lag after its end
    assert said["compare"]["year_ago"]["reason"] == "no_data"
    assert said["coverage"] == {"from": "2022-07-01", "complete": True}
    assert [one["label"] for one in said["trend"]] == ["2023年4月", "2023年5月", "2023年6月"]
    assert set(said["rows"][0]["compare"]) == {"previous"}
    code, out, _ = june("stats", *MONTH, "--by", "unit", "--chart", "--trend", "12")
    assert code == 0
    assert "█" in out
    assert "●" in out
    assert all(ord(char) < 0x2800 or ord(char) > 0x28FF for char in out)  # no braille: GBK has none


@pytest.mark.parametrize("words", ["completion:late", "按期办结率:逾期", "completion：late"])
def test_the_cases_behind_a_number(june: Counter, words: str) -> None:
    whole = june.ok("stats", *MONTH)
    rows: Any = june.ok("stats", *MONTH, "--cases", words)
    assert len(rows) == whole["rates"]["completion"]["late"] == 3
    one: Any = june.ok("stats", *MONTH, "--cases", words, "--unit", "柳笛镇")
    assert {row["unit"] for row in one} == {"柳笛镇"}
    code, out, _ = june("stats", *MONTH, "--cases", words, "--csv")
    assert code == 0
    assert len(out.splitlines()) == 4


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("收到", "cases"),
        ("人数", "cases"),
        ("来访", "groups"),
        ("visit_people", "groups"),
        ("集体访", "group_visits"),
        ("联名", "joint_letters"),
        ("初次", "first"),
        ("重复", "repeat"),
    ],
)
def test_every_number_on_the_screen_opens_by_its_name(june: Counter, words: str, number: str) -> None:
    volumes = june.ok("stats", *MONTH)["volumes"]
    rows: Any = june.ok("stats", *MONTH, "--cases", words)
    assert len(rows) == volumes[number]
    if words in ("人数", "visit_people"):
        key = "people" if words == "人数" else words
        untold = june.ok("stats", *MONTH, "--kind", "检举控告")["volumes"][
            key
        ]  # of an accusation no list says how many
        assert sum(row["headcount"] or 0 for row in rows) == volumes[key] - untold
        assert [row["headcount"] is None for row in rows] == [row["kind"] == "accusation" for row in rows]
        ordinary = june("stats", *MONTH, "--kind", "求决", "--cases", words)[1]
        people = june.ok("stats", *MONTH, "--kind", "求决")["volumes"][key]
        assert f"条，{people} 人" in ordinary or not people
        assert (f"共 {len(rows)} 条，" in june("stats", *MONTH, "--cases", words)[1]) == (not untold)


def test_a_part_by_the_word_of_the_table(june: Counter) -> None:
    for rate, key in (("按期办结率", "completion"), ("办结率", "closure")):
        whole = june.ok("stats", *MONTH)["rates"][key]
        for word, said in (("分子", "numerator"), ("分母", "denominator")):
            rows: Any = june.ok("stats", *MONTH, "--cases", f"{rate}:{word}")
            assert len(rows) == whole[said]
    error = june("stats", *MONTH, "--cases", "按期办结率:未计入", "--json")[1]
    assert "可用：按期、逾期、超期未办、未到期" in error


@pytest.mark.parametrize(
    "words",
    [
        ("stats", "--cases", "closer"),
        ("stats", "--cases", "closure:late"),
        ("stats", "--by", "colour"),
        ("stats", "--by", "unit,kind,channel"),
        ("outlook", "--rate", "repeat"),
        ("outlook", "--target", "120"),
        ("outlook", "--if", "123"),
        ("outlook", "--by", "channel"),
        ("blame", "--clock", "评价期"),
        ("report", "day", "2023-06-01"),
        ("report", "month", "2023-06", "-o", "x.pdf"),
        ("report", "--changes", "2023-06"),
        ("report", "--changes", "昨年"),
    ],
    ids=" ".join,
)
def test_what_is_not_accepted(june: Counter, words: tuple[str, ...]) -> None:
    code, out, err = june(*words, "--json")
    assert code == 1
    assert json.loads(out)["error"]["hint"]
    assert err.startswith("出错：")


@pytest.mark.parametrize("words", [("report",), ("report", "month"), ("report", "unit", "柳笛镇", "2023-06")])
def test_what_is_missing(june: Counter, words: tuple[str, ...]) -> None:
    assert june(*words)[0] == 2


def test_outlook_and_blame(june: Counter) -> None:
    found = june.ok("outlook", "--target", "97")
    rate = found["rates"]["completion"]
    assert (rate["on_time"], rate["late"], rate["overdue"], rate["pending"]) == (118, 0, 3, 5)
    assert (rate["needed"], rate["reachable"]) == (5, True)  # 97 % of 126 is 122.22: 123 in all
    nearest = rate["cases"][0]
    tried = june.ok("outlook", "--rate", "completion", "--if", f"{nearest['case_no']}=7-21")
    assert tried["rates"]["completion"]["on_time"] == 119
    late = june.ok("blame", *MONTH)
    assert late["total"]["late"] == 7
    assert sum(row["overdue"] for row in late["rows"]) == late["total"]["overdue"] == 3
    for words in (("outlook", "--by", "unit"), ("blame", *MONTH, "--cases")):
        code, out, _ = june(*words)
        assert code == 0
        assert "柳笛镇" in out


@pytest.mark.long
def test_a_report_to_a_file_and_to_the_screen(june: Counter, tmp_path: Path) -> None:
    target = tmp_path / "通报.docx"
    said = june.ok("report", "month", "2023-06", "-o", str(target), "--number", "测试〔2023〕7号")
    assert said["file"] == str(target)
    assert target.stat().st_size > 10_000
    assert june("report", "month", "2023-06", "-o", str(target))[0] == 1  # never over a file that is there
    assert june("report", "month", "2023-06", "-o", str(target), "--force")[0] == 0
    code, out, _ = june("report", "week", "2023-07-17")
    assert code == 0
    assert "一次性化解率 96.02%" in out
    assert not list(tmp_path.glob("tmp*"))


@pytest.mark.long
def test_published_and_changed(june: Counter, tmp_path: Path) -> None:
    june.ok("report", "month", "2023-06", "--publish", "--yes", "-o", str(tmp_path / "a.md"))
    assert june.ok("report", "--changes", "2023-06")["differs"] == 0
    late: Any = june.ok("stats", *MONTH, "--cases", "completion:late")
    june.ok("exclude", late[0]["case_no"], "--reason", "测试", "--approved-by", "测试甲")
    found = june.ok("report", "--changes", "2023-06")
    assert found["differs"] > 0
    assert late[0]["case_no"] in {case["case_no"] for case in found["cases"]}
    code, out, err = june("report", "month", "2023-06", "-o", str(tmp_path / "b.html"))
    assert code == 0
    assert "个数有变" in err
    assert "个数有变" in (tmp_path / "b.html").read_text("utf-8")
    code, out, _ = june("report", "--changes", "2023-06")
    assert code == 0
    assert late[0]["case_no"] in out


def test_the_appeal_file(june: Counter, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    target = tmp_path / "柳笛镇.xlsx"
    said = june.ok("report", "unit", "柳笛镇", "2023-06", "-o", str(target))
    book = load_workbook(target)
    assert book.sheetnames[:2] == ["各项指标", "组内名次"]
    rate = said["rates"]["completion"]
    sheet = book["按期办结率"]
    listed = [row[0] for row in sheet.iter_rows(min_row=3, max_col=1, values_only=True)]
    assert sum(word in ("按期", "逾期", "超期未办") for word in listed) == rate["denominator"]
    assert sum(word == "按期" for word in listed) == rate["numerator"]


@pytest.mark.long
def test_the_demonstration_of_a_city(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "city.db"
    found = counter.raw("demo", "--city", "--file", str(path), "--json").json()
    told = tomllib.loads((DATA / "published.toml").read_text("utf-8-sig"))["linyi_weekly"]
    total = next(row for row in found["report"]["tables"][0]["rows"] if row["row"] == "total")
    assert (total["closed"], total["at_once"], total["one_time"]) == (
        told["one_time"]["denominator"],
        told["one_time"]["numerator"],
        told["one_time"]["percent"],
    )
    assert (total["handed"], total["now"], total["so_far"]) == (
        told["backlog"]["total"],
        told["backlog"]["resolved_this_week"],
        told["backlog"]["resolved"],
    )
    again = counter.raw("demo", "--city", "--file", str(path))
    assert (again.code, "已经有了" in again.err) == (1, True)


def test_a_county_speaks_of_itself(june: Counter) -> None:
    """县信访局: its own words for the area and the groups, in stats, bulletins, unit lists, and what is typed."""
    for key, value in (("area", "全县"), ("groups.区直部门", "县直部门"), ("groups.镇街", "乡镇")):
        june.ok("config", "set", key, value)
    june.ok("config", "set", "targets.completion", "98", "--citation", "测联办〔2023〕1号", "--on", "2023-01-01")
    text = june("report", "month", "2023-06").out
    assert "# 关于2023年6月份全县信访工作情况的通报" in text
    assert "各乡镇、县直有关部门、有关企业、驻区有关单位：" in text
    assert "抄送：县委、县政府领导同志" in text
    assert "乡镇前三名" in text
    assert "低于目标 98%（依据测联办〔2023〕1号）的有" in text
    assert "区直部门" not in text
    assert "全区" not in text
    groups = {row["group"] for row in june.ok("stats", *MONTH, "--by", "unit")["rows"]}
    assert groups == {"乡镇", "县直部门", "国企", "驻区单位", None}
    added = june.ok("unit", "add", "测试局", "--group", "县直部门")
    june.ok("unit", "edit", "测试局", "--group", "乡镇")
    listed = {row["name"]: row["group"] for row in june.ok("unit", "list")}
    assert (listed["测试局"], listed["教育局"]) == ("乡镇", "县直部门")
    assert added["name"] == "测试局"
    ran = june("config", "set", "area", " ", "--json")
    assert (ran.code, ran.error()["code"]) == (1, "bad_value")


def test_a_bulletin_in_the_office_s_own_form(june: Counter, tmp_path: Path) -> None:
    """Exported, changed, set, used; a broken one changes nothing and seals nothing; back to the program's own."""
    from tests.output.test_letters import own_template
    from tests.output.test_letters import text as words_of

    start, mine, made = (tmp_path / name for name in ("起.docx", "我局.docx", "六月.docx"))
    assert june.ok("report", "--export-template", "月通报", str(start))["kind"] == "month"
    assert june("report", "--export-template", "month", str(start)).code == 1
    assert june("report", "--export-template", "month").code == 2
    assert june("report", "--fields").code == 2
    fields = june.ok("report", "--fields", "month")["fields"]
    assert {"name": "标题", "field": "title"}.items() <= fields[0].items()
    assert "{{ 信访总量 }}" in june("report", "--fields", "月").out
    assert june.ok("config", "set", "template.月通报", str(start))["key"] == "template.month"
    own_template(mine, "本局自定：{{ 本期.件数 }} 件")
    june.ok("config", "set", "template.month", str(mine))
    june.ok("report", "month", "2023-06", "-o", str(made))
    cases = june.ok("stats", *MONTH)["volumes"]["cases"]
    assert words_of(made.read_bytes()) == f"本局自定：{cases} 件"
    html = tmp_path / "六月.html"  # other forms are the program's
    june.ok("report", "month", "2023-06", "-o", str(html))
    assert "附件6" in html.read_text("utf-8")

    own_template(mine, "{{ 本期.件总数 }}")
    broken = june("report", "month", "2023-06", "--publish", "--yes", "-o", str(tmp_path / "七.docx"), "--json")
    assert (broken.code, broken.error()["code"]) == (1, "bad_value")
    assert "件数" in broken.error()["hint"]
    assert not (tmp_path / "七.docx").exists()
    assert june("report", "--changes", "2023-06").code == 1  # nothing was sealed
    refused = june("config", "set", "template.month", str(mine), "--json")
    assert refused.code == 1
    mine.unlink()
    assert june("report", "month", "2023-06", "-o", str(tmp_path / "七.docx")).code == 3
    assert june("config", "set", "template.nonsense", str(start)).code == 1
    june.ok("undo")
    assert june.ok("config", "get", "template.month")["value"] == str(start)
    june.ok("config", "set", "template.month", "--default")
    june.ok("report", "month", "2023-06", "-o", str(made), "--force")
    assert "附件6" in words_of(made.read_bytes())


@pytest.mark.long
def test_one_month_reads_the_same_everywhere(june: Counter, tmp_path: Path) -> None:
    """Screen, JSON, CSV, and the bulletin as docx, xlsx, html, md, json: each unit's four rates and ranks, the total."""
    from tests.output.test_reports import READERS

    asked = ("stats", *MONTH, "--by", "unit", "--rank")
    said = june.ok(*asked)
    four = said["four_rates"]

    def percent(rate: dict[str, Any]) -> str:
        return "—" if rate["percent"] is None else f"{rate['percent']:.2f}%"

    def rank(place: int | None) -> str:
        return "—" if place is None else str(place)

    expected = {
        row["name"]: [
            *(part for key in four for part in (percent(row["rates"][key]), rank(row["ranks"][key]))),
            rank(row["overall_rank"]),
        ]
        for row in said["rows"]
        if row["group"]
    }
    total = [percent(said["rates"][key]) for key in four]

    lines = {line.split()[0]: line.split() for line in june(*asked).out.splitlines() if line.split()}
    for name, cells in expected.items():  # 件数 first, 一次化解 and its rank before 综合
        assert [*lines[name][2:10], lines[name][-1]] == cells, name
    assert lines["合计"][2:6] == total

    for form, read in READERS.items():
        path = tmp_path / f"六月.{form}"
        june.ok("report", "month", "2023-06", "-o", str(path))
        rows = {row[0]: row[1:] for row in read(path)["附件2　四率（本期）"]}
        for name, cells in expected.items():
            found = [cell for place, cell in enumerate(rows[name][:-1]) if place % 4 >= 2] + rows[name][-1:]
            assert found == cells, (form, name)
        assert [rows["合计"][place] for place in (2, 6, 10, 14)] == total
        for place, key in enumerate(four):
            counted = (str(said["rates"][key]["denominator"]), str(said["rates"][key]["numerator"]))
            assert tuple(rows["合计"][4 * place : 4 * place + 2]) == counted


@pytest.mark.long
def test_nothing_is_sealed_where_the_file_cannot_be_written(june: Counter, tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("", "utf-8")  # no folder
    ran = june("report", "month", "2023-06", "--publish", "--yes", "-o", str(tmp_path / "文件" / "六月.docx"))
    assert ran.code == 3, ran
    assert june("report", "--changes", "2023-06").code == 1
    assert june("report", "month", "2023-06", "--publish", "--yes", "-o", str(tmp_path / "六月.docx")).code == 0
    assert june.ok("report", "--changes", "2023-06")["differs"] == 0


def test_appeals_and_requests_are_told_apart_and_summed(counter: Counter) -> None:
    """Published tables have either form: 申诉 and 求决, or 申诉求决."""
    for kind in ("申诉", "求决", "求决", "建议意见"):
        counter.add("2023-06-05", kind=kind)
    assert "申诉求决类合计 3 件（申诉 1，求决 2）" in counter("stats", "--month", "2023-06").out
    counter.add("2023-07-05", kind="求决")
    assert "合计 1 件" not in counter("stats", "--month", "2023-07").out
