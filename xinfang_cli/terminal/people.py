"""Petitioners on the screen: one person with all cases, likely duplicates."""

from __future__ import annotations

import sys

from xinfang_cli.law import terms
from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.find.people import Duplicates, Petitioner, Petitioners
from xinfang_cli.present.cases import about
from xinfang_cli.present.people import grounds, personal
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.cases import foot
from xinfang_cli.terminal.screen import Column


def draw(view: Petitioners | Duplicates) -> None:
    """Every person that the word led to, each with all cases; or the likely duplicates."""
    if isinstance(view, Duplicates):
        _duplicates(view)
        return
    if len(view.people) > 1:
        screen.print_wrapped(f"找到 {len(view.people)} 人，按证件号码、按姓名加电话分开：")
        screen.print_line()
    with screen.paged():
        for person in view.people:
            _person(person, view.revealed)
    if not view.with_accusations:
        screen.print_notice("检举控告件不在内；确有需要加 --accusation")


def _person(person: Petitioner, revealed: bool) -> None:
    parts = [part for values in personal(person, revealed).values() for part in values]
    screen.print_wrapped("信访人：" + ("  ".join(parts) or "未留姓名"))
    if not person.sure:
        screen.print_wrapped("（只有姓名，没有证件号码和电话，不能确定是同一人）")
    volumes = person.volumes
    screen.print_wrapped(f"共 {volumes.cases} 件：初次 {volumes.first}，重复 {volumes.repeat}；在办 {volumes.open} 件")
    screen.table(
        [
            Column(LABELS["case_no"]),
            Column(LABELS["received_on"]),
            Column(LABELS["title"], fixed=False, least=18, lines=3),
            Column(LABELS["unit"], fixed=False, least=10, lines=3),
            Column(LABELS["stage"]),
            Column(LABELS["outcome"], drop=2),
            Column(LABELS["first"], drop=1),
            Column(LABELS["due_on"], drop=3),
        ],
        [
            (
                case.case_no,
                case.received_on,
                case.title,
                case.unit or terms.no_unit(case.stage, case.closed_on is not None),
                terms.STAGE.label(case.stage),
                terms.OUTCOME.label(case.outcome),
                "初次" if case.first else "重复",
                about(case),
            )
            for case in person.cases
        ],
    )
    if not sys.stdout.isatty():
        screen.print_line()


def _duplicates(view: Duplicates) -> None:
    """Cases that may repeat an earlier one, each with the earlier one and the grounds."""
    if not view.found:
        screen.print_line("没有可能重复而没有关联的件")
        return
    screen.table(
        [
            Column(LABELS["case_no"]),
            Column(LABELS["received_on"], drop=1),
            Column(LABELS["title"], fixed=False, least=16, lines=3),
            Column(LABELS["earlier"]),
            Column("原件收到", drop=2),
            Column(LABELS["earlier_title"], fixed=False, least=16, lines=3),
            Column(LABELS["grounds"], fixed=False, least=12, lines=3),
        ],
        [
            (
                found.case.case_no,
                found.case.received_on,
                found.case.title,
                found.earlier.case_no,
                found.earlier.received_on,
                found.earlier.title,
                grounds(found),
            )
            for found in view.found
        ],
    )
    foot(len(view.found), view.limit, "件")
