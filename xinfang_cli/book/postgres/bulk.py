"""Bulk reads and writes of an import into an office on a server."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.book.engine import Known, MovedMeanwhileError, NumbersKnown, Stand
from xinfang_cli.book.sql.numbers import Numbers

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen

_BY_OURS = "SELECT d.case_no, c.id, c.received_on FROM docket d JOIN cases c ON c.id = d.id WHERE d.case_no = ANY(?)"
_BY_OUTSIDE = "SELECT c.external_no, c.id, c.received_on FROM cases c WHERE c.external_no = ANY(?) ORDER BY c.id"
_BY_SHEET = "SELECT d.sheet_no, c.id, c.received_on FROM docket d JOIN cases c ON c.id = d.id WHERE d.sheet_no = ANY(?) ORDER BY d.id"


class Bulk(Numbers):
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
