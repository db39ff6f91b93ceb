"""How a table goes into a window."""

from __future__ import annotations

import io
import os
import random
from datetime import date
from typing import Any

import pytest

from xinfang_cli.law.redaction import Known, redact
from xinfang_cli.office.exchange.collecting import CaseChange, Collected, CollectedFile, Refusal
from xinfang_cli.office.figures.reconcile import HeldCell, LikelyCase, Reason, Reconciled
from xinfang_cli.present.cases import days_left
from xinfang_cli.present.figures import percent
from xinfang_cli.present.width import cells
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column, fit, plain_letters, print_line, print_wrapped, sanitised, table

COLUMNS = [
    Column("编号"),
    Column("日期", drop=1),
    Column("概况", fixed=False, least=20),
    Column("单位", fixed=False, least=10),
    Column("备注", fixed=False, least=10, drop=2),
]
NATURAL = [14, 10, 50, 20, 30]


@pytest.mark.parametrize(
    ("width", "blocks", "left_out"),
    [
        (132, [{0: 14, 1: 10, 2: 50, 3: 20, 4: 30}], []),
        (200, [{0: 14, 1: 10, 2: 50, 3: 20, 4: 30}], []),
        (72, [{0: 14, 1: 10, 2: 20, 3: 10, 4: 10}], []),
        (74, [{0: 14, 1: 10, 2: 21, 3: 11, 4: 10}], []),
        (71, [{0: 14, 1: 10, 2: 26, 3: 15}], [4]),
        (59, [{0: 14, 2: 26, 3: 15}], [1, 4]),
        (48, [{0: 14, 2: 20, 3: 10}], [1, 4]),
        (47, [{0: 14, 2: 31}, {0: 14, 3: 20}], [1, 4]),
    ],
)
def test_shrink_then_drop_then_split(width: int, blocks: list[dict[int, int]], left_out: list[int]) -> None:
    assert fit(COLUMNS, NATURAL, width) == (blocks, left_out)


@pytest.mark.parametrize("width", range(1, 160))
def test_a_fixed_column_is_never_narrower_than_its_values(width: int) -> None:
    blocks, left_out = fit(COLUMNS, NATURAL, width)
    shown = {place for block in blocks for place in block}
    assert shown | set(left_out) == set(range(5))
    for block in blocks:
        assert 0 in block
        for place, size in block.items():
            assert size <= NATURAL[place]
            if COLUMNS[place].fixed:
                assert size == NATURAL[place]
            else:
                assert size >= min(COLUMNS[place].least, NATURAL[place])
        if len(block) > 2 or width >= 50:
            assert sum(block.values()) + 2 * (len(block) - 1) <= max(width, 36)


def test_joined_columns_stay_together() -> None:
    columns = [Column("单位", fixed=False), *[Column("率"), Column("名次", joined=True)] * 3, Column("综合")]
    blocks, _ = fit(columns, [20, 8, 4, 8, 4, 8, 4, 4], 54)
    assert [list(block) for block in blocks] == [[0, 1, 2, 3, 4], [0, 5, 6, 7]]


def test_plain_text_is_aligned_and_uncut(capsys: pytest.CaptureFixture[str]) -> None:
    long = "长" * 100
    table([Column("甲", fixed=False), Column("乙", right=True)], [("短", 1), (long, 22), ("a\nb", None)], "题")
    lines = capsys.readouterr().out.split("\n")
    assert lines[0] == "题"
    assert lines[1].endswith("乙")
    assert lines[2] == "短" + " " * 58 + "   1"
    assert lines[3] == long + "  22"
    assert lines[4].startswith("a b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("反映供水", "反映供水"),
        ("\x1b[31m红", " [31m红"),
        ("a\x00b\x07c\x7fd\x9be", "a b c d e"),
        ("一\n二", "一\n二"),
        ("\u202e反\u2066", " 反 "),
        ("😀👨‍👩‍👧", "😀👨‍👩‍👧"),
        ("\ud800", "?"),
        ("全\u3000角", "全\u3000角"),
    ],
)
def test_what_a_terminal_gets(text: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert sanitised(text) == shown
    print_line(text)
    print_wrapped(text)
    assert capsys.readouterr().out == f"{shown}\n{shown}\n"


def test_words_for_numbers() -> None:
    assert [days_left(left) for left in (-3, 0, 4)] == ["超 3 天", "今天到期", "还有 4 天"]
    assert [percent(value) for value in (None, 0.0, 100.0, 57.49)] == ["—", "0.00%", "100.00%", "57.49%"]


def test_a_narrow_terminal_breaks_no_day_in_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from xinfang_cli.terminal import collecting, reconcile

    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    why = "到期日 2023-05-28，在期初之前；收到日期 2023-05-29，在期初之前；到期日 2023-05-30"
    case = LikelyCase("XF2023-000373", redact("反映苹洲村拖欠工资", Known(), "screen"), Reason("void", other=why))
    cell = HeldCell(2, "教育局", "总量", "cases", 2, 1, 1, False, (case,))
    june = (date(2023, 6, 1), date(2023, 6, 30))
    reconcile.draw(Reconciled("a.xlsx", *june, june[1], "due", False, (), (), (cell,), ()))
    change = CaseChange(4, "XF2023-000373", "反映拖欠", (why,))
    refusal = Refusal(4, "XF2023-000373", "备注", why)
    file = CollectedFile("a.xlsx", "", "教育局", "2023-06-30", (change,), (refusal,), ())
    collecting.draw(Collected((file,), 1, 1, 1))
    told = capsys.readouterr().out.splitlines()
    assert max(cells(line) for line in told if line.startswith("  ")) <= 60
    days = ("2023-05-28", "2023-05-29", "2023-05-30")
    assert [sum(day in line for line in told) for day in days] == [3, 3, 3]


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def _on_a_terminal(monkeypatch: pytest.MonkeyPatch, *asked: Any) -> str:
    page = _Terminal()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", page)
        table(*asked)
    return page.getvalue()


def test_a_table_is_to_the_byte_what_rich_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    chance, drawn_by_us = random.Random(10), 0
    letters = "ab1 -，。中文题目…—（）·①㎡〇\n ％x𠀀"
    odd = [*letters, "☎️", "é", "\u200b", "😀"]  # Rich and we may not agree how wide: Rich draws
    for number in range(400):
        monkeypatch.setenv("COLUMNS", str(chance.randint(8, 100)))
        monkeypatch.setenv("TERM", chance.choice(["xterm", "xterm-256color", "linux", "dumb"]))
        monkeypatch.setenv("NO_COLOR", chance.choice(["", "", "", "1"]))
        count = chance.randint(1, 6)
        columns = [
            Column(
                "".join(chance.choice("中文ab") for _ in range(chance.randint(1, 4))),
                fixed=chance.random() < 0.5,
                right=chance.random() < 0.3,
                least=chance.randint(2, 10),
                drop=chance.choice([0, 0, 1]) if place else 0,
                lines=chance.choice([0, 0, 2]),
                joined=chance.random() < 0.2,
            )
            for place in range(count)
        ]
        pool = odd if number % 4 == 0 else letters
        rows = [
            ["".join(chance.choices(pool, k=chance.randint(0, 14))) if chance.random() < 0.9 else None for _ in columns]
            for _ in range(chance.randint(0, 4))
        ]
        styles = [chance.choice(["", "red", "yellow"]) for _ in rows] if chance.random() < 0.7 else None
        rules = frozenset(place for place in range(len(rows)) if chance.random() < 0.2)
        asked = (columns, rows, chance.choice(["", "标题", "很长的标题" * 4]), styles, rules)
        ours = _on_a_terminal(monkeypatch, *asked)
        with monkeypatch.context() as patch:
            patch.setattr(screen, "_plain_width", lambda: None)
            theirs = _on_a_terminal(patch, *asked)
        assert ours == theirs, asked
        drawn_by_us += os.environ["TERM"] != "dumb" and pool is letters
    assert drawn_by_us > 150


def test_letters_whose_width_nobody_disputes_are_as_wide_to_rich() -> None:
    from rich.cells import cell_len

    said = [chr(point) for point in range(0x20, 0x40000) if not 0xD800 <= point < 0xE000]
    assert [
        char for char in said if char.isprintable() and plain_letters([char]) and cell_len(char) != cells(char)
    ] == []
    assert plain_letters(["编号 XF2023-000001，镇（街）…", "甲\n乙"])
    assert not plain_letters(["e\u0301"])
    assert not plain_letters(["😀"])


def test_where_a_terminal_may_be_another_rich_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    original = screen._drawn

    def counted(*given: Any) -> Any:
        drawn.append(1)
        return original(*given)

    monkeypatch.setattr(screen, "_drawn", counted)
    asked = ([Column("甲")], [("乙",)])
    assert "\x1b[1m甲" in _on_a_terminal(monkeypatch, *asked)
    assert not drawn
    for name, value in (("TERM", "dumb"), ("FORCE_COLOR", "1"), ("TTY_COMPATIBLE", "0")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            _on_a_terminal(patch, *asked)
        assert len(drawn) == 1, name
        drawn.clear()
    with monkeypatch.context() as patch:
        patch.setattr(_Terminal, "encoding", "gbk")  # lines and boxes that such a terminal lacks
        _on_a_terminal(patch, *asked)
    assert drawn
