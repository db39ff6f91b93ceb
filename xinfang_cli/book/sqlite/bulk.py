"""Number lookups and bulk writes of an import."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING

from xinfang_cli.book.engine import Known, NumbersKnown, Stand
from xinfang_cli.book.sql.numbers import Numbers
from xinfang_cli.book.sqlite.connection import Connection

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen

_BY_OURS = """SELECT j.value, c.id, c.received_on FROM json_each(?) j
CROSS JOIN docket d ON d.case_no = j.value CROSS JOIN cases c ON c.id = d.id"""
_BY_OUTSIDE = """SELECT j.value, c.id, c.received_on FROM json_each(?) j
CROSS JOIN cases c INDEXED BY cases_external ON c.external_no = j.value"""
_BY_SHEET = """SELECT j.value, c.id, c.received_on FROM json_each(?) j
CROSS JOIN docket d INDEXED BY docket_sheet_no ON d.sheet_no = j.value CROSS JOIN cases c ON c.id = d.id"""

# Asked for while the import runs, so it stays when the others are dropped.
KEPT_INDEX = "cases_external"
# Beside the projection's: nothing asks for these before the end either.
ALSO_DROPPED = ("docket_serial", "events_of_command", "events_reminded")


CACHE_KIB = 32 * 1024


class Bulk(Numbers):
    """Bulk reads and writes of an import."""

    conn: Connection

    def numbers_known(self, ours: Iterable[str], others: Iterable[str]) -> NumbersKnown:
        """Look numbers up: `ours` are of the office's own pattern, `others` any."""
        others_json = dumps(list(others))
        return NumbersKnown(
            self._found(_BY_OURS, dumps(list(ours))),
            self._found(_BY_OUTSIDE, others_json),
            self._found(_BY_SHEET, others_json),
        )

    def _found(self, sql: str, words: str) -> dict[str, Known]:
        if words == "[]":
            return {}
        return {word: Known(id, received) for word, id, received in self.conn.execute(sql, (words,))}

    def drop_indexes(self) -> list[str]:
        """Drop the indexes that are cheaper to rebuild afterwards; returns their statements."""
        marks = ",".join("?" * len(ALSO_DROPPED))
        found = self.conn.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
            f"AND (tbl_name IN ('cases', 'people', 'clocks') OR name IN ({marks})) ORDER BY rowid",
            ALSO_DROPPED,
        ).fetchall()
        dropped = [(name, sql) for name, sql in found if name != KEPT_INDEX]
        for name, _ in dropped:
            self.conn.execute(f"DROP INDEX {name}")
        return [sql for _, sql in dropped]

    def check_references(self) -> None:
        """Every reference leads somewhere, or the transaction fails."""
        broken = self.conn.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise sqlite3.IntegrityError(f"FOREIGN KEY constraint failed: {broken[0]} {broken[1]} → {broken[2]}")

    def build_indexes(self, statements: list[str]) -> None:
        """Run the statements that make the indexes again."""
        for sql in statements:
            self.conn.execute(sql)

    @contextmanager
    def roomy(self, large: bool) -> Iterator[None]:
        """More memory for the pages of one long transaction; when it went well the write-ahead log is folded in and emptied.

        In a large one references are looked up all together at its end (`check_references`), in a fifth of the time.
        """
        before = self.conn.execute("PRAGMA cache_size").fetchone()[0]
        self.conn.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        if large:
            self.conn.execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            self.conn.execute(f"PRAGMA cache_size = {before}")
            self.conn.execute("PRAGMA foreign_keys = ON")
        with suppress(sqlite3.OperationalError):  # what was written stands all the same, in the log
            self.conn.execute(
                "PRAGMA wal_checkpoint(TRUNCATE)"
            )  # not after a failure: behind a lock it would wait once more

    # ---- planned in a copy, carried into the book -----------------------------------------------------------------

    def stand(self) -> Stand:
        from xinfang_cli.book.sqlite.carrying import stand

        return stand(self.conn)

    def only_meanwhile(self) -> None:
        """Nothing of this copy need outlast the process: nothing is kept for taking it back, nor brought to the disk."""
        from xinfang_cli.book.sqlite.carrying import TOLD

        self.conn.execute("PRAGMA journal_mode=OFF")
        self.conn.execute("PRAGMA synchronous=OFF")
        self.conn.execute(TOLD)

    def beside(self, copy: Path) -> AbstractContextManager[None]:
        from xinfang_cli.book.sqlite.carrying import beside

        return beside(self.conn, copy)

    def carry(self, pen: Pen, then: Stand, went_by: Collection[int], *, renumbers: bool, large: bool) -> int:
        from xinfang_cli.book.sqlite.carrying import Carrying

        carrying = Carrying(self.conn, pen, then, renumbers=renumbers)
        if carrying.moved:
            carrying.check(went_by)
        dropped = self.drop_indexes() if large else []
        with self.book.search.many_at_once(large):
            touched = carrying.carry()
        if large:
            self.check_references()
        self.build_indexes(dropped)
        self.book.search.reworded(dict.fromkeys(touched, carrying.now.events + 1))
        return carrying.later
