"""The charts of a bulletin."""

from __future__ import annotations

from xinfang_cli.formats.model import Chart
from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, Rate, is_small
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.present.figures import trend_label


def charts(bulletin: Bulletin) -> list[Chart]:
    """The charts with enough data: no line through one point, no percentage of a small base, nothing without data."""
    drawn: list[Chart] = []
    if bulletin.period.kind != "week":
        drawn += [*_trend(bulletin.now), *_received(bulletin.now)]
    for key, title in (("one_time", "各单位一次性化解率（累计）"), ("backlog", "各单位积案化解率")):
        drawn += _rate(bulletin.total, key, title)
    return drawn


def _trend(now: Figures) -> list[Chart]:
    if len(now.trend) < 2:
        return []
    labels = [trend_label(one, whole=True) for one in now.trend]
    cases = [one.volumes["cases"] for one in now.trend]
    drawn = [Chart("columns", "收到件数走势", labels, [("收到（件）", cases)])]
    series = [(DEFINITIONS[key].label, [_drawn(one.rates[key], now) for one in now.trend]) for key in now.four_rates]
    series = [(name, values) for name, values in series if sum(value is not None for value in values) > 1]
    return [*drawn, Chart("lines", "四率走势", labels, series, percent=True)] if series else drawn


def _drawn(rate: Rate, now: Figures) -> float | None:
    return None if is_small(rate, now.small_base) else rate.percent


def _received(now: Figures) -> list[Chart]:
    units = [row for row in now.rows if row.rankable]
    counts = [row.volumes["cases"] for row in units]
    if not any(counts):
        return []
    return [Chart("bars", "各单位收到件数", [row.name for row in units], [("收到（件）", counts)])]


def _rate(total: Figures, key: str, title: str) -> list[Chart]:
    """A bar a unit; beside a few cases stand their numbers."""
    shown = [row for row in total.rows if row.rankable and row.rates[key].denominator]
    if not shown:
        return []
    labels = []
    for row in shown:
        rate = row.rates[key]
        small = f" {rate.numerator}/{rate.denominator}" if is_small(rate, total.small_base) else ""
        labels.append(f"{row.name}{small}")
    series = [(DEFINITIONS[key].label, [row.rates[key].percent for row in shown])]
    return [Chart("bars", title, labels, series, percent=True)]
