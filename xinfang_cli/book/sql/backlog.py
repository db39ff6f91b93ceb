"""Campaigns as the book has them: batches and their cases, receptions, rosters, advice and standings.

Batches, rosters, attendances without a visitor, advice and standings are events of the office, read from the chain:
there are few of them. What happened on a case is read from the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from json import dumps
from typing import TYPE_CHECKING

from xinfang_cli.book.campaigns import Attendance, BacklogEntry
from xinfang_cli.book.part import Part
from xinfang_cli.law.backlog import Batch
from xinfang_cli.law.event import Event

if TYPE_CHECKING:
    from xinfang_cli.book.as_of import Tables
    from xinfang_cli.law.case import Case
    from xinfang_cli.law.redaction import Redacted


_ENTRIES = """SELECT b.batch, b.case_id, c.case_no, c.title, c.kind, c.stage, c.region, c.lead,
coalesce(b.unit_id, c.unit_id), b.guard_unit_id, b.joined_on, b.resolved_on, b.how, b.recognised_on,
(SELECT min(r.received_on) FROM {cases} r WHERE r.repeat_of = b.case_id AND r.received_on > b.resolved_on
 AND r.received_on <= :a AND r.excluded = 0), c.excluded, c.complained_unit_id
FROM {backlog} b JOIN {cases} c ON c.id = b.case_id
WHERE b.joined_on <= :a AND (:batch IS NULL OR b.batch = :batch)
AND (:numbers IS NULL OR c.case_no IN (SELECT value FROM json_each(:numbers))) ORDER BY c.received_on, c.id"""


class Backlog(Part):
    """Batches of backlog cases, their entries, and the reception of leaders."""

    def office_events(self, kind: str) -> list[Event]:
        """The office's standing events of one kind, in order, their free text with them."""
        return self.book.events.of_office_since(0, kind)

    def advice_given(self) -> int:
        """The highest number ever given to a suggestion; an undone one leaves its number spent."""
        found = self.conn.execute(
            "SELECT max(json_extract(body, '$.number')) FROM events WHERE case_id IS NULL AND kind = 'advise'"
        ).fetchone()[0]
        return int(found or 0)

    def batches(self, until: date | None = None, known_until: int | None = None) -> dict[str, Batch]:
        """The batches that were described, by name, each as it was last described; with `until` as it was then, or as first
        described where that was later; with `known_until` by the events up to that one alone."""
        known: dict[str, Batch] = {}
        for event in self.office_events("batch"):
            name = event.data.pop("batch")
            if until is not None and event.on > until and name in known:
                continue
            if known_until is not None and event.id > known_until:
                break
            known[name] = known.get(name, Batch(name))._replace(**event.data)
        return known

    def batch_names(self) -> list[str]:
        """Every batch: described, or with a case in it."""
        used = [row[0] for row in self.conn.execute("SELECT DISTINCT batch FROM backlog ORDER BY batch")]
        return list(dict.fromkeys([*self.batches(), *used]))

    def received_cases(self, as_of: date) -> list[tuple[int, str, Case]]:
        """The cases on which a leader received somebody or ordered something, as of a day."""
        from xinfang_cli.law.fold import fold

        ids = self.conn.execute(
            "SELECT e.case_id, d.case_no FROM events e JOIN docket d ON d.id = e.case_id "
            "WHERE e.kind = 'receive' GROUP BY e.case_id, d.case_no ORDER BY min(e.on_day), e.case_id"
        ).fetchall()
        found = []
        for case_id, case_no in ids:
            case = fold(self.book.events.of(case_id), self.book.code, until=as_of)
            if case is not None and case.receptions:
                found.append((case_id, case_no, case))
        return found

    def attendances(self, as_of: date | None = None) -> list[Attendance]:
        """The attendances without a visitor that stand, by day."""
        events = self.office_events("reception")
        cancelled = {event.data["event"] for event in events if event.data["doing"] == "cancel"}
        return sorted(
            (
                Attendance(
                    event.id,
                    event.on,
                    event.data["form"],
                    tuple(event.data["leaders"]),
                    tuple(event.data.get("invited", ())),
                )
                for event in events
                if event.data["doing"] == "attend"
                and event.id not in cancelled
                and (as_of is None or event.on <= as_of)
            ),
            key=lambda attendance: (attendance.on, attendance.id),
        )

    def roster(self) -> dict[date, tuple[str, ...]]:
        """The duty roster by day, as last arranged."""
        return {day: leaders for day, (leaders, _) in self.rostered().items()}

    def rostered(self) -> dict[date, tuple[tuple[str, ...], date]]:
        """The same, with the day on which each was arranged."""
        days: dict[date, tuple[tuple[str, ...], date]] = {}
        for event in self.office_events("reception"):
            if event.data["doing"] == "roster":
                for day, leaders in event.data["days"].items():
                    days[date.fromisoformat(day)] = tuple(leaders), event.on
        return {day: one for day, one in sorted(days.items()) if one[0]}

    def case_rows(self, ids: Iterable[int]) -> dict[int, tuple[str, Redacted]]:
        """id → (number, title)."""
        sql = "SELECT id, case_no, title FROM cases WHERE id IN (SELECT value FROM json_each(?))"
        rows = self.conn.execute(sql, (dumps(list(ids)),))
        return {row[0]: (row[1], row[2]) for row in rows}

    def in_batches(self) -> list[int]:
        """The cases of any batch."""
        return [row[0] for row in self.conn.execute("SELECT DISTINCT case_id FROM backlog ORDER BY case_id")]

    def led_by(self, name: str) -> list[int]:
        """The cases of any batch for which this leader is responsible."""
        sql = "SELECT DISTINCT b.case_id FROM backlog b JOIN cases c ON c.id = b.case_id WHERE c.lead = ? ORDER BY 1"
        return [row[0] for row in self.conn.execute(sql, (name,))]

    def batches_of(self, case_id: int) -> list[str]:
        """The batches that a case is in."""
        return [
            row[0]
            for row in self.conn.execute("SELECT batch FROM backlog WHERE case_id = ? ORDER BY batch", (case_id,))
        ]

    def entries(
        self, tables: Tables, batch: str | None = None, numbers: Sequence[str] | None = None
    ) -> list[BacklogEntry]:
        """The cases of a batch (or of all), or those with these numbers; earliest received first; excluded ones are among."""

        def day(text: str | None) -> date | None:
            return None if text is None else date.fromisoformat(text)

        asked = {"a": tables.as_of.isoformat(), "batch": batch, "numbers": None if numbers is None else dumps(numbers)}
        return [
            BacklogEntry._make(
                (*row[:10], day(row[10]), day(row[11]), row[12], day(row[13]), day(row[14]), bool(row[15]), row[16])
            )
            for row in tables.rows(_ENTRIES, asked)
        ]
