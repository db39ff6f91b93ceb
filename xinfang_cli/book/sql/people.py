"""Petitioners: the cases that an ID number, a phone or a name leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from json import dumps
from typing import Any

from xinfang_cli.book.matching import PersonEntry
from xinfang_cli.book.part import Part
from xinfang_cli.law.texts import is_phone_word, is_telling

_ENTRIES = """SELECT p.case_id, p.name, p.id_no, p.phone, p.address FROM people p CROSS JOIN cases c ON c.id = p.case_id
WHERE p.case_id IN ({}){} ORDER BY c.received_on, p.case_id"""


_NO_NAME = r"[^\w·.]+"
_LONGEST_NAME = 12


class People(Part):
    """Petitioners: by name, ID number, phone, and the cases of each."""

    def of_open_cases(self) -> Iterator[tuple[str, str, str, str, str]]:
        """(number, name, ID number, phone, address) of every open case, newest first; what was not given is empty."""
        return self.conn.execute(
            "SELECT c.case_no, coalesce(p.name, ''), coalesce(p.id_no, ''), coalesce(p.phone, ''), coalesce(p.address, '') "
            "FROM cases c LEFT JOIN people p ON p.case_id = c.id WHERE c.closed_on IS NULL AND c.stage IN "
            "('registered','assigned','accepted','reported','objected') ORDER BY c.received_on DESC, c.id DESC"
        )

    def _entries(self, which: str, values: Iterable[object], accusations: bool) -> list[PersonEntry]:
        hidden = "" if accusations else " AND c.kind <> 'accusation'"
        return [PersonEntry(*row) for row in self.conn.execute(_ENTRIES.format(which, hidden), tuple(values))]

    def with_id_no(self, id_no: str, accusations: bool) -> list[PersonEntry]:
        """The cases of the person with this ID number; accusations only if asked for."""
        return self._entries("SELECT case_id FROM people WHERE id_no = ?", (id_no,), accusations)

    def with_name(self, name: str, accusations: bool) -> list[PersonEntry]:
        """The cases of everyone of this name; accusations only if asked for."""
        return self._entries("SELECT case_id FROM people WHERE name = ?", (name,), accusations)

    def named_in(self, texts: Iterable[str], undone: Iterable[int] = ()) -> list[str]:
        """Petitioners' names, from the book and those commands, found whole in one of these texts."""
        parts = {
            run[first:last]
            for text in texts
            for run in re.split(_NO_NAME, text)
            for first in range(len(run))
            for last in range(first + 2, min(first + _LONGEST_NAME, len(run)) + 1)
        }
        sql = """SELECT p.name FROM json_each(?1) j CROSS JOIN people p ON p.name = j.value UNION
SELECT json_extract(t.body, '$.name') FROM json_each(?2) m CROSS JOIN events e ON e.command_id = m.value AND
e.kind = 'register' JOIN texts t ON t.event_id = e.id
WHERE json_extract(t.body, '$.name') IN (SELECT value FROM json_each(?1)) ORDER BY 1"""
        return [row[0] for row in self.conn.execute(sql, (dumps(sorted(parts)), dumps([*undone])))]

    def with_phone(self, phone: str, accusations: bool) -> list[PersonEntry]:
        """By a whole number or its last four digits, one of several numbers included."""
        if not is_phone_word(phone):
            return []
        return self._entries(self.book.search.MATCHING, (self.book.search.phone_query(phone),), accusations)

    def of_the_same(self, entries: Iterable[PersonEntry], accusations: bool) -> list[PersonEntry]:
        """These entries and all others sharing an ID number, or name and phone, transitively."""
        found = {entry.case_id: entry for entry in entries}
        fresh = list(found.values())
        while fresh:
            ids = dumps(sorted({entry.id_no for entry in fresh if entry.id_no and is_telling(entry.id_no)}))
            pairs = dumps(sorted({entry.name_and_phone for entry in fresh if entry.name_and_phone}))
            which = (
                "SELECT case_id FROM people WHERE id_no IN (SELECT value FROM json_each(?)) UNION "
                "SELECT q.case_id FROM json_each(?) j CROSS JOIN people q INDEXED BY people_phone "
                "ON q.phone = json_extract(j.value, '$[1]') AND q.name = json_extract(j.value, '$[0]')"
            )
            fresh = [e for e in self._entries(which, (ids, pairs), accusations) if e.case_id not in found]
            found |= {entry.case_id: entry for entry in fresh}
        return list(found.values())

    def of(self, case_id: int) -> dict[str, Any]:
        """The petitioner of a case: name, id_no, phone, address; empty where none is kept."""
        row = self.conn.execute(
            "SELECT name, id_no, phone, address FROM people WHERE case_id = ?", (case_id,)
        ).fetchone()
        return dict(zip(("name", "id_no", "phone", "address"), row or (None, None, None, None), strict=True))
