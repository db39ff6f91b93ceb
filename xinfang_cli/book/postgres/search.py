"""The texts of the cases on a server: pieces of two characters, AND-ed, say which cases may hold a word; the text says
which do. (A phrase search would silently miss what lies beyond position 16 383.)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice, starmap
from json import dumps
from operator import add
from typing import TYPE_CHECKING, Any

from xinfang_cli.book.comparing import LAST_ID, by_case
from xinfang_cli.book.sql.texts import StoredTexts
from xinfang_cli.errors import next_step
from xinfang_cli.law.texts import ASIDE, Texts, normal, phone_meant, phone_words, texts_of

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen
    from xinfang_cli.book.engine import Conn
    from xinfang_cli.law.event import Event

BATCH = 2000
SIGN = "\x1f"
"""Between two notes, and around each phone: no text holds it, so that no word is found across."""
LONGEST_TERM = 2000  # bytes; PostgreSQL refuses terms of more than 2046
_COLUMNS = "case_id, received_on, title, content, notes, who, phones, accuser, accuser_phones"
_PUT = """INSERT INTO search VALUES (?,?,?,?,?,?,?,?,?,array_to_tsvector(?)) ON CONFLICT (case_id) DO UPDATE SET
received_on = excluded.received_on, title = excluded.title, content = excluded.content, notes = excluded.notes,
who = excluded.who, phones = excluded.phones, accuser = excluded.accuser, accuser_phones = excluded.accuser_phones,
words = excluded.words"""


def _pieces(text: str) -> set[str]:
    return {*map(add, text, text[1:]), *text[-1:]} - {SIGN}


def row_of(case_id: int, texts: Texts) -> tuple[Any, ...]:
    """A case's row. An accusation stands apart, its texts and who wrote it (art. 30)."""
    title, content, name = normal(texts.title), normal(texts.content), normal(texts.name)
    notes = SIGN.join(map(normal, texts.notes))
    said = [word for phone in texts.phones for word in phone_words(phone)]
    phones = "".join(f"{SIGN}{word}{SIGN}" for word in said)
    words = set().union(*map(_pieces, (title, content, notes, name)), {ASIDE + word for word in said})
    columns = (title, content, notes, name, phones, "", "")
    if texts.accusation:
        columns = ("", "", "", "", "", SIGN.join(filter(None, (title, content, notes, name))), phones)
    terms = sorted(word for word in words if word and len(word.encode()) <= LONGEST_TERM)
    return (case_id, texts.received_on.isoformat(), *columns, terms)


def _term(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


class Search(StoredTexts):
    MATCHING = "SELECT found FROM matching(?) AS found"
    NEWEST_FIRST = (
        "FROM cases c",
        "c.id IN (SELECT found FROM matching(?) AS found)",
        "c.received_on DESC, c.id DESC",
    )

    def keep_up(self, pen: Pen) -> None:
        """Bring the index up to what a command wrote; called once, before its transaction ends."""
        self.reworded(pen.reworded)
        if pen.registered_from is not None:
            self._put_all(self._stored("c.id >= ?", pen.registered_from))

    def reworded(self, cases: Mapping[int, int]) -> None:
        """Earlier cases: id → the event from which on they are told otherwise."""
        for case_id in sorted(cases):
            self.reword(case_id, (), self.book.events.of(case_id))

    def reword(self, case_id: int, before: Sequence[Event], after: Sequence[Event]) -> None:
        """Put a case's texts as they are now in the place of what they were."""
        texts = texts_of(after) if after else None
        if texts is None:
            self.conn.execute("DELETE FROM search WHERE case_id = ?", (case_id,))
        else:
            self.put_new([(case_id, texts)])

    def set_down(self, cases: Iterable[tuple[int, Texts]]) -> None:
        """Nothing is planned in a copy here."""
        self.put_new(cases)

    def forget_for_good(self) -> None:
        """The server's VACUUM does it."""

    def _put_all(self, cases: Iterator[tuple[int, Texts]]) -> None:
        while batch := list(islice(cases, BATCH)):
            self.put_new(batch)

    @contextmanager
    def many_at_once(self, many: bool) -> Iterator[None]:
        yield

    def put_new(self, cases: Iterable[tuple[int, Texts]]) -> None:
        """Tell the index of cases: their ids and texts."""
        self.conn.executemany(_PUT, list(starmap(row_of, cases)))

    def rebuild(self) -> None:
        """Make the index again from the events."""
        self.conn.execute("DELETE FROM search")
        self._put_all(self._stored("c.id >= ?", 0))

    @staticmethod
    def query(words: Sequence[str], *, accusers: bool = False, columns: str = "") -> str:
        """The operand of `matching` for compared words: all of them, each anywhere or in one of the `columns`."""
        columns = columns or ("title content notes who accuser" if accusers else "title content notes who")
        asked: list[dict[str, Any]] = []
        terms = []
        for word in words:
            phone = phone_meant(word)
            asked.append({"word": word, "phone": phone or None, "whole": False})
            pieces = " & ".join(map(_term, map(add, word, word[1:]))) if len(word) > 1 else f"{_term(word)}:*"
            terms.append(f"({pieces} | {_term(ASIDE + phone)})" if phone else pieces)
        said = dict.fromkeys(columns.split(), True)
        return dumps({**said, "words": asked, "terms": " & ".join(terms)}, ensure_ascii=False)

    @staticmethod
    def phone_query(word: str) -> str:
        """The same for a whole phone or its last four digits."""
        asked = [{"word": word, "phone": word, "whole": True}]
        said = {"who": True, "accuser": True, "words": asked, "terms": _term(ASIDE + word)}
        return dumps(said, ensure_ascii=False)


class Tally:
    """Compares what the index holds with what the cases say, case by case in their order."""

    def __init__(self, conn: Conn) -> None:
        self.held = by_case(self._rows(conn))
        self.wrong = 0

    @staticmethod
    def _rows(conn: Conn) -> Iterator[Any]:
        yield from conn.stream(f"SELECT {_COLUMNS} FROM search ORDER BY case_id")

    def add(self, case_id: int, events: Sequence[Event]) -> None:
        """Compare a case's row."""
        texts = texts_of(events)
        wanted = [] if texts is None else [row_of(case_id, texts)[:9]]
        self.wrong += self.held(case_id) != wanted

    def problems(self) -> list[str]:
        """Differences between the index and the cases' texts, in words; empty if there are none."""
        wrong = self.wrong + len(self.held(LAST_ID))
        if not wrong:
            return []
        return [f"检索索引与案件的文字有 {wrong} 处对不上，用 {next_step('doctor')} {next_step('.repair')} 重建"]
