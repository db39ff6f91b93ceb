"""Files as offices had them (tests/office/cases), each through the whole import: what must come out of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.styles import Font

from tests.cli.conftest import Counter

FILES = Path(__file__).parents[1] / "office" / "cases"


def imported(counter: Counter, tmp_path: Path, name: str, *words: str) -> Any:
    """The document of the import; twice the same file adds nothing."""
    path = Path(shutil.copy(FILES / name, tmp_path))
    first = counter("import", str(path), *words, "--json").json()
    again = counter("import", str(path), *words, "--json").json()
    assert again["imported"] == 0
    assert again["rejected"] == first["rejected"]
    return first


def cases(counter: Counter) -> dict[str, Any]:
    """Each case by the number that its sheet gave it."""
    shown = [counter.ok("show", case["case_no"], "--reveal") for case in counter.ok("list")]
    return {case["sheet_no"]: case for case in shown}


def petitioner(counter: Counter, number: str) -> Any:
    return cases(counter)[number]["petitioner"]


def kinds(document: Any) -> dict[str, list[int]]:
    return {warning["kind"]: warning["rows"] for warning in document["warnings"]}


@pytest.mark.parametrize(
    ("name", "taken", "back"),
    [("swallow.csv", "A1 A3 A4 A5 A6", [3]), ("unclosed.csv", "A1 A3", [3]), ("shift.csv", "A2", [2])],
)
def test_no_case_holds_the_text_of_another(
    counter: Counter, tmp_path: Path, name: str, taken: str, back: list[int]
) -> None:
    document = imported(counter, tmp_path, name)
    assert [reason["row"] for reason in document["reasons"]] == back
    found = cases(counter)
    assert sorted(found) == taken.split()
    if name == "swallow.csv":
        assert {number: case["title"] for number, case in found.items()} == {
            **{f"A{n}": f"反映供水压力不足{n}" for n in (1, 3, 4, 6)},
            "A5": '反映"供水"压力',
        }


@pytest.mark.parametrize(("name", "back"), [("nofv.ods", [2]), ("formula2.xls", [2, 3])])
def test_a_formula_that_was_never_worked_out_makes_no_open_case(
    counter: Counter, tmp_path: Path, name: str, back: list[int]
) -> None:
    document = imported(counter, tmp_path, name)
    assert [(reason["row"], reason["column"]) for reason in document["reasons"]] == [(row, "办结日期") for row in back]
    assert document["imported"] == 2 - len(back)


@pytest.mark.parametrize(
    ("name", "count"),
    [("html2.xls", 2), ("html16.xls", 2), ("delphi.xls", 2), ("biff5_936.xls", 29), ("velvet.xlsx", 1)],
)
def test_files_that_are_not_what_they_are_named(counter: Counter, tmp_path: Path, name: str, count: int) -> None:
    if name == "velvet.xlsx":
        pytest.importorskip("msoffcrypto", reason="the extra `protected` is not installed")
    document = imported(counter, tmp_path, name)
    assert (document["imported"], document["rejected"]) == (count, 0)
    first = cases(counter)["A1"]
    assert (first["title"], first["received_on"], first["unit"]) == ("反映供水压力不足1", "2023-05-04", "教育局")


def test_a_locked_workbook_without_the_extra(counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "msoffcrypto", None)
    ran = counter("import", str(FILES / "velvet.xlsx"), "--json")
    assert ran.code == 3
    assert "受密码保护" in ran.error()["message"]
    assert "另存一份不加密的" in ran.error()["hint"]


def test_days_that_count_from_1904(counter: Counter, tmp_path: Path) -> None:
    imported(counter, tmp_path, "lo1904.ods")
    found = cases(counter)
    assert {number: case["received_on"] for number, case in found.items()} == {"A1": "2023-05-04", "A2": "2023-05-05"}
    assert found["A2"]["assigned_on"] == "2023-05-09"


def test_a_code_under_a_number_format_is_the_text_that_it_shows(counter: Counter, tmp_path: Path) -> None:
    imported(counter, tmp_path, "codefmt.xlsx")
    assert sorted(cases(counter)) == ["00123", "XF2023-0007"]
    document = imported(counter, tmp_path, "codefmt_text.xlsx")
    assert (document["imported"], document["already_there"]) == (0, 2)


def test_armour_is_taken_off(counter: Counter, tmp_path: Path) -> None:
    document = imported(counter, tmp_path, "arm_id.csv")
    person = petitioner(counter, "000123")
    assert (person["id_no"], person["phone"]) == ("110101199003070000", "13800000000")
    assert "id_checksum" in kinds(document)


def test_each_phone_is_one_of_its_own(counter: Counter, tmp_path: Path) -> None:
    document = imported(counter, tmp_path, "phones.xlsx")
    found = {number: case["petitioner"]["phone"] for number, case in cases(counter).items()}
    two = {"A9": "13800000000、13900000000", "A17": "13800000000、05391234567"}
    line = {"A10": "05391234567", "A11": "05391234567", "A12": "05391234567转801"}
    odd = {"A13": None, "A20": "138O0000000", "A22": "1380000000"}
    clean = {f"A{n}": "13800000000" for n in range(24)}
    assert found == {**clean, **two, **line, **odd}
    assert kinds(document) == {"masked": [15], "phone_length": [22, 24]}


def test_names_without_unseen_signs_and_nobody_without_one(counter: Counter, tmp_path: Path) -> None:
    imported(counter, tmp_path, "names.xlsx")
    found = {number: case["petitioner"]["name"] for number, case in cases(counter).items()}
    assert [found[f"A{n}"] for n in (0, 1, 2, 3, 4, 5, 8, 9)] == [
        *("测试", "测试甲", "测试甲", "测试甲", "测试甲", "测试甲", "女测试", "测试甲"),
    ]
    assert [found[f"A{n}"] for n in (10, 11, 12, 13)] == [None] * 4
    heads = {number: case["headcount"] for number, case in cases(counter).items()}
    assert (heads["A4"], heads["A5"], heads["A9"]) == (5, 2, 2)


def test_each_message_names_its_sheet(counter: Counter, tmp_path: Path) -> None:
    path = Path(shutil.copy(FILES / "two.xlsx", tmp_path))
    ran = counter("import", str(path), "--sheet", "all")
    assert ran.code == 1
    assert "一月" in ran.out + ran.err
    assert "二月" in ran.out + ran.err


def test_two_people_with_one_rounded_number_stay_two(counter: Counter, tmp_path: Path) -> None:
    document = imported(counter, tmp_path, "collide.xlsx")
    assert kinds(document)["id_digits"] == [2, 3]
    assert document["likely_duplicates"]["count"] == 0
    assert counter.ok("duplicates") == []
    found = counter.ok("person", "110101199003070000", "--reveal")
    assert [person["names"] for person in found] == [["测试乙"], ["测试甲"]]


def test_what_is_covered_up_is_nobody(counter: Counter, tmp_path: Path) -> None:
    document = imported(counter, tmp_path, "masked.xlsx")
    assert kinds(document) == {"masked": [2, 3]}
    assert document["likely_duplicates"]["count"] == 0
    assert petitioner(counter, "A1") == {"name": None, "id_no": None, "phone": None, "address": "望禾街道"}
    assert counter("person", "张*", "--json").code == 1


def test_two_units_in_a_cell_make_no_new_one(counter: Counter, tmp_path: Path) -> None:
    document = imported(counter, tmp_path, "units2.xlsx")
    assert document["new_units"] == ["教育局", "卫健委"]
    assert sorted(cases(counter)) == ["A11", "A19", "A5"]  # A5 names who leads and who assists
    assert {reason["column"] for reason in document["reasons"]} == {"责任单位"}


def test_hidden_and_struck_rows_and_hidden_sheets_are_told(counter: Counter, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    away = book.create_sheet("旧")
    away.sheet_state = "hidden"
    for number, sheet in (("A", page), ("B", away)):
        sheet.append(["登记编号", "收到日期", "概况"])
        for n in range(3):
            sheet.append([f"{number}{n}", "2023-05-04", f"反映供水{n}"])
    page.row_dimensions[3].hidden = True
    page["C2"].font = Font(color="FFFFFFFF")
    for cell in page[4]:
        cell.font = Font(strike=True)
    book.save(tmp_path / "a.xlsx")
    document = counter("import", str(tmp_path / "a.xlsx"), "--sheet", "all", "--json").json()
    receipt = document["receipt"]
    assert (receipt["lines"], receipt["cases"], receipt["struck_out"], receipt["hidden"]) == (6, 2, 1, 3)
    told = kinds(document)
    assert (told["hidden_row"], told["struck_out"], told["hidden_sheet"]) == ([3], [4], [2, 3, 4])
    assert told["unseen"] == [2]
    assert sorted(cases(counter)) == ["A0", "A1"]
    assert document["noticed"]["hidden_rows"] == 1
    document = counter("import", str(tmp_path / "a.xlsx"), "--sheet", "旧", "--json").json()
    assert (document["receipt"]["cases"], document["receipt"]["hidden"]) == (3, 0)
    assert "hidden_sheet_taken" in kinds(document)


def test_a_file_that_was_cut_off_at_the_last_row(counter: Counter, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("明细")
    for at, row in ((0, ["登记编号", "收到日期", "概况"]), (65_535, ["A1", "2023-05-04", "反映供水"])):
        for place, cell in enumerate(row):
            page.write(at, place, cell)
    book.save(tmp_path / "a.xls")
    ran = counter("import", str(tmp_path / "a.xls"), "--json")
    assert ran.code == 0
    (told,) = [warning for warning in ran.json()["warnings"] if warning["kind"] == "cut_at"]
    assert "65536" in told["message"]
    assert ran.json()["receipt"]["passed_over"] == {"blank": 65_534}
