"""The texts of the cases as the events have them: what an engine's text index is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from json import dumps, loads
from operator import itemgetter

from xinfang_cli.book.part import Part
from xinfang_cli.law.event import REWORDING, Event
from xinfang_cli.law.texts import Texts, texts_of, written


class StoredTexts(Part):
    def texts_in(self, case_ids: Sequence[int]) -> dict[int, Texts]:
        """The texts of some cases as they stand."""
        return dict(self._stored("c.id IN (SELECT value FROM json_each(?))", dumps(case_ids)))

    def _stored(self, which: str, value: object) -> Iterator[tuple[int, Texts]]:
        """The texts of cases in the order of their ids. All that was written of a case stands, unless it was set right."""
        found = self.conn.execute(
            "SELECT c.id, c.received_on, c.kind, e.kind, t.body FROM cases c CROSS JOIN events e ON e.case_id = c.id "
            f"LEFT JOIN texts t ON t.event_id = e.id WHERE {which} "
            f"AND (t.body IS NOT NULL OR e.kind IN {REWORDING}) ORDER BY c.id, e.seq",
            (value,),
        )
        for case_id, rows in groupby(found, itemgetter(0)):
            listed = list(rows)
            _, received, case_kind, kind, _ = listed[0]
            if kind == "register" and not any(row[3] in REWORDING for row in listed):
                yield case_id, written(date.fromisoformat(received), case_kind, [loads(row[4]) for row in listed])
            elif (texts := texts_of(self.book.events.of(case_id))) is not None:
                yield case_id, texts

    @staticmethod
    def texts_entered(events: Sequence[Event]) -> Texts:
        """The texts of a new case, from the events that are entered with it."""
        texts = texts_of(events)
        assert texts is not None
        return texts
