"""Before a command moves a published number: which, said; and asked about where somebody can answer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xinfang_cli.errors import AskFirst
from xinfang_cli.office.session import Session

if TYPE_CHECKING:
    from xinfang_cli.book.face import Book
    from xinfang_cli.law.event import Event
    from xinfang_cli.office.figures.moving import Moves


class Watch:
    """Looks at each event before the command is written for good; what it moves is said once, at the end."""

    def __init__(self, session: Session, agreed: bool) -> None:
        self.session = session
        self.agreed = agreed  # the clerk was shown it, and said yes
        self.found: list[Moves] = []

    def told_anew(
        self, book: Book, case_id: int, case_no: str, before: Sequence[Event], after: Sequence[Event]
    ) -> None:
        """A case is told by other events than before; the command can still be taken back."""
        if not book.settings.office_events("publish"):
            return
        from xinfang_cli.office.figures.moving import moves

        moved = moves(book, case_id, case_no, before, after, self.session.today)
        if moved is not None:
            self.found.append(moved)

    def committing(self) -> None:
        """Say what moves; ask first, with nothing written, where somebody sits at the terminal and is not sure."""
        found, self.found = self.found, []
        if not found or self.agreed:
            return
        from xinfang_cli.cli import asking

        _show(found)
        if asking.somebody_there() and not {"--yes", "--json"} & set(sys.argv):
            raise AskFirst("这会改动已发布的数，确认吗")


def _show(found: Sequence[Moves]) -> None:
    from xinfang_cli.law.events.registry import EVENT
    from xinfang_cli.terminal import screen
    from xinfang_cli.terminal.correcting import tell_plan

    for one in found:
        screen.tell(f"{one.case_no} {EVENT.label(one.kind)}：")
        tell_plan(one)
