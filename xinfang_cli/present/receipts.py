"""The receipts of imports, for programs and spreadsheets."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.exchange.importing.receipts import Import, Imports
from xinfang_cli.present import importing
from xinfang_cli.present.machine import Csv
from xinfang_cli.present.moments import local

LIST = (
    LABELS["seq"],
    "时间",
    LABELS["actor"],
    "文件",
    "行",
    "导入",
    "已有",
    "退回",
    "略过",
    "期限不同",
    LABELS["remark"],
)
ONE = ("项目", "数")


def document(view: Imports | Import) -> Any:
    """The JSON of `history --imports`, and of one of them."""
    if isinstance(view, Imports):
        return [_head(one) for one in view.imports]
    return {
        **_head(view),
        "turned_back": dict(view.turned_back),
        "warnings": [importing.warning_document(warning) for warning in view.warnings],
        "learnt": [{"said": said, "meant": meant} for said, meant in view.learnt],
        "profile": view.profile,
        "book_from": view.book_from,
    }


def _head(one: Import) -> dict[str, Any]:
    return {
        "import": one.number,
        "at": one.at,
        "actor": one.actor,
        "file": one.file,
        "sha256": one.sha256,
        "undone": one.undone,
        "receipt": importing.receipt_document(one.receipt),
        "noticed": one.noticed._asdict(),
        "updated": one.updated,
    }


def table(view: Imports | Import) -> Csv:
    """The same as CSV: a line an import, or a line a part of one."""
    return Csv(LIST, lines(view)) if isinstance(view, Imports) else Csv(ONE, parts(view))


def lines(view: Imports) -> list[tuple[Any, ...]]:
    return [
        (
            one.number,
            local(one.at),
            one.actor,
            one.file,
            one.receipt.lines,
            one.receipt.cases,
            one.receipt.already_there,
            one.receipt.turned_back,
            one.receipt.lines - one.receipt.cases - one.receipt.already_there - one.receipt.turned_back,
            one.noticed.outside_differs,
            "已撤销" if one.undone else "",
        )
        for one in view.imports
    ]


def parts(view: Import) -> list[tuple[str, int]]:
    """Every number of one receipt."""
    receipt, noticed = view.receipt, view.noticed
    found = [
        ("表头以下的行", receipt.lines),
        ("导入", receipt.cases),
        ("已有", receipt.already_there),
        ("退回", receipt.turned_back),
        *((f"略过：{importing.ground(word)}", count) for word, count in receipt.passed_over.items()),
        ("重复写的", receipt.identical),
        ("划掉的", receipt.struck_out),
        ("隐藏工作表里的", receipt.hidden),
        ("按表更新", view.updated),
        ("其中有存疑的", noticed.doubted),
        ("其中号码被表格软件取整的", noticed.rounded),
        ("其中有合并单元格的值的", noticed.merged),
        ("其中隐藏的行", noticed.hidden_rows),
        ("其中上级期限与本局不同的", noticed.outside_differs),
    ]
    return [entry for entry in found if entry[1]]
