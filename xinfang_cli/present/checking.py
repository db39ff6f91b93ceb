"""The doubts before a bulletin is sealed, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS, VOLUMES
from xinfang_cli.office.figures.checking import Doubt
from xinfang_cli.present.figures import BASE, missed_word

_SPANS = {"now": "本期", "so_far": "累计", "previous": "上期", "year_ago": "上年同期", "trend": "走势"}


def sentence(doubt: Doubt) -> str:
    """One doubt as it is read before sealing."""
    span = _SPANS[doubt.span]
    figure = doubt.figure
    name = figure_name(figure)
    if doubt.code == "differs":
        return f"{span}{row_name(doubt.row, figure)}{name}写的是 {_numbers(doubt.said)}，逐件再数是 {_numbers(doubt.counted)}"
    if doubt.code == "no_data":
        return f"{span}没有{BASE[figure]}的数据，不作比较"
    if doubt.code == "small_base":
        return f"{span}{name}只有 {doubt.said[1]} 件，写 {_numbers(doubt.said)}，不写百分比"
    if doubt.code == "excluded":
        cases, missed = doubt.said
        bad = f"，其中{missed_word(figure)} {missed} 件" if missed else ""
        return f"{span}{name}剔除了 {cases} 件{bad}"
    if doubt.code == "acceptance_missing":
        cases, late = doubt.said
        bad = f"，其中 {late} 件因此算逾期" if late else ""
        return f"{span}{name}里有 {cases} 件缺受理（没有受理日期），按办结日算{bad}"
    if doubt.code == "acceptance_unstated":
        return f"{span}{name}不计缺受理的 {doubt.said[0]} 件：没有受理日期，不知道是否按期"
    if doubt.code == "guesses":
        return f"{span}{name}里有 {doubt.said[0]} 个期限的到期日为约，所在年的放假安排公布后会重算"
    return "本期还没有结束"


_PARTS = {
    "channel": "信访形式",
    "kind": "信访目的",
    "topic": "内容分类",
    "region": "问题属地",
    "source": "来源",
    "level": "到访层级",
    "form": "件数",
    "appeals": "申诉求决",
    "mean": "平均天数",
    "median": "中位天数",
    "longest": "最长天数",
    "later_closings": "重新办结",
    "no_unit": "没有责任单位",
    "done": "做的事",
    "overdue": "超期未办",
    "problem": "通报的件",
    "hidden": "不列名的件",
    "excluded": "剔除的件",
    "lead": "包案领导",
    "resolved": "化解",
    "complained_of": "被反映",
    "reception": "领导接访",
    "reception:leader_times": "领导接访人次",
    "reception:groups": "领导接访批次",
    "reception:people": "领导接访人数",
    "reception:matters": "领导接访事项",
    "reception:orders": "领导接访交办",
    "reception:carried_out": "领导接访交办已落实",
    "reception:orders_overdue": "领导接访交办超期未落实",
    "reception:open_matters": "领导接访未闭环",
    "reception:days_on_duty": "领导接访值班天数",
    "reception:days_missing": "领导接访缺访天数",
    "reception:days_without_visitor": "领导接访无访天数",
    "reception:days_invited": "领导接访约访天数",
    "reception:roster_entered_on": "领导接访日程录入日",
    "advice": "三项建议",
    "standing": "上级名次",
}


def row_name(row: str, figure: str) -> str:
    """The label of a row: a unit or number unchanged, a word by its label."""
    from xinfang_cli.law.events.registry import EVENT

    words = {"channel": terms.CHANNEL, "kind": terms.KIND, "level": terms.LEVEL, "source": terms.SOURCE}.get(figure)
    if figure == "done":
        words = next((one for one in (terms.MODE, terms.STEP) if row in one.labels), EVENT)
    elif figure.startswith("no_unit"):
        words = terms.STAGE
    if figure.startswith("reception:"):
        return ""
    if figure in ("groups", "visit_people", "group_visits", "group_visit_people"):
        words = terms.LEVEL
    if figure == "advice:given":
        words = terms.ADVICE
    return (words.labels.get(row) if words else None) or row or "未填的"


def figure_name(figure: str) -> str:
    """The label of a figure, volume, part or list."""
    if figure in DEFINITIONS:
        return DEFINITIONS[figure].label
    if figure in VOLUMES:
        return VOLUMES[figure].label
    head, _, key = figure.partition(":")
    if key in DEFINITIONS and head in ("excluded", "excluded_missed"):
        return f"{DEFINITIONS[key].label}剔除的" + (f"（{missed_word(key)}）" if head == "excluded_missed" else "")
    if key in DEFINITIONS and head == "acceptance_missing":
        return f"{DEFINITIONS[key].label}不计的缺受理"
    if head == "lead":
        return f"{_PARTS[head]}{key}"
    return _PARTS.get(figure) or _PARTS.get(figure.partition(":")[0], figure)


def _numbers(numbers: tuple[float, ...]) -> str:
    return "/".join(map(str, numbers)) or "没有"


def document(doubts: Iterable[Doubt]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {**doubt._asdict(), "said": list(doubt.said), "counted": list(doubt.counted), "words": sentence(doubt)}
        for doubt in doubts
    ]
