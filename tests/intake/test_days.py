"""Days: every form that is taken, every one that is not, both sides of each limit."""

from __future__ import annotations

import contextlib
import datetime
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfang_cli.errors import BadValue
from xinfang_cli.intake.days import (
    month_period,
    parse_day,
    parse_file_day,
    parse_span,
    quarter_period,
    week_period,
    year_period,
)

D = datetime.date
TODAY = D(2023, 7, 31)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-07-18", D(2023, 7, 18)),
        ("2023-7-18", D(2023, 7, 18)),
        ("2023/7/18", D(2023, 7, 18)),
        ("2023/07/18", D(2023, 7, 18)),
        ("2023.7.18", D(2023, 7, 18)),
        ("2023年7月18日", D(2023, 7, 18)),
        ("2023 年 7 月 18 日", D(2023, 7, 18)),
        ("2023年07月18号", D(2023, 7, 18)),
        ("20230718", D(2023, 7, 18)),
        ("２０２３－０７－１８", D(2023, 7, 18)),
        ("２０２３／７／１８", D(2023, 7, 18)),
        ("２０２３．７．１８", D(2023, 7, 18)),
        ("２０２３年７月１８日", D(2023, 7, 18)),
        ("\u3000 2023-07-18 \n", D(2023, 7, 18)),
        ("7-18", D(2023, 7, 18)),
        ("7/18", D(2023, 7, 18)),
        ("7.18", D(2023, 7, 18)),
        ("07-18", D(2023, 7, 18)),
        ("7月18日", D(2023, 7, 18)),
        ("７月１８日", D(2023, 7, 18)),
        ("12-31", D(2023, 12, 31)),
        ("今天", TODAY),
        ("昨天", D(2023, 7, 30)),
        ("前天", D(2023, 7, 29)),
        ("-3", D(2023, 7, 28)),
        ("－３", D(2023, 7, 28)),
        ("-31", D(2023, 6, 30)),
        ("2024-02-29", D(2024, 2, 29)),
        ("2000-2-29", D(2000, 2, 29)),
        ("2023-12-31", D(2023, 12, 31)),
        ("1900-01-01", D(1900, 1, 1)),
        ("2199-12-31", D(2199, 12, 31)),
    ],
)
def test_typed_day(text: str, day: datetime.date) -> None:
    assert parse_day(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("23.7.8", "有歧义"),
        ("23-7-18", "有歧义"),
        ("7-8-2023", "有歧义"),
        ("07/08/2023", "有歧义"),
        ("2023-13-01", "没有 13 月"),
        ("2023-00-10", "没有 0 月"),
        ("2023-02-29", "只有 28 天"),
        ("2024-02-30", "只有 29 天"),
        ("1900-02-29", "只有 28 天"),
        ("2023-06-31", "只有 30 天"),
        ("2023-06-00", "只有 30 天"),
        ("2-29", "只有 28 天"),
        ("7月32日", "只有 31 天"),
        ("1899-12-31", "不可能"),
        ("2200-01-01", "不可能"),
        ("0023-07-18", "不可能"),
        ("2023-7/18", "看不懂"),
        ("2023-07", "看不懂"),
        ("2023", "看不懂"),
        ("230718", "看不懂"),
        ("2023718", "看不懂"),
        ("18", "看不懂"),
        ("3", "看不懂"),
        ("+3", "看不懂"),
        ("-", "看不懂"),
        ("明天吧", "看不懂"),
        ("2023-W29-2", "看不懂"),
        ("٢٠٢٣-٠٧-١٨", "看不懂"),
        ("45090", "看不懂"),
        ("2023-07-18 08:30", "看不懂"),
        ("2023-07-18 2023-07-19", "两个日期"),
        ("", "是空的"),
        ("  ", "是空的"),
    ],
)
def test_typed_day_refused(text: str, why: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_day(text, TODAY, "受理日期")
    assert caught.value.exit_code == 1
    assert caught.value.message.startswith(f"受理日期「{text}」")
    assert why in caught.value.message
    assert caught.value.hint


def test_leap_day_without_year_follows_today() -> None:
    assert parse_day("2-29", D(2024, 3, 1)) == D(2024, 2, 29)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (D(2023, 6, 1), D(2023, 6, 1)),
        (datetime.datetime.fromisoformat("2023-06-01 23:59:59"), D(2023, 6, 1)),
        (45090, D(2023, 6, 13)),
        (45090.0, D(2023, 6, 13)),
        (45090.99, D(2023, 6, 13)),
        ("45090", D(2023, 6, 13)),
        ("４５０９０", D(2023, 6, 13)),
        ("45090.354", D(2023, 6, 13)),
        (18264, D(1950, 1, 1)),
        (73050, D(2099, 12, 31)),
        (20230605.0, D(2023, 6, 5)),
        (20230605, D(2023, 6, 5)),
        ("2023-06-01", D(2023, 6, 1)),
        ("2023/6/1", D(2023, 6, 1)),
        ("2023.6.1", D(2023, 6, 1)),
        ("2023年6月1日", D(2023, 6, 1)),
        ("20230601", D(2023, 6, 1)),
        ("'2023-06-01", D(2023, 6, 1)),
        ("２０２３－０６－０２", D(2023, 6, 2)),
        ("2023-06-01 08:30:00", D(2023, 6, 1)),
        ("2023-06-01 08:30", D(2023, 6, 1)),
        ("2023-06-01 08:30:00.000", D(2023, 6, 1)),
        ("2023-06-01T08:30:00", D(2023, 6, 1)),
        ("2023-06-01T08:30:00+08:00", D(2023, 6, 1)),
        ("2023-06-01T08:30:00+0800", D(2023, 6, 1)),
        ("2023-06-01+08:00", D(2023, 6, 1)),
        ("2023-05-31T16:00:00Z", D(2023, 6, 1)),
        ("2023-05-31T16:00:00.000z", D(2023, 6, 1)),
        ("2023-06-01T15:59:59.999999Z", D(2023, 6, 1)),
        ("2023-05-31 16:00:00+00", D(2023, 6, 1)),
        ("2023-05-31 16:00:00 UTC", D(2023, 6, 1)),
        ("2023-05-31T11:00:00-05:00", D(2023, 6, 1)),
        ("2023-06-01 24:00", D(2023, 6, 1)),
        ("2023年6月1日24时", D(2023, 6, 1)),
        ("2023-06-01 23:59:59.9999999", D(2023, 6, 1)),
        ("2023-06-01 23:59:59,999", D(2023, 6, 1)),
        ("45078.99999999999", D(2023, 6, 1)),
        (45078.99999999999, D(2023, 6, 1)),
        (datetime.datetime.fromisoformat("2023-06-01 23:59:59.999999"), D(2023, 6, 1)),
        ("Thu Jun 01 2023 00:00:00 GMT+0800 (中国标准时间)", D(2023, 6, 1)),
        ("Wed, 31 May 2023 16:00:00 GMT", D(2023, 6, 1)),
        ("Wed May 31 16:00:00 UTC 2023", D(2023, 6, 1)),
        ("Thu Jun  1 23:00:00 2023", D(2023, 6, 1)),
        ("01-JUN-2023", D(2023, 6, 1)),
        ("June 1, 2023", D(2023, 6, 1)),
        ("2023/6/1 8:30", D(2023, 6, 1)),
        ("2023/6/1 0:00:00", D(2023, 6, 1)),
        ("2023/6/1 23:59:59", D(2023, 6, 1)),
        ("2023年6月1日8时30分", D(2023, 6, 1)),
        ("2023年6月1日 上午8时", D(2023, 6, 1)),
        ("2023年6月1日8时30分15秒", D(2023, 6, 1)),
        ("２０２３年６月１日　８：３０", D(2023, 6, 1)),
        ("20230601083000", D(2023, 6, 1)),
        ("2023.6.1 上午", D(2023, 6, 1)),
        ("2023-6-1下午3点", D(2023, 6, 1)),
        ("2023年6月1日晚上", D(2023, 6, 1)),
        ("2023-06-01 8:30 AM", D(2023, 6, 1)),
        ("2023/6/1 星期四", D(2023, 6, 1)),
        ("2023年6月1日（周四）", D(2023, 6, 1)),
        ("2023年6月4日 星期天", D(2023, 6, 4)),
        ("NULL", None),
        ("暂无", None),
        ("20230601 083000", D(2023, 6, 1)),
        (None, None),
        ("", None),
        ("  \u3000", None),
        ("-", None),
        (" - ", None),
        ("－", None),
        ("—", None),
        ("——", None),
        ("/", None),
        ("／", None),
        ("无", None),
        ("\\N", None),
    ],
)
def test_file_day(cell: object, day: datetime.date | None) -> None:
    assert parse_file_day(cell) == day
    assert parse_file_day(cell) == day  # now from the cache


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("今天", "哪一天说的"),
        ("昨天", "哪一天说的"),
        ("-3", "哪一天说的"),
        ("7-18", "没有年份"),
        ("6月3日", "没有年份"),
        ("6.3", "没有年份"),
        ("23.6.3", "有歧义"),
        ("2023-06-31", "只有 30 天"),
        ("20230631", "只有 30 天"),
        (20230631.0, "只有 30 天"),
        ("2023-06-01、2023-06-05", "两个日期"),
        ("2023-06-01\n2023-06-05", "两个日期"),
        ("2023.6.1/2023.6.5", "两个日期"),
        ("2023年6月1日至6月5日", "两个日期"),
        ("20230601,20230605", "两个日期"),
        ("2023.6.1-6.5", "两个日期"),
        ("2023-06-01~05", "两个日期"),
        ("2023年6月1日、5日", "两个日期"),
        ("2023/6/1 星期五", "这一天是星期四"),
        ("二〇二三年十三月一日", "没有 13 月"),
        ("二〇二三年六月", "看不懂"),
        ("2023年六月一日", "看不懂"),
        ("民国112年6月1日", "看不懂"),
        ("2023-06", "看不懂"),
        ("约2023-06-01", "看不懂"),
        ("2023-06-01（补）", "看不懂"),
        ("18/7/2023", "有歧义"),
        ("星期四", "看不懂"),
        ("2023-06-01 24:01", "看不懂"),
        ("2023-06-01 08:60", "看不懂"),
        ("2023-06-01T25:00:00Z", "时刻看不懂"),
        ("2023-06-01T20:00:00+15:00", "时区看不懂"),
        ("2023-06-01Z", "别的时区"),
        ("2023-06-01-05:00", "别的时区"),
        ("2023-06-01 09:00-11:30", "看不懂"),
        ("2023-06-01-05", "两个日期"),
        ("Fri Jun 01 2023 00:00:00 GMT+0800", "这一天是星期四"),
        ("01-Jun-23", "看不懂"),
        ("1685548800", "按时间戳算是 2023-06-01"),
        (1685548800000, "按时间戳算是 2023-06-01"),
        ("13800000000", "看不懂"),
        ("0000-00-00 00:00:00", "程序的空日期"),
        ("0001-01-01T00:00:00Z", "程序的空日期"),
        ("1900-01-01 00:00:00.000", "程序的空日期"),
        ("9999-12-31", "程序的空日期"),
        *((day, "程序的空日期") for day in ("1970-01-01", "1970/1/1 08:00:00", D(1970, 1, 1))),
        ("1923-06-01", "太早"),
        (D(1900, 2, 28), "显示成了日期"),
        ("1949-12-31", "太早"),
        ("待定", "看不懂"),
        ("4509", "看不懂"),
        ("450900", "看不懂"),
        ("18263", "不像 Excel"),
        (18263, "不像 Excel"),
        (73051, "不像 Excel"),
        (1, "不像 Excel"),
        (0, "Excel 的空日期"),
        (0.0, "Excel 的空日期"),
        ("0", "Excel 的空日期"),
        ("1900-01-00", "Excel 的空日期"),
        ("1900/1/0 0:00", "Excel 的空日期"),
        (datetime.time(), "Excel 的空日期"),
        (datetime.datetime.combine(D(1899, 12, 30), datetime.time()), "Excel 的空日期"),
        (-45090.0, "不像 Excel"),
        (9_999_999, "不像 Excel"),
        (1e300, "看不懂"),
        (True, "不是日期"),
        (float("nan"), "不是日期"),
        (float("inf"), "不是日期"),
        (datetime.time(8, 30), "没有日期"),
        (datetime.timedelta(hours=30), "没有日期"),
        (D(1899, 12, 31), "Excel 的空日期"),
        (D(1899, 12, 29), "不可能"),
        (D(2200, 1, 1), "不可能"),
        ([], "不是日期"),
    ],
)
def test_file_day_refused(cell: object, why: str) -> None:
    for _ in range(2):
        with pytest.raises(BadValue) as caught:
            parse_file_day(cell, "答复日期")
        assert caught.value.message.startswith("答复日期「")
        assert why in caught.value.message


def test_moments_elsewhere_are_of_the_day_in_the_office_s_zone() -> None:
    urumqi = datetime.timezone(datetime.timedelta(hours=6))
    assert parse_file_day("2023-06-01T17:00:00Z", zone=urumqi) == D(2023, 6, 1)
    assert parse_file_day("2023-06-01T17:00:00Z") == D(2023, 6, 2)


def test_1904_serials_are_four_years_and_a_day_later() -> None:
    assert parse_file_day(43628, epoch1904=True) == D(2023, 6, 13)
    assert parse_file_day("43628", epoch1904=True) == D(2023, 6, 13)
    assert parse_file_day("43628") == D(2019, 6, 12)
    assert parse_file_day("43628", epoch1904=True) == D(2023, 6, 13)
    assert parse_file_day(D(2023, 6, 13), epoch1904=True) == D(2023, 6, 13)


@given(st.dates(D(1950, 1, 1), D(2099, 12, 31)), st.booleans())
def test_every_serial_is_its_day(day: datetime.date, epoch1904: bool) -> None:
    epoch = D(1904, 1, 1) if epoch1904 else D(1899, 12, 30)
    serial = (day - epoch).days
    assert parse_file_day(float(serial), epoch1904=epoch1904) == day
    if serial >= 10000:
        assert parse_file_day(str(serial), epoch1904=epoch1904) == day


@given(
    st.dates(D(1950, 1, 1), D(2199, 12, 31)),
    st.sampled_from(
        ["{y:04}-{m:02}-{d:02}", "{y}/{m}/{d}", "{y}.{m}.{d}", "{y}年{m}月{d}日", "{y:04}{m:02}{d:02}", "{y}-{m}-{d}"]
    ),
    st.booleans(),
)
def test_every_form_of_every_day(day: datetime.date, form: str, full_width: bool) -> None:
    text = form.format(y=day.year, m=day.month, d=day.day)
    if full_width:
        text = text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert parse_day(text, TODAY) == day
    assert parse_file_day(text) == day
    assert parse_file_day(text + " 8:05") == day


@given(
    st.one_of(st.text(), st.from_regex(r"[0-9]{1,4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,4}日?[ T]?[0-9:]*", fullmatch=True))
)
def test_any_text_is_a_day_or_a_refusal(text: str) -> None:
    for read in (lambda: parse_day(text, TODAY), lambda: parse_file_day(text), lambda: parse_span(text, TODAY)):
        with contextlib.suppress(BadValue):
            read()


@given(st.dates(D(1950, 1, 1), D(2199, 12, 31)), st.sampled_from("〇零○"), st.sampled_from(["日", "号"]), st.booleans())
def test_every_day_in_chinese_numerals(day: datetime.date, nought: str, ending: str, twenty: bool) -> None:
    def below_hundred(number: int) -> str:
        tens, ones = divmod(number, 10)
        word = {0: "", 1: "十", 2: "廿" if twenty else "二十", 3: "三十"}[tens]
        return word + ("一二三四五六七八九"[ones - 1] if ones else "")

    year = "".join(f"{nought}一二三四五六七八九"[int(digit)] for digit in str(day.year))
    assert parse_file_day(f"{year}年{below_hundred(day.month)}月{below_hundred(day.day)}{ending}") == day


@given(st.text(st.sampled_from("〇零○一二三四五六七八九十廿年月日号 0123456789-/.:星期上午下午（）"), max_size=16))
def test_any_mixture_of_day_words_is_a_day_or_a_refusal(text: str) -> None:
    day = None
    with contextlib.suppress(BadValue):
        day = parse_file_day(text)
    assert day is None or 1950 <= day.year <= 2199


@given(st.floats() | st.integers())
def test_any_number_is_a_day_or_a_refusal(number: float) -> None:
    try:
        day = parse_file_day(number)
    except BadValue:
        return
    assert day is not None
    assert 1950 <= day.year <= 2199


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2023-01-01..2023-06-30", (D(2023, 1, 1), D(2023, 6, 30))),
        ("2023-01-01..", (D(2023, 1, 1), None)),
        ("2023-06", (D(2023, 6, 1), D(2023, 6, 30))),
        ("2023Q1", (D(2023, 1, 1), D(2023, 3, 31))),
        ("２０２３年", (D(2023, 1, 1), D(2023, 12, 31))),
        ("..2023-06-30", (None, D(2023, 6, 30))),
        ("2023-06-30..2023-06-30", (D(2023, 6, 30), D(2023, 6, 30))),
        (" 2023/1/1 .. 今天 ", (D(2023, 1, 1), TODAY)),
        ("2023.1.1..2023.6.30", (D(2023, 1, 1), D(2023, 6, 30))),
        ("-7..", (D(2023, 7, 24), None)),
        ("2023-01..2023年6月", (D(2023, 1, 1), D(2023, 6, 30))),
        ("本周", (D(2023, 7, 31), D(2023, 8, 6))),
        ("上周..今天", (D(2023, 7, 24), TODAY)),
        ("去年..2023Q1", (D(2022, 1, 1), D(2023, 3, 31))),
        ("2023-06-30", (D(2023, 6, 30), D(2023, 6, 30))),
    ],
)
def test_span(text: str, span: tuple[datetime.date | None, datetime.date | None]) -> None:
    assert parse_span(text, TODAY) == span


@pytest.mark.parametrize(
    "text", ["..", "", "2023-07-01..2023-06-30", "2023-01-01..x", "a..b..c", "2023-01-01...2023-02-01"]
)
def test_span_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_span(text, TODAY)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (month_period("2023-06"), D(2023, 6, 1), D(2023, 6, 30)),
        (month_period("2023-6"), D(2023, 6, 1), D(2023, 6, 30)),
        (month_period("2023年6月"), D(2023, 6, 1), D(2023, 6, 30)),
        (month_period("202306"), D(2023, 6, 1), D(2023, 6, 30)),
        (month_period("２０２３－１２"), D(2023, 12, 1), D(2023, 12, 31)),
        (month_period("2024-02"), D(2024, 2, 1), D(2024, 2, 29)),
        (month_period("2023-02"), D(2023, 2, 1), D(2023, 2, 28)),
        (month_period("本月", D(2023, 7, 31)), D(2023, 7, 1), D(2023, 7, 31)),
        (month_period("上月", D(2023, 7, 31)), D(2023, 6, 1), D(2023, 6, 30)),
        (month_period("上月", D(2023, 1, 15)), D(2022, 12, 1), D(2022, 12, 31)),
        (quarter_period("2023Q1"), D(2023, 1, 1), D(2023, 3, 31)),
        (quarter_period("2023q2"), D(2023, 4, 1), D(2023, 6, 30)),
        (quarter_period("2023-Q4"), D(2023, 10, 1), D(2023, 12, 31)),
        (quarter_period("2023年第三季度"), D(2023, 7, 1), D(2023, 9, 30)),
        (quarter_period("2023年2季度"), D(2023, 4, 1), D(2023, 6, 30)),
        (quarter_period("上季度", D(2023, 1, 1)), D(2022, 10, 1), D(2022, 12, 31)),
        (quarter_period("本季度", D(2023, 12, 31)), D(2023, 10, 1), D(2023, 12, 31)),
        (year_period("2023"), D(2023, 1, 1), D(2023, 12, 31)),
        (year_period("2023年"), D(2023, 1, 1), D(2023, 12, 31)),
        (year_period("去年", TODAY), D(2022, 1, 1), D(2022, 12, 31)),
        (week_period(D(2023, 7, 31)), D(2023, 7, 31), D(2023, 8, 6)),
        (week_period(D(2023, 8, 6)), D(2023, 7, 31), D(2023, 8, 6)),
        (week_period(D(2023, 1, 1)), D(2022, 12, 26), D(2023, 1, 1)),
    ],
)
def test_period(period: tuple[datetime.date, datetime.date], first: datetime.date, last: datetime.date) -> None:
    assert period == (first, last)


@pytest.mark.parametrize("text", ["2023-13", "2023-00", "23-06", "六月", "2023", "", "本月", "1899-12", "2200-01"])
def test_month_refused(text: str) -> None:
    with pytest.raises(BadValue):
        month_period(text)


@pytest.mark.parametrize("text", ["2023Q0", "2023Q5", "Q2", "2023", "", "上季度", "23Q1"])
def test_quarter_refused(text: str) -> None:
    with pytest.raises(BadValue):
        quarter_period(text)


@pytest.mark.parametrize("text", ["23", "20233", "1899", "2200", "", "去年", "2023-06"])
def test_year_refused(text: str) -> None:
    with pytest.raises(BadValue):
        year_period(text)


def test_importing_days_brings_nothing_slow() -> None:
    code = (
        "import sys, re, datetime; import xinfang_cli.errors; before = set(sys.modules); import xinfang_cli.intake.days;"
        "print(*sorted(set(sys.modules) - before))"
    )
    new = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(new) <= {"math", "xinfang_cli.intake", "xinfang_cli.intake.days"}
