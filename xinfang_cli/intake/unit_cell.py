"""The cell that names the responsible unit: one name, or several that have to be told apart."""

from __future__ import annotations

import re

from xinfang_cli.intake.cleaning import clean_name, clean_text

# 测试区住房和城乡 is half of a name: 城乡 ends no township's.
_WHOLE_UNIT = r".{2,}(?:[局镇委办院队所部会站处厅]|(?<!城)乡|街道|中心|公司|集团|政府|联社|支行)"
_UNIT_TAILS = (
    *("办事处", "办公室", "委员会", "人民政府", "管委会", "居委会", "分公司"),
    *("管理局", "管理处", "服务中心", "监督局", "建设局", "保障局"),
)


def clean_unit(cell: object) -> str:
    """A unit's name, or several parted by 、 where a line break parts whole names: a long name broken by hand is one,
    城管局 over 住建局 are two."""
    lines = [name for line in clean_text(cell).splitlines() if (name := clean_name(line))]
    whole = len(lines) > 1 and all(re.fullmatch(_WHOLE_UNIT, line) and line not in _UNIT_TAILS for line in lines)
    return "、".join(lines) if whole else clean_name(cell)
