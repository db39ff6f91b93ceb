"""The superior's table beside ours, as JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinfang_cli.law.labels import labelled
from xinfang_cli.law.terms import RATING, STAGE
from xinfang_cli.office.figures.reconcile import LikelyCase, Reason, Reconciled
from xinfang_cli.present.machine import Csv, csv_of

COLUMNS = labelled("unit=unit_name", "heading=indicator", "theirs", "ours", "difference", "same")

_EDGES = {"first": "靠近期初", "last": "靠近期末", "before": "在期初之前", "after": "在期末之后"}
_WHY = {
    "excluded": "已剔除",
    "void": "时限失效：{other}",
    "former_unit": "时限记在前一单位",
    "left_unit": "现已不在这个单位",
    "due": "到期日 {on}，{edge}",
    "received": "收到日期 {on}，{edge}",
    "closed": "办结日期 {on}，{edge}",
    "repeat": "重复件",
    "repeat_here": "本局记作重复件",
    "first_here": "本局记作初次件",
    "recorded_late": "期后（{on}）才录入",
    "done_late": "逾期完成：到期 {on}，完成 {other}",
    "undone": "超期未完成：到期 {on}",
    "on_the_day": "到期当天完成",
    "day_before": "到期前一天完成",
    "stage": "{other}，别处可能不计",
    "rated": "{on} 评价{other}",
    "came_back": "又有重复件 {other}",
    "reviewed": "{on} 申请复查",
}


def why(reason: Reason) -> str:
    """Why a case may be counted otherwise elsewhere, in words."""
    other = reason.other
    if reason.code == "void":
        other = other or "办理情况变了"
    if reason.code in ("stage", "rated"):
        other = (STAGE if reason.code == "stage" else RATING).label(other)
    return _WHY[reason.code].format(on=reason.on, edge=_EDGES.get(reason.edge, ""), other=other)


def _likely(case: LikelyCase) -> dict[str, Any]:
    return {"case_no": case.case_no, "title": case.title, "why": why(case.reason)}


def document(view: Reconciled) -> dict[str, Any]:
    """The JSON of `reconcile`."""
    return {
        "file": view.file,
        "period": {"from": view.first, "to": view.last},
        "as_of": view.as_of,
        "basis": view.basis,
        "first_only": view.first_only,
        "columns": [column._asdict() for column in view.columns],
        "passed_over": view.passed_over,
        "cells": [cell._asdict() | {"cases": [_likely(case) for case in cell.cases]} for cell in view.cells],
        "unknown_rows": [row._asdict() for row in view.unknown_rows],
        "same": view.same,
        "different": len(view.cells) - view.same,
    }


def table(view: Reconciled, every: bool = False) -> Csv:
    """Every cell, whether it differs or not."""
    rows = (cell._asdict() | {"same": "一致" if cell.same else "不一致"} for cell in view.cells)
    return csv_of(rows, COLUMNS)


def not_held(view: Reconciled) -> Iterator[str]:
    """The columns and rows that were not held against ours."""
    if view.passed_over:
        yield f"注意：没有认出的列：{'、'.join(view.passed_over)}；要对照的用 --map 列=指标"
    for row in view.unknown_rows:
        ours = f"像是「{row.like}」" if row.like else "本局叫别的名称的"
        remedy = f"xinfang unit edit {row.like or '单位'} --alias {row.name}"
        yield f"注意：第 {row.row} 行「{row.name}」不是本局的单位，没有对照；{ours}，加别名：{remedy}"
