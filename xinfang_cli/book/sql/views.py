"""Lists that somebody keeps under a name: the words after `list`, not what they found."""

from __future__ import annotations

from json import dumps, loads

from xinfang_cli.book.kept import KeptList
from xinfang_cli.book.part import Part


class Views(Part):
    def kept(self) -> list[KeptList]:
        """All of them, by name."""
        rows = self.conn.execute("SELECT name, words, made_by FROM views ORDER BY name")
        return [KeptList(name, tuple(loads(words)), made_by) for name, words, made_by in rows]

    def keep(self, view: KeptList) -> bool:
        """Keep a list, in place of one of the same name; whether the name is new."""
        new = self.conn.execute("SELECT 1 FROM views WHERE name = ?", (view.name,)).fetchone() is None
        words = dumps(view.words, ensure_ascii=False)
        self.conn.execute("INSERT OR REPLACE INTO views VALUES (?, ?, ?)", (view.name, words, view.made_by))
        return new

    def drop(self, name: str) -> None:
        self.conn.execute("DELETE FROM views WHERE name = ?", (name,))
