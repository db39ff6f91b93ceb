"""Rates and volumes on the screen, as JSON and as CSV, from the same figures."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.figures import BASES, DEFINITIONS, Figures, GroupRow, Rate
from xinfang_cli.output import machine, screen
from xinfang_cli.output.screen import Column, percent


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
    if figures.by:
        found["by"] = list(figures.by)
        found["four_rates"] = list(figures.four_rates)
        found["rows"] = [_row_record(row, figures.ranked) for row in figures.rows]
        if figures.subtotals:
            found["subtotals"] = [_row_record(row, False) for row in figures.subtotals]
    return found


def show(figures: Figures, as_json: bool, as_csv: bool) -> None:
    """The figures of a period, in all and by row."""
    if as_json:
        machine.print_json(record(figures))
    elif as_csv:
        _csv(figures)
    else:
        _screen(figures)


def _csv(figures: Figures) -> None:
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
            }
        rows.append(line)
    columns = {"name": "名称", "cases": "件数"}
    for key, definition in DEFINITIONS.items():
        columns |= {
            f"{key}.n": f"{definition.label}分子",
            f"{key}.d": f"{definition.label}分母",
            f"{key}.p": f"{definition.label}%",
        }
        if figures.ranked:
            columns[f"{key}.r"] = f"{definition.label}名次"
    if figures.ranked:
        columns["overall"] = "综合名次"
    machine.print_csv(rows, columns)


def _screen(figures: Figures) -> None:
    who = "（初次件）" if figures.first_only else ""
    screen.say(
        f"{figures.first.isoformat()} 至 {figures.last.isoformat()}{who}  {BASES[figures.basis]}  截至 {figures.as_of.isoformat()}"
    )
    screen.table(
        [
            Column("指标"),
            Column("率", right=True),
            Column("分子", right=True),
            Column("分母", right=True),
            Column("按期", right=True),
            Column("逾期", right=True),
            Column("超期未办", right=True),
            Column("未到期", right=True),
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
    _volumes(figures.volumes)
    if figures.by:
        _rows(figures)
    screen.prose(f"剔除 {figures.excluded} 件。— 表示分母为零。各率的定义用 xinfang rules --figures 查看。")


def _volumes(volumes: dict[str, Any]) -> None:
    parts = [
        f"收到 {volumes['cases']} 件 {volumes['people']} 人",
        f"来访 {volumes['groups']} 批 {volumes['visit_people']} 人次",
        f"集体访 {volumes['group_visits']} 批 {volumes['group_visit_people']} 人次",
        f"联名 {volumes['joint_letters']} 件",
        f"初次 {volumes['first']} 件，重复 {volumes['repeat']} 件",
    ]
    screen.prose("；".join(parts))
    by_group = volumes.get("by_channel_group", {})
    if by_group:
        screen.prose("按形式：" + "，".join(f"{name} {count}" for name, count in by_group.items()))
    if volumes.get("days_mean") is not None:
        screen.prose(
            f"从受理到办结：平均 {volumes['days_mean']:.2f} 天，中位 {volumes['days_median']:g} 天，最长 {volumes['days_longest']} 天"
        )
    screen.say()


def _rows(figures: Figures) -> None:
    """The rows by unit (or channel, …): the four rates as n/d and percent, with ranks where asked."""
    keys = list(dict.fromkeys([*figures.four_rates, "one_time"]))
    columns = [Column({"unit": "单位"}.get(figures.by[0], "名称"), fixed=False, least=20), Column("件数", right=True)]
    for key in keys:
        columns.append(Column(_short(key), right=True))
        if figures.ranked:
            columns.append(Column("名次", right=True, joined=True))
    if figures.ranked:
        columns.append(Column("综合", right=True))
    lines: list[list[Any]] = []
    ends: set[int] = set()

    def line(row: GroupRow) -> list[Any]:
        values: list[Any] = [row.name, row.volumes.get("cases", 0)]
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


_SHORT = {
    "dispatch": "及时受理",
    "acceptance": "按期受理",
    "completion": "按期办结",
    "closure": "办结率",
    "one_time": "一次化解",
    "participation": "参评率",
    "satisfaction": "满意率",
    "bureau_satisfaction": "部门满意",
    "repeat": "重复率",
    "backlog": "积案化解",
}


def _short(key: str) -> str:
    return _SHORT[key]


def definitions() -> list[dict[str, Any]]:
    """The definitions of the figures, for `rules --figures`."""
    return [{"key": d.key, "label": d.label, "words": d.words, "basis": d.basis} for d in DEFINITIONS.values()]
