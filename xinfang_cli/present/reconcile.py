"""The superior's table beside ours, as JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinfang_cli.office.figures.reconcile import Reconciled
from xinfang_cli.present.machine import Csv, csv_of

COLUMNS = {
    "unit": "单位",
    "heading": "指标",
    "theirs": "上级",
    "ours": "本局",
    "difference": "差",
    "same": "是否一致",
}


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
        "cells": [cell._asdict() | {"cases": [case._asdict() for case in cell.cases]} for cell in view.cells],
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
