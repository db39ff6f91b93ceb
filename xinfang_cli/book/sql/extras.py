"""Columns of other offices' sheets, kept with the registration: their headings, what a list may show of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from json import dumps, loads
from typing import Any

from xinfang_cli.book.part import Part
from xinfang_cli.law.redaction import extras, known_in
from xinfang_cli.law.texts import normal

_OF_CASES = """FROM cases c JOIN events e ON e.case_id = c.id AND e.seq = 1 AND e.kind = 'register'
JOIN texts t ON t.event_id = e.id"""
_PERSON = "json_object('name', p.name, 'id_no', p.id_no, 'phone', p.phone, 'address', p.address)"
_OPEN = "c.kind != 'accusation' AND "
_OF_PEOPLE = f"{_OF_CASES} LEFT JOIN people p ON p.case_id = c.id"


class Extras(Part):
    """Columns of other offices' ledgers that are kept with the cases."""

    def headings(self) -> list[str]:
        """Every extra heading kept with a case, in order of first use."""
        rows = self.conn.execute(
            f"SELECT j.key, min(c.id) {_OF_CASES} JOIN json_each(t.body, '$.extras') j ON true "
            "WHERE t.body LIKE '%\"extras\"%' GROUP BY j.key ORDER BY 2, j.key"
        )
        return [row[0] for row in rows]

    def holding(self, heading: str, words: Iterable[str], accusation: bool = False) -> list[int]:
        """Cases showing one of these words under the heading: masked text never matches, an accusation only on request."""
        wanted = [normal(word) for word in words]
        rows = self.conn.execute(
            f"SELECT c.id, j.value, t.body, {_PERSON} {_OF_PEOPLE} JOIN json_each(t.body, '$.extras') j ON true "
            f"WHERE {'' if accusation else _OPEN}t.body LIKE '%\"extras\"%' AND j.key = ?",
            (heading,),
        )
        found = []
        for case_id, value, *said in rows:
            seen = normal(extras({heading: value}, known_in(map(loads, said)), "screen")[heading])
            if any(word in seen for word in wanted):
                found.append(case_id)
        return found

    def filled(self, heading: str) -> list[int]:
        """The cases that have something under a heading."""
        rows = self.conn.execute(
            f"SELECT c.id {_OF_CASES} JOIN json_each(t.body, '$.extras') j ON true WHERE t.body LIKE '%\"extras\"%' AND j.key = ?",
            (heading,),
        )
        return [row[0] for row in rows]

    def of_numbers(self, numbers: Sequence[str], accusation: bool = False) -> dict[str, dict[str, str]]:
        """Number → what the screen may show of its columns; of an accusation nothing unless asked for (art. 30)."""
        rows = self.conn.execute(
            f"SELECT c.case_no, t.body, {_PERSON} {_OF_PEOPLE} WHERE {'' if accusation else _OPEN}t.body LIKE '%\"extras\"%' "
            "AND c.case_no IN (SELECT value FROM json_each(?))",
            (dumps(numbers),),
        )
        return {number: self._shown(*map(loads, said)) for number, *said in rows}

    def in_order(self) -> Iterator[tuple[float, Mapping[str, Any]]]:
        """(case id, columns as they are written) of the cases that have some, by their ids."""
        rows = self.conn.execute(f"SELECT c.id, t.body {_OF_CASES} WHERE t.body LIKE '%\"extras\"%' ORDER BY c.id")
        for case_id, body in rows:
            if found := loads(body).get("extras"):
                yield case_id, found

    @staticmethod
    def _shown(data: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, str]:
        return extras(data.get("extras"), known_in([data, person]), "screen")
