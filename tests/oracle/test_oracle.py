"""The program against plain Python: thousands of random histories, every rate and volume, no difference.

The default run takes one book and a sample of questions; `XINFANG_FULL=1` takes more books and every month and basis.
"""

from __future__ import annotations

import json
import os
import random
import sys
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from tests.cli.conftest import Counter
from xinfang_cli.law.terms import STAGE

from . import histories, plain

FULL = os.environ.get("XINFANG_FULL") == "1"
SEEDS = (20230717, 1, 2, 3) if FULL else (20230717,)
SIZE = 6000 if FULL else 1500
DOINGS = 300 if FULL else 40
SAMPLE = 400 if FULL else 24
DIMENSIONS: tuple[tuple[str, ...], ...] = (
    *((), ("unit",), ("unit", "channel"), ("unit",), ("channel",), ("kind",), ("topic",), ("unit",), ("region",)),
    ("kind", "region"),
)
BASES = ("due", "received", "stopped")
SHOWN_DIFFERENCES = 40
Rows = dict[tuple[str, ...], plain.Tally]

ROOT = Path(__file__).parents[2]
BLANK = {None, "", "—", "-", "未填", "未填写", "（空）", "(空)", "不详", "未知", "未分类"}


# --- the program, as a clerk's machine would call it -----------------------------------------------------------------


class InThisProcess:
    """The program, each command as the shell would call it; `xinfang` of this module is one."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.commands = 0

    def __call__(self, book: Path, *words: str) -> tuple[int, str, str]:
        self.commands += 1
        ran = self.counter(*words, db=book, today=histories.TODAY.isoformat())
        return ran.code, ran.out, ran.err


def xinfang(book: Path, *words: str) -> tuple[int, str, str]:
    """A clerk (`InThisProcess`) is put in its place by whoever asks."""
    raise NotImplementedError


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
        case "object":
            return ["object", number, "--reason", "不属本单位职责", "--late-reason", "收件迟", *day]
        case "overrule":
            return ["overrule", number, "--reason", "职责明确", *day]
        case "recognise":
            return ["backlog", "recognise", number, *day]
        case "exclude":
            return ["exclude", number, "--reason", "测试", "--approved-by", "甲某某", *day]
        case "report_close":
            return ["close", number, "--outcome", "explained", *day]
        case "return":
            return ["return", number, "--reason", "事实不清", *day]
        case "correct":
            return ["correct", number, "--event", str(doing["seq"]), "--reason", "记错了", "--yes", *day]
        case "link":
            return ["link", number, "--repeat-of", str(doing["original"])]
        case "edit":
            return ["edit", number, "--headcount", str(doing["headcount"])]
        case verb:
            return [str(verb), number, *day]


def do(book: Path, doing: Mapping[str, object]) -> None:
    """One doing; what is corrected is found by its kind, closings are checked only where the story says so."""
    if doing["do"] == "correct":
        shown = ask(book, "show", str(doing["case_no"]))["events"]
        assert isinstance(shown, list)
        doing = {**doing, "seq": next(event["seq"] for event in shown if event["kind"] == doing["what"])}
    checked = doing["do"] == "report_close"
    if checked:
        ask(book, "config", "set", "check_closings", "true")
    words = words_of(doing)
    code, out, _ = xinfang(book, *words, "--json")
    if code and json.loads(out)["error"]["code"] == "unanswered":  # of an accusation: who is complained of (art. 30)
        ask(book, "edit", str(doing["case_no"]), "--complained-person", "丁某某")
        ask(book, *words)
    else:
        assert code == 0, f"xinfang {' '.join(words)}: exit {code}\n{out[-2000:]}"
    if checked:
        ask(book, "config", "set", "check_closings", "false")


# --- what is asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    start: date
    end: date
    as_of: date | None
    basis: str
    first_only: bool
    by: tuple[str, ...]
    compare: bool = False

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
            words += ["--by", ",".join(self.by)]
        if self.by == ("unit",):
            words.append("--rank")
        if self.compare:
            words += ["--compare", "--trend", "3"]
        return words

    def of(self, cases: plain.Ledger, start: date, end: date, day: date | None = None) -> tuple[plain.Tally, Rows]:
        """The oracle's answer for these days."""
        return plain.stats(cases, start, end, day or self.day, self.basis, first_only=self.first_only, by=self.by)

    def lagged(self, end: date) -> date:
        """As long after `end` as the day asked for is after the end of the period asked for."""
        return min(end + max(self.day - self.end, timedelta(0)), self.day)


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
        yield Question(start, end, as_of, BASES[index % 3], rng.random() < 0.35, by, index % 4 == 0)
    if FULL:
        for month in months():
            for basis in BASES:
                middle = min(month + timedelta(days=44), histories.TODAY)
                yield Question(month, month_end(month), None, basis, False, ("unit",))
                yield Question(month, month_end(month), middle, basis, True, ("unit",))
                yield Question(month, month_end(month), middle, basis, False, rng.choice(DIMENSIONS))


# --- holding the two answers together --------------------------------------------------------------------------------


NAMELESS = {plain.NO_UNIT, "本局直接办理", *STAGE.labels.values()}
"""Of what the row of the cases without a unit is called, by what became of them."""


def canonical(name: object, by: str) -> str:
    """A row's or a channel's name, whether the program shows the Chinese label or the identifier."""
    if name in BLANK:
        return plain.KIND[""] if by == "kind" else ""
    if by == "unit" and set(str(name).split("、")) <= NAMELESS:
        return plain.NO_UNIT
    table = {"channel": plain.CHANNEL, "kind": plain.KIND, "topic": plain.TOPIC}.get(by, {})
    return table.get(str(name), str(name))


def row_key(name: object, by: Sequence[str]) -> tuple[str, ...]:
    parts = str(name).split(" · ")
    assert len(parts) == len(by)
    return tuple(canonical(part, dimension) for part, dimension in zip(parts, by, strict=True))


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
    expected = tally.volumes() if partial else {**tally.volumes(), **tally.durations()}
    for key, value in expected.items():
        if partial and key not in said:
            continue
        given = said.get(key)
        if key.startswith("by_") and isinstance(given, dict):
            counts: dict[str, int] = {}
            for name, count in given.items():
                mine = canonical(None if name == "null" else name, key.removeprefix("by_"))
                counts[mine] = counts.get(mine, 0) + count
            given = {name: count for name, count in counts.items() if count}
        if given != value:
            yield f"{where}volumes.{key}: program {given}, oracle {value}"


def row_differences(question: Question, rows: object, expected: Rows) -> Iterator[str]:
    if not isinstance(rows, list):
        yield f"rows: {rows!r}"
        return
    said: dict[tuple[str, ...], Mapping[str, object]] = {}
    for row in rows:
        key = row_key(row["name"], question.by)
        if key in said:
            yield f"rows: {key} twice"
        said[key] = row
    ranked = question.by == ("unit",)
    ranks, overall = plain.ranks({key[0]: tally for key, tally in expected.items()}) if ranked else ({}, {})
    for key in sorted(set(said) | set(expected)):
        where = f"rows[{'/'.join(key) or 'blank'}]."
        tally = expected.get(key, plain.Tally())
        row = said.get(key)
        if row is None:
            if any(
                part != "pending" or name in plain.CLOCK_RATES for name in tally.cases for part in tally.cases[name]
            ):
                yield f"{where[:-1]}: missing, oracle {', '.join(key for key in tally.cases if tally.cases[key])}"
            continue
        yield from rate_differences(where, mapping(row.get("rates")), tally)
        yield from volume_differences(where, mapping(row.get("volumes")), tally, partial=True)
        if not ranked:
            continue
        given = mapping(row.get("ranks"))
        for rate, rank in ranks.get(key[0], dict.fromkeys(plain.RATES)).items():
            if given.get(rate) != rank:
                yield f"{where}ranks.{rate}: program {given.get(rate)}, oracle {rank}"
        if row.get("overall_rank") != overall.get(key[0]):
            yield f"{where}overall_rank: program {row.get('overall_rank')}, oracle {overall.get(key[0])}"


def subtotal_differences(said: object, expected: Rows) -> Iterator[str]:
    """One row a group: its units added up."""
    sums: dict[str, plain.Tally] = {}
    for (unit, *_), tally in expected.items():
        if unit != plain.NO_UNIT:
            sums.setdefault(plain.group_of(unit), plain.Tally()).add(tally)
    assert isinstance(said, list)
    for row in said:
        tally = sums.get(str(row["name"]), plain.Tally())
        yield from rate_differences(f"subtotals[{row['name']}].", mapping(row.get("rates")), tally)
        yield from volume_differences(f"subtotals[{row['name']}].", mapping(row.get("volumes")), tally, partial=True)


def mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def differences(question: Question, said: Mapping[str, object], cases: plain.Ledger) -> Iterator[str]:
    total, rows = question.of(cases, question.start, question.end)
    frame = {
        "period": {"from": question.start.isoformat(), "to": question.end.isoformat()},
        "as_of": question.day.isoformat(),
        "basis": question.basis,
        "excluded": total.excluded,
    }
    for key, expected in frame.items():
        if said.get(key) != expected:
            yield f"{key}: program {said.get(key)}, oracle {expected}"
    yield from rate_differences("", mapping(said.get("rates")), total)
    yield from volume_differences("", mapping(said.get("volumes")), total, partial=False)
    if question.by:
        yield from row_differences(question, said.get("rows"), rows)
    if question.by[:1] == ("unit",):
        yield from subtotal_differences(said.get("subtotals", []), rows)
    if question.compare:
        yield from other_periods(question, said, cases, total)


def days_of(period: object) -> tuple[date, date]:
    found = mapping(period)
    return date.fromisoformat(str(found["from"])), date.fromisoformat(str(found["to"]))


def other_periods(
    question: Question, said: Mapping[str, object], cases: plain.Ledger, now: plain.Tally
) -> Iterator[str]:
    """Which periods it is held against, their figures, the changes in numbers and words; the periods of the trend."""
    compare = mapping(said.get("compare"))
    began = plain.book_from(cases, question.day)
    for name, expected in (("previous", previous(question)), ("year_ago", year_ago(question))):
        one = mapping(compare.get(name))
        if days_of(one["period"]) != expected:
            yield f"compare.{name}.period: program {one['period']}, oracle {expected}"
            continue
        if expected[0] < began:
            if one.get("reason") != "no_data" or one.get("rates") is not None:
                yield f"compare.{name}: {expected} is before the book ({began}), program {one}"
            continue
        day = question.lagged(expected[1])
        if one.get("as_of") != day.isoformat():
            yield f"compare.{name}.as_of: program {one.get('as_of')}, oracle {day}"
        before, _ = replace(question, by=()).of(cases, *expected, day)
        rates = mapping(one.get("rates"))
        yield from rate_differences(f"compare.{name}.", rates, before)
        for key in plain.RATES:
            given = mapping(rates.get(key))
            words = rate_change(now.rate(key), before.rate(key))
            if given.get("words") != words:
                yield f"compare.{name}.{key}: program {given.get('words')}, oracle {words}"
        for key, was in before.volumes().items():
            given = mapping(mapping(one.get("volumes")).get(key))
            if not given:
                continue
            mine, theirs = int(str(now.volumes()[key])), int(str(was))
            words = volume_change(key, mine, theirs, "上期为零" if name == "previous" else "上年同期为零")
            if (given.get("before"), given.get("words")) != (theirs, words):
                yield f"compare.{name}.{key}: program {given}, oracle {theirs} {words}"
    trend = said.get("trend")
    assert isinstance(trend, list)
    spans = [span for span in (back(question, 2), back(question, 1)) if span[0] >= began]
    spans.append((question.start, question.end))
    for one, span in zip(trend, spans, strict=True):
        if days_of(one["period"]) != span:
            yield f"trend: program {one['period']}, oracle {span}"
            continue
        day = question.day if span == spans[-1] else question.lagged(span[1])
        tally, _ = replace(question, by=()).of(cases, *span, day)
        yield from rate_differences(f"trend {span[0]}.", one["rates"], tally)
        yield from volume_differences(f"trend {span[0]}.", one["volumes"], tally, partial=False)


SMALL = 20
UNITS = {"groups": "批", "group_visits": "批", "people": "人", "visit_people": "人次", "group_visit_people": "人次"}


def volume_change(key: str, mine: int, theirs: int, zero: str) -> str:
    """上升 12.50%; on a base of fewer than 20 in numbers."""
    if mine == theirs:
        return "持平"
    if theirs == 0:
        return zero
    if theirs < SMALL:
        return f"{'增加' if mine > theirs else '减少'} {abs(mine - theirs)} {UNITS.get(key, '件')}"
    size = plain.percent(abs(mine - theirs), theirs)
    assert size is not None
    return in_words(size if mine > theirs else -size, "%")


def rate_change(mine: Mapping[str, object], theirs: Mapping[str, object]) -> str:
    """The difference in 个百分点; where either is over fewer than 20, both in numbers."""
    numbers = [int(str(rate[part])) for rate in (mine, theirs) for part in ("numerator", "denominator")]
    if 0 < numbers[1] < SMALL or 0 < numbers[3] < SMALL:
        if mine["percent"] == theirs["percent"]:
            return "持平"
        return f"{numbers[0]}/{numbers[1]}，原 {numbers[2]}/{numbers[3]}"
    if isinstance(mine["percent"], Decimal) and isinstance(theirs["percent"], Decimal):
        return in_words(mine["percent"] - theirs["percent"], " 个百分点")
    return "—"


def in_words(change: Decimal, unit: str) -> str:
    if change == 0:
        return "持平"
    return f"{'上升' if change > 0 else '下降'} {abs(change):.2f}{unit}"


def months_of(question: Question) -> int:
    """How many months the period is as a whole: one, a quarter of the year, the year; 0 where it is some days."""
    start, end = question.start, question.end
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    whole = start.day == 1 and end == month_end(end) and count in (1, 3, 12) and (start.month - 1) % count == 0
    return count if whole else 0


def back(question: Question, steps: int) -> tuple[date, date]:
    """Of whole months the same number before; anything else: as many days, that often before."""
    start, end = question.start, question.end
    if count := months_of(question):
        number = start.year * 12 + start.month - 1 - count * steps
        last = number + count - 1
        return date(number // 12, number % 12 + 1, 1), month_end(date(last // 12, last % 12 + 1, 1))
    length = (end - start + timedelta(days=1)) * steps
    return start - length, end - length


def previous(question: Question) -> tuple[date, date]:
    """Of a period that is not over, as many of its days."""
    start, end = back(question, 1)
    if question.start <= question.day < question.end:
        end = min(start + (question.day - question.start), end)
    return start, end


def year_ago(question: Question) -> tuple[date, date]:
    """The same days of the year before, up to the day; of whole months that are over, those whole months."""
    start, end = question.start, question.end
    whole = months_of(question) > 0
    if start <= question.day < end:
        end, whole = question.day, False

    def same(day: date) -> date:
        return (
            day.replace(year=day.year - 1, day=28)
            if (day.month, day.day) == (2, 29)
            else day.replace(year=day.year - 1)
        )

    return same(start), month_end(same(end)) if whole else same(end)


# --- the tests -------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_program_and_plain_python_agree(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = InThisProcess(Counter(tmp_path / "book.db", monkeypatch))
    monkeypatch.setattr(sys.modules[__name__], "xinfang", clerk)
    found = one_book(seed, SIZE, DOINGS, tmp_path)
    assert not found, f"{len(found)} differences\n" + "\n".join(found[:SHOWN_DIFFERENCES])


def one_book(seed: int, size: int, wanted: int, folder: Path) -> list[str]:
    """The differences over one book: as its sheet told it, then with what clerks did since."""
    rows = histories.make_rows(seed, size)
    doings = histories.make_doings(rows, seed, wanted)
    sheet, book = folder / "histories.csv", folder / "book.db"
    histories.write_csv(sheet, rows, seed)

    code, out, err = xinfang(book, "import", str(sheet), "--json")
    assert out, f"import: exit {code}\n{err[-3000:]}"
    imported = json.loads(out)
    counts = {key: imported[key] for key in ("rows", "imported", "already_there", "rejected")}
    lawful = {"rows": size, "imported": size, "already_there": 0, "rejected": 0}
    assert counts == lawful, rejected_rows(rows, imported["reasons"])
    assert code == 0, err[-3000:]

    # first as the sheet told it, then with what the clerk did since
    found: list[str] = []
    sealed = plain.read(rows)
    for told in ((), doings):
        cases = plain.read(rows, told)
        if told:
            publish(book, folder)
            set_by_the_office(book)
            ask(
                book,
                *[
                    "backlog",
                    "batch",
                    "add",
                    "测试积案二批",
                    "--handed-on",
                    "2024-01-02",
                    "--target",
                    "90",
                    "--target-on",
                    "2024-12-31",
                ],
                "--recognise",
            )
            cases.recognising = frozenset({"测试积案二批"})
            cases.handed_on = {"测试积案二批": date(2024, 1, 2)}
        for doing in told:
            do(book, doing)
        asked = list(questions(seed + len(told)))
        found += compare(book, asked if told else asked[::3], cases)
        found += listed_differences(book, asked[::3], cases, random.Random(seed))
    found += backlog_differences(book, cases)
    found += outlook_differences(book, cases)
    found += blame_differences(book, cases)
    found += sealed_differences(book, sealed, cases)
    publish(book, folder, "-again")
    ask(book, "config", "set", "minimum_denominator", "12")
    found += minimum_differences(book, cases)
    return found


def compare(book: Path, asked: Sequence[Question], cases: plain.Ledger) -> list[str]:
    return [
        f"xinfang {' '.join(question.words())}\n    {difference}"
        for question in asked
        for difference in differences(question, ask(book, *question.words()), cases)
    ]


_PARTS = {"numerator": "yes", "rest": "no"}


def listed_differences(book: Path, asked: Sequence[Question], cases: plain.Ledger, rng: random.Random) -> Iterator[str]:
    """Behind a number stand exactly the cases that the oracle counted, of everything and of one row."""
    for question in asked:
        total, rows = question.of(cases, question.start, question.end)
        key = rng.choice((*plain.RATES, "cases", "groups", "group_visits", "joint_letters", "first"))
        named = rng.choice([None, *rows])
        tally = total if named is None else rows[named]
        words = replace(question, by=(), compare=False).words()
        for dimension, value in zip(question.by if named else (), named or (), strict=True):
            words += [f"--{dimension}", value or ("other" if dimension == "kind" else "未填")]
        parts = ("on_time", "late", "overdue", "pending") if key in plain.CLOCK_RATES else ("numerator", "rest")
        if key == "participation":
            parts = (*parts, "pending")
        for part in (rng.choice(parts), "") if key in plain.RATES else ("",):
            counted = [part] if part else [one for one in parts if one != "pending"]
            expected = [number for one in counted for number in tally.cases[key][_PARTS.get(one, one)]]
            if key not in plain.RATES:
                expected = tally.cases["volume"][key]
            opened = [*words, "--cases", f"{key}:{part}" if part else key]
            code, out, err = xinfang(book, *opened, "--json")
            assert code == 0, err
            if named and {"topic", "region", "level", "channel"}.intersection(question.by):  # closed of accusations
                expected = ["" if cases[number].kind == "accusation" else number for number in expected]
            given = sorted(row["case_no"] or "" for row in json.loads(out))
            if given != sorted(expected):
                yield f"xinfang {' '.join(opened)}\n    program {given}, oracle {sorted(expected)}"


def backlog_differences(book: Path, cases: plain.Ledger) -> Iterator[str]:
    """Every count, need, pace and rank of both batches: 一批 described by nobody, 二批 recognised by the superior."""
    for batch, target in (("测试积案一批", 95), ("测试积案二批", 90)):
        for day in (histories.TODAY, date(2024, 2, 1)):
            said = ask(book, "backlog", "status", "--batch", batch, "--as-of", day.isoformat())
            expected = plain.backlog(cases, batch, day)
            where = f"backlog {batch} {day} "
            left = (date(2024, 12, 31) - day).days if batch == "测试积案二批" else None
            yield from batch_row_differences(where, said, expected["all"].get("", {}), target, left)
            for kind, key in (("unit", "rows"), ("lead", "by_lead")):
                listed = said[key]
                assert isinstance(listed, list)
                names = {"未定包案领导": ""}
                given = {names.get(row["name"], row["name"]): row for row in listed}
                if set(given) != set(expected[kind]):
                    yield f"{where}{key}: program {sorted(given)}, oracle {sorted(expected[kind])}"
                    continue
                for name, parts in expected[kind].items():
                    yield from batch_row_differences(f"{where}{name}: ", given[name], parts, target, left)
                groups: dict[str, list[str]] = {}
                for name in given:
                    if name not in ("", plain.NO_UNIT):
                        groups.setdefault(plain.group_of(name) if kind == "unit" else "", []).append(name)
                for members in groups.values():
                    solved = {name: Decimal(len(expected[kind][name].get("resolved", ()))) for name in members}
                    rates = {
                        name: plain.percent(int(solved[name]), sum(map(len, expected[kind][name].values())))
                        for name in members
                    }
                    by_count, by_rate = (
                        plain.competition(solved),
                        plain.competition({k: v for k, v in rates.items() if v is not None}),
                    )
                    for name in members:
                        ranks = (given[name]["rank_count"], given[name]["rank_rate"])
                        if ranks != (by_count[name], by_rate[name]):
                            yield f"{where}{name}: ranks {ranks}, oracle {by_count[name]}, {by_rate[name]}"


def batch_row_differences(
    where: str, said: Mapping[str, object], parts: Mapping[str, Sequence[str]], target: int, left: int | None
) -> Iterator[str]:
    total = sum(map(len, parts.values()))
    count = {state: len(parts.get(state, ())) for state in ("resolved", "waiting", "relapsed")}
    needed = max(plain.most_needed(target, total) - count["resolved"], 0)
    expected: dict[str, object] = {
        "total": total,
        **count,
        "percent": plain.percent(count["resolved"], total),
        "needed": needed,
    }
    if left is not None:
        weekly = (Fraction(needed * 700, left) + Fraction(1, 2)).__floor__()
        expected["per_week"] = Decimal(weekly) / 100
    for key, value in expected.items():
        given = said[key]
        if (Decimal(str(given)) if key in ("percent", "per_week") and given is not None else given) != value:
            yield f"{where}{key}: program {given}, oracle {value}"


def outlook_differences(book: Path, cases: plain.Ledger) -> Iterator[str]:
    """So far, best, worst, what a target needs, and the pending by name, of periods that run and that are over.

    The best takes what the law still allows: a window that lapsed is rated late, the unit's objection is upheld.
    """
    for start in (date(2024, 7, 1), date(2024, 8, 1), date(2024, 6, 1)):
        end, target = month_end(start), 93
        said = ask(book, "outlook", "--month", f"{start:%Y-%m}", "--target", str(target), "--by", "unit")
        total, rows = plain.stats(cases, start, end, histories.TODAY, by=("unit",))
        yield from place_differences(f"outlook {start}", said["rows"], rows)
        for key in (*plain.CLOCK_RATES, "participation"):
            one = mapping(mapping(said["rates"])[key])
            parts = {"on_time": "yes", "overdue": "no"} if key == "participation" else {}
            count = {
                part: total.count(key, parts.get(part, part)) for part in ("on_time", "late", "overdue", "pending")
            }
            whole = sum(count.values())
            disputed = total.disputed if key == "acceptance" else 0
            leaving = total.leaving if key == "participation" else 0
            rated = count["overdue"] if key == "participation" else 0  # a petitioner may rate after the window
            expected = {
                **count,
                "may_fall_away": disputed + leaving,
                "may_still_rate": rated,
                "percent": plain.percent(count["on_time"], whole - count["pending"]),
                "best": plain.percent(count["on_time"] + count["pending"] + rated, whole - disputed or whole),
                "worst": plain.percent(count["on_time"] - leaving, whole - leaving),
                "needed": max(plain.most_needed(target, whole) - count["on_time"], 0) if whole else None,
            }
            for name, value in expected.items():
                if one[name] != value:
                    yield f"outlook {start} {key}.{name}: program {one[name]}, oracle {value}"
            listed = one["cases"]
            assert isinstance(listed, list)
            if sorted(row["case_no"] for row in listed) != sorted(total.cases[key]["pending"]):
                yield f"outlook {start} {key}: program names {listed}, oracle {total.cases[key]['pending']}"
            if [row["due_on"] for row in listed] != sorted(row["due_on"] for row in listed):
                yield f"outlook {start} {key}: not the nearest first"
        for key in ("closure", "one_time", "satisfaction", "bureau_satisfaction"):
            one = mapping(mapping(said["rates"])[key])
            shown = tuple(one[name] for name in ("percent", "best", "worst"))
            if shown != (wanted := plain.bounds(cases, key, start, end, histories.TODAY)):
                yield f"outlook {start} {key}: so far, best, worst {shown}, oracle {wanted}"


def place_differences(where: str, said: object, rows: Rows) -> Iterator[str]:
    """The next place of each unit among those of its group."""
    assert isinstance(said, list)
    given = {row["name"]: row["rates"] for row in said}
    for key in (*plain.CLOCK_RATES, "participation"):
        yes, no = ("yes", "no") if key == "participation" else ("on_time", "overdue")
        names = {"on_time": yes, "late": "late", "overdue": no, "pending": "pending"}
        count = {
            unit: {part: tally.count(key, name) for part, name in names.items()}
            for (unit, *_), tally in rows.items()
            if unit != plain.NO_UNIT
        }
        so_far = {
            unit: plain.percent(one["on_time"], sum(one.values()) - one["pending"]) for unit, one in count.items()
        }
        for unit, one in count.items():
            if not sum(one.values()):
                continue
            group = plain.group_of(unit)
            others = {name: value for name, value in so_far.items() if name != unit and plain.group_of(name) == group}
            expected = plain.next_place(one, others)
            goal = mapping(mapping(given.get(unit)).get(key)).get("next_rank")
            if isinstance(goal, dict):
                goal = {**{part: goal[part] for part in ("percent", "needed", "rank")}, "names": sorted(goal["names"])}
            if goal != expected:
                yield f"{where} {key} {unit}: next place {goal}, oracle {expected}"


def blame_differences(book: Path, cases: plain.Ledger) -> Iterator[str]:
    """Each late or overdue clock with the days of the bureau, of its unit and of others, and the sums by unit."""
    for start in (date(2024, 6, 1), date(2023, 11, 1)):
        end = month_end(start)
        for day in (histories.TODAY, end + timedelta(days=9)):
            said = ask(book, "blame", "--month", f"{start:%Y-%m}", "--as-of", min(day, histories.TODAY).isoformat())
            expected = plain.blame(cases, start, end, min(day, histories.TODAY))
            listed = said["cases"]
            assert isinstance(listed, list)
            keys = ("case_no", "unit", "clock", "part", "days_over", "bureau_days", "unit_days", "other_days")
            given = sorted(tuple(row[key] for key in keys) for row in listed)
            wanted = sorted(
                (one.number, one.unit, one.kind, one.part, one.days_over, one.bureau, one.its, one.others)
                for one in expected
            )
            if given != wanted:
                yield f"blame {start} {day}: program {set(given) - set(wanted)}, oracle {set(wanted) - set(given)}"
            sums = {row["unit"]: (row["late"], row["overdue"], row["bureau_days"]) for row in list_of(said["rows"])}
            by_unit = {
                unit: (
                    sum(one.part == "late" for one in expected if one.unit == unit),
                    sum(one.part == "overdue" for one in expected if one.unit == unit),
                    sum(one.bureau for one in expected if one.unit == unit),
                )
                for unit in {one.unit for one in expected}
            }
            if sums != by_unit:
                yield f"blame {start} {day}: sums {sums}, oracle {by_unit}"


def list_of(value: object) -> Sequence[Mapping[str, object]]:
    assert isinstance(value, list)
    return value


SEALED = (date(2024, 5, 1), date(2023, 12, 1))


def publish(book: Path, folder: Path, name: str = "") -> None:
    """The program's own second count must agree, or it refuses."""
    for month in SEALED:
        ask(book, "report", "month", f"{month:%Y-%m}", "--publish", "--yes", "-o", str(folder / f"{month}{name}.md"))


NOT_IN_PLAIN = (
    "form",
    "no_unit",
    "resolved",
    "overdue",
    "problem",
    "hidden",
)
STANDINGS = {date(2023, 12, 20): 5, date(2024, 5, 10): 3, date(2024, 6, 2): 7}
"""Places among nine that a superior gave, entered once both months were published."""
MAY_OFF, MAY_WORK = {date(2024, 5, day) for day in range(1, 6)}, date(2024, 5, 11)


def set_by_the_office(book: Path) -> None:
    """What no case counts in: the superior's places, and a roster of May on whose days nobody is known to have sat."""
    for on, place in STANDINGS.items():
        ask(book, "standing", "add", "按期办结率", "--rank", str(place), "--of", "9", "--on", on.isoformat())
    ask(book, "reception", "roster", "--month", "2024-05", "--leaders", "测试领导甲、测试领导乙")


def of_the_office(month: date) -> dict[tuple[str, str, str], tuple[tuple[int, ...], tuple[int, ...]]]:
    """What that moves of a published month: the last place by its end; in May each arranged day is one nobody sat."""
    known = [place for on, place in STANDINGS.items() if on <= month_end(month)]
    found: dict[tuple[str, str, str], tuple[tuple[int, ...], tuple[int, ...]]] = {}
    found["now", "按期办结率", "standing"] = ((), (known[-1],))
    if month == date(2024, 5, 1):
        days = [month + timedelta(days=n) for n in range(31)]
        worked = sum((day.weekday() < 5 and day not in MAY_OFF) or day == MAY_WORK for day in days)
        found["now", "合计", "reception:days_missing"] = ((), (worked,))
    return found


def sealed_differences(book: Path, sealed: plain.Ledger, cases: plain.Ledger) -> Iterator[str]:
    """What was published and what it is now: every number of both spans, before and after."""
    for month in SEALED:
        said = ask(book, "report", "--changes", f"{month:%Y-%m}")
        given = {
            (str(one["span"]), str(one["row"]), str(one["figure"])): (numbers(one["before"]), numbers(one["after"]))
            for one in list_of(said["cells"])
            if str(one["figure"]).partition(":")[0] not in NOT_IN_PLAIN and one["figure"] != "excluded:overdue"
        }
        expected: dict[tuple[str, str, str], tuple[tuple[int, ...], tuple[int, ...]]] = {}
        start = max(date(month.year, 1, 1), plain.book_from(cases, histories.TODAY))
        for span, first in (("now", month), ("so_far", start)):
            tallies = [
                plain.stats(told, first, month_end(month), histories.TODAY, by=("unit",)) for told in (sealed, cases)
            ]
            was, now = (plain.cells(*one) | left_out(one[0]) for one in tallies)
            for row, figure in was.keys() | now.keys():
                before, after = was.get((row, figure), ()), now.get((row, figure), ())
                if before != after:
                    expected[span, row, figure] = (before, after)
        was, now = (
            plain.cells(*plain.stats(told, month, month_end(month), histories.TODAY, by=("topic",)))
            for told in (sealed, cases)
        )
        for row, figure in was.keys() | now.keys():
            before, after = was.get((row, figure), ()), now.get((row, figure), ())
            if figure == "cases" and row != "合计" and before != after:
                expected["now", row, "topic"] = (before, after)
        expected |= of_the_office(month)
        named = [plain.leads(told, month_end(month)) for told in (sealed, cases)]
        for unit, lead in named[0] ^ named[1]:
            before, after = ((1,) if (unit, lead) in there else () for there in named)
            expected["now", unit, f"lead:{lead}"] = (before, after)
        for cell in given.keys() | expected.keys():
            if given.get(cell) != expected.get(cell):
                yield f"published {month} {cell}: program {given.get(cell)}, oracle {expected.get(cell)}"
        yield from named_differences(said, month, sealed, cases)


def named_differences(
    said: Mapping[str, object], month: date, sealed: plain.Ledger, cases: plain.Ledger
) -> Iterator[str]:
    """The cases behind the published numbers that moved: of each rate and of the topics, by where each case stood."""
    given: dict[str, set[object]] = {}
    for one in list_of(said["cases"]):
        if one["span"] == "now":
            given.setdefault(str(one["figure"]), set()).add(one["case_no"])
    moved = {str(one["figure"]) for one in list_of(said["cells"]) if one["span"] == "now"}
    was, now = (
        [plain.stats(told, month, month_end(month), histories.TODAY, by=by)[1] for by in (("unit",), ("topic",))]
        for told in (sealed, cases)
    )
    for key in (*plain.RATES, "topic"):
        before, after = (placed(rows[key == "topic"], key) for rows in (was, now))
        secret = {number for number, case in cases.items() if key == "topic" and case.kind == "accusation"}
        wanted = {number for number in before.keys() | after.keys() if before.get(number) != after.get(number)} - secret
        if key in moved and given.get(key, set()) != wanted:
            yield f"changes {month} {key}: program names {given.get(key)}, oracle {wanted}"


def placed(rows: Rows, key: str) -> dict[str, list[tuple[str, str]]]:
    """Number → in which row and part of a figure the case stands."""
    found: dict[str, list[tuple[str, str]]] = {}
    figure, parts = ("volume", ("cases",)) if key == "topic" else (key, plain.PARTS)
    for (name, *_), tally in sorted(rows.items()):
        for part in parts:
            for number in tally.cases[figure][part]:
                found.setdefault(number, []).append((name, part))
    return found


def left_out(total: plain.Tally) -> dict[tuple[str, str], tuple[int, ...]]:
    """What each figure leaves out: 剔除, how many of that as misses, and 缺受理; nothing where nothing is."""
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for key in plain.RATES:
        rate = total.rate(key)
        gone = mapping(rate["excluded"])
        numbers = {"excluded": gone["cases"], "excluded_missed": gone["missed"]}
        numbers["acceptance_missing"] = rate.get("acceptance_missing", 0)
        found |= {("合计", f"{name}:{key}"): (int(str(number)),) for name, number in numbers.items() if number}
    return found


def numbers(value: object) -> tuple[int, ...]:
    """The numbers of a cell; those that are all nothing left out."""
    found = tuple(value) if isinstance(value, list) else ()
    return found if any(found) else ()


def minimum_differences(book: Path, cases: plain.Ledger) -> Iterator[str]:
    """With a least denominator of 12 the small ones have no rank, and none over all."""
    question = Question(date(2024, 5, 1), date(2024, 5, 31), None, "due", False, ("unit",))
    said = ask(book, *question.words())
    _, rows = question.of(cases, question.start, question.end)
    ranks, overall = plain.ranks({key[0]: tally for key, tally in rows.items()}, 12)
    listed = said["rows"]
    assert isinstance(listed, list)
    assert any(rank is None for one in ranks.values() for rank in one.values())
    for row in listed:
        name = canonical(row["name"], "unit")
        expected = ranks.get(name, dict.fromkeys(plain.RATES))
        if row["ranks"] != expected or row["overall_rank"] != overall.get(name):
            yield f"minimum, {row['name']}: program {row['ranks']} {row['overall_rank']}, oracle {expected}"


def rejected_rows(rows: Sequence[histories.Row], reasons: Sequence[Mapping[str, object]]) -> str:
    """The refusals with the cells of their rows, the header being the sheet's first row."""
    lines = [f"{len(reasons)} reasons"]
    for reason in reasons[:10]:
        filled = {name: str(cell) for name, cell in rows[int(str(reason["row"])) - 2].items() if cell != ""}
        lines.append(f"{reason}\n    {filled}")
    return "\n".join(lines)


def test_histories_reach_both_sides_of_every_limit() -> None:
    rows = histories.make_rows(SEEDS[0], 3000)
    cases = plain.read(rows, histories.make_doings(rows, SEEDS[0], 300))
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
