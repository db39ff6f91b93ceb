"""Petitioners on the screen: one person's dossier, likely duplicates."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from xinfang_cli.law import redaction, terms
from xinfang_cli.present import machine
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.cases import LIST_COLUMNS, foot, in_words
from xinfang_cli.terminal.screen import Column

_MASKS = {"names": redaction.name, "id_nos": redaction.id_no, "phones": redaction.phone, "addresses": redaction.address}


def masked(dossier: dict[str, Any], reveal: bool) -> dict[str, Any]:
    """A dossier with the person masked, unless asked for by name."""
    if reveal:
        return dossier
    hidden = {key: list(dict.fromkeys(map(mask, dossier[key]))) for key, mask in _MASKS.items()}
    return {**dossier, **hidden}


def show_persons(
    dossiers: Sequence[dict[str, Any]], reveal: bool, as_json: bool, as_csv: bool, accusation: bool
) -> None:
    """Every person that the word led to, each with all cases."""
    shown = [masked(dossier, reveal) for dossier in dossiers]
    if as_json:
        machine.print_json(shown)
        return
    if as_csv:
        people = ({key: "、".join(dossier[key]) for key in _MASKS} for dossier in shown)
        rows = (
            {**in_words(case), **person}
            for person, dossier in zip(people, shown, strict=True)
            for case in dossier["cases"]
        )
        headings = {"names": "信访人", "id_nos": "证件号码", "phones": "联系电话", "addresses": "住址"}
        machine.print_csv(rows, headings | LIST_COLUMNS)
        return
    if len(shown) > 1:
        screen.prose(f"找到 {len(shown)} 人，按证件号码、按姓名加电话分开：")
        screen.say()
    with screen.paged():
        for dossier in shown:
            _person(dossier)
    if not accusation:
        screen.tell("检举控告件不在内；确有需要加 --accusation")


def _person(dossier: dict[str, Any]) -> None:
    parts = [part for key in _MASKS for part in dossier[key]]
    screen.prose("信访人：" + ("  ".join(parts) or "未留姓名"))
    if not dossier["sure"]:
        screen.prose("（只有姓名，没有证件号码和电话，不能确定是同一人）")
    volumes = dossier["volumes"]
    screen.prose(
        f"共 {volumes['cases']} 件：初次 {volumes['first']}，重复 {volumes['repeat']}；在办 {volumes['open']} 件"
    )
    screen.table(
        [
            Column("登记编号"),
            Column("收到日期"),
            Column("概况", fixed=False, least=18, lines=3),
            Column("责任单位", fixed=False, least=10, lines=3),
            Column("阶段"),
            Column("处理意见", drop=2),
            Column("初次", drop=1),
            Column("到期日", drop=3),
        ],
        [
            (
                case["case_no"],
                case["received_on"],
                case["title"],
                case["unit"] or terms.NO_UNIT,
                terms.STAGE.label(case["stage"]),
                terms.OUTCOME.label(case["outcome"]),
                "初次" if case["first"] else "重复",
                case["due_on"] or "",
            )
            for case in dossier["cases"]
        ],
    )
    if not sys.stdout.isatty():
        screen.say()


def show_duplicates(rows: Sequence[dict[str, Any]], as_json: bool, as_csv: bool, limit: int) -> None:
    """Cases that may repeat an earlier one, each with the earlier one and the grounds."""
    if as_json:
        machine.print_json(list(rows))
        return
    if as_csv:
        said = [
            {
                **in_words(row),
                "earlier": row["earlier"]["case_no"],
                "earlier_on": row["earlier"]["received_on"],
                "earlier_title": row["earlier"]["title"],
                "grounds": _grounds(row),
            }
            for row in rows
        ]
        more = {"earlier": "疑似原件", "earlier_on": "原件收到日期", "earlier_title": "原件概况", "grounds": "依据"}
        machine.print_csv(said, LIST_COLUMNS | more)
        return
    if not rows:
        screen.say("没有可能重复而没有关联的件")
        return
    screen.table(
        [
            Column("登记编号"),
            Column("收到日期", drop=1),
            Column("概况", fixed=False, least=16, lines=3),
            Column("疑似原件"),
            Column("原件收到", drop=2),
            Column("原件概况", fixed=False, least=16, lines=3),
            Column("依据", fixed=False, least=12, lines=3),
        ],
        [
            (
                row["case_no"],
                row["received_on"],
                row["title"],
                row["earlier"]["case_no"],
                row["earlier"]["received_on"],
                row["earlier"]["title"],
                _grounds(row),
            )
            for row in rows
        ],
    )
    foot(len(rows), limit, "件")


def _grounds(row: dict[str, Any]) -> str:
    return "；".join(terms.DUPLICATE.label(ground) for ground in row["grounds"])
