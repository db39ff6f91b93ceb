"""Saved lists: the words after `list`, not their results."""

from __future__ import annotations

from json import dumps, loads
from typing import TYPE_CHECKING

from xinfang_cli.book.kept import KeptList
from xinfang_cli.book.part import Part
from xinfang_cli.book.sealing import seal_row

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen


class Views(Part):
    """Saved lists: a name for a filter, columns and order."""

    def kept(self) -> list[KeptList]:
        """All of them, by name."""
        rows = self.conn.execute("SELECT name, words, made_by FROM views ORDER BY name")
        return [KeptList(name, tuple(loads(words)), made_by) for name, words, made_by in rows]

    def keep(self, pen: Pen, view: KeptList) -> bool:
        """Keep a list, in place of one of the same name; whether the name is new."""
        new = self.conn.execute("SELECT 1 FROM views WHERE name = ?", (view.name,)).fetchone() is None
        words = dumps(view.words, ensure_ascii=False)
        self.conn.execute(
            "INSERT INTO views VALUES (?, ?, ?) "
            "ON CONFLICT(name) DO UPDATE SET words = excluded.words, made_by = excluded.made_by",
            (view.name, words, view.made_by),
        )
        seal_row(self.conn, pen, "view", view.name)
        return new

    def drop(self, pen: Pen, name: str) -> None:
        """Delete a saved list."""
        self.conn.execute("DELETE FROM views WHERE name = ?", (name,))
        seal_row(self.conn, pen, "view", name)
