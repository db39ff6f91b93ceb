"""Units on the screen."""

from __future__ import annotations

from xinfang_cli.office.keeping.units import UnitChange, UnitList, UnitMerge, UnitsAdded
from xinfang_cli.present import units as words
from xinfang_cli.terminal import screen
from xinfang_cli.terminal.screen import Column


def draw(view: UnitList | UnitChange | UnitMerge | UnitsAdded) -> None:
    if not isinstance(view, UnitList):
        screen.print_line(words.sentence(view))
        return
    screen.table(
        [
            Column("分组"),
            Column("序号", right=True),
            Column("名称", fixed=False, least=16),
            Column("简称"),
            Column("代码"),
            Column("首字母"),
            Column("别名", fixed=False, least=16, drop=1),
            Column("在办", right=True),
        ],
        words.rows(view),
    )
