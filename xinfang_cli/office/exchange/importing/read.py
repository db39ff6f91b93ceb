"""The first step of an import: the content of every line below the headers, or the ground for passing it over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import tzinfo

from xinfang_cli.errors import BadValue
from xinfang_cli.frozen import NamedTuple
from xinfang_cli.intake.closed_words import BY_SECTION, Sense
from xinfang_cli.intake.no_cases import SECTION, Passed
from xinfang_cli.intake.readers.sheet import MarkedRow
from xinfang_cli.intake.rows import JOINT, LedgerRow, RowReader
from xinfang_cli.intake.sections import plain_word
from xinfang_cli.intake.tables import SheetTable
from xinfang_cli.office.exchange.importing.identify import Here, Prints, RowFate, has_number
from xinfang_cli.office.exchange.importing.report import MERGED, Tally

STRUCK_OUT = "struck_out"
HIDDEN = "hidden"
"""A line of a hidden sheet that is read along with visible ones."""
_PETITIONER = frozenset({"name", "id_no", "phone", "address"})
_OF_A_CASE = ("case_no", "external_no", "received_on", "title", "content")


class Line(NamedTuple):
    """One line of a sheet: place, and content or ground for passing it over."""

    here: Here
    said: LedgerRow | Passed


def read_lines(sheet: int, table: SheetTable, sense: Sense, zone: tzinfo, *, alone: bool) -> Iterator[Line]:
    """Every line below the header; the names that stand below one of a joint petition are put to it. Of a hidden sheet
    nothing is taken but where it is the only one."""
    if table.hidden and not alone:
        return (Line(Here(sheet, line, tuple(cells)), Passed(HIDDEN)) for line, cells in table.rows() if any(cells))
    reader = RowReader(
        table.layout,
        epoch1904=table.epoch1904,
        lost=table.lost(),
        sense=sense,
        zone=zone,
        title_year=table.title_year,
    )
    lines: Iterator[Line] = (
        Line(Here(sheet, line, tuple(cells)), _read(reader, line, cells)) for line, cells in table.rows()
    )
    if fields := sense.by_section():
        lines = _in_sections(lines, reader, fields)
    blocks = _blocks(table)
    return _with_joint_names(lines, blocks) if blocks else lines


def _read(reader: RowReader, line: int, cells: Sequence[object]) -> LedgerRow | Passed:
    if cells.__class__ is MarkedRow and cells.struck:
        return Passed(STRUCK_OUT)
    said = reader.read(line, cells)
    if cells.__class__ is MarkedRow and isinstance(said, LedgerRow):
        if cells.hidden:
            said.doubts.append(("hidden_row", ""))
        if cells.partly:
            said.doubts.append(("partly_struck", ""))
        if cells.unseen:
            said.doubts.append(("unseen", ""))
        if cells.covered:
            said.doubts.append(("covered_text", ""))
        if cells.merged:
            said.doubts.append((MERGED, ""))
    return said


def _in_sections(lines: Iterable[Line], reader: RowReader, fields: Sequence[str]) -> Iterator[Line]:
    """Fill empty fields of the rows from the section heading above them."""
    word = ""
    for line in lines:
        said = line.said
        if isinstance(said, Passed):
            word = plain_word(said.word) if said.ground == SECTION else word
        elif word:
            for field in fields:
                if field not in said.said:
                    try:
                        said.said[field] = reader.cleaned(field, word)
                    except BadValue as error:
                        said.reasons.append((BY_SECTION, error.line()))
        yield line


def _blocks(table: SheetTable) -> dict[int, int]:
    """First row → last row of the cells merged downwards in the columns that make a case."""
    own = {table.layout.columns[field] for field in _OF_A_CASE if field in table.layout.columns}
    blocks: dict[int, int] = {}
    for first, last, column in table.reading.merged:
        if column in own:
            blocks[first] = max(last, blocks.get(first, 0))
    return blocks


def _with_joint_names(lines: Iterable[Line], blocks: dict[int, int]) -> Iterator[Line]:
    head: Line | None = None
    last, more = 0, []
    for line in lines:
        if head is not None and line.here.line <= last and (name := _joint_name(line.said)):
            more.append(name)
            yield Line(line.here, Passed("joint_names", name))
            continue
        if head is not None:
            yield _joined(head, more)
            head = None
        if line.here.line in blocks and isinstance(line.said, LedgerRow):
            head, last, more = line, blocks[line.here.line], []
        else:
            yield line
    if head is not None:
        yield _joined(head, more)


def _joint_name(said: LedgerRow | Passed) -> str | None:
    """Name and phone in a row with nothing but a co-signer."""
    if isinstance(said, Passed) or not said.said.get("name") or not said.said.keys() <= _PETITIONER:
        return None
    return " ".join(said.said[field] for field in ("name", "id_no", "phone", "address") if field in said.said)


def _joined(head: Line, more: Sequence[str]) -> Line:
    assert isinstance(head.said, LedgerRow)
    if not more:
        return head
    row = head.said
    there = [row.extras[JOINT]] if JOINT in row.extras else []
    named = 1 + len(more) + sum(text.count("、") + 1 for text in there)
    said, written, doubts = dict(row.said), dict(row.written), list(row.doubts)
    if "headcount" not in row.written and "headcount" in said:
        if said["headcount"] < named:
            doubts.append(("fewer_than_named", ""))
    else:
        written["headcount"] = None
        said["headcount"] = max(named, said.get("headcount", 0))
    extras = row.extras | {JOINT: "、".join([*there, *more])}
    return head._replace(said=row._replace(said=said, extras=extras, doubts=doubts, written=written))


class Reading:
    """Tells the cases from the other lines, and each row without a number from its equals."""

    def __init__(
        self,
        tables: Sequence[SheetTable],
        sense: Sense,
        zone: tzinfo,
        tally: Tally,
        left_out: Collection[tuple[int, int]] = (),
    ) -> None:
        self.left_out = left_out
        self.tables = tables
        self.sense = sense
        self.zone = zone
        self.tally = tally
        self.prints = Prints()

    def lines(self, sheet: int) -> Iterator[Line]:
        """The lines of one sheet, in order."""
        return read_lines(sheet, self.tables[sheet], self.sense, self.zone, alone=len(self.tables) == 1)

    def alike(self, lines: Iterable[Line]) -> list[tuple[tuple[int, int], ...]]:
        """(sheet, line) of the rows without a number that say the same at intake, the first of each first."""
        found: dict[bytes, list[tuple[int, int]]] = {}
        for here, said in lines:
            if isinstance(said, LedgerRow) and not has_number(said) and "received_on" in said.said:
                found.setdefault(said.fingerprint(), []).append((here.sheet, here.line))
        return [tuple(places) for places in found.values() if len(places) > 1]

    def fates(self, lines: Iterable[Line]) -> list[RowFate]:
        """The cases among these lines; the others are counted by their ground."""
        found = []
        tally = self.tally
        several = len(self.tables) > 1
        for here, said in lines:
            tally.lines += 1
            if several:
                tally.sheet = self.tables[here.sheet].name
            if (here.sheet, here.line) in self.left_out:
                tally.identical += 1
                tally.warn("identical_left_out", here.line)
            elif isinstance(said, LedgerRow):
                print, like = self.prints.of(here.sheet, said)
                found.append(RowFate(here, said, print, like))
            elif said.ground == STRUCK_OUT:
                tally.struck_out += 1
                tally.warn("struck_out", here.line)
            elif said.ground == HIDDEN:
                tally.hidden += 1
                tally.warn("hidden_sheet", here.line)
            else:
                tally.passed_over[said.ground] += 1
                if said.ground == SECTION:
                    tally.sections.setdefault(here.sheet, {})[said.word] = None
                if said.ground == "example":
                    tally.warn("example", here.line)
        tally.rows += len(found)
        return found
