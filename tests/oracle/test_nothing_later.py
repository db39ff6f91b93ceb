"""Nothing in a report is later than its day: what happens afterwards changes not one byte of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from tests.conftest import FULL

from . import histories, test_oracle

DAY, LATER = date(2023, 12, 31), date(2024, 7, 17)
SEEDS = range(8) if FULL else (3,)
SIZE, NEW, DOINGS = 260, 90, 60
REPORTS = (
    ("report", "month", "2023-12"),
    ("report", "month", "2023-06"),
    ("report", "week", "2023-12-27"),
    ("report", "quarter", "2023Q4"),
    ("report", "year", "2023"),
    ("stats", "--month", "2023-11", "--by", "unit", "--rank", "--compare", "--trend", "4"),
    ("stats", "--quarter", "2023Q3", "--by", "channel,kind", "--basis", "received"),
    ("blame", "--month", "2023-11", "--cases"),
    ("backlog", "status", "--batch", histories.BATCHES[0]),
)


def later_doings(rows: list[histories.Row], seed: int) -> Iterator[histories.Doing]:
    """The stories that happen wholly after the day; an edit or a link sets right what was taken down, and holds for all."""
    doings = histories.make_doings(rows, seed, DOINGS * 6, LATER)
    for _, story in groupby(doings, key=lambda doing: doing["case_no"]):
        told = list(story)
        if all("on" in doing and doing["do"] != "correct" and str(doing["on"]) > DAY.isoformat() for doing in told):
            yield from told


def later_rows(rows: list[histories.Row], seed: int) -> list[histories.Row]:
    """New cases, some of them repeats of those that were there."""
    new = histories.make_rows(seed + 100, NEW, DAY + timedelta(days=1), LATER)
    old = [row for row in rows if row["责任单位"]]
    for place, row in enumerate(new):
        row["外部编号"] = ""
        if place % 5 == 0:
            row["初重件"], row["原登记编号"] = "重复", old[place * 7 % len(old)]["登记编号"]
    return new


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_what_comes_later_changes_no_report(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter(tmp_path / "book.db", monkeypatch)
    monkeypatch.setattr(test_oracle, "xinfang", test_oracle.InThisProcess(counter))
    rows = histories.make_rows(seed, SIZE, date(2023, 1, 1), DAY)
    sheet = tmp_path / "histories.csv"
    histories.write_csv(sheet, rows, seed)
    counter.ok("import", str(sheet), today=DAY.isoformat())
    now = LATER.isoformat()

    def told() -> list[tuple[str, str]]:
        ran = [(words, counter(*words, "--as-of", DAY.isoformat(), today=now)) for words in REPORTS]
        assert [(words, one.code, one.err) for words, one in ran if one.code] == []
        return [(" ".join(words), one.out) for words, one in ran]

    before = told()
    assert "积案" in before[0][1]
    sheet = tmp_path / "later.csv"
    histories.write_csv(sheet, later_rows(rows, seed), seed)
    counter.ok("import", str(sheet), today=now)
    said = list(later_doings(rows, seed))
    assert len(said) > 10
    for doing in said:
        test_oracle.do(counter.path, doing)
    for words in (
        ("backlog", "batch", "add", "测试积案三批", "--handed-on", "2024-02-01", "--target", "88"),
        ("backlog", "join", str(rows[0]["登记编号"]), "--batch", "测试积案三批", "--on", "2024-02-02"),
        ("reception", "log", str(rows[1]["登记编号"]), "--leader", "测试区长", "--on", "2024-03-01"),
        ("standing", "add", "一次性化解率", "--rank", "3", "--of", "12", "--on", "2024-03-01"),
        ("advise", "add", "完善政策", "--to", "区政府", "--text", "建议列入计划", "--on", "2024-03-01"),
        ("lead", str(rows[2]["登记编号"]), "--name", "测试区长", "--on", "2024-03-01"),
        ("config", "set", "targets.completion", "55", "--citation", "测试文"),
        ("config", "set", "targets.one_time", "66", "--citation", "测试文"),
    ):
        counter.ok(*words, today=now)
    after = told()
    for (asked, was), (_, is_now) in zip(before, after, strict=True):
        assert is_now == was, asked
    # The screen calls the units what they can be asked for by today; a report what they were called then.
    counter.ok("unit", "add", "区新设局", today=now)
    counter.ok("unit", "edit", "区例水局", "--name", "区改名局", today=now)
    for (asked, was), (_, is_now) in zip(before, told(), strict=True):
        assert is_now == was or not asked.startswith("report"), asked
