"""Rates and volumes on the screen, as JSON and as CSV, from the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import BASES, DEFINITIONS, VOLUMES, Figures, GroupRow, Rate, is_small
from xinfang_cli.law.labels import LABELS
from xinfang_cli.law.periods import change_in_words
from xinfang_cli.office.figures.stats import CasesBehind
from xinfang_cli.present.figures import (
    AGAINST,
    BASE,
    CASE_COLUMNS,
    DIMENSIONS,
    NO_DATA,
    case_in_words,
    excluded_in_words,
    guesses_in_words,
    named,
    partly_before_the_book_in_words,
    percent,
    rates_in_words,
    share,
    trend_label,
    trend_lag_in_words,
    unaccepted_in_words,
    unit_of,
)
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: Figures | CasesBehind, chart: bool = False) -> None:
    """The figures of a period, in all and by row; or the cases behind a number."""
    if isinstance(view, Figures):
        _screen(view, chart)
    else:
        _cases(view)


def _cases(view: CasesBehind) -> None:
    what, rows = named(view.key, view.part), view.cases
    people = view.key in VOLUMES and view.key != "repeat"
    if not rows:
        screen.print_line(f"{what}：没有")
        return
    keys = (
        ["case_no", "title", "unit", "due_on", "stop_on", "days_over", "part"]
        if any(case.due_on for case in rows)
        else ["case_no", "title", "unit", "received_on", "closed_on", "headcount" if people else "part"]
    )
    screen.table(
        [Column(CASE_COLUMNS[key], key not in ("title", "unit"), key in ("days_over", "headcount")) for key in keys],
        [[line[key] if line[key] is not None else "" for key in keys] for line in map(case_in_words, rows)],
        title=what,
    )
    counts = [case.headcount for case in rows]
    told = None not in counts  # of an accusation it is not told
    screen.print_line(f"共 {len(rows)} 条" + (f"，{sum(filter(None, counts))} 人" if people and told else ""))


def headline(figures: Figures) -> str:
    """The period, what it is narrowed to, the basis and the day."""
    who = "（初次件）" if figures.first_only else ""
    narrowed = "".join(f"  {DIMENSIONS[dimension]}：{word}" for dimension, word in figures.only.items())
    return (
        f"{figures.first.isoformat()} 至 {figures.last.isoformat()}{who}{narrowed}  "
        f"{BASES[figures.basis]}  截至 {figures.as_of.isoformat()}"
    )


def _screen(figures: Figures, chart: bool) -> None:
    screen.print_line(headline(figures))
    screen.table(
        [
            Column(LABELS["indicator"]),
            *screen.numbers(
                LABELS["percentage"],
                LABELS["numerator"],
                LABELS["denominator"],
                LABELS["on_time"],
                LABELS["late"],
                LABELS["overdue"],
                LABELS["pending"],
            ),
        ],
        [
            (
                DEFINITIONS[key].label,
                percent(rate.percent),
                rate.numerator,
                rate.denominator,
                *(
                    (rate.parts["on_time"], rate.parts["late"], rate.parts["overdue"], rate.parts["pending"])
                    if rate.parts
                    else ("", "", "", "")
                ),
            )
            for key, rate in figures.rates.items()
        ],
    )
    _volumes(figures)
    if figures.against:
        _against(figures)
    for name, period in figures.missing.items():
        screen.print_wrapped(f"{BASE[name]}（{period.label}）{NO_DATA}，不作{AGAINST[name]}。")
    if figures.trend:
        _trend(figures)
    if figures.by:
        _rows(figures)
    if chart:
        _chart(figures)
    _coverage(figures)
    if said := guesses_in_words(figures):
        screen.print_wrapped(f"到期日为约（所在年的放假安排未公布）：{said}；安排公布后重算。")
    if said := unaccepted_in_words(figures.rates.items()):
        screen.print_wrapped(f"{said}。逐件看用 --cases 按期办结率:缺受理。")
    screen.print_wrapped(f"{_excluded(figures)}— 表示分母为零。各率的定义用 xinfang rules --figures 查看。")


def _coverage(figures: Figures) -> None:
    """The parts of the figures without data."""
    start = figures.coverage.start
    if start is not None and not figures.coverage.complete:
        screen.print_wrapped(
            f"本簿数据自 {start.isoformat()} 起完整，本期在此之前的部分不全。起始日用 xinfang config set book_from 设定。"
        )


def _excluded(figures: Figures) -> str:
    """Exclusions (剔除): received cases, by figure, by row."""
    said = excluded_in_words(figures.rates.items())
    if not said:
        return f"剔除 {figures.excluded} 件。"
    rows = [
        f"{row.name} {'、'.join(mine)}"
        for row in figures.rows
        if (mine := excluded_in_words((key, row.rates[key]) for key in _row_keys(figures)))
    ]
    where = f"其中{'；'.join(rows)}。" if rows else ""
    return f"剔除：期内收到的 {figures.excluded} 件；各率不计 {'，'.join(said)}。{where}"


def _against(figures: Figures) -> None:
    """环比 and 同比: the volumes and the rates beside those of the other periods."""
    names = list(figures.against)
    columns = [Column(LABELS["indicator"]), Column(LABELS["this_period"], right=True)]
    for name in names:
        columns += [Column(BASE[name], right=True), Column(AGAINST[name], right=True)]
    lines: list[list[Any]] = []
    floor = figures.small_base
    for key, volume in VOLUMES.items():
        number = figures.volumes[key]
        line: list[Any] = [volume.label, number]
        for name in names:
            before = figures.against[name].volumes[key]
            line += [before, change_in_words(number, before, BASE[name], floor=floor, unit=unit_of(key))]
        lines.append(line)
    for key, rate in figures.rates.items():
        line = [DEFINITIONS[key].label, percent(rate.percent)]
        for name in names:
            was = figures.against[name].rates[key]
            line += [percent(was.percent), rates_in_words(rate, was, floor)]
        lines.append(line)
    spans = "；".join(
        f"{BASE[name]} {other.first.isoformat()} 至 {other.last.isoformat()}（截至 {other.as_of.isoformat()}）"
        for name, other in figures.against.items()
    )
    screen.table(columns, lines, title=spans)
    screen.print_wrapped(
        "各期都看到期末之后同样多的天数；底数不足的变化以数说。" if floor else "各期都看到期末之后同样多的天数。"
    )
    screen.print_line()


def _row_keys(figures: Figures) -> list[str]:
    """The rates that a row shows: the office's four and the headline."""
    return list(dict.fromkeys([*figures.four_rates, "one_time"]))


def _trend(figures: Figures) -> None:
    keys = _row_keys(figures)
    columns = [
        Column(LABELS["period"]),
        Column(LABELS["cases"], right=True),
        *(Column(DEFINITIONS[key].short, right=True) for key in keys),
    ]
    screen.table(
        columns,
        [
            [trend_label(one), one.volumes["cases"], *(share(one.rates[key], figures.small_base) for key in keys)]
            for one in figures.trend
        ],
        title=f"{len(figures.trend)} 期走势",
    )
    if lag := trend_lag_in_words(figures.trend):
        screen.print_wrapped(f"{lag}。")
    if partly := partly_before_the_book_in_words(figures.coverage.start, figures.trend[0].first):
        screen.print_wrapped(f"{partly}。")
    if figures.before_book:
        screen.print_wrapped(f"{'、'.join(period.label for period in figures.before_book)}{NO_DATA}。")
    screen.print_line()


def _chart(figures: Figures) -> None:
    from xinfang_cli.terminal import charts
    from xinfang_cli.terminal.charts import Measure

    def rates_of(rows: Sequence[GroupRow | Figures], key: str, drawn: bool = True) -> Measure:
        """Over a handful of cases the numbers stand there; no line goes through them, a bar is drawn."""
        rates = [row.rates.get(key, Rate()) for row in rows]
        values = [None if is_small(rate, floor) and not drawn else rate.percent for rate in rates]
        return Measure(DEFINITIONS[key].label, values, 100, [share(rate, floor) for rate in rates])

    def counts_of(rows: Sequence[GroupRow | Figures]) -> Measure:
        found = [row.volumes.get("cases", 0) for row in rows]
        return Measure("收到（件）", found, max([*found, 1]), [str(value) for value in found])

    floor = figures.small_base
    if figures.trend:
        labels = [trend_label(one) for one in figures.trend]
        charts.columns(labels, counts_of(figures.trend))
        for key in _row_keys(figures):
            charts.line(labels, rates_of(figures.trend, key, drawn=False))
    if figures.by:
        names = [row.name for row in figures.rows]
        charts.bars(names, [counts_of(figures.rows), *(rates_of(figures.rows, key) for key in figures.four_rates)])
    elif not figures.trend:
        shown = [(DEFINITIONS[key].label, rate) for key, rate in figures.rates.items() if rate.percent is not None]
        values = [rate.percent for _, rate in shown]
        charts.bars(
            [label for label, _ in shown], [Measure("率", values, 100, [share(rate, floor) for _, rate in shown])]
        )
        by_channel = figures.breakdown.by_channel_group
        if by_channel:
            counts = list(by_channel.values())
            charts.bars(list(by_channel), [Measure("收到（件）", counts, max(counts), [str(n) for n in counts])])


def _volumes(figures: Figures) -> None:
    volumes, took = figures.volumes, figures.breakdown.durations
    parts = [
        f"收到 {volumes['cases']} 件 {volumes['people']} 人",
        f"来访 {volumes['groups']} 批 {volumes['visit_people']} 人次",
        f"集体访 {volumes['group_visits']} 批 {volumes['group_visit_people']} 人次",
        f"联名 {volumes['joint_letters']} 件",
        f"初次 {volumes['first']} 件，重复 {volumes['repeat']} 件",
    ]
    screen.print_wrapped("；".join(parts))
    by_group = figures.breakdown.by_channel_group
    if by_group:
        screen.print_wrapped("按形式：" + "，".join(f"{name} {count}" for name, count in by_group.items()))
    told = {kind: figures.breakdown.by["kind"].get(kind) for kind in terms.APPEALS}
    if len([number for number in told.values() if number]) > 1:
        each = "，".join(f"{terms.KIND.label(kind)} {number}" for kind, number in told.items() if number)
        screen.print_wrapped(f"申诉求决类合计 {figures.breakdown.appeals} 件（{each}）")
    if took.mean is not None:
        screen.print_wrapped(f"从受理到办结：平均 {took.mean:.2f} 天，中位 {took.median:g} 天，最长 {took.longest} 天")
    if took.later_closings:
        screen.print_wrapped(f"重新办理后再次办结 {took.later_closings} 件，不在上面的天数内。")
    screen.print_line()


def _rows(figures: Figures) -> None:
    """The rows by unit (or channel, …): the four rates as n/d and percent, with ranks where asked."""
    keys = _row_keys(figures)
    columns = [
        Column({"unit": LABELS["unit_name"]}.get(figures.by[0], LABELS["listed_name"]), fixed=False, least=20),
        Column(LABELS["cases"], right=True),
    ]
    columns += [Column(f"件数{AGAINST[name]}", right=True) for name in figures.against]
    before = {name: {row.key: row for row in other.rows} for name, other in figures.against.items()}
    for key in keys:
        columns.append(Column(DEFINITIONS[key].short, right=True))
        if figures.ranked:
            columns.append(Column(LABELS["rank"], right=True, joined=True))
    if figures.ranked:
        columns.append(Column("综合", right=True))
    lines: list[list[Any]] = []
    ends: set[int] = set()

    def line(row: GroupRow) -> list[Any]:
        values: list[Any] = [row.name, row.volumes.get("cases", 0)]
        for name, rows in before.items():
            was = rows.get(row.key) if row.key else None
            earlier = was.volumes.get("cases", 0) if was else 0
            values.append(change_in_words(values[1], earlier, BASE[name], floor=figures.small_base) if row.key else "")
        for key in keys:
            rate = row.rates.get(key, Rate())
            values.append(percent(rate.percent))
            if figures.ranked:
                values.append(row.ranks.get(key) or "—" if row.rankable else "")
        if figures.ranked:
            values.append((row.overall_rank or "—") if row.rankable else "")
        return values

    group = None
    for row in figures.rows:
        if group is not None and row.group != group and figures.subtotals:
            _subtotal(figures, group, lines, line, ends)
        group = row.group
        lines.append(line(row))
    if group is not None and figures.subtotals:
        _subtotal(figures, group, lines, line, ends)
    lines.append(line(GroupRow("合计", "", figures.rates, figures.volumes, rankable=False)))
    screen.table(columns, lines, rules_after=frozenset(ends))


def _subtotal(figures: Figures, group: str, lines: list[list[Any]], line: Any, ends: set[int]) -> None:
    for row in figures.subtotals:
        if row.group == group:
            lines.append(line(GroupRow(f"{row.name}小计", group, row.rates, row.volumes, rankable=False)))
            ends.add(len(lines) - 1)
