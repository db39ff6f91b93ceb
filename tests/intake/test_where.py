"""The words of `list --where`."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfang_cli.errors import BadValue
from xinfang_cli.intake.where import parse
from xinfang_cli.law.conditions import Term

TODAY = date(2023, 7, 17)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("stage:accepted", [Term("stage", ":", ("accepted",))]),
        ("阶段：办理中，已办结", [Term("stage", ":", ("accepted", "closed"))]),
        ("unit:教育局 due<7d", [Term("unit", ":", ("教育局",)), Term("due", "<", ("2023-07-24",))]),
        ("到期<=7天", [Term("due", "<=", ("2023-07-24",))]),
        ("received>=-30d", [Term("received", ">=", ("2023-06-17",))]),
        ("收到:2023-06", [Term("received", ":", (("2023-06-01", "2023-06-30"),))]),
        ("收到:2023Q1", [Term("received", ":", (("2023-01-01", "2023-03-31"),))]),
        (
            "received>=2023-06 received<2023-07",
            [Term("received", ">=", ("2023-06-01",)), Term("received", "<", ("2023-07-01",))],
        ),
        (
            "received>2023-06 received<=2023Q2",
            [Term("received", ">", ("2023-06-30",)), Term("received", "<=", ("2023-06-30",))],
        ),
        ("received:2023-01..2023-06", [Term("received", ":", (("2023-01-01", "2023-06-30"),))]),
        ("closed:2023-06-01..", [Term("closed", ":", (("2023-06-01", "9999-12-31"),))]),
        ("收到:昨天", [Term("received", ":", (("2023-07-16", "2023-07-16"),))]),
        ("剩余<3", [Term("due", "<", ("2023-07-20",))]),
        ("left=0", [Term("due", ":", (("2023-07-17", "2023-07-17"),))]),
        ("人数>=5 returned>1", [Term("headcount", ">=", (5,)), Term("returned", ">", (1,))]),
        ("-tag:扬言 !lead:无", [Term("tag", ":", ("扬言",), True), Term("lead", ":", (None,), True)]),
        ("is:超期", [Term("is", ":", (("overdue", "2023-07-17"),))]),
        ("是:初次,督办", [Term("is", ":", ("first", "supervised"))]),
        ('lead:"测试 甲"', [Term("lead", ":", ("测试 甲",))]),
    ],
)
def test_conditions(text: str, terms: list[Term]) -> None:
    assert parse(text, TODAY) == (tuple(terms), ())


def test_words_without_a_sign_are_looked_for_in_the_texts() -> None:
    terms, words = parse('stage:办理中 供水 "a:b 12" - -噪音 ！"再 次" "-x"', TODAY)
    assert [term.field for term in terms] == ["stage", "text", "text", "text"]
    assert terms[1:] == tuple(Term("text", ":", (word,), True) for word in ("噪音", "再", "次"))
    assert words == ("供水", "a:b", "12", "-", "-x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("颜色:红", "没有「颜色」这一项"),
        ("stage<3", "不能比大小"),
        ("stage:", "没有写值"),
        ("stage:半办", "不在规定的词语里"),
        ("due<某天", "不是日期"),
        ("人数>多", "不是整数"),
        ("is:奇怪", "不认得"),
        ("  ", "是空的"),
    ],
)
def test_what_is_not_taken(text: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        parse(text, TODAY)


@given(st.text(max_size=40))
def test_anything_typed_is_taken_or_refused(text: str) -> None:
    with suppress(BadValue):
        parse(text, TODAY)


def test_cases_whose_sheet_did_not_say_are_found() -> None:
    """Nobody may say 表中未载 of a case, but who clears up after an import looks for it."""
    assert parse("意见:表中未载", TODAY) == ((Term("outcome", ":", ("unstated",)),), ())
