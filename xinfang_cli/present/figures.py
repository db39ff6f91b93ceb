"""Rates and volumes as JSON and in words, from the same figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import (
    DEFINITIONS,
    VOLUMES,
    WITHOUT_ACCEPTANCE_OF,
    Figures,
    GroupRow,
    Rate,
    is_small,
)
from xinfang_cli.law.labels import LABELS, labelled
from xinfang_cli.law.periods import Period, change_in_words, change_percent, points_in_words
from xinfang_cli.office.figures.stats import CasesBehind, OpenedCase
from xinfang_cli.present.cases import about
from xinfang_cli.present.machine import Csv, csv_of

PARTS = {
    "on_time": LABELS["on_time"],
    "late": LABELS["late"],
    "overdue": LABELS["overdue"],
    "pending": LABELS["pending"],
    "numerator": "计入",
    "rest": "未计入",
    "excluded": LABELS["excluded"],
    "acceptance_missing": LABELS["acceptance_missing"],
}
DIMENSIONS = labelled("unit=unit_name", "channel", "kind", "topic", "region", "level", "source")
AGAINST = {"previous": "环比", "year_ago": "同比"}
BASE = {"previous": "上期", "year_ago": "上年同期"}
NO_DATA = "无数据"


CASE_COLUMNS = labelled(
    "case_no",
    "title",
    "unit",
    "received_on",
    "start",
    "due_on=due_day",
    "stop_on=stop",
    "days_over",
    "closed_on",
    "headcount",
    "part",
    "stage",
    "lead",
)


def named(key: str, part: str | None) -> str:
    """A number in words: 按期办结率·逾期."""
    name = DEFINITIONS[key].label if key in DEFINITIONS else VOLUMES[key].label
    return f"{name}·{PARTS[part]}" if part else name


def case_in_words(case: OpenedCase) -> dict[str, Any]:
    """A case behind a number, its codes in words."""
    return {
        **case._asdict(),
        "unit": case.unit or (case.case_no and terms.no_unit(case.stage or "", case.closed_on is not None)),
        "due_on": about(case),
        "part": PARTS[case.part],
        "stage": "" if case.stage is None else terms.STAGE.label(case.stage),
    }


def table(view: Figures | CasesBehind, chart: bool = False) -> Csv:
    """The CSV of `stats`, in all and by row, and of the cases behind a number."""
    if isinstance(view, Figures):
        return _figures_table(view)
    return csv_of(map(case_in_words, view.cases), CASE_COLUMNS)


def _figures_table(figures: Figures) -> Csv:
    total = GroupRow("合计", "", figures.rates, figures.volumes)
    rows = []
    for row in [*figures.rows, *figures.subtotals, total]:
        line: dict[str, Any] = {"name": row.name, "cases": row.volumes.get("cases", 0), "overall": row.overall_rank}
        for key, rate in row.rates.items():
            line |= {
                f"{key}.n": rate.numerator,
                f"{key}.d": rate.denominator,
                f"{key}.p": "—" if rate.percent is None else f"{rate.percent:.2f}",
                f"{key}.r": row.ranks.get(key),
                f"{key}.x": rate.excluded.cases,
                f"{key}.m": rate.excluded.missed,
                f"{key}.a": rate.acceptance_missing,
            }
        rows.append(line)
    columns = {"name": LABELS["listed_name"], "cases": LABELS["cases"]}
    for key in figures.rates:
        label = DEFINITIONS[key].label
        columns |= {f"{key}.n": f"{label}分子", f"{key}.d": f"{label}分母", f"{key}.p": f"{label}%"}
        if figures.ranked:
            columns[f"{key}.r"] = f"{label}名次"
    if figures.ranked:
        columns["overall"] = "综合名次"
    for key in figures.rates:
        label = DEFINITIONS[key].label
        columns |= {f"{key}.x": f"{label}剔除", f"{key}.m": f"{label}剔除中未达"}
        if key in WITHOUT_ACCEPTANCE_OF:
            columns[f"{key}.a"] = f"{label}不计{LABELS['acceptance_missing']}"
    return csv_of(rows, columns)


def unit_of(key: str) -> str:
    """The unit of a volume: 件, 批, 人次, 人."""
    label = VOLUMES[key].label
    return label.partition("（")[2].removesuffix("）") or "人"


def rate_record(key: str, rate: Rate) -> dict[str, Any]:
    """A rate as JSON."""
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "percent": rate.percent,
        **(rate.parts or {}),
        "excluded": rate.excluded._asdict(),
        **({"acceptance_missing": rate.acceptance_missing} if key in WITHOUT_ACCEPTANCE_OF else {}),
    }


def _row_record(row: GroupRow, ranked: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": row.name,
        "group": row.group or None,
        "rates": {key: rate_record(key, rate) for key, rate in row.rates.items()},
        "volumes": row.volumes,
    }
    if ranked:
        record |= {"ranks": row.ranks, "overall_rank": row.overall_rank}
    return record


def _span(period: Period) -> dict[str, Any]:
    return {"from": period.first, "to": period.last}


def _volumes(figures: Figures) -> dict[str, Any]:
    parts = figures.breakdown
    took = parts.durations
    return {
        **figures.volumes,
        **{f"by_{name}": counts for name, counts in parts.by.items()},
        "by_channel_group": parts.by_channel_group,
        "levels": parts.levels,
        "appeals": parts.appeals,
        "days_mean": took.mean,
        "days_median": took.median,
        "days_longest": took.longest,
        "later_closings": took.later_closings,
    }


def document(view: Figures | CasesBehind) -> Any:
    """The JSON of `stats`, and of the cases behind a number."""
    return record(view) if isinstance(view, Figures) else [case._asdict() for case in view.cases]


def record(figures: Figures) -> dict[str, Any]:
    """The JSON document of contract.md."""
    found: dict[str, Any] = {
        "period": _span(figures.period),
        "as_of": figures.as_of,
        "basis": figures.basis,
        "first_only": figures.first_only,
        "coverage": {"from": figures.coverage.start, "complete": figures.coverage.complete},
        "excluded": figures.excluded,
        "guesses": dict(figures.guesses),
        "rates": {key: rate_record(key, rate) for key, rate in figures.rates.items()},
        "volumes": _volumes(figures),
    }
    if figures.only:
        found["only"] = figures.only
    if figures.against or figures.missing:
        found["compare"] = {
            name: comparison(figures, figures.against[name], BASE[name])
            if name in figures.against
            else _no_data(figures.missing[name])
            for name in AGAINST
            if name in figures.against or name in figures.missing
        }
    if figures.trend or figures.before_book:
        found["trend"] = [
            {
                "period": _span(one.period),
                "label": one.period.label,
                "as_of": one.as_of,
                "rates": {key: rate_record(key, rate) for key, rate in one.rates.items()},
                "volumes": _volumes(one),
            }
            for one in figures.trend
        ]
        found["trend_no_data"] = [period.label for period in figures.before_book]
    if figures.by:
        found["by"] = list(figures.by)
        found["four_rates"] = list(figures.four_rates)
        found["rows"] = [_row_record(row, figures.ranked) for row in figures.rows]
        for name, other in figures.against.items():
            before = {row.key: row for row in other.rows}
            for row, line in zip(figures.rows, found["rows"], strict=True):
                held = _row_comparison(row, before.get(row.key), BASE[name], figures.small_base)
                line.setdefault("compare", {})[name] = held
        if figures.subtotals:
            found["subtotals"] = [_row_record(row, False) for row in figures.subtotals]
    return found


def _no_data(period: Period) -> dict[str, Any]:
    return {"period": _span(period), "as_of": None, "volumes": None, "rates": None, "reason": "no_data"}


def comparison(now: Figures, before: Figures, base: str = "上期") -> dict[str, Any]:
    """Volumes and rates beside those of another period: the change in percent, the difference in 个百分点."""
    floor = now.small_base
    return {
        "period": _span(before.period),
        "as_of": before.as_of,
        "volumes": {key: _change(key, now.volumes[key], before.volumes[key], base, floor) for key in VOLUMES},
        "rates": {key: _points(key, rate, before.rates[key], floor) for key, rate in now.rates.items()},
    }


def _change(key: str, now: int, before: int, base: str, floor: int) -> dict[str, Any]:
    return {
        "before": before,
        "change": now - before,
        "percent": change_percent(now, before),
        "words": change_in_words(now, before, base, floor=floor, unit=unit_of(key)),
    }


def _points(key: str, now: Rate, before: Rate, floor: int) -> dict[str, Any]:
    both = now.percent is not None and before.percent is not None
    return {
        **rate_record(key, before),
        "points": round((now.percent or 0) - (before.percent or 0), 2) if both else None,
        "words": rates_in_words(now, before, floor),
    }


def rates_in_words(now: Rate, before: Rate, floor: int) -> str:
    """The difference of two rates in 个百分点; where either is over fewer than `floor`, both in numbers: 2/3，原 5/6."""
    if is_small(now, floor) or is_small(before, floor):
        if now.percent == before.percent:
            return "持平"
        return f"{now.numerator}/{now.denominator}，原 {before.numerator}/{before.denominator}"
    return points_in_words(now.percent, before.percent)


def _row_comparison(row: GroupRow, before: GroupRow | None, base: str, floor: int) -> dict[str, Any]:
    was = before or GroupRow("")
    return {
        "cases": _change("cases", row.volumes.get("cases", 0), was.volumes.get("cases", 0), base, floor),
        "rates": {key: _points(key, rate, was.rates.get(key, Rate()), floor) for key, rate in row.rates.items()},
    }


def excluded_in_words(rates: Iterable[tuple[str, Rate]]) -> list[str]:
    """按期办结率 1 件（其中逾期、超期 1 件): what 剔除 took out of each figure, those it took nothing out of aside."""
    said = []
    for key, rate in rates:
        cases, missed = rate.excluded
        if cases:
            bad = f"（其中{missed_word(key)} {missed} 件）" if missed else ""
            said.append(f"{DEFINITIONS[key].label} {cases} 件{bad}")
    return said


def unaccepted_in_words(rates: Iterable[tuple[str, Rate]]) -> str:
    """按期办结率 3 件: how many each figure leaves out since no acceptance of them is recorded; nothing where none is."""
    said = [f"{DEFINITIONS[key].label} {rate.acceptance_missing} 件" for key, rate in rates if rate.acceptance_missing]
    return f"缺受理（没有受理日期就办结）不计：{'，'.join(said)}" if said else ""


def guesses_in_words(figures: Figures, keys: Iterable[str] | None = None) -> str:
    """责任单位及时受理率 2 个: the number of guessed last days per rate; empty without any."""
    said = [
        f"{DEFINITIONS[key].label} {figures.guesses[key]} 个"
        for key in keys or figures.guesses
        if key in figures.guesses
    ]
    return "、".join(said)


def missed_word(key: str) -> str:
    """The word for a case missing the figure."""
    row = DEFINITIONS[key]
    if row.timed:
        return "逾期、超期"
    return "重复" if row.lower_is_better else MISSED.get(key, "未计入")


MISSED = {
    "closure": "未办结",
    "one_time": "未一次化解",
    "participation": "未评价",
    "satisfaction": "不满意",
    "bureau_satisfaction": "不满意",
    "backlog": "未化解",
}


def percent(value: float | None) -> str:
    """Two decimals, or — for a zero denominator."""
    return "—" if value is None else f"{value:.2f}%"


def share(rate: Rate, floor: int) -> str:
    """95.41%; of a handful of cases the numbers."""
    return f"{rate.numerator}/{rate.denominator}" if is_small(rate, floor) else percent(rate.percent)


def trend_lag_in_words(trend: Sequence[Figures]) -> str:
    """The as-of day of a trend's earlier periods, if it differs from the last one's."""
    if len(trend) < 2:
        return ""
    before = trend[-2]
    days = (before.as_of - before.last).days
    return f"以前各期截至该期末{f'以后 {days} 天' if days > 0 else ''}，期后再变的不计在内"


_LONGEST = 15 + 15 + 60 + 30 + 30
"""Days from receipt to the last day that a rate counts by: handed on, accepted, handled, extended, rated."""


def partly_before_the_book_in_words(start: date | None, first: date) -> str:
    """Soon after the first day of the book, part of what falls due, is closed or rated was received before it."""
    if start is None or (first - start).days >= _LONGEST:
        return ""
    day = f"{start.year}年{start.month}月{start.day}日"
    return f"簿中数据自{day}起完整，此前收到的件不全：其后到期、办结、评价的，率只计簿中有的"


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
