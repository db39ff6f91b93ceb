"""The only step of an import that changes the book: new cases in bulk, further events of known cases, missing list
entries.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from xinfang_cli.book import sealing
from xinfang_cli.book.chain import Pen
from xinfang_cli.book.engine import Docketed, Known
from xinfang_cli.book.face import Book
from xinfang_cli.book.projection import CaseRows
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.law.case import Case
from xinfang_cli.law.event import Event
from xinfang_cli.law.fold import fold
from xinfang_cli.law.terms import GROUP
from xinfang_cli.law.texts import Texts
from xinfang_cli.office.exchange.importing.identify import Identities, RowFate, UnitWords
from xinfang_cli.office.exchange.importing.report import Tally
from xinfang_cli.office.exchange.row_plan import Plan

CHUNK = 250
TEXTS_HELD = 20_000
"""Cases whose texts wait for the text index: as many as it takes at once makes one piece of it."""


class Numbered(NamedTuple):
    """The number of a new case: ours with year and serial, and the sheet's own if different."""

    case_no: str
    year: int
    serial: int
    sheet_no: str | None


class Writer:
    """Writes what the law has taken."""

    def __init__(self, book: Book, pen: Pen, today: date, ids: Identities, words: UnitWords, tally: Tally) -> None:
        self.book = book
        self.pen = pen
        self.today = today
        self.ids = ids
        self.words = words
        self.tally = tally
        self.stays = True  # in a dry run no index is told or built
        self.tell: Callable[[list[tuple[int, Texts]]], None] = book.search.put_new
        self.seals = True  # in a copy nothing says yet which numbers the new cases have
        self.named = False  # the number of a new case was told
        # Where some rows bring numbers, those without get theirs last, so that none is taken from under a later row.
        self.number_last = False
        self.prefix = str(book.code.now.rules.settings["prefix"])
        self.serials = self.book.bulk.last_serials()
        self.first_id = self.next_id = self.book.bulk.next_case_id()
        self.waiting = self.book.bulk.waiting()
        self._unnumbered: list[tuple[int, int]] = []
        self._related: list[tuple[int, date, str]] = []
        self._docketed: list[Docketed] = []
        self._rows: list[CaseRows] = []
        self._texts: list[tuple[int, Texts]] = []
        self._topics: dict[str, str] = {}
        self._regions: dict[str, str] = {}

    # ---- a new case ---------------------------------------------------------------------------------------------

    def enter(self, fate: RowFate, plan: Plan, case: Case) -> None:
        """A new case with its history, its number, its texts."""
        self.make_units()
        register = plan.events[0].data
        self.listed(register)
        case.topic, case.region = register.get("topic"), register.get("region")
        case_id = self.next_id
        case_no, year, serial, sheet_no = self._number(fate)
        self.next_id += 1
        if sheet_no is None:
            sheet_no = register.get("sheet_no")
        else:
            register["sheet_no"] = sheet_no
        self._docketed.append((case_id, case_no, year, serial, sheet_no, fate.print))
        self.pen.append_all(case_id, plan.events)
        if self.stays:
            self._texts.append((case_id, self.book.search.texts_entered(plan.events)))
            self.pen.told()
        made = CaseRows(case_id, case_no, case, self.book.canonical)
        self._rows.append(made)
        self.tally.imported += 1
        if case.outside_completion_due is not None or case.outside_acceptance_due is not None:
            self.tally.outside_differs += case.outside_differs()
        entered = Known(case_id, made.case[12])
        self.ids.entered(fate, entered, case_no, sheet_no)
        if self.waiting:
            for number in fate.numbers():
                if number in self.waiting:
                    self._link_waiting(self.waiting.pop(number), entered, fate.here.line)
        if len(self._rows) >= CHUNK:
            self.flush()

    def _number(self, fate: RowFate) -> Numbered:
        said = fate.row.said
        number = said.get("case_no")
        year: int = said["received_on"].year
        if number is not None:
            own = self.ids.own.fullmatch(number.upper())
            if own and not (self.ids.undone and self.book.bulk.spent(own[0])):
                year, serial = int(own[1]), int(own[2])
                if serial > self.serials.get(year, 0):
                    self.serials[year] = serial
                return Numbered(own[0], year, serial, None)
        if self.number_last:
            self._unnumbered.append((year, self.next_id))
            return Numbered(f"?{self.next_id}", year, 0, number)
        serial = self.serials[year] = self.serials.get(year, 0) + 1
        return Numbered(f"{self.prefix}{year}-{serial:06d}", year, serial, number)

    def _link_waiting(self, waiting: list[int], original: Known, line: int) -> None:
        """Cases of the book that named this one before it came."""
        self.flush()
        for case_id in waiting:
            events = self.book.events.of(case_id)
            case = fold(events, self.book.code)
            if case is None:
                continue
            if case.received_on.isoformat() < original.received_on:
                self.tally.warn("original_later", line)
                continue
            self.append(case_id, events, [Event("link", case.received_on, {"repeat_of": original.id})])
            self.tally.linked += 1

    def relate_later(self, on: date, other: str) -> None:
        """The case entered next is related to one that may stand further down."""
        self._related.append((self.next_id, on, other))

    # ---- a case of the book -------------------------------------------------------------------------------------

    def append(self, case_id: int, events: list[Event], more: list[Event]) -> Case:
        """Append events that the law has taken to a case of the book; the case as it is then."""
        self.make_units()
        seq = events[-1].seq
        for event in more:
            if event.kind == "edit":
                self.listed(event.data["set"])
            seq += 1
            event.seq = seq
            self.pen.append(case_id, event)
        case = fold([*events, *more], self.book.code)
        assert case is not None
        self.flush()  # the cases entered before it first: their events stand in the same queue
        self.book.cases.put(case_id, self.book.cases.number_of(case_id), case)
        return case

    # ---- units, topics, places ----------------------------------------------------------------------------------

    def make_units(self) -> None:
        """The units that the row at hand names and the book lacks, under the ids foreseen."""
        if not self.words.unmade:
            return
        group = self.words.group
        if group is not None and GROUP.find(group) is None and group not in self.book.settings.group_names().values():
            group = None  # a heading between the rows that names no group
        for unit_id, word in self.words.unmade.items():
            made = self.book.units.add(self.pen, self.today, word, group=group)
            assert made.id == unit_id
            self.tally.new_units.append(made.name)
        self.words.made()

    def listed(self, data: dict[str, Any]) -> None:
        """Topic and place by the office's own names; made and reported where its lists lack them."""
        if (word := data.get("topic")) is not None:
            if word not in self._topics:
                found = self.book.units.find_topic(word)
                if found is None:
                    found = self.book.units.add_topic(self.pen, word, self.today)
                    self.tally.new_topics.append(found)
                self._topics[word] = found
            data["topic"] = self._topics[word]
        if (word := data.get("region")) is not None:
            if word not in self._regions:
                found = self.book.units.find_region(word)
                if found is None:
                    found = self.book.units.add_region(self.pen, word, self.today)
                    self.tally.new_regions.append(found)
                self._regions[word] = found
            data["region"] = self._regions[word]

    # ---- in batches ---------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Everything so far into the book, parents first."""
        if self._docketed:
            self.book.bulk.enter_many(self._docketed)
            self._docketed.clear()
        self.pen.flush()
        if self._rows:
            self.book.cases.put_many(self._rows)
            self._rows.clear()
            self.ids.prints.clear()
        if len(self._texts) >= TEXTS_HELD:
            self.put_texts()

    def flush_before(self, case_id: int) -> None:
        """So that a case entered a moment ago can be read."""
        if self._docketed and case_id >= self._docketed[0][0]:
            self.flush()

    def put_texts(self) -> None:
        """Hand the texts of the new cases to the index."""
        self.tell(self._texts)
        self._texts.clear()

    def finish(self) -> None:
        """Finish: numbers for cases without one, and relations between whole histories."""
        given = []
        for year, case_id in self._unnumbered:
            serial = self.serials[year] = self.serials.get(year, 0) + 1
            given.append((f"{self.prefix}{year}-{serial:06d}", serial, case_id))
        self.book.bulk.renumber(given)
        self.flush()
        for case_id, on, number in self._related:
            other = self.book.bulk.numbers_known((number.upper(),), ()).ours.get(number.upper())
            if other is not None:  # it moves no clock
                events = self.book.events.of(case_id)
                self.append(case_id, events, [Event("relate", on, {"to": other.id})])
        self.book.bulk.keep_serials(self.serials)
        self.flush()
        if self.seals:
            sealing.seal_numbers(self.book.conn, self.pen, self.first_id)

    def number_of(self, case_id: int) -> str:
        """The number of a case, be it one of this import."""
        self.flush()
        self.named = self.named or case_id >= self.first_id
        found = self.book.cases.number_of(case_id)
        return "本表另一行" if found.startswith("?") else found
