"""A report of a period has the units, their names and the targets of its time, whatever was set or founded later."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter

A, B, C = "测试甲局", "测试乙局", "测试丙局"
JUNE = ("report", "month", "2023-06")
AUGUST = "2023-08-20"


@pytest.fixture
def june(counter: Counter) -> Counter:
    """甲 has a case of June, closed; 乙 has none; the list was begun in May."""
    for unit in (A, B):
        counter.ok("unit", "add", unit, today="2023-05-04")
    number = counter.add("2023-06-01")
    counter.ok("assign", number, "--to", A, "--on", "2023-06-02")
    counter.ok("accept", number, "--on", "2023-06-05")
    counter.ok("close", number, "--outcome", "解释说明", "--delivered", "2023-06-20", "--on", "2023-06-20")
    return counter


def test_a_unit_of_later_has_no_row_of_zeros(june: Counter) -> None:
    before = june(*JUNE, today=AUGUST).out
    assert f"| {B} |" in before
    june.ok("unit", "add", C, today="2023-08-01")
    assert june(*JUNE, today=AUGUST).out == before
    assert C in june("report", "month", "2023-08", today=AUGUST).out
    number = june.add("2023-06-10")
    june.ok("assign", number, "--to", C, "--on", "2023-06-11")
    assert f"| {C} |" in june(*JUNE, today=AUGUST).out, "what it has to count is never left out"


def test_a_unit_renamed_later_keeps_its_name(june: Counter, tmp_path: Path) -> None:
    published = ("--publish", "--yes", "-o", str(tmp_path / "六月.md"))
    assert june(*JUNE, *published, today="2023-07-05").code == 0
    before = june(*JUNE, today=AUGUST).out
    june.ok("unit", "edit", A, "--name", C, "--yes", today="2023-08-01")
    assert june(*JUNE, today=AUGUST).out == before
    assert C in june("report", "month", "2023-08", today=AUGUST).out
    assert june.ok("report", "--changes", "2023-06", today=AUGUST)["cells"] == []
    again = (*published[:-1], str(tmp_path / "六月之二.md"))
    assert june(*JUNE, *again, today=AUGUST).code == 0, "the second count has the names of then too"


def test_a_target_of_later_is_none_of_an_earlier_report(june: Counter) -> None:
    before = june(*JUNE, today=AUGUST).out
    june.ok("config", "set", "targets.acceptance", "77", "--citation", "八月的文件", today="2023-08-01")
    assert june(*JUNE, today=AUGUST).out == before
    june.ok("config", "set", "targets.acceptance", "88", "--citation", "年初的文件", "--on", "2023-01-01", today=AUGUST)
    assert "目标 88%（依据年初的文件）" in june(*JUNE, today=AUGUST).out
    assert june.ok("config", "get", "targets.acceptance", today=AUGUST)["value"] == 77, "what was set for later stands"
    june.ok("undo", today=AUGUST)
    assert june(*JUNE, today=AUGUST).out == before
    assert june("config", "set", "targets.acceptance", "80", "--on", "2023-09-01", today=AUGUST).code == 1
    assert june("config", "set", "bureau", "测试局", "--on", "2023-01-01", today=AUGUST).code == 1


def test_a_batch_set_otherwise_later_keeps_its_target(june: Counter) -> None:
    june.ok("backlog", "batch", "add", "测试批次", "--target", "80", "--target-on", "2023-12-31", today="2023-05-10")
    june.ok("backlog", "join", "1", "--batch", "测试批次", "--on", "2023-06-12")
    assert "目标 80%" in june(*JUNE, today=AUGUST).out
    june.ok("backlog", "batch", "edit", "测试批次", "--target", "95", today="2023-08-01")
    assert "目标 80%" in june(*JUNE, today=AUGUST).out
    assert "目标 95%" in june("report", "month", "2023-08", today=AUGUST).out
