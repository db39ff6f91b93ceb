"""The doubts before a bulletin is sealed, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xinfang_cli.law.figures.definitions import DEFINITIONS, VOLUMES
from xinfang_cli.office.figures.checking import Doubt
from xinfang_cli.present.figures import BASE, missed_word

_SPANS = {"now": "本期", "so_far": "累计"}


def sentence(doubt: Doubt) -> str:
    """One doubt as it is read before sealing."""
    span = _SPANS[doubt.span]
    figure = doubt.figure
    name = DEFINITIONS[figure].label if figure in DEFINITIONS else VOLUMES[figure].label if figure in VOLUMES else ""
    if doubt.code == "differs":
        return f"{span}{doubt.row}{name}写的是 {_numbers(doubt.said)}，逐件再数是 {_numbers(doubt.counted)}"
    if doubt.code == "no_data":
        return f"{span}没有{BASE[figure]}的数据，不作比较"
    if doubt.code == "small_base":
        return f"{span}{name}只有 {doubt.said[1]} 件，写 {_numbers(doubt.said)}，不写百分比"
    if doubt.code == "excluded":
        cases, missed = doubt.said
        bad = f"，其中{missed_word(figure)} {missed} 件" if missed else ""
        return f"{span}{name}剔除了 {cases} 件{bad}"
    if doubt.code == "guesses":
        return f"{span}{name}里有 {doubt.said[0]} 个期限的到期日为约，所在年的放假安排公布后会重算"
    return "本期还没有结束"


def _numbers(numbers: tuple[int, ...]) -> str:
    return "/".join(map(str, numbers)) or "没有"


def document(doubts: Iterable[Doubt]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {**doubt._asdict(), "said": list(doubt.said), "counted": list(doubt.counted), "words": sentence(doubt)}
        for doubt in doubts
    ]
