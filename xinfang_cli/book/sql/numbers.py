"""Number lookups of an import, common to all engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinfang_cli.book.engine import Docketed, Known
from xinfang_cli.book.part import Part


class Numbers(Part):
    """Numbers spent and waited for, ids to come, rows of the docket."""

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
        """The case imported from a row with this fingerprint, or None."""
        row = self.conn.execute(
            "SELECT c.id, c.received_on FROM docket d JOIN cases c ON c.id = d.id WHERE d.fingerprint = ? ORDER BY d.id LIMIT 1",
            (fingerprint,),
        ).fetchone()
        return None if row is None else Known(*row)

    def waiting(self) -> dict[str, list[int]]:
        """Number of an original not in the book yet → its waiting repeats."""
        found: dict[str, list[int]] = {}
        for number, case_id in self.conn.execute(
            "SELECT repeat_of_no, id FROM cases WHERE repeat_of_no IS NOT NULL ORDER BY repeat_of_no, id"
        ):
            found.setdefault(number.upper(), []).append(case_id)
        return found

    def originals(self, case_id: int) -> Iterator[int]:
        """The chain of originals of a case: its original, that one's original, and so on."""
        seen = {case_id}
        while True:
            row = self.conn.execute("SELECT repeat_of FROM cases WHERE id = ?", (case_id,)).fetchone()
            if row is None or row[0] is None or row[0] in seen:
                return
            case_id = row[0]
            seen.add(case_id)
            yield case_id

    def next_case_id(self) -> int:
        """The id that the next case will have."""
        return int(self.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM docket").fetchone()[0])

    def next_unit_id(self) -> int:
        """The id that the next unit will have."""
        return int(self.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM units").fetchone()[0])

    def last_serials(self) -> dict[int, int]:
        """Year → the last serial spent."""
        return dict(self.conn.execute("SELECT year, last FROM serials").fetchall())

    def keep_serials(self, last: dict[int, int]) -> None:
        """Keep the last serial number given in each year."""
        self.conn.executemany(
            "INSERT INTO serials VALUES (?, ?) ON CONFLICT(year) DO UPDATE SET last = excluded.last", last.items()
        )

    def enter_many(self, entries: Sequence[Docketed]) -> None:
        """Enter new cases in the docket."""
        self.conn.insert_rows("docket", entries)

    def renumber(self, numbers: Sequence[tuple[str, int, int]]) -> None:
        """Give cases their numbers: (case_no, serial, id)."""
        self.conn.executemany("UPDATE docket SET case_no = ?, serial = ? WHERE id = ?", numbers)
        self.conn.executemany(
            "UPDATE cases SET case_no = ? WHERE id = ?", [(case_no, id) for case_no, _, id in numbers]
        )
