"""三项建议 and standings in words and as JSON."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law import terms
from xinfang_cli.law.labels import labelled
from xinfang_cli.office.campaigns.advice import Advice, AdviceList, Standing, StandingList, StandingsAdded
from xinfang_cli.present.cases import days_left
from xinfang_cli.present.machine import Csv, csv_of

ADVICE_COLUMNS = labelled(
    "number=seq",
    "on=advised_on",
    "kind=advice_kind",
    "to=advised_to",
    "text=content",
    "cases=advised_cases",
    "document",
    "answer_by",
    "answered_on",
    "state=roster_state",
)
STANDING_COLUMNS = labelled("on", "indicator", "rank", "of", "value", "source")

View = Advice | AdviceList | Standing | StandingList | StandingsAdded


def document(view: View) -> Any:
    """The JSON of the views of advice."""
    if isinstance(view, AdviceList):
        return [advice._asdict() for advice in view.advices]
    if isinstance(view, StandingList):
        return [standing._asdict() for standing in view.standings]
    return view._asdict()


def table(view: View) -> Csv:
    """The rows of the views of advice for a spreadsheet."""
    if isinstance(view, AdviceList):
        return csv_of(map(in_words, view.advices), ADVICE_COLUMNS)
    return csv_of(document(view), STANDING_COLUMNS)


def in_words(advice: Advice) -> dict[str, Any]:
    """A suggestion with labels; whether it was adopted, or how long it still has."""
    if advice.answered_on:
        state = "已采纳" if advice.adopted else "未采纳"
    elif advice.days_left is None:
        state = "待答复"
    else:
        state = f"待答复，{days_left(advice.days_left)}"
    labels = {"kind": terms.ADVICE.label(advice.kind), "cases": "、".join(advice.cases), "state": state}
    return {**advice._asdict(), **labels}


def sentence(view: Advice | Standing | StandingsAdded) -> str:
    """The record in one line."""
    if isinstance(view, StandingsAdded):
        return f"登记 {view.added} 条"
    if isinstance(view, Standing):
        of = f"（共 {view.of} 个）" if view.of else ""
        value = f"，{view.value}" if view.value else ""
        source = f"，{view.source}" if view.source else ""
        return f"{view.indicator} 第 {view.rank} 位{of}{value}  {view.on}{source}"
    said = in_words(view)
    by = f"  {view.answer_by} 前答复" if view.answer_by and not view.answered_on else ""
    return f"第 {view.number} 号  {view.on}  {said['kind']}  {view.to}{by}  {said['state']}"
