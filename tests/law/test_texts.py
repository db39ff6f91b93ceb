"""When a word stands in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfang_cli.law.texts import normal, places, title_key


@pytest.mark.parametrize(
    ("text", "word", "marked"),
    [
        ("反映供水压力不足", "供水", ["供水"]),
        ("反映供水、再供水", "供水", ["供水", "供水"]),
        ("供 水\n压力", "供水压", ["供 水\n压"]),
        ("ＡＢＣ１２３", "abc123", ["ＡＢＣ１２３"]),
        ("Abc", "aBC", ["Abc"]),
        ("一(二)", "（二）", ["(二)"]),
        ("一〇一", "零", []),
        ("供水供", "供", ["供", "供"]),
    ],
)
def test_places(text: str, word: str, marked: list[str]) -> None:
    assert [text[first:last] for first, last in places(text, [normal(word)])] == marked


def test_places_of_several_words_are_in_order_and_joined() -> None:
    assert places("反映供水压力不足", ["压力", "水压", "反"]) == [(0, 1), (3, 6)]


@given(st.text(), st.integers(0, 20), st.integers(1, 5))
def test_every_piece_of_a_text_is_found_in_it(text: str, start: int, length: int) -> None:
    word = normal(text[start : start + length])
    assert not word or places(text, [word])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("反映供水压力不足", "供水压力不足的问题", True),
        ("反映测试路供水压力不足", "要求解决：供水压力不足（测试路）", False),
        ("测试路供水压力不足", "供水压力不足（测试路）", True),
        ("反映供水压力不足", "反映供电压力不足", False),
    ],
)
def test_titles_of_the_same_words(one: str, other: str, same: bool) -> None:
    assert (title_key(one) == title_key(other)) is same


def test_a_title_too_short_says_nothing() -> None:
    assert title_key("反映问题") == title_key("咨询") == ""
