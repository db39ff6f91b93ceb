"""A period's possible results, on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.figures.outlook import PeriodOutlook, RateOutlook
from xinfang_cli.present.cases import about, days_left
from xinfang_cli.present.figures import percent
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def headline(first: date, last: date, as_of: date, only: Mapping[str, str]) -> str:
    """The period, what it is narrowed to, and the day."""
    narrowed = "".join(f"  {word}" for word in only.values())
    return f"{first.isoformat()} 至 {last.isoformat()}{narrowed}  应办口径  截至 {as_of.isoformat()}"


def _left(days: int | None) -> str:
    return "" if days is None else days_left(days)


_MORE = {
    "participation": "还须评价",
    "closure": "还须办结",
    "one_time": "还须一次化解",
    "satisfaction": "还须满意",
    "bureau_satisfaction": "还须满意",
}
"""What is to be done for the target; on time, where a clock runs."""
_RATINGS = (
    ("total", "已评的 {} 件取最近一次评价，都还可以重评，重评在期后的不再计入本期"),
    ("coming", "另有 {} 件以后还可能评或办结而计入"),
)
_WHY = {
    "closure": (
        ("ratable", "未办结的 {} 件何时办结都计入，撤回、退回上级等的不再计"),
        ("leaving", "已办结的 {} 件还可能申请复查、复核，撤销重办后又撤回的不再计"),
        ("coming", "已导入法定途径的 {} 件还可能办结计入"),
    ),
    "one_time": (
        ("losable", "已计一次化解的 {} 件，以后重复信访或申请复查的都要减去，没有期限"),
        ("coming", "还没办结的 {} 件办结在本期内的会计入"),
    ),
    "satisfaction": _RATINGS,
    "bureau_satisfaction": _RATINGS,
}
"""Why the best and the worst of a rate without a clock lie where they do: of which of its counts what is said."""


def _goal(key: str, rate: RateOutlook) -> str:
    if rate.goal is None:
        return ""
    if rate.goal.needed == 0:
        return "已够"
    return f"{_MORE.get(key, '还须按期')} {rate.goal.needed} 件" if rate.goal.reachable else "已达不到"


def _next(key: str, rate: RateOutlook) -> str:
    goal = rate.next_rank
    if goal is None:
        return ""
    how = f"{_MORE.get(key, '还须按期')} {goal.needed} 件" if goal.reachable else "本期追不上"
    return f"第 {goal.rank} 名（{goal.percent:.2f}%）{how}"


def draw(view: PeriodOutlook) -> None:
    """A period's possible results: one line a rate, then by unit, then the deciding cases."""
    screen.print_line(headline(view.first, view.last, view.as_of, view.only))
    for one in view.supposed:
        screen.print_line(f"假设 {one.case_no} 于 {one.on.isoformat()} 办成")
    ranked = any(rate.of_unit for rate in view.rates.values())
    clocked = [key for key, rate in view.rates.items() if rate.clocked]
    others = [key for key, rate in view.rates.items() if not rate.clocked]
    for keys in filter(None, (clocked, others)):
        lines = [_line(key, DEFINITIONS[key].label, view.rates[key], ranked) for key in keys]
        screen.table(_columns("指标", ranked, view.rates[keys[0]].clocked), lines)
    for key, whole in view.rates.items() if view.rows is not None else ():
        screen.print_line()
        screen.table(
            _columns("单位", True, whole.clocked),
            [_line(key, row.name, row.rates[key], True) for row in view.rows or () if key in row.rates],
            title=DEFINITIONS[key].label,
        )
    for key, rate in view.rates.items():
        if rate.cases and (rate.clocked or not clocked):  # all that is still to be closed only where it is asked for
            _show_waiting(key, rate)
    for key, rate in view.rates.items():
        _say_counted_in(key, rate)
    if view.over and view.ripe:
        screen.print_line("这一时期已过，上面就是结果。")
    elif not view.over:
        screen.print_line("最好、最差按现在已知的件推算；以后才收到、受理或转送而算在本期的件，会再加进来。")
    screen.print_wrapped("剔除、更正、补记不在推算之内。")


def _show_waiting(key: str, rate: RateOutlook) -> None:
    screen.print_line()
    screen.table(
        [
            Column(LABELS["case_no"]),
            Column(LABELS["title"], fixed=False),
            Column(LABELS["unit"], fixed=False),
            Column(LABELS["last_day"]),
            Column(LABELS["left"], right=True),
        ],
        [
            (
                case.case_no or "",
                case.title,
                case.unit or (terms.NO_UNIT if case.case_no else ""),
                about(case),
                _left(case.days_left),
            )
            for case in rate.cases
        ],
        title=f"{DEFINITIONS[key].label}：{'未到期' if rate.clocked else '未办结'} {len(rate.cases)} 件，先到期的在前",
    )


def _say_counted_in(key: str, rate: RateOutlook) -> None:
    counts, label = rate.counts, DEFINITIONS[key].label
    if not rate.clocked:
        said = [text.format(number) for part, text in _WHY[key] if (number := getattr(counts, part))]
        if said and counts.best != counts.worst:
            screen.print_wrapped(f"{label}：{'；'.join(said)}，都已算进最好、最差。")
        return
    if counts.ratable:
        screen.print_wrapped(f"{label}：评价期已过未评的 {counts.ratable} 件，补评仍计入，已算进最好。")
    if counts.disputed:
        screen.print_wrapped(
            f"{label}：超期未办的 {counts.disputed} 件，单位还可提异议，同意退回的不再计，已算进最好。"
        )
    if counts.leaving:
        screen.print_wrapped(
            f"{label}：已评的 {counts.leaving} 件还可能申请复查、复核，撤销重办后又撤回的不再计，已算进最差。"
        )


def _columns(name: str, ranked: bool, clocked: bool) -> list[Column]:
    numbers = ("按期", "逾期", "超期未办", "未到期") if clocked else ("分子", "分母", "还会变", "还会来")
    found = [Column(name), *screen.numbers("目前", "最好", "最差", *numbers, "目标"), Column("要达目标", fixed=False)]
    return [*found, Column("要升一名", fixed=False)] if ranked else found


def _line(key: str, name: str, rate: RateOutlook, ranked: bool) -> list[str | int]:
    counts = rate.counts
    line: list[str | int] = [name, percent(counts.so_far), percent(counts.best), percent(counts.worst)]
    if rate.clocked:
        line += [counts.on_time, counts.late, counts.overdue, counts.pending]
    else:
        moving = counts.ratable + counts.disputed + counts.losable + counts.leaving
        line += [counts.on_time, counts.total, moving, counts.coming]
    line += ["" if rate.target is None else f"{rate.target:g}%", _goal(key, rate)]
    return [*line, _next(key, rate)] if ranked else line
