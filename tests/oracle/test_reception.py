"""Duty rosters and receptions against plain Python: a month with a long holiday and make-up Saturdays, random visits."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from tests.oracle import histories, test_oracle
from tests.oracle.test_oracle import ask

FIRST, LAST = date(2023, 9, 1), date(2023, 10, 31)
# The State Council's arrangement for 2023, by hand: 中秋 and 国庆 from 29 September to 6 October.
OFF = {date(2023, 9, 29), date(2023, 9, 30), *(date(2023, 10, day) for day in range(1, 7))}
WORK = {date(2023, 10, 7), date(2023, 10, 8)}
LEADERS = ("测试领导甲", "测试领导乙", "测试领导丙", "测试领导丁")
FORMS = ("接访", "约访", "下访", "带案下访", "视频")
FORM_KEYS = ("open", "by_appointment", "outgoing", "with_case", "video")


def days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def works(day: date) -> bool:
    return day in WORK or (day.weekday() < 5 and day not in OFF)


def rotation() -> dict[date, str]:
    """甲 to 丙 by turns on working days; 丁 each second Tuesday of the month, the turn going on after it."""
    made, turn = {}, 0
    for day in days():
        second_tuesday = day.weekday() == 1 and 8 <= day.day <= 14
        if works(day):
            made[day] = LEADERS[3] if second_tuesday else LEADERS[turn % 3]
            turn += not second_tuesday
    return made


@pytest.fixture(scope="module")
def arranged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, object]]]:
    """A book with the duty roster of two months, and what the command said of it."""
    path = tmp_path_factory.mktemp("reception") / "book.db"
    rows = histories.make_rows(5, 400)
    sheet = path.with_name("rows.csv")
    histories.write_csv(sheet, rows, 5)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(test_oracle, "xinfang", test_oracle.InThisProcess(Counter(path, monkeypatch)))
        assert ask(path, "import", str(sheet))["rejected"] == 0
        words = ("--from", FIRST.isoformat(), "--to", LAST.isoformat(), "--leaders", "、".join(LEADERS[:3]))
        yield path, ask(path, "reception", "roster", *words, "--fixed", "测试领导丁=第2个周二")


def test_the_roster(arranged: tuple[Path, dict[str, object]]) -> None:
    _, said = arranged
    listed = said["days"]
    assert isinstance(listed, list)
    assert {date.fromisoformat(row["day"]): row["leaders"] for row in listed if row["leaders"]} == {
        day: [leader] for day, leader in rotation().items()
    }
    assert said["unarranged"] == []
    notes = {row["day"]: row["note"] for row in listed if row["note"]}
    assert set(notes) == {"2023-10-07", "2023-10-08"}


def test_the_counts(arranged: tuple[Path, dict[str, object]], tmp_path: Path) -> None:
    """Random sittings and visits out of a sheet; every count of `reception status`, of the whole and of some weeks."""
    book, _ = arranged
    rng = random.Random(11)
    cases = json.loads(test_oracle.xinfang(book, "list", "--received", "2023-01-01..2023-08-31", "--json")[1])
    numbers = [row["case_no"] for row in cases if row["unit"] and row["kind"] != "accusation"]
    rng.shuffle(numbers)
    visits: list[dict[str, str]] = []
    for day in days():
        for _ in range(rng.choice((0, 1, 1, 2)) if works(day) else rng.choice((0, 0, 0, 1))):
            visits.append(_visit(rng, day, numbers))
    sheet = tmp_path / "接访.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(visits[0]))
        writer.writeheader()
        writer.writerows(visits)
    ask(book, "reception", "log", "--file", str(sheet))
    for first, last, as_of in (
        (FIRST, LAST, histories.TODAY),
        (date(2023, 9, 1), date(2023, 9, 30), date(2023, 9, 30)),
        (date(2023, 9, 25), date(2023, 10, 15), date(2023, 10, 10)),
    ):
        said = ask(
            book, "reception", "status", "--from", str(first), "--to", str(last), "--as-of", str(as_of)
        )  # fmt: skip
        expected = counted(visits, first, min(last, as_of), as_of)
        assert {key: said[key] for key in expected} == expected, (first, last, as_of)


def _visit(rng: random.Random, day: date, numbers: list[str]) -> dict[str, str]:
    """A row of the sheet: somebody came, with an order or an answer on the spot; or nobody came."""
    row = dict.fromkeys(
        ("日期", "形式", "接访领导", "人数", "登记编号", "约访", "交办单位", "交办期限", "落实日期", "反馈日期", "跟进日期", "当场答复"), ""
    )  # fmt: skip
    row["日期"], row["形式"] = day.isoformat(), rng.choice(FORMS)
    row["接访领导"] = "、".join(rng.sample(LEADERS, rng.choice((1, 1, 2))))
    if rng.random() < 0.3:
        if rng.random() < 0.5:
            row["约访"] = numbers[-1]
        return row
    row["登记编号"] = "、".join(numbers.pop() for _ in range(rng.choice((1, 1, 1, 2))))
    row["人数"] = str(rng.randint(1, 7))
    if rng.random() < 0.4:
        row["当场答复"] = "是"
        return row
    row["交办单位"], row["交办期限"] = "区测试局", (day + timedelta(days=rng.randint(1, 30))).isoformat()
    step = day
    for name in ("落实日期", "反馈日期", "跟进日期"):
        if rng.random() < 0.2:
            break
        step += timedelta(days=rng.randint(0, 20))
        row[name] = step.isoformat()
    return row


def counted(visits: list[dict[str, str]], first: date, until: date, as_of: date) -> dict[str, object]:
    """Straight from the sheet's rows."""
    mine = [row for row in visits if first.isoformat() <= row["日期"] <= until.isoformat()]
    came = [row for row in mine if row["登记编号"]]
    alone = [row for row in mine if not row["登记编号"]]
    times = {(row["日期"], row["形式"], leader) for row in mine for leader in row["接访领导"].split("、")}
    sat = {row["日期"] for row in mine}
    matters = [(row, number) for row in came for number in row["登记编号"].split("、")]

    def done_by(row: dict[str, str], step: str) -> bool:
        return row[step] != "" and row[step] <= as_of.isoformat()

    orders = [row for row, _ in matters if row["交办期限"]]
    open_matters = sum(
        not all(done_by(row, step) for step in ("落实日期", "反馈日期", "跟进日期"))
        if row["交办期限"]
        else row["当场答复"] == ""
        for row, _ in matters
    )
    duty = [day for day, _ in rotation().items() if first <= day <= min(until, histories.TODAY - timedelta(days=1))]
    empty = sorted(sat - {row["日期"] for row in came} & sat)
    return {
        "days_on_duty": len(sat),
        "days_missing": sum(day.isoformat() not in sat for day in duty),
        "leader_times": len(times),
        "groups": len(came),
        "people": sum(int(row["人数"]) for row in came),
        "matters": len(matters),
        "orders": len(orders),
        "carried_out": sum(done_by(row, "落实日期") for row in orders),
        "orders_overdue": sum(not done_by(row, "落实日期") and row["交办期限"] < as_of.isoformat() for row in orders),
        "open_matters": open_matters,
        "days_without_visitor": len({row["日期"] for row in alone} & set(empty)),
        "days_invited": len({row["日期"] for row in alone if row["约访"]} & set(empty)),
        "by_form": {
            key: {
                "leader_times": sum(found[1] == form for found in times),
                "groups": sum(row["形式"] == form for row in came),
                "people": sum(int(row["人数"]) for row in came if row["形式"] == form),
            }
            for key, form in zip(FORM_KEYS, FORMS, strict=True)
        },
    }
