"""`co-handle`, `recuse`, `--crossing`: at the counter, in lists, in sheets."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Counter

A, B, C = "测试甲局", "测试乙局", "测试丙局"


def assigned(counter: Counter, **fields: str) -> str:
    number = counter.add("2023-07-03", **fields)
    counter.ok("assign", number, "--to", A, "--new-unit", "--on", "2023-07-04")
    return number


def test_the_leading_unit_is_counted_and_the_others_are_shown(counter: Counter) -> None:
    number = assigned(counter)
    counter.ok(
        "co-handle",
        number,
        "--unit",
        B,
        "--new-unit",
        "--agreed",
        "上级决定",
        "--body",
        "测试区政府",
        "--on",
        "2023-07-05",
    )
    shown = counter.ok("show", number)
    assert shown["unit"] == A
    assert shown["co_units"] == [{"unit": B, "since": "2023-07-05", "agreed": "superior", "body": "测试区政府"}]
    assert f"共同承办：{B} 2023-07-05 起（共同上级决定，测试区政府）" in counter("show", number).out
    assert [row["case_no"] for row in counter.ok("list", "--where", f"共同承办:{B}")] == [number]
    assert counter.ok("list", "--where", f"共同承办:{A}") == []
    rows = {
        row["name"]: row["volumes"]["cases"]
        for row in counter.ok("stats", "--month", "2023-07", "--by", "unit")["rows"]
    }
    assert (rows[A], rows[B]) == (1, 0)
    counter.ok("unit", "add", C)
    counter.ok("unit", "merge", B, "--into", C)
    assert [row["case_no"] for row in counter.ok("list", "--where", f"共同承办:{C}")] == [number]
    counter.ok("co-handle", number, "--unit", C, "--ended")
    assert counter.ok("show", number)["co_units"] == []
    counter.ok("undo")
    assert [one["unit"] for one in counter.ok("show", number)["co_units"]] == [C]
    assert counter.ok("doctor")["problems"] == []


def test_who_withdrew_is_reminded(counter: Counter) -> None:
    number = assigned(counter)
    counter.ok("recuse", number, "--person", "测试员", "--reason", "与信访人是亲属", "--replaced-by", "测试丁")
    done = counter.ok("note", number, "--text", "已约见")
    assert any("已记回避" in text for text in done["warnings"])
    assert "warnings" not in counter.ok("note", number, "--text", "已约见", actor="测试丁")
    assert "回避：2023-07-17 本局 测试员，测试丁 接办" in counter("show", number).out
    assert counter("recuse", number, "--person", "测试己").code == 1


def test_three_crossings_are_named(counter: Counter) -> None:
    number = assigned(counter, crossing="跨地区、人户分离")
    other = assigned(counter)
    assert counter.ok("show", number)["crossing"] == ["regions", "home_apart"]
    assert "三跨三分离：跨地区、人户分离" in counter("show", number).out
    for where in ("三跨三分离:人户分离", "是:三跨"):
        assert [row["case_no"] for row in counter.ok("list", "--where", where)] == [number]
    assert [row["case_no"] for row in counter.ok("list", "--where", "三跨三分离:无")] == [other]
    counter.ok("edit", number, "--crossing", "跨部门")
    assert "三跨三分离：跨地区、人户分离 → 跨部门" in counter("show", number).out
    counter.ok("edit", number, "--crossing", "无")
    assert counter.ok("list", "--where", "是:三跨") == []


def test_a_sheet_says_who_answers_too(counter: Counter, tmp_path: Path) -> None:
    sheet = tmp_path / "台账.csv"
    sheet.write_text(
        "登记编号,收到日期,信访形式,信访目的,概况,责任单位,共同承办单位,转办日期,三跨三分离\n"
        f"XF2023-000901,2023-07-03,来信,申诉求决,测试,{A},{B}、{C},2023-07-04,跨地区\n"
        f"XF2023-000902,2023-07-03,来信,申诉求决,测试,{A},,2023-07-04,否\n"
        f"XF2023-000903,2023-07-03,来信,申诉求决,测试,,{B},,\n",
        "utf-8",
    )
    found = counter("import", str(sheet), "--json").json()
    assert (found["imported"], found["rejected"]) == (2, 1)
    assert found["reasons"][0]["column"] == "共同承办单位"
    shown = counter.ok("show", "901")
    assert [one["unit"] for one in shown["co_units"]] == [B, C]
    assert shown["crossing"] == ["regions"]
    assert counter.ok("show", "902")["crossing"] == []


def test_the_days_of_a_simple_acceptance_are_a_setting(counter: Counter) -> None:
    number = assigned(counter)
    assert "简易办理受理期限（工作日） ◇" in counter("rules").out
    late = counter.ok("accept", number, "--pathway", "simple", "--on", "2023-07-10")["warnings"]
    assert any("本局规定" in text and "2023-07-07" in text for text in late)
    counter.ok("undo")
    counter.ok("config", "set", "limits.simple_acceptance", "4", "--citation", "测试〔2023〕1号")
    assert "warnings" not in counter.ok("accept", number, "--pathway", "simple", "--on", "2023-07-10")


def test_a_relapse_stays_told_when_it_is_resolved_again(counter: Counter) -> None:
    number = counter.add("2023-02-01")
    counter.ok("backlog", "batch", "add", "第一批", "--target", "90")
    counter.ok("backlog", "join", number, "--batch", "第一批", "--on", "2023-02-02")
    counter.ok("backlog", "resolve", number, "--batch", "第一批", "--how", "诉求解决", "--on", "2023-03-01")
    counter.add("2023-04-01", repeat_of=number)
    counter.ok("backlog", "resolve", number, "--batch", "第一批", "--how", "诉求解决", "--on", "2023-06-01")
    assert counter.ok("show", number)["backlog"][0]["resolved_before"] == ["2023-03-01"]
    assert "2023-06-01 化解  （2023-03-01 化解过，后来反弹）" in counter("show", number).out
