"""Who looked at personal data, and when."""

from __future__ import annotations

from xinfang_cli.book.part import Part


class Access(Part):
    def log(self, at: str, actor: str, what: str) -> None:
        """Note who looked at personal data, when (UTC), and at what."""
        self.conn.execute("INSERT INTO access_log(at, actor, what) VALUES (?, ?, ?)", (at, actor, what))

    def about(self, about: str, limit: int) -> list[tuple[str, str, str]]:
        """(moment in UTC, who, at what) of the looks at personal data that name `about`, latest first; 0: all of them."""
        return self.conn.execute(
            "SELECT at, actor, what FROM access_log WHERE instr(what, ?) ORDER BY id DESC LIMIT ?", (about, limit or -1)
        ).fetchall()
