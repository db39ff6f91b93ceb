"""What carrying a whole ledger in asks of an office's book on a server."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.book.engine import Docketed, Known, MovedMeanwhileError, NumbersKnown, Stand
from xinfang_cli.book.part import Part

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen

_BY_OURS = "SELECT d.case_no, c.id, c.received_on FROM docket d JOIN cases c ON c.id = d.id WHERE d.case_no = ANY(?)"
_BY_OUTSIDE = "SELECT c.external_no, c.id, c.received_on FROM cases c WHERE c.external_no = ANY(?) ORDER BY c.id"
_BY_SHEET = "SELECT d.sheet_no, c.id, c.received_on FROM docket d JOIN cases c ON c.id = d.id WHERE d.sheet_no = ANY(?) ORDER BY d.id"


class Bulk(Part):
    def numbers_known(self, ours: Iterable[str], others: Iterable[str]) -> NumbersKnown:
        """Look numbers up: `ours` are of the office's own pattern, `others` any."""
        listed = list(others)
        return NumbersKnown(
            self._found(_BY_OURS, list(ours)), self._found(_BY_OUTSIDE, listed), self._found(_BY_SHEET, listed)
        )

    def _found(self, sql: str, words: list[str]) -> dict[str, Known]:
        if not words:
            return {}
        return {word: Known(id, received) for word, id, received in self.conn.execute(sql, (words,))}

    def spent(self, case_no: str) -> bool:
        """Whether a number was ever given, its case taken back or not."""
        return self.conn.execute("SELECT 1 FROM docket WHERE case_no = ?", (case_no,)).fetchone() is not None

    def any_undone(self) -> bool:
        """Whether some number belongs to a case whose registration was taken back."""
        docketed, there = self.conn.execute(
            "SELECT (SELECT count(*) FROM docket), (SELECT count(*) FROM cases)"
        ).fetchone()
        return bool(docketed != there)

    def by_fingerprint(self, fingerprint: bytes) -> Known | None:
        row = self.conn.execute(
            "SELECT c.id, c.received_on FROM docket d JOIN cases c ON c.id = d.id WHERE d.fingerprint = ? ORDER BY d.id LIMIT 1",
            (fingerprint,),
        ).fetchone()
        return None if row is None else Known(*row)

    def waiting(self) -> dict[str, list[int]]:
        """Number of an original that is not in the book → the cases that wait for it."""
        found: dict[str, list[int]] = {}
        for number, case_id in self.conn.execute(
            "SELECT repeat_of_no, id FROM cases WHERE repeat_of_no IS NOT NULL ORDER BY repeat_of_no, id"
        ):
            found.setdefault(number.upper(), []).append(case_id)
        return found

    def originals(self, case_id: int) -> Iterator[int]:
        """The case that this one repeats, the one that that one repeats, and so on."""
        seen = {case_id}
        while True:
            row = self.conn.execute("SELECT repeat_of FROM cases WHERE id = ?", (case_id,)).fetchone()
            if row is None or row[0] is None or row[0] in seen:
                return
            case_id = row[0]
            seen.add(case_id)
            yield case_id

    def next_case_id(self) -> int:
        return int(self.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM docket").fetchone()[0])

    def next_unit_id(self) -> int:
        """The id that the next unit will have."""
        return int(self.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM units").fetchone()[0])

    def last_serials(self) -> dict[int, int]:
        """Year → the last serial spent."""
        return dict(self.conn.execute("SELECT year, last FROM serials").fetchall())

    def keep_serials(self, last: dict[int, int]) -> None:
        self.conn.executemany(
            "INSERT INTO serials VALUES (?, ?) ON CONFLICT(year) DO UPDATE SET last = excluded.last", last.items()
        )

    def enter_many(self, entries: Sequence[Docketed]) -> None:
        self.conn.insert_rows("docket", entries)

    def renumber(self, numbers: Sequence[tuple[str, int, int]]) -> None:
        """Give cases their numbers: (case_no, serial, id)."""
        self.conn.executemany("UPDATE docket SET case_no = ?, serial = ? WHERE id = ?", numbers)
        self.conn.executemany(
            "UPDATE cases SET case_no = ? WHERE id = ?", [(case_no, id) for case_no, _, id in numbers]
        )

    def drop_indexes(self) -> list[str]:
        """None: others read the office meanwhile, and dropping one would lock them out."""
        return []

    def build_indexes(self, statements: list[str]) -> None:
        pass

    def check_references(self) -> None:
        """The server checked each."""

    @contextmanager
    def roomy(self, large: bool) -> Iterator[None]:
        yield

    # ---- planned in a copy: what comes of it is not carried into an office yet, and the import is made again in the book

    def stand(self) -> Stand:
        raise MovedMeanwhileError

    def only_meanwhile(self) -> None:
        raise MovedMeanwhileError

    @contextmanager
    def beside(self, copy: Path) -> Iterator[None]:
        raise MovedMeanwhileError
        yield

    def carry(self, pen: Pen, then: Stand, went_by: Collection[int], *, renumbers: bool, large: bool) -> int:
        raise MovedMeanwhileError
