"""The tables at the end of a bulletin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from xinfang_cli.documents.bulletin.sentences import PROBLEMS, day_in, overdue_in_words, until
from xinfang_cli.documents.bulletin.unnamed import few
from xinfang_cli.formats.model import Col, Row, Table
from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS, Figures, GroupRow, Rate, WithoutUnit, is_small
from xinfang_cli.law.labels import LABELS
from xinfang_cli.law.periods import change_in_words
from xinfang_cli.office.figures.bulletin import BacklogLine, Bulletin
from xinfang_cli.present.cases import ABOUT
from xinfang_cli.present.figures import excluded_in_words, trend_label, trend_lag_in_words, unaccepted_in_words

# What a rate's denominator and numerator are called in a table.
_COUNTS = {
    "dispatch": ("应转送", "按期"),
    "acceptance": ("应受理", "按期"),
    "completion": ("应办结", "按期"),
    "closure": ("应办结", "已办结"),
    "one_time": ("办结", "一次化解"),
    "participation": ("应评", "已评"),
    "satisfaction": ("评价", "满意"),
    "bureau_satisfaction": ("评价", "满意"),
    "repeat": ("收到", "重复"),
    "backlog": ("交办", "化解"),
}


def standing_tables(bulletin: Bulletin) -> list[Table]:
    """Open cases on the day: overdue ones, and the backlog if any."""
    return [overdue_table(bulletin), *([backlog_table(bulletin)] if bulletin.backlog else [])]


def _with_subtotals(
    figures: Figures, no_unit: WithoutUnit, line: Callable[[GroupRow, str], tuple[Any, ...]]
) -> list[Row]:
    """The units in the office's order, a subtotal after each group, the total at the foot."""
    subtotals = {row.group: row for row in figures.subtotals}
    rows: list[Row] = []
    group = ""
    listed = [row for row in figures.rows if row.rankable or _says_anything(line(row, row.name))]
    for place, row in enumerate(listed):
        rows.append(Row(line(row, row.name if row.rankable else no_unit.label)))
        group = row.group
        following = listed[place + 1].group if place + 1 < len(listed) else None
        if group and following != group and group in subtotals:
            rows.append(Row(line(subtotals[group], f"{group}小计"), "subtotal"))
    rows.append(Row(line(GroupRow("合计", "", figures.rates, figures.volumes, rankable=False), "合计"), "total"))
    return rows


def exclusions(rates: Iterable[tuple[str, Rate]]) -> str:
    """Exclusions (剔除) from these figures with their misses, and closings without acceptance; empty without any."""
    listed = list(rates)
    said = excluded_in_words(listed)
    unaccepted = unaccepted_in_words(listed)
    return (f"剔除：{'，'.join(said)}。" if said else "") + (f"{unaccepted}。" if unaccepted else "")


def _says_anything(cells: Sequence[Any]) -> bool:
    return any(isinstance(cell, int | float) and cell for cell in cells)


def volume_table(bulletin: Bulletin) -> Table:
    """Cases, people and visits, beside the same period of last year."""
    now, total = bulletin.now, bulletin.total
    year_ago = now.against.get("year_ago")
    before = {row.key: row.volumes for row in year_ago.rows} if year_ago else {}
    far = {row.key: row.volumes for row in total.rows}
    far_groups = {row.group: row.volumes for row in total.subtotals}
    before_groups = {row.group: row.volumes for row in year_ago.subtotals} if year_ago else {}

    def line(row: GroupRow, name: str) -> tuple[Any, ...]:
        if row.key:
            so_far, then = far.get(row.key, {}), before.get(row.key, {})
        elif row.group:
            so_far, then = far_groups.get(row.group, {}), before_groups.get(row.group, {})
        else:
            so_far, then = total.volumes, year_ago.volumes if year_ago else {}
        volumes = row.volumes
        cases = volumes.get("cases", 0)
        return (
            name,
            cases,
            volumes.get("people", 0),
            volumes.get("first", 0),
            volumes.get("repeat", 0),
            row.rates.get("repeat", Rate()).percent,
            volumes.get("groups", 0),
            volumes.get("visit_people", 0),
            volumes.get("group_visits", 0),
            volumes.get("group_visit_people", 0),
            "—" if year_ago is None else _change(cases, then.get("cases", 0), now.small_base),
            so_far.get("cases", 0),
        )

    columns = [
        Col("unit", LABELS["unit_name"], width=20),
        *_counts("本期", cases="件", people="人", first="初件", repeat="重件"),
        Col("repeat_rate", "重复率", "percent", LABELS["this_period"]),
        *_counts("本期", groups="来访批", visit_people="来访人次"),
        *_counts("本期", group_visits="集体访批", group_visit_people="集体访人次"),
        Col("year_ago", "同比", "text", LABELS["this_period"], 14),
        Col("so_far", LABELS["so_far_cases"], "count"),
    ]
    note = _volume_note(bulletin)
    if bulletin.period.kind == "year":
        columns.pop()
    return Table(
        "volumes",
        "信访总量",
        "总量",
        columns,
        _with_subtotals(now, bulletin.no_unit, lambda *row: line(*row)[: len(columns)]),
        note,
    )


def _counts(over: str, **headings: str) -> list[Col]:
    """Columns of counts under one heading."""
    return [Col(key, heading, "count", over) for key, heading in headings.items()]


def _volume_note(bulletin: Bulletin) -> str:
    """Exclusions, cases without a unit, and comparisons without data."""
    now, total = bulletin.now, bulletin.total
    said = []
    spans = [("本期", now)] if bulletin.period.kind == "year" else [("本期", now), ("累计", total)]
    excluded = [f"{word}收到的件中剔除 {one.excluded} 件" for word, one in spans if one.excluded]
    if excluded:
        said.append(f"{'，'.join(excluded)}。")
    if len(bulletin.no_unit.parts) > 1:
        parts = "，".join(f"{name} {number} 件" for name, number in bulletin.no_unit.parts)
        said.append(f"没有责任单位的件中，{parts}。")
    if "year_ago" in now.missing:
        said.append("上年同期无数据，不列同比。")
    return "".join(said)


def _change(now: int, before: int, floor: int) -> str:
    return change_in_words(now, before, "上年同期", floor=floor)


def _of_trend(rate: Rate, floor: int) -> float | str | None:
    """A rate of a trend; over a handful of cases the numbers."""
    return f"{rate.numerator}/{rate.denominator}" if is_small(rate, floor) else rate.percent


def rates_table(key: str, title: str, sheet: str, figures: Figures, no_unit: WithoutUnit) -> Table:
    """The four rates of each unit, with its rank in its group."""
    columns = [Col("unit", LABELS["unit_name"], width=20)]
    for rate in figures.four_rates:
        denominator, numerator = _COUNTS[rate]
        label = DEFINITIONS[rate].label
        columns += [
            Col(f"{rate}.denominator", denominator, "count", label),
            Col(f"{rate}.numerator", numerator, "count", label),
            Col(f"{rate}.percent", LABELS["percentage"], "percent", label),
            Col(f"{rate}.rank", LABELS["rank"], "rank", label),
        ]
    columns.append(Col("overall", LABELS["overall_rank"], "rank"))

    def line(row: GroupRow, name: str) -> tuple[Any, ...]:
        cells: list[Any] = [name]
        for rate in figures.four_rates:
            found = row.rates.get(rate, Rate())
            cells += [found.denominator, found.numerator, found.percent, _rank(row, row.ranks.get(rate))]
        return (*cells, _rank(row, row.overall_rank))

    note = exclusions((one, figures.rates[one]) for one in figures.four_rates)
    return Table(key, title, sheet, columns, _with_subtotals(figures, no_unit, line), note)


def _rank(row: GroupRow, place: int | None) -> Any:
    return place if row.rankable else ""


def overdue_table(bulletin: Bulletin) -> Table:
    """Deadlines that were missed, one a line."""
    columns = [
        Col("case_no", LABELS["number"], width=15),
        Col("title", LABELS["title"], width=36),
        Col("unit", LABELS["unit"], width=20),
        Col("clock", "期限", width=10),
        Col("due_on", LABELS["due_day"], "day"),
        Col("days_over", LABELS["days_over"], "count"),
        Col("lead", LABELS["lead"], width=12),
    ]
    rows = [
        Row(
            (
                row.case_no,
                row.title,
                row.unit,
                terms.CLOCK.label(row.clock),
                _due(row.due_on, row.guessed),
                row.days_over,
                row.lead or "",
            )
        )
        for row in bulletin.overdue
    ]
    hidden = sum(bulletin.hidden_overdue.values())
    note = f"{overdue_in_words(bulletin)}的。"
    note += f"另有 {few(hidden)} 个期限不列名。" if hidden else ""
    note += f"剔除件的超期期限 {bulletin.excluded_overdue} 个，不在内。" if bulletin.excluded_overdue else ""
    return Table("overdue", "超期未办", "超期未办", columns, rows, note)


def backlog_table(bulletin: Bulletin) -> Table:
    """Backlog cases resolved by each unit, and the rate."""
    columns = [
        Col("unit", LABELS["unit_name"], width=20),
        Col("total", LABELS["handed_over"], "count"),
        Col("now", "本期化解", "count"),
        Col("so_far", "累计化解", "count"),
        Col("percent", LABELS["resolved_percent"], "percent"),
        Col("rank", LABELS["rank"], "rank"),
        Col("leads", LABELS["lead"], width=30),
    ]

    def cells(row: BacklogLine) -> tuple[Any, ...]:
        return row.unit, row.total, row.now, row.so_far, row.percent, row.rank if row.rankable else "", row.leads

    rows: list[Row] = []
    for group in dict.fromkeys(row.group for row in bulletin.backlog):
        members = [row for row in bulletin.backlog if row.group == group]
        rows += [Row(cells(row)) for row in members]
        if group:
            rows.append(Row(cells(_backlog_sum(f"{group}小计", members)), "subtotal"))
    rows.append(Row(cells(_backlog_sum("合计", bulletin.backlog)), "total"))
    day = until(bulletin)
    note = f"截至{day_in(day, bulletin.made_on)}。{exclusions([('backlog', bulletin.total.rates['backlog'])])}"
    return Table("backlog", "积案化解", "积案", columns, rows, note)


def _backlog_sum(name: str, members: Sequence[BacklogLine]) -> BacklogLine:
    handed, so_far = sum(row.total for row in members), sum(row.so_far for row in members)
    now = sum(row.now for row in members)
    return BacklogLine(name, "", False, handed, now, so_far, Rate(so_far, handed).percent, None, "")


def _due(day: date | None, guessed: bool) -> date | str | None:
    return f"{day.isoformat()}（{ABOUT}）" if day is not None and guessed else day


def problem_table(bulletin: Bulletin) -> Table:
    """Cases that a bulletin names as problems."""
    columns = [
        Col("what", "问题", width=14),
        Col("case_no", LABELS["number"], width=15),
        Col("title", LABELS["title"], width=36),
        Col("unit", LABELS["unit"], width=20),
        Col("due_on", LABELS["due_day"], "day"),
        Col("days_over", LABELS["days_over"], "count"),
    ]
    rows = [
        Row((label, row.case_no, row.title, row.unit, _due(row.due_on, row.guessed), row.days_over))
        for what, label in PROBLEMS.items()
        for row in bulletin.problems[what]
    ]
    hidden = "，".join(
        f"{label} {few(bulletin.hidden_problems[what])} 件"
        for what, label in PROBLEMS.items()
        if bulletin.hidden_problems[what]
    )
    note = f"另有只计数、不列名的：{hidden}。" if hidden else ""
    note += exclusions((key, bulletin.now.rates[key]) for key in ("acceptance", "completion", "satisfaction"))
    return Table("problems", "通报的件", "通报的件", columns, rows, note)


def trend_table(bulletin: Bulletin) -> Table:
    """Cases and rates of the last periods."""
    keys = list(dict.fromkeys([*bulletin.now.four_rates, "one_time"]))
    columns = [
        Col("period", LABELS["period"], width=10),
        Col("cases", LABELS["counted"], "count"),
        Col("people", LABELS["heads"], "count"),
    ]
    columns += [Col(key, DEFINITIONS[key].label, "percent", width=12) for key in keys]
    rows = [
        Row(
            (
                trend_label(one, whole=True),
                one.volumes["cases"],
                one.volumes["people"],
                *(_of_trend(one.rates[key], bulletin.now.small_base) for key in keys),
            )
        )
        for one in bulletin.now.trend
    ]
    excluded = sum(one.excluded for one in bulletin.now.trend)
    note = f"{lag}。" if (lag := trend_lag_in_words(bulletin.now.trend)) else ""
    note += f"各期收到的件中共剔除 {excluded} 件。" if excluded else ""
    if bulletin.now.before_book:
        note += f"{bulletin.now.before_book[-1].label}及以前簿中没有完整的数据，不列。"
    return Table("trend", "走势", "走势", columns, rows, note)


def topic_table(figures: Figures) -> Table:
    """Cases of each topic, and their share in percent."""
    columns = [
        Col("topic", LABELS["topic"], width=20),
        Col("cases", LABELS["counted"], "count"),
        Col("share", "占比", "percent"),
    ]
    whole = figures.volumes["cases"]
    rows = [
        Row((name or "未填", number, Rate(number, whole).percent))
        for name, number in figures.breakdown.by["topic"].items()
    ]
    rows.append(Row(("合计", whole, Rate(whole, whole).percent), "total"))
    return Table(
        "topics",
        "涉及领域",
        "涉及领域",
        columns,
        rows,
        f"收到的件中剔除 {figures.excluded} 件。" if figures.excluded else "",
    )


def weekly_table(bulletin: Bulletin) -> Table:
    """First petitions closed at once and backlog resolved, by unit."""
    columns = [
        Col("unit", LABELS["unit_name"], width=20),
        *_counts("初次信访事项（累计）", closed="办结", at_once="一次化解"),
        Col("one_time", LABELS["percentage"], "percent", LABELS["first_so_far"]),
        Col("one_time_rank", LABELS["rank"], "rank", LABELS["first_so_far"]),
        *_counts(LABELS["backlog_cases"], handed="交办", now="本周化解", so_far="累计化解"),
        Col("backlog", LABELS["resolved_percent"], "percent", LABELS["backlog_cases"]),
    ]
    resolved = {row.unit: row.now for row in bulletin.backlog}
    group_resolved: dict[str, int] = {}
    for row in bulletin.backlog:
        group_resolved[row.group] = group_resolved.get(row.group, 0) + row.now

    def line(row: GroupRow, name: str) -> tuple[Any, ...]:
        one_time, backlog = row.rates["one_time"], row.rates["backlog"]
        if row.key:
            now = resolved.get(row.name, 0)
        else:
            now = group_resolved.get(row.group, 0) if row.group else sum(group_resolved.values())
        return (
            name,
            one_time.denominator,
            one_time.numerator,
            one_time.percent,
            _rank(row, row.ranks.get("one_time")),
            backlog.denominator,
            now,
            backlog.numerator,
            backlog.percent,
        )

    note = exclusions((key, bulletin.total.rates[key]) for key in ("one_time", "backlog"))
    return Table(
        "weekly", "各单位情况", "周通报", columns, _with_subtotals(bulletin.total, bulletin.no_unit_so_far, line), note
    )
