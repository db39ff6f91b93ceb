"""Attached evidence as the events record it; the files stand in a folder beside the book."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps, loads

from xinfang_cli.book.kept import Attachment
from xinfang_cli.book.part import Part

_KEPT = """SELECT d.case_no, e.seq, e.on_day, e.body, t.body FROM events e INDEXED BY events_attached
JOIN docket d ON d.id = e.case_id JOIN cases c ON c.id = e.case_id LEFT JOIN texts t ON t.event_id = e.id
WHERE e.kind = 'attach' AND (t.salt IS NULL OR t.salt <> x''){} AND NOT EXISTS (SELECT 1 FROM events r WHERE r.case_id = e.case_id AND r.kind = 'revoke'
AND json_extract(r.body, '$.event') = e.seq) ORDER BY e.case_id, e.seq"""


class Attachments(Part):
    """Files attached to cases, by their SHA-256."""

    def kept(self, case_ids: list[int] | None = None) -> Iterator[Attachment]:
        """Attachments not undone: of some cases, or all."""
        which = "" if case_ids is None else " AND e.case_id IN (SELECT value FROM json_each(?))"
        for case_no, seq, on, body, text in self.conn.execute(
            _KEPT.format(which), () if case_ids is None else (dumps(case_ids),)
        ):
            said = loads(body)
            name = loads(text)["file"] if text is not None else said["sha256"][:12]
            yield Attachment(case_no, seq, on, name, said["sha256"], said["size"])

    def any_kept(self) -> bool:
        """Whether anything was ever attached that was not purged."""
        return (
            self.conn.execute(
                "SELECT 1 FROM events e INDEXED BY events_attached JOIN texts t ON t.event_id = e.id "
                "WHERE e.kind = 'attach' AND t.salt <> x'' LIMIT 1"
            ).fetchone()
            is not None
        )
