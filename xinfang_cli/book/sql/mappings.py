"""The headings of other systems that the office has said once."""

from __future__ import annotations

from json import dumps, loads

from xinfang_cli.book.part import Part
from xinfang_cli.records import HeadingSet


class Mappings(Part):
    def all_sets(self) -> list[HeadingSet]:
        """Every set kept, the one kept last first."""
        rows = self.conn.execute("SELECT name, headings, fields FROM mappings ORDER BY kept_at DESC, name")
        return [HeadingSet(name, tuple(loads(headings)), loads(fields)) for name, headings, fields in rows]

    def keep(self, found: HeadingSet, at: str) -> None:
        """Keep a set under its name; it takes the place of the one of that name."""
        self.conn.execute(
            "INSERT INTO mappings(name, headings, fields, kept_at) VALUES (?, ?, ?, ?) ON CONFLICT(name) DO UPDATE SET headings = excluded.headings, "
            "fields = excluded.fields, kept_at = excluded.kept_at",
            (
                found.name,
                dumps(list(found.headings), ensure_ascii=False),
                dumps(dict(found.fields), ensure_ascii=False),
                at,
            ),
        )

    def remove(self, name: str) -> bool:
        """Forget a set; False when there is none of that name."""
        return self.conn.execute("DELETE FROM mappings WHERE name = ?", (name,)).rowcount > 0
