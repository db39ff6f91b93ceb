"""The yearly report of art. 41."""

from __future__ import annotations

from xinfang_cli.documents.bulletin.sentences import (
    advice_paragraphs,
    backlog_sentences,
    most,
    problem_paragraphs,
    rate_sentences,
    reception_paragraphs,
    standing_paragraph,
    volume_paragraphs,
)
from xinfang_cli.documents.bulletin.tables import (
    rates_table,
    standing_tables,
    topic_table,
    trend_table,
    volume_table,
)
from xinfang_cli.documents.bulletin.unnamed import few, kinds_told
from xinfang_cli.formats.model import Section, Table, chinese_day
from xinfang_cli.law import terms
from xinfang_cli.law.naming import FEW
from xinfang_cli.office.figures.bulletin import Bulletin


def sections(bulletin: Bulletin) -> tuple[str, list[Section]]:
    """The sections required by art. 41: data and areas, units complained of; forwarding, orders, supervision;
    suggestions; other.
    """
    now, year = bulletin.now, bulletin.period.first.year
    first = volume_paragraphs(bulletin)
    if purposes := _purposes(bulletin):
        first.append(f"按信访目的：{purposes}。")
    if regions := most(now.breakdown.by["region"].items(), 5):
        first.append(f"问题属地较多的是：{regions}。")
    if bulletin.complained_of:
        first.append(f"被反映较多的单位：{most(bulletin.complained_of, 5)}。")
    second = [
        f"{_span(bulletin)}{_doings(bulletin)}。",
        *(rate_sentences(bulletin, bulletin.now, key) for key in dict.fromkeys(("dispatch", *now.four_rates))),
    ]
    others = [
        rate_sentences(bulletin, bulletin.now, "one_time"),
        *([backlog_sentences(bulletin)] if bulletin.backlog else []),
        *(reception_paragraphs(bulletin)[:1] if bulletin.reception is not None else []),
        *([f"上级通报：{standing_paragraph(bulletin)}"] if bulletin.standings else []),
        *problem_paragraphs(bulletin)[-1:],
    ]
    return f"{year}年度信访情况报告", [
        Section("信访事项数据和涉及领域", first, "volume"),
        Section("转送、交办、督办情况", second, "doings"),
        Section("提出改进工作、完善政策、追究责任建议及采纳情况", advice_paragraphs(bulletin), "advice"),
        Section("其他事项", others, "others"),
    ]


def _purposes(bulletin: Bulletin) -> str:
    """The cases by purpose. A handful of accusations is not counted out, and the smallest other purpose is left out: what
    they leave of the whole would be the accusations."""
    counts = {kind or "": number for kind, number in bulletin.now.breakdown.by["kind"].items() if number}
    accusations = counts.get("accusation", 0)
    small = 0 < accusations < FEW
    if small:
        counts = {kind: number for kind, number in kinds_told(counts).items() if number}
    named = most(((terms.KIND.label(kind), number) for kind, number in counts.items()), 5)
    told = f"{terms.KIND.label('accusation')} {few(accusations)} 件" if small else ""
    return "、".join(filter(None, (named, told)))


_DOINGS = {
    "forward": "转送",
    "task": "交办",
    "supervise": "督办",
    "remind": "催办提醒",
    "report_up": "向上级报告",
    **terms.STEP.labels,
}


def _doings(bulletin: Bulletin) -> str:
    """转送 867 件次，交办 27 件次；督办、约谈没有登记: what nobody entered is not said to have been done no times."""
    done = [f"{label} {bulletin.doings[what]} 件次" for what, label in _DOINGS.items() if bulletin.doings.get(what)]
    without = [label for what, label in _DOINGS.items() if not bulletin.doings.get(what)]
    return "；".join(part for part in ("，".join(done), f"{'、'.join(without)}没有登记" if without else "") if part)


def _span(bulletin: Bulletin) -> str:
    """全年, 今年以来 in a year that is not over; from when the book has data."""
    said = "全年" if bulletin.period.last <= bulletin.as_of else "今年以来"
    first = bulletin.now.first
    return said if first == bulletin.period.first else f"{said}（簿中数据自{chinese_day(first)}起）"


def tables(bulletin: Bulletin) -> list[Table]:
    """The tables of a yearly report."""
    return [
        volume_table(bulletin),
        rates_table("rates", "四率", "四率", bulletin.now, bulletin.no_unit),
        *standing_tables(bulletin),
        trend_table(bulletin),
        topic_table(bulletin.now),
    ]
