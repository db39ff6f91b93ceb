"""Section headings between the rows (一、教育局): their meaning for the rows below, if wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from xinfang_cli.intake.cleaning import clean_name
from xinfang_cli.intake.headings import Layout
from xinfang_cli.intake.no_cases import SECTION, no_case
from xinfang_cli.intake.tables import SheetTable
from xinfang_cli.intake.unit_cell import looks_whole
from xinfang_cli.law.terms import GROUP

GROUP_OF_NEW = "group"
"""Instead of a field: the group of the units that are made for these rows."""
GROUP_HEADING = "单位分组"
_LOOKED_AT = 20_000
_BESIDE = re.compile(r"[(（\[【].*[)）\]】]$|[:：]?\s*[0-9]+\s*[件批]$")


def plain_word(word: str) -> str:
    """教育局（3件） without what stands beside the name."""
    return clean_name(_BESIDE.sub("", word))


def meant_by(words: Sequence[str], layout: Layout) -> str | None:
    """The field apparently named by section headings and missing as a column: the unit, or its group."""
    plain = [plain_word(word) for word in words]
    if not plain:
        return None
    if all(GROUP.find(word) for word in plain):
        return GROUP_OF_NEW if layout.has("unit") else None
    return "unit" if not layout.has("unit") and all(map(looks_whole, plain)) else None


def words_in(table: SheetTable) -> list[str]:
    """The words of the headings between the rows of a table, each once."""
    found: dict[str, None] = {}
    for _, cells in islice(table.rows(), _LOOKED_AT):
        if _filled(cells) == 1 and (passed := no_case(cells, table.headings)) and passed.ground == SECTION:
            found[passed.word] = None
    return list(found)


def _filled(cells: Iterable[object]) -> int:
    return sum(cell not in ("", None) for cell in cells)
