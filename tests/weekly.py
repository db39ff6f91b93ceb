"""A city's ledger at its real size, from which the weekly bulletin of figures.md example 2 is counted.

The published numbers stand in data/published.toml; here they are taken apart into districts and into rows, in the
columns that `import` knows. Deterministic. Everything in it is invented but the totals.
"""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

AS_OF = date(2023, 5, 21)  # a Sunday; the bulletin does not say its year
MONDAY = AS_OF - timedelta(days=6)
BATCH = "市交积案"
DEPARTMENTS = 121  # of the backlog: 8 of them are the published 6.61 %
COLUMNS = (
    "登记编号", "收到日期", "信访形式", "信访目的", "概况", "姓名", "初重件", "原登记编号", "责任单位", "办理方式", "转办日期", "受理日期",
    "办结日期", "处理意见", "送达日期", "复查日期", "积案批次", "化解日期",
)  # fmt: skip
_NUMERALS = "一二三四五六七八九十"


def published() -> dict[str, Any]:
    path = Path(__file__).parent.parent / "data" / "published.toml"
    found: dict[str, Any] = tomllib.loads(path.read_text("utf-8-sig"))["linyi_weekly"] | {}
    return found | {"departments": tomllib.loads(path.read_text("utf-8-sig"))["linyi_weekly"]["backlog_departments"]}


def districts() -> list[str]:
    names = [_NUMERALS[n] if n < 10 else f"十{_NUMERALS[n - 10]}" for n in range(published()["districts"])]
    return [f"测试{name}区" for name in names]


def departments() -> list[str]:
    return [f"测试市{name}局" for name in ("教育", "民政", "住建", "交通", "农业")]


def units() -> list[dict[str, Any]]:
    """Districts stand where a district office has its towns: ranked among themselves, the departments apart."""
    return [
        *({"name": name, "group": "镇街"} for name in districts()),
        *({"name": name, "group": "区直部门"} for name in departments()),
    ]


def _parts(total: int, weights: list[float]) -> list[int]:
    """`total` in whole parts by weight, the largest remainders first."""
    whole = sum(weights)
    parts = [int(total * weight / whole) for weight in weights]
    rest = sorted(range(len(weights)), key=lambda n: parts[n] - total * weights[n] / whole)
    for n in rest[: total - sum(parts)]:
        parts[n] += 1
    return parts


def _worst_first(closed: list[int], failed: int) -> list[int]:
    """How many cases of each district came again: one district over a tenth of its own, all others under."""
    worst = closed[0] * 12 // 100
    others = _parts(failed - worst, [count * (1 + n % 5 / 4) for n, count in enumerate(closed[1:])])
    return [worst, *others]


class _Ledger:
    def __init__(self) -> None:
        self.rng = random.Random(8307)
        self.serials: dict[int, int] = {}

    def row(self, received: date, unit: str, **more: Any) -> dict[str, Any]:
        serial = self.serials.get(received.year, 0) + 1
        self.serials[received.year] = serial
        return {
            "登记编号": f"XF{received.year}-{serial:06d}",
            "收到日期": received,
            "信访形式": self.rng.choice(("来信", "来访", "网上信访", "领导信箱", "来电")),
            "信访目的": "申诉求决",
            "概况": f"测试事项{serial}",
            "姓名": f"测试{serial}",
            "初重件": "初次",
            "责任单位": unit,
            "办理方式": "转送",
            **more,
        }

    def closed(self, closed: date, unit: str, **more: Any) -> dict[str, Any]:
        """A first-time case handled in time and closed that day."""
        accepted = closed - timedelta(days=self.rng.randint(5, 55))
        assigned = accepted - timedelta(days=self.rng.randint(0, 10))
        return self.row(
            assigned - timedelta(days=self.rng.randint(0, 10)),
            unit,
            转办日期=assigned,
            受理日期=accepted,
            办结日期=closed,
            处理意见="解释说明",
            送达日期=closed,
            **more,
        )

    def again(self, first: dict[str, Any], received: date) -> dict[str, Any]:
        return self.row(received, first["责任单位"], 初重件="重复", 原登记编号=first["登记编号"], 转办日期=received)


def rows() -> Iterator[dict[str, Any]]:
    """Every row of the ledger, as of the Sunday."""
    book, told, rng = _Ledger(), published(), random.Random(94)
    one_time, backlog = told["one_time"], told["backlog"]
    names = districts()
    closed = _parts(one_time["denominator"], [1 + n % 7 / 3 for n in range(len(names))])
    failed = _worst_first(closed, one_time["denominator"] - one_time["numerator"])
    first_day = date(AS_OF.year, 1, 1)
    for name, count, bad in zip(names, closed, failed, strict=True):
        for n in range(count):
            on = first_day + timedelta(days=rng.randint(0, (AS_OF - first_day).days))
            if n >= bad:
                yield book.closed(on, name)
            elif n % 3:
                first = book.closed(on, name)
                yield first
                yield book.again(first, on + timedelta(days=rng.randint(0, (AS_OF - on).days)))
            else:
                yield book.closed(on, name, 复查日期=on + timedelta(days=rng.randint(0, min((AS_OF - on).days, 30))))
    yield from _backlog(book, backlog, told["departments"], names, rng)


def _backlog(
    book: _Ledger, backlog: dict[str, Any], theirs: dict[str, Any], names: list[str], rng: random.Random
) -> Iterator[dict[str, Any]]:
    """Old cases, closed in earlier years; some relapsed, and those count as not resolved."""
    handed = _parts(backlog["total"] - DEPARTMENTS, [1 + n % 5 / 2 for n in range(len(names))])
    resolved = _parts(backlog["resolved"] - theirs["resolved"], [count * (1 + n % 4) for n, count in enumerate(handed)])
    places = [(name, *counts) for name, *counts in zip(names, handed, resolved, strict=True)]
    offices = departments()
    for n, count in enumerate(_parts(DEPARTMENTS, [1.0] * len(offices))):
        places.append((offices[n], count, _parts(theirs["resolved"], [1.0] * len(offices))[n]))
    this_week, relapsed = backlog["resolved_this_week"], 7
    for name, count, good in places:
        for n in range(count):
            old = date(2022, 10, 1) - timedelta(days=rng.randint(0, 1000))
            more: dict[str, Any] = {"积案批次": BATCH}
            if n < good and this_week:
                this_week -= 1
                more["化解日期"] = MONDAY + timedelta(days=rng.randint(0, 6))
            elif n < good or (n == good and relapsed):
                more["化解日期"] = date(2023, 1, 4) + timedelta(days=rng.randint(0, 120))
            first = book.closed(old, name, **more)
            yield first
            if n == good and relapsed and n < count:
                relapsed -= 1
                yield book.again(first, more["化解日期"] + timedelta(days=rng.randint(1, 7)))


def write(path: Path) -> int:
    """Write the ledger as CSV; how many rows."""
    listed = sorted(rows(), key=lambda row: (row["收到日期"], row["登记编号"]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(listed)
    return len(listed)
