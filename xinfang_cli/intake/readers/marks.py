"""Marks of a workbook outside its cells: code formats, struck-out and hidden rows."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.readers.sheet import MarkedRow, Row

_PRECISE_BELOW = 1e15
"""A spreadsheet keeps 15 digits of a number: of a longer one no format shows the end."""
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|(.)', re.DOTALL)
_NO_CODE = frozenset(".,%?/@EeGgymdhsYMDHSAPap年月日时分秒")


class Marks:
    """The marks of one sheet."""

    __slots__ = ("codes", "columns", "hidden", "late", "partly", "struck", "truths", "unseen")

    def __init__(self) -> None:
        self.codes: dict[int, list[tuple[int, int, str]]] = {}
        """Column from 0 → (first row, last row, number format) from top to bottom."""
        self.columns: set[int] = set()
        """Hidden ones, from 0."""
        self.struck: set[int] = set()
        self.hidden: set[int] = set()
        self.partly: set[int] = set()
        """Rows of which some is struck out."""
        self.unseen: set[int] = set()
        """Rows of which some is written in the colour of its ground, or under a format that shows nothing."""
        self.late: dict[int, list[int]] = {}
        """Row → columns from 0 of the moments that readers round up to the next day."""
        self.truths = False
        """Some cells are true or false: to Python 1 and 0 are the same, and a cell worked out once stands for its equals."""

    def __bool__(self) -> bool:
        return bool(self.codes or self.struck or self.hidden or self.partly or self.unseen or self.late or self.truths)

    def hide_columns(self, first: int, last: int) -> None:
        """Columns from 0; those beyond any heading are of no interest."""
        self.columns.update(range(first, min(last, _FARTHEST_COLUMN) + 1))

    def code(self, row: int, column: int, form: str, rows: int = 1) -> None:
        """A cell, or a repeated one, under a number format that makes a code of it."""
        runs = self.codes.setdefault(column, [])
        if runs and runs[-1][2] == form and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row + rows - 1, form)
        else:
            runs.append((row, row + rows - 1, form))

    def strike(self, row: int, cells: Collection[bool | None]) -> None:
        """Struck-out cells among a row's filled ones: wholly (True), partly (None)."""
        if cells and all(cells):
            self.struck.add(row)
        elif any(cell is not False for cell in cells):
            self.partly.add(row)

    def unsee(self, row: int, cells: Collection[bool]) -> None:
        """Of a row's filled cells: which nobody sees. All of them: it is hidden."""
        if cells and all(cells):
            self.hidden.add(row)
        elif any(cells):
            self.unseen.add(row)

    def over(self, rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
        """The rows as they show."""
        runs = {column: iter(found) for column, found in self.codes.items()}
        at = {column: next(found) for column, found in runs.items()}
        for number, cells in rows:
            shown = {}
            for column, (_, last, _) in list(at.items()):
                if last < number:
                    at[column] = next(runs[column], _NEVER)
                first, last, form = at[column]
                if first <= number <= last and column < len(cells):
                    shown[column] = as_shown(cells[column], form)
            if number in self.late:
                shown |= {at: on_its_day(cells[at]) for at in self.late[number] if at < len(cells)}
            if self.truths and any(cell is True or cell is False for cell in cells):
                cells = [_TRUTHS[cell] if cell is True or cell is False else cell for cell in cells]
            if shown:
                cells = [shown.get(column, cell) for column, cell in enumerate(cells)]
            if number in self.struck or number in self.hidden or number in self.partly or number in self.unseen:
                struck, partly = number in self.struck, number in self.partly
                row = MarkedRow(cells, struck=struck, hidden=number in self.hidden, partly=partly)
                row.unseen = number in self.unseen
                yield number, row
            else:
                yield number, cells


_FARTHEST_COLUMN = 1024
_NEVER = (1 << 31, 1 << 31, "")
_TRUTHS = {True: "是", False: "否"}


def is_late(number: float) -> bool:
    """Whether a moment is so close before midnight that readers with millisecond precision round it up."""
    return number % 1 >= _LATEST


def on_its_day(cell: object) -> object:
    """A moment that was rounded up to midnight, on the day before again; anything else as it is."""
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell - _MOMENT
    return cell


_LATEST = 1 - 0.000_6 / 86_400
_MOMENT = datetime.timedelta(microseconds=1)


def code_of(number_format: str) -> str | None:
    """A number format as a code of `0`, `#` and literal characters behind a backslash; None where it makes no code of a
    whole number: decimals, thousands, days, plain numbers."""
    made, zeros, literal = [], 0, False
    for quoted, escaped, plain in _TOKEN.findall(number_format.partition(";")[0]):
        if plain in ("0", "#") and plain:
            made.append(plain)
            zeros += plain == "0"
        elif plain in _NO_CODE and plain:
            return None
        else:
            text = quoted or escaped or plain
            literal = literal or bool(text.strip())
            made += [f"\\{char}" for char in text]
    return "".join(made) if zeros and (zeros > 1 or literal) else None


BUILT_IN = {9: "0%", 10: "0.00%"}
"""The number formats that a workbook does not write out and of which something is to be told."""
_PERCENT = re.compile(r"(?:#,#*)?#*0(?:\.(0{1,15}))?(?:_.|\\.| )?%(?:_.|\\.| )?")


def shown_by(number_format: str) -> str | None:
    """How `as_shown` is to show numbers under a format: as a code, or as per cent (`%2`: with two places); None: as they are."""
    if (found := _PERCENT.fullmatch(number_format.partition(";")[0])) is not None:
        return f"%{len(found[1] or '')}"
    return code_of(number_format)


def as_shown(cell: object, code: str) -> object:
    """A whole number under a code (123 under 00000: `00123`), any under per cent; anything else as it is."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return cell
    if code.startswith("%"):
        places = Decimal(1).scaleb(-int(code[1:]))
        return f"{(Decimal(repr(cell)) * 100).quantize(places, ROUND_HALF_UP)}%" if abs(cell) < _PRECISE_BELOW else cell
    if not 0 <= cell < _PRECISE_BELOW or cell % 1:
        return cell
    digits = str(int(cell))
    tokens = re.findall(r"\\.|.", code, re.DOTALL)
    first = next(n for n, token in enumerate(tokens) if token in "0#")
    shown = []
    for place, token in reversed(list(enumerate(tokens))):
        if token[0] == "\\":
            shown.append(token[1])
        elif place == first:
            shown.append(digits or ("0" if token == "0" else ""))
        else:
            shown.append(digits[-1:] or ("0" if token == "0" else ""))
            digits = digits[:-1]
    return "".join(reversed(shown)).strip()


class Unseen(NamedTuple):
    """Whether a cell style keeps the numbers, and the texts, that stand in its cells from being seen."""

    numbers: bool
    texts: bool


def unseen_under(number_format: str, *, colour: str | None = None, ground: str | None = None) -> Unseen:
    """Find what a format shows nothing of (`;;;`), or all where the text has the colour of its ground: both as rrggbb,
    None of one that is not known."""
    if colour is not None and colour == ground:
        return Unseen(numbers=True, texts=True)
    if ";" not in number_format or number_format[0] != ";":
        return _SEEN
    parts = number_format.split(";")
    return Unseen(numbers=not any(parts[:3]), texts=len(parts) > _OF_TEXTS and not parts[_OF_TEXTS].strip())


_SEEN = Unseen(numbers=False, texts=False)
_OF_TEXTS = 3
"""Which part of a number format texts are shown by."""
WHITE = "ffffff"
