"""The case of a row: by its number, else the other system's, else its intake fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from xinfang_cli.book.engine import Known, NumbersKnown
from xinfang_cli.book.face import Book
from xinfang_cli.errors import Ambiguous, NotFound
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.rows import LedgerRow
from xinfang_cli.intake.sections import GROUP_OF_NEW
from xinfang_cli.intake.unit_cell import lead_and_helpers, not_one_unit
from xinfang_cli.office.exchange.row_plan import RowRefused, Units


class Here(NamedTuple):
    """The place of a row: sheet, row number, cells."""

    sheet: int
    line: int
    cells: tuple[object, ...]


class RowAt(NamedTuple):
    """A row of a sheet."""

    sheet: int
    line: int


class RowFate(NamedTuple):
    """A row in the pipeline: place, content, and fingerprint if it has no number."""

    here: Here
    row: LedgerRow
    print: bytes | None
    """Of the intake fields, and how often they stood in the file before: two anonymous letters of a day are two."""
    like: RowAt | None = None
    """The first row without a number that says the same at intake, if that is another one."""

    def numbers(self) -> Iterator[str]:
        """The numbers by which another row may name this one, in capitals."""
        for field in ("case_no", "external_no"):
            if (number := self.row.said.get(field)) is not None:
                yield number.upper()


def has_number(row: LedgerRow) -> bool:
    """Whether the row says a number of ours or another system's."""
    return "case_no" in row.said or "external_no" in row.said


class Prints:
    """The prints of the rows of a file without numbers, each with its place among its equals."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}  # half a print → the row: a million take less than their texts would
        self._before: dict[int, int] = {}

    def of(self, sheet: int, row: LedgerRow) -> tuple[bytes | None, RowAt | None]:
        """The fingerprint of a row without a number, and the first equal row before it."""
        if has_number(row) or "received_on" not in row.said:
            return None, None
        plain = row.fingerprint()
        half = int.from_bytes(plain[:8], "big")
        place = sheet << 40 | row.line
        first = self._first.setdefault(half, place)
        if first == place:
            return plain, None
        before = self._before[half] = self._before.get(half, 0) + 1
        print = blake2b(plain + before.to_bytes(4, "big"), digest_size=16).digest()
        return print, RowAt(first >> 40, first & (1 << 40) - 1)


class Identities:
    """Known numbers among the present rows, and cases entered since the lookup."""

    def __init__(self, book: Book) -> None:
        self.book = book
        prefix = str(book.code.now.rules.settings["prefix"])
        self.own = re.compile(re.escape(prefix.upper()) + r"([0-9]{4})-(?!0{6})([0-9]{6}|[1-9][0-9]{6})")
        self.undone = book.bulk.any_undone()
        self.known = NumbersKnown({}, {}, {})
        self.prints: dict[bytes, Known] = {}
        self.went_by: set[int] = set()
        """The cases of the book that some row named."""

    def look_up(self, rows: Iterable[LedgerRow]) -> None:
        """Ask the book for the numbers of these rows at once; those entered before are in it by now."""
        ours: set[str] = set()
        others: set[str] = set()
        for row in rows:
            said = row.said
            if (number := said.get("case_no")) is not None:
                (ours if self.own.fullmatch(number.upper()) else others).add(number)
            if (number := said.get("external_no")) is not None:
                others.add(number)
            if (number := said.get("repeat_of")) is not None:
                ours.add(number)
                if self.undone or not self.own.fullmatch(number.upper()):  # a spent number is that of the sheet only
                    others.add(number)
        self.known = self.book.bulk.numbers_known({number.upper() for number in ours}, others)
        for found in self.known:
            self.went_by.update([known.id for known in found.values()])

    def look_up_again(self, row: LedgerRow) -> None:
        """Ask for a row that waited, beside those of the rows at hand."""
        before = self.known
        self.look_up([row])
        for kept, found in zip(before, self.known, strict=True):
            for number, known in found.items():
                kept.setdefault(number, known)
        self.known = before

    def forget(self) -> None:
        """Drop the numbers known so far."""
        self.known = NumbersKnown({}, {}, {})

    def identify(self, fate: RowFate) -> Known | None:
        """The case a row is about, if it is in the book."""
        said, known = fate.row.said, self.known
        number, outside = said.get("case_no"), said.get("external_no")
        if number is not None:
            found = known.ours.get(number.upper()) or known.sheet.get(number)
            if found is None and self.undone:  # the number may have been spent, and the row come in under another
                found = self.book.bulk.numbers_known((), (number,)).sheet.get(number)
                self.went_by.update(() if found is None else (found.id,))
            return found
        if outside is not None:
            return known.outside.get(outside)
        if fate.print is None:
            return None
        found = self.prints.get(fate.print) or self.book.bulk.by_fingerprint(fate.print)
        self.went_by.update(() if found is None else (found.id,))
        return found

    def original_of(self, number: str) -> Known | None:
        """The case of that number: ours, another system's, or of the sheet."""
        known = self.known
        return known.ours.get(number.upper()) or known.outside.get(number) or known.sheet.get(number)

    def entered(self, fate: RowFate, entered: Known, case_no: str, sheet_no: str | None) -> None:
        """A new case: known by all its numbers from here on."""
        if fate.print is not None:
            self.prints[fate.print] = entered
        known = self.known
        if sheet_no is not None:
            known.sheet[sheet_no] = entered
        known.ours[case_no] = entered
        if (outside := fate.row.said.get("external_no")) is not None:
            known.outside[outside] = entered


_SEVERAL = re.compile("[、，,;；]")


class UnitWords:
    """The units of 责任单位 cells, each word looked up once. An unknown word has the id of the unit to be made once the row
    is accepted.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self._meant: dict[str, int | RowRefused] = {}
        self._next = book.bulk.next_unit_id()
        self.unmade: dict[int, str] = {}
        self.group: str | None = None
        """Of the units that the row at hand names and the book lacks, where the sheet says one."""

    def unit_of(self, word: str | None) -> int | None:
        """RowRefused when the word may be several units, or none."""
        if word is None:
            return None
        found = self._meant.get(word)
        if found is None:
            found = self._meant[word] = self._look_up(word)
        if isinstance(found, RowRefused):
            raise RowRefused(found.field, found.why)
        return found

    def of(self, said: Mapping[str, Any]) -> Units:
        """All units of a row with their roles."""
        word, others = said.get("unit"), said.get("co_unit")
        self.group = said.get(GROUP_OF_NEW)
        lead: str | None = word
        helpers: tuple[str, ...] = ()
        if word is not None and word not in self._meant and (roles := lead_and_helpers(word)):
            lead, helpers = (word, ()) if self._is_known(word) else roles
        unit_id = self.unit_of(lead)
        if not (helpers or others):
            return Units(unit_id)
        return Units(unit_id, self._several(_SEVERAL.split(others or ""), "co_unit"), self._several(helpers, "unit"))

    def _several(self, words: Iterable[str], field: str) -> tuple[int, ...]:
        try:
            named = [self.unit_of(word) for word in words if word.strip()]
        except RowRefused as error:
            raise RowRefused(field, error.why) from None
        return tuple(dict.fromkeys(unit for unit in named if unit is not None))

    def named(self, word: str) -> int:
        """The unit that a whole history names."""
        found = self.unit_of(word)
        assert found is not None
        return found

    def _look_up(self, word: str) -> int | RowRefused:
        try:
            return self.book.units.find(word).id
        except Ambiguous as error:
            return RowRefused("unit", error.line())
        except NotFound:
            why = not_one_unit(word, self._is_known)
            if why is not None:
                return RowRefused("unit", why)
            unit_id = self._next + len(self.unmade)
            self.unmade[unit_id] = word
            return unit_id

    def _is_known(self, word: str) -> bool:
        try:
            self.book.units.find(word)
        except (NotFound, Ambiguous):
            return False
        return True

    def made(self) -> None:
        """The unmade ones are in the book now, under the ids foreseen."""
        self._next += len(self.unmade)
        self.unmade.clear()

    def forget(self) -> None:
        """The row was not taken: its units are not made."""
        for word in self.unmade.values():
            del self._meant[word]
        self.unmade.clear()

    def name(self, unit_id: int) -> str:
        """The name of a unit, be it one that this import is about to add."""
        return self.unmade.get(unit_id) or self.book.units.by_id(unit_id).name
