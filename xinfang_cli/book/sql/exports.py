"""Tables for export: cases, clocks, events and units, row by row in one pass each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from json import loads
from typing import Any

from xinfang_cli.book.part import Part
from xinfang_cli.book.sql.filters import where
from xinfang_cli.book.sql.predicates import among, original
from xinfang_cli.law.conditions import ListFilter
from xinfang_cli.law.events.registry import CASE_NAMES, UNIT_NAMES
from xinfang_cli.law.redaction import Known, known_in
from xinfang_cli.law.terms import WINDOWS

CASE_KEYS = (
    *("case_no", "external_no", "sheet_no", "received_on", "source", "channel", "kind", "topic", "region", "title"),
    *("content", "name", "id_no", "phone", "address", "headcount", "first", "repeat_of", "priority", "level"),
    *("unit", "stage", "assigned_on", "accepted_on", "closed_on", "outcome", "unit_rating", "bureau_rating"),
    *("lead", "tags", "batches", "next_clock", "due_on", "days_left", "returned_times", "supervised", "excluded"),
    "crossing",
    "guessed",
)
_CASES = """SELECT c.case_no, c.external_no, d.sheet_no, c.received_on, c.source, c.channel, c.kind, c.topic, c.region,
coalesce(c.written_title, c.title), json_extract(t.body, '$.content'), p.name, p.id_no, p.phone, p.address, c.headcount, 1 - c.repeat,
coalesce(r.case_no, c.repeat_of_no), c.priority, c.level, u.name, c.stage, c.assigned_on, c.accepted_on, c.closed_on,
c.outcome, c.unit_rating, c.bureau_rating, c.lead, c.tags,
(SELECT group_concat(b.batch, '、') FROM (SELECT batch FROM backlog WHERE case_id = c.id ORDER BY batch) b), c.next_clock, c.next_due_on, NULL,
c.returned_times, c.supervised, c.excluded, c.crossing,
EXISTS (SELECT 1 FROM clocks g WHERE g.guessed = 1 AND g.case_id = c.id AND g.kind = c.next_clock AND g.due_on = c.next_due_on),
c.id
FROM cases c JOIN docket d ON d.id = c.id LEFT JOIN people p ON p.case_id = c.id LEFT JOIN units u ON u.id = c.unit_id
LEFT JOIN events e ON e.case_id = c.id AND e.seq = 1 LEFT JOIN texts t ON t.event_id = e.id"""
_PERSON = ("name", "id_no", "phone", "address")
_EDITED = """SELECT e.case_id, e.seq, t.body FROM events e JOIN texts t ON t.event_id = e.id
WHERE e.kind IN ('edit', 'correct', 'revoke') AND e.case_id IS NOT NULL"""


def _state(kind: str, void: bool, due: str, stop: str | None, today: str) -> str:
    """As law.clocks.Clock.state says it."""
    if void:
        return "void"
    if stop is not None and stop <= today:
        return "met" if stop <= due else "late"
    if today <= due:
        return "running"
    return "lapsed" if kind in WINDOWS else "overdue"


class Exports(Part):
    """Rows for export; `known` in each identifies the petitioner to the gate and is no column."""

    def case_rows(self, chosen: ListFilter, today: date) -> Iterator[dict[str, Any]]:
        """Cases by filter, in the order of their numbers; `content` as it stands after edits."""
        contents = self._edited_contents()
        former = self._former_words()
        clause, values = where(self.book, chosen)
        for row in self.conn.execute(f"{_CASES} {original('r', chosen.accusation)}{clause} ORDER BY c.id", values):
            made = dict(zip(CASE_KEYS, row, strict=False))
            if row[-1] in contents:
                made["content"] = contents[row[-1]]
            made["first"] = bool(made["first"])
            made["tags"] = loads(made["tags"]) if made["tags"] else []
            made["supervised"], made["excluded"] = bool(made["supervised"]), bool(made["excluded"])
            made["guessed"] = bool(made["guessed"])
            if made["due_on"] is not None:
                made["days_left"] = (date.fromisoformat(made["due_on"]) - today).days
            made["known"] = known_in([made, *former.get(row[-1], ())])
            made["case_id"] = row[-1]
            yield made

    def _edited_contents(self) -> dict[int, str | None]:
        """The contents that an edit or a correction put in the place of the registered ones."""
        found: dict[int, str | None] = {}
        taken_back = set(
            self.conn.execute(
                "SELECT case_id, json_extract(body, '$.event') FROM events WHERE kind = 'revoke' AND case_id IS NOT NULL"
            )
        )
        for case_id, seq, text in self.conn.execute(f"{_EDITED} ORDER BY e.case_id, e.seq"):
            changes = loads(text).get("changes", {})
            if "content" in changes and (case_id, seq) not in taken_back:
                found[case_id] = changes["content"]
        return found

    def _former_words(self) -> dict[int, list[dict[str, Any]]]:
        """Former details of the petitioner from edits and corrections, undone ones included."""
        found: dict[int, list[dict[str, Any]]] = {}
        for case_id, _, text in self.conn.execute(f"{_EDITED} ORDER BY e.case_id, e.seq"):
            found.setdefault(case_id, []).append(loads(text))
        return found

    def clock_rows(self, chosen: ListFilter, today: date) -> Iterator[dict[str, Any]]:
        """Every clock of the cases chosen, case by case in the order in which they started."""
        clause, values = where(self.book, chosen)
        former = self._former_words()
        rows = self.conn.execute(
            "SELECT c.case_no, coalesce(c.written_title, c.title), u.name, k.kind, k.owner, ku.name, k.start_on, "
            "k.base_due_on, k.due_on, k.stop_on, k.void, k.why, c.stage, c.lead, c.excluded, k.guessed, c.kind, c.id, "
            "p.name, p.id_no, p.phone, p.address "
            "FROM cases c JOIN clocks k ON k.case_id = c.id LEFT JOIN people p ON p.case_id = c.id "
            f"LEFT JOIN units u ON u.id = c.unit_id LEFT JOIN units ku ON ku.id = k.unit_id{clause} ORDER BY c.id, k.n",
            values,
        )
        day = today.isoformat()
        for (
            number,
            title,
            unit,
            kind,
            owner,
            its,
            start,
            base,
            due,
            stop,
            void,
            why,
            stage,
            lead,
            excluded,
            *of,
        ) in rows:
            guessed, case_kind, case_id, *person = of
            left = None if void or stop is not None else (date.fromisoformat(due) - today).days
            yield {
                "case_no": number,
                "title": title,
                "unit": unit,
                "clock": kind,
                "owner": owner,
                "clock_unit": its,
                "start": start,
                "base_due": base or due,
                "due_on": due,
                "stop": stop,
                "state": _state(kind, bool(void), due, stop, day),
                "why": why,
                "days_left": left,
                "stage": stage,
                "lead": lead,
                "excluded": bool(excluded),
                "guessed": bool(guessed),
                "case_kind": case_kind,
                "known": known_in([dict(zip(_PERSON, person, strict=True)), *former.get(case_id, ())]),
            }

    def event_rows(self, chosen: ListFilter) -> Iterator[dict[str, Any]]:
        """Every event of the cases chosen, those taken back included; `data` is what was said, personal text and all."""
        names = dict(
            self.conn.execute(
                "SELECT a.id, coalesce(b.name, a.name) FROM units a LEFT JOIN units b ON b.id = a.merged_into"
            )
        )
        numbers: dict[int, str] = {}
        untold = set() if chosen.accusation else self.book.cases.accusations()
        clause, values = where(self.book, chosen)
        former = self._former_words()
        known = Known()
        taken_back = set(
            self.conn.execute(
                "SELECT case_id, json_extract(body, '$.event') FROM events WHERE kind = 'revoke' AND case_id IS NOT NULL"
            )
        )
        rows = self.conn.execute(
            "SELECT c.case_no, e.seq, e.on_day, e.kind, e.body, t.body, m.actor, m.recorded_at, m.name, m.source_name, "
            "m.source_sha256, c.kind, c.id FROM cases c JOIN events e ON e.case_id = c.id "
            "JOIN commands m ON m.id = e.command_id LEFT JOIN texts t ON t.event_id = e.id"
            f"{clause} ORDER BY c.id, e.seq",
            values,
        )
        for number, seq, on, kind, body, text, actor, at, command, file, sha256, case_kind, case_id in rows:
            data = loads(body)
            if text is not None:
                data.update(loads(text))
            data.pop("case_no", None)
            unit = data.pop("unit", None)
            for key in CASE_NAMES & data.keys():
                if isinstance(data[key], int):
                    data[key] = None if data[key] in untold else self._number(data[key], numbers)
            for part in (data, data.get("set", {}), data.get("was", {})):
                part.pop("complained_unit_id", None)
                for field in UNIT_NAMES & part.keys():
                    if isinstance(part[field], int):
                        part[field] = names.get(part[field])
            if seq == 1:
                known = known_in([data, *former.get(case_id, ())])
            yield {
                "case_no": number,
                "seq": seq,
                "on": on,
                "event": kind,
                "revoked": (case_id, seq) in taken_back,
                "unit": names.get(unit) if isinstance(unit, int) else unit,
                "data": data,
                "actor": actor,
                "recorded_at": at,
                "command": command,
                "file": file,
                "sha256": sha256,
                "case_kind": case_kind,
                "known": known,
            }

    def _number(self, case_id: int, known: dict[int, str]) -> str:
        if case_id not in known:
            known[case_id] = self.book.cases.number_of(case_id)
        return known[case_id]

    def chosen_ids(self, chosen: ListFilter) -> list[tuple[int, str, str | None]]:
        """(id, number, another office's number) of the cases chosen, in the order of their numbers."""
        clause, values = where(self.book, chosen)
        return self.conn.execute(
            f"SELECT c.id, c.case_no, d.sheet_no FROM cases c JOIN docket d ON d.id = c.id{clause} ORDER BY c.id",
            values,
        ).fetchall()

    def mark_of(self) -> str:
        """The identity of this book: the hash of its first event."""
        row = (
            self.conn.execute("SELECT prev FROM events WHERE id = 2").fetchone()
            or self.conn.execute("SELECT hash FROM head").fetchone()
        )
        return "" if row is None else str(row[0].hex())[:16]

    def of_unit(self, unit_id: int, stages: Sequence[str], closed_since: date) -> list[tuple[int, str]]:
        """(id, number) of a unit's cases in those stages; of the closed ones only those closed on or after a day."""
        return self.conn.execute(
            f"SELECT id, case_no FROM cases WHERE unit_id = ? AND {among('stage', stages)} "
            "AND (stage <> 'closed' OR closed_on >= ?) ORDER BY id",
            (unit_id, *stages, closed_since.isoformat()),
        ).fetchall()
