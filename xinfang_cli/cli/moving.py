"""Changes of published numbers: reported before a command is committed, and confirmed if a person is at the terminal."""

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
    from xinfang_cli.office.figures.sealing import Held
    from xinfang_cli.office.work.meanwhile import Unseen


class Watch:
    """Looks at each event before the command is written for good; what it moves is said once, at the end."""

    def __init__(self, session: Session, agreed: bool) -> None:
        self.session = session
        self.agreed = agreed  # the clerk was shown it, and said yes
        self.found: list[Moves] = []
        self.told: list[Moves] = []  # what the command has moved by the time it is done
        self.others: list[Unseen] = []  # what other clerks recorded meanwhile
        self.before: tuple[Book, str, tuple[Held, ...]] | None = None  # of a command that is watched as a whole

    def told_anew(
        self, book: Book, case_id: int, case_no: str, before: Sequence[Event], after: Sequence[Event]
    ) -> None:
        """A case is told by other events than before; the command can still be taken back."""
        if not self.session.late_entry and not book.settings.office_events("publish"):
            return
        from xinfang_cli.office.figures.moving import moves

        moved = moves(book, case_id, case_no, before, after, self.session.today)
        if moved.published or self.session.late_entry:
            self.found.append(moved)

    def hold_published(self, book: Book, command: str, office: bool, cases: bool) -> None:
        """The published numbers are held before the command writes, and looked at again when it has."""
        if not book.settings.office_events("publish"):
            return
        from xinfang_cli.office.figures.sealing import sealed_now

        self.before = book, command, sealed_now(book, office=office, cases=cases)

    def meanwhile(self, found: Sequence[Unseen]) -> bool:
        """Another clerk was at the case; asked about before the command is written, where somebody can answer."""
        if not _can_ask():
            return False
        self.others += found
        return True

    def committing(self, upto: int) -> None:
        """Report what moves and what others recorded; if a person is present and has not agreed, raise AskFirst, so
        that nothing is written yet. `upto`: the last event before this command.
        """
        found, self.found = self.found, []
        before, self.before = self.before, None
        others, self.others = self.others, []
        self.told += found
        if self.agreed and not others:
            return
        _show_others(others)
        _show(found)
        moves = (before is not None and _show_whole(*before)) or bool(found)
        if not (moves or others):
            return
        if _can_ask():
            published = moves and (before is not None or any(one.published for one in found))
            asked = "这会改动已发布的数，确认吗" if published else "这样补记，确认吗" if moves else "仍要这样写吗"
            raise AskFirst(asked, upto)


def _can_ask() -> bool:
    """Whether somebody sits at the terminal who has not said yes beforehand."""
    from xinfang_cli.cli import asking

    return asking.somebody_there() and not {"--yes", "--json"} & set(sys.argv)


def _show_others(others: Sequence[Unseen]) -> None:
    from xinfang_cli.terminal import screen

    for one in others:
        screen.print_notice(f"刚才有别人的记录：{one.line()}")


def _show_whole(book: Book, command: str, before: tuple[Held, ...]) -> bool:
    """Whether a command moved published numbers; which, is said."""
    from xinfang_cli.law.events.registry import command_label
    from xinfang_cli.office.figures.sealing import moved_since
    from xinfang_cli.terminal import changes, screen

    book.forget_code()
    published = moved_since(book, before)
    if published:
        screen.print_notice(f"{command_label(command)}：")
        changes.tell_moved(published)
    return bool(published)


def _show(found: Sequence[Moves]) -> None:
    if not found:  # most often, and what follows loads the figures
        return
    from xinfang_cli.law.events.registry import EVENT
    from xinfang_cli.terminal import screen
    from xinfang_cli.terminal.correcting import tell_plan

    for one in found:
        screen.print_notice(f"{one.case_no} {EVENT.label(one.kind)}：")
        tell_plan(one)
