"""The office's mappings for sheets of other systems."""

from __future__ import annotations

from json import dumps, loads
from typing import TYPE_CHECKING

from xinfang_cli.book.kept import Profile
from xinfang_cli.book.part import Part
from xinfang_cli.book.sealing import seal_row

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen


class Mappings(Part):
    """Profiles: how another office's ledger names its columns and words."""

    def all_sets(self) -> list[Profile]:
        """Every profile kept, the one kept last first."""
        rows = self.conn.execute("SELECT name, headings, fields, more FROM mappings ORDER BY kept_at DESC, name")
        return [
            Profile(name, tuple(loads(headings)), loads(fields), **loads(more)) for name, headings, fields, more in rows
        ]

    def keep(self, pen: Pen, found: Profile) -> None:
        """Keep a profile under its name; it takes the place of the one of that name."""
        more = {
            key: value
            for key, value in found._asdict().items()
            if key not in ("name", "headings", "fields") and value not in (None, {}, "")
        }
        self.conn.execute(
            "INSERT INTO mappings(name, headings, fields, kept_at, more) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT(name) DO UPDATE SET headings = excluded.headings, fields = excluded.fields, "
            "kept_at = excluded.kept_at, more = excluded.more",
            (found.name, _json(list(found.headings)), _json(dict(found.fields)), pen.recorded_at, _json(more)),
        )
        seal_row(self.conn, pen, "mapping", found.name)

    def remove(self, pen: Pen, name: str) -> bool:
        """Forget a profile; False when there is none of that name."""
        there = self.conn.execute("DELETE FROM mappings WHERE name = ?", (name,)).rowcount > 0
        if there:
            seal_row(self.conn, pen, "mapping", name)
        return there


def _json(value: object) -> str:
    return dumps(value, ensure_ascii=False)
