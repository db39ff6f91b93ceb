"""Text tables as systems write them: no quote swallows the next case, no comma shifts one, no byte is lost unsaid."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinfang_cli.errors import Unusable
from xinfang_cli.intake.readers.sheet import MarkedRow
from xinfang_cli.intake.tables import open_tables

HEAD = "登记编号,收到日期,概况,姓名,住址"
Told = list[tuple[list[str], str]]


def told(tmp_path: Path, text: str | bytes, encoding: str = "utf-8") -> Told:
    """Cells and the beginning of the fault of each row below the header."""
    path = tmp_path / "a.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    [table] = open_tables(path).tables
    rows = [(list(map(str, cells)), cells.fault if isinstance(cells, MarkedRow) else "") for _, cells in table.rows()]
    return [(cells, fault.partition("。")[0].removeprefix("这一行")) for cells, fault in rows]


def numbers(told: Told) -> list[str]:
    """The numbers of the rows that are taken."""
    return [cells[0] for cells, fault in told if not fault and cells]


def row(number: str, title: str = "反映供水", name: str = "测试甲") -> str:
    return f"{number},2023-05-04,{title},{name},望禾街道"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("lines", "taken"),
    [
        ([row("A1"), row("A2", '"低保金'), row("A3"), row("A4", '反映"供水"压力'), row("A5")], "A1 A3 A4 A5"),
        ([row("A1"), row("A2", '"低保金'), row("A3")], "A1 A3"),
        ([row("A1", '"甲'), row("A2", '"乙'), row("A3", '"丙'), row("A4")], "A4"),
        # the quote is closed by one that ends a later cell: correct CSV, and three cases in one cell
        ([row("A1", '"低保金'), row("A2"), row("A3"), row("A4", '供水"'), row("A5")], "A2 A3 A4 A5"),
        ([row("A1", '"低保金'), row("A2", '供水"'), row("A3")], "A2 A3"),
        # closed by the opening one of a good cell
        ([row("A1", '"低保金'), row("A2"), row("A3", '"供水, 排水"'), row("A4")], "A2 A3 A4"),
        ([row("A1"), row("A2", name='"测试乙'), row("A3", "“供水”")], "A1 A3"),
        ([row('"A1'), row("A2"), row("A3", '"供水"'), row("A4")], "A2 A3 A4"),
        ([row("A1", '"低保"金'), row("A2")], "A2"),
        ([row("A1", '"说""好"'), row("A2", '反映"'), row("A3", '反"映')], "A1 A2 A3"),
        ([row("A1", '""'), row("A2", '"""引"""')], "A1 A2"),
    ],
)
def test_a_quote_swallows_nobody(tmp_path: Path, lines: list[str], taken: str, ends: str) -> None:
    got = told(tmp_path, ends.join([HEAD, *lines, ""]))
    assert numbers(got) == taken.split()
    assert [fault for _, fault in got if fault] == ["的引号没有配对，分不清哪里是一格的头尾"] * (
        len(lines) - len(taken.split())
    )
    assert all(len(cells) == 5 for cells, fault in got if not fault)


def test_pieces_of_a_cell_behind_a_bad_quote_are_no_cases(tmp_path: Path) -> None:
    got = told(tmp_path, "\n".join([HEAD, row("A1", '"第一行\n第二行,\n第三"行'), row("A2")]))
    assert numbers(got) == ["A2"]
    assert len(got) == 4


def test_good_cells_of_several_lines_stay_whole(tmp_path: Path) -> None:
    text = "\n".join(
        [HEAD, row("A1", '"第一行\n第二行, 一\n第三行"'), row('"甲\n乙"'), row("A3", '"一\r\n二"'), row("A4")]
    )
    got = told(tmp_path, text)
    assert [fault for _, fault in got] == [""] * 4
    assert got[0][0][2] == "第一行\n第二行, 一\n第三行"
    assert got[1][0][0] == "甲\n乙"


@pytest.mark.parametrize(
    ("lines", "taken"),
    [
        ([row("A1", "反映供水,压力不足"), row("A2")], "A2"),
        ([row("A1") + ",", row("A2") + ",,"], "A1 A2"),
        ([row("A1")[:-5], row("A2")], "A1 A2"),
        ([row("A1"), row("A2", "第一行\n第二行"), row("A3")], "A1 A3"),
        ([row("A1"), row("A2", "第一行\n\n第三行"), row("A3")], "A1 A3"),
        (["A1,2023-05-04,反映", "A2,2023-05-04", row("A3")], "A1 A2 A3"),
    ],
)
def test_nothing_is_shifted(tmp_path: Path, lines: list[str], taken: str) -> None:
    got = told(tmp_path, "\n".join([HEAD, *lines, ""]))
    assert numbers(got) == taken.split()


def test_more_cells_than_headings_where_the_last_heading_is_empty(tmp_path: Path) -> None:
    got = told(tmp_path, "\n".join([HEAD + ",,", row("A1", "供水,不足"), row("A2") + ",,"]))
    assert numbers(got) == ["A2"]


def test_bytes_that_cannot_be_read_turn_their_line_back(tmp_path: Path) -> None:
    lines = [row(f"A{n}") for n in range(1, 6)]
    for encoding in ("utf-8", "gb18030"):
        raw = "\r\n".join([HEAD, *lines, ""]).encode(encoding)
        at = raw.index(b"A3") + 16
        got = told(tmp_path, raw[:at] + b"\xff" + raw[at:])
        assert numbers(got) == ["A1", "A2", "A4", "A5"], encoding
        assert got[2][1] == "有认不出的字节，文字不全"


def test_a_character_cut_in_two_does_not_eat_the_comma(tmp_path: Path) -> None:
    raw = "\n".join([HEAD, *[row(f"A{n}") for n in range(1, 6)], ""]).encode("gb18030")
    at = raw.index(b",", raw.index(b"A3,2023-05-04,") + 14)
    got = told(tmp_path, raw[: at - 1] + raw[at:])
    assert numbers(got) == ["A1", "A2", "A4", "A5"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(tmp_path: Path, encoding: str, delimiter: str, ends: str) -> None:
    text = ends.join([HEAD, row("A1"), row("A2"), ""]).replace(",", delimiter)
    got = told(tmp_path, text, encoding)
    assert numbers(got) == ["A1", "A2"]
    assert all(len(cells) == 5 for cells, _ in got)


@pytest.mark.parametrize(
    "raw",
    [
        f"{HEAD}\n{row('A1')}\r\n{row('A2')}\r{row('A3')}".encode(),
        f"{HEAD}\n{row('A1')}\n{row('A2')}\n{row('A3')}\n".encode() + b"\0" * 3000,
        f"{HEAD}\n{row('A1')}\n{row('A2')}\n{row('A3')}\n".encode() + b"\0" * 300_000,
        f"\ufeff{HEAD}\n{row('A1')}\n\ufeff{row('A2')}\n{row('A3')}".encode(),
        f"\n\n{HEAD}\n\n{row('A1')}\n\n{row('A2')}\n,,,,\n{row('A3')}\n\n".encode(),
    ],
)
def test_line_ends_mixed_nuls_behind_marks_within(tmp_path: Path, raw: bytes) -> None:
    got = told(tmp_path, raw)
    assert [number.strip("\ufeff") for number in numbers(got) if number.strip("\0")] == ["A1", "A2", "A3"]
    assert not any(fault for _, fault in got)


def test_armour_against_spreadsheets_is_taken_off(tmp_path: Path) -> None:
    got = told(tmp_path, f'{HEAD}\n="00123",="2023-05-04","=""概,况""",测试=甲,="\nA2,2023-05-04,x,y,z\n')
    assert got[0] == (["00123", "2023-05-04", "概,况", "测试=甲", '="'], "")
    assert numbers(got) == ["00123", "A2"]


def test_an_unclosed_quote_before_a_huge_file(tmp_path: Path) -> None:
    got = told(tmp_path, "\n".join([HEAD, row("A0", '"'), *[row(f"B{n}") for n in range(60_000)]]))
    assert numbers(got) == [f"B{n}" for n in range(60_000)]


def test_a_cell_longer_than_any(tmp_path: Path) -> None:
    got = told(tmp_path, "\n".join([HEAD, row("A1", "字" * 200_000), row("A2", "字" * 40_000), row("A3")]))
    assert numbers(got) == ["A2", "A3"]
    assert len(got[1][0][2]) == 40_000


def test_no_text_at_all(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="不是工作簿，也不是"):
        told(tmp_path, bytes(range(128, 256)) * 100)


CELLS = st.text(st.sampled_from("甲乙A1 ,;\"\n\r'=|\t") | st.characters(exclude_categories=["Cs"]), max_size=12)


@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8), quoting=st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_well_written_csv_is_read_as_written(tmp_path: Path, rows: list[list[str]], quoting: bool) -> None:
    """Whatever stands in the cells, but a line that looks like a record, armour and NUL."""
    full = [
        [f"A{n}", "2023-05-04", *(cell.replace("\0", "").replace('="', "") for cell in cells)]
        for n, cells in enumerate(rows)
    ]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL).writerows([HEAD.split(","), *full])
    got = told(tmp_path, out.getvalue())
    if not any(fault for _, fault in got):
        assert [cells for cells, _ in got] == full
    else:
        assert any(cell.count(",") >= 4 for cells in full for cell in cells)


@given(
    rows=st.lists(st.booleans(), min_size=1, max_size=30),
    bad=st.sampled_from(['"供水', '"供"水', "供水,不足", '"供水\n压力', '"']),
    good=st.sampled_from(["供水", '"供, 水"', '"供""水"', '供"水"', '供水"', '"供\n水"']),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_broken_the_other_rows_stand(tmp_path: Path, rows: list[bool], bad: str, good: str) -> None:
    """Every good row of one line is a case of its own, however many bad ones stand around it, and nobody's text in
    another's."""
    lines = [row(f"A{n}", good if fine else bad, f"测试{n}") for n, fine in enumerate(rows)]
    got = told(tmp_path, "\n".join([HEAD, *lines]))
    taken = {cells[0]: cells for cells, fault in got if not fault and cells[0].startswith("A")}
    for number, cells in taken.items():
        assert cells[3] == f"测试{number[1:]}"
        assert not any(other in " ".join(cells) for other in taken if other != number and not number.startswith(other))
    assert set(taken) <= {f"A{n}" for n, fine in enumerate(rows) if fine}
    if "\n" not in good:
        assert set(taken) == {f"A{n}" for n, fine in enumerate(rows) if fine}
