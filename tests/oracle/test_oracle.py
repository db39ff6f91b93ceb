"""The program against plain Python: thousands of random histories, every rate and volume, no difference.

The default run takes one book and a sample of questions; `XINFANG_FULL=1` takes more books and every month and basis.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from . import histories, plain

FULL = os.environ.get("XINFANG_FULL") == "1"
SEEDS = (20230717, 1, 2, 3) if FULL else (20230717,)
SIZE = 6000 if FULL else 3000
DOINGS = 300 if FULL else 60
SAMPLE = 400 if FULL else 45
DIMENSIONS = (None, "unit", "unit", "unit", "channel", "kind", "topic", "region")
BASES = ("due", "received", "stopped")
SHOWN_DIFFERENCES = 40

ROOT = Path(__file__).parents[2]
BLANK = {None, "", "—", "-", "未填", "未填写", "（空）", "(空)", "不详", "未知", "未分类"}


# --- the program, as a clerk's machine would call it -----------------------------------------------------------------


def xinfang(book: Path, *words: str) -> tuple[int, str, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XINFANG_")}
    environment |= {"PYTHONUTF8": "1", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "xinfang_cli", "--db", str(book), "--today", histories.TODAY.isoformat(), *words]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def ask(book: Path, *words: str) -> dict[str, object]:
    code, out, err = xinfang(book, *words, "--json")
    assert code == 0, f"xinfang {' '.join(words)}: exit {code}\n{out[-2000:]}\n{err[-2000:]}"
    document = json.loads(out, parse_float=Decimal)
    assert isinstance(document, dict)
    return document


def words_of(doing: Mapping[str, object]) -> list[str]:
    """A doing of histories.make_doings as the words of a command."""
    number = str(doing["case_no"])
    day = ["--on", str(doing["on"])] if "on" in doing else []
    match doing["do"]:
        case "assign":
            return ["assign", number, "--to", str(doing["unit"]), "--new-unit", *day]
        case "close":
            return ["close", number, "--outcome", "explained", *day]
        case "withdraw":
            return ["withdraw", number, "--reason", "信访人自愿撤回", *day]
        case "redirect":
            return ["redirect", number, "--to", "诉讼", "--where", "区测试法庭", "--how", "guided", *day]
        case "revoked":
            return ["review", number, "--result", "revoked", "--redo-by", str(doing["redo_by"]), *day]
        case "rate":
            rating = plain.RATING[str(doing["unit_rating"])]
            return ["rate", number, "--unit-rating", rating, *day]
        case "link":
            return ["link", number, "--repeat-of", str(doing["original"])]
        case "edit":
            return ["edit", number, "--headcount", str(doing["headcount"])]
        case verb:
            return [str(verb), number, *day]


# --- what is asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    start: date
    end: date
    as_of: date | None
    basis: str
    first_only: bool
    by: str | None

    @property
    def day(self) -> date:
        return self.as_of or histories.TODAY

    @property
    def whole_month(self) -> bool:
        return (self.start.year, self.start.month) == (self.end.year, self.end.month) and self.start.day == 1

    def words(self) -> list[str]:
        if self.whole_month and self.end == month_end(self.start):
            words = ["stats", "--month", f"{self.start:%Y-%m}"]
        else:
            words = ["stats", "--from", self.start.isoformat(), "--to", self.end.isoformat()]
        if self.basis != "due" or self.first_only:  # due is the default
            words += ["--basis", self.basis]
        if self.as_of:
            words += ["--as-of", self.as_of.isoformat()]
        if self.first_only:
            words.append("--first-only")
        if self.by:
            words += ["--by", self.by]
        if self.by == "unit":
            words.append("--rank")
        return words


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months() -> list[date]:
    """The first of every month from the first received day to today, and two on, where due days still fall."""
    first, last = histories.FIRST_DAY, histories.TODAY
    count = (last.year - first.year) * 12 + last.month - first.month + 3
    return [date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(count)]


def questions(seed: int) -> Iterator[Question]:
    rng = random.Random(seed)
    for index in range(SAMPLE):
        start = rng.choice(months())
        end = month_end(start)
        roll = rng.random()
        if roll < 0.1:
            end = month_end(min(start + timedelta(days=70), months()[-1]))
        elif roll < 0.2:
            start, end = date(start.year, 1, 1), start + timedelta(days=rng.randint(0, 27))
        elif roll < 0.25:
            end = start = start + timedelta(days=rng.randint(0, 27))
        days = (start + timedelta(days=14), end, end + timedelta(days=rng.randint(1, 40)), histories.TODAY)
        as_of = rng.choice([day for day in days if day <= histories.TODAY] or [None])
        if as_of == histories.TODAY and rng.random() < 0.5:
            as_of = None  # today is the default
        by = DIMENSIONS[index % len(DIMENSIONS)]
        yield Question(start, end, as_of, BASES[index % 3], rng.random() < 0.35, by)
    if FULL:
        for month in months():
            for basis in BASES:
                middle = min(month + timedelta(days=44), histories.TODAY)
                yield Question(month, month_end(month), None, basis, False, "unit")
                yield Question(month, month_end(month), middle, basis, True, "unit")
                yield Question(month, month_end(month), middle, basis, False, rng.choice(DIMENSIONS))


# --- holding the two answers together --------------------------------------------------------------------------------


def canonical(name: object, by: str | None) -> str:
    """A row's or a channel's name, whether the program shows the Chinese label or the identifier."""
    if name in BLANK:
        return plain.KIND[""] if by == "kind" else ""
    table = {"channel": plain.CHANNEL, "kind": plain.KIND, "topic": plain.TOPIC}.get(by or "", {})
    return table.get(str(name), str(name))


def behind(tally: plain.Tally, key: str) -> str:
    """The oracle's own cases behind a number, where they are few enough to look up."""
    parts = {part: cases for part, cases in tally.cases[key].items() if 0 < len(cases) <= 12}
    return "; ".join(f"{part}: {' '.join(cases)}" for part, cases in parts.items())


def rate_differences(where: str, said: Mapping[str, object], tally: plain.Tally) -> Iterator[str]:
    for key in plain.RATES:
        expected = tally.rate(key)
        given = said.get(key)
        if not isinstance(given, dict):
            yield f"{where}rates.{key}: missing, oracle {shown(expected)}"
            continue
        same = all(as_number(given.get(part), part) == value for part, value in expected.items())
        if not same:
            yield f"{where}rates.{key}: program {shown(given)}, oracle {shown(expected)} [{behind(tally, key)}]"


def as_number(value: object, part: str) -> object:
    if value is None and part in ("overdue", "pending"):
        return 0
    return Decimal(str(value)) if part == "percent" and value is not None else value


def shown(rate: Mapping[str, object]) -> str:
    parts = [f"{rate.get('numerator')}/{rate.get('denominator')} {rate.get('percent')}"]
    parts += [f"{part} {rate[part]}" for part in ("on_time", "late", "overdue", "pending") if part in rate]
    return " ".join(parts)


def volume_differences(where: str, said: Mapping[str, object], tally: plain.Tally, *, partial: bool) -> Iterator[str]:
    """`partial`: a row need not carry every volume, but those it carries must be right."""
    for key, expected in tally.volumes().items():
        if partial and key not in said:
            continue
        given = said.get(key)
        if key == "by_channel" and isinstance(given, dict):
            counts = {canonical(name, "channel"): channel_count(value) for name, value in given.items()}
            given = {name: count for name, count in counts.items() if count}
        if given != expected:
            yield f"{where}volumes.{key}: program {given}, oracle {expected}"


def channel_count(value: object) -> object:
    return value.get("cases") if isinstance(value, dict) else value


def row_differences(question: Question, rows: object, expected: Mapping[str, plain.Tally]) -> Iterator[str]:
    if not isinstance(rows, list):
        yield f"rows: {rows!r}"
        return
    said: dict[str, Mapping[str, object]] = {}
    for row in rows:
        name = canonical(row["name"], question.by)
        if name in ("镇街", "区直部门", "合计", "总计") or "小计" in name:
            continue
        if name in said:
            yield f"rows: {name} twice"
        said[name] = row
    ranks, overall = plain.ranks(expected)
    for name in sorted(set(said) | set(expected)):
        where = f"rows[{name or 'blank'}]."
        tally = expected.get(name, plain.Tally())
        row = said.get(name)
        if row is None:
            if any(parts for parts in tally.cases.values()):
                yield f"{where[:-1]}: missing, oracle {', '.join(key for key in tally.cases if tally.cases[key])}"
            continue
        yield from rate_differences(where, mapping(row.get("rates")), tally)
        yield from volume_differences(where, mapping(row.get("volumes")), tally, partial=True)
        if question.by != "unit":
            continue
        given = mapping(row.get("ranks"))
        for key, rank in ranks.get(name, dict.fromkeys(plain.RATES)).items():
            if (key in given or key in plain.FOUR_RATES) and given.get(key) != rank:
                yield f"{where}ranks.{key}: program {given.get(key)}, oracle {rank}"
        if row.get("overall_rank") != overall.get(name):
            yield f"{where}overall_rank: program {row.get('overall_rank')}, oracle {overall.get(name)}"


def mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def differences(question: Question, said: Mapping[str, object], cases: Mapping[str, plain.Case]) -> Iterator[str]:
    total, rows = plain.stats(
        cases,
        question.start,
        question.end,
        question.day,
        question.basis,
        first_only=question.first_only,
        by=question.by,
    )
    frame = {
        "period": {"from": question.start.isoformat(), "to": question.end.isoformat()},
        "as_of": question.day.isoformat(),
        "basis": question.basis,
    }
    for key, expected in frame.items():
        if said.get(key) != expected:
            yield f"{key}: program {said.get(key)}, oracle {expected}"
    yield from rate_differences("", mapping(said.get("rates")), total)
    yield from volume_differences("", mapping(said.get("volumes")), total, partial=False)
    if question.by:
        yield from row_differences(question, said.get("rows"), rows)


# --- the tests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_program_and_plain_python_agree(seed: int, tmp_path: Path) -> None:
    rows = histories.make_rows(seed, SIZE)
    doings = histories.make_doings(rows, seed, DOINGS)
    sheet, book = tmp_path / "histories.csv", tmp_path / "book.db"
    histories.write_csv(sheet, rows, seed)

    code, out, err = xinfang(book, "import", str(sheet), "--json")
    assert out, f"import: exit {code}\n{err[-3000:]}"
    imported = json.loads(out)
    counts = {key: imported[key] for key in ("rows", "imported", "already_there", "rejected")}
    lawful = {"rows": SIZE, "imported": SIZE, "already_there": 0, "rejected": 0}
    assert counts == lawful, rejected_rows(rows, imported["reasons"])
    assert code == 0, err[-3000:]

    # first as the sheet told it, then with what the clerk did since
    found: list[str] = []
    for told in ((), doings):
        for doing in told:
            ask(book, *words_of(doing))
        found += compare(book, list(questions(seed + len(told))), plain.read(rows, told), in_part=not told)
    assert not found, f"{len(found)} differences\n" + "\n".join(found[:SHOWN_DIFFERENCES])


def compare(book: Path, asked: Sequence[Question], cases: Mapping[str, plain.Case], *, in_part: bool) -> list[str]:
    if in_part:
        asked = asked[::3]
    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = pool.map(lambda question: ask(book, *question.words()), asked)
        return [
            f"xinfang {' '.join(question.words())}\n    {difference}"
            for question, answer in zip(asked, answers, strict=True)
            for difference in differences(question, answer, cases)
        ]


def rejected_rows(rows: Sequence[histories.Row], reasons: Sequence[Mapping[str, object]]) -> str:
    """The refusals with the cells of their rows, the header being the sheet's first row."""
    lines = [f"{len(reasons)} reasons"]
    for reason in reasons[:10]:
        filled = {name: str(cell) for name, cell in rows[int(str(reason["row"])) - 2].items() if cell != ""}
        lines.append(f"{reason}\n    {filled}")
    return "\n".join(lines)


def test_histories_reach_both_sides_of_every_limit() -> None:
    rows = histories.make_rows(SEEDS[0], SIZE)
    cases = plain.read(rows, histories.make_doings(rows, SEEDS[0], DOINGS))
    views = [plain.as_of(case, histories.TODAY) for case in cases.values()]
    seen: dict[str, set[str]] = {key: set() for key in plain.CLOCK_RATES}
    for clock in (clock for view in views for clock in view.clocks):
        if clock.void:
            seen[clock.kind].add("void")
        elif clock.stop is None:
            seen[clock.kind].add("overdue" if clock.due < histories.TODAY else "pending")
        else:
            after = (clock.stop - clock.due).days
            seen[clock.kind] |= {word for word, at in (("last day", 0), ("a day late", 1)) if at == after}
            seen[clock.kind] |= {"late"} if after > 0 else {"on time"}
    everything = {"void", "overdue", "pending", "last day", "a day late", "late", "on time"}
    assert seen == dict.fromkeys(plain.CLOCK_RATES, everything)
    rating_waits = {
        (view.unit_rating[1] - view.first_close).days
        for view in views
        if view.ratable and view.unit_rating and view.first_close
    }
    assert rating_waits >= {0, 29, 30, 31}
    extensions = {row["延期天数"] for row in rows} - {""}
    assert {1, 30} <= extensions <= set(range(1, 31))
    assert {row["收到日期"] for row in rows} >= {date(2024, 2, 29), date(2023, 12, 31), date(2024, 1, 1)}
    waits = {
        (again.received - view.first_close).days
        for again in cases.values()
        if again.original in cases and (view := plain.as_of(cases[again.original], histories.TODAY)).first_close
    }
    assert waits >= {-1, 0, 1}
    days_after_resolve = {
        (again.received - view.resolved).days
        for again in cases.values()
        if again.original in cases and (view := plain.as_of(cases[again.original], histories.TODAY)).resolved
    }
    assert days_after_resolve >= {-1, 0, 1}
