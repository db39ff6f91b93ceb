"""Anonymous cases for outside statistics, each equal to at least four others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS

LEAST = 5
"""So many cases at least are alike in every column (k-anonymity)."""
MERGED = "合并"
COLUMNS = (
    *(("month", "收到月份"), ("channel", LABELS["channel"]), ("kind", LABELS["kind"]), ("topic", LABELS["topic"])),
    *(
        ("region", LABELS["region"]),
        ("size", LABELS["headcount"]),
        ("repeat_mark", LABELS["repeat_mark"]),
        ("unit", LABELS["unit"]),
    ),
    *(("stage", LABELS["stage"]), ("result", LABELS["outcome"])),
)
_TOWN = re.compile(r".*?(?:街道|镇|乡)")


class Anonymous(NamedTuple):
    """The rows, in an order that says nothing; in how many each column was made coarser, how many were left out."""

    rows: list[dict[str, str]]
    merged: dict[str, int]
    left_out: int
    accusations: bool = False

    def told(self) -> str:
        """A description of the anonymisation, for the publisher."""
        names = dict(COLUMNS)
        merged = "、".join(f"{names[key]} {count} 件" for key, count in self.merged.items() if count)
        return (
            f"没有编号、姓名、概况和内容；日期只到月，属地只到镇街；各列都相同的至少 {LEAST} 件，不足的合并"
            + (f"（{merged}）" if merged else "（没有）")
            + ("；检举控告件的分类、属地、人数、单位都合并" if self.accusations else "")
            + (f"，合并后仍不足的 {self.left_out} 件没有写出" if self.left_out else "")
        )


def _coarser_month(month: str) -> str:
    """A month, its quarter, its year, nothing."""
    if re.fullmatch(r"\d{4}-\d\d", month):
        return f"{month[:4]}年第{(int(month[5:]) + 2) // 3}季度"
    return month[:5] if "季度" in month else MERGED


def _merged(_: str) -> str:
    return MERGED


_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    *(("result", _merged), ("month", _coarser_month), ("topic", _merged), ("region", _merged)),
    *(("month", _coarser_month), ("unit", _merged), ("size", _merged), ("stage", _merged)),
    *(("month", _coarser_month), ("channel", _merged), ("repeat_mark", _merged), ("kind", _merged)),
)
"""What is given up, in this order, by the rows that are still too few."""


def anonymous(cases: Iterable[Mapping[str, Any]]) -> Anonymous:
    """An export's cases coarsened until none is unique; remaining unique ones are left out."""
    rows = [_coarse(case) for case in cases]
    accusations = any(row["kind"] == terms.KIND.label("accusation") for row in rows)
    touched: dict[str, set[int]] = {key: set() for key, _ in COLUMNS}
    for key, coarser in _STEPS:
        few = _few(rows)
        for place in few:
            was = rows[place][key]
            rows[place][key] = coarser(was)
            if rows[place][key] != was:
                touched[key].add(place)
    gone = _few(rows)
    kept = [row for place, row in enumerate(rows) if place not in gone]
    kept.sort(key=lambda row: tuple(row.values()))
    return Anonymous(kept, {key: len(places - gone) for key, places in touched.items()}, len(gone), accusations)


def _few(rows: list[dict[str, str]]) -> set[int]:
    """The places of the rows that fewer than LEAST are like."""
    counts = Counter(tuple(row.values()) for row in rows)
    return {place for place, row in enumerate(rows) if counts[tuple(row.values())] < LEAST}


def _coarse(case: Mapping[str, Any]) -> dict[str, str]:
    people = case["headcount"]
    place = case["region"] or ""
    town = _TOWN.match(place)
    made = {
        "month": case["received_on"][:7],
        "channel": terms.CHANNEL.label(case["channel"]) if case["channel"] else "",
        "kind": terms.KIND.label(case["kind"]) if case["kind"] else "",
        "topic": case["topic"] or "",
        "region": town[0] if town else place,
        "size": "1" if people <= 1 else "2—4" if people <= 4 else "5 以上",
        "repeat_mark": "初次" if case["first"] else "重复",
        "unit": case["unit"] or "",
        "stage": terms.STAGE.label(case["stage"]),
        "result": terms.OUTCOME.label(case["outcome"]) if case["outcome"] else "",
    }
    if case["kind"] != "accusation":
        return made
    group = terms.CHANNEL_ALONE.get(case["channel"], case["channel"])
    return {**made, **dict.fromkeys(("topic", "region", "size", "unit"), MERGED), "channel": terms.CHANNEL.label(group)}
