"""What is longer than a cell of a workbook is cut with a word about it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xinfang_cli.formats.cells import CUT, LONGEST, safe_text
from xinfang_cli.formats.model import Col, Row, Table
from xinfang_cli.formats.workbook import write_tables


@pytest.mark.parametrize(("length", "cut"), [(LONGEST - 1, False), (LONGEST, False), (LONGEST + 1, True)])
def test_a_cut_cell_says_so(tmp_path: Path, length: int, cut: bool) -> None:
    text = "字" * length
    table = Table("rows", "明细", "明细", [Col("title", "概况"), Col("unit", "单位")], [Row((text, "测试局"))])
    write_tables([table], "明细", tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["明细"]
    written = [str(cell.value) for row in page.iter_rows() for cell in row if str(cell.value or "").startswith("字")]
    assert written == [safe_text(text)]
    assert (len(written[0]), written[0].endswith(CUT)) == (min(length, LONGEST), cut)
