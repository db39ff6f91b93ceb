"""A city's figures by office, in words, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import BASES, DEFINITIONS
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.figures.city import Aside, CityFigures, CityOverdue, District, OverdueThere, SealedBeside
from xinfang_cli.present.checking import figure_name
from xinfang_cli.present.figures import excluded_in_words, percent, rate_record, unaccepted_in_words
from xinfang_cli.present.machine import Csv, csv_of

OFFICE = LABELS["office"]
THIS_PERIOD = LABELS["this_period"]
WHY = {
    "moved": "案件簿已搬走",
    "version": "是第 {version} 版，和本程序不同版，或没有照本程序放好权限：请管理员在那个局做 xinfang server init",
    "permission": "没有给这个登录名",
    "no_cases": "簿中还没有件",
    "before_book": "簿中数据自 {start} 起完整，本期在此之前",
    "no_data": "本期没有件，也没有到期、办结、评价的",
    "unpublished": "没有发布本期",
}


def aside_in_words(aside: Iterable[Aside]) -> list[str]:
    """罗庄：簿中还没有件: the offices without numbers, and why."""
    return [f"{one.office}：{WHY[one.why].format(version=one.version, start=one.start)}" for one in aside]


def sealed_in_words(office: str, sealed: SealedBeside) -> str:
    """A publication beside what is counted now."""
    when = f"{office}已于 {sealed.published_on.isoformat()} 发布（截至 {sealed.as_of.isoformat()}）"
    if not sealed.differing:
        return f"{when}，各数和发布的一致"
    names = "、".join(figure_name(one.figure) for one in sealed.differing[:3])
    more = f"等 {len(sealed.differing)} 个数" if len(sealed.differing) > 3 else f" {len(sealed.differing)} 个数"
    return f"{when}，{names}{more}和发布的不同"


def notes(view: CityFigures | CityOverdue, span: str = THIS_PERIOD) -> Iterator[str]:
    """The remarks to the numbers: what is incomplete, what may be otherwise, what was published, who is not among them.
    `span` names the numbers that stand beside those of the period (累计)."""
    head = _head(span)
    rows: Iterable[District | OverdueThere] = view.districts if isinstance(view, CityFigures) else view.offices
    if isinstance(view, CityFigures):
        yield from _of_figures(view, span)
    for row in rows:
        if row.unsettled:
            yield f"{head}{row.office}有 {row.unsettled} 件定了以后的听证、或此后又改过，这里按现在的记载计，以该局自己的数为准。"
    if view.aside:
        yield f"{head}没有计入的局：{'；'.join(aside_in_words(view.aside))}。"


def _head(span: str) -> str:
    return "" if span == THIS_PERIOD else f"{span}："


def _of_figures(view: CityFigures, span: str) -> Iterator[str]:
    head = _head(span)
    for one in view.districts:
        if not one.coverage.complete and one.coverage.start is not None:
            yield f"{one.office}的数据自 {one.coverage.start.isoformat()} 起完整，{span}在此之前的部分不全。"
        if one.sealed is not None and not view.published:
            yield f"{head}{sealed_in_words(one.office, one.sealed)}。"
    if out := excluded_in_words(view.total.rates.items()):
        yield f"{head}剔除：期内收到的 {view.total.excluded} 件；各率不计 {'，'.join(out)}。"
    if said := unaccepted_in_words(view.total.rates.items()):
        yield f"{head}{said}。"
    if guessed := [f"{DEFINITIONS[key].label} {number} 个" for key, number in view.total.guesses.items()]:
        yield f"{head}到期日为约（所在年的放假安排未公布）：{'、'.join(guessed)}；安排公布后重算。"


def document(view: CityFigures | CityOverdue) -> dict[str, Any]:
    """The JSON of `city stats`, `city overdue`."""
    not_counted = [
        {"office": one.office, "why": one.why, "version": one.version, "from": one.start} for one in view.aside
    ]
    if isinstance(view, CityOverdue):
        return {
            "as_of": view.as_of,
            "offices": [_overdue(one) for one in view.offices],
            "total": {**_overdue(view.total), "office": None, "offices": len(view.offices)},
            "not_counted": not_counted,
        }
    return {
        "period": {"from": view.period.first, "to": view.period.last},
        "as_of": view.as_of,
        "basis": "due",
        "published": view.published,
        "offices": [{**_district(one), "ranks": view.ranks[one.office]} for one in view.districts],
        "total": {**_district(view.total), "office": None, "offices": len(view.districts)},
        "four_rates": list(view.four_rates),
        "not_counted": not_counted,
    }


def _overdue(one: OverdueThere) -> dict[str, Any]:
    return {
        "office": one.office,
        "overdue": one.number,
        "by_clock": one.clocks,
        "over_30": one.long,
        "unsettled": one.unsettled,
    }


def _district(one: District) -> dict[str, Any]:
    sealed = one.sealed
    return {
        "office": one.office,
        "coverage": {"from": one.coverage.start, "complete": one.coverage.complete},
        "excluded": one.excluded,
        "guesses": one.guesses,
        "unsettled": one.unsettled,
        "rates": {key: rate_record(key, rate) for key, rate in one.rates.items()},
        "volumes": {**one.volumes, "by_kind": one.kinds},
        "sealed": sealed
        and {
            "published_on": sealed.published_on,
            "as_of": sealed.as_of,
            "differing": [change._asdict() for change in sealed.differing],
        },
    }


def table(view: CityFigures | CityOverdue, **how: Any) -> Csv:
    """The CSV: a row an office, the sum last."""
    if isinstance(view, CityOverdue):
        clocks = [key for key in terms.CLOCK.labels if key in view.total.clocks]
        columns = {"office": OFFICE, "number": LABELS["overdue_clocks"]}
        columns |= {key: terms.CLOCK.label(key) for key in clocks} | {"long": LABELS["over_30"]}
        return csv_of(
            [
                {"office": one.office, "number": one.number, "long": one.long}
                | {key: one.clocks.get(key, 0) for key in clocks}
                for one in (*view.offices, *((view.total,) if view.offices else ()))
            ],
            columns,
        )
    columns = {"office": OFFICE, "cases": LABELS["cases"]}
    for key in view.total.rates:
        label = DEFINITIONS[key].label
        columns |= {f"{key}.n": f"{label}分子", f"{key}.d": f"{label}分母", f"{key}.p": f"{label}%"}
    rows = []
    for one in (*view.districts, *((view.total,) if view.districts else ())):
        line: dict[str, Any] = {"office": one.office, "cases": one.volumes.get("cases", 0)}
        for key, rate in one.rates.items():
            shown = "—" if rate.percent is None else f"{rate.percent:.2f}"
            line |= {f"{key}.n": rate.numerator, f"{key}.d": rate.denominator, f"{key}.p": shown}
        rows.append(line)
    return csv_of(rows, columns)


def headline(view: CityFigures) -> str:
    """The period, the basis, the day, and how many offices."""
    day = "各局发布时" if view.published else f"截至 {view.as_of.isoformat()}"
    every = len(view.districts) + len(view.aside)
    return (
        f"{view.period.first.isoformat()} 至 {view.period.last.isoformat()}  {BASES['due']}  {day}  "
        f"{every} 个局，计入 {len(view.districts)} 个"
    )


def shown(one: District, key: str) -> str:
    """A rate of an office in percent; — where nothing is counted, or it was not published."""
    rate = one.rates.get(key)
    return "—" if rate is None else percent(rate.percent)
