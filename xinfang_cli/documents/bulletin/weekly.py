"""The weekly bulletin: first-time cases and the backlog on one page."""

from __future__ import annotations

from xinfang_cli.documents.bulletin.sentences import (
    backlog_paragraph,
    day_in,
    left_out,
    named,
    places,
    places_in,
    rate_of,
    target_words,
    until,
)
from xinfang_cli.documents.bulletin.tables import (
    weekly_table,
)
from xinfang_cli.formats.model import Section, Table, chinese_day
from xinfang_cli.law.figures.bulletin import below, groups
from xinfang_cli.law.figures.definitions import Rate, is_small
from xinfang_cli.office.figures.bulletin import Bulletin
from xinfang_cli.present.figures import percent


def sections(bulletin: Bulletin) -> tuple[str, list[Section]]:
    """The title and the sections of a weekly bulletin."""
    total = bulletin.total
    rate, floor = total.rates["one_time"], total.small_base
    day = until(bulletin)
    title = f"初次信访、积案化解情况周通报（截至{day_in(day, bulletin.made_on)}）"
    one_time = "" if is_small(rate, floor) else f"，一次性化解率 {percent(rate.percent)}"
    first = [
        f"截至{day_in(day, bulletin.made_on)}，{_year(bulletin)}{bulletin.area}办结初次信访事项 {rate.denominator} 件，"
        f"一次性化解 {rate.numerator} 件{one_time}{left_out('one_time', rate)}。" + "".join(places(total, "one_time"))
    ]
    target = bulletin.targets.get("one_time")
    if target is not None and rate.denominator:
        low = below(total.rows, "one_time", target)
        first.append(
            f"低于{target_words(bulletin, 'one_time')}的单位 {len(low)} 个{'：' + named(low, 'one_time', floor) if low else ''}。"
        )
    parts = [Section("初次信访事项化解情况", first, "one_time")]
    if bulletin.backlog:
        towns, *others = [*groups(total.rows).items()] or [("", [])]
        second = [backlog_paragraph(bulletin) + places_in(towns[1], "backlog", floor)]
        small = []
        for group, members in others:
            whole = Rate()
            for row in members:
                whole.add(row.rates["backlog"])
            if not whole.denominator:
                continue
            said = f"{group}交办 {whole.denominator} 件，累计化解 {whole.numerator} 件{rate_of(whole, floor)}"
            ends = places_in(members, "backlog", floor)
            if ends:
                second.append(f"{said}。{ends}")
            else:
                small.append(said)
        if small:
            second.append(f"{'；'.join(small)}。")
        parts.append(Section("信访积案化解情况", second, "backlog"))
    return title, parts


def _year(bulletin: Bulletin) -> str:
    """今年, or 2022年; with the first day of data in a partly recorded year."""
    year = bulletin.so_far.first.year
    said = "今年" if bulletin.made_on.year == year else f"{year}年"
    first = bulletin.so_far.first
    return said if (first.month, first.day) == (1, 1) else f"{said}（簿中数据自{chinese_day(first)}起）"


def tables(bulletin: Bulletin) -> list[Table]:
    """The tables of a weekly bulletin."""
    return [weekly_table(bulletin)]
