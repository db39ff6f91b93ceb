"""The charts of a bulletin."""

from __future__ import annotations

from xinfang_cli.formats.model import Chart
from xinfang_cli.law.figures.bulletin import Bulletin
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.present.figures import trend_label


def charts(bulletin: Bulletin) -> list[Chart]:
    now, total = bulletin.now, bulletin.total
    drawn: list[Chart] = []
    if now.trend:
        labels = [trend_label(one, whole=True) for one in now.trend]
        if bulletin.period.kind != "week":
            drawn.append(
                Chart("columns", "收到件数走势", labels, [("收到（件）", [one.volumes["cases"] for one in now.trend])])
            )
            series = [(DEFINITIONS[key].label, [one.rates[key].percent for one in now.trend]) for key in now.four_rates]
            drawn.append(Chart("lines", "四率走势", labels, series, percent=True))
    if bulletin.period.kind != "week":
        units = [row for row in now.rows if row.rankable]
        counts = [row.volumes["cases"] for row in units]
        drawn.append(Chart("bars", "各单位收到件数", [row.name for row in units], [("收到（件）", counts)]))
    for key, rows, title in (
        ("one_time", total.rows, "各单位一次性化解率（累计）"),
        ("backlog", total.rows, "各单位积案化解率"),
    ):
        shown_rows = [row for row in rows if row.rankable and row.rates[key].denominator]
        if shown_rows:
            series = [(DEFINITIONS[key].label, [row.rates[key].percent for row in shown_rows])]
            drawn.append(Chart("bars", title, [row.name for row in shown_rows], series, percent=True))
    return drawn
