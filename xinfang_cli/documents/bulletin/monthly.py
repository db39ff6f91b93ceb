"""The monthly bulletin, and the quarterly one in its form."""

from __future__ import annotations

from xinfang_cli.documents.bulletin.sentences import (
    backlog_sentences,
    problem_paragraphs,
    rate_sentences,
    reception_paragraphs,
    standing_paragraph,
    volume_paragraphs,
)
from xinfang_cli.documents.bulletin.tables import (
    problem_table,
    rates_table,
    standing_tables,
    trend_table,
    volume_table,
)
from xinfang_cli.formats.model import Section, Table
from xinfang_cli.office.figures.bulletin import Bulletin


def sections(bulletin: Bulletin) -> tuple[str, list[Section]]:
    """The title and the sections of a monthly or quarterly bulletin."""
    now, total = bulletin.now, bulletin.total
    name = f"{bulletin.period.first.month}月份"
    if bulletin.period.kind == "quarter":
        name = bulletin.period.label.split("年")[1]
    title = f"关于{bulletin.period.first.year}年{name}{bulletin.area}信访工作情况的通报"
    parts = [
        Section("信访总量", volume_paragraphs(bulletin), "volume"),
        Section("四率", [rate_sentences(bulletin, bulletin.now, key) for key in now.four_rates], "four_rates"),
        Section("初次信访事项一次性化解", [rate_sentences(bulletin, bulletin.now, "one_time")], "one_time"),
    ]
    if total.rates["backlog"].denominator:
        parts.append(Section("信访积案化解", [backlog_sentences(bulletin)], "backlog"))
    if bulletin.reception is not None:
        parts.append(Section("领导干部接访", reception_paragraphs(bulletin), "reception"))
    if bulletin.standings:
        parts.append(Section("上级通报的名次", [standing_paragraph(bulletin)], "standing"))
    parts += [
        Section("存在的问题", problem_paragraphs(bulletin), "problems"),
        Section("下步工作要求", ["（由本局填写）"], "next"),
    ]
    return title, parts


def tables(bulletin: Bulletin) -> list[Table]:
    """The tables at the end of a monthly or quarterly bulletin."""
    return [
        volume_table(bulletin),
        rates_table("rates", "四率（本期）", "四率本期", bulletin.now, bulletin.no_unit),
        rates_table("rates_so_far", "四率（累计）", "四率累计", bulletin.total, bulletin.no_unit_so_far),
        *standing_tables(bulletin),
        problem_table(bulletin),
        trend_table(bulletin),
    ]
