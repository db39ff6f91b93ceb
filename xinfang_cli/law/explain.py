"""Why a deadline is the day it is, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.clocks import Clock, due_day, is_guess
from xinfang_cli.law.inforce import Code, InForce
from xinfang_cli.law.rules import IN_FORCE_2022, article_of, cited
from xinfang_cli.law.workdays import ONE_DAY, Calendar

UNITS = {"day": "日", "workday": "个工作日", "month": "个月"}


class NamedDay(NamedTuple):
    """A day skipped, or a weekend day counted, and its name."""

    day: date
    name: str


class Extension(NamedTuple):
    """An extension of a clock: its day, its length, who approved it."""

    on: date
    days: int
    approved_by: str | None


class Ran(NamedTuple):
    """The course of a case's clock: start, end, extensions, hearing days."""

    started_by: str = ""
    stop: date | None = None
    stopped_by: str = ""
    ended_on: date | None = None
    void: bool = False
    why: str | None = None
    extensions: tuple[Extension, ...] = ()
    hearing: tuple[date, ...] = ()


class Rolled(NamedTuple):
    """The day that the other setting of rolling would give."""

    roll: bool
    due: date
    falls_on: str


class TableRow(NamedTuple):
    """A line of the reckoning: day or days, what they are, whether they count."""

    days: str
    what: str
    counted: str


class Reckoning(NamedTuple):
    """Why a deadline is the day it is. `ran`: of a case's clock, None without a case."""

    clock: str
    rule: str
    article: str
    statutory_article: str
    office: bool
    start: date
    n: int | None
    unit: str
    base_due: date
    due: date
    hearing_article: str
    extended_days: int
    hearing_days: int
    skipped: tuple[NamedDay, ...]
    made_up: tuple[NamedDay, ...]
    falls_on: str
    ran: Ran | None
    roll: bool
    rolled: Rolled | None
    guessed: bool  # 约: counted in a year whose arrangement is not known yet

    @property
    def steps(self) -> tuple[str, ...]:
        """The reckoning in sentences."""
        return tuple(_steps(self, self.ran or Ran()))

    @property
    def table(self) -> tuple[TableRow, ...]:
        """The reckoning day by day."""
        return tuple(_table(self, self.ran or Ran()))


def explain(clock: Clock, code: Code, ran: Ran, received_on: date) -> Reckoning:
    """The reckoning of one clock: start, day zero, length, days passed over, extensions, hearing, article, roll."""
    law = code.at(clock.law_at) if clock.law_at else code.now
    found = _reckon(
        clock.kind, clock.rule, clock.start, law, extra=clock.extra, fixed=clock.fixed, received_on=received_on
    )
    return found._replace(ran=ran._replace(stop=clock.stop, void=clock.void, why=clock.why))


def explain_from(kind: str, start: date, code: Code, rule: str | None = None, extra: int = 0) -> Reckoning:
    """The reckoning of a clock of that kind from a day, without a case."""
    return _reckon(kind, rule or kind, start, code.now, extra=extra, fixed=None, received_on=IN_FORCE_2022)


def _reckon(
    kind: str, rule_key: str, start: date, law: InForce, *, extra: int, fixed: date | None, received_on: date
) -> Reckoning:
    rule = law.rules.clocks[rule_key]
    article = article_of(rule, received_on)
    due = due_day(rule_key, start, law, extra, fixed)
    counts_workdays = fixed is None and rule.unit == "workday"
    plain = law.calendar.add(start, rule.n) if counts_workdays else start
    return Reckoning(
        kind,
        rule_key,
        rule.cited or article,
        article,
        rule.office or bool(rule.cited),
        start,
        None if fixed is not None else rule.n,
        "fixed" if fixed is not None else rule.unit,
        due_day(rule_key, start, law, 0, fixed),
        due,
        cited("hearing", received_on),
        extra if kind != "recheck" else 0,
        extra if kind == "recheck" else 0,
        tuple(NamedDay(*off) for off in law.calendar.skipped(start, plain)) if counts_workdays else (),
        _made_up(start, plain, law.calendar) if counts_workdays else (),
        law.calendar.name(due),
        None,
        law.rules.roll,
        _rolled(rule_key, start, law, extra, fixed),
        is_guess(rule_key, start, due, law, fixed),
    )


def _made_up(start: date, end: date, calendar: Calendar) -> tuple[NamedDay, ...]:
    days, day = [], start
    while day < end:
        day += ONE_DAY
        if day.weekday() >= 5 and calendar.is_workday(day):
            days.append(NamedDay(day, calendar.name(day)))
    return tuple(days)


def _rolled(rule_key: str, start: date, law: InForce, extra: int, fixed: date | None) -> Rolled | None:
    """The due day under the other roll setting, if it differs."""
    if fixed is not None:
        return None
    other = {**law.rules.settings, "roll": not law.rules.roll}
    flipped = InForce(law.since, law.rules._replace(settings=other), law.calendar)
    day = due_day(rule_key, start, flipped, extra)
    if day == due_day(rule_key, start, law, extra):
        return None
    return Rolled(not law.rules.roll, day, law.calendar.name(day))


def _steps(found: Reckoning, ran: Ran) -> list[str]:
    start = found.start
    steps = []
    if ran.started_by:
        steps.append(f"{start.isoformat()} {ran.started_by}，从这一天起算")
    else:
        steps.append(f"从 {start.isoformat()} 起算")
    if found.unit == "fixed":
        steps.append(f"期限由要求方指定为 {found.base_due.isoformat()}")
    else:
        steps.append(f"当天不计，第 1 日是 {(start + timedelta(days=1)).isoformat()}")
        if found.unit == "workday":
            off = _runs(found.skipped)
            if off:
                steps.append("不计：" + "、".join(off))
            if found.made_up:
                steps.append("照计：" + "、".join(f"{entry.day.isoformat()} {entry.name}" for entry in found.made_up))
        steps.append(f"{found.n} {UNITS[found.unit]}满，到 {found.base_due.isoformat()}（{found.article}）")
    if found.extended_days:
        each = "；".join(
            f"{e.on.isoformat()} 延 {e.days} 日，批准人 {e.approved_by or '表中未载'}" for e in ran.extensions
        )
        steps.append(f"延期 {found.extended_days} 日，到 {found.due.isoformat()}" + (f"（{each}）" if each else ""))
    if found.hearing_days:
        days = "、".join(_spans(ran.hearing))
        steps.append(
            f"听证 {found.hearing_days} 日不计{'：' + days if days else ''}，到 {found.due.isoformat()}（{found.hearing_article}）"
        )
    if found.rolled is not None:
        other = found.rolled
        if other.roll:
            steps.append(
                f"最后一天 {found.due.isoformat()} 是{found.falls_on}，本局设置为不顺延；若设为顺延，为 {other.due.isoformat()}"
            )
        else:
            steps.append(
                f"原为 {other.due.isoformat()}（{other.falls_on}），本局设置为顺延到下一个工作日，"
                f"为 {found.due.isoformat()}；若不顺延，为 {other.due.isoformat()}"
            )
    if ran.void:
        fell_on = f"{ran.ended_on.isoformat()} 起" if ran.ended_on else ""
        steps.append(f"此时限{fell_on}已失效：{ran.why or '前提不再存在'}")
    elif ran.stop is not None:
        stop = ran.stop
        state = "按期" if stop <= found.due else f"逾期 {(stop - found.due).days} 日"
        why = f"（{ran.why}）" if ran.why else ""
        by = f" {ran.stopped_by}" if ran.stopped_by else " 完成"
        steps.append(f"{stop.isoformat()}{by}，{state}{why}")
    return steps


def _table(found: Reckoning, ran: Ran) -> list[TableRow]:
    rows: list[TableRow] = []

    def row(days: str, what: str, counted: str = "") -> None:
        rows.append(TableRow(days, what, counted))

    row(found.start.isoformat(), ran.started_by or "起算", "不计（当天）")
    if found.unit == "fixed":
        row(found.base_due.isoformat(), "要求方指定的最后一天")
    else:
        marked = [(e.day, e.name, False) for e in found.skipped]
        marked += [(e.day, e.name, True) for e in found.made_up]
        for first, last, name, work in _together(sorted(marked)):
            row(_span(first, last), name, "计" if work else "不计")
        unrolled = found.base_due
        row(unrolled.isoformat(), f"满 {found.n} {UNITS[found.unit]}", found.article)
    for extension in ran.extensions:
        row(extension.on.isoformat(), f"批准延期 {extension.days} 日", extension.approved_by or "")
    for span in _spans(ran.hearing):
        row(span, "听证", f"不计（{found.hearing_article}）")
    if found.due != found.base_due:
        row(found.due.isoformat(), "延期后的最后一天" if found.extended_days else "最后一天")
    if found.rolled is not None:
        said = "若设为遇休息日顺延" if found.rolled.roll else "若不顺延"
        row(found.rolled.due.isoformat(), said, found.rolled.falls_on)
    if ran.void:
        fell_on = ran.ended_on.isoformat() if ran.ended_on else ""
        row(fell_on, f"失效：{ran.why or '前提不再存在'}")
    elif ran.stop is not None:
        late = (ran.stop - found.due).days
        why = f"（{ran.why}）" if ran.why else ""
        what = (ran.stopped_by or "完成") + why
        row(ran.stop.isoformat(), what, f"逾期 {late} 日" if late > 0 else "按期")
    return rows


def _span(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()} 至 {last.isoformat()}"


def _spans(days: Sequence[date]) -> list[str]:
    """Days, consecutive ones together."""
    return [_span(first, last) for first, last, *_ in _together([(day, "", True) for day in days])]


def _together(days: Sequence[tuple[date, str, bool]]) -> list[tuple[date, date, str, bool]]:
    runs: list[tuple[date, date, str, bool]] = []
    for day, name, counted in days:
        said = "周末" if name in ("周六", "周日") and runs and runs[-1][2] in ("周六", "周末") else name
        if (
            runs
            and (day - runs[-1][1]).days == 1
            and (said == "周末" or runs[-1][2] == name)
            and runs[-1][3] == counted
        ):
            runs[-1] = (runs[-1][0], day, said, counted)
        else:
            runs.append((day, day, name, counted))
    return runs


def _runs(skipped: Sequence[NamedDay]) -> list[str]:
    """Days off by name, consecutive ones of one name together."""
    runs: list[tuple[date, date, str]] = []
    for entry in skipped:
        name = "周末" if entry.name in ("周六", "周日") else entry.name
        if runs and runs[-1][2] == name and (entry.day - runs[-1][1]).days == 1:
            runs[-1] = (runs[-1][0], entry.day, name)
        else:
            runs.append((entry.day, entry.day, name))
    return [f"{_span(first, last)} {name}" for first, last, name in runs]
