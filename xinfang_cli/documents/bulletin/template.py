"""An office's own Word form of a bulletin: what it may ask for, the one to start from, and filling it in.

Sentences, figures and tables are those of the program's own form; every field has an English and a Chinese name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from xinfang_cli.documents import bulletin as bulletins
from xinfang_cli.documents.bulletin.sentences import PROBLEMS, rate_sentences
from xinfang_cli.errors import next_step
from xinfang_cli.formats import word_forms
from xinfang_cli.formats.model import Col, Document, Row, Section, Table, chinese_day, shown
from xinfang_cli.law.figures.definitions import (
    DEFINITIONS,
    Breakdown,
    Durations,
    Figures,
    GroupRow,
    Rate,
    Scope,
    WithoutUnit,
)
from xinfang_cli.law.periods import Coverage, Period, change_in_words
from xinfang_cli.law.redaction import Known, redact
from xinfang_cli.law.terms import REPORT
from xinfang_cli.office.campaigns.advice import Advice, Standing
from xinfang_cli.office.campaigns.reception_status import MissingDay, ReceptionStatus
from xinfang_cli.office.figures.bulletin import (
    BacklogLine,
    Bulletin,
    OverdueClock,
    ProblemCase,
    TemplateField,
    TemplateFields,
)
from xinfang_cli.present.figures import percent, rates_in_words, unit_of

PLAIN = {
    "title": ("标题", "如 关于2023年6月份全区信访工作情况的通报"),
    "number": ("文号", next_step(".number") + "，没写的留空待填"),
    "addressed": ("主送", "各镇街、区直有关部门……"),
    "issuer": ("落款单位", "本局名称"),
    "area": ("辖区", f"全区、全县……，{next_step('~config')} 里的 area"),
    "day": ("成文日期", "出通报的那天"),
    "period": ("时期", "如 2023年6月"),
    "from_on": ("起日", "本期第一天"),
    "to_on": ("止日", "本期最后一天"),
    "as_of": ("截至日", next_step(".as_of") + "，默认今天"),
    "attached": ("附件", "附件目录，每件一段"),
    "copied": ("抄送", "没有的是空的"),
    "notice": ("提示", "本期发布以后有变动的提示，没有的是空的"),
    "foot": ("说明", "口径、截至日、各率的定义，每条一段"),
}
SECTIONS = {
    "volume": "信访总量",
    "four_rates": "四率",
    "one_time": "一次性化解",
    "backlog": "积案化解",
    "reception": "领导接访",
    "standing": "上级名次",
    "problems": "存在问题",
    "next": "下步要求",
    "doings": "转送交办督办",
    "advice": "三项建议",
    "others": "其他事项",
}
TABLES = {
    "volumes": "总量表",
    "rates": "四率表",
    "rates_so_far": "四率累计表",
    "overdue": "超期表",
    "backlog": "积案表",
    "problems": "通报件表",
    "trend": "走势表",
    "topics": "领域表",
    "weekly": "周通报表",
}
VOLUMES = {
    "cases": "件数",
    "people": "人数",
    "first": "初次件",
    "repeat": "重复件",
    "groups": "来访批次",
    "visit_people": "来访人次",
    "group_visits": "集体访批次",
    "group_visit_people": "集体访人次",
    "joint_letters": "联名件",
}
CHANNELS = {"letters": "来信", "visits": "来访", "web": "网信", "phone": "来电", "other": "其他"}
NO_DATA = "无数据"
_SPANS = {"now": "本期", "so_far": "累计"}
_PARTS = {"heading": "标题", "note": "说明", "whole": "整表", "numerator": "分子", "denominator": "分母"}
_PARTS |= {"previous": "环比", "year_ago": "同比", "sentence": "句", "summed": "小计"}
Thing = TypeVar("Thing")


class Paragraphs(list[str]):
    """Some paragraphs: `{{ 信访总量 }}` alone in its own gives one each; with a heading."""

    heading = 标题 = ""

    def __str__(self) -> str:
        return "\a".join(self)


class Count(int):
    """A number of cases, with its change against earlier periods."""


class Share(str):
    """A rate as printed, with what it was divided from."""


class TableRows(list[dict[str, Any]]):
    """The lines of a table; its title and note; the whole of it, as `{{p 四率表.整表 }}` puts it in."""

    heading = 标题 = note = 说明 = ""
    table: Table | None = None

    @property
    def whole(self) -> Any:
        """The table as Word draws it, for a template that wants no table of its own."""
        from markupsafe import Markup

        from xinfang_cli.formats import word

        return Markup("" if self.table is None else word.table_xml(self.table))  # its texts are escaped by lxml

    整表 = whole


def _named(thing: Thing, **parts: Any) -> Thing:
    """Set parts under both their names."""
    for key, value in parts.items():
        setattr(thing, key, value)
        setattr(thing, _PARTS[key], value)
    return thing


def _clean(text: str) -> str:
    """Without signs that a Word file cannot hold."""
    return "".join(char if char.isprintable() else " " for char in text)


def _paragraphs(lines: Sequence[str], heading: str = "") -> Paragraphs:
    from xinfang_cli.formats.word import breakable

    return _named(Paragraphs(breakable(_clean(line)) for line in lines), heading=heading)


# ---- what a template is given -----------------------------------------------------------------------------------


def context(bulletin: Bulletin, document: Document) -> dict[str, Any]:
    """Every field of a bulletin under both its names; what this one does not have is empty."""
    from xinfang_cli.formats.word import in_lines

    found: dict[str, Any] = {
        "title": in_lines(document.title),
        "number": document.number,
        "addressed": document.addressed,
        "issuer": document.issuer,
        "area": bulletin.area,
        "day": document.signed,
        "period": bulletin.period.label,
        "from_on": chinese_day(bulletin.period.first),
        "to_on": chinese_day(bulletin.period.last),
        "as_of": chinese_day(bulletin.as_of),
        "attached": _paragraphs(document.attached),
        "copied": document.copied,
        "notice": _paragraphs(document.notice),
        "foot": _paragraphs(document.foot),
    }
    assert found.keys() == PLAIN.keys()
    named = found | {PLAIN[key][0]: value for key, value in found.items()}
    for span, figures in (("now", bulletin.now), ("so_far", bulletin.total)):
        named[span] = named[_SPANS[span]] = _figures(bulletin, figures)
    texts = {part.key: _paragraphs(part.paragraphs, part.heading) for part in document.sections}
    tables = {table.key: table for table in document.tables}
    for key, name in SECTIONS.items():
        named[key] = named[name] = texts.get(key, Paragraphs())
    for key, name in TABLES.items():
        named[f"{key}_table"] = named[name] = _rows(tables[key]) if key in tables else TableRows()
    return named


def _figures(bulletin: Bulletin, figures: Figures) -> dict[str, Any]:
    found: dict[str, Any] = {}
    floor = figures.small_base
    missing = dict.fromkeys(figures.missing, NO_DATA)
    for key, name in VOLUMES.items():
        number = Count(figures.volumes[key])
        changes = {
            against: change_in_words(number, before.volumes[key], base, floor=floor, unit=unit_of(key))
            for against, base in (("previous", "上期"), ("year_ago", "上年同期"))
            if (before := figures.against.get(against)) is not None
        }
        found[key] = found[name] = _named(number, **{"previous": "", "year_ago": "", **missing, **changes})
    by_group = figures.breakdown.by_channel_group
    for key, name in CHANNELS.items():
        found[key] = found[name] = by_group.get(name, 0)
    for key, rate in figures.rates.items():
        definition = DEFINITIONS[key]
        changes = {
            against: rates_in_words(rate, before.rates[key], floor)
            for against in ("previous", "year_ago")
            if (before := figures.against.get(against)) is not None
        }
        share = _named(
            Share(percent(rate.percent)),
            numerator=rate.numerator,
            denominator=rate.denominator,
            sentence=_clean(rate_sentences(bulletin, figures, key)),
            **{"previous": "", "year_ago": "", **missing, **changes},
        )
        found[key] = found[definition.label] = share
    found["excluded"] = found["剔除数"] = figures.excluded
    return found


def columns_of(table: Table) -> dict[str, str]:
    """English and Chinese names of the columns: the heading, with the upper heading if repeated."""
    headings = [column.heading for column in table.columns]
    return {
        column.key.replace(".", "_"): column.heading
        if headings.count(column.heading) == 1
        else f"{column.over}_{column.heading}"
        for column in table.columns
    }


def _rows(table: Table) -> TableRows:
    names = columns_of(table)
    rows = TableRows()
    for row in table.rows:
        cells = [_clean(shown(value, column.kind)) for value, column in zip(row.cells, table.columns, strict=True)]
        line: dict[str, Any] = {"summed": row.kind != "unit", "小计": row.kind != "unit"}
        for (key, name), cell in zip(names.items(), cells, strict=True):
            line[key] = line[name] = cell
        rows.append(line)
    rows.table = table
    return _named(rows, heading=table.title, note=_clean(table.note))


# ---- reading a template -----------------------------------------------------------------------------------------


def form(kind: str, path: str | Path, four_rates: Sequence[str]) -> word_forms.WordForm:
    """An office's template of that kind, read and rendered on trial; one Chinese line describes a fault."""
    return word_forms.WordForm(Path(path), fields(kind, four_rates))


def fields(kind: str, four_rates: Sequence[str]) -> word_forms.Fields:
    """The fields that a template of this bulletin may ask for."""
    samples = [context(made, bulletins.document(made)) for made in _samples(kind, four_rates)]
    inner = {*_PARTS.values(), *(name for name, _, _ in figure_fields())}
    inner |= {name for table in samples[0].values() if isinstance(table, TableRows) for row in table for name in row}
    return word_forms.Fields(
        REPORT.label(kind),
        frozenset(samples[0]),
        frozenset(name for name in inner if not name.isascii()),
        samples,
        "{{ 标题 }}",
        "抄送",
        f"⟦report⟧ ⟦.fields⟧ {kind}",
        f"⟦config.set⟧ template.{kind} ⟦.default⟧",
    )


def _sample_reception(period: Period) -> ReceptionStatus:
    missing = (MissingDay(period.last, ("某某某",)),)
    return ReceptionStatus(
        period.first, period.last, period.last, 1, missing, 1, 1, 1, (), (), 1, 1, 1, 1, 1, (), 1, 1, ()
    )  # fmt: skip


def _samples(kind: str, four_rates: Sequence[str]) -> Iterator[Bulletin]:
    """A bulletin in which everything is there, and one with nothing, to try a template with."""
    spans = {
        "week": (date(2023, 6, 5), date(2023, 6, 11)),
        "month": (date(2023, 6, 1), date(2023, 6, 30)),
        "quarter": (date(2023, 4, 1), date(2023, 6, 30)),
        "year": (date(2023, 1, 1), date(2023, 12, 31)),
    }
    period = Period(kind, *spans[kind])
    for full in (True, False):
        now, total = (_sample_figures(period, four_rates, full) for _ in range(2))
        title, unit = redact("反映某某社区二期供水压力不足", Known(), "public"), "人力资源和社会保障局"
        late = ("XF2023-000123", title, unit)
        visits = _sample_reception(period)
        said = Advice(1, "improve_work", "某局", period.last, None, None, (), None, None, None, None, None)
        standing = Standing("按期办结率", "completion", 3, 16, period.last, None, None)
        yield Bulletin(
            period,
            Period("span", date(period.last.year, 1, 1), period.last),
            period.last,
            period.last,
            "某某区信访局",
            "全区",
            "",
            now,
            total,
            {"one_time": 90.0, "backlog": 95.0},
            {"one_time": "本局设置", "backlog": "本局设置"},
            (BacklogLine(unit, "镇街", True, 12, 3, 6, 50.0, 1, "某某某、某某某、某某某"),) if full else (),
            (OverdueClock(*late, "acceptance", period.last, 123, "某某某"),) if full else (),
            {},
            0,
            {what: (ProblemCase(*late, period.last, 123),) if full else () for what in PROBLEMS},
            dict.fromkeys(PROBLEMS, 0),
            WithoutUnit((("registered", 1), ("closed", 1))),
            WithoutUnit((("registered", 1), ("closed", 1))),
            (("某局", 1),) if full else (),
            {},
            visits if full else None,
            visits if full else None,
            (said,) if full else (),
            (standing,) if full else (),
            set_later=("small_base",) if full else (),
            sealed=("本期发布以后有变动",) if full else (),
        )


def _sample_figures(period: Period, four_rates: Sequence[str], full: bool) -> Figures:
    whole = _sample_span(period, four_rates, 1234 if full else 0)
    before = _sample_span(period, four_rates, 0)  # the longest words of a change: 上年同期为零
    whole.against = {"previous": before, "year_ago": before}
    whole.trend = [_sample_span(period, four_rates, 1234)] if full else []
    return whole


def _sample_span(period: Period, four_rates: Sequence[str], size: int) -> Figures:
    rates = {key: Rate(size, size) for key in DEFINITIONS}
    numbers = dict.fromkeys(VOLUMES, size)
    by: dict[str, dict[str | None, int]] = {
        name: {} for name in ("channel", "kind", "topic", "region", "level", "source")
    }
    if size:
        by["topic"] = {"劳动和社会保障": size}
    rows = [GroupRow("人力资源和社会保障局", "镇街", rates, numbers, key=(1,))] if size else []
    parts = Breakdown(by, {}, {}, 0, Durations())
    scope = Scope(period, period.last, "due", False, ("unit",))
    found = Figures(scope, rates, numbers, parts, 0, rows, tuple(four_rates))
    found.coverage = Coverage(period.first, True)
    if size:
        rows[0].ranks = dict.fromkeys(DEFINITIONS, 1)
        rows[0].overall_rank = 1
        found.subtotals = [GroupRow("镇街", "镇街", rates, numbers, rankable=False)]
    return found


# ---- the template to start from ---------------------------------------------------------------------------------


def starting_document(kind: str, four_rates: Sequence[str]) -> Document:
    """The program's own form with fields in place of what they stand for, to be edited in Word or WPS."""
    sample = bulletins.document(next(_samples(kind, four_rates)))
    sections: list[Section] = []
    for part in sample.sections:
        name = SECTIONS[part.key]
        always = part.key not in ("backlog", "reception", "standing")
        if not always:  # stands at the end of the part before, to go with this one
            sections[-1].paragraphs.append(f"{{%p if {name} %}}")
        paragraphs = [f"{{{{ {name} }}}}"]
        sections.append(Section(f"{{{{ {name}.标题 }}}}", paragraphs if always else [*paragraphs, "{%p endif %}"]))
    return Document(
        title="{{ 标题 }}",
        number="{{ 文号 }}",
        addressed="{{ 主送 }}",
        sections=sections,
        tables=_starting_tables(sample),
        charts=[],
        issuer="{{ 落款单位 }}",
        day=sample.day,
        foot=["{{ 说明 }}"],
        data={},
        copied="{{ 抄送 }}" if sample.copied else "",
        notice=["{%p if 提示 %}", "{{ 提示 }}", "{%p endif %}"],
        compact=sample.compact,
        signed="{{ 成文日期 }}",
        attached=["{{ 附件 }}"] if sample.attached else [],
    )


def _starting_tables(sample: Document) -> list[Table]:
    """The backlog's table only where there is a backlog."""
    tables: list[Table] = []
    for table in sample.tables:
        made = _starting_table(table)
        if table.key == "backlog":
            tables[-1].note += f"\n{{%p if {TABLES['backlog']} %}}"
            made.note += "\n{%p endif %}"
        tables.append(made)
    return tables


def _starting_table(table: Table) -> Table:
    name = TABLES[table.key]
    width = len(table.columns)

    def control(tag: str) -> Row:
        return Row((f"{{%tr {tag} %}}", *[""] * (width - 1)), "across")

    def line(kind: str) -> Row:
        return Row(tuple(f"{{{{ 行.{cell} }}}}" for cell in columns_of(table).values()), kind)

    rows = [control(f"for 行 in {name}")]
    if any(row.kind != "unit" for row in table.rows):
        rows += [control("if 行.小计"), line("total"), control("else"), line("unit"), control("endif")]
    else:
        rows.append(line("unit"))
    rows += [control("else"), Row(("无", *[""] * (width - 1)), "across"), control("endfor")]
    columns = [
        Col(column.key, column.heading, "count" if column.kind == "percent" else column.kind, column.over)
        for column in table.columns
    ]
    return Table(
        table.key,
        f"{{{{ {name}.标题 }}}}",
        table.sheet,
        columns,
        rows,
        f"{{{{ {name}.说明 }}}}",
        like=table,
    )


# ---- the fields in words ----------------------------------------------------------------------------------------


def figure_fields() -> Iterator[tuple[str, str, str]]:
    """(Chinese name, English name, description) of the figures of 本期 and 累计."""
    for key, name in VOLUMES.items():
        yield name, key, "数字；.环比 .同比 是变化，如 上升 12.50%"
    for key, name in CHANNELS.items():
        yield name, key, "件数"
    for key, definition in DEFINITIONS.items():
        if definition.optional:
            continue  # counted only where an office adds it
        yield definition.label, key, "如 95.41%；.分子 .分母 .环比 .同比，.句 是正文里的那一段"
    yield "剔除数", "excluded", "数字"


def listed(kind: str, four_rates: Sequence[str]) -> TemplateFields:
    """The fields of one kind of bulletin: Chinese name, English name, description."""
    sample = bulletins.document(next(_samples(kind, four_rates)))
    rows = [TemplateField(name, key, meaning) for key, (name, meaning) in PLAIN.items()]
    for part in sample.sections:
        name = SECTIONS[part.key]
        rows.append(TemplateField(name, part.key, f"“{part.heading.split('、')[1]}”的各段"))
        rows.append(TemplateField(f"{name}.标题", f"{part.key}.heading", part.heading))
    for span, name in _SPANS.items():
        what = "本期的数" if span == "now" else "本年累计的数"
        for label, key, meaning in figure_fields():
            rows.append(TemplateField(f"{name}.{label}", f"{span}.{key}", f"{what}：{meaning}"))
    for table in sample.tables:
        name, key = TABLES[table.key], f"{table.key}_table"
        plain = table.title.split("　")[-1]
        rows.append(TemplateField(name, key, f"“{plain}”的各行，用 {{%tr for 行 in {name} %}}"))
        rows.append(TemplateField(f"{name}.标题", f"{key}.heading", table.title))
        rows.append(TemplateField(f"{name}.说明", f"{key}.note", "表下的注"))
        rows.append(TemplateField(f"{name}.整表", f"{key}.whole", f"整张表，单独一段写 {{{{p {name}.整表 }}}}"))
        for english, chinese in columns_of(table).items():
            rows.append(TemplateField(f"行.{chinese}", f"行.{english}", f"{name}的一格"))
        if any(row.kind != "unit" for row in table.rows):
            rows.append(TemplateField("行.小计", "行.summed", "小计、合计行为是，用于 {%tr if 行.小计 %}"))
    return TemplateFields(kind, tuple(rows))
