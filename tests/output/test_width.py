"""Cells of a terminal, and folding."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xinfang_cli.present.width import cells, fold


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("信访", 4),
        ("a信b", 4),
        ("ＡＢ", 4),
        ("，。", 4),
        ("—", 1),
        ("e\u0301", 1),
        ("❤️", 1),
        ("😀", 2),
        ("a\u200bb", 2),
    ],
)
def test_cells(text: str, width: int) -> None:
    assert cells(text) == width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        ("信访", 10, ["信访"]),
        ("信访局的案件簿", 8, ["信访局的", "案件簿"]),
        ("信访局的，案件簿", 8, ["信访局", "的，案件", "簿"]),
        ("到 2023-07-17 为止", 12, ["到", "2023-07-17", "为止"]),
        ("要求纳入低保（大湾村）", 14, ["要求纳入低保", "（大湾村）"]),
        ("收到  网上信访  1 人", 18, ["收到  网上信访", "1 人"]),
        ("到期日 7-18，还有 3 天", 20, ["到期日 7-18，还有", "3 天"]),
        ("  一二三四五", 8, ["  一二三", "  四五"]),
        ("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5]),
        ("！" * 9, 8, ["！！！！", "！！！！", "！"]),
    ],
)
def test_fold(text: str, width: int, lines: list[str]) -> None:
    assert fold(text, width) == lines


@example("22  。", 2)
@given(st.text(alphabet="信访，。ab2-（） 😀\u0301", max_size=120), st.integers(2, 40))
def test_folding_loses_nothing_but_blanks_and_never_runs_over(text: str, width: int) -> None:
    lines = fold(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cells(line) <= width for line in lines)
