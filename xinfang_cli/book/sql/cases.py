"""The cases: their numbers, single facts of them, and their rows as of the last event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from xinfang_cli.book.part import Part
from xinfang_cli.book.sql.predicates import WITHOUT_ACCEPTANCE_CLOCK, among, numbered
from xinfang_cli.errors import Ambiguous, NotFound
from xinfang_cli.law.terms import OPEN_STAGES, half_width

if TYPE_CHECKING:
    from xinfang_cli.book.projection import CaseRows
    from xinfang_cli.law.case import Case

COLUMNS = (
    "id, case_no, external_no, title, stage, channel, kind, topic, region, source, level, priority, received_on, "
    "unit_id, assigned_on, accepted_on, closed_on, first_closed_on, outcome, pathway, repeat, repeat_of, repeat_of_no, "
    "headcount, lead, tags, excluded, ratable, reviewed_on, unit_rating, unit_rated_on, bureau_rating, bureau_rated_on, "
    "complained_unit_id, next_clock, next_due_on, returned_times, supervised, last_on, co_units, crossing, overwritten_on, "
    "written_title"
)
CLOCK_COLUMNS = (
    "case_id, n, kind, owner, unit_id, start_on, due_on, base_due_on, stop_on, void, why, counted, first, "
    "case_unit_id, outside_due, guessed"
)
_PUT_CASE = f"INSERT INTO cases VALUES ({','.join('?' * 43)})"
_PUT_PERSON = "INSERT INTO people VALUES (?,?,?,?,?)"
_PUT_CLOCK = "INSERT INTO clocks VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_PUT_BACKLOG = "INSERT INTO backlog VALUES (?,?,?,?,?,?,?,?)"


class Cases(Part):
    """The cases as they now stand: found by number, replaced when an event changes them."""

    def put(self, case_id: int, case_no: str, case: Case, *, known: bool = True) -> None:
        """Replace the stored rows of one case; `known` False for its first time."""
        from xinfang_cli.book.projection import CaseRows

        self.book.code  # noqa: B018  (loads the merged units)
        rows = CaseRows(case_id, case_no, case, self.book.canonical)
        if known:
            self.forget(case_id)
        self.conn.execute(_PUT_CASE, rows.case)
        if rows.person is not None:
            self.conn.execute(_PUT_PERSON, rows.person)
        self.conn.executemany(_PUT_CLOCK, rows.clocks)
        if rows.backlog:
            self.conn.executemany(_PUT_BACKLOG, rows.backlog)

    def put_many(self, many: Sequence[CaseRows]) -> None:
        """Write the rows of many new cases at once."""
        self.conn.insert_rows("cases", [made.case for made in many])
        self.conn.insert_rows("people", [made.person for made in many if made.person is not None])
        self.conn.insert_rows("clocks", [clock for made in many for clock in made.clocks])
        self.conn.insert_rows("backlog", [entry for made in many for entry in made.backlog])

    def forget(self, case_id: int) -> None:
        """Take a case whose registration was taken back out of every list."""
        for table in ("clocks", "backlog", "people"):
            self.conn.execute(f"DELETE FROM {table} WHERE case_id = ?", (case_id,))
        self.conn.execute("DELETE FROM cases WHERE id = ?", (case_id,))

    def count(self) -> int:
        """The number of cases in the book."""
        return int(self.conn.execute("SELECT count(*) FROM cases").fetchone()[0])

    def next_number(self, prefix: str, year: int) -> tuple[str, int]:
        """The next free number of a year, spent at once."""
        serial = self.conn.execute(
            "INSERT INTO serials VALUES (?, 1) ON CONFLICT(year) DO UPDATE SET last = serials.last + 1 RETURNING last",
            (year,),
        ).fetchone()[0]
        return f"{prefix}{year}-{serial:06d}", serial

    def enter(
        self,
        case_no: str,
        year: int,
        serial: int,
        sheet_no: str | None = None,
        fingerprint: bytes | None = None,
    ) -> int:
        """Spend a number: the case's row in the docket, and its id."""
        cursor = self.conn.execute(
            "INSERT INTO docket(case_no, year, serial, sheet_no, fingerprint) VALUES (?,?,?,?,?)",
            (case_no, year, serial, sheet_no, fingerprint),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def registered_from(self, sha256: str) -> str | None:
        """The number of the case that a command registered from a draft of this SHA-256, also if it was undone since."""
        row = self.conn.execute(
            "SELECT d.case_no FROM commands c JOIN events e ON e.command_id = c.id JOIN docket d ON d.id = e.case_id "
            "WHERE c.name = 'add' AND c.source_sha256 = ? AND e.kind = 'register' ORDER BY d.id LIMIT 1",
            (sha256,),
        ).fetchone()
        return None if row is None else str(row[0])

    def _there(self, case_id: int) -> bool:
        """Whether the case is in the lists: its registration was not taken back."""
        return self.conn.execute("SELECT 1 FROM cases WHERE id = ?", (case_id,)).fetchone() is not None

    def _by_serial(self, text: str) -> list[tuple[int, str]]:
        """The numbers that 23-123, 2023-123 or 123 stands for, those taken back included."""
        year, dash, serial = text.rpartition("-")
        if not (text.isascii() and serial.isdigit() and len(serial) <= 9):
            return []
        if not dash:
            return self.conn.execute(
                "SELECT id, case_no FROM docket WHERE serial = ? ORDER BY id", (int(serial),)
            ).fetchall()
        if not year.isdigit() or len(year) not in (2, 4):
            return []
        full = int(year) if len(year) == 4 else 2000 + int(year)
        return self.conn.execute(
            "SELECT id, case_no FROM docket WHERE serial = ? AND year = ? ORDER BY id", (int(serial), full)
        ).fetchall()

    def find(self, word: str) -> tuple[int, str]:
        """(id, number) of the case a word names: full number, 23-123, a serial that is unique, or an outside number."""
        text = half_width(word).strip()
        rows = self.conn.execute("SELECT id, case_no FROM docket WHERE case_no = ?", (text.upper(),)).fetchall()
        if not rows or not self._there(rows[0][0]):
            # a number spent on a case that was taken back may have come in again with a sheet
            rows = (
                self.conn.execute(
                    "SELECT c.id, c.case_no FROM cases c WHERE c.external_no IN (?1, ?2) UNION "
                    "SELECT d.id, d.case_no FROM docket d JOIN cases c ON c.id = d.id WHERE d.sheet_no IN (?1, ?2) ORDER BY 1",
                    (text, text.upper()),
                ).fetchall()
                or rows
            )
        if not rows or rows[0][1] != text.upper():
            by_serial = self._by_serial(text)
            standing = [row for row in by_serial if self._there(row[0])]
            rows = list(dict.fromkeys((*rows, *(standing if rows or standing else by_serial[:1]))))
        if not rows:
            raise NotFound(f"没有登记编号「{word[:40]}」", "请核对编号；按条件找用 ⟦list⟧")
        if len(rows) > 1:
            named = "、".join(row[1] for row in rows[:8]) + ("……" if len(rows) > 8 else "")
            raise Ambiguous(f"编号「{word[:40]}」不止一件：{named}", f"请写全号，如 {rows[-1][1]}")
        if not self._there(rows[0][0]):
            raise NotFound(f"{rows[0][1]} 的登记已撤销", "号码不再使用；请重新登记：⟦add⟧")
        return int(rows[0][0]), str(rows[0][1])

    def running_due(self, case_no: str, kind: str) -> tuple[str | None, bool]:
        """The last day of a case's clock of that kind, while it runs; and whether it is a guess (约)."""
        row = self.conn.execute(
            "SELECT k.due_on, k.guessed FROM docket d JOIN clocks k ON k.case_id = d.id AND k.kind = ? "
            "WHERE d.case_no = ? AND k.stop_on IS NULL AND k.void = 0 ORDER BY k.n DESC LIMIT 1",
            (kind, case_no),
        ).fetchone()
        return (None, False) if row is None else (str(row[0]), bool(row[1]))

    def clocks_of(self, case_ids: Sequence[int], kinds: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
        """number → (kind, due) of the unfinished clocks of those kinds, nearest first."""
        found: dict[str, list[tuple[str, str]]] = {}
        for start in range(0, len(case_ids), 500):
            chunk = case_ids[start : start + 500]
            for case_no, kind, due in self.conn.execute(
                "SELECT d.case_no, k.kind, k.due_on FROM clocks k JOIN docket d ON d.id = k.case_id "
                f"WHERE {among('k.case_id', chunk)} AND {among('k.kind', kinds)} AND k.stop_on IS NULL "
                "AND k.void = 0 ORDER BY k.due_on, k.case_id, k.n",
                (*chunk, *kinds),
            ):
                found.setdefault(case_no, []).append((kind, due))
        return found

    def number_of(self, case_id: int) -> str:
        """The number of a case by its id, also of one whose registration was taken back."""
        return str(self.conn.execute("SELECT case_no FROM docket WHERE id = ?", (case_id,)).fetchone()[0])

    def sheet_no_of(self, case_id: int) -> str | None:
        """The other office's number that a case came in with."""
        found = self.conn.execute("SELECT sheet_no FROM docket WHERE id = ?", (case_id,)).fetchone()[0]
        return None if found is None else str(found)

    def received_on(self, case_id: int) -> date:
        """The day the case was received."""
        return date.fromisoformat(
            self.conn.execute("SELECT received_on FROM cases WHERE id = ?", (case_id,)).fetchone()[0]
        )

    def original_of(self, case_id: int) -> tuple[int, str] | None:
        """(id, number) of the case that this one repeats."""
        found: tuple[int, str] | None = self.conn.execute(
            "SELECT c.repeat_of, d.case_no FROM cases c JOIN docket d ON d.id = c.repeat_of WHERE c.id = ?", (case_id,)
        ).fetchone()
        return found

    def repeats_of(self, case_id: int, upto: date | None = None) -> list[tuple[int, str]]:
        """(id, number) of the repeats of a case in order of arrival, up to that day."""
        came = "(?2 IS NULL OR received_on <= ?2)"
        sql = f"SELECT id, case_no FROM cases WHERE repeat_of = ?1 AND {came} ORDER BY received_on, id"
        return self.conn.execute(sql, (case_id, upto and upto.isoformat())).fetchall()

    def kin(self, case_id: int) -> list[tuple[int, str]]:
        """(id, number) of the original of a case, its repeats, and the other repeats of its original."""
        return self.conn.execute(
            "WITH about(id) AS (SELECT ?1 UNION SELECT repeat_of FROM cases WHERE id = ?1 AND repeat_of IS NOT NULL) "
            "SELECT id, case_no FROM cases WHERE id != ?1 AND (id IN (SELECT id FROM about) "
            "OR repeat_of IN (SELECT id FROM about)) ORDER BY id",
            (case_id,),
        ).fetchall()

    def kin_of(self, case_ids: Iterable[int]) -> set[int]:
        """The originals of these cases, and the repeats of both."""
        ids = set(case_ids)
        pairs = self.conn.execute("SELECT id, repeat_of FROM cases WHERE repeat_of IS NOT NULL ORDER BY id").fetchall()
        originals = ids | {repeat_of for id, repeat_of in pairs if id in ids}
        return (originals | {id for id, repeat_of in pairs if repeat_of in originals}) - ids

    def accusations_among(self, case_ids: Iterable[int]) -> list[int]:
        """The accusations among these cases."""
        wanted_ids = numbered("id", case_ids)
        rows = self.conn.execute(f"SELECT id FROM cases WHERE kind = 'accusation' AND {wanted_ids} ORDER BY id")
        return [row[0] for row in rows]

    def accusations(self) -> set[int]:
        """Every accusation."""
        return {row[0] for row in self.conn.execute("SELECT id FROM cases WHERE kind = 'accusation'")}

    def waiting_for(self, case_no: str, external_no: str | None) -> int:
        """The number of repeats that name a case under that number before it is in the book."""
        sql = "SELECT count(*) FROM cases WHERE repeat_of_no IN (?, ?)"
        return int(self.conn.execute(sql, (case_no, external_no)).fetchone()[0])

    def with_external_no(self, external_no: str) -> str | None:
        """The number of the case with that outside number."""
        row = self.conn.execute("SELECT case_no FROM cases WHERE external_no = ?", (external_no,)).fetchone()
        return None if row is None else str(row[0])

    def hidden_from(self, units: Sequence[int]) -> set[int]:
        """Accusations held or co-handled by a unit that article 30 hides from it in every list."""
        rows = self.conn.execute(
            f"SELECT id FROM cases WHERE kind = 'accusation' AND ({among('unit_id', units)} OR co_units IS NOT NULL) "
            f"UNION SELECT c.id FROM cases c JOIN clocks k ON k.case_id = c.id WHERE c.kind = 'accusation' "
            f"AND {among('k.unit_id', units)} UNION SELECT c.id FROM cases c JOIN backlog b ON b.case_id = c.id WHERE c.kind = 'accusation' AND "
            f"({among('b.unit_id', units)} OR {among('b.guard_unit_id', units)})",
            [*units] * 4,
        ).fetchall()
        return self.kept_from([row[0] for row in rows], units)

    def hidden_from_leader(self, name: str) -> set[int]:
        """The same for a leader in charge: accusations led by, and hidden from, that leader."""
        rows = self.conn.execute("SELECT id FROM cases WHERE kind = 'accusation' AND lead = ?", (name,)).fetchall()
        return self.kept_from([row[0] for row in rows], leader=name)

    def kept_from(self, case_ids: Iterable[int], units: Sequence[int] = (), leader: str = "") -> set[int]:
        """The accusations among these hidden by article 30 from any of the units or from the leader; all with purged
        texts, since their targets are no longer known.
        """
        ids = list(case_ids)
        if not ids:
            return set()
        from xinfang_cli.law.events import article30
        from xinfang_cli.law.events.base import CheckContext
        from xinfang_cli.law.fold import fold

        code = self.book.code
        asked = CheckContext(date.min, merged=self.book.canonical, related=self.book.units.relations)
        targets = [article30.Target("unit", unit=unit) for unit in units]
        targets += [article30.Target("lead", leader=leader)] if leader else []
        found = ((case_id, fold(self.book.events.of(case_id), code)) for case_id in ids)
        return {
            case_id
            for case_id, case in found
            if case is not None
            and (case.purged is not None or any(article30.kept(case, target, asked) is not None for target in targets))
        }

    def open_accusations(self) -> list[int]:
        """The accusations that are being handled."""
        stages = ",".join(f"'{stage}'" for stage in OPEN_STAGES)
        sql = f"SELECT id FROM cases WHERE kind = 'accusation' AND stage IN ({stages}) ORDER BY id"
        return [row[0] for row in self.conn.execute(sql)]

    def with_unfinished(self, kinds: Iterable[str], years: Iterable[int] = ()) -> list[int]:
        """The cases with an unfinished clock of one of these kinds, or with a stopped one due in one of these years."""
        listed, due_in = sorted(kinds), list(years)
        due = "".join(" OR due_on BETWEEN ? AND ?" for _ in due_in)
        rows = self.conn.execute(
            f"SELECT DISTINCT case_id FROM clocks WHERE void = 0 AND {among('kind', listed)} "
            f"AND (stop_on IS NULL{due}) ORDER BY case_id",
            [*listed, *(f"{year:04}-{end}" for year in due_in for end in ("01-01", "12-31"))],
        )
        return [row[0] for row in rows]

    def acceptance_missing(self) -> list[str]:
        """Cases closed by a unit without a recorded acceptance (缺受理), newest first."""
        rows = self.conn.execute(
            "SELECT c.case_no FROM cases c WHERE c.closed_on IS NOT NULL AND c.accepted_on IS NULL "
            f"AND c.id IN (SELECT k.case_id FROM clocks k WHERE {WITHOUT_ACCEPTANCE_CLOCK}) ORDER BY c.id DESC"
        )
        return [row[0] for row in rows]

    def written_titles(self, case_ids: Iterable[int], *, accusations: bool = False) -> dict[int, str]:
        """id → the title as written, to be released only by the gate (law.redaction); for an accusation its standard
        title, unless asked for.
        """
        from json import dumps

        written = "CASE WHEN kind <> 'accusation' OR ? THEN coalesce(written_title, title) ELSE title END"
        sql = f"SELECT id, {written} FROM cases WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self.conn.execute(sql, (accusations, dumps(sorted(set(case_ids))))).fetchall())

    def clock_days(self, case_id: int) -> dict[int, tuple[str, bool, bool]]:
        """n → (due day, void, guessed) of a case's clocks as stored."""
        rows = self.conn.execute("SELECT n, due_on, void, guessed FROM clocks WHERE case_id = ?", (case_id,))
        return {n: (due, bool(void), bool(guessed)) for n, due, void, guessed in rows}

    def open_by_unit(self) -> dict[int | None, int]:
        """The number of open cases by unit."""
        return dict(
            self.conn.execute(
                "SELECT unit_id, count(*) FROM cases WHERE closed_on IS NULL AND stage IN "
                "('registered','assigned','accepted','reported','objected') GROUP BY unit_id"
            ).fetchall()
        )

    def count_of_unit(self, unit_id: int) -> int:
        """The number of a unit's cases, open or not."""
        return int(self.conn.execute("SELECT count(*) FROM cases WHERE unit_id = ?", (unit_id,)).fetchone()[0])

    def numbers(self) -> dict[int, str]:
        """id → number of every case there ever was."""
        return dict(self.conn.execute("SELECT id, case_no FROM docket").fetchall())
