"""search, list, view, person and duplicates at the counter."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Counter

CASE_KEYS = {
    "case_no", "external_no", "title", "stage", "channel", "kind", "topic", "region", "received_on", "unit", "first",
    "repeat_of", "headcount", "priority", "assigned_on", "accepted_on", "closed_on", "outcome", "next_clock", "due_on",
    "days_left",
}  # fmt: skip


def test_what_search_found_says_where(counter: Counter) -> None:
    no = counter.add(title="反映供水压力不足", content="夜间水压低", name="测试甲", phone="13012345678")
    counter.ok("note", "1", "--text", "已通知水务部门检修水泵")
    (row,) = counter.ok("search", "水")
    assert row.keys() > CASE_KEYS
    assert row["case_no"] == no
    assert row["hits"] == [
        {"field": "title", "text": "反映供水压力不足"},
        {"field": "content", "text": "夜间水压低"},
        {"field": "note", "text": "已通知水务部门检修水泵"},
    ]
    ran = counter("search", "水压", "夜间")
    assert ran.code == 0
    assert no in ran.out
    assert "内容：夜间水压低" in ran.out
    assert "命中" in counter("search", "水", "--csv").out.splitlines()[0]


def test_a_long_text_is_cut_around_the_hit(counter: Counter) -> None:
    counter.add(content="甲" * 300 + "供水" + "乙" * 300)
    (hit,) = [hit for hit in counter.ok("search", "供水")[0]["hits"] if hit["field"] == "content"]
    assert hit["text"] == "…" + "甲" * 18 + "供水" + "乙" * 18 + "…"


def test_hits_in_names_and_phones_are_masked(counter: Counter) -> None:
    counter.add(name="测试甲", phone="13012345678")
    for word, shown in (("测试甲", "测**"), ("5678", "130****5678"), ("13012345678", "130****5678")):
        (row,) = counter.ok("search", word)
        assert [hit["text"] for hit in row["hits"]] == [shown]
        for ran in (counter("search", word), counter("search", word, "--csv"), counter("search", word, "--json")):
            assert "测试甲" not in ran.out
            assert "12345678" not in ran.out


def test_hits_stand_out_on_a_terminal(counter: Counter) -> None:
    counter.add(title="反映[red]供水[/red]压力")
    out = counter("search", "供水", terminal=True, env={"COLUMNS": "80", "TERM": "xterm-256color"}).out
    assert "反映[red]\x1b[1;31m供水\x1b[0m[/red]压力" in out
    plain = counter("search", "供水", terminal=True, env={"COLUMNS": "80", "NO_COLOR": "1"}).out
    assert "反映[red]供水[/red]压力" in plain


def test_nothing_found_and_nothing_asked(counter: Counter) -> None:
    assert counter.ok("search", "没有的词") == []
    assert "没有找到" in counter("search", "没有的词").out
    for words in ("没有、的词", "没有,的词", "没有/的词", "没有；的词"):
        assert "没有找到；几个词之间用空格隔开" in counter("search", words).out
    assert counter("search", " ").code == 1
    assert counter("search").code == 2


def test_list_grown_up(counter: Counter) -> None:
    one = counter.add("2023-06-01", title="反映供水", headcount="6")
    two = counter.add("2023-07-01", title="反映供电")
    counter.ok("assign", "1", "--to", "教育局", "--new-unit", "--on", "2023-06-05")
    assert [row["case_no"] for row in counter.ok("list", "--where", "unit:jyj due<7d")] == [one]
    assert [row["case_no"] for row in counter.ok("list", "--where", "供电")] == [two]
    assert [row["case_no"] for row in counter.ok("list", "--sort", "收到日期")] == [one, two]
    assert [row["case_no"] for row in counter.ok("list", "--sort", "-人数,编号")] == [one, two]
    assert counter.ok("list", "--where", "is:在办", "--where", "-unit:教育局", "--count") == {"count": 1}
    assert counter("list", "--count").out == "2\n"
    lines = counter("list", "--columns", "编号,单位,剩余").out.splitlines()
    assert lines[0].split() == ["登记编号", "责任单位", "剩余"]
    said = counter("list", "--columns", "概况,case_no", "--csv").out
    assert said.splitlines()[0] == "\ufeff概况,登记编号"
    for words in (["--where", "颜色:红"], ["--sort", "颜色"], ["--columns", "颜色"], ["--where", "due<某天"]):
        ran = counter("list", *words, "--json")
        assert (ran.code, ran.error()["code"]) == (1, "bad_value"), words


def test_a_list_under_a_name(counter: Counter) -> None:
    one = counter.add("2023-06-01")
    counter.add("2023-07-10")
    assert (
        counter("view", "save", "我的督办", "--where", "due<7d", "--sort", "到期日", "--columns", "编号,到期").code == 0
    )
    assert [row["case_no"] for row in counter.ok("list", "@我的督办")] == [one]
    assert [row["case_no"] for row in counter.ok("list", "--view", "我的督办")] == [one]
    assert counter.ok("list", "@我的督办", "--where", "is:重复") == []
    assert len(counter.ok("list", "@我的督办", today="2023-07-25")) == 2  # days stay relative
    assert "到期日" in counter("list", "@我的督办").out
    counter.ok("view", "save", "都要", "@我的督办", "--channel", "来信")
    assert [row["case_no"] for row in counter.ok("list", "@都要")] == [one]
    kept = counter.ok("view", "list")
    assert [(view["name"], view["made_by"]) for view in kept] == [("我的督办", "测试员"), ("都要", "测试员")]
    assert counter.ok("view", "save", "都要", "--channel", "来访")["new"] is False
    assert counter("view", "drop", "都要").code == 0
    missing = counter("list", "@都要", "--json")
    assert (missing.code, missing.error()["code"]) == (1, "not_found")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["坏的", "--where", "颜色:红"], 1),
        (["坏的", "--stage", "半办"], 1),
        (["坏的", "--nonsense"], 2),
        (["坏的"], 2),
        (["有 空格", "--overdue"], 1),
    ],
)
def test_a_list_that_could_not_be_is_not_kept(counter: Counter, words: list[str], code: int) -> None:
    assert counter("view", "save", *words).code == code
    assert counter.ok("view", "list") == []


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (["校车"], "只写其中一两个字"),
        (["供水", "校车"], "少写一个"),
        (["99"], "xinfang show"),
        (["XF2023-000099"], "xinfang show"),
        (["23-99"], "xinfang show"),
        (["110101199003070003"], "xinfang person"),
    ],
)
def test_nothing_found(counter: Counter, words: list[str], instead: str) -> None:
    counter.add()
    ran = counter("search", *words)
    assert ran.code == 0
    assert instead in ran.out


def test_person(counter: Counter) -> None:
    counter.add("2023-06-01", id_no="110101199001010010", phone="13012345678", address="测试镇测试村1号")
    counter.add("2023-07-01", id_no="110101199001010010")
    (found,) = counter.ok("person", "测试甲")
    assert found["names"] == ["测**"]
    assert "19900101" not in found["id_nos"][0]
    assert [case["received_on"] for case in found["cases"]] == ["2023-07-01", "2023-06-01"]
    assert found["cases"][0].keys() > CASE_KEYS
    ran = counter("person", "5678")
    assert "测试甲" not in ran.out + ran.err
    assert "共 2 件" in ran.out
    assert "测试甲" in counter("person", "110101199001010010", "--reveal").out
    assert counter("person", "测试乙").code == 1


def test_duplicates(counter: Counter) -> None:
    one, two = counter.add("2023-06-01", phone="13012345678"), counter.add("2023-06-02", phone="13012345678")
    (row,) = counter.ok("duplicates")
    assert (row["case_no"], row["earlier"]["case_no"], row["grounds"]) == (two, one, ["name_phone"])
    assert "姓名和电话相同" in counter("duplicates").out
    assert counter.ok("duplicates", "--ground", "证件") == []
    assert counter.ok("duplicates", "--where", "校车") == []  # a word alone narrows this list too
    assert "疑似原件" in counter("duplicates", "--csv").out
    counter.ok("link", "2", "--repeat-of", "1")
    assert counter.ok("duplicates") == []


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a Unix terminal")
def test_a_long_list_goes_through_the_pager(
    counter: Counter, shell: Callable[..., tuple[list[str], dict[str, str]]], tmp_path: Path
) -> None:
    import pexpect

    for _ in range(30):
        counter.add()
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {tmp_path}/paged\n")
    pager.chmod(0o755)
    for limit, paged in (("0", True), ("3", False)):
        (tmp_path / "paged").unlink(missing_ok=True)
        argv, env = shell("list", "--limit", limit, PAGER=str(pager))
        child = pexpect.spawn(argv[0], argv[1:], env=env, dimensions=(24, 100), encoding="utf-8", timeout=20)
        shown = child.read()
        child.close()
        assert child.exitstatus == 0
        assert (tmp_path / "paged").exists() is paged
        if paged:
            assert "XF2023-000030" not in shown
            assert "XF2023-000030" in (tmp_path / "paged").read_text()
        else:
            assert "显示前 3 件" in shown
    assert os.environ.get("PAGER") is None


def test_attach(counter: Counter, tmp_path: Path) -> None:
    counter.add("2023-07-01")
    letter = tmp_path / "来信.txt"
    letter.write_text("甲")
    shown = counter.ok("attach", "1", str(letter), "--on", "7-10")
    assert [file["name"] for file in shown["attachments"]] == ["来信.txt"]
    assert "附件：来信.txt  3 字节  2023-07-10" in counter("show", "1").out
    assert "--with-files" in counter("backup", str(tmp_path / "b.db")).err
    assert counter.ok("backup", str(tmp_path / "c.db"), "--with-files")["files"] == 1
    assert counter("export", "-o", str(tmp_path / "a.xlsx"), "--files", str(tmp_path / "f")).code == 1
    assert counter("export", "-o", str(tmp_path / "a.xlsx"), "--files", str(tmp_path / "f"), "--reveal").code == 0
    assert (tmp_path / "f" / "XF2023-000001" / "来信.txt").read_text() == "甲"
    assert counter("attach", "1").code == 2
    assert counter("attach", "1", str(tmp_path / "没有")).code == 3
    shutil.rmtree(f"{counter.path}.files")
    ran = counter("doctor")
    assert (ran.code, "xinfang attach" in ran.err, "--rebuild" in ran.err) == (1, True, False)
    assert counter.ok("attach", "1", str(letter))["attachments"][0]["there"] is True
    assert counter("doctor").code == 0
    assert counter("undo").code == 0
    assert "附件：" not in counter("show", "1").out
