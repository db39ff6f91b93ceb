"""The rules in force, the pathways and the definitions of the figures on the screen."""

from __future__ import annotations

from xinfang_cli.law.figures.definitions import DEFINITIONS, WITHOUT_ACCEPTANCE_OF
from xinfang_cli.law.labels import LABELS
from xinfang_cli.law.terms import WITHOUT_ACCEPTANCE
from xinfang_cli.office.keeping.rules import RulesInForce
from xinfang_cli.present import rules as said
from xinfang_cli.present.rules import FigureDefinitions, Pathways
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: said.View) -> None:
    """The views of rules on the screen."""
    if isinstance(view, FigureDefinitions):
        _figures(view)
    elif isinstance(view, Pathways):
        _pathways(view)
    else:
        _clocks(view)


def _clocks(view: RulesInForce) -> None:
    screen.table(
        [
            Column(LABELS["clock"]),
            Column(LABELS["owner"]),
            Column("长度"),
            Column(LABELS["grounds"], fixed=False, least=16),
        ],
        said.clock_rows(view, both=True),
    )
    screen.print_wrapped("◇ 本局规定，可用 xinfang config set clocks.… 改；起算当天不计，到期日遇休息日默认不顺延")
    screen.table(
        [Column("其他规定", fixed=False, least=20), Column("现行"), Column(LABELS["grounds"], fixed=False, least=16)],
        said.other_rows(view, both=True),
        title="限度、提醒和设置",
    )


def _pathways(view: Pathways) -> None:
    screen.table(
        [
            Column("途径"),
            Column(LABELS["grounds"], False, least=14),
            Column("用于", False, least=14),
            Column("后果", False, least=28),
        ],
        said.pathway_rows(view),
    )
    screen.print_wrapped("受理时按信访目的定途径，要改写 --pathway；只有出具信访处理意见书的走 60 日")


def _figures(view: FigureDefinitions) -> None:
    screen.table(
        [Column(LABELS["listed_name"]), Column(LABELS["definition"], fixed=False, least=30), Column("口径")],
        said.figure_rows(view),
    )
    without = "、".join(DEFINITIONS[key].label for key in WITHOUT_ACCEPTANCE_OF)
    screen.print_wrapped(f"表里办结了却没有受理日期的件（{WITHOUT_ACCEPTANCE}）不进{without}；剔除的件不进任何率")
    screen.print_wrapped("百分数按分数四舍五入到两位小数；分母为零记 —")
