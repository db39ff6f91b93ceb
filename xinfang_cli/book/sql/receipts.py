"""Receipts of imports, kept with their commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinfang_cli.book.kept import KeptReceipt
from xinfang_cli.book.part import Part
from xinfang_cli.book.sealing import seal_row

if TYPE_CHECKING:
    from xinfang_cli.book.chain import Pen

_KEPT = """SELECT c.id, c.recorded_at, c.actor, c.source_name, c.source_sha256, u.command_id IS NOT NULL, r.body
FROM receipts r JOIN commands c ON c.id = r.command_id LEFT JOIN undone u ON u.command_id = c.id"""


class Receipts(Part):
    """Receipts of imports: where each line of a file went."""

    def keep(self, pen: Pen, body: str) -> None:
        """Keep the receipt (JSON) of the command that is being written, sealed in the chain."""
        self.conn.execute("INSERT INTO receipts VALUES (?, ?)", (pen.command.id, body))
        seal_row(self.conn, pen, "receipt", pen.command.id)

    def every(self, limit: int = 0) -> list[KeptReceipt]:
        """The latest first; all of them without a limit."""
        rows = self.conn.execute(f"{_KEPT} ORDER BY c.id DESC{f' LIMIT {int(limit)}' if limit else ''}")
        return [KeptReceipt(*row) for row in rows]

    def one(self, command_id: int) -> KeptReceipt | None:
        """The receipt of a command; None if it was no import."""
        row = self.conn.execute(f"{_KEPT} WHERE c.id = ?", (command_id,)).fetchone()
        return None if row is None else KeptReceipt(*row)
