"""Days as people type them at the counter and as files hold them; periods. Nothing ambiguous is guessed."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping

from xinfang_cli.errors import BadValue

Date = datetime.date
Period = tuple[Date, Date]

BLANK_CELLS = frozenset(
    {
        "",
        "-",
        "－",
        "—",
        "——",
        "--",
        "/",
        "／",
        "无",
        "暂无",
        "\\N",
        "NULL",
        "null",
        "(null)",
        "N/A",
        "n/a",
        "None",
        "nan",
        "NaN",
        "NaT",
        "<NA>",
        "undefined",
        "nil",
    }
)
"""What offices write into a cell that has nothing to say."""

_FORMS = "可写 2023-07-18、2023/7/18、2023.7.18、2023年7月18日、20230718"
_COUNTER_HINT = f"{_FORMS}、7-18（今年）、今天、昨天、前天、-3（三天前）"
_FILE_HINT = f"{_FORMS}，须有年份"
# Full-width signs, other dashes and blanks, and radicals that a PDF gives for characters.
_HALF_WIDTH = str.maketrans(
    "０１２３４５６７８９－–—−‐‑／．。：Ｔ（），＿\u3000\xa0⽇⽉⼀⼆⼋⼗", "0123456789------/..:T(),_  日月一二八十"
)
_WEEKDAYS = "一二三四五六日"
_WORDS = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2}

# Patterns stay text and are compiled by `re` when first used: compiled here they would cost 4 ms at every start.
_DATE = (
    r"(?P<y>[0-9]{4})(?:\s*(?P<sep>[-/.])\s*(?P<m>[0-9]{1,2})\s*(?P=sep)\s*(?P<d>[0-9]{1,2})"
    r"|\s*年\s*(?P<m2>[0-9]{1,2})\s*月\s*(?P<d2>[0-9]{1,2})\s*[日号]|(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))"
)
# Written so that nothing is left to guess: 2023.7.8. 2023-7-8号 2023年7月8 20230708日 2023,7,8 2023_7_8
_NEARLY_DATE = (
    r"(?P<y>[0-9]{4})(?:\s*(?P<sep>[-/.,_\\])\s*(?P<m>[0-9]{1,2})\s*(?P=sep)\s*(?P<d>[0-9]{1,2})\s*[日号.]?"
    r"|\s*年\s*(?P<m2>[0-9]{1,2})\s*月\s*(?P<d2>[0-9]{1,2})|(?P<m3>[0-9]{2})(?P<d3>[0-9]{2})[日号])"
)
_YEARLESS = r"(?P<m>[0-9]{1,2})\s*[-/.]\s*(?P<d>[0-9]{1,2})|(?P<m2>[0-9]{1,2})\s*月\s*(?P<d2>[0-9]{1,2})\s*[日号]"
_AGO = r"-\s?([0-9]{1,4})"
_PART_OF_DAY = r"(?:上午|下午|早上|早晨|凌晨|中午|晚上|[AaPp][Mm])"
# 24:00 is the end of the day that it is written with (Civil Code art. 203), not the beginning of the next.
_TIME = (
    r"(?:(?:[01]?[0-9]|2[0-3])"
    r"(?::[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?|[时点](?:[0-5]?[0-9]分?(?:[0-5]?[0-9]秒)?)?)"
    r"|24(?::00(?::00(?:[.,]0+)?)?|[时点](?:0{1,2}分)?))"
)
_TIMED = (
    rf"{_DATE}(?:(?:T|\s+|(?<=[日号])){_TIME}(?:\s*[AaPp][Mm])?|(?<=[日号]){_PART_OF_DAY}\s*{_TIME}"
    rf"|\s*{_PART_OF_DAY}(?:\s*{_TIME})?)"
)
_OFFSET = r"(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?"
_ZONE = rf"Z|z|(?:UTC|GMT)?{_OFFSET}|UTC|GMT"
_CLOCK = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?P<second>:[0-9]{2}(?:[.,][0-9]+)?)?"
_ZONED = (
    rf"{_DATE}(?P<at>T|\s+){_CLOCK}\s*(?P<zone>{_ZONE})",
    rf"{_DATE}(?P<zone>[Zz]|{_OFFSET.replace(':?', ':').replace(')?', ')')})(?P<hour>)(?P<minute>)",
)
_WEEKDAY = r"(.+?)[\s(]*(?:星期|周|礼拜)([一二三四五六日天])\)?"
_STAMP = r"(?P<day>[0-9]{8})[T\s]?(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]"
_SERIAL = r"[0-9]{5}(?:\.[0-9]+)?"
_SOME_DATE = r"[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}|(?<![0-9])[0-9]{8}(?![0-9])|[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*[日号]"

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_SERIAL_FIRST, _SERIAL_LAST, _BEYOND = Date(1950, 1, 1), Date(2099, 12, 31), Date(_LAST_YEAR + 1, 1, 1)
# Excel counts a 29 February 1900 that never was, so from March 1900 on its day 1 is in effect 1899-12-31.
_EPOCH_1900, _EPOCH_1904 = Date(1899, 12, 30), Date(1904, 1, 1)

# What a spreadsheet makes of a cell that is empty or 0 where a day should stand: its day 0, 0 January 1900.
_NO_DAY = (0, Date(1899, 12, 30), Date(1899, 12, 31), datetime.time(), datetime.timedelta())
_NO_DAY_TEXT = r"(?:1900|1904)\s*[-/.年]\s*0?1\s*[-/.月]\s*0{1,2}日?(?:\s+0{1,2}:00(?::00)?)?|1899-12-3[01](?:\s+00:00(?::00)?)?|0(?:\.0+)?"
# What databases and programs keep where they have no day.
_NO_DAY_OF_PROGRAMS = r"(?:0000[-/]00[-/]00|(?:0001|1753|1900|1970)[-/]0?1[-/]0?1|9999-12-31)(?:[T\s].*)?"
_SINCE = Date(1970, 1, 1)
"""The day that programs count from, and write where they have 0."""
_EMPTY_DAY = "是 Excel 的空日期（第 0 天），不是哪一天"
_OF_PROGRAMS = "是程序的空日期，不是哪一天"
_EMPTY_HINT = "没有日期的请把这一格清空，有的请写上"

CHINA = datetime.timezone(datetime.timedelta(hours=8))
_SEEN_LIMIT = 16384
_seen: dict[str, Date | None] = {}


def parse_day(text: str, today: Date, field: str = "日期") -> Date:
    """The day somebody typed at the counter; raises BadValue."""
    plain = _digits(text.strip().translate(_HALF_WIDTH).strip())
    if len(plain) == 10 and plain[4] == "-" == plain[7] and (day := _iso(plain)):
        return _in_range(day, text, field)
    if plain in _WORDS:
        return today - datetime.timedelta(days=_WORDS[plain])
    if found := re.fullmatch(_AGO, plain):
        return today - datetime.timedelta(days=int(found[1]))
    if found := re.fullmatch(_DATE, plain):
        return _full(found, text, field)
    if found := re.fullmatch(_YEARLESS, plain):
        return _date(today.year, int(found["m"] or found["m2"]), int(found["d"] or found["d2"]), text, field)
    raise BadValue(field, text, _why_not(plain), _COUNTER_HINT)


def parse_file_day(
    cell: object, field: str = "日期", *, epoch1904: bool = False, zone: datetime.tzinfo = CHINA
) -> Date | None:
    """The day in a cell of a file, None when the cell is empty; raises BadValue. A time of day is dropped, never rounded
    up to the next day; a moment of another time zone is of the day that it was in `zone`."""
    if cell.__class__ is str:
        try:
            return _seen[cell]
        except KeyError:
            pass
        return _file_text(cell, field, epoch1904, zone)
    if cell is None:
        return None
    if (cell.date() if isinstance(cell, datetime.datetime) else cell) in _NO_DAY and not isinstance(cell, bool):
        raise BadValue(field, cell, _EMPTY_DAY, _EMPTY_HINT)
    if (cell.date() if isinstance(cell, datetime.datetime) else cell) == _SINCE:
        raise BadValue(field, cell, _OF_PROGRAMS, _EMPTY_HINT)
    if isinstance(cell, datetime.datetime):
        return _in_file(cell.date(), cell, field, "，多半是一个数（如天数）被显示成了日期")
    if isinstance(cell, Date):
        return _in_file(cell, cell, field, "，多半是一个数（如天数）被显示成了日期")
    if isinstance(cell, str):
        return _file_text(str(cell), field, epoch1904, zone)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell):
        whole = math.floor(cell)
        if whole == cell and whole >= 10_000_000:
            return _file_text(str(whole), field, epoch1904, zone)
        return _serial(whole, cell, field, epoch1904)
    if isinstance(cell, (datetime.time, datetime.timedelta)):
        raise BadValue(field, cell, "只有时刻，没有日期", _FILE_HINT)
    raise BadValue(field, cell, "不是日期", _FILE_HINT)


def _file_text(text: str, field: str, epoch1904: bool, zone: datetime.tzinfo) -> Date | None:
    if (
        len(text) == 10
        and text[4] == "-" == text[7]
        and (day := _iso(text))
        and _SERIAL_FIRST <= day < _BEYOND
        and day != _SINCE
    ):
        return _keep(text, day)
    plain = _digits(text.strip().translate(_HALF_WIDTH).strip().lstrip("'"))
    if plain in BLANK_CELLS:
        return _keep(text, None)
    if re.fullmatch(_NO_DAY_TEXT, plain):
        raise BadValue(field, text, _EMPTY_DAY, _EMPTY_HINT)
    if re.fullmatch(_NO_DAY_OF_PROGRAMS, plain):
        raise BadValue(field, text, _OF_PROGRAMS, _EMPTY_HINT)
    if found := re.fullmatch(_DATE, plain) or re.fullmatch(_TIMED, plain) or re.fullmatch(_NEARLY_DATE, plain):
        return _keep(text, _in_file(_full(found, text, field), text, field))
    if found := re.fullmatch(_WEEKDAY, plain):
        day = _file_text(found[1], field, epoch1904, zone)
        if day is not None and day.weekday() != _WEEKDAYS.index(found[2].replace("天", "日")):
            raise BadValue(field, text, f"不对：这一天是星期{_WEEKDAYS[day.weekday()]}", "请核对日期")
        return _keep(text, day)
    if (day := _in_words_of_programs(plain, text, field, zone)) is not None:
        return day
    if found := re.fullmatch(_STAMP, plain):
        return _keep(text, _file_text(found["day"], field, epoch1904, zone))
    if re.fullmatch(_SERIAL, plain):
        return _serial(int(plain[:5]), text, field, epoch1904)
    if re.fullmatch(_SINCE_1970, plain):
        seconds = int(plain[:10])
        day = datetime.datetime.fromtimestamp(seconds, zone).date()
        raise BadValue(
            field, text, f"是程序的时间戳，不是日期；按时间戳算是 {day}", "请在原系统里按日期导出，或写成日期"
        )
    raise BadValue(field, text, _why_not(plain, in_file=True), _FILE_HINT)


_SINCE_1970 = r"(?:9[0-9]{8}|[1-3][0-9]{9})(?:[0-9]{3})?(?:\.0+)?"
"""Seconds, or thousandths of them, as programs count time."""


def _in_words_of_programs(plain: str, text: str, field: str, zone: datetime.tzinfo) -> Date | None:
    """A moment with its time zone, or a day as programs write it that nobody told how: in English."""
    for pattern in _ZONED:
        if (found := re.fullmatch(pattern, plain)) and not _is_span_of_hours(found.groupdict()):
            return _in_zone(_full(found, text, field), found, text, field, zone)
    for pattern in _ENGLISH:
        if found := re.fullmatch(pattern, plain, re.IGNORECASE):
            month = _MONTHS.lower().index(found["month"].lower()) // 3 + 1
            day = _date(int(found["y"]), month, int(found["day"]), text, field)
            if (name := found["weekday"]) and _WEEKDAYS[day.weekday()] != _WEEKDAYS[_ENGLISH_DAYS.index(name.title())]:
                raise BadValue(field, text, f"不对：这一天是星期{_WEEKDAYS[day.weekday()]}", "请核对日期")
            return _in_zone(day, found, text, field, zone)
    return None


def _is_span_of_hours(said: Mapping[str, str | None]) -> bool:
    """9:00-11:30 is no time zone, as long as nothing else says that a program wrote it."""
    return said["sign"] == "-" and bool(said["hour"]) and not said["second"] and said["at"] != "T"


def _in_zone(day: Date, found: re.Match[str], text: str, field: str, zone: datetime.tzinfo) -> Date:
    """The day that it was here at a moment elsewhere."""
    said = found.groupdict()
    if said["zone"] is None:
        return _in_file(day, text, field)
    hours, minutes = int(said["hours"] or 0), int(said["minutes"] or 0)
    if hours > _FARTHEST or minutes >= 60:
        raise BadValue(field, text, "的时区看不懂", "请写成本地的日期")
    ahead = datetime.timedelta(hours=hours, minutes=minutes)
    offset = datetime.timezone(-ahead if said["sign"] == "-" else ahead)
    if not said["hour"]:
        middle = datetime.datetime.combine(day, datetime.time(12), offset)
        if middle.utcoffset() == middle.astimezone(zone).utcoffset():
            return day
        raise BadValue(field, text, "是别的时区的日期，没有时刻，说不清是本地的哪一天", "请写成本地的日期")
    if not (int(said["hour"]) < 24 and int(said["minute"]) < 60):
        raise BadValue(field, text, "的时刻看不懂", "请写成本地的日期")
    moment = datetime.datetime.combine(day, datetime.time(int(said["hour"]), int(said["minute"])), offset)
    try:
        return _in_file(moment.astimezone(zone).date(), text, field)
    except OverflowError:
        raise BadValue(field, text, "的年份不可能", "请核对年份") from None


_FARTHEST = 14
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_MONTH_NAME = r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_NAME = rf"(?:(?P<weekday>{'|'.join(_ENGLISH_DAYS)})[a-z]{{0,6}},?\s+)?"
_OF_DAY, _YEAR_LAST = r"(?P<day>[0-9]{1,2})", r"(?P<y>[0-9]{4})"
_THEN = rf"(?:,?\s+{_CLOCK}(?:\s*[AaPp][Mm])?)?(?:\s*(?P<zone>{_ZONE}))?(?:\s*\(.*\))?"
_ENGLISH = (
    # Java and C, where CST is China's time; JavaScript and Americans; mail headers and Oracle
    rf"{_DAY_NAME}{_MONTH_NAME}\s+{_OF_DAY}\s+{_CLOCK}(?:\s+(?:CST|(?P<zone>{_ZONE})))?\s+{_YEAR_LAST}",
    rf"{_DAY_NAME}{_MONTH_NAME}\s+{_OF_DAY},?\s+{_YEAR_LAST}{_THEN}",
    rf"{_DAY_NAME}{_OF_DAY}[\s-]{_MONTH_NAME}[\s-]{_YEAR_LAST}{_THEN}",
)


def _digits(plain: str) -> str:
    """二〇二三年七月八日 in digits; anything else as it is."""
    found = re.fullmatch(_HANZI_DAY, plain) if plain[:1] in _HANZI_DIGITS else None
    if found is None:
        return plain
    year, month, day, rest = found.groups()
    digits = "".join(str(_HANZI_DIGITS.index(sign) % 10) for sign in year.replace("零", "〇").replace("○", "〇"))
    return f"{digits}年{_below_hundred(month)}月{_below_hundred(day)}日{rest}"


_HANZI_DIGITS = "〇一二三四五六七八九零○"
_HANZI_DAY = (
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月"
    r"([一二三四五六七八九]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九])[日号](.*)"
)


def _below_hundred(word: str) -> int:
    """十二 12, 三十 30, 廿一 21."""
    tens, ten, ones = word.replace("廿", "二十").rpartition("十")
    digit = _HANZI_DIGITS.index
    return (digit(tens) if tens else 1) * 10 * bool(ten) + (digit(ones) if ones else 0)


def _iso(text: str) -> Date | None:
    try:
        return Date.fromisoformat(text)
    except ValueError:
        return None


def _keep(text: str, day: Date | None) -> Date | None:
    if len(_seen) >= _SEEN_LIMIT:
        _seen.clear()
    if len(text) <= 32:
        _seen[text] = day
    return day


def _serial(days: int, cell: object, field: str, epoch1904: bool) -> Date:
    try:
        day = (_EPOCH_1904 if epoch1904 else _EPOCH_1900) + datetime.timedelta(days=days)
    except OverflowError:
        day = Date.min
    if not _SERIAL_FIRST <= day <= _SERIAL_LAST:
        raise BadValue(field, cell, "不是日期，也不像 Excel 的日期序号", _FILE_HINT)
    return day


def _full(found: re.Match[str], shown: object, field: str) -> Date:
    year, month, day = found["y"], found["m"] or found["m2"] or found["m3"], found["d"] or found["d2"] or found["d3"]
    return _date(int(year), int(month), int(day), shown, field)


def _date(year: int, month: int, day: int, shown: object, field: str) -> Date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise BadValue(field, shown, f"的年份 {year} 不可能", "请核对年份")
    if not 1 <= month <= 12:
        raise BadValue(field, shown, f"不存在：没有 {month} 月", "请核对，顺序是年、月、日")
    last = _last_of(year, month)
    if not 1 <= day <= last:
        raise BadValue(field, shown, f"不存在：{year}年{month}月只有 {last} 天", "请核对")
    return Date(year, month, day)


def _last_of(year: int, month: int) -> int:
    return (Date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)).day


def _in_file(day: Date, shown: object, field: str, likely: str = "") -> Date:
    """A day that a ledger can speak of: before there were petition offices nothing was received."""
    if _FIRST_YEAR <= day.year < _SERIAL_FIRST.year:
        raise BadValue(field, shown, f"的年份 {day.year} 太早{likely}", "请核对这一格，写上日期或清空")
    return _in_range(day, shown, field)


def _in_range(day: Date, shown: object, field: str) -> Date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise BadValue(field, shown, f"的年份 {day.year} 不可能", "请核对年份")
    return day


def _why_not(plain: str, *, in_file: bool = False) -> str:
    if len(re.findall(_SOME_DATE, plain)) > 1 or re.match(
        rf"(?:{_SOME_DATE})[日号]?\s*(?:[-~～;；,，]|至|到|、)\s*[0-9]", plain
    ):
        return "里有两个日期，不知取哪一个"
    if in_file and re.fullmatch(_YEARLESS, plain):
        return "没有年份"
    if in_file and (plain in _WORDS or re.fullmatch(_AGO, plain)):
        return "要看是哪一天说的，表里不能这样写"
    if re.fullmatch(r"[0-9]{1,2}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,4}\s*日?", plain):
        return "的年份不在最前或不是四位，有歧义"
    return "看不懂，不是日期" if plain else "是空的，要一个日期"


def parse_span(text: str, today: Date, field: str = "起止日期") -> tuple[Date | None, Date | None]:
    """`FROM..TO`, either side may be empty; one day alone is that day, a month, quarter or year all of it."""
    plain = text.strip().translate(_HALF_WIDTH)
    first_text, dots, last_text = plain.partition("..")
    if not dots:
        period = any_period(text, today)
        if period is not None:
            return period
        day = parse_day(text, today, field)
        return day, day
    if ".." in last_text or not (first_text.strip() or last_text.strip()):
        raise BadValue(field, text, "看不懂", "写法：2023-01-01..2023-06-30，一边可以空着")
    first = edge(first_text, today, field, last=False) if first_text.strip() else None
    last = edge(last_text, today, field, last=True) if last_text.strip() else None
    if first and last and first > last:
        raise BadValue(field, text, "起在止之后", "把两个日期对调")
    return first, last


def edge(text: str, today: Date, field: str, *, last: bool) -> Date:
    """A day; of a month, quarter or year its first or last one."""
    period = any_period(text, today)
    return period[last] if period else parse_day(text, today, field)


_MONTH = r"([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月|([0-9]{2}))"
_QUARTER = r"([0-9]{4})\s*(?:[-年]?\s*[Qq]([1-4])|年?第?([1-4一二三四])季度?)"
_YEAR = r"([0-9]{4})年?"
_WEEKS = {"本周": 0, "这周": 0, "上周": 1}
_HANZI = {"一": 1, "二": 2, "三": 3, "四": 4}


def month_period(text: str, today: Date | None = None) -> Period:
    """First and last day of `2023-06`, `2023年6月`, `202306`; with today also `本月`, `上月`."""
    plain = text.strip().translate(_HALF_WIDTH)
    if today and plain in ("本月", "上月", "上个月"):
        first = today.replace(day=1)
        return _month(*((first.year, first.month) if plain == "本月" else _month_before(first)))
    if found := re.fullmatch(_MONTH, plain):
        year, month = int(found[1]), int(found[2] or found[3] or found[4])
        if 1 <= month <= 12 and _FIRST_YEAR <= year <= _LAST_YEAR:
            return _month(year, month)
    raise BadValue("月份", text, "看不懂", "可写 2023-06、2023年6月、202306、本月、上月")


def quarter_period(text: str, today: Date | None = None) -> Period:
    """First and last day of `2023Q2`, `2023年第二季度`; with today also `本季度`, `上季度`."""
    plain = text.strip().translate(_HALF_WIDTH)
    if today and plain in ("本季度", "上季度"):
        year, quarter = today.year, (today.month - 1) // 3 + 1
        if plain == "上季度":
            year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
        return _quarter(year, quarter)
    if (found := re.fullmatch(_QUARTER, plain)) and _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        word = found[2] or found[3]
        return _quarter(int(found[1]), _HANZI.get(word) or int(word))
    raise BadValue("季度", text, "看不懂", "可写 2023Q2、2023年第二季度、本季度、上季度")


def year_period(text: str, today: Date | None = None) -> Period:
    """First and last day of `2023`, `2023年`; with today also `今年`, `去年`."""
    plain = text.strip().translate(_HALF_WIDTH)
    if today and plain in ("今年", "本年", "去年", "上年"):
        year = today.year - (plain in ("去年", "上年"))
    elif found := re.fullmatch(_YEAR, plain):
        year = int(found[1])
    else:
        year = 0
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise BadValue("年份", text, "看不懂", "可写 2023、2023年、今年、去年")
    return Date(year, 1, 1), Date(year, 12, 31)


def any_period(text: str, today: Date) -> Period | None:
    """The month, quarter, year or week (本周, 上周) that a word names; None when it names none."""
    if (weeks := _WEEKS.get(text.strip())) is not None:
        return week_period(today - datetime.timedelta(weeks=weeks))
    for period in (month_period, quarter_period, year_period):
        try:
            return period(text, today)
        except BadValue:
            continue
    return None


def week_period(day: Date) -> Period:
    """Monday and Sunday of the week of that day."""
    monday = day - datetime.timedelta(days=day.weekday())
    return monday, monday + datetime.timedelta(days=6)


def _month(year: int, month: int) -> Period:
    return Date(year, month, 1), Date(year, month, _last_of(year, month))


def _month_before(first: Date) -> tuple[int, int]:
    before = first - datetime.timedelta(days=1)
    return before.year, before.month


def _quarter(year: int, quarter: int) -> Period:
    return Date(year, quarter * 3 - 2, 1), _month(year, quarter * 3)[1]
