"""The rules in force, the pathways and the definitions of the figures, in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law import terms
from xinfang_cli.law.figures.definitions import DEFINITIONS
from xinfang_cli.law.rules import IN_FORCE_2022
from xinfang_cli.office.keeping.rules import ClockRuleLine, LimitLine, OtherLine, RulesInForce
from xinfang_cli.present.machine import Csv
from xinfang_cli.present.settings import words

_LENGTHS = {"day": "日", "workday": "个工作日", "month": "个月"}
PATHWAYS = {
    "opinion": ("条例第三十一条第（六）项", "60 日内出具信访处理意见书，可延期不超过 30 日；可申请复查、复核"),
    "simple": ("简易办理", "初次、事实清楚的申诉求决件，10 个工作日内答复；不能延期，转普通程序后按 60 日；可申请复查"),
    "duty": (
        "条例第三十一条第（五）项",
        "依法履职，期限依有关法律规定，没有规定的从单位签收起 2 个月（没有签收日期的从信访部门收到起）；不适用复查",
    ),
    "suggestion": ("条例第二十九条", "研究论证，采纳的予以回复；没有法定期限，本局可设；不适用复查"),
    "accusation": ("条例第三十条", "依规依纪依法接收办理；不得转给被检举的人和单位；不适用复查"),
    "answer": ("咨询等", "直接答复；没有法定期限，本局可设；不适用复查"),
}
_BY_KIND = {"opinion": "申诉求决（默认）", "suggestion": "建议意见", "accusation": "检举控告", "answer": "咨询、其他"}


AWAY = "导入法定途径，不出具信访处理意见书，不适用复查"


class PathwayLine(NamedTuple):
    """A pathway of acceptance, or a procedure; `used`: its purpose, or manner."""

    pathway: str | None
    procedure: str | None
    label: str
    article: str
    used: str
    follows: str


class Pathways(NamedTuple):
    lines: tuple[PathwayLine, ...]


class FigureLine(NamedTuple):
    key: str
    label: str
    words: str
    basis: str


class FigureDefinitions(NamedTuple):
    figures: tuple[FigureLine, ...]


def pathways() -> Pathways:
    """The pathways of acceptance, by kind unless given, with their consequences."""
    taken = tuple(
        PathwayLine(
            key, None, terms.PATHWAY.label(key), article, _BY_KIND.get(key, "申诉求决，须写 --pathway"), follows
        )
        for key, (article, follows) in PATHWAYS.items()
    )
    away = tuple(
        PathwayLine(None, key, label, terms.PROCEDURE_ARTICLE[key], f"xinfang redirect --to {label}", AWAY)
        for key, label in terms.PROCEDURE.labels.items()
    )
    return Pathways(taken + away)


def figure_definitions() -> FigureDefinitions:
    """Every rate: its formula in words and its basis."""
    return FigureDefinitions(tuple(FigureLine(d.key, d.label, d.words, d.basis) for d in DEFINITIONS.values()))


View = RulesInForce | Pathways | FigureDefinitions


def document(view: View) -> Any:
    """The JSON of the views of rules."""
    if isinstance(view, FigureDefinitions):
        return [line._asdict() for line in view.figures]
    if isinstance(view, Pathways):
        return [_pathway(line) for line in view.lines]
    return [
        *(clock._asdict() for clock in view.clocks),
        *({"clock": None, **line._asdict()} for line in view.limits),
        *({"clock": None, **line._asdict()} for line in view.others),
    ]


def _pathway(line: PathwayLine) -> dict[str, Any]:
    procedure = {} if line.procedure is None else {"procedure": line.procedure}
    return {
        "pathway": line.pathway,
        **procedure,
        "label": line.label,
        "article": line.article,
        "follows": line.follows,
    }


def table(view: View) -> Csv:
    """The rows of the views of rules for a spreadsheet."""
    if isinstance(view, FigureDefinitions):
        return Csv(("名称", "定义", "口径"), figure_rows(view))
    if isinstance(view, Pathways):
        return Csv(("途径", "依据", "用于", "后果"), pathway_rows(view))
    return Csv(
        ("规定", "责任方", "现行", "依据"),
        [*clock_rows(view), *((name, "", now, source) for name, now, source in other_rows(view))],
    )


def figure_rows(view: FigureDefinitions) -> list[tuple[str, str, str]]:
    return [(line.label, line.words, line.basis) for line in view.figures]


def pathway_rows(view: Pathways) -> list[tuple[str, str, str, str]]:
    return [(line.label, line.article, line.used, line.follows) for line in view.lines]


def clock_rows(view: RulesInForce, *, both: bool = False) -> list[tuple[str, str, str, str]]:
    """Each clock: name (◇ marks the office's own numbers), owner, length, source."""
    return [
        (
            ("简易办理" if row.clock == "simple" else terms.CLOCK.label(row.clock))
            + (" ◇" if row.office or row.citation else ""),
            terms.OWNER.label(row.owner),
            _length(row),
            _source(row, both),
        )
        for row in view.clocks
    ]


def other_rows(view: RulesInForce, *, both: bool = False) -> list[tuple[str, str, str]]:
    """Limits, reminder steps and the other settings that have a value."""
    limits = [
        (row.name + (" ◇" if row.office or row.citation else ""), words(row.n), _source(row, both))
        for row in view.limits
    ]
    return limits + [(row.name, words(row.value), _source(row, both)) for row in view.others if row.value is not None]


def _length(row: ClockRuleLine) -> str:
    if row.unit == "fixed":
        return "由要求方指定"
    if row.clock == "office" and not row.n:
        return "未设"
    return f"{row.n} {_LENGTHS[row.unit]}"


def _source(row: ClockRuleLine | LimitLine | OtherLine, both: bool) -> str:
    """The source of a number: the office's citation with the overridden article, else the article; with `both` also the
    2005 one, for older cases.
    """
    if not row.citation:
        then = row.article_2005 if both else None
        return f"{row.article}（{IN_FORCE_2022.isoformat()} 前收到的件：{then}）" if then else row.article
    was = None if isinstance(row, OtherLine) else row.statutory
    return f"{row.citation}（本局设置" + (f"，原为 {was}，{row.article}）" if was is not None else "）")
