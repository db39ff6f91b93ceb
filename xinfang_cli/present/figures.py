"""The figures in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, GroupRow, Rate
from xinfang_cli.law.periods import change_in_words, change_percent, points_in_words

PARTS = {
    "on_time": "按期",
    "late": "逾期",
    "overdue": "超期未办",
    "pending": "未到期",
    "numerator": "计入",
    "rest": "未计入",
}
VOLUMES = {
    "cases": "收到（件）",
    "people": "人数",
    "groups": "来访（批）",
    "visit_people": "来访（人次）",
    "group_visits": "集体访（批）",
    "group_visit_people": "集体访（人次）",
    "joint_letters": "联名（件）",
    "first": "初次（件）",
    "repeat": "重复（件）",
}
PEOPLE_OF = {"people": "cases", "visit_people": "groups", "group_visit_people": "group_visits"}
"""A number of people → the cases whose people it adds up."""
DIMENSIONS = {
    "unit": "单位",
    "channel": "信访形式",
    "kind": "信访目的",
    "topic": "内容分类",
    "region": "问题属地",
    "level": "到访层级",
    "source": "来源",
}
AGAINST = {"previous": "环比", "year_ago": "同比"}
BASE = {"previous": "上期", "year_ago": "上年同期"}


def rate_record(rate: Rate) -> dict[str, Any]:
    """A rate as JSON."""
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "percent": rate.percent,
        **(rate.parts or {}),
    }


def _row_record(row: GroupRow, ranked: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": row.name,
        "group": row.group or None,
        "rates": {key: rate_record(rate) for key, rate in row.rates.items()},
        "volumes": row.volumes,
    }
    if ranked:
        record |= {"ranks": row.ranks, "overall_rank": row.overall_rank}
    return record


def record(figures: Figures) -> dict[str, Any]:
    """The JSON document of contract.md."""
    found: dict[str, Any] = {
        "period": {"from": figures.first, "to": figures.last},
        "as_of": figures.as_of,
        "basis": figures.basis,
        "first_only": figures.first_only,
        "excluded": figures.excluded,
        "rates": {key: rate_record(rate) for key, rate in figures.rates.items()},
        "volumes": figures.volumes,
    }
    if figures.only:
        found["only"] = figures.only
    if figures.against:
        found["compare"] = {name: comparison(figures, other, BASE[name]) for name, other in figures.against.items()}
    if figures.trend:
        found["trend"] = [
            {
                "period": {"from": one.first, "to": one.last},
                "label": one.period.label,
                "rates": {key: rate_record(rate) for key, rate in one.rates.items()},
                "volumes": one.volumes,
            }
            for one in figures.trend
        ]
    if figures.by:
        found["by"] = list(figures.by)
        found["four_rates"] = list(figures.four_rates)
        found["rows"] = [_row_record(row, figures.ranked) for row in figures.rows]
        for name, other in figures.against.items():
            before = {row.key: row for row in other.rows}
            for row, line in zip(figures.rows, found["rows"], strict=True):
                line.setdefault("compare", {})[name] = _row_comparison(row, before.get(row.key), BASE[name])
        if figures.subtotals:
            found["subtotals"] = [_row_record(row, False) for row in figures.subtotals]
    return found


def comparison(now: Figures, before: Figures, base: str = "上期") -> dict[str, Any]:
    """Volumes and rates beside those of another period: the change in percent, the difference in 个百分点."""
    return {
        "period": {"from": before.first, "to": before.last},
        "volumes": {key: _change(now.volumes[key], before.volumes[key], base) for key in VOLUMES},
        "rates": {key: _points(rate, before.rates[key]) for key, rate in now.rates.items() if key != "backlog"},
    }


def _change(now: int, before: int, base: str) -> dict[str, Any]:
    return {
        "before": before,
        "change": now - before,
        "percent": change_percent(now, before),
        "words": change_in_words(now, before, base),
    }


def _points(now: Rate, before: Rate) -> dict[str, Any]:
    both = now.percent is not None and before.percent is not None
    return {
        **rate_record(before),
        "points": round((now.percent or 0) - (before.percent or 0), 2) if both else None,
        "words": points_in_words(now.percent, before.percent),
    }


def _row_comparison(row: GroupRow, before: GroupRow | None, base: str) -> dict[str, Any]:
    was = before or GroupRow("")
    return {
        "cases": _change(row.volumes.get("cases", 0), was.volumes.get("cases", 0), base),
        "rates": {
            key: _points(rate, was.rates.get(key, Rate())) for key, rate in row.rates.items() if key != "backlog"
        },
    }


def percent(value: float | None) -> str:
    """Two decimals, or — for a zero denominator."""
    return "—" if value is None else f"{value:.2f}%"


def trend_label(figures: Figures, whole: bool = False) -> str:
    """A short name for a period of a trend: 23-06, 23Q2 (`whole`: 2023-06, 2023Q2), 2023, or its first day."""
    first = figures.first
    kind = figures.period.kind
    year = f"{first:%Y}" if whole else f"{first:%y}"
    if kind == "month":
        return f"{year}-{first:%m}"
    if kind == "quarter":
        return f"{year}Q{(first.month + 2) // 3}"
    return f"{first:%Y}" if kind == "year" else f"{first:%m-%d}"


def definitions() -> list[dict[str, Any]]:
    """The definitions of the figures, for `rules --figures`."""
    return [{"key": d.key, "label": d.label, "words": d.words, "basis": d.basis} for d in DEFINITIONS.values()]
