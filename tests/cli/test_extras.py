"""Columns that are not ours: filtered by, listed, exported, masked by what they hold, and nothing of an accusation."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Counter

pytestmark = pytest.mark.usefixtures("engine")

TABLE = """登记编号,收到日期,信访形式,信访目的,概况,姓名,联系电话,稳控措施,备注
A1,2023-06-01,来信,求决,反映水压,测试甲,13000000001,包保到人,妻子电话13000000002
A2,2023-06-02,来信,求决,反映校车,测试乙,13000000003,,与测试乙同住
A3,2023-06-03,来信,检举控告,反映某人,测试丙,13000000004,包保到人,线人13000000005
"""


@pytest.fixture
def book(counter: Counter, tmp_path: Path) -> Counter:
    path = tmp_path / "a.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert counter("import", str(path), "--json").json()["imported"] == 3
    return counter


def numbers(counter: Counter, *where: str) -> list[str]:
    ran = counter("list", "--where", *where, "--json")
    assert ran.code == 0, ran.err
    return [case["case_no"][-1] for case in ran.json()]


def test_cases_are_found_by_other_columns(book: Counter) -> None:
    assert numbers(book, "稳控措施:包保") == ["1"]  # never the accusation
    assert numbers(book, "稳控措施:包保,没有的") == ["1"]
    assert numbers(book, "-稳控措施:包保") == ["3", "2"]
    assert numbers(book, "稳控措施:无") == ["3", "2"]  # the accusation's are closed, and so empty
    assert numbers(book, "备注:妻子 形式:来信") == ["1"]
    assert book("list", "--where", "稳控措施:包保", "--count", "--json").json() == {"count": 1}


def test_what_is_masked_confirms_nothing(book: Counter) -> None:
    assert numbers(book, "备注:13000000002") == numbers(book, "备注:测试乙") == numbers(book, "备注:线人") == []


def test_a_column_that_is_nowhere_is_refused(book: Counter) -> None:
    assert book("list", "--where", "没有的列:x").code == 1
    assert book("list", "--where", "备注>3").code == 1
    assert book("list", "--columns", "编号,没有的列").code == 1
    assert book("view", "save", "坏的", "--columns", "没有的列").code == 1
    assert book("view", "save", "备注", "--columns", "编号,备注").code == 0


def test_other_columns_in_a_list(book: Counter) -> None:
    rows = book("list", "--columns", "编号,稳控措施,备注", "--json").json()
    assert [row["extras"] for row in rows] == [
        {},
        {"备注": "与测**同住"},
        {"稳控措施": "包保到人", "备注": "妻子电话130****0002"},
    ]
    found = list(csv.reader(io.StringIO(book("list", "--columns", "编号,备注", "--csv").out[1:])))
    assert found[0] == ["登记编号", "备注"]
    assert [row[1] for row in found[1:]] == ["", "与测**同住", "妻子电话130****0002"]
    said = book("list", "--columns", "编号,备注").out
    assert ("130****0002" in said, "13000000002" in said, "线人" in said) == (True, False, False)
    assert "extras" not in book("list", "--json").json()[0]


def test_other_columns_are_exported(book: Counter, tmp_path: Path) -> None:
    rows = book("export", "--json").json()
    assert [row["extras"].get("备注") for row in rows] == ["妻子电话130****0002", "与测**同住", None]
    assert not any(key.startswith("extra:") or key == "case_id" for row in rows for key in row)
    assert [row["extras"].get("备注") for row in book("export", "--reveal", "--json").json()] == [
        "妻子电话13000000002",
        "与测试乙同住",
        None,
    ]
    [row, _] = book("export", "--where", "稳控措施:无", "--json").json()  # and the accusation
    assert row["extras"] == {"备注": "与测**同住"}
    path = tmp_path / "b.xlsx"
    assert book("export", "-o", str(path)).code == 0
    page = openpyxl.load_workbook(path).active
    assert page is not None
    head, *lines = page.iter_rows(values_only=True)
    at = {str(heading): place for place, heading in enumerate(head)}
    assert [line[at["稳控措施"]] for line in lines] == ["包保到人", None, None]
    [_, found, *_] = csv.DictReader(io.StringIO(book("export", "--csv").out[1:]))
    assert found["备注"] == "与测**同住"


def test_a_case_shows_its_other_columns(book: Counter) -> None:
    said = book("show", "1").out
    assert ("其他列「稳控措施」：包保到人" in said, "其他列「备注」：妻子电话130****0002" in said) == (True, True)
    assert "其他列「备注」：妻子电话13000000002" in book("show", "1", "--reveal").out
    for words in (("show", "3"), ("show", "3", "--json"), ("show", "3", "--reveal")):  # art. 30
        assert not any(word in book(*words).out for word in ("线人", "包保到人")), words
    asked = book("show", "3", "--reveal", "--accusation", "--why", "核实").out
    assert "其他列「备注」：线人13000000005" in asked


def test_which_columns_are_kept_is_said(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("序号,登记编号,收到日期,概况,稳控措施\n1,A1,2023-06-01,反映水压,包保\n", encoding="utf-8")
    ran = counter("import", str(path))
    assert "随登记保存，用 xinfang show、list --where 看：稳控措施\n" in ran.out
    assert counter("import", str(path), "--json").json()["kept_columns"] == ["稳控措施"]


def test_nothing_of_it_is_shown_whole(book: Counter) -> None:
    assert book("edit", "1", "--name", "测试丁").code == 0
    for words in (("show", "1"), ("show", "1", "--json"), ("history", "1", "--json"), ("export", "events", "--json")):
        assert "13000000002" not in book(*words).out, words
    for words in (("show", "3"), ("show", "3", "--json"), ("export", "events", "--json"), ("search", "线人")):
        assert "13000000005" not in book(*words).out, words
    assert "线人" not in book("export", "events", "--json").out
    assert book("search", "线人", "--json").json() == []


def test_a_book_without_other_columns_exports_as_before(counter: Counter) -> None:
    counter.add("2023-06-01")
    assert "extras" not in counter("export", "--json").json()[0]
