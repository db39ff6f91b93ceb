"""A city's bulletin: its offices in a table, in the form of the offices' own bulletins."""

from __future__ import annotations

from typing import Any

from xinfang_cli.formats.model import Col, Document, Row, Section, Table, chinese_day
from xinfang_cli.law.figures.definitions import DEFINITIONS, Rate, is_small
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.figures.city import CityBulletin, CityFigures, District
from xinfang_cli.present.city import OFFICE, aside_in_words, document, notes
from xinfang_cli.present.figures import percent

_KINDS = {"week": "周通报", "month": "月通报", "quarter": "季度通报", "year": "年度通报"}
_USED = ("one_time", "backlog", "repeat")


def bulletin(view: CityBulletin) -> Document:
    """The whole bulletin: what the offices have in all, then each in the table."""
    now, so_far = view.now, view.so_far
    kind = now.period.kind
    tables = [
        *([_volumes(view)] if now.districts else []),
        *([_results(view)] if so_far.districts else []),
        *([_rates(view)] if now.districts and kind != "week" else []),
    ]
    used = dict.fromkeys((*(() if kind == "week" else now.four_rates), *_USED))
    return Document(
        title=f"全市信访工作情况{_KINDS[kind]}（{now.period.label}）",
        number=view.number,
        addressed="",
        sections=[
            Section("一、信访总量", [_received(now), *_not_counted(now, "本期")], "volume"),
            Section(
                "二、化解情况",
                [_resolved(so_far), *(_not_counted(so_far, "累计") if so_far is not now else [])],
                "one_time",
            ),
        ],
        tables=tables,
        charts=[],
        issuer=view.issuer,
        day=view.made_on,
        signed=chinese_day(view.made_on),
        foot=[
            f"数据截至 {chinese_day(now.as_of)}；期限类的率按应办口径（到期日在本期的）。合计的率是各局分子之和比分母之和。"
            + (f"积案截至 {chinese_day(now.period.last)}，其后的不写进本期。" if now.period.last < now.as_of else ""),
            *notes(now._replace(aside=())),
            *(() if so_far is now else notes(_of_tables(so_far), LABELS["so_far"])),
            "名次在有数据的局里排，相同的并列；— 表示分母为零，不排名。",
            *(f"{DEFINITIONS[key].label}：{DEFINITIONS[key].words}。" for key in used),
        ],
        data={"now": document(now), "so_far": document(so_far)},
        compact=kind == "week",
    )


def _received(now: CityFigures) -> str:
    volumes = now.total.volumes
    if not now.districts:
        return f"{now.period.label}，没有一个局有可以计入的数。"
    return (
        f"{now.period.label}，计入的 {len(now.districts)} 个局收到信访事项 {volumes['cases']} 件 {volumes['people']} 人，"
        f"其中来访 {volumes['groups']} 批 {volumes['visit_people']} 人次，"
        f"集体访 {volumes['group_visits']} 批 {volumes['group_visit_people']} 人次。"
    )


def _resolved(so_far: CityFigures) -> str:
    if not so_far.districts:
        return "没有一个局有可以计入的数。"
    one_time, backlog = so_far.total.rates["one_time"], so_far.total.rates["backlog"]
    said = (
        f"{so_far.period.label}，计入的 {len(so_far.districts)} 个局办结初次信访事项 {one_time.denominator} 件，"
        f"一次性化解 {one_time.numerator} 件{_percent('，一次性化解率', one_time, so_far)}。"
    )
    if backlog.denominator:
        said += f"交办信访积案 {backlog.denominator} 件，累计化解 {backlog.numerator} 件{_percent('，化解率', backlog, so_far)}。"
    return said


def _percent(what: str, rate: Rate, view: CityFigures) -> str:
    """A rate in a sentence; of a handful the numbers before it say it."""
    return "" if rate.percent is None or is_small(rate, view.small_base) else f"{what} {percent(rate.percent)}"


def _not_counted(view: CityFigures, span: str) -> list[str]:
    said = aside_in_words(view.aside)
    return [f"{span}没有计入的局：{'；'.join(said)}。"] if said else []


def _of_tables(so_far: CityFigures) -> CityFigures:
    """The year's figures as far as the tables print them."""
    total = so_far.total
    rates = {key: rate for key, rate in total.rates.items() if key in ("one_time", "backlog")}
    return so_far._replace(aside=(), total=total._replace(rates=rates, guesses={}))


def _rows(view: CityFigures, line: Any) -> list[Row]:
    return [*(Row(line(one)) for one in view.districts), Row(line(view.total), "total")]


def _count(over: str, **headings: str) -> list[Col]:
    return [Col(key, heading, "count", over) for key, heading in headings.items()]


def _volumes(view: CityBulletin) -> Table:
    far = {one.office: one.volumes.get("cases") for one in (*view.so_far.districts, view.so_far.total)}
    columns = [
        Col("office", OFFICE, width=16),
        *_count(LABELS["this_period"], cases="件", people="人", first="初件", repeat="重件"),
        Col("repeat_rate", DEFINITIONS["repeat"].short, "percent", LABELS["this_period"]),
        *_count(LABELS["this_period"], groups="来访批", visit_people="来访人次"),
        *_count(LABELS["this_period"], group_visits="集体访批", group_visit_people="集体访人次"),
        Col("so_far", LABELS["so_far_cases"], "count"),
    ]

    def line(one: District) -> tuple[Any, ...]:
        volumes = one.volumes
        return (
            one.office,
            *(volumes[key] for key in ("cases", "people", "first", "repeat")),
            one.rates["repeat"].percent,
            *(volumes[key] for key in ("groups", "visit_people", "group_visits", "group_visit_people")),
            far.get(one.office),
        )

    return Table("volumes", "各局信访总量", "总量", columns, _rows(view.now, line))


def _results(view: CityBulletin) -> Table:
    """First petitions closed at once and the backlog, so far in the year, each office with its place."""
    columns = [
        Col("office", OFFICE, width=16),
        *_count(LABELS["first_so_far"], closed="办结", at_once="一次化解"),
        Col("one_time", LABELS["percentage"], "percent", LABELS["first_so_far"]),
        Col("one_time_rank", LABELS["rank"], "rank", LABELS["first_so_far"]),
        *_count(LABELS["backlog_cases"], handed="交办", resolved="累计化解"),
        Col("backlog", LABELS["resolved_percent"], "percent", LABELS["backlog_cases"]),
        Col("backlog_rank", LABELS["rank"], "rank", LABELS["backlog_cases"]),
    ]

    def line(one: District) -> tuple[Any, ...]:
        cells: list[Any] = [one.office]
        for key in ("one_time", "backlog"):
            cells += _rate(view.so_far, one, key)
        return tuple(cells)

    return Table("results", "各局化解情况", "化解", columns, _rows(view.so_far, line))


def _rates(view: CityBulletin) -> Table:
    columns = [Col("office", OFFICE, width=16)]
    for key in view.now.four_rates:
        label = DEFINITIONS[key].label
        columns += [
            Col(f"{key}.denominator", LABELS["denominator"], "count", label),
            Col(f"{key}.numerator", LABELS["numerator"], "count", label),
            Col(f"{key}.percent", LABELS["percentage"], "percent", label),
            Col(f"{key}.rank", LABELS["rank"], "rank", label),
        ]
    columns.append(Col("overall", LABELS["overall_rank"], "rank"))

    def line(one: District) -> tuple[Any, ...]:
        cells: list[Any] = [one.office]
        for key in view.now.four_rates:
            cells += _rate(view.now, one, key)
        return (*cells, _place(view.now, one, "overall"))

    return Table("rates", "各局四项率", "四率", columns, _rows(view.now, line))


def _rate(view: CityFigures, one: District, key: str) -> list[Any]:
    rate = one.rates.get(key, Rate())
    return [rate.denominator, rate.numerator, rate.percent, _place(view, one, key)]


def _place(view: CityFigures, one: District, key: str) -> Any:
    places = view.ranks.get(one.office)
    return "" if places is None else places.get(key)
