"""What the bureau answered itself, what is still to be forwarded, and what nobody answered, each called what it is."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Counter

ENDS = {
    "close {} --outcome 解释说明 --delivered 今天": "本局直接办理",
    "file {} --reason 内容不清": "已存查",
    "refuse {} --ground 正在办理 --reason 测试局在办": "不予受理",
    "withdraw {} --reason 已解决": "已撤回",
    "": "未转送",
}


def name(counter: Counter) -> list[str]:
    rows = counter.ok("stats", "--month", "2023-07", "--by", "unit")["rows"]
    return [row["name"] for row in rows if row["volumes"]["cases"]]


@pytest.mark.parametrize(("words", "called"), ENDS.items())
def test_a_row_without_a_unit_is_called_what_it_is(counter: Counter, words: str, called: str) -> None:
    number = counter.add("2023-07-03")
    if words:
        counter.ok(*words.format(number).split())
    assert name(counter) == [called]
    listed = counter("list").out
    assert ("未转送" in listed) == (called == "未转送")
    assert ("本局直接办理" in listed) == (called == "本局直接办理")
    behind = counter("stats", "--month", "2023-07", "--cases", "cases").out
    assert ("未转送" in behind, "本局直接办理" in behind) == (called == "未转送", called == "本局直接办理")


def test_a_row_of_several_names_each(counter: Counter) -> None:
    for words in ENDS:
        number = counter.add("2023-07-03")
        if words:
            counter.ok(*words.format(number).split())
    assert name(counter) == ["本局直接办理、未转送、不予受理、已存查、已撤回"]
    sent = counter.add("2023-07-03")
    counter.ok("assign", sent, "--to", "测试局", "--new-unit")
    assert name(counter) == ["测试局", "本局直接办理、未转送、不予受理、已存查、已撤回"]
    assert len(counter.ok("stats", "--month", "2023-07", "--cases", "cases", "--unit", "未转送")) == 5


def test_who_has_to_rate_is_no_unit_that_has_to_be_in_time(counter: Counter) -> None:
    for _ in range(3):
        number = counter.add("2023-07-03")
        counter.ok("assign", number, "--to", "测试局", "--new-unit", "--on", "2023-07-04")
        counter.ok("accept", number, "--on", "2023-07-05")
        counter.ok("close", number, "--outcome", "解释说明", "--on", "2023-07-06", "--delivered", "2023-07-06")
    out = counter("outlook", "--month", "2023-08", "--target", "90").out
    line = next(line for line in out.splitlines() if line.startswith("参评率"))
    assert "还须评价 3 件" in line
    assert "还须按期" not in line
