"""The weekly bulletin: first-time cases and the backlog on one page."""

from __future__ import annotations

from xinfang_cli.documents.bulletin.sentences import (
    backlog_paragraph,
    named,
    places,
    places_in,
    target_words,
    until,
)
from xinfang_cli.documents.bulletin.tables import (
    weekly_table,
)
from xinfang_cli.formats.model import Section, Table
from xinfang_cli.law.figures.bulletin import Bulletin, below, groups
from xinfang_cli.law.figures.definitions import Rate
from xinfang_cli.present.figures import percent


def sections(bulletin: Bulletin) -> tuple[str, list[Section]]:
    total = bulletin.total
    rate = total.rates["one_time"]
    day = until(bulletin)
    title = f"初次信访、积案化解情况周通报（截至{day.month}月{day.day}日）"
    first = [
        f"截至 {day.month} 月 {day.day} 日，今年{bulletin.area}办结初次信访事项 {rate.denominator} 件，"
        f"一次性化解 {rate.numerator} 件，一次性化解率 {percent(rate.percent)}。"
        + "".join(places(total.rows, "one_time"))
    ]
    target = bulletin.targets.get("one_time")
    if target is not None:
        low = below(total.rows, "one_time", target)
        first.append(
            f"低于{target_words(bulletin, 'one_time')}的单位 {len(low)} 个{'：' + named(low, 'one_time') if low else ''}。"
        )
    parts = [Section("初次信访事项化解情况", first, "one_time")]
    if bulletin.backlog:
        towns, *others = [*groups(total.rows).items()] or [("", [])]
        second = [backlog_paragraph(bulletin) + places_in(towns[1], "backlog")]
        small = []
        for group, members in others:
            whole = Rate()
            for row in members:
                whole.add(row.rates["backlog"])
            if not whole.denominator:
                continue
            said = f"{group}交办 {whole.denominator} 件，累计化解 {whole.numerator} 件，化解率 {percent(whole.percent)}"
            ends = places_in(members, "backlog")
            if ends:
                second.append(f"{said}。{ends}")
            else:
                small.append(said)
        if small:
            second.append(f"{'；'.join(small)}。")
        parts.append(Section("信访积案化解情况", second, "backlog"))
    return title, parts


def tables(bulletin: Bulletin) -> list[Table]:
    return [weekly_table(bulletin)]
