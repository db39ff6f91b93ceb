"""One row of an office's ledger as clean values: words of the vocabularies, days, counts, people; or why it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from xinfang_cli.errors import BadValue, next_step
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.cleaning import (
    cell_text,
    clean_name,
    clean_text,
    doubts,
    half_width,
    headcount,
    normalise_id,
    normalise_phone,
    number,
)
from xinfang_cli.intake.closed_words import BY_SECTION, CLOSED, Noted, Sense, closed_word
from xinfang_cli.intake.days import CHINA, parse_file_day
from xinfang_cli.intake.headings import COLUMNS, RECEIVED_FIELDS, Layout, Values, cell_value
from xinfang_cli.intake.names import GROUP_WORDS, clean_names, is_nobody, may_be_several, people_of, says_more
from xinfang_cli.intake.no_cases import Passed, is_example, is_total, no_case
from xinfang_cli.intake.readers.marks import as_shown, code_of
from xinfang_cli.intake.readers.sheet import Lost, MarkedRow
from xinfang_cli.intake.unit_cell import clean_unit
from xinfang_cli.law import terms
from xinfang_cli.law.texts import is_masked

# What a row is known again by when it has no number at all: what the clerk took down at intake, nothing that comes later.
PRINTED = (
    *("received_on", "channel", "kind", "topic", "region", "title", "content"),
    *("name", "id_no", "phone", "address", "headcount", "affected"),
)
# The columns that go into the registration as they are.
INTAKE = (
    *("external_no", "registered_on", "petitioned_on", "channel", "kind", "topic", "region", "title", "content"),
    *("name", "id_no", "phone", "address", "headcount", "affected", "representatives"),
    *(
        "complained_unit",
        "complained_person",
        "complained",
        "crossing",
        "outside_acceptance_due",
        "outside_completion_due",
    ),
)
WHOLE_ROW = "整行"
"""Stands for the column in the reason of a row that is turned back whatever its cells say."""
JOINT = "联名信访人"
"""The extra field that keeps the names beside the first."""

_PEOPLE = ("name", "id_no", "phone", "address")
_DAYS_COUNT = r"([0-9]{1,4})(?:\.0+)?(?:天|日|个?工作日)?"


PLAIN = Sense()
"""Nothing said beside the headings."""


class LedgerRow(NamedTuple):
    """The content of one row. `said`: field → clean value; `reasons`: (heading, reason) of its rejection."""

    line: int
    said: dict[str, Any]
    extras: dict[str, str]
    reasons: list[tuple[str, str]]
    doubts: list[tuple[str, str]]
    written: Mapping[str, object] = {}
    """Of fields that one cell was taken apart into: what they would be without, as older books have them."""

    def fingerprint(self) -> bytes:
        """The same for rows whose intake fields say the same, however they are spaced or written."""
        said = {**self.said, **self.written} if self.written else self.said
        if said.get("kind") in terms.APPEALS:  # one kind, when the first books were written
            said = {**said, "kind": "appeal"}
        parts = [f"{said[field]}" if said.get(field) is not None else "" for field in PRINTED]
        plain = "\x1f".join("".join(half_width(part).split()) for part in parts).casefold()
        return blake2b(plain.encode(), digest_size=16).digest()


def missing_columns(layout: Layout) -> list[tuple[str, str]]:
    """(kind of the doubt it leaves, field) of columns that a ledger should have and this one has not."""
    return [(kind, field) for kind, field in _WANTED.items() if not layout.has(field)]


class RowReader:
    """Reads the rows of one table: `read` returns a row's content, or the ground for passing it over."""

    def __init__(
        self,
        layout: Layout,
        *,
        epoch1904: bool = False,
        lost: Lost | None = None,
        sense: Sense = PLAIN,
        zone: tzinfo = CHINA,
        title_year: int | None = None,
    ) -> None:
        self.layout = layout
        self._lost = lost or {}
        self._received = [field for field in RECEIVED_FIELDS if layout.has(field)]
        self._doubtless = {kind for kind, field in _WANTED.items() if not layout.has(field)}
        self._intake = [(kind, _WANTED[kind]) for kind in ("no_channel", "no_kind", "no_title")]
        self._id_at = layout.columns.get("id_no", -1)
        self._channel_at = layout.columns.get("channel", -1)
        self._long = [layout.columns[field] for field in ("content", "reply", "title") if layout.has(field)]
        self._long += [index for index, _ in layout.unknown_at()]
        self._sense = sense
        days_are = _Days(epoch1904, sense.year, sense.day_order, zone, title_year)
        self._clean = {
            column.field: _days_of(layout.heading_of(column.field), days_are)
            if column.holds == "day"
            else _cleaner(column.field, layout.heading_of(column.field), sense)
            for column in COLUMNS
        }
        # Words, days and units repeat all through a ledger: each cell of such a column is worked out once.
        self._repeating: list[tuple[str, bool, dict[object, Any]]] = []
        self._single: list[tuple[int, str, Callable[[Any], Any] | None]] = []
        days: dict[object, Any] = {"": None}  # a day is one in whichever column: they are kept together
        indexes = []
        for index, field, typed in layout.plan:
            if field in _SINGLE:
                self._single.append((index, field, self._clean[field]))
            else:
                self._repeating.append((field, typed, days if typed else {"": None}))
                indexes.append(index)
        self._defaults = self._cleaned_defaults(sense)
        self._pick = itemgetter(*indexes, -1, -1)  # two more, that it gives a tuple in any case

    def read(self, line: int, cells: Sequence[object]) -> LedgerRow | Passed:
        """A row of the sheet as clean values with the reasons against it, or why the line is passed over."""
        layout = self.layout
        slowly = layout.more or len(cells) != len(layout.headings) or line in self._lost
        if slowly or cells.__class__ is MarkedRow:
            return self._read_slowly(line, cells)
        said: dict[str, Any] = {}
        reasons: list[tuple[str, str]] = []
        noted: list[tuple[str, Noted]] = []
        for (field, typed, known), cell in zip(self._repeating, self._pick(cells), strict=False):
            try:
                value = known[cell]
            except KeyError:
                value = self._work_out(field, cell_value(cell, typed))
                if len(known) < _MOST_KNOWN and not (typed and value.__class__ is _Wrong):  # which names its column
                    known[cell] = value
            if value is not None:
                kind = value.__class__
                if kind is _Wrong:
                    reasons.append((layout.heading_of(field), value))
                elif kind is Noted:
                    noted.append((field, value))
                    if value.value is not None:
                        said[field] = value.value
                else:
                    said[field] = value
        if not any(field in said for field in self._received):
            return self._read_slowly(line, cells)  # perhaps no case at all
        self._read_single(cells, said, reasons)
        row = self._made(line, said, layout.unknown_cells(cells), reasons, cells)
        return self._with_notes(row, noted) if noted else row

    def _read_single(self, cells: Sequence[object], said: dict[str, Any], reasons: list[tuple[str, str]]) -> None:
        layout = self.layout
        for index, field, cleaner in self._single:
            value = cell_value(cells[index], False)
            if value is not None:
                if len(value) < _DITTO_ENDS and value in DITTO:  # type: ignore[arg-type]
                    reasons.append((layout.heading_of(field), _ditto(layout.heading_of(field), value)))
                elif value in FAILED:
                    reasons.append((layout.heading_of(field), _lost_cell(str(value))))
                elif cleaner is None or (value := cleaner(value)):
                    said[field] = value

    def _made(
        self,
        line: int,
        said: dict[str, Any],
        extras: dict[str, str],
        reasons: list[tuple[str, str]],
        cells: Sequence[object],
    ) -> LedgerRow | Passed:
        for field, value in self._defaults.items():
            said.setdefault(field, value)
        if "again" in said:
            self._repeats(said, reasons)
        if "complained_unit" in said or "complained_person" in said:
            _complain(said)
        self._receive(said, reasons)
        aside = self._set_aside(said, extras, cells)
        name = said.get("name", "")
        number = said.get("case_no", "")
        for field in _OF_NUMBERS:
            if (written := said.get(field)) and (len(written) > 15 or "+" in written or written[4:5] == "-"):
                self._check_whole(field, written, cells, reasons)
        if number and not name and is_total(number) and not said.keys() & _SAYS_WHAT:
            return Passed("total", number)
        if ("例" in name or "示范" in name or "例" in number) and is_example(name, number):
            return Passed("example", number or name)
        if may_be_several(name) or (0 <= self._channel_at < len(cells) and _many(cells[self._channel_at])):
            return self._several(line, said, extras, reasons, cells, aside)
        return LedgerRow(line, said, extras, reasons, self._doubts(said, cells, aside), aside)

    def _set_aside(self, said: dict[str, Any], extras: dict[str, str], cells: Sequence[object]) -> dict[str, object]:
        """Names and numbers that name nobody (匿名, 测**, 138****0000) are no petitioner's: they stay beside the
        registration as they were written. So do the words beside a phone (妻子). Gives back what was taken out."""
        aside: dict[str, object] = {}
        name, id_no, phones = said.get("name"), said.get("id_no"), said.get("phone")
        if name is not None and (is_masked(name) or is_nobody(name)):
            extras[self.layout.heading_of("name")] = aside["name"] = said.pop("name")
        if id_no is not None and is_masked(id_no):
            extras[self.layout.heading_of("id_no")] = aside["id_no"] = said.pop("id_no")
        cell = self._cell("phone", cells) if phones is not None else None
        if (
            cell != phones
            and (written := clean_text(cell)) != phones
            and _BESIDE.search(_LABELS.sub("", half_width(written)))
        ):
            extras[f"{self.layout.heading_of('phone')}（原文）"] = written
        if phones is not None and is_masked(phones):
            aside["phone"] = said.pop("phone")
            extras[self.layout.heading_of("phone")] = phones
            if kept := [number for number in phones.split("、") if not is_masked(number)]:
                said["phone"] = "、".join(kept)
        return aside

    def _check_whole(self, field: str, written: str, cells: Sequence[object], reasons: list[tuple[str, str]]) -> None:
        """Reject a number rounded by a spreadsheet: several cases share it, and the second would be taken for the
        first.
        """
        heading = self.layout.heading_of(field)
        if _SHORTENED.fullmatch(written):
            how = "变成了科学计数"
        elif _lost_digits(self._cell(field, cells)):
            how = "存成了数字，第 16 位起已经丢了"
        elif isinstance(self._cell(field, cells), date):
            how = "被表格软件变成了日期"
        else:
            return
        why = f"{heading}「{written}」{how}，认不出原来的号。请在原系统里按文本导出，或把这一列设成文本、照原件填写"
        reasons.append((heading, why))

    def _cell(self, field: str, cells: Sequence[object]) -> object:
        at = self.layout.columns.get(field, -1)
        return cells[at] if 0 <= at < len(cells) else ""

    def _cleaned_defaults(self, sense: Sense) -> dict[str, Any]:
        """The default values of empty cells, cleaned; BadValue for an invalid one."""
        found = {}
        for field, word in sense.defaults.items():
            if word != BY_SECTION:
                found[field] = self.cleaned(field, word)
        return {field: value for field, value in found.items() if value not in (None, "")}

    def cleaned(self, field: str, word: str) -> Any:
        """A word as the value of a field; BadValue for one that it does not take."""
        cleaner = self._clean.get(field)
        value = word if cleaner is None else cleaner(word)
        return value.value if isinstance(value, Noted) else value

    def _with_notes(self, row: LedgerRow | Passed, noted: Sequence[tuple[str, Noted]]) -> LedgerRow | Passed:
        """The words that say more than their value stand beside the registration as they were written."""
        if isinstance(row, Passed):
            return row
        for field, note in noted:
            row.extras[self.layout.heading_of(field)] = note.word
            if note.doubt is not None:
                row.doubts.append((note.doubt, ""))
        return row

    def _repeats(self, said: dict[str, Any], reasons: list[tuple[str, str]]) -> None:
        """是否重复 says the other way round what 是否初次 says."""
        meant = said.pop("again")
        if said.setdefault("repeat_mark", meant) != meant:
            mine, other = self.layout.heading_of("again"), self.layout.heading_of("repeat_mark")
            reasons.append((mine, f"与{other}说的相反。请核对，只留一列"))

    def _several(
        self,
        line: int,
        said: dict[str, Any],
        extras: dict[str, str],
        reasons: list[tuple[str, str]],
        cells: Sequence[object],
        aside: dict[str, object],
    ) -> LedgerRow:
        """A row of more than one petitioner: one name, how many, and the other names beside the registration."""
        name = said.get("name", "")
        found = people_of(name)
        written: dict[str, object] = {**aside}
        more: list[tuple[str, str]] = []
        named = 1 + len(found.others) if name else 0
        if found.first != name:
            written["name"] = name
            said["name"] = found.first
            if not found.first:
                del said["name"]
            if not found.others and says_more(name, found.first):
                extras[f"{self.layout.heading_of('name')}（原文）"] = name
        if found.unclear:
            more.append(("name_unclear", ""))
        if found.others:
            extras[JOINT] = "、".join(found.others)
        if "headcount" not in said and (count := found.number or (named if named > 1 else None)):
            written["headcount"] = None
            said["headcount"] = max(count, named)
        elif "headcount" not in said:
            channel = cells[self._channel_at] if 0 <= self._channel_at < len(cells) else ""
            if found.more or _many(channel):
                more.append(("group_without_count", ""))
        elif said["headcount"] < named:
            more.append(("fewer_than_named", ""))
        speak = found.speaks if found.first and not found.others else 1 < named < said.get("headcount", 0)
        if speak and named != said.get("headcount") and said.get("channel") in terms.VISITS:
            said.setdefault("representatives", named)  # 测试甲、测试乙等12人 came: those two speak for them (art. 20)
        return LedgerRow(line, said, extras, reasons, self._doubts(said, cells, aside) + more, written)

    def _read_slowly(self, line: int, cells: Sequence[object]) -> LedgerRow | Passed:
        """The same for any row: several headings for one field, short rows, rows that may be none, lost cells."""
        if isinstance(cells, MarkedRow) and cells.fault:
            return LedgerRow(line, {}, {}, [(WHOLE_ROW, cells.fault)], [])
        values = self.layout.read(cells)
        lost = self._lost.get(line, {})
        if values is None:
            if not lost or self.layout.is_foot(cells):
                return no_case(cells, self.layout.headings) or Passed("unknown_columns")
            values = Values({}, self.layout.unknown_cells(cells))
        said: dict[str, Any] = {}
        reasons = [(self.layout.headings[column], _lost_cell(shown)) for column, shown in sorted(lost.items())]
        noted: list[tuple[str, Noted]] = []
        for field, value in values.fields.items():
            clean = self._work_out(field, value)
            if clean.__class__ is _Wrong:
                reasons.append((self.layout.heading_of(field), clean))
            elif clean.__class__ is Noted:
                noted.append((field, clean))
                if clean.value is not None:
                    said[field] = clean.value
            elif clean not in (None, ""):
                said[field] = clean
        unsaid = not lost and not any(field in said for field in self._received)
        if unsaid and (passed := no_case(cells, self.layout.headings)) is not None:
            return passed
        row = self._made(line, said, values.extras, reasons, cells)
        if isinstance(row, LedgerRow):
            row.doubts.extend(self._said_otherwise(values.extras))
        return self._with_notes(row, noted) if noted else row

    def _said_otherwise(self, extras: Mapping[str, str]) -> list[tuple[str, str]]:
        """Whether a second column of a field says something else than the first."""
        kinds = (("said_twice", self.layout.twice), ("columns_differ", self.layout.others))
        return [(kind, "") for kind, headings in kinds if not headings.isdisjoint(extras)]

    def _work_out(self, field: str, value: object) -> Any:
        cleaner = self._clean.get(field)
        if value.__class__ is str and len(value) < _DITTO_ENDS and value in DITTO:
            return _Wrong(_ditto(self.layout.heading_of(field), value))
        if value.__class__ is str and value in FAILED:
            return _Wrong(_lost_cell(value))
        if cleaner is None or value is None:
            return value
        try:
            return cleaner(value)
        except BadValue as error:
            return _Wrong(error.line())

    def _receive(self, said: dict[str, Any], reasons: list[tuple[str, str]]) -> None:
        if "received_on" in said:
            return
        for field in self._received:
            if field in said:
                said["received_on"] = said.pop(field)
                return
        headings = {self.layout.heading_of(field) for field in self._received}
        if not any(heading in headings for heading, _ in reasons):
            heading = self.layout.heading_of(self._received[0] if self._received else "received_on")
            why = "是空的，不知道哪天收到。请补上日期"
            if not self._received:
                why = f"这一列表里没有，或没有认出，不知道哪天收到。请加 {next_step('.map')} 表里的列={heading}"
            reasons.append((heading, f"{heading}{why}"))

    def _doubts(
        self, said: dict[str, Any], cells: Sequence[object], aside: Mapping[str, object]
    ) -> list[tuple[str, str]]:
        get = said.get
        found = doubts(get("name", ""), get("id_no", ""), get("phone", ""), get("address", ""))
        if aside:
            found = [doubt for doubt in found if doubt[0] != "no_name" or "name" not in aside]
            if any(is_masked(str(value)) for value in aside.values()):
                found.append(("masked", ""))
        if 0 <= self._id_at < len(cells) and _lost_digits(cells[self._id_at]):
            found = [doubt for doubt in found if doubt[0] != "id_checksum"] + [("id_digits", "")]
        for kind, field in self._intake:
            if field not in said:
                found.append((kind, ""))
        if LOST_SIGN in f"{get('title', '')}{get('content', '')}{get('name', '')}{get('address', '')}":
            found.append(("lost_signs", ""))
        for at in self._long:
            if at < len(cells) and cells[at].__class__ is str and len(cells[at]) == CELL_HOLDS:  # type: ignore[arg-type]
                found.append(("cell_full", ""))
                break
        if found and self._doubtless:
            return [doubt for doubt in found if doubt[0] not in self._doubtless]
        return found


def _complain(said: dict[str, Any]) -> None:
    """Read 不明, 无 under 被反映人 as no name; without other columns 不明 is the answer 不明 (art. 30)."""
    unknown = [field for field in _COMPLAINED if terms.COMPLAINED.find(said.get(field, "")) == "unknown"]
    if any(field in said for field in _COMPLAINED):
        from xinfang_cli.law.accused import names_nobody

        for field in _COMPLAINED:
            if field in said and names_nobody(said[field]):
                del said[field]
    if unknown and said.get("kind") == "accusation" and not any(field in said for field in _COMPLAINED):
        said["complained"] = "unknown"


_COMPLAINED = ("complained_unit", "complained_person")


def _many(cell: object) -> bool:
    """Whether the cell of 信访形式 says that several came or wrote together."""
    return cell.__class__ is str and any(word in cell for word in GROUP_WORDS)


def _lost_digits(cell: object) -> bool:
    """Whether a number is longer than the 15 digits that a workbook keeps of one."""
    return cell.__class__ is not str and isinstance(cell, (int, float)) and cell >= 1e15


class _Wrong(str):
    """Why a cell cannot be taken."""

    __slots__ = ()


LOST_SIGN = "\ufffd"
"""Stands where a character was lost before the file came to us."""
CELL_HOLDS = 32_767
"""Characters that a cell of a workbook can hold: what has just as many was cut off there by who wrote it."""
DITTO = frozenset({"同上", "同前", "〃", "″", '"', "”", "''"})
"""Says what another row says; nothing that may be guessed."""
_DITTO_ENDS = max(map(len, DITTO)) + 1
FAILED = frozenset(
    {
        *("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"),
        *(f"Err:{number}" for number in range(501, 541)),
    }
)
"""What a formula that went wrong shows, where a file keeps no more than what is shown: text files, web pages."""


def _ditto(heading: str, value: object) -> str:
    return f"{heading}写的是「{value}」。请照上面那一格写全"


def _lost_cell(shown: str) -> str:
    if shown:
        return f"这一格的公式出错（{shown}）。请在表里改正，或写上值"
    return "这一格是公式，文件里没有算出的值。请用 Excel 或 WPS 打开这个表、保存，再导入"


# Columns in which hardly two cells are the same; nothing in them is refused.
_SINGLE = frozenset(
    {"case_no", "external_no", "repeat_of", "title", "content", "reply", "name", "id_no", "phone", "address"}
)
_LABELS = re.compile("(?:联系)?(?:手机|电话|座机|固话|号码?|转|分机|或|和|及|tel)", re.IGNORECASE)
_BESIDE = re.compile("[\u3400-\u9fffA-Za-z]")
"""What is left of a phone's cell without labels: whose it is."""
_OF_NUMBERS = ("case_no", "external_no", "repeat_of")
_SHORTENED = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{1,3}")
_SAYS_WHAT = frozenset({"title", "content", "unit", "phone"})
"""What no line of totals says."""
_MOST_KNOWN = 16_384
_WANTED = {"no_channel": "channel", "no_kind": "kind", "no_title": "title", "no_name": "name", "no_address": "address"}


class _Days(NamedTuple):
    """The rules for reading a sheet's days."""

    epoch1904: bool
    year: int | None
    """Of those without one, as somebody said."""
    order: str
    zone: tzinfo
    title_year: int | None
    """What the title says of it, and nobody has confirmed."""


def _days_of(heading: str, days: _Days) -> Callable[[Any], Any]:
    """The parser for a column of days."""
    return lambda cell: _day(cell, heading, days)


def _cleaner(field: str, heading: str, sense: Sense) -> Callable[[Any], Any] | None:
    """The parser of a field's cells; None: unchanged."""
    if field in CLOSED:
        return lambda cell: closed_word(field, cell_text(cell), heading, sense)
    if field == "headcount":
        return lambda cell: headcount(cell, heading)
    if field in ("affected", "representatives", "extended_days"):
        return lambda cell: _count(cell, heading, field)
    if field in ("unit", "co_unit"):
        return clean_unit
    if field == "crossing":
        return lambda cell: _crossing(cell_text(cell), heading)
    if (form := sense.codes.get(field)) is not None and (code := code_of(form)) is not None:
        return lambda cell: as_shown(int(text), code) if (text := number(cell)).isdigit() else text
    if field in ("topic", "region", "batch", "lead", "complained_unit", "complained_person"):
        return clean_name
    return _PLAIN.get(field)


def _crossing(word: str, heading: str) -> str | None:
    """三跨三分离 as the book has it; a plain no says nothing."""
    return None if word.strip() in _NO else terms.crossing_of(word, heading) or None


_NO = ("否", "无", "不是", "不属于", "×", "0")
_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "case_no": number,
    "external_no": number,
    "repeat_of": number,
    "name": clean_names,
    "id_no": normalise_id,
    "phone": normalise_phone,
}


_MONTH_DAY = re.compile(r"([0-9]{1,2})(?:[./-]|月)([0-9]{1,2})日?")


def _day(cell: object, heading: str, days: _Days) -> date | Noted | None:
    """The day in a cell; one without a year is of the year that was said for the whole sheet."""
    if cell.__class__ is not str or len(cell) < _SHORTEST_WITH_YEAR:
        text = half_width(cell_text(cell)).strip() if not isinstance(cell, date) else ""
        if (found := _MONTH_DAY.fullmatch(text)) is not None:
            return _of_year(cell, found, heading, days)
    if (
        cell.__class__ is str
        and cell[:4].isdigit() is False
        and (found := _YEAR_ASIDE.fullmatch(half_width(cell).strip()))
    ):
        return _in_order(cell, found, heading, days.order)
    day = parse_file_day(cell, heading, epoch1904=days.epoch1904, zone=days.zone)
    if cell.__class__ is float and cell % 1 > _NEARLY_ALL_DAY:
        return Noted(day, f"{cell}", "before_midnight")
    if isinstance(cell, datetime) and cell.time() > _LAST_HALF_SECOND:
        return Noted(day, f"{cell}", "before_midnight")
    return day


_LAST_HALF_SECOND = time(23, 59, 59, 500_000)
"""From then on a spreadsheet shows the next day."""
_NEARLY_ALL_DAY = 1 - 0.5 / 86_400
_YEAR_ASIDE = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{1,2})(?:\s.*)?")
ORDERS = {"日月年": (2, 1, 0), "月日年": (2, 0, 1), "年月日": (0, 1, 2)}


def _in_order(cell: str, found: re.Match[str], heading: str, order: str) -> date:
    """4/5/2023 by the order that was said for the whole sheet."""
    if not order:
        fitting = " 或 ".join(name for name in ORDERS if _fits(found, name))
        hint = f"；整张表都一样的，加 {next_step('.day_order')} {fitting}" if fitting else ""
        raise BadValue(heading, cell, "的年份不在最前或不是四位，有歧义", f"请写成 年-月-日{hint}")
    parts = [int(found[n]) for n in (1, 3, 4)]
    year, month, day = (parts[place] for place in ORDERS[order])
    if len(found[(1, 3, 4)[ORDERS[order][0]]]) == 1:
        raise BadValue(heading, cell, f"按{order}没有年份", "请写上四位的年份")
    try:
        return date(year + 2000 * (year < 100), month, day)
    except ValueError:
        raise BadValue(heading, cell, f"按{order}不是日期", "请核对日和月") from None


def _fits(found: re.Match[str], order: str) -> bool:
    """Tell whether a cell is a day in that order."""
    year, month, day = (found[(1, 3, 4)[place]] for place in ORDERS[order])
    try:
        return len(year) > 1 and date(int(year) + 2000 * (int(year) < 100), int(month), int(day)) is not None
    except ValueError:
        return False


_SHORTEST_WITH_YEAR = 8


def without_year(cell: object) -> bool:
    """Whether a cell holds a month and a day only."""
    return not isinstance(cell, date) and _MONTH_DAY.fullmatch(half_width(cell_text(cell)).strip()) is not None


def _of_year(cell: object, found: re.Match[str], heading: str, days: _Days) -> date:
    text, year = cell_text(cell), days.year
    if year is None:
        likely = f"标题写的是 {days.title_year} 年，" if days.title_year else ""
        hint = f"请补上年份；{likely}整张表都是一年的，加 ⟦.year⟧ {days.title_year or '年份'}"
        raise BadValue(heading, text, "没有年份", hint)
    if isinstance(cell, float) and found[2] in ("1", "2", "3"):
        raise BadValue(heading, text, "存成了数字，分不清是几日", f"请写成 {year}-{int(found[1]):02d}-xx")
    try:
        return date(year, int(found[1]), int(found[2]))
    except ValueError:
        raise BadValue(heading, text, "不是日期", "请核对月和日") from None


def _count(cell: object, heading: str, field: str) -> int | None:
    """People or days; 0 says nothing."""
    plain = "".join(half_width(clean_text(cell)).split())
    if field != "extended_days":
        return None if plain.rstrip("人") in ("0", "0.0") else headcount(cell, heading)
    found = re.fullmatch(_DAYS_COUNT, plain)
    if not found:
        raise BadValue(heading, cell_text(cell), "不是天数", "写整数，如 15、15天")
    return int(found[1]) or None


def day_text(value: object) -> str:
    """A value as a clerk would write it."""
    return value.isoformat() if isinstance(value, date) else str(value)
