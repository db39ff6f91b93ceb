"""JSON and CSV."""

from __future__ import annotations

import csv
import io
from datetime import date
from json import loads
from typing import Any

import pytest

from xinfang_cli.present import machine


def test_json_of_days_and_sets(capsys: pytest.CaptureFixture[str]) -> None:
    machine.print_json({"day": date(2023, 7, 17), "set": {"b", "a"}, "text": "信访", "none": None})
    out = capsys.readouterr().out
    assert loads(out) == {"day": "2023-07-17", "set": ["a", "b"], "text": "信访", "none": None}
    assert "信访" in out
    assert out.endswith("\n")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\n=1", "'\n=1"),
        (" =1", "' =1"),
        ("\u3000=1", "'\u3000=1"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("\n信访", "\n信访"),
        ("信访", "信访"),
        ("1=1", "1=1"),
        ("", ""),
        (-3, -3),
        (None, None),
    ],
)
def test_a_formula_is_made_text(value: object, cell: object) -> None:
    assert machine.harmless(value) == cell


@pytest.mark.parametrize("sign", ["\x7f", "\x85", "\x9b", "\u200e", "\u2028", "\u202e", "\u2066", "\ufeff", "\ufffe"])
def test_what_a_terminal_obeys_is_an_escape_in_json(capsys: pytest.CaptureFixture[str], sign: str) -> None:
    machine.print_json({"title": f"甲{sign}乙"})
    said = capsys.readouterr().out
    assert sign not in said
    assert loads(said) == {"title": f"甲{sign}乙"}
    assert loads(machine.as_json([f"甲{sign}乙"])) == [f"甲{sign}乙"]


def test_ordinary_signs_are_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    machine.print_json("甲·乙　𠮷￥“”\n")
    assert capsys.readouterr().out == '"甲·乙　𠮷￥“”\\n"\n'


def test_csv(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[dict[str, Any]] = [{"a": '引"号,逗号\n换行', "b": None}, {"a": "=x", "b": -3, "c": "not asked for"}]
    machine.print_csv_rows(*machine.csv_of(rows, {"a": "甲", "b": "乙"}))
    out = capsys.readouterr().out
    assert out.startswith("\ufeff甲,乙\r\n")
    found = list(csv.reader(io.StringIO(out[1:], newline="")))
    assert found == [["甲", "乙"], ['引"号,逗号\n换行', ""], ["'=x", "-3"]]
