"""The text index: one token a character, so that a word of any length is found; kept with the events.

A token is a character and the one after it. A word of two or more is then a phrase of tokens of which most are rare;
with the character alone, a rare word of common characters took 160 ms among a million cases, where it now takes 16. A
word of one is the beginning of a token, for which FTS5 keeps a second index (prefix=1).

A row is a case; its rowid is the day it was received and its id, so that the newest come first without sorting. The
table holds no text of its own (contentless): a row is taken out by saying again what had been put in, which the events
before the command still tell.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count, islice, starmap
from operator import add, mul
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.book.sql.texts import StoredTexts
from xinfang_cli.book.sqlite.connecting import connect
from xinfang_cli.errors import next_step
from xinfang_cli.files import scratch
from xinfang_cli.law.event import Event
from xinfang_cli.law.texts import ASIDE, Texts, normal, phone_meant, phone_words, texts_of

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen

CASE_ID = (1 << 32) - 1
"""Of a row's id, the bits that are the case's."""
BATCH = 5000
ROOMY = 16 << 20
ORDINARY = 1 << 20
_SET_TO = {("version", 4), ("hashsize", ORDINARY), ("automerge", 4)}
COLUMNS = ("title", "content", "notes", "who", "accuser")
_WEIGHTS = tuple(ord(column[0]) for column in COLUMNS)
_PRIME = 65521
"""So that a sum over four million tokens of one term fits into SQLite's numbers."""
_PUT = "INSERT INTO search(rowid, title, content, notes, who, accuser) VALUES (?,?,?,?,?,?)"
_TAKE = "INSERT INTO search(search, rowid, title, content, notes, who, accuser) VALUES ('delete',?,?,?,?,?,?)"

Row = tuple[int, str, str, str, str, str]


def tokens(text: str) -> str:
    """A text as the index is told of it: each character with the next, a blank between."""
    if not text:
        return ""
    plain = normal(text)
    return " ".join([*map(add, plain, plain[1:]), plain[-1:]])


def row_of(case_id: int, texts: Texts) -> Row:
    """The index row of a case. Accusations have their own columns, found only by searches for accusations (art. 30)."""
    who = tokens(texts.name)
    for phone in texts.phones:
        for word in phone_words(phone):
            who += f" {ASIDE}{word}"
    notes = " ".join(map(tokens, texts.notes)) if texts.notes else ""
    said = tokens(texts.title), tokens(texts.content), notes, who
    row = texts.received_on.toordinal() << 32 | case_id
    return (row, "", "", "", "", " ".join(filter(None, said))) if texts.accusation else (row, *said, "")


def _row_from(case_id: int, events: Sequence[Event]) -> Row | None:
    texts = texts_of(events) if events else None
    return None if texts is None else row_of(case_id, texts)


# ---- checking and rebuilding ------------------------------------------------------------------------------------


class _Codes(dict[str, int]):
    """A number for every term, which nobody knows beforehand."""

    def __init__(self) -> None:
        from random import Random
        from secrets import randbits

        self.next = partial(Random(randbits(64)).getrandbits, 20)

    def __missing__(self, term: str) -> int:
        self[term] = made = self.next()
        return made


class Tally:
    """Sums the expected content of the index and compares it: of each token its term, row, column and place, mixed with
    numbers that nobody knows beforehand."""

    def __init__(self) -> None:
        self.codes = _Codes()
        self.row, self.place = self.codes.next() >> 5, self.codes.next() >> 5
        self.sum = 0
        self.sizes: dict[int, tuple[int, ...]] = {}

    def add(self, case_id: int, events: Sequence[Event]) -> None:
        """Sum the tokens of a case's texts."""
        row = _row_from(case_id, events)
        if row is None:
            return
        sizes, of_case, code = [], 0, self.codes.__getitem__
        for weight, text in zip(_WEIGHTS, row[1:], strict=True):
            words = text.split()
            sizes.append(len(words))
            of_case += weight * sum(map(mul, map(code, words), count(self.place)))
        self.sum += (row[0] % _PRIME + self.row) * of_case
        self.sizes[row[0]] = tuple(sizes)

    def problems(self, conn: sqlite3.Connection) -> list[str]:
        """Whether the index differs from the cases' texts, in words; empty if it does not."""
        conn.execute("CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab(main, search, instance)")
        held = sum(
            self.codes[term] * found
            for term, found in conn.execute(
                f"SELECT term, sum((doc % {_PRIME} + ?) * unicode(col) * (offset + ?)) FROM temp.search_terms GROUP BY term",
                (self.row, self.place),
            ).fetchall()
        )
        conn.execute("DROP TABLE temp.search_terms")
        sizes = {id: _numbers(said) for id, said in conn.execute("SELECT id, sz FROM search_docsize")}
        if held == self.sum and sizes == self.sizes:
            return []
        return [f"检索索引与案件的文字对不上，用 {next_step('doctor')} {next_step('.repair')} 重建"]


def _numbers(block: bytes) -> tuple[int, ...]:
    """The numbers of a record of FTS5: seven bits a byte, the highest first, the eighth says that more follow."""
    found, number = [], 0
    for byte in block:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            found.append(number)
            number = 0
    return tuple(found)


def _totals(conn: sqlite3.Connection) -> tuple[int, ...]:
    """The numbers of rows and of tokens per column, from the stored row sizes."""
    sizes = [_numbers(said) for (said,) in conn.execute("SELECT sz FROM search_docsize")]
    return (len(sizes), *map(sum, zip(*sizes, strict=True)))


def check_form(book: sqlite3.Connection, path: Path) -> list[str]:
    """The findings of FTS5's own check, in words. It needs a write lock: on a locked or read-only book a copy is
    checked.
    """
    try:
        with closing(connect(path, timeout=0.1, isolation_level=None)) as conn:
            return _form(conn)
    except sqlite3.OperationalError:
        with ExitStack() as stack:
            if isinstance(book, sqlite3.Connection):
                copy = stack.enter_context(closing(sqlite3.connect(":memory:", isolation_level=None)))
            else:  # an encrypted one stays so
                folder = stack.enter_context(scratch(path.parent))
                copy = stack.enter_context(closing(connect(folder / "copy", isolation_level=None)))
            book.backup(copy)
            return _form(copy)


def _form(conn: sqlite3.Connection) -> list[str]:
    try:
        conn.execute("INSERT INTO search(search) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return _BROKEN
    return [] if _form_holds(conn) else _BROKEN


_BROKEN = [f"检索索引已损坏，用 {next_step('doctor')} {next_step('.repair')} 重建"]


def _form_holds(conn: sqlite3.Connection) -> bool:
    """Check what FTS5 omits: totals, the list of pages, their places by first word, the index's settings."""
    records = dict(conn.execute("SELECT id, block FROM search_data WHERE id IN (1, 10)"))
    if not all(isinstance(records.get(id), bytes) for id in (1, 10)):
        return False
    if [n for n in _numbers(records[1]) if n] != [n for n in _totals(conn) if n]:
        return False
    segments = _segments(records[10])
    pages = {(segment << 37) + page for segment, (first, last) in segments.items() for page in range(first, last + 1)}
    there = {id for (id,) in conn.execute("SELECT id FROM search_data WHERE id NOT IN (1, 10) AND (id >> 36) & 1 = 0")}
    placed = conn.execute("SELECT segid, pgno, typeof(term) FROM search_idx").fetchall()
    return (
        pages == there
        and all(
            segment in segments
            and isinstance(page, int)
            and type == "blob"
            and 0 < page >> 1 <= segments[segment][1]  # while segments are merged, places of pages that went stay
            for segment, page, type in placed
        )
        and segments.keys() == {row[0] for row in placed}
        and set(conn.execute("SELECT k, v FROM search_config")) <= _SET_TO
        and all(
            [row[1] for row in conn.execute(f"PRAGMA table_xinfo(search_{part})")] == columns
            for part, columns in _BEHIND.items()
        )
    )


def _segments(structure: bytes) -> dict[int, tuple[int, int]]:
    """Segment → its first and last page, as the record of an index's structure tells: level by level."""
    try:
        numbers = iter(_numbers(structure[4:]))
        levels, _, _ = next(numbers), next(numbers), next(numbers)
        found: dict[int, tuple[int, int]] = {}
        for _ in range(levels):
            _, segments = next(numbers), next(numbers)
            for _ in range(segments):
                segment, first, last = next(numbers), next(numbers), next(numbers)
                found[segment] = first, min(last, first + _MANY)
        return found
    except StopIteration:
        return {}


_BEHIND = {"data": ["id", "block"], "idx": ["segid", "term", "pgno"], "docsize": ["id", "sz"], "config": ["k", "v"]}
"""The tables behind the index, and their columns."""
_MANY = 1 << 22
"""So many pages a segment of a real index does not have."""


class Search(StoredTexts):
    MATCHING = f"SELECT rowid & {CASE_ID} FROM search WHERE search MATCH ?"
    """The ids of the cases in whose texts a query (`query`, `phone_query`) is found."""
    NEWEST_FIRST = (
        f"FROM search CROSS JOIN cases c ON c.id = search.rowid & {CASE_ID}",
        "search MATCH ?",
        "search.rowid DESC",
    )
    """Of a list of the cases found: where they come from, the condition, the order."""

    def keep_up(self, pen: Pen) -> None:
        """Bring the index up to what a command wrote; called once, before its transaction ends."""
        self.reworded(pen.reworded)
        if pen.registered_from is not None:
            self._put_all(self._new_rows(pen.registered_from), many=pen.next_id - pen.first_id > BATCH)

    def reworded(self, cases: Mapping[int, int]) -> None:
        """Earlier cases: id → the event from which on they are told otherwise."""
        for case_id, first in sorted(cases.items()):
            events = self.book.events.of(case_id)
            self.reword(case_id, [event for event in events if event.id < first], events)

    def reword(self, case_id: int, before: Sequence[Event], after: Sequence[Event]) -> None:
        """Put a case's texts as they are now in the place of what they were."""
        old, new = _row_from(case_id, before), _row_from(case_id, after)
        if old != new:
            if old is not None:
                self.conn.execute(_TAKE, old)
            if new is not None:
                self.conn.execute(_PUT, new)

    def forget_for_good(self) -> None:
        """Merge the index into one segment: earlier segments keep deleted texts, and the fact of their deletion."""
        self.conn.execute("INSERT INTO search(search) VALUES ('optimize')")

    def _put_all(self, rows: Iterator[Row], many: bool) -> None:
        """Rows in the order of their ids within each batch: out of order, each would make a segment of its own."""
        with self.many_at_once(many):
            while batch := sorted(islice(rows, BATCH)):
                self.conn.executemany(_PUT, batch)

    @contextmanager
    def many_at_once(self, many: bool) -> Iterator[None]:
        """More memory for what is to be written, and no merging meanwhile; for `many` rows."""
        if many:
            self._configure(ROOMY, 0)
        yield
        if many:
            self._configure(ORDINARY, 4)

    def put_new(self, cases: Iterable[tuple[int, Texts]]) -> None:
        """Tell the index of new cases: their ids and texts."""
        self.conn.executemany(_PUT, sorted(starmap(row_of, cases)))

    def set_down(self, cases: Iterable[tuple[int, Texts]]) -> None:
        """Keep in a copy what the index of its book is to be told of new cases, the work on the texts done."""
        self.conn.executemany("INSERT INTO told VALUES (?,?,?,?,?,?)", starmap(row_of, cases))

    def _configure(self, hash_size: int, automerge: int) -> None:
        self.conn.execute("INSERT INTO search(search, rank) VALUES ('hashsize', ?)", (hash_size,))
        self.conn.execute("INSERT INTO search(search, rank) VALUES ('automerge', ?)", (automerge,))

    def _new_rows(self, first: int) -> Iterator[Row]:
        for case_id, texts in self._stored("c.id >= ?", first):
            yield row_of(case_id, texts)

    def rebuild(self) -> None:
        """Make the index again from the events."""
        self.conn.execute("INSERT INTO search(search) VALUES ('delete-all')")
        self._put_all(self._new_rows(0), many=True)

    @staticmethod
    def query(words: Sequence[str], *, accusers: bool = False, columns: str = "") -> str:
        """The MATCH of compared words (law.texts.normal): all of them, each anywhere, or each in one of the `columns`."""
        columns = columns or ("title content notes who accuser" if accusers else "title content notes who")
        who = [column for column in ("who", "accuser") if column in columns.split()]
        parts = []
        for word in words:
            phrase = f'"{word}" *' if len(word) == 1 else f'"{" ".join(map(add, word, word[1:]))}"'
            part = f"{{{columns}}} : {phrase}"
            if who and (phone := phone_meant(word)):
                part = f'({part} OR {{{" ".join(who)}}} : "{ASIDE}{phone}")'
            parts.append(part)
        return " AND ".join(parts)

    @staticmethod
    def phone_query(word: str) -> str:
        """The MATCH of a whole phone or of its last four digits."""
        return f'{{who accuser}} : "{ASIDE}{word}"'
