"""One row of an office's ledger as clean values: words of the vocabularies, days, counts, people; or why it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any

from xinfang_cli.errors import BadValue
from xinfang_cli.intake.columns import COLUMNS, RECEIVED_FIELDS, Layout
from xinfang_cli.intake.days import parse_file_day
from xinfang_cli.intake.persons import (
    cell_text,
    clean_name,
    clean_text,
    doubts,
    half_width,
    headcount,
    normalise_id,
    normalise_phone,
)
from xinfang_cli.law import terms
from xinfang_cli.law.terms import Vocabulary

HANDLING = Vocabulary(
    "办理方式",
    {
        "forward": ("转送", "转办", "转送办理", "转交", "转送交办", "转送/交办"),
        "task": ("交办", "交办件", "交办办理"),
        "direct": ("直接回复", "直接答复", "直接办理", "当场答复", "当面答复", "自办"),
        "file": ("存", "存查", "存档", "暂存", "阅存", "已存查"),
        "told": ("受理告知", "告知", "受理", "已受理", "予以受理"),
        "refuse": ("不予受理", "不受理"),
        "refuse_again": ("不再受理", "不再予以受理"),
    },
)
REPEAT = Vocabulary(
    "初重件",
    {
        "first": (
            *("初次", "初", "初信", "初访", "初网", "初电", "初件", "初信初访", "初次信访", "首次"),
            *("是", "√", "✓", "✔", "y", "yes", "true", "1"),
        ),
        "repeat": (
            *("重复", "重", "重信", "重访", "重网", "重电", "重件", "重复件", "重复信访", "重信重访", "再次", "多次"),
            *("否", "不是", "×", "✗", "✘", "x", "n", "no", "false", "0"),
        ),
    },
)

# What a row is known again by when it has no number at all: what the clerk took down at intake, nothing that comes later.
PRINTED = (
    *("received_on", "channel", "kind", "topic", "region", "title", "content"),
    *("name", "id_no", "phone", "address", "headcount", "affected"),
)
# The columns that go into the registration as they are.
INTAKE = (
    *("external_no", "registered_on", "petitioned_on", "channel", "kind", "topic", "region", "title", "content"),
    *("name", "id_no", "phone", "address", "headcount", "affected"),
)
_PEOPLE = ("name", "id_no", "phone", "address")
_DAYS_COUNT = r"([0-9]{1,4})(?:\.0+)?(?:天|日|个?工作日)?"


class LedgerRow:
    """What one row says. `said`: field → clean value; `reasons`: (heading, why) for which it cannot be taken."""

    __slots__ = ("doubts", "extras", "line", "reasons", "said")

    def __init__(
        self,
        line: int,
        said: dict[str, Any],
        extras: dict[str, str],
        reasons: list[tuple[str, str]],
        doubts: list[tuple[str, str]],
    ) -> None:
        self.line = line
        self.said = said
        self.extras = extras
        self.reasons = reasons
        self.doubts = doubts

    def fingerprint(self) -> bytes:
        """The same for rows whose intake fields say the same, however they are spaced or written."""
        said = self.said
        parts = [f"{said[field]}" if field in said else "" for field in PRINTED]
        plain = "\x1f".join("".join(half_width(part).split()) for part in parts).casefold()
        return blake2b(plain.encode(), digest_size=16).digest()


class RowReader:
    """Reads the rows of one table: `read` gives what a row says, or None where the contract passes over it."""

    def __init__(self, layout: Layout, *, epoch1904: bool = False) -> None:
        self.layout = layout
        self._received = [field for field in RECEIVED_FIELDS if layout.has(field)]
        self._doubtless = {kind for kind, field in _MISSING_COLUMN.items() if not layout.has(field)}
        self._clean: dict[str, Callable[[Any], Any]] = {}
        # Words, days and units repeat all through a ledger: each is worked out once a column.
        self._seen: dict[str, dict[Any, Any]] = {}
        for column in COLUMNS:
            heading = layout.heading_of(column.field)
            cleaner, repeats = _cleaner(column.field, column.holds, heading, epoch1904)
            if cleaner is not None:
                self._clean[column.field] = cleaner
            if repeats:
                self._seen[column.field] = {}

    def missing_columns(self) -> list[str]:
        """The headings of columns that a ledger should have and this one has not."""
        return [self.layout.heading_of(field) for field in _MISSING_COLUMN.values() if not self.layout.has(field)]

    def read(self, line: int, cells: Sequence[object]) -> LedgerRow | None:
        values = self.layout.read(cells)
        if values is None:
            return None
        said: dict[str, Any] = {}
        reasons: list[tuple[str, str]] = []
        seen, cleaners = self._seen, self._clean
        for field, value in values.fields.items():
            known = seen.get(field)
            if known is not None:
                try:
                    clean = known[value]
                except KeyError:
                    try:
                        clean = cleaners[field](value)
                    except BadValue as error:
                        reasons.append((self.layout.heading_of(field), error.line()))
                        continue
                    if len(known) < 16384:
                        known[value] = clean
                if clean is not None:
                    said[field] = clean
            elif field in cleaners:
                try:
                    if (clean := cleaners[field](value)) not in (None, ""):
                        said[field] = clean
                except BadValue as error:
                    reasons.append((self.layout.heading_of(field), error.line()))
            else:
                said[field] = value
        self._receive(said, reasons)
        return LedgerRow(line, said, values.extras, reasons, self._doubts(said))

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
            reasons.append((heading, f"{heading}是空的，不知道哪天收到。请补上日期"))

    def _doubts(self, said: dict[str, Any]) -> list[tuple[str, str]]:
        get = said.get
        found = doubts(*(get(field, "") for field in _PEOPLE))
        if found and self._doubtless:
            return [doubt for doubt in found if doubt[0] not in self._doubtless]
        return found


_MISSING_COLUMN = {"no_name": "name", "no_address": "address"}


def _cleaner(field: str, holds: str, heading: str, epoch1904: bool) -> tuple[Callable[[Any], Any] | None, bool]:
    """How a field's cell becomes its value, and whether its values repeat enough to be remembered."""
    if holds == "day":
        return lambda cell: parse_file_day(cell, heading, epoch1904=epoch1904), True
    if field in _VOCABULARIES:
        vocabulary = _VOCABULARIES[field]
        return lambda cell: vocabulary.parse(cell_text(cell), heading), True
    if field == "mode":
        return lambda cell: _handling(cell_text(cell), heading), True
    if field in ("unit_rating", "bureau_rating"):
        return lambda cell: _rating(cell_text(cell), heading), True
    if field == "headcount":
        return lambda cell: headcount(cell, heading), True
    if field in ("affected", "extended_days"):
        return lambda cell: _count(cell, heading, field), True
    if field in ("unit", "topic", "region", "batch", "lead"):
        return clean_name, True
    return _PLAIN.get(field), False


_VOCABULARIES: Mapping[str, Vocabulary] = {
    "channel": terms.CHANNEL,
    "kind": terms.KIND,
    "outcome": terms.OUTCOME,
    "review_result": terms.RESULT,
    "repeat_mark": REPEAT,
}


def number(cell: object) -> str:
    """A case's number as it is compared: half-width, without blanks."""
    return "".join(half_width(clean_text(cell)).lstrip("'").split())


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "case_no": number,
    "external_no": number,
    "repeat_of": number,
    "name": clean_name,
    "id_no": normalise_id,
    "phone": normalise_phone,
}


def _handling(word: str, heading: str) -> str:
    found = HANDLING.find(word)
    if found is None:
        found = "task" if "交办" in word else "forward" if "转送" in word or "转办" in word else None
    return found or HANDLING.parse(word, heading)


def _rating(word: str, heading: str) -> str | None:
    found = terms.RATING.parse(word, heading)
    return None if found == "none" else found


def _count(cell: object, heading: str, field: str) -> int | None:
    """People or days; 0 says nothing."""
    plain = "".join(half_width(clean_text(cell)).split())
    if field == "affected":
        return None if plain.rstrip("人") in ("0", "0.0") else headcount(cell, heading)
    found = re.fullmatch(_DAYS_COUNT, plain)
    if not found:
        raise BadValue(heading, cell_text(cell), "不是天数", "写整数，如 15、15天")
    return int(found[1]) or None


def day_text(value: object) -> str:
    """A value as a clerk would write it."""
    return value.isoformat() if isinstance(value, date) else str(value)
