"""Periods of figures: previous one, same one a year ago, year to date, names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from xinfang_cli.frozen import NamedTuple

ONE_DAY = timedelta(days=1)
KINDS = {"week": "周", "month": "月", "quarter": "季度", "year": "年", "span": "时期"}
_QUARTERS = "一二三四"


class Period(NamedTuple):
    """Some days, first and last both counted; a whole week, month, quarter or year, or a span."""

    kind: str
    first: date
    last: date

    @property
    def label(self) -> str:
        """2023年6月, 2023年第二季度, 2023年, 2023年5月15日至21日."""
        year, month = self.first.year, self.first.month
        if self.kind == "month":
            return f"{year}年{month}月"
        if self.kind == "quarter":
            return f"{year}年第{_QUARTERS[(month - 1) // 3]}季度"
        if self.kind == "year":
            return f"{year}年"
        return days_in_words(self.first, self.last)

    def ended_by(self, day: date) -> Period:
        """The days up to `day`: what can be held against the same days of another period."""
        return self if day >= self.last or day < self.first else Period(self.kind, self.first, day)


def days_in_words(first: date, last: date) -> str:
    """2023年5月15日至21日, with the year and the month said once where they are the same."""
    end = f"{last.day}日"
    if (first.year, first.month) != (last.year, last.month):
        end = f"{last.month}月{end}"
    if first.year != last.year:
        end = f"{last.year}年{end}"
    start = f"{first.year}年{first.month}月{first.day}日"
    return start if first == last else f"{start}至{end}"


def period_of(first: date, last: date) -> Period:
    """The period that these days are: a whole month, quarter, year or week, else a span."""
    for kind in ("month", "quarter", "year"):
        if first.day == 1 and _start(kind, first) == first and _end(kind, first) == last:
            return Period(kind, first, last)
    if first.weekday() == 0 and last == first + 6 * ONE_DAY:
        return Period("week", first, last)
    return Period("span", first, last)


def _months_on(day: date, months: int) -> date:
    """The first of the month that many months on."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _start(kind: str, day: date) -> date:
    if kind == "year":
        return date(day.year, 1, 1)
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1) if kind == "quarter" else day.replace(day=1)


def _end(kind: str, first: date) -> date:
    return _months_on(first, {"month": 1, "quarter": 3, "year": 12}[kind]) - ONE_DAY


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days of each month from the first to the last."""
    while first <= last:
        end = _end("month", first.replace(day=1))
        yield first, min(end, last)
        first = end + timedelta(days=1)


def back(period: Period, steps: int = 1) -> Period:
    """The whole period of the same kind that many before; a span, as many days as it has."""
    if period.kind in ("month", "quarter", "year"):
        months = {"month": 1, "quarter": 3, "year": 12}[period.kind]
        first = _months_on(period.first, -months * steps)
        return Period(period.kind, first, _end(period.kind, first))
    length = (period.last - period.first + ONE_DAY) * steps
    return Period(period.kind, period.first - length, period.last - length)


def _same_day(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, 28)) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def previous(period: Period, as_of: date) -> Period:
    """环比: the period before; of one that is not over, the same number of its days (of a year, the same days)."""
    if period.kind == "year":  # after 29 February the number of days would end a day later
        return year_ago(period, as_of)
    before = back(period)
    if period.last <= as_of or as_of < period.first:
        return before
    return before._replace(last=min(before.first + (as_of - period.first), before.last))


def year_ago(period: Period, as_of: date) -> Period:
    """同比: the same days of the year before; a week, the one 52 weeks before."""
    held = period.ended_by(as_of)
    if period.kind == "week":
        return Period("week", held.first - 364 * ONE_DAY, held.last - 364 * ONE_DAY)
    first, last = _same_day(held.first, held.first.year - 1), _same_day(held.last, held.last.year - 1)
    if held == period and period.kind != "span":
        last = _end(period.kind, first)
    return Period(period.kind, first, last)


def so_far(period: Period) -> Period:
    """累计: from 1 January of the year the period ends in."""
    return Period("span", date(period.last.year, 1, 1), period.last)


def lagged(period: Period, as_of: date, other: Period) -> date:
    """The as-of day for `other` with the same lag after its end as `period` has on `as_of`, for comparing ripening
    figures.
    """
    return other.last + max((as_of - period.last), ONE_DAY * 0)


class Coverage(NamedTuple):
    """From which day the book is complete, if it has any case, and whether a period lies wholly within."""

    start: date | None
    complete: bool

    def holds(self, period: Period) -> bool:
        """Whether the book has all of a period's cases: otherwise there is nothing to hold a figure against."""
        return self.start is not None and self.start <= period.first


def covers(start: date | None, period: Period) -> Coverage:
    """The part of a period covered by a book complete from `start`."""
    return Coverage(start, Coverage(start, True).holds(period))


def change_percent(now: int, before: int) -> float | None:
    """By how many percent it grew, half-up to two decimals from the exact fraction; None on a zero base."""
    if before == 0:
        return None
    size = (abs(now - before) * 20_000 + before) // (2 * before) / 100
    return size if now >= before else -size


def change_in_words(now: int, before: int, base: str = "上期", *, floor: int = 0, unit: str = "件") -> str:
    """上升 12.50%, 下降 3.00%, 持平; a zero base said in words, one under `floor` in numbers: 增加 3 件."""
    if now == before:
        return "持平"
    percent = change_percent(now, before)
    if percent is None:
        return f"{base}为零"
    if before < floor:
        return f"{'增加' if now > before else '减少'} {abs(now - before)} {unit}"
    return f"{'上升' if now > before else '下降'} {abs(percent):.2f}%"


def points_in_words(now: float | None, before: float | None) -> str:
    """上升 1.20 个百分点; — where either has a zero denominator."""
    if now is None or before is None:
        return "—"
    points = round((now - before) * 100)
    if points == 0:
        return "持平"
    return f"{'上升' if points > 0 else '下降'} {abs(points) / 100:.2f} 个百分点"
